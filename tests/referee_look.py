"""What the referee sees of a function: samples, switching points, one-sided trends, sign changes, suprema.

Everything is numerical, at 50 digits or more; nothing is concluded from a value that two precisions do not confirm.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations, pairwise
from typing import Any

import sympy as sp
from mpmath import inf, mp, mpf
from referee_changes import Change, confirmed, narrow, passes_through
from referee_reals import Function
from referee_series import Kinked, NoValue, Number, Undefined, big, fraction, minus
from referee_trends import BASE, ORDER, End, Quantity, Sample, Trend, apart, derivatives, equal

FAR_OUT = 8
"""Beyond it values that come as close as `exp(-x**2)` to a number count as neither equal to it nor apart."""
MOST_CHANGES = 24
"""Changes of sign that are narrowed down."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A supremum as seen: `certain` when every end was understood."""

    value: mpf
    certain: bool


def grid(anchors: Iterable[Fraction], rng: random.Random) -> list[Fraction]:
    """Sorted sample points: several scales around 0, halves and integers, offsets around every anchor, far tails."""
    found = {Fraction(k, 16) for k in range(-160, 161)} | {Fraction(5 * k, 2) for k in range(-40, 41)}
    found |= {s * m * Fraction(10) ** k for k in range(-12, 7) for m in (1, 2, 5) for s in (1, -1)}
    found |= {Fraction(rng.randint(-(10**9), 10**9), 10**8) for _ in range(60)}
    found |= {Fraction(rng.randint(-(10**9), 10**9), 2 * 10**6) for _ in range(20)}
    offsets = [Fraction(m, 10**k) for k, m in ((12, 1), (9, 1), (6, 1), (4, 1), (3, 1), (2, 1), (2, 3), (1, 1), (1, 3))]
    for c in anchors:
        found.add(c)
        found |= {c + s * d for d in offsets for s in (1, -1)}
    return sorted(found)


def scattered(anchors: list[Fraction], rng: random.Random, count: int) -> Iterator[Fraction]:
    """Random points: half over all scales, a quarter in [-30, 30], a quarter beside anchors at all distances."""
    for k in range(count):
        scale = Fraction(rng.randint(100, 999), 100) * Fraction(10) ** rng.randint(-12, 6) * rng.choice((1, -1))
        if k % 4 == 0:
            yield Fraction(rng.randint(-(3 * 10**8), 3 * 10**8), 10**7)
        else:
            yield scale + (rng.choice(anchors) if k % 4 == 1 else 0)


