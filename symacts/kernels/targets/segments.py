"""One polynomial per segment of a uniform grid, the coefficients looked up in registers: for what no form serves.

Common pre-activations lie within a few units of zero, and there every smooth function has short polynomials on
segments of a fixed width: sixteen segments in float64, thirty-two in float32, whose coefficients a processor permutes
out of two registers by the segment's index. Zeros of the function are factored out, each in two words, so relative
accuracy does not suffer next to them.

    F(x) = y**order * (b0 + (b0_low + t*(b1 + t*(b2 + ...)))),   t = x/width - floor(x/width) - shift

References: N. Brisebarre, J.-M. Muller, S. Torres (2006) on table-driven polynomials; the grid is ours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from symacts.kernels.fit import Fit, fit, times
from symacts.kernels.plan import Draft, Studied
from symacts.kernels.targets.elementary import Writer
from symacts.rewrite.reference import Dyadic
from symacts.rewrite.regimes import Format, order_of_zero, weight

__all__ = ["Segments", "segmented", "write"]

COUNTS = {
    "float64": tuple(range(10, 25)),
    "float32": tuple(range(4, 14)),
    "float32 in float64": tuple(range(6, 15)),
}
TOLERANCE = {"float64": 55, "float32": 26, "float32 in float64": 35}
STEEPEST = 100_000
"""Percent of the constant term that the others may reach around the center: any; what counts is the next."""
WORST = 1.6
"""Sum of the terms' magnitudes but the constant's over the value, at the worst place: rounding errors grow with it."""
SHIFTS = (Fraction(1, 2), Fraction(0), Fraction(1))
"""Where t = 0 may lie in a segment: in the middle, or at the end where the function is small."""
NUMBER = {"float64": 16, "float32": 32}
"""Segments: what two 512-bit registers hold."""
WIDTHS = {"float64": (1, 2, 4, 8, 16), "float32": (2, 4, 8, 16, 32)}
"""Reciprocals of the segments' widths, widest first; powers of two, so that x/width is exact."""
LEAST = 0.15
"""Share of inputs that segments must serve to be worth it."""


@dataclass(frozen=True, slots=True)
class Segments:
    """Polynomials on [lo, hi): per segment shift and coefficients, and the zero that is factored out (None: none)."""

    inverse: int
    number: int
    lo: float
    hi: float
    order: int
    rows: tuple[tuple[Fraction, ...] | None, ...]
    anchors: tuple[Fraction | None, ...]


def segmented(draft: Draft, name: str, inner: str) -> Segments | None:
    """The segments of one output; the widest that serve the whole grid, or else those that serve most.

    Parameters
    ----------
    draft : Draft
        The sections with their true values and zeros.
    name : str
        The row of `FORMATS` that the plan was made for.
    inner : str
        The loop's float format.
    """
    best: Segments | None = None
    for inverse in WIDTHS[inner]:
        found = _grid(draft, name, inner, inverse)
        if found is not None and (best is None or weight(found.lo, found.hi) > 1.1 * weight(best.lo, best.hi)):
            best = found
        if best is not None and all(row is not None for row in best.rows):
            break
    return best if best is not None and weight(best.lo, best.hi) > LEAST else None


def _grid(draft: Draft, name: str, inner: str, inverse: int) -> Segments | None:
    number = NUMBER[inner]
    width = Fraction(1, inverse)
    first = -number // 2
    owners = [_owner(draft, k * width, (k + 1) * width) for k in range(first, first + number)]
    reach = number // 2 * width
    zeros = sorted({r for s in draft.sections for r in (*s.roots, *_at_zero(s)) if abs(r[0]) <= reach + width})
    orders = {m for _, m in zeros}
    if len(orders) > 1 or any(m < 0 for m in orders):
        return None
    order = orders.pop() if orders else 0
    rows: list[tuple[Fraction, ...] | None] = []
    anchors: list[Fraction | None] = []
    for k, studied in zip(range(first, first + number), owners, strict=True):
        center = (k + Fraction(1, 2)) * width
        anchor = None
        if len(zeros) == 1:
            anchor = zeros[0][0]
        elif zeros:
            near = min((z for z, _ in zeros), key=lambda z: abs(z - center))
            anchor = near if abs(near - center) < Fraction(3, 2) * width else None
        anchors.append(anchor)
        rows.append(None if studied is None else _row(studied, center, width / 2, anchor, order, name))
    runs: list[tuple[int, int]] = []
    for k, row in enumerate(rows):
        if row is not None and runs and runs[-1][1] == k:
            runs[-1] = runs[-1][0], k + 1
        elif row is not None:
            runs.append((k, k + 1))
    if not runs:
        return None
    ends = [(float((a + first) * width), float((b + first) * width)) for a, b in runs]
    start, stop = max(zip(runs, ends, strict=True), key=lambda pair: weight(*pair[1]))[0]
    kept = [row if start <= k < stop else None for k, row in enumerate(rows)]
    lo, hi = float((start + first) * width), float((stop + first) * width)
    return Segments(inverse, number, lo, hi, order, tuple(kept), tuple(anchors))


def _at_zero(studied: Studied) -> list[tuple[Fraction, int]]:
    """The zero at the origin, if the section ends there and has one."""
    if min(abs(studied.section.lo), abs(studied.section.hi)) > TINIEST:
        return []
    order = order_of_zero(studied.reference, Fraction(0))
    return [(Fraction(0), order)] if order else []


TINIEST = 1e-40
"""The least float of either format, or less: a section that starts there starts at zero."""


