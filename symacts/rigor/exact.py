"""Exact integers and rationals in bulk: a matrix times a column, a polynomial in another variable.

>>> from fractions import Fraction
>>> product(matrix([[1, 2], [3, 4]]), [5, 6])
[17, 39]
>>> substituted([1, 0, 1], Fraction(1, 2), Fraction(2))  # 1 + s**2 at s = 1/2 + 2*t
[Fraction(5, 4), Fraction(2, 1), Fraction(4, 1)]
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_poly, fmpz_mat

__all__ = ["matrix", "product", "substituted"]


def matrix(rows: Sequence[Sequence[int]]) -> Any:
    """A matrix of integers."""
    return fmpz_mat([list(row) for row in rows])


def product(left: Any, column: Sequence[int]) -> list[int]:
    """A matrix times a column."""
    return [int(v) for v in (left * fmpz_mat(len(column), 1, list(column))).entries()]


def substituted(coefficients: Sequence[int], offset: Fraction, scale: Fraction) -> list[Fraction]:
    """The coefficients of p(offset + scale*t), lowest first, from those of p."""
    found = fmpq_poly([*coefficients])(fmpq_poly([_rational(offset), _rational(scale)])).coeffs()
    moved = [Fraction(int(c.p), int(c.q)) for c in found]
    return moved + [Fraction(0)] * (len(coefficients) - len(moved))


def _rational(value: Fraction) -> Any:
    return fmpq(value.numerator, value.denominator)
