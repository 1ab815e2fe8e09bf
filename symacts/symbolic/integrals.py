"""Antiderivatives by a table of rules, each answer checked by exact differentiation.

Linear terms are integrated one by one: a table for functions of `a*x + b`, partial fractions for rational functions
of `x` or of `t = exp(c*x)`, parts for a polynomial times one of these. No search: a term outside the table has no
answer here.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp
from sympy.integrals.rationaltools import ratint, ratint_ratpart
from sympy.simplify.fu import TR8, TRpower

from symacts.symbolic.closed_forms import simplify_lambert
from symacts.symbolic.field import vanishes
from symacts.symbolic.structure import expanded_length, with_names, with_values

__all__ = ["antiderivative"]

MOST_DEPTH = 4
MOST_SUBSTITUTIONS = 2
"""Substitutions within each other."""
MOST_CANDIDATES = 8
"""Parts of an integrand that are tried as the inner function."""
MOST_POWER = 8
"""Power of a sine or a cosine that is written as a sum."""
MOST_EXPANDED = 400
"""Terms up to which an answer and the integrand are compared in expanded form."""
MOST_TERMS = 150
"""Terms looked at before an integral is given up."""


class _OutOfWork(Exception):
    """The rules go around in circles or branch too far."""


class _Work:
    """How deep the rules have called each other, and how many terms they may still look at."""

    def __init__(self, depth: int = 0, spent: list[int] | None = None) -> None:
        self.depth, self.spent = depth, spent if spent is not None else []

    def deeper(self) -> _Work:
        return _Work(self.depth + 1, self.spent)

    def spend(self) -> None:
        self.spent.append(self.depth)
        if len(self.spent) > MOST_TERMS:
            raise _OutOfWork


_OF_LINEAR: dict[type, Callable[[sp.Expr], sp.Expr]] = {
    sp.exp: sp.exp,
    sp.sin: lambda u: -sp.cos(u),
    sp.cos: sp.sin,
    sp.sinh: sp.cosh,
    sp.cosh: sp.sinh,
    sp.log: lambda u: u * sp.log(u) - u,
    sp.atan: lambda u: u * sp.atan(u) - sp.log(1 + u**2) / 2,
    sp.asinh: lambda u: u * sp.asinh(u) - sp.sqrt(1 + u**2),
    sp.erf: lambda u: u * sp.erf(u) + sp.exp(-(u**2)) / sp.sqrt(sp.pi),
    sp.erfc: lambda u: u * sp.erfc(u) - sp.exp(-(u**2)) / sp.sqrt(sp.pi),
    sp.erfi: lambda u: u * sp.erfi(u) - sp.exp(u**2) / sp.sqrt(sp.pi),
    sp.erfinv: lambda u: -sp.exp(-(sp.erfinv(u) ** 2)) / sp.sqrt(sp.pi),
    sp.asin: lambda u: u * sp.asin(u) + sp.sqrt(1 - u**2),
    sp.acos: lambda u: u * sp.acos(u) - sp.sqrt(1 - u**2),
    sp.acosh: lambda u: u * sp.acosh(u) - sp.sqrt(u - 1) * sp.sqrt(u + 1),
    sp.atanh: lambda u: u * sp.atanh(u) + sp.log(1 - u**2) / 2,
    sp.tan: lambda u: -sp.log(sp.cos(u)),
    sp.cot: lambda u: sp.log(sp.sin(u)),
    sp.coth: lambda u: sp.log(sp.sinh(u)),
    sp.LambertW: lambda u: u * sp.LambertW(u) - u + sp.exp(sp.LambertW(u)),
}
"""Antiderivatives of functions of one argument."""


def _linear(u: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
    """The slope of a linear argument; None where it is not linear with a nonzero slope."""
    slope = sp.diff(u, x)
    return slope if slope != 0 and not slope.has(x) else None


def _term(e: sp.Expr, x: sp.Symbol, work: _Work) -> sp.Expr | None:
    work.spend()
    if not e.has(x):
        return e * x
    constant, rest = e.as_independent(x, as_Add=False)
    if constant != 1:
        inner = _term(rest, x, work)
        return None if inner is None else constant * inner
    for rule in _RULES:
        found = rule(e, x, work)
        if found is not None:
            return found
    return None


def _power(e: sp.Expr, x: sp.Symbol, work: _Work) -> sp.Expr | None:
    base, exponent = e.as_base_exp()
    if isinstance(e, sp.exp) or exponent.has(x) or exponent == -1:
        return None
    slope = _linear(base, x)
    return None if slope is None else base ** (exponent + 1) / ((exponent + 1) * slope)


def _table(e: sp.Expr, x: sp.Symbol, work: _Work) -> sp.Expr | None:
    if type(e) not in _OF_LINEAR or len(e.args) != 1:
        return None
    slope = _linear(e.args[0], x)
    return None if slope is None else _OF_LINEAR[type(e)](e.args[0]) / slope


def _gaussian(e: sp.Expr, x: sp.Symbol, work: _Work) -> sp.Expr | None:
    """`x**n * exp(-a*x**2)` with `a > 0`, by parts down to n = 0 or 1; a shifted square about its center."""
    exponentials = [a for a in sp.Mul.make_args(e) if isinstance(a, sp.exp)]
    if len(exponentials) != 1 or not exponentials[0].args[0].is_polynomial(x):
        return None
    exponent = sp.expand(exponentials[0].args[0])
    a, b = -exponent.coeff(x, 2), exponent.coeff(x, 1)
    power = sp.Mul(*[factor for factor in sp.Mul.make_args(e) if factor != exponentials[0]])
    if sp.degree(exponent, x) != 2 or not a.is_positive or not power.is_polynomial(x) or power.is_Add:
        return None
    if b != 0 or exponent.coeff(x, 0) != 0:
        center, height = b / (2 * a), exponent.subs(x, b / (2 * a))
        moved = sp.expand(power.subs(x, x + center)) * sp.exp(-a * x**2)
        terms = [term.as_independent(x, as_Add=False) for term in sp.Add.make_args(sp.expand_mul(moved))]
        total = sp.Add(*[c * _gaussian(term, x, work) for c, term in terms])
        return sp.exp(sp.expand(height)) * total.subs(x, x - center)
    n = sp.degree(power, x) if power.has(x) else 0
    if n == 0:
        return sp.sqrt(sp.pi / a) * sp.erf(sp.sqrt(a) * x) / 2
    step = -(x ** (n - 1)) * exponentials[0] / (2 * a)
    return step if n == 1 else step + (n - 1) / (2 * a) * _gaussian(x ** (n - 2) * exponentials[0], x, work)


def _gaussian_by_parts(e: sp.Expr, x: sp.Symbol, work: _Work) -> sp.Expr | None:
    """`x**k*exp(-a*x**2)*g(x)`, g an error function of a linear argument: `x*exp(-a*x**2)` is integrated."""
    factors = sp.Mul.make_args(e)
    outer = [g for g in factors if isinstance(g, (sp.erf, sp.erfc)) and _linear(g.args[0], x) is not None]
    weights = [w for w in factors if isinstance(w, sp.exp)]
    if len(outer) != 1 or len(weights) != 1 or work.depth >= MOST_DEPTH:
        return None
    (g,), (w,) = outer, weights
    a, power = sp.expand(-w.args[0] / x**2), e / (g * w)
    if a.has(x) or not a.is_positive or not power.is_polynomial(x) or power.is_Add:
        return None
    if not power.has(x):  # (g**2)' = 2*g*g', and g' is a multiple of the weight
        square = sp.cancel(sp.powsimp(w / sp.diff(g, x)))
        return None if square.has(x) else power * square * g**2 / 2
    rest = sp.diff(power / x, x) * g * w + power / x * sp.powsimp(sp.expand(w * sp.diff(g, x)))
    found = _sum(rest / (2 * a), x, work.deeper())
    return None if found is None else found - power / x * w * g / (2 * a)


_SIMPLER_SLOPE = (sp.erf, sp.erfc, sp.atan, sp.log, sp.asinh, sp.asin, sp.acos, sp.atanh)


def _is_simpler_by_slope(e: sp.Expr, x: sp.Symbol) -> bool:
    g, n = e.as_base_exp() if not isinstance(e, sp.exp) else (e, sp.S.One)
    return isinstance(g, _SIMPLER_SLOPE) and n.is_Integer and 1 <= n <= 4 and g.args[0].is_rational_function(x)


def _swap(e: sp.Expr, x: sp.Symbol, work: _Work) -> sp.Expr | None:
    """`x**k * g(u)`, u rational, by parts where g' is simpler: `x**(k+1)/(k+1)*g - Integral(x**(k+1)/(k+1)*g'*u')`."""
    factors = sp.Mul.make_args(e)
    if work.depth >= MOST_DEPTH or len(factors) > 2:
        return None
    outer = [a for a in factors if _is_simpler_by_slope(a, x)]
    if len(outer) != 1:
        return None
    power = e / outer[0]
    if not power.is_polynomial(x) or power.is_Add:
        return None
    k = sp.Integer(sp.degree(power, x) if power.has(x) else 0) + 1
    rest = _sum(x**k * sp.diff(outer[0], x) / k, x, work.deeper())
    return None if rest is None else x**k * outer[0] / k - rest


