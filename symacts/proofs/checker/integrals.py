"""The checker's rules for integrals. Trusted core.

`definite`: one integral, by antiderivatives on the pieces of its interval. `rule`: integrals over the line, Gaussian
expectations above all. A node of the latter names the integrals of the goal with their factors. Their sum becomes one
integrand `h` (an integrand may be reflected, `h` may be symmetrized: the line is symmetric); `h` is integrated piece
by piece by antiderivatives whose limits at infinity are plain, or by the table of Gaussian moments and of products of
error functions.

References
----------
C. Stein (1981), Estimation of the mean of a multivariate normal distribution; C. K. I. Williams (1997), Computing with
infinite networks (the arcsine law); DLMF 7.7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.analytic import without
from symacts.proofs.checker.domains import demands, follows, obligations, strictly
from symacts.proofs.checker.entail import Given
from symacts.proofs.checker.forms import is_analytic
from symacts.proofs.checker.goals import (
    Goal,
    all_demands,
    no_operators,
    read,
    replaced,
    require_kept,
    require_outermost,
)
from symacts.proofs.checker.limits import How, Near, limit_by
from symacts.proofs.checker.normal import is_zero

__all__ = [
    "arcsine",
    "definite",
    "gaussian_moment",
    "inside",
    "is_tame",
    "leibniz",
    "quadratic",
    "rule",
    "split_density",
]

MAX_POWER = 12
_BOUNDED = (sp.tanh, sp.erf, sp.erfc, sp.sin, sp.cos, sp.atan, sp.sech, sp.sign, sp.Heaviside, sp.sinc)
_MILD = (sp.asinh, sp.Abs, sp.Max, sp.Min)


def rule(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Replace integrals over the line by what they equal."""
    named = [read(p["of"]) for p in node["parts"]]
    factors = [read(p["factor"]) for p in node["parts"]]
    (z,) = {i.limits[0][0] for i in named}
    require_outermost(goal, *named)
    for i in named:
        if not isinstance(i, sp.Integral) or len(i.limits) != 1 or tuple(i.limits[0][1:]) != (-sp.oo, sp.oo):
            raise UnsupportedExpression("integrals over the whole line")
    given = without(goal.given, z)
    marks = [sp.Dummy(real=True) for _ in named]
    difference = (goal.rhs - goal.lhs).xreplace(dict(zip(named, marks, strict=True)))
    rest = difference.xreplace(dict.fromkeys(marks, sp.S.Zero))
    linear = sp.Add(*[c * m for c, m in zip(factors, marks, strict=True)])
    if any(z in c.free_symbols or c.has(*marks) for c in factors) or not is_zero(difference - rest - linear):
        raise UnsupportedExpression("the goal is not that combination of the integrals")
    h: sp.Expr = sp.S.Zero
    for i, c, part in zip(named, factors, node["parts"], strict=True):
        _require_convergence(i.function, z, given)
        h = h + c * (i.function.xreplace({z: -z}) if part.get("reflect") else i.function)
    if node.get("symmetrize"):
        h = (h + h.xreplace({z: -z})) / 2
    ends = [-sp.oo, *(read(p["to"]) for p in node["pieces"][:-1]), sp.oo]
    total = _over_pieces(h, z, given, ends, node["pieces"])
    require_kept(goal.given, obligations(total))
    after = replace(goal, lhs=sp.S.Zero, rhs=rest + total, is_defined=False)
    if not goal.is_defined:
        before = [c for side in (goal.lhs, goal.rhs) for c in all_demands(goal.given, side)]
        require_kept(goal.given, before, after.rhs)
    return [after]


