"""Which candidate serves which section, for targets that sweep arrays: the sections of an output chosen together.

A step that two programs share costs once, a program that serves two neighbors needs no selection between them, and a
derivative may be cheapest in terms of the value's program. So what is cheapest for one section alone is not what is
cheapest in all: sections are gone through from left to right, and the best assignments so far kept.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy as sp

from symacts.kernels.cells import Programs, programs, smooth
from symacts.kernels.drafts import Draft, Stretch, Studied
from symacts.kernels.joining import Ends, at_ends, extreme
from symacts.kernels.plan import admitted, dense
from symacts.rewrite.graph import Graph
from symacts.rewrite.noise import noise
from symacts.rewrite.reference import ulp_meter
from symacts.rewrite.regimes import Arithmetic, FloatArray, Format, Section, interpret, share, stretches_within, weight
from symacts.rewrite.whole import derived, whole

__all__ = ["assign", "celled"]

MISSED, ROW, TABLED, GAP, FAR = 60.0, 9.0, 400.0, 4.0, 100.0
"""What it costs, in sums: an input left to a row, each row beyond (one for each unit of a gap), or to a whole table; to
look for the inputs of a gap; and to leave all far inputs, by the Cauchy law, to a table."""
WIDEST = 6.0
"""Gaps wider than this are left to the whole table."""
RARE = 0.005
"""Share of inputs that need not be in the hull (see `tiles`)."""
SELECTION, MASK = 3.0, 1.5
"""What a selection costs, in sums, and what its mask."""
WIDTH = 48
"""Assignments that are kept."""
SLACK = 2.0
"""Sums that a closer look at a program may add to its cost without a new search."""
MOST = 40
"""Candidates of a section that are kept."""


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate: its result's step, what it leaves to the table (in sums), and its steps."""

    node: int
    lost: float
    steps: frozenset[int]


@dataclass(frozen=True, slots=True)
class State:
    """An assignment so far: its cost, the steps and masks that it needs, and the results section by section."""

    cost: float
    have: frozenset[Any]
    nodes: tuple[int | None, ...]


def assign(drafts: Sequence[Draft], x: sp.Symbol, graph: Graph, magnitude: int, arithmetic: Arithmetic) -> None:
    """Set the program of every section of the drafts; `magnitude` is the step |x|.

    Order by order: a function's program does not depend on the derivatives that are asked for beside it.
    """
    state = State(0.0, frozenset(), ())
    before: list[list[Option]] = []
    for k, draft in enumerate(drafts):
        pool = [c for studied in draft.sections for c in studied.candidates.rounded]
        for expression in dict.fromkeys(s.section.expression for s in draft.sections):
            pool += whole(expression, x, graph, draft.ends)
        if k:
            pool += _from_values(drafts[k - 1], draft, before, x, graph, magnitude)
        pool = list(dict.fromkeys(pool))
        options = [_options(studied, pool, draft, graph, arithmetic) for studied in draft.sections]
        state = _verified(draft, options, state, graph, arithmetic)
        before = [[o for o in listed if o.node == n] for listed, n in zip(options, state.nodes, strict=True)]
        for studied, node in zip(draft.sections, state.nodes, strict=True):
            studied.stretches[:] = [Stretch(studied.section.lo, node)]


Spans = tuple[tuple[float, float], ...]
DEGREES = {"float64": (6, 7), "float32": (3, 4)}
"""Degrees of polynomials on cells."""
LOOKED_UP = {"float64": 36.0, "float32": 18.0}
"""What such a polynomial costs at least, in sums; and a derivative with the function's coefficients."""
SHARED = 5.0
WIDE = 30.0
"""What it costs to leave all far inputs to a second program."""


