"""Ends of branches and of the real line as floats, and what a function or its slopes tend to there."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import sympy as sp

from symacts.rewrite.reference import Dyadic, to_float
from symacts.rigor.constants import enclose
from symacts.rigor.oracle import BallOracle

__all__ = ["as_float", "exact_limit", "first_float", "least", "rational", "trend"]


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
