"""Functions with infinitely many zeros that still have an exact description: periodic ones, and products with them.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> period(sp.sin(2*x) + sp.cos(3*x), x), period(x + sp.sin(x), x)
(2*pi, None)
>>> chart = periodic_sign_chart(1 + sp.sin(2*x), x)
>>> [s for _, _, s in chart.cells], [(z.point, z.multiplicity) for z in chart.zeros]
([1, 1], [(3*pi/4, 2)])
>>> zero_families(x*sp.cos(x), x)
Families(points=(Zero(point=0, multiplicity=1),), repeated=((Zero(point=pi/2, multiplicity=1), pi),), removed=())
>>> zero_families(sp.sin(x)/x, x)
Families(points=(), repeated=((Zero(point=0, multiplicity=1), pi),), removed=(0,))
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cmp_to_key

import sympy as sp

from symacts.facts import Root
from symacts.rigor.constants import compare, sign
from symacts.rigor.normal import TooLarge, normal_form
from symacts.rigor.profiles import Undecided, Zero, order
from symacts.rigor.signs import SignChart, sign_chart
from symacts.rigor.unknown import Unknown

__all__ = ["Families", "period", "periodic_sign_chart", "zero_families"]

STARTS = (sp.S.Zero, sp.Rational(1, 7), -sp.Rational(3, 11), sp.Rational(5, 13))
"""Points at which a period may start: the first one where the function is not zero is taken."""
_WAVES = (sp.sin, sp.cos, sp.tan, sp.cot, sp.sec, sp.csc)


@dataclass(frozen=True, slots=True)
class Families:
    """All zeros on the real line: single ones, `(zero, P)` for the zeros `zero + k*P`, k an integer, less `removed`.

    Validity: a single zero may also be a member of a family.
    """

    points: tuple[Zero, ...]
    repeated: tuple[tuple[Zero, sp.Expr], ...]
    removed: tuple[sp.Expr, ...] = ()


def period(expr: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
    """A period P > 0 of a function of x that holds x only in waves of commensurable linear arguments, else None.

    P is the smallest common period of the waves after products of them have been resolved where that is easy; the
    function may have a smaller one.
    """
    waves = {e for e in expr.atoms(*_WAVES) if x in e.free_symbols}
    rates = []
    for wave in waves:
        shift, moving = wave.args[0].as_independent(x, as_Add=True)
        rate = moving / x
        if x in rate.free_symbols or x in shift.free_symbols:
            return None
        rates.append(rate)
    if not waves or expr.xreplace({w: sp.Dummy() for w in waves}).has(x):
        return None
    ratios = [sp.cancel(r / rates[0]) for r in rates]
    if not all(r.is_Rational and r != 0 for r in ratios):
        return None
    common = sp.S.Zero
    for r in ratios:
        common = sp.gcd(common, r)
    full = 2 * sp.pi / (abs(rates[0] * common))
    for part in (full / 2, full / 3):  # such as sin(x)**2, sin(x)*cos(x)
        if _repeats(expr, x, part):
            return part
    return full


def _repeats(expr: sp.Expr, x: sp.Symbol, shift: sp.Expr) -> bool:
    try:
        return bool(normal_form(expr.xreplace({x: x + shift}) - expr, x, canonical=True).numerator == 0)
    except TooLarge:
        return False


def periodic_sign_chart(expr: sp.Expr, x: sp.Symbol, P: sp.Expr | None = None) -> SignChart | Unknown:
    """The sign chart over one period (a, a + P), a being a point where the function is not zero.

    Parameters
    ----------
    expr : Expr
        Real analytic, periodic.
    P : Expr, optional
        The period; found by `period` where left out. It is proved, not believed.
    """
    expr = sp.sympify(expr)
    if P is None:
        P = period(expr, x)
        if P is None:
            return Unknown("no period is seen")
    elif not _repeats(expr, x, P):
        return Unknown(f"{P} is not shown to be a period")
    for start in STARTS:
        if sign(expr.subs(x, start)):
            return sign_chart(expr, x, start, start + P)
    return Unknown("no point is found where the function is not zero")


def zero_families(expr: sp.Expr, x: sp.Symbol) -> Families | Unknown:
    """All zeros on the real line, where every factor has finitely many or is periodic.

    Validity: `expr` is real analytic on the line (removable points filled in).
    """
    try:
        quotient = normal_form(sp.sympify(expr), x)
    except TooLarge:
        return Unknown("the expression is too involved")
    if quotient.numerator == 0:
        return Unknown("it vanishes identically")
    points: list[Zero] = []
    repeated: list[tuple[Zero, sp.Expr]] = []
    for factor, e in quotient.factors():
        if x not in factor.free_symbols:
            continue
        P = period(factor, x)
        chart = sign_chart(factor, x, -sp.oo, sp.oo) if P is None else periodic_sign_chart(factor, x, P)
        if isinstance(chart, Unknown):
            return chart
        zeros = [Zero(z.point, None if z.multiplicity is None else e * z.multiplicity) for z in chart.zeros]
        if P is None:
            points += zeros
        else:
            repeated += [(Zero(_into(z.point, P), z.multiplicity), P) for z in zeros]
    try:
        repeated = _joined(repeated)
    except Undecided as why:
        return why.unknown()
    below = sign_chart(quotient.expression(quotient.denominator), x, -sp.oo, sp.oo)
    if isinstance(below, Unknown):
        return below
    removed: list[sp.Expr] = []
    for pole in below.zeros:
        reason = _cancel(pole, points, repeated, removed)
        if reason:
            return Unknown(reason)
    if any(compare(a.point, b.point) in (0, None) for k, a in enumerate(points) for b in points[:k]):
        return Unknown("two factors share a zero")
    return Families(tuple(points), tuple(repeated), tuple(removed))


def _by_point(a: Zero, b: Zero) -> int:
    return order(a.point, b.point)


def _joined(repeated: list[tuple[Zero, sp.Expr]]) -> list[tuple[Zero, sp.Expr]]:
    """Families of one period put together, with the smallest period that does it."""
    out: list[tuple[Zero, sp.Expr]] = []
    for P in dict.fromkeys(P for _, P in repeated):
        zeros = sorted((z for z, Q in repeated if Q == P), key=cmp_to_key(_by_point))
        for k in range(len(zeros) - 1, 0, -1):
            a, b = zeros[k - 1], zeros[k]
            if order(a.point, b.point) == 0:
                if a.multiplicity is None or b.multiplicity is None:
                    raise Undecided(f"the multiplicity of the zero at {a.point}")
                zeros[k - 1 : k + 1] = [Zero(a.point, a.multiplicity + b.multiplicity)]
        out += _reduced(zeros, P)
    return out


def _reduced(zeros: list[Zero], P: sp.Expr) -> list[tuple[Zero, sp.Expr]]:
    """The same zeros with the smallest period P/m that shifts them into each other, moved into [0, P/m)."""
    n = len(zeros)
    for m in (6, 4, 3, 2):
        if (
            n
            and n % m == 0
            and all(
                zeros[k].multiplicity == zeros[k - n // m].multiplicity
                and compare(zeros[k].point, zeros[k - n // m].point + P / m) == 0
                for k in range(n // m, n)
            )
        ):
            return _reduced(zeros[: n // m], P / m)
    return [(Zero(_into(z.point, P), z.multiplicity), P) for z in zeros]


def _into(point: sp.Expr, P: sp.Expr) -> sp.Expr:
    if isinstance(point, Root):
        return point
    k = sp.floor(sp.N(point / P, 30))
    moved = sp.expand(point - k * P)
    if compare(moved, P) == 0:
        return sp.S.Zero
    return moved if compare(moved, sp.S.Zero) in (0, 1) else point


def _cancel(pole: Zero, points: list[Zero], repeated: list[tuple[Zero, sp.Expr]], removed: list[sp.Expr]) -> str:
    """Take a zero of the denominator off the zeros; a reason where that is not understood."""
    for zero, P in repeated:
        k = sp.Integer(sp.floor(sp.N((pole.point - zero.point) / P, 30) + sp.Rational(1, 2)))
        if compare(pole.point, zero.point + k * P) == 0:
            if zero.multiplicity != pole.multiplicity or any(compare(z.point, pole.point) == 0 for z in points):
                return f"zeros of different multiplicity meet at {pole.point}"
            removed.append(pole.point)
            return ""
    return f"the denominator vanishes at {pole.point}"
