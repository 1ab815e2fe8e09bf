"""The functions and constants that text can name, as rows: name, number of arguments, how it is built.

Conventions that differ between systems: `cbrt` is the real cube root (odd); `log(x, b)` is the logarithm to base b;
`Heaviside(x)` is 1/2 at 0 unless a second argument says otherwise; `clip(x, lo, hi)` is `Max(lo, Min(hi, x))`;
`Mod(x, m)` is `x - m*floor(x/m)`;
`atan2(y, x)` takes the ordinate first; `LambertW(x)` is the principal branch, `LambertW(x, -1)` the lower one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from symacts.guarded import Guard, Refusal

__all__ = ["CONSTANTS", "ELEMENTARY", "SPECIAL", "Elementary"]


@dataclass(frozen=True, slots=True)
class Elementary:
    """A function of text: the least and most number of arguments, and what builds its value under a guard."""

    least: int
    most: int
    build: Callable[..., sp.Expr]


def _direct(function: Any, least: int = 1, most: int | None = None) -> Elementary:
    return Elementary(least, least if most is None else most, lambda guard, *args: guard.call(function, *args))


def _log(guard: Guard, x: sp.Expr, base: sp.Expr = sp.E) -> sp.Expr:
    value = guard.call(sp.log, x)
    return value if base == sp.E else guard.product((value, guard.power(guard.call(sp.log, base), sp.S.NegativeOne)))


def _cbrt(guard: Guard, x: sp.Expr) -> sp.Expr:
    root = guard.power(guard.call(sp.Abs, x), sp.Rational(1, 3))
    return guard.product((guard.call(sp.sign, x), root))


def _remainder(guard: Guard, x: sp.Expr, step: sp.Expr) -> sp.Expr:
    steps = guard.call(sp.floor, guard.product([x, guard.power(step, sp.S.NegativeOne)]))
    return guard.total([x, guard.product([sp.S.NegativeOne, step, steps])])


def _clip(guard: Guard, x: sp.Expr, lo: sp.Expr, hi: sp.Expr) -> sp.Expr:
    if (hi - lo).is_negative:
        raise Refusal(f"clip needs lo <= hi, got lo = {lo}, hi = {hi}")
    return guard.call(sp.Max, lo, guard.call(sp.Min, hi, x))


def _rational(guard: Guard, numerator: sp.Expr, denominator: sp.Expr = sp.S.One) -> sp.Expr:
    if not (isinstance(numerator, sp.Rational) and isinstance(denominator, sp.Rational)):
        raise Refusal("Rational(p, q) takes two numbers")
    return guard.product((numerator, guard.power(denominator, sp.S.NegativeOne)))


def _lambert(guard: Guard, x: sp.Expr, branch: sp.Expr = sp.S.Zero) -> sp.Expr:
    if branch not in (0, -1):
        raise Refusal("LambertW has two real branches: 0 (the default) and -1")
    return guard.call(sp.LambertW, x) if branch == 0 else guard.call(sp.LambertW, x, branch)


def _expm1(guard: Guard, x: sp.Expr) -> sp.Expr:
    return guard.total((guard.call(sp.exp, x), sp.S.NegativeOne))


def _log1p(guard: Guard, x: sp.Expr) -> sp.Expr:
    return guard.call(sp.log, guard.total((sp.S.One, x)))


def _to_base(base: int) -> Elementary:
    return Elementary(1, 1, lambda guard, x: _log(guard, x, sp.Integer(base)))


ELEMENTARY: dict[str, Elementary] = {
    "exp": _direct(sp.exp),
    "exp2": Elementary(1, 1, lambda guard, x: guard.power(sp.Integer(2), x)),
    "expm1": Elementary(1, 1, _expm1),
    "log": Elementary(1, 2, _log),
    "log1p": Elementary(1, 1, _log1p),
    "log2": _to_base(2),
    "log10": _to_base(10),
    "sqrt": Elementary(1, 1, lambda guard, x: guard.power(x, sp.S.Half)),
    "cbrt": Elementary(1, 1, _cbrt),
    "pow": Elementary(2, 2, lambda guard, x, y: guard.power(x, y)),
    **{f.__name__: _direct(f) for f in (sp.sin, sp.cos, sp.tan, sp.cot, sp.sec, sp.csc, sp.asin, sp.acos, sp.atan)},
    **{f.__name__: _direct(f) for f in (sp.sinh, sp.cosh, sp.tanh, sp.coth, sp.sech, sp.csch)},
    **{f.__name__: _direct(f) for f in (sp.asinh, sp.acosh, sp.atanh, sp.acoth, sp.acot)},
    "atan2": _direct(sp.atan2, 2),
    "erf": _direct(sp.erf),
    "erfc": _direct(sp.erfc),
    "erfi": _direct(sp.erfi),
    "erfinv": _direct(sp.erfinv),
    "LambertW": Elementary(1, 2, _lambert),
    "gamma": _direct(sp.gamma),
    "loggamma": _direct(sp.loggamma),
    "Abs": _direct(sp.Abs),
    "sign": _direct(sp.sign),
    "Heaviside": _direct(sp.Heaviside, 1, 2),
    "floor": _direct(sp.floor),
    "ceiling": _direct(sp.ceiling),
    "Mod": Elementary(2, 2, _remainder),
    "frac": Elementary(1, 1, lambda guard, x: _remainder(guard, x, sp.S.One)),
    "Max": _direct(sp.Max, 1, 10**6),
    "Min": _direct(sp.Min, 1, 10**6),
    "clip": Elementary(3, 3, _clip),
    "Rational": Elementary(1, 2, _rational),
}
"""Canonical names; `ALIASES` are added below."""

ALIASES = {
    "ln": "log",
    "abs": "Abs",
    "fabs": "Abs",
    "sgn": "sign",
    "lambertw": "LambertW",
    "lgamma": "loggamma",
    "ceil": "ceiling",
    "mod": "Mod",
    "maximum": "Max",
    "minimum": "Min",
    "max": "Max",
    "min": "Min",
    "clamp": "clip",
    **{f"arc{f}": f"a{f}" for f in ("sin", "cos", "tan", "tan2", "cot")},
    **{f"{arc}{f}": f"a{f}" for arc in ("ar", "arc") for f in ("sinh", "cosh", "tanh", "coth")},
}
ELEMENTARY.update({alias: ELEMENTARY[name] for alias, name in ALIASES.items()})

CONSTANTS: dict[str, sp.Expr] = {
    "pi": sp.pi,
    "E": sp.E,
    "EulerGamma": sp.EulerGamma,
    "oo": sp.oo,
    "inf": sp.oo,
}
"""Names that stand for a number. Infinity can only stand in limits, bounds and statements."""

SPECIAL = frozenset({"Piecewise", "where", "Eq", "Ne", "Lt", "Le", "Gt", "Ge", "And", "Or", "Not"})
"""Names of calls that the builder reads itself, because they take conditions."""
