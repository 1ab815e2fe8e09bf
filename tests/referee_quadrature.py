"""Definite integrals of plain functions: two Gauss-Legendre rules a panel, halved where they differ."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from mpmath import mp, mpf
from referee_series import (
    Skipped,
)


def _nodes(n: int) -> list[tuple[mpf, mpf]]:
    """Gauss-Legendre nodes and weights on [-1, 1]."""
    key = ("gauss", n, mp.dps)
    if key not in _GAUSS:
        rule = []
        for k in range(1, n + 1):
            t = mp.cos(mp.pi * (k - mpf("0.25")) / (n + mpf("0.5")))
            for _ in range(mp.dps.bit_length() + 4):  # Newton steps from the asymptotic root
                value, before = _legendre(n, t)
                slope_there = n * (t * value - before) / (t * t - 1)
                t -= value / slope_there
            rule.append((t, 2 / ((1 - t * t) * slope_there**2)))
        _GAUSS[key] = rule
    return _GAUSS[key]


def _legendre(n: int, t: mpf) -> tuple[mpf, mpf]:
    """P_n and P_(n - 1) at t."""
    before, value = mpf(1), t
    for k in range(1, n):
        before, value = value, ((2 * k + 1) * t * value - k * before) / (k + 1)
    return value, before


_GAUSS: dict[Any, list[tuple[mpf, mpf]]] = {}


DEEPEST = 30
"""Halvings of a panel towards a kink or a jump."""
MOST_PANELS = 3000
"""Panels before the quadrature is given up: waves without end, as of `sin(1/x)`, would be halved for ever."""


def panels(f: Callable[[mpf], mpf], breaks: list[mpf]) -> tuple[mpf, mpf]:
    """The integral of f and an error estimate: two Gauss rules a panel, halved where they differ."""
    total, error = mpf(0), mpf(0)
    waiting = [(a, b, 0) for a, b in pairwise(breaks)][::-1]
    most = len(waiting) + MOST_PANELS
    done = 0
    while waiting:
        done += 1
        if done > most:
            raise Skipped("the quadrature does not settle")
        a, b, depth = waiting.pop()
        middle, half = (a + b) / 2, (b - a) / 2
        coarse, fine = (half * mp.fsum(w * f(middle + half * t) for t, w in _nodes(n)) for n in (12, 18))
        gap = abs(fine - coarse)
        if gap > mpf(10) ** -15 * (1 + abs(fine)):
            if depth < DEEPEST:
                waiting += [(middle, b, depth + 1), (a, middle, depth + 1)]
                continue
            fine, gap = mp.quad(f, [a, b], error=True)
            with mp.workdps(2 * mp.dps):
                gap = max(gap, abs(mp.quad(f, [a, b]) - fine))
        total, error = total + fine, error + gap
    return total, error
