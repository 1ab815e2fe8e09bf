"""Facts found by exact algebra: derivatives as expressions, symmetry, homogeneity, f' as a polynomial in f."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import sympy as sp

from symacts.analysis.ends import Answer, Facts
from symacts.analysis.no_polynomial import is_no_solution
from symacts.analysis.sampling import sample
from symacts.analysis.subject import Border, Subject
from symacts.errors import UnsupportedExpression
from symacts.symbolic.forms import is_identically_zero
from symacts.symbolic.oracle import Undecided
from symacts.symbolic.output import polynomial_in_output
from symacts.symbolic.output import y as OUTPUT

__all__ = ["derivative_in_output", "derivative_of_order", "derivative_pieces", "homogeneous", "piecewise"]


def piecewise(pieces: list[tuple[sp.Set, sp.Expr]], x: sp.Symbol) -> sp.Expr:
    """One expression from expressions on disjoint intervals in order; equal neighbors that touch are joined."""
    joined: list[tuple[sp.Set, sp.Expr]] = []
    for interval, expression in pieces:
        if joined:
            last, before = joined[-1]
            (_, at_last), (at_first, _) = _open_ends(last), _open_ends(interval)
            if before == expression and last.sup == interval.inf and not (at_last and at_first):
                ends = _open_ends(last)[0], _open_ends(interval)[1]
                joined[-1] = (sp.Interval(last.inf, interval.sup, *ends), before)
                continue
        joined.append((interval, expression))
    if not joined:
        return sp.nan
    if _says_its_own_domain(joined, x):
        return joined[0][1]
    rows = _one_formula(joined, x) or _rows(joined, x)
    if len(joined) == 1 and rows[0][1] == sp.true:
        return rows[0][0]
    return sp.Piecewise(*rows, evaluate=False)


def _open_ends(interval: sp.Set) -> tuple[bool, bool]:
    """Whether an interval, or a single point, leaves out its left and its right end."""
    if isinstance(interval, sp.FiniteSet):
        return False, False
    return bool(interval.left_open), bool(interval.right_open)


def _rows(joined: list[tuple[sp.Set, sp.Expr]], x: sp.Symbol) -> list[tuple[sp.Expr, sp.Basic]]:
    """A row for each set in order, its condition as short as the rows before allow."""
    rows: list[tuple[sp.Expr, sp.Basic]] = []
    covered: sp.Expr | None = -sp.oo
    covered_point = True
    for interval, expression in joined:
        rows.append((expression, _condition(interval, x, covered, covered_point)))
        start_is_closed = isinstance(interval, sp.FiniteSet) or not interval.left_open
        if interval.inf != covered or covered_point == start_is_closed:
            covered = None  # a gap, into which no later row may reach
        if covered is not None:
            covered = interval.sup
            covered_point = isinstance(interval, sp.FiniteSet) or not interval.right_open
    return rows


def _one_formula(joined: list[tuple[sp.Set, sp.Expr]], x: sp.Symbol) -> list[tuple[sp.Expr, sp.Basic]]:
    """Rows for one formula on the line but for single points, with the values at those that have one; else none."""
    spans = [(s, e) for s, e in joined if isinstance(s, sp.Interval)]
    values = {s.args[0]: e for s, e in joined if isinstance(s, sp.FiniteSet)}
    if len(spans) < 2 or any(e != spans[0][1] for _, e in spans):
        return []
    between = [(a.end, b.start, a.right_open and b.left_open) for (a, _), (b, _) in pairwise(spans)]
    whole = spans[0][0].start is -sp.oo and spans[-1][0].end is sp.oo
    if not whole or any(a != b or not missing for a, b, missing in between):
        return []
    holes = [sp.Ne(x, p) for p, _, _ in between if p not in values]
    if len(values) == 1 and not holes:
        ((point, value),) = values.items()
        return [(spans[0][1], sp.Ne(x, point)), (value, sp.true)]
    return [*((value, sp.Eq(x, p)) for p, value in values.items()), (spans[0][1], sp.And(*holes))]


def _says_its_own_domain(joined: list[tuple[sp.Set, sp.Expr]], x: sp.Symbol) -> bool:
    """Whether one expression serves on every interval, undefined of itself at the points between them (`-1/x**2`)."""
    (first, expression), *rest = joined
    last = rest[-1][0] if rest else first
    if any(e != expression for _, e in rest) or any(isinstance(s, sp.FiniteSet) for s, _ in joined):
        return False
    if first.start.is_infinite is not True or last.end.is_infinite is not True:
        return False
    ends = [interval.end for interval, _ in joined[:-1]]
    starts = [interval.start for interval, _ in joined[1:]]
    return ends == starts and all(expression.subs(x, p).has(sp.zoo, sp.nan) for p in ends)


def _condition(interval: sp.Set, x: sp.Symbol, covered: sp.Expr | None, covered_point: bool) -> sp.Basic:
    """The condition for the interval where the rows before took all up to `covered` (None: they left gaps)."""
    if isinstance(interval, sp.FiniteSet):
        return sp.Eq(x, interval.args[0])
    conditions: list[sp.Basic] = []
    touches = interval.start == covered and covered_point == interval.left_open
    if interval.start.is_finite is not False and not touches:
        conditions.append(x > interval.start if interval.left_open else x >= interval.start)
    if interval.end.is_finite is not False:
        conditions.append(x < interval.end if interval.right_open else x <= interval.end)
    return sp.And(*conditions) if conditions else sp.true


def derivative_of_order(f: Subject, order: int) -> Answer:
    """The derivative of that order as an expression, undefined where it does not exist."""
    if order == 0:
        return f.expression, "the function itself"
    because = "differentiated on every branch; left undefined where the one-sided values differ"
    return piecewise(derivative_pieces(f, order), f.x), because


def derivative_pieces(f: Subject, order: int) -> list[tuple[sp.Set, sp.Expr]]:
    """The derivative of that order on disjoint intervals and points in order, those that it is defined on."""
    at_borders = {border.point: _derivative_at(f, border, order) for border in f.borders}
    pieces: list[tuple[sp.Set, sp.Expr]] = []
    told: set[sp.Expr] = set()
    for k, branch in enumerate(f.branches):
        value = at_borders.get(branch.lo)
        if value is not None and branch.lo not in told and not _tells(f, k, branch.lo, order):
            pieces.append((sp.FiniteSet(branch.lo), value))
            told.add(branch.lo)
        if branch.is_point:
            continue
        closed = [end for end in (branch.lo, branch.hi) if at_borders.get(end) is not None and _tells(f, k, end, order)]
        told.update(closed)
        interval = sp.Interval(branch.lo, branch.hi, branch.lo not in closed, branch.hi not in closed)
        pieces.append((interval, f.expression_of(k, order)))
        value = at_borders.get(branch.hi)
        if value is not None and branch.hi not in told and branch.has_hi:
            pieces.append((sp.FiniteSet(branch.hi), value))
            told.add(branch.hi)
    return pieces


def _tells(f: Subject, branch: int, point: sp.Expr, order: int) -> bool:
    """Whether the branch holds its end and its derivative's expression has a value there."""
    piece = f.branches[branch]
    if piece.is_point or not (piece.has_lo if point == piece.lo else piece.has_hi):
        return False
    return not f.expression_of(branch, order).subs(f.x, point).has(sp.nan, sp.zoo, sp.oo, -sp.oo)