def _square_root(e: sp.Expr, x: sp.Symbol, work: _Work) -> sp.Expr | None:
    """An odd power of `sqrt(a*x**2 + b*x + c)`; for b = 0 also `x` or `x**2` times the root or its inverse."""
    for power in e.atoms(sp.Pow):
        if not power.base.is_polynomial(x) or sp.degree(power.base, x) != 2 or not (2 * power.exp).is_odd:
            continue
        a, b, c = sp.Poly(power.base, x).all_coeffs()
        if b != 0:
            centered = e.xreplace({power.base: sp.expand(power.base.subs(x, x - b / (2 * a)))})
            found = _square_root(centered, x, work) if e == power else None
            return None if found is None else found.xreplace({x: x + b / (2 * a)})
        root = sp.sqrt(power.base)
        if a.is_positive and c.is_positive:
            angle = sp.asinh(x * sp.sqrt(a / c)) / sp.sqrt(a)
        elif a.is_negative and c.is_positive:
            angle = sp.asin(x * sp.sqrt(-a / c)) / sp.sqrt(-a)
        elif a.is_positive and c.is_negative:
            angle = sp.log(sp.sqrt(a) * x + root) / sp.sqrt(a)
        else:
            continue
        if e == power and abs(power.exp) <= MOST_POWER:
            return _odd_power(x, root, int(2 * power.exp), c, angle)
        rows = {x / root: root / a, x * root: root**3 / (3 * a), x**2 / root: (x * root - c * angle) / (2 * a)}
        rows[x**2 * root] = (_odd_power(x, root, 3, c, angle) - c * _odd_power(x, root, 1, c, angle)) / a
        if e in rows:
            return rows[e]
    return None


