"""Exact rationals and long floats under one arithmetic, and truncated Taylor series over them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import isqrt
from typing import Any

import sympy as sp
from mpmath import mp, mpf
from mpmath.libmp import from_rational

Number = Fraction | mpf
Series = list[Number]

HUGE = mpf(10) ** 120
"""Arguments of exponentials beyond this are skipped: their values have more digits in the exponent than memory."""

MOST_BITS = 6000
"""Exact rationals longer than this continue as floating-point numbers."""


class NoValue(Exception):
    """There is nothing to judge at this point."""


class Undefined(NoValue):
    """The function has no real value here; `sure` when that is certain and no matter of rounding."""

    def __init__(self, reason: str, sure: bool) -> None:
        super().__init__(reason)
        self.sure = sure


class Kinked(NoValue):
    """The point is exactly a switching point: no Taylor series."""


class Exhausted(Exception):
    """A check has asked for more values than it may: nothing is said about its fact."""


class Skipped(NoValue):
    """Beyond this evaluator's range or precision."""


def big(a: Number | int) -> mpf:
    if isinstance(a, mpf):
        return a
    return mp.make_mpf(from_rational(a.numerator, a.denominator, mp.prec))


def fraction(a: Any) -> Fraction:
    """The exact rational that a number is."""
    if isinstance(a, mpf):
        sign, mantissa, exponent, _ = a._mpf_
        value = Fraction(int(mantissa)) * (Fraction(2) ** int(exponent))
        return -value if sign else value
    if isinstance(a, sp.Rational):
        return Fraction(int(a.p), int(a.q))
    return Fraction(a)


def _add(a: Number, b: Number) -> Number:
    if type(a) is type(b):
        return _short(a + b)
    if not isinstance(a, mpf) and a == 0:
        return b
    if not isinstance(b, mpf) and b == 0:
        return a
    return big(a) + big(b)


def times(a: Number, b: Number) -> Number:
    """`a*b`, exact where both are."""
    if type(a) is type(b):
        return _short(a * b)
    if not isinstance(a, mpf):
        a, b = b, a
    return Fraction(0) if b == 0 else a * big(b)


def _short(a: Number) -> Number:
    if isinstance(a, Fraction) and a.denominator.bit_length() + a.numerator.bit_length() > MOST_BITS:
        return big(a)
    return a


def minus(a: Number, b: Number) -> Number:
    """`a - b`, exact where both are; an inexact number counts as it is stored."""
    return _add(a, -b)


def is_zero(a: Number) -> bool:
    return a == 0


def exact(a: Number) -> bool:
    return not isinstance(a, mpf)


def _div(a: Number, b: Number) -> Number:
    if is_zero(b):
        raise Undefined("division by zero", exact(b))
    if type(a) is type(b):
        return _short(a / b)
    if exact(a) and a == 0:
        return Fraction(0)
    return big(a) / big(b)


def constant(value: Number, order: int) -> Series:
    return [value] + [Fraction(0)] * order


def add(u: Series, v: Series) -> Series:
    return [_add(a, b) for a, b in zip(u, v, strict=True)]


def scale(u: Series, c: Number) -> Series:
    return [times(a, c) for a in u]


def mul(u: Series, v: Series) -> Series:
    out = []
    for k in range(len(u)):
        total: Number = Fraction(0)
        for i in range(k + 1):
            if not (exact(u[i]) and u[i] == 0):
                total = _add(total, times(u[i], v[k - i]))
        out.append(total)
    return out


def div(u: Series, v: Series) -> Series:
    out: Series = []
    for k in range(len(u)):
        total = u[k]
        for i in range(1, k + 1):
            total = _add(total, -times(v[i], out[k - i]))
        out.append(_div(total, v[0]))
    return out


def slope(u: Series) -> Series:
    """The series of the derivative, one term shorter."""
    return [times(u[k], Fraction(k)) for k in range(1, len(u))]


def primitive(first: Number, du: Series) -> Series:
    return [first] + [times(c, Fraction(1, k + 1)) for k, c in enumerate(du)]


def integer_power(u: Series, n: int) -> Series:
    result = constant(Fraction(1), len(u) - 1)
    if n < 0:
        return div(result, integer_power(u, -n))
    base = u
    while n:
        if n & 1:
            result = mul(result, base)
        n >>= 1
        if n:
            base = mul(base, base)
    return result


def _root_of_fraction(a: Fraction, r: Fraction) -> Number:
    if r.denominator == 2:
        p, q = isqrt(a.numerator), isqrt(a.denominator)
        if p * p == a.numerator and q * q == a.denominator:
            return Fraction(p, q) ** r.numerator
    return mp.power(big(a), big(r))


