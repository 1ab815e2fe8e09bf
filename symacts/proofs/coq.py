"""Export to Coq: a standalone file for the standard library and Coquelicot, without axioms of its own.

The statement is written with Coq's own functions (`exp`, `ln`, `tanh`, `sqrt`, `Rmax`, `Rabs`, ...). Identities are
proved by `field` after every exponential has been named as a power of an atom, inequalities from a quotient of
polynomials with positive coefficients, derivatives by `auto_derive`, piecewise linear statements by cases and `lra`.

>>> from symacts.proofs import prove
>>> text = prove("tanh(x) = 2*sigmoid(2*x) - 1").to_coq()
>>> "Theorem statement" in text and "Admitted" not in text
True
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from symacts.claims import Claim, MatrixClaim
from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.entail import SWITCHES
from symacts.proofs.checker.normal import Atoms

__all__ = ["expression", "to_coq"]

PREAMBLE = """\
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

Lemma exp_mul_nat : forall (n : nat) (u : R), exp (INR n * u) = exp u ^ n.
Proof.
  induction n as [|n IH]; intros u.
  - simpl. rewrite Rmult_0_l. apply exp_0.
  - rewrite S_INR. replace ((INR n + 1) * u) with (u + INR n * u) by ring.
    rewrite exp_plus, IH. simpl. ring.
Qed.

Ltac positive :=
  repeat first
    [ assumption | apply exp_pos | apply pow_lt | apply Rinv_0_lt_compat | apply Rdiv_lt_0_compat
    | apply Rmult_lt_0_compat | apply Rplus_lt_0_compat | lra ].
Ltac nonzero := apply Rgt_not_eq; unfold Rgt; positive.
Ltac side := repeat split; try lra; try (apply Rgt_not_eq; unfold Rgt; solve [positive | nra]);
  try (apply Rlt_not_eq; nra); try nra; try solve [positive].
