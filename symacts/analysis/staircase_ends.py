"""Domains, limits, asymptotes and saturation of functions with steps without end, from what both half lines hold."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from symacts.analysis.ends import Answer
from symacts.analysis.ends import domain as domain_of
from symacts.analysis.staircase import HalfLine
from symacts.analysis.staircase_sets import ALL, Stairs, glued
from symacts.symbolic.oracle import Undecided

__all__ = ["asymptotes", "domain", "limit", "limits", "saturation", "saturation_rate"]


def domain(s: Stairs) -> Answer:
    """Where f is defined: the middle, and what holds all along each half line."""
    found, _ = domain_of(s.middle, {})
    return glued(s, found, lambda far: ALL), "the steps of a bounded part, and what the operations require beyond"


def limit(s: Stairs, far: HalfLine, order: int) -> sp.Expr | None:
    """A limit; None where jumps that do not become small exclude one.

    Raises
    ------
    Undecided
    """
    f, end = s.f, far.side * sp.oo
    limits = [f.limit_of(corner, end, -far.side) for corner in far.corners(far.exact(order))]
    if all(f.equal(limits[0], other) for other in limits[1:]):
        return limits[0]
    if all(v.is_finite for v in limits) and _keep_jumping(s, far, order):
        return None
    raise Undecided("the limits at the ends of the steps differ")


def _keep_jumping(s: Stairs, far: HalfLine, order: int) -> bool:
    """Whether there are jumps without end of a derivative whose height tends to another limit than 0."""
    steps = [step for step in far.steps if step.is_endless]
    if len(far.steps) != 1 or not steps:
        return False
    value = far.exact(order)
    height = value.subs(steps[0].share, 0) - value.subs(steps[0].share, 1)
    return bool(s.f.sign(s.f.limit_of(height, far.side * sp.oo, -far.side)))


def limits(order: int) -> Callable[[Stairs], Answer]:
    """The limits of a derivative at both ends of the line."""

    def find(s: Stairs) -> Answer:
        found = {far.side: limit(s, far, order) for far in s.beyond}
        return (found.get(-1), found.get(1)), "both ends of the steps tend to it, or the jumps do not become small"

    return find


def asymptotes(s: Stairs) -> Answer:
    """The linear asymptotes on both sides."""
    found = {far.side: _asymptote(s, far) for far in s.beyond}
    return (found.get(-1), found.get(1)), "the same at both ends of the steps; none where the jumps do not become small"


def _asymptote(s: Stairs, far: HalfLine) -> tuple[sp.Expr, sp.Expr] | None:
    f = s.f
    if far.steps and _keep_jumping(s, far, 0):
        return None  # f less a line jumps as f does
    corners = far.corners(far.exact())
    slopes = {f.limit_of(c / f.x, far.side * sp.oo, -far.side) for c in corners}
    if slopes in ({sp.oo}, {-sp.oo}):
        return None
    lines = [f.oracle.asymptote(c, f.x, far.side) for c in corners]
    if not all(isinstance(line, tuple) for line in lines):
        raise Undecided("no asymptotes at the ends of the steps")
    if not all(f.equal(a, b) for line in lines[1:] for a, b in zip(lines[0], line, strict=True)):
        raise Undecided("the asymptotes at the ends of the steps differ")
    return f.neat(lines[0][0]), f.neat(lines[0][1])


def saturation(s: Stairs) -> Answer:
    """How f saturates on both sides: hard, soft or none."""
    kinds = {far.side: _kind(s, far) for far in s.beyond}
    return (kinds.get(-1, "none"), kinds.get(1, "none")), "limits of f', and whether f is constant beyond a point"


def _kind(s: Stairs, far: HalfLine) -> str:
    slope = limit(s, far, 1)
    if slope is None or s.f.sign(slope):
        return "none"
    return "hard" if not far.formula.has(s.f.x) else "soft"


def saturation_rate(s: Stairs) -> Answer:
    """How fast f' tends to 0 on the sides where f saturates softly."""
    rates = {far.side: _rate(s, far) for far in s.beyond if _kind(s, far) == "soft"}
    return (rates.get(-1), rates.get(1)), "the leading terms of f' at both ends of the steps"


def _rate(s: Stairs, far: HalfLine) -> str | None:
    slope = far.exact(1)
    if slope == 0:
        return None
    rates = {s.f.oracle.rate(c, s.f.x, far.side) for c in far.corners(slope)}
    if len(rates) != 1 or None in rates:
        raise Undecided("f' has different rates at the ends of the steps, or none is seen")
    return rates.pop()
