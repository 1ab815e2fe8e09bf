"""Bounds of a product by those of its factors: `exp(-x**2)*(1 + cos(4*x))` lies between 0 and 2.

Factors that keep their sign suffice where the slope of the product oscillates: the product is 0 where one of them is,
and largest where all of them are.
"""

from __future__ import annotations

import sympy as sp

from symacts.analysis.ends import Answer, Facts
from symacts.analysis.subject import Subject
from symacts.analysis.values import image
from symacts.analysis.witnesses import limit_points
from symacts.symbolic.oracle import Undecided

__all__ = ["maximum", "minimum", "range_", "sign"]

BECAUSE = "no factor changes its sign: the product is bounded by the bounds of its factors"


def _size(f: Subject, facts: Facts) -> tuple[int, bool, sp.Expr]:
    """The sign of the product, whether it is 0 somewhere, and an upper bound of its size.

    Raises
    ------
    Undecided
    """
    if facts["domain"].value != sp.S.Reals or f.expression.free_symbols != {f.x}:
        raise Undecided("not defined on the whole line, or parameters")
    return f.remember("size of the product", lambda: _find_size(f))


def _find_size(f: Subject) -> tuple[int, bool, sp.Expr]:
    constant, rest = sp.factor_terms(f.expression).as_independent(f.x, as_Add=False)
    factors = sp.Mul.make_args(rest)
    if len(factors) < 2:
        raise Undecided("f is no product")
    way, vanishes, bound = f.sign(constant), False, sp.Abs(constant)
    for factor in factors:
        spans = image(Subject(factor, f.x, f.oracle))
        low, high = spans[0], spans[-1]
        if f.compare(low.lo, sp.S.Zero) >= 0:
            near, far, is_attained = low.lo, high.hi, low.has_lo
        elif f.compare(high.hi, sp.S.Zero) <= 0:
            near, far, is_attained, way = high.hi, -low.lo, high.has_hi, -way
        else:
            raise Undecided("a factor changes its sign")
        vanishes = vanishes or (is_attained and f.sign(near) == 0)
        bound = sp.oo if far.is_infinite or bound is sp.oo else bound * far
    return way, vanishes, bound


def _least_size(f: Subject, facts: Facts) -> tuple[sp.Expr, bool]:
    _, vanishes, _ = _size(f, facts)
    if not vanishes and not any(p.is_finite and f.sign(p) == 0 for p in limit_points(f)):
        raise Undecided("the product is not shown to come near 0")
    return sp.S.Zero, vanishes


def _greatest_size(f: Subject, facts: Facts) -> tuple[sp.Expr, bool]:
    way, _, bound = _size(f, facts)
    value = f.value_at(sp.S.Zero)
    if bound is sp.oo or value is None or not f.equal(way * value, bound):
        raise Undecided("the factors are not largest together at 0")
    return f.neat(value), True


def _extreme(f: Subject, facts: Facts, side: int) -> Answer:
    try:
        way = _size(f, facts)[0]
        return (_greatest_size if way == side else _least_size)(f, facts), BECAUSE
    except Undecided as reason:
        return _approached(f, facts, side, reason), "values far out approach the bound by the factors, none has it"


def _approached(f: Subject, facts: Facts, side: int, reason: Undecided) -> tuple[sp.Expr, bool]:
    """The bound of the factors as a limit point at infinity that no point has: `exp(sin(x))*tanh(x)` has 1*e.

    A product of numbers from intervals is largest at ends of all of them alone, unless it is 0 there.
    """
    if facts["domain"].value != sp.S.Reals or f.expression.free_symbols != {f.x}:
        raise reason
    bound, may_be_attained = f.remember("corners of the product", lambda: _corners(f))[side]
    if bound.is_infinite or may_be_attained or f.sign(bound) == 0:
        raise reason
    if not any(p.is_finite and f.equal(p, bound) for p in limit_points(f)):
        raise reason
    return f.neat(bound), False


def _corners(f: Subject) -> dict[int, tuple[sp.Expr, bool]]:
    """The least (key -1) and the largest product of values of the factors, and whether all these ends are values."""
    constant, rest = sp.factor_terms(f.expression).as_independent(f.x, as_Add=False)
    ends = {-1: (constant, True), 1: (constant, True)}
    for factor in sp.Mul.make_args(rest):
        spans = image(Subject(factor, f.x, f.oracle))
        own = ((spans[0].lo, spans[0].has_lo), (spans[-1].hi, spans[-1].has_hi))
        if any(value.is_infinite for value, _ in own):
            raise Undecided("a factor is not bounded")
        found = [(a * b, has_a and has_b) for a, has_a in ends.values() for b, has_b in own]
        ends = {side: _outermost(f, found, side) for side in (-1, 1)}
    return ends


def _outermost(f: Subject, found: list[tuple[sp.Expr, bool]], side: int) -> tuple[sp.Expr, bool]:
    best, has_best = found[0]
    for value, has_value in found[1:]:
        order = side * f.compare(value, best)
        if order > 0:
            best, has_best = value, has_value
        elif order == 0:
            has_best = has_best or has_value
    return best, has_best


def minimum(f: Subject, facts: Facts) -> Answer:
    """The infimum, by the factors."""
    return _extreme(f, facts, -1)


def maximum(f: Subject, facts: Facts) -> Answer:
    """The supremum, by the factors."""
    return _extreme(f, facts, 1)


def sign(f: Subject, facts: Facts) -> Answer:
    """The sign of the values, by the factors."""
    way, vanishes, _ = _size(f, facts)
    words = ("nonnegative", "nonpositive") if vanishes else ("positive", "negative")
    return words[way < 0], "no factor changes its sign"


def range_(f: Subject, facts: Facts) -> Answer:
    """The values between the extrema of a function that is continuous on the line."""
    if facts["discontinuities"].value:
        raise Undecided("f jumps")
    (low, has_low), (high, has_high) = minimum(f, facts)[0], maximum(f, facts)[0]
    return sp.Interval(low, high, not has_low, not has_high), BECAUSE
