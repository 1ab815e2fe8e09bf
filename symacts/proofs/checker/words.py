"""Matrix words: the free algebra with transpose, inverse, trace, ones and the Gibbs map. Part of the trusted core.

A tree is a nested tuple: `("sym", "W")`, `("num", "2/3")`, `("add", a, b, ...)`, `("mul", a, b, ...)`, and calls
`("T", a)`, `("inv", a)`, `("tr", a)`, `("det", a)`, `("diag", a)`, `("fro2", a)`, `("gibbs", a)`, `("I",)`,
`("I", n)`, `("ones", n, m)`, `("zeros", n, m)`, `("jacobian", a, ("sym", "x"))`, `("map", name, a)` (elementwise).
`gibbs` is the map `exp(a_i)/sum_j exp(a_j)` of a column, `("vector", name, a)` any other map of columns.
Its normal form is a sum of rational multiples of (commuting scalars, word of letters).

>>> shapes = {"A": ("m", "n"), "B": ("n", "p")}
>>> left = ("T", ("mul", ("sym", "A"), ("sym", "B")))
>>> right = ("mul", ("T", ("sym", "B")), ("T", ("sym", "A")))
>>> normal(left, shapes) == normal(right, shapes)
True
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.letters import (
    Dim,
    Key,
    Letter,
    Word,
    as_scalar,
    beside_inverse,
    beside_reciprocal,
    commuting,
    lead_of,
    reduced_word,
    shape_of,
    transposed,
)

__all__ = ["Matrix", "normal", "number", "require_one_kind", "shape_of"]

MAX_STEPS = 500  # of rewriting products with inverses
Shapes = Mapping[str, tuple[int | str, int | str]]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A normal form with its shape; None is a dimension that the context decides (of `I` and of 0)."""

    terms: tuple[tuple[Key, Fraction], ...]
    rows: Dim
    cols: Dim

    @property
    def is_scalar(self) -> bool:
        return self.rows == 1 and self.cols == 1


def normal(tree: Any, shapes: Shapes) -> Matrix:
    """The normal form of a tree.

    Raises
    ------
    UnsupportedExpression
        Shapes that do not fit (the message names both), a symbol without a shape, an unknown operation.
    """
    if not isinstance(tree, tuple) or not tree or not isinstance(tree[0], str):
        raise UnsupportedExpression(f"not a matrix expression: {tree!r}")
    rule = _RULES.get(tree[0])
    if rule is None:
        raise UnsupportedExpression(f"unknown matrix operation {tree[0]!r}")
    return rule(tree, shapes)


# -- building ------------------------------------------------------------------------------------------------------
def _make(terms: dict[Key, Fraction], rows: Dim, cols: Dim) -> Matrix:
    return Matrix(tuple(sorted(((k, c) for k, c in terms.items() if c), key=repr)), rows, cols)


def _one(
    letter: Letter | None, rows: Dim, cols: Dim, c: Fraction = Fraction(1), scalars: tuple[Any, ...] = ()
) -> Matrix:
    word = () if letter is None else (letter,)
    return _product_of([(scalars, word, c)], rows, cols)


def _same(a: Dim, b: Dim, what: str) -> Dim:
    if a is None or b is None or a == b:
        return b if a is None else a
    raise UnsupportedExpression(f"shapes do not fit: {what} of {a} and {b}")


def _shape(m: Matrix) -> str:
    return f"({'?' if m.rows is None else m.rows}, {'?' if m.cols is None else m.cols})"


def _sum(parts: list[Matrix]) -> Matrix:
    rows: Dim = None
    cols: Dim = None
    columns = [p for p in parts if p.cols == 1 and p.rows not in (1, None)]
    if columns:  # a number added to a column is added to each entry
        size = columns[0].rows
        parts = [multiply(p, _one(("ones", size), size, 1)) if p.is_scalar else p for p in parts]
    require_one_kind(parts)
    for p in parts:
        try:
            rows, cols = _same(rows, p.rows, "rows"), _same(cols, p.cols, "columns")
        except UnsupportedExpression:
            raise UnsupportedExpression(
                f"shapes do not fit in a sum: ({rows}, {cols}) and {_shape(p)}; matrices of one shape are added"
            ) from None
    terms: dict[Key, Fraction] = {}
    for p in parts:
        for key, c in p.terms:
            terms[key] = terms.get(key, Fraction(0)) + c
    if (
        rows != cols
        and None not in (rows, cols)
        and any(word == () for (_, word), _ in (t for p in parts for t in p.terms))
    ):
        raise UnsupportedExpression(f"shapes do not fit in a sum: the identity I and ({rows}, {cols})")
    return _make(terms, rows, cols)


