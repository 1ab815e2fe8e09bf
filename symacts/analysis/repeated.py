"""Facts about functions that repeat themselves over a period, with infinitely many kinks, jumps or poles.

Each is the fact of one period, carried over the line: sets as families of points or of arcs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from symacts.analysis import shape, values
from symacts.analysis.algebra import derivative_in_output as in_output
from symacts.analysis.ends import Answer, Facts
from symacts.analysis.ends import domain as domain_of
from symacts.analysis.inversion import antiderivative as of_one_period
from symacts.analysis.sampling import sample
from symacts.analysis.subject import Subject
from symacts.analysis.window import (
    Window,
    drifting_values,
    families,
    mirror_sum,
    missing_points,
    over_the_line,
    parts_of,
    repeated_derivative,
    window_of,
)
from symacts.analysis.witnesses import limit_points
from symacts.facts import Fact
from symacts.symbolic.forms import is_identically_zero
from symacts.symbolic.integrals import antiderivative as integrate
from symacts.symbolic.oracle import Undecided
from symacts.symbolic.structure import requirements

__all__ = [
    "antiderivative",
    "asymptotes",
    "carried",
    "convexity",
    "derivative",
    "derivative_in_output",
    "derivative_limits",
    "discontinuities",
    "domain",
    "fixed_points",
    "gradient_lipschitz",
    "inverse",
    "kinks",
    "limits",
    "lipschitz",
    "maximum",
    "minimum",
    "monotonicity",
    "not_homogeneous",
    "range_",
    "said",
    "saturation",
    "saturation_rate",
    "second_derivative",
    "symmetry",
    "value_at_zero",
    "zeros",
]

BECAUSE = "one period, carried over the line"
MOST_REACH = 200
"""How far from 0 zeros are sought where they are known to be bounded."""


def carried(find: Callable[[Subject, Facts], Answer]) -> Callable[[Subject, Facts], Answer]:
    """A derivation of a set, applied to one period and carried over the line."""

    def run(f: Subject, facts: Facts) -> Answer:
        w = window_of(f)
        found, because = find(w.inside, _own_facts(w))
        return over_the_line(w, parts_of(found)), f"{because}, in one period"

    return run


def said(find: Callable[[Subject, Facts], Answer]) -> Callable[[Subject, Facts], Answer]:
    """A derivation of a word or a number that is the same for one period and for the line.

    Validity: the start of the period is a point where f is analytic, so that nothing new happens there.
    """

    def run(f: Subject, facts: Facts) -> Answer:
        w = window_of(f)
        value, because = find(w.inside, _own_facts(w))
        return value, f"{because}, in one period"

    return run


def _own_facts(w: Window) -> Facts:
    """What rows need of other facts, found on the window."""
    inside = w.inside

    def fact(name: str, find: Callable[[Subject, Facts], Answer]) -> Fact:
        value, because = inside.remember(("own", name), lambda: find(inside, {}))
        return Fact(name, value, "exact", because, "one period")

    facts: dict[str, Fact] = {}
    for name, find in (("domain", domain_of), ("discontinuities", shape.discontinuities), ("kinks", shape.kinks)):
        facts[name] = fact(name, find)
    return facts


def domain(f: Subject, facts: Facts) -> Answer:
    """Where the function is defined and real."""
    w = window_of(f)
    parts = parts_of(domain_of(w.inside, {})[0])
    missing = missing_points(w, parts)
    if missing:
        return sp.Complement(sp.S.Reals, families(w, missing), evaluate=False), BECAUSE
    return over_the_line(w, parts), BECAUSE


def derivative(f: Subject, facts: Facts) -> Answer:
    """f' as an expression, by the place in the period."""
    return repeated_derivative(window_of(f, of_waves=True), 1), BECAUSE


def second_derivative(f: Subject, facts: Facts) -> Answer:
    """f'' as an expression, by the place in the period."""
    return repeated_derivative(window_of(f, of_waves=True), 2), BECAUSE


