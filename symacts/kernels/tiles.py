"""How the NumPy target sweeps arrays: tile by tile through preallocated scratch, with repairs where no program serves.

Most tiles lie within the stretch of common inputs (the hull), found by one minimum and one maximum. Inside it what no
program serves is a few known gaps, mostly around zeros: their elements are gathered and evaluated by the table's rows
for that gap, as scalars' polynomials. What lies outside goes through the whole table.
"""

from __future__ import annotations

import itertools
import math
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from symacts.kernels.code import Code, Part
from symacts.kernels.memory import address
from symacts.kernels.pieces import COLUMNS, FIXED, HEAD, SQUARE, TAIL, Table, evaluate
from symacts.rewrite.regimes import share

__all__ = ["Repair", "once", "repair_of", "runner", "threaded"]

Array = npt.NDArray[Any]
Run = Callable[[Array, Sequence[Array]], None]

TILE = {"float64": 98304, "float32": 196608}
"""Elements evaluated at a time: a call costs as much as a sum of some thousands, and what leaves the second-level cache
is found in the third: a tenth faster than a third as many, and as fast as two and a half times as many (measured)."""
RARE = 0.005
"""Share of inputs that need not be in the hull."""
FEWER = 0.05
"""Share of inputs between two gaps up to which one search serves both: their values are good already."""
FLUSH = 4096
"""Elements of one gap that are evaluated together."""
MANY = 1 << 14
"""Elements outside of the hull that are evaluated together."""
FEW = 16
"""Rows of the table up to which a gap's elements are evaluated row by row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table below `end`, as scalars: t = (x - center)*width or its square, y = x - anchor."""

    end: float
    center: Array
    width: Array
    coefficients: tuple[Array, ...]
    factor: Array
    anchor: tuple[Array, Array] | None
    power: int
    squared: bool

    def __call__(self, x: Array) -> Array:
        """The polynomial at a float64 array."""
        if len(self.coefficients) == 1:
            return np.full(len(x), self.coefficients[0])
        t = np.multiply(np.subtract(x, self.center) if self.center else x, self.width)
        if self.squared:
            np.multiply(t, t, out=t)
        p = np.multiply(t, self.coefficients[0])
        for c in self.coefficients[1:-2]:
            np.add(p, c, out=p)
            np.multiply(p, t, out=p)
        np.add(p, self.coefficients[-2], out=p)
        np.add(p, self.coefficients[-1], out=p)
        if self.factor != 1.0:
            np.multiply(p, self.factor, out=p)
        if self.anchor is not None:
            y = x
            for word in self.anchor:
                y = np.subtract(y, word) if word else y
            for _ in range(abs(self.power)):
                (np.multiply if self.power > 0 else np.divide)(p, y, out=p)
        return p


@dataclass(frozen=True, slots=True)
class Gap:
    """The floats of [lo, hi], of which those in `good` have their value already; `rows` serve the others, if few."""

    lo: Array
    hi: Array
    good: tuple[tuple[float, float], ...]
    rows: tuple[Row, ...]

    def find(self, x: Array, flags: Array) -> Array:
        """Indices of the tile's elements in the gap."""
        first, second = (f[: len(x)] for f in flags)
        if self.lo == self.hi:
            np.equal(x, self.lo, first)
        else:
            np.greater_equal(x, self.lo, first)
            np.less_equal(x, self.hi, second)
            np.logical_and(first, second, first)
        return first.nonzero()[0]


@dataclass(frozen=True, slots=True)
class Repair:
    """One output's hull [lo, hi], the gaps in it, and everything that its program serves, and a second one."""

    lo: float
    hi: float
    gaps: tuple[Gap, ...]
    good: tuple[tuple[float, float], ...]
    table: Table
    wide: tuple[tuple[float, float], ...] = ()

    def queues(self) -> list[Queue]:
        """One queue for each gap."""
        return [Queue(g.good, g.rows, self.table) for g in self.gaps]

    def inside(self, x: Array, start: int, flags: Array, queues: Sequence[Queue]) -> None:
        """Queue what lies in the gaps; the tile begins at element `start`."""
        for gap, queue in zip(self.gaps, queues, strict=True):
            where = gap.find(x, flags)
            if len(where):
                queue.add(where, x, start)

    def outside(self, where: Array, at: Array, second: Array | None, out: Array) -> None:
        """Overwrite those of some elements that lie outside of the hull, nan among them.

        `second` is what the second program gives for them.
        """
        left = ~((at >= self.lo) & (at <= self.hi))
        if second is not None and self.wide:
            mine = left & within(at, self.wide)
            out[where[mine]] = second[mine]
            left &= ~mine
        queue = Queue(self.good, (), self.table, [where[left]], [at[left]], int(left.sum()))
        queue.write(out)