def celled(drafts: Sequence[Draft], x: sp.Symbol, graph: Graph, arithmetic: Arithmetic) -> list[Draft]:
    """The drafts with polynomials on cells for programs where these cost less than what is assigned.

    Order by order: of a function and its first derivative, in a format inside of which a float64 is looked up.
    """
    found: list[Draft] = []
    have: frozenset[int] = frozenset()
    table: list[Programs] = []
    for k, draft in enumerate(drafts):
        kept = [s.stretches[0].node for s in draft.sections]
        best = _paid(draft, kept, have, graph, arithmetic)
        nodes: Sequence[int | None] = kept
        spans: Spans = ()
        if draft.order == 0:
            table = []
        least = SHARED if draft.order and found and found[-1] is not drafts[k - 1] else LOOKED_UP[draft.form.dtype]
        if draft.order < 2 and best > least:
            base = drafts[k - draft.order]
            fine = smooth(base, x) if not table else None
            if fine is not None:
                local = base.form.dtype == "float64"
                table = [programs(fine, graph, degree, local=local) for degree in DEGREES[base.form.dtype]]
            for entry in table:
                for node in entry.slopes if draft.order else (entry.value,):
                    cost = _paid(draft, [node] * len(draft.sections), have, graph, arithmetic, best, entry.spans)
                    if cost < best:
                        best, nodes, spans = cost, [node] * len(draft.sections), entry.spans
        if nodes is not kept:
            sections = [_with(s, node, spans) for s, node in zip(draft.sections, nodes, strict=True)]
            found.append(replace(draft, sections=sections))
        else:
            found.append(draft)
        have |= frozenset(graph.reachable(tuple(n for n in nodes if n is not None)))
    return found


def _with(studied: Studied, node: int | None, spans: Spans) -> Studied:
    """The section with another program, and where that serves."""
    return replace(studied, stretches=[Stretch(studied.section.lo, node)], within=spans)


def _paid(
    draft: Draft,
    nodes: Sequence[int | None],
    have: frozenset[int],
    graph: Graph,
    arithmetic: Arithmetic,
    most: float = math.inf,
    spans: Spans = (),
) -> float:
    """What programs cost beside steps that are there, and what they leave to the table; not exactly beyond `most`."""
    wanted = tuple(n for n in nodes if n is not None)
    total = sum(_costs(graph, frozenset(graph.reachable(wanted)) - have, arithmetic))
    total += SELECTION * (len(set(nodes)) - 1)
    for studied, node in zip(draft.sections, nodes, strict=True):
        if total > most:
            break

        def run(points: FloatArray, node: int | None = node) -> FloatArray:
            return interpret(graph, [node or 0], {"x": points}, draft.form.inner, arithmetic.functions)[0]

        good = [] if node is None else admitted(_with(studied, node, spans), draft.form, run, strict=graph)
        total += _lost(studied.section, good, FAR if most == math.inf else WIDE)
    return total


def _verified(draft: Draft, options: list[list[Option]], start: State, graph: Graph, arithmetic: Arithmetic) -> State:
    """The best assignment whose programs have been measured at as many points as compiled ones are."""
    seen: set[tuple[int, int]] = set()
    while True:
        best = _search(draft, options, start, graph, arithmetic)
        fresh = False
        for k, (studied, node) in enumerate(zip(draft.sections, best.nodes, strict=True)):
            if node is None or (k, node) in seen:
                continue

            def run(points: FloatArray, node: int = node) -> FloatArray:
                return interpret(graph, [node], {"x": points}, draft.form.inner, arithmetic.functions)[0]

            seen.add((k, node))
            lost = _lost(studied.section, admitted(_with(studied, node, ()), draft.form, run, strict=graph))
            fresh = fresh or any(o.node == node and lost > o.lost + SLACK for o in options[k])
            options[k] = [replace(o, lost=lost) if o.node == node else o for o in options[k]]
        if not fresh or len(seen) > MOST:
            return best


def _costs(graph: Graph, steps: frozenset[int], arithmetic: Arithmetic) -> list[float]:
    return [arithmetic.costs.get(graph.steps[k].name, 40.0) for k in steps]


def _from_values(
    values: Draft, slopes: Draft, options: Sequence[Sequence[Option]], x: sp.Symbol, graph: Graph, magnitude: int
) -> list[int]:
    """Programs of a derivative from those of the function itself, where the sections are the same."""
    found: list[int] = []
    if slopes.order != values.order + 1:
        return found
    by_value: dict[tuple[sp.Expr, sp.Expr, int], list[int]] = {}
    for s in slopes.sections:
        for listed, v in zip(options, values.sections, strict=True):
            if v.section.lo == s.section.lo and v.section.expression != 0:
                key = v.section.expression, s.section.expression, s.section.side
                by_value.setdefault(key, []).extend(o.node for o in listed)
    for (value, slope, side), nodes in by_value.items():
        if sp.diff(value, x) == slope:
            found += derived(value, slope, x, graph, list(dict.fromkeys(nodes)), side, magnitude)
    return found


