"""Shapes, strides, formats, aliasing, pickles, threads: right, or a clear error, never a wrong number."""

from __future__ import annotations

import concurrent.futures
import pickle

import numpy as np
import pytest

from symacts.errors import ParameterError, SymactsError
from symacts.kernels import kernel
from symacts.kernels.memory import has_shared_elements


@pytest.fixture(scope="module")
def k():
    return kernel("softplus", (0, 1), backend="numpy")


X = np.linspace(-40.0, 40.0, 10_001)


@pytest.mark.parametrize(
    "array",
    [
        X,
        X[::-1],
        X[::3],
        X[:10_000].reshape(100, 100).T,
        X[:10_000].reshape(10, 10, 100)[:, ::2, ::-3],
        X[:0],
        X[:1].reshape(()),
        np.broadcast_to(X[:7], (3, 7)),
        np.asfortranarray(X[:10_000].reshape(50, 200)),
        X.astype(">f8"),
    ],
    ids=["plain", "reversed", "strided", "transposed", "3d", "empty", "0d", "broadcast", "fortran", "big endian"],
)
def test_shapes_and_strides(k, array: np.ndarray) -> None:
    before = array.copy()
    y, dy = k(array)
    assert y.shape == dy.shape == array.shape
    np.testing.assert_array_equal(array, before)
    flat = k(np.ascontiguousarray(array, dtype=float).reshape(-1))
    np.testing.assert_array_equal(y.reshape(-1), flat[0])
    np.testing.assert_array_equal(dy.reshape(-1), flat[1])


def test_formats(k) -> None:
    assert k(np.arange(3, dtype=np.int8))[0].dtype == np.float64
    assert k(np.array([True, False]))[0].dtype == np.float64
    assert k(X.astype(np.float32))[0].dtype == np.float32
    assert k(X.astype(np.float16))[1].dtype == np.float16
    assert k([1.0, 2.0])[0].dtype == np.float64
    assert kernel("softplus", dtype="float32", backend="numpy")(1.0).dtype == np.float32
    assert kernel("softplus", dtype="float32", backend="numpy")(X).dtype == np.float64
    assert isinstance(k(1)[0], np.float64)


@pytest.mark.parametrize("bad", [np.array([1j]), np.array(["a"]), np.array([object()]), "tanh", None])
def test_what_is_no_real_number(k, bad: object) -> None:
    with pytest.raises(TypeError, match="real numbers"):
        k(bad)


def test_out_may_be_or_overlap_the_input() -> None:
    f = kernel("x*exp(-x**2)", backend="numpy")
    expected = f(X)
    for shift in (0, 1, 7):
        data = np.concatenate([X, np.zeros(8)])
        result = f(data[: len(X)], out=data[shift : shift + len(X)])
        np.testing.assert_array_equal(result, expected)
    data = X.copy()
    f(data, out=data[::-1])
    np.testing.assert_array_equal(data[::-1], expected)


def test_out_of_other_kinds(k) -> None:
    y, dy = np.empty_like(X), np.empty(len(X), np.float32)
    result = k(X, out=(y, dy))
    assert result[0] is y and result[1] is dy
    np.testing.assert_array_equal(y, k(X)[0])
    with pytest.raises(ValueError, match="expected 2"):
        k(X, out=y)
    with pytest.raises(ValueError, match="shape"):
        k(X, out=(y[1:], dy))
    with pytest.raises(ValueError, match="share memory"):
        k(X, out=(y, y))
    with pytest.raises(TypeError, match="floating-point"):
        k(X, out=(y, np.empty(len(X), int)))
    y.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        k(X, out=(y, dy))


@pytest.mark.parametrize("strides, shared", [((0, 8), True), ((8, 8), True), ((16, 4), True), ((8, 16), False)])
def test_out_whose_elements_lie_in_each_other(k, strides: tuple[int, int], shared: bool) -> None:
    """Several results for one place: whichever comes last would stand."""
    x = np.array([[-2.0, 1.0], [0.5, 3.0]])
    y = np.lib.stride_tricks.as_strided(np.zeros(8), (2, 2), strides)
    row, unit = kernel("softmax", backend="numpy"), kernel("reglu", backend="numpy")
    for call in (lambda: k(x, out=(y, np.empty((2, 2))))[0], lambda: row(x, out=y), lambda: unit(x, x, out=y)):
        if shared:
            with pytest.raises(ValueError, match="share memory"):
                call()
        else:
            assert call() is y
    assert not has_shared_elements(np.empty((3, 0, 2))) and not has_shared_elements(np.empty((4, 5))[::-2, ::3])
    woven = np.lib.stride_tricks.as_strided(np.zeros(8), (2, 3), (24, 16))
    assert not has_shared_elements(woven)


