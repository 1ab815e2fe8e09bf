"""The checker's rule for limits: a table of laws, each applied where a certificate says so. Trusted core.

A function of one variable alone tends to what its expansion says. Where parameters occur, a certificate says how:
`{"law": "sum", "of": [...], "steps": [...]}`, a product in the same way, a continuous function of what tends to
something, Taylor coefficients of a quotient, or another variable in which the law is simpler.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.analytic import without
from symacts.proofs.checker.domains import demands, follows, obligations, strictly
from symacts.proofs.checker.entail import Condition, Given, Undecided
from symacts.proofs.checker.forms import is_analytic
from symacts.proofs.checker.goals import Goal, read, replaced, require_kept, require_outermost
from symacts.proofs.checker.normal import is_zero
from symacts.rigor.tails import limit as tail_limit
from symacts.rigor.tails import tail_sign

__all__ = ["How", "Near", "branch", "drawn", "is_bounded", "limit", "limit_by", "nearby", "require_absent"]

MAX_ORDER = 12
How = Mapping[str, Any] | None  # the law by which a limit is shown; None for an expansion


def limit(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Replace a limit by its value, which an expansion or the laws of a node show on each side of the point."""
    of, value = read(node["of"]), read(node["value"])
    if not isinstance(of, sp.Limit) or of not in goal.lhs.atoms(sp.Limit) | goal.rhs.atoms(sp.Limit):
        raise UnsupportedExpression("no such limit in the goal")
    require_outermost(goal, of)
    e, variable, point, direction = of.args
    outer = without(goal.given, variable)
    require_kept(outer, [o for end in (point, value) if end.is_finite is not False for o in obligations(end)])
    shown = [(_apart(read(u)), how) for u, how in node.get("near", ())]
    ways = {"+": (1,), "-": (-1,), "+-": (1, -1)}[str(direction)]
    for way in ways:
        near = nearby(outer, variable, point, way, read(node["within"]))
        place = Near(outer, variable, point, way, shown)
        if way == node.get("absent") and len(ways) == 2:
            require_absent(place, near, e)
            continue
        for where, u, op in node.get("eventually", ()):
            if where == way:
                if op != ">":
                    raise UnsupportedExpression("a sign near the point is stated as e > 0")
                for condition in (*demands(near, read(u)), (read(u), op)):
                    if not follows(near, condition):
                        place.require(condition)
                near = near.and_((read(u), op))
        local = branch(near, e)
        if not _is_analytic(local):
            raise UnsupportedExpression("the expression is not analytic near the point")
        place = replace(place, near=near)
        for condition in demands(near, e):
            place.require(condition)
        found = limit_by(place, local, node.get("how"))
        if found != value and (found.is_infinite or value.is_infinite or not is_zero(found - value)):
            raise UnsupportedExpression(f"the limit is {found}, not {value}")
    if value.is_infinite:
        if {goal.lhs, goal.rhs} != {of, value} or goal.relation != "=":
            raise UnsupportedExpression("an infinite limit stands alone")
        return []
    return [replaced(goal, {of: value})]


def branch(near: Given, e: sp.Expr) -> sp.Expr:
    """The branch near the point; where whole parts stay open, `floor(u)` is `u - frac(u)`, less what is bounded."""
    try:
        return near.resolve(e)
    except Undecided as undecided:
        if not isinstance(undecided.expression, (sp.floor, sp.ceiling)):
            raise
    return _apart(near.partial(e))


def _apart(e: sp.Expr) -> sp.Expr:
    return sp.sympify(e.replace(sp.floor, lambda u: u - sp.frac(u)).replace(sp.ceiling, lambda u: u + sp.frac(-u)))


def _is_analytic(e: sp.Expr) -> bool:
    """Whether all but the bounded parts of whole parts is analytic."""
    return is_analytic(e.xreplace({part: sp.Dummy(real=True) for part in e.atoms(sp.frac)}))


