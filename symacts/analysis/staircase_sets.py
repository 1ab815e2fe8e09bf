"""A function with steps without end in three parts, a finite middle and two half lines, and sets over all three."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from symacts.analysis.ends import union
from symacts.analysis.staircase import HalfLine, half_line
from symacts.analysis.subject import Subject
from symacts.analysis.window import NEAR, is_ordinary_at, parts_of
from symacts.symbolic.oracle import Undecided

__all__ = ["ALL", "NONE", "PIECES", "PLACES", "Stairs", "glued", "stairs"]


@dataclass(frozen=True, slots=True)
class Stairs:
    """A function, its middle between the cuts, and the half lines beyond on which it is defined."""

    f: Subject
    middle: Subject
    beyond: tuple[HalfLine, ...]

    @property
    def jumps_inside(self) -> list[sp.Expr]:
        """Where the middle jumps at a point inside its domain."""
        return [b.point for b in self.middle.borders if b.is_interior and not self.middle.is_continuous_at(b)]


def stairs(f: Subject, cut: sp.Rational) -> Stairs:
    """The three parts of a function that is analytic at both cuts.

    Raises
    ------
    Undecided
    """
    return f.remember(("stairs", cut), lambda: _find(f, cut))


def _find(f: Subject, cut: sp.Rational) -> Stairs:
    beyond = []
    for side in (-1, 1):
        far = half_line(f, side, cut)
        if far is not None:
            beyond.append(far)
            if not is_ordinary_at(f, side * cut) or not is_ordinary_at(_less_x(f), side * cut):
                raise Undecided("the function cannot be cut there")
        elif half_line(f, side, cut - NEAR) is not None:
            raise Undecided("the function may be defined at the cut alone")
    middle = Subject(f.expression, f.x, f.oracle, within=(-cut, cut))
    if not all(any(b.hi == far.ends[0] or b.lo == far.ends[1] for b in middle.branches) for far in beyond):
        raise Undecided("the middle does not reach to where the half line begins")
    return Stairs(f, middle, tuple(beyond))


def _less_x(f: Subject) -> Subject:
    return Subject(f.expression - f.x, f.x, f.oracle)


ALL, PIECES, NONE, PLACES = "all", "pieces", "none", "places"
"""What a set holds of a half line: everything, everything but the places of the jumps, nothing, or those alone."""


def glued(s: Stairs, found: sp.Set, part: Callable[[HalfLine], str]) -> sp.Set:
    """A set of the middle with what belongs to it of the half lines: nothing happens at the cuts.

    Raises
    ------
    Undecided
    """
    spans = [p for p in parts_of(found) if isinstance(p, sp.Interval)]
    points = [p for p in parts_of(found) if not isinstance(p, sp.Interval)]
    holed: list[tuple[HalfLine, sp.Interval]] = []
    for far in s.beyond:
        kind, cut = part(far), far.side * far.cut
        last = [p for p in spans if cut in (p.start, p.end)]
        if (kind == NONE) != (not last):
            raise Undecided("the bounded part does not go on as the half line does")
        if kind == NONE:
            continue
        if kind == ALL:
            spans[spans.index(last[0])] = _with_end(last[0], far, far.side * sp.oo, True)
        else:
            if far.holds_place(last[0].start, last[0].end):
                raise Undecided("a jump lies in the piece at the cut")
            spans.remove(last[0])
            holed.append((far, _with_end(last[0], far, far.side * sp.oo, True)))
    rows = []
    for far, whole in reversed(holed):
        rows.append((far, _grown(far, whole, spans)))
    return union([*spans, *points, *_less_places(rows)])


def _with_end(span: sp.Interval, far: HalfLine, end: sp.Expr, is_open: bool) -> sp.Interval:
    """The interval with another end on the side of the half line."""
    if far.side > 0:
        return sp.Interval(span.start, end, span.left_open, is_open)
    return sp.Interval(end, span.end, is_open, span.right_open)


def _grown(far: HalfLine, whole: sp.Interval, spans: list[sp.Interval]) -> sp.Interval:
    """The interval with those before it that end where it begins, at a jump; they are taken out of the list."""
    while True:
        here = whole.start if far.side > 0 else whole.end
        before = next((p for p in spans if here == (p.end if far.side > 0 else p.start)), None)
        if before is None or not far.is_place(here) or far.holds_place(before.start, before.end):
            return whole
        inner, is_open = _inner_end(far, before)
        if not is_open and far.is_place(inner):
            return whole
        spans.remove(before)
        whole = (
            sp.Interval(inner, whole.end, is_open, True)
            if far.side > 0
            else sp.Interval(whole.start, inner, True, is_open)
        )


def _inner_end(far: HalfLine, span: sp.Interval) -> tuple[sp.Expr, bool]:
    """The end of an interval that is not on the side of the half line, and whether it is open."""
    return (span.start, bool(span.left_open)) if far.side > 0 else (span.end, bool(span.right_open))


def _less_places(rows: list[tuple[HalfLine, sp.Interval]]) -> list[sp.Set]:
    """Each interval less the places of the jumps; two that meet at one are written as one.

    Raises
    ------
    Undecided
    """
    ends = [_inner_end(far, whole) for far, whole in rows]
    if any(not is_open and far.is_place(end) for (far, _), (end, is_open) in zip(rows, ends, strict=True)):
        raise Undecided("a piece that a jump begins holds its end")
    places = [far.places(end) for (far, _), (end, _) in zip(rows, ends, strict=True)]
    if len(rows) == 2 and places[0] == places[1] and ends[0] == ends[1] and rows[0][0].is_place(ends[0][0]):
        return [sp.Complement(sp.S.Reals, places[0], evaluate=False)]
    found = zip(rows, places, strict=True)
    return [sp.Complement(whole, missing, evaluate=False) for (_, whole), missing in found][::-1]
