"""Exact normal form: a formula as a quotient of polynomials over Q in named atoms. Part of the trusted core.

`exp`, the hyperbolic and the circular functions become powers of atoms `t = exp(m/d)` (one atom for all rational
multiples of `m`), roots become atoms `r` with `r**q = base`, logarithms are spread over irreducible factors
(`log u = sum k*log|p|` where `u = prod p**k`), everything else is an opaque atom. Two formulas are equal wherever
both are defined if the numerator of their difference reduces to the zero polynomial. The converse does not hold:
a numerator that does not vanish says nothing.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> is_zero(sp.tanh(x) - 2 / (1 + sp.exp(-2 * x)) + 1)
True
>>> is_zero(sp.log(1 + sp.exp(x)) - x - sp.log(1 + sp.exp(-x)))
True
>>> is_zero(sp.sin(2 * x) - sp.sin(x) * sp.cos(x))
False
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import lcm
from typing import Any

import sympy as sp
from sympy.polys.rings import PolyElement

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.fractions import MAX_TERMS, Fraction, evaluated, may_factor, prime_factors, ring_of

__all__ = ["Atoms", "is_zero"]

ODD = (sp.erf, sp.atan, sp.asin, sp.erfi)

_UNFOLD: dict[Any, Callable[..., sp.Expr]] = {
    sp.tanh: lambda u: (sp.exp(2 * u) - 1) / (sp.exp(2 * u) + 1),
    sp.coth: lambda u: (sp.exp(2 * u) + 1) / (sp.exp(2 * u) - 1),
    sp.sinh: lambda u: (sp.exp(u) - sp.exp(-u)) / 2,
    sp.cosh: lambda u: (sp.exp(u) + sp.exp(-u)) / 2,
    sp.sech: lambda u: 2 / (sp.exp(u) + sp.exp(-u)),
    sp.csch: lambda u: 2 / (sp.exp(u) - sp.exp(-u)),
    sp.sin: lambda u: _cis(u, -1) / (2 * sp.I),
    sp.cos: lambda u: _cis(u, 1) / 2,
    sp.tan: lambda u: _cis(u, -1) / (sp.I * _cis(u, 1)),
    sp.cot: lambda u: sp.I * _cis(u, 1) / _cis(u, -1),
    sp.sec: lambda u: 2 / _cis(u, 1),
    sp.csc: lambda u: 2 * sp.I / _cis(u, -1),
    sp.erfc: lambda u: 1 - sp.erf(u),
    sp.asinh: lambda u: sp.log(u + sp.sqrt(u**2 + 1)),
    sp.acosh: lambda u: sp.log(u + sp.sqrt(u**2 - 1)),
    sp.atanh: lambda u: sp.log((1 + u) / (1 - u)) / 2,
    sp.acos: lambda u: sp.pi / 2 - sp.asin(u),
    sp.acot: lambda u: sp.atan(1 / u),
}
"""Definitions used by the normal form; each holds wherever the left side is real."""

_CIS = sp.Function("cis")  # cis(u) = exp(i*u), kept apart so that no automatic evaluation touches it


def _cis(u: sp.Expr, sign: int) -> sp.Expr:
    return _CIS(u) + sign * 1 / _CIS(u)


def unfold(expression: sp.Expr) -> sp.Expr:
    """The same formula with only `exp`, `log`, powers, `cis` and opaque functions."""
    return _unfold(sp.sympify(expression))


@lru_cache(maxsize=4096)
def _unfold(e: sp.Basic) -> sp.Basic:
    if not e.args or isinstance(e, (sp.Integral, sp.Limit, sp.Derivative, sp.Sum, sp.Product)):
        return e
    args = [_unfold(a) for a in e.args]
    if e.is_Pow and not args[1].is_Rational:
        return sp.exp(_unfold(sp.expand(args[1] * sp.log(args[0]))))
    if isinstance(e, sp.log) and isinstance(args[0], sp.exp):  # real wherever the power is
        return args[0].args[0]
    rule = _UNFOLD.get(e.func)
    if rule is not None:
        return _unfold(rule(*args)) if e.func in (sp.acos, sp.acot) else rule(*args)
    return e.func(*args) if tuple(args) != e.args else e


class Atoms:
    """The atoms of a formula: symbols, exponentials, roots, logarithms, opaque functions.

    `meaning[generator]` is what a generator stands for; `radicals` holds `(generator, q, base)` with
    `generator**q = base`, inner ones first; `positive` the generators that are positive by construction.
    """

    def __init__(self, expression: sp.Expr) -> None:
        self.meaning: dict[sp.Symbol, sp.Expr] = {}
        self.radicals: list[tuple[sp.Symbol, int, sp.Expr]] = []
        self.positive: set[sp.Symbol] = set()
        self.nonnegative: set[sp.Symbol] = set()
        self.imaginary: set[sp.Symbol] = set()
        self._keys: dict[Any, sp.Symbol] = {}
        self._steps: dict[tuple[str, sp.Expr], int] = {}
        self._functions: list[tuple[Any, sp.Expr, sp.Symbol]] = []
        self._roots: list[tuple[int, sp.Expr, sp.Symbol]] = []
        self._lifted: dict[sp.Basic, sp.Expr] = {}
        self._unfolded = unfold(expression)
        self._gather(self._unfolded)

    # -- exponents -------------------------------------------------------------------------------------------------
    def _gather(self, e: sp.Basic) -> None:
        for node in sp.preorder_traversal(e):
            if isinstance(node, sp.exp) or node.func is _CIS or node is sp.E:
                kind = "cis" if node.func is _CIS else "exp"
                self._count(kind, node.args[0] if node.args else sp.S.One)
            elif isinstance(node, sp.LambertW) and len(node.args) == 1:
                self._count("exp", node)
            elif node.is_Pow and not node.exp.is_Rational:
                self._count("exp", sp.expand(node.exp * sp.log(node.base)))

    def _count(self, kind: str, argument: sp.Expr) -> None:
        for c, m in _terms(argument):
            self._steps[kind, m] = lcm(self._steps.get((kind, m), 1), int(c.q))

    def _generator(self, key: Any, meaning: sp.Expr) -> sp.Symbol:
        if key not in self._keys:
            symbol = sp.Dummy(f"a{len(self._keys)}", real=True)
            self._keys[key] = symbol
            self.meaning[symbol] = meaning
        return self._keys[key]

    def _exponential(self, kind: str, argument: sp.Expr) -> sp.Expr:
        product: sp.Expr = sp.S.One
        for c, m in _terms(argument):
            if kind == "exp" and m.func is sp.log:
                product *= self.lift(m.args[0] ** c)
                continue
            if kind == "cis" and m is sp.pi and (2 * c).is_Integer:
                product *= self._imaginary_unit() ** int(2 * c % 4)
                continue
            if kind == "cis" and m is sp.pi and not sp.cos(c * sp.pi).has(sp.cos, sp.sin):
                turn = sp.cos(c * sp.pi), sp.sin(c * sp.pi)  # in roots
                product *= self.lift(turn[0]) + self._imaginary_unit() * self.lift(turn[1])
                continue
            step = self._steps.get((kind, m))
            if step is None or (c * step).q != 1:
                self._steps[kind, m] = step = int(c.q) if step is None else step
                if (c * step).q != 1:
                    raise UnsupportedExpression("an exponent outside the gathered ones")
            head = sp.exp if kind == "exp" else _CIS
            base = self._generator((kind, m, step), head(m / step))
            if kind == "exp":
                self.positive.add(base)
            else:
                self.imaginary.add(base)
            product *= base ** int(c * step)
        return product

    def _imaginary_unit(self) -> sp.Symbol:
        fresh = "I" not in self._keys
        unit = self._generator("I", sp.I)
        if fresh:
            self.radicals.append((unit, 2, sp.S.NegativeOne))
            self.imaginary.add(unit)
        return unit

    # -- lifting ---------------------------------------------------------------------------------------------------
    def lift(self, expression: sp.Expr) -> sp.Expr:
        """The formula as a rational expression in generators."""
        held = self._lifted.get(expression)
        if held is None:
            held = self._lifted[expression] = self._lift(expression)
        return held

    def _lift(self, e: sp.Expr) -> sp.Expr:
        if e.is_Rational:
            return e
        if e.is_Add or e.is_Mul:
            return e.func(*[self.lift(a) for a in e.args])
        if e is sp.E:
            return self._exponential("exp", sp.S.One)
        if e is sp.I:
            return self._imaginary_unit()
        if isinstance(e, sp.exp):
            return self._exponential("exp", e.args[0])
        if e.func is _CIS:
            return self._exponential("cis", e.args[0])
        if e.is_Pow:
            return self._power(e.base, e.exp)
        if isinstance(e, sp.log):
            return self._logarithm(e.args[0])
        if isinstance(e, sp.LambertW) and len(e.args) == 1:
            return self.lift(e.args[0]) * self._exponential("exp", -e)  # W(u) = u*exp(-W(u))
        if isinstance(e, sp.Function) and len(e.args) == 1:
            return self._function(e.func, e.args[0])
        if e.has(sp.oo, -sp.oo, sp.zoo, sp.nan) and not isinstance(e, (sp.Integral, sp.Limit)):
            raise UnsupportedExpression(f"{e} is not a finite number")
        symbol = self._generator(("opaque", e), e)
        if e is sp.pi:
            self.positive.add(symbol)
        return symbol

    def _power(self, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        if exponent.is_Integer:
            return self.lift(base) ** int(exponent)
        if not exponent.is_Rational:
            return self._exponential("exp", sp.expand(exponent * sp.log(base)))
        if base.is_Pow and base.exp.is_Integer and base.exp % 2:  # both are real for a positive base alone
            return self._power(base.base, base.exp * exponent)
        q, whole = int(exponent.q), int(exponent.p) // int(exponent.q)
        part = int(exponent.p) - whole * q
        if base.is_Rational and base > 0:
            product = sp.S.One
            for prime, k in prime_factors(base).items():
                power = k * exponent
                whole = int(power.p) // int(power.q)
                product *= sp.Integer(prime) ** whole
                if power != whole:
                    product *= self._root(sp.Integer(prime), int(power.q)) ** (int(power.p) - whole * int(power.q))
            return product
        lifted = self.lift(base)
        return lifted**whole * self._root(base, q) ** part

    def _root(self, base: sp.Expr, q: int) -> sp.Expr:
        lifted = self.lift(base)
        content, factors = (sp.S.One, None) if base.is_Rational else self._parts(lifted)
        if content != 1:
            return self._power(content, sp.Rational(1, q)) * self._root(base / content, q)
        if factors is None:
            return self._root_of(base, lifted, q)
        return sp.Mul(*(self._root_of(f.xreplace(self.meaning), f, q) ** k for f, k in factors))

    def _parts(self, lifted: sp.Expr) -> tuple[sp.Rational, list[tuple[sp.Expr, int]] | None]:
        """The rational factor of a quotient, and the others with their powers if all are seen to be positive."""
        value = self.evaluate(lifted)
        content = value.num.content() if value.num else sp.QQ.one
        for p, k in value.den.items():
            content = content / p.content() ** k
        symbols, rational = value.num.ring.symbols, sp.Rational(int(content.numerator), int(content.denominator))
        if rational != 1 or self.imaginary.intersection(symbols) or not value.den or not may_factor(value.num):
            return rational, None
        sign, factors = (value.num.LC, []) if value.num.is_ground else value.num.factor_list()
        parts = [*factors, *((p, -k) for p, k in value.den.items())]
        if sign != 1 or not all(self._is_positive(p) for p, _ in parts):
            return rational, None
        return rational, [(p.as_expr(), k) for p, k in parts]

    def _is_positive(self, p: PolyElement) -> bool:
        """Whether a positive constant and nonnegative monomials show it."""
        symbols = p.ring.symbols
        signs = all(
            c > 0
            and all(k % 2 == 0 or g in self.positive or g in self.nonnegative for g, k in zip(symbols, m, strict=True))
            for m, c in p.items()
        )
        strict = any(all(not k or g in self.positive for g, k in zip(symbols, m, strict=True)) for m in p)
        return signs and strict

    def _root_of(self, base: sp.Expr, lifted: sp.Expr, q: int) -> sp.Expr:
        for order, other, symbol in self._roots:
            if order == q and (other == lifted or self.vanishes(lifted - other)):
                return symbol
        symbol = self._generator(("root", base, q), base ** sp.Rational(1, q))
        self._roots.append((q, lifted, symbol))
        self.radicals.append((symbol, q, lifted))
        (self.positive if base.is_Rational or base is sp.pi else self.nonnegative).add(symbol)
        return symbol

    def _function(self, head: Any, argument: sp.Expr) -> sp.Expr:
        lifted = self.lift(argument)
        for other_head, other, symbol in self._functions:
            if other_head is not head:
                continue
            if other == lifted or self.vanishes(lifted - other):
                return symbol
            if head in ODD and self.vanishes(lifted + other):
                return -symbol
        if head in ODD and self.vanishes(lifted):
            return sp.S.Zero
        symbol = self._generator((head, argument), head(argument))
        self._functions.append((head, lifted, symbol))
        return symbol

    def _logarithm(self, argument: sp.Expr) -> sp.Expr:
        lifted = self.lift(argument)
        value = self.evaluate(lifted)
        total: sp.Expr = sp.S.Zero
        if self.imaginary.intersection(value.num.ring.symbols):
            return self._function(sp.log, argument)
        for poly, sign in ((value.num, 1), *((p, -k) for p, k in value.den.items())):
            total += sign * self._log_of_polynomial(poly)
        return total

    def _log_of_polynomial(self, poly: PolyElement) -> sp.Expr:
        if not poly:
            raise UnsupportedExpression("log of zero")
        if poly.is_ground:
            content, factors = poly.LC, []
        elif not may_factor(poly):
            content, factors = poly.ring.domain.one, [(poly, 1)]
        else:
            content, factors = poly.factor_list()
        total: sp.Expr = sp.S.Zero
        for prime, k in prime_factors(abs(sp.Rational(int(content.numerator), int(content.denominator)))).items():
            total += k * self._generator(("log", sp.Integer(prime)), sp.log(prime))
        for factor, k in factors:
            total += k * self._log_of_factor(factor)
        return total

    def _log_of_factor(self, factor: PolyElement) -> sp.Expr:
        """`log|p|` of an irreducible polynomial `p` in the generators."""
        content, factor = factor.primitive()
        if factor.LC < 0:
            factor = -factor
        total: sp.Expr = sp.S.Zero
        if content != 1:
            total += self._log_of_polynomial(factor.ring.ground_new(abs(content)))
        expression = factor.as_expr()
        meaning = self.meaning.get(expression)
        if meaning is sp.E:
            return total + 1
        if isinstance(meaning, sp.exp):
            return total + self.lift(meaning.args[0])
        for symbol, q, base in self.radicals:
            if symbol == expression and base != sp.S.NegativeOne:
                return total + self._log_abs(base) / q
        restored = expression.xreplace(self.meaning)
        return total + self._generator(("log", expression), sp.log(sp.Abs(restored)))

    def _log_abs(self, lifted: sp.Expr) -> sp.Expr:
        value = self.evaluate(lifted)
        total = self._log_of_polynomial(value.num)
        for p, k in value.den.items():
            total -= k * self._log_of_polynomial(p)
        return total

    # -- evaluation ------------------------------------------------------------------------------------------------
    def evaluate(self, lifted: sp.Expr) -> Fraction:
        """The lifted expression as a fraction, reduced by the roots' relations in the numerator."""
        symbols = self._closure(lifted.free_symbols)
        ring = ring_of(tuple(symbols))
        return evaluated(lifted, ring, {})

    def _closure(self, symbols: set[sp.Symbol]) -> list[sp.Symbol]:
        """The symbols and those in the bases of their radicals, in a fixed order: latest radicals first."""
        wanted = set(symbols)
        for symbol, _, base in reversed(self.radicals):
            if symbol in wanted:
                wanted |= base.free_symbols
        order = {g: k for k, (g, _, _) in enumerate(self.radicals)}
        return sorted(wanted, key=lambda g: (-order.get(g, -1), g.name, getattr(g, "dummy_index", 0)))

    def reduce(self, value: PolyElement) -> tuple[PolyElement, PolyElement]:
        """`(reduced, factor)` with `value*factor = reduced`: every `r**q` is replaced by its base."""
        ring = value.ring
        factor = ring.one
        for symbol, q, base in reversed(self.radicals):
            if symbol not in ring.symbols:
                continue
            place = ring.symbols.index(symbol)
            top = max((m[place] for m in value), default=0)
            if top < q:
                continue
            replacement = evaluated(base, ring, {})
            bottom = ring.one
            for p, k in replacement.den.items():
                bottom = bottom * p**k
            most = top // q
            total = ring.zero
            parts: dict[int, PolyElement] = {}
            for monomial, c in value.items():
                k = monomial[place] // q
                lowered = (*monomial[:place], monomial[place] % q, *monomial[place + 1 :])
                part = parts.setdefault(k, ring.zero.copy())
                part[lowered] = part.get(lowered, ring.domain.zero) + c
            for k, part in parts.items():
                part.strip_zero()
                total = total + part * replacement.num**k * bottom ** (most - k)
            if len(total) > MAX_TERMS:
                raise UnsupportedExpression("the polynomial grows too large")
            value, factor = total, factor * bottom**most
        return value, factor

    def vanishes(self, lifted: sp.Expr) -> bool:
        """Whether the numerator of a lifted expression reduces to zero."""
        if lifted.is_Rational:
            return bool(lifted == 0)
        return not self.reduce(self.evaluate(lifted).num)[0]

    def fraction(self) -> Fraction:
        """The normal form of the formula; its numerator is not reduced."""
        return self.evaluate(self.lift(self._unfolded))


