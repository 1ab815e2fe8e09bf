"""A program's steps as lines of source, each value in one word: how much of what rounding took is put back.

"shared" computes steps as they are; "rounded once" does, too, with every quotient a division. "refined" puts the
rounding errors of denominators (and of square roots in them), of their reciprocals and of exponents back. "short"
takes reciprocals of half the format's digits and what they are off, as a factor of one and of two: nothing is rounded
twice. "careful" adds what rounding took from products on the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symacts.kernels.targets.elementary import EXPANSIONS, Writer
from symacts.kernels.targets.pairs import Pairs, is_larger, is_nonpositive, is_power_of_two
from symacts.rewrite.graph import Graph

__all__ = ["SHORT_RECIPROCALS", "plain"]


def plain(graph: Graph, writer: Writer, wanted: tuple[int, ...], arithmetic: str) -> dict[int, str]:
    """The names of all steps that the results need."""
    names: dict[int, str] = {}
    parts: dict[int, tuple[str, str]] = {}
    roots: dict[int, list[str]] = {}
    pairs = Pairs(writer, graph)
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
        elif step.name == "sqrt" and arithmetic == "refined":
            names[k], *roots[k] = _root(writer, names[step.args[0]])
        elif step.name == "div" and arithmetic == "refined" and graph.value(step.args[0]) == 1.0:
            names[k] = _reciprocal(graph, writer, names, step.args[1], roots)
        elif step.name == "div" and arithmetic in SHORT_RECIPROCALS and graph.value(step.args[0]) == 1.0:
            r, rest = parts[k] = _short_reciprocal(graph, writer, names, step.args[1])
            names[k] = writer.let(f"{r}*{writer.let(f'{rest}*{rest} + {rest}')} + {r}")
        elif step.name == "mul" and (inner := _twice(graph, k, parts)) is not None:
            r, rest = parts[step.args[1]]
            change = writer.let(f"{rest}*({writer.number(3.0)}*{rest} + {writer.number(2.0)})")
            if arithmetic == "careful":
                near, lost = pairs.times_square(names, inner, r)
                names[k] = writer.let(f"{near} + {writer.let(f'{near}*{change} + {lost}')}")
            else:
                near = writer.let(f"{names[inner]}*{writer.let(f'{r}*{r}')}")
                names[k] = writer.let(f"{near}*{change} + {near}")
        elif step.name == "times away":
            names[k] = pairs.times_away(names, *step.args, careful=arithmetic == "careful")
        elif step.name in ("exp from", "expm1 from"):
            names[k] = pairs.exponential_from(*step.args)
        elif step.name == "exp" and arithmetic in ("refined", *SHORT_RECIPROCALS) and _is_short(graph, step.args[0]):
            names[k] = pairs.exponential_of(step.args[0])
        else:
            names[k] = EXPANSIONS[step.name](writer, *(names[j] for j in step.args))
        if is_nonpositive(graph, k):
            writer.nonpositive.add(names[k])
    return names


SHORT_RECIPROCALS = ("short", "careful")
"""Arithmetics with reciprocals of half the digits and what they are off; the latter puts more rounding errors back."""
EXACT, SHORT = frozenset({"var", "const", "neg", "abs"}), frozenset({"add", "sub", "mul"})
"""Operations without a rounding error, and those with one that costs an operation or two."""


def _is_short(graph: Graph, k: int) -> bool:
    """Whether a step is made of sums and products alone, and rounded somewhere."""
    steps = [graph.steps[j] for j in graph.reachable((k,))]
    rounded = [s for s in steps if s.name in SHORT and not any(is_power_of_two(graph.value(j)) for j in s.args)]
    return bool(rounded) and all(s.name in EXACT | SHORT for s in steps)


def _twice(graph: Graph, k: int, reciprocals: Mapping[int, Any]) -> int | None:
    """n where the step is n*r*r with a reciprocal r: its rounding error would count twice."""
    first, r = graph.steps[k].args
    inner = graph.steps[first]
    return inner.args[0] if r in reciprocals and inner.name == "mul" and inner.args[1] == r else None


def _short_reciprocal(graph: Graph, w: Writer, names: Mapping[int, str], k: int) -> tuple[str, str]:
    """r of half the format's digits and q = 1 - d*r: 1/d = r*(1 + q + q*q), 1/d**2 = r*r*(1 + q*(2 + 3*q)), r*r exact.

    What d = a + b was rounded by does not matter: q = (1 - a*r) - b*r, exact but for two rounding errors of the unit
    where a and b have one sign.
    """
    step, d, one = graph.steps[k], names[k], w.number(1.0)
    r = w.let(f"near({d})")
    r = w.let(w.cast(f"{w.bits(r)} & -{1 << (w.words.mantissa + 3) // 2}"))
    if step.name != "add":
        return r, w.let(w.fma("-" + d, r, one))
    a, b = (names[j] for j in (step.args if graph.value(step.args[0]) is not None else step.args[::-1]))
    return r, w.let(w.fma("-" + b, r, w.let(f"{one} - {a}*{r}" if a != one else f"{one} - {r}")))


def _root(w: Writer, d: str) -> tuple[str, str, str]:
    """sqrt(d), its reciprocal to half of the digits, and what the root was rounded by.

    From y near 1/sqrt(d) and g = d*y: sqrt(d) = g + (d - g*g)*y/2 to first order.
    """
    y = w.let(f"nearroot({d})")
    g, half = w.let(f"{d}*{y}"), w.let(f"{w.number(0.5)}*{y}")
    rest = w.let(w.fma("-" + g, g, d))
    root = w.let(f"{rest}*{half} + {g}")
    return root, y, w.let(f"{rest}*{half} + {w.let(f'{g} - {root}')}")


def _reciprocal(graph: Graph, w: Writer, names: Mapping[int, str], k: int, roots: Mapping[int, Sequence[str]]) -> str:
    """1/d to half a unit even where d = a + b was rounded: 1/(d + e) = r + r*((1 - d*r) - e*r) to first order."""
    step, d, one = graph.steps[k], names[k], w.number(1.0)
    if k in roots:
        r, lost = roots[k]
        return w.let(f"{r}*{w.let(w.fma('-' + lost, r, w.let(w.fma('-' + d, r, one))))} + {r}")
    r = w.let(f"near({d})")
    rest = w.let(w.fma("-" + d, r, one))
    if step.name == "add":
        i, j = step.args if is_larger(graph, *step.args) else step.args[::-1]
        a, b = names[i], names[j]
        if is_larger(graph, i, j):
            lost = w.let(f"{b} - ({d} - {a})")  # exact where the first is the larger one (Dekker)
        else:
            near = w.let(f"{d} - {a}")
            lost = w.let(f"({a} - ({d} - {near})) + ({b} - {near})")  # exact in any order of sizes (Knuth)
        for left in (roots[j][1] for j in step.args if j in roots):
            lost = w.let(f"{lost} + {left}")
        rest = w.let(w.fma("-" + lost, r, rest))
    return w.let(f"{r}*{rest} + {r}")
