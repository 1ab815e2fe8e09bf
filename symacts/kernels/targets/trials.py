"""Ways of writing a loop, compared by a cost model: what each takes for a register, what it leaves to tables.

The loops are compiled and measured against true values, so that it is known which floats each of them serves.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy as sp

from symacts.kernels.drafts import Draft, Plan, Stretch
from symacts.kernels.pieces import COLUMNS
from symacts.kernels.plan import served
from symacts.kernels.series import Range, series, with_series
from symacts.kernels.targets.joint import jointly
from symacts.kernels.targets.pairs import SUPPORTED
from symacts.kernels.targets.rounding import SHORT_RECIPROCALS
from symacts.kernels.targets.segments import Segments, segmented
from symacts.kernels.targets.writing import MOST_SLOTS, Style, generate
from symacts.rewrite.anchored import anchored, anchors
from symacts.rewrite.regimes import FloatArray, Section, choose, intersection, share

__all__ = ["Trial", "columns_of", "load", "trials"]

ENTRY = re.compile(r"\bT\d+\[")
"""An entry of a table."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One way of writing the loop: its source, what it computes, and what it leaves to the tables.

    Where the programs serve is known from the samples that all of them share.
    """

    source: str
    columns: list[Any]
    served: list[list[tuple[float, float]]]
    style: Style
    plan: Plan

    @property
    def near(self) -> tuple[float, float] | None:
        """The floats of the first program, where there are two."""
        return self.style.near

    @property
    def open(self) -> list[float]:
        """For each output the share of inputs left to its table."""
        return [1.0 - sum(share(*g) for g in stretches) for stretches in self.served]

    @property
    def missing(self) -> float:
        """Inputs of any output left to the tables."""
        return sum(self.open)

    def beyond(self, near: tuple[float, float]) -> float:
        """Inputs of any output outside a range that are left to the tables."""
        outside = ((-math.inf, near[0]), (near[1], math.inf))
        held = sum(share(*r) for stretches in self.served for r in intersection(stretches, outside))
        return len(self.served) * (1.0 - share(*near)) - held

    @property
    def is_whole(self) -> bool:
        """Whether each output is left to its table in the tails alone."""
        return self.missing < 2 * ENOUGH and all(len(stretches) == 1 for stretches in self.served)

    @property
    def cost(self) -> float:
        """About how many cycles an element takes, what the tables do included."""
        lanes = LANES["float64" if 'DTYPE = "float64"' in self.source else "float32"]
        cycles = _cycles(self.source) + 2 * (max(map(len, self.served)) if self.near is None else 1)
        if self.near is not None:
            cycles += min(1.0, lanes * (1.0 - share(*self.near))) * (_cycles(self.source, "wide") + DETOUR)
        return cycles / lanes + TABLE * self.missing


def _cycles(source: str, name: str = "body") -> float:
    """About how many cycles a function of a module takes for a register."""
    head, body = source.split(f"def {name}", 1)
    body = body.split("\ndef ", 1)[0]
    double = 'DTYPE = "float64"' in head
    lines = body.splitlines()
    sizes = {line.split(" = ")[0]: line.count(",") + 1 for line in head.splitlines() if line.startswith("T")}
    products = body.count("*") + body.count("fma")
    sums = sum(max(line.count(" + ") + line.count(" - ") - line.count("*"), 0) for line in lines)
    chosen = sum(line.count(sign) for line in lines for sign in (" < ", " > ", " <= ", " >= "))
    entries = [sizes[table[:-1]] for table in ENTRY.findall(body)]
    moved = len(entries) + body.count("<<") + body.count(" if ") / 2
    quotients, roots = body.count("/") + (body.count("near(") + body.count("nearroot(")) / 2, body.count("sqrt")
    multiplier = products + chosen + (6 if double else 4) * quotients + (13 if double else 9) * roots
    multiplier += (moved - len(entries)) / 2
    form = "float64" if double else "float32"
    multiplier += sum(LOOKED_UP[form][size <= LANES[form]] for size in entries)
    return max(multiplier, sums, (multiplier + sums + moved) / 2) + CALL * (body.count("math.") - roots)


LOOKED_UP = {"float64": (0.9, 0.6), "float32": (0.9, 0.3)}
"""Cycles that an entry out of two registers, or one, takes from products: all on some machines, none on others.

In float32 the tables of one register are few, and stay in registers.
"""
LANES = {"float64": 8, "float32": 16}
"""Elements of a 512-bit register."""
DETOUR = 30
"""Cycles of the way to another program for a register, and back."""
CALL, TABLE = 300, 130
"""Cycles of a call of the C library for each element of a vector, and of an element that the table serves.

