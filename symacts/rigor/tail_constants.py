"""Exact coefficients of tail models: rational numbers (`fmpq`), and `Const` for the rest.

A `Const` is a rational combination of products of powers of *atoms*: positive real numbers such as primes under a
fractional exponent, `pi`, `E`, `log(2)`, `exp(pi)`, `tanh(1)`, a `Root`. Products of radicals, exponentials and
logarithms reduce by themselves, so that `x/sqrt(2)` squares to `x**2/2` and `exp(-x)*exp(x)` to 1; whether another
combination vanishes is proved by polynomial identity in its atoms, or stays undecided: it is never read off a ball.

>>> import sympy as sp
>>> half = number(1 / sp.sqrt(2))
>>> half * half
1/2
>>> sign(number(sp.exp(2)) - number(sp.E) * number(sp.E))
0
>>> expression(number(sp.exp(sp.log(2) / 2 + 1)))
sqrt(2)*E
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Literal, TypeAlias

import sympy as sp
from flint import arb, ctx, fmpq

from symacts.facts import Root
from symacts.rigor.constants import evaluate, is_zero
from symacts.rigor.precision import precision

__all__ = [
    "ONE",
    "ZERO",
    "Const",
    "Number",
    "Undecided",
    "ball",
    "exponential",
    "expression",
    "number",
    "power",
    "sign",
]

Remedy = Literal["M", "terms", "prec", "none"]

ZERO, ONE = fmpq(0), fmpq(1)
_LADDER = (64, 256, 1024)  # bits at which a sign is tried before exact zero tests
_MOST_TERMS = 16  # a longer sum becomes one atom, so that products stay small
_MOST_EXPANDED = 4  # a power of a sum up to this long is multiplied out
_MOST_REARRANGED = 400  # size up to which an algebraic identity is sought
_MOST_OPERATIONS = 120  # size up to which a number is shown to be zero by dividing a root's function
_FACTORABLE = 10**15  # integers up to here are factored to bring radicals to normal form


class Undecided(Exception):
    """The model cannot express or decide this; `remedy` names what may help: a larger M, more terms, or nothing."""

    def __init__(self, reason: str, remedy: Remedy = "none") -> None:
        self.reason, self.remedy = reason, remedy
        super().__init__(reason)


class Atom:
    """A positive real number that products treat as an indeterminate.

    It is an expression, or the `total` of a sum of several terms, whose expression is made only when asked for.
    """

    __slots__ = ("_expr", "balls", "key", "prime", "total")

    def __init__(self, expr: sp.Expr | None, total: Const | None = None) -> None:
        self._expr, self.total = expr, total
        if total is not None:
            self.key = blake2b(b"".join(sorted(map(_digest_term, total.terms.items()))), digest_size=16).digest()
        else:
            self.key = _digest(expr)
        self.prime = expr is not None and bool(expr.is_Integer)
        self.balls: dict[int, arb] = {}

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Atom) and self.key == other.key)

    @property
    def expr(self) -> sp.Expr:
        """The SymPy constant."""
        if self._expr is None:
            assert self.total is not None
            self._expr = expression(self.total)
        return self._expr

    def is_log(self) -> bool:
        """Whether this is the logarithm of a constant, or minus one."""
        return self.total is None and isinstance(self.expr if self.expr.func is sp.log else -self.expr, sp.log)

    def ball(self) -> arb:
        """Enclosure at the current precision."""
        found = self.balls.get(ctx.prec)
        if found is None:
            found = _enclosure(self.expr) if self.total is None else self.total.ball()
            self.balls[ctx.prec] = found
        return found


def _digest_term(term: tuple[Powers, fmpq]) -> bytes:
    powers, q = term
    return b"".join((str(q).encode(), *(atom.key + str(e).encode() + b";" for atom, e in powers), b"|"))


@lru_cache(maxsize=65536)
def _digest(expr: sp.Basic) -> bytes:
    """A structural key, the same in every run, and cheap where the subexpressions are known."""
    own = str(expr) if not expr.args else type(expr).__name__
    return blake2b(own.encode() + b"(" + b"".join(map(_digest, expr.args)) + b")", digest_size=16).digest()


class Powers:
    """A product of atoms' powers, sorted by the atoms' keys; hashed once."""

    __slots__ = ("_hash", "items")

    def __init__(self, items: tuple[tuple[Atom, fmpq], ...] = ()) -> None:
        self.items = items
        self._hash = hash(tuple((atom.key, int(e.p)) for atom, e in items))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Powers) and self._hash == other._hash and self.items == other.items)

    def __iter__(self) -> Iterator[tuple[Atom, fmpq]]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


NONE = Powers()


def _single(atom: Atom, e: fmpq) -> Const:
    return Const({Powers(((atom, e),)): ONE})


def _enclosure(expr: sp.Expr) -> arb:
    try:
        found = evaluate(expr, ctx.prec)
    except Undecided:
        raise
    except Exception as error:  # whatever an unsupported constant raises, the answer here is "unknown"
        raise Undecided(f"cannot evaluate the constant {expr}: {error}") from None
    if not found.is_finite():
        raise Undecided(f"the constant {expr} has no finite real value")
    return found


class Const:
    """An exact real that is not (visibly) rational: a sum of rational multiples of products of atoms' powers."""

    __slots__ = ("_ball", "_hash", "terms")

    def __init__(self, terms: dict[Powers, fmpq]) -> None:
        self.terms = terms
        self._hash: int | None = None
        self._ball: tuple[int, arb] | None = None

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms))
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Const) and self.terms == other.terms)

    def __repr__(self) -> str:
        return str(expression(self))

    def __neg__(self) -> Const:
        return Const({p: -q for p, q in self.terms.items()})

    def __add__(self, other: Number | int) -> Number:
        if not isinstance(other, Const):
            if other == 0:
                return self
            other = Const({NONE: fmpq(other)})
        terms = dict(self.terms)
        for p, q in other.terms.items():
            total = terms.get(p, ZERO) + q
            if total == 0:
                del terms[p]
            else:
                terms[p] = total
        return _number(terms)

    __radd__ = __add__

    def __sub__(self, other: Number | int) -> Number:
        return self + (-other)

    def __rsub__(self, other: Number | int) -> Number:
        return -self + other

    def __mul__(self, other: Number | int) -> Number:
        if not isinstance(other, Const):
            return Const({p: q * other for p, q in self.terms.items()}) if other != 0 else ZERO
        terms: dict[Powers, fmpq] = {}
        extra: Number = ZERO
        for p, q in self.terms.items():
            for r, s in other.terms.items():
                key, factor = _merge(p, r)
                if isinstance(factor, Const):
                    extra = extra + Const({key: q * s}) * factor
                else:
                    terms[key] = terms.get(key, ZERO) + q * s * factor
        return _number({p: q for p, q in terms.items() if q != 0}) + extra

    __rmul__ = __mul__

    def __truediv__(self, other: Number) -> Number:
        return self * power(other, -ONE)

    def __rtruediv__(self, other: Number) -> Number:
        return power(self, -ONE) * other

    def ball(self) -> arb:
        """Enclosure at the current precision."""
        if self._ball is None or self._ball[0] != ctx.prec:
            total = arb(0)
            for p, q in self.terms.items():
                value = arb(q)
                for atom, e in p:
                    value *= atom.ball() ** int(e.p) if e.q == 1 else atom.ball() ** arb(e)
                total += value
            self._ball = (ctx.prec, total)
        return self._ball[1]


