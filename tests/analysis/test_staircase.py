"""Steps without end and without a period: facts from a bounded part and two half lines, judged by the referee."""

from __future__ import annotations

import random

import pytest
import sympy as sp
from mpmath import mp
from referee import case_of, judge
from sweep import fact_of, faults, look, summary

import symacts
from symacts.analysis.driver import establish
from symacts.analysis.staircase import half_line
from symacts.analysis.subject import Subject
from symacts.codec import decode, encode
from symacts.facts import DefiniteIntegral
from symacts.rigor.constants import enclose
from symacts.rigor.oracle import BallOracle
from symacts.spec import x
from symacts.symbolic.gaussian import weight
from symacts.symbolic.oracle import Undecided

n = sp.Symbol("n", integer=True)
oo, floor = sp.oo, sp.floor

STAIRS = (
    "floor(x)*sigmoid(x)",
    "floor(2*x)/2 + tanh(x)",
    "Max(floor(x), 0)",
    "floor(x**2)/4",
    "x*floor(x)",
    "sigmoid(floor(x))",
    "floor(x) + x**2/10",
    "ceiling(x)*exp(-x**2)",
    "floor(x)/(1 + x**2)",
    "floor(Abs(x))",
    "floor(exp(x))",
    "x - floor(2*x)*sigmoid(-x)",
    "ceiling(3*x/7)*erf(x)",
)


def test_no_fact_about_steps_without_end_is_contradicted(full: bool, rng: random.Random) -> None:
    verdicts = [look(text, symacts.parse(text)) for text in (STAIRS if full else rng.sample(STAIRS, 1))]
    print(summary(verdicts), [v.unknown for v in verdicts])
    assert not faults(verdicts), "\n".join(faults(verdicts))
    assert all(v.known >= 30 for v in verdicts)


INTEGERS = sp.S.Integers
MINUS_HALF = sp.Rational(-1, 2)
KNOWN = [
    ("x*floor(x)", "limits", (oo, oo)),
    ("x*floor(x)", "derivative_limits", (-oo, oo)),
    ("x*floor(x)", "minimum", (sp.S.Zero, True)),
    ("x*floor(x)", "increasing_on", sp.Interval(1, oo)),
    ("x*floor(x)", "kinks", ((sp.S.Zero, sp.S.NegativeOne, sp.S.Zero),)),
    ("x*floor(x)", "fixed_points", sp.Union(sp.FiniteSet(0), sp.Interval.Ropen(1, 2))),
    ("floor(x)*sigmoid(x)", "minimum", (-2 / (1 + sp.E), False)),
    ("floor(x)*sigmoid(x)", "decreasing_on", sp.Complement(sp.Interval.open(-oo, 0), INTEGERS, evaluate=False)),
    ("floor(x)*sigmoid(x)", "saturation", ("soft", "soft")),
    ("floor(x)*sigmoid(x)", "asymptotes", ((sp.S.Zero, sp.S.Zero), None)),
    ("floor(x**2)/4", "range", sp.ImageSet(sp.Lambda(n, n / 4), sp.S.Naturals0)),
    ("floor(x**2)/4", "fixed_points", sp.FiniteSet(0, 4)),
    ("floor(x**2)/4", "symmetry", ("even", sp.S.Zero)),
    ("ceiling(x)*exp(-x**2)", "maximum", (sp.S.One, False)),
    ("ceiling(x)*exp(-x**2)", "zeros", sp.Interval.Lopen(-1, 0)),
    ("floor(2*x)/2 + tanh(x)", "monotonicity", "strictly increasing"),
    ("floor(2*x)/2 + tanh(x)", "symmetry", ("none", None)),
    ("Max(floor(x), 0)", "saturation", ("hard", "soft")),
    ("sqrt(floor(x))", "domain", sp.Interval(0, oo)),
    ("1/floor(x)", "domain", sp.Union(sp.Interval.open(-oo, 0), sp.Interval(1, oo))),
    ("floor(x)/(1 + x**2)", "limits", (sp.S.Zero, sp.S.Zero)),
]


