"""Inverse functions in closed form: outer operations are undone one by one, the rest is a quadratic at most.

Every proposal `g` is checked by exact expansion of `f(g(y)) - y`; which of two square roots is meant is decided by a
certified value at a point.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from symacts.symbolic.closed_forms import simplify_lambert
from symacts.symbolic.field import vanishes
from symacts.symbolic.structure import with_names, with_values

__all__ = ["proposals"]

_UNDO: dict[type, Callable[[sp.Expr], sp.Expr]] = {
    sp.exp: sp.log,
    sp.log: sp.exp,
    sp.tanh: sp.atanh,
    sp.sinh: sp.asinh,
    sp.asinh: sp.sinh,
    sp.atanh: sp.tanh,
    sp.atan: sp.tan,
    sp.erf: sp.erfinv,
    sp.erfc: lambda v: sp.erfinv(1 - v),
    sp.asin: sp.sin,
    sp.acos: sp.cos,
    sp.acosh: sp.cosh,
    sp.LambertW: lambda v: v * sp.exp(v),
}


_HYPERBOLIC = (sp.tanh, sp.sinh, sp.cosh, sp.sech, sp.coth)
_ONE_TO_ONE = {sp.atanh: sp.tanh, sp.asinh: sp.sinh, sp.erfinv: sp.erf}
"""What undoes an increasing function of all real numbers."""


def _undone(e: sp.Expr) -> sp.Expr:
    """`atanh(tanh(u))` as `u`, and the like, which SymPy leaves as they are since they fail for complex numbers."""
    for outer, inner in _ONE_TO_ONE.items():
        e = e.replace(
            lambda v, o=outer, i=inner: isinstance(v, o) and isinstance(v.args[0], i), lambda v: v.args[0].args[0]
        )
    return e


def _peeled(e: sp.Expr, x: sp.Symbol, value: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """`(u, v)` with `u = v` where `e = value` for a value that e takes: its outer one-to-one operations are undone."""
    while True:
        if e.is_Add or e.is_Mul:
            constant, rest = e.as_independent(x, as_Add=e.is_Add)
            if constant == (0 if e.is_Add else 1):
                return e, value
            e, value = rest, value - constant if e.is_Add else value / constant
        elif isinstance(e, sp.Pow) and not isinstance(e, sp.exp) and not e.base.has(x):
            e, value = e.exp, sp.log(value) / sp.log(e.base)
        elif type(e) in _UNDO and len(e.args) == 1:
            e, value = e.args[0], _UNDO[type(e)](value)
        else:
            return e, value


def _solve(e: sp.Expr, x: sp.Symbol, value: sp.Expr) -> list[sp.Expr]:
    """Candidates for `x` with `e = value`."""
    e, value = _peeled(e, x, value)
    if e == x:
        return [value]
    if isinstance(e, sp.Pow) and not e.exp.has(x) and e.exp.is_Rational:
        root = value ** (1 / e.exp)
        both = [root, -root] if e.exp.p % 2 == 0 else [root]
        if e.exp.q == 1 and e.exp.p % 2 and not value.is_nonnegative:
            both.append(-((-value) ** (1 / e.exp)))
        return [s for r in both for s in _solve(e.base, x, r)]
    if type(e) in _WAVES:
        return [s for v in _WAVES[type(e)](value) for s in _solve(e.args[0], x, v)]
    power = _common_power(e)
    if power > 1:
        base = sp.Mul(*[f.base ** (f.exp / power) for f in e.args])
        return _solve(sp.Pow(base, power, evaluate=False), x, value)
    ways = (_radical, _quadratic, _cubic, _in_a_power, _lambert, _lambert_of_log, _rooted)
    return next((found for way in ways if (found := way(e, x, value))), [])


_WAVES: dict[type, Callable[[sp.Expr], list[sp.Expr]]] = {
    sp.sin: lambda v: [sp.asin(v), sp.pi - sp.asin(v), -sp.pi - sp.asin(v)],
    sp.cos: lambda v: [sp.acos(v), -sp.acos(v)],
    sp.tan: lambda v: [sp.atan(v)],
}
"""Waves on the pieces next to 0: which one is meant is decided by a value at a point."""


def _common_power(e: sp.Expr) -> int:
    """The largest n for which a product is the n-th power of a product of integer powers; 1 for anything else."""
    if not e.is_Mul or not all(f.is_Pow and f.exp.is_Integer for f in e.args):
        return 1
    return int(sp.igcd(*[f.exp for f in e.args]))


def _as_quotient(value: sp.Expr) -> sp.Expr:
    """A fraction with both sides expanded, the denominator positive at 0 if anything."""
    above, below = map(sp.expand, sp.fraction(sp.together(value)))
    flip = -1 if below.subs(dict.fromkeys(below.free_symbols, 0)).is_negative else 1
    return flip * above / (flip * below)


def _rooted(e: sp.Expr, x: sp.Symbol, value: sp.Expr) -> list[sp.Expr]:
    """A product that is rational when raised to a power: `x/sqrt(1 + x)` squared."""
    exponents = [f.as_base_exp()[1] for f in sp.Mul.make_args(e)]
    if not e.is_Mul or not all(n.is_Rational for n in exponents):
        return []
    n = sp.ilcm(1, *[n.q for n in exponents])
    return _solve(sp.Mul(*[f**n for f in e.args]), x, value**n) if n > 1 else []


def _in_a_power(e: sp.Expr, x: sp.Symbol, value: sp.Expr) -> list[sp.Expr]:
    """A rational function of `x**n`, n > 1 or, for x > 0, a fraction."""
    powers = [p.exp for p in e.atoms(sp.Pow) if p.base == x]
    if not powers or not all(n.is_Rational for n in powers):
        return []
    below = sp.ilcm(1, 1, *[n.q for n in powers])
    plain_x = e.xreplace({p: sp.S.One for p in e.atoms(sp.Pow) if p.base == x}).has(x)
    n = sp.Rational(sp.igcd(*[n * below for n in powers], below if plain_x else 0), below)
    t = sp.Dummy("t", positive=x.is_positive, real=True)
    plain = e.replace(lambda p: p.is_Pow and p.base == x, lambda p: t ** (p.exp / n)).xreplace({x: t ** (1 / n)})
    if n == 1 or (below > 1 and not x.is_positive) or not plain.is_rational_function(t):
        return []
    return [s for r in _solve(plain, t, value) for s in ([r ** (1 / n)] if below > 1 else _solve(x**n, x, r))]


def _lambert_of_log(e: sp.Expr, x: sp.Symbol, value: sp.Expr) -> list[sp.Expr]:
    """`a*x + b + c*log(k*x + d) = value`, `m = a/(k*c) > 0`: `W(m*exp((value - b + a*d/k)/c))/m` is k*x + d."""
    logarithms = [t for t in sp.Add.make_args(sp.expand(e)) if t.has(sp.log)]
    if len(logarithms) != 1:
        return []
    c, log = logarithms[0].as_independent(x, as_Add=False)
    line = sp.expand(e) - logarithms[0]
    if not isinstance(log, sp.log) or not all(g.is_polynomial(x) and sp.degree(g, x) == 1 for g in (line, log.args[0])):
        return []
    (a, b), (k, d) = sp.Poly(line, x).all_coeffs(), sp.Poly(log.args[0], x).all_coeffs()
    m = a / (k * c)
    if not m.is_positive:
        return []
    u = sp.LambertW(m * sp.exp((value - b + a * d / k) / c)) / m
    return [(u - d) / k]


def _radical(e: sp.Expr, x: sp.Symbol, value: sp.Expr) -> list[sp.Expr]:
    """`a(x) + b*sqrt(u(x)) = value`, squared: a polynomial equation that its solutions satisfy."""
    roots = [p for p in e.atoms(sp.Pow) if p.exp == sp.Rational(1, 2) and p.base.is_polynomial(x) and p.has(x)]
    if len(roots) != 1:
        return []
    r = sp.Dummy("r")
    linear = sp.expand(e.xreplace({roots[0]: r}) - value)
    if not linear.is_polynomial(x, r) or sp.degree(linear, r) != 1:
        return []
    b, a = linear.coeff(r, 1), linear.coeff(r, 0)
    squared = sp.expand(a**2 - b**2 * roots[0].base)
    if squared == 0 or not 1 <= sp.degree(squared, x) <= 2:
        return []
    return list(sp.roots(squared, x, multiple=True))


def _quadratic(e: sp.Expr, x: sp.Symbol, value: sp.Expr) -> list[sp.Expr]:
    """`e = value` where it is a polynomial equation of degree at most 2 in `x` or in one exponential."""
    plain = e.replace(lambda u: isinstance(u, _HYPERBOLIC) and u.has(x), lambda u: u.rewrite(sp.exp))
    numerator, _ = sp.fraction(sp.together(plain - value))
    numerator = sp.expand(numerator)
    if numerator.is_polynomial(x) and sp.degree(numerator, x) <= 2:
        return list(sp.roots(numerator, x, multiple=True)) if sp.degree(numerator, x) else []
    atoms = [a for a in numerator.atoms(sp.exp) if a.has(x)]
    if not atoms:
        return []
    first = min(atoms, key=lambda a: a.count_ops()).args[0]
    shares = [sp.cancel(a.args[0] / first) for a in atoms]
    if not all(share.is_Rational for share in shares):
        return []
    base = sp.exp(first / sp.ilcm(1, *[share.q for share in shares]))
    t = sp.Dummy("t", positive=True)
    mapped = numerator
    for atom in atoms:
        mapped = mapped.xreplace({atom: t ** sp.cancel(atom.args[0] / base.args[0])})
    mapped = sp.fraction(sp.together(mapped))[0]
    if mapped.has(x) or not mapped.is_polynomial(t) or sp.degree(mapped, t) > 2:
        return []
    return [s for r in sp.roots(sp.expand(mapped), t, multiple=True) for s in _solve(base, x, r)]


def _cubic(e: sp.Expr, x: sp.Symbol, value: sp.Expr) -> list[sp.Expr]:
    """The real root of an increasing cubic: `t**3 + p*t = q` with p > 0 by `4*sinh(u)**3 + 3*sinh(u) = sinh(3*u)`."""
    if not e.is_polynomial(x) or sp.degree(e, x) != 3:
        return []
    a, b, c, d = sp.Poly(e, x).all_coeffs()
    shift, p = b / (3 * a), (3 * a * c - b**2) / (3 * a**2)
    if not (p.is_Rational and p.is_positive):
        return []
    q = (value - d) / a + shift * c / a - 2 * shift**3
    return [2 * sp.sqrt(p / 3) * sp.sinh(sp.asinh(3 * q / (2 * p) * sp.sqrt(3 / p)) / 3) - shift]


def _lambert(e: sp.Expr, x: sp.Symbol, value: sp.Expr) -> list[sp.Expr]:
    """`a*x + b + c*exp(k*x) = value` with `k*c/a > 0`: `x = u - W(k*c/a*exp(k*u))/k` for `u = (value - b)/a`."""
    exponentials = [t for t in sp.Add.make_args(sp.expand(e)) if t.has(sp.exp)]
    if len(exponentials) != 1:
        return []
    c, power = exponentials[0].as_independent(x, as_Add=False)
    line = sp.expand(e) - exponentials[0]
    if not isinstance(power, sp.exp) or not line.is_polynomial(x) or sp.degree(line, x) != 1:
        return []
    (a, b), k = sp.Poly(line, x).all_coeffs(), power.args[0] / x
    if k.has(x) or not (k * c / a).is_positive:
        return []
    u = (value - b) / a
    return [u - sp.LambertW(k * c / a * sp.exp(k * u)) / k]


def _log_of_lambert(u: sp.Expr) -> sp.Expr:
    """`log(c*W(z)) = log(c) + log(z) - W(z)` for z > 0, by W's defining equation."""
    c, w = u.as_independent(sp.LambertW, as_Add=False)
    if not isinstance(w, sp.LambertW) or not w.args[0].is_positive or not c.is_positive:
        return sp.log(u)
    return sp.log(c) + sp.expand_log(sp.log(w.args[0])) - w


