"""Polynomials of the vectorizable elementary functions, computed from their definitions when a kernel is generated.

Interpolation at Chebyshev nodes is within a small factor of the best polynomial (Trefethen 2013, chapter 16), and no
coefficient is copied from anywhere: each row states a function, an interval and a degree for each float format.

>>> exponential = coefficients("exp", 53)
>>> len(exponential), abs(exponential[0] - 0.5) < 1e-15
(6, True)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import mpmath

__all__ = ["ERFCX_POLE", "coefficients", "scaled_erfcx"]

ERFCX_POLE = 3.5
"""z maps to t = (z - 3.5)/(z + 3.5): about where the polynomial for erfcx converges fastest."""


@dataclass(frozen=True, slots=True)
class Approximation:
    """A function on [lo, hi] and the polynomial's degree for 53-bit and for 24-bit arithmetic.

    `narrow` is the interval's share that 24-bit arithmetic needs.
    """

    function: Callable[[Any], Any]
    lo: str
    hi: str
    degrees: tuple[int, int]
    narrow: float = 1.0


def _exp_core(r: Any) -> Any:
    """(exp(r) - 1 - r)/r**2."""
    return (mpmath.expm1(r) - r) / r**2 if abs(r) > 1e-30 else mpmath.mpf(1) / 2


def _log_core(z: Any) -> Any:
    """(log((1 + s)/(1 - s))/s - 2)/s**2 as a function of z = s**2."""
    s = mpmath.sqrt(z)
    return (2 * mpmath.atanh(s) / s - 2) / z if z > 1e-30 else mpmath.mpf(2) / 3


def _erfcx_core(t: Any) -> Any:
    """(1 + 2*z)*erfcx(z) with z = pole*(1 + t)/(1 - t)."""
    if abs(t - 1) < mpmath.mpf(10) ** -30:
        return 2 / mpmath.sqrt(mpmath.pi)
    z = mpmath.mpf(ERFCX_POLE) * (1 + t) / (1 - t)
    return (1 + 2 * z) * mpmath.exp(z * z) * mpmath.erfc(z)


def _erf_core(q: Any) -> Any:
    """erf(z)/z as a function of q = z**2."""
    z = mpmath.sqrt(q)
    return mpmath.erf(z) / z if q > 1e-30 else 2 / mpmath.sqrt(mpmath.pi)


def _atan_core(q: Any) -> Any:
    """(atan(z)/z - 1)/z**2 as a function of q = z**2."""
    z = mpmath.sqrt(q)
    return (mpmath.atan(z) / z - 1) / q if q > 1e-30 else -mpmath.mpf(1) / 3


ROWS: dict[str, Approximation] = {
    "exp": Approximation(_exp_core, "-0.0223", "0.0223", (5, 2), 0.5),
    "log": Approximation(_log_core, "0", "0.02945", (6, 2)),
    "erfcx": Approximation(_erfcx_core, "-1", "1", (24, 13)),
    "erf": Approximation(_erf_core, "0", "1", (11, 6)),
    "atan": Approximation(_atan_core, "0", "0.1716", (11, 5)),
}


@lru_cache(maxsize=32)
def coefficients(name: str, bits: int) -> tuple[float, ...]:
    """Coefficients in ascending powers for 53-bit or 24-bit arithmetic."""
    return _interpolated(ROWS[name], bits)


@lru_cache(maxsize=32)
def scaled_erfcx(scale: float, bits: int) -> tuple[float, tuple[float, ...]]:
    """The pole, and (1 + a)*erfcx(scale*a) as a polynomial in t = (a - pole)/(a + pole)."""
    pole = ERFCX_POLE / scale

    def core(t: Any) -> Any:
        if abs(t - 1) < mpmath.mpf(10) ** -30:
            return 1 / (mpmath.sqrt(mpmath.pi) * scale)
        a = mpmath.mpf(pole) * (1 + t) / (1 - t)
        z = scale * a
        return (1 + a) * mpmath.exp(z * z) * mpmath.erfc(z)

    return pole, _interpolated(Approximation(core, "-1", "1", ROWS["erfcx"].degrees), bits)


def _interpolated(row: Approximation, bits: int) -> tuple[float, ...]:
    with mpmath.workprec(320):
        share = 1.0 if bits == 53 else row.narrow
        lo, hi = share * mpmath.mpf(row.lo), share * mpmath.mpf(row.hi)
        count = row.degrees[0 if bits == 53 else 1] + 1
        nodes = [
            (lo + hi) / 2 + (hi - lo) / 2 * mpmath.cos(mpmath.pi * (2 * k + 1) / (2 * count)) for k in range(count)
        ]
        matrix = mpmath.matrix(count, count)
        values = mpmath.matrix(count, 1)
        for i, node in enumerate(nodes):
            values[i] = row.function(node)
            for k in range(count):
                matrix[i, k] = node**k
        return tuple(float(c) for c in mpmath.lu_solve(matrix, values))
