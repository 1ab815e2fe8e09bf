"""The checker's rules of logic and algebra: each takes a goal and a node and returns the subgoals. Trusted core.

A node that does not hold raises; a rule never reads a goal from the file, it computes the subgoals from its goal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sympy as sp

from symacts.codec import decode
from symacts.proofs.checker import analytic
from symacts.proofs.checker.domains import demands, obligations
from symacts.proofs.checker.enclosures import number_sign
from symacts.proofs.checker.entail import Given, Undecided
from symacts.proofs.checker.forms import is_analytic
from symacts.proofs.checker.goals import (
    CertificateError,
    Goal,
    all_demands,
    condition_goal,
    denominators,
    expression_of,
    moved,
    needs,
    no_operators,
    read,
    replaced,
    require_defined,
    require_kept,
    require_outermost,
    resolved,
    variable_of,
)
from symacts.proofs.checker.normal import is_zero

COVERS = (("<", ">="), ("<=", ">"), ("<", "=", ">"), ("=", "!="), ("!=", "="))
"""Sets of conditions on one real number of which every real number meets at least one."""


def algebra(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """lhs = rhs as quotients of polynomials in named atoms, by exact expansion."""
    lhs, rhs = resolved(goal)
    require_defined(goal)
    if goal.relation not in ("=", "<=") or not (lhs == rhs or is_zero(lhs - rhs)):
        raise CertificateError("", f"the numerator of the difference does not expand to zero: {lhs} and {rhs}")
    return []


def structure(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """The sign of rhs - lhs from the signs of its parts and linear consequences of the hypotheses."""
    try:
        lhs, rhs = resolved(goal)
        require_defined(goal)
    except Undecided:  # the branches that are open have signs of their own
        no_operators(goal.lhs, goal.rhs)
        lhs, rhs = goal.given.partial(goal.lhs), goal.given.partial(goal.rhs)
        if not goal.is_defined:
            require_kept(goal.given, [c for side in (goal.lhs, goal.rhs) for c in all_demands(goal.given, side)])
    op = {"<": ">", "<=": ">=", "!=": "!=", "=": "="}[goal.relation]
    if not goal.given.holds(rhs - lhs, op):
        raise CertificateError("", f"the sign of {rhs - lhs} does not follow from its parts")
    return []


def absurd(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Nothing to show: the hypotheses contradict each other."""
    if not goal.given.contradictory():
        raise CertificateError("", "the hypotheses are not seen to contradict each other")
    return []


