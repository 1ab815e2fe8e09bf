"""The sides of a statement at a point: closed constants with every switch decided, and whether they differ.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> value_at(sp.Max(x, 1 / x), {x: sp.Rational(1, 2)}, Given())
2
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

import sympy as sp

from symacts.guarded import Guard, Refusal
from symacts.proofs.checker.domains import obligations
from symacts.proofs.checker.enclosures import require_rounded
from symacts.proofs.checker.entail import Given, Undecided
from symacts.proofs.checker.normal import is_zero
from symacts.proofs.glance import LONGEST
from symacts.proofs.sample import EXPECTED
from symacts.rigor import compare, enclose, evaluate
from symacts.rigor.constants import ball_sign

__all__ = ["PRECS", "NoLimit", "Pair", "Undefined", "bounds_of", "limit_value", "separated", "value_at"]

DIGITS = 20


class NoLimit(Exception):
    """A limit in the goal is proved not to exist: two different limit points."""

    def __init__(self, points: tuple[sp.Expr, sp.Expr]) -> None:
        self.points = points
        super().__init__("the limit does not exist")


class Undefined(ValueError):
    """An expression is proved to have no real value at the point and around it."""


_ELSEWHERE = (sp.Derivative, sp.Limit, sp.gamma, sp.loggamma)
"""What may have values outside the conditions that the checker asks for."""
PRECS = (80, 300)
QUADRATURE = (40,)  # bits: a small difference of integrals is not worth more


def value_at(e: sp.Expr, values: dict[sp.Symbol, sp.Expr], given: Given) -> sp.Expr:
    """The side at a point, as a closed constant with every switch decided, and defined there.

    Raises
    ------
    SymactsError, Undecided
        A derivative that does not exist there, an undefined value, a limit that is not established.
    """
    swaps: dict[sp.Basic, sp.Expr] = {l: _limit_at(l, values) for l in e.atoms(sp.Limit)}
    nothing = Given()
    whole = e
    e = e.xreplace(swaps)
    swaps = {}
    for d in e.atoms(sp.Derivative) - {d for i in e.atoms(sp.Integral) for d in i.function.atoms(sp.Derivative)}:
        swaps[d] = _derivative_at(d, values)
    for i in e.atoms(sp.Integral):
        bound = {v for limits in i.limits for v in limits[:1]}
        inner = {d: nothing.derivative(d) for d in i.function.atoms(sp.Derivative)}
        swaps[i] = _forward(i.xreplace(inner).xreplace({s: v for s, v in values.items() if s not in bound}))
    swapped = e.xreplace(swaps) if swaps else e
    _require_writable(swapped, values)
    require_rounded(swapped, values)
    plain = nothing.resolve(swapped.xreplace(values))
    if plain.free_symbols:
        raise ValueError("free symbols are left")
    if plain.has(sp.I) and not whole.has(
        sp.Derivative, sp.Limit, sp.Integral
    ):  # a logarithm or root of what is negative
        raise Undefined
    if plain in (sp.oo, -sp.oo):
        return plain
    if not plain.has(sp.Integral):
        for condition, op in obligations(plain):
            if not nothing.holds(condition, op):
                if op in (">", ">=") and nothing.holds(condition, "<") and not whole.has(*_ELSEWHERE):
                    raise Undefined
                raise ValueError("not defined at the point")
    return plain


def _require_writable(e: sp.Expr, values: dict[sp.Symbol, sp.Expr]) -> None:
    """Fail where a power with a moving exponent would be an integer too long to write down, as x**(x**x) at 20 is."""
    for power in e.atoms(sp.Pow):
        if power.base is not sp.E and power.exp.free_symbols:
            try:
                Guard().unfold(power, values)
            except Refusal as reason:
                raise ValueError(str(reason)) from None


def _forward(i: sp.Integral) -> sp.Expr:
    """An integral from its lower to its upper bound, where these are numbers in the other order."""
    z, lo, hi = i.limits[0] if len(i.limits) == 1 and len(i.limits[0]) == 3 else (None, sp.S.Zero, sp.S.One)
    if lo.free_symbols or hi.free_symbols or compare(lo, hi) not in (0, 1):
        return i
    return sp.S.Zero if lo == hi else -sp.Integral(i.function, (z, hi, lo))


def _derivative_at(d: sp.Derivative, values: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    """The derivative at a point, from the branch that holds around it."""
    local = Given([(s - v, "=") for s, v in values.items() if s not in [w for w, _ in d.variable_count]])
    for variable, _ in d.variable_count:
        at = values[variable]
        local = local.and_(*_small_box(d.expr, variable, at, values))
    try:
        branch = local.resolve(d.expr)
    except Undecided:
        return _at_seam(d, values, local)
    for condition, op in obligations(branch):
        if not Given().holds(condition.xreplace(values), ">" if op == ">=" else op):
            raise ValueError("not differentiable at the point")
    result = branch
    for variable, count in d.variable_count:
        result = sp.diff(result, variable, int(count))
    return result.xreplace(values)


def _at_seam(d: sp.Derivative, values: dict[sp.Symbol, sp.Expr], local: Given) -> sp.Expr:
    """The derivative at a point where two branches meet: they agree there, and so do all derivatives up to it."""
    ((variable, order),) = d.variable_count
    here = Given().resolve(d.expr.xreplace(values))
    f, g = (local.and_((way * (variable - values[variable]), ">")).resolve(d.expr) for way in (1, -1))
    for branch in (f, g):
        for condition, op in obligations(branch):
            if not Given().holds(condition.xreplace(values), ">" if op == ">=" else op):
                raise ValueError("not differentiable at the point")
    gaps = [here - f.xreplace(values), here - g.xreplace(values)]
    for _ in range(int(order)):
        f, g = sp.diff(f, variable), sp.diff(g, variable)
        gaps.append((f - g).xreplace(values))
    if not all(is_zero(gap) for gap in gaps):
        raise ValueError("not differentiable at the point")
    return sp.sympify(f.xreplace(values))


def _small_box(
    e: sp.Expr, variable: sp.Symbol, at: sp.Expr, values: dict[sp.Symbol, sp.Expr]
) -> list[tuple[sp.Expr, str]]:
    """A neighborhood `at - r < variable < at + r` that a switch at another place does not enter (as far as seen)."""
    r = sp.Rational(1, 10**6)
    return [(variable - at + r, ">"), (at + r - variable, ">")]


@lru_cache(maxsize=1024)
def limit_value(e: sp.Expr, x: sp.Symbol, point: sp.Expr, direction: str) -> sp.Expr:
    from symacts.proofs.checker.limits import Near, nearby, require_absent
    from symacts.rigor import tails

    found = None
    for way in {"+": (1,), "-": (-1,), "+-": (1, -1)}[direction]:
        within = sp.Integer(1000) if point.is_infinite else sp.Rational(1, 1000)
        near = nearby(Given(), x, point, way, within)
        if direction == "+-" and point.is_finite:
            with suppress(*EXPECTED):
                require_absent(Near(Given(), x, point, way), near, e)
                continue
        try:
            local = near.resolve(e)
        except Undecided:
            local = e
        value = tails.limit(local, x, point, way)
        if isinstance(value, tails.NoLimit):
            raise NoLimit(value.points[:2])
        if not isinstance(value, sp.Expr):
            raise ValueError("the limit is not established")
        if found is not None and value != found and not is_zero(value - found):
            if found.is_infinite or value.is_infinite or compare(found, value) in (1, -1):
                raise NoLimit((found, value))
            raise ValueError("the one-sided limits are not seen to agree")
        found = value
    if found is None:
        raise ValueError("there is nothing on either side")
    return found


def _limit_at(l: sp.Limit, values: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    e, x, point, direction = l.args
    outer = {s: v for s, v in values.items() if s != x}
    return limit_value(e.xreplace(outer), x, point.xreplace(outer), str(direction))


Pair = tuple[sp.Expr, sp.Expr]


def separated(left: sp.Expr, right: sp.Expr, relation: str) -> tuple[Pair, Pair, str] | None:
    """Both enclosures where the relation is proved to fail between two constants, else None."""
    for prec in PRECS:
        if left.is_infinite or right.is_infinite:
            if left == right or relation != "=":
                return None
            return bounds_of(left), bounds_of(right), "a limit is infinite"
        if left.has(sp.Integral) or right.has(sp.Integral):
            return _separated_difference(left, right, relation)
        a, b = evaluate(left, prec), evaluate(right, prec)
        if not (a.is_finite() and b.is_finite()):
            return None
        below, above = bool(a < b), bool(a > b)
        if {"=": below or above, "<": above, "<=": above, "!=": False}[relation]:
            return bounds_of(left), bounds_of(right), ""
        if below or above:
            return None
    if relation in ("<", "!=") and is_zero(left - right):
        return bounds_of(left), bounds_of(right), "both sides are equal there"
    return None


def _separated_difference(left: sp.Expr, right: sp.Expr, relation: str) -> tuple[Pair, Pair, str] | None:
    """The same through lhs - rhs, where an integral near zero has no relative accuracy."""
    sign = ball_sign(left - right, QUADRATURE)
    if sign is not None and {"=": True, "<": sign > 0, "<=": sign > 0, "!=": False}[relation]:
        return enclose(left - right, DIGITS), (sp.S.Zero, sp.S.Zero), "the difference of the sides, against 0"
    return None


def bounds_of(value: sp.Expr) -> Pair:
    """Bounds that can be written down: not of a number such as exp(-10**5), whose exact bounds fill pages."""
    if value.is_finite is False:
        return value, value
    pair = enclose(value, DIGITS)
    if max(int(n).bit_length() for bound in pair for n in (bound.p, bound.q)) > LONGEST:
        raise Undecided("a number of too many digits")
    return pair
