"""What holds at single points and across the borders of pieces: domains, values, jumps, holes, isolated points."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from referee import referee

import symacts
from symacts.errors import UnsupportedExpression
from symacts.spec import x

oo, R, I, E0 = sp.oo, sp.S.Reals, sp.Interval, sp.S.EmptySet
HOLE = sp.Union(I.open(-oo, 0), I.open(0, oo), evaluate=False)

DOMAINS: list[tuple[str, sp.Set]] = [
    ("sign(x)/x", HOLE),
    ("Abs(x)/x", HOLE),
    ("Max(x, 0)/x", HOLE),
    ("Max(x, 0)*exp(-1/x)", HOLE),
    ("Abs(x)*log(x)", I.open(0, oo)),
    ("Max(x, 0)*log(x)", I.open(0, oo)),
    ("log(x) + sign(x)*log(x)", I.open(0, oo)),
    ("Max(x, 0)*sqrt(x + 1)", I(-1, oo)),
    ("Piecewise((log(x)*Max(x, 0), Max(x, 0) < 1), (3, True))", I.open(0, oo)),
    ("Piecewise((log(x), x > 0), (0, True))", R),
    ("Piecewise((sign(x)/x, Abs(x) > 1), (x, True))", R),
    ("Max(x, 0)/Max(x, 1)", R),
    ("sqrt(x**2*(x - 1))", sp.Union(sp.FiniteSet(0), I(1, oo))),
    ("(x**2*(x**2 - 1))**(3/2)", sp.Union(sp.FiniteSet(0), I(-oo, -1), I(1, oo))),
    ("sqrt(Piecewise((2, x < 0), (-3, x < 1), (x, True)))", sp.Union(I.open(-oo, 0), I(1, oo))),
    ("Max(x, log(Abs(x)))", HOLE),
    ("Min(1/Abs(x), x)", HOLE),
]
"""A factor that becomes 0 on a piece does not make the rest of the formula defined there."""


@pytest.mark.parametrize(("text", "domain"), DOMAINS)
def test_every_operation_counts_for_the_domain(text: str, domain: sp.Set) -> None:
    assert symacts.analyze(text).domain.value == domain


STEPS: list[tuple[str, str, Any]] = [
    # isolated points of the domain take part in the order of values
    ("Piecewise((5, Eq(x, 0)), (x, x > 1))", "monotonicity", "none"),
    ("Piecewise((1, Eq(x, 0)), (x, x >= 1))", "monotonicity", "nondecreasing"),
    ("Piecewise((1, Eq(x, 0)), (x, x > 1))", "monotonicity", "strictly increasing"),
    # a jump in its own direction does not end a stretch on which f increases
    ("x + sign(x)", "monotonicity", "strictly increasing"),
    ("x + sign(x)", "increasing_on", R),
    ("Piecewise((x, x < 0), (x + 1, True))", "increasing_on", R),
    ("Piecewise((x, x < 0), (5 - x, True))", "increasing_on", I(-oo, 0)),
    ("Piecewise((x, x < 0), (x - 1, True))", "increasing_on", HOLE),
    ("Piecewise((-x, x < 0), (-x - 1, True))", "decreasing_on", R),
    ("Piecewise((x, x < 0), (2, Eq(x, 0)), (x + 1, True))", "increasing_on", HOLE),
    # a convex function may jump up at an end of its interval
    ("Piecewise((x**2, x < 1), (3 - x**2, True))", "convex_on", I(-oo, 1)),
    ("Piecewise((x**2, x < 1), (-x**2, True))", "convex_on", I.open(-oo, 1)),
    # chords across points that the domain misses
    ("x**2/Abs(x)", "lipschitz", sp.S.One),
    ("x**2/Abs(x)", "gradient_lipschitz", oo),
    ("Abs(x)/x", "lipschitz", oo),
    ("Abs(x)/x", "gradient_lipschitz", sp.S.Zero),
    ("atan(1/x)", "lipschitz", oo),
    ("x**3/x**2*Abs(x)/x", "lipschitz", sp.S.One),
]


@pytest.mark.parametrize(("text", "name", "value"), STEPS)
def test_borders_count_in_shape(text: str, name: str, value: Any) -> None:
    assert symacts.analyze(text).facts[name].value == value


SEAMS: list[tuple[str, Any]] = [
    ("Piecewise((tanh(x - 3), x < 1), ((exp(2*x - 6) - 1)/(exp(2*x - 6) + 1), True))", ("point", (3, 0))),
    ("Piecewise((x**2 - 4*x, x < 0), ((x - 2)**2 - 4, x < 1), (x*(x - 4), True))", ("axis", 2)),
    ("Piecewise((x**3, x < 1), (x*(x**2 + 1) - x, x < 3), (x**3 + (x - 3)**2, True))", ("none", None)),
    ("Piecewise(((x**3 - 1)/(x - 1) - x, Ne(x, 1)), (2, True))", ("even", 0)),
    ("sin(x)*sigmoid(x)", ("none", None)),  # by its limits
    ("Max(-1, Min(1, sinh(x)/2))", ("odd", (0, 0))),  # log(sqrt(5) - 2) = -log(sqrt(5) + 2)
    ("atan(exp(x)) - pi/4", ("odd", (0, 0))),  # by its slope and its value at the center
]


@pytest.mark.parametrize(("text", "symmetry"), SEAMS)
def test_a_seam_of_the_formula_is_no_place_of_the_function(text: str, symmetry: Any) -> None:
    assert symacts.analyze(text).symmetry.value == symmetry


def test_a_hole_that_the_limit_fills_is_none() -> None:
    report = symacts.analyze("Piecewise(((x**2 - 1)/(x - 1), Ne(x, 1)), (2, True))")
    assert (report.derivative.value, report.convexity.value, report.symmetry.value) == (1, "affine", ("point", (0, 1)))


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("acosh(1 - x**2)", sp.FiniteSet(0)),
        ("acosh(1 - x**2*(x - 1)**2)", sp.FiniteSet(0, 1)),
        ("Piecewise((1, Eq(x, 2)), (3, Eq(x, 5)))", sp.FiniteSet(2, 5)),
        ("(-2)**x", None),
    ],
)
def test_a_domain_without_an_interval_has_no_shape(text: str, domain: sp.Set | None) -> None:
    report = symacts.analyze(text)
    assert report.domain.value == domain
    for name in ("lipschitz", "range", "monotonicity", "smoothness", "symmetry", "derivative_in_output"):
        fact = report.facts[name]
        assert not fact.known and ("no interval" in fact.because or "nowhere" in fact.because), (name, fact)
    assert not any("gradient" in verdict.statement for verdict in report.verdicts)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Piecewise((sin(x)/x, Ne(x, 0)), (1, True))", (0, sp.Rational(-1, 3))),
        ("Piecewise((tanh(x)/x, x > 0), (1, Eq(x, 0)))", (0, sp.Rational(-2, 3))),
        ("Piecewise((exp(-1/x**2), Ne(x, 0)), (0, True))", (0, 0)),
        ("Piecewise((x*log(x), x > 0), (0, Eq(x, 0)))", (None, None)),
        ("Piecewise((sin(x)/x, Ne(x, 0)), (2, True))", (None, None)),
        ("Max(x, 0)**2", (0, None)),
        ("Abs(x)", (None, None)),
        ("Piecewise((0, x < 0), (x, x < 1), ((x**2 + 1)/2, True))", (None, None)),
    ],
)
def test_derivatives_at_single_points(text: str, values: tuple[Any, Any]) -> None:
    report = symacts.analyze(text)
    for order, value in enumerate(values, start=1):
        there = report.nth_derivative(order).value.subs(x, 0)
        assert there == (sp.nan if value is None else value), (order, there)


def test_antiderivatives_have_values_at_single_points() -> None:
    report = symacts.analyze("Piecewise((x*log(x), x > 0), (0, Eq(x, 0)), (x*log(-x), True))")
    assert report.antiderivative.value.subs(x, 0) == 0
    assert report.derivative.value.subs(x, 0) is sp.nan


@pytest.mark.parametrize(
    ("text", "name", "outside"),
    [
        ("Piecewise((x, x > 0), (exp(x) - 1, True))", "inverse", -2),
        ("x/(1 + Abs(x))", "inverse", -2),
        ("log(x) + Abs(x - 1)", "antiderivative", -1),
        ("log(x) + Abs(x - 1)", "derivative", -1),
        ("Piecewise((sqrt(x + 1), x < 0), (x + 1, True))", "inverse", -1),
    ],
)
def test_the_last_piece_does_not_reach_beyond_a_gap(text: str, name: str, outside: int) -> None:
    assert symacts.analyze(text).facts[name].value.subs(x, outside) is sp.nan


def test_one_formula_with_missing_points_is_written_once() -> None:
    assert str(symacts.analyze("Min(6, Max(0, x))").second_derivative.value) == "Piecewise((0, Ne(x, 0) & Ne(x, 6)))"
    assert str(symacts.analyze("Piecewise((sin(x)/x, Ne(x, 0)), (1, True))").derivative.value) == (
        "Piecewise((cos(x)/x - sin(x)/x**2, Ne(x, 0)), (0, True))"
    )


def test_a_power_with_a_symbolic_exponent_may_exist_below_zero() -> None:
    n, a = sp.Symbol("n", positive=True), sp.Symbol("a", positive=True)
    assert not symacts.analyze(x**n, parameters="symbolic").domain.known
    assert symacts.analyze(sp.Abs(x) ** n, parameters="symbolic").domain.value == R
    assert symacts.analyze((1 + sp.exp(a * x)) ** a, parameters="symbolic").domain.value == R


@pytest.mark.parametrize("base", [sp.Abs(x), x**2, sp.Max(x, 0)])
def test_a_power_whose_exponent_has_no_known_sign_may_exist_at_zero(base: sp.Expr) -> None:
    """`Abs(x)**a` is 0 at 0 for a > 0 and not defined there for a < 0."""
    a, k = sp.Symbol("a", real=True), sp.Symbol("k", integer=True)
    for exponent in (a, k):
        report = symacts.analyze(base**exponent, parameters="symbolic")
        assert not (report.domain.known or report.zeros.known or report.sign.known or report.value_at_zero.known)
    assert symacts.analyze(base ** (1 + a**2), parameters="symbolic").domain.value == R


def test_gamma_exists_between_its_poles_too() -> None:
    assert not symacts.analyze("gamma(x)").domain.known
    assert symacts.analyze("gamma(1 + x**2)").domain.value == R
    assert symacts.analyze("loggamma(x)").domain.value == sp.Interval.open(0, sp.oo)
    with pytest.raises(UnsupportedExpression, match="x < 0"):
        symacts.kernel("gamma(x)", backend="numpy")


@pytest.mark.parametrize("text", ["LambertW(x)", "LambertW(-x**2/4)", "sqrt(2 - x**2)", "sqrt(x - sqrt(2))"])
def test_irrational_ends_of_the_domain(text: str) -> None:
    """The branch point of LambertW and the like: what is said there is not contradicted, and most is said."""
    report = symacts.analyze(text)
    assert sum(fact.known for fact in report) > 34
    assert report.smoothness.value == 0
    assert not referee(symacts.parse(text), report)


def test_the_slope_of_lambert_has_a_value_where_its_argument_vanishes() -> None:
    report = symacts.analyze("LambertW(x)")
    assert report.derivative.value.subs(x, 0) == 1 and report.second_derivative.value.subs(x, 0) == -2
    assert report.inverse.value == x * sp.exp(x)


def test_a_center_that_is_a_quotient_of_constants_is_shown() -> None:
    kind, center = symacts.analyze("sqrt(2/3 + abs(x + 2 + pi*(2*x/3 - 3/10)))").symmetry.value
    assert kind == "axis" and abs((center * (1 + 2 * sp.pi / 3) + 2 - 3 * sp.pi / 10).evalf(30)) < 1e-25
    assert symacts.analyze("softplus(abs(log(2)*x + pi*(x - 1)))").symmetry.value[0] == "axis"