def _is_root(p: sp.Basic) -> bool:
    """Whether this is a root of something short."""
    return p.is_Pow and p.exp.is_Rational and p.exp.q > 1 and p.base.count_ops() <= LONGEST_BASE


def _with_factored_roots(e: sp.Expr) -> sp.Expr:
    """Roots with their bases as products of powers: SymPy takes out what it knows to be positive."""
    return e.replace(_is_root, lambda p: _without_repeated_factors(p.base) ** p.exp)


def _without_repeated_factors(u: sp.Expr) -> sp.Expr:
    """A quotient as one of products of powers, such as `(1 + x)**2*(1 + x**2)/x`."""
    above, below = sp.fraction(sp.cancel(_as_quotient(u)))
    return sp.sqf(above) / sp.sqf(below)


LONGEST_BASE = 60
"""Operations below a root that is factored."""


def _is_inverse(f: sp.Expr, g: sp.Expr, x: sp.Symbol, y: sp.Symbol) -> bool:
    inner, value = _peeled(f, x, y)
    if inner != x and vanishes(inner.subs(x, g) - value):
        return True
    there = f.subs(x, g)
    there = there.replace(lambda u: isinstance(u, _HYPERBOLIC) and u.has(sp.log), lambda u: u.rewrite(sp.exp))
    if there.has(sp.LambertW):
        there = simplify_lambert(there.replace(sp.log, _log_of_lambert))
    back = g.subs(y, f)
    if back.has(sp.LambertW):
        back = simplify_lambert(back)
    return vanishes(there - y) or vanishes(_undone(back) - x) or _is_undone_in_roots(f, g, x, y)


