"""The sign of a formula from its normal form: coefficients of one sign on atoms of known sign. Trusted core.

>>> import sympy as sp
>>> from symacts.proofs.checker.entail import Given
>>> x = sp.Symbol("x", real=True)
>>> sign_of_normal_form(Given([(x, ">")]), sp.cosh(x) - 1)
frozenset({1})
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.forms import ANY, NEG, NONNEG, POS, ZERO, sum_of
from symacts.proofs.checker.fractions import is_linear, is_small
from symacts.proofs.checker.normal import Atoms

if TYPE_CHECKING:
    from symacts.proofs.checker.entail import Given

__all__ = ["sign_of_normal_form"]

MAX_FACTOR_TERMS = 16


def sign_of_normal_form(given: Given, e: sp.Expr) -> frozenset[int]:
    """The sign from a normal form whose numerator has coefficients of one sign on atoms of known sign."""
    try:
        atoms = Atoms(e)
        value = atoms.fraction()
        if len(value.num) > 400:
            return ANY
        reduced, cleared = atoms.reduce(value.num)
        signs = _polynomial_sign(given, atoms, reduced)
        for factor, k in (*value.den.items(), (cleared, 1)):
            below = _polynomial_sign(given, atoms, factor)
            if k % 2 == 0:
                below = frozenset(s * s for s in below)
            below = below - ZERO  # where e is defined
            signs = frozenset(s * t for s in signs for t in below)
        return signs
    except UnsupportedExpression:
        return ANY


def _polynomial_sign(given: Given, atoms: Atoms, polynomial: Any, may_factor: bool = True) -> frozenset[int]:
    generators = polynomial.ring.symbols
    if atoms.imaginary.intersection(generators):
        return ANY
    if not polynomial:
        return ZERO
    known: list[frozenset[int]] = []
    for g in generators:
        if g in atoms.positive:
            known.append(POS)
        elif g in atoms.nonnegative:
            inner = given.sign(atoms.meaning[g].base)
            known.append(POS if inner == POS else NONNEG)
        else:
            known.append(given.sign(atoms.meaning[g]))
    parts = []
    for monomial, c in polynomial.items():
        sign = POS if c > 0 else NEG
        for g_sign, k in zip(known, monomial, strict=True):
            if k:
                power = g_sign if k % 2 else frozenset(s * s for s in g_sign)
                sign = frozenset(s * t for s in sign for t in power)
        parts.append(sign)
    total = sum_of(parts)
    is_irreducible = is_linear(polynomial)
    if total != ANY or not may_factor or not 2 <= len(polynomial) <= MAX_FACTOR_TERMS:
        return total
    if not is_irreducible and not is_small(polynomial):
        return total
    content, factors = (1, [(polynomial, 1)]) if is_irreducible else polynomial.factor_list()
    total = POS if content > 0 else NEG
    for factor, k in factors:
        sign = given.by_exponents(factor.as_expr().xreplace(atoms.meaning)) if len(factor) == 2 else ANY
        if sign == ANY:
            sign = _polynomial_sign(given, atoms, factor, may_factor=False)
        if sign == ANY and is_linear(factor):
            sign = given.sign_by_rows(factor.as_expr().xreplace(atoms.meaning), sign)
        total = frozenset(s * t**k for s in total for t in sign)
    return total
