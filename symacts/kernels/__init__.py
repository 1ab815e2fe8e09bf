"""Kernels: derived, stable, accurate numeric code for any activation and its derivatives.

>>> from symacts.kernels import kernel
>>> kernel("x*tanh(log(1 + exp(x)))", order=1, backend="numpy")(-1e4)
-0.0
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sympy as sp

from symacts.errors import ParameterError, UnsupportedExpression, shorten, wording
from symacts.kernels import targets
from symacts.kernels.kernel import Code, Kernel, check
from symacts.spec import Activation, x

__all__ = ["Kernel", "build", "kernel"]


def kernel(
    target: Any,
    order: int | Sequence[int] = 0,
    *,
    wrt: str = "x",
    dtype: Any = "float64",
    backend: str = "auto",
    accuracy: str = "fast",
    parallel: bool = False,
) -> Kernel:
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
) -> Kernel:
    """A kernel of a resolved activation."""
    dtype = getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or dtype
    check("dtype", dtype, ("float64", "float32"))
    check("backend", backend, ("auto", "numpy", "numba"))
    check("accuracy", accuracy, ("fast", "tight"))
    orders = _orders(order)
    if activation.kind != "scalar":
        raise UnsupportedExpression(f"no kernel of the {activation.kind} activation {activation.name!r} yet")
    formula, extra = _formula(activation, wrt, orders)
    backend = _backend(backend)
    code = _code(formula, orders, dtype, backend, accuracy, parallel)
    options = {
        "order": orders if not isinstance(order, int) else order,
        "wrt": wrt,
        "dtype": dtype,
        "backend": backend,
        "accuracy": accuracy,
        "parallel": parallel,
    }
    return Kernel(activation.name, options, code, activation)


def _backend(backend: str) -> str:
    """ "auto" is numba where it is installed."""
    if backend == "numpy":
        return backend
    found = importlib.util.find_spec("numba") is not None
    if backend == "numba" and not found:
        raise UnsupportedExpression("backend 'numba' needs the extra: pip install symacts[jit]")
    return "numba" if found else "numpy"


def _orders(order: int | Sequence[int]) -> tuple[int, ...]:
    orders = (order,) if isinstance(order, int) else tuple(order)
    if not orders or any(isinstance(k, bool) or not isinstance(k, int) or not 0 <= k <= 4 for k in orders):
        raise ValueError(f"order: got {shorten(order)}, expected 0, 1, 2 or a tuple of these")
    return orders


def _formula(activation: Activation, wrt: str, orders: tuple[int, ...]) -> tuple[sp.Expr, tuple[str, sp.Expr] | None]:
    if wrt == "x":
        return activation.formula, None
    names = [p.name for p in activation.parameters]
    if wrt not in names:
        raise ParameterError(wording(f"wrt of {activation.name!r}", wrt, ["x", *names]))
    raise UnsupportedExpression("derivatives in a parameter")


@lru_cache(maxsize=512)
def _code(
    formula: sp.Expr, orders: tuple[int, ...], dtype: str, backend: str, accuracy: str, parallel: bool
) -> Code:
    make = {"numpy": targets.numpy.compile_plan, "numba": targets.numba.compile_plan}[backend]
    return make(formula, x, orders, dtype, accuracy, parallel)
