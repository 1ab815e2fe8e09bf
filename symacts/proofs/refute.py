"""Refutation: a point of the premises at which ball arithmetic separates the two sides the wrong way.

>>> import sympy as sp
>>> from symacts.proofs.check import Goal
>>> from symacts.proofs.checker.entail import Given
>>> x = sp.Symbol("x", real=True)
>>> str(find_counterexample(Goal(Given(), sp.exp(x), "=", 1 + x)))
'at x = 1: left side in [2.71828182846, 2.71828182846], right side 2, so not ='
"""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import sympy as sp

from symacts.claims import Counterexample
from symacts.proofs.check import Goal
from symacts.proofs.checker.entail import Given
from symacts.proofs.glance import compiled, fails
from symacts.proofs.sample import EXPECTED, FAR, FARTHER, meets, points
from symacts.proofs.values import PRECS, NoLimit, Undefined, bounds_of, limit_value, separated, value_at
from symacts.rigor import compare, evaluate

__all__ = ["along_diagonal", "descend", "find_counterexample", "sharpen"]

MOST_WAVES = 3  # arguments of sines whose turns are tried


def find_counterexample(goal: Goal, tries: int = 60) -> Counterexample | None:
    """A point at which the goal is proved to fail, or None."""
    free = _outside(goal).union(*[e.free_symbols for e, _ in goal.given.conditions])
    symbols = sorted(free, key=str)
    variants = _one_sided(goal)
    both = sp.Tuple(goal.lhs, goal.rhs)
    is_algebraic = all(f.func in (sp.Max, sp.Min, sp.Abs) for f in both.atoms(sp.Function, sp.Max, sp.Min))
    is_algebraic = is_algebraic and all(p.exp.is_Rational for p in both.atoms(sp.Pow))
    far = (*FAR, *FARTHER) if is_algebraic else FAR
    arguments = (f.args[0] for f in both.atoms(sp.sin, sp.cos, sp.tan))
    waves = sorted({u for u in arguments if u.free_symbols & free}, key=sp.default_sort_key)[:MOST_WAVES]
    for k, values in enumerate(points(goal.given, symbols, borders(goal.lhs - goal.rhs), tries, far, waves)):
        if _stands_at(goal, values):
            continue
        diverging = _diverging(goal, values) if k < MOST_DIVERGING else None
        if diverging is not None:
            return diverging
        for first, second in variants:
            try:
                left, right = value_at(first, values, goal.given), value_at(second, values, goal.given)
                verdict = separated(left, right, goal.relation)
            except NoLimit as none:
                first_point, second_point = map(bounds_of, none.points)
                note = f"the limit does not exist: {none.points[0]} and {none.points[1]} are limit points"
                assigned = tuple((str(s), v) for s, v in values.items())
                return Counterexample(assigned, first_point, second_point, "=", note)
            except Undefined:
                found = _one_undefined(goal, values)
                if found is not None:
                    return found
                continue
            except EXPECTED:
                continue
            if verdict is not None:
                lhs, rhs, note = verdict
                return Counterexample(tuple((str(s), v) for s, v in values.items()), lhs, rhs, goal.relation, note)
    return None


def _stands_at(goal: Goal, values: dict[sp.Symbol, sp.Expr]) -> bool:
    """Whether balls show at once that both sides have values at a rational point, and that these may meet the goal."""
    f = compiled(goal.lhs, goal.rhs)
    if f is None or not all(v.is_Rational for v in values.values()):
        return False
    for prec in PRECS:
        a, b = f.at(values, prec)
        if not (a.is_finite() and b.is_finite()) or fails(a, b, goal.relation):
            return False
        if {"=": False, "!=": a != b, "<": a < b, "<=": a <= b}[goal.relation]:
            return True
    return goal.relation in ("=", "<=")


def _spare(goal: Goal, values: dict[sp.Symbol, sp.Expr]) -> Any:
    """The middle of a ball around rhs - lhs at a point that meets the hypotheses, or None."""
    if not meets(goal.given, values):
        return None
    try:
        f = compiled(goal.lhs, goal.rhs)
        if f is not None and all(v.is_Rational for v in values.values()):
            a, b = f.at(values, PRECS[0])
            if (b - a).is_finite():
                return (b - a).mid()
        value = evaluate(value_at(goal.rhs - goal.lhs, values, goal.given), PRECS[0]).mid()
    except EXPECTED:
        return None
    return value if value.is_finite() else None


