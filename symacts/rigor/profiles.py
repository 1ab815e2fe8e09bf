"""Where a function is positive and negative on an interval: zeros in order and the signs between them.

>>> import sympy as sp
>>> line = Profile((Zero(sp.S(1), 1),), (-1, 1))
>>> square = product([(line, 2)])
>>> square.signs, square.zeros[0].multiplicity
((1, 1), 2)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from symacts.rigor.constants import compare
from symacts.rigor.unknown import Unknown

__all__ = [
    "Cells",
    "Profile",
    "Undecided",
    "Zero",
    "conjugate",
    "constant",
    "merge",
    "order",
    "product",
    "restrict",
]


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


@dataclass(frozen=True, slots=True)
class Cells:
    """Several profiles over their common subdivision.

    `points[k]` lies between cells k and k + 1; `zeros[k][i]` is the zero of profile i there, or None; `signs[k][i]` its
    sign on cell k.
    """

    points: tuple[sp.Expr, ...]
    zeros: tuple[tuple[Zero | None, ...], ...]
    signs: tuple[tuple[int, ...], ...]


def merge(profiles: Sequence[Profile]) -> Cells:
    """The common subdivision of several profiles.

    Raises
    ------
    Undecided
        Two points cannot be ordered.
    """
    rows: list[tuple[sp.Expr, list[Zero | None]]] = []
    for i, profile in enumerate(profiles):
        for zero in profile.zeros:
            _place(rows, zero, i, len(profiles))
    cursor = [0] * len(profiles)
    signs = [tuple(p.signs[0] for p in profiles)]
    for _, found in rows:
        for i, met in enumerate(found):
            cursor[i] += met is not None
        signs.append(tuple(p.signs[k] for p, k in zip(profiles, cursor, strict=True)))
    return Cells(tuple(p for p, _ in rows), tuple(tuple(found) for _, found in rows), tuple(signs))


def _place(rows: list[tuple[sp.Expr, list[Zero | None]]], zero: Zero, i: int, count: int) -> None:
    at = len(rows)
    for k, (other, found) in enumerate(rows):
        side = order(zero.point, other)
        if side == 0:
            found[i] = zero
            if len(str(zero.point)) < len(str(other)):
                rows[k] = (zero.point, found)
            return
        if side < 0:
            at = k
            break
    row: list[Zero | None] = [None] * count
    row[i] = zero
    rows.insert(at, (zero.point, row))


def product(factors: Sequence[tuple[Profile, int]]) -> Profile:
    """The profile of a product of powers; negative exponents are allowed where they cancel.

    Raises
    ------
    Undecided
        Two points cannot be ordered, or a pole remains.
    """
    cells = merge([profile for profile, _ in factors])
    exponents = [e for _, e in factors]
    signs = [math.prod(s for s, e in zip(row, exponents, strict=True) if e % 2) for row in cells.signs]
    zeros, kept = [], [signs[0]]
    for point, met, sign in zip(cells.points, cells.zeros, signs[1:], strict=True):
        m = _total(point, met, exponents)
        if m is not None and m < 0:
            raise Undecided(f"it is not analytic at {point}")
        if m == 0:
            if sign != kept[-1]:
                raise Undecided(f"signs left and right of {point} disagree")
            continue
        zeros.append(Zero(point, m))
        kept.append(sign)
    return Profile(tuple(zeros), tuple(kept))


def _total(point: sp.Expr, found: Sequence[Zero | None], exponents: Sequence[int]) -> int | None:
    """The multiplicity of the product at a point, None where it is a zero of unknown multiplicity."""
    present = [(zero.multiplicity, e) for zero, e in zip(found, exponents, strict=True) if zero is not None]
    if all(m is not None for m, _ in present):
        return sum(m * e for m, e in present if m is not None)
    if any(e < 0 for _, e in present):
        raise Undecided(f"the multiplicity of the zero at {point}")
    return None


def conjugate(a: Profile, b: Profile, norm: Profile) -> Profile:
    """The profile of a + b*r for r > 0, from those of a, b and the norm a**2 - (b*r)**2.

    Where a and b have one sign, so has the sum; where they differ, the norm tells which of |a|, |b|*r is larger. A
    zero of the norm is one of the sum exactly where a and b differ in sign, of the same multiplicity.

    Raises
    ------
    Undecided
        a and b vanish at the same point, or one of the three vanishes identically.
    """
    if any(0 in p.signs for p in (a, b, norm)):
        raise Undecided("a part of a sum with a root vanishes identically")
    cells = merge([a, b, norm])
    signs = [s if s == t else s * n for s, t, n in cells.signs]
    zeros, kept = [], [signs[0]]
    for k, point in enumerate(cells.points):
        at_a, at_b, at_norm = cells.zeros[k]
        if at_a is not None and at_b is not None:
            raise Undecided(f"two parts of a sum with a root vanish at {point}")
        left, right = signs[k], signs[k + 1]
        # at a zero of the norm neither a nor b vanishes there, so their signs are those of the cells beside it
        if at_norm is not None and cells.signs[k][0] != cells.signs[k][1]:
            zeros.append(Zero(point, at_norm.multiplicity))
            kept.append(right)
        elif left != right:
            raise Undecided(f"signs left and right of {point} disagree")
    return Profile(tuple(zeros), tuple(kept))
