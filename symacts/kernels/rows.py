"""Kernels of row-wise activations: softmax and its kin along any axis, with the vector-Jacobian product.

A row's formula is a function R of its entry t, of `E = exp(b*t)` where exponentials occur, and of one sum over the
row. Exponentials are shifted by the row's extreme, an identity of R that is derived here by substituting
`E -> E/w`, `S -> S/w`: nothing overflows, up to the largest floats and for entries of -inf.

>>> import numpy as np
>>> from symacts.kernels import kernel
>>> kernel("softmax")(np.array([[1e308, 0.0], [-np.inf, 3.0]])).tolist()
[[1.0, 0.0], [0.0, 1.0]]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.kernels.memory import has_shared_elements
from symacts.kernels.spread import unmasked
from symacts.rewrite.functions import mulerr
from symacts.rewrite.lower import words
from symacts.spec import Activation, i, j, n, x, xs

__all__ = ["RowKernel", "read"]

T, E, S, W, D, LOGS, LOGW = (sp.Symbol(name, real=True) for name in ("t", "E", "S", "w", "d", "logS", "logw"))
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """A row's formula: `entry(t, E, S, w)`, the summand, and the rate b of the exponentials (0: none).

    `is_total` where the formula holds no entry: one number for the row.
    """

    entry: sp.Expr
    summand: sp.Expr
    rate: sp.Expr
    is_total: bool


def read(activation: Activation) -> Row:
    """The parts of a vector activation's formula.

    Raises
    ------
    UnsupportedExpression
        More than one sum, or exponentials of different rates.
    """
    formula = activation.formula
    sums = list(formula.atoms(sp.Sum))
    if len(sums) > 1:
        raise UnsupportedExpression(f"no kernel of {activation.name!r}: more than one sum over the row")
    if sums and sums[0].limits != (sp.Tuple(j, 0, n - 1),):
        raise UnsupportedExpression(f"no kernel of {activation.name!r}: the sum does not run over the whole row")
    body = sums[0].function.xreplace({xs[j]: T}) if sums else sp.S.Zero
    entry = formula.xreplace({sums[0]: S} if sums else {}).xreplace({xs[i]: T})
    rates = {e.args[0] / T for part in (body, entry) for e in part.atoms(sp.exp) if e.has(T)}
    if any(r.has(T) for r in rates) or len(rates) > 1 or entry.has(xs, i, j) or body.has(xs, i, j):
        raise UnsupportedExpression(f"no kernel of {activation.name!r}: its formula is of another form")
    rate = rates.pop() if rates else sp.S.Zero
    if rate != 0:
        if sp.expand(body - sp.exp(rate * T)) != 0:
            raise UnsupportedExpression(f"no kernel of {activation.name!r}: the sum is not one of exponentials")
        entry = sp.expand_log(entry.xreplace({sp.exp(rate * T): E / W, S: S / W}), force=True)
        entry = sp.cancel(sp.together(entry)) if not entry.has(sp.log) else entry
        entry = entry.xreplace({sp.log(S): LOGS})
    return Row(entry, body, rate, not entry.has(T, E))


def _scaled(t: FloatArray, m: FloatArray, rate: float, rest: float) -> tuple[FloatArray, FloatArray]:
    """rate*(t - m) in two words, the second one zero where the first is not finite; t - m may pass the largest float.

    A rounding error of an exponent of some hundreds is hundreds of units in the last place of its exponential.
    """
    half = 0.5 if np.any((np.abs(t) > VAST) & (np.abs(t) < np.inf)) else 1.0
    t, m = t * half, m * half
    d = t - m
    near = d - t
    lost = (t - (d - near)) - (m + near)
    return _product(d, lost, rate / half, rest / half)


def _product(d: FloatArray, lost: Any, rate: float, rest: float) -> tuple[FloatArray, FloatArray]:
    """(d + lost)*(rate + rest) in two words."""
    high = d * rate
    low = mulerr(d, rate, np.empty_like(high)) + (d * rest + lost * rate)
    return high, np.where(np.isfinite(low), low, 0.0)


def _exp_of_product(d: FloatArray, rate: float, rest: float) -> FloatArray:
    """exp((rate + rest)*d)."""
    high, low = _product(d, 0.0, rate, rest)
    e: FloatArray = np.exp(high)
    return e + np.where(np.isfinite(e), e * low, 0.0)


def turned(y: FloatArray, axis: int) -> FloatArray:
    """The array with its last axis where it belongs."""
    return np.ascontiguousarray(np.moveaxis(y, -1, axis))


VAST = 2.0**1020
"""Entries beyond which a difference may overflow."""


@dataclass(slots=True, eq=False)
class RowKernel:
    """`kernel(x, axis=-1, out=None, **parameters)`, and `kernel.vjp(x, gradient, axis=-1)`.

    **Error**: entries of softmax within a few ULP; sums are NumPy's pairwise sums in float64.
    """

    name: str
    options: Mapping[str, Any]
    target: Activation
    make: Callable[..., Any]
    row: Row = field(init=False)
    _functions: dict[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.row = read(self.target)

    def __getstate__(self) -> tuple[Any, ...]:
        return self.name, dict(self.options), self.target, self.make

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.name, self.options, self.target, self.make = state
        self._functions = {}
        self.__post_init__()

    @property
    def order(self) -> int:
        """0: the Jacobian of a row is reached through `vjp`."""
        return 0

    @property
    def dtype(self) -> np.dtype[Any]:
        """The float format of the outputs for Python numbers."""
        return np.dtype(self.options["dtype"])

    @property
    def backend(self) -> str:
        """Rows run on NumPy."""
        return "numpy"

    @property
    def source(self) -> str:
        """The row's formula in its shifted form."""
        return f"S = sum({self.row.summand}), entry = {self.row.entry}"

    @property
    def certificate(self) -> None:
        """Rows are measured by the tests, entry by entry; there is no stored certificate."""

    def __call__(self, x: npt.ArrayLike, axis: int = -1, out: Any = None, **parameters: Any) -> Any:
        """The activation of every row along `axis`."""
        if parameters:
            return self.make(self.target.at(**parameters), **self.options)(x, axis, out)
        data, dtype = self.data(x, axis)
        if not data.shape[-1]:
            raise ValueError("a row-wise kernel needs at least one entry in each row")
        with np.errstate(all="ignore"):
            y = self.evaluate(self.row.entry, self.state(data))
            y = np.asarray(y + np.zeros(np.shape(y))).astype(dtype)
            y = np.broadcast_to(y, data.shape)[..., 0].copy() if self.row.is_total else turned(y, axis)
        if out is None:
            return y
        if out.shape != y.shape:
            raise ValueError(f"out: got shape {out.shape}, expected {y.shape}")
        if has_shared_elements(out):
            raise ValueError("out: got an array whose elements share memory")
        with np.errstate(all="ignore"):
            np.copyto(out, y, casting="same_kind")
        return out

    def vjp(self, x: npt.ArrayLike, gradient: npt.ArrayLike, axis: int = -1, **parameters: Any) -> Any:
        """The gradient in x of the sum of gradient*output: `gradient @ Jacobian` for every row."""
        if parameters:
            return self.make(self.target.at(**parameters), **self.options).vjp(x, gradient, axis)
        data, dtype = self.data(x, axis)
        row = self.row
        g = np.asarray(gradient, dtype=np.float64)
        g = g[..., None] if row.is_total else np.moveaxis(np.broadcast_to(g, np.shape(x)), axis, -1)
        with np.errstate(all="ignore"):
            state = self.state(data)
            in_sum = sp.diff(row.entry, S) + sp.diff(row.entry, LOGS) / S
            through = np.broadcast_to(self.evaluate(in_sum, state), data.shape)
            total = g * through[..., :1] if row.is_total else (g * through).sum(axis=-1, keepdims=True)
            own = sp.diff(row.entry, T) + row.rate * E * sp.diff(row.entry, E)
            slope = row.rate * E if row.rate != 0 else sp.diff(row.summand, T)
            result = self.evaluate(slope, state) * total
            if not row.is_total:
                result = result + g * self.evaluate(own, state)
            return turned(np.asarray(result + np.zeros(data.shape)).astype(dtype), axis)

    def data(self, x: npt.ArrayLike, axis: int) -> tuple[FloatArray, np.dtype[Any]]:
        """The input in float64 with its rows contiguous, where NumPy sums in pairs, and the format of the result."""
        unmasked(x)
        given = np.asarray(x)
        if given.dtype.kind not in "fbiu" or given.dtype.itemsize > 8:
            raise TypeError(f"a kernel takes real numbers in float16, float32, float64 or integers, got {given.dtype}")
        if given.ndim == 0:
            raise ValueError("a row-wise kernel needs at least one axis")
        dtype = given.dtype if given.dtype.kind == "f" and hasattr(x, "dtype") else np.dtype(np.float64)
        with np.errstate(all="ignore"):
            return np.ascontiguousarray(np.moveaxis(given, axis, -1), np.float64), dtype

    def state(self, data: FloatArray) -> dict[sp.Symbol, Any]:
        """t, E, S, w and log S of every row."""
        row = self.row
        count = data.shape[-1]
        if row.rate == 0:
            data = data.astype(np.longdouble)  # squares of large entries stay finite where its exponents are wider
            values = self.evaluate(row.summand, {T: data, n: count})
            total = np.asarray(values + np.zeros(data.shape)).sum(axis=-1, keepdims=True)
            return {T: data, S: total, n: count}
        rate, rest_of_rate = words(row.rate)
        extreme = (np.max if rate > 0 else np.min)(
            data, axis=-1, keepdims=True, initial=-np.inf if rate > 0 else np.inf
        )
        if row.entry.xreplace({sp.log(W): LOGW}).has(W):
            extreme = np.maximum(extreme, 0.0) if rate > 0 else np.minimum(extreme, 0.0)
        shifted, low = _scaled(data, extreme, rate, rest_of_rate)
        e = np.exp(shifted)
        e += e * low
        shifted = shifted + low
        first = np.argmax(e, axis=-1, keepdims=True)
        rest = e.copy()
        np.put_along_axis(rest, first, 0.0, axis=-1)
        top = np.take_along_axis(e, first, axis=-1)
        others = rest.sum(axis=-1, keepdims=True)
        logs = np.where(top == 1.0, np.log1p(others), np.log(top + others))
        return {
            T: data,
            E: e,
            S: top + others,
            LOGS: logs,
            W: _exp_of_product(extreme, -rate, -rest_of_rate),
            LOGW: -rate * extreme,
            D: shifted,
            n: count,
        }

    def evaluate(self, expression: sp.Expr, state: dict[sp.Symbol, Any]) -> Any:
        """A formula on the row's state; `rate*t + log w` is the shifted exponent, known without cancellation."""
        if self.row.rate != 0 and expression.has(sp.log(W)):
            expression = sp.expand(expression).subs(self.row.rate * T, D - sp.log(W))
            expression = sp.expand(expression)
        rest, own = expression.as_independent(T, as_Add=False)
        if self.row.rate == 0 and own.has(sp.Add) and not own.is_polynomial(T) and own.free_symbols == {T}:
            return self.entries(own, state[T]) * self.evaluate(rest, state)
        names = sorted(state, key=str)
        key = sp.srepr(expression) + str(names)
        if key not in self._functions:
            self._functions[key] = sp.lambdify(names, expression.xreplace({sp.log(W): LOGW}), "numpy")
        return self._functions[key](*(state[s] for s in names))

    def entries(self, own: sp.Expr, t: Any) -> Any:
        """A formula of one entry by a kernel of its own: its terms may cancel; as it stands where it passes float64."""
        key = sp.srepr(own)
        if key not in self._functions:
            options = {**self.options, "dtype": "float64", "accuracy": "fast"}
            part = self.make(Activation("part", own.xreplace({T: x})), **options)
            self._functions[key] = part, sp.lambdify([T], own, "numpy")
        kernel, plain = self._functions[key]
        y = kernel(t.astype(np.float64)).astype(t.dtype)
        return np.where(np.isinf(y), plain(t), y)
