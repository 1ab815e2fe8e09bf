"""One expression on one half line as a rational function of tame generators (see `generators`).

Nonpositive exponents on each half line, `log(U**-k*E) = k*P + log(E)`, `erfc(z) = exp(-z**2)*erfcx(z)`, hyperbolics
through exponentials, conjugates for differences of square roots: each is an identity on the half line, so the result
equals the declared expression; which form is accurate where is measured afterwards (`regimes`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cmp_to_key

import sympy as sp

from symacts.rewrite.generators import Generator, Generators, a

__all__ = ["Form", "half_line"]

MOST_TERMS = 400
"""Operations beyond which an expression is not factored: the time would exceed the kernel's own."""


@dataclass(frozen=True, slots=True)
class Form:
    """A rational function `numerator/denominator`, each a product of `(factor, power)`, over generators."""

    coefficient: sp.Expr
    factors: tuple[tuple[sp.Expr, int], ...]
    generators: Generators


_HYPERBOLIC = (sp.sinh, sp.cosh, sp.tanh, sp.coth, sp.sech, sp.csch)
_PLAIN = {
    sp.sin: "sin",
    sp.cos: "cos",
    sp.tan: "tan",
    sp.atan: "atan",
    sp.asinh: "asinh",
    sp.tanh: "tanh",
    sp.sinh: "sinh",
    sp.cosh: "cosh",
    sp.log: "log",
    sp.exp: "exp",
    sp.erf: "erf",
    sp.erfc: "erfc",
    sp.asin: "asin",
    sp.acos: "acos",
    sp.acosh: "acosh",
    sp.atanh: "atanh",
}


class Unrewritable(Exception):
    """No straight-line form: a function that no target knows."""


def exponent(expression: sp.Expr) -> sp.Poly | None:
    """The expression as a polynomial in `a` with constant coefficients, of degree at least one; else None."""
    if not expression.has(a) or expression.free_symbols - {a}:
        return None
    try:
        poly = sp.Poly(expression, a)
    except sp.PolynomialError:
        return None
    return poly if poly.degree() >= 1 and all(not c.has(a) for c in poly.all_coeffs()) else None


def _leading_sign(poly: sp.Poly) -> int:
    lead = poly.LC()
    return 1 if lead.is_positive else -1 if lead.is_negative else 0


