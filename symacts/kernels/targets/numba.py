"""The JIT target: value and derivatives in one fused, branch-free pass of vector code (numba's LLVM, `targets.vector`).

The generated source is a straight line of assignments; `targets.engine` compiles it and keeps the machine code in the
user's cache folder, so that a second process starts warm. Vectors without an element outside the programs' stretches
cost nothing more; in the others those elements are redone from the table, one at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy as sp

from symacts.kernels.code import Code, Part
from symacts.kernels.drafts import Plan
from symacts.kernels.plan import finish, make_plan, served
from symacts.kernels.targets.trials import Trial, load, trials
from symacts.kernels.targets.writing import MOST_SLOTS, literal
from symacts.rewrite.regimes import weight

__all__ = ["compile_plan", "ends_of", "load"]


def compile_plan(
    tasks: tuple[tuple[sp.Expr, int], ...], x: sp.Symbol, dtype: str, accuracy: str, parallel: bool
) -> Code:
    """The code for formulas and orders: the loop is compiled, measured against true values, and given its stretches."""
    inner = "float32" if dtype == "float32" and accuracy == "fast" else "float64"
    name = dtype if inner == dtype else "float32 in float64"
    plan = make_plan(tasks, x, name)
    with np.errstate(all="ignore"):
        best = _best(list(trials(plan, x, name, inner, parallel)), plan)
        outputs = [finish(*one) for one in zip(plan.drafts, best.columns, best.served, strict=True)]
    parts = tuple(Part(o.good, o.table, o.unmet, o.far) for o in outputs)
    slots = max(MOST_SLOTS, *(len(o.good) for o in outputs))  # more where no polynomial served
    shared = ends_of(parts, inner, slots)[1]
    tested = ", ".join(literal(repr(end)) for pair in shared for end in pair)
    source = best.source.replace(f"\nSLOTS = {MOST_SLOTS}\n", f"\nSLOTS = {slots}\n")
    source = source.replace("\nSHARED = ()\n", f"\nSHARED = ({tested})\n")
    return Code("numba", source, parts, inner, slots)


def _best(tried: Sequence[Trial], plan: Plan) -> Trial:
    """The cheapest trial, a closer look at what it serves included."""
    seen: dict[str, Trial] = {}
    while True:
        best = min((seen.get(trial.source, trial) for trial in tried), key=lambda trial: trial.cost)
        if best.source in seen:
            return best
        runs = zip(plan.drafts, best.columns, strict=True)
        good = [served(draft, run, MOST_SLOTS, forms=plan.graph) for draft, run in runs]
        seen[best.source] = replace(best, served=good)


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
                a = np.nextafter(a, kind(np.inf)) if float(a) < lo else a
                b = np.nextafter(b, kind(-np.inf)) if float(b) > hi else b
                ends[k, s] = a, b
            here = [(float(a), float(b)) for a, b in ends[k]]
            shared = [(max(a, c), min(b, d)) for a, b in shared for c, d in here if max(a, c) <= min(b, d)]
    kept = sorted(sorted(shared, key=lambda r: -weight(*r))[:slots])
    return ends, tuple(kept) or ((np.inf, -np.inf),)
