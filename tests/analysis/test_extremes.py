"""Extreme values by branch and bound, continuity by composition, signs of numbers that hold roots; truth by mpmath."""

from __future__ import annotations

import random
from typing import Any

import mpmath
import pytest
import sympy as sp
from sweep import fact_of

import symacts
from symacts.analysis.driver import establish
from symacts.analysis.extremes import extremes
from symacts.analysis.reals import sign_of
from symacts.analysis.subject import Subject
from symacts.codec import decode, encode
from symacts.facts import Root
from symacts.parsing import parse
from symacts.rigor.oracle import BallOracle
from symacts.spec import x
from symacts.symbolic.continuity import is_continuous
from symacts.symbolic.oracle import Undecided
from symacts.symbolic.taylor import taylor


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("x/(1 + exp(-x - sin(x)/(1 + x**2)))", 1),
        ("1/(exp(-x/(x**2 + 2) - atan(1/(1 + exp(-x))))+1)", 2),
        ("sin(3*x)*exp(-x**2) + tanh(x)", 2),
        ("x*exp(-x**2)", 1),
        ("log(1 + exp(x))", 1),
        ("sin(x)/(1 + x**2)", 0),
    ],
)
def test_extreme_values_beat_samples_and_are_approached(text: str, order: int, rng: random.Random) -> None:
    f = Subject(parse(text), x, BallOracle())
    least, largest = extremes(f, 0, order)
    slope = sp.lambdify(x, f.expression_of(0, order), "mpmath")
    with mpmath.workdps(30):
        points = [mpmath.mpf(rng.uniform(-12, 12)) for _ in range(300)] + [mpmath.mpf(t) for t in (-60, 60)]
        values = [slope(t) for t in points]
        low, high = (mpmath.mpf(str(c.value.evalf(30))) for c in (least, largest))
        assert low <= min(values) and max(values) <= high
        room = (high - low) / 50
        assert min(values) < low + room and max(values) > high - room


def test_an_extreme_value_of_the_wrong_size_would_be_seen() -> None:
    f = Subject(parse("x*exp(-x**2)"), x, BallOracle())
    _, largest = extremes(f, 0, 0)
    assert largest.attained and f.compare(largest.value, sp.exp(-sp.Rational(1, 2)) / sp.sqrt(2)) == 0
    _, open_end = extremes(Subject(parse("1/(1 + exp(-x))"), x, BallOracle()), 0, 0)
    assert (open_end.value, open_end.attained) == (1, False)


def test_growth_has_no_finite_extreme_value() -> None:
    f = Subject(parse("x*sin(x)"), x, BallOracle())
    with pytest.raises(Undecided):
        extremes(f, 0, 0)


@pytest.mark.parametrize("text", ["log(1 + exp(Max(x, 1 - x**3)))", "exp(-Min(x, cos(x))**2)", "Abs(exp(x) - 2 - x)*x"])
def test_a_composition_of_continuous_functions_does_not_jump(text: str) -> None:
    f = Subject(parse(text), x, BallOracle())
    assert f.borders and f.is_continuous


def test_jumps_are_not_taken_for_continuity() -> None:
    for text in ("sign(x) + Max(x, 0)", "Piecewise((x, x > 0), (1, True))", "Heaviside(x)*exp(x)"):
        assert not is_continuous(parse(text), x, sp.S.Zero, lambda c: int(sp.sign(c)))


def test_numbers_that_vanish_at_a_root_are_seen() -> None:
    t = sp.Symbol("t", real=True)
    r = Root(sp.cos(t) - t, 0, 1)
    zero = sp.cos(r) - r
    oracle = BallOracle()
    for c in (sp.exp(-(zero**2)) - 1, 2 * sp.atan(3 * zero), sp.log(1 + zero) * sp.exp(r), sp.tanh(zero) ** 2):
        assert sign_of(c, oracle) == 0
    for c, sign in ((sp.exp(zero) - 2, -1), (sp.atan(r) - sp.Rational(1, 2), 1), (-r * sp.exp(r), -1)):
        assert sign_of(c, oracle) == sign


def test_a_root_is_an_atom_that_is_written_and_read() -> None:
    t = sp.Symbol("t", real=True)
    r, s = Root(sp.cos(t) - t, 0, 1), Root(sp.cos(t) - 2 * t, 0, 1)
    assert r != s and r + s == s + r and not r.args
    assert sp.exp(r).atoms(Root) == {r} and not sp.exp(r).has(sp.cos)
    assert decode(encode(sp.exp(r) + s)) == sp.exp(r) + s


