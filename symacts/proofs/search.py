"""The search for a certificate: tactics propose a node, the checker's own rules say which subgoals it leaves.

A tactic is a function `(goal, search) -> iterator of nodes`; the first node whose subgoals are all solved wins. Nothing
here is trusted: what the search returns is replayed by `check`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sympy as sp
from sympy.polys.polyerrors import BasePolynomialError

from symacts.errors import SymactsError
from symacts.proofs import check as checker
from symacts.proofs.check import Goal
from symacts.proofs.checker.entail import Condition, Undecided

__all__ = ["EFFORTS", "EXPECTED", "MOST_WORK", "Node", "OutOfBudget", "Search", "prove_goal", "solve"]

Node = dict[str, Any]
Tactic = Callable[[Goal, "Search"], Iterator[Node]]
EXPECTED = (
    *(SymactsError, Undecided, KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError),
    *(NotImplementedError, BasePolynomialError),  # SymPy's own
)


class OutOfBudget(Exception):
    """The steps or the time of the search are used up."""


@dataclass
class Search:
    """The budget of one search, what failed in it, and why.

    `deadline` is a time of the monotonic clock, `work` one of the processor's.
    """

    tactics: tuple[Tactic, ...]
    steps: int = 4000
    deadline: float = float("inf")
    work: float = float("inf")
    max_depth: int = 24
    reasons: list[str] = field(default_factory=list)
    failed: dict[Any, int] = field(default_factory=dict)
    covers: dict[Any, list[dict[str, Any]] | None] = field(default_factory=dict)
    premises: tuple[Condition, ...] = ()
    cut: bool = False
    hints: list[tuple[Goal, sp.Symbol, sp.Expr, sp.Expr]] = field(default_factory=list)

    def spend(self) -> None:
        """One step of the budget."""
        self.steps -= 1
        if self.steps < 0:
            raise OutOfBudget("the step budget is used up")
        if time.monotonic() > self.deadline or time.process_time() > self.work:
            raise OutOfBudget("the time limit passed")

    def note(self, reason: str) -> None:
        """Remember why something failed; the last few reasons explain an unknown answer."""
        if reason and reason not in self.reasons[-12:]:
            self.reasons.append(reason)


def subgoals(goal: Goal, node: Node) -> list[Goal] | None:
    """What the checker's rule leaves to prove, or None where the node does not fit."""
    try:
        return checker.RULES[node["rule"]](goal, node)
    except (*EXPECTED, RecursionError):
        return None


COSTS = {"monotone": 1, "factor": 1, "derivative-and-point": 1, "apply": 1, "constant": 1}
"""What a step costs of the effort allowed on one branch; the others are free."""
EFFORTS = (2, 4, 8)
MOST_WORK = 8.0  # seconds of processor time for one goal, whatever the limit: later finds are rare


def prove_goal(goal: Goal, search: Search, efforts: tuple[int, ...] = EFFORTS) -> Node | None:
    """A node that proves the goal, by iterative deepening in the effort of a branch."""
    for effort in efforts:
        search.failed.clear()
        search.cut = False
        found = solve(goal, search, effort)
        if found is not None or not search.cut:
            return found
    return None


def solve(goal: Goal, search: Search, effort: int, depth: int = 0) -> Node | None:
    """A node that proves the goal within the effort, or None."""
    search.spend()
    if depth > search.max_depth:
        return None
    key = (goal.given.conditions, *(getattr(goal, name) for name in Goal.__slots__[1:]))
    if search.failed.get(key, -1) >= effort:
        return None
    for tactic in search.tactics:
        try:
            for node in tactic(goal, search):
                found = finish(goal, node, search, effort, depth)
                if found is not None:
                    return found
        except Final:
            break
        except EXPECTED as error:
            search.note(str(error)[:160])
    search.failed[key] = effort
    return None


def finish(goal: Goal, node: Node, search: Search, effort: int, depth: int) -> Node | None:
    """The node with its subgoals solved, or None."""
    search.spend()
    left = effort - node.pop("cost", COSTS.get(node["rule"], 0))
    if left < 0:
        search.cut = True
        return None
    children = subgoals(goal, node)
    if children is None:
        return None
    steps = []
    for child in children:
        step = solve(child, search, left, depth + 1)
        if step is None:
            return None
        steps.append(step)
    return {**node, "steps": steps} if steps else node


class Final(Exception):
    """Raised by a tactic that rules out all later ones."""


def is_plausible(goal: Goal, count: int = 6) -> bool:
    """Whether a few points that meet the hypotheses leave the goal possible; a screen, not an argument."""
    if goal.lhs.has(sp.Integral) or goal.rhs.has(sp.Integral):
        return True
    from symacts.proofs.refute import find_counterexample

    try:
        return find_counterexample(goal, tries=count) is None
    except EXPECTED:
        return True


def has_operators(*sides: sp.Expr) -> bool:
    """Whether a derivative, limit or integral is left."""
    return any(side.has(sp.Derivative, sp.Limit, sp.Integral) for side in sides)
