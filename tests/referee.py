"""An independent referee of reports: contradictions between facts and numerical evaluation, never by the engine.

`referee(expression, report)` gives a list of `Complaint`. A complaint is a contradiction seen with a safe margin at
high precision; where the numbers do not decide there is none. Facts with the status "unknown" are passed over.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import sympy as sp
from mpmath import inf, mp, mpf
from referee_look import CHECK, Change, End, Look, Quantity, Sample, Trend, apart, confirmed, equal, vanishes
from referee_moments import moments
from referee_reals import (
    Compiler,
    Function,
    Kinked,
    NoValue,
    Number,
    RootFault,
    Undefined,
    Unreadable,
    big,
    fraction,
    minus,
    real_constant,
    times,
)
from referee_sets import as_fraction, distance, end, intervals, member, named_numbers, points, spread

from symacts.errors import SymactsError
from symacts.facts import Fact, Root
from symacts.report import Report

__all__ = ["Complaint", "Unreadable", "case_of", "judge", "referee"]

DIGITS = 60
"""Ambient digits; every evaluation that decides something takes more."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """A fact that evaluation contradicts, and how."""

    fact: str
    message: str

    def __str__(self) -> str:
        return f"{self.fact}: {self.message}"


@dataclass(frozen=True)
class Case:
    """What a check sees: the function, the report, the variable."""

    look: Look
    report: Report
    x: sp.Symbol

    def known(self, name: str) -> Any:
        """The value of an established fact, else None."""
        fact = self.report.facts.get(name)
        return fact.value if fact is not None and fact.known else None


Check = Callable[[Case, Any], Iterator[str]]


def show(a: Any) -> str:
    return mp.nstr(big(a), 25) if isinstance(a, (Fraction, mpf)) else str(a)


def differs(a: Any, b: Any, tolerance: str = "1e-9") -> bool:
    """Whether two numbers (infinities allowed) differ by more than the relative tolerance."""
    a, b = (v if v in (inf, -inf) else big(v) for v in (a, b))
    if inf in (abs(a), abs(b)):
        return bool(a != b)
    return bool(abs(a - b) > mpf(tolerance) * (1 + abs(b)))


# Where the function lives


def check_domain(case: Case, domain: sp.Set) -> Iterator[str]:
    for s in case.look.samples:
        inside = member(domain, s.a)
        if inside is True and isinstance(s.missing, Undefined) and _undefined(case, s.a):
            yield f"f({show(s.a)}) has no real value: {s.missing}"
        if inside is False and s.values and not _undefined(case, s.a):
            yield f"f({show(s.a)}) = {show(s.values[0])} exists outside"


def _undefined(case: Case, a: Fraction) -> bool:
    try:
        case.look.f.series(a, 0, CHECK)
    except Undefined as missing:
        return missing.sure
    except NoValue:
        return False
    return False


def check_branches(case: Case, branches: Any) -> Iterator[str]:
    if not branches:  # the normal form itself was not found
        return
    pieces = [(where, Function(e, case.x)) for where, e in branches]
    for s in case.look.defined:
        holding = [(where, f) for where, f in pieces if member(where, s.a)]
        if not holding and not any(member(where, s.a) is None for where, _ in pieces):
            yield f"no branch holds {show(s.a)}"
        if len(holding) > 1:
            yield f"two branches hold {show(s.a)}"
        for where, f in holding:
            try:
                if not differs(f.series(s.a, 0, 60)[0], s.values[0], "1e-30"):
                    continue
                value = confirmed(lambda a, dps, f=f: f.value(a, 0, dps), s.a)
            except NoValue:
                continue
            wanted = case.look.sure(s.a, 0)
            if value is not None and wanted is not None and differs(value, wanted, "1e-20"):
                yield f"on {where} the branch gives {show(value)} at {show(s.a)}, f is {show(wanted)}"


# Derivatives, primitives, inverses


def formula_check(order: int) -> Check:
    """The expression equals the derivative of that order wherever the latter exists."""

    def check(case: Case, e: sp.Expr) -> Iterator[str]:
        if e is None:
            return
        given = Function(e, case.x)
        for s in case.look.smooth[:: 1 if len(case.look.smooth) < 400 else 3]:
            wanted = s.values[order]
            try:
                value = given.series(s.a, 0, 60)[0]
            except Undefined as missing:
                if missing.sure and _undefined_at(given, s.a):
                    yield f"no value at {show(s.a)}, where the derivative is {show(wanted)}"
                continue
            except NoValue:
                continue
            if abs(big(value) - big(wanted)) > mpf(10) ** -25 * (mpf(10) ** -12 + abs(big(wanted))):
                sure = case.look.sure(s.a, order)
                again = confirmed(lambda a, dps: given.value(a, 0, dps), s.a)
                if sure is not None and again is not None and _apart(again, sure):
                    yield f"gives {show(again)} at {show(s.a)}, expected {show(sure)}"
        yield from _values_outside(case, given)
        if order == 1:
            yield from _slopes_at_centers(case.look, given)

    return check


def _values_outside(case: Case, given: Function) -> Iterator[str]:
    """A value of an expression derived from f where f itself has none."""
    missing = [s for s in case.look.samples if not s.values]
    for s in missing[:: 1 + len(missing) // 40]:
        if _undefined(case, s.a):
            try:
                value = given.series(s.a, 0, 60)[0]
            except NoValue:
                continue
            yield f"gives {show(value)} at {show(s.a)}, where f has no value"
            return


def _slopes_at_centers(look: Look, given: Function) -> Iterator[str]:
    """At switching points f' has the common one-sided slope as its value, or none where the slopes differ."""
    for c, pair in look.sides.items():
        if c.denominator > 10**40 or look.at(c) is None or look.continuity(c, pair) is None:
            continue
        slopes = [t for t in (e.trend(1) for e in pair) if t.kind != "undefined"]
        if not slopes or any(t.kind != "finite" for t in slopes):
            continue
        smooth = look.continuity(c, pair) and equal(slopes[0], slopes[-1])
        try:
            value = given.series(c, 0, 60)[0]
        except Undefined as missing:
            if smooth and missing.sure:
                yield f"no value at {show(c)}, where both one-sided slopes are {show(slopes[0].value)}"
        except NoValue:
            continue
        else:
            if look.continuity(c, pair) is False or apart(slopes[0], slopes[-1]):
                yield f"gives {show(value)} at {show(c)}, where there is no derivative"
            elif smooth and differs(value, slopes[0].value, "1e-7"):
                yield f"gives {show(value)} at {show(c)}, where the one-sided slopes are {show(slopes[0].value)}"