def _options(studied: Studied, pool: Sequence[int], draft: Draft, graph: Graph, arithmetic: Arithmetic) -> list[Option]:
    """The pool's programs that serve a section, the cheapest first: seen at few points, the best of them at many."""
    few = _measured(studied, pool, studied.points, draft.form, draft.form.bound, graph, arithmetic)
    many = dense(studied, draft.form)
    return _measured(studied, [o.node for o in few[:MOST]], many, draft.form, draft.form.admitted, graph, arithmetic)


def _measured(
    studied: Studied,
    pool: Sequence[int],
    points: FloatArray,
    form: Format,
    bound: float,
    graph: Graph,
    arithmetic: Arithmetic,
) -> list[Option]:
    if not pool:
        return []
    truth = studied.reference.values(points)
    meter = ulp_meter(truth, form.dtype)
    known = np.array([t is not None for t in truth])
    found = []
    for node, y in zip(pool, interpret(graph, pool, {"x": points}, form.inner, arithmetic.functions), strict=True):
        errors = meter(y)
        errors[noise(points, errors, graph, node, form, tails=False).sure] = 0.0
        errors[~known] = np.inf
        good = stretches_within(points, errors, bound)
        if good:
            lost = _lost(studied.section, good)
            found.append(Option(node, lost, frozenset(graph.reachable((node,)))))
    return sorted(found, key=lambda o: o.lost + sum(_costs(graph, o.steps, arithmetic)))


def _lost(section: Section, good: Sequence[tuple[float, float]], far: float = FAR) -> float:
    """What it costs that a program serves these stretches only: gaps are searched for unless few inputs lie beyond."""
    ends = [section.lo, *(end for stretch in good for end in stretch), section.hi]
    total = 0.0
    for lo, hi in zip(ends[::2], ends[1::2], strict=True):
        if lo < hi:
            held = share(lo, hi)
            is_gap = share(*((-math.inf, hi) if section.side < 0 else (lo, math.inf))) > RARE
            each = min(MISSED + ROW * min(hi - lo, 99.0), TABLED) if hi - lo < WIDEST else TABLED
            total += each * held + far * weight(lo, hi) + (GAP if is_gap else 0.0)
    return total


def _search(
    draft: Draft, options: Sequence[Sequence[Option]], start: State, graph: Graph, arithmetic: Arithmetic
) -> State:
    costs = [arithmetic.costs.get(s.name, 40.0) for s in graph.steps]
    states = [replace(start, nodes=())]
    for k, (studied, choices) in enumerate(zip(draft.sections, options, strict=True)):
        if not choices:
            states = [replace(s, nodes=(*s.nodes, None)) for s in states]
            continue
        known: dict[tuple[int, int], str | None] = {}
        values: dict[int, Ends] = {}
        if k:
            programs = dict.fromkeys(o.node for listed in options[k - 1 : k + 1] for o in listed)
            sides = [draft.sections[k - 1].points], [studied.points]
            values = at_ends(graph, [*programs], *sides, draft.form, arithmetic)
        reached: list[State] = []
        for state in states:
            before = state.nodes[-1] if state.nodes else None
            for option in choices:
                more: frozenset[Any] = option.steps - state.have
                cost = state.cost + option.lost + sum(costs[j] for j in more)
                if before is not None and before != option.node:
                    pair = before, option.node
                    if pair not in known:
                        known[pair] = extreme(values[before], values[option.node])
                    border = "x below", studied.section.lo
                    masked = SELECTION + (0.0 if border in state.have else MASK)
                    cost += masked if known[pair] is None else arithmetic.costs["max"]
                    more |= {border}
                reached.append(State(cost, state.have | more, (*state.nodes, option.node)))
        states = sorted(reached, key=lambda s: (s.cost, [-1 if n is None else n for n in s.nodes]))[:WIDTH]
    return states[0]
