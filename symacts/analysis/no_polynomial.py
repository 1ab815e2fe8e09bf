"""Functions that solve no equation `y' = P(y)` with a polynomial P, by their turns, their ends or their poles."""

from __future__ import annotations

import sympy as sp

from symacts.analysis.sampling import sample
from symacts.analysis.subject import Subject
from symacts.errors import UnsupportedExpression
from symacts.symbolic.oracle import Undecided
from symacts.symbolic.output import polynomial_in_output
from symacts.symbolic.output import y as OUTPUT

__all__ = ["is_no_solution"]


def is_no_solution(f: Subject, branch: int) -> bool:
    """Whether f is shown to solve no equation `y' = P(y)` with a polynomial P of degree at least 3.

    What solves it on the branch does so as far as its formula is analytic.
    """
    if _is_meromorphic(f.expression_of(branch), f.x) or _holds_a_logarithm(f.expression_of(branch, 1), f.x):
        return True
    for g, k in ((f, branch), *_continued(f, branch)):
        if _turns(g, k) or any(_ends_otherwise(g, k, at) for at in ("lo", "hi")):
            return True
        if any(_falls_between(g, k, at, g.expression_of(k), g.expression_of(k, 1)) for at in ("lo", "hi")):
            return True
    return _is_excluded_through_a_part(f, branch)


MOST_POWER = 5
"""Powers of the distance that a slope is compared with."""


def _falls_between(f: Subject, branch: int, at: str, value: sp.Expr, slope: sp.Expr) -> bool:
    """Whether `slope = P(value)` fails for every polynomial by the order of growth at an end of the branch.

    Where the value tends to L, `P(y) = (y - L)**m*Q(y)` with `Q(L)` not 0, so that `slope/(value - L)**m` has a limit
    that is finite and not 0; where it tends to infinity, the same holds of `slope/value**m`, m the degree. A quotient
    that tends to 0 for one m and to infinity for the next one excludes both.
    """
    piece = f.branches[branch]
    end, side = (piece.lo, 1) if at == "lo" else (piece.hi, -1)
    try:
        limit = f.limit_of(value, end, side)
        base = value if limit.is_infinite else value - limit
        before = None
        for m in range(MOST_POWER):
            quotient = f.limit_of(slope / base**m, end, side)
            kind = "infinite" if quotient.is_infinite else "zero" if f.sign(quotient) == 0 else "finite"
            if kind == "finite":
                return False
            if before is not None and kind != before:
                return True
            before = kind
    except Undecided:
        pass
    return False


def _is_excluded_through_a_part(f: Subject, branch: int) -> bool:
    """The same with a part u of the formula as the variable, where `f = G(u)` and `f' = H(u)`.

    `H = P(G)` on an interval of u goes on as far as both are analytic, beyond the values that u takes.
    """
    formula, slope = f.expression_of(branch), f.expression_of(branch, 1)
    nodes = {p for p in sp.preorder_traversal(formula) if isinstance(p, (sp.Function, sp.Pow)) and p.has(f.x)}
    parts = [p for p in nodes - {formula} if not formula.xreplace({p: _T}).has(f.x)]
    for part in sorted(parts, key=lambda p: (p.count_ops(), str(p)))[:MOST_PARTS]:
        value, change = formula.xreplace({part: _T}), _in_part(slope, part, f.x)
        if change is None:
            continue
        value, change = (e.xreplace({_T: f.x}) for e in (value, change))
        try:
            line = Subject(value, f.x, f.oracle)
            if not all(_is_whole(s) for s in (line, Subject(change, f.x, f.oracle))):
                continue
            if any(_falls_between(line, 0, at, value, change) for at in ("lo", "hi")):
                return True
        except (Undecided, UnsupportedExpression):
            continue
    return False


def _is_whole(f: Subject) -> bool:
    return len(f.branches) == 1 and f.branches[0].interval == sp.S.Reals


MOST_PARTS = 3
"""Parts of a formula that are tried as the variable."""
_T = sp.Dummy("t", real=True)