def test_taylor_coefficients_are_those_of_the_derivatives() -> None:
    texts = ("tanh(x)*exp(x) + atan(1 + x)", "log(2 + sin(x))/(1 + x**2)", "erf(x)*sqrt(4 + x) + 2**x", "asinh(x)**3")
    for text in texts:
        e = parse(text)
        found = taylor(e, x, sp.S.Zero, 5)
        assert found is not None
        for k, c in enumerate(found):
            assert abs((c - e.diff(x, k).subs(x, 0) / sp.factorial(k)).evalf(30)) < 1e-20, (text, k)
    assert taylor(sp.gamma(x), x, sp.S.One, 3) is None


def test_the_steps_of_all_charts_are_counted_and_shared() -> None:
    def signs(left: int | None) -> object:
        oracle = BallOracle()
        if left is not None:
            oracle.left = left
        e = sp.exp(-(x**2) / 9) * sp.sin(60 * x) + x / (3 + x**4) - sp.Rational(1, 50)
        return oracle.chart(e, x, sp.S.Zero, sp.Integer(12)), oracle.left

    (plenty, left), again = signs(None), signs(None)
    assert (plenty, left) == again and left < BallOracle().left
    nothing, rest = signs(0)
    assert "budget" in nothing.reason and rest == 0


def test_a_step_without_digits_joins_an_antiderivative() -> None:
    fact = establish(Subject(parse("Max(x, exp(x) - 2)*tanh(x)"), x, BallOracle()), ("antiderivative",))
    assert fact["antiderivative"].known and fact["antiderivative"].value.has(sp.polylog)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x**2*log(Abs(x))", -sp.exp(-1) / 2),
        ("x*log(x)", -sp.exp(-1)),
        ("(3*x - 1)*log(3*x - 1)", -sp.exp(-1)),
        ("exp(x) - 2*x + log(2)", 2 - sp.log(2)),
    ],
)
def test_minima_with_logarithms_have_closed_forms(text: str, value: sp.Expr) -> None:
    found, attained = symacts.analyze(text).minimum.value
    assert attained and sp.simplify(found - value) == 0


def test_constants_of_shifted_functions_are_short() -> None:
    report = symacts.analyze("1/cosh(2*x - 1)")
    assert (report.lipschitz.value, report.gradient_lipschitz.value) == (1, 4)
    assert report.inflection_points.value == sp.FiniteSet(*[(1 + sp.log(sp.sqrt(2) + s)) / 2 for s in (1, -1)])


def test_opposite_extremes_about_a_point_are_one_number() -> None:
    for text in ("tanh(x - 1/3)", "7*tanh(13*x/10 - 1/5)/10 + 1/10"):
        found = symacts.analyze(text).gradient_lipschitz
        assert found.known and not found.value.has(sp.Max), found.value


@pytest.mark.parametrize(
    "text, least, largest",
    [
        ("exp(sin(x))*tanh(x)", (-sp.E, False), (sp.E, False)),
        ("-exp(cos(x))*atan(x)/pi", (-sp.E / 2, False), (sp.E / 2, False)),
        ("(2 + cos(x))*(1 - 1/(1 + x**2))", (0, True), (3, False)),
        ("(2 + cos(x))*(1 + 1/(1 + x**2))", None, (6, True)),
        ("(2 + cos(x))*min(1, x**2)*sign(x)", None, (3, True)),
        ("exp(sin(x))*tanh(x)*(2 + cos(x))", None, None),
    ],
)
def test_waves_under_a_factor_that_settles_come_close_to_the_bounds_of_the_factors(
    text: str, least: Any, largest: Any
) -> None:
    """The last two factors are not largest together; where all bounds are values, the product may be one."""
    for name, expected in (("minimum", least), ("maximum", largest)):
        fact = fact_of(text, name)
        assert not fact.known or expected is None or fact.value == expected
        assert fact.known or expected is None or expected[1]
        if fact.known:
            formula, (bound, attained) = sp.lambdify(x, parse(text), "math"), fact.value
            side = 1 if name == "maximum" else -1
            values = [side * formula(k / 64) for k in range(-9000, 9000)]
            assert max(values) <= side * bound.evalf() + 1e-9 and (attained or max(values) < side * bound.evalf())
