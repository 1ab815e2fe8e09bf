"""A row of the catalog: what `Activation` needs, with the formula built only when asked for.

>>> from symacts.spec import x
>>> row = Row("scaled", lambda slope: slope*x, (("slope", "1/2", "positive"),))
>>> row.activation().formula
x/2
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from symacts.spec import Activation, Kind, Parameter, Reference

__all__ = ["SURVEY", "Declared", "Row"]

Declared = tuple[str, object, str] | tuple[str, object, str, str | None] | tuple[str, object, str, str | None, str]
"""A parameter: name, default (an exact number, or a function that gives it), domain, what it is above of, and the
narrower domain that is typical of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One declared activation; `formula` takes the parameters' symbols in their order."""

    name: str
    formula: Callable[..., sp.Expr]
    parameters: tuple[Declared, ...] = ()
    aliases: tuple[str, ...] = ()
    reference: Reference | None = None
    kind: Kind = "scalar"

    def activation(self) -> Activation:
        """The activation that this row declares."""
        parameters = tuple(_parameter(*declared) for declared in self.parameters)
        formula = sp.sympify(self.formula(*(p.symbol for p in parameters)))
        return Activation(self.name, formula, parameters, self.aliases, self.reference, self.kind)


def _parameter(
    name: str, default: object, domain: str, above: str | None = None, typical: str | None = None
) -> Parameter:
    return Parameter(name, default() if callable(default) else default, domain, above, typical)


SURVEY = Reference(
    "Kunc, V. and Klema, J.",
    2024,
    "Three Decades of Activations: A Comprehensive Survey of 400 Activation Functions for Neural Networks",
    "arXiv:2402.09092",
)
"""The survey that most of the lesser-known rows are taken from."""
