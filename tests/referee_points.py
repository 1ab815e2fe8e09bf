"""Checks of sets of points: zeros, fixed points, stationary and inflection points."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp
from mpmath import mp, mpf
from referee_case import Case, Check, differs, show
from referee_changes import MOST_DIGITS, Change, confirmed
from referee_look import Look
from referee_series import Kinked, NoValue, Number, Undefined, big, fraction, minus
from referee_sets import as_fraction, distance, intervals, member, points
from referee_trends import Quantity, equal, vanishes


def set_check(name: str, order: int, less_x: bool = False) -> Check:
    """The zeros of a quantity: the k-th derivative, or f - x."""

    def check(case: Case, value: sp.Set) -> Iterator[str]:
        look = case.look

        def quantity(a: Fraction, dps: int) -> Number:
            with mp.workdps(dps):
                v = look.f.value(a, order, dps)
                return minus(v, a) if less_x else v

        for p in points(value):
            yield from _is_zero_of(case, quantity, order, p)
        for part in intervals(value):
            yield from is_zero_on(case, quantity, part)
            for bound, is_open in ((part.start, part.left_open), (part.end, part.right_open)):
                if bound.is_finite is not False and not is_open:
                    yield from _is_zero_of(case, quantity, order, bound)
        for s in look.defined:
            if len(s.values) > order and not isinstance(s.values[order], mpf):
                v = s.values[order] - (s.a if less_x else 0)
                if v == 0 and member(value, s.a) is False and _is_exactly_zero(quantity, s.a):
                    yield f"{show(s.a)} is missing"
        changes = look.changes(name, quantity, order, lambda s: minus(s.values[order], s.a if less_x else Fraction(0)))
        for c in changes:
            apart = c.kind == "zero" and distance(value, c.middle) > mpf(10) ** -25 * (1 + abs(big(c.middle)))
            if apart and not _beside_a_step(look, c.middle, order):
                yield f"{show(c.middle)} is missing"
        for c in look.derivative_changes(order + 1) if not less_x and order < 2 else ():
            if not _beside_a_step(look, c.middle, order):
                yield from touching(case, quantity, order, c, value)
        if order == 1:
            yield from _smooth_joins(case, value)

    return check


def _is_zero_of(case: Case, quantity: Quantity, order: int, p: sp.Expr) -> Iterator[str]:
    c = as_fraction(p, 400)
    if c is None:
        return
    tries = [c] if p.is_Rational else [c, *(c + s * Fraction(1, 10**395) for s in (1, -1))]
    worst: Any = None
    for a in tries:
        try:
            v = quantity(a, 450)
        except Kinked:
            pair = case.look.around(c)
            if order == 1 and all(e.trend(1).kind == "finite" and abs(e.trend(1).value) < mpf(10) ** -9 for e in pair):
                return
            worst = "not differentiable there"
            continue
        except Undefined as missing:
            worst = f"no value there: {missing}"
            continue
        except NoValue:
            return
        if abs(big(v)) < mpf(10) ** -30:
            return
        worst = show(v)
    if p.is_Rational or case.look.continuity(c) is True:  # at an irrational jump the value itself is not seen
        yield f"{p} is listed, but the quantity is {worst}"


def _is_exactly_zero(quantity: Quantity, a: Fraction) -> bool:
    """Whether 400 digits still show a zero: near the origin x - tanh(x) vanishes to many more digits than usual."""
    try:
        return bool(quantity(a, 400) == 0)
    except NoValue:
        return False


def is_zero_on(case: Case, quantity: Quantity, part: sp.Interval) -> Iterator[str]:
    inner = part.interior
    for s in case.look.samples:
        if member(inner, s.a):
            v = confirmed(quantity, s.a)
            if v is not None and v != 0:
                yield f"{part} is listed, but the quantity at {show(s.a)} is {show(v)}"
                return


def _beside_a_step(look: Look, a: Fraction, order: int) -> bool:
    """Whether a, found numerically, cannot be told from a center at which f (order 0) or f' is not continuous."""
    near = [c for c in look.centers if abs(c - a) < Fraction(1, 10**40)]
    if order == 0:
        return any(look.continuity(c) is not True for c in near)
    slopes = [[e.trend(1) for e in look.sides[c]] for c in near]
    return any(look.continuity(c) is not True or not equal(*pair) for c, pair in zip(near, slopes, strict=True))


