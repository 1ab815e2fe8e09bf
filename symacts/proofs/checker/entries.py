"""The entries of matrix expressions with concrete shapes, as formulas. Trusted core.

>>> matrix(("mul", ("num", "2"), ("sym", "x")), {"x": (2, 1)}, {})
Matrix([
[2*x_1_1],
[2*x_2_1]])
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.contractions import Contractions
from symacts.proofs.checker.entail import Given
from symacts.proofs.checker.forms import is_analytic
from symacts.proofs.checker.normal import is_zero
from symacts.proofs.checker.products import DELTA, Form
from symacts.proofs.checker.shapes import Shape, Shapes
from symacts.spec import i, n, xs

__all__ = ["X", "applied", "assigned", "matrix"]

MAX_ENTRIES = 64
MAX_INVERSE = 4
Values = Mapping[str, sp.Matrix]

X = sp.Symbol("x", real=True)
"""The argument of an elementwise function."""


def matrix(
    tree: Any, shapes: Shapes, definitions: Mapping[str, sp.Expr], values: Values | None = None, like: Any = None
) -> sp.Matrix:
    """The entries of a tree, in the shape of the tree `like`; symbols become `name_i_j` unless `values` gives them."""
    found = Contractions(shapes)
    shape = found.sizes.of(tree)
    if shape.is_free and like is not None:
        shape = found.sizes.of(like)
    return _Numbers(shapes, definitions, values or {}).matrix(found.form(tree, shape), shape)


class _Numbers:
    """The values of forms at indices that are numbers."""

    def __init__(self, shapes: Shapes, definitions: Mapping[str, sp.Expr], values: Values) -> None:
        self.shapes, self.definitions, self.values = shapes, definitions, values
        self._held: dict[Any, sp.Expr] = {}

    def matrix(self, form: Form, shape: Shape) -> sp.Matrix:
        rows, cols = _size(shape.rows), _size(shape.cols)
        if rows * cols > MAX_ENTRIES:
            raise UnsupportedExpression("concrete small shapes are needed")
        return sp.Matrix(rows, cols, lambda r, c: self.of_form(form, (c,) if rows == 1 else (r, c)))

    def of_form(self, form: Form, at: Any) -> sp.Expr:
        """A form with the numbers `at` for the indices 0 and 1."""
        return sp.Add(
            *(
                sp.Mul(sp.Rational(c.numerator, c.denominator), *(self.of_component(part, at) for part in term))
                for term, c in form
            )
        )

    def of_component(self, part: Any, at: Any) -> sp.Expr:
        sizes, factors = part
        places = product(*(range(_size(size)) for size in sizes))
        known = [{**dict(enumerate(at)), **{k + 2: p for k, p in enumerate(place)}} for place in places]
        return sp.Add(*(sp.Mul(*(self.of_factor(head, [k[a] for a in to]) for head, to in factors)) for k in known))

    def of_factor(self, head: Any, at: list[int]) -> sp.Expr:
        key = (head, *at)
        if key not in self._held:
            self._held[key] = (
                sp.Integer(at[0] == at[1]) if head == DELTA else getattr(self, "_" + head[0])(at, *head[1:])
            )
        return self._held[key]

    def _s(self, at: list[int], name: str, *index: int) -> sp.Expr:
        r, c = (0, *at, 0)[:2] if self.shapes[name][0] == 1 else (*index, *at, 0, 0)[:2]
        return self.values[name][r, c] if name in self.values else _symbol(name, r, c)

    def _f(self, at: list[int], name: str, form: Form) -> sp.Expr:
        """Where entries have values, off the borders of branches, derivatives are those of the formula."""
        inner = self.of_form(form, at)
        if self.values:
            return sp.diff(_defined(name.rstrip("'"), self.definitions), (X, name.count("'"))).xreplace({X: inner})
        return applied(name, inner, self.definitions)

    def _over(self, at: list[int], form: Form) -> sp.Expr:
        return 1 / _regular(self.of_form(form, at))

    def _rows(self, form: Form, size: Any) -> list[list[sp.Expr]]:
        if _size(size) > MAX_INVERSE:
            raise UnsupportedExpression("too large a determinant")
        return [[self.of_form(form, (r, c)) for c in range(size)] for r in range(size)]

    def _det(self, at: list[int], form: Form, size: Any) -> sp.Expr:
        return _expansion(self._rows(form, size))

    def _inv(self, at: list[int], form: Form, size: Any) -> sp.Expr:
        """By Cramer's rule."""
        rows, (c, r) = self._rows(form, size), at
        minor = _expansion([[e for k, e in enumerate(row) if k != c] for j, row in enumerate(rows) if j != r])
        return (-1) ** (r + c) * minor / _regular(self.of_factor(("det", form, size), []))

    def _gibbs(self, at: list[int], form: Form, size: Any) -> sp.Expr:
        powers = [sp.exp(self.of_form(form, (k,))) for k in range(_size(size))]
        return powers[at[0]] / sp.Add(*powers)

    def _vector(self, at: list[int], name: str, form: Form, size: Any) -> sp.Expr:
        """An entry of a map of columns whose formula for entry i is written in `x[i]`, n and sums over j."""
        if name not in self.definitions:
            raise UnsupportedExpression(f"the claim does not define {name!r}")
        column = [self.of_form(form, (k,)) for k in range(_size(size))]
        concrete = self.definitions[name].subs(n, len(column)).doit().subs(i, (*at, 0)[0])
        value = concrete.xreplace({xs[k]: e for k, e in enumerate(column)})
        if value.has(sp.Sum, sp.IndexedBase) or {i, n} & value.free_symbols:
            raise UnsupportedExpression("the formula of the map is not read")
        return value

    def _jac(self, at: list[int], form: Form, name: str, rows: Any, cols: Any) -> sp.Expr:
        row, column = at[:1] if rows != 1 else [], at[-1] if cols != 1 else 0
        plain = _Numbers(self.shapes, self.definitions, {})
        slope = sp.diff(plain.of_form(form, row), _symbol(name, column, 0))
        if slope.has(sp.Derivative):
            raise UnsupportedExpression("an entry is not differentiable by formula")
        return slope.xreplace(assigned(self.values))