The rest counts what a core with 512-bit vectors issues (measured): products and comparisons to one pair of pipes, sums
to another, divisions and square roots as what they are made of.
"""
ENOUGH = 0.006
"""Share of inputs left to the table that does not pay for another way of writing the loop."""
CHEAP = {"float64": 5.5, "float32": 1.4}
"""Cost below which no other way of writing the loop is tried."""
PATCHED = 0.002
"""Share of inputs from which a range that programs leave gets a polynomial."""


def trials(plan: Plan, x: sp.Symbol, name: str, inner: str, parallel: bool) -> Iterator[Trial]:
    """Ways of writing the loop, cheapest first; the caller takes the cheapest, what it leaves to tables included.

    Programs with shared reciprocals; these with rounding errors put back, for the forms that rounded arithmetic
    prefers, for those around a zero and for those that are best in exact arithmetic; the latter in pairs of words, with
    polynomials where even these do not serve; segments, for a function with its derivative or for each output, alone
    and with the cheapest of the former for vectors that reach beyond them; quotients rounded once, with polynomials.
    """
    seen: list[Trial] = []

    def tried(plan: Plan, *options: Any, **more: Any) -> Trial:
        seen.append(_tried(plan, inner, Style(options[0], parallel, *options[1:], **more)))
        return seen[-1]

    def promising(plan: Plan, *options: Any) -> bool:
        """Whether a program alone takes clearly less than the best so far, what that leaves to tables included."""
        source = generate(plan, inner, Style(options[0], parallel, *options[1:]))
        return _cycles(source) / LANES[inner] < 0.9 * min(t.cost for t in seen)

    def enough() -> bool:
        return any(t.missing < ENOUGH and t.cost < CHEAP[inner] for t in seen)

    for arithmetic in ("shared", "refined", "short"):
        yield tried(plan, arithmetic)
        if enough():
            return
    around = list(_anchored(plan, x))
    for arithmetic in SHORT_RECIPROCALS:
        for anchored_plan in around:
            yield tried(anchored_plan, arithmetic)
        if enough():
            return
    alone: list[Trial] = []
    widest: list[Trial] = []

    def with_wide() -> Iterator[Trial]:
        """The segments with the program that serves most of what they do not."""
        near = _common(alone[-1].served) if alone else None
        if near is not None:
            best = min(
                (t for t in seen if t.style.wide is None and t not in alone), key=lambda t: (t.beyond(near), t.cost)
            )
            if best not in widest:
                widest.append(best)
                yield tried(plan, *alone[-1].style.options, near=near, wide=(best.plan, best.style))

    def segmentwise(segments: dict[int, Segments], joint: Segments | None = None) -> Iterator[Trial]:
        """The segments of all outputs, with constant terms in two words where one does not serve; with a program."""
        for precise in (False, True):
            alone.append(tried(plan, "refined", segments, frozenset(range(len(plan.drafts))), precise, joint))
            yield alone[-1]
            if alone[-1].is_whole:
                break
        yield from with_wide()

    joint = jointly(plan.drafts, name, inner)
    if joint is not None:
        yield from segmentwise({}, joint)
        if enough():
            return
    segments = {} if alone and alone[-1].is_whole else segmented(plan.drafts, name, inner)
    if len(segments) == len(plan.drafts):
        yield from segmentwise(segments)
        if enough():
            return
    for sided, exact in _exact(plan, inner):
        if not sided and enough():
            break
        if not promising(exact, "refined"):
            continue
        trial = tried(exact, "refined")
        yield trial
        if trial.missing < ENOUGH:
            continue
        patches = _patches(exact, trial)
        if patches:
            yield tried(exact, "refined", patches=patches)
        trial = tried(exact, "paired")
        yield trial
        pairs = frozenset(k for k, left in enumerate(trial.open) if left >= PATCHED)
        if pairs:
            trial = tried(exact, "paired", pairs=pairs)
            yield trial
        patches = _patches(exact, trial)
        if patches:
            yield tried(exact, "paired", pairs=pairs, patches=patches)
    yield from with_wide()
    if enough():
        return
    wanted = {k for k, left in enumerate(seen[1].open) if left >= ENOUGH / 2}
    some = {k: s for k, s in segments.items() if k in wanted}
    for chosen, without in ((some, some), (segments, {}), (some, {})):
        if len(chosen) == len(without) == len(plan.drafts):
            continue
        for precise in (False, True) if chosen else ():
            if promising(plan, "refined", chosen, frozenset(without), precise):
                trial = tried(plan, "refined", chosen, frozenset(without), precise)
                yield trial
                if trial.is_whole:
                    break
    for _ in range(2):
        if not enough() and promising(plan, "rounded once"):
            last = tried(plan, "rounded once")
            yield last
            _add_series(plan, last)


def _common(served: Sequence[Sequence[tuple[float, float]]]) -> tuple[float, float] | None:
    """The range around zero that all outputs' stretches hold."""
    held = [[pair for pair in stretches if pair[0] < 0.0 < pair[1]] for stretches in served]
    if not all(held):
        return None
    return max(stretches[0][0] for stretches in held), min(stretches[0][1] for stretches in held)