class Look:
    """A function and everything numerical about it that several checks need."""

    def __init__(
        self,
        expression: sp.Expr,
        variable: sp.Symbol,
        named: Iterable[Fraction] = (),
        suspects: Iterable[Fraction] = (),
        rng: random.Random | None = None,
        more: int = 0,
    ) -> None:
        self.f = Function(expression, variable)
        self.rng = rng or random.Random(0)
        named = sorted({c for c in named if abs(c) < 10**7})[:60]
        suspects = [c for c in suspects if abs(c) < 10**7][:60]
        first = grid([Fraction(0)], random.Random(1))
        self.switches = self._find_switches(first, [*named, *suspects])
        self.anchors = _distinct([Fraction(0), *suspects, *named, *self.switches])
        self.centers = _distinct([Fraction(0), *suspects, *self.switches, *filter(self._is_singular, named)])
        chosen = sorted({*grid(self.anchors, self.rng), *scattered(self.anchors, self.rng, more)})
        self.samples = [self._sample(a) for a in chosen]
        self._sure: dict[tuple[Fraction, int], Number | None] = {}
        self._changes: dict[Any, list[Change]] = {}
        self._poles = [Function(part, variable) for part in _with_poles(expression, variable)]

    # values

    def _sample(self, a: Fraction) -> Sample:
        try:
            with mp.workdps(BASE):
                return Sample(a, derivatives(self.f.series(a, ORDER, BASE)))
        except NoValue as missing:
            if isinstance(missing, Undefined):
                return Sample(a, (), missing)
        try:
            return Sample(a, tuple(self.f.series(a, 0, BASE)), Kinked())
        except NoValue as missing:
            return Sample(a, (), missing)

    def _is_singular(self, a: Fraction) -> bool:
        try:
            self.f.series(a, ORDER, BASE)
        except NoValue:
            return True
        return False

    @cached_property
    def defined(self) -> list[Sample]:
        return [s for s in self.samples if s.values]

    @cached_property
    def smooth(self) -> list[Sample]:
        return [s for s in self.samples if len(s.values) > ORDER]

    def sure(self, a: Fraction, k: int) -> Number | None:
        """The k-th derivative, confirmed by two precisions (relative 1e-8) or exact; else None."""
        key = (a, k)
        if key not in self._sure:
            self._sure[key] = confirmed(lambda b, dps: self.f.value(b, k, dps), a)
        return self._sure[key]

    def surely(self, a: Fraction, k: int, holds: Callable[[Number], bool]) -> bool:
        """Whether the confirmed k-th derivative has the property."""
        value = self.sure(a, k)
        return value is not None and holds(value)

    # switching points

    def _trace(self, a: Fraction, dps: int = BASE) -> Any:
        try:
            return self.f.traced(a, 0, dps)[1]
        except Undefined as missing:
            return "undefined" if missing.sure else None
        except NoValue:
            return None

    def _find_switches(self, points: list[Fraction], named: list[Fraction]) -> list[Fraction]:
        """Where the evaluation takes another branch: a named number where one fits, else to 80 digits."""
        found: list[Fraction] = []
        points = sorted({*points, *(c + s * Fraction(1, 10**k) for c in named for k in (2, 6, 12) for s in (1, -1))})
        traces = [(a, self._trace(a)) for a in points]
        traces = [(a, t) for a, t in traces if t is not None]
        for (a, ta), (b, tb) in pairwise(traces):
            if ta != tb and len(found) < 40:
                found += self._narrow(a, ta, b, tb, named)
        return found

    def _narrow(self, a: Fraction, ta: Any, b: Fraction, tb: Any, named: list[Fraction]) -> list[Fraction]:
        tiny = Fraction(1, 10**70)
        for c in named:
            if a <= c <= b:
                left, right = self._trace(c - tiny, 120), self._trace(c + tiny, 120)
                if left is not None and right is not None and left != right:
                    return [c]
        while b - a > Fraction(1, 10**80) * max(1, abs(a)):
            middle = (a + b) / 2
            t = self._trace(middle, 130)
            if t is None:
                return []
            if t == ta:
                a = middle
            elif t == tb:
                b = middle
            else:
                at = (a + b) / 2
                left, right = self._trace(at - tiny, 130), self._trace(at + tiny, 130)
                if left == ta and right == tb:
                    return [at]
                b, tb = middle, t  # another switch between: narrow down to the first
        return [(a + b) / 2]

    # ends

    @cached_property
    def far(self) -> tuple[End, End]:
        return End(self.f, None, -1), End(self.f, None, 1)

    @cached_property
    def sides(self) -> dict[Fraction, tuple[End, End]]:
        """Left and right side of every center."""
        return {c: self.around(c) for c in self.centers}

    @cached_property
    def lonely(self) -> list[Fraction]:
        """Centers in the domain with no values on either side."""
        kinds = {c: [e.trend(0).kind for e in pair] for c, pair in self.sides.items()}
        return [c for c, pair in kinds.items() if pair == ["undefined", "undefined"] and self.at(c) is not None]

    def around(self, c: Fraction) -> tuple[End, End]:
        return End(self.f, c, -1), End(self.f, c, 1)

    @cached_property
    def ends(self) -> list[End]:
        return [*self.far, *(e for pair in self.sides.values() for e in pair)]

    def at(self, c: Fraction) -> Number | None:
        """f(c), None where it is not defined or not known."""
        if self._stands_for_a_pole(c):
            return None
        try:
            return self.f.series(c, 0, 120)[0]
        except NoValue:
            return None

    def _stands_for_a_pole(self, c: Fraction) -> bool:
        """Whether c only stands for an irrational point at which a part of f has a pole, so that f has no value."""
        if c.denominator <= 10**40:
            return False
        try:
            return any(abs(big(part.series(c, 0, 200)[0])) > mpf(10) ** 40 for part in self._poles)
        except NoValue:
            return False

    @cached_property
    def jumps(self) -> list[Fraction]:
        """Centers in the domain where f is seen to be discontinuous."""
        return [c for c, pair in self.sides.items() if self.continuity(c, pair) is False]

    def continuity(self, c: Fraction, pair: tuple[End, End] | None = None) -> bool | None:
        """Whether f is continuous at c on its domain: True, False, or None where that is not seen (or c is outside)."""
        value = self.at(c)
        if value is None:
            return None
        inexact = c.denominator > 10**40  # stands for an irrational point beside it
        answer: bool | None = True
        limits = []
        for e in pair or self.around(c):
            t = e.trend(0)
            if t.kind == "undefined":
                continue
            if t.kind in ("infinite", "oscillating"):
                return None if inexact else False
            if t.kind == "unclear":
                answer = None
            else:
                limits.append(t)
        limits += [] if inexact else [Trend("finite", big(value))]
        for t, u in combinations(limits, 2):
            if apart(t, u):
                return False
            if not equal(t, u):
                answer = None
        return answer

    def is_smooth_seen(self, order: int) -> bool:
        """Whether f (order 1), or f and f' (order 2), are seen to be continuous at every center of the domain."""
        for c, pair in self.sides.items():
            if self.at(c) is None:
                continue
            if self.continuity(c, pair) is not True:
                return False
            slopes = [t for t in (e.trend(1) for e in pair) if t.kind != "undefined"]
            if order == 2 and not all(t.kind == "finite" for t in slopes):
                return False
            if order == 2 and len(slopes) == 2 and not equal(*slopes):
                return False
        return True

    # sign changes

    def changes(self, key: Any, quantity: Quantity, k: int, base: Callable[[Sample], Number]) -> list[Change]:
        """Strict sign changes of a quantity between neighboring samples, narrowed to 65 digits.

        `base` gives the quantity at a sample from its derivatives 0..k.
        """
        if key not in self._changes:
            pairs = self._find_pairs(quantity, k, base)
            if len(pairs) > MOST_CHANGES:  # the nearest to 0, and the widest apart: waves crowd at 0 or far out
                near = sorted(pairs, key=lambda p: abs(p[0] + p[1]))
                wide = sorted(near[MOST_CHANGES // 2 :], key=lambda p: p[0] - p[1])
                pairs = near[: MOST_CHANGES // 2] + wide[: MOST_CHANGES // 2]
            self._changes[key] = list(self._narrowed(quantity, pairs))
        return self._changes[key]

    def derivative_changes(self, k: int) -> list[Change]:
        return self.changes(k, lambda a, dps: self.f.value(a, k, dps), k, lambda s: s.values[k])

    def _find_pairs(
        self, quantity: Quantity, k: int, base: Callable[[Sample], Number]
    ) -> list[tuple[Fraction, Fraction]]:
        """Neighboring samples between which the quantity changes its sign; both are the same where it vanishes."""
        values = [(s.a, big(base(s))) for s in self.samples if len(s.values) > k]
        pairs = [(a, b) for (a, u), (b, v) in pairwise(values) if u * v < 0]
        for (a, u), (b, v), (c, w) in zip(values, values[1:], values[2:], strict=False):
            if u * w < 0 and abs(v) <= mpf(10) ** -35 * min(abs(u), abs(w)):  # b is a zero, exactly or nearly
                pairs = [p for p in pairs if p not in ((a, b), (b, c))]
                pairs.append((b, b) if passes_through(quantity, a, b, c) else (a, c))
        return pairs

    def _narrowed(self, quantity: Quantity, pairs: list[tuple[Fraction, Fraction]]) -> Iterator[Change]:
        for a, b in sorted(pairs, key=lambda p: abs(p[0] + p[1])):
            if a == b:
                yield Change(a, a, "zero")
                continue
            u, v = confirmed(quantity, a), confirmed(quantity, b)
            if u is not None and v is not None and big(u) * big(v) < 0:
                change = narrow(quantity, a, b, big(u), big(v))
                yield replace(change, kind="jump") if self._in_a_hole(change.middle) else change

    # suprema

    def supremum(self, k: int, size: Callable[[Number], Number]) -> Bound:
        """The supremum of `size` of the k-th derivative over the domain, seen from samples, critical points, ends."""
        best, certain = -inf, True
        largest = sorted(((big(size(s.values[k])), s.a) for s in self.samples if len(s.values) > k), reverse=True)
        for value, a in largest:
            if self.sure(a, k) is not None:
                best = value
                break
        for change in self.derivative_changes(k + 1) if k < ORDER else ():
            if change.kind in ("zero", "jump", "unclear"):
                for a in (change.lo, change.hi):
                    try:
                        best = max(best, big(size(self.f.value(a, k, 120))))
                    except NoValue:
                        continue
        seen = best
        for e in self.ends:
            t = e.trend(k)
            if t.kind == "infinite":
                if size(t.value) > 0:
                    return Bound(inf, True)
            elif t.kind == "finite":
                best = max(best, big(size(t.value)))
            elif t.kind in ("oscillating", "unclear"):
                values = e.values(k)
                far = max((big(size(v)) for v in values), default=-inf)
                is_bounded = t.kind == "oscillating" and far <= seen * (1 + mpf(10) ** -9)
                certain = certain and bool(values) and is_bounded and not self.has_many_periods
                best = max(best, far) if t.kind == "oscillating" or far <= seen else best
        return Bound(best, certain)

    @cached_property
    def highest(self) -> Bound:
        return self.supremum(0, lambda v: v)

    @cached_property
    def has_many_periods(self) -> bool:
        """Whether waves have rates of no simple ratio: their extremes meet far beyond what is looked at, if at all."""
        x = self.f.variable
        waves = self.f.expression.atoms(sp.sin, sp.cos, sp.tan)
        rates = [abs(w.args[0].diff(x)).evalf(30) for w in waves if w.has(x) and not w.args[0].diff(x).has(x)]
        ratios = [fraction(mpf(str(r / rates[0]))) for r in rates if r]
        return any(abs(q - q.limit_denominator(1000)) > Fraction(1, 10**12) for q in ratios)

    @cached_property
    def lowest(self) -> Bound:
        low = self.supremum(0, lambda v: -v)
        return Bound(-low.value, low.certain)

    def steepest(self, k: int) -> Bound:
        """The supremum of the absolute k-th derivative."""
        return self._steepest[k]

    @cached_property
    def _steepest(self) -> dict[int, Bound]:
        return {k: self.supremum(k, abs) for k in (1, 2)}

    # values that are attained

    def attains(self, y: Number) -> bool | None:
        """Whether some point has the value y, as far as seen."""
        near = mpf(10) ** -45 * (1 + abs(big(y)))
        hits = []
        for s in self.defined:
            value = s.values[0]
            if not isinstance(value, mpf) and not isinstance(y, mpf):
                if value == y:
                    return True
            elif abs(big(value) - big(y)) <= near:
                hits.append(s.a)
        if any(self._equals(a, y) for a in sorted(hits, key=abs)[:12] if not self.is_blurred(a)):
            return True
        far_out = False
        for change in self.derivative_changes(1):
            if change.kind in ("zero", "unclear", "jump"):
                try:
                    value = self.f.value(change.middle, 0, 120)
                except NoValue:
                    continue
                sound = self.continuity(change.middle) is not False and not self._beside_a_break(change.middle)
                if abs(change.middle) > FAR_OUT:
                    far_out = far_out or abs(big(value) - big(y)) <= near
                    continue
                is_step = change.kind == "jump" and not self._equals(change.middle, y)  # small steps far out
                if abs(big(value) - big(y)) <= near and sound and not is_step:
                    return True
        changes = self.changes(
            ("value", y), lambda a, dps: self._shifted(a, y, dps), 0, lambda s: minus(s.values[0], y)
        )
        if any(c.kind == "zero" and not self._beside_a_break(c.middle) for c in changes):
            return True
        sides = [e.trend(0) for c, pair in self.sides.items() if self.is_blurred(c) for e in pair]
        limits = [t.value for t in sides if t.kind == "finite"]
        blurred = any(abs(v - big(y)) < mpf(10) ** -9 * (1 + abs(big(y))) for v in limits)
        blurred = blurred or (bool(limits) and min(limits) < big(y) < max(limits))  # taken on the way of a jump
        return None if blurred or far_out or any(c.kind == "unclear" for c in changes) else False

    def _in_a_hole(self, a: Fraction) -> bool:
        """Whether a, found numerically, cannot be told from a center outside the domain."""
        return any(abs(c - a) < Fraction(1, 10**40) and self.at(c) is None for c in self.centers)

    def _beside_a_break(self, a: Fraction) -> bool:
        """Whether a, found numerically, cannot be told from a center at which f is not seen to be continuous."""
        return any(abs(c - a) < Fraction(1, 10**40) and self.continuity(c) is not True for c in self.centers)

    def is_blurred(self, c: Fraction) -> bool:
        """Whether c only stands for an irrational point at which f may jump or end: the value there is not seen."""
        if c.denominator <= 10**40:
            return False
        return self.continuity(c) is not True or any(e.trend(0).kind == "undefined" for e in self.around(c))

    def _shifted(self, a: Fraction, y: Number, dps: int) -> Number:
        with mp.workdps(dps):
            return minus(self.f.series(a, 0, dps)[0], y)

    def _equals(self, a: Fraction, y: Number) -> bool:
        """Whether f(a) = y to a thousand digits (y exact), or as far as y is known; no approach far out by rounding."""
        step = Fraction(1, 10**6) * min(1, abs(a) or 1)
        try:
            constant = self.f.series(a, 1, BASE)[1]
            alone = isinstance(constant, mpf) or constant != 0
        except NoValue:
            alone = True
        if alone:
            near = [self.at(a + s * step) for s in (1, -1)]
            if all(v is None or abs(big(v) - big(y)) < mpf(10) ** -40 for v in near):
                return False
        inexact = a.denominator > 10**40 or isinstance(y, mpf)
        digits = 70 if inexact else 1000
        try:
            value = self.f.series(a, 0, digits + 200)[0]
        except NoValue:
            return False
        with mp.workdps(digits + 200):
            near = bool(abs(big(value) - big(y)) <= mpf(10) ** -digits * (1 + abs(big(y))))
        return near and not (y == 0 and self._is_tiny(a, value))

    def _is_tiny(self, a: Fraction, value: Number) -> bool:
        """Whether a value next to 0 is the same at other precisions, so that it is not 0: `exp(-floor(10**6))`."""
        again = [big(self.f.series(a, 0, digits)[0]) for digits in (BASE, 2 * BASE)]
        return all(v != 0 and abs(v - big(value)) <= mpf(10) ** -20 * abs(v) for v in again)


def _with_poles(expression: sp.Expr, x: sp.Symbol) -> list[sp.Expr]:
    """The parts of an expression that may grow beyond all bounds at a point."""
    parts = expression.atoms(sp.Pow, sp.tan, sp.cot, sp.sec, sp.csc, sp.log)
    return [p for p in parts if p.has(x) and not (p.is_Pow and p.exp.is_nonnegative)]


def _distinct(points: Iterable[Fraction]) -> list[Fraction]:
    """Without those within 1e-60 of an earlier one; sorted."""
    kept: list[Fraction] = []
    for c in points:
        if all(abs(c - d) > Fraction(1, 10**60) for d in kept):
            kept.append(c)
    return sorted(kept)
