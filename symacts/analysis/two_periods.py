"""Sums of two periodic waves whose periods have an irrational ratio: `sin(x) + sin(sqrt(2)*x)`.

The places `(x mod P, x mod Q)` in both periods come as close as one likes to every pair, again and again towards both
ends (Kronecker). So the infimum of `g + h` is the sum of both infima, both infima are attained together only where the
places say so, and there is no limit.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp
from sympy.simplify.fu import TR8

from symacts.analysis.ends import Answer, Facts
from symacts.analysis.subject import Subject
from symacts.analysis.window import window_of
from symacts.symbolic.oracle import Undecided

__all__ = ["TWO_PERIODS"]

LONGEST = 60
"""Operations of a formula whose products of waves are written as sums."""


def _parts(f: Subject, order: int) -> tuple[sp.Expr, sp.Expr]:
    """A derivative as a sum of two functions with periods of irrational ratio, the constants with the first.

    Raises
    ------
    Undecided
    """
    return f.remember(("two periods", order), lambda: _find_parts(f, order))


def _find_parts(f: Subject, order: int) -> tuple[sp.Expr, sp.Expr]:
    if f.within != (-sp.oo, sp.oo) or f.back or f.expression.free_symbols != {f.x} or len(f.branches) != 1:
        raise Undecided("f is no wave on the whole line")
    formula = f.expression_of(0, order)
    if not formula.has(sp.sin, sp.cos) or formula.count_ops() > LONGEST:
        raise Undecided("f has no waves, or is too long")
    groups: list[tuple[sp.Expr, sp.Expr]] = []
    constant: sp.Expr = sp.S.Zero
    for term in map(_with_one_rate(f.x), sp.Add.make_args(sp.expand(TR8(sp.expand(formula))))):
        if not term.has(f.x):
            constant += term
            continue
        period = f.oracle.period(term, f.x)
        if period is None:
            raise Undecided("a part of f does not repeat itself")
        same = next((k for k, (p, _) in enumerate(groups) if sp.cancel(period / p).is_Rational), None)
        if same is None:
            groups.append((period, term))
        else:
            groups[same] = (groups[same][0], groups[same][1] + term)
    if len(groups) != 2 or not _is_irrational(groups[0][0] / groups[1][0]):
        raise Undecided("f has not two periods of irrational ratio")
    return groups[0][1] + constant, groups[1][1]


def _with_one_rate(x: sp.Symbol) -> Callable[[sp.Expr], sp.Expr]:
    """Waves of `x + pi*x` as such of `(1 + pi)*x`."""
    waves = (sp.sin, sp.cos)
    return lambda e: e.replace(lambda u: isinstance(u, waves), lambda u: u.func(sp.collect(sp.expand(u.args[0]), x)))


def _is_irrational(ratio: sp.Expr) -> bool:
    """Whether a ratio is seen to be irrational: a root, or a rational function of pi, which is transcendental."""
    ratio = sp.radsimp(sp.cancel(ratio))
    p = sp.Dummy("p")
    in_pi = sp.cancel(ratio.xreplace({sp.pi: p}))
    if in_pi.has(p) and in_pi.is_rational_function(p):
        sides = (sp.Poly(side, p) for side in sp.fraction(in_pi))
        return all(c.is_Rational for side in sides for c in side.all_coeffs())
    return ratio.is_irrational is True


def _bound(f: Subject, order: int, side: int) -> sp.Expr:
    """The infimum (side -1) or the supremum of a derivative."""
    return f.neat(sp.Add(*(_bound_of_part(f, part, side) for part in _parts(f, order))))


def _bound_of_part(f: Subject, part: sp.Expr, side: int) -> sp.Expr:
    constant, moving = part.as_independent(f.x, as_Add=True)
    factor, wave = moving.as_independent(f.x, as_Add=False)
    if isinstance(wave, (sp.sin, sp.cos)):
        return constant + side * f.sign(factor) * factor
    spans = window_of(Subject(part, f.x, f.oracle)).spans
    return spans[0].lo if side < 0 else spans[-1].hi


def _is_attained(f: Subject, side: int) -> bool:
    """Whether both waves are extreme at one place: `a*P` and `b*Q` with rational a and b differ by periods if whole.

    Raises
    ------
    Undecided
    """
    shares = [_share(f, part, side) for part in _parts(f, 0)]
    if not all(share.is_Rational for share in shares):
        raise Undecided("whether both waves are extreme at one place")
    return all(share.is_Integer for share in shares)


def _share(f: Subject, part: sp.Expr, side: int) -> sp.Expr:
    """Where a wave `c*sin(r*x + s)` or `c*cos(r*x + s)` is extreme, in periods from 0."""
    _, moving = part.as_independent(f.x, as_Add=True)
    factor, wave = moving.as_independent(f.x, as_Add=False)
    if not isinstance(wave, (sp.sin, sp.cos)):
        raise Undecided("a part is more than one wave")
    start = wave.args[0].subs(f.x, 0)
    top = sp.S.Zero if isinstance(wave, sp.cos) else sp.pi / 2
    turned = sp.S.Zero if f.sign(factor) == side else sp.pi
    return sp.cancel((top + turned - start) / (2 * sp.pi))


def _extreme(side: int) -> Callable[[Subject, Facts], Answer]:
    def find(f: Subject, facts: Facts) -> Answer:
        return (_bound(f, 0, side), _is_attained(f, side)), "two waves with periods of irrational ratio: Kronecker"

    return find


def _range(f: Subject, facts: Facts) -> Answer:
    (low, has_low), (high, has_high) = (_extreme(side)(f, facts)[0] for side in (-1, 1))
    return sp.Interval(low, high, not has_low, not has_high), "f is continuous, with that infimum and supremum"


def _said(value: object, because: str) -> Callable[[Subject, Facts], Answer]:
    def find(f: Subject, facts: Facts) -> Answer:
        _parts(f, 0)
        return value, because

    return find


def _lipschitz(order: int) -> Callable[[Subject, Facts], Answer]:
    def find(f: Subject, facts: Facts) -> Answer:
        low, high = _bound(f, order, -1), _bound(f, order, 1)
        return (high if f.compare(high, -low) >= 0 else f.neat(-low)), "the suprema of two waves add: Kronecker"

    return find


NONE = (None, None)
TWO_PERIODS: dict[str, Callable[[Subject, Facts], Answer]] = {
    "limits": _said(NONE, "f comes close to its infimum and to its supremum again and again"),
    "derivative_limits": _said(NONE, "f' comes close to its infimum and to its supremum again and again"),
    "asymptotes": _said(NONE, "f is bounded and has no limit"),
    "saturation": _said(("none", "none"), "f' has no limit"),
    "saturation_rate": _said(NONE, "f does not saturate"),
    "minimum": _extreme(-1),
    "maximum": _extreme(1),
    "range": _range,
    "bounded": _said((True, True), "a sum of two bounded waves"),
    "lipschitz": _lipschitz(1),
    "gradient_lipschitz": _lipschitz(2),
}
"""A derivation for each fact."""
