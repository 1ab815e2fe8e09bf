"""From factors over generators to a straight-line program: Horner forms, two-word exponents, shifted factors.

Two decisions of accuracy are made here, both from exact values: an exponent that is not exact in one word is
evaluated in two (`exp(hi + lo) = exp(hi)*(1 + lo)`), and a factor that vanishes at `a = 0` is written in
`expm1(-P)` instead of `exp(-P)`.
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from symacts.rewrite.generators import Generator, a
from symacts.rewrite.graph import Graph, Rounded
from symacts.rewrite.halfline import Form, Unrewritable

__all__ = ["lower", "rounded", "words"]


def words(value: sp.Expr, count: int = 2) -> tuple[float, ...]:
    """A real constant as an unevaluated sum of floats, each the nearest to what the former ones leave.

    >>> words(sp.pi)
    (3.141592653589793, 1.2246467991473532e-16)

    Raises
    ------
    Unrewritable
        It is beyond the floats.
    """
    number = value if value.is_Rational else value.evalf(60)
    if number.is_Float:
        sign, mantissa, exponent, bits = number._mpf_
        if abs(exponent + bits) > SIZES:  # as a fraction, exp(10**8) would fill the memory
            left = Fraction(0) if exponent < 0 else MOST
        else:
            left = Fraction(int(mantissa)) * Fraction(2) ** int(exponent) * (-1 if sign else 1)
    else:
        rest = sp.Rational(number if number.is_Rational else str(number))
        left = Fraction(int(rest.p), int(rest.q))
    if abs(left) >= MOST:
        raise Unrewritable(f"the constant {value}")
    found = []
    for _ in range(count):
        found.append(float(left))
        left -= Fraction(found[-1])
    return tuple(found)


MOST = Fraction(2) ** 1024 - Fraction(2) ** 970
"""From here on a number rounds to infinity."""


SIZES = 2000
"""Exponents beyond those of all floats."""


def rounded(value: sp.Expr) -> float:
    """A constant's nearest float, which knows its rest where there is one."""
    head, rest = words(value)
    return Rounded(head, rest) if rest else head


