"""Rigorous integrals: Gauss-Legendre with proved errors on compact pieces, majorants of the tails beyond.

A tail model gives `|f| <= r*m(t)` beyond R; with `S = sup m(t)*exp(c*t)` the rest is at most `r*S*exp(-c*R)/c`, with
`S = sup m(t)*t**(1 + d)` at most `r*S*R**(-d)/d`. A singular finite end is such a tail in `t = 1/|x - a|`.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> gaussian_expectation(x**2, x, 64).overlaps(arb(1)), integrate(sp.log(x), x, 0, 1, 64).overlaps(arb(-1))
(True, True)

References
----------
F. Johansson (2018), Numerical integration in arbitrary-precision ball arithmetic.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp
from flint import acb, arb, fmpq

from symacts.errors import UnsupportedExpression
from symacts.rigor.complex_balls import compile_complex
from symacts.rigor.constants import evaluate
from symacts.rigor.jumps import between_jumps
from symacts.rigor.precision import precision
from symacts.rigor.unknown import Unknown

__all__ = ["gaussian_expectation", "integral_value", "integrate"]

SLACK = 8
"""Bits that an enclosure may be wider than asked for."""
GUARD = 24
"""Bits of working precision above the tolerance."""
TERMS = 6
"""Terms of the tail models that bound the tails."""
RATES = (sp.Integer(16), sp.Integer(4), sp.Integer(1), sp.Rational(1, 4))
"""Exponential rates c at which a tail may fall, fastest first."""
POWERS = (sp.Integer(4), sp.Integer(1), sp.Rational(1, 2), sp.Rational(1, 8))
"""Algebraic surpluses d: the tail falls like t**(-1 - d)."""
FIRST_REACH = 16
"""Where a tail is cut first: beyond it the normal density holds less than 2**-184."""
FINER = (3, 8)
"""Multiples of the working precision where the first does not do: next to a removable point digits cancel."""
EVALUATIONS = 40_000
"""Values of the integrand after which an attempt ends with what it has."""
FEW = 4_000
"""Values of the integrand for attempts at a higher precision after one that ended like that."""
FARTHER = (2, 3, *(2 * 4**k for k in range(1, 7)))
"""Halves of the first R at which a tail is cut in turn, before it is cut very far out."""


def integrate(expr: sp.Expr, x: sp.Symbol, lo: sp.Expr, hi: sp.Expr, prec: int = 64) -> Any:
    """An enclosure of the integral of `expr` over (lo, hi), to about 2**-prec in absolute terms.

    Raises
    ------
    UnsupportedExpression
        The integral is not shown to converge, or a function has no complex ball rule.

    Examples
    --------
    >>> import sympy as sp
    >>> x = sp.Symbol("x", real=True)
    >>> integrate(1/(1 + x**2), x, -sp.oo, sp.oo, 53).overlaps(arb.pi())
    True
    """
    expr, lo, hi = sp.sympify(expr), sp.sympify(lo), sp.sympify(hi)
    if expr == 0 or lo == hi:
        return arb(0)
    work = prec + GUARD
    if lo is sp.S.NegativeInfinity and hi is sp.oo:
        right, left = integrate(expr, x, sp.S.Zero, hi, prec + 1), integrate(expr, x, lo, sp.S.Zero, prec + 1)
        with precision(work):
            return left + right
    pieces = [(lo, hi)]
    value, used = _attempt(expr, x, lo, hi, prec, work, EVALUATIONS)
    is_exhausted = used >= EVALUATIONS
    most = FEW if is_exhausted else EVALUATIONS
    middle = None if value.is_finite() else _inner_point(lo, hi)
    if middle is not None:
        pieces = [(lo, middle), (middle, hi)]
    for factor in FINER:
        if value.is_finite() and value.rad() < arb(2) ** (SLACK - prec):
            break
        parts = [_attempt(expr, x, a, b, prec, factor * work, most)[0] for a, b in pieces]
        with precision(factor * work):
            again = sum(parts, arb(0))
        if not value.is_finite() or (again.is_finite() and again.rad() < value.rad()):
            value = again
    if is_exhausted and not value.rad() < arb(2) ** (SLACK - prec):  # more digits would ask for more evaluations still
        raise UnsupportedExpression(f"{EVALUATIONS} evaluations do not settle the integral of {expr} over ({lo}, {hi})")
    if not value.is_finite():
        raise UnsupportedExpression(f"no finite enclosure of the integral of {expr} over ({lo}, {hi})")
    return value


def _inner_point(lo: sp.Expr, hi: sp.Expr) -> sp.Expr | None:
    """0 where it lies inside: the usual place of a removable point."""
    with precision(64):
        left = lo is sp.S.NegativeInfinity or evaluate(lo, 64) < 0
        right = hi is sp.oo or evaluate(hi, 64) > 0
    return sp.S.Zero if left and right else None


def _attempt(expr: sp.Expr, x: sp.Symbol, lo: sp.Expr, hi: sp.Expr, prec: int, work: int, most: int) -> tuple[Any, int]:
    """An enclosure, nan where none is found, and the number of evaluations used."""
    f = compile_complex(expr, x)
    with precision(work):
        a, left = _cut(expr, x, lo, hi, +1, prec, f)
        b, right = _cut(expr, x, hi, lo, -1, prec, f)
        if not a < b:
            raise UnsupportedExpression(f"({lo}, {hi}) is too short to integrate over")
        tolerance = arb(2) ** -(prec + 4)
        complex_at: list[Any] = []
        used = 0

        def integrand(z: Any, analytic: bool) -> Any:
            nonlocal used
            used += 1
            out = f(z, analytic)
            if z.imag == 0 and not out.imag.contains(0) and out.is_finite():
                complex_at.append(z.real)
            return out

        value = acb(left + right)
        for start, end, formula in between_jumps(expr, x, a, b):
            f = compile_complex(formula, x)
            value += acb.integral(
                integrand, acb(start), acb(end), abs_tol=tolerance, rel_tol=arb(0), eval_limit=max(most - used, 1)
            )
        if complex_at:
            raise UnsupportedExpression(f"{expr} is not real at {float(complex_at[0].mid()):.6g}")
        return (value.real if value.is_finite() else arb.nan()), used


def _cut(expr: sp.Expr, x: sp.Symbol, end: sp.Expr, other: sp.Expr, side: int, prec: int, f: Any) -> tuple[Any, Any]:
    """Where the compact part ends, and a ball around 0 that holds the integral beyond; `side` points inwards."""
    if not end.is_finite:
        return _cut_infinite(expr, x, -side, other, prec)
    a = evaluate(end, 2 * prec)
    if f(acb(a + side * arb(2) ** -prec * arb(1, 1)), True).is_finite():
        return a, arb(0)
    return _cut_singular(expr, x, end, a, side, other, prec)


def _cut_infinite(expr: sp.Expr, x: sp.Symbol, side: int, other: sp.Expr, prec: int) -> tuple[Any, Any]:
    goal = arb(2) ** -(prec + 4)
    reach = FIRST_REACH
    if other.is_finite:
        reach = max(reach, 2 * int(abs(evaluate(other, 64)).upper().ceil().unique_fmpz() or 0) + 2)
    best = arb.pos_inf()
    reason = "its tail has no majorant"
    for step in range(len(FARTHER) + 1):
        # the last step goes out so far that an algebraic tail with surplus 1/2 is small enough
        far = reach * FARTHER[step] // 2 if step < len(FARTHER) else reach * 2 ** (2 * prec + 16)
        found = _tail_bound(expr, x, side, None, sp.Integer(far))
        if isinstance(found, str):
            reason = found
            continue
        best, algebraic = found
        if best < goal:
            return side * arb(far), arb(0, best.upper())
        if algebraic and step < len(FARTHER):
            far = reach * 2 ** (2 * prec + 16)
            found = _tail_bound(expr, x, side, None, sp.Integer(far))
            if not isinstance(found, str) and found[0] < goal * 2**8:
                return side * arb(far), arb(0, found[0].upper())
    raise UnsupportedExpression(f"the integral of {expr} is not shown to converge: {reason}")


def _cut_singular(
    expr: sp.Expr, x: sp.Symbol, end: sp.Expr, a: Any, side: int, other: sp.Expr, prec: int
) -> tuple[Any, Any]:
    """The part next to a singular end, in t = 1/|x - end|: dx = -dt/t**2."""
    goal = arb(2) ** -(prec + 4)
    reason = "its singular end has no majorant"
    for bits in (prec + 8, 2 * prec + 16, 8 * prec + 64):
        far = sp.Integer(2) ** bits
        found = _tail_bound(expr, x, side, end, far)
        if isinstance(found, str):
            reason = found
            continue
        if found[0] < goal * 2**8:
            return a + side * arb(2) ** -bits, arb(0, found[0].upper())
    raise UnsupportedExpression(f"the integral of {expr} is not shown to converge at {end}: {reason}")


@lru_cache(maxsize=1024)
def _tail_bound(expr: sp.Expr, x: sp.Symbol, side: int, at: sp.Expr | None, far: sp.Expr) -> tuple[Any, bool] | str:
    """A bound of the integral of |expr| over t >= far, and whether it falls only algebraically; else why not."""
    from symacts.rigor.tail_constants import Undecided, number
    from symacts.rigor.tail_monomials import IDENTITY, Mono, growth, sup, times
    from symacts.rigor.tails import model

    found = model(expr, x, side, far, 64, TERMS, at=at)
    if isinstance(found, Unknown):
        return found.reason
    majorant = found.majorant()
    if isinstance(majorant, Unknown):
        return majorant.reason
    radius, m = majorant
    if radius == 0:
        return radius, False
    start = fmpq(int(far.p), int(far.q))
    zero = number(sp.S.Zero)
    if at is not None:
        m = times(m, Mono((), number(sp.Integer(-2)), zero))
    with precision(64):
        t = arb(start)
        for c in RATES:
            grown = times(m, Mono(((IDENTITY, number(c)),), zero, zero))
            try:
                if growth(grown) <= 0:
                    rate = evaluate(c, 64)
                    return radius * sup(grown, start, 64) * (-rate * t).exp() / rate, False
            except Undecided:
                continue
        for d in POWERS:
            grown = times(m, Mono((), number(d + 1), zero))
            try:
                if growth(grown) <= 0:
                    surplus = evaluate(d, 64)
                    return radius * sup(grown, start, 64) * t ** (-surplus) / surplus, True
            except Undecided:
                continue
    return "it does not fall fast enough"


def gaussian_expectation(
    expr: sp.Expr, x: sp.Symbol, prec: int = 64, lo: sp.Expr = sp.S.NegativeInfinity, hi: sp.Expr = sp.oo
) -> Any:
    """An enclosure of E[f(Z); lo < Z < hi] for Z standard normal.

    Examples
    --------
    >>> import sympy as sp
    >>> x = sp.Symbol("x", real=True)
    >>> gaussian_expectation(1/(1 + sp.exp(-x)), x, 53).overlaps(arb(1)/2)
    True
    """
    return integrate(sp.sympify(expr) * sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi), x, lo, hi, prec)


@lru_cache(maxsize=1024)
def integral_value(e: sp.Integral, prec: int) -> Any:
    """An enclosure of a definite integral over one variable.

    Raises
    ------
    UnsupportedExpression
        Other than one variable with two limits, other symbols, or no proof of convergence.
    """
    if len(e.limits) != 1 or len(e.limits[0]) != 3:
        raise UnsupportedExpression(f"{e} is no integral over one interval")
    variable, lo, hi = e.limits[0]
    if e.free_symbols:
        raise UnsupportedExpression(f"{e} holds {', '.join(sorted(map(str, e.free_symbols)))}")
    x = sp.Symbol("x", real=True)
    return integrate(e.function.xreplace({variable: x}), x, lo, hi, prec)
