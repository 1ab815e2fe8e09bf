"""One polynomial inside the fused loop, for a stretch of common inputs that no rewritten form serves.

Such stretches lie around zeros of the function (tanhshrink at 0, the zero of a derivative): there the relative error
of any sum grows without bound, while `F(x)/(x - zero)**order` is a tame polynomial, the zero in two words.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from symacts.kernels.drafts import Stretch, Studied
from symacts.kernels.fit import Fit, fit, times
from symacts.rewrite.graph import Graph
from symacts.rewrite.reference import Dyadic
from symacts.rewrite.regimes import FloatArray, Format, errors_of, interpret, stretches_within, weight

__all__ = ["Range", "series", "with_series"]

LEAST_WEIGHT = 0.008
"""Share of inputs below which a stretch is left to the table."""
COUNTS = {"float64": (8, 11, 14, 17, 20, 24, 28), "float32": (4, 5, 6, 7, 8, 10, 12, 14)}
TOLERANCE = {"float64": 56, "float32": 27}
STEEPEST = 120


@dataclass(frozen=True, slots=True)
class Range:
    lo: float
    hi: float


def hard_ranges(studied: Studied, values: FloatArray, form: Format) -> list[Range]:
    """Stretches between the good ones that matter, neighbors with little in between as one."""
    good = stretches_within(studied.points, errors_of(values, studied.truth, form), form.bound)
    lo, hi = studied.section.lo, studied.section.hi
    found: list[Range] = []
    start = lo
    for a, b in [*good, (hi, hi)]:
        if a > start or (a == hi and start < hi):
            if found and weight(found[-1].hi, start) < 3 * LEAST_WEIGHT:
                found[-1] = Range(found[-1].lo, a)
            else:
                found.append(Range(start, a))
        start = b
    return [r for r in found if weight(r.lo, r.hi) > LEAST_WEIGHT]


def values_of(studied: Studied, graph: Graph, form: Format) -> FloatArray:
    """What the section's stretches compute at its samples (in NumPy's arithmetic)."""
    starts = np.array([s.first for s in studied.stretches])
    which = np.maximum(np.searchsorted(starts, studied.points, side="right") - 1, 0)
    nodes = [s.node for s in studied.stretches if s.node is not None]
    runs = np.array(interpret(graph, nodes, {"x": studied.points}, form.inner))
    return runs[which, np.arange(len(which))]


def with_series(
    studied: Studied, graph: Graph, x: int, form: Format, values: FloatArray | None = None
) -> list[Stretch]:
    """The section's stretches with other programs put in where they are worth it.

    For every stretch that matters and that the present programs do not serve: the cheapest of the other candidates
    that serve it, and of a polynomial.
    """
    if any(s.node is None for s in studied.stretches):
        return studied.stretches
    if values is None:
        values = values_of(studied, graph, form)
    stretches = list(studied.stretches)
    present = tuple(s.node for s in stretches if s.node is not None)
    for span in hard_ranges(studied, values, form):
        options = [c for c in studied.candidates.rounded if c not in present and _serves(studied, graph, c, span, form)]
        polynomial = series(studied, graph, x, span, form)
        options += [] if polynomial is None else [polynomial]
        if options:
            best = min(options, key=lambda c: graph.cost((*present, c)))
            stretches = _inserted(stretches, span, best, studied.section.hi)
            present = (*present, best)
    return stretches


def _serves(studied: Studied, graph: Graph, node: int, span: Range, form: Format) -> bool:
    (y,) = interpret(graph, [node], {"x": studied.points}, form.inner)
    good = stretches_within(studied.points, errors_of(y, studied.truth, form), form.bound)
    inside = sum(weight(max(a, span.lo), min(b, span.hi)) for a, b in good if max(a, span.lo) < min(b, span.hi))
    return inside > 0.92 * weight(span.lo, span.hi)


def _inserted(stretches: list[Stretch], span: Range, node: int, end: float) -> list[Stretch]:
    """The stretches with this node on [span.lo, span.hi)."""
    before = [s for s in stretches if s.first < span.lo]
    under = [s for s in stretches if s.first <= span.hi][-1]
    after = [s for s in stretches if s.first > span.hi]
    middle = [Stretch(span.lo, node)]
    if span.hi < end:
        middle.append(Stretch(span.hi, under.node))
    return [*before, *middle, *after]


def series(studied: Studied, graph: Graph, x: int, span: Range, form: Format) -> int | None:
    """The program of one polynomial on a range, anchored at the zero in or next to it."""
    lo, hi = span.lo, span.hi
    if max(abs(lo), abs(hi)) > 16:
        return None
    reach = hi - lo
    anchors = [z for z in studied.roots if lo - reach / 16 <= z[0] <= hi + reach / 16]
    if len(anchors) > 1:
        return None
    zero, order = anchors[0] if anchors else (Fraction(0), 0)
    if order < 0:
        return None
    spans = [(Fraction(lo), Fraction(hi))]
    if min(abs(lo), abs(hi)) < 1e-3:
        wide = Fraction(max(abs(lo), abs(hi)))
        spans = [(-wide, wide), *spans]
    for a, b in spans:
        center = Fraction(0) if a == -b else Fraction(float(np.dtype(form.dtype).type((a + b) / 2)))
        half = max(b - center, center - a)

        def value(s: Fraction, center: Fraction = center, half: Fraction = half) -> Dyadic | None:
            point = center + s * half
            v = studied.reference.value(point)
            if v is None or not order:
                return v
            if point == zero:
                return None
            return times(v, 1 / (point - zero) ** order)

        for count in COUNTS[form.dtype]:
            found = fit(value, count, TOLERANCE[form.dtype], STEEPEST)
            if found is not None and abs(found.scale) < 60:
                return _program(graph, x, found, center, half, zero, order, form)
    return None


def _program(
    graph: Graph, x: int, found: Fit, center: Fraction, half: Fraction, zero: Fraction, order: int, form: Format
) -> int:
    """Horner's rule in x - center (or its square, where the odd coefficients vanish)."""
    kind = np.dtype(form.dtype).type

    def split(value: Fraction) -> tuple[float, float]:
        head = float(kind(float(value)))
        return head, float(value - Fraction(head))

    scale = Fraction(2) ** found.scale
    raw = [found.rational(k) * scale / half**k for k in range(len(found.coefficients))]
    top = max(abs(float(c * half**k)) for k, c in enumerate(raw))
    even = center == 0 and all(abs(float(c * half**k)) < top * 1e-25 for k, c in enumerate(raw) if k % 2)
    t = x if center == 0 else graph.sub(x, graph.constant(float(center)))
    step = graph.mul(t, t) if even else t
    kept = raw[::2] if even else raw
    b0, b0_low = split(kept[0])
    p = graph.constant(float(kept[-1]))
    for c in reversed(kept[1:-1]):
        p = graph.add(graph.constant(float(c)), graph.mul(p, step))
    p = graph.add(graph.constant(b0), graph.add(graph.constant(b0_low), graph.mul(p, step)))
    if order:
        head, tail = split(zero)
        y = graph.sub(graph.sub(x, graph.constant(head)), graph.constant(tail)) if zero else x
        for _ in range(order):
            p = graph.mul(p, y)
    return p
