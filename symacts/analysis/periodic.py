"""Facts about functions with a periodic derivative: one period decides, sets are written as families of points.

The function has one branch on the whole line and `f^(k)` is periodic for the derivative that the fact asks about
(`x + sin(x)**2` has a periodic slope without being periodic itself).
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from symacts.analysis.ends import Answer, Facts
from symacts.analysis.progressions import progressions
from symacts.analysis.subject import Subject
from symacts.analysis.symmetry import about, about_zero
from symacts.symbolic.oracle import Undecided

__all__ = [
    "arcs",
    "concave_on",
    "convex_on",
    "decreasing_on",
    "fixed_points",
    "gradient_lipschitz",
    "increasing_on",
    "inflection_points",
    "lipschitz",
    "maximum",
    "minimum",
    "monotonicity",
    "range_",
    "signs_over_period",
    "stationary_points",
    "symmetry",
    "zeros",
]


def _only_branch(f: Subject) -> int:
    pieces = f.pieces
    if len(pieces) != 1 or len(f.branches) != 1 or f.branches[0].interval != sp.S.Reals:
        raise Undecided("f has more than one branch")
    return pieces[0][0]


def _period_chart(f: Subject, order: int) -> Any:
    """The signs of a periodic derivative over one period."""
    expression = f.expression_of(_only_branch(f), order)
    chart = f.remember(("period", order), lambda: f.oracle.periodic_chart(expression, f.x))
    if getattr(chart, "cells", None) is None:
        raise Undecided(f"no period: {chart.reason}")
    return chart


def signs_over_period(f: Subject, order: int) -> tuple[Any, sp.Expr]:
    """The signs of a derivative over one period, and the period, where it is a periodic function times an exponential.

    Raises
    ------
    Undecided
    """
    return f.remember(("signs", order), lambda: _find_signs(f, order))


def _find_signs(f: Subject, order: int) -> tuple[Any, sp.Expr]:
    formula = f.expression_of(_only_branch(f), order)
    factors = [sp.S.One, *(sp.exp(-e.args[0]) for e in formula.atoms(sp.exp) if e.has(f.x))]
    for factor in sorted(factors, key=sp.default_sort_key)[:MOST_FACTORS]:
        bare = sp.expand(sp.powsimp(sp.expand(formula * factor)))
        period = f.oracle.period(bare, f.x)
        if period is not None:
            chart = f.oracle.periodic_chart(bare, f.x)
            if getattr(chart, "cells", None) is not None:
                return chart, period
    raise Undecided("no period of the sign is seen")


MOST_FACTORS = 4
"""Exponentials that are taken off a formula in turn."""


def _family(expression: sp.Expr, f: Subject) -> sp.Set:
    """All zeros of an expression as a set."""
    families = f.oracle.zero_families(expression, f.x)
    if getattr(families, "repeated", None) is None:
        raise Undecided(f"zeros of {expression}: {families.reason}")
    return as_set(families.points, families.repeated, families.removed)


def as_set(points: Any, repeated: Any, removed: Any = ()) -> sp.Set:
    """Single points and arithmetic progressions of points as a SymPy set."""
    parts = progressions((z.point, P) for z, P in repeated)
    alone = [p.point for p in points if not any(sp.cancel((p.point - z.point) / P).is_Integer for z, P in repeated)]
    if alone:
        parts.append(sp.FiniteSet(*alone))
    if not parts:
        return sp.S.EmptySet
    whole = parts[0] if len(parts) == 1 else sp.Union(*parts, evaluate=False)
    return sp.Complement(whole, sp.FiniteSet(*removed), evaluate=False) if removed else whole


def _only_formula(f: Subject) -> sp.Expr:
    """The formula of a function that has a single one on the line, but for isolated points at which it is undefined."""
    formulas = {b.expression for b in f.branches}
    ends = f.branches[0].lo.is_infinite and f.branches[-1].hi.is_infinite
    whole = ends and all(b.value is None and b.left is not None and b.right is not None for b in f.borders)
    if len(formulas) != 1 or not whole or any(b.is_point for b in f.branches):
        raise Undecided("f has more than one branch")
    return formulas.pop()


def zeros(f: Subject, facts: Facts) -> Answer:
    """Where f vanishes, as families of points."""
    return _outside_holes(f, _family(_only_formula(f), f), sp.S.Zero), "all zeros over one period"


def fixed_points(f: Subject, facts: Facts) -> Answer:
    """Where f(x) = x, as families of points."""
    return _outside_holes(f, _family(_only_formula(f) - f.x, f), f.x), "all zeros of f(x) - x over one period"


def _outside_holes(f: Subject, found: sp.Set, subtracted: sp.Expr) -> sp.Set:
    """The zeros of f less 0 or x where none of them is a point that the domain misses.

    Raises
    ------
    Undecided
        The difference tends to 0 towards such a point, or its limit is not known.
    """
    removed = found.args[1].args if isinstance(found, sp.Complement) else ()
    for border in f.borders:
        here = border.point
        if here not in removed and f.equal(f.end(border.left, "hi"), subtracted.subs(f.x, here)):  # type: ignore[arg-type]
            raise Undecided(f"whether {here} is among the zeros found")
    return found


def stationary_points(f: Subject, facts: Facts) -> Answer:
    """Where f' vanishes, as families of points."""
    return _family(f.expression_of(_only_branch(f), 1), f), "all zeros of f' over one period"


