"""Machine code from LLVM assembly, kept on disk: llvmlite's code generator, no compiler on the machine.

An object file is stored under a hash of the assembly's source, this machine's processor and LLVM's version, with a
hash of its bytes in front; one that does not match is compiled anew.
"""

from __future__ import annotations

import ast
import ctypes
import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numpy as np
import numpy.typing as npt

from symacts import cache
from symacts.kernels.memory import address
from symacts.kernels.targets import loops, repair, vector
from symacts.kernels.targets.repair import BUCKETS

__all__ = ["BUCKETS", "Loop", "bucketed"]

KEPT = 5 / 8
"""Share of the last cache up to which what a kernel reads and writes stays there; beyond, results go past the caches.

Measured with caches of 16 and 32 MB and other work in between: from here on a kernel and a reader of all its results
take no longer in sum than with results in a cache that others share, from twice as much on much less; below, a cheap
kernel takes up to twice as long with results past the caches.
"""
LEAST, MOST = 10 << 20, 20 << 20
"""Bytes from which results always stay in the caches at the least, and at the most: larger caches serve more cores."""
SIZE = Path("/sys/devices/system/cpu/cpu0/cache/index3/size")
"""Where Linux says how large the last cache is."""
LONG = 24
"""Steps from which a loop computes four registers at a time, not two: a core does not look as far ahead by itself.

Two registers of 256 bits are a cache line, the least that the loop takes.
"""
POLYNOMIAL, HELD = 5, 20
"""Tables from which a loop is a polynomial's, and tables of one register with constants, at the most, that stay in the
machine's 32 registers beside two at a time: what a loop computes in the same registers it does not have to read again.
"""
ARRAYS_IN_THREADS = 1 << 17
"""Elements from which a parallel kernel uses its threads: starting them takes about as long as 1e5 elements."""
DIGEST = 64
"""Characters of the hash in front of an object file."""


@lru_cache(maxsize=1)
def cached() -> int:
    """Bytes read and written from which results go past the caches."""
    try:
        text = SIZE.read_text().strip()
        size = int(text.rstrip("KM")) << {"K": 10, "M": 20}.get(text[-1:], 0)
    except (OSError, ValueError):
        return LEAST
    return min(max(int(KEPT * size), LEAST), MOST)


@lru_cache(maxsize=1)
def _target() -> Any:
    """LLVM's code generator for this machine, ready."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple()


@lru_cache(maxsize=1)
def _machine() -> tuple[Any, str, bool]:
    """LLVM's description of this processor, its name with features, whether it permutes 512-bit registers."""
    target = _target()
    features = llvm.get_host_cpu_features()
    name = llvm.get_host_cpu_name()
    machine = target.create_target_machine(cpu=name, features=features.flatten(), opt=2, reloc="pic", codemodel="small")
    return machine, f"{name} {features.flatten()} {llvm.llvm_version_info}", bool(features.get("avx512f"))


@lru_cache(maxsize=1024)
def _object(source: str, streams: bool = False) -> bytes:
    """The object file of a kernel's source: from disk, or compiled and stored."""
    machine, described, permutes = _machine()
    own = b"".join(Path(str(m.__file__)).read_bytes() for m in (vector, loops, repair))
    key = hashlib.sha256(source.encode() + described.encode() + own + bytes(streams)).hexdigest()[:40]
    name = f"kernels/{key}.o"
    stored = cache.read(name)
    if stored is not None and stored[:DIGEST] == hashlib.sha256(stored[DIGEST:]).hexdigest().encode():
        return stored[DIGEST:]
    module = vector.read(source)
    found = compiled(loops.assemble(module, side_by_side(module), permutes, streams), machine)
    cache.write(name, hashlib.sha256(found).hexdigest().encode() + found)
    return found


def side_by_side(module: vector.Module) -> int:
    """Registers that the loop computes at a time."""
    if len(module.steps) <= LONG:
        return 2
    used = {node.id for _, step in module.steps for node in ast.walk(step) if isinstance(node, ast.Name)}
    sizes = [len(table) for name, table in module.tables.items() if name in used]
    held = len(sizes) + len(used & module.constants.keys())
    one = loops.LINE // (8 if module.dtype == "float64" else 4)
    return 2 if len(sizes) >= POLYNOMIAL and max(sizes) <= one and held <= HELD else 4