def definite(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Replace an integral between two bounds by increments of F: F' is the integrand inside each piece.

    A node with `reversed` has its pieces from the upper bound to the lower one: the integral is minus that.
    """
    of = read(node["of"])
    if not isinstance(of, sp.Integral) or len(of.limits) != 1 or len(of.limits[0]) != 3:
        raise UnsupportedExpression("an integral between two bounds")
    z, a, b = of.limits[0]
    if z in a.free_symbols | b.free_symbols or of not in goal.lhs.atoms(sp.Integral) | goal.rhs.atoms(sp.Integral):
        raise UnsupportedExpression("no such integral in the goal")
    require_outermost(goal, of)
    pieces, ends = node["pieces"], [b, a] if node.get("reversed") else [a, b]
    ends[1:1] = [read(p["to"]) for p in pieces[:-1]]
    total = _over_pieces(of.function, z, without(goal.given, z), ends, pieces)
    require_kept(goal.given, obligations(total))
    return [replaced(goal, {of: -total if node.get("reversed") else total})]


def _over_pieces(h: sp.Expr, z: sp.Symbol, outer: Given, ends: list[sp.Expr], pieces: Any) -> sp.Expr:
    """The sum of the integrals of h over the pieces between the ends, which are in order."""
    total: sp.Expr = sp.S.Zero
    for (lo, hi), piece in zip(pairwise(ends), pieces, strict=True):
        finite = [(end, way) for end, way in ((lo, 1), (hi, -1)) if end.is_finite is not False]
        for end, _ in finite:
            if z in end.free_symbols or not is_analytic(end) or not all(follows(outer, c) for c in obligations(end)):
                raise UnsupportedExpression("an end of a piece is not a defined expression free of the variable")
        if (len(finite) == 2 and not outer.holds(hi - lo, ">=")) or lo is sp.oo or hi is sp.S.NegativeInfinity:
            raise UnsupportedExpression("the ends of the pieces are not seen to be in order")
        inside = outer.and_(*((way * (z - end), ">") for end, way in finite))
        require_kept(inside, [strictly(c) for c in demands(inside, h)])
        local = inside.resolve(h)
        if not is_analytic(local):
            raise UnsupportedExpression("the integrand is not analytic on a piece")
        total = total + _KINDS[piece.get("kind", "antiderivative")](local, z, inside, piece, (lo, hi))
    return total


def leibniz(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """The derivative of an integral in its bounds: `f(b)*b' - f(a)*a'`, f analytic on the whole line."""
    of = read(node["of"])
    _require_derivative(goal, of)
    (x, order), integral = of.variable_count[0], of.expr
    if len(of.variable_count) != 1 or len(integral.limits) != 1 or len(integral.limits[0]) != 3 or order < 1:
        raise UnsupportedExpression("one integral between two bounds")
    f, (z, a, b) = integral.function, integral.limits[0]
    outer = without(without(goal.given, z), x)
    if x in f.free_symbols or z in a.free_symbols | b.free_symbols:
        raise UnsupportedExpression("the variable occurs in the bounds only")
    for e in (f, a, b):
        if e.has(sp.oo, -sp.oo, sp.Integral, sp.Limit, sp.Derivative) or not is_analytic(e):
            raise UnsupportedExpression("the integrand and the bounds are analytic")
        require_kept(outer, [strictly(c) for c in obligations(e)])
    slope = f.xreplace({z: b}) * sp.diff(b, x) - f.xreplace({z: a}) * sp.diff(a, x)
    value = slope if order == 1 else sp.diff(slope, x, order - 1)
    require_kept(goal.given, obligations(value))
    return [_in_place(goal, of, value)]


def inside(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """Where u = v in an open set, u' = v': a derivative of an integral by the value of that."""
    of, value = read(node["of"]), read(node["value"])
    _require_derivative(goal, of)
    no_operators(value)
    near = goal.given.near(v for v, _ in of.variable_count)
    return [_in_place(goal, of, sp.Derivative(value, *of.variable_count)), Goal(near, of.expr, "=", value)]


def _require_derivative(goal: Goal, of: sp.Expr) -> None:
    if not isinstance(of, sp.Derivative) or not isinstance(of.expr, sp.Integral):
        raise UnsupportedExpression("a derivative of an integral")
    if of not in goal.lhs.atoms(sp.Derivative) | goal.rhs.atoms(sp.Derivative):
        raise UnsupportedExpression("no such derivative in the goal")
    require_outermost(goal, of)


def _in_place(goal: Goal, of: sp.Expr, value: sp.Expr) -> Goal:
    """The goal with a derivative replaced by what it equals, which is defined or still to be shown so."""
    mark = sp.Dummy(real=True)
    marked = replace(goal, lhs=goal.lhs.xreplace({of: mark}), rhs=goal.rhs.xreplace({of: mark}))
    return replaced(marked, {mark: value})


def _increment(h: sp.Expr, z: sp.Symbol, inside: Given, piece: Mapping[str, Any], ends: Any) -> sp.Expr:
    """The increment of an antiderivative F of h over a piece inside which both are analytic."""
    primitive, outer = read(piece["F"]), without(inside, z)
    if not is_analytic(primitive):
        raise UnsupportedExpression("the antiderivative is not analytic on a piece")
    require_kept(inside, [strictly(c) for c in obligations(primitive)])
    if not is_zero(sp.diff(primitive, z) - h):
        raise UnsupportedExpression("the derivative of the antiderivative is not the integrand")
    lower, upper = (
        _at_end(primitive, Near(outer, z, end, way), how)
        for end, way, how in zip(ends, (1, -1), piece.get("ends", (None, None)), strict=True)
    )
    return upper - lower


def _at_end(primitive: sp.Expr, place: Near, how: How) -> sp.Expr:
    """The finite limit of an antiderivative at an end, from inside: by continuity, or by the laws of limits."""
    at, given = {place.variable: place.point}, place.outer
    is_finite = place.point.is_finite is not False
    if is_finite and all(follows(given, (e.xreplace(at), op)) for e, op in obligations(primitive)):
        return sp.sympify(primitive.xreplace(at))
    found = limit_by(place, primitive, how)
    if found.is_infinite:
        raise UnsupportedExpression("the antiderivative has no finite limit")
    return found


# -- convergence ---------------------------------------------------------------------------------------------------
def quadratic(e: sp.Expr, z: sp.Symbol) -> tuple[sp.Expr, sp.Expr, sp.Expr] | None:
    """`(a, b, c)` with `e = a*z**2 + b*z + c`, else None."""
    e = sp.expand(e)
    if not e.is_polynomial(z) or sp.degree(e, z) > 2:
        return None
    return e.coeff(z, 2), e.coeff(z, 1), e.coeff(z, 0)


def split_density(f: sp.Expr, z: sp.Symbol, given: Given) -> tuple[sp.Expr, sp.Expr] | None:
    """`(rest, exp(Q))` with f = rest*exp(Q), Q a quadratic in z that falls to -oo on both sides; else None."""
    factors = sp.Mul.make_args(f)
    held = [g for g in factors if isinstance(g, sp.exp) and quadratic(g.args[0], z) is not None]
    form = quadratic(sp.Add(*(g.args[0] for g in held)), z)
    if form is None or not given.holds(form[0], "<"):
        return None
    return sp.Mul(*(g for g in factors if g not in held)), sp.Mul(*held)


def _require_convergence(f: sp.Expr, z: sp.Symbol, given: Given) -> None:
    if isinstance(f, sp.Piecewise):
        if f.args[-1][1] != sp.true:
            raise UnsupportedExpression("the branches do not cover the line")
        for value, condition in f.args:
            require_kept(given, obligations(condition))
            _require_convergence(value, z, given)
        return
    require_kept(given, obligations(f))
    for term in sp.Add.make_args(f):
        if term == 0:
            continue
        found = split_density(term, z, given)
        if found is None or not is_tame(found[0], z, given):
            raise UnsupportedExpression(f"the integral of {term} is not seen to converge")


def is_tame(e: sp.Expr, z: sp.Symbol, given: Given) -> bool:
    """Whether e is defined, piecewise continuous and at most of exponential growth in z (by its form)."""
    return _growth(e, z, given) <= EXPONENTIAL


BOUNDED, LINEAR, EXPONENTIAL, UNKNOWN = range(4)


def _growth(e: sp.Expr, z: sp.Symbol, given: Given) -> int:
    """How fast |e| may grow, by its form: BOUNDED, at most LINEAR or at most EXPONENTIAL in |z|; UNKNOWN where e may
    be undefined somewhere."""
    if z not in e.free_symbols:
        return BOUNDED if all(follows(given, c) for c in obligations(e)) else UNKNOWN
    if e == z:
        return LINEAR
    if isinstance(e, sp.Piecewise):
        return max(_growth(v, z, given) for v, _ in e.args) if e.args[-1][1] == sp.true else UNKNOWN
    of = [_growth(a, z, given) for a in (e.args[:1] if e.is_Pow and e.base is not sp.E else e.args)]
    if max(of) == UNKNOWN:
        return UNKNOWN
    if e.is_Add or isinstance(e, _MILD):
        return max(of)
    if e.is_Mul:
        return sum(of) if sum(of) <= LINEAR else EXPONENTIAL
    if isinstance(e, _BOUNDED):
        return BOUNDED
    if isinstance(e, (sp.exp, sp.cosh, sp.sinh)):
        form = quadratic(e.args[0], z) if isinstance(e, sp.exp) else None
        falls = form is not None and given.holds(form[0], "<=")
        return EXPONENTIAL if falls or of[0] <= LINEAR else UNKNOWN
    if e.is_Pow and e.exp.is_Rational:
        if e.exp < 0:
            return BOUNDED if given.holds(e.base - 1, ">=") else UNKNOWN
        if not e.exp.is_Integer and not given.holds(e.base, ">="):
            return UNKNOWN
        return BOUNDED if of[0] == BOUNDED else EXPONENTIAL
    if isinstance(e, sp.log) and given.holds(e.args[0] - 1, ">="):
        return min(of[0], LINEAR)
    return UNKNOWN


# -- values --------------------------------------------------------------------------------------------------------
def gaussian_moment(n: int, q: sp.Expr, l: sp.Expr, w: sp.Expr, wave: str) -> sp.Expr:
    """The integral over the line of `z**n * exp(-q*z**2 + l*z) * cos(w*z)` (or sin), for q > 0.

    From `exp((l + i*w)**2/(4*q))*sqrt(pi/q)` by differentiation in l.
    """
    s = sp.Dummy(real=True)
    base = sp.sqrt(sp.pi / q) * sp.exp((s**2 - w**2) / (4 * q)) * (sp.cos if wave == "cos" else sp.sin)(s * w / (2 * q))
    return sp.diff(base, s, n).xreplace({s: l}) if n else base.xreplace({s: l})


def arcsine(p: sp.Expr, r: sp.Expr, s: sp.Expr | None) -> sp.Expr:
    """`E[erf(p*Z + r)]` for s None, else `E[erf(p*Z)*erf(s*Z)]` (r = 0), for Z standard normal."""
    if s is None:
        return sp.erf(r / sp.sqrt(1 + 2 * p**2))
    return 2 / sp.pi * sp.asin(2 * p * s / (sp.sqrt(1 + 2 * p**2) * sp.sqrt(1 + 2 * s**2)))


Row = tuple[tuple[sp.Expr, ...], sp.Expr, sp.Expr]  # coefficients, integrand, value of its integral over the line


def _moment(z: sp.Symbol, given: Given, n: Any, q: Any, l: Any, w: Any, wave: Any) -> Row:
    q, l, w = read(q), read(l), read(w)
    if not isinstance(n, int) or not 0 <= n <= MAX_POWER or wave not in ("cos", "sin") or not given.holds(q, ">"):
        raise UnsupportedExpression("not a Gaussian moment")
    integrand = z**n * sp.exp(-q * z**2 + l * z) * (sp.cos if wave == "cos" else sp.sin)(w * z)
    return (q, l, w), integrand, gaussian_moment(n, q, l, w, wave)


def _error_function(z: sp.Symbol, given: Given, p: Any, r: Any, s: Any) -> Row:
    p, r, s = read(p), read(r), None if s is None else read(s)
    if s is not None and r != 0:
        raise UnsupportedExpression("the arcsine law is for arguments without a shift")
    product = sp.erf(p * z + r) if s is None else sp.erf(p * z) * sp.erf(s * z)
    coefficients = (p, r) if s is None else (p, r, s)
    return coefficients, product * sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi), arcsine(p, r, s)


_TABLE: dict[str, Callable[..., Row]] = {"moment": _moment, "erf": _error_function}


def _by_table(h: sp.Expr, z: sp.Symbol, given: Given, piece: Mapping[str, Any], ends: Any) -> sp.Expr:
    """The integral over the line of a sum of multiples of integrands with known values, perhaps beside one with an
    antiderivative."""
    if ends != (-sp.oo, sp.oo):
        raise UnsupportedExpression("the table is for the whole line")
    rest, value = h, sp.S.Zero
    for name, c, *data in piece["terms"]:
        factor = read(c)
        coefficients, integrand, integral = _TABLE[name](z, given, *data)
        for part in (factor, *coefficients):
            if z in part.free_symbols or not all(follows(given, o) for o in obligations(part)):
                raise UnsupportedExpression("a coefficient depends on the variable")
        rest, value = rest - factor * integrand, value + factor * integral
    if "F" in piece:
        return value + _increment(rest, z, given, piece, ends)
    if not is_zero(rest):
        raise UnsupportedExpression("the terms do not add up to the integrand")
    return value


_KINDS = {"antiderivative": _increment, "table": _by_table}
