"""Checks of ends and values: limits, asymptotes, saturation, range, extremes, sign."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import sympy as sp
from mpmath import inf, mp, mpf
from referee_case import Case, Check, differs, show
from referee_reals import RootFault, real_constant
from referee_series import big, fraction, minus, times
from referee_sets import as_fraction, distance, end, intervals, member, points
from referee_trends import FAR, End


def check_limits(order: int) -> Check:
    def check(case: Case, value: Any) -> Iterator[str]:
        for e, claim in zip(case.look.far, value, strict=True):
            if claim is not None or not _turns(e, order + 1):  # waves may come back to 0 between the samples
                yield from against_trend(e, e.trend(order), claim)

    return check


def _turns(e: End, order: int) -> bool:
    """Whether values grow while a derivative is seen with both signs far out."""
    slopes = [d[order] for row in e.rows(260) for _, d in row][-20:]
    return e.trend(order - 1).kind == "infinite" and any(v > 0 for v in slopes) and any(v < 0 for v in slopes)


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
        slopes, values = ([d[k] for row in e.rows(260) for _, d in row] for k in (1, 0))
        constant = bool(slopes) and all(not isinstance(v, mpf) and v == 0 for v in slopes[-10:])
        moving = bool(slopes) and all(v != 0 for v in slopes[-5:])
        if claim == "hard" and moving:
            yield f"at {e}: said to be constant, f' = {mp.nstr(big(slopes[-1]), 5)}"
        if claim == "soft" and constant and len(set(values[-10:])) == 1:
            yield f"at {e}: said not to be constant, f' is exactly 0 far out"
        if claim in ("soft", "hard"):
            yield from (f"f' {m}" for m in against_trend(e, trend, sp.S.Zero))
        if claim == "none" and trend.kind == "finite" and abs(trend.value) < mpf(10) ** -9:
            yield f"at {e}: said not to saturate, f' tends to 0"


RATES = {
    "logarithmic": (-1, "0.3"),
    "algebraic": (-1, "0.3"),
    "super-algebraic": (-1, "0.3"),
    "exponential": ("0.3", "1.9"),
    "gaussian": ("1.9", "2.1"),
}
"""The slope of log(-log|f'|) over log|x| far out; that of f' = x**-p falls to 0, as that of exp(-log(x)**p)."""


def check_saturation_rate(case: Case, value: Any) -> Iterator[str]:
    for e, claim in zip(case.look.far, value, strict=True):
        closer = {a: big(d[1]) for row in e.rows(2 * FAR) for a, d in row}
        points = [(a, big(d[1])) for row in e.rows(FAR) for a, d in row]
        points = [(a, v) for a, v in points if a in closer and abs(v - closer[a]) < abs(v) / 100]  # digits are left
        points = [(abs(big(a)), abs(v)) for a, v in points if 0 < abs(v) < mpf("0.1") and _stands(case, a, v)]
        if claim is None or claim not in RATES or len(points) < 5:
            continue
        (a, u), (b, v) = points[-10:][0], points[-1]
        with mp.workdps(60):
            slope = (mp.log(-mp.log(v)) - mp.log(-mp.log(u))) / (mp.log(b) - mp.log(a))
        lo, hi = map(mpf, RATES[claim])
        slack = 0 if len(points) >= 10 else mpf("0.3")  # few points lie close together
        if not lo - slack < slope < hi + slack:
            yield f"at {e}: said {claim}, log|f'| runs as the power {show(slope)} of x"


def _stands(case: Case, a: Fraction, slope: mpf) -> bool:
    """Whether a slope is seen with enough digits to show what a sum may have lost.

    At 10**4 the slope of `x - log(1 + exp(x))` is 0 to 500 digits, those of `exp(-x**2)` beside it stay as they are.
    """
    below = -int(mp.log10(slope if slope > 0 else -slope))
    if below < FAR // 2:
        return True
    return below < FAINTEST and not differs(case.look.f.value(a, 1, below + 60) / fraction(slope), 1)


FAINTEST = 15_000
"""Digits after the point of the smallest slope that tells of a rate."""


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
    if value.has(sp.ImageSet, sp.ConditionSet, sp.S.Integers):
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
    near = [t.value for t in (e.trend(0) for e in look.ends) if t.kind == "finite" and abs(t.value) > mpf(10) ** -9]
    above, below = above or any(v > 0 for v in near), below or any(v < 0 for v in near)
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
