"""Coq tactic text for inequalities from coefficients and for sums of logarithms.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> quotient(sp.S.Zero, 1 / (1 + sp.exp(x))).splitlines()[-1]
'  apply Rdiv_lt_0_compat; solve [positive | nra]'
"""

from __future__ import annotations

import sympy as sp

from symacts.claims import Claim
from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.entail import Given
from symacts.proofs.checker.forms import tangent
from symacts.proofs.checker.normal import Atoms
from symacts.proofs.coq_equations import exponentials, naming, unfolding, units_of
from symacts.proofs.coq_terms import expression
from symacts.proofs.refute import borders

__all__ = ["by_logarithms", "decided", "inequality", "names", "opened", "plain", "quotient"]

MOST_COPIES = 6


def by_logarithms(claim: Claim, lhs: sp.Expr, relation: str, rhs: sp.Expr) -> str:
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
    named = names(*arguments, *(sp.exp(r) for r in rest.values() if r != 0))
    plain(*sides.values())
    head = {
        "=": "apply exp_inv.",
        "<": "apply exp_lt_inv.",
        "<=": "apply Rnot_lt_le; intro C; apply exp_increasing in C; revert C; apply Rle_not_lt.",
    }[relation]
    close = "field; side" if relation == "=" else "apply Rminus_gt_0_lt.\n    " + quotient(sides[1], sides[-1])
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


def decided(*sides: sp.Expr) -> str:
    """The tactic that finds branches, by what is known of tanh where a border asks for it."""
    found = (tangent(border) for side in sides for border in borders(side))
    return "compare_tanh; decided" if any(u is not None for u in found) else "decided"


def opened(*sides: sp.Expr) -> str:
    text = unfolding(*sides)
    return f"{text}\n  " if text else ""


def names(*sides: sp.Expr, lead: str = "") -> str:
    return naming(dict(pair for side in sides for pair in exponentials(side)), lead)


def plain(*sides: sp.Expr) -> None:
    for side in sides:
        if side.has(sp.log, sp.sin, sp.cos, sp.tan, sp.atan) or _has_roots(side):
            raise UnsupportedExpression("the Coq export proves identities of exponentials and rational functions")


def _has_roots(e: sp.Expr) -> bool:
    return any(p.exp.is_Rational and not p.exp.is_Integer for p in e.atoms(sp.Pow))


def inequality(lhs: sp.Expr, relation: str, rhs: sp.Expr) -> str:
    """`0 < rhs - lhs` as a quotient of polynomials in positive atoms with positive coefficients."""
    plain(lhs, rhs)
    if relation not in ("<", "<="):
        raise UnsupportedExpression("the Coq export proves equations and inequalities")
    head = "apply Rminus_gt_0_lt" if relation == "<" else "apply Rlt_le, Rminus_gt_0_lt"
    return f"{opened(lhs, rhs)}{names(lhs, rhs)}\n  {head}.\n  {quotient(lhs, rhs)}"


def quotient(lhs: sp.Expr, rhs: sp.Expr) -> str:
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
