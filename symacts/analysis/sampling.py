"""Rational points of an open interval at which certified values are taken."""

from __future__ import annotations

import sympy as sp

from symacts.analysis.subject import Subject

__all__ = ["sample"]


def sample(f: Subject, lo: sp.Expr, hi: sp.Expr, count: int) -> list[sp.Rational]:
    """Rational points inside an open interval, unevenly spaced."""
    if lo.is_infinite and hi.is_infinite:
        a, b = sp.Rational(-3), sp.Rational(3)
    elif lo.is_infinite:
        b = f.oracle.enclose(hi, 20)[0]
        a = b - 4
    elif hi.is_infinite:
        a = f.oracle.enclose(lo, 20)[1]
        b = a + 4
    else:
        a, b = f.oracle.enclose(lo, 20)[1], f.oracle.enclose(hi, 20)[0]
    return [a + (b - a) * sp.Rational(k * (k + 5), (count + 1) * (count + 6)) for k in range(1, count + 1)]
