"""Gaussian expectations: combine, reflect, symmetrize, then integrate by parts or by the tables of moments."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import sympy as sp

from symacts.codec import decode, encode
from symacts.proofs.check import RULES, Goal
from symacts.proofs.checker.analytic import without
from symacts.proofs.checker.entail import Given, Undecided
from symacts.proofs.checker.integrals import MAX_POWER, quadratic
from symacts.proofs.checker.limits import Near
from symacts.proofs.checker.normal import is_zero
from symacts.proofs.search import EXPECTED, Node, Search
from symacts.proofs.tactics.branches import border_of
from symacts.proofs.tactics.limit_laws import found_limit
from symacts.symbolic.integrals import antiderivative as symbolic_antiderivative

__all__ = ["integrals"]

MAX_PIECES = 8


def integrals(goal: Goal, search: Search) -> Iterator[Node]:
    """All integrals of the goal at once."""
    if not goal.lhs.free_symbols and not goal.rhs.free_symbols and goal.relation != "=":
        yield {"rule": "enclosure"}
    found = sorted(goal.lhs.atoms(sp.Integral) | goal.rhs.atoms(sp.Integral), key=sp.default_sort_key)
    variables = {i.limits[0][0] for i in found}
    if len(variables) > 1 or len(found) > 3:
        return
    (z,) = variables
    if any(tuple(i.limits[0][1:]) != (-sp.oo, sp.oo) for i in found):
        return
    given = without(goal.given, z)
    marks = [sp.Dummy(real=True) for _ in found]
    difference = sp.expand((goal.rhs - goal.lhs).xreplace(dict(zip(found, marks, strict=True))))
    factors = [difference.coeff(m) for m in marks]
    for reflected in itertools.product((False, True), repeat=len(found)):
        if reflected and reflected[0]:
            continue
        h: sp.Expr = sp.S.Zero
        for i, c, flip in zip(found, factors, reflected, strict=True):
            h += c * (i.function.xreplace({z: -z}) if flip else i.function)
        for symmetrize in (False, True):
            whole = (h + h.xreplace({z: -z})) / 2 if symmetrize else h
            try:
                pieces = integrate(whole, z, given)
            except Undecided as undecided:  # on which side of a border a branch holds
                parts = ["<", "=", ">"] if {-1, 1} <= given.sign(undecided.expression) else ["=", "!="]
                yield {"rule": "cases", "on": encode(undecided.expression), "parts": parts}
                return
            if pieces is None:
                continue
            yield {
                "rule": "integral",
                "parts": [
                    {"of": encode(i), "factor": encode(c), "reflect": flip}
                    for i, c, flip in zip(found, factors, reflected, strict=True)
                ],
                "symmetrize": symmetrize,
                "pieces": pieces,
            }


def definite(goal: Goal, search: Search) -> Iterator[Node]:
    """One integral by antiderivatives on the pieces that its switches cut."""
    of = min(goal.lhs.atoms(sp.Integral) | goal.rhs.atoms(sp.Integral), key=sp.default_sort_key)
    if len(of.limits) != 1 or len(of.limits[0]) != 3:
        return
    z, a, b = of.limits[0]
    given = without(goal.given, z)
    order = given.sign(b - a) if a.is_finite is not False and b.is_finite is not False else {1}
    if {-1, 1} <= order:
        yield {"rule": "cases", "on": encode(b - a), "parts": ["<", ">="]}
        return
    backwards = order <= {-1, 0} and order != {0}
    ends = [b, a] if backwards else [a, b]
    claimed = _claimed(goal, of)
    while len(ends) <= MAX_PIECES:
        pieces = []
        for lo, hi in itertools.pairwise(ends):
            try:
                local = _between(given, z, lo, hi).resolve(of.function)
            except Undecided as error:
                on = border_of(error.expression, _between(given, z, lo, hi))
                border = _root_of(on, z)
                if border is None:
                    return
                ends.insert(ends.index(hi), border)
                break
            primitive = _primitive(local, z, _between(given, z, lo, hi), claimed)
            if primitive is None:
                return
            pieces.append({"F": encode(primitive), "to": encode(hi), **_ends(primitive, z, given, lo, hi)})
        else:
            yield {"rule": "definite", "of": encode(of), "pieces": pieces, **({"reversed": 1} if backwards else {})}
            return


def _ends(primitive: sp.Expr, z: sp.Symbol, given: Given, lo: sp.Expr, hi: sp.Expr) -> dict[str, Any]:
    """How the limits of an antiderivative at the ends of a piece are seen, where an expansion does not tell."""
    places = (Near(without(given, z), z, end, way) for end, way in ((lo, 1), (hi, -1)))
    laws = [(found_limit(place, primitive) or (None, None))[1] for place in places]
    return {} if laws == [None, None] else {"ends": laws}


def _primitive(local: sp.Expr, z: sp.Symbol, inside: Given, claimed: list[sp.Expr]) -> sp.Expr | None:
    """An antiderivative by the rules of integration, its logarithms defined on the piece; else one that is claimed."""
    found = symbolic_antiderivative(local, z)
    if found is not None:
        return found.xreplace({l: sp.log(-l.args[0]) for l in found.atoms(sp.log) if inside.holds(l.args[0], "<")})
    for candidate in claimed:
        resolved = inside.partial(candidate)
        if is_zero(sp.diff(resolved, z) - local):
            return sp.sympify(resolved)
    factor, power = local.as_independent(z, as_Add=False)
    if power.is_Pow and power.base == z and z not in power.exp.free_symbols and inside.holds(power.exp + 1, "!="):
        return sp.sympify(factor * z ** (power.exp + 1) / (power.exp + 1))
    if not local.has(sp.sin, sp.cos):
        return None
    from sympy.simplify.fu import TR8

    found = symbolic_antiderivative(sp.expand(TR8(sp.expand(local))), z)  # products of waves as sums of waves
    return found if found is not None and is_zero(sp.diff(found, z) - local) else None


def _claimed(goal: Goal, of: sp.Integral) -> list[sp.Expr]:
    """Antiderivatives that the goal itself proposes: the rest of it as a function of a bound that is a symbol."""
    z, *bounds = of.limits[0]
    mark = sp.Dummy(real=True)
    difference = (goal.rhs - goal.lhs).xreplace({of: mark})
    factor = sp.diff(difference, mark)
    if mark in factor.free_symbols or not factor.is_Rational or factor == 0:
        return []
    rest = -difference.xreplace({mark: sp.S.Zero}) / factor
    return [way * rest.xreplace({b: z}) for b, way in zip(bounds, (-1, 1), strict=True) if b.is_Symbol]


def integrated(goal: Goal, is_whole: bool = False) -> Goal:
    """The goal with the integrals evaluated that have antiderivatives here, or moments: it holds where that does."""
    for _ in range(MAX_PIECES):
        if not (goal.lhs.has(sp.Integral) or goal.rhs.has(sp.Integral)):
            break
        try:
            nodes = integrals(goal, Search(())) if is_whole else definite(goal, Search(()))
            for node in nodes:
                (goal,) = RULES[node["rule"]](goal, node)
                break
            else:
                break
        except EXPECTED:
            break
    return goal


def _between(given: Given, z: sp.Symbol, lo: sp.Expr, hi: sp.Expr) -> Given:
    return given.and_(*((way * (z - end), ">") for end, way in ((lo, 1), (hi, -1)) if end.is_finite is not False))


def _root_of(border: sp.Expr | None, z: sp.Symbol) -> sp.Expr | None:
    """Where a border that is affine in z lies."""
    slope = sp.S.Zero if border is None else sp.diff(border, z)
    if border is None or slope == 0 or z in slope.free_symbols:
        return None
    return sp.expand(z - border / slope)


def integrate(h: sp.Expr, z: sp.Symbol, given: Given) -> list[dict[str, Any]] | None:
    """Pieces of the line with how the integrand is integrated on each, or None."""
    borders: list[sp.Expr] = []
    for _ in range(MAX_PIECES):
        undecided = None
        for inside in _insides(borders, z, given):
            try:
                inside.resolve(h)
            except Undecided as error:
                undecided = border_of(error.expression, inside)
                break
        if undecided is None:
            break
        slope = sp.diff(undecided, z)
        if z in slope.free_symbols:
            return None
        for on in (undecided, slope):
            if z not in on.free_symbols and len(given.sign(on)) > 1:
                raise Undecided(on)
        if slope == 0:
            return None
        borders.append(sp.expand(z - undecided / slope))
        try:
            borders = sorted(set(borders), key=lambda e: (e.is_Rational is not True, e if e.is_Rational else 0))
        except TypeError:
            return None
    pieces = []
    insides = _insides(borders, z, given)
    for k, inside in enumerate(insides):
        try:
            piece = _piece(inside.resolve(h), z, inside, whole=len(insides) == 1)
        except EXPECTED:
            return None
        if piece is None:
            return None
        if k < len(borders):
            piece["to"] = encode(borders[k])
        lo, hi = (-sp.oo, *borders, sp.oo)[k : k + 2]
        pieces.append(piece | (_ends(decode(piece["F"]), z, given, lo, hi) if "F" in piece else {}))
    return pieces


def _insides(borders: list[sp.Expr], z: sp.Symbol, given: Given) -> list[Given]:
    out = []
    ends: list[sp.Expr | None] = [None, *borders, None]
    for lo, hi in itertools.pairwise(ends):
        conditions = []
        if lo is not None:
            conditions.append((z - lo, ">"))
        if hi is not None:
            conditions.append((hi - z, ">"))
        out.append(given.and_(*conditions))
    return out


def _piece(h: sp.Expr, z: sp.Symbol, given: Given, whole: bool) -> dict[str, Any] | None:
    if h == 0 or is_zero(h):
        return {"kind": "antiderivative", "F": encode(sp.S.Zero)}
    for form in (
        sp.expand(h),
        sp.expand(h.rewrite(sp.erf)),
        *([sp.expand(h.rewrite(sp.exp))] if h.has(sp.cosh, sp.sinh) else []),
        sp.expand(sp.cancel(sp.together(h))) if h.has(sp.exp) else h,
    ):
        primitive = antiderivative(form, z)
        if primitive is not None:
            return {"kind": "antiderivative", "F": encode(given.partial(primitive))}
        if whole:
            found = _table_terms(form, z)
            if found is not None:
                terms, primitive = found
                return {"kind": "table", "terms": terms} | ({"F": encode(primitive)} if primitive != 0 else {})
    return _by_parts(h, z)


def _by_parts(h: sp.Expr, z: sp.Symbol) -> dict[str, Any] | None:
    """`h = (z*f - f')*density`, so that -f*density is an antiderivative (Stein)."""
    density = sp.exp(-(z**2) / 2)
    terms = [t / density for t in sp.Add.make_args(h)]
    f = sp.Add(*[t / z for t in terms if sp.Mul.make_args(t).count(z)])
    primitive = -f * density
    if f != 0 and is_zero(sp.diff(primitive, z) - h):
        return {"kind": "antiderivative", "F": encode(primitive)}
    return None


def antiderivative(h: sp.Expr, z: sp.Symbol) -> sp.Expr | None:
    """Of a sum of `z**n * erf(p*z)**j * exp(-q*z**2 + l*z)`, by parts; None where a term is of another form."""
    total: sp.Expr = sp.S.Zero
    for term in sp.Add.make_args(h):
        found = _term(term, z)
        if found is None:
            return None
        c, n, j, u, q, l = found
        primitive = _reduce(n, j, u, q, l, z)
        if primitive is None:
            return None
        total += c * primitive
    return total


def _term(term: sp.Expr, z: sp.Symbol) -> tuple[Any, int, int, sp.Expr, sp.Expr, sp.Expr] | None:
    c: sp.Expr = sp.S.One
    n, j, u = 0, 0, sp.S.Zero
    q = l = sp.S.Zero
    for factor in sp.Mul.make_args(term):
        base, power = (factor.base, factor.exp) if factor.is_Pow else (factor, sp.S.One)
        if z not in factor.free_symbols:
            c *= factor
        elif base == z and power.is_Integer and power > 0:
            n += int(power)
        elif isinstance(factor, sp.exp):
            form = quadratic(factor.args[0], z)
            if form is None:
                return None
            q, l = q - form[0], l + form[1]
            c *= sp.exp(form[2])
        elif isinstance(base, sp.erf) and power.is_Integer and power > 0 and (u == 0 or u == base.args[0]):
            u, j = base.args[0], j + int(power)
        else:
            return None
    return None if q == 0 or n > MAX_POWER else (c, n, j, u, q, l)


def _reduce(n: int, j: int, u: sp.Expr, q: sp.Expr, l: sp.Expr, z: sp.Symbol) -> sp.Expr | None:
    """An antiderivative of `z**n * erf(u)**j * exp(-q*z**2 + l*z)`, u affine in z."""
    x = sp.exp(-q * z**2 + l * z)
    if n == 0 and j == 0:
        root = sp.sqrt(q)
        return sp.exp(l**2 / (4 * q)) * sp.sqrt(sp.pi) / (2 * root) * sp.erf(root * (z - l / (2 * q)))
    slope = sp.diff(u, z) if j else sp.S.Zero
    if n == 0:
        if sp.expand(q * z**2 - l * z - u**2 + u.xreplace({z: sp.S.Zero}) ** 2) == 0:
            scale = sp.exp(-(u.xreplace({z: sp.S.Zero}) ** 2)) * 2 * slope / sp.sqrt(sp.pi)
            return sp.erf(u) ** (j + 1) / ((j + 1) * scale)
        return None
    total = -(z ** (n - 1)) * sp.erf(u) ** j * x / (2 * q)
    parts = [((n - 1) / (2 * q), n - 2, j, q, l)] if n > 1 else []
    if l != 0:
        parts.append((l / (2 * q), n - 1, j, q, l))
    if j:
        form = quadratic(u**2, z)
        assert form is not None
        factor = j * 2 * slope / sp.sqrt(sp.pi) * sp.exp(-form[2]) / (2 * q)
        parts.append((factor, n - 1, j - 1, q + form[0], l - form[1]))
    for c, m, k, q2, l2 in parts:
        inner = _reduce(m, k, u, q2, l2, z)
        if inner is None:
            return None
        total += c * inner
    return total


def _table_terms(h: sp.Expr, z: sp.Symbol) -> tuple[list[Any], sp.Expr] | None:
    """Each term of a sum as a moment or as a product of error functions; an antiderivative of the others."""
    rows: list[Any] = []
    primitive: sp.Expr = sp.S.Zero
    for term in sp.Add.make_args(h):
        found = _error_terms(term, z) if term.has(sp.erf) else _moment_terms(term, z)
        rows += found or []
        if found is None:
            more = antiderivative(term, z)
            if more is None:
                return None
            primitive += more
    return rows, primitive


def _moment_terms(h: sp.Expr, z: sp.Symbol) -> list[Any] | None:
    """Terms `(c, n, q, l, w, wave)` of polynomials times exponentials and waves."""
    waved = h
    if h.has(sp.sin, sp.cos):
        from sympy.simplify.fu import TR8

        waved = sp.expand(TR8(h))
    terms = []
    for term in sp.Add.make_args(sp.expand(waved.replace(_is_wave, lambda f: _shifted(f, z)))):
        wave, w = "cos", sp.S.Zero
        rest: sp.Expr = sp.S.One
        for factor in sp.Mul.make_args(term):
            if isinstance(factor, (sp.sin, sp.cos)) and z in factor.free_symbols:
                slope = sp.expand(factor.args[0]).coeff(z)
                if w != 0 or sp.expand(factor.args[0] - slope * z) != 0:
                    return None
                wave, w = ("cos" if isinstance(factor, sp.cos) else "sin"), slope
            else:
                rest *= factor
        found = _term(rest, z)
        if found is None or found[2]:
            return None
        c, n, _, _, q, l = found
        terms.append(["moment", encode(c), n, encode(q), encode(l), encode(w), wave])
    return terms


def _is_wave(e: sp.Basic) -> bool:
    return isinstance(e, (sp.sin, sp.cos))


def _shifted(wave: sp.Expr, z: sp.Symbol) -> sp.Expr:
    """`sin(a*z + b)` by the waves of its parts."""
    phase, moving = sp.expand(wave.args[0]).as_independent(z, as_Add=True)
    if phase == 0 or moving == 0:
        return wave
    s, c = (f(moving) * g(phase) for f, g in ((sp.sin, sp.cos), (sp.cos, sp.sin)))
    return s + c if isinstance(wave, sp.sin) else sp.cos(moving) * sp.cos(phase) - sp.sin(moving) * sp.sin(phase)


def _error_terms(h: sp.Expr, z: sp.Symbol) -> list[Any] | None:
    """Terms `(c, p, r, s)` of error functions under the standard normal density."""
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    terms = []
    for term in sp.Add.make_args(sp.expand(h / density)):
        c: sp.Expr = sp.S.One
        arguments: list[sp.Expr] = []
        for factor in sp.Mul.make_args(term):
            base, power = (factor.base, factor.exp) if factor.is_Pow else (factor, sp.S.One)
            if z not in factor.free_symbols:
                c *= factor
            elif isinstance(base, sp.erf) and power in (1, 2):
                arguments += [base.args[0]] * int(power)
            else:
                return None
        forms = [quadratic(a, z) for a in arguments]
        if any(f is None or f[0] != 0 for f in forms) or len(forms) > 2:
            return None
        slopes = [(f[1], f[2]) for f in forms if f is not None]
        if len(slopes) == 2:
            terms.append(["erf", encode(c), encode(slopes[0][0]), encode(slopes[0][1]), encode(slopes[1][0])])
            if slopes[0][1] != 0 or slopes[1][1] != 0:
                return None
        elif slopes:
            terms.append(["erf", encode(c), encode(slopes[0][0]), encode(slopes[0][1]), None])
        else:  # a constant
            return None
    return terms or None
