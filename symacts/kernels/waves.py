"""Far out, where zeros crowd: a form in sines and cosines evaluated in two words, the argument reduced exactly.

No table has room for the zeros of an oscillating function, and near each of them plain arithmetic loses digits. Here
the form's sines and cosines become polynomials in `S = sin(t/2)` and `C = cos(t/2)`, each homogeneous by
`1 = S**2 + C**2`: `1 - cos(t) = 2*S**2`, `1 + sin(t) = (S + C)**2`. A zero of any order is then a power of a factor
with single zeros. Where its coefficients are constant, every zero `tan(p)` of `S/C` splits off `sin(t/2 - p)`, reduced
with its phase; where they are not, arithmetic in two words resolves what cancels.

The code of such a stretch is a few lines over `rewrite.pairs`, one function of |x|.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mpmath
import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.rewrite import pairs
from symacts.rewrite.generators import Generator, a
from symacts.rewrite.halfline import Form, Unrewritable, half_line
from symacts.rewrite.lower import words

__all__ = ["written"]

w = sp.Symbol("w", positive=True)
"""1/a."""
WAVES = ("sin", "cos", "sinpi", "cospi")
MOST_TERMS = 60
"""Terms of one factor after its sines are expanded; more are left to the other forms."""
ROOT_BITS = 640
"""Bits of phases and of the zeros that they come from."""
MOST_TURNS = 12
"""Multiples of one argument that are expanded."""


class _Bases:
    """The arguments of the waves in quarter turns; rational multiples of one share its half as a base."""

    def __init__(self) -> None:
        self.units: list[sp.Expr] = []

    def place(self, turns: sp.Expr) -> None:
        for k, unit in enumerate(self.units):
            ratio = sp.cancel(turns / unit)
            if ratio.is_Rational:
                self.units[k] = sp.expand(unit * sp.Rational(sp.igcd(ratio.p, ratio.q), ratio.q))
                return
        self.units.append(turns)

    def find(self, turns: sp.Expr) -> tuple[int, int]:
        for k, unit in enumerate(self.units):
            ratio = sp.cancel(turns / unit)
            if ratio.is_Integer:
                return k, int(ratio)
        raise Unrewritable(f"no base for {turns}")


def _turns(row: Generator, form: Form) -> sp.Expr:
    """The argument of a wave in quarter turns, a polynomial in `a`."""
    constants = {r.symbol: r.argument for r in form.generators.rows if r.function == "constant"}
    argument = sp.expand(row.argument.xreplace(constants))
    turns = sp.expand(argument * (2 if row.function in ("sinpi", "cospi") else 2 / sp.pi))
    if argument.free_symbols != {a} or not argument.is_polynomial(a) or sp.degree(argument, a) > 4:
        raise Unrewritable(f"waves of {argument}")
    return turns


class _Text:
    """Lines of `far(a)`: every value is a pair."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.lines: list[str] = []
        self.known: dict[Any, str] = {a: "v"}
        waves = [r for r in form.generators.rows if r.function in WAVES]
        bases = _Bases()
        turns = {r.symbol: _turns(r, form) for r in waves}
        for t in turns.values():
            bases.place(t)
        self.halves = [(sp.Symbol(f"S{k}", real=True), sp.Symbol(f"C{k}", real=True)) for k in range(len(bases.units))]
        self.swap: dict[sp.Basic, sp.Expr] = {}
        for row in waves:
            k, n = bases.find(turns[row.symbol])
            if abs(n) > MOST_TURNS:
                raise Unrewritable("waves of too many frequencies")
            s, c = self.halves[k]
            full = sp.expand((c + sp.I * s) ** (2 * abs(n)))
            real, imaginary = full.as_real_imag()
            odd = row.function in ("sin", "sinpi")
            self.swap[row.symbol] = sp.expand(imaginary if odd else real) * (-1 if odd and n < 0 else 1)
        self.units = bases.units

    def let(self, expression: str) -> str:
        name = f"u{len(self.lines)}"
        self.lines.append(f"{name} = {expression}")
        return name

    def source(self) -> str:
        """The whole function."""
        top = [self.number(self.form.coefficient)]
        bottom: list[str] = []
        powers = 0
        for factor, k in self.form.factors:
            for part, m in self.split(factor):
                names, lead = self.rooted(part)
                powers += lead * k * m
                for name in names:
                    (top if k * m > 0 else bottom).append(self.raised(name, abs(k * m)))
        result = self.product(top)
        if bottom:
            result = self.let(f"div({result}, {self.product(bottom)})")
        for _ in range(abs(powers)):
            result = self.let(f"{'mul' if powers > 0 else 'div'}({result}, v)")
        body = [f"    {line}" for line in ["v = (a, a*0.0)", *self.lines, f"return {result}[0] + {result}[1]"]]
        return "\n".join(["def far(a):", *body, ""])

    def split(self, factor: sp.Expr) -> list[tuple[sp.Expr, int]]:
        """Homogeneous square-free factors in the sines and cosines of the half arguments."""
        if not factor.has(*self.swap):
            return [(factor, 1)]
        whole = sp.together(sp.expand(factor.xreplace(self.swap)))
        found = []
        for part, sign in zip(sp.fraction(whole), (1, -1), strict=True):
            for s, c in self.halves:
                part = _homogeneous(part, s, c)
            if len(sp.Add.make_args(part)) > MOST_TERMS:
                raise Unrewritable("too many terms")
            lead, factors = sp.factor_list(part)
            unity = [s**2 + c**2 for s, c in self.halves]
            found += [(lead, sign)] if lead != 1 else []
            found += [(f, sign * m) for f, m in factors if f not in unity]
        return found

    def turned(self, k: int, phase: sp.Expr) -> str:
        """The sine and the cosine of a base less a phase in quarter turns."""
        key = (k, phase)
        if key not in self.known:
            terms = {m[0]: coefficient / 2 for m, coefficient in sp.Poly(self.units[k], a).terms()}
            terms[0] = terms.get(0, sp.S.Zero) - phase
            rows = pairs.cycles({power: c for power, c in terms.items() if c != 0})
            self.known[key] = self.let(f"sincos(a, {rows!r})")
        return self.known[key]

    def rooted(self, part: sp.Expr) -> tuple[list[str], int]:
        """The factors of a square-free one, and the power of `a` that is left out of them.

        `A(S, C)` of constant coefficients splits by the zeros of A(tan, 1); a polynomial in `a` is one in 1/a.
        """
        for k, (s, c) in enumerate(self.halves):
            if not part.has(s) or not part.has(c) or (self.unfold(part).free_symbols - {s, c}):
                continue
            with mpmath.workprec(ROOT_BITS):
                poly = sp.Poly(self.unfold(part).subs(c, 1), s)
                values = [mpmath.mpmathify(sp.N(v, ROOT_BITS // 3)) for v in poly.all_coeffs()]
                found = mpmath.polyroots(values, maxsteps=400, extraprec=ROOT_BITS)
                real = [mpmath.re(r) for r in found if abs(mpmath.im(r)) < mpmath.ldexp(1, -ROOT_BITS // 2)]
                other = [r for r in found if mpmath.im(r) >= mpmath.ldexp(1, -ROOT_BITS // 2)]
                scale, missing = values[0], sp.degree(part, s) - len(real) - 2 * len(other)
                names = []
                for r in real:
                    scale *= mpmath.hypot(1, r)
                    names.append(f"{self.turned(k, _exact(2 * mpmath.atan(r) / mpmath.pi))}[0]")
                for r in other:
                    square = s**2 - 2 * _exact(mpmath.re(r)) * s * c + _exact(abs(r) ** 2) * c**2
                    names.append(self.value(square))
            if missing or sp.Poly(part, s, c).total_degree() != len(found):
                raise Unrewritable("a zero was lost")
            return [self.number(_exact(scale)), *names], 0
        name, lead = self.lifted(part)
        return [name], lead

    def lifted(self, part: sp.Expr) -> tuple[str, int]:
        """A polynomial in `a` of degree d as `a**d` times one in w = 1/a, which does not overflow; its value and d.

        Where the term in `a` itself decays it does not overflow, and the rest would underflow with w.
        """
        if not part.has(a) or not part.is_polynomial(a):
            return self.value(part), 0
        poly = sp.Poly(part, a)
        d = poly.degree()
        if d == 1 and not self.lasting(poly.LC()):
            return self.value(part), 0
        if d == 1 and len(poly.terms()) == 1:
            return self.value(poly.LC()), 1
        if w not in self.known:
            self.known[w] = self.let(f"div({self.number(sp.S.One)}, v)")
        return self.value(sp.Add(*(sp.expand(c) * w ** (d - k) for (k,), c in poly.terms()))), int(d)

    def lasting(self, e: sp.Expr) -> sp.Expr:
        """The terms of a sum that do not decay."""
        decays = set(self.form.generators.symbols("decay"))
        return sp.Add(*(t for t in sp.Add.make_args(sp.expand(e)) if not t.free_symbols & decays))

    def parted(self, e: sp.Add) -> str | None:
        """A sum by the zeros of its terms that do not decay: double ones in `1 - sin(x) + x*exp(-x)`."""
        head = self.lasting(e)
        halves = [half for half in self.halves if {*half} == self.unfold(head).free_symbols]
        if head == e or not halves:
            return None
        lead, factors = sp.factor_list(head)
        names = [self.number(lead)]
        for factor, k in factors:
            names += [self.raised(name, k) for name in self.rooted(factor)[0]]
        return self.let(f"add({self.product(names)}, {self.value(sp.expand(e - head))})")

    def unfold(self, e: sp.Expr) -> sp.Expr:
        return e.xreplace({r.symbol: r.argument for r in self.form.generators.rows if r.function == "constant"})

    def product(self, names: Sequence[str]) -> str:
        result = names[0]
        for name in names[1:]:
            result = self.let(f"mul({result}, {name})")
        return result

    def raised(self, name: str, k: int) -> str:
        return name if k == 1 else self.let(f"power({name}, {k})")

    def number(self, value: sp.Expr) -> str:
        high, low = words(self.unfold(sp.sympify(value)))
        return self.let(f"(a*0.0 + {high!r}, a*0.0 + {low!r})")

    def value(self, e: sp.Expr) -> str:
        """A pair for a rational function of generators, waves and a."""
        if e not in self.known:
            self.known[e] = self.built(e)
        return self.known[e]

    def built(self, e: sp.Expr) -> str:
        if e.is_Symbol:
            for k, (s, c) in enumerate(self.halves):
                if e in (s, c):
                    return f"{self.turned(k, sp.S.Zero)}[{int(e == c)}]"
            if e in self.swap:
                return self.value(self.swap[e])
            row = self.form.generators.of(e)
            if row is None:
                raise Unrewritable(f"the symbol {e}")
            return self.generator(row)
        if not e.free_symbols:
            return self.number(e)
        if e.is_Add:
            result = self.parted(e)
            if result is not None:
                return result
            names = [self.value(t) for t in e.args]
            result = names[0]
            for name in names[1:]:
                result = self.let(f"add({result}, {name})")
            return result
        if e.is_Mul:
            top = [t for t in e.args if not (t.is_Pow and t.exp.is_negative)]
            bottom = [1 / t for t in e.args if t.is_Pow and t.exp.is_negative]
            result = self.product([self.value(t) for t in top]) if top else self.number(sp.S.One)
            return self.let(f"div({result}, {self.product([self.value(t) for t in bottom])})") if bottom else result
        if e.is_Pow and e.exp.is_Integer:
            if e.exp < 0:
                return self.let(f"div({self.number(sp.S.One)}, {self.value(e.base**-e.exp)})")
            return self.raised(self.value(e.base), int(e.exp))
        raise Unrewritable(f"no pairs for {e}")

    def generator(self, row: Generator) -> str:
        if row.function == "constant":
            return self.number(row.argument)
        if row.function == "decay":
            return self.let(f"exp({self.value(sp.expand(-row.argument))})")
        if row.function == "pow":
            base, k = row.argument
            return self.let(f"exp(mul({self.number(k)}, log({self.value(base)})))")
        if row.function in ("root", "log", "log1p"):
            part, lead = self.lifted(sp.expand(row.argument + int(row.function == "log1p")))
            if row.function == "root" and lead % 2 == 0:
                root = self.let(f"sqrt({part})")
                return self.let(f"mul({root}, {self.value(a ** (lead // 2))})") if lead else root
            if row.function != "root" and lead:
                logarithm = self.let(f"mul({self.number(sp.Integer(lead))}, log(v))")
                return self.let(f"add({logarithm}, log({part}))")
        argument = self.value(row.argument)
        if row.function in ("exp", "log", "atan"):
            return self.let(f"{row.function}({argument})")
        if row.function == "asinh":  # asinh(z) = log(z + sqrt(1 + z**2)) = log(z) + log(1 + sqrt(1 + 1/z**2))
            one = self.number(sp.S.One)
            inverse = self.let(f"div({one}, {argument})")
            root = self.let(f"sqrt(add({one}, mul({inverse}, {inverse})))")
            return self.let(f"add(log({argument}), log(add({one}, {root})))")
        if row.function == "root":
            return self.let(f"sqrt({argument})")
        if row.function == "log1p":
            return self.let(f"log(add({self.number(sp.S.One)}, {argument}))")
        return self.let(f"plain({row.function!r}, {argument})")


def _exact(value: Any) -> sp.Rational:
    """A number of mpmath as the rational that it is."""
    sign, man, exponent, _ = value._mpf_
    return sp.Rational(-int(man) if sign else int(man)) * sp.Rational(2) ** int(exponent)


def _homogeneous(p: sp.Expr, s: sp.Symbol, c: sp.Symbol) -> sp.Expr:
    """A polynomial of even degrees in s and c with all terms of one degree, by 1 = s**2 + c**2."""
    if not p.has(s, c):
        return p
    poly = sp.Poly(p, s, c)
    most = max(sum(m) for m in poly.monoms())
    terms = [coefficient * s**i * c**j * (s**2 + c**2) ** ((most - i - j) // 2) for (i, j), coefficient in poly.terms()]
    return sp.expand(sp.Add(*terms))


def written(expression: sp.Expr, x: sp.Symbol, side: int, any_form: bool = False) -> str | None:
    """The source of `far(a)` for an expression on one half line; None where it has no such form.

    An expression without waves has one only where `any_form` is asked for.
    """
    try:
        form = half_line(expression, x, side)
        return _Text(form).source() if any_form or form.generators.symbols(*WAVES) else None
    except (Unrewritable, UnsupportedExpression, sp.PolynomialError, ValueError, TypeError, KeyError, RecursionError):
        return None
