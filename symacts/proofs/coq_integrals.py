"""Coq theorems about definite integrals: `is_RInt` by the antiderivative that the certificate names.

The integrand is analytic on the whole interval and both bounds are finite; the increment of the antiderivative is the
value, by one equation.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from symacts.claims import Claim
from symacts.codec import decode
from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.forms import SWITCHES
from symacts.proofs.coq_derivatives import Derivation, derivative
from symacts.proofs.coq_equations import equation
from symacts.proofs.coq_signs import by_logarithms
from symacts.proofs.coq_terms import condition_text, expression, name_of

__all__ = ["integral"]


def integral(name: str, claim: Claim, of: sp.Integral, value: sp.Expr, node: Any) -> str:
    """`is_RInt f a b value` for one piece.

    Raises
    ------
    UnsupportedExpression
        Infinite bounds, several pieces, branches, or a certificate without an antiderivative.
    """
    if node["rule"] != "definite" or len(node["pieces"]) != 1 or node.get("reversed") or len(of.limits) != 1:
        raise UnsupportedExpression("the Coq export writes integrals with one antiderivative")
    f, (z, a, b), primitive = of.function, of.limits[0], decode(node["pieces"][0]["F"])
    if any(e.has(*SWITCHES, sp.oo, -sp.oo, sp.Integral, sp.Limit, sp.Derivative) for e in (f, a, b, value, primitive)):
        raise UnsupportedExpression("the Coq export writes integrals of analytic functions between finite bounds")
    symbols = sorted(
        (of.free_symbols | value.free_symbols | {s for e, _ in claim.premises for s in e.free_symbols}), key=str
    )
    binders = f"forall {' '.join(map(name_of, symbols))} : R, " if symbols else ""
    hypotheses = "".join(f"{condition_text(c)} -> " for c in claim.premises)
    x = name_of(z)
    texts = [f"(fun {x} : R => {expression(e)})" for e in (primitive, f)]
    lo, hi, total = expression(a), expression(b), expression(value)
    slope, tactic = Derivation(z).of(f)
    swap = [primitive.xreplace({z: end}) for end in (b, a)]
    logs = sorted(primitive.atoms(sp.log), key=sp.default_sort_key)
    named = "".join(_at_end(k, f, z, end) for k, (f, end) in enumerate((f, end) for end in (b, a) for f in logs))
    gap = swap[0] - swap[1]
    increment = equation(*swap, value)
    if gap.has(sp.log) and sp.expand(gap - value) != 0:
        increment = by_logarithms(claim, gap, "=", value)
    return (
        f"Theorem {name} : {binders}{hypotheses}is_RInt {texts[1]} {lo} {hi} {total}.\nProof.\n  intros.\n"
        f"  apply (I_primitive {texts[0]} {texts[1]} {lo} {hi} {total}).\n"
        f"  {{ intros {x} B. between B. cbv beta. {derivative(primitive, f, z)} }}\n"
        f"  {{ intros {x} B. between B. apply (ex_derive_continuous {texts[1]}). exists {slope}. {tactic}. }}\n"
        f"  cbv beta. {named}rewrite {_VALUES}. {increment.rstrip('.')}.\nQed.\n"
    )


_VALUES = "?Rmult_0_r, ?ln_1, ?atan_1, ?atan_0, ?sin_0, ?cos_0, ?sin_PI, ?cos_PI, ?sin_2PI, ?cos_2PI"


def _at_end(k: int, f: sp.Expr, z: sp.Symbol, end: sp.Expr) -> str:
    """A logarithm of the antiderivative at an end of the interval, as SymPy writes it."""
    u, x = f.args[0], name_of(z)
    there = f"(fun {x} : R => {expression(u)}) {expression(end)}"
    here = expression(u.xreplace({z: end}))
    shown = "rewrite ?exp_0, ?Ropp_0, ?Rmult_0_r, ?Rmult_0_l. first [reflexivity | lra | (field; side) | same]"
    return (
        f"assert (L{k} : ln ({there}) = ln {here}).\n  {{ f_equal. cbv beta. {shown}. }}\n"
        f"  cbv beta in L{k}. rewrite ?L{k}.\n  "
    )
