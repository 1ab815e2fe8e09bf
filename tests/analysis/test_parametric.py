"""Answers under symbolic parameters: guesses only spare searches, and what no algebra parts is not multiplied out."""

from __future__ import annotations

import sympy as sp
from sweep import judged

import symacts
from symacts.analysis.parametric import ParametricOracle
from symacts.spec import x

a = sp.Symbol("a", real=True, positive=True)
u = sp.Symbol("u", real=True, nonnegative=True)
HALF, UNIT = sp.Interval.open(0, sp.oo), sp.Interval(0, 1)
ONE = {a: HALF}


def test_a_sign_seen_at_values_is_no_sign() -> None:
    near = (a - 1) ** 2 - sp.Rational(1, 10**6)  # negative near 1 alone
    assert ParametricOracle(ONE).constants._seen_signs(near) >= {1}
    assert ParametricOracle(ONE).sign(near) is None
    assert ParametricOracle(ONE).sign((a - 1) ** 2 + sp.Rational(1, 10**6)) == 1
    assert ParametricOracle(ONE).sign((a + 1) ** 2 - a**2 - 2 * a - 1) == 0


def test_a_sign_that_changes_is_left_to_the_cases() -> None:
    oracle = ParametricOracle(ONE | {u: UNIT})
    assert oracle.sign(a - 1) is None and oracle.sign(a - u) is None
    assert list(oracle.constants.open) == [a - 1]


def test_what_stands_in_one_argument_is_mixed() -> None:
    oracle = ParametricOracle(ONE)
    mixed = (1 / (a + x), sp.sqrt(x**2 + a), sp.tanh(a + x), sp.exp(a * x), sp.log(a + sp.exp(x)))
    parted = (1 / (a * x + x), sp.exp(a + x), a * sp.tanh(x), (a + x) ** 3, sp.sqrt(a * x**2), sp.exp(x) / (1 + a))
    assert [oracle._is_mixed(e, x) for e in mixed] == [True] * len(mixed)
    assert [oracle._is_mixed(e, x) for e in parted] == [False] * len(parted)


def test_rational_functions_of_an_exponential_with_parameters_are_integrated() -> None:
    family = symacts.define(
        "a_family", "(a*tanh(a + x) + x)/(1 + exp(-x))", parameters={"a": ("1", "real")}, replace=True
    )
    report = symacts.analyze(family, parameters="symbolic")
    primitive = report.antiderivative.value
    at = {report.parameters["a"]: sp.Rational(2, 3)}
    gap = (primitive.diff(x) - report.expression).xreplace(at)
    assert all(abs(gap.subs(x, p).evalf(30)) < sp.Rational(1, 10**20) for p in (-2, sp.Rational(1, 3), 3))


def test_limits_of_powers_with_parameters_in_the_exponent() -> None:
    oracle = ParametricOracle(ONE | {u: UNIT})
    right, left, oo = (sp.S.Zero, 1), (sp.S.Zero, -1), (sp.oo, -1)
    assert [oracle.limit(x**a, x, *at) for at in (right, oo)] == [0, sp.oo]
    assert [oracle.limit(-3 * (-x) ** (-a), x, *at) for at in (left, (-sp.oo, 1))] == [-sp.oo, 0]
    assert oracle.limit(x ** (2 + a) / x, x, *right) == 0
    unknown = (oracle.limit(x**u, x, *right), oracle.limit(x ** (a - 1), x, *oo), oracle.limit(x**a, x, *left))
    assert not any(isinstance(value, sp.Expr) for value in unknown)  # 1 at u = 0; either way; not real


def test_signs_on_a_half_line_use_that_x_has_one() -> None:
    oracle = ParametricOracle(ONE)
    one, other, whole = (sp.S.Zero, sp.oo), (-sp.oo, sp.S.Zero), (-sp.oo, sp.oo)
    assert [c[2] for c in oracle.chart(1 + x**a, x, *one).cells] == [1]
    assert [c[2] for c in oracle.chart(x * (-x) ** a - a, x, *other).cells] == [-1]
    for f, at in ((x**a - 1, one), (x + a, other), (1 + x * sp.exp(a * x**3), whole)):
        cells = getattr(oracle.chart(f, x, *at), "cells", None)
        assert cells is None or len(cells) == 2


def test_powers_are_judged_at_values_of_the_exponent() -> None:
    family = symacts.define("a_family", "Max(x, 0)**p", parameters={"p": ("2", "positive")}, replace=True)
    report = symacts.analyze(family, parameters="symbolic")
    assert {"range", "monotonicity", "limits", "zeros", "discontinuities", "sign"} <= set(report.known)
    for value in (sp.Rational(1, 3), sp.Integer(1), sp.Rational(5, 2)):
        found = judged(report, {report.parameters["p"]: value}, [n for n in report.known if n != "parameter_limits"])
        assert not any(found.values()), (value, found)


def test_means_that_diverge_under_parameters_still_do() -> None:
    family = symacts.define("a_family", "a*exp(x**2/2)", parameters={"a": ("2", "positive")}, replace=True)
    report = symacts.analyze(family, parameters="symbolic")
    assert report.gaussian_mean.value is sp.oo and report.gaussian_second_moment.value is sp.oo
    family = symacts.define("a_family", "a*exp(x**2/8)", parameters={"a": ("2", "positive")}, replace=True)
    assert symacts.analyze(family, parameters="symbolic").gaussian_mean.value not in (None, sp.oo)


def test_what_is_too_long_for_a_change_of_scale_has_no_chart() -> None:
    oracle, long = ParametricOracle(ONE), sum((a * x - k) ** 2 * sp.exp(-k * a * x) for k in range(1, 60))
    assert getattr(oracle.chart(sp.exp(a * x) - long, x, -sp.oo, sp.oo), "cells", None) is None
    assert len(oracle.chart(sp.exp(a * x) - 2, x, -sp.oo, sp.oo).cells) == 2