@dataclass(frozen=True, slots=True)
class Near:
    """Where a limit is taken: the variable, its point, the side; `outer` holds there, and `near` close to the point;
    `shown` is how further signs are seen."""

    outer: Given
    variable: sp.Symbol
    point: sp.Expr
    way: int
    shown: Sequence[tuple[sp.Expr, How]] = ()
    near: Given | None = None

    def moved(self, point: sp.Expr, way: int = 1) -> Near:
        """The place in another variable."""
        return Near(self.outer, self.variable, point, way)

    def require(self, condition: Condition) -> None:
        """Fail unless a condition holds near the point: by the sign of an expansion, or of a limit that is shown."""
        e, op = condition
        x, point = self.variable, self.point
        side, at = (self.way, point) if point.is_finite else (1 if point is sp.oo else -1, None)
        if follows(self.near or self.outer, condition):
            return
        if e.free_symbols <= {x} and not point.free_symbols and not e.has(sp.frac):
            found = getattr(tail_sign(e, x, side, at=at), "sign", None)
            if isinstance(found, int) and found in {">": (1,), ">=": (0, 1), "!=": (1, -1)}[op]:
                return
        for how in (h for u, h in self.shown if u == e):
            with suppress(UnsupportedExpression):
                value = limit_by(self, e, how)
                if value is sp.oo or (not value.is_infinite and self.outer.holds(value, "!=" if op == "!=" else ">")):
                    return
        raise UnsupportedExpression(f"not shown to be defined near the point: {e} {op} 0")


def require_absent(place: Near, near: Given, e: sp.Expr) -> None:
    """Fail unless e has no value near the point on that side: there the limit says nothing (Rudin 1976, 4.1)."""
    for u, op in demands(near, e):
        with suppress(UnsupportedExpression):
            if op in (">", ">="):
                if not near.holds(-u, ">"):
                    place.require((-u, ">"))
                return
    raise UnsupportedExpression("the expression may have values on that side")


def nearby(outer: Given, x: sp.Symbol, point: sp.Expr, way: int, within: sp.Expr) -> Given:
    """The hypotheses with x near the point: beyond `within` at infinity, closer than `within` on one side."""
    if not (within.is_Rational and within > 0):
        raise UnsupportedExpression("within: a positive rational")
    if point is sp.oo:
        return outer.and_((x - within, ">"))
    if point is sp.S.NegativeInfinity:
        return outer.and_((-x - within, ">"))
    away = way * (x - point)
    return outer.and_((away, ">"), (within - away, ">"))


def limit_by(place: Near, f: sp.Expr, how: How = None) -> sp.Expr:
    """What f, which has values near the point, tends to there by a law: a number or an infinity."""
    if place.variable not in f.free_symbols:
        return f
    if how is not None:
        return _LAWS[how["law"]](place, f, how)
    found = None
    if f.free_symbols == {place.variable} and not place.point.free_symbols and not f.has(sp.frac):
        found = tail_limit(f, place.variable, place.point, place.way)
    if not isinstance(found, sp.Expr) or not (found.is_finite or found.is_infinite):
        raise UnsupportedExpression(f"the limit of {f} is not established")
    return found


def _operands(place: Near, f: sp.Expr, how: Mapping[str, Any], kind: Any) -> list[sp.Expr]:
    """The terms or factors that a law names; they make up f and have values near the point."""
    operands = [_apart(read(g)) for g in how["of"]]
    whole = kind(*operands)
    if whole != f and not is_zero(whole - f):
        raise UnsupportedExpression(f"{whole} is not {f}")
    known = set(obligations(f))
    for condition in dict.fromkeys(c for g in operands for c in obligations(g)):
        if condition not in known:
            place.require(condition)
    if not all(_is_analytic(g) for g in operands):
        raise UnsupportedExpression("a part is not analytic near the point")
    return operands


