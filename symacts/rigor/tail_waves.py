"""Proofs that waves of growing arguments have no limit: two sequences on which they tend to different numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from symacts.rigor.tail_constants import Undecided, number, sign
from symacts.rigor.unknown import Unknown

__all__ = ["NoLimit", "no_limit"]


@dataclass(frozen=True, slots=True)
class NoLimit:
    """Proved: there is no limit, finite or infinite; `points` are two or more different limit points."""

    reason: str
    points: tuple[sp.Expr, ...]


QUARTERS = 4
"""The first of the angles: sines and cosines take both ends of their range there."""
_ANGLES = (sp.S.Zero, sp.pi / 2, sp.pi, -sp.pi / 2, sp.pi / 6, 2 * sp.pi / 3)


def no_limit(expr: sp.Expr, x: sp.Symbol, limit: Callable[[sp.Expr], sp.Expr | Unknown]) -> NoLimit | None:
    """Two sequences with different limits: `h(x_n) = angle + 2*pi*n` for one continuous growing h.

    Every sin or cos of a growing argument must be one of `k*h + c` with integer k; on such a sequence it is the
    constant `sin(k*angle + c)`. `limit` gives limits at the end in question.
    """
    waves = [e for e in expr.atoms(sp.sin, sp.cos, sp.tan) if e.has(x)]
    growing = []
    for wave in waves:
        found = limit(wave.args[0])
        if not isinstance(found, Unknown) and found.is_infinite:
            growing.append(wave)
    if not growing:
        return None
    base = min((w.args[0].as_independent(x, as_Add=True)[1] for w in growing), key=sp.default_sort_key)
    shifts = {}
    for wave in growing:
        phase, moving = wave.args[0].as_independent(x, as_Add=True)
        times = sp.cancel(moving / base)
        if not times.is_Rational:
            return None
        shifts[wave] = (times, phase)
    unit = sp.Integer(1)
    for times, _ in shifts.values():
        unit = sp.ilcm(unit, times.q)  # h = base/unit, so that every argument is an integer multiple of h
    seen: list[sp.Expr] = []
    for tried, angle in enumerate(_ANGLES):
        try:
            frozen = expr.xreplace({w: w.func(k * unit * angle + c) for w, (k, c) in shifts.items()})
        except (TypeError, ValueError):  # a pole of the tangent inside Max or a comparison
            continue
        if frozen.has(sp.zoo, sp.nan):
            continue
        found = limit(frozen)
        if isinstance(found, Unknown):
            continue
        if all(_differ(found, other) for other in seen):
            seen.append(found)
        is_enough = all(p.is_finite for p in seen) and tried >= QUARTERS - 1
        if len(seen) > 1 and (is_enough or {sp.oo, -sp.oo} <= set(seen)):
            break
    if len(seen) < 2:
        return None
    return NoLimit(f"oscillates: {seen[0]} and {seen[1]} are both limit points", tuple(seen))


def _differ(a: sp.Expr, b: sp.Expr) -> bool:
    """Whether two limits are proved to differ."""
    if a.is_infinite or b.is_infinite:
        return a != b
    try:
        return sign(number(a) - number(b)) != 0
    except Undecided:
        return False