"""
"""The only lemma and tactics that the proofs use."""

_UNARY: dict[Any, str] = {
    sp.exp: "exp",
    sp.log: "ln",
    sp.tanh: "tanh",
    sp.sinh: "sinh",
    sp.cosh: "cosh",
    sp.sin: "sin",
    sp.cos: "cos",
    sp.tan: "tan",
    sp.atan: "atan",
    sp.Abs: "Rabs",
}
_RESERVED = {
    "exp",
    "ln",
    "sin",
    "cos",
    "R",
    "in",
    "let",
    "fun",
    "forall",
    "Type",
    "Prop",
    "at",
    "as",
    "if",
    "then",
    "else",
}


def name_of(symbol: sp.Symbol) -> str:
    """A Coq identifier for a symbol."""
    name = "".join(c if c.isalnum() or c == "_" else "_" for c in symbol.name)
    return f"{name}_" if name in _RESERVED or not name[:1].isalpha() else name


def expression(e: sp.Expr) -> str:
    """The expression in Coq's notation for reals.

    Raises
    ------
    UnsupportedExpression
        A function that Coq's standard library does not have.
    """
    if e.is_Integer:
        return str(e) if e >= 0 else f"(- {-e})"
    if e.is_Rational:
        return f"({e.p} / {e.q})" if e > 0 else f"(- ({-e.p} / {e.q}))"
    if e.is_Symbol:
        return name_of(e)
    if e is sp.pi:
        return "PI"
    if e is sp.E:
        return "(exp 1)"
    if e.is_Add:
        return "(" + " + ".join(expression(a) for a in e.args) + ")"
    if e.is_Mul:
        return _product(e)
    if e.is_Pow:
        return _power(e.base, e.exp)
    if e.func in _UNARY and len(e.args) == 1:
        return f"({_UNARY[e.func]} {expression(e.args[0])})"
    if isinstance(e, (sp.Max, sp.Min)):
        head = "Rmax" if isinstance(e, sp.Max) else "Rmin"
        text = expression(e.args[0])
        for a in e.args[1:]:
            text = f"({head} {text} {expression(a)})"
        return text
    raise UnsupportedExpression(f"the Coq export does not write {e.func.__name__}")


def _product(e: sp.Mul) -> str:
    c, rest = e.as_coeff_Mul()
    if c == -1:
        return f"(- {expression(rest)})"
    if c.is_negative:
        return f"(- {expression(-c * rest)})"
    above = [f for f in e.args if not (f.is_Pow and f.exp.is_Rational and f.exp < 0)]
    below = [1 / f for f in e.args if f.is_Pow and f.exp.is_Rational and f.exp < 0]
    top = " * ".join(expression(f) for f in above) or "1"
    return f"({top})" if not below else f"(({top}) / ({' * '.join(expression(f) for f in below)}))"


def _power(base: sp.Expr, exponent: sp.Expr) -> str:
    if exponent.is_Integer:
        if exponent > 0:
            return f"({expression(base)} ^ {exponent})"
        return f"(/ {expression(base)})" if exponent == -1 else f"(/ ({expression(base)} ^ {-exponent}))"
    if exponent.is_Rational and exponent.q == 2:
        root = f"(sqrt {expression(base)})"
        if exponent == sp.S.Half:
            return root
        return f"({root} ^ {exponent.p})" if exponent > 0 else f"(/ ({root} ^ {-exponent.p}))"
    raise UnsupportedExpression("the Coq export writes integer powers and square roots")


# -- naming exponentials -------------------------------------------------------------------------------------------
def _naming(*sides: sp.Expr) -> str:
    """Tactic text that writes every exponential of the sides as a product of powers of atoms, then names the atoms."""
    halves = [sp.exp(f.args[0]) for side in sides for f in side.atoms(sp.tanh, sp.sinh, sp.cosh)]
    atoms = Atoms(*sides, *halves)
    for k in range(len(sides)):
        atoms.lift(atoms._unfolded[k])
    steps = {m: n for (kind, m), n in atoms._steps.items() if kind == "exp"}
    if any(kind != "exp" for kind, _ in atoms._steps):
        raise UnsupportedExpression("the Coq export names real exponentials only")
    order = sorted(steps, key=sp.default_sort_key)
    bases = {m: expression(m / steps[m]) for m in order}
    lines: list[str] = []
    seen = dict(pair for side in sides for pair in _exponentials(side))
    for k, text in enumerate(sorted(seen, key=lambda t: (-len(t), t))):
        if any(m not in steps for _, m in _terms(seen[text])):
            raise UnsupportedExpression("the Coq export does not name an exponential of a logarithm")
        terms = [(c * steps[m], m) for c, m in _terms(seen[text])]
        if len(terms) == 1 and terms[0][0] == 1 and text == bases[terms[0][1]]:
            continue
        total = " + ".join(_multiple(int(n), bases[m]) for n, m in terms)
        value = " * ".join(_monomial(int(n), bases[m]) for n, m in terms)
        lines.append(
            f"assert (N{k} : exp {text} = {value}).\n"
            f"  {{ replace {text} with ({total}) by (simpl; field; side).\n"
            f"    rewrite ?exp_plus, ?exp_Ropp, ?exp_mul_nat; simpl; try field; side. }}"
        )
        lines.append(f"rewrite ?N{k}.")
    for k, m in enumerate(order):
        lines.append(f"assert (P{k} := exp_pos {bases[m]}). set (t{k} := exp {bases[m]}) in *.")
    return "\n  ".join(lines)


def _terms(argument: sp.Expr) -> list[tuple[sp.Rational, sp.Expr]]:
    from symacts.proofs.checker.normal import _terms as split

    return split(argument)


def _exponentials(e: sp.Expr) -> list[tuple[str, sp.Expr]]:
    """Text and value of the arguments of exponentials in a side, those inside hyperbolic functions included."""
    found = [(expression(f.args[0]), f.args[0]) for f in e.atoms(sp.exp) if f.args]
    for f in e.atoms(sp.tanh, sp.sinh, sp.cosh):
        u = f.args[0]
        found += [(expression(u), u), (f"(- {expression(u)})", -u)]
    return found


def _multiple(n: int, base: str) -> str:
    return f"INR {n} * {base}" if n >= 0 else f"- (INR {-n} * {base})"


def _monomial(n: int, base: str) -> str:
    return f"exp {base} ^ {n}" if n >= 0 else f"/ exp {base} ^ {-n}"


# -- the file ------------------------------------------------------------------------------------------------------
def to_coq(proof: Any) -> str:
    """A standalone file that states and proves the claim.

    Raises
    ------
    UnsupportedExpression
        The claim is not proved, or needs what the export does not write (error functions, tails, covers, integrals).
    """
    claim = proof.claim
    if proof.status != "proved" or isinstance(claim, MatrixClaim):
        raise UnsupportedExpression("only a proved statement about real functions can be exported")
    theorems = []
    links = zip(claim.sides, claim.relations, claim.sides[1:], strict=False)
    for k, (lhs, relation, rhs) in enumerate(links):
        name = "statement" if len(claim.relations) == 1 else f"statement_{k + 1}"
        theorems.append(_theorem(name, claim, lhs, relation, rhs))
    quoted = str(claim).replace("(*", "( *").replace("*)", "* )")
    return f"(* {quoted} *)\n{PREAMBLE}\n" + "\n".join(theorems)


def _theorem(name: str, claim: Claim, lhs: sp.Expr, relation: str, rhs: sp.Expr) -> str:
    symbols = sorted(
        lhs.free_symbols | rhs.free_symbols | {s for e, _ in claim.premises for s in e.free_symbols}, key=str
    )
    binders = f"forall {' '.join(name_of(s) for s in symbols)} : R, " if symbols else ""
    hypotheses = "".join(
        f"{_relation('0', {'>': '<', '>=': '<='}.get(op, op), expression(e))} -> " for e, op in claim.premises
    )
    if isinstance(rhs, sp.Derivative) and relation == "=":
        lhs, rhs = rhs, lhs
    if isinstance(lhs, sp.Derivative) and relation == "=":
        return _derivative(name, binders, hypotheses, lhs, rhs)
    if lhs.has(sp.Derivative, sp.Limit, sp.Integral) or rhs.has(sp.Derivative, sp.Limit, sp.Integral):
        raise UnsupportedExpression("the Coq export writes first derivatives and plain relations")
    stated = f"{binders}{hypotheses}{_relation(expression(lhs), relation, expression(rhs))}"
    if lhs.has(*SWITCHES) or rhs.has(*SWITCHES):
        tactic = (
            "unfold Rmax, Rmin, Rabs; repeat (destruct (Rle_dec _ _)); repeat (destruct (Rcase_abs _)); "
            "repeat (destruct (Rle_dec _ _)); try lra; try nra; try (field; side)"
        )
    elif relation == "=":
        tactic = _identity(lhs, rhs)
    else:
        tactic = _inequality(lhs, relation, rhs)
    return f"Theorem {name} : {stated}.\nProof.\n  intros.\n  {tactic}.\nQed.\n"


def _relation(lhs: str, relation: str, rhs: str) -> str:
    return f"{lhs} {'<>' if relation == '!=' else relation} {rhs}"


def _unfolding(*sides: sp.Expr) -> str:
    heads = [h for h, f in (("tanh", sp.tanh), ("sinh", sp.sinh), ("cosh", sp.cosh)) if any(s.has(f) for s in sides)]
    if "tanh" in heads:
        heads = ["tanh", "sinh", "cosh"]
    return f"unfold {', '.join(heads)}.\n  " if heads else ""


def _plain(*sides: sp.Expr) -> None:
    for side in sides:
        if side.has(sp.log, sp.sin, sp.cos, sp.tan, sp.atan) or _has_roots(side):
            raise UnsupportedExpression("the Coq export proves identities of exponentials and rational functions")


def _has_roots(e: sp.Expr) -> bool:
    return any(p.exp.is_Rational and not p.exp.is_Integer for p in e.atoms(sp.Pow))


def _identity(lhs: sp.Expr, rhs: sp.Expr) -> str:
    _plain(lhs, rhs)
    return f"{_unfolding(lhs, rhs)}{_naming(lhs, rhs)}\n  field; side"


def _inequality(lhs: sp.Expr, relation: str, rhs: sp.Expr) -> str:
    """`0 < rhs - lhs` as a quotient of polynomials in positive atoms with positive coefficients."""
    _plain(lhs, rhs)
    if relation in (">", ">="):
        lhs, rhs = rhs, lhs
    strict = relation in ("<", ">")
    if not strict and relation not in ("<=", ">="):
        raise UnsupportedExpression("the Coq export proves equations and inequalities")
    return (
        f"{_unfolding(lhs, rhs)}{_naming(lhs, rhs)}\n  "
        + (
            "apply Rminus_gt_0_lt"
            if strict and relation == "<"
            else "apply Rminus_gt_0_lt"
            if strict
            else "apply Rlt_le, Rminus_gt_0_lt"
        )
        + f".\n  {_quotient(lhs, rhs)}"
    )


def _quotient(lhs: sp.Expr, rhs: sp.Expr) -> str:
    atoms = Atoms(rhs - lhs)
    value = atoms.fraction()
    polynomials = (value.num, *value.den)
    if any(c < 0 for p in polynomials for c in p.values()) or not all(
        g in atoms.positive for p in polynomials for g, k in zip(p.ring.symbols, p.degrees(), strict=True) if k > 0
    ):
        raise UnsupportedExpression("the Coq export proves inequalities whose sign the coefficients show")
    order = sorted((m for kind, m in atoms._steps if kind == "exp"), key=sp.default_sort_key)
    names = {
        g: sp.Symbol(f"t{order.index(k[1])}") for k, g in atoms._keys.items() if isinstance(k, tuple) and k[0] == "exp"
    }
    swap = {g: names.get(g, meaning) for g, meaning in atoms.meaning.items()}
    top = value.num.as_expr().xreplace(swap)
    bottom = sp.Mul(*[p.as_expr().xreplace(swap) ** k for p, k in value.den.items()])
    quotient = f"({expression(sp.expand(top))} / {expression(bottom)})"
    return (
        f"match goal with |- ?g > 0 => replace g with {quotient} by (field; side)"
        f" | |- 0 < ?g => replace g with {quotient} by (field; side) end.\n"
        "  apply Rdiv_lt_0_compat; solve [positive | nra]"
    )


def _derivative(name: str, binders: str, hypotheses: str, lhs: sp.Derivative, rhs: sp.Expr) -> str:
    """`is_derive` by `auto_derive`, its two goals by positivity and `field`."""
    f = lhs.expr
    if lhs.variable_count[0][1] != 1 or len(lhs.variable_count) != 1 or f.has(*SWITCHES) or rhs.has(*SWITCHES):
        raise UnsupportedExpression("the Coq export writes first derivatives of analytic functions")
    if f.has(sp.Derivative) or rhs.has(sp.Derivative) or _has_roots(f) or _has_roots(rhs):
        raise UnsupportedExpression("the Coq export writes one derivative at a time")
    variable = lhs.variable_count[0][0]
    derived = sp.diff(f, variable)
    x = name_of(variable)
    stated = f"{binders}{hypotheses}is_derive (fun {x} : R => {expression(f)}) {x} {expression(rhs)}"
    unfold = _unfolding(f, rhs)
    naming = _naming(f, rhs, derived)
    respelled = [text for text in sorted({t for t, _ in _exponentials(f)}) if "^" in text]
    align = "".join(
        f"repeat match goal with |- context [exp ?a] => assert_fails (constr_eq a {t}); "
        f"replace a with {t} by (simpl; ring) end.\n    "
        for t in respelled
    )
    return (
        f"Theorem {name} : {stated}.\nProof.\n  intros.\n  {unfold}"
        f"auto_derive.\n  - {align}{naming}\n    side.\n  - {align}{naming}\n    field; side.\nQed.\n"
    )
