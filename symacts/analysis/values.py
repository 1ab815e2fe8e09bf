"""Facts about values: range, bounds, sign, extrema, zeros and fixed points."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symacts.analysis.ends import Answer, Facts, union
from symacts.analysis.extremes import Candidate, extremes
from symacts.analysis.subject import Subject
from symacts.facts import Root
from symacts.symbolic.oracle import Undecided
from symacts.symbolic.structure import substituted

__all__ = [
    "as_set",
    "bounded",
    "fixed_points",
    "image",
    "maximum",
    "merge",
    "minimum",
    "range_",
    "sign",
    "sign_by_chart",
    "span_of_point",
    "spans_of_branch",
    "zeros",
]


MOST_CHARTED = 2
"""Order of the highest derivative whose chart other facts need."""
LONG = 40
"""Operations of a derivative beyond which its extreme values are sought by branch and bound first."""


@dataclass(frozen=True, slots=True)
class _Span:
    """An interval of values with its closedness."""

    lo: sp.Expr
    hi: sp.Expr
    has_lo: bool
    has_hi: bool


def image(f: Subject, order: int = 0) -> list[_Span]:
    """The image of a derivative as disjoint spans in order: the union over its monotone cells.

    For order 0 the values at the borders count; for higher orders only the open branches do.
    """
    return f.remember(("image", order), lambda: _find_image(f, order))


def _find_image(f: Subject, order: int) -> list[_Span]:
    spans = spans_of(f, order)
    if order == 0:
        spans += [_Span(b.value, b.value, True, True) for b in f.borders if b.value is not None]
    return merge(f, spans)


def spans_of(f: Subject, order: int) -> list[_Span]:
    """The images of a derivative's monotone cells, or of whole branches."""
    return [span for k, _ in f.pieces for span in spans_of_branch(f, k, order)]


def spans_of_branch(f: Subject, branch: int, order: int) -> list[_Span]:
    """By the monotone cells where the next derivative has a chart, else by its extreme values (it is continuous).

    A long derivative beyond the second is charted only as a last resort: none of the other facts needs that chart.
    """
    ways = (_spans_by_cells, _spans_by_extremes, _spans_by_period, _spans_by_settling)
    is_long = order + 1 > MOST_CHARTED and f.expression_of(branch, order).count_ops() > LONG
    reasons = []
    for way in (ways[1], ways[0], *ways[2:]) if is_long else ways:
        try:
            return way(f, branch, order)
        except Undecided as reason:
            reasons.append(reason)
    raise reasons[0]


def _spans_by_extremes(f: Subject, branch: int, order: int) -> list[_Span]:
    return [_between(*extremes(f, branch, order))]


def _between(least: Candidate, largest: Candidate) -> _Span:
    """The values of a continuous function on an interval, from its extreme values."""
    return _Span(least.value, largest.value, least.attained, largest.attained)


def _spans_by_settling(f: Subject, branch: int, order: int) -> list[_Span]:
    """Extreme values under waves that go on towards infinity."""
    from symacts.analysis import settling  # deferred: it looks at images of the bounded part

    return [_between(*settling.extremes(f, branch, order))]


def _spans_by_period(f: Subject, branch: int, order: int) -> list[_Span]:
    """On a half line a periodic function takes all values of one period."""
    from symacts.analysis.window import window_of  # deferred: a window is a subject, whose image is asked for here

    piece = f.branches[branch]
    require(piece.lo.is_infinite or piece.hi.is_infinite, "the branch is no half line")
    w = window_of(Subject(f.expression_of(branch, order), f.x, f.oracle))
    require(w.drift == 0, "no period")
    return w.spans


def _spans_by_cells(f: Subject, branch: int, order: int) -> list[_Span]:
    cells = f.cells_of(branch, order + 1)
    spans: list[_Span] = []
    for cell in cells:
        low, high = _value_inside(f, cell.branch, cell.lo, order), _value_inside(f, cell.branch, cell.hi, order)
        start = low if low is not None else f.end(cell.branch, "lo", order)
        end = high if high is not None else f.end(cell.branch, "hi", order)
        if cell.sign < 0:
            spans.append(_Span(end, start, high is not None, low is not None))
        elif cell.sign > 0:
            spans.append(_Span(start, end, low is not None, high is not None))
        else:
            spans.append(_Span(start, start, True, True))
    return spans


def _value_inside(f: Subject, branch: int, point: sp.Expr, order: int) -> sp.Expr | None:
    """The value at a cell end that lies inside the open branch; None at the branch's own ends."""
    piece = f.branches[branch]
    if point == piece.lo or point == piece.hi:
        return None
    if point.could_extract_minus_sign() or isinstance(-point, Root):
        parity = f.parity(branch, order)
        if parity is not None:
            mirrored = _value_inside(f, branch, -point, order)
            return None if mirrored is None else f.neat(parity * mirrored)
    expression = f.expression_of(branch, order)
    return f.remember(("value", branch, order, point), lambda: f.neat(substituted(expression, f.x, point)))


def merge(f: Subject, spans: list[_Span]) -> list[_Span]:
    """Disjoint spans in order with the same union."""
    result: list[_Span] = []
    for span in spans:
        result = _insert(f, result, span)
    return result


