"""Piecewise polynomials for a function of one variable over any interval of floats: the form of last resort.

Whatever the expression, a row evaluates it to about one unit in the last place on its interval:

    F(x) = 2**scale * y**power * (b0 + (b0_low + t*(b1 + t*(b2 + ...)))),   t = (x - center)*inverse_width,

with `y = (x - anchor) - anchor_low` where F has a zero of order `power` at the anchor (its place in two words), or
`y = 1` (power 0), or, in the tail, `t` a function of `1/x` and `y = x` or `1/x`. The polynomials interpolate true
values; an interval is halved until its Chebyshev coefficients fall below the format's precision.

References: M. Payne, R. Hanek (1983) for the idea of carrying reduced arguments in two words; J.-M. Muller (2016),
*Elementary Functions*, chapter 4 (table-based methods).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symacts.kernels.fit import SCALE, Fit, fit, times
from symacts.rewrite.reference import HUGE, TINY, Dyadic, to_float

__all__ = ["COLUMNS", "COUNT", "DEGREE", "Builder", "Table", "evaluate", "fixed", "tabulate"]

COUNT = 16
"""Interpolation nodes of a row."""
DEGREE = COUNT - 1
HEAD = 7
"""Columns before the coefficients: kind, center, inverse width, factor, anchor, anchor's low word, power."""
COLUMNS = HEAD + COUNT + 1
PLAIN, TAIL, FIXED, SQUARE = 0.0, 1.0, 2.0, 3.0
"""Kinds of rows: in x, in 1/x, a constant (b0), in the square of t (`kernels.bridges`)."""

CLOSEST = 2.0**-40
"""Width of the least stretch at zero that a polynomial is fitted to; it may serve a narrower one."""
HIGHEST = 1900
"""Exponent of values of which no row is made: its factor and its coefficients are floats."""
SHORT = 2.0**-26
"""Relative length of intervals in which a narrow feature is seen by its ends."""
MOST_ROWS = 3000
"""Rows of one section after which what does not fit is left."""
MOST_BLIND = 300
"""Intervals in which a true value is unknown after which the like are left: one border takes some sixty halvings."""

FloatArray = npt.NDArray[np.float64]
Value = Callable[[Fraction], "Dyadic | None"]


@dataclass(frozen=True, slots=True)
class Table:
    """`edges[k]` is the first float of row k; x below the first edge belongs to row 0."""

    edges: FloatArray
    rows: FloatArray

    def __call__(self, x: FloatArray) -> FloatArray:
        """F at finite floats."""
        return evaluate(self, x)


def tabulate(rows: Sequence[tuple[float, list[float]]]) -> Table:
    """Rows with their first floats, in order."""
    return Table(np.array([e for e, _ in rows]), np.array([r for _, r in rows]))


def evaluate(table: Table, x: FloatArray) -> FloatArray:
    """The table at a one-dimensional array of finite floats (warnings are the caller's to silence)."""
    k = np.maximum(np.searchsorted(table.edges, x, side="right") - 1, 0)
    rows = table.rows[k]
    kind, power = rows[:, 0], rows[:, 6]
    tail = kind == TAIL
    u = np.where(tail, 1.0 / np.where(tail, x, 1.0), x)
    t = (u - rows[:, 1]) * rows[:, 2]
    t = np.where(kind == SQUARE, t * t, t)
    p = rows[:, COLUMNS - 1] * t
    for j in range(COLUMNS - 2, HEAD + 1, -1):
        p += rows[:, j]
        p *= t
    p += rows[:, HEAD + 1]
    p += rows[:, HEAD]
    p *= rows[:, 3]
    if np.any(power != 0):
        y = np.where(tail, x, (x - rows[:, 4]) - rows[:, 5])
        for j in range(1, int(np.max(np.abs(power))) + 1):
            p = np.where(power >= j, p * y, p)
            p = np.where(power <= -j, p / y, p)
    return np.where(kind == FIXED, rows[:, HEAD], p)