def _derivative_at(f: Subject, border: Border, order: int) -> sp.Expr | None:
    """The derivative of that order at the border (one-sided at an end of the domain), None where there is none."""
    if border.value is None or not f.is_continuous_at(border):
        return None
    value = None
    for m in range(1, order + 1):
        sides = []
        if border.left is not None:
            sides.append(f.end(border.left, "hi", m))
        if border.right is not None:
            sides.append(f.end(border.right, "lo", m))
        if not sides or any(s.is_infinite for s in sides) or not f.equal(sides[0], sides[-1]):
            return None
        value = sides[0]
    return value


def derivative(f: Subject, facts: Facts) -> Answer:
    """f' as an expression."""
    return derivative_of_order(f, 1)


def second_derivative(f: Subject, facts: Facts) -> Answer:
    """f'' as an expression."""
    return derivative_of_order(f, 2)


def derivative_in_output(f: Subject, facts: Facts) -> Answer:
    """A polynomial P in y with f' = P(f): one for a single branch, else a tuple, one for each branch.

    None stands for a branch on which no polynomial does it: divided differences exclude degree up to 8, what f does
    excludes all others.
    """
    if any(s.name == OUTPUT.name for s in f.presented(f.expression).free_symbols):
        raise Undecided(f"the parameter {OUTPUT} has the name of the output")
    found: list[sp.Expr | None] = []
    for k, _ in f.pieces:
        value, slope = f.expression_of(k), f.expression_of(k, 1)
        excluded = slope.has(f.x) and any(
            _has_no_polynomial(f, k, degree=8, skip=skip, scale=scale) for skip, scale in ((0, 1), (1, 1), (0, CLOSE))
        )
        polynomial = None if excluded else polynomial_in_output(value, slope, f.x)
        if polynomial is None and not excluded:
            raise Undecided("no polynomial found, and none of degree up to 8 excluded")
        if polynomial is None and not is_no_solution(f, k):
            raise Undecided("no polynomial of degree up to 8, and none of higher degree excluded")
        found.append(polynomial)
    because = "undetermined coefficients over the exponentials of f, checked by exact expansion"
    if None in found:
        because = "exact expansion where P exists; elsewhere f, by its turns, ends or poles, solves no y' = P(y)"
    return (found[0] if len(found) == 1 else tuple(found)), because