def _odd_power(x: sp.Symbol, root: sp.Expr, n: int, c: sp.Expr, angle: sp.Expr) -> sp.Expr:
    """`r**n` integrated, r = sqrt(a*x**2 + c), `angle` that of 1/r: `(x*r**m)' = (m + 1)*r**m - m*c*r**(m - 2)`."""
    if n == -1:
        return angle
    if n > 0:
        return (x * root**n + n * c * _odd_power(x, root, n - 2, c, angle)) / (n + 1)
    return ((n + 3) * _odd_power(x, root, n + 2, c, angle) - x * root ** (n + 2)) / ((n + 2) * c)


def _rational(e: sp.Expr, x: sp.Symbol, work: _Work) -> sp.Expr | None:
    if not e.is_rational_function(x) or e.count_ops() > 60:
        return None
    e, names = _with_named_constants(e, x)
    if not _is_solvable(sp.denom(sp.together(e)), x):
        return None
    has_more = bool(names) or e.free_symbols != {x}
    found = _by_partial_fractions(e, x, names) if has_more else ratint(e, x, real=True)
    return None if found is None or found.has(sp.RootSum, sp.Integral, sp.I) else found.xreplace(names)


def _with_named_constants(e: sp.Expr, x: sp.Symbol) -> tuple[sp.Expr, dict[sp.Basic, sp.Expr]]:
    """The expression with a symbol for each transcendental constant, powers of e as powers of one, and the way back."""
    powers = [a for a in e.atoms(sp.exp, type(sp.E)) if not a.free_symbols and sp.log(a).is_Rational]
    root = sp.ilcm(1, 1, *[sp.log(a).q for a in powers])
    names = {sp.Dummy("e", positive=True): sp.exp(sp.Rational(1, root))} if powers else {}
    named = {a: name ** (root * sp.log(a)) for a in powers for name in names}
    for a in e.atoms(sp.Function, sp.NumberSymbol) - set(powers):
        if x not in a.free_symbols:
            name = sp.Dummy("k", real=True, positive=a.is_positive, negative=a.is_negative)
            names[name], named[a] = a, name
    return e.xreplace(named), names