@pytest.mark.parametrize(("text", "name", "value"), KNOWN)
def test_facts_that_can_be_found_by_hand(text: str, name: str, value: object) -> None:
    fact = fact_of(text, name)
    assert fact.known, fact.because
    assert fact.value == value
    assert decode(encode(fact.value)) == fact.value


@pytest.mark.parametrize(
    ("text", "name", "wrong"),
    [
        ("x*floor(x)", "increasing_on", sp.Interval(0, oo)),
        ("x*floor(x)", "stationary_points", sp.Complement(sp.S.Reals, INTEGERS, evaluate=False)),
        ("floor(x)*sigmoid(x)", "convex_on", sp.Complement(sp.S.Reals, INTEGERS, evaluate=False)),
        ("floor(x)*sigmoid(x)", "decreasing_on", sp.Complement(sp.Interval.open(-oo, 1), INTEGERS, evaluate=False)),
    ],
)
def test_the_referee_reads_sets_without_the_jumps(text: str, name: str, wrong: sp.Set) -> None:
    e = symacts.parse(text)
    with mp.workdps(60):
        case = case_of(e, symacts.Report(text, "scalar", e, {}, (), {}, (), ""), x)
        assert judge(case, name, wrong)
        assert not judge(case, name, fact_of(text, name).value)


def _far(e: sp.Expr, side: int = 1) -> object:
    return half_line(Subject(e, x, BallOracle()), side, sp.Rational(40, 11))


def test_signs_on_a_half_line_hold_for_every_share() -> None:
    far = _far(x * floor(x))
    share = far.steps[0].share
    assert far.signs(far.exact()) == {1}
    assert far.signs(share) == {0, 1}
    assert far.signs(share - 1) == {-1}
    assert far.signs(share - sp.Rational(1, 2)) == {-1, 0, 1}
    assert far.signs(sp.exp(-share) - sp.exp(-1)) == {1}
    assert _far(x * floor(x), -1).jumps == {-1}


def test_what_steps_hide_is_undecided() -> None:
    with pytest.raises(Undecided, match="different signs"):
        _ = _far(floor(x) - floor(2 * x / 3) + x**2 / 7).jumps
    assert not fact_of("x + sin(floor(x))*floor(x)", "limits").known


def test_integrals_are_cut_where_steps_jump() -> None:
    with mp.workdps(25):
        masses = [mp.quad(lambda t: mp.npdf(t), [mp.sqrt(k), mp.sqrt(k + 1)]) for k in range(150)]
        true = 2 * sum(k * mass for k, mass in enumerate(masses))
        lo, hi = enclose(DefiniteIntegral(floor(x**2) * weight(x), (x, -oo, oo)), 20)
        assert abs(true - mp.mpf(lo.p) / lo.q) < mp.mpf(10) ** -19 and hi - lo < sp.Rational(1, 10**18)


@pytest.mark.parametrize("text", ["sqrt(floor(4*tanh(x)))", "floor(4*tanh(x))**(1/3)"])
def test_roots_of_negative_steps_are_no_numbers(text: str) -> None:
    f = Subject(symacts.parse(text), x, BallOracle())
    assert establish(f, ("domain",))["domain"].value == sp.Interval(0, oo)
    assert all(not b.expression.has(sp.I) for b in f.branches)


@pytest.mark.parametrize("text", ["tanh(x)/(x - floor(x))", "x*log(x - floor(x))", "x/(ceiling(x) - x)"])
def test_poles_at_every_jump_are_in_no_domain(text: str) -> None:
    """The share of a step stands alone there: it was not asked whether it vanishes, beyond a bounded part."""
    domain = fact_of(text, "domain")
    assert not domain.known or 40 not in domain.value
    assert sp.S.Half in fact_of("x/(1 + x - floor(x))", "domain").value


def test_a_pole_of_one_step_leaves_the_others() -> None:
    domain = fact_of("1/floor(4*tanh(x))", "domain").value
    assert domain.contains(-1) == domain.contains(1) == sp.true and domain.contains(sp.Rational(1, 9)) == sp.false
