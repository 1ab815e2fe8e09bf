"""Coq tactic text for derivatives: one lemma of the prelude for each node of the formula, then one equation.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> Derivation(sp.Symbol("x", real=True)).of(sp.exp(x))
('((exp x) * 1)', 'apply (D_comp exp (fun x : R => x) x 1 (exp x)); [apply d_exp | apply D_id]')
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sympy as sp

from symacts.claims import Claim
from symacts.errors import UnsupportedExpression
from symacts.proofs.check import RULES, Goal
from symacts.proofs.checker.analytic import slope_of
from symacts.proofs.checker.domains import obligations
from symacts.proofs.checker.entail import Condition, Given, Undecided
from symacts.proofs.checker.forms import SWITCHES
from symacts.proofs.checker.goals import needs
from symacts.proofs.coq_equations import equation
from symacts.proofs.coq_signs import decided
from symacts.proofs.coq_terms import condition_text, expression, name_of, node

__all__ = ["Derivation", "derivative", "derivatives", "second_derivative"]

Piece = tuple[Condition, ...]

_OUTER = {
    "exp": "(exp {0})",
    "ln": "(/ {0})",
    "sqrt": "(/ (2 * (sqrt {0})))",
    "tanh": "(1 - (tanh {0}) ^ 2)",
    "sinh": "(cosh {0})",
    "cosh": "(sinh {0})",
    "arcsinh": "(/ (sqrt (({0} ^ 2) + 1)))",
    "sin": "(cos {0})",
    "cos": "(- (sin {0}))",
    "tan": "(1 + (tan {0}) ^ 2)",
    "atan": "(/ (1 + ({0} ^ 2)))",
    "erf": "((2 / (sqrt PI)) * (exp (- ({0} ^ 2))))",
}
"""The derivative of a function at a point, as the lemma `d_...` of the prelude states it."""
_CONDITIONAL = ("ln", "sqrt", "tan")


class Derivation:
    """Derivatives in one variable; `exponents` and `formulas` collect what they introduce."""

    def __init__(self, variable: sp.Symbol) -> None:
        self.variable, self.x = variable, name_of(variable)
        self.exponents: dict[str, sp.Expr] = {}
        self.formulas: list[sp.Expr] = []
        self.respelled: dict[str, str] = {}

    def of(self, e: sp.Expr) -> tuple[str, str]:
        """The derivative as the lemmas give it, and the tactic that shows it."""
        if self.variable not in e.free_symbols:
            return "0", "apply D_const"
        if e == self.variable:
            return "1", "apply D_id"
        kind, *parts = node(e)
        if kind in ("add", "mul"):
            text, (d, tactic) = expression(parts[0]), self.of(parts[0])
            for part in parts[1:]:
                other, (d2, second) = expression(part), self.of(part)
                lemma = f"apply (D_{kind} {self.function(text)} {self.function(other)} {self.x} {d} {d2})"
                d = f"({d} + {d2})" if kind == "add" else f"(({d} * {other}) + ({text} * {d2}))"
                text, tactic = f"({text} {'+' if kind == 'add' else '*'} {other})", f"{lemma}; [{tactic} | {second}]"
            return d, tactic
        if kind == "div":
            (u, v), (du, first), (dv, second) = map(expression, parts), self.of(parts[0]), self.of(parts[1])
            lemma = f"apply (D_div {self.function(u)} {self.function(v)} {self.x} {du} {dv})"
            return f"((({du} * {v}) - ({u} * {dv})) / ({v} ^ 2))", f"{lemma}; [{first} | {second} | cbv beta; side]"
        inner = parts[1] if kind == "call" else parts[0]
        u, (du, first) = expression(inner), self.of(inner)
        if kind == "opp":
            return f"(- {du})", f"apply (D_opp {self.function(u)} {self.x} {du}); {first}"
        if kind == "inv":
            lemma = f"apply (D_inv {self.function(u)} {self.x} {du}); [{first} | cbv beta; side]"
            return f"((- {du}) / ({u} ^ 2))", lemma
        if kind == "pow":
            n = parts[1]
            return (
                f"(((INR {n}) * ({u} ^ (pred {n}))) * {du})",
                f"apply (D_pow {self.function(u)} {n} {self.x} {du}); {first}",
            )
        if kind != "call" or parts[0] not in _OUTER:
            raise UnsupportedExpression(f"the Coq export does not differentiate {parts[0] if kind == 'call' else kind}")
        name = parts[0]
        df = _OUTER[name].format(u)
        if name == "erf":
            self.exponents[f"(- ({u} ^ 2))"] = -(inner**2)
            self.formulas.append(sp.sqrt(sp.pi))
        if name == "arcsinh":
            root = sp.sqrt(inner**2 + 1)
            self.formulas.append(root)
            self.respelled[f"sqrt (({u} ^ 2) + 1)"] = expression(root)
        show = f"apply d_{name}" + ("; cbv beta; side" if name in _CONDITIONAL else "")
        return f"({df} * {du})", f"apply (D_comp {name} {self.function(u)} {self.x} {du} {df}); [{show} | {first}]"

    def function(self, text: str) -> str:
        """The formula as a function of the variable."""
        return f"(fun {self.x} : R => {text})"


def derivative(f: sp.Expr, rhs: sp.Expr, variable: sp.Symbol, given: Iterable[Condition] = ()) -> str:
    """Tactic text for `is_derive (fun x => f) x rhs`, f without switches; `given` stands among the hypotheses."""
    derivation = Derivation(variable)
    d, tactic = derivation.of(f)
    apart = equation(f, rhs, *derivation.formulas, more=derivation.exponents, given=given)
    respelled = "".join(f"replace ({a}) with {b} by (f_equal; ring). " for a, b in derivation.respelled.items())
    return (
        f"apply (D_equal {derivation.function(expression(f))} {derivation.x} {d} {expression(rhs)}).\n"
        f"  {{ {tactic}. }}\n  cbn [INR pred]. {respelled}{apart}"
    )


def second_derivative(name: str, binders: str, claim: Claim, lhs: sp.Derivative, rhs: sp.Expr) -> str:
    """`is_derive_n f 2`: the first derivative everywhere, then its derivative."""
    f, variable = lhs.expr, lhs.variable_count[0][0]
    if len(lhs.variable_count) != 1 or any(variable in e.free_symbols for e, _ in claim.premises):
        raise UnsupportedExpression("the Coq export writes second derivatives on the whole line")
    first, x = sp.diff(f, variable), name_of(variable)
    if any(e.has(*SWITCHES) for e in (f, first, rhs)):
        raise UnsupportedExpression("the Coq export writes second derivatives of analytic functions")
    stated = f"{binders}is_derive_n (fun {x} : R => {expression(f)}) 2 {x} {expression(rhs)}"
    return (
        f"Theorem {name} : {stated}.\nProof.\n  intros.\n"
        f"  apply (is_derive_ext (fun {x} : R => {expression(first)})).\n"
        f"  {{ clear {x}. intros {x}. symmetry. apply is_derive_unique.\n  {derivative(f, first, variable)} }}\n"
        f"  {derivative(first, rhs, variable)}\nQed.\n"
    )


def derivatives(name: str, claim: Claim, lhs: sp.Derivative, rhs: sp.Expr, node: Any) -> list[str]:
    """`is_derive` on every open piece that the proof distinguishes."""
    if lhs.variable_count[0][1] != 1 or len(lhs.variable_count) != 1:
        raise UnsupportedExpression("the Coq export writes first and second derivatives in one variable")
    goal = Goal(Given(claim.premises), lhs, "=", rhs)
    pieces = list(dict.fromkeys(_pieces(goal, node)))
    if not pieces:
        raise UnsupportedExpression("no piece of the proof is an open set")
    names = [name] if len(pieces) == 1 else [f"{name}_{k + 1}" for k in range(len(pieces))]
    whole = pieces == [(Given(claim.premises).conditions, ())] and all(op != ">=" for _, op in claim.premises)
    note = (
        []
        if whole
        else ["(* Inside open pieces; where branches, hypotheses or domains end, this file claims nothing. *)"]
    )
    return [*note, *(_on_piece(n, *piece, lhs, rhs) for n, piece in zip(names, pieces, strict=True))]


def _pieces(goal: Goal, node: Any, shown: Piece = ()) -> Iterator[tuple[Piece, Piece]]:
    """The hypotheses of the leaves at which the derivative is evaluated, and what the proof shows to be defined there;
    borders, where branches meet, are left out."""
    rule = node["rule"]
    if rule in ("cases", "defined"):
        more = needs(goal) if rule == "defined" else ()
        for child, step in zip(RULES[rule](goal, node), node["steps"], strict=True):
            if child.lhs.has(sp.Derivative) and all(op != "=" for _, op in child.given.conditions):
                yield from _pieces(child, step, (*shown, *more))
    elif rule != "kink":
        yield goal.given.conditions, shown


def _on_piece(name: str, conditions: Piece, shown: Piece, lhs: sp.Derivative, rhs: sp.Expr) -> str:
    variable, f = lhs.variable_count[0][0], lhs.expr
    given = Given(conditions)
    open_ = given.near([variable])
    try:
        local, value = _chosen(open_, f), given.resolve(rhs)
    except Undecided:
        raise UnsupportedExpression("the branch of a piece is not decided by its open conditions") from None
    kept = [(e, ">" if op == ">=" and variable in e.free_symbols else op) for e, op in conditions]
    beyond = [c for e in (local, value) for c in obligations(e) if c[0].has(sp.erf, sp.erfc) and c[0].is_number]
    shown = tuple(dict.fromkeys(c for c in (*shown, *beyond) if c not in kept))
    symbols = sorted(
        {variable, *f.free_symbols, *rhs.free_symbols, *(s for e, _ in kept for s in e.free_symbols)}, key=str
    )
    x = name_of(variable)
    stated = f"is_derive (fun {x} : R => {expression(f)}) {x} {expression(rhs)}"
    hypotheses = "".join(f"{condition_text(c)} -> " for c in (*kept, *shown))
    lines = [
        f"Theorem {name} : forall {' '.join(map(name_of, symbols))} : R, {hypotheses}{stated}.",
        "Proof.",
        "  intros." + " pose proof PI_RGT_0." * (f.has(sp.pi) or rhs.has(sp.pi)),
    ]
    if value != rhs:
        whole = f"(fun {x} : R => {expression(f)})"
        lines.append(f"  apply (D_equal {whole} {x} {expression(value)} {expression(rhs)}); [| {decided(rhs)}].")
    if local != f:
        lines += _localized(kept, variable, f, local, value)
    lines += [f"  {derivative(local, value, variable, shown)}", "Qed."]
    return "\n".join(lines) + "\n"


def _chosen(given: Given, e: sp.Expr) -> sp.Expr:
    """The formula with each switch replaced by its branch, and nothing else evaluated: Coq sees that it is the same."""
    if not e.has(*SWITCHES):
        return e
    whole = given.resolve(e)
    if isinstance(e, sp.Piecewise):
        return _chosen(given, next(value for value, condition in e.args if given.decide(condition)))
    if isinstance(e, (sp.Max, sp.Min, sp.Abs)):
        for part in e.args:
            if given.resolve(part) == whole:
                return _chosen(given, part)
    if isinstance(e, sp.Abs):
        return sp.Mul(-1, _chosen(given, e.args[0]), evaluate=False)
    if isinstance(e, SWITCHES):
        return whole
    return e.func(*(_chosen(given, a) for a in e.args), evaluate=False)


def _localized(conditions: list[Condition], x: sp.Symbol, f: sp.Expr, local: sp.Expr, value: sp.Expr) -> list[str]:
    """Tactic lines that pass to the branch: it equals f between the nearest bounds of the variable."""
    bounds: dict[int, list[sp.Expr]] = {1: [], -1: []}
    for e, op in conditions:
        if x in e.free_symbols:
            slope = slope_of(e, x)
            if op != ">" or slope is None or not slope.is_Rational:
                raise UnsupportedExpression("the Coq export writes pieces between bounds of the variable")
            bounds[int(sp.sign(slope))].append(sp.expand(x - e / slope))
    name = name_of(x)
    ends = {way: _nearest(found, way) for way, found in bounds.items()}
    lemma = {(True, True): "D_between", (True, False): "D_above", (False, True): "D_below"}.get(
        (bool(bounds[1]), bool(bounds[-1]))
    )
    if lemma is None:
        raise UnsupportedExpression("the branch is not bounded")
    f_text, g_text = (f"(fun {name} : R => {expression(e)})" for e in (f, local))
    given = " ".join(ends[way] for way in (1, -1) if bounds[way])
    return [
        f"  apply ({lemma} {f_text} {g_text} {given} {name} {expression(value)}).",
        "  { unfold Rmax, Rmin; repeat destruct (Rle_dec _ _); lra. }",
        f"  {{ intros; cbv beta; {decided(f)}. }}",
    ]


def _nearest(bounds: list[sp.Expr], way: int) -> str:
    """The largest lower bound or the smallest upper one."""
    text = expression(bounds[0]) if bounds else ""
    for other in bounds[1:]:
        text = f"({'Rmax' if way > 0 else 'Rmin'} {text} {expression(other)})"
    return text
