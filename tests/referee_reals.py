"""Truncated Taylor series of a SymPy expression at a point, in exact rationals where possible and mpmath elsewhere.

This evaluator shares nothing with the engine: a SymPy tree becomes nested closures, and a value is a list of Taylor
coefficients `[f(a), f'(a), f''(a)/2, ...]`. A coefficient is a `Fraction` as long as it is exactly rational, else an
`mpf` at the precision of the call. Real values only: what has none raises `Undefined`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath
import sympy as sp
from mpmath import mp, mpf
from referee_series import (
    Exhausted,
    Kinked,
    NoValue,
    Number,
    Series,
    Skipped,
    Undefined,
    add,
    big,
    by_slope,
    constant,
    div,
    exact,
    exponential,
    fraction,
    hyperbolic_tangent,
    integer_power,
    is_zero,
    logarithm,
    mul,
    negative,
    one_like,
    primitive,
    real_power,
    scale,
    sine_cosine,
    slope,
    squared,
    stepwise,
    times,
)

from symacts.facts import Root


class Unreadable(Exception):
    """An expression with a part that this evaluator does not know."""


@dataclass
class Env:
    """One evaluation: the series of the variable, the memo of common parts, the branches taken on the way."""

    series: Series
    order: int
    memo: dict[int, Series] = field(default_factory=dict)
    trace: list[tuple[int, Any]] = field(default_factory=list)


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
            return _raise_infinite
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


def _raise_infinite(env: Env) -> Series:
    raise Undefined("infinite", True)


def compare(u: Series, v: Series, env: Env) -> int:
    """Sign of `u[0] - v[0]`; raises where two inexact numbers agree to rounding."""
    a, b = u[0], v[0]
    if exact(a) and exact(b):
        return (a > b) - (a < b)
    a, b = big(a), big(b)
    if abs(a - b) <= noise_level() * max(abs(a), abs(b)):
        raise Skipped("equal to rounding")
    return 1 if a > b else -1


def noise_level() -> mpf:
    return mpf(10) ** (-mp.dps + 12)


def _sum(c: Compiler, e: Any) -> Callable[[Env], Series]:
    parts = c.all(e)

    def run(env: Env) -> Series:
        total = parts[0](env)
        for p in parts[1:]:
            total = add(total, p(env))
        return total

    return run


def _product(c: Compiler, e: Any) -> Callable[[Env], Series]:
    parts = c.all(e)

    def run(env: Env) -> Series:
        total = parts[0](env)
        for p in parts[1:]:
            total = mul(total, p(env))
        return total

    return run


def _power(c: Compiler, e: Any) -> Callable[[Env], Series]:
    base, exponent = e.as_base_exp() if e.base is not sp.E else (sp.E, e.exp)
    base, exponent = e.base, e.exp
    if base is sp.E:
        inner = c.compile(exponent)
        return lambda env: exponential(inner(env))
    inner = c.compile(base)
    if isinstance(exponent, sp.Integer):
        n = int(exponent)
        return lambda env: integer_power(inner(env), n)
    if isinstance(exponent, sp.Rational):
        r, key = fraction(exponent), id(e)

        def root(env: Env) -> Series:
            u = inner(env)
            env.trace.append((key, (u[0] > 0) - (u[0] < 0)))
            return real_power(u, r, noise_level())

        return root
    power, moves = c.compile(exponent), bool(exponent.free_symbols)

    def general(env: Env) -> Series:
        u, v = inner(env), power(env)
        if moves and exact(u[0]) and (u[0] < 0 or (u[0] == 0 and v[0] <= 0)):
            raise Undefined("a moving power of a number that is not positive", True)
        if (
            not moves
            and all(exact(k) and k == 0 for k in v[1:])
            and exact(v[0])
            and v[0].denominator == 1
            and abs(v[0]) < 64
        ):
            return integer_power(u, int(v[0]))
        if is_zero(u[0]) and exact(u[0]) and v[0] > 0:
            if env.order and not all(exact(k) and k == 0 for k in u[1:]):
                raise Kinked
            return constant(Fraction(0), env.order)
        return exponential(mul(v, logarithm(u, noise_level())))

    return general


def _unary(rule: Callable[[Series], Series]) -> Callable[[Compiler, Any], Callable[[Env], Series]]:
    def build(c: Compiler, e: Any) -> Callable[[Env], Series]:
        inner = c.compile(e.args[0])
        return lambda env: rule(inner(env))

    return build


def _sign_of(u: Series, env: Env, key: int) -> int:
    a = u[0]
    if not exact(a) and abs(a) <= noise_level() and (a == 0 or env.order == 0):
        raise Skipped("sign of a rounding error")
    sign = (a > 0) - (a < 0)
    env.trace.append((key, sign))
    if sign == 0 and env.order and not all(exact(k) and k == 0 for k in u):
        raise Kinked
    return sign


def _absolute(c: Compiler, e: Any) -> Callable[[Env], Series]:
    inner, key = c.compile(e.args[0]), id(e)

    def run(env: Env) -> Series:
        u = inner(env)
        a = u[0]
        sign = (a > 0) - (a < 0)
        env.trace.append((key, sign))
        if sign == 0 and env.order:
            if not exact(a):
                raise Skipped("zero by rounding")
            if not all(exact(k) and k == 0 for k in u):
                raise Kinked
        return u if sign >= 0 else negative(u)

    return run


def _signum(c: Compiler, e: Any) -> Callable[[Env], Series]:
    inner, key = c.compile(e.args[0]), id(e)
    return lambda env: constant(Fraction(_sign_of(inner(env), env, key)), env.order)


def _heaviside(c: Compiler, e: Any) -> Callable[[Env], Series]:
    inner, at_zero, key = c.compile(e.args[0]), c.compile(e.args[1]), id(e)

    def run(env: Env) -> Series:
        sign = _sign_of(inner(env), env, key)
        return at_zero(env) if sign == 0 else constant(Fraction(int(sign > 0)), env.order)

    return run


def _extreme(c: Compiler, e: Any) -> Callable[[Env], Series]:
    parts, key, want = c.all(e), id(e), 1 if isinstance(e, sp.Max) else -1

    def run(env: Env) -> Series:
        best, which, tied = parts[0](env), 0, False
        for k, p in enumerate(parts[1:], 1):
            u = p(env)
            try:
                sign = compare(u, best, env)
            except Skipped:
                if env.order:
                    raise
                sign = 0
            if sign == want:
                best, which, tied = u, k, False
            elif sign == 0 and u != best:
                tied = True
        env.trace.append((key, -1 if tied else which))
        if tied and env.order:
            raise Kinked
        return best

    return run


def _piecewise(c: Compiler, e: Any) -> Callable[[Env], Series]:
    rows = [(c.compile(value), c.condition(cond)) for value, cond in e.args]
    key = id(e)

    def run(env: Env) -> Series:
        for k, (value, cond) in enumerate(rows):
            if cond(env):
                env.trace.append((key, k))
                return value(env)
        raise Undefined("no case of the Piecewise holds", True)

    return run


def _sine(u: Series) -> Series:
    return sine_cosine(u)[0]


def _cosine(u: Series) -> Series:
    return sine_cosine(u)[1]


def _hyperbolic(u: Series, sign: int) -> Series:
    plus = exponential(u)
    return scale(add(plus, scale(div(one_like(u), plus), Fraction(sign))), Fraction(1, 2))


def _sinh(u: Series) -> Series:
    if abs(big(u[0])) < mpf(10) ** -5:  # no cancellation near 0
        s = mp.sinh(big(u[0])) if not (exact(u[0]) and u[0] == 0) else Fraction(0)
        return primitive(s, mul(_hyperbolic(u[:-1], 1), slope(u))) if len(u) > 1 else [s]
    return _hyperbolic(u, -1)


def _cosh(u: Series) -> Series:
    return _hyperbolic(u, 1)


def _inverse(u: Series) -> Series:
    return div(one_like(u), u)


def _arcsine(u: Series, value: Callable[[mpf], mpf], sign: int) -> Series:
    a = big(u[0])
    if abs(a) > 1:
        raise Undefined("outside [-1, 1]", exact(u[0]) or abs(a) > 1 + noise_level())
    if abs(a) == 1 and len(u) > 1:
        raise Kinked
    at_zero = Fraction(0) if sign > 0 else None
    return by_slope(
        u,
        value,
        at_zero,
        lambda v: scale(
            real_power(add(one_like(v), negative(squared(v))), Fraction(-1, 2), noise_level()), Fraction(sign)
        ),
    )


def _atanh(u: Series) -> Series:
    a = big(u[0])
    if abs(a) >= 1:
        raise Undefined("outside (-1, 1)", exact(u[0]) or abs(a) > 1 + noise_level())
    return by_slope(u, mp.atanh, Fraction(0), lambda v: _inverse(add(one_like(v), negative(squared(v)))))


def _acosh(u: Series) -> Series:
    a = big(u[0])
    if a < 1:
        raise Undefined("below 1", exact(u[0]) or a < 1 - noise_level())
    if a == 1 and len(u) > 1:
        raise Kinked
    return by_slope(
        u,
        mp.acosh,
        None,
        lambda v: real_power(add(squared(v), scale(one_like(v), Fraction(-1))), Fraction(-1, 2), noise_level()),
    )


def _erf_slope(v: Series, sign: int = -1) -> Series:
    return scale(exponential(scale(squared(v), Fraction(sign))), 2 / mp.sqrt(mp.pi))


def _erfc(u: Series) -> Series:
    return by_slope(u, _erfc_value, Fraction(1), lambda v: negative(_erf_slope(v)))


def _erfc_value(a: mpf) -> mpf:
    if a > 10**6:
        raise Skipped("erfc far out")
    return mp.erfc(a)


def _erf_value(a: mpf) -> mpf:
    return mp.erf(a) if abs(a) < 10**6 else mp.sign(a)


def _erfinv(u: Series) -> Series:
    a = big(u[0])
    if abs(a) >= 1:
        raise Undefined("outside (-1, 1)", exact(u[0]) or abs(a) > 1 + noise_level())
    first: Number = Fraction(0) if exact(u[0]) and u[0] == 0 else mp.erfinv(a)
    return stepwise(u, first, lambda g, _: scale(exponential(squared(g)), mp.sqrt(mp.pi) / 2))


def _lambert(c: Compiler, e: Any) -> Callable[[Env], Series]:
    inner = c.compile(e.args[0])
    branch = int(e.args[1]) if len(e.args) > 1 else 0

    def run(env: Env) -> Series:
        u = inner(env)
        a = big(u[0])
        beside = abs(a + 1 / mp.e) < noise_level()
        if (a < -1 / mp.e and (exact(u[0]) or not beside)) or (branch == -1 and a >= 0):
            raise Undefined("outside the domain of LambertW", not beside)
        if exact(u[0]) and u[0] == 0:
            first: Number = Fraction(0)
        elif beside:
            if len(u) > 1:
                raise Kinked
            first = mpf(-1)
        else:
            w = mp.lambertw(a, branch)
            first = w.real if isinstance(w, mpmath.mpc) else w
        return stepwise(
            u, first, lambda g, _: div(exponential(negative(g)), add(one_like(g), g)) if len(g) else one_like(g)
        )

    return run


def _loggamma(u: Series) -> Series:
    a = big(u[0])
    if a <= 0:
        raise Skipped("gamma function at a number that is not positive")
    coefficients: Series = [mp.loggamma(a)] + [mp.polygamma(k - 1, a) / mp.factorial(k) for k in range(1, len(u))]
    shift: Series = [Fraction(0), *u[1:]]
    total = constant(coefficients[0], len(u) - 1)
    power = one_like(u)
    for c in coefficients[1:]:
        power = mul(power, shift)
        total = add(total, scale(power, c))
    return total


def _rounding(c: Compiler, e: Any) -> Callable[[Env], Series]:
    inner, key = c.compile(e.args[0]), id(e)
    up = isinstance(e, sp.ceiling)

    def run(env: Env) -> Series:
        u = inner(env)
        if abs(big(u[0])) > mpf(10) ** 40:
            raise Skipped("argument too large")
        if isinstance(u[0], mpf) and abs(u[0] - mp.nint(u[0])) <= (1 + abs(u[0])) * mpf(10) ** (5 - mp.dps):
            raise Skipped("on which side of an integer is not seen")
        value = fraction(u[0])
        k = -((-value.numerator) // value.denominator) if up else value.numerator // value.denominator
        env.trace.append((key, k))
        if env.order and value == int(value):
            raise Kinked
        return constant(Fraction(k), env.order)

    return run


def _acot(c: Compiler, e: Any) -> Callable[[Env], Series]:
    inner, key = c.compile(e.args[0]), id(e)

    def run(env: Env) -> Series:
        u = inner(env)
        _sign_of(u, env, key)
        return by_slope(u, mp.acot, None, lambda v: negative(_inverse(add(one_like(v), squared(v)))))

    return run


RULES: dict[Any, Callable[[Compiler, Any], Callable[[Env], Series]]] = {
    sp.Add: _sum,
    sp.Mul: _product,
    sp.Pow: _power,
    sp.exp: _unary(exponential),
    sp.log: _unary(lambda u: logarithm(u, noise_level())),
    sp.sin: _unary(_sine),
    sp.cos: _unary(_cosine),
    sp.tan: _unary(lambda u: div(*sine_cosine(u))),
    sp.cot: _unary(lambda u: div(*reversed(sine_cosine(u)))),
    sp.sec: _unary(lambda u: _inverse(_cosine(u))),
    sp.csc: _unary(lambda u: _inverse(_sine(u))),
    sp.sinc: _unary(lambda u: div(_sine(u), u)),
    sp.tanh: _unary(hyperbolic_tangent),
    sp.coth: _unary(lambda u: _inverse(hyperbolic_tangent(u))),
    sp.sinh: _unary(_sinh),
    sp.cosh: _unary(_cosh),
    sp.sech: _unary(lambda u: _inverse(_cosh(u))),
    sp.csch: _unary(lambda u: _inverse(_sinh(u))),
    sp.atan: _unary(lambda u: by_slope(u, mp.atan, Fraction(0), lambda v: _inverse(add(one_like(v), squared(v))))),
    sp.acot: _acot,
    sp.asin: _unary(lambda u: _arcsine(u, mp.asin, 1)),
    sp.acos: _unary(lambda u: _arcsine(u, mp.acos, -1)),
    sp.asinh: _unary(
        lambda u: by_slope(
            u,
            mp.asinh,
            Fraction(0),
            lambda v: real_power(add(one_like(v), squared(v)), Fraction(-1, 2), noise_level()),
        )
    ),
    sp.acosh: _unary(_acosh),
    sp.atanh: _unary(_atanh),
    sp.acoth: _unary(lambda u: _atanh(_inverse(u))),
    sp.erf: _unary(lambda u: by_slope(u, _erf_value, Fraction(0), _erf_slope)),
    sp.erfc: _unary(_erfc),
    sp.erfi: _unary(lambda u: by_slope(u, mp.erfi, Fraction(0), lambda v: _erf_slope(v, 1))),
    sp.erfinv: _unary(_erfinv),
    sp.LambertW: _lambert,
    sp.loggamma: _unary(_loggamma),
    sp.gamma: _unary(lambda u: exponential(_loggamma(u))),
    sp.Abs: _absolute,
    sp.sign: _signum,
    sp.Heaviside: _heaviside,
    sp.Max: _extreme,
    sp.Min: _extreme,
    sp.Piecewise: _piecewise,
    sp.floor: _rounding,
    sp.ceiling: _rounding,
    sp.Mod: lambda c, e: c.compile(e.args[0] - e.args[1] * sp.floor(e.args[0] / e.args[1])),
}
"""One row per kind of node; the first that fits counts."""


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


def _nodes(n: int) -> list[tuple[mpf, mpf]]:
    """Gauss-Legendre nodes and weights on [-1, 1]."""
    key = ("gauss", n, mp.dps)
    if key not in _GAUSS:
        rule = []
        for k in range(1, n + 1):
            t = mp.cos(mp.pi * (k - mpf("0.25")) / (n + mpf("0.5")))
            for _ in range(mp.dps.bit_length() + 4):  # Newton steps from the asymptotic root
                value, before = _legendre(n, t)
                slope_there = n * (t * value - before) / (t * t - 1)
                t -= value / slope_there
            rule.append((t, 2 / ((1 - t * t) * slope_there**2)))
        _GAUSS[key] = rule
    return _GAUSS[key]


def _legendre(n: int, t: mpf) -> tuple[mpf, mpf]:
    """P_n and P_(n - 1) at t."""
    before, value = mpf(1), t
    for k in range(1, n):
        before, value = value, ((2 * k + 1) * t * value - k * before) / (k + 1)
    return value, before


_GAUSS: dict[Any, list[tuple[mpf, mpf]]] = {}


DEEPEST = 30
"""Halvings of a panel towards a kink or a jump."""
MOST_PANELS = 3000
"""Panels before the quadrature is given up: waves without end, as of `sin(1/x)`, would be halved for ever."""


def panels(f: Callable[[mpf], mpf], breaks: list[mpf]) -> tuple[mpf, mpf]:
    """The integral of f and an error estimate: two Gauss rules a panel, halved where they differ."""
    total, error = mpf(0), mpf(0)
    waiting = [(a, b, 0) for a, b in pairwise(breaks)][::-1]
    most = len(waiting) + MOST_PANELS
    done = 0
    while waiting:
        done += 1
        if done > most:
            raise Skipped("the quadrature does not settle")
        a, b, depth = waiting.pop()
        middle, half = (a + b) / 2, (b - a) / 2
        coarse, fine = (half * mp.fsum(w * f(middle + half * t) for t, w in _nodes(n)) for n in (12, 18))
        gap = abs(fine - coarse)
        if gap > mpf(10) ** -15 * (1 + abs(fine)):
            if depth < DEEPEST:
                waiting += [(middle, b, depth + 1), (a, middle, depth + 1)]
                continue
            fine, gap = mp.quad(f, [a, b], error=True)
            with mp.workdps(2 * mp.dps):
                gap = max(gap, abs(mp.quad(f, [a, b]) - fine))
        total, error = total + fine, error + gap
    return total, error


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
