"""Behavior on a whole half line, or on one side of a point: proved sign, exact limit, asymptote, expansion, rate.

Everything is read off one object, the tail model: for all `x >= M`,
`f(x) = c_1*m_1(x) + ... + c_k*m_k(x) + r(x)` with `|r| <= radius*m_r`, monomials `x**a*log(x)**l*exp(...)` in
falling order of growth, exact coefficients, rigorous remainder. At `-oo` the model is in `-x`, on the side `s` of a
finite point `a` in `t = s/(x - a)`. A larger M, more terms or more bits are tried within a fixed plan of attempts.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> softplus = sp.log(1 + sp.exp(x))
>>> asymptote(softplus, x, +1)
(1, 0)
>>> limit(x*sp.atan(x) - sp.pi*x/2, x, sp.oo)
-1
>>> mish = x*sp.tanh(softplus)
>>> tail_sign(sp.diff(mish, x, 2), x, +1).sign
-1
>>> limit(sp.sin(x)/x, x, 0), limit(sp.log(x), x, 0), limit(sp.sin(x), x, sp.oo)
(1, -oo, NoLimit(reason='oscillates: 0 and 1 are both limit points', points=(0, 1, -1)))

References
----------
G. H. Hardy (1910), Orders of Infinity; D. Gruntz (1996), On Computing Limits in a Symbolic Manipulation System;
NIST Digital Library of Mathematical Functions, 7.12 (error functions).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import sympy as sp
from flint import arb, fmpq

from symacts.rigor import tail_constants as exact
from symacts.rigor.precision import precision
from symacts.rigor.tail_constants import ONE, Number, Undecided, ball, expression, number, sign
from symacts.rigor.tail_models import Frame, Tail, collect, variable
from symacts.rigor.tail_monomials import IDENTITY, UNIT, Mono, compare, growth, monomial
from symacts.rigor.tail_walk import Walk
from symacts.rigor.tail_waves import NoLimit, no_limit
from symacts.rigor.unknown import Unknown

__all__ = [
    "Expansion",
    "NoLimit",
    "Rate",
    "TailModel",
    "TailSign",
    "asymptote",
    "expansion",
    "limit",
    "model",
    "replay_sign",
    "tail_sign",
]

T = TypeVar("T")

FIRST_M = 4
LAST_M = 2**22
FIRST_TERMS = 6
FIRST_TERMS_AT, LAST_TERMS_AT = 3, 12  # beside a point the first few powers of x - at decide
LAST_TERMS = 24
PREC = 64
ATTEMPTS = 16
CHEAP = 40  # operations up to which a smaller M than the first is tried


@dataclass(frozen=True, slots=True)
class TailSign:
    """The proved sign from `start` on (to `at` or to infinity); `M`, `terms`, `prec` replay the proof."""

    sign: int
    start: sp.Rational
    M: sp.Rational
    terms: int
    prec: int


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast a function approaches its limit or asymptote.

    Attributes
    ----------
    kind : str
        "exact" (identically equal beyond `start`), "logarithmic", "algebraic", "super-algebraic" (faster than every
        power, slower than `exp(-x**p)` for every p > 0: `exp(-log(x)**2)`), "exponential", "gaussian",
        "super-gaussian", "double exponential", or "none" (no limit and no asymptote).
    power : Expr or None
        The exponent of the approach: `p` of `x**(-p)` when algebraic, of `log(x)**(-p)` when logarithmic, of
        `exp(-c*x**p)` when exponential to super-gaussian.
    """

    kind: str
    power: sp.Expr | None = None


@dataclass(frozen=True, slots=True)
class Expansion:
    """Leading exact terms in falling order, the order of the remainder (0 if there is none), and from where on."""

    terms: tuple[sp.Expr, ...]
    remainder: sp.Expr
    start: sp.Rational
    rate: Rate