def require_one_kind(parts: Iterable[Matrix]) -> None:
    """Fail for a rational number beside a multiple of I whose size nothing tells."""
    kinds = {p.rows for p in parts if p.terms and all(key == ((), ()) for key, _ in p.terms)}
    if {1, None} <= kinds:
        raise UnsupportedExpression("a number and I are not of one kind; give the size of I: I(n)")


def multiply(a: Matrix, b: Matrix) -> Matrix:
    """The product; a 1x1 factor scales."""
    if a.is_scalar or b.is_scalar:
        other = b if a.is_scalar else a
        rows, cols = other.rows, other.cols
    else:
        if a.cols is not None and b.rows is not None and a.cols != b.rows:
            raise UnsupportedExpression(f"shapes do not fit in a product: {_shape(a)} times {_shape(b)}")
        rows, cols = a.rows if a.rows is not None else (b.rows if _is_identity_like(a) else None), b.cols
        if cols is None:
            cols = a.cols if _is_identity_like(b) else None
    raw = [(s + t, v + w, c * d) for (s, v), c in a.terms for (t, w), d in b.terms]
    return _product_of(raw, rows, cols)


def _is_identity_like(m: Matrix) -> bool:
    return all(word == () for (_, word), _ in m.terms)


def _product_of(raw: list[tuple[tuple[Any, ...], Word, Fraction]], rows: Dim, cols: Dim) -> Matrix:
    terms: dict[Key, Fraction] = {}
    steps = 0
    while raw:
        scalars, word, c = raw[-1]
        raw = raw[:-1]
        extra, reduced, factor = reduced_word(word)
        beside = beside_inverse(reduced)
        if beside is not None:
            steps += 1
            if steps > MAX_STEPS:
                raise UnsupportedExpression("the products with inverses grow too long")
            raw = [*raw, *((scalars + extra + s, w, c * factor * d) for s, w, d in beside)]
            continue
        if rows == 1 and cols == 1 and reduced:
            more, reduced = as_scalar(reduced), ()
            extra = extra + more
        key = (commuting(scalars + extra), reduced)
        divided = beside_reciprocal(key[0])
        if divided is not None:
            steps += 1
            if steps > MAX_STEPS:
                raise UnsupportedExpression("the products with reciprocals grow too long")
            raw = [*raw, *((s, reduced, c * factor * d) for s, d in divided)]
            continue
        terms[key] = terms.get(key, Fraction(0)) + c * factor
    return _make(terms, rows, cols)


# -- operations ----------------------------------------------------------------------------------------------------
def _symbol(tree: Any, shapes: Shapes) -> Matrix:
    name = tree[1]
    if name not in shapes:
        raise UnsupportedExpression(
            f"the matrix symbol {name!r} has no shape; give one, such as {{{name!r}: ('m', 'n')}}"
        )
    rows, cols = map(_dimension, shapes[name])
    if rows == 1 and cols == 1:
        return _make({((("s", name),), ()): Fraction(1)}, 1, 1)
    return _one(("m", name, False, False, (rows, cols)), rows, cols)


def _dimension(size: Any) -> Dim:
    if not (isinstance(size, str) or (type(size) is int and size > 0)):
        raise UnsupportedExpression(f"a dimension is a name or a positive integer, got {size!r}")
    return size


def _entry(tree: Any, shapes: Shapes) -> Matrix:
    name, k = tree[1], tree[2]
    rows, cols = shapes.get(name, (0, 0))
    if cols != 1 or not isinstance(k, int) or k < 0 or (isinstance(rows, int) and k >= rows):
        raise UnsupportedExpression(f"{name}[{k}] is an entry of a column, counted from 0")
    return _make({((("entry", name, k),), ()): Fraction(1)}, 1, 1)


def number(text: Any) -> Fraction:
    """The rational number that a node writes as `p` or `p/q`."""
    if not isinstance(text, str) or not re.fullmatch(r"-?\d+(/\d+)?", text, re.ASCII):
        raise UnsupportedExpression(f"not a rational number: {text!r}")
    return Fraction(text)


def _number(tree: Any, shapes: Shapes) -> Matrix:
    value = number(tree[1])
    if not value:
        return _make({}, None, None)
    return _make({((), ()): value}, 1, 1)


def _add(tree: Any, shapes: Shapes) -> Matrix:
    return _sum([normal(t, shapes) for t in tree[1:]])