Number: TypeAlias = fmpq | Const


def _number(terms: dict[Powers, fmpq]) -> Number:
    if not terms:
        return ZERO
    if len(terms) == 1 and NONE in terms:
        return terms[NONE]
    if len(terms) > _MOST_TERMS:
        return _as_atom(Const(terms), ONE)
    return Const(terms)


def _merge(p: Powers, r: Powers) -> tuple[Powers, Number]:
    """The product of two products of powers, and the factor that integer powers of primes and of sums leave."""
    if not p.items or not r.items:
        return (p if p.items else r), ONE
    exponents = dict(p.items)
    factor: Number = ONE
    for atom, e in r.items:
        total = exponents.get(atom, ZERO) + e
        if atom.prime:
            whole = total.floor()
            factor, total = factor * fmpq(int(atom.expr)) ** int(whole), total - whole
        elif total >= 1 and atom.total is not None and len(atom.total.terms) <= _MOST_EXPANDED:
            whole = total.floor()
            total = total - whole
            for _ in range(int(whole)):
                factor = factor * atom.total
        if total == 0:
            exponents.pop(atom, None)
        else:
            exponents[atom] = total
    return Powers(tuple(sorted(exponents.items(), key=lambda item: item[0].key))), factor


@lru_cache(maxsize=4096)
def _atom(expr: sp.Expr) -> Atom:
    return Atom(expr)