@dataclass(frozen=True, slots=True)
class TailModel:
    """A tail model with what it was computed from; `model(expr, x, side, M, prec, terms, at=at)` makes it again."""

    tail: Tail
    side: int
    M: sp.Rational
    prec: int
    terms: int
    at: sp.Expr | None

    def sign(self) -> int | Unknown:
        """The proved sign for all `t >= M`."""
        return _guarded(self.prec, self.tail.sign)

    def bound(self) -> arb | Unknown:
        """An upper bound of `|f|` on the whole tail."""
        return _guarded(self.prec, self.tail.bound)

    def majorant(self) -> tuple[arb, Mono] | Unknown:
        """`radius, m` with `|f| <= radius*m(t)` on the whole tail."""

        def run() -> tuple[arb, Mono]:
            if self.tail.is_zero:
                return arb(0), UNIT
            m, radius = self.tail.majorant()
            return radius, m

        return _guarded(self.prec, run)

    def enclose(self, t: arb) -> arb:
        """Enclosure of f at `t >= M`: `t = x` at oo, `-x` at -oo, `side/(x - at)` at a finite point."""
        with precision(self.prec):
            return self.tail.at(t)


def _guarded(prec: int, run: Callable[[], T]) -> T | Unknown:
    try:
        with precision(prec):
            return run()
    except Undecided as why:
        return Unknown(why.reason)


def _walk(x: sp.Symbol, side: int, at: sp.Expr | None, frame: Frame) -> Walk:
    """A walk in which x is `side*t`, or `at + side/t`, for `t >= M`."""
    t = variable(frame)
    if at is None:
        return Walk(frame, x, t.scaled(fmpq(side)))
    near = collect(frame, {UNIT: number(at), Mono((), -ONE, exact.ZERO): fmpq(side)})
    return Walk(frame, x, near)


def _rational(q: sp.Rational | int) -> fmpq:
    q = sp.Rational(q)
    return fmpq(int(q.p), int(q.q))


def model(
    expr: sp.Expr,
    x: sp.Symbol,
    side: int,
    M: sp.Rational | int,
    prec: int = PREC,
    terms: int = FIRST_TERMS,
    *,
    at: sp.Expr | None = None,
) -> TailModel | Unknown:
    """The tail model of `expr` for the given M, precision and number of terms: no escalation, one answer."""
    frame = Frame(_rational(M), terms, prec)

    def run() -> TailModel:
        return TailModel(_walk(x, side, at, frame).model(expr), side, sp.Rational(M), prec, terms, at)

    return _guarded(prec, run)


def replay_sign(
    expr: sp.Expr, x: sp.Symbol, side: int, M: sp.Rational | int, prec: int, terms: int, *, at: sp.Expr | None = None
) -> int | Unknown:
    """The sign of `expr` for all `t >= M`, proved with exactly these settings: what a stored certificate re-checks."""
    frame = Frame(_rational(M), terms, prec)
    return _guarded(prec, lambda: _sign_on(_walk(x, side, at, frame), expr))


def _sign_on(walk: Walk, expr: sp.Expr) -> int:
    """The sign of the model; where all known terms cancel, an identity is sought."""
    try:
        return walk.sign(expr)
    except Undecided as why:
        cancels = why.remedy == "terms" and walk.frame.terms >= 2 * FIRST_TERMS and not walk.frame.notes
        if cancels and walk.vanishes(expr):
            return 0
        raise


def _search(x: sp.Symbol, side: int, at: sp.Expr | None, run: Callable[[Walk], T]) -> tuple[T, Frame] | Unknown:
    """`run` on walks of growing M and number of terms, as the failures ask for."""
    if x.is_real is None:
        return Unknown(f"the variable {x} is not declared real")
    big = FIRST_M
    terms, most = (FIRST_TERMS, LAST_TERMS) if at is None else (FIRST_TERMS_AT, LAST_TERMS_AT)
    reason, oscillates = "", False
    for _ in range(ATTEMPTS):
        frame = Frame(fmpq(big), terms, PREC)
        try:
            with precision(PREC):
                return run(_walk(x, side, at, frame)), frame
        except Undecided as why:
            reason, remedy = why.reason, why.remedy
        except (RecursionError, ZeroDivisionError, OverflowError) as error:
            return Unknown(f"the expression is too involved ({type(error).__name__})")
        oscillates = oscillates or "oscillates" in frame.notes
        if remedy == "M" and big < LAST_M:
            big *= 2 if big < 32 else 8
        elif remedy == "terms" and terms < most and not (oscillates and terms >= 12):
            terms *= 2
        elif remedy == "terms" and oscillates and big < 4096:
            big *= 32
        else:
            break
    return Unknown("oscillates" if oscillates else reason)


