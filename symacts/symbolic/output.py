"""A polynomial `P` with `f' = P(f)`: proposed by undetermined coefficients over the function's own exponentials."""

from __future__ import annotations

import mpmath
import sympy as sp

from symacts.symbolic.forms import is_identically_zero
from symacts.symbolic.structure import in_base_e

__all__ = ["MOST_DEGREE", "polynomial_in_output", "y"]

y = sp.Symbol("y", real=True)
"""The output of the function."""

_HYPERBOLIC = (sp.tanh, sp.sinh, sp.cosh, sp.sech)

MOST_DEGREE = 4
"""Highest degree proposed: tanh's powers and the generalized logistic stay below it."""


def _atoms_as_symbols(expressions: list[sp.Expr], x: sp.Symbol) -> tuple[list[sp.Expr], list[sp.Symbol]] | None:
    """The expressions as rational functions of symbols that stand for `x`, exponentials and other functions of `x`."""
    expressions = [
        sp.expand(e.replace(lambda u: isinstance(u, _HYPERBOLIC), lambda u: u.rewrite(sp.exp)))
        if e.has(*_HYPERBOLIC)
        else e
        for e in expressions
    ]
    exponents: set[sp.Expr] = set()
    for e in expressions:
        for atom in e.atoms(sp.exp):
            if atom.has(x):
                exponents.add(sp.expand(atom.args[0]))
    symbols: list[sp.Symbol] = []
    mapping: dict[sp.Basic, sp.Expr] = {}
    for exponent in sorted(exponents, key=sp.default_sort_key):
        for base in list(mapping):
            ratio = sp.cancel(exponent / base.args[0]) if isinstance(base, sp.exp) else None
            if ratio is not None and ratio.is_Rational:
                break
        else:
            symbol = sp.Dummy("t", positive=True)
            symbols.append(symbol)
            mapping[sp.exp(exponent)] = symbol
    if len(mapping) > 2:
        return None
    result = []
    for e in expressions:
        for atom in e.atoms(sp.exp):
            if not atom.has(x):
                continue
            for base, symbol in mapping.items():
                ratio = sp.cancel(atom.args[0] / base.args[0])
                if ratio.is_Rational:
                    e = e.xreplace({atom: symbol**ratio})
                    break
        others = sorted((a for a in e.atoms(sp.Function) if a.has(x)), key=sp.default_sort_key)
        if others:
            return None
        result.append(e)
    if any(e.has(x) for e in result):
        symbols.append(x)
    return result, symbols


