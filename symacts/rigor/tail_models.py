"""Tail models and their arithmetic: for all `x >= M`, `g = c_1*m_1 + ... + c_k*m_k + r` with `|r| <= radius*m_r`.

The monomials fall in order of growth, the coefficients are exact, the remainder is rigorous: a Taylor model at
infinity. A model without remainder is an identity.

>>> frame = Frame(fmpq(4), 6, 64)
>>> t = variable(frame)
>>> g = inverse(t + constant(frame, fmpq(1)))          # 1/(x + 1) = 1/x - 1/x**2 + ...
>>> [(m.a, c) for m, c in g.terms[:3]]
[(-1, 1), (-2, -1), (-3, 1)]
>>> g.sign()
1

References
----------
K. Makino and M. Berz (2003), Taylor models and other validated functional inclusion methods; J. van der Hoeven
(2006), Transseries and real differential algebra, section 2 (transmonomials).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import sympy as sp
from flint import arb, fmpq

from symacts.rigor import tail_constants as exact
from symacts.rigor.tail_constants import ONE, ZERO, Const, Number, Undecided, ball, sign
from symacts.rigor.tail_monomials import (
    IDENTITY,
    LOG,
    LOGLOG,
    UNIT,
    Mono,
    by_growth,
    compare,
    growth,
    over,
    raised,
    sup,
    times,
    value,
)

__all__ = ["Frame", "Tail", "constant", "exp", "inverse", "log", "power", "variable"]

Piece = tuple[Mono, arb]  # |piece| <= radius*monomial on [M, oo)

_MOST_WORK = 40_000  # products of coefficients' terms in one model
_MOST_FACTORS = 64  # a larger integer power goes through the binomial series


@dataclass(frozen=True, slots=True)
class Frame:
    """What a model is computed with: it holds from `M` on, keeps `terms` terms, and bounds with `prec` bits."""

    M: fmpq
    terms: int
    prec: int
    notes: set[str] = field(default_factory=set, compare=False)
    work: list[int] = field(default_factory=lambda: [0], compare=False)

    def spend(self, steps: int) -> None:
        """Count work, and give up beyond the limit; the count depends on nothing but the input."""
        self.work[0] += steps
        if self.work[0] > _MOST_WORK:
            raise Undecided("the expression is too involved")

    def sup(self, m: Mono) -> arb:
        """Upper bound of a monomial that does not grow, on `[M, oo)`."""
        return sup(m, self.M, self.prec)


class Tail:
    """One function's model; `terms` in falling order, `rem` the monomial and radius of the remainder, or None."""

    __slots__ = ("_majorant", "frame", "rem", "terms")

    def __init__(self, frame: Frame, terms: Sequence[tuple[Mono, Number]], rem: Piece | None) -> None:
        self.frame, self.terms, self.rem = frame, tuple(terms), rem
        self._majorant: Piece | None = None

    @property
    def is_zero(self) -> bool:
        """Whether the function vanishes identically from M on (by exact cancellation)."""
        return not self.terms and self.rem is None

    def __neg__(self) -> Tail:
        return self.scaled(-ONE)

    def __add__(self, other: Tail) -> Tail:
        sums = dict(self.terms)
        for m, c in other.terms:
            sums[m] = sums.get(m, ZERO) + c
        return collect(self.frame, sums, [*pieces(self), *pieces(other)])

    def __sub__(self, other: Tail) -> Tail:
        return self + (-other)

    def __mul__(self, other: Tail) -> Tail:
        if self.is_zero or other.is_zero:
            return Tail(self.frame, (), None)
        for one, two in ((self, other), (other, self)):
            if one.rem is None and len(one.terms) == 1:
                ((m, c),) = one.terms
                return two.scaled(c, m)
        sums: dict[Mono, Number] = {}
        self.frame.spend(_size(self) * _size(other))
        for m, c in self.terms:
            for n, d in other.terms:
                k = times(m, n)
                sums[k] = sums.get(k, ZERO) + c * d
        rest: list[Piece] = []
        for one, two in ((self, other), (other, self)):
            if two.rem is not None and one.terms:
                m, radius = main_bound(one)
                rest.append((times(m, two.rem[0]), radius * two.rem[1]))
        if self.rem is not None and other.rem is not None:
            rest.append((times(self.rem[0], other.rem[0]), self.rem[1] * other.rem[1]))
        return collect(self.frame, sums, rest)

    def scaled(self, c: Number, m: Mono = UNIT) -> Tail:
        """`c*m*self`."""
        if sign(c) == 0:
            return Tail(self.frame, (), None)
        if isinstance(c, Const):
            self.frame.spend(_size(self) * len(c.terms))
        terms = [(times(n, m), d * c) for n, d in self.terms]
        rem = (times(self.rem[0], m), (self.rem[1] * abs(ball(c))).upper()) if self.rem is not None else None
        return Tail(self.frame, terms, rem)

    def settled(self) -> Tail:
        """The same function without leading terms whose coefficient is zero."""
        terms = self.terms
        while terms and sign(terms[0][1]) == 0:
            terms = terms[1:]
        return self if len(terms) == len(self.terms) else Tail(self.frame, terms, self.rem)

    def lead(self) -> tuple[Mono, Number]:
        """The leading term; its coefficient is not zero, and the remainder does not grow faster.

        Raises
        ------
        Undecided
            Only a remainder is known.
        """
        terms = self.settled().terms
        if not terms:
            raise Undecided("only a remainder is known" if self.rem else "the function is identically zero", "terms")
        return terms[0]

    def relative(self) -> tuple[Mono, Number, Tail]:
        """`m, c, delta` with `self = c*m*(1 + delta)`, where delta has no constant term."""
        tail = self.settled()
        m, c = tail.lead()
        rest = Tail(self.frame, tail.terms[1:], tail.rem)
        return m, c, rest.scaled(exact.power(c, -ONE), raised(m, -ONE))

    def majorant(self) -> Piece:
        """`m, radius` with `|self| <= radius*m` from M on, m the greatest monomial present."""
        if self._majorant is None:
            tail = self.settled()
            if tail.is_zero:
                raise Undecided("the function is identically zero")
            if not tail.terms:
                assert tail.rem is not None
                self._majorant = tail.rem
            else:
                m, radius = main_bound(tail)
                if tail.rem is not None:
                    if compare(tail.rem[0], m) > 0:
                        m, radius = tail.rem[0], radius * self.frame.sup(over(m, tail.rem[0]))
                        radius += tail.rem[1]
                    else:
                        radius += tail.rem[1] * self.frame.sup(over(tail.rem[0], m))
                self._majorant = (m, radius.upper())
        return self._majorant

    def bound(self) -> arb:
        """An upper bound of `|self|` on `[M, oo)`.

        Raises
        ------
        Undecided
            The function grows.
        """
        if self.is_zero:
            return arb(0)
        m, radius = self.majorant()
        return (radius * self.frame.sup(m)).upper()

    def sign(self) -> int:
        """The sign for every `x >= M`: the leading term beats the remainder and the terms of the other sign.

        Raises
        ------
        Undecided
            M is too small, or too few terms are known.
        """
        tail = self.settled()
        if tail.is_zero:
            return 0
        m, c = tail.lead()
        way = sign(c)
        against = arb(0)
        for n, d in tail.terms[1:]:
            if sign(d) == -way:
                against += abs(ball(d)) * self.frame.sup(over(n, m))
        if tail.rem is not None:
            order = compare(tail.rem[0], m)
            if order > 0:
                raise Undecided("the remainder dominates", "terms")
            part = tail.rem[1] * self.frame.sup(over(tail.rem[0], m))
            if order == 0 and not part < abs(ball(c)):
                raise Undecided("the remainder is as large as the leading term", "terms")
            against += part
        if against < abs(ball(c)):
            return way
        raise Undecided("the leading term does not beat the others yet", "M")

    def at(self, x: arb) -> arb:
        """Enclosure of the function at a point (or on an interval) `x >= M`, at the current precision."""
        total = arb(0)
        for m, c in self.terms:
            total += ball(c) * value(m, x)
        if self.rem is not None:
            total += arb(0, 1) * (self.rem[1] * value(self.rem[0], x)).upper()
        return total


