"""One period of a function that repeats itself: `f(x + P) = f(x) + D`, with infinitely many branches or poles.

The window `(a, a + P)` starts where f is analytic and no derivative that facts ask about has an isolated zero; what
holds on it is carried over the line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import sympy as sp

from symacts.analysis.algebra import derivative_pieces
from symacts.analysis.progressions import progressions
from symacts.analysis.subject import Subject
from symacts.analysis.values import as_set, image, merge, span_of_point
from symacts.symbolic.forms import is_identically_zero
from symacts.symbolic.oracle import Undecided
from symacts.symbolic.repeats import repetition

__all__ = [
    "Window",
    "drifting_values",
    "families",
    "is_ordinary_at",
    "mirror_sum",
    "missing_points",
    "near",
    "over_the_line",
    "parts_of",
    "repeated_derivative",
    "window_of",
]

STARTS = (sp.Rational(1, 7), sp.Rational(3, 11), sp.Rational(-5, 13), sp.Rational(8, 17))
"""Where a window may start."""
NEAR = sp.Rational(1, 1000)
"""How far f is looked at on both sides of a point."""
ORDERS = 4
"""Derivatives, the function included, that have no isolated zero at an ordinary point."""


@dataclass(frozen=True, slots=True)
class Window:
    """The function on one period, where it starts, its value there, P and D."""

    inside: Subject
    start: sp.Expr
    value: sp.Expr
    period: sp.Expr
    drift: sp.Expr

    @property
    def spans(self) -> list[Any]:
        """The image of one period: of half of it where f mirrors itself."""
        half = self.half
        if half is None:
            return merge(self.inside, [*image(self.inside), span_of_point(self.value)])
        return half.remember("spans", lambda: merge(half, [*image(half), *map(span_of_point, self._at_ends(half))]))

    def _at_ends(self, half: Subject) -> list[sp.Expr]:
        ends = (near(half, end).value_at(end) for end in half.within)
        return [value for value in ends if value is not None]

    @property
    def half(self) -> Subject | None:
        """Half of a period from an axis of f: it has all values of f and of |f'|; None where none is seen."""
        return self.inside.remember("half", self._find_half)

    def _find_half(self) -> Subject | None:
        f = self.inside
        for k in (0, 1, -1, 2, -2, 3, -3, 4):
            center = k * self.period / 8
            if self.drift == 0 and mirror_sum(f, center, -1) == 0:
                return Subject(f.expression, f.x, f.oracle, within=(center, center + self.period / 2))
        return None

    @property
    def values(self) -> sp.Set:
        """The image of one period as a set."""
        return sp.Union(*[as_set(s) for s in self.spans], evaluate=False)

    @property
    def is_bounded(self) -> bool:
        """Whether f is bounded on the period."""
        spans = self.spans
        return spans[0].lo.is_finite is not False and spans[-1].hi.is_finite is not False


def window_of(f: Subject, *, of_waves: bool = False) -> Window:
    """A window of f: over a short period, or over one of its waves, on which formulas repeat as they stand.

    Raises
    ------
    Undecided
        f is not seen to repeat itself, or there is no good place to start.
    """
    return f.remember(("window", of_waves), lambda: _find_window(f, of_waves))


def _find_window(f: Subject, of_waves: bool) -> Window:
    if f.within != (-sp.oo, sp.oo) or f.back or f.expression.free_symbols != {f.x}:
        raise Undecided("f is not a function of x alone on the whole line")
    found = repetition(f.expression, f.x, ()) if of_waves else repetition(f.expression, f.x)
    if found is None:
        raise Undecided("no period is seen")
    period, drift = found
    for start in STARTS:
        if is_ordinary_at(f, start):
            here = near(f, start)
            inside = Subject(f.expression, f.x, f.oracle, within=(start, start + period))
            return Window(inside, start, f.neat(here.expression_of(0).subs(f.x, start)), period, drift)
    raise Undecided("no place is found where a period may start")


def is_ordinary_at(f: Subject, point: sp.Expr) -> bool:
    """Whether f is one analytic formula around a point at which no derivative facts ask about has an isolated zero."""
    here = near(f, point)
    try:
        is_whole = len(here.branches) == 1 and here.branches[0].interval == sp.Interval.open(*here.within)
    except Undecided:
        return False
    return is_whole and all(_has_no_isolated_zero(here, order, point) for order in range(ORDERS))


def near(f: Subject, point: sp.Expr) -> Subject:
    """The function close to a point."""
    return Subject(f.expression, f.x, f.oracle, within=(point - NEAR, point + NEAR))