def _apart(a: Number, b: Number) -> bool:
    return bool(abs(big(a) - big(b)) > mpf(10) ** -6 * max(abs(big(a)), abs(big(b))))


def _undefined_at(f: Function, a: Fraction) -> bool:
    try:
        f.series(a, 0, CHECK)
    except Undefined as missing:
        return missing.sure
    except NoValue:
        return False
    return False


def check_derivative_in_output(case: Case, value: Any) -> Iterator[str]:
    branches = [b for b in case.report.branches if b[0].interior is not sp.S.EmptySet]
    if value is None:
        return
    rows = list(zip(branches, value, strict=True)) if isinstance(value, tuple) else [(b, value) for b in branches]
    for (where, _), e in rows:
        if e is None:
            continue
        symbols = sorted(e.free_symbols, key=str)
        y = symbols[0] if symbols else sp.Symbol("y", real=True)
        polynomial, inner = Function(e, y), where.interior
        for s in case.look.smooth[::3]:
            if not member(inner, s.a):
                continue

            def gap(a: Fraction, dps: int, polynomial: Function = polynomial) -> Number:
                with mp.workdps(dps):
                    f = case.look.f.series(a, 1, dps)
                    at = polynomial.series(f[0], 0, dps)[0]
                    return minus(at, f[1])

            if _negligible(gap, s.a, s.values[1], 60):
                continue
            wanted = case.look.sure(s.a, 1)
            value_there = confirmed(gap, s.a)
            if wanted is None or value_there is None:
                continue
            if abs(big(value_there)) > mpf(10) ** -20 * (mpf(10) ** -20 + abs(big(wanted))):
                yield f"{e} misses f' by {show(value_there)} at {show(s.a)}"
                break


def check_antiderivative(case: Case, e: Any) -> Iterator[str]:
    if e is None:
        return
    given = Function(e, case.x)
    for s in case.look.smooth[::3]:
        try:
            if not differs(given.series(s.a, 1, 60)[1], s.values[0], "1e-30"):
                continue
        except NoValue:
            continue
        wanted = case.look.sure(s.a, 0)
        value = confirmed(lambda a, dps: given.value(a, 1, dps), s.a)
        if wanted is not None and value is not None and _apart(value, wanted):
            yield f"its derivative at {show(s.a)} is {show(value)}, f is {show(wanted)}"
    yield from _values_outside(case, given)
    for s in case.look.defined[::5]:
        if _undefined_at(given, s.a) and s.a not in case.look.lonely:
            yield f"no value at {show(s.a)}, where f is {show(s.values[0])}"
            break
    for c, pair in case.look.sides.items():
        if case.look.at(c) is not None and all(e.trend(0).kind == "finite" for e in pair):
            left, right = (End(given, c, side).trend(0) for side in (-1, 1))
            if left.kind == right.kind == "finite" and differs(left.value, right.value):
                yield f"jumps at {show(c)} from {show(left.value)} to {show(right.value)}"


def check_inverse(case: Case, e: Any) -> Iterator[str]:
    if e is None or not isinstance(e, sp.Expr):
        return
    symbols = sorted(e.free_symbols, key=str)
    if not symbols:
        return
    inverse = Function(e, symbols[0])

    def back(a: Fraction, dps: int) -> Number:
        with mp.workdps(dps):
            return inverse.series(case.look.f.series(a, 0, dps)[0], 0, dps)[0]

    for s in case.look.smooth[::3]:
        if abs(s.a) > 1000:
            continue
        value = confirmed(back, s.a)
        if value is not None and differs(value, s.a, "1e-20"):
            yield f"at f({show(s.a)}) it gives {show(value)}"


# Ends


def check_limits(order: int) -> Check:
    def check(case: Case, value: Any) -> Iterator[str]:
        for e, claim in zip(case.look.far, value, strict=True):
            yield from against_trend(e, e.trend(order), claim)

    return check


