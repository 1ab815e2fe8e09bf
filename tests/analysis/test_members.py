"""Families that a change of variable explains: facts under symbolic parameters, judged at values of the parameters."""

from __future__ import annotations

import random

import pytest
import sympy as sp
from mpmath import mp
from referee import case_of, judge
from sweep import judged

import symacts
from symacts.analysis.members import CARRIED
from symacts.analysis.parametric import ParametricOracle
from symacts.spec import x
from symacts.symbolic.members import member

FAMILIES: list[tuple[str, dict[str, tuple[str, str]]]] = [
    ("tanh(x - s)", {"s": ("1/2", "real")}),
    ("3 - 2*tanh(k*x - 1)", {"k": ("2", "positive")}),
    ("log(1 + exp(k*(x - 1)))/k", {"k": ("2", "positive")}),
    ("x*exp(-x**2/(2*s**2))", {"s": ("1", "positive")}),
    ("exp(-(x - m)**2)", {"m": ("1", "real")}),
    ("x/(c + Abs(x))", {"c": ("1", "positive")}),
    ("Piecewise((x - t, x > t), (x + t, x < -t), (0, True))", {"t": ("1/2", "positive")}),
    ("clip(-x, -t, t)", {"t": ("1", "positive")}),
    ("(x + sqrt(x**2 + b))/2", {"b": ("4", "positive")}),
    ("Max(0, x - t)**2", {"t": ("1", "positive")}),
    ("-a*Max(0, x - t)*sigmoid(x - t)", {"a": ("1", "positive"), "t": ("1", "real")}),
    ("a*Heaviside(x - t)", {"a": ("2", "positive"), "t": ("1", "real")}),
]


@pytest.mark.parametrize(("text", "parameters"), FAMILIES)
def test_facts_hold_at_values_of_the_parameters(
    text: str, parameters: dict[str, tuple[str, str]], rng: random.Random
) -> None:
    family = symacts.define("a_family", text, parameters=parameters, replace=True)
    report = symacts.analyze(family, parameters="symbolic")
    by_change = [f.name for f in report if f.method == "change of variable"]
    values: dict[sp.Basic, sp.Expr] = {
        s: sp.Rational(rng.randint(2, 30), 10) * (1 if s.is_positive else rng.choice((1, -1)))
        for s in report.parameters.values()
    }
    found = judged(report, values, by_change)
    assert not any(found.values()), (values, found)
    print(len(by_change), "facts by a change of variable")


@pytest.mark.parametrize("text", ["tanh(x - s)", "exp(-(x - m)**2)"])
def test_shifted_functions_have_their_facts(text: str) -> None:
    family = symacts.define("a_family", text, parameters=dict(FAMILIES)[text], replace=True)
    report = symacts.analyze(family, parameters="symbolic")
    assert set(CARRIED) - set(report.known) <= {"fixed_points"}, report.unknown


@pytest.mark.parametrize("text", ["1/(x**2 + a)", "x**2/(a + x**2)", "Max(0, 1 - x**2/a)"])
def test_a_change_of_variable_holds_for_every_value_or_is_none(text: str) -> None:
    for domain, is_one in (("positive", True), ("nonnegative", False)):  # x = sqrt(a)*t is no change of variable at 0
        family = symacts.define("a_family", text, parameters={"a": ("1", domain)}, replace=True)
        report = symacts.analyze(family, parameters="symbolic")
        assert any(f.method == "change of variable" for f in report) == is_one
    if report.expression.subs(report.parameters["a"], 0).is_finite is not False and "Max" not in text:
        known = [f.name for f in report if f.known and f.name != "parameter_limits"]
        assert known and not any(judged(report, {report.parameters["a"]: sp.S.Zero}, known).values())


def test_a_constant_is_defined_for_all_values_or_has_no_sign() -> None:
    a = sp.Symbol("a", real=True, nonnegative=True)
    oracle = ParametricOracle({a: sp.Interval(0, sp.oo)})
    assert [oracle.sign(c) for c in (1 / sp.sqrt(a), 1 / a**2, sp.exp(1 / a))] == [None] * 3
    assert [oracle.sign(c) for c in (1 / sp.sqrt(1 + a), sp.sqrt(a) + 1, sp.exp(a))] == [1] * 3


def test_an_answer_exists_for_every_value_for_which_the_function_does() -> None:
    a = sp.Symbol("a", real=True, nonnegative=True)
    oracle = ParametricOracle({a: sp.Interval(0, sp.oo)})
    by_cases = sp.Piecewise((0, sp.Eq(a, 0)), (x / a, True))
    assert [oracle.constants.exists_throughout(v) for v in (x / a, (0, sp.log(a) * x), sp.Interval(0, 1 / a))] == [
        False
    ] * 3
    assert [oracle.constants.exists_throughout(v) for v in (x / (1 + a), a / x, by_cases, "soft", None)] == [True] * 5
    for domain, is_one in (("positive", True), ("nonnegative", False)):  # f' = -y**2/a, and 0 at a = 0
        family = symacts.define("a_family", "Piecewise((a/x, x > 1))", parameters={"a": ("1", domain)}, replace=True)
        polynomial = symacts.analyze(family, parameters="symbolic").derivative_in_output.value
        assert isinstance(polynomial, sp.Piecewise) != is_one


@pytest.mark.parametrize("text", ["abs(sin(k*x))", "x - k*floor(x/k)", "-2*Max(0, sin(k*x + 1))"])
def test_what_repeats_itself_is_carried_as_families(text: str) -> None:
    family = symacts.define("a_family", text, parameters={"k": ("1", "positive")}, replace=True)
    report = symacts.analyze(family, parameters="symbolic")
    k = report.parameters["k"]
    found = {name: report.facts[name] for name in ("zeros", "increasing_on", "convex_on", "kinks", "discontinuities")}
    assert all(fact.known for fact in found.values()), report.unknown
    for value in (sp.Rational(1, 3), sp.Integer(2)):
        here = symacts.analyze(text.replace("k", f"({value})"))
        for name, fact in found.items():
            other = here.facts[name].value
            points = [sp.Rational(j, 7) - 9 for j in range(120)] if isinstance(other, sp.Set) else []
            for p in points:
                held = [s.xreplace({k: value}).contains(p) for s in (fact.value, other)]
                assert held[0] == held[1], (name, value, p)
            if not points:
                assert len(fact.value) == len(other)


def test_what_is_no_family_of_one_function() -> None:
    a = sp.Symbol("a", positive=True)
    for f in (sp.Max(x, a * x), x + a * sp.sin(x), sp.tanh(a * x) * x**2 + x, sp.Max(-1, sp.Min(a, x))):
        assert member(f, x, {a}, lambda c: 1 if c.is_positive else -1 if c.is_negative else None) is None


def test_a_wrong_place_is_noticed() -> None:
    report = symacts.analyze("tanh(x - 2)")
    with mp.workdps(60):
        case = case_of(report.expression, report, x)
        assert judge(case, "zeros", sp.FiniteSet(1)) and judge(case, "symmetry", ("point", (1, 0)))