def inflection_points(f: Subject, facts: Facts) -> Answer:
    """Where f'' changes its sign, as families of points."""
    chart, P = signs_over_period(f, 2)
    signs = [s for _, _, s in chart.cells]
    turning = [(z, P) for z, a, b in zip(chart.zeros, signs, signs[1:], strict=False) if a != b]
    if chart.cells and signs[0] != signs[-1]:
        raise Undecided("the sign changes at the ends of the period")
    return as_set((), turning), "sign changes of f'' over one period"


def arcs(f: Subject, order: int, wanted: int) -> sp.Set:
    """The closed arcs of one period on which a derivative has that sign but for isolated zeros, repeated for ever."""
    chart, period = signs_over_period(f, order)
    cells = list(chart.cells)
    if all(sign == wanted for _, _, sign in cells):
        return sp.S.Reals
    if all(sign != wanted for _, _, sign in cells):
        return sp.S.EmptySet
    while cells[0][2] != wanted or cells[-1][2] == wanted:  # begin with an arc, so that none runs over the period's end
        lo, hi, sign = cells.pop(0)
        cells.append((lo + period, hi + period, sign))
    base = f.neat(cells[0][0])
    arcs: list[tuple[sp.Expr, sp.Expr]] = []
    for lo, hi, sign in cells:
        if sign != wanted:
            continue
        arcs[-1:] = [(arcs[-1][0], hi)] if arcs and arcs[-1][1] == lo else [*arcs[-1:], (lo, hi)]
    within = sp.Union(*[sp.Interval(f.neat(lo - base), f.neat(hi - base)) for lo, hi in arcs])
    return sp.ConditionSet(f.x, sp.Contains(sp.Mod(f.x - base, period), within, evaluate=False), sp.S.Reals)


def increasing_on(f: Subject, facts: Facts) -> Answer:
    """Where f increases, by its place in the period."""
    return arcs(f, 1, 1), "the sign of f' over one period"


def decreasing_on(f: Subject, facts: Facts) -> Answer:
    """Where f decreases, by its place in the period."""
    return arcs(f, 1, -1), "the sign of f' over one period"


def convex_on(f: Subject, facts: Facts) -> Answer:
    """Where f is convex, by its place in the period."""
    return arcs(f, 2, 1), "the sign of f'' over one period"


def concave_on(f: Subject, facts: Facts) -> Answer:
    """Where f is concave, by its place in the period."""
    return arcs(f, 2, -1), "the sign of f'' over one period"


def monotonicity(f: Subject, facts: Facts) -> Answer:
    """How f moves, from the signs of a periodic f'."""
    signs = {s for _, _, s in _period_chart(f, 1).cells}
    kinds = {(1,): "strictly increasing", (-1,): "strictly decreasing", (0,): "constant"}
    return kinds.get(tuple(sorted(signs)), "none"), "the sign of f' over one period; its zeros are isolated"


def _values(f: Subject, order: int) -> list[sp.Expr]:
    """Values of a periodic derivative at the zeros of the next one: its extrema are among them."""
    branch = _only_branch(f)
    _period_chart(f, order)
    chart = _period_chart(f, order + 1)
    if not chart.zeros:
        raise Undecided("no extremum in a period")
    return [f.neat(f.expression_of(branch, order).subs(f.x, z.point)) for z in chart.zeros]


def _largest(f: Subject, values: list[sp.Expr]) -> sp.Expr:
    best = values[0]
    for value in values[1:]:
        if f.compare(value, best) > 0:
            best = value
    return best


def range_(f: Subject, facts: Facts) -> Answer:
    """The values between the extrema of a periodic function."""
    values = _values(f, 0)
    return sp.Interval(f.least(values), _largest(f, values)), "extrema over one period"


def minimum(f: Subject, facts: Facts) -> Answer:
    """The least value over one period."""
    return (f.least(_values(f, 0)), True), "extrema over one period"


def maximum(f: Subject, facts: Facts) -> Answer:
    """The largest value over one period."""
    return (_largest(f, _values(f, 0)), True), "extrema over one period"


def _supremum(f: Subject, order: int) -> sp.Expr:
    return _largest(f, [w for v in _values(f, order) for w in (v, f.neat(-v))])


def lipschitz(f: Subject, facts: Facts) -> Answer:
    """The largest |f'| over one period."""
    return _supremum(f, 1), "the extrema of f' over one period"


def gradient_lipschitz(f: Subject, facts: Facts) -> Answer:
    """The largest |f''| over one period."""
    return _supremum(f, 2), "the extrema of f'' over one period"


def symmetry(f: Subject, facts: Facts) -> Answer:
    """The center of a symmetry nearest to 0: the derivative that changes its sign under it vanishes there."""
    central = about_zero(f)
    if central is not None:
        return central
    for sign, order in ((1, 2), (-1, 1)):
        chart = _period_chart(f, order)
        period = f.oracle.period(f.expression_of(_only_branch(f), order), f.x)
        assert period is not None  # the chart is over it
        centers = [f.neat(sp.expand(z.point + k * period)) for z in chart.zeros for k in (-1, 0, 1)]
        for center in sorted(centers, key=lambda c: (abs(c.evalf(20)), c.is_negative)):
            found = about(f, center, sign)
            if found is not None:
                return found, "a zero of a derivative in one period, checked by exact expansion"
    return ("none", None), "the possible centers in one period are excluded by certified values"
