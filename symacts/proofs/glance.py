"""A first look at a statement: simple rational points at which balls separate its sides, found without SymPy's algebra.

Nothing is substituted or simplified, so the look takes bounded time and runs in the caller's own process; most false
statements end here. What it cannot evaluate (limits, integrals, equations among the hypotheses) is left to `refute`.

>>> from symacts.proofs.statement import read
>>> print(glance(read("exp(x) >= 1 + x + x^2/2")))
at x = -1: left side in [0.367879441171, 0.367879441171], right side 1/2, so not >=
>>> glance(read("exp(x) >= 1 + x")) is None
True
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any

import sympy as sp

from symacts.claims import Claim, Counterexample
from symacts.errors import SymactsError
from symacts.proofs.sample import SEED, SIMPLE, WIDE
from symacts.rigor.constants import decimal_ends
from symacts.rigor.points import PointFunction, compile_points

__all__ = ["LONGEST", "compiled", "fails", "glance"]

PREC, FINE = 80, 300
DIGITS = 20
LONGEST = 4000  # bits of a bound in a counterexample: about 1200 digits
FAR = [way * sp.Integer(10) ** k for k in (4, 6, 9, 15, 25, 50, 100, 300, -6, -9, -20, -50, -300) for way in (1, -1)]
"""Far out and next to zero, where logarithms pass bounds and limits are approached slowly."""
LOOKS = 48
MOST_SYMBOLS = 8
DESCENTS = 2
CLOSE = sp.Rational(1, 1000)
Point = tuple[sp.Rational, ...]
At = Mapping[sp.Symbol, sp.Rational]


def glance(claim: Claim) -> Counterexample | None:
    """A rational point of the premises at which the claim is proved to fail, or None."""
    symbols = sorted(set().union(*(e.free_symbols for e in (*claim.sides, *(e for e, _ in claim.premises)))), key=str)
    if len(symbols) > MOST_SYMBOLS or any(op == "=" for _, op in claim.premises):
        return None
    premises, sides = compiled(*(e for e, _ in claim.premises)), compiled(*claim.sides)
    if sides is None or (premises is None and claim.premises):
        return None
    look = _Look(claim, symbols, premises, sides)
    found = look.failing(_points(len(symbols))) or look.lower()
    if found is not None:
        return look.witness(*found)
    each = (look.failing([point]) for point in _far(len(symbols)))
    return next((w for w in (look.witness(*f) for f in each if f is not None) if w is not None), None)


@dataclass
class _Look:
    """One claim, and what its inequalities leave to spare at the points seen."""

    claim: Claim
    symbols: list[sp.Symbol]
    premises: PointFunction | None
    sides: PointFunction
    spare: list[tuple[float, int, Point]] = field(default_factory=list)

    def at(self, point: Point) -> list[float] | int | None:
        """The first relation that fails at a point, else what each leaves to spare; None outside the premises."""
        at = dict(zip(self.symbols, point, strict=True))
        if self.premises is not None and not self.is_inside(self.premises.at(at, PREC)):
            return None
        values = self.sides.at(at, PREC)
        left = []
        for k, relation in enumerate(self.claim.relations):
            if fails(values[k], values[k + 1], relation):
                return k
            way = {"<": 1, "<=": 1, ">": -1, ">=": -1}.get(relation, 0)
            left.append(float((way * (values[k + 1] - values[k])).mid()) if way else math.inf)
        return left

    def is_inside(self, values: list[Any]) -> bool:
        """Whether balls show that a point meets the premises."""
        tests = {">": lambda v: v > 0, ">=": lambda v: v >= 0, "!=": lambda v: v != 0}
        return all(v.is_finite() and bool(tests[op](v)) for v, (_, op) in zip(values, self.claim.premises, strict=True))

    def failing(self, points: Iterable[Point]) -> tuple[int, Point] | None:
        """The first of the points at which a relation fails, and which one."""
        for point in points:
            seen = self.at(point)
            if isinstance(seen, int):
                return seen, point
            for k, spare in enumerate(seen or ()):
                if math.isfinite(spare):
                    self.spare.append((spare, k, point))
        return None

    def witness(self, k: int, point: Point) -> Counterexample | None:
        """The point as a counterexample to relation k."""
        return _witness(
            self.claim.sides[k : k + 2], self.claim.relations[k], dict(zip(self.symbols, point, strict=True))
        )

    def lower(self) -> tuple[int, Point] | None:
        """A point at which an inequality fails, by descent from where it had the least to spare."""
        for k in range(len(self.claim.relations) if self.symbols else 0):
            starts = sorted((start for start in self.spare if start[1] == k), key=lambda start: start[0])
            for least, _, point in starts[:DESCENTS]:
                found = self.descent(k, least, point)
                if found is not None:
                    return found
        return None

    def descent(self, k: int, least: float, point: Point) -> tuple[int, Point] | None:
        """From one point, a coordinate at a time, then all at once, with steps that are halved."""
        count = len(point)
        moves = [tuple(way * (j == i) for j in range(count)) for i in range(count) for way in (1, -1)]
        moves += [(way,) * count for way in (1, -1) if count > 1]
        step, left = sp.S.Half, LOOKS
        while left > 0:
            left -= 1
            for move in moves:
                trial = tuple(v + m * step for v, m in zip(point, move, strict=True))
                left -= 1
                seen = self.at(trial)
                if isinstance(seen, int):
                    return seen, trial
                if seen is not None and seen[k] < least:
                    least, point = seen[k], trial
                    break
            else:
                step = step / 2
        return None


def compiled(*exprs: sp.Expr) -> PointFunction | None:
    """The expressions on balls, None where there are none, or one cannot be evaluated so."""
    try:
        return compile_points(exprs) if exprs else None
    except (SymactsError, TypeError, ValueError, AttributeError, RecursionError):
        return None


def fails(a: Any, b: Any, relation: str) -> bool:
    """Whether the relation is false for all numbers in two balls."""
    if not (a.is_finite() and b.is_finite()):
        return False
    tests = {"=": a != b, "!=": a == b, "<": a >= b, "<=": a > b, ">": a <= b, ">=": a < b}
    return bool(tests[relation])


def _witness(sides: tuple[sp.Expr, ...], relation: str, at: At) -> Counterexample | None:
    """The point as a counterexample, with bounds of both sides that show it; None where they cannot be written down."""
    left, right = compile_points(sides).at(at, FINE)
    if not fails(left, right, relation) or not all(map(_is_short, (left, right))):
        return None
    try:
        lhs, rhs = _bounds(sides[0], left, at), _bounds(sides[1], right, at)
    except SymactsError:
        return None
    if max(int(n).bit_length() for bound in (*lhs, *rhs) for n in (bound.p, bound.q)) > LONGEST:
        return None
    apart = lhs[1] < rhs[0] or rhs[1] < lhs[0]
    equal = relation in ("<", ">", "!=") and lhs == rhs and lhs[0] == lhs[1]
    if not apart and not equal:
        return None
    return Counterexample(
        tuple((str(s), v) for s, v in at.items()), lhs, rhs, relation, "" if apart else "both sides are equal there"
    )


def _is_short(ball: Any) -> bool:
    """Whether a ball's ends can be written down: neither huge nor tiny."""
    size = abs(ball)
    return bool(size == 0 or size < 1 or size.log() < LONGEST) and bool(size == 0 or size > 1 or size.log() > -LONGEST)


