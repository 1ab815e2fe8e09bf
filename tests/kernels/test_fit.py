"""Polynomials for rows: what is refused by its outermost values alone would have been refused anyway."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
import sympy as sp

from symacts.kernels.fit import fit, nodes
from symacts.rewrite.reference import Dyadic, Reference
from symacts.spec import x


def counted(expression: sp.Expr, center: int, half: Fraction) -> tuple[Callable[[Fraction], Dyadic | None], list[int]]:
    """The values of an expression at center + s*half, and how often they are asked for."""
    reference, asked = Reference(expression, x), [0]

    def value(s: Fraction) -> Dyadic | None:
        asked[0] += 1
        return reference.value(center + s * half)

    return value, asked


@pytest.mark.parametrize("expression", [sp.exp(-x), sp.exp(x), 1 / x, -sp.exp(-(x**2))], ids=str)
def test_steep_functions_cost_two_values(expression: sp.Expr) -> None:
    value, asked = counted(expression, 3, Fraction(3, 2))
    assert fit(value, 16) is None and asked[0] == 2


@pytest.mark.parametrize("expression", [sp.exp(-x), sp.exp(x), 1 / x, -sp.exp(-(x**2)), x + 40], ids=str)
def test_what_is_flat_enough_is_fitted(expression: sp.Expr) -> None:
    value, _ = counted(expression, 3, Fraction(1, 32))
    found = fit(value, 16)
    assert found is not None
    for s in (Fraction(-1), Fraction(1, 3), Fraction(1)):
        true = value(s)
        total = sum(found.rational(k) * s**k for k in range(16)) * Fraction(2) ** found.scale
        assert true is not None and abs(total / (true[0] * Fraction(2) ** true[1]) - 1) < Fraction(1, 2**57)


def test_the_largest_ratio_of_an_admitted_row_is_not_refused() -> None:
    """1 + s*q with q just below the limit has outermost values of the largest ratio that there is."""
    slope = Fraction(349, 1000)
    lead = nodes(16)[0]

    def value(s: Fraction) -> Dyadic:
        exact = 1 + slope * s
        return (exact.numerator << 200) // exact.denominator, -200

    found = fit(value, 16)
    assert found is not None and abs(found.rational(1) * Fraction(2) ** found.scale - slope) < Fraction(1, 2**100)
    assert abs(lead) > Fraction(99, 100)
