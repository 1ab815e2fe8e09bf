"""Row-wise and gated kernels against mpmath, finite differences and the edges of the float range."""

from __future__ import annotations

import math
import pickle

import mpmath
import numpy as np
import pytest
import sympy as sp
from kernel_referee import ulps

import symacts.registry as registry
from symacts.kernels import kernel


def softmax(row: list[float], temperature: float) -> list[float]:
    with mpmath.workprec(200):
        e = [mpmath.exp(mpmath.mpf(t) / mpmath.mpf(temperature)) for t in row]
        return [float(v / sum(e)) for v in e]


@pytest.mark.parametrize("temperature", [1.0, 0.5, 8.0])
def test_softmax_against_mpmath(temperature: float, seed: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(30, 7)) * 20
    expected = [softmax(r, temperature) for r in rows.tolist()]
    np.testing.assert_allclose(kernel("softmax")(rows, T=temperature), expected, rtol=4e-14, atol=0)
    got = kernel("log_softmax")(rows, T=temperature)
    with mpmath.workprec(200):
        logs = [
            [
                float(mpmath.mpf(t) / temperature - mpmath.log(sum(mpmath.exp(mpmath.mpf(s) / temperature) for s in r)))
                for t in r
            ]
            for r in rows.tolist()
        ]
    np.testing.assert_allclose(got, logs, rtol=4e-15, atol=0)


def test_edges_of_the_float_range() -> None:
    big = np.array([[1.7e308, -1.7e308, 0.0], [-np.inf, 2.0, 2.0], [-1.7e308, -1.7e308, -1.7e308]])
    expected = [[1, 0, 0], [0, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3]]
    np.testing.assert_array_equal(kernel("softmax")(big), expected)
    logs = kernel("log_softmax")(big)
    assert logs[0, 0] == 0.0 and logs[1, 0] == -np.inf and logs[1, 1] == -np.log(2.0)
    assert kernel("log_sum_exp")(big).tolist() == [1.7e308, 2.0 + np.log(2.0), -1.7e308]


@pytest.mark.parametrize("temperature", ["1", "1/4", "37/10"])
@pytest.mark.parametrize("scale", [1e-3, 30.0, 600.0, 1.7e308])
def test_tails_of_softmax_keep_their_digits(scale: float, temperature: str, seed: int) -> None:
    rows = np.random.default_rng(seed).uniform(-1.0, 1.0, (8, 6)) * scale
    values = [kernel(name)(rows, T=sp.Rational(temperature)) for name in ("softmax", "log_softmax")]
    with mpmath.workprec(2200):
        for row, p, logs in zip(rows.tolist(), *(v.tolist() for v in values), strict=True):
            shifted = [(mpmath.mpf(t) - max(row)) / sp.Rational(temperature) for t in row]
            total = mpmath.fsum(map(mpmath.exp, shifted))
            for s, a, b in zip(shifted, p, logs, strict=True):
                assert ulps(a, mpmath.exp(s) / total) <= 4 and ulps(b, s - mpmath.log(total)) <= 4


@pytest.mark.skipif(np.finfo(np.longdouble).maxexp == 1024, reason="no format of wider exponents here")
@pytest.mark.parametrize("name", ["l2_normalize", "spherical_softmax", "taylor_softmax"])
def test_squares_of_large_entries_do_not_overflow(name: str) -> None:
    y, small = (kernel(name)(np.array([3.0, -4.0]) * c) for c in (2.0**1000, 2.0**40))
    np.testing.assert_allclose(y, small, rtol=1e-11)
    assert np.all(np.isfinite(kernel(name).vjp(np.array([3e200, -4e200]), np.ones(y.shape))))


