"""The goals that a rule leaves of a false matrix statement are not all true."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import sympy as sp
from matrix_trees import SHAPES, SIZES, tree, value

from symacts.claims import MatrixClaim
from symacts.errors import UnsupportedExpression
from symacts.proofs.checker import matrix_goals
from symacts.proofs.checker.entries import X
from symacts.proofs.checker.matrix_goals import SCALAR

DEFINITIONS = (("f", sp.atan(X)),)
KINDS = [("n", 1), ("m", "n"), (1, 1), (1, "n"), ("n", "n")]


def exchanged(of: Any, rng: random.Random) -> Any:
    """The tree with one of its symbols exchanged for another of its shape, or two factors or terms swapped."""
    if of[0] == "sym":
        return ("sym", rng.choice([n for n, shape in SHAPES.items() if shape == SHAPES[of[1]]]))
    places = [k for k, part in enumerate(of) if isinstance(part, tuple)]
    if not places or of[0] == "jacobian":
        return ("map", "f", of) if of[0] == "num" else of
    k = rng.choice(places)
    return (*of[:k], exchanged(of[k], rng), *of[k + 1 :])


def holds(goals: list[Any], rng: random.Random) -> bool:
    """Whether all goals hold at random values of their symbols; inequalities where their hypotheses do."""
    for goal in goals:
        symbols = sorted(goal.lhs.free_symbols | goal.rhs.free_symbols, key=str)
        for _ in range(6):
            at = {s: sp.Float(rng.uniform(0.05, 0.95)) for s in symbols}
            lhs, rhs = float(goal.lhs.xreplace(at)), float(goal.rhs.xreplace(at))
            if goal.relation == "=" and abs(lhs - rhs) > 1e-9 * (1 + abs(lhs)):
                return False
    return True


def wrong_goals(rng: random.Random, count: int) -> tuple[list[Any], int]:
    """False statements whose goals hold, and how many false ones there were."""
    found, seen = [], 0
    for _ in range(count):
        rows, cols = rng.choice(KINDS)
        left = tree(rng, rows, cols, 3)
        right = exchanged(left, rng)
        if rng.random() < 0.4:  # in other places
            p, q = tree(rng, "n", 1, 2), tree(rng, "n", 1, 2)
            left, right = ("mul", p, ("T", q)), ("mul", q, ("T", p))
        at = {
            name: np.array([[rng.uniform(-1, 1) for _ in range(SIZES.get(c, c))] for _ in range(SIZES.get(r, r))])
            for name, (r, c) in SHAPES.items()
        }
        try:
            a, b = value(left, at), value(right, at)
        except np.linalg.LinAlgError:
            continue
        if np.allclose(a, b, rtol=1e-4, atol=1e-4):
            continue
        claim = MatrixClaim(left, "=", right, tuple(SHAPES.items()), DEFINITIONS)
        for rule in ("elementwise", "sums"):
            try:
                goals = SCALAR[rule](claim, {})
            except UnsupportedExpression:
                continue
            seen += 1
            if holds(goals, rng):
                found.append((rule, left, right))
    return found, seen


def test_false_statements_leave_false_goals(full: bool, rng: random.Random) -> None:
    found, seen = wrong_goals(rng, 3000 if full else 150)
    assert not found and seen > 50


def test_indices_that_run_into_each_other_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix_goals, "_moved", lambda term, swap: term)
    found, _ = wrong_goals(random.Random(2), 600)
    assert found
