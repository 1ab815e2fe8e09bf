"""What hypotheses decide at once: signs by structure, linear consequences, branches of `Max`, `Abs`, `Piecewise`.

Part of the trusted core. A condition is a pair `(e, op)` that reads `e op 0`, op one of ">", ">=", "=", "!=".

>>> import sympy as sp
>>> x, a = sp.symbols("x a", real=True)
>>> given = Given(((a, ">"), (x - 1, ">=")))
>>> given.holds(a * x, ">"), given.resolve(sp.Max(0, a * x)), given.holds(x - 2, ">")
(True, a*x, False)
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.coefficients import sign_of_normal_form
from symacts.proofs.checker.enclosures import number_sign
from symacts.proofs.checker.forms import (
    ANY,
    NEG,
    NONNEG,
    NONPOS,
    POS,
    SAME_SIGN,
    SWITCHES,
    ZERO,
    extreme,
    is_analytic,
    is_continuous,
    ratio,
    same_sign,
    sum_of,
    tangent,
)
from symacts.proofs.checker.linear import Row, infeasible, possible_signs, rows_of
from symacts.proofs.checker.normal import is_zero

__all__ = ["Condition", "Given", "Undecided"]

Condition = tuple[sp.Expr, str]
_ALLOWED = {">": POS, ">=": NONNEG, "=": ZERO, "!=": frozenset({-1, 1}), "<": NEG, "<=": NONPOS}
_INSIDE_ONE = (sp.tanh, sp.erf)
_WITHIN_ONE = (*_INSIDE_ONE, sp.sin, sp.cos, sp.sign, sp.sech)


class Undecided(Exception):
    """A branch that the hypotheses do not decide; `expression` is the switch."""

    def __init__(self, expression: sp.Basic) -> None:
        self.expression = expression
        super().__init__(f"undecided: {expression}")


class Given:
    """Hypotheses, and what follows from them by structure and linear arithmetic."""

    def __init__(self, conditions: Iterable[Condition] = ()) -> None:
        kept = (c for c in conditions if not (c[1] == ">=" and c[0].is_Rational and c[0] >= 0))
        self.conditions: tuple[Condition, ...] = tuple(dict.fromkeys(kept))
        self._signs: dict[sp.Expr, frozenset[int]] = {}
        self._linear: list[Row] | None = None
        self._open: dict[Any, Given] = {}

    def and_(self, *more: Condition) -> Given:
        """The hypotheses with more."""
        return Given((*self.conditions, *more))

    def holds(self, e: sp.Expr, op: str) -> bool:
        """Whether `e op 0` follows; False means only that it was not seen to follow."""
        return self.sign(e) <= _ALLOWED[op]

    def contradictory(self) -> bool:
        """Whether no point can meet the hypotheses (proved)."""
        if infeasible(self.linear()):
            return True
        if any(not self.sign(e) for e, _ in self.conditions):
            return True
        return any(not (_structural_only(self, e) & _ALLOWED[op]) for e, op in self.conditions)

    # -- signs -----------------------------------------------------------------------------------------------------
    def sign(self, e: sp.Expr) -> frozenset[int]:
        """The signs that e can have at points of the hypotheses where it is defined."""
        held = self._signs.get(e)
        if held is None:
            self._signs[e] = ANY  # a cycle learns nothing
            held = self._signs[e] = self._sign(e)
        return held

    def _sign(self, e: sp.Expr) -> frozenset[int]:
        if e.is_Rational:
            return POS if e > 0 else (NEG if e < 0 else ZERO)
        if e.is_number and not e.has(sp.Integral, sp.Limit):
            known = number_sign(e)
            if known is not None:
                return frozenset({known})
        found = self._structural(e)
        for condition, op in self.conditions:
            multiple = ratio(e, condition)
            if multiple is not None:
                allowed = _ALLOWED[op]
                found = found & (allowed if multiple > 0 else frozenset(-s for s in allowed))
        if len(found) > 1 and (e.is_Symbol or e.is_Add or e.is_Mul):
            found = self.sign_by_rows(e, found)
        if len(found) > 1 and e.is_Add:
            for method in (
                self._by_bounds,
                self._by_tangent,
                self.by_exponents,
                self._by_logarithms,
                self._by_multiples,
            ):
                found = found & method(e)
                if len(found) == 1:
                    return found
        if {-1, 1} <= found and e.is_Add:
            found = found & sign_of_normal_form(self, e)
        if 0 in found and len(found) == 2 and (e.is_Symbol or e.is_Add) and (e, "!=") in self.conditions:
            found = found - ZERO
        if 0 in found and any(op in (">", "!=") and c.is_Mul and e in c.args for c, op in self.conditions):
            found = found - ZERO  # a factor of what is not 0
        return found

    def _structural(self, e: sp.Expr) -> frozenset[int]:
        if isinstance(e, (sp.exp, sp.cosh, sp.sech)):
            return POS
        if e.is_Mul:
            signs = POS
            for factor in e.args:
                other = self.sign(factor)
                signs = frozenset(s * t for s in signs for t in other)
            odd = sp.Mul(*map(same_sign, e.args))
            return signs if odd == e or len(signs) == 1 else signs & self.sign(odd)
        if e.is_Add:
            total: set[int] = set()
            for term in e.args:
                total |= self.sign(term)
                if {-1, 1} <= total:
                    return ANY
            return sum_of([self.sign(t) for t in e.args])
        if e.is_Pow:
            return self._power(e)
        if isinstance(e, SAME_SIGN):
            return self.sign(e.args[0])
        if isinstance(e, (sp.sin, sp.cos)):
            return self._half_turn(e.args[0], isinstance(e, sp.cos))
        if isinstance(e, sp.Abs):
            return POS if 0 not in self.sign(e.args[0]) else NONNEG
        if isinstance(e, sp.erfc):
            return POS
        if isinstance(e, sp.log):
            return self.sign(e.args[0] - 1)
        if isinstance(e, sp.Max):
            return extreme([self.sign(a) for a in e.args], 1)
        if isinstance(e, sp.Min):
            return extreme([self.sign(a) for a in e.args], -1)
        if isinstance(e, sp.sign):
            return self.sign(e.args[0])
        if isinstance(e, sp.Piecewise):
            return frozenset().union(*(self.sign(value) for value, _ in e.args))
        return ANY

    def _half_turn(self, u: sp.Expr, is_cosine: bool) -> frozenset[int]:
        """The sign of a sine for `0 <= u <= pi` or `-pi <= u <= 0`, of a cosine for `-pi/2 <= u <= pi/2`."""
        if not self.conditions:
            return ANY
        starts = {-sp.pi / 2: POS} if is_cosine else {sp.S.Zero: POS, -sp.pi: NEG}
        for start, inside in starts.items():
            ends = [self.sign_by_rows(end, ANY) for end in (u - start, start + sp.pi - u)]
            if all(end <= NONNEG for end in ends):
                return inside if all(end == POS for end in ends) else inside | ZERO
        return ANY

    def _power(self, e: sp.Pow) -> frozenset[int]:
        base, exponent = self.sign(e.base), e.exp
        if exponent.is_Integer:
            signs = {s**2 if exponent % 2 == 0 else s for s in base}
            if exponent < 0:
                signs -= {0}  # where the power is defined, the base does not vanish
            return frozenset(signs)
        signs = {s for s in base if s >= 0} or {0, 1}
        if exponent.is_Rational and exponent < 0:
            signs -= {0}
        if not exponent.is_Rational and e.base.is_positive:
            return POS
        return frozenset(signs) if exponent.is_Rational else (POS if base == POS else NONNEG)

    def _by_bounds(self, e: sp.Expr) -> frozenset[int]:
        """`c0 + sum c*B` with |B| <= 1: positive once c0 exceeds the sum of |c|; `2*sin(u)*cos(u)` is a sine."""
        constant, rest = e.as_coeff_Add()
        total = sp.S.Zero
        strict = True
        for term in sp.Add.make_args(rest):
            c, f = term.as_coeff_Mul()
            bases = [g.base if g.is_Pow and g.exp.is_Integer and g.exp > 0 else g for g in sp.Mul.make_args(f)]
            if not all(isinstance(base, _WITHIN_ONE) for base in bases):
                return ANY
            strict = strict and all(isinstance(base, _INSIDE_ONE) for base in bases)
            is_sine = any(isinstance(base, sp.sin) and sp.cos(base.args[0]) in bases for base in bases)
            total += abs(c) / 2 if is_sine else abs(c)
        for side in (1, -1):
            if side * constant > total or (strict and side * constant == total):
                return frozenset({side})
            if side * constant == total:
                return frozenset({0, side})
        return ANY

    def _by_tangent(self, e: sp.Expr) -> frozenset[int]:
        """`u - tanh(u)` has the sign of u."""
        same = tangent(e)
        return ANY if same is None else self.sign(same)

    def by_exponents(self, e: sp.Expr) -> frozenset[int]:
        """`p - q` for p, q > 0, one of them with a power in it, has the sign of `log(p) - log(q)`."""
        powers = (f for term in e.args for f in sp.Mul.make_args(term) if self._is_power(f))
        if len(e.args) != 2 or e.has(*SWITCHES) or not any(powers):
            return ANY
        for way in (1, -1):
            (c, up), (d, down) = (self.logarithm(sign * term) for sign, term in zip((way, -way), e.args, strict=True))
            if c and d:
                return frozenset(way * s for s in self.sign(sp.log(c / d) + sp.expand(up - down)))
        return ANY

    def logarithm(self, e: sp.Expr) -> tuple[sp.Rational, sp.Expr]:
        """`(c, u)` with e = c*exp(u), c rational and u a sum over positive factors; (0, 0) where e > 0 is not seen."""
        if isinstance(e, sp.exp):
            return sp.S.One, e.args[0]
        if e.is_Rational:
            return sp.Max(e, 0), sp.S.Zero
        positive = [f for f in e.args if self.sign(f) == POS] if e.is_Mul else []
        if positive:
            rest = sp.Mul(*(f for f in e.args if f not in positive))
            parts = [self.logarithm(f) for f in (rest, *positive)]
            return sp.Mul(*(c for c, _ in parts)), sp.Add(*(u for _, u in parts))
        if self.sign(e) != POS:
            return sp.S.Zero, sp.S.Zero
        if e.is_Pow and self.sign(e.base) == POS:
            c, u = self.logarithm(e.base)
            return sp.S.One, e.exp * (sp.log(c) + u)
        return sp.S.One, sp.log(e)

    def _by_logarithms(self, e: sp.Expr) -> frozenset[int]:
        """`c*log(p) - c*log(q)` has the sign of `c*(p - q)`."""
        if len(e.args) != 2:
            return ANY
        (c, f), (d, g) = (a.as_coeff_Mul() for a in e.args)
        if c + d != 0 or not isinstance(f, sp.log) or not isinstance(g, sp.log):
            return ANY
        return self.sign(c * (f.args[0] - g.args[0]))

    def _by_multiples(self, e: sp.Expr) -> frozenset[int]:
        """The sign of `q*c` for a hypothesis on c, both affine in one variable: `a*z + b` where `z + b/a > 0`."""
        for c, op in self.conditions:
            for s in sorted(e.free_symbols & c.free_symbols, key=str) if is_analytic(c) and is_analytic(e) else ():
                m, k = sp.diff(e, s), sp.diff(c, s)
                if s in m.free_symbols | k.free_symbols or k == 0 or not (m.free_symbols | k.free_symbols):
                    continue
                if m != 0 and 0 not in self.sign(k) and is_zero(e * k - m * c):
                    signs = self.sign(m / k)
                    return frozenset(t * u for t in signs for u in _ALLOWED[op])
                break
        return ANY

    def _is_power(self, e: sp.Expr) -> bool:
        """Whether e is an exponential, or a power of a positive base with an exponent that moves."""
        return isinstance(e, sp.exp) or bool(e.is_Pow and e.exp.free_symbols and self.sign(e.base) == POS)

    # -- linear arithmetic -----------------------------------------------------------------------------------------
    def linear(self) -> list[Row]:
        """The hypotheses as linear constraints."""
        if self._linear is None:
            self._linear = rows_of(self.conditions)
        return self._linear

    def sign_by_rows(self, e: sp.Expr, found: frozenset[int]) -> frozenset[int]:
        """The signs among `found` that the constraints leave to e."""
        return possible_signs(self.linear(), e, found)

    # -- branches --------------------------------------------------------------------------------------------------
    def decide(self, condition: Any) -> bool | None:
        """The truth of a condition of `Piecewise`, or None."""
        if condition in (sp.true, True):
            return True
        if condition in (sp.false, False):
            return False
        if isinstance(condition, (sp.And, sp.Or)):
            answers = [self.decide(c) for c in condition.args]
            absorbing = isinstance(condition, sp.Or)
            if absorbing in answers:
                return absorbing
            return None if None in answers else not absorbing
        if isinstance(condition, sp.Not):
            inner = self.decide(condition.args[0])
            return None if inner is None else not inner
        if isinstance(condition, (sp.Lt, sp.Le, sp.Gt, sp.Ge, sp.Eq, sp.Ne)):
            signs = self.sign(self.resolve(condition.lhs - condition.rhs))
            allowed = _ALLOWED[
                {sp.Lt: "<", sp.Le: "<=", sp.Gt: ">", sp.Ge: ">=", sp.Eq: "=", sp.Ne: "!="}[condition.func]
            ]
            if signs <= allowed:
                return True
            return False if not signs & allowed else None
        return None

    def resolve(self, e: sp.Basic) -> Any:
        """The expression with every switch replaced by the branch that the hypotheses choose.

        Raises
        ------
        Undecided
            A switch stays open; the innermost one is named.
        """
        if not e.args or not e.has(*SWITCHES, sp.Derivative):
            return e
        if isinstance(e, sp.Derivative):
            return self.derivative(e)
        if isinstance(e, (sp.Integral, sp.Limit)):
            return e
        if isinstance(e, sp.Piecewise):
            for value, condition in e.args:
                answer = self.decide(condition)
                if answer is None:
                    raise Undecided(condition)
                if answer:
                    return self.resolve(value)
            raise UnsupportedExpression(f"no branch of {e} covers the hypotheses")
        args = [self.resolve(a) for a in e.args]
        is_same = all(a is b for a, b in zip(args, e.args, strict=True))
        if isinstance(e, (sp.floor, sp.ceiling)):
            down = isinstance(e, sp.floor)
            return self._whole_part(args[0]) if down else -self._whole_part(-args[0])
        if isinstance(e, (sp.Max, sp.Min)):
            return self._extreme(e, args)
        if isinstance(e, (sp.Abs, sp.sign, sp.Heaviside)):
            again = e if is_same else e.func(*args)
            if again != e:  # `Abs(c*u)` is `c*Abs(u)`
                return self.resolve(again)
            signs = self.sign(args[0])
            if isinstance(e, sp.Abs):
                if signs <= NONNEG or signs <= NONPOS:
                    return args[0] if signs <= NONNEG else -args[0]
            elif len(signs) == 1:
                (s,) = signs
                if isinstance(e, sp.sign):
                    return sp.Integer(s)
                return (args[1] if len(args) > 1 else sp.S.Half) if s == 0 else sp.Integer((s + 1) // 2)
            raise Undecided(e)
        return e if is_same else e.func(*args)

    def _extreme(self, e: sp.Basic, args: list[Any]) -> Any:
        """The argument of a maximum or minimum that is as large or small as each other."""
        side = ">=" if isinstance(e, sp.Max) else "<="
        for a in args:
            if all(a == b or self.holds(a - b, side) for b in args):
                return a
        raise Undecided(e.func(*args))

    def _whole_part(self, u: sp.Expr) -> sp.Integer:
        """The integer n with n <= u < n + 1, beside the value of u where a hypothesis ends."""
        for c, _ in self.conditions:
            for s in sorted(u.free_symbols & c.free_symbols, key=str) if is_analytic(c) and is_analytic(u) else ():
                slope = sp.diff(c, s)
                border = sp.expand(u - sp.diff(u, s) / slope * c) if slope != 0 else c
                if border.is_Rational:
                    for n in (sp.floor(border), sp.floor(border) - 1):
                        if self.holds(u - n, ">=") and self.holds(n + 1 - u, ">"):
                            return n
        raise Undecided(sp.floor(u))

    def partial(self, e: sp.Basic) -> Any:
        """The expression with the decided switches replaced, the others kept."""
        if not e.args or not e.has(*SWITCHES) or isinstance(e, (sp.Derivative, sp.Integral, sp.Limit)):
            return e
        try:
            return self.resolve(e)
        except Undecided:
            if isinstance(e, (sp.Piecewise, sp.floor, sp.ceiling)):
                return e
            args = [self.partial(a) for a in e.args]
            if isinstance(e, (sp.Max, sp.Min)):
                with suppress(Undecided):
                    return self._extreme(e, args)
            return e if all(a is b for a, b in zip(args, e.args, strict=True)) else e.func(*args)

    def decided(self) -> Given:
        """The hypotheses with their own switches replaced where they are decided: `|x| > a` is `x > a` for x > 0."""
        if not any(e.has(*SWITCHES) for e, _ in self.conditions):
            return self
        return Given((self.partial(e), op) for e, op in self.conditions)

    def near(self, variables: Iterable[sp.Symbol]) -> Given:
        """The hypotheses that stay true when these variables move a little: the strict ones with continuous sides."""
        moving = frozenset(variables)
        if moving not in self._open:
            kept = [
                (e, op)
                for e, op in self.conditions
                if not (e.free_symbols & moving) or (op in (">", "!=") and is_continuous(e))
            ]
            self._open[moving] = Given(kept)
        return self._open[moving]

    def derivative(self, e: sp.Derivative) -> Any:
        """The derivative of the branch that holds in a whole neighborhood."""
        variables = [v for v, _ in e.variable_count]
        inner = self.near(variables).resolve(e.expr)
        if inner.has(sp.Integral, sp.Limit, sp.Derivative):
            raise UnsupportedExpression("the derivative of an unevaluated object")
        result = inner
        for variable, count in e.variable_count:
            for _ in range(int(count)):
                result = sp.diff(result, variable)
        if result.has(sp.Derivative, sp.Subs, *SWITCHES):
            raise UnsupportedExpression(f"cannot differentiate {inner}")
        return result


def _structural_only(given: Given, e: sp.Expr) -> frozenset[int]:
    """The signs of e by structure, without the condition on e itself."""
    others = Given(c for c in given.conditions if c[0] != e)
    return others.sign(e)
