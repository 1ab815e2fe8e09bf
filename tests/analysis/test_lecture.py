"""The lecture's activations: every expected value here was worked out by hand."""

from __future__ import annotations

import math

import mpmath
import pytest
import sympy as sp
from sympy import Interval, Rational, S, exp, oo

import symacts
from symacts.facts import Root

x = symacts.x
HALF = Rational(1, 2)

EXPECTED = {
    "sigmoid": {
        "domain": S.Reals,
        "range": Interval.open(0, 1),
        "limits": (0, 1),
        "derivative_limits": (0, 0),
        "asymptotes": ((0, 0), (0, 1)),
        "saturation": ("soft", "soft"),
        "sign": "positive",
        "bounded": (True, True),
        "symmetry": ("point", (0, HALF)),
        "monotonicity": "strictly increasing",
        "increasing_on": S.Reals,
        "decreasing_on": S.EmptySet,
        "convexity": "none",
        "convex_on": Interval(-oo, 0),
        "concave_on": Interval(0, oo),
        "inflection_points": sp.FiniteSet(0),
        "stationary_points": S.EmptySet,
        "zeros": S.EmptySet,
        "minimum": (0, False),
        "maximum": (1, False),
        "smoothness": oo,
        "kinks": (),
        "discontinuities": (),
        "lipschitz": Rational(1, 4),
        "zero_centered": False,
        "value_at_zero": HALF,
        "dead_region": S.EmptySet,
        "homogeneous": False,
        "gaussian_mean": HALF,
        "derivative_in_output": sp.Symbol("y", real=True) * (1 - sp.Symbol("y", real=True)),
    },
    "tanh": {
        "range": Interval.open(-1, 1),
        "limits": (-1, 1),
        "saturation": ("soft", "soft"),
        "sign": "mixed",
        "symmetry": ("odd", (0, 0)),
        "monotonicity": "strictly increasing",
        "zeros": sp.FiniteSet(0),
        "fixed_points": sp.FiniteSet(0),
        "lipschitz": 1,
        "gradient_lipschitz": 4 * sp.sqrt(3) / 9,
        "zero_centered": True,
        "smoothness": oo,
        "derivative_in_output": 1 - sp.Symbol("y", real=True) ** 2,
    },
    "relu": {
        "range": Interval(0, oo),
        "limits": (0, oo),
        "derivative_limits": (0, 1),
        "asymptotes": ((0, 0), (1, 0)),
        "saturation": ("hard", "none"),
        "sign": "nonnegative",
        "bounded": (True, False),
        "monotonicity": "nondecreasing",
        "increasing_on": Interval(0, oo),
        "convexity": "convex",
        "convex_on": S.Reals,
        "zeros": Interval(-oo, 0),
        "fixed_points": Interval(0, oo),
        "stationary_points": Interval.open(-oo, 0),
        "minimum": (0, True),
        "maximum": (oo, False),
        "smoothness": 0,
        "kinks": ((0, 0, 1),),
        "lipschitz": 1,
        "gradient_lipschitz": oo,
        "dead_region": Interval.open(-oo, 0),
        "zero_centered": False,
        "homogeneous": True,
        "gaussian_mean": 1 / sp.sqrt(2 * sp.pi),
        "gaussian_second_moment": HALF,
        "gaussian_derivative_second_moment": HALF,
        "gain": sp.sqrt(2),
        "symmetry": ("none", None),
    },
    "leaky_relu": {
        "range": S.Reals,
        "saturation": ("none", "none"),
        "monotonicity": "strictly increasing",
        "kinks": ((0, Rational(1, 100), 1),),
        "dead_region": S.EmptySet,
        "lipschitz": 1,
        "homogeneous": True,
        "zero_centered": False,
        "convexity": "convex",
        "derivative_in_output": (Rational(1, 100), 1),
        "gaussian_mean": Rational(99, 100) / sp.sqrt(2 * sp.pi),
    },
    "elu": {
        "range": Interval.open(-1, oo),
        "limits": (-1, oo),
        "saturation": ("soft", "none"),
        "monotonicity": "strictly increasing",
        "smoothness": 1,
        "kinks": (),
        "lipschitz": 1,
        "gradient_lipschitz": 1,
        "convexity": "convex",
        "zeros": sp.FiniteSet(0),
        "dead_region": S.EmptySet,
        "derivative_in_output": (sp.Symbol("y", real=True) + 1, 1),
        "zero_centered": False,
    },
}


def agrees(value: object, expected: object) -> bool:
    if isinstance(expected, tuple):
        return isinstance(value, tuple) and len(value) == len(expected) and all(map(agrees, value, expected))
    if isinstance(expected, sp.Expr) and isinstance(value, sp.Expr) and value != expected:
        return bool(sp.expand(value - expected) == 0)
    return bool(value == expected)


@pytest.fixture(scope="module")
def reports() -> dict[str, symacts.Report]:
    return {name: symacts.analyze(name) for name in EXPECTED}


