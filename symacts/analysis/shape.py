"""Facts about shape: monotonicity, convexity, stationary and inflection points, smoothness, Lipschitz constants."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import sympy as sp

from symacts.analysis.ends import Answer, Facts, union
from symacts.analysis.subject import MOST_DERIVATIVES, Border, Cell, NoLimit, Subject
from symacts.analysis.values import require, sets_with_points, spans_of_branch
from symacts.errors import UnsupportedExpression
from symacts.symbolic.forms import is_identically_zero, with_expanded_arguments
from symacts.symbolic.oracle import Undecided

__all__ = [
    "breaks",
    "concave_on",
    "convex_on",
    "convexity",
    "dead_region",
    "decreasing_on",
    "discontinuities",
    "gradient_lipschitz",
    "increasing_on",
    "inflection_points",
    "kinks",
    "lipschitz",
    "monotonicity",
    "smoothness",
    "stationary_points",
]


def _border_at(f: Subject, point: sp.Expr) -> Border | None:
    for border in f.borders:
        if border.point == point:
            return border
    return None


def monotonicity(f: Subject, facts: Facts) -> Answer:
    """How f moves over its whole domain: the sign of f' on the pieces, and the jumps between them."""
    cells = f.cells(1)
    signs = {c.sign for c in cells}
    up, down, strict = _steps(f)
    if up and down and signs <= {0}:
        return "constant", "f' vanishes on every piece and there are no jumps"
    because = "the sign of f' on every piece and the order of values across borders"
    if up and signs <= {0, 1}:
        return ("strictly increasing" if 0 not in signs and strict else "nondecreasing"), because
    if down and signs <= {0, -1}:
        return ("strictly decreasing" if 0 not in signs and strict else "nonincreasing"), because
    return "none", because


def _steps(f: Subject) -> tuple[bool, bool, bool]:
    """Whether values never fall, never rise, and never repeat from each branch to the next (points and gaps too)."""
    up = down = strict = True
    for (k, a), (m, b) in pairwise(enumerate(f.branches)):
        last, first = _end_value(f, k, "hi"), _end_value(f, m, "lo")
        order = f.compare(last, first)
        up, down = up and order <= 0, down and order >= 0
        strict = strict and not (order == 0 and a.has_hi and b.has_lo)
    return up, down, strict


def _end_value(f: Subject, branch: int, at: str) -> sp.Expr:
    """The value of a branch that is a point, the one-sided limit at an end of another."""
    piece = f.branches[branch]
    return f.neat(piece.expression.subs(f.x, piece.lo)) if piece.is_point else f.end(branch, at)


def _joined(f: Subject, order: int, keep: Any, joins: Any, closes: Any) -> list[sp.Interval]:
    """Maximal intervals over cells whose sign satisfies `keep`, joined where `joins(border)` holds.

    Ends are closed where `closes(value, limit from inside, side)` holds for the value there; two intervals that meet
    without joining are open there.
    """
    runs: list[list[Cell]] = []
    for cell in f.cells(order):
        if not keep(cell.sign):
            continue
        if runs and runs[-1][-1].hi == cell.lo:
            border = _border_at(f, cell.lo)
            if border is None or joins(border):
                runs[-1].append(cell)
                continue
        runs.append([cell])
    result = []
    for k, run in enumerate(runs):
        lo, hi = run[0].lo, run[-1].hi
        meets_left = k > 0 and runs[k - 1][-1].hi == lo
        meets_right = k + 1 < len(runs) and runs[k + 1][0].lo == hi
        result.append(
            sp.Interval(
                lo,
                hi,
                meets_left or not _is_closed(f, lo, "lo", closes),
                meets_right or not _is_closed(f, hi, "hi", closes),
            )
        )
    return result


def _is_closed(f: Subject, point: sp.Expr, at: str, closes: Any) -> bool:
    """Whether the piece that has its "lo" or "hi" end at the point goes on to the point itself."""
    if point.is_infinite:
        return False
    border = _border_at(f, point)
    if border is None:
        return True
    k = border.right if at == "lo" else border.left
    if border.value is None or k is None:
        return False
    return bool(closes(f.compare(border.value, f.end(k, at)), at))


