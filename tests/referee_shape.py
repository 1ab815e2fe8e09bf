"""Checks of shape: monotony and convexity, on pieces and as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import sympy as sp
from mpmath import mp, mpf
from referee_case import Case, Check, differs, show
from referee_formulas import undefined_at
from referee_look import Look
from referee_series import NoValue, big
from referee_sets import as_fraction, distance, intervals, member, outermost, points
from referee_trends import End, Trend, equal


def check_monotonicity(case: Case, value: str) -> Iterator[str]:
    look = case.look
    rises, falls, flats = [], [], []
    for s, t in pairwise(look.defined):
        u, v = s.values[0], t.values[0]
        if not isinstance(u, mpf) and not isinstance(v, mpf):
            (rises if v > u else falls if v < u else flats).append((s.a, t.a))
        elif abs(big(v) - big(u)) > mpf(10) ** -30 * (abs(big(u)) + abs(big(v))) and _ordered(
            look, s.a, t.a, big(v) > big(u)
        ):
            (rises if big(v) > big(u) else falls).append((s.a, t.a))
        elif _constant_between(look, s.a, t.a):
            flats.append((s.a, t.a))
    rising = {"strictly increasing": (falls, flats), "nondecreasing": (falls,)}
    falling = {"strictly decreasing": (rises, flats), "nonincreasing": (rises,)}
    forbidden = {**rising, **falling, "constant": (rises, falls)}
    for pairs in forbidden.get(value, ()):
        for a, b in pairs[:1]:
            yield f"said {value}, f({show(a)}) = {show(look.at(a))}, f({show(b)}) = {show(look.at(b))}"
    if value == "none" and not (rises and falls) and not _steep_both_ways(look):
        yield "said not to be monotone, no rise and fall seen"
    if value in ("nondecreasing", "nonincreasing") and not flats and not _flat_somewhere(look):
        yield f"said to be only {value}, no flat part seen"


def _ordered(look: Look, a: Fraction, b: Fraction, rising: bool) -> bool:
    u, v = look.sure(a, 0), look.sure(b, 0)
    return u is None or v is None or (big(v) > big(u)) == rising


def _constant_between(look: Look, a: Fraction, b: Fraction) -> bool:
    try:
        slopes = [look.f.series(p, 1, BASE_DIGITS)[1] for p in (a + (b - a) / 3, b - (b - a) / 3)]
    except NoValue:
        return False
    return all(not isinstance(v, mpf) and v == 0 for v in slopes)


BASE_DIGITS = 50


def _steep_both_ways(look: Look) -> bool:
    up = any(s.values[1] > 0 and look.surely(s.a, 1, lambda v: v > 0) for s in look.smooth)
    down = any(s.values[1] < 0 and look.surely(s.a, 1, lambda v: v < 0) for s in look.smooth)
    return up and down


def _flat_somewhere(look: Look) -> bool:
    """A pair of neighboring samples with exactly vanishing slopes, or a fall to the same value across a jump."""
    zero = [not isinstance(s.values[1], mpf) and s.values[1] == 0 for s in look.smooth]
    return any(a and b for a, b in pairwise(zero))


def pieces_check(sign: int, order: int) -> Check:
    """increasing_on, decreasing_on (order 1), convex_on, concave_on (order 2): the largest intervals."""

    def check(case: Case, value: sp.Set) -> Iterator[str]:
        look = case.look
        parts = list(intervals(value))
        inner = [part.interior for part in parts]
        if isinstance(value, sp.Set) and any(True for _ in points(value)):
            yield f"{value} lists single points"
        for s in look.smooth:
            v = s.values[order] * sign
            inside = any(member(part, s.a) for part in inner) or (not inner and member(value, s.a))
            if inside and v < 0 and look.surely(s.a, order, lambda w: w * sign < 0):
                yield f"at {show(s.a)} the {'slope' if order == 1 else 'curvature'} is {show(s.values[order])}"
                break
        for s in look.smooth:
            v = s.values[order] * sign
            outside = member(value, s.a) is False and distance(value, s.a) > mpf(10) ** -20
            if outside and v > 0 and look.surely(s.a, order, lambda w: w * sign > 0):
                yield f"{show(s.a)} is missing: there it is {show(s.values[order])}"
                break
        for s, t in pairwise(look.smooth):
            zero = all(not isinstance(p.values[order], mpf) and p.values[order] == 0 for p in (s, t))
            if not zero or not _no_switch(look, s.a, t.a) or not vanishes_between(look, s.a, t.a, order):
                continue
            if order == 1 and any(member(part, p.a) for part in inner for p in (s, t)):
                yield f"f is constant around {show(s.a)}"
                break
            if order == 2 and all(member(value, p.a) is False for p in (s, t)) and s.a not in look.centers:
                yield f"f is affine around {show(s.a)}, missing"
                break
        lonely = outermost(value) if not isinstance(value, sp.ConditionSet) else [*parts[:2], *parts[-2:]]
        inner_parts = [part for part in parts if part not in lonely]  # the others lack neighbors
        for part in inner_parts:
            yield from _piece_borders(look, parts, part, sign, order)
            if order == 2:
                yield from _chords(look, part, sign)
            else:
                yield from _jumps_against(look, part, sign)

    return check


def _no_switch(look: Look, a: Fraction, b: Fraction) -> bool:
    return not any(a < c < b for c in look.centers)


def vanishes_between(look: Look, a: Fraction, b: Fraction, order: int) -> bool:
    try:
        v = look.f.series(a + (b - a) * Fraction(2, 7), order, BASE_DIGITS)[order]
    except NoValue:
        return False
    return not isinstance(v, mpf) and v == 0


def _jumps_against(look: Look, part: sp.Interval, sign: int) -> Iterator[str]:
    inside = [s for s in look.defined if member(part, s.a)]
    for s, t in pairwise(inside):
        u, v = look.sure(s.a, 0), look.sure(t.a, 0)
        if u is None or v is None or (big(v) - big(u)) * sign >= 0:
            continue
        if differs(u, v, "1e-25"):
            yield f"on {part}: f({show(s.a)}) = {show(u)}, f({show(t.a)}) = {show(v)}"
            return


def _chords(look: Look, part: sp.Interval, sign: int) -> Iterator[str]:
    inside = [s for s in look.defined if member(part, s.a)]
    for s, t, u in zip(inside, inside[1:], inside[2:], strict=False):
        if _bend(s.a, t.a, u.a, [p.values[0] for p in (s, t, u)]) * sign <= 0:
            continue
        values = [look.sure(p.a, 0) for p in (s, t, u)]
        if None not in values and _bend(s.a, t.a, u.a, values) * sign > 0:
            yield f"on {part}: f({show(t.a)}) lies on the wrong side of the chord from {show(s.a)} to {show(u.a)}"
            return


def _bend(a: Fraction, b: Fraction, c: Fraction, values: list[Any]) -> int:
    """Whether the middle of three values lies above (1) or below (-1) the chord, beyond rounding; else 0."""
    weight = big(b - a) / big(c - a)
    fa, fb, fc = map(big, values)
    gap = fb - fa * (1 - weight) - fc * weight
    return 0 if abs(gap) <= mpf(10) ** -30 * max(abs(fa), abs(fb), abs(fc)) else int(mp.sign(gap))


def _turn(look: Look, c: Fraction) -> int:
    """Whether f(c) lies above (1) or below (-1) the chord over a short interval around c; else 0."""
    places = c - STEP, c, c + STEP
    values = [look.at(p) for p in places]
    return 0 if None in values else _bend(*places, values)


STEP = Fraction(1, 2**40)


def _piece_borders(look: Look, parts: list[sp.Interval], part: sp.Interval, sign: int, order: int) -> Iterator[str]:
    """Closed where f is continuous and no other piece begins; open where the value there breaks the order."""
    for bound, is_open, side in ((part.start, part.left_open, 1), (part.end, part.right_open, -1)):
        if bound.is_finite is False:
            continue
        c = as_fraction(bound, 80)
        if c is None:
            continue
        value, trend = look.at(c), End(look.f, c, side).trend(0)
        if trend.kind != "finite":
            if trend.kind == "undefined":
                yield f"f is not defined beside the end {bound} of {part}"
            continue
        meets = any(other != part and (other.start == bound or other.end == bound) for other in parts)
        exact = bound.is_Rational
        if meets and side < 0 and _joins(look, c, sign, order):
            yield f"the pieces that meet at {bound} are one"
        if value is None and exact and not is_open and look.f and undefined_at(look.f, c):
            yield f"the end {bound} of {part} is not in the domain"
        if value is None:
            continue
        same = equal(trend, Trend("finite", big(value)))
        if is_open and same and not meets and (exact or look.continuity(c)):
            yield f"the end {bound} of {part} is open, f is continuous there"
        if not is_open and differs(value, trend.value) and exact:
            broken = (
                (big(value) - trend.value) * side * sign > 0 if order == 1 else (big(value) - trend.value) * sign < 0
            )
            if broken:
                yield f"the end {bound} of {part} is closed, f jumps there"


def _joins(look: Look, c: Fraction, sign: int, order: int) -> bool:
    """Whether f goes on increasing (bending up; the sign says which) across a point between two such pieces."""
    pair = look.around(c)
    if order == 1:
        return _moves_on(look, c, pair, sign)
    if look.continuity(c, pair) is not True:
        return False
    left, right = (e.trend(1) for e in pair)
    step = (right.value - left.value) * sign
    return left.kind == right.kind == "finite" and step >= -10 * (left.error + right.error)


def _moves_on(look: Look, c: Fraction, pair: tuple[End, End], sign: int) -> bool:
    """Whether the limit from the left, the value and the limit from the right do not go against the direction."""
    if look.continuity(c, pair):
        return True
    value, (left, right) = look.at(c), (e.trend(0) for e in pair)
    if value is None or c.denominator > 10**40 or not left.kind == right.kind == "finite":
        return False
    return bool((big(value) - left.value) * sign >= 0 and (right.value - big(value)) * sign >= 0)


def check_convexity(case: Case, value: str) -> Iterator[str]:
    look = case.look
    whole = sp.Interval(-sp.oo, sp.oo)
    domain = case.known("domain")
    if isinstance(domain, sp.Interval):
        whole = domain
    up = any(s.values[2] > 0 and look.surely(s.a, 2, lambda v: v > 0) for s in look.smooth)
    down = any(s.values[2] < 0 and look.surely(s.a, 2, lambda v: v < 0) for s in look.smooth)
    bends_up = up or any(True for _ in _chords(look, whole, -1))
    bends_down = down or any(True for _ in _chords(look, whole, 1))
    if value in ("convex", "affine") and bends_down:
        yield f"said {value}, f bends down somewhere"
    if value in ("concave", "affine") and bends_up:
        yield f"said {value}, f bends up somewhere"
    if isinstance(domain, sp.Interval):
        seen = all(look.at(c) is not None for c in look.sides)  # else a kink may hide there
        seen = seen and not any(map(look.is_blurred, look.sides))  # or a jump
        turns = {_turn(look, as_fraction(k[0])) for k in case.known("kinks") or () if isinstance(k[0], sp.Rational)}
        bends_up, bends_down = bends_up or -1 in turns, bends_down or 1 in turns
        if value == "none" and seen and not (bends_up and bends_down):
            yield f"said none, but f bends only {'up' if bends_up else 'down'}"
        if value in ("convex", "concave") and not (bends_up or bends_down):
            yield f"said {value}, but f is affine"
