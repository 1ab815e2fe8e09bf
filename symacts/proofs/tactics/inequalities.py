"""Inequalities: signs on a cover in one variable; several variables by invariance, scaling and monotonicity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from symacts.codec import encode
from symacts.proofs.check import RULES, Goal
from symacts.proofs.checker.analytic import Span, ball_sign, span
from symacts.proofs.checker.entail import Given, Undecided
from symacts.proofs.checker.goals import resolved
from symacts.proofs.checker.normal import is_zero
from symacts.proofs.search import EXPECTED, Final, Node, Search, has_operators, is_plausible
from symacts.proofs.tactics.convexity import chords, exponents, factored_out, fresh, jensen, means
from symacts.proofs.tactics.limit_laws import scale_of
from symacts.proofs.tactics.touching import critical, repeated, tangent
from symacts.rigor.tails import TailSign, tail_sign

__all__ = ["bisection", "rewritten", "several_variables", "splits"]

PREC = 96
ORDERS = (0, 1, 3)
MAX_SPLITS = 600
MIN_WIDTH = sp.Rational(1, 2**14)
ZEROS = [
    sp.S.Zero,
    sp.S.One,
    -sp.S.One,
    sp.Integer(2),
    -sp.Integer(2),
    sp.Integer(3),
    -sp.Integer(3),
    sp.S.Half,
    -sp.S.Half,
]
ZEROS += [sp.log(2), -sp.log(2), sp.sqrt(2), -sp.sqrt(2), 1 / sp.sqrt(2), -1 / sp.sqrt(2), sp.Integer(6), sp.E]


class _Fails(Exception):
    """No cover; `near` is where it failed, if at one place."""

    def __init__(self, reason: str, near: tuple[sp.Expr, sp.Expr] | None = None) -> None:
        self.near = near
        super().__init__(reason)


def bisection(goal: Goal, search: Search) -> Iterator[Node]:
    """The sign of a function of one variable on its whole interval."""
    if goal.relation not in ("<", "<=") or has_operators(goal.lhs, goal.rhs):
        return
    lhs, rhs = resolved(goal)
    g = rhs - lhs
    if len(g.free_symbols) != 1:
        return
    (variable,) = g.free_symbols
    if not is_plausible(goal):
        raise Final
    left_out = [e for e, op in goal.given.conditions if op == "!=" and e.free_symbols == {variable}]
    key = (g, goal.given.conditions, goal.relation)
    if key not in search.covers:
        search.covers[key] = _covered(g, variable, goal, left_out, search)
    if search.covers[key] is not None:
        yield {"rule": "sign", "variable": encode(variable), "cells": search.covers[key]}


def _covered(
    g: sp.Expr, variable: sp.Symbol, goal: Goal, left_out: list[sp.Expr], search: Search
) -> list[dict[str, Any]] | None:
    """Cells for the goal, or None; a second trial knows the zeros of the derivative."""
    whole = span(goal.given, variable)
    zeros: list[sp.Expr] = []
    for candidates in (lambda: [*ZEROS, *repeated(g, variable)], lambda: critical(g, variable)):
        more = [z for z in candidates() if z not in zeros]
        if zeros and not more:
            return None
        zeros += more
        try:
            return cover(g, variable, whole, goal.relation == "<", left_out, search, zeros)
        except _Fails as error:
            search.note(str(error))
            if error.near is None:
                return None
            search.hints.append((goal, variable, *error.near))
            if error.near[0] == error.near[1]:
                return None
    return None


def cover(
    g: sp.Expr,
    x: sp.Symbol,
    whole: Span,
    strict: bool,
    left_out: list[sp.Expr],
    search: Search,
    candidates: list[sp.Expr],
) -> list[dict[str, Any]]:
    """Cells that show g > 0 (or >= 0) on the interval; the candidates are points at which g may vanish."""
    cells: list[dict[str, Any]] = []
    lo, hi = whole.lo, whole.hi
    if lo == hi:
        return [{"kind": "point", "at": encode(lo)}]
    ends = [e for e in (lo, hi) if e.is_finite]
    zeros = [z for z in dict.fromkeys([*candidates, *ends]) if _is_border_zero(g, x, z, whole)]
    poles = _excluded(left_out, x)
    cuts: list[tuple[sp.Expr, sp.Expr]] = []  # covered by tails
    for p in dict.fromkeys([*zeros, *poles]):
        inside = _within(p, whole)
        if p in zeros and inside and strict and p not in poles:
            raise _Fails(f"equality at {x} = {p}", (p, p))
        if p in zeros and inside:
            cells.append({"kind": "point", "at": encode(p)})
        start, end = p, p
        if p != lo:
            start = _tail(g, x, -1, p, cells)
        if p != hi:
            end = _tail(g, x, 1, p, cells)
        cuts.append((start, end))
    if lo is -sp.oo:
        lo = _tail(g, x, -1, None, cells)
    elif lo not in zeros and lo not in poles and not _is_regular(g, x, lo):
        lo = _tail(g, x, 1, lo, cells)
    if hi is sp.oo:
        hi = _tail(g, x, 1, None, cells)
    elif hi not in zeros and hi not in poles and not _is_regular(g, x, hi):
        hi = _tail(g, x, -1, hi, cells)
    edges = sorted(cuts, key=lambda c: c[0])
    at = lo
    for start, end in edges:
        if (at < start) == True:  # noqa: E712
            cells += _compact(g, x, at, start, search)
        if (end > at) == True:  # noqa: E712
            at = end
    if (at < hi) == True:  # noqa: E712
        cells += _compact(g, x, at, hi, search)
    return cells


def _excluded(left_out: list[sp.Expr], x: sp.Symbol) -> list[sp.Expr]:
    out = []
    for e in left_out:
        slope = sp.diff(e, x)
        if slope.is_number and slope != 0:
            out.append(sp.expand(x - e / slope))
    return out


def _within(p: sp.Expr, whole: Span) -> bool:
    if (p < whole.lo) == True or (p > whole.hi) == True:  # noqa: E712
        return False
    return not ((p == whole.lo and whole.lo_open) or (p == whole.hi and whole.hi_open))


def _is_border_zero(g: sp.Expr, x: sp.Symbol, z: sp.Expr, whole: Span) -> bool:
    if (z < whole.lo) == True or (z > whole.hi) == True:  # noqa: E712
        return False
    value = g.xreplace({x: z})
    return not value.has(sp.zoo, sp.nan, sp.oo) and (value == 0 or is_zero(value))


def _is_regular(g: sp.Expr, x: sp.Symbol, p: sp.Expr) -> bool:
    try:
        value = g.xreplace({x: p})
        return not value.has(sp.zoo, sp.nan, sp.oo) and Given().holds(value, ">")
    except EXPECTED:
        return False


def _tail(g: sp.Expr, x: sp.Symbol, side: int, at: sp.Expr | None, cells: list[dict[str, Any]]) -> sp.Expr:
    found = tail_sign(g, x, side, at=at)
    if not isinstance(found, TailSign):
        raise _Fails(f"the tail at {at if at is not None else ('oo' if side > 0 else '-oo')}: {found.reason}")
    if found.sign != 1:
        raise _Fails(f"the sign near {at if at is not None else ('oo' if side > 0 else '-oo')} is {found.sign}")
    cells.append(
        {
            "kind": "tail",
            "side": side,
            "at": None if at is None else encode(at),
            "M": encode(sp.Rational(found.M)),
            "terms": found.terms,
            "prec": found.prec,
        }
    )
    return side * found.M if at is None else at + side / found.M


def _rational(value: sp.Expr, up: bool) -> sp.Expr:
    """A rational just outside an irrational end."""
    if value.is_Rational:
        return value
    from symacts.rigor import enclose

    return enclose(value, 12)[1 if up else 0]


def _compact(g: sp.Expr, x: sp.Symbol, lo: sp.Expr, hi: sp.Expr, search: Search) -> list[dict[str, Any]]:
    """Ball cells on [lo, hi] by bisection."""
    lo, hi = _rational(lo, False), _rational(hi, True)
    cells: list[dict[str, Any]] = []
    stack = [(lo, hi)]
    splits = 0
    while stack:
        search.spend()
        a, b = stack.pop()
        found = None
        for order in ORDERS:
            found = ball_sign(g, x, a, b, order, PREC)
            if found is not None:
                break
        if found == 1:
            cells.append({"kind": "ball", "lo": encode(a), "hi": encode(b), "order": order, "prec": PREC})
            continue
        if found == -1:
            raise _Fails(f"negative on [{a}, {b}]", (a, b))
        splits += 1
        if splits > MAX_SPLITS or b - a < MIN_WIDTH:
            raise _Fails(f"no sign found on [{a.evalf(8)}, {b.evalf(8)}]", (a, b))
        middle = _middle(a, b)
        stack += [(middle, b), (a, middle)]
    return cells


def _middle(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """A simple number in the middle: geometric where the interval spans magnitudes."""
    if a > 0 and b > 8 * a:
        return sp.Integer(2) ** (sp.floor(sp.log(a * b, 2).evalf() / 2)) if a * b != 1 else sp.S.One
    if b < 0 and a < 8 * b:
        return -_middle(-b, -a)
    if a < 0 < b and (b - a) > 8:
        return sp.S.Zero
    middle = (a + b) / 2
    width = b - a
    scale = sp.Integer(2) ** sp.ceiling(6 - sp.log(width, 2).evalf())
    rounded = sp.floor(middle * scale) / scale
    return rounded if a < rounded < b else middle


def rewritten(goal: Goal, search: Search) -> Iterator[Node]:
    """Divide by a positive factor: clear denominators and common exponentials."""
    if goal.relation not in ("<", "<=") or has_operators(goal.lhs, goal.rhs):
        return
    lhs, rhs = resolved(goal)
    g = rhs - lhs
    for h, p in _factorizations(g):
        if goal.given.holds(p, "<" if goal.relation == "<" else "<="):
            h, p = -h, -p
        if h != g and goal.given.holds(p, ">" if goal.relation == "<" else ">="):
            yield {"rule": "factor", "by": encode(p), "rest": encode(h)}


def _factorizations(g: sp.Expr) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    numerator, denominator = sp.fraction(sp.together(g))
    if denominator != 1:
        yield sp.expand(numerator), 1 / denominator
    factored = sp.factor(g) if g.free_symbols and g.is_polynomial(*g.free_symbols) else sp.factor_terms(g)
    if factored.is_Mul:
        for f in factored.args:
            if not f.is_Rational:
                yield sp.Mul(*[a for a in factored.args if a is not f]), f


def several_variables(goal: Goal, search: Search) -> Iterator[Node]:
    """Fewer variables: drop one on which nothing depends, use monotonicity towards a bound."""
    if goal.relation not in ("<", "<=") or has_operators(goal.lhs, goal.rhs):
        return
    try:
        lhs, rhs = resolved(goal)
    except Undecided:
        return
    g = rhs - lhs
    if not is_plausible(goal):
        raise Final
    yield from chords(goal, g)
    yield from means(goal, g)
    yield from multiplied(goal, g)
    yield from jensen(goal, g)
    yield from squared(goal, g)
    yield from factored_out(goal, g)
    yield from exponents(goal, g)
    yield from _combined(goal, g)
    for factor in sp.Mul.make_args(sp.factor_terms(g)):
        if (
            factor.is_Add
            and goal.given.sign(factor) == {-1, 0, 1}
            and all(sp.diff(factor, s).is_number for s in factor.free_symbols)
        ):
            yield {"rule": "cases", "on": encode(factor), "parts": ["<", "=", ">"]}
    for variable in sorted(g.free_symbols, key=str):
        scale = scale_of(g, variable)
        if (
            (scale.is_Symbol or (scale.is_Pow and scale.base.is_Symbol))
            and goal.given.holds(scale, ">")
            and not _is_scaled(g, variable, scale)
        ):
            forward, back = (
                [[encode(variable), encode(variable / scale)]],
                [[encode(variable), encode(scale * variable)]],
            )
            yield {"rule": "transform", "forward": forward, "back": back, "cost": 1}
    for variable in sorted(g.free_symbols, key=str):
        for bound, side in _bounds(goal.given, variable):
            for strict in ("value", "slope", "isolated") if goal.relation == "<" else ("value",):
                node = {
                    "rule": "monotone",
                    "variable": encode(variable),
                    "from": encode(bound),
                    "side": side,
                    "strict": strict,
                }
                if strict == "isolated":
                    node["at"] = encode(_inner_point(goal.given, variable))
                try:
                    children = RULES["monotone"](goal, node)
                except (*EXPECTED,):
                    continue
                if all(is_plausible(c) for c in children):
                    yield node


def squared(goal: Goal, g: sp.Expr) -> Iterator[Node]:
    """One square root against the rest: compare the squares."""
    waves = g.has(sp.sin, sp.cos)
    terms = sp.Add.make_args(sp.expand(g))
    for term in terms:
        roots = [f for f in sp.Mul.make_args(term) if f.is_Pow and f.exp == sp.S.Half and (waves or f.free_symbols)]
        if not roots:
            continue
        rest = sp.Add(*(t for t in terms if t is not term))
        low, high = (-rest, term) if goal.given.holds(term, ">=") else (-term, rest)
        if rest != 0 and goal.given.holds(high, ">="):
            yield {"rule": "apply", "function": "square", "sides": [encode(low), encode(high)], "cost": 1}


def _combined(goal: Goal, g: sp.Expr) -> Iterator[Node]:
    """An affine combination of the variables on which alone both sides depend, with the bounds that it keeps."""
    symbols = g.free_symbols
    if len(symbols) < 2:
        return
    w = fresh("w", g)
    sums = [u for f in g.atoms(sp.Function, sp.exp, sp.Pow) for u in f.args if u.is_Add and u.free_symbols == symbols]
    for of in sorted(set(sums), key=sp.default_sort_key)[:MOST_SUMS]:
        slopes = {s: sp.diff(of, s) for s in symbols}
        if not all(slope.is_Rational for slope in slopes.values()):
            continue
        old = min(symbols, key=str)
        value = sp.expand(old + (w - of) / slopes[old])
        if sp.expand(g.xreplace({old: value})).free_symbols != {w}:
            continue
        bounds: list[list[Any]] = [[encode(way * w), ">"] for way in (1, -1) if goal.given.holds(way * of, ">")]
        for way in (1, -1):
            end = sp.sympify(of.xreplace(dict.fromkeys(symbols, sp.S.Zero)))
            for s, slope in slopes.items():
                whole = span(goal.given, s)
                end += slope * (whole.lo if way * slope > 0 else whole.hi)
            if end.is_finite:
                op = ">" if goal.given.holds(way * (of - end), ">") else ">="
                bounds.append([encode(way * (w - end)), op])
        yield _for_all(w, of, old, value, bounds)


def multiplied(goal: Goal, g: sp.Expr) -> Iterator[Node]:
    """The product of two variables on which alone both sides depend."""
    if len(g.free_symbols) != 2:
        return
    a, b = sorted(g.free_symbols, key=str)
    w = fresh("w", g)
    if sp.expand(g.xreplace({a: w / b})).free_symbols != {w}:
        return
    if not goal.given.holds(b, "!="):
        yield {"rule": "cases", "on": encode(b), "parts": ["=", "!="]}
        return
    bounds = [[encode(way * w), op] for way in (1, -1) for op in (">", ">=") if goal.given.holds(way * a * b, op)][:1]
    yield _for_all(w, a * b, a, w / b, bounds)


def _for_all(w: sp.Symbol, of: sp.Expr, old: sp.Symbol, value: sp.Expr, bounds: list[list[Any]]) -> Node:
    """What holds for every w within its bounds holds for a combination of the variables."""
    forward, back = [[encode(old), encode(value)]], [[encode(w), encode(of)]]
    return {"rule": "transform", "forward": forward, "back": back, "given": bounds}


MOST_SUMS = 4  # combinations of the variables that are tried


def _is_scaled(g: sp.Expr, variable: sp.Symbol, scale: sp.Symbol) -> bool:
    """Whether the change of variable would bring the factor in elsewhere in a function's argument."""
    moved = g.xreplace({variable: variable / scale})
    return any(scale in f.free_symbols for f in moved.atoms(sp.Function))


