"""Interval arithmetic on pairs of exact arbs `(lo, hi)`, ends at infinity allowed; None where undefined.

A ball keeps 30 bits of its radius, so over a wide range it loses the small end: `exp` of [-60, 60] as a ball
contains negative numbers, and `log(1 + exp(x))` fails. Pairs keep both ends, at twice the cost.

>>> from flint import arb
>>> from symacts.rigor.precision import precision
>>> with precision(64):
...     lo, hi = multiply((arb(-1), arb(2)), (arb(3), arb(5)))
>>> float(lo.mid()), float(hi.mid())
(-5.0, 10.0)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from flint import arb

__all__ = [
    "Pair",
    "add",
    "ball_power",
    "divide",
    "hull",
    "integer_power",
    "monotone",
    "multiply",
    "negate",
    "reciprocal",
    "sign_of",
]

Pair: TypeAlias = "tuple[Any, Any] | None"

INFINITY = arb.pos_inf()
ZERO = arb(0)


def of_ball(ball: Any) -> Pair:
    """The ends of a ball; None for nan, infinite ends for an infinite ball."""
    if ball.is_nan():
        return None
    return ball.lower(), ball.upper()


def to_ball(pair: Pair) -> Any:
    """A ball that contains the pair (it may stick out a little); nan for None or an infinite end."""
    if pair is None or not (pair[0].is_finite() and pair[1].is_finite()):
        return arb.nan()
    lo, hi = pair
    return lo if lo == hi else lo.union(hi)


def hull(pairs: Iterable[Pair]) -> Pair:
    """The smallest pair that contains all of them; None as soon as one is undefined."""
    lo, hi = None, None
    for pair in pairs:
        if pair is None:
            return None
        lo = pair[0] if lo is None or pair[0] < lo else lo
        hi = pair[1] if hi is None or pair[1] > hi else hi
    return None if lo is None else (lo, hi)


def meet(a: Pair, b: Pair) -> Pair:
    """The common part of two enclosures of the same value."""
    if a is None or b is None:
        return b if a is None else a
    lo, hi = max_exact(a[0], b[0]), min_exact(a[1], b[1])
    return (lo, hi) if lo <= hi else a


def max_exact(a: Any, b: Any) -> Any:
    """The larger of two exact arbs."""
    return a if a >= b else b


def min_exact(a: Any, b: Any) -> Any:
    """The smaller of two exact arbs."""
    return a if a <= b else b


def sign_of(pair: Pair) -> int | None:
    """The sign that all of the pair has: +1, -1, 0 for the exact zero; None where it is not one sign."""
    if pair is None:
        return None
    if pair[0] > 0:
        return 1
    if pair[1] < 0:
        return -1
    return 0 if pair[0] == 0 and pair[1] == 0 else None


def add(*pairs: Pair) -> Pair:
    """The sum."""
    los, his = [], []
    for pair in pairs:
        if pair is None:
            return None
        los.append(pair[0])
        his.append(pair[1])
    lo: Any = sum(los[1:], los[0])
    hi: Any = sum(his[1:], his[0])
    lo = lo.lower() if lo.is_finite() else (-INFINITY if not all(v > -INFINITY for v in los) else INFINITY)
    hi = hi.upper() if hi.is_finite() else (INFINITY if not all(v < INFINITY for v in his) else -INFINITY)
    return lo, hi


def negate(a: Pair) -> Pair:
    """The negative."""
    return None if a is None else (-a[1], -a[0])


def _times(u: Any, v: Any) -> Any:
    return ZERO if u == 0 or v == 0 else u * v  # an infinite end stands for unbounded reals, and 0 times a real is 0


def multiply(a: Pair, b: Pair) -> Pair:
    """The product; an infinite end stands for "unbounded", so 0 times it is 0."""
    if a is None or b is None:
        return None
    (p, q), (r, s) = a, b
    if p >= 0:
        lo = _times(p, r) if r >= 0 else _times(q, r)
        hi = _times(q, s) if s >= 0 else _times(p, s)
    elif q <= 0:
        lo = _times(p, s) if s >= 0 else _times(q, s)
        hi = _times(q, r) if r >= 0 else _times(p, r)
    elif r >= 0:
        lo, hi = _times(p, s), _times(q, s)
    elif s <= 0:
        lo, hi = _times(q, r), _times(p, r)
    else:
        lo = min_exact(_times(p, s).lower(), _times(q, r).lower())
        hi = max_exact(_times(p, r).upper(), _times(q, s).upper())
    return _low(lo), _high(hi)


def _low(v: Any) -> Any:
    return v.lower() if v.is_finite() else v


def _high(v: Any) -> Any:
    return v.upper() if v.is_finite() else v


def reciprocal(a: Pair) -> Pair:
    """1/a; None where a holds zero inside, an infinite end where zero is an end."""
    if a is None:
        return None
    lo, hi = a
    if lo > 0:
        return (1 / hi).lower() if hi < INFINITY else ZERO, (1 / lo).upper() if lo < INFINITY else ZERO
    if hi < 0:
        return negate(reciprocal(negate(a)))
    if lo == 0 and hi > 0:
        return (1 / hi).lower() if hi < INFINITY else ZERO, INFINITY
    if hi == 0 and lo < 0:
        return negate(reciprocal(negate(a)))
    return None


def divide(a: Pair, b: Pair) -> Pair:
    """The quotient."""
    return multiply(a, reciprocal(b))


def absolute(a: Pair) -> Pair:
    """The absolute value."""
    if a is None or a[0] >= 0:
        return a
    if a[1] <= 0:
        return negate(a)
    return ZERO, max_exact(-a[0], a[1])


def integer_power(a: Pair, n: int) -> Pair:
    """a**n for an integer n."""
    if a is None:
        return None
    if n < 0:
        return reciprocal(integer_power(a, -n))
    if n == 0:
        return arb(1), arb(1)
    if n % 2 == 0:
        a = absolute(a)
        assert a is not None
    lo, hi = a
    return (lo**n).lower() if lo.is_finite() else lo, (hi**n).upper() if hi.is_finite() else (
        INFINITY if hi > 0 else hi
    )


FINE = 30
"""Right bits of a ball from which flint's own power is as narrow as the powers of its ends."""