def _start(frame: Frame, side: int, at: sp.Expr | None) -> sp.Rational:
    """The end of the tail away from infinity or `at`, rounded into the tail."""
    if at is None:
        return side * expression(frame.M)
    if at.is_Rational:
        return at + side / expression(frame.M)
    with precision(4 * PREC):
        end = ball(number(at)) + side / arb(frame.M)
        man, e = (end.lower() if side > 0 else end.upper()).man_exp()
    return sp.Rational(int(man)) * sp.Rational(2) ** int(e)


def tail_sign(expr: sp.Expr, x: sp.Symbol, side: int, *, at: sp.Expr | None = None) -> TailSign | Unknown:
    """The proved sign of `expr` for all `x >= start` (side +1) or `x <= start` (side -1).

    With `at`, a finite exact real: on the open interval between `at` and `start`, on the given side of it.
    The sign is 0 only where `expr` is proved to vanish identically.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> tail_sign(sp.exp(x) - x**3, x, +1).sign
    1
    >>> tail_sign(1/(x - 2), x, -1, at=sp.Integer(2)).sign
    -1
    """
    found = _search(x, side, at, lambda walk: _sign_on(walk, expr))
    if isinstance(found, Unknown):
        return found
    way, frame = found
    if frame.M == FIRST_M and sp.count_ops(expr) <= CHEAP:
        for smaller in (2, 1):
            if isinstance(replay_sign(expr, x, side, smaller, PREC, frame.terms, at=at), Unknown):
                break
            frame = Frame(fmpq(smaller), frame.terms, PREC)
    return TailSign(way, _start(frame, side, at), expression(frame.M), frame.terms, frame.prec)


def _side(point: sp.Expr, side: int) -> tuple[int, sp.Expr | None]:
    """`side, at` of a point, infinite or finite."""
    point = sp.sympify(point)
    return (side, point) if point.is_finite else (1 if point is sp.oo else -1, None)


def _limit_of(tail: Tail) -> sp.Expr:
    """The limit that a model shows.

    Raises
    ------
    Undecided
        Its remainder does not vanish.
    """
    tail = tail.settled()
    if tail.rem is not None and growth(tail.rem[0]) >= 0:
        m, c = tail.lead()
        order = compare(tail.rem[0], m)
        if growth(m) <= 0 or order > 0 or (order == 0 and not tail.rem[1] < abs(ball(c))):
            raise Undecided("the remainder does not vanish", "terms")
    if not tail.terms:
        return sp.S.Zero
    m, c = tail.terms[0]
    way = growth(m)
    if way > 0:
        return sp.oo * sign(c)
    return expression(c) if way == 0 else sp.S.Zero


def limit(expr: sp.Expr, x: sp.Symbol, point: sp.Expr, side: int = +1) -> sp.Expr | NoLimit | Unknown:
    """The exact limit at `oo`, `-oo`, or from the given side at a finite exact real: a closed form, `oo` or `-oo`.

    `NoLimit` where it is proved that there is none; `Unknown` where nothing is established.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> limit((1 + sp.erf(x/sp.sqrt(2)))*x**5, x, -sp.oo), limit(x*sp.log(x), x, 0), limit(1/x, x, 0, -1)
    (0, 0, -oo)
    """
    side, at = _side(point, side)

    def shown(part: sp.Expr) -> sp.Expr | Unknown:
        found = _search(x, side, at, lambda walk: _limit_of(walk.model(part)))
        return found if isinstance(found, Unknown) else found[0]

    found = shown(expr)
    return (no_limit(expr, x, shown) or found) if isinstance(found, Unknown) else found