def touching(case: Case, quantity: Quantity, order: int, c: Change, value: sp.Set) -> Iterator[str]:
    """Zeros without a change of sign, at sign changes of the derivative of the quantity."""
    if c.kind != "zero" or distance(value, c.middle) <= mpf(10) ** -25 * (1 + abs(big(c.middle))):
        return
    try:
        v = quantity(c.middle, 200)
    except NoValue:
        return
    beside = [confirmed(quantity, c.middle + s * Fraction(1, 1000)) for s in (1, -1)]
    small = None not in beside and abs(big(v)) < mpf(10) ** -100 * min(abs(big(w)) for w in beside)
    if small and _touches_at_more_digits(case, quantity, order, c.middle):
        yield f"{show(c.middle)} is missing (touched, no change of sign)"


NEAR = 50
"""Up to here a hundred digits tell `exp(-3*a)` from 0."""


def _touches_at_more_digits(case: Case, quantity: Quantity, order: int, a: Fraction) -> bool:
    """Whether the quantity vanishes at the zero of its slope beside a, with digits that show `exp(-3*a)`.

    At 1.6e6 the slope of `(x + sin(x))/(1 + exp(-x))` comes as close to 0 as `exp(-x)`, and is not 0.
    """
    digits = 65 + int(abs(a))
    if abs(a) <= NEAR or digits > MOST_DIGITS:
        return abs(a) <= NEAR
    with mp.workdps(3 * digits):
        try:
            for _ in range(digits.bit_length()):  # Newton steps from 60 digits
                step = big(case.look.f.value(a, order + 1, 3 * digits)) / case.look.f.value(a, order + 2, 3 * digits)
                a -= fraction(step)
            return bool(abs(big(quantity(a, 3 * digits))) < mpf(10) ** (-3 * digits // 2))
        except (NoValue, ZeroDivisionError):
            return False


def _smooth_joins(case: Case, value: sp.Set) -> Iterator[str]:
    """Switching points at which both one-sided slopes vanish and f is continuous are stationary."""
    for c, pair in case.look.sides.items():
        slopes = [e.trend(1) for e in pair]
        if all(vanishes(t) for t in slopes) and case.look.continuity(c, pair) and distance(value, c) > mpf(10) ** -25:
            yield f"{show(c)} is missing (both one-sided slopes vanish)"
        if c.denominator < 10**40 and case.look.continuity(c, pair) and member(value, c) is True:
            steep = [t for t in slopes if t.kind == "infinite" or (t.kind == "finite" and abs(t.value) > mpf(10) ** -7)]
            if steep:
                yield f"{show(c)} is listed, a one-sided slope there is {show(steep[0].value)}"


def check_inflection(case: Case, value: sp.Set) -> Iterator[str]:
    look = case.look
    for p in points(value):
        c = as_fraction(p, 400)
        if c is None:
            continue
        signs = []
        for k in (8, 16, 32):
            pair = []
            for side in (-1, 1):
                v = confirmed(lambda a, dps: look.f.value(a, 2, max(dps, 150)), c + side * Fraction(1, 10**k))
                pair.append(None if v is None else (v > 0) - (v < 0))
            signs.append(pair)
        known = [pair for pair in signs if None not in pair]
        if known and not any(a * b < 0 for a, b in known):
            yield f"{p} is listed, the sign of f'' beside it is {known[-1]}"
        if look.continuity(c) is False:
            yield f"{p} is listed, f is not continuous there"
    for change in look.derivative_changes(2):
        if change.kind in ("zero", "jump") and distance(value, change.middle) > mpf(10) ** -25 * (
            1 + abs(big(change.middle))
        ):
            pair = look.around(change.middle)
            exists = look.at(change.middle) is not None or change.hi > change.lo
            limits = [e.trend(0) for e in pair]
            if (
                exists
                and all(t.kind == "finite" for t in limits)
                and not differs(limits[0].value, limits[1].value)
                and look.continuity(change.middle, pair)
            ):
                yield f"{show(change.middle)} is missing"