def cases(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Split by the sign of one expression; the cases cover every real value of it."""
    on, parts = expression_of(node, "on"), tuple(node["parts"])
    if parts not in COVERS:
        raise CertificateError("", f"the cases {parts} do not cover the real numbers")
    no_operators(on)
    require_defined(replace(goal, is_defined=True), on)
    signed = {"<": (-on, ">"), "<=": (-on, ">="), "=": (on, "="), ">": (on, ">"), ">=": (on, ">="), "!=": (on, "!=")}
    return [replace(goal, given=goal.given.and_(signed[part]).decided()) for part in parts]


def lemma(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Conditions that are proved first: they choose the branches of the goal, and stay among its hypotheses if kept."""
    conditions = [(read(e), op) for e, op in node["shows"]]
    if not conditions or any(op not in (">", ">=", "=", "!=") for _, op in conditions):
        raise CertificateError("", "conditions read e > 0, e >= 0, e = 0 or e != 0")
    no_operators(*(e for e, _ in conditions))
    more, shown = goal.given.and_(*conditions), [condition_goal(goal.given, c) for c in conditions]
    if node.get("keep"):
        return [replace(goal, given=more.decided()), *shown]
    no_operators(goal.lhs, goal.rhs)
    lhs, rhs = more.partial(goal.lhs), more.partial(goal.rhs)
    if not goal.is_defined:
        require_kept(more, [c for side in (goal.lhs, goal.rhs) for c in all_demands(goal.given, side)], lhs, rhs)
    return [replace(goal, lhs=lhs, rhs=rhs), *shown]


def eliminate(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Use an equation of the hypotheses: replace a variable in which it is linear."""
    variable, index = variable_of(node), node["index"]
    e, op = goal.given.conditions[index]
    slope = sp.diff(e, variable)
    if op != "=" or not is_analytic(e) or variable in slope.free_symbols or not goal.given.holds(slope, "!="):
        raise CertificateError("", f"no equation linear in {variable}")
    value = sp.expand(variable - e / slope)
    if variable in value.free_symbols or not is_zero(e.xreplace({variable: value})):
        raise CertificateError("", f"the equation does not determine {variable}")
    require_defined(replace(goal, is_defined=True), value)
    return [moved(goal, {variable: value})]


def _values_of(of: sp.Expr) -> tuple[sp.Expr, ...]:
    """The values of which `Max`, `Min` and `Abs` take one at every point."""
    if isinstance(of, (sp.Max, sp.Min)):
        return tuple(of.args)
    if isinstance(of, sp.Abs):
        return (of.args[0], -of.args[0])
    raise CertificateError("", "only Max, Min and Abs have listed values")


def _with_value(goal: Goal, of: sp.Expr, values: Iterable[sp.Expr]) -> list[Goal]:
    """The goal with each of the values in the place of `of`, as defined as it was."""
    no_operators(goal.lhs, goal.rhs)
    lhs, rhs = goal.given.partial(goal.lhs), goal.given.partial(goal.rhs)
    if not (lhs.has(of) or rhs.has(of)):
        raise CertificateError("", f"{of} does not occur")
    if not goal.is_defined:
        require_kept(goal.given, [c for side in (goal.lhs, goal.rhs) for c in all_demands(goal.given, side)], lhs, rhs)
    return [replaced(replace(goal, lhs=lhs, rhs=rhs), {of: v}) for v in values]


def either(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """`Max`, `Min` and `Abs` take one of their possible values at every point: prove the goal for each."""
    of = expression_of(node, "of")
    return _with_value(goal, of, _values_of(of))


def whole(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Integers a, b with a < b + 1 have a <= b; with b < a + 1 too they are equal."""
    if goal.relation not in ("=", "<=") or not (_is_whole(goal.lhs) and _is_whole(goal.rhs)):
        raise CertificateError("", "both sides are to be sums and products of integers, floors and ceilings")
    pairs = [(goal.lhs, goal.rhs), (goal.rhs, goal.lhs)][: 2 if goal.relation == "=" else 1]
    return [replace(goal, lhs=low, relation="<", rhs=high + 1) for low, high in pairs]


def _is_whole(e: sp.Expr) -> bool:
    """Whether an expression is an integer wherever it is defined."""
    if e.is_Add or e.is_Mul:
        return all(_is_whole(part) for part in e.args)
    return bool(e.is_Integer) or isinstance(e, (sp.floor, sp.ceiling))


def root(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """`b**(p/q) = v**p` where b = v**q and v >= 0: the goal with the root drawn."""
    of, value = expression_of(node, "of"), expression_of(node, "value")
    lhs, rhs = resolved(goal)
    no_operators(lhs, rhs)
    require_defined(goal)
    if not of.is_Pow or not of.exp.is_Rational or of.exp.is_Integer or not (lhs.has(of) or rhs.has(of)):
        raise CertificateError("", f"{of} is no root that occurs")
    require_defined(replace(goal, is_defined=True), value)
    if not is_zero(value ** int(of.exp.q) - of.base) or not goal.given.holds(value, ">="):
        raise CertificateError("", f"{value} is not seen to be that root")
    swap = {of: value ** int(of.exp.p)}
    return [replaced(replace(goal, lhs=lhs, rhs=rhs), swap)]


def derivatives(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Evaluate derivatives of resolved branches; where another switch is open, in their places."""
    try:
        lhs, rhs = resolved(goal)
    except Undecided:
        found = goal.lhs.atoms(sp.Derivative) | goal.rhs.atoms(sp.Derivative)
        require_outermost(goal, *found)
        require_kept(goal.given, [c for d in found for c in demands(goal.given, d)])
        if not found:
            raise
        return [replaced(goal, {d: goal.given.derivative(d) for d in found})]
    require_defined(goal)
    if lhs.has(sp.Derivative) or rhs.has(sp.Derivative) or (lhs, rhs) == (goal.lhs, goal.rhs):
        raise CertificateError("", "no derivative was evaluated")
    return [replace(goal, lhs=lhs, rhs=rhs, is_defined=True)]


def factor(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """rhs - lhs = p*h with p > 0: the sign is that of h; for `<=` a p >= 0 is enough."""
    p, h = expression_of(node, "by"), expression_of(node, "rest")
    lhs, rhs = resolved(goal)
    require_defined(goal, p, h)
    if not is_zero(rhs - lhs - p * h):
        raise CertificateError("", "the product does not equal the difference")
    if not goal.given.holds(p, ">=" if goal.relation == "<=" else ">"):
        raise CertificateError("", f"not seen to be positive: {p}")
    return [Goal(goal.given, sp.S.Zero, goal.relation, h, True)]


def apply(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Compare after a strictly increasing function: exp, log, or t*exp(t) for t >= -1, whose inverse LambertW is; or
    squares, where the larger side is not negative."""
    lhs, rhs = resolved(goal)
    require_defined(goal)
    no_operators(lhs, rhs)
    if node["function"] == "square":
        low, high = (read(side) for side in node["sides"])
        require_defined(replace(goal, is_defined=True), low, high)
        if goal.relation not in ("<", "<=", "=") or not is_zero(rhs - lhs - (high - low)):
            raise CertificateError("", "the sides do not have the difference of the goal")
        if goal.relation == "=" and not goal.given.holds(low, ">="):
            raise CertificateError("", f"not seen to be nonnegative: {low}")
        if not goal.given.holds(high, ">="):
            raise CertificateError("", f"not seen to be nonnegative: {high}")
        return [Goal(goal.given, sp.expand(low**2), goal.relation, sp.expand(high**2))]
    if node["function"] == "exp":
        return [Goal(goal.given, sp.exp(lhs), goal.relation, sp.exp(rhs), True)]
    if node["function"] == "product log":
        if not all(
            (isinstance(t, sp.LambertW) and len(t.args) == 1) or goal.given.holds(t + 1, ">=") for t in (lhs, rhs)
        ):
            raise CertificateError("", "not seen to be at least -1")
        return [Goal(goal.given, lhs * sp.exp(lhs), goal.relation, rhs * sp.exp(rhs), True)]
    if node["function"] == "log":
        low, high = (_logarithm(goal.given, side) for side in (lhs, rhs))
        return [Goal(goal.given, low, goal.relation, high)]
    raise CertificateError("", f"unknown function {node['function']!r}")


def _logarithm(given: Given, e: sp.Expr) -> sp.Expr:
    """The logarithm of a positive expression, as a sum over its positive factors."""
    c, u = given.logarithm(e)
    if c == 0:
        raise CertificateError("", f"not seen to be positive: {e}")
    return sp.log(c) + u


def defined(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Prove that both sides are defined, then go on; isolated zeros of denominators are excluded."""
    open_, excluded = needs(goal), node.get("excluded", ())
    left_out = [c for k, c in enumerate(open_) if k in excluded]
    if not set(left_out) <= (denominators(goal) if left_out else set()):
        raise CertificateError("", "only zeros of the claim's own denominators are left out")
    main = replace(goal, given=goal.given.and_(*left_out), is_defined=True)
    sides = [
        replace(condition_goal(goal.given if k in excluded else main.given, c), may_exclude=k in excluded)
        for k, c in enumerate(open_)
    ]
    return [main, *sides]


def isolated(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """A denominator that is analytic and nonzero at one point vanishes at isolated points only: these are excluded."""
    if goal.relation != "!=" or goal.lhs != 0 or not goal.may_exclude:
        raise CertificateError("", "only a denominator may be excluded, where that was announced")
    analytic.require_isolated_zeros(goal.given, goal.rhs, decode(node["at"]))
    return []


def transform(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """New variables: `forward` writes the old in the new, `back` the new in the old; forward(back) is the identity.

    A node with `given` has hypotheses of its own on the new variables, which follow from the old ones.
    """
    forward = {read(k): read(v) for k, v in node["forward"]}
    back = {read(k): read(v) for k, v in node["back"]}
    lhs, rhs = resolved(goal) if "given" in node else (goal.lhs, goal.rhs)
    no_operators(lhs, rhs)
    olds, news = set(forward), set(back)
    for e in (*olds, *news):
        if e != sp.Symbol(getattr(e, "name", ""), real=True):
            raise CertificateError("", "variables are real symbols")
    free = lhs.free_symbols | rhs.free_symbols | {s for e, _ in goal.given.conditions for s in e.free_symbols}
    if (news - olds) & free:
        raise CertificateError("", "a new variable is already in use")
    for old, value in forward.items():
        if not value.free_symbols <= news | (free - olds) or not is_zero(value.xreplace(back) - old):
            raise CertificateError("", f"{old} is not recovered")
        require_kept(goal.given, [(e.xreplace(back), op) for e, op in obligations(value)])
    for new, value in back.items():
        if not value.free_symbols <= free:
            raise CertificateError("", f"{new} is not a function of the old variables")
        require_defined(replace(goal, is_defined=True), value)
    if "given" not in node:
        return [moved(goal, forward)]
    require_defined(goal)
    given = Given((read(e), op) for e, op in node["given"])
    for e, op in given.conditions:
        require_defined(replace(goal, is_defined=True), e.xreplace(back))
        if op not in (">", ">=", "=", "!=") or not goal.given.holds(e.xreplace(back), op):
            raise CertificateError("", f"not seen to follow: {e} {op} 0")
    return [Goal(given, sp.expand(lhs.xreplace(forward)), goal.relation, sp.expand(rhs.xreplace(forward)))]


def enclosure(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """An inequality between constants, integrals among them, by enclosures of both sides."""
    lhs, rhs = resolved(goal)
    if goal.relation == "=" or lhs.free_symbols or rhs.free_symbols or lhs.has(sp.Limit) or rhs.has(sp.Limit):
        raise CertificateError("", "enclosures show inequalities between constants")
    require_kept(goal.given, [c for side in (goal.lhs, goal.rhs) for c in demands(goal.given, side)])
    value = number_sign(rhs - lhs)
    if value is None or value not in {"<": (1,), "<=": (0, 1), "!=": (1, -1)}[goal.relation]:
        raise CertificateError("", "the enclosures do not show the relation")
    return []
