"""What stands in statements and is not carried out while it is read: derivatives, limits, integrals, expectations.

Each function builds one kind of call for the reader of a statement, which gives it the values of the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Protocol

import sympy as sp

from symacts.errors import ParseError
from symacts.grammar import Node
from symacts.guarded import Guard

__all__ = ["DELAYED", "Reader"]

FAR, NEAR = sp.Integer(10) ** 6, sp.Rational(1, 10**6)
"""Beyond FAR is near infinity, and within NEAR near a point: where what stands in a limit is to have values."""
_WAYS = {"+": (1,), "-": (-1,), "+-": (1, -1)}


class Reader(Protocol):
    """The part of a reader that is used here."""

    text: str
    guard: Guard

    def symbol(self, node: Node) -> sp.Expr: ...
    def expr(self, node: Node) -> sp.Expr: ...
    def finite(self, node: Node) -> sp.Expr: ...
    def fail(self, reason: str, node: Node) -> ParseError: ...
    def make(self, node: Node, build: Callable[..., Any], *args: Any, **keywords: Any) -> Any: ...
    def arity(self, node: Node, least: int, most: int | None = None, shown: str = "") -> None: ...
    def at(self, variable: sp.Symbol | None, where: Iterable[Any], work: Callable[[], sp.Expr]) -> sp.Expr: ...


def _bound(reader: Reader, node: Node) -> sp.Symbol:
    value = reader.symbol(node) if node.kind == "name" else None
    if not isinstance(value, sp.Symbol):
        raise reader.fail("expected the name of a variable", node)
    return value


def derivative(reader: Reader, node: Node) -> sp.Expr:
    if not node.args or node.keywords:
        raise reader.fail(f"{node.value} takes an expression and the variables: {node.value}(f, x, 2)", node)
    body, *rest = node.args
    if not rest:
        return _only_derivative(reader, node, reader.finite(body))
    steps: list[tuple[sp.Symbol, int]] = []
    for arg in rest:
        variable, order = (arg.args[0], arg.args[1]) if arg.kind == "tuple" and len(arg.args) == 2 else (arg, None)
        if arg.kind == "number" and steps:
            steps[-1] = (steps[-1][0], _order(reader, arg))
        else:
            steps.append((_bound(reader, variable), 1 if order is None else _order(reader, order)))
    if not steps:
        raise reader.fail("expected the variable to differentiate by", rest[0])
    if sum(order for _, order in steps) > 20:
        raise reader.fail("derivatives up to order 20 are read", node)
    return sp.Derivative(reader.finite(body), *steps, evaluate=False)


def _only_derivative(reader: Reader, node: Node, body: sp.Expr) -> sp.Expr:
    """The derivative of what holds one variable."""
    if len(body.free_symbols) != 1 or body.has(sp.Derivative, sp.Integral, sp.Limit):
        raise reader.fail(f"{node.value} takes the variables too where there is not one alone: diff(f, x)", node)
    return sp.Derivative(body, *body.free_symbols, evaluate=False)


def _order(reader: Reader, node: Node) -> int:
    if node.kind != "number" or node.value.denominator != 1 or not 0 <= node.value <= 20:
        raise reader.fail("expected the order of a derivative, a whole number up to 20", node)
    return int(node.value)


def limit(reader: Reader, node: Node) -> sp.Expr:
    args, direction = list(node.args), "+-"
    if len(args) == 4:
        direction = _direction(reader, args.pop())
    for key, position, value in node.keywords:
        if key != "dir":
            raise ParseError(f"limit takes no keyword {key!r}; the direction is dir='+'", reader.text, position)
        direction = _direction(reader, value)
    if len(args) != 3:
        raise reader.fail("limit takes an expression, a variable and a point: limit(f, x, oo)", node)
    variable, point = _bound(reader, args[1]), reader.expr(args[2])
    if point == sp.oo:
        direction, near = "-", [(FAR, point)]
    elif point == -sp.oo:
        direction, near = "+", [(point, -FAR)]
    else:
        near = [(min(0, way) * NEAR + point, max(0, way) * NEAR + point) for way in _WAYS[direction]]
    return sp.Limit(reader.at(variable, near, partial(reader.finite, args[0])), variable, point, direction)


def _direction(reader: Reader, node: Node) -> str:
    if node.kind != "direction":
        raise reader.fail("expected the direction of the limit: + (from above), - (from below) or +-", node)
    return str(node.value)


def integral(reader: Reader, node: Node) -> sp.Expr:
    reader.arity(node, 2, shown="(f, (z, a, b))")
    body, bounds = node.args
    if bounds.kind != "tuple" or len(bounds.args) != 3:
        raise reader.fail("expected a variable and two bounds: (z, a, b)", bounds)
    variable, ends = _bound(reader, bounds.args[0]), tuple(reader.expr(end) for end in bounds.args[1:])
    between = [ends] if all(end.is_number for end in ends) and ends[0] <= ends[1] else [ends, ends[::-1]]
    return sp.Integral(reader.at(variable, between, partial(reader.finite, body)), (variable, *ends))


def gaussian(reader: Reader, node: Node) -> sp.Expr:
    reader.arity(node, 2, shown="(f, z)")
    variable = _bound(reader, node.args[1])
    body = reader.at(variable, [(-sp.oo, sp.oo)], partial(reader.finite, node.args[0]))
    density = sp.exp(-(variable**2) / 2) / sp.sqrt(2 * sp.pi)
    integrand = reader.make(node, reader.guard.product, (body, density))
    return sp.Integral(integrand, (variable, -sp.oo, sp.oo))


DELAYED: dict[str, Callable[[Reader, Node], sp.Expr]] = {
    "diff": derivative,
    "Derivative": derivative,
    "limit": limit,
    "Limit": limit,
    "Integral": integral,
    "integrate": integral,
    "gaussian": gaussian,
}
"""By the name of the call."""
