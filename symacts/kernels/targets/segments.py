"""One polynomial per segment of a grid, the coefficients looked up in registers: for what no form serves.

Common pre-activations lie within a few units of zero, and there every smooth function has short polynomials on
short segments: as many as one or two registers hold, whose coefficients a processor permutes out of these by the
segment's index, the integer next to slope*a + curve*a**2 for a = |x|. The curve makes segments shorter where the
function needs it: far out where it falls like exp(-x**2), next to zero where its derivatives grow.
Zeros of the function are factored out, each in two words, so relative accuracy does not suffer next to them.

    F(x) = y**order * (b0 + (b0_low + t*(b1 + t*(b2 + ...)))),   t = a - center

References: N. Brisebarre, J.-M. Muller, S. Torres (2006) on table-driven polynomials; the grid is ours.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from symacts.kernels.drafts import Draft, Studied
from symacts.kernels.fit import SCALE, Fit, shortest, times
from symacts.kernels.targets.elementary import Writer
from symacts.rewrite.reference import Dyadic
from symacts.rewrite.regimes import order_of_zero, share
from symacts.rigor.exact import substituted

__all__ = ["Grid", "Mirror", "Segments", "mirror_of", "segmented", "write"]

MOST = {"float64": 24, "float32": 16, "float32 in float64": 17}
"""Nodes through which true values are interpolated; polynomials are at least two terms shorter."""
TOLERANCE = {"float64": 55, "float32": 26, "float32 in float64": 35}
WORST = 1.6
"""Sum of the terms' magnitudes but the constant's over the value, at the worst place: rounding errors grow with it."""
NUMBERS = {"float64": {16: 1.45, 8: 0.76}, "float32": {32: 1.4, 16: 0.72}}
"""Segments: what two 512-bit registers hold, or one; and cycles that an entry takes, where a product takes one."""
REACHES = (4.0, 5.0, 6.0, 7.0, 8.0, 9.5, 11.0, 16.0)
"""|x| that grids reach."""
CURVES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""The first segment's width over the last one's, on half lines."""
START = 4, 2
"""The reach and the curve from which others are tried, step by step."""
MOVES = [
    [m for m in itertools.product((-1, 0, 1), (-2, -1, 0, 1, 2), (0, 1)) if sum(map(abs, m)) == steps]
    for steps in (1, 2)
]
"""Changes of reach, curve and number: by one step, and by two where no single one gains, as there are hills between."""
BITS = 10
"""Binary places of a grid's numbers and of the centers: products and differences are then exact, or nearly."""
BESIDE = Fraction(1, 2**18)
"""How far polynomials hold beyond their segments, relative to the place: where one ends is rounded."""
LEAST = 0.15
"""Share of inputs that segments must serve to be worth it."""
MISSING = {"float64": 2700, "float32": 3100}
"""Cycles that a register takes longer if all inputs are left to another program, for a few among many (measured)."""
CURVED = 2.5
"""Cycles that a curve takes."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """F(-x) = sign*F(x) + slope*x + constant; the segments lie on the half line of `side`, where F is small."""

    side: int
    sign: int
    slope: float
    constant: float


@dataclass(frozen=True, slots=True)
class Grid:
    """Segment k, from `first` on, holds the places a with slope*a + curve*a**2 next to the integer k."""

    slope: float
    curve: float
    first: int
    number: int

    @staticmethod
    def of(reach: float, ratio: float, number: int, *, half: bool) -> Grid:
        """The grid of so many segments over [0, reach], or over [-reach, reach] with segments of one width."""
        first = 0 if half else -number // 2
        slope = 2 * (number + first - 0.5) / (reach * (1 + ratio))
        unit = 2.0**BITS
        return Grid(round(slope * unit) / unit, round((ratio - 1) * slope / (2 * reach) * unit) / unit, first, number)

    def border(self, k: int) -> Fraction:
        """The place between segments k - 1 and k."""
        if self.first == k == 0:
            return Fraction(0)
        at = k - 0.5
        return Fraction(2 * at / (self.slope + math.sqrt(self.slope**2 + 4 * self.curve * abs(at))))

    def ends(self, k: int) -> tuple[Fraction, Fraction]:
        """Segment k with what lies beside it."""
        lo, hi = self.border(k), self.border(k + 1)
        return lo - abs(lo) * BESIDE, hi + abs(hi) * BESIDE

    @property
    def places(self) -> range:
        """The segments."""
        return range(self.first, self.first + self.number)


@dataclass(frozen=True, slots=True)
class Segments:
    """Polynomials on [lo, hi): per segment center and coefficients, and the zero that is factored out (None: none).

    With a mirror these are ends and places of |x|. A term takes so many `products`.
    """

    grid: Grid
    lo: float
    hi: float
    order: int
    rows: tuple[tuple[Fraction, ...] | None, ...]
    anchors: tuple[Fraction | None, ...]
    mirror: Mirror | None = None
    products: int = 1

    @property
    def share(self) -> float:
        """The share of inputs that they serve."""
        return share(self.lo, self.hi) * (2.0 if self.mirror else 1.0)

    @property
    def length(self) -> int:
        """Coefficients of the longest polynomial."""
        return max(len(row) for row in self.rows if row is not None)


def segmented(drafts: Sequence[Draft], name: str, inner: str) -> dict[int, Segments]:
    """The segments of each output that has some: on the grid that costs least in all, for short polynomials.

    Parameters
    ----------
    drafts : sequence of Draft
        The sections with their true values and zeros.
    name : str
        The row of `FORMATS` that the plan was made for.
    inner : str
        The loop's float format.
    """
    mirrors = [mirror_of(draft) for draft in drafts]
    segments: dict[int, Segments] = {}
    for half in (True, False):
        mine = {k: draft for k, draft in enumerate(drafts) if (mirrors[k] is not None) is half}
        if mine:

            def fitted(grid: Grid, mine: dict[int, Draft] = mine) -> dict[int, Segments | None]:
                return {k: _fitted(draft, name, inner, grid, mirrors[k]) for k, draft in mine.items()}

            segments.update({k: s for k, s in cheapest(fitted, inner, half=half).items() if s is not None})
    return segments


def cheapest(
    fitted: Callable[[Grid], Mapping[int, Segments | None]], inner: str, *, half: bool
) -> Mapping[int, Segments | None]:
    """The segments on the grid on which they cost least in all: tried step by step from `START`."""
    known: dict[tuple[int, int, int], Mapping[int, Segments | None]] = {}

    def cost(at: tuple[int, int, int]) -> float:
        if at not in known:
            known[at] = fitted(Grid.of(REACHES[at[0]], CURVES[at[1]], at[2], half=half))
        return sum(MISSING[inner] if s is None else cost_of(inner, s) for s in known[at].values())

    numbers = sorted(NUMBERS[inner])
    best: tuple[int, int, int] = (*START, numbers[-1])
    tried = 0
    while tried < len(MOVES):
        i, j, number = best
        moved = [(i + a, j + b, numbers[numbers.index(number) - c]) for a, b, c in MOVES[tried] if half or not b]
        found = min([best, *(m for m in moved if 0 <= m[0] < len(REACHES) and 0 <= m[1] < len(CURVES))], key=cost)
        best, tried = found, tried + 1 if found == best else 0
    return known[best]


def cost_of(inner: str, found: Segments) -> float:
    """Cycles that a register takes for segments and for what they leave."""
    terms = found.length * (found.products + NUMBERS[inner][found.grid.number])
    return MISSING[inner] * (1.0 - found.share) + terms + (CURVED if found.grid.curve else 0.0)


def mirror_of(draft: Draft) -> Mirror | None:
    """What F(-x) is in F(x), by true values: a candidate, measured like everything else."""
    values: list[tuple[Fraction, Fraction, Fraction]] = []
    for at in PLACES:
        right, left = exact(draft, at), exact(draft, -at)
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


def exact(draft: Draft, point: Fraction) -> Fraction | None:
    """The true value at a point; at zero, where no section lies, that of a section beside it."""
    owner = [s for s in draft.sections if s.section.lo - TINIEST <= point <= s.section.hi + TINIEST]
    v = owner[0].reference.value(point) if owner else None
    return None if v is None else v[0] * Fraction(2) ** v[1]


PLACES = (Fraction(1, 8), Fraction(3, 4), Fraction(5, 4), Fraction(3), Fraction(13, 2))
"""Where F(x) and F(-x) are compared."""


def _fitted(draft: Draft, name: str, inner: str, grid: Grid, mirror: Mirror | None) -> Segments | None:
    """The polynomials on the run of a grid's segments that is worth most; None where the zeros are of several kinds."""
    side = mirror.side if mirror else 1
    cells = [grid.ends(k) for k in grid.places]
    zeros = zeros_of(draft, cells, mirror)
    orders = {m for _, m in zeros}
    if len(orders) > 1 or any(m < 0 for m in orders):
        return None
    order = orders.pop() if orders else 0
    rows: list[tuple[Fraction, ...] | None] = []
    anchors: list[Fraction | None] = []
    for lo, hi in cells:
        anchor = None
        if len(zeros) == 1:
            anchor = zeros[0][0]
        elif zeros:
            near = min((z for z, _ in zeros), key=lambda z: abs(2 * z - lo - hi))
            anchor = near if abs(2 * near - lo - hi) < 3 * (hi - lo) else None
        anchors.append(anchor)
        found = fit(draft, side, lo, hi, anchor, order, MOST[name], TOLERANCE[name])
        rows.append(None if found is None else _conditioned(found, lo, hi))
    return best_run(grid, rows, inner, order, anchors, mirror)


