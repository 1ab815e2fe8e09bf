"""Source of vector code: a straight line of assignments for one register of elements (see `targets.vector`)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from symacts.kernels.drafts import Plan
from symacts.kernels.joining import combine
from symacts.kernels.targets import joint
from symacts.kernels.targets.elementary import Writer
from symacts.kernels.targets.pairs import Pairs
from symacts.kernels.targets.rounding import plain
from symacts.kernels.targets.segments import Segments, write
from symacts.rewrite.graph import Graph

__all__ = ["MOST_SLOTS", "Style", "generate", "literal", "share_reciprocals"]

_HEAD = '"""Generated from a declared expression; one vector of elements at a time."""'


MOST_SLOTS = 3
"""Stretches that a loop tests for at most; their ends are arguments, so they can be measured after compiling."""


def share_reciprocals(graph: Graph, outputs: tuple[int, ...]) -> tuple[Graph, tuple[int, ...]]:
    """Quotients by powers of one denominator as products with one reciprocal: a division costs ten products.

    So are quotients by a product whose factors divide elsewhere, too.
    """
    new = Graph()
    order = graph.reachable(outputs)
    base: dict[int, tuple[int, int]] = {}
    for k in order:
        step = graph.steps[k]
        base[k] = (k, 1)
        if step.name == "mul" and base[step.args[0]][0] == base[step.args[1]][0]:
            base[k] = (base[step.args[0]][0], base[step.args[0]][1] + base[step.args[1]][1])
    below = [base[graph.steps[k].args[1]][0] for k in order if graph.steps[k].name == "div"]

    def powers(k: int) -> list[tuple[int, int]]:
        """The denominators, each with its power, that a quotient by this step is written with."""
        factor, power = base[k]
        if graph.steps[factor].name == "mul" and power == 1:
            inner = [base[j] for j in graph.steps[factor].args]
            if all(d in below for d, _ in inner):
                return inner
        return [(factor, power)]

    uses = Counter(d for k in order if graph.steps[k].name == "div" for d, _ in powers(graph.steps[k].args[1]))
    moved: dict[int, int] = {}
    for k in order:
        step = graph.steps[k]
        args = tuple(moved[j] for j in step.args)
        if step.name == "div" and all(uses[d] > 1 for d, _ in powers(step.args[1])):
            result = args[0]
            for d, power in powers(step.args[1]):
                reciprocal = new.put("div", new.constant(1.0), moved[d])
                for _ in range(power):
                    result = new.put("mul", result, reciprocal) if new.value(result) != 1.0 else reciprocal
            moved[k] = result
        else:
            moved[k] = new.put(step.name, *args, payload=step.payload)
    return new, tuple(moved[k] for k in outputs)


@dataclass(frozen=True, slots=True)
class Style:
    """How a loop is written: the arithmetic, which outputs come from segments, what is patched.

    The arithmetic is one of `targets.rounding`, with one reciprocal for each denominator but in "rounded once", or
    "paired" (`targets.pairs`: to the end for the outputs in `pairs`, in sums for the others). The outputs in `alone`
    have no program beside the segments, which are `precise` with constant terms in two words; `joint` ones give both
    outputs (`targets.joint`). Patches are programs for small ranges, each with its ends. Outside `near` another way of
    writing the loop serves, `wide`, for vectors with an element there.
    """

    arithmetic: str
    parallel: bool
    segments: Mapping[int, Segments] = field(default_factory=dict)
    alone: frozenset[int] = frozenset()
    precise: bool = False
    joint: Segments | None = None
    pairs: frozenset[int] = frozenset()
    patches: Mapping[int, Sequence[tuple[float, float, int]]] = field(default_factory=dict)
    near: tuple[float, float] | None = None
    wide: tuple[Plan, Style] | None = None

    @property
    def options(self) -> tuple[Any, ...]:
        """The arithmetic, the segments, which outputs are theirs alone, whether they are precise, those of both."""
        return self.arithmetic, self.segments, self.alone, self.precise, self.joint


def generate(plan: Plan, dtype: str, style: Style) -> str:
    """Source of a module with `body(x)`, the programs of all outputs; `targets.vector` makes the loop around it."""
    writer = Writer(dtype)
    functions = [_function("body", plan, writer, style)]
    if style.wide is not None:
        functions.insert(0, _function("wide", style.wide[0], writer, style.wide[1]))
    needed = set(NAME.findall(" ".join(line for function in functions for line in function)))
    constants = [f"{name} = {literal(text)}" for text, name in writer.constants.items() if name in needed]
    tables = [f"{name} = ({', '.join(map(repr, v))})" for v, name in writer.tables.items() if name in needed]
    settings = [f'DTYPE = "{dtype}"', f"SLOTS = {MOST_SLOTS}", f"PARALLEL = {style.parallel}", "SHARED = ()"]
    if style.near is not None:
        settings.append(f"NEAR = ({style.near[0]!r}, {style.near[1]!r})")
    head = [_HEAD, *settings, *constants, *tables]
    return "\n".join([*head, *[line for function in functions for line in ("", "", *function)], ""])


def _function(name: str, plan: Plan, writer: Writer, style: Style) -> list[str]:
    """The lines of one function of x."""
    writer.lines.clear()
    writer.shared.clear()
    graph = plan.graph
    combined = [None if k in style.alone else combine(graph, draft) for k, draft in enumerate(plan.drafts)]
    wanted = tuple(r for r in combined if r is not None)
    if style.arithmetic != "rounded once":
        graph, wanted = share_reciprocals(graph, wanted)
    found = iter(wanted)
    roots = [None if root is None else next(found) for root in combined]
    if style.arithmetic == "paired":
        pairs = Pairs(writer, graph)
        results = [
            None if root is None else pairs.sum_of(pairs.pair(root)) if k in style.pairs else pairs.rounded(root)
            for k, root in enumerate(roots)
        ]
    else:
        names = plain(graph, writer, wanted, style.arithmetic)
        results = [None if root is None else names[root] for root in roots]
    for k, patches in style.patches.items():
        for lo, hi, node in patches:
            inner = plain(plan.graph, writer, (node,), "shared")[node]
            results[k] = _patched(writer, inner, results[k] or "x", lo, hi)
    for k, found_segments in style.segments.items():
        results[k] = write(writer, found_segments, results[k], precise=style.precise)
    if style.joint is not None:
        results = [*joint.write(writer, style.joint, precise=style.precise)]
    returned = [result or "x" for result in results]
    lines = _needed(writer.lines, returned)
    return [f"def {name}(x):", *[f"    {line}" for line in lines], f"    return {', '.join(returned)},"]


def _patched(w: Writer, inner: str, outer: str, lo: float, hi: float) -> str:
    """The inner value on [lo, hi], the outer one elsewhere."""
    if lo == -hi:
        return w.let(f"{inner} if {w.let(f'abs(x) <= {w.number(hi)}')} else {outer}")
    below, above = w.let(f"x <= {w.number(hi)}"), w.let(f"x >= {w.number(lo)}")
    return w.let(f"{w.let(f'{inner} if {below} else {outer}')} if {above} else {outer}")


def _needed(lines: Sequence[str], results: Sequence[str]) -> list[str]:
    """The lines that some result needs."""
    needed = set(results)
    kept = []
    for line in reversed(lines):
        name, expression = line.split(" = ", 1)
        if name in needed:
            kept.append(line)
            needed |= set(NAME.findall(expression))
    return kept[::-1]


NAME = re.compile(r"\b[vCT]\d+\b")


def literal(text: str) -> str:
    return f'float("{text}")' if text in ("inf", "-inf", "nan") else text
