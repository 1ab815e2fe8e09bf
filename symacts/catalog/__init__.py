"""The declared activations, one file a family; pure data.

A row is a naive textbook formula, its parameters and a reference. Nothing that can be derived is declared. Formulas
are built when a row is first asked for, so that the names cost little.
"""

from __future__ import annotations

import importlib
from functools import cache

from symacts.catalog.row import Row

__all__ = ["FAMILIES", "all_names", "canonical", "canonical_names", "kinds", "row"]

FAMILIES = (
    *("rectified", "exponential", "logistic", "gaussian", "thresholds", "elementary", "vectors", "gates"),
    *("piecewise", "piecewise_smooth", "self_gated", "tanh_gated", "smooth", "oscillating"),
)
"""The family files, in the order in which they are read."""


@cache
def _rows() -> dict[str, Row]:
    modules = (importlib.import_module(f"{__name__}.{family}") for family in FAMILIES)
    return {entry.name: entry for module in modules for entry in module.ROWS}


@cache
def _names(folded: bool) -> dict[str, str | None]:
    """Name or alias to canonical name; folded spellings that two activations share map to None."""
    table: dict[str, str | None] = {}
    for entry in _rows().values():
        for name in (entry.name, *entry.aliases):
            key = name.casefold().replace("_", "") if folded else name
            table[key] = entry.name if table.get(key, entry.name) == entry.name else None
    return table


def canonical(name: str, folded: bool = False) -> str | None:
    """The canonical name behind a name or alias; `folded`: given without case and underscores."""
    return _names(folded).get(name)


def canonical_names() -> tuple[str, ...]:
    """Every canonical name, in the order of the files."""
    return tuple(_rows())


def all_names() -> tuple[str, ...]:
    """Every name and alias."""
    return tuple(_names(False))


def kinds() -> tuple[tuple[str, str], ...]:
    """Name and kind of every row."""
    return tuple((entry.name, entry.kind) for entry in _rows().values())


def row(name: str) -> Row:
    """The row of a canonical name."""
    return _rows()[name]
