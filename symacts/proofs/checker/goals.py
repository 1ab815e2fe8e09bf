"""Goals, and what every rule asks of one: its resolved sides, its definedness, exact data of a node. Trusted core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from symacts.codec import decode
from symacts.errors import SymactsError, UnsupportedExpression
from symacts.proofs.checker.entail import Condition, Given, follows, obligations

__all__ = [
    "CertificateError",
    "Goal",
    "condition_goal",
    "expression_of",
    "moved",
    "needs",
    "no_operators",
    "require_defined",
    "require_plain",
    "resolved",
    "variable_of",
]


class CertificateError(SymactsError, ValueError):
    """A certificate that does not establish its claim; `path` names the first failing step."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path or "root", reason
        super().__init__(f"step {self.path}: {reason}")


@dataclass(frozen=True, slots=True)
class Goal:
    """`lhs relation rhs` at all points of `given`; relation is one of "=", "!=", "<", "<="."""

    given: Given
    lhs: sp.Expr
    relation: str
    rhs: sp.Expr
    is_defined: bool = False
    may_exclude: bool = False

    @property
    def difference(self) -> sp.Expr:
        """rhs - lhs."""
        return self.rhs - self.lhs

    def __str__(self) -> str:
        given = ", ".join(f"{e} {op} 0" for e, op in self.given.conditions)
        return f"{self.lhs} {self.relation} {self.rhs}" + (f"   for {given}" if given else "")


def condition_goal(given: Given, condition: Condition) -> Goal:
    """The goal that a condition states."""
    e, op = condition
    relation = {">": "<", ">=": "<=", "=": "=", "!=": "!=", "<": "<", "<=": "<="}[op]
    zero = sp.S.Zero
    return Goal(given, e, relation, zero) if op in ("<", "<=") else Goal(given, zero, relation, e)


def resolved(goal: Goal) -> tuple[sp.Expr, sp.Expr]:
    """Both sides with their branches chosen."""
    return goal.given.resolve(goal.lhs), goal.given.resolve(goal.rhs)


def needs(goal: Goal, *more: sp.Expr) -> list[Condition]:
    """The definedness conditions of both resolved sides that do not follow at once."""
    if goal.is_defined and not more:
        return []
    if not goal.is_defined and (goal.lhs.has(sp.Limit, sp.Integral) or goal.rhs.has(sp.Limit, sp.Integral)):
        raise UnsupportedExpression("limits and integrals come first: whether they exist is part of their rules")
    sides = (*(() if goal.is_defined else (*resolved(goal), *_differentiated(goal))), *more)
    out = [c for side in sides for c in obligations(side)]
    return [c for c in dict.fromkeys(out) if not follows(goal.given, c)]


def _differentiated(goal: Goal) -> list[sp.Expr]:
    """The resolved functions under derivatives: where a derivative is claimed, the function must be defined."""
    found = sorted(goal.lhs.atoms(sp.Derivative) | goal.rhs.atoms(sp.Derivative), key=sp.default_sort_key)
    return [goal.given.near([v for v, _ in d.variable_count]).resolve(d.expr) for d in found]


def require_defined(goal: Goal, *more: sp.Expr) -> None:
    open_ = needs(goal, *more)
    if open_:
        e, op = open_[0]
        raise CertificateError("", f"not shown to be defined: {e} {op} 0")


def expression_of(node: Mapping[str, Any], key: str) -> sp.Expr:
    value = decode(node[key])
    if not isinstance(value, sp.Expr) or value.has(sp.oo, -sp.oo, sp.zoo, sp.nan, sp.I):
        raise UnsupportedExpression(f"{key}: not a finite real expression")
    require_plain(value)
    return value


def require_plain(*expressions: sp.Expr) -> None:
    """Fail unless every symbol is a plain real one: what else is known of it stands in the premises."""
    for e in expressions:
        for s in e.atoms(sp.Symbol):
            if s != sp.Symbol(s.name, real=True) and s.name not in ("+", "-", "+-"):  # the direction of a limit
                raise UnsupportedExpression(f"the symbol {s} carries assumptions of its own")


def variable_of(node: Mapping[str, Any]) -> sp.Symbol:
    value = expression_of(node, "variable")
    if value != sp.Symbol(getattr(value, "name", ""), real=True):
        raise UnsupportedExpression("a variable is a real symbol")
    return value


def moved(goal: Goal, swap: Mapping[Any, Any], *, keep: bool = True) -> Goal:
    """The goal with symbols replaced everywhere."""
    conditions = [(e.xreplace(swap), op) for e, op in goal.given.conditions]
    kept = [(e, op) for e, op in conditions if not (e.is_Rational and Given().holds(e, op))]
    return Goal(Given(kept), goal.lhs.xreplace(swap), goal.relation, goal.rhs.xreplace(swap), goal.is_defined and keep)


def no_operators(*sides: sp.Expr) -> None:
    for side in sides:
        if side.has(sp.Derivative, sp.Limit, sp.Integral):
            raise UnsupportedExpression("derivatives, limits and integrals come first")
