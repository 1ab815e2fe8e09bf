"""Exact zeros of polynomials in sin(c*x + d) and cos(c*x + d), through u = tan((c*x + d)/2).

With s = 2u/(1 + u**2), c = (1 - u**2)/(1 + u**2) a polynomial of total degree D becomes q(u)/(1 + u**2)**D; its zeros
are the real zeros of q, and the angle pi (u infinite) with multiplicity 2D - deg q.

>>> import sympy as sp
>>> from flint import fmpq
>>> x = sp.Symbol("x", real=True)
>>> terms = {(0, 0): fmpq(1), (1, 0): fmpq(1)}
>>> [(z.point, z.multiplicity) for z in zeros_of_wave(terms, x, sp.Integer(2), sp.S.Zero, sp.S.Zero, sp.Integer(5))]
[(3*pi/4, 2)]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from flint import arb, fmpq_poly

from symacts.facts import Root
from symacts.rigor.constants import evaluate
from symacts.rigor.precision import precision
from symacts.rigor.profiles import Undecided, Zero, order
from symacts.rigor.sign_exact import ROOT_BITS, closed_roots, enclosed_roots, number, rational

__all__ = ["sample", "zeros_of_wave"]

MOST_ZEROS = 400
"""Zeros in one interval beyond which the list is given up."""


def _in_half_angle(terms: Mapping[tuple[int, int], Any]) -> tuple[Any, int]:
    """q(u) and 2D from the coefficients of sin**i * cos**j."""
    degree = max(i + j for i, j in terms)
    sine, cosine, unit = fmpq_poly([0, 2]), fmpq_poly([1, 0, -1]), fmpq_poly([1, 0, 1])
    q = fmpq_poly([0])
    for (i, j), c in terms.items():
        q += c * sine**i * cosine**j * unit ** (degree - i - j)
    return q, 2 * degree


def zeros_of_wave(
    terms: Mapping[tuple[int, int], Any], x: sp.Symbol, c: sp.Expr, d: sp.Expr, lo: sp.Expr, hi: sp.Expr
) -> list[Zero]:
    """All zeros on the bounded open interval (lo, hi), in order.

    Raises
    ------
    Undecided
        The function vanishes identically, or has too many zeros there.
    """
    q, full = _in_half_angle(terms)
    if q == 0:
        raise Undecided("it vanishes identically")
    at_pi = full - q.degree()
    base: list[Zero] = [Zero((sp.pi - d) / c, at_pi)] if at_pi else []
    for factor, e in q.numer().factor()[1]:
        p = fmpq_poly(factor)
        if p.degree() < 1:
            continue
        closed = closed_roots(p)
        if closed is not None:
            base += [Zero((2 * sp.atan(u) - d) / c, int(e)) for u in closed]
            continue
        expr = sp.Add(*(number(k) * sp.tan((c * x + d) / 2) ** n for n, k in enumerate(p.coeffs())))
        base += [Zero(_root(expr, u, c, d, 0), int(e)) for u in enclosed_roots(p)]
    step = 2 * sp.pi / c
    out = []
    for zero in base:
        out += _copies(zero, step, lo, hi)
        if len(out) > MOST_ZEROS:
            raise Undecided("too many zeros")
    return _sorted(out)


def _root(expr: sp.Expr, u: Any, c: sp.Expr, d: sp.Expr, k: int) -> Root:
    with precision(ROOT_BITS):
        ball = (2 * u.atan() - evaluate(d, ROOT_BITS) + 2 * k * arb.pi()) / evaluate(c, ROOT_BITS)
    return Root(expr, rational(ball.lower()), rational(ball.upper()))


def _copies(zero: Zero, step: sp.Expr, lo: sp.Expr, hi: sp.Expr) -> list[Zero]:
    """zero + k*step for all integers k that fall into (lo, hi)."""
    with precision(ROOT_BITS):
        start, width = evaluate(zero.point, ROOT_BITS), evaluate(step, ROOT_BITS)
        ends = [(evaluate(end, ROOT_BITS) - start) / width for end in (lo, hi)]
        first = min(int(e.floor().lower().floor().unique_fmpz()) for e in ends)
        last = max(int(e.ceil().upper().ceil().unique_fmpz()) for e in ends)
    if last - first > MOST_ZEROS:
        raise Undecided("too many zeros")
    found = []
    for k in range(first, last + 1):
        point = _moved(zero.point, k, step)
        if order(point, lo) > 0 and order(point, hi) < 0:
            found.append(Zero(point, zero.multiplicity))
    return found


def _moved(point: sp.Expr, k: int, step: sp.Expr) -> sp.Expr:
    if k == 0:
        return point
    if not isinstance(point, Root):
        return sp.expand(point + k * step)
    with precision(ROOT_BITS):
        ball = evaluate(point, ROOT_BITS) + k * evaluate(step, ROOT_BITS)
    return Root(point.function, rational(ball.lower()), rational(ball.upper()))


def _sorted(zeros: list[Zero]) -> list[Zero]:
    out: list[Zero] = []
    for zero in zeros:
        at = len(out)
        while at and order(zero.point, out[at - 1].point) < 0:
            at -= 1
        out.insert(at, zero)
    return out


def sample(lo: sp.Expr, hi: sp.Expr) -> sp.Rational:
    """A rational point of the open interval."""
    with precision(ROOT_BITS):
        middle = (evaluate(lo, ROOT_BITS) + evaluate(hi, ROOT_BITS)) / 2
        point = rational(middle.mid())
    if not (order(point, lo) > 0 and order(point, hi) < 0):
        raise Undecided("two zeros are too close")
    return point