@dataclass(slots=True)
class Builder:
    """Builds the rows of one function on closed intervals of floats.

    `value` gives true values; `zeros` are the places (exact rationals within 2**-200, and the order) of F's zeros.
    Magnitudes below `2**least` count as zero, above `2**most` as infinite. `unmet` lists intervals where no polynomial
    within the limits reaches the tolerance. Of a function that `swings` no sample tells the sign in between.
    No row passes one of the `places`, where a narrow feature may lie unseen.
    """

    value: Value
    zeros: Sequence[tuple[Fraction, int]] = ()
    tolerance: int = 57
    least: int = -1075
    most: int = 1025
    swings: bool = False
    places: Sequence[float] = ()
    unmet: list[tuple[float, float]] = field(default_factory=list)
    rows: list[tuple[float, list[float]]] = field(default_factory=list)
    blind: int = 0

    def cover(self, lo: float, hi: float) -> None:
        """Rows for [lo, hi]: zeros first, each with the widest neighborhood that one polynomial serves."""
        inside = sorted(z for z in self.zeros if Fraction(lo) <= z[0] <= Fraction(hi) or _near(z[0], lo, hi))
        if not any(z[0] == 0 for z in inside) and (lo <= 0.0 <= hi or _near(Fraction(0), lo, hi)):
            inside = sorted([*inside, (Fraction(0), 0)])
        start = lo
        for zero, order in inside:
            far = abs(Fraction(hi) - zero), abs(zero - Fraction(start))
            reach = max(max(far), Fraction(1, 2**1074))
            others = [abs(z - zero) for z, _ in self.zeros if z != zero]
            if others:
                reach = min(reach, min(others) * Fraction(3, 4))
            zone = self.anchored(zero, order, start, hi, min(reach, Fraction(8)))
            if zone is None:
                continue
            zlo, zhi, row = zone
            if zlo > start:
                self.plain(start, math.nextafter(zlo, -math.inf))
            self.rows.append((zlo, row))
            start = math.nextafter(zhi, math.inf)
            if start > hi:
                return
        self.plain(start, hi)

    def anchored(
        self, zero: Fraction, order: int, lo: float, hi: float, reach: Fraction
    ) -> tuple[float, float, list[float]] | None:
        """The row of F/(x - zero)**order on the widest zone around the zero."""
        inner = (lo, hi)
        if zero == 0 and max(abs(lo), abs(hi)) < CLOSEST:  # the scaled variable needs room: fit a wider stretch
            lo, hi = (-CLOSEST, hi) if lo < 0 else (lo, CLOSEST)
            reach = Fraction(CLOSEST)
        least = max(abs(zero) / 2**40, reach / 2**60)
        while reach > least:
            zlo, zhi = max(Fraction(lo), zero - reach), min(Fraction(hi), zero + reach)
            if zhi > zlo:
                flo, fhi = _float_above(zlo), _float_below(zhi)

                def quotient(p: Fraction) -> Dyadic | None:
                    v = self.value(p)
                    if v is None or p == zero:
                        return None
                    return times(v, 1 / (p - zero) ** order)

                found = self.polynomial(quotient, zlo, zhi)
                if found is not None and fhi >= flo:
                    a_hi = float(zero)
                    found[4:7] = [a_hi, float(zero - Fraction(a_hi)), float(order)]
                    if self.holds(found, _spread(flo, fhi, a_hi)):
                        return max(flo, inner[0]), min(fhi, inner[1]), found
            reach /= 2
        return None

    def polynomial(self, value: Value, lo: Fraction, hi: Fraction, kind: float = PLAIN) -> list[float] | None:
        """A row for values on [lo, hi] of the row's variable."""
        center = Fraction(float((lo + hi) / 2))
        half = max(hi - center, center - lo)
        if half == 0:
            v = value(center)
            return None if v is None else _constant_row(float(center), v)
        exponent = half.numerator.bit_length() - half.denominator.bit_length() + 1
        if exponent < -900:
            return None
        width = Fraction(2) ** exponent

        unknown = False

        def scaled(s: Fraction) -> Dyadic | None:
            nonlocal unknown
            v = value(center + s * half)
            unknown = unknown or v is None
            return v

        found = fit(scaled, COUNT, self.tolerance)
        self.blind += unknown
        if found is None or found.scale > HIGHEST:
            return None
        return _row(found, kind, float(center), width, half)

    def plain(self, lo: float, hi: float, depth: int = 0) -> None:
        """Rows for [lo, hi] where F has no zero (or none that is known)."""
        if lo > hi:
            return
        if lo < 0.0 < hi:
            self.plain(lo, -5e-324, depth)
            self.plain(0.0, 0.0, depth)
            self.plain(5e-324, hi, depth)
            return
        if lo == 0.0 < hi:
            self.plain(0.0, 0.0, depth)
            lo = 5e-324
        if hi == 0.0 > lo:
            self.plain(lo, -5e-324, depth)
            lo = 0.0
        passed = next((z for z in self.places if lo < z < hi and hi - lo > SHORT * abs(z)), None)
        row = None if passed else self.single(lo, hi)
        if row is not None:
            self.rows.append((lo, row))
            return
        middle = passed or _middle(lo, hi)
        if middle <= lo or middle >= hi or depth > 70 or self.is_lost():
            self.leave(lo, hi)
            return
        self.plain(lo, middle, depth + 1)
        self.plain(math.nextafter(middle, math.inf), hi, depth + 1)

    def is_lost(self) -> bool:
        """Whether halving has gone on long enough: too many rows, or too many intervals with unknown true values."""
        return len(self.rows) > MOST_ROWS or self.blind > MOST_BLIND

    def single(self, lo: float, hi: float) -> list[float] | None:
        """One row for the whole of [lo, hi], or None."""
        ends = self.value(Fraction(lo)), self.value(Fraction(hi))
        if lo == hi:
            return fixed(np.nan) if ends[0] is None else _constant_row(lo, ends[0])
        flat = self.extreme(lo, hi, ends)
        if flat is not None:
            return flat
        if max(abs(lo), abs(hi)) > 4.0 * min(abs(lo), abs(hi)):
            return self.tail(lo, hi) if min(abs(lo), abs(hi)) >= 1.0 else None
        return self.polynomial(self.value, Fraction(lo), Fraction(hi))

    def extreme(self, lo: float, hi: float, ends: tuple[Dyadic | None, Dyadic | None]) -> list[float] | None:
        """A constant row where F stays below every float, or beyond the largest, at the ends and in between."""
        if any(v is None for v in ends):
            return None
        seen = [v for v in ends if v is not None]
        signs = {v[0] > 0 for v in seen}
        sizes = [_size(v) for v in seen]
        if max(sizes) < self.least or (min(sizes) > self.most and len(signs) == 1 and not self.swings):
            for s in (0.03, 0.2, 0.5, 0.8, 0.97):
                v = self.value(Fraction(_between(lo, hi, s)))
                if v is None:
                    return None
                seen.append(v)
            sizes = [_size(v) for v in seen]
            signs = {v[0] > 0 for v in seen}
            if max(sizes) < self.least:
                return fixed(0.0)
            if min(sizes) > self.most and len(signs) == 1:
                return fixed(np.inf if seen[0][0] > 0 else -np.inf)
        return None

    def tail(self, lo: float, hi: float) -> list[float] | None:
        """F = x**power * Q(1/x) on an interval away from zero that spans several binades."""
        first, last = self.value(Fraction(_between(lo, hi, 0.25))), self.value(Fraction(_between(lo, hi, 0.75)))
        if first is None or last is None or not first[0] or not last[0]:
            return None
        binades = np.log2(abs(_between(lo, hi, 0.75))) - np.log2(abs(_between(lo, hi, 0.25)))
        growth = (_log2(last) - _log2(first)) / abs(binades) * (1 if binades > 0 else -1)
        power = round(growth)
        if abs(growth - power) > 0.2 or abs(power) > 8:
            return None

        def flat(z: Fraction) -> Dyadic | None:
            v = self.value(1 / z)
            if v is None or v[0] == 0:
                return None
            return times(v, z**power)

        a, b = sorted((1 / Fraction(lo), 1 / Fraction(hi)))
        row = self.polynomial(flat, a, b, TAIL)
        if row is None:
            return None
        row[6] = float(power)
        return row if self.holds(row, [_between(lo, hi, s) for s in np.linspace(0.0, 1.0, 9).tolist()]) else None

    def holds(self, row: list[float], places: Sequence[float]) -> bool:
        """Whether the row also gives the truth at these places (spread over the exponents of its interval)."""
        points = np.array(places)
        table = Table(points[:1], np.array([row]))
        with np.errstate(all="ignore"):
            y = evaluate(table, points)
        for p, v in zip(points.tolist(), y.tolist(), strict=True):
            truth = self.value(Fraction(p))
            if truth is None:
                if p == row[4]:
                    continue
                return False
            expected = to_float(truth)
            if abs(v - expected) > 8 * np.spacing(abs(expected)) and not (np.isinf(v) and np.isinf(expected)):
                return False
        return True

    def leave(self, lo: float, hi: float) -> None:
        """Constant rows at the ends where nothing fits, nan in between: recorded as unmet unless it is one float."""
        v = self.value(Fraction(lo))
        self.rows.append((lo, fixed(np.nan) if v is None else _constant_row(lo, v)))
        if hi > lo:
            w = self.value(Fraction(hi))
            between = math.nextafter(lo, math.inf)
            if between < hi:
                self.rows.append((between, fixed(np.nan)))
                self.unmet.append((lo, hi))
            self.rows.append((hi, fixed(np.nan) if w is None else _constant_row(hi, w)))


