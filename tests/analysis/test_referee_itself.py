"""The referee finds nothing to say of true reports written by hand, and objects to each corrupted one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from mpmath import mp, mpf
from referee import Complaint, case_of, judge, referee
from referee_changes import confirmed, narrow
from referee_points import touching
from referee_quadrature import panels
from referee_reals import Function
from referee_series import Skipped, big
from referee_true import TRUE

import symacts
from symacts.facts import Fact, Root
from symacts.report import Report
from symacts.spec import x

oo, R, I, E0 = sp.oo, sp.S.Reals, sp.Interval, sp.S.EmptySet
half, y = sp.Rational(1, 2), sp.Symbol("y", real=True)
zero, one, ten = sp.S.Zero, sp.S.One, sp.Integer(10)
halves = (I.open(-oo, 0), I.open(0, oo))
apart = sp.Union(*halves)
FALSE: list[tuple[str, str, Any]] = [
    ("sigmoid", "domain", I.open(0, oo)),
    ("sigmoid", "derivative", sp.exp(-x) / (1 + sp.exp(-x)) ** 2 + sp.Rational(1, 10**9)),
    ("sigmoid", "second_derivative", (sp.exp(x) - 1) * sp.exp(x) / (1 + sp.exp(x)) ** 3),
    ("sigmoid", "derivative_in_output", y * (1 - y**2)),
    ("sigmoid", "antiderivative", sp.log(1 + sp.exp(x)) + x / 10**9),
    ("sigmoid", "inverse", sp.log(y / (1 + y))),
    ("sigmoid", "limits", (zero, zero)),
    ("sigmoid", "limits", (zero, None)),
    ("sigmoid", "derivative_limits", (zero, one)),
    ("sigmoid", "asymptotes", ((zero, zero), (zero, half))),
    ("sigmoid", "asymptotes", (None, (zero, one))),
    ("sigmoid", "saturation", ("hard", "soft")),
    ("sigmoid", "saturation", ("soft", "none")),
    ("sigmoid", "saturation_rate", ("algebraic", "exponential")),
    ("sigmoid", "saturation_rate", ("exponential", "gaussian")),
    ("sigmoid", "saturation_rate", ("exponential", "super-algebraic")),
    ("softsign", "saturation_rate", ("algebraic", "exponential")),
    ("digits lost far out", "saturation_rate", ("algebraic", "exponential")),
    ("sigmoid", "range", I(0, 1)),
    ("sigmoid", "range", I.Lopen(0, 1)),
    ("sigmoid", "range", I.open(0, sp.Rational(99, 100))),
    ("sigmoid", "range", I.open(0, sp.Rational(101, 100))),
    ("sigmoid", "minimum", (zero, True)),
    ("sigmoid", "maximum", (sp.Rational(101, 100), False)),
    ("sigmoid", "bounded", (True, False)),
    ("sigmoid", "sign", "nonnegative"),
    ("sigmoid", "sign", "mixed"),
    ("sigmoid", "zeros", sp.FiniteSet(0)),
    ("sigmoid", "fixed_points", E0),
    ("sigmoid", "fixed_points", sp.FiniteSet(sp.Rational(659046, 10**6))),
    ("sigmoid", "inflection_points", E0),
    ("sigmoid", "inflection_points", sp.FiniteSet(0, 1)),
    ("sigmoid", "monotonicity", "strictly decreasing"),
    ("sigmoid", "monotonicity", "nondecreasing"),
    ("sigmoid", "monotonicity", "none"),
    ("sigmoid", "increasing_on", I(0, oo)),
    ("sigmoid", "decreasing_on", I(0, 1)),
    ("sigmoid", "convexity", "concave"),
    ("sigmoid", "convex_on", I.open(-oo, 0)),
    ("sigmoid", "convex_on", I(-oo, sp.Rational(1, 100))),
    ("sigmoid", "concave_on", I(sp.Rational(1, 100), oo)),
    ("sigmoid", "smoothness", sp.Integer(3)),
    ("sigmoid", "kinks", ((zero, sp.Rational(1, 4), half),)),
    ("sigmoid", "discontinuities", ((zero, zero, one),)),
    ("sigmoid", "lipschitz", sp.Rational(101, 400)),
    ("sigmoid", "lipschitz", sp.Rational(99, 400)),
    ("sigmoid", "lipschitz", oo),
    ("sigmoid", "gradient_lipschitz", sp.sqrt(3) / sp.Rational(1818, 100)),
    ("sigmoid", "symmetry", ("none", None)),
    ("sigmoid", "symmetry", ("point", (zero, zero))),
    ("sigmoid", "symmetry", ("odd", (zero, zero))),
    ("sigmoid", "value_at_zero", zero),
    ("sigmoid", "zero_centered", True),
    ("sigmoid", "gaussian_mean", sp.Rational(51, 100)),
    ("sigmoid", "dead_region", I.open(100, oo)),
    ("sigmoid", "homogeneous", True),
    ("relu", "derivative", sp.Heaviside(x - 1)),
    ("relu", "derivative", sp.Heaviside(x)),
    ("relu", "derivative_in_output", (zero, y)),
    ("relu", "antiderivative", x * sp.Max(x, 0) / 2 + sp.Heaviside(x)),
    ("relu", "limits", (zero, one)),
    ("relu", "saturation", ("soft", "none")),
    ("relu", "range", I.open(0, oo)),
    ("relu", "minimum", (zero, False)),
    ("relu", "minimum", (-one, False)),
    ("relu", "sign", "positive"),
    ("relu", "zeros", sp.FiniteSet(0)),
    ("relu", "zeros", I.open(-oo, 0)),
    ("relu", "zeros", I(-oo, 1)),
    ("relu", "fixed_points", sp.FiniteSet(0)),
    ("relu", "stationary_points", I(-oo, 0)),
    ("relu", "stationary_points", E0),
    ("relu", "monotonicity", "strictly increasing"),
    ("relu", "monotonicity", "constant"),
    ("relu", "increasing_on", I.open(0, oo)),
    ("relu", "increasing_on", R),
    ("relu", "increasing_on", I(-1, oo)),
    ("relu", "convexity", "none"),
    ("relu", "convexity", "affine"),
    ("relu", "convex_on", apart),
    ("relu", "concave_on", R),
    ("relu", "concave_on", E0),
    ("relu", "smoothness", one),
    ("relu", "smoothness", oo),
    ("relu", "smoothness", -one),
    ("relu", "kinks", ()),
    ("relu", "kinks", ((zero, zero, half),)),
    ("relu", "kinks", ((zero, zero, oo),)),
    ("relu", "kinks", ((one, one, one),)),
    ("relu", "lipschitz", sp.Rational(99, 100)),
    ("relu", "lipschitz", sp.Rational(101, 100)),
    ("relu", "gradient_lipschitz", zero),
    ("relu", "symmetry", ("even", zero)),
    ("relu", "gain", sp.Integer(2)),
    ("relu", "gaussian_second_moment", sp.Rational(101, 200)),
    ("relu", "dead_region", E0),
    ("relu", "dead_region", I(-oo, 0)),
    ("relu", "homogeneous", False),
    ("square", "asymptotes", ((one, zero), None)),
    ("square", "limits", (-oo, oo)),
    ("square", "range", I.open(0, oo)),
    ("square", "range", R),
    ("square", "maximum", (sp.Integer(10) ** 9, False)),
    ("square", "zeros", E0),
    ("square", "fixed_points", sp.FiniteSet(0)),
    ("square", "stationary_points", E0),
    ("square", "inflection_points", sp.FiniteSet(0)),
    ("square", "monotonicity", "strictly increasing"),
    ("square", "decreasing_on", E0),
    ("square", "decreasing_on", I.open(-oo, 0)),
    ("square", "convex_on", I(0, oo)),
    ("square", "smoothness", sp.Integer(2)),
    ("square", "lipschitz", sp.Integer(10) ** 7),
    ("square", "gradient_lipschitz", oo),
    ("square", "symmetry", ("none", None)),
    ("square", "symmetry", ("axis", one)),
    ("leaky relu", "range", I(0, oo)),
    ("leaky relu", "asymptotes", ((1 / ten, one), (one, zero))),
    ("leaky relu", "kinks", ((zero, one, 1 / ten),)),
    ("leaky relu", "inverse", y),
    ("leaky relu", "concave_on", E0),
    ("leaky relu", "monotonicity", "nondecreasing"),
    ("leaky relu", "gaussian_second_moment", half),
    ("hard shrink", "range", R),
    ("hard shrink", "range", sp.Union(I(-oo, -half), sp.FiniteSet(0), I(half, oo))),
    ("hard shrink", "range", sp.Union(I.open(-oo, -half), I.open(half, oo))),
    ("hard shrink", "discontinuities", ((-half, -half, zero),)),
    ("hard shrink", "discontinuities", ((-half, -half, zero), (half, zero, one))),
    ("hard shrink", "smoothness", zero),
    ("hard shrink", "lipschitz", one),
    ("hard shrink", "zeros", I.open(-half, half)),
    ("hard shrink", "zeros", sp.FiniteSet(0)),
    ("hard shrink", "increasing_on", sp.Union(I(-oo, -1), I(half, oo))),
    ("hard shrink", "monotonicity", "strictly increasing"),
    ("hard shrink", "fixed_points", sp.Union(I(-oo, -half), sp.FiniteSet(0), I(half, oo))),
    ("softsign", "smoothness", sp.Integer(2)),
    ("softsign", "smoothness", zero),
    ("softsign", "inflection_points", E0),
    ("softsign", "lipschitz", sp.Rational(99, 100)),
    ("softsign", "gradient_lipschitz", oo),
    ("softsign", "range", I(-1, 1)),
    ("softsign", "derivative_in_output", ((1 - y) ** 2, (1 + y) ** 2)),
    ("softsign", "antiderivative", sp.Piecewise((-x - sp.log(1 - x), x < 0), (x - sp.log(1 + x), x > 0))),
    ("softsign", "antiderivative", sp.Abs(x) - sp.log(1 + sp.Abs(x)) + sp.sign(x)),
    ("sine", "zeros", sp.ImageSet(sp.Lambda(y, 2 * sp.pi * y), sp.S.Integers)),
    ("sine", "zeros", sp.FiniteSet(-sp.pi, 0, sp.pi)),
    ("sine", "stationary_points", sp.ImageSet(sp.Lambda(y, sp.pi * y), sp.S.Integers)),
    ("sine", "limits", (zero, zero)),
    ("sine", "range", I.open(-1, 1)),
    ("sine", "maximum", (sp.Rational(101, 100), False)),
    ("sine", "bounded", (True, False)),
    ("sine", "lipschitz", sp.Rational(101, 100)),
    ("hole", "domain", R),
    ("hole", "range", I(0, oo)),
    ("hole", "lipschitz", half),
    ("hole", "gradient_lipschitz", zero),
    ("step", "derivative", one),
    ("step", "monotonicity", "none"),
    ("step", "increasing_on", apart),
    ("step", "homogeneous", True),
    ("half line", "derivative", sp.Piecewise((1 / x - 1, x < 1), (1 / x + 1, x > 1))),
    (
        "half line",
        "antiderivative",
        sp.Piecewise(
            (x * sp.log(x) - x**2 / 2, (x > 0) & (x < 1)), (sp.log(x**2) * x / 2 - 2 * x + x**2 / 2 + 1, True)
        ),
    ),
    ("essential", "range", I.open(0, oo)),
    ("essential", "minimum", (zero, True)),
    ("essential", "sign", "nonnegative"),
    ("essential", "zeros", sp.FiniteSet(0)),
    ("essential", "inflection_points", E0),
    ("touched from one side", "stationary_points", sp.FiniteSet(0)),
    ("touched from one side", "kinks", ()),
    ("touched from one side", "zeros", E0),
    ("down from 0", "zeros", sp.FiniteSet(0)),
    ("down from 0", "fixed_points", sp.FiniteSet(-half)),
    ("power", "domain", I(0, oo)),
    ("power", "smoothness", one),
    ("power", "decreasing_on", I.Lopen(0, half)),
    ("power", "convex_on", I.open(0, 1)),
    ("another value at 0", "maximum", (one, True)),
    ("another value at 0", "range", I(sp.Rational(-1, 4), 2)),
]
"""One wrong fact each: the report's name, the fact, the false value."""


