"""`Kernel`: a compiled activation, its derivatives, or several at once, as a function on arrays.

>>> import numpy as np
>>> from symacts.kernels import kernel
>>> k = kernel("log(1 + exp(x))", order=(0, 1), backend="numpy")
>>> y, dy = k(np.array([-800.0, 0.0, 800.0]))
>>> y.tolist(), dy.tolist()
([0.0, 0.6931471805599453, 800.0], [0.0, 0.5, 1.0])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from symacts.errors import ParameterError, shorten, wording
from symacts.kernels import targets
from symacts.kernels.code import Code
from symacts.kernels.crowds import overwritten
from symacts.kernels.memory import RESULTS, address, has_shared_elements, separate
from symacts.kernels.spread import is_spread, spread
from symacts.kernels.tiles import runner, threaded

__all__ = ["Kernel", "check"]

TILE = 8192
"""Elements of arrays with gaps or of other formats that are brought together at a time."""

Array = npt.NDArray[Any]


@dataclass(slots=True, eq=False)
class Kernel:
    """A function on arrays: `kernel(x, out=None, **parameters)`.

    Attributes
    ----------
    name : str
        What was compiled, for people.
    source : str
        The generated code.
    dtype, order, backend, accuracy : str, int or tuple of int, str, str
        As asked for ("auto" resolved).
    certificate : Certificate or None
        The worst error measured; see `symacts.kernels.certify`.

    Notes
    -----
    **Validity**: every float; nan gives nan, an infinity gives the limit, points outside the domain give nan. At a
    kink the derivative is the element of least absolute value between the one-sided derivatives (Clarke 1983).
    **Error**: see `certificate`.
    """

    name: str
    options: Mapping[str, Any]
    code: Code
    target: Any = field(repr=False)
    certificate: Any = None
    _others: dict[Any, Kernel] = field(default_factory=dict, repr=False)
    _run: Any = field(default=None, repr=False)

    @property
    def source(self) -> str:
        """The generated code."""
        return self.code.source

    @property
    def dtype(self) -> np.dtype[Any]:
        """The float format of the outputs."""
        return np.dtype(self.options["dtype"])

    @property
    def order(self) -> int | tuple[int, ...]:
        """The order, or orders, of the derivative."""
        order: int | tuple[int, ...] = self.options["order"]
        return order

    @property
    def backend(self) -> str:
        """The target that runs it."""
        return str(self.options["backend"])

    @property
    def accuracy(self) -> str:
        """ "fast" or "tight"."""
        return str(self.options["accuracy"])

    def __repr__(self) -> str:
        return f"Kernel({self.name!r}, order={self.order}, dtype={self.dtype.name!r}, backend={self.backend!r})"

    def __getstate__(self) -> tuple[Any, ...]:
        return self.name, dict(self.options), self.code, self.target, self.certificate

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.name, self.options, self.code, self.target, self.certificate = state
        self._others, self._run = {}, None

    def __call__(self, x: npt.ArrayLike, out: Any = None, **parameters: Any) -> Any:
        """Evaluate at an array, element by element.

        Parameters
        ----------
        x : array_like of real numbers
            Any shape and strides; never written to. float32 and float64 are preserved, integers become float64. What
            is masked in a masked array is masked in the result.
        out : ndarray or tuple of ndarray, optional
            Where to write; of the result's shape. It may be, or overlap, the input.
        **parameters
            Values of the activation's parameters for this call: numbers, or arrays that broadcast with x.

        Returns
        -------
        ndarray, scalar or tuple
            A tuple where `order` is one.

        Raises
        ------
        TypeError
            Complex, object or text input, or an `out` of another kind.
        ValueError
            An `out` of another shape, read-only, or with elements that share memory.
        ParameterError
            No such parameter, or a value outside its domain.
        """
        if parameters:
            if is_spread(parameters):
                return spread(self.specialized, [x], parameters, out)
            return self.specialized(parameters)(x, out)
        if type(x) is np.ndarray and self.backend == "numba":
            results = self.fused(x, out)
            if results is not None:
                return results if isinstance(self.options["order"], tuple) else results[0]
        if isinstance(x, np.ma.MaskedArray):
            return masked(self(x.data, out), x, out)
        data = np.asarray(x)
        dtype = self.result_dtype(x, data)
        if dtype.itemsize > self.dtype.itemsize:
            return self.twin("float64")(x, out)
        count = len(self.code.parts)
        outs = self.prepare(out, data.shape, dtype, count)
        if data.size:
            self.run(data, outs)
        results = tuple(o if out is not None or data.ndim else o[()] for o in outs)
        return results if isinstance(self.order, tuple) else results[0]

    def fused(self, x: Array, out: Any) -> tuple[Array, ...] | None:
        """Arrays from the compiled loop, without a detour; None where input or `out` is not as the loop takes it."""
        loop = self._run
        if loop is None or x.dtype != self.code.inner or not x.ndim or self.options["dtype"] != self.code.inner:
            return None
        if any(part.far for part in self.code.parts):
            return None
        if out is None:
            flags = x.flags
            if not (flags.c_contiguous and flags.aligned):
                return None
            place = address(x)
            outs, places = zip(*[RESULTS.array(x.shape, x.dtype, place) for _ in range(loop.count)], strict=True)
        else:
            outs = tuple(out) if isinstance(out, (tuple, list)) else (out,)
            apart = separate(x, outs) if len(outs) == loop.count else None
            if apart is None:
                return None
            place, *places = apart
        loop.fill(x.size, place, places)
        return outs

    def result_dtype(self, given: Any, data: Array) -> np.dtype[Any]:
        """float16, float32 and float64 arrays keep their format; integers become float64; Python floats take ours."""
        if data.dtype.kind in "biu":
            return np.dtype(np.float64)
        if data.dtype.kind != "f" or data.dtype.itemsize > 8:
            raise TypeError(f"a kernel takes real numbers in float16, float32, float64 or integers, got {data.dtype}")
        if not hasattr(given, "dtype"):
            return self.dtype
        return data.dtype.newbyteorder("=")

    def prepare(self, out: Any, shape: tuple[int, ...], dtype: np.dtype[Any], count: int) -> list[Array]:
        """The arrays to write to, new or checked."""
        if out is None:
            return [RESULTS.array(shape, dtype, 0)[0] for _ in range(count)]
        outs = list(out) if isinstance(out, (tuple, list)) else [out]
        if len(outs) != count:
            raise ValueError(f"out: got {len(outs)} arrays, expected {count} (one for each order)")
        for o in outs:
            if not isinstance(o, np.ndarray) or o.dtype.kind != "f":
                raise TypeError(f"out: got {shorten(o)}, expected a floating-point ndarray")
            if o.shape != shape:
                raise ValueError(f"out: got shape {o.shape}, expected {shape}")
            if not o.flags.writeable:
                raise ValueError("out: got a read-only array")
            if has_shared_elements(o):
                raise ValueError("out: got an array whose elements share memory")
        for k, o in enumerate(outs):
            if any(np.may_share_memory(o, p) and np.shares_memory(o, p) for p in outs[:k]):
                raise ValueError("out: two of the arrays share memory")
        return outs

    def run(self, data: Array, outs: Sequence[Array]) -> None:
        """Fill the outputs, tile by tile; contiguous arrays of the loop's format go to a compiled loop whole."""
        if self._run is None:
            self._run = self.prepared()
        run, inner = self._run, np.dtype(self.code.inner)
        whole = all(a.flags.c_contiguous and a.flags.aligned and a.dtype.isnative for a in (data, *outs))
        fits = self.backend == "numpy" or all(a.dtype == inner for a in (data, *outs))
        if whole and fits and not any(np.may_share_memory(data, o) for o in outs):
            run(data.reshape(-1), [o.reshape(-1) for o in outs])
            return
        for chunks in tiles(data, outs, inner):
            run(chunks[0], chunks[1:])

    def prepared(self) -> Any:
        """A function (x, outs) on one-dimensional arrays of the inner format."""
        parts = self.code.parts
        if self.backend == "numba":
            ends, _ = targets.numba.ends_of(parts, self.code.inner, self.code.slots)
            tables = [array for part in parts for array in (part.table.edges, part.table.rows)]
            run = targets.numba.load(self.code.source, ends, tables)
        else:
            tile, scratch = targets.numpy.load(self.code.source, self.code.tables)
            wide = targets.numpy.load(self.code.wide) if self.code.wide else None
            run = runner(self.code, tile, scratch, self.dtype.name, wide)
            run = threaded(run) if self.options["parallel"] else run
        return overwritten(run, [part.far for part in parts])

    @property
    def dead_zone(self) -> dict[str, dict[str, tuple[float | None, float | None]]]:
        """For each float format the |x| beyond which each output rounds to its limit; see `certify.dead_zone`."""
        from symacts.kernels.certify import dead_zone  # deferred: certificates are made of kernels

        return dead_zone(self)

    def twin(self, dtype: str) -> Kernel:
        """The same kernel for another float format."""
        return self.variant(("dtype", dtype), self.target, {**self.options, "dtype": dtype})

    def specialized(self, parameters: Mapping[str, Any]) -> Kernel:
        """The same kernel at other values of the parameters (kept for the next call)."""
        at = getattr(self.target, "at", None)
        if at is None:
            raise ParameterError(f"{self.name!r} takes no parameters; got {', '.join(map(repr, parameters))}")
        target = at(**{k: (v.item() if hasattr(v, "item") and np.ndim(v) == 0 else v) for k, v in parameters.items()})
        return self.variant(target.values, target, dict(self.options))

    def variant(self, key: Any, target: Any, options: Mapping[str, Any]) -> Kernel:
        """A kernel built from this one's target, remembered."""
        from symacts.kernels import build  # deferred: the builder makes kernels

        if key not in self._others:
            if len(self._others) >= MOST_VARIANTS:
                self._others.clear()
            self._others[key] = build(target, **options)
        return self._others[key]


