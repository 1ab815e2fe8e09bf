"""Programs in x itself, for targets that sweep arrays: no |x|, no selection, and derivatives that use the value again.

A form derived on one half line is an identity of analytic functions, so with `a = x` or `a = -x` it may serve both
sides: `1/(1 + exp(-x))` needs neither |x| nor two programs. At the border t of a branch the same form of `min(x, t)`
or `max(x, t)` is constant beyond: `exp(min(x, 0))` is the derivative of elu everywhere. And with `f = N/D`

    f' = (N' - f*D')/D,    f' = f**k * (f'/f**k) with the quotient in lowest terms,

which is often a step or two where a form of its own is ten. Whether such a program is accurate, and where, is measured
like everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.rewrite.generators import Generators, a
from symacts.rewrite.graph import Graph
from symacts.rewrite.halfline import Form, Unrewritable, half_line
from symacts.rewrite.lower import lower

__all__ = ["derived", "whole"]

WAYS: tuple[dict[str, bool], ...] = ({}, {"plain": True}, {"expanded": True})
"""Options of forms."""

ATOMS: dict[str, Callable[..., sp.Expr]] = {
    "decay": lambda p: sp.exp(-p),
    "shifted": lambda p: sp.exp(-p) - 1,
    "constant": lambda c: c,
    "parameter": lambda c: c,
    "root": sp.sqrt,
    "log1p": lambda p: sp.log(1 + p),
    "expm1": lambda p: sp.exp(p) - 1,
    "erfcx": lambda z: sp.exp(z**2) * sp.erfc(z),
    "sinpi": lambda z: sp.sin(sp.pi * z),
    "cospi": lambda z: sp.cos(sp.pi * z),
    **{f.__name__: f for f in (sp.exp, sp.log, sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.tanh)},
    **{f.__name__: f for f in (sp.asin, sp.acos, sp.atan, sp.asinh, sp.acosh, sp.atanh, sp.erf, sp.erfc)},
}
"""What a generator stands for, as a function of its argument."""


def _form(expression: sp.Expr, x: sp.Symbol, side: int, options: dict[str, bool]) -> Form | None:
    with suppress(
        Unrewritable, UnsupportedExpression, sp.PolynomialError, ValueError, TypeError, KeyError, RecursionError
    ):
        return half_line(expression, x, side, **options)
    return None


def _lowered(form: Form | None, graph: Graph, node: int, exact: bool = False) -> int | None:
    if form is not None:
        with suppress(Unrewritable, sp.PolynomialError, ValueError, TypeError, KeyError, RecursionError):
            return lower(form, graph, {"a": node}, exact)
    return None


def whole(expression: sp.Expr, x: sp.Symbol, graph: Graph, ends: Sequence[float]) -> list[int]:
    """Programs of an expression in x, -x and |x|, and in the former clamped at each end of its branch (from outside).

    Each with exponents in two words, and in one: enough where the exponential is small beside the rest.
    """
    v = graph.variable("x")
    inputs = [v, *(graph.put(name, v, graph.constant(end)) for end in ends for name in ("min", "max"))]
    magnitude = graph.put("abs", v)
    found: list[int] = []
    for options in WAYS:
        for side in (1, -1):
            form = _form(expression, x, side, options)
            for node in (magnitude, *(n if side > 0 else graph.neg(n) for n in inputs)):
                for exact in (False, True):
                    result = _lowered(form, graph, node, exact)
                    if result is not None and result not in found:
                        found.append(result)
    return found


def derived(
    value: sp.Expr, slope: sp.Expr, x: sp.Symbol, graph: Graph, values: Sequence[int], side: int, magnitude: int
) -> list[int]:
    """Programs of the derivative `slope` of `value`, from each of the value's programs."""
    v = graph.variable("x")
    found: list[int] = []
    for way, node in ((side, magnitude), (1, v), (-1, graph.neg(v))):
        for top, bottom, power in _pairs(value, slope, x, way, graph, node):
            for f in values:
                found.append(_composed(graph, f, top, bottom, power))
        for numerator, change, bottom in _quotients(value, x, way, graph, node):
            for f in values:
                inner = graph.sub(numerator, graph.mul(f, change))
                found.append(graph.div(inner if way > 0 else graph.neg(inner), bottom))
    return list(dict.fromkeys(found))


def _pairs(
    value: sp.Expr, slope: sp.Expr, x: sp.Symbol, side: int, graph: Graph, node: int
) -> Iterator[tuple[int, int, int]]:
    """Numerator and denominator of f'/f**k, and k."""
    for power in (1, 2):
        result = _lowered(_form(slope / value**power, x, side, {}), graph, node)
        if result is not None:
            step = graph.steps[result]
            yield (*(step.args if step.name == "div" else (result, graph.constant(1.0))), power)  # type: ignore[misc]


def _composed(graph: Graph, f: int, top: int, bottom: int, power: int) -> int:
    product = graph.mul(f, top)
    for _ in range(power - 1):
        product = graph.mul(f, product)
    return graph.div(product, bottom)


def _quotients(value: sp.Expr, x: sp.Symbol, side: int, graph: Graph, node: int) -> Iterator[tuple[int, int, int]]:
    """N', D' and D of the value's forms N/D, in a."""
    for options in WAYS:
        form = _form(value, x, side, options)
        if form is None or all(p > 0 for _, p in form.factors):
            continue
        below = tuple((f, -p) for f, p in form.factors if p < 0)
        above = tuple((f, p) for f, p in form.factors if p > 0)
        bottom = _lowered(Form(sp.S.One, below, form.generators), graph, node)
        tops = []
        for coefficient, factors in ((form.coefficient, above), (sp.S.One, below)):
            whole_part = coefficient * sp.Mul(*(f**p for f, p in factors))
            change = sp.diff(unfolded(whole_part, form.generators), a)
            tops.append(graph.constant(0.0) if change == 0 else _lowered(_form(change, a, 1, {}), graph, node))
        if bottom is not None and tops[0] is not None and tops[1] is not None:
            yield tops[0], tops[1], bottom


def unfolded(e: sp.Expr, generators: Generators) -> sp.Expr:
    """The expression in `a`, with what its generators stand for."""
    for row in reversed(generators.rows):
        if not e.has(row.symbol):
            continue
        if row.function == "pow":
            base, k = row.argument
            e = e.xreplace({row.symbol: base**k})
        else:
            e = e.xreplace({row.symbol: ATOMS[row.function](row.argument)})
    return e
