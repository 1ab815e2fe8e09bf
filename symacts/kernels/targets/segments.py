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
from symacts.rewrite.regimes import order_of_zero

__all__ = ["Mirror", "Segments", "mirror_of", "segmented", "share", "write"]

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
MISSING = {"float64": 1000, "float32": 2000}
"""Terms of a polynomial that cost as much as leaving all inputs to a table."""
NARROWEST = 4
"""|x| that a grid must reach."""
SPREAD = 2.5
"""Scale of the normal law by which inputs are weighed when ways of writing a loop are compared."""


def share(lo: float, hi: float) -> float:
    """The share of inputs in [lo, hi] under that law."""
    return (math.erf(hi / SPREAD / math.sqrt(2)) - math.erf(lo / SPREAD / math.sqrt(2))) / 2


@dataclass(frozen=True, slots=True)
class Mirror:
    """F(-x) = sign*F(x) + slope*x + constant; the segments lie on the half line of `side`, where F is small."""

    side: int
    sign: int
    slope: float
    constant: float


@dataclass(frozen=True, slots=True)
class Segments:
    """Polynomials on [lo, hi): per segment shift and coefficients, and the zero that is factored out (None: none).

    With a mirror these are ends and places of |x|.
    """

    inverse: int
    number: int
    lo: float
    hi: float
    order: int
    rows: tuple[tuple[Fraction, ...] | None, ...]
    anchors: tuple[Fraction | None, ...]
    mirror: Mirror | None = None

    @property
    def share(self) -> float:
        """The share of inputs that they serve."""
        return share(self.lo, self.hi) * (2.0 if self.mirror else 1.0)

    @property
    def length(self) -> int:
        """Coefficients of the longest polynomial."""
        return max(len(row) for row in self.rows if row is not None)


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
    found: list[Segments] = []
    for mirror in dict.fromkeys((mirror_of(draft), None)):
        for inverse in WIDTHS[inner]:
            if NUMBER[inner] < (NARROWEST if mirror else 2 * NARROWEST) * inverse:
                break
            found += _grids(draft, name, inner, inverse, mirror)
    best = min(found, key=lambda g: MISSING[inner] * (1.0 - g.share) + g.length, default=None)
    return best if best is not None and best.share > LEAST else None


def mirror_of(draft: Draft) -> Mirror | None:
    """What F(-x) is in F(x), by true values: a candidate, measured like everything else."""
    values: list[tuple[Fraction, Fraction, Fraction]] = []
    for at in PLACES:
        right, left = _exact(draft, at), _exact(draft, -at)
        if right is None or left is None:
            return None
        values.append((at, right, left))
    for sign in (1, -1):
        slopes = [(left - right) / at if sign == 1 else left + right for at, right, left in values]
        common = float(slopes[0]) if abs(slopes[0]) > Fraction(1, 2**90) else 0.0
        if all(abs(v - Fraction(common)) <= Fraction(1, 2**90) for v in slopes):
            side = 1 if sum(abs(right) - abs(left) for _, right, left in values) <= 0 else -1
            return Mirror(side, sign, common if sign == 1 else 0.0, common if sign == -1 else 0.0)
    return None


def _exact(draft: Draft, point: Fraction) -> Fraction | None:
    """The true value at a point."""
    owner = [s for s in draft.sections if s.section.lo <= point <= s.section.hi]
    v = owner[0].reference.value(point) if owner else None
    return None if v is None else v[0] * Fraction(2) ** v[1]


PLACES = (Fraction(1, 8), Fraction(3, 4), Fraction(5, 4), Fraction(3), Fraction(13, 2))
"""Where F(x) and F(-x) are compared."""


def _grids(draft: Draft, name: str, inner: str, inverse: int, mirror: Mirror | None) -> list[Segments]:
    """Segments of one width, for every length of polynomials the run of segments that serves most."""
    number = NUMBER[inner]
    width = Fraction(1, inverse)
    first, side = (0, mirror.side) if mirror else (-number // 2, 1)
    places = range(first, first + number)
    owners = [_owner(draft, *sorted((side * k * width, side * (k + 1) * width))) for k in places]
    reach = max(abs(first), abs(first + number)) * width
    every = {r for s in draft.sections for r in (*s.roots, *_at_zero(s)) if abs(r[0]) <= reach + width}
    zeros = sorted({(side * z, m) for z, m in every if not mirror or side * z >= 0})
    orders = {m for _, m in zeros}
    if len(orders) > 1 or any(m < 0 for m in orders):
        return []
    order = orders.pop() if orders else 0
    rows: list[tuple[Fraction, ...] | None] = []
    anchors: list[Fraction | None] = []
    for k, studied in zip(places, owners, strict=True):
        center = (k + Fraction(1, 2)) * width
        anchor = None
        if len(zeros) == 1:
            anchor = zeros[0][0]
        elif zeros:
            near = min((z for z, _ in zeros), key=lambda z: abs(z - center))
            anchor = near if abs(near - center) < Fraction(3, 2) * width else None
        anchors.append(anchor)
        rows.append(None if studied is None else _row(studied, center, width / 2, anchor, order, name, side))
    found = []
    for longest in sorted({len(row) for row in rows if row is not None}):
        start, stop = _run([row is not None and len(row) <= longest for row in rows], first, width)
        kept = [row if start <= k < stop else None for k, row in enumerate(rows)]
        lo, hi = float((start + first) * width), float((stop + first) * width)
        found.append(Segments(inverse, number, lo, hi, order, tuple(kept), tuple(anchors), mirror))
    return found


def _run(good: Sequence[bool], first: int, width: Fraction) -> tuple[int, int]:
    """The run of good segments that serves most."""
    runs: list[tuple[int, int]] = []
    for k in [k for k, is_good in enumerate(good) if is_good]:
        if runs and runs[-1][1] == k:
            runs[-1] = runs[-1][0], k + 1
        else:
            runs.append((k, k + 1))
    return max(runs, key=lambda r: share(float((r[0] + first) * width), float((r[1] + first) * width)))


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
    studied: Studied, center: Fraction, half: Fraction, anchor: Fraction | None, order: int, name: str, side: int
) -> tuple[Fraction, ...] | None:
    """Coefficients in t = (a - center)/(2*half), of F(side*a) or of F(side*a)/(a - anchor)**order."""

    @lru_cache(maxsize=256)
    def value(s: Fraction) -> Dyadic | None:
        point = center + s * half
        v = studied.reference.value(side * point)
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


