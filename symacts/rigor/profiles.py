"""Where a function is positive and negative on an interval: zeros in order and the signs between them.

>>> import sympy as sp
>>> line = Profile((Zero(sp.S(1), 1),), (-1, 1))
>>> square = product([(line, 2)])
>>> square.signs, square.zeros[0].multiplicity
((1, 1), 2)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from symacts.rigor.constants import compare
from symacts.rigor.unknown import Unknown

__all__ = ["Profile", "Undecided", "Zero", "constant", "product", "restrict"]


class Undecided(Exception):
    """Carries the reason out of a search; the public functions turn it into `Unknown`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)

    def unknown(self) -> Unknown:
        """The reason as the value that callers see."""
        return Unknown(self.reason)


@dataclass(frozen=True, slots=True)
class Zero:
    """A zero of a function: an exact real and its multiplicity (None where that is not established)."""

    point: sp.Expr
    multiplicity: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """The zeros in order and the signs on the open intervals between them: one sign more than zeros."""

    zeros: tuple[Zero, ...]
    signs: tuple[int, ...]


def constant(sign: int) -> Profile:
    """One sign everywhere."""
    return Profile((), (sign,))


def order(a: sp.Expr, b: sp.Expr) -> int:
    """The sign of a - b.

    Raises
    ------
    Undecided
        The two agree to every digit tried and are not proved equal.
    """
    answer = compare(a, b)
    if answer is None:
        raise Undecided(f"whether {a} and {b} are equal")
    return answer


def restrict(profile: Profile, lo: sp.Expr, hi: sp.Expr) -> Profile:
    """The part on the open interval (lo, hi)."""
    zeros, signs = list(profile.zeros), list(profile.signs)
    while zeros and order(zeros[0].point, lo) <= 0:
        zeros.pop(0)
        signs.pop(0)
    while zeros and order(zeros[-1].point, hi) >= 0:
        zeros.pop()
        signs.pop()
    return Profile(tuple(zeros), tuple(signs))


def product(factors: Sequence[tuple[Profile, int]]) -> Profile:
    """The profile of a product of powers; negative exponents are allowed where they cancel.

    Raises
    ------
    Undecided
        Two points cannot be ordered, or a pole remains.
    """
    points: list[tuple[sp.Expr, int | None]] = []
    for profile, e in factors:
        for zero in profile.zeros:
            m = None if zero.multiplicity is None else e * zero.multiplicity
            _insert(points, zero.point, m, e)
    signs = [1] * (len(points) + 1)
    for profile, e in factors:
        if e % 2 == 0:
            continue
        k = 0
        for cell in range(len(signs)):
            while k < len(profile.zeros) and cell > 0 and order(profile.zeros[k].point, points[cell - 1][0]) <= 0:
                k += 1
            signs[cell] *= profile.signs[k]
    zeros, kept = [], [signs[0]]
    for (point, m), sign in zip(points, signs[1:], strict=True):
        if m is not None and m < 0:
            raise Undecided(f"it is not analytic at {point}")
        if m == 0:
            if sign != kept[-1]:
                raise Undecided(f"signs left and right of {point} disagree")
            continue
        zeros.append(Zero(point, m))
        kept.append(sign)
    return Profile(tuple(zeros), tuple(kept))


def _insert(points: list[tuple[sp.Expr, int | None]], point: sp.Expr, m: int | None, e: int) -> None:
    for k, (other, n) in enumerate(points):
        side = order(point, other)
        if side == 0:
            if m is None or n is None:
                raise Undecided(f"the multiplicity of the zero at {point}")
            points[k] = (other if len(str(other)) <= len(str(point)) else point, n + m)
            return
        if side < 0:
            if m is None and e < 0:
                raise Undecided(f"it is not analytic at {point}")
            points.insert(k, (point, m))
            return
    if m is None and e < 0:
        raise Undecided(f"it is not analytic at {point}")
    points.append((point, m))
