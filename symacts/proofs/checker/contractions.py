"""What the entries of a matrix expression are, for shapes of any size: sums of products over indices. Trusted core.

>>> A, B = ("sym", "A"), ("sym", "B")
>>> entries = Contractions({"A": ("m", "n"), "B": ("n", "p")})
>>> entries.form(("T", ("mul", A, B))) == entries.form(("mul", ("T", B), ("T", A)))
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import count
from typing import Any

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.products import DELTA, UNIT, Form, Sum, flat, indices_of, normal, scaled
from symacts.proofs.checker.shapes import Dim, Shape, Shapes, Sizes, number

__all__ = ["Contractions"]

_DIAGONAL = UNIT[0][0][0]


class Contractions:
    """The entries of trees over symbols of known shapes; an index along a dimension of 1 is None."""

    def __init__(self, shapes: Shapes) -> None:
        self.sizes = Sizes(shapes)
        self._fresh = count(2)
        self._forms: dict[Any, Form] = {}

    # -- forms -----------------------------------------------------------------------------------------------------
    def form(self, tree: Any, shape: Shape | None = None) -> Form:
        """The normal form of the entry (0, 1) of a tree, which has this shape where its own is free."""
        own = self.sizes.of(tree)
        shape = own if shape is None or not own.is_free else shape
        return self._form_at(tree, None if shape.rows == 1 else 0, None if shape.cols == 1 else int(shape.rows != 1))

    def atom(self, tree: Any, i: Any, j: Any, *, symmetric: bool = False) -> tuple[Form, tuple[int, ...]]:
        """The normal form of an entry in the indices 0 and 1, and the indices that stand for these.

        With `symmetric` for what commutes with the transpose: of a matrix and its transpose the lesser form counts.
        """
        shape = self.sizes.of(tree)
        tall, wide = shape.rows != 1, shape.cols != 1
        if not (tall and wide):
            at = tuple(k for k, is_long in ((i, tall), (j, wide)) if is_long)
            return self.form(tree), at
        form = self._form_at(tree, 0, 1)
        turned = self._form_at(tree, 1, 0) if symmetric else form
        return (turned, (j, i)) if repr(turned) < repr(form) else (form, (i, j))

    def _form_at(self, tree: Any, i: Any, j: Any) -> Form:
        key = (tree, i, j)
        if key not in self._forms:
            self._forms[key] = normal(self.entry(*key))
        return self._forms[key]

    def entry(self, tree: Any, i: Any, j: Any) -> Sum:
        """The entry in row i and column j."""
        self.sizes.of(tree)
        rule = getattr(self, "_" + tree[0])
        return list(rule(i, j, *tree[1:]))

    def spread(self, form: Form, at: Mapping[int, Any]) -> Sum:
        """The sum that a form is, with the indices `at` for 0 and 1."""
        out: Sum = []
        for term, c in form:
            factors, sizes = flat(term, at, self._fresh)
            out.append((c, factors, sizes))
        return out

    # -- sums ------------------------------------------------------------------------------------------------------
    def number(self, value: Fraction) -> Sum:
        return [(value, (), {})] if value else []

    def plus(self, parts: list[Sum]) -> Sum:
        return [p for part in parts for p in part]

    def times(self, a: Sum, b: Sum) -> Sum:
        return [(c * d, f + g, {**s, **t}) for c, f, s in a for d, g, t in b]

    def delta(self, i: Any, j: Any) -> Sum:
        return self.number(Fraction(1)) if i is None else self.factor(DELTA, i, j)

    def factor(self, head: tuple[Any, ...], *at: Any) -> Sum:
        return [(Fraction(1), ((head, tuple(k for k in at if k is not None)),), {})]

    def total(self, size: Dim, term: Callable[[Any], Sum]) -> Sum:
        if size == 1:
            return term(None)
        k = next(self._fresh)
        return [(c, factors, {**sizes, k: size}) for c, factors, sizes in term(k)]

    def symbol(self, name: str, i: Any, j: Any) -> Sum:
        return self.factor(("s", name, i[1])) if isinstance(i, tuple) else self.factor(("s", name), i, j)

    # -- operations ------------------------------------------------------------------------------------------------
    def _sym(self, i: Any, j: Any, name: str) -> Sum:
        return self.symbol(name, i, j)

    def _num(self, i: Any, j: Any, text: str) -> Any:
        return self.number(number(text))

    def _entry(self, i: Any, j: Any, name: str, k: int) -> Any:
        return self.symbol(name, ("at", k), None)

    def _I(self, i: Any, j: Any, *size: Any) -> Any:
        return self.delta(i, j)

    def _ones(self, i: Any, j: Any, *sizes: Any) -> Any:
        return self.number(Fraction(1))

    def _zeros(self, i: Any, j: Any, *sizes: Any) -> Any:
        return self.number(Fraction(0))

    def _add(self, i: Any, j: Any, *trees: Any) -> Any:
        """A number in a sum of columns is added to each entry."""
        places = ((None, None) if self.sizes.of(t).is_scalar else (i, j) for t in trees)
        return self.plus([self.entry(t, *place) for t, place in zip(trees, places, strict=True)])

    def _mul(self, i: Any, j: Any, *trees: Any) -> Any:
        if len(trees) == 1:
            return self.entry(trees[0], i, j)
        left, right = ("mul", *trees[:-1]), trees[-1]
        a, b = self.sizes.of(left), self.sizes.of(right)
        if a.is_scalar or b.is_scalar:
            places = ((None, None), (i, j)) if a.is_scalar else ((i, j), (None, None))
            return self.times(self.entry(left, *places[0]), self.entry(right, *places[1]))
        size = b.rows if a.is_free else a.cols
        return self.total(size, lambda k: self.times(self.entry(left, i, k), self.entry(right, k, j)))

    def _T(self, i: Any, j: Any, tree: Any) -> Any:
        return self.entry(tree, j, i)

    def _tr(self, i: Any, j: Any, tree: Any) -> Any:
        return self.total(self.sizes.of(tree).rows, lambda k: self.entry(tree, k, k))

    def _fro2(self, i: Any, j: Any, tree: Any) -> Any:
        shape = self.sizes.of(tree)

        def square(k: Any, l: Any) -> Any:
            return self.times(self.entry(tree, k, l), self.entry(tree, k, l))

        return self.total(shape.rows, lambda k: self.total(shape.cols, lambda l: square(k, l)))

    def _diag(self, i: Any, j: Any, tree: Any) -> Any:
        return self.times(self.delta(i, j), self.entry(tree, i, None))

    def _map(self, i: Any, j: Any, name: str, tree: Any) -> Sum:
        form, at = self.atom(tree, i, j, symmetric=True)
        return self.factor(("f", name, form), *at)

    def _gibbs(self, i: Any, j: Any, tree: Any) -> Sum:
        """What is added to each entry is left out; of one entry it is 1."""
        rows = self.sizes.of(tree).rows
        form = tuple(t for t in self.form(tree) if indices_of(t[0]))
        return self.number(Fraction(1)) if rows == 1 else self.factor(("gibbs", form, rows), i)

    def _vector(self, i: Any, j: Any, name: str, tree: Any) -> Sum:
        return self.factor(("vector", name, self.form(tree), self.sizes.of(tree).rows), i)

    def _inv(self, i: Any, j: Any, tree: Any) -> Sum:
        """`inv(A*B) = inv(B)*inv(A)` for square A and B, `inv(inv(A)) = A`, `inv(T(A)) = T(inv(A))`."""
        shape = self.sizes.of(tree)
        parts = [self.sizes.of(t) for t in tree[1:]] if tree[0] == "mul" else []
        if parts and all(p.rows == p.cols for p in parts):
            return self.entry(("mul", *(("inv", t) for t in reversed(tree[1:]))), i, j)
        if tree[0] in ("inv", "T"):
            return self.entry(tree[1], i, j) if tree[0] == "inv" else self.entry(("inv", tree[1]), j, i)
        form, at = self.atom(tree, i, j, symmetric=True)
        if shape.is_scalar:
            return self._over(form, at)
        if all(_DIAGONAL in term for term, _ in form):  # a diagonal matrix: one over each entry
            entries: Form = tuple((tuple(part for part in term if part != _DIAGONAL), c) for term, c in form)
            return self.times(self.delta(i, j), self._over(entries, at))
        c, form = scaled(form)
        return self.times(self.number(1 / c), self.factor(("inv", form, shape.rows), *at))

    def _over(self, form: Form, at: tuple[int, ...]) -> Sum:
        """One over an entry; of a product the product of those of its components."""
        c, form = scaled(form)
        total = self.number(1 / c)
        if len(form) > 1:
            return self.times(total, self.factor(("over", form), *at))
        for component in form[0][0]:
            part: Form = (((component,), Fraction(1)),)
            (head, _), *more = component[1]
            places = at if indices_of(part[0][0]) else ()
            if head[0] == "over" and not more and not component[0]:
                total = self.times(total, self.spread(head[1], dict(enumerate(places))))
            else:
                total = self.times(total, self.factor(("over", part), *places))
        return total

    def _det(self, i: Any, j: Any, tree: Any) -> Sum:
        """`det(A*B) = det(A)*det(B)` for square A and B, `det(inv(A)) = 1/det(A)`."""
        shape = self.sizes.of(tree)
        if shape.is_scalar:
            return self.entry(tree, None, None)
        if tree[0] == "mul" and all(self.sizes.of(t) == shape for t in tree[1:]):
            return self.entry(("mul", *(("det", t) for t in tree[1:])), None, None)
        if tree[0] == "inv":
            return self.entry(("inv", ("det", tree[1])), None, None)
        form, _ = self.atom(tree, 0, 1, symmetric=True)
        return self.number(Fraction(1)) if form == UNIT else self.factor(("det", form, shape.rows))

    # -- derivatives -----------------------------------------------------------------------------------------------
    def _jacobian(self, i: Any, j: Any, tree: Any, variable: Any) -> Sum:
        name, form = variable[1], self.atom(tree, i, None)[0]
        try:
            return self._derived(self.spread(form, {0: i}), name, j)
        except UnsupportedExpression:  # no rule: one factor, about which nothing is known
            rows, cols = self.sizes.of(tree).rows, self.sizes.of(variable).rows
            return self.factor(("jac", form, name, rows, cols), i, j)

    def _derived(self, terms: Sum, name: str, j: Any) -> Sum:
        """The derivative by the entry j of a column, by the rule for products."""
        out: Sum = []
        for c, factors, sizes in terms:
            for k, (head, at) in enumerate(factors):
                rest = [(c, factors[:k] + factors[k + 1 :], sizes)]
                out += self.times(rest, self._slope(head, at, name, j))
        return out

    def _slope(self, head: tuple[Any, ...], at: tuple[int, ...], name: str, j: Any) -> Sum:
        if head == ("s", name):
            return self.delta(at[0] if at else None, j)
        if not _mentions(head, name):
            return []
        itself = self.factor(head, *at)

        def inner(*places: Any) -> Sum:
            form = head[2] if head[0] == "f" else head[1]
            return self._derived(self.spread(form, dict(enumerate(places))), name, j)

        if head[0] == "f":
            return self.times(self.factor(("f", head[1] + "'", head[2]), *at), inner(*at))
        if head[0] == "over":
            return self.times(self.number(Fraction(-1)), self.times(self.times(itself, itself), inner(*at)))
        if head[0] == "gibbs":  # dp_i = p_i*(du_i - sum p_k*du_k)
            mean = self.total(head[2], lambda k: self.times(self.factor(head, k), inner(k)))
            return self.times(itself, self.plus([inner(*at), self.times(self.number(Fraction(-1)), mean)]))
        if head[0] == "inv":  # d(inv(A)) = -inv(A)*dA*inv(A)
            a, b = at

            def between(k: Any, l: Any) -> Any:
                return self.times(self.times(self.factor(head, a, k), inner(k, l)), self.factor(head, l, b))

            both = self.total(head[2], lambda k: self.total(head[2], lambda l: between(k, l)))
            return self.times(self.number(Fraction(-1)), both)
        raise UnsupportedExpression(f"no derivative of {head[0]!r} by a column")


def _mentions(part: Any, name: str) -> bool:
    """Whether a column occurs in a head."""
    if not isinstance(part, tuple):
        return False
    return part[:2] == ("s", name) or any(_mentions(p, name) for p in part)