def write(w: Writer, found: Segments, program: str | None, *, precise: bool) -> str:
    """The lines of the segments' polynomials, precise: with the constant terms in two words.

    `program` gives the value elsewhere.
    """
    kind = np.dtype(w.dtype).type
    mirror = found.mirror
    place = w.let("abs(x)") if mirror else "x"
    key = ("segments", f"{found.inverse} {place}")
    if key not in w.shared:
        u = place if found.inverse == 1 else w.let(f"{place}*{w.number(float(found.inverse))}")
        floor = w.let(f"np.floor({u})")
        index = w.let(w.bits(w.let(f"{floor} + {w.number(1.5 * 2.0**w.words.mantissa)}")))
        w.shared[key] = (index, w.let(f"{u} - {floor}"))
    index, local = w.shared[key]
    number = found.number

    def look(values: Sequence[float]) -> str:
        """Entries in the order of the index modulo their number: the segments from zero on come first."""
        turned = [*values] if mirror else [*values[number // 2 :], *values[: number // 2]]
        if len(set(turned)) == 1:
            return w.number(turned[0])
        return w.let(f"{w.table(turned)}[{index}]")

    shifts = [0.5 if row is None else float(row[0]) for row in found.rows]
    t = w.let(f"{local} - {look(shifts)}")
    length = found.length - 1
    filled = [(*(row or ())[1:], *[Fraction(0)] * (length - len((row or ())[1:]))) for row in found.rows]
    heads = [float(kind(float(row[0]))) for row in filled]
    lows = [float(row[0] - Fraction(h)) for row, h in zip(filled, heads, strict=True)]
    p = look([float(row[-1]) for row in filled])
    for k in range(length - 2, 0, -1):
        p = w.let(f"{p}*{t} + {look([float(row[k]) for row in filled])}")
    p = w.let(f"({p}*{t} + {look(lows)}) + {look(heads)}" if precise else f"{p}*{t} + {look(heads)}")
    if found.order:
        p = _times_zero(w, found, p, place, look)
    if mirror:
        p = _mirrored(w, mirror, p, place)
    if program is None:
        return p
    if mirror or found.lo == -found.hi:
        size = place if mirror else w.let("abs(x)")
        near = w.let(f"{size} < {w.number(found.hi)}")
        return w.let(f"{p} if {near} else {program}")
    below, above = w.let(f"x < {w.number(found.hi)}"), w.let(f"x >= {w.number(found.lo)}")
    inner = w.let(f"{p} if {below} else {program}")
    return w.let(f"{inner} if {above} else {program}")


def _mirrored(w: Writer, mirror: Mirror, p: str, size: str) -> str:
    """F(x) for x of either sign from F(side*|x|): on the other side x = -side*|x|."""
    other = p if mirror.sign == 1 else f"-{p}"
    if mirror.slope:
        slope = mirror.side * mirror.slope
        other = f"{p} + {size}" if slope == 1.0 else f"{w.number(slope)}*{size} + {p}"
    elif mirror.constant:
        other = f"{w.number(mirror.constant)} - {p}"
    elif mirror.sign == 1:
        return p
    below = w.let(f"x < {w.number(0.0)}")
    turned = w.let(other)
    return w.let(f"{turned} if {below} else {p}" if mirror.side > 0 else f"{p} if {below} else {turned}")


def _times_zero(w: Writer, found: Segments, p: str, place: str, look: object) -> str:
    """p*y**order, y the distance to the segment's zero in two words, or 1."""
    assert callable(look)
    kind = np.dtype(w.dtype).type
    places = set(found.anchors)
    heads = [-1.0 if z is None else float(kind(float(z))) for z in found.anchors]
    lows = [0.0 if z is None else float(z - Fraction(h)) for z, h in zip(found.anchors, heads, strict=True)]
    if places == {Fraction(0)}:
        y = place
    else:
        flags = [0.0 if z is None else 1.0 for z in found.anchors]
        first = place if None not in places else w.let(f"{place}*{look(flags)}")
        y = w.let(f"({first} - {look(heads)}) - {look(lows)}")
    for _ in range(found.order):
        p = w.let(f"{p}*{y}")
    return p
