"""The checker: replays a certificate against its claim. It imports no tactic and trusts no value in the file.

A certificate is `{"format": ..., "claim": ..., "proof": node}`. A node names its rule, holds exact data and the
nodes of the subgoals under "steps". The goals themselves are never read: each rule computes the subgoals from its
goal, so that the tree ends in leaves about exactly the claim. A leaf is re-evaluated: polynomial identities by exact
expansion, signs by ball arithmetic.

>>> import sympy as sp
>>> from symacts.claims import Claim
>>> x = sp.Symbol("x", real=True)
>>> claim = Claim((sp.tanh(x), 2 / (1 + sp.exp(-2 * x)) - 1), ("=",))
>>> bool(check({"format": FORMAT, "claim": claim.to_dict(), "proof": {"rule": "algebra"}}))
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from symacts.claims import Claim, MatrixClaim, claim_from_dict
from symacts.codec import decode
from symacts.errors import SymactsError, UnsupportedExpression
from symacts.proofs.checker import analytic
from symacts.proofs.checker.enclosures import number_sign
from symacts.proofs.checker.entail import Condition, Given, Undecided, follows, is_analytic, obligations
from symacts.proofs.checker.normal import is_zero

__all__ = ["FORMAT", "CertificateError", "Checked", "Goal", "check", "check_goal"]

FORMAT = "symacts-proof/1"
MAX_NODES = 20_000
COVERS = (("<", ">="), ("<=", ">"), ("<", "=", ">"), ("=", "!="), ("!=", "="))
"""Sets of conditions on one real number of which every real number meets at least one."""


class CertificateError(SymactsError, ValueError):
    """A certificate that does not establish its claim; `path` names the first failing step."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path or "root", reason
        super().__init__(f"step {self.path}: {reason}")


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a replay: true, with the number of steps that were verified."""

    steps: int

    def __bool__(self) -> bool:
        return True


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


def check(certificate: Mapping[str, Any], claim: Claim | MatrixClaim | None = None) -> Checked:
    """Replay a certificate.

    Parameters
    ----------
    certificate
        The data.
    claim
        What it has to establish; by default the claim that the certificate itself states.

    Raises
    ------
    CertificateError
        With the path of the first step that fails.
    """
    try:
        if certificate.get("format") != FORMAT:
            raise CertificateError("format", f"got {certificate.get('format')!r}, expected {FORMAT!r}")
        stated = claim_from_dict(certificate["claim"])
    except CertificateError:
        raise
    except (SymactsError, KeyError, TypeError, AttributeError) as error:
        raise CertificateError("claim", str(error)) from None
    if claim is not None and stated != claim:
        raise CertificateError("claim", f"the certificate is about another claim: {stated}")
    if isinstance(stated, Claim):
        try:
            _require_plain(*stated.sides, *(e for e, _ in (*stated.premises, *stated.defined)))
        except UnsupportedExpression as error:
            raise CertificateError("claim", str(error)) from None
    walk = _Walk()
    node = certificate.get("proof")
    if isinstance(stated, MatrixClaim):
        walk.visit_matrix(stated, node)
    else:
        walk.visit_chain(stated, node)
    return Checked(walk.nodes)


def check_goal(goal: Goal, node: Any) -> Checked:
    """Verify one node against a goal; raises as `check`."""
    walk = _Walk()
    walk.visit(goal, node, "")
    return Checked(walk.nodes)


def chain_goals(claim: Claim) -> list[Goal]:
    """One goal for each relation of the claim, then its `defined` conditions; `>` and `>=` are turned around."""
    goals = []
    given = Given(claim.premises)
    for lhs, relation, rhs in zip(claim.sides, claim.relations, claim.sides[1:], strict=False):
        if relation in (">", ">="):
            lhs, relation, rhs = rhs, {">": "<", ">=": "<="}[relation], lhs
        goals.append(Goal(given, lhs, relation, rhs))
    return goals + [condition_goal(given, condition) for condition in claim.defined]


Visit = Callable[[Goal, Any, str], None]


class _Walk:
    """One replay: counts nodes, keeps the path."""

    def __init__(self) -> None:
        self.nodes = 0

    def visit_chain(self, claim: Claim, node: Any) -> None:
        goals = chain_goals(claim)
        if len(goals) == 1:
            self.visit(goals[0], node, "")
            return
        steps = _steps(node, len(goals), "")
        if node.get("rule") != "chain":
            raise CertificateError("", "a chain of relations is proved link by link")
        for k, (goal, step) in enumerate(zip(goals, steps, strict=True)):
            self.visit(goal, step, str(k))

    def visit(self, goal: Goal, node: Any, path: str) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise CertificateError(path, f"more than {MAX_NODES} steps")
        if not isinstance(node, Mapping):
            raise CertificateError(path, "a step is missing")
        rule = _RULES.get(node.get("rule", ""))
        if rule is None:
            raise CertificateError(path, f"unknown rule {node.get('rule')!r}")
        try:
            children = rule(goal, node)
            for child in children:
                _require_plain(child.lhs, child.rhs, *(e for e, _ in child.given.conditions))
        except CertificateError as error:
            raise CertificateError(_join(path, "" if error.path == "root" else error.path), error.reason) from None
        except Undecided as error:
            raise CertificateError(path, f"{rule.__name__}: {error}") from None
        except Exception as error:  # whatever hostile data provoke: the step is not established
            raise CertificateError(path, f"{node['rule']}: {type(error).__name__}: {error}") from None
        if not children:
            if node.get("steps"):
                raise CertificateError(path, f"{node['rule']} takes no further steps")
            return
        for k, (child, step) in enumerate(zip(children, _steps(node, len(children), path), strict=True)):
            self.visit(child, step, _join(path, str(k)))

    def visit_matrix(self, claim: MatrixClaim, node: Any) -> None:
        from symacts.proofs.checker import matrix_rules  # deferred: its rules go back to scalar goals of this module

        if not isinstance(node, Mapping):
            raise CertificateError("", "a step is missing")
        try:
            children = matrix_rules.subgoals(claim, node)
        except Exception as error:  # as in `visit`
            raise CertificateError("", f"{node.get('rule')}: {error}") from None
        self.nodes += 1
        if children:
            for k, (goal, step) in enumerate(zip(children, _steps(node, len(children), ""), strict=True)):
                self.visit(goal, step, str(k))


def _join(path: str, more: str) -> str:
    return f"{path}/{more}" if path and more else path or more


def _steps(node: Any, count: int, path: str) -> list[Any]:
    steps = node.get("steps") if isinstance(node, Mapping) else None
    if not isinstance(steps, (list, tuple)) or len(steps) != count:
        given = len(steps) if isinstance(steps, (list, tuple)) else "no"
        raise CertificateError(path, f"{count} steps needed, {given} given")
    return list(steps)


# -- helpers -------------------------------------------------------------------------------------------------------
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


def _defined(goal: Goal, *more: sp.Expr) -> None:
    open_ = needs(goal, *more)
    if open_:
        e, op = open_[0]
        raise CertificateError("", f"not shown to be defined: {e} {op} 0")


def _expr(node: Mapping[str, Any], key: str) -> sp.Expr:
    value = decode(node[key])
    if not isinstance(value, sp.Expr) or value.has(sp.oo, -sp.oo, sp.zoo, sp.nan, sp.I):
        raise UnsupportedExpression(f"{key}: not a finite real expression")
    _require_plain(value)
    return value


def _require_plain(*expressions: sp.Expr) -> None:
    """Fail unless every symbol is a plain real one: what else is known of it stands in the premises."""
    for e in expressions:
        for s in e.atoms(sp.Symbol):
            if s != sp.Symbol(s.name, real=True) and s.name not in ("+", "-", "+-"):  # the direction of a limit
                raise UnsupportedExpression(f"the symbol {s} carries assumptions of its own")


def _variable(node: Mapping[str, Any]) -> sp.Symbol:
    value = _expr(node, "variable")
    if value != sp.Symbol(getattr(value, "name", ""), real=True):
        raise UnsupportedExpression("a variable is a real symbol")
    return value


def _replace(goal: Goal, swap: Mapping[Any, Any], *, keep: bool = True) -> Goal:
    """The goal with symbols replaced everywhere."""
    conditions = [(e.xreplace(swap), op) for e, op in goal.given.conditions]
    kept = [(e, op) for e, op in conditions if not (e.is_Rational and Given().holds(e, op))]
    return Goal(Given(kept), goal.lhs.xreplace(swap), goal.relation, goal.rhs.xreplace(swap), goal.is_defined and keep)


def _no_operators(*sides: sp.Expr) -> None:
    for side in sides:
        if side.has(sp.Derivative, sp.Limit, sp.Integral):
            raise UnsupportedExpression("derivatives, limits and integrals come first")


# -- rules: each returns its subgoals ------------------------------------------------------------------------------
def algebra(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """lhs = rhs as quotients of polynomials in named atoms, by exact expansion."""
    lhs, rhs = resolved(goal)
    _defined(goal)
    if goal.relation not in ("=", "<=") or not (lhs == rhs or is_zero(lhs - rhs)):
        raise CertificateError("", f"the numerator of the difference does not expand to zero: {lhs} and {rhs}")
    return []


def structure(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """The sign of rhs - lhs from the signs of its parts and linear consequences of the hypotheses."""
    lhs, rhs = resolved(goal)
    _defined(goal)
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
    on, parts = _expr(node, "on"), tuple(node["parts"])
    if parts not in COVERS:
        raise CertificateError("", f"the cases {parts} do not cover the real numbers")
    _no_operators(on)
    _defined(replace(goal, is_defined=True), goal.given.resolve(on))
    signed = {"<": (-on, ">"), "<=": (-on, ">="), "=": (on, "="), ">": (on, ">"), ">=": (on, ">="), "!=": (on, "!=")}
    return [replace(goal, given=goal.given.and_(signed[part])) for part in parts]


def eliminate(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Use an equation of the hypotheses: replace a variable in which it is linear."""
    variable, index = _variable(node), node["index"]
    e, op = goal.given.conditions[index]
    slope = sp.diff(e, variable)
    if op != "=" or not is_analytic(e) or variable in slope.free_symbols or not goal.given.holds(slope, "!="):
        raise CertificateError("", f"no equation linear in {variable}")
    value = sp.expand(variable - e / slope)
    moving = {v for d in goal.lhs.atoms(sp.Derivative) | goal.rhs.atoms(sp.Derivative) for v, _ in d.variable_count}
    if moving & (value.free_symbols | {variable}):
        raise CertificateError("", "a variable cannot be replaced under its derivative")
    if variable in value.free_symbols or not is_zero(e.xreplace({variable: value})):
        raise CertificateError("", f"the equation does not determine {variable}")
    return [_replace(goal, {variable: value})]


