"""The checker's rule for limits: by continuity, scaling, Taylor coefficients, expansions, laws. Trusted core."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.analytic import without
from symacts.proofs.checker.domains import demands, follows, obligations, strictly
from symacts.proofs.checker.entail import Condition, Given
from symacts.proofs.checker.forms import is_analytic
from symacts.proofs.checker.goals import Goal, read, replaced, require_kept, require_outermost
from symacts.proofs.checker.normal import is_zero
from symacts.rigor.tails import limit as tail_limit
from symacts.rigor.tails import tail_sign

__all__ = ["by_laws", "diverges", "limit", "nearby", "require_absent", "require_limit", "scale_of", "scaled"]

MAX_ORDER = 12
MAX_DEPTH = 6


def limit(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Replace a limit by its value; parameters enter as factors of the parts, each of which has a limit shown here."""
    of, value = read(node["of"]), read(node["value"])
    if not isinstance(of, sp.Limit) or of not in goal.lhs.atoms(sp.Limit) | goal.rhs.atoms(sp.Limit):
        raise UnsupportedExpression("no such limit in the goal")
    total: sp.Expr = sp.S.Zero
    require_outermost(goal, of)
    e, variable, point, direction = of.args
    outer = without(goal.given, variable)
    require_kept(outer, [o for end in (point, value) if end.is_finite is not False for o in obligations(end)])
    parts = [(read(c), read(f), read(v)) for c, f, v in node["parts"]]
    ways = {"+": (1,), "-": (-1,), "+-": (1, -1)}[str(direction)]
    for way in ways:
        near = nearby(outer, variable, point, way, read(node["within"]))
        if way == node.get("absent") and len(ways) == 2:
            require_absent(outer, near, e, variable, point, way)
            continue
        for where, u, op in node.get("eventually", ()):
            if where == way:
                if op != ">":
                    raise UnsupportedExpression("a sign near the point is stated as e > 0")
                for condition in (*demands(near, read(u)), (read(u), op)):
                    if not follows(near, condition):
                        _require_near(outer, condition, variable, point, way)
                near = near.and_((read(u), op))
        local = near.resolve(e)
        if local.has(sp.Derivative, sp.Limit, sp.Integral) or not is_analytic(local):
            raise UnsupportedExpression("the expression is not analytic near the point")
        total, rest = sp.S.Zero, local
        for c, f, v in parts:
            if variable in c.free_symbols | v.free_symbols:
                raise UnsupportedExpression("a factor depends on the variable")
            require_kept(outer, [o for part in (c, v) if part.is_finite is not False for o in obligations(part)])
            require_limit(outer, near.resolve(f), variable, point, way, v)
            total, rest = total + c * v, rest - c * near.resolve(f)
        for condition in dict.fromkeys(d for part in (e, *(f for _, f, _ in parts)) for d in demands(near, part)):
            if not follows(near, condition):
                _require_near(outer, condition, variable, point, way)
        if rest != 0 and not is_zero(rest):
            raise UnsupportedExpression("the parts do not add up to the expression")
        if total.has(sp.nan, sp.zoo):
            raise UnsupportedExpression("the limits of the parts do not add up")
        if total != value and not (
            value.is_finite is not False and total.is_finite is not False and is_zero(total - value)
        ):
            raise UnsupportedExpression(f"the limit is {total}, not {value}")
    if value.is_infinite:
        if {goal.lhs, goal.rhs} != {of, value} or goal.relation != "=":
            raise UnsupportedExpression("an infinite limit stands alone")
        return []
    return [replaced(goal, {of: value})]


def _require_near(outer: Given, condition: Condition, x: sp.Symbol, point: sp.Expr, way: int) -> None:
    """A definedness condition near the point, by the sign of its expansion or of its limit there."""
    e, op = condition
    side, at = (way, point) if point.is_finite else (1 if point is sp.oo else -1, None)
    if e.free_symbols <= {x}:
        found = getattr(tail_sign(e, x, side, at=at), "sign", None)
        if isinstance(found, int) and found in {">": (1,), ">=": (0, 1), "!=": (1, -1)}[op]:
            return
    else:
        value = by_laws(outer, e, x, point, way)
        if value is not None and outer.holds(value, "!=" if op == "!=" else ">"):
            return
        if value is None and diverges(outer, e, x, point, way) is sp.oo:
            return
    raise UnsupportedExpression(f"not shown to be defined near the point: {e} {op} 0")


def require_absent(outer: Given, near: Given, e: sp.Expr, x: sp.Symbol, point: sp.Expr, way: int) -> None:
    """Fail unless e has no value near the point on that side: there the limit says nothing (Rudin 1976, 4.1)."""
    for u, op in demands(near, e):
        with suppress(UnsupportedExpression):
            if op in (">", ">="):
                if not near.holds(-u, ">"):
                    _require_near(outer, (-u, ">"), x, point, way)
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


