"""Export to Coq: a standalone file for the standard library and Coquelicot, without axioms of its own.

The statement is written with Coq's own functions (`exp`, `ln`, `tanh`, `sqrt`, `Rmax`, `Rabs`, ...). Identities are
proved by `field` after every exponential has been named as a power of an atom, inequalities from a quotient of
polynomials with positive coefficients, sums of logarithms through the exponential, first and second derivatives node
by node inside the open pieces that the proof distinguishes (at the borders the file claims nothing), branches by
cases, bounds on compact intervals and between constants by `interval`, sums of products of matrices over any ring,
stacks of affine layers by induction, integrals of a plain antiderivative between finite bounds. Covers of the line,
limits, other integrals and the other matrix operations have no export: `UnsupportedExpression` names the reason.

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
from symacts.proofs.checker.analytic import span
from symacts.proofs.checker.entail import Condition, Given
from symacts.proofs.checker.forms import SWITCHES
from symacts.proofs.checker.goals import Goal, needs
from symacts.proofs.coq_derivatives import derivatives, second_derivative
from symacts.proofs.coq_equations import equation, unfolding
from symacts.proofs.coq_integrals import integral
from symacts.proofs.coq_matrices import matrix_theorem
from symacts.proofs.coq_prelude import prelude
from symacts.proofs.coq_signs import by_logarithms, decided, inequality, names, opened, plain, quotient
from symacts.proofs.coq_terms import condition_text, expression, name_of, relation_text

__all__ = ["theorems_of", "to_coq"]


# -- the file ------------------------------------------------------------------------------------------------------
def to_coq(proof: Any) -> str:
    """A standalone file that states and proves the claim.

    Raises
    ------
    UnsupportedExpression
        The claim is not proved, or needs what the export does not write.
    """
    body = theorems_of(proof, "statement")
    return f"{prelude(body)}\n{body}"


def theorems_of(proof: Any, name: str) -> str:
    """The theorems of one proof, by that name, for a file that begins with the prelude of all of them."""
    claim = proof.claim
    if proof.status != "proved":
        raise UnsupportedExpression(f"only a proved statement can be exported; this one is {proof.status}")
    if isinstance(claim, MatrixClaim):
        return f"{_comment(claim)}\n{matrix_theorem(claim, name)}"
    theorems = []
    links = zip(claim.sides, claim.relations, claim.sides[1:], strict=False)
    for k, (lhs, relation, rhs) in enumerate(links):
        link = name if len(claim.relations) == 1 else f"{name}_{k + 1}"
        theorems.append(_theorem(link, claim, lhs, relation, rhs, _link(proof.certificate["proof"], claim, k)))
    return f"{_comment(claim)}\n" + "\n".join(theorems)


def _comment(claim: Claim | MatrixClaim) -> str:
    return f"(* {str(claim).replace('(*', '( *').replace('*)', '* )')} *)"


def _link(node: Any, claim: Claim, k: int) -> Any:
    """The node of one relation of the chain."""
    return node["steps"][k] if node["rule"] == "chain" else node


def _theorem(name: str, claim: Claim, lhs: sp.Expr, relation: str, rhs: sp.Expr, node: Any) -> str:
    symbols = sorted(
        lhs.free_symbols | rhs.free_symbols | {s for e, _ in claim.premises for s in e.free_symbols}, key=str
    )
    binders = f"forall {' '.join(name_of(s) for s in symbols)} : R, " if symbols else ""
    excluded = _excluded(Goal(Given(claim.premises), lhs, relation, rhs), node) if relation == "=" else []
    hypotheses = "".join(f"{condition_text(c)} -> " for c in (*claim.premises, *excluded))
    if isinstance(rhs, sp.Derivative) and relation == "=":
        lhs, rhs = rhs, lhs
    if isinstance(lhs, sp.Derivative) and relation == "=":
        if lhs.variable_count[0][1] == 2:
            return second_derivative(name, binders + hypotheses, claim, lhs, rhs)
        return "\n".join(derivatives(name, claim, lhs, rhs, node))
    if isinstance(lhs, sp.Integral) and relation == "=":
        return integral(name, claim, lhs, rhs, node)
    if lhs.has(sp.Derivative, sp.Limit, sp.Integral) or rhs.has(sp.Derivative, sp.Limit, sp.Integral):
        raise UnsupportedExpression("the Coq export writes first derivatives and plain relations")
    stated = f"{binders}{hypotheses}{relation_text(expression(lhs), relation, expression(rhs))}"
    turned = {">": "apply Rlt_gt.\n  ", ">=": "apply Rle_ge.\n  "}.get(relation, "")
    if turned:
        lhs, relation, rhs = rhs, {">": "<", ">=": "<="}[relation], lhs
    bounded = _by_interval(claim, lhs, relation, rhs, node)
    if bounded is not None:
        tactic = bounded
    elif lhs.has(*SWITCHES) or rhs.has(*SWITCHES):
        tactic = _by_cases(lhs, relation, rhs, node)
    elif lhs.has(sp.log) or rhs.has(sp.log):
        tactic = by_logarithms(claim, lhs, relation, rhs)
    elif relation == "=":
        if not _rules(node) <= {"algebra", "structure", "defined", "isolated"}:
            raise UnsupportedExpression("the Coq export writes equations that algebra decides")
        tactic = equation(lhs, rhs, given=excluded)
    else:
        tactic = inequality(lhs, relation, rhs)
    return f"Theorem {name} : {stated}.\nProof.\n  intros.\n  {turned}{tactic.rstrip('.')}.\nQed.\n"


def _excluded(goal: Goal, node: Any) -> list[Condition]:
    """What the proof leaves out: isolated zeros of denominators."""
    if node["rule"] != "defined" or not node.get("excluded"):
        return []
    open_ = needs(goal)
    return [open_[k] for k in node["excluded"]]


_INTERVAL_KNOWS = (sp.exp, sp.log, sp.sin, sp.cos, sp.tan, sp.atan, sp.tanh, sp.sinh, sp.cosh, sp.Abs)


def _by_interval(claim: Claim, lhs: sp.Expr, relation: str, rhs: sp.Expr, node: Any) -> str | None:
    """A bound that ball arithmetic shows with room to spare: between constants, or on a compact interval."""
    free = sorted(lhs.free_symbols | rhs.free_symbols, key=str)
    functions = (rhs - lhs).atoms(sp.Function)
    if relation not in ("<", "<=") or len(free) > 1 or not all(isinstance(f, _INTERVAL_KNOWS) for f in functions):
        return None
    if not free:
        shown = node["rule"] in ("structure", "enclosure") and rhs - lhs != 0
        return f"{opened(lhs, rhs)}interval with (i_prec 80)" if shown and not (rhs - lhs).is_Rational else None
    by_balls = node["rule"] == "sign" and all(cell["kind"] == "ball" for cell in node["cells"])
    if not by_balls and not (node["rule"] == "structure" and functions and not _has_plain_sign(lhs, rhs)):
        return None
    whole = span(Given(claim.premises), free[0])
    if not (whole.lo.is_Rational and whole.hi.is_Rational):
        return None
    x = name_of(free[0])
    return (
        f"assert (B : {expression(whole.lo)} <= {x} <= {expression(whole.hi)}) by lra.\n  {opened(lhs, rhs)}"
        f"interval with (i_bisect {x}, i_taylor {x}, i_prec 80, i_depth 30)"
    )


def _has_plain_sign(lhs: sp.Expr, rhs: sp.Expr) -> bool:
    """Whether the coefficients of the difference show its sign."""
    try:
        plain(lhs, rhs)
        return bool(quotient(lhs, rhs))
    except UnsupportedExpression:
        return False


_CASE_RULES = {"cases", "either", "algebra", "structure", "absurd", "eliminate"}


def _by_cases(lhs: sp.Expr, relation: str, rhs: sp.Expr, node: Any) -> str:
    """Every comparison decided; linear arithmetic, or `field` with the exponentials named."""
    plain(lhs, rhs)
    exponential = lhs.has(sp.exp, sp.tanh, sp.sinh, sp.cosh) or rhs.has(sp.exp, sp.tanh, sp.sinh, sp.cosh)
    if not all(_is_affine(border) for side in (lhs, rhs) for border in _borders(side)):
        raise UnsupportedExpression("the Coq export splits at borders that are linear in the variables")
    if not _rules(node) <= (_CASE_RULES - {"structure"} if exponential else _CASE_RULES):
        raise UnsupportedExpression("the Coq export writes branches that algebra decides")
    if relation != "=" and not _is_linear(lhs, rhs):
        raise UnsupportedExpression("the Coq export writes inequalities between linear branches")
    lines = [
        "unfold Rmax, Rmin, Rabs in *.",
        "repeat match goal with H : context [Rcase_abs ?a] |- _ => destruct (Rcase_abs a) end.",
        "all: repeat (destruct (Rlt_dec _ _)).",
        "all: repeat (destruct (Rle_dec _ _)).",
        "all: repeat (destruct (Rcase_abs _)).",
        "all: repeat (destruct (Rle_dec _ _)).",
        "all: try lra.",
        "all: try nra.",
        *["all: try solve [compare_tanh; lra]."] * decided(lhs, rhs).startswith("compare_tanh"),
    ]
    for s in sorted(lhs.free_symbols | rhs.free_symbols, key=str):
        x = name_of(s)
        vanish = "rewrite ?Z, ?Ropp_0, ?Rmult_0_r, ?Rmult_0_l, ?exp_0"
        lines.append(f"all: try (assert (Z : {x} = 0) by lra; {vanish}; lra).")
    if exponential:
        unfolded = unfolding(lhs, rhs)
        lines += ["all: try solve [f_equal; lra]."] + [f"all: {unfolded}"] * bool(unfolded)
        lines += ["all: rewrite ?Ropp_involutive, ?Ropp_0, ?exp_0.", "all: try lra.", "all: try ring."]
        lines.append(names(lhs, rhs, lead="all: "))
        lines.append("all: try lra.")
    lines.append("all: try (field; side)")
    return "\n  ".join(lines)


def _rules(node: Any) -> set[str]:
    return {node["rule"]}.union(*(_rules(step) for step in node.get("steps", ())))


def _borders(e: sp.Expr) -> list[sp.Expr]:
    """What the comparisons of an expression compare."""
    found: list[sp.Expr] = []
    for f in e.atoms(sp.Max, sp.Min, sp.Abs, sp.Piecewise):
        if isinstance(f, sp.Piecewise):
            found += [c.lhs - c.rhs for _, c in f.args if c != sp.true and hasattr(c, "lhs")]
        elif isinstance(f, sp.Abs):
            found.append(f.args[0])
        else:
            found += [f.args[0] - other for other in f.args[1:]]
    return [b.replace(lambda n: isinstance(n, (sp.Max, sp.Min, sp.Abs)), lambda n: sp.Add(*n.args)) for b in found]


def _is_affine(e: sp.Expr) -> bool:
    free = sorted(e.free_symbols, key=str)
    return bool(e.is_polynomial(*free)) and (not free or sp.Poly(e, *free).total_degree() <= 1)


def _is_linear(*sides: sp.Expr) -> bool:
    """Whether the sides are linear in the variables and the switches."""
    gens = sorted({g for s in sides for g in (*s.free_symbols, *s.atoms(*SWITCHES))}, key=sp.default_sort_key)
    marks = [sp.Dummy() for _ in gens]
    swap = dict(sorted(zip(gens, marks, strict=True), key=lambda pair: -sp.count_ops(pair[0])))
    plain = [s.xreplace(swap) for s in sides]
    return all(s.is_polynomial(*marks) and sp.Poly(s, *marks).total_degree() <= 1 for s in plain if s.free_symbols)
