"""The normal form: identities that hold reduce to zero, neighbors that do not never do; values agree with mpmath."""

from __future__ import annotations

import random
import time

import mpmath
import pytest
import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.coefficients import sign_of_normal_form
from symacts.proofs.checker.entail import Given
from symacts.proofs.checker.fractions import prime_factors
from symacts.proofs.checker.normal import Atoms, is_zero

x, y, b = sp.symbols("x y b", real=True)
sigmoid = 1 / (1 + sp.exp(-x))

ZERO = [
    sp.tanh(x) - 2 / (1 + sp.exp(-2 * x)) + 1,
    sp.log(1 + sp.exp(x)) - sp.log(1 + sp.exp(-x)) - x,
    sp.log(sp.cosh(x)) - x - sp.log(1 + sp.exp(-2 * x)) + sp.log(2),
    sp.sin(3 * x) - 3 * sp.sin(x) + 4 * sp.sin(x) ** 3,
    sp.tan(x) ** 2 + 1 - sp.sec(x) ** 2,
    1 / (sp.sqrt(2) - 1) - sp.sqrt(2) - 1,
    sp.erf(x / sp.sqrt(2)) + sp.erf(-x / sp.sqrt(2)),
    4**x - sp.exp(2 * x * sp.log(2)),
    sp.sqrt(x**2 + 1) ** 3 - (x**2 + 1) * sp.sqrt(x**2 + 1),
    sp.log(12) - 2 * sp.log(2) - sp.log(3),
    sp.diff(sp.atanh(x), x) - 1 / (1 - x**2),
    sp.log(1 + sp.E) - sp.log(1 + sp.exp(-1)) - 1,
    sp.exp(2 * sp.LambertW(3)) - 9 / sp.LambertW(3) ** 2,
    sp.exp(x / (x + 1)) * sp.exp(1 / (x + 1)) - sp.E,
    sp.exp(-(b**2)) * sp.exp(4 * x**2 * b**2 / (4 * x**2 + 2)) - sp.exp(-(b**2) / (2 * x**2 + 1)),
    sp.exp((x + 2) / (x**2 + 2 * x + 1)) - sp.exp((x + 1) ** -2) * sp.exp(1 / (x + 1)),
]
NONZERO = [
    sp.tanh(x) - 1 / (1 + sp.exp(-2 * x)),
    sp.log(1 + sp.exp(x)) - x,
    sp.sin(x) ** 2 - sp.cos(x) ** 2,
    sp.sqrt(2) + sp.sqrt(3) - sp.sqrt(5),
    sp.exp(x + y) - sp.exp(x) - sp.exp(y),
    sp.erf(x) - sp.erf(2 * x),
    sp.log(5) - 2 * sp.log(2),
    sp.Abs(x) - x,
    sp.exp(x / (x + 1)) * sp.exp(1 / (x + 2)) - sp.E,
    sp.exp(x / (x + 1)) - sp.exp(1 / (x + 1)),
]


@pytest.mark.parametrize("e", ZERO, ids=str)
def test_identities_reduce_to_zero(e: sp.Expr) -> None:
    assert is_zero(e)


@pytest.mark.parametrize("e", NONZERO, ids=str)
def test_false_neighbors_do_not(e: sp.Expr) -> None:
    assert not is_zero(e)


def test_a_normal_form_keeps_the_value(rng: random.Random) -> None:
    """num/den at random points, against the formula by mpmath at 50 digits."""
    for e in (*ZERO, *NONZERO, sp.diff(x * sp.tanh(sp.log(1 + sp.exp(x))), x, 2)):
        atoms = Atoms(e)
        value = atoms.fraction()
        formula = value.num.as_expr() / sp.Mul(*[p.as_expr() ** k for p, k in value.den.items()])
        restored = formula.xreplace(atoms.meaning).replace(sp.Function("cis"), lambda u: sp.exp(sp.I * u))
        for _ in range(3):
            point = {s: sp.Rational(rng.randint(1, 99), 100) for s in (x, y, b)}
            with mpmath.workdps(50):
                left, right = (sp.N(f.subs(point), 50) for f in (e, restored))
                assert abs(left - right) < sp.Float("1e-40"), (e, point)


def test_what_is_no_finite_number_is_refused() -> None:
    with pytest.raises(UnsupportedExpression):
        Atoms(sp.oo).fraction()
    assert not is_zero(1 / (x - x + sp.Symbol("z", real=True) * 0 + 1) - 2)


def test_too_large_is_given_up_not_expanded() -> None:
    many = sp.Add(*sp.symbols("s0:30", real=True)) ** 60
    assert not is_zero(many - 1)


def test_powers_of_numbers_that_sympy_draws_from_exponentials() -> None:
    rate = 1 / sp.sqrt(sp.pi)
    assert is_zero(4**rate - sp.exp(rate * sp.log(2)) ** 2) and not is_zero(4**rate - 3**rate)


def test_large_integers_are_not_factored() -> None:
    """It took longer than any budget: the factors of 10**500 - 1, and of sums with coefficients of that size."""
    start = time.process_time()
    for value in (sp.Integer(10**500 - 1), sp.Rational(10**500 - 1, 2**70 * 3**5), sp.Integer(12)):
        assert sp.Mul(*(sp.Integer(p) ** k for p, k in prime_factors(value).items())) == value
    assert is_zero(sp.log(7 * (10**500 - 1)) - sp.log(10**500 - 1) - sp.log(7))
    assert not is_zero(sp.log(10**500 - 1) - sp.log(10**500))
    assert not is_zero(sp.log(10**499 * (x**2 + 1) - x) - sp.log(x**2 + 1))
    assert sign_of_normal_form(Given(), 10**500 * sp.atan(x) - 10**499 * sp.pi) == {-1, 0, 1}
    assert time.process_time() - start < 5
