"""Facts by cases of the parameters: judged at values in every case, cuts among them; the cases cover the domain."""

from __future__ import annotations

import random

import pytest
import sympy as sp
from sweep import judged

import symacts
from symacts.analysis.cases import DIFFERENT, _Case, _cells, _joined, _same
from symacts.analysis.driver import establish, subject_of
from symacts.analysis.parametric import _forms
from symacts.spec import Activation, x

FAMILIES: list[tuple[str, dict[str, tuple[str, str]]]] = [
    ("Piecewise((x, x >= 0), (a*Abs(x), True))", {"a": ("1/2", "nonnegative")}),
    ("Piecewise((x, Abs(x) > l), (0, True))", {"l": ("1/2", "nonnegative")}),
    ("Piecewise((x, x > 0), (a*(exp(x) - 1), True))", {"a": ("1", "positive")}),
    (
        "Piecewise((a*x, x <= 0), (x, x < b), (a*x + b*(1 - a), True))",
        {"a": ("1/10", "nonnegative"), "b": ("1", "positive")},
    ),
    ("w*tanh(k*x) + b", {"w": ("1", "real"), "k": ("1", "positive"), "b": ("0", "real")}),
    ("a*x + (1 - a)*Max(0, x)", {"a": ("1/2", "unit")}),
    ("x + a*Abs(x)", {"a": ("1/2", "symmetric_unit")}),
    ("a*exp(-x**2) + x*(a - 2)", {"a": ("3", "real")}),
]


def _values(report: symacts.Report, rng: random.Random) -> dict[sp.Basic, sp.Expr]:
    """A value of every parameter: a number of its domain, or a place where its sign or its order to 1 changes."""
    found: dict[sp.Basic, sp.Expr] = {}
    for name, symbol in report.parameters.items():
        domain = symacts.get("a_family").parameters[[p.name for p in symacts.get("a_family").parameters].index(name)]
        places = [sp.Integer(k) for k in (-1, 0, 1, 2)] + [sp.Rational(rng.randint(-30, 30), 10) for _ in range(20)]
        found[symbol] = rng.choice([p for p in places if p in domain.domain.interval])
    return found


@pytest.mark.parametrize(("text", "parameters"), FAMILIES)
def test_facts_hold_at_values_in_every_case(
    text: str, parameters: dict[str, tuple[str, str]], rng: random.Random, full: bool
) -> None:
    symacts.define("a_family", text, parameters=parameters, replace=True)
    report = symacts.analyze("a_family", parameters="symbolic")
    by_cases = [f.name for f in report if f.method == "cases"]
    assert by_cases
    for _ in range(8 if full else 2):
        values = _values(report, rng)
        found = judged(report, values, by_cases)
        assert not any(found.values()), (values, found)


@pytest.mark.parametrize(("text", "parameters"), FAMILIES)
def test_the_cells_cover_the_domain(text: str, parameters: dict[str, tuple[str, str]]) -> None:
    symacts.define("a_family", text, parameters=parameters, replace=True)
    family = symacts.get("a_family")
    subject = subject_of(family, True)
    establish(subject, ("minimum", "kinks", "fixed_points"))
    cut = [cells for p in family.parameters if len(cells := _cells(p, subject.oracle)) > 1]
    assert cut
    for p in family.parameters:
        cells = _cells(p, subject.oracle)
        assert sp.Union(*cells) == p.domain.interval
        assert all(a.intersect(b) is sp.S.EmptySet for k, a in enumerate(cells) for b in cells[:k])


def test_textbook_families() -> None:
    elu = symacts.analyze("elu", parameters="symbolic")
    alpha = elu.parameters["alpha"]
    assert elu.smoothness.value == sp.Piecewise((1, sp.Eq(alpha, 1)), (0, True))
    assert elu.derivative.value.subs(alpha, 1).subs(x, 0) == 1
    assert elu.derivative.value.subs(alpha, 2).subs(x, -1) == 2 * sp.exp(-1)
    assert elu.derivative.value.subs(alpha, 2).subs(x, 0) is sp.nan
    shrink = symacts.analyze("hard_shrink", parameters="symbolic")
    (lambd,) = shrink.parameters.values()
    assert shrink.range.value.subs(lambd, 0) == sp.S.Reals
    assert shrink.zeros.value == sp.Interval(-lambd, lambd)
    assert not any("dead" in v.statement for v in shrink.verdicts), "there is no dead region where lambd is 0"


def test_words_that_differ_stay_unknown_and_say_where() -> None:
    fact = symacts.analyze("abslu", parameters="symbolic").monotonicity
    assert not fact.known
    assert "nondecreasing where Eq(a, 0)" in fact.because


def test_what_is_wrong_in_one_case_is_noticed() -> None:
    a = sp.Symbol("a", real=True)
    at_zero = _Case({"a": sp.FiniteSet(0)}, Activation("f", x), {}, {"a": a})
    assert _same(a, sp.S.Zero, at_zero) and not _same(a, sp.S.One, at_zero)
    assert not _same(((sp.S.Zero, a, sp.S.One),), (), at_zero)
    assert not _same(True, sp.S.One, at_zero) and not _same(1 / a, sp.oo, at_zero)
    assert _same(sp.Interval(-a, a), sp.FiniteSet(0), at_zero)
    assert _joined([(a, True), (sp.S.One, False)], [sp.Eq(a, 0), True]) is DIFFERENT
    assert _joined([sp.EmptySet, sp.S.Reals], [sp.Eq(a, 0), True]) is DIFFERENT
    assert _joined([None, None], [sp.Eq(a, 0), True]) is None
    assert _joined([(None, a), (None, sp.S.One)], [a > 0, True]) == (None, sp.Piecewise((a, a > 0), (1, True)))


def test_long_sums_are_not_multiplied_out() -> None:
    """The squared slope of pssilu, stretched, took longer to multiply out than anyone waits."""
    a = sp.Symbol("a", positive=True)
    long = sp.Add(*(a**k * x**k for k in range(12))) * sp.Add(*(sp.exp(k * a * x) for k in range(12)))
    assert list(_forms(long)) == [long]
    family = symacts.get("pssilu").expression
    assert sp.expand(family) in list(_forms(family))


def test_a_wave_with_a_factor_has_no_limit_only_where_it_alone_decides() -> None:
    nonnegative = {"a": ("1/2", "nonnegative"), "b": ("2", "positive")}
    positive = {"a": ("1/2", "positive"), "b": ("2", "positive")}
    for text, parameters, says in (
        ("x + a*sin(b*x)", nonnegative, False),  # a line at a = 0, and limits -oo and oo for every a
        ("x + a*sin(b*x)", positive, False),
        ("tanh(b*x) + a*sin(b*x)", nonnegative, False),
        ("tanh(b*x) + a*sin(b*x)", positive, True),
    ):
        family = symacts.define("a_family", text, parameters=parameters, replace=True)
        facts = symacts.analyze(family, parameters="symbolic").facts
        assert (facts["limits"].value == (None, None)) == says, text
        assert (facts["monotonicity"].value == "none") == says, text  # x + a*sin(b*x) rises where a*b < 1
    parabola = symacts.define("a_family", "a*x**2", parameters={"a": ("1", "nonnegative")}, replace=True)
    assert symacts.analyze(parabola, parameters="symbolic").asymptotes.value != (None, None)  # a line at a = 0
