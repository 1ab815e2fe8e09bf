"""Far out, where zeros of oscillating functions crowd: digits next to each, single or double, at any size."""

from __future__ import annotations

import importlib.util
import random
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp
from mpmath import mpf

import symacts
from symacts.kernels.crowds import compiled
from symacts.kernels.ends import far_limit, tendency, trend
from symacts.kernels.waves import written
from symacts.rewrite.reference import reference_of, ulp_errors
from symacts.spec import x

BACKENDS = ("numpy", "numba") if importlib.util.find_spec("numba") else ("numpy",)
WAVES = (
    "x - sin(x)",
    "1 - cos(x)",
    "x + sin(x)**2",
    "x*cos(x)",
    "cos(3*x + 1)",
    "tanh(x) + sin(x)/5",
    "sin(x)*cos(x)",
    "x + 2*cos(x/2) - sin(x)",
)
"""Values or derivatives have zeros without end: periodic ones, double ones, shifted ones."""


def truth(formula: sp.Expr, order: int, points: list[float]) -> list[mpf]:
    f = sp.lambdify(x, sp.diff(formula, x, order), "mpmath")
    with mpmath.workprec(2600):
        return [mpf(f(mpf(p))) for p in points]


def hard(formula: sp.Expr, order: int, rng: random.Random) -> list[float]:
    """Floats next to zeros of the function or its slope near 100, 1e4, 1e9, and random ones of any size."""
    slopes = [sp.lambdify(x, sp.diff(formula, x, order + k), "mpmath") for k in (0, 1)]
    points = [rng.choice((1, -1)) * 2.0 ** rng.uniform(6, 1023) for _ in range(60)]
    with mpmath.workprec(300):
        for scale in (100, 1e4, 1e9):
            start = mpf(scale * rng.uniform(1, 2))
            for slope in slopes:
                grid = [start + mpf(k) / 5 for k in range(40)]
                values = [slope(p) for p in grid]
                for k in range(39):
                    if values[k] * values[k + 1] < 0:
                        root = mpmath.findroot(slope, (grid[k], grid[k + 1]), solver="anderson", tol=1e-60)
                        near = float(root)
                        points += [s * p for s in (1, -1) for p in (near, np.nextafter(near, 0), near * (1 + 2.0**-40))]
                        break
    return points


def errors(found: np.ndarray, true: list[mpf]) -> list[float]:
    unit = [mpf(2) ** (max(int(mpmath.frexp(t)[1]), -1021) - 53) for t in true]
    return [float(abs(mpf(float(f)) - t) / u) for f, t, u in zip(found, true, unit, strict=True)]


def test_values_and_slopes_far_out(rng: random.Random, full: bool) -> None:
    for text in WAVES if full else rng.sample(WAVES, 1):
        formula = sp.sympify(text, {"x": x})
        kernels = [symacts.kernel(text, (0, 1), backend=b) for b in (BACKENDS if full else BACKENDS[-1:])]
        for order in (0, 1):
            points = hard(formula, order, rng)
            true = truth(formula, order, points)
            for k in kernels:
                found = errors(k(np.array(points))[order], true)
                at = int(np.argmax(found))
                assert found[at] <= 4, f"{k}, order {order}: {found[at]:.3g} ULP at {points[at]!r}"


def test_the_control_in_plain_arithmetic_fails(rng: random.Random) -> None:
    formula = 1 - sp.cos(x)
    points = hard(formula, 0, rng)
    assert max(errors(1 - np.cos(np.array(points)), truth(formula, 0, points))) > 1e6


@pytest.mark.parametrize(
    "text", ["cos(x) + log(1 + x**2)", "1 - cos(x)", "1 + sin(2*x)", "(1 + 2*sin(x)*cos(x))*x", "sin(3*x) - sin(x)"]
)
def test_forms_in_two_words_are_rounded_once(text: str, rng: random.Random) -> None:
    formula = sp.sympify(text, {"x": x})
    points = [abs(p) for p in hard(formula, 0, rng)]
    source = written(formula, x, 1)
    assert source is not None
    with np.errstate(all="ignore"):
        found = compiled(source)(np.array(points))
    assert max(errors(found, truth(formula, 0, points))) <= 0.6