@pytest.mark.parametrize("name, fact", [(n, f) for n, facts in EXPECTED.items() for f in facts])
def test_fact(reports: dict[str, symacts.Report], name: str, fact: str) -> None:
    found = getattr(reports[name], fact)
    assert agrees(found.value, EXPECTED[name][fact]), f"{found.value} ({found.because})"


@pytest.mark.parametrize("wrong", [Interval(0, 1), Interval.open(0, 2), (0, 1)])
def test_the_comparison_can_fail(reports: dict[str, symacts.Report], wrong: object) -> None:
    assert not agrees(reports["sigmoid"].range.value, wrong)


def test_silu_minimum_in_closed_form() -> None:
    report = symacts.analyze("silu")
    w = sp.LambertW(exp(-1))
    assert report.minimum.value == (-w, True)
    assert report.stationary_points.value == sp.FiniteSet(-1 - w)
    with mpmath.workdps(60):
        assert report.minimum.digits(50) == mpmath.nstr(-mpmath.lambertw(mpmath.exp(-1)).real, 50)


def test_mish_is_its_expression_and_its_minimum_a_root() -> None:
    by_name, by_text = symacts.analyze("mish"), symacts.analyze("x*tanh(softplus(x))")
    assert by_name.facts == by_text.facts
    value, attained = by_name.minimum.value
    assert isinstance(value, Root) and attained
    with mpmath.workdps(60):
        mish = lambda t: t * mpmath.tanh(mpmath.log(1 + mpmath.exp(t)))  # noqa: E731
        at = mpmath.findroot(lambda t: mpmath.diff(mish, t), mpmath.mpf("-1.2"))
        assert abs(mpmath.mpf(str(value.evalf(45))) - mish(at)) < mpmath.mpf(10) ** -44
        assert by_name.minimum.digits(40)[:38] == mpmath.nstr(mish(at), 45)[:38]


def test_root_switching_points_are_exact() -> None:
    report = symacts.analyze("Max(x, exp(x) - 2)")
    points = [p for p, _, _ in report.kinks.value]
    assert len(points) == 2
    with mpmath.workdps(40):
        for p, guess in zip(points, (-1.84, 1.15), strict=True):
            true = mpmath.findroot(lambda t: t - mpmath.exp(t) + 2, guess)
            assert abs(mpmath.mpf(str(p.evalf(30))) - true) < mpmath.mpf(10) ** -28


@pytest.mark.parametrize("eps", ["1/100", 0.05, Rational(1, 5)])
def test_saturation_region_of_sigmoid(eps: object) -> None:
    region = symacts.analyze("sigmoid").saturation_region(eps).value
    value = float(sp.Rational(str(eps)))
    edge = 2 * math.acosh(1 / (2 * math.sqrt(value)))  # sigmoid' = 1/(4 cosh(x/2)**2)
    assert region.contains(sp.Rational(str(edge + 1e-9))) == sp.true
    assert region.contains(sp.Rational(str(edge - 1e-9))) == sp.false
    assert region.contains(-100) == sp.true


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("erf(x)", True),  # falls too fast
        ("x/sqrt(1 + x**2)", True),  # falls as x**-3
        ("tanh(x)**9", True),  # f' vanishes inside
        ("log(1 + exp(x))", True),  # unbounded on a half line
        ("atan(x)", True),  # a simple pole
        ("x**(1/8)", True),  # a vertical tangent
        ("sigmoid(x)**(1/10)", False),  # y*(1 - y**10)/10
        ("x**(-1/8)", False),  # -y**9/8
        ("(2 - x)**(-1/10) + 1", False),
    ],
)
def test_no_polynomial_in_the_output_is_said_only_where_no_degree_does_it(text: str, known: bool) -> None:
    fact = symacts.analyze(text).derivative_in_output
    assert fact.value is None and fact.known == known, fact


def test_a_branch_is_judged_by_its_whole_formula() -> None:
    """On x < 0 alone softplus ends as a solution may; its formula goes on and is unbounded."""
    assert symacts.analyze("Piecewise((log(1 + exp(x)), x < 0), (x, True))").derivative_in_output.value == (None, 1)


def test_nth_derivative_of_tanh() -> None:
    found = symacts.analyze("tanh").nth_derivative(5).value
    for t in (Rational(-3, 2), Rational(1, 7), Rational(2)):
        with mpmath.workdps(40):
            true = mpmath.diff(mpmath.tanh, mpmath.mpf(t.p) / t.q, 5)
            assert abs(mpmath.mpf(str(found.subs(x, t).evalf(30))) - true) < mpmath.mpf(10) ** -12