def _spread(lo: float, hi: float, center: float) -> list[float]:
    """Floats at all distances from the center, on both sides, inside [lo, hi]."""
    places = [lo, hi]
    for k in (1, 4, 9, 17, 31, 50, 100, 400, 1000):
        places += [center + (hi - center) * 2.0**-k, center - (center - lo) * 2.0**-k]
    return sorted({p for p in places if lo <= p <= hi and p != center})


def _near(zero: Fraction, lo: float, hi: float) -> bool:
    """Whether a zero just outside the interval still costs digits inside."""
    gap = min(abs(zero - Fraction(lo)), abs(zero - Fraction(hi)))
    return gap < abs(zero) / 64 or gap < min(Fraction(hi) - Fraction(lo), Fraction(1)) / 4096


def _size(v: Dyadic) -> int:
    return abs(v[0]).bit_length() + v[1] if v[0] else TINY


def _log2(v: Dyadic) -> float:
    return (
        float(np.log2(float(abs(v[0]) >> max(abs(v[0]).bit_length() - 60, 0))))
        + max(abs(v[0]).bit_length() - 60, 0)
        + v[1]
    )


def _between(lo: float, hi: float, s: float) -> float:
    """A float between, evenly in the exponent where both ends have one sign and span binades."""
    if lo > 0 and hi / lo > 4:
        return min(max(math.exp2(min(math.log2(lo) * (1 - s) + math.log2(hi) * s, 1023.99)), lo), hi)
    if hi < 0 and lo / hi > 4:
        return -_between(-hi, -lo, 1 - s)
    return lo + (hi - lo) * s if abs(lo) < 1e300 and abs(hi) < 1e300 else lo / 2 + hi / 2