def _sum(place: Near, f: sp.Expr, how: Mapping[str, Any]) -> sp.Expr:
    """Limits add, infinite ones of one sign too, whatever bounded terms stand beside these."""
    pairs = list(zip(_operands(place, f, how, sp.Add), how["steps"], strict=True))
    values = [limit_by(place, g, step) for g, step in pairs if step != "bounded"]
    if len(values) < len(pairs):
        bounded = all(is_bounded(g) for g, step in pairs if step == "bounded")
        if not bounded or not any(v.is_infinite for v in values):
            raise UnsupportedExpression("what is bounded is left out beside what is infinite")
    infinite = {v for v in values if v.is_infinite}
    if len(infinite) > 1:
        raise UnsupportedExpression("infinite limits of both signs")
    return next(iter(infinite)) if infinite else sp.Add(*values)


def _product(place: Near, f: sp.Expr, how: Mapping[str, Any]) -> sp.Expr:
    """Limits multiply; 0 with what is bounded gives 0, an infinity with numbers of known sign an infinity."""
    values = []
    for g, step in zip(_operands(place, f, how, sp.Mul), how["steps"], strict=True):
        if step == "bounded" and not is_bounded(g):
            raise UnsupportedExpression(f"not seen to be bounded: {g}")
        values.append(None if step == "bounded" else limit_by(place, g, step))
    known = [v for v in values if v is not None]
    if len(known) < len(values) and not (0 in known and all(v.is_finite is not False for v in known)):
        raise UnsupportedExpression("a bounded factor has no limit of its own")
    if not any(v.is_infinite for v in known):
        return sp.Mul(*known) if len(known) == len(values) else sp.S.Zero
    total: sp.Expr = sp.oo
    for v in known:
        signs = place.outer.sign(v) if not v.is_infinite else {1 if v is sp.oo else -1}
        if signs not in ({1}, {-1}):
            raise UnsupportedExpression(f"the sign of the factor {v} is not seen")
        total = total * next(iter(signs))
    return total


def _exponential(place: Near, f: sp.Expr, how: Mapping[str, Any]) -> sp.Expr:
    """A multiple of the exponential of what tends to a number or to an infinity."""
    factor = sp.Integer(how["sign"])
    (u,) = _operands(place, f, how, lambda u: factor * sp.exp(u))
    return sp.sympify(factor * sp.exp(limit_by(place, u, how["step"])))


def _function(place: Near, f: sp.Expr, how: Mapping[str, Any]) -> sp.Expr:
    """A continuous function or a rational power of what has a limit; some have limits at the infinities."""
    is_power = f.is_Pow and f.base is not sp.E
    if not (isinstance(f, (*_CONTINUOUS, sp.log)) or (is_power and f.exp.is_Rational)):
        raise UnsupportedExpression(f"no law for {f}")
    value = limit_by(place, f.args[0], how["step"])
    if value.is_infinite:
        is_known = is_power and (value is sp.oo or f.exp.is_Integer)
        if not (is_known or isinstance(f, _AT_INFINITY) or (isinstance(f, sp.log) and value is sp.oo)):
            raise UnsupportedExpression(f"no limit of {f.func} at infinity")
    elif is_power and f.exp < 0 and not place.outer.holds(value, "!="):
        raise UnsupportedExpression(f"{value} may be 0")
    elif (isinstance(f, sp.log) or (is_power and not f.exp.is_Integer)) and not place.outer.holds(value, ">"):
        raise UnsupportedExpression(f"{value} may not be positive")
    return sp.sympify(f.func(value, *f.args[1:]))


def _taylor(place: Near, f: sp.Expr, how: Mapping[str, Any]) -> sp.Expr:
    """At a finite point by the first Taylor coefficients of numerator and denominator that do not vanish."""
    if place.point.is_infinite:
        raise UnsupportedExpression("no Taylor coefficients at infinity")
    outer, x, at = place.outer, place.variable, {place.variable: place.point}
    numerator, denominator = sp.fraction(sp.together(f))
    for _ in range(MAX_ORDER):
        for part in (numerator, denominator):
            needs = [strictly((e.xreplace(at), op)) for e, op in obligations(part)]
            if not is_analytic(part) or not all(outer.holds(*c) for c in needs):
                raise UnsupportedExpression("not analytic at the point")
        top, bottom = (outer.partial(part.xreplace(at)) for part in (numerator, denominator))
        if outer.holds(bottom, "!="):
            return top / bottom
        if not (is_zero(top) and is_zero(bottom)):
            raise UnsupportedExpression("no quotient of Taylor coefficients")
        numerator, denominator = sp.diff(numerator, x), sp.diff(denominator, x)
    raise UnsupportedExpression("too many vanishing Taylor coefficients")


