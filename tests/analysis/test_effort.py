"""Functions of few operations whose constants once took SymPy minutes."""

from __future__ import annotations

import time

import pytest
import sympy as sp
from sweep import LIMIT

import symacts
from symacts import facts
from symacts.analysis import driver
from symacts.analysis.subject import Subject
from symacts.analysis.table import Derivation
from symacts.rigor import constants
from symacts.rigor.oracle import BallOracle
from symacts.spec import x
from symacts.symbolic.closed_forms import candidates
from symacts.symbolic.field import vanishes
from symacts.symbolic.oracle import Undecided


@pytest.mark.parametrize(
    "text",
    [
        "sech(Piecewise((-x, x < 0), (x + 0.044715, True)))",  # exp(8943/200000) as a power of exp(1/200000)
        "x*(Piecewise((max(x, x + log(2))*(0.044715*x + 1/4), x**2 > 2), (sigmoid(-x), True)) + 1/3)",  # 2**(10**10)
    ],
)
def test_constants_of_long_rationals_take_no_time(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMACTS_CACHE", "off")
    assert all(f.known for f in symacts.analyze(text, timeout=LIMIT))


def test_exponentials_of_numbers_are_named_where_zeros_are_sought() -> None:
    for unit in (sp.S.One, sp.Rational(8943, 200000)):
        found = candidates(sp.exp(2 * x + 2 * unit) - 3 * sp.exp(x + unit) + 2, x)
        assert set(found) == {-unit, sp.log(2 * sp.exp(-unit))}
    lone = sp.exp(x) * sp.exp(sp.Rational(8943, 200000)) + sp.exp(sp.Rational(1, 3)) * x
    (zero,) = candidates(lone, x)
    assert abs(lone.subs(x, zero).evalf(30)) < 1e-25


def test_roots_are_symbols_where_a_constant_is_written_through_exponentials() -> None:
    r = facts.Root(sp.cos(x - sp.Rational(7, 5)) * (x + 9) + x / 9, 2, 4)
    inner = sp.tan(sp.sin(sp.Rational(7, 10) - r / 2))
    constant = (1 - sp.tanh(inner) ** 2) * (inner**2 + 1) * sp.cos(r / 2) / (4 - sp.tanh(inner) ** 2)
    start = time.process_time()
    assert constants.sign(constant - sp.Rational(*constants.enclose(constant, 400)[0].as_numer_denom())) is None
    assert time.process_time() - start < 10
    assert constants.sign(sp.exp(r) * (sp.cosh(r) - sp.sinh(r)) - 1) == 0
    assert constants.sign(sp.sqrt(r**2) - r) == 0 and constants.sign(sp.sqrt(r**2) + r) == 1


def test_digits_of_a_root_are_sought_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    plain = constants.enclose
    monkeypatch.setattr("symacts.rigor.enclose", lambda *a, **k: (asked.append(a), plain(*a, **k))[1])
    r = facts.Root(sp.cos(x) - x + sp.Rational(1, 97), 0, 1)
    assert [r.evalf(15) for _ in range(5)] == [r.evalf(15)] * 5 and len(asked) == 1


def test_powers_of_a_root_are_reduced_together() -> None:
    a, b = sp.sqrt(x**2 + 1), sp.sqrt(x + 3)
    assert vanishes((a + b) ** 6 - sp.expand((a + b) ** 6)) and vanishes(a**5 - a - a * (x**4 + 2 * x**2))
    assert not vanishes(a**5 - a - a * (x**4 + 2 * x**2) + b / 1000)


def test_a_reason_with_a_number_too_long_to_print_is_no_crash() -> None:
    def run(f: Subject, needed: object) -> tuple[object, str]:
        raise Undecided(f"the sign of {sp.Integer(10) ** 5000}")

    rows = [
        Derivation("range", "reasoning", (), run),
        Derivation("range", "other", (), lambda f, _: (sp.S.Reals, "so")),
    ]
    subject = Subject(x, x, BallOracle())
    unknown = driver._first_answer(subject, "range", rows[:1], lambda name: subject)
    assert unknown.status == "unknown" and "too large to write down" in unknown.because
    assert driver._first_answer(subject, "range", rows, lambda name: subject).value == sp.S.Reals