@dataclass(slots=True)
class Queue:
    """Elements of several tiles that wait for their values: evaluated together, they cost little more than few."""

    good: tuple[tuple[float, float], ...]
    rows: tuple[Row, ...]
    table: Table
    where: list[Array] = field(default_factory=list)
    at: list[Array] = field(default_factory=list)
    count: int = 0

    def add(self, where: Array, x: Array, start: int) -> None:
        """Elements of the tile x, which begins at element `start`."""
        self.at.append(x.take(where))
        self.where.append(where + start if start else where)
        self.count += len(where)

    def write(self, out: Array) -> None:
        """Overwrite the elements in the output, unless their values are good."""
        if not self.count:
            return
        where, at = np.concatenate(self.where), np.concatenate(self.at).astype(np.float64)
        self.where, self.at, self.count = [], [], 0
        if self.good:
            left = ~within(at, self.good)
            where, at = where[left], at[left]
        if not len(where):
            return
        if len(self.rows) == 1:
            out[where] = self.rows[0](at)
        elif self.rows:
            start = -math.inf
            for row in self.rows:
                mine = np.flatnonzero((at >= start) & (at < row.end))
                out[where[mine]] = row(at[mine])
                start = row.end
        else:
            values = evaluate(self.table, at)
            values[np.isnan(at)] = np.nan
            out[where] = values


def within(x: Array, stretches: Sequence[tuple[float, float]]) -> Array:
    """Which elements lie in one of some closed intervals."""
    found = np.zeros(len(x), bool)
    for lo, hi in stretches:
        found |= (x >= lo) & (x <= hi)
    return found


def inward(lo: float, hi: float, kind: Any) -> tuple[float, float]:
    """The interval's ends as floats of a format, rounded towards each other."""
    a, b = kind(lo), kind(hi)
    a = np.nextafter(a, kind(np.inf)) if float(a) < lo else a
    b = np.nextafter(b, kind(-np.inf)) if float(b) > hi else b
    return float(a), float(b)


def outward(lo: float, hi: float, kind: Any) -> tuple[Array, Array]:
    """The least and the greatest float of a format strictly between two of its floats."""
    return np.array(np.nextafter(kind(lo), kind(np.inf))), np.array(np.nextafter(kind(hi), kind(-np.inf)))


def repair_of(part: Part, inner: str, dtype: str) -> Repair:
    """What has to be done about one output's inputs that no program serves."""
    kind = np.dtype(inner).type
    with np.errstate(all="ignore"):
        good = [g for g in (inward(lo, hi, kind) for lo, hi in part.good) if g[0] <= g[1]]
        wide = tuple(g for g in (inward(lo, hi, kind) for lo, hi in part.wide) if g[0] <= g[1])
    if not good:
        return Repair(math.inf, -math.inf, (), (), part.table)
    first = last = max(range(len(good)), key=lambda k: share(*good[k]))
    while first > 0 and share(-math.inf, good[first][0]) > RARE:
        first -= 1
    while last < len(good) - 1 and share(good[last][1], math.inf) > RARE:
        last += 1
    groups: list[list[tuple[float, float]]] = [[good[first]]]
    for g in good[first + 1 : last + 1]:
        if share(*groups[-1][-1]) < FEWER and len(groups) > 1:
            groups[-1].append(g)
        else:
            groups.append([g])
    gaps = []
    with np.errstate(all="ignore"):
        for before, group in itertools.pairwise(groups):
            for a, b in _between(before[-1], group, kind):
                gaps.append(Gap(a, b, tuple(group[:-1]), rows_of(part.table, float(a), float(b), dtype)))
    return Repair(good[first][0], good[last][1], tuple(gaps), tuple(good), part.table, wide)


def _between(before: tuple[float, float], group: Sequence[tuple[float, float]], kind: Any) -> list[tuple[Array, Array]]:
    """What lies between a good stretch and the last of a group, if anything does."""
    lo, hi = outward(before[1], group[-1][0], kind)
    return [(lo, hi)] if lo <= hi else []


