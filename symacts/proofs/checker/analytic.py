"""The checker's rules about functions on intervals: signs on a cover, monotonicity, kinks, limits. Trusted core.

Each rule takes a goal and a node and returns the subgoals that are left; a node that does not hold raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from symacts.codec import decode, encode
from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.domains import demands, obligations, strictly
from symacts.proofs.checker.entail import Condition, Given, Undecided
from symacts.proofs.checker.forms import is_analytic
from symacts.proofs.checker.goals import (
    Goal,
    expression_of,
    no_operators,
    read,
    replaced,
    require_defined,
    require_kept,
    require_outermost,
    resolved,
    variable_of,
)
from symacts.proofs.checker.normal import is_zero
from symacts.rigor import compare, compile_balls, evaluate
from symacts.rigor.tails import replay_sign

__all__ = [
    "Span",
    "ball_sign",
    "convex",
    "derivative_and_point",
    "interior",
    "kink",
    "monotone",
    "require_interval",
    "sign",
    "slope_of",
    "span",
    "without",
]

MAX_CELLS = 5_000
MAX_ORDER = 12
MIN_PREC, MAX_PREC = 32, 4096
TAIL_TERMS = 64
ZERO = encode(sp.S.Zero)
CLOSE = sp.Rational(1, 1000)  # how near to a border its two branches are looked for


def slope_of(e: sp.Expr, variable: sp.Symbol) -> sp.Expr | None:
    """The coefficient of the variable where e is affine in it, else None."""
    if not is_analytic(e):
        return None
    slope = sp.diff(e, variable)
    return None if slope.has(sp.Derivative, sp.Subs) or variable in slope.free_symbols else slope


def without(given: Given, variable: sp.Symbol) -> Given:
    """The hypotheses that do not mention the variable."""
    return Given(c for c in given.conditions if variable not in c[0].free_symbols)


def require_interval(given: Given, variable: sp.Symbol) -> None:
    """Fail unless the hypotheses leave an interval for the variable, whatever the others are."""
    for e, op in given.conditions:
        if variable in e.free_symbols and (op == "!=" or slope_of(e, variable) is None):
            raise UnsupportedExpression(f"{e} {op} 0 does not leave an interval for {variable}")


def interior(given: Given, variable: sp.Symbol) -> Given:
    """The hypotheses with those on the variable made strict, where none of them is free of it for some parameters:
    `a*x >= 0` admits every x for a = 0, and a*x > 0 none."""
    conditions = []
    for e, op in given.conditions:
        if variable in e.free_symbols:
            if op == "=":
                raise UnsupportedExpression(f"{e} = 0 leaves no interval for {variable}")
            slope = slope_of(e, variable)
            if slope is not None and given.holds(slope, "!="):
                op = ">"
        conditions.append((e, op))
    return Given(conditions)


def end_point(given: Given, variable: sp.Symbol, point: sp.Expr, sides: tuple[sp.Expr, ...]) -> list[Condition]:
    """Fail unless the point lies in the closure of the variable's interval and the sides are analytic there.

    Returns the hypotheses as they read at the point (made weak): they hold wherever the given ones do.
    """
    require_interval(given, variable)
    if variable in point.free_symbols or not is_analytic(point):
        raise UnsupportedExpression("the point depends on the variable")
    at = {variable: point}
    weak: list[Condition] = []
    for e, _ in given.conditions:
        if variable in e.free_symbols:
            moved = e.xreplace(at)
            if not given.holds(moved, ">="):
                raise UnsupportedExpression(f"the point is not shown to lie in the interval: {moved} >= 0")
            weak.append((moved, ">="))
    kept = Given((*without(given, variable).conditions, *weak))
    require_kept(kept, [(e.xreplace(at), op) for side in (*sides, point) for e, op in obligations(side)])
    return weak


def _at_point(goal: Goal, variable: sp.Symbol, point: sp.Expr) -> Goal:
    """The goal at a point of the closure of an interval inside which both sides are analytic."""
    lhs, rhs = resolved(goal)
    no_operators(lhs, rhs)
    require_defined(goal)
    if not (is_analytic(lhs) and is_analytic(rhs)):
        raise UnsupportedExpression("the sides are not analytic on the interval")
    weak, at = end_point(goal.given, variable, point, (lhs, rhs)), {variable: point}
    outer = Given((*without(goal.given, variable).conditions, *weak))
    return Goal(outer, lhs.xreplace(at), goal.relation, rhs.xreplace(at))


def derivative_and_point(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Equal derivatives on an interval and equal values at one of its points."""
    variable, point = variable_of(node), expression_of(node, "point")
    if goal.relation != "=":
        raise UnsupportedExpression("an equation is needed")
    there, (lhs, rhs) = _at_point(goal, variable, point), resolved(goal)
    return [Goal(interior(goal.given, variable), sp.diff(lhs, variable), "=", sp.diff(rhs, variable)), there]


