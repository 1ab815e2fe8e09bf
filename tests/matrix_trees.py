"""Random matrix expressions, and their values by NumPy: an evaluation that knows nothing of forms."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

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