def _terms(argument: sp.Expr) -> list[tuple[sp.Rational, sp.Expr]]:
    """The argument of an exponential as a sum of rational multiples of monomials."""
    terms = []
    for term in sp.Add.make_args(_divided(sp.expand(argument))):
        c, m = term.as_coeff_Mul(rational=True)
        if isinstance(m, sp.log) and m.args[0].is_Rational and m.args[0] > 0:
            for prime, k in prime_factors(m.args[0]).items():
                terms.append((c * k, sp.log(prime)))
        elif c:
            terms.append((c, m))
    return terms


def _divided(e: sp.Expr) -> sp.Expr:
    """A sum of quotients in one form, by division with rest: `a**2/(a + 1)**2` is `1 - 2/(a + 1) + 1/(a + 1)**2`."""
    if not any(p.base.is_Add and p.exp.is_Integer and p.exp < 0 for p in e.atoms(sp.Pow)):
        return e
    parts = sorted(_operands(e), key=sp.default_sort_key)
    marks = {part: sp.Dummy(f"m{k}", real=True) for k, part in enumerate(parts)}
    if not marks:
        return e
    ring, back = ring_of(tuple(marks.values())), {mark: part for part, mark in marks.items()}
    value = evaluated(e.xreplace(marks), ring, {})
    below = ring.one
    for p, k in value.den.items():
        below = below * p**k
    top, bottom = value.num.cancel(below)
    content = bottom.primitive()[0] * (-1 if bottom.LC < 0 else 1)
    top, bottom = top.quo_ground(content), bottom.quo_ground(content)
    if top * below != value.num * bottom:
        return e
    parts, factors = [], bottom.factor_list()[1] if may_factor(bottom) else []
    p, k = next((f for f in factors if f[0] ** f[1] == bottom), (bottom, 1))
    for power in range(k, 0, -1):
        top, rest = divmod(top, p)
        under = p.as_expr().xreplace(back) ** power
        parts += [t / under for t in sp.Add.make_args(rest.as_expr().xreplace(back))]
    return sp.Add(top.as_expr().xreplace(back), *parts)


def _operands(e: sp.Expr) -> set[sp.Expr]:
    """What a formula is made of by rational operations alone."""
    if e.is_Add or e.is_Mul:
        return set().union(*map(_operands, e.args))
    return _operands(e.base) if e.is_Pow and e.exp.is_Integer else set() if e.is_Rational else {e}


@lru_cache(maxsize=4096)
def is_zero(expression: sp.Expr) -> bool:
    """Whether the formula is proved to vanish wherever it is defined; False only means "not shown".

    Validity: at every real point where the formula is defined (denominators nonzero, logarithms of positive
    numbers, even roots of nonnegative ones).
    """
    try:
        atoms = Atoms(sp.sympify(expression))
        return atoms.vanishes(atoms.lift(atoms._unfolded))
    except UnsupportedExpression:
        return False