def against_trend(e: End, trend: Any, claim: Any) -> Iterator[str]:
    """A claimed limit (number, infinity, or None for none) against the trend of the values."""
    if trend.kind == "unclear":
        return
    if claim is None:
        if trend.kind == "finite":
            yield f"at {e}: said to have no limit, the values tend to {show(trend.value)}"
        if trend.kind == "infinite":
            yield f"at {e}: said to have no limit, the values tend to {'-' if trend.value < 0 else ''}oo"
    elif trend.kind == "oscillating":
        yield f"at {e}: said to tend to {claim}, the values oscillate"
    elif trend.kind == "undefined":
        yield f"at {e}: said to tend to {claim}, but there are no values"
    else:
        seen = trend.value * inf if trend.kind == "infinite" else trend.value
        if differs(seen, end(claim), "1e-7"):
            yield f"at {e}: said to tend to {claim}, the values tend to {show(seen)}"


def check_asymptotes(case: Case, value: Any) -> Iterator[str]:
    for e, claim in zip(case.look.far, value, strict=True):
        if claim is not None:
            m, b = (real_constant(v, 900) for v in claim)
            trend = e.trend(lambda a, d, m=m, b=b: minus(minus(d[0], times(m, a)), b))
            yield from against_trend(e, trend, sp.S.Zero)
            continue
        slope = e.trend(1)
        if slope.kind == "finite":
            best = slope.value if abs(slope.value) > mpf(10) ** -20 else mpf(0)
            rational = Fraction(int(mp.nint(best * 5040)), 5040)
            if abs(best - big(rational)) < mpf(10) ** -20:
                rest = e.trend(lambda a, d, m=rational: minus(d[0], times(m, a)))
                if rest.kind == "finite":
                    yield f"at {e}: said to have none, f - {rational}*x tends to {show(rest.value)}"


def check_saturation(case: Case, value: Any) -> Iterator[str]:
    for e, claim in zip(case.look.far, value, strict=True):
        trend = e.trend(1)
        slopes = [d[1] for row in e.rows(260) for _, d in row]
        constant = bool(slopes) and all(not isinstance(v, mpf) and v == 0 for v in slopes[-10:])
        moving = bool(slopes) and all(v != 0 for v in slopes[-5:])
        if claim == "hard" and moving:
            yield f"at {e}: said to be constant, f' = {mp.nstr(big(slopes[-1]), 5)}"
        if claim == "soft" and constant:
            yield f"at {e}: said not to be constant, f' is exactly 0 far out"
        if claim in ("soft", "hard"):
            yield from (f"f' {m}" for m in against_trend(e, trend, sp.S.Zero))
        if claim == "none" and trend.kind == "finite" and abs(trend.value) < mpf(10) ** -9:
            yield f"at {e}: said not to saturate, f' tends to 0"


RATES = {
    "logarithmic": (-1, "0.3"),
    "algebraic": (-1, "0.3"),
    "exponential": ("0.3", "1.9"),
    "gaussian": ("1.9", "2.1"),
}
"""The slope of log(-log|f'|) over log|x| far out; that of f' = x**-p falls to 0."""


def check_saturation_rate(case: Case, value: Any) -> Iterator[str]:
    for e, claim in zip(case.look.far, value, strict=True):
        points = [(abs(big(a)), abs(big(d[1]))) for row in e.rows(260) for a, d in row]
        points = [(a, v) for a, v in points if 0 < v < mpf("0.1")]
        if claim is None or claim not in RATES or len(points) < 10:
            continue
        (a, u), (b, v) = points[-10], points[-1]
        with mp.workdps(60):
            slope = (mp.log(-mp.log(v)) - mp.log(-mp.log(u))) / (mp.log(b) - mp.log(a))
        lo, hi = map(mpf, RATES[claim])
        if not lo < slope < hi:
            yield f"at {e}: said {claim}, log|f'| runs as the power {show(slope)} of x"


# Values


def check_range(case: Case, value: sp.Set) -> Iterator[str]:
    look = case.look
    for s in look.defined:
        inside = member(value, s.values[0])
        if inside is False and (
            not isinstance(s.values[0], mpf)
            or (
                distance(value, s.values[0]) > mpf(10) ** -30 * (1 + abs(s.values[0]))
                and look.surely(s.a, 0, lambda v: member(value, v) is False)
            )
        ):
            yield f"f({show(s.a)}) = {show(s.values[0])} lies outside"
            break
    if value is sp.S.EmptySet:
        return
    ends = [(part.start, not part.left_open) for part in intervals(value)]
    ends += [(part.end, not part.right_open) for part in intervals(value)]
    for y, closed in ends:
        if y.is_finite is not False:
            if closed == (member(value, as_fraction(y)) is False):
                continue
            yield from _attained(case, y, closed)
    for p in points(value):
        yield from _attained(case, p, True)
    if value.has(sp.ImageSet, sp.S.Integers):
        return
    lowest, highest = value.inf, value.sup
    if look.highest.certain and differs(end(highest), look.highest.value, "1e-5"):
        yield f"the upper end is {highest}, the values seen come up to {show(look.highest.value)}"
    if look.lowest.certain and differs(end(lowest), look.lowest.value, "1e-5"):
        yield f"the lower end is {lowest}, the values seen come down to {show(look.lowest.value)}"
    yield from _gaps(case, value)


