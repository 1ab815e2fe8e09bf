"""Case splits at the switches of `Max`, `Abs`, `Piecewise`, ..., and the side conditions of definedness."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from symacts.codec import encode
from symacts.proofs.check import RULES, Goal
from symacts.proofs.checker.entail import Condition, Given, Undecided
from symacts.proofs.checker.forms import SWITCHES, is_analytic, tangent
from symacts.proofs.checker.goals import denominators, needs, resolved
from symacts.proofs.sample import meets, points
from symacts.proofs.search import EXPECTED, Final, Node, Search, has_operators, is_plausible

__all__ = ["border_of", "branches", "definedness", "is_simple", "reduced_border"]


def branches(goal: Goal, search: Search) -> Iterator[Node]:
    """Use equations of the hypotheses; split at the innermost switch that they leave open."""
    yield from _eliminations(goal)
    try:
        resolved(goal)
        return
    except Undecided as undecided:
        switch = undecided.expression
    yield from _poles(goal)
    yield from _kinks(goal)
    if goal.lhs.has(sp.Derivative) or goal.rhs.has(sp.Derivative):
        yield {"rule": "derivatives"}
        yield from _one_branch(goal, switch)
    found = goal.lhs.atoms(sp.Derivative) | goal.rhs.atoms(sp.Derivative)
    on = border_of(switch, goal.given, frozenset(v for d in found for v, _ in d.variable_count))
    if isinstance(switch, (sp.floor, sp.ceiling)):
        yield from _whole(goal)
    if on is None or len(goal.given.sign(on)) < 2:
        raise Final
    if not {-1, 1} <= goal.given.sign(on):  # only the border itself is open
        yield {"rule": "cases", "on": encode(on), "parts": ["=", "!="]}
        raise Final
    if not is_simple(on):
        switches = sorted({s for side in (goal.lhs, goal.rhs) for s in side.atoms(*SWITCHES)}, key=sp.default_sort_key)
        borders = [border_of(s, goal.given) for s in switches if not isinstance(s, sp.Piecewise)]
        for other in borders:  # a plain border first
            if other is not None and is_simple(other) and {-1, 1} <= goal.given.sign(other):
                yield {"rule": "cases", "on": encode(other), "parts": ["<", "=", ">"]}
                break
    differentiated = goal.lhs.has(sp.Derivative) or goal.rhs.has(sp.Derivative)
    simple = is_simple(on)
    if isinstance(switch, (sp.Max, sp.Min, sp.Abs)) and not simple and not has_operators(goal.lhs, goal.rhs):
        for index in range(2 if isinstance(switch, sp.Abs) else len(switch.args)):
            node = _chosen(switch, index)
            if _holds_all(goal, node):
                yield node
    if isinstance(switch, (sp.Max, sp.Min, sp.Abs)) and goal.relation != "=" and not has_operators(goal.lhs, goal.rhs):
        node = {"rule": "either", "of": encode(switch)}
        if not simple and _holds_all(goal, node):
            yield node
    three = (
        differentiated
        or isinstance(switch, (sp.sign, sp.Heaviside, sp.Eq, sp.Ne))
        or goal.lhs.has(sp.sign)
        or goal.rhs.has(sp.sign)
    )
    yield {"rule": "cases", "on": encode(on), "parts": ["<", "=", ">"] if three else _parts(switch)}
    raise Final


def _one_branch(goal: Goal, switch: Any) -> Iterator[Node]:
    """An extremum under a derivative takes one of its values throughout: that is shown, and kept."""
    if not isinstance(switch, (sp.Max, sp.Min, sp.Abs)) or not goal.given.conditions:
        return
    on = border_of(switch, goal.given)
    for side in (on, -on) if on is not None and not is_simple(on) else ():
        node = {"rule": "lemma", "shows": [[encode(side), ">"]], "keep": True}
        if all(is_plausible(child) for child in RULES["lemma"](goal, node)[1:]):
            yield node


def _whole(goal: Goal) -> Iterator[Node]:
    """Whole parts stay as they are: integers are compared, and extrema take one of their values."""
    if has_operators(goal.lhs, goal.rhs):
        return
    extrema = goal.lhs.atoms(sp.Max, sp.Min, sp.Abs) | goal.rhs.atoms(sp.Max, sp.Min, sp.Abs)
    nodes = [
        {"rule": "structure"},
        {"rule": "whole"},
        *({"rule": "either", "of": encode(e)} for e in sorted(extrema, key=sp.default_sort_key)),
    ]
    for node in nodes:
        try:
            goals = RULES[node["rule"]](goal, node)
        except EXPECTED:
            continue
        if all(is_plausible(g) for g in goals):
            yield node


def _poles(goal: Goal) -> Iterator[Node]:
    """Leave out the zeros of denominators before one of them becomes a case of its own."""
    try:
        open_ = [] if has_operators(goal.lhs, goal.rhs) else needs(goal)
    except EXPECTED:
        return
    yield from _left_out(goal, open_)


def _left_out(goal: Goal, open_: list[Condition]) -> Iterator[Node]:
    """The zeros of the claim's denominators left out, where there are open ones."""
    own = denominators(goal) if open_ else set()
    excluded = [k for k, condition in enumerate(open_) if condition in own]
    if excluded:
        yield {"rule": "defined", "excluded": excluded}


