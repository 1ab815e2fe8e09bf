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
from symacts.proofs.checker.entail import Given
from symacts.proofs.checker.forms import SWITCHES
from symacts.proofs.checker.normal import Atoms
from symacts.proofs.coq_derivatives import derivatives, second_derivative
from symacts.proofs.coq_equations import equation, exponentials, naming, unfolding, units_of
from symacts.proofs.coq_integrals import integral
from symacts.proofs.coq_matrices import matrix_theorem
from symacts.proofs.coq_prelude import prelude
from symacts.proofs.coq_terms import condition_text, expression, name_of, relation_text

__all__ = ["theorems_of", "to_coq"]

MOST_COPIES = 6


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
    hypotheses = "".join(f"{condition_text(c)} -> " for c in claim.premises)
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
        tactic = _by_logarithms(claim, lhs, relation, rhs)
    elif relation == "=":
        if not _rules(node) <= {"algebra", "structure", "defined", "isolated"}:
            raise UnsupportedExpression("the Coq export writes equations that algebra decides")
        tactic = equation(lhs, rhs)
    else:
        tactic = _inequality(lhs, relation, rhs)
    return f"Theorem {name} : {stated}.\nProof.\n  intros.\n  {turned}{tactic.rstrip('.')}.\nQed.\n"


_INTERVAL_KNOWS = (sp.exp, sp.log, sp.sin, sp.cos, sp.tan, sp.atan, sp.tanh, sp.sinh, sp.cosh, sp.Abs)


def _by_interval(claim: Claim, lhs: sp.Expr, relation: str, rhs: sp.Expr, node: Any) -> str | None:
    """A bound that ball arithmetic shows with room to spare: between constants, or on a compact interval."""
    free = sorted(lhs.free_symbols | rhs.free_symbols, key=str)
    functions = (rhs - lhs).atoms(sp.Function)
    if relation not in ("<", "<=") or len(free) > 1 or not all(isinstance(f, _INTERVAL_KNOWS) for f in functions):
        return None
    if not free:
        shown = node["rule"] in ("structure", "enclosure") and rhs - lhs != 0
        return f"{_opened(lhs, rhs)}interval with (i_prec 80)" if shown and not (rhs - lhs).is_Rational else None
    by_balls = node["rule"] == "sign" and all(cell["kind"] == "ball" for cell in node["cells"])
    if not by_balls and not (node["rule"] == "structure" and functions and not _has_plain_sign(lhs, rhs)):
        return None
    whole = span(Given(claim.premises), free[0])
    if not (whole.lo.is_Rational and whole.hi.is_Rational):
        return None
    x = name_of(free[0])
    return (
        f"assert (B : {expression(whole.lo)} <= {x} <= {expression(whole.hi)}) by lra.\n  {_opened(lhs, rhs)}"
        f"interval with (i_bisect {x}, i_taylor {x}, i_prec 80, i_depth 30)"
    )


def _has_plain_sign(lhs: sp.Expr, rhs: sp.Expr) -> bool:
    """Whether the coefficients of the difference show its sign."""
    try:
        _plain(lhs, rhs)
        return bool(_quotient(lhs, rhs))
    except UnsupportedExpression:
        return False


_CASE_RULES = {"cases", "either", "algebra", "structure", "absurd", "eliminate"}


def _by_cases(lhs: sp.Expr, relation: str, rhs: sp.Expr, node: Any) -> str:
    """Every comparison decided; linear arithmetic, or `field` with the exponentials named."""
    _plain(lhs, rhs)
    exponential = lhs.has(sp.exp, sp.tanh, sp.sinh, sp.cosh) or rhs.has(sp.exp, sp.tanh, sp.sinh, sp.cosh)
    if not all(_is_affine(border) for side in (lhs, rhs) for border in _borders(side)):
        raise UnsupportedExpression("the Coq export splits at borders that are linear in the variables")
    if not _rules(node) <= (_CASE_RULES - {"structure"} if exponential else _CASE_RULES):
        raise UnsupportedExpression("the Coq export writes branches that algebra decides")
    if relation != "=" and not _is_linear(lhs, rhs):
        raise UnsupportedExpression("the Coq export writes inequalities between linear branches")
    lines = [
        "unfold Rmax, Rmin, Rabs.",
        "repeat (destruct (Rlt_dec _ _)).",
        "all: repeat (destruct (Rle_dec _ _)).",
        "all: repeat (destruct (Rcase_abs _)).",
        "all: repeat (destruct (Rle_dec _ _)).",
        "all: try lra.",
        "all: try nra.",
    ]
    for s in sorted(lhs.free_symbols | rhs.free_symbols, key=str):
        x = name_of(s)
        lines.append(f"all: try (assert (Z : {x} = 0) by lra; rewrite ?Z, ?Rmult_0_r, ?Rmult_0_l, ?exp_0; lra).")
    if exponential:
        lines += ["all: rewrite ?Ropp_involutive, ?Ropp_0, ?exp_0.", "all: try lra.", "all: try ring."]
        lines.append(_names(lhs, rhs, lead="all: "))
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


