"""The nodes of a layout tree: what stands on paper, with how tightly each part holds together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "ADD",
    "ATOM",
    "MUL",
    "POW",
    "RELATION",
    "Atom",
    "Big",
    "Call",
    "Cases",
    "Fence",
    "Fraction",
    "Node",
    "Power",
    "Radical",
    "Row",
    "Subscript",
]

RELATION, ADD, MUL, POW, ATOM = range(5)
"""How tightly a node holds together; a part that binds looser than its place allows gets parentheses."""

Role = Literal["number", "name", "operator", "word"]


@dataclass(frozen=True, slots=True)
class Atom:
    """One token; `text` is Unicode."""

    text: str
    role: Role = "name"
    binding: int = ATOM


@dataclass(frozen=True, slots=True)
class Row:
    """Parts side by side."""

    parts: tuple[Node, ...]
    binding: int


@dataclass(frozen=True, slots=True)
class Fraction:
    """`top/bottom`."""

    top: Node
    bottom: Node
    binding: int = MUL


@dataclass(frozen=True, slots=True)
class Power:
    """`base**exponent`; the base e is written `exp(...)` in text."""

    base: Node
    exponent: Node
    binding: int = POW


@dataclass(frozen=True, slots=True)
class Subscript:
    """`base` with an index."""

    base: Node
    index: Node
    binding: int = ATOM


@dataclass(frozen=True, slots=True)
class Radical:
    """The root of that degree (2: square root)."""

    body: Node
    degree: int = 2
    binding: int = ATOM


@dataclass(frozen=True, slots=True)
class Fence:
    """Brackets around parts that commas separate."""

    left: str
    parts: tuple[Node, ...]
    right: str
    binding: int = ATOM


@dataclass(frozen=True, slots=True)
class Call:
    """A function applied to arguments, perhaps to a power: `tanh(x)**2`."""

    name: str
    arguments: tuple[Node, ...]
    exponent: int | None = None
    binding: int = ATOM


@dataclass(frozen=True, slots=True)
class Cases:
    """Values with the conditions under which they hold; a condition of None is "otherwise"."""

    rows: tuple[tuple[Node, Node | None], ...]
    binding: int = ATOM


@dataclass(frozen=True, slots=True)
class Big:
    """A sum, product or integral sign with its ends, in front of its body."""

    sign: str
    lower: Node | None
    upper: Node | None
    body: Node
    variable: Node | None = None
    binding: int = ADD


Node = Atom | Row | Fraction | Power | Subscript | Radical | Fence | Call | Cases | Big
