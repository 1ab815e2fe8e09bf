"""Coq text of formulas, one node at a time.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> expression(sp.Max(x, 0) / (1 + sp.exp(-x)))
'((Rmax 0 x) / (1 + (exp (- x))))'
"""

from __future__ import annotations

import re
from typing import Any

import sympy as sp

from symacts.errors import UnsupportedExpression

__all__ = ["UNARY", "condition_text", "expression", "name_of", "name_of_text", "node", "relation_text"]

UNARY: dict[Any, str] = {
    sp.exp: "exp",
    sp.log: "ln",
    sp.tanh: "tanh",
    sp.sinh: "sinh",
    sp.cosh: "cosh",
    sp.asinh: "arcsinh",
    sp.sin: "sin",
    sp.cos: "cos",
    sp.tan: "tan",
    sp.atan: "atan",
    sp.erf: "erf",
    sp.Abs: "Rabs",
}
"""Functions of one variable by their names in Coq; `erf` is defined in the prelude."""
_RESERVED = frozenset(
    {
        *("exp", "ln", "sin", "cos", "tan", "atan", "tanh", "sinh", "cosh", "arcsinh", "sqrt", "erf", "R", "PI", "in"),
        *("let", "fun", "forall", "exists", "Type", "Prop", "Set", "at", "as", "if", "then", "else", "match", "with"),
        *("end", "return", "fix", "cofix", "using", "where"),
    }
)


def name_of(symbol: sp.Symbol) -> str:
    """A Coq identifier for a symbol; different ones for different symbols."""
    return str(symbol.name) if isinstance(symbol, sp.Dummy) else name_of_text(symbol.name)  # a Dummy names an atom


def name_of_text(text: str) -> str:
    """A Coq identifier for a name; different ones for different names."""
    name = "".join(c if (c.isascii() and c.isalnum()) or c == "_" else f"_{ord(c):x}_" for c in text)
    is_taken = name.rstrip("_") in _RESERVED or re.fullmatch(r"[A-Z]|[CNPQR][0-9]+_*|[rtw][0-9]+_*|[^A-Za-z].*", name)
    return f"v_{name}_" if is_taken or name.startswith("v_") else name


def node(e: sp.Expr) -> tuple[Any, ...]:
    """The outermost operation in Coq's notation and its operands: `("atom", text)`, `("add", a, b, ...)`,
    `("mul", a, b, ...)`, `("opp", a)`, `("div", a, b)`, `("inv", a)`, `("pow", a, n)`, `("call", name, a)`,
    `("max", a, b, ...)`, `("min", ...)`, `("if", decision, a, b)`.

    Raises
    ------
    UnsupportedExpression
        A function that Coq's standard library and the prelude do not have.
    """
    if e.is_Integer:
        return ("atom", str(e) if e >= 0 else f"(- {-e})")
    if e.is_Rational:
        return ("atom", f"({e.p} / {e.q})" if e > 0 else f"(- ({-e.p} / {e.q}))")
    if e.is_Symbol:
        return ("atom", name_of(e))
    if e in (sp.pi, sp.E):
        return ("atom", "PI" if e is sp.pi else "(exp 1)")
    if e.is_Add:
        return ("add", *e.args)
    if e.is_Mul:
        return _product(e)
    if e.is_Pow:
        return _power(e.base, e.exp)
    if e.func in UNARY and len(e.args) == 1:
        return ("call", UNARY[e.func], e.args[0])
    if isinstance(e, (sp.Max, sp.Min)):
        return ("max" if isinstance(e, sp.Max) else "min", *e.args)
    if isinstance(e, sp.Piecewise):
        return _branches(e)
    rule = _DEFINED.get(e.func)
    if rule is not None:
        return node(rule(*e.args))
    raise UnsupportedExpression(f"the Coq export does not write {e.func.__name__}")


_DEFINED: dict[Any, Any] = {
    sp.sign: lambda u: sp.Piecewise((1, u > 0), (-1, u < 0), (0, True), evaluate=False),
    sp.Heaviside: lambda u, half: sp.Piecewise((1, u > 0), (0, u < 0), (half, True), evaluate=False),
    sp.erfc: lambda u: 1 - sp.erf(u),
    sp.sech: lambda u: 1 / sp.cosh(u),
    sp.coth: lambda u: sp.cosh(u) / sp.sinh(u),
    sp.acosh: lambda u: sp.log(u + sp.sqrt(u**2 - 1)),
    sp.atanh: lambda u: sp.log((1 + u) / (1 - u)) / 2,
}
"""Functions written by their definitions."""


