"""Goals, and what every rule asks of one: its resolved sides, its definedness, exact data of a node. Trusted core."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import comb
from typing import Any

import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair

from symacts.codec import decode
from symacts.errors import SymactsError, UnsupportedExpression
from symacts.proofs.checker.domains import demands, follows, obligations
from symacts.proofs.checker.enclosures import require_rounded
from symacts.proofs.checker.entail import Condition, Given, Undecided

__all__ = [
    "CertificateError",
    "Goal",
    "all_demands",
    "condition_goal",
    "denominators",
    "expression_of",
    "moved",
    "needs",
    "no_operators",
    "read",
    "replaced",
    "require_defined",
    "require_kept",
    "require_outermost",
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
    """`lhs relation rhs` at all points of `given`; relation is one of "=", "!=", "<", "<=".

    `is_claim` marks what the claim itself states of its points, with isolated zeros of denominators left out; what else
    a rule asks for holds everywhere.
    """

    given: Given
    lhs: sp.Expr
    relation: str
    rhs: sp.Expr
    is_defined: bool = False
    may_exclude: bool = False
    is_claim: bool = False

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
    sides = (*(() if goal.is_defined else (goal.lhs, goal.rhs)), *more)
    out = [c for side in sides for c in demands(goal.given, side)]
    return [c for c in dict.fromkeys(out) if not follows(goal.given, c)]


def denominators(goal: Goal) -> set[Condition]:
    """The conditions `e != 0` whose isolated zeros the claim leaves out: those that its own text asks for, not the
    formula of a derivative in it."""
    sides = [goal.lhs, goal.rhs] if goal.is_claim else []
    found: set[Condition] = set()
    while sides:
        side = sides.pop()
        marks = {d: sp.Dummy(real=True) for d in side.atoms(sp.Derivative)}
        back = {mark: d for d, mark in marks.items()}
        found |= {(e.xreplace(back), op) for e, op in all_demands(goal.given, side.xreplace(marks)) if op == "!="}
        sides += [d.expr for d in marks]
    return found


def require_defined(goal: Goal, *more: sp.Expr) -> None:
    open_ = needs(goal, *more)
    if open_:
        e, op = open_[0]
        raise CertificateError("", f"not shown to be defined: {e} {op} 0")


def read(data: Any) -> sp.Expr:
    """The expression that a node holds; plain, as those of goals are."""
    value = decode(data)
    if not isinstance(value, sp.Expr):
        raise UnsupportedExpression(f"not an expression: {value}")
    require_plain(value)
    return value


def expression_of(node: Mapping[str, Any], key: str) -> sp.Expr:
    value = read(node[key])
    if value.has(*_INFINITE, sp.I):
        raise UnsupportedExpression(f"{key}: not a finite real expression")
    return value


MAX_TERMS = 20_000  # of the expansion of one power
_KNOWN = (
    *(sp.Add, sp.Mul, sp.Pow, sp.Function, sp.Max, sp.Min, sp.NumberSymbol, sp.Rational, sp.Symbol),
    *(sp.core.relational.Relational, sp.logic.boolalg.Boolean, ExprCondPair, sp.Tuple),
)
_OPERATORS = (sp.Derivative, sp.Integral, sp.Limit)
_INFINITE = (sp.oo, -sp.oo)  # as bounds of integrals and points of limits


def require_plain(*expressions: sp.Expr, operators: bool = True) -> None:
    """Fail unless every part is of a kind known here and every symbol plainly real: more stands in the premises."""
    for e in expressions:
        for node in sp.preorder_traversal(e):
            if isinstance(node, sp.Symbol):
                if node != sp.Symbol(node.name, real=True) and node.name not in ("+", "-", "+-"):  # ways of a limit
                    raise UnsupportedExpression(f"the symbol {node} carries assumptions of its own")
            elif node.is_Pow and node.base.is_Add and node.exp.is_Integer:
                if comb(len(node.base.args) + abs(int(node.exp)) - 1, abs(int(node.exp))) > MAX_TERMS:
                    raise UnsupportedExpression("a power too large to expand")
            elif isinstance(node, (sp.Add, sp.Mul, sp.Pow, sp.Function)) and not isinstance(node, sp.Piecewise):
                if not all(isinstance(a, sp.Expr) for a in node.args):
                    raise UnsupportedExpression(f"what is no number stands in {type(node).__name__}")
            elif not isinstance(node, (*_KNOWN, *(_OPERATORS if operators else ()))) and node not in _INFINITE:
                raise UnsupportedExpression(f"{type(node).__name__} has no place in a statement")


def variable_of(node: Mapping[str, Any]) -> sp.Symbol:
    value = expression_of(node, "variable")
    if value != sp.Symbol(getattr(value, "name", ""), real=True):
        raise UnsupportedExpression("a variable is a real symbol")
    return value


def bound_variables(e: sp.Expr) -> set[sp.Symbol]:
    """The variables of the derivatives, integrals and limits in an expression."""
    found = {o.args[1] for o in e.atoms(sp.Limit)}
    return found | {a[0] for o in e.atoms(sp.Derivative, sp.Integral) for a in o.args[1:]}


def moved(goal: Goal, swap: Mapping[Any, Any]) -> Goal:
    """The goal with symbols replaced everywhere; no bound variable is touched or captured."""
    names = {s for old, new in swap.items() for s in (*old.free_symbols, *new.free_symbols)}
    for e in (goal.lhs, goal.rhs, *(e for e, _ in goal.given.conditions)):
        if names & bound_variables(e):
            raise UnsupportedExpression("a variable cannot be replaced under its derivative, integral or limit")
        require_rounded(e, swap)
    conditions = [(e.xreplace(swap), op) for e, op in goal.given.conditions]
    kept = [(e, op) for e, op in conditions if not (e.is_Rational and Given().holds(e, op))]
    return replaced(replace(goal, given=Given(kept), may_exclude=False), swap, goal.given)


def replaced(goal: Goal, swap: Mapping[Any, Any], before: Given | None = None) -> Goal:
    """The goal with parts of its sides replaced by what they equal; fails where a part that vanishes, such as the
    other factor of a 0, is not seen to be defined. `before` holds the hypotheses on the sides as they were."""
    for e in (goal.lhs, goal.rhs):
        require_rounded(e, swap)
    new = replace(goal, lhs=goal.lhs.xreplace(swap), rhs=goal.rhs.xreplace(swap))
    if not goal.is_defined:
        for old, side in ((goal.lhs, new.lhs), (goal.rhs, new.rhs)):
            lost = [(e.xreplace(swap), op) for e, op in all_demands(before or goal.given, old)]
            require_kept(new.given, lost, side)
    return new


def require_kept(given: Given, lost: Iterable[Condition], *sides: sp.Expr) -> None:
    """Fail unless every condition is still one of the sides, or follows."""
    still = {c for side in sides for c in all_demands(given, side)}
    for e, op in lost:
        if (e, op) not in still and not follows(given, (e, op)):
            raise UnsupportedExpression(f"not shown to be defined: {e} {op} 0")


def all_demands(given: Given, e: sp.Expr) -> list[Condition]:
    """As `demands`; where a switch stays open, the conditions of all its branches."""
    try:
        return demands(given, e)
    except Undecided:
        return obligations(e)


def require_outermost(goal: Goal, *parts: sp.Expr) -> None:
    """Fail where a part stands under an operator: the hypotheses are about the point, not what that moves over."""
    for operator in (goal.lhs.atoms(*_OPERATORS) | goal.rhs.atoms(*_OPERATORS)) - set(parts):
        if operator.has(*parts):
            raise UnsupportedExpression("what stands under an operator is not replaced by its value at a point")


def no_operators(*sides: sp.Expr) -> None:
    for side in sides:
        if side.has(sp.Derivative, sp.Limit, sp.Integral):
            raise UnsupportedExpression("derivatives, limits and integrals come first")