def report_of(name: str, changed: dict[str, Any] | None = None) -> tuple[sp.Expr, Report]:
    expression, branches, values = TRUE[name]
    facts = {k: Fact(k, v, "exact", "by hand") for k, v in values.items()}
    for k, v in (changed or {}).items():
        facts[k] = replace(facts[k], value=v)
    return expression, Report(name, "scalar", expression, {}, branches, facts)


@pytest.mark.parametrize("name", TRUE)
def test_true_reports_draw_no_complaint(name: str) -> None:
    assert referee(*report_of(name)) == []


@pytest.mark.parametrize("name", TRUE)
def test_each_false_fact_draws_a_complaint(name: str) -> None:
    rows = [(fact, value) for whose, fact, value in FALSE if whose == name]
    expression, report = report_of(name)
    named = {f"false {k}": Fact("false", value, "exact", "by hand") for k, (_, value) in enumerate(rows)}
    with mp.workdps(60):
        case = case_of(expression, replace(report, facts={**report.facts, **named}), x)
        silent = [f"{fact} = {value}" for fact, value in rows if not judge(case, fact, value)]
    assert not silent, silent


def test_wrong_branches_draw_a_complaint() -> None:
    expression, report = report_of("relu")
    for wrong in (
        ((I(-oo, 0), zero), (I.open(1, oo), x)),
        ((I(-oo, 0), zero), (I(0, oo), x)),
        ((I(-oo, 1), zero), (I.open(1, oo), x)),
    ):
        assert any(c.fact == "branches" for c in referee(expression, replace(report, branches=wrong, facts={})))


