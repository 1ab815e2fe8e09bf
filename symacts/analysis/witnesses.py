"""Facts that certified values at single points decide: both signs of a derivative, a branch that is not constant.

They serve where a sign chart is out of reach, such as under oscillation.
"""

from __future__ import annotations

from itertools import pairwise

import sympy as sp

from symacts.analysis.ends import Answer, Facts, union
from symacts.analysis.sampling import sample
from symacts.analysis.subject import NoLimit, Subject
from symacts.symbolic.oracle import Undecided

__all__ = [
    "dead_region",
    "infimum_by_limits",
    "limit_points",
    "monotonicity",
    "no_convexity",
    "no_inverse",
    "range_by_limits",
    "sign",
    "signs",
    "supremum_by_limits",
]

COUNT = 24
"""Points looked at in every branch."""
FEW = 6
"""The same where parameters make every sign dear, and few of them certain."""
FAR = sp.Rational(23, 10)
"""Steps further out on a half line."""


def signs(f: Subject, order: int) -> set[int]:
    """Certified signs of a derivative at sample points of every branch; zero and undecided values are left out."""
    return f.remember(("witnesses", order), lambda: _find_signs(f, order))


def _find_signs(f: Subject, order: int) -> set[int]:
    found: set[int] = set()
    count = _count(f)
    for k, branch in f.pieces:
        for point in sample(f, branch.lo, branch.hi, count):
            found.add(f.oracle.sign_at(f.expression_of(k, order), f.x, point) or 0)
            if {1, -1} <= found:
                return found
    found.update(f.sign_or_none(p) or 0 for p in limit_points(f, order))
    return found - {0}


def _count(f: Subject) -> int:
    return COUNT if f.expression.free_symbols == {f.x} else FEW


def _both(f: Subject, order: int, what: str) -> None:
    if not {1, -1} <= signs(f, order):
        raise Undecided(f"no witnesses of both signs of {what}")


def sign(f: Subject, facts: Facts) -> Answer:
    """Mixed, by a positive and a negative value."""
    _both(f, 0, "f")
    return "mixed", "a positive and a negative value"


def monotonicity(f: Subject, facts: Facts) -> Answer:
    """None, by slopes of both signs."""
    _both(f, 1, "f'")
    return "none", "a point where f' > 0 and one where f' < 0"


def no_convexity(f: Subject, facts: Facts) -> Answer:
    """Neither convex nor concave, by second derivatives of both signs."""
    _both(f, 2, "f''")
    return "none", "a point where f'' > 0 and one where f'' < 0"


def no_inverse(f: Subject, facts: Facts) -> Answer:
    """None, by slopes of both signs on one branch: a continuous function takes some value twice between them."""
    for k, branch in f.pieces:
        lo, hi = branch.lo, branch.hi
        points = sample(f, lo, hi, _count(f))
        if lo.is_infinite != hi.is_infinite:
            near = points[0] if hi.is_infinite else points[-1]
            points += [near + way * FAR for way in ((1, 2, 3, 5) if hi.is_infinite else (-1, -2, -3, -5))]
        if {1, -1} <= {f.oracle.sign_at(f.expression_of(k, 1), f.x, point) for point in points}:
            return None, "not one-to-one: f rises and falls on a branch, on which it is continuous"
    raise Undecided("no branch is seen on which f rises and falls")


def dead_region(f: Subject, facts: Facts) -> Answer:
    """The interiors of the branches on which f is constant: on others f is analytic, with a point at which f' is not 0.

    Raises
    ------
    Undecided
        Two constant branches touch: whether the point between them belongs to the set is not asked here.
    """
    flat = [branch for k, branch in f.pieces if f.is_flat(k)]
    if any(f.equal(a.hi, b.lo) for a, b in pairwise(flat)):
        raise Undecided("two constant branches touch")
    found = union([sp.Interval.open(b.lo, b.hi) for b in flat])
    return found, "the branches on which f is constant; on every other f is analytic, and f' is not 0 at some point"


def range_by_limits(f: Subject, facts: Facts) -> Answer:
    """The whole line, for a continuous function on an interval with limits, or limit points, of both infinities."""
    if not isinstance(facts["domain"].value, sp.Interval) or facts["discontinuities"].value:
        raise Undecided("f is not continuous on an interval")
    if not {sp.oo, -sp.oo} <= limit_points(f):
        raise Undecided("oo and -oo are not shown to be limits")
    return sp.S.Reals, "continuous, with both infinities as limits"


def infimum_by_limits(f: Subject, facts: Facts) -> Answer:
    """Unbounded below, by a limit."""
    if -sp.oo not in limit_points(f):
        raise Undecided("no limit is -oo")
    return (-sp.oo, False), "a limit of f"


def supremum_by_limits(f: Subject, facts: Facts) -> Answer:
    """Unbounded above, by a limit."""
    if sp.oo not in limit_points(f):
        raise Undecided("no limit is oo")
    return (sp.oo, False), "a limit of f"


def limit_points(f: Subject, order: int = 0) -> set[sp.Expr]:
    """Limits, or some of the limit points, of a derivative at the ends of the branches."""
    found = set()
    for k, _ in f.pieces:
        for at in ("lo", "hi"):
            try:
                found.add(f.end(k, at, order))
            except NoLimit as oscillation:
                found.update(oscillation.points)
            except Undecided:
                continue
    return found
