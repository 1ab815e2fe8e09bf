"""Real constants that are written through complex numbers, such as the three real roots of a cubic in radicals.

>>> import sympy as sp
>>> w = sp.sqrt(3)*sp.I/2 + sp.Rational(1, 2)
>>> real_value(w + 1/w, 53).overlaps(arb(1))
True
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import acb, arb, fmpq

from symacts.errors import UnsupportedExpression
from symacts.rigor.precision import precision

__all__ = ["real_value"]

_METHODS = {
    f: f.__name__
    for f in (sp.exp, sp.log, sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.tanh, sp.asin, sp.acos, sp.atan, sp.erf)
}


def _value(e: sp.Expr) -> Any:
    if e.is_Rational:
        return acb(arb(fmpq(int(e.p), int(e.q))))
    if e is sp.I:
        return acb(0, 1)
    if e is sp.pi:
        return acb(arb.pi())
    if e is sp.E:
        return acb(arb.const_e())
    if e.is_Add or e.is_Mul:
        parts = [_value(a) for a in e.args]
        out = parts[0]
        for p in parts[1:]:
            out = out + p if e.is_Add else out * p
        return out
    if e.is_Pow:
        base = _value(e.base)
        if e.exp.is_Integer:
            return base ** int(e.exp)
        return base ** _value(e.exp)
    if e.func in _METHODS:
        return getattr(_value(e.args[0]), _METHODS[e.func])()
    raise UnsupportedExpression(f"there is no ball rule for {e.func.__name__}")


def real_value(expr: sp.Expr, prec: int) -> Any:
    """The real part's ball of a constant that SymPy's assumptions know to be real, or that equals its conjugate.

    Raises
    ------
    UnsupportedExpression
        The constant is not shown to be real, or has no finite enclosure.
    """
    real = expr.is_extended_real
    if real is None:
        real = sp.expand(expr - sp.conjugate(expr), complex=True) == 0 or None
    work = prec + 32
    for _ in range(5):
        with precision(work):
            value = _value(expr)
        if not value.imag.contains(0):
            raise UnsupportedExpression(f"{expr} is not real")
        if real and value.is_finite() and (value.real.rel_accuracy_bits() >= prec or work > 8 * prec):
            return value.real
        work *= 2
    raise UnsupportedExpression(f"{expr} has no finite enclosure, or is not shown to be real")
