"""The operations of straight-line programs on NumPy arrays: ufuncs where NumPy has one, short programs where not.

Every function takes its operands and `out`; operands are read before `out` is written, so they may be the same array.
Floating-point flags are the caller's to silence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["ERFCX", "ERFCX_SHIFT", "FUNCTIONS", "erf", "erfc", "erfcx", "mulerr"]

Array = npt.NDArray[Any]
SPLITTER = 134217729.0
"""2**27 + 1: Veltkamp's constant for 53 bits (2**12 + 1 for 24)."""

ERFCX_SHIFT = 3.5
ERFCX = (
    1.2423492448711544,
    -0.1400091801376197,
    -0.010555596332218233,
    0.09751909515328808,
    -0.11508959816019439,
    0.08798315382401047,
    -0.048823325827832165,
    0.019099330953585687,
    -0.004215019909180324,
    -0.0003022679555229403,
    0.0005643844340484745,
    -0.0001215121124349477,
    -4.278234246656388e-05,
    2.4260278852593863e-05,
    2.328760355939687e-06,
    -3.8139747327270427e-06,
    -4.5354576975731976e-08,
    6.014401691944027e-07,
    -6.24681879973081e-09,
    -9.637085633008308e-08,
    -9.024492276085887e-10,
    1.3612635455636908e-08,
    6.574048756257716e-10,
    -1.1636185396717653e-09,
    -9.947070263818309e-11,
)
"""(1 + 2*z)*erfcx(z) in t = (z - 3.5)/(z + 3.5), z >= 0: interpolated at Chebyshev nodes (see `tests/bench`).

The form is that of Shepherd and Laframboise (1981), "Chebyshev approximation of (1 + 2x) exp(x**2) erfc x".
"""


def _split(v: Array) -> tuple[Array, Array]:
    """Veltkamp's splitting of a float64 array in two halves of 26 bits."""
    c = (SPLITTER if v.dtype == np.float64 else 4097.0) * v
    high = c - (c - v)
    return high, v - high


def mulerr(a: Any, b: Any, out: Array) -> Array:
    """The rounding error of the product a*b (Dekker 1971), exact unless something over- or underflows."""
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype == np.float64:  # products beyond 2**996 would overflow in the splitting
        scale = np.where((np.abs(a) > 1e250) | (np.abs(b) > 1e250), 2.0**-200, 1.0)
        a, b = (np.where(np.abs(a) > np.abs(b), a * scale, a), np.where(np.abs(a) > np.abs(b), b, b * scale))
        return np.divide(_product_error(a, b), scale, out=out)
    out[...] = _product_error(a, b)
    return out


def _product_error(a: Array, b: Array) -> Array:
    p = a * b
    a_high, a_low = _split(a)
    b_high, b_low = _split(b)
    return ((a_high * b_high - p) + a_high * b_low + a_low * b_high) + a_low * b_low


def erfcx(z: Array, out: Array) -> Array:
    """exp(z**2)*erfc(z) for z >= 0. Error: about 1.5 ULP."""
    t = (z - ERFCX_SHIFT) / (z + ERFCX_SHIFT)
    p = ERFCX[-1] * t
    for c in ERFCX[-2:0:-1]:
        p += c
        p *= t
    p += ERFCX[0]
    return np.divide(p, 1.0 + 2.0 * z, out=out)


def _erf_small(z: Array) -> Array:
    """erf(z) for |z| <= 1 by its Taylor series in z**2."""
    q = z * z
    p = _ERF_SERIES[-1] * q
    for c in _ERF_SERIES[-2:0:-1]:
        p += c
        p *= q
    p *= z
    p += z * _ERF_LOW
    return p + z * _ERF_SERIES[0]


_ERF_SERIES = [1.1283791670955126]
_ERF_LOW = 1.533545961316588e-17
"""2/sqrt(pi) in two words."""
_ERF_ROWS = 20


def _fill() -> None:
    factorial = 1.0
    for k in range(1, _ERF_ROWS):
        factorial *= k
        _ERF_SERIES.append((-1.0) ** k * _ERF_SERIES[0] / (factorial * (2 * k + 1)))


_fill()


def _erfc_positive(z: Array) -> Array:
    """erfc(z) for z >= 0."""
    square = z * z
    low = mulerr(z, z, np.empty_like(z))
    e = np.exp(-square)
    e -= e * low
    return e * erfcx(z, np.empty_like(z))


def erf(z: Array, out: Array) -> Array:
    """The error function."""
    a = np.abs(z)
    far = np.copysign(1.0 - _erfc_positive(np.minimum(a, 7.0)), z)
    near = _erf_small(np.clip(z, -1.0, 1.0))
    out[...] = np.where(a <= 1.0, near, far)
    return out


def erfc(z: Array, out: Array) -> Array:
    """The complementary error function."""
    tail = _erfc_positive(np.minimum(np.abs(z), 28.0))
    middle = 1.0 - _erf_small(np.clip(z, -0.5, 0.5))
    out[...] = np.where(np.abs(z) <= 0.5, middle, np.where(z < 0, 2.0 - tail, tail))
    return out


def sinpi(z: Array, out: Array) -> Array:
    """sin(pi*z), the argument reduced without error."""
    r = z - 2.0 * np.rint(0.5 * z)
    r = np.where(np.abs(r) > 0.5, np.copysign(1.0, r) - r, r)
    return np.sin(np.pi * r, out=out)


def cospi(z: Array, out: Array) -> Array:
    """cos(pi*z) = sin(pi*(1/2 - |r|)), the argument reduced without error."""
    r = np.abs(z - 2.0 * np.rint(0.5 * z))
    return np.sin(np.pi * (0.5 - r), out=out)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "abs": np.abs,
    "sqrt": np.sqrt,
    "min": np.minimum,
    "max": np.maximum,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "atan": np.arctan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "mulerr": mulerr,
    "erf": erf,
    "erfc": erfc,
    "erfcx": erfcx,
    "sinpi": sinpi,
    "cospi": cospi,
}
"""Name of an operation to its function `f(*operands, out=...)`."""
