"""Infinitely many zeros, exactly: periods are proved, families hold every zero that sampling finds."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from symacts.rigor import SignChart, Unknown
from symacts.rigor.periodic import Families, period, periodic_sign_chart, zero_families
from symacts.rigor.profiles import Zero

x = sp.Symbol("x", real=True)
PI = sp.pi

PERIODS = [
    (sp.sin(x), 2 * PI),
    (sp.sin(x) ** 2, PI),
    (sp.sin(2 * x) + sp.cos(3 * x), 2 * PI),
    (sp.exp(sp.cos(PI * x)), 2),
    (x + sp.sin(x), None),
    (sp.sin(x) + sp.sin(sp.sqrt(2) * x), None),
    (sp.sin(x**2), None),
    (x**2, None),
]


@pytest.mark.parametrize(("f", "expected"), PERIODS, ids=[str(f) for f, _ in PERIODS])
def test_periods(f: sp.Expr, expected: sp.Expr | None) -> None:
    assert period(f, x) == expected


def test_a_wrong_period_is_refused() -> None:
    assert isinstance(periodic_sign_chart(sp.sin(x), x, PI), Unknown)
    assert isinstance(periodic_sign_chart(x, x), Unknown)


FAMILIES = [
    (sp.sin(x), (), [(Zero(sp.S.Zero, 1), PI)], ()),
    (sp.sin(x) / x, (), [(Zero(sp.S.Zero, 1), PI)], (0,)),
    (x * sp.cos(x), (Zero(sp.S.Zero, 1),), [(Zero(PI / 2, 1), PI)], ()),
    (1 + sp.sin(2 * x), (), [(Zero(3 * PI / 4, 2), PI)], ()),
    ((x**2 + 1) * sp.cos(3 * x) ** 2, (), [(Zero(PI / 6, 2), PI / 3)], ()),
]


@pytest.mark.parametrize(("f", "points", "repeated", "removed"), FAMILIES, ids=[str(row[0]) for row in FAMILIES])
def test_families(
    f: sp.Expr, points: tuple[Zero, ...], repeated: list[tuple[Zero, sp.Expr]], removed: tuple[int, ...]
) -> None:
    assert zero_families(f, x) == Families(points, tuple(repeated), removed)


SAMPLED = [
    sp.cos(x) - sp.sin(x) / 3,
    sp.cos(x) ** 2 - sp.sin(x),
    sp.sin(x) * sp.cos(sp.sqrt(2) * x),
    2 * sp.sin(x) + sp.sin(2 * x) + sp.cos(3 * x) / 2,
    sp.sin(x) ** 3 - sp.cos(x) / 5 + sp.Rational(1, 10),
]


@pytest.mark.parametrize("f", SAMPLED, ids=str)
def test_families_hold_every_change_of_sign(f: sp.Expr) -> None:
    families = zero_families(f, x)
    assert isinstance(families, Families)
    value = sp.lambdify(x, f, "math")
    listed = [(float(z.point), float(P)) for z, P in families.repeated]
    steps = 4000
    found = 0
    for k in range(steps):
        a, b = -10.001 + 20 * k / steps, -10.001 + 20 * (k + 1) / steps
        if value(a) * value(b) < 0:
            found += 1
            assert any(math.floor((b - z) / P) != math.floor((a - z) / P) for z, P in listed), (a, b)
    expected = sum(math.floor((9.999 - z) / P) - math.floor((-10.001 - z) / P) for z, P in listed)
    assert found == expected  # and nothing is listed that is no zero


def test_what_is_not_of_this_kind_is_unknown() -> None:
    assert isinstance(zero_families(sp.sin(x) + sp.cos(x**2), x), Unknown)
    assert isinstance(zero_families(sp.cos(x) / x, x), Unknown)
    chart = periodic_sign_chart(sp.exp(sp.sin(x)) - 1, x)
    assert isinstance(chart, SignChart)
    assert [s for _, _, s in chart.cells] == [1, -1, 1]
