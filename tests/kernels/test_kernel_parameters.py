"""Parameters at run time: arrays of them, broadcast with the input, against one call for each value."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

import symacts
from symacts.errors import ParameterError
from symacts.spec import Activation, Parameter
from symacts.spec import g as gate
from symacts.spec import x as variable

BACKENDS = ["numpy", "numba"]
X = np.array([-np.inf, -30.0, -1.5, -0.25, -0.0, 0.0, 0.5, 3.0, np.inf, np.nan])


@lru_cache(maxsize=64)
def made(name: str, order: int | tuple[int, ...] = 0, backend: str = "numpy", **options: Any) -> Any:
    return symacts.kernel(name, order, backend=backend, **options)


def one_by_one(k: Any, x: np.ndarray, **arrays: np.ndarray) -> list[np.ndarray]:
    """Element by element with scalar parameters."""
    x, *values = np.broadcast_arrays(x, *arrays.values())
    found = []
    for index in np.ndindex(x.shape):
        given = {name: float(v[index]) for name, v in zip(arrays, values, strict=True)}
        result = k(x[index], **given)
        found.append(result if isinstance(result, tuple) else (result,))
    return [np.array(column).reshape(x.shape) for column in zip(*found, strict=True)]


@pytest.mark.parametrize(
    ("name", "order", "parameter", "values", "backend"),
    [
        ("elu", (0, 1), "alpha", [0.5, 1.75], "numpy"),
        ("elu", 0, "alpha", [0.5, 1.75], "numba"),
        ("leaky_relu", 1, "negative_slope", [0.25, 0.0, 2.0], "numpy"),
        ("celu", (0, 1, 2), "alpha", [3.0], "numpy"),
    ],
)
def test_arrays_of_parameters(name: str, order: Any, parameter: str, values: list[float], backend: str) -> None:
    k = made(name, order, backend)
    for x, a in (
        (X, np.array(values)[:, None]),
        (X[:, None], np.array(values)),
        (np.resize(X, (2, len(values))), np.array(values)),
        (np.float64(-0.75), np.array(values)),
    ):
        result = k(x, **{parameter: a})
        want = one_by_one(k, np.asarray(x), **{parameter: a})
        got = result if isinstance(order, tuple) else (result,)
        for y, w in zip(got, want, strict=True):
            assert y.shape == np.broadcast_shapes(np.shape(x), a.shape)
            assert np.array_equal(y, w, equal_nan=True), (name, parameter)


def test_formats_lists_and_out() -> None:
    k = made("elu", (0, 1))
    a = np.array([0.5, 2.0])
    short = np.array([-1.0, 1.0], np.float32)
    assert [y.dtype for y in k(short, alpha=a)] == [np.float32] * 2
    assert np.array_equal(k([-1.0, 1.0], alpha=[0.5, 2.0])[0], k(short.astype(float), alpha=a)[0])
    outs = np.full((3, 2), 7.0), np.full((3, 2), 7.0)
    x = np.arange(-2.0, 1.0)[:, None]
    returned = k(x, out=outs, alpha=a)
    assert returned[0] is outs[0] and returned[1] is outs[1]
    assert np.array_equal(outs[0], k(x, alpha=a)[0])
    both = np.array([-1.0, -2.0])
    value = made("elu")
    want = value(both.copy(), alpha=a)
    assert value(both, out=both, alpha=a) is both and np.array_equal(both, want)
    assert made("elu")(np.empty((0, 2)), alpha=a).shape == (0, 2)
    assert made("elu")(x, alpha=np.empty((3, 0))).shape == (3, 0)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"alpha": np.array([1.0, -1.0])}, ParameterError),
        ({"alpha": np.array([1.0, np.nan])}, ParameterError),
        ({"alpha": np.array([1.0, 1j])}, ParameterError),
        ({"alpha": np.array(["a", "b"])}, ParameterError),
        ({"beta": np.array([1.0, 2.0])}, ParameterError),
        ({"alpha": np.ones(3)}, ValueError),
        ({"alpha": np.linspace(1, 2, 100)[:, None]}, ParameterError),
        ({"alpha": np.ones(2), "out": np.empty(3)}, ValueError),
        ({"alpha": np.ones(2), "out": np.empty(2, int)}, TypeError),
    ],
)
def test_what_does_not_fit_is_a_clear_error(given: dict[str, Any], error: Any) -> None:
    with pytest.raises(error):
        made("elu")(np.array([1.0, -1.0]), **given)


@pytest.mark.parametrize("backend", BACKENDS)
def test_trainable_slopes(backend: str) -> None:
    """df/dalpha of elu is expm1 on the left; of leaky relu x on the left; the parameter's value may change."""
    x = np.array([-40.0, -2.0, -1e-3, 0.0, 5.0])
    slope = made("elu", (0, 1), backend, wrt="alpha")
    y, dy = slope(x, alpha=0.25)
    assert np.allclose(y, np.where(x > 0, x, 0.25 * np.expm1(x)), rtol=1e-15, atol=0)
    assert np.allclose(dy, np.where(x > 0, 0.0, np.expm1(x)), rtol=1e-15, atol=0)
    many = slope(x[:, None], alpha=np.array([0.25, 2.0]))
    assert np.array_equal(many[0][:, 0], y) and np.array_equal(many[1][:, 1], dy)
    leaky = made("leaky_relu", 1, backend, wrt="negative_slope")
    assert np.array_equal(leaky(x, negative_slope=0.5), np.minimum(x, 0.0))


def test_gated_units_take_arrays_too() -> None:
    b = Parameter("b", 1)
    k = symacts.kernel(
        Activation("unit", variable * (1 + b.symbol * gate), (b,), kind="gated"), (0, 1), backend="numpy"
    )
    left, right = np.array([1.0, -2.0, 3.0]), np.array([0.5, 0.25, -1.0])
    y, (dx, dg) = k(left, right, b=np.array([[1.0], [2.0]]))
    for row, value in enumerate((1.0, 2.0)):
        one, (first, second) = k(left, right, b=value)
        assert np.array_equal(y[row], one) and np.array_equal(dx[row], first) and np.array_equal(dg[row], second)


@pytest.mark.parametrize(
    "text",
    [
        "max(x, 0)**p",
        "x*max(x, 0)**p/(1 + max(x, 0)**p)",
        "abs(x)**p*sign(x)",
        "Piecewise((x**p, x >= 0), (0, True))",
    ],
)
def test_the_slope_in_an_exponent_where_the_base_is_zero(text: str) -> None:
    """0**p is 0 for every p > 0: the gradient of a trainable power was nan for half of all inputs."""
    unit = symacts.define("powered", text, parameters={"p": ("3/2", "positive")}, replace=True)
    x = np.array([-3.0, -0.0, 0.0, 0.25, 1.0, 4.0])
    y, slope = symacts.kernel(unit, (0, 1), wrt="p", backend="numpy")(x)
    size = np.maximum(x, 0.0) if "abs" not in text else np.abs(x)
    power = size**1.5
    change = np.where(size > 0, power * np.log(np.where(size > 0, size, 1.0)), 0.0)
    if "1 + " in text:
        power, change = x * power / (1 + power), x * change / (1 + power) ** 2
    sign = np.sign(x) if "abs" in text else 1.0
    np.testing.assert_allclose(y, power * sign, rtol=1e-15)
    np.testing.assert_allclose(slope, change * sign, rtol=1e-14)
