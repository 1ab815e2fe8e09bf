"""Facts about functions with steps without end: a finite middle, and what holds all along each half line.

Sets that end at every jump are written as intervals less the places of the jumps; what would be an infinite list of
different values is unknown.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from symacts.analysis import shape, staircase_ends, values, witnesses
from symacts.analysis.algebra import derivative_in_output as in_output
from symacts.analysis.ends import Answer, Facts, union
from symacts.analysis.extremes import Candidate, better
from symacts.analysis.sampling import sample
from symacts.analysis.staircase import HalfLine
from symacts.analysis.staircase_sets import ALL, NONE, PIECES, PLACES, Stairs, glued, stairs
from symacts.analysis.subject import Border, Subject
from symacts.analysis.window import parts_of
from symacts.facts import DefiniteIntegral
from symacts.symbolic.branches import next_switch
from symacts.symbolic.forms import derivative
from symacts.symbolic.gaussian import expectation, weight
from symacts.symbolic.oracle import Undecided
from symacts.symbolic.repeats import STEPS, in_floors

__all__ = ["STEPS_WITHOUT_END"]

CUTS = (sp.Rational(40, 11), sp.Rational(68, 11), sp.Rational(106, 11), sp.Rational(210, 11))
"""Where the half lines may begin: steps of small rationals do not jump there."""

Find = Callable[[Stairs], Answer]


class _NoCutServes(Undecided):
    """It does not depend on where the half lines begin."""


def _cut(find: Find) -> Callable[[Subject, Facts], Answer]:
    """A derivation by the nearest cuts that serve."""

    def run(f: Subject, facts: Facts) -> Answer:
        if f.within != (-sp.oo, sp.oo) or f.back or f.expression.free_symbols != {f.x} or not f.expression.has(*STEPS):
            raise Undecided("f has no steps, or parameters")
        reasons = []
        for cut in CUTS:
            try:
                return find(stairs(f, cut))
            except Undecided as reason:
                reasons.append(reason)
                if isinstance(reason, _NoCutServes):
                    break
        raise reasons[0]

    return run


# --- values ------------------------------------------------------------------------------------------------------


def _extreme(side: int) -> Find:
    """The infimum (side -1) or the supremum: of the middle, where the half lines stay on the other side of it."""

    def find(s: Stairs) -> Answer:
        f = s.f
        spans = values.image(s.middle)
        span = spans[0 if side < 0 else -1]
        best = Candidate(*((span.lo, span.has_lo) if side < 0 else (span.hi, span.has_hi)))
        for far in s.beyond:
            limits = [f.limit_of(c, far.side * sp.oo, -far.side) for c in far.corners(far.exact())]
            if any(v == side * sp.oo for v in limits):
                if not all(v == side * sp.oo for v in limits):
                    raise Undecided("only one end of the steps grows")
                return (side * sp.oo, False), "a limit of f"
        for far in s.beyond:
            best = better(f, best, _beyond(s, far, best, side), side)
        attained = bool(best.attained and best.value.is_finite is not False)
        return (best.value, attained), "the bounded part, and the bounds of the steps beyond"

    return find


def _beyond(s: Stairs, far: HalfLine, best: Candidate, side: int) -> Candidate:
    """The extreme value on a half line, or the best one so far where it stays on the other side of that.

    Raises
    ------
    Undecided
    """
    if best.value.is_finite is False:
        return best
    gaps = far.signs(far.exact(0, best.value))
    if gaps == {-side} or (gaps <= {-side, 0} and best.attained):
        return best
    limit = staircase_ends.limit(s, far, 0)
    if limit is not None and limit.is_finite and far.signs(far.exact(0, limit)) == {-side}:
        return Candidate(limit, False)
    raise Undecided("the values on the half line are not bounded by those of the bounded part")


def _range(s: Stairs) -> Answer:
    """The values of a function of one step alone, or those of the middle where the half lines add none."""
    f = s.f
    levels = _levels(f) if staircase_ends.domain(s)[0] == sp.S.Reals else None
    if levels is not None:
        return levels, "the values at all whole numbers that the step takes"
    spans = values.image(s.middle)
    if len(spans) != 1:
        raise _NoCutServes("the values of infinitely many pieces leave gaps")
    low, high = (_extreme(side)(s)[0] for side in (-1, 1))
    (span,) = spans
    if f.compare(low[0], span.lo) or f.compare(high[0], span.hi) or (low[1], high[1]) != (span.has_lo, span.has_hi):
        raise Undecided("the half lines have values that the bounded part has not")
    return values.as_set(span), "the values of the bounded part, between which all others lie"


def _levels(f: Subject) -> sp.Set | None:
    """The values of a formula in one step of an unbounded argument and nothing else; None for another one."""
    formula = in_floors(f.expression)
    steps = {e for e in formula.atoms(sp.floor) if e.has(f.x)}
    n = sp.Symbol("n", integer=True)
    if len(steps) != 1:
        return None
    (step,) = steps
    levels = formula.xreplace({step: n})
    if levels.has(f.x) or step.args[0].has(*STEPS):
        return None
    inside = values.image(Subject(step.args[0], f.x, f.oracle))
    if len(inside) != 1 or inside[0].hi is not sp.oo:
        return None
    if inside[0].lo is -sp.oo:
        return sp.ImageSet(sp.Lambda(n, levels), sp.S.Integers)
    first = sp.floor(inside[0].lo)
    if not first.is_Integer:
        return None
    return sp.ImageSet(sp.Lambda(n, levels.xreplace({n: n + first})), sp.S.Naturals0)


def _solutions(less: bool) -> Find:
    def find(s: Stairs) -> Answer:
        subtract = s.f.x if less else sp.S.Zero
        found, because = (values.fixed_points if less else values.zeros)(s.middle, {})
        parts = {far.side: _zeros_beyond(far, far.exact(0, subtract)) for far in s.beyond}
        whole = glued(s, found, lambda far: parts[far.side] if parts[far.side] == ALL else NONE)
        points = [far.places_one_by_one(far.side * far.cut) for far in s.beyond if parts[far.side] == PLACES]
        return union([*parts_of(whole), *points]), f"{because}; on each half line none, all points, or the jumps"

    return find


def _zeros_beyond(far: HalfLine, e: sp.Expr) -> str:
    signs = far.signs(e)
    if 0 not in signs:
        return NONE
    if signs == {0}:
        return ALL
    corners = far.corners(e)
    if len(corners) == 2 and far.signs(corners[0]) == {0} and 0 not in far.signs(corners[1]):
        return PLACES  # the share times what is not 0
    raise Undecided("where the zeros beyond lie is not seen")


# --- shape -------------------------------------------------------------------------------------------------------


def _monotonicity(s: Stairs) -> Answer:
    kind, because = shape.monotonicity(s.middle, {})
    moves = [_move(kind), *(_move_beyond(far) for far in s.beyond)]
    ups, downs = any(up for up, _, _ in moves), any(down for _, down, _ in moves)
    because = f"{because}; the sign of f' and of the jumps beyond"
    if (ups and downs) or kind == "none":
        return "none", because
    if not ups and not downs:
        return "constant", because
    strict = all(is_strict for _, _, is_strict in moves)
    return (
        ("strictly increasing" if strict else "nondecreasing")
        if ups
        else ("strictly decreasing" if strict else "nonincreasing")
    ), because


def _move(kind: str) -> tuple[bool, bool, bool]:
    """Whether a function rises somewhere, falls somewhere, and repeats no value."""
    return (
        kind in ("strictly increasing", "nondecreasing"),
        kind in ("strictly decreasing", "nonincreasing"),
        kind.startswith("strictly"),
    )


def _move_beyond(far: HalfLine) -> tuple[bool, bool, bool]:
    slopes = far.signs(far.exact(1))
    if len(slopes) > 1:
        raise Undecided("the sign of f' beyond")
    both = slopes | far.jumps
    return 1 in both, -1 in both, 0 not in slopes


def _where(
    order: int, keep: set[int], find: Callable[[Subject, Facts], Answer], joins: Callable[[int, int], bool]
) -> Find:
    """The set of the middle, with the half lines on which every piece belongs to it: joined at the jumps, or less them.

    `joins(sign, jump)` tells which, from the sign of the derivative and that of the jumps.
    """

    def part(far: HalfLine) -> str:
        signs = far.signs(far.exact(order))
        if not signs & keep:
            return NONE
        if not signs <= keep:
            raise Undecided("the sign of a derivative on a half line is not settled")
        return ALL if not far.steps or joins(max(signs, key=abs), *far.jumps) else PIECES

    def run(s: Stairs) -> Answer:
        found, because = find(s.middle, {})
        return glued(s, found, part), f"{because}; the same all along both half lines beyond"

    return run


def _never(sign: int, jump: int) -> bool:
    return False


def _moves_on(sign: int, jump: int) -> bool:
    return sign == jump


def _inflection_points(s: Stairs) -> Answer:
    for far in s.beyond:
        if len(far.signs(far.exact(2))) > 1:
            raise Undecided("the sign of f'' on a half line is not settled")
    found, because = shape.inflection_points(s.middle, {})
    return found, f"{because}; f'' keeps its sign beyond"


def _kinks(s: Stairs) -> Answer:
    for far in s.beyond:
        _ = far.jumps  # strict, or undecided
    found, because = shape.kinks(s.middle, {})
    return found, f"{because}; f jumps at every step beyond"


def _discontinuities(s: Stairs) -> Answer:
    if any(far.steps for far in s.beyond):
        raise _NoCutServes("the values at infinitely many jumps are different ones")
    found, because = shape.discontinuities(s.middle, {})
    return found, f"{because}; no steps beyond"


def _jumping(value: object, said: str) -> Find:
    """What follows from one jump inside the domain."""

    def find(s: Stairs) -> Answer:
        if not s.jumps_inside:
            raise Undecided("no jump is seen")
        return value, said

    return find


def _convexity(s: Stairs) -> Answer:
    if s.jumps_inside:
        return "none", "f jumps inside its domain"
    return witnesses.no_convexity(s.middle, {})


def _homogeneous(s: Stairs) -> Answer:
    if not any(s.f.sign(point) for point in s.jumps_inside):
        raise Undecided("no jump is seen but at 0")
    return False, "f jumps at another point than 0, so it is not linear on a half line"


def _symmetry(s: Stairs) -> Answer:
    """None where the values at all jumps are the limits from one and the same side: a mirror exchanges the sides."""
    f = s.f
    for sign, kind in ((1, "even"), (-1, "odd")):
        if f.expression.xreplace({f.x: -f.x}) == sign * f.expression:
            return (kind, sp.S.Zero if sign > 0 else (sp.S.Zero, sp.S.Zero)), "f(-x) is written as f(x), or as -f(x)"
    if staircase_ends.domain(s)[0] != sp.S.Reals:
        raise Undecided("the domain is not the line")
    sides = {step.way for far in s.beyond for step in far.steps}
    sides |= {_side_of_value(s.middle, b) for b in s.middle.borders if b.point in s.jumps_inside}
    if sides not in ({1}, {-1}) or not s.jumps_inside:
        raise Undecided("f is not continuous from one side everywhere, or does not jump")
    return ("none", None), "f is continuous from one side and jumps, so its mirror images are not"


def _side_of_value(f: Subject, border: Border) -> int:
    """The side from which f is continuous at a jump; 0 for neither."""
    for side, k, at in ((1, border.right, "lo"), (-1, border.left, "hi")):
        if k is not None and border.value is not None and f.equal(f.end(k, at), border.value):
            return side
    return 0


def _derivative(order: int) -> Find:
    """The formula between the jumps, where f has no derivative at any jump."""

    def find(s: Stairs) -> Answer:
        slope, steps, spared = _between_the_jumps(s, order)
        where = sp.And(*(sp.Mod(node.args[0], 1) > 0 for node in steps))
        where = sp.Or(where, *(sp.Eq(s.f.x, point) for point in spared))
        return sp.Piecewise((slope, where)), "differentiated between the jumps, at which there is no derivative"

    return find


def _between_the_jumps(s: Stairs, order: int) -> tuple[sp.Expr, list[sp.Expr], list[sp.Expr]]:
    """A derivative, the steps, and the points at which a step's argument touches a whole number without a jump.

    Wherever else it is a whole number, f has a jump or a kink.

    Raises
    ------
    Undecided
    """
    f, middle = s.f, s.middle
    formula = in_floors(f.expression)
    steps = sorted((node for node in formula.atoms(sp.floor) if node.has(f.x)), key=sp.default_sort_key)
    if next_switch(formula) is not None or any(node.args[0].has(sp.floor) for node in steps):
        raise Undecided("the formula has switches, or steps of steps")
    for far in s.beyond:
        _ = far.jumps
    broken = [*s.jumps_inside, *(row[0] for row in shape.kinks(middle, {})[0])]
    if any(b.value is not None and b.point not in broken for b in middle.borders):
        raise Undecided("f has a derivative at some step")
    spared: list[sp.Expr] = []
    for _, branch in middle.pieces:
        for u in (node.args[0] for node in steps):
            level = sp.floor(u.subs(f.x, sample(middle, branch.lo, branch.hi, 1)[0]))
            chart = middle.chart_of(u - level, branch.lo, branch.hi)
            if any(sign != 1 for _, _, sign in chart.cells):
                raise Undecided("a step does not jump where its argument is a whole number")
            spared += [z.point for z in chart.zeros]
    held = {node: sp.Dummy("n", real=True) for node in steps}
    slope = formula.xreplace(held)
    for _ in range(order):
        slope = derivative(slope, f.x)
    return slope.xreplace({v: k for k, v in held.items()}), steps, spared


def _derivative_in_output(s: Stairs) -> Answer:
    """None where some piece next to 0 has no polynomial, 0 where f' is."""
    if all(far.exact(1) == 0 for far in s.beyond) and all(s.middle.is_flat(k) for k, _ in s.middle.pieces):
        return sp.S.Zero, "f' is 0 between the jumps"
    near = Subject(s.f.expression, s.f.x, s.f.oracle, within=(-NEXT_TO_ZERO, NEXT_TO_ZERO))
    found, because = in_output(near, {})
    if None in (found if isinstance(found, tuple) else (found,)):
        return None, f"{because}, on a piece next to 0"
    raise _NoCutServes("the pieces have infinitely many polynomials")


