"""Matrix statements by sums over indices: factors that cancel inverses, and sums of squares of entries.

>>> from symacts.proofs.checker.contractions import Contractions
>>> trace = ("tr", ("mul", ("T", ("sym", "A")), ("sym", "B")))
>>> (((component,), c),) = Contractions({"A": ("m", "n"), "B": ("m", "n")}).form(trace)
>>> splits(component)
[((('sym', 'A'),), (('sym', 'B'),))]
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symacts.claims import MatrixClaim
from symacts.errors import UnsupportedExpression
from symacts.proofs.checker import matrix_rules
from symacts.proofs.checker.contractions import Contractions
from symacts.proofs.checker.matrix_goals import subtrees
from symacts.proofs.checker.products import Component, Form
from symacts.proofs.checker.shapes import Sizes
from symacts.proofs.search import Node

__all__ = ["METHODS", "cancellations", "splits"]

Word = tuple[Any, ...]  # of trees that are symbols, columns of ones, their inverses and transposes
MOST_FACTORS = 2
MOST_PRODUCTS = 40


def cancellations(claim: MatrixClaim) -> Iterator[Node]:
    """Both sides times matrices whose inverses occur, from the left and from the right."""
    known = list(dict.fromkeys(matrix_rules.inverted(claim)))
    choices = [c for k in range(MOST_FACTORS + 1) for c in itertools.permutations(known, k)]
    pairs = sorted(itertools.product(choices, choices), key=lambda p: len(p[0]) + len(p[1]))
    for left, right in pairs[1:MOST_PRODUCTS]:
        yield {"rule": "words", "left": list(left), "right": list(right)}


def sums_of_squares(claim: MatrixClaim) -> Iterator[Node]:
    """The difference as a quadratic form in words, completed to squares."""
    if claim.relation not in ("<=", ">="):
        return
    entries: list[tuple[Any, Fraction]] = []
    for term, c in _difference(claim):
        if len(term) != 1:
            return
        entries.append((term[0], c))
    basis: list[Any] = []
    for key, _ in entries:
        squares = [u for u, v in splits(key) if u == v]
        if squares:
            basis.append(min(squares, key=lambda u: (sum(_is_turned(a) for a in u), repr(u))))
    form: dict[tuple[int, int], Fraction] = {}
    for key, c in entries:
        found = next(((u, v) for u, v in splits(key) if u in basis and v in basis), None)
        if found is None:
            return
        i, j = (basis.index(u) for u in found)
        for place in ((i, j), (j, i)):
            form[place] = form.get(place, Fraction(0)) + c / 2
    terms = _completed(form, len(basis))
    if terms is not None:
        yield {
            "rule": "gram",
            "terms": [
                [str(c), ("add", *(("mul", ("num", str(d)), _tree(basis[k])) for k, d in row.items()))]
                for c, row in terms
            ],
        }


def minors(claim: MatrixClaim) -> Iterator[Node]:
    """Lagrange's identity: `u.u*(v.v) - (u.v)**2` is half the sum of squares of the entries of `u*v.T - v*u.T`."""
    if claim.relation not in ("<=", ">="):
        return
    for term, c in _difference(claim):
        if c < 0 and len(term) == 2 and term[0] == term[1]:
            for u, v in splits(term[0]):
                outer = ("mul", _tree(u), ("T", _tree(v)))
                yield {"rule": "gram", "terms": [[str(-c / 2), ("add", outer, ("mul", ("num", "-1"), ("T", outer)))]]}


def transposes(claim: MatrixClaim) -> Iterator[Node]:
    """`a*fro2(A) - b*tr(A*A)` for a >= |b|: half of |b| times the squares of `A - T(A)`, or of `A + T(A)`."""
    entries = _difference(claim) if claim.relation in ("<=", ">=") else ()
    for term, b in entries:
        for u, v in splits(term[0]) if len(term) == 1 else ():
            if v == _turned(u) != u:
                other = ("add", _tree(u), ("mul", ("num", "1" if b > 0 else "-1"), ("T", _tree(u))))
                whole = sum((c for t, c in entries if t != term), Fraction(0))
                yield {"rule": "gram", "terms": [[str(abs(b) / 2), other], [str(whole - abs(b)), _tree(u)]]}


def products(claim: MatrixClaim) -> Iterator[Node]:
    """`fro2(P*Q) <= fro2(P)*fro2(Q)`."""
    low = claim.lhs if claim.relation == "<=" else claim.rhs
    if claim.relation in ("<=", ">=") and low[0] == "fro2" and low[1][0] == "mul":
        trees = low[1][1:]
        for k in range(1, len(trees)):
            yield {"rule": "gram", "terms": [], "products": [[("mul", *trees[:k]), ("mul", *trees[k:])]]}


def _difference(claim: MatrixClaim) -> Form:
    """What is to be shown nonnegative."""
    low, high = (claim.lhs, claim.rhs) if claim.relation == "<=" else (claim.rhs, claim.lhs)
    return Contractions(dict(claim.shapes)).form(("add", high, ("mul", ("num", "-1"), low)))


def variances(claim: MatrixClaim) -> Iterator[Node]:
    """The variance of a column under a Gibbs map p, `sum p_k*(v_k - sum p*v)**2`."""
    shapes = dict(claim.shapes)
    if claim.relation not in ("<=", ">="):
        return
    for p in dict.fromkeys([*subtrees(claim.lhs, "gibbs"), *subtrees(claim.rhs, "gibbs")]):
        rows = Sizes(shapes).of(p).rows
        for name, shape in claim.shapes:
            if shape == (rows, 1):
                v = ("sym", name)
                mean = ("mul", ("ones", rows, 1), ("T", p), v)
                yield {"rule": "gram", "terms": [["1", ("add", v, ("mul", ("num", "-1"), mean)), p]]}


