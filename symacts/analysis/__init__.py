"""Analysis: an activation in, a `Report` out. This page is the door: SymPy and the engine load when an answer to the
question as it was typed is not on disk.

>>> from symacts.analysis import analyze
>>> report = analyze("x/(1 + exp(-x))")
>>> report.minimum.value
(-LambertW(exp(-1)), True)
>>> report.minimum.digits(20)
'-0.27846454276107379511'
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from symacts import cache, store
from symacts.errors import ParameterError, UnsupportedExpression, wording
from symacts.report import Report

if TYPE_CHECKING:
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
    symbolic = isinstance(parameters, str)
    if symbolic and parameters != "symbolic":
        raise ParameterError(wording("parameters", parameters, ("symbolic",)) + ", or a dict of values")
    started, seconds = time.monotonic(), None
    if timeout is not None:
        from symacts.budget import check_seconds

        seconds = check_seconds(timeout)
    question = _in_plain_text(target, parameters)
    name = None if question is None else cache.named(question)
    known = None if name is None else cache.load(name)
    return known or _found_or_derived(target, parameters, seconds, started, question)


def _in_plain_text(target: Any, parameters: Any) -> str | None:
    """The question where it is made of texts and integers, and no definition of the user's can change its meaning."""
    if not isinstance(target, str) or store.has_definitions():
        return None
    given = parameters
    if isinstance(parameters, Mapping):
        if not all(isinstance(name, str) and type(value) in (str, int) for name, value in parameters.items()):
            return None
        given = dict(parameters)
    return json.dumps([target, given], sort_keys=True)


def _found_or_derived(
    target: Any, parameters: Any, seconds: float | None, started: float, question: str | None
) -> Report:
    """The report by the declaration's own entry on disk, else from the engine; reading the question takes time too."""
    from symacts.registry import resolve

    symbolic = isinstance(parameters, str)
    activation = resolve(target, parameters=parameters)
    entry = _entry(activation, symbolic)
    report = cache.load(entry) if entry else None
    if report is None:
        from symacts.analysis import driver

        if seconds is None:
            report = driver.report_of(activation, symbolic)
        else:
            report = driver.limited_report(activation, symbolic, seconds, time.monotonic() - started)
        if entry:
            cache.save(entry, report)
    if entry and question:
        cache.remember(question, entry)
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
