"""What the parts of an expression require of their arguments, and signs that can be read off the structure.

`requirements` lists, for every operation of a smooth expression, where it is defined and analytic: `log(u)` needs
`u > 0`, `u**(1/2)` needs `u >= 0` and is singular at `u = 0`, `1/u` needs `u != 0`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import sympy as sp

from symacts.errors import UnsupportedExpression

__all__ = [
    "Requirement",
    "expanded_length",
    "in_base_e",
    "own_requirements",
    "read_sign",
    "requirements",
    "substituted",
    "with_names",
    "with_values",
]

Need = Literal["positive", "nonnegative", "nonzero"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """`argument` must be positive, nonnegative (its zeros are singular but belong to the domain), or nonzero.

    Where `is_certain` is False, something else decides below 0: `x**n` is defined for x < 0 where n is an integer,
    gamma between its poles. Where `is_certain_at_zero` is False, the sign of n decides at 0.
    """

    argument: sp.Expr
    need: Need
    is_certain: bool = True
    is_certain_at_zero: bool = True

    @property
    def holds(self) -> bool:
        """Whether the structure of the argument shows that the requirement is met everywhere, with nothing singular."""
        sign = read_sign(self.argument)
        return sign == "positive" or (self.need == "nonzero" and sign == "negative")


_ENTIRE = (sp.exp, sp.sin, sp.cos, sp.sinh, sp.cosh, sp.tanh, sp.sech, sp.asinh, sp.atan, sp.erf, sp.erfc, sp.erfi)
_NO_ZERO_OF = {
    sp.tan: sp.cos,
    sp.sec: sp.cos,
    sp.cot: sp.sin,
    sp.csc: sp.sin,
    sp.coth: sp.sinh,
    sp.csch: sp.sinh,
}


def own_requirements(node: sp.Basic, x: sp.Symbol) -> Iterator[Requirement]:
    """What one operation requires of its arguments."""
    if isinstance(node, sp.Pow):
        yield from _power_requirements(node, x)
    elif isinstance(node, (sp.Add, sp.Mul, *_ENTIRE)) or not node.has(x) or node == x or node.func is sp.sinc:
        return
    elif isinstance(node, sp.log):
        yield Requirement(node.args[0], "positive")
    elif type(node) in _NO_ZERO_OF:
        yield Requirement(_NO_ZERO_OF[type(node)](node.args[0]), "nonzero")
    elif isinstance(node, (sp.asin, sp.acos)):
        yield Requirement(1 - node.args[0], "nonnegative")
        yield Requirement(1 + node.args[0], "nonnegative")
    elif isinstance(node, (sp.atanh, sp.erfinv)):
        yield Requirement(1 - node.args[0], "positive")
        yield Requirement(1 + node.args[0], "positive")
    elif isinstance(node, sp.acosh):
        yield Requirement(node.args[0] - 1, "nonnegative")
    elif isinstance(node, sp.polylog):
        yield Requirement(1 - node.args[1], "positive")
    elif isinstance(node, sp.LambertW):
        if len(node.args) > 1:
            raise UnsupportedExpression(f"{node}: only the principal branch of LambertW is known here")
        yield Requirement(node.args[0] + sp.exp(-1), "nonnegative")
    elif isinstance(node, sp.loggamma):
        yield Requirement(node.args[0], "positive")
    elif isinstance(node, sp.gamma):  # between its poles gamma is defined below 0 too
        yield Requirement(node.args[0], "positive", False)
    else:
        raise UnsupportedExpression(f"the function {node.func.__name__} is not known here (in {node})")


def _power_requirements(node: sp.Pow, x: sp.Symbol) -> Iterator[Requirement]:
    base, exponent = node.base, node.exp
    has_known_sign = exponent.is_positive is True or exponent.is_negative is True
    if exponent.is_integer and not exponent.has(x):
        if exponent.is_nonnegative is not True and base.has(x):
            yield Requirement(base, "nonzero", True, has_known_sign)
    elif not base.has(x):
        if exponent.has(x):
            yield Requirement(base, "positive")
    elif not exponent.has(x):
        is_certain = not exponent.free_symbols or exponent.is_integer is False
        yield Requirement(base, "nonnegative" if exponent.is_positive else "positive", is_certain, has_known_sign)
    else:
        yield Requirement(base, "positive")


def requirements(expression: sp.Expr, x: sp.Symbol) -> tuple[Requirement, ...]:
    """Every requirement of a smooth expression, innermost first, without those that its structure shows to hold.

    Raises
    ------
    UnsupportedExpression
        It contains a function that is not known here.
    """
    found: dict[Requirement, None] = {}
    for node in sp.postorder_traversal(expression):
        for requirement in own_requirements(node, x):
            if not requirement.holds:
                found.setdefault(requirement)
    return tuple(found)


ReadSign = Literal["positive", "nonnegative", "zero", "nonpositive", "negative"]
_FLIP: dict[ReadSign | None, ReadSign | None] = {
    "positive": "negative",
    "nonnegative": "nonpositive",
    "zero": "zero",
    "nonpositive": "nonnegative",
    "negative": "positive",
    None: None,
}


def _sum(signs: list[ReadSign | None]) -> ReadSign | None:
    if None in signs:
        return None
    kinds = set(signs) - {"zero"}
    if not kinds:
        return "zero"
    if kinds <= {"positive", "nonnegative"}:
        return "positive" if "positive" in kinds else "nonnegative"
    if kinds <= {"negative", "nonpositive"}:
        return "negative" if "negative" in kinds else "nonpositive"
    return None


def _product(signs: list[ReadSign | None]) -> ReadSign | None:
    if "zero" in signs:
        return "zero" if None not in signs else None
    if None in signs:
        return None
    strict = all(s in ("positive", "negative") for s in signs)
    minus = sum(s in ("negative", "nonpositive") for s in signs) % 2
    return ("negative" if minus else "positive") if strict else ("nonpositive" if minus else "nonnegative")


def read_sign(u: sp.Expr) -> ReadSign | None:
    """The sign of a real expression wherever it is defined, as far as its structure and its symbols' domains show it.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> read_sign(1 + sympy.exp(-x)), read_sign(-x**2), read_sign(x)
    ('positive', 'nonpositive', None)
    """
    if u.is_Rational:
        return "positive" if u > 0 else "negative" if u < 0 else "zero"
    if u in (sp.pi, sp.E, sp.GoldenRatio, sp.EulerGamma, sp.Catalan):
        return "positive"
    if isinstance(u, sp.Symbol) or getattr(u, "is_Root", False):
        if u.is_positive:
            return "positive"
        if u.is_negative:
            return "negative"
        if u.is_nonnegative:
            return "nonnegative"
        return "nonpositive" if u.is_nonpositive else None
    if isinstance(u, (sp.exp, sp.cosh, sp.sech, sp.erfc)) and u.args[0].is_extended_real:
        return "positive"
    if isinstance(u, (sp.sinh, sp.tanh, sp.asinh, sp.atan, sp.erf, sp.erfi)):
        return read_sign(u.args[0])
    if isinstance(u, sp.Abs):
        inner = read_sign(u.args[0])
        return "positive" if inner in ("positive", "negative") else "zero" if inner == "zero" else "nonnegative"
    if isinstance(u, sp.Max):
        signs = [read_sign(a) for a in u.args]
        for kind in ("positive", "nonnegative"):
            if kind in signs:
                return kind
        return None
    if isinstance(u, sp.log) and u.args[0].is_Rational:
        return "positive" if u.args[0] > 1 else "negative"
    if isinstance(u, sp.log):
        return "positive" if read_sign(u.args[0] - 1) == "positive" else None
    if u.is_Add:
        return _sum([read_sign(a) for a in u.args])
    if u.is_Mul:
        return _product([read_sign(a) for a in u.args])
    if u.is_Pow:
        return _power(u)
    return None


def _power(u: sp.Pow) -> ReadSign | None:
    base = read_sign(u.base)
    if u.exp.is_integer and u.exp.is_even:
        if base in ("positive", "negative") or (u.exp.is_negative and u.base.is_extended_real):
            return "positive"
        return "nonnegative" if u.base.is_extended_real else None
    if base == "positive":
        return "positive"
    if base == "negative" and u.exp.is_integer and u.exp.is_odd:
        return "negative"
    if base == "nonnegative" and u.exp.is_extended_real:
        return "nonnegative" if u.exp.is_positive else "positive"
    if u.exp.is_Rational and not u.exp.is_integer:  # defined only where the base is nonnegative
        return "nonnegative" if u.exp > 0 else "positive"
    return None


_BINDERS = (sp.Integral, sp.Sum, sp.Product, sp.Limit, sp.Derivative, sp.Subs)
LONG_CONSTANT = 10
"""Operations of a constant from which algebra goes on with its name."""
LONG = 60
"""Operations from which a substitution is a plain replacement."""


def substituted(expression: sp.Expr, x: sp.Symbol, value: sp.Expr) -> sp.Expr:
    """The expression at `x = value`; in a long one by plain replacement, without SymPy's search for other patterns.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> substituted(sympy.exp(x) - x, x, sympy.S.Zero)
    1
    """
    if value.is_Rational or expression.has(*_BINDERS) or expression.count_ops() <= LONG:
        return expression.subs(x, value)
    return expression.xreplace({x: value})


def in_base_e(expression: sp.Expr, x: sp.Symbol, named: dict[sp.Expr, sp.Symbol]) -> sp.Expr:
    """Powers of constants as exponentials, `2**x = exp(k*x)`, with the names k of logarithms in `named`.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> named = {}
    >>> in_base_e(2**x + 4**x, x, named), named
    (exp(2*_k*x) + exp(_k*x), {log(2): _k})
    """

    def is_power(p: sp.Basic) -> bool:
        return bool(p.is_Pow and p.exp.has(x) and p.base.is_positive and not p.base.has(x) and p.base is not sp.E)

    def exponential(p: sp.Pow) -> sp.Expr:
        log = sp.log(p.base)
        whole = sp.expand_log(log)  # log(4) = 2*log(2)
        rational, rest = (log if whole.is_Add else whole).as_coeff_Mul()
        name = named.setdefault(rest, sp.Dummy("k", real=True, positive=rest.is_positive, negative=rest.is_negative))
        return sp.exp(rational * name * p.exp)

    return expression.replace(is_power, exponential)


def with_values(expression: sp.Expr, names: dict[sp.Basic, sp.Expr]) -> sp.Expr:
    """The expression with what the names stand for, `exp(x*log(2))` as `2**x`.

    >>> import sympy
    >>> x, k = sympy.Symbol("x", real=True), sympy.Symbol("k", real=True)
    >>> with_values(sympy.exp(-3*k*x), {k: sympy.log(2)})
    2**(-3*x)
    """
    logs = {value for value in names.values() if isinstance(value, sp.log)}

    def power(e: sp.exp) -> sp.Expr:
        log = next((factor for factor in sp.Mul.make_args(e.args[0]) if factor in logs), None)
        return e if log is None else sp.Pow(log.args[0], e.args[0] / log)

    found = expression.xreplace(names)
    return found.replace(lambda e: isinstance(e, sp.exp), power) if logs else found


def with_names(expression: sp.Expr, x: sp.Symbol) -> tuple[sp.Expr, dict[sp.Basic, sp.Expr]]:
    """The expression with a symbol for every long constant in it, and the way back: algebra is not slowed down by them.

    Powers of constants become exponentials.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> c = sympy.sqrt(2 + sympy.erf(sympy.sqrt(2) + sympy.log(3)*sympy.pi - sympy.exp(sympy.sqrt(5)) + 7)/4)
    >>> short, back = with_names(c*x + c, x)
    >>> short.count_ops(), short.xreplace(back) == c*x + c
    (2, True)
    """
    names: dict[sp.Expr, sp.Symbol] = {}

    def short(e: sp.Expr) -> sp.Expr:
        if not e.has(x):
            if e.count_ops() <= LONG_CONSTANT or e.free_symbols:
                return e
            if e not in names:
                names[e] = sp.Dummy("k", real=True, positive=e.is_positive, negative=e.is_negative)
            return names[e]
        if e.is_Add or e.is_Mul:
            constant, rest = e.as_independent(x, as_Add=e.is_Add)
            return e.func(short(constant), *map(short, e.func.make_args(rest)))
        return e.func(*map(short, e.args)) if e.args else e

    return short(in_base_e(expression, x, names)), {name: c for c, name in names.items()}


def expanded_length(expression: sp.Expr) -> int:
    """An upper bound of the terms that `expand` would write, also inside the arguments of functions.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> expanded_length((1 + x)**3*(1 + sympy.exp(x)))
    8
    """
    known: dict[sp.Basic, tuple[int, int]] = {}

    def length(e: sp.Basic) -> tuple[int, int]:
        """Terms of the expression, and the most that any argument inside it has."""
        if e not in known:
            parts = [length(a) for a in e.args]
            inside = max((m for _, m in parts), default=0)
            if e.is_Add:
                known[e] = sum(n for n, _ in parts), inside
            elif e.is_Mul:
                known[e] = math.prod(n for n, _ in parts), inside
            elif e.is_Pow and e.exp.is_Integer:
                n, k = parts[0][0], abs(int(e.exp))
                known[e] = (1 if n == 1 else math.comb(n + k - 1, k)), inside
                if e.exp < 0:
                    known[e] = 1, max(inside, known[e][0])
            else:
                known[e] = 1, max([inside, *(n for n, _ in parts)])
        return known[e]

    return max(length(expression))
