"""Oscillating functions: sets by their place in the period, extrema where the oscillation dies out; truth by mpmath."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest
import sympy as sp
from mpmath import mp
from referee import case_of, judge

import symacts
from symacts.analysis.driver import establish
from symacts.analysis.subject import Subject
from symacts.rigor.oracle import BallOracle
from symacts.spec import x


def _slope(text: str, order: int, at: Fraction) -> mp.mpf:
    with mp.workdps(30):
        return mp.diff(_FUNCTIONS[text], mp.mpf(at.numerator) / at.denominator, order)


_FUNCTIONS = {
    "cos(x)": mp.cos,
    "x + sin(x)": lambda t: t + mp.sin(t),
    "sin(x) + cos(2*x)": lambda t: mp.sin(t) + mp.cos(2 * t),
    "x + 3*sin(x)**2": lambda t: t + 3 * mp.sin(t) ** 2,
}


@pytest.mark.parametrize("text", sorted(_FUNCTIONS))
def test_sets_of_periodic_slopes(text: str, rng: random.Random) -> None:
    report = symacts.analyze(text)
    rows = (("increasing_on", 1, 1), ("decreasing_on", 1, -1), ("convex_on", 2, 1), ("concave_on", 2, -1))
    seen = set()
    for name, order, side in rows:
        fact = getattr(report, name)
        assert fact.known, (name, fact.because)
        for _ in range(60):
            q = Fraction(rng.randint(-20_000, 20_000), 1000)
            inside = fact.value.contains(sp.Rational(q.numerator, q.denominator)) == sp.true
            slope = side * _slope(text, order, q)
            if abs(slope) > mp.mpf(10) ** -6:
                assert inside == (slope > 0), (name, q)
                seen.add(inside)
    assert seen == {True, False}
    assert symacts.Report.from_dict(report.to_dict()).facts == report.facts


def test_an_arc_holds_both_its_ends() -> None:
    arcs = symacts.analyze("cos(x)").increasing_on.value
    for k in (-3, -1, 1, 5):
        assert arcs.contains(k * sp.pi) == sp.true and arcs.contains((k + 1) * sp.pi) == sp.true
        assert arcs.contains((k + 1) * sp.pi + sp.Rational(1, 10**9)) == sp.false


@pytest.mark.parametrize(
    ("text", "function", "attained"),
    [
        ("sin(x)/x", lambda t: mp.sin(t) / t, (True, False)),
        ("x*cos(x)/(1 + x**2)", lambda t: t * mp.cos(t) / (1 + t * t), (True, True)),
        ("sin(x)*exp(-x**2)", lambda t: mp.sin(t) * mp.exp(-t * t), (True, True)),
        ("3 + sin(2*x)/(1 + x**2)", lambda t: 3 + mp.sin(2 * t) / (1 + t * t), (True, True)),
    ],
)
def test_extrema_where_the_oscillation_dies_out(text: str, function: object, attained: tuple[bool, bool]) -> None:
    report = symacts.analyze(text)
    values = [float(function(mp.mpf(k) / 512)) for k in range(-12_000, 12_000) if k]
    low, high = report.minimum.value, report.maximum.value
    assert (low[1], high[1]) == attained
    assert math.isclose(min(values), float(low[0]), abs_tol=1e-5) and min(values) >= float(low[0]) - 1e-12
    assert math.isclose(max(values), float(high[0]), abs_tol=1e-5) and max(values) <= float(high[0]) + 1e-12


@pytest.mark.parametrize(
    ("text", "unattained"),
    [
        ("tanh(x) + cos(x)", {-2, 2}),
        ("atan(x) + sin(x)", {-1 - sp.pi / 2, 1 + sp.pi / 2}),
        ("x*sigmoid(x) + sin(x)", {sp.oo}),
        ("exp(-x**2) - sin(x)", {-1}),
        ("Max(x/(1 + Abs(x)), -1/4) + cos(2*x)/2", {sp.Rational(3, 2)}),
    ],
)
def test_extrema_where_the_oscillation_goes_on(text: str, unattained: set[sp.Expr]) -> None:
    facts = establish(Subject(symacts.parse(text), x, BallOracle()), ("minimum", "maximum"))
    f = sp.lambdify(x, symacts.parse(text), "math")
    seen = [f(k / 64) for k in range(-30_000, 30_000)]
    found = {"minimum": min(seen), "maximum": max(seen)}
    assert {sp.expand(fact.value[0]) for fact in facts.values() if not fact.value[1]} == unattained
    for name, fact in facts.items():
        value, attained = fact.value
        assert value.is_infinite or math.isclose(found[name], float(value), abs_tol=1e-4 if attained else 0.01)
        assert found[name] >= float(value) - 1e-12 if name == "minimum" else found[name] <= float(value) + 1e-12


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("tanh(x) + sin(3*x)/10", "lipschitz", 1.3),  # at 0
        ("atan(x) - sin(x)", "lipschitz", 1.0935),  # where 1/(1 + x**2) lifts a wave of slope 1
        ("x*sigmoid(x) + sin(x)", "lipschitz", 2.0098),  # next to 2*pi
        ("tanh(x) + cos(x)", "gradient_lipschitz", 1.6052),
        ("tanh(x)*sin(x)", "gradient_lipschitz", 2),
        ("x/sqrt(1 + x**2) + 2*sin(x) + 2*cos(2*x)/3", "lipschitz", 3.6040),
    ],
)
def test_largest_slopes_where_the_oscillation_goes_on(text: str, name: str, value: float) -> None:
    fact = establish(Subject(symacts.parse(text), x, BallOracle()), (name,))[name]
    assert fact.known, fact.because
    f = sp.lambdify(x, symacts.parse(text).diff(x, 1 if name == "lipschitz" else 2), "math")
    seen = max(abs(f(k / 64)) for k in range(-4000, 4000))
    assert math.isclose(seen, float(fact.value), abs_tol=2e-4) and math.isclose(seen, value, abs_tol=2e-4)
    assert seen <= float(fact.value) + 1e-12


@pytest.mark.parametrize("text", ["x*cos(x)", "x**2*sin(x) + x", "exp(x)*sin(3*x) - exp(-x)*cos(x)"])
def test_growing_oscillation_takes_every_value(text: str) -> None:
    assert symacts.analyze(text).range.value == sp.S.Reals


@pytest.mark.parametrize("text", ["sin(x)/(1 + exp(-x))", "x*sin(x)**2", "tanh(x)*cos(x)"])
def test_oscillation_that_stays_is_not_taken_for_one_that_dies(text: str) -> None:
    report = symacts.analyze(text)
    if report.maximum.known:
        value, _ = report.maximum.value
        samples = [float(sp.lambdify(symacts.spec.x, report.expression, "math")(k / 16)) for k in range(-1600, 1600)]
        assert value is sp.oo or max(samples) <= float(value) + 1e-12


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("sin(x**2)", "range", sp.Interval(-1, 1)),
        ("sin(x**2)", "minimum", (-1, True)),
        ("cos(exp(x))", "maximum", (1, True)),
        ("sin(1/(1 + x**2))", "maximum", (sp.sin(1), True)),
        ("sin(1/x)", "gaussian_mean", 0),
        ("x*sin(x)", "lipschitz", sp.oo),
        ("sin(x)*exp(-x**2)", "saturation_rate", ("gaussian", "gaussian")),
        ("sin(x)/(1 + x**2)", "saturation_rate", ("algebraic", "algebraic")),
        ("sin(x)**2 + cos(x)**2", "range", sp.FiniteSet(1)),
        ("sin(x)**2 + cos(x)**2", "limits", (1, 1)),
        ("cosh(x)**2 - sinh(x)**2", "convexity", "affine"),
        ("Max(x, sin(x))", "range", sp.Interval(-1, sp.oo)),
        ("Max(x, sin(x))", "gradient_lipschitz", 1),
        ("Abs(x - 1) - Abs(x + 2) + sin(x)", "range", sp.Interval(-4, 4)),
        ("tanh(x) + cos(x)", "symmetry", ("none", None)),
        ("tanh(x - 1) + sin(x - 1)", "symmetry", ("point", (1, 0))),
        ("exp(-((x - pi)**2)) + cos(x)", "symmetry", ("axis", sp.pi)),
        ("log(x)", "zero_centered", False),
        ("sin(x)*tanh(x)", "range", sp.Interval.open(-1, 1)),
        ("cos(3*x)*sigmoid(x)", "minimum", (-1, False)),
        ("2*cos(x)**2*x**2/(1 + x**2)", "maximum", (2, False)),
        ("x*acot(exp(-x))", "limits", (0, sp.oo)),
        ("acot(x)", "discontinuities", ((0, -sp.pi / 2, sp.pi / 2),)),
    ],
)
def test_facts_of_compositions_and_half_lines(text: str, name: str, value: object) -> None:
    fact = symacts.analyze(text).facts[name]
    assert fact.known and fact.value == value, (fact.value, fact.because)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("x*sin(1/x)", "lipschitz"),
        ("sin(x) + cos(sqrt(2)*x) + cos(sqrt(3)*x)", "maximum"),
        ("sin(x)*sin(sqrt(2)*x)*tanh(x)", "maximum"),
    ],
)
def test_what_no_rule_shows_is_not_claimed(text: str, name: str) -> None:
    fact = symacts.analyze(text).facts[name]
    assert not fact.known or (name == "lipschitz" and fact.value is sp.oo)


@pytest.mark.parametrize(
    ("text", "zeros"),
    [
        ("sin(x)/x", "Complement(ImageSet(Lambda(n, pi*n), Integers), {0})"),
        ("sin(pi*x)/(pi*x)", "Complement(Integers, {0})"),
        ("(1 - cos(x))/x**2", "Complement(ImageSet(Lambda(n, 2*pi*n), Integers), {0})"),
        ("sin(x)/(x - pi)", "Complement(ImageSet(Lambda(n, pi*n), Integers), {pi})"),
        ("(1 - cos(x))/x", "None"),  # it tends to 0 at the point that the domain misses
        ("sin(x)**2/x", "None"),
    ],
)
def test_zeros_of_waves_with_a_hole(text: str, zeros: str) -> None:
    fact = establish(Subject(symacts.parse(text), x, BallOracle()), ("zeros",))["zeros"]
    assert str(fact.value) == zeros and fact.known is (zeros != "None")


WAVES = (
    *("sin(x)*exp(-x**2)", "x*sin(x)", "cos(3*x)*exp(-x**2/2)", "sin(x)*tanh(x)", "sin(2*x + 1)/cosh(x)"),
    *("sin(x)/x", "-x*cos(x)/(1 + x**2)", "x**2*sin(x)", "sin(x)*sigmoid(-x)"),
    *("sin(x**2)", "x*sin(1/x)", "sin(log(1 + x**2))"),
    *("x*(1 + sin(x)/4)", "exp(-x**2)*(1 + cos(4*x))/2", "x*sin(x) + x**2"),
)


@pytest.mark.parametrize("text", WAVES)
def test_sets_of_waves_without_a_period(text: str) -> None:
    report = symacts.analyze(text)
    facts = [f for f in report if f.method == "phase"]
    assert len(facts) >= 3, report.unknown
    case = case_of(report.expression, report, x)
    with mp.workdps(60):
        found = {f.name: judge(case, f.name, f.value) for f in facts}
        assert not any(found.values()), found
        for f in facts:
            if not isinstance(f.value, sp.Set):
                assert judge(case, f.name, f.value - sp.Rational(1, 100)), f.name
    assert symacts.Report.from_dict(report.to_dict()).facts == report.facts
    assert report.to_text() and report.to_html() and report.to_latex()


SETS = ("zeros", "stationary_points", "inflection_points", "increasing_on", "decreasing_on", "convex_on", "concave_on")


@pytest.mark.parametrize("text", ["Max(x, 0)*sin(x)", "x/(1 + Abs(x)) + sin(2*x)/2", "elu(x) + cos(x)"])
def test_sets_of_waves_without_a_period_on_half_lines(text: str) -> None:
    report = symacts.analyze(text)
    facts = [f for f in report if f.name in SETS and f.method == "half lines"]
    assert len(facts) >= 6, report.unknown
    case = case_of(report.expression, report, x)
    with mp.workdps(60):
        found = {f.name: judge(case, f.name, f.value) for f in facts}
        assert not any(found.values()), found
        for f in facts:
            if f.name in ("stationary_points", "inflection_points") and f.value.has(sp.ConditionSet):
                wrong = f.value.replace(
                    lambda e: isinstance(e, sp.core.relational.Relational) and e.has(sp.sin, sp.cos),
                    lambda e: e.func(e.lhs + sp.Rational(1, 5), 0),
                )
                assert judge(case, f.name, wrong), f.name
    assert symacts.Report.from_dict(report.to_dict()).facts == report.facts


def test_fixed_points_on_half_lines() -> None:
    found = symacts.analyze("Max(x, 0) + sin(x)").fixed_points.value
    assert all(found.contains(k * sp.pi) == sp.true for k in (0, 1, 2, 3, 10))
    assert all(found.contains(p) == sp.false for p in (-sp.pi, sp.pi / 2, 1))


@pytest.mark.parametrize("text", ["x*sin(x)", "sin(x)*tanh(x)"])
def test_wrong_waves_are_noticed(text: str) -> None:
    report = symacts.analyze(text)
    case = case_of(report.expression, report, x)
    with mp.workdps(60):
        for f in report:
            if f.method == "phase" and isinstance(f.value, sp.ConditionSet):
                relation = f.value.condition
                wrong = relation.func(relation.lhs + sp.Rational(1, 10), 0)
                assert judge(case, f.name, sp.ConditionSet(x, wrong, sp.S.Reals)), f.name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("x*sin(x) + 2*cos(x)", "stationary_points"),  # a triple zero
        ("x**2*sin(x)", "increasing_on"),  # the factor changes its sign
        ("sin(x) + x*sin(2*x)", "increasing_on"),
    ],
)
def test_waves_whose_zeros_are_not_shown_to_be_simple(text: str, name: str) -> None:
    assert not symacts.analyze(text).facts[name].known


def test_double_zeros_are_not_taken_for_changes_of_sign() -> None:
    report = symacts.analyze("x + x**3/3 + (x**2 - 1)*sin(x) + 2*x*cos(x)")  # f' = (1 + x**2)*(1 + cos(x))
    assert not [f.name for f in report if f.method == "phase" and f.name in ("stationary_points", "decreasing_on")]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("exp(-x**2)*(1 + cos(4*x))/2", (0, True), (1, True)),
        ("-3*exp(-Abs(x))*cos(x)**4", (-3, True), (0, True)),
        ("sin(x)**2*exp(-x/2)", (0, True), (sp.oo, False)),
        ("(sin(x) - 1)/(1 + x**2)", None, (0, True)),
        ("sin(x)*exp(-x**2)*cos(x)**2", None, None),  # a factor changes its sign
        ("exp(-x**2)*sin(x)**2", (0, True), None),  # the factors are not largest together
    ],
)
def test_products_are_bounded_by_their_factors(text: str, low: object, high: object) -> None:
    report = symacts.analyze(text)
    for fact, value in ((report.minimum, low), (report.maximum, high)):
        assert fact.value == value or (value is None and fact.method != "factors"), (fact.value, fact.because)
    if low is not None or high is not None:
        assert report.sign.value == ("nonnegative" if low == (0, True) else "nonpositive")
    case = case_of(report.expression, report, x)
    with mp.workdps(60):
        for name in ("minimum", "maximum", "range", "sign", "gaussian_mean"):
            assert not report.facts[name].known or not judge(case, name, report.facts[name].value), name
