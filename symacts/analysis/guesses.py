"""Guesses from the first digits of a few values: what they speak for is then proved, or not looked for."""

from __future__ import annotations

import sympy as sp

__all__ = ["SOMEWHERE", "seems_constant", "seems_not_zero"]

SOMEWHERE, ELSEWHERE = sp.Rational(3, 7), sp.Rational(-13, 9)
"""Points at which a formula that may be constant is evaluated."""


def seems_constant(formula: sp.Expr, x: sp.Symbol) -> bool:
    """Whether two values agree in the first digits: a guess."""
    here, there = (formula.subs(x, point).evalf(15) for point in (SOMEWHERE, ELSEWHERE))
    return bool(here.is_real and there.is_real and abs(here - there) < sp.Rational(1, 10**9) * (1 + abs(here)))


def seems_not_zero(formula: sp.Expr, x: sp.Symbol, point: sp.Expr) -> bool:
    """Whether a formula with parameters is not 0 at a point for some values of them: a guess, from the first digits."""
    parameters = sorted(formula.free_symbols - {x}, key=str)
    if not parameters:
        return False
    values = {s: sp.Rational(7 + 2 * k, 11 + k) for k, s in enumerate(parameters)}
    value = formula.subs({x: point, **values}, simultaneous=True).evalf(15)
    return bool(value.is_number and abs(value) > sp.Rational(1, 10**6))