class _Lowering:
    def __init__(self, form: Form, graph: Graph, inputs: dict[str, int], exact: bool = False) -> None:
        self.form, self.graph, self.inputs, self.exact = form, graph, inputs, exact
        self.known: dict[tuple[str, str], int] = {}

    def constant(self, value: sp.Expr) -> int:
        if self.exact:
            return self.graph.constant(rounded(value))
        return self.graph.constant(words(value, 1)[0])

    def symbol(self, s: sp.Basic) -> int:
        """The step that holds `a`, a parameter or a generator."""
        if s == a:
            return self.inputs["a"]
        row = self.form.generators.of(s)
        if row is None:
            return self.inputs[str(s)]
        key = (str(s), row.function)
        if key not in self.known:
            self.known[key] = self.generator(row)
        return self.known[key]

    def generator(self, row: Generator) -> int:
        g = self.graph
        if row.function == "constant":
            return self.constant(row.argument)
        if row.function == "parameter":
            return self.inputs[str(row.argument)]
        if row.function in ("decay", "shifted"):
            return self.decay(row, row.function)
        if row.function == "root":
            return g.put("sqrt", self.expression(row.argument))
        if row.function == "pow":
            base, k = row.argument
            return g.put("exp", g.mul(self.constant(k), g.put("log", self.expression(base))))
        if row.function in ("sin", "cos"):
            return self.wave(row)
        return g.put(row.function, self.expression(row.argument))

    def wave(self, row: Generator) -> int:
        """sin(hi + lo) = sin(hi) + lo*cos(hi), cos(hi + lo) = cos(hi) - lo*sin(hi): the argument in two words."""
        g = self.graph
        poly = None if self.exact or row.argument.free_symbols - {a} else sp.Poly(self.unfold(row.argument), a)
        if poly is None or poly.degree() < 1:
            return g.put(row.function, self.expression(row.argument))
        hi, lo = self.exponent(poly)
        if lo is None:
            return g.put(row.function, hi)
        first, other = g.put(row.function, hi), g.put("cos" if row.function == "sin" else "sin", hi)
        turn = g.mul(lo, other)
        return g.add(first, turn) if row.function == "sin" else g.sub(first, turn)

    def decay(self, row: Generator, kind: str) -> int:
        """exp(-P(a)), or expm1(-P(a)), the exponent in two words where one is not exact."""
        g = self.graph
        name = "exp" if kind == "decay" else "expm1"
        if self.exact:
            return g.put(name, g.neg(self.polynomial(sp.expand(row.argument))))
        hi, lo = self.exponent(sp.Poly(row.argument, a))
        e = g.put(name, g.neg(hi))
        if lo is None:
            return e
        scale = e if kind == "decay" else g.add(e, g.constant(1.0))
        return g.sub(e, g.mul(scale, lo))

    def exponent(self, poly: sp.Poly) -> tuple[int, int | None]:
        """P(a) as hi + lo; lo None where hi is exact."""
        g, v = self.graph, self.inputs["a"]
        terms = poly.terms()
        if len(terms) == 1 and terms[0][0][0] == 1:
            c_hi, c_lo = words(terms[0][1])
            if c_lo == 0.0 and abs(c_hi).hex().split("p")[0] in ("0x1.0000000000000", "0x1.8000000000000"):
                return g.mul(g.constant(c_hi), v), (
                    None if abs(c_hi).hex().startswith("0x1.0000000000000") else g.put("mulerr", g.constant(c_hi), v)
                )
        total: tuple[int, int] | None = None
        coefficients = poly.all_coeffs()
        for c in coefficients:
            if total is None:
                c_hi, c_lo = words(c)
                total = g.constant(c_hi), g.constant(c_lo)
                continue
            total = self.times(total, v)
            if c != 0:
                c_hi, c_lo = words(c)
                total = self.plus(total, (g.constant(c_hi), g.constant(c_lo)))
        assert total is not None
        return total

    def times(self, p: tuple[int, int], v: int) -> tuple[int, int]:
        """Two words times one."""
        g = self.graph
        if (
            g.value(p[0]) is not None
            and g.value(p[1]) == 0.0
            and abs(g.value(p[0]) or 0.0).hex().startswith("0x1.0000000000000p")
        ):
            return g.mul(p[0], v), g.constant(0.0)
        return g.mul(p[0], v), g.add(g.put("mulerr", p[0], v), g.mul(p[1], v))

    def plus(self, p: tuple[int, int], q: tuple[int, int]) -> tuple[int, int]:
        """Sum of two words and two words (Knuth's two-sum on the heads)."""
        g = self.graph
        s = g.add(p[0], q[0])
        t = g.sub(s, p[0])
        error = g.add(g.sub(p[0], g.sub(s, t)), g.sub(q[0], t))
        return s, g.add(error, g.add(p[1], q[1]))

    def expression(self, e: sp.Expr) -> int:
        """A rational function of generators."""
        numerator, denominator = sp.fraction(e)
        top = self.polynomial(numerator)
        return top if denominator == 1 else self.graph.div(top, self.polynomial(denominator))

    def polynomial(self, p: sp.Expr) -> int:
        """A polynomial in generators, products kept, sums by Horner's rule in the smallest generator first."""
        g = self.graph
        if p.is_number and (p.is_Rational or self.exact):
            return self.constant(p)
        if p.is_Symbol:
            return self.symbol(p)
        if p.is_Pow and p.exp.is_Integer and p.exp > 0:
            return g.power(self.polynomial(p.base), int(p.exp))
        if p.is_Mul:
            return self.product(p)
        if p.is_Add:
            return self.horner(p)
        return self.expression(p)

    def product(self, p: sp.Expr) -> int:
        g = self.graph
        numbers = [t for t in p.args if t.is_Rational or self.is_constant(t)]
        others = sorted((t for t in p.args if t not in numbers), key=sp.default_sort_key)
        if any(t.is_Pow and not (t.exp.is_Integer and t.exp > 0) for t in others):
            return self.expression(p) if sp.fraction(p)[1] != 1 else self.fallback(p)
        result = self.polynomial(others[0]) if others else g.constant(1.0)
        for t in others[1:]:
            result = g.mul(result, self.polynomial(t))
        return g.mul(self.fixed(numbers), result) if numbers else result

    def fallback(self, p: sp.Expr) -> int:
        raise ValueError(f"no lowering of {p}")

    def is_constant(self, t: sp.Expr) -> bool:
        base = t.base if t.is_Pow else t
        row = self.form.generators.of(base)
        return row is not None and row.function == "constant"

    def fixed(self, numbers: list[sp.Expr]) -> int:
        """A product of constants, rounded once."""
        exact = sp.Mul(*(self.unfold(t) for t in numbers))
        return self.constant(exact)

    def unfold(self, t: sp.Expr) -> sp.Expr:
        replace = {r.symbol: r.argument for r in self.form.generators.rows if r.function == "constant"}
        return t.xreplace(replace)

    def horner(self, p: sp.Expr) -> int:
        g = self.graph
        order = [r.symbol for r in self.form.generators.rows if r.function in ("decay", "shifted") and p.has(r.symbol)]
        order += [
            r.symbol
            for r in self.form.generators.rows
            if r.function not in ("decay", "shifted", "constant") and p.has(r.symbol)
        ]
        order += [a] if p.has(a) else []
        order += sorted((s for s in p.free_symbols if s not in order and not self.is_constant(s)), key=str)
        if not order:
            return self.constant(self.unfold(p))
        main = order[0]
        try:
            terms = sp.Poly(p, main).terms()
        except sp.PolynomialError:
            parts = [self.expression(t) for t in p.args]
            summed = parts[0]
            for part in parts[1:]:
                summed = g.add(summed, part)
            return summed
        variable = self.symbol(main)
        total: int | None = None
        at = 0
        for (k,), c in terms:
            coefficient = self.polynomial(c)
            if total is None:
                total, at = coefficient, k
                continue
            total = g.add(coefficient, g.mul(total, g.power(variable, at - k)))
            at = k
        assert total is not None
        return g.mul(total, g.power(variable, at)) if at else total

    def factor(self, factor: sp.Expr) -> int:
        """One factor; in `expm1` where it vanishes with the exponents at `a = 0`."""
        decays = [r for r in self.form.generators.rows if r.function == "decay" and factor.has(r.symbol)]
        exps = [r for r in self.form.generators.rows if r.function == "exp" and factor.has(r.symbol)]
        if factor.is_Add and decays and all(r.argument.subs(a, 0) == 0 for r in decays):
            start = factor.subs({a: 0, **{r.symbol: 1 for r in decays}})
            if start == 0:
                swap = {}
                for r in decays:
                    shifted = self.form.generators.define("shifted", r.argument)
                    swap[r.symbol] = 1 + shifted
                return self.polynomial(sp.expand(factor.xreplace(swap)))
        if factor.is_Add and exps and factor.subs({r.symbol: 1 for r in exps}) == 0:
            swap = {r.symbol: 1 + self.form.generators.define("expm1", r.argument) for r in exps}
            return self.polynomial(sp.expand(factor.xreplace(swap)))
        return self.polynomial(factor) if sp.fraction(factor)[1] == 1 else self.expression(factor)

    def run(self) -> int:
        g = self.graph
        top: int | None = None
        bottom: int | None = None
        numbers: list[sp.Expr] = [self.form.coefficient]
        decays: list[int] = []
        for factor, power in self.form.factors:
            if self.is_constant(factor):
                numbers.append(factor**power)
                continue
            node = g.power(self.factor(factor), abs(power))
            row = self.form.generators.of(factor)
            if power > 0 and row is not None and row.function in ("decay", "exp"):
                decays.append(node)
            elif power > 0:
                top = node if top is None else g.mul(top, node)
            else:
                bottom = node if bottom is None else g.mul(bottom, node)
        scale = self.fixed(numbers)
        if g.value(scale) != 1.0:
            top = scale if top is None else g.mul(scale, top)
        for node in decays:
            top = node if top is None else g.mul(node, top)
        if top is None:
            top = g.constant(1.0)
        return top if bottom is None else g.div(top, bottom)


def lower(form: Form, graph: Graph, inputs: dict[str, int], exact: bool = False) -> int:
    """Append the form to a program; `inputs` maps "a" and the parameters' names to steps; returns the result's step.

    With `exact` constants know their rests and exponents stay in one word: for a target that carries rounding errors.
    """
    return _Lowering(form, graph, inputs, exact).run()
