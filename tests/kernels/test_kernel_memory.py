"""Results in memory that is used again: never while anything refers to it; alignment and streaming change no bit."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import symacts
from symacts.kernels import memory
from symacts.kernels.memory import Blocks, address

BACKENDS = ["numpy", "numba"] if importlib.util.find_spec("numba") else ["numpy"]
LARGE = (1 << 17,)
F8 = np.dtype(np.float64)


def test_a_block_is_used_again_when_nothing_refers_to_it() -> None:
    blocks = Blocks()
    first, place = blocks.array(LARGE, F8, 0)
    del first
    again, same = blocks.array(LARGE, F8, 0)
    assert same == place == again.ctypes.data


@pytest.mark.parametrize(
    "kept", [lambda a: a, lambda a: a[3:5], lambda a: memoryview(a), lambda a: a.reshape(2, -1).T, lambda a: a.base]
)
def test_control_what_refers_to_a_block_keeps_it(kept: Any) -> None:
    blocks = Blocks()
    array, place = blocks.array(LARGE, F8, 0)
    held = kept(array)
    del array
    _, other = blocks.array(LARGE, F8, 0)
    assert other != place
    del held
    assert blocks.array(LARGE, F8, 0)[1] in (place, other)


def test_a_block_is_taken_from_the_moment_it_is_handed_out() -> None:
    """Before an array is made in it another thread may look whether it is free."""
    blocks = Blocks()
    for _ in range(2):  # a new one, then one of those kept
        taken = blocks.block(1 << 20)
        assert blocks.block(1 << 20)[1] != taken[1]


def test_blocks_are_few_and_small_in_sum() -> None:
    blocks = Blocks()
    for k in range(3 * memory.MOST):
        blocks.array((LARGE[0] + k,), F8, 0)
    assert len(blocks._kept) <= memory.MOST
    held = [blocks.array((memory.LIMIT // 24,), F8, 0)[0] for _ in range(5)]
    assert sum(len(block) for block, _ in blocks._kept) <= memory.LIMIT
    huge, _ = blocks.array((memory.LIMIT // 8,), F8, 0)
    assert len({id(h.base) for h in [*held, huge]}) == 6
    assert all(len(block) <= memory.LIMIT for block, _ in blocks._kept)


def test_addresses(rng: random.Random) -> None:
    for _ in range(20):
        array = np.zeros(rng.randint(1, 50))[rng.randint(0, 3) :]
        assert address(array) == array.__array_interface__["data"][0]
    like = 4096 * 7 + 48
    assert (Blocks().array(LARGE, F8, like)[1] - like) % memory.PAGE == 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_results_that_are_held_do_not_change(backend: str, rng: random.Random) -> None:
    kernel = symacts.kernel("x/(1 + Abs(x))", (0, 1), backend=backend)
    inputs = [np.full(LARGE, rng.gauss(0, 3)) for _ in range(5)]
    for dtype in (np.float64, np.float32):
        results = [kernel(x.astype(dtype)) for x in inputs]
        for x, (y, dy) in zip(inputs, results, strict=True):
            assert y.dtype == dy.dtype == dtype and np.all(y == y[0]) and np.all(dy == dy[0])
            assert abs(y[0] - x[0] / (1 + abs(x[0]))) < 1e-6 and abs(dy[0] - 1 / (1 + abs(x[0])) ** 2) < 1e-6


@pytest.mark.skipif(len(BACKENDS) == 1, reason="needs numba")
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_alignment_and_streaming_change_no_bit(dtype: str, rng: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = symacts.kernel("x/(1 + Abs(x))", (0, 1), dtype=dtype, backend="numba")
    check_memory(kernel, dtype, rng, monkeypatch)


@pytest.mark.skipif(len(BACKENDS) == 1, reason="needs numba")
def test_mended_results_are_the_same_past_the_caches(rng: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = symacts.kernel("x*(1 + erf(x/sqrt(2)))/2", (0, 1), dtype="float32", backend="numba")
    assert "\nNEAR = " in kernel.source  # a second program, and the table beyond
    check_memory(kernel, "float32", rng, monkeypatch)


def check_memory(kernel: Any, dtype: str, rng: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of any alignment, kept in the caches or not, give the bits of the whole."""
    from symacts.kernels.targets import engine

    points = np.array([rng.gauss(0, 4) for _ in range(1500)], dtype)
    points[rng.randrange(1500)] = np.nan
    points[rng.randrange(1500)] = np.inf
    expected = kernel(points)
    for cached in (engine.LEAST, 0):
        monkeypatch.setattr(engine, "cached", lambda cached=cached: cached)
        for _ in range(40):
            start, size = rng.randint(0, 40), rng.choice([1, 7, 31, 64, rng.randint(1, 1400)])
            x = np.empty(1600, dtype)[rng.randint(0, 40) :][:size]
            x[...] = points[start : start + size]
            apart = rng.choice([(5, 5), (rng.randint(0, 20), rng.randint(0, 20))])
            room = [np.full(1600, 77, dtype) for _ in apart]
            outs = [r[a : a + size] for r, a in zip(room, apart, strict=True)]
            for got in (kernel(x), kernel(x, out=outs)):
                for g, e in zip(got, expected, strict=True):
                    assert np.array_equal(g, e[start : start + size], equal_nan=True)
            assert all(np.all(r[:a] == 77) and np.all(r[a + size :] == 77) for r, a in zip(room, apart, strict=True))


