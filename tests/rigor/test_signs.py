"""Sign charts: known ones by hand, random ones against mpmath, and corrupted ones that must be noticed."""

from __future__ import annotations

import itertools
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.facts import Root
from symacts.rigor import SignChart, Unknown, compare, prove_sign, range_on, sign_chart
from symacts.rigor.signs import Zero

sys.path.insert(0, str(Path(__file__).parent))
import referee_signs as referee

x = sp.Symbol("x", real=True)
R, oo = sp.Rational, sp.oo
SIGMOID = 1 / (1 + sp.exp(-x))
SOFTPLUS = sp.log(1 + sp.exp(x))
GELU = x * (1 + sp.erf(x / sp.sqrt(2))) / 2

EXACT = [
    (x**2 - 2, -oo, oo, [-sp.sqrt(2), sp.sqrt(2)], [1, -1, 1]),
    (x**2 * (x - 1), -oo, oo, [0, 1], [-1, -1, 1]),
    (sp.diff(sp.tanh(x), x, 2), -oo, oo, [0], [1, -1]),
    (sp.diff(SIGMOID, x, 2), -oo, oo, [0], [1, -1]),
    (sp.diff(GELU, x, 2), -oo, oo, [-sp.sqrt(2), sp.sqrt(2)], [-1, 1, -1]),
    (sp.exp(x) - 1 - x, -oo, oo, [0], [1, 1]),
    (x - sp.sin(x), -oo, oo, [0], [-1, 1]),
    (sp.sin(x) / x, -3, 3, [], [1]),
    (1 - sp.cos(x), -1, 1, [0], [1, 1]),
    (sp.sin(x), 0, 2 * sp.pi, [sp.pi], [1, -1]),
    (x * sp.log(x), 0, oo, [1], [-1, 1]),
    (x**x - 1, 0, oo, [1], [-1, 1]),
    (sp.sqrt(x) - x, 0, oo, [1], [1, -1]),
    (sp.sqrt(1 - x**2) - x, -1, 1, [sp.sqrt(2) / 2], [1, -1]),
    (sp.log(x) ** 2 - 1, 0, oo, [sp.exp(-1), sp.E], [1, -1, 1]),
    (sp.exp(sp.sqrt(2) * x) - 3, -oo, oo, [sp.log(3) / sp.sqrt(2)], [-1, 1]),
    (x - sp.pi, -oo, oo, [sp.pi], [-1, 1]),
    (x + sp.sqrt(x**2 + R(1, 10**6)), -oo, oo, [], [1]),
    (sp.tanh(x) ** 2 + 1 / sp.cosh(x) ** 2 - 1, -oo, oo, [], [0]),
    (sp.sqrt(x**2 + 2 * x + 1 + x**4) - x**2, 0, oo, [], [1]),
    (x**3 - 2, -oo, oo, [2 ** R(1, 3)], [-1, 1]),
    (1 / sp.sqrt(x) - 1, 0, oo, [1], [1, -1]),
    (sp.atan(x) - sp.pi / 4, -oo, oo, [1], [-1, 1]),
]


@pytest.mark.parametrize(("expr", "lo", "hi", "zeros", "signs"), EXACT, ids=[str(row[0]) for row in EXACT])
def test_exact_charts(expr: sp.Expr, lo: sp.Expr, hi: sp.Expr, zeros: list[sp.Expr], signs: list[int]) -> None:
    chart = sign_chart(expr, x, lo, hi)
    assert isinstance(chart, SignChart)
    assert [s for _, _, s in chart.cells] == signs
    assert [sp.simplify(z.point - e) for z, e in zip(chart.zeros, zeros, strict=True)] == [0] * len(zeros)
    assert not any(isinstance(z.point, Root) for z in chart.zeros)
    assert chart.cells[0][0] == lo
    assert chart.cells[-1][1] == hi


MULTIPLE_ELSEWHERE = [
    (sp.atan(x) - sp.atan(R(5, 4)) - (x - R(5, 4)) * R(16, 41), 0, oo, R(5, 4), 2),
    (x - sp.exp(4) * (sp.log(x) - 3), 0, oo, sp.exp(4), 2),
    (1 + sp.sin(2 * x), 0, 3, 3 * sp.pi / 4, 2),
    (sp.cosh(x - R(1, 3)) - 1, -oo, oo, R(1, 3), 2),
]


@pytest.mark.parametrize(
    ("expr", "lo", "hi", "point", "multiplicity"), MULTIPLE_ELSEWHERE, ids=[str(row[0]) for row in MULTIPLE_ELSEWHERE]
)
def test_multiple_zeros_at_exact_points(
    expr: sp.Expr, lo: sp.Expr, hi: sp.Expr, point: sp.Expr, multiplicity: int
) -> None:
    chart = sign_chart(expr, x, lo, hi)
    assert isinstance(chart, SignChart)
    assert chart.zeros == (Zero(point, multiplicity),)


MULTIPLE = [(x - sp.sin(x), 3), (sp.exp(x) - 1 - x, 2), (x**5 * sp.exp(x), 5), ((sp.exp(x) - 1) ** 2 * x, 3)]


@pytest.mark.parametrize(("expr", "multiplicity"), MULTIPLE, ids=[str(e) for e, _ in MULTIPLE])
def test_multiplicities(expr: sp.Expr, multiplicity: int) -> None:
    chart = sign_chart(expr, x, -oo, oo)
    assert isinstance(chart, SignChart)
    assert chart.zeros == (Zero(sp.S.Zero, multiplicity),)


NUMBERS = [
    (sp.cos(x) - x, ["0.73908513321516064166"]),
    (sp.diff(GELU, x), ["-0.75179152461217126490"]),
    (sp.diff(x * SIGMOID, x), ["-1.2784645427610737951"]),
    (sp.erf(x) - x / 2, ["-1.9902328376", "0", "1.9902328376"]),
    (sp.diff(x * sp.tanh(SOFTPLUS), x), ["-1.1924312145"]),
]


