"""Kernels: derived, stable, accurate numeric code for any activation and its derivatives.

>>> from symacts.kernels import kernel
>>> float(kernel("x*tanh(log(1 + exp(x)))", order=1, backend="numpy")(90.0))
1.0
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp

from symacts.errors import ParameterError, UnsupportedExpression, shorten, wording
from symacts.kernels import targets
from symacts.kernels.callable import Kernel, check
from symacts.kernels.code import Code
from symacts.kernels.gated import GatedKernel, separate
from symacts.kernels.rows import RowKernel
from symacts.kernels.shelf import kept
from symacts.spec import Activation, x

__all__ = ["GatedKernel", "Kernel", "RowKernel", "build", "kernel", "tasks_of"]


def kernel(
    target: Any,
    order: int | Sequence[int] = 0,
    *,
    wrt: str = "x",
    dtype: Any = "float64",
    backend: str = "auto",
    accuracy: str = "fast",
    parallel: bool = False,
) -> Any:
    """Compile an activation, a derivative, or several of them in one pass.

    Parameters
    ----------
    target : str, sympy.Expr or Activation
        What `symacts.analyze` takes.
    order : int or sequence of int
        0 for the function, 1 and 2 for its derivatives; a tuple gives a tuple of arrays from one pass.
    wrt : str
        "x", or a parameter's name: the derivatives are then those in the parameter.
    dtype : "float64" or "float32"
        The format of the outputs for Python numbers; arrays keep their own.
    backend : "auto", "numpy" or "numba"
    accuracy : "fast" or "tight"
        For float32: "tight" is float64 inside, rounded once.
    parallel : bool
        Use several threads for large arrays.

    Raises
    ------
    ParseError, UnknownActivation, ParameterError, UnsupportedExpression
        The target cannot be read, or not be compiled.
    ValueError
        An option outside what is allowed; the message lists it.
    """
    from symacts.registry import resolve

    activation = resolve(target)
    return build(
        activation, order=order, wrt=wrt, dtype=dtype, backend=backend, accuracy=accuracy, parallel=bool(parallel)
    )


def build(
    activation: Activation,
    *,
    order: int | Sequence[int],
    wrt: str,
    dtype: Any,
    backend: str,
    accuracy: str,
    parallel: bool,
) -> Any:
    """A kernel of a resolved activation."""
    dtype = getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or dtype
    check("dtype", dtype, ("float64", "float32"))
    check("backend", backend, ("auto", "numpy", "numba"))
    check("accuracy", accuracy, ("fast", "tight"))
    orders = _orders(order)
    options = {
        "order": orders if not isinstance(order, int) else order,
        "wrt": wrt,
        "dtype": dtype,
        "backend": _backend(backend),
        "accuracy": accuracy,
        "parallel": parallel,
    }
    if activation.kind == "vector":
        if orders != (0,) or wrt != "x":
            raise UnsupportedExpression(
                f"{activation.name!r} is row-wise: its derivative is the method vjp, not an order"
            )
        return RowKernel(activation.name, options, activation, build)
    if activation.kind == "gated":
        return _gated(activation, options)
    return _scalar(activation.name, tasks_of(activation, wrt, orders), options, activation)


def _scalar(name: str, tasks: tuple[tuple[sp.Expr, int], ...], options: dict[str, Any], target: Activation) -> Kernel:
    code = _code(tasks, options["dtype"], options["backend"], options["accuracy"], options["parallel"])
    return Kernel(name, options, code, target)


def _gated(activation: Activation, options: dict[str, Any]) -> GatedKernel:
    """Value and gate as two scalar kernels, each with its derivative."""
    if options["wrt"] != "x" or not set(_orders(options["order"])) <= {0, 1}:
        raise UnsupportedExpression(f"{activation.name!r} is gated: its kernel has orders 0 and 1 in x and g")
    parts = []
    *formulas, adds = separate(activation.formula)
    for formula in formulas:
        inner = {**options, "order": (0, 1), "dtype": "float64"}
        parts.append(_scalar(str(formula), ((formula, 0), (formula, 1)), inner, Activation("part", formula)))
    return GatedKernel(activation.name, options, parts[0], parts[1], activation, build, adds)


def _backend(backend: str) -> str:
    """ "auto" is numba where it is installed."""
    if backend == "numpy":
        return backend
    found = importlib.util.find_spec("numba") is not None
    if backend == "numba" and not found:
        raise UnsupportedExpression("backend 'numba' needs the extra: pip install symacts[jit]")
    return "numba" if found else "numpy"


def _orders(order: int | Sequence[int]) -> tuple[int, ...]:
    orders = tuple(order) if isinstance(order, Sequence) and not isinstance(order, str) else (order,)
    if not orders or any(isinstance(k, bool) or not isinstance(k, int) or not 0 <= k <= 4 for k in orders):
        raise ValueError(f"order: got {shorten(order)}, expected 0, 1, 2 or a tuple of these")
    return orders


def tasks_of(activation: Activation, wrt: str, order: int | Sequence[int]) -> tuple[tuple[sp.Expr, int], ...]:
    """For each output a formula and the order of its derivative in x."""
    orders = _orders(order)
    if wrt == "x":
        return tuple((activation.formula, k) for k in orders)
    names = [p.name for p in activation.parameters]
    if wrt not in names:
        raise ParameterError(wording(f"wrt of {activation.name!r}", wrt, ["x", *names]))
    symbol = activation.parameter(wrt).symbol
    values = {p.symbol: activation.settings[p.name] for p in activation.parameters}
    found = []
    expression = _cut(activation.expression, symbol)
    for k in orders:
        slope = sp.diff(expression, symbol, k) if k else activation.expression
        slope = slope.replace(sp.DiracDelta, lambda *args: sp.S.Zero)
        found.append((slope.subs(values, simultaneous=True), 0))
    return tuple(found)


def _cut(expression: sp.Expr, symbol: sp.Symbol) -> sp.Expr:
    """Powers in cases: 0**p is 0 for every p > 0, and so is its slope in p, where the logarithm is none."""

    def cases(power: sp.Pow) -> sp.Expr:
        base = power.base
        if isinstance(base, sp.Abs) and power.exp.is_positive:
            base = sp.Piecewise((0, sp.Eq(base.args[0], 0)), (base.rewrite(sp.Piecewise), True))
        return sp.piecewise_fold(base.rewrite(sp.Piecewise) ** power.exp)

    def around_zeros(power: sp.Pow) -> sp.Expr:
        return sp.Piecewise((0, sp.Eq(power.base, 0)), (power, True))

    def may_vanish(e: sp.Expr) -> bool:
        of_polynomial = e.is_Pow and e.exp.has(symbol) and e.base.has(x) and e.base.is_polynomial(x)
        return bool(of_polynomial and e.exp.is_positive and not e.base.is_positive)

    switches = sp.Max, sp.Min, sp.Abs, sp.Piecewise
    cut = expression.replace(lambda e: e.is_Pow and e.exp.has(symbol) and e.base.has(*switches), cases)
    return cut.replace(may_vanish, around_zeros)


@lru_cache(maxsize=512)
def _code(tasks: tuple[tuple[sp.Expr, int], ...], dtype: str, backend: str, accuracy: str, parallel: bool) -> Code:
    make = {"numpy": targets.numpy.compile_plan, "numba": targets.numba.compile_plan}[backend]
    with np.errstate(all="ignore"):  # what a caller raises for his own sums is not meant for the search
        return kept(tasks, (dtype, backend, accuracy, parallel), lambda: make(tasks, x, dtype, accuracy, parallel))
