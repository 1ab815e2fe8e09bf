"""Facts about f(Z) for a function that repeats itself, Z standard normal: one integral over the line."""

from __future__ import annotations

import sympy as sp

from symacts.analysis.ends import Answer, Facts
from symacts.analysis.ends import domain as domain_of
from symacts.analysis.moments import divergent_mean, diverges
from symacts.analysis.sampling import sample
from symacts.analysis.subject import Subject
from symacts.analysis.window import Window, missing_points, over_the_line, parts_of, window_of
from symacts.facts import DefiniteIntegral
from symacts.symbolic.forms import is_identically_zero
from symacts.symbolic.gaussian import weight
from symacts.symbolic.oracle import Undecided
from symacts.symbolic.repeats import in_floors

__all__ = ["mean", "second_moment", "slope_second_moment"]


def _almost_everywhere(w: Window) -> None:
    parts = parts_of(domain_of(w.inside, {})[0])
    if not (missing_points(w, parts) or over_the_line(w, parts) is sp.S.Reals):
        raise Undecided("f is not defined on the whole line")


def mean(f: Subject, facts: Facts) -> Answer:
    """E[f(Z)], an infinite one, or None where there is none."""
    w = window_of(f)
    _almost_everywhere(w)
    if not w.is_bounded:
        return divergent_mean(w.inside)
    kind, center = facts["symmetry"].value
    if kind == "odd" or (kind == "point" and center[0] == 0):
        return center[1], "f is symmetric about (0, f(0)) and Z is symmetric"
    total = _mirror_sum_almost_everywhere(f, w)
    if total is not None:
        return f.neat(total / 2), "f(x) + f(-x) is constant but for isolated points, and Z is symmetric"
    return _expectation(f, f.expression)


def _mirror_sum_almost_everywhere(f: Subject, w: Window) -> sp.Expr | None:
    """The value that f(x) + f(-x), a function of the same period, has everywhere but at isolated points; else None."""
    total = Subject(f.expression + f.expression.xreplace({f.x: -f.x}), f.x, f.oracle, within=(sp.S.Zero, w.period))
    try:
        found = {sp.expand(branch.expression) for _, branch in total.pieces}
    except Undecided:
        return None
    return found.pop() if len(found) == 1 and not any(e.has(f.x) for e in found) else None


def second_moment(f: Subject, facts: Facts) -> Answer:
    """E[f(Z)**2]."""
    return _square(f, 0, f.expression)


def slope_second_moment(f: Subject, facts: Facts) -> Answer:
    """E[f'(Z)**2], with f' where it exists."""
    w = window_of(f)
    inside = w.inside
    slopes = {inside.expression_of(k, 1) for k, _ in inside.pieces}
    if len(slopes) == 1 and not (only := slopes.pop()).has(f.x):
        _almost_everywhere(w)
        return f.neat(only**2), "f' is constant"
    slope = in_floors(f.expression).diff(f.x).replace(sp.Derivative, lambda *_: sp.nan)
    inside = Subject(slope, f.x, f.oracle, within=w.inside.within)
    for k, piece in w.inside.pieces:
        point = sample(f, piece.lo, piece.hi, 1)[0]
        held = [b for b in inside.branches if not b.is_point and f.compare(b.lo, point) < 0 < f.compare(b.hi, point)]
        same = len(held) == 1 and f.equal(held[0].lo, piece.lo) and f.equal(held[0].hi, piece.hi)
        if not same or not is_identically_zero(held[0].expression - w.inside.expression_of(k, 1), f.x):
            raise Undecided("no formula for f' on the line")
    return _square(f, 1, slope)


def _square(f: Subject, order: int, formula: sp.Expr) -> Answer:
    w = window_of(f)
    _almost_everywhere(w)
    if diverges(w.inside, lambda k: w.inside.expression_of(k, order) ** 2):
        return sp.oo, "the integral of a function of one sign diverges at an end of a piece"
    return _expectation(f, formula**2)


def _expectation(f: Subject, formula: sp.Expr) -> Answer:
    total = DefiniteIntegral(formula * weight(f.x), (f.x, -sp.oo, sp.oo))
    answer = f.oracle.is_integrable(total)
    if answer is not True:
        raise Undecided(f"the integral was not enclosed: {answer}")
    return total, "rigorous quadrature"
