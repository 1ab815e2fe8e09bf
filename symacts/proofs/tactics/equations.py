"""Equations and leaves: normal forms, signs by structure, equal derivatives and one point."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import sympy as sp

from symacts.codec import encode
from symacts.proofs.check import Goal
from symacts.proofs.checker.analytic import span
from symacts.proofs.checker.entail import Undecided
from symacts.proofs.checker.goals import resolved
from symacts.proofs.checker.normal import is_zero
from symacts.proofs.search import Final, Node, Search, has_operators, is_plausible

__all__ = ["close", "compare_exponentials", "derivative_and_point", "roots", "square_root"]


def close(goal: Goal, search: Search) -> Iterator[Node]:
    """Close the goal at once: contradictory hypotheses, equal normal forms, a sign by structure."""
    if goal.given.conditions:
        yield {"rule": "absurd"}
    if goal.relation == "=":
        yield {"rule": "algebra"}
    else:
        yield {"rule": "structure"}
        if goal.relation == "<=":
            yield {"rule": "algebra"}


def roots(goal: Goal, search: Search) -> Iterator[Node]:
    """Square roots of squares of rational functions whose sign is known."""
    if has_operators(goal.lhs, goal.rhs):
        return
    lhs, rhs = resolved(goal)
    for of, other in ((lhs, rhs), (rhs, lhs)):  # the other side may be the root
        if of.is_Pow and of.exp == sp.S.Half and goal.relation == "=" and goal.given.holds(other, ">="):
            yield {"rule": "root", "of": encode(of), "value": encode(other)}
    yield from _squared(goal, lhs, rhs)
    for of in sorted(lhs.atoms(sp.Pow) | rhs.atoms(sp.Pow), key=sp.default_sort_key):
        if of.exp.is_Rational and of.exp.q == 2 and of.base.is_rational_function(*of.base.free_symbols):
            value = square_root(of.base)
            if value is None:
                continue
            for side in (1, -1):
                if goal.given.holds(side * value, ">="):
                    yield {"rule": "root", "of": encode(of), "value": encode(side * value)}
                    raise Final


def _squared(goal: Goal, lhs: sp.Expr, rhs: sp.Expr) -> Iterator[Node]:
    """Two products with square roots: equal where their squares are and both have one sign."""
    rooted = [any(f.is_Pow and abs(f.exp) == sp.S.Half for f in sp.Mul.make_args(side)) for side in (lhs, rhs)]
    if goal.relation != "=" or not any(rooted) or is_zero(lhs - rhs) or not is_zero(lhs**2 - rhs**2):
        return
    for low, high in ((lhs, rhs), (-rhs, -lhs)):
        if goal.given.holds(low, ">=") and goal.given.holds(high, ">="):
            yield {"rule": "apply", "function": "square", "sides": [encode(low), encode(high)]}
            return
    for f in sp.Mul.make_args(lhs):
        if f.is_Symbol and {-1, 1} <= goal.given.sign(f):
            yield {"rule": "cases", "on": encode(f), "parts": ["<", ">="]}
            return


@lru_cache(maxsize=1024)
def square_root(e: sp.Expr) -> sp.Expr | None:
    """v with `v**2 = e`, from a factorization."""
    if not e.free_symbols or sp.count_ops(e) > MAX_OPERATIONS:
        return None
    rates = {c for power in e.atoms(sp.exp) for c in power.args[0].atoms(sp.Rational)}
    if any(max(abs(c.p), c.q) > MAX_RATE for c in rates):
        return None
    content, factors = sp.S.One, sp.S.One
    for f in sp.Mul.make_args(sp.factor(e)):
        base, power = f.as_base_exp()
        if f.is_Rational:
            content *= f
        elif power.is_Integer and power % 2 == 0:
            factors *= base ** (power // 2)
        else:
            return None
    content = sp.sqrt(content)
    return content * factors if content.is_Rational else None


MAX_OPERATIONS = 60  # of what is factored
MAX_RATE = 40  # exp(p*x/q) is a power of degree p
MOST_TO_DIFFERENTIATE = 600  # operations: slopes of more grow faster than they cancel


def derivative_and_point(goal: Goal, search: Search) -> Iterator[Node]:
    """Equal derivatives in one variable and equal values at one point."""
    if goal.relation != "=" or has_operators(goal.lhs, goal.rhs):
        return
    try:
        lhs, rhs = resolved(goal)
    except Undecided:
        return
    if not is_plausible(goal):
        raise Final
    for variable in sorted(lhs.free_symbols | rhs.free_symbols, key=str):
        if sp.count_ops(lhs) + sp.count_ops(rhs) > MOST_TO_DIFFERENTIATE:
            return
        for point in _points(goal, variable):
            yield {"rule": "derivative-and-point", "variable": encode(variable), "point": encode(point)}


def _points(goal: Goal, variable: sp.Symbol) -> list[sp.Expr]:
    whole = span(goal.given, variable)
    candidates: list[sp.Expr] = [end for end in (whole.lo, whole.hi) if end.is_finite]
    if whole.lo.is_finite:
        candidates.append(whole.lo + 1)
    if whole.hi.is_finite:
        candidates.append(whole.hi - 1)
    candidates += [sp.S.Zero, sp.S.One, -sp.S.One]
    others = sorted((goal.lhs.free_symbols | goal.rhs.free_symbols) - {variable}, key=str)
    candidates += others
    for e, _ in goal.given.conditions:
        if variable in e.free_symbols:
            slope = sp.diff(e, variable)
            if variable not in slope.free_symbols and slope.is_Rational and slope:
                candidates.append(sp.expand(variable - e / slope))
    return list(dict.fromkeys(candidates))


def compare_exponentials(goal: Goal, search: Search) -> Iterator[Node]:
    """Compare exp of both sides, where logarithms stand alone."""
    if has_operators(goal.lhs, goal.rhs) or goal.relation not in ("=", "<", "<="):
        return
    for f in goal.lhs.atoms(sp.LambertW) | goal.rhs.atoms(sp.LambertW):
        if f in (goal.lhs, goal.rhs):
            yield {"rule": "apply", "function": "product log"}
            break
    if all(_is_power(side) or side.is_number for side in (goal.lhs, goal.rhs)):
        if _is_power(goal.lhs) or _is_power(goal.rhs):
            yield {"rule": "apply", "function": "log"}
        return
    if goal.rhs.is_number and len(_moving(goal.lhs)) > 1 and all(goal.given.holds(f, ">") for f in _moving(goal.lhs)):
        yield {"rule": "apply", "function": "log"}
    if any(isinstance(t, sp.log) for side in (goal.lhs, goal.rhs) for t in sp.Add.make_args(side)):
        yield {"rule": "apply", "function": "exp"}


def _moving(e: sp.Expr) -> list[sp.Expr]:
    """The factors that are not numbers."""
    return [f for f in sp.Mul.make_args(e) if not f.is_number]


def _is_power(e: sp.Expr) -> bool:
    """Whether the expression is a product of powers, some exponent of which moves."""
    return any((f.is_Pow and f.exp.free_symbols) or isinstance(f, sp.exp) for f in sp.Mul.make_args(e))