def _by_logarithms(claim: Claim, lhs: sp.Expr, relation: str, rhs: sp.Expr) -> str:
    """`sum n*ln(u) + v` compared through the exponential: products of powers of u times exp(v)."""
    difference = sp.expand_mul(lhs - rhs, deep=False)
    terms = [t.as_coeff_Mul(rational=True) for t in sp.Add.make_args(difference)]
    scale = sp.ilcm(1, *(c.q for c, _ in terms))
    logs: dict[int, list[sp.Expr]] = {1: [], -1: []}
    rest: dict[int, sp.Expr] = {1: sp.S.Zero, -1: sp.S.Zero}
    for c, f in terms:
        n = int(c * scale)
        way = 1 if n > 0 else -1
        if isinstance(f, sp.log):
            logs[way] += [f.args[0]] * abs(n)
        elif f.has(sp.log):
            raise UnsupportedExpression("the Coq export writes logarithms with rational coefficients")
        else:
            rest[way] += abs(n) * f
    given = Given(claim.premises)
    arguments = [*logs[1], *logs[-1]]
    if len(arguments) > MOST_COPIES or not all(_is_plainly_positive(u, given) for u in arguments):
        raise UnsupportedExpression("the Coq export writes logarithms of sums of positive terms")
    text = {way: _nested([f"ln {expression(u)}" for u in logs[way]], expression(rest[way])) for way in (1, -1)}
    sides = {way: sp.Mul(*logs[way]) * sp.exp(rest[way]) for way in (1, -1)}
    named = _names(*arguments, *(sp.exp(r) for r in rest.values() if r != 0))
    _plain(*sides.values())
    head = {
        "=": "apply exp_inv.",
        "<": "apply exp_lt_inv.",
        "<=": "apply Rnot_lt_le; intro C; apply exp_increasing in C; revert C; apply Rle_not_lt.",
    }[relation]
    close = "field; side" if relation == "=" else "apply Rminus_gt_0_lt.\n    " + _quotient(sides[1], sides[-1])
    if relation == "<=":
        close = f"apply Rlt_le. {close}"
    return (
        f"assert (E : {text[1]} {relation} {text[-1]}).\n"
        f"  {{ {head} repeat rewrite exp_ln_plus by side. rewrite ?exp_0.\n    {named}\n    {close}. }}\n  lra"
    )


def _nested(logs: list[str], rest: str) -> str:
    """`ln u + (ln v + (... + rest))`."""
    text = rest
    for part in reversed(logs):
        text = f"({part} + {text})"
    return text


def _is_plainly_positive(e: sp.Expr, given: Given) -> bool:
    """Whether the tactic `positive` sees it: exponentials, positive numbers and variables, their sums and quotients."""
    if e.is_Add or e.is_Mul:
        return all(_is_plainly_positive(a, given) for a in e.args)
    if e.is_Pow:
        return e.exp.is_Integer and _is_plainly_positive(e.base, given)
    if isinstance(e, sp.exp) or e is sp.E:
        return True
    return bool(e.is_Rational and e > 0) or (e.is_Symbol and (e, ">") in given.conditions)


def _opened(*sides: sp.Expr) -> str:
    text = unfolding(*sides)
    return f"{text}\n  " if text else ""


def _names(*sides: sp.Expr, lead: str = "") -> str:
    return naming(dict(pair for side in sides for pair in exponentials(side)), lead)


def _plain(*sides: sp.Expr) -> None:
    for side in sides:
        if side.has(sp.log, sp.sin, sp.cos, sp.tan, sp.atan) or _has_roots(side):
            raise UnsupportedExpression("the Coq export proves identities of exponentials and rational functions")


def _has_roots(e: sp.Expr) -> bool:
    return any(p.exp.is_Rational and not p.exp.is_Integer for p in e.atoms(sp.Pow))


def _inequality(lhs: sp.Expr, relation: str, rhs: sp.Expr) -> str:
    """`0 < rhs - lhs` as a quotient of polynomials in positive atoms with positive coefficients."""
    _plain(lhs, rhs)
    if relation not in ("<", "<="):
        raise UnsupportedExpression("the Coq export proves equations and inequalities")
    head = "apply Rminus_gt_0_lt" if relation == "<" else "apply Rlt_le, Rminus_gt_0_lt"
    return f"{_opened(lhs, rhs)}{_names(lhs, rhs)}\n  {head}.\n  {_quotient(lhs, rhs)}"


def _quotient(lhs: sp.Expr, rhs: sp.Expr) -> str:
    atoms = Atoms(rhs - lhs)
    value = atoms.fraction()
    polynomials = (value.num, *value.den)
    if any(c < 0 for p in polynomials for c in p.values()) or not all(
        g in atoms.positive for p in polynomials for g, k in zip(p.ring.symbols, p.degrees(), strict=True) if k > 0
    ):
        raise UnsupportedExpression("the Coq export proves inequalities whose sign the coefficients show")
    order = list(units_of(dict(pair for side in (lhs, rhs) for pair in exponentials(side))))
    names = {
        g: sp.Dummy(f"t{order.index(k[1])}") for k, g in atoms._keys.items() if isinstance(k, tuple) and k[0] == "exp"
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