def _attained(case: Case, y: sp.Expr, claimed: bool) -> Iterator[str]:
    try:
        number = real_constant(y, 300)
    except RootFault:
        return
    seen = case.look.attains(number)
    if seen is True and not claimed:
        yield f"the value {y} is attained, said not to be"
    if seen is False and claimed:
        yield f"the value {y} is said to be attained, no point attains it"


def _gaps(case: Case, value: sp.Set) -> Iterator[str]:
    """Values between samples that the range holds and f jumps over."""
    values = sorted({big(s.values[0]) for s in case.look.defined if abs(big(s.values[0])) < 10**6})
    gaps = sorted(pairwise(values), key=lambda p: p[0] - p[1])
    for lo, hi in dict.fromkeys([*gaps[:3], *[p for p in gaps if abs(p[0]) < 10 and abs(p[1]) < 10][:5]]):
        y = fraction(mpf(mp.nstr((lo + hi) / 2, 15)))
        if hi - lo < mpf(10) ** -3 or not member(value, y):
            continue
        if case.look.attains(y) is False:
            yield f"the value {show(y)} is in it, f is never near (it leaves out {show(lo)} to {show(hi)})"
    for e in case.look.ends:
        limit = e.trend(0)
        if limit.kind == "finite":
            y = Fraction(int(mp.nint(limit.value * 12)), 12)
            if abs(limit.value - big(y)) < mpf(10) ** -9 and member(value, y) and case.look.attains(y) is False:
                yield f"the value {y} is in it, a limit at {e} that no point attains"


def extreme_check(which: str) -> Check:
    def check(case: Case, value: Any) -> Iterator[str]:
        y, attained = value
        bound = case.look.highest if which == "maximum" else case.look.lowest
        sign = 1 if which == "maximum" else -1
        claim = end(y)
        for s in case.look.defined:
            over = (big(s.values[0]) - (claim if claim in (inf, -inf) else big(claim))) * sign
            if over > mpf(10) ** -30 * (1 + abs(big(s.values[0]))) and case.look.sure(s.a, 0) is not None:
                yield f"f({show(s.a)}) = {show(s.values[0])} is beyond {y}"
                break
        if bound.certain and differs(claim, bound.value, "1e-5"):
            yield f"said to be {y}, the values seen reach {show(bound.value)}"
        if claim in (inf, -inf):
            if attained:
                yield "an infinite value is not attained"
        else:
            yield from _attained(case, y, attained)

    return check


def check_bounded(case: Case, value: Any) -> Iterator[str]:
    for claim, bound, word in zip(value, (case.look.lowest, case.look.highest), ("below", "above"), strict=True):
        if bound.certain and claim != (abs(bound.value) != inf):
            yield f"{word}: said {claim}, the values seen reach {bound.value}"


def check_sign(case: Case, value: str) -> Iterator[str]:
    look = case.look
    above = any(big(s.values[0]) > 0 and look.surely(s.a, 0, lambda v: v > 0) for s in look.defined[::5] + look.defined)
    below = any(big(s.values[0]) < 0 and look.surely(s.a, 0, lambda v: v < 0) for s in look.defined[::5] + look.defined)
    zero = look.attains(Fraction(0))
    wrong = {
        "positive": (below, "negative values") if below else (zero is True, "a zero"),
        "negative": (above, "positive values") if above else (zero is True, "a zero"),
        "nonnegative": (below, "negative values") if below else (zero is False, "no zero"),
        "nonpositive": (above, "positive values") if above else (zero is False, "no zero"),
        "zero": (above or below, "other values"),
        "mixed": (not (above and below), f"only {'positive' if above else 'negative'} values"),
    }
    bad, what = wrong[value]
    if bad:
        yield f"said {value}, seen: {what}"


def check_value_at_zero(case: Case, value: Any) -> Iterator[str]:
    seen = case.look.at(Fraction(0))
    if value is None or seen is None:
        return
    if differs(seen, end(value), "1e-40"):
        yield f"f(0) = {show(seen)}"


# Sets of points


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
            yield from _is_zero_on(case, quantity, part)
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
                yield from _touching(case, quantity, c, value)
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


def _is_zero_on(case: Case, quantity: Quantity, part: sp.Interval) -> Iterator[str]:
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


def _touching(case: Case, quantity: Quantity, c: Change, value: sp.Set) -> Iterator[str]:
    """Zeros without a change of sign, at sign changes of the derivative of the quantity."""
    if c.kind != "zero" or distance(value, c.middle) <= mpf(10) ** -25 * (1 + abs(big(c.middle))):
        return
    try:
        v = quantity(c.middle, 200)
    except NoValue:
        return
    beside = [confirmed(quantity, c.middle + s * Fraction(1, 1000)) for s in (1, -1)]
    if None not in beside and abs(big(v)) < mpf(10) ** -100 * min(abs(big(w)) for w in beside):
        yield f"{show(c.middle)} is missing (touched, no change of sign)"


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


