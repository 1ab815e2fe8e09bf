"""Floats at which programs are measured: all exponents, the neighborhoods of ends and zeros, and where values sink."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import sympy as sp

from symacts.rewrite.reference import Dyadic, Reference
from symacts.rewrite.regimes import ENDS, FloatArray, Format, log_size, size

__all__ = ["COMMON", "around", "centers", "largest", "leaving", "refined", "remote", "samples", "scattered"]


def samples(lo: float, hi: float, form: Format, near: Sequence[float] = (), narrow: Sequence[float] = ()) -> FloatArray:
    """Floats of a one-sided section: its ends, all exponents, neighborhoods of `near`, more of `narrow`."""
    side = 1.0 if hi > 0 else -1.0
    a, b = (lo, hi) if side > 0 else (-hi, -lo)
    points = [a, b]
    for e in range(form.lowest, form.highest + 1):
        coarse = not -30 <= e <= 11
        subnormal = e < form.lowest + np.finfo(form.dtype).nmant + 8
        if coarse and e % (4 if subnormal else 6) and e not in (form.lowest, form.highest):
            continue
        count = 6 if subnormal else 2 if coarse else 192 if -4 <= e <= 4 else 40
        for j in range(count):
            points.append(float(np.ldexp(1.0 + (j + (e * 7 + j * 3) % 11 / 11.0) / count, e)))
    for z in [*near, lo, hi]:
        if z and abs(z) < form.largest / 2:
            points += [abs(z) * (1 + s * 2.0**-k) for k in (2, 3, 4, 5, 6, 8, 12, 20, 40) for s in (1, -1)]
    for z in narrow:
        points += [z * side * (1 + s * 2.0**-k) for k in range(2, 26) for s in (1, -1)]
    digits = int(np.finfo(form.dtype).nmant)
    for z in (z for z in near if abs(z) < form.largest / 2):  # what is added to a root of something else shows there
        points += [abs(z) * (1 + j * 2.0**-digits) for j in range(-NEXT, NEXT + 1)]
    rounded = np.array(points).astype(form.dtype).astype(np.float64)
    kept = np.unique(rounded[(rounded >= a) & (rounded <= b)])
    return kept if side > 0 else -kept[::-1]


NEXT = 3
"""Floats on each side of a zero that are samples."""


def centers(expression: sp.Expr, x: sp.Symbol) -> list[float]:
    """Where a narrow feature may lie, the nearest to zero first: the real parts of zeros of polynomials within.

    >>> x = sp.Symbol("x")
    >>> centers(sp.exp(-((20 * (x - 300)) ** 2)) + 1 / ((x - 5) ** 2 + 1), x)
    [5.0, 300.0]
    """
    found: list[float] = []
    for part in expression.atoms(sp.Add):
        if not (part.has(x) and part.is_polynomial(x)):
            continue
        coefficients = [complex(c.evalf(20)) for c in sp.Poly(part, x).all_coeffs()]
        if 2 <= len(coefficients) <= MOST_DEGREE + 1 and np.all(np.isfinite(coefficients)):
            found += [float(f"{r:.12g}") for r in np.roots(np.real(coefficients)).real]
    kept = sorted({r for r in found if 2.0**-20 < abs(r) < 2.0**1000}, key=lambda r: (abs(r), r))
    return kept[:MOST_CENTERS]


MOST_DEGREE = 6
"""Degree of the polynomials that are looked at."""
MOST_CENTERS = 8
"""Such places of one expression that are kept."""


def refined(points: FloatArray, reference: Reference, form: Format) -> FloatArray:
    """More samples where the function's size changes by more than a few binades: the way into the subnormals."""
    for _ in range(3):
        sizes = [None if v is None else max(size(v), -1090) for v in reference.values(points)]
        extra: list[float] = []
        for k in range(1, len(points)):
            a, b = sizes[k - 1], sizes[k]
            if a is not None and b is not None and abs(a - b) > 6 and points[k - 1] * points[k] > 0:
                ratio = points[k] / points[k - 1]
                if 0.5 <= ratio <= 2.0:
                    extra += np.linspace(points[k - 1], points[k], 8)[1:-1].tolist()
        if not extra or len(extra) > 20000:
            break
        points = np.unique(np.concatenate([points, np.array(extra).astype(form.dtype).astype(np.float64)]))
    return points


