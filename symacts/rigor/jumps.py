"""Where `floor` and `ceiling` of polynomials jump, and the analytic formulas between.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> [(float(lo), float(hi), e) for lo, hi, e in between_jumps(x*sp.floor(x/2), x, arb(-1), arb(3))]
[(-1.0, 0.0, -x), (0.0, 2.0, 0), (2.0, 3.0, x)]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp
from flint import arb, fmpq, fmpq_poly

__all__ = ["between_jumps"]

MOST_JUMPS = 2_000
"""Jumps up to which an interval is cut."""

_STEPS = (sp.floor, sp.ceiling)


def between_jumps(expr: sp.Expr, x: sp.Symbol, a: Any, b: Any) -> Iterator[tuple[Any, Any, sp.Expr]]:
    """`(lo, hi, formula)` for intervals that make up `(a, b)`, without steps where these are of rational polynomials.

    Where a jump is an irrational number, a short interval around it keeps the expression as it is.
    """
    found = {e: _polynomial(e.args[0], x) for e in expr.atoms(*_STEPS) if e.has(x)}
    steps = {e: p for e, p in found.items() if p is not None}
    places = _places(list(steps.values()), a, b) if len(steps) == len(found) else []
    if not places:
        yield a, b, expr
        return
    start = a
    for place in places:
        lo, hi = (place, place) if place.is_exact() else (place.lower(), place.upper())
        yield start, lo, _without_steps(expr, steps, (start + lo) / 2)
        if lo < hi:
            yield lo, hi, expr
        start = hi
    yield start, b, _without_steps(expr, steps, (start + b) / 2)


def _polynomial(u: sp.Expr, x: sp.Symbol) -> fmpq_poly | None:
    """A rational polynomial that is not constant, else None."""
    if not u.is_polynomial(x):
        return None
    coefficients = sp.Poly(u, x).all_coeffs()[::-1]
    if not all(c.is_Rational for c in coefficients):
        return None
    return fmpq_poly([fmpq(int(c.p), int(c.q)) for c in coefficients])


def _places(polynomials: list[fmpq_poly], a: Any, b: Any) -> list[Any]:
    """Balls around the numbers in (a, b) at which a polynomial is an integer, in order and apart; none if too many."""
    found: list[Any] = []
    for p in polynomials:
        turns = _real_roots(p.derivative()) if p.degree() > 1 else []
        values = [_at(p, t) for t in (a, b, *(t for t in turns if a < t < b))]
        lo, hi = min(v.lower() for v in values), max(v.upper() for v in values)
        if not hi - lo < MOST_JUMPS:
            return []
        for n in range(int(lo.floor().unique_fmpz()), int(hi.ceil().unique_fmpz()) + 1):
            found += [t for t in _real_roots(p - n) if a < t < b]
    found.sort(key=lambda t: float(t.mid()))
    apart: list[Any] = []
    for t in found:
        if apart and apart[-1].overlaps(t):
            apart[-1] = apart[-1].union(t)
        else:
            apart.append(t)
    return apart


def _real_roots(p: fmpq_poly) -> list[Any]:
    """The real roots; a rational one of a line is exact where it is a binary fraction."""
    if p.degree() == 1:
        return [arb(-p[0] / p[1])]
    roots: Any = p.complex_roots()
    return [r.real for r, _ in roots if r.imag.contains(0)]


def _at(p: fmpq_poly, t: Any) -> Any:
    total = arb(0)
    for k in range(p.degree(), -1, -1):
        total = total * t + p[k]
    return total


def _without_steps(expr: sp.Expr, steps: dict[sp.Expr, fmpq_poly], inside: Any) -> sp.Expr:
    """The formula around a point that is no jump."""
    values = {}
    for e, p in steps.items():
        value = _at(p, inside)
        level = (value.floor() if isinstance(e, sp.floor) else value.ceil()).unique_fmpz()
        if level is None:
            return expr
        values[e] = sp.Integer(int(level))
    return expr.xreplace(values)
