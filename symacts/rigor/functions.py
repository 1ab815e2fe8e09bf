"""One row per real function: its ball form, its interval form, and how Taylor coefficients run through it.

A row holds what ball arithmetic needs to know of a function of one argument: the value at a ball, the shape
(increasing, decreasing, even), the limits at the ends of the domain, and the derivative as a rule on jets. `rewritten`
lists the functions that are first written through others.

>>> import sympy as sp
>>> ROWS[sp.tanh].name, sp.sech in REWRITTEN
('tanh', True)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp
from flint import acb, arb, ctx, fmpq
from sympy.codegen.cfunctions import log1p

from symacts.rigor import intervals as iv
from symacts.rigor.intervals import INFINITY, Pair

__all__ = ["REWRITTEN", "ROWS", "Row"]

THIN = arb(2) ** -16
"""Radius below which a function is evaluated at the ball itself, not at both of its ends."""


@dataclass(frozen=True, slots=True)
class Row:
    """A real function of one argument.

    `ball(u)` encloses f on a thin ball. `interval(pair)` encloses f on a pair. `slope(u, y)` gives the jet of f' from
    the jets of the argument and of f itself, both one order shorter than wanted (see `jets.chain`); None where
    `coefficients(c, n)` gives the Taylor coefficients of f on the ball c instead.
    """

    name: str
    ball: Callable[[Any], Any]
    interval: Callable[[Pair], Pair]
    slope: str | None = None
    coefficients: Callable[[Any, int], list[Any]] | None = None


def _increasing(
    f: Callable[[Any], Any], low: Any = None, high: Any = None, *ends: tuple[int, Any]
) -> Callable[..., Pair]:
    return iv.monotone(f, True, limits=(low, high), ends=ends)


def _decreasing(
    f: Callable[[Any], Any], low: Any = None, high: Any = None, *ends: tuple[int, Any]
) -> Callable[..., Pair]:
    return iv.monotone(f, False, limits=(low, high), ends=ends)


def _direct(f: Callable[[Any], Any]) -> Callable[[Pair], Pair]:
    """The interval form through the ball that contains the pair."""

    def form(a: Pair) -> Pair:
        ball = iv.to_ball(a)
        return iv.of_ball(f(ball)) if ball.is_finite() else None

    return form


def _bounded_wave(f: Callable[[Any], Any]) -> Callable[[Pair], Pair]:
    """sin, cos: through the ball, cut to [-1, 1]."""
    one = arb(1)

    def form(a: Pair) -> Pair:
        if a is None:
            return None
        if not (a[0].is_finite() and a[1].is_finite()):
            return -one, one
        value = f(iv.to_ball(a))
        return iv.max_exact(value.lower(), -one), iv.min_exact(value.upper(), one)

    return form


def _even(f: Callable[[Any], Any], increasing: bool, limit: Any) -> Callable[[Pair], Pair]:
    half = iv.monotone(f, increasing, limits=(None, limit))
    return lambda a: half(iv.absolute(a))


def _tan_interval(a: Pair) -> Pair:
    if a is None or not (a[0].is_finite() and a[1].is_finite()):
        return None
    lo, hi = a[0].tan(), a[1].tan()
    ball = iv.to_ball(a)
    if not (ball.cos() > 0 or ball.cos() < 0) or not (lo.is_finite() and hi.is_finite()):
        return None
    return lo.lower(), hi.upper()


def _sign(u: Any) -> Any:
    if u > 0:
        return arb(1)
    if u < 0:
        return arb(-1)
    return arb(0) if u == 0 else arb(0, 1)


def _sign_interval(a: Pair) -> Pair:
    if a is None:
        return None
    one = arb(1)
    lo = one if a[0] > 0 else (-one if a[0] < 0 else arb(0))
    hi = one if a[1] > 0 else (-one if a[1] < 0 else arb(0))
    return lo, hi


def _half_pi() -> Any:
    return arb.pi() / 2


def _minus_half_pi() -> Any:
    return -arb.pi() / 2


def _zeta_order(order: int) -> Callable[[Any], Any]:
    """polygamma of this order at a real ball."""
    return lambda u: u.digamma() if order == 0 else acb(u).polygamma(order).real


def _nonpositive_safe(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """f on positive balls only."""
    return lambda u: f(u) if u > 0 else arb.nan()


def _loggamma_coefficients(c: Any, n: int) -> list[Any]:
    out = [c.lgamma()]
    factorial = arb(1)
    for k in range(1, n + 1):
        factorial *= k
        out.append(_zeta_order(k - 1)(c) / factorial)
    return out


def polygamma_coefficients(order: int) -> Callable[[Any, int], list[Any]]:
    """The Taylor coefficients of psi of that order."""

    def coefficients(c: Any, n: int) -> list[Any]:
        out, factorial = [], arb(1)
        for k in range(n + 1):
            factorial *= max(k, 1)
            out.append(_zeta_order(order + k)(c) / factorial)
        return out

    return coefficients


def _gamma_interval(a: Pair) -> Pair:
    """Through the ball; on [3/2, oo) gamma increases."""
    if a is None:
        return None
    if a[0] >= fmpq(3, 2):
        return iv.monotone(lambda v: v.gamma(), True, limits=(None, INFINITY))(a)
    return _direct(lambda v: v.gamma())(a)


def _sinc(u: Any) -> Any:
    return u.sinc()


def _sinc_interval(a: Pair) -> Pair:
    if a is None:
        return None
    if not (a[0].is_finite() and a[1].is_finite()):
        return arb(-1), arb(1)
    value = iv.of_ball(iv.to_ball(a).sinc())
    return iv.meet(value, (arb(-1), arb(1))) if value is not None else (arb(-1), arb(1))


def _sinc_coefficients(c: Any, n: int) -> list[Any]:
    """sinc(u) = int_0^1 cos(s u) ds: the k-th derivative is int_0^1 s**k cos(s u + k pi/2) ds, summed as a series.

    Term j of the series of the k-th derivative is at most `|u|**(2j - k) / (2j - k)! / (2j + 1)` in size; the tail
    after J terms is at most twice its first term once the ratio of terms is below 1/2.
    """
    size = c.abs_upper()
    if size > 4:
        return []
    out = []
    for k in range(n + 1):
        total, j = arb(0), (k + 1) // 2
        while True:
            power = 2 * j - k
            term = iv.ball_power(c, power) / arb(power).fac() / (2 * j + 1)
            total += -term if j % 2 else term
            bound = iv.ball_power(size, power + 2) / arb(power + 2).fac()
            if power > 12 and bound < arb(2) ** (-ctx.prec - 8):
                total += arb(0, (2 * bound).upper())  # ratio of later terms: 16/(14*15) < 1/2
                break
            j += 1
        out.append(total / arb(k).fac())
    return out


def _row(
    func: Any, ball: Callable[[Any], Any], interval: Callable[[Pair], Pair], slope: str | None = None, **more: Any
) -> Row:
    return Row(func.__name__, ball, interval, slope, **more)


def _rows() -> dict[Any, Row]:
    a = arb
    table: list[tuple[Any, Callable[[Any], Any], Callable[[Pair], Pair], str | None]] = [
        (sp.exp, a.exp, _increasing(a.exp, a(0), INFINITY), "exp"),
        (sp.log, a.log, _increasing(a.log, None, INFINITY, (0, -INFINITY)), "log"),
        (log1p, a.log1p, _increasing(a.log1p, None, INFINITY, (-1, -INFINITY)), "log1p"),
        (sp.sin, a.sin, _bounded_wave(a.sin), "sin"),
        (sp.cos, a.cos, _bounded_wave(a.cos), "cos"),
        (sp.tan, a.tan, _tan_interval, "tan"),
        (sp.asin, a.asin, _increasing(a.asin), "asin"),
        (sp.acos, a.acos, _decreasing(a.acos), "acos"),
        (sp.atan, a.atan, _increasing(a.atan, _minus_half_pi, _half_pi), "atan"),
        (sp.sinh, a.sinh, _increasing(a.sinh, -INFINITY, INFINITY), "sinh"),
        (sp.cosh, a.cosh, _even(a.cosh, True, INFINITY), "cosh"),
        (sp.tanh, a.tanh, _increasing(a.tanh, a(-1), a(1)), "tanh"),
        (sp.asinh, a.asinh, _increasing(a.asinh, -INFINITY, INFINITY), "asinh"),
        (sp.acosh, a.acosh, _increasing(a.acosh, None, INFINITY), "acosh"),
        (sp.atanh, a.atanh, _increasing(a.atanh, None, None, (-1, -INFINITY), (1, INFINITY)), "atanh"),
        (sp.erf, a.erf, _increasing(a.erf, a(-1), a(1)), "erf"),
        (sp.erfc, a.erfc, _decreasing(a.erfc, a(2), a(0)), "erfc"),
        (sp.erfi, a.erfi, _increasing(a.erfi, -INFINITY, INFINITY), "erfi"),
        (sp.erfinv, a.erfinv, _increasing(a.erfinv, None, None, (-1, -INFINITY), (1, INFINITY)), "erfinv"),
        (sp.erfcinv, a.erfcinv, _decreasing(a.erfcinv, None, None, (0, INFINITY), (2, -INFINITY)), "erfcinv"),
        (sp.LambertW, a.lambertw, _increasing(a.lambertw, None, INFINITY), "lambertw"),
        (sp.sign, _sign, _sign_interval, "sign"),
        (sp.floor, a.floor, _increasing(a.floor, -INFINITY, INFINITY), "floor"),
        (sp.ceiling, a.ceil, _increasing(a.ceil, -INFINITY, INFINITY), "ceiling"),
        (sp.Si, a.si, _direct(a.si), "si"),
        (sp.Ci, _nonpositive_safe(a.ci), _direct(_nonpositive_safe(a.ci)), "ci"),
        (sp.Shi, a.shi, _increasing(a.shi, -INFINITY, INFINITY), "shi"),
        (sp.Ei, a.ei, _direct(a.ei), "ei"),
        (sp.li, _nonpositive_safe(a.li), _direct(_nonpositive_safe(a.li)), "li"),
        (sp.fresnels, a.fresnel_s, _direct(a.fresnel_s), "fresnels"),
        (sp.fresnelc, a.fresnel_c, _direct(a.fresnel_c), "fresnelc"),
    ]
    rows = {func: _row(func, ball, interval, slope) for func, ball, interval, slope in table}
    lgamma = _nonpositive_safe(a.lgamma)
    rows[sp.loggamma] = _row(sp.loggamma, lgamma, _direct(lgamma), coefficients=_loggamma_coefficients)
    rows[sp.gamma] = _row(sp.gamma, a.gamma, _gamma_interval, "gamma")
    rows[sp.digamma] = _row(sp.digamma, a.digamma, _direct(a.digamma), coefficients=polygamma_coefficients(0))
    rows[sp.sinc] = _row(sp.sinc, _sinc, _sinc_interval, coefficients=_sinc_coefficients)
    return rows


ROWS: Mapping[Any, Row] = _rows()
"""The functions of one real argument that balls, intervals and jets run through."""


def polygamma_row(order: int) -> Row:
    """psi of that order."""
    f = _zeta_order(order)
    return Row("polygamma", f, _direct(f), None, polygamma_coefficients(order))


def lambertw_lower_row() -> Row:
    """The branch W_{-1} on [-1/e, 0), decreasing."""

    def f(u: Any) -> Any:
        return u.lambertw(-1)

    return Row("LambertW", f, iv.monotone(f, False, ends=((0, -INFINITY),)), "lambertw")


REWRITTEN: Mapping[Any, Callable[..., sp.Expr]] = {
    sp.sec: lambda u: 1 / sp.cos(u),
    sp.csc: lambda u: 1 / sp.sin(u),
    sp.cot: lambda u: sp.cos(u) / sp.sin(u),
    sp.sech: lambda u: 1 / sp.cosh(u),
    sp.csch: lambda u: 1 / sp.sinh(u),
    sp.coth: lambda u: 1 / sp.tanh(u),
    sp.acot: lambda u: sp.atan(1 / u),
    sp.asec: lambda u: sp.acos(1 / u),
    sp.acsc: lambda u: sp.asin(1 / u),
    sp.asech: lambda u: sp.acosh(1 / u),
    sp.acsch: lambda u: sp.asinh(1 / u),
    sp.acoth: lambda u: sp.atanh(1 / u),
    sp.erf2: lambda u, v: sp.erf(v) - sp.erf(u),
    sp.factorial: lambda u: sp.gamma(u + 1),
    sp.frac: lambda u: u - sp.floor(u),
}
"""Functions that are written through the rows above before evaluation."""
