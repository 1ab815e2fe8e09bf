"""Facts that undo: antiderivative and inverse in closed form, where one is found."""

from __future__ import annotations

from functools import cmp_to_key
from itertools import combinations

import sympy as sp

from symacts.analysis.algebra import piecewise
from symacts.analysis.ends import Answer, Facts
from symacts.analysis.subject import Subject
from symacts.errors import UnsupportedExpression
from symacts.symbolic.forms import tidy
from symacts.symbolic.integrals import antiderivative as integrate
from symacts.symbolic.inverses import proposals
from symacts.symbolic.oracle import Undecided
from symacts.symbolic.structure import requirements

__all__ = ["antiderivative", "inverse", "no_inverse"]


def antiderivative(f: Subject, facts: Facts) -> Answer:
    """F with F' = f, continuous across the borders; None where f jumps (Darboux)."""
    if facts["discontinuities"].value:
        return None, "f jumps, so it is not a derivative (Darboux)"
    pieces: list[tuple[sp.Set, sp.Expr]] = []
    previous: tuple[sp.Expr, sp.Expr] | None = None
    for k, branch in f.pieces:
        found = integrate(f.expression_of(k), f.x)
        if found is None:
            raise Undecided("no closed form found by the rules of integration")
        found = _real_logarithms(f, k, found)
        if not _is_real_on(f, found, sp.Interval.open(branch.lo, branch.hi)):
            raise Undecided("the closed form found has a singularity inside a branch")
        if previous is not None and f.equal(previous[1], branch.lo):
            step = f.limit_of(previous[0], branch.lo, -1) - f.limit_of(found, branch.lo, 1)
            if step.is_finite is not False and not step.has(sp.oo, -sp.oo, sp.nan):
                found += f.neat(step)
        pieces.append((branch.interval, found))
        previous = (found, branch.hi)
    pieces = _with_points(f, pieces)
    return piecewise(pieces, f.x), "rules of integration, checked by differentiation, joined at the borders"


def _with_points(f: Subject, pieces: list[tuple[sp.Set, sp.Expr]]) -> list[tuple[sp.Set, sp.Expr]]:
    """The pieces with the single-point branches between them, at which a continuous F takes its limit."""
    result: list[tuple[sp.Set, sp.Expr]] = []
    points = [b.lo for b in f.branches if b.is_point]
    for interval, found in pieces:
        start, end = interval.start, interval.end
        if start in points and not (result and result[-1][0].sup == start):
            result.append((sp.FiniteSet(start), f.limit_of(found, start, 1)))
        result.append((interval, found))
        if end in points:
            result.append((sp.FiniteSet(end), f.limit_of(found, end, -1)))
    return result


def _real_logarithms(f: Subject, branch: int, found: sp.Expr) -> sp.Expr:
    """`log(u)` as `log(-u)` where `u` is negative on the branch: they differ by a constant."""
    point = _inner_point(f.branches[branch].lo, f.branches[branch].hi)
    flipped = {}
    for atom in found.atoms(sp.log):
        if atom.has(f.x) and f.sign(atom.args[0].subs(f.x, point)) < 0:
            flipped[atom] = sp.log(-atom.args[0])
    return found.xreplace(flipped)


def inverse(f: Subject, facts: Facts) -> Answer:
    """The inverse function, written in x; None where f is not one-to-one."""
    try:
        return _by_undoing(f)
    except Undecided as reason:
        found = _by_moving(f)
        if found is None:
            raise reason
        return found


def _by_undoing(f: Subject) -> Answer:
    images = _one_to_one(f)
    if images is None:
        return None, "not one-to-one: two inputs with equal outputs"
    pieces: list[tuple[sp.Set, sp.Expr]] = []
    y = sp.Dummy("y", real=True)
    for k, image in images:
        if isinstance(image, sp.FiniteSet):
            pieces.append((image, f.branches[k].lo))
            continue
        for values, found in _undone(f, k, y, image):
            pieces.append((values, tidy(found).subs(y, f.x)))
    if len(pieces) == 1:
        return pieces[0][1], "undone operation by operation, checked by f(g(x)) = x; defined on the range"
    return piecewise(pieces, f.x), "undone operation by operation, checked by f(g(x)) = x"


