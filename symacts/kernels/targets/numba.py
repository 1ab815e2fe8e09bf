"""The numba target: value and derivatives in one fused, branch-free pass that LLVM vectorizes.

The generated module is written to the user's cache folder, so that the JIT's own disk cache applies and a second
process starts warm. Blocks without an element outside the programs' stretches cost nothing more; in the others those
elements are redone from the table, one at a time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy as sp

from symacts.kernels.code import Code, Part
from symacts.kernels.pieces import COLUMNS
from symacts.kernels.plan import Plan, finish, make_plan, served
from symacts.kernels.series import with_series
from symacts.kernels.shelf import folder
from symacts.kernels.targets.elementary import EXPANSIONS, Writer
from symacts.kernels.targets.numpy import combine
from symacts.rewrite.graph import Graph
from symacts.rewrite.regimes import FloatArray, weight

__all__ = ["compile_plan", "ends_of", "generate", "load"]

BLOCK = 128
"""Elements per block: long enough for vector code, short enough that a rare repair stays in the first-level cache."""

_HEAD = '''"""Generated from a declared expression; do not edit."""
import math
import numpy as np
from numba import njit, prange
from symacts.kernels.vmath import bits32, bits64, count32, count64, float32, float64, fma32, fma64, table_value

ONE = np.float32(1.0)
SHIFT = {shift}
float64_of = np.float64
float32_of = np.float32
'''


MOST_SLOTS = 3
"""Stretches that a loop tests for at most; their ends are arguments, so they can be measured after compiling."""


def _inside(which: str, slots: int) -> str:
    """The condition under which an element lies in one of the stretches."""
    return " | ".join(f"((x >= lo{which}_{s}) & (x <= hi{which}_{s}))" for s in range(slots))


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


def generate(plan: Plan, dtype: str, slots: int, share: bool, parallel: bool) -> str:
    """Source of a module with `loop(xs, out0, ..., ends, edges0, rows0, ...)` over one-dimensional contiguous arrays.

    `ends[k, s]` holds the first and the last float of stretch s of output k, `ends[-1]` those of what all outputs
    share: one test per element; which output needs repair is asked only where it fails.
    """
    graph, writer = plan.graph, Writer(dtype)
    combined = [combine(graph, draft) for draft in plan.drafts]
    wanted = tuple(r for r in combined if r is not None)
    if share:
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
        else:
            names[k] = EXPANSIONS[step.name](writer, *(names[j] for j in step.args))
        if _nonpositive(graph, k):
            writer.nonpositive.add(names[k])
    count = len(plan.drafts)
    outs = ", ".join(f"out{k}" for k in range(count))
    tables = ", ".join(f"edges{k}, rows{k}" for k in range(count))
    ends = [(str(k), k) for k in range(count)] + [("", count)]
    loop = "prange" if parallel else "range"
    lines = [
        f'@njit(fastmath={{"contract", "nsz"}}, error_model="numpy", nogil=True, cache=True, parallel={parallel})',
        f"def loop(xs, {outs}, ends, {tables}):",
        *[
            f"    lo{name}_{s}, hi{name}_{s} = ends[{k}, {s}, 0], ends[{k}, {s}, 1]"
            for name, k in ends
            for s in range(slots)
        ],
        f"    blocks = (xs.size + {BLOCK - 1})//{BLOCK}",
        f"    for b in {loop}(blocks):",
        f"        start = b*{BLOCK}",
        f"        stop = min(start + {BLOCK}, xs.size)",
        "        xb = xs[start:stop]",
        *[f"        b{k} = out{k}[start:stop]" for k in range(count)],
        f"        missed = np.int{dtype[5:]}(0)",
        "        for i in range(xb.size):",
        "            x = xb[i]",
        *[f"            {line}" for line in writer.lines],
        *[f"            b{k}[i] = {names[root] if root is not None else 'x'}" for k, root in enumerate(roots)],
        f"            missed = count{dtype[5:]}(missed, not ({_inside('', slots)}))",
        "        if missed != 0:",
        "            for i in range(xb.size):",
        "                x = xb[i]",
    ]
    for k in range(count):
        lines += [
            f"                if not ({_inside(str(k), slots)}):",
            f"                    b{k}[i] = table_value(edges{k}, rows{k}, np.float64(x))",
        ]
    constants = [f"{name} = np.{dtype}({_literal(text)})" for text, name in writer.constants.items()]
    shift = f"np.int64({writer.words.mantissa})" if dtype == "float64" else f"np.int32({writer.words.mantissa})"
    return "\n".join([_HEAD.format(shift=shift), *constants, "", "", *lines, ""])


def _literal(text: str) -> str:
    return f"'{text}'" if text in ("inf", "-inf", "nan") else text


def load(source: str) -> Any:
    """The compiled loop of a generated module (written once, renamed into place, checked against its hash)."""
    from symacts.kernels import vmath

    salt = Path(vmath.__file__).read_bytes()
    key = hashlib.sha256(source.encode() + salt).hexdigest()[:32]
    name = f"symacts_kernel_{key}"
    if name in sys.modules:
        return sys.modules[name].loop
    place = folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{name}.py"
        if not path.exists() or path.read_text(encoding="utf-8") != source:
            with tempfile.NamedTemporaryFile("w", dir=place, suffix=".tmp", delete=False, encoding="utf-8") as file:
                file.write(source)
            Path(file.name).replace(path)
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    except OSError:
        module = ModuleType(name)
        exec(compile(source.replace("cache=True", "cache=False"), f"<{name}>", "exec"), module.__dict__)
        sys.modules[name] = module
    return module.loop


def compile_plan(
    tasks: tuple[tuple[sp.Expr, int], ...], x: sp.Symbol, dtype: str, accuracy: str, parallel: bool
) -> Code:
    """The code for formulas and orders: the loop is compiled, measured against true values, and given its stretches."""
    inner = "float32" if dtype == "float32" and accuracy == "fast" else "float64"
    plan = make_plan(tasks, x, dtype if inner == dtype else "float32 in float64")
    variable = plan.graph.variable("x")
    for draft in plan.drafts:
        for studied in draft.sections:
            studied.stretches[:] = with_series(studied, plan.graph, variable, draft.form)
    best: tuple[float, str, int, list[Any]] | None = None
    for slots, share in ((1, True), (1, False), (MOST_SLOTS, False)):
        source = generate(plan, inner, slots, share, parallel)
        columns = _columns(load(source), len(plan.drafts), inner, slots)
        missing = sum(
            1.0 - sum(weight(*g) for g in served(draft, columns[k], slots)) for k, draft in enumerate(plan.drafts)
        )
        if best is None or missing < best[0] - ENOUGH:
            best = missing, source, slots, columns
        if missing < ENOUGH:
            break
        if not share:
            for k, draft in enumerate(plan.drafts):
                for studied in draft.sections:
                    values = columns[k](studied.points)
                    studied.stretches[:] = with_series(studied, plan.graph, variable, draft.form, values)
    assert best is not None
    _, source, slots, columns = best
    with np.errstate(all="ignore"):
        outputs = [finish(draft, columns[k], slots) for k, draft in enumerate(plan.drafts)]
    return Code("numba", source, tuple(Part(o.good, o.table, o.unmet) for o in outputs), inner, slots)


ENOUGH = 0.006
"""Share of inputs left to the table that does not pay for another way of writing the loop."""


def _columns(loop: Any, count: int, inner: str, slots: int) -> list[Any]:
    """For each output the function that the loop computes, without repairs."""
    everything = np.full((count + 1, slots, 2), [-np.inf, np.inf], inner)
    empty = [np.zeros(1), np.zeros((1, COLUMNS))] * count

    def column(k: int) -> Any:
        def evaluate(points: FloatArray) -> FloatArray:
            xs = points.astype(inner)
            outs = [np.empty_like(xs) for _ in range(count)]
            loop(xs, *outs, everything, *empty)
            return outs[k].astype(np.float64)

        return evaluate

    return [column(k) for k in range(count)]


def ends_of(code: Code) -> npt.NDArray[Any]:
    """The stretches as the loop takes them: rounded inwards to the loop's format, padded by empty ones."""
    count = len(code.parts)
    ends = np.empty((count + 1, code.slots, 2), code.inner)
    ends[...] = np.inf, -np.inf
    kind = np.dtype(code.inner).type
    shared = [(-np.inf, np.inf)]
    with np.errstate(all="ignore"):
        for k, part in enumerate(code.parts):
            for s, (lo, hi) in enumerate(part.good):
                a, b = kind(lo), kind(hi)
                a = np.nextafter(a, kind(np.inf)) if a < lo else a
                b = np.nextafter(b, kind(-np.inf)) if b > hi else b
                ends[k, s] = a, b
            here = [(float(a), float(b)) for a, b in ends[k]]
            shared = [(max(a, c), min(b, d)) for a, b in shared for c, d in here if max(a, c) <= min(b, d)]
    shared = sorted(sorted(shared, key=lambda r: -weight(*r))[: code.slots])
    for s, (a, b) in enumerate(shared):
        ends[count, s] = a, b
    return ends
