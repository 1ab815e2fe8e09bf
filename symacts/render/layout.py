"""SymPy expressions and sets as a small tree of what is written on paper; `backends` turns it into text, LaTeX, MathML.

One walk decides order, fractions, roots, signs and parentheses, so the three outputs cannot disagree.

>>> import sympy
>>> from symacts.render.backends import to_unicode
>>> x = sympy.Symbol("x", real=True)
>>> to_unicode(layout(1/(1 + sympy.exp(-x))))
'1/(1 + exp(-x))'
>>> to_unicode(layout(sympy.Interval.Ropen(-1, sympy.oo)))
'[-1, ∞)'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from symacts.facts import Root
from symacts.render.nodes import (
    ADD,
    ATOM,
    MUL,
    POW,
    RELATION,
    Atom,
    Big,
    Call,
    Cases,
    Fence,
    Fraction,
    Node,
    Power,
    Radical,
    Row,
    Subscript,
)

__all__ = ["joined", "layout", "name_node", "operator", "paren"]


GREEK = dict(
    zip(
        [
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "zeta",
            "eta",
            "theta",
            "iota",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "omicron",
            "pi",
            "rho",
            "sigma",
            "tau",
            "upsilon",
            "phi",
            "chi",
            "psi",
            "omega",
            "Gamma",
            "Delta",
            "Theta",
            "Lambda",
            "Xi",
            "Pi",
            "Sigma",
            "Phi",
            "Psi",
            "Omega",
        ],
        [
            "α",
            "β",
            "γ",
            "δ",
            "ε",
            "ζ",
            "η",
            "θ",
            "ι",
            "κ",
            "λ",
            "μ",
            "ν",
            "ξ",
            "ο",
            "π",
            "ρ",
            "σ",
            "τ",
            "υ",
            "φ",
            "χ",
            "ψ",
            "ω",
            "Γ",
            "Δ",
            "Θ",
            "Λ",
            "Ξ",
            "Π",
            "Σ",
            "Φ",
            "Ψ",
            "Ω",
        ],
        strict=True,
    )
)

_CONSTANTS: dict[sp.Basic, Atom] = {
    sp.pi: Atom("π"),
    sp.E: Atom("e"),
    sp.oo: Atom("∞", "number"),
    sp.zoo: Atom("∞", "number"),
    sp.nan: Atom("undefined", "word"),
    sp.EulerGamma: Atom("γ"),
    sp.GoldenRatio: Atom("φ"),
    sp.Catalan: Atom("G"),
    sp.I: Atom("i"),
    sp.S.Reals: Atom("ℝ"),
    sp.S.Integers: Atom("ℤ"),
    sp.S.Naturals: Atom("ℕ"),
    sp.S.Naturals0: Subscript(Atom("ℕ"), Atom("0", "number")),  # type: ignore[dict-item]
    sp.S.Rationals: Atom("ℚ"),
    sp.S.EmptySet: Atom("∅"),
    sp.S.UniversalSet: Atom("𝕌"),
    sp.true: Atom("true", "word"),
    sp.false: Atom("false", "word"),
}

_NAMES = {"Max": "max", "Min": "min", "ceiling": "ceil"}
"""Functions whose name in print differs from SymPy's."""

_RELATIONS = {
    sp.Eq: "=",
    sp.Ne: "≠",
    sp.Lt: "<",
    sp.Le: "≤",
    sp.Gt: ">",
    sp.Ge: "≥",
}


def operator(text: str) -> Atom:
    """An operator token."""
    return Atom(text, "operator")


def paren(node: Node, binding: int) -> Node:
    """The node, in parentheses where it binds looser than its place needs."""
    return node if node.binding >= binding else Fence("(", (node,), ")")


def joined(parts: Iterable[Node], sign: str, binding: int) -> Node:
    """The parts with an operator between them."""
    row: list[Node] = []
    for part in parts:
        row += [operator(sign), part] if row else [part]
    return row[0] if len(row) == 1 else Row(tuple(row), binding)


