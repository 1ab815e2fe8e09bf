"""The values of a wave under an envelope that is approached but never reached: `sin(x)*tanh(x)` fills (-1, 1).

`|f| <= |A| < L` where f is A times sines and cosines, and L or -L is a limit point of f at an end.
"""

from __future__ import annotations

import sympy as sp

from symacts.analysis.ends import Answer, Facts
from symacts.analysis.subject import Subject
from symacts.analysis.values import image
from symacts.analysis.witnesses import limit_points
from symacts.symbolic.oracle import Undecided

__all__ = ["maximum", "minimum", "range_"]


def _unreached_bound(f: Subject) -> sp.Expr:
    """The least L with |A| < L everywhere.

    Raises
    ------
    Undecided
        f is no product with a wave, or A is unbounded or reaches its bound.
    """
    factors = sp.Mul.make_args(f.expression)
    waves = [w for w in factors if w.has(f.x) and isinstance(w.base if _is_power(w) else w, (sp.sin, sp.cos))]
    rest = sp.Mul(*(w for w in factors if w not in waves))
    if not waves or not rest.has(f.x):
        raise Undecided("f is not a wave under an envelope")
    spans = image(Subject(rest, f.x, f.oracle))
    ends = [(spans[0].lo, spans[0].has_lo), (spans[-1].hi, spans[-1].has_hi)]
    (low, low_reached), (high, high_reached) = [(abs(value), reached) for value, reached in ends]
    order = f.compare(low, high)
    if (low_reached and order >= 0) or (high_reached and order <= 0):
        raise Undecided("the envelope reaches its bound")
    bound = low if order > 0 else high
    if bound.is_infinite:
        raise Undecided("the envelope is unbounded")
    return bound


def _is_power(e: sp.Expr) -> bool:
    return bool(e.is_Pow and e.exp.is_Integer and e.exp > 0)


def _is_approached(f: Subject, value: sp.Expr) -> bool:
    return any(point.is_finite is not False and f.equal(point, value) for point in limit_points(f))


BECAUSE = "a wave times an envelope that is below its limit everywhere"


def _extreme(f: Subject, side: int) -> Answer:
    bound = f.neat(side * f.remember("envelope", lambda: _unreached_bound(f)))
    if not _is_approached(f, bound):
        raise Undecided("the bound of the envelope is not shown to be a limit point")
    return (bound, False), BECAUSE


def minimum(f: Subject, facts: Facts) -> Answer:
    """The infimum, not attained."""
    return _extreme(f, -1)


def maximum(f: Subject, facts: Facts) -> Answer:
    """The supremum, not attained."""
    return _extreme(f, 1)


def range_(f: Subject, facts: Facts) -> Answer:
    """An open interval, where f is continuous on an interval."""
    if not isinstance(facts["domain"].value, sp.Interval) or facts["discontinuities"].value:
        raise Undecided("f is not continuous on an interval")
    (low, _), _ = minimum(f, facts)
    (high, _), _ = maximum(f, facts)
    return sp.Interval.open(low, high), BECAUSE