def _exact(plan: Plan, inner: str) -> Iterator[tuple[int, Plan]]:
    """The plan with programs for pairs of words: one in -x or x for both sides of zero (-1, 1), or in |x| (0)."""
    steps = plan.graph.steps

    def chosen(draft: Draft, kind: str, side: int) -> Draft | None:
        wide = replace(draft.form, inner="longdouble" if inner == "float64" else "float64")
        sections = []
        for studied in draft.sections:
            source = studied
            if kind == "signed":
                source = next((s for s in draft.sections if s.section.side == side), studied)
                if source.section.expression != studied.section.expression:
                    return None
            forms = getattr(source.candidates, kind)
            able = [k for k in forms if all(steps[j].name in SUPPORTED for j in plan.graph.reachable((k,)))]
            node = choose(studied.section, able, plan.graph, studied.points, studied.truth, wide)
            if node is None:
                return None
            sections.append(replace(studied, stretches=[Stretch(studied.section.lo, node)]))
        return replace(draft, sections=sections)

    for kind, side in (("signed", -1), ("signed", 1), ("exact", 0)):
        drafts = [chosen(draft, kind, side) for draft in plan.drafts]
        if all(draft is not None for draft in drafts):
            yield side, Plan(plan.graph, tuple(draft for draft in drafts if draft is not None))


def _anchored(plan: Plan, x: sp.Symbol) -> Iterator[Plan]:
    """The plan with programs around a zero of some output, in one exponential (`rewrite.anchored`)."""
    roots = [root for draft in plan.drafts for studied in draft.sections for root in studied.roots]
    for place in anchors(roots)[:MOST_ANCHORS]:
        for side in (1, -1):
            drafts = []
            for draft in plan.drafts:
                expressions = {studied.section.expression for studied in draft.sections}
                node = anchored(expressions.pop(), x, place, side, plan.graph) if len(expressions) == 1 else None
                if node is not None:
                    sections = [replace(s, stretches=[Stretch(s.section.lo, node)]) for s in draft.sections]
                    drafts.append(replace(draft, sections=sections))
            if len(drafts) == len(plan.drafts):
                yield Plan(plan.graph, tuple(drafts))


MOST_ANCHORS = 2
"""Zeros around which programs are tried."""


def _patches(plan: Plan, last: Trial) -> dict[int, list[tuple[float, float, int]]]:
    """Polynomials for ranges that the last trial left; one for both sides of zero where it serves both.

    Around a zero in its middle half the range is enough: samples next to bad ones are left out with them.
    """
    x = plan.graph.variable("x")
    patches: dict[int, list[tuple[float, float, int]]] = {}
    for k, draft in enumerate(plan.drafts):
        found: list[tuple[float, float, int]] = []
        gaps = [(studied, *gap) for studied in draft.sections for gap in _gaps(studied.section, last.served[k])]
        near = [max(abs(lo), abs(hi)) for _, lo, hi in gaps if min(abs(lo), abs(hi)) < CLOSE]
        for studied, lo, hi in gaps:
            zeros = [float(z) for z, _ in studied.roots if lo < z < hi]
            if min(abs(lo), abs(hi)) < CLOSE:
                lo, hi = (studied.section.lo, max(near)) if hi > 0 else (-max(near), studied.section.hi)
            elif len(zeros) == 1:
                less, more = sorted((zeros[0] - lo, hi - zeros[0]))
                if 2 * less > more:
                    lo, hi = zeros[0] - less / 2, zeros[0] + less / 2
            node = series(studied, plan.graph, x, Range(lo, hi), draft.form)
            if node is not None and found and found[-1][2] == node and found[-1][0] == -hi:
                found[-1] = (-hi, hi, node)
            elif node is not None:
                found.append((lo, hi, node))
        if found:
            patches[k] = found
    return patches


CLOSE = 1e-3
"""|x| from which on a range does not touch zero."""


def _gaps(section: Section, served: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Ranges of a section between what is served, that matter and that one polynomial may serve."""
    gaps, start = [], section.lo
    for lo, hi in [*served, (section.hi, section.hi)]:
        if lo > start and hi >= section.lo and start < section.hi:
            gaps.append((start, min(lo, section.hi)))
        start = max(start, hi)
    return [(lo, hi) for lo, hi in gaps if share(lo, hi) > PATCHED and max(abs(lo), abs(hi)) < FAR]


FAR = 4.0
"""|x| beyond which ranges are left to the table."""


def _add_series(plan: Plan, last: Trial) -> None:
    """Polynomials and other programs where the last trial did not serve."""
    for k, draft in enumerate(plan.drafts):
        for studied in draft.sections:
            values = last.columns[k](studied.points)
            studied.stretches[:] = with_series(studied, plan.graph, plan.graph.variable("x"), draft.form, values)


def _tried(plan: Plan, inner: str, style: Style) -> Trial:
    source = generate(plan, inner, style)
    columns = columns_of(source, len(plan.drafts), inner, MOST_SLOTS)
    kept = [served(draft, columns[k], MOST_SLOTS, closely=False) for k, draft in enumerate(plan.drafts)]
    return Trial(source, columns, kept, style, plan)


def columns_of(source: str, count: int, inner: str, slots: int) -> list[Any]:
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


def load(source: str, ends: Any, tables: Sequence[Any]) -> Any:
    """The compiled loop of a generated body, `loop(xs, outs)`, with its stretches and tables."""
    from symacts.kernels.targets import engine  # deferred: llvmlite is an extra

    return engine.Loop(source, ends, tables)
