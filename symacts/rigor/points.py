"""Expressions in several variables as functions on balls: their values together at one point after another.

>>> import sympy as sp
>>> from flint import arb
>>> x, y = sp.symbols("x y", real=True)
>>> f = compile_points((sp.exp(x) - y, sp.Derivative(sp.Abs(x * y), x)))
>>> [v.str(6, radius=False) for v in f.at({x: sp.S.Half, y: sp.S(2)}, 64)]
['-0.351279', '2.00000']
>>> f.at({x: sp.S(0), y: sp.S(2)}, 64)[1].is_finite()
False
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

from symacts.errors import UnsupportedExpression
from symacts.rigor.constants import NUMBERS
from symacts.rigor.precision import precision
from symacts.rigor.program import Program, compile_program, compile_together

__all__ = ["PointFunction", "compile_points"]

MOST_ORDER = 8
"""Largest order of a derivative that is taken by jets."""


class PointFunction:
    """Compiled real functions of several variables.

    Validity
    --------
    A finite ball encloses the value of an expression all of whose evaluated parts are defined at the point: quotients
    have no value at their removable points. A derivative is enclosed over a ball around the point on which the
    function is analytic, so that it exists there; at kinks and seams it is not finite.
    """

    __slots__ = ("_point", "positions", "program")

    def __init__(self, exprs: tuple[sp.Expr, ...]) -> None:
        self._point: dict[sp.Symbol, Any] = {}
        self.program: Program
        self.program, self.positions = compile_together(exprs, None, self._leaf)

    def at(self, values: Mapping[sp.Symbol, Any], prec: int = 64) -> list[Any]:
        """Enclosures at a point with rational coordinates, or balls, at `prec` bits of working precision."""
        with precision(prec):
            self._point.clear()
            for s, v in values.items():
                self._point[s] = arb(fmpq(int(v.p), int(v.q))) if isinstance(v, sp.Rational) else v
            found = self.program.balls(None, self.program.constants())
            return [found[k] for k in self.positions]

    def _leaf(self, e: sp.Expr, without: sp.Symbol | None = None) -> Callable[[], Any] | None:
        if e.is_Symbol:
            return lambda: self._point[e]
        if e.is_Rational:
            number = fmpq(int(e.p), int(e.q))
            return lambda: arb(number)
        if e in NUMBERS:
            return NUMBERS[e]
        if isinstance(e, sp.Derivative):
            return self._derivative(e)
        if isinstance(e, (sp.Integral, sp.Limit, sp.Subs)):
            raise UnsupportedExpression(f"no value of {e.func.__name__} is taken here")
        return None

    def _derivative(self, e: sp.Derivative) -> Callable[[], Any]:
        if len(e.variable_count) != 1 or e.expr.has(sp.Derivative):
            raise UnsupportedExpression("no mixed derivatives here")
        ((x, order),) = e.variable_count
        if not order.is_Integer or order > MOST_ORDER:
            raise UnsupportedExpression("the order of a derivative is not a small number")
        n = int(order)
        program = compile_program(e.expr, x, self._leaf, mends=False)

        def value() -> Any:
            middle = self._point.get(x, arb(0))  # x need not occur in the function
            around = middle + arb(0, arb(2) ** -(ctx.prec // 2))
            with precision(3 * ctx.prec):
                return program.jets(around, n, program.constants())[n] * arb(n).fac()

        return value


@lru_cache(maxsize=1024)
def compile_points(exprs: tuple[sp.Expr, ...]) -> PointFunction:
    """The expressions as one function of their symbols, compiled once.

    Raises
    ------
    UnsupportedExpression
        An integral, a limit, a mixed derivative, or a function that has no ball rule.
    """
    return PointFunction(exprs)
