"""The checker's rules for integrals. Trusted core.

`definite`: one integral, by antiderivatives on the pieces of its interval. `rule`: integrals over the line, Gaussian
expectations above all. A node of the latter names the integrals of the goal with their factors. Their sum becomes one
integrand `h` (an integrand may be reflected, `h` may be symmetrized: the line is symmetric); `h` is integrated piece
by piece by antiderivatives whose limits at infinity are plain, by the table of Gaussian moments, or by the table for
products of error functions.

References
----------
C. Stein (1981), Estimation of the mean of a multivariate normal distribution; C. K. I. Williams (1997), Computing with
infinite networks (the arcsine law); DLMF 7.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.analytic import without
from symacts.proofs.checker.domains import demands, follows, obligations, strictly
from symacts.proofs.checker.entail import Given, is_analytic
from symacts.proofs.checker.goals import Goal, all_demands, read, replaced, require_kept, require_outermost
from symacts.proofs.checker.limits import require_limit
from symacts.proofs.checker.normal import is_zero
from symacts.rigor.tails import limit as tail_limit

__all__ = [
    "arcsine",
    "definite",
    "gaussian_moment",
    "is_tame",
    "leibniz",
    "limit_at_infinity",
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
    after = Goal(goal.given, sp.S.Zero, goal.relation, rest + _integrate(h, z, given, node))
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
    outer = without(goal.given, z)
    if node.get("reversed"):
        a, b = b, a
    ends = [a, *(read(p["to"]) for p in node["pieces"][:-1]), b]
    total: sp.Expr = sp.S.Zero
    for (lo, hi), piece in zip(pairwise(ends), node["pieces"], strict=True):
        finite = [(end, way) for end, way in ((lo, 1), (hi, -1)) if end.is_finite is not False]
        for end, _ in finite:
            if z in end.free_symbols or not is_analytic(end) or not all(follows(outer, c) for c in obligations(end)):
                raise UnsupportedExpression("an end of a piece is not a defined expression free of the variable")
        if (len(finite) == 2 and not outer.holds(hi - lo, ">=")) or lo is sp.oo or hi is sp.S.NegativeInfinity:
            raise UnsupportedExpression("the ends of the pieces are not seen to be in order")
        inside = outer.and_(*((way * (z - end), ">") for end, way in finite))
        local, primitive = inside.resolve(of.function), read(piece["F"])
        for e in (local, primitive):
            if not is_analytic(e):
                raise UnsupportedExpression("the integrand or its antiderivative is not analytic on a piece")
        conditions = obligations(primitive)
        require_kept(inside, [strictly(c) for c in (*demands(inside, of.function), *conditions)])
        if not is_zero(sp.diff(primitive, z) - local):
            raise UnsupportedExpression("the derivative of the antiderivative is not the integrand")
        for end, way in ((hi, 1), (lo, -1)):
            total = total + way * _at_end(primitive, z, end, way, outer)
    total = -total if node.get("reversed") else total
    return [replaced(goal, {of: total})]


def leibniz(goal: Goal, node: Mapping[str, Any]) -> list[Goal]:
    """The derivative of an integral in its bounds: `f(b)*b' - f(a)*a'`, f analytic on the whole line."""
    of = read(node["of"])
    if not isinstance(of, sp.Derivative) or not isinstance(of.expr, sp.Integral) or len(of.variable_count) != 1:
        raise UnsupportedExpression("a derivative of an integral")
    if of not in goal.lhs.atoms(sp.Derivative) | goal.rhs.atoms(sp.Derivative):
        raise UnsupportedExpression("no such derivative in the goal")
    require_outermost(goal, of)
    (x, order), integral = of.variable_count[0], of.expr
    if len(integral.limits) != 1 or len(integral.limits[0]) != 3 or order < 1:
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
    mark = sp.Dummy(real=True)
    marked = replace(goal, lhs=goal.lhs.xreplace({of: mark}), rhs=goal.rhs.xreplace({of: mark}))
    return [replaced(marked, {mark: value})]


def _at_end(primitive: sp.Expr, z: sp.Symbol, end: sp.Expr, way: int, given: Given) -> sp.Expr:
    """The finite limit of an antiderivative at an end: by continuity, by its expansion, or term by term."""
    at = {z: end}
    if end.is_finite is not False and all(follows(given, (e.xreplace(at), op)) for e, op in obligations(primitive)):
        return sp.sympify(primitive.xreplace(at))
    if primitive.free_symbols <= {z} and not end.free_symbols:
        found = tail_limit(primitive, z, end, -way)
        if isinstance(found, sp.Expr) and found.is_finite is True:
            return found
        raise UnsupportedExpression("the antiderivative has no finite limit")
    total: sp.Expr = sp.S.Zero
    for term in sp.Add.make_args(primitive):
        factor, moving = term.as_independent(z, as_Add=False)
        if z in term.free_symbols:
            require_limit(given, moving, z, end, -way, sp.S.Zero)
        else:
            total = total + factor
    return total


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
    for factor in factors:
        if isinstance(factor, sp.exp):
            form = quadratic(factor.args[0], z)
            if form is not None and given.holds(form[0], "<"):
                return sp.Mul(*[g for g in factors if g is not factor]), factor
    return None


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
    if z not in e.free_symbols:
        return all(follows(given, c) for c in obligations(e))
    if e == z:
        return True
    if e.is_Add or e.is_Mul or isinstance(e, _MILD):
        return all(is_tame(a, z, given) for a in e.args)
    if isinstance(e, _BOUNDED):
        return all(is_tame(a, z, given) for a in e.args)
    if isinstance(e, sp.exp):
        form = quadratic(e.args[0], z)
        return (form is not None and given.holds(form[0], "<=")) or _grows_linearly(e.args[0], z)
    if isinstance(e, (sp.cosh, sp.sinh)):
        return _grows_linearly(e.args[0], z)
    if e.is_Pow and e.exp.is_Integer:
        if e.exp > 0:
            return is_tame(e.base, z, given)
        return is_tame(e.base, z, given) and given.holds(e.base - 1, ">=")
    if e.is_Pow and e.exp.is_Rational and e.exp > 0:
        return is_tame(e.base, z, given) and given.holds(e.base, ">=")
    if isinstance(e, sp.log):
        return is_tame(e.args[0], z, given) and given.holds(e.args[0] - 1, ">=")
    if isinstance(e, sp.Piecewise):
        return e.args[-1][1] == sp.true and all(is_tame(v, z, given) for v, _ in e.args)
    return False


def _grows_linearly(e: sp.Expr, z: sp.Symbol) -> bool:
    """Whether |e| is at most a multiple of 1 + |z| (by its form)."""
    if z not in e.free_symbols:
        return not obligations(e) and is_analytic(e)
    if e == z:
        return True
    if e.is_Add or isinstance(e, (sp.Abs, sp.Max, sp.Min)):
        return all(_grows_linearly(a, z) for a in e.args)
    if e.is_Mul:
        moving = [a for a in e.args if z in a.free_symbols]
        rest = sp.Mul(*[a for a in e.args if z not in a.free_symbols])
        return len(moving) == 1 and _grows_linearly(moving[0], z) and _grows_linearly(rest, z)
    return isinstance(e, _BOUNDED) and all(is_tame(a, z, Given()) for a in e.args)


# -- values --------------------------------------------------------------------------------------------------------
def _integrate(h: sp.Expr, z: sp.Symbol, given: Given, node: Mapping[str, Any]) -> sp.Expr:
    pieces = node["pieces"]
    borders = [read(p["to"]) for p in pieces[:-1]]
    for lo, hi in pairwise(borders):
        if not given.holds(hi - lo, ">"):
            raise UnsupportedExpression("the pieces are not in order")
    for border in borders:
        if z in border.free_symbols or not all(follows(given, c) for c in obligations(border)):
            raise UnsupportedExpression("a border depends on the variable")
    total: sp.Expr = sp.S.Zero
    for k, piece in enumerate(pieces):
        lo = -sp.oo if k == 0 else borders[k - 1]
        hi = sp.oo if k == len(pieces) - 1 else borders[k]
        inside = given
        if lo.is_finite is not False:
            inside = inside.and_((z - lo, ">"))
        if hi.is_finite is not False:
            inside = inside.and_((hi - z, ">"))
        local = inside.resolve(h)
        if local.has(sp.Derivative, sp.Limit, sp.Integral) or not is_analytic(local):
            raise UnsupportedExpression("the integrand is not analytic on a piece")
        total = total + _KINDS[piece["kind"]](local, z, inside, piece, (lo, hi))
    return total


def _antiderivative(h: sp.Expr, z: sp.Symbol, given: Given, piece: Mapping[str, Any], ends: Any) -> sp.Expr:
    primitive = read(piece["F"])
    if not is_analytic(primitive) or primitive.has(sp.Integral, sp.Limit, sp.Derivative):
        raise UnsupportedExpression("the antiderivative is not analytic")
    for condition in obligations(primitive):
        if not follows(Given(c for c in given.conditions if z not in c[0].free_symbols), condition):
            raise UnsupportedExpression("the antiderivative is not seen to be defined on the line")
    if not is_zero(sp.diff(primitive, z) - h):
        raise UnsupportedExpression("the derivative of the antiderivative is not the integrand")
    lo, hi = ends
    upper = limit_at_infinity(primitive, z, 1, given) if hi is sp.oo else primitive.xreplace({z: hi})
    lower = limit_at_infinity(primitive, z, -1, given) if lo is -sp.oo else primitive.xreplace({z: lo})
    return upper - lower


def limit_at_infinity(f: sp.Expr, z: sp.Symbol, side: int, given: Given) -> sp.Expr:
    """The limit of a sum of tame terms: error functions of an affine argument tend to +-1, densities to 0.

    Raises
    ------
    UnsupportedExpression
        A term of another form.
    """
    total: sp.Expr = sp.S.Zero
    whole = [t for t in sp.Add.make_args(f) if not _vanishes(t, z, given)]
    for term in sp.Add.make_args(sp.expand(sp.Add(*whole))):
        if z not in term.free_symbols:
            total = total + term
            continue
        if _vanishes(term, z, given):
            continue
        product: sp.Expr = sp.S.One
        for factor in sp.Mul.make_args(term):
            base, power = (factor.base, factor.exp) if factor.is_Pow and factor.exp.is_Integer else (factor, sp.S.One)
            if z not in factor.free_symbols:
                product = product * factor
                continue
            form = quadratic(base.args[0], z) if isinstance(base, (sp.erf, sp.erfc)) else None
            if form is None or form[0] != 0:
                raise UnsupportedExpression(f"the limit of {term} is not plain")
            way = given.sign(form[1])
            if way not in ({1}, {-1}):
                raise UnsupportedExpression(f"the sign of {form[1]} is open")
            end = sp.Integer(side * next(iter(way)))
            product = product * (end if isinstance(base, sp.erf) else 1 - end) ** power
        total = total + product
    return total


def _vanishes(term: sp.Expr, z: sp.Symbol, given: Given) -> bool:
    """Whether a term is a tame function times a density, so that it tends to 0 at both ends."""
    found = split_density(term, z, given)
    return found is not None and is_tame(found[0], z, given)


def gaussian_moment(n: int, q: sp.Expr, l: sp.Expr, w: sp.Expr, wave: str) -> sp.Expr:
    """The integral over the line of `z**n * exp(-q*z**2 + l*z) * cos(w*z)` (or sin), for q > 0.

    From `exp((l + i*w)**2/(4*q))*sqrt(pi/q)` by differentiation in l.
    """
    s = sp.Dummy(real=True)
    base = sp.sqrt(sp.pi / q) * sp.exp((s**2 - w**2) / (4 * q)) * (sp.cos if wave == "cos" else sp.sin)(s * w / (2 * q))
    return sp.diff(base, s, n).xreplace({s: l}) if n else base.xreplace({s: l})


def _moments(h: sp.Expr, z: sp.Symbol, given: Given, piece: Mapping[str, Any], ends: Any) -> sp.Expr:
    if ends != (-sp.oo, sp.oo):
        raise UnsupportedExpression("moments are over the whole line")
    total, value = h, sp.S.Zero
    for c, n, q, l, w, wave in piece["terms"]:
        c, q, l, w = read(c), read(q), read(l), read(w)
        if not isinstance(n, int) or not 0 <= n <= MAX_POWER or wave not in ("cos", "sin") or not given.holds(q, ">"):
            raise UnsupportedExpression("not a Gaussian moment")
        for part in (c, q, l, w):
            if z in part.free_symbols or not all(follows(given, o) for o in obligations(part)):
                raise UnsupportedExpression("a coefficient depends on the variable")
        total = total - c * z**n * sp.exp(-q * z**2 + l * z) * (sp.cos if wave == "cos" else sp.sin)(w * z)
        value = value + c * gaussian_moment(n, q, l, w, wave)
    if not is_zero(total):
        raise UnsupportedExpression("the terms do not add up to the integrand")
    return value


def arcsine(p: sp.Expr, r: sp.Expr, s: sp.Expr | None) -> sp.Expr:
    """`E[erf(p*Z + r)]` for s None, else `E[erf(p*Z)*erf(s*Z)]` (r = 0), for Z standard normal."""
    if s is None:
        return sp.erf(r / sp.sqrt(1 + 2 * p**2))
    return 2 / sp.pi * sp.asin(2 * p * s / (sp.sqrt(1 + 2 * p**2) * sp.sqrt(1 + 2 * s**2)))


def _error_functions(h: sp.Expr, z: sp.Symbol, given: Given, piece: Mapping[str, Any], ends: Any) -> sp.Expr:
    if ends != (-sp.oo, sp.oo):
        raise UnsupportedExpression("these expectations are over the whole line")
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    total, value = h, sp.S.Zero
    for c, p, r, s in piece["terms"]:
        c, p, r = read(c), read(p), read(r)
        s = None if s is None else read(s)
        for part in (c, p, r, *(() if s is None else (s,))):
            if z in part.free_symbols or not all(follows(given, o) for o in obligations(part)):
                raise UnsupportedExpression("a coefficient depends on the variable")
        if s is not None and r != 0:
            raise UnsupportedExpression("the arcsine law is for arguments without a shift")
        product = sp.erf(p * z + r) if s is None else sp.erf(p * z) * sp.erf(s * z)
        total = total - c * product * density
        value = value + c * arcsine(p, r, s)
    if not is_zero(total):
        raise UnsupportedExpression("the terms do not add up to the integrand")
    return value


_KINDS = {"antiderivative": _antiderivative, "moments": _moments, "erf": _error_functions}
