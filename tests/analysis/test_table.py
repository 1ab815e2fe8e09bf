"""Laws of the derivation table: every method of a fact agrees, answers repeat, and mutations are noticed."""

from __future__ import annotations

import dataclasses
import os
import random
import subprocess
import sys

import pytest
import sympy as sp

import symacts
from symacts import cache
from symacts.analysis import driver
from symacts.analysis.reals import sign_of
from symacts.analysis.table import FACTS, TABLE, Derivation
from symacts.errors import AnalysisTimeout, ParameterError, SymactsError, UnsupportedExpression
from symacts.registry import resolve
from symacts.rigor.oracle import BallOracle

SAMPLE = 12
ELSEWHERE = (
    "one period",
    "repetition",
    "half lines",
    "phase",
    "steps without end",
    "two periods",
    "change of variable",
)
OVERLAPPING = [row for row in TABLE if row.method not in ELSEWHERE]
"""Methods that can answer for one function; the others start where these end (test_repetition, test_staircase, ...)."""
MANY = sorted({row.fact for row in OVERLAPPING if sum(r.fact == row.fact for r in OVERLAPPING) > 1})


def some(names: tuple[str, ...], full: bool, rng: random.Random) -> list[str]:
    return list(names) if full else rng.sample(names, SAMPLE)


def test_needs_come_before_what_needs_them() -> None:
    for row in TABLE:
        assert set(row.needs) <= set(FACTS), row


