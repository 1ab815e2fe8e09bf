"""Continuity by composition: sums, products, `Max`, `Min`, `Abs` and analytic functions of continuous parts.

It settles what no comparison of values can: at `x = r` with `u(r) = v(r)`, the function `log(1 + exp(Max(u, v)))` has
one value, written in two ways.

>>> import sympy
>>> x = sympy.Symbol("x", real=True)
>>> sign = lambda c: int(sympy.sign(c))
>>> [is_continuous(e, x, sympy.S.Zero, sign) for e in (sympy.exp(sympy.Max(x, 0)), sympy.sign(x))]
[True, False]
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp
from sympy.core.relational import Relational

from symacts.errors import UnsupportedExpression
from symacts.symbolic.structure import own_requirements

__all__ = ["is_continuous"]

_LIPSCHITZ = (sp.Add, sp.Mul, sp.Max, sp.Min, sp.Abs)
_STEPS = (sp.sign, sp.Heaviside)

SignOf = Callable[[sp.Expr], "int | None"]


def is_continuous(expression: sp.Expr, x: sp.Symbol, point: sp.Expr, sign_of: SignOf) -> bool:
    """Whether the expression is shown to be continuous at a finite point, within its domain.

    `sign_of` gives the sign of a constant, or None. False means "not shown".
    """

    def value(e: sp.Expr) -> sp.Expr:
        return e.subs(x, point)

    def holds(e: sp.Basic) -> bool:
        if e == x or not e.has(x):
            return True
        if isinstance(e, sp.Piecewise):
            case = _case(e, truth)
            return case is not None and holds(case)
        if isinstance(e, _STEPS):
            return bool(sign_of(value(e.args[0]))) and holds(e.args[0])
        if not all(map(holds, e.args)):
            return False
        return isinstance(e, _LIPSCHITZ) or all(met(need.argument, need.need) for need in own_requirements(e, x))

    def met(argument: sp.Expr, need: str) -> bool:
        sign = sign_of(value(argument))
        if sign is None:
            return False
        return sign != 0 if need == "nonzero" else sign > 0 or (sign == 0 and need == "nonnegative")

    def truth(condition: sp.Basic) -> bool | None:
        """What the condition is all around the point; None where it may change there."""
        if condition in (True, False, sp.true, sp.false):
            return bool(condition)
        if isinstance(condition, (sp.And, sp.Or)):
            parts = [truth(c) for c in condition.args]
            stop = isinstance(condition, sp.Or)
            if stop in parts:
                return stop
            return None if None in parts else not stop
        if isinstance(condition, sp.Not):
            inner = truth(condition.args[0])
            return None if inner is None else not inner
        if isinstance(condition, Relational):
            difference = condition.lhs - condition.rhs
            sign = sign_of(value(difference)) if holds(difference) else None
            if sign:
                return bool(condition.func(sp.Integer(sign), sp.S.Zero))
        return None

    try:
        return holds(expression)
    except UnsupportedExpression:
        return False


def _case(e: sp.Piecewise, truth: Callable[[sp.Basic], bool | None]) -> sp.Expr | None:
    """The value that applies all around the point, if one does."""
    for value, condition in e.args:
        known = truth(condition)
        if known is None:
            return None
        if known:
            return value
    return None
