"""Affine layers `x -> W*x + b`, and the theorem that a stack of them is one.

>>> import sympy
>>> n0, n1, n2 = sympy.symbols("n0 n1 n2", integer=True, positive=True)
>>> W1, b1 = sympy.MatrixSymbol("W1", n1, n0), sympy.MatrixSymbol("b1", n1, 1)
>>> W2, b2 = sympy.MatrixSymbol("W2", n2, n1), sympy.MatrixSymbol("b2", n2, 1)
>>> stack = collapse([Affine(W1, b1), Affine(W2, b2)])
>>> stack.affine.W, stack.affine.b
(W2*W1, W2*b1 + b2)
>>> stack.proof.status
'proved'
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy as sp

from symacts.errors import ParameterError, UnsupportedExpression, shorten

if TYPE_CHECKING:
    import numpy as np

    from symacts.proofs import Proof

__all__ = ["Affine", "Collapse", "collapse", "collapse_theorem"]


@dataclass(frozen=True, eq=False)
class Affine:
    """The map `x -> W*x + b`.

    Parameters
    ----------
    W : matrix, shape (out, in)
        A SymPy matrix, a matrix expression of symbolic shape, a NumPy array, or rows of numbers.
    b : vector, shape (out,) or (out, 1)
        The bias; zero by default. A NumPy `b` of shape (out,) keeps it; a symbolic one is a column.

    Raises
    ------
    ParameterError
        The shapes do not fit, or an entry is no number.
    """

    W: Any
    b: Any = None

    def __post_init__(self) -> None:
        W, b = _matrix(self.W, "W"), self.b
        if _is_numeric(W) and (b is None or not isinstance(b, sp.Basic | sp.MatrixBase)):
            b = _numeric_bias(b, W)
        else:
            W = _symbolic(W)
            b = sp.ZeroMatrix(W.rows, 1) if b is None else _symbolic_column(b)
        if not _same(b.shape[0], W.shape[0]):
            raise ParameterError(f"b has {b.shape[0]} entries, expected {W.shape[0]}, the rows of W {_shape(W)}")
        object.__setattr__(self, "W", W)
        object.__setattr__(self, "b", b)

    @property
    def shape(self) -> tuple[Any, Any]:
        """`(out, in)`."""
        return self.W.shape

    @property
    def is_numeric(self) -> bool:
        """Whether `W` and `b` are NumPy arrays."""
        return _is_numeric(self.W)

    def after(self, first: Affine) -> Affine:
        """The composition `x -> self(first(x))`: weight `W*first.W`, bias `W*first.b + b`.

        Raises
        ------
        ParameterError
            The first layer's outputs are not as many as this one's inputs.
        """
        if not _same(self.shape[1], first.shape[0]):
            raise ParameterError(
                f"shapes do not fit: {self.shape[1]} inputs cannot follow a layer with {first.shape[0]} outputs"
            )
        if self.is_numeric and first.is_numeric:
            bias = self.W @ first.b.reshape(-1)
            return Affine(self.W @ first.W, bias.reshape(self.b.shape) + self.b)
        W, b = _symbolic(self.W), _symbolic_column(self.b)
        return Affine(_product(W, _symbolic(first.W)), _sum(_product(W, _symbolic_column(first.b)), b))

    def __call__(self, x: Any) -> Any:
        """`W*x + b` for one input: a vector, or a matrix whose columns are inputs (symbolic: one column)."""
        if self.is_numeric and not isinstance(x, sp.Basic | sp.MatrixBase):
            import numpy as np

            x = np.asarray(x)
            if x.ndim not in (1, 2) or x.shape[0] != self.shape[1]:
                raise ParameterError(f"x has shape {x.shape}, expected ({self.shape[1]},) or ({self.shape[1]}, k)")
            return self.W @ x + (self.b.reshape(-1) if x.ndim == 1 else self.b.reshape(-1, 1))
        column = _symbolic_column(x)
        if not _same(column.shape[0], self.shape[1]):
            raise ParameterError(f"x has {column.shape[0]} entries, expected {self.shape[1]}")
        return _sum(_product(_symbolic(self.W), column), _symbolic_column(self.b))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Affine):
            return NotImplemented
        if self.is_numeric != other.is_numeric or tuple(self.shape) != tuple(other.shape):
            return False
        if self.is_numeric:
            return bool((self.W == other.W).all() and (self.b.reshape(-1) == other.b.reshape(-1)).all())
        return bool(self.W == other.W and self.b == other.b)

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, eq=False)
class Collapse:
    """One affine map that equals a stack, and the proof that it does.

    Attributes
    ----------
    affine : Affine
        The map. With NumPy weights its entries are rounded like any floating-point product.
    layers : tuple of Affine
        The stack, first layer first.
    """

    affine: Affine
    layers: tuple[Affine, ...]

    @cached_property
    def proof(self) -> Proof:
        """The proof that `W_L*(...*(W_1*x + b_1)...) + b_L = W*x + b` for this depth and all shapes that fit.

        It is an identity of matrix words over the reals.
        """
        from symacts.proofs.matrices import collapse_proof

        return collapse_proof(len(self.layers))


def collapse(layers: Iterable[Affine]) -> Collapse:
    """One affine map for a stack of affine layers, given first layer first.

    `W = W_L*...*W_1` and `b = b_L + W_L*b_{L-1} + ... + W_L*...*W_2*b_1`.

    Raises
    ------
    UnsupportedExpression
        A layer is not affine: with a nonlinear activation between them, layers do not collapse.
    ParameterError
        No layers, or shapes that do not fit.
    """
    stack = tuple(layers)
    if not stack:
        raise ParameterError("collapse: got no layers, expected at least one")
    for depth, layer in enumerate(stack, 1):
        if not isinstance(layer, Affine):
            raise UnsupportedExpression(
                f"layer {depth} is {shorten(layer)}, expected an Affine: only affine layers collapse to one"
            )
    whole = stack[0]
    for depth, layer in enumerate(stack[1:], 2):
        try:
            whole = layer.after(whole)
        except ParameterError as error:
            raise ParameterError(f"layer {depth}: {error}") from None
    return Collapse(whole, stack)


def collapse_theorem() -> Proof:
    """The proof, by induction, that a stack of affine layers of every depth and all shapes that fit is one."""
    from symacts.proofs.matrices import collapse_proof

    return collapse_proof(None)


# ------------------------------------------------------------------------------------------------------- conversions


def _is_numeric(value: Any) -> bool:
    return type(value).__module__.partition(".")[0] == "numpy"


def _shape(value: Any) -> str:
    return f"of shape ({value.shape[0]}, {value.shape[1]})"


def _same(one: Any, two: Any) -> bool:
    """Whether two dimensions are equal for sure: numbers, or expressions that differ by 0."""
    return bool(sp.expand(sp.sympify(one) - sp.sympify(two)) == 0)


def _matrix(value: Any, name: str) -> Any:
    if isinstance(value, sp.MatrixBase | sp.MatrixExpr):
        return value.as_immutable() if isinstance(value, sp.MatrixBase) else value
    if isinstance(value, sp.Basic | str | bytes) or value is None:
        raise ParameterError(f"{name}: got {shorten(value)}, expected a matrix")
    rows = value if _is_numeric(value) else list(value) if hasattr(value, "__iter__") else [value]
    if not _is_numeric(rows) and any(isinstance(e, sp.Basic) for row in rows if hasattr(row, "__iter__") for e in row):
        try:
            return sp.ImmutableMatrix(rows)
        except (ValueError, TypeError):
            raise ParameterError(f"{name}: got {shorten(value)}, expected rows of equal length") from None
    array = _array(rows, name)
    if array.ndim != 2:
        raise ParameterError(f"{name}: got shape {array.shape}, expected (out, in)")
    return array


def _array(value: Any, name: str) -> np.ndarray:
    import numpy as np

    try:
        array = np.array(value)
    except ValueError:
        raise ParameterError(f"{name}: got {shorten(value)}, expected rows of equal length") from None
    if array.dtype.kind not in "biuf":
        raise ParameterError(f"{name}: got entries of type {array.dtype}, expected real numbers")
    # machine integers wrap around without a sign of it
    return array if array.dtype.kind == "f" else array.astype(float)


def _numeric_bias(value: Any, W: np.ndarray) -> np.ndarray:
    import numpy as np

    if value is None:
        return np.zeros(W.shape[0], dtype=W.dtype)
    b = _array(value, "b")
    if b.ndim == 1 or (b.ndim == 2 and b.shape[1] == 1):
        return b
    raise ParameterError(f"b: got shape {b.shape}, expected ({W.shape[0]},) or ({W.shape[0]}, 1)")


def _symbolic(value: Any) -> Any:
    """As a SymPy matrix; binary floating-point numbers become the decimals they print as."""
    if not _is_numeric(value):
        return value
    rows = value.reshape(value.shape[0], -1).tolist()
    return sp.ImmutableMatrix([[sp.Rational(repr(e)) for e in row] for row in rows])


def _symbolic_column(value: Any) -> Any:
    if isinstance(value, sp.MatrixExpr):
        column = value
    elif isinstance(value, sp.MatrixBase):
        column = value.as_immutable()
        column = column.T if column.rows == 1 and column.cols != 1 else column
    else:
        column = _symbolic(value) if _is_numeric(value) else sp.ImmutableMatrix([sp.sympify(v) for v in value])
    if not _same(column.shape[1], 1):
        raise ParameterError(f"got a matrix {_shape(column)}, expected a column")
    return column


def _product(left: Any, right: Any) -> Any:
    if isinstance(left, sp.MatrixBase) and isinstance(right, sp.MatrixBase):
        return (left * right).as_immutable()
    product = sp.MatMul(left, right).doit()
    return sp.expand(product) if isinstance(product, sp.MatrixExpr) else product


def _sum(left: Any, right: Any) -> Any:
    if isinstance(left, sp.MatrixBase) and isinstance(right, sp.MatrixBase):
        return (left + right).as_immutable()
    return sp.MatAdd(left, right).doit()
