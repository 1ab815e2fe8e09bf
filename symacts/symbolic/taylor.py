"""Exact Taylor coefficients of a smooth expression at a point where every operation of it is analytic.

Truncated series in exact numbers: no derivative is written out, so that high orders stay cheap.

>>> import sympy
>>> x = sympy.Symbol("x", real=True)
>>> taylor(x/(1 + sympy.exp(-x)), x, sympy.S.Zero, 4)
[0, 1/2, 1/4, 0, -1/48]
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

__all__ = ["taylor"]

Series = list[sp.Expr]

MOST_OPERATIONS = 120
"""Size of a coefficient beyond which the series is given up."""


class _Unavailable(Exception):
    """A function without a row here, a value that is none, or coefficients that grow too long."""


def _neat(c: sp.Expr) -> sp.Expr:
    if c.is_Rational:
        return c
    c = sp.expand(c)
    if c.has(sp.nan, sp.zoo, sp.oo, sp.S.NegativeInfinity) or c.count_ops() > MOST_OPERATIONS:
        raise _Unavailable
    return c


def _times(u: Series, v: Series) -> Series:
    return [_neat(sp.Add(*(u[i] * v[k - i] for i in range(k + 1)))) for k in range(len(u))]


def _slope(u: Series) -> Series:
    """The derivative, one coefficient shorter."""
    return [k * u[k] for k in range(1, len(u))]


def _from_slope(first: sp.Expr, slope: Series) -> Series:
    return [first, *(_neat(c / k) for k, c in enumerate(slope, 1))]


def _power(u: Series, r: sp.Rational) -> Series:
    """`u**r` by J. C. P. Miller's recurrence, for `u(0)` not zero."""
    if u[0].is_zero is not False:
        raise _Unavailable
    out = [_neat(u[0] ** r)]
    for k in range(1, len(u)):
        total = sp.Add(*((r * i - k + i) * u[i] * out[k - i] for i in range(1, k + 1)))
        out.append(_neat(total / (k * u[0])))
    return out


def _integer_power(u: Series, n: int) -> Series:
    out: Series = [sp.S.One, *([sp.S.Zero] * (len(u) - 1))]
    while n:
        if n & 1:
            out = _times(out, u)
        n >>= 1
        u = _times(u, u) if n else u
    return out


def _exp(u: Series) -> Series:
    out = [_neat(sp.exp(u[0]))]
    for k in range(1, len(u)):
        out.append(_neat(sp.Add(*(i * u[i] * out[k - i] for i in range(1, k + 1))) / k))
    return out


def _pair(u: Series, first: sp.Expr, second: sp.Expr, sign: int) -> tuple[Series, Series]:
    """s and c with `s' = c*u'`, `c' = sign*s*u'`."""
    s, c = [_neat(first)], [_neat(second)]
    for k in range(1, len(u)):
        s.append(_neat(sp.Add(*(i * u[i] * c[k - i] for i in range(1, k + 1))) / k))
        c.append(_neat(sign * sp.Add(*(i * u[i] * s[k - i] for i in range(1, k + 1))) / k))
    return s, c


def _plus(u: Series, c: int, scale: int = 1) -> Series:
    return [scale * u[0] + c, *(scale * a for a in u[1:])]


def _chain(function: type, outer: Callable[[Series], Series]) -> Callable[[Series], Series]:
    """The series of a function whose derivative at the argument is `outer`."""
    return lambda u: _from_slope(_neat(function(u[0])), _times(outer(u[:-1]), _slope(u)) if len(u) > 1 else [])


def _square(u: Series) -> Series:
    return _times(u, u)


def _gauss(u: Series, sign: int) -> Series:
    return [2 * sign / sp.sqrt(sp.pi) * c for c in _exp([-c for c in _square(u)])]


def _tanh(u: Series) -> Series:
    s, c = _pair(u, sp.sinh(u[0]), sp.cosh(u[0]), 1)
    out = _times(s, _power(c, -sp.S.One))
    return [_neat(sp.tanh(u[0])), *out[1:]]


_HALF = sp.Rational(1, 2)

_ROWS: dict[type, Callable[[Series], Series]] = {
    sp.exp: _exp,
    sp.sin: lambda u: _pair(u, sp.sin(u[0]), sp.cos(u[0]), -1)[0],
    sp.cos: lambda u: _pair(u, sp.sin(u[0]), sp.cos(u[0]), -1)[1],
    sp.sinh: lambda u: _pair(u, sp.sinh(u[0]), sp.cosh(u[0]), 1)[0],
    sp.cosh: lambda u: _pair(u, sp.sinh(u[0]), sp.cosh(u[0]), 1)[1],
    sp.sech: lambda u: _power(_pair(u, sp.sinh(u[0]), sp.cosh(u[0]), 1)[1], -sp.S.One),
    sp.tanh: _tanh,
    sp.log: _chain(sp.log, lambda u: _power(u, -sp.S.One)),
    sp.atan: _chain(sp.atan, lambda u: _power(_plus(_square(u), 1), -sp.S.One)),
    sp.asinh: _chain(sp.asinh, lambda u: _power(_plus(_square(u), 1), -_HALF)),
    sp.atanh: _chain(sp.atanh, lambda u: _power(_plus(_square(u), 1, -1), -sp.S.One)),
    sp.asin: _chain(sp.asin, lambda u: _power(_plus(_square(u), 1, -1), -_HALF)),
    sp.erf: _chain(sp.erf, lambda u: _gauss(u, 1)),
    sp.erfc: _chain(sp.erfc, lambda u: _gauss(u, -1)),
}


class _Walk:
    """The series of every subexpression, once each."""

    def __init__(self, x: sp.Symbol, point: sp.Expr, order: int) -> None:
        self.x, self.order = x, order
        self.known: dict[sp.Expr, Series] = {x: self._padded(point, sp.S.One)}

    def _padded(self, *head: sp.Expr) -> Series:
        return [*head, *([sp.S.Zero] * (self.order + 1))][: self.order + 1]

    def series(self, e: sp.Expr) -> Series:
        if e not in self.known:
            self.known[e] = self._find(e) if e.has(self.x) else self._padded(e)
        return self.known[e]

    def _find(self, e: sp.Expr) -> Series:
        if e.is_Add:
            return [_neat(sp.Add(*column)) for column in zip(*map(self.series, e.args), strict=True)]
        if e.is_Mul:
            first, *rest = map(self.series, e.args)
            for other in rest:
                first = _times(first, other)
            return first
        if e.is_Pow and e.exp.is_Rational:
            u = self.series(e.base)
            return _integer_power(u, int(e.exp)) if e.exp.is_Integer and e.exp > 0 else _power(u, e.exp)
        if e.is_Pow and not isinstance(e, sp.exp) and not e.base.has(self.x):
            return _exp([_neat(c * sp.log(e.base)) for c in self.series(e.exp)])
        if type(e) in _ROWS and len(e.args) == 1:
            return _ROWS[type(e)](self.series(e.args[0]))
        raise _Unavailable


def taylor(expression: sp.Expr, x: sp.Symbol, point: sp.Expr, order: int) -> Series | None:
    """The coefficients of `(x - point)**k` for k up to `order`; None where an operation has no row or they grow long.

    Validity: every operation of the expression is analytic at the point.
    """
    try:
        return _Walk(x, point, order).series(expression)
    except _Unavailable:
        return None