def layout(value: Any) -> Node:
    """The written form of a SymPy object, an int, a bool or a tuple of these.

    Anything without a rule of its own is written as SymPy's text for it.
    """
    if isinstance(value, bool) or value is None:
        return Atom({True: "true", False: "false", None: "none"}[value], "word")
    if isinstance(value, int):
        return _number(sp.Integer(value))
    if isinstance(value, str):
        return Atom(value, "word")
    if isinstance(value, (tuple, list, sp.Tuple)):
        return Fence("(", tuple(layout(v) for v in value), ")")
    if value in _CONSTANTS:
        return _CONSTANTS[value]
    if value is sp.S.NegativeInfinity:
        return Row((operator("-"), _CONSTANTS[sp.oo]), ADD)
    for kind, rule in _RULES:
        if isinstance(value, kind):
            return rule(value)
    return Atom(str(value), "word")


def _number(value: sp.Rational) -> Node:
    if value < 0:
        return Row((operator("-"), _number(-value)), ADD)
    if value.q == 1:
        return Atom(str(value.p), "number")
    return Fraction(Atom(str(value.p), "number"), Atom(str(value.q), "number"))


def _root(value: sp.Basic) -> Node:
    text = str(value)
    digits = Atom(text.lstrip("-").replace("...", "…"), "number")
    return Row((operator("-"), digits), ADD) if text.startswith("-") else digits


def name_node(name: str) -> Node:
    """A symbol's name: Greek letters by their names, `a_1` and `b2` with an index, anything else as it is."""
    name = name.lstrip("_") or name
    match = re.fullmatch(r"([A-Za-z]+?)_?([0-9]+)", name) or re.fullmatch(r"([A-Za-z])_([A-Za-z]+)", name)
    if match and (len(match[1]) == 1 or match[1] in GREEK):
        index = Atom(match[2], "number" if match[2].isdigit() else "name")
        return Subscript(name_node(match[1]), index)
    return Atom(GREEK.get(name, name))


def _is_negative(term: sp.Expr) -> bool:
    coefficient = term.as_coeff_Mul()[0]
    return bool(coefficient.is_Rational and coefficient < 0) or term is sp.S.NegativeInfinity


def _add(value: sp.Add) -> Node:
    row: list[Node] = []
    terms = value.as_ordered_terms()
    if len(terms) == 2 and _is_negative(terms[0]) and not _is_negative(terms[1]):
        terms.reverse()  # 1 - x**2, not -x**2 + 1
    for term in terms:
        negative = _is_negative(term)
        node = paren(layout(-term if negative else term), MUL)
        if row:
            row.append(operator("-" if negative else "+"))
        elif negative:
            row.append(operator("-"))
        row.append(node)
    return Row(tuple(row), ADD)


def _mul(value: sp.Mul) -> Node:
    if _is_negative(value):
        return Row((operator("-"), paren(layout(-value), MUL)), ADD)
    coefficient, rest = value.as_coeff_Mul()
    if not coefficient.is_Rational:
        coefficient, rest = sp.S.One, value
    top: list[Node] = []
    bottom: list[Node] = []
    if coefficient.p != 1:
        top.append(Atom(str(coefficient.p), "number"))
    if coefficient.q != 1:
        bottom.append(Atom(str(coefficient.q), "number"))
    factors = [rest] if not isinstance(rest, sp.Mul) else rest.as_ordered_factors()
    for factor in factors:
        if isinstance(factor, sp.Rational):
            if factor.p != 1:
                top.append(layout(sp.Integer(factor.p)))
            if factor.q != 1:
                bottom.append(Atom(str(factor.q), "number"))
        elif isinstance(factor, sp.Pow) and factor.exp.is_Rational and factor.exp < 0:
            bottom.append(layout(factor.base ** (-factor.exp)))
        else:
            top.append(layout(factor))
    if not bottom:
        return _product(top)
    return Fraction(_product(top) if top else Atom("1", "number"), _product(bottom))


