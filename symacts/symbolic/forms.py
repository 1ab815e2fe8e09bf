"""Exact forms: derivatives as a textbook prints them, tidy constants, and a test for identical vanishing.

Only transformations that are identities on the real domain are used; nothing heuristic is trusted.
"""

from __future__ import annotations

from collections.abc import Iterable

import mpmath
import sympy as sp

from symacts.symbolic.field import common_unit, vanishes

__all__ = ["derivative", "factored", "is_identically_zero", "shortest", "surd", "tidy", "with_expanded_arguments"]

MOST_OPERATIONS = 400
"""Expressions with more operations are left as they are: rearranging them costs more than it shows."""


MOST_EXPANDED = 100
"""Operations up to which an expression is also expanded and factored."""

MOST_DEGREE = 30
"""Total degree of numerator and denominator, functions as variables, up to which they are multiplied out."""

WORTH_IT = sp.Rational(7, 10)
"""A rearrangement is taken only when it leaves at most this share of the operations."""


def shortest(candidates: Iterable[sp.Expr]) -> sp.Expr:
    """The first candidate, or a later one with clearly fewer operations."""
    first, *rest = candidates
    best = min(rest, key=_length, default=first)
    return best if _length(best) <= WORTH_IT * _length(first) else first


def _length(expression: sp.Expr) -> int:
    """Operations, and digits beyond the third of every number."""
    digits = sum(max(0, len(str(q)) - 3) for q in expression.atoms(sp.Rational))
    return int(expression.count_ops()) + digits


def _sign_in_front(expression: sp.Expr) -> sp.Expr:
    """`-y*(y - 1)` as `y*(1 - y)`: a leading minus moved into the first sum that it makes shorter to read."""
    if not (expression.is_Mul and expression.args[0] == -1):
        return expression
    rest = list(expression.args[1:])
    for k, factor in enumerate(rest):
        if factor.is_Add and any(a.could_extract_minus_sign() for a in factor.args):
            rest[k] = sp.Add(*[-a for a in factor.args])
            return sp.Mul(*rest)
    return expression


_BINDERS = (sp.Integral, sp.Sum, sp.Product, sp.Limit, sp.Derivative, sp.Subs)
"""Under these, `x` may be bound: nothing is moved out of them."""


def tidy(expression: sp.Expr) -> sp.Expr:
    """An equal expression that reads better: common factors out, fractions together, a minus sign moved inside.

    >>> import sympy
    >>> y = sympy.Symbol("y", positive=True)
    >>> tidy(1/(1 + y) - y/(1 + y)**2)
    (y + 1)**(-2)
    """
    if expression.is_Atom or expression.has(*_BINDERS) or expression.count_ops() > MOST_OPERATIONS:
        return expression
    named, back = _with_named_exponentials(expression)
    candidates = [named, sp.factor_terms(named)]
    if not expression.has(sp.Piecewise) and _is_low(named):
        candidates += [sp.powsimp(named), sp.together(named)]
        if named.count_ops() < MOST_EXPANDED and sum(map(_degree, sp.fraction(candidates[3]))) <= MOST_DEGREE:
            candidates.append(sp.expand(named))
            if len(named.free_symbols) <= 3:
                candidates.append(sp.factor(named))
    return _sign_in_front(shortest([c.xreplace(back) for c in candidates]))


MOST_POWER = 12
"""Highest power of an exponential that is factored: `exp(851*x/500)` is one symbol here, not the 851st power of one."""


def _degree(e: sp.Expr) -> int:
    """A bound of the total degree of a polynomial in symbols and functions, as it is written."""
    if e.is_Add:
        return max(map(_degree, e.args))
    if e.is_Mul:
        return sum(map(_degree, e.args))
    if e.is_Pow and e.exp.is_Integer:
        return abs(int(e.exp)) * _degree(e.base)
    return 0 if e.is_number else 1


def _is_low(named: sp.Expr) -> bool:
    return all(abs(p.exp) <= MOST_POWER for p in named.atoms(sp.Pow) if p.exp.is_Rational)


def _with_named_exponentials(expression: sp.Expr) -> tuple[sp.Expr, dict[sp.Basic, sp.Expr]]:
    """The expression with a symbol for the smallest exponential of each kind, and the way back."""
    parts = {a: [p.as_coeff_Mul() for p in sp.Add.make_args(sp.expand(a.args[0]))] for a in expression.atoms(sp.exp)}
    units: dict[sp.Expr, sp.Rational] = {}
    for terms in parts.values():
        for c, rest in terms:
            if not c.is_Rational:
                return expression, {}
            units[rest] = common_unit(c, units.get(rest, sp.S.Zero))
    names = {rest: sp.Dummy("t", positive=True) for rest in units}
    forward = {a: sp.Mul(*[names[rest] ** (c / units[rest]) for c, rest in terms]) for a, terms in parts.items()}
    return expression.xreplace(forward), {names[rest]: sp.exp(unit * rest) for rest, unit in units.items()}


def factored(expression: sp.Expr) -> sp.Expr:
    """The expression factored, exponentials as symbols: of common units where their powers stay low, else of their own.

    >>> import sympy
    >>> b = sympy.Symbol("b", real=True)
    >>> factored(sympy.exp(153*b/500) + b*sympy.exp(153*b/500))
    (b + 1)*exp(153*b/500)
    """
    named, back = _with_named_exponentials(expression)
    if not _is_low(named):
        names = {a: sp.Dummy("t", positive=True) for a in expression.atoms(sp.exp)}
        named, back = expression.xreplace(names), {name: a for a, name in names.items()}
    return sp.factor(named).xreplace(back)