def _is_linear(w: Window) -> bool:
    """Whether f is one line: then nothing here applies."""
    inside = w.inside
    if shape.discontinuities(inside, {})[0] or shape.kinks(inside, {})[0]:
        return False
    return all(c.sign == 0 for c in inside.cells(2))


def limits(f: Subject, facts: Facts) -> Answer:
    """None for a periodic function that is not constant; infinities for one that drifts."""
    w = window_of(f)
    if _is_linear(w):
        raise Undecided("f is a line")
    if w.drift == 0:
        return (None, None), "f repeats different values for ever"
    if not w.is_bounded:
        if {sp.oo, -sp.oo} <= limit_points(w.inside):
            return (None, None), "f takes large values of both signs in every period"
        raise Undecided("f is unbounded on a period")
    side = f.sign(w.drift)
    return (-side * sp.oo, side * sp.oo), "f grows by the same step in every period, and is bounded on one"


def derivative_limits(f: Subject, facts: Facts) -> Answer:
    """None where f' repeats different values for ever, else its only value."""
    w = window_of(f)
    inside = w.inside
    if all(c.sign == 0 for c in inside.cells(2)):
        first, *rest = (_constant_slope(inside, k) for k, _ in inside.pieces)
        if all(f.equal(first, slope) for slope in rest):
            return (first, first), "f' is the same wherever it exists"
    return (None, None), "f' repeats different values for ever"


def _constant_slope(inside: Subject, k: int) -> sp.Expr:
    """f' on a branch on which f'' vanishes, from its value at a point."""
    branch = inside.branches[k]
    slope = inside.expression_of(k, 1)
    return inside.neat(
        slope.subs(inside.x, sample(inside, branch.lo, branch.hi, 1)[0]) if slope.has(inside.x) else slope
    )


def asymptotes(f: Subject, facts: Facts) -> Answer:
    """None: f less any line of the only possible slope repeats different values for ever."""
    if _is_linear(window_of(f)):
        raise Undecided("f is a line")
    return (None, None), "f less a line of its mean slope repeats different values for ever"


def saturation(f: Subject, facts: Facts) -> Answer:
    """None where f' has no limit or another one than 0; soft where f' is 0 and f jumps for ever."""
    window_of(f)
    slope = facts["derivative_limits"].value[0]
    if slope is None:
        return ("none", "none"), "f' has no limit"
    if f.sign(slope):
        return ("none", "none"), "f' does not tend to 0"
    return ("soft", "soft"), "f' is 0 wherever it exists, and f jumps for ever"


def saturation_rate(f: Subject, facts: Facts) -> Answer:
    """None: f does not saturate, or its slope is 0 wherever it has one."""
    window_of(f)
    saturates = facts["saturation"].value != ("none", "none")
    return (None, None), "f' is 0 wherever it exists" if saturates else "f does not saturate"


def monotonicity(f: Subject, facts: Facts) -> Answer:
    """How f moves: one period decides, and across its start f is analytic."""
    w = window_of(f)
    value, because = shape.monotonicity(w.inside, {})
    own = _own_facts(w)
    if value not in ("none", "constant") and not isinstance(own["domain"].value, sp.Interval):
        raise Undecided("the domain has gaps")
    return value, f"{because}, in one period"


def convexity(f: Subject, facts: Facts) -> Answer:
    """Whether f is convex, concave or affine on the whole line."""
    window_of(f)
    if facts["domain"].value != sp.S.Reals:  # the gaps of one period return in all
        return "none", "the domain is not an interval"
    return said(shape.convexity)(f, facts)


