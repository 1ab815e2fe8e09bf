"""Polynomials through true values: interpolation at Chebyshev nodes in exact integers, with its own error estimate.

A fit returns coefficients in the monomials of the scaled variable, or None where the Chebyshev coefficients do not
fall below the tolerance: the caller then halves the interval.

References: L. N. Trefethen (2013), *Approximation Theory and Approximation Practice*, chapters 3 and 8.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath

from symacts.rewrite.reference import BITS, Dyadic
from symacts.rigor import exact

__all__ = ["PROBES", "SCALE", "Fit", "fit", "matrices", "nodes", "product", "shortest", "times"]

SCALE = 160
"""Fraction bits of the exact integers."""
WIDE = 220
"""Bits of a product of a true value: more than a fit tells apart."""


STEEPEST = 35
"""Percent of the constant term that the rest of a polynomial may reach: its rounding errors shrink by as much."""


@lru_cache(maxsize=32)
def nodes(count: int) -> tuple[Fraction, ...]:
    """Chebyshev nodes of the first kind on [-1, 1], rounded to 40 bits (their exact places do not matter)."""
    with mpmath.workprec(80):
        raw = [mpmath.cos(mpmath.pi * (2 * k + 1) / (2 * count)) for k in range(count)]
        return tuple(Fraction(int(mpmath.nint(t * 2**40)), 2**40) for t in raw)


@lru_cache(maxsize=32)
def matrices(count: int) -> tuple[Any, Any]:
    """Integer matrices, scaled by 2**SCALE: from node values to monomial and to Chebyshev coefficients."""
    with mpmath.workprec(400):
        t = [mpmath.mpf(p.numerator) / p.denominator for p in nodes(count)]
        vandermonde = mpmath.matrix(count, count)
        chebyshev = mpmath.matrix(count, count)
        for i in range(count):
            for k in range(count):
                vandermonde[i, k] = t[i] ** k
                chebyshev[i, k] = mpmath.cos(k * mpmath.acos(t[i]))
        inverses = []
        for m in (vandermonde, chebyshev):
            inverse = m**-1
            rows = [
                [int(mpmath.nint(inverse[k, i] * mpmath.mpf(2) ** SCALE)) for i in range(count)] for k in range(count)
            ]
            inverses.append(exact.matrix(rows))
    return inverses[0], inverses[1]


@dataclass(frozen=True, slots=True)
class Fit:
    """sum over k of coefficients[k] * s**k for s in [-1, 1], times 2**scale; exact rationals scaled by 2**SCALE."""

    coefficients: tuple[int, ...]
    scale: int

    def rational(self, k: int) -> Fraction:
        """Coefficient k (without the common scale)."""
        return Fraction(self.coefficients[k], 1 << SCALE)


def _sampled(values: Callable[[Fraction], Dyadic | None], count: int) -> tuple[int, list[int]] | None:
    """A common scale and the values at the nodes as integers; None where there are none, or not all of one sign."""
    found = []
    for s in nodes(count):
        v = values(s)
        if v is None or v[0] == 0:
            return None
        found.append(v)
    tops = [abs(m).bit_length() + e for m, e in found]
    scale = max(tops)
    if scale - min(tops) > 40:
        return None
    ints = [_shift(m, e - scale + SCALE) for m, e in found]
    return None if any((v > 0) != (ints[0] > 0) for v in ints) else (scale, ints)


def shortest(values: Callable[[Fraction], Dyadic | None], most: int, tolerance: int) -> Fit | None:
    """The start of the Chebyshev series that is off by 2**-tolerance of the function's least size; None beyond `most`.

    Parameters
    ----------
    values : callable
        The exact value at a rational s in [-1, 1].
    most : int
        Number of nodes, more than the result has terms by two at least: the last ones show that the series has ended.
    tolerance : int
        Bits to which the sum of the terms left out has to vanish.
    """
    sampled = _sampled(values, most)
    if sampled is None:
        return None
    scale, ints = sampled
    least = min(abs(v) for v in ints)
    series = product(matrices(most)[1], ints)
    count, left = most, 0
    while count and (left + abs(series[count - 1])) << tolerance <= least:
        left += abs(series[count - 1])
        count -= 1
    if count > most - 2:
        return None
    return Fit(_monomials(series[: max(count, 2)]), scale)


def product(matrix: Any, ints: Sequence[int]) -> list[int]:
    """A matrix scaled by 2**SCALE times a column of integers."""
    return [v >> SCALE for v in exact.product(matrix, ints)]


def _monomials(series: Sequence[int]) -> tuple[int, ...]:
    """Coefficients of powers from those of Chebyshev polynomials, by their recurrence."""
    before, now = [0, *[0] * len(series)], [1, *[0] * len(series)]
    total = [0] * len(series)
    for k, c in enumerate(series):
        total = [t + c * v for t, v in zip(total, now, strict=False)]
        twice = [0, *[(2 if k else 1) * v for v in now]]
        before, now = now, [t - b for t, b in zip(twice, before, strict=False)]
    return tuple(total)


def fit(
    values: Callable[[Fraction], Dyadic | None], count: int, tolerance: int = 57, steepest: int = STEEPEST
) -> Fit | None:
    """Interpolate a function of s on [-1, 1]; None unless it is resolved to 2**-tolerance of its least size.

    Parameters
    ----------
    values : callable
        The exact value at a rational s.
    count : int
        Number of nodes; the degree is one less.
    tolerance : int
        The last two Chebyshev coefficients must be below `2**-tolerance * min |value|`.
    steepest : int
        Percent of the constant term that all others together may reach.
    """
    sampled = None if _is_too_steep(values, count, steepest) else _sampled(values, count)
    if sampled is None:
        return None
    scale, ints = sampled
    monomial, chebyshev = matrices(count)
    least = min(abs(v) for v in ints)
    last = sum(map(abs, product(chebyshev, ints)[-2:]))
    if last << tolerance > least:
        return None
    coefficients = tuple(product(monomial, ints))
    if 100 * sum(abs(c) for c in coefficients[1:]) > steepest * abs(coefficients[0]):
        return None
    for s in PROBES:
        v = values(s)
        if v is None:
            return None
        total = 0
        for c in reversed(coefficients):
            total = c + (total * s.numerator // s.denominator)
        if abs(total - _shift(v[0], v[1] - scale + SCALE)) << (tolerance - 2) > least:
            return None
    return Fit(coefficients, scale)


def _is_too_steep(values: Callable[[Fraction], Dyadic | None], count: int, steepest: int) -> bool:
    """Whether the outermost values already tell: |p - c0| <= q*|c0| with q < 1 leaves a ratio of (1 + q)/(1 - q)."""
    first, last = (values(s) for s in (nodes(count)[0], nodes(count)[-1]))
    if steepest >= 100 or first is None or last is None:
        return False
    low = min(first[1], last[1])
    if abs(first[1] - last[1]) > SCALE:
        return False
    small, large = sorted(abs(m) << (e - low) for m, e in (first, last))
    return large * (100 - steepest) > small * (100 + steepest)


PROBES = (Fraction(-977, 1024), Fraction(-389, 1024), Fraction(93, 1024), Fraction(811, 1024))
"""Places where a fit is compared with the truth: a feature between the nodes must not go unseen."""


def times(value: Dyadic, factor: Fraction) -> Dyadic:
    """The product, rounded towards minus infinity to WIDE bits."""
    q = value[0] * factor
    shift = WIDE - q.numerator.bit_length() + q.denominator.bit_length()
    man = (q.numerator << shift) // q.denominator if shift >= 0 else q.numerator // (q.denominator << -shift)
    return man, value[1] - shift


def _shift(man: int, by: int) -> int:
    return man << by if by >= 0 else man >> -by


assert BITS + 20 < SCALE