def zeros_of(
    draft: Draft, cells: Sequence[tuple[Fraction, Fraction]], mirror: Mirror | None
) -> list[tuple[Fraction, int]]:
    """The zeros on a grid or near it, each with its order, as places of the grid."""
    side = mirror.side if mirror else 1
    reach, width = max(abs(end) for ends in cells for end in ends), max(hi - lo for lo, hi in cells)
    every = {r for s in draft.sections for r in (*s.roots, *_at_zero(s)) if abs(r[0]) <= reach + width}
    return sorted({(side * z, m) for z, m in every if not mirror or side * z >= 0})


def best_run(
    grid: Grid,
    rows: Sequence[tuple[Fraction, ...] | None],
    inner: str,
    order: int,
    anchors: Sequence[Fraction | None],
    mirror: Mirror | None,
    products: int = 1,
) -> Segments | None:
    """The segments side by side that cost least: fewer for shorter polynomials."""
    options = []
    for longest in sorted({len(row) for row in rows if row is not None}):
        start, stop = _run(grid, [row is not None and len(row) <= longest for row in rows])
        kept = tuple(row if start <= k < stop else None for k, row in enumerate(rows))
        ends = float(grid.border(start + grid.first)), float(grid.border(stop + grid.first))
        options.append(Segments(grid, *ends, order, kept, tuple(anchors), mirror, products))
    return min([o for o in options if o.share > LEAST], key=lambda o: cost_of(inner, o), default=None)