def with_expanded_arguments(expression: sp.Expr) -> sp.Expr:
    """The expression with polynomials under roots and in functions multiplied out, and quotients in them cancelled.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> with_expanded_arguments(sympy.sqrt((x + 3)**2 - 6*x))
    sqrt(x**2 + 9)
    >>> with_expanded_arguments(sympy.sqrt(x + (3 + sympy.pi)*(x + 1)/(2 + sympy.pi) - 1/(2 + sympy.pi)))
    sqrt(x*(5 + 2*pi)/(2 + pi) + 1)
    """

    def is_outer(e: sp.Basic) -> bool:
        under_root = isinstance(e, sp.Pow) and e.exp.is_Rational and not e.exp.is_Integer
        return (under_root or isinstance(e, sp.Function)) and e.args[0].is_polynomial() and not e.args[0].is_Atom

    def written_out(argument: sp.Expr) -> sp.Expr:
        expanded = sp.expand(argument)
        if not any(p.exp.is_negative and p.base.is_Add and not p.free_symbols for p in expanded.atoms(sp.Pow)):
            return expanded
        symbols = sorted(expanded.free_symbols, key=str)
        terms = sp.Poly(expanded, *symbols).terms() if symbols else []
        cancelled = (sp.cancel(c) * sp.prod(map(sp.Pow, symbols, powers)) for powers, c in terms)
        return sp.Add(*cancelled) if symbols else sp.cancel(expanded)

    return expression.replace(is_outer, lambda e: e.func(written_out(e.args[0]), *e.args[1:]))


def derivative(expression: sp.Expr, x: sp.Symbol, order: int = 1) -> sp.Expr:
    """The derivative of that order of a smooth expression, tidied.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> derivative(1/(1 + sympy.exp(-x)), x)
    exp(-x)/(1 + exp(-x))**2
    """
    result = expression
    for _ in range(order):
        result = tidy(_slope(result, x))
    return result


def _slope(e: sp.Expr, x: sp.Symbol) -> sp.Expr:
    """The derivative, with `W'(u) = exp(-W(u))/(1 + W(u))` where u may vanish: `W/(u*(1 + W))` has no value there."""
    lamberts = [w for w in e.atoms(sp.LambertW) if w.has(x) and len(w.args) == 1 and w.args[0].is_nonzero is not True]
    if not lamberts:
        return sp.diff(e, x)
    names = {w: sp.Function(f"w_{k}", real=True)(x) for k, w in enumerate(lamberts)}
    slopes = {sp.Derivative(names[w], x): sp.exp(-w) / (1 + w) * _slope(w.args[0], x) for w in lamberts}
    return sp.diff(e.xreplace(names), x).xreplace(slopes).xreplace({name: w for w, name in names.items()})


def is_identically_zero(expression: sp.Expr, x: sp.Symbol) -> bool:
    """Whether a smooth expression is shown to vanish identically: an exact expansion over its exponentials.

    True is a proof; False means "not shown", never "not zero".

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> s = 1/(1 + sympy.exp(-x))
    >>> is_identically_zero(sympy.tanh(x/2) - 2*s + 1, x), is_identically_zero(s, x)
    (True, False)
    """
    if expression.is_zero:
        return True
    if expression.has(sp.Piecewise, sp.Max, sp.Min, sp.Abs, sp.sign):
        return False
    return vanishes(expression)


_HYPERBOLIC = (sp.tanh, sp.sinh, sp.cosh, sp.sech, sp.coth, sp.csch)
SURD_DIGITS = 60
SURD_COEFFICIENT = 10**8


def surd(constant: sp.Expr) -> sp.Expr:
    """A constant made of roots of rationals as `a + b*sqrt(c)` where it is one: guessed from digits, proved exactly.

    >>> import sympy
    >>> t = sympy.tanh(sympy.log(sympy.sqrt(sympy.sqrt(3) + 2)))
    >>> surd(2*t*(1 - t**2))
    4*sqrt(3)/9
    >>> tiny = sympy.sqrt(2)/10**30  # no digits to guess from
    >>> surd(tiny*(sympy.sqrt(3) - tiny)) == tiny*(sympy.sqrt(3) - tiny)
    True
    """
    plain = constant.replace(lambda e: isinstance(e, _HYPERBOLIC), lambda e: e.rewrite(sp.exp))
    if plain.has(sp.Function, sp.NumberSymbol) or plain.is_Rational or constant.count_ops() <= 3:
        return constant
    value = plain.evalf(SURD_DIGITS)
    if not value.is_Float or not value.is_finite:
        return constant
    with mpmath.workdps(SURD_DIGITS - 5):
        number, tolerance = mpmath.mpf(value._mpf_), mpmath.mpf(10) ** (15 - SURD_DIGITS)
        if number**2 < tolerance:  # no digits to guess from
            return constant
        polynomial = mpmath.findpoly(number, 2, maxcoeff=SURD_COEFFICIENT, tol=tolerance)
    if polynomial is None:
        return constant
    *_, a, b, c = [sp.Integer(0), *map(sp.Integer, polynomial)]
    roots = [-c / b] if a == 0 else [(-b + s * sp.sqrt(b**2 - 4 * a * c)) / (2 * a) for s in (1, -1)]
    for root in roots:
        root = sp.expand(root)
        if abs(root.evalf(20) - value) < sp.Rational(1, 10**12) and vanishes(plain - root):
            return sp.factor_terms(root) if root.count_ops() > constant.count_ops() else root
    return constant
