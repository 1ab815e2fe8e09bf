"""Every rewritten form equals the declared expression on its half line; a wrong rule would be seen."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp

import symacts.registry as registry
from symacts.rewrite.graph import Graph
from symacts.rewrite.halfline import Unrewritable, half_line
from symacts.rewrite.lower import lower, words
from symacts.rewrite.reference import SATURATED, Reference, exponential, ulp_errors
from symacts.rewrite.regimes import interpret
from symacts.spec import x

SMOOTH = {
    "sigmoid": 1 / (1 + sp.exp(-x)),
    "tanh": sp.tanh(x),
    "softplus": sp.log(1 + sp.exp(x)),
    "mish": x * sp.tanh(sp.log(1 + sp.exp(x))),
    "gelu": x * (1 + sp.erf(x / sp.sqrt(2))) / 2,
    "squareplus": (x + sp.sqrt(x**2 + 4)) / 2,
    "shrink": x - sp.tanh(x),
    "log-log": 1 - sp.exp(-sp.exp(x)),
    "arsinh": sp.asinh(x) * sp.cosh(x),
    "window": sp.erf(x + 1) - sp.erf(x - 1),
    "bells": sp.exp(-(x**2) + x) + x * sp.exp(-2 * x**2) + sp.exp(-(x**2)) - sp.exp(-sp.pi * x**2 / 2),
    "scaled": x / (1 + sp.exp(-sp.Rational(1702, 1000) * x)),
}


def deviation(expression: sp.Expr, side: int, at: np.ndarray, spoil: float = 1.0, **options: bool) -> float:
    graph = Graph()
    node = lower(half_line(expression, x, side, **options), graph, {"a": graph.variable("a")})
    (y,) = interpret(graph, [node], {"a": at})
    expected = sp.lambdify(x, expression, "mpmath")
    truth = np.array([float(expected(side * sp.Float(t, 60)._to_mpmath(200))) for t in at.tolist()])
    return float(np.max(np.abs(y * spoil - truth) / np.maximum(np.abs(truth), 1e-3)))


@pytest.mark.parametrize("options", [{}, {"plain": True}, {"conjugates": True}], ids=str)
@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("name", SMOOTH)
def test_forms_equal_the_expression(name: str, side: int, options: dict[str, bool], rng) -> None:
    at = np.array([rng.uniform(0.3, 6.0) for _ in range(12)])
    for order in (0, 1, 2):
        expression = sp.diff(SMOOTH[name], x, order)
        assert deviation(expression, side, at, **options) < 1e-9, (name, order)


def test_a_wrong_form_would_be_seen() -> None:
    assert deviation(SMOOTH["mish"], 1, np.array([1.0, 2.0]), spoil=1 + 1e-7) > 1e-9


def test_sums_of_decays_keep_their_digits_where_each_is_tiny() -> None:
    bells = sp.exp(-((x - 1) ** 2)) - sp.exp(-((x + 1) ** 2))
    at = np.array([0.5, 5.0, 9.0, 20.0, 26.0])
    for side in (1, -1):
        graph = Graph()
        node = lower(half_line(bells, x, side), graph, {"a": graph.variable("a")})
        (y,) = interpret(graph, [node], {"a": at})
        truth = np.array([float(bells.subs(x, sp.Rational(side * t)).evalf(30)) for t in at.tolist()])
        assert np.all(np.abs(y / truth - 1.0) < 1e-15), side


def test_exponents_never_grow() -> None:
    for name, expression in SMOOTH.items():
        if name in ("log-log", "arsinh"):
            continue
        for side in (1, -1):
            graph = Graph()
            node = lower(half_line(expression, x, side), graph, {"a": graph.variable("a")})
            (y,) = interpret(graph, [node], {"a": np.array([800.0, 5000.0])})
            assert not np.isnan(y).any(), (name, side)


def test_a_function_that_no_target_knows() -> None:
    with pytest.raises(Unrewritable):
        half_line(sp.gamma(x), x, 1)


def test_words_sum_to_the_constant() -> None:
    high, low = words(sp.sqrt(2))
    assert abs(sp.Rational(high) + sp.Rational(low) - sp.sqrt(2)) < sp.Rational(1, 2**100)


def test_steps_are_shared_and_ordered() -> None:
    graph = Graph()
    a = graph.variable("a")
    first = graph.mul(graph.add(a, graph.constant(1.0)), a)
    assert graph.mul(graph.add(a, graph.constant(1.0)), a) == first
    assert all(j < k for k in graph.reachable((first,)) for j in graph.steps[k].args)


def test_reference_values_know_what_they_do_not_know() -> None:
    shrink = Reference(x - sp.tanh(x), x)
    man, exp = shrink.value(1e-100)
    assert abs(sp.Rational(man) * sp.Rational(2) ** exp * 3 / sp.Rational(1e-100) ** 3 - 1) < sp.Rational(1, 10**30)
    assert Reference(sp.log(x), x).value(-1.0) is None
    assert Reference(x**2, x).value(0.0) == (0, 0)


@pytest.mark.parametrize(
    "expression, expected",
    [
        (((x**5 + 1) ** 2 / (x**10 + 2 * x**5) - 1) * x**10, 1),  # less than 2**-5000 away
        (x**60 + 2 * x**30 - (x**30 + 1) ** 2 + 1, 0),  # 1 at 1400 bits and at 3600
        (x**3 * sp.exp(-(x**8)), 0),  # below all floats
    ],
)
def test_what_vanishes_at_some_precision_may_be_no_zero(expression: sp.Expr, expected: int) -> None:
    value = Reference(expression, x).value(2.0**1000)
    assert value is not None and round(Fraction(value[0]) * Fraction(2) ** value[1], 30) == expected


def test_zeros_beyond_balls() -> None:
    product = sp.LambertW(x) - sp.log(x) + sp.log(sp.LambertW(x))  # identically zero, of moderate terms
    assert Reference(product, x)._from_mpmath(Fraction(3, 2)) == (0, 0)
    lost = ((x**30 + 1) ** 2 / (x**60 + 2 * x**30) - 1) * x**60  # 1 in truth, 0 at 40000 bits
    assert Reference(lost, x)._from_mpmath(Fraction(2**1000)) is None


def test_huge_arguments_are_no_infinities() -> None:
    for at in (2.0**48, 2.0**60, 1e300):
        reference = Reference(sp.log(1 + sp.exp(x)), x)
        for value in (reference.value(at), reference._from_mpmath(Fraction(at))):
            assert value is not None and float(sp.Rational(value[0]) * sp.Rational(2) ** value[1]) == at
    slope = Reference(sp.diff(x * sp.tanh(sp.exp(x)), x), x).value(1e94)
    assert slope is not None and slope[0] * 2 ** max(slope[1], 0) >> max(-slope[1], 0) == 1


@pytest.mark.parametrize(
    ("expression", "sign"),
    [
        (sp.erf(x + 1) - sp.erf(x - 1), 1),
        ((1 - sp.cos(x)) / x, -1),
        (x * sp.tanh(x), 1),
        (sp.exp(x) - sp.exp(-x), -1),
        (x + sp.cos(x), 0),
    ],
)
def test_mirrored_values_are_computed_once(expression: sp.Expr, sign: int) -> None:
    reference = Reference(expression, x)
    for at in (Fraction(1, 3), 2.75, 1e-100):
        right, left = reference.value(at), reference.value(-at)
        assert right is not None and left is not None
        assert (left == (sign * right[0], right[1])) == bool(sign)
        computed = reference.computed(-at)
        assert computed is not None and (left[0] > 0) == (computed[0] > 0)
        assert abs(Fraction(left[0]) * Fraction(2) ** (left[1] - computed[1]) / computed[0] - 1) < Fraction(1, 2**100)
    assert len(reference._known) == (3 if sign else 6)


@pytest.mark.parametrize("order", [0, 1])
def test_what_a_sum_with_one_hides_is_known(order: int) -> None:
    """log(1 + exp(x)) is no zero at -2400 or -10**6: roots and slopes of it were undefined there."""
    reference = Reference(sp.diff(sp.sqrt(sp.log(1 + sp.exp(x))), x, order), x)
    for at in (-1400.0, -2300.0, -2400.0, -1e6, -1e300):
        for value in (reference.value(at), reference._from_mpmath(Fraction(at))):
            assert value is not None and (value == (0, 0)) == (at < -2000)
    near = reference.value(-1400.0)
    assert near is not None and abs(math.log(near[0]) + near[1] * math.log(2) + 700 + order * math.log(2)) < 1e-9


COMPLEMENTS = (
    (sp.sqrt(1 - sp.tanh(x)), 1),
    (sp.log(2 + 2 * sp.tanh(x)), -1),
    (sp.sqrt(1 - 1 / (1 + sp.exp(-x))), 1),
    (3 - 3 * sp.tanh(x) ** 2, 1),
    (x * (1 + sp.erf(x / 2)), -1),
)


@pytest.mark.parametrize(("expression", "side"), COMPLEMENTS, ids=str)
def test_values_are_known_where_terms_cancel_to_millions_of_digits(expression: sp.Expr, side: int) -> None:
    for order in (0, 1):
        slope = sp.diff(expression, x, order)
        reference = Reference(slope, x)
        assert all(reference.value(side * t) is not None for t in (40.0, 2300.0, 3000.0, 1e9, 1e300))
        with mpmath.workprec(900):
            for at in (-3.25, 0.625, 5.0, 40.0 * side):
                value, true = reference.value(at), sp.lambdify(x, slope, "mpmath")(mpmath.mpf(at))
                assert value is not None
                assert abs(mpmath.mpf(value[0]) * mpmath.mpf(2) ** value[1] - true) <= abs(true) * mpmath.mpf(2) ** -105


def test_ulp_errors_at_the_edges() -> None:
    tiny = (1, -1074)
    assert ulp_errors(np.array([5e-324, 0.0, 1e-323]), [tiny] * 3).tolist() == [0.0, 1.0, 1.0]
    huge = (1, 1024)
    assert ulp_errors(np.array([np.inf]), [huge])[0] == 0.0
    assert ulp_errors(np.array([np.nan]), [(1, 0)])[0] == np.inf
    assert ulp_errors(np.array([np.nan, 1.0]), [None, None]).tolist() == [0.0, np.inf]


def test_registry_is_where_names_end() -> None:
    assert registry.resolve("x*tanh(softplus(x))").formula == SMOOTH["mish"]


@pytest.mark.parametrize("sign", [1, -1])
def test_hyperbolics_of_huge_arguments(sign: int) -> None:
    """By their exponential in one step: mpmath squares a thousand times."""
    for text in ("sinh", "cosh"):
        for prec in (120, 700):
            with mpmath.workprec(prec):
                u = sign * mpmath.mpf(2) ** 66 / 3
                true, found = getattr(mpmath, text)(u), SATURATED[text](u)
                assert abs(found - true) <= abs(true) * mpmath.mpf(2) ** (4 - prec)
                assert SATURATED[text](u / 2**62) == getattr(mpmath, text)(u / 2**62)


@pytest.mark.parametrize("order", [0, 1])
def test_exponentials_of_both_signs_that_cancel_as_a_whole(order: int) -> None:
    """sqrt(cosh(x) - sinh(x)) is exp(-x/2): of 3600 bits none is left at 1400, where it is no subnormal yet."""
    formula = sp.diff(sp.sqrt(sp.cosh(x) - sp.sinh(x)), x, order)
    for at in (1.5, 1400.0, 1480.0, -1400.0):
        true = mpmath.exp(-mpmath.mpf(at) / 2) / (-2) ** order
        value = Reference(formula, x).value(at)
        assert value is not None and abs(mpmath.ldexp(*value) / true - 1) < 1e-15
    mixed = 3 * sp.cosh(2 * x) - sp.cosh(x) + 3 * sp.sinh(2 * x) + sp.sinh(x) - sp.sinh(3 * x)
    assert exponential(mixed) == 3 * sp.exp(2 * x) - sp.exp(-x) - sp.sinh(3 * x)
