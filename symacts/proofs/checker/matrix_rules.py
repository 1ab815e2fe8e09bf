"""The checker's rules for matrix statements. Trusted core.

- `words`: both sides have one normal form as sums over indices, perhaps after a product with what has an inverse.
- `gram`: the difference of two numbers is a sum of nonnegative multiples of sums of squares of entries.
- `sums`, `elementwise`, `entries`: goals about numbers, see `matrix_goals`.
- `induction`: a stack of affine layers of any depth is an affine map, by the step from L to L + 1 layers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import sympy as sp

from symacts.claims import MatrixClaim, as_tuples
from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.contractions import Contractions
from symacts.proofs.checker.entries import X
from symacts.proofs.checker.forms import is_analytic
from symacts.proofs.checker.goals import Goal
from symacts.proofs.checker.matrix_goals import SCALAR, domain_goals, has_sign, subtrees
from symacts.proofs.checker.shapes import Shapes, Sizes, number

__all__ = ["AFFINE", "STACK", "inverted", "subgoals"]

STACK = ("stack", ("sym", "x"))
"""`W_L*(...*(W_1*x + b_1)...) + b_L` for every depth L >= 1 and all shapes that fit."""
AFFINE = ("affine", ("sym", "x"))
"""`W*x + b` for some W and b."""


def subgoals(claim: MatrixClaim, node: Mapping[str, Any]) -> list[Goal]:
    """The scalar goals that a node leaves of a matrix claim; raises where the node does not hold."""
    shapes = dict(claim.shapes)
    rule = node.get("rule")
    if claim.more:
        raise UnsupportedExpression("a chain of relations is proved link by link")
    if node.get("unfold"):
        claim = unfolded(claim)
    if any(name.endswith("'") for name, _ in claim.definitions):
        raise UnsupportedExpression("the name of a derivative cannot be defined")
    if rule == "induction":
        return _induction(claim, node)
    Sizes(shapes).common(claim.lhs, claim.rhs)
    _require_inverses(claim)
    goals = _RULES.get(rule) if isinstance(rule, str) else None
    if goals is None:
        raise UnsupportedExpression(f"unknown rule {rule!r} for a matrix statement")
    return [*goals(claim, node), *domain_goals(claim)]


def _require_inverses(claim: MatrixClaim) -> None:
    """Fail for the inverse of a matrix that is 0 by its normal form, or that may be singular on an open set: one of
    functions that are not analytic, unless it is a positive number."""
    found, definitions = Contractions(dict(claim.shapes)), dict(claim.definitions)
    for tree in inverted(claim):
        if not found.form(tree):
            raise UnsupportedExpression("the inverse of 0")
        names = [part[1].rstrip("'") for head in ("map", "vector") for part in subtrees(tree, head)]
        if all(name in definitions and is_analytic(definitions[name]) for name in names):
            continue
        if not found.sizes.of(tree).is_scalar or not has_sign(tree, claim, ">"):
            raise UnsupportedExpression("not seen to have an inverse but for isolated points")


def inverted(claim: MatrixClaim) -> list[Any]:
    """The matrices of which a claim takes the inverse."""
    return [part[1] for side in (claim.lhs, claim.rhs) for part in subtrees(side, "inv")]


def _same(left: Any, right: Any, shapes: Shapes) -> bool:
    """Whether two trees of one shape have one normal form."""
    entries = Contractions(shapes)
    shape = entries.sizes.common(left, right)
    return entries.form(left, shape) == entries.form(right, shape)


def unfolded(claim: MatrixClaim) -> MatrixClaim:
    """The claim with each Gibbs map written as `exp(u)/sum(exp(u))`."""
    shapes, exp = dict(claim.shapes), sp.exp(X)
    if dict(claim.definitions).get("exp", exp) != exp:
        raise UnsupportedExpression("the claim defines 'exp' otherwise")

    def spelled(tree: Any) -> Any:
        if not isinstance(tree, tuple):
            return tree
        tree = tuple(map(spelled, tree))
        if tree[:1] != ("gibbs",):
            return tree
        powers, rows = ("map", "exp", tree[1]), Sizes(shapes).of(tree[1]).rows
        return ("mul", powers, ("inv", ("mul", ("T", ("ones", rows, 1)), powers)))

    definitions = tuple(sorted({**dict(claim.definitions), "exp": exp}.items(), key=lambda d: d[0]))
    return replace(claim, lhs=spelled(claim.lhs), rhs=spelled(claim.rhs), definitions=definitions)


def _words(claim: MatrixClaim, node: Mapping[str, Any]) -> list[Goal]:
    """One normal form of both sides, perhaps multiplied by matrices that have inverses in an equation."""
    known = inverted(claim) if claim.relation == "=" else []
    before, after = ([as_tuples(t) for t in node.get(side, ())] for side in ("left", "right"))
    if not all(tree in known for tree in (*before, *after)):
        raise UnsupportedExpression("a factor without an inverse in the statement")
    left, right = (("mul", *before, side, *after) for side in (claim.lhs, claim.rhs))
    if claim.relation not in ("=", "<=", ">=") or not _same(left, right, dict(claim.shapes)):
        raise UnsupportedExpression("the two sides have different normal forms")
    return []


def _gram(claim: MatrixClaim, node: Mapping[str, Any]) -> list[Goal]:
    """`>=` between numbers whose difference is a sum of nonnegative multiples of sums of squares of entries, perhaps
    each with a weight for its row, and of `fro2(P)*fro2(Q) - fro2(P*Q)` (Cauchy and Schwarz)."""
    shapes = dict(claim.shapes)
    low, high = {"<=": (claim.lhs, claim.rhs), ">=": (claim.rhs, claim.lhs)}[claim.relation]
    squares: list[Any] = []
    for c, tree, *weights in as_tuples(node["terms"]):
        if number(c) < 0 or not all(has_sign(w, claim, ">=") for w in weights):
            raise UnsupportedExpression("a weight that may be negative")
        diagonal = [("diag", w) for w in weights]
        squares.append(("mul", ("num", str(c)), ("tr", ("mul", ("T", tree), *diagonal, tree))))
    for left, right in as_tuples(node.get("products", ())):
        less = ("mul", ("num", "-1"), ("fro2", ("mul", left, right)))
        squares.append(("add", ("mul", ("fro2", left), ("fro2", right)), less))
    difference = ("add", high, ("mul", ("num", "-1"), low))
    if not _same(difference, ("add", ("num", "0"), *squares), shapes):
        raise UnsupportedExpression("the sums of squares do not add up to the difference")
    return []


def _induction(claim: MatrixClaim, node: Mapping[str, Any]) -> list[Goal]:
    """Base: one layer `W*x + b` is affine. Step: `W*(M*x + c) + b = weight*x + bias`, weight and bias free of x."""
    if (claim.lhs, claim.relation, claim.rhs) != (STACK, "=", AFFINE):
        raise UnsupportedExpression("induction is for stacks of affine layers")
    weight, bias = as_tuples(node["weight"]), as_tuples(node["bias"])
    shapes: dict[str, tuple[int | str, int | str]] = {
        "W": ("m", "k"),
        "M": ("k", "n"),
        "x": ("n", 1),
        "c": ("k", 1),
        "b": ("m", 1),
    }
    without_x = {name: shape for name, shape in shapes.items() if name != "x"}
    Sizes(without_x).of(weight), Sizes(without_x).of(bias)
    stacked = ("add", ("mul", ("sym", "W"), ("add", ("mul", ("sym", "M"), ("sym", "x")), ("sym", "c"))), ("sym", "b"))
    collapsed = ("add", ("mul", weight, ("sym", "x")), bias)
    if not _same(stacked, collapsed, shapes):
        raise UnsupportedExpression("the induction step does not hold")
    return []


_RULES: dict[str, Callable[[MatrixClaim, Mapping[str, Any]], list[Goal]]] = {
    "words": _words,
    "gram": _gram,
    **SCALAR,
}
