"""How each fact is written: its value as words and mathematics, before any output format.

A cell is a tuple of pieces; a piece is either words (`str`) or mathematics (a layout node).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy as sp

from symacts.errors import SymactsError
from symacts.facts import Fact, Root
from symacts.render.layout import layout, name_node, operator
from symacts.render.nodes import RELATION, Atom, Node, Power, Row
from symacts.render.words import phrase
from symacts.spec import x

__all__ = ["Cell", "fact_cell", "value_cell"]

Cell = tuple[str | Node, ...]
Say = Callable[[str], str]

DIGITS = 6
"""Significant digits of the decimal that stands beside a closed form."""

_Y = Atom("y")
_F_PRIME = Atom("f′")
_OUTPUT = sp.Symbol("y", real=True)
"""The symbol that stands for the output in `derivative_in_output`."""


def fact_cell(fact: Fact, language: str = "en", pieces: Sequence[Any] = ()) -> Cell:
    """The fact's value as it is printed; "unknown: reason" where it is not established.

    `pieces` are where the function's branches live, for facts that hold one value for each interval among them.
    """

    def say(text: str) -> str:
        return phrase(text, language)

    if not fact.known:
        return (f"{say('unknown')}: {fact.because}" if fact.because else say("unknown"),)
    rule = _NOTATION.get(fact.name, _plain)
    value = fact.value
    intervals = [piece for piece in pieces if isinstance(piece, sp.Interval)]
    if fact.name == "derivative_in_output" and isinstance(value, tuple) and len(value) == len(intervals):
        same = len(set(value)) == 1 and value[0] is not None
        value = value[0] if same else tuple(zip(intervals, value, strict=True))
    try:
        cell = rule(value, say)
    except (TypeError, ValueError, AttributeError, IndexError):  # a shape the rule does not know: write it as it is
        cell = _plain(fact.value, say)
    decimal = _decimal(fact)
    if decimal is None:
        return cell
    return (_next_to(cell[0], "≈", Atom(decimal, "number")), *cell[1:])


def value_cell(value: Any, language: str = "en") -> Cell:
    """Any value that a fact may hold, without knowledge of which fact it is."""
    return _plain(value, lambda text: phrase(text, language))


def _decimal(fact: Fact) -> str | None:
    """A few digits of a number whose closed form does not show its size."""
    number = fact.number
    if number is None or number.is_Rational or number.is_infinite or isinstance(number, Root):
        return None
    try:
        return fact.digits(DIGITS)
    except SymactsError:
        return None


def _next_to(left: str | Node, sign: str, right: Node) -> Node:
    return Row((left if not isinstance(left, str) else Atom(left, "word"), operator(sign), right), RELATION)


def _relation(left: Node, sign: str, right: Any) -> Node:
    return Row((left, operator(sign), layout(right)), RELATION)


def _plain(value: Any, say: Say) -> Cell:
    if isinstance(value, bool):
        return (say("yes" if value else "no"),)
    if value is sp.true or value is sp.false:
        return (say("yes" if value is sp.true else "no"),)
    if value is None:
        return (say("none"),)
    if isinstance(value, str):
        return (say(value),)
    if value is sp.S.EmptySet or value == ():
        return (say("none"),)
    if isinstance(value, (tuple, list)):
        cells = [_plain(v, say) for v in value]
        if all(len(c) == 1 and not isinstance(c[0], str) for c in cells):
            return (layout(tuple(value)),)
        return _listed(cells)
    return (layout(value),)


def _listed(cells: list[Cell], sign: str = "; ") -> Cell:
    pieces: list[str | Node] = []
    for cell in cells:
        pieces += [sign, *cell] if pieces else list(cell)
    return tuple(pieces)


def _set(value: Any, say: Say) -> Cell:
    return (layout(value),)


def _in_output(value: Any, say: Say) -> Cell:
    where: Cell = (Row((_Y, operator("="), Atom("f(x)")), RELATION),)
    if isinstance(value, sp.Expr):
        return _listed([(_relation(_F_PRIME, "=", value),), *([where] if value.has(_OUTPUT) else [])], ", ")
    rows: list[Cell] = []
    for piece, polynomial in value:
        what = (say("none"),) if polynomial is None else (_relation(_F_PRIME, "=", polynomial),)
        rows.append((*what, f" {say('on')} ", layout(piece)))
    if any(p is not None and p.has(_OUTPUT) for _, p in value):
        rows.append(where)
    return _listed(rows)


def _limits(value: Any, say: Say) -> Cell:
    rows: list[Cell] = []
    for limit, end in zip(value, (-sp.oo, sp.oo), strict=True):
        left = Atom(say("none"), "word") if limit is None else layout(limit)
        rows.append((left, f" {say('as')} ".replace("  ", " "), _relation(layout(x), "→", end)))
    return _listed(rows)


def _parameter_limits(value: Any, say: Say) -> Cell:
    """Rows `(parameter, point, limit)`; none without parameters."""
    if not value:
        return (say("none"),)
    rows: list[Cell] = []
    for name, point, limit in value:
        what: str | Node = say("none") if limit is None else layout(limit)
        rows.append((what, f" {say('as')} ".replace("  ", " "), _relation(name_node(name), "→", point)))
    return _listed(rows)


def _asymptotes(value: Any, say: Say) -> Cell:
    if all(line is None for line in value):
        return (say("none"),)
    if value[0] is not None and value[0] == value[1]:
        return (_relation(_Y, "=", value[0][0] * x + value[0][1]), f" {say('on both sides')}")
    rows: list[Cell] = []
    for line, side in zip(value, ("left", "right"), strict=True):
        what: str | Node = say("none") if line is None else _relation(_Y, "=", line[0] * x + line[1])
        rows.append((what, f" ({say(side)})"))
    return _listed(rows)


def _saturation(value: Any, say: Say) -> Cell:
    left, right = (kind or "none" for kind in value)
    if left == right:
        return (say("none on either side" if left == "none" else f"{left} on both sides"),)
    return (f"{say(left)} ({say('left')}); {say(right)} ({say('right')})",)


def _bounded(value: Any, say: Say) -> Cell:
    return (say({(1, 1): "above and below", (1, 0): "below only", (0, 1): "above only"}.get(tuple(value), "no")),)


def _extremum(value: Any, say: Say) -> Cell:
    number, attained = value
    if number.is_infinite:
        return (say("none"), f" ({say('unbounded')})")
    return (layout(number), f", {say('attained' if attained else 'not attained')}")


def _smoothness(value: Any, say: Say) -> Cell:
    if value == -1:
        return (say("discontinuous"),)
    return (Power(Atom("C"), layout(value)),)


def _jumps(letter: str) -> Callable[[Any, Say], Cell]:
    """Rows `(x, left, right)`: at x, the value left of it and the one right of it."""

    def rule(value: Any, say: Say) -> Cell:
        if not value:
            return (say("none"),)
        rows: list[Cell] = []
        for point, left, right in value:
            jump = _relation(layout(left), "→", right)
            rows.append((_relation(layout(x), "=", point), " (", Atom(letter), ": ", jump, ")"))
        return _listed(rows)

    return rule


def _symmetry(value: Any, say: Say) -> Cell:
    kind, center = value
    if kind == "point":
        return (f"{say('about the point')} ", layout(center))
    if kind == "axis":
        center = center[0] if isinstance(center, (tuple, sp.Tuple)) else center
        return (f"{say('about the line')} ", _relation(layout(x), "=", center))
    return (say(kind),)


_NOTATION: Mapping[str, Callable[[Any, Say], Cell]] = {
    "domain": _set,
    "range": _set,
    "derivative_in_output": _in_output,
    "limits": _limits,
    "derivative_limits": _limits,
    "parameter_limits": _parameter_limits,
    "asymptotes": _asymptotes,
    "saturation": _saturation,
    "saturation_rate": _saturation,
    "bounded": _bounded,
    "minimum": _extremum,
    "maximum": _extremum,
    "smoothness": _smoothness,
    "kinks": _jumps("f′"),
    "discontinuities": _jumps("f"),
    "symmetry": _symmetry,
}
"""Facts whose value has a shape of its own; the others are written by `_plain`."""
