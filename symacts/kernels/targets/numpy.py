"""The NumPy target: a plan as straight-line ufunc calls on a tile, every call into scratch or an output.

The generated function takes the tile `x`, the outputs `ys` and a pool of scratch rows, each beside its view as
integers; it allocates nothing. Selection between sections is bit arithmetic on masks, so no lane is branched on.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp

from symacts.kernels.bridges import bridged
from symacts.kernels.choice import assign, celled
from symacts.kernels.code import Code, Part
from symacts.kernels.drafts import Draft, Plan
from symacts.kernels.joining import combine, mirror
from symacts.kernels.plan import Run, finish, make_plan, served
from symacts.kernels.targets.ufuncs import ARITHMETIC, CAREFUL, lowered
from symacts.kernels.tiles import once, repair_of
from symacts.rewrite import functions
from symacts.rewrite.graph import Graph
from symacts.rewrite.regimes import FORMATS, share

__all__ = ["compile_plan", "generate", "load"]

_NAMES = {
    "add": "np.add",
    "sub": "np.subtract",
    "mul": "np.multiply",
    "div": "np.divide",
    "neg": "np.negative",
    "min": "np.minimum",
    "max": "np.maximum",
    "abs": "np.abs",
    "atan": "np.arctan",
    "asin": "np.arcsin",
    "acos": "np.arccos",
    "asinh": "np.arcsinh",
    "acosh": "np.arccosh",
    "atanh": "np.arctanh",
    **{k: k for k in ("erf", "erfc", "sinpi", "cospi")},
}
_BITS = {"below", "select", "flip", "head", "negative abs", "cell", "lookup"}
"""Steps on the bits of floats."""


@dataclass(slots=True)
class _Writer:
    """Lines of a tile's function, with names for its constants."""

    inner: str
    lines: list[str] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)

    @property
    def integer(self) -> str:
        """The integers of the format's width."""
        return f"int{self.inner[5:]}"

    def number(self, value: float) -> str:
        """The name of a constant."""
        text = f"np.{value}".replace("np.-", "-np.") if not math.isfinite(value) else repr(value)
        return self.name(f"np.array({text}, np.{self.inner})", "C")

    def bits(self, value: float) -> str:
        """The name of a constant's bits."""
        return self.integer_of(int(np.array(value, self.inner).view(self.integer)))

    def integer_of(self, value: int) -> str:
        """The name of an integer constant."""
        return self.name(f"np.array({value}, np.{self.integer})", "B")

    def name(self, text: str, letter: str) -> str:
        return self.constants.setdefault(text, f"{letter}{len(self.constants)}")

    def call(self, function: str, *args: str, options: str = "") -> None:
        """One call; the last argument is where the result goes."""
        *operands, into = args
        self.lines.append(f"{function}({', '.join(operands)}, out={into}{options})")

    def select(self, mask: str, p: str, q: str, values: tuple[float | None, float | None], target: str) -> None:
        """Bits of p where the mask is set, of q elsewhere: q ^ ((p ^ q) & mask)."""
        if None not in values:
            both = int(
                np.array(values[0], self.inner).view(self.integer) ^ np.array(values[1], self.inner).view(self.integer)
            )
            self.call("np.bitwise_and", mask, self.integer_of(both), target)
        elif values[1] == 0.0 and math.copysign(1.0, values[1]) > 0:
            self.call("np.bitwise_and", p, mask, target)
            return
        elif values[0] == 0.0 and math.copysign(1.0, values[0]) > 0:
            self.call("np.bitwise_and", q, mask, target)
        else:
            self.call("np.bitwise_xor", p, q, target)
            self.call("np.bitwise_and", target, mask, target)
        self.call("np.bitwise_xor", target, q, target)


def generate(plan: Plan, inner: str) -> tuple[str, tuple[Any, ...]]:
    """Source of `tile(x, xi, ys, ji, rows, ints)`, which writes every output's program over the whole tile; tables."""
    combined = [combine(plan.graph, output, ARITHMETIC[inner]) for output in plan.drafts]
    digits = 24 if plan.drafts[0].form is FORMATS["float32 through float64"] else None
    graph, places = lowered(plan.graph, tuple(r for r in combined if r is not None), inner, digits)
    found = iter(places)
    roots = [None if r is None else next(found) for r in combined]
    w = _Writer(inner)
    order = graph.reachable(places)
    last = {j: k for k in order for j in graph.steps[k].args}
    targets: dict[int, str] = {}
    for k, root in enumerate(roots):
        if root is not None and graph.steps[root].args:
            targets.setdefault(root, f"y{k}")
    names: dict[int, str] = {}
    free: list[str] = []
    count = 0
    for k in order:
        step = graph.steps[k]
        if not step.args:
            names[k] = "x" if step.name == "var" else w.number(_number(graph, k))
            continue
        dead = [j for j in dict.fromkeys(step.args) if last.get(j) == k and names[j].startswith("s")]
        kept = {"select": 1, "flip": 1, "lookup": 0}.get(step.name)  # read after the target is first written
        usable = [
            j
            for j in dead
            if kept is None
            or j not in step.args[kept:]
            or (step.name == "select" and j == step.args[1] != step.args[2])
        ]
        if step.name == "select":
            usable = [j for j in usable if j != step.args[0] or _constant(graph, step.args[1:])]
        if k in targets:
            names[k] = targets[k]
        elif usable:
            names[k] = names[usable[0]]
            dead.remove(usable[0])
        elif free:
            names[k] = free.pop()
        else:
            names[k] = f"s{count}"
            count += 1
        free += [names[j] for j in dead]
        _write(w, graph, k, names)
    for k, root in enumerate(roots):
        if root is not None and names[root] != f"y{k}":
            w.lines.append(f"np.copyto(y{k}, {names[root]})")
    return _module(w, count, len(roots)), tuple(plan.graph.tables[name] for name in w.tables)