def test_what_has_no_waves_has_no_such_form() -> None:
    assert written(sp.tanh(x), x, 1) is None


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_holes_of_one_float_are_holes(backend: str, dtype: str, rng: random.Random, full: bool) -> None:
    """x*log(|x|), tanh(x)/x and 1/(x - 1) are undefined at one float; neighbors are not."""
    holes = [("x*log(Abs(x))", 0.0), ("1/(x - 1)", 1.0), ("sin(x)/x", 0.0), ("(exp(x) - 1)/x", 0.0), ("tanh(x)/x", 0.0)]
    for text, hole in holes if full else rng.sample(holes, 1):
        at = np.array([hole, -hole, np.nextafter(np.array(hole, dtype), np.array(9, dtype))], dtype)
        for y in symacts.kernel(text, (0, 1), dtype=dtype, backend=backend)(at):
            assert np.isnan(y[0]) and not np.isnan(y[2]), (text, y)
            assert hole or np.isnan(y[1])


@pytest.mark.parametrize("backend", BACKENDS)
def test_logarithms_of_subnormals(backend: str) -> None:
    at = np.array([5e-324, 1e-320, 2.5e-313, 2.0**-1022, 1e-300])
    found = symacts.kernel("x*log(Abs(x))", (0, 1), backend=backend)(at)
    with mpmath.workprec(200):
        true = [[mpf(p) * mpmath.log(mpf(p)) for p in at.tolist()], [mpmath.log(mpf(p)) + 1 for p in at.tolist()]]
    assert max(max(errors(f, t)) for f, t in zip(found, true, strict=True)) <= 4


@pytest.mark.parametrize("backend", BACKENDS)
def test_float32_zeros_at_the_origin(backend: str) -> None:
    """1 - cos(x) near 0 is x**2/2, a zero of order two that float32 kernels have to find as float64 ones do."""
    at = np.array([1e-19, 3e-13, -5e-9, 2e-4], np.float32)
    for accuracy in ("fast", "tight"):
        found = symacts.kernel("x - sin(x)", 1, dtype="float32", backend=backend, accuracy=accuracy)(at)
        np.testing.assert_allclose(found, at.astype(float) ** 2 / 2, rtol=1e-7)


ENDLESS = {
    "log(2 + sin(x))": ((np.nan, np.nan), (np.nan, np.nan)),
    "x + sin(x)": ((-np.inf, np.inf), (np.nan, np.nan)),
    "x*sin(x)**2": ((np.nan, np.nan), (np.nan, np.nan)),
    "exp(x)*(2 + sin(x))": ((0.0, np.inf), (0.0, np.inf)),
    "sin(x)/(1 + exp(-x))": ((0.0, np.nan), (0.0, np.nan)),
    "sin(exp(-x))": ((np.nan, 0.0), (np.nan, 0.0)),
    "sin(tanh(x))": ((-np.sin(1.0), np.sin(1.0)), (0.0, 0.0)),
}
"""Limits of values and slopes at both infinities; nan where nothing is approached, whatever a few values look like."""


@pytest.mark.parametrize("text", ENDLESS)
def test_what_goes_on_oscillating_has_no_limit(text: str) -> None:
    expression = symacts.parse(text)
    found = [[far_limit(sp.diff(expression, x, k), x, side) for side in (-1, 1)] for k in (0, 1)]
    np.testing.assert_array_equal(found, ENDLESS[text])


def test_a_slope_without_a_limit_is_nan_at_infinity() -> None:
    y, slope = symacts.kernel("x + sin(x)", (0, 1), backend="numpy")(np.array([-np.inf, np.inf]))
    np.testing.assert_array_equal([y, slope], ENDLESS["x + sin(x)"])


def test_three_values_of_a_wave_are_no_trend() -> None:
    """Negative control: values of cos(x) at three places far out happen to grow."""
    far = [Fraction(2) ** k for k in (1200, 2400, 4800)]
    wave = sp.cos(x)
    assert trend([reference_of(wave, x).value(-p) for p in far]) == np.inf
    assert np.isnan(tendency(wave, x, [-p for p in far]))


def test_terms_that_decay_beside_double_zeros(rng: random.Random) -> None:
    """1 - sin(x) + x*exp(-x): next to pi/2 + 2*pi*k what is left is tiny, and 1/x underflows where x is huge."""
    slope = sp.diff((x + sp.cos(x)) / (1 + sp.exp(-x)), x)
    with mpmath.workprec(200):
        zeros = [float(mpmath.pi * (0.5 + 2 * rng.randrange(10**d))) for d in (2, 3, 4, 5, 7) for _ in range(8)]
    at = np.array([z for z in zeros if z > 120] + [2.0 ** rng.uniform(1015, 1023.9) for _ in range(60)])
    source = written(slope, x, 1)
    assert source is not None
    with np.errstate(all="ignore"):
        found = compiled(source)(at)
    assert ulp_errors(found, reference_of(slope, x).values(at)).max() < 1
