"""Extreme values of a function with waves that goes on oscillating towards infinity: `tanh(x) + sin(3*x)/10`.

Far out it lies between `g - a` and `g + b`, g without waves and a, b the amplitudes of what is left. Where `g + b`
stays below its limit there, or below a value taken elsewhere, only a bounded part of the line is left to look at.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symacts.analysis.extremes import Candidate, better
from symacts.analysis.phase import wave_of
from symacts.analysis.sampling import sample
from symacts.analysis.subject import Subject
from symacts.symbolic.branches import Branch
from symacts.symbolic.oracle import Undecided

__all__ = ["extremes"]

COUNT = 24
"""Points near 0, or near the end of the branch, at which the function is looked at."""
TURNS = 12
"""Quarter turns of every wave to each side at which it is looked at too."""


@dataclass(frozen=True, slots=True)
class _Hull:
    """Bounds of a function with waves, each a moving part and a constant; `parts` are what has to settle far out for
    the bounds to be approached."""

    below: tuple[sp.Expr, sp.Expr]
    above: tuple[sp.Expr, sp.Expr]
    parts: tuple[sp.Expr, ...]


def _hull(f: Subject, formula: sp.Expr) -> _Hull:
    """Bounds by the waves of constant amplitude in a sum, or by one wave whose amplitude moves.

    Raises
    ------
    Undecided
    """
    from symacts.analysis.window import window_of  # deferred: a window is a subject, whose image is asked for here

    terms = sp.Add.make_args(formula)
    waves = [t for t in terms if t.has(sp.sin, sp.cos) and f.oracle.period(t, f.x) is not None]
    rest = sp.Add(*(t for t in terms if t not in waves))
    if waves and rest.has(f.x) and not rest.has(sp.sin, sp.cos):
        spans = window_of(Subject(sp.Add(*waves), f.x, f.oracle)).spans
        return _Hull((rest, spans[0].lo), (rest, spans[-1].hi), (rest,))
    w = wave_of(formula, f.x)
    if w.rate.has(f.x):
        raise Undecided("the argument of the wave is not linear")
    parts = tuple(sp.factor_terms(w.m * part) for part in (w.r, w.p, w.q))
    amplitude = sp.sqrt(sp.factor_terms(sp.expand(parts[1] ** 2 + parts[2] ** 2)))
    return _Hull((parts[0] - amplitude, sp.S.Zero), (parts[0] + amplitude, sp.S.Zero), parts)


def extremes(f: Subject, branch: int, order: int) -> tuple[Candidate, Candidate]:
    """The infimum and the supremum of a derivative on an open branch that reaches to infinity.

    Raises
    ------
    Undecided
    """
    return f.remember(("settling", branch, order), lambda: _extremes(f, branch, order))


def _extremes(f: Subject, branch: int, order: int) -> tuple[Candidate, Candidate]:
    piece, formula = f.branches[branch], f.expression_of(branch, order)
    if not (piece.lo.is_infinite or piece.hi.is_infinite) or formula.free_symbols != {f.x}:
        raise Undecided("a bounded branch, or parameters")
    hull = _hull(f, formula)
    points = [*sample(f, piece.lo, piece.hi, COUNT), *_turns(f, formula)]
    points = [p for p in points if f.compare(piece.lo, p) < 0 < f.compare(piece.hi, p)]
    seen = [f.oracle.enclose_at(formula, f.x, point) for point in points]
    bests = {-1: -min(hi for _, hi in seen), 1: max(lo for lo, _ in seen)}
    cuts: dict[str, list[sp.Expr]] = {"lo": [piece.lo], "hi": [piece.hi]}
    far: dict[int, list[Candidate]] = {-1: [], 1: []}
    for at, end in (("lo", piece.lo), ("hi", piece.hi)):
        if not end.is_infinite:
            continue
        cuts[at] = []
        for side, (moving, constant) in ((-1, hull.below), (1, hull.above)):
            bound = side * moving, f.neat(side * constant)
            candidate, cut = _towards(f, piece, hull, bound, end, bests[side])
            cuts[at].append(cut)
            if candidate is not None:
                far[side].append(Candidate(f.neat(side * candidate), False))
    lo, hi = min(cuts["lo"]), max(cuts["hi"])
    if piece.lo.is_infinite and piece.hi.is_infinite:
        lo, hi = min(lo, -hi), max(hi, -lo)
    return _joined(f, formula, (lo, hi), far, (piece.lo.is_infinite, piece.hi.is_infinite))


def _turns(f: Subject, formula: sp.Expr) -> list[sp.Rational]:
    """Rational numbers next to points at which a wave is 0, 1 or -1."""
    found = []
    for angle in sorted({w.args[0] for w in formula.atoms(sp.sin, sp.cos)}, key=sp.default_sort_key):
        rate, start = angle.coeff(f.x, 1), angle.subs(f.x, 0)
        if rate != 0 and sp.expand(angle - rate * f.x - start) == 0:
            turns = ((k * sp.pi / 2 - start) / rate for k in range(-TURNS, TURNS + 1))
            found += [f.oracle.enclose(turn, 10)[0] for turn in turns]
    return found


def _joined(
    f: Subject,
    formula: sp.Expr,
    ends: tuple[sp.Expr, sp.Expr],
    far: dict[int, list[Candidate]],
    are_cuts: tuple[bool, bool],
) -> tuple[Candidate, Candidate]:
    """The extreme values on the bounded part, and of the limits beyond it."""
    from symacts.analysis.values import image  # deferred: it asks for the extremes found here

    spans = image(Subject(formula, f.x, f.oracle, within=ends))
    low, high = Candidate(spans[0].lo, spans[0].has_lo), Candidate(spans[-1].hi, spans[-1].has_hi)
    inner = [
        Candidate(f.neat(formula.subs(f.x, end)), True) for end, is_cut in zip(ends, are_cuts, strict=True) if is_cut
    ]
    for other in (*inner, *far[-1]):
        low = better(f, low, other, -1)
    for other in (*inner, *far[1]):
        high = better(f, high, other, 1)
    return low, high


def _towards(
    f: Subject, piece: Branch, hull: _Hull, bound: tuple[sp.Expr, sp.Expr], end: sp.Expr, best: sp.Rational
) -> tuple[sp.Expr | None, sp.Rational]:
    """The supremum beyond a point towards an infinite end, None where a value seen exceeds it; and that point."""
    inward = 1 if end is -sp.oo else -1
    moving, constant = bound
    limit = f.limit_of(moving, end, inward)
    top = limit if limit.is_infinite else f.neat(limit + constant)
    if top is sp.oo:
        if f.limit_of(hull.parts[0], end, inward).is_infinite and all(
            f.limit_of(part, end, inward).is_finite for part in hull.parts[1:]
        ):
            return sp.oo, _cut(f, end, piece.lo, piece.hi)
        raise Undecided("the waves grow")
    if top is not -sp.oo and f.compare(top, best) >= 0:
        start, sign = _last(f, piece, moving - limit, end)
        if sign >= 0 or not all(f.limit_of(part, end, inward).is_finite for part in hull.parts):
            raise Undecided("the waves may pass their limit towards the end")
        return top, start
    level = best - 1 if top is -sp.oo else (best + f.oracle.enclose(top, 20)[1]) / 2
    start, sign = _last(f, piece, moving + constant - level, end)
    if sign >= 0 or not level < best:
        raise Undecided("no bound is found beyond which the waves stay below a value seen")
    return None, start


def _last(f: Subject, piece: Branch, e: sp.Expr, end: sp.Expr) -> tuple[sp.Rational, int]:
    """A point of the branch beyond which an expression has one sign, and the sign."""
    cells = f.chart_of(e, piece.lo, piece.hi).cells
    lo, hi, sign = cells[-1] if end is sp.oo else cells[0]
    return _cut(f, end, lo, hi), sign


def _cut(f: Subject, end: sp.Expr, lo: sp.Expr, hi: sp.Expr) -> sp.Rational:
    """An integer of an open interval that reaches to the infinite end, not close to its other end."""
    side, other = (1, lo) if end is sp.oo else (-1, hi)
    return side * (1 + (sp.ceiling(f.oracle.enclose(side * other, 20)[1]) if other.is_finite is not False else 0))