def _chosen(switch: Any, index: int) -> Node:
    """A maximum, minimum or absolute value is one of its values throughout: that is shown first."""
    if isinstance(switch, sp.Abs):
        return {"rule": "lemma", "shows": [[encode((1, -1)[index] * switch.args[0]), ">="]]}
    way, value = -1 if isinstance(switch, sp.Min) else 1, switch.args[index]
    return {"rule": "lemma", "shows": [[encode(way * (value - v)), ">="] for v in switch.args if v != value]}


def is_simple(on: sp.Expr) -> bool:
    """Whether the border is affine in its variables."""
    return is_analytic(on) and all(sp.diff(on, s).is_number for s in on.free_symbols)


def _parts(switch: Any) -> list[str]:
    return ["<=", ">"] if isinstance(switch, (sp.Gt, sp.Le)) else ["<", ">="]


def _holds_all(goal: Goal, node: Node) -> bool:
    try:
        return all(is_plausible(child) for child in RULES[node["rule"]](goal, node))
    except EXPECTED:
        return False


def _eliminations(goal: Goal) -> Iterator[Node]:
    moving = {v for d in goal.lhs.atoms(sp.Derivative) | goal.rhs.atoms(sp.Derivative) for v, _ in d.variable_count}
    for index, (e, op) in enumerate(goal.given.conditions):
        if op != "=" or not is_analytic(e):
            continue
        for variable in sorted(e.free_symbols, key=str):
            slope = sp.diff(e, variable)
            if moving & e.free_symbols:
                continue
            if variable not in slope.free_symbols and goal.given.holds(slope, "!="):
                yield {"rule": "eliminate", "variable": encode(variable), "index": index}
                raise Final


def _kinks(goal: Goal) -> Iterator[Node]:
    symbols = sorted({s for e, _ in goal.given.conditions for s in e.free_symbols}, key=str)
    distances: list[sp.Expr | None] = [None, *(s for s in symbols if goal.given.holds(s, ">"))]
    for index, (_, op) in enumerate(goal.given.conditions):
        if op != "=":
            continue
        for close in distances:
            node = {"rule": "kink", "index": index, **({} if close is None else {"close": encode(close)})}
            try:
                RULES["kink"](goal, node)
            except Undecided as undecided:
                jump = undecided.expression
                if isinstance(jump, sp.Expr) and not isinstance(jump, SWITCHES):
                    on = reduced_border(jump, goal.given)
                    if len(goal.given.sign(on)) < 2:
                        continue
                    yield {"rule": "cases", "on": encode(on), "parts": ["<", "=", ">"]}
            except EXPECTED:
                continue
            else:
                yield node
                break