def _as_atom(value: Const, exponent: fmpq) -> Number:
    """`value**exponent` for a sum of several terms: its positive multiple is the atom."""
    lead = value.terms[min(value.terms, key=lambda p: tuple((atom.key, str(e)) for atom, e in p))]
    scaled = value * (1 / lead)
    assert isinstance(scaled, Const)
    way = sign(scaled)
    if way == 0:
        raise Undecided(f"a power of {value}, which is zero")
    scaled, lead = (scaled, lead) if way > 0 else (-scaled, -lead)
    atom = Atom(None, scaled)
    return _single(atom, exponent) * power(lead, exponent)


def ball(c: Number) -> arb:
    """Enclosure of `c` at the current precision."""
    return c.ball() if isinstance(c, Const) else arb(c)


@lru_cache(maxsize=4096)
def _sign_of(c: Const) -> int:
    for prec in _LADDER:
        with precision(prec):
            value = c.ball()
        if value > 0:
            return 1
        if value < 0:
            return -1
    if _vanishes(c):
        return 0
    raise Undecided(f"cannot decide whether the constant {c} is zero")


def sign(c: Number) -> int:
    """The exact sign of `c`.

    Raises
    ------
    Undecided
        No ball separates `c` from zero, and no exact test shows that it is zero.
    """
    if isinstance(c, Const):
        return _sign_of(c)
    return 1 if c > 0 else -1 if c < 0 else 0


def _vanishes(c: Const) -> bool:
    """Whether an identity (atoms as indeterminates, or `is_zero`) or a `Root`'s own equation shows that `c` is zero."""
    expr = expression(c)
    if sp.count_ops(expr) > _MOST_REARRANGED:
        return False
    expr = expr.rewrite((sp.sinh, sp.cosh, sp.tanh, sp.coth, sp.sech, sp.csch), sp.exp)
    expr = sp.expand_log(expr, factor=True)
    numerator = sp.together(expr).as_numer_denom()[0]
    if sp.expand(numerator) == 0:
        return True
    if any(_holds_at_root(numerator, root) for root in expr.atoms(Root)):
        return True
    return not expr.has(Root) and is_zero(expr) is True


def _holds_at_root(numerator: sp.Expr, root: sp.Expr) -> bool:
    """Whether `numerator` is a multiple of the function that defines `root` (a multiple finite there)."""
    if sp.count_ops(root.function.expr) + sp.count_ops(numerator) > _MOST_OPERATIONS:
        return False
    t = sp.Dummy("t", real=True)
    equation = sp.expand(sp.together(root.function(t)).as_numer_denom()[0])
    target = sp.expand(numerator.xreplace({root: t}))
    quotient = sp.cancel(target / equation)
    if sp.expand(sp.together(quotient * equation - target).as_numer_denom()[0]) != 0:
        return False
    with precision(128):
        try:
            _enclosure(quotient.xreplace({t: root}))
        except Undecided:
            return False
    return True


@lru_cache(maxsize=4096)
def number(expr: sp.Expr) -> Number:
    """The exact coefficient of a real SymPy constant.

    Raises
    ------
    Undecided
        Not a finite real number, a rounded float, or of a sign that cannot be established.
    """
    if expr.is_Rational:
        return fmpq(int(expr.p), int(expr.q))
    if expr.is_Float:
        raise Undecided(f"the number {expr} is rounded; write it exactly")
    if expr.is_Add:
        total: Number = ZERO
        for a in expr.args:
            total = total + number(a)
        return total
    if expr.is_Mul:
        product: Number = ONE
        for a in expr.args:
            product = product * number(a)
        return product
    if expr.is_Pow and expr.exp.is_Rational and expr.base is not sp.E:
        return power(number(expr.base), number(expr.exp))
    if isinstance(expr, sp.exp):
        return exponential(number(expr.args[0]))
    if expr.is_Pow:
        return exponential(number(expr.exp) * number(sp.log(expr.base)))
    if expr.has(sp.I, sp.zoo, sp.oo, -sp.oo, sp.nan):
        raise Undecided(f"{expr} is not a finite real number")
    return _opaque(expr)