def _by_moving(f: Subject) -> Answer | None:
    """The inverse less c, of the function of `x + c` that f is: it may be cut at 0, and mirrors itself there."""
    sums = (a - f.x for a in f.expression.atoms(sp.Add))
    for c in sorted({c for c in sums if not c.has(f.x)}, key=sp.default_sort_key):
        moved = f.expression.subs(f.x, f.x - c)
        if moved.count_ops() >= f.expression.count_ops():
            continue
        try:
            found, because = _by_undoing(Subject(moved, f.x, f.oracle))
        except Undecided:
            continue
        if isinstance(found, sp.Piecewise):
            return sp.Piecewise(*((e - c, where) for e, where in found.args), evaluate=False), because
        return (None if found is None else found - c), because
    return None


def _undone(f: Subject, branch: int, y: sp.Symbol, image: sp.Interval) -> list[tuple[sp.Interval, sp.Expr]]:
    """The inverse on the images of the parts of a branch, which is cut at 0 where that helps."""

    def of(parts: list[tuple[sp.Interval, sp.Interval]]) -> list[tuple[sp.Interval, sp.Expr]]:
        return [(values, _chosen(f, branch, y, interval, values)) for interval, values in parts]

    piece = f.branches[branch]
    try:
        return of(_parts(f, branch, image))
    except Undecided:
        if not (f.compare(piece.lo, sp.S.Zero) < 0 < f.compare(piece.hi, sp.S.Zero)):
            raise
        return of(_parts(f, branch, image, at_zero=True))


def no_inverse(f: Subject, facts: Facts) -> Answer:
    """None for a continuous function on an interval that is not monotone (intermediate values)."""
    on_interval = isinstance(facts["domain"].value, sp.Interval) and not facts["discontinuities"].value
    if facts["monotonicity"].value != "none" or not on_interval:
        raise Undecided("not shown to take a value twice")
    return None, "continuous on an interval and not monotone, so some value is taken twice"


def _one_to_one(f: Subject) -> list[tuple[int, sp.Set]] | None:
    """Branches with their images in order of their values, None where two inputs share an output."""
    spans: list[tuple[int, sp.Interval]] = []
    for k, branch in f.pieces:
        signs = {c.sign for c in f.cells(1) if c.branch == k}
        if len(signs) > 1 and not signs <= {1} and not signs <= {-1}:
            return None
        if 0 in signs:
            return None
        ends = f.end(k, "lo"), f.end(k, "hi")
        closed = branch.has_lo, branch.has_hi
        if signs == {-1}:
            ends, closed = ends[::-1], closed[::-1]
        image = sp.Interval(*ends, not closed[0], not closed[1])
        if any(_meet(f, image, other) for _, other in spans):
            return None
        spans.append((k, image))
    lone = [(k, f.neat(b.expression.subs(f.x, b.lo))) for k, b in enumerate(f.branches) if b.is_point]
    if any(_holds(f, image, value) for _, value in lone for _, image in spans):
        return None
    if any(f.equal(a, b) for (_, a), (_, b) in combinations(lone, 2)):
        return None

    def order(a: tuple[int, sp.Set], b: tuple[int, sp.Set]) -> int:
        return f.compare(a[1].inf, b[1].inf) or isinstance(a[1], sp.Interval) - isinstance(b[1], sp.Interval)

    return sorted([*spans, *((k, sp.FiniteSet(value)) for k, value in lone)], key=cmp_to_key(order))


def _meet(f: Subject, a: sp.Interval, b: sp.Interval) -> bool:
    """Whether two intervals of values share a value."""
    for low, high in ((a, b), (b, a)):
        order = f.compare(low.end, high.start)
        if order < 0 or (order == 0 and (low.right_open or high.left_open)):
            return False
    return True


