"""Functions that repeat themselves: infinitely many kinks, jumps and poles, against values and against wrong claims."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp
from mpmath import mp, mpf
from referee import case_of, judge
from referee_reals import Function, real_constant
from referee_series import NoValue, big
from referee_sets import member

import symacts
from symacts.analysis.driver import establish
from symacts.analysis.progressions import progressions
from symacts.analysis.subject import Subject
from symacts.analysis.table import TABLE
from symacts.rigor.oracle import BallOracle
from symacts.spec import x
from symacts.symbolic.repeats import repetition

TEXTS = (
    "Max(sin(x), 0)",
    "Abs(sin(x))",
    "tan(2*x)/3 + 1",
    "sign(sin(x))",
    "x - floor(x)",
    "ceiling(x)/2",
    "x + Abs(sin(x))",
    "Max(sin(x), cos(2*x)/2)",
    "sin(x) + cos(2*x)/3",
    "Piecewise((sin(x), sin(x) > 1/2), (1/2, True))",
    "Max(-1/2, Min(1/2, sin(x + 1)))",
)
SETS = ("increasing_on", "decreasing_on", "convex_on", "concave_on", "stationary_points", "dead_region", "zeros")


def _far(rng: random.Random) -> Fraction:
    return Fraction(rng.randint(-(10**6), 10**6), 10**4) + Fraction(1, 7919)


def _faults(report: symacts.Report, rng: random.Random, count: int) -> list[str]:
    """Samples far out at which a value, a slope or a sign contradicts the sets and numbers of the report."""
    f, found = Function(report.expression, x), []
    known = {fact.name: fact.value for fact in report if fact.known}
    slope = Function(known["derivative"], x)
    for _ in range(count):
        a = _far(rng)
        try:
            value, d, d2 = (f.value(a, k, 60) for k in range(3))
        except NoValue:
            continue
        levels = known["range"].has(sp.ImageSet, sp.S.Integers)
        if not levels and member(known["range"], value) is False:
            found.append(f"{a}: {value} is not in the range")
        if abs(big(slope.value(a, 0, 60)) - big(d)) > mpf(10) ** -30:
            found.append(f"{a}: the derivative is {d}")
        wanted = {
            "increasing_on": d > 0,
            "decreasing_on": d < 0,
            "convex_on": d2 >= 0,
            "concave_on": d2 <= 0,
            "stationary_points": d == 0,
            "dead_region": d == 0,
            "zeros": value == 0,
        }
        for name in SETS:
            if name in known:
                inside = member(known[name], a)
                if inside is not None and inside is not bool(wanted[name]):
                    found.append(f"{a}: {'in' if inside else 'not in'} {name}")
        if known["lipschitz"].is_finite and abs(big(d)) > sp.N(known["lipschitz"], 40) + mpf(10) ** -25:
            found.append(f"{a}: slope {d}")
    return found


def test_facts_of_repeating_functions_hold_far_out(full: bool, rng: random.Random) -> None:
    with mp.workdps(60):
        for text in TEXTS if full else rng.sample(TEXTS, 4):
            report = symacts.analyze(text)
            assert sum(fact.known for fact in report) >= 35, text
            assert not _faults(report, rng, 60), text


HALF_LINES = (
    "Max(x, sin(x))",
    "cos(x)*exp(-Abs(x))",
    "Abs(x - 1) - Abs(x + 2) + sin(x)",
    "sin(Abs(x))",
    "Max(x, 0) + sin(x)",
    "Piecewise((sin(2*x), x < 1), (x**2, True))",
    "exp(-x)*sin(x)",
)


def test_sets_that_repeat_on_half_lines_hold(full: bool, rng: random.Random) -> None:
    with mp.workdps(60):
        for text in HALF_LINES if full else rng.sample(HALF_LINES, 3):
            report = symacts.analyze(text)
            for name in ("increasing_on", "decreasing_on", "convex_on", "concave_on", "stationary_points", "zeros"):
                assert report.facts[name].known, (text, name, report.facts[name].because)
            assert not _faults(report, rng, 120), text


def test_a_shifted_half_line_is_noticed() -> None:
    report = symacts.analyze("sin(Abs(x))")
    parts = report.increasing_on.value.args
    wrong = sp.Union(*(p for p in parts if not isinstance(p, sp.ConditionSet)), evaluate=False)
    with mp.workdps(60):
        assert _faults(_with(report, "increasing_on", wrong), random.Random(3), 60)


def test_wrong_sets_and_numbers_are_noticed() -> None:
    report = symacts.analyze("Max(sin(x), 0)")
    shifted = {x: x + sp.Rational(1, 2)}
    with mp.workdps(60):
        for name in SETS:
            fact = report.facts[name]
            if isinstance(fact.value, sp.ConditionSet) and name != "concave_on":  # concave around every point but kinks
                wrong = sp.ConditionSet(x, fact.value.condition.xreplace(shifted), sp.S.Reals)
                assert _faults(_with(report, name, wrong), random.Random(3), 60), name
        assert _faults(_with(report, "lipschitz", sp.Rational(9, 10)), random.Random(3), 60)
        assert _faults(_with(report, "range", sp.Interval(0, sp.Rational(9, 10))), random.Random(3), 60)


def _with(report: symacts.Report, name: str, value: object) -> symacts.Report:
    return replace(report, facts={**report.facts, name: replace(report.facts[name], value=value)})


SCALAR = ("minimum", "maximum", "range", "monotonicity", "convexity", "lipschitz", "gradient_lipschitz", "smoothness")
SCALAR += ("limits", "derivative_limits", "asymptotes", "homogeneous", "value_at_zero", "saturation", "domain")


@pytest.mark.parametrize(
    "text", ["cos(x)", "x + sin(x)", "sin(x) + cos(2*x)", "exp(sin(x))", "x - 2*cos(3*x)", "sin(x)**2"]
)
def test_one_period_says_what_other_methods_say(text: str) -> None:
    subject = Subject(symacts.parse(text), x, BallOracle())
    compared = 0
    for name in SCALAR:
        methods = [row.method for row in TABLE if row.fact == name]
        found = {m: establish(subject, (name,), method=m)[name] for m in methods}
        first = found.pop("repetition")
        for other in (f for f in found.values() if f.known and first.known):
            compared += 1
            if _is_number(first.value):
                assert not BallOracle().ball_sign(first.value - other.value), (name, first.value, other.value)
            else:
                assert first.value == other.value, (name, first.value, other.value)
    assert compared >= 8


def _is_number(value: object) -> bool:
    return isinstance(value, sp.Expr) and bool(value.is_finite)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("Abs(sin(x))", "minimum", (0, True)),
        ("Abs(sin(x))", "symmetry", ("even", 0)),
        ("Abs(sin(x))", "smoothness", 0),
        ("x - floor(x)", "range", sp.Interval.Ropen(0, 1)),
        ("x - floor(x)", "maximum", (1, False)),
        ("floor(x)", "range", sp.S.Integers),
        ("floor(x)", "monotonicity", "nondecreasing"),
        ("floor(x)", "limits", (-sp.oo, sp.oo)),
        ("floor(x)", "saturation_rate", (None, None)),
        ("floor(x + 1/2)", "range", sp.S.Integers),
        ("x - floor(x + 1/2)", "range", sp.Interval.Ropen(-sp.S.Half, sp.S.Half)),
        ("ceiling(x - 1/3)/2", "zeros", sp.Interval.Lopen(-sp.Rational(2, 3), sp.Rational(1, 3))),
        ("tan(x)", "derivative_in_output", sp.Symbol("y", real=True) ** 2 + 1),
        ("tan(x)", "gaussian_second_moment", sp.oo),
        ("tan(x)", "symmetry", ("odd", (0, 0))),
        ("x + Abs(sin(x))", "monotonicity", "strictly increasing"),
        ("x + Abs(sin(x))", "zeros", sp.FiniteSet(0)),
        ("sign(sin(x))", "fixed_points", sp.FiniteSet(-1, 0, 1)),
        ("sin(x)**2 + Abs(cos(x))", "range", sp.Interval(1, sp.Rational(5, 4))),
        ("floor(3*tanh(x))", "range", sp.FiniteSet(-3, -2, -1, 0, 1, 2)),
    ],
)
def test_facts_known_by_hand(text: str, name: str, value: object) -> None:
    fact = symacts.analyze(text).facts[name]
    assert fact.known and fact.value == value, (fact.value, fact.because)


def test_kinks_are_families_with_slopes() -> None:
    report = symacts.analyze("Max(sin(x), 0)")
    assert [(k[1], k[2]) for k in report.kinks.value] == [(-1, 0), (0, 1)]
    case = case_of(report.expression, report, x)
    with mp.workdps(60):
        assert not judge(case, "kinks", report.kinks.value)
        (first, second) = report.kinks.value
        assert judge(case, "kinks", (first,))
        assert judge(case, "kinks", (first, (second[0], 0, 2)))


def test_what_does_not_repeat_is_not_said_to() -> None:
    for e in (x * sp.sin(x), sp.sin(x) + sp.sin(sp.sqrt(2) * x), sp.sin(x**2), sp.Max(sp.sin(x), x), sp.floor(x) ** 2):
        assert repetition(e, x) is None, e
    assert symacts.analyze("floor(x)*x").facts["range"].known is False
    report = symacts.analyze("floor(x)*x")
    assert symacts.Report.from_dict(report.to_dict()).to_dict() == report.to_dict()


@pytest.mark.parametrize(
    "text",
    [
        "x + floor(x)",
        "floor(2*x)/2 + x/3",
        "floor(x) + sin(2*pi*x)/3",
        "floor(x) - x/3",
        "tan(x) - x",
        "x - 2*floor(x)",
    ],
)
def test_values_of_drifting_functions(text: str, rng: random.Random) -> None:
    """Against values, and with each part of the set left out."""
    e = symacts.parse(text)
    fact = establish(Subject(e, x, BallOracle()), ("range",))["range"]
    assert fact.known
    f = Function(e, x)
    values = [f.series(Fraction(rng.randint(-(10**6), 10**6), 10**5), 0, 50)[0] for _ in range(200)]
    assert all(member(fact.value, v) is not False for v in values)
    if isinstance(fact.value, sp.ConditionSet):
        mod, within = fact.value.condition.args
        half = sp.Interval(within.start, (within.start + within.end) / 2)
        less = sp.ConditionSet(x, sp.Contains(mod, half, evaluate=False), sp.S.Reals)
        assert any(member(less, v) is False for v in values)
        missing = (within.end + mod.args[1]) / 2 + (x - mod.args[0])
        assert member(fact.value, Fraction(int(missing.p), int(missing.q))) is False


@pytest.mark.parametrize(
    ("text", "slopes", "limits", "kind"),
    [
        ("floor(x)", (0, 0), (-sp.oo, sp.oo), "soft"),
        ("x - floor(x)", (1, 1), (None, None), "none"),
        ("x/2 - 2*floor(x)", (sp.Rational(1, 2),) * 2, (sp.oo, -sp.oo), "none"),
        ("asin(sin(x))", (None, None), (None, None), "none"),
        ("Abs(x - floor(x) - 1/2)", (None, None), (None, None), "none"),
        ("tan(x) - x", (None, None), (None, None), "none"),
    ],
)
def test_slopes_far_out(text: str, slopes: object, limits: object, kind: str) -> None:
    report = symacts.analyze(text)
    assert (report.derivative_limits.value, report.limits.value) == (slopes, limits)
    assert report.saturation.value == (kind, kind)


def test_families_are_written_in_their_shortest_form() -> None:
    two = 2 * sp.pi
    assert progressions([(sp.pi, two), (two, two)]) == progressions([(-3 * sp.pi, sp.pi)])
    assert progressions([(-sp.Integer(3), sp.S.One)]) == [sp.S.Integers]
    moved = progressions([(sp.atan(3) + 3 * two, two), (sp.atan(3) - sp.pi, two), (sp.pi / 2, two)])
    n = sp.Symbol("n", integer=True)
    assert moved == [sp.ImageSet(sp.Lambda(n, p), sp.S.Integers) for p in (sp.atan(3) + sp.pi * n, sp.pi / 2 + two * n)]


def test_reports_of_repeating_functions_render_and_come_back() -> None:
    for text in ("Abs(sin(x))", "tan(x)", "floor(x)"):
        report = symacts.analyze(text)
        again = symacts.Report.from_dict(report.to_dict())
        assert again.to_dict() == report.to_dict()
        assert str(report) and report.to_latex() and report.to_html() and report.to_markdown()


def test_moments_across_jumps_are_those_of_the_pieces() -> None:
    fact = symacts.analyze("2*Max(cos(x), 0) - 1").facts["gaussian_derivative_second_moment"]
    with mp.workdps(30):
        ends = [(2 * k + mpf(s) / 2) * mp.pi for k in range(-3, 4) for s in (-1, 1)]
        pieces = list(zip(ends[::2], ends[1::2], strict=True))
        total = sum(mp.quad(lambda t: 4 * mp.sin(t) ** 2 * mp.npdf(t), [a, (a + b) / 2, b]) for a, b in pieces)
        assert abs(real_constant(fact.value, 40) - total) < mpf(10) ** -13
        assert abs(mpf(fact.digits(20)) - total) < mpf(10) ** -18


def test_only_a_function_that_repeats_itself_has_gaps_for_ever() -> None:
    half = symacts.analyze("Piecewise((log(gamma(1 + x)), x > 0))")  # convex on its half line (Bohr-Mollerup)
    assert half.domain.value == sp.Interval.open(0, sp.oo)
    assert half.convexity.value in (None, "convex")
    assert symacts.analyze("tan(x)**2").convexity.value == "none"
