"""The contract of kernels: shapes, strides, dtypes, out=, parameters, pickling, threads, kinks, errors, determinism."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pickle
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from generator import random_expression
from kernel_referee import NoTruth, Referee, compare, ulps

import symacts
from symacts import ParameterError, ParseError, SymactsError, UnknownActivation

BACKENDS = [
    "numpy",
    pytest.param("numba", marks=pytest.mark.skipif(not importlib.util.find_spec("numba"), reason="needs numba")),
]


@cache
def made(name: str, order: int | tuple[int, ...] = 0, backend: str = "numpy", dtype: str = "float64") -> Any:
    return symacts.kernel(name, order, backend=backend, dtype=dtype)


def one_by_one(kernel: Any, a: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The kernel at contiguous copies of single elements: what every shape and stride must give."""
    out = np.empty(a.shape, kernel(np.ones(1, dtype=a.dtype)).dtype)
    for at in np.ndindex(a.shape):
        out[at] = kernel(np.array([a[at]]))[0]
    return out


ARRAYS = {
    "0-d": lambda b: b[5].reshape(()),
    "empty": lambda b: b[:0],
    "empty rows": lambda b: b[:0].reshape(0, 3),
    "negative stride": lambda b: b[::-1],
    "step": lambda b: b[3::7],
    "negative step": lambda b: b[100:3:-5],
    "transposed": lambda b: b[:60].reshape(5, 12).T,
    "Fortran": lambda b: np.asfortranarray(b[:60].reshape(5, 12)),
    "block of a matrix": lambda b: b[:90].reshape(9, 10)[2:7, 3:8],
    "four axes": lambda b: b[:48].reshape(2, 3, 4, 2).transpose(2, 0, 3, 1),
    "broadcast": lambda b: np.broadcast_to(b[:4], (3, 4)),
    "broadcast scalar": lambda b: np.broadcast_to(b[7], (3, 4)),
    "field of records": lambda b: np.rec.fromarrays([b[:9], b[9:18]], names="p,q")["q"],
    "big-endian": lambda b: b[:20].astype(b.dtype.newbyteorder(">")),
    "one element, odd strides": lambda b: b[4:5][::-3],
    "unaligned": lambda b: np.frombuffer(b"\0" + b[:11].tobytes(), dtype=np.uint8)[1:].view(b.dtype),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("shape", ARRAYS)
def test_shapes_and_strides(shape: str, dtype: str, backend: str) -> None:
    base = np.random.default_rng(1).normal(scale=9, size=120).astype(dtype)
    for name in ("mish", "hard_swish"):
        kernel = made(name, 0, backend)
        a = ARRAYS[shape](base)
        before = a.tobytes()
        got = kernel(a)
        assert np.shape(got) == a.shape
        assert got.dtype == np.dtype(dtype)
        assert np.array_equal(got, one_by_one(kernel, a)), name
        assert a.tobytes() == before
        value, slope = made(name, (0, 1), backend)(a)
        assert np.shape(value) == np.shape(slope) == a.shape


@pytest.mark.parametrize("backend", BACKENDS)
def test_large_arrays_agree_with_small_ones(backend: str) -> None:
    """Tiles, vector bodies and remainders: the same number at every place of an array of any length."""
    rng = np.random.default_rng(2)
    for name in ("mish", "hard_swish"):
        kernel = made(name, (0, 1), backend)
        a = rng.normal(scale=30, size=70_001)
        whole = kernel(a)
        for start, stop in ((0, 1), (1, 4), (16_383, 16_390), (65_530, 65_545), (70_000, 70_001), (3, 40_000)):
            for full, part in zip(whole, kernel(a[start:stop]), strict=True):
                assert np.array_equal(full[start:stop], part), (name, start, stop)


@pytest.mark.parametrize("backend", BACKENDS)
def test_scalars_lists_and_integers(backend: str) -> None:
    kernel = made("tanh", 0, backend)
    for given in (1, True, 1.0, np.float64(1), np.int8(1), np.uint64(1), np.array(1)):
        got = kernel(given)
        assert np.ndim(got) == 0 and got.dtype == np.float64, given
        assert float(ulps(float(got), Referee(symacts.get("tanh").formula).truth(1.0))) <= 4
    assert kernel(np.float32(1)).dtype == np.float32
    assert np.array_equal(kernel([1, 2]), kernel(np.array([1.0, 2.0])))
    assert kernel([[1, 2], [3, 4]]).shape == (2, 2)
    for integer in ("int8", "uint8", "int32", "int64", "uint64", "bool"):
        assert kernel(np.array([0, 1], dtype=integer)).dtype == np.float64
    ends = np.array([-(2**63), 2**63 - 1])
    assert np.array_equal(kernel(ends), [-1.0, 1.0])


@pytest.mark.parametrize(
    "bad", ["text", None, 1j, [1, "a"], np.array([1j]), object(), {"a": 1}, np.array(["2020-01-01"], "M8")]
)
def test_what_is_no_real_array_is_a_clear_error(bad: Any) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        made("tanh")(bad)
    assert len(str(caught.value)) > 10


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["mish", "relu"])
def test_read_only_input(name: str, backend: str) -> None:
    a = np.linspace(-5, 5, 33)
    a.setflags(write=False)
    before = a.copy()
    made(name, (0, 1), backend)(a)
    got = made(name, 0, backend)(a)
    assert got.flags.writeable and not np.shares_memory(got, a)
    assert np.array_equal(a, before)


