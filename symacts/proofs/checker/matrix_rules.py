"""The checker's rules for matrix statements: words for symbolic shapes, entries for concrete ones. Trusted core.

- `words`: both sides have one normal form in the free algebra, perhaps after a product with what has an inverse.
- `gram`: the difference of two numbers is a sum of nonnegative multiples of sums of squares of entries.
- `signs`: one side is 0, the other is positive by its structure, entry by entry.
- `sums`: sums of products of entries; one scalar goal serves all terms.
- `elementwise`: both sides act on each entry alone; one scalar goal serves all entries, for symbolic shapes too.
- `entries`: all shapes are numbers; one scalar goal for each entry.
- `induction`: a stack of affine layers of any depth is an affine map, by the step from L to L + 1 layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sympy as sp

from symacts.claims import MatrixClaim, as_tuples
from symacts.errors import UnsupportedExpression
from symacts.proofs.checker import words
from symacts.proofs.checker.entail import Condition, Given
from symacts.proofs.checker.entries import X, both, defined_by
from symacts.proofs.checker.forms import is_analytic
from symacts.proofs.checker.goals import Goal
from symacts.proofs.checker.letters import flip
from symacts.proofs.checker.matrix_domains import require_domains, sign_of

__all__ = ["AFFINE", "STACK", "entry_goals", "normal_sides", "subgoals"]

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
    if node.get("turn"):
        claim = turned(claim)
    if any(name.endswith("'") for name, _ in claim.definitions):
        raise UnsupportedExpression("the name of a derivative cannot be defined")
    if rule == "induction":
        return _induction(claim, node)
    left, right = normal_sides(claim)
    for side in (claim.lhs, claim.rhs):
        _require_inverses(side, shapes, dict(claim.definitions))
        require_domains(side, shapes, dict(claim.definitions))
    if rule == "words":
        if claim.relation == "=" and (node.get("left") or node.get("right")):
            left, right = _multiplied(claim, node)
        if claim.relation not in ("=", "<=", ">=") or left.terms != right.terms:
            raise UnsupportedExpression("the two sides have different normal forms")
        return []
    if rule == "gram":
        return _gram(claim, node)
    if rule == "signs":
        return _signs(claim)
    goals = _SCALAR.get(rule) if isinstance(rule, str) else None
    if goals is None:
        raise UnsupportedExpression(f"unknown rule {rule!r} for a matrix statement")
    return [replace(goal, is_claim=True) for goal in goals(claim)]


def normal_sides(claim: MatrixClaim) -> tuple[words.Matrix, words.Matrix]:
    """The normal forms of both sides; fails where the shapes do not fit, with both named."""
    left, right = (words.normal(tree, dict(claim.shapes)) for tree in (claim.lhs, claim.rhs))
    words.require_one_kind((left, right))
    for a, b in ((left.rows, right.rows), (left.cols, right.cols)):
        if a is not None and b is not None and a != b:
            raise UnsupportedExpression(
                f"shapes do not fit: the left side is ({left.rows}, {left.cols}), the right side is "
                f"({right.rows}, {right.cols})"
            )
    return left, right


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
        powers, rows = ("map", "exp", tree[1]), words.normal(("gibbs", tree[1]), shapes).rows
        return ("mul", powers, ("inv", ("mul", ("T", ("ones", rows, 1)), powers)))

    definitions = tuple(sorted({**dict(claim.definitions), "exp": exp}.items(), key=lambda d: d[0]))
    return replace(claim, lhs=spelled(claim.lhs), rhs=spelled(claim.rhs), definitions=definitions)


def turned(claim: MatrixClaim) -> MatrixClaim:
    """The claim about the transposed sides."""
    return replace(claim, lhs=("T", claim.lhs), rhs=("T", claim.rhs))


def _multiplied(claim: MatrixClaim, node: Mapping[str, Any]) -> tuple[words.Matrix, words.Matrix]:
    """Both sides multiplied by matrices whose inverses occur in the claim: equal products have equal factors."""
    factors = [[as_tuples(t) for t in node.get(side, ())] for side in ("left", "right")]
    known = [*inverted(claim.lhs), *inverted(claim.rhs)]
    if not all(tree in known for trees in factors for tree in trees):
        raise UnsupportedExpression("a factor without an inverse in the statement")
    before, after = factors
    shapes = dict(claim.shapes)
    left, right = (words.normal(("mul", *before, tree, *after), shapes) for tree in (claim.lhs, claim.rhs))
    return left, right


def inverted(tree: Any) -> list[Any]:
    """The matrices of which a tree takes the inverse."""
    if not isinstance(tree, tuple):
        return []
    return [*([tree[1]] if tree[:1] == ("inv",) else []), *(t for part in tree for t in inverted(part))]


def _gram(claim: MatrixClaim, node: Mapping[str, Any]) -> list[Goal]:
    """`>=` between numbers whose difference is a sum of nonnegative multiples of sums of squares of entries, perhaps
    each with a weight for its row."""
    shapes = dict(claim.shapes)
    low, high = {"<=": (claim.lhs, claim.rhs), ">=": (claim.rhs, claim.lhs)}[claim.relation]
    squares = []
    for c, tree, *weights in as_tuples(node["terms"]):
        if words.number(c) < 0 or not all(sign_of(w, shapes, dict(claim.definitions)) for w in weights):
            raise UnsupportedExpression("a weight that may be negative")
        diagonal = [("diag", w) for w in weights]
        squares.append(("mul", ("num", str(c)), ("tr", ("mul", ("T", tree), *diagonal, tree))))
    difference = words.normal(("add", high, ("mul", ("num", "-1"), low)), shapes)
    total = words.normal(("add", ("num", "0"), *squares), shapes)
    if not (difference.is_scalar or not difference.terms) or difference.terms != total.terms:
        raise UnsupportedExpression("the sums of squares do not add up to the difference")
    return []


def _signs(claim: MatrixClaim) -> list[Goal]:
    """Entries that are positive, or not negative, by the structure of one side, against 0."""
    shapes = dict(claim.shapes)
    low, high = (claim.lhs, claim.rhs) if claim.relation in ("<", "<=") else (claim.rhs, claim.lhs)
    found = sign_of(high, shapes, dict(claim.definitions))
    if words.normal(low, shapes).terms or found not in {"<": (">",), "<=": (">", ">=")}.get(
        claim.relation.replace(">", "<"), ()
    ):
        raise UnsupportedExpression("the structure does not show the sign")
    return []


def _require_inverses(tree: Any, shapes: words.Shapes, definitions: Mapping[str, sp.Expr]) -> None:
    """Fail for the inverse of a matrix that is 0 by its normal form, or that may be singular on an open set: one of
    functions that are not analytic, unless it is a positive number."""
    for inner in inverted(tree):
        form = words.normal(inner, shapes)
        if not form.terms:
            raise UnsupportedExpression("the inverse of 0")
        is_positive = form.is_scalar and sign_of(inner, shapes, definitions) == ">"
        if not is_positive and not _is_analytic(inner, definitions):
            raise UnsupportedExpression("not seen to have an inverse but for isolated points")


def _is_analytic(tree: Any, definitions: Mapping[str, sp.Expr]) -> bool:
    """Whether all functions in a tree are analytic."""
    if not isinstance(tree, tuple):
        return True
    if tree[:1] in (("map",), ("vector",)):
        name = tree[1].rstrip("'")
        return name in definitions and is_analytic(definitions[name]) and _is_analytic(tree[2], definitions)
    return all(_is_analytic(part, definitions) for part in tree)


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
    words.normal(weight, without_x), words.normal(bias, without_x)
    stacked = ("add", ("mul", ("sym", "W"), ("add", ("mul", ("sym", "M"), ("sym", "x")), ("sym", "c"))), ("sym", "b"))
    collapsed = ("add", ("mul", weight, ("sym", "x")), bias)
    if words.normal(stacked, shapes) != words.normal(collapsed, shapes):
        raise UnsupportedExpression("the induction step does not hold")
    return []


def elementwise_goals(claim: MatrixClaim) -> list[Goal]:
    """The one scalar goal of a statement that holds entry by entry; the words of other parts are opaque."""
    entry = _Entry(dict(claim.shapes), dict(claim.definitions))
    left, right = entry.of(claim.lhs), entry.of(claim.rhs)
    if len(entry.sizes) > 1 or any(None in size for size in entry.sizes):
        raise UnsupportedExpression("the shapes differ")
    if claim.relation in (">", ">="):
        return [Goal(entry.given(), right, {">": "<", ">=": "<="}[claim.relation], left)]
    return [Goal(entry.given(), left, claim.relation, right)]


def diagonal_goals(claim: MatrixClaim) -> list[Goal]:
    """Sums of `diag(u)*...*M` and `diag(u)*...*c*r` (a column, a row): for each M and r the factors have equal sums.

    `diag(u)*M + diag(v)*M = diag(u + v)*M`; the entries of the columns are the same functions of the same parts.
    """
    shapes = dict(claim.shapes)
    if claim.relation != "=":
        raise UnsupportedExpression("sums of diagonal factors are compared for equality")
    entry = _Entry(shapes, dict(claim.definitions))
    sums: dict[tuple[Any, bool, Any], list[sp.Expr]] = {}
    terms = [(side, t) for side, tree in enumerate((claim.lhs, claim.rhs)) for t in words.normal(tree, shapes).terms]
    for side, ((scalars, word), c) in sorted(terms, key=lambda t: not _has_diagonal(t[1][0][1])):
        factor = sp.Mul(sp.Rational(c.numerator, c.denominator), *(entry.number(key) for key in scalars))
        known = [key for key in sums if not key[1] and key[0] + key[2] == word]
        row = word[:1] if word and words.shape_of(word[0])[0] == 1 else ()  # r*M = ones.T*diag(r)*M
        if not row and not _has_diagonal(word) and known:  # M*N = M*I*N
            sums[known[0]][side] += factor
            continue
        start = 0 if row else next((k for k, letter in enumerate(word) if letter[0] == "diag"), 0)
        factor *= entry.of_word((flip(row[0]),), True) if row else 1
        heads = start + len(row)
        while heads < len(word) and word[heads][0] == "diag":
            factor *= entry.of_word(word[heads][1], True)
            heads += 1
        is_outer = heads < len(word) and words.shape_of(word[heads])[1] == 1
        if is_outer:
            factor *= entry.of_word(word[heads : heads + 1], True)
            heads += 1
        sums.setdefault((word[:start], is_outer, word[heads:]), [sp.S.Zero, sp.S.Zero])[side] += factor
    return [Goal(entry.given(), left, "=", right) for left, right in sums.values()]


def sum_goals(claim: MatrixClaim) -> list[Goal]:
    """Sums of products `u_k*v_k` of the entries of columns of one length: the relation of the terms, for each k.

    A number c is `c*sum(p)` for a Gibbs map p of that length.
    """
    shapes = dict(claim.shapes)
    entry = _Entry(shapes, dict(claim.definitions))
    sides = [words.normal(tree, shapes) for tree in (claim.lhs, claim.rhs)]
    products = [s[1] for side in sides for (scalars, _), _ in side.terms for s in scalars if s[0] == "word"]
    masses = sorted({p for word in products for a in word for p in (a, flip(a)) if p[0] == "gibbs"}, key=repr)
    totals = [sp.S.Zero, sp.S.Zero]
    for side, value in enumerate(sides):
        for (scalars, word), c in value.terms:
            if word or len(scalars) > 1 or (scalars and scalars[0][0] != "word") or not (scalars or masses):
                raise UnsupportedExpression("no sums of products of entries")
            product = scalars[0][1] if scalars else (("onesT", masses[0][-1][0]), masses[0])
            entry.sizes.add((words.shape_of(product[-1])[0], 1))
            totals[side] += sp.Rational(c.numerator, c.denominator) * entry.product(product)
    if len(entry.sizes) != 1 or claim.relation == "!=":
        raise UnsupportedExpression("sums of different lengths")
    left, right = totals if claim.relation in ("=", "<", "<=") else totals[::-1]
    return [Goal(entry.given(), left, claim.relation.replace(">", "<"), right)]


def _has_diagonal(word: Any) -> bool:
    return any(letter[0] == "diag" for letter in word)


class _Entry:
    """The value of one entry of a tree; `sizes` collects the shapes of what varies from entry to entry."""

    def __init__(self, shapes: words.Shapes, definitions: Mapping[str, sp.Expr]) -> None:
        self.shapes, self.definitions = shapes, definitions
        self.sizes: set[tuple[Any, Any]] = set()
        self.parts: dict[Any, sp.Symbol] = {}

    def of(self, tree: Any) -> sp.Expr:
        head = tree[0]
        if head == "num":
            return sp.Rational(words.number(tree[1]))
        if head == "map":
            return self.mapped(tree[1], self.of(tree[2]))
        if head == "add":
            return sp.Add(*[self.of(t) for t in tree[1:]])
        if head == "mul" and sum(not words.normal(t, self.shapes).is_scalar for t in tree[1:]) <= 1:
            return sp.Mul(*[self.of(t) for t in tree[1:]])
        value = words.normal(tree, self.shapes)
        if not value.is_scalar:
            self.sizes.add((value.rows, value.cols))
        return self.of_terms(value.terms, value.is_scalar, value.cols == 1)

    def of_terms(self, terms: Any, is_scalar: bool, is_column: bool) -> sp.Expr:
        total: sp.Expr = sp.S.Zero
        for (scalars, word), c in terms:
            factors = [self.number(key) for key in scalars]
            if not is_scalar:
                factors.append(self.of_word(word, is_column))
            total += sp.Mul(sp.Rational(c.numerator, c.denominator), *factors)
        return total

    def of_word(self, word: Any, is_column: bool) -> sp.Expr:
        head: Any = word[0] if word else ("",)
        if is_column and len(word) > 1 and head[0] == "diag":  # diag(u)*v: entries multiply
            return self.of_word(head[1], True) * self.of_word(word[1:], True)
        if word and all(letter[0] in ("ones", "onesT") for letter in word[:2]) and len(word) <= 2:
            return sp.S.One
        if len(word) == 1 and head[0] == "map" and head[1].rstrip("'") in self.definitions:
            return self.mapped(head[1], self.of_terms(head[2], False, is_column))
        return self.opaque(("word", word))

    def mapped(self, name: str, inner: sp.Expr) -> sp.Expr:
        """An elementwise function of an entry; a derivative at a kink is left to the scalar rules: f(u)' = f'(u)*u'."""
        function = defined_by(name.rstrip("'"), self.definitions)
        if name[-1:] != "'" or is_analytic(function):
            return defined_by(name, self.definitions).xreplace({X: inner})
        for s in sorted(inner.free_symbols, key=str) if name[-2:] != "''" else ():
            slope = sp.diff(inner, s)
            if slope.is_Rational and slope:
                return sp.Derivative(function.xreplace({X: inner}), s) / slope
        raise UnsupportedExpression(f"the derivative of {name[:-1]!r} is taken where it is analytic")

    def given(self) -> Given:
        """What is known of the opaque parts: entries of a Gibbs map are positive and at most 1; a sum of what is
        positive is positive, and at least each of its terms."""
        out: list[Condition] = [(symbol, ">") for key, symbol in self.parts.items() if key[0] == "dim"]
        for key, symbol in self.parts.items():
            if key[0] == "word" and len(key[1]) == 1 and key[1][0][0] in ("gibbs", "gibbsT"):
                out += [(symbol, ">"), (1 - symbol, ">=")]
        entries = Given(out)
        for key, symbol in self.parts.items():
            if key[0] == "sum" and entries.holds(key[1], ">"):
                out += [(symbol, ">"), *([(symbol - key[1], ">=")] if (key[2], 1) in self.sizes else [])]
        return Given(out)

    def product(self, word: Any) -> sp.Expr:
        """The product of the entries of `r*diag(u)*...*v`, a number: the sum of these products."""
        row, *middle, column = word
        if any(letter[0] != "diag" for letter in middle):
            raise UnsupportedExpression("no product of entries")
        factors = [letter[1] for letter in middle] + [(letter,) for letter in (flip(row), column)]
        return sp.Mul(*(self.of_word(f, True) for f in factors))

    def number(self, key: Any) -> sp.Expr:
        """A number that is the same for all entries, in symbols; `sum(c*e) = c*sum(e)` for c free of entries."""
        if key[0] == "over":
            return 1 / self.number(key[1])
        if key[0] == "scalar":
            return self.of_terms(key[1], True, True)
        try:
            if key[0] == "f":
                return self.mapped(key[1], self.of_terms(key[2], True, True))
            e = sp.expand_power_exp(self.product(key[1])) if key[0] == "word" and len(key[1]) > 1 else sp.S.NaN
        except UnsupportedExpression:
            e = sp.S.NaN
        if e is sp.S.NaN or e.has(sp.Derivative):
            return self.opaque(key)
        c, rest = e.as_independent(*(symbol for part, symbol in self.parts.items() if part[0] == "word"), as_Add=False)
        rows = words.shape_of(key[1][-1])[0]
        return c * self.opaque(("dim", rows) if rest == 1 else ("sum", rest, rows))

    def opaque(self, key: Any) -> sp.Symbol:
        return self.parts.setdefault(key, sp.Symbol(f"[{len(self.parts)}]", real=True))


def entry_goals(claim: MatrixClaim) -> list[Goal]:
    """One scalar goal for each entry."""
    left, right = both(claim)
    relation = claim.relation
    goals = []
    for a, b in zip(list(left), list(right), strict=True):
        if relation in (">", ">="):
            goals.append(Goal(Given(), b, {">": "<", ">=": "<="}[relation], a))
        else:
            goals.append(Goal(Given(), a, relation, b))
    if relation == "!=" and len(goals) != 1:
        raise UnsupportedExpression("'!=' is stated for numbers, not for matrices")
    return goals


_SCALAR = {"entries": entry_goals, "elementwise": elementwise_goals, "diagonals": diagonal_goals, "sums": sum_goals}
"""The rules that leave scalar goals."""