# Shape


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
            inside = any(member(part, s.a) for part in inner)
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
            if not zero or not _no_switch(look, s.a, t.a) or not _vanishes_between(look, s.a, t.a, order):
                continue
            if order == 1 and any(member(part, p.a) for part in inner for p in (s, t)):
                yield f"f is constant around {show(s.a)}"
                break
            if order == 2 and all(member(value, p.a) is False for p in (s, t)) and s.a not in look.centers:
                yield f"f is affine around {show(s.a)}, missing"
                break
        inner_parts = parts[2:-2] if isinstance(value, sp.ConditionSet) else parts  # the others lack neighbors
        for part in inner_parts:
            yield from _piece_borders(look, parts, part, sign, order)
            if order == 2:
                yield from _chords(look, part, sign)
            else:
                yield from _jumps_against(look, part, sign)

    return check


def _no_switch(look: Look, a: Fraction, b: Fraction) -> bool:
    return not any(a < c < b for c in look.centers)


def _vanishes_between(look: Look, a: Fraction, b: Fraction, order: int) -> bool:
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
        if value is None and exact and not is_open and look.f and _undefined_at(look.f, c):
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
        if value == "none" and not (bends_up and bends_down):
            yield f"said none, but f bends only {'up' if bends_up else 'down'}"
        if value in ("convex", "concave") and not (bends_up or bends_down):
            yield f"said {value}, but f is affine"


# Borders


def check_discontinuities(case: Case, value: Any) -> Iterator[str]:
    look = case.look
    rows, listed = spread(value)
    for c, left, right in rows:
        p = as_fraction(c)
        if p is None:
            continue
        for claim, e in zip((left, right), look.around(p), strict=True):
            if claim is not None:
                yield from (f"at {c}: {m}" for m in against_trend(e, e.trend(0), claim))
        if look.continuity(p) is True and p.denominator < 10**40:
            yield f"f is continuous at {c}"
    for c in look.jumps:
        both = all(e.trend(0).kind != "undefined" for e in look.sides[c])
        if both and distance(listed, c) > mpf(10) ** -25:
            yield f"the jump at {show(c)} is missing"


def check_kinks(case: Case, value: Any) -> Iterator[str]:
    look = case.look
    rows, listed = spread(value)
    for c, left, right in rows:
        p = as_fraction(c)
        if p is None:
            continue
        pair = look.around(p)
        for claim, e in zip((left, right), pair, strict=True):
            if claim is not None:
                yield from (f"one-sided slope {m}" for m in against_trend(e, e.trend(1), claim))
        if look.continuity(p, pair) is False:
            yield f"f is not continuous at {c}"
        if left is not None and left == right and left.is_finite:
            yield f"the one-sided slopes at {c} are equal"
    for c in _kinks_seen(look):
        if distance(listed, c) > mpf(10) ** -25:
            yield f"the kink at {show(c)} is missing"


def _kinks_seen(look: Look) -> Iterator[Fraction]:
    for c, pair in look.sides.items():
        slopes = [e.trend(1) for e in pair]
        if look.continuity(c, pair) is not True or any(t.kind not in ("finite", "infinite") for t in slopes):
            continue
        if any(t.kind == "infinite" for t in slopes) or differs(slopes[0].value, slopes[1].value, "1e-6"):
            yield c


def check_smoothness(case: Case, value: Any) -> Iterator[str]:
    look = case.look
    seen = {c: first_break(look, c, pair) for c, pair in look.sides.items() if look.at(c) is not None}
    claimed = inf if value == sp.oo else int(value)
    for c, order in seen.items():
        if order is not None and 0 <= order <= claimed:
            yield f"said C^{value}, the derivative of order {order} breaks at {show(c)}"
    orders = [order for order in seen.values() if order is not None]
    if claimed < HIGHEST and UNCLEAR not in orders and all(order > claimed + 1 for order in orders):
        yield f"said only C^{value}, no break of the derivative of order {claimed + 1} seen"


HIGHEST = 7
"""Derivatives up to this order are compared across switching points."""

UNCLEAR = -1


def first_break(look: Look, c: Fraction, pair: tuple[End, End]) -> int | None:
    """The lowest order at which the one-sided derivatives differ or do not exist; None where there is none."""
    continuous = look.continuity(c, pair)
    if continuous is not True:
        return 0 if continuous is False else UNCLEAR
    for k in range(1, HIGHEST + 1):
        trends = [e.trend(k, HIGHEST) for e in pair]
        trends = [t for t in trends if t.kind != "undefined"]
        if any(t.kind in ("infinite", "oscillating") for t in trends):
            return k
        if not trends or any(t.kind == "unclear" for t in trends):
            return UNCLEAR
        if len(trends) == 2 and not equal(*trends):
            return k if differs(trends[0].value, trends[1].value, "1e-6") else UNCLEAR
    return None