def mirror_sum(f: Subject, center: sp.Expr, sign: int) -> sp.Expr:
    """f(center + x) + sign*f(center - x), as short as the symmetries of waves make it."""
    right, left = (_with_short_arguments(f.expression.xreplace({f.x: center + t})) for t in (f.x, -f.x))
    return sp.expand(right + sign * left)


def _with_short_arguments(e: sp.Expr) -> sp.Expr:
    def is_function(u: sp.Basic) -> bool:
        return isinstance(u, sp.Function) and not isinstance(u, sp.Piecewise)

    return e.replace(is_function, lambda u: u.func(*[sp.expand(a) for a in u.args]))


def _has_no_isolated_zero(here: Subject, order: int, start: sp.Expr) -> bool:
    formula = here.expression_of(0, order)
    return bool(here.oracle.sign_at(formula, here.x, start)) or is_identically_zero(formula, here.x)


def over_the_line(w: Window, sets: list[sp.Set]) -> sp.Set:
    """The set on the line that repeats sets in the window; an interval that reaches its end goes on at its start.

    Raises
    ------
    Undecided
    """
    spans = _arcs(w, [s for s in sets if isinstance(s, sp.Interval)])
    points = [p for s in sets if isinstance(s, sp.FiniteSet) for p in s.args]
    if spans is None:
        return sp.S.Reals
    if not spans:
        return families(w, points)
    f, base = w.inside, spans[0].start
    points = [p if f.compare(p, base) >= 0 else f.neat(p + w.period) for p in points]
    parts: list[sp.Set] = [
        sp.Interval(f.neat(s.start - base), f.neat(s.end - base), s.left_open, s.right_open) for s in spans
    ]
    points = [f.neat(p - base) for p in points]
    if spans[0].left_open and f.equal(spans[-1].end - base, w.period) and not spans[-1].right_open:
        points.append(sp.S.Zero)
    if points:
        parts.append(sp.FiniteSet(*points))
    within = parts[0] if len(parts) == 1 else sp.Union(*parts, evaluate=False)
    return sp.ConditionSet(f.x, sp.Contains(sp.Mod(f.x - base, w.period), within, evaluate=False), sp.S.Reals)


def _arcs(w: Window, spans: list[sp.Interval]) -> list[sp.Interval] | None:
    """Disjoint intervals in order, begun so that none runs over the end of the period; None for the whole period."""
    if not spans:
        return []
    first, last, end = spans[0], spans[-1], w.start + w.period
    at_start, at_end = first.start == w.start, last.end == end
    if at_start != at_end:
        raise Undecided("a piece ends at the start of the period")
    if not at_start:
        return spans
    if len(spans) == 1:
        return None
    f = w.inside
    joined = sp.Interval(last.start, f.neat(first.end + w.period), last.left_open, first.right_open)
    return [*spans[1:-1], joined]


def families(w: Window, points: list[sp.Expr]) -> sp.Set:
    """The points `p + n*P` for every point and every integer n."""
    parts = progressions((p, w.period) for p in points)
    if not parts:
        return sp.S.EmptySet
    return parts[0] if len(parts) == 1 else sp.Union(*parts, evaluate=False)


def drifting_values(w: Window) -> sp.Set:
    """The values of a function that drifts: those of one period, moved by every multiple of the drift."""
    f, step = w.inside, sp.Abs(w.drift)
    spans = w.spans
    if any(end.is_finite is False for s in spans for end in (s.lo, s.hi)):
        return sp.S.Reals  # a half line of values, moved up and down
    base = spans[0].lo
    moved: list[Any] = []
    for s in spans:
        down = _steps_between(f, base, s.lo, step)
        for k in range(3):
            by = (k - down) * step
            moved.append(replace(s, lo=f.neat(s.lo + by), hi=f.neat(s.hi + by)))
    apart = merge(f, moved)
    if len(apart) == 1:
        return sp.S.Reals
    period = [s for s in apart if f.compare(base + step, s.lo) <= 0 and f.compare(s.lo, base + 2 * step) < 0]
    start = period[0].lo
    parts = [as_set(replace(s, lo=f.neat(s.lo - start), hi=f.neat(s.hi - start))) for s in period]
    within = parts[0] if len(parts) == 1 else sp.Union(*parts, evaluate=False)
    return sp.ConditionSet(f.x, sp.Contains(sp.Mod(f.x - start, step), within, evaluate=False), sp.S.Reals)


