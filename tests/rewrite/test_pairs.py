"""Two-word arithmetic against mpmath: sums that cancel, quotients, exponentials, sines of huge arguments."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp
from mpmath import mpf

from symacts.rewrite import pairs


def exact(p: pairs.Pair) -> list[mpf]:
    return [mpf(float(high)) + mpf(float(low)) for high, low in zip(*p, strict=True)]


def drawn(rng: random.Random, count: int, size: int) -> pairs.Pair:
    high = np.array([rng.choice((1, -1)) * rng.uniform(1, 2) * 2.0 ** rng.randint(-size, size) for _ in range(count)])
    return high, high * 2.0**-53 * np.array([rng.uniform(-1, 1) for _ in range(count)])


def worst(found: pairs.Pair, true: list[mpf]) -> mpf:
    return max(abs(f - t) / abs(t) for f, t in zip(exact(found), true, strict=True) if t)


OPERATIONS: dict[str, tuple[Callable[..., pairs.Pair], Callable[..., Any], int]] = {
    "add": (pairs.add, lambda a, b: a + b, 40),
    "mul": (pairs.mul, lambda a, b: a * b, 200),
    "div": (pairs.div, lambda a, b: a / b, 200),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations_keep_a_hundred_bits(name: str, rng: random.Random) -> None:
    function, true, size = OPERATIONS[name]
    with np.errstate(all="ignore"), mpmath.workprec(600):
        p, q = drawn(rng, 300, size), drawn(rng, 300, size)
        found = function(p, q)
        assert worst(found, [true(a, b) for a, b in zip(exact(p), exact(q), strict=True)]) < mpf(2) ** -98


def test_sums_that_cancel(rng: random.Random) -> None:
    p = drawn(rng, 200, 3)
    q = (-p[0] * (1 + 2.0**-50), drawn(rng, 200, 3)[1])
    with mpmath.workprec(600):
        true = [a + b for a, b in zip(exact(p), exact(q), strict=True)]
        assert worst(pairs.add(p, q), true) < mpf(2) ** -98
        plain = (p[0] + q[0], 0 * p[0])
        assert worst(plain, true) > mpf(2) ** -53  # the control: one word loses what cancels


@pytest.mark.parametrize(
    "name, low, high",
    [("exp", -600, 600), ("log", 1e-30, 1e30), ("sqrt", 1e-200, 1e200), ("atan", -9, 9), ("atan", 1e-3, 1e6)],
)
def test_functions(name: str, low: float, high: float, rng: random.Random) -> None:
    first = np.array([rng.uniform(low, high) for _ in range(100)])
    p = first, first * 2.0**-54 * np.array([rng.uniform(-1, 1) for _ in range(100)])
    with np.errstate(all="ignore"), mpmath.workprec(600):
        assert worst(getattr(pairs, name)(p), [getattr(mpmath, name)(v) for v in exact(p)]) < mpf(2) ** -96


def test_exponentials_beyond_the_range() -> None:
    p = np.array([-1e300, -800.0, 800.0, 1e300, np.nan]), np.zeros(5)
    with np.errstate(all="ignore"):
        found = pairs.exp(p)
    np.testing.assert_array_equal(found[0], [0.0, 0.0, np.inf, np.inf, np.nan])


@pytest.mark.parametrize(
    "terms",
    [{1: 2 / sp.pi}, {0: 2 / sp.pi, 1: -6 / sp.pi}, {1: 2 * sp.sqrt(2) / sp.pi}, {1: sp.Integer(2)}, {2: 2 / sp.pi}],
)
def test_sines_of_huge_arguments(terms: dict[int, sp.Expr], rng: random.Random) -> None:
    """All exponents, and the double that lies closest to a multiple of pi/2 (Muller 2016, section 11.1)."""
    most = 1023 if max(terms) == 1 else 300
    points = [rng.uniform(1, 2) * 2.0 ** rng.randint(-7, most) for _ in range(200)]
    points += [6381956970095103 * 2.0**797] if max(terms) == 1 else []
    points += [float(np.pi / 2 * k) for k in range(1, 60)]
    sine, cosine = pairs.sincos(np.array(points), pairs.cycles(terms))
    with mpmath.workprec(2600):
        quarters = [sum(mpf(str(sp.N(c, 780))) * mpf(p) ** k for k, c in terms.items()) for p in points]
        for found, true in ((sine, mpmath.sinpi), (cosine, mpmath.cospi)):
            assert worst(found, [v if abs(v := true(q / 2)) > mpf(2) ** -700 else mpf(0) for q in quarters]) < 2.0**-98


def test_the_control_with_few_digits_of_pi_fails() -> None:
    near = np.array([6381956970095103 * 2.0**797])
    exact_rows = pairs.cycles({1: 2 / sp.pi})
    short = pairs.cycles({1: sp.Rational(2 / 3.141592653589793)})
    with mpmath.workprec(2600):
        true = [mpmath.cos(mpf(float(near[0])))]
        assert worst(pairs.sincos(near, exact_rows)[1], true) < 2.0**-98
        assert worst(pairs.sincos(near, short)[1], true) > 1
