"""Sums of squares: of a quadratic form, of Lagrange's identity, of binomials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sympy as sp

from symacts.codec import encode
from symacts.proofs.check import Goal
from symacts.proofs.checker.goals import resolved
from symacts.proofs.checker.normal import is_zero
from symacts.proofs.search import Node, Search, has_operators, is_plausible
from symacts.proofs.tactics.binomials import binomial_squares
from symacts.proofs.tactics.equations import square_root

__all__ = ["binomials", "sums_of_squares"]

MULTIPLES = (sp.S.Half, sp.S.One, sp.Integer(2))  # of a hypothesis
MAX_DEGREE = 8  # of a polynomial written as squares of binomials


def sums_of_squares(goal: Goal, search: Search) -> Iterator[Node]:
    """Complete squares of a quadratic form; differences for one whose rows sum to zero; Lagrange's identity."""
    if goal.relation != "<=" or has_operators(goal.lhs, goal.rhs):
        return
    lhs, rhs = resolved(goal)
    yield from _of_squares(goal, lhs, rhs)
    waves: dict[sp.Expr, sp.Expr] = {}
    g = _homogeneous(rhs - lhs, waves)
    numerator, denominator = sp.fraction(sp.together(g))
    symbols = sorted(
        (s for s in g.free_symbols if numerator.is_polynomial(s) and s not in denominator.free_symbols), key=str
    )
    if not 2 <= len(symbols) <= 10:
        return
    form = sp.Poly(numerator, *symbols)
    for terms in (_completed(form), _differences(form, symbols), _lagrange(form, symbols)):
        if terms:
            yield summed(((w / denominator).xreplace(waves), b.xreplace(waves)) for w, b in terms)
    if denominator == 1 and form.total_degree() <= 2 and not waves:
        yield from _beside_hypotheses(goal, form)


