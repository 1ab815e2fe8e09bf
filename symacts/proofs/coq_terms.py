"""Coq text of formulas, and tactic text that names their exponentials as powers of atoms.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> expression(sp.Max(x, 0) / (1 + sp.exp(-x)))
'(((Rmax 0 x)) / ((1 + (exp (- x)))))'
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.normal import Atoms

__all__ = ["exponentials", "expression", "name_of", "naming"]

_UNARY: dict[Any, str] = {
    sp.exp: "exp",
    sp.log: "ln",
    sp.tanh: "tanh",
    sp.sinh: "sinh",
    sp.cosh: "cosh",
    sp.sin: "sin",
    sp.cos: "cos",
    sp.tan: "tan",
    sp.atan: "atan",
    sp.Abs: "Rabs",
}
_RESERVED = {
    "exp",
    "ln",
    "sin",
    "cos",
    "R",
    "in",
    "let",
    "fun",
    "forall",
    "Type",
    "Prop",
    "at",
    "as",
    "if",
    "then",
    "else",
}


def name_of(symbol: sp.Symbol) -> str:
    """A Coq identifier for a symbol."""
    name = "".join(c if c.isalnum() or c == "_" else "_" for c in symbol.name)
    return f"{name}_" if name in _RESERVED or not name[:1].isalpha() else name


def expression(e: sp.Expr) -> str:
    """The expression in Coq's notation for reals.

    Raises
    ------
    UnsupportedExpression
        A function that Coq's standard library does not have.
    """
    if e.is_Integer:
        return str(e) if e >= 0 else f"(- {-e})"
    if e.is_Rational:
        return f"({e.p} / {e.q})" if e > 0 else f"(- ({-e.p} / {e.q}))"
    if e.is_Symbol:
        return name_of(e)
    if e is sp.pi:
        return "PI"
    if e is sp.E:
        return "(exp 1)"
    if e.is_Add:
        return "(" + " + ".join(expression(a) for a in e.args) + ")"
    if e.is_Mul:
        return _product(e)
    if e.is_Pow:
        return _power(e.base, e.exp)
    if e.func in _UNARY and len(e.args) == 1:
        return f"({_UNARY[e.func]} {expression(e.args[0])})"
    if isinstance(e, (sp.Max, sp.Min)):
        head = "Rmax" if isinstance(e, sp.Max) else "Rmin"
        text = expression(e.args[0])
        for a in e.args[1:]:
            text = f"({head} {text} {expression(a)})"
        return text
    if isinstance(e, sp.Piecewise):
        return _branches(e)
    raise UnsupportedExpression(f"the Coq export does not write {e.func.__name__}")


_DECISIONS = {sp.Lt: "Rlt_dec {0} {1}", sp.Le: "Rle_dec {0} {1}", sp.Gt: "Rlt_dec {1} {0}", sp.Ge: "Rle_dec {1} {0}"}


def _branches(e: sp.Piecewise) -> str:
    """Nested `if`s on decidable comparisons."""
    if e.args[-1][1] != sp.true:
        raise UnsupportedExpression("the Coq export writes branches that end with 'otherwise'")
    text = expression(e.args[-1][0])
    for value, condition in reversed(e.args[:-1]):
        if condition.func not in _DECISIONS:
            raise UnsupportedExpression("the Coq export writes branches on one comparison")
        decision = _DECISIONS[condition.func].format(expression(condition.lhs), expression(condition.rhs))
        text = f"(if {decision} then {expression(value)} else {text})"
    return text


def _product(e: sp.Mul) -> str:
    c, rest = e.as_coeff_Mul()
    if c == -1:
        return f"(- {expression(rest)})"
    if c.is_negative:
        return f"(- {expression(-c * rest)})"
    above = [f for f in e.args if not (f.is_Pow and f.exp.is_Rational and f.exp < 0)]
    below = [1 / f for f in e.args if f.is_Pow and f.exp.is_Rational and f.exp < 0]
    top = " * ".join(expression(f) for f in above) or "1"
    return f"({top})" if not below else f"(({top}) / ({' * '.join(expression(f) for f in below)}))"


def _power(base: sp.Expr, exponent: sp.Expr) -> str:
    if exponent.is_Integer:
        if exponent > 0:
            return f"({expression(base)} ^ {exponent})"
        return f"(/ {expression(base)})" if exponent == -1 else f"(/ ({expression(base)} ^ {-exponent}))"
    if exponent.is_Rational and exponent.q == 2:
        root = f"(sqrt {expression(base)})"
        if exponent == sp.S.Half:
            return root
        return f"({root} ^ {exponent.p})" if exponent > 0 else f"(/ ({root} ^ {-exponent.p}))"
    raise UnsupportedExpression("the Coq export writes integer powers and square roots")


# -- naming exponentials -------------------------------------------------------------------------------------------
def naming(*sides: sp.Expr, lead: str = "", tag: str = "") -> str:
    """Tactic text that writes every exponential of the sides as a product of powers of atoms, then names the atoms."""
    halves = [sp.exp(f.args[0]) for side in sides for f in side.atoms(sp.tanh, sp.sinh, sp.cosh)]
    atoms = Atoms(*sides, *halves)
    for k in range(len(sides)):
        atoms.lift(atoms._unfolded[k])
    steps = {m: n for (kind, m), n in atoms._steps.items() if kind == "exp"}
    if any(kind != "exp" for kind, _ in atoms._steps):
        raise UnsupportedExpression("the Coq export names real exponentials only")
    order = sorted(steps, key=sp.default_sort_key)
    bases = {m: expression(m / steps[m]) for m in order}
    lines: list[str] = []
    seen = dict(pair for side in sides for pair in exponentials(side))
    for k, text in enumerate(sorted(seen, key=lambda t: (-len(t), t))):
        if any(m not in steps for _, m in _terms(seen[text])):
            raise UnsupportedExpression("the Coq export does not name an exponential of a logarithm")
        terms = [(c * steps[m], m) for c, m in _terms(seen[text])]
        if len(terms) == 1 and terms[0][0] == 1 and text == bases[terms[0][1]]:
            continue
        total = " + ".join(_multiple(int(n), bases[m]) for n, m in terms)
        value = " * ".join(_monomial(int(n), bases[m]) for n, m in terms)
        lines.append(
            f"{lead}assert (N{tag}{k} : exp {text} = {value}) by (transitivity (exp ({total}));\n"
            f"    [f_equal; simpl; field; side\n"
            f"    | rewrite ?exp_plus, ?exp_Ropp, ?exp_mul_nat; simpl; try field; side])."
        )
        lines.append(f"{lead}rewrite ?N{tag}{k}.")
    for k, m in enumerate(order):
        lines.append(f"{lead}assert (P{k} := exp_pos {bases[m]}).")
        lines.append(f"{lead}set (t{k} := exp {bases[m]}) in *.")
    return "\n  ".join(lines)


def _terms(argument: sp.Expr) -> list[tuple[sp.Rational, sp.Expr]]:
    from symacts.proofs.checker.normal import _terms as split

    return split(argument)


def exponentials(e: sp.Expr) -> list[tuple[str, sp.Expr]]:
    """Text and value of the arguments of exponentials in a side, those inside hyperbolic functions included."""
    found = [(expression(f.args[0]), f.args[0]) for f in e.atoms(sp.exp) if f.args]
    for f in e.atoms(sp.tanh, sp.sinh, sp.cosh):
        u = f.args[0]
        found += [(expression(u), u), (f"(- {expression(u)})", -u)]
    return found


def _multiple(n: int, base: str) -> str:
    return f"INR {n} * {base}" if n >= 0 else f"- (INR {-n} * {base})"


def _monomial(n: int, base: str) -> str:
    return f"exp {base} ^ {n}" if n >= 0 else f"/ exp {base} ^ {-n}"