def _is_undone_in_roots(f: sp.Expr, g: sp.Expr, x: sp.Symbol, y: sp.Symbol) -> bool:
    """Whether `g(f(x)) = x` for x > 0 by exact expansion in the root of x that f holds, the bases of roots factored."""
    if not x.is_positive:
        return False
    t = sp.Dummy("t", positive=True)
    inside = t ** sp.ilcm(1, 1, *[p.exp.q for p in f.atoms(sp.Pow) if p.base == x and p.exp.is_Rational])
    return vanishes(_with_factored_roots(g.subs(y, f.subs(x, inside))) - inside)


def proposals(expression: sp.Expr, x: sp.Symbol, y: sp.Symbol) -> list[sp.Expr]:
    """Expressions `g(y)` for which exact expansion shows `f(g(y)) = y` or `g(f(x)) = x` wherever both are defined.

    >>> import sympy
    >>> x, y = sympy.symbols("x y", real=True)
    >>> proposals(sympy.exp(x) - 1, x, y)
    [log(y + 1)]
    """
    expression, names = with_names(expression, x)
    if expression.count_ops() > 40 or not expression.has(x):
        return []
    found = []
    for proposal in dict.fromkeys(_solve(expression, x, y)):
        candidate = proposal.replace(
            lambda p: _is_root(p) and p.base.is_rational_function(), lambda p: _as_quotient(p.base) ** p.exp
        )
        if candidate.has(x, sp.zoo, sp.nan, sp.I):
            continue
        if _is_inverse(expression, candidate, x, y):
            found.append(with_values(candidate, names))
    return found