def _constant(graph: Graph, nodes: tuple[int, ...]) -> bool:
    return all(graph.value(n) is not None for n in nodes)


def _write(w: _Writer, graph: Graph, k: int, names: dict[int, str]) -> None:
    """The calls of one step."""
    step, target = graph.steps[k], names[k]
    operands = [names[j] for j in step.args]
    if step.name not in _BITS:
        careful = w.inner == "float32" and step.name in CAREFUL
        options = ', dtype=np.float64, casting="same_kind"' if careful else ""
        w.call(_NAMES.get(step.name, f"np.{step.name}"), *operands, target, options=options)
        return
    bits = [
        _view(n) if graph.value(j) is None else w.bits(_number(graph, j))
        for j, n in zip(step.args, operands, strict=True)
    ]
    into, width = _view(target), int(w.inner[5:])
    if step.name == "below":
        threshold = float(step.payload or 0.0)
        if threshold:
            w.call("np.subtract", operands[0], w.number(threshold), target)
            bits = [into]
        w.call("np.right_shift", bits[0], w.integer_of(width - 1), into)
    elif step.name == "select":
        values = graph.value(step.args[1]), graph.value(step.args[2])
        w.select(bits[0], bits[1], bits[2], values, into)
    elif step.name == "flip":
        w.call("np.bitwise_and", bits[0], w.bits(-0.0), into)
        w.call("np.bitwise_xor", into, bits[1], into)
    elif step.name == "cell":
        w.call("np.bitwise_and", bits[0], w.integer_of(int(step.payload or 0)), into)
    elif step.name == "lookup":
        table = w.tables.setdefault(str(step.payload), f"T{len(w.tables)}")
        w.call(f"{table}.take", bits[0], target, options=', mode="clip"')
    elif step.name == "head":
        w.call("np.bitwise_and", bits[0], w.integer_of(-(1 << {64: 27, 32: 12}[width])), into)
    else:
        w.call("np.bitwise_or", bits[0], w.bits(-0.0), into)


def _number(graph: Graph, k: int) -> float:
    """The value of a constant step, its sign kept."""
    value = graph.value(k)
    assert value is not None
    return value


def _view(name: str) -> str:
    """The name of the integers behind a row."""
    return "xi" if name == "x" else {"s": "i", "y": "j"}[name[0]] + name[1:]


def _module(w: _Writer, count: int, outputs: int) -> str:
    used = {word for line in w.lines for word in line.translate(str.maketrans("(),=", "    ")).split()}
    rows = [("s", "rows", count), ("i", "ints", count), ("y", "ys", outputs), ("j", "ji", outputs)]
    setup = [f"{a}{k} = {source}[{k}]" for a, source, n in rows for k in range(n) if f"{a}{k}" in used]
    constants = [f"{name} = {value}" for value, name in w.constants.items()]
    head = ["def tile(x, xi, ys, ji, rows, ints):"]
    return "\n".join(
        [
            f'INNER = "{w.inner}"',
            f"SCRATCH = {count}",
            *constants,
            *head,
            *[f"    {line}" for line in [*setup, *w.lines]],
            "    return",
            "",
        ]
    )


def compile_plan(
    tasks: tuple[tuple[sp.Expr, int], ...], x: sp.Symbol, dtype: str, accuracy: str, parallel: bool
) -> Code:
    """The code for formulas and orders: the cheapest of the ways of writing it, measured against true values."""
    return min(_trials(tasks, x, dtype, accuracy), key=lambda trial: trial.cost).code


@dataclass(frozen=True, slots=True)
class _Trial:
    """One way of writing the tile, and about what an element costs in nanoseconds."""

    code: Code
    cost: float


UNIT = {"float64": 0.25, "float32": 0.14}
"""Nanoseconds of a sum for one element of a tile."""
CONVERTED = 0.2
"""Nanoseconds of carrying an element from one format to the other."""
FOUND, GATHERED, TABLED = 0.6, 16.0, 100.0
"""Nanoseconds of looking for a gap's elements, and of each that its rows or the whole table serve; a row costs one."""