def _product(factors: list[Node]) -> Node:
    if len(factors) == 1:
        return factors[0]
    return joined((paren(f, MUL) for f in factors), "·", MUL)


def _pow(value: sp.Pow) -> Node:
    base, exponent = value.base, value.exp
    if base is sp.E:
        return Power(Atom("e"), layout(exponent))
    if exponent.is_Rational:
        if exponent < 0:
            return Fraction(Atom("1", "number"), layout(base ** (-exponent)))
        if exponent.p == 1 and exponent.q != 1:
            return Radical(layout(base), exponent.q)
        inner = layout(base)
        if exponent.q == 1 and isinstance(inner, Call) and inner.exponent is None:
            return Call(inner.name, inner.arguments, int(exponent), POW)
    return Power(paren(layout(base), ATOM), layout(exponent))


def _call(value: Any) -> Node:
    name = value.func.name if isinstance(value, AppliedUndef) else value.func.__name__
    return Call(_NAMES.get(name, name), tuple(layout(a) for a in value.args))


def _piecewise(value: sp.Piecewise) -> Node:
    return Cases(tuple((layout(e), None if c is sp.true else layout(c)) for e, c in value.args))


def _interval(value: sp.Interval) -> Node:
    if value.start is sp.S.NegativeInfinity and value.end is sp.S.Infinity:
        return _CONSTANTS[sp.S.Reals]
    ends = (layout(value.start), layout(value.end))
    return Fence("(" if value.left_open else "[", ends, ")" if value.right_open else "]")


def _finite_set(value: sp.FiniteSet) -> Node:
    return Fence("{", tuple(layout(v) for v in sorted(value.args, key=_numeric_key)), "}")


def _numeric_key(value: sp.Basic) -> tuple[Any, ...]:
    """Numbers in their order (to 15 digits, which only decides how a set is written), then the rest."""
    if isinstance(value, sp.Expr) and value.is_extended_real and not value.free_symbols:
        return (0, value.evalf(15), "")
    return (1, sp.S.Zero, sp.default_sort_key(value))


def _union(value: sp.Union) -> Node:
    def start(part: sp.Set) -> tuple[Any, ...]:
        return _numeric_key(part.inf if isinstance(part, (sp.Interval, sp.FiniteSet)) else part)

    return joined((layout(p) for p in sorted(value.args, key=start)), "∪", ADD)


def _image_set(value: sp.ImageSet) -> Node:
    variables = value.lamda.variables
    members = [
        Row((layout(v), operator("∈"), layout(s)), RELATION) for v, s in zip(variables, value.base_sets, strict=True)
    ]
    body = Row((layout(value.lamda.expr), operator("|"), joined(members, ",", RELATION)), RELATION)
    return Fence("{", (body,), "}")


def _condition_set(value: sp.ConditionSet) -> Node:
    inside = Row((layout(value.sym), operator("∈"), layout(value.base_set)), RELATION)
    return Fence("{", (Row((inside, operator("|"), layout(value.condition)), RELATION),), "}")


def _relation(value: Any) -> Node:
    return Row((layout(value.lhs), operator(_RELATIONS[value.func]), layout(value.rhs)), RELATION)


def _big(sign: str) -> Callable[[Any], Node]:
    def rule(value: Any) -> Node:
        node = layout(value.function)
        for variable, *ends in value.limits:
            lower, upper = (layout(ends[0]), layout(ends[1])) if len(ends) == 2 else (None, None)
            if sign == "∫":
                node = Big(sign, lower, upper, node, layout(variable))
            else:
                below = Row((layout(variable), operator("="), lower), RELATION) if lower else layout(variable)
                node = Big(sign, below, upper, paren(node, MUL))
        return node

    return rule


def _limit(value: sp.Limit) -> Node:
    function, variable, point, direction = value.args
    target: list[Node] = [layout(variable), operator("→"), layout(point)]
    if str(direction) != "+-" and point.is_finite:
        target[-1] = Power(paren(target[-1], ATOM), operator(str(direction)))
    return Big("lim", Row(tuple(target), RELATION), None, paren(layout(function), MUL))


