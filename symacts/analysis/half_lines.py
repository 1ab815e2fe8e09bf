"""Sets of functions whose signs repeat themselves towards an end: a finite middle, and families on half lines.

`Max(x, sin(x))` oscillates to the left of 0 only. The line is cut inside a cell of the outermost branch that does not
belong to the set, so that nothing has to be joined at the cut.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy as sp

from symacts.analysis import shape, values
from symacts.analysis.ends import Answer, Facts, union
from symacts.analysis.periodic import arcs, signs_over_period
from symacts.analysis.subject import Subject
from symacts.analysis.window import parts_of
from symacts.symbolic.oracle import Undecided

__all__ = [
    "concave_on",
    "convex_on",
    "decreasing_on",
    "increasing_on",
    "inflection_points",
    "stationary_points",
    "zeros",
]

Find = Callable[[Subject, Facts], Answer]


def _tail(f: Subject, side: int, order: int) -> tuple[Subject, Any, sp.Expr] | None:
    """The function that continues the outermost branch over the line, its signs and their period; None if finite."""
    k = f.outer(side)
    if k is None:
        return None
    try:
        f.chart(k, order)
    except Undecided:
        g = Subject(f.expression_of(k), f.x, f.oracle)
        return g, *signs_over_period(g, order)
    return None


def _cut(f: Subject, side: int, cell: tuple[sp.Expr, sp.Expr, int], period: sp.Expr) -> sp.Rational:
    """A short rational of the first copy of the cell that lies in the outermost branch."""
    k = f.outer(side)
    assert k is not None
    border = f.branches[k].lo if side > 0 else f.branches[k].hi
    near, far = (cell[0], cell[1]) if side > 0 else (cell[1], cell[0])
    turns = sp.ceiling(side * (border - near).evalf(20) / period.evalf(20)) if border.is_finite else sp.S.Zero
    for more in (0, 1):
        lo, hi = near + side * (turns + more) * period, far + side * (turns + more) * period
        middle = Fraction(str(((lo + hi) / 2).evalf(20)))
        for most in (1, 8, 1000):
            nice = middle.limit_denominator(most)
            cut = sp.Rational(nice.numerator, nice.denominator)
            inside = side * f.compare(lo, cut) < 0 < side * f.compare(hi, cut)
            if inside and side * f.compare(border, cut) < 0:
                return cut
    raise Undecided("no place for the cut was found")


def _assembled(f: Subject, order: int, find: Find, is_in: Callable[[int], bool], beyond: Any) -> Answer:
    """The set on the middle by `find`, and beyond each cut by `beyond(function, cut, side)`."""
    if f.within != (-sp.oo, sp.oo) or f.expression.free_symbols != {f.x} or len(f.branches) < 2:
        raise Undecided("f has one branch, or parameters")
    ends, outside, whole = {-1: -sp.oo, 1: sp.oo}, [], []
    for side in (-1, 1):
        tail = _tail(f, side, order)
        if tail is None:
            continue
        g, chart, period = tail
        free = [c for c in chart.cells if not is_in(c[2])]
        ends[side] = _cut(f, side, (free or chart.cells)[0], period)
        if free:
            outside += parts_of(beyond(g, ends[side], side))
        else:
            whole.append(ends[side])
    if not outside and not whole:
        raise Undecided("nothing repeats itself")
    middle = Subject(f.expression, f.x, f.oracle, within=(ends[-1], ends[1]))
    found, because = find(middle, {})
    return union([*(_extended(s, whole) for s in parts_of(found)), *outside]), f"{because}; one period repeated beyond"


def _extended(s: sp.Set, cuts: list[sp.Rational]) -> sp.Set:
    """An interval that ends at a cut beyond which all belongs to the set, so that it goes on to infinity."""
    if not isinstance(s, sp.Interval):
        return s
    start, left = (-sp.oo, True) if s.start in cuts else (s.start, s.left_open)
    end, right = (sp.oo, True) if s.end in cuts else (s.end, s.right_open)
    return sp.Interval(start, end, left, right)


def _half_line(cut: sp.Expr, side: int) -> sp.Interval:
    return sp.Interval.open(cut, sp.oo) if side > 0 else sp.Interval.open(-sp.oo, cut)


def _of_arcs(order: int, sign: int, find: Find) -> Find:
    def beyond(g: Subject, cut: sp.Expr, side: int) -> sp.Set:
        found = arcs(g, order, sign)
        if found is sp.S.EmptySet:
            return found
        if not isinstance(found, sp.ConditionSet):
            raise Undecided("the set has no gap on the half line")
        return sp.ConditionSet(found.sym, found.condition, _half_line(cut, side))

    def run(f: Subject, facts: Facts) -> Answer:
        return _assembled(f, order, find, lambda s: s == sign, beyond)

    return run


def _of_points(order: int, find: Find, turning: bool = False) -> Find:
    def beyond(g: Subject, cut: sp.Expr, side: int) -> sp.Set:
        chart, period = signs_over_period(g, order)
        signs = [s for _, _, s in chart.cells]
        rows = zip(chart.zeros, signs, signs[1:], strict=False)
        zeros = [z.point for z, a, b in rows if a != b or not turning]
        if turning and signs[0] != signs[-1]:
            raise Undecided("the sign changes at the ends of the period")
        n = sp.Symbol("n", integer=True, nonnegative=True)
        families = [
            sp.ImageSet(sp.Lambda(n, _first(g, z, cut, side, period) + side * n * period), sp.S.Naturals0)
            for z in zeros
        ]
        if not families:
            return sp.S.EmptySet
        return families[0] if len(families) == 1 else sp.Union(*families, evaluate=False)

    def run(f: Subject, facts: Facts) -> Answer:
        return _assembled(f, order, find, lambda s: s == 0, beyond)

    return run


def _first(g: Subject, zero: sp.Expr, cut: sp.Expr, side: int, period: sp.Expr) -> sp.Expr:
    """The copy of a zero that comes first beyond the cut."""
    turns = sp.floor(side * (cut - zero).evalf(20) / period.evalf(20))
    for k in (turns, turns + 1, turns + 2):
        point = sp.expand(zero + side * k * period)
        if side * g.compare(point, cut) > 0:
            if side * g.compare(sp.expand(point - side * period), cut) < 0:
                return g.neat(point)
            break
    raise Undecided("the first zero beyond the cut was not found")


zeros = _of_points(0, values.zeros)
stationary_points = _of_points(1, shape.stationary_points)
inflection_points = _of_points(2, shape.inflection_points, turning=True)
increasing_on = _of_arcs(1, 1, shape.increasing_on)
decreasing_on = _of_arcs(1, -1, shape.decreasing_on)
convex_on = _of_arcs(2, 1, shape.convex_on)
concave_on = _of_arcs(2, -1, shape.concave_on)
