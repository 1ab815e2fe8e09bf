"""Closed Gaussian integrals against quadrature that knows nothing of them."""

from __future__ import annotations

import random

import mpmath
import pytest
import sympy as sp

from symacts.spec import x
from symacts.symbolic.gaussian import expectation, weight

INFINITE = (-sp.oo, sp.oo)


def factors(rng: random.Random, whole: bool) -> list[sp.Expr]:
    """One factor of each kind, linear arguments at random."""

    def line() -> sp.Expr:
        return sp.Rational(rng.randint(-6, 6), 4) * x + sp.Rational(rng.randint(-4, 4), 3)

    kinds = [x ** rng.randint(1, 4), sp.exp(line()), sp.cosh(line()), sp.exp(-(x**2) / rng.randint(1, 5)), line()]
    return kinds + ([sp.erf(line()), sp.erfc(line()), sp.sin(line()), sp.cos(line()) ** 2] if whole else [])


def quadrature(e: sp.Expr, lo: sp.Expr, hi: sp.Expr) -> mpmath.mpf:
    """By Gauss-Legendre between the places where the integrand changes its manner; beyond 30 there is nothing."""
    f = sp.lambdify(x, e * weight(x), "mpmath")
    a, b = (float(max(min(end, 30), -30)) for end in (lo, hi))
    return mpmath.quad(f, [a, *(v for v in (-16, -8, -4, -2, -1, 0, 1, 2, 4, 8, 16) if a < v < b), b])


def value(e: sp.Expr, lo: sp.Expr, hi: sp.Expr) -> sp.Expr | None:
    return expectation([(lo, hi, e)], x)


def test_random_products(rng: random.Random) -> None:
    found = 0
    for k in range(40):
        whole = k % 2 == 0
        lo, hi = INFINITE if whole else rng.choice([(-sp.oo, sp.Rational(1, 2)), (sp.S(-1), sp.oo), (sp.S(0), sp.S(2))])
        e = sp.Mul(*rng.sample(factors(rng, whole), rng.randint(1, 3))) + rng.randint(0, 2)
        closed = value(e, lo, hi)
        if closed is not None:
            found += 1
            with mpmath.workdps(25):
                expected = quadrature(e, lo, hi)
                assert abs(sp.N(closed, 25) - expected) < 1e-9 * (1 + abs(expected)), (e, lo, hi, closed)
    assert found > 25


@pytest.mark.parametrize("power", [2, 3, 4, 5])
def test_powers_of_the_variable_beside_error_functions(power: int, rng: random.Random) -> None:
    """By parts as often as there are powers: with one function anywhere, and with two that vanish at 0."""
    b = sp.Rational(rng.randint(1, 5), 3)
    for e in (sp.erf(x / 2 + b) * sp.exp(x / 3), sp.erf(b * x) * sp.erf(2 * x)):
        e *= x**power
        closed = value(e, *INFINITE)
        assert closed is not None
        with mpmath.workdps(25):
            expected = quadrature(e, *INFINITE)
            assert abs(sp.N(closed, 25) - expected) < 1e-9 * (1 + abs(expected)), (e, closed)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("x*(1 + erf(x/sqrt(2)))/2", "1/(2*sqrt(pi))"),
        ("(x*(1 + erf(x/sqrt(2)))/2)**2", "1/3 + sqrt(3)/(6*pi)"),
        ("x + sin(x)**2", "(1 - exp(-2))/2"),
        ("x**2*exp(-2*x**2/3)", "3*sqrt(21)/49"),
        ("erf(x)*erf(2*x)", "2*asin(4/sqrt(27))/pi"),
    ],
)
def test_known_values(text: str, expected: str) -> None:
    closed = value(sp.sympify(text, locals={"x": x}), *INFINITE)
    assert closed is not None and sp.simplify(closed - sp.sympify(expected)) == 0


@pytest.mark.parametrize("text", ["exp(x**2/2)", "exp(x**2)", "erf(x - 1)**2", "exp(-x**4)", "erf(x**2)", "sin(x)/x"])
def test_what_has_no_such_value(text: str) -> None:
    """Divergent integrals among it: those have no value at all."""
    assert value(sp.sympify(text, locals={"x": x}), *INFINITE) is None


def test_pieces_with_one_expression_are_one() -> None:
    whole = expectation([(-sp.oo, sp.S(0), x * sp.erf(x)), (sp.S(0), sp.oo, x * sp.erf(x))], x)
    assert whole == value(x * sp.erf(x), *INFINITE)
    assert expectation([(-sp.oo, sp.S(0), x * sp.erf(x)), (sp.S(1), sp.oo, x * sp.erf(x))], x) is None


def test_waves_on_a_half_line_are_left_to_quadrature() -> None:
    assert value(sp.sin(x), sp.S(0), sp.oo) is None