def range_(f: Subject, facts: Facts) -> Answer:
    """The values of one period."""
    w = window_of(f)
    if w.drift == 0:
        return (sp.Union(*parts_of(w.values)) if len(w.spans) > 1 else parts_of(w.values)[0]), BECAUSE
    own = _own_facts(w)
    if isinstance(own["domain"].value, sp.Interval) and not own["discontinuities"].value:
        return sp.S.Reals, "continuous, with a drift"
    found = w.values
    if all(isinstance(s, sp.FiniteSet) for s in parts_of(found)):
        n = sp.Symbol("n", integer=True)
        levels = [f.neat(v) for s in parts_of(found) for v in s.args]
        if all(((v - levels[0]) / w.drift).is_Integer for v in levels):
            levels = levels[:1]
        sets = [sp.ImageSet(sp.Lambda(n, v + n * w.drift), sp.S.Integers) for v in levels]
        return (sets[0] if len(sets) == 1 else sp.Union(*sets, evaluate=False)), "the levels of one period, drifting"
    return drifting_values(w), "the values of one period, drifting"


def _extreme(f: Subject, side: int) -> Answer:
    w = window_of(f)
    if w.drift != 0:
        return (side * sp.oo, False), "f drifts"
    span = w.spans[0 if side < 0 else -1]
    value, attained = (span.lo, span.has_lo) if side < 0 else (span.hi, span.has_hi)
    return (value, bool(attained and value.is_finite is not False)), BECAUSE


def minimum(f: Subject, facts: Facts) -> Answer:
    """The infimum over one period."""
    return _extreme(f, -1)


def maximum(f: Subject, facts: Facts) -> Answer:
    """The supremum over one period."""
    return _extreme(f, 1)


def _solutions(f: Subject, slope: int, find: Callable[[Subject, Facts], Answer]) -> Answer:
    """Where f(x) = slope*x: families if the difference is periodic, else within a bounded reach."""
    w = window_of(f)
    rest = w.drift - slope * w.period
    if f.sign(rest) == 0:
        found, because = find(w.inside, {})
        if slope and f.sign_or_none(w.value - w.start) in (0, None):
            raise Undecided("the start of the period is a fixed point")
        return over_the_line(w, parts_of(found)), f"{because}, in one period"
    if not w.is_bounded:
        raise Undecided("f is unbounded on a period")
    # |f(x) - slope*x| <= B on the period, and it moves by `rest` a period: zeros lie within P*(B/|rest| + 2)
    ends = [abs(e) for s in w.spans for e in (s.lo, s.hi)]
    bound = sum(f.oracle.enclose(e, 20)[1] for e in ends) + slope * (abs(w.start) + _upper(f, w.period))
    reach = abs(w.start) + _upper(f, w.period) * (bound / abs(_lower(f, abs(rest))) + 2)
    if reach > MOST_REACH:
        raise Undecided("zeros are sought too far out")
    near = Subject(f.expression, f.x, f.oracle, within=(-sp.ceiling(reach) - 1, sp.ceiling(reach) + 1))
    found, because = find(near, {})
    return found, f"{because}; f is far from it beyond"


def _upper(f: Subject, constant: sp.Expr) -> sp.Rational:
    return f.oracle.enclose(constant, 20)[1]


def _lower(f: Subject, constant: sp.Expr) -> sp.Rational:
    return f.oracle.enclose(constant, 20)[0]


def zeros(f: Subject, facts: Facts) -> Answer:
    """Where f vanishes."""
    return _solutions(f, 0, values.zeros)


def fixed_points(f: Subject, facts: Facts) -> Answer:
    """Where f(x) = x."""
    return _solutions(f, 1, values.fixed_points)


