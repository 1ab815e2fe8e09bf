"""Random activations of the kind people propose, for laws over functions that nobody has looked at.

>>> import random
>>> random_expression(random.Random(4), 6).free_symbols
{x}
"""

from __future__ import annotations

import random
from collections.abc import Callable

import sympy as sp

from symacts.spec import x

__all__ = ["random_expression"]

Rng = random.Random


def random_expression(rng: Rng, size: int = 6) -> sp.Expr:
    """A scalar function of `x` with about `size` operations; depends on x, nothing complex or infinite."""
    while True:
        e = _grow(rng, size)
        if e.free_symbols == {x} and not e.has(sp.I, sp.oo, sp.zoo, sp.nan) and sp.count_ops(e) <= 8 * size + 8:
            return e


def _number(rng: Rng) -> sp.Rational:
    """A small rational, not zero."""
    kind = rng.random()
    if kind < 0.5:
        value = sp.Integer(rng.choice((1, 1, 1, 2, 2, 3, 4, 5)))
    elif kind < 0.9:
        value = sp.Rational(rng.randint(1, 9), rng.choice((2, 2, 3, 4, 5, 10)))
    else:
        value = sp.Rational(rng.choice(("0.044715", "1.702", "0.01", "1.0507", "0.8", "6")))
    return -value if rng.random() < 0.3 else value


def _linear(rng: Rng) -> sp.Expr:
    """Mostly x itself."""
    kind = rng.random()
    if kind < 0.55:
        return x
    if kind < 0.7:
        return -x
    slope = _number(rng)
    return slope * x + (_number(rng) if kind > 0.9 else 0)


def _sigmoid(u: sp.Expr) -> sp.Expr:
    return 1 / (1 + sp.exp(-u))


def _softplus(u: sp.Expr) -> sp.Expr:
    return sp.log(1 + sp.exp(u))


UNARY: list[tuple[float, Callable[[Rng, sp.Expr], sp.Expr]]] = [
    (3.0, lambda _, u: _sigmoid(u)),
    (3.0, lambda _, u: sp.tanh(u)),
    (2.5, lambda _, u: _softplus(u)),
    (1.5, lambda _, u: sp.exp(-(u**2))),
    (1.0, lambda _, u: sp.exp(u)),
    (1.5, lambda _, u: sp.erf(u)),
    (1.5, lambda _, u: sp.atan(u)),
    (0.7, lambda _, u: sp.asinh(u)),
    (1.0, lambda _, u: sp.log(1 + u**2)),
    (1.5, lambda r, u: sp.sqrt(u**2 + abs(_number(r)))),
    (1.0, lambda _, u: u / (1 + sp.Abs(u))),
    (1.0, lambda _, u: 1 / (1 + u**2)),
    (2.0, lambda _, u: sp.Abs(u)),
    (2.0, lambda _, u: sp.Max(u, 0)),
    (1.0, lambda r, u: sp.Max(-abs(_number(r)), sp.Min(u, abs(_number(r))))),
    (0.7, lambda _, u: sp.sign(u)),
    (0.6, lambda r, u: sp.Abs(u) ** sp.Rational(r.choice((1, 1, 2, 3)), r.choice((2, 3)))),
    (1.0, lambda r, u: u ** r.choice((2, 2, 3))),
    (0.5, lambda _, u: sp.sin(u)),
    (0.3, lambda _, u: sp.cos(u)),
    (0.4, lambda _, u: sp.sech(u)),
    (0.3, lambda _, u: sp.exp(-sp.exp(-u))),
    (0.3, lambda _, u: sp.log(1 + sp.Abs(u))),
]


def _grow(rng: Rng, size: int) -> sp.Expr:
    if size <= 1:
        return _linear(rng)
    kind = rng.random()
    if kind < 0.40:
        weights = [w for w, _ in UNARY]
        (_, build), *_rest = rng.choices(UNARY, weights)
        return build(rng, _grow(rng, size - 2))
    if kind < 0.55:  # a gate: x times something
        return x * _grow(rng, size - 1)
    left = rng.randint(1, max(1, size - 2))
    u, v = _grow(rng, left), _grow(rng, size - 1 - left)
    if kind < 0.70:
        return u + _number(rng) * v
    if kind < 0.78:
        return u * v
    if kind < 0.83:
        return u / (abs(_number(rng)) + v**2)
    if kind < 0.88:
        return rng.choice((sp.Max, sp.Min))(u, v)
    return _piecewise(rng, u, v)


def _piecewise(rng: Rng, u: sp.Expr, v: sp.Expr) -> sp.Expr:
    """Two or three cases with rational or transcendental switching points."""
    border = rng.choice((sp.S.Zero, sp.S.Zero, _number(rng), sp.log(2), sp.sqrt(2), sp.pi / 4))
    kind = rng.random()
    if kind < 0.5:
        condition = rng.choice((x > border, x >= border, x < border))
        return sp.Piecewise((u, condition), (v, True))
    if kind < 0.75:
        width = abs(_number(rng))
        return sp.Piecewise((u, x < border - width), (v, x <= border + width), (_number(rng) * x, True))
    return sp.Piecewise((u, sp.exp(x) > 2 + x / 3), (v, True))
