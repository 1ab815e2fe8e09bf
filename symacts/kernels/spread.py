"""Arrays of parameters: one kernel for each distinct value, each on its own elements, broadcast as NumPy would.

>>> import numpy as np
>>> from symacts.kernels import kernel
>>> k = kernel("leaky_relu", backend="numpy")
>>> k(np.array([-1.0, 2.0]), negative_slope=np.array([[0.25], [0.5]])).tolist()
[[-0.25, 2.0], [-0.5, 2.0]]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from symacts.errors import ParameterError, shorten

__all__ = ["is_spread", "spread", "unmasked"]

MOST_DISTINCT = 64
"""Distinct values of one call: each is a kernel of its own, built when it is first needed."""

Array = npt.NDArray[Any]


def is_spread(parameters: Mapping[str, Any]) -> bool:
    """Whether a parameter is an array with at least one axis."""
    return any(np.ndim(v) > 0 for v in parameters.values() if not isinstance(v, (str, bytes)))


def unmasked(*inputs: Any) -> None:
    """Raise a `TypeError` for masked arrays, where results could not keep their masks."""
    if any(isinstance(given, np.ma.MaskedArray) for given in inputs):
        raise TypeError("a kernel takes masked arrays as x alone, of one input and no arrays of parameters; fill them")


def spread(
    specialized: Callable[[Mapping[str, Any]], Callable[..., Any]],
    inputs: Sequence[npt.ArrayLike],
    parameters: Mapping[str, Any],
    out: Any = None,
) -> Any:
    """Evaluate where parameters are arrays.

    Parameters
    ----------
    specialized : callable
        From values of the parameters to a function of the inputs.
    inputs : sequence of array_like
        Broadcast with each other and with the parameters.
    parameters : mapping
        Numbers, and arrays of real numbers.
    out : ndarray or tuple of ndarray, optional
        Of the shape that all broadcast to.

    Raises
    ------
    ParameterError
        An array of anything but real numbers, a value outside its domain, or more than 64 distinct values.
    ValueError
        Shapes that do not broadcast, or an `out` that does not fit.
    """
    unmasked(*inputs, *parameters.values())
    fixed = {name: v for name, v in parameters.items() if not is_spread({name: v})}
    arrays = {name: np.asarray(v) for name, v in parameters.items() if name not in fixed}
    for name, array in arrays.items():
        if array.dtype.kind not in "fiu" or array.dtype.itemsize > 8:
            raise ParameterError(f"{name}: got {shorten(parameters[name])}, expected real numbers")
    given = [
        i if hasattr(i, "dtype") else np.asarray(i, None if np.asarray(i).dtype.kind != "f" else float) for i in inputs
    ]
    shape = np.broadcast_shapes(*(np.shape(i) for i in given), *(a.shape for a in arrays.values()))
    rows = np.stack([np.broadcast_to(a, shape).reshape(-1).astype(np.float64) for a in arrays.values()])
    values, which = np.unique(rows, axis=1, return_inverse=True) if rows.size else (rows, np.zeros(0, int))
    if values.shape[1] > MOST_DISTINCT:
        raise ParameterError(
            f"{', '.join(arrays)}: got {values.shape[1]} distinct values, at most {MOST_DISTINCT} are served in one "
            f"call; evaluate in parts, each with the elements of some of the values"
        )
    flat = [np.broadcast_to(i, shape).reshape(-1) for i in given]
    result: Any = None
    for k in range(values.shape[1]):
        chosen = fixed | dict(zip(arrays, values[:, k].tolist(), strict=True))
        mine = which.reshape(-1) == k
        result = _placed(result, specialized(chosen)(*(f[mine] for f in flat)), mine)
    if result is None:  # no element: the format is that of the default values
        result = specialized(fixed)(*flat)
    return _shaped(result, shape, out)


def _placed(result: Any, part: Any, where: Array) -> Any:
    """The result, array or tuple of them, with a part's values put in."""
    if isinstance(part, tuple):
        return tuple(_placed(r, p, where) for r, p in zip(result or [None] * len(part), part, strict=True))
    target = np.empty(len(where), part.dtype) if result is None else result
    target[where] = part
    return target


def _shaped(result: Any, shape: tuple[int, ...], out: Any) -> Any:
    """The result in its shape, new or in `out`."""
    if isinstance(result, tuple):
        outs = [None] * len(result) if out is None else list(out) if isinstance(out, (tuple, list)) else [out]
        if len(outs) != len(result):
            raise ValueError(f"out: got {len(outs)} arrays, expected {len(result)}")
        return tuple(_shaped(r, shape, o) for r, o in zip(result, outs, strict=True))
    if out is None:
        return result.reshape(shape)
    if isinstance(out, (tuple, list)) and len(out) == 1:
        out = out[0]
    if not isinstance(out, np.ndarray) or out.dtype.kind != "f":
        raise TypeError(f"out: got {shorten(out)}, expected a floating-point ndarray")
    if out.shape != shape:
        raise ValueError(f"out: got shape {out.shape}, expected {shape}")
    if not out.flags.writeable:
        raise ValueError("out: got a read-only array")
    with np.errstate(all="ignore"):
        np.copyto(out, result.reshape(shape), casting="same_kind")
    return out