def _at_families(w: Window, found: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple((families(w, [point]), left, right) for point, left, right in found)


def _bound(find: Callable[[Subject, Facts], Answer]) -> Callable[[Subject, Facts], Answer]:
    """A least Lipschitz constant over one period, or over half of it where f mirrors itself."""

    def run(f: Subject, facts: Facts) -> Answer:
        w = window_of(f)
        own = _own_facts(w)
        is_whole = isinstance(own["domain"].value, sp.Interval)
        value, because = find(w.half if is_whole and w.half is not None else w.inside, own)
        return value, f"{because}, in one period"

    return run


lipschitz = _bound(shape.lipschitz)
gradient_lipschitz = _bound(shape.gradient_lipschitz)


def kinks(f: Subject, facts: Facts) -> Answer:
    """Families of kinks, each with its one-sided derivatives."""
    w = window_of(f)
    found, because = shape.kinks(w.inside, {})
    return _at_families(w, found), f"{because}, in one period"


def discontinuities(f: Subject, facts: Facts) -> Answer:
    """Families of jumps, each with its one-sided values."""
    w = window_of(f)
    found, because = shape.discontinuities(w.inside, {})
    if found and w.drift != 0:
        raise Undecided("the values at the jumps drift")
    return _at_families(w, found), f"{because}, in one period"


def inverse(f: Subject, facts: Facts) -> Answer:
    """None: a periodic function takes every value again."""
    w = window_of(f)
    if w.drift == 0:
        return None, "not one-to-one: f repeats its values"
    if any(c.sign == 0 for c in w.inside.cells(1)):
        return None, "not one-to-one: f is constant on an interval"
    raise Undecided("no inverse found for a function that drifts")


def derivative_in_output(f: Subject, facts: Facts) -> Answer:
    """The polynomial that serves every piece of the period; None where one of them has none."""
    w = window_of(f)
    found, because = in_output(w.inside, {})
    kinds = list(dict.fromkeys(found)) if isinstance(found, tuple) else [found]
    if None in kinds:
        return None, f"{because}, in one period"
    if len(kinds) > 1:
        raise Undecided("the pieces have different polynomials")
    return kinds[0], f"{because}, in one period"


def antiderivative(f: Subject, facts: Facts) -> Answer:
    """F(x) = G(x - k*P) + k*I + D*(...), where k counts periods, G is an antiderivative on one and I its growth."""
    w = window_of(f, of_waves=True)
    own = _own_facts(w)
    if own["discontinuities"].value:
        return None, "f jumps, so it is not a derivative (Darboux)"
    if not isinstance(own["domain"].value, sp.Interval):
        return _across_poles(w), "rules of integration, checked by differentiation, wherever f is defined"
    found, because = of_one_period(w.inside, own)
    ends = [found.args[0][0], found.args[-1][0]] if isinstance(found, sp.Piecewise) else [found, found]
    inside = w.inside
    low = inside.limit_of(ends[0], w.start, 1)
    high = inside.limit_of(ends[1], w.start + w.period, -1)
    k = sp.floor((f.x - w.start) / w.period)
    place = f.x - k * w.period
    found = found.xreplace({f.x > w.start: f.x >= w.start})
    total = found.xreplace({f.x: place}) + k * f.neat(high - low)
    if w.drift != 0:
        total += w.drift * (w.period * k * (k - 1) / 2 + k * (place - w.start))
    return total, f"{because}, over one period, and the periods before"


def _across_poles(w: Window) -> sp.Expr:
    """One formula of an antiderivative on every piece of a period: `log(|u|)` serves where u has either sign.

    What its operations require repeats itself, up to a sign, so that it holds on the line.

    Raises
    ------
    Undecided
    """
    f = w.inside
    formulas = {branch.expression for _, branch in f.pieces}
    found = integrate(formulas.pop(), f.x) if len(formulas) == 1 else None
    if found is None:
        raise Undecided("no closed form found by the rules of integration")
    logarithms = {u: sp.Dummy("l", real=True) for u in found.atoms(sp.log) if u.has(f.x)}
    others = requirements(found.xreplace(logarithms), f.x)
    if any(need.need != "nonzero" for need in others):
        raise Undecided("the closed form found needs more than that its logarithms exist")
    for u in {*(log.args[0] for log in logarithms), *(need.argument for need in others)}:
        moved = sp.expand(u.xreplace({f.x: f.x + w.period}))
        if not any(is_identically_zero(moved - way * u, f.x) for way in (1, -1)):
            raise Undecided("the closed form found does not repeat itself")
        if any(f.chart_of(u, branch.lo, branch.hi).zeros for _, branch in f.pieces):
            raise Undecided("the closed form found has a singularity inside a branch")
    return found.xreplace({log: sp.log(sp.Abs(log.args[0])) for log in logarithms})


def not_homogeneous(f: Subject, facts: Facts) -> Answer:
    """A homogeneous function is linear on each half line."""
    w = window_of(f)
    if _is_linear(w):
        raise Undecided("f is a line")
    return False, "f repeats itself without being a line, so it is not linear on a half line"


def value_at_zero(f: Subject, facts: Facts) -> Answer:
    """f(0), from the point of the same place in the window."""
    w = window_of(f)
    k = sp.ceiling(w.start / w.period)
    place = k * w.period
    if not w.inside.compare(w.start, place) < 0 < w.inside.compare(w.start + w.period, place):
        raise Undecided("0 is not placed in the period")
    value = w.inside.value_at(place)
    if value is None:
        return None, "0 is not in the domain"
    return f.neat(value - k * w.drift), BECAUSE


def symmetry(f: Subject, facts: Facts) -> Answer:
    """The centers map singular points and zeros of a derivative to each other; each candidate is shown or refuted."""
    w, zero = window_of(f), sp.S.Zero
    if _mirror_sum(f, zero, -1) is not None:
        return ("even", zero), "f(-x) = f(x) by the symmetries of its waves"
    total = _mirror_sum(f, zero, 1)
    if total is not None:
        kind = ("point", (zero, f.neat(total / 2))) if f.sign(total) else ("odd", (zero, zero))
        return kind, "f(x) + f(-x) is constant by the symmetries of its waves"
    if w.half is not None:
        return ("axis", w.half.within[0]), "f(c + t) = f(c - t) by the symmetries of its waves"
    for sign, order in ((1, 2), (-1, 1)):
        for center in _centers(w, order):
            total = _mirror_sum(f, center, sign)
            if total is not None:
                where: Any = center if sign < 0 else (center, f.neat(total / 2))
                return ("axis" if sign < 0 else "point", where), "a possible center, by the symmetries of its waves"
    return ("none", None), "the possible centers in one period are excluded by certified values"


def _centers(w: Window, order: int) -> list[sp.Expr]:
    """Where a mirror may stand, nearest to 0 first: it maps a singular point or zero of the derivative to another."""
    f = w.inside
    points = [b.point for b in f.borders if b.point not in (w.start, w.start + w.period)] + f.zeros_of(order)
    if not points:
        raise Undecided("every center is possible")
    steps = [k * w.period / 2 for k in (-2, -1, 0, 1, 2)]
    found = [f.neat(sp.expand((points[0] + q) / 2 + step)) for q in points for step in steps]
    return sorted(dict.fromkeys(found), key=lambda c: (abs(c.evalf(20)), c.is_negative is True))


SHARES = (sp.Rational(2, 17), sp.Rational(5, 17), sp.Rational(8, 17), sp.Rational(11, 17), sp.Rational(15, 17))
"""Shares of the period at which a symmetry is tried."""


def _mirror_sum(f: Subject, center: sp.Expr, sign: int) -> sp.Expr | None:
    """The constant f(c + t) + sign*f(c - t), which is 0 for an axis; None where it is not constant.

    Raises
    ------
    Undecided
    """
    total = mirror_sum(f, center, sign)
    if not total.has(f.x):
        return total if sign > 0 or total == 0 else None
    w = window_of(f)
    rough = _lower(f, w.period)
    borders = [b.point - center for b in w.inside.borders]
    here = total.subs(f.x, rough / 3) if sign > 0 else sp.S.Zero
    for time in [*(share * rough for share in SHARES), sp.S.Zero, *borders]:
        difference = total.subs(f.x, time) - here
        if not difference.has(sp.nan, sp.zoo) and f.oracle.sign(difference):
            return None
    raise Undecided(f"symmetry about x = {center} was neither shown nor excluded")
