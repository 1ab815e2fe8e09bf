"""An expression in one variable as a function on balls: values, enclosures over intervals, Taylor coefficients.

>>> import sympy as sp
>>> from flint import arb
>>> x = sp.Symbol("x", real=True)
>>> softplus = compile_balls(sp.log(1 + sp.exp(x)), x)
>>> softplus.at(arb(0), 64).overlaps(arb(2).log())
True
>>> wide = compile_balls(sp.tanh(sp.log(1 + sp.exp(x))), x).at(arb(0, 60), 64)
>>> wide.is_finite(), bool(wide < 1.01)
(True, True)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

from symacts.rigor import intervals as iv
from symacts.rigor.functions import THIN
from symacts.rigor.intervals import Pair
from symacts.rigor.jets import Jet
from symacts.rigor.precision import precision
from symacts.rigor.program import Program, compile_program

__all__ = ["BallFunction", "compile_balls"]


class BallFunction:
    """A compiled real function of one variable.

    The methods whose names start with `local_` work at the precision in force; the others take `prec` in bits.
    """

    __slots__ = ("_constants", "expr", "program", "variable")

    def __init__(self, expr: sp.Expr, variable: sp.Symbol) -> None:
        self.expr, self.variable = expr, variable
        self.program: Program = compile_program(expr, variable, _leaf(variable))
        self._constants: dict[int, Sequence[Any]] = {}

    def constants(self) -> Sequence[Any]:
        """The program's constants at the precision in force."""
        prec = ctx.prec
        known = self._constants.get(prec)
        if known is None:
            known = self._constants[prec] = self.program.constants()
        return known

    def at(self, point: Any, prec: int = 64) -> Any:
        """An enclosure of f over the ball; nan where f is not defined on all of it, or not bounded.

        Error: a point to about `prec` bits; a wide ball within the dependency of interval arithmetic.
        """
        with precision(prec):
            return self.local_at(arb(point))

    def jet(self, point: Any, order: int, prec: int = 64) -> Jet:
        """Enclosures of f, f', f''/2!, ..., up to `order`, over the ball; nan where they do not exist."""
        with precision(prec):
            return self.local_jet(arb(point), order)

    def on(self, lo: Any, hi: Any, prec: int = 64) -> Pair:
        """An enclosure of f over the interval [lo, hi] (rationals, arbs, infinities) as a pair of exact ends."""
        with precision(prec):
            return self.local_on(_lower(lo), _upper(hi))

    def local_at(self, point: Any) -> Any:
        """`at` at the precision in force."""
        program = self.program
        if point.is_exact() or point.rad() < THIN:
            value = program.balls(point, self.constants())[program.result]
            if value.is_finite() or point.is_exact():
                return value if value.is_finite() else arb.nan()
        return iv.to_ball(self.local_on(point.lower(), point.upper()))

    def local_on(self, lo: Any, hi: Any) -> Pair:
        """`on` for exact arbs at the precision in force."""
        program = self.program
        return program.intervals((lo, hi), self.constants())[program.result]

    def local_both(self, lo: Any, hi: Any, order: int) -> tuple[Pair, Callable[[], Jet]]:
        """`on` for exact arbs, and the jet over the same piece when it is asked for, from the same enclosures."""
        program, constants = self.program, self.constants()
        known = program.intervals((lo, hi), constants)
        return known[program.result], lambda: program.jets(lo.union(hi), order, constants, known)

    def local_jet(self, point: Any, order: int) -> Jet:
        """`jet` at the precision in force."""
        program, constants = self.program, self.constants()
        if point.is_exact() or point.rad() < THIN:
            return program.jets(point, order, constants)
        known = program.intervals((point.lower(), point.upper()), constants)
        return program.jets(point, order, constants, known)


def _lower(end: Any) -> Any:
    return _as_arb(end).lower()


def _upper(end: Any) -> Any:
    return _as_arb(end).upper()


def _as_arb(end: Any) -> Any:
    if isinstance(end, arb):
        return end
    if isinstance(end, sp.Basic):
        if end is sp.oo or end is sp.S.NegativeInfinity:
            return arb.pos_inf() if end is sp.oo else arb.neg_inf()
        if end.is_Rational:
            return arb(fmpq(int(end.p), int(end.q)))
        from symacts.rigor.constants import evaluate  # deferred: constants are evaluated through this module

        return evaluate(end, ctx.prec)
    return arb(end)


def _leaf(variable: sp.Symbol) -> Callable[[sp.Expr], Callable[[], Any] | None]:
    def leaf(e: sp.Expr) -> Callable[[], Any] | None:
        if e.is_Rational:
            number = fmpq(int(e.p), int(e.q))
            return lambda: arb(number)
        if e.free_symbols:
            return None
        from symacts.rigor.constants import evaluate  # deferred: constants are evaluated through this module

        return lambda: evaluate(e, ctx.prec)

    return leaf


@lru_cache(maxsize=4096)
def compile_balls(expr: sp.Expr, x: sp.Symbol) -> BallFunction:
    """The expression as a function on balls, compiled once.

    Raises
    ------
    UnsupportedExpression
        A function that has no ball rule, named in the message.
    """
    return BallFunction(sp.sympify(expr), x)
