"""How far rounding takes a short program at most, and as a rule: every step's error times what the result feels of it.

To first order the error of y is the sum over all steps v of dy/dv times what rounding took from v, at most half a unit
of v in sums, products, quotients and roots, a unit in functions. The derivatives come from one sweep backwards
(Linnainmaa 1976), so errors that cancel each other because they go back to one step do so here, too. Samples tell what
rounding errors usually do; the largest sum tells what they cannot do, the root of the sum of squares where they are
noisier than among the samples: it moves within a binade, and as far out as there are floats it does so again and again.

>>> import numpy as np
>>> from symacts.rewrite.graph import Graph
>>> g = Graph()
>>> x = g.variable("x")
>>> float(rounding(g, g.mul(x, g.mul(x, x)), np.array([1.5])).most[0])
1.25
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from symacts.rewrite.graph import Graph, Rounded
from symacts.rewrite.regimes import BoolArray, FloatArray, interpret

__all__ = ["USUAL", "Rounding", "rounding"]

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


@dataclass(frozen=True, slots=True)
class Rounding:
    """The largest error, the root mean square of independent ones, and what they seldom pass; in units of the result.

    Seldom: at about one of 300 000 floats. Only where it is asked for.
    """

    most: FloatArray
    usual: FloatArray
    seldom: FloatArray


def rounding(graph: Graph, node: int, points: FloatArray, inner: str = "float64", tails: bool = True) -> Rounding:
    """The errors of a step in the arithmetic of a format.

    Infinite where a step has no rule here or a value is not finite.

    **Error**: to first order in the unit of rounding.

    **References**: H. Chernoff (1952), "A measure of asymptotic efficiency for tests of a hypothesis based on the sum
    of observations": P(S > t) <= E(exp(r*S))*exp(-r*t) for every r > 0.
    """
    order = graph.reachable((node,))
    names = {graph.steps[k].name for k in order}
    if not names <= set(UNITS) | EXACT | {"const"}:
        return Rounding(*np.full((3, len(points)), np.inf))
    values = dict(zip(order, interpret(graph, order, {"x": points}, inner), strict=True))
    felt = {k: np.zeros(len(points)) for k in order}
    felt[node] += 1.0
    total, squares = np.zeros((2, len(points)))
    cumulants = np.zeros((len(RATES) if tails else 0, len(points)))
    with np.errstate(all="ignore"):
        own = _unit(values[node], inner)
        for k in reversed(order):
            step, v = graph.steps[k], values[k]
            operands = [values[j] for j in step.args]
            exact = step.name in EXACT or (step.name == "mul" and any(_is_power(graph, j) for j in step.args))
            most = usual = np.zeros(1)
            if step.name == "const":
                most = usual = np.full(1, _rest(graph, k, inner))
            elif step.name in ("add", "sub"):
                most, usual = _of_sum(graph, step.args, v, operands, inner)
            elif not exact:
                unit = _unit(v, inner)
                most, usual = UNITS[step.name] * unit, USUAL * unit
            if np.any(most):
                of_most, of_usual = (np.abs(felt[k]) * e / own for e in (most, usual))
                total += of_most
                squares += of_usual**2
                for cumulant, rate in zip(cumulants, RATES, strict=False):
                    cumulant += _cumulant(rate * of_usual, most > usual)
            for j, slope in zip(step.args, _slopes(step.name, v, operands) if step.args else [], strict=True):
                felt[j] += felt[k] * slope
        seldom = np.min([(c + SELDOM) / r for c, r in zip(cumulants, RATES, strict=False)] or [total], axis=0)
        found = total, np.sqrt(squares), np.minimum(seldom, total)
        return Rounding(*(np.where(np.isfinite(e), e, np.inf) for e in found))


USUAL = 12.0**-0.5
"""Root mean square of what is evenly spread over a unit."""
RATES = (1.5, 2.5, 4.0, 6.0, 9.0, 14.0, 22.0)
"""Rates of the exponentials that bound tails: among them are good ones for sums that seldom pass one to ten units."""
SELDOM = 10.9
"""-log(p/2) for a p of 300 000 to one, less the log of a factor by which such bounds exceed normal tails."""


def _cumulant(a: FloatArray, even: BoolArray) -> FloatArray:
    """log E(exp(s)) of what has the root mean square a: evenly spread, or of two values."""
    wide = np.clip(np.sqrt(3.0) * a, 1e-4, 300.0)
    return np.where(even, np.log(np.sinh(wide) / wide), np.log(np.cosh(np.minimum(a, 300.0))))


def _unit(v: FloatArray, inner: str) -> FloatArray:
    """The unit in the last place of numbers of a format."""
    return np.spacing(np.abs(v).astype(inner)).astype(np.float64)


def _of_sum(
    graph: Graph, args: Sequence[int], v: FloatArray, operands: Sequence[FloatArray], inner: str
) -> tuple[FloatArray, FloatArray]:
    """Rounding errors of a sum: the most and the usual one.

    None where both operands are multiples of the result's unit. Where they are so of half of it, every other one is a
    tie, and every one where that is due to a constant. What is less than half a unit is lost as a whole.
    """
    unit, small = _unit(v, inner), np.minimum(*np.abs(operands))
    last = np.array([_last(graph, k, u, inner) for k, u in zip(args, operands, strict=True)])
    fixed = np.array([graph.value(k) is not None for k in args])[:, np.newaxis]
    step = last.min(axis=0)
    tie = (step == unit / 2) & np.where(fixed, last == step, last >= unit).all(axis=0) & fixed.any()
    most = np.where(step >= unit, 0.0, np.minimum(unit / 2, small))
    spread = np.where(step == unit / 2, 8.0**-0.5, USUAL) * unit
    return most, np.where(tie | (small < unit / 2), most, np.minimum(most, spread))


def _last(graph: Graph, k: int, v: FloatArray, inner: str) -> FloatArray:
    """What a step's value is a multiple of: its unit; the last bit of a constant."""
    value = graph.value(k)
    if value is None or not value:
        return _unit(v, inner)
    n, d = abs(float(np.dtype(inner).type(value))).as_integer_ratio()
    return np.full(len(v), (n & -n) / d)


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


def _rest(graph: Graph, k: int, inner: str) -> float:
    """How far a constant may be off: nothing where it has few digits or knows its rest."""
    value = graph.value(k) or 0.0
    rest = value - float(np.dtype(inner).type(value))
    if isinstance(value, Rounded):
        return abs(rest + value.rest)
    scaled = np.ldexp(np.frexp(value)[0], SHORT)
    return abs(rest) if rest or scaled == np.rint(scaled) else float(_unit(np.array(value), inner)) / 2


def _is_power(graph: Graph, k: int) -> bool:
    """Whether products with the step are exact."""
    value = graph.value(k)
    return value is not None and abs(np.frexp(value)[0]) == 0.5
