"""Answers under symbolic parameters: guesses only spare searches, and what no algebra parts is not multiplied out."""

from __future__ import annotations

import sympy as sp

import symacts
from symacts.analysis.parametric import ParametricOracle
from symacts.spec import x

a = sp.Symbol("a", real=True, positive=True)
u = sp.Symbol("u", real=True, nonnegative=True)
HALF, UNIT = sp.Interval.open(0, sp.oo), sp.Interval(0, 1)
ONE = {a: HALF}


def test_a_sign_seen_at_values_is_no_sign() -> None:
    near = (a - 1) ** 2 - sp.Rational(1, 10**6)  # negative near 1 alone
    assert ParametricOracle(ONE)._seen_signs(near) >= {1}
    assert ParametricOracle(ONE).sign(near) is None
    assert ParametricOracle(ONE).sign((a - 1) ** 2 + sp.Rational(1, 10**6)) == 1
    assert ParametricOracle(ONE).sign((a + 1) ** 2 - a**2 - 2 * a - 1) == 0


def test_a_sign_that_changes_is_left_to_the_cases() -> None:
    oracle = ParametricOracle(ONE | {u: UNIT})
    assert oracle.sign(a - 1) is None and oracle.sign(a - u) is None
    assert list(oracle.open) == [a - 1]


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
