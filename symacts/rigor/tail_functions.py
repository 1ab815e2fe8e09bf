"""Tail models of the elementary functions: one row for each.

A row of `_JETS` is an analytic function: its exact Taylor coefficients at a constant, its enclosure of the next one,
and what happens when the argument grows (`tanh(g) = 1 - 2*exp(-2*g)/(1 + exp(-2*g))`, `atan(g) = pi/2 - atan(1/g)`,
the enveloping series of `erfc`). `FUNCTIONS` adds what is reduced to these (`asinh(g) = log(g + sqrt(g**2 + 1))`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import sympy as sp
from flint import arb, arb_series, fmpq

from symacts.rigor import tail_constants as exact
from symacts.rigor.precision import precision
from symacts.rigor.tail_constants import ONE, ZERO, Number, Undecided, ball, expression, number, sign
from symacts.rigor.tail_models import (
    Tail,
    around,
    collect,
    compose,
    constant,
    exp,
    inverse,
    is_vanishing,
    length,
    log,
    pieces,
    power,
    split,
)
from symacts.rigor.tail_monomials import UNIT, compare, growth

__all__ = ["FUNCTIONS", "analytic", "blurred_step", "greater"]

Jet = Sequence[Number]
HALF, TWO = fmpq(1, 2), fmpq(2)


def _integral(first: Number, derivative: Jet) -> list[Number]:
    return [first, *(c * fmpq(1, k + 1) for k, c in enumerate(derivative))]


def _series_power(p: Jet, r: fmpq, count: int) -> list[Number]:
    """The first coefficients of `p(t)**r` (J. C. P. Miller's recurrence)."""
    scale = exact.power(p[0], -ONE)
    q = [exact.power(p[0], r)]
    for k in range(1, count):
        total: Number = ZERO
        for i in range(1, min(k, len(p) - 1) + 1):
            total = total + p[i] * q[k - i] * (r * i - k + i)
        q.append(total * scale * fmpq(1, k))
    return q


def _series_exp(p: Jet, count: int) -> list[Number]:
    """The first coefficients of `exp(p(t))` for `p(0) = 0`, from `q' = p'*q`."""
    q: list[Number] = [ONE]
    for k in range(1, count):
        total: Number = ZERO
        for i in range(1, min(k, len(p) - 1) + 1):
            total = total + p[i] * q[k - i] * i
        q.append(total * fmpq(1, k))
    return q


def _circular(at: int) -> Callable[[Number, int], list[Number]]:
    def jet(c: Number, count: int) -> list[Number]:
        e = expression(c)
        s, k = number(sp.sin(e)), number(sp.cos(e))
        cycle = [s, k, -s, -k]
        return [cycle[(i + at) % 4] * fmpq(1, int(sp.factorial(i))) for i in range(count)]

    return jet


def _tanh_jet(c: Number, count: int) -> list[Number]:
    """`y' = 1 - y**2`."""
    y = [number(sp.tanh(expression(c)))]
    for k in range(count - 1):
        total: Number = ONE if k == 0 else ZERO
        for i in range(k + 1):
            total = total - y[i] * y[k - i]
        y.append(total * fmpq(1, k + 1))
    return y


def _atan_jet(c: Number, count: int) -> list[Number]:
    return _integral(number(sp.atan(expression(c))), _series_power([c * c + 1, c * 2, ONE], -ONE, count - 1))


def _asin_jet(c: Number, count: int) -> list[Number]:
    return _integral(number(sp.asin(expression(c))), _series_power([1 - c * c, c * -2, -ONE], -HALF, count - 1))


def _error(f: type, way: int, inner: int) -> Callable[[Number, int], list[Number]]:
    """erf, erfc and erfi: `y' = way*2/sqrt(pi)*exp(inner*x**2)`."""

    def jet(c: Number, count: int) -> list[Number]:
        scale = exact.exponential(c * c * inner) * number(2 * way / sp.sqrt(sp.pi))
        slope = _series_exp([ZERO, c * (2 * inner), fmpq(inner)], count - 1)
        return _integral(number(f(expression(c))), [d * scale for d in slope])

    return jet


def _lambert_jet(c: Number, count: int) -> list[Number]:
    if sign(c) == 0:  # sum of (-k)**(k - 1)/k!*t**k
        return [ZERO, *(fmpq((-k) ** (k - 1), int(sp.factorial(k))) for k in range(1, count))]
    y = [number(sp.LambertW(expression(c)))]
    scale = exact.power(c * (y[0] + 1), -ONE)
    for k in range(count - 1):  # (c + t)*(1 + y)*y' = y
        total = y[k] - (1 + y[0]) * (y[k] * k)
        for i in range(1, k + 1):
            total = total - y[i] * (c * (y[k + 1 - i] * (k + 1 - i)) + (y[k - i] * (k - i)))
        y.append(total * scale * fmpq(1, k + 1))
    return y


@dataclass(frozen=True, slots=True)
class _Row:
    """An analytic function: exact Taylor coefficients, its series over a ball, and its model for a growing argument."""

    jet: Callable[[Number, int], list[Number]]
    series: Callable[[arb_series], arb_series]
    growing: Callable[[Tail], Tail]


def _oscillation(g: Tail) -> Tail:
    g.frame.notes.add("oscillates")
    return Tail(g.frame, (), (UNIT, arb(1)))


def _unreal(g: Tail) -> Tail:
    raise Undecided("asin of a growing function is not real")


def _tanh_growing(g: Tail) -> Tail:
    if g.sign() < 0:
        return -_tanh_growing(-g)
    e = exp(g.scaled(-TWO))
    one = constant(g.frame, ONE)
    return one - (e * inverse(one + e)).scaled(TWO)


def _atan_growing(g: Tail) -> Tail:
    """`atan(g) = way*pi/2 - atan(1/g)`."""
    return constant(g.frame, number(sp.pi / 2) * g.sign()) - analytic(_JETS[sp.atan], inverse(g))


def _erfc_growing(g: Tail) -> Tail:
    """`exp(-z**2)/(z*sqrt(pi))*(1 - 1/(2*z**2) + 3/(2*z**2)**2 - ...)`, enveloping for z > 0: the error is less than
    the first term left out (DLMF 7.12(i))."""
    if g.sign() < 0:
        return constant(g.frame, TWO) - _erfc_growing(-g)
    square = g * g
    w = inverse(square.scaled(TWO))
    count = max(length(w), 2)
    jet = [ONE]
    for k in range(1, count):
        jet.append(jet[-1] * (1 - 2 * k))
    s = compose(w, jet, arb(abs(jet[-1] * (1 - 2 * count))))
    return (exp(-square) * inverse(g) * s).scaled(number(1 / sp.sqrt(sp.pi)))


def _erfi_growing(g: Tail) -> Tail:
    """`2/sqrt(pi)*(D(z) + C + E)`, D(z) = exp(z**2)/(2*z)*sum of a_k*z**(-2*k) for k < n, a_k = (2*k - 1)!!/2**k.

    `D' = exp(z**2)*(1 - a_n*z**(-2*n))` telescopes; for `z >= z0 = sqrt(2*n + 1)` the function
    `exp(z**2)*z**(-2*n - 1)` grows at least as fast as `exp(z**2)*z**(-2*n)` integrates, so `0 <= E <=
    a_n*exp(z**2)*z**(-2*n - 1)`; the constant `C = integral of exp(t**2) over [0, z0] - D(z0)` is bounded.
    """
    if g.sign() < 0:
        return -_erfi_growing(-g)
    frame, count = g.frame, g.frame.terms
    z0 = arb(2 * count + 1).sqrt()
    lowest = g - constant(frame, fmpq(2 * count + 1))  # g >= 2*n + 1 >= z0
    if lowest.sign() < 0:
        raise Undecided("erfi's series needs a larger argument", "M")
    square = g * g
    w = inverse(square.scaled(TWO))
    jet = [ONE]
    for k in range(1, count):
        jet.append(jet[-1] * (2 * k - 1))
    beyond = jet[-1] * (2 * count - 1)
    start = sum((arb(c) / (2 * z0 * z0) ** k for k, c in enumerate(jet)), arb(0)) * (z0 * z0).exp() / (2 * z0)
    gap = (z0.erfi() * arb.pi().sqrt() / 2 - start).abs_upper()
    # a_n*z**(-2*n) = beyond*w**n, and exp(z**2)/z is twice the common factor exp(z**2)/(2*z)
    main = exp(square) * inverse(g).scaled(HALF) * compose(w, jet, arb(2 * beyond))
    return collect(frame, dict(main.terms), [*pieces(main), (UNIT, gap)]).scaled(number(2 / sp.sqrt(sp.pi)))


def _lambert_growing(g: Tail) -> Tail:
    """`w + log(w) = log(g)`: iterate, then `|W - w| <= |w + log(w) - log(g)|` because `w + log(w)` has slope over 1."""
    level = log(g)
    w = level
    for _ in range(g.frame.terms):
        w = level - log(w)
    off = w + log(w) - level
    return w if off.is_zero else collect(g.frame, dict(w.terms), [*pieces(w), off.majorant()])


_JETS: dict[type, _Row] = {
    sp.sin: _Row(_circular(0), lambda t: t.sin(), _oscillation),
    sp.cos: _Row(_circular(1), lambda t: t.cos(), _oscillation),
    sp.tanh: _Row(_tanh_jet, lambda t: 1 - 2 / (1 + (2 * t).exp()), _tanh_growing),
    sp.atan: _Row(_atan_jet, lambda t: t.atan(), _atan_growing),
    sp.asin: _Row(_asin_jet, lambda t: t.asin(), _unreal),
    sp.erf: _Row(_error(sp.erf, 1, -1), lambda t: t.erf(), lambda g: constant(g.frame, ONE) - _erfc_growing(g)),
    sp.erfc: _Row(_error(sp.erfc, -1, -1), lambda t: t.erfc(), _erfc_growing),
    sp.erfi: _Row(_error(sp.erfi, 1, 1), lambda t: t.erfi(), _erfi_growing),
    sp.LambertW: _Row(_lambert_jet, lambda t: t.lambertw(), _lambert_growing),
}


def analytic(row: _Row, g: Tail) -> Tail:
    """The function of `c + small` by its jet at c, with Lagrange's remainder over the whole range of the argument."""
    frame = g.frame
    g = g.settled()
    large, c, small = split(g)
    if large.terms or (g.rem is not None and growth(g.rem[0]) > 0):
        return row.growing(g)
    if small.is_zero:
        return constant(frame, row.jet(c, 1)[0])
    wide = ball(c) + arb(0, 1) * small.bound()
    if not is_vanishing(small):
        return around(frame, _coefficient(row, wide, 0, frame.prec))
    count = length(small)
    last = _coefficient(row, wide, count, frame.prec).abs_upper()
    return compose(small, row.jet(c, count)[:count], last)


def _coefficient(row: _Row, wide: arb, k: int, prec: int) -> arb:
    """Enclosure of the k-th Taylor coefficient at every point of a ball."""
    with precision(prec, k + 1):
        try:
            found = row.series(arb_series([wide, 1], prec=k + 1))[k]
        except (ValueError, ZeroDivisionError):  # a pole of the series arithmetic
            found = arb.nan()
    if not found.is_finite():
        raise Undecided("the argument's range meets a singularity", "M")
    return found


def _arcsine(g: Tail) -> Tail:
    """asin; at the border `asin(1 - d) = pi/2 - 2*asin(sqrt(d/2))`, and odd."""
    row = _JETS[sp.asin]
    _, c, small = split(g.settled())
    for way in (1, -1):
        if sign(c - way) == 0 and not small.is_zero and is_vanishing(small):
            gap = (constant(g.frame, ONE) - g.scaled(fmpq(way))).scaled(HALF)
            turned = analytic(row, power(gap, HALF)).scaled(-TWO)
            return (constant(g.frame, number(sp.pi / 2)) + turned).scaled(fmpq(way))
    return analytic(row, g)


def _branch_jet(count: int) -> list[fmpq]:
    """Coefficients of `W = -1 + v(p)`, `p**2 = 2*(1 + e*z)`: for `s = v**2/2`, `s'*(1 - p**2/2) = p*(1 - v)`."""
    v, s = [fmpq(0), fmpq(1)], [fmpq(0), fmpq(0), HALF]
    for n in range(3, count + 1):
        s.append((s[n - 2] * fmpq(n - 2, 2) - v[n - 2]) / n)
        v.append(s[n] - sum((v[i] * v[n - i] for i in range(2, n - 1)), fmpq(0)) / 2)
    return [fmpq(-1), *v[1:]]


BRANCH_BOUND = 2
"""|v(p)| for complex |p| <= 1, and so |v_k|: `p**2/2 = h(v)`, `h(v) = 1 - (1 - v)*exp(v)`, has two solutions with
|v| < 2, the zeros of h there being double at 0 and |h| > 1/2 on |v| = 2 (Rouche); they meet at p = 0 alone."""


def _lambert(g: Tail) -> Tail:
    """LambertW; at its branch point `-1/e` by its series in `sqrt(2*(1 + e*z))` (Corless et al., 1996, section 4)."""
    large, c, small = split(g.settled())
    at_branch = not large.terms and not small.is_zero and is_vanishing(small) and sign(c + number(sp.exp(-1))) == 0
    if not at_branch:
        return analytic(_JETS[sp.LambertW], g)
    p = power(small.scaled(number(2 * sp.E)), HALF)
    if not p.bound() <= arb(1) / 2:
        raise Undecided("the series at the branch point of LambertW", "M")
    count = max(length(p), 2)
    return compose(p, _branch_jet(count)[:count], arb(2 * BRANCH_BOUND))  # sum of |v_k|*p**k from k = count on


def _arccosine(g: Tail) -> Tail:
    return constant(g.frame, number(sp.pi / 2)) - _arcsine(g)


def _sinh(g: Tail) -> Tail:
    return (exp(g) - exp(-g)).scaled(HALF)


def _cosh(g: Tail) -> Tail:
    return (exp(g) + exp(-g)).scaled(HALF)


def _tanh(g: Tail) -> Tail:
    return analytic(_JETS[sp.tanh], g)


def _asinh(g: Tail) -> Tail:
    """`log(g + sqrt(g**2 + 1))`, odd."""
    large, c, _ = split(g.settled())
    if (sign(large.terms[0][1]) if large.terms else sign(c)) < 0:
        return -_asinh(-g)
    return log(g + power(g * g + constant(g.frame, ONE), HALF))


def _acosh(g: Tail) -> Tail:
    return log(g + power(g * g - constant(g.frame, ONE), HALF))


def _atanh(g: Tail) -> Tail:
    one = constant(g.frame, ONE)
    return (log(one + g) - log(one - g)).scaled(HALF)


def _acot(g: Tail) -> Tail:
    return constant(g.frame, number(sp.pi / 2)) if g.is_zero else analytic(_JETS[sp.atan], inverse(g))


def _quotient(numerator: type, denominator: type) -> Callable[[Tail], Tail]:
    return lambda g: analytic(_JETS[numerator], g) * inverse(analytic(_JETS[denominator], g))


def _sinc(g: Tail) -> Tail:
    return constant(g.frame, ONE) if g.is_zero else analytic(_JETS[sp.sin], g) * inverse(g)


def _signum(g: Tail) -> Tail:
    try:
        return constant(g.frame, fmpq(g.sign()))
    except Undecided:
        if not _is_blurred(g):
            raise
        return Tail(g.frame, (), (UNIT, arb(1)))


def blurred_step(g: Tail, at_zero: Number) -> Tail:
    """A function that is 1 where g > 0, 0 where g < 0 and the given number at 0: between 0 and 1, where that number is.

    Raises
    ------
    Undecided
        It is not an oscillation that hides the sign of g.
    """
    if not (_is_blurred(g) and 0 <= ball(at_zero) <= 1):
        raise Undecided("the sign of the argument of a step")
    return Tail(g.frame, ((UNIT, HALF),), (UNIT, arb(1) / 2))


def _impulse(g: Tail) -> Tail:
    """DiracDelta is zero where its argument is not."""
    if g.sign() == 0:
        raise Undecided("an impulse on the whole tail")
    return constant(g.frame, ZERO)


def _is_blurred(g: Tail) -> bool:
    """Whether an oscillation hides the sign of g however far out."""
    if "oscillates" not in g.frame.notes or g.rem is None:
        return False
    terms = g.settled().terms
    return not terms or compare(terms[0][0], g.rem[0]) <= 0


def _absolute(g: Tail) -> Tail:
    try:
        way = g.sign()
    except Undecided:
        if not _is_blurred(g):
            raise
        return Tail(g.frame, (), g.majorant())
    return g if way >= 0 else -g


def greater(f: Tail, g: Tail) -> Tail:
    """`Max(f, g)`; where an oscillation hides which is greater, `(f + g + |f - g|)/2`."""
    gap = f - g
    try:
        return f if gap.sign() >= 0 else g
    except Undecided:
        if not _is_blurred(gap):
            raise
        return (f + g + _absolute(gap)).scaled(HALF)


def _floor(g: Tail) -> Tail:
    large, c, _ = split(g)
    if large.terms:  # g - 1 < floor(g) <= g
        g.frame.notes.add("oscillates")
        return g + Tail(g.frame, ((UNIT, -HALF),), (UNIT, arb(1) / 2))
    low = int(sp.floor(expression(c)))
    for n in (low, low - 1):
        if (g - constant(g.frame, fmpq(n))).sign() >= 0 and (g - constant(g.frame, fmpq(n + 1))).sign() < 0:
            return constant(g.frame, fmpq(n))
    raise Undecided("floor is not constant on the tail", "M")


FUNCTIONS: dict[type, Callable[[Tail], Tail]] = {
    **{f: partial(analytic, row) for f, row in _JETS.items()},
    sp.exp: exp,
    sp.log: log,
    sp.sinh: _sinh,
    sp.cosh: _cosh,
    sp.coth: lambda g: inverse(_tanh(g)),
    sp.sech: lambda g: inverse(_cosh(g)),
    sp.csch: lambda g: inverse(_sinh(g)),
    sp.asinh: _asinh,
    sp.acosh: _acosh,
    sp.atanh: _atanh,
    sp.acoth: lambda g: _atanh(inverse(g)),
    sp.asech: lambda g: _acosh(inverse(g)),
    sp.acsch: lambda g: _asinh(inverse(g)),
    sp.LambertW: _lambert,
    sp.asin: _arcsine,
    sp.acos: _arccosine,
    sp.asec: lambda g: _arccosine(inverse(g)),
    sp.acsc: lambda g: _arcsine(inverse(g)),
    sp.acot: _acot,
    sp.sec: lambda g: inverse(analytic(_JETS[sp.cos], g)),
    sp.csc: lambda g: inverse(analytic(_JETS[sp.sin], g)),
    sp.tan: _quotient(sp.sin, sp.cos),
    sp.cot: _quotient(sp.cos, sp.sin),
    sp.sinc: _sinc,
    sp.Abs: _absolute,
    sp.sign: _signum,
    sp.DiracDelta: _impulse,
    sp.floor: _floor,
    sp.ceiling: lambda g: -_floor(-g),
}
