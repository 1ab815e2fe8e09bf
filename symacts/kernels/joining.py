"""The programs of an output's sections as one step: selections between what differs, and what serves both sides."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from symacts.kernels.drafts import Draft, Stretch
from symacts.rewrite.graph import Graph
from symacts.rewrite.regimes import Arithmetic, FloatArray, Format, interpret

__all__ = ["Ends", "at_ends", "combine", "extreme", "mirror"]


def combine(graph: Graph, output: Draft, arithmetic: Arithmetic | None = None) -> int | None:
    """One step that gives the output on every good stretch: selections pushed towards the leaves.

    With an arithmetic in which a selection costs several calls, the larger or smaller of two programs where that is
    the same.
    """
    programs = [s for s in output.stretches if s.node is not None]
    programs = [s for k, s in enumerate(programs) if not k or s.node != programs[k - 1].node]
    if not programs:
        return None
    result = programs[-1].node
    first = programs[-1].first
    assert result is not None
    right = result
    for stretch in reversed(programs[:-1]):
        assert stretch.node is not None
        name = None
        if arithmetic is not None:
            parts = [s for s in output.sections if s.section.lo >= stretch.first]
            left = [s.points for s in parts if s.section.lo < first]
            beyond = [s.points for s in parts if s.section.lo >= first]
            values = at_ends(graph, [stretch.node, result], left, beyond, output.form, arithmetic)
            name = extreme(values[stretch.node], values[result])
        if name is not None:
            result = graph.put(name, stretch.node, result)
        else:
            mask = graph.put("below", graph.variable("x"), payload=_border(graph, output, stretch.node, right, first))
            result = _choose(graph, mask, stretch.node, result)
        first, right = stretch.first, stretch.node
    return result


Ends = tuple[FloatArray, FloatArray]
"""A program's values on both sides of a border: on points to the left and on points to the right."""


def at_ends(
    graph: Graph,
    programs: Sequence[int],
    left: Sequence[FloatArray],
    right: Sequence[FloatArray],
    form: Format,
    arithmetic: Arithmetic,
) -> dict[int, Ends]:
    """The programs' values on both sides of a border."""
    sides = [
        interpret(graph, programs, {"x": np.concatenate(x)}, form.inner, arithmetic.functions) for x in (left, right)
    ]
    return {p: (a, b) for p, a, b in zip(programs, *sides, strict=True)}


def extreme(p: Ends, q: Ends) -> str | None:
    """Whether p to the left and q to the right are always the larger, or smaller, of the two.

    Seen at samples: like any program the result is measured before it serves.
    """
    for name, leads in (("max", np.greater_equal), ("min", np.less_equal)):
        if np.all(leads(p[0], q[0])) and np.all(leads(q[1], p[1])):
            return name
    return None


def _border(graph: Graph, output: Draft, left: int, right: int, first: float) -> float:
    """The least float of the right program; a point just before it goes to the program that gives its value."""
    kind = np.dtype(output.form.dtype).type
    point = float(np.nextafter(kind(first), kind(-np.inf)))
    if point not in output.points:
        return first
    a, b = (v[0] for v in interpret(graph, [left, right], {"x": np.array([point])}, output.form.inner))
    return first if a == kind(output.points[point]) != b else point


def _choose(graph: Graph, mask: int, p: int, q: int) -> int:
    """select(mask, p, q), with what p and q share taken out."""
    if p == q:
        return p
    a, b = graph.steps[p], graph.steps[q]
    if a.name == b.name == "neg":
        return graph.neg(_choose(graph, mask, a.args[0], b.args[0]))
    if a.name == b.name and a.name in ("mul", "add", "div", "sub") and set(a.args) & set(b.args):
        if a.args[1] == b.args[1]:
            return graph.put(a.name, _choose(graph, mask, a.args[0], b.args[0]), a.args[1])
        if a.args[0] == b.args[0]:
            return graph.put(a.name, a.args[0], _choose(graph, mask, a.args[1], b.args[1]))
    if a.name == "neg" and a.args[0] == q:
        return graph.put("mul", q, _choose_sign(graph, mask))
    return graph.put("select", mask, p, q)


def _choose_sign(graph: Graph, mask: int) -> int:
    """-1 where the mask is set, else 1."""
    return graph.put("select", mask, graph.constant(-1.0), graph.constant(1.0))


def mirror(graph: Graph, draft: Draft, arithmetic: Arithmetic) -> None:
    """Where two neighboring programs give the same numbers, or their negatives, one of them serves both.

    That they do is seen at samples of both sides; like any program the result is measured before it serves.
    """
    for left, right in itertools.pairwise(draft.sections):
        if len(left.stretches) != 1 or len(right.stretches) != 1:
            continue
        p, q = left.stretches[0].node, right.stretches[0].node
        if p is None or q is None or p == q:
            continue
        points = np.concatenate([left.points, right.points])
        u, v = interpret(graph, [p, q], {"x": points}, draft.form.inner, arithmetic.functions)
        if np.array_equal(u, v):
            left.stretches[0] = Stretch(left.stretches[0].first, q)
        elif np.array_equal(u, -v):
            left.stretches[0] = Stretch(left.stretches[0].first, graph.put("neg", q))
