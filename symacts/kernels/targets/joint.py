"""A function and its derivative from one polynomial per segment: one set of coefficients to look up for both.

Where a function f comes with its derivative, Horner's rule gives both from the same coefficients:

    f(side*a) = c0 + t*(c1 + t*(c2 + ...)),   f'(side*a) = c1 + t*(2*c2 + t*(3*c3 + ...)),   t = side*(a - center)

The derivative's own polynomial is the one that is fitted, so both are as accurate as they are in one of their own.
Neither can have a zero factored out; a segment that holds a zero of one of them has it for its center, in two words,
and the coefficients that vanish there are zeros: relative accuracy does not suffer next to it. A segment that holds
different zeros of both has no such polynomial.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from symacts.kernels.drafts import Draft
from symacts.kernels.fit import Fit
from symacts.kernels.targets.elementary import Writer
from symacts.kernels.targets.segments import (
    MOST,
    Grid,
    Mirror,
    Segments,
    around,
    best_run,
    centers,
    cheapest,
    exact,
    fit,
    looked_up,
    mirror_of,
    mirrored,
    zeros_of,
)

__all__ = ["jointly", "write"]

TOLERANCE = {"float64": 53, "float32": 24, "float32 in float64": 33}
"""Bits to which a polynomial's own error vanishes: two less than for segments of one function, which round more."""
WORST = 2.0
"""Sum of the terms' magnitudes but the first one's over the value: more than for one function, or few grids serve."""
PRODUCTS = 2
"""Products for each term: one entry serves both outputs."""


def jointly(drafts: Sequence[Draft], name: str, inner: str) -> Segments | None:
    """The segments of a function, whose polynomials serve its derivative too; None for other outputs.

    Parameters
    ----------
    drafts : sequence of Draft
        The outputs: a function and its derivative in x, or something else.
    name : str
        The row of `FORMATS` that the plan was made for.
    inner : str
        The loop's float format.
    """
    if len(drafts) != 2 or not _is_derivative(*drafts):
        return None
    mirror = mirror_of(drafts[0])

    def fitted(grid: Grid) -> dict[int, Segments | None]:
        return {0: _fitted(drafts[0], drafts[1], name, inner, grid, mirror)}

    return cheapest(fitted, inner, half=mirror is not None)[0]


def _is_derivative(value: Draft, slope: Draft) -> bool:
    """Whether one may be the other's derivative: by the orders asked for, and by differences at some places."""
    if slope.order != value.order + 1:
        return False
    step = Fraction(1, 2**20)
    for at in (Fraction(3, 8), Fraction(-9, 8)):
        left, right, middle = exact(value, at - step), exact(value, at + step), exact(slope, at)
        if left is None or right is None or middle is None:
            return False
        if abs((right - left) / (2 * step) - middle) > Fraction(1, 2**16) * (1 + abs(middle)):
            return False
    return True


def _fitted(value: Draft, slope: Draft, name: str, inner: str, grid: Grid, mirror: Mirror | None) -> Segments | None:
    """The polynomials on the run of a grid's segments that is worth most."""
    side = mirror.side if mirror else 1
    cells = [grid.ends(k) for k in grid.places]
    zeros = [dict(zeros_of(draft, cells, mirror)) for draft in (value, slope)]
    rows = [_row(value, slope, side, ends, zeros, name) for ends in cells]
    return best_run(grid, rows, inner, 0, [None] * len(rows), mirror, PRODUCTS)