def test_results_beyond_a_narrow_out_make_no_warning() -> None:
    with np.errstate(all="raise"):
        out = np.empty(2, np.float32)
        assert kernel("log_softmax")(np.array([1e300, 0.0]), out=out).tolist() == [0.0, -np.inf]
        assert kernel("bilinear")(np.array([1e30, 2.0]), np.array([1e30, 3.0]), out=out).tolist() == [np.inf, 6.0]
    with pytest.raises(ValueError, match="at least one entry"):
        kernel("softmax")(np.empty((3, 0)))


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_any_axis(axis: int, seed: int) -> None:
    data = np.random.default_rng(seed).normal(size=(4, 5))
    y = kernel("softmax")(data, axis=axis)
    np.testing.assert_allclose(y.sum(axis=axis), 1.0, rtol=1e-15)
    moved = np.moveaxis(kernel("softmax")(np.moveaxis(data, axis, -1).copy()), -1, axis)
    np.testing.assert_allclose(y, moved, rtol=1e-15)


@pytest.mark.parametrize("name", registry.names("vector"))
def test_vjp_is_the_derivative(name: str, seed: int) -> None:
    k = kernel(name)
    rng = np.random.default_rng(seed)
    at = rng.normal(size=5)
    step = 1e-6
    jacobian = np.array([(k(at + step * e) - k(at - step * e)) / (2 * step) for e in np.eye(5)])
    gradient = rng.normal(size=jacobian.shape[1:])
    np.testing.assert_allclose(
        k.vjp(at, gradient), jacobian @ gradient if gradient.ndim else jacobian * gradient, atol=1e-8
    )


def test_rows_pickle_and_keep_formats() -> None:
    k = pickle.loads(pickle.dumps(kernel("softmax")))
    assert k(np.ones(3, np.float32)).dtype == np.float32
    with pytest.raises(TypeError):
        k(np.array([1j]))
    with pytest.raises(ValueError, match="axis"):
        k(1.0)


@pytest.mark.parametrize("name", registry.names("gated"))
def test_gated_units(name: str, seed: int) -> None:
    k = kernel(name, (0, 1), backend="numpy")
    rng = np.random.default_rng(seed)
    x, g = rng.normal(size=50) + 0.1, rng.normal(size=50) + 0.1
    y, (dx, dg) = k(x, g)
    step = 1e-6
    np.testing.assert_allclose(dx, (k(x + step, g)[0] - k(x - step, g)[0]) / (2 * step), atol=1e-7)
    np.testing.assert_allclose(dg, (k(x, g + step)[0] - k(x, g - step)[0]) / (2 * step), atol=1e-7)
    assert y.shape == (50,)


def test_sums_of_long_columns_are_as_good_as_those_of_rows(seed: int) -> None:
    """NumPy sums in pairs along contiguous axes only: one after the other, 100000 terms lose two digits."""
    data = np.random.default_rng(seed).normal(size=(100_000, 2))
    for name in ("softmax", "log_softmax", "l2_normalize"):
        k = kernel(name)
        np.testing.assert_array_equal(k(data, axis=0), k(data.T.copy(), axis=1).T)
    terms = np.exp(data[:, 0])
    true = terms / math.fsum(terms.tolist())
    assert np.max(np.abs(kernel("softmax")(data, axis=0)[:, 0] - true) / np.spacing(true)) <= 4
    gradient = np.arange(data.size, dtype=float).reshape(data.shape)
    k = kernel("softmax")
    np.testing.assert_array_equal(k.vjp(data, gradient, axis=0), k.vjp(data.T.copy(), gradient.T.copy()).T)


def test_an_entry_whose_terms_cancel_keeps_its_digits() -> None:
    row = [-1e3, -1e6, -1e150, 1.0, -3.0, -20.0]
    y = kernel("squareplus_softmax")(np.array(row))
    with mpmath.workprec(3000):
        entries = [mpmath.mpf(t) + mpmath.sqrt(mpmath.mpf(t) ** 2 + 4) for t in row]
        assert max(ulps(v, e / sum(entries)) for v, e in zip(y.tolist(), entries, strict=True)) <= 4
        slope = kernel("squareplus_softmax").vjp(np.array(row), np.eye(6)[1])[1]
        part, total = entries[1] / mpmath.sqrt(mpmath.mpf(row[1]) ** 2 + 4), sum(entries)
        assert ulps(slope, part / total - entries[1] * part / total**2) <= 8