class _Rewriter:
    def __init__(self, plain: bool = False) -> None:
        self.generators = Generators()
        self.plain = plain

    def decay(self, poly: sp.Poly) -> sp.Expr:
        """exp(poly) as a power of one `decay` generator, shared between rational multiples of one exponent."""
        sign = _leading_sign(poly)
        if not sign:
            raise Unrewritable(f"the sign of the leading coefficient of {poly.as_expr()} is not known")
        constant = poly.eval(0)
        grow = sp.expand((poly.as_expr() - constant) * sign)
        for row in self.generators.rows:
            if row.function == "decay":
                ratio = sp.nsimplify(sp.cancel(grow / row.argument), rational=False)
                if ratio.is_Integer and ratio > 0:
                    return self.constant(sp.exp(constant)) * row.symbol ** (-sign * ratio)
        symbol = self.generators.define("decay", grow, positive=True)
        return self.constant(sp.exp(constant)) * symbol ** (-sign)

    def constant(self, value: sp.Expr) -> sp.Expr:
        """A constant: rationals as they are, anything else behind a generator (so that algebra stays rational)."""
        if value.is_Rational:
            return value
        return self.generators.define("constant", value, positive=bool(value.is_positive))

    def walk(self, e: sp.Expr) -> sp.Expr:
        """The expression over the generators."""
        if e == a or e.is_Rational:
            return e
        if not e.free_symbols:
            return self.constant(e)
        if e.is_Symbol:
            return self.generators.define("parameter", e)
        if e.is_Add:
            return sp.Add(*(self.walk(t) for t in e.args))
        if e.is_Mul:
            rational, rest = e.as_coeff_Mul()
            fixed, moving = rest.as_independent(a, as_Add=False)
            parts = [self.walk(t) for t in sp.Mul.make_args(moving)]
            if fixed.free_symbols:
                parts += [self.walk(t) for t in sp.Mul.make_args(fixed)]
            else:
                parts.append(self.constant(fixed))
            return sp.Mul(rational, *parts)
        if e.is_Pow:
            return self.power(e)
        if isinstance(e, sp.exp):
            return self.exp(e)
        if isinstance(e, sp.log):
            return self.log(e)
        if isinstance(e, (sp.erf, sp.erfc)) and not self.plain:
            return self.error_function(e)
        if isinstance(e, _HYPERBOLIC) and not (self.plain and e.func in _PLAIN):
            poly = exponent(e.args[0])
            smooth = e.rewrite(sp.exp)
            if poly is not None or not smooth.has(sp.exp):
                return self.walk(smooth)
            inner = [t for t in smooth.atoms(sp.exp) if exponent(t.args[0]) is None]
            if not inner:
                return self.walk(smooth)
            if isinstance(e, sp.sech):
                return 1 / self.function("cosh", e.args[0])
            if isinstance(e, (sp.coth, sp.csch)):
                return self.walk((1 / sp.tanh if isinstance(e, sp.coth) else 1 / sp.sinh)(e.args[0]))
        if isinstance(e, (sp.sin, sp.cos)):
            turns = sp.cancel(e.args[0] / sp.pi)
            if exponent(turns) is not None and all(c.is_Rational for c in sp.Poly(turns, a).all_coeffs()):
                return self.function("sinpi" if isinstance(e, sp.sin) else "cospi", turns)
        if isinstance(e, sp.sinc):
            return self.walk(sp.sin(e.args[0]) / e.args[0])
        name = _PLAIN.get(e.func)
        if name is None:
            raise Unrewritable(f"no straight-line form of {e.func.__name__}")
        return self.function(name, e.args[0])

    def function(self, name: str, argument: sp.Expr) -> sp.Expr:
        """A generator for a function of a rewritten argument."""
        return self.generators.define(name, tidy(self.walk(argument)))

    def power(self, e: sp.Pow) -> sp.Expr:
        base, k = e.base, e.exp
        if k.is_Integer:
            return self.walk(base) ** int(k)
        if k.is_Rational and k.q == 2:
            inner = tidy(self.walk(base))
            return self.generators.define("root", inner, positive=True) ** int(k.p)
        if k.free_symbols <= set() and base == a:
            return self.generators.define("pow", sp.Tuple(a, k), positive=True)
        return self.walk(sp.exp(k * sp.log(base)))

    def exp(self, e: sp.exp) -> sp.Expr:
        poly = exponent(e.args[0])
        if poly is not None:
            return self.decay(poly)
        argument = sp.expand(e.args[0])
        terms = sp.Add.make_args(argument)
        polynomial = sp.Add(*(t for t in terms if exponent(t) is not None))
        logs = [t for t in terms if t.as_coeff_Mul()[0].is_Integer and isinstance(t.as_coeff_Mul()[1], sp.log)]
        if polynomial != 0 and polynomial != argument:
            return self.walk(sp.exp(polynomial)) * self.walk(sp.exp(argument - polynomial))
        if logs:
            factor = sp.Mul(*(self.walk(t.as_coeff_Mul()[1].args[0]) ** int(t.as_coeff_Mul()[0]) for t in logs))
            rest = argument - sp.Add(*logs)
            return factor * (self.walk(sp.exp(rest)) if rest != 0 else 1)
        return self.generators.define("exp", tidy(self.walk(argument)), positive=True)

    def log(self, e: sp.log) -> sp.Expr:
        inner = sp.together(self.walk(e.args[0]))
        numerator, denominator = sp.fraction(inner)
        total: sp.Expr = sp.S.Zero
        for symbol in self.generators.symbols("decay"):
            row = self.generators.of(symbol)
            assert row is not None
            for sign, part in ((1, "n"), (-1, "d")):
                poly = numerator if part == "n" else denominator
                k = _lowest_power(poly, symbol)
                if k:
                    shifted = sp.expand(poly / symbol**k)
                    numerator, denominator = (shifted, denominator) if part == "n" else (numerator, shifted)
                    total += -sign * k * self.walk(row.argument)
        flip = 1
        if len(sp.Add.make_args(denominator)) > len(sp.Add.make_args(numerator)):
            numerator, denominator, flip = denominator, numerator, -1
        inner = numerator / denominator
        excess = tidy(inner - 1)
        if len(sp.Add.make_args(sp.fraction(excess)[0])) < len(sp.Add.make_args(sp.expand(numerator))):
            return total + flip * self.generators.define("log1p", excess)
        return total + flip * self.generators.define("log", tidy(inner))

    def error_function(self, e: sp.Expr) -> sp.Expr:
        z = e.args[0]
        poly = exponent(z)
        if poly is None:
            return self.function("erf" if isinstance(e, sp.erf) else "erfc", z)
        sign = _leading_sign(poly)
        if not sign:
            raise Unrewritable(f"the sign of {z} is not known")
        square = self.decay(sp.Poly(sp.expand(-z * z), a))
        tail = square * self.generators.define("erfcx", self.walk(sp.expand(sign * z)), positive=True)
        if isinstance(e, sp.erfc):
            return tail if sign > 0 else 2 - tail
        return 1 - tail if sign > 0 else tail - 1