MOST_BITS = 10_000
"""Length of numerators and denominators up to which divided differences are formed."""


CLOSE = sp.Rational(1, 1000)
"""How much nearer to 0 values are taken of a function that is all but a line, or constant, further out."""


def _has_no_polynomial(f: Subject, branch: int, degree: int, skip: int, scale: sp.Rational) -> bool:
    """Whether the divided difference of order `degree + 1` of f' over f is proved nonzero at some points."""
    piece = f.branches[branch]
    points = [scale * p for p in sample(f, piece.lo, piece.hi, degree + 2 + skip)[skip:]]
    if scale != 1 and not f.compare(piece.lo, points[0]) < 0 < f.compare(piece.hi, points[-1]):
        return False
    try:
        ys, column = ([f.oracle.enclose_at(f.expression_of(branch, order), f.x, p) for p in points] for order in (0, 1))
    except (UnsupportedExpression, Undecided):  # a parameter, or a value without rational bounds
        return False
    if any(max(int(end.p).bit_length(), int(end.q).bit_length()) > MOST_BITS for ball in ys + column for end in ball):
        return False
    values = [_Ball(Fraction(int(a.p), int(a.q)), Fraction(int(b.p), int(b.q))) for a, b in ys]
    balls = [_Ball(Fraction(int(a.p), int(a.q)), Fraction(int(b.p), int(b.q))) for a, b in column]
    for level in range(1, len(points)):
        following = []
        for k in range(len(balls) - 1):
            quotient = (balls[k + 1] - balls[k]).over(values[k + level] - values[k])
            if quotient is None:
                return False
            following.append(quotient)
        balls = following
    return balls[0].lo > 0 or balls[0].hi < 0


class _Ball:
    """An interval with rational ends: just enough arithmetic for a table of divided differences."""

    def __init__(self, lo: Fraction, hi: Fraction) -> None:
        self.lo, self.hi = lo, hi

    def __sub__(self, other: _Ball) -> _Ball:
        return _Ball(self.lo - other.hi, self.hi - other.lo)

    def over(self, other: _Ball) -> _Ball | None:
        if other.lo <= 0 <= other.hi:
            return None
        ends = [a / b for a in (self.lo, self.hi) for b in (other.lo, other.hi)]
        return _Ball(min(ends), max(ends))


def homogeneous(f: Subject, facts: Facts) -> Answer:
    """Whether f(c*x) = c*f(x) for all c > 0: exactly the functions linear on each half line with f(0) = 0."""
    value = f.value_at(sp.S.Zero)
    if value is not None and f.sign(value) != 0:
        return False, "f(0) is not 0"
    for k, branch in f.pieces:
        slope = f.expression_of(k) - f.x * f.expression_of(k, 1)
        if any(f.oracle.sign_at(slope, f.x, t) for t in sample(f, branch.lo, branch.hi, 2)):
            return False, "f(x) - x*f'(x) does not vanish (Euler)"
        if is_identically_zero(slope, f.x):
            continue
        raise Undecided("f(x) - x*f'(x) was neither shown to vanish nor excluded")
    for border in f.borders:
        if f.sign(border.point) == 0:
            continue
        if border.left is None or border.right is None:
            return False, "the domain is no cone"
        left, right = f.expression_of(border.left, 1), f.expression_of(border.right, 1)
        if not f.equal(f.neat(left), f.neat(right)) or border.value is None:
            return False, "the slope changes away from 0"
        if not f.is_continuous_at(border):
            return False, "f jumps away from 0"
    return True, "f(x) = x*f'(x) on every piece (Euler), the slope changing at 0 only"