def lipschitz_check(order: int) -> Check:
    def check(case: Case, value: Any) -> Iterator[str]:
        look = case.look
        claim = end(value)
        broken = list(look.jumps)
        if order == 2:
            broken += list(_kinks_seen(look))
        if broken and claim != inf:
            yield f"said {value}, f{'' if order == 1 else chr(39)} jumps at {show(broken[0])}"
        bound = look.steepest(order)
        if claim != inf:
            limit = big(claim) * (1 + mpf(10) ** -25)
            for s in look.smooth:
                if abs(big(s.values[order])) > limit and look.surely(s.a, order, lambda v: abs(big(v)) > limit):
                    yield f"said {value}, the slope at {show(s.a)} is {show(s.values[order])}"
                    break
        if claim != inf:
            yield from _steeper_chord(look, order - 1, big(claim))
        if broken or not bound.certain:
            return
        if bound.value == inf and claim != inf:
            yield f"said {value}, the slopes are unbounded"
        elif bound.value != inf:
            holes = not isinstance(case.known("domain"), sp.Interval)
            if claim == inf and not holes and look.is_smooth_seen(order):
                yield f"said oo, the slopes seen stay below {show(bound.value)}"
            elif claim != inf and not holes and differs(bound.value, claim, "1e-5"):
                yield f"said {value}, the slopes seen reach {show(bound.value)}"

    return check


def _steeper_chord(look: Look, order: int, most: mpf) -> Iterator[str]:
    """A chord of f or f' with a larger slope: between random samples, and across each center from both sides."""
    rng, points = random.Random(5), look.smooth
    pairs = [tuple(rng.sample(points, 2)) for _ in range(300)] if len(points) > 1 else []
    pairs += [(s, t) for c in look.centers for s, t in pairwise(points) if s.a <= c <= t.a]
    for s, t in pairs:
        if _is_steeper(s, t, s.values[order], t.values[order], most):
            u, v = look.sure(s.a, order), look.sure(t.a, order)
            if u is not None and v is not None and _is_steeper(s, t, u, v, most):
                yield f"said {show(most)}, the chord from {show(s.a)} to {show(t.a)} is steeper"
                return


def _is_steeper(s: Sample, t: Sample, u: Any, v: Any, most: mpf) -> bool:
    u, v = big(u), big(v)
    rounding = mpf(10) ** -30 * (abs(u) + abs(v))
    return bool(abs(u - v) > most * abs(big(s.a - t.a)) * (1 + mpf(10) ** -20) + rounding)


# Symmetry and scaling


def _negligible(gap: Quantity, a: Fraction, size: Number, digits: int = 42) -> bool:
    """Whether the gap is within rounding of a value of that size: nothing to confirm then."""
    try:
        return bool(abs(big(gap(a, 100))) <= mpf(10) ** -digits * abs(big(size)))
    except NoValue:
        return False


def check_symmetry(case: Case, value: Any) -> Iterator[str]:
    kind, center = value
    look = case.look
    if kind == "none":
        for c in _center_candidates(look):
            if found := _symmetric_about(look, c):
                yield f"said none, f is {found} symmetric about {show(c)}"
                return
        return
    c = Fraction(0) if kind in ("odd", "even") else as_fraction(center[0] if kind == "point" else center, 120)
    level = Fraction(0) if kind == "odd" else as_fraction(center[1], 120) if kind == "point" else None
    if c is None:
        return
    for s in look.defined:
        mirrored = 2 * c - s.a

        def gap(a: Fraction, dps: int, mirrored: Fraction = mirrored) -> Number:
            with mp.workdps(dps):
                there, here = look.f.series(mirrored, 0, dps)[0], look.f.series(a, 0, dps)[0]
                return minus(minus(2 * level, there), here) if level is not None else minus(there, here)

        if _negligible(gap, s.a, s.values[0]):
            continue
        v = confirmed(gap, s.a)
        if v is not None and abs(big(v)) > mpf(10) ** -40 * (1 + abs(big(s.values[0]))):
            yield f"said {kind} about {center}, broken at {show(s.a)} by {show(v)}"
            break
        if v is None and _undefined(case, mirrored) and c.denominator < 10**40:
            yield f"said {kind} about {center}, f({show(mirrored)}) does not exist"
            break
    if kind == "point" and _symmetric_about(look, Fraction(0)) == "point" and look.at(Fraction(0)) == 0:
        yield "f is odd"
    if kind == "axis" and _symmetric_about(look, Fraction(0)) == "axis":
        yield "f is even"


def _center_candidates(look: Look) -> list[Fraction]:
    anchors = sorted(look.anchors, key=abs)[:14]
    extra = [c.middle for k in (1, 2) for c in look.derivative_changes(k)[:6]]
    found = [*anchors, *extra]
    found += [(a + b) / 2 for a, b in combinations(anchors, 2)] + [(a + b) / 2 for a, b in combinations(extra, 2)]
    return list(dict.fromkeys(found))


def _symmetric_about(look: Look, c: Fraction) -> str | None:
    """Whether f(c + t) and f(c - t) agree, or have a constant sum: at random distances and at those of every anchor."""
    rng = random.Random(17)
    distances = [Fraction(rng.randint(1, 10**6), 10 ** rng.choice((4, 5, 6))) for _ in range(12)]
    distances += [abs(a - c) + d for a in look.anchors for d in (Fraction(0), Fraction(1, 97)) if not _far(a)]
    same = total = True
    level: mpf | None = None
    seen = 0
    for t in distances:
        values = []
        for p in (c + t, c - t):
            try:
                values.append(big(look.f.series(p, 0, 120)[0]))
            except NoValue:
                values.append(None)
        if values[0] is None and values[1] is None:
            continue
        if None in values:
            return None
        u, v = values
        seen += 1
        tolerance = mpf(10) ** -50 * (abs(u) + abs(v))
        level = u + v if level is None else level
        same = same and abs(u - v) <= tolerance
        total = total and abs(u + v - level) <= tolerance
        if not same and not total:
            return None
    if seen < 8:
        return None
    return "axis" if same else "point"


