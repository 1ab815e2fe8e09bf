"""Programs of ufuncs: what a plan's steps become where one call sweeps a whole tile.

A call costs about as much for a division as for a sum, a selection three, and constants are free, so steps are
rewritten accordingly: constants folded, signs folded into them, rounding errors of products spelled out (Dekker 1971)
so that their parts are shared, selections between a value and its negative as one flip of the sign bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from symacts.kernels.approximations import scaled_erfcx
from symacts.rewrite.functions import FUNCTIONS
from symacts.rewrite.graph import Graph
from symacts.rewrite.regimes import Arithmetic

__all__ = ["ARITHMETIC", "CAREFUL", "lowered"]

CAREFUL = ("exp", "log", "cosh")
"""Functions that NumPy evaluates to two units or worse in float32 (measured on x86-64): there float64 is used."""


def _careful(name: str) -> Callable[..., Any]:
    function = FUNCTIONS[name]

    def evaluate(*args: Any, out: Any) -> Any:
        return function(*args, out=out, dtype=np.float64, casting="same_kind")

    return evaluate


_BASE = dict.fromkeys(("var", "const"), 0.0) | dict.fromkeys(("add", "sub", "mul", "neg", "abs"), 1.0)
ARITHMETIC = {
    "float64": Arithmetic(
        _BASE
        | dict.fromkeys(("exp", "log"), 2.6)
        | dict.fromkeys(("expm1", "log1p", "cosh", "sinh"), 4.3)
        | dict.fromkeys(("tanh", "atan"), 5.0)
        | dict.fromkeys(("sin", "cos", "tan"), 80.0)
        | dict.fromkeys(("min", "max"), 1.3)
        | {"div": 2.2, "sqrt": 3.3, "select": 3.0, "below": 1.3, "mulerr": 10.0}
        | {"erfcx": 55.0, "erf": 400.0, "erfc": 400.0, "cell": 0.8, "lookup": 2.6},
        FUNCTIONS,
    ),
    "float32": Arithmetic(
        _BASE
        | dict.fromkeys(CAREFUL, 9.0)
        | dict.fromkeys(("expm1", "tanh", "sinh"), 2.8)
        | dict.fromkeys(("log1p", "atan"), 4.0)
        | dict.fromkeys(("sin", "cos", "tan"), 6.0)
        | dict.fromkeys(("min", "max"), 2.0)
        | {"div": 1.8, "sqrt": 2.0, "select": 3.5, "below": 1.6, "mulerr": 10.0}
        | {"erfcx": 34.0, "erf": 400.0, "erfc": 400.0},
        {**FUNCTIONS, **{name: _careful(name) for name in CAREFUL}},
    ),
}
"""What a step costs, in sums, and how it rounds; by the loop's format (measured on x86-64 with AVX-512)."""


