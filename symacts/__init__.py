"""symacts: a neural network's activation function, declared once as the formula in the paper; the rest is derived.

>>> import symacts
>>> report = symacts.analyze("sigmoid")
>>> report.range.value, report.lipschitz.value, report.derivative_in_output.value
(Interval.open(0, 1), 1/4, y*(1 - y))

Everything heavy (SymPy, ball arithmetic, plotting, compilation) is loaded when it is first needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from symacts.analysis import analyze

if TYPE_CHECKING:
    from symacts import layers
    from symacts.errors import (
        AnalysisTimeout,
        ParameterError,
        ParseError,
        SymactsError,
        UnknownActivation,
        UnsupportedExpression,
    )
    from symacts.facts import Fact, Root
    from symacts.kernels import Kernel, kernel
    from symacts.parsing import parse
    from symacts.pictures import plot, table
    from symacts.proofs import prove
    from symacts.registry import define, get, names
    from symacts.report import Report
    from symacts.spec import Activation, Domain, Parameter, Reference, x

__version__ = "0.1.0"

_HOME = {
    "AnalysisTimeout": "errors",
    "ParameterError": "errors",
    "ParseError": "errors",
    "SymactsError": "errors",
    "UnknownActivation": "errors",
    "UnsupportedExpression": "errors",
    "Fact": "facts",
    "Root": "facts",
    "Kernel": "kernels",
    "kernel": "kernels",
    "parse": "parsing",
    "plot": "pictures",
    "table": "pictures",
    "prove": "proofs",
    "define": "registry",
    "get": "registry",
    "names": "registry",
    "Report": "report",
    "Activation": "spec",
    "Domain": "spec",
    "Parameter": "spec",
    "Reference": "spec",
    "x": "spec",
}
"""The module that each public name comes from, if it is loaded late."""

__all__ = [
    "Activation",
    "AnalysisTimeout",
    "Domain",
    "Fact",
    "Kernel",
    "Parameter",
    "ParameterError",
    "ParseError",
    "Reference",
    "Report",
    "Root",
    "SymactsError",
    "UnknownActivation",
    "UnsupportedExpression",
    "__version__",
    "analyze",
    "define",
    "get",
    "kernel",
    "layers",
    "names",
    "parse",
    "plot",
    "prove",
    "table",
    "x",
]


def __getattr__(name: str) -> Any:
    if name == "layers":
        return import_module("symacts.layers")
    if name not in _HOME:
        raise AttributeError(f"module 'symacts' has no attribute {name!r}")
    value = getattr(import_module(f"symacts.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
