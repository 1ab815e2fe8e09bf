"""The top level's `table` and `plot`: analyze the targets, then hand finished values to `render`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from symacts.analysis import analyze
from symacts.report import Report

if TYPE_CHECKING:
    from symacts.render.table import Table

__all__ = ["reports_of", "table"]


def reports_of(targets: Any, **options: Any) -> tuple[Report, ...]:
    """A report for each target; a single target counts as a list of one, and a report stands for itself."""
    many = targets if isinstance(targets, Iterable) and not isinstance(targets, (str, Report)) else (targets,)
    return tuple(t if isinstance(t, Report) else analyze(t, **options) for t in many)


def table(targets: Any, columns: Iterable[str] | None = None, *, language: str = "en") -> Table:
    """The summary table of some activations, every cell from a fact.

    Parameters
    ----------
    targets : str, sympy.Expr, Activation, Report, or a list of these
        One row each.
    columns : iterable of str, optional
        Names of facts, and "activation", "formula", "parameters", "advantages", "drawbacks", "reference"; by default
        the summary that a lecture shows.
    language : str
        Of the headings and fixed words: "en" or "ko".

    Raises
    ------
    ParameterError
        No such column or language.

    Examples
    --------
    >>> table(["relu"], ["activation", "range"]).to_dict()["columns"]
    ['activation', 'range']
    """
    from symacts.render.table import build

    return build(reports_of(targets), columns, language)
