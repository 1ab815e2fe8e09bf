"""The NumPy target: a plan as straight-line ufunc calls on a tile, with `out=` and scratch that is given back.

The generated function takes the tile `x` (float64), the outputs and a pool of scratch rows; it never allocates in the
ufuncs it names. Selection between sections is bit arithmetic on masks, so no lane is branched on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from symacts.kernels.code import Code, Part
from symacts.kernels.plan import Draft, Plan, finish, make_plan
from symacts.rewrite import functions
from symacts.rewrite.graph import Graph
from symacts.rewrite.regimes import FloatArray

__all__ = ["combine", "compile_plan", "generate", "load"]

_NAMES = {
    "add": "np.add",
    "sub": "np.subtract",
    "mul": "np.multiply",
    "div": "np.divide",
    "neg": "np.negative",
    "abs": "np.abs",
    "atan": "np.arctan",
    "asin": "np.arcsin",
    "acos": "np.arccos",
    "asinh": "np.arcsinh",
    "acosh": "np.arccosh",
    "atanh": "np.arctanh",
    **{k: k for k in ("mulerr", "erf", "erfc", "erfcx", "sinpi", "cospi", "select", "below")},
}


def combine(graph: Graph, output: Draft) -> int | None:
    """One step that gives the output on every good stretch: selections pushed towards the leaves."""
    programs = [s for s in output.stretches if s.node is not None]
    if not programs:
        return None
    result = programs[-1].node
    first = programs[-1].first
    assert result is not None
    for stretch in reversed(programs[:-1]):
        assert stretch.node is not None
        threshold = 0.0 if 0.0 < first <= 5e-324 else first
        mask = graph.put("below", graph.variable("x"), payload=threshold)
        result = choose(graph, mask, stretch.node, result)
        first = stretch.first
    return result


def choose(graph: Graph, mask: int, p: int, q: int) -> int:
    """select(mask, p, q), with what p and q share taken out."""
    if p == q:
        return p
    a, b = graph.steps[p], graph.steps[q]
    if a.name == b.name == "neg":
        return graph.neg(choose(graph, mask, a.args[0], b.args[0]))
    if a.name == b.name and a.name in ("mul", "add", "div", "sub") and set(a.args) & set(b.args):
        if a.args[1] == b.args[1]:
            return graph.put(a.name, choose(graph, mask, a.args[0], b.args[0]), a.args[1])
        if a.args[0] == b.args[0]:
            return graph.put(a.name, a.args[0], choose(graph, mask, a.args[1], b.args[1]))
    if a.name == "neg" and a.args[0] == q:
        return graph.put("mul", q, choose_sign(graph, mask))
    return graph.put("select", mask, p, q)


def choose_sign(graph: Graph, mask: int) -> int:
    """-1 where the mask is set, else 1."""
    return graph.put("select", mask, graph.constant(-1.0), graph.constant(1.0))


def generate(plan: Plan) -> str:
    """Source of `tile(x, outs, pool)`: writes every output's program over the whole tile."""
    graph = plan.graph
    roots = [combine(graph, output) for output in plan.drafts]
    wanted = tuple(r for r in roots if r is not None)
    order = graph.reachable(wanted)
    last = {j: k for k in order for j in graph.steps[k].args}
    lines = ["def tile(x, outs, pool):"]
    names: dict[int, str] = {}
    free: list[str] = []
    count = 0
    for k in order:
        step = graph.steps[k]
        if step.name == "var":
            names[k] = "x"
            continue
        if step.name == "const":
            names[k] = repr(step.payload)
            continue
        operands = [names[j] for j in step.args]
        if step.name == "select":
            operands[0] += ".view(np.int64)"
        if step.name == "below":
            operands.append(repr(step.payload))
        reusable = [
            j for j in dict.fromkeys(step.args) if last.get(j) == k and names[j].startswith("s") and j not in wanted
        ]
        if reusable and step.name not in ("select", "below"):
            target = names[reusable[0]]
            free += [names[j] for j in reusable[1:]]
        else:
            if free:
                target = free.pop()
            else:
                target = f"s{count}"
                count += 1
            free += [names[j] for j in reusable]
        names[k] = target
        lines.append(f"    {_NAMES.get(step.name, 'np.' + step.name)}({', '.join(operands)}, out={target})")
    for k, root in enumerate(roots):
        if root is not None:
            lines.append(f"    outs[{k}][...] = {names[root]}")
    scratch = [f"    s{k} = pool[{k}]" for k in range(count)]
    return "\n".join([f"SCRATCH = {count}", lines[0], *scratch, *lines[1:], "    return", ""])


def compile_plan(
    tasks: tuple[tuple[sp.Expr, int], ...], x: sp.Symbol, dtype: str, accuracy: str, parallel: bool
) -> Code:
    """The code for formulas and orders; float32 is evaluated in float64 and rounded once."""
    plan = make_plan(tasks, x, dtype if dtype == "float64" else "float32 in float64")
    source = generate(plan)
    run, scratch = load(source)

    def column(k: int) -> Any:
        def evaluate(points: FloatArray) -> FloatArray:
            outs = [np.empty(len(points)) for _ in plan.drafts]
            with np.errstate(all="ignore"):
                run(points, outs, np.empty((max(scratch, 1), len(points))))
            return outs[k]

        return evaluate

    with np.errstate(all="ignore"):
        outputs = [finish(draft, column(k)) for k, draft in enumerate(plan.drafts)]
    return Code("numpy", source, tuple(Part(o.good, o.table, o.unmet) for o in outputs))


def load(source: str) -> tuple[Any, int]:
    """Compile generated source: it names only NumPy and the functions of `symacts.rewrite.functions`."""
    space: dict[str, Any] = {"np": np, "__builtins__": {}}
    space.update(
        {n: getattr(functions, n) for n in ("mulerr", "erf", "erfc", "erfcx", "sinpi", "cospi", "select", "below")}
    )
    exec(compile(source, "<symacts kernel>", "exec"), space)
    return space["tile"], space["SCRATCH"]
