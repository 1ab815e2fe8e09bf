"""How far rounding can take a short program at most: every step's rounding error times what the result feels of it.

To first order the error of y is the sum over all steps v of dy/dv times what rounding took from v, at most half a unit
of v in sums, products, quotients and roots, a unit in functions. The derivatives come from one sweep backwards
(Linnainmaa 1976), so errors that cancel each other because they go back to one step do so here, too. Samples tell what
rounding errors usually do; this tells what they cannot do.

>>> import numpy as np
>>> from symacts.rewrite.graph import Graph
>>> g = Graph()
>>> x = g.variable("x")
>>> float(rounding_bound(g, g.mul(x, g.mul(x, x)), np.array([1.5]))[0])
1.25
"""

from __future__ import annotations

import numpy as np

from symacts.rewrite.graph import Graph, Rounded
from symacts.rewrite.regimes import FloatArray, interpret

__all__ = ["rounding_bound"]

UNITS = {
    **dict.fromkeys(("add", "sub", "mul", "div", "sqrt"), 0.5),
    **dict.fromkeys(("exp", "expm1", "log", "log1p"), 1.0),
    "tanh": 1.3,
}
"""Units in the last place that a step may be off: half of one where it is rounded to the nearest float; of functions
what NumPy's own loops and the usual libraries keep (measured over a million inputs: at most 0.71, tanh 1.18)."""
EXACT = {"var", "neg", "abs", "min", "max"}
SHORT = 24
"""Bits of constants that are taken for exact."""


def rounding_bound(graph: Graph, node: int, points: FloatArray) -> FloatArray:
    """The largest error of a step in float64 arithmetic, in units in the last place of its value.

    Infinite where a step has no rule here or a value is not finite.

    **Error**: to first order in the unit of rounding.
    """
    order = graph.reachable((node,))
    names = {graph.steps[k].name for k in order}
    if not names <= set(UNITS) | EXACT | {"const"}:
        return np.full(len(points), np.inf)
    values = dict(zip(order, interpret(graph, order, {"x": points}), strict=True))
    felt = {k: np.zeros(len(points)) for k in order}
    felt[node] += 1.0
    total = np.zeros(len(points))
    with np.errstate(all="ignore"):
        for k in reversed(order):
            step, v = graph.steps[k], values[k]
            exact = step.name in EXACT or (step.name == "mul" and any(_is_power(graph, j) for j in step.args))
            if step.name == "const":
                total += np.abs(felt[k]) * _rest(graph, k)
            elif not exact:
                total += np.abs(felt[k]) * np.spacing(np.abs(v)) * UNITS[step.name]
            slopes = _slopes(step.name, v, [values[j] for j in step.args]) if step.args else []
            for j, slope in zip(step.args, slopes, strict=True):
                felt[j] += felt[k] * slope
        found = total / np.spacing(np.abs(values[node]))
    return np.where(np.isfinite(found), found, np.inf)


def _slopes(name: str, v: FloatArray, args: list[FloatArray]) -> list[FloatArray]:
    """The derivatives of a step in its operands."""
    one = np.ones(len(v))
    if name in ("add", "sub"):
        return [one, one if name == "add" else -one]
    if name == "mul":
        return args[::-1]
    if name == "div":
        return [1.0 / args[1], -v / args[1]]
    if name in ("min", "max"):
        first = (args[0] <= args[1]) if name == "min" else (args[0] >= args[1])
        return [first.astype(float), (~first).astype(float)]
    a = args[0]
    if name == "tanh":
        return [1.0 - v * v]
    quotients = {"sqrt": (0.5, v), "log": (1.0, a), "log1p": (1.0, 1.0 + a)}
    if name in quotients:
        return [quotients[name][0] / quotients[name][1]]
    return [{"neg": -one, "abs": np.sign(a), "exp": v, "expm1": v + 1.0}[name]]


def _rest(graph: Graph, k: int) -> float:
    """How far a constant may be off: nothing where it has few digits or knows its rest."""
    value = graph.value(k) or 0.0
    if isinstance(value, Rounded):
        return abs(value.rest)
    scaled = np.ldexp(np.frexp(value)[0], SHORT)
    return 0.0 if scaled == np.rint(scaled) else float(np.spacing(abs(value))) / 2


def _is_power(graph: Graph, k: int) -> bool:
    """Whether products with the step are exact."""
    value = graph.value(k)
    return value is not None and abs(np.frexp(value)[0]) == 0.5