def _continuous(f: Subject, border: Border) -> bool:
    return border.is_interior and f.is_continuous_at(border)


def _moving_on(f: Subject, sign: int) -> Answer:
    """The largest intervals on which f moves strictly in one direction; a jump in that direction does not end one."""

    def joins(border: Border) -> bool:
        if not border.is_interior:
            return False
        steps = (f.end(border.left, "hi"), border.value), (border.value, f.end(border.right, "lo"))  # type: ignore[arg-type]
        return all(sign * f.compare(a, b) <= 0 for a, b in steps)

    def closes(order: int, at: str) -> bool:
        return sign * order <= 0 if at == "lo" else sign * order >= 0

    found = _joined(f, 1, lambda s: s == sign, joins, closes)
    relation = ">" if sign > 0 else "<"
    return union(list(found)), f"where f' {relation} 0, joined across points at which f moves on in that direction"


def increasing_on(f: Subject, facts: Facts) -> Answer:
    """The largest intervals on which f increases strictly."""
    return _moving_on(f, 1)


def decreasing_on(f: Subject, facts: Facts) -> Answer:
    """The largest intervals on which f decreases strictly."""
    return _moving_on(f, -1)


def moves_throughout(direction: str) -> Any:
    """A derivation of `increasing_on` or `decreasing_on` for a function that moves one way all along."""

    def run(f: Subject, facts: Facts) -> Answer:
        kind, whole = facts["monotonicity"].value, facts["domain"].value
        if not kind.startswith("strictly") or not isinstance(whole, sp.Interval):
            raise Undecided("f is not strictly monotone on an interval")
        return (whole if kind.endswith(direction) else sp.S.EmptySet), f"f is {kind} on its domain"

    return run


def _slopes(f: Subject, border: Border, order: int = 1) -> tuple[sp.Expr | None, sp.Expr | None]:
    left = f.end(border.left, "hi", order) if border.left is not None else None
    right = f.end(border.right, "lo", order) if border.right is not None else None
    return left, right


def _convex_joins(f: Subject, border: Border, sign: int) -> bool:
    if not _continuous(f, border):
        return False
    left, right = _slopes(f, border)
    assert left is not None and right is not None
    return sign * f.compare(left, right) <= 0


def convex_on(f: Subject, facts: Facts) -> Answer:
    """The largest intervals on which f is convex (an affine piece is convex and concave)."""
    found = _joined(f, 2, lambda s: s >= 0, lambda b: _convex_joins(f, b, 1), lambda order, at: order >= 0)
    return union(list(found)), "where f'' >= 0, joined where f is continuous and f' does not fall"


def concave_on(f: Subject, facts: Facts) -> Answer:
    """The largest intervals on which f is concave."""
    found = _joined(f, 2, lambda s: s <= 0, lambda b: _convex_joins(f, b, -1), lambda order, at: order <= 0)
    return union(list(found)), "where f'' <= 0, joined where f is continuous and f' does not rise"


def convexity(f: Subject, facts: Facts) -> Answer:
    """Whether f is convex, concave or affine on its whole domain (which must be an interval for that)."""
    because = "the sign of f'' on every piece and the steps of f' between them"
    whole = facts["domain"].value
    if not isinstance(whole, sp.Interval):
        return "none", "the domain is not an interval"
    if not all(_edge_allows(f, b) for b in f.borders if not b.is_interior):
        raise Undecided("a jump at an end of the domain")
    signs = {c.sign for c in f.cells(2)}
    inner = [b for b in f.borders if b.is_interior]
    convex = signs <= {0, 1} and all(_convex_joins(f, b, 1) for b in inner)
    concave = signs <= {0, -1} and all(_convex_joins(f, b, -1) for b in inner)
    if convex and concave:
        return "affine", because
    return ("convex" if convex else "concave" if concave else "none"), because


def _edge_allows(f: Subject, border: Border) -> bool:
    return border.value is None or f.is_continuous_at(border)