def _row(
    value: Draft,
    slope: Draft,
    side: int,
    ends: tuple[Fraction, Fraction],
    zeros: Sequence[dict[Fraction, int]],
    name: str,
) -> tuple[Fraction, ...] | None:
    """A center and the coefficients of the function for one segment; None where rounding errors would grow."""
    width = ends[1] - ends[0]
    near = [z for z in {**zeros[0], **zeros[1]} if ends[0] - width <= z <= ends[1] + width]
    held = [z for z in near if ends[0] <= z <= ends[1]]
    if len(held) > 1 or any(min(found.get(z, 0) for z in near) < 0 for found in zeros if near):
        return None
    best: tuple[float, tuple[Fraction, ...]] | None = None
    fits: dict[Fraction | None, Fit | None] = {}
    for center in held or [*centers(*ends), *near]:
        order = zeros[1].get(center, 0)
        anchor = center if order else None
        if anchor not in fits:
            fits[anchor] = fit(slope, side, *ends, anchor, order, MOST[name], TOLERANCE[name])
        found, at = fits[anchor], center if held else (ends[0] + ends[1]) / 2
        first = Fraction(0) if center in held and center in zeros[0] else exact(value, side * at)
        if found is None or first is None:
            continue
        inner = [Fraction(0)] * order + [c * side ** (k + order) for k, c in enumerate(around(found, *ends, center))]
        rest = [c / (k + 1) for k, c in enumerate(inner)]
        first -= sum(c * (side * (at - center)) ** (k + 1) for k, c in enumerate(rest))
        row = (first, *rest)
        ratio = max(_growth(c, side, ends, center) for c in (row, inner))
        if best is None or ratio < best[0]:
            best = ratio, (center, *row)
    return None if best is None or best[0] > WORST else best[1]


def _growth(coefficients: Sequence[Fraction], side: int, ends: tuple[Fraction, Fraction], center: Fraction) -> float:
    """The sum of the terms' magnitudes but the first one's over the polynomial's, at the worst place."""
    kept = np.trim_zeros(np.array([float(c) for c in coefficients]), "f")
    if not len(kept):
        return 0.0
    places = side * np.linspace(float(ends[0] - center), float(ends[1] - center), 9)
    terms = places[:, None] ** np.arange(len(kept)) * kept
    return float(np.max(np.abs(terms[:, 1:]).sum(axis=1) / np.abs(terms.sum(axis=1))))


def write(w: Writer, found: Segments, *, precise: bool) -> tuple[str, str]:
    """The lines that give the function and its derivative.

    Precise: the coefficients in two words that lead where one of them vanishes, or the constant terms.
    """
    kind = np.dtype(w.dtype).type
    mirror = found.mirror
    place, look = looked_up(w, found.grid, mirrored=mirror is not None)
    known = [row[0] for row in found.rows if row is not None]
    middles = [known[0] if row is None else row[0] for row in found.rows]
    heads = [float(kind(float(c))) for c in middles]
    lows = [float(c - Fraction(h)) for c, h in zip(middles, heads, strict=True)]
    negative = mirror is not None and mirror.side < 0
    t = w.let(f"{look(heads)} - {place}" if negative else f"{place} - {look(heads)}")
    if any(lows):
        t = w.let(f"{t} + {look(lows)}" if negative else f"{t} - {look(lows)}")
    length = found.length - 1
    filled = [(*(row or ())[1:], *[Fraction(0)] * (length - len((row or ())[1:]))) for row in found.rows]
    leading = {max(map(_leading, filled)), max(_leading(row[1:]) for row in filled) + 1} if precise else ()
    value, slope, small = look([float(row[-1]) for row in filled]), "", ""  # `small` is still to be added to the value
    for k in range(length - 2, -1, -1):
        whole = w.let(f"{small} + {value}") if small else value
        slope = w.let(f"{slope}*{t} + {whole}") if slope else whole
        heads = [float(kind(float(row[k]))) for row in filled]
        lows = [float(row[k] - Fraction(head)) for row, head in zip(filled, heads, strict=True)]
        rest = look(lows if k in leading else heads)
        rest = w.let(f"{small}*{t} + {rest}") if small else rest
        value, small = w.let(f"{value}*{t} + {rest}"), ""
        if k in leading:
            value, small = look(heads), value
    if small:
        value = w.let(f"{small} + {value}")
    if mirror is None:
        return value, slope
    other = Mirror(mirror.side, -mirror.sign, 0.0, -mirror.slope)
    return mirrored(w, mirror, value, place), mirrored(w, other, slope, place)


def _leading(coefficients: Sequence[Fraction]) -> int:
    """The index of the first coefficient that is not zero; 0 where all are."""
    return next((k for k, c in enumerate(coefficients) if c), 0)