def _holds(f: Subject, values: sp.Interval, value: sp.Expr) -> bool:
    """Whether a value is one of an interval of values."""
    low, high = f.compare(values.start, value), f.compare(value, values.end)
    return (low < 0 or (low == 0 and not values.left_open)) and (high < 0 or (high == 0 and not values.right_open))


def _parts(f: Subject, branch: int, image: sp.Interval, at_zero: bool = False) -> list[tuple[sp.Interval, sp.Interval]]:
    """The branch cut where the base of an odd power vanishes (its root changes form there), with images in order.

    With `at_zero` it is cut at 0, which it holds.
    """
    piece = f.branches[branch]
    expression = f.expression_of(branch)
    bases = {p.base for p in expression.atoms(sp.Pow) if p.exp.is_Integer and p.exp.p % 2 and p.exp > 1}
    cuts: list[sp.Expr] = []
    for base in sorted((b for b in bases if b.has(f.x)), key=sp.default_sort_key):
        for zero in f.chart_of(base, piece.lo, piece.hi).zeros:
            if not any(f.equal(zero.point, c) for c in cuts):
                cuts.append(zero.point)
    whole = sp.Interval(piece.lo, piece.hi, True, True)
    if not at_zero and len(cuts) != 1:
        return [(whole, image)]
    cut = sp.S.Zero if at_zero else cuts[0]
    value = f.neat(expression.subs(f.x, cut))
    parts = [
        (sp.Interval.open(piece.lo, cut), sp.Interval(image.start, value, image.left_open, True)),
        (sp.Interval.open(cut, piece.hi), sp.Interval(value, image.end, False, image.right_open)),
    ]
    if any(c.sign < 0 for c in f.cells(1) if c.branch == branch):
        (left, _), (right, _) = parts
        parts = [(right, parts[0][1]), (left, parts[1][1])]
    return parts


def _chosen(f: Subject, branch: int, y: sp.Symbol, interval: sp.Interval, image: sp.Interval) -> sp.Expr:
    """The proposal that gives back a point of the interval."""
    point = _inner_point(interval.start, interval.end)
    formula = f.expression_of(branch)
    value = formula.subs(f.x, point)
    (of_x, inner), (of_y, _) = _one_sided(interval, f.x), _one_sided(image, y)
    for proposal in proposals(formula.xreplace({f.x: of_x * inner}), inner, y):
        candidate = of_x * proposal.xreplace({sp.Abs(y): of_y * y})
        try:
            lo, hi = f.oracle.enclose(candidate.subs(y, value), 30)
        except UnsupportedExpression:
            continue
        if lo <= point <= hi and _is_real_on(f, candidate.subs(y, f.x), image):
            return candidate
    raise Undecided("no inverse found by undoing operations")


def _one_sided(interval: sp.Interval, x: sp.Symbol) -> tuple[int, sp.Symbol]:
    """A sign and a positive symbol for numbers of that sign, of which more is seen to hold; x where both occur."""
    if interval.start.is_nonnegative or interval.end.is_nonpositive:
        return (1 if interval.start.is_nonnegative else -1), sp.Dummy(x.name, positive=True)
    return 1, x


def _is_real_on(f: Subject, expression: sp.Expr, interval: sp.Interval) -> bool:
    """Whether every operation of the expression is defined and real on the open interval."""
    for need in requirements(expression, f.x):
        chart = f.chart_of(need.argument, interval.start, interval.end)
        signs = {sign for _, _, sign in chart.cells}
        if need.need == "nonzero":
            if chart.zeros or 0 in signs:
                return False
        elif signs != {1} or (need.need == "positive" and chart.zeros):
            return False
    return True


def _inner_point(lo: sp.Expr, hi: sp.Expr) -> sp.Expr:
    if lo.is_infinite and hi.is_infinite:
        return sp.Rational(3, 7)
    if lo.is_infinite:
        return hi - sp.Rational(3, 7)
    if hi.is_infinite:
        return lo + sp.Rational(3, 7)
    return lo + (hi - lo) * sp.Rational(3, 7)