def fit(
    draft: Draft, side: int, lo: Fraction, hi: Fraction, anchor: Fraction | None, order: int, most: int, tolerance: int
) -> Fit | None:
    """The shortest polynomial of the function on a segment, the zero factored out; None on no section's segment."""
    studied = _owner(draft, *sorted((side * lo, side * hi)))
    if studied is None:
        return None
    center, half = (lo + hi) / 2, (hi - lo) / 2

    def value(s: Fraction) -> Dyadic | None:
        point = center + s * half
        v = studied.reference.value(side * point)
        if v is None or anchor is None or not order:
            return v
        return None if point == anchor else times(v, 1 / (point - anchor) ** order)

    return shortest(value, most, tolerance)


def _run(grid: Grid, good: Sequence[bool]) -> tuple[int, int]:
    """The run of good segments that serves most."""
    runs: list[tuple[int, int]] = [(0, 0)]
    for k in [k for k, is_good in enumerate(good) if is_good]:
        if runs[-1][1] == k:
            runs[-1] = runs[-1][0], k + 1
        else:
            runs.append((k, k + 1))
    return max(runs, key=lambda r: share(float(grid.border(r[0] + grid.first)), float(grid.border(r[1] + grid.first))))


def _at_zero(studied: Studied) -> list[tuple[Fraction, int]]:
    """The zero at the origin, if the section ends there and has one."""
    if min(abs(studied.section.lo), abs(studied.section.hi)) > TINIEST:
        return []
    order = order_of_zero(studied.reference, Fraction(0))
    return [(Fraction(0), order)] if order else []


TINIEST = 1e-40
"""The least float of either format, or less: a section that starts there starts at zero."""


def _owner(draft: Draft, a: Fraction, b: Fraction) -> Studied | None:
    """The section that holds the segment, up to a float at its ends; of two with one expression, either."""
    if a < 0 < b:
        left, right = _owner(draft, a, Fraction(0)), _owner(draft, Fraction(0), b)
        same = left is not None and right is not None and left.section.expression == right.section.expression
        return left if same else None
    for studied in draft.sections:
        lo, hi = studied.section.lo, studied.section.hi
        if math.nextafter(lo, -math.inf) <= float(a) and float(b) <= math.nextafter(hi, math.inf):
            return studied
        if abs(lo) < TINIEST and a == 0 and b <= hi:
            return studied
        if abs(hi) < TINIEST and b == 0 and a >= lo:
            return studied
    return None