def test_a_false_root_draws_a_complaint() -> None:
    expression, report = report_of("sigmoid")
    facts = {"fixed_points": Fact("fixed_points", sp.FiniteSet(Root(sp.exp(x) + x**2, 0, 1)), "enclosed", "by hand")}
    assert Complaint in {type(c) for c in referee(expression, replace(report, facts=facts))}


@pytest.mark.parametrize(
    "expression",
    [
        x * sp.tanh(sp.log(1 + sp.exp(x))),
        sp.erf(x / 2) + sp.atan(x) ** 3 - sp.asinh(x),
        sp.LambertW(sp.exp(x)) * sp.sqrt(sp.Abs(x)),
        sp.sin(x) / x + sp.tan(x),
        sp.erfinv(sp.tanh(x) / 2),
        sp.acosh(2 + x**2) + sp.atanh(x / 9),
        2**x * sp.sech(x) + sp.sinh(x / 3),
        sp.loggamma(x + 9) + sp.asin(sp.tanh(x)),
        sp.Piecewise((x**3, x < 0), (sp.exp(-x), True)),
        (1 + x**2) ** sp.Rational(1, 3) / (2 + sp.cos(x)),
        sp.erfc(x) * sp.erfi(x / 2) + sp.acos(x / 9) - sp.coth(x),
    ],
)
def test_the_evaluator_agrees_with_sympy_and_differences(expression: sp.Expr) -> None:
    f = Function(expression, x)
    for a in (Fraction(3, 10), Fraction(-7, 4), Fraction(5, 2)):
        series = f.series(a, 3, 60)
        value = sp.N(expression.subs(x, sp.Rational(a.numerator, a.denominator)), 40)
        with mp.workdps(300):
            assert abs(big(series[0]) - mpf(str(value))) < mpf(10) ** -35 * (1 + abs(big(series[0])))
            h = Fraction(1, 10**30)
            g = [big(f.series(a + k * h, 0, 300)[0]) for k in (-2, -1, 0, 1, 2)]
            step = big(h)
            differences = (
                (g[0] - 8 * g[1] + 8 * g[3] - g[4]) / (12 * step),
                (g[1] - 2 * g[2] + g[3]) / step**2 / 2,
                (g[4] - 2 * g[3] + 2 * g[1] - g[0]) / (2 * step**3) / 6,
            )
            for c, d in zip(series[1:], differences, strict=True):
                assert abs(big(c) - d) < mpf(10) ** -30 * (1 + abs(d))