NEXT_TO_ZERO = sp.Rational(10, 11)
"""How far pieces next to 0 are looked at where a few of them decide."""


def _inverse(s: Stairs) -> Answer:
    if any(s.middle.is_flat(k) for k, _ in s.middle.pieces):
        return None, "not one-to-one: f is constant on an interval"
    try:
        return witnesses.no_inverse(s.middle, {})
    except Undecided as reason:
        raise _NoCutServes(str(reason)) from None


# --- numbers -----------------------------------------------------------------------------------------------------


def _value_at_zero(s: Stairs) -> Answer:
    value = s.middle.value_at(sp.S.Zero)
    return value, "0 is not in the domain" if value is None else "the piece that holds 0"


def _expectation(formula: Callable[[Stairs], sp.Expr]) -> Find:
    def find(s: Stairs) -> Answer:
        if staircase_ends.domain(s)[0] != sp.S.Reals:
            raise Undecided("f is not defined on the line")
        integrand = formula(s)
        closed = None if integrand.has(sp.floor) else expectation([(-sp.oo, sp.oo, integrand)], s.f.x)
        if closed is not None:
            return s.f.neat(closed), "moments of normal distributions, term by term"
        total = DefiniteIntegral(integrand * weight(s.f.x), (s.f.x, -sp.oo, sp.oo))
        answer = s.f.remember(("integrable", total), lambda: s.f.oracle.is_integrable(total))
        if answer is not True:
            raise Undecided(f"the integral was not enclosed: {answer}")
        return total, "rigorous quadrature"

    return find


