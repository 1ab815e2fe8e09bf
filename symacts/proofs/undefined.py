"""Refutation of equations of which one side, as it is written, has no value where the other has one.

>>> import sympy as sp
>>> from symacts.proofs.check import Goal
>>> from symacts.proofs.checker.entail import Given
>>> x = sp.Symbol("x", real=True)
>>> str(without_value(Goal(Given(), x, "=", x), {(x, ">"): {0}}))  # exp(log(x)) = x
'at x = -1: left side nan, right side -1, so not = (the left side is not defined there)'
"""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from symacts.claims import Condition, Counterexample
from symacts.proofs.check import Goal
from symacts.proofs.checker.entail import Given
from symacts.proofs.sample import EXPECTED, points
from symacts.proofs.values import value_at

__all__ = ["without_value"]

TRIES = 60


def without_value(goal: Goal, origins: Mapping[Condition, set[int]]) -> Counterexample | None:
    """A point at which one side breaks a condition of its own, strictly and so around the point too, while the other
    side meets all of its conditions and has a value; `origins` gives the sides (0, 1) that need a condition."""
    symbols = sorted(
        goal.lhs.free_symbols
        | goal.rhs.free_symbols
        | {s for e, _ in (*goal.given.conditions, *origins) for s in e.free_symbols},
        key=str,
    )
    if any(not sides for sides in origins.values()):  # where these hold is not known
        return None
    borders = [e for e, _ in origins]
    for values in points(goal.given, symbols, borders, TRIES):
        try:
            broken = {s for (e, op), sides in origins.items() if _fails(e.xreplace(values), op) for s in sides}
            if len(broken) != 1:
                continue
            (side,) = broken
            others = [c for c, sides in origins.items() if 1 - side in sides]
            if not all(Given().holds(e.xreplace(values), op) for e, op in others):
                continue
            number = value_at((goal.rhs, goal.lhs)[side], values, goal.given)
        except EXPECTED:
            continue
        pairs = [(sp.nan, sp.nan), (number, number)]
        note = f"the {('left', 'right')[side]} side is not defined there"
        assignment = tuple((str(s), v) for s, v in values.items())
        return Counterexample(assignment, pairs[side], pairs[1 - side], "=", note)
    return None


def _fails(e: sp.Expr, op: str) -> bool:
    return op in (">", ">=") and Given().holds(e, "<")