def _mul(tree: Any, shapes: Shapes) -> Matrix:
    total = normal(tree[1], shapes)
    for t in tree[2:]:
        total = multiply(total, normal(t, shapes))
    return total


def _transpose(tree: Any, shapes: Shapes) -> Matrix:
    return transpose(normal(tree[1], shapes))


def transpose(m: Matrix) -> Matrix:
    """The transposed normal form."""
    return _product_of([(s, transposed(w), c) for (s, w), c in m.terms], m.cols, m.rows)


def _inverse(tree: Any, shapes: Shapes) -> Matrix:
    m = normal(tree[1], shapes)
    if m.rows != m.cols:
        raise UnsupportedExpression(f"only square matrices have an inverse; got the shape {_shape(m)}")
    if len(m.terms) == 1:
        (scalars, word), c = m.terms[0]
        over = tuple(s[1] if s[0] == "over" else ("over", s) for s in scalars)
        if all(shape_of(letter)[0] == shape_of(letter)[1] and letter[0] == "m" for letter in word):
            letters = tuple((a[0], a[1], a[2], not a[3], a[4]) for a in reversed(word))
            return _product_of([(over, letters, 1 / c)], m.rows, m.cols)
    if m.is_scalar:
        return _make({((("over", ("scalar", m.terms)),), ()): Fraction(1)}, 1, 1)
    lead = lead_of(m.terms)
    scale = Fraction(1) if lead is None else lead[1]  # inv(c*A) = inv(A)/c
    m = _make({key: c / scale for key, c in m.terms}, m.rows, m.cols)
    flipped = transpose(m)
    if repr(flipped.terms) < repr(m.terms):  # inv(T(A)) = T(inv(A))
        return _one(("invT", flipped.terms, (m.rows, m.cols)), m.rows, m.cols, 1 / scale)
    return _one(("inv", m.terms, (m.rows, m.cols)), m.rows, m.cols, 1 / scale)


def _trace(tree: Any, shapes: Shapes) -> Matrix:
    m = normal(tree[1], shapes)
    if m.rows != m.cols:
        raise UnsupportedExpression(f"only square matrices have a trace; got the shape {_shape(m)}")
    if m.rows == 1:
        return m
    terms: dict[Key, Fraction] = {}
    for (scalars, word), c in m.terms:
        key = (commuting(scalars + _cyclic(word, m.rows)), ())
        terms[key] = terms.get(key, Fraction(0)) + c
    return _make(terms, 1, 1)


def _cyclic(word: Word, size: Dim) -> tuple[Any, ...]:
    """The trace of a word: equal for rotations and for the transpose; a word that passes a dimension 1 is a scalar."""
    if not word:
        if size is None:
            raise UnsupportedExpression("the trace of I needs its size: write I(n)")
        return (("dim", size),)
    for k in range(len(word)):
        rotated = word[k:] + word[:k]
        if shape_of(rotated[0])[0] == 1:
            scalars, rest, _ = reduced_word(rotated)
            return scalars + (as_scalar(rest) if rest else ())
    rotations = []
    for w in (word, transposed(word)):
        for k in range(len(w)):
            _, reduced, _ = reduced_word(w[k:] + w[:k])
            if len(reduced) < len(w):
                return _cyclic(reduced, shape_of(w[k])[0])
            rotations.append(reduced)
    best = min(rotations, key=repr)
    if len(best) == 1 and best[0][0] == "diag":
        scalars, rest, _ = reduced_word((("onesT", best[0][2]), *best[0][1]))
        return scalars + (as_scalar(rest) if rest else ())
    return (("tr", best),)


def _determinant(tree: Any, shapes: Shapes) -> Matrix:
    m = normal(tree[1], shapes)
    if m.rows != m.cols:
        raise UnsupportedExpression(f"only square matrices have a determinant; got the shape {_shape(m)}")
    if m.is_scalar:
        return m
    if len(m.terms) == 1 and not m.terms[0][0][0] and m.terms[0][1] == 1:
        word = m.terms[0][0][1]
        if all(a[0] == "m" and shape_of(a)[0] == shape_of(a)[1] for a in word):
            scalars = tuple(("over", ("det", a[1])) if a[3] else ("det", a[1]) for a in word)
            return _make({(commuting(scalars), ()): Fraction(1)}, 1, 1)
    if m.rows is None:
        raise UnsupportedExpression("the determinant of a multiple of I needs its size: write I(n)")
    terms = min(m.terms, transpose(m).terms, key=repr)
    return _make({((("detsum", terms, m.rows),), ()): Fraction(1)}, 1, 1)


