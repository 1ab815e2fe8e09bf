"""Inequalities by convexity: a chord above the function, weighted means of exponentials, logarithms as new variables.

>>> import sympy as sp
>>> x, y = sp.symbols("x y", real=True)
>>> _weights([x, y], [sp.S.One, sp.S.One], (x + y) / 2)
[1/2, 1/2]
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symacts.codec import encode
from symacts.proofs.check import Goal
from symacts.proofs.checker.analytic import span
from symacts.proofs.checker.entail import Given
from symacts.proofs.checker.normal import is_zero
from symacts.proofs.search import EXPECTED, Node
from symacts.rigor import evaluate

__all__ = ["chords", "exponents", "factored_out", "jensen", "means"]

PREC = 96
MOST_TERMS = 6


def fresh(name: str, *taken: sp.Basic) -> sp.Symbol:
    """A real symbol that does not occur."""
    used = {s.name for e in taken for s in e.free_symbols if isinstance(s, sp.Symbol)}
    return sp.Symbol(name + "_" * sum(other.startswith(name) for other in used), real=True)


# -- chords --------------------------------------------------------------------------------------------------------
def chords(goal: Goal, g: sp.Expr) -> Iterator[Node]:
    """Two variables in terms of their own that are multiples of one function: a chord against its middle."""
    if goal.relation != "<=":
        return
    symbols = sorted(g.free_symbols, key=str)
    t = fresh("t", g)
    g = sp.expand(g, deep=False)
    for k, a in enumerate(symbols):
        for b in symbols[k + 1 :]:
            alone = [
                sp.Add(*(u for u in sp.Add.make_args(g) if u.has(p) and not u.has(q))) for p, q in ((a, b), (b, a))
            ]
            if 0 in alone or not sp.Add(*(u for u in sp.Add.make_args(g) if u.has(a) and u.has(b))):
                continue
            weights = _shares(alone[0], alone[1].xreplace({b: a}), a, symbols)
            if weights is None:
                continue
            ends = [span(goal.given, s) for s in (a, b)]
            low = sp.Min(*(e.lo for e in ends)), any(e.lo_open for e in ends), 1
            high = sp.Max(*(e.hi for e in ends)), any(e.hi_open for e in ends), -1
            inside = [
                [encode(way * (t - end)), ">" if is_open else ">="]
                for end, is_open, way in (low, high)
                if end.is_finite
            ]
            f = sp.cancel(sp.factor_terms(alone[0]) / weights[0]) if weights[0].free_symbols else alone[0] / weights[0]
            yield {
                "rule": "convex",
                "f": encode(f.xreplace({a: t})),
                "variable": encode(t),
                "parts": [[encode(w), encode(s)] for w, s in zip(weights, (a, b), strict=True)],
                "given": inside,
            }


def _is_transcendental(f: sp.Expr) -> bool:
    return bool(f.free_symbols) and not (f.is_Pow and f.exp.is_Integer)


def jensen(goal: Goal, g: sp.Expr) -> Iterator[Node]:
    """`f(p_1) + ... + f(p_k) - k*f(m) + rest` with m the mean of the points, each inside one logarithm or power."""
    groups: dict[sp.Expr, sp.Expr] = {}
    for term in sp.Add.make_args(g):
        points = {f.args[0] for f in term.atoms(sp.log, sp.exp, sp.Pow) if _is_transcendental(f)}
        if len(points) > 1:
            return
        for p in points:
            groups[p] = groups.get(p, sp.S.Zero) + term
    plain = [p for p in groups if p.is_Symbol]
    if not 2 <= len(groups) <= MOST_TERMS or not plain:
        return
    t = fresh("t", g)
    f = groups[plain[0]].xreplace({plain[0]: t})
    if f.free_symbols != {t} or not all(is_zero(f.xreplace({t: p}) - h) for p, h in groups.items()):
        return
    k = sp.Integer(len(groups))
    mean = sp.expand(sp.Add(*groups) / k)
    rest = g - sp.Add(*groups.values()) + k * f.xreplace({t: mean})
    yield {
        "rule": "convex",
        "f": encode(k * f),
        "variable": encode(t),
        "parts": [[encode(1 / k), encode(p)] for p in groups],
        "given": [[encode(t), ">"]] if all(goal.given.holds(p, ">") for p in groups) else [],
        "rest": encode(sp.S.Zero if is_zero(rest) else rest),
    }


def _shares(f: sp.Expr, g: sp.Expr, a: sp.Symbol, symbols: list[sp.Symbol]) -> tuple[sp.Expr, sp.Expr] | None:
    """Weights that sum to 1 and are in the ratio of two multiples of one function of a."""
    first, second = (sp.factor_terms(e).as_independent(a, as_Add=False)[0] for e in (f, g))
    if (first.free_symbols or second.free_symbols) and is_zero(first + second - 1):
        return first, second
    at = {s: sp.Rational(m, 7) for m, s in enumerate(symbols, 3)}
    ratio = _ratio(g.xreplace(at), f.xreplace(at))
    return None if ratio is None else (1 / (1 + ratio), ratio / (1 + ratio))


def _ratio(a: sp.Expr, b: sp.Expr) -> sp.Rational | None:
    """A small positive rational close to a/b, which are numbers."""
    try:
        quotient = evaluate(a, PREC) / evaluate(b, PREC)
        found = sp.Rational(str(quotient.mid().str(20, radius=False))).limit_denominator(100)
    except EXPECTED:
        return None
    return found if found > 0 else None


# -- weighted means of exponentials --------------------------------------------------------------------------------
def means(goal: Goal, g: sp.Expr) -> Iterator[Node]:
    """`sum c_k*exp(u_k) - c*exp(u)` with u = sum w_k*u_k a mean: the exponential is convex.

    The chord between `p_k = u_k + log(c_k/w_k)` is `sum c_k*exp(u_k) - K*exp(u)`, K the product of `(c_k/w_k)**w_k`.
    """
    sums: dict[sp.Expr, sp.Expr] = {}
    for term in sp.Add.make_args(sp.expand(g)):
        c, u = _exponential(term)
        sums[u] = sums.get(u, sp.S.Zero) + c
    below, above = ([(c, u) for u, c in sums.items() if goal.given.holds(c, op)] for op in ("<", ">"))
    if len(below) != 1 or len(above) != len(sums) - 1 or not 2 <= len(above) <= MOST_TERMS:
        return
    ((c, u),) = below
    weights = _weights([v for _, v in above], [w for w, _ in above], u)
    if weights is None or not all(goal.given.holds(w, ">") for w in weights):
        return
    points = [v + sp.log(sp.cancel(d / w)) for (d, v), w in zip(above, weights, strict=True)]
    mean = sp.expand(sp.Add(*(w * p for w, p in zip(weights, points, strict=True))))
    rest = c * sp.exp(u) + sp.exp(mean)
    rest = sp.S.Zero if is_zero(rest) else sp.factor_terms(sp.exp(sp.expand(mean - u)) + c) * sp.exp(u)
    t = fresh("t", g)
    yield {
        "rule": "convex",
        "f": encode(sp.exp(t)),
        "variable": encode(t),
        "parts": [[encode(w), encode(p)] for w, p in zip(weights, points, strict=True)],
        "given": [],
        "rest": encode(rest),
    }


def _exponential(term: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """`c, u` with `term = c*exp(u)`."""
    powers = [f for f in sp.Mul.make_args(term) if isinstance(f, sp.exp)]
    return sp.Mul(*(f for f in sp.Mul.make_args(term) if f not in powers)), sp.Add(*(f.args[0] for f in powers))


def _weights(points: list[sp.Expr], masses: list[sp.Expr], mean: sp.Expr) -> list[sp.Expr] | None:
    """Weights that sum to 1 with the mean given: those in the ratio of the masses, else the only ones."""
    total = sp.Add(*masses)
    shares = [sp.cancel(m / total) for m in masses]
    if is_zero(sp.Add(*(w * p for w, p in zip(shares, points, strict=True))) - mean):
        return shares
    unknown = [sp.Dummy() for _ in points]
    gap = sp.expand(sp.Add(*(w * p for w, p in zip(unknown, points, strict=True))) - mean)
    free = sorted(set().union(*(p.free_symbols for p in (*points, mean))), key=str)
    for moving in [free, *([s] for s in free)]:
        if not gap.is_polynomial(*moving):
            continue
        equations = [*sp.Poly(gap, *moving).coeffs(), sp.Add(*unknown) - 1]
        try:
            found = sp.linsolve(equations, unknown)
        except EXPECTED:
            continue
        for solution in found:
            if not any(set(unknown) & w.free_symbols for w in solution):
                return [sp.cancel(w) for w in solution]
    return None


def factored_out(goal: Goal, g: sp.Expr) -> Iterator[Node]:
    """`g = exp(u)*h` where h depends on the difference of two variables alone."""
    symbols = sorted(g.free_symbols, key=str)
    if len(symbols) != 2 or not g.has(sp.exp):
        return
    a, b = symbols
    w = fresh("w", g)
    for u in sorted({f.args[0] for f in g.atoms(sp.exp)}, key=sp.default_sort_key):
        h = sp.expand(g * sp.exp(-u))
        if u.free_symbols and sp.expand(h.xreplace({a: w + b})).free_symbols == {w}:
            if goal.given.sign(a - b) == {-1, 0, 1}:
                yield {"rule": "cases", "on": encode(a - b), "parts": ["<", "=", ">"]}
            yield {"rule": "factor", "by": encode(sp.exp(u)), "rest": encode(h)}
            return


def _is_mean(g: sp.Expr, given: Given) -> bool:
    """Whether a sum of monomials in positive variables has exactly one negative term, as in the inequality of means."""
    terms = [t.as_coeff_Mul() for t in sp.Add.make_args(sp.expand(g))]
    plain = all(f.as_base_exp()[0].is_Symbol for _, t in terms for f in sp.Mul.make_args(t) if f != 1)
    is_one = sum(c.is_negative is True for c, _ in terms) == 1 and len(terms) > 2
    return plain and is_one and all(given.holds(s, ">") for s in g.free_symbols)


def exponents(goal: Goal, g: sp.Expr) -> Iterator[Node]:
    """Positive variables under roots or with moving exponents: their logarithms become the variables."""
    logs = {f.args[0] for f in g.atoms(sp.log) if f.args[0].is_Symbol}
    powers = [p for p in g.atoms(sp.Pow) if not p.exp.is_Integer]
    if not powers and (len(logs) > 1 or _is_mean(g, goal.given)):
        powers = [sp.Pow(s, sp.S.Half) for s in logs or g.free_symbols]
    found = sorted(set().union(*(p.base.free_symbols for p in powers)), key=str)
    moving = [s for s in found if goal.given.holds(s, ">") and not any(s in p.exp.free_symbols for p in powers)]
    plain = [p for p in powers if all(f.is_Symbol or f.is_Pow for f in sp.Mul.make_args(p.base))]
    if not moving or len(plain) != len(powers) or len(g.free_symbols) < 2:
        return
    forward, back = [], []
    for s in moving:
        t = fresh("l" + s.name, g, *(e for e, _ in goal.given.conditions))
        forward.append([encode(s), encode(sp.exp(t))])
        back.append([encode(t), encode(sp.log(s))])
    yield {"rule": "transform", "forward": forward, "back": back, "cost": 1}