MOST_VARIANTS = 64
"""Specialized kernels kept by one kernel."""


def masked(result: Any, like: Any, out: Any) -> Any:
    """Results with a masked array's mask.

    Raises
    ------
    TypeError
        They were written to an array that has no mask.
    """
    if isinstance(result, tuple):
        return tuple(masked(r, like, o) for r, o in zip(result, out or [None] * len(result), strict=True))
    if out is None:
        return np.ma.MaskedArray(result, mask=like.mask.copy())
    if not isinstance(result, np.ma.MaskedArray):
        raise TypeError("out: got an array without a mask for a masked input, expected a masked array")
    result.mask = like.mask
    return result


def tiles(data: Array, outs: Sequence[Array], inner: npt.DTypeLike) -> Any:
    """Matching one-dimensional chunks of input and outputs in the inner format, at most TILE long, overlap resolved."""
    iterator = np.nditer(  # type: ignore[call-overload]  # its stubs know no plain lists of strings
        [data, *outs],
        flags=["external_loop", "buffered", "copy_if_overlap", "delay_bufalloc"],
        op_flags=[["readonly"], *([["writeonly"]] * len(outs))],
        op_dtypes=[np.dtype(inner)] * (1 + len(outs)),
        casting="unsafe",
        buffersize=TILE,
        order="K",
    )
    with iterator, np.errstate(all="ignore"):
        iterator.reset()
        for chunks in iterator:
            for start in range(0, len(chunks[0]), TILE):
                yield tuple(c[start : start + TILE] for c in chunks)


def check(name: str, value: Any, allowed: Sequence[str]) -> None:
    """Raise a `ValueError` that lists what is allowed."""
    if value not in allowed:
        raise ValueError(wording(name, value, allowed))
