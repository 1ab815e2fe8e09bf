"""The first look refutes at points that exact arithmetic confirms, and never a true statement."""

from __future__ import annotations

import random
from typing import Any

import mpmath
import pytest
import sympy as sp
from theorems.test_mutants import number
from theorems.test_theorems import FALSE, TRUE, _assuming

from symacts.claims import Claim, Counterexample
from symacts.proofs import prove
from symacts.proofs.glance import glance
from symacts.proofs.statement import read
from symacts.rigor.points import compile_points

x, y = sp.symbols("x y", real=True)


def claims(rows: list[Any]) -> list[Claim]:
    found = [read(row["statement"], _assuming(row)) for row in rows]
    return [claim for claim in found if isinstance(claim, Claim)]


def test_no_true_statement_is_refuted(full: bool, rng: random.Random) -> None:
    rows = claims(TRUE if full else rng.sample(TRUE, 600))
    wrong = [(str(claim), str(seen)) for claim in rows for seen in [glance(claim)] if seen is not None]
    assert not wrong, wrong


def test_most_false_statements_end_here_and_their_witnesses_stand(full: bool, rng: random.Random) -> None:
    """Each witness is evaluated again with mpmath, which shares nothing with the balls."""
    rows = claims(FALSE if full else rng.sample(FALSE, 300))
    seen = [(claim, found) for claim in rows for found in [glance(claim)] if found is not None]
    assert len(seen) > len(rows) // 2
    for claim, found in seen:
        confirm(claim, found)


def confirm(claim: Claim, found: Counterexample) -> None:
    with mpmath.workdps(60):
        at = {sp.Symbol(name, real=True): number(value, {}) for name, value in found.assignment}
        for e, op in claim.premises:
            value = number(e, at)
            assert {">": value > 0, ">=": value >= 0, "!=": value != 0, "=": value == 0}[op], (claim, found)
        pairs = zip(claim.sides, claim.relations, claim.sides[1:], strict=False)
        near = [bounds_hold(a, found.lhs, at) and bounds_hold(b, found.rhs, at) for a, _, b in pairs]
        assert any(near), (str(claim), str(found))
    apart = found.lhs[1] < found.rhs[0] or found.rhs[1] < found.lhs[0]
    assert apart or (found.lhs == found.rhs and found.relation in ("<", ">", "!=")), found


def bounds_hold(side: sp.Expr, bounds: tuple[sp.Expr, sp.Expr], at: dict[sp.Symbol, Any]) -> bool:
    value, slack = number(side, at), mpmath.mpf(10) ** (-6 if side.has(sp.Derivative) else -40)
    lo, hi = (number(bound, {}) for bound in bounds)
    return bool(lo - slack * (1 + abs(lo)) <= value <= hi + slack * (1 + abs(hi)))


@pytest.mark.parametrize(
    ("text", "assuming"),
    [
        ("diff(Piecewise((x, x > 0), (0, True)), x) = 1", "x >= 0"),  # no derivative at 0: no claim there
        ("diff(abs(x), x) != 0", None),
        ("diff(x*abs(x), x) > 0", "x > 0"),
        ("diff(sin(x)/x, x) = Piecewise(((x*cos(x) - sin(x))/x^2, abs(x) > 0), (5, True))", None),
        ("sin(x)/x <= Piecewise((1, abs(x) > 0), (0, True))", None),  # an isolated zero of a denominator is left out
        ("diff(floor(x), x) = 0", None),
        ("diff(sqrt(x), x) = 1/(2*sqrt(x))", "x >= 0"),
        ("sqrt(x) >= 0", "x >= 0"),
        ("1/3 + x = x + 1/3", None),
        ("(x + y)^2 = x^2 + 2*x*y + y^2", None),
    ],
)
def test_what_is_not_claimed_is_not_refuted(text: str, assuming: str | None) -> None:
    assert glance(read(text, assuming)) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("relu(x) + relu(-x) = x", "at x = -1: left side 1, right side -1, so not ="),
        ("x^2 > 0", "at x = 0: left side 0, right side 0, so not > (both sides are equal there)"),
        ("x/3 < x/3", "at x = 0: left side 0, right side 0, so not < (both sides are equal there)"),
        ("(x + 1)/(x + 2) = x/2", "at x = 1: left side 2/3, right side 1/2, so not ="),
        ("0 <= x^2 < 100", "at x = 10: left side 100, right side 100, so not < (both sides are equal there)"),
    ],
)
def test_witnesses_are_simple_points(text: str, shown: str) -> None:
    assert str(glance(read(text))) == shown == str(prove(text).counterexample)


def test_a_least_value_between_the_points_is_found() -> None:
    for text in (
        "silu(x) >= -0.2784",
        "abs(gelu(a) - gelu(b)) <= 1.12*abs(a - b)",
        "mish(x) > -0.30884",
        "abs(selu(x) - selu(y)) <= 1.75*abs(x - y)",
    ):
        assert glance(read(text)) is not None, text


def test_a_statement_without_variables_ends() -> None:
    assert glance(read("exp(-exp(-1)) > 0")) is None and glance(read("2 <= 2")) is None
    assert str(glance(read("exp(1) > 3"))) == "left side in [2.71828182846, 2.71828182846], right side 3, so not >"


def test_a_derivative_in_a_variable_that_does_not_occur() -> None:
    assert glance(read("diff(log(2), x) = 0")) is None
    assert (
        str(glance(read("0 < diff(log(2), x)"))) == "left side 0, right side 0, so not < (both sides are equal there)"
    )


def test_numbers_too_long_to_write_are_left_to_the_search() -> None:
    assert glance(read("exp(-exp(exp(x))) <= 0", "x >= 3")) is None


def test_values_hold_where_they_are_finite() -> None:
    f = compile_points((sp.Derivative(sp.Max(0, x) ** 3, (x, 2)), x**y, sp.sin(x) / x, sp.log(x)))
    second, power, quotient, logarithm = f.at({x: sp.S(2), y: sp.S.Half}, 80)
    assert second.contains(12) and (power * power).contains(2) and quotient.is_finite() and logarithm.is_finite()
    assert not any(v.is_finite() for v in f.at({x: sp.S(0), y: sp.S.Half}, 80)[2:])
    assert not f.at({x: sp.S(-1), y: sp.S.Half}, 80)[1].is_finite()