@pytest.mark.parametrize(("expr", "zeros"), NUMBERS, ids=[str(e) for e, _ in NUMBERS])
def test_isolated_zeros(expr: sp.Expr, zeros: list[str]) -> None:
    chart = sign_chart(expr, x, -oo, oo)
    assert isinstance(chart, SignChart)
    for zero, shown in zip(chart.zeros, zeros, strict=True):
        assert abs(sp.N(zero.point, 25) - sp.Float(shown, 25)) < R(1, 10**9)
        if isinstance(zero.point, Root):
            assert not zero.point.lo <= 0 <= zero.point.hi
            assert zero.multiplicity == 1


def test_a_chart_may_start_at_a_root() -> None:
    first = sign_chart(sp.cos(x) - x, x, -oo, oo)
    assert isinstance(first, SignChart)
    root = first.zeros[0].point
    beyond = sign_chart((sp.cos(x) - x) * (x - 2), x, root, oo)
    assert isinstance(beyond, SignChart)
    assert [s for _, _, s in beyond.cells] == [1, -1]
    assert beyond.cells[0][0] == root


UNKNOWN = [
    (sp.sin(x), 0, oo),
    (x * sp.cos(x), -oo, oo),
    (1 / x, -1, 1),
    (1 / (x - sp.sqrt(2)), 0, 2),
]


@pytest.mark.parametrize(("expr", "lo", "hi"), UNKNOWN, ids=[str(row[0]) for row in UNKNOWN])
def test_what_has_no_finite_chart_is_unknown(expr: sp.Expr, lo: sp.Expr, hi: sp.Expr) -> None:
    assert isinstance(sign_chart(expr, x, lo, hi), Unknown)


def test_a_small_budget_gives_unknown() -> None:
    answer = sign_chart(sp.erf(x) - sp.sin(3 * x) / 2 - x / 3, x, -5, 5, budget=5)
    assert isinstance(answer, Unknown)
    assert "budget" in answer.reason


def test_bad_questions_are_refused() -> None:
    with pytest.raises(UnsupportedExpression):
        sign_chart(x, x, 1, 1)
    with pytest.raises(UnsupportedExpression):
        sign_chart(x * sp.Symbol("a"), x, 0, 1)
    with pytest.raises(UnsupportedExpression):
        sign_chart(sp.Function("f")(x), x, 0, 1)


def test_prove_sign_and_range() -> None:
    assert prove_sign(1 - sp.tanh(x), x, -oo, oo) == 1
    assert prove_sign(sp.tanh(x), x, 0, oo) == 1
    assert prove_sign(sp.tanh(x), x, 0, oo, closed=(True, False)) is None
    assert prove_sign(sp.tanh(x), x, -1, oo) is None
    low, high = range_on(x * sp.exp(-x), x, 0, 3)  # type: ignore[misc]
    assert low <= 0
    assert 0.3678 < high < 0.372


def laws(chart: SignChart, lo: sp.Expr, hi: sp.Expr) -> None:
    """Cells cover the interval in order; signs change exactly at zeros of odd multiplicity."""
    points = [lo, *(z.point for z in chart.zeros), hi]
    assert [(a, b) for a, b, _ in chart.cells] == list(itertools.pairwise(points))
    assert all(compare(a, b) == -1 for a, b in itertools.pairwise(points))
    for zero, left, right in zip(chart.zeros, chart.cells[:-1], chart.cells[1:], strict=True):
        if zero.multiplicity is not None:
            assert (left[2] != right[2]) == (zero.multiplicity % 2 == 1)


def test_random_charts_against_mpmath(rng: random.Random, full: bool) -> None:
    established = asked = seen = 0
    for _ in range(600 if full else 60):
        positive = rng.random() < 0.3
        expr = referee.random_expression(rng, rng.randint(1, 3), positive)
        if rng.random() < 0.5:
            expr = sp.diff(expr, x)
        if not expr.has(x) or expr.has(sp.I, sp.nan, sp.zoo):
            continue
        lo, hi = (
            (sp.S.Zero, oo) if positive else rng.choice([(-oo, oo), (sp.Integer(-3), sp.Integer(3)), (-oo, R(5, 7))])
        )
        asked += 1
        chart = sign_chart(expr, x, lo, hi, budget=1500)
        if isinstance(chart, Unknown):
            continue
        established += 1
        laws(chart, lo, hi)
        wrong, count = referee.disagreements(expr, chart, rng, 4)
        assert not wrong, (expr, lo, hi, chart, wrong[:3])
        seen += count
    print(f"{established} of {asked} charts established, {seen} points agree")
    assert established > 0.6 * asked
    assert seen > 5 * established


def test_the_referee_notices_corrupted_charts() -> None:
    rng = random.Random(7)
    expr = sp.diff(GELU, x)
    chart = sign_chart(expr, x, -oo, oo)
    assert isinstance(chart, SignChart)
    assert referee.disagreements(expr, chart, rng) == ([], referee.disagreements(expr, chart, random.Random(7))[1])
    flipped = replace(chart, cells=tuple((a, b, -s) for a, b, s in chart.cells))
    assert referee.disagreements(expr, flipped, rng)[0]
    zero = chart.zeros[0].point
    moved = zero + R(1, 10**6)
    shifted = SignChart(((-oo, moved, -1), (moved, oo, 1)), (Zero(moved, 1),))
    assert referee.disagreements(expr, shifted, rng)[0]
    missed = SignChart(((-oo, oo, 1),), ())
    assert referee.disagreements(expr, missed, rng)[0]
