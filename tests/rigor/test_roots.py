"""Roots refine to the right digits, and are isolated completely."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.facts import Root
from symacts.rigor import Unknown, isolate, refine

x = sp.Symbol("x", real=True)
R = sp.Rational

ROOTS = [
    (x**5 - x - 1, 1, 2),
    (sp.cos(x) - x, 0, 1),
    (sp.tanh(x) - x / 2, 1, 3),
    (sp.erf(x) - R(1, 2), 0, 1),
    ((x**2 - 2) ** 3, 1, 2),
    (sp.exp(x) - 10**6, 0, 20),
    (x - R(1, 3), 0, R(1, 3)),
    (sp.log(x) + 30, R(1, 10**20), 1),
]


@pytest.mark.parametrize(("f", "lo", "hi"), ROOTS, ids=[str(f) for f, _, _ in ROOTS])
def test_refinement(f: sp.Expr, lo: sp.Expr, hi: sp.Expr) -> None:
    root = Root(f, lo, hi)
    value = sp.lambdify(x, f, "mpmath")
    for prec in (32, 128, 500, 64):
        ball = refine(root, prec)
        assert ball.rel_accuracy_bits() >= prec - 2
        with mpmath.workprec(prec + 300):
            ends = [
                mpmath.mpf(int(m)) * mpmath.mpf(2) ** int(e)
                for m, e in (ball.lower().man_exp(), ball.upper().man_exp())
            ]
            assert value(ends[0]) * value(ends[1]) <= mpmath.mpf(2) ** -700


def test_a_negative_root_stands_in_parentheses() -> None:
    below, above, b = Root(x**2 - 2, -2, -1), Root(x**2 - 2, 1, 2), sp.Symbol("b")
    assert [str(e) for e in (-below, sp.exp(-below), b - below, below**2)] == [
        "-(-1.4142135623...)",
        "exp(-(-1.4142135623...))",
        "b - (-1.4142135623...)",
        "(-1.4142135623...)**2",
    ]
    assert [str(e) for e in (-above, b - above, b * above)] == [
        "-1.4142135623...",
        "b - 1.4142135623...",
        "b*1.4142135623...",
    ]
    assert "(-1.4142135623...)" in sp.pretty(b * below) and "(" not in sp.pretty(b * above)


def test_nearly_equal_roots_are_told_apart() -> None:
    near = R(1, 10**12)
    first = Root((x - 1) * (x - 1 - near), R(1, 2), 1 + near / 2)
    second = Root((x - 1) * (x - 1 - near), 1 + near / 2, 2)
    assert refine(first, 64) < refine(second, 64)
    assert first < second


@pytest.mark.parametrize(("f", "lo", "hi"), [(x**2 + 1, -1, 1), ((sp.exp(x) - 3) ** 2, 0, 2)], ids=str)
def test_intervals_that_isolate_nothing_are_refused(f: sp.Expr, lo: int, hi: int) -> None:
    with pytest.raises(UnsupportedExpression):
        refine(Root(f, lo, hi), 64)


def test_isolation_is_complete() -> None:
    zeros = isolate(sp.sin(x) - x / 10, x, -sp.oo, sp.oo)
    assert not isinstance(zeros, Unknown)
    expected = [2.8523418944500, 7.0681743580954, 8.4232039323642]
    assert [float(z.point) for z in zeros] == pytest.approx(
        [-e for e in reversed(expected)] + [0] + expected, abs=1e-10
    )
    assert zeros[3].point == 0


def test_isolation_of_close_zeros() -> None:
    gap = R(1, 10**8)
    zeros = isolate((sp.exp(x) - 2) * (sp.exp(x) - 2 - gap), x, -sp.oo, sp.oo)
    assert not isinstance(zeros, Unknown)
    assert [z.point for z in zeros] == [sp.log(2), sp.log(2 + gap)]
    tangled = isolate(sp.erf(x) ** 2 - sp.erf(x) + R(1, 4) - gap**2, x, -sp.oo, sp.oo)
    assert not isinstance(tangled, Unknown)
    assert len(tangled) == 2


def test_no_isolated_zeros() -> None:
    assert isinstance(isolate(sp.sinh(x) - (sp.exp(x) - sp.exp(-x)) / 2, x, -1, 1), Unknown)
    assert isinstance(isolate(sp.sin(x), x, 0, sp.oo), Unknown)
    assert isolate(sp.cosh(x), x, -sp.oo, sp.oo) == ()