def _one_undefined(goal: Goal, values: dict[sp.Symbol, sp.Expr]) -> Counterexample | None:
    """An equation of which one side has a value and the other has none there and around."""
    pairs, notes = [], []
    for name, side in (("left", goal.lhs), ("right", goal.rhs)):
        try:
            pairs.append(bounds_of(value_at(side, values, goal.given)))
        except Undefined:
            pairs.append((sp.nan, sp.nan))
            notes.append(f"the {name} side is not defined there")
        except EXPECTED:
            return None
    if goal.relation != "=" or len(notes) != 1:
        return None
    return Counterexample(tuple((str(s), v) for s, v in values.items()), pairs[0], pairs[1], "=", notes[0])


MOST_DIVERGING = 4  # points at which integrals are asked whether they diverge


def _diverging(goal: Goal, values: dict[sp.Symbol, sp.Expr]) -> Counterexample | None:
    """An equation with an integral that diverges, where a finite value is claimed.

    `(z - c)*f(z)` has a nonzero or infinite limit at an end c of a piece (or `z*f(z)` at infinity): there f keeps its
    sign and exceeds a multiple of `1/(z - c)`.
    """
    if goal.relation != "=" or goal.lhs.is_infinite or goal.rhs.is_infinite:
        return None
    for of in sorted(goal.lhs.atoms(sp.Integral) | goal.rhs.atoms(sp.Integral), key=sp.default_sort_key):
        if len(of.limits) != 1 or len(of.limits[0]) != 3:
            continue
        z, *bounds = of.limits[0]
        outer = {s: v for s, v in values.items() if s != z}
        f, (lo, hi) = of.function.xreplace(outer), (b.xreplace(outer) for b in bounds)
        if f.free_symbols != {z} or lo.free_symbols or hi.free_symbols or compare(lo, hi) != -1:
            continue
        end = next((c for c in (lo, hi, *_poles(f, z, lo, hi)) if _diverges_at(f, z, c, lo, hi)), None)
        if end is not None:
            pairs = [(sp.nan, sp.nan) if side.has(of) else (side, side) for side in (goal.lhs, goal.rhs)]
            assigned = tuple((str(s), v) for s, v in outer.items())
            return Counterexample(assigned, pairs[0], pairs[1], "=", f"the integral diverges at {z} = {end}")
    return None


def _poles(f: sp.Expr, z: sp.Symbol, lo: sp.Expr, hi: sp.Expr) -> list[sp.Expr]:
    """Zeros of polynomial denominators inside the bounds."""
    out = []
    for base in sorted({p.base for p in f.atoms(sp.Pow) if p.exp.is_negative}, key=sp.default_sort_key):
        if base.is_polynomial(z) and base.has(z):
            out += [r for r in sp.roots(base, z) if r.is_real and compare(lo, r) == -1 and compare(r, hi) == -1]
    return out


def _diverges_at(f: sp.Expr, z: sp.Symbol, c: sp.Expr, lo: sp.Expr, hi: sp.Expr) -> bool:
    weight = z if c.is_infinite else z - c
    for way, inside in ((1, c != hi), (-1, c != lo)):
        try:
            side = -way if c.is_infinite else way
            value = limit_value(weight * f, z, c, "+" if side > 0 else "-") if inside else sp.S.Zero
        except (NoLimit, *EXPECTED):
            continue
        if value.is_infinite or Given().holds(value, "!="):
            return True
    return False


def sharpen(goal: Goal, variable: sp.Symbol, lo: sp.Expr, hi: sp.Expr) -> Counterexample | None:
    """A counterexample near an interval where a cover failed: descend to the least value of rhs - lhs."""
    if _outside(goal) != {variable}:
        return _beside_diagonal(goal, [lo, lo + sp.Rational(1, 10), hi - sp.Rational(1, 10)])
    if lo == hi:
        return _at(goal, {variable: lo})
    width = max(hi - lo, sp.Rational(1, 16))
    lo, hi = lo - width, hi + width
    for _ in range(DESCENT):
        third = (hi - lo) / 3
        points_ = [sp.Rational(int(p * 2**24), 2**24) for p in (lo + third, hi - third)]
        left, right = (_spare(goal, {variable: p}) for p in points_)
        if left is None or right is None:
            return None
        lo, hi = (lo, hi - third) if left < right else (lo + third, hi)
    return _at(goal, {variable: points_[0]}) or _at(goal, {variable: points_[1]})


def _beside_diagonal(goal: Goal, values: list[sp.Expr]) -> Counterexample | None:
    """A counterexample with all variables near one of these values."""
    symbols = sorted(_outside(goal), key=str)
    for value in values:
        for step in (sp.Rational(1, 1000), -sp.Rational(1, 1000)) if value.is_Rational else ():
            found = _at(goal, {s: value + k * step for k, s in enumerate(symbols)})
            if found is not None:
                return found
    return None


