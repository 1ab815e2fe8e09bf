"""Signs by ball arithmetic: both ends of the interval first, exact zeros next, adaptive bisection between.

On each piece, in this order: the enclosure over the piece; a derivative of one sign (then the signs at the two ends
tell all, and a change of sign brackets one simple zero); the centered form f(m) + f'(X)(X - m) and its second-order
sister; else the piece is halved. A zero of even multiplicity has no certificate of this kind: it is found only where
the function and its first derivatives vanish exactly at a simple point.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> profile = Search(sp.exp(x) - x - 2, x, -sp.oo, sp.oo, Budget()).profile()
>>> profile.signs, profile.zeros[1].point
((1, -1, 1), 1.1461932206...)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

import sympy as sp
from flint import arb

from symacts.errors import UnsupportedExpression
from symacts.facts import Root
from symacts.rigor import intervals as iv
from symacts.rigor.balls import BallFunction, compile_balls
from symacts.rigor.constants import evaluate, is_zero
from symacts.rigor.intervals import INFINITY
from symacts.rigor.precision import precision
from symacts.rigor.profiles import Profile, Undecided, Zero, constant, order
from symacts.rigor.roots import refine
from symacts.rigor.sign_guesses import rational, recognized, vanishes_at_root

__all__ = ["Budget", "Search", "middle_of"]

STEPS = 6000
"""Evaluations that one chart may take, of a program of up to `UNIT_STEPS` operations."""
UNIT_STEPS = 40
TAIL_COST = 250
"""Evaluations that a tail model counts as."""
PREC = 64
MOST_PREC = 4096
CANDIDATES = tuple(
    sp.Rational(p, q) for p, q in ((0, 1), (1, 1), (-1, 1), (1, 2), (-1, 2), (2, 1), (-2, 1), (3, 1), (-3, 1))
)
"""Simple points at which an exact zero is looked for before the bisection."""
MOST_MULTIPLICITY = 8
MOST_OPERATIONS = 1500
"""Size of a derivative beyond which a multiplicity is left open."""
GUESS_DEPTHS = (20, 66)
"""Halvings after which an exact zero is looked for in a piece that resists."""
GUESS_DENOMINATOR = 360
GUESS_BITS = 48
"""Relative accuracy at which a closed form may be guessed; it is proved before it is used."""
ZERO_BITS = 24
"""Relative width 2**-ZERO_BITS of the isolating intervals that are handed out."""
FAR = (arb(1), arb(16), arb(256))
"""Points from which one enclosure over a whole half line is tried."""


@dataclass(slots=True)
class Budget:
    """Evaluations left; shared by all parts of one chart."""

    steps: int = STEPS

    def spend(self, cost: int = 1) -> None:
        """Take from what is left.

        Raises
        ------
        Undecided
            Nothing is left.
        """
        self.steps -= cost
        if self.steps < 0:
            raise Undecided("the step budget is used up")


def _is_sign(value: Any) -> int:
    """+1 or -1 where the ball has one sign, else 0."""
    if value > 0:
        return 1
    return -1 if value < 0 else 0


@dataclass(frozen=True, slots=True)
class _Piece:
    """A closed piece between exact arbs: one sign on all of it, or (sign None) one simple zero inside."""

    lo: Any
    hi: Any
    left: int
    right: int


@dataclass(slots=True)
class Search:
    """The chart of one function on the open interval (lo, hi), where it is real analytic."""

    expr: sp.Expr
    x: sp.Symbol
    lo: sp.Expr
    hi: sp.Expr
    budget: Budget
    f: BallFunction = field(init=False)
    weight: int = field(init=False)
    known: dict[Any, int] = field(default_factory=dict)
    zeros: list[sp.Expr] = field(default_factory=list)
    orders: dict[sp.Expr, int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.f = compile_balls(self.expr, self.x)
        self.weight = 1 + len(self.f.program.steps) // UNIT_STEPS

    def profile(self) -> Profile:
        """Zeros and signs.

        Raises
        ------
        Undecided
            With the reason.
        """
        whole = self.whole()
        if whole:
            return constant(whole)
        left_sign, a = self.end(self.lo, +1) if self.lo.is_finite else self.tail(-1)
        right_sign, b = self.end(self.hi, -1) if self.hi.is_finite else self.tail(+1)
        if not a < b:
            if left_sign != right_sign:
                raise Undecided("the signs at the two ends contradict each other")
            return constant(left_sign)
        for candidate in CANDIDATES:
            self.try_zero(candidate, a, b)
        for _ in range(8):
            found = len(self.zeros)
            pieces = [_Piece(a, a, left_sign, left_sign), *self.between(a, b), _Piece(b, b, right_sign, right_sign)]
            if found == len(self.zeros):
                return self.assemble(pieces)
        raise Undecided("too many exact zeros")

    def whole(self) -> int:
        """The sign that one enclosure over the whole interval shows; 0 where it shows none."""
        with precision(PREC):
            self.spend()
            lo = evaluate(self.lo, PREC).lower() if self.lo.is_finite else -INFINITY
            hi = evaluate(self.hi, PREC).upper() if self.hi.is_finite else INFINITY
            return iv.sign_of(self.f.local_on(lo, hi)) or 0

    # The ends.

    def tail(self, side: int) -> tuple[int, Any]:
        """The sign on a half line and an exact point inside it."""
        with precision(PREC):
            for start in FAR:
                self.spend()
                sign = iv.sign_of(self.f.local_on(start, INFINITY) if side > 0 else self.f.local_on(-INFINITY, -start))
                if sign:
                    return sign, side * start
        return self.model(side, None)

    def model(self, side: int, at: sp.Expr | None) -> tuple[int, Any]:
        """The same from a tail model, at infinity or beside a finite point."""
        from symacts.rigor.tails import tail_sign  # deferred: loaded only where an enclosure does not do
        from symacts.rigor.unknown import Unknown

        self.spend(TAIL_COST)
        answer = tail_sign(self.expr, self.x, side) if at is None else tail_sign(self.expr, self.x, side, at=at)
        where = ("+oo" if side > 0 else "-oo") if at is None else f"{at}{'+' if side > 0 else '-'}"
        if isinstance(answer, Unknown):
            raise Undecided(f"the sign towards {where}: {answer.reason}")
        if answer.sign == 0:
            raise Undecided(f"it vanishes identically towards {where}")
        with precision(4 * PREC):
            if at is None:
                start = evaluate(answer.start, 2 * PREC)
                return answer.sign, start.upper().ceil().mid() if side > 0 else start.lower().floor().mid()
            point, start = evaluate(at, 4 * PREC), evaluate(answer.start, 4 * PREC)
            middle = ((point + start) / 2).mid()
            inside = (point < middle < start) if side > 0 else (start < middle < point)
            if not inside:
                raise Undecided(f"the sign towards {where} reaches too short")
            return answer.sign, self.rounded(middle, point, start)

    @staticmethod
    def rounded(middle: Any, p: Any, q: Any) -> Any:
        """An exact point with few bits strictly between the balls p and q, near `middle`."""
        for bits in (4, 16, 64):
            with precision(bits):
                short = (+middle + 0).mid()
            if (p < short and short < q) or (q < short and short < p):
                return short
        return middle

    def end(self, point: sp.Expr, side: int) -> tuple[int, Any]:
        """The sign beside a finite end (right of it for side +1) and an exact point up to which it holds."""
        other = self.hi if side > 0 else self.lo
        with precision(2 * PREC):
            p = evaluate(point, 2 * PREC)
            room = arb(1)
            if other.is_finite:
                room = iv.min_exact(room, abs((evaluate(other, 2 * PREC) - p) / 2).lower())
            for k in range(0, 25, 4):
                self.spend()
                q = (p + side * room * arb(2) ** -k).mid()
                sign = iv.sign_of(self.f.local_on(p.lower(), q) if side > 0 else self.f.local_on(q, p.upper()))
                if sign:
                    return sign, q
            value = self.f.local_at(p)
        if value.is_finite() and value.contains(0) and self.vanishes(point):
            found = self.beside_zero(point, p, side, room)
            if found is not None:
                return found
        return self.model(side, point)

    def vanishes(self, point: sp.Expr) -> bool:
        """Whether the function is proved to be zero at an exact point."""
        if isinstance(point, Root):
            return vanishes_at_root(self.expr, self.x, point)
        return bool(is_zero(self.expr.subs(self.x, point)))

    def multiplicity(self, point: sp.Expr) -> int | None:
        """The multiplicity of an exact zero; None where not established."""
        if point not in self.orders:
            self.orders[point] = self._multiplicity(point)
        return self.orders[point]

    def _multiplicity(self, point: sp.Expr) -> int | None:
        derivative = self.expr
        for k in range(1, MOST_MULTIPLICITY + 1):
            derivative = sp.diff(derivative, self.x)
            self.spend(5)
            if sp.count_ops(derivative) > MOST_OPERATIONS:
                return None
            try:
                value = compile_balls(derivative, self.x).at(evaluate(point, 256), 256)
            except UnsupportedExpression:
                return None
            if value > 0 or value < 0:
                return k
            if not value.is_finite() or isinstance(point, Root):
                return None
            if not is_zero(derivative.subs(self.x, point)):
                return None
        return None

    def beside_zero(self, point: sp.Expr, p: Any, side: int, room: Any) -> tuple[int, Any] | None:
        """Beside an exact zero of multiplicity k, f has the sign of side**k * f^(k) while that keeps one sign."""
        k = self.multiplicity(point)
        if k is None:
            return None
        with precision(2 * PREC):
            for shrink in range(0, 41, 2):
                self.spend(k)
                q = (p + side * room * arb(2) ** -shrink).mid()
                top = self.f.local_jet(p.union(q), k)[k]
                sign = _is_sign(top) if top.is_finite() else 0
                if sign:
                    return sign * side**k, q
        return None

    # Exact zeros inside.

    def try_zero(self, point: sp.Expr, a: Any, b: Any) -> bool:
        """Note an exact point between a and b at which the function is proved to vanish."""
        with precision(2 * PREC):
            p = evaluate(point, 2 * PREC)
            if not (a < p and p < b) or point in self.zeros:
                return False
            self.spend()
            value = self.f.local_at(p)
            if not value.is_finite() or not value.contains(0):
                return False
        with precision(4 * PREC):
            value = self.f.local_at(evaluate(point, 4 * PREC))
        if not (value.is_finite() and value.contains(0) and self.vanishes(point)):
            return False
        self.zeros.append(point)
        return True

    def between(self, a: Any, b: Any) -> list[_Piece]:
        """Pieces that cover [a, b]; around the exact zeros by Taylor's theorem, elsewhere by bisection."""
        out: list[_Piece] = []
        at = a
        for point in sorted(self.zeros, key=cmp_to_key(order)):
            with precision(2 * PREC):
                p = evaluate(point, 2 * PREC)
                room = iv.min_exact(iv.min_exact((p - at).lower(), (b - p).lower()), arb(1))
            left, right = self.beside_zero(point, p, -1, room), self.beside_zero(point, p, +1, room)
            if left is None or right is None:
                raise Undecided(f"the multiplicity of the zero at {point}")
            out += self.bisect(at, left[1])
            out.append(_Piece(left[1], right[1], left[0], right[0]))
            at = right[1]
        return out + self.bisect(at, b)

    def guess(self, lo: Any, hi: Any, depth: int) -> None:
        """Look for an exact zero in a small piece that resists: a simple rational, later other closed forms.

        Raises
        ------
        _NewZero
            One is proved.
        """
        with precision(4 * PREC):
            ball, a, b = lo.union(hi), 2 * lo - hi, 2 * hi - lo
        if depth == GUESS_DEPTHS[0]:
            middle = rational(ball.mid())
            near = Fraction(int(middle.p), int(middle.q)).limit_denominator(GUESS_DENOMINATOR)
            guesses: list[sp.Expr] = [sp.Rational(near.numerator, near.denominator)]
        else:
            guesses = list(recognized(ball, self.expr, GUESS_BITS))
        for point in guesses:
            if self.try_zero(point, a, b):
                raise _NewZero

    # Bisection.

    def sign_at(self, point: Any, prec: int) -> int:
        """The sign at an exact point that is not a known zero.

        Raises
        ------
        Undecided
            Even at the largest precision; an exact zero is noted first.
        """
        sign = self.known.get(point)
        while not sign:
            self.spend()
            with precision(prec):
                value = self.f.local_at(point)
            sign = _is_sign(value)
            if not sign:
                if prec >= MOST_PREC or not value.is_finite():
                    exact = rational(point)
                    if value.is_finite() and self.vanishes(exact):
                        self.zeros.append(exact)
                        raise _NewZero
                    raise Undecided(f"the sign at {float(point.mid()):.6g}")
                prec *= 4
        self.known[point] = sign
        return sign

    def bisect(self, a: Any, b: Any) -> list[_Piece]:
        """Pieces that cover [a, b] in order."""
        try:
            return list(self._bisect(a, b)) if a < b else []
        except _NewZero:
            return []  # `profile` starts over with the zero among the exact ones

    def _bisect(self, a: Any, b: Any) -> Iterator[_Piece]:
        stack = [(a, b, PREC, 0)]
        while stack:
            lo, hi, prec, depth = stack.pop()
            self.spend()
            found, wanted = self.decide(lo, hi, prec)
            if found is not None:
                yield found
                continue
            if wanted > prec:
                stack.append((lo, hi, wanted, depth))
                continue
            if depth in GUESS_DEPTHS:
                self.guess(lo, hi, depth)
            if depth > 90:
                raise Undecided(f"a zero near {float(lo.mid()):.6g} that may be multiple")
            middle = middle_of(lo, hi)
            stack.append((middle, hi, prec, depth + 1))
            stack.append((lo, middle, prec, depth + 1))

    def decide(self, lo: Any, hi: Any, prec: int) -> tuple[_Piece | None, int]:
        """A piece where [lo, hi] is decided, else None; with the precision that suits it."""
        with precision(prec):
            pair, jet_of = self.f.local_both(lo, hi, 2)
            sign = iv.sign_of(pair)
            if sign:
                return _Piece(lo, hi, sign, sign), prec
            middle = middle_of(lo, hi)
            value = self.f.local_at(middle)
        if value.contains(0) and value.is_finite() and prec < MOST_PREC:
            wanted = self.suitable(middle, prec)
            if wanted > prec:
                return None, wanted
        if pair is None:
            return None, prec
        with precision(prec):
            self.spend(2)
            ball, jet = lo.union(hi), jet_of()
            if jet[1] > 0 or jet[1] < 0:
                left, right = self.sign_at(lo, prec), self.sign_at(hi, prec)
                return _Piece(lo, hi, left, right), prec
            if jet[1].is_finite():
                sign = self.centered(ball, middle, value, jet)
                if sign:
                    return _Piece(lo, hi, sign, sign), prec
        return None, prec

    def spend(self, cost: int = 1) -> None:
        """Take evaluations of this function from the budget; large programs count more."""
        self.budget.spend(cost * self.weight)

    def suitable(self, middle: Any, prec: int) -> int:
        """The precision at which the sign at this point shows; the given one where none does."""
        wanted = 2 * prec
        while wanted <= 16 * PREC:
            self.spend()
            with precision(wanted):
                if not self.f.local_at(middle).contains(0):
                    return wanted
            wanted *= 2
        return prec

    def centered(self, ball: Any, middle: Any, value: Any, jet: Any) -> int:
        """The sign that the centered forms show, 0 for none."""
        away = ball - middle
        sign = _is_sign(value + jet[1] * away)
        if not sign and jet[2].is_finite():
            slope = self.f.local_jet(middle, 1)[1]
            sign = _is_sign(value + slope * away + jet[2] * iv.ball_power(away, 2))
        return sign

    # Result.

    def assemble(self, pieces: list[_Piece]) -> Profile:
        """Zeros and signs from the ordered pieces."""
        zeros: list[Zero] = []
        signs = [pieces[0].left]
        for piece in pieces:
            if piece.left != signs[-1]:
                raise Undecided("signs of neighboring pieces contradict each other")
            inside = [z for z in self.zeros if _inside(z, piece)]
            if inside:
                zeros.append(Zero(inside[0], self.multiplicity(inside[0])))
                signs.append(piece.right)
            elif piece.right != piece.left:
                zeros.append(Zero(self.isolate(piece), 1))
                signs.append(piece.right)
        return Profile(tuple(zeros), tuple(signs))

    def isolate(self, piece: _Piece) -> sp.Expr:
        """The single zero in a bracket: a closed form where one is recognized and proved, else a `Root`."""
        lo, hi = rational(piece.lo), rational(piece.hi)
        root = Root(sp.Lambda(self.x, self.expr), lo, hi)
        ball = refine(root, 2 * PREC)
        for candidate in recognized(ball, self.expr):
            if order(candidate, lo) >= 0 and order(candidate, hi) <= 0 and self.vanishes(candidate):
                return candidate
        if ball.contains(0):
            raise Undecided("whether a zero lies exactly at 0")
        with precision(2 * ZERO_BITS):
            width = abs(ball).upper() * arb(2) ** -ZERO_BITS
            low, high = rational((ball - width).lower()), rational((ball + width).upper())
        return Root(sp.Lambda(self.x, self.expr), max(lo, low), min(hi, high))


class _NewZero(Exception):
    """An exact zero was met at a point of the bisection."""


def _inside(z: sp.Expr, piece: _Piece) -> bool:
    return order(z, rational(piece.lo)) > 0 and order(z, rational(piece.hi)) < 0


def middle_of(lo: Any, hi: Any) -> Any:
    """A dyadic point inside; the geometric mean where the ends differ by a large factor."""
    with precision(PREC):
        if lo > 0 and hi > 8 * lo:
            return _power_of_two((lo * hi).sqrt(), lo, hi)
        if hi < 0 and lo < 8 * hi:
            return -_power_of_two((lo * hi).sqrt(), -hi, -lo)
    with precision(4 * PREC):
        return ((lo + hi) / 2).mid()


def _power_of_two(value: Any, lo: Any, hi: Any) -> Any:
    mantissa, exponent = (int(v) for v in value.mid().man_exp())
    point = arb(2) ** (exponent + mantissa.bit_length() - 1)
    return point if lo < point < hi else value.mid()
