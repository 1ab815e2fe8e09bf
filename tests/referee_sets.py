"""SymPy sets of reals as seen by the referee: membership in three values, distance, ends, named numbers."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import sympy as sp
from mpmath import inf, mp, mpf
from referee_reals import Function, real_constant
from referee_rules import Unreadable
from referee_series import NoValue, Number, big, fraction
from sympy.core.relational import Relational

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
    if isinstance(s, FAMILIES):
        nearest = _nearest(s, a)
        return None if abs(big(a) - nearest) <= max(tol, mpf(10) ** -25) else False
    if isinstance(s, sp.ConditionSet):
        if s.base_set != sp.S.Reals:
            where = member(s.base_set, a, tol)
            return where if not where else member(sp.ConditionSet(s.sym, s.condition, sp.S.Reals), a, tol)
        if isinstance(s.condition, Relational):
            value = _beyond_equality(s, a)[0]
            if value is None or abs(value) <= mpf(10) ** -20:
                return None
            return not isinstance(s.condition, sp.Eq) and (value > 0) == isinstance(s.condition, ABOVE)
        base, step, within = repeated(s)
        place = big(a) - base - step * mp.floor((big(a) - base) / step)
        near = max(tol, mpf(10) ** -25)
        if min(place, step - place) <= near:
            return None
        return member(within, place, near)
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


FAMILIES = (sp.ImageSet, type(sp.S.Integers), type(sp.S.Naturals0))
"""Families of points, mostly arithmetic progressions: SymPy evaluates `{n}` to the numbers themselves."""
FROM_ZERO = sp.S.Naturals0


def member_of_family(s: sp.Set, k: int) -> sp.Expr:
    """The member with an index."""
    return s.lamda(k) if isinstance(s, sp.ImageSet) else sp.Integer(k)


def is_one_sided(s: sp.Set) -> bool:
    """Whether the indices of a family begin at 0."""
    return s is FROM_ZERO or (isinstance(s, sp.ImageSet) and s.base_sets == (FROM_ZERO,))


def _nearest(s: sp.Set, a: Number) -> mpf:
    """The member of a family that is nearest to a."""
    try:
        step, offset = family(s)
    except Unreadable:
        ways = (1,) if is_one_sided(s) else (1, -1)
        return min((_nearest_along(s, big(a), way) for way in ways), key=lambda p: abs(p - big(a)))
    return offset + step * _index(s, (big(a) - offset) / step)


MOST_MEMBERS = 2**40


def _nearest_along(s: sp.Set, a: mpf, way: int) -> mpf:
    """The same among the indices of one sign, along which the members rise or fall."""
    g = _members(s)

    def at(k: int) -> mpf:
        return big(g.value(Fraction(way * k), 0, 60))

    first = [at(k) for k in range(8)]
    rises = {mp.sign(b - a) for a, b in pairwise(first)}
    if len(rises) > 1 or 0 in rises:
        raise Unreadable(f"set {s}")
    (rise,), lo, hi = rises, 0, 1
    while (at(hi) - a) * rise < 0:
        lo, hi = hi, 2 * hi
        if hi > MOST_MEMBERS:
            return at(lo)
    while hi - lo > 1:
        middle = (lo + hi) // 2
        lo, hi = (middle, hi) if (at(middle) - a) * rise < 0 else (lo, middle)
    return min((at(lo), at(hi)), key=lambda p: abs(p - a))


@cache
def _members(s: sp.Set) -> Function:
    if s.base_sets not in ((sp.S.Integers,), (FROM_ZERO,)):
        raise Unreadable(f"set {s}")
    return Function(s.lamda.expr, s.lamda.variables[0])


def _index(s: sp.Set, position: mpf) -> mpf:
    """The index of the member of a family that is nearest."""
    return max(mp.nint(position), mpf(0)) if is_one_sided(s) else mp.nint(position)


@cache
def family(s: sp.Set) -> tuple[mpf, mpf]:
    """Step and offset of an arithmetic progression over the integers."""
    if s is sp.S.Integers or s is FROM_ZERO:
        return mpf(1), mpf(0)
    if s.base_sets not in ((sp.S.Integers,), (sp.S.Naturals0,)):
        raise Unreadable(f"set {s}")
    (k,) = s.lamda.variables
    offset = s.lamda.expr.subs(k, 0)
    step = sp.expand(s.lamda.expr - offset) / k
    if step.free_symbols:
        raise Unreadable(f"set {s}")
    return big(real_constant(step, 60)), big(real_constant(offset, 60))


ABOVE = (sp.Ge, sp.Gt)


def _beyond_equality(s: sp.ConditionSet, a: Number) -> tuple[mpf | None, mpf]:
    """The left side less the right one of an equation or an inequality, and its slope; None where it has no value."""
    try:
        value, slope, *_ = _difference(s).series(fraction(a), 1, 80)
    except NoValue:
        return None, mpf(1)
    return big(value), big(slope)


@cache
def _difference(s: sp.ConditionSet) -> Function:
    return Function(s.condition.lhs - s.condition.rhs, s.sym)


@cache
def repeated(s: sp.ConditionSet) -> tuple[mpf, mpf, sp.Set]:
    """Base, period and part of one period of `{x : (x - base) mod period in part}`."""
    x, condition = s.sym, s.condition
    if not isinstance(condition, sp.Contains) or not isinstance(condition.args[0], sp.Mod):
        raise Unreadable(f"set {s}")
    inner, step = condition.args[0].args
    shift = sp.expand(inner - x)
    if shift.free_symbols or step.free_symbols:
        raise Unreadable(f"set {s}")
    return big(real_constant(-shift, 60)), big(real_constant(step, 60)), condition.args[1]


def some_of(s: sp.ConditionSet) -> list[sp.Set]:
    """The part of one period at a few places of the line; none of what an equation or an inequality describes."""
    if isinstance(s.condition, Relational):
        return []
    repeated(s)
    inner, step = s.condition.args[0].args
    base = -sp.expand(inner - s.sym)
    parts = s.condition.args[1]
    spread_out = [_shifted(p, base + k * step) for k in PERIODS for p in (parts.args if parts.is_Union else (parts,))]
    return [p for p in spread_out if all(member(s.base_set, end(e)) for e in (p.inf, p.sup))]


def _shifted(part: sp.Set, by: sp.Expr) -> sp.Set:
    if isinstance(part, sp.FiniteSet):
        return sp.FiniteSet(*[p + by for p in part.args])
    if not isinstance(part, sp.Interval):
        raise Unreadable(f"set {part}")
    return sp.Interval(part.start + by, part.end + by, part.left_open, part.right_open)


def spread(value: tuple[Any, ...]) -> tuple[list[tuple[Any, ...]], sp.Set]:
    """Rows `(point, left, right)` with a few members of each family of points, and the set of all points."""
    rows = []
    listed: list[sp.Set] = []
    for where, left, right in value:
        family_of = isinstance(where, sp.Set)
        listed.append(where if family_of else sp.FiniteSet(where))
        rows += [(p, left, right) for p in (points(where) if family_of else (where,))]
    return rows, sp.Union(*listed, evaluate=False) if listed else sp.S.EmptySet


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
    if isinstance(s, FAMILIES):
        return abs(value - _nearest(s, a))
    if isinstance(s, sp.ConditionSet):
        if s.base_set != sp.S.Reals:
            return max(distance(s.base_set, a), distance(sp.ConditionSet(s.sym, s.condition, sp.S.Reals), a))
        if isinstance(s.condition, Relational):  # by one step of Newton's
            rest, slope = _beyond_equality(s, a)
            return mpf(0) if rest is None or slope == 0 or member(s, a) else abs(rest / slope)
        base, step, within = repeated(s)
        place = value - base - step * mp.floor((value - base) / step)
        return min(distance(within, place + k * step) for k in (-1, 0, 1))
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
    elif isinstance(s, sp.ConditionSet):
        for part in some_of(s):
            yield from intervals(part)
    elif isinstance(s, sp.Complement):
        yield from _between(s)


def _between(s: sp.Complement) -> Iterator[sp.Interval]:
    """The pieces of intervals between the points that are taken out of them, as far as these are listed."""
    is_endless = not isinstance(s.args[1], sp.FiniteSet)
    for whole in intervals(s.args[0]):
        missing = {p for family in _families(s.args[1]) for p in _members_in(family, whole)}
        inside = sorted(missing, key=lambda p: big(end(p)))
        ends = [whole.start, *inside, whole.end]
        opens = [bool(whole.left_open), *(True for _ in inside), bool(whole.right_open)]
        for k, (lo, hi) in enumerate(pairwise(ends)):
            if not is_endless or (lo.is_finite is not False and hi.is_finite is not False):
                yield sp.Interval(lo, hi, opens[k], opens[k + 1])


def _families(s: sp.Set) -> tuple[sp.Set, ...]:
    return s.args if isinstance(s, sp.Union) else (s,)


def _members_in(s: sp.Set, whole: sp.Interval) -> list[sp.Expr]:
    """The points of a finite set inside an interval, a few of a family: next to its finite end, or to 0."""
    if isinstance(s, sp.FiniteSet):
        found = list(s.args)
    else:
        near = next((b for b in (whole.start, whole.end) if b.is_finite), sp.S.Zero)
        try:
            step, offset = family(s)
            first = int(_index(s, (big(end(near)) - offset) / step))
        except Unreadable:
            first = 0
        indices = (first + k for k in PERIODS)
        found = [member_of_family(s, k) for k in indices if k >= 0 or not is_one_sided(s)]
    return [
        p
        for p in found
        if all(abs(big(end(p)) - big(b)) > NEAR for b in (end(whole.start), end(whole.end))) and member(whole, end(p))
    ]


def outermost(s: sp.Set) -> list[sp.Interval]:
    """Pieces between points taken out of an interval whose neighbors are not listed."""
    if isinstance(s, sp.Union):
        return [piece for part in s.args for piece in outermost(part)]
    if not isinstance(s, sp.Complement) or isinstance(s.args[1], sp.FiniteSet):
        return []
    pieces = list(intervals(s))
    bases = list(intervals(s.args[0]))
    ends = {b for base in bases for b in (base.start, base.end) if b.is_finite}
    return [p for p in (pieces[:1] + pieces[-1:]) if not {p.start, p.end} & ends]


def points(s: sp.Set) -> Iterator[sp.Expr]:
    """The isolated points that the set lists, and a few of each infinite family."""
    if isinstance(s, sp.FiniteSet):
        yield from s.args
    elif isinstance(s, sp.Union):
        for part in s.args:
            yield from points(part)
    elif s is sp.S.Integers or s is FROM_ZERO:
        yield from (sp.Integer(k) for k in PERIODS if k >= 0 or s is sp.S.Integers)
    elif isinstance(s, sp.ImageSet):
        for k in PERIODS:
            if k >= 0 or s.base_sets == (sp.S.Integers,):
                yield s.lamda(k)
    elif isinstance(s, sp.ConditionSet):
        for part in some_of(s):
            yield from points(part)
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
        if isinstance(value, FAMILIES):
            yield from points(value)
        elif isinstance(value, sp.ConditionSet):
            try:
                parts = some_of(value)
            except Unreadable:
                return
            for part in parts:
                yield from named_numbers(part)
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
