"""One rule for each kind of node: how its Taylor series comes from those of its arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import mpmath
import sympy as sp
from mpmath import mp, mpf
from referee_series import (
    Kinked,
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
)

if TYPE_CHECKING:
    from referee_reals import Compiler


class Unreadable(Exception):
    """An expression with a part that this evaluator does not know."""


@dataclass
class Env:
    """One evaluation: the series of the variable, the memo of common parts, the branches taken on the way."""

    series: Series
    order: int
    memo: dict[int, Series] = field(default_factory=dict)
    trace: list[tuple[int, Any]] = field(default_factory=list)


def raise_infinite(env: Env) -> Series:
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
