"""Sums of waves with periods of irrational ratio: bounds by Kronecker's theorem, judged by the referee."""

from __future__ import annotations

import pytest
import sympy as sp
from referee_look import Look
from sweep import fact_of

import symacts
from symacts.analysis.subject import Subject
from symacts.analysis.two_periods import TWO_PERIODS
from symacts.rigor.oracle import BallOracle
from symacts.spec import x
from symacts.symbolic.oracle import Undecided

half, open_ = sp.Rational(1, 2), sp.Interval.open
KNOWN = [
    ("sin(x) + sin(sqrt(2)*x)", "range", open_(-2, 2)),
    ("sin(x) + sin(sqrt(2)*x)", "lipschitz", 1 + sp.sqrt(2)),
    ("sin(x) + sin(sqrt(2)*x)", "gradient_lipschitz", 3),
    ("sin(x) + sin(sqrt(2)*x)", "limits", (None, None)),
    ("sin(x) + cos(sqrt(2)*x)", "maximum", (2, False)),  # where one is 1, the other is not
    ("1 + cos(x) + cos(pi*x)/2", "maximum", (5 * half, True)),
    ("1 + cos(x) + cos(pi*x)/2", "minimum", (-half, False)),
    ("cos(x)*cos(pi*x)", "range", sp.Interval.Lopen(-1, 1)),
    ("cos(x)*cos(pi*x)", "bounded", (True, True)),
    ("sin(x) + cos(3*x)/3 + sin(pi*x)/10", "limits", (None, None)),
    ("sin(x) + sin(pi*x) + x/9", "lipschitz", sp.Rational(10, 9) + sp.pi),
    ("sin(x) + sin(pi*x) + x/9", "limits", (-sp.oo, sp.oo)),
]


@pytest.mark.parametrize(("text", "name", "value"), KNOWN)
def test_facts_that_can_be_found_by_hand(text: str, name: str, value: object) -> None:
    fact = fact_of(text, name)
    assert fact.known, fact.because
    assert fact.value == value


def test_the_referee_does_not_expect_to_see_the_supremum() -> None:
    assert Look(symacts.parse("sin(x) + sin(sqrt(2)*x)"), x).has_many_periods
    assert not Look(symacts.parse("sin(x) + sin(3*x/2)"), x).has_many_periods


@pytest.mark.parametrize(
    "text",
    [
        "sin(x) + sin(2*x)",  # one period
        "sin(x) + sin(sqrt(2)*x) + sin(sqrt(3)*x)",  # three of them
        "sin(x)*Abs(x) + sin(pi*x)",
        "sin(x) + sin(pi*x) + exp(x)/9",
        "sin(x) + sin(E*x/pi)",  # nobody knows whether that is a rational number
        "sin(x) + sin(erf(1)*x)",
    ],
)
def test_others_are_left_alone(text: str) -> None:
    for find in TWO_PERIODS.values():
        with pytest.raises(Undecided):
            find(Subject(symacts.parse(text), x, BallOracle()), {})
