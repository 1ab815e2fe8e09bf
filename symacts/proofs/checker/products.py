"""Sums of products of entries over summed indices, in one normal form. Part of the trusted core.

A factor is `(head, indices)`; indices 0 and 1 are the row and the column of the entry, larger ones are summed. A
component is `(sizes, factors)`: the factors that its summed indices 2, 3, ... connect, and how far these run. A term
is a sorted tuple of components; a form is a sorted tuple of terms with rational coefficients. Heads:

- `("s", A)`, `("s", x, k)`: an entry of a symbol, the entry k of a column; `("dim", n)`: a dimension;
- `("delta",)`: 1 where both indices agree, else 0; `("f", name, form)`: a function of an entry;
- `("inv", form, n)`: an entry of an inverse; `("over", form)`: one over an entry; `("det", form, n)`;
- `("gibbs", form, n)`, `("vector", name, form, n)`: of a column; `("jac", form, x, rows, columns)`.

>>> normal([(Fraction(2), ((DELTA, (0, 5)), (("s", "A"), (5, 1))), {5: "n"})])
(((((), ((('s', 'A'), (0, 1)),)),), Fraction(2, 1)),)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import count
from typing import Any

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.shapes import Dim

__all__ = ["DELTA", "UNIT", "Component", "Factor", "Form", "Sum", "Term", "flat", "indices_of", "normal", "scaled"]

MAX_STEPS = 500  # of rewriting products with inverses
MAX_ORDERS = 5_000  # in which the factors of one component are looked at
Factor = tuple[tuple[Any, ...], tuple[int, ...]]
Component = tuple[tuple[Dim, ...], tuple[Factor, ...]]
Term = tuple[Component, ...]
Form = tuple[tuple[Term, Fraction], ...]
Product = tuple[Fraction, tuple[Factor, ...], dict[int, Dim]]  # a coefficient, factors, the sizes of summed indices
Sum = list[Product]
DELTA = ("delta",)
UNIT: Form = (((((), ((DELTA, (0, 1)),)),), Fraction(1)),)
"""The form of the identity."""


def indices_of(term: Term) -> set[int]:
    """The indices that a term does not sum over."""
    return {k for _, factors in term for _, at in factors for k in at if k < 2}


def normal(terms: Sum) -> Form:
    """The normal form of a sum."""
    total: dict[Term, Fraction] = {}
    terms, steps = list(terms), 0
    while terms:
        c, factors, sizes = _contracted(*terms.pop())
        found = _cancelled(c, factors, sizes)
        if found is None:
            term = _canonical(factors, sizes)
            total[term] = total.get(term, Fraction(0)) + c
            continue
        steps += 1
        if steps > MAX_STEPS:
            raise UnsupportedExpression("the products with inverses grow too long")
        terms += found
    return tuple(sorted(((term, c) for term, c in total.items() if c), key=repr))


def flat(term: Term, at: Mapping[int, Any], fresh: Iterator[int]) -> tuple[tuple[Factor, ...], dict[int, Dim]]:
    """The factors of a term with fresh summed indices, and with the indices `at` for 0 and 1."""
    out: list[Factor] = []
    sizes: dict[int, Dim] = {}
    for bound, factors in term:
        swap = dict(at) | {k + 2: next(fresh) for k in range(len(bound))}
        sizes |= {swap[k + 2]: size for k, size in enumerate(bound)}
        out += _renamed(factors, swap)
    return tuple(out), sizes


def _renamed(factors: Any, swap: Mapping[int, Any]) -> list[Factor]:
    return [(head, tuple(swap.get(k, k) for k in at)) for head, at in factors]


def _contracted(c: Fraction, factors: Any, sizes: Mapping[int, Dim]) -> tuple[Fraction, list[Factor], dict[int, Dim]]:
    """`sum_k delta(i, k)*f(k) = f(i)`, `delta(i, j)*f(j) = delta(i, j)*f(i)`, `sum_k gibbs(k) = 1`, `sum_k 1 = n`."""
    sizes, done = dict(sizes), [f for f in factors if f[0] != DELTA]
    deltas = [at for head, at in factors if head == DELTA]
    kept: list[Factor] = []
    while deltas:
        a, b = deltas.pop()
        if a == b:
            continue
        if a in sizes and (b not in sizes or sizes[a] is None):
            a, b = b, a
        if b in sizes:
            sizes.pop(b)
        else:
            a, b = sorted((a, b))
            kept.append((DELTA, (a, b)))
        done = _renamed(done, {b: a})
        deltas = [tuple(a if k == b else k for k in at) for at in deltas]
    for k, size in list(sizes.items()):
        places = [f for f in done if k in f[1]]
        if len(places) == 1 and places[0][0][0] == "gibbs":
            done.remove(places[0])
        elif not places and size is None:
            raise UnsupportedExpression("the trace of I needs its size: write I(n)")
        elif not places and isinstance(size, int):
            c = c * size
        elif not places:
            done.append((("dim", size), ()))
        else:
            continue
        sizes.pop(k)
    return c, kept + done, sizes


def _canonical(factors: list[Factor], sizes: Mapping[int, Dim]) -> Term:
    """The term of a product: its components, each with its summed indices in an order of their own."""
    left, components = list(factors), []
    while left:
        part = [left.pop()]
        reached = {k for k in part[0][1] if k in sizes}
        while True:
            more = [f for f in left if reached.intersection(f[1])]
            if not more:
                break
            left = [f for f in left if f not in more]
            part += more
            reached |= {k for f in more for k in f[1] if k in sizes}
        budget = [MAX_ORDERS]
        components.append(_numbered(part, {}, sizes, budget))
    return tuple(sorted(components, key=repr))


def _numbered(part: list[Factor], names: dict[int, int], sizes: Mapping[int, Dim], budget: list[int]) -> Component:
    """The least way to write a component, one factor after the other, with a number for each summed index met."""
    if not part:
        return tuple(sizes[k] for k in names), ()
    budget[0] -= 1
    if budget[0] < 0:
        raise UnsupportedExpression("too many factors that look alike")

    def look(f: Factor) -> Any:  # what a factor is, as far as its indices are known; factors of two indices first
        at = [names.get(k, len(names) + 2 if k in sizes else k) for k in f[1]]
        return -len(f[1]), not names.keys() & set(f[1]), repr(f[0]), at

    least = min(map(look, part))
    found = []
    for f in dict.fromkeys(f for f in part if look(f) == least):
        more = dict(names)
        for k in f[1]:
            if k in sizes:
                more.setdefault(k, len(more) + 2)
        rest = list(part)
        rest.remove(f)
        bound, others = _numbered(rest, more, sizes, budget)
        found.append((bound, ((f[0], tuple(more.get(k, k) for k in f[1])), *others)))
    return min(found, key=repr)


def scaled(form: Form) -> tuple[Fraction, Form]:
    """A form as a multiple of one whose leading coefficient is 1."""
    if not form:
        raise UnsupportedExpression("the inverse of 0")
    c = _lead(form)[1]
    return c, tuple((term, d / c) for term, d in form)


def _lead(form: Form) -> tuple[Term, Fraction]:
    """The longest term of a form."""
    return max(form, key=lambda t: (sum(f[0] != DELTA for _, factors in t[0] for f in factors), repr(t)))


def _cancelled(c: Fraction, factors: list[Factor], sizes: dict[int, Dim]) -> Sum | None:
    """`w*inv(w + r) = I - r*inv(w + r)`, or the same from the right, or `s/(s + r) = 1 - r/(s + r)`; else None."""
    fresh = count(max((k for _, at in factors for k in at), default=1) + 2)
    for place, (head, at) in enumerate(factors):
        if head[0] not in ("inv", "over"):
            continue
        lead, scale = _lead(head[1])
        others = factors[:place] + factors[place + 1 :]
        ways: list[dict[Any, Any]] = [dict(zip(("row", "col"), at, strict=False))]
        if head[0] == "inv":  # the lead beside it shares the index that is summed
            ways = [{"col": at[0]}, {"row": at[1]}] if at[0] != at[1] else []
        for start in ways:
            pattern, bound = flat(lead, {0: "row", 1: "col"}, fresh)
            found = _matched(list(pattern), others, start, bound, sizes)
            if found is None:
                continue
            swap, rest = found[0], list(found[1])
            inside, ends = {swap.get(k) for k in bound}, {0: swap.get("row"), 1: swap.get("col")}
            shared = set(start.values()) if head[0] == "inv" else set()
            elsewhere = {k for f in rest for k in f[1]}
            if not shared <= sizes.keys() or (shared and (None in ends.values() or ends[0] == ends[1])):
                continue
            if inside & (elsewhere | {*at, *ends.values()}) or shared & elsewhere:
                continue
            left = {k: s for k, s in sizes.items() if k not in inside}
            out: Sum = []
            for term, d in head[1]:
                if term != lead:
                    more, their = flat(term, ends, fresh)
                    out.append((-c * d / scale, (*rest, *more, (head, at)), left | their))
            if shared:
                outer: tuple[Any, Any] = (ends[0], at[1]) if "col" in start else (at[0], ends[1])
                rest.append((DELTA, outer))
            return [*out, (c / scale, tuple(rest), {k: s for k, s in left.items() if k not in shared})]
    return None


def _matched(
    pattern: list[Factor],
    factors: list[Factor],
    swap: dict[Any, Any],
    bound: Mapping[int, Dim],
    sizes: Mapping[int, Dim],
) -> tuple[dict[Any, Any], list[Factor]] | None:
    """Which indices make all factors of a pattern factors of the product, and what is left of it; else None."""
    if not pattern:
        return swap, factors
    pattern = sorted(pattern, key=lambda f: -sum(k in swap for k in f[1]))
    (head, at), *more = pattern
    for place, (other, there) in enumerate(factors):
        if other != head:
            continue
        new = dict(swap)
        for k, v in zip(at, there, strict=True):
            if new.setdefault(k, v) != v or (k in bound and v not in sizes):
                break
        else:
            if len({new[k] for k in bound if k in new}) == sum(k in new for k in bound):
                found = _matched(more, factors[:place] + factors[place + 1 :], new, bound, sizes)
                if found is not None:
                    return found
    return None
