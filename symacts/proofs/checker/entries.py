"""The entries of matrix expressions with concrete shapes. Trusted core.

>>> entries(("mul", ("num", "2"), ("sym", "x")), {"x": (2, 1)}, {})
Matrix([
[2*x_1_1],
[2*x_2_1]])
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import sympy as sp

from symacts.claims import MatrixClaim
from symacts.errors import UnsupportedExpression
from symacts.proofs.checker import words
from symacts.proofs.checker.entail import Given
from symacts.proofs.checker.forms import is_analytic
from symacts.proofs.checker.normal import is_zero
from symacts.spec import i, n, xs

__all__ = ["X", "assigned", "both", "defined_by", "entries"]

MAX_ENTRIES = 64
MAX_INVERSE = 4


X = sp.Symbol("x", real=True)
"""The argument of an elementwise function."""


def both(claim: MatrixClaim, values: Mapping[str, sp.Matrix] | None = None) -> tuple[sp.Matrix, sp.Matrix]:
    shapes = dict(claim.shapes)
    left, right = (entries(t, shapes, dict(claim.definitions), values) for t in (claim.lhs, claim.rhs))
    if not isinstance(left, sp.MatrixBase) and not isinstance(right, sp.MatrixBase):
        if _Scalar.identity in (getattr(left, "kind", 0), getattr(right, "kind", 0)):
            raise UnsupportedExpression("the size of I is not determined")
        return sp.Matrix([[left.value]]), sp.Matrix([[right.value]])
    shape = (left if isinstance(left, sp.MatrixBase) else right).shape
    return _as_matrix(left, shape), _as_matrix(right, shape)


class _Scalar:
    """A number, or a multiple of the identity, whose size the context decides."""

    identity = "identity"
    __slots__ = ("kind", "value")

    def __init__(self, value: sp.Expr, kind: str = "number") -> None:
        self.value, self.kind = value, kind


def _as_matrix(value: Any, shape: tuple[int, int]) -> sp.Matrix:
    if isinstance(value, sp.MatrixBase):
        if value.shape != shape:
            raise UnsupportedExpression(f"shapes do not fit: {value.shape} and {shape}")
        return value
    if value.kind == _Scalar.identity:
        if shape[0] != shape[1]:
            raise UnsupportedExpression(f"shapes do not fit: I and {shape}")
        return value.value * sp.eye(shape[0])
    if value.value == 0 or shape == (1, 1) or shape[1] == 1:
        return sp.Matrix(*shape, lambda *_: value.value)
    raise UnsupportedExpression(f"shapes do not fit: a number and {shape}")


def entries(tree: Any, shapes: words.Shapes, definitions: Mapping[str, sp.Expr], values: Any = None) -> Any:
    """The matrix of entries of a tree with concrete shapes; symbols become `name_i_j` unless `values` gives them."""
    head = tree[0]
    go = partial(entries, shapes=shapes, definitions=definitions, values=values)
    if head == "sym":
        if values is not None and tree[1] in values:
            return values[tree[1]]
        return symbol_entries(tree[1], shapes[tree[1]])
    if head == "entry":
        column = go(("sym", tree[1]))
        if column.cols != 1:
            raise UnsupportedExpression("an entry of a column")
        return sp.Matrix([[column[tree[2]]]])
    if head == "num":
        return _Scalar(sp.Rational(words.number(tree[1])))
    if head == "I":
        return sp.eye(_size(tree[1])) if len(tree) > 1 else _Scalar(sp.S.One, _Scalar.identity)
    if head in ("ones", "zeros"):
        rows, cols = tree[1], tree[2] if len(tree) > 2 else 1
        rows, cols = _size(rows, cols), _size(cols, rows)
        return sp.ones(rows, cols) if head == "ones" else sp.zeros(rows, cols)
    if head == "add":
        return _sum([go(t) for t in tree[1:]])
    if head == "mul":
        total = go(tree[1])
        for t in tree[2:]:
            total = _times(total, go(t))
        return total
    if head == "jacobian":
        column, variable = _matrix(entries(tree[1], shapes, definitions)), _matrix(go_symbols(tree[2], shapes))
        result = sp.Matrix(column.rows, variable.rows, lambda i, j: sp.diff(column[i], variable[j]))
        if result.has(sp.Derivative):
            raise UnsupportedExpression("an entry is not differentiable by formula")
        return result.xreplace(assigned(shapes, values))
    inner = go(tree[2] if head in ("map", "vector") else tree[1])
    if head == "inv" and isinstance(inner, _Scalar):
        _require_invertible(inner.value)
        return _Scalar(1 / inner.value, inner.kind)
    if head in ("T", "tr") and isinstance(inner, _Scalar) and inner.kind == "number":
        return inner
    if head == "T" and isinstance(inner, _Scalar):
        return inner
    if head == "map" and isinstance(inner, _Scalar):
        return _Scalar(defined_by(tree[1], definitions).xreplace({X: inner.value}))
    m = _matrix(inner)
    if head in ("inv", "det", "tr") and m.rows != m.cols:
        raise UnsupportedExpression(f"a square matrix is needed, got {m.shape}")
    if head == "T":
        return m.T
    if head == "tr":
        return sp.Matrix([[m.trace()]])
    if head == "fro2":
        return sp.Matrix([[sum((e**2 for e in m), sp.S.Zero)]])
    if head in ("det", "inv"):
        if m.rows > MAX_INVERSE:
            raise UnsupportedExpression("too large a determinant")
        determinant = m.det(method="berkowitz")
        if head == "det":
            return sp.Matrix([[determinant]])
        _require_invertible(determinant)
        return m.adjugate() / determinant
    if head == "diag":
        return sp.diag(*list(m))
    if head == "vector":
        return _vector(_formula(tree[1], definitions), m)
    if head == "gibbs":
        if m.cols != 1:
            raise UnsupportedExpression("the Gibbs map takes a column")
        total = sum((sp.exp(e) for e in m), sp.S.Zero)
        return m.applyfunc(lambda e: sp.exp(e) / total)
    if head == "map":
        formula = defined_by(tree[1], definitions)
        return m.applyfunc(lambda e: formula.xreplace({X: e}))
    raise UnsupportedExpression(f"unknown matrix operation {head!r}")


def _require_invertible(determinant: sp.Expr) -> None:
    """Fail for a matrix that is singular everywhere, and for one of numbers that is not seen to be regular."""
    if is_zero(determinant) or not (determinant.free_symbols or Given().holds(determinant, "!=")):
        raise UnsupportedExpression("the inverse of a singular matrix")


def defined_by(name: str, definitions: Mapping[str, sp.Expr]) -> sp.Expr:
    if name.endswith("'"):
        function = defined_by(name[:-1], definitions)
        if not is_analytic(function):
            raise UnsupportedExpression(f"the derivative of {name[:-1]!r} is taken where it is analytic")
        return sp.diff(function, X)
    if name not in definitions or definitions[name].free_symbols - {X}:
        raise UnsupportedExpression(f"the claim does not define {name!r}")
    return definitions[name]


def _formula(name: str, definitions: Mapping[str, sp.Expr]) -> sp.Expr:
    if name not in definitions:
        raise UnsupportedExpression(f"the claim does not define {name!r}")
    return definitions[name]


def _vector(formula: sp.Expr, column: sp.Matrix) -> sp.Matrix:
    """The entries of a map of columns whose formula for entry i is written in `x[i]`, n and sums over j."""
    if column.cols != 1:
        raise UnsupportedExpression("a map of columns takes a column")
    concrete = formula.subs(n, column.rows).doit()
    swap = {xs[k]: e for k, e in enumerate(column)}
    rows = [concrete.subs(i, k).xreplace(swap) for k in range(column.rows)]
    if any(r.has(sp.Sum, sp.IndexedBase) or {i, n} & r.free_symbols for r in rows):
        raise UnsupportedExpression("the formula of the map is not read")
    return sp.Matrix(rows)


def _size(size: Any, other: Any = 1) -> int:
    """A number of rows or columns, small together with the other."""
    if type(size) is not int or type(other) is not int or size < 1 or other < 1 or size * other > MAX_ENTRIES:
        raise UnsupportedExpression("concrete small shapes are needed")
    return size


def symbol_entries(name: str, shape: tuple[int | str, int | str]) -> sp.Matrix:
    """The entries `name_i_j` of a matrix symbol."""
    rows, cols = _size(shape[0], shape[1]), _size(shape[1], shape[0])
    return sp.Matrix(rows, cols, lambda i, j: sp.Symbol(f"{name}_{i + 1}_{j + 1}", real=True))


def go_symbols(tree: Any, shapes: words.Shapes) -> sp.Matrix:
    """The symbolic entries of a symbol node."""
    if tree[0] != "sym":
        raise UnsupportedExpression("differentiation is by a symbol")
    return symbol_entries(tree[1], shapes[tree[1]])


def assigned(shapes: words.Shapes, values: Any) -> dict[sp.Expr, sp.Expr]:
    if values is None:
        return {}
    swap: dict[sp.Expr, sp.Expr] = {}
    for name, matrix in values.items():
        swap |= dict(zip(list(symbol_entries(name, matrix.shape)), list(matrix), strict=True))
    return swap


def _matrix(value: Any) -> sp.Matrix:
    if isinstance(value, _Scalar):
        if value.kind == _Scalar.identity:
            raise UnsupportedExpression("the size of I is not determined")
        return sp.Matrix([[value.value]])
    return value


def _sum(parts: list[Any]) -> Any:
    shaped = [p for p in parts if isinstance(p, sp.MatrixBase) and p.shape != (1, 1)]
    if not shaped:
        shaped = [p for p in parts if isinstance(p, sp.MatrixBase)]
    if not shaped:
        kinds = {p.kind for p in parts if p.value != 0}
        if len(kinds) > 1:
            raise UnsupportedExpression("a number and I cannot be added")
        return _Scalar(sum((p.value for p in parts), sp.S.Zero), kinds.pop() if kinds else "number")
    shape = shaped[0].shape
    total = sp.zeros(*shape)
    for p in parts:
        if isinstance(p, sp.MatrixBase) and p.shape == (1, 1) and shape[1] == 1:
            p = _Scalar(p[0])
        total = total + _as_matrix(p, shape)
    return total


def _times(a: Any, b: Any) -> Any:
    if isinstance(a, _Scalar) and isinstance(b, _Scalar):
        kind = _Scalar.identity if _Scalar.identity in (a.kind, b.kind) else "number"
        return _Scalar(a.value * b.value, kind)
    if isinstance(a, _Scalar) or isinstance(b, _Scalar):
        scalar, matrix = (a, b) if isinstance(a, _Scalar) else (b, a)
        if scalar.kind == _Scalar.identity and matrix.shape == (1, 1):
            return _Scalar(scalar.value * matrix[0], _Scalar.identity)
        return matrix.applyfunc(lambda e: scalar.value * e)
    if a.shape == (1, 1) or b.shape == (1, 1):
        scalar, matrix = (a, b) if a.shape == (1, 1) else (b, a)
        return matrix.applyfunc(lambda e: scalar[0] * e)
    if a.cols != b.rows:
        raise UnsupportedExpression(f"shapes do not fit in a product: {a.shape} times {b.shape}")
    return (a * b).applyfunc(lambda e: e)
