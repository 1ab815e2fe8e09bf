"""How values behave towards an end: rows of values at shrinking distances, and what their trend is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import factorial
from typing import Literal

from mpmath import mp, mpf
from referee_reals import Function
from referee_series import NoValue, Number, Series, Undefined, big

ORDER = 3
BASE, CHECK, DEEP = 50, 200, 800
FAR = 260
"""Digits: of a sample, of its confirmation, of the last resort, and of values at the ends."""

ZERO = mpf(0)
Quantity = Callable[[Fraction, int], Number]
Kind = Literal["finite", "infinite", "oscillating", "undefined", "unclear"]


@dataclass(frozen=True, slots=True)
class Sample:
    """A point, its derivatives 0..3 (only the value at a switching point), or why there are none."""

    a: Fraction
    values: tuple[Number, ...]
    missing: NoValue | None = None


@dataclass(frozen=True, slots=True)
class Trend:
    """How values behave towards an end; a finite one comes with the last change seen."""

    kind: Kind
    value: mpf = ZERO
    error: mpf = ZERO


def derivatives(series: Series) -> tuple[Number, ...]:
    return tuple(c * factorial(k) for k, c in enumerate(series))


def trend_of(rows: list[list[mpf]]) -> Trend:
    """The behavior of rows of values, each row taken at the squared distance scale of the one before."""
    if len(rows) < 3:
        return Trend("unclear")
    before, prev, last = rows[-3:]
    change = max(abs(v - last[0]) for v in prev + last)
    if change <= mpf(10) ** -10 * (1 + abs(last[0])):
        return Trend("finite", last[-1], change)
    same_sign = len({mp.sign(v) for v in before + prev + last}) == 1
    sizes = [[abs(v) for v in row] for row in (before, prev, last)]
    if same_sign and min(sizes[2]) > max(sizes[1]) and min(sizes[1]) > max(sizes[0]):
        first, second = sizes[1][0] - sizes[0][0], sizes[2][0] - sizes[1][0]
        if second >= first * mpf("0.95") and min(sizes[2]) > 1:
            return Trend("infinite", mp.sign(last[0]))
    spreads = [max(row) - min(row) for row in (prev, last)]
    monotone = last == sorted(last) or last == sorted(last, reverse=True)
    if len(last) > 4 and not monotone and spreads[1] >= spreads[0] / 2 and spreads[1] > mpf(10) ** -8:
        return Trend("oscillating")
    return Trend("unclear")


def equal(t: Trend, u: Trend) -> bool:
    """Whether two finite trends meet within what they still change."""
    rounding = mpf(10) ** -100 * (abs(t.value) + abs(u.value))
    return t.kind == u.kind == "finite" and abs(t.value - u.value) <= 10 * (t.error + u.error) + rounding


def apart(t: Trend, u: Trend) -> bool:
    """Whether two finite trends are clearly different numbers."""
    gap, blur = abs(t.value - u.value), 1000 * (t.error + u.error)
    return t.kind == u.kind == "finite" and gap > max(blur, mpf(10) ** -7 * (1 + abs(u.value)))


def vanishes(t: Trend) -> bool:
    """Whether a trend tends to 0, as far as it still changes."""
    return t.kind == "finite" and abs(t.value) <= 10 * t.error


class End:
    """One side of a point, or a far end of the line: values of f and its derivatives at shrinking distances."""

    def __init__(self, f: Function, center: Fraction | None, side: int) -> None:
        self.f, self.center, self.side = f, center, side
        self._rows: dict[tuple[int, int], list[list[tuple[Fraction, tuple[Number, ...]]]]] = {}
        self.undefined = False

    def __str__(self) -> str:
        if self.center is None:
            return "oo" if self.side > 0 else "-oo"
        return f"{mp.nstr(big(self.center), 12)}{'+' if self.side > 0 else '-'}"

    def _points(self) -> Iterator[list[Fraction]]:
        if self.center is None:
            for k in range(1, 7):
                yield [self.side * Fraction(10) ** 2**k * m / 64 for m in (64, 79, 93, 101, 118)]
        else:
            for k in range(3, 7):
                yield [self.center + self.side * m * Fraction(1, 10**2**k) / 8 for m in (8, 13)]

    def rows(self, dps: int, order: int = ORDER) -> list[list[tuple[Fraction, tuple[Number, ...]]]]:
        """Rows of (point, derivatives); a row that lacks a value is left out."""
        if (dps, order) not in self._rows:
            rows, undefined = [], 0
            for row in self._points():
                try:
                    rows.append([(a, derivatives(self.f.series(a, order, dps))) for a in row])
                except Undefined as missing:
                    undefined += missing.sure
                except NoValue:
                    continue
            self.undefined = undefined >= 3 and not rows
            self._rows[dps, order] = rows
        return self._rows[dps, order]

    def trend(self, quantity: int | Callable[[Fraction, tuple[Number, ...]], Number], order: int = ORDER) -> Trend:
        """The trend of a derivative, or of a quantity made of the point and the derivatives; at two precisions."""
        pick = (lambda a, d: d[quantity]) if isinstance(quantity, int) else quantity
        found = []
        for dps in (FAR, 2 * FAR):
            with mp.workdps(dps):
                rows = [[big(pick(a, d)) for a, d in row] for row in self.rows(dps, order)]
                found.append(trend_of(rows))
            if self.undefined:
                return Trend("undefined")
            if found[-1].kind == "unclear":
                return found[-1]
        one, two = found
        agree = one.kind == two.kind and (
            one.kind == "oscillating" or abs(one.value - two.value) <= mpf(10) ** -9 * (1 + abs(two.value))
        )
        return two if agree else Trend("unclear")

    def values(self, k: int) -> list[mpf]:
        with mp.workdps(FAR):
            return [big(d[k]) for row in self.rows(FAR) for _, d in row]