def _middle(lo: float, hi: float) -> float:
    return _between(lo, hi, 0.5)


def _float_above(q: Fraction) -> float:
    v = float(q)
    return v if Fraction(v) >= q else math.nextafter(v, math.inf)


def _float_below(q: Fraction) -> float:
    v = float(q)
    return v if Fraction(v) <= q else math.nextafter(v, -math.inf)


def fixed(value: float) -> list[float]:
    row = [0.0] * COLUMNS
    row[0], row[3], row[HEAD] = FIXED, 1.0, value
    return row


def _constant_row(at: float, v: Dyadic) -> list[float]:
    return fixed(to_float(v))


def _row(found: Fit, kind: float, center: float, width: Fraction, half: Fraction) -> list[float]:
    """Coefficients in t = (u - center)/width from those in s = (u - center)/half; b0 in two words."""
    row = [kind, center, float(1 / width), 0.0, 0.0, 0.0, 0.0]
    exponent = min(max(found.scale - 1, -1074), 1023)
    rest = Fraction(2) ** (found.scale - exponent)
    row[3] = float(Fraction(2) ** exponent)
    ratio = width / half
    values = [found.rational(k) * ratio**k * rest for k in range(len(found.coefficients))]
    b0 = float(values[0])
    return [*row, b0, float(values[0] - Fraction(b0)), *(float(v) for v in values[1:])]


assert SCALE >= 160 and HUGE > 1024