def rows_of(table: Table, lo: float, hi: float, dtype: str) -> tuple[Row, ...]:
    """The rows that serve [lo, hi], if they are few and polynomials in x."""
    first, last = (max(int(k) - 1, 0) for k in np.searchsorted(table.edges, [lo, hi], side="right"))
    rows = table.rows[first : last + 1]
    if len(rows) > FEW or np.any(rows[:, 0] == TAIL) or np.any(np.isnan(rows[:, HEAD])):
        return ()
    borders = [lo, *table.edges[first + 1 : last + 1].tolist(), hi]
    ends = [*borders[1:-1], math.inf]
    reaches = [
        max(abs(a - row[1]), abs(b - row[1])) for row, (a, b) in zip(rows, itertools.pairwise(borders), strict=True)
    ]
    return tuple(_row(row, end, reach * row[2], dtype) for row, end, reach in zip(rows, ends, reaches, strict=True))


def _row(row: Array, end: float, reach: float, dtype: str) -> Row:
    """The scalars of a row whose |t| is at most `reach`: terms that count for nothing are left out."""
    b0, low, *rest = row[HEAD:COLUMNS].tolist()
    reach = reach**2 if row[0] == SQUARE else reach
    least = abs(b0) * 2.0 ** {"float64": -62, "float32": -36}[dtype]
    while len(rest) > 1 and abs(rest[-1]) * reach ** len(rest) < least:
        rest.pop()
    numbers = [b0] if row[0] == FIXED else [*reversed(rest), low, b0]
    anchor = (np.array(row[4]), np.array(row[5])) if row[6] else None
    scalars = [np.array(v) for v in (row[1], row[2], row[3])]
    return Row(
        end,
        scalars[0],
        scalars[1],
        tuple(map(np.array, numbers)),
        scalars[2],
        anchor,
        int(row[6]),
        bool(row[0] == SQUARE),
    )


@dataclass(slots=True)
class Scratch:
    """The rows of one thread, each beside its view as integers."""

    rows: list[Array]
    ints: list[Array]
    own: list[Array]
    own_ints: list[Array]
    flags: Array


LINE = 64
"""Bytes of a cache line, and of the widest vector: a row that starts on one takes half the time of others."""