def compiled(assembly: str, machine: Any) -> bytes:
    """Optimize and translate; nothing is left to the vectorizers, the code is vector code already."""
    module = llvm.parse_assembly(assembly)
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = False
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    found: bytes = machine.emit_object(module)
    return found


@lru_cache(maxsize=1024)
def _loop(source: str, streams: bool = False) -> tuple[Any, int]:
    """The engine that holds the code, and the address of `loop`."""
    machine = _target().create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.object_file.ObjectFileRef.from_data(_object(source, streams)))
    engine.finalize_object()
    return engine, engine.get_function_address("loop")


def bucketed(edges: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """For every bucket of leading bits the first row that it can need, and the one after the last."""
    half = BUCKETS // 2
    lead = (np.arange(half + 1, dtype=np.int64) + repair.LOWEST) << repair.TOP
    borders = lead.view(np.float64).copy()
    borders[0], borders[-1] = 0.0, np.inf
    row = np.maximum(np.searchsorted(edges, borders, side="right") - 1, 0)
    mirrored = np.maximum(np.searchsorted(edges, -borders, side="right") - 1, 0)
    found = np.empty((BUCKETS, 2), np.int32)
    found[:half, 0], found[:half, 1] = row[:-1], row[1:] + 1
    found[half:, 0], found[half:, 1] = mirrored[1:], mirrored[:-1] + 1
    return found


class Loop:
    """A compiled loop with its stretches and tables: `loop(xs, outs)` on one-dimensional contiguous arrays.

    Parameters
    ----------
    source : str
        The generated body.
    ends : ndarray
        The stretches of every output.
    tables : sequence of ndarray
        Edges and rows of every output's table.
    """

    __slots__ = ("_call", "_code", "_context", "_kept", "_parallel", "_source", "_streams", "_width", "count")

    def __init__(self, source: str, ends: Any, tables: Sequence[Any]) -> None:
        self._source = source
        self._parallel = "\nPARALLEL = True\n" in source
        self._width = 8 if '\nDTYPE = "float64"\n' in source else 4
        self.count = source.rsplit("\n    return ", 1)[1].count(",")
        arrays = [ends]
        for edges, rows in zip(tables[::2], tables[1::2], strict=True):
            arrays += [edges, rows, bucketed(edges)]
        self._kept = arrays
        pointers = (ctypes.c_void_p * len(arrays))(*map(address, arrays))
        self._context = ctypes.addressof(pointers)
        self._code, place = _loop(source)
        self._kept.append(pointers)
        self._call = self._prototype(place)
        self._streams: Any = None

    def _prototype(self, place: int) -> Any:
        return ctypes.CFUNCTYPE(None, ctypes.c_int64, *[ctypes.c_void_p] * (2 + self.count))(place)

    def __call__(self, xs: Any, outs: Sequence[Any]) -> None:
        if not all(a.flags.c_contiguous for a in (xs, *outs)):  # strided pieces of strided arrays: through copies
            dense = [np.empty(a.shape, a.dtype) for a in outs]
            self(np.ascontiguousarray(xs), dense)
            for out, found in zip(outs, dense, strict=True):
                out[...] = found
            return
        self.fill(len(xs), address(xs), [address(out) for out in outs])

    def fill(self, size: int, x: int, outs: Sequence[int]) -> None:
        """Write so many elements of every output, from address to address."""
        call: Callable[..., None] = self._call
        if size * self._width * (1 + self.count) > cached() and not any((out - outs[0]) & 63 for out in outs):
            if self._streams is None:
                code, place = _loop(self._source, True)
                self._kept.append(code)
                self._streams = self._prototype(place)
            call = self._streams
        if not self._parallel or size < ARRAYS_IN_THREADS:
            call(size, x, *outs, self._context)
            return
        workers = os.cpu_count() or 1
        step = -(-size // (4 * workers) // 64) * 64
        with ThreadPoolExecutor(workers) as pool:
            for start in range(0, size, step):
                by = start * self._width
                pool.submit(call, min(step, size - start), x + by, *[out + by for out in outs], self._context)