def _size(size: Any) -> int:
    """A number of rows or columns, small."""
    if type(size) is not int or not 1 <= size <= MAX_ENTRIES:
        raise UnsupportedExpression("concrete small shapes are needed")
    return size


def _expansion(rows: list[list[sp.Expr]]) -> sp.Expr:
    """A determinant along its first row; SymPy's simplify their entries."""
    if not rows:
        return sp.S.One
    minors = (_expansion([row[:k] + row[k + 1 :] for row in rows[1:]]) for k in range(len(rows)))
    return sp.Add(*((-1) ** k * e * minor for k, (e, minor) in enumerate(zip(rows[0], minors, strict=True))))


def _regular(determinant: sp.Expr) -> sp.Expr:
    """Fails for what vanishes everywhere, and for a number that is not seen to differ from 0."""
    if is_zero(determinant) or not (determinant.free_symbols or Given().holds(determinant, "!=")):
        raise UnsupportedExpression("the inverse of a singular matrix")
    return determinant


def _symbol(name: str, r: int, c: int) -> sp.Symbol:
    return sp.Symbol(f"{name}_{r + 1}_{c + 1}", real=True)


def assigned(values: Values) -> dict[sp.Expr, sp.Expr]:
    """The values of entries as a replacement of their symbols."""
    return {_symbol(name, r, c): m[r, c] for name, m in values.items() for r in range(m.rows) for c in range(m.cols)}


def applied(name: str, inner: sp.Expr, definitions: Mapping[str, sp.Expr]) -> sp.Expr:
    """An elementwise function, or a derivative of one, of an entry; a derivative at a kink is left to the rules about
    numbers: f(u)' = f'(u)*u'."""
    function, order = _defined(name.rstrip("'"), definitions), name.count("'")
    if not order or is_analytic(function):
        return sp.diff(function, (X, order)).xreplace({X: inner})
    for s in sorted(inner.free_symbols, key=str) if order == 1 else ():
        slope = sp.diff(inner, s)
        if slope.is_Rational and slope:
            return sp.Derivative(function.xreplace({X: inner}), s) / slope
    raise UnsupportedExpression(f"the derivative of {name[:-1]!r} is taken where it is analytic")


def _defined(name: str, definitions: Mapping[str, sp.Expr]) -> sp.Expr:
    """The formula of an elementwise function in `x`."""
    if name not in definitions or definitions[name].free_symbols - {X}:
        raise UnsupportedExpression(f"the claim does not define {name!r}")
    return definitions[name]