def ball_power(u: Any, n: int) -> Any:
    """u**n for a ball and an integer n, also where the ball holds 0 (flint's own power is not finite there)."""
    if n < 0:
        return 1 / (u if n == -1 else ball_power(u, -n))
    if n < 2:
        return u if n else arb(1)
    if u.is_exact() or u.rel_accuracy_bits() > FINE:
        return u**n
    lo, hi = u.lower(), u.upper()
    if not (lo.is_finite() and hi.is_finite()):
        return arb.nan()
    if n % 2 == 0 and lo < 0 < hi:
        return ZERO.union(max_exact(-lo, hi) ** n)
    return (lo**n).union(hi**n)


def monotone(
    f: Callable[[Any], Any],
    increasing: bool,
    *,
    limits: tuple[Any, Any] = (None, None),
    ends: tuple[tuple[int, Any], ...] = (),
) -> Callable[[Pair], Pair]:
    """The interval form of a monotone f from its values at the two ends.

    `limits` are f(-oo) and f(+oo) as functions giving exact bounds, `ends` the limits at finite ends of the domain.
    """

    def end(v: Any, upper: bool) -> Any:
        if not v.is_finite():
            value = limits[1] if v > 0 else limits[0]
            if value is None:
                return None
            value = value() if callable(value) else value
        else:
            for point, value in ends:
                if v == point:
                    return value
            value = f(v)
        if value.is_nan() or (not value.is_finite() and v.is_finite()):
            return None
        if not value.is_finite():
            return value
        return value.upper() if upper else value.lower()

    def form(a: Pair) -> Pair:
        if a is None:
            return None
        first, last = (a[0], a[1]) if increasing else (a[1], a[0])
        lo, hi = end(first, False), end(last, True)
        return None if lo is None or hi is None else (lo, hi)

    return form
