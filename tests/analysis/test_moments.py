"""Facts about f(Z): what does not exist is not stated, what diverges is infinite; values against quadrature."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp
from mpmath import mp

import symacts
from symacts.analysis.driver import establish
from symacts.analysis.subject import Subject
from symacts.rigor.oracle import BallOracle
from symacts.spec import x


@pytest.mark.parametrize("text", ["1/x", "1/x**3", "x*exp(x**2)", "x**3*exp(x**2/2)", "sinh(x**3)", "x/(x**2 - 1)"])
def test_an_odd_function_without_absolute_integral_has_no_mean(text: str) -> None:
    report = symacts.analyze(text)
    assert report.symmetry.value[0] == "odd"
    assert report.gaussian_mean.known and report.gaussian_mean.value is None
    assert report.zero_centered.value is False
    assert not [v for v in report.verdicts if "zero-centered" in v.statement]
    assert report.gaussian_second_moment.value is sp.oo


@pytest.mark.parametrize(
    ("text", "mean"),
    [
        ("tan(x)", None),
        ("tan(x/2) - x", None),
        ("1/(x**2 + x - 6)", None),
        ("x*exp(1/x)", sp.oo),  # infinite from the right of 0 alone
        ("x + exp(-1/x)/x", -sp.oo),
        ("floor(x)", -sp.Rational(1, 2)),
        ("x - floor(x)", sp.Rational(1, 2)),
        ("floor(2*x)/2 + x/3", -sp.Rational(1, 4)),
    ],
)
def test_means_of_poles_and_steps(text: str, mean: object) -> None:
    fact = symacts.analyze(text).gaussian_mean
    assert fact.known and fact.value == mean


@pytest.mark.parametrize("text", ["x + exp(1/x)*sin(1/x)", "exp(1/x) + exp(-1/x)*sin(1/x)"])
def test_a_mean_is_not_called_infinite_where_f_oscillates(text: str) -> None:
    assert not symacts.analyze(text).gaussian_mean.known


@pytest.mark.parametrize("text", ["x*exp(Abs(x))", "cbrt(x)", "x*log(Abs(x))", "sinh(x)", "x/sqrt(Abs(x))", "sign(x)"])
def test_an_odd_function_with_absolute_integral_has_mean_zero(text: str) -> None:
    report = symacts.analyze(text)
    assert report.gaussian_mean.value == 0 and report.zero_centered.value is True


@pytest.mark.parametrize(
    ("text", "mean", "second", "slope"),
    [
        ("exp(x**2/2)", sp.oo, sp.oo, sp.oo),
        ("-exp(x**2)", -sp.oo, sp.oo, sp.oo),
        ("exp(x**2/8)", sp.sqrt(sp.Rational(4, 3)), sp.sqrt(2), None),
        ("sqrt(Abs(x))", None, sp.sqrt(2 / sp.pi), sp.oo),
        ("1/(x**2 - 2)", None, sp.oo, sp.oo),
    ],
)
def test_divergent_moments_are_infinite(text: str, mean: object, second: object, slope: object) -> None:
    report = symacts.analyze(text)
    for fact, value in (
        (report.gaussian_mean, mean),
        (report.gaussian_second_moment, second),
        (report.gaussian_derivative_second_moment, slope),
    ):
        if value is not None and value.is_finite:
            lo, hi = fact.enclosure
            assert lo <= value.evalf(30) <= hi, (fact.name, fact.value)
        elif value is not None:
            assert fact.value is value, (fact.name, fact.value)


def test_digits_of_integrals_are_right_and_sums_print_them() -> None:
    report = symacts.analyze("x*tanh(x)/(1 + Abs(x))")
    with mp.workdps(30):
        density = lambda t: mp.exp(-(t**2) / 2) / mp.sqrt(2 * mp.pi)  # noqa: E731
        right = 2 * mp.quad(lambda t: (t * mp.tanh(t) / (1 + t)) ** 2 * density(t), [0, 1, 4, 12, 30])
        value = report.gaussian_second_moment.value
        assert abs(mpmath.mpf(str(value.evalf(25))) - right) < mpmath.mpf(10) ** -22
    assert str(value).startswith("Integral(") and symacts.Report.from_dict(report.to_dict()).facts == report.facts


@pytest.mark.parametrize(
    ("text", "k"),
    [
        ("Piecewise((0, x <= 0), (exp(-1/x), True))", sp.oo),
        ("Piecewise((0, x <= 0), (x**2*exp(-1/x), True))", sp.oo),
        ("Piecewise((0, Abs(x) >= 1), (exp(-1/(1 - x**2)), True))", sp.oo),
        ("Piecewise((1, x <= 0), (1 - exp(-1/x), True))", sp.oo),
        ("Piecewise((0, Abs(x) >= 2), (x*exp(-1/(4 - x**2)), True))", sp.oo),
        ("Piecewise((0, x <= 0), (exp(-1/x)/(exp(-1/x) + exp(-1/(1 - x))), x < 1), (1, True))", sp.oo),
        ("Piecewise((sin(x), x <= 0), (sin(x) + exp(-1/x**2), True))", sp.oo),
        ("Piecewise((x + x**7, x <= 0), (x + exp(-1/x), True))", 6),
        ("Piecewise((0, x <= 0), (x**5*log(x), True))", 4),
        ("Piecewise((0, x <= 0), (x**4*exp(-x), True))", 3),
    ],
)
def test_smoothness_at_flat_borders(text: str, k: sp.Expr) -> None:
    fact = establish(Subject(symacts.parse(text), x, BallOracle()), ("smoothness",))["smoothness"]
    assert fact.value == k


def test_a_lambert_function_under_an_integral_stays_there() -> None:
    """1/sqrt of the integral held the integrand outside: W(exp(x)) was read as a constant."""
    report = symacts.analyze("LambertW(exp(x))")
    assert not report.gain.value.free_symbols
    lo, hi = report.gain.enclosure
    density = lambda t: mpmath.re(mpmath.lambertw(mpmath.exp(t))) ** 2 * mpmath.npdf(t)  # noqa: E731
    assert float(lo) <= 1 / mpmath.sqrt(mpmath.quad(density, [-12, -4, 0, 4, 12])) + 1e-12
    assert abs(float(hi) - 1 / mpmath.sqrt(mpmath.quad(density, [-12, -4, 0, 4, 12]))) < 1e-12


def test_the_mean_of_a_bounded_odd_function_asks_for_no_integral(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    plain = BallOracle.is_integrable
    monkeypatch.setattr(BallOracle, "is_integrable", lambda self, e: (asked.append(e), plain(self, e))[1])
    for text, count in (("sin(2*x**3)", 0), ("sinh(x)", 1)):
        f = Subject(symacts.parse(text), x, BallOracle())
        assert establish(f, ("gaussian_mean",))["gaussian_mean"].value == 0
        assert len(asked) == count
