"""Backpropagation through `h = f(W*x + b)`, derived for any activation by the chain rule on entries.

With the upstream gradient `G = dL/dh` and `z = W*x + b`, `delta = dL/dz` and

    dL/dW = delta*x.T,    dL/db = delta,    dL/dx = W.T*delta.

For an elementwise f, `delta = G o f'(z)`; for a row-wise one, `delta = J(z).T*G` with its Jacobian.

>>> rule = backpropagation("sigmoid")
>>> rule.weight_gradient
delta*x.T
>>> rule.derivative
exp(-x)/(1 + exp(-x))**2
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from symacts.errors import UnsupportedExpression
from symacts.spec import i, n, x

__all__ = ["Backpropagation", "backpropagation"]


@dataclass(frozen=True, slots=True)
class Backpropagation:
    """The gradients of a layer, over matrix symbols of symbolic shape: `W` (m, k), `x` (k, 1), `b`, `z`, `G` (m, 1).

    Attributes
    ----------
    name : str
        The activation.
    derivative : sympy.Expr
        `f'(x)`, or the Jacobian's entry (i, k) for a row-wise activation.
    pre_activation : MatrixExpr
        `z = W*x + b`.
    delta : MatrixExpr or Expr
        `dL/dz`: for an elementwise activation the product of entries of `G` and `f'(z)`; for a row-wise one the
        entry i, a sum over k.
    weight_gradient, bias_gradient, input_gradient : MatrixExpr
        In the symbol `delta` of shape (m, 1), `W` and `x`.
    """

    name: str
    derivative: sp.Expr
    pre_activation: sp.MatrixExpr
    delta: Any
    weight_gradient: sp.MatrixExpr
    bias_gradient: sp.MatrixExpr
    input_gradient: sp.MatrixExpr

    def at(self, W: Any, x_value: Any, b: Any, upstream: Any) -> tuple[sp.Matrix, sp.Matrix, sp.Matrix]:
        """The three gradients for concrete SymPy matrices, entry by entry: `(dL/dW, dL/db, dL/dx)`.

        Raises
        ------
        UnsupportedExpression
            The activation is row-wise.
        """
        if self.derivative.has(sp.Indexed):
            raise UnsupportedExpression("concrete gradients are written out for elementwise activations")
        W, column, b, upstream = map(sp.Matrix, (W, x_value, b, upstream))
        z = W * column + b
        delta = sp.Matrix([g * self.derivative.subs(x, v) for g, v in zip(upstream, z, strict=True)])
        return delta * column.T, delta, W.T * delta


def backpropagation(activation: Any) -> Backpropagation:
    """The gradients of `h = f(W*x + b)` in `W`, `b` and `x`.

    Parameters
    ----------
    activation : str, sympy.Expr or Activation
        What `symacts.analyze` takes; scalar (applied to each entry) or row-wise (applied to the column `W*x + b`).

    Raises
    ------
    UnsupportedExpression
        The activation is gated, or its derivative is unknown.

    Notes
    -----
    By entries: `z[a] = sum(W[a, c]*x[c], c) + b[a]`, so `dz[a]/dW[r, c] = delta(a, r)*x[c]`, `dz[a]/db[r] =
    delta(a, r)`, `dz[a]/dx[c] = W[a, c]`; the chain rule with `delta[a] = dL/dz[a]` gives the three products.
    """
    from symacts.analysis import analyze

    report = analyze(activation)
    m, k = sp.Symbol("m", integer=True, positive=True), sp.Symbol("k", integer=True, positive=True)
    W, column = sp.MatrixSymbol("W", m, k), sp.MatrixSymbol("x", k, 1)
    bias, upstream = sp.MatrixSymbol("b", m, 1), sp.MatrixSymbol("G", m, 1)
    z, symbol = W * column + bias, sp.MatrixSymbol("delta", m, 1)
    if report.kind == "gated":
        raise UnsupportedExpression(f"{report.name} is gated: it takes two inputs, a layer has one")
    fact = report.facts["derivative" if report.kind == "scalar" else "jacobian"]
    if not fact.known:
        raise UnsupportedExpression(f"the derivative of {report.name} is unknown: {fact.because}")
    delta: Any
    if report.kind == "scalar":
        slope = ElementwiseApplyFunction(sp.Lambda(x, fact.value), z)
        delta = sp.HadamardProduct(upstream, slope)
    else:
        delta = _row_wise(fact.value)
    return Backpropagation(report.name, fact.value, z, delta, symbol * column.T, symbol, W.T * symbol)


def _row_wise(jacobian: sp.Expr) -> sp.Expr:
    """`delta[i] = sum(G[k]*J[k, i], k)` in the entries `x` of the pre-activation."""
    from symacts.symbolic.vectors import k

    upstream = sp.IndexedBase("G", real=True)
    swap = sp.Dummy("i", integer=True, nonnegative=True)
    entry = jacobian.subs({i: swap}).subs({k: i}).subs({swap: k})
    return sp.Sum(upstream[k] * entry, (k, 0, n - 1))
