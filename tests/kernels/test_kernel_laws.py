"""Kernels within their promised ULP, value and derivatives, over the whole float range; the naive form is not."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

import symacts.registry as registry
from symacts.errors import UnsupportedExpression
from symacts.kernels import kernel
from symacts.spec import x

sys.path.insert(0, str(Path(__file__).parent))
from kernel_checks import Truth, worst_error

UNSEEN = (
    "x*exp(-x**2)",
    "x/(1 + x**2)",
    "log(1 + x**2)",
    "x*atan(x)",
    "exp(-exp(-x))",
    "sqrt(1 + x**2) - 1",
    "x*erf(log(1 + exp(x)))",
    "tanh(x)**3",
    "Max(x, exp(x) - 2)",
    "x*tanh(exp(x))",
    "Piecewise((x**2, x < 1), (2*x - 1, True))",
    "log(x + sqrt(1 + x**2))",
)
"""Formulas that no catalog holds."""


def chosen(full: bool, seed: int, names: tuple[str, ...], count: int) -> list[str]:
    return list(names) if full else random.Random(seed).sample(list(names), count)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        full, seed = metafunc.config.getoption("--full"), metafunc.config.getoption("--seed")
        metafunc.parametrize("name", chosen(full, seed, registry.names("scalar"), 6))
    if "formula" in metafunc.fixturenames:
        full, seed = metafunc.config.getoption("--full"), metafunc.config.getoption("--seed")
        metafunc.parametrize("formula", chosen(full, seed, UNSEEN, 4))


def check(target: str, seed: int, full: bool, backend: str) -> None:
    orders = (0, 1)
    try:
        k = kernel(target, orders, backend=backend)
    except UnsupportedExpression as error:
        pytest.skip(str(error))
    formula = registry.resolve(target).formula
    for order in orders:
        worst, at = worst_error(
            lambda p, order=order: k(p)[order],
            Truth(formula, order),
            seed + order,
            400 if full else 120,
        )
        assert worst <= 4.0, f"{target}, order {order}: {worst:.2f} ULP at {at!r}"


def test_catalog(name: str, seed: int, full: bool) -> None:
    check(name, seed, full, "numpy")


def test_formulas_that_no_catalog_holds(formula: str, seed: int, full: bool) -> None:
    check(formula, seed, full, "numpy")


@pytest.mark.parametrize("target", ["tanh", "elu"])
def test_the_jit_target(target: str, seed: int, full: bool) -> None:
    pytest.importorskip("numba", reason="the jit extra is not installed")
    check(target, seed, full, "numba")


@pytest.mark.parametrize("target", ["softplus", "silu"])
def test_float32_is_rounded_once(target: str, seed: int) -> None:
    k = kernel(target, dtype="float32", accuracy="tight", backend="numpy")
    truth = Truth(registry.resolve(target).formula, 0)
    worst, at = worst_error(k, truth, seed, 200, "float32")
    assert worst <= 0.51, f"{worst} at {at!r}"


@pytest.mark.parametrize("target, order", [("x*tanh(softplus(x))", 1), ("gelu_tanh", 0), ("tanh_shrink", 0)])
def test_the_naive_form_fails_the_same_check(target: str, order: int, seed: int) -> None:
    formula = registry.resolve(target).formula
    naive = sp.lambdify(x, sp.diff(formula, x, order), "numpy")
    worst, _ = worst_error(naive, Truth(formula, order), seed, 120)
    assert worst > 1e6


@pytest.mark.parametrize(
    "target, at, expected",
    [
        ("relu", 0.0, 0.0),
        ("abs", 0.0, 0.0),
        ("leaky_relu", 0.0, 0.01),
        ("hard_tanh", -1.0, 0.0),
        ("hard_tanh", 1.0, 0.0),
        ("hard_swish", 3.0, 1.0),
        ("hard_swish", -3.0, 0.0),
        ("relu6", 6.0, 0.0),
        ("sign", 0.0, 0.0),
        ("elu", 0.0, 1.0),
        ("Max(x, 3 - x/2)", 2.0, 0.0),
        ("Max(2*x, 1 + x)", 1.0, 1.0),
    ],
)
def test_derivative_at_a_kink(target: str, at: float, expected: float) -> None:
    assert float(kernel(target, 1, backend="numpy")(at)) == expected


@pytest.mark.parametrize(
    "target, order, left, right",
    [
        ("sigmoid", 0, 0.0, 1.0),
        ("tanh", 1, 0.0, 0.0),
        ("mish", 0, 0.0, np.inf),
        ("mish", 1, 0.0, 1.0),
        ("softplus", 1, 0.0, 1.0),
        ("elu", 0, -1.0, np.inf),
        ("log_sigmoid", 0, -np.inf, 0.0),
        ("squareplus", 1, 0.0, 1.0),
        ("log(x)", 0, np.nan, np.inf),
    ],
)
def test_infinities_give_limits_and_nan_gives_nan(target: str, order: int, left: float, right: float) -> None:
    y = kernel(target, order, backend="numpy")(np.array([-np.inf, np.inf, np.nan]))
    np.testing.assert_array_equal(y, [left, right, np.nan])


def test_jumps_take_the_declared_value() -> None:
    k = kernel("Piecewise((1, x < 2), (5, Eq(x, 2)), (3, True))", backend="numpy")
    assert k(np.array([1.0, 2.0, 3.0])).tolist() == [1.0, 5.0, 3.0]
