"""Values on which two precisions agree, and changes of sign narrowed down to many digits."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from mpmath import mp, mpf
from referee_series import Kinked, NoValue, Number, Undefined, big, fraction
from referee_trends import BASE, CHECK, DEEP, Quantity

MOST_DIGITS = 1500
"""Values below `10**-MOST_DIGITS` decide nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """A strict change of sign: of a continuous quantity ("zero"), or across a jump, a pole or a flat piece."""

    lo: Fraction
    hi: Fraction
    kind: Literal["zero", "jump", "flat", "unclear"]

    @property
    def middle(self) -> Fraction:
        return (self.lo + self.hi) / 2


def _close(a: mpf, b: Number) -> bool:
    """Whether two values agree to eight digits."""
    return bool(abs(a - big(b)) <= mpf(10) ** -8 * abs(a))


def confirmed(quantity: Quantity, a: Fraction) -> Number | None:
    """A value on which two precisions agree; exact values confirm themselves.

    A value smaller than the digits reach has to stand again, with as many digits as show what a sum lost: at 467 the
    slope of tanh vanishes to 200 digits, so those and 50 digits agree on the rest of a product that is not the whole.
    """
    previous: Number | None = None
    for dps in (BASE, CHECK, DEEP):
        try:
            value = quantity(a, dps)
        except NoValue:
            return None
        if not isinstance(value, mpf):
            return value
        if previous is not None and value != 0 and _close(value, previous):
            below = -int(mp.log10(abs(value)))
            if below < dps // 2:
                return value
            try:
                return value if below < MOST_DIGITS and _close(value, quantity(a, 2 * below + 60)) else None
            except NoValue:
                return None
        if previous is not None and abs(value) < mpf(10) ** -40:
            return None  # rounding, or too small to be worth the last resort
        previous = value
    return None


def passes_through(quantity: Quantity, a: Fraction, b: Fraction, c: Fraction) -> bool:
    """Whether the quantity has opposite signs at a and c, also close to b, and vanishes at b to 150 digits."""
    left, right = confirmed(quantity, a), confirmed(quantity, c)
    if left is None or right is None or (left > 0) == (right > 0):
        return False
    near = [confirmed(quantity, b + (p - b) * Fraction(1, 10**9)) for p in (a, c)]
    if None not in near and near[0] * near[1] > 0:  # it only is small there
        return False
    return bool(abs(big(quantity(b, 250))) <= mpf(10) ** -150 * min(abs(big(left)), abs(big(right))))


def narrow(quantity: Quantity, a: Fraction, b: Fraction, at_a: mpf, at_b: mpf, digits: int = 65) -> Change:
    """The place of a sign change, to that many digits, and whether the quantity passes through 0 there."""
    dps = digits + 60
    size = max(abs(at_a), abs(at_b))

    def sign_at(p: Fraction) -> tuple[int, mpf]:
        value = quantity(p, dps)
        return (value > 0) - (value < 0), big(value)

    want = 1 if at_a > 0 else -1
    fa, fb, side, step = at_a, at_b, 0, 0
    waypoint: mpf | None = None
    with mp.workdps(dps):
        while b - a > Fraction(1, 10**digits) * max(1, abs(a)):
            step += 1
            if step > 600:
                return Change(a, b, "unclear")
            t = fa / (fa - fb) if step % 3 and step < 36 else mpf(1) / 2
            t = min(max(t, mpf(10) ** -70), 1 - mpf(10) ** -70)
            middle = a + (b - a) * fraction(_rough(t))
            if step % 3 == 1 and 6 < step < 36:  # step over the estimate, so that both ends close in
                shift = (b - a) * Fraction(1, 2**20)
                middle = middle + shift if fb != at_b and abs(fa) < abs(fb) else middle - shift
            middle = _short(middle, b - a)
            if not a < middle < b:
                middle = (a + b) / 2
            try:
                try:
                    s, value = sign_at(middle)
                except Undefined:  # a single point, perhaps
                    middle += (b - middle) / 7
                    s, value = sign_at(middle)
            except Kinked:
                return Change(middle, middle, "jump" if abs(fa) + abs(fb) > size * mpf(10) ** -12 else "zero")
            except NoValue:
                return Change(a, b, "unclear" if b - a > Fraction(1, 10**30) else "jump")
            if s == 0:
                flat = _is_flat(quantity, middle, dps)
                return Change(middle, middle, "flat" if flat else "zero")
            if s == want:
                a, fa = middle, value
                fb = fb / 2 if side == 1 else fb
                side = 1
            else:
                b, fb = middle, value
                fa = fa / 2 if side == -1 else fa
                side = -1
            if waypoint is None and b - a < Fraction(1, 10 ** (digits // 2)):
                waypoint = max(abs(sign_at(p)[1]) for p in (a, b))
        try:
            final = max(abs(sign_at(a)[1]), abs(sign_at(b)[1]))
        except NoValue:
            return Change(a, b, "unclear")
    if final <= size * mpf(10) ** -15:
        return Change(a, b, "zero")
    return Change(a, b, "jump" if waypoint is not None and final > waypoint / 2 else "unclear")


def _short(p: Fraction, width: Fraction) -> Fraction:
    """The number rounded to about 2**-40 of the width, so that its digits do not pile up."""
    unit = Fraction(2) ** (width.numerator.bit_length() - width.denominator.bit_length() - 40)
    return Fraction(p // unit) * unit


def _rough(t: mpf) -> mpf:
    """The number to 80 bits, so that rationals stay short."""
    with mp.workprec(80):
        return +t


def _is_flat(quantity: Quantity, a: Fraction, dps: int) -> bool:
    for d in (Fraction(1, 10**6), Fraction(1, 10**12)):
        try:
            if quantity(a + d, dps) == 0 or quantity(a - d, dps) == 0:
                return True
        except NoValue:
            continue
    return False
