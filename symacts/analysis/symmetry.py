"""The symmetry of a function: the one possible center from its sign charts, then a proof or a certified exclusion."""

from __future__ import annotations

import sympy as sp

from symacts.analysis.ends import Answer, Facts
from symacts.analysis.sampling import sample
from symacts.analysis.shape import breaks
from symacts.analysis.subject import Border, Subject
from symacts.symbolic.forms import is_identically_zero, with_expanded_arguments
from symacts.symbolic.oracle import Undecided
from symacts.symbolic.structure import LONG_CONSTANT

__all__ = ["about", "about_zero", "by_settled_part", "none_by_limits", "symmetry"]


def _center(f: Subject, order: int) -> tuple[bool, sp.Expr | None]:
    """The only possible center of a symmetry under which the `order`-th derivative changes its sign.

    The set of singular points and zeros of that derivative is mirrored onto itself, so its two extreme points have the
    center between them. `(True, c)`: only `c`; `(True, None)`: no center at all; `(False, None)`: every center is
    possible (the derivative vanishes identically).
    """
    points = sorted_points(f, [b.point for b in f.borders if _counts(f, b, order)] + f.zeros_of(order))
    if not points:
        signs = {c.sign for c in f.cells(order)}
        return (False, None) if signs <= {0} else (True, None)
    return True, f.neat((points[0] + points[-1]) / 2)


def _counts(f: Subject, border: Border, order: int) -> bool:
    """Whether a border is a singular point or a zero of the derivative, not a mere seam of the formula."""
    if breaks(f, border):
        return True
    assert border.right is not None
    return f.sign(f.end(border.right, "lo", order)) == 0


def sorted_points(f: Subject, points: list[sp.Expr]) -> list[sp.Expr]:
    """Exact reals in order."""
    result: list[sp.Expr] = []
    for p in points:
        k = 0
        while k < len(result) and f.compare(result[k], p) < 0:
            k += 1
        result.insert(k, p)
    return result


Part = tuple[sp.Expr, sp.Expr, sp.Expr]


def _mirror_sums(f: Subject, center: sp.Expr, sign: int) -> list[Part]:
    """`f(c + t) + sign*f(c - t)` on the intervals of t > 0 on which both are defined."""
    right = [(f.neat(b.lo - center), f.neat(b.hi - center), b.expression.subs(f.x, center + f.x)) for _, b in f.pieces]
    left = [(f.neat(center - b.hi), f.neat(center - b.lo), b.expression.subs(f.x, center - f.x)) for _, b in f.pieces]
    result = []
    for lo, hi, e in right:
        for lo2, hi2, e2 in left:
            start = _largest(f, [sp.S.Zero, lo, lo2])
            end = hi if f.compare(hi, hi2) <= 0 else hi2
            if f.compare(start, end) < 0:
                result.append((start, end, with_expanded_arguments(e + sign * e2)))
    return result


def _largest(f: Subject, values: list[sp.Expr]) -> sp.Expr:
    best = values[0]
    for value in values[1:]:
        if f.compare(value, best) > 0:
            best = value
    return best


def _constant(f: Subject, parts: list[Part], center: sp.Expr, sign: int) -> sp.Expr:
    """What the mirror sums must equal everywhere if the center is one."""
    if sign < 0:
        return sp.S.Zero
    middle = f.value_at(center)
    if middle is not None:
        return f.neat(2 * middle)
    lo, hi, total = parts[0]
    return f.neat(total.subs(f.x, sample(f, lo, hi, 1)[0]))


def _is_symmetric(f: Subject, center: sp.Expr, sign: int) -> bool | None:
    """Whether f(c + t) + sign*f(c - t) is constant in t (zero for sign -1); None where neither is shown."""
    if not _is_mirrored(f, center):
        return False
    parts = _mirror_sums(f, center, sign)
    target = _constant(f, parts, center, sign)
    shown = True
    for lo, hi, total in parts:
        difference = total - target
        if any(f.oracle.sign_at(difference, f.x, t) for t in sample(f, lo, hi, 2)):
            return False
        shown = shown and _vanishes(f, difference, (lo, sample(f, lo, hi, 1)[0]))
    for border in f.borders:
        if border.value is None or f.equal(border.point, center):
            continue
        other = f.value_at(f.neat(2 * center - border.point))
        if other is None:
            return False
        step = f.sign_or_none(border.value + sign * other - target)
        if step:
            return False
        shown = shown and step == 0
    return True if shown else None


def _vanishes(f: Subject, difference: sp.Expr, points: tuple[sp.Expr, ...]) -> bool:
    """Whether a formula is shown to be 0 on an interval that holds the points or starts at the first: by itself, or by
    its slope and a value, which at the center is the simplest.
    """
    if is_identically_zero(difference, f.x):
        return True
    if not is_identically_zero(sp.diff(difference, f.x), f.x):
        return False
    inside = (p for p in points if p.is_finite and f.is_regular(difference, p))
    return any(f.sign_or_none(difference.subs(f.x, p)) == 0 for p in inside)