def _bounds(e: sp.Expr, ball: Any, at: At) -> tuple[sp.Expr, sp.Expr]:
    exact = _rational(e, at)
    if exact is None:
        return decimal_ends(ball, DIGITS)
    return (sp.Rational(exact.numerator, exact.denominator),) * 2


def _rational(e: sp.Expr, at: At) -> Fraction | None:
    """The value of sums, products and small powers of rational numbers."""
    if e.is_Rational or e.is_Symbol:
        value = at[e] if e.is_Symbol else e
        return Fraction(int(value.p), int(value.q))
    if e.is_Pow:
        base = _rational(e.base, at)
        if base is None or not e.exp.is_Integer or abs(e.exp) > 64 or (base == 0 and e.exp < 0):
            return None
        return base ** int(e.exp)
    join = _RATIONAL.get(e.func)
    parts = [_rational(a, at) for a in e.args] if join else [None]
    known = [p for p in parts if p is not None]
    return join(known) if join and len(known) == len(parts) else None


_RATIONAL: dict[Any, Callable[[list[Fraction]], Fraction]] = {
    sp.Add: lambda parts: sum(parts, Fraction(0)),
    sp.Mul: lambda parts: math.prod(parts, start=Fraction(1)),
    sp.Max: max,
    sp.Min: min,
    sp.Abs: lambda parts: abs(parts[0]),
}


@cache
def _points(count: int) -> tuple[Point, ...]:
    """Where one looks: simple numbers first; in several variables also on the diagonal, then drawn at random."""
    if count < 2:
        return ((),) if count == 0 else tuple((v,) for v in (*SIMPLE, *WIDE))
    rng = random.Random(SEED)
    found = [tuple(SIMPLE[(5 * k + shift) % 8] for k in range(count)) for shift in range(4)]
    found += [(v,) * count for v in SIMPLE[:6]]
    positive = [v for v in SIMPLE if v > 0]
    found += [tuple(v + way * CLOSE * k for k in range(count)) for v in SIMPLE for way in (1, -1)]
    for k in range(LOOKS):
        among = (positive, SIMPLE, positive, WIDE)[k % 4]
        found.append(tuple(rng.choice(among) for _ in range(count)))
    return tuple(dict.fromkeys(found))


def _far(count: int) -> list[Point]:
    """One coordinate far out or next to zero, the others 1; all of them."""
    return [tuple(v if j == k else sp.S.One for j in range(count)) for v in FAR for k in range(count)] + [
        (v,) * count for v in FAR if count > 1
    ]
