"""Normal forms of matrix expressions have the entries of the expressions: random trees at random rational matrices."""

from __future__ import annotations

import itertools
import random
from math import prod
from typing import Any

import numpy as np
import pytest
from matrix_trees import SHAPES, SIZES, tree, value

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker import products
from symacts.proofs.checker.contractions import Contractions
from symacts.proofs.checker.products import DELTA, Form


def entry(form: Form, i: Any, j: Any, at: dict[Any, Any]) -> float:
    """The number that a form states for the entry (i, j)."""
    total = 0.0
    for term, c in form:
        product = float(c)
        for sizes, factors in term:
            ranges = [range(SIZES.get(d, d)) for d in sizes]
            product *= sum(
                prod(_factor(head, [(i, j, *ks)[k] for k in places], at) for head, places in factors)
                for ks in itertools.product(*ranges)
            )
        total += product
    return total


def _matrix(form: Form, rows: int, cols: int, at: dict[Any, Any]) -> Any:
    key = (form, rows, cols)  # kept beside the values of the symbols: forms stand inside one another
    if key not in at:
        at[key] = np.array([[entry(form, i, j, at) for j in range(cols)] for i in range(rows)])
    return at[key]


def _factor(head: Any, places: list[int], at: dict[Any, Any]) -> float:
    kind, *data = head
    if head == DELTA:
        return float(places[0] == places[1])
    if kind == "s":
        return at[data[0]][(*places, 0, 0)[:2]] if SHAPES[data[0]][0] != 1 else at[data[0]].flat[sum(places)]
    if kind == "dim":
        return SIZES[data[0]]
    if kind == "f":
        inner = entry(data[1], *(*places, 0, 0)[:2], at)
        return np.arctan(inner) if data[0] == "f" else 1 / (1 + inner**2)
    if kind == "over":
        return 1 / entry(data[0], *(*places, 0, 0)[:2], at)
    n = SIZES.get(data[1], data[1])
    if kind == "inv":
        return np.linalg.inv(_matrix(data[0], n, n, at))[tuple(places)]
    if kind == "det":
        return np.linalg.det(_matrix(data[0], n, n, at))
    assert kind == "gibbs"
    column = np.exp(_matrix(data[0], n, 1, at))
    return column[places[0], 0] / column.sum()


def disagreements(rng: random.Random, count: int) -> list[Any]:
    """Trees whose normal form has other entries."""
    found = []
    for _ in range(count):
        rows, cols = rng.choice([("m", "n"), ("n", "n"), ("n", 1), (1, "n"), (1, 1)])
        of = tree(rng, rows, cols, 3)
        at = {name: np.array([[rng.uniform(-1, 1) for _ in range(SIZES.get(c, c))] for _ in range(SIZES.get(r, r))])
              for name, (r, c) in SHAPES.items()}  # fmt: skip
        try:
            form = Contractions(SHAPES).form(of)
            known = value(of, at)
            if rows == 1:  # the form of a row has its column as index 0
                got = np.array([[entry(form, j, 0, at) for j in range(known.shape[1])]])
            else:
                got = _matrix(form, *known.shape, at)
        except (UnsupportedExpression, AssertionError, KeyError, np.linalg.LinAlgError):
            continue
        if not np.allclose(got, known, rtol=1e-5, atol=1e-6):
            found.append(of)
    return found


def test_normal_forms_have_the_entries_of_their_trees(full: bool, rng: random.Random) -> None:
    assert not disagreements(rng, 4000 if full else 250)


@pytest.mark.parametrize(
    ("law", "wrong"),
    [
        ("_contracted", lambda c, factors, sizes: (c, [f for f in factors if f[0] != DELTA], dict(sizes))),
        ("_cancelled", lambda c, factors, sizes: [(c, tuple(f for f in factors if f[0][0] != "inv"), sizes)]
         if any(f[0][0] == "inv" for f in factors) else None),
    ],
)  # fmt: skip
def test_a_wrong_law_is_seen(law: str, wrong: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, law, wrong)
    with np.errstate(all="ignore"):
        assert disagreements(random.Random(1), 250)
