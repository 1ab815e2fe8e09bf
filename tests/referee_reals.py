"""Truncated Taylor series of a SymPy expression at a point, in exact rationals where possible and mpmath elsewhere.

This evaluator shares nothing with the engine: a SymPy tree becomes nested closures, and a value is a list of Taylor
coefficients `[f(a), f'(a), f''(a)/2, ...]`. A coefficient is a `Fraction` as long as it is exactly rational, else an
`mpf` at the precision of the call. Real values only: what has none raises `Undefined`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import sympy as sp
from mpmath import mp, mpf
from referee_quadrature import panels
from referee_rules import RULES, Env, Unreadable, compare, raise_infinite
from referee_series import (
    Exhausted,
    Kinked,
    NoValue,
    Number,
    Series,
    Skipped,
    big,
    constant,
    fraction,
    times,
)

from symacts.facts import Root


class Compiler:
    """A SymPy expression in one variable as nested closures."""

    def __init__(self, variable: sp.Symbol | None) -> None:
        self.variable = variable
        self.made: dict[sp.Basic, Callable[[Env], Series]] = {}

    def compile(self, e: sp.Basic) -> Callable[[Env], Series]:
        if e not in self.made:
            run = self._build(e)
            key = len(self.made)

            def memoized(env: Env, key: int = key, run: Callable[[Env], Series] = run) -> Series:
                if key not in env.memo:
                    env.memo[key] = run(env)
                return env.memo[key]

            self.made[e] = memoized if e.args else run
        return self.made[e]

    def _build(self, e: Any) -> Callable[[Env], Series]:
        if isinstance(e, (int, Fraction)):
            e = sp.Rational(e)
        if isinstance(e, sp.Symbol):
            if e.name != (self.variable.name if self.variable is not None else None):
                raise Unreadable(f"free symbol {e}")
            return lambda env: env.series
        if isinstance(e, sp.Rational):
            value = fraction(e)
            return lambda env: constant(value, env.order)
        if isinstance(e, sp.Float):
            value = fraction(sp.Rational(str(e)))
            return lambda env: constant(value, env.order)
        if (
            isinstance(e, (sp.core.numbers.NaN, sp.core.numbers.Infinity, sp.core.numbers.NegativeInfinity))
            or e is sp.zoo
        ):
            return raise_infinite
        if not e.free_symbols and (isinstance(e, (sp.NumberSymbol, Root, sp.Integral)) or e is sp.E):
            return lambda env: constant(real_constant(e), env.order)
        for kind, rule in RULES.items():
            if isinstance(e, kind):
                return rule(self, e)
        raise Unreadable(f"{type(e).__name__} in {e}")

    def all(self, e: sp.Basic) -> list[Callable[[Env], Series]]:
        return [self.compile(a) for a in e.args]

    def condition(self, c: Any) -> Callable[[Env], bool]:
        """A condition as a test; a point exactly on its border has no Taylor series."""
        if c is sp.true or c is sp.false:
            return lambda env: c is sp.true
        if isinstance(c, (sp.And, sp.Or)):
            parts = [self.condition(a) for a in c.args]
            conjunction = isinstance(c, sp.And)

            def connective(env: Env) -> bool:
                values = [p(env) for p in parts]
                return all(values) if conjunction else any(values)

            return connective
        if isinstance(c, sp.Not):
            inner = self.condition(c.args[0])
            return lambda env: not inner(env)
        if isinstance(c, sp.core.relational.Relational):
            left, right = self.compile(c.lhs), self.compile(c.rhs)
            key, rel = id(c), c.rel_op

            def relation(env: Env) -> bool:
                sign = compare(left(env), right(env), env)
                env.trace.append((key, sign))
                if sign == 0 and env.order:
                    raise Kinked
                table = {
                    "<": sign < 0,
                    "<=": sign <= 0,
                    ">": sign > 0,
                    ">=": sign >= 0,
                    "==": sign == 0,
                    "!=": sign != 0,
                }
                return table[rel]

            return relation
        raise Unreadable(f"condition {c}")


_CONSTANTS: dict[Any, Number] = {}


def real_constant(e: Any, dps: int | None = None) -> Number:
    """A closed expression as an exact rational or as an mpf of the current (or the given) precision.

    Raises
    ------
    Unreadable, NoValue
        It has a part that is not known here, or no finite real value.
    """
    if dps is not None:
        with mp.workdps(dps):
            return real_constant(e)
    if isinstance(e, (int, Fraction, sp.Rational)):
        return fraction(e)
    key = (e, 0 if isinstance(e, sp.Integral) else mp.dps)
    if key not in _CONSTANTS:
        _CONSTANTS[key] = _find_constant(e)
    return _CONSTANTS[key]


def _find_constant(e: Any) -> Number:
    if isinstance(e, Root):
        return root_value(e)
    if isinstance(e, sp.Integral):
        return integral_value(e)
    if isinstance(e, sp.NumberSymbol) or e is sp.E:
        return mp.mpmathify(e._to_mpmath(mp.prec + 10)) if e not in _SYMBOLS else +_SYMBOLS[e]
    return Compiler(None).compile(e)(Env([Fraction(0)], 0))[0]


_SYMBOLS = {sp.pi: mp.pi, sp.E: mp.e, sp.EulerGamma: mp.euler, sp.Catalan: mp.catalan, sp.GoldenRatio: mp.phi}


class RootFault(Exception):
    """A `Root` whose function does not change sign or vanish in its interval."""


def root_value(root: Root) -> mpf:
    """The zero in the isolating interval, by bracketing with this evaluator alone."""
    f = Compiler(root.function.variables[0]).compile(root.function.expr)
    lo, hi = fraction(root.lo), fraction(root.hi)

    def value(a: Fraction) -> Number:
        return f(Env([a], 0))[0]

    with mp.workdps(mp.dps + 20):
        if hi - lo <= Fraction(1, 10**mp.dps) * max(1, abs(lo)):  # no closer look is possible at this precision
            return big((lo + hi) / 2)
        return +refine(value, lo, hi)


def refine(value: Callable[[Fraction], Number], lo: Fraction, hi: Fraction) -> mpf:
    """A sign change of `value` in `[lo, hi]` to the working precision: regula falsi (Illinois) with bisection steps."""
    try:
        at_lo, at_hi = value(lo), value(hi)
    except NoValue as missing:
        raise RootFault(f"no value at the ends of [{lo}, {hi}]: {missing}") from None
    if at_lo == 0:
        return big(lo)
    if at_hi == 0:
        return big(hi)
    if (at_lo > 0) == (at_hi > 0):
        raise RootFault(f"no sign change on [{float(lo)}, {float(hi)}]")
    a, b, fa, fb = big(lo), big(hi), big(at_lo), big(at_hi)
    side = 0
    for step in range(40 * mp.dps):
        width = abs(b - a)
        if width <= mpf(10) ** (-mp.dps + 8) * (abs(a) + abs(b)) or width < mpf(10) ** (-2 * mp.dps):
            break
        c = (a + b) / 2 if step % 4 == 3 else b - fb * (b - a) / (fb - fa)
        if not min(a, b) < c < max(a, b):
            c = (a + b) / 2
        if c in (a, b):
            break
        try:
            fc = big(value(fraction(c)))
        except Kinked:
            return c
        if fc == 0:
            return c
        if (fc > 0) == (fb > 0):
            b, fb = c, fc
            if side == -1:
                fa /= 2
            side = -1
        else:
            a, fa = c, fc
            if side == 1:
                fb /= 2
            side = 1
    return (a + b) / 2


def integral_value(integral: sp.Integral) -> mpf:
    """A definite integral in one variable, by unit panels; infinite ends count as -18 and 18 (Gaussian weights)."""
    ((z, lo, hi),) = integral.limits
    f = Compiler(z).compile(integral.function)

    def value(t: mpf) -> mpf:
        try:
            return big(f(Env([t], 0))[0])
        except NoValue:
            return mpf(0)

    with mp.workdps(20):
        lo = mpf(-18) if lo == -sp.oo else big(real_constant(lo))
        hi = mpf(18) if hi == sp.oo else big(real_constant(hi))
        inside = [mpf(k) / 16 for k in range(int(mp.floor(16 * lo)) + 1, int(mp.ceil(16 * hi)))]
        total, error = panels(value, _with_switches(f, [lo, *inside, hi]))
        if error > mpf(10) ** -13 * (1 + abs(total)):
            raise Skipped("the quadrature does not settle")
        return total


def _with_switches(f: Callable[[Env], Series], ends: list[mpf]) -> list[mpf]:
    """Panels of about unit width, cut where the integrand takes another branch: Gauss rules may step over a jump."""

    def trace(t: mpf) -> Any:
        env = Env([t], 0)
        try:
            f(env)
        except NoValue:
            return None
        return tuple(env.trace)

    found = [ends[0]]
    for a, b in pairwise(ends):
        left, right = trace(a), trace(b)
        if left != right:
            with mp.workdps(40):
                lo, hi = a, b
                while hi - lo > mpf(10) ** -25:
                    middle = (lo + hi) / 2
                    lo, hi = (middle, hi) if trace(middle) == left else (lo, middle)
            found.append(hi)
        if b == ends[-1] or b == int(b):
            found.append(b)
    return found


class Function:
    """A scalar function given by a SymPy expression in one variable; `left` evaluations more, without end if None."""

    left: int | None = None

    def __init__(self, expression: sp.Expr, variable: sp.Symbol) -> None:
        self.expression = expression
        self.variable = variable
        self._run = Compiler(variable).compile(expression)

    def series(self, a: Fraction, order: int, dps: int) -> Series:
        """Taylor coefficients at a; raises `NoValue` where there are none."""
        return self.traced(a, order, dps)[0]

    def traced(self, a: Fraction, order: int, dps: int) -> tuple[Series, tuple[tuple[int, Any], ...]]:
        """The coefficients and which branch each switch took."""
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Exhausted
        with mp.workdps(dps):
            env = Env(([a, Fraction(1)] + [Fraction(0)] * order)[: order + 1], order)
            return self._run(env), tuple(env.trace)

    def value(self, a: Fraction, k: int, dps: int) -> Number:
        """The k-th derivative at a."""
        factor = 1
        for j in range(2, k + 1):
            factor *= j
        with mp.workdps(dps):
            return times(self.series(a, k, dps)[k], Fraction(factor))
