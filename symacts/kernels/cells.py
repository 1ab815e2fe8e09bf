"""Fine cells of a uniform grid with one short polynomial each: what targets that look coefficients up can afford.

On cells as narrow as w = 2**-8 every smooth function of common inputs is a polynomial of degree six to a double's last
bits (three for float32), and so is its derivative, with the same coefficients:

    F(x) = c0 + t*(c1 + t*(c2 + ...)),    F'(x) = c1 + t*(2*c2 + ...),    t = x - center.

The polynomial of F' interpolates it at Chebyshev nodes of the cell, that of F is its integral. The constant terms are
all that is rounded at the size of the result. Next to a zero of F or F' the cells have it as their center, as a float,
with the true values there as constant terms: these are tiny, exact in all their digits, and the products by t are not
rounded at any other size than their own. At zero itself they vanish.

Whole stretches are interpolated first, in exact integers; the cells' coefficients are the Taylor coefficients of that,
and what is beyond the degree goes to the lower ones by interpolation.

References: P. T. P. Tang (1991), "Table-lookup algorithms for elementary functions and their error analysis".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import sympy as sp

from symacts.kernels.drafts import Draft
from symacts.kernels.fit import PROBES, SCALE, matrices, nodes, product
from symacts.kernels.plan import smooth_derivative
from symacts.rewrite.graph import Graph
from symacts.rewrite.reference import Dyadic, Reference, reference_of, to_float
from symacts.rewrite.regimes import Section, order_of_zero, root_between

__all__ = ["CELLS", "INVERSE", "Cells", "Programs", "Smooth", "programs", "smooth"]

CELLS = 8192
"""Cells, as far as 16 on both sides: what common inputs need of a function's tables stays in the second-level cache."""
INVERSE = 256
"""Cells to the unit: a power of two, so that centers are floats and x*INVERSE is exact."""
HALF = 0.5 / INVERSE
REACH, FURTHER = 1.25, 2.0
"""Cells on either side of a simple zero that have it as their center, and how many more for each further order: what is
rounded beyond is about as large as the result."""
STRETCH = 128
"""Cells that are interpolated together, and the least of them."""
SHORTEST = 8
COUNTS = (16, 24)
"""Nodes of a stretch."""
FARTHEST = 400
"""Exponent beyond which values of F' are none of common functions."""
TOLERANCE = 64
"""Bits to which F' is known on a stretch."""

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cells:
    """Tables by cell, in the order of the cell's number modulo CELLS: nan where the polynomial does not hold.

    `value[k]` are the coefficients c_k of F, `slope[k]` those of F'.
    """

    center: FloatArray
    value: tuple[FloatArray, ...]
    slope: tuple[FloatArray, ...]


@dataclass(frozen=True, slots=True)
class Programs:
    """Steps of one graph: F, and F' from the coefficients of F or from its own; where there are cells for them.

    Elsewhere the steps mean nothing, even where they give the right numbers: cells repeat themselves.
    """

    value: int
    slopes: tuple[int, int]
    spans: tuple[tuple[float, float], ...]


def programs(found: Smooth, graph: Graph, degree: int, *, local: bool) -> Programs:
    """The cells' polynomials as steps; both derivatives give the same numbers but for what is rounded on the way."""
    tables = found.cells(degree, local=local)
    x = graph.variable("x")
    shift = graph.constant(1.5 * 2.0**52)  # its sum with a number leaves the nearest integer in the last bits
    cell = graph.put("cell", graph.add(graph.mul(graph.constant(INVERSE), x), shift), payload=CELLS - 1)

    def look(table: FloatArray) -> int:
        name = str(len(graph.tables))
        graph.tables[name] = table
        return graph.put("lookup", cell, payload=name)

    t = graph.sub(x, look(tables.center)) if local else x
    value = look(tables.value[-1])
    slope: int | None = None
    for table in tables.value[-2::-1]:
        slope = value if slope is None else graph.add(graph.mul(slope, t), value)
        value = graph.add(graph.mul(value, t), look(table))
    own = look(tables.slope[-1])
    for table in tables.slope[-2::-1]:
        own = graph.add(graph.mul(own, t), look(table))
    return Programs(value, (own if slope is None else slope, own), tuple(found.spans()))