def _by_one_function(f: sp.Expr, df: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
    """`P` where f is linear in one function of x and df a polynomial in the same function: `tan' = 1 + tan**2`."""
    atoms = {a for e in (f, df) for a in e.atoms(sp.tan, sp.cot, sp.coth) if a.has(x)}
    if len(atoms) != 1:
        return None
    (atom,) = atoms
    t = sp.Dummy("t", real=True)
    output, slope = f.xreplace({atom: t}), df.xreplace({atom: t})
    if output.has(x) or slope.has(x) or not (output.is_polynomial(t) and slope.is_polynomial(t)):
        return None
    line = sp.Poly(output, t)
    if line.degree() != 1:
        return None
    a, b = line.all_coeffs()
    found = sp.expand(slope.subs(t, (y - b) / a))
    return found if sp.Poly(found, y).degree() <= MOST_DEGREE else None


def polynomial_in_output(f: sp.Expr, df: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
    """`P` in `y` with `df = P(f)` identically, of the least degree up to `MOST_DEGREE`; None where none was found.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> s = 1/(1 + sympy.exp(-x))
    >>> polynomial_in_output(s, s.diff(x), x)
    y*(1 - y)
    """
    if not df.has(x):
        return df
    direct = _by_one_function(f, df, x)
    if direct is not None:
        return direct
    named: dict[sp.Expr, sp.Symbol] = {}
    f, df = (_with_names(in_base_e(e, x, named), x, named) for e in (f, df))
    polynomial = _proposed(f, df, x)
    return None if polynomial is None else polynomial.xreplace({s: c for c, s in named.items()})


def _with_names(e: sp.Expr, x: sp.Symbol, named: dict[sp.Expr, sp.Symbol]) -> sp.Expr:
    """The expression with a symbol for every constant that is not rational: algebra with them is not slowed down."""
    if not e.has(x):
        return e if e.is_Rational or e.as_coeff_Mul()[1].is_Symbol else _named(e, named)
    if isinstance(e, sp.exp):
        constant, rest = sp.expand(e.args[0]).as_independent(x, as_Add=True)
        if constant != 0:  # exp(100 - x) in one place may be exp(100)*exp(-x) in another
            return _with_names(sp.exp(constant), x, named) * sp.exp(_with_names(rest, x, named))
    if e.is_Add or e.is_Mul:
        constant, rest = e.as_independent(x, as_Add=e.is_Add)
        parts = [_with_names(a, x, named) for a in e.func.make_args(rest)]
        return e.func(_with_names(constant, x, named), *parts)
    return e.func(*[_with_names(a, x, named) for a in e.args]) if e.args else e


def _named(constant: sp.Expr, named: dict[sp.Expr, sp.Symbol]) -> sp.Expr:
    """A constant as a rational times the names of its sums, A - 1 and 1 - A having one, and a name for what is left."""
    found, rest = constant.as_coeff_Mul()
    others = sp.S.One
    for factor in sp.Mul.make_args(rest):
        base, exponent = factor.as_base_exp()
        if not (base.is_Add and exponent.is_Integer):
            others *= factor
            continue
        content, base = base.primitive()
        if base.could_extract_minus_sign():
            content, base = -content, -base
        found *= (content * named.setdefault(base, sp.Dummy("k", real=True))) ** exponent
    return found if others == 1 else found * named.setdefault(others, sp.Dummy("k", real=True))


def _proposed(f: sp.Expr, df: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
    opaque = [a for a in f.atoms(sp.Function) if a.has(x) and not isinstance(a, (sp.exp, *_HYPERBOLIC))]
    if opaque or f.count_ops() > 60:
        return None
    read = _atoms_as_symbols([f, df], x)
    if read is None:
        return None
    (rf, rdf), symbols = read
    for degree in range(1, MOST_DEGREE + 1):
        if not _fits(rf, rdf, symbols, degree):
            continue
        coefficients = [sp.Dummy(f"c{k}") for k in range(degree + 1)]
        ansatz = sum((c * rf**k for k, c in enumerate(coefficients)), -rdf)
        numerator, _ = sp.fraction(sp.together(ansatz))
        try:
            equations = sp.Poly(sp.expand(numerator), *symbols).coeffs()
        except sp.PolynomialError:
            return None
        for solution in sp.linsolve(equations, coefficients):
            free = dict.fromkeys(coefficients, sp.S.Zero)
            values = [v.subs(free) for v in solution]
            polynomial = sum((v * y**k for k, v in enumerate(values)), sp.S.Zero)
            if is_identically_zero(polynomial.subs(y, f) - df, x):
                return _read_well(polynomial)
    return None


def _fits(f: sp.Expr, df: sp.Expr, symbols: list[sp.Symbol], degree: int) -> bool:
    """Whether numbers allow a polynomial of that degree: it saves the algebra where they do not, and proves nothing."""
    others = sorted((f.free_symbols | df.free_symbols) - set(symbols), key=str)
    evaluate = sp.lambdify([*symbols, *others], (f, df), "mpmath")
    with mpmath.workdps(60):
        fixed = [mpmath.mpf(7 + 2 * j) / 11 for j in range(len(others))]
        rows = []
        for k in range(degree + 2):
            point = [mpmath.sqrt(k + 2 + 5 * j) + k for j in range(len(symbols))]
            try:
                u, v = (mpmath.mpmathify(w) for w in evaluate(*point, *fixed))
            except (ValueError, ZeroDivisionError, OverflowError):
                return True
            row = [*(u**p for p in range(degree + 1)), v]
            size = max(map(abs, row))
            rows.append([w / size for w in row])
        return bool(abs(mpmath.det(mpmath.matrix(rows))) < mpmath.mpf(10) ** -45)


def _read_well(polynomial: sp.Expr) -> sp.Expr:
    """A factored polynomial whose factors read `1 - y` rather than `-(y - 1)`, unless expanding it is shorter.

    No number stands before a lone sum: `y + 2/3`, not `(3*y + 2)/3`.
    """
    factored = sp.factor(polynomial)
    factored = factored.func(*factored.args) if factored.is_Mul else factored
    coefficient, rest = factored.as_coeff_Mul()
    if coefficient.is_Rational and coefficient < 0:
        factors = list(sp.Mul.make_args(rest))
        for k, factor in enumerate(factors):
            if factor.is_Add:
                factors[k] = sp.Add(*[-a for a in factor.args])
                factored = sp.Mul(-coefficient, *factors)
                break
    return factored if factored.count_ops() <= polynomial.count_ops() + 1 else polynomial