def _opaque(expr: sp.Expr) -> Number:
    if expr.has(sp.Float):
        raise Undecided(f"the constant {expr} holds a rounded number; write it exactly")
    for prec in _LADDER:
        with precision(prec):
            value = _enclosure(expr)
        if value > 0:
            return _single(_atom(expr), ONE)
        if value < 0:
            return -_single(_atom(-expr), ONE)
    if value.is_zero():
        return ZERO
    raise Undecided(f"cannot decide whether the constant {expr} is zero")


def exponential(c: Number) -> Number:
    """`exp(c)`, exact: `exp(a + b) = exp(a)*exp(b)`, `exp(q*log(b)) = b**q`."""
    if not isinstance(c, Const):
        return _single(_atom(sp.E), c) if c != 0 else ONE
    product: Number = ONE
    for powers, q in c.terms.items():
        if not len(powers):
            product = product * exponential(q)
        elif len(powers) == 1 and powers.items[0][1] == 1 and powers.items[0][0].is_log():
            log = powers.items[0][0].expr
            product = product * (
                power(number(log.args[0]), q) if log.func is sp.log else power(number((-log).args[0]), -q)
            )
        else:
            product = product * _single(_atom(sp.exp(expression(Const({powers: ONE})))), q)
    return product


@lru_cache(maxsize=4096)
def power(c: Number, r: Number) -> Number:
    """`c**r`, exact, for `c > 0` or an integer `r`.

    Raises
    ------
    Undecided
        Zero to a negative power, or a negative number to one that is not an integer.
    """
    if isinstance(r, Const):
        return exponential(r * number(sp.log(expression(c))))
    if r == 0:
        return ONE
    way = sign(c)
    if way == 0:
        if r < 0:
            raise Undecided("division by zero")
        return ZERO
    if r.q == 1 and not isinstance(c, Const):
        return c ** int(r)
    if way < 0:
        if r.q != 1:
            raise Undecided(f"{c}**({r}) is not real")
        return power(-c, r) * (1 if int(r) % 2 == 0 else -1)
    if not isinstance(c, Const):
        return _radical(int(c.p), r) * _radical(int(c.q), -r)
    if len(c.terms) > 1:
        if r.q == 1 and 0 < r <= 8:
            product: Number = ONE
            for _ in range(int(r)):
                product = product * c
            return product
        return _as_atom(c, r)
    ((powers, q),) = c.terms.items()
    product = power(q, r)
    for atom, e in powers:
        whole = (e * r).floor() if atom.prime else ZERO
        rest = e * r - whole
        product = product * (fmpq(int(atom.expr)) ** int(whole) if whole != 0 else ONE)
        product = product * (_single(atom, rest) if rest != 0 else ONE)
    return product


def _radical(n: int, r: fmpq) -> Number:
    """`n**r` for an integer n >= 1."""
    product: Number = ONE
    factors = sp.factorint(n) if n <= _FACTORABLE else {n: 1}
    for prime, multiplicity in factors.items():
        e = r * multiplicity
        whole = e.floor()
        product = product * fmpq(int(prime)) ** int(whole)
        if e != whole:
            product = product * _single(_atom(sp.Integer(prime)), e - whole)
    return product


def expression(c: Number) -> sp.Expr:
    """The SymPy constant equal to `c`."""
    if not isinstance(c, Const):
        return sp.Rational(int(c.p), int(c.q))
    return sp.Add(*(expression(q) * sp.Mul(*(_power(a, e) for a, e in p)) for p, q in c.terms.items()))


def _power(atom: Atom, e: fmpq) -> Any:
    exponent = expression(e)
    if atom.total is None and isinstance(atom.expr, sp.exp):
        return sp.exp(atom.expr.args[0] * exponent)
    return sp.Pow(atom.expr, exponent)