def _inner_point(given: Given, variable: sp.Symbol) -> sp.Rational:
    """A rational number inside the variable's interval at which a slope is unlikely to vanish."""
    whole = span(given, variable)
    lo, hi = (end if end.is_Rational else None for end in (whole.lo, whole.hi))
    if lo is not None and hi is not None:
        return lo + (hi - lo) * ODD_POINT
    if lo is not None:
        return lo + ODD_POINT
    return ODD_POINT if hi is None else hi - ODD_POINT


ODD_POINT = sp.Rational(37, 101)
MAX_ADDED = 4


def splits(goal: Goal, search: Search) -> Iterator[Node]:
    """Cases at a critical point of one variable, or by the order of two variables."""
    if goal.relation not in ("<", "<=") or has_operators(goal.lhs, goal.rhs):
        return
    lhs, rhs = resolved(goal)
    g = rhs - lhs
    if len(g.free_symbols) < 2 or len(goal.given.conditions) > MAX_ADDED + len(search.premises):
        return
    symbols = sorted(g.free_symbols, key=str)
    for k, a in enumerate(symbols):
        for b in symbols[k + 1 :]:
            if goal.given.sign(a - b) == {-1, 0, 1} and is_same_kind(g, a, b):
                yield {"rule": "cases", "on": encode(a - b), "parts": ["<", ">="], "cost": 1}
    for variable in sorted(g.free_symbols, key=str):
        for at in dict.fromkeys((*tangent(g, variable), *critical(g, variable))):
            on = variable - at
            if {-1, 1} <= goal.given.sign(on):
                yield {"rule": "cases", "on": encode(on), "parts": ["<", ">="], "cost": 2}
    for e, op in goal.given.conditions if goal.relation == "<" else ():
        if op == ">=" and 0 in goal.given.sign(e) and e.free_symbols <= g.free_symbols:  # a weight that may vanish
            yield {"rule": "cases", "on": encode(e), "parts": ["=", "!="], "cost": 1}


def is_same_kind(g: sp.Expr, a: sp.Symbol, b: sp.Symbol) -> bool:
    """Whether the expression keeps its value when the two variables change places, or vanishes where they meet."""
    return is_zero(g.xreplace({a: b})) or is_zero(g - g.xreplace({a: b, b: a}))


def _bounds(given: Given, variable: sp.Symbol) -> list[tuple[sp.Expr, int]]:
    out: list[tuple[sp.Expr, int]] = []
    for e, op in given.conditions:
        if variable in e.free_symbols and op in (">", ">="):
            slope = sp.diff(e, variable)
            if variable in slope.free_symbols:
                continue
            way = given.sign(slope)
            if way in ({1}, {-1}):
                out.append((sp.expand(variable - e / slope), next(iter(way))))
    return list(dict.fromkeys(out))
