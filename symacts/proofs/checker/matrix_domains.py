"""Where the elementwise functions of a matrix statement are defined. Trusted core.

No hypothesis restricts the entries of a symbol, so a function such as the logarithm stands only on what is positive by
its structure: exponentials, Gibbs maps, and sums and products of these.

>>> tree = ("gibbs", ("sym", "x"))
>>> sign_of(tree, {"x": ("n", 1)}, {}), sign_of(("sym", "x"), {"x": ("n", 1)}, {})
('>', None)
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker import words
from symacts.proofs.checker.domains import domain_of, follows, require_cases
from symacts.proofs.checker.entail import Condition, Given
from symacts.proofs.checker.forms import is_analytic

__all__ = ["require_domains", "sign_of"]

_X = sp.Symbol("x", real=True)
_ORDERS = {sp.Gt: (1, True), sp.Ge: (1, False), sp.Lt: (-1, True), sp.Le: (-1, False)}


def require_domains(tree: Any, shapes: words.Shapes, definitions: Mapping[str, sp.Expr]) -> None:
    """Fail unless every elementwise function in the tree is seen to be defined on every entry of its argument."""
    if not isinstance(tree, tuple):
        return
    if tree[:1] == ("map",) and tree[1] in definitions:
        conditions = _domain(definitions[tree[1]])
        known = sign_of(tree[2], shapes, definitions) if conditions else None
        given = Given([(_X, known)] if known else [])
        for e, op in conditions:
            if not follows(given, (e, op)):
                raise UnsupportedExpression(f"{tree[1]} is defined where {e} {op} 0 only")
    for part in tree:
        require_domains(part, shapes, definitions)


def sign_of(tree: Any, shapes: words.Shapes, definitions: Mapping[str, sp.Expr]) -> str | None:
    """ ">" where every entry is seen to be positive, ">=" where none is negative, else None."""
    head, parts = tree[0], [t for t in tree[1:] if isinstance(t, tuple)]
    if head == "num":
        value = words.number(tree[1])
        return ">" if value > 0 else ">=" if value == 0 else None
    if head in ("gibbs", "ones"):
        return ">"
    if head in ("zeros", "I", "fro2"):
        return ">="
    if head == "map" and tree[1] in definitions:
        inner = sign_of(tree[2], shapes, definitions)
        signs = Given([(_X, inner)] if inner else []).sign(definitions[tree[1]])
        return ">" if signs <= {1} else ">=" if signs <= {0, 1} else None
    signs_of_parts = [sign_of(t, shapes, definitions) for t in parts]
    if head not in ("add", "mul", "T", "tr", "diag", "inv") or None in signs_of_parts:
        return None
    if head == "add":
        return ">" if ">" in signs_of_parts else ">="
    if head == "inv":
        return ">" if words.normal(tree[1], shapes).is_scalar else None
    return ">=" if ">=" in signs_of_parts or head == "diag" else ">"


@lru_cache(maxsize=1024)
def _domain(formula: sp.Expr) -> tuple[Condition, ...]:
    """Conditions on x under which a formula is defined; isolated zeros of denominators are left out of a claim."""
    return tuple(dict.fromkeys(_demands(Given(), formula)))


def _demands(given: Given, e: sp.Basic) -> list[Condition]:
    if not isinstance(e, sp.Piecewise):
        found = [c for a in e.args for c in _demands(given, a)]
        here = domain_of(e, e.args)
        return found + [
            (u, op) for u, op in here if not (op == "!=" and is_analytic(u)) and not follows(given, (u, op))
        ]
    require_cases(e)
    out: list[Condition] = []
    for value, condition in e.args:
        out += [c for side in condition.args for c in _demands(given, side)]
        way, strict = _ORDERS.get(type(condition), (0, False))
        if way == 0:
            out += _demands(given, value)
            continue
        border = way * (condition.lhs - condition.rhs)
        out += _demands(given.and_((border, ">" if strict else ">=")), value)
        given = given.and_((-border, ">=" if strict else ">"))
    return out
