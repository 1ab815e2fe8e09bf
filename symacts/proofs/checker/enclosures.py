"""The few questions the checker asks of ball arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import sympy as sp

from symacts.errors import SymactsError, UnsupportedExpression
from symacts.proofs.checker.normal import is_zero

__all__ = ["number_bounds", "number_sign", "require_rounded"]

DIGITS = 12  # of the bounds of constants in linear arithmetic
PRECISIONS = (64, 256, 1024)
PRECISIONS_OF_INTEGRALS = (64, 96)  # quadrature to more bits takes minutes


@lru_cache(maxsize=8192)
def number_sign(e: sp.Expr) -> int | None:
    """The sign of a real constant: by enclosure, or 0 by exact normal form; None where neither answers."""
    if e.is_Rational:
        return int(sp.sign(e))
    from symacts.rigor.constants import ball_sign, evaluate

    if e.has(sp.Integral):
        sign = ball_sign(e, PRECISIONS_OF_INTEGRALS)
        return 0 if sign is None and is_zero(e) and all(map(_converges, e.atoms(sp.Integral))) else sign
    for prec in PRECISIONS:
        ball = evaluate(e, prec)
        if ball > 0:
            return 1
        if ball < 0:
            return -1
        if prec == PRECISIONS[0] and is_zero(e):
            return 0
    return None


def _converges(e: sp.Integral) -> bool:
    from symacts.rigor.quadrature import integral_value

    try:
        return bool(integral_value(e, PRECISIONS_OF_INTEGRALS[0]).is_finite())
    except UnsupportedExpression:
        return False


def require_rounded(whole: sp.Expr, swap: Mapping[sp.Basic, sp.Basic]) -> None:
    """Fail where replacing parts leaves a whole part of a constant that SymPy may round wrongly: it takes a number very
    near to a whole one for that."""
    for part in whole.atoms(sp.floor, sp.ceiling):
        u = part.args[0].xreplace(swap)
        bounds = (u, u) if u.is_Rational or not u.is_number else number_bounds(u)
        if bounds is None or (u.is_number and sp.floor(bounds[0]) != sp.floor(bounds[1])):
            raise UnsupportedExpression(f"the whole part of {u} is not seen")


@lru_cache(maxsize=1024)
def number_bounds(e: sp.Expr) -> tuple[sp.Rational, sp.Rational] | None:
    """Rational numbers below and above a real constant; None where it has no enclosure."""
    from symacts.rigor import enclose

    try:
        low, high = enclose(e, DIGITS)
    except (SymactsError, ArithmeticError, ValueError, TypeError):
        return None
    return (low, high) if low.is_Rational and high.is_Rational else None