def expression(e: sp.Expr) -> str:
    """The expression in Coq's notation for reals."""
    kind, *parts = node(e)
    if kind == "atom":
        return str(parts[0])
    if kind == "pow":
        return f"({expression(parts[0])} ^ {parts[1]})"
    if kind == "call":
        return f"({parts[0]} {expression(parts[1])})"
    if kind == "if":
        return f"(if {parts[0]} then {expression(parts[1])} else {expression(parts[2])})"
    texts = [expression(p) for p in parts]
    if kind in ("max", "min"):
        text = texts[0]
        for other in texts[1:]:
            text = f"(R{kind} {text} {other})"
        return text
    if kind in ("opp", "inv"):
        return f"({'-' if kind == 'opp' else '/'} {texts[0]})"
    return "(" + {"add": " + ", "mul": " * ", "div": " / "}[kind].join(texts) + ")"


_DECISIONS = {sp.Lt: "Rlt_dec {0} {1}", sp.Le: "Rle_dec {0} {1}", sp.Gt: "Rlt_dec {1} {0}", sp.Ge: "Rle_dec {1} {0}"}


def _branches(e: sp.Piecewise) -> tuple[Any, ...]:
    """`if`s on decidable comparisons, one inside the other."""
    (value, condition), *others = e.args
    if condition == sp.true:
        return node(value)
    if not others:
        raise UnsupportedExpression("the Coq export writes branches that end with 'otherwise'")
    rest = others[0][0] if others[0][1] == sp.true else sp.Piecewise(*others, evaluate=False)
    if isinstance(condition, (sp.And, sp.Or)):  # one comparison after the other
        first, *more = condition.args
        last = condition.func(*more)
        if isinstance(condition, sp.And):
            value, condition = sp.Piecewise((value, last), (rest, True), evaluate=False), first
        else:
            rest, condition = sp.Piecewise((value, last), (rest, True), evaluate=False), first
    if isinstance(condition, sp.Ne):
        value, rest, condition = rest, value, sp.Eq(*condition.args, evaluate=False)
    if isinstance(condition, sp.Eq):
        lhs, rhs = (expression(side) for side in condition.args)
        return ("if", f"Req_EM_T {lhs} {rhs}", value, rest)
    if condition.func not in _DECISIONS:
        raise UnsupportedExpression("the Coq export writes branches on one comparison")
    decision = _DECISIONS[condition.func].format(expression(condition.lhs), expression(condition.rhs))
    return ("if", decision, value, rest)


def _product(e: sp.Mul) -> tuple[Any, ...]:
    c, rest = e.as_coeff_Mul()
    if c.is_negative:
        return ("opp", -c * rest)
    above = [f for f in e.args if not (f.is_Pow and f.exp.is_Rational and f.exp < 0)]
    below = [1 / f for f in e.args if f.is_Pow and f.exp.is_Rational and f.exp < 0]
    top = above[0] if len(above) == 1 else sp.Mul(*above, evaluate=False) if above else sp.S.One
    if not below:
        return ("mul", *above)
    return ("div", top, below[0] if len(below) == 1 else sp.Mul(*below, evaluate=False))


def _power(base: sp.Expr, exponent: sp.Expr) -> tuple[Any, ...]:
    if exponent.is_Rational and exponent < 0:
        return ("inv", base ** (-exponent))
    if exponent.is_Integer:
        return ("pow", base, int(exponent))
    if exponent == sp.S.Half:
        return ("call", "sqrt", base)
    if exponent.is_Rational and exponent.q == 2:
        return ("pow", sp.sqrt(base), int(exponent.p))
    if base.is_number and base.is_positive:
        return ("call", "exp", sp.Mul(exponent, sp.log(base), evaluate=False))
    raise UnsupportedExpression("the Coq export writes integer powers, square roots and exponentials")


def relation_text(lhs: str, relation: str, rhs: str) -> str:
    """A relation between two texts."""
    return f"{lhs} {'<>' if relation == '!=' else relation} {rhs}"


def condition_text(condition: tuple[sp.Expr, str]) -> str:
    """The hypothesis `e op 0`."""
    e, op = condition
    return relation_text("0", {">": "<", ">=": "<="}.get(op, op), expression(e))