def _by_partial_fractions(e: sp.Expr, x: sp.Symbol, names: dict[sp.Basic, sp.Expr]) -> sp.Expr | None:
    """A rational function whose coefficients hold named constants, with denominators of degree 1 and 2."""
    top, bottom = (sp.Poly(part, x) for part in sp.fraction(sp.cancel(e)))
    whole, rest = sp.div(top, bottom)
    done, simple = ratint_ratpart(rest, bottom, x)
    total = whole.integrate(x).as_expr() + done
    for part in sp.Add.make_args(sp.apart(sp.together(simple), x)):
        p, q = (sp.Poly(side, x) for side in sp.fraction(sp.cancel(part)))
        leading = q.LC()
        p, q = _over(p, leading), _over(q, leading)
        if q.degree() == 1:
            total += p.as_expr() * sp.log(q.as_expr())
        elif q.degree() == 2:
            found = _over_quadratic(p, q, x, names)
            if found is None:
                return None
            total += found
        elif p != 0:
            return None
    return total


def _over(polynomial: sp.Poly, divisor: sp.Expr) -> sp.Poly:
    return sp.Poly([sp.cancel(c / divisor) for c in polynomial.all_coeffs()], polynomial.gen)


def _over_quadratic(p: sp.Poly, q: sp.Poly, x: sp.Symbol, names: dict[sp.Basic, sp.Expr]) -> sp.Expr | None:
    """`(p1*x + p0)/(x**2 + b*x + c)` integrated, the names of its constants standing for their values."""
    _, b, c = q.all_coeffs()
    gap = sp.factor(4 * c - b**2)
    sign = gap.xreplace(names).is_positive
    if sign is None:
        return None
    root, slope, rest = sp.sqrt(gap if sign else -gap), 2 * x + b, sp.cancel(p.nth(0) - p.nth(1) * b / 2)
    angle = 2 * sp.atan(slope / root) if sign else sp.log((slope - root) / (slope + root))
    return p.nth(1) / 2 * sp.log(q.as_expr()) + rest / root * angle


MOST_DEGREE = 12
"""Highest degree of a denominator that is split into partial fractions."""


def _is_solvable(denominator: sp.Expr, x: sp.Symbol) -> bool:
    """Whether a denominator splits into linear, quadratic and even quartic factors: others need sums over roots."""
    if not denominator.has(x):
        return True
    if sp.degree(denominator, x) > MOST_DEGREE:
        return False
    for factor, _ in sp.factor_list(denominator, x)[1]:
        polynomial = sp.Poly(factor, x)
        degree = polynomial.degree()
        if degree > 2 and not (degree == 4 and polynomial.nth(1) == polynomial.nth(3) == 0):
            return False
    return True


def _exponential(e: sp.Expr, x: sp.Symbol, work: _Work) -> sp.Expr | None:
    """A rational function of `t = exp(c*x)` alone: `dx = dt/(c*t)`."""
    e = e.replace(lambda u: isinstance(u, (sp.tanh, sp.sinh, sp.cosh, sp.sech)), lambda u: u.rewrite(sp.exp))
    exponents = [a.args[0] for a in e.atoms(sp.exp) if a.has(x)]
    slopes = [s for s in (_linear(u, x) for u in exponents) if s is not None]
    if not slopes or len(slopes) < len(exponents) or e.count_ops() > 60:
        return None
    first = min(slopes, key=lambda s: abs(s) if s.is_Rational else sp.S.One)
    ratios = [s / first for s in slopes]
    if not all(r.is_Rational for r in ratios):
        return None
    c = first / sp.ilcm(1, *[r.q for r in ratios])
    c = -c if c.could_extract_minus_sign() else c
    t = sp.Dummy("t", positive=True)

    def image(u: sp.Expr) -> sp.Expr:
        slope = _linear(u.args[0], x)
        return sp.exp(sp.expand(u.args[0] - slope * x)) * t ** (slope / c)

    mapped = e.replace(lambda u: isinstance(u, sp.exp) and u.has(x), image)
    if mapped.has(x):
        return None
    found = _rational(sp.cancel(mapped / t), t, work)
    if found is None:
        return None
    return found.subs(sp.log(t), c * x).subs(t, sp.exp(c * x)) / c