@pytest.mark.parametrize("backend", BACKENDS)
def test_out(backend: str) -> None:
    kernel = made("mish", 0, backend)
    a = np.linspace(-5, 5, 30).reshape(5, 6)
    want = kernel(a)
    for out in (
        np.empty((5, 6)),
        np.empty((6, 5)).T,
        np.empty((10, 12))[::2, ::-2],
        np.asfortranarray(np.empty((5, 6))),
    ):
        assert kernel(a, out=out) is out
        assert np.array_equal(out, want)
    pair = np.empty((5, 6)), np.empty((5, 6))
    fused = made("mish", (0, 1), backend)
    got = fused(a, out=pair)
    assert got[0] is pair[0] and got[1] is pair[1]
    assert np.array_equal(pair, fused(a))
    single = np.empty((5, 6), dtype=np.float32)
    narrow = a.astype(np.float32)
    assert kernel(narrow, out=single) is single and np.array_equal(single, kernel(narrow))
    assert kernel(a, out=single) is single  # NumPy's "same_kind" narrowing
    assert np.all(np.abs(single - want) <= 4 * np.spacing(np.abs(single)))


@pytest.mark.parametrize("backend", BACKENDS)
def test_out_that_does_not_fit_is_a_clear_error(backend: str) -> None:
    kernel, fused = made("mish", 0, backend), made("mish", (0, 1), backend)
    a = np.linspace(-5, 5, 6)
    frozen = np.empty(6)
    frozen.setflags(write=False)
    wrong: list[Any] = [
        np.empty(5), np.empty(7), np.empty((6, 1)), np.empty((2, 6)), np.empty(6, dtype=int),
        np.empty(6, dtype=complex), frozen, [0.0] * 6, np.broadcast_to(np.zeros(1), 6), (np.empty(6), np.empty(6)),
    ]  # fmt: skip
    for out in wrong:
        with pytest.raises((TypeError, ValueError)) as caught:
            kernel(a, out=out)
        assert len(str(caught.value)) > 10
    shared = np.empty(6)
    both: list[Any] = [np.empty(6), (np.empty(6),), (np.empty(6),) * 2, (np.empty(6), np.empty(5)), (shared, shared[:])]
    for out in both:
        with pytest.raises((TypeError, ValueError)):
            fused(a, out=out)


