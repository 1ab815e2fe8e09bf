"""Inverse functions in closed form: outer operations are undone one by one, the rest is a quadratic at most.

Every proposal `g` is checked by exact expansion of `f(g(y)) - y`; which of two square roots is meant is decided by a
certified value at a point.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from symacts.symbolic.closed_forms import simplify_lambert
from symacts.symbolic.field import vanishes
from symacts.symbolic.structure import with_names

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
    sp.erfc: lambda v: sp.erfinv(1 - v),
    sp.asin: sp.sin,
    sp.acos: sp.cos,
    sp.acosh: sp.cosh,
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
    return _radical(e, x, value) or _quadratic(e, x, value) or _cubic(e, x, value) or _lambert(e, x, value)


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


def _cubic(e: sp.Expr, x: sp.Symbol, value: sp.Expr) -> list[sp.Expr]:
    """The real root of an increasing cubic: `t**3 + p*t = q` with p > 0 by `4*sinh(u)**3 + 3*sinh(u) = sinh(3*u)`."""
    if not e.is_polynomial(x) or sp.degree(e, x) != 3:
        return []
    a, b, c, d = sp.Poly(e, x).all_coeffs()
    shift, p = b / (3 * a), (3 * a * c - b**2) / (3 * a**2)
    if not (p.is_Rational and p.is_positive):
        return []
    q = (value - d) / a + shift * c / a - 2 * shift**3
    return [2 * sp.sqrt(p / 3) * sp.sinh(sp.asinh(3 * q / (2 * p) * sp.sqrt(3 / p)) / 3) - shift]


def _lambert(e: sp.Expr, x: sp.Symbol, value: sp.Expr) -> list[sp.Expr]:
    """`a*x + b + c*exp(k*x) = value` with `k*c/a > 0`: `x = u - W(k*c/a*exp(k*u))/k` for `u = (value - b)/a`."""
    exponentials = [t for t in sp.Add.make_args(sp.expand(e)) if t.has(sp.exp)]
    if len(exponentials) != 1:
        return []
    c, power = exponentials[0].as_independent(x, as_Add=False)
    line = sp.expand(e) - exponentials[0]
    if not isinstance(power, sp.exp) or not line.is_polynomial(x) or sp.degree(line, x) != 1:
        return []
    (a, b), k = sp.Poly(line, x).all_coeffs(), power.args[0] / x
    if k.has(x) or not (k * c / a).is_positive:
        return []
    u = (value - b) / a
    return [u - sp.LambertW(k * c / a * sp.exp(k * u)) / k]


def _is_inverse(f: sp.Expr, g: sp.Expr, x: sp.Symbol, y: sp.Symbol) -> bool:
    there = f.subs(x, g)
    if there.has(sp.LambertW):
        there = simplify_lambert(there)
    return vanishes(there - y) or vanishes(g.subs(y, f) - x)


def proposals(expression: sp.Expr, x: sp.Symbol, y: sp.Symbol) -> list[sp.Expr]:
    """Expressions `g(y)` for which exact expansion shows `f(g(y)) = y` or `g(f(x)) = x` wherever both are defined.

    >>> import sympy
    >>> x, y = sympy.symbols("x y", real=True)
    >>> proposals(sympy.exp(x) - 1, x, y)
    [log(y + 1)]
    """
    expression, names = with_names(expression, x)
    if expression.count_ops() > 40 or not expression.has(x):
        return []
    found = []
    for candidate in dict.fromkeys(_solve(expression, x, y)):
        if candidate.has(x, sp.zoo, sp.nan, sp.I):
            continue
        if _is_inverse(expression, candidate, x, y):
            found.append(candidate.xreplace(names))
    return found