def _insert(f: Subject, spans: list[_Span], new: _Span) -> list[_Span]:
    before, after = [], []
    for span in spans:
        if _is_apart(f, span, new):
            before.append(span)
        elif _is_apart(f, new, span):
            after.append(span)
        else:
            lo, hi = f.compare(span.lo, new.lo), f.compare(span.hi, new.hi)
            new = _Span(
                span.lo if lo <= 0 else new.lo,
                span.hi if hi >= 0 else new.hi,
                (span.has_lo and lo <= 0) or (new.has_lo and lo >= 0),
                (span.has_hi and hi >= 0) or (new.has_hi and hi <= 0),
            )
    return [*before, new, *after]


def _is_apart(f: Subject, left: _Span, right: _Span) -> bool:
    """Whether `left` lies wholly below `right` with a gap, be it a single missing point."""
    order = f.compare(left.hi, right.lo)
    return order < 0 or (order == 0 and not left.has_hi and not right.has_lo)


def span_of_point(value: sp.Expr) -> _Span:
    """A single value as a span."""
    return _Span(value, value, True, True)


def as_set(span: _Span) -> sp.Set:
    """The span as a SymPy set."""
    if span.lo == span.hi:
        return sp.FiniteSet(span.lo)
    return sp.Interval(span.lo, span.hi, not span.has_lo, not span.has_hi)


def range_(f: Subject, facts: Facts) -> Answer:
    """The set of values."""
    spans = image(f)
    return union([as_set(s) for s in spans]), "values and limits at the ends of the monotone pieces"


def minimum(f: Subject, facts: Facts) -> Answer:
    """The infimum over the domain, and whether it is attained."""
    span = image(f)[0]
    return (span.lo, bool(span.has_lo and span.lo.is_finite is not False)), "the lower end of the range"


def maximum(f: Subject, facts: Facts) -> Answer:
    """The supremum over the domain, and whether it is attained."""
    span = image(f)[-1]
    return (span.hi, bool(span.has_hi and span.hi.is_finite is not False)), "the upper end of the range"


def bounded(f: Subject, facts: Facts) -> Answer:
    """Whether the function is bounded below, and above."""
    low, high = facts["minimum"].value[0], facts["maximum"].value[0]
    return (low is not -sp.oo, high is not sp.oo), "the infimum and the supremum"


def sign(f: Subject, facts: Facts) -> Answer:
    """The sign of the values, from their bounds."""
    (low, has_low), (high, has_high) = facts["minimum"].value, facts["maximum"].value
    low_sign, high_sign = f.sign(low), f.sign(high)
    because = "the infimum and the supremum"
    if low_sign > 0 or (low_sign == 0 and not has_low):
        return "positive", because
    if high_sign < 0 or (high_sign == 0 and not has_high):
        return "negative", because
    if low_sign == 0:
        return ("zero" if high_sign == 0 else "nonnegative"), because
    return ("nonpositive" if high_sign == 0 else "mixed"), because


def sign_by_chart(f: Subject, facts: Facts) -> Answer:
    """The sign of the values, from the signs of f on its cells, at its zeros and at the borders."""
    signs = {c.sign for c in f.cells(0)} | {f.sign(b.value) for b in f.borders if b.value is not None}
    if f.zeros_of(0):
        signs.add(0)
    names = {
        (1,): "positive",
        (0, 1): "nonnegative",
        (-1,): "negative",
        (-1, 0): "nonpositive",
        (0,): "zero",
    }
    return names.get(tuple(sorted(signs)), "mixed"), "the sign of f on its cells and at the points between"


def _solutions(f: Subject, subtract: sp.Expr) -> Answer:
    """Where f equals `subtract` (0 or x): isolated points and whole intervals."""
    points: list[sp.Expr] = []
    intervals: list[sp.Set] = []
    for k, branch in f.pieces:
        expression = f.expression_of(k) - subtract
        chart = f.chart(k, 0) if subtract == 0 else f.chart_of(expression, branch.lo, branch.hi)
        if chart.cells[0][2] == 0:
            intervals.append(branch.interval)
        else:
            points += [z.point for z in chart.zeros]
    for border in f.borders:
        if border.value is None:
            continue
        if f.sign(border.value - subtract.subs(f.x, border.point)) == 0:
            points.append(border.point)
    return sets_with_points(f, intervals, points), "isolated roots per branch, and the values at the borders"


def sets_with_points(f: Subject, intervals: list[sp.Set], points: list[sp.Expr]) -> sp.Set:
    """The union of intervals in order and points; a point at an interval's open end closes it."""
    rest = list(points)
    result: list[sp.Interval] = []
    for interval in intervals:
        lo, hi, left_open, right_open = interval.args
        for p in list(rest):
            if f.equal(p, lo):
                left_open = False
                rest.remove(p)
            elif f.equal(p, hi):
                right_open = False
                rest.remove(p)
            elif f.compare(lo, p) < 0 < f.compare(hi, p):
                rest.remove(p)
        new = sp.Interval(lo, hi, left_open, right_open)
        if result and f.equal(result[-1].end, new.start) and not (result[-1].right_open and new.left_open):
            new = sp.Interval(result[-1].start, new.end, result[-1].left_open, new.right_open)
            result.pop()
        result.append(new)
    return union([*result, *([sp.FiniteSet(*rest)] if rest else [])])


def zeros(f: Subject, facts: Facts) -> Answer:
    """Where f vanishes."""
    return _solutions(f, sp.S.Zero)


def fixed_points(f: Subject, facts: Facts) -> Answer:
    """Where f(x) = x."""
    return _solutions(f, f.x)


def require(condition: bool, reason: str) -> None:
    """Stop a derivation that does not apply."""
    if not condition:
        raise Undecided(reason)