def test_read_only_input(k) -> None:
    data = X.copy()
    data.flags.writeable = False
    np.testing.assert_array_equal(k(data)[0], k(X)[0])


def test_pickle(k) -> None:
    again = pickle.loads(pickle.dumps(k))
    np.testing.assert_array_equal(again(X), k(X))
    assert again.source == k.source and again.order == (0, 1) and again.dtype == np.float64


def test_threads(k) -> None:
    parts = [X + t for t in range(16)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for given, (y, dy) in zip(parts, pool.map(k, parts), strict=True):
            np.testing.assert_array_equal(y, k(given)[0])
            np.testing.assert_array_equal(dy, k(given)[1])


def test_dask_blocks() -> None:
    array = pytest.importorskip("dask.array", reason="dask is not installed")
    f = kernel("silu", backend="numpy")
    blocks = array.from_array(X, chunks=1_000)
    np.testing.assert_array_equal(blocks.map_blocks(f, dtype=float).compute(scheduler="threads"), f(X))


def test_no_warning_at_any_float_even_when_the_caller_raises(k) -> None:
    extreme = np.array([0.0, -0.0, 5e-324, 1e308, -1e308, np.inf, -np.inf, np.nan, 709.9, -745.2])
    with np.errstate(all="raise"):
        k(extreme)


def test_no_warning_while_a_kernel_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMACTS_CACHE", "off")
    with np.errstate(all="raise"):
        assert kernel("x/(1 + exp(1/7 - x))", (0, 1), backend="numpy")(0.0)[0] == 0.0


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_what_is_masked_stays_masked(backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    f = kernel("tanh", (0, 1), backend=backend)
    data = np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False])
    for y, plain in zip(f(data), f(data.data), strict=True):
        assert isinstance(y, np.ma.MaskedArray) and y.mask.tolist() == [False, True, False]
        np.testing.assert_array_equal(y.data, plain)
    y.mask[0] = True
    assert not data.mask[0]
    outs = np.ma.empty(3), np.ma.empty(3)
    assert f(data, out=outs)[1] is outs[1] and outs[1].mask.tolist() == [False, True, False]
    assert kernel("elu", backend=backend)(data, alpha=2).mask.tolist() == [False, True, False]


def test_masks_that_no_result_could_keep_are_an_error(k) -> None:
    data = np.ma.array([1.0, 2.0], mask=[False, True])
    with pytest.raises(TypeError, match="mask"):
        k(data, out=(np.empty(2), np.empty(2)))
    with pytest.raises(TypeError, match="mask"):
        kernel("elu", backend="numpy")(data, alpha=np.array([1.0, 2.0]))
    with pytest.raises(TypeError, match="mask"):
        kernel("softmax")(data)
    with pytest.raises(TypeError, match="mask"):
        kernel("glu", backend="numpy")(data, data)


def test_parameters_at_run_time() -> None:
    f = kernel("elu", backend="numpy")
    assert f(-1.0, alpha=2) == pytest.approx(2 * np.expm1(-1.0), rel=1e-15)
    assert f(-1.0) == np.expm1(-1.0)
    with pytest.raises(ParameterError):
        f(1.0, beta=3)
    with pytest.raises(ParameterError):
        f(1.0, alpha=-1)
    slope = kernel("leaky_relu", 1, wrt="negative_slope", backend="numpy")
    assert slope(np.array([-2.0, 3.0])).tolist() == [-2.0, 0.0]


@pytest.mark.parametrize(
    "options",
    [{"order": 9}, {"order": ()}, {"dtype": "int32"}, {"backend": "gpu"}, {"accuracy": "loose"}, {"wrt": "q"}],
)
def test_options_outside_what_is_allowed(options: dict[str, object]) -> None:
    with pytest.raises((ValueError, SymactsError), match=r"expected|takes no|wrt"):
        kernel("sigmoid", **options)


def test_source_is_readable_and_the_same_every_time() -> None:
    a, b = kernel("mish", backend="numpy"), kernel("x*tanh(softplus(x))", backend="numpy")
    assert a.source == b.source and "np.exp(" in a.source
