"""Families of one function: `f(x) = A*h(B*x + C) + E` where the parameters stand in A, B, C and E alone.

>>> import sympy as sp
>>> x, s = sp.Symbol("x", real=True), sp.Symbol("s", positive=True)
>>> member(sp.Max(-s, sp.Min(s, x)), x, {s}, lambda c: 1 if c.is_positive else -1 if c.is_negative else None)
Member(inside=Max(-1, Min(1, x)), factor=s, lift=0, rate=1/s, shift=0)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sympy as sp
from sympy.core.relational import Relational

__all__ = ["Member", "member"]

Sign = Callable[[sp.Expr], int | None]
_SWITCHES = (sp.Max, sp.Min, sp.Abs, sp.sign)
MOST_MOVES = 12
"""Changes of variable that are tried."""


@dataclass(frozen=True, slots=True)
class Member:
    """`f(x) = factor*inside(rate*x + shift) + lift`; `inside` holds no parameter, factor and rate are not 0."""

    inside: sp.Expr
    factor: sp.Expr
    lift: sp.Expr
    rate: sp.Expr
    shift: sp.Expr


def member(f: sp.Expr, x: sp.Symbol, parameters: set[sp.Symbol], sign: Sign) -> Member | None:
    """f as a member of a family, by the first change of variable that takes the parameters out; None where none does.

    `sign` decides signs of constants for every value of the parameters.
    """
    for rate, shift in _moves(f, x, parameters, sign):
        image = _plain(f, x, (x - shift) / rate, sign)
        for form in (image, sp.expand(image), sp.factor_terms(sp.together(image))):
            lift, moving = form.as_independent(x, as_Add=True)
            held, inside = _held(moving, x, parameters)
            if inside.free_symbols == {x} and sign(held):
                return Member(inside, held, lift, rate, shift)
    return None


def _moves(f: sp.Expr, x: sp.Symbol, parameters: set[sp.Symbol], sign: Sign) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    """`(B, C)` with B not 0 for which B*x + C may be the variable that f is written in: from its linear parts."""
    found: dict[tuple[sp.Expr, sp.Expr], None] = {}
    for node in sp.preorder_traversal(f):
        for e in [node.lhs - node.rhs] if isinstance(node, Relational) else _sides(node):
            e = e.xreplace({sp.Abs(x): x})
            if not isinstance(e, sp.Expr) or not e.has(x) or not e.is_polynomial(x):
                continue
            a, b, c = (sp.expand(e).coeff(x, k) for k in (2, 1, 0))
            if sp.degree(e, x) == 1:
                for scale in (sp.S.One, 1 / b, 1 / c if c != 0 else sp.S.One):
                    found.setdefault((sp.cancel(b * scale), sp.cancel(c * scale)))
                if c != 0:
                    found.setdefault((sp.cancel(b / c), sp.S.Zero))
            elif sp.degree(e, x) == 2:
                center = sp.cancel(b / (2 * a))
                for root in (sp.sqrt(abs(a)), sp.sqrt(abs(a / c)) if c != 0 else sp.S.One):
                    found.setdefault((root, sp.cancel(center * root)))
    tried: dict[tuple[sp.Expr, sp.Expr], None] = {}
    for rate, shift in sorted(found, key=lambda move: move[1] != 0):
        way = sign(rate) if (rate.free_symbols | shift.free_symbols) & parameters else None
        if way:
            tried.setdefault((way * rate, way * shift))
    yield from list(tried)[:MOST_MOVES]


def _sides(node: sp.Basic) -> list[sp.Basic]:
    """A part of a formula, and differences of what a switch compares."""
    if isinstance(node, (sp.Max, sp.Min)):
        return [node, *(a - b for a in node.args for b in node.args if a.sort_key() < b.sort_key())]
    return [node]


def _plain(e: sp.Basic, x: sp.Symbol, place: sp.Expr, sign: Sign) -> sp.Basic:
    """The expression at a place, arguments multiplied out and factors of one sign taken out of switches."""
    if not e.has(x):
        return e
    if e == x:
        return place
    if isinstance(e, Relational):
        held, inside = _held(_short(_plain(e.lhs - e.rhs, x, place, sign), x), x, e.free_symbols - {x})
        way = sign(held)
        if not way or isinstance(e, (sp.Eq, sp.Ne)):
            return e.func(inside, 0) if way else e.func(held * inside, 0)
        return e.func(inside, 0) if way > 0 else e.reversedsign.func(inside, 0)
    args = [_short(_plain(a, x, place, sign), x) if isinstance(a, sp.Expr) else a for a in e.args]
    if isinstance(e, _SWITCHES):
        parts = [_held(a, x, a.free_symbols - {x}) for a in args]
        held = next((h for h, a in parts if a != 0), sp.S.One)
        if all(h == held or a == 0 for h, a in parts):
            way = sign(held)
            if way and (way > 0 or isinstance(e, (sp.Abs, sp.sign))):
                size = sp.S.One if isinstance(e, sp.sign) else way * held
                return (way if isinstance(e, sp.sign) else 1) * size * e.func(*[a for _, a in parts])
    if isinstance(e, sp.Piecewise):
        rows = [(_short(_plain(b, x, place, sign), x), _plain_condition(c, x, place, sign)) for b, c in e.args]
        parts = [_held(b, x, b.free_symbols - {x}) for b, _ in rows]
        held = next((h for h, b in parts if b != 0), sp.S.One)
        if all(h == held or b == 0 for h, b in parts):
            return held * sp.Piecewise(*[(b, c) for (_, b), (_, c) in zip(parts, rows, strict=True)], evaluate=False)
        return sp.Piecewise(*rows, evaluate=False)
    return e.func(*args)


def _plain_condition(condition: sp.Basic, x: sp.Symbol, place: sp.Expr, sign: Sign) -> sp.Basic:
    atoms = {a: _plain(a, x, place, sign) for a in condition.atoms(Relational) if a.has(x)}
    return condition.xreplace(atoms)


def _short(e: sp.Expr, x: sp.Symbol) -> sp.Expr:
    """A polynomial in x as such: what its denominators hold is parameters alone."""
    return sp.expand(sp.cancel(e)) if e.is_polynomial(x) else e


def _held(e: sp.Expr, x: sp.Symbol, parameters: set[sp.Symbol]) -> tuple[sp.Expr, sp.Expr]:
    """A product as a factor that holds parameters and the rest."""
    held, rest = sp.S.One, sp.S.One
    for factor in sp.Mul.make_args(sp.factor_terms(e)):
        if factor.free_symbols & parameters and not factor.has(x):
            held *= factor
        else:
            rest *= factor
    return held, rest
