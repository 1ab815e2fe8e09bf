"""Derivatives, limits and integrals in a goal: evaluate them, with what the checker needs to see why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import sympy as sp

from symacts.codec import decode, encode
from symacts.proofs.check import Goal
from symacts.proofs.checker.analytic import without
from symacts.proofs.checker.domains import demands, follows
from symacts.proofs.checker.entail import Condition, Given, Undecided
from symacts.proofs.checker.limits import How, Near, branch, limit_by, nearby, require_absent
from symacts.proofs.search import EXPECTED, Final, Node, Search
from symacts.proofs.tactics.branches import border_of
from symacts.proofs.tactics.limit_laws import found_limit, less_floor, scale_of, scaled, shown_near
from symacts.rigor.tails import tail_sign

__all__ = ["operators"]

WITHIN_INFINITY = (sp.Integer(1), sp.Integer(10), sp.Integer(1000), sp.Integer(10) ** 6)
MAX_SWITCHES = 6
WITHIN_POINT = (sp.Integer(1), sp.Rational(1, 10), sp.Rational(1, 1000), sp.Rational(1, 10**6))


def operators(goal: Goal, search: Search) -> Iterator[Node]:
    """One operator at a time; nothing else applies while one is left."""
    limits = sorted(goal.lhs.atoms(sp.Limit) | goal.rhs.atoms(sp.Limit), key=sp.default_sort_key)
    if limits:
        yield from _limit(goal, limits[0], search)
        raise Final
    derivatives = sorted(goal.lhs.atoms(sp.Derivative) | goal.rhs.atoms(sp.Derivative), key=sp.default_sort_key)
    inner = {
        d for i in goal.lhs.atoms(sp.Integral) | goal.rhs.atoms(sp.Integral) for d in i.function.atoms(sp.Derivative)
    }
    derivatives = [d for d in derivatives if d not in inner]
    if derivatives:
        for d in derivatives:
            if isinstance(d.expr, sp.Integral):
                yield {"rule": "leibniz", "of": encode(d)}
                yield from _inside(goal, d)
        yield {"rule": "derivatives"}
        raise Final
    if goal.lhs.has(sp.Integral) or goal.rhs.has(sp.Integral):
        from symacts.proofs.tactics.gaussian import definite, integrals

        yield from definite(goal, search)
        yield from integrals(goal, search)
        raise Final


def _inside(goal: Goal, of: sp.Derivative) -> Iterator[Node]:
    """The derivative of the value of an integral."""
    from symacts.proofs.tactics.gaussian import integrated

    near = goal.given.near(v for v, _ in of.variable_count)
    for is_whole in (False, True):
        value = -integrated(Goal(near, of.expr, "=", sp.S.Zero), is_whole).difference
        if not value.has(sp.Integral):
            yield {"rule": "inside", "of": encode(of), "value": encode(value)}
            return


def _limit(goal: Goal, of: sp.Limit, search: Search) -> Iterator[Node]:
    e, x, point, direction = of.args
    outer = without(goal.given, x)
    way = -1 if str(direction) == "-" else 1
    for within in WITHIN_INFINITY if point.is_infinite else WITHIN_POINT:
        absent = _absent(outer, e, x, point, within) if str(direction) == "+-" else None
        way = way if absent is None else -absent
        try:
            local, eventually = _local(outer, e, x, point, way, within)
            if str(direction) == "+-" and absent is None:
                eventually += _local(outer, e, x, point, -way, within)[1]
        except Undecided as undecided:  # by the sign of an expression in the parameters
            on = undecided.expression
            if isinstance(on, sp.Expr) and x not in on.free_symbols and {-1, 1} <= outer.sign(on):
                yield {"rule": "cases", "on": encode(on), "parts": ["<", "=", ">"]}
                return
            continue
        except EXPECTED:
            continue
        place = Near(outer, x, point, way)
        sides = [way] if str(direction) != "+-" or absent is not None else [1, -1]
        has_two = len(sides) == 2 and local != e and not local.has(sp.frac)  # each side has its own branch
        for value, how, formulas in _laws(local, place, within, eventually):
            shown = [s for w in sides for s in _shown(replace(place, way=w), within, [e, *formulas], eventually)]
            yield {
                "rule": "limit",
                "of": encode(of),
                "value": encode(value),
                "within": encode(within),
                **({"eventually": eventually} if eventually else {}),
                **({} if absent is None else {"absent": absent}),
                **({"near": [[encode(less_floor(u)), law] for u, law in shown]} if shown else {}),
                **({} if how is None or has_two else {"how": how}),
            }
    yield from _parameter_cases(goal, e, x, outer)


def _absent(outer: Given, e: sp.Expr, x: sp.Symbol, point: sp.Expr, within: sp.Expr) -> int | None:
    """The side of the point, if it is one, on which e has no value."""
    for way in (-1, 1) if point.is_finite else ():
        with suppress(*EXPECTED):
            require_absent(Near(outer, x, point, way), nearby(outer, x, point, way, within), e)
            return way
    return None


def _local(
    outer: Given, e: sp.Expr, x: sp.Symbol, point: sp.Expr, way: int, within: sp.Expr
) -> tuple[sp.Expr, list[list[Any]]]:
    """The branch near the point on one side, and the signs near the point that decide it."""
    near = nearby(outer, x, point, way, within)
    eventually: list[list[Any]] = []
    for _ in range(MAX_SWITCHES):
        try:
            return branch(near, e), eventually
        except Undecided as undecided:
            on = border_of(undecided.expression, near)
            if on is not None and x not in on.free_symbols:
                raise Undecided(on) from None
            condition = _eventual(outer, on, x, point, way)
        near = near.and_(condition)
        eventually.append([way, encode(condition[0]), condition[1]])
    raise ValueError("too many switches near the point")


def _eventual(outer: Given, on: sp.Expr | None, x: sp.Symbol, point: sp.Expr, way: int) -> tuple[sp.Expr, str]:
    """A condition that decides the sign of an expression near the point; fails where the sign is not seen."""
    if on is None or x not in on.free_symbols:
        raise Undecided(on if on is not None else x)
    if on.free_symbols == {x}:
        side, at = (way, point) if point.is_finite else (1 if point is sp.oo else -1, None)
        found = getattr(tail_sign(on, x, side, at=at), "sign", None)
    else:
        end, _ = found_limit(Near(outer, x, point, way), on) or (None, None)
        if end is not None and end.is_infinite:
            return (on if end is sp.oo else -on), ">"
        found = next((s for s in (1, -1) if end is not None and outer.holds(s * end, ">")), None)
        if found is None and end is not None and len(outer.sign(end)) > 1:
            raise Undecided(end)
    if found not in (1, -1):
        raise Undecided(on)
    return found * on, ">"


def _parameter_cases(goal: Goal, e: sp.Expr, x: sp.Symbol, outer: Given) -> Iterator[Node]:
    """Cases in the parameters: at a switch of the other side, or else by the sign of one of them."""
    for side in (goal.lhs, goal.rhs):
        if not side.has(sp.Limit):
            try:
                outer.resolve(side)
            except Undecided as undecided:
                on = border_of(undecided.expression, outer)
                if on is not None and x not in on.free_symbols:
                    yield {"rule": "cases", "on": encode(on), "parts": ["<", "=", ">"]}
                    return
    for border, op in outer.conditions:
        if op == ">=" and border.free_symbols & e.free_symbols and len(outer.sign(border)) > 1:
            yield {"rule": "cases", "on": encode(border), "parts": ["=", "!="]}
            return
    for symbol in sorted(e.free_symbols - {x}, key=str):
        if len(outer.sign(symbol)) > 1:
            yield {"rule": "cases", "on": encode(symbol), "parts": ["<", "=", ">"], "cost": 2}


def _shown(
    place: Near, within: sp.Expr, formulas: list[sp.Expr], eventually: list[list[Any]]
) -> list[tuple[sp.Expr, How]]:
    """Laws for the signs near the point, on one side, on which values and branches rest."""
    near = nearby(place.outer, place.variable, place.point, place.way, within)
    conditions: list[Condition] = []
    for way, u, op in eventually:
        if way == place.way:
            new = [*demands(near, decode(u)), (decode(u), op)]
            conditions += [c for c in new if not follows(near, c)]
            near = near.and_((decode(u), op))
    conditions += [c for f in formulas for c in demands(near, f) if not follows(near, c)]
    return shown_near(place, conditions)


def _near(place: Near, within: sp.Expr, eventually: list[list[Any]]) -> Given:
    """What holds near the point on one side."""
    near = nearby(place.outer, place.variable, place.point, place.way, within)
    return near.and_(*((decode(u), op) for way, u, op in eventually if way == place.way))


def _laws(
    e: sp.Expr, place: Near, within: sp.Expr, eventually: list[list[Any]]
) -> Iterator[tuple[sp.Expr, How, list[sp.Expr]]]:
    """Limits, how they are seen, and what else has values near the point: as it is, or term by term."""
    x = place.variable
    whole = found_limit(place, e)
    if whole is not None:
        yield (*whole, [])
    for form in dict.fromkeys((sp.expand(e), e, *_led(e, x))):
        steps, terms = [], []
        for term in sp.Add.make_args(form):
            c, f = term.as_independent(x, as_Add=False)
            c, f = _unscaled(c, f, x, place.point, place.outer) if c.free_symbols else (sp.S.One, term)
            found = found_limit(place, f)
            if found is None:
                break
            terms.append(f)
            steps.append({"law": "product", "of": [encode(c), encode(less_floor(f))], "steps": [None, found[1]]})
        else:
            how = {"law": "sum", "of": [encode(less_floor(t)) for t in sp.Add.make_args(form)], "steps": steps}
            with suppress(*EXPECTED):
                shown = _shown(place, within, [e, *terms], eventually)
                there = replace(place, shown=shown, near=_near(place, within, eventually))
                yield limit_by(there, e, how), how, terms


def _has_pole_inside(f: sp.Expr, x: sp.Symbol) -> bool:
    """Whether an argument of a function blows up where x vanishes."""
    return any((1 / x) in a.atoms(sp.Pow) for e in f.atoms(sp.Function) for a in e.args)


def _led(e: sp.Expr, x: sp.Symbol) -> Iterator[sp.Expr]:
    """The formula with a sum of exponentials written as one of them times the rest: `exp(L)*(1 + ...)`."""
    e = e.replace(lambda p: p.is_Pow and x in p.exp.free_symbols, lambda p: sp.exp(p.exp * sp.log(p.base)))
    yield from _logarithms_led(e, x)
    steps = [s for s in e.atoms(sp.Add) if x in s.args and s.has(sp.frac)]
    if steps:  # `x - frac(x) = x*(1 - frac(x)/x)`
        yield e.xreplace({s: x * sp.Add(*(t / x for t in s.args)) for s in steps})
    sums = [s for s in e.atoms(sp.Add) if sum(isinstance(t, sp.exp) and x in t.free_symbols for t in s.args) > 1]
    for s in sorted(sums, key=sp.default_sort_key):
        for lead in s.args:
            if isinstance(lead, sp.exp) and x in lead.free_symbols:
                rest = sp.Add(
                    *[
                        sp.exp(sp.factor_terms(sp.expand(t.args[0] - lead.args[0])))
                        if isinstance(t, sp.exp)
                        else t / lead
                        for t in s.args
                    ]
                )
                form = e.xreplace({sp.log(s): lead.args[0] + sp.log(rest)}).xreplace({s: lead * rest})
                yield sp.expand_mul(form, deep=False)


def _logarithms_led(e: sp.Expr, x: sp.Symbol) -> Iterator[sp.Expr]:
    """The formula with logarithms of sums led by a power of x: `log(a*x + 1) = log(x) + log(a + 1/x)`."""
    swaps = {}
    for l in e.atoms(sp.log):
        terms = l.args[0].args if l.args[0].is_Add else ()
        powers = [p for t in terms for b, p in [t.as_independent(x, as_Add=False)[1].as_base_exp()] if b == x]
        powers = [p for p in powers if p.is_Rational and p > 0]
        if powers:
            swaps[l] = max(powers) * sp.log(x) + sp.log(sp.expand(l.args[0] / x ** max(powers)))
    if swaps and e.free_symbols != {x}:
        yield sp.expand_mul(e.xreplace(swaps))


def _unscaled(c: sp.Expr, f: sp.Expr, x: sp.Symbol, point: sp.Expr, outer: Given) -> tuple[sp.Expr, sp.Expr]:
    """Move the parameter factor that scaling x leaves out of f: `f(x) = k*h(b*x)` gives `(c*k, f/k)`."""
    turned = f.xreplace({x: 1 / x}) if point == 0 and _has_pole_inside(f, x) else f
    if point.is_finite and turned is f:
        return c, f
    scale = scale_of(turned, x)
    if scale == 1:
        return c, f
    left = scaled(turned, x, scale).as_independent(x, as_Add=False)[0]
    return (c * left, f / left) if left.free_symbols else (c, f)