def aligned(count: int, size: int, dtype: np.dtype[Any]) -> list[Array]:
    """Uninitialized rows, each from the start of a cache line and three lines further into a page than the last."""
    length = -(-size * dtype.itemsize // LINE) * LINE + 3 * LINE
    block = np.empty(count * length + LINE, np.uint8)
    first = -address(block) % LINE
    starts = range(first, first + count * length, length)
    return [block[k : k + size * dtype.itemsize].view(dtype) for k in starts]


def runner(code: Code, tile: Any, scratch: int, dtype: str, second: tuple[Any, int] | None = None) -> Run:
    """`run(x, outs)` on one-dimensional arrays of any float format: the generated tile, then the repairs.

    `second` is the second program's tile, if there is one, and its rows of scratch.
    """
    inner = np.dtype(code.inner)
    integer = np.dtype(f"i{inner.itemsize}")
    size = TILE[code.inner]
    repairs = [repair_of(part, code.inner, dtype) for part in code.parts]
    far = once(tile, scratch, np.array([-np.inf, np.inf], inner), len(repairs))
    repairs = [_endless(r, y, float(np.finfo(dtype).max)) for r, y in zip(repairs, far, strict=True)]
    lo, hi = (np.array(v, inner) for v in (max(r.lo for r in repairs), min(r.hi for r in repairs)))
    unchecked = lo == -math.inf and hi == math.inf and _keeps_nan(tile, scratch, len(repairs), inner)
    local = threading.local()

    def rows_of_thread() -> Scratch:
        found: Scratch | None = getattr(local, "scratch", None)
        if found is None:
            rows = aligned(scratch, size, inner)
            own = aligned(1 + len(repairs), size, inner)
            views = [[r.view(integer) for r in group] for group in (rows, own)]
            found = local.scratch = Scratch(rows, views[0], own, views[1], np.empty((2, size), bool))
        return found

    def run(x: Array, outs: Sequence[Array]) -> None:
        s = rows_of_thread()
        direct = [a.dtype == inner and a.flags.c_contiguous and a.flags.aligned for a in (x, *outs)]
        queues = [r.queues() for r in repairs]
        waiting: list[tuple[Queue, Array]] = []
        beyond: list[Array] = []
        with np.errstate(all="ignore"):
            for start in range(0, len(x), size):
                stop = min(start + size, len(x))
                n = stop - start
                full = n == size
                chunks = [
                    a[start:stop] if d else (o if full else o[:n])
                    for a, d, o in zip((x, *outs), direct, s.own, strict=True)
                ]
                if not direct[0]:
                    np.copyto(chunks[0], x[start:stop], casting="same_kind")
                ints = [
                    c.view(integer) if d else (o if full else o[:n])
                    for c, d, o in zip(chunks, direct, s.own_ints, strict=True)
                ]
                rows, views = (s.rows, s.ints) if full else ([r[:n] for r in s.rows], [r[:n] for r in s.ints])
                t, ys = chunks[0], chunks[1:]
                tile(t, ints[0], ys, ints[1:], rows, views)
                if not unchecked:
                    where = outliers(t, lo, hi, s.flags)
                    if len(where):
                        beyond.append(where + start)
                for repair, gaps, y in zip(repairs, queues, outs, strict=True):
                    if gaps:
                        repair.inside(t, start, s.flags, gaps)
                        waiting.extend((q, y) for q in gaps if q.count >= FLUSH)
                for y, d, out in zip(ys, direct[1:], outs, strict=True):
                    if not d:
                        np.copyto(out[start:stop], y, casting="same_kind")
                while waiting:
                    queue, out = waiting.pop()
                    queue.write(out)
                if sum(map(len, beyond)) > MANY:
                    sweep(x, beyond, outs)
            for gaps, out in zip(queues, outs, strict=True):
                for queue in gaps:
                    queue.write(out)
            sweep(x, beyond, outs)

    def sweep(x: Array, beyond: list[Array], outs: Sequence[Array]) -> None:
        """What lies outside of the hull, in all outputs; nothing waits any more."""
        if beyond:
            where = np.concatenate(beyond)
            beyond.clear()
            for some in np.array_split(where, len(where) // MANY + 1):
                at = x.take(some).astype(inner)
                ys = [None] * len(outs) if second is None else once(*second, at, len(outs))
                for repair, y, out in zip(repairs, ys, outs, strict=True):
                    repair.outside(some, at, y, out)

    return run


def _endless(repair: Repair, y: Array, largest: float) -> Repair:
    """The repair of an output whose program also gives the limits at infinity, y: nothing is beyond its hull."""
    limits = repair.table.rows[[0, -1], HEAD]
    good = (y == limits) & (np.signbit(y) == np.signbit(limits))
    lo = -math.inf if good[0] and repair.lo == -largest else repair.lo
    return replace(repair, lo=lo, hi=math.inf if good[1] and repair.hi == largest else repair.hi)


def outliers(x: Array, lo: Array, hi: Array, flags: Array) -> Array:
    """Indices of a tile's elements outside of [lo, hi], nan among them."""
    if x.max(initial=-math.inf) <= hi and (lo == -math.inf or x.min(initial=math.inf) >= lo):
        return NONE
    first, second = (f[: len(x)] for f in flags)
    np.less_equal(x, hi, first)
    if lo > -math.inf:
        np.greater_equal(x, lo, second)
        np.logical_and(first, second, first)
    return np.logical_not(first, first).nonzero()[0]


NONE = np.zeros(0, np.intp)


def once(tile: Any, scratch: int, x: Array, count: int) -> list[Array]:
    """The outputs of a tile's function at an array of its own format."""
    integer = np.dtype(f"i{x.itemsize}")
    ys = [np.full(len(x), np.nan, x.dtype) for _ in range(count)]
    rows = [np.empty(len(x), x.dtype) for _ in range(scratch)]
    with np.errstate(all="ignore"):
        tile(x, x.view(integer), ys, [y.view(integer) for y in ys], rows, [r.view(integer) for r in rows])
    return ys


def _keeps_nan(tile: Any, scratch: int, count: int, inner: np.dtype[Any]) -> bool:
    """Whether the program alone gives nan for nan of either sign."""
    ys = once(tile, scratch, np.array([np.nan, -np.nan], inner), count)
    return all(bool(np.all(np.isnan(y))) for y in ys)


LEAST = 1 << 16
"""Elements below which a thread of its own is not worth starting."""


def threaded(run: Run) -> Run:
    """The same sweep by as many threads as the process has processors, each on its own part of the arrays.

    The threads end with the call: none is left behind for a fork to lose.
    """

    def sweep(x: Array, outs: Sequence[Array]) -> None:
        available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        parts = min(available, len(x) // LEAST)
        if parts < 2:
            run(x, outs)
            return
        size = -(-len(x) // parts // LINE) * LINE
        places = [slice(k, k + size) for k in range(0, len(x), size)]
        with ThreadPoolExecutor(parts) as pool:
            list(pool.map(lambda place: run(x[place], [out[place] for out in outs]), places))

    return sweep
