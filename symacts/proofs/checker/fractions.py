"""Quotients of polynomials over Q with their denominators in factors. Part of the trusted core."""

from __future__ import annotations

from functools import lru_cache
from math import comb
from typing import Any

import sympy as sp
from sympy.polys.rings import PolyElement, PolyRing

from symacts.errors import UnsupportedExpression

__all__ = ["MAX_TERMS", "Fraction", "evaluated", "is_linear", "is_small", "may_factor", "prime_factors", "ring_of"]

MAX_TERMS = 20_000  # polynomials beyond this are given up, not expanded
MAX_FACTOR_DEGREE = 40  # of all variables together: a polynomial of a larger one is not factored
MAX_FACTOR_TERMS = 120  # nor one with more terms

MAX_FACTORED = 10**20  # of larger integers only the small primes are looked for; no such coefficients in factoring
SMALL_PRIMES = 2**10


class Fraction:
    """`num / prod(p**k)`: a quotient with its denominator kept in factors."""

    __slots__ = ("den", "num")

    def __init__(self, num: PolyElement, den: dict[PolyElement, int]) -> None:
        if len(num) > MAX_TERMS:
            raise UnsupportedExpression("the polynomial grows too large")
        self.num, self.den = num, den if num else {}

    def __add__(self, other: Fraction) -> Fraction:
        if self.den == other.den:
            return Fraction(self.num + other.num, self.den)
        den = {p: max(self.den.get(p, 0), other.den.get(p, 0)) for p in {**self.den, **other.den}}
        return Fraction(self.num * _missing(den, self.den) + other.num * _missing(den, other.den), den)

    def __mul__(self, other: Fraction) -> Fraction:
        den = dict(self.den)
        for p, k in other.den.items():
            den[p] = den.get(p, 0) + k
        left, right = _cancel(self.num, den), _cancel(other.num, den)
        return Fraction(left * right, {p: k for p, k in den.items() if k})

    def inverse(self) -> Fraction:
        if not self.num:
            raise UnsupportedExpression("division by an expression that is identically zero")
        content, primitive = self.num.primitive()
        if primitive.LC < 0:
            content, primitive = -content, -primitive
        top = self.num.ring.one
        for p, k in self.den.items():
            top = top * p**k
        top = top * (1 / content)
        den = {} if primitive == 1 else {primitive: 1}
        return Fraction(_cancel(top, den), {p: k for p, k in den.items() if k})

    def power(self, k: int) -> Fraction:
        if k < 0:
            return self.inverse().power(-k)
        if k > 1 and k * comb(k + len(self.num) - 1, k) > 50 * MAX_TERMS:
            raise UnsupportedExpression("a power too large to expand")
        return Fraction(self.num**k, {p: e * k for p, e in self.den.items()})


def _missing(all_: dict[PolyElement, int], held: dict[PolyElement, int]) -> Any:
    product: Any = 1
    for p, k in all_.items():
        if k > held.get(p, 0):
            product = product * p ** (k - held.get(p, 0))
    return product


def _cancel(num: PolyElement, den: dict[PolyElement, int]) -> PolyElement:
    """Divide common factors out of `num` and `den` (changed in place), where a factor of `den` divides exactly."""
    if not num or len(num) > 400:
        return num
    for p in den:
        while den[p] and len(p) <= len(num) + 8:
            quotient, rest = divmod(num, p)
            if rest:
                break
            num, den[p] = quotient, den[p] - 1
    return num


def is_linear(polynomial: PolyElement) -> bool:
    """Whether the polynomial is of degree one."""
    return all(sum(monomial) <= 1 for monomial in polynomial)


def is_small(polynomial: PolyElement) -> bool:
    """Whether factoring the polynomial is cheap."""
    if sum(polynomial.degrees()) > MAX_FACTOR_DEGREE:
        return False
    return all(max(abs(c.numerator), c.denominator) <= MAX_FACTORED for c in polynomial.coeffs())


def may_factor(polynomial: PolyElement) -> bool:
    """Whether the polynomial is factored."""
    return len(polynomial) <= MAX_FACTOR_TERMS and is_small(polynomial)


def prime_factors(value: sp.Rational) -> dict[int, int]:
    """Integers with powers whose product is a positive rational number: primes, and what is left of a large one."""
    found: dict[int, int] = {}
    for n, way in ((int(value.p), 1), (int(value.q), -1)):
        for p in sp.primerange(SMALL_PRIMES) if n > MAX_FACTORED else ():
            while n % p == 0:
                n, found[p] = n // p, found.get(p, 0) + way
        for p, k in ({n: 1} if n > MAX_FACTORED else sp.factorint(n)).items():
            found[p] = found.get(p, 0) + way * k
    return found


@lru_cache(maxsize=512)
def ring_of(symbols: tuple[sp.Symbol, ...]) -> PolyRing:
    return PolyRing(symbols, sp.QQ, sp.polys.orderings.lex)


def evaluated(e: sp.Expr, ring: PolyRing, memo: dict[sp.Expr, Fraction]) -> Fraction:
    held = memo.get(e)
    if held is not None:
        return held
    if e.is_Rational:
        value = Fraction(ring.ground_new(sp.QQ(int(e.p), int(e.q))), {})
    elif e.is_Symbol:
        value = Fraction(ring.gens[ring.symbols.index(e)], {})
    elif e.is_Add or e.is_Mul:
        parts = [evaluated(a, ring, memo) for a in e.args]
        value = parts[0]
        for part in parts[1:]:
            value = value + part if e.is_Add else value * part
    elif e.is_Pow and e.exp.is_Integer:
        value = evaluated(e.base, ring, memo).power(int(e.exp))
    else:
        raise UnsupportedExpression(f"{e} is no rational expression")
    memo[e] = value
    return value
