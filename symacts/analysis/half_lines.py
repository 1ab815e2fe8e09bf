"""Sets of functions that oscillate towards an end: a finite middle, and families or conditions on half lines.

`Max(x, sin(x))` oscillates to the left of 0 only, and repeats itself there; `Max(x, 0)*sin(x)` to the right, without a
period. The line is cut inside a cell of the outermost branch that does not belong to the set, so that nothing has to be
joined at the cut.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy as sp

from symacts.analysis import shape, values
from symacts.analysis.ends import Answer, Facts, union
from symacts.analysis.periodic import arcs, signs_over_period
from symacts.analysis.phase import part_of_branch
from symacts.analysis.subject import Subject
from symacts.analysis.window import parts_of
from symacts.symbolic.oracle import Undecided

__all__ = [
    "concave_on",
    "convex_on",
    "decreasing_on",
    "fixed_points",
    "increasing_on",
    "inflection_points",
    "stationary_points",
    "zeros",
]

Find = Callable[[Subject, Facts], Answer]


def _oscillates(f: Subject, side: int, order: int) -> bool:
    """Whether the outermost branch has no finite chart."""
    k = f.outer(side)
    if k is None:
        return False
    try:
        f.chart(k, order)
    except Undecided:
        return True
    return False


def _continued(f: Subject, side: int) -> Subject:
    """The function that continues the outermost branch over the line."""
    k = f.outer(side)
    assert k is not None
    return Subject(f.expression_of(k), f.x, f.oracle)


def _place(f: Subject, side: int, order: int, is_in: Callable[[int], bool]) -> sp.Rational:
    """A point of the outermost branch at which the derivative is seen to have a sign that does not belong to the set.

    Raises
    ------
    Undecided
    """
    k = f.outer(side)
    assert k is not None
    border = f.branches[k].lo if side > 0 else f.branches[k].hi
    start = f.oracle.enclose(border, 10)[0 if side < 0 else 1] if border.is_finite else sp.S.Zero
    for step in range(1, MOST_STEPS + 1):
        cut = start + sp.Rational(side * step, 2)
        sign = f.oracle.sign_at(f.expression_of(k, order), f.x, cut)
        if sign and not is_in(sign):
            return cut
    raise Undecided("no place for the cut was found")


MOST_STEPS = 40
"""Halves by which a place for the cut is sought along the outermost branch."""


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


def _assembled(
    f: Subject, order: int, find: Find, is_in: Callable[[int], bool], beyond: Any, without_period: Any
) -> Answer:
    """The set on the middle by `find`, and beyond each cut by `beyond(function, cut, side)`, or without a period."""
    if f.within != (-sp.oo, sp.oo) or f.expression.free_symbols != {f.x} or len(f.branches) < 2:
        raise Undecided("f has one branch, or parameters")
    ends, outside, whole = {-1: -sp.oo, 1: sp.oo}, [], []
    for side in (-1, 1):
        if not _oscillates(f, side, order):
            continue
        g = _continued(f, side)
        try:
            chart, period = signs_over_period(g, order)
        except Undecided:
            ends[side] = _place(f, side, order, is_in)
            outside += parts_of(without_period(f, ends[side], side))
            continue
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
    return union([*(_extended(s, whole) for s in parts_of(found)), *outside]), f"{because}; beyond, by the oscillation"


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

    def without_period(f: Subject, cut: sp.Expr, side: int) -> sp.Set:
        return part_of_branch(f, f.outer(side), order, sign, _half_line(cut, side))  # type: ignore[arg-type]

    def run(f: Subject, facts: Facts) -> Answer:
        return _assembled(f, order, find, lambda s: s == sign, beyond, without_period)

    return run


def _of_points(order: int, find: Find, turning: bool = False) -> Find:
    def beyond(g: Subject, cut: sp.Expr, side: int) -> sp.Set:
        chart, period = signs_over_period(g, order)
        signs = [s for _, _, s in chart.cells]
        rows = zip(chart.zeros, signs, signs[1:], strict=False)
        zeros = [z.point for z, a, b in rows if a != b or not turning]
        if turning and signs[0] != signs[-1]:
            raise Undecided("the sign changes at the ends of the period")
        return _families(g, [(z, period) for z in zeros], cut, side)

    def without_period(f: Subject, cut: sp.Expr, side: int) -> sp.Set:
        if order == 0:
            return _zeros_beyond(_continued(f, side), cut, side)
        return part_of_branch(f, f.outer(side), order, 0, _half_line(cut, side))  # type: ignore[arg-type]

    def run(f: Subject, facts: Facts) -> Answer:
        return _assembled(f, order, find, lambda s: s == 0, beyond, without_period)

    return run


def _families(g: Subject, zeros: list[tuple[sp.Expr, sp.Expr]], cut: sp.Expr, side: int) -> sp.Set:
    """The points `z + n*P` beyond the cut for every pair."""
    n = sp.Symbol("n", integer=True, nonnegative=True)
    found = [sp.ImageSet(sp.Lambda(n, _first(g, z, cut, side, P) + side * n * P), sp.S.Naturals0) for z, P in zeros]
    if not found:
        return sp.S.EmptySet
    return found[0] if len(found) == 1 else sp.Union(*found, evaluate=False)


def _zeros_beyond(g: Subject, cut: sp.Expr, side: int) -> sp.Set:
    """The zeros beyond the cut of a function with waves that all zeros are known of: single ones and families.

    Raises
    ------
    Undecided
    """
    all_zeros = g.oracle.zero_families(g.expression, g.x)
    if getattr(all_zeros, "repeated", None) is None:
        raise Undecided(f"zeros of {g.expression}: {all_zeros.reason}")
    if all_zeros.removed or any(side * g.compare(z.point, cut) > 0 for z in all_zeros.points):
        raise Undecided("single zeros beyond the cut")
    return _families(g, [(z.point, P) for z, P in all_zeros.repeated], cut, side)


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


def fixed_points(f: Subject, facts: Facts) -> Answer:
    """Where f(x) = x: the zeros of f(x) - x."""
    return zeros(Subject(f.expression - f.x, f.x, f.oracle), facts)


stationary_points = _of_points(1, shape.stationary_points)
inflection_points = _of_points(2, shape.inflection_points, turning=True)
increasing_on = _of_arcs(1, 1, shape.increasing_on)
decreasing_on = _of_arcs(1, -1, shape.decreasing_on)
convex_on = _of_arcs(2, 1, shape.convex_on)
concave_on = _of_arcs(2, -1, shape.concave_on)