def inflection_points(f: Subject, facts: Facts) -> Answer:
    """Points at which f is continuous and the sign of f'' changes strictly."""
    found = []
    cells = f.cells(2)
    for a, b in pairwise(cells):
        if a.sign * b.sign < 0 and a.hi == b.lo:
            border = _border_at(f, a.hi)
            if border is None or _continuous(f, border):
                found.append(a.hi)
    return sp.FiniteSet(*found), "sign changes of f'' between neighboring pieces"


def stationary_points(f: Subject, facts: Facts) -> Answer:
    """Points at which f is differentiable with f' = 0."""
    flat = [sp.Interval.open(c.lo, c.hi) for c in f.cells(1) if c.sign == 0]
    points = f.zeros_of(1)
    for border in f.borders:
        if border.is_interior and f.is_continuous_at(border):
            left, right = _slopes(f, border)
            assert left is not None and right is not None
            if f.equal(left, right) and f.sign(left) == 0:
                points.append(border.point)
    return sets_with_points(f, list(flat), points), "zeros of f' per branch, and borders where both slopes vanish"


def dead_region(f: Subject, facts: Facts) -> Answer:
    """The interior of the set where f' = 0: no gradient passes."""
    runs: list[sp.Interval] = []
    for cell in f.cells(1):
        if cell.sign:
            continue
        border = _border_at(f, cell.lo)
        if runs and runs[-1].end == cell.lo and (border is None or _continuous(f, border)):
            runs[-1] = sp.Interval.open(runs[-1].start, cell.hi)
        else:
            runs.append(sp.Interval.open(cell.lo, cell.hi))
    return union(list(runs)), "the pieces on which f' vanishes identically"


def kinks(f: Subject, facts: Facts) -> Answer:
    """Points of continuity without a derivative, with the one-sided derivatives there (infinite allowed)."""
    found = []
    for border in f.borders:
        if not border.is_interior or not f.is_continuous_at(border):
            continue
        left, right = _slopes(f, border)
        assert left is not None and right is not None
        if left.is_infinite or right.is_infinite or not f.equal(left, right):
            found.append((border.point, left, right))
    return tuple(found), "one-sided limits of f' at the borders"


def discontinuities(f: Subject, facts: Facts) -> Answer:
    """Points of the domain at which f jumps, with the one-sided limits there."""
    found = []
    for border in f.borders:
        if border.value is None or f.is_continuous_at(border):
            continue
        left = f.end(border.left, "hi") if border.left is not None else border.value
        right = f.end(border.right, "lo") if border.right is not None else border.value
        found.append((border.point, left, right))
    return tuple(found), "one-sided limits against the value at the borders"


def smoothness(f: Subject, facts: Facts) -> Answer:
    """The largest k with f in C^k over its domain, which holds an interval; -1 where f jumps."""
    require(bool(f.pieces), "the domain holds no interval")
    if facts["discontinuities"].value:
        return sp.Integer(-1), "f jumps"
    best: sp.Expr = sp.oo
    for border in f.borders:
        if border.value is not None:
            here = _smoothness_at(f, border)
            best = here if best is sp.oo else sp.Min(best, here)
    return best, "one-sided derivatives at the borders; analytic elsewhere"


def _smoothness_at(f: Subject, border: Border) -> sp.Expr:
    if border.left is None and border.right is None:
        return sp.oo
    if border.is_interior and _agrees_across(f, border):
        return sp.oo
    if not border.is_interior:
        k = border.left if border.left is not None else border.right
        assert k is not None
        if f.is_regular(f.expression_of(k), border.point):
            return sp.oo
    if _differ_by_flat_parts(f, border):
        return sp.oo
    for order in range(1, MOST_DERIVATIVES + 1):
        left, right = _slopes(f, border, order)
        sides = [s for s in (left, right) if s is not None]
        if any(s.is_infinite for s in sides) or (len(sides) == 2 and not f.equal(sides[0], sides[1])):
            return sp.Integer(order - 1)
    raise Undecided(f"{MOST_DERIVATIVES} one-sided derivatives agree at {border.point}")


_HARDY = (sp.exp, sp.log, sp.tanh, sp.sinh, sp.cosh, sp.sech)


