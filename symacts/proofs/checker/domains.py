"""Where an expression is a real number: the conditions that its functions put on their arguments. Trusted core.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> obligations(sp.log(x) / (x - 1))
[(x - 1, '!='), (x, '>')]
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.entail import Condition, Given, Undecided
from symacts.proofs.checker.forms import SWITCHES
from symacts.proofs.checker.normal import is_zero

__all__ = ["demands", "domain_of", "follows", "obligations", "require_cases", "strictly"]

_ENTIRE: tuple[Any, ...] = (
    sp.exp,
    sp.sin,
    sp.cos,
    sp.sinh,
    sp.cosh,
    sp.tanh,
    sp.sech,
    sp.asinh,
    sp.atan,
    sp.erf,
    sp.erfc,
    sp.erfi,
)
_ENTIRE = (*_ENTIRE, *SWITCHES, sp.sinc, sp.Si, sp.Shi, sp.frac)


def obligations(e: sp.Basic) -> list[Condition]:
    """Conditions under which the expression is defined (a real number); switches must have been resolved.

    Raises
    ------
    UnsupportedExpression
        A function whose real domain is not known here.
    """
    out: list[Condition] = []
    walk = sp.preorder_traversal(e)
    for node in walk:
        if isinstance(node, (sp.Limit, sp.Integral)):  # their own rules see to them
            walk.skip()
        else:
            require_cases(node)
            out += domain_of(node, node.args)
    return _open(out)


def require_cases(e: sp.Basic) -> None:
    """Fail for cases of which none may apply."""
    if isinstance(e, sp.Piecewise) and sp.Or(*(condition for _, condition in e.args)) != sp.true:
        raise UnsupportedExpression(f"the cases are not seen to cover every point: {e}")


def demands(given: Given, e: sp.Basic) -> list[Condition]:
    """Conditions under which the unresolved expression is defined: those of every part that is evaluated.

    `0*log(x)`, `Max(0, -sqrt(x))` and `Heaviside(log(x) + 9)` have no value where a part has none, though the
    branch that is chosen may be a number.

    Raises
    ------
    Undecided
        A switch stays open.
    """
    if isinstance(e, (sp.Limit, sp.Integral)):
        return []
    if not e.has(*SWITCHES, sp.Derivative):
        return obligations(e)
    if isinstance(e, sp.Derivative):
        return _open([*demands(given.near([v for v, _ in e.variable_count]), e.expr), *obligations(given.resolve(e))])
    if isinstance(e, sp.Piecewise):
        out = []
        for value, condition in e.args:
            for relation in condition.atoms(sp.core.relational.Relational):
                out += [c for side in relation.args for c in demands(given, side)]
            answer = given.decide(condition)
            if answer is None:
                raise Undecided(condition)
            if answer:
                return _open([*out, *demands(given, value)])
        raise UnsupportedExpression(f"no branch of {e} covers the hypotheses")
    out = [c for a in e.args for c in demands(given, a)]
    if e.is_Add or e.is_Mul or isinstance(e, _ENTIRE):  # defined wherever its parts are, on whatever branches
        return _open(out)
    return _open([*out, *domain_of(e, tuple(given.partial(a) for a in e.args))])


def _open(conditions: list[Condition]) -> list[Condition]:
    kept = [(c, op) for c, op in conditions if not (c.is_Rational and Given().holds(c, op))]
    return list(dict.fromkeys(kept))


def domain_of(node: Any, args: tuple[Any, ...]) -> list[Condition]:
    """The conditions of one node, for the arguments given."""
    if node.is_Pow:
        base, exponent = args
        if exponent.is_Integer:
            return [(base.args[0] if isinstance(base, sp.Abs) else base, "!=")] if exponent < 0 else []
        if exponent.is_Rational:
            return [(base, ">" if exponent < 0 else ">=")]
        return [] if base is sp.E else [(base, ">")]
    if node in (sp.oo, -sp.oo, sp.zoo, sp.nan, sp.I):
        raise UnsupportedExpression(f"{node} is no real number")
    if not isinstance(node, sp.Function) or isinstance(node, _ENTIRE):
        return []
    u = args[0]
    if isinstance(node, sp.log):
        if len(args) > 1:
            raise UnsupportedExpression("a logarithm with a base")
        return [(u, ">")]
    if isinstance(node, (sp.tan, sp.sec)):
        return [(sp.cos(u), "!=")]
    if isinstance(node, (sp.cot, sp.csc)):
        return [(sp.sin(u), "!=")]
    if isinstance(node, (sp.coth, sp.csch, sp.acot)):
        return [(u, "!=")]
    if isinstance(node, (sp.asin, sp.acos)):
        return [(1 - u, ">="), (1 + u, ">=")]
    if isinstance(node, (sp.atanh, sp.erfinv)):
        return [(1 - u, ">"), (1 + u, ">")]
    if isinstance(node, sp.acosh):
        return [(u - 1, ">=")]
    if isinstance(node, sp.LambertW) and len(args) == 1:
        return [(u + sp.exp(-1), ">=")]
    if isinstance(node, (sp.gamma, sp.loggamma)):
        return [(u, ">")]
    raise UnsupportedExpression(f"the real domain of {node.func.__name__} is not known here")


def strictly(condition: Condition) -> Condition:
    """The condition under which an expression is analytic, not only defined."""
    e, op = condition
    return e, ">" if op == ">=" else op


def follows(given: Given, condition: Condition) -> bool:
    """Whether a definedness condition is seen to hold at once."""
    e, op = condition
    return given.holds(e, op) or (op == ">=" and is_zero(e))
