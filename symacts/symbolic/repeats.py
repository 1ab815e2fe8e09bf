"""Repetition: functions with f(x + P) = f(x) + D for all x, whatever switches they hold, and steps as switches.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> repetition(sp.Abs(sp.sin(x)), x), repetition(x - sp.floor(2*x), x), repetition(x*sp.sin(x), x)
((pi, 0), (1/2, -1/2), None)
>>> steps_as_switches(sp.floor(x/2), x, lambda u: (sp.S(0), sp.S(2)))
Piecewise((0, x/2 < 1), (1, x/2 < 2), (2, True))
"""

from __future__ import annotations

import math
from collections.abc import Callable

import sympy as sp

from symacts.symbolic.oracle import Undecided

__all__ = ["STEPS", "in_floors", "repetition", "steps_as_switches"]

MOST_STEPS = 40
"""Jumps of one step function that are written out."""
PARTS = (2, 2, 3)
"""Divisors of a common period that are tried for a smaller one."""

STEPS = (sp.floor, sp.ceiling, sp.frac, sp.Mod)
_TURNS = {sp.sin: 2 * sp.pi, sp.cos: 2 * sp.pi, sp.sec: 2 * sp.pi, sp.csc: 2 * sp.pi, sp.tan: sp.pi, sp.cot: sp.pi}


def in_floors(expr: sp.Expr) -> sp.Expr:
    """The expression with `ceiling`, `frac` and `Mod` written through `floor`, whole numbers taken out of it."""
    expr = expr.replace(sp.frac, lambda u: u - sp.floor(u))
    expr = expr.replace(sp.ceiling, lambda u: -sp.floor(-u))
    return expr.replace(sp.Mod, lambda u, m: u - m * sp.floor(u / m)).replace(sp.floor, _floor)


def _floor(u: sp.Expr) -> sp.Expr:
    """`floor(u)` with the constant of u between 0 and 1; SymPy leaves `floor(x + 3/2)` as it is."""
    whole = sp.floor(sp.expand(u).as_coeff_Add()[0])
    return whole + sp.floor(u - whole)


def _rate(wave: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
    """The factor of x in the argument of a wave or a floor; None where the argument is not linear."""
    shift, moving = sp.expand(wave.args[0]).as_independent(x, as_Add=True)
    rate = moving / x
    return None if x in rate.free_symbols or x in shift.free_symbols or not rate.is_real else rate


def repetition(expr: sp.Expr, x: sp.Symbol, parts: tuple[int, ...] = PARTS) -> tuple[sp.Expr, sp.Expr] | None:
    """`(P, D)` with P > 0 and f(x + P) = f(x) + D by the periods of waves and steps; None where none is seen.

    P need not be the smallest one. Without parts it is a common period of the waves themselves.
    """
    expr = in_floors(expr)
    periods: list[sp.Expr] = []
    for wave in expr.atoms(*_TURNS, sp.floor):
        if x not in wave.free_symbols:
            continue
        rate = _rate(wave, x)
        if rate is not None:
            periods.append(_TURNS.get(wave.func, sp.S.One) / abs(rate))
    if not periods:
        return None
    ratios = [sp.cancel(p / periods[0]) for p in periods]
    if not all(r.is_Rational for r in ratios):
        return None
    common = sp.Rational(math.lcm(*[int(r.p) for r in ratios]), math.gcd(*[int(r.q) for r in ratios]))
    period = sp.cancel(periods[0] * common)
    drift = _drift(expr, x, period)
    if drift is None:
        return None
    for part in parts:
        smaller = _drift(expr, x, period / part)
        if smaller is not None:
            period, drift = period / part, smaller
    return period, drift


def _drift(expr: sp.Expr, x: sp.Symbol, shift: sp.Expr) -> sp.Expr | None:
    """f(x + shift) - f(x) where it is seen to be a constant."""
    moved = expr.xreplace({x: x + shift})
    for _ in range(3):  # inner waves first: their values may stand in the arguments of others
        moved = moved.replace(lambda e: isinstance(e, tuple(_TURNS)), lambda e: e.func(sp.expand(e.args[0])))
        moved = moved.replace(sp.floor, lambda u: _floor(sp.expand(u)))
    if moved == expr:
        return sp.S.Zero
    difference = sp.expand(moved - expr)
    return None if x in difference.free_symbols else difference


def steps_as_switches(expr: sp.Expr, x: sp.Symbol, bounds: Callable[[sp.Expr], tuple[sp.Expr, sp.Expr]]) -> sp.Expr:
    """The expression with every `floor(u)` written as a `Piecewise` with a case for each value.

    `bounds(u)` gives rational bounds of u where the function is looked at; the result is valid between them.

    Raises
    ------
    Undecided
        More than a few jumps.
    """
    expr = in_floors(expr)
    while True:
        floors = [e for e in expr.atoms(sp.floor) if x in e.free_symbols and not e.args[0].has(sp.floor)]
        if not floors:
            return expr
        step = min(floors, key=sp.default_sort_key)
        lo, hi = (sp.floor(b) for b in bounds(step.args[0]))
        if hi - lo > MOST_STEPS:
            raise Undecided(f"{step} has more than {MOST_STEPS} jumps")
        cases = [(k, step.args[0] < k + 1) for k in range(int(lo), int(hi))]
        expr = expr.xreplace({step: sp.Piecewise(*cases, (hi, True), evaluate=False)})
