"""Closed forms of zeros: proposals from the factors of an expression, to be matched with isolating intervals.

A factor that divides the numerator exactly and is a polynomial of degree at most 2 in `x`, a polynomial of degree at
most 2 in `t = exp(c*x)`, or `a + b*x + q*exp(c*x)`, has zeros in closed form: by the quadratic formula, a logarithm,
or Lambert's W (Corless et al., 1996). Each proposal is a zero by construction; which one an interval isolates is
decided by whoever certifies.
"""

from __future__ import annotations

import sympy as sp

from symacts.symbolic.forms import MOST_OPERATIONS

__all__ = ["candidates", "in_known_functions", "simplify_lambert"]


MOST_POWER = 40
"""Power of `t = exp(c*x)` up to which factors are sought: `exp(x)` and `exp(851*x/500)` have one of 851."""


def _in_exponential(expression: sp.Expr, x: sp.Symbol) -> tuple[sp.Expr, sp.Expr, sp.Symbol] | None:
    """The numerator as a polynomial in `x` and `t = exp(c*x)`: returns it, `c` and `t`."""
    if expression.has(sp.tanh, sp.sinh, sp.cosh, sp.sech):
        expression = expression.replace(
            lambda e: isinstance(e, (sp.tanh, sp.sinh, sp.cosh, sp.sech)), lambda e: e.rewrite(sp.exp)
        )
    numerator, _ = sp.fraction(sp.together(expression))
    t = sp.Dummy("t", positive=True)
    slopes = set()
    for atom in numerator.atoms(sp.exp):
        if not atom.has(x):
            continue
        argument = sp.expand(atom.args[0])
        slope = argument.coeff(x, 1)
        if sp.expand(argument - slope * x).has(x) or slope == 0:
            return _polynomial_part(numerator, x, t)
        slopes.add(slope)
    if not slopes:
        return numerator, sp.S.One, t
    base = min(slopes, key=lambda s: (abs(s) if s.is_Rational else sp.S.One, sp.default_sort_key(s)))
    ratios = [s / base for s in slopes]
    if not all(r.is_Rational for r in ratios):
        return None
    c = base / sp.ilcm(1, *[r.q for r in ratios])
    if any(abs(s / c) > MOST_POWER for s in slopes):
        return None

    def image(e: sp.Expr) -> sp.Expr:
        argument = sp.expand(e.args[0])
        slope = argument.coeff(x, 1)
        return sp.exp(sp.expand(argument - slope * x)) * t ** (slope / c)

    mapped = numerator.replace(lambda e: isinstance(e, sp.exp) and e.has(x), image)
    return sp.fraction(sp.together(mapped))[0], c, t


def _polynomial_part(numerator: sp.Expr, x: sp.Symbol, t: sp.Symbol) -> tuple[sp.Expr, sp.Expr, sp.Symbol]:
    """Only the factors that are polynomials in `x` (Gaussian derivatives: a polynomial times `exp(-x**2/2)`)."""
    factors = [f for f in sp.Mul.make_args(sp.factor_terms(numerator)) if f.is_polynomial(x)]
    return sp.Mul(*factors), sp.S.One, t


def _with_named_constants(numerator: sp.Expr) -> tuple[sp.Expr, dict[sp.Basic, sp.Expr]]:
    """Exponentials of rationals that have no short polynomial in common by symbols, and what these stand for.

    SymPy factors `exp(8943/200000)` as the power 8943 of a generator.
    """
    powers = {e: e.as_base_exp()[1] for e in numerator.atoms(sp.exp, type(sp.E))}
    powers = {e: power for e, power in powers.items() if power.is_Rational}
    if not powers:
        return numerator, {}
    unit = sp.gcd_list(list(powers.values()))
    if max(abs(power / unit) for power in powers.values()) > MOST_POWER:
        names = {e: sp.Dummy("c", positive=True) for e in powers}
        return numerator.xreplace(names), {name: e for e, name in names.items()}
    base = sp.Dummy("c", positive=True)
    return numerator.xreplace({e: base ** (power / unit) for e, power in powers.items()}), {base: sp.exp(unit)}


def candidates(expression: sp.Expr, x: sp.Symbol) -> list[sp.Expr]:
    """Closed forms that are zeros of the expression wherever they are real.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> candidates(x + sympy.exp(x) + 1, x)[0]
    -1 - LambertW(exp(-1))
    """
    if expression.count_ops() > MOST_OPERATIONS // 2:
        return []
    if any(e.has(x) for e in expression.atoms(sp.log)):
        return _zeros_in_a_logarithm(expression, x)
    read = _in_exponential(expression, x)
    if read is None:
        return []
    numerator, c, t = read
    gens = [s for s in (x, t) if numerator.has(s)]
    if not gens:
        return []
    numerator, names = _with_named_constants(numerator)
    try:
        _, factors = sp.factor_list(numerator, *gens)
    except sp.PolynomialError:
        return []
    found: list[sp.Expr] = []
    for factor, _ in factors:
        found += _zeros_of_factor(factor.xreplace(names), x, t, c)
    return [z for z in found if z.is_extended_real is not False and not z.has(sp.I, sp.nan, sp.zoo)]