def monotone(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """rhs - lhs grows in a variable away from a bound of its interval: show the sign of the slope, and at the bound."""
    variable, bound, side = variable_of(node), expression_of(node, "from"), node["side"]
    if side not in (1, -1) or goal.relation not in ("<", "<="):
        raise UnsupportedExpression("side is 1 or -1; the relation is an inequality")
    there, (lhs, rhs) = _at_point(goal, variable, bound), resolved(goal)
    away = side * (variable - bound)
    if not goal.given.holds(away, ">="):
        raise UnsupportedExpression(f"{bound} is not shown to bound {variable}")
    isolated = node.get("strict") == "isolated"
    slope_strict = goal.relation == "<" and (isolated or node.get("strict") == "slope")
    if slope_strict and not goal.given.holds(away, ">"):
        raise UnsupportedExpression(f"{variable} may equal its bound")
    slope = side * sp.diff(rhs - lhs, variable)
    if isolated:  # analytic in this variable alone and nonzero at a point: strictly monotone
        alone = Given(c for c in goal.given.conditions if c[0].free_symbols == {variable})
        if slope.free_symbols != {variable}:
            raise UnsupportedExpression("an analytic slope in one variable is needed")
        require_kept(alone, [strictly(c) for c in obligations(slope)])
        require_isolated_zeros(alone, slope, {variable: read(node["at"])})
    inner = Goal(interior(goal.given, variable), sp.S.Zero, "<" if slope_strict and not isolated else "<=", slope)
    return [inner, replace(there, relation="<=") if slope_strict else there]


def convex(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """`rhs - lhs = w_1*f(x_1) + ... + w_k*f(x_k) - f(w_1*x_1 + ... + w_k*x_k) + rest` has a sign where f'' >= 0.

    The weights are not negative and sum to 1; the points keep to an interval on which f is analytic inside; the rest
    is not negative, and positive for a strict inequality.
    """
    f, t = read(node["f"]), read(node["variable"])
    parts, rest = [(read(w), read(p)) for w, p in node["parts"]], read(node.get("rest", ZERO))
    inside = [(read(e), op) for e, op in node["given"]]
    lhs, rhs = resolved(goal)
    require_defined(goal)
    used = {
        s for e in (lhs, rhs, *(p for _, p in parts), *(e for e, _ in goal.given.conditions)) for s in e.free_symbols
    }
    if goal.relation not in ("<", "<=") or not isinstance(t, sp.Symbol) or t in used | rest.free_symbols or not parts:
        raise UnsupportedExpression("an inequality and a new name for the argument are needed")
    names = set().union(*(p.free_symbols for _, p in parts))
    kept = [c for c in goal.given.conditions if not c[0].free_symbols & names]
    whole, interior_ = Given((*kept, *inside)), Given((*kept, *((e, ">") for e, _ in inside)))
    for e, op in inside:
        if op not in (">", ">=") or e.free_symbols != {t} or slope_of(e, t) is None:
            raise UnsupportedExpression(f"{e} {op} 0 does not leave an interval")
        if not all(goal.given.holds(e.xreplace({t: p}), op) for _, p in parts):
            raise UnsupportedExpression(f"not seen to hold at each point: {e} {op} 0")
    require_kept(goal.given, [c for part in (*parts, (rest,)) for e in part for c in obligations(e)])
    if not goal.given.holds(rest, ">" if goal.relation == "<" else ">="):
        raise UnsupportedExpression(f"the rest does not have the sign that is needed: {rest}")
    if not all(is_analytic(e) for e in (f, *(e for part in parts for e in part))) or f.free_symbols & names:
        raise UnsupportedExpression("the function and the points are analytic")
    require_defined(Goal(whole, sp.S.Zero, "<=", f))
    require_defined(Goal(interior_, sp.S.Zero, "<=", sp.diff(f, t, 2)))
    require_kept(interior_, [strictly(c) for c in obligations(f)])
    weights, mean = sp.Add(*(w for w, _ in parts)), sp.Add(*(w * p for w, p in parts))
    if not all(goal.given.holds(w, ">=") for w, _ in parts) or not is_zero(weights - 1):
        raise UnsupportedExpression("the weights are not negative and sum to 1")
    chord = sp.Add(*(w * f.xreplace({t: p}) for w, p in parts)) - f.xreplace({t: mean})
    if not is_zero(rhs - lhs - chord - rest):
        raise UnsupportedExpression("the difference is not that of a chord and the function")
    return [Goal(interior_, sp.S.Zero, "<=", sp.diff(f, t, 2))]


# -- signs on a cover ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Span:
    """An interval of one variable; ends are exact reals or infinities."""

    lo: sp.Expr
    hi: sp.Expr
    lo_open: bool
    hi_open: bool


def span(given: Given, variable: sp.Symbol) -> Span:
    """An interval that contains every value of the variable (hypotheses about other symbols are not used)."""
    lo, hi, lo_open, hi_open = -sp.oo, sp.oo, True, True
    for e, op in given.conditions:
        slope = slope_of(e, variable) if e.free_symbols == {variable} else None
        if slope is None or not slope.is_number or op == "!=":
            continue
        way = Given().sign(slope)
        end = sp.expand(variable - e / slope)
        if len(way) != 1 or variable in end.free_symbols:
            continue
        strict = op == ">"
        if op == "=" or way == {1}:
            lo, lo_open = _tighter(lo, lo_open, end, strict, 1)
        if op == "=" or way == {-1}:
            hi, hi_open = _tighter(hi, hi_open, end, strict, -1)
    return Span(lo, hi, lo_open, hi_open)


def _tighter(old: sp.Expr, old_open: bool, new: sp.Expr, is_open: bool, side: int) -> tuple[sp.Expr, bool]:
    order = compare(new, old)
    if order is None:
        return old, old_open
    if order == 0:
        return old, old_open or is_open
    return (new, is_open) if order == side else (old, old_open)


def ball_sign(g: sp.Expr, variable: sp.Symbol, lo: sp.Expr, hi: sp.Expr, order: int, prec: int) -> int | None:
    """The sign of g on [lo, hi] by its Taylor polynomial at the middle and the last coefficient over the interval."""
    f = compile_balls(g, variable)
    if order == 0:
        pair = f.on(lo, hi, prec)
        if pair is None:
            return None
        low, high = pair
        return 1 if low > 0 else (-1 if high < 0 else None)
    middle, radius = evaluate((lo + hi) / 2, prec), evaluate((hi - lo) / 2, prec)
    cell = evaluate(lo, prec).union(evaluate(hi, prec))
    head = f.jet(middle, order - 1, prec)
    last = f.jet(cell, order, prec)[order]
    spread = abs(last) * radius**order
    for k in range(1, order):
        spread = spread + abs(head[k]) * radius**k
    if head[0] - spread > 0:
        return 1
    return -1 if head[0] + spread < 0 else None


def _cell(g: sp.Expr, variable: sp.Symbol, cell: Mapping[str, Any], strict: bool) -> Span:
    """The interval on which the cell shows g > 0 (or g >= 0 at a point, where that is enough)."""
    kind = cell["kind"]
    if kind == "point":
        at = _number(cell["at"])
        value = g.xreplace({variable: at})
        require_kept(Given(), obligations(value))
        if not (Given().holds(value, ">") or (not strict and is_zero(value))):
            raise UnsupportedExpression(f"the value at {at} does not have the sign claimed")
        return Span(at, at, False, False)
    prec = cell["prec"]
    if not isinstance(prec, int) or not MIN_PREC <= prec <= MAX_PREC:
        raise UnsupportedExpression(f"precision {prec!r} is not between {MIN_PREC} and {MAX_PREC} bits")
    if kind == "ball":
        lo, hi, order = _number(cell["lo"]), _number(cell["hi"]), cell["order"]
        if not isinstance(order, int) or not 0 <= order <= MAX_ORDER or not lo < hi:
            raise UnsupportedExpression("a ball cell has lo < hi and a small order")
        if ball_sign(g, variable, lo, hi, order, prec) != 1:
            raise UnsupportedExpression(f"not shown to be positive on [{lo}, {hi}]")
        return Span(lo, hi, False, False)
    if kind == "tail":
        side, big, terms = cell["side"], _number(cell["M"]), cell["terms"]
        at = None if cell.get("at") is None else _number(cell["at"])
        if side not in (1, -1) or not big > 0 or not isinstance(terms, int) or not 0 < terms <= TAIL_TERMS:
            raise UnsupportedExpression("a tail has a side, a start and a number of terms")
        if replay_sign(g, variable, side, big, prec, terms, at=at) != 1:
            raise UnsupportedExpression(f"the tail is not shown to be positive from {big} on")
        if at is None:
            return Span(big, sp.oo, False, True) if side > 0 else Span(-sp.oo, -big, True, False)
        end = at + side / big
        return Span(at, end, True, False) if side > 0 else Span(end, at, False, True)
    raise UnsupportedExpression(f"unknown kind of cell {kind!r}")


def _number(data: Any) -> sp.Expr:
    value = decode(data)
    if not isinstance(value, sp.Expr) or value.free_symbols or value.is_infinite or value.is_real is False:
        raise UnsupportedExpression("not an exact real number")
    return value


def sign(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """The sign of rhs - lhs, a function of one variable, on a cover by balls, jets at exact zeros, and tails."""
    variable, cells = read(node["variable"]), node["cells"]
    if goal.relation not in ("<", "<=") or not isinstance(cells, (list, tuple)) or len(cells) > MAX_CELLS:
        raise UnsupportedExpression("an inequality and a list of cells are needed")
    lhs, rhs = resolved(goal)
    require_defined(goal)
    g = rhs - lhs
    if not isinstance(variable, sp.Symbol) or not g.free_symbols <= {variable}:
        raise UnsupportedExpression(f"{g} is no function of {variable} alone")
    if g.has(sp.Integral, sp.Limit, sp.Derivative):
        raise UnsupportedExpression("derivatives, limits and integrals come first")
    covered = [_cell(g, variable, cell, goal.relation == "<") for cell in cells]
    whole = span(goal.given, variable)
    left_out = [e for e, op in goal.given.conditions if op == "!=" and e.free_symbols == {variable}]
    require_cover(whole, covered, variable, left_out)
    return []


def require_cover(whole: Span, parts: list[Span], variable: sp.Symbol, left_out: list[sp.Expr]) -> None:
    """Fail unless the parts cover the interval, except for points at which a hypothesis `e != 0` fails."""
    at, reached = whole.lo, whole.lo_open  # everything up to `at` is covered; `at` itself if `reached`
    remaining = list(parts)
    while True:
        order = compare(at, whole.hi)
        if order == 1 or (order == 0 and (reached or whole.hi_open)):
            return
        if not reached and any(
            e.xreplace({variable: at}) == 0 or is_zero(e.xreplace({variable: at})) for e in left_out
        ):
            reached = True
            continue
        for part in remaining:
            start = compare(part.lo, at)
            if start is None or start == 1 or (start == 0 and part.lo_open and not reached):
                continue
            end = compare(part.hi, at)
            if end == 1:
                at, reached = part.hi, not part.hi_open
            elif end == 0 and not reached and not part.hi_open:
                reached = True
            else:
                continue
            remaining.remove(part)
            break
        else:
            raise UnsupportedExpression(f"the cells do not cover the interval: there is a gap at {at}")


_QUOTIENTS = {
    sp.tan: lambda u: sp.sin(u) / sp.cos(u),
    sp.cot: lambda u: sp.cos(u) / sp.sin(u),
    sp.sec: lambda u: 1 / sp.cos(u),
    sp.csc: lambda u: 1 / sp.sin(u),
}
"""Functions with poles as quotients of functions without."""


def require_isolated_zeros(given: Given, of: sp.Expr, at: Any) -> None:
    """Fail unless an expression, or a numerator of it, is analytic on a convex set of points and nonzero at one."""
    e = given.resolve(of)
    for function, quotient in _QUOTIENTS.items():
        e = e.replace(function, quotient)
    top, bottom = sp.fraction(sp.together(e))  # where e = top/bottom vanishes, top does
    if top == e or not is_zero(e - top / bottom):
        top = given.resolve(of)
    e = top
    if not is_analytic(e):
        raise UnsupportedExpression("not analytic")
    require_kept(given, [strictly(c) for c in demands(given, e)])
    for condition, op in given.conditions:
        free = sorted(condition.free_symbols, key=str)
        linear = condition.is_polynomial(*free) and sp.Poly(condition, *free).total_degree() <= 1
        if op in ("=", "!=") or not linear:
            raise UnsupportedExpression("the hypotheses are not seen to be convex")
    values = dict(at)
    if not all(isinstance(s, sp.Symbol) and isinstance(v, sp.Rational) for s, v in values.items()):
        raise UnsupportedExpression("a rational point is needed")
    nothing = Given()
    if not all(nothing.holds(c.xreplace(values), op) for c, op in given.conditions):
        raise UnsupportedExpression("the point does not meet the hypotheses")
    if not nothing.holds(e.xreplace(values), "!="):
        raise UnsupportedExpression("the denominator is not shown to be nonzero at the point")


# -- kinks ---------------------------------------------------------------------------------------------------------
def kink(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Where branches meet: a derivative that does not exist makes no claim; one that exists is that of each branch."""
    found = goal.lhs.atoms(sp.Derivative) | goal.rhs.atoms(sp.Derivative)
    swaps = {}
    for d in sorted(found, key=sp.default_sort_key):
        try:
            goal.given.derivative(d)
        except Undecided:
            close = read(node["close"]) if "close" in node else CLOSE
            value = _at_border(goal.given, d, node["index"], close)
            if value is None:
                require_outermost(goal, d)
                return []
            swaps[d] = value
    if not swaps:
        raise UnsupportedExpression("every derivative has its branch")
    require_outermost(goal, *swaps)
    return [replaced(goal, swaps)]


def _at_border(given: Given, d: sp.Derivative, index: int, close: sp.Expr) -> sp.Expr | None:
    """The derivative at a point where two branches meet; None where it is proved not to exist.

    The branches are those that hold nearer than `close`, which is positive and free of the variable.
    """
    border, op = given.conditions[index]
    if len(d.variable_count) != 1 or op != "=" or not is_analytic(border):
        raise UnsupportedExpression("a border and one variable of differentiation are needed")
    variable, order = d.variable_count[0]
    slope, at = slope_of(border, variable), {}
    if slope is None:  # a border that bends: its value is the coordinate near the point
        slope = sp.diff(border, variable)
        require_kept(given, [strictly(c) for e in (border, slope) for c in obligations(e)])
    else:
        at = {variable: sp.expand(variable - border / slope)}
    if not is_analytic(slope) or not given.holds(slope, "!="):
        raise UnsupportedExpression(f"the border does not cross {variable}")
    if variable in close.free_symbols or obligations(close) or not given.near([variable]).holds(close, ">"):
        raise UnsupportedExpression(f"not seen to be a positive distance: {close}")
    near = given.near([variable])
    sides = [near.and_((way * border, ">"), (close - way * border, ">")) for way in (1, -1)]
    above, below = (side.resolve(d.expr) for side in sides)
    for side in (*sides, given):
        require_kept(side, demands(side, d.expr))
    here = given.resolve(d.expr).xreplace(at)
    for branch in (above, below):
        if branch.has(sp.Derivative, sp.Integral, sp.Limit) or not is_analytic(branch):
            raise UnsupportedExpression("a branch is not analytic")
        require_kept(given, [strictly((c.xreplace(at), o)) for c, o in obligations(branch)])
    jumps = [here - above.xreplace(at), here - below.xreplace(at)]
    f, g = above, below
    for _ in range(int(order)):
        f, g = sp.diff(f, variable), sp.diff(g, variable)
        require_kept(given, obligations(f.xreplace(at)))
        jumps.append((f - g).xreplace(at))
    for jump in jumps:
        if jump == 0 or is_zero(jump) or given.holds(jump, "="):
            continue
        if given.holds(jump, "!="):
            return None
        raise Undecided(jump)
    return sp.sympify(f.xreplace(at))