def _far(a: Fraction) -> bool:
    """Whether a only stands for an irrational point: f may jump there."""
    return a.denominator > 10**40


def check_homogeneous(case: Case, value: bool) -> Iterator[str]:
    look = case.look
    broken = None
    for s in [*look.defined[::7], *(s for s in look.defined if s.a == 0)]:
        for scale in (Fraction(2), Fraction(1, 3), Fraction(7, 5)):

            def gap(a: Fraction, dps: int, scale: Fraction = scale) -> Number:
                with mp.workdps(dps):
                    return minus(look.f.series(scale * a, 0, dps)[0], times(scale, look.f.series(a, 0, dps)[0]))

            if _negligible(gap, s.a, s.values[0], 60):
                continue
            v = confirmed(gap, s.a)
            if v is not None and abs(big(v)) > mpf(10) ** -40 * (mpf(10) ** -40 + abs(big(s.values[0]))):
                broken = (s.a, scale)
                break
        if broken:
            break
    if value and broken:
        yield f"f({show(broken[1])}*x) differs from {show(broken[1])}*f(x) at x = {show(broken[0])}"
    if not value and not broken:
        yield "said not to be, f(c*x) = c*f(x) at every sample"


def check_dead_region(case: Case, value: sp.Set) -> Iterator[str]:
    look = case.look
    for part in intervals(value):
        if not (part.left_open or part.start == -sp.oo) or not (part.right_open or part.end == sp.oo):
            yield f"{part} is not open"
        yield from _is_zero_on(case, lambda a, dps: look.f.value(a, 1, dps), part)
    for p in points(value):
        yield f"{p} is a single point"
    for s, t in pairwise(look.smooth):
        flat = all(not isinstance(p.values[1], mpf) and p.values[1] == 0 for p in (s, t))
        missing = all(distance(value, p.a) > 0 for p in (s, t))
        if flat and missing and _vanishes_between(look, s.a, t.a, 1):
            yield f"f is constant around {show(s.a)}"
            break


# Gaussian moments


def moment_check(name: str) -> Check:
    def check(case: Case, value: Any) -> Iterator[str]:
        found = moments(case.look)[name]
        if found is None or value is None:
            return
        if name == "zero_centered":
            mean = moments(case.look)["gaussian_mean"]
            if mean is not None and value != (abs(mean) < mpf(10) ** -10):
                yield f"said {value}, E[f(Z)] = {show(mean)}"
            return
        claim = real_constant(value, 40) if value != sp.oo else inf
        if differs(claim, found, "1e-8"):
            yield f"said {value}, quadrature gives {show(found)}"

    return check


# Numbers


def check_numbers(report: Report) -> Iterator[Complaint]:
    """Every `Root` is one, and the digits and enclosures of scalar facts hold the values."""
    for fact in report.facts.values():
        if not fact.known:
            continue
        for root in _roots(fact.value):
            yield from (Complaint(fact.name, m) for m in _root_faults(root))
        yield from (Complaint(fact.name, m) for m in _digit_faults(fact))


def _roots(value: Any) -> Iterator[Root]:
    if isinstance(value, (tuple, list)):
        for v in value:
            yield from _roots(v)
    elif isinstance(value, sp.Basic):
        yield from value.atoms(Root)


def _root_faults(root: Root) -> Iterator[str]:
    name = f"the root of {root.function.expr} in [{root.lo}, {root.hi}]"
    f = Compiler(root.function.variables[0]).compile(root.function.expr)
    function = Function.__new__(Function)
    function._run = f
    lo, hi = fraction(root.lo), fraction(root.hi)
    rough = root.function.expr.has(sp.Integral)
    try:
        value = real_constant(root, 60)
    except RootFault as fault:
        if not rough:
            yield f"{name}: {fault}"
        return
    except (NoValue, Unreadable):
        return
    try:
        given = fraction(sp.Rational(root.evalf(18 if rough else 45)))
    except SymactsError as error:
        yield f"{name} has no digits: {error}"
        return
    if abs(big(given) - value) > mpf(10) ** (-12 if rough else -42) * (1 + abs(value)):
        yield f"{name} evaluates to {show(given)}, bracketing gives {show(value)}"
    if rough:
        return
    flips, before = 0, 0
    for k in range(33):
        try:
            v = function.series(lo + (hi - lo) * Fraction(k, 32), 0, 80)[0]
        except NoValue:
            continue
        sign = (v > 0) - (v < 0)
        flips += sign * before < 0
        before = sign or before
    if flips > 1:
        yield f"{name}: {flips} sign changes in its isolating interval"