def _identity(tree: Any, shapes: Shapes) -> Matrix:
    size = _dimension(tree[1]) if len(tree) > 1 else None
    return _make({((), ()): Fraction(1)}, size, size)


def _ones(tree: Any, shapes: Shapes) -> Matrix:
    rows, cols = _dimension(tree[1]), _dimension(tree[2] if len(tree) > 2 else 1)
    column = _make({((), ()): Fraction(1)}, 1, 1) if rows == 1 else _one(("ones", rows), rows, 1)
    return column if cols == 1 else _outer(column, cols)


def _outer(column: Matrix, cols: Dim) -> Matrix:
    row = _one(("onesT", cols), 1, cols)
    return multiply(column, row)


def _zeros(tree: Any, shapes: Shapes) -> Matrix:
    return _make({}, _dimension(tree[1]), _dimension(tree[2] if len(tree) > 2 else 1))


def _diagonal(tree: Any, shapes: Shapes) -> Matrix:
    m = normal(tree[1], shapes)
    if m.cols != 1:
        raise UnsupportedExpression(f"diag takes a column; got the shape {_shape(m)}")
    if m.is_scalar:
        return m
    raw: list[tuple[tuple[Any, ...], Word, Fraction]] = []
    for (scalars, word), c in m.terms:
        if word and word[0][0] == "ones" and len(word) == 1:
            raw.append((scalars, (), c))
        else:
            heads = 0
            while heads < len(word) - 1 and word[heads][0] == "diag":  # diag(diag(u)*v) = diag(u)*diag(v)
                heads += 1
            raw.append((scalars, (*word[:heads], ("diag", word[heads:], m.rows)), c))
    return _product_of(raw, m.rows, m.rows)


def _frobenius(tree: Any, shapes: Shapes) -> Matrix:
    return _trace(("tr", ("mul", ("T", tree[1]), tree[1])), shapes)


def _gibbs(tree: Any, shapes: Shapes) -> Matrix:
    m = normal(tree[1], shapes)
    if m.cols != 1:
        raise UnsupportedExpression(f"the map takes a column; got the shape {_shape(m)}")
    kept = tuple((k, c) for k, c in m.terms if not (len(k[1]) == 1 and k[1][0][0] == "ones"))  # shift invariance
    return _one(("gibbs", kept, (m.rows, 1)), m.rows, 1)


def _map(tree: Any, shapes: Shapes) -> Matrix:
    m = normal(tree[2], shapes)
    if m.is_scalar:
        return _make({((("f", tree[1], m.terms),), ()): Fraction(1)}, 1, 1)
    flipped = transpose(m)
    if repr(flipped.terms) < repr(m.terms):  # f acts on each entry, so it commutes with the transpose
        return _one(("mapT", tree[1], flipped.terms, (m.cols, m.rows)), m.rows, m.cols)
    return _one(("map", tree[1], m.terms, (m.rows, m.cols)), m.rows, m.cols)


def _jacobian(tree: Any, shapes: Shapes) -> Matrix:
    variable = tree[2]
    if variable[0] != "sym" or shapes.get(variable[1], (0, 0))[1] != 1:
        raise UnsupportedExpression("jacobian(f, x) differentiates by a column symbol x")
    value = normal(tree[1], shapes)
    if value.cols != 1:
        raise UnsupportedExpression(f"jacobian takes a column; got the shape {_shape(value)}")
    size = shapes[variable[1]][0]
    try:
        result = _differentiate(tree[1], variable[1], size, shapes)
    except UnsupportedExpression:  # no rule of words: one letter, about which nothing is known
        return _one(("jacobian", value.terms, variable[1], (value.rows, size)), value.rows, size)
    return Matrix(result.terms, value.rows, size)


def _mentions(tree: Any, name: str) -> bool:
    return isinstance(tree, tuple) and (tree[:2] == ("sym", name) or any(_mentions(t, name) for t in tree[1:]))


