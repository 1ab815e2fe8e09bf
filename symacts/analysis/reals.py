"""Signs and short forms of exact reals that may hold roots: balls first, then exact proofs that a number is zero.

>>> import sympy
>>> from symacts.rigor.oracle import BallOracle
>>> t = sympy.Symbol("t", real=True)
>>> r = Root(sympy.cos(t) - t, 0, 1)
>>> sign_of(sympy.exp(-((sympy.cos(r) - r)**2)) - 1, BallOracle())
0
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.facts import Root
from symacts.symbolic.field import divides, vanishes
from symacts.symbolic.oracle import Undecided
from symacts.symbolic.structure import substituted

__all__ = ["as_root", "mirror_image", "sign_of"]

SIMPLE = 12
"""Largest denominator of a rational that a value at a root is compared with."""

_UNDO: dict[type, Callable[[sp.Expr], sp.Expr]] = {
    sp.exp: sp.log,
    sp.log: sp.exp,
    sp.tanh: sp.atanh,
    sp.atanh: sp.tanh,
    sp.atan: sp.tan,
    sp.sinh: sp.asinh,
    sp.asinh: sp.sinh,
    sp.erf: sp.erfinv,
}
"""Increasing functions and what undoes them."""


def sign_of(constant: sp.Expr, oracle: Any) -> int | None:
    """Sign of a real constant, None where it is undecided."""
    if constant.has(Root) and not constant.free_symbols:
        sign = oracle.ball_sign(constant)
        if sign:
            return sign
        if _is_zero(constant, oracle):
            return 0
        sign = _by_parts(constant, lambda c: sign_of(c, oracle))
        if sign is not None:
            return sign
    return oracle.sign(constant)


def _is_zero(constant: sp.Expr, oracle: Any) -> bool:
    plain = _unwrapped(constant)
    if vanishes(plain):
        return True
    outer = _outer_roots(plain)
    if len(outer) == 2:
        plain = _with_one_root(plain, outer[0], outer[1], oracle)
        outer = _outer_roots(plain)
        if vanishes(plain):
            return True
    if len(outer) != 1:
        return False
    (root,) = outer
    return divides(root.function.expr, plain.xreplace({root: root.function.variables[0]}))


def _by_parts(constant: sp.Expr, sign: Callable[[sp.Expr], int | None]) -> int | None:
    """The sign of a product from its factors, of `a + k*F(u)` from `u` and the number where `F` is `-a/k`."""
    if constant.is_Mul:
        product = 1
        for factor in constant.args:
            known = sign(factor)
            if known is None:
                return None
            product *= known
        return product
    if constant.is_Pow and constant.exp.is_Rational and constant.exp > 0:
        known = sign(constant.base)
        return known if known is None or constant.exp.p % 2 else known**2
    held, moving = constant.as_independent(Root, as_Add=True)
    scale, core = moving.as_independent(Root, as_Add=False)
    if type(core) not in _UNDO or len(core.args) != 1 or scale == 0:
        return None
    target = _UNDO[type(core)](-held / scale)
    if target.is_extended_real is not True or target.is_infinite is not False:
        return None
    way, inner = sign(scale), sign(core.args[0] - target)
    return None if way is None or inner is None else way * inner


def _outer_roots(constant: sp.Expr) -> list[Root]:
    """The roots in a constant, but for those inside the functions of others."""
    return sorted(constant.atoms(Root), key=sp.default_sort_key)


def mirror_image(root: Root) -> Root:
    """Minus a negative root, as a root of the mirrored function."""
    variable = root.function.variables[0]
    return Root(sp.Lambda(variable, substituted(root.function.expr, variable, -variable)), -root.hi, -root.lo)


def _unwrapped(constant: sp.Expr) -> sp.Expr:
    """A constant with each `Root` that merely names a value (`x - value`) replaced by that value."""
    if isinstance(constant, Root):
        variable = constant.function.variables[0]
        value = variable - constant.function.expr
        return constant if variable in value.free_symbols else _unwrapped(value)
    return constant.func(*[_unwrapped(a) for a in constant.args]) if constant.args else constant


def _with_one_root(constant: sp.Expr, first: Root, second: Root, oracle: Any) -> sp.Expr:
    """The constant with one root written as plus or minus the other, where exact division shows that it is."""
    variable = first.function.variables[0]
    for a, b in ((first, second), (second, first)):
        lo, hi = oracle.enclose(b, 30)
        for sign in (1, -1):
            inside = a.lo <= min(sign * lo, sign * hi) and max(sign * lo, sign * hi) <= a.hi
            mirrored = substituted(a.function.expr, variable, sign * variable)
            if inside and divides(b.function.expr, mirrored):
                return constant.xreplace({b: sign * a})
    return constant


def as_root(constant: sp.Expr, oracle: Any) -> sp.Expr:
    """One `Root` for a constant that holds roots; a simple rational where it is shown to be that.

    A number too large or too small for rational bounds, or without a ball rule, stays as it stands.

    Raises
    ------
    Undecided
        Whether it is zero.
    """
    try:
        if not oracle.ball_sign(constant) and sign_of(constant, oracle) == 0:
            return sp.S.Zero
        lo, hi = oracle.enclose(constant, 20)
    except UnsupportedExpression:
        return constant
    middle = Fraction(int((lo + hi).p), 2 * int((lo + hi).q)).limit_denominator(SIMPLE)
    guess = sp.Rational(middle.numerator, middle.denominator)
    if lo <= guess <= hi and sign_of(constant - guess, oracle) == 0:
        return guess
    if lo > 0 or hi < 0:
        return oracle.as_root(constant)
    raise Undecided(f"whether {constant} is zero")
