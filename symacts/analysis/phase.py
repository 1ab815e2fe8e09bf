"""Functions with a derivative `m*(R + P*sin(u) + Q*cos(u))` that no period describes: `x*sin(x)`, `sin(x**2)`.

Where the wave and its slope vanish, both linear in the sine and the cosine, Cramer's rule gives these two, and the sum
of their squares is 1: an equation `E = 0` without waves. Where the wave does not vanish where E does, each of its zeros
is simple; where m has one sign, or simple zeros that are none of the wave, the derivative changes its sign at every
zero, and a set of x is described by the equation or the inequality itself. For R = 0 and u linear the amplitude
`|m|*sqrt(P**2 + Q**2)` bounds the derivative, and its greatest value is the supremum where it is approached far out
with P*m and Q*m convergent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import sympy as sp

from symacts.analysis.ends import Answer, Facts
from symacts.analysis.subject import Subject
from symacts.analysis.values import image
from symacts.analysis.witnesses import signs
from symacts.symbolic.branches import Branch
from symacts.symbolic.forms import factored, is_identically_zero
from symacts.symbolic.oracle import Undecided

__all__ = [
    "Wave",
    "concave_on",
    "convex_on",
    "decreasing_on",
    "gradient_lipschitz",
    "increasing_on",
    "inflection_points",
    "lipschitz",
    "part_of_branch",
    "stationary_points",
    "wave_of",
]

BECAUSE = "this wave changes its sign at every zero, as its slope there shows"


@dataclass(frozen=True, slots=True)
class Wave:
    """`m*(R + P*sin(u) + Q*cos(u))`, and the derivative of u."""

    m: sp.Expr
    r: sp.Expr
    p: sp.Expr
    q: sp.Expr
    angle: sp.Expr
    rate: sp.Expr

    @property
    def formula(self) -> sp.Expr:
        """The wave without its factor."""
        return self.r + self.p * sp.sin(self.angle) + self.q * sp.cos(self.angle)

    def turning(self, x: sp.Symbol) -> sp.Expr:
        """An expression without waves that vanishes where the wave has a multiple zero."""
        slope = sp.diff(self.r, x)
        sine, cosine = sp.diff(self.p, x) - self.rate * self.q, sp.diff(self.q, x) + self.rate * self.p
        both = self.p * cosine - self.q * sine
        if self.r == 0:
            return both
        return (self.q * slope - self.r * cosine) ** 2 + (self.r * sine - self.p * slope) ** 2 - both**2


def _wave(f: Subject, order: int) -> Wave:
    return f.remember(("wave", order), lambda: _find_wave(f, order))


def _find_wave(f: Subject, order: int) -> Wave:
    """The derivative as a wave with moving amplitude, on one branch or on several with one formula.

    Raises
    ------
    Undecided
    """
    if f.expression.free_symbols != {f.x} or f.within != (-sp.oo, sp.oo):
        raise Undecided("parameters, or not the line")
    if any(b.value is not None for b in f.borders) or len({b.expression for _, b in f.pieces}) != 1:
        raise Undecided("f has more than one formula")
    w = wave_of(f.expression_of(f.pieces[0][0], order), f.x)
    if not any(part.has(f.x) for part in (w.p, w.q, w.r, w.rate)):
        raise Undecided("a period describes it")
    return w


def wave_of(formula: sp.Expr, x: sp.Symbol) -> Wave:
    """An expression as `m*(R + P*sin(u) + Q*cos(u))`.

    Raises
    ------
    Undecided
    """
    waves = [w for w in formula.atoms(sp.sin, sp.cos) if w.has(x)]
    angles = {w.args[0] for w in waves}
    if len(angles) != 1:
        raise Undecided("not one wave")
    (angle,) = angles
    rate = sp.diff(angle, x)
    s, c = sp.Dummy("s", real=True), sp.Dummy("c", real=True)
    whole = factored(sp.together(formula.xreplace({sp.sin(angle): s, sp.cos(angle): c})))
    m, inside = sp.S.One, sp.S.Zero
    for factor in sp.Mul.make_args(whole):
        if not factor.has(s, c):
            m *= factor
        elif inside == 0:
            inside = sp.expand(factor)
        else:
            raise Undecided("a product of waves")
    p, q, r = inside.coeff(s, 1), inside.coeff(c, 1), inside.xreplace({s: sp.S.Zero, c: sp.S.Zero})
    if inside == 0 or p.has(s, c) or q.has(s, c) or sp.expand(inside - p * s - q * c - r) != 0:
        raise Undecided("not linear in a sine and a cosine")
    return Wave(m, r, p, q, angle, rate)


def _signs_of(f: Subject, order: int) -> list[int]:
    """What `_sign_on` says of each branch.

    Raises
    ------
    Undecided
    """
    w = _wave(f, order)
    if not {1, -1} <= signs(f, order):
        raise Undecided("the wave is not shown to take both signs")
    return [_sign_on(f, w, branch) for _, branch in f.pieces]


def _sign_on(f: Subject, w: Wave, branch: Branch) -> int:
    """The sign of m on a branch, 0 where it changes, with all zeros of the derivative there shown to be simple.

    Raises
    ------
    Undecided
    """
    turning = sp.factor_terms(sp.expand(w.turning(f.x)))
    back = f.chart_of(turning, branch.lo, branch.hi)
    if any(c[2] == 0 for c in back.cells) or not all(f.sign_or_none(w.formula.subs(f.x, z.point)) for z in back.zeros):
        raise Undecided("zeros of the wave may be multiple")
    return _sign_of_factor(f, w, branch)


def _sign_of_factor(f: Subject, w: Wave, branch: Branch) -> int:
    """The sign of m on a branch; 0 where m changes it at each of its zeros, which the wave does not share.

    Raises
    ------
    Undecided
    """
    chart = f.chart_of(w.m, branch.lo, branch.hi)
    signs = [sign for _, _, sign in chart.cells]
    if 0 in signs or len(signs) != len(chart.zeros) + 1 or any(a == b for a, b in pairwise(signs)):
        raise Undecided("the factor of the wave has zeros at which it keeps its sign")
    if not all(f.sign_or_none(w.formula.subs(f.x, z.point)) for z in chart.zeros):
        raise Undecided("the factor of the wave may vanish where the wave does")
    return signs[0] if len(signs) == 1 else 0


def _set(order: int, relation: Callable[[Wave, int], sp.Basic]) -> Callable[[Subject, Facts], Answer]:
    def run(f: Subject, facts: Facts) -> Answer:
        w, ways = _wave(f, order), f.remember(("phase", order), lambda: _signs_of(f, order))
        rows = [(relation(w, sign), branch.interval) for sign, (_, branch) in zip(ways, f.pieces, strict=True)]
        if len({row for row, _ in rows}) == 1:
            return sp.ConditionSet(f.x, rows[0][0], facts["domain"].value), BECAUSE
        return sp.Union(*[sp.ConditionSet(f.x, row, part) for row, part in rows], evaluate=False), BECAUSE

    return run


def _zero(w: Wave, sign: int) -> sp.Basic:
    return sp.Eq(w.formula if sign else w.m * w.formula, 0)


def _above(w: Wave, sign: int, way: int = 1) -> sp.Basic:
    """Where the derivative has the sign `way` or vanishes; the factor is left out where it has a sign."""
    left = w.formula if sign else w.m * w.formula
    return left >= 0 if way * (sign or 1) > 0 else left <= 0


def _below(w: Wave, sign: int) -> sp.Basic:
    return _above(w, sign, -1)


def part_of_branch(f: Subject, branch: int, order: int, sign: int, where: sp.Interval) -> sp.Set:
    """The points of an interval within a branch at which a derivative is 0 (sign 0), or has that sign or is 0.

    Raises
    ------
    Undecided
        It is no wave, or may have zeros at which it keeps its sign.
    """
    w = wave_of(f.expression_of(branch, order), f.x)
    found = _sign_on(f, w, f.branches[branch])
    return sp.ConditionSet(f.x, _above(w, found, sign) if sign else _zero(w, found), where)


stationary_points = _set(1, _zero)
inflection_points = _set(2, _zero)
increasing_on = _set(1, _above)
decreasing_on = _set(1, _below)
convex_on = _set(2, _above)
concave_on = _set(2, _below)


def _supremum(order: int) -> Callable[[Subject, Facts], Answer]:
    def run(f: Subject, facts: Facts) -> Answer:
        if facts["domain"].value != sp.S.Reals or facts["discontinuities"].value:
            raise Undecided("f is not continuous on the line")
        w = _wave(f, order)
        if w.r != 0 or w.rate.has(f.x):
            raise Undecided("more than a wave")
        p, q = sp.factor_terms(w.m * w.p), sp.factor_terms(w.m * w.q)
        square = sp.factor_terms(sp.expand(p**2 + q**2))
        if not square.has(f.x) or is_identically_zero(sp.diff(square, f.x), f.x):
            raise Undecided("the amplitude does not move")
        most = image(Subject(square, f.x, f.oracle))[-1].hi
        for end, side in ((sp.oo, -1), (-sp.oo, 1)):
            far = [f.limit_of(e, end, side) for e in (p, q)]
            if all(v.is_finite for v in far) and f.sign_or_none(sp.expand(far[0] ** 2 + far[1] ** 2) - most) == 0:
                return f.neat(sp.sqrt(most)), "the greatest amplitude of the wave, approached far out"
        raise Undecided("the greatest amplitude is not approached far out")

    return run


lipschitz = _supremum(1)
gradient_lipschitz = _supremum(2)