def either(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """`Max`, `Min` and `Abs` take one of their possible values at every point: prove the goal for each."""
    of = _expr(node, "of")
    if isinstance(of, (sp.Max, sp.Min)):
        values = of.args
    elif isinstance(of, sp.Abs):
        values = (of.args[0], -of.args[0])
    else:
        raise CertificateError("", "only Max, Min and Abs have listed values")
    if goal.lhs.has(sp.Derivative, sp.Integral, sp.Limit) or goal.rhs.has(sp.Derivative, sp.Integral, sp.Limit):
        raise CertificateError("", "not under a derivative, an integral or a limit")
    lhs, rhs = goal.given.partial(goal.lhs), goal.given.partial(goal.rhs)
    if not (lhs.has(of) or rhs.has(of)):
        raise CertificateError("", f"{of} does not occur")
    return [replace(goal, lhs=lhs.xreplace({of: v}), rhs=rhs.xreplace({of: v})) for v in values]


def derivatives(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Evaluate derivatives of resolved branches."""
    lhs, rhs = resolved(goal)
    _defined(goal)
    if lhs.has(sp.Derivative) or rhs.has(sp.Derivative) or (lhs, rhs) == (goal.lhs, goal.rhs):
        raise CertificateError("", "no derivative was evaluated")
    return [replace(goal, lhs=lhs, rhs=rhs, is_defined=True)]


def kink(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Where branches meet: a derivative that does not exist makes no claim; one that exists is that of each branch."""
    return analytic.kink(goal, node)


def derivative_and_point(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Equal derivatives on an interval and equal values at one of its points."""
    variable, point = _variable(node), _expr(node, "point")
    if goal.relation != "=" or variable in point.free_symbols:
        raise CertificateError("", "an equation and a point free of the variable are needed")
    lhs, rhs = resolved(goal)
    _no_operators(lhs, rhs)
    _defined(goal)
    if not is_analytic(lhs) or not is_analytic(rhs):
        raise CertificateError("", "the sides are not analytic on the interval")
    weak = analytic.end_point(goal.given, variable, point, (lhs, rhs))
    inner = analytic.interior(goal.given, variable)
    outer = Given((*analytic.without(goal.given, variable).conditions, *weak))
    at = {variable: point}
    return [
        Goal(inner, sp.diff(lhs, variable), "=", sp.diff(rhs, variable)),
        Goal(outer, lhs.xreplace(at), "=", rhs.xreplace(at)),
    ]


def factor(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """rhs - lhs = p*h with p > 0: the sign is that of h."""
    p, h = _expr(node, "by"), _expr(node, "rest")
    lhs, rhs = resolved(goal)
    _defined(goal, p, h)
    if not is_zero(rhs - lhs - p * h):
        raise CertificateError("", "the product does not equal the difference")
    if not goal.given.holds(p, ">"):
        raise CertificateError("", f"not seen to be positive: {p}")
    return [Goal(goal.given, sp.S.Zero, goal.relation, h, True)]


def apply(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Compare after a strictly increasing function: exp; the square on nonnegative sides."""
    lhs, rhs = resolved(goal)
    _defined(goal)
    _no_operators(lhs, rhs)
    if node["function"] == "exp":
        return [Goal(goal.given, sp.exp(lhs), goal.relation, sp.exp(rhs), True)]
    if node["function"] == "log":
        if not (isinstance(lhs, sp.exp) and isinstance(rhs, sp.exp)):
            raise CertificateError("", "both sides are exponentials")
        return [Goal(goal.given, lhs.args[0], goal.relation, rhs.args[0], True)]
    if node["function"] == "square":
        zero = sp.S.Zero
        return [
            Goal(goal.given, sp.expand(lhs**2), goal.relation, sp.expand(rhs**2), True),
            Goal(goal.given, zero, "<=", lhs, True),
            Goal(goal.given, zero, "<=", rhs, True),
        ]
    raise CertificateError("", f"unknown function {node['function']!r}")


def middle(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Go through an expression between the sides."""
    through = _expr(node, "through")
    first, second = node["relations"]
    if (first, second) not in {
        ("<", "<="),
        ("<=", "<"),
        ("<=", "<="),
        ("=", goal.relation),
        (goal.relation, "="),
        ("<", "<"),
    }:
        raise CertificateError("", f"{first} and {second} do not compose")
    strict = "<" in (first, second)
    if goal.relation not in ("<", "<=", "=") or (goal.relation == "<" and not strict):
        raise CertificateError("", f"{first} and {second} do not give {goal.relation}")
    if goal.relation == "=" and (first, second) != ("=", "="):
        raise CertificateError("", "an equation goes through equations")
    return [Goal(goal.given, goal.lhs, first, through), Goal(goal.given, through, second, goal.rhs)]


def apart(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Different, because one side is always the larger."""
    if goal.relation != "!=" or node["side"] not in (1, -1):
        raise CertificateError("", "a side, 1 or -1, is needed")
    lhs, rhs = (goal.lhs, goal.rhs) if node["side"] > 0 else (goal.rhs, goal.lhs)
    return [replace(goal, lhs=lhs, relation="<", rhs=rhs, may_exclude=False)]


def defined(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Prove that both sides are defined, then go on; isolated zeros of denominators are excluded."""
    open_, excluded = needs(goal), node.get("excluded", ())
    left_out = [open_[k] for k in excluded]
    main = replace(goal, given=goal.given.and_(*left_out), is_defined=True)
    sides = (replace(condition_goal(goal.given, c), may_exclude=k in excluded) for k, c in enumerate(open_))
    return [main, *sides]


def isolated(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """A denominator that is analytic and nonzero at one point vanishes at isolated points only: these are excluded."""
    if goal.relation != "!=" or goal.lhs != 0 or not goal.may_exclude:
        raise CertificateError("", "only a denominator may be excluded, where that was announced")
    analytic.require_isolated_zeros(goal, decode(node["at"]))
    return []


def transform(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """New variables: `forward` writes the old in the new, `back` the new in the old; forward(back) is the identity."""
    forward = {decode(k): decode(v) for k, v in node["forward"]}
    back = {decode(k): decode(v) for k, v in node["back"]}
    lhs, rhs = goal.lhs, goal.rhs
    _no_operators(lhs, rhs)
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
    for new, value in back.items():
        if not value.free_symbols <= free:
            raise CertificateError("", f"{new} is not a function of the old variables")
        _defined(replace(goal, is_defined=True), goal.given.resolve(value))
    return [_replace(goal, forward)]


def monotone(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """rhs - lhs grows in a variable away from a bound of its interval: its sign at the bound decides."""
    return analytic.monotone(goal, node)


def sign(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """The sign of rhs - lhs, a function of one variable, on a cover by balls, jets at exact zeros, and tails."""
    return analytic.sign(goal, node)


def limit(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Replace a limit by its value."""
    return analytic.limit(goal, node)


def integral(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Replace integrals by what they equal."""
    from symacts.proofs.checker import integrals  # deferred: its rules go back to goals of this module

    return integrals.rule(goal, node)


def definite(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Replace an integral between two bounds by the increments of antiderivatives."""
    from symacts.proofs.checker import integrals  # deferred: its rules go back to goals of this module

    return integrals.definite(goal, node)


def enclosure(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """An inequality between constants, integrals among them, by enclosures of both sides."""
    lhs, rhs = resolved(goal)
    if goal.relation == "=" or lhs.free_symbols or rhs.free_symbols or lhs.has(sp.Limit) or rhs.has(sp.Limit):
        raise CertificateError("", "enclosures show inequalities between constants")
    if not all(follows(goal.given, c) for side in (lhs, rhs) for c in obligations(side)):
        raise CertificateError("", "a side is not shown to be defined")
    value = number_sign(rhs - lhs)
    if value is None or value not in {"<": (1,), "<=": (0, 1), "!=": (1, -1)}[goal.relation]:
        raise CertificateError("", "the enclosures do not show the relation")
    return []


def squares(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """rhs - lhs is a sum of nonnegative multiples of squares."""
    if goal.relation != "<=":
        raise CertificateError("", "a sum of squares shows <=")
    lhs, rhs = resolved(goal)
    _defined(goal)
    total = sp.S.Zero
    for weight, base in ((decode(w), decode(b)) for w, b in node["terms"]):
        _defined(replace(goal, is_defined=True), weight, base)
        if not goal.given.holds(weight, ">="):
            raise CertificateError("", f"a weight is not seen to be nonnegative: {weight}")
        total += weight * base**2
    if not is_zero(rhs - lhs - total):
        raise CertificateError("", "the squares do not sum to the difference")
    return []


_RULES: dict[str, Callable[[Goal, Mapping[str, Any]], list[Goal]]] = {
    "algebra": algebra,
    "structure": structure,
    "absurd": absurd,
    "cases": cases,
    "eliminate": eliminate,
    "either": either,
    "derivatives": derivatives,
    "kink": kink,
    "derivative-and-point": derivative_and_point,
    "factor": factor,
    "apply": apply,
    "middle": middle,
    "defined": defined,
    "apart": apart,
    "isolated": isolated,
    "transform": transform,
    "monotone": monotone,
    "sign": sign,
    "limit": limit,
    "integral": integral,
    "definite": definite,
    "squares": squares,
    "enclosure": enclosure,
}
