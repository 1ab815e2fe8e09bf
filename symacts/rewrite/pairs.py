"""Arithmetic on unevaluated sums of two float64 arrays, and sines and cosines of huge arguments in such pairs.

A pair `(high, low)` stands for `high + low` with about 105 bits. Where the high word overflows, the low one is zero, so
that infinities come out as in plain arithmetic. Floating-point flags are the caller's to silence.

>>> one = (np.array([1.0]), np.array([0.0]))
>>> third = div(one, (np.array([3.0]), np.array([0.0])))
>>> add(mul(third, (np.array([3.0]), np.array([0.0]))), (np.array([-1.0]), np.array([0.0])))[0].tolist()
[0.0]

References: M. Joldes, J.-M. Muller, V. Popescu (2017), "Tight and rigorous error bounds for basic building blocks of
double-word arithmetic"; M. Payne, R. Hanek (1983), "Radian reduction for trigonometric functions".
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import numpy.typing as npt
import sympy as sp

from symacts.rewrite.functions import FUNCTIONS, mulerr

__all__ = ["Pair", "add", "atan", "cycles", "div", "exp", "log", "mul", "plain", "power", "sincos", "sqrt"]

Array = npt.NDArray[np.float64]
Pair = tuple[Array, Array]

RADIX = 27
"""Bits of a digit: the product of two fits an int64 with room for the sum of many."""
FRACTION = 8
"""Digits kept below the unit, 216 bits: arguments come within 2**-62 of a multiple of pi/2, and 105 bits are wanted."""
MASK = (1 << RADIX) - 1
LOWEST = -8
"""Arguments below 2**LOWEST are not reduced here."""
TERMS = 14
"""Terms of the series of sine and cosine up to pi/4; the last ones need one word only."""
ONE_WORD = 8
RANGE = (-760.0, 720.0)
"""Beyond, exponentials are 0 or infinite."""
SQUARINGS = 6
"""exp(r) = exp(r/2**6)**(2**6)."""


def _words(value: Fraction) -> tuple[float, float]:
    high = float(value)
    return high, float(value - Fraction(high))


def _constant(name: str) -> Fraction:
    with mpmath.workprec(300):
        v = +getattr(mpmath, name)
        sign, man, exponent, _ = v._mpf_
        return Fraction(int(man)) * Fraction(2) ** int(exponent) * (-1 if sign else 1)


_QUARTER = _words(_constant("pi") / 2)
_LN2 = _constant("ln2")
_LN2_HEAD = float(Fraction(round(_LN2 * 2**40), 2**40))
_LN2_REST = _words(_LN2 - Fraction(_LN2_HEAD))


def _inverse_factorials(first: int, count: int) -> list[tuple[float, float]]:
    """Alternating 1/first!, -1/(first + 2)!, ... in two words."""
    found, value = [], Fraction(1)
    for k in range(2, first + 1):
        value /= k
    for k in range(count):
        found.append(_words(value))
        n = first + 2 * k
        value = -value / ((n + 1) * (n + 2))
    return found


_SINE, _COSINE = _inverse_factorials(1, TERMS), _inverse_factorials(0, TERMS)


def _clean(low: Array) -> Array:
    return np.where(np.isfinite(low), low, 0.0)


def _normal(high: Array, low: Array) -> Pair:
    """Fast two-sum: |high| >= |low|."""
    s = high + low
    return s, _clean(low - (s - high))


def _two_sum(a: Array, b: Array) -> Pair:
    s = a + b
    t = s - a
    return s, _clean((a - (s - t)) + (b - t))


def add(p: Pair, q: Pair) -> Pair:
    """p + q; relative error 3*2**-106, whatever cancels between the words (algorithm 6 of the reference)."""
    s, e = _two_sum(p[0], q[0])
    t, f = _two_sum(p[1], q[1])
    s, e = _normal(s, e + t)
    return _normal(s, e + f)


def mul(p: Pair, q: Pair) -> Pair:
    """p*q; relative error 5*2**-106."""
    high = p[0] * q[0]
    low = mulerr(p[0], q[0], np.empty_like(high))
    return _normal(high, _clean(low + (p[0] * q[1] + p[1] * q[0])))


def div(p: Pair, q: Pair) -> Pair:
    """p/q, by two steps of long division."""
    first = p[0] / q[0]
    rest = add(p, mul(q, (-first, np.zeros_like(first))))
    return _normal(first, _clean((rest[0] + rest[1]) / q[0]))


def power(p: Pair, k: int) -> Pair:
    """p**k for k >= 1, by squaring."""
    if k == 1:
        return p
    half = power(p, k // 2)
    square = mul(half, half)
    return mul(square, p) if k % 2 else square


def sqrt(p: Pair) -> Pair:
    """The square root, by one step of Newton's method."""
    first = np.sqrt(p[0])
    rest = add(p, mul((-first, np.zeros_like(first)), (first, np.zeros_like(first))))
    return _normal(first, _clean((rest[0] + rest[1]) / (2.0 * first)))


