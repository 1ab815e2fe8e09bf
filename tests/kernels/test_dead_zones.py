"""Dead zones against brute force: all float16 and bfloat16 rounded from values by mpmath; neighbors for the others."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy as sp

import symacts
from symacts.spec import x

FORMATS = {"float16": (11, -24, 15), "bfloat16": (8, -133, 127)}
SAMPLE = ("silu",)
MORE = (
    "sigmoid",
    "tanh",
    "mish",
    "softplus",
    "gelu",
    "elu",
    "selu",
    "log_sigmoid",
    "softsign",
    "gelu_tanh",
    "squareplus",
)


def floats(digits: int, smallest: int, highest: int) -> list[mpmath.mpf]:
    """All finite nonnegative numbers of a format, falling."""
    found = [mpmath.ldexp(m, smallest) for m in range(1 << (digits - 1))]
    for e in range(smallest, highest - digits + 2):
        found += [mpmath.ldexp(m, e) for m in range(1 << (digits - 1), 1 << digits)]
    return found[::-1]


def rounded(v: mpmath.mpf, digits: int, smallest: int) -> mpmath.mpf:
    """To nearest, ties to even."""
    if not v:
        return v
    unit = max(mpmath.frexp(v)[1] - digits, smallest)
    return mpmath.ldexp(mpmath.nint(mpmath.ldexp(v, -unit)), unit)


def brute(f: object, side: int, limit: float, numbers: tuple[int, int, int]) -> float | None:
    """The least |x| from which on every float of the format has the limit as its rounded value."""
    digits, smallest, highest = numbers
    last = None
    with mpmath.workprec(400):
        for size in floats(digits, smallest, highest):
            v = 0 if size > 5000 else f(side * size)  # type: ignore[operator]  # beyond, below 2**-400 from the limit
            if size <= 5000 and rounded(mpmath.mpf(v), digits, smallest) != limit:
                return last
            last = float(size)
    return last


def check(name: str) -> None:
    formula = symacts.get(name).formula
    kernel = symacts.kernel(name, (0, 1), backend="numpy")
    zones = kernel.dead_zone
    ends = [kernel(np.array([side * np.inf])) for side in (-1, 1)]
    for order, label in ((0, "f"), (1, "f'")):
        for k, side in enumerate((-1, 1)):
            limit = float(ends[k][order][0])
            branch = formula.subs(x, sp.Symbol("u", positive=True) * side).subs(sp.Symbol("u", positive=True), side * x)
            truth = sp.lambdify(x, sp.diff(branch, x, order), "mpmath")
            for form, numbers in FORMATS.items():
                seen = zones[form][label][k]
                if np.isinf(limit):
                    assert seen is None
                    continue
                assert seen == brute(truth, side, limit, numbers), (name, label, side, form, seen)


@pytest.mark.parametrize("name", SAMPLE)
def test_every_short_float(name: str) -> None:
    check(name)


@pytest.mark.full
@pytest.mark.parametrize("name", MORE)
def test_every_short_float_of_more(name: str, full: bool) -> None:
    if not full:
        pytest.skip("dead zones of more functions: runs with --full")
    check(name)


@pytest.mark.parametrize("name", SAMPLE)
def test_neighbors_of_the_border(name: str) -> None:
    """float32 and float64: at the border the value rounds to the limit, one float before it does not."""
    formula = symacts.get(name).formula
    kernel = symacts.kernel(name, (0, 1), backend="numpy")
    for form, numbers in (("float32", (24, -149)), ("float64", (53, -1074))):
        for order, label in ((0, "f"), (1, "f'")):
            truth = sp.lambdify(x, sp.diff(formula, x, order), "mpmath")
            for k, side in enumerate((-1, 1)):
                border = kernel.dead_zone[form][label][k]
                if border is None:
                    continue
                limit = float(kernel(np.array([side * np.inf]))[order][0])
                before = float(np.nextafter(np.array(border, form), np.array(0, form)))
                with mpmath.workprec(4000):
                    assert rounded(mpmath.mpf(truth(mpmath.mpf(side * border))), *numbers) == limit
                    assert rounded(mpmath.mpf(truth(mpmath.mpf(side * before))), *numbers) != limit