@dataclass(slots=True)
class Smooth:
    """F and F' by cell from left to right: where t = 0 is, F there, and the Taylor coefficients of F'.

    F' has a zero of that `order` at the center; its first coefficient comes in two words.
    """

    center: FloatArray = field(default_factory=lambda: np.arange(-CELLS // 2, CELLS // 2) / INVERSE)
    value: FloatArray = field(default_factory=lambda: np.full(CELLS, np.nan))
    low: FloatArray = field(default_factory=lambda: np.zeros(CELLS))
    taylor: FloatArray = field(default_factory=lambda: np.full((max(COUNTS), CELLS), np.nan))
    order: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(CELLS, np.int64))

    def cells(self, degree: int, *, local: bool = True) -> Cells:
        """The tables for polynomials of a degree; those that are not `local` have t = x."""
        slope = self.taylor[:degree].copy()
        offset = (np.arange(-CELLS // 2, CELLS // 2) / INVERSE - self.center) / HALF
        keys = np.stack([offset, self.order.astype(float)])
        for key in np.unique(keys, axis=1).T:
            mine = (keys[0] == key[0]) & (keys[1] == key[1])
            change = self._lowered(mine, float(key[0]), int(key[1]), degree)
            change[0] += self.low[mine]
            slope[:, mine] += change
        value = np.concatenate([self.value[None], slope / np.arange(1, degree + 1)[:, None]])
        center = self.center
        if not local:
            center = np.zeros(CELLS)
            for table in (slope, value):
                _moved(table, -self.center)
        for table in (value, slope):
            table[table == 0.0] = -0.0  # what is added to a zero of either sign keeps the sign
        tables = [np.ascontiguousarray(np.roll(t, -CELLS // 2)) for t in (center, *value, *slope)]
        return Cells(tables[0], tuple(tables[1 : degree + 2]), tuple(tables[degree + 2 :]))

    def spans(self) -> Iterator[tuple[float, float]]:
        """The runs of cells that have a polynomial, without their very ends: which cell these belong to is a tie."""
        known = np.concatenate([[False], ~np.isnan(self.value + self.taylor[0]), [False]])
        starts, stops = (np.flatnonzero(known[1:] & ~known[:-1]), np.flatnonzero(known[:-1] & ~known[1:]))
        for first, last in zip((starts - CELLS // 2).tolist(), (stops - 1 - CELLS // 2).tolist(), strict=True):
            yield (first - 0.49) / INVERSE, (last + 0.49) / INVERSE

    def _lowered(self, mine: npt.NDArray[np.bool_], offset: float, order: int, degree: int) -> FloatArray:
        """What the terms of F' from `degree` on are, from the center to the ends of cells `offset` half widths away.

        Where F' has a zero at the center, so have the lower terms.
        """
        count = degree - order
        change = np.zeros((degree, int(mine.sum())))
        if count < 1:
            change[:] = np.nan
            return change
        lo, hi = min(offset - 1.0, 0.0), max(offset + 1.0, 0.0)
        u = (lo + hi) / 2 + (hi - lo) / 2 * np.cos(np.pi * (2 * np.arange(count) + 1) / (2 * count))
        powers = np.arange(degree, len(self.taylor))
        terms = self.taylor[degree:, mine] * HALF ** powers[:, None]
        rest = (u[:, None] ** (powers - order)) @ terms
        found = np.linalg.solve(u[:, None] ** np.arange(count), rest)
        change[order:] = found / HALF ** np.arange(order, degree)[:, None]
        return change


def _moved(table: FloatArray, by: FloatArray) -> None:
    """Coefficients in t + by from those in t, in place, by Horner's rule as often as there are coefficients."""
    for start in range(len(table)):
        for k in range(len(table) - 2, start - 1, -1):
            table[k] += by * table[k + 1]


def smooth(draft: Draft, x: sp.Symbol) -> Smooth | None:
    """F and F' of a draft's sections on all cells that lie in one of them and where polynomials follow F'."""
    found = Smooth()
    for first, last, expression in _runs([s.section for s in draft.sections]):
        derivative = smooth_derivative(expression, x, 1)
        fine = _Fine(reference_of(expression, x), reference_of(derivative, x))
        fine.cover(first, last)
        fine.fill(found)
    return None if np.all(np.isnan(found.value)) else found


def _runs(sections: Sequence[Section]) -> Iterator[tuple[int, int, sp.Expr]]:
    """First and last cell of each stretch of cells on which one expression holds; the cell of zero lies in two."""
    before: Section | None = None
    for section, after in zip(sections, [*sections[1:], None], strict=True):
        lo, hi = _inner(section)
        if before is not None:
            lo, before = _inner(before)[0], None
        elif after is not None and after.expression == section.expression and -section.hi < TINIEST > after.lo:
            before = section
            continue
        if lo <= hi:
            yield lo, hi, section.expression


TINIEST = 1e-40
"""The least float of either format, or less: a section that starts there starts at zero."""


def _inner(section: Section) -> tuple[int, int]:
    """The cells that lie in a section as a whole."""
    lo = math.ceil(max(section.lo * INVERSE, -CELLS / 2) + 0.5)
    hi = math.floor(min(section.hi * INVERSE, CELLS / 2) - 0.5)
    return lo, min(hi, CELLS // 2 - 1)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """F' on some cells as a polynomial in s = (x - middle)/half, and F in the middle: integers, 2**-unit each."""

    first: int
    last: int
    middle: Fraction
    half: Fraction
    coefficients: tuple[int, ...]
    start: int
    unit: int

    def at(self, places: Sequence[Fraction]) -> tuple[list[int], list[int], FloatArray]:
        """F and F' at places, in units, and the Taylor coefficients of F' there."""
        exact = [(p - self.middle) / self.half for p in places]
        s = np.array([(v.numerator << SCALE) // v.denominator for v in exact], object)
        slope, value = np.zeros(len(s), object), np.zeros(len(s), object)
        for k, c in reversed(list(enumerate(self.coefficients))):
            slope = (slope * s >> SCALE) + c
            value = (value * s >> SCALE) + c // (k + 1)
        value = (value * s >> SCALE) * self.half.numerator // self.half.denominator + self.start
        table = np.repeat(np.array([_float(c, self.unit) for c in self.coefficients])[:, None], len(s), axis=1)
        _moved(table, np.array([float(v) for v in exact]))
        table /= float(self.half) ** np.arange(len(table))[:, None]
        return value.tolist(), slope.tolist(), table


def _float(value: int, unit: int) -> float:
    return float(Fraction(value, 1 << unit) if unit >= 0 else Fraction(value << -unit))


@dataclass(slots=True)
class _Fine:
    """The stretches of one smooth expression, its true values, and those of its derivative."""

    values: Reference
    slopes: Reference
    stretches: list[_Stretch] = field(default_factory=list)

    def cover(self, first: int, last: int, length: int = STRETCH) -> None:
        """Interpolate cells, stretch by stretch, halving those that no polynomial follows."""
        for k in range(first - first % length, last + 1, length):
            lo, hi = max(k, first), min(k + length - 1, last)
            found = self.stretch(lo, hi)
            if found is not None:
                self.stretches.append(found)
            elif length > SHORTEST:
                self.cover(lo, hi, length // 2)

    def stretch(self, first: int, last: int) -> _Stretch | None:
        lo, hi = Fraction(first, INVERSE), Fraction(last, INVERSE)
        middle, half = (lo + hi) / 2, (hi - lo) / 2 + Fraction(1, 2 * INVERSE)
        start = self.values.value(middle)
        for count in COUNTS if start is not None else ():
            found = [self.slopes.value(middle + half * s) for s in nodes(count)]
            known = [v for v in found if v is not None]
            top = max((abs(m).bit_length() + e for m, e in known if m), default=-9999)
            if len(known) < count or abs(top) > FARTHEST:
                return None
            unit = SCALE - top
            monomial, chebyshev = matrices(count)
            ints = [_shift(m, e + unit) for m, e in known]
            coefficients = tuple(product(monomial, ints))
            signs = {v > 0 for v in ints}
            least = min(abs(v) for v in ints) if len(signs) == 1 else max(abs(v) for v in ints) >> 10
            last_two = sum(map(abs, product(chebyshev, ints)[-2:]))
            if last_two << TOLERANCE <= least and start is not None:
                made = _Stretch(first, last, middle, half, coefficients, _shift(start[0], start[1] + unit), unit)
                return made if self.holds(made, least) else None
        return None

    def holds(self, stretch: _Stretch, least: int) -> bool:
        """Whether F' is what the polynomial says at places between the nodes."""
        places = [stretch.middle + stretch.half * s for s in PROBES]
        for seen, true in zip(stretch.at(places)[1], map(self.slopes.value, places), strict=True):
            if true is None or abs(seen - _shift(true[0], true[1] + stretch.unit)) << (TOLERANCE - 2) > least:
                return False
        return True

    def fill(self, found: Smooth) -> None:
        """The cells' numbers; those near zeros with the zeros as centers."""
        before: tuple[int, int, int] | None = None
        roots: dict[Fraction, None] = {}
        for stretch in self.stretches:
            numbers = range(stretch.first, stretch.last + 1)
            value, slope, table = stretch.at([Fraction(k, INVERSE) for k in numbers])
            self.write(found, stretch, numbers, value, slope, table)
            for k, v, s in zip(numbers, value, slope, strict=True):
                if before is not None and before[0] == k - 1:
                    for reference, a, b in ((self.values, before[1], v), (self.slopes, before[2], s)):
                        if (a > 0) != (b > 0):
                            roots |= dict.fromkeys(_roots(reference, k))
                before = k, v, s
            references = (self.values, self.slopes) if stretch.first <= 0 <= stretch.last else ()
            if any(order_of_zero(r, Fraction(0)) > 0 for r in references):
                roots[Fraction(0)] = None
        orders = {r: [max(order_of_zero(f, r), 0) for f in (self.slopes, self.values)] for r in roots}
        for stretch in self.stretches if roots else ():
            for k in range(stretch.first, stretch.last + 1):
                root = min(roots, key=lambda r: abs(r * INVERSE - k))
                if abs(root * INVERSE - k) <= REACH + FURTHER * max(max(orders[root]) - 1, 0):
                    self.anchor(found, stretch, k, root, orders[root][0])

    def anchor(self, found: Smooth, stretch: _Stretch, k: int, root: Fraction, order: int) -> None:
        """A cell whose center is the float nearest to a zero."""
        center = float(root)
        place = Fraction(center)
        v, s = self.values.value(place), self.slopes.value(place)
        i = k + CELLS // 2
        self.write(found, stretch, range(k, k + 1), *stretch.at([place]))
        found.center[i] = center
        found.value[i], found.taylor[0, i] = (math.nan if t is None else to_float(t) for t in (v, s))
        found.low[i] = 0.0 if s is None else float(_exact(s) - Fraction(found.taylor[0, i]))
        found.order[i] = order
        if order > 1:
            found.taylor[:order, i] = 0.0

    @staticmethod
    def write(
        found: Smooth, stretch: _Stretch, numbers: range, value: list[int], slope: list[int], table: FloatArray
    ) -> None:
        mine = slice(numbers[0] + CELLS // 2, numbers[-1] + 1 + CELLS // 2)
        found.value[mine] = [_float(v, stretch.unit) for v in value]
        found.taylor[:, mine] = 0.0
        found.taylor[: len(table), mine] = table
        heads = [_float(s, stretch.unit) for s in slope]
        found.taylor[0, mine] = heads
        found.low[mine] = [
            float((Fraction(s) - Fraction(h) * Fraction(2) ** stretch.unit) / Fraction(2) ** stretch.unit)
            for s, h in zip(slope, heads, strict=True)
        ]


def _roots(reference: Reference, k: int) -> list[Fraction]:
    """The zero between the centers of cells k - 1 and k, or at one of them."""
    ends = [Fraction(j, INVERSE) for j in (k - 1, k)]
    exact = [p for p in ends if (reference.value(p) or (1, 0))[0] == 0]
    if exact:
        return exact
    root = root_between(reference, *ends)
    return [] if root is None else [root]


def _exact(v: Dyadic) -> Fraction:
    return Fraction(v[0]) * Fraction(2) ** v[1]


def _shift(man: int, by: int) -> int:
    return man << by if by >= 0 else man >> -by
