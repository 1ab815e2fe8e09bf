"""The least and the largest value of a derivative on a branch without a chart of the next one.

Branch and bound leaves short intervals in which an extreme value may lie; only there are zeros of the next derivative
isolated. It serves where that derivative is too long to be charted everywhere, or oscillates towards infinity.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symacts.analysis.subject import Subject
from symacts.symbolic.oracle import Undecided
from symacts.symbolic.structure import substituted

__all__ = ["Candidate", "better", "extremes"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An extreme value, and whether an inner point has it (otherwise it is a limit at an end)."""

    value: sp.Expr
    attained: bool


def extremes(f: Subject, branch: int, order: int) -> tuple[Candidate, Candidate]:
    """The infimum and the supremum of a derivative on an open branch.

    Raises
    ------
    Undecided
        A limit at an end is missing, or a place where an extreme value may lie is not settled.
    """
    return f.remember(("extremes", branch, order), lambda: _extremes(f, branch, order))


def _extremes(f: Subject, branch: int, order: int) -> tuple[Candidate, Candidate]:
    piece = f.branches[branch]
    parity = f.parity(branch, order)
    if parity is None:
        ends = {"lo": piece.lo, "hi": piece.hi}
        limits = [Candidate(f.end(branch, at, order), False) for at in ends]
    else:
        formula = f.expression_of(branch, order)
        middle = f.limit_of(formula, sp.S.Zero, 1)
        ends = {"lo": sp.S.Zero, "hi": piece.hi}
        limits = [Candidate(middle, True), Candidate(f.end(branch, "hi", order), False)]
    found = [_extreme(f, branch, order, side, (ends["lo"], ends["hi"]), limits) for side in (-1, 1)]
    if parity == -1:
        mirrored = [Candidate(f.neat(-c.value), c.attained) for c in reversed(found)]
        return better(f, found[0], mirrored[0], -1), better(f, found[1], mirrored[1], 1)
    return found[0], found[1]


def _extreme(
    f: Subject, branch: int, order: int, side: int, ends: tuple[sp.Expr, sp.Expr], limits: list[Candidate]
) -> Candidate:
    infinite = [c for c in limits if c.value is side * sp.oo]
    if infinite:
        return infinite[0]
    formula = f.expression_of(branch, order)
    places = f.oracle.places_of_supremum(
        f.expression_of(branch), f.x, ends, order, side, formula, tuple(c.value for c in limits)
    )
    if not isinstance(places, list):
        raise Undecided(places.reason)
    candidates = [c for c in limits if c.value.is_finite is not False]
    for lo, hi in places:
        chart = f.chart_of(f.expression_of(branch, order + 1), lo, hi)
        candidates += [Candidate(f.neat(substituted(formula, f.x, z.point)), True) for z in chart.zeros]
    if not candidates:
        raise Undecided("no extremum was found")
    best = candidates[0]
    for other in candidates[1:]:
        best = better(f, best, other, side)
    return best


def better(f: Subject, best: Candidate, other: Candidate, side: int) -> Candidate:
    """The larger of two values for side 1, the smaller for side -1; of equal ones that which is attained."""
    order = side * f.compare(other.value, best.value)
    return other if order > 0 or (order == 0 and other.attained) else best