def _derivative(value: sp.Derivative) -> Node:
    over: Node = Atom("d")
    under: list[Node] = []
    order = 0
    for variable, count in value.variable_count:
        order += int(count)
        letter = Row((Atom("d"), layout(variable)), POW)
        under.append(letter if count == 1 else Power(letter, layout(count)))
    if order > 1:
        over = Power(over, Atom(str(order), "number"))
    sign = Fraction(over, under[0] if len(under) == 1 else Row(tuple(under), POW))
    return Row((sign, Fence("(", (layout(value.expr),), ")")), MUL)


def _indexed(value: sp.Indexed) -> Node:
    indices = [layout(k) for k in value.indices]
    return Subscript(name_node(str(value.base.label)), joined(indices, ",", ADD) if len(indices) > 1 else indices[0])


def _logic(sign: str) -> Callable[[Any], Node]:
    def rule(value: Any) -> Node:
        parts = sorted(value.args, key=sp.default_sort_key)
        return joined((paren(layout(p), RELATION) for p in parts), sign, RELATION)

    return rule


def _bars(value: Any) -> Node:
    return Fence("|", (layout(value.args[0]),), "|")


def _delta(value: sp.KroneckerDelta) -> Node:
    indices = tuple(layout(a) for a in value.args)
    if all(isinstance(a, Atom) and len(a.text) == 1 for a in indices):
        return Subscript(Atom("δ"), Row(indices, ATOM))
    return Subscript(Atom("δ"), joined(indices, ",", ADD))


def _heaviside(value: sp.Heaviside) -> Node:
    shown = value.args[:1] if value.args[1] == sp.S.Half else value.args
    return Call("H", tuple(layout(a) for a in shown))


_RULES: tuple[tuple[Any, Callable[[Any], Node]], ...] = (
    (Root, _root),
    (sp.Rational, _number),
    (sp.Float, lambda v: Atom(str(v), "number")),
    (sp.Symbol, lambda v: name_node(v.name)),
    (sp.Add, _add),
    (sp.Mul, _mul),
    (sp.Pow, _pow),
    (sp.exp, lambda v: Power(Atom("e"), layout(v.args[0]))),
    (sp.Abs, _bars),
    (sp.Piecewise, _piecewise),
    (sp.Heaviside, _heaviside),
    (sp.KroneckerDelta, _delta),
    (sp.Indexed, _indexed),
    (sp.IndexedBase, lambda v: name_node(str(v.label))),
    (sp.Sum, _big("∑")),
    (sp.Product, _big("∏")),
    (sp.Integral, _big("∫")),
    (sp.Limit, _limit),
    (sp.Derivative, _derivative),
    (sp.Lambda, lambda v: Row((layout(v.variables[0]), operator("↦"), layout(v.expr)), RELATION)),
    (sp.Interval, _interval),
    (sp.FiniteSet, _finite_set),
    (sp.Union, _union),
    (sp.Intersection, lambda v: joined((paren(layout(a), MUL) for a in v.args), "∩", ADD)),
    (sp.Complement, lambda v: joined((paren(layout(a), MUL) for a in v.args), "∖", ADD)),
    (sp.ImageSet, _image_set),
    (sp.ConditionSet, _condition_set),
    (sp.ProductSet, lambda v: joined((paren(layout(a), MUL) for a in v.args), "×", ADD)),
    (sp.core.relational.Relational, _relation),
    (sp.And, _logic("∧")),
    (sp.Or, _logic("∨")),
    (sp.Not, lambda v: Row((operator("¬"), paren(layout(v.args[0]), ATOM)), RELATION)),
    (sp.Contains, lambda v: Row((layout(v.args[0]), operator("∈"), layout(v.args[1])), RELATION)),
    (sp.Function, _call),
    (sp.core.expr.Expr, lambda v: _call(v) if v.args and v.func.__name__ in ("Max", "Min") else Atom(str(v), "word")),
)
"""The first row whose class fits writes the value."""