def scattered(lo: float, hi: float, form: Format, count: int, per_binade: bool = False) -> FloatArray:
    """Random floats of common exponents in a one-sided interval, evenly over its binades; the same on every run."""
    low, high = np.sort(np.abs([lo, hi]))
    return _drawn(max(low, COMMON[0]), min(high, COMMON[1]), lo < 0, form, count, per_binade)


COMMON = 2.0**-28, 2.0**10
"""Common inputs: what is smaller is as good as zero for most functions, what is larger seldom comes."""


def remote(lo: float, hi: float, form: Format, count: int) -> FloatArray:
    """Random floats of all other exponents in a one-sided interval, so many in each binade; the same on every run."""
    low, high = np.sort(np.abs([lo, hi]))
    parts = [(low, min(high, COMMON[0])), (max(low, COMMON[1]), high)]
    found = [_drawn(a, b, lo < 0, form, count, True) for a, b in parts]
    return np.concatenate(found if lo >= 0 else found[::-1])


def largest(points: FloatArray, weights: FloatArray, count: int) -> FloatArray:
    """Of each binade so many of the points, those with the largest weights."""
    _, binades = np.frexp(points)
    order = np.lexsort((-weights, binades))
    starts = np.flatnonzero(np.diff(binades[order], prepend=np.iinfo(np.int32).min))
    rank = np.arange(len(points)) - np.repeat(starts, np.diff(starts, append=len(points)))
    return np.sort(points[order[rank < count]])


def _drawn(a: float, b: float, is_negative: bool, form: Format, count: int, per_binade: bool) -> FloatArray:
    if a >= b:
        return np.empty(0)
    binades = np.log2(a), np.log2(b)
    count = math.ceil(count * (binades[1] - binades[0])) if per_binade else count
    rng = np.random.default_rng(count)
    with np.errstate(over="ignore"):
        rounded = np.unique(np.exp2(rng.uniform(*binades, count)).astype(form.dtype).astype(np.float64))
    kept = rounded[(rounded >= a) & (rounded <= b)]
    return -kept[::-1] if is_negative else kept


def around(zeros: Sequence[float], lo: float, hi: float, form: Format) -> FloatArray:
    """Random floats at all distances from zeros, and the like, in an interval: where relative errors grow."""
    rng = np.random.default_rng(len(zeros))
    found = [np.empty(0)]
    for zero in zeros:
        if zero and lo <= zero <= hi:
            distances = abs(zero) * np.exp2(rng.uniform(-14.0, -2.0, NEAR))
            found.append(zero + distances * rng.choice([-1.0, 1.0], NEAR))
    drawn = np.concatenate(found).astype(form.dtype).astype(np.float64)
    return np.unique(drawn[(drawn >= lo) & (drawn <= hi)])


NEAR = 3000
"""Random inputs around each zero."""


def leaving(points: FloatArray, truth: Sequence[Dyadic | None], form: Format) -> FloatArray:
    """Random floats where values sink to the least normal one, or rise to the largest.

    What they are made of may be below it already, or above it.
    """
    least, most = int(np.finfo(form.dtype).minexp), int(np.finfo(form.dtype).maxexp)
    sizes = np.array([log_size(v) for v in truth])
    is_over = sizes >= most
    over = np.diff(is_over, append=is_over[-1:]) | np.diff(is_over, prepend=is_over[:1])
    places = np.flatnonzero(((sizes > least - 2) & (sizes < least + SINKING)) | over)
    rng = np.random.default_rng(len(places))
    found = [np.empty(0)]
    for group in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1) if len(places) else ():
        a, b = np.sort(np.abs([points[max(group[0] - 1, 0)], points[min(group[-1] + 1, len(points) - 1)]]))
        found.append(np.sign(points[group[0]]) * np.exp2(rng.uniform(np.log2(a), np.log2(b), ENDS)))
    with np.errstate(over="ignore"):
        drawn = np.concatenate(found).astype(form.dtype).astype(np.float64)
    return np.unique(drawn[(drawn >= points[0]) & (drawn <= points[-1])])


SINKING = 12
"""Binades above the least normal number in which that matters."""