def _differentiate(tree: Any, name: str, size: Dim, shapes: Shapes) -> Matrix:
    """The Jacobian by the rules of calculus; the Gibbs map: `diag(p) - p*p.T` (see `softmax_jacobian`)."""
    if not _mentions(tree, name):
        return _make({}, None, size)
    head = tree[0]
    if head == "sym":
        return _make({((), ()): Fraction(1)}, size, size)
    if head == "add":
        return _sum([_differentiate(t, name, size, shapes) for t in tree[1:]])
    if head == "mul":
        places = [k for k, t in enumerate(tree) if k and _mentions(t, name)]
        if len(places) == 1 and places[0] == len(tree) - 1:
            left = _mul(("mul", *tree[1:-1]), shapes)
            return multiply(left, _differentiate(tree[-1], name, size, shapes))
        if len(places) == 1 and all(normal(t, shapes).is_scalar for t in tree[places[0] + 1 :]):
            reordered = ("mul", *tree[1 : places[0]], *tree[places[0] + 1 :], tree[places[0]])
            return _differentiate(reordered, name, size, shapes)
        if len(tree) == 3 and tree[1][0] == "diag" and len(places) == 2:  # d(diag(u)*v) = diag(u)*dv + diag(v)*du
            pairs = ((tree[1], tree[2]), (("diag", tree[2]), tree[1][1]))
            return _sum([multiply(normal(a, shapes), _differentiate(b, name, size, shapes)) for a, b in pairs])
        for k in range(2, len(tree)):
            row, column = (part[0] if len(part) == 1 else ("mul", *part) for part in (tree[1:k], tree[k:]))
            if _is_product(row, column, shapes):
                return _product_rule(row, column, name, size, shapes)
            if _is_product(column, row, shapes) and normal(column, shapes).is_scalar:
                return _product_rule(column, row, name, size, shapes)
    if head == "fro2":
        return _differentiate(("mul", ("T", tree[1]), tree[1]), name, size, shapes)
    turned = _turned(tree[1], shapes) if head == "T" else ("T",)
    if turned[0] != "T":
        return _differentiate(turned, name, size, shapes)
    if head == "gibbs":
        p = normal(tree, shapes)
        outer = multiply(p, transpose(p))
        minus = _make({k: -c for k, c in outer.terms}, outer.rows, outer.cols)
        return multiply(_sum([_diagonal(("diag", tree), shapes), minus]), _differentiate(tree[1], name, size, shapes))
    if head == "map":
        slope = _diagonal(("diag", ("map", tree[1] + "'", tree[2])), shapes)
        return multiply(slope, _differentiate(tree[2], name, size, shapes))
    raise UnsupportedExpression(f"cannot differentiate {head!r} by a vector")


def _is_product(left: Any, right: Any, shapes: Shapes) -> bool:
    """Whether both factors have shapes of their own, those of a row or a scalar and of a column."""
    try:
        return normal(left, shapes).rows == 1 and normal(right, shapes).cols == 1
    except UnsupportedExpression:
        return False


def _product_rule(left: Any, right: Any, name: str, size: Dim, shapes: Shapes) -> Matrix:
    """`d(u*v) = v.T*d(u.T) + u*dv` for a row times a column; `d(s*v) = v*ds + s*dv` for a scalar times a column."""
    u, v = normal(left, shapes), normal(right, shapes)
    du = _differentiate(left if u.is_scalar else _turned(left, shapes), name, size, shapes)
    return _sum(
        [multiply(v if u.is_scalar else transpose(v), du), multiply(u, _differentiate(right, name, size, shapes))]
    )


def _turned(tree: Any, shapes: Shapes) -> Any:
    """The transpose of a tree, carried to its leaves."""
    if tree[0] == "T":
        return tree[1]
    if tree[0] == "add":
        return ("add", *(_turned(t, shapes) for t in tree[1:]))
    if tree[0] == "mul":
        return ("mul", *(_turned(t, shapes) for t in reversed(tree[1:])))
    if normal(tree, shapes).is_scalar:
        return tree
    if tree[0] == "map":
        return ("map", tree[1], _turned(tree[2], shapes))
    return ("T", tree)


def _vector(tree: Any, shapes: Shapes) -> Matrix:
    m = normal(tree[2], shapes)
    if m.cols != 1:
        raise UnsupportedExpression(f"{tree[1]} takes a column; got the shape {_shape(m)}")
    return _one(("vector", tree[1], m.terms, (m.rows, 1)), m.rows, 1)


_RULES = {
    "sym": _symbol,
    "num": _number,
    "entry": _entry,
    "add": _add,
    "mul": _mul,
    "T": _transpose,
    "inv": _inverse,
    "tr": _trace,
    "det": _determinant,
    "I": _identity,
    "ones": _ones,
    "zeros": _zeros,
    "diag": _diagonal,
    "fro2": _frobenius,
    "gibbs": _gibbs,
    "map": _map,
    "vector": _vector,
    "jacobian": _jacobian,
}
