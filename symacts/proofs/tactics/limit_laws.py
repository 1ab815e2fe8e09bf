"""The search for limits where parameters occur: which laws of the checker show one, and what it is.

>>> from symacts.proofs.checker.entail import Given
>>> x, a = sp.symbols("x a", real=True)
>>> place = Near(Given([(a, ">")]), x, sp.oo, 1)
>>> value, how = found_limit(place, sp.tanh(a * x))
>>> value, how["law"], limit_by(place, sp.tanh(a * x), how)
(1, 'scale', 1)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import sympy as sp

from symacts.codec import encode
from symacts.proofs.checker.entail import Condition
from symacts.proofs.checker.limits import How, Near, is_bounded, limit_by
from symacts.proofs.search import EXPECTED
from symacts.rigor.tails import limit as tail_limit
from symacts.rigor.tails import tail_sign

__all__ = ["found_limit", "less_floor", "scale_of", "scaled", "shown_near"]

MAX_DEPTH = 8
Found = tuple[sp.Expr, How]


def found_limit(place: Near, f: sp.Expr, depth: int = 0) -> Found | None:
    """The limit, finite or not, and how the checker sees it."""
    if f.free_symbols == {place.variable} and not place.point.free_symbols and not f.has(sp.frac):
        return _checked(place, f, None)
    if place.variable not in f.free_symbols:
        return f, None
    if depth > MAX_DEPTH:
        return None
    for how in _ways(place, f, depth):
        found = _checked(place, f, how)
        if found is not None:
            return found
    return None


def shown_near(place: Near, conditions: Iterable[Condition]) -> list[tuple[sp.Expr, How]]:
    """Laws for the signs near the point that no expansion tells."""
    out: list[tuple[sp.Expr, How]] = []
    for e, op in dict.fromkeys(conditions):
        with suppress(*EXPECTED):
            place.require((e, op))
            continue
        found = found_limit(place, e)
        if found is not None:
            out.append((e, found[1]))
    return out


def _checked(place: Near, f: sp.Expr, how: How) -> Found | None:
    with suppress(*EXPECTED):
        return limit_by(place, f, how), how
    return None


def _ways(place: Near, f: sp.Expr, depth: int) -> Iterator[How]:
    """Laws that may show the limit, the likely ones first."""
    x, point = place.variable, place.point
    if point.is_finite and point.free_symbols:
        inner = found_limit(place.moved(sp.S.Zero, place.way), f.xreplace({x: x + point}), depth)
        if inner is not None:
            yield {"law": "shift", "step": inner[1]}
        return
    factor, moving = f.as_independent(x, as_Add=False)
    if factor != 1:
        yield from _product(place, [factor, moving], depth)
        return
    if f.is_Pow and not f.exp.is_number:
        yield from _exponential(place, f.exp * sp.log(f.base), 1, depth)
    if point.is_finite:
        yield {"law": "taylor"}
    if point.is_infinite:
        yield from _scales(place, f)
        yield {"law": "turn", "step": {"law": "taylor"}}
    if point == 0:
        turned, there = sp.expand(f.xreplace({x: 1 / x}), deep=False), place.moved(place.way * sp.oo)
        for how in _scales(there, turned):
            step = {"law": "product", "of": _encoded([turned]), "steps": [how]}
            yield {"law": "turn", "step": step}
    yield from _as_exponential(place, f, depth)
    if f.is_Mul and any(a.is_Add for a in f.args):
        yield from _product(place, [sp.expand_mul(f, deep=False)], depth + 1)
    led = _led(place, f) if f.is_Mul and f.has(sp.log) else None
    if led is not None:
        yield from _product(place, [led], depth + 1)
    if f.is_Mul:
        yield from _product(place, list(f.args), depth + 1)
    elif f.is_Add:
        yield from _sum(place, list(f.args), depth + 1)
        yield from _led_by_a_term(place, f, depth)
    elif f.args:
        inner = found_limit(place, f.args[0], depth + 1)
        if inner is not None:
            yield {"law": "function", "step": inner[1]}
    if f.is_Mul and sp.expand(f).is_Add:
        yield from _product(place, [sp.expand(f)], depth + 1)


def _sum(place: Near, terms: list[sp.Expr], depth: int) -> Iterator[How]:
    found = [found_limit(place, g, depth) for g in terms]
    steps = [f[1] if f is not None else "bounded" if is_bounded(g) else "" for f, g in zip(found, terms, strict=True)]
    if "" not in steps:
        yield {"law": "sum", "of": _encoded(terms), "steps": steps}


def less_floor(f: sp.Expr) -> sp.Expr:
    """`frac(u)` as `u - floor(u)`."""
    return sp.sympify(f.replace(sp.frac, lambda u: u - sp.floor(u)))


def _encoded(parts: list[sp.Expr]) -> list[Any]:
    return [encode(less_floor(g)) for g in parts]


def _product(place: Near, factors: list[sp.Expr], depth: int) -> Iterator[How]:
    """Each factor by its own limit; those without one are bounded. Functions of the variable alone go together."""
    x = place.variable
    pure = [g for g in factors if g.free_symbols == {x} and not g.has(sp.frac)]
    if len(pure) > 1:
        factors = [sp.Mul(*pure), *(g for g in factors if g not in pure)]
    found = [found_limit(place, g, depth) for g in factors]
    steps = [f[1] if f is not None else "bounded" if is_bounded(g) else "" for f, g in zip(found, factors, strict=True)]
    if "" not in steps:
        yield {"law": "product", "of": _encoded(factors), "steps": steps}


def _scales(place: Near, f: sp.Expr) -> Iterator[How]:
    """One parameter of known sign accompanies x throughout, but for a factor."""
    x, scale = place.variable, scale_of(f, place.variable)
    if f.has(sp.frac):
        return
    for other in dict.fromkeys((scale, 1 / scale, sp.S.One)):
        factor, plain = scaled(f, x, other).as_independent(x, as_Add=False)
        if plain.free_symbols == {x}:
            step = {"law": "product", "of": _encoded([factor, plain]), "steps": [None, None]}
            yield {"law": "scale", "by": encode(other), "step": step}
            return


def _as_exponential(place: Near, f: sp.Expr, depth: int) -> Iterator[How]:
    """`f = s*exp(u)` near the point, s = 1 or -1."""
    if isinstance(f, sp.exp) or f.has(sp.frac):
        return
    x, point, outer = place.variable, place.point, place.outer
    side, at = (place.way, point) if point.is_finite else (1 if point is sp.oo else -1, None)
    total, sign = sp.S.Zero, 1
    for factor in sp.Mul.make_args(f):
        base, power = factor.as_base_exp()
        if base is sp.E:
            total += power
            continue
        way: Any = next(iter(outer.sign(base))) if x not in base.free_symbols and len(outer.sign(base)) == 1 else None
        if base.free_symbols == {x}:
            way = getattr(tail_sign(base, x, side, at=at), "sign", None)
        if way not in (1, -1) or (way == -1 and not power.is_Integer):
            return
        sign *= way ** (int(power) % 2) if way == -1 else 1
        total += power * sp.log(way * base)
    yield from _exponential(place, total, sign, depth)


def _exponential(place: Near, u: sp.Expr, sign: int, depth: int) -> Iterator[How]:
    inner = found_limit(place, u, depth + 1)
    if inner is not None:
        yield {"law": "exponential", "sign": sign, "of": _encoded([u]), "step": inner[1]}


def _led_by_a_term(place: Near, f: sp.Expr, depth: int) -> Iterator[How]:
    """One term c*m(x) outgrows all others: `m*(c + ...)`."""
    x = place.variable
    parts: dict[sp.Expr, sp.Expr] = {}
    for term in sp.Add.make_args(sp.expand(f)):
        c, m = term.as_independent(x, as_Add=False)
        parts[m] = parts.get(m, sp.S.Zero) + c
    if any(not m.free_symbols <= {x} for m in parts):
        return
    for m in parts:
        end = None if m.has(sp.frac) else tail_limit(m, x, place.point, place.way)
        if isinstance(end, sp.Expr) and end.is_infinite:
            terms = [c * (other / m) for other, c in parts.items()]
            for how in _sum(place, terms, depth + 1):
                of = _encoded([m, sp.Add(*terms)])
                yield {"law": "product", "of": of, "steps": [None, how]}


def _led(place: Near, f: sp.Expr) -> sp.Expr | None:
    """f with the leading exponential drawn out of one logarithm: `log(a**x + b**x) = x*log(a) + log(1 + (b/a)**x)`."""
    x, outer = place.variable, place.outer
    spelled = f.replace(
        lambda p: p.is_Pow and p.base is not sp.E and x in p.exp.free_symbols and outer.holds(p.base, ">"),
        lambda p: sp.exp(p.exp * sp.log(p.base)),
    )
    for l in sorted(spelled.atoms(sp.log), key=sp.default_sort_key):
        terms = sp.Add.make_args(l.args[0])
        for lead in dict.fromkeys(p.args[0] for t in terms for p in sp.Mul.make_args(t) if isinstance(p, sp.exp)):
            rest = sp.Add(*(sp.powsimp(t * sp.exp(-lead)) for t in terms))
            end = found_limit(place, rest, MAX_DEPTH - 3) if x in lead.free_symbols else None
            if end is not None and end[0].is_finite is not False and outer.holds(end[0], ">"):
                return sp.expand_mul(spelled.xreplace({l: lead + sp.log(rest)}), deep=False)
    return None


def scale_of(f: sp.Expr, x: sp.Symbol) -> sp.Expr:
    """The parameter factor that accompanies x in one product of f: a for `a*x`, `a**2*x**2`; 1 where
    there is none."""
    inverse = sp.S.One
    for node in sp.preorder_traversal(f):
        if not node.is_Mul:
            continue
        powers = [a.as_base_exp()[1] for a in node.args if a.as_base_exp()[0] == x]
        factors = [a for a in node.args if x not in a.free_symbols and a.free_symbols]
        if factors and len(powers) == 1 and powers[0].is_Integer:
            scale = sp.powdenest(sp.Mul(*factors) ** (1 / powers[0]))
            if powers[0] > 0:
                return scale
            inverse = scale if inverse == 1 else inverse
    return inverse


def scaled(f: sp.Expr, x: sp.Symbol, scale: sp.Expr) -> sp.Expr:
    """f with x replaced by x/scale."""
    return sp.powdenest(f.xreplace({x: x / scale}))