@pytest.mark.parametrize("backend", BACKENDS)
def test_overlapping_out_is_right_or_an_error(backend: str) -> None:
    values = np.random.default_rng(3).normal(scale=4, size=50_000)
    kernel, fused = made("mish", 0, backend), made("mish", (0, 1), backend)
    cases = {
        "in place": lambda b: (b[:40_000], b[:40_000]),
        "shifted right": lambda b: (b[:40_000], b[1:40_001]),
        "shifted left": lambda b: (b[5:40_005], b[:40_000]),
        "reversed": lambda b: (b[:40_000], b[:40_000][::-1]),
        "transposed": lambda b: (b[:40_000].reshape(200, 200), b[:40_000].reshape(200, 200).T),
        "every other": lambda b: (b[:40_000:2], b[:20_000]),
    }
    for case, views in cases.items():
        buffer = values.copy()
        source, out = views(buffer)
        want = kernel(source.copy())
        try:
            kernel(source, out=out)
        except ValueError:
            continue
        assert np.array_equal(out, want), case
    for case, views in cases.items():
        buffer, other = values.copy(), np.empty(50_000)
        source, out = views(buffer)
        want = fused(source.copy())
        second = other[: out.size].reshape(out.shape)
        for place in (0, 1):
            buffer[:] = values
            outs = (out, second) if place == 0 else (second, out)
            try:
                fused(source, out=outs)
            except ValueError:
                continue
            assert np.array_equal(outs[0], want[0]) and np.array_equal(outs[1], want[1]), (case, place)


@pytest.mark.parametrize("backend", BACKENDS)
def test_parameters_at_run_time(backend: str) -> None:
    kernel = made("elu", 0, backend)
    a = np.array([-2.0, -0.5, 0.0, 3.0])
    for alpha in (1, 2.0, 0.25, np.float64(0.1)):
        want = np.where(a > 0, a, alpha * np.expm1(a))
        assert np.allclose(kernel(a, alpha=alpha), want, rtol=1e-15, atol=0)
    assert np.array_equal(kernel(a, alpha=1), kernel(a))
    slope = made("leaky_relu", 1, backend)
    assert np.array_equal(slope(np.array([-1.0, 0.0, 1.0]), negative_slope=0.3), [0.3, 0.3, 1.0])
    assert kernel(a.astype(np.float32), alpha=0.5).dtype == np.float32


@pytest.mark.parametrize("backend", BACKENDS)
def test_parameters_that_are_not_there(backend: str) -> None:
    a = np.ones(3)
    for name, given in (("elu", {"beta": 1}), ("tanh", {"alpha": 1}), ("elu", {"alpha": 1, "gamma": 2})):
        with pytest.raises(ParameterError):
            made(name, 0, backend)(a, **given)
    with pytest.raises((ParameterError, TypeError)):
        made("elu", 0, backend)(a, alpha="large")
    for value in (np.nan, np.inf, None, 1j):
        with pytest.raises((ParameterError, TypeError)):
            made("elu", 0, backend)(a, alpha=value)


@pytest.mark.parametrize("backend", BACKENDS)
def test_pickle(backend: str) -> None:
    a = np.linspace(-30, 30, 101)
    for name, order in (("mish", (0, 1)), ("elu", 0)):
        kernel = made(name, order, backend)
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            again = pickle.loads(pickle.dumps(kernel, protocol))
            assert again.source == kernel.source and again.order == kernel.order and again.backend == kernel.backend
            assert np.array_equal(again(a), kernel(a))
    assert np.array_equal(
        pickle.loads(pickle.dumps(made("elu", 0, backend)))(a, alpha=2), made("elu", 0, backend)(a, alpha=2)
    )


@pytest.mark.parametrize("backend", BACKENDS)
def test_threads(backend: str) -> None:
    """Eight threads through one kernel, arrays of different sizes: no scratch is shared."""
    kernel = made("mish", (0, 1), backend)
    rng = np.random.default_rng(4)
    arrays = [rng.normal(scale=5, size=int(n)) for n in rng.integers(1, 90_000, size=64)]
    want = [kernel(a) for a in arrays]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            for got, true in zip(pool.map(kernel, arrays), want, strict=True):
                assert all(np.array_equal(g, t) for g, t in zip(got, true, strict=True))


def test_parallel() -> None:
    a = np.random.default_rng(5).normal(scale=5, size=300_000)
    for backend in ("numpy", "auto"):
        kernel = symacts.kernel("hard_swish", (0, 1), backend=backend, parallel=True)
        for g, t in zip(kernel(a), symacts.kernel("hard_swish", (0, 1), backend=backend)(a), strict=True):
            assert np.max(np.abs(g - t) / np.spacing(np.abs(t))) <= 1