def test_what_cannot_be_stored_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a value once left the analysis as a report that could not be written."""
    row = Derivation("lipschitz", "none of ours", (), lambda f, facts: (sp.Function("h")(1), "as it is"))
    monkeypatch.setattr(driver, "TABLE", (row,))
    fact = driver.establish(driver.subject_of(resolve("relu", parameters=None)), ("lipschitz",))["lipschitz"]
    assert not fact.known and "cannot write" in fact.because


@pytest.mark.parametrize("fact", MANY)
def test_methods_agree(fact: str, full: bool, rng: random.Random) -> None:
    methods = [row.method for row in TABLE if row.fact == fact]
    compared = 0
    for name in some(symacts.names("scalar"), full, rng):
        subject = driver.subject_of(resolve(name))
        found = [driver.establish(subject, (fact,), method=m)[fact] for m in methods]
        known = [f for f in found if f.known]
        for one in known[1:]:
            compared += 1
            first = known[0].value
            if fact in ("minimum", "maximum") and first != one.value:  # one number may be written in two ways
                (value, attained), (other, is_other_attained) = first, one.value
                assert attained == is_other_attained, (name, first, one.value)
                assert sign_of(value - other, BallOracle()) in (0, None), (name, first, one.value)
            elif isinstance(first, sp.Expr) and first.is_finite is not False:
                (a, b), (c, d) = known[0].enclosure, one.enclosure
                assert a <= d and c <= b, (name, first, one.value)
            else:
                assert first == one.value, (name, first, one.value)
    assert compared, "no activation of the sample has two methods that answer"


def test_the_same_bytes_twice() -> None:
    for name in ("mish", "elu", "hard_shrink"):
        first, second = (driver.report_of(resolve(name), False).to_dict() for _ in range(2))
        assert first == second


def test_reports_round_trip(full: bool, rng: random.Random) -> None:
    for name in [*some(symacts.names(), full, rng), "smelu", "cosid", "dsu"]:
        report = symacts.analyze(name)
        again = symacts.Report.from_dict(report.to_dict())
        assert again == report
        assert again.facts == report.facts


def test_a_damaged_entry_is_derived_again(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("SYMACTS_CACHE", str(tmp_path))
    true = symacts.analyze("softsign")
    (entry,) = tmp_path.glob("*.json")
    whole = entry.read_text()
    entry.write_text(whole.replace('"soft"', '"hard"'))
    assert symacts.analyze("softsign") == true
    for damaged in (whole[: len(whole) // 2], "", "{}", "[1, 2]", "[" * 100_000, "\ufffd" * 99):
        entry.write_text(damaged)
        assert symacts.analyze("softsign") == true
        assert entry.read_text() == whole


def test_the_cache_can_be_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMACTS_CACHE", "off")
    assert cache.folder() is None
    assert symacts.analyze("relu").lipschitz.value == 1


def test_a_parameter_changes_the_entry() -> None:
    assert symacts.analyze("elu", parameters={"alpha": 2}).range.value == sp.Interval.open(-2, sp.oo)
    assert symacts.analyze("elu").range.value == sp.Interval.open(-1, sp.oo)


def test_a_timeout_carries_the_facts_found_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMACTS_CACHE", "off")
    hard = "*".join(f"tanh(x + erf({k}*x + exp(-x**2)))" for k in range(1, 9))
    with pytest.raises(AnalysisTimeout, match="facts were found") as caught:
        symacts.analyze(hard, timeout=0.6)
    assert all(isinstance(f, symacts.Fact) for f in caught.value.facts.values())


@pytest.mark.parametrize(
    "target, options, error",
    [
        ("sigmoyd", {}, symacts.UnknownActivation),
        ("x*(", {}, symacts.ParseError),
        ("__import__('os').system('true')", {}, symacts.ParseError),
        ("elu", {"parameters": {"alpha": -1}}, ParameterError),
        ("elu", {"parameters": {"beta": 1}}, ParameterError),
        ("elu", {"parameters": "numeric"}, ParameterError),
        ("elu", {"timeout": -1}, ParameterError),
        (3.5 + 1j, {}, SymactsError),
        (object(), {}, SymactsError),
        (sp.Function("h")(symacts.x), {}, UnsupportedExpression),
    ],
)
def test_wrong_input_is_one_clear_error(target: object, options: dict, error: type) -> None:
    with pytest.raises(error) as caught:
        symacts.analyze(target, **options)
    assert str(caught.value).strip()


def test_facts_refuse_to_be_truth_values() -> None:
    report = symacts.analyze("relu")
    with pytest.raises(TypeError, match="truth value"):
        bool(report.homogeneous)
    with pytest.raises(AttributeError, match="did you mean 'lipschitz'"):
        _ = report.lipshitz


def test_a_wrong_fact_is_noticed() -> None:
    report = symacts.analyze("relu")
    wrong = dataclasses.replace(report.lipschitz, value=sp.Integer(2))
    changed = dataclasses.replace(report, facts={**report.facts, "lipschitz": wrong})
    assert changed != report


def numbers(value: object) -> list[sp.Expr]:
    if isinstance(value, (tuple, list)):
        return [n for v in value for n in numbers(v)]
    return [value] if isinstance(value, sp.Expr) else []


SCALARS = ("minimum", "maximum", "lipschitz", "gradient_lipschitz", "gaussian_mean", "gain", "value_at_zero")


def test_numbers_hold_no_variable(full: bool, rng: random.Random) -> None:
    for name in ["sinc", *some(symacts.names("scalar"), full, rng)]:
        report = symacts.analyze(name)
        for fact in (*SCALARS, "gaussian_second_moment", "limits", "kinks"):
            for number in numbers(report.facts[fact].value):
                assert not number.free_symbols, (name, fact, number)


def test_control_a_number_that_holds_the_variable_is_no_answer() -> None:
    subject = driver.subject_of(symacts.get("tanh"), False)
    rows = [
        Derivation("gain", "wrong", (), lambda f, facts: (1 / f.x, "a variable escaped")),
        Derivation("gain", "right", (), lambda f, facts: (sp.S.One, "a number")),
    ]
    fact = driver._first_answer(subject, "gain", rows, lambda name: pytest.fail("nothing is needed"))
    assert fact.value == 1 and fact.method == "right"
    alone = driver._first_answer(
        subject, "kinks", [dataclasses.replace(rows[0], fact="kinks")], lambda name: pytest.fail("no need")
    )
    assert not alone.known and "holds x" in alone.because


PERIODIC = {
    "sin(x)": {"range": sp.Interval(-1, 1), "lipschitz": 1, "monotonicity": "none"},
    "x + sin(x)**2": {"range": sp.S.Reals, "monotonicity": "strictly increasing", "increasing_on": sp.S.Reals},
    "1 - cos(x)": {"minimum": (0, True), "maximum": (2, True)},
}


@pytest.mark.parametrize("text, fact", [(t, f) for t, facts in PERIODIC.items() for f in facts])
def test_functions_with_a_period(text: str, fact: str) -> None:
    assert getattr(symacts.analyze(text), fact).value == PERIODIC[text][fact]


def test_families_of_points() -> None:
    zeros = symacts.analyze("sin(x)").zeros.value
    assert zeros.contains(3 * sp.pi) == sp.true
    assert zeros.contains(sp.pi / 2) == sp.false


def test_mirrored_roots_are_recognized() -> None:
    report = symacts.analyze("Max(-1, Min(1, x + x**3/5))")
    assert report.symmetry.value == ("odd", (0, 0))
    assert report.gaussian_mean.value == 0
    assert report.range.value == sp.Interval(-1, 1)


def test_a_known_answer_is_found_before_sympy_is_loaded(tmp_path) -> None:
    code = (
        "import sys, symacts; report = symacts.analyze('leaky_relu', parameters={'negative_slope': '1/10'})\n"
        "print('sympy' in sys.modules, report.lipschitz.value, report.kinks.value)"
    )
    env = {**os.environ, "SYMACTS_CACHE": str(tmp_path)}
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
        for _ in range(2)
    ]
    assert [r.stdout for r in runs] == ["True 1 ((0, 1/10, 1),)\n", "False 1 ((0, 1/10, 1),)\n"], runs


def test_a_definition_is_not_answered_by_an_older_one(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("SYMACTS_CACHE", str(tmp_path))
    for slope in (2, 3):
        symacts.define("own_line", f"{slope}*x", replace=True)
        assert symacts.analyze("own_line").lipschitz.value == slope