def real_power(u: Series, r: Fraction, noise: mpf) -> Series:
    """`u**r` for a fraction r that is no integer."""
    base = u[0]
    if base < 0:
        raise Undefined("fractional power of a negative number", exact(base) or abs(base) > noise)
    if is_zero(base):
        if not exact(base):
            raise Skipped("zero by rounding")
        if r < 0:
            raise Undefined("negative power of zero", True)
        if len(u) > 1 and any(not (exact(c) and c == 0) for c in u[1:]):
            raise Kinked
        return constant(Fraction(0), len(u) - 1)
    out: Series = [_root_of_fraction(base, r) if exact(base) else mp.power(base, big(r))]
    for k in range(1, len(u)):
        total: Number = Fraction(0)
        for i in range(1, k + 1):
            total = _add(total, times(times(u[i], out[k - i]), r * i - (k - i)))
        out.append(_div(times(total, Fraction(1, k)), base))
    return out


def exponential(u: Series) -> Series:
    if exact(u[0]) and u[0] == 0:
        first: Number = Fraction(1)
    else:
        argument = big(u[0])
        if abs(argument) > HUGE:
            raise Skipped("exponent too large")
        first = mp.exp(argument)
    out = [first]
    for k in range(1, len(u)):
        total: Number = Fraction(0)
        for i in range(1, k + 1):
            total = _add(total, times(times(u[i], Fraction(i)), out[k - i]))
        out.append(times(total, Fraction(1, k)))
    return out


def logarithm(u: Series, noise: mpf) -> Series:
    base = u[0]
    if base <= 0:
        sure = exact(base) or (base < 0 and abs(base) > noise)
        raise Undefined("logarithm of a number that is not positive", sure)
    first: Number = Fraction(0) if exact(base) and base == 1 else mp.log(big(base))
    return primitive(first, div(slope(u), u[:-1])) if len(u) > 1 else [first]


def by_slope(
    u: Series, value: Callable[[mpf], mpf], at_zero: Number | None, derivative: Callable[[Series], Series]
) -> Series:
    """`g(u)` from the value of g and the series of `g'(u)`."""
    first: Number = at_zero if at_zero is not None and exact(u[0]) and u[0] == 0 else value(big(u[0]))
    if len(u) == 1:
        return [first]
    if all(exact(c) and c == 0 for c in u[1:]):
        return constant(first, len(u) - 1)
    return primitive(first, mul(derivative(u[:-1]), slope(u)))


def one_like(u: Series) -> Series:
    return constant(Fraction(1), len(u) - 1)


def squared(u: Series) -> Series:
    return mul(u, u)


def negative(u: Series) -> Series:
    return scale(u, Fraction(-1))


def _bounded(u: Series, most: mpf) -> mpf:
    value = big(u[0])
    if abs(value) > most:
        raise Skipped("argument too large")
    return value


def sine_cosine(u: Series) -> tuple[Series, Series]:
    if exact(u[0]) and u[0] == 0:
        s: Series = [Fraction(0)]
        c: Series = [Fraction(1)]
    else:
        value = _bounded(u, mpf(10) ** 70)
        s, c = [mp.sin(value)], [mp.cos(value)]
    for k in range(1, len(u)):
        ds: Number = Fraction(0)
        dc: Number = Fraction(0)
        for i in range(1, k + 1):
            w = times(u[i], Fraction(i, k))
            ds = _add(ds, times(w, c[k - i]))
            dc = _add(dc, -times(w, s[k - i]))
        s.append(ds)
        c.append(dc)
    return s, c


def hyperbolic_tangent(u: Series) -> Series:
    """tanh by the pair t' = s*u', s' = -2*t*s*u' with s = sech**2, so that tiny slopes keep their digits."""
    if exact(u[0]) and u[0] == 0:
        t: Series = [Fraction(0)]
        s: Series = [Fraction(1)]
    else:
        value = big(u[0])
        if abs(value) > HUGE:
            raise Skipped("argument too large")
        small = mp.exp(-2 * abs(value))
        t = [mp.tanh(value)]
        s = [4 * small / (1 + small) ** 2]
    for k in range(1, len(u)):
        total: Number = Fraction(0)
        for i in range(1, k + 1):
            total = _add(total, times(times(u[i], Fraction(i, k)), s[k - i]))
        t.append(total)
        ts = mul(t[:k], s[:k])
        total = Fraction(0)
        for i in range(1, k + 1):
            total = _add(total, times(times(u[i], Fraction(-2 * i, k)), ts[k - i]))
        s.append(total)
    return t


def stepwise(u: Series, first: Number, derivative: Callable[[Series, Series], Series]) -> Series:
    """`g(u)` where `g'` is known in terms of g and u: coefficients one after the other."""
    out = [first]
    for k in range(1, len(u)):
        dg = mul(derivative(out, u[:k]), slope(u[: k + 1]))
        out.append(times(dg[k - 1], Fraction(1, k)))
    return out