class _Lowering:
    def __init__(self, inner: str, digits: int) -> None:
        self.inner, self.graph, self.digits = np.dtype(inner), Graph(), digits
        self.bits = 53 if inner == "float64" else 24

    def put(self, name: str, *args: int, payload: float | str | None = None) -> int:
        """A step, or the constant that it is."""
        values = [self.graph.value(k) for k in args]
        if args and all(v is not None for v in values) and name in FUNCTIONS:
            with np.errstate(all="ignore"):
                found = FUNCTIONS[name](*(np.array([v], self.inner) for v in values), out=np.empty(1, self.inner))
            return self.graph.constant(float(found[0]))
        rule = getattr(self, f"_{name}", None)
        return int(rule(*args)) if rule else self.graph.put(name, *args, payload=payload)

    def _neg(self, a: int) -> int:
        step = self.graph.steps[a]
        if step.name == "mul" and self.graph.value(step.args[0]) is not None:
            return self.put("mul", self.graph.neg(step.args[0]), step.args[1])
        if step.name == "abs":
            return self.graph.put("negative abs", step.args[0])
        return self.graph.neg(a)

    def _mul(self, a: int, b: int) -> int:
        if self.graph.value(a) is None and self.graph.value(b) is not None:
            a, b = b, a
        first, inner = self.graph.value(a), self.graph.steps[b]
        if first is not None and _is_power(first) and inner.name == "mul":
            second = self.graph.value(inner.args[0])
            if second is not None:
                return self.put("mul", self.graph.constant(first * second), inner.args[1])
        for p, q in ((a, b), (b, a)):
            sign = self.graph.steps[q]
            if sign.name == "select" and [self.graph.value(k) for k in sign.args[1:]] == [-1.0, 1.0]:
                return self.graph.put("flip", sign.args[0], p)
        return self.graph.put("mul", a, b)

    def _div(self, a: int, b: int) -> int:
        divisor = self.graph.value(b)
        if divisor is not None and _is_power(divisor):
            return self.put("mul", self.graph.constant(1.0 / divisor), a)
        return self.graph.put("div", a, b)

    def _select(self, mask: int, p: int, q: int) -> int:
        """The selection, of as little as possible: what p and q have in common stays outside; -0.0 adds nothing."""
        g, nothing = self.graph, self.graph.constant(-0.0)
        a, b = g.steps[p], g.steps[q]
        if a.name == "neg" and a.args[0] == q:
            return g.put("flip", mask, q)
        if a.name == "neg" and b.name == "sub" and b.args[1] == a.args[0]:  # -v or r - v
            return self.put("sub", self.put("select", mask, nothing, b.args[0]), b.args[1])
        for whole, part, order in ((b, p, 1), (a, q, -1)):  # v or r + v
            if whole.name == "add" and part in whole.args:
                rest = whole.args[0] if whole.args[1] == part else whole.args[1]
                pair = (nothing, rest)[::order]
                return self.put("add", self.put("select", mask, *pair), part)
        if a.name == "mul" and a.args[1] == q and g.value(a.args[0]) is not None:  # c*r or r
            return self._scaled(mask, a.args[0], g.constant(1.0), q)
        if b.name == "mul" and b.args[1] == p and g.value(b.args[0]) is not None:
            return self._scaled(mask, g.constant(1.0), b.args[0], p)
        return g.put("select", mask, p, q)

    def _scaled(self, mask: int, c: int, d: int, r: int) -> int:
        """r times c or d; |x| times one of them by the sign of x is x times one of them."""
        g = self.graph
        if g.steps[r].name == "abs" and g.steps[mask].payload == 0.0:
            return self.put("mul", g.put("select", mask, g.neg(c), d), g.steps[r].args[0])
        return self.put("mul", g.put("select", mask, c, d), r)

    def _mulerr(self, a: int, b: int) -> int:
        """The rounding error of a*b from heads of half the digits (in float64 to about 2**-25 of itself)."""
        product = self.put("mul", a, b)
        (ah, al), (bh, bl) = self.halves(a), self.halves(b)
        rest = self.put("sub", self.put("mul", ah, bh), product)
        if a == b:
            cross = self.put("mul", self.put("add", al, al), ah)
        else:
            rest = self.put("add", rest, self.put("mul", ah, bl))
            cross = self.put("mul", al, bh)
        return self.put("add", self.put("add", rest, cross), self.put("mul", al, bl))

    def halves(self, a: int) -> tuple[int, int]:
        """The leading half of the digits, and the rest."""
        value = self.graph.value(a)
        if value is None:
            head = self.graph.put("head", a)
            return head, self.graph.put("sub", a, head)
        mantissa, exponent = math.frexp(value)
        first = math.ldexp(math.trunc(math.ldexp(mantissa, self.bits // 2)), exponent - self.bits // 2)
        return self.graph.constant(first), self.graph.constant(value - first)

    def _erfcx(self, z: int) -> int:
        """For z = c*a: (1 + a)*erfcx(c*a) as a polynomial in t = (a - pole)/(a + pole)."""
        step = self.graph.steps[z]
        scale = self.graph.value(step.args[0]) if step.name == "mul" else None
        if scale is None or not 0.25 <= scale <= 4.0:
            scale = 1.0
        a = z if scale == 1.0 else step.args[1]
        pole, values = scaled_erfcx(scale, self.digits)
        p0 = self.graph.constant(pole)
        t = self.put("div", self.put("sub", a, p0), self.put("add", a, p0))
        first, *middle, last = values
        p = self.put("mul", self.graph.constant(last), t)
        for c in reversed(middle):
            p = self.put("mul", self.put("add", p, self.graph.constant(c)), t)
        top = self.put("add", p, self.graph.constant(first))
        return self.put("div", top, self.put("add", a, self.graph.constant(1.0)))


def _is_power(value: float) -> bool:
    """Whether a product with the constant is exact (but for the ends of the range)."""
    return abs(math.frexp(value)[0]) == 0.5 and 2.0**-60 < abs(value) < 2.0**60


def lowered(
    graph: Graph, outputs: tuple[int, ...], inner: str, digits: int | None = None
) -> tuple[Graph, tuple[int, ...]]:
    """The steps that the outputs need, rewritten for tiles of a float format, and the outputs' places.

    `digits`: the bits that polynomials are to have, if not all of the format.
    """
    lowering = _Lowering(inner, digits or (53 if inner == "float64" else 24))
    lowering.graph.tables = graph.tables
    moved: dict[int, int] = {}
    for k in graph.reachable(outputs):
        step = graph.steps[k]
        if step.name == "const":
            moved[k] = lowering.graph.constant(float(np.dtype(inner).type(step.payload)))
        else:
            moved[k] = lowering.put(step.name, *(moved[j] for j in step.args), payload=step.payload)
    return lowering.graph, tuple(moved[k] for k in outputs)