def _zeros_in_a_logarithm(expression: sp.Expr, x: sp.Symbol) -> list[sp.Expr]:
    """Zeros of the factors `a + b*log(k*x + d)` of a polynomial in x and one logarithm, and of those in x alone."""
    numerator, _ = sp.fraction(sp.together(expression))
    logarithms = [e for e in numerator.atoms(sp.log) if e.has(x)]
    if len(logarithms) != 1 or not logarithms[0].args[0].is_polynomial(x) or sp.degree(logarithms[0].args[0], x) != 1:
        return []
    value = sp.Dummy("l", real=True)
    numerator = numerator.xreplace({logarithms[0]: value})
    if not numerator.is_polynomial(x, value) or not numerator.has(x, value):
        return []
    k, d = sp.Poly(logarithms[0].args[0], x).all_coeffs()
    found: list[sp.Expr] = []
    for factor, _ in sp.factor_list(numerator, x, value)[1]:
        if factor.has(x) and not factor.has(value) and sp.degree(factor, x) <= 2:
            found += sp.roots(factor, x, multiple=True)
        elif not factor.has(x) and sp.degree(factor, value) == 1:
            b, a = sp.Poly(factor, value).all_coeffs()
            found.append((sp.exp(-a / b) - d) / k)
    return [z for z in found if z.is_extended_real is not False]


def _zeros_of_factor(factor: sp.Expr, x: sp.Symbol, t: sp.Symbol, c: sp.Expr) -> list[sp.Expr]:
    has_x, has_t = factor.has(x), factor.has(t)
    if has_x and not has_t and sp.degree(factor, x) <= 2:
        return list(sp.roots(factor, x, multiple=True))
    if has_t and not has_x and sp.degree(factor, t) <= 2:
        return [sp.log(r) / c for r in sp.roots(factor, t, multiple=True) if r.is_positive]
    if has_x and has_t:
        return _lambert(factor, x, t, c)
    return []


def _lambert(factor: sp.Expr, x: sp.Symbol, t: sp.Symbol, c: sp.Expr) -> list[sp.Expr]:
    """Zeros of `a + b*x + q*t`, or of `(a + b*x)*t + q`, with `t = exp(c*x)`."""
    terms = sp.Poly(factor, x, t).as_dict()
    for linear, exponential, rate in (((1, 0), (0, 1), c), ((1, 1), (0, 0), -c)):
        constant = (0, linear[1])
        if set(terms) <= {linear, exponential, constant} and linear in terms and exponential in terms:
            b, q, a = terms[linear], terms[exponential], terms.get(constant, sp.S.Zero)
            argument = rate * q / b * sp.exp(-a * rate / b)
            found = [-a / b - sp.LambertW(argument) / rate]
            if argument.is_negative:
                found.append(-a / b - sp.LambertW(argument, -1) / rate)
            return found
    return []


def simplify_lambert(constant: sp.Expr) -> sp.Expr:
    """`exp(a + k*W(z))` as `exp(a)*(z/W(z))**k`, then the quotient reduced: W's defining equation, exactly.

    >>> import sympy
    >>> w = sympy.LambertW(sympy.exp(-1))
    >>> simplify_lambert((-1 - w)/(1 + sympy.exp(1 + w)))
    -LambertW(exp(-1))
    """
    lamberts = sorted(constant.atoms(sp.LambertW), key=sp.default_sort_key)
    if len(lamberts) != 1:
        return constant
    (w,) = lamberts
    if not w.free_symbols <= constant.free_symbols:  # under an integral W moves with the bound variable
        return constant
    symbol = sp.Dummy("w")

    def image(e: sp.Expr) -> sp.Expr:
        argument = sp.expand(e.args[0].xreplace({w: symbol}))
        k = argument.coeff(symbol, 1)
        rest = sp.expand(argument - k * symbol)
        if not k.is_Integer or rest.has(symbol):
            return e
        return sp.exp(rest) * (w.args[0] / w) ** k

    rewritten = constant.replace(lambda e: isinstance(e, sp.exp) and e.has(w) and e != w.args[0], image)
    protected = {e: sp.Dummy("e", positive=True) for e in rewritten.xreplace({w: symbol}).atoms(sp.exp)}
    reduced = sp.cancel(sp.together(sp.powsimp(rewritten.xreplace({w: symbol})).xreplace(protected)))
    back = {v: k for k, v in protected.items()}
    result = sp.factor_terms(reduced.xreplace(back)).xreplace({symbol: w})
    return result if result.count_ops() < constant.count_ops() else constant


def in_known_functions(constant: sp.Expr) -> sp.Expr:
    """A constant without exponentials of LambertW, and with SymPy's alternating zeta function by the zeta function.

    >>> import sympy
    >>> in_known_functions(sympy.polylog(3, -1))
    -3*zeta(3)/4
    """
    if constant.has(sp.LambertW):
        constant = simplify_lambert(constant)
    return constant.replace(sp.dirichlet_eta, lambda s: (1 - 2 ** (1 - s)) * sp.zeta(s))
