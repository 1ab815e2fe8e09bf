"""Checks of borders and of laws of the whole function: jumps, kinks, smoothness, Lipschitz constants, symmetry."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import sympy as sp
from mpmath import inf, mp, mpf
from referee_case import Case, Check, differs, negligible, show
from referee_changes import confirmed
from referee_formulas import undefined
from referee_look import Look
from referee_points import is_zero_on
from referee_series import NoValue, Number, big, minus, times
from referee_sets import as_fraction, distance, end, intervals, points, spread
from referee_shape import vanishes_between
from referee_trends import End, Sample, equal
from referee_values import against_trend


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
        if any(map(look.is_blurred, look.sides)):
            return
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


def check_symmetry(case: Case, value: Any) -> Iterator[str]:
    kind, center = value
    look = case.look
    if kind == "none":
        if not all(isinstance(row[0], (sp.Rational, sp.Set)) for row in case.known("discontinuities") or ()):
            return  # at an irrational jump the value itself is not seen
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

        if negligible(gap, s.a, s.values[0]):
            continue
        v = confirmed(gap, s.a)
        if v is not None and abs(big(v)) > mpf(10) ** -40 * (1 + abs(big(s.values[0]))):
            yield f"said {kind} about {center}, broken at {show(s.a)} by {show(v)}"
            break
        if v is None and undefined(case, mirrored) and max(c.denominator, mirrored.denominator) < 10**40:
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
    distances += [Fraction(k, 2) for k in (0, 1, 2, 4)]
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
    for s in [*look.defined[::7], *(s for s in look.defined if s.a in look.centers)]:
        for scale in (Fraction(2), Fraction(1, 3), Fraction(7, 5)):

            def gap(a: Fraction, dps: int, scale: Fraction = scale) -> Number:
                with mp.workdps(dps):
                    return minus(look.f.series(scale * a, 0, dps)[0], times(scale, look.f.series(a, 0, dps)[0]))

            if negligible(gap, s.a, s.values[0], 60):
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
        yield from is_zero_on(case, lambda a, dps: look.f.value(a, 1, dps), part)
    for p in points(value):
        yield f"{p} is a single point"
    for s, t in pairwise(look.smooth):
        flat = all(not isinstance(p.values[1], mpf) and p.values[1] == 0 for p in (s, t))
        missing = all(distance(value, p.a) > 0 for p in (s, t))
        if flat and missing and vanishes_between(look, s.a, t.a, 1):
            yield f"f is constant around {show(s.a)}"
            break