def _size(tail: Tail) -> int:
    """How many products the coefficients sum."""
    return sum(len(c.terms) if isinstance(c, Const) else 1 for _, c in tail.terms)


def pieces(tail: Tail) -> list[Piece]:
    """The remainder as a list of none or one."""
    return [] if tail.rem is None else [tail.rem]


def main_bound(tail: Tail) -> Piece:
    """`m, radius` with |sum of the terms| <= radius*m; m is the first term's monomial."""
    m, c = tail.terms[0]
    radius = abs(ball(c))
    for n, d in tail.terms[1:]:
        radius += abs(ball(d)) * tail.frame.sup(over(n, m))
    return m, radius.upper()


def collect(frame: Frame, sums: dict[Mono, Number], rest: Iterable[Piece] = ()) -> Tail:
    """The model with these terms, cut to the frame's number; what is cut or lies under the remainder joins it."""
    entries = [(m, c) for m, c in sums.items() if c != 0]
    entries.sort(key=lambda entry: by_growth(entry[0]), reverse=True)
    merged: list[tuple[Mono, Number]] = []
    for m, c in entries:
        if merged and compare(merged[-1][0], m) == 0:
            merged[-1] = (merged[-1][0], merged[-1][1] + c)
        else:
            merged.append((m, c))
    rest = [piece for piece in rest if not piece[1].is_zero()]
    kept, cut = merged[: frame.terms], merged[frame.terms :]
    if rest:
        top = max((m for m, _ in rest), key=by_growth)
        while kept and compare(kept[-1][0], top) < 0:
            cut.append(kept.pop())
    elif cut:
        top = cut[0][0]
    else:
        return Tail(frame, kept, None)
    radius = arb(0)
    for m, r in rest:
        radius += r * frame.sup(over(m, top))
    for m, c in cut:
        if rest and compare(m, top) > 0:  # cut for length only: the remainder grows to its monomial
            radius, top = radius * frame.sup(over(top, m)), m
        radius += abs(ball(c)) * frame.sup(over(m, top))
    return Tail(frame, kept, (top, radius.upper()))


