"""Ends of branches and of the real line as floats, and what a function or its slopes tend to there."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from symacts.rewrite.reference import Dyadic, Reference, reference_of, to_float
from symacts.rigor.constants import enclose
from symacts.rigor.oracle import BallOracle

__all__ = ["as_float", "exact_limit", "far_limit", "first_float", "least", "rational", "tendency", "trend"]


def least(sides: list[float]) -> float:
    """The element of least absolute value between the one-sided derivatives (Clarke's subdifferential)."""
    known = [s for s in sides if s == s]
    if not known:
        return float("nan")
    lo, hi = min(known), max(known)
    return 0.0 if lo <= 0.0 <= hi else min((lo, hi), key=abs)


def trend(near: list[Dyadic | None]) -> float:
    """The limit of three values ever closer to a point: settled, growing without bound, vanishing, or nan."""
    if any(v is None for v in near):
        return float("nan")
    a, b, c = (Fraction(v[0]) * Fraction(2) ** v[1] for v in near if v is not None)
    if abs(b - c) <= abs(c) / 2**52:
        return to_float(near[2] or (0, 0))
    if abs(c) > abs(b) > abs(a) and (a > 0) == (b > 0) == (c > 0):
        return float("inf") if c > 0 else float("-inf")
    if abs(c) < abs(b) < abs(a) and abs(c) < Fraction(1, 2**60):
        return 0.0
    return float("nan")


def tendency(expression: sp.Expr, x: sp.Symbol, places: Sequence[Fraction]) -> float:
    """The limit of a smooth expression by its values at three places ever closer to a point, or further out.

    Values of what goes on oscillating tell nothing: such waves are taken at all phases, as if these had nothing to do
    with the rest, and what is approached has to be the same at all of them.
    """
    waves = expression.atoms(sp.sin, sp.cos)
    turning = sorted({w.args[0] for w in waves if _grows(w.args[0], x, places)}, key=sp.default_sort_key)
    if len(turning) > MOST_WAVES:
        return float("nan")
    found: list[list[Dyadic | None]] = []
    for phases in itertools.product(range(PHASES), repeat=len(turning)):
        angles = [(u, 2 * sp.pi * k / PHASES) for u, k in zip(turning, phases, strict=True)]
        fixed = {f(u): f(angle) for u, angle in angles for f in (sp.sin, sp.cos)}
        reference = Reference(expression.xreplace(fixed), x) if fixed else reference_of(expression, x)
        found.append([reference.value(p) for p in places])
        if not phases:
            return trend(found[0])
    limits = {trend(values) for values in found}
    sizes = [abs(Fraction(v[0]) * Fraction(2) ** v[1]) for *_, v in found if v is not None]
    if len(limits) > 1 or (limits & {math.inf, -math.inf} and max(sizes) > APART * min(sizes)):
        return float("nan")
    return limits.pop()


PHASES = 12
MOST_WAVES = 2
"""Arguments of waves that are taken at all phases."""
APART = 16
"""How far apart growing values may be: a factor that comes near zero in between may reach it."""
TURNS = 2.0**20
"""Size of an argument that has turned often enough to count as going on."""


def _grows(argument: sp.Expr, x: sp.Symbol, places: Sequence[Fraction]) -> bool:
    """Whether an argument of a wave leaves all bounds, or may do."""
    first, *_, last = (reference_of(argument, x).value(p) for p in places)
    if first is None or last is None:
        return True
    a, b = (abs(Fraction(v[0]) * Fraction(2) ** v[1]) for v in (first, last))
    return b > TURNS and b >= a  # beyond all floats values are no longer told apart


def far_limit(expression: sp.Expr, x: sp.Symbol, side: int) -> float:
    """The limit at an infinity, exact where it is known; nan where nothing is approached."""
    exact = exact_limit(expression, x, side)
    return tendency(expression, x, [Fraction(side) * 2**k for k in (1200, 2400, 4800)]) if exact is None else exact


def exact_limit(expression: sp.Expr, x: sp.Symbol, side: int) -> float | None:
    """The limit at an infinity where it is known exactly."""
    limit: Any = BallOracle().limit(expression, x, side * sp.oo, side)
    if not isinstance(limit, sp.Expr):
        return None
    if limit.is_infinite:
        return float("inf") if limit > 0 else float("-inf")
    return float(rational(limit))


def rational(exact: sp.Expr) -> Fraction:
    """An exact real to 2**-230 relative, exactly where it is rational."""
    if exact.is_Rational:
        return Fraction(int(exact.p), int(exact.q))
    lo, hi = enclose(exact, digits=72)
    middle = (lo + hi) / 2
    return Fraction(int(middle.p), int(middle.q))


def first_float(end: sp.Expr, closed: bool) -> float:
    """The first float of an interval that starts at `end`."""
    if end == -sp.oo:
        return -math.inf
    exact = rational(end)
    at = float(exact)
    if Fraction(at) < exact or (Fraction(at) == exact and not (closed and end.is_Rational)):
        at = math.nextafter(at, math.inf)
    return at


def as_float(end: sp.Expr) -> float | None:
    """The end as a float, where it is one."""
    if not end.is_Rational:
        return None
    exact = rational(end)
    at = float(exact)
    return at + 0.0 if Fraction(at) == exact else None
