"""Exact signs: polynomials in x, or in t = exp(c*x), with rational coefficients.

>>> import sympy as sp
>>> from flint import fmpq
>>> x = sp.Symbol("x", real=True)
>>> [z.point for z in of_polynomial([fmpq(-2), fmpq(0), fmpq(1)], x).zeros]
[-sqrt(2), sqrt(2)]
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import sympy as sp
from flint import fmpq_poly

from symacts.facts import Root
from symacts.rigor.constants import evaluate, sign
from symacts.rigor.precision import precision
from symacts.rigor.profiles import Profile, Undecided, Zero, constant

__all__ = ["of_exponential", "of_low_degree", "of_polynomial"]

ROOT_BITS = 96
"""Precision of the enclosures that become isolating intervals."""


def number(q: Any) -> sp.Rational:
    return sp.Rational(int(q.p), int(q.q))


def rational(end: Any) -> sp.Rational:
    mantissa, exponent = (int(v) for v in end.man_exp())
    return sp.Rational(mantissa) * sp.Integer(2) ** exponent


def _sign(q: Any) -> int:
    return 1 if q > 0 else (-1 if q < 0 else 0)


def closed_roots(p: Any) -> list[sp.Expr] | None:
    """The real roots in increasing order, in closed form: degree up to 2 (also in y**2), binomials; p irreducible."""
    c = [number(v) for v in p.coeffs()]
    if len(c) == 2:
        return [-c[0] / c[1]]
    if len(c) == 3:
        d = c[1] ** 2 - 4 * c[0] * c[2]
        if d < 0:
            return []
        root, a = sp.sqrt(d), 2 * abs(c[2])
        b = -c[1] if c[2] > 0 else c[1]
        return [(b - root) / a, (b + root) / a]
    if not any(c[1:-1]):
        n, q = len(c) - 1, -c[0] / c[-1]
        if n % 2 == 0:
            return [-(q ** sp.Rational(1, n)), q ** sp.Rational(1, n)] if q > 0 else []
        return [q ** sp.Rational(1, n) if q > 0 else -((-q) ** sp.Rational(1, n))]
    if len(c) == 5 and c[1] == 0 and c[3] == 0:
        inner = closed_roots(fmpq_poly([p[0], p[2], p[4]]))
        assert inner is not None
        positive = [sp.sqrt(r) for r in inner if _positive(r)]
        return [-r for r in reversed(positive)] + positive
    return None


def _positive(r: sp.Expr) -> bool:
    return bool(evaluate(r, 64) > 0)  # a root of an irreducible polynomial of degree above 1: never zero


def enclosed_roots(p: Any) -> list[Any]:
    with precision(ROOT_BITS):
        # complex_roots gives real roots with an imaginary part that is exactly zero
        roots = [root.real for root, _ in p.numer().complex_roots() if root.imag.is_zero()]
        roots.sort(key=lambda r: float(r.mid()))
        for first, second in itertools.pairwise(roots):
            if not first < second:
                raise Undecided("two roots of a polynomial are too close")
        return roots


def alternate(points: Sequence[sp.Expr], last: int) -> Profile:
    """Simple zeros, and the sign right of all of them."""
    n = len(points)
    return Profile(tuple(Zero(p, 1) for p in points), tuple(last * (-1) ** (n - k) for k in range(n + 1)))


def of_polynomial(coefficients: Sequence[Any], x: sp.Symbol) -> Profile:
    """The signs of an irreducible polynomial (rational coefficients, constant first) on the real line."""
    p = fmpq_poly(list(coefficients))
    if p.degree() < 1:
        return constant(_sign(p[0]))
    points = closed_roots(p)
    if points is None:
        expr = sp.Add(*(number(c) * x**k for k, c in enumerate(coefficients)))
        with precision(ROOT_BITS):
            points = [Root(expr, rational(r.lower()), rational(r.upper())) for r in enclosed_roots(p)]
    return alternate(points, _sign(p.leading_coefficient()))


def of_exponential(coefficients: Sequence[Any], argument: sp.Expr, x: sp.Symbol, c: sp.Expr, shift: sp.Expr) -> Profile:
    """The signs on the real line of p(exp(argument)), p irreducible, argument = c*x + shift."""
    p = fmpq_poly(list(coefficients))
    if p.degree() < 1:
        return constant(_sign(p[0]))
    rising = evaluate(c, 64)
    if not (rising > 0 or rising < 0):
        raise Undecided(f"the sign of {c}")
    closed = closed_roots(p)
    if closed is not None:
        positive = [r for r in closed if (r > 0 if r.is_Rational else _positive(r))]
        points = [(sp.log(r) - shift) / c for r in positive]
    else:
        expr = sp.Add(*(number(q) * sp.exp(k * argument) for k, q in enumerate(coefficients)))
        points = []
        with precision(ROOT_BITS):
            slope, start = evaluate(c, ROOT_BITS), evaluate(shift, ROOT_BITS)
            for r in enclosed_roots(p):
                if r > 0:
                    ball = (r.log() - start) / slope
                    points.append(Root(expr, rational(ball.lower()), rational(ball.upper())))
                elif not r < 0:
                    raise Undecided("a root of a polynomial is too close to 0")
    far = _sign(p.leading_coefficient())
    if rising > 0:
        return alternate(points, far)
    profile = alternate(points, far)
    return Profile(tuple(reversed(profile.zeros)), tuple(reversed(profile.signs)))


def of_low_degree(coefficients: Sequence[sp.Expr]) -> tuple[list[sp.Expr], int] | None:
    """The real roots (simple, increasing) of a polynomial of degree 1 or 2 and the sign right of them.

    The coefficients are closed constants, constant first; None where a sign is undecided or a root is double.
    """
    lead = sign(coefficients[-1])
    if not lead or len(coefficients) > 3:
        return None
    if len(coefficients) == 2:
        return [-coefficients[0] / coefficients[1]], lead
    c, b, a = coefficients
    d = sp.expand(b**2 - 4 * a * c)
    kind = sign(d)
    if not kind:
        return None
    if kind < 0:
        return [], lead
    root = sp.sqrt(d)
    low, high = (-b - lead * root) / (2 * a), (-b + lead * root) / (2 * a)
    return [low, high], lead