def _conditioned(found: Fit, lo: Fraction, hi: Fraction) -> tuple[Fraction, ...] | None:
    """A center and the coefficients in a - center, so that rounding errors are least; None where all are poor.

    The center is the middle of the segment, or the end where the function is small.
    """
    best: tuple[float, tuple[Fraction, ...]] | None = None
    places = np.linspace(float(lo), float(hi), 9)
    for center in centers(lo, hi):
        moved = around(found, lo, hi, center)
        if moved[0] == 0:
            continue
        c = np.array([float(v) for v in moved])
        powers = (places - float(center))[:, None] ** np.arange(len(c))
        terms = np.abs(powers[:, 1:] * c[1:]).sum(axis=1)
        ratio = float(np.max(terms / np.abs(powers @ c)))
        if best is None or ratio < best[0] / 1.5:
            best = ratio, (center, *moved)
        if ratio <= 0.7:
            break
    return None if best is None or best[0] > WORST else best[1]


def centers(lo: Fraction, hi: Fraction) -> list[Fraction]:
    """Places for a segment's center: the middle and the ends."""
    return [Fraction(round(at * 2**BITS), 2**BITS) for at in ((lo + hi) / 2, lo, hi)]


def around(found: Fit, lo: Fraction, hi: Fraction, center: Fraction) -> list[Fraction]:
    """The coefficients of a segment's polynomial in the distance from a center."""
    half, middle, scale = (hi - lo) / 2, (lo + hi) / 2, Fraction(2) ** (found.scale - SCALE)
    return [c * scale for c in substituted(found.coefficients, (center - middle) / half, 1 / half)]


def looked_up(w: Writer, grid: Grid, *, mirrored: bool) -> tuple[str, Callable[[Sequence[float]], str]]:
    """The place on a grid, and what gives the entry of a table of the grid's segments there."""
    if ("abs", "x") not in w.shared:
        w.shared["abs", "x"] = (w.let("abs(x)"),) if mirrored else ("x",)
    place = w.shared["abs", "x"][0] if mirrored else "x"
    key = ("segments", f"{grid} {place}")
    if key not in w.shared:
        slope = w.number(grid.slope)
        slope = w.let(f"{w.number(grid.curve)}*{place} + {slope}") if grid.curve else slope
        w.shared[key] = (w.let(w.bits(w.let(f"{slope}*{place} + {w.number(1.5 * 2.0**w.words.mantissa)}"))),)
    (index,) = w.shared[key]

    def look(values: Sequence[float]) -> str:
        """Entries in the order of the index modulo their number: the segments from zero on come first."""
        turned = [*values[-grid.first :], *values[: -grid.first]] if grid.first else [*values]
        if len(set(turned)) == 1:
            return w.number(turned[0])
        entry = (*key, repr(turned))
        if entry not in w.shared:
            w.shared[entry] = (w.let(f"{w.table(turned)}[{index}]"),)
        return w.shared[entry][0]

    return place, look


def write(w: Writer, found: Segments, program: str | None, *, precise: bool) -> str:
    """The lines of the segments' polynomials, precise: with the constant terms in two words.

    `program` gives the value elsewhere.
    """
    kind = np.dtype(w.dtype).type
    mirror = found.mirror
    place, look = looked_up(w, found.grid, mirrored=mirror is not None)
    known = [float(row[0]) for row in found.rows if row is not None]
    t = w.let(f"{place} - {look([known[0] if row is None else float(row[0]) for row in found.rows])}")
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
        p = mirrored(w, mirror, p, place)
    if program is None:
        return p
    if mirror or found.lo == -found.hi:
        size = place if mirror else w.let("abs(x)")
        near = w.let(f"{size} < {w.number(found.hi)}")
        return w.let(f"{p} if {near} else {program}")
    below, above = w.let(f"x < {w.number(found.hi)}"), w.let(f"x >= {w.number(found.lo)}")
    inner = w.let(f"{p} if {below} else {program}")
    return w.let(f"{inner} if {above} else {program}")


def mirrored(w: Writer, mirror: Mirror, p: str, size: str) -> str:
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
