"""Memory for results: blocks that are used again once nobody holds an array in them.

A new array of some megabytes costs more than what is computed into it, page by page at the first touch, and the C
library gives such blocks back to the system at every chance. The blocks here are kept instead, as long as they are few
and small in sum. A block is free when its list holds the only reference to it: every array in it, every view of such
an array and every buffer made from one refers to the block.

>>> array, place = Blocks().array((3,), np.dtype("float64"), 0)
>>> array.shape, array.ctypes.data == place
((3,), True)
"""

from __future__ import annotations

import ctypes
import itertools
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["RESULTS", "Blocks", "address", "has_shared_elements", "separate"]

SMALLEST = 1 << 18
"""Bytes from which a result gets a block; below, the C library keeps its memory itself."""
LIMIT = 192 << 20
"""Bytes that are kept in all."""
MOST = 16
"""Blocks that are kept in all."""
PAGE = 4096
"""Results lie at the same distance from a page as what they are computed from: one loop then aligns them all."""

Block = npt.NDArray[np.uint8]


def address(array: npt.NDArray[Any]) -> int:
    """The address of an array's first element."""
    if DIRECT:
        return ctypes.c_void_p.from_address(id(array) + HEAD).value or 0
    place: int = array.__array_interface__["data"][0]
    return place


HEAD = object.__basicsize__
"""Bytes of an object's head; NumPy's C interface puts the pointer to the data right behind it."""


def has_shared_elements(array: npt.NDArray[Any]) -> bool:
    """Whether two elements of an array lie in the same bytes, as strides made by hand may have it.

    None do where each stride, from the smallest on, passes over all that the smaller ones span.
    """
    span = array.itemsize
    for stride, length in sorted((abs(s), n) for s, n in zip(array.strides, array.shape, strict=True) if n > 1):
        if stride < span:
            break
        span += stride * (length - 1)
    else:
        return False
    if not array.size:
        return False
    places = np.zeros((1,) * array.ndim, np.int64)
    for axis, (stride, length) in enumerate(zip(array.strides, array.shape, strict=True)):
        steps = stride * np.arange(length, dtype=np.int64)
        places = places + steps.reshape([-1 if k == axis else 1 for k in range(array.ndim)])
    return bool((np.diff(np.sort(places, axis=None)) < array.itemsize).any())


def separate(source: npt.NDArray[Any], outs: Sequence[Any]) -> list[int] | None:
    """The addresses of arrays that have one format and shape, contiguous and apart, all but the first to be written to.

    None where they are anything else.
    """
    places = []
    for a in (source, *outs):
        if type(a) is not np.ndarray or a.shape != source.shape or a.dtype != source.dtype:
            return None
        flags = a.flags
        if not (flags.c_contiguous and flags.aligned and (a is source or flags.writeable)):
            return None
        places.append(address(a))
    between = [high - low for low, high in itertools.pairwise(sorted(places))]
    return places if min(between) >= source.nbytes else None


def _is_direct() -> bool:
    """Whether the pointer is there: the official way gives the same and costs 2 microseconds, as much as a call."""
    probes = [np.empty(n) for n in (1, 5)]
    return sys.implementation.name == "cpython" and all(
        ctypes.c_void_p.from_address(id(p) + HEAD).value == p.__array_interface__["data"][0] for p in probes
    )


DIRECT = _is_direct()


class Blocks:
    """Blocks of memory with their addresses, those used last at the end: they are taken first, caches may hold them.

    A block that is looked at is out of the list for that moment: of two threads only one gets it.
    """

    __slots__ = ("_alone", "_kept")

    def __init__(self) -> None:
        self._kept: list[tuple[Block, int]] = []
        block: Block = np.empty(0, np.uint8)
        counted = getattr(sys, "_is_gil_enabled", lambda: True)() and hasattr(sys, "getrefcount")
        self._alone = sys.getrefcount((block, 0)[0]) if counted else 0

    def array(self, shape: tuple[int, ...], dtype: np.dtype[Any], like: int) -> tuple[npt.NDArray[Any], int]:
        """An uninitialized C-contiguous array and its address; a large one as far from a page as the address `like`."""
        size = dtype.itemsize
        for n in shape:
            size *= n
        if size < SMALLEST or not self._alone:
            small: npt.NDArray[Any] = np.empty(shape, dtype)
            return small, address(small)
        block, place = self.block(size + PAGE)
        offset = (like - place) % PAGE
        return np.ndarray(shape, dtype, block, offset), place + offset

    def block(self, size: int) -> tuple[Block, int]:
        """A free block of this size and its address: one of those kept, or a new one."""
        kept, found = self._kept, None
        others: list[tuple[Block, int]] = []
        while found is None:
            try:
                entry = kept.pop()
            except IndexError:  # all are seen, or another thread looks at them
                break
            if len(entry[0]) == size and sys.getrefcount(entry[0]) == self._alone:
                found = entry
            else:
                others.append(entry)
        kept.extend(reversed(others))
        if found is None:
            block: Block = np.empty(size, np.uint8)
            found = block, address(block)
            total = size
            for k, (other, _) in enumerate(reversed(kept)):
                total += len(other)
                if total > LIMIT or k + 2 > MOST:
                    del kept[: len(kept) - k]
                    break
        taken, place = found  # a reference of its own: as soon as it is listed, another thread looks whether it is free
        if size <= LIMIT:
            kept.append(found)
        return taken, place


RESULTS = Blocks()
"""The blocks that all kernels share."""
