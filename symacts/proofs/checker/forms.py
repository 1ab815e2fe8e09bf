"""What a formula is by its form alone: analytic, a multiple, of the sign of its parts. Part of the trusted core."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp

__all__ = [
    *("ANY", "NEG", "NONNEG", "NONPOS", "POS", "SAME_SIGN", "SWITCHES", "ZERO"),
    *("extreme", "is_analytic", "is_continuous", "ratio", "same_sign", "sum_of", "tangent"),
]

ANY = frozenset({-1, 0, 1})
POS, NEG, ZERO = frozenset({1}), frozenset({-1}), frozenset({0})
NONNEG, NONPOS = frozenset({0, 1}), frozenset({-1, 0})
SWITCHES = (sp.Max, sp.Min, sp.Abs, sp.sign, sp.Heaviside, sp.Piecewise, sp.floor, sp.ceiling)
"""The functions that are analytic only piece by piece."""
SAME_SIGN = (sp.tanh, sp.sinh, sp.asinh, sp.atan, sp.erf, sp.erfi)


def sum_of(signs: list[frozenset[int]]) -> frozenset[int]:
    possible = frozenset().union(*signs)
    if {-1, 1} <= possible:
        return ANY
    for side in (1, -1):
        if side in possible:
            return frozenset({side}) if any(s == {side} for s in signs) else frozenset({0, side})
    return ZERO


def extreme(signs: list[frozenset[int]], side: int) -> frozenset[int]:
    """The signs of a maximum (side 1) or minimum (side -1)."""
    best = signs[0]
    for other in signs[1:]:
        best = frozenset((max if side > 0 else min)(s, t) for s in best for t in other)
    return best


@lru_cache(maxsize=4096)
def same_sign(e: sp.Expr) -> sp.Expr:
    """A simpler expression with the sign of e wherever e is defined: u for `tanh(u)`, `u**3`, `1/u`."""
    if isinstance(e, SAME_SIGN) or (e.is_Pow and e.exp.is_Integer and e.exp % 2 == 1):
        return same_sign(e.args[0])
    return e


BELOW = (sp.tanh, sp.atan, sp.asinh, sp.sin)
"""Functions f with |f(u)| < |u| for u != 0."""


def tangent(e: sp.Expr) -> sp.Expr | None:
    """What has the sign of e: `c*u` for `c*u - c*tanh(u)`, `-c*u` for `c*u - c*sinh(u)`; else None."""
    for term in e.args if e.is_Add else ():
        c, f = term.as_coeff_Mul()
        if isinstance(f, (*BELOW, sp.sinh)) and ratio(e - term, f.args[0]) == -c:
            return f.args[0] * (c if isinstance(f, sp.sinh) else -c)
    return None


def ratio(e: sp.Expr, f: sp.Expr) -> Any:
    """The rational c with e = c*f, else None."""
    if e == f:
        return sp.S.One
    a, b = e.as_content_primitive() if e.is_Add else e.as_coeff_Mul()
    c, d = f.as_content_primitive() if f.is_Add else f.as_coeff_Mul()
    if a.is_Rational and c.is_Rational and c:
        if b == d:
            return a / c
        if b == -d or (b.is_Add and d.is_Add and sp.expand(b + d) == 0):
            return -a / c
        if b.is_Add and d.is_Add and sp.expand(b - d) == 0:
            return a / c
    return None


def is_analytic(e: sp.Basic) -> bool:
    """Whether the expression holds only functions that are analytic where their obligations are met."""
    return not e.has(*SWITCHES, sp.Mod, sp.frac, sp.Integral, sp.Limit, sp.Derivative, sp.arg, sp.DiracDelta)


def is_continuous(e: sp.Basic) -> bool:
    """Whether the expression is continuous wherever it is defined."""
    return not e.has(
        *(sp.sign, sp.Heaviside, sp.Piecewise, sp.floor, sp.ceiling, sp.Mod, sp.frac),
        *(sp.Integral, sp.Limit, sp.Derivative, sp.arg, sp.DiracDelta),
    )