def _steps_between(f: Subject, base: sp.Expr, value: sp.Expr, step: sp.Expr) -> sp.Integer:
    """The number k of whole steps with `base + k*step <= value < base + (k + 1)*step`."""
    guess = sp.floor(((value - base) / step).evalf(20))
    for k in (guess, guess - 1, guess + 1):
        if f.compare(base + k * step, value) <= 0 and f.compare(value, base + (k + 1) * step) < 0:
            return k
    raise Undecided("how many steps lie between two values")


def repeated_derivative(w: Window, order: int) -> sp.Expr:
    """The derivative of that order on the line: its pieces over one period, each by its place in the period."""
    f = w.inside
    pieces = [(s, _repeating(w, e)) for s, e in derivative_pieces(f, order)]
    borders = [b.point for b in f.borders if w.start != b.point and b.point != w.start + w.period]
    if not pieces or not borders:
        raise Undecided("the period has no border, or f no derivative")
    base, formula = borders[0], pieces[0][1]
    held = [s for s, _ in pieces]
    if all(e == formula for _, e in pieces) and all(
        any(s.contains(p) == sp.true for s in held) or formula.subs(f.x, p).has(sp.zoo, sp.nan) for p in borders
    ):
        return formula
    rows: list[tuple[sp.Expr, sp.Basic]] = []
    for where, e in _from(w, pieces, base):
        rows += [(e, condition) for condition in _conditions(w, where, base)]
    return sp.Piecewise(*rows, evaluate=False)


def _from(w: Window, pieces: list[tuple[sp.Set, sp.Expr]], base: sp.Expr) -> list[tuple[sp.Set, sp.Expr]]:
    """The pieces over the period that begins at a border; those on both sides of the window's start are one."""
    f = w.inside
    later = [(s + w.period if isinstance(s, sp.FiniteSet) else _moved(s, w.period), e) for s, e in pieces]
    before = [k for k, (s, _) in enumerate(pieces) if f.compare(s.inf, base) < 0]
    result = [p for k, p in enumerate(pieces) if k not in before]
    (first, formula), rest = later[before[0]], [later[k] for k in before[1:]]
    if result and result[-1][1] == formula and result[-1][0].sup == w.start + w.period:
        last = result.pop()[0]
        first = sp.Interval(last.start, first.end, last.left_open, first.right_open)
    elif isinstance(first, sp.Interval) and first.start == w.start + w.period:  # f is analytic there
        first = sp.Interval(first.start, first.end, False, first.right_open)
    return [*result, (first, formula), *rest]


def _moved(s: sp.Interval, by: sp.Expr) -> sp.Interval:
    return sp.Interval(s.start + by, s.end + by, s.left_open, s.right_open)


def _conditions(w: Window, where: sp.Set, base: sp.Expr) -> list[sp.Basic]:
    """Where a piece of the period applies, by the place in it; a closed end at the next period is its place 0."""
    f = w.inside
    place = sp.Mod(f.x - base, w.period)
    lo, hi = f.neat(where.inf - base), f.neat(where.sup - base)
    if isinstance(where, sp.FiniteSet):
        return [sp.Eq(place, sp.S.Zero if f.equal(lo, w.period) else lo)]
    conditions: list[sp.Basic] = []
    if lo != 0 or where.left_open:
        conditions.append(place > lo if where.left_open else place >= lo)
    if not f.equal(hi, w.period):
        conditions.append(place < hi if where.right_open else place <= hi)
        return [sp.And(*conditions)]
    return [sp.And(*conditions)] if where.right_open else [sp.And(*conditions), sp.Eq(place, 0)]


def _repeating(w: Window, formula: sp.Expr) -> sp.Expr:
    """A formula that is right on the window as one that has the period."""
    f = w.inside
    moved = sp.expand(formula.xreplace({f.x: f.x + w.period}))
    if not formula.has(f.x) or moved == sp.expand(formula) or is_identically_zero(moved - formula, f.x):
        return formula
    return formula.xreplace({f.x: w.start + sp.Mod(f.x - w.start, w.period)})


def parts_of(found: sp.Set) -> list[sp.Set]:
    """The members of a union, a single set, or nothing."""
    return list(found.args) if isinstance(found, sp.Union) else [] if found is sp.S.EmptySet else [found]


def missing_points(w: Window, parts: list[sp.Set]) -> list[sp.Expr]:
    """The points between intervals that cover the period but for these; none where the domain has wider gaps."""
    f = w.inside
    if not all(isinstance(p, sp.Interval) for p in parts) or len(parts) < 2:
        return []
    whole = parts[0].start == w.start and parts[-1].end == w.start + w.period
    ends = [(a.end, b.start, a.right_open and b.left_open) for a, b in pairwise(parts)]
    return [a for a, _, _ in ends] if whole and all(missing and f.equal(a, b) for a, b, missing in ends) else []
