"""The top level's `table` and `plot`: analyze the targets, then hand finished values to `render`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from symacts.analysis import analyze
from symacts.errors import UnsupportedExpression
from symacts.report import Report
from symacts.spec import x

if TYPE_CHECKING:
    from symacts.render.plot import Plot
    from symacts.render.table import Table

__all__ = ["plot", "reports_of", "table"]


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


def plot(
    targets: Any,
    *,
    interval: Sequence[Any] | None = None,
    eps: float = 0.01,
    parameters: Any = None,
) -> Plot:
    """Draw functions and their derivatives, with asymptotes, saturation, dead regions and special points marked.

    Parameters
    ----------
    targets : str, sympy.Expr, Activation, Report, or a list of these
        One column of panels each.
    interval : (lo, hi), optional
        The x to draw; by default each function gets an interval that shows what is marked.
    eps : float
        Tails with `abs(f') < eps` are shaded as saturated.
    parameters : dict, optional
        As for `analyze`.

    Returns
    -------
    matplotlib.figure.Figure
        Independent of `pyplot`; shows itself in Jupyter, `savefig` writes it.

    Raises
    ------
    ParameterError
        No target, or no interval.
    UnsupportedExpression
        A target is gated or row-wise, or keeps symbolic parameters.

    Examples
    --------
    >>> len(plot("relu").axes)
    2
    """
    from symacts.kernels import kernel
    from symacts.render.plot import Curve, check_interval, draw

    if interval is not None:
        interval = check_interval(interval)
    reports = reports_of(targets, parameters=parameters)
    curves = []
    for report in reports:
        if report.kind != "scalar":
            raise UnsupportedExpression(f"{report.name} is {report.kind}; only scalar activations are drawn")
        free = sorted(s.name for s in report.expression.free_symbols - {x})
        if free:
            raise UnsupportedExpression(f"{report.name} keeps {', '.join(free)} symbolic; give values to draw it")
        f, df = (kernel(report.expression, order, backend="numpy") for order in (0, 1))
        curves.append(Curve(report, f, df))
    return draw(curves, interval, eps)
