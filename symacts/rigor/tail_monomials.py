"""Monomials of tail models: `exp(c_1*g_1(x) + ...) * x**a * log(x)**l * log(log(x))**k`, ordered by growth.

Each `g_i` is itself a monomial that outgrows `log(x)`, so `exp(-x**2/2)`, `exp(-exp(x))` and `x**x` are monomials.
Two of them compare by the first exponent in which they differ (`g_1` before `g_2` ... before `a`, `l`, `k`): the
quotient tends to zero or infinity, and past a computable point it does so monotonely, which is what `sup` proves.

>>> x, square = Mono((), ONE, ZERO), Mono((), fmpq(2), ZERO)
>>> gauss = Mono(((square, -ONE),), ZERO, ZERO)
>>> growth(times(gauss, Mono((), fmpq(100), ZERO)))
-1
>>> sup(gauss, fmpq(4), 64) < 1.2e-7
True
"""

from __future__ import annotations

from functools import cmp_to_key, lru_cache
from itertools import pairwise, zip_longest

import sympy as sp
from flint import arb, fmpq

from symacts.rigor.tail_constants import ONE, ZERO, Number, Undecided, ball, expression, sign

__all__ = [
    "IDENTITY",
    "LOG",
    "LOGLOG",
    "UNIT",
    "Mono",
    "by_growth",
    "compare",
    "growth",
    "over",
    "raised",
    "sup",
    "times",
    "value",
]

_DOUBLINGS = 12  # how far beyond M the point is sought from which a quotient falls
_STRIDES = 12  # how often it is sought further on, each time as far again as a quarter of the logarithm of the way
_PIECES = 4  # pieces of each doubling on which it is bounded before that point


class Mono:
    """`exp(sum of c*g for (g, c) in big) * x**a * log(x)**l * log(log(x))**k`.

    `big` is in falling order of growth; each g outgrows `log(x)`, no c is zero.
    """

    __slots__ = ("_hash", "a", "big", "k", "l")

    def __init__(self, big: tuple[tuple[Mono, Number], ...], a: Number, l: Number, k: Number = ZERO) -> None:
        self.big, self.a, self.l, self.k = big, a, l, k
        self._hash = hash((*((g, _code(c)) for g, c in big), _code(a), _code(l), _code(k)))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Mono) or self._hash != other._hash:
            return False
        return self.a == other.a and self.l == other.l and self.k == other.k and self.big == other.big

    def __repr__(self) -> str:
        return str(monomial(self, sp.Symbol("t", positive=True)))


def _code(c: Number) -> int:
    """A hash that is cheaper than the one of `fmpq`."""
    return int(c.p) if isinstance(c, fmpq) else hash(c)


UNIT = Mono((), ZERO, ZERO)
IDENTITY = Mono((), ONE, ZERO)
LOG = Mono((), ZERO, ONE)
LOGLOG = Mono((), ZERO, ZERO, ONE)


def times(m: Mono, n: Mono) -> Mono:
    """The product."""
    if not m.big:
        big = n.big
    elif not n.big:
        big = m.big
    else:
        big = _sum(m.big, n.big)
    return Mono(big, m.a + n.a, m.l + n.l, m.k + n.k)


def raised(m: Mono, r: Number) -> Mono:
    """`m**r`."""
    if isinstance(r, fmpq) and r == 0:
        return UNIT
    return Mono(tuple((g, c * r) for g, c in m.big), m.a * r, m.l * r, m.k * r)


_MINUS = fmpq(-1)


def over(m: Mono, n: Mono) -> Mono:
    """The quotient."""
    if not m.big and not n.big:
        return Mono((), m.a - n.a, m.l - n.l, m.k - n.k)
    return times(m, raised(n, _MINUS))