def _owner(draft: Draft, a: Fraction, b: Fraction) -> Studied | None:
    """The section that holds the segment, up to a float at its ends."""
    for studied in draft.sections:
        lo, hi = studied.section.lo, studied.section.hi
        if math.nextafter(lo, -math.inf) <= float(a) and float(b) <= math.nextafter(hi, math.inf):
            return studied
        if abs(lo) < TINIEST and a == 0 and b <= hi:
            return studied
        if abs(hi) < TINIEST and b == 0 and a >= lo:
            return studied
    return None


def _row(
    studied: Studied, center: Fraction, half: Fraction, anchor: Fraction | None, order: int, name: str
) -> tuple[Fraction, ...] | None:
    """Coefficients in t = (x - center)/(2*half), of F or of F/(x - anchor)**order."""

    @lru_cache(maxsize=256)
    def value(s: Fraction) -> Dyadic | None:
        point = center + s * half
        v = studied.reference.value(point)
        if v is None or anchor is None or not order:
            return v
        if point == anchor:
            return None
        return times(v, 1 / (point - anchor) ** order)

    for count in COUNTS[name]:
        found: Fit | None = fit(value, count, TOLERANCE[name], STEEPEST)
        if found is not None:
            scale = Fraction(2) ** found.scale
            return _conditioned(tuple(found.rational(k) * scale * 2**k for k in range(count)))
    return None


def _conditioned(middle: tuple[Fraction, ...]) -> tuple[Fraction, ...] | None:
    """The shift that keeps rounding errors least, and the coefficients around it; None where all are poor."""
    best: tuple[float, tuple[Fraction, ...]] | None = None
    for shift in SHIFTS:
        moved = list(middle)
        by = shift - Fraction(1, 2)
        if by:  # Horner's rule n times: the coefficients in t + by
            for start in range(len(moved)):
                for k in range(len(moved) - 2, start - 1, -1):
                    moved[k] += by * moved[k + 1]
        if shift != Fraction(1, 2) and moved[0] == 0:
            continue
        places = np.linspace(float(-shift), float(1 - shift), 9)
        c = np.array([float(v) for v in moved])
        powers = places[:, None] ** np.arange(len(c))
        terms = np.abs(powers[:, 1:] * c[1:]).sum(axis=1)
        ratio = float(np.max(terms / np.abs(powers @ c)))
        if best is None or ratio < best[0] / 1.5:
            best = ratio, (shift, *moved)
        if shift == Fraction(1, 2) and ratio <= 0.7:
            break
    return None if best is None or best[0] > WORST else best[1]


def write(w: Writer, found: Segments, form: Format, program: str | None) -> str:
    """The lines of the segments' polynomials; `program` gives the value elsewhere."""
    kind = np.dtype(w.dtype).type
    key = ("segments", str(found.inverse))
    if key not in w.shared:
        u = "x" if found.inverse == 1 else w.let(f"x*{w.number(float(found.inverse))}")
        floor = w.let(f"np.floor({u})")
        index = w.let(w.bits(w.let(f"{floor} + {w.number(1.5 * 2.0**w.words.mantissa)}")))
        w.shared[key] = (index, w.let(f"{u} - {floor}"))
    index, local = w.shared[key]
    number = found.number

    def look(values: Sequence[float]) -> str:
        """Entries in the order of the index modulo their number: the segments from zero on come first."""
        turned = [*values[number // 2 :], *values[: number // 2]]
        if len(set(turned)) == 1:
            return w.number(turned[0])
        return w.let(f"{w.table(turned)}[{index}]")

    shifts = [0.5 if row is None else float(row[0]) for row in found.rows]
    t = w.let(f"{local} - {look(shifts)}")
    length = max(len(row) for row in found.rows if row is not None) - 1
    filled = [(*(row or ())[1:], *[Fraction(0)] * (length - len((row or ())[1:]))) for row in found.rows]
    heads = [float(kind(float(row[0]))) for row in filled]
    lows = [float(row[0] - Fraction(h)) for row, h in zip(filled, heads, strict=True)]
    p = look([float(row[-1]) for row in filled])
    for k in range(length - 2, 0, -1):
        p = w.let(f"{p}*{t} + {look([float(row[k]) for row in filled])}")
    p = w.let(f"({p}*{t} + {look(lows)}) + {look(heads)}" if form.dtype == w.dtype else f"{p}*{t} + {look(heads)}")
    if found.order:
        p = _times_zero(w, found, p, look)
    if program is None:
        return p
    if found.lo == -found.hi:
        near = w.let(f"abs(x) < {w.number(found.hi)}")
        return w.let(f"{p} if {near} else {program}")
    below, above = w.let(f"x < {w.number(found.hi)}"), w.let(f"x >= {w.number(found.lo)}")
    inner = w.let(f"{p} if {below} else {program}")
    return w.let(f"{inner} if {above} else {program}")


def _times_zero(w: Writer, found: Segments, p: str, look: object) -> str:
    """p*y**order, y the distance to the segment's zero in two words, or 1."""
    assert callable(look)
    kind = np.dtype(w.dtype).type
    places = set(found.anchors)
    heads = [-1.0 if z is None else float(kind(float(z))) for z in found.anchors]
    lows = [0.0 if z is None else float(z - Fraction(h)) for z, h in zip(found.anchors, heads, strict=True)]
    if places == {Fraction(0)}:
        y = "x"
    else:
        flags = [0.0 if z is None else 1.0 for z in found.anchors]
        first = "x" if None not in places else w.let(f"x*{look(flags)}")
        y = w.let(f"({first} - {look(heads)}) - {look(lows)}")
    for _ in range(found.order):
        p = w.let(f"{p}*{y}")
    return p
