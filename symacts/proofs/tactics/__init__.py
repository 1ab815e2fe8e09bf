"""Tactics: each proposes nodes of a certificate for a goal. None of them is trusted."""

from symacts.proofs.tactics.branches import branches, definedness
from symacts.proofs.tactics.contraries import contraries
from symacts.proofs.tactics.equations import close, compare_exponentials, derivative_and_point, roots
from symacts.proofs.tactics.inequalities import bisection, rewritten, several_variables, splits
from symacts.proofs.tactics.operators import operators
from symacts.proofs.tactics.squares import binomials, sums_of_squares

__all__ = ["ALL"]

ALL = (
    *(close, branches, definedness, operators, roots, derivative_and_point),
    *(bisection, sums_of_squares, binomials, several_variables, rewritten, compare_exponentials, splits),
    contraries,
)
"""The tactics in the order in which they are tried."""