def test_dask_map_blocks() -> None:
    array = pytest.importorskip("dask.array")
    kernel = made("softplus", 0)
    a = np.random.default_rng(6).normal(size=(60, 50)).astype(np.float32)
    blocks = array.from_array(a, chunks=(25, 20)).map_blocks(kernel, dtype=np.float32)
    for scheduler in ("threads", "synchronous"):
        assert np.array_equal(blocks.compute(scheduler=scheduler), kernel(a))


KINKS: list[tuple[str, float, float]] = [
    ("relu", 0, 0), ("abs", 0, 0), ("leaky_relu", 0, 0.01), ("hard_tanh", 1, 0), ("hard_tanh", -1, 0),
    ("hard_swish", 3, 1), ("hard_swish", -3, 0), ("relu6", 0, 0), ("relu6", 6, 0),
    ("hard_sigmoid", 3, 0), ("hard_sigmoid", -3, 0),
    ("prelu", 0, 0.25), ("elu", 0, 1), ("celu", 0, 1), ("softsign", 0, 1), ("selu", 0, 1.0507009873554805),
    ("hard_shrink", 0.5, 0), ("soft_shrink", -0.5, 0), ("threshold", 1, 0), ("sign", 0, 0), ("binary_step", 0, 0),
    ("squared_relu", 0, 0), ("tent", 0, 0), ("tent", 1, 0), ("sqlu", -2, 0),
]  # fmt: skip


@pytest.mark.parametrize("backend", BACKENDS)
def test_derivative_at_kinks(backend: str) -> None:
    """The minimum-norm element between the one-sided derivatives, at both signs of zero, alone and in one pass."""
    wrong = []
    for name, at, want in KINKS if backend == "numpy" else KINKS[:7:3]:
        if want is None:
            continue
        for order in (1, (0, 1)) if name in ("relu", "selu", "hard_swish") else ((0, 1),):
            for point in {at, -at} if at == 0 else {at}:
                for signed in (point, -0.0) if point == 0 else (point,):
                    got = made(name, order, backend)(np.full(9, float(signed)))
                    got = got if order == 1 else got[1]
                    if not np.all(got == want):
                        wrong.append((name, order, signed, float(got[0]), want))
    assert not wrong, wrong


@pytest.mark.parametrize(
    "arguments, error",
    [
        ({"order": -1}, ValueError), ({"order": 1.5}, ValueError), ({"order": ()}, ValueError),
        ({"order": "1"}, ValueError), ({"order": (0, -1)}, ValueError),
        ({"order": None}, (ValueError, TypeError)), ({"order": True}, ValueError),
        ({"order": 10**9}, ValueError), ({"dtype": "int32"}, ValueError), ({"dtype": "float128"}, ValueError),
        ({"dtype": complex}, ValueError), ({"backend": "cuda"}, ValueError),
        ({"backend": None}, (ValueError, TypeError)), ({"accuracy": "loose"}, ValueError),
        ({"wrt": "q"}, ParameterError), ({"wrt": 3}, (ValueError, TypeError)),
    ],
)  # fmt: skip
def test_wrong_options_are_clear_errors(arguments: dict[str, Any], error: Any) -> None:
    with pytest.raises(error) as caught:
        symacts.kernel("tanh", **{"backend": "numpy", **arguments})
    message = str(caught.value)
    assert len(message) > 15 and "Traceback" not in message


def test_wrong_targets_are_clear_errors() -> None:
    with pytest.raises(UnknownActivation, match="mish"):
        symacts.kernel("mishh")
    for text in ("x*(", "__import__('os')", "x*y + 1"):
        with pytest.raises(SymactsError):
            symacts.kernel(text)
    with pytest.raises(ParseError):
        symacts.kernel("x + * 2")
    for thing in (None, 3.5, [1], b"x"):
        with pytest.raises((SymactsError, TypeError, ValueError)):
            symacts.kernel(thing)


def test_dtype_spellings_are_one() -> None:
    a = np.linspace(-3, 3, 7)
    for spelling in ("float32", np.float32, np.dtype("float32")):
        assert symacts.kernel("tanh", dtype=spelling, backend="numpy")(0.5).dtype == np.float32
    assert made("tanh")(a).dtype == np.float64


