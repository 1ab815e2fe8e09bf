"""The tables of Gaussian integrals against mpmath quadrature; convergence is never assumed."""

from __future__ import annotations

import random
from typing import Any

import mpmath
import pytest
import sympy as sp

from symacts.codec import encode
from symacts.proofs import prove
from symacts.proofs.check import RULES, Goal
from symacts.proofs.checker.entail import Given
from symacts.proofs.checker.integrals import arcsine, gaussian_moment, is_tame
from symacts.proofs.checker.limits import Near, limit_by
from symacts.proofs.search import Search, prove_goal
from symacts.proofs.tactics import ALL
from symacts.proofs.tactics.limit_laws import found_limit

a, z = sp.symbols("a z", real=True)


def _quad(f: sp.Expr) -> mpmath.mpf:
    call = sp.lambdify(z, f, "mpmath")
    with mpmath.workdps(30):
        return mpmath.quad(call, [-mpmath.inf, -4, -1, 0, 1, 4, mpmath.inf])


def test_moments_agree_with_quadrature(rng: random.Random) -> None:
    for _ in range(6):
        n, q = rng.randint(0, 5), sp.Rational(rng.randint(2, 9), 4)
        l, w = sp.Rational(rng.randint(-4, 4), 3), sp.Rational(rng.randint(-5, 5), 2)
        wave = rng.choice(["cos", "sin"])
        f = z**n * sp.exp(-q * z**2 + l * z) * (sp.cos if wave == "cos" else sp.sin)(w * z)
        exact = sp.N(gaussian_moment(n, q, l, w, wave), 25)
        assert abs(_quad(f) - mpmath.mpf(str(exact))) < mpmath.mpf("1e-15"), (n, q, l, w, wave)


def test_error_function_rows_agree_with_quadrature(rng: random.Random) -> None:
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    for _ in range(4):
        p, r, s = (sp.Rational(rng.randint(-8, 8), 5) for _ in range(3))
        one, two = sp.N(arcsine(p, r, None), 25), sp.N(arcsine(p, sp.S.Zero, s), 25)
        assert abs(_quad(sp.erf(p * z + r) * density) - mpmath.mpf(str(one))) < mpmath.mpf("1e-15")
        assert abs(_quad(sp.erf(p * z) * sp.erf(s * z) * density) - mpmath.mpf(str(two))) < mpmath.mpf("1e-15")


def test_what_may_diverge_is_not_tame() -> None:
    nothing = Given()
    for f in (
        sp.exp(z**2),
        1 / z,
        sp.log(z),
        sp.tan(z),
        sp.exp(sp.exp(z)),
        1 / (1 - z**2),
        sp.sqrt(z),
        z ** sp.Rational(-1, 2),
    ):
        assert not is_tame(f, z, nothing), f
    for f in (z**3, sp.exp(3 * z), sp.tanh(z), 1 / (1 + sp.exp(z)), sp.log(1 + sp.exp(z)), sp.exp(-sp.Abs(z))):
        assert is_tame(f, z, nothing), f


def test_limits_of_primitives() -> None:
    q, m = sp.symbols("q m", real=True)
    positive = Given([(q, ">")])
    f = z**2 * sp.exp(-(z**2)) + 3 * sp.erf(2 * z) ** 2 - sp.erf(-z)
    g = m * z**3 * sp.exp(-q * z**2 + m * z) + 3 * sp.erf(q * z + m) - m * sp.erf(z - m) * sp.exp(-q * (z - m) ** 2)
    for side in (1, -1):
        end = side * sp.oo
        assert found_limit(Near(Given(), z, end, 1), f) == (3 + side, None)
        value, how = found_limit(Near(positive, z, end, 1), g) or (None, None)
        assert value == 3 * side and limit_by(Near(positive, z, end, 1), g, how) == value
        assert found_limit(Near(Given(), z, end, 1), g) is None
        assert found_limit(Near(positive, z, end, 1), g + m * z) is None


@pytest.mark.parametrize("text", ["gaussian(exp(z**2), z) = 1", "gaussian(1/z, z) = 0", "gaussian(tan(z), z) = 0"])
def test_divergent_integrals_equal_nothing(text: str) -> None:
    assert prove(text, timeout=6).status != "proved"


@pytest.mark.parametrize(
    ("true", "false", "given"),
    [
        ("gaussian(z*erf(a*z + b), z) = 2*a*exp(-b^2/(1 + 2*a^2))/sqrt(pi*(1 + 2*a^2))", "", None),
        ("gaussian(squared_relu(s*z), z) = s^2/2", "gaussian(squared_relu(s*z), z) = s/2", None),
        ("gaussian(leaky_relu(s*z, a), z) = (1 - a)*abs(s)/sqrt(2*pi)", "", None),
        ("gaussian(gelu(z + m), z) = m*probit(m/sqrt(2)) + exp(-m^2/4)/(2*sqrt(pi))", "", None),
        (
            *("diff(gaussian(relu(m + s*z), z), m) = probit(m/s)", "diff(gaussian(relu(m + s*z), z), m) = probit(m*s)"),
            "s > 0",
        ),
        ("diff(gaussian(relu(m + z), z), m, 2) = exp(-m^2/2)/sqrt(2*pi)", "", None),
        (
            *("diff(Integral(exp(-a*t), (t, 0, oo)), a) = -1/a^2", "diff(Integral(exp(-a*t), (t, 0, oo)), a) = 1/a^2"),
            "a > 0",
        ),
    ],
)
def test_integrals_with_parameters_and_their_derivatives(true: str, false: str, given: str | None) -> None:
    proof = prove(true, assuming=given)
    assert proof.status == "proved" and proof.check(), proof
    assert not false or prove(false, assuming=given).status == "refuted"


@pytest.mark.parametrize(
    ("stated", "value", "given"),
    [
        (sp.S.Zero, sp.exp(sp.S.Half), ((a - 1, "="),)),  # the value at one point only
        (sp.S.Zero, sp.exp(sp.S.Half), ()),
        (a, a**2 / 2 + 1, ()),
        (sp.S.One, a - 1 + sp.exp(sp.S.Half), ((a - 1, ">="), (1 - a, ">="))),  # no open set
    ],
)
def test_a_derivative_is_not_that_of_a_value_at_a_point(stated: sp.Expr, value: sp.Expr, given: Any) -> None:
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    of = sp.Derivative(sp.Integral(sp.exp(a * z) * density, (z, -sp.oo, sp.oo)), a)
    shown = RULES["inside"](Goal(Given(given), of, "=", stated), {"of": encode(of), "value": encode(value)})[1]
    assert prove_goal(shown, Search(ALL)) is None
    assert not shown.given.conditions