def _at(goal: Goal, values: dict[sp.Symbol, sp.Expr]) -> Counterexample | None:
    """The point as a counterexample, where it is one."""
    if not meets(goal.given, values):
        return None
    try:
        left, right = (value_at(side, values, goal.given) for side in (goal.lhs, goal.rhs))
        verdict = separated(left, right, goal.relation)
    except EXPECTED:
        return None
    if verdict is None:
        return None
    lhs, rhs, note = verdict
    return Counterexample(tuple((str(s), v) for s, v in values.items()), lhs, rhs, goal.relation, note)


def descend(goal: Goal) -> Counterexample | None:
    """A counterexample to an inequality by descent of rhs - lhs, one coordinate at a time, from its least points."""
    symbols = sorted(_outside(goal), key=str)
    both = sp.Tuple(goal.lhs, goal.rhs)
    if goal.relation not in ("<", "<=") or both.has(sp.Integral, sp.Limit) or not symbols:
        return None

    start = [v for v in points(goal.given, symbols, [], STARTS) if all(e.is_Rational for e in v.values())]
    known = [(h, v) for v, h in ((v, _spare(goal, v)) for v in start) if h is not None]
    for best, values in sorted(known, key=lambda pair: pair[0])[:MOST_DESCENTS]:
        step, left = sp.S.Half, STEPS
        while left > 0 and best > 0:
            moved = False
            for s, way in product(symbols, (1, -1)):
                trial = {**values, s: values[s] + way * step}
                left -= 1
                h = _spare(goal, trial)
                if h is not None and h < best:
                    best, values, moved = h, trial, True
                    break
            if not moved:
                step = step / 2
        if not best > 0:
            found = _at(goal, values)
            if found is not None:
                return found
    return None


def along_diagonal(goal: Goal) -> Counterexample | None:
    """A counterexample near the diagonal, where the sides of a Lipschitz bound meet: by a scan, then by descent."""
    symbols = sorted(_outside(goal), key=str)
    if goal.relation not in ("<", "<=") or len(symbols) != 2:
        return None
    if goal.difference.xreplace({symbols[0]: symbols[1]}) != 0:
        return None

    def at(t: sp.Rational) -> dict[sp.Symbol, sp.Expr]:
        return {symbols[0]: t, symbols[1]: t + CLOSE}

    known = [(h, t) for t in SCAN for h in [_spare(goal, at(t))] if h is not None]
    if not known:
        return None
    least, t = min(known, key=lambda pair: pair[0])
    step = sp.Rational(1, 8)
    for _ in range(6):
        if least < 0:
            return _at(goal, at(t))
        found = [(h, u) for u in (t - step, t + step) for h in [_spare(goal, at(u))] if h is not None]
        least, t = min([(least, t), *found], key=lambda pair: pair[0])
        step = step / 2
    return None


SCAN = [sp.Rational(k, 4) for k in range(-18, 19)]
CLOSE = sp.Rational(1, 1000)
STARTS, MOST_DESCENTS, STEPS = 24, 3, 48
DESCENT = 24


def _one_sided(goal: Goal) -> list[tuple[sp.Expr, sp.Expr]]:
    """The sides, with a two-sided limit also taken from either side: where it exists it equals both."""
    out = [(goal.lhs, goal.rhs)]
    both = [l for l in goal.lhs.atoms(sp.Limit) | goal.rhs.atoms(sp.Limit) if str(l.args[3]) == "+-"]
    for way in ("+", "-") if both else ():
        swap = {l: sp.Limit(*l.args[:3], way) for l in both}
        out.append((goal.lhs.xreplace(swap), goal.rhs.xreplace(swap)))
    return out


def _outside(goal: Goal) -> set[sp.Symbol]:
    """The symbols that are free in the mathematical sense (the variable of a limit or an integral is bound)."""

    def free(e: sp.Basic) -> set[sp.Symbol]:
        if isinstance(e, sp.Symbol):
            return {e}
        if isinstance(e, sp.Limit):
            return (free(e.args[0]) - {e.args[1]}) | free(e.args[2])
        if isinstance(e, sp.Integral):
            inner = free(e.function) - {l[0] for l in e.limits}
            return inner.union(*[free(b) for l in e.limits for b in l[1:]])
        return set().union(*[free(a) for a in e.args]) if e.args else set()

    return free(goal.lhs) | free(goal.rhs)


def borders(e: sp.Expr) -> list[sp.Expr]:
    """Expressions whose sign the switches of e ask for."""
    out: list[sp.Expr] = []
    for node in sp.preorder_traversal(e):
        if isinstance(node, (sp.Max, sp.Min)):
            out += [a - b for a, b in combinations(node.args, 2)]
        elif isinstance(node, (sp.Abs, sp.sign, sp.Heaviside)):
            out.append(node.args[0])
        elif isinstance(node, (sp.Lt, sp.Le, sp.Gt, sp.Ge, sp.Eq, sp.Ne)):
            out.append(node.lhs - node.rhs)
    return list(dict.fromkeys(out))
