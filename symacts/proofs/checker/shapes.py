"""The shapes of matrix expressions. Part of the trusted core.

A tree is a nested tuple: `("sym", "W")`, `("num", "2/3")`, `("add", a, b, ...)`, `("mul", a, b, ...)`, and calls
`("T", a)`, `("inv", a)`, `("tr", a)`, `("det", a)`, `("diag", a)`, `("fro2", a)`, `("gibbs", a)`, `("I",)`,
`("I", n)`, `("ones", n, m)`, `("zeros", n, m)`, `("jacobian", a, ("sym", "x"))`, `("map", name, a)` (elementwise),
`("entry", "x", k)`. `gibbs` is the map `exp(a_i)/sum_j exp(a_j)` of a column, `("vector", name, a)` any other map of
columns. A 1x1 factor scales, a number added to a column is added to each entry, `I` and 0 take the shape they need.

>>> Sizes({"A": ("m", "n"), "x": ("n", 1)}).of(("mul", ("sym", "A"), ("sym", "x")))
Shape(rows='m', cols=1, is_zero=False)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symacts.errors import UnsupportedExpression

__all__ = ["Dim", "Shape", "Shapes", "Sizes", "number"]

Dim = int | str | None
Shapes = Mapping[str, tuple[int | str, int | str]]


@dataclass(frozen=True, slots=True)
class Shape:
    """Rows and columns; both None for a multiple of `I`, and for 0, whose shapes the context decides."""

    rows: Dim
    cols: Dim
    is_zero: bool = False

    @property
    def is_scalar(self) -> bool:
        return self.rows == 1 and self.cols == 1

    @property
    def is_free(self) -> bool:
        return self.rows is None

    def __str__(self) -> str:
        return f"({'?' if self.rows is None else self.rows}, {'?' if self.cols is None else self.cols})"


SCALAR, IDENTITY, NOTHING = Shape(1, 1), Shape(None, None), Shape(None, None, True)


def number(text: Any) -> Fraction:
    """The rational number that a node writes as `p` or `p/q`."""
    if not isinstance(text, str) or not re.fullmatch(r"-?\d+(/\d+)?", text, re.ASCII):
        raise UnsupportedExpression(f"not a rational number: {text!r}")
    return Fraction(text)


def dimension(size: Any) -> int | str:
    if not (isinstance(size, str) or (type(size) is int and size > 0)):
        raise UnsupportedExpression(f"a dimension is a name or a positive integer, got {size!r}")
    return size


class Sizes:
    """The shapes of the trees over symbols of known shapes.

    Raises
    ------
    UnsupportedExpression
        Shapes that do not fit (the message names both), a symbol without a shape, an unknown operation.
    """

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self._held: dict[Any, Shape] = {}

    def of(self, tree: Any) -> Shape:
        if tree not in self._held:
            if not isinstance(tree, tuple) or not tree or not isinstance(tree[0], str):
                raise UnsupportedExpression(f"not a matrix expression: {tree!r}")
            rule = _RULES.get(tree[0])
            if rule is None:
                raise UnsupportedExpression(f"unknown matrix operation {tree[0]!r}")
            self._held[tree] = rule(self, *tree[1:])
        return self._held[tree]

    def common(self, lhs: Any, rhs: Any) -> Shape:
        """The shape of two sides that are compared."""
        left, right = self.of(lhs), self.of(rhs)
        _require_one_kind(self, lhs, rhs)
        for a, b in ((left.rows, right.rows), (left.cols, right.cols)):
            if a is not None and b is not None and a != b:
                raise UnsupportedExpression(f"shapes do not fit: the left side is {left}, the right side is {right}")
        whole = right if left.is_free else left
        if any(side == IDENTITY for side in (left, right)) and whole.rows != whole.cols:
            raise UnsupportedExpression(f"shapes do not fit: the identity I and {whole}")
        return whole

    def square(self, tree: Any, what: str) -> Shape:
        """The shape of a square matrix of known size."""
        found = self.of(tree)
        if found.rows != found.cols:
            raise UnsupportedExpression(f"only square matrices have {what}; got the shape {found}")
        return found

    def column(self, tree: Any, what: str) -> Shape:
        found = self.of(tree)
        if found.cols != 1:
            raise UnsupportedExpression(f"{what} takes a column; got the shape {found}")
        return found


def _is_constant(tree: Any) -> bool:
    """Whether a tree is built of numbers and `I` alone."""
    if tree[0] in ("num", "I"):
        return len(tree) == (2 if tree[0] == "num" else 1)
    return tree[0] in ("add", "mul", "T", "inv") and all(map(_is_constant, tree[1:]))


def _require_one_kind(sizes: Sizes, *trees: Any) -> None:
    """Fail for a rational number beside a multiple of I whose size nothing tells."""
    kinds = {sizes.of(t) for t in trees if _is_constant(t)}
    if {SCALAR, IDENTITY} <= kinds:
        raise UnsupportedExpression("a number and I are not of one kind; give the size of I: I(n)")


def _sum(sizes: Sizes, *trees: Any) -> Shape:
    parts = [sizes.of(t) for t in trees]
    if any(p.cols == 1 and p.rows not in (1, None) for p in parts):
        parts = [p for p in parts if not p.is_scalar]
    _require_one_kind(sizes, *trees)
    fixed = list(dict.fromkeys(p for p in parts if not p.is_free))
    if len(fixed) > 1:
        raise UnsupportedExpression(
            f"shapes do not fit in a sum: {fixed[0]} and {fixed[1]}; matrices of one shape are added"
        )
    if not fixed:
        return IDENTITY if IDENTITY in parts else NOTHING
    if IDENTITY in parts and fixed[0].rows != fixed[0].cols:
        raise UnsupportedExpression(f"shapes do not fit in a sum: the identity I and {fixed[0]}")
    return fixed[0]


def _product(sizes: Sizes, *trees: Any) -> Shape:
    total = sizes.of(trees[0])
    for tree in trees[1:]:
        total = _times(total, sizes.of(tree))
    return total


def _times(a: Shape, b: Shape) -> Shape:
    if a.is_scalar or b.is_scalar or a.is_free or b.is_free:
        other = (b if a.is_scalar else a) if a.is_scalar or b.is_scalar else (b if a.is_free else a)
        return NOTHING if other.is_free and (a.is_zero or b.is_zero) else other
    if a.cols != b.rows:
        raise UnsupportedExpression(f"shapes do not fit in a product: {a} times {b}")
    return Shape(a.rows, b.cols)


def _symbol(sizes: Sizes, name: Any) -> Shape:
    if name not in sizes.shapes:
        raise UnsupportedExpression(
            f"the matrix symbol {name!r} has no shape; give one, such as {{{name!r}: ('m', 'n')}}"
        )
    rows, cols = map(dimension, sizes.shapes[name])
    return Shape(rows, cols)


def _entry(sizes: Sizes, name: Any, k: Any) -> Shape:
    rows, cols = sizes.shapes.get(name, (0, 0))
    if cols != 1 or type(k) is not int or k < 0 or (isinstance(rows, int) and k >= rows):
        raise UnsupportedExpression(f"{name}[{k}] is an entry of a column, counted from 0")
    return SCALAR


def _turned(sizes: Sizes, tree: Any) -> Shape:
    a = sizes.of(tree)
    return Shape(a.cols, a.rows, a.is_zero)


def _trace(sizes: Sizes, tree: Any) -> Shape:
    if sizes.square(tree, "a trace") == IDENTITY:
        raise UnsupportedExpression("the trace of I needs its size: write I(n)")
    return SCALAR


def _determinant(sizes: Sizes, tree: Any) -> Shape:
    if sizes.square(tree, "a determinant").is_free and tree != ("I",):
        raise UnsupportedExpression("the determinant of a multiple of I needs its size: write I(n)")
    return SCALAR


def _squares(sizes: Sizes, tree: Any) -> Shape:
    if sizes.of(tree) == IDENTITY:
        raise UnsupportedExpression("the squares of I need its size: write I(n)")
    return SCALAR


def _diagonal(sizes: Sizes, tree: Any) -> Shape:
    rows = sizes.column(tree, "diag").rows
    return Shape(rows, rows)


def _map(sizes: Sizes, name: Any, tree: Any) -> Shape:
    found = sizes.of(tree)
    if found == IDENTITY:
        raise UnsupportedExpression("an elementwise function of I needs its size: write I(n)")
    return SCALAR if found.is_free else found


def _jacobian(sizes: Sizes, tree: Any, variable: Any) -> Shape:
    if variable[0] != "sym" or sizes.of(variable).cols != 1:
        raise UnsupportedExpression("jacobian(f, x) differentiates by a column symbol x")
    return Shape(sizes.column(tree, "jacobian").rows, sizes.of(variable).rows)


_RULES: dict[str, Callable[..., Shape]] = {
    "sym": _symbol,
    "num": lambda sizes, text: SCALAR if number(text) else NOTHING,
    "entry": _entry,
    "add": _sum,
    "mul": _product,
    "T": _turned,
    "inv": lambda sizes, tree: sizes.square(tree, "an inverse"),
    "tr": _trace,
    "det": _determinant,
    "I": lambda sizes, *size: Shape(dimension(*size), dimension(*size)) if size else IDENTITY,
    "ones": lambda sizes, rows, cols=1: Shape(dimension(rows), dimension(cols)),
    "zeros": lambda sizes, rows, cols=1: Shape(dimension(rows), dimension(cols)),
    "diag": _diagonal,
    "fro2": _squares,
    "gibbs": lambda sizes, tree: sizes.column(tree, "the map"),
    "map": _map,
    "vector": lambda sizes, name, tree: sizes.column(tree, name),
    "jacobian": _jacobian,
}
