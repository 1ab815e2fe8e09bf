"""What generated loops call: exact multiply-add, the bits of floats, the table of polynomials for one element.

Everything here is compiled by the JIT target; it is imported only by generated modules.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from symacts.kernels.pieces import COLUMNS, FIXED, HEAD, TAIL

__all__ = ["bits32", "bits64", "count32", "count64", "float32", "float64", "fma32", "fma64", "table_value"]


def _bitcast(source: Any, target: Any, kind: Any) -> Any:
    @intrinsic
    def cast(typingctx: Any, value: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.bitcast(args[0], kind)

        return target(source), codegen

    return cast


bits64 = _bitcast(types.float64, types.int64, ir.IntType(64))
"""The bits of a float64 as an integer."""
float64 = _bitcast(types.int64, types.float64, ir.DoubleType())
"""The float64 of these bits."""
bits32 = _bitcast(types.float32, types.int32, ir.IntType(32))
"""The bits of a float32 as an integer."""
float32 = _bitcast(types.int32, types.float32, ir.FloatType())
"""The float32 of these bits."""


def _fused(kind: Any) -> Any:
    @intrinsic
    def fma(typingctx: Any, a: Any, b: Any, c: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.fma(*args)

        return kind(kind, kind, kind), codegen

    return fma


fma64 = _fused(types.float64)
"""a*b + c with one rounding, float64."""
fma32 = _fused(types.float32)
"""a*b + c with one rounding, float32."""


def _counter(kind: Any, bits: int) -> Any:
    @intrinsic
    def count(typingctx: Any, total: Any, flag: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.add(args[0], builder.zext(args[1], ir.IntType(bits)))

        return kind(kind, types.boolean), codegen

    return count


count32 = _counter(types.int32, 32)
"""total + flag in 32 bits: a wider counter would halve the vectors of a float32 loop."""
count64 = _counter(types.int64, 64)
"""total + flag in 64 bits."""


@njit(error_model="numpy", nogil=True, cache=True)
def table_value(edges, rows, x):  # type: ignore[no-untyped-def]
    """The table (see `pieces`) at one float64."""
    if np.isnan(x):
        return x
    lo, hi = 0, edges.size
    while hi - lo > 1:
        middle = (lo + hi) >> 1
        if edges[middle] <= x:
            lo = middle
        else:
            hi = middle
    if rows[lo, 0] == FIXED:
        return rows[lo, HEAD]
    tail = rows[lo, 0] == TAIL
    u = 1.0 / x if tail else x
    t = (u - rows[lo, 1]) * rows[lo, 2]
    p = rows[lo, COLUMNS - 1]
    for j in range(COLUMNS - 2, HEAD + 1, -1):
        p = p * t + rows[lo, j]
    p = (p * t + rows[lo, HEAD + 1]) + rows[lo, HEAD]
    p *= rows[lo, 3]
    power = int(rows[lo, 6])
    if power != 0:
        y = x if tail else (x - rows[lo, 4]) - rows[lo, 5]
        for _ in range(power):
            p *= y
        for _ in range(-power):
            p /= y
    return p