def _softplus(e: sp.Expr, x: sp.Symbol, work: _Work) -> sp.Expr | None:
    """`log(c + b*exp(u))` for linear `u` and b, c > 0, by the dilogarithm, and `polylog(n, c*exp(u))`."""
    if isinstance(e, sp.polylog) and e.args[0].is_Integer:
        slope = sp.cancel(sp.diff(e.args[1], x) / e.args[1])
        return None if slope.has(x) or slope == 0 else sp.polylog(e.args[0] + 1, e.args[1]) / slope
    if not isinstance(e, sp.log):
        return None
    if e.args[0].is_Mul:
        scale, wave = e.args[0].as_independent(x, as_Add=False)
        if isinstance(wave, sp.cosh) and scale.is_positive:
            u = wave.args[0]
            return _sum(sp.log(scale / 2) + u + sp.log(1 + sp.exp(-2 * u)), x, work)
    if isinstance(e.args[0], sp.cosh):
        u = e.args[0].args[0]
        return _sum(u - sp.log(2) + sp.log(1 + sp.exp(-2 * u)), x, work)
    constant, moving = sp.expand(e.args[0]).as_independent(x, as_Add=True)
    b, power = moving.as_independent(x, as_Add=False)
    slope = _linear(power.args[0], x) if isinstance(power, sp.exp) else None
    if slope is None or not b.is_positive or not constant.is_positive:
        return None
    return sp.log(constant) * x - sp.polylog(2, -sp.powsimp(sp.expand(moving / constant))) / slope


def _waves(e: sp.Expr, x: sp.Symbol, work: _Work) -> sp.Expr | None:
    """Powers and products of sines and cosines of linear arguments as sums; one of them times `exp` of a linear one."""
    waves = [a for a in e.atoms(sp.sin, sp.cos) if a.has(x)]
    if not waves or any(_linear(a.args[0], x) is None for a in waves) or work.depth >= MOST_DEPTH:
        return None
    if expanded_length(e) > MOST_TERMS or any(abs(p.exp) > MOST_POWER for p in e.atoms(sp.Pow) if p.exp.is_Rational):
        return None
    apart = TR8(TRpower(sp.expand(e)))
    if apart != e:
        return _sum(apart, x, work.deeper())
    rest = e / waves[0]
    if len(waves) != 1 or not isinstance(rest, sp.exp):
        return None
    v, a = waves[0].args[0], _linear(rest.args[0], x)
    b = _linear(v, x)
    if a is None or b is None:
        return None
    turned = a * sp.sin(v) - b * sp.cos(v) if isinstance(waves[0], sp.sin) else a * sp.cos(v) + b * sp.sin(v)
    return rest * turned / (a**2 + b**2)


def _substitution(e: sp.Expr, x: sp.Symbol, work: _Work) -> sp.Expr | None:
    """`h(u)*u'` for a part u of the expression: `H(u)`."""
    if work.depth >= MOST_SUBSTITUTIONS or (not e.is_Mul and not e.is_Pow and not isinstance(e, sp.exp)):
        return None
    parts = {a for node in sp.preorder_traversal(e) for a in (node, *node.args) if a.has(x) and a != x and a != e}
    for u in sorted(parts, key=lambda a: (-a.count_ops(), sp.default_sort_key(a)))[:MOST_CANDIDATES]:
        slope = sp.diff(u, x)
        if not slope.has(x):
            continue
        t = sp.Dummy("t", positive=True) if isinstance(u, sp.exp) else sp.Dummy("t", real=True)
        mapped = (e / slope).subs(u, t)
        if mapped.has(x):
            is_polynomial = u.is_polynomial(x) and e.is_rational_function(x)
            mapped = sp.cancel(e / slope).subs(u, t) if is_polynomial else mapped
        if mapped.has(x):
            continue
        found = _sum(mapped, t, work.deeper())
        if found is not None:
            return found.xreplace({t: u})
    return None