def _line(tail: Tail) -> tuple[Number, Number] | None:
    """`slope, intercept` in t of the model's asymptote, or None where it is proved to have none.

    Raises
    ------
    Undecided
        The remainder does not vanish.
    """
    tail = tail.settled()
    slope: Number = exact.ZERO
    intercept: Number = exact.ZERO
    for m, c in tail.terms:
        if sign(c) == 0:
            continue
        if tail.rem is not None and compare(m, tail.rem[0]) == 0:
            break
        order = compare(m, IDENTITY)
        if order == 0:
            slope = slope + c
        elif order > 0 or growth(m) > 0:
            return None
        elif growth(m) == 0:
            intercept = intercept + c
    if tail.rem is not None and growth(tail.rem[0]) >= 0:
        raise Undecided("the remainder does not vanish", "terms")
    return slope, intercept


def asymptote(expr: sp.Expr, x: sp.Symbol, side: int) -> tuple[sp.Expr, sp.Expr] | Unknown | None:
    """`(slope, intercept)` of the linear asymptote at `side*oo`; None only where it is proved that there is none.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> asymptote(x*sp.atan(x), x, -1), asymptote(x**2, x, +1), asymptote(x + sp.sin(x), x, +1)
    ((-pi/2, -1), None, None)
    """
    found = _search(x, side, None, lambda walk: _line(walk.model(expr)))
    if not isinstance(found, Unknown):
        line = found[0]
        return None if line is None else (side * expression(line[0]), expression(line[1]))
    slope = limit(expr / x, x, side * sp.oo)
    if isinstance(slope, Unknown):
        return found
    if isinstance(slope, NoLimit) or slope.is_infinite:
        return None
    intercept = limit(expr - slope * x, x, side * sp.oo)
    if isinstance(intercept, Unknown):
        return found
    return None if isinstance(intercept, NoLimit) or intercept.is_infinite else (slope, intercept)


def _rate_of(m: Mono) -> Rate:
    """The rate at which a monomial tends to zero."""
    if not m.big:
        if sign(m.a) != 0:
            return Rate("algebraic", expression(-m.a))
        return Rate("logarithmic", expression(-m.l))
    g = m.big[0][0]
    if g.big:
        return Rate("double exponential")
    if sign(g.a) == 0:
        return Rate("super-algebraic")
    p = expression(g.a)
    kind = "gaussian" if p == 2 else "super-gaussian" if sp.Gt(p, 2) == True else "exponential"  # noqa: E712
    return Rate(kind, p)


def _approach(tail: Tail) -> Rate:
    """How fast the function approaches its constant, linear or leading polynomial part."""
    tail = tail.settled()
    for m, c in tail.terms:
        if growth(m) == 0 or compare(m, IDENTITY) == 0 or sign(c) == 0:
            continue
        return Rate("none") if growth(m) > 0 else _rate_of(m)
    if tail.rem is None:
        return Rate("exact")
    if growth(tail.rem[0]) >= 0:
        return Rate("none")
    return _rate_of(tail.rem[0])


def _place(x: sp.Symbol, side: int, at: sp.Expr | None) -> sp.Expr:
    """t as an expression in x."""
    return side * x if at is None else 1 / (side * (x - at))


def expansion(expr: sp.Expr, x: sp.Symbol, point: sp.Expr, side: int = +1) -> Expansion | Unknown:
    """The leading exact terms at `oo`, `-oo`, or on one side of a finite exact real, with the order of what is left.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> found = expansion(x/sp.sqrt(1 + x**2), x, sp.oo)
    >>> found.terms[:3], found.rate
    ((1, -1/(2*x**2), 3/(8*x**4)), Rate(kind='algebraic', power=2))
    """
    side, at = _side(point, side)

    def run(walk: Walk) -> Tail:
        tail = walk.model(expr).settled()
        if not (tail.is_zero or tail.terms or walk.frame.notes or walk.frame.terms >= LAST_TERMS):
            raise Undecided("only a remainder is known", "terms")
        return tail

    found = _search(x, side, at, run)
    if isinstance(found, Unknown):
        return found
    tail, frame = found
    t = _place(x, side, at)
    terms = tuple(expression(c) * monomial(m, t) for m, c in tail.terms)
    remainder: Any = sp.S.Zero if tail.rem is None else monomial(tail.rem[0], t)
    return Expansion(terms, remainder, _start(frame, side, at), _approach(tail))
