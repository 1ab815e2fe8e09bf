"""The walk over an expression: its tail model, its sign on the tail, the truth of conditions there.

Every subexpression is modeled once. Signs are taken factor by factor, so that `x*exp(...)` needs no expansion of the
exponential; `Piecewise`, `Max`, `Min`, `Abs`, `sign`, `Heaviside` are decided by the signs of differences.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from flint import fmpq

from symacts.rigor.tail_constants import ONE, ZERO, Number, Undecided, number
from symacts.rigor.tail_functions import FUNCTIONS, blurred_step, greater
from symacts.rigor.tail_models import Frame, Tail, collect, constant, exp, log, pieces, power
from symacts.rigor.tail_monomials import UNIT, Mono

__all__ = ["Walk", "truth"]

_MOST_OPERATIONS = 400  # size up to which an identity is sought by expansion
_HYPERBOLIC = (sp.sinh, sp.cosh, sp.tanh, sp.coth, sp.sech, sp.csch)


class Walk:
    """One evaluation of an expression's model: every subexpression once."""

    __slots__ = ("frame", "known", "x")

    def __init__(self, frame: Frame, x: sp.Symbol, variable: Tail) -> None:
        self.frame, self.x = frame, x
        self.known: dict[sp.Basic, Tail] = {x: variable}

    def model(self, e: sp.Expr) -> Tail:
        """The model of `e`.

        Raises
        ------
        Undecided
            With what may help.
        """
        found = self.known.get(e)
        if found is None:
            found = self.known[e] = self._model(e)
        return found

    def _model(self, e: sp.Expr) -> Tail:
        if e.is_Add:
            sums: dict[Mono, Number] = {}
            rest = []
            for tail in map(self.model, e.args):
                for m, c in tail.terms:
                    sums[m] = sums.get(m, ZERO) + c
                rest += pieces(tail)
            return collect(self.frame, sums, rest)
        if e.is_Mul:
            out = constant(self.frame, ONE)
            for tail in sorted(map(self.model, e.args), key=lambda t: len(t.terms)):
                out = out * tail
            return out
        if e.is_Pow and e.base is not sp.E:
            base, exponent = self.model(e.base), self.model(e.exp)
            if exponent.rem is None and len(exponent.terms) <= 1 and all(m == UNIT for m, _ in exponent.terms):
                return power(base, exponent.terms[0][1] if exponent.terms else ZERO)
            return exp(exponent * log(base))
        if e.func in FUNCTIONS:
            if e.func is sp.LambertW and e.args[1:] not in ((), (0,)):
                raise Undecided(f"no tail rule for the branch {e.args[1]} of LambertW")
            return FUNCTIONS[e.func](self.model(e.args[0]))
        if e.func in (sp.Max, sp.Min):
            way = ONE if e.func is sp.Max else -ONE
            tails = [self.model(a).scaled(way) for a in e.args]
            out = tails[0]
            for tail in tails[1:]:
                out = greater(out, tail)
            return out.scaled(way)
        if isinstance(e, sp.Heaviside):
            try:
                way_of = self.sign(e.args[0])
            except Undecided:
                if e.args[1].free_symbols:
                    raise
                return blurred_step(self.model(e.args[0]), number(e.args[1]))
            if way_of == 0:
                return self.model(e.args[1])
            return constant(self.frame, ONE if way_of > 0 else ZERO)
        if isinstance(e, sp.Piecewise):
            return self.cases(list(e.args))
        if e.free_symbols:
            raise Undecided(f"no tail rule for {e.func.__name__}" if e.args else f"the symbol {e} is free")
        return constant(self.frame, number(e))

    def cases(self, rows: list[Any]) -> Tail:
        """The first value whose condition holds; where an oscillation hides whether it does, both values' middle."""
        for k, (value, condition) in enumerate(rows):
            try:
                if truth(condition, self.sign):
                    return self.model(value)
            except Undecided:
                if "oscillates" not in self.frame.notes or len(rows) == k + 1:
                    raise
                one, two = self.model(value), self.cases(rows[k + 1 :])
                gap = (one - two).scaled(fmpq(1, 2))
                return two + gap + (gap if gap.is_zero else Tail(self.frame, (), gap.majorant()))
        raise Undecided("not defined on the tail")

    def sign(self, e: sp.Expr) -> int:
        """The sign of `e` on the tail, factor by factor.

        Raises
        ------
        Undecided
            With what may help.
        """
        if e.is_Mul:
            way = 1
            for factor in e.args:
                way *= self.sign(factor)
            return way
        if e.is_Pow and e.base is not sp.E and e.exp.is_Rational:
            way = self.sign(e.base)
            if way == 0 and e.exp < 0:
                raise Undecided("division by zero")
            if way < 0 and not e.exp.is_Integer:
                raise Undecided("a power of a negative function")
            return way if way >= 0 or e.exp.p % 2 else 1
        if e.func in (sp.exp, sp.cosh, sp.sech):
            self.model(e.args[0])  # real on the tail
            return 1
        try:
            return self.model(e).sign()
        except Undecided:
            if e.is_Add:
                ways = {self.sign(a) for a in e.args} - {0}
                if len(ways) == 1:
                    return ways.pop()
            raise

    def vanishes(self, e: sp.Expr) -> bool:
        """Whether `e`, which has a model here, is identically zero by a polynomial identity in its functions."""
        self.model(e)  # defined on the tail
        plain = self._branch(e)
        if sp.count_ops(plain) > _MOST_OPERATIONS:
            return False
        numerator = sp.together(plain.rewrite(_HYPERBOLIC, sp.exp)).as_numer_denom()[0]
        return bool(sp.expand(numerator) == 0)

    def _branch(self, e: sp.Expr) -> sp.Expr:
        """`e` with every piecewise function replaced by what it is on the tail."""
        if not e.args:
            return e
        if isinstance(e, sp.Piecewise):
            return next((self._branch(v) for v, c in e.args if truth(c, self.sign)), sp.nan)
        args = [self._branch(a) for a in e.args]
        if isinstance(e, (sp.Abs, sp.sign, sp.Heaviside)):
            way = self.sign(args[0])
            if isinstance(e, sp.Abs):
                return way * args[0]
            return sp.Integer(way) if isinstance(e, sp.sign) else e.func(way, *args[1:])
        if isinstance(e, (sp.Max, sp.Min)):
            way = 1 if isinstance(e, sp.Max) else -1
            best = args[0]
            for other in args[1:]:
                best = other if way * self.sign(other - best) > 0 else best
            return best
        return e.func(*args)


def truth(condition: sp.Basic, sign_of: Callable[[sp.Expr], int]) -> bool:
    """Whether a condition holds for all points of the tail (True) or for none (False).

    Raises
    ------
    Undecided
        Neither is established.
    """
    if condition in (True, sp.true):
        return True
    if condition in (False, sp.false):
        return False
    if isinstance(condition, (sp.And, sp.Or)):
        stop = isinstance(condition, sp.Or)
        held: Undecided | None = None
        for part in condition.args:
            try:
                if truth(part, sign_of) is stop:
                    return stop
            except Undecided as why:
                held = why
        if held is not None:
            raise held
        return not stop
    if isinstance(condition, sp.Not):
        return not truth(condition.args[0], sign_of)
    tests: dict[type, Callable[[int], bool]] = {
        sp.Gt: lambda s: s > 0,
        sp.Ge: lambda s: s >= 0,
        sp.Lt: lambda s: s < 0,
        sp.Le: lambda s: s <= 0,
        sp.Eq: lambda s: s == 0,
        sp.Ne: lambda s: s != 0,
    }
    test = tests.get(type(condition))
    if test is None:
        raise Undecided(f"no rule for the condition {condition}")
    return test(sign_of(condition.lhs - condition.rhs))