def test_digits_lost_at_two_precisions_alike_confirm_nothing() -> None:
    """The slope of tanh at 467 is about 1e-405: with 50 and with 200 digits the curvature has the other sign."""
    f = Function(sp.log(1 + sp.exp(x)) * sp.tanh(x), x)
    at = Fraction(467)
    low, high = (f.series(at, 2, digits)[2] for digits in (200, 900))
    assert low < 0 < high
    assert confirmed(lambda a, digits: f.series(a, 2, digits)[2], at) is None
    decay = Function(sp.exp(-x), x)
    assert confirmed(lambda a, digits: decay.series(a, 2, digits)[2], at) > 0


NO_FAULTS = [
    "exp(sin(x))*tanh(x)",
    "erf(x)*exp(-cos(x)**2)",
    "exp(-log(x**2 + 1)**2) + 5/(3*(exp(2*x) + 1))",
    "sign(tanh(x) - 1/2)",
    "x - log(1 + exp(x)) + exp(-x**2)",
    "LambertW(x*exp(x))",
    "x*sin(1/x)",
    "Piecewise((5, Eq(x, 1)), (x, True))",
    "atan(tan(x))",
    "sigmoid(x - 50)",
    "10**20*Abs(x) + atan(1/x)",
]


@pytest.mark.parametrize("text", NO_FAULTS)
def test_what_evaluation_sees_in_part_draws_no_complaint(text: str) -> None:
    """Values at irrational jumps, digits lost in sums, branch points, crowded waves, single points, holes."""
    report = symacts.analyze(text)
    assert referee(report.expression, report) == []


