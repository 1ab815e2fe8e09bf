"""Matrix statements by words: factors that cancel inverses, and sums of squares of entries.

>>> A, B = (("m", name, False, False, ("m", "n")) for name in "AB")
>>> splits(("tr", (_turn(A), B)))
[((('m', 'A', False, False, ('m', 'n')),), (('m', 'B', False, False, ('m', 'n')),))]
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symacts.claims import MatrixClaim
from symacts.proofs.checker import matrix_rules, words
from symacts.proofs.checker.letters import Letter, Word
from symacts.proofs.search import Node

__all__ = ["cancellations", "minors", "splits", "subtrees", "sums_of_squares", "variances"]

MOST_FACTORS = 2
MOST_PRODUCTS = 40


def cancellations(claim: MatrixClaim) -> Iterator[Node]:
    """Both sides times matrices whose inverses occur, from the left and from the right."""
    known = list(dict.fromkeys([*matrix_rules.inverted(claim.lhs), *matrix_rules.inverted(claim.rhs)]))
    choices = [c for k in range(MOST_FACTORS + 1) for c in itertools.permutations(known, k)]
    pairs = sorted(itertools.product(choices, choices), key=lambda p: len(p[0]) + len(p[1]))
    for left, right in pairs[1:MOST_PRODUCTS]:
        yield {"rule": "words", "left": list(left), "right": list(right)}


def sums_of_squares(claim: MatrixClaim) -> Iterator[Node]:
    """The difference as a quadratic form in words, completed to squares."""
    if claim.relation not in ("<=", ">="):
        return
    entries: list[tuple[Any, Fraction]] = []
    for (scalars, word), c in _difference(claim).terms:
        if word or len(scalars) != 1 or scalars[0][0] not in ("tr", "word"):
            return
        entries.append((scalars[0], c))
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
    for (scalars, word), c in _difference(claim).terms:
        if c < 0 and not word and len(scalars) == 2 and scalars[0] == scalars[1] and scalars[0][0] == "word":
            for u, v in splits(scalars[0]):
                outer = ("mul", _tree(u), ("T", _tree(v)))
                yield {"rule": "gram", "terms": [[str(-c / 2), ("add", outer, ("mul", ("num", "-1"), ("T", outer)))]]}


def _difference(claim: MatrixClaim) -> words.Matrix:
    """What is to be shown nonnegative."""
    low, high = (claim.lhs, claim.rhs) if claim.relation == "<=" else (claim.rhs, claim.lhs)
    return words.normal(("add", high, ("mul", ("num", "-1"), low)), dict(claim.shapes))


def variances(claim: MatrixClaim) -> Iterator[Node]:
    """The variance of a column under a Gibbs map p, `sum p_k*(v_k - sum p*v)**2`."""
    shapes = dict(claim.shapes)
    if claim.relation not in ("<=", ">="):
        return
    for p in dict.fromkeys([*subtrees(claim.lhs, "gibbs"), *subtrees(claim.rhs, "gibbs")]):
        rows = words.normal(p, shapes).rows
        for name, shape in claim.shapes:
            if shape == (rows, 1):
                v = ("sym", name)
                mean = ("mul", ("ones", rows, 1), ("T", p), v)
                yield {"rule": "gram", "terms": [["1", ("add", v, ("mul", ("num", "-1"), mean)), p]]}


def subtrees(tree: Any, head: str) -> Iterator[Any]:
    """The parts of a tree with this operation."""
    if isinstance(tree, tuple):
        if tree[:1] == (head,):
            yield tree
        for part in tree:
            yield from subtrees(part, head)


def splits(key: Any) -> list[tuple[Word, Word]]:
    """Ways to read a trace or a number as `tr(T(u)*v)`."""
    kind, word = key
    out = []
    turns = range(len(word)) if kind == "tr" else range(1)
    for w in (word, _turned(word)):
        for k in turns:
            r = w[k:] + w[:k]
            out += [(_turned(r[:m]), r[m:]) for m in range(1, len(r))]
    known = [(u, v) for u, v in dict.fromkeys(out) if all(a[0] in ("m", "ones", "onesT") for a in (*u, *v))]
    plain = [(u, v) for u, v in known if not any(_is_turned(a) for a in (*u, *v)) and repr(u) <= repr(v)]
    return [*plain, *(p for p in known if p not in plain)] if not plain or len(word) > 2 else plain


def _turn(letter: Letter) -> Letter:
    if letter[0] == "m":
        return ("m", letter[1], not letter[2], *letter[3:])
    return ({"ones": "onesT", "onesT": "ones"}.get(letter[0], letter[0]), *letter[1:])


def _turned(word: Word) -> Word:
    return tuple(_turn(letter) for letter in reversed(word))


def _is_turned(letter: Letter) -> bool:
    return bool(letter[0] == "onesT" or (letter[0] == "m" and letter[2]))


def _tree(word: Word) -> Any:
    """The tree of a word."""
    factors = []
    for letter in word:
        if letter[0] == "m":
            tree: Any = ("sym", letter[1])
            tree = ("inv", tree) if letter[3] else tree
            factors.append(("T", tree) if letter[2] else tree)
        else:
            tree = ("ones", letter[1])
            factors.append(tree if letter[0] == "ones" else ("T", tree))
    return ("mul", *factors)


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