def _is_mirrored(f: Subject, center: sp.Expr) -> bool:
    """Whether the domain is its own mirror image about the center."""
    lo, hi = f.branches[0].lo, f.branches[-1].hi
    if lo.is_infinite or hi.is_infinite:
        if not (lo.is_infinite and hi.is_infinite):
            return False
    elif not f.equal(f.neat(center - lo), f.neat(hi - center)):
        return False
    for border in f.borders:
        mirror = f.neat(2 * center - border.point)
        twin = next((b for b in f.borders if f.equal(b.point, mirror)), None)
        if twin is None:
            if border.value is None or border.left is None or border.right is None:
                return False
            continue
        same_value = (twin.value is None) == (border.value is None)
        same_sides = (twin.left is None) == (border.right is None) and (twin.right is None) == (border.left is None)
        if not same_value or not same_sides:
            return False
    return True


def about_zero(f: Subject) -> Answer | None:
    """A symmetry whose center lies above or at 0; None where none is shown."""
    zero = sp.S.Zero
    even, odd = _try(f, zero, -1), _try(f, zero, 1)
    if even:
        return ("even", zero), "f(-x) = f(x) by exact expansion on every branch"
    if odd:
        value = f.neat(_constant(f, _mirror_sums(f, zero, 1), zero, 1) / 2)
        if f.sign(value) == 0:
            return ("odd", (zero, zero)), "f(-x) = -f(x) by exact expansion on every branch"
        return ("point", (zero, value)), "f(x) + f(-x) is constant by exact expansion on every branch"
    return None


def symmetry(f: Subject, facts: Facts) -> Answer:
    """("odd" | "even" | "point" | "axis" | "none", center): f(c + t) = f(c - t), or f(c + t) + f(c - t) = 2 f(c)."""
    found = about_zero(f)
    if found is not None:
        return found
    for sign, order in ((1, 2), (-1, 1)):
        some, center = _center(f, order)
        if not some:
            raise Undecided("every center is possible, and none was found")
        if center is None:
            continue
        other = about(f, center, sign)
        if other is not None:
            return other, "the only possible center, checked by exact expansion"
    return ("none", None), "the only possible centers are excluded by certified values"


def none_by_limits(f: Subject, facts: Facts) -> Answer:
    """None: a mirrored function has a limit at both ends or at none of them, infinite at both or at none."""
    left, right = facts["limits"].value
    ends = [end is None or end.is_infinite for end in (left, right)]
    if facts["domain"].value != sp.S.Reals or (ends[0] == ends[1] and (left is None) == (right is None)):
        raise Undecided("the limits exclude no center")
    return ("none", None), "f has limits of different kinds at -oo and at oo"


def by_settled_part(f: Subject, facts: Facts) -> Answer:
    """The symmetry of `g + w`, w a periodic wave, g with limits (one finite at least) and not constant: that of g.

    Under a symmetry of f about c, `g(c + t) + s*g(c - t)` is a constant less the same sum of w: it has a limit and a
    period, so it is constant, and c is a center of g. Of these g has one at most: two would make it periodic.

    Raises
    ------
    Undecided
    """
    terms = sp.Add.make_args(f.expression)
    waves = [t for t in terms if t.has(sp.sin, sp.cos) and f.oracle.period(t, f.x) is not None]
    rest = sp.Add(*(t for t in terms if t not in waves))
    if facts["domain"].value != sp.S.Reals or f.oracle.period(sp.Add(*waves), f.x) is None or not rest.has(f.x):
        raise Undecided("f is no wave and a part that settles")
    g = Subject(rest, f.x, f.oracle)
    if g.outer(-1) is None or g.outer(1) is None or any(b.value is None for b in g.borders):
        raise Undecided("the part that settles is not defined on the line")
    if not any(end.is_finite for end in (g.end(g.outer(-1), "lo"), g.end(g.outer(1), "hi"))):  # type: ignore[arg-type]
        raise Undecided("no part of f settles")
    if all(g.is_flat(k) for k, _ in g.pieces):
        raise Undecided("the part that settles may be constant")
    (kind, center), because = symmetry(g, facts)
    if kind != "none":
        is_point = kind in ("odd", "point")
        found = about(f, center[0] if is_point else center, 1 if is_point else -1)
        if found is not None:
            return found, "the center of the part without waves, checked by exact expansion"
    return ("none", None), f"no center but that of the part without waves is possible: {because}"


def about(f: Subject, center: sp.Expr, sign: int) -> tuple[str, object] | None:
    """The symmetry about a point of the graph (sign 1) or an axis (sign -1) there; None where it is excluded.

    Raises
    ------
    Undecided
    """
    holds = _is_symmetric_about_its_name(f, center, sign)
    if holds is not False:
        holds = _is_symmetric(f, center, sign)
    if holds is None:
        raise Undecided(f"symmetry about x = {center} was neither shown nor excluded")
    if not holds:
        return None
    if sign < 0:
        return "axis", center
    middle = f.neat(_constant(f, _mirror_sums(f, center, 1), center, 1) / 2)
    return "point", (center, sp.expand_mul(middle))


def _is_symmetric_about_its_name(f: Subject, center: sp.Expr, sign: int) -> bool | None:
    """As `_is_symmetric`, by values alone: a long center is a `Root`, which no function takes apart.

    SymPy writes `exp(x - sqrt(5 - 10**6*log(2)))` through `log(2**(10**6))`.
    """
    if center.free_symbols or center.count_ops() < LONG_CONSTANT:
        return None
    try:
        return _is_symmetric(f, f.oracle.as_root(center), sign)
    except Undecided:
        return None


def _try(f: Subject, center: sp.Expr, sign: int) -> bool:
    try:
        return _is_symmetric(f, center, sign) is True
    except Undecided:
        return False