def constant(frame: Frame, c: Number) -> Tail:
    """The constant function."""
    return Tail(frame, ((UNIT, c),) if c != 0 else (), None)


def variable(frame: Frame) -> Tail:
    """The function x itself."""
    return Tail(frame, ((IDENTITY, ONE),), None)


def around(frame: Frame, enclosure: arb) -> Tail:
    """A function of which only a ball of values is known."""
    if not enclosure.is_finite():
        raise Undecided("no finite enclosure on the tail", "M")
    man, e = enclosure.mid().man_exp()
    middle = fmpq(int(man)) * fmpq(2) ** int(e)
    return Tail(frame, constant(frame, middle).terms, (UNIT, (enclosure - arb(middle)).abs_upper()))


def split(tail: Tail) -> tuple[Tail, Number, Tail]:
    """`large, c, small` with tail = large + c + small: terms that grow, the constant, the rest.

    The rest tends to zero, or is a bounded remainder (then it is not `vanishing`).
    """
    large, small = [], []
    c: Number = ZERO
    for m, d in tail.terms:
        way = growth(m)
        if way == 0:
            c = c + d
        elif way > 0:
            large.append((m, d))
        else:
            small.append((m, d))
    return Tail(tail.frame, large, None), c, Tail(tail.frame, small, tail.rem)


def is_vanishing(small: Tail) -> bool:
    """Whether a model with no growing terms tends to zero."""
    return small.rem is None or growth(small.rem[0]) < 0


def compose(delta: Tail, jet: Sequence[Number], last: arb) -> Tail:
    """`sum of jet[k]*delta**k` plus a remainder of at most `last*|delta|**len(jet)`."""
    frame = delta.frame
    if delta.is_zero:
        return constant(frame, jet[0])
    out = constant(frame, jet[-1])
    for c in reversed(jet[:-1]):
        out = out * delta + constant(frame, c)
    m, radius = delta.majorant()
    rest = (raised(m, fmpq(len(jet))), (radius ** len(jet) * last).upper())
    if not rest[1].is_finite():
        raise Undecided("the remainder of a series is not bounded", "M")
    return collect(frame, dict(out.terms), [*pieces(out), rest])


def length(delta: Tail) -> int:
    """How many powers of delta a series needs: up to the number of terms, or where delta's remainder takes over."""
    count = delta.frame.terms
    if delta.rem is None or not delta.terms:
        return count if delta.terms else 1
    m = delta.terms[0][0]
    for k in range(1, count):
        if compare(raised(m, fmpq(k)), delta.rem[0]) <= 0:
            return k
    return count


def small_bound(delta: Tail, most: arb) -> arb:
    """A bound of |delta|, required to be less than `most`."""
    eps = delta.bound()
    if not eps < most:
        raise Undecided(f"the small part is only bounded by {eps.str(3)}", "M")
    return eps


