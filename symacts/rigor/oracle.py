"""`BallOracle`: certified answers for expressions without parameters, in the form that `symbolic` asks for."""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb, fmpq

from symacts.errors import SymactsError
from symacts.facts import BOUND, Root
from symacts.rigor import constants
from symacts.rigor.precision import precision
from symacts.rigor.sign_numeric import STEPS as CHART_STEPS
from symacts.rigor.sign_numeric import Budget

__all__ = ["BallOracle"]


PREC = 320
"""Bits of a value at a rational point: differences of such values lose many."""


STEPS = 48_000
"""Steps of all charts of one oracle together."""
PARTS = 8
"""The share of what is left that one chart may take at most."""
LEAST = 300
"""Steps that every chart may take: most need fewer."""


class BallOracle:
    """Signs, charts, limits and enclosures by ball arithmetic and tail expansions.

    All charts of one oracle share a number of steps, so that a function with many hard pieces ends with what it has:
    each may take its usual number while plenty is left, then a share of the rest. The count depends on the questions
    alone, not on the machine.
    """

    def __init__(self) -> None:
        self.left = STEPS

    def _share(self, most: int) -> Budget:
        return Budget(max(min(most, self.left // PARTS), LEAST))

    def _settle(self, granted: int, budget: Budget) -> None:
        self.left = max(0, self.left - (granted - max(0, budget.steps)))

    def sign(self, constant: sp.Expr) -> int | None:
        """-1, 0 or 1 for a real constant; None where undecided."""
        return constants.sign(constant)

    def ball_sign(self, constant: sp.Expr) -> int | None:
        """1 or -1 where a ball of moderate precision shows it; no exact proof is tried."""
        return constants.ball_sign(constant)

    def enclose_at(self, expression: sp.Expr, x: sp.Symbol, point: sp.Rational) -> tuple[sp.Rational, sp.Rational]:
        """Rational bounds of the value at a rational point, which is not built as a formula."""
        from symacts.rigor.balls import compile_balls

        with precision(PREC):
            return constants.rational_ends(compile_balls(expression, x).local_at(arb(fmpq(int(point.p), int(point.q)))))

    def sign_at(self, expression: sp.Expr, x: sp.Symbol, point: sp.Rational) -> int | None:
        """The sign at a rational point, without building the value as a formula where a ball decides."""
        from symacts.rigor.balls import compile_balls

        for prec in (64, 256):
            value = compile_balls(expression, x).at(fmpq(int(point.p), int(point.q)), prec)
            if value > 0 or value < 0:
                return 1 if value > 0 else -1
        return self.sign(expression.subs(x, point))

    def chart(self, expression: sp.Expr, x: sp.Symbol, lo: sp.Expr, hi: sp.Expr) -> Any:
        """The sign chart on an open interval, or `Unknown`."""
        from symacts.rigor.signs import sign_chart

        budget = self._share(CHART_STEPS)
        granted = budget.steps
        answer = sign_chart(expression, x, lo, hi, budget=budget)
        self._settle(granted, budget)
        return answer

    def places_of_supremum(
        self,
        function: sp.Expr,
        x: sp.Symbol,
        ends: tuple[sp.Expr, sp.Expr],
        order: int,
        side: int,
        formula: sp.Expr,
        limits: tuple[sp.Expr, ...],
    ) -> Any:
        """Short intervals in which `side*f^(order)`, a formula with these limits, may be largest; or `Unknown`."""
        from symacts.rigor.suprema import STEPS as MOST
        from symacts.rigor.suprema import places_of_supremum

        budget = self._share(MOST)
        granted = budget.steps
        answer = places_of_supremum(function, x, *ends, order, side, formula, limits, budget)
        self._settle(granted, budget)
        return answer

    def zero_at(self, point: sp.Expr) -> Any:
        """A zero of unstated multiplicity, as charts hold them."""
        from symacts.rigor.profiles import Zero

        return Zero(point)

    def limit(self, expression: sp.Expr, x: sp.Symbol, point: sp.Expr, side: int) -> Any:
        """The one-sided limit as an exact extended real, or `Unknown`."""
        from symacts.rigor.tails import limit

        return limit(expression, x, point, side)

    def asymptote(self, expression: sp.Expr, x: sp.Symbol, side: int) -> Any:
        """`(slope, intercept)`, None where there is none, or `Unknown`."""
        from symacts.rigor.tails import asymptote

        return asymptote(expression, x, side)

    def rate(self, expression: sp.Expr, x: sp.Symbol, side: int) -> str | None:
        """How fast an expression tends to 0 at `side*oo`: the kind of a `Rate`; None where it has no such expansion."""
        from symacts.rigor.tails import Expansion, NoLimit, expansion, limit

        found = expansion(expression, x, side * sp.oo)
        if not isinstance(found, Expansion) or found.rate.kind in ("none", "exact"):
            return None
        if (
            not found.terms
        ):  # the remainder bounds the rate; a limit point of the ratio other than 0 shows that it is it
            ratio = limit(expression / found.remainder, x, side * sp.oo)
            if not isinstance(ratio, NoLimit) or not any(p != 0 and p.is_finite for p in ratio.points):
                return None
        return found.rate.kind

    def enclose(self, constant: sp.Expr, digits: int) -> tuple[sp.Rational, sp.Rational]:
        """Rational bounds of a constant."""
        return constants.enclose(constant, digits)

    def as_root(self, constant: sp.Expr) -> sp.Expr:
        """A constant as a single `Root`: the zero of `x - constant` between rational bounds."""
        lo, hi = constants.enclose(constant, 12)
        if lo == hi:
            return lo
        return Root(sp.Lambda(BOUND, BOUND - constant), lo, hi)

    def is_integrable(self, integral: sp.Expr) -> bool | str:
        """True where quadrature encloses the sum of integrals as tightly as facts promise, else the reason why not."""
        try:
            constants.enclose(integral)
        except (SymactsError, ArithmeticError) as error:
            return str(error)
        return True

    def period(self, expression: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
        """A period of a function of waves alone, else None."""
        from symacts.rigor.periodic import period

        return period(expression, x)

    def periodic_chart(self, expression: sp.Expr, x: sp.Symbol) -> Any:
        """The sign chart over one period, or `Unknown`."""
        from symacts.rigor.periodic import periodic_sign_chart

        return periodic_sign_chart(expression, x)

    def zero_families(self, expression: sp.Expr, x: sp.Symbol) -> Any:
        """All zeros on the line as families, or `Unknown`."""
        from symacts.rigor.periodic import zero_families

        return zero_families(expression, x)

    def has_no_limit(self, answer: Any) -> bool:
        """Whether an answer of `limit` is a proof that there is none."""
        from symacts.rigor.tails import NoLimit

        return isinstance(answer, NoLimit)
