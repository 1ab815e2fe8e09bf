"""Conditions that hold wherever the derivatives in a statement exist.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> differentiable([sp.Derivative(x * sp.log(x), x)], ())
[(x, '>')]
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp

from symacts.claims import Condition
from symacts.proofs.checker.domains import domain_of, follows
from symacts.proofs.checker.entail import Given

__all__ = ["differentiable"]


def differentiable(sides: Iterable[sp.Expr], premises: tuple[Condition, ...]) -> list[Condition]:
    """What holds wherever the derivatives in the sides exist: logarithms and roots in them have values around."""
    given = Given(premises)
    out: list[Condition] = []
    walks = [sp.preorder_traversal(side) for side in sides]
    for walk in walks:
        for node in walk:
            if isinstance(node, (sp.Limit, sp.Integral, sp.Piecewise)):
                walk.skip()
            elif isinstance(node, sp.Derivative) and not node.expr.has(*_PARTLY):
                moving = {v for v, _ in node.variable_count}
                fixed = (c for part in sp.preorder_traversal(node.expr) for c in _necessary(part, moving))
                out += [(e, op) for e, op in fixed if not follows(given, (e, op))]
    return out


_PARTLY = (sp.Limit, sp.Integral, sp.Piecewise, sp.Derivative)


def _necessary(part: sp.Basic, moving: set[sp.Symbol]) -> list[Condition]:
    """Conditions without which a part has no values around a point; at the end of a half line it has none."""
    is_open = False  # whether `0**x` is a number
    if part.is_Pow:
        is_open = not part.exp.is_Rational
        if part.exp.is_Integer or (is_open and moving.isdisjoint(part.exp.free_symbols)):
            return []
    elif not isinstance(part, (sp.log, sp.asin, sp.acos, sp.acosh, sp.atanh)):
        return []
    out = []
    for e, op in domain_of(part, part.args):
        strict = any(_crosses(e, v) for v in moving) or (op == ">" and not is_open)
        out.append((e.args[0], "!=") if strict and isinstance(e, sp.Abs) else (e, ">" if strict else ">="))
    return out


def _crosses(e: sp.Expr, v: sp.Symbol) -> bool:
    """Whether e changes sign wherever it vanishes, as v moves."""
    slope = sp.diff(e, v)
    if slope.is_Rational or e.free_symbols != {v} or not e.is_polynomial(v):
        return bool(slope.is_Rational and slope)
    return bool(sp.gcd(e, slope).is_number)