def require_limit(outer: Given, f: sp.Expr, x: sp.Symbol, point: sp.Expr, way: int, value: sp.Expr) -> None:
    """Fail unless f tends to the value."""
    found = diverges(outer, f, x, point, way) if value.is_infinite else by_laws(outer, f, x, point, way)
    if found is None or not (found == value or (value.is_finite is not False and is_zero(found - value))):
        raise UnsupportedExpression(f"the limit is {'not established' if found is None else found}, not {value}")


def from_zero(f: sp.Expr, x: sp.Symbol, point: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """The function with x counted from a point that depends on parameters."""
    if point.is_infinite or not point.free_symbols or x in point.free_symbols:
        return f, point
    return f.xreplace({x: x + point}), sp.S.Zero


def by_laws(outer: Given, f: sp.Expr, x: sp.Symbol, point: sp.Expr, way: int, depth: int = 0) -> sp.Expr | None:
    """The finite limit of f: of a function of x alone by its expansion; else by Taylor coefficients, by scaling, or of
    a sum, product, power or continuous function from the finite limits of its parts."""
    return _by_laws(outer.conditions, f, x, point, way, depth)


@lru_cache(maxsize=4096)
def _by_laws(
    given: tuple[Condition, ...], f: sp.Expr, x: sp.Symbol, point: sp.Expr, way: int, depth: int
) -> sp.Expr | None:
    outer = Given(given)
    f, point = from_zero(f, x, point)
    if x not in f.free_symbols:
        return f
    if f.free_symbols == {x} and not point.free_symbols:
        found = tail_limit(f, x, point, way)
        return found if isinstance(found, sp.Expr) and found.is_finite is True else None
    factor, moving_part = f.as_independent(x, as_Add=False)
    if factor != 1:
        value = by_laws(outer, moving_part, x, point, way, depth)
        return None if value is None else factor * value
    if f.is_Pow and not f.exp.is_number:  # b**e = exp(e*log(b))
        f = sp.exp(f.exp * sp.log(f.base), evaluate=False)
    side = sp.oo if way > 0 else -sp.oo
    for method in (
        *([lambda: _quotient(outer, f, x, point)] if point.is_finite else []),
        *([lambda: _scaled_limit(outer, f, x, point)] if point.is_infinite else []),
        *([lambda: _quotient(outer, _reciprocal(f, x, point), x, sp.S.Zero)] if point.is_infinite else []),
        *([lambda: _scaled_limit(outer, sp.expand(f.xreplace({x: 1 / x}), deep=False), x, side)] if point == 0 else []),
    ):
        try:
            value = method()
        except UnsupportedExpression:
            continue
        if value.is_finite is not False:
            return value
    rate = _exponent(outer, f, x, point, way)
    if rate is not None and diverges(outer, rate[0], x, point, way) is sp.S.NegativeInfinity:
        return sp.S.Zero
    if depth > MAX_DEPTH or not (f.is_Add or f.is_Mul or f.is_Pow or isinstance(f, (*_CONTINUOUS, sp.log))):
        return None
    if f.is_Pow and not f.exp.is_Rational:
        return None
    moving = f.args[:1] if f.is_Pow else f.args
    if f.is_Mul and any(a.is_Add for a in f.args):
        spread = by_laws(outer, sp.expand_mul(f, deep=False), x, point, way, depth + 1)
        if spread is not None:
            return spread
    led = _led(outer, f, x, point, way) if f.is_Mul and f.has(sp.log) else None
    if led is not None:
        return by_laws(outer, led, x, point, way, depth + 1)
    parts = [by_laws(outer, a, x, point, way, depth + 1) for a in moving]
    if len(parts) == 1 and parts[0] is None and f.func in _BOUNDED:
        end = diverges(outer, moving[0], x, point, way)
        return None if end is None else _BOUNDED[f.func](end)
    if f.is_Mul and 0 in parts and all(p is not None or _is_bounded(a) for a, p in zip(moving, parts, strict=True)):
        return sp.S.Zero
    if any(p is None for p in parts):
        return None
    if f.is_Pow and f.exp < 0 and not outer.holds(parts[0], "!="):
        return None
    if f.is_Pow and not f.exp.is_Integer and not outer.holds(parts[0], ">"):
        return None
    if isinstance(f, sp.log) and not outer.holds(parts[0], ">"):
        return None
    return sp.sympify(f.func(*parts, *f.args[len(parts) :]))


def _led(outer: Given, f: sp.Expr, x: sp.Symbol, point: sp.Expr, way: int) -> sp.Expr | None:
    """f with the leading exponential drawn out of one logarithm: `log(a**x + b**x) = x*log(a) + log(1 + (b/a)**x)`."""
    spelled = f.replace(
        lambda p: p.is_Pow and p.base is not sp.E and x in p.exp.free_symbols and outer.holds(p.base, ">"),
        lambda p: sp.exp(p.exp * sp.log(p.base)),
    )
    for l in sorted(spelled.atoms(sp.log), key=sp.default_sort_key):
        terms = sp.Add.make_args(l.args[0])
        for lead in dict.fromkeys(p.args[0] for t in terms for p in sp.Mul.make_args(t) if isinstance(p, sp.exp)):
            rest = sp.Add(*(sp.powsimp(t * sp.exp(-lead)) for t in terms))
            end = by_laws(outer, rest, x, point, way, MAX_DEPTH - 1) if x in lead.free_symbols else None
            if end is not None and outer.holds(end, ">"):
                return sp.expand_mul(spelled.xreplace({l: lead + sp.log(rest)}), deep=False)
    return None


def _reciprocal(f: sp.Expr, x: sp.Symbol, point: sp.Expr) -> sp.Expr:
    """f at 1/x, or -1/x where the point is -oo, for x > 0, with the leading power of x drawn out of roots of sums."""

    def drawn(p: sp.Expr) -> sp.Expr:
        terms = sp.Add.make_args(sp.expand(p.base))
        powers = [t.as_independent(x, as_Add=False)[1].as_base_exp() for t in terms if x in t.free_symbols]
        if any(base != x or not k.is_Rational for base, k in powers):
            return p
        least = min([k for _, k in powers] + [sp.S.Zero] * (len(powers) < len(terms)))
        return x ** (least * p.exp) * sp.Add(*(t / x**least for t in terms)) ** p.exp

    turned = f.xreplace({x: 1 / x if point is sp.oo else -1 / x})
    return turned.replace(lambda p: p.is_Pow and p.exp.is_Rational and not p.exp.is_Integer, drawn)


def diverges(outer: Given, f: sp.Expr, x: sp.Symbol, point: sp.Expr, way: int) -> sp.Expr | None:
    """oo or -oo where f is seen to tend to it: one term c*m(x) with c of known sign outgrows all others, or f is a
    product with an exponential of such a sum."""
    f, point = from_zero(f, x, point)
    if f.free_symbols == {x} and not point.free_symbols:
        found = tail_limit(f, x, point, way)
        return found if isinstance(found, sp.Expr) and found.is_infinite else None
    if f.is_Mul:
        product = _diverging_product(outer, f, x, point, way)
        if product is not None:
            return product
    if f.is_Mul or f.is_Pow or isinstance(f, sp.exp):
        rate = _exponent(outer, f, x, point, way)
        grows = rate is not None and diverges(outer, rate[0], x, point, way) is sp.oo
        if grows and rate is not None:
            return rate[1] * sp.oo
        if not (f.is_Mul and sp.expand(f).is_Add):
            return None
    parts: dict[sp.Expr, sp.Expr] = {}
    for term in sp.Add.make_args(sp.expand(f)):
        c, m = term.as_independent(x, as_Add=False)
        parts[m] = parts.get(m, sp.S.Zero) + c
    if any(not m.free_symbols <= {x} for m in parts) or point.free_symbols:
        return None
    for m, c in parts.items():
        end, signs = tail_limit(m, x, point, way), outer.sign(c)
        if not isinstance(end, sp.Expr) or not end.is_infinite or signs not in ({1}, {-1}):
            continue
        if all(other == m or tail_limit(other / m, x, point, way) == 0 for other in parts):
            return next(iter(signs)) * end
    return None


def _diverging_product(outer: Given, f: sp.Mul, x: sp.Symbol, point: sp.Expr, way: int) -> sp.Expr | None:
    """Functions of x alone that tend to oo or -oo, times factors with limits of known sign."""
    total: sp.Expr = sp.S.One
    pure = sp.Mul(*(g for g in f.args if g.free_symbols == {x}))
    end = tail_limit(pure, x, point, way) if pure.free_symbols and not point.free_symbols else None
    if not isinstance(end, sp.Expr) or not end.is_infinite:
        return None
    for factor in f.args:
        if factor.free_symbols == {x}:
            continue
        found = by_laws(outer, factor, x, point, way)
        signs = outer.sign(found) if found is not None else frozenset()
        if signs not in ({1}, {-1}):
            return None
        total = total * next(iter(signs))
    return total * end


def _exponent(outer: Given, f: sp.Expr, x: sp.Symbol, point: sp.Expr, way: int) -> tuple[sp.Expr, int] | None:
    """`u, s` with `f = s*exp(u)` near the point, s = 1 or -1."""
    side, at = (way, point) if point.is_finite else (1 if point is sp.oo else -1, None)
    total, sign = sp.S.Zero, 1
    for factor in sp.Mul.make_args(f):
        base, power = factor.as_base_exp()
        if base is sp.E:
            total += power
            continue
        if not power.is_number and base.is_number:
            way_of: Any = next(iter(outer.sign(base))) if len(outer.sign(base)) == 1 else None
        elif base.free_symbols == {x} and not point.free_symbols:
            way_of = getattr(tail_sign(base, x, side, at=at), "sign", None)
        elif x not in base.free_symbols and len(outer.sign(base)) == 1:
            (way_of,) = outer.sign(base)
        else:
            return None
        if way_of not in (1, -1) or (way_of == -1 and not power.is_Integer):
            return None
        sign *= way_of ** (int(power) % 2) if way_of == -1 else 1
        total += power * sp.log(way_of * base)
    return total, sign


_BOUNDED: dict[Any, Any] = {sp.tanh: sp.tanh, sp.erf: sp.erf, sp.erfc: sp.erfc, sp.atan: sp.atan}
"""Functions with limits at both infinities, which SymPy evaluates there."""
_WITHIN = (*_BOUNDED, sp.sin, sp.cos, sp.sech, sp.sign)
_CONTINUOUS = (sp.exp, sp.tanh, sp.erf, sp.erfc, sp.sin, sp.cos, sp.sinh, sp.cosh, sp.atan, sp.asinh, sp.sech)


def _is_bounded(e: sp.Expr) -> bool:
    """Whether e is a bounded function, or a power of one."""
    return isinstance(e.base if e.is_Pow and e.exp.is_Integer and e.exp > 0 else e, _WITHIN)


def _quotient(outer: Given, f: sp.Expr, x: sp.Symbol, point: sp.Expr) -> sp.Expr:
    """The limit at a finite point by the first Taylor coefficients of numerator and denominator that do not vanish."""
    at = {x: point}
    numerator, denominator = sp.fraction(sp.together(f))
    for _ in range(MAX_ORDER):
        for part in (numerator, denominator):
            if not is_analytic(part) or not all(_strictly(outer, c, at) for c in obligations(part)):
                raise UnsupportedExpression("not analytic at the point")
        top, bottom = (outer.partial(part.xreplace(at)) for part in (numerator, denominator))
        if outer.holds(bottom, "!="):
            return top / bottom
        if not (is_zero(top) and is_zero(bottom)):
            raise UnsupportedExpression("no quotient of Taylor coefficients")
        numerator, denominator = sp.diff(numerator, x), sp.diff(denominator, x)
    raise UnsupportedExpression("too many vanishing Taylor coefficients")


def _scaled_limit(outer: Given, f: sp.Expr, x: sp.Symbol, point: sp.Expr) -> sp.Expr:
    """The limit at infinity where one parameter of known sign accompanies x throughout, but for a factor."""
    scale = scale_of(f, x)
    ways, plain, factor = outer.sign(scale), scaled(f, x, scale), sp.S.One
    for other in (scale, 1 / scale) if plain.free_symbols != {x} else ():
        factor, plain = scaled(f, x, other).as_independent(x, as_Add=False)
        if plain.free_symbols == {x}:
            break
    if len(ways) != 1 or ways == {0} or plain.free_symbols != {x}:
        raise UnsupportedExpression("parameters remain after scaling, or have no sign")
    require_kept(outer, obligations(scale))  # `sqrt(a)` is no scale of `a*x**2` where a < 0
    found = tail_limit(plain, x, next(iter(ways)) * point, 1)
    if not isinstance(found, sp.Expr) or found.is_infinite:
        raise UnsupportedExpression("the expansion gives no finite limit")
    return factor * found


def _strictly(outer: Given, condition: Condition, at: Mapping[Any, Any]) -> bool:
    e, op = strictly(condition)
    return outer.holds(e.xreplace(at), op)


def scale_of(f: sp.Expr, x: sp.Symbol) -> sp.Expr:
    """The parameter factor that accompanies x in one product of f: a for `a*x`, `a**2*x**2`; 1 where
    there is none."""
    inverse = sp.S.One
    for node in sp.preorder_traversal(f):
        if not node.is_Mul:
            continue
        powers = [a.as_base_exp()[1] for a in node.args if a.as_base_exp()[0] == x]
        factors = [a for a in node.args if x not in a.free_symbols and a.free_symbols]
        if factors and len(powers) == 1 and powers[0].is_Integer:
            scale = sp.powdenest(sp.Mul(*factors) ** (1 / powers[0]))
            if powers[0] > 0:
                return scale
            inverse = scale if inverse == 1 else inverse
    return inverse


def scaled(f: sp.Expr, x: sp.Symbol, scale: sp.Expr) -> sp.Expr:
    """f with x replaced by x/scale."""
    return sp.powdenest(f.xreplace({x: x / scale}))
