"""Exact Gaussian integrals of piecewise polynomials times exponentials of linear functions.

For a term `c * x**k * exp(b*x + a)` on `[lo, hi]`, completing the square gives
`exp(a + b**2/2) * E[(u + b)**k; lo - b < u < hi - b]` with u standard normal, and the truncated moments follow from
`M_k(s) = s**(k-1)*phi(s) - ...` by parts. Entire functions erf times polynomials are handled by parts as well.
"""

from __future__ import annotations

import sympy as sp

__all__ = ["expectation", "weight"]

z = sp.Symbol("x", real=True)


def weight(x: sp.Symbol) -> sp.Expr:
    """The standard normal density."""
    return sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)


def _density(s: sp.Expr) -> sp.Expr:
    return sp.S.Zero if s.is_infinite else sp.exp(-(s**2) / 2) / sp.sqrt(2 * sp.pi)


def _distribution(s: sp.Expr) -> sp.Expr:
    if s is sp.oo:
        return sp.S.One
    if s is -sp.oo:
        return sp.S.Zero
    return sp.erfc(-s / sp.sqrt(2)) / 2


def _power(s: sp.Expr, k: int) -> sp.Expr:
    """`s**k * density(s)`, 0 at infinity."""
    return sp.S.Zero if s.is_infinite else s**k * _density(s)


def _moment(k: int, lo: sp.Expr, hi: sp.Expr) -> sp.Expr:
    """E[u**k; lo < u < hi] for u standard normal, by parts."""
    if k == 0:
        return _distribution(hi) - _distribution(lo)
    boundary = _power(lo, k - 1) - _power(hi, k - 1)
    return boundary if k == 1 else boundary + (k - 1) * _moment(k - 2, lo, hi)


def _term(term: sp.Expr, x: sp.Symbol, lo: sp.Expr, hi: sp.Expr) -> sp.Expr | None:
    coefficient, rest = term.as_independent(x, as_Add=False)
    degree, slope, constant = 0, sp.S.Zero, sp.S.Zero
    for factor in sp.Mul.make_args(rest):
        if factor == x:
            degree += 1
        elif factor.is_Pow and factor.base == x and factor.exp.is_Integer and factor.exp > 0:
            degree += int(factor.exp)
        elif isinstance(factor, sp.exp) and factor.args[0].is_polynomial(x) and sp.degree(factor.args[0], x) <= 1:
            b = factor.args[0].coeff(x, 1)
            slope += b
            constant += sp.expand(factor.args[0] - b * x)
        elif factor != 1:
            return None
    if degree > 24:
        return None
    total = sp.S.Zero
    for m in range(degree + 1):
        total += sp.binomial(degree, m) * slope ** (degree - m) * _moment(m, lo - slope, hi - slope)
    return coefficient * sp.exp(constant + slope**2 / 2) * total


def _has_terms(e: sp.Expr, x: sp.Symbol) -> bool:
    """Whether expansion gives terms `c*x**k*exp(b*x + a)` alone: only then is it worth its work."""
    if e == x or not e.has(x):
        return True
    if e.is_Add or e.is_Mul:
        return all(_has_terms(a, x) for a in e.args)
    if isinstance(e, sp.exp):
        exponent = e.args[0]
        return exponent.is_polynomial(x) and sp.degree(exponent, x) <= 1
    return e.is_Pow and e.exp.is_Integer and (e.exp > 0 or isinstance(e.base, sp.exp)) and _has_terms(e.base, x)


def expectation(pieces: list[tuple[sp.Expr, sp.Expr, sp.Expr]], x: sp.Symbol) -> sp.Expr | None:
    """The sum over `(lo, hi, expression)` of E[expression(Z); lo < Z < hi] in closed form; None where a term has none.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> expectation([(sympy.S(0), sympy.oo, x**2)], x)
    1/2
    """
    total = sp.S.Zero
    if not all(_has_terms(expression, x) for _, _, expression in pieces):
        return None
    for lo, hi, expression in pieces:
        for term in sp.Add.make_args(sp.expand(expression)) if expression != 0 else ():
            value = _term(term, x, lo, hi)
            if value is None:
                return None
            total += value
    return sp.expand(total) if total.count_ops() < 60 else total
