"""Exact expansion: identities vanish, other expressions are told apart by a look modulo a prime."""

from __future__ import annotations

import random

import pytest
import sympy as sp

from symacts.symbolic.field import _Builder, _plain, vanishes

x = sp.Symbol("x", real=True)
ROOT, CUBE = sp.sqrt(x**2 + 2), sp.cbrt(x**2 + 1)
IDENTITIES = [
    (sp.tanh(x / 2) + 1, 2 / (1 + sp.exp(-x))),
    ((ROOT + x) ** 3, ROOT**3 + 3 * ROOT**2 * x + 3 * ROOT * x**2 + x**3),
    ((CUBE + 1) ** 3, x**2 + 2 + 3 * CUBE**2 + 3 * CUBE),
    ((sp.sqrt(ROOT + 1) + x) ** 2, ROOT + 1 + 2 * x * sp.sqrt(ROOT + 1) + x**2),
    (2**x * sp.exp(-x * sp.log(2)), sp.S.One),
    ((x + sp.erf(x) * sp.E) * (x - sp.erf(x) * sp.E), x**2 - sp.erf(x) ** 2 * sp.exp(2)),
    ((sp.sqrt(2) * x + 1) ** 2, 2 * x**2 + 2 * sp.sqrt(2) * x + 1),
]


def is_told_apart(expression: sp.Expr) -> bool:
    builder, plain = _Builder(), _plain(expression)
    builder.scan(plain)
    builder.build()
    return builder.is_nonzero(plain)


@pytest.mark.parametrize("left, right", IDENTITIES)
def test_an_identity_is_never_told_apart(left: sp.Expr, right: sp.Expr) -> None:
    difference = sp.Add(left, -right, evaluate=False)
    assert not is_told_apart(difference) and vanishes(difference)


@pytest.mark.parametrize("left, right", IDENTITIES)
def test_a_neighbor_of_an_identity_is_told_apart(left: sp.Expr, right: sp.Expr, rng: random.Random) -> None:
    wrong = left - right + sp.Rational(1, rng.randint(10, 10**6)) * rng.choice((sp.S.One, x, sp.exp(x)))
    assert is_told_apart(wrong) and not vanishes(wrong)


def test_where_a_root_has_no_value_modulo_the_prime_expansion_decides() -> None:
    assert not is_told_apart(sp.sqrt(17) * x - 4 * x)
    assert not vanishes(sp.sqrt(17) * x - 4 * x) and vanishes(sp.expand((sp.sqrt(17) * x) ** 2) - 17 * x**2)