def _sum(
    left: tuple[tuple[Mono, Number], ...], right: tuple[tuple[Mono, Number], ...]
) -> tuple[tuple[Mono, Number], ...]:
    merged: list[tuple[Mono, Number]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        order = compare(left[i][0], right[j][0])
        if order > 0:
            merged.append(left[i])
            i += 1
        elif order < 0:
            merged.append(right[j])
            j += 1
        else:
            total = left[i][1] + right[j][1]
            if sign(total) != 0:
                merged.append((left[i][0], total))
            i, j = i + 1, j + 1
    return (*merged, *left[i:], *right[j:])


def growth(m: Mono) -> int:
    """+1 if m tends to infinity, -1 if it tends to zero, 0 if it is constantly 1."""
    for _, c in m.big:
        way = sign(c)
        if way:
            return way
    return sign(m.a) or sign(m.l) or sign(m.k)


def compare(m: Mono, n: Mono) -> int:
    """The growth of `m/n`."""
    if m is n:
        return 0
    if m.big is n.big or m.big == n.big:
        return sign(m.a - n.a) or sign(m.l - n.l) or sign(m.k - n.k)
    for (g, c), (h, d) in zip_longest(m.big, n.big, fillvalue=(None, ZERO)):
        order = 1 if h is None else -1 if g is None else compare(g, h)
        way = sign(c) if order > 0 else -sign(d) if order < 0 else sign(c - d)
        if way:
            return way
        if order:
            return growth(over(m, n))  # a coefficient that is zero in disguise
    return sign(m.a - n.a) or sign(m.l - n.l) or sign(m.k - n.k)


by_growth = cmp_to_key(compare)


def value(m: Mono, x: arb) -> arb:
    """Enclosure of `m(x)` at the current precision; not finite where `log(x)` or `log(log(x))` would not be real."""
    return _logarithm(m, x).exp()


def _logarithm(m: Mono, x: arb) -> arb:
    total = arb(0)
    for g, c in m.big:
        total += ball(c) * value(g, x)
    for c, y in zip((m.a, m.l, m.k), _logs(x, m), strict=False):
        if c != 0:
            total += ball(c) * y
    return total


def _logs(x: arb, m: Mono) -> list[arb]:
    """`log(x)`, `log(log(x))`, `log(log(log(x)))`, as many as m needs."""
    count = 3 if m.k != 0 else 2 if m.l != 0 else 1 if m.a != 0 else 0
    found: list[arb] = []
    for _ in range(count):
        x = x.log()
        found.append(x)
    return found


@lru_cache(maxsize=4096)
def _slope(m: Mono) -> tuple[tuple[Mono, Number], ...]:
    """The derivative of `log(m)` as a finite sum of monomials in falling order of growth."""
    terms: dict[Mono, Number] = {}
    for g, c in m.big:
        for n, d in _slope(g):
            key = times(g, n)
            terms[key] = terms.get(key, ZERO) + c * d
    steps = (Mono((), _MINUS, ZERO), Mono((), _MINUS, _MINUS), Mono((), _MINUS, _MINUS, _MINUS))
    for key, c in zip(steps, (m.a, m.l, m.k), strict=True):
        terms[key] = terms.get(key, ZERO) + c
    kept = [(n, c) for n, c in terms.items() if sign(c) != 0]
    return tuple(sorted(kept, key=lambda term: by_growth(term[0]), reverse=True))


@lru_cache(maxsize=8192)
def _falls(m: Mono, start: fmpq, prec: int) -> bool:
    """Whether m is proved to fall on `[start, oo)`: the leading term of `(log m)'` beats those of the other sign."""
    terms = _slope(m)
    if not terms:
        return True
    if (start <= 1 and any(n.l != 0 for n, _ in terms)) or (start < 3 and any(n.k != 0 for n, _ in terms)):
        return False  # log(x) is positive beyond 1, log(log(x)) beyond e
    (top, lead), *rest = terms
    if sign(lead) > 0:
        return False
    against = arb(0)
    for n, c in rest:
        if sign(c) > 0:
            against += ball(c) * sup(over(n, top), start, prec)
    return bool(against < -ball(lead))


@lru_cache(maxsize=16384)
def sup(m: Mono, start: fmpq, prec: int) -> arb:
    """An upper bound of m on `[start, oo)`, for m that does not grow.

    If m is proved to fall from `start` on, that is its value there; else m is bounded piece by piece up to a point
    from which it falls. `prec` is the current precision (it is part of the key of the cache).

    Raises
    ------
    Undecided
        m grows, or `start` is too small for the proof.
    """
    way = growth(m)
    if way == 0:
        return arb(1)
    if way > 0:
        raise Undecided("an unbounded quotient of monomials", "terms")
    bound = arb(0)
    for turn in range(_DOUBLINGS + _STRIDES):
        if _falls(m, start, prec):
            here = value(m, arb(start)).upper()
            bound = bound.max(here)
            if bound.is_finite():
                return bound
            break
        ends = _cuts(start, turn < _DOUBLINGS)
        for lo, hi in pairwise(ends):
            bound = bound.max(_piece(m, lo, hi, prec))
        start = ends[-1]
    raise Undecided(f"a monomial is not bounded from {start} on", "M")


def _cuts(start: fmpq, doubling: bool) -> list[fmpq]:
    """Ends of the next pieces: equal ones up to the double, or equal ones of the logarithm."""
    if doubling:
        return [start + k * start / _PIECES for k in range(_PIECES + 1)]
    bits = max(1, int(abs(int(start.p).bit_length() - int(start.q).bit_length())) // 16)
    return [start * 2 ** (k * bits) for k in range(_PIECES + 1)]


def _piece(m: Mono, lo: fmpq, hi: fmpq, prec: int) -> arb:
    """An upper bound of m on `[lo, hi]`: every basis function rises there, so each takes its bound at one end."""
    total = arb(0)
    left, right = arb(lo), arb(hi)
    for g, c in m.big:
        if not _falls(raised(g, _MINUS), lo, prec):
            raise Undecided("M too small for an exponent to rise", "M")
        total += ball(c) * value(g, right if sign(c) > 0 else left)
    for c, low, high in zip((m.a, m.l, m.k), _logs(left, m), _logs(right, m), strict=False):
        if c != 0:
            total += ball(c) * (high if sign(c) > 0 else low)
    bound = total.exp().upper()
    if not bound.is_finite():
        raise Undecided("M too small", "M")
    return bound


def monomial(m: Mono, x: sp.Expr) -> sp.Expr:
    """`m` as a SymPy expression in `x` (which may itself be an expression, such as `1/(x - a)`)."""
    log = sp.log(x) if not (x.is_Pow and x.exp == -1) else -sp.log(x.base)
    exponent = sp.Add(*(expression(c) * monomial(g, x) for g, c in m.big))
    iterated = sp.log(log) ** expression(m.k)
    return x ** expression(m.a) * log ** expression(m.l) * iterated * sp.exp(exponent)
