"""Signs of constants that hold parameters: what holds for every value in the parameters' domains.

The structure of a constant is read first; one that depends on a single parameter is a function of it, charted over its
domain.

>>> from symacts.rigor.oracle import BallOracle
>>> a = sp.Symbol("a", positive=True)
>>> signs = ConstantSigns({a: sp.Interval.open(0, sp.oo)}, BallOracle())
>>> signs.sign(a**2 - a + 1), signs.sign(a - 1)
(1, None)
"""

from __future__ import annotations

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.rigor.oracle import BallOracle
from symacts.spec import x
from symacts.symbolic.forms import factored
from symacts.symbolic.structure import Requirement, read_sign, requirements

__all__ = ["SIGNS", "ConstantSigns"]

SIGNS = {"positive": 1, "negative": -1, "zero": 0}
"""The signs that the structure of an expression may show."""
SHARES = ((1, 2), (1, 9), (7, 8), (1, 4), (2, 3))
"""Where values of a parameter are tried, as shares of its domain."""
TRIED = len(SHARES)
MOST_OPERATIONS = 60
"""Operations of a constant up to which it is factored in search of its sign."""
SURELY = sp.Rational(1, 10**9)
"""A value beyond which a number of 15 digits has the sign that it shows."""


def _place_in(domain: sp.Interval, share: sp.Rational) -> sp.Rational:
    """The point of an interval at a share of its length, which may be infinite."""
    lo, hi = domain.start, domain.end
    if lo.is_infinite and hi.is_infinite:
        return (2 * share - 1) / (share * (1 - share))
    if lo.is_infinite or hi.is_infinite:
        return lo + share / (1 - share) if hi.is_infinite else hi - share / (1 - share)
    return lo + share * (hi - lo)


class ConstantSigns:
    """The signs of constants in parameter symbols, each with the interval it ranges over; they are remembered."""

    def __init__(self, domains: dict[sp.Symbol, sp.Interval], balls: BallOracle) -> None:
        self.domains = domains
        self.balls = balls
        self.open: dict[sp.Expr, None] = {}
        """Constants in one parameter whose sign was asked for and that have none for all its values, or none known."""
        self._signs: dict[sp.Expr, int | None] = {}

    def parameters_in(self, expression: sp.Basic) -> set[sp.Symbol]:
        """The parameter symbols that an expression holds."""
        return {s for s in expression.free_symbols if s in self.domains}

    def sign(self, constant: sp.Expr) -> int | None:
        """The sign that the constant has for every value of the parameters; None where it has none or is undecided."""
        if not self.parameters_in(constant):
            return self.balls.sign(constant)
        if constant not in self._signs:
            self._signs[constant] = self._find_sign(constant) if self.is_defined(constant) else None
        return self._signs[constant]

    def is_defined(self, constant: sp.Expr) -> bool:
        """Whether the constant is shown to exist for every value of the parameters: `1/alpha` does not at 0."""
        try:
            needs = {need for s in self.parameters_in(constant) for need in requirements(constant, s)}
        except UnsupportedExpression:
            return False
        return all(map(self._is_met, needs))

    def exists_throughout(self, value: object) -> bool:
        """Whether the constants in a value are shown to exist for every value of the parameters.

        Cases that conditions on parameters make are not looked into.
        """
        if isinstance(value, (tuple, list)):
            return all(map(self.exists_throughout, value))
        if not isinstance(value, sp.Basic) or not self.parameters_in(value):
            return True
        is_constant = isinstance(value, sp.Expr) and value.free_symbols <= set(self.domains)
        if is_constant and not value.has(sp.Piecewise, sp.Lambda):
            return self.is_defined(value)
        if isinstance(value, sp.Piecewise) and any(self.parameters_in(c) and not c.has(x) for _, c in value.args):
            return True
        return all(map(self.exists_throughout, value.args))

    def _is_met(self, need: Requirement) -> bool:
        sign = self.sign(need.argument)
        if need.need == "nonnegative":
            return sign in (0, 1) or read_sign(need.argument) == "nonnegative"
        return sign == 1 or (sign == -1 and need.need == "nonzero")

    def _find_sign(self, constant: sp.Expr) -> int | None:
        seen = self._seen_signs(constant)
        if {1, -1} <= seen:
            if len(self.parameters_in(constant)) == 1:
                self.open[constant] = None
            return None
        is_short = constant.count_ops() <= MOST_OPERATIONS
        for make in (lambda u: u, factored, lambda u: sp.together(sp.expand(u)))[: 3 if is_short else 1]:
            form = make(constant)
            if not seen & {1, -1} and (form.is_zero or sp.expand(form) == 0):
                return 0
            read = read_sign(form)
            if read in SIGNS:
                return SIGNS[read]
            product = self._sign_of_product(form)
            if product is not None:
                return product
        return self._sign_over_domain(constant)

    def _seen_signs(self, constant: sp.Expr) -> set[int]:
        """Signs that the constant shows at some values of the parameters: a guess, which spares a search."""
        symbols = sorted(self.parameters_in(constant), key=str)
        seen: set[int] = set()
        for k in range(TRIED):
            shares = (sp.Rational(*SHARES[(k + 2 * j) % TRIED]) for j in range(len(symbols)))
            values = {s: _place_in(self.domains[s], share) for s, share in zip(symbols, shares, strict=True)}
            value = constant.xreplace(values).evalf(15)
            if value.is_Float and abs(value) > SURELY:
                seen.add(1 if value > 0 else -1)
        return seen

    def _sign_of_product(self, form: sp.Expr) -> int | None:
        if not form.is_Mul:
            return None
        total = 1
        for factor in form.args:
            sign = self.sign(factor)
            if sign is None:
                return None
            total *= sign
        return total

    def _sign_over_domain(self, constant: sp.Expr) -> int | None:
        symbols = self.parameters_in(constant)
        if len(symbols) != 1:
            return None
        self.open[constant] = None
        (symbol,) = symbols
        domain = self.domains[symbol]
        one = constant.xreplace({symbol: x})
        try:
            chart = self.balls.chart(one, x, domain.start, domain.end)
            cells = getattr(chart, "cells", None)
            if cells is None or len(cells) != 1:
                return None
            sign = cells[0][2]
            for end, is_open in ((domain.start, domain.left_open), (domain.end, domain.right_open)):
                if not is_open and self.balls.sign(one.subs(x, end)) != sign:
                    return None
        except UnsupportedExpression:
            return None
        del self.open[constant]
        return int(sign)
