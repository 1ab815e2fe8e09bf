"""Analysis: an activation in, a `Report` out. This page is the door; the engine loads when an answer is not on disk.

>>> from symacts.analysis import analyze
>>> report = analyze("x/(1 + exp(-x))")
>>> report.minimum.value
(-LambertW(exp(-1)), True)
>>> report.minimum.digits(20)
'-0.27846454276107379511'
"""

from __future__ import annotations

from typing import Any

from symacts import cache
from symacts.budget import check_seconds
from symacts.errors import ParameterError, UnsupportedExpression, wording
from symacts.registry import resolve
from symacts.report import Report
from symacts.spec import Activation

__all__ = ["analyze"]


def analyze(target: Any, *, parameters: Any = None, timeout: float | None = None) -> Report:
    """Everything the engine can establish about an activation.

    Parameters
    ----------
    target : str, sympy.Expr or Activation
        A name, expression text in `x`, a SymPy expression, or an activation.
    parameters : dict or "symbolic", optional
        Fixes some parameters to exact numbers, or keeps all of them symbolic under their declared domains; by
        default each has its declared default value.
    timeout : float, optional
        Seconds after which `AnalysisTimeout` is raised with the facts found so far.

    Raises
    ------
    UnknownActivation, ParseError, ParameterError, UnsupportedExpression
        The target or the parameters cannot be read.
    AnalysisTimeout
        The time limit passed.

    Examples
    --------
    >>> analyze("relu").dead_region.value
    Interval.open(-oo, 0)
    """
    seconds = check_seconds(timeout)
    symbolic = isinstance(parameters, str)
    if symbolic and parameters != "symbolic":
        raise ParameterError(wording("parameters", parameters, ("symbolic",)) + ", or a dict of values")
    activation = resolve(target, parameters=parameters)
    entry = _entry(activation, symbolic)
    known = cache.load(entry) if entry else None
    if known is not None:
        return known
    from symacts.analysis import driver

    if seconds is None:
        report = driver.report_of(activation, symbolic)
    else:
        report = driver.limited_report(activation, symbolic, seconds)
    if entry:
        cache.save(entry, report)
    return report


def _entry(activation: Activation, symbolic: bool) -> str | None:
    """The cache key of an analysis; None for a declaration that has no exact form on disk."""
    settings = activation.settings
    declared = {p.name: (settings[p.name], p.domain.name, p.generic.name, p.above) for p in activation.parameters}
    reference = str(activation.reference or "")
    try:
        return cache.key(activation.name, activation.kind, activation.expression, declared, reference, symbolic)
    except UnsupportedExpression:
        return None
