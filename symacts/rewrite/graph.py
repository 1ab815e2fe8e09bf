"""Straight-line programs: a hash-consed list of operations, the form in which rewritten expressions reach a target.

A program is single-assignment and in order, so common subexpressions are shared by construction and the order of
operations is exactly the one that was written: nothing is reassociated afterwards.

>>> g = Graph()
>>> v = g.variable("a")
>>> one = g.constant(1.0)
>>> g.add(v, one) == g.add(v, one)
True
>>> g.text(g.mul(g.add(v, one), v))
'(a + 1.0)*a'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["COST", "Graph", "Operation", "Rounded"]

COST = {
    **dict.fromkeys(("var", "const"), 0.0),
    **dict.fromkeys(("add", "sub", "mul", "neg", "abs", "max", "min", "select", "copysign"), 1.0),
    **dict.fromkeys(("div", "sqrt"), 4.0),
    "mulerr": 2.0,
    **dict.fromkeys(("exp", "expm1", "log", "log1p", "cbrt"), 12.0),
    **dict.fromkeys(("tanh", "sinh", "cosh", "sin", "cos", "tan", "asinh", "atan", "erfcx", "erf", "erfc"), 20.0),
}
"""Cost of an operation in units of one vector addition, as measured on vectorized code; others count 40."""


class Rounded(float):
    """A constant's nearest float that knows its rest: the constant is their sum."""

    __slots__ = ("rest",)
    rest: float

    def __new__(cls, head: float, rest: float) -> Rounded:
        made = super().__new__(cls, head)
        made.rest = rest
        return made

    def __repr__(self) -> str:
        return f"{float.__repr__(self)} + {self.rest!r}"

    def __neg__(self) -> Rounded:
        return Rounded(-float(self), -self.rest)


@dataclass(frozen=True, slots=True)
class Operation:
    """One step: its name, the indices of its operands, and the value of a constant or the name of a variable."""

    name: str
    args: tuple[int, ...] = ()
    payload: float | str | None = None


@dataclass(slots=True)
class Graph:
    """A straight-line program; every method that adds a step returns its index and reuses an equal step.

    A step "lookup" takes the entry of the table that its payload names at the number in the bits of a step "cell": the
    last bits of a float, as many as its payload says.
    """

    steps: list[Operation] = field(default_factory=list)
    tables: dict[str, Any] = field(default_factory=dict)
    index: dict[tuple[str, tuple[int, ...], str], int] = field(default_factory=dict)

    def put(self, name: str, *args: int, payload: float | str | None = None) -> int:
        """Append a step, or find the equal one."""
        key = (name, args, repr(payload))
        if key not in self.index:
            self.index[key] = len(self.steps)
            self.steps.append(Operation(name, args, payload))
        return self.index[key]

    def variable(self, name: str) -> int:
        """An input."""
        return self.put("var", payload=name)

    def constant(self, value: float) -> int:
        """A constant."""
        return self.put("const", payload=value if isinstance(value, Rounded) else float(value))

    def value(self, node: int) -> float | None:
        """The constant at this index, None for anything else."""
        step = self.steps[node]
        return step.payload if step.name == "const" and isinstance(step.payload, float) else None

    def neg(self, a: int) -> int:
        """-a."""
        step = self.steps[a]
        if step.name == "neg":
            return step.args[0]
        if step.name == "const":
            return self.constant(-(self.value(a) or 0.0))
        if step.name == "sub":
            return self.sub(step.args[1], step.args[0])
        return self.put("neg", a)

    def add(self, a: int, b: int) -> int:
        """a + b."""
        if self.value(a) == 0.0:
            return b
        if self.value(b) == 0.0:
            return a
        if self.steps[b].name == "neg":
            return self.sub(a, self.steps[b].args[0])
        if self.steps[a].name == "neg":
            return self.sub(b, self.steps[a].args[0])
        return self.put("add", a, b)

    def sub(self, a: int, b: int) -> int:
        """a - b."""
        if self.value(b) == 0.0:
            return a
        if self.value(a) == 0.0:
            return self.neg(b)
        if self.steps[b].name == "neg":
            return self.add(a, self.steps[b].args[0])
        return self.put("sub", a, b)

    def mul(self, a: int, b: int) -> int:
        """a*b."""
        for p, q in ((a, b), (b, a)):
            if self.value(p) == 1.0:
                return q
            if self.value(p) == -1.0:
                return self.neg(q)
            if self.value(p) == 0.0:
                return p
        if self.steps[a].name == "neg":
            return self.neg(self.mul(self.steps[a].args[0], b))
        if self.steps[b].name == "neg":
            return self.neg(self.mul(a, self.steps[b].args[0]))
        return self.put("mul", a, b)

    def div(self, a: int, b: int) -> int:
        """a/b."""
        if self.value(b) == 1.0:
            return a
        if self.value(b) == -1.0:
            return self.neg(a)
        if self.steps[a].name == "neg":
            return self.neg(self.div(self.steps[a].args[0], b))
        return self.put("div", a, b)

    def power(self, a: int, k: int) -> int:
        """a**k for an integer k >= 1, by squaring."""
        if k == 1:
            return a
        half = self.power(a, k // 2)
        square = self.mul(half, half)
        return self.mul(square, a) if k % 2 else square

    def reachable(self, outputs: tuple[int, ...]) -> list[int]:
        """The steps that the outputs need, in order."""
        need = set(outputs)
        for k in range(max(outputs, default=-1), -1, -1):
            if k in need:
                need.update(self.steps[k].args)
        return sorted(need)

    def cost(self, outputs: tuple[int, ...], costs: Mapping[str, float] = COST) -> float:
        """Estimated cost of the outputs together."""
        return sum(costs.get(self.steps[k].name, 40.0) for k in self.reachable(outputs))

    def text(self, node: int) -> str:
        """The step as a formula, for people."""
        step = self.steps[node]
        if not step.args:
            return step.payload if isinstance(step.payload, str) else repr(step.payload)
        inner = [self.text(k) for k in step.args]
        sign = {"add": " + ", "sub": " - ", "mul": "*", "div": "/"}.get(step.name)
        if sign is None:
            return f"{step.name}({', '.join(inner)})"
        if step.name in ("mul", "div"):
            inner = [
                f"({t})" if self.steps[k].name in ("add", "sub", "div") else t
                for t, k in zip(inner, step.args, strict=True)
            ]
        elif step.name == "sub" and self.steps[step.args[1]].name in ("add", "sub"):
            inner[1] = f"({inner[1]})"
        return sign.join(inner)
