"""Machine code from LLVM assembly, kept on disk: llvmlite's code generator, no compiler on the machine.

An object file is stored under a hash of the assembly's source, this machine's processor and LLVM's version, with a
hash of its bytes in front; one that does not match is compiled anew.
"""

from __future__ import annotations

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
from symacts.kernels.targets import vector

__all__ = ["BUCKETS", "bucketed", "function"]

BUCKETS = vector.BUCKETS
ARRAYS_IN_THREADS = 1 << 17
"""Elements from which a parallel kernel uses its threads: starting them takes about as long as 1e5 elements."""
DIGEST = 64
"""Characters of the hash in front of an object file."""


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
def _object(source: str) -> bytes:
    """The object file of a kernel's source: from disk, or compiled and stored."""
    machine, described, permutes = _machine()
    own = Path(vector.__file__).read_bytes()
    key = hashlib.sha256(source.encode() + described.encode() + own).hexdigest()[:40]
    name = f"kernels/{key}.o"
    stored = cache.read(name)
    if stored is not None and stored[:DIGEST] == hashlib.sha256(stored[DIGEST:]).hexdigest().encode():
        return stored[DIGEST:]
    module = vector.read(source)
    lanes = (16 if permutes else 8) * (1 if module.dtype == "float64" else 2)
    found = compiled(vector.assemble(module, lanes, permutes), machine)
    cache.write(name, hashlib.sha256(found).hexdigest().encode() + found)
    return found


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
def _loop(source: str) -> tuple[Any, int]:
    """The engine that holds the code, and the address of `loop`."""
    machine = _target().create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.object_file.ObjectFileRef.from_data(_object(source)))
    engine.finalize_object()
    return engine, engine.get_function_address("loop")


def bucketed(edges: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """For every bucket of leading bits the first row that it can need, and the one after the last."""
    half = BUCKETS // 2
    lead = (np.arange(half + 1, dtype=np.int64) + vector.LOWEST) << vector.TOP
    borders = lead.view(np.float64).copy()
    borders[0], borders[-1] = 0.0, np.inf
    row = np.maximum(np.searchsorted(edges, borders, side="right") - 1, 0)
    mirrored = np.maximum(np.searchsorted(edges, -borders, side="right") - 1, 0)
    found = np.empty((BUCKETS, 2), np.int32)
    found[:half, 0], found[:half, 1] = row[:-1], row[1:] + 1
    found[half:, 0], found[half:, 1] = mirrored[1:], mirrored[:-1] + 1
    return found


def function(source: str) -> Callable[..., None]:
    """`loop(xs, out0, ..., ends, edges0, rows0, ...)` on one-dimensional contiguous arrays."""
    engine, address = _loop(source)
    parallel = "\nPARALLEL = True\n" in source
    count = source.rsplit("\n    return ", 1)[1].count(",")
    call = ctypes.CFUNCTYPE(None, ctypes.c_int64, *[ctypes.c_void_p] * (2 + 4 * count))(address)
    indices: dict[int, tuple[Any, Any]] = {}

    def prepared(tables: Sequence[Any]) -> list[int]:
        found = []
        for edges, rows in zip(tables[::2], tables[1::2], strict=True):
            if id(edges) not in indices:
                indices[id(edges)] = edges, bucketed(edges)
            found += [_at(edges), _at(rows), _at(indices[id(edges)][1])]
        return found

    def loop(xs: Any, *others: Any) -> None:
        outs, ends, tables = others[:count], others[count], prepared(others[count + 1 :])
        if not all(a.flags.c_contiguous for a in (xs, *outs)):  # strided pieces of strided arrays: through copies
            dense = [np.empty(a.shape, a.dtype) for a in outs]
            loop(np.ascontiguousarray(xs), *dense, *others[count:])
            for out, found in zip(outs, dense, strict=True):
                out[...] = found
            return
        size, width = len(xs), xs.itemsize
        if not parallel or size < ARRAYS_IN_THREADS:
            call(size, _at(xs), *map(_at, outs), _at(ends), *tables)
            return
        workers = os.cpu_count() or 1
        step = -(-size // (4 * workers) // 64) * 64
        with ThreadPoolExecutor(workers) as pool:
            for start in range(0, size, step):
                places = [_at(a) + start * width for a in (xs, *outs)]
                pool.submit(call, min(step, size - start), *places, _at(ends), *tables)

    loop.engine = engine  # type: ignore[attr-defined]  # the code lives as long as its engine
    return loop


def _at(array: Any) -> int:
    """The address of an array's first element."""
    place: int = array.__array_interface__["data"][0]
    return place