def _homogeneous(g: sp.Expr, waves: dict[sp.Expr, sp.Expr]) -> sp.Expr:
    """A polynomial in the cosine and the sine of one argument with terms of one degree in these, named in `waves`."""
    arguments = {f.args[0] for f in g.atoms(sp.cos, sp.sin)}
    if len(arguments) != 1:
        return g
    (u,), c, s = arguments, sp.Dummy("c", real=True), sp.Dummy("s", real=True)
    marked = g.xreplace({sp.cos(u): c, sp.sin(u): s})
    if not marked.is_polynomial(c, s):
        return g
    terms = sp.Poly(marked, c, s).terms()
    degree = max(i + j for (i, j), _ in terms)
    if any((degree - i - j) % 2 for (i, j), _ in terms):
        return g
    waves |= {c: sp.cos(u), s: sp.sin(u)}
    return sp.Add(*(k * c**i * s**j * (c**2 + s**2) ** ((degree - i - j) // 2) for (i, j), k in terms))


def _beside_hypotheses(goal: Goal, form: sp.Poly) -> Iterator[Node]:
    """A quadratic form less a multiple of a hypothesis is a sum of squares."""
    for e, op in goal.given.conditions:
        h = sp.Poly(e, *form.gens) if op in (">", ">=") and e.is_polynomial(*form.gens) else None
        if h is None or h.total_degree() != 2:
            continue
        ends = [p.coeff_monomial(1) for p in (form, h)]
        for c in (ends[0] / ends[1],) if 0 not in ends else MULTIPLES:
            rest = form - c * h
            if c > 0 and _completed(rest):
                yield {"rule": "lemma", "shows": [[encode(rest.as_expr()), ">="]], "keep": True}


def _of_squares(goal: Goal, lhs: sp.Expr, rhs: sp.Expr) -> Iterator[Node]:
    """`u**2 <= v**2` where v >= 0 by `-v <= u <= v`."""
    u, v = square_root(lhs), square_root(rhs)
    if u is None or v is None or u.is_number:
        return
    v = -v if goal.given.holds(v, "<=") else v
    if not goal.given.holds(v, ">="):
        yield {"rule": "cases", "on": encode(v), "parts": ["<", ">="]}
    elif all(goal.given.holds(v + way * u, ">=") for way in (1, -1)):
        yield {"rule": "factor", "by": encode(v + u), "rest": encode(v - u)}
    else:
        yield {"rule": "lemma", "shows": [[encode(v + way * u), ">="] for way in (1, -1)], "keep": True}


def binomials(goal: Goal, search: Search) -> Iterator[Node]:
    """A polynomial, over a denominator of one sign, as a sum of squares of binomials."""
    if goal.relation != "<=" or has_operators(goal.lhs, goal.rhs):
        return
    lhs, rhs = resolved(goal)
    numerator, denominator = sp.fraction(sp.together(rhs - lhs))
    symbols = sorted(numerator.free_symbols | denominator.free_symbols, key=str)
    if not 2 <= len(symbols) <= 5 or not numerator.is_polynomial(*symbols):
        return
    way = -1 if goal.given.holds(denominator, "<") else 1
    form = sp.Poly(way * numerator, *symbols)
    if form.total_degree() > MAX_DEGREE or not goal.given.holds(way * denominator, ">") or not is_plausible(goal):
        return
    terms = binomial_squares(form, frozenset(s for s in symbols if goal.given.holds(s, ">=")))
    if terms:
        yield summed((way * w / denominator, b) for w, b in terms)


def summed(terms: Iterable[tuple[sp.Expr, sp.Expr]]) -> Node:
    """The goal for the sum of `w*b**2`, each term a product: its sign is read off the weights."""
    total = sp.Add(*(sp.Mul(w, b**2) for w, b in terms))
    return {"rule": "factor", "by": encode(sp.S.One), "rest": encode(total), "cost": 0}


def _completed(form: sp.Poly) -> list[tuple[sp.Expr, sp.Expr]] | None:
    """Squares of a polynomial of degree two with rational coefficients."""
    if form.total_degree() != 2 or (not form.domain.is_ZZ and not form.domain.is_QQ):
        return None
    rest, terms = form.as_expr(), []
    for s in form.gens:
        square = sp.Poly(rest, *form.gens).coeff_monomial(s**2)
        if square == 0:
            continue
        base = sp.expand(sp.diff(rest, s) / (2 * square))
        terms.append((square, base))
        rest = sp.expand(rest - square * base**2)
    if not rest.is_Rational or rest < 0 or any(w < 0 for w, _ in terms):
        return None
    return [*terms, (rest, sp.S.One)] if rest else terms


def _differences(form: sp.Poly, symbols: list[sp.Symbol]) -> list[tuple[sp.Expr, sp.Expr]] | None:
    """`sum -M_ij*(v_i - v_j)**2` over i < j, where every row of the matrix M sums to zero."""
    if form.homogeneous_order() != 2:
        return None
    terms = []
    total = sp.S.Zero
    for k, a in enumerate(symbols):
        for b in symbols[k + 1 :]:
            weight = sp.factor(-form.coeff_monomial(a * b) / 2)
            terms.append((weight, a - b))
            total += weight * (a - b) ** 2
    return terms if is_zero(form.as_expr() - total) else None


def _lagrange(form: sp.Poly, symbols: list[sp.Symbol]) -> list[tuple[sp.Expr, sp.Expr]] | None:
    """Squares of `a*d - b*c` read off the terms `a**2*d**2` and `-2*a*b*c*d`, and of monomials that are left."""
    if form.total_degree() != 4 or not (form.domain.is_ZZ or form.domain.is_QQ):
        return None
    rest, terms = form.as_expr(), []
    for monomial, c in form.terms():
        held = [s for s, k in zip(form.gens, monomial, strict=True) if k == 1]
        if c >= 0 or len(held) != 4 or any(k > 1 for k in monomial):
            continue
        for k in range(1, 4):
            a, d = held[0], held[k]
            b, e = (s for s in held[1:] if s is not d)
            now = sp.Poly(rest, *form.gens)
            if now.coeff_monomial(a**2 * d**2) >= -c / 2 and now.coeff_monomial(b**2 * e**2) >= -c / 2:
                terms.append((-c / 2, a * d - b * e))
                rest = sp.expand(rest + c / 2 * (a * d - b * e) ** 2)
                break
    for monomial, c in sp.Poly(rest, *form.gens).terms():
        if c == 0:
            continue
        if c < 0 or any(k % 2 for k in monomial):
            return None
        terms.append((c, sp.Mul(*[s ** (k // 2) for s, k in zip(form.gens, monomial, strict=True)])))
    return terms