def deviations(claim: MatrixClaim) -> Iterator[Node]:
    """Squares of a column less its mean, or of a matrix less the multiple of I with its trace; times n or 1/n."""
    sizes = Sizes(dict(claim.shapes))
    entries = dict(_difference(claim)) if claim.relation in ("<=", ">=") else {}
    for v in _trees(claim.lhs, claim.rhs) if entries else ():
        try:
            shape = sizes.of(v)
        except UnsupportedExpression:
            continue
        if shape.is_free or shape.is_scalar or shape.cols not in (1, shape.rows):
            continue
        one = ("ones", shape.rows, 1)
        n = ("mul", ("T", one), one)
        mean, unit = (("mul", ("T", one), v), one) if shape.cols == 1 else (("tr", v), ("I", shape.rows))
        left = ("add", v, ("mul", ("num", "-1"), mean, ("inv", n), unit))
        for factor, weights in ((("num", "1"), ()), *((f, (("mul", f, one),)) for f in (n, ("inv", n)))):
            form = Contractions(dict(claim.shapes)).form(("mul", factor, ("fro2", left)))
            scale = next((entries[term] / c for term, c in form if term in entries), Fraction(0))
            if scale > 0:
                yield {"rule": "gram", "terms": [[str(scale), left, *weights]]}


def _trees(*sides: Any) -> list[Any]:
    """The parts of trees that are trees."""
    found = [t for t in sides if isinstance(t, tuple) and t and isinstance(t[0], str)]
    return list(dict.fromkeys([*found, *(part for t in found for part in _trees(*t[1:]))]))


def splits(component: Component) -> list[tuple[Word, Word]]:
    """Ways to read a sum over indices as `tr(T(u)*v)`."""
    found = _word(component)
    if found is None:
        return []
    word, is_cycle = found
    out = []
    for w in (word, _turned(word)):
        for k in range(len(word)) if is_cycle else range(1):
            r = w[k:] + w[:k]
            out += [(_turned(r[:m]), r[m:]) for m in range(1, len(r))]
    known = list(dict.fromkeys(out))
    plain = [(u, v) for u, v in known if not any(_is_turned(a) for a in (*u, *v)) and repr(u) <= repr(v)]
    return [*plain, *(p for p in known if p not in plain)] if not plain or len(word) > 2 else plain


def _word(component: Component) -> tuple[Word, bool] | None:
    """The factors of a component as a product, and whether that is under a trace; None where it is neither."""
    sizes, factors = component
    left, places = list(factors), [k for _, at in factors for k in at]
    if any(k < 2 or places.count(k) > 2 for k in places) or not places:
        return None
    ends = {k + 2: ("ones", size) for k, size in enumerate(sizes) if places.count(k + 2) == 1}
    start = next((f for f in left if len(f[1]) == 1), None)
    word: list[Any] = []
    if start is not None:
        left.remove(start)
        word, k = [_turn(_letter(start[0]))], start[1][0]
    elif ends:
        k = min(ends)
        word = [_turn(ends.pop(k))]
    else:
        k = left[0][1][0]
    is_cycle = not word
    while left:
        factor = next((f for f in left if k in f[1]), None)
        letter = None if factor is None else _letter(factor[0])
        if factor is None or letter is None:
            return None
        left.remove(factor)
        a, b = factor[1] if len(factor[1]) == 2 else (k, 0)
        word.append(letter if a == k else _turn(letter))
        k = b if a == k else a
    if None in word or (is_cycle and k != factors[0][1][0]):
        return None
    return (*word, *([ends[k]] if k in ends else [])), is_cycle


def _letter(head: Any) -> Any:
    """The tree of a symbol or of its inverse; None for any other factor."""
    if head[0] == "s" and len(head) == 2:
        return ("sym", head[1])
    if head[0] == "inv" and len(head[1]) == 1 and len(head[1][0][0]) == 1:
        (_, ((inner, at), *more)) = head[1][0][0][0]
        if not more and inner[0] == "s":
            return ("inv", ("sym", inner[1])) if at == (0, 1) else ("T", ("inv", ("sym", inner[1])))
    return None


def _turn(tree: Any) -> Any:
    return None if tree is None else tree[1] if tree[0] == "T" else ("T", tree)


def _turned(word: Word) -> Word:
    return tuple(_turn(letter) for letter in reversed(word))


def _is_turned(tree: Any) -> bool:
    return bool(tree[0] == "T")


def _tree(word: Word) -> Any:
    """The tree of a word."""
    return ("mul", *word)


def _completed(form: dict[tuple[int, int], Fraction], n: int) -> list[tuple[Fraction, dict[int, Fraction]]] | None:
    """Squares with their weights, by completion one variable after the other; None where a weight is negative."""
    form = dict(form)
    out = []
    for k in range(n):
        pivot = form.get((k, k), Fraction(0))
        row = {j: form[k, j] for j in range(k, n) if form.get((k, j), 0)}
        if pivot < 0 or (pivot == 0 and row):
            return None
        if pivot == 0:
            continue
        scaled = {j: c / pivot for j, c in row.items()}
        out.append((pivot, scaled))
        for i, a in scaled.items():
            for j, b in scaled.items():
                form[i, j] = form.get((i, j), Fraction(0)) - pivot * a * b
    return out


METHODS = (sums_of_squares, minors, transposes, products, variances, deviations)
"""What proposes nodes with sums of squares, in the order in which it is tried."""