TWO_PROGRAMS = """
DTYPE = "float32"
SLOTS = 1
PARALLEL = False
SHARED = (-5.0, 5.0)
NEAR = (-1.0, 2.0)
C0 = 2.0


def wide(x):
    v0 = C0 + x
    return v0,


def body(x):
    v1 = C0*x
    return v1,
"""


def test_each_line_past_the_caches_is_written_once() -> None:
    """What is mended is so before it is stored: a line that went to memory takes hundreds of cycles to come back."""
    from symacts.kernels.targets import loops, vector

    module = vector.read(TWO_PROGRAMS)
    for streams in (True, False):
        text = loops.assemble(module, 2, False, streams)
        chunk = text[text.index("define private void @chunk(") :].split("\n}\n")[0].splitlines()[1:]
        used = [line for line in chunk if "%out0" in line]
        mends = [k for k, line in enumerate(chunk) if "call void @mend(" in line]
        stores = [k for k, line in enumerate(chunk) if "ptr %p0, align" in line]
        assert len(used) == len(stores) == 1 and len(mends) == 2 and stores[0] > max(mends)
        assert ("!nontemporal" in chunk[stores[0]]) is streams


@pytest.mark.skipif(len(BACKENDS) == 1, reason="needs numba")
@pytest.mark.parametrize(
    "text, expected", [("16384K", 10 << 20), ("32M", 20 << 20), ("1024M", 20 << 20), ("?", 10 << 20)]
)
def test_results_stay_in_a_cache_that_holds_them(
    text: str, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from symacts.kernels.targets import engine

    (tmp_path / "size").write_text(text + "\n")
    monkeypatch.setattr(engine, "SIZE", tmp_path / "size")
    assert engine.cached.__wrapped__() == expected
    monkeypatch.setattr(engine, "SIZE", tmp_path / "none")
    assert engine.cached.__wrapped__() == engine.LEAST


@pytest.mark.skipif(len(BACKENDS) == 1, reason="needs numba")
def test_given_arrays_are_taken_as_they_are_only_if_they_lie_apart(rng: random.Random) -> None:
    """The short way and the long one give the same bits, whatever overlaps."""
    kernel = symacts.kernel("x/(1 + Abs(x))", (0, 1), backend="numba")
    room = np.array([rng.gauss(0, 3) for _ in range(300)])
    for _ in range(200):
        size = rng.randint(1, 60)
        places = [rng.randint(0, 200) for _ in range(3)]
        x, *outs = (np.array(room)[p : p + size] for p in places)  # apart: each has memory of its own
        expected = tuple(a.copy() for a in kernel(x))
        given = tuple(outs)
        assert memory.separate(x, given) is not None
        assert all(got is out for got, out in zip(kernel(x, out=given), given, strict=True))
        assert all(np.array_equal(a, b) for a, b in zip(given, expected, strict=True))
        shared = np.array(room)
        x, *outs = (shared[p : p + size] for p in places)
        apart = all(abs(p - q) >= size for k, p in enumerate(places) for q in places[:k])
        assert (memory.separate(x, outs) is not None) is apart
        if abs(places[1] - places[2]) >= size:  # the input may be overwritten
            kernel(x, out=outs)
            assert all(np.array_equal(a, b) for a, b in zip(outs, expected, strict=True))
        else:
            with pytest.raises(ValueError, match="share memory"):
                kernel(x, out=outs)
    x = np.zeros(6)
    fixed = np.zeros(6)
    fixed.flags.writeable = False
    for other in (np.zeros(5), np.zeros(6, np.float32), np.zeros(12)[::2], np.zeros((2, 3)), [0.0] * 6, fixed, x):
        assert memory.separate(x, [np.zeros(6), other]) is None
