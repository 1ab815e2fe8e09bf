"""Conclusions from hypotheses that are not affine: were the goal false, such a hypothesis would be false."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symacts.codec import encode
from symacts.proofs.check import RULES, Goal
from symacts.proofs.checker.entail import Condition, Undecided
from symacts.proofs.checker.forms import SWITCHES
from symacts.proofs.checker.goals import resolved
from symacts.proofs.search import Node, Search, has_operators, is_plausible
from symacts.proofs.tactics.branches import border_of, is_simple

__all__ = ["contraries"]

CASES = {"=": ("<", "=", ">"), "<": ("<=", ">"), "<=": ("<", ">=")}
FAILS = {"=": ({-1}, {1}, {-1, 1}), "<": ({-1}, {0}, {-1, 0}), "<=": ({-1},)}
MOST_ADDED, MOST_SPLIT = 1, 2  # conditions beyond those of the statement, and to split its absolute values


def contraries(goal: Goal, search: Search) -> Iterator[Node]:
    """Cases for the goal; where it fails, one of the hypotheses does."""
    curved = [c for c in search.premises if not is_simple(c[0])]
    added = len(goal.given.conditions) - len(search.premises)
    if not curved or added > MOST_SPLIT or goal.relation not in CASES or has_operators(goal.lhs, goal.rhs):
        return
    for e, _ in goal.given.conditions:
        for switch in sorted(e.atoms(*SWITCHES), key=sp.default_sort_key):
            on = border_of(switch, goal.given)
            if on is not None and len(goal.given.sign(on)) > 1:
                yield {"rule": "cases", "on": encode(on), "parts": ["<", "=", ">"], "cost": 1}
                return
    try:
        lhs, rhs = resolved(goal)
    except Undecided:
        return
    if added > MOST_ADDED:
        return
    difference, signs = rhs - lhs, goal.given.sign(rhs - lhs)
    if signs in FAILS[goal.relation]:
        for condition in (c for c in curved if c in goal.given.conditions):
            yield from _denied(goal, difference, condition)
    elif added < MOST_ADDED:
        yield {"rule": "cases", "on": encode(difference), "parts": list(CASES[goal.relation]), "cost": 1}


def _denied(goal: Goal, difference: sp.Expr, condition: Condition) -> Iterator[Node]:
    """The contrary of a hypothesis, where it may be shown: it contradicts the hypothesis."""
    e, op = condition
    if sp.expand(difference + e) == 0:  # that is the goal
        return
    for contrary in {">": [(-e, ">=")], ">=": [(-e, ">")], "=": [(e, ">"), (-e, ">")], "!=": [(e, "=")]}[op]:
        node = {"rule": "lemma", "shows": [[encode(contrary[0]), contrary[1]]], "keep": True, "cost": 1}
        if is_plausible(RULES["lemma"](goal, node)[1]):
            yield node