def _in_one_formula(order: int) -> Callable[[Stairs], sp.Expr]:
    return lambda s: _between_the_jumps(s, order)[0] ** 2


FINDERS: dict[str, Find] = {
    "domain": staircase_ends.domain,
    "derivative": _derivative(1),
    "second_derivative": _derivative(2),
    "derivative_in_output": _derivative_in_output,
    "antiderivative": _jumping(None, "f jumps, so it is not a derivative (Darboux)"),
    "inverse": _inverse,
    "limits": staircase_ends.limits(0),
    "derivative_limits": staircase_ends.limits(1),
    "asymptotes": staircase_ends.asymptotes,
    "saturation": staircase_ends.saturation,
    "saturation_rate": staircase_ends.saturation_rate,
    "range": _range,
    "minimum": _extreme(-1),
    "maximum": _extreme(1),
    "sign": lambda s: witnesses.sign(s.middle, {}),
    "zeros": _solutions(False),
    "fixed_points": _solutions(True),
    "monotonicity": _monotonicity,
    "increasing_on": _where(1, {1}, shape.increasing_on, _moves_on),
    "decreasing_on": _where(1, {-1}, shape.decreasing_on, _moves_on),
    "stationary_points": _where(1, {0}, shape.stationary_points, _never),
    "convexity": _convexity,
    "convex_on": _where(2, {0, 1}, shape.convex_on, _never),
    "concave_on": _where(2, {0, -1}, shape.concave_on, _never),
    "inflection_points": _inflection_points,
    "discontinuities": _discontinuities,
    "kinks": _kinks,
    "smoothness": _jumping(sp.Integer(-1), "f jumps"),
    "lipschitz": _jumping(sp.oo, "f jumps"),
    "gradient_lipschitz": _jumping(sp.oo, "f jumps"),
    "symmetry": _symmetry,
    "homogeneous": _homogeneous,
    "value_at_zero": _value_at_zero,
    "dead_region": _where(1, {0}, shape.dead_region, _never),
    "gaussian_mean": _expectation(lambda s: in_floors(s.f.expression)),
    "gaussian_second_moment": _expectation(lambda s: in_floors(s.f.expression) ** 2),
    "gaussian_derivative_second_moment": _expectation(_in_one_formula(1)),
}
"""A derivation for each fact."""

STEPS_WITHOUT_END: dict[str, Callable[[Subject, Facts], Answer]] = {name: _cut(find) for name, find in FINDERS.items()}
"""The same as rows of the table run them."""