def exp(p: Pair) -> Pair:
    """exp(k*log(2) + r) = 2**k * exp(r/64)**64."""
    inside = np.clip(p[0], *RANGE)
    p = (inside, np.where(inside == p[0], p[1], 0.0))
    k = np.rint(inside / float(_LN2))
    zero = np.zeros_like(k)
    r = add(add(p, (-k * _LN2_HEAD, zero)), mul((-k, zero), (zero + _LN2_REST[0], zero + _LN2_REST[1])))
    r = (r[0] / 2.0**SQUARINGS, r[1] / 2.0**SQUARINGS)
    total = (zero, zero)
    for j in range(12, 0, -1):  # exp(r) - 1, so that the squarings lose nothing of it
        inverse, rest = _words(Fraction(1, j))
        total = mul(mul(r, add((zero + 1.0, zero), total)), (zero + inverse, zero + rest))
    for _ in range(SQUARINGS):  # (1 + t)**2 - 1 = 2*t + t*t
        total = add((2.0 * total[0], 2.0 * total[1]), mul(total, total))
    high, low = add((zero + 1.0, zero), total)
    scale = np.where(np.isnan(k), 0.0, k).astype(int)
    return np.ldexp(high, scale), _clean(np.ldexp(low, scale))


def log(p: Pair) -> Pair:
    """The logarithm: y + (p*exp(-y) - 1) with y the logarithm of the high word."""
    y = np.log(p[0])
    zero = np.zeros_like(y)
    scaled = mul(p, exp((-y, zero)))
    rest = add(scaled, (zero - 1.0, zero))
    return _normal(y, _clean(rest[0] + rest[1]))


def atan(p: Pair) -> Pair:
    """The arctangent: y + (p*cos(y) - sin(y))/(cos(y) + p*sin(y)) with y that of the high word, at most 2**-52 off."""
    y = np.arctan(p[0])
    zero = np.zeros_like(y)
    half = (y / 2.0, zero)
    z = mul(half, half)
    s, c = mul(half, _series(_SINE, z)), _series(_COSINE, z)
    sine, cosine = mul((2.0 * s[0], 2.0 * s[1]), c), mul(add(c, s), add(c, (-s[0], -s[1])))
    rest = add(mul(p, cosine), (-sine[0], -sine[1]))
    return _normal(y, _clean((rest[0] + rest[1]) / (cosine[0] + p[0] * sine[0])))


def plain(name: str, p: Pair) -> Pair:
    """Any other function of the high word, in one word."""
    high = FUNCTIONS[name](p[0], out=np.empty_like(p[0]))
    return high, np.zeros_like(high)


