"""Quotients at a removable point: N/D where both vanish at a, D to order k, by Taylor's theorem.

N(x)/(x - a)**k = sum_{i<m} N_{k+i} (x - a)**i + C (x - a)**m with C among the (k + m)-th Taylor coefficients of N
between a and x; its j-th Taylor coefficient lies among the (k + j)-th ones of N there. The same holds for D, whose
k-th coefficient is not zero.

>>> import sympy as sp
>>> from flint import arb
>>> from symacts.rigor.balls import compile_balls
>>> x = sp.Symbol("x", real=True)
>>> compile_balls(sp.sin(x)/x, x).at(arb(0), 64).overlaps(arb(1))
True
>>> [round(float(c.mid()), 4) for c in compile_balls(x/(sp.exp(x) - 1), x).jet(arb(0), 2, 64)]
[1.0, -0.5, 0.0833]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import sympy as sp
from flint import arb, ctx, fmpq

from symacts.errors import UnsupportedExpression
from symacts.rigor import intervals as iv
from symacts.rigor import jets as jt
from symacts.rigor.intervals import Pair
from symacts.rigor.jets import Jet
from symacts.rigor.operations import Operation

if TYPE_CHECKING:
    from symacts.rigor.balls import BallFunction

__all__ = ["removable_at"]

MOST_ORDER = 6
"""Largest order of the zero of a denominator that is looked at."""
TERMS = 6
"""Taylor terms beside the removable point."""
NEAR = arb(1) / 4
"""Distance from the removable point within which the Taylor form is used."""
LOST = 24
"""Bits that the quotient as it stands may lose before the Taylor form is asked."""


def removable_at(e: sp.Mul, x: sp.Symbol) -> Iterator[Operation]:
    """For each removable point of a product: the operation on (x, the product as it stands) that mends it.

    Points are 0 and the rational zeros of linear factors of the denominator.
    """
    numerator, denominator = [], []
    for factor in e.args:
        base, exponent = factor.as_base_exp()
        if exponent.is_Integer and exponent < 0 and x in base.free_symbols:
            denominator.append(base**-exponent)
        else:
            numerator.append(factor)
    if not denominator:
        return
    top, bottom = sp.Mul(*numerator), sp.Mul(*denominator)
    for point in _candidates(denominator, x):
        found = _mended(top, bottom, x, point)
        if found is not None:
            yield found


def _candidates(factors: Sequence[sp.Expr], x: sp.Symbol) -> list[sp.Rational]:
    points = [sp.S.Zero]
    for factor in factors:
        base = factor.as_base_exp()[0]
        slope = sp.diff(base, x) if base.is_Add else None
        if slope is not None and slope.is_Rational and slope != 0:
            point = -base.xreplace({x: sp.S.Zero}) / slope
            if point.is_Rational and point not in points:
                points.append(point)
    return points


def _mended(top: sp.Expr, bottom: sp.Expr, x: sp.Symbol, point: sp.Rational) -> Operation | None:
    from symacts.rigor.balls import compile_balls  # deferred: it compiles through this module
    from symacts.rigor.constants import is_zero

    try:
        d = compile_balls(bottom, x)
        value = d.at(arb(_fmpq(point)), 64)
        if not (value.is_finite() and value.contains(0)):
            return None
        n = compile_balls(top, x)
        order = 0
        one, other = bottom, top
        while order <= MOST_ORDER:
            if not is_zero(one.subs(x, point)):
                break
            if not is_zero(other.subs(x, point)):
                return None
            one, other, order = sp.diff(one, x), sp.diff(other, x), order + 1
    except UnsupportedExpression:
        return None
    return _operation(n, d, _fmpq(point), order) if 0 < order <= MOST_ORDER else None


def _fmpq(q: sp.Rational) -> Any:
    return fmpq(int(q.p), int(q.q))


def _operation(n: BallFunction, d: BallFunction, point: Any, order: int) -> Operation:
    def near(ball: Any) -> bool:
        return not abs(ball - point) > NEAR

    def reduced(f: BallFunction, ball: Any) -> Any:
        """f/(x - point)**order over the ball."""
        a = arb(point)
        away = ball - a
        at_point = f.local_jet(a, order + TERMS)
        between = f.local_jet(ball.union(a), order + TERMS)
        total = between[order + TERMS] * iv.ball_power(away, TERMS)
        for i in range(TERMS):
            total += at_point[order + i] * iv.ball_power(away, i)
        return iv.meet(iv.of_ball(total), iv.of_ball(between[order]))

    def value(ball: Any) -> Pair:
        return iv.divide(reduced(n, ball), reduced(d, ball))

    def ball_form(values: Sequence[Any]) -> Any:
        ball, direct = values
        if not near(ball) or (direct.is_finite() and direct.rel_accuracy_bits() > ctx.prec - LOST):
            return direct
        return iv.to_ball(iv.meet(value(ball), iv.of_ball(direct)))

    def interval(pairs: Sequence[Pair]) -> Pair:
        where, direct = pairs
        if where is None or not (where[0].is_finite() and where[1].is_finite()):
            return direct
        ball = iv.to_ball(where)
        return direct if direct is not None and not near(ball) else iv.meet(value(ball), direct)

    def jet(jets: Sequence[Jet], known: Any) -> Jet:
        variable, direct = jets
        if jt.is_finite(direct) and not near(variable[0]):
            return list(direct)
        hull = variable[0].union(arb(point))
        count = len(variable)
        above, below = (f.local_jet(hull, order + count - 1)[order:] for f in (n, d))
        if not (below[0] > 0 or below[0] < 0):
            return [known, *direct[1:]]
        out = jt.multiply(above, jt.inverse(below))
        out[0] = known if known.is_finite() else out[0]
        return out

    return Operation("removable", ball_form, interval, jet)
