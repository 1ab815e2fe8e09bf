"""Wide rows of a table: one polynomial for a whole gap of common inputs between stretches that a program serves.

Such gaps lie around zeros of the function. A target that evaluates a gap's elements together pays for each row, not
for each element's own coefficients, so few long polynomials beat many short ones. A row is taken only where it stays
within the format's bound on many samples.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from symacts.kernels.drafts import Draft, Output, Studied
from symacts.kernels.fit import fit, times
from symacts.kernels.pieces import COLUMNS, COUNT, HEAD, PLAIN, SQUARE, Table, evaluate, fixed
from symacts.rewrite.reference import Dyadic
from symacts.rewrite.regimes import FloatArray, Format, errors_of, weight
from symacts.rewrite.samples import scattered

__all__ = ["bridged"]

LEAST_WEIGHT = 0.0001
"""Share of inputs below which a gap keeps its rows."""
LIGHT = 0.004
"""Share of inputs below which a good stretch between two gaps may give way."""
COUNTS = {"float64": (12, 16, 20, 24, 28, 32), "float32": (8, 10, 12, 14, 16, 20, 24)}
TOLERANCE = {"float64": 56, "float32": 36}
STEEPEST = 150
"""Percent of the constant term that the others may reach; samples decide."""
HALVINGS = 4
"""How often a gap may be cut in two."""
SAMPLES = 600
"""Random inputs on which a row is measured."""


def bridged(draft: Draft, output: Output) -> Output:
    """The output with wide rows where they serve; good stretches of little weight between two gaps may give way."""
    edges, rows = output.table.edges.tolist(), list(output.table.rows)
    good = list(output.good)
    k = 0
    while k < len(good) - 1:
        last = k + 1
        while last < len(good) - 1 and weight(*good[last]) < LIGHT:
            last += 1
        for stop in sorted({last, k + 1}, reverse=True):
            lo, hi = draft.form.between(good[k][1], good[stop][0])
            found = None if lo >= hi or weight(lo, hi) < LEAST_WEIGHT else _rows(draft, lo, hi, HALVINGS)
            if found is not None:
                edges, rows = _replaced(edges, rows, found, hi)
                good[k + 1 : stop] = []
                break
        k += 1
    return replace(output, good=tuple(good), table=Table(np.array(edges), np.array(rows)))


def _replaced(
    edges: list[float], rows: list[Sequence[float]], found: list[tuple[float, list[float]]], hi: float
) -> tuple[list[float], list[Sequence[float]]]:
    """The table with these rows up to `hi`, and from there on what it had."""
    lo, after = found[0][0], math.nextafter(hi, math.inf)
    kept: list[tuple[float, Sequence[float]]] = [(e, r) for e, r in zip(edges, rows, strict=True) if e < lo or e > hi]
    if after not in edges:
        kept.append((after, rows[int(np.searchsorted(edges, hi, side="right")) - 1]))
    kept = sorted([*kept, *found], key=lambda pair: pair[0])
    return [e for e, _ in kept], [r for _, r in kept]


def _rows(draft: Draft, lo: float, hi: float, depth: int) -> list[tuple[float, list[float]]] | None:
    """Rows with their first floats for [lo, hi], or None; nan where f is not defined."""
    hole = next(((a, b) for a, b in _holes(draft) if lo <= b and a <= hi), None)
    if hole is not None:
        below, above = (draft.form.between(-draft.form.largest, hole[0])[1], draft.form.after(hole[1]))
        sides = [[] if a > b else _rows(draft, a, b, depth) for a, b in ((lo, below), (above, hi))]
        if sides[0] is None or sides[1] is None:
            return None
        return [*sides[0], (max(lo, hole[0]), fixed(math.nan)), *sides[1]]
    row = _row(draft, lo, hi)
    if row is not None:
        return [(lo, row)]
    middle = 0.0 if lo < 0.0 < hi and min(-lo, hi) > 0.1 * (hi - lo) else (lo + hi) / 2
    middle = float(np.dtype(draft.form.dtype).type(middle))
    if not depth or not lo < middle < hi:
        return None
    left = _rows(draft, lo, float(np.nextafter(middle, -np.inf)), depth - 1)
    right = None if left is None else _rows(draft, middle, hi, depth - 1)
    return None if left is None or right is None else left + right


def _holes(draft: Draft) -> list[tuple[float, float]]:
    """First and last floats of what lies between the stretches of the domain."""
    pairs = pairwise(draft.spans)
    return [draft.form.between(hi, lo) for (_, hi), (lo, _) in pairs if not draft.form.is_gap(hi, lo)]


def _row(draft: Draft, lo: float, hi: float) -> list[float] | None:
    """One row for [lo, hi] where one expression holds on all of it and a polynomial follows it."""
    touched = [s for s in draft.sections if s.section.lo <= hi and lo <= s.section.hi]
    if not touched or any(s.section.expression != touched[0].section.expression for s in touched):
        return None
    zeros = {r for s in touched for r in s.roots if lo - (hi - lo) / 8 <= r[0] <= hi + (hi - lo) / 8}
    if len(zeros) > 1 or any(order < 0 for _, order in zeros):
        return None
    zero, order = zeros.pop() if zeros else (Fraction(0), 0)
    around = lo < 0.0 < hi
    a, b = (-max(-lo, hi), max(-lo, hi)) if around else (lo, hi)
    for count in COUNTS[draft.form.dtype]:
        row = _fitted(touched[0], Fraction(a), Fraction(b), zero, order, count, draft.form)
        if row is not None:
            return row if _holds(draft, touched, row, lo, hi) else None
    return None


def _fitted(
    studied: Studied, lo: Fraction, hi: Fraction, zero: Fraction, order: int, count: int, form: Format
) -> list[float] | None:
    """A row through `count` true values of F/(x - zero)**order."""
    center = Fraction(float((lo + hi) / 2))
    half = max(hi - center, center - lo)

    def value(s: Fraction) -> Dyadic | None:
        point = center + s * half
        v = studied.reference.value(point)
        if v is None or not order:
            return v
        if point == zero:
            return None
        return times(v, 1 / (point - zero) ** order)

    found = fit(value, count, TOLERANCE[form.dtype], STEEPEST)
    if found is None or abs(found.scale) > 900:
        return None
    exponent = half.numerator.bit_length() - half.denominator.bit_length() + 1
    width = Fraction(2) ** exponent  # t = (x - center)/width is below 1
    values = [found.rational(k) * (width / half) ** k for k in range(count)]
    kind = PLAIN
    top = max(abs(v) * (half / width) ** k for k, v in enumerate(values))
    if center == 0 and all(abs(v) * (half / width) ** k < top / 2**76 for k, v in enumerate(values) if k % 2):
        kind, values = SQUARE, values[::2]
    if len(values) > COUNT:
        return None
    row = [0.0] * COLUMNS
    head = float(zero)
    b0 = float(values[0])
    row[:HEAD] = [kind, float(center), float(1 / width), 2.0**found.scale, head, float(zero - Fraction(head)), order]
    row[HEAD : HEAD + 2] = b0, float(values[0] - Fraction(b0))
    row[HEAD + 2 : HEAD + 1 + len(values)] = [float(v) for v in values[1:]]
    return row


def _holds(draft: Draft, touched: Sequence[Studied], row: list[float], lo: float, hi: float) -> bool:
    """Whether the row stays within the bound on [lo, hi], and gives the values at single points."""
    table = Table(np.array([lo]), np.array([row]))

    def computed(points: FloatArray) -> FloatArray:
        with np.errstate(all="ignore"):
            return evaluate(table, points).astype(draft.form.dtype).astype(np.float64)

    for p, value in draft.points.items():
        if lo <= p <= hi and computed(np.array([p]))[0] != value:
            return False
    bound = max(draft.form.bound, 0.51)
    for studied in touched:
        a, b = max(lo, studied.section.lo), min(hi, studied.section.hi)
        near = np.union1d(np.linspace(a, b, SAMPLES).astype(draft.form.dtype), scattered(a, b, draft.form, SAMPLES))
        points = np.union1d(near, studied.points)
        points = points[(points >= a) & (points <= b)]
        if np.any(errors_of(computed(points), studied.reference.values(points), draft.form) > bound):
            return False
    return True