def _differ_by_flat_parts(f: Subject, border: Border) -> bool:
    """Whether both sides are the value, or one of them that is analytic, plus what falls faster than every power."""
    sides = [(f.expression_of(k), side) for k, side in ((border.left, -1), (border.right, 1)) if k is not None]
    smooth = [e for e, _ in sides if e.has(f.x) and border.is_interior and f.is_regular(e, border.point)]
    try:
        for middle in (*smooth, f.limit_of(sides[0][0], border.point, sides[0][1])):
            if all(_is_flat_towards(f, e - middle, border.point, side) for e, side in sides):
                return True
    except Undecided:
        pass
    return False


def _is_flat_towards(f: Subject, rest: sp.Expr, point: sp.Expr, side: int) -> bool:
    """Whether an expression falls faster than every power of the distance, so that all derivatives tend to 0.

    For a function of rational operations, powers, exp and log alone (a Hardy field: Hardy, 1910) `u < d**n` near the
    point for all n gives `u' < d**n` for all n; the first holds where `log(u)/log(d)` tends to oo. A function analytic
    at the point does not fall like that unless it is constant.
    """
    if not rest.has(f.x):
        return True  # f is continuous, so it is 0
    if any(not isinstance(a, _HARDY) for a in rest.atoms(sp.Function)) or f.is_regular(rest, point):
        return False
    d = sp.Dummy("d", positive=True)
    size: sp.Expr = sp.S.Zero
    try:
        for factor in sp.Mul.make_args(sp.factor_terms(sp.together(rest.xreplace({f.x: point + side * d})))):
            size += _log_of_size(f, factor, d, point, side)
        return f.limit_of((size / sp.log(d)).xreplace({d: side * (f.x - point)}), point, side) is sp.oo
    except (Undecided, UnsupportedExpression):
        return False


def _log_of_size(f: Subject, factor: sp.Expr, d: sp.Symbol, point: sp.Expr, side: int) -> sp.Expr:
    """The logarithm of a factor's absolute value, 0 where that is bounded."""
    if isinstance(factor, sp.exp):
        return factor.args[0]
    base, power = (factor.base, factor.exp) if factor.is_Pow else (factor, sp.S.One)
    limit = f.limit_of(base.xreplace({d: side * (f.x - point)}), point, side)
    if power.has(d) or (limit.is_finite is not False and f.sign(limit)):
        return power * sp.log(base) if power.has(d) else sp.S.Zero
    return power * sp.log(base)


def _agrees_across(f: Subject, border: Border) -> bool:
    """Whether both sides are one analytic function near the border, the value being its (continuous) value there."""
    assert border.left is not None and border.right is not None
    left, right = f.expression_of(border.left), f.expression_of(border.right)
    if left != right and not is_identically_zero(left - right, f.x):
        return False
    if f.is_regular(left, border.point):
        return True
    return _is_meromorphic_at(f, left, border.point)


def breaks(f: Subject, border: Border) -> bool:
    """Whether f is not analytic at the border; not so where both sides are one function that takes its value there.

    Raises
    ------
    Undecided
    """
    if not border.is_interior or not f.is_continuous_at(border):
        return True
    if _agrees_across(f, border):
        return False
    sides = [f.expression_of(k) for k in (border.left, border.right) if k is not None]
    if _smoothness_at(f, border) is sp.oo and not any(e.has(f.x) for e in sides):
        raise Undecided(f"whether f is analytic at {border.point}")
    return True


def _is_meromorphic_at(f: Subject, expression: sp.Expr, point: sp.Expr) -> bool:
    """A quotient of functions analytic at the point: bounded there, its singularity is removable (Riemann)."""
    numerator, denominator = sp.fraction(sp.together(expression))
    return f.is_regular(numerator, point) and f.is_regular(denominator, point)


def _supremum(f: Subject, order: int) -> sp.Expr:
    """sup of the absolute value of a derivative over the open branches."""
    return f.remember(("supremum", order), lambda: _find_supremum(f, order))


