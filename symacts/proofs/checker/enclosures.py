"""The few questions the checker asks of ball arithmetic."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from symacts.errors import SymactsError
from symacts.proofs.checker.normal import is_zero

__all__ = ["number_bounds", "number_sign"]

DIGITS = 12  # of the bounds of constants in linear arithmetic
PRECISIONS = (64, 256, 1024)
PRECISIONS_OF_INTEGRALS = (64, 96)  # quadrature to more bits takes minutes


@lru_cache(maxsize=8192)
def number_sign(e: sp.Expr) -> int | None:
    """The sign of a real constant: by enclosure, or 0 by exact normal form; None where neither answers."""
    if e.is_Rational:
        return int(sp.sign(e))
    from symacts.rigor.constants import evaluate

    for prec in PRECISIONS_OF_INTEGRALS if e.has(sp.Integral) else PRECISIONS:
        ball = evaluate(e, prec)
        if ball > 0:
            return 1
        if ball < 0:
            return -1
        if prec == PRECISIONS[0] and is_zero(e):
            return 0
    return None


@lru_cache(maxsize=1024)
def number_bounds(e: sp.Expr) -> tuple[sp.Rational, sp.Rational] | None:
    """Rational numbers below and above a real constant; None where it has no enclosure."""
    from symacts.rigor import enclose

    try:
        low, high = enclose(e, DIGITS)
    except (SymactsError, ArithmeticError, ValueError, TypeError):
        return None
    return (low, high) if low.is_Rational and high.is_Rational else None
