"""SymPy sets of reals as seen by the referee: membership in three values, distance, ends, named numbers."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Any

import sympy as sp
from mpmath import inf, mp, mpf
from referee_reals import NoValue, Number, Unreadable, big, fraction, real_constant

PERIODS = range(-4, 5)
"""Which members of an infinite family of points are looked at."""


def end(value: Any, dps: int = 60) -> Number:
    """An end of an interval: exact rational, mpf or an infinity."""
    if value == sp.oo:
        return inf
    if value == -sp.oo:
        return -inf
    return real_constant(value, dps)


NEAR = mpf(10) ** -40


@cache
def _bounds(s: sp.Interval) -> tuple[tuple[Number, bool, int], ...]:
    """Value, openness and inner direction of both ends."""
    return ((end(s.start), bool(s.left_open), 1), (end(s.end), bool(s.right_open), -1))


@cache
def _listed(s: sp.FiniteSet) -> tuple[Number, ...]:
    return tuple(end(p) for p in s.args)


def member(s: sp.Set, a: Number, tol: mpf | None = None) -> bool | None:
    """Whether a lies in the set; None within `tol` of an end unless both numbers are exact."""
    tol = NEAR if tol is None else tol
    if s is sp.S.EmptySet:
        return False
    if s is sp.S.Reals or s is sp.S.UniversalSet:
        return True
    if isinstance(s, sp.Interval):
        inside: bool | None = True
        for bound, is_open, direction in _bounds(s):
            here = _beyond(bound, a, direction, is_open, tol)
            if here is False:
                return False
            inside = None if here is None else inside
        return inside
    if isinstance(s, sp.FiniteSet):
        return _any(_equal(p, a, tol) for p in _listed(s))
    if isinstance(s, sp.Union):
        return _any(member(part, a, tol) for part in s.args)
    if isinstance(s, sp.Intersection):
        return _not(_any(_not(member(part, a, tol)) for part in s.args))
    if isinstance(s, sp.Complement):
        return _not(_any((_not(member(s.args[0], a, tol)), member(s.args[1], a, tol))))
    if isinstance(s, sp.ImageSet):
        step, offset = family(s)
        nearest = offset + step * mp.nint((big(a) - offset) / step)
        return None if abs(big(a) - nearest) <= max(tol, mpf(10) ** -25) else False
    raise Unreadable(f"set {s}")


def _beyond(bound: Number, a: Number, direction: int, is_open: bool, tol: mpf) -> bool | None:
    """Whether a is on the inner side of an interval's end."""
    if not isinstance(bound, mpf) and not isinstance(a, mpf):
        return (a > bound if direction > 0 else a < bound) or (a == bound and not is_open)
    if bound in (inf, -inf):
        return True
    gap = (big(a) - big(bound)) * direction
    if abs(gap) <= tol * (1 + abs(big(bound))):
        return None
    return gap > 0


def _equal(p: Number, a: Number, tol: mpf) -> bool | None:
    if not isinstance(p, mpf) and not isinstance(a, mpf):
        return p == a
    return None if abs(big(p) - big(a)) <= tol * (1 + abs(big(p))) else False


def _any(values: Any) -> bool | None:
    answer: bool | None = False
    for v in values:
        if v:
            return True
        if v is None:
            answer = None
    return answer


def _not(v: bool | None) -> bool | None:
    return None if v is None else not v


@cache
def family(s: sp.ImageSet) -> tuple[mpf, mpf]:
    """Step and offset of an arithmetic progression over the integers."""
    if s.base_sets != (sp.S.Integers,):
        raise Unreadable(f"set {s}")
    (k,) = s.lamda.variables
    offset = s.lamda.expr.subs(k, 0)
    step = sp.expand(s.lamda.expr - offset) / k
    if step.free_symbols:
        raise Unreadable(f"set {s}")
    return big(real_constant(step, 60)), big(real_constant(offset, 60))


def distance(s: sp.Set, a: Number) -> mpf:
    """Distance from a to the closure of the set (a lower bound of it for intersections and complements)."""
    if s is sp.S.EmptySet:
        return inf
    if s is sp.S.Reals or s is sp.S.UniversalSet:
        return mpf(0)
    value = big(a)
    if isinstance(s, sp.Interval):
        lo, hi = (b if b in (inf, -inf) else big(b) for b, _, _ in _bounds(s))
        return max(lo - value, value - hi, mpf(0))
    if isinstance(s, sp.FiniteSet):
        return min(abs(big(p) - value) for p in _listed(s))
    if isinstance(s, sp.Union):
        return min(distance(part, a) for part in s.args)
    if isinstance(s, sp.Intersection):
        return max(distance(part, a) for part in s.args)
    if isinstance(s, sp.Complement):
        return distance(s.args[0], a)
    if isinstance(s, sp.ImageSet):
        step, offset = family(s)
        return abs(value - offset - step * mp.nint((value - offset) / step))
    raise Unreadable(f"set {s}")


def intervals(s: sp.Set) -> Iterator[sp.Interval]:
    """The intervals of a union; everything else in it is passed over."""
    if s is sp.S.Reals:
        yield sp.Interval(-sp.oo, sp.oo)
    elif isinstance(s, sp.Interval):
        yield s
    elif isinstance(s, sp.Union):
        for part in s.args:
            yield from intervals(part)


def points(s: sp.Set) -> Iterator[sp.Expr]:
    """The isolated points that the set lists, and a few of each infinite family."""
    if isinstance(s, sp.FiniteSet):
        yield from s.args
    elif isinstance(s, sp.Union):
        for part in s.args:
            yield from points(part)
    elif isinstance(s, sp.ImageSet):
        for k in PERIODS:
            yield s.lamda(k)
    elif isinstance(s, sp.Complement):
        for p in points(s.args[0]):
            if member(s.args[1], end(p)) is False:
                yield p


def named_numbers(value: Any) -> Iterator[sp.Expr]:
    """Every finite real number that a fact's value names as a number of its own."""
    if isinstance(value, (tuple, list)):
        for v in value:
            yield from named_numbers(v)
    elif isinstance(value, sp.Interval):
        yield from (b for b in (value.start, value.end) if b.is_finite)
    elif isinstance(value, sp.Set):
        if isinstance(value, sp.ImageSet):
            yield from points(value)
        else:
            for v in value.args:
                yield from named_numbers(v)
    elif isinstance(value, sp.Expr) and not value.free_symbols and value.is_finite is not False:
        yield value


def as_fraction(value: Any, dps: int = 80) -> Fraction | None:
    """A named number as an exact rational, or one within 10**-dps of it; None where it cannot be read."""
    try:
        return fraction(real_constant(value, dps))
    except (NoValue, Unreadable):
        return None