def _find_supremum(f: Subject, order: int) -> sp.Expr:
    if any(_is_unbounded_towards(f, k, at, order) for k, _ in f.pieces for at in ("lo", "hi")):
        return sp.oo
    best: list[sp.Expr] = []
    mirrors = _is_seen_to_mirror(f)
    for k, branch in f.pieces:
        if mirrors and branch.hi.is_nonpositive:
            continue
        is_odd = f.parity(k, order) == -1
        for span in spans_of_branch(f, k, order):
            for value in (span.hi,) if is_odd else (f.neat(-span.lo), span.hi):
                if value is sp.oo:
                    return sp.oo
                best = _still_largest(f, best, value)
    return best[0] if len(best) == 1 or _is_odd_about_a_point(f, order) else sp.Max(*best)


def _is_odd_about_a_point(f: Subject, order: int) -> bool:
    """Whether a derivative on the whole line is odd about the middle of its zeros: its extremes are opposite."""
    zeros = f.zeros_of(order)
    if len(f.branches) != 1 or f.branches[0].interval != sp.S.Reals or not zeros:
        return False
    center, e = f.neat((zeros[0] + zeros[-1]) / 2), f.expression_of(0, order)
    total = with_expanded_arguments(e.subs(f.x, center + f.x) + e.subs(f.x, center - f.x))
    return is_identically_zero(total, f.x)


def _is_seen_to_mirror(f: Subject) -> bool:
    """Whether f(-x) is f(x) or -f(x) as it is written, so that |f| and those of its derivatives are even."""
    mirrored = f.expression.subs(f.x, -f.x)
    return f.within[0] == -f.within[1] and mirrored in (f.expression, -f.expression)


def _is_unbounded_towards(f: Subject, branch: int, at: str, order: int) -> bool:
    """Whether a derivative has an infinite limit, or limit point, at an end of a branch."""
    try:
        return f.end(branch, at, order).is_infinite is True
    except NoLimit as oscillation:
        return any(point.is_infinite for point in oscillation.points)
    except Undecided:
        return False


def _still_largest(f: Subject, best: list[sp.Expr], value: sp.Expr) -> list[sp.Expr]:
    """The candidates for the largest value; two that cannot be told apart both stay."""
    kept = []
    for other in best:
        try:
            order = f.compare(other, value)
        except Undecided:
            kept.append(other)
            continue
        if order >= 0:
            return best
    return [*kept, value]


def lipschitz(f: Subject, facts: Facts) -> Answer:
    """The least L with |f(x) - f(y)| <= L*|x - y| on the domain; oo where there is none."""
    if facts["discontinuities"].value:
        return sp.oo, "f jumps"
    best = _supremum(f, 1)
    if best is sp.oo:
        return best, "f' is unbounded"
    if isinstance(facts["domain"].value, sp.Interval):
        return best, "the supremum of |f'| over the pieces"
    if _jumps_across_a_hole(f, 0):
        return sp.oo, "f jumps across a point that the domain misses"
    return best, "the supremum of |f'| over the pieces, with f continuous across the points that the domain misses"


def _jumps_across_a_hole(f: Subject, order: int) -> bool:
    """Whether a derivative has different limits at the two sides of a point that the domain misses.

    Raises
    ------
    Undecided
        The domain has wider gaps or isolated points: slopes of chords across those are not bounded by derivatives.
    """
    if not all(f.equal(a.hi, b.lo) for a, b in pairwise(f.branches)):
        raise Undecided("the domain has gaps, across which the slope of a chord is not bounded by a derivative")
    inner = [b for b in f.borders if b.value is None and b.left is not None and b.right is not None]
    return not all(f.equal(*_slopes(f, border, order)) for border in inner)


def gradient_lipschitz(f: Subject, facts: Facts) -> Answer:
    """The least Lipschitz constant of f'; oo where f jumps or has a kink."""
    if facts["discontinuities"].value or facts["kinks"].value:
        return sp.oo, "f' jumps or does not exist at a point"
    best = _supremum(f, 2)
    if best is sp.oo:
        return best, "f'' is unbounded"
    if isinstance(facts["domain"].value, sp.Interval):
        return best, "the supremum of |f''| over the pieces"
    if _jumps_across_a_hole(f, 1):
        return sp.oo, "f' jumps across a point that the domain misses"
    return best, "the supremum of |f''| over the pieces, with f' continuous across the points that the domain misses"