@pytest.mark.parametrize("backend", BACKENDS)
def test_text_and_catalog_agree(backend: str) -> None:
    a = np.linspace(-40, 40, 401)
    text = symacts.kernel("x*tanh(log(1 + exp(x)))", (0, 1), backend=backend)
    for got, want in zip(text(a), made("mish", (0, 1), backend)(a), strict=True):
        assert np.max(np.abs(got - want) / np.spacing(np.abs(want))) <= 2


@pytest.mark.parametrize("name", ["mish", "hard_swish", "elu"])
def test_one_pass_and_separate_orders_agree(name: str) -> None:
    rng = np.random.default_rng(7)
    a = np.concatenate([rng.normal(scale=s, size=2000) for s in (1e-6, 0.1, 2, 30, 700)])
    for order, got in enumerate(made(name, (0, 1))(a)):
        want = made(name, order)(a)
        gap = np.abs(got - want) / np.spacing(np.abs(want))
        assert np.max(gap) <= 1, (name, order, a[np.argmax(gap)], np.max(gap))


def test_order_of_a_tuple_is_kept() -> None:
    a = np.linspace(-2, 2, 9)
    slope, value = symacts.kernel("tanh", (1, 0), backend="numpy")(a)
    assert np.allclose(value, np.tanh(a), rtol=1e-14) and np.allclose(slope, 1 / np.cosh(a) ** 2, rtol=1e-13)
    (alone,) = symacts.kernel("tanh", (0,), backend="numpy")(a)
    assert np.allclose(alone, np.tanh(a), rtol=1e-14)


def test_unseen_expressions(rng: random.Random, full: bool) -> None:
    """Random formulas keep the promise, too."""
    points = np.array([0.0, 1.0, -1.0, 0.5, -0.5, 3.0, -3.0, 1e-9, -1e-300, 20.5, -20.5, 300.0, -800.0, 1e10, -1e300])
    points = np.append(points, [rng.uniform(-s, s) for s in (1, 4, 30) for _ in range(6)])
    failures = []
    for _ in range(40 if full else 4):
        e = random_expression(rng, 5)
        try:
            kernel = symacts.kernel(e, (0, 1), backend="numpy")
        except SymactsError as error:
            print(f"refused: {e}: {error}")
            continue
        for order, got in enumerate(kernel(points)):
            try:
                rows, _ = compare(Referee(e, order), points, got)
            except (NoTruth, NotImplementedError):
                continue
            failures += [f"{e} order {order}: {row}" for row in rows if row.error > 4]
    assert not failures, "\n".join(failures)


SCRIPT = """
import hashlib, sys, numpy as np, symacts
a = np.random.default_rng(8).normal(scale=20, size=5000)
for name in ("mish", "hard_swish"):
    k = symacts.kernel(name, (0, 1), backend="numpy")
    print(hashlib.sha256(k.source.encode()).hexdigest(), hashlib.sha256(np.array(k(a)).tobytes()).hexdigest())
"""


def test_two_processes_give_identical_bytes() -> None:
    def run(hash_seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        return subprocess.run(
            [sys.executable, "-W", "error", "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True
        ).stdout

    first, second = run("1"), run("2")
    assert first == second and len(first.split()) == 4
    assert hashlib.sha256(made("mish", (0, 1)).source.encode()).hexdigest() in first


def test_floating_point_state_is_left_alone() -> None:
    before = np.geterr()
    made("mish", (0, 1))(np.array([-1e308, np.nan, np.inf, -np.inf, 5e-324]))
    assert np.geterr() == before
    with np.errstate(all="raise"):
        made("mish", (0, 1))(np.array([-1e308, -750.0, np.nan, np.inf, -np.inf, 5e-324, 1e308]))


def test_no_file_is_written_where_caching_is_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SYMACTS_CACHE", "off")
    assert symacts.kernel("x/(1 + exp(-x*7/3))", order=1)(0.0) == 0.5
    assert not list(tmp_path.iterdir())
    monkeypatch.setenv("SYMACTS_CACHE", str(tmp_path / "here"))
    symacts.kernel("x/(1 + exp(-x*8/3))")
    assert list((tmp_path / "here" / "kernels").iterdir())
