"""Where the largest value of a derivative may lie: branch and bound on its enclosures.

Most of an interval is ruled out by enclosures that stay below a value taken elsewhere, by a slope of one sign, or by
convexity; near the ends by an enclosure or a tail model of `level - g`. What is left are a few short intervals. The
derivatives come from Taylor coefficients of the function, whose formula is short, rather than from their own formulas.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> places = places_of_supremum(x*sp.exp(-x), x, sp.S.Zero, sp.oo, 0, 1, x*sp.exp(-x), (sp.S.Zero, sp.S.Zero))
>>> [lo <= 1 <= hi for lo, hi in places]
[True]
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import Any

import sympy as sp
from flint import arb

from symacts.rigor import intervals as iv
from symacts.rigor.balls import BallFunction, compile_balls
from symacts.rigor.constants import evaluate
from symacts.rigor.intervals import INFINITY
from symacts.rigor.precision import precision
from symacts.rigor.profiles import Undecided
from symacts.rigor.sign_guesses import rational
from symacts.rigor.sign_numeric import TAIL_COST, UNIT_STEPS, Budget, middle_of
from symacts.rigor.tails import tail_sign
from symacts.rigor.unknown import Unknown

__all__ = ["places_of_supremum"]

STEPS = 3000
"""Evaluations for one supremum, of a program of up to `UNIT_STEPS` operations."""
PREC = 64
SAMPLES = 48
"""Points at which the function is looked at first."""
FAR = (arb(4), arb(16), arb(256))
"""Points from which one enclosure over a whole half line is tried."""
MOST_DEPTH = 44
"""Halvings after which a piece that resists is left as a place."""
LEVEL_BITS = 40
"""Bits of the rational level that a tail is shown to stay below."""
CLOSE = arb(2) ** -6
"""How far above the best value seen a concave piece may reach, relatively, to be left as a place."""
MOST_PLACES = 12
"""Places beyond which the answer is given up."""


def places_of_supremum(
    function: sp.Expr,
    x: sp.Symbol,
    lo: sp.Expr,
    hi: sp.Expr,
    order: int,
    side: int,
    formula: sp.Expr,
    limits: tuple[sp.Expr, sp.Expr],
    budget: Budget | None = None,
) -> list[tuple[sp.Expr, sp.Expr]] | Unknown:
    """Short open intervals of which one holds each point where `side*f^(order)` has its supremum over (lo, hi).

    Parameters
    ----------
    function, lo, hi : Expr
        f, real analytic on the open interval; no other symbols.
    order, side : int
        Which derivative; 1 for its largest value, -1 for its least.
    formula : Expr
        That derivative as a formula.
    limits : (Expr, Expr)
        Its finite limits at the two ends, or the infinity at which `side` times it is -oo.
    budget : Budget, optional
        What is left of the evaluations before the answer is `Unknown`; it is taken from.

    Notes
    -----
    No interval at all: the supremum is a limit at an end.
    """
    try:
        return _Search(function, x, lo, hi, order, side, formula, limits, budget or Budget(STEPS)).places()
    except Undecided as why:
        return why.unknown()


@dataclass(slots=True)
class _Search:
    function: sp.Expr
    x: sp.Symbol
    lo: sp.Expr
    hi: sp.Expr
    order: int
    side: int
    formula: sp.Expr
    limits: tuple[sp.Expr, sp.Expr]
    budget: Budget
    f: BallFunction = field(init=False)
    g: BallFunction = field(init=False)
    best: Any = field(init=False)
    outer: tuple[Any, Any] = (None, None)
    """The ends of the compact part where they stand for the ends of the interval: just outside it, maybe."""

    def __post_init__(self) -> None:
        self.f = compile_balls(self.function, self.x)
        self.g = compile_balls(self.formula, self.x)
        self.best = -INFINITY

    def places(self) -> list[tuple[sp.Expr, sp.Expr]]:
        with precision(PREC):
            for limit in self.limits:
                if limit.is_finite:
                    self.best = iv.max_exact(self.best, (self.side * evaluate(limit, PREC)).lower())
            self.look()
            a, from_lo = self.start(0)
            b, to_hi = self.start(1)
            if not a < b:
                return []
            self.outer = (a if from_lo else None, b if to_hi else None)
            return self.joined(self.bound(a, b))

    def spend(self, program: BallFunction, coefficients: int) -> None:
        weight = 1 + len(program.program.steps) // UNIT_STEPS
        self.budget.spend(weight * max(1, coefficients**2 // 8))

    def at(self, point: Any) -> Any:
        """`side*f^(order)` at an exact point."""
        self.spend(self.g, 1)
        return self.side * self.g.local_at(point)

    def look(self) -> None:
        """Values at points spread over the interval: the level that has to be passed."""
        with precision(PREC):
            lo = evaluate(self.lo, PREC).upper() if self.lo.is_finite else None
            hi = evaluate(self.hi, PREC).lower() if self.hi.is_finite else None
        for k in range(1, SAMPLES):
            t = arb(k) / SAMPLES
            if lo is not None and hi is not None:
                point = lo + (hi - lo) * t
            elif lo is not None:
                point = lo + t / (1 - t)
            elif hi is not None:
                point = hi - t / (1 - t)
            else:
                point = (2 * t - 1) / (t * (1 - t))
            point = point.mid()
            if (lo is None or lo < point) and (hi is None or point < hi):
                self.raise_to(self.at(point))

    def raise_to(self, value: Any) -> None:
        if value.is_finite():
            self.best = iv.max_exact(self.best, value.lower())

    # The ends.

    def start(self, at: int) -> tuple[Any, bool]:
        """Where the search begins (or ends), and whether that is the end of the interval itself."""
        end, inward = ((self.lo, 1), (self.hi, -1))[at]
        if end.is_finite:
            p = evaluate(end, PREC)
            jet = self.f.local_jet(p, self.order + 2)
            if all(c.is_finite() for c in jet):
                return (p.lower() if inward > 0 else p.upper()), True
        limit = self.limits[at]
        top = self.side * evaluate(limit, 2 * PREC) if limit.is_finite else -INFINITY
        below = top < self.best
        if below:
            cut = self.by_enclosure(end, inward)
            if cut is not None:
                return cut, False
            with precision(LEVEL_BITS):
                level: sp.Expr = rational(self.best if not top.is_finite() else ((self.best + top) / 2).mid())
            if top.is_finite() and not (top < evaluate(level, PREC) and evaluate(level, PREC) <= self.best):
                level = rational(self.best)
        else:
            level = self.side * limit
        self.budget.spend(TAIL_COST)
        answer = tail_sign(level - self.side * self.formula, self.x, -inward, at=end if end.is_finite else None)
        if isinstance(answer, Unknown):
            raise Undecided(f"whether the largest value lies towards {end}: {answer.reason}")
        if answer.sign <= 0:
            raise Undecided(f"the largest value lies towards {end} and is no limit there")
        start = evaluate(answer.start, 2 * PREC)
        if not end.is_finite:
            return (start.lower().floor().mid() if inward > 0 else start.upper().ceil().mid()), False
        p = evaluate(end, 2 * PREC)
        cut = ((p + start) / 2).mid()
        if not (p < cut < start if inward > 0 else start < cut < p):
            raise Undecided(f"the tail towards {end} reaches too short")
        return cut, False

    def by_enclosure(self, end: sp.Expr, inward: int) -> Any:
        """A point from which one enclosure up to the end stays below the level; None where none shows it."""
        p = evaluate(end, 2 * PREC) if end.is_finite else None
        for k, far in enumerate(FAR):
            if p is None:
                cut, pair = (-far, (-INFINITY, -far)) if inward > 0 else (far, (far, INFINITY))
            else:
                cut = (p + inward * arb(2) ** (-4 * k - 4)).mid()
                pair = (p.lower(), cut) if inward > 0 else (cut, p.upper())
            self.spend(self.g, 1)
            found = self.g.local_on(*pair)
            if found is not None and (found[1] if self.side > 0 else -found[0]) < self.best:
                return cut
        return None

    # The compact part.

    def bound(self, a: Any, b: Any) -> list[tuple[Any, Any]]:
        """The pieces of [a, b] that cannot be ruled out."""
        kept: list[tuple[Any, Any]] = []
        heap: list[tuple[float, int, int, Any, Any]] = [(0.0, 0, 0, a, b)]
        count = 0
        tops: list[tuple[Any, Any, Any]] = []
        while heap:
            _, _, depth, lo, hi = heapq.heappop(heap)
            top, is_done = self.decide(lo, hi)
            if top is None:
                continue
            if is_done or depth >= MOST_DEPTH:
                tops.append((top, lo, hi))
                continue
            middle = middle_of(lo, hi)
            self.raise_to(self.at(middle))
            for part in ((lo, middle), (middle, hi)):
                count += 1
                heapq.heappush(heap, (-_order(top), count, depth + 1, *part))
        for top, lo, hi in tops:
            if not (top < self.best):
                kept.append((lo, hi))
        return kept

    def decide(self, lo: Any, hi: Any) -> tuple[Any, bool]:
        """An upper bound on the piece, None where it is ruled out; and whether at most one maximum lies in it."""
        n, side = self.order, self.side
        self.spend(self.f, n + 3)
        pair, jet_of = self.f.local_both(lo, hi, n + 2)
        ball = lo.union(hi)
        top = INFINITY
        jet = jet_of() if pair is not None else None
        if pair is not None and jet is not None and jet[n].is_finite():
            top = (pair[1] if side > 0 else -pair[0]) if n == 0 else (side * _factorial(n) * jet[n]).upper()
        if jet is None or not top < self.best:
            self.spend(self.g, 1)
            direct = self.g.local_on(lo, hi)
            if direct is not None:
                top = iv.min_exact(top, direct[1] if side > 0 else -direct[0])
        if top < self.best:
            return None, False
        if jet is None:
            return top, False
        slope, bend = side * jet[n + 1], side * jet[n + 2]
        if slope > 0 or slope < 0 or bend > 0:
            for end in (lo, hi):
                if all(end != o for o in self.outer if o is not None):
                    self.raise_to(self.at(end))
            return None, False
        if slope.is_finite() and top.is_finite():
            middle = ball.mid()
            value = self.at(middle)
            self.raise_to(value)
            centered = value + (n + 1) * _factorial(n) * slope * (ball - middle)
            if centered.is_finite():
                top = iv.min_exact(top, centered.upper())
            if top < self.best:
                return None, False
        near = self.best + abs(self.best) * CLOSE
        return top, bool(bend < 0 and top < near)

    def joined(self, kept: list[tuple[Any, Any]]) -> list[tuple[sp.Expr, sp.Expr]]:
        """Touching pieces as one, with exact ends."""
        a, b = self.outer
        runs: list[list[Any]] = []
        for lo, hi in sorted(kept, key=lambda piece: float(piece[0].mid())):
            if runs and runs[-1][1] == lo:
                runs[-1][1] = hi
            else:
                runs.append([lo, hi])
        if len(runs) > MOST_PLACES:
            raise Undecided("too many places where a derivative may be largest")
        out = []
        for lo, hi in runs:
            first = self.lo if a is not None and lo == a else rational(lo)
            last = self.hi if b is not None and hi == b else rational(hi)
            out.append((first, last))
        return out


def _factorial(n: int) -> int:
    return 1 if n < 2 else n * _factorial(n - 1)


def _order(top: Any) -> float:
    """A key for the heap: highest bounds first."""
    return float(top) if top.is_finite() else float("inf")
