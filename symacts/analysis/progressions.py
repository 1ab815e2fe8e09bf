"""Arithmetic progressions of points as sets, each with its shortest form: `{pi*n}` for `{2*pi*n + pi}` and `{2*pi*n}`.

>>> import sympy
>>> progressions([(sympy.pi, 2 * sympy.pi), (4 * sympy.pi, 2 * sympy.pi)])
[ImageSet(Lambda(n, pi*n), Integers)]
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp

__all__ = ["progressions"]

_N = sp.Symbol("n", integer=True)

Progression = tuple[sp.Expr, sp.Expr]
"""A point and the step."""


def progressions(given: Iterable[Progression]) -> list[sp.Set]:
    """The sets `{point + n*step}`, whole steps taken off the points, and joined where points lie evenly in a step."""
    shares: dict[tuple[sp.Expr, sp.Expr], list[sp.Rational]] = {}
    for point, step in given:
        share, rest = _parted(point, step)
        shares.setdefault((rest, step), []).append(share - sp.floor(share))
    short = [(rest + share * step, step / m) for (rest, step), found in shares.items() for share, m in _joined(found)]
    return [sp.ImageSet(sp.Lambda(_N, point + _N * step), sp.S.Integers) for point, step in short]


def _parted(point: sp.Expr, step: sp.Expr) -> tuple[sp.Rational, sp.Expr]:
    """The point as a rational number of steps and what is left."""
    share, rest = sp.S.Zero, []
    for term in sp.Add.make_args(point):
        ratio = sp.cancel(term / step)
        if ratio.is_Rational:
            share += ratio
        else:
            rest.append(term)
    return share, sp.Add(*rest)


def _joined(shares: list[sp.Rational]) -> list[tuple[sp.Rational, int]]:
    """Shares of a step that lie evenly as the first of them, with how many times the step is cut."""
    held = sorted(set(shares))
    for m in range(len(held), 1, -1):
        if all((share + sp.Rational(1, m)) % 1 in held for share in held):
            return [(share, m) for share in held if share < sp.Rational(1, m)]
    return [(share, 1) for share in held]
