"""The JIT target: value and derivatives in one fused, branch-free pass of vector code (numba's LLVM, `targets.vector`).

The generated source is a straight line of assignments; `targets.engine` compiles it and keeps the machine code in the
user's cache folder, so that a second process starts warm. Vectors without an element outside the programs' stretches
cost nothing more; in the others those elements are redone from the table, one at a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy as sp

from symacts.kernels.code import Code, Part
from symacts.kernels.pieces import COLUMNS
from symacts.kernels.plan import Plan, finish, make_plan, served
from symacts.kernels.series import with_series
from symacts.kernels.targets.elementary import EXPANSIONS, Writer
from symacts.kernels.targets.numpy import combine
from symacts.kernels.targets.segments import Segments, segmented, write
from symacts.rewrite.graph import Graph
from symacts.rewrite.regimes import FloatArray, weight

__all__ = ["compile_plan", "ends_of", "generate", "load"]

_HEAD = '"""Generated from a declared expression; one vector of elements at a time."""'


MOST_SLOTS = 3
"""Stretches that a loop tests for at most; their ends are arguments, so they can be measured after compiling."""


def share_reciprocals(graph: Graph, outputs: tuple[int, ...]) -> tuple[Graph, tuple[int, ...]]:
    """Quotients by powers of one denominator as products with one reciprocal: a division costs ten products."""
    new = Graph()
    order = graph.reachable(outputs)
    base: dict[int, tuple[int, int]] = {}
    for k in order:
        step = graph.steps[k]
        base[k] = (k, 1)
        if step.name == "mul" and base[step.args[0]][0] == base[step.args[1]][0]:
            base[k] = (base[step.args[0]][0], base[step.args[0]][1] + base[step.args[1]][1])
    uses: dict[int, int] = {}
    for k in order:
        if graph.steps[k].name == "div":
            d = base[graph.steps[k].args[1]][0]
            uses[d] = uses.get(d, 0) + 1
    moved: dict[int, int] = {}
    for k in order:
        step = graph.steps[k]
        args = tuple(moved[j] for j in step.args)
        if step.name == "div" and uses[base[step.args[1]][0]] > 1:
            d, power = base[step.args[1]]
            reciprocal = new.put("div", new.constant(1.0), moved[d])
            result = args[0] if new.value(args[0]) != 1.0 else reciprocal
            for _ in range(power - (new.value(args[0]) == 1.0)):
                result = new.put("mul", result, reciprocal)
            moved[k] = result
        else:
            moved[k] = new.put(step.name, *args, payload=step.payload)
    return new, tuple(moved[k] for k in outputs)


def _nonpositive(graph: Graph, k: int) -> bool:
    """Whether a step is at most zero by its form: minus a product of magnitudes."""
    step = graph.steps[k]
    return step.name == "neg" and _nonnegative(graph, step.args[0])


def _nonnegative(graph: Graph, k: int) -> bool:
    step = graph.steps[k]
    if step.name in ("abs", "exp", "sqrt", "erfcx"):
        return True
    if step.name == "const":
        return float(step.payload or 0.0) >= 0.0
    return step.name in ("mul", "add", "div") and all(_nonnegative(graph, j) for j in step.args)


@dataclass(frozen=True, slots=True)
class _Style:
    """How a loop is written: stretches tested for, the treatment of quotients, which outputs come from segments.

    Quotients are "shared" (one reciprocal for each denominator), "refined" (the same, with the rounding errors of
    denominator and reciprocal put back) or "rounded once". The outputs in `alone` have no program beside the segments.
    """

    slots: int
    quotients: str
    parallel: bool
    segments: Mapping[int, Segments] = field(default_factory=dict)
    alone: frozenset[int] = frozenset()


def generate(plan: Plan, dtype: str, style: _Style) -> str:
    """Source of a module with `body(x)`, the programs of all outputs; `targets.vector` makes the loop around it."""
    graph, writer = plan.graph, Writer(dtype)
    combined = [None if k in style.alone else combine(graph, draft) for k, draft in enumerate(plan.drafts)]
    wanted = tuple(r for r in combined if r is not None)
    if style.quotients != "rounded once":
        graph, wanted = share_reciprocals(graph, wanted)
    found = iter(wanted)
    roots = [None if r is None else next(found) for r in combined]
    names: dict[int, str] = {}
    for k in graph.reachable(wanted):
        step = graph.steps[k]
        if step.name == "var":
            names[k] = "x"
        elif step.name == "const":
            names[k] = writer.number(float(step.payload or 0.0))
        elif step.name == "below":
            names[k] = writer.let(f"x < {writer.number(float(step.payload or 0.0))}")
        elif step.name == "select":
            mask, p, q = (names[j] for j in step.args)
            names[k] = writer.let(f"{p} if {mask} else {q}")
        elif step.name == "div" and style.quotients == "refined" and graph.value(step.args[0]) == 1.0:
            names[k] = _reciprocal(graph, writer, names, step.args[1])
        else:
            names[k] = EXPANSIONS[step.name](writer, *(names[j] for j in step.args))
        if _nonpositive(graph, k):
            writer.nonpositive.add(names[k])
    results = [None if root is None else names[root] for root in roots]
    for k, found_segments in style.segments.items():
        results[k] = write(writer, found_segments, plan.drafts[k].form, results[k])
    returned = ", ".join(result or "x" for result in results)
    constants = [f"{name} = {_literal(text)}" for text, name in writer.constants.items()]
    tables = [f"{name} = ({', '.join(map(repr, values))})" for values, name in writer.tables.items()]
    settings = [f'DTYPE = "{dtype}"', f"SLOTS = {style.slots}", f"PARALLEL = {style.parallel}", "SHARED = ()"]
    head = [_HEAD, *settings, *constants, *tables]
    body = ["def body(x):", *[f"    {line}" for line in writer.lines], f"    return {returned},", ""]
    return "\n".join([*head, "", "", *body])


def _reciprocal(graph: Graph, w: Writer, names: Mapping[int, str], k: int) -> str:
    """1/d to half a unit even where d = a + b was rounded: 1/(d + e) = r + r*((1 - d*r) - e*r) to first order."""
    step, d, one = graph.steps[k], names[k], w.number(1.0)
    r = w.let(f"{one}/{d}")
    rest = w.let(w.fma("-" + d, r, one))
    if step.name == "add":
        a, b = (names[j] for j in step.args)
        near = w.let(f"{d} - {a}")
        lost = w.let(f"({a} - ({d} - {near})) + ({b} - {near})")  # exact in any order of sizes (Knuth)
        rest = w.let(w.fma("-" + lost, r, rest))
    return w.let(f"{r}*{rest} + {r}")


def _literal(text: str) -> str:
    return f'float("{text}")' if text in ("inf", "-inf", "nan") else text


def load(source: str, ends: Any, tables: Sequence[Any]) -> Any:
    """The compiled loop of a generated body, `loop(xs, outs)`, with its stretches and tables."""
    from symacts.kernels.targets import engine  # deferred: llvmlite is an extra

    return engine.Loop(source, ends, tables)


def compile_plan(
    tasks: tuple[tuple[sp.Expr, int], ...], x: sp.Symbol, dtype: str, accuracy: str, parallel: bool
) -> Code:
    """The code for formulas and orders: the loop is compiled, measured against true values, and given its stretches."""
    inner = "float32" if dtype == "float32" and accuracy == "fast" else "float64"
    name = dtype if inner == dtype else "float32 in float64"
    plan = make_plan(tasks, x, name)
    best = min(_trials(plan, name, inner, parallel), key=lambda trial: trial.cost)
    columns, slots = best.columns, best.slots
    with np.errstate(all="ignore"):
        outputs = [finish(draft, columns[k], slots) for k, draft in enumerate(plan.drafts)]
    parts = tuple(Part(o.good, o.table, o.unmet) for o in outputs)
    shared = ends_of(parts, inner, slots)[1]
    tested = ", ".join(_literal(repr(end)) for pair in shared for end in pair)
    source = best.source.replace("\nSHARED = ()\n", f"\nSHARED = ({tested})\n")
    return Code("numba", source, parts, inner, slots)


@dataclass(frozen=True, slots=True)
class _Trial:
    """One way of writing the loop: its source, what it computes, and the share of inputs left to the tables."""

    source: str
    slots: int
    columns: list[Any]
    open: tuple[float, ...]

    @property
    def missing(self) -> float:
        """Inputs of any output left to the tables."""
        return sum(self.open)

    @property
    def cost(self) -> float:
        """About how many instructions on vectors an element takes, what the tables do included."""
        lanes = 8 if 'DTYPE = "float64"' in self.source else 16
        lines = self.source.split("def body", 1)[1].splitlines()
        own = sum(
            1 + QUOTIENT * line.count("/") + LOOKUP * line.count("[") + CALL * line.count("math.") for line in lines
        )
        return own / lanes + TABLE * self.missing


QUOTIENT, LOOKUP, CALL, TABLE = 28, 3, 300, 130
"""What a division, a look-up in registers, a call of the C library for each element, and an element that the table
serves cost, in additions (measured on x86-64 with AVX-512)."""
CHEAP = 10.0
"""Cost from which on other ways of writing a loop are tried."""
SPREAD = 2.5
"""Scale of the normal law by which inputs are weighed when ways of writing a loop are compared."""


def _share(lo: float, hi: float) -> float:
    """The share of inputs in [lo, hi] under that law."""
    return (math.erf(hi / SPREAD / math.sqrt(2)) - math.erf(lo / SPREAD / math.sqrt(2))) / 2


def _trials(plan: Plan, name: str, inner: str, parallel: bool) -> Iterator[_Trial]:
    """Ways of writing the loop, cheapest first; the caller stops at one that is good enough.

    Programs with shared reciprocals; these with the error of each reciprocal's denominator put back; segments for the
    outputs that programs do not serve, without and with a program around them; programs with every quotient rounded
    once; polynomials put into the programs.
    """
    seen = []

    def tried(*options: Any) -> _Trial:
        seen.append(_tried(plan, inner, _Style(options[0], options[1], parallel, *options[2:])))
        return seen[-1]

    def enough() -> bool:
        return any(t.missing < ENOUGH and t.cost < CHEAP for t in seen)

    for slots, quotients in ((1, "shared"), (1, "refined"), (MOST_SLOTS, "refined")):
        yield tried(slots, quotients)
        if enough():
            return
    wanted = {k for k, left in enumerate(seen[-1].open) if left >= ENOUGH / 2}
    found = {k: segmented(draft, name, inner) for k, draft in enumerate(plan.drafts)}
    segments = {k: s for k, s in found.items() if s is not None}
    some = {k: s for k, s in segments.items() if k in wanted}
    for chosen, alone in ((some, some), (segments, segments), (some, {})):
        for slots in (1, MOST_SLOTS) if chosen else ():
            yield tried(slots, "refined", chosen, frozenset(alone))
    if any(t.missing < ENOUGH for t in seen):
        return
    yield tried(1, "rounded once")
    for _ in range(2):
        last = tried(MOST_SLOTS, "rounded once")
        yield last
        _add_series(plan, last)


def _add_series(plan: Plan, last: _Trial) -> None:
    """Polynomials and other programs where the last trial did not serve."""
    for k, draft in enumerate(plan.drafts):
        for studied in draft.sections:
            values = last.columns[k](studied.points)
            studied.stretches[:] = with_series(studied, plan.graph, plan.graph.variable("x"), draft.form, values)


def _tried(plan: Plan, inner: str, style: _Style) -> _Trial:
    source = generate(plan, inner, style)
    columns = _columns(source, len(plan.drafts), inner, style.slots)
    left = [
        1.0 - sum(_share(*g) for g in served(draft, columns[k], style.slots)) for k, draft in enumerate(plan.drafts)
    ]
    return _Trial(source, style.slots, columns, tuple(left))


ENOUGH = 0.006
"""Share of inputs left to the table that does not pay for another way of writing the loop."""


def _columns(source: str, count: int, inner: str, slots: int) -> list[Any]:
    """For each output the function that the loop computes, without repairs."""
    loop = load(source, np.empty((count, slots, 2), inner), [np.zeros(1), np.zeros((1, COLUMNS))] * count)

    def column(k: int) -> Any:
        def evaluate(points: FloatArray) -> FloatArray:
            xs = points.astype(inner)
            outs = [np.empty_like(xs) for _ in range(count)]
            loop(xs, outs)
            return outs[k].astype(np.float64)

        return evaluate

    return [column(k) for k in range(count)]


def ends_of(parts: Sequence[Part], inner: str, slots: int) -> tuple[npt.NDArray[Any], tuple[tuple[float, float], ...]]:
    """The stretches as the loop takes them, rounded inwards to its format and padded by empty ones; those shared."""
    ends = np.empty((len(parts), slots, 2), inner)
    ends[...] = np.inf, -np.inf
    kind = np.dtype(inner).type
    shared = [(-np.inf, np.inf)]
    with np.errstate(all="ignore"):
        for k, part in enumerate(parts):
            for s, (lo, hi) in enumerate(part.good):
                a, b = kind(lo), kind(hi)
                a = np.nextafter(a, kind(np.inf)) if a < lo else a
                b = np.nextafter(b, kind(-np.inf)) if b > hi else b
                ends[k, s] = a, b
            here = [(float(a), float(b)) for a, b in ends[k]]
            shared = [(max(a, c), min(b, d)) for a, b in shared for c, d in here if max(a, c) <= min(b, d)]
    kept = sorted(sorted(shared, key=lambda r: -weight(*r))[:slots])
    return ends, tuple(kept) or ((np.inf, -np.inf),)