def _lowest_power(poly: sp.Expr, symbol: sp.Symbol) -> int:
    powers = []
    for term in sp.Add.make_args(sp.expand(poly)):
        k = term.as_coeff_exponent(symbol)[1]
        if not k.is_Integer:
            return 0
        powers.append(int(k))
    return min(powers)


def tidy(e: sp.Expr) -> sp.Expr:
    """A quotient in lowest terms, where that is cheap."""
    if e.is_Add or e.is_Mul or e.is_Pow:
        return sp.cancel(sp.together(e)) if sp.count_ops(e) < MOST_TERMS else sp.together(e)
    return e


def _least_powers(e: sp.Expr, generators: Generators) -> sp.Expr:
    """Where a decay occurs in powers of d only, make `U**d` the generator: `tanh` needs `exp(-2*a)` alone."""
    for k, row in enumerate(generators.rows):
        if row.function != "decay" or _occurs(row.symbol, generators):
            continue
        powers = set()
        for part in sp.fraction(e):
            powers |= {m[0] for m, _ in sp.Poly(part, row.symbol).terms()}
        step = sp.igcd(*powers, 0) if powers else 0
        if step > 1:
            e = sp.Mul(
                *(
                    sum(c * row.symbol ** (m[0] // step) for m, c in sp.Poly(part, row.symbol).terms()) ** sign
                    for part, sign in zip(sp.fraction(e), (1, -1), strict=True)
                )
            )
            generators.rows[k] = Generator(row.symbol, "decay", sp.expand(step * row.argument))
    return e


def _common_decays(e: sp.Expr, rewriter: _Rewriter) -> sp.Expr:
    """Decays of one leading power by the slowest: `exp(-a**2 - 2*a) = exp(2*a - a**2)*exp(-4*a)`.

    A sum of such terms has the slowest as a factor, and what is left keeps its digits where every term is tiny.
    """
    generators = rewriter.generators
    outer = [r for r in generators.rows if r.function == "decay" and not _occurs(r.symbol, generators)]
    polys = {r.symbol: sp.Poly(r.argument, a) for r in outer}
    order = sorted(polys, key=cmp_to_key(lambda p, q: _leading_sign(polys[p] - polys[q])))
    swap: dict[sp.Expr, sp.Expr] = {}
    for k, base in enumerate(order):
        for symbol in order[k + 1 :] if base not in swap else ():
            ratio = polys[symbol].LC() / polys[base].LC()
            rest = polys[symbol] - polys[base] * ratio
            if symbol not in swap and ratio.is_Integer and rest.degree() < polys[base].degree():
                swap[symbol] = base**ratio * (1 if rest.is_zero else rewriter.decay(-rest))
    return e.xreplace(swap) if swap else e


def _occurs(symbol: sp.Symbol, generators: Generators) -> bool:
    return any(r.argument.has(symbol) for r in generators.rows)


def _reduce_roots(e: sp.Expr, generators: Generators) -> sp.Expr:
    """Replace even powers of square roots by what they stand for."""
    for symbol in generators.symbols("root"):
        row = generators.of(symbol)
        assert row is not None
        numerator, denominator = sp.fraction(sp.together(e))
        parts = []
        for part in (numerator, denominator):
            reduced: sp.Expr = sp.S.Zero
            for (k,), c in sp.Poly(part, symbol).terms():
                reduced += c * row.argument ** (k // 2) * symbol ** (k % 2)
            parts.append(reduced)
        e = parts[0] / parts[1]
    return e


def _conjugate(factor: sp.Expr, generators: Generators) -> tuple[sp.Expr, sp.Expr] | None:
    """`A + B*r` with r a square root as `(A**2 - B**2*r**2)/(A - B*r)`, where that has fewer terms."""
    for symbol in generators.symbols("root"):
        if not factor.has(symbol):
            continue
        row = generators.of(symbol)
        assert row is not None
        poly = sp.Poly(factor, symbol)
        if poly.degree() != 1:
            continue
        b, c = poly.all_coeffs()
        product = tidy(sp.expand(c**2 - b**2 * row.argument))
        if len(sp.Add.make_args(product)) < len(sp.Add.make_args(sp.expand(c**2 + b**2))):
            return product, c - b * symbol
    return None


def _multiplied_out(factors: list[tuple[sp.Expr, int]], generators: Generators) -> list[tuple[sp.Expr, int]]:
    """The denominator as one sum: `1 + e*(2 + e)` is rounded less than `(1 + e)**2`, whose errors count twice."""
    below = [(f, p) for f, p in factors if p < 0 and f.is_Add]
    roots = generators.symbols("root")
    if sum(-p for _, p in below) + any(p < 0 and f in roots for f, p in factors) < 2:
        return factors
    below += [(f, p) for f, p in factors if p < 0 and f in roots]
    product = sp.expand(sp.Mul(*(f ** (-p) for f, p in below)))
    if roots:
        product = sp.expand(_reduce_roots(product, generators))
    return [pair for pair in factors if pair not in below] + [(product, -1)]


def _absorbed(
    coefficient: sp.Expr, factors: list[tuple[sp.Expr, int]], generators: Generators
) -> tuple[sp.Expr, list[tuple[sp.Expr, int]]]:
    """Constant factors taken into a sum, whose own constants are rounded anyway."""
    constants = [(f, p) for f, p in factors if f in generators.symbols("constant")]
    whole = coefficient * sp.Mul(*(f**p for f, p in constants))
    sums = [(f, p) for f, p in factors if f.is_Add and p == 1]
    if not sums or (whole.is_Rational and sp.log(abs(whole), 2).is_Integer):
        return coefficient, factors
    rest = [pair for pair in factors if pair not in constants and pair != sums[0]]
    return sp.S.One, [(sp.expand(whole * sums[0][0]), 1), *rest]


def half_line(
    expression: sp.Expr,
    x: sp.Symbol,
    side: int,
    *,
    conjugates: bool = False,
    plain: bool = False,
    expanded: bool = False,
) -> Form:
    """The expression for `x = side*a`, `a > 0`, as a product of factors over generators.

    `conjugates` rationalizes differences of square roots; `plain` keeps hyperbolic and error functions as they are;
    `expanded` multiplies the denominator out.

    Raises
    ------
    Unrewritable
        A function that no target knows.
    """
    rewriter = _Rewriter(plain)
    e = rewriter.walk(sp.sympify(expression).xreplace({x: side * a}))
    if rewriter.generators.symbols("root"):
        e = _reduce_roots(e, rewriter.generators)
    if sp.count_ops(e) > MOST_TERMS:
        return Form(sp.S.One, ((e, 1),), rewriter.generators)
    e = _common_decays(e, rewriter)
    numerator, denominator = sp.fraction(_least_powers(sp.cancel(sp.together(e)), rewriter.generators))
    factors: list[tuple[sp.Expr, int]] = []
    coefficient: sp.Expr = sp.S.One
    for part, sign in ((numerator, 1), (denominator, -1)):
        c, found = sp.factor_list(part)
        coefficient *= c**sign
        for factor, power in found:
            if conjugates:
                swapped = _conjugate(factor, rewriter.generators)
                if swapped is not None:
                    factors += [(swapped[0], sign * power), (swapped[1], -sign * power)]
                    continue
            factors.append((factor, sign * power))
    if expanded:
        factors = _multiplied_out(factors, rewriter.generators)
        coefficient, factors = _absorbed(coefficient, factors, rewriter.generators)
    return Form(coefficient, tuple(factors), rewriter.generators)


Rewrite = Callable[[sp.Expr, sp.Symbol, int], Form]