def cycles(terms: dict[int, sp.Expr]) -> tuple[tuple[int, int, int, tuple[int, ...]], ...]:
    """Digits of a polynomial's coefficients in units of quarter turns, for `sincos`.

    Parameters
    ----------
    terms : dict of int to sympy.Expr
        Power of the argument (at least 0) to coefficient.

    Returns
    -------
    tuple
        For each term the power, the sign, the place of the first digit, and the digits in base 2**27.
    """
    rows = []
    for k, c in sorted(terms.items()):
        first, last = (k * (LOWEST - 52)) // RADIX - 1, FRACTION + 2 * k + (k * 971) // RADIX + 2
        bits = RADIX * last + 64
        if c.is_Rational:
            value = Fraction(int(c.p), int(c.q))
        else:
            exact = sp.Rational(sp.Float(c.evalf(int((bits + 400) * 0.302) + 40), precision=bits + 400))
            value = Fraction(int(exact.p), int(exact.q))
        sign = 1 if value > 0 else -1
        digits = []
        for j in range(first, last + 1):
            scaled = abs(value) * Fraction(2) ** (RADIX * j)
            digits.append((scaled.numerator // scaled.denominator) & MASK)
        rows.append((k, sign, first, tuple(digits)))
    return tuple(rows)


def _limbs(a: Array, k: int) -> tuple[list[npt.NDArray[np.int64]], npt.NDArray[np.int64]]:
    """a**k as `(limb0 + limb1*2**27 + ...)*2**(27*q)`, exactly: the limbs and q."""
    m, e = np.frexp(a)
    whole = np.ldexp(m, 53).astype(np.int64)
    single = [whole & MASK, whole >> RADIX]
    limbs = single
    for _ in range(k - 1):
        products: list[Any] = [np.zeros_like(whole) for _ in range(len(limbs) + 2)]
        for i, limb in enumerate(limbs):
            products[i] = products[i] + limb * single[0]
            products[i + 1] = products[i + 1] + limb * single[1]
        limbs = _carried(products)
    exponent = k * (e.astype(np.int64) - 53)
    q, shift = exponent // RADIX, exponent % RADIX
    return _carried([*(v << shift for v in limbs), np.zeros_like(whole)]), q


def _carried(digits: list[Any]) -> list[npt.NDArray[np.int64]]:
    """Digits below 2**27; the last one has room for what is carried into it."""
    found: list[Any] = []
    carry: Any = 0
    for d in digits:
        found.append((d + carry) & MASK)
        carry = (d + carry) >> RADIX
    return found


def sincos(a: Array, rows: tuple[tuple[int, int, int, tuple[int, ...]], ...]) -> tuple[Pair, Pair]:
    """Sine and cosine of a polynomial in a >= 2**-8 that is given by its digits in quarter turns (`cycles`).

    Error: about 2**-100, relative to each of the two values.
    """
    places: list[Any] = [np.zeros(a.shape, np.int64) for _ in range(FRACTION + 1)]
    for k, sign, first, digits in rows:
        table = np.array(digits, np.int64)
        limbs, q = _limbs(a, k) if k else ([np.ones(a.shape, np.int64)], np.zeros(a.shape, np.int64))
        for n, limb in enumerate(limbs):
            for i in range(FRACTION + 1):
                places[i] += sign * limb * table[np.clip(i + n + q - first, 0, len(table) - 1)]
    for i in range(FRACTION, 0, -1):
        places[i - 1] += places[i] >> RADIX
        places[i] &= MASK
    up = places[1] >> (RADIX - 1)
    turn = (places[0] + up) & 3
    zero = np.zeros(a.shape)
    r = (np.ldexp((places[1] - (up << RADIX)).astype(float), -RADIX), zero)
    for i in range(2, FRACTION + 1):
        r = add(r, (np.ldexp(places[i].astype(float), -RADIX * i), zero))
    r = mul(r, (zero + _QUARTER[0], zero + _QUARTER[1]))
    z = mul(r, r)
    s, c = mul(r, _series(_SINE, z)), _series(_COSINE, z)
    odd = (turn & 1) == 1
    flip_s, flip_c = np.where(turn >= 2, -1.0, 1.0), np.where((turn == 1) | (turn == 2), -1.0, 1.0)
    sine = tuple(flip_s * np.where(odd, v, u) for u, v in zip(s, c, strict=True))
    cosine = tuple(flip_c * np.where(odd, u, v) for u, v in zip(s, c, strict=True))
    return (sine[0], sine[1]), (cosine[0], cosine[1])


def _series(values: list[tuple[float, float]], z: Pair) -> Pair:
    """A power series in z, |z| < 0.62: from the smallest terms up, first in one word, then in two."""
    p = np.full(z[0].shape, values[-1][0])
    for high, _ in reversed(values[ONE_WORD:-1]):
        p = high + p * z[0]
    total = (p, np.zeros_like(p))
    for high, low in reversed(values[:ONE_WORD]):
        total = add((np.full(p.shape, high), np.full(p.shape, low)), mul(total, z))
    return total