def _digit_faults(fact: Fact) -> Iterator[str]:
    number = fact.number
    if number is None or number.is_infinite:
        return
    try:
        exact = real_constant(number, 40)
    except (NoValue, Unreadable, RootFault):
        return
    integrals = number.has(sp.Integral)
    value, slack = big(exact), mpf(10) ** (-12 if integrals else -35)
    try:
        lo, hi = (big(fraction(sp.Rational(b))) for b in fact.enclosure)
        text = fact.digits(20)
    except SymactsError as error:
        yield f"no digits: {str(error)[:120]}"
        return
    if not lo - slack * (1 + abs(value)) <= value <= hi + slack * (1 + abs(value)):
        yield f"the enclosure [{show(lo)}, {show(hi)}] misses {show(value)}"
    if hi - lo > mpf(10) ** -15 * (abs(lo) + abs(hi)):
        yield f"the enclosure [{show(lo)}, {show(hi)}] has fewer than 15 digits"
    if abs(mpf(text) - value) > mpf(10) ** (-12 if integrals else -19) * (abs(value) + mpf(10) ** -25):
        yield f"the digits {text} differ from {show(value)}"


MOMENTS = ("gaussian_mean", "gaussian_second_moment", "gaussian_derivative_second_moment", "gain")

CHECKS: dict[str, Check] = {
    "domain": check_domain,
    "derivative": formula_check(1),
    "second_derivative": formula_check(2),
    "derivative_in_output": check_derivative_in_output,
    "antiderivative": check_antiderivative,
    "inverse": check_inverse,
    "limits": check_limits(0),
    "derivative_limits": check_limits(1),
    "asymptotes": check_asymptotes,
    "saturation": check_saturation,
    "saturation_rate": check_saturation_rate,
    "range": check_range,
    "minimum": extreme_check("minimum"),
    "maximum": extreme_check("maximum"),
    "bounded": check_bounded,
    "sign": check_sign,
    "value_at_zero": check_value_at_zero,
    "zeros": set_check("zeros", 0),
    "fixed_points": set_check("fixed_points", 0, less_x=True),
    "stationary_points": set_check("stationary_points", 1),
    "inflection_points": check_inflection,
    "monotonicity": check_monotonicity,
    "increasing_on": pieces_check(1, 1),
    "decreasing_on": pieces_check(-1, 1),
    "convexity": check_convexity,
    "convex_on": pieces_check(1, 2),
    "concave_on": pieces_check(-1, 2),
    "discontinuities": check_discontinuities,
    "kinks": check_kinks,
    "smoothness": check_smoothness,
    "lipschitz": lipschitz_check(1),
    "gradient_lipschitz": lipschitz_check(2),
    "symmetry": check_symmetry,
    "homogeneous": check_homogeneous,
    "dead_region": check_dead_region,
    "gaussian_mean": moment_check("gaussian_mean"),
    "zero_centered": moment_check("zero_centered"),
    "gaussian_second_moment": moment_check("gaussian_second_moment"),
    "gaussian_derivative_second_moment": moment_check("gaussian_derivative_second_moment"),
    "gain": moment_check("gain"),
}
"""One check per fact."""


def referee(
    expression: sp.Expr, report: Report, *, variable: sp.Symbol | None = None, numbers: bool = True, more: int = 0
) -> list[Complaint]:
    """Every fact of the report that evaluation of the expression contradicts; `more` adds that many random samples.

    Raises
    ------
    Unreadable
        The expression has a part that the referee's own evaluator does not know.
    """
    with mp.workdps(DIGITS):
        case = case_of(expression, report, variable or sp.Symbol("x", real=True), more)
        complaints = [Complaint("branches", m) for m in _first(check_branches(case, report.branches))]
        for fact in report.facts.values():
            if fact.known and fact.name in CHECKS:
                complaints += judge(case, fact.name, fact.value)
        if numbers:
            complaints += check_numbers(report)
    return complaints


def judge(case: Case, name: str, value: Any) -> list[Complaint]:
    """The complaints about one fact."""
    try:
        return [Complaint(name, m) for m in _first(CHECKS[name](case, value))]
    except RootFault as fault:
        return [Complaint(name, f"not a root: {fault}")]
    except Unreadable:
        return []
    except NoValue as missing:
        return [Complaint(name, f"names a number without a real value: {missing!r}")]


def _first(messages: Iterator[str], most: int = 3) -> list[str]:
    return [m for m, _ in zip(messages, range(most), strict=False)]


def case_of(expression: sp.Expr, report: Report, x: sp.Symbol, more: int = 0) -> Case:
    suspects = ("domain", "kinks", "discontinuities")
    values = {name: fact.value for name, fact in report.facts.items() if fact.known}
    first = [v for name in suspects if name in values for v in _places(values[name])]
    first += [v for where, _ in report.branches for v in named_numbers(where)]
    rest = [v for name, value in values.items() if name not in (*suspects, *MOMENTS) for v in _places(value)]
    look = Look(expression, x, _fractions(rest), _fractions(first), random.Random(more), more)
    return Case(look, report, x)


def _places(value: Any) -> list[sp.Expr]:
    return list(named_numbers(value))


def _fractions(numbers: list[sp.Expr]) -> list[Fraction]:
    found = []
    for number in numbers:
        try:
            c = as_fraction(number)
        except RootFault:
            continue
        if c is not None:
            found.append(c)
    return found