def _trials(tasks: tuple[tuple[sp.Expr, int], ...], x: sp.Symbol, dtype: str, accuracy: str) -> Iterator[_Trial]:
    """Float64 throughout; for float32 also float32 throughout."""
    form = {"tight": "float32 in float64", "fast": "float32 through float64"}[accuracy]
    form = dtype if dtype == "float64" else form
    yield _tried(*_planned(tasks, x, form, "float64"), "float64", dtype)
    if dtype == "float32" and accuracy == "fast":
        yield _tried(*_planned(tasks, x, "float32", "float32"), "float32", dtype)


def _planned(tasks: tuple[tuple[sp.Expr, int], ...], x: sp.Symbol, form: str, inner: str) -> tuple[Plan, Plan | None]:
    """The plan of all orders up to those asked for, of which these are kept: fused and alone, an order is the same.

    And the plan without tables, where the first one has some.
    """
    ladder = {(formula, k) for formula, order in tasks for k in range(order + 1)}
    steps = sorted(ladder, key=lambda task: ([f for f, _ in tasks].index(task[0]), task[1]))
    plan = make_plan(steps, x, form, joint=True)
    assign(plan.drafts, x, plan.graph, plan.graph.put("abs", plan.graph.variable("x")), ARITHMETIC[inner])
    kept = [steps.index(task) for task in tasks]
    first = Plan(plan.graph, tuple(plan.drafts[k] for k in kept))
    if inner == "float64":
        drafts = celled(plan.drafts, x, plan.graph, ARITHMETIC[inner])
        if any(drafts[k] is not plan.drafts[k] for k in kept):
            return Plan(plan.graph, tuple(drafts[k] for k in kept)), first
    return first, None


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A plan's source with its tables, and its outputs at arrays."""

    source: str
    tables: tuple[Any, ...]
    columns: tuple[Run, ...]


def _compiled(plan: Plan, inner: str) -> _Compiled:
    for draft in plan.drafts:
        mirror(plan.graph, draft, ARITHMETIC[inner])
    source, tables = generate(plan, inner)
    tile, scratch = load(source, tables)
    count = len(plan.drafts)

    def column(k: int) -> Run:
        return lambda points: once(tile, scratch, points.astype(inner), count)[k].astype(np.float64)

    return _Compiled(source, tables, tuple(column(k) for k in range(count)))


def _tried(plan: Plan, second: Plan | None, inner: str, dtype: str) -> _Trial:
    first = _compiled(plan, inner)
    other = _compiled(second, inner) if second else None
    outputs = []
    with np.errstate(all="ignore"):
        for k, draft in enumerate(plan.drafts):
            main = _serving(draft, first.columns[k], plan.graph)
            more = _serving(second.drafts[k], other.columns[k], plan.graph) if second and other else None
            outputs.append(bridged(draft, finish(*main, more)))
    parts = tuple(Part(o.good, o.table, o.unmet, o.far, o.wide) for o in outputs)
    count = len(parts)
    cost = UNIT[inner] * _calls(first.source, inner) + CONVERTED * (inner != dtype) * (1 + count)
    for part in parts:
        repair = repair_of(part, inner, dtype)
        for gap in repair.gaps:
            left = share(float(gap.lo), float(gap.hi)) - sum(share(*g) for g in gap.good)
            cost += FOUND + 0.2 * len(gap.rows) + left * (GATHERED if gap.rows else TABLED)
        cost += TABLED * (1.0 - share(repair.lo, repair.hi))
    wide = other.source if other else ""
    return _Trial(Code("numpy", first.source, parts, inner, 0, first.tables, wide), cost)


MOST = 12
"""Stretches of an output that programs serve: the weightiest."""


def _serving(draft: Draft, run: Run, graph: Graph) -> tuple[Draft, Run, list[tuple[float, float]]]:
    """A program with the stretches that it serves."""
    return draft, run, served(draft, run, MOST, strict=graph)


def _calls(source: str, inner: str) -> float:
    """What the calls of a source cost, in sums."""
    steps = {name: step for step, name in _NAMES.items()}
    costs = ARITHMETIC[inner].costs
    total = 0.0
    for line in source.split("def tile", 1)[1].splitlines()[1:]:
        if "(" in line:
            name = line.strip().split("(")[0]
            step = name.removeprefix("np.") if "dtype=" in line else steps.get(name, name.removeprefix("np."))
            step = "lookup" if name.endswith(".take") else step
            total += costs.get(step, 1.0)
    return total


def load(source: str, tables: Sequence[Any] = ()) -> tuple[Any, int]:
    """Compile generated source: it names only NumPy, the functions of `symacts.rewrite.functions` and its tables."""
    space: dict[str, Any] = {"np": np, "__builtins__": {}, **{f"T{k}": table for k, table in enumerate(tables)}}
    space.update({n: getattr(functions, n) for n in ("erf", "erfc", "sinpi", "cospi")})
    exec(compile(source, "<symacts kernel>", "exec"), space)
    return space["tile"], space["SCRATCH"]