@pytest.mark.parametrize("dtype, accuracy", [("float64", "fast"), ("float32", "fast"), ("float32", "tight")])
def test_units_of_a_factor_below_the_normal_range_and_a_large_one(dtype: str, accuracy: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    large = {"float64": 1e300, "float32": 3e37}[dtype]
    x = np.append(np.full(60, large), rng.normal(size=60)).astype(dtype)
    g = np.append(rng.uniform(-1400 if dtype == "float64" else -150, -60, 90), rng.normal(size=30)).astype(dtype)
    y, (dx, dg) = kernel("glu", (0, 1), dtype=dtype, accuracy=accuracy, backend="numpy")(x, g)
    with mpmath.workprec(300):
        for p, q, *got in zip(*(v.tolist() for v in (x, g, y, dx, dg)), strict=True):
            s = 1 / (1 + mpmath.exp(-mpmath.mpf(q)))
            for value, true in zip(got, (p * s, s, p * s / (1 + mpmath.exp(mpmath.mpf(q)))), strict=True):
                assert ulps(value, true, dtype) <= (0.51 if accuracy == "tight" else 4), (p, q)
    whole = kernel("glu", dtype=dtype, accuracy=accuracy, backend="numpy")
    assert whole(np.inf, -1400.0) == np.inf and whole(-np.inf, -800.0) == -np.inf and whole(0.0, -np.inf) == 0.0
    assert np.isnan(whole(np.inf, -np.inf)) and whole(1.0, 2.0).dtype == dtype


@pytest.mark.parametrize(
    "name, x, g, expected",
    [
        ("glu", np.inf, -1e300, np.inf),
        ("glu", -np.inf, -3000.0, -np.inf),
        ("swiglu", np.inf, -1e5, -np.inf),
        ("geglu", np.inf, -1e300, -np.inf),
        ("geglu_tanh", -np.inf, -1e4, np.inf),
        ("reglu", np.inf, -1.0, 0.0),
        ("reglu", -np.inf, -np.inf, 0.0),
        ("reglu", np.inf, 0.0, np.nan),
        ("geglu", np.inf, -np.inf, np.nan),
    ],
)
def test_units_with_an_infinite_input_are_limits(name: str, x: float, g: float, expected: float) -> None:
    """By the sign of a gate that no float holds; zero where the gate vanishes all around; nan where there is none."""
    y, (_, dg) = kernel(name, (0, 1), backend="numpy")(np.array([x, 1.0]), g)
    np.testing.assert_array_equal(y[0], expected)
    assert np.isfinite(y[1])
    assert np.isnan(dg[0]) if name == "geglu" and np.isinf(g) else True


@pytest.mark.parametrize("formula", ["dual_elu", "erf(x) - log(1 + exp(g))"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_units_whose_terms_cancel(formula: str, dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, g = rng.normal(size=(2, 120)) * 2
    g[:40] = x[:40] * (1 + 2.0 ** -rng.uniform(1, 52, 40))
    x[40:60], g[40:60] = -rng.uniform(1, 500, (2, 20))
    g[60:64] = x[60:64]
    x, g = x.astype(dtype), g.astype(dtype)
    y = kernel(formula, dtype=dtype, backend="numpy")(x, g)
    with mpmath.workprec(2400):
        for p, q, value in zip(*(v.tolist() for v in (x, g, y)), strict=True):
            if formula == "dual_elu":
                true = mpmath.fsum((1, -1)[k] * (t if t > 0 else mpmath.exp(t) - 1) for k, t in enumerate((p, q)))
            else:
                true = mpmath.erf(p) - mpmath.log(1 + mpmath.exp(mpmath.mpf(q)))
            assert ulps(value, true, dtype) <= 4, (p, q)