def _relative_power(c: Number, m: Mono, delta: Tail, r: Number) -> Tail:
    """`(c*m*(1 + delta))**r` by the binomial series."""
    frame = delta.frame
    factor, mono = exact.power(c, r), raised(m, r)
    if delta.is_zero:
        return Tail(frame, ((mono, factor),), None)
    eps = small_bound(delta, arb(1))
    if not is_vanishing(delta):
        return around(frame, (1 + arb(0, 1) * eps) ** ball(r)).scaled(factor, mono)
    count = length(delta)
    jet: list[Number] = [ONE]
    for k in range(count):
        jet.append(jet[-1] * (r - k) * fmpq(1, k + 1))
    # Lagrange: binomial(r, k)*(1 + xi)**(r - k) with |xi| <= eps
    rest = ball(r) - count
    wide = ((1 + eps) ** rest).max((1 - eps) ** rest)
    return compose(delta, jet[:-1], (abs(ball(jet[-1])) * wide).upper()).scaled(factor, mono)


def power(g: Tail, r: Number) -> Tail:
    """`g**r` for an exact real r.

    Raises
    ------
    Undecided
        g vanishes identically under a negative power, or is negative under one that is not an integer.
    """
    if g.is_zero:
        if sign(r) > 0:
            return g
        raise Undecided("division by zero")
    if isinstance(r, fmpq) and r.q == 1 and 0 <= r <= _MOST_FACTORS:
        out, square, n = constant(g.frame, ONE), g, int(r)
        while n:
            if n & 1:
                out = out * square
            n >>= 1
            square = square * square if n else square
        return out
    m, c, delta = g.relative()
    return _relative_power(c, m, delta, r)


def inverse(g: Tail) -> Tail:
    """`1/g`."""
    return power(g, -ONE)


def log(g: Tail) -> Tail:
    """`log(g)` for g positive on the tail: `log(c*m*(1 + d)) = log(c) + log(m) + log1p(d)`."""
    if g.is_zero:
        raise Undecided("log(0)")
    m, c, delta = g.relative()
    if sign(c) < 0:
        raise Undecided("the logarithm of a negative function")
    if m.k != 0:
        raise Undecided("log(log(log(x))) is not among the monomials")
    frame = g.frame
    if m.a != 0 and frame.M <= 1:
        raise Undecided("log(x) is a positive monomial only beyond 1", "M")
    if m.l != 0 and frame.M < 3:
        raise Undecided("log(log(x)) is a positive monomial only beyond e", "M")
    sums: dict[Mono, Number] = dict(m.big)
    sums[LOG], sums[LOGLOG] = m.a, m.l
    sums[UNIT] = exact.number(sp.log(exact.expression(c)))
    out = collect(frame, sums)
    if delta.is_zero:
        return out
    eps = small_bound(delta, arb(1))
    if not is_vanishing(delta):
        return out + around(frame, (1 + arb(0, 1) * eps).log())
    count = length(delta) + 1
    jet: list[Number] = [ZERO, *(fmpq((-1) ** (k + 1), k) for k in range(1, count))]
    return out + compose(delta, jet, 1 / (count * (1 - eps)))


def exp(g: Tail) -> Tail:
    """`exp(g)`: growing terms become a monomial, the constant a factor, the rest a series.

    Where the growing terms are not all known, only `0 < exp(g) <= exp(c/2*m)` is kept, for a negative leading term.
    """
    frame = g.frame
    g = g.settled()
    if g.rem is not None and growth(g.rem[0]) > 0:
        return _vanishing_exp(g)
    large, c, small = split(g)
    big: list[tuple[Mono, Number]] = []
    a: Number = ZERO
    l: Number = ZERO
    for m, d in large.terms:
        order = compare(m, LOG)
        if order == 0:
            a = a + d
        elif order > 0 and sign(d) != 0:
            big.append((m, d))
        elif order < 0 and compare(m, LOGLOG) == 0:
            l = l + d
        elif order < 0:
            raise Undecided("a monomial between powers of log(x) and of x")
    mono = Mono(tuple(big), a, l)
    factor = exact.exponential(c)
    if small.is_zero:
        return Tail(frame, ((mono, factor),), None)
    eps = small.bound()
    if not eps < 64:
        raise Undecided("exp of a part that is not small", "M")
    if not is_vanishing(small):
        return around(frame, (arb(0, 1) * eps).exp()).scaled(factor, mono)
    count = length(small)
    jet: list[Number] = [ONE]
    for k in range(1, count):
        jet.append(jet[-1] * fmpq(1, k))
    return compose(small, jet, eps.exp() / arb(count).fac()).scaled(factor, mono)


def _vanishing_exp(g: Tail) -> Tail:
    m, c, delta = g.relative()
    if sign(c) > 0:
        raise Undecided("exp of a growing function that is not known to a bounded error", "terms")
    small_bound(delta, arb(1) / 2)
    mono = exp(Tail(g.frame, ((m, c * fmpq(1, 2)),), None)).terms[0][0]
    return Tail(g.frame, (), (mono, arb(1)))
