"""Exact Gaussian integrals of piecewise polynomials times exponentials of quadratics, waves and error functions.

For a term `c * x**k * exp(b*x + a)` on `[lo, hi]`, completing the square gives
`exp(a + b**2/2) * E[(u + b)**k; lo - b < u < hi - b]` with u standard normal, and the truncated moments follow from
`M_k(s) = s**(k-1)*phi(s) - ...` by parts. With `exp(q*x**2)`, `q < 1/2`, u has the variance `1/(1 - 2*q)`. On the whole
line b may be imaginary, which gives sines and cosines, and error functions are integrated by parts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True)
class _Term:
    """`coefficient * x**degree * exp(quadratic*x**2 + slope*x + constant)` times `erf(a*x + b)` for pairs (a, b)."""

    coefficient: sp.Expr
    degree: int
    quadratic: sp.Expr = sp.S.Zero
    slope: sp.Expr = sp.S.Zero
    constant: sp.Expr = sp.S.Zero
    errors: tuple[tuple[sp.Expr, sp.Expr], ...] = ()

    @classmethod
    def of(cls, term: sp.Expr, x: sp.Symbol) -> _Term | None:
        """A product that `_has_terms` has admitted; None where the degree is high."""
        coefficient, rest = term.as_independent(x, as_Add=False)
        degree, exponent = 0, sp.S.Zero
        errors: list[tuple[sp.Expr, sp.Expr]] = []
        for factor in sp.Mul.make_args(rest):
            base, power = factor.as_base_exp() if factor.is_Pow else (factor, sp.S.One)
            if isinstance(factor, sp.exp):
                exponent += factor.args[0]
            elif base == x:
                degree += int(power)
            elif isinstance(base, sp.erf):
                errors += [(base.args[0].coeff(x, 1), base.args[0].coeff(x, 0))] * int(power)
            elif factor != 1:
                return None
        exponent = sp.expand(exponent)
        quadratic, slope, constant = (exponent.coeff(x, k) for k in (2, 1, 0))
        return None if degree > HIGHEST else cls(coefficient, degree, quadratic, slope, constant, tuple(errors))

    def integral(self, lo: sp.Expr, hi: sp.Expr) -> sp.Expr | None:
        """The integral of the term times the normal density: completing the square gives another normal law."""
        precision = 1 - 2 * self.quadratic
        is_whole = lo is -sp.oo and hi is sp.oo
        if precision.is_positive is not True or not (is_whole or (self.slope.is_real and not self.errors)):
            return None
        center, width = self.slope / precision, 1 / sp.sqrt(precision)
        errors = tuple((a * width, a * center + b) for a, b in self.errors)
        total = sp.S.Zero
        for m in range(self.degree + 1):
            if errors:
                value = _moment_with_errors(m, errors) if center.is_real else None
            else:
                ends = (lo, hi) if is_whole else ((lo - center) / width, (hi - center) / width)
                value = _moment(m, *ends)
            if value is None:
                return None
            total += sp.binomial(self.degree, m) * center ** (self.degree - m) * width**m * value
        return self.coefficient * width * sp.exp(self.constant + self.slope**2 / (2 * precision)) * total


def _moment_with_errors(k: int, errors: tuple[tuple[sp.Expr, sp.Expr], ...]) -> sp.Expr | None:
    """E[u**k * product of erf(a*u + b)] for u standard normal; by parts down to k = 0.

    References: C. K. I. Williams (1997) for the expected product of two error functions.
    """
    is_odd = all(b == 0 for _, b in errors)
    if is_odd and (k + len(errors)) % 2:
        return sp.S.Zero
    if k == 0:
        if len(errors) == 1:
            ((a, b),) = errors
            return sp.erf(b / sp.sqrt(1 + 2 * a**2))
        if len(errors) == 2 and is_odd:
            a, c = errors[0][0], errors[1][0]
            return 2 * sp.asin(2 * a * c / sp.sqrt((1 + 2 * a**2) * (1 + 2 * c**2))) / sp.pi
        return None
    parts = [sp.S.Zero if k == 1 else _moment_with_errors(k - 2, errors)]
    if parts[0] is not None:
        parts[0] *= k - 1
    for i, (a, b) in enumerate(errors):
        derivative = _Term(2 * a / sp.sqrt(sp.pi), k - 1, -(a**2), -2 * a * b, -(b**2), errors[:i] + errors[i + 1 :])
        parts.append(derivative.integral(-sp.oo, sp.oo))
    return None if any(part is None for part in parts) else sp.Add(*parts)


HIGHEST = 24
"""Powers of x beyond which no closed form is tried."""


def _is_polynomial(e: sp.Expr, x: sp.Symbol, degree: int) -> bool:
    return bool(e.is_polynomial(x)) and sp.degree(e, x) <= degree


def _has_terms(e: sp.Expr, x: sp.Symbol) -> bool:
    """Whether expansion gives such terms alone: only then is it worth its work."""
    if e == x or not e.has(x):
        return True
    if e.is_Add or e.is_Mul:
        return all(_has_terms(a, x) for a in e.args)
    if e.func in (sp.exp, sp.erf, *REWRITTEN):
        return _is_polynomial(e.args[0], x, 2 if isinstance(e, sp.exp) else 1)
    return e.is_Pow and e.exp.is_Integer and (e.exp > 0 or isinstance(e.base, sp.exp)) and _has_terms(e.base, x)


REWRITTEN: dict[Any, Callable[[sp.Expr], sp.Expr]] = {
    sp.erfc: lambda v: 1 - sp.erf(v),
    sp.sin: lambda v: (sp.exp(sp.I * v) - sp.exp(-sp.I * v)) / (2 * sp.I),
    sp.cos: lambda v: (sp.exp(sp.I * v) + sp.exp(-sp.I * v)) / 2,
    sp.sinh: lambda v: (sp.exp(v) - sp.exp(-v)) / 2,
    sp.cosh: lambda v: (sp.exp(v) + sp.exp(-v)) / 2,
}
"""What is written by exponentials and error functions."""


def _written_out(e: sp.Expr, x: sp.Symbol) -> sp.Expr:
    """The sum of terms."""
    return sp.expand(e.replace(lambda n: n.func in REWRITTEN and n.has(x), lambda n: REWRITTEN[n.func](n.args[0])))


def _joined(pieces: list[tuple[sp.Expr, sp.Expr, sp.Expr]]) -> list[tuple[sp.Expr, sp.Expr, sp.Expr]]:
    """Pieces from left to right; neighbors with one expression as one."""
    found: list[tuple[sp.Expr, sp.Expr, sp.Expr]] = []
    for lo, hi, expression in pieces:
        if found and found[-1][1:] == (lo, expression):
            lo = found.pop()[0]
        found.append((lo, hi, expression))
    return found


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
    for lo, hi, expression in _joined(pieces):
        for term in sp.Add.make_args(_written_out(expression, x)) if expression != 0 else ():
            read = _Term.of(term, x)
            value = None if read is None else read.integral(lo, hi)
            if value is None:
                return None
            total += value
    if total.has(sp.I):
        total = sp.re(sp.expand(total, complex=True))
    return sp.expand(total) if total.count_ops() < 60 else total
