"""From a matrix statement to goals about numbers. Trusted core.

- `entries`: all shapes are numbers; one goal for each entry.
- `elementwise`: one goal serves all entries, for symbolic shapes too; what is summed over is opaque in it.
- `sums`: sums of products with the same matrices, over the same indices: the goal is about the other factors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp

from symacts.claims import MatrixClaim
from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.contractions import Contractions
from symacts.proofs.checker.entail import Condition, Given
from symacts.proofs.checker.entries import X, applied, matrix
from symacts.proofs.checker.goals import Goal, all_demands, no_operators
from symacts.proofs.checker.products import DELTA, Component, Factor, Form, Term, indices_of

__all__ = ["SCALAR", "domain_goals", "has_sign", "subtrees"]

_TURNED = {">": "<", ">=": "<="}


def _goal(given: Given, left: sp.Expr, relation: str, right: sp.Expr) -> Goal:
    if relation in _TURNED:
        left, relation, right = right, _TURNED[relation], left
    return Goal(given, left, relation, right, is_claim=True)


def entry_goals(claim: MatrixClaim, node: Any) -> list[Goal]:
    """One goal for each entry."""
    shapes, definitions = dict(claim.shapes), dict(claim.definitions)
    left, right = (
        matrix(side, shapes, definitions, like=other)
        for side, other in ((claim.lhs, claim.rhs), (claim.rhs, claim.lhs))
    )
    if claim.relation == "!=" and len(left) != 1:
        raise UnsupportedExpression("'!=' is stated for numbers, not for matrices")
    return [_goal(Given(), a, claim.relation, b) for a, b in zip(list(left), list(right), strict=True)]


def _forms(claim: MatrixClaim) -> tuple[Form, Form, Any]:
    found = Contractions(dict(claim.shapes))
    shape = found.sizes.common(claim.lhs, claim.rhs)
    return found.form(claim.lhs, shape), found.form(claim.rhs, shape), shape


def elementwise_goals(claim: MatrixClaim, node: Any) -> list[Goal]:
    """The entry in row i and column j, for all i and j; factors of `delta(i, j)` are compared on their own."""
    left, right, shape = _forms(claim)
    entry = _Entry(dict(claim.definitions), shape.cols if shape.rows == 1 else shape.rows)
    sides: dict[bool, list[sp.Expr]] = {False: [sp.S.Zero, sp.S.Zero], True: [sp.S.Zero, sp.S.Zero]}
    for side, form in enumerate((left, right)):
        for term, c in form:
            off = tuple(part for part in term if part[1][0][0] != DELTA)
            sides[off != term][side] += sp.Rational(c.numerator, c.denominator) * entry.of_term(off)
    if shape.is_free or (claim.relation == "!=" and not shape.is_scalar):
        raise UnsupportedExpression("the shapes are not determined, or '!=' is stated of matrices")
    if sides[True] == [0, 0]:
        sides.pop(True)
    elif claim.relation != "=":
        raise UnsupportedExpression("multiples of the identity are compared for equality")
    return [_goal(entry.given(), a, claim.relation, b) for a, b in sides.values()]


def sum_goals(claim: MatrixClaim, node: Any) -> list[Goal]:
    """Sums over the same indices of products with the same matrices: the relation of what else is in them.

    In an inequality one sum stands for both sides; a number c is `c*sum(p)` for a Gibbs map p of that length.
    """
    left, right, shape = _forms(claim)
    if claim.relation != "=" and not shape.is_scalar:
        raise UnsupportedExpression("an inequality of sums is one between numbers")
    entry = _Entry(dict(claim.definitions), None)
    sides: dict[Any, list[sp.Expr]] = {}
    masses = sorted({(h, n) for form in (left, right) for h, n in _gibbs_in(form)}, key=repr)
    for side, form in enumerate((left, right)):
        for term, c in form:
            summed = [part for part in term if part[0]]
            if not summed and not indices_of(term) and masses and claim.relation != "=":
                summed = [((masses[0][1],), ((masses[0][0], (2,)),))]
            (sizes, factors), *others = sorted(summed, key=lambda part: (-len(part[0]), repr(part))) or [((), ())]
            frame = tuple(f for f in factors if len(f[1]) > 1) if claim.relation == "=" else ()
            if claim.relation != "=":  # the row of the entry is that of the sum
                factors = tuple((head, tuple(k - 2 for k in at)) for head, at in factors)
                entry.size = sizes[0] if sizes else None
            rest = [entry.of_factor(f) for f in factors if f not in frame]
            rest += [entry.of_component(part) for part in (*others, *(part for part in term if not part[0]))]
            place = sides.setdefault((sizes, frame), [sp.S.Zero, sp.S.Zero])
            place[side] += sp.Mul(sp.Rational(c.numerator, c.denominator), *rest)
    if claim.relation != "=" and (len(sides) > 1 or claim.relation == "!="):
        raise UnsupportedExpression("sums of different lengths")
    return [_goal(entry.given(), a, claim.relation, b) for a, b in sides.values()]


def _gibbs_in(form: Form) -> list[tuple[Any, Any]]:
    return [(head, head[2]) for term, _ in form for _, factors in term for head, _ in factors if head[0] == "gibbs"]


def domain_goals(claim: MatrixClaim) -> list[Goal]:
    """That each elementwise function is defined at every entry of its argument, where it is not so everywhere."""
    goals: dict[Any, Goal] = {}
    found, definitions = Contractions(dict(claim.shapes)), dict(claim.definitions)
    for _, name, tree in (part for side in (claim.lhs, claim.rhs) for part in subtrees(side, "map")):
        function = definitions.get(name, sp.S.Zero)
        no_operators(function)
        if not all_demands(Given(), function):
            continue
        form, entry = found.form(tree), _Entry(definitions, None)
        value = function.xreplace({X: entry.of_form(form, (0, 1))})
        goals[name, form] = Goal(entry.given(), value, "=", value, is_claim=True)
    return list(goals.values())


def has_sign(tree: Any, claim: MatrixClaim, op: str) -> bool:
    """Whether every entry of a tree is seen to be positive, or not negative."""
    entry = _Entry(dict(claim.definitions), None)
    value = entry.of_form(Contractions(dict(claim.shapes)).form(tree), (0, 1))
    return entry.given().holds(value, op)


def subtrees(tree: Any, head: str) -> Iterator[Any]:
    """The parts of a tree with this operation."""
    if isinstance(tree, tuple):
        if tree[:1] == (head,):
            yield tree
        for part in tree:
            yield from subtrees(part, head)


class _Entry:
    """Terms as formulas in symbols for what they hold; `size` is how far the index 0 runs."""

    def __init__(self, definitions: Mapping[str, sp.Expr], size: Any) -> None:
        self.definitions, self.size = definitions, size
        self.parts: dict[Any, sp.Symbol] = {}

    def of_form(self, form: Form, at: tuple[int, ...]) -> sp.Expr:
        """A form with the indices `at` for 0 and 1."""
        swap = dict(enumerate(at))
        return sp.Add(*(sp.Rational(c.numerator, c.denominator) * self.of_term(_moved(t, swap)) for t, c in form))

    def of_term(self, term: Term) -> sp.Expr:
        return sp.Mul(*map(self.of_component, term))

    def of_component(self, part: Component) -> sp.Expr:
        sizes, factors = part
        if len(factors) == 1 and not sizes:
            return self.of_factor(factors[0])
        return self.sum_of(sizes[0], factors) if len(sizes) == 1 else self.symbol(part)

    def of_factor(self, factor: Factor) -> sp.Expr:
        (kind, *data), at = factor
        if kind == "over":
            return 1 / self.of_form(data[0], at)
        if kind == "f" and data[0].rstrip("'") in self.definitions:
            return applied(data[0], self.of_form(data[1], at), self.definitions)
        return self.symbol(((), (factor,)))

    def sum_of(self, size: Any, factors: tuple[Factor, ...]) -> sp.Expr:
        """A sum over one index: `sum(c*e) = c*sum(e)` for c free of it; opaque where it has factors of two indices."""
        if any(len(at) > 1 for _, at in factors):
            return self.symbol(((size,), factors))
        try:
            e = sp.Mul(*(self.of_factor((head, (0,))) for head, _ in factors))
        except UnsupportedExpression:
            return self.symbol(((size,), factors))
        e = sp.expand_power_exp(e)
        if e.has(sp.Derivative):
            return self.symbol(((size,), factors))
        inside = [s for key, s in self.parts.items() if key[0] != "sum" and 0 in indices_of((key,))]
        c, rest = e.as_independent(*inside, as_Add=False)
        if rest == 1:
            return c * (sp.Integer(size) if isinstance(size, int) else self.symbol(((), ((("dim", size), ()),))))
        return c * self.symbol(("sum", rest, size))

    def symbol(self, key: Any) -> sp.Symbol:
        return self.parts.setdefault(key, sp.Symbol(f"[{len(self.parts)}]", real=True))

    def given(self) -> Given:
        """What is known of the symbols: dimensions are positive, entries of a Gibbs map are positive and at most 1; a
        sum of terms that are not negative is at least its term in the row of the entry, and the terms in rows that
        are named, and as positive as these."""
        out: list[Condition] = []
        for key, symbol in self.parts.items():
            kind = key[1][0][0][0] if key[0] == () else ""
            if kind in ("dim", "gibbs"):
                out += [(symbol, ">"), *([(1 - symbol, ">=")] if kind == "gibbs" else [])]
        entries = Given(out)
        for key, symbol in list(self.parts.items()):
            term = key[1] if key[0] == "sum" else sp.Mul(*map(self.of_factor, key[1])) if key[0] else sp.S.NegativeOne
            if entries.holds(term, ">="):
                out.append((symbol, ">" if entries.holds(term, ">") else ">="))
                if key[0] == "sum":
                    least = [term] * (key[2] == self.size) + [self._listed(term)]
                    out += [(symbol - part, ">=") for part in least if part != 0]
        return Given(out)

    def _listed(self, term: sp.Expr) -> sp.Expr:
        """The terms of a sum in the rows of which every entry is named in its columns."""
        plain = {key[1][0]: symbol for key, symbol in self.parts.items() if key[0] == () and len(key[1]) == 1}
        moving = {s: head for (head, at), s in plain.items() if at and s in term.free_symbols}
        if not moving or any(head[0] != "s" for head in moving.values()):
            return sp.S.Zero
        rows = sorted({head[2] for head, at in plain if head[0] == "s" and not at and len(head) == 3})
        swaps = [{s: plain.get(((*head, k), ())) for s, head in moving.items()} for k in rows]
        return sp.Add(*(term.xreplace(swap) for swap in swaps if None not in swap.values()))


def _moved(term: Term, swap: Mapping[int, int]) -> Term:
    """A term with other indices for 0 and 1; those that it sums over make room for them."""
    up = max(0, *(k - 1 for k in swap.values())) if swap else 0
    return tuple(
        (sizes, tuple((head, tuple(swap[k] if k in swap else k + up * (k > 1) for k in at)) for head, at in factors))
        for sizes, factors in term
    )


SCALAR = {"entries": entry_goals, "elementwise": elementwise_goals, "sums": sum_goals}
"""The rules that leave scalar goals."""
