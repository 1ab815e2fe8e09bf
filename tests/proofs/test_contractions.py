"""Normal forms of matrix expressions have the entries of the expressions: random trees at random rational matrices."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
import pytest

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker import products
from symacts.proofs.checker.contractions import Contractions
from symacts.proofs.checker.products import DELTA, Form

SIZES = {"m": 2, "n": 3}
SHAPES: dict[str, tuple[Any, Any]] = {
    name: shape
    for names, shape in (
        *(("A", ("m", "n")), ("B", ("n", "m")), ("SR", ("n", "n"))),
        *(("xy", ("n", 1)), ("u", ("m", 1)), ("ts", (1, 1))),
    )
    for name in names
}


def value(tree: Any, at: Mapping[str, Any]) -> Any:
    """The matrix that a tree is, by NumPy: an evaluation of its own, in floats."""
    head, *parts = tree
    if head == "sym":
        return at[parts[0]]
    if head == "num":
        return np.array([[float(Fraction(parts[0]))]])
    if head in ("I", "ones", "zeros"):
        rows, cols = (SIZES.get(d, d) for d in (*parts, 1)[:2])
        return np.eye(rows) if head == "I" else (np.ones if head == "ones" else np.zeros)((rows, cols))
    if head == "map":
        return np.arctan(value(parts[1], at)) if parts[0] == "f" else 1 / (1 + value(parts[1], at) ** 2)
    if head == "jacobian":
        name, step = parts[1][1], 1e-6
        columns = []
        for k in range(at[name].shape[0]):
            more, less = ({**at, name: at[name] + sign * step * np.eye(len(at[name]))[:, [k]]} for sign in (1, -1))
            columns.append((value(parts[0], more) - value(parts[0], less)) / (2 * step))
        return np.hstack(columns)
    values = [value(t, at) for t in parts]
    (a, *_) = values
    if head == "add":
        return sum(values)
    if head == "mul":
        for b in values[1:]:
            a = a * b if 1 in (a.size, b.size) else a @ b
        return a
    simple = {"T": np.transpose, "inv": np.linalg.inv, "gibbs": lambda v: np.exp(v) / np.exp(v).sum()}
    numbers = {"tr": np.trace, "det": np.linalg.det, "fro2": lambda v: (v**2).sum()}
    if head in simple:
        return simple[head](a)
    return np.diag(a[:, 0]) if head == "diag" else np.array([[numbers[head](a)]])


def entry(form: Form, i: Any, j: Any, at: Mapping[str, Any]) -> float:
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


def _matrix(form: Form, rows: int, cols: int, at: Mapping[str, Any]) -> Any:
    return np.array([[entry(form, i, j, at) for j in range(cols)] for i in range(rows)])


def _factor(head: Any, places: list[int], at: Mapping[str, Any]) -> float:
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


def tree(rng: random.Random, rows: Any, cols: Any, depth: int) -> Any:
    """A random expression of a shape."""
    leaves = [("sym", name) for name, shape in SHAPES.items() if shape == (rows, cols)]
    leaves += [("T", ("sym", name)) for name, shape in SHAPES.items() if shape == (cols, rows) and rows != cols]
    leaves += [("ones", rows, cols)] + ([("I", rows)] if rows == cols else [])
    leaves += [("num", rng.choice(["2", "-1", "1/3"]))] * (rows == cols == 1)
    if depth == 0:
        return rng.choice(leaves)

    def part(r: Any = rows, c: Any = cols) -> Any:
        return tree(rng, r, c, depth - 1 - rng.randrange(2) if depth > 1 else 0)

    inner = rng.choice(["m", "n", 1])
    ways = [lambda: ("add", part(), part()), lambda: ("mul", part(rows, inner), part(inner, cols))]
    ways += [lambda: ("mul", part(1, 1), part()), lambda: ("T", part(cols, rows)), lambda: ("map", "f", part())]
    size = rng.choice(["m", "n"])
    if rows == cols == 1:
        ways += [lambda: (rng.choice(["tr", "det"]), part(size, size)), lambda: ("fro2", part(size, inner))]
        ways += [lambda: ("inv", ("add", ("num", "5"), ("fro2", part(size, 1))))]
    if rows == cols != 1:
        small = rng.choice([part, lambda: ("mul", part(rows, 1), part(1, cols))])()
        regular = ("add", ("mul", ("num", "9"), ("I", rows)), small)
        ways += [lambda: ("diag", part(rows, 1)), lambda: ("inv", regular), lambda: ("mul", regular, ("inv", regular))]
        ways += [lambda: ("mul", part(), ("inv", regular), small, part())]
    if cols == 1 and rows != 1:
        ways += [lambda: ("gibbs", part()), lambda: ("mul", ("diag", part()), part())]
    if cols == "n":
        ways += [lambda: ("jacobian", part(rows, 1), ("sym", "x"))]
    return rng.choice(ways)()


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
