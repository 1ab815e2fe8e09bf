"""E[f(Z)], E[f(Z)**2], E[f'(Z)**2] for Z standard normal, by mpmath's quadrature split at every switching point."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from mpmath import mp, mpf
from referee_look import Look
from referee_quadrature import panels
from referee_series import NoValue, Skipped, big

DPS = 20
REACH = 16
"""The density beyond is below 1e-55."""

NAMES = ("gaussian_mean", "gaussian_second_moment", "gaussian_derivative_second_moment")

_FOUND: dict[int, tuple[Look, dict[str, mpf | None]]] = {}


def moments(look: Look) -> dict[str, mpf | None]:
    """Each moment by its fact's name; None where the quadrature does not settle."""
    if id(look) not in _FOUND or _FOUND[id(look)][0] is not look:
        _FOUND.clear()
        _FOUND[id(look)] = (look, _find(look))
    return _FOUND[id(look)][1]


def _find(look: Look) -> dict[str, mpf | None]:
    if _has_uneven_steps(look):
        return dict.fromkeys((*NAMES, "gain", "zero_centered"))
    breaks = sorted({Fraction(k) for k in range(-REACH, REACH + 1)} | {c for c in look.centers if abs(c) < REACH})
    cache: dict[mpf, tuple[mpf, mpf] | None] = {}

    def values(t: mpf) -> tuple[mpf, mpf]:
        if t not in cache:
            try:
                series = look.f.series(t, 1, DPS + 10)
                cache[t] = (big(series[0]), big(series[1]))
            except NoValue:
                cache[t] = None
        found = cache[t]
        return (mpf(0), mpf(0)) if found is None else found

    def density(t: mpf) -> mpf:
        return mp.exp(-t * t / 2) / mp.sqrt(2 * mp.pi)

    integrands = {
        "gaussian_mean": lambda t: values(t)[0] * density(t),
        "gaussian_second_moment": lambda t: values(t)[0] ** 2 * density(t),
        "gaussian_derivative_second_moment": lambda t: values(t)[1] ** 2 * density(t),
    }
    found: dict[str, mpf | None] = {}
    with mp.workdps(DPS):
        for name, integrand in integrands.items():
            try:
                total, error = panels(integrand, [big(c) for c in breaks])
            except Skipped:
                found[name] = None
                continue
            tails = max(abs(integrand(mpf(s * REACH))) for s in (1, -1))
            settled = error < mpf(10) ** -12 * (1 + abs(total)) and tails < mpf(10) ** -20 * (1 + abs(total))
            missing = sum(v is None for v in cache.values())
            found[name] = total if settled and missing * 1000 < len(cache) else None
    second = found["gaussian_second_moment"]
    found["gain"] = 1 / mp.sqrt(second) if second else None
    found["zero_centered"] = found["gaussian_mean"]
    return found


def _has_uneven_steps(look: Look) -> bool:
    """Whether there are jumps between the breaks that the quadrature does not know of."""
    x = look.f.variable
    steps = look.f.expression.atoms(sp.floor, sp.ceiling)
    return any(e.has(x) and (not e.args[0].is_polynomial(x) or sp.degree(e.args[0], x) > 1) for e in steps)