def _in_part(slope: sp.Expr, part: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
    """The slope as a formula in the part: directly, or with the part's own derivative as a polynomial in it."""
    direct = slope.xreplace({part: _T})
    if not direct.has(x):
        return direct
    own = sp.diff(part, x)
    polynomial = polynomial_in_output(part, own, x)
    if polynomial is None:
        return None
    rest = sp.cancel(sp.together(slope / own)).xreplace({part: _T})
    return None if rest.has(x) else rest * polynomial.xreplace({OUTPUT: _T})


def _continued(f: Subject, branch: int) -> list[tuple[Subject, int]]:
    """The formula of one of several branches, and its own branch that goes on from there."""
    if len(f.branches) == 1:
        return []
    piece = f.branches[branch]
    (inside,) = sample(f, piece.lo, piece.hi, 1)
    alone = Subject(piece.expression, f.x, f.oracle)
    try:
        return [(alone, k) for k, b in alone.pieces if alone.compare(b.lo, inside) < 0 < alone.compare(b.hi, inside)]
    except Undecided:
        return []


_ENTIRE = (sp.exp, sp.sin, sp.cos, sp.sinh, sp.cosh, sp.erf, sp.erfc, sp.erfi)
_WITH_POLES = (sp.tan, sp.cot, sp.sec, sp.csc, sp.tanh, sp.coth, sp.sech, sp.csch)


def _is_meromorphic(e: sp.Expr, x: sp.Symbol) -> bool:
    """Whether a formula is seen to be a quotient of entire functions.

    Such a function solves no `y' = P(y)` with a polynomial of degree d > 2, unless it is constant: its derivative grows
    at most twice as fast, `T(r, f') <= 2*T(r, f) + S(r, f)`, while `T(r, P(f)) = d*T(r, f) + O(1)`.

    References
    ----------
    Malmquist (1913), "Sur les fonctions a un nombre fini de branches definies par les equations differentielles du
    premier ordre"; Nevanlinna (1929), for the growth T.
    """
    if e == x or not e.has(x):
        return True
    if e.is_Add or e.is_Mul:
        return all(_is_meromorphic(a, x) for a in e.args)
    if isinstance(e, sp.Pow) and e.exp.is_Integer:
        return _is_meromorphic(e.base, x)
    if isinstance(e, _HYPERBOLIC) and e.args[0].has(sp.log):  # tanh(log(u)) = (u**2 - 1)/(u**2 + 1)
        e = e.rewrite(sp.exp)
        return not e.has(sp.log) and _is_meromorphic(e, x)
    return _is_entire(e, x) or (isinstance(e, _WITH_POLES) and _is_entire(e.args[0], x))


def _is_entire(e: sp.Expr, x: sp.Symbol) -> bool:
    if e == x or not e.has(x):
        return True
    if e.is_Add or e.is_Mul:
        return all(_is_entire(a, x) for a in e.args)
    if isinstance(e, sp.Pow):
        return _is_entire(e.base, x) if e.exp.is_Integer and e.exp > 0 else not e.base.has(x) and _is_entire(e.exp, x)
    return isinstance(e, _ENTIRE) and _is_entire(e.args[0], x)


def _holds_a_logarithm(slope: sp.Expr, x: sp.Symbol) -> bool:
    """Whether f' is rational in x, or f'/t in t = exp(c*x), with a simple pole.

    Then f holds a logarithm, while P(f) = f' would make it algebraic.
    """
    if slope.is_rational_function(x):
        return _has_simple_pole(slope, x)
    plain = slope.replace(lambda u: isinstance(u, _HYPERBOLIC), lambda u: u.rewrite(sp.exp))
    rates = {sp.cancel(u.args[0] / x) for u in plain.atoms(sp.exp) if u.has(x)}
    if not rates or not all(rate.is_Rational for rate in rates):
        return False
    rate = sp.Rational(sp.igcd(*[r.p for r in rates], 0), sp.ilcm(1, *[r.q for r in rates]))
    plain = plain.replace(lambda u: isinstance(u, sp.exp) and u.has(x), lambda u: _POWER ** (u.args[0] / x / rate))
    plain = plain.replace(lambda u: u.is_Pow and u.exp.is_Rational, lambda u: sp.factor(u.base) ** u.exp)
    return plain.is_rational_function(_POWER) and not plain.has(x) and _has_simple_pole(plain / _POWER, _POWER)


_HYPERBOLIC = (sp.tanh, sp.sinh, sp.cosh, sp.sech, sp.coth, sp.csch)
_POWER = sp.Dummy("t", positive=True)


def _has_simple_pole(formula: sp.Expr, x: sp.Symbol) -> bool:
    below = sp.Poly(sp.fraction(sp.cancel(sp.together(formula)))[1], x)
    if below.domain not in (sp.ZZ, sp.QQ):
        return False
    return any(multiplicity == 1 and factor.degree() for factor, multiplicity in below.factor_list()[1])


def _turns(f: Subject, branch: int) -> bool:
    """Whether f' vanishes inside the branch: a solution of y' = P(y) that is not constant never does that."""
    piece = f.branches[branch]
    signs = {f.oracle.sign_at(f.expression_of(branch, 1), f.x, t) for t in sample(f, piece.lo, piece.hi, 12)}
    if {1, -1} <= signs:
        return True
    try:
        return bool(f.chart(branch, 1).zeros)
    except Undecided:
        return False


def _ends_otherwise(f: Subject, branch: int, at: str) -> bool:
    """Whether f ends as no solution of `y' = P(y)` with P of degree at least 2 does.

    Towards a finite point, a solution with a finite limit L has the slope P(L), not 0. On a half line it stays bounded
    (it would reach infinity in finite time), and where it tends to a zero L of P, of multiplicity m, its slope falls as
    `exp(-c*|x|)` for m = 1, as `|x|**(-m/(m - 1))` else, which is no faster than `x**-2`.
    """
    piece = f.branches[branch]
    end, side = (piece.lo, -1) if at == "lo" else (piece.hi, 1)
    try:
        value = f.end(branch, at)
        if end.is_finite is not False:
            slope = f.end(branch, at, 1)
            return value.is_finite is not False and (slope.is_finite is False or f.sign(slope) == 0)
        if value.is_infinite:
            return True
        slope = f.expression_of(branch, 1)
        rate = f.oracle.rate(slope, f.x, side)
        return rate == "gaussian" or (rate == "algebraic" and f.limit_of(f.x**2 * slope, end, -side) == 0)
    except Undecided:
        return False
