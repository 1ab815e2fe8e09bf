"""The declared activations, one file a family; pure data.

A row is a naive textbook formula, its parameters and a reference. Nothing that can be derived is declared. Formulas
are built when a row is first asked for, so that the names cost little.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symacts.catalog.row import Row

__all__ = ["FAMILIES", "all_names", "canonical", "canonical_names", "kinds", "row_of"]

FAMILIES = (
    *("logistic", "rectified", "exponential", "gaussian", "thresholds", "elementary", "vectors", "gates"),
    *("piecewise", "piecewise_smooth", "self_gated", "tanh_gated", "smooth", "oscillating"),
)
"""The family files, in the order in which they are read."""


@cache
def _family(family: str) -> dict[str, Row]:
    """The rows of one file by name and alias."""
    rows = importlib.import_module(f"{__name__}.{family}").ROWS
    return {label: entry for entry in rows for label in (entry.name, *entry.aliases)}


@cache
def _rows() -> dict[str, Row]:
    return {entry.name: entry for family in FAMILIES for entry in _family(family).values()}


@cache
def _folded() -> dict[str, str | None]:
    """Names and aliases without case and underscores; spellings that two activations share map to None."""
    table: dict[str, str | None] = {}
    for label in all_names():
        key, name = label.casefold().replace("_", ""), canonical(label)
        table[key] = name if table.get(key, name) == name else None
    return table


def canonical(name: str, folded: bool = False) -> str | None:
    """The canonical name behind a name or alias; `folded`: given without case and underscores.

    Files are read one by one until the name is found, so that a common name costs little.
    """
    if folded:
        return _folded().get(name)
    found = (_family(family).get(name) for family in FAMILIES)
    return next((entry.name for entry in found if entry is not None), None)


def canonical_names() -> tuple[str, ...]:
    """Every canonical name, in the order of the files."""
    return tuple(_rows())


def all_names() -> tuple[str, ...]:
    """Every name and alias."""
    return tuple(label for family in FAMILIES for label in _family(family))


def kinds() -> tuple[tuple[str, str], ...]:
    """Name and kind of every row."""
    return tuple((entry.name, entry.kind) for entry in _rows().values())


def row_of(name: str) -> Row:
    """The row of a canonical name."""
    return next(entry for family in FAMILIES if (entry := _family(family).get(name)) is not None)
