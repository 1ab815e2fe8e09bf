"""Kernels of gated units: functions of a value x and a gate g that separate into a product of one in each.

>>> from symacts.kernels import kernel
>>> k = kernel("glu", order=1, backend="numpy")
>>> [float(part) for part in k(3.0, 0.0)]
[0.5, 0.75]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy as sp

from symacts.errors import UnsupportedExpression, shorten
from symacts.kernels.callable import Kernel
from symacts.kernels.factors import Factor, product, total
from symacts.kernels.memory import has_shared_elements
from symacts.kernels.spread import is_spread, spread, unmasked
from symacts.spec import Activation, g, x

__all__ = ["GatedKernel", "separate"]


def separate(formula: sp.Expr) -> tuple[sp.Expr, sp.Expr, bool]:
    """A(x), B(x) and whether they add, with formula = A(x)*B(g) or A(x) + B(g).

    Raises
    ------
    UnsupportedExpression
        The formula is neither.
    """
    for kind, whole in ((sp.Mul, sp.factor_terms(formula)), (sp.Add, sp.expand(formula))):
        parts = kind.make_args(whole)
        if not any(part.has(x) and part.has(g) for part in parts):
            in_x = kind(*(part for part in parts if not part.has(g)))
            in_g = kind(*(part for part in parts if part.has(g)))
            return in_x, in_g.xreplace({g: x}), kind is sp.Add
    raise UnsupportedExpression(f"no kernel of {formula}: it is no product or sum of a function of x and one of g")


@dataclass(frozen=True, slots=True, eq=False)
class GatedKernel:
    """`kernel(x, g)`: the unit (order 0), or its derivatives in x and in g (order 1), as arrays.

    Each factor is a scalar kernel in float64, so value and gradients are accurate to their ULP and the product's
    rounding; in float32 to that of the result.
    """

    name: str
    options: Mapping[str, Any]
    value: Kernel
    gate: Kernel
    target: Activation
    make: Callable[..., Any]
    adds: bool = False

    @property
    def source(self) -> str:
        """The generated code of both factors."""
        return self.value.source + "\n" + self.gate.source

    @property
    def order(self) -> Any:
        """As asked for."""
        return self.options["order"]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The float format of the outputs for Python numbers."""
        return np.dtype(self.options["dtype"])

    @property
    def backend(self) -> str:
        """The target of the factors."""
        return self.value.backend

    @property
    def certificate(self) -> None:
        """Two factors, two certificates: see `value.certificate` and `gate.certificate`."""

    def specialized(self, parameters: Mapping[str, Any]) -> GatedKernel:
        """The same unit at other values of the parameters."""
        unit: GatedKernel = self.make(self.target.at(**parameters), **self.options)
        return unit

    def __call__(self, x: npt.ArrayLike, g: npt.ArrayLike, out: Any = None, **parameters: Any) -> Any:
        """Evaluate with NumPy's broadcasting; the result is new, or written to `out`."""
        if is_spread(parameters):
            return spread(self.specialized, [x, g], parameters, out)
        if parameters:
            return self.specialized(parameters)(x, g, out)
        unmasked(x, g)
        dtype = np.result_type(*(self.format(given) for given in (x, g)))
        with np.errstate(all="ignore"):
            (a, slope), (b, bend) = self.factors(self.value, x), self.factors(self.gate, g)
            if self.adds:
                ones = np.ones(np.broadcast_shapes(np.shape(x), np.shape(g)))
                found = {0: total(a, b, NEAR[dtype.itemsize]), 1: (slope.y * ones, bend.y * ones)}
            else:
                found = {0: product(a, b), 1: (product(slope, b), product(a, bend))}
        order = self.order
        result = tuple(found[k] for k in order) if isinstance(order, tuple) else found[order]
        return _written(result, dtype, out)

    def format(self, given: Any) -> np.dtype[Any]:
        """The float format that one input asks for."""
        return self.dtype if not hasattr(given, "dtype") else self.value.result_dtype(given, np.asarray(given))

    @staticmethod
    def factors(part: Kernel, given: npt.ArrayLike) -> tuple[Factor, Factor]:
        """A factor and its derivative at an input, in float64."""
        data = np.asarray(given)
        part.result_dtype(given, data)
        at = data.astype(np.float64)
        y, slope = part(at)
        return Factor(part.target.formula, 0, at, np.asarray(y)), Factor(part.target.formula, 1, at, np.asarray(slope))


NEAR = {8: 1.0, 4: 2.0**-20, 2: 2.0**-20}
"""By the bytes of the result: how much a sum may cancel before float64 terms are not enough."""


def _written(result: Any, dtype: np.dtype[Any], out: Any) -> Any:
    if isinstance(result, tuple):
        outs = [None] * len(result) if out is None else out
        if not isinstance(outs, (tuple, list)) or len(outs) != len(result):
            raise ValueError(f"out: got {shorten(out)}, expected a tuple of {len(result)}")
        return tuple(_written(r, dtype, o) for r, o in zip(result, outs, strict=True))
    with np.errstate(all="ignore"):
        if out is None:
            return result.astype(dtype, copy=False)[()]
        if out.shape != np.shape(result):
            raise ValueError(f"out: got shape {out.shape}, expected {np.shape(result)}")
        if has_shared_elements(out):
            raise ValueError("out: got an array whose elements share memory")
        np.copyto(out, result.astype(dtype, copy=False), casting="same_kind")
    return out