SYMBOLIC = {
    "elu": {
        "range": lambda a: Interval.open(-a, oo),
        "limits": lambda a: (-a, oo),
        "derivative_limits": lambda a: (0, 1),
    },
    "celu": {"range": lambda a: Interval.open(-a, oo), "smoothness": lambda a: 1, "lipschitz": lambda a: 1},
    "leaky_relu": {"range": lambda a: S.Reals, "kinks": lambda a: ((0, a, 1),), "lipschitz": lambda a: 1},
    "softplus": {
        "range": lambda b: Interval.open(0, oo),
        "value_at_zero": lambda b: sp.log(2) / b,
        "asymptotes": lambda b: ((0, 0), (1, 0)),
        "lipschitz": lambda b: 1,
        "gradient_lipschitz": lambda b: b / 4,
    },
    "swish": {
        "limits": lambda b: (0, oo),
        "zeros": lambda b: sp.FiniteSet(0),
        "saturation": lambda b: ("soft", "none"),
    },
}


@pytest.mark.parametrize("name, fact", [(n, f) for n, facts in SYMBOLIC.items() for f in facts])
def test_symbolic_parameters(name: str, fact: str) -> None:
    report = symacts.analyze(name, parameters="symbolic")
    (symbol,) = report.parameters.values()
    found = getattr(report, fact)
    assert agrees(found.value, SYMBOLIC[name][fact](symbol)), f"{found.value} ({found.because})"


def test_symbolic_hard_tanh() -> None:
    report = symacts.analyze("hard_tanh", parameters="symbolic")
    low, high = report.parameters["min_val"], report.parameters["max_val"]
    assert report.limits.value == (low, high)
    assert report.saturation.value == ("hard", "hard")
    assert report.lipschitz.value == 1
    assert report.range.value == Interval(low, high)


@pytest.mark.parametrize("name", ["u", "y", "t", "n"])
def test_a_parameter_may_have_any_name(name: str) -> None:
    s = sp.Symbol(name, positive=True)
    report = symacts.analyze(sp.Max(x, 0) + s * (sp.exp(sp.Min(x, 0)) - 1), parameters="symbolic")
    relu, steep = RELU, sp.Piecewise((-oo, x < 0), (x, True))
    assert report.parameter_limits.value == ((name, 0, relu), (name, oo, steep))
    below = report.inverse.value.subs({s: 2, x: -1})
    assert below == -sp.log(2)
    polynomial = report.derivative_in_output.value
    assert polynomial is None if name == "y" else polynomial == (sp.Symbol("y", real=True) + s, 1)


RELU = sp.Piecewise((0, x <= 0), (x, True))
FAMILIES = {
    ("swish", "beta", 0): x / 2,
    ("swish", "beta", oo): RELU,
    ("elu", "alpha", 0): RELU,
    ("celu", "alpha", oo): x,
    ("softplus", "beta", oo): RELU,
    ("optimized_leaky_relu", "u", oo): sp.Piecewise((x * sp.exp(-1), x <= 0), (x, True)),
    ("leaky_relu", "negative_slope", 1): x,
}


@pytest.mark.parametrize("name, parameter, end", FAMILIES)
def test_limits_in_a_parameter(name: str, parameter: str, end: object) -> None:
    found = {(p, e): limit for p, e, limit in symacts.analyze(name).parameter_limits.value}
    assert found[parameter, end] == FAMILIES[name, parameter, end]


INVERSES = {
    "sigmoid": ("-2", "3/7", "5"),
    "softplus": ("-3", "1/9", "6"),
    "softsign": ("-4", "0", "9"),
    "asinh": ("-2", "1/3", "8"),
    "elu": ("-5", "0", "3"),
    "squareplus": ("-3", "1", "20"),
    "1/x": ("-3", "1/7", "4"),
    "exp(x) - exp(-x)": ("-2", "1/3"),
}


@pytest.mark.parametrize("name", INVERSES)
def test_the_inverse_undoes(name: str) -> None:
    report = symacts.analyze(name)
    f, inverse = report.expression, report.inverse.value
    assert inverse is not None, report.inverse.because
    for point in map(Rational, INVERSES[name]):
        assert abs(inverse.subs(x, f.subs(x, point)).evalf(30) - point) < Rational(1, 10**20)


def test_an_inverse_that_is_not_real_is_not_given() -> None:
    assert symacts.analyze("x**3").inverse.value != x ** Rational(1, 3)


@pytest.mark.parametrize("name", ["relu", "silu", "x**2", "sign(x)"])
def test_what_is_not_one_to_one_has_no_inverse(name: str) -> None:
    found = symacts.analyze(name).inverse
    assert found.known and found.value is None


@pytest.mark.parametrize("name", ["sigmoid", "gelu", "softsign", "elu", "softplus", "squareplus", "hard_swish", "silu"])
def test_the_antiderivative_has_the_slope_of_f(name: str) -> None:
    report = symacts.analyze(name)
    F, f = report.antiderivative.value, report.expression
    for point in (Rational(-7, 2), Rational(-1, 3), Rational(5, 4)):
        step = Rational(1, 10**8)
        with mpmath.workdps(60):
            ends = [sp.N(F.subs(x, point + s * step), 50) for s in (-1, 1)]
        assert abs((ends[1] - ends[0]) / (2 * step) - sp.N(f.subs(x, point), 50)) < Rational(1, 10**12)