def _scale(place: Near, f: sp.Expr, how: Mapping[str, Any]) -> sp.Expr:
    """In x = t/b, b a number of known sign, at infinity."""
    x, b = place.variable, read(how["by"])
    ways = place.outer.sign(b)
    require_kept(place.outer, obligations(b))
    if x in b.free_symbols or not place.point.is_infinite or ways not in ({1}, {-1}):
        raise UnsupportedExpression(f"{b} is no scale of {x}")
    return limit_by(place.moved(next(iter(ways)) * place.point), f.xreplace({x: x / b}), how["step"])


def _turn(place: Near, f: sp.Expr, how: Mapping[str, Any]) -> sp.Expr:
    """In x = 1/t, or -1/t at -oo, for t > 0; at 0 in x = 1/t."""
    x, point = place.variable, place.point
    if point == 0:
        return limit_by(place.moved(place.way * sp.oo), f.xreplace({x: 1 / x}), how["step"])
    if not point.is_infinite:
        raise UnsupportedExpression("1/x is taken at 0 and at infinity")
    turned = drawn(f.xreplace({x: 1 / x if point is sp.oo else -1 / x}), x)
    return limit_by(place.moved(sp.S.Zero), turned, how["step"])


def _shift(place: Near, f: sp.Expr, how: Mapping[str, Any]) -> sp.Expr:
    """In x = t + p at a finite point p."""
    x, point = place.variable, place.point
    if point.is_infinite or x in point.free_symbols:
        raise UnsupportedExpression("no finite point")
    return limit_by(place.moved(sp.S.Zero, place.way), f.xreplace({x: x + point}), how["step"])


_LAWS: dict[str, Callable[[Near, sp.Expr, Mapping[str, Any]], sp.Expr]] = {
    "sum": _sum,
    "product": _product,
    "exponential": _exponential,
    "function": _function,
    "taylor": _taylor,
    "scale": _scale,
    "turn": _turn,
    "shift": _shift,
}
_AT_INFINITY = (sp.exp, sp.tanh, sp.erf, sp.erfc, sp.atan)
"""Functions with limits at both infinities, which SymPy evaluates there."""
_BOUNDED = (sp.tanh, sp.erf, sp.erfc, sp.atan, sp.sin, sp.cos, sp.sech, sp.sign, sp.frac)
_CONTINUOUS = (sp.exp, sp.tanh, sp.erf, sp.erfc, sp.sin, sp.cos, sp.sinh, sp.cosh, sp.atan, sp.asinh, sp.sech)


def is_bounded(e: sp.Expr) -> bool:
    """Whether e is a bounded function, a power of one, or a multiple of that."""
    e = e.as_coeff_Mul()[1]
    return isinstance(e.base if e.is_Pow and e.exp.is_Integer and e.exp > 0 else e, _BOUNDED)


def drawn(f: sp.Expr, x: sp.Symbol) -> sp.Expr:
    """f for x > 0 with the leading power of x drawn out of roots of sums."""

    def led(p: sp.Expr) -> sp.Expr:
        terms = sp.Add.make_args(sp.expand(p.base))
        powers = [t.as_independent(x, as_Add=False)[1].as_base_exp() for t in terms if x in t.free_symbols]
        if any(base != x or not k.is_Rational for base, k in powers):
            return p
        least = min([k for _, k in powers] + [sp.S.Zero] * (len(powers) < len(terms)))
        return x ** (least * p.exp) * sp.Add(*(t / x**least for t in terms)) ** p.exp

    return f.replace(lambda p: p.is_Pow and p.exp.is_Rational and not p.exp.is_Integer, led)
