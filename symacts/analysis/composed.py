"""The values of a composition g(u(x)): the image under g of the image of u.

It serves where u grows and g oscillates: `sin(x**2)` takes all values of the sine on the positive half line.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from symacts.analysis.ends import Answer, Facts, union
from symacts.analysis.ends import domain as domain_of
from symacts.analysis.subject import Subject
from symacts.analysis.values import as_set, image, merge, span_of_point
from symacts.symbolic.oracle import Undecided

__all__ = ["maximum", "minimum", "range_"]

NEAR = sp.Rational(1, 1000)
"""How far g is looked at around an end of the image of u."""
MOST_INNER = 3
"""Inner functions that are tried."""


def _spans(f: Subject, facts: Facts) -> list[Any]:
    return f.remember("composed", lambda: _find_spans(f, facts["domain"].value))


def _find_spans(f: Subject, domain: sp.Set) -> list[Any]:
    if f.within != (-sp.oo, sp.oo) or f.expression.free_symbols != {f.x}:
        raise Undecided("f is not a function of x alone on the whole line")
    reasons = ["f is no composition"]
    for inner in _inner_functions(f.expression, f.x)[:MOST_INNER]:
        try:
            return _through(f, inner, domain)
        except Undecided as reason:
            reasons.append(str(reason))
    raise Undecided(reasons[-1])


def _inner_functions(e: sp.Expr, x: sp.Symbol) -> list[sp.Expr]:
    """Parts of the expression outside of which x does not occur, the shortest first."""
    t = sp.Dummy("t", real=True)
    parts = {p for p in sp.preorder_traversal(e) if isinstance(p, sp.Expr) and p.has(x) and p not in (x, e)}
    return sorted((p for p in parts if not e.xreplace({p: t}).has(x)), key=lambda p: (p.count_ops(), str(p)))


def _through(f: Subject, inner: sp.Expr, domain: sp.Set) -> list[Any]:
    u = Subject(inner, f.x, f.oracle)
    if domain_of(u, {})[0] != domain:
        raise Undecided("the inner function lives elsewhere")
    outer = f.expression.xreplace({inner: f.x})
    spans: list[Any] = []
    for span in image(u):
        if f.compare(span.lo, span.hi) < 0:
            spans += image(Subject(outer, f.x, f.oracle, within=(span.lo, span.hi)))
        for end, attained in ((span.lo, span.has_lo), (span.hi, span.has_hi)):
            if attained:
                value = Subject(outer, f.x, f.oracle, within=(end - NEAR, end + NEAR)).value_at(end)
                if value is None:
                    raise Undecided(f"the outer function has no value at {end}")
                spans.append(span_of_point(value))
    return merge(f, spans)


BECAUSE = "the image, under the outer function, of the image of the inner one"


def range_(f: Subject, facts: Facts) -> Answer:
    """The set of values."""
    return union([as_set(s) for s in _spans(f, facts)]), BECAUSE


def minimum(f: Subject, facts: Facts) -> Answer:
    """The infimum over the domain, and whether it is attained."""
    span = _spans(f, facts)[0]
    return (span.lo, bool(span.has_lo and span.lo.is_finite is not False)), BECAUSE


def maximum(f: Subject, facts: Facts) -> Answer:
    """The supremum over the domain, and whether it is attained."""
    span = _spans(f, facts)[-1]
    return (span.hi, bool(span.has_hi and span.hi.is_finite is not False)), BECAUSE
