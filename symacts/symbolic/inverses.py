"""Inverse functions in closed form: outer operations are undone one by one, the rest is a quadratic at most.

Every proposal `g` is checked by exact expansion of `f(g(y)) - y`; which of two square roots is meant is decided by a
certified value at a point.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from symacts.symbolic.field import vanishes

__all__ = ["proposals"]

_UNDO: dict[type, Callable[[sp.Expr], sp.Expr]] = {
    sp.exp: sp.log,
    sp.log: sp.exp,
    sp.tanh: sp.atanh,
    sp.sinh: sp.asinh,
    sp.asinh: sp.sinh,
    sp.atanh: sp.tanh,
    sp.atan: sp.tan,
    sp.erf: sp.erfinv,
    sp.LambertW: lambda v: v * sp.exp(v),
}


def _solve(e: sp.Expr, x: sp.Symbol, value: sp.Expr) -> list[sp.Expr]:
    """Candidates for `x` with `e = value`."""
    if e == x:
        return [value]
    if e.is_Add or e.is_Mul:
        constant, rest = e.as_independent(x, as_Add=e.is_Add)
        if constant != (0 if e.is_Add else 1):
            return _solve(rest, x, value - constant if e.is_Add else value / constant)
    if isinstance(e, sp.Pow) and not e.exp.has(x) and e.exp.is_Rational:
        root = value ** (1 / e.exp)
        both = [root, -root] if e.exp.p % 2 == 0 else [root]
        if e.exp.q == 1 and e.exp.p % 2 and not value.is_nonnegative:
            both.append(-((-value) ** (1 / e.exp)))
        return [s for r in both for s in _solve(e.base, x, r)]
    if isinstance(e, sp.Pow) and not e.base.has(x):
        return _solve(e.exp, x, sp.log(value) / sp.log(e.base))
    if type(e) in _UNDO and len(e.args) == 1:
        return _solve(e.args[0], x, _UNDO[type(e)](value))
    return _radical(e, x, value) or _quadratic(e, x, value)


def _radical(e: sp.Expr, x: sp.Symbol, value: sp.Expr) -> list[sp.Expr]:
    """`a(x) + b*sqrt(u(x)) = value`, squared: a polynomial equation that its solutions satisfy."""
    roots = [p for p in e.atoms(sp.Pow) if p.exp == sp.Rational(1, 2) and p.base.is_polynomial(x) and p.has(x)]
    if len(roots) != 1:
        return []
    r = sp.Dummy("r")
    linear = sp.expand(e.xreplace({roots[0]: r}) - value)
    if not linear.is_polynomial(x, r) or sp.degree(linear, r) != 1:
        return []
    b, a = linear.coeff(r, 1), linear.coeff(r, 0)
    squared = sp.expand(a**2 - b**2 * roots[0].base)
    if squared == 0 or not 1 <= sp.degree(squared, x) <= 2:
        return []
    return list(sp.roots(squared, x, multiple=True))


def _quadratic(e: sp.Expr, x: sp.Symbol, value: sp.Expr) -> list[sp.Expr]:
    """`e = value` where it is a polynomial equation of degree at most 2 in `x` or in one exponential."""
    numerator, _ = sp.fraction(sp.together(e - value))
    numerator = sp.expand(numerator)
    if numerator.is_polynomial(x) and sp.degree(numerator, x) <= 2:
        return list(sp.roots(numerator, x, multiple=True)) if sp.degree(numerator, x) else []
    atoms = [a for a in numerator.atoms(sp.exp) if a.has(x)]
    if not atoms:
        return []
    base = min(atoms, key=lambda a: a.count_ops())
    t = sp.Dummy("t", positive=True)
    mapped = numerator
    for atom in atoms:
        ratio = sp.cancel(atom.args[0] / base.args[0])
        if not ratio.is_Integer:
            return []
        mapped = mapped.xreplace({atom: t**ratio})
    mapped = sp.fraction(sp.together(mapped))[0]
    if mapped.has(x) or not mapped.is_polynomial(t) or sp.degree(mapped, t) > 2:
        return []
    return [s for r in sp.roots(sp.expand(mapped), t, multiple=True) for s in _solve(base, x, r)]


def proposals(expression: sp.Expr, x: sp.Symbol, y: sp.Symbol) -> list[sp.Expr]:
    """Expressions `g(y)` for which exact expansion shows `f(g(y)) = y` or `g(f(x)) = x` wherever both are defined.

    >>> import sympy
    >>> x, y = sympy.symbols("x y", real=True)
    >>> proposals(sympy.exp(x) - 1, x, y)
    [log(y + 1)]
    """
    if expression.count_ops() > 40 or not expression.has(x):
        return []
    found = []
    for candidate in dict.fromkeys(_solve(expression, x, y)):
        if candidate.has(x, sp.zoo, sp.nan, sp.I):
            continue
        if vanishes(expression.subs(x, candidate) - y) or vanishes(candidate.subs(y, expression) - x):
            found.append(candidate)
    return found
