"""Polynomials as sums of squares of binomials and of monomials that are not negative, by exact linear programming.

Each square is `c*m*(u - w)**2` with monomials m, u, w, m >= 0: it pays for the monomial `m*u*w` with `m*u**2` and
`m*w**2`. What is left must have nonnegative coefficients on monomials >= 0, and none on others.

>>> import sympy as sp
>>> x, y = sp.symbols("x y", real=True)
>>> binomial_squares(sp.Poly(x**2 - 2*x*y + 3*y**2, x, y), frozenset())
[(1, -x + y), (2, y)]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction as Q
from itertools import combinations

import sympy as sp

__all__ = ["binomial_squares", "nonnegative_solution"]

MOST_MONOMIALS, MOST_SQUARES, MOST_PIVOTS = 90, 400, 400
Monomial = tuple[int, ...]


def binomial_squares(form: sp.Poly, nonnegative: frozenset[sp.Symbol]) -> list[tuple[sp.Expr, sp.Expr]] | None:
    """Pairs (weight, base) with `form = sum weight*base**2` and weights >= 0 where the given symbols are, or None."""
    if not (form.domain.is_ZZ or form.domain.is_QQ):
        return None
    wanted = {m: Q(int(c.p), int(c.q)) for m, c in form.terms() for c in [sp.Rational(c)]}
    grid = list(_grid(list(wanted)))
    if len(grid) > MOST_MONOMIALS:
        return None
    odd = [k for k, s in enumerate(form.gens) if s not in nonnegative]
    squares = [(p, q) for p, q in combinations(grid, 2) if _is_square(p, q, odd)]
    alone = [m for m in grid if not any(m[k] % 2 for k in odd)]
    if len(squares) > MOST_SQUARES:
        return None
    row = {m: k for k, m in enumerate(grid)}
    columns: list[dict[int, Q]] = []
    for p, q in squares:
        middle = tuple((a + b) // 2 for a, b in zip(p, q, strict=True))
        columns.append({row[p]: Q(1), row[q]: Q(1), row[middle]: Q(-2)})
    columns += [{row[m]: Q(1)} for m in alone]
    found = nonnegative_solution(columns, [wanted.get(m, Q(0)) for m in grid])
    if found is None:
        return None
    terms = []
    for c, (p, q) in zip(found, squares, strict=False):
        if c:
            least = tuple(map(min, p, q))
            u, w = (tuple((a - b) // 2 for a, b in zip(m, least, strict=True)) for m in (p, q))
            terms.append((_rational(c) * _product(form, least), _product(form, u) - _product(form, w)))
    for c, m in zip(found[len(squares) :], alone, strict=True):
        if c:
            root = tuple(k // 2 for k in m)
            rest = tuple(k % 2 for k in m)
            terms.append((_rational(c) * _product(form, rest), _product(form, root)))
    return terms


def _grid(support: Sequence[Monomial]) -> Iterator[Monomial]:
    """The monomials within the degrees of the support, each variable's and the total one."""
    tops = [max(ks) for ks in zip(*support, strict=True)]
    low, high = min(map(sum, support)), max(map(sum, support))

    def extended(head: Monomial) -> Iterator[Monomial]:
        if len(head) == len(tops):
            if sum(head) >= low:
                yield head
            return
        for k in range(min(tops[len(head)], high - sum(head)) + 1):
            yield from extended((*head, k))

    yield from extended(())


def _is_square(p: Monomial, q: Monomial, odd: Sequence[int]) -> bool:
    """Whether `p + q - 2*sqrt(p*q)` is a monomial >= 0 times the square of a difference of monomials."""
    return not any((a - b) % 2 for a, b in zip(p, q, strict=True)) and not any(min(p[k], q[k]) % 2 for k in odd)


def _product(form: sp.Poly, m: Monomial) -> sp.Expr:
    return sp.Mul(*[s**k for s, k in zip(form.gens, m, strict=True)])


def _rational(c: Q) -> sp.Rational:
    return sp.Rational(c.numerator, c.denominator)


def nonnegative_solution(columns: Sequence[dict[int, Q]], target: Sequence[Q]) -> list[Q] | None:
    """c >= 0 with `sum c_k*columns[k] = target`, exactly, by the simplex method (Bland's rule); None where none is
    found.

    >>> nonnegative_solution([{0: Q(1)}, {0: Q(-1), 1: Q(1)}], [Q(1), Q(2)])
    [Fraction(3, 1), Fraction(2, 1)]
    >>> nonnegative_solution([{0: Q(1), 1: Q(1)}], [Q(1), Q(-1)]) is None
    True
    """
    count = len(target)
    signs = [-1 if t < 0 else 1 for t in target]
    rows = [{k: signs[i] * column[i] for k, column in enumerate(columns) if i in column} for i in range(count)]
    values = [abs(t) for t in target]
    basis: list[int] = [-1 - i for i in range(count)]  # negative: what is still missing of a row
    for _ in range(MOST_PIVOTS):
        missing = [i for i in range(count) if basis[i] < 0]
        if not any(values[i] for i in missing):
            out = [Q(0)] * len(columns)
            for i, k in enumerate(basis):
                if k >= 0:
                    out[k] = values[i]
            return out
        price: dict[int, Q] = {}
        for i in missing:
            for k, a in rows[i].items():
                price[k] = price.get(k, Q(0)) + a
        entering = min((k for k, v in price.items() if v > 0), default=None)
        if entering is None:
            return None
        ratios = [(values[i] / rows[i][entering], basis[i], i) for i in range(count) if rows[i].get(entering, 0) > 0]
        at = min(ratios)[2]
        _pivot(rows, values, at, entering)
        basis[at] = entering
    return None


def _pivot(rows: list[dict[int, Q]], values: list[Q], at: int, entering: int) -> None:
    a = rows[at][entering]
    rows[at] = {k: v / a for k, v in rows[at].items()}
    values[at] /= a
    for i, row in enumerate(rows):
        factor = row.get(entering, Q(0))
        if i == at or not factor:
            continue
        for k, v in rows[at].items():
            left = row.get(k, Q(0)) - factor * v
            if left:
                row[k] = left
            else:
                row.pop(k, None)
        values[i] -= factor * values[at]