def test_a_quadrature_of_waves_without_end_is_given_up() -> None:
    with pytest.raises(Skipped):
        panels(lambda t: mp.sin(1 / t), [mpf(10) ** -9, mpf(1)])
    assert abs(panels(mp.cos, [mpf(0), mpf(1)])[0] - mp.sin(1)) < mpf(10) ** -14


def test_a_check_that_asks_for_too_many_values_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    expression, report = report_of("sigmoid")
    with mp.workdps(60):
        case = case_of(expression, report, x)
        assert judge(case, "limits", (zero, zero))
        monkeypatch.setattr("referee.MOST_EVALUATIONS", -20 * len(case.look.samples))
        assert not judge(case_of(expression, report, x), "limits", (zero, zero))
        assert case.look.f.left is None


@pytest.mark.parametrize(
    "text", ["acosh(1 + x**2)", "Min(Max(x, -1), Max(x/10, 1))", "floor(x + 1/2)", "sin(x)**2*exp(-x/2)"]
)
def test_kinks_means_steps_and_waves_that_evaluation_hardly_sees_are_no_faults(text: str) -> None:
    report = symacts.analyze(text)
    complaints = referee(report.expression, report)
    assert not [c for c in complaints if c.fact in ("convexity", "zero_centered", "saturation", "limits")], complaints


@pytest.mark.parametrize("k, far", [(1, False), (8, False), (50, False), (300, True)])
def test_a_slope_next_to_zero_far_out_is_no_zero(k: int, far: bool) -> None:
    """Of x + sin(x) the slope touches 0 at every odd multiple of pi; under a gate it only comes close."""
    place = Fraction(str(mp.nstr((2 * k + 1) * mp.pi, 15)))
    for formula, touches in ((x + sp.sin(x), not far), ((x + sp.sin(x)) / (1 + sp.exp(-x)), False)):
        with mp.workdps(60):
            case = case_of(formula, symacts.analyze("x"), x)
            slope, second = (lambda a, dps, order=order, f=case.look.f: f.value(a, order, dps) for order in (1, 2))
            ends = place - Fraction(1, 10), place + Fraction(1, 10)
            change = narrow(second, *ends, *(big(second(a, 200)) for a in ends))
            found = list(touching(case, slope, 1, change, sp.S.EmptySet))
        assert bool(found) is touches