def border_of(switch: Any, given: Given, moving: frozenset[sp.Symbol] = frozenset()) -> sp.Expr | None:
    """The expression whose sign decides the switch, without factors of known sign; one free of `moving` if any is."""
    if isinstance(switch, (sp.And, sp.Or, sp.Not)):
        for part in switch.args:
            if given.decide(part) is None:
                return border_of(part, given, moving)
        return None
    if isinstance(switch, (sp.Max, sp.Min)):
        args = switch.args
        pairs = [(a, b) for k, a in enumerate(args) for b in args[k + 1 :] if {-1, 1} <= given.sign(a - b)]
        if not pairs:
            return None
        on = pairs[0][0] - pairs[0][1]
    elif isinstance(switch, (sp.Abs, sp.sign, sp.Heaviside)):
        on = switch.args[0]
    elif isinstance(switch, (sp.Lt, sp.Le, sp.Gt, sp.Ge, sp.Eq, sp.Ne)):
        on = switch.lhs - switch.rhs
        for inner in on.atoms(*SWITCHES):
            try:
                given.resolve(inner)
            except Undecided as undecided:
                return border_of(undecided.expression, given, moving)
        on = given.resolve(on)
    else:
        return None
    return reduced_border(on, given, moving)


def reduced_border(on: sp.Expr, given: Given, moving: frozenset[sp.Symbol] = frozenset()) -> sp.Expr:
    """One factor of the expression whose sign is open."""
    whole = on
    if is_analytic(on) and not on.is_Symbol:
        try:
            on = sp.factor(on) if on.is_polynomial(*on.free_symbols) else sp.factor_terms(sp.together(on))
        except EXPECTED:
            on = whole
    for f in sorted(sp.Mul.make_args(on), key=lambda f: bool(f.free_symbols & moving)):
        base = f.base if f.is_Pow and f.exp.is_Integer else f
        if not base.is_number and {-1, 1} <= given.sign(base) and base.free_symbols:
            base = tangent(base) or _border_of_exponent(base, given)
            c, rest = base.as_content_primitive() if base.is_Add else (sp.S.One, base)
            return rest if c.is_Rational and c else base
    return whole


def _border_of_exponent(e: sp.Expr, given: Given) -> sp.Expr:
    """`exp(u) - c` changes sign with `u - log(c)`."""
    if e.is_Add and len(e.args) == 2:
        for up, down in (e.args, e.args[::-1]):
            c, f = up.as_coeff_Mul()
            if isinstance(f, sp.exp) and not down.free_symbols and given.holds(-down / c, ">"):
                return sp.expand(f.args[0] - sp.log(-down / c))
    return e


def definedness(goal: Goal, search: Search) -> Iterator[Node]:
    """Prove the definedness conditions that do not follow at once; exclude isolated zeros of denominators."""
    if goal.is_defined:
        yield from _nonzero(goal)
        return
    if goal.lhs.has(sp.Limit, sp.Integral) or goal.rhs.has(sp.Limit, sp.Integral):
        return
    yield from _nonzero(goal)
    open_ = needs(goal)
    if open_:
        yield {"rule": "defined"}
        yield from _left_out(goal, open_)
        raise Final


def _nonzero(goal: Goal) -> Iterator[Node]:
    """Sides that differ, one always the larger; a denominator that is zero at isolated points only."""
    if goal.relation != "!=" or has_operators(goal.lhs, goal.rhs):
        return
    for side in (1, -1):
        node = {"rule": "lemma", "shows": [[encode(side * (goal.rhs - goal.lhs)), ">"]], "keep": True}
        if is_plausible(RULES["lemma"](goal, node)[1]):
            yield node
    if goal.may_exclude:
        yield from _isolated(goal)


def _isolated(goal: Goal) -> Iterator[Node]:
    symbols = sorted(goal.rhs.free_symbols | {s for e, _ in goal.given.conditions for s in e.free_symbols}, key=str)
    for values in points(goal.given, symbols, [], 4):
        if all(v.is_Rational for v in values.values()) and meets(goal.given, values):
            yield {"rule": "isolated", "at": encode(values)}