def _lambert_of_exponential(e: sp.Expr, x: sp.Symbol, work: _Work) -> sp.Expr | None:
    """`w**n`, n > 0, for `w = W(u)` with `u' = a*u`: `a*dx = (1 + 1/w)*dw`."""
    w, n = e.as_base_exp() if e.is_Pow and not isinstance(e, sp.exp) else (e, sp.S.One)
    if not isinstance(w, sp.LambertW) or len(w.args) > 1 or not (n.is_Integer and n > 0):
        return None
    a = sp.cancel(sp.diff(w.args[0], x) / w.args[0])
    return None if a.has(x) or a == 0 else (w ** (n + 1) / (n + 1) + w**n / n) / a


def _exponential_by_parts(e: sp.Expr, x: sp.Symbol, work: _Work) -> sp.Expr | None:
    """`exp(a*x)*g`, g an error function of a linear argument: the exponential is integrated, g' is a Gaussian."""
    factors = sp.Mul.make_args(e)
    outer = [g for g in factors if isinstance(g, (sp.erf, sp.erfc)) and _linear(g.args[0], x) is not None]
    powers = [p for p in factors if isinstance(p, sp.exp)]
    a = _linear(powers[0].args[0], x) if len(powers) == 1 else None
    if len(outer) != 1 or len(factors) != 2 or a is None:
        return None
    rest = _sum(sp.powsimp(sp.expand(powers[0] * sp.diff(outer[0], x))), x, work.deeper())
    return None if rest is None else (e - rest) / a


def _parts(e: sp.Expr, x: sp.Symbol, work: _Work) -> sp.Expr | None:
    """`x**k * g(x)` by parts, with `g` in the table: `x**k*G - k*Integral(x**(k-1)*G)`."""
    if work.depth >= MOST_DEPTH or not e.is_Mul:
        return None
    for k in range(8, 0, -1):
        g = e / x**k
        if x**k in e.args:
            inner = _sum(g, x, work.deeper())
            if inner is None:
                return None
            remainder = _sum(sp.expand(k * x ** (k - 1) * inner), x, work.deeper())
            return None if remainder is None else x**k * inner - remainder
    return None


def _sum(e: sp.Expr, x: sp.Symbol, work: _Work) -> sp.Expr | None:
    for form in dict.fromkeys((sp.expand_mul(e), e, sp.expand(e))):
        parts = [_term(term, x, work) for term in sp.Add.make_args(form)]
        if None not in parts:
            return sp.Add(*parts)
    return None


_RULES = (
    *(_power, _table, _gaussian, _square_root, _rational, _exponential, _softplus, _waves),
    *(_gaussian_by_parts, _exponential_by_parts, _lambert_of_exponential, _substitution, _swap, _parts),
)


def antiderivative(expression: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
    """An antiderivative of a smooth expression, checked by exact differentiation; None where the rules end.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> antiderivative(1/(1 + sympy.exp(-x)), x)
    log(exp(x) + 1)
    """
    expression, names = with_names(expression, x)
    if expression.count_ops() > 45:
        return None
    if len({a for a in expression.atoms(sp.erf, sp.erfc) if a.has(x)}) > 1:  # erfc(-x) = 2 - erfc(x)
        expression = expression.replace(sp.erfc, lambda u: 1 - sp.erf(u))
    try:
        found = _sum(expression, x, _Work())
    except _OutOfWork:
        return None
    return None if found is None or not _is_checked(found, expression, x) else with_values(found, names)


def _with_unit_constants(e: sp.Expr, x: sp.Symbol) -> sp.Expr:
    """`log(c + u)` as `log(c) + log(1 + u/c)` for c > 0: logarithms of multiples of one argument are one."""

    def split(u: sp.Expr) -> sp.Expr:
        constant = sp.expand(u).as_independent(x, as_Add=True)[0]
        if not u.has(x) or not constant.is_positive or constant == 1:
            return sp.log(u)
        return sp.log(constant) + sp.log(sp.powsimp(sp.expand(u / constant)))

    return e.replace(sp.log, split)


def _is_checked(found: sp.Expr, expression: sp.Expr, x: sp.Symbol) -> bool:
    slope = sp.diff(found, x)
    if slope.has(sp.polylog):
        slope, expression = (_with_unit_constants(e, x) for e in (sp.expand_func(slope), expression))
    if slope.has(sp.LambertW):
        slope = simplify_lambert(slope)
    if vanishes(slope - expression):
        return True
    return max(map(expanded_length, (slope, expression))) <= MOST_EXPANDED and vanishes(
        sp.expand(slope) - sp.expand(expression)
    )
