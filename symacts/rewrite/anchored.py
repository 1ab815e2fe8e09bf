"""Programs around a zero of the derivative, for functions of x and one exponential: no digits lost, no second words.

A derivative like that of `x*sigmoid(x)` is a quotient whose numerator N, a polynomial in x and E = exp(-P(x)), vanishes
at some r with E(r) = e. With the distance d = x - r, the ratio t = E/e and m = t - 1 (as `expm1`, so that both d and m
are known to the last bits around r)

    N = sum of g_j(d)*t**j,   sum of g_j(0) = 0
      = m*(sum over j of g_j(0)*(1 + t + ... + t**(j - 1))) + d*(sum over j of (g_j(d) - g_j(0))/d * t**j),

and around r neither product cancels what the other holds. Beyond, N is the same. Whether it is accurate enough there
is measured, as for every program.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.rewrite.generators import a
from symacts.rewrite.graph import Graph
from symacts.rewrite.halfline import Form, Unrewritable, half_line
from symacts.rewrite.lower import rounded

__all__ = ["anchored", "anchors"]

DIGITS = 60
"""Digits with which constants are known here."""
OUTER = sp.Symbol("outer", real=True)
"""x itself, or -x, where `a` is the distance from the zero."""
NOTHING = sp.Float("1e-30", DIGITS)
"""What is smaller than this part of its terms is zero: the place of a zero is known to 2**-220."""


def anchored(expression: sp.Expr, x: sp.Symbol, root: Fraction, side: int, graph: Graph) -> int | None:
    """The step of the expression's program in d = side*(x - root) and one exponential of it; None where it has none.

    Parameters
    ----------
    side : int
        1 or -1: whether the exponential decays to the right or to the left.
    """
    place = sp.Rational(root.numerator, root.denominator)
    with suppress(
        Unrewritable, UnsupportedExpression, sp.PolynomialError, ValueError, TypeError, KeyError, RecursionError
    ):
        if _functions(half_line(expression, x, side)) == ["decay"]:  # elsewhere the digits of the place need not enter
            form = half_line(expression.xreplace({x: x + place}), x, side)
            return _Anchored(form, graph, side * place, side).run()
    return None


def _functions(form: Form) -> list[str]:
    return [r.function for r in form.generators.rows if r.function != "constant"]


class _Anchored:
    def __init__(self, form: Form, graph: Graph, place: sp.Rational, side: int) -> None:
        x = graph.variable("x")
        self.form, self.graph, self.place, self.whole = form, graph, place, x if side > 0 else graph.neg(x)
        self.constants = {r.symbol: r.argument for r in form.generators.rows if r.function == "constant"}
        rows = [r for r in form.generators.rows if r.function != "constant"]
        if _functions(form) != ["decay"]:
            raise Unrewritable("more than one function, or none")
        self.ratio = rows[0].symbol
        moved = sp.Poly(sp.expand(rows[0].argument.xreplace({a: a - self.place})), a)
        start = moved.eval(0)
        inner = graph.neg(self.horner_of(sp.expand(moved.as_expr() - start).xreplace({a: OUTER})))
        self.scale = sp.exp(sp.N(start, DIGITS))
        self.power = graph.put("exp from", inner, self.precise(start), self.precise(self.scale))
        self.change = graph.put("expm1 from", inner, self.precise(start))

    def precise(self, value: sp.Expr) -> int:
        """A constant; a float where it is one but for what is left of its digits."""
        near = sp.Float(float(value), DIGITS)
        return self.graph.constant(float(value) if abs(value - near) <= NOTHING * abs(near) else rounded(value))

    def numeric(self, e: sp.Expr) -> sp.Expr:
        """The polynomial in `a` with its constants to many digits, the vanishing ones left out."""
        terms = sp.Poly(e.xreplace(self.constants), a).terms()
        values = {k: sp.Float(sp.N(c, DIGITS), DIGITS) for (k,), c in terms}
        size = max(map(abs, values.values()), default=sp.Float(0))
        return sp.Add(*(c * a**k for k, c in values.items() if abs(c) > NOTHING * size))

    def run(self) -> int:
        """The form in x, d and E, each factor's leading coefficient 1, or what it takes to need no other number."""
        scale = sp.N(self.form.coefficient.xreplace(self.constants), DIGITS)
        factors: list[tuple[dict[int, sp.Expr], int]] = []
        for factor, power in self.form.factors:
            parts = {k: sp.expand(self.numeric(c) / self.scale**k) for (k,), c in sp.Poly(factor, self.ratio).terms()}
            lead = sp.LC(parts[min(parts)], a)
            scale *= lead**power
            factors.append(({k: sp.expand(c / lead) for k, c in parts.items()}, power))
        factors = self.joined(factors)
        sums = [k for k, (parts, power) in enumerate(factors) if len(parts) > 1 and power == 1]
        is_negative, scale = scale < 0, abs(scale)
        if abs(scale - 1) > NOTHING:
            if not sums:
                factors.append(({0: scale}, 1))
            else:
                factors[sums[0]] = {k: sp.expand(c * scale) for k, c in factors[sums[0]][0].items()}, 1
        factors = [(parts, power) for parts, power in factors if parts != {0: 1}]
        factors.sort(key=lambda pair: any(c.has(a) for c in pair[0].values()))  # what others share comes first
        g = self.graph
        found: dict[int, int] = {}
        for parts, power in factors:
            sign, node = 1 if power > 0 else -1, g.power(self.sum_of(parts), abs(power))
            found[sign] = g.mul(found[sign], node) if sign in found else node
        result = found.get(1, g.constant(1.0))
        result = g.div(result, found[-1]) if -1 in found else result
        return g.neg(result) if is_negative else result

    @staticmethod
    def joined(factors: list[tuple[dict[int, sp.Expr], int]]) -> list[tuple[dict[int, sp.Expr], int]]:
        """Factors above the line in E alone as one: its sum is rounded less, and the denominator may hold it."""
        alone = [parts for parts, power in factors if power == 1 and not any(c.has(a) for c in parts.values())]
        if len(alone) < 2:
            return factors
        product: dict[int, sp.Expr] = {0: sp.S.One}
        for parts in alone:
            moved: dict[int, sp.Expr] = {}
            for (i, p), (j, q) in itertools.product(product.items(), parts.items()):
                moved[i + j] = moved.get(i + j, sp.S.Zero) + p * q
            product = moved
        return [(product, 1), *(pair for pair in factors if not any(pair[0] is parts for parts in alone))]

    def sum_of(self, parts: dict[int, sp.Expr]) -> int:
        """The sum of c(d)*E**k; as products of what vanishes at the zero where the whole does."""
        t, g = self.ratio, self.graph
        starts = {k: c.subs(a, 0) * self.scale**k for k, c in parts.items()}
        total, size = sp.Add(*starts.values()), max(abs(c) for c in starts.values())
        outer = {k: self.outer(c) for k, c in parts.items()}
        if set(parts) == {0} or abs(total) > NOTHING * size:
            return self.horner_of(sp.Add(*(c * t**k for k, c in outer.items())))
        highest = max(parts)
        near = [sp.Add(*(starts.get(j, 0) for j in range(i + 1, highest + 1))) / self.scale**i for i in range(highest)]
        rest = {k: self.outer(sp.expand((c - c.subs(a, 0)) / a)) for k, c in parts.items()}
        result = g.mul(self.change, self.horner_of(sp.Add(*(c * t**i for i, c in enumerate(near)))))
        if rest.get(0) == 1:  # d + d*(...), each rounded once, not d*(1 + ...)
            result = self.plus_distance(g.constant(1.0), result)
            del rest[0]
        second = self.horner_of(sp.Add(*(c * t**k for k, c in rest.items())))
        return self.plus_distance(second, result) if g.value(second) != 0.0 else result

    def plus_distance(self, factor: int, other: int) -> int:
        """factor*d + other."""
        return self.graph.put("times away", factor, self.whole, self.precise(self.place), other)

    def outer(self, e: sp.Expr) -> sp.Expr:
        """A polynomial in d as one in x, where its terms seldom cancel each other."""
        moved = sp.expand(e.xreplace({a: OUTER - self.place}))
        terms = sp.Poly(moved, OUTER).terms()
        size = max((abs(c) for _, c in terms), default=sp.Float(0))
        return sp.Add(*(c * OUTER**k for (k,), c in terms if abs(c) > NOTHING * size))

    def horner_of(self, e: sp.Expr) -> int:
        """A polynomial with constants of many digits, in the exponential first."""
        main = next((s for s in (self.ratio, OUTER) if e.has(s)), None)
        if main is None:
            return self.precise(e)
        variable = self.power if main == self.ratio else self.whole
        g = self.graph
        terms = sp.Poly(e, main).terms()
        total, at = self.horner_of(terms[0][1]), terms[0][0][0]
        lowest = min((k for (k,), _ in terms if k), default=0)
        for (k,), c in terms[1:]:
            coefficient = self.horner_of(c)
            if k == 0 and at == 0:
                return g.add(coefficient, total)
            product = g.mul(total, g.power(variable, at - k))
            total, at = g.add(coefficient, product), k
            if k and k == lowest and g.value(coefficient) == 1.0:  # v + v*product, rounded once, not v*(1 + product)
                power = g.power(variable, k)
                total, at = g.add(power, g.mul(power, product)), 0
        return g.mul(total, g.power(variable, at)) if at else total


def anchors(roots: Sequence[tuple[Fraction, int]]) -> list[Fraction]:
    """The simple zeros but the origin, nearest first."""
    return sorted({r for r, order in roots if order == 1 and r}, key=abs)
