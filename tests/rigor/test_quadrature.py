"""Integrals contain the known values, to the digits asked for; divergent ones are refused."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp
from flint import arb

from symacts.errors import UnsupportedExpression
from symacts.rigor import decimal, enclose, evaluate, gaussian_expectation, integrate

x = sp.Symbol("x", real=True)
R, oo = sp.Rational, sp.oo
SIGMOID = 1 / (1 + sp.exp(-x))
GELU = x * (1 + sp.erf(x / sp.sqrt(2))) / 2

CLOSED = [
    (x**4, 3),
    (SIGMOID, R(1, 2)),
    (sp.exp(x), sp.exp(R(1, 2))),
    (sp.Abs(x), sp.sqrt(2 / sp.pi)),
    (sp.Max(x, 0) ** 2, R(1, 2)),
    (sp.sin(x) ** 2, (1 - sp.exp(-2)) / 2),
    (GELU, 1 / (2 * sp.sqrt(sp.pi))),
    (sp.Piecewise((0, x < 1), (1, True)), sp.erfc(1 / sp.sqrt(2)) / 2),
    (sp.exp(sp.sqrt(2) * x) * sp.cos(x), sp.exp(R(1, 2)) * sp.cos(sp.sqrt(2))),
]


@pytest.mark.parametrize(("f", "value"), CLOSED, ids=str)
@pytest.mark.parametrize("prec", [53, 160])
def test_gaussian_expectations(f: sp.Expr, value: sp.Expr, prec: int) -> None:
    ball = gaussian_expectation(f, x, prec)
    assert ball.overlaps(evaluate(sp.sympify(value), prec + 40))
    assert ball.rad() < arb(2) ** -(prec - 4)
    assert not ball.overlaps(evaluate(sp.sympify(value) + R(1, 10**9), prec + 40))  # control


def test_expectations_against_mpmath() -> None:
    mish = x * sp.tanh(sp.log(1 + sp.exp(x)))
    for f in (mish**2, GELU**2, sp.atan(x) ** 2, sp.log(1 + x**2), sp.sin(x) / x, sp.sqrt(1 + x**2)):
        with mpmath.workdps(40):
            g = sp.lambdify(x, f * sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi), "mpmath")
            expected = mpmath.quad(g, [-30, -8, -3, -1, mpmath.mpf(-1) / 3, mpmath.mpf(1) / 7, 2, 5, 30])
            ball = gaussian_expectation(f, x, 100)
            assert abs(mpmath.mpf(ball.mid().str(35, radius=False)) - expected) < mpmath.mpf(10) ** -20
            assert ball.rad() < arb(2) ** -90


INTEGRALS = [
    (1 / sp.sqrt(x), 0, 1, 2),
    (sp.log(x), 0, 1, -1),
    (x * sp.log(x), 0, 1, -R(1, 4)),
    (1 / (1 + x**2), -oo, oo, sp.pi),
    (sp.exp(-x), 0, oo, 1),
    (sp.sqrt(1 - x**2), -1, 1, sp.pi / 2),
    (1 / x**2, 1, oo, 1),
    (x ** R(-3, 2), 1, oo, 2),
    (sp.exp(-(x**2)), -oo, sp.sqrt(2), sp.sqrt(sp.pi) * (1 + sp.erf(sp.sqrt(2))) / 2),
    (sp.Abs(x - R(1, 3)), 0, 1, R(5, 18)),
    (sp.cosh(x) ** -2, -oo, oo, 2),
    (sp.exp(x), sp.log(2), sp.log(5), 3),
]


@pytest.mark.parametrize(("f", "lo", "hi", "value"), INTEGRALS, ids=[str(row[0]) for row in INTEGRALS])
def test_integrals(f: sp.Expr, lo: sp.Expr, hi: sp.Expr, value: sp.Expr) -> None:
    ball = integrate(f, x, lo, hi, 64)
    exact = evaluate(sp.sympify(value), 128)
    assert ball.overlaps(exact)
    assert ball.rad() < arb(2) ** -52
    assert not ball.overlaps(exact + arb(2) ** -40)


@pytest.mark.parametrize("prec", [64, 140])
def test_digits_that_cancel_at_a_removable_point_are_put_back(prec: int) -> None:
    """E[q**2] for the slope q of (exp(x) - 1)/x, whose value at 0 is 1/2: by the series of q instead of its formula."""
    q = ((x - 1) * sp.exp(x) + 1) / x**2
    ball = gaussian_expectation(q**2, x, prec)
    with mpmath.workdps(60):
        series = [mpmath.mpf(k + 1) / mpmath.factorial(k + 2) for k in range(160)]
        density = lambda t: mpmath.polyval(series[::-1], t) ** 2 * mpmath.npdf(t)  # noqa: E731
        expected = mpmath.quad(density, [-20, -6, -2, 0, 2, 5, 10, 20])
        assert abs(mpmath.mpf(ball.mid().str(50, radius=False)) - expected) < mpmath.mpf(2) ** (8 - prec)
    assert ball.rad() < arb(2) ** (8 - prec)


DIVERGENT = [(1 / x, 1, oo), (1 / x, 0, 1), (sp.exp(x), 0, oo), (1 / x, -1, 1), (x, -oo, oo), (1 / sp.log(x), 1, 2)]


@pytest.mark.parametrize(("f", "lo", "hi"), DIVERGENT, ids=[str(row[0]) for row in DIVERGENT])
def test_divergent_integrals_are_refused(f: sp.Expr, lo: sp.Expr, hi: sp.Expr) -> None:
    with pytest.raises(UnsupportedExpression):
        integrate(f, x, lo, hi, 64)


def test_integrals_as_constants() -> None:
    t = sp.Symbol("t")
    value = sp.Integral(sp.exp(-(t**2)), (t, 0, 1))
    assert decimal(value, 25) == "0.7468241328124270253994674"
    lo, hi = enclose(1 / sp.sqrt(value), 30)
    assert lo < hi < lo + R(1, 10**28)
    with pytest.raises(UnsupportedExpression):
        evaluate(sp.Integral(sp.Symbol("a") * t, (t, 0, 1)))
