"""Points at which an inequality may hold with equality: candidates in closed form, which exact arithmetic then checks.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> repeated(sp.exp(x) + 2 * sp.exp(-x) - 2 * sp.sqrt(2), x)
[log(2)/2]
>>> critical(x * sp.log(x) + sp.exp(-1), x)
[exp(-1)]
>>> critical(x / (1 + sp.exp(-x)), x)
[-1 - LambertW(exp(-1))]
"""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from symacts.proofs.checker.normal import Atoms, is_zero
from symacts.proofs.search import EXPECTED
from symacts.symbolic.closed_forms import candidates

__all__ = ["critical", "repeated", "tangent"]

MAX_OPERATIONS = 60  # of a derivative whose zeros are asked for
MAX_DEGREE = 16
MOST = 4


@lru_cache(maxsize=512)
def repeated(g: sp.Expr, x: sp.Symbol) -> list[sp.Expr]:
    """Zeros of the repeated factors of the normal form."""
    try:
        return list(dict.fromkeys(_repeated(g, x)))[:MOST]
    except EXPECTED:
        return []


def _repeated(g: sp.Expr, x: sp.Symbol) -> list[sp.Expr]:
    """The same where g is rational in one exponential of x, or in x; else none."""
    atoms = Atoms(g)
    numerator, _ = atoms.reduce(atoms.fraction().num)
    meaning = {s: atoms.meaning.get(s, s) for s in numerator.ring.symbols}
    used = numerator.as_expr().free_symbols
    moving = [s for s, e in meaning.items() if s in used and x in e.free_symbols]
    if len(moving) != 1:
        return []
    (t,) = moving
    constants = {s: e for s, e in meaning.items() if s is not t}
    if any(not e.is_algebraic for e in constants.values() if e.is_number) or max(numerator.degrees()) > MAX_DEGREE:
        return []
    p = sp.Poly(numerator.as_expr().xreplace(constants), t, extension=True)
    common = sp.gcd(p, p.diff(t))
    out: list[sp.Expr] = []
    for factor, _ in common.factor_list()[1]:
        if factor.degree() > 2:
            continue
        for root in sp.roots(factor.as_expr(), t):
            out += _preimages(meaning[t], x, sp.sqrtdenest(sp.radsimp(root)))
    return out


def _preimages(e: sp.Expr, x: sp.Symbol, value: sp.Expr) -> list[sp.Expr]:
    """The x at which an exponential of x, or x itself, takes the value."""
    if value.is_real is not True:
        return []
    if e == x:
        return [value]
    if not isinstance(e, sp.exp) or value.is_positive is not True:
        return []
    slope = sp.diff(e.args[0], x)
    return [] if slope.free_symbols else [sp.expand(x + (sp.log(value) - e.args[0]) / slope)]


@lru_cache(maxsize=512)
def critical(g: sp.Expr, variable: sp.Symbol) -> list[sp.Expr]:
    """Zeros of the derivative, read off its factors: polynomials to degree two, an exponential or logarithm, both."""
    slope = sp.diff(g, variable)
    if sp.count_ops(slope) > MAX_OPERATIONS:
        return []
    try:
        numerator = sp.fraction(sp.together(slope))[0]
        factors = sp.Mul.make_args(sp.factor_terms(numerator))
        found = [z for f in factors for z in _zeros(f.base if f.is_Pow else f, variable)]
        found += candidates(slope, variable)
    except EXPECTED:
        return []
    return [z for z in dict.fromkeys(found) if z.is_real is not False and not z.has(sp.I, sp.zoo, sp.nan, sp.oo)][:MOST]


@lru_cache(maxsize=512)
def tangent(g: sp.Expr, variable: sp.Symbol) -> list[sp.Expr]:
    """Simple numbers at which g and its slope vanish whatever the other variables are."""
    return [z for z in _SIMPLE if all(is_zero(e.xreplace({variable: z})) for e in (g, sp.diff(g, variable)))]


_SIMPLE = (sp.S.Zero, sp.S.One, -sp.S.One)


def _zeros(f: sp.Expr, x: sp.Symbol) -> list[sp.Expr]:
    """Zeros of one factor."""
    if x not in f.free_symbols or isinstance(f, sp.exp):
        return []
    if f.is_polynomial(x):
        p = sp.Poly(f, x)
        return list(sp.roots(p)) if p.degree() <= 2 else []
    constant, moving = sp.expand(f).as_independent(x, as_Add=True)
    terms = sp.Add.make_args(moving)
    if constant == 0 and len(terms) == 2:  # a*exp(u) + b*exp(v) = 0 where a/b*exp(u - v) = -1
        constant, moving = sp.S.One, sp.powsimp(terms[0] / terms[1])
    elif len(terms) > 1:
        return []
    c, wave = moving.as_independent(x, as_Add=False)
    if not isinstance(wave, (sp.exp, sp.log)):
        return []
    slope = sp.diff(wave.args[0], x)
    level = -constant / c
    if x in slope.free_symbols or (isinstance(wave, sp.exp) and level.is_positive is False):
        return []
    value = sp.log(level) if isinstance(wave, sp.exp) else sp.exp(level)
    return [sp.expand(x + (value - wave.args[0]) / slope)]
