"""Coq tactic text for equations: roots and exponentials become atoms with their relations, then `field` decides.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> print(naming({"(- x)": -x, "x": x}))
assert (N0 : exp (- x) = / exp x ^ 1) by (transitivity (exp (- (INR 1 * x)));
    [f_equal; simpl; first [field; side]
    | rewrite ?exp_plus, ?exp_Ropp, ?exp_mul_nat, ?exp_0; simpl; try field; side]).
  rewrite ?N0.
  assert (P0 := exp_pos x).
  set (t0 := exp x) in *; clearbody t0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from math import gcd, lcm

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.entail import Condition
from symacts.proofs.checker.normal import _terms as terms_of
from symacts.proofs.coq_terms import condition_text, expression

__all__ = ["equation", "exponentials", "naming", "unfolding", "units_of"]

MOST = 12  # powers of an atom that stay small are written out
HYPERBOLIC = (sp.tanh, sp.sinh, sp.cosh, sp.sech, sp.coth)


def equation(
    *sides: sp.Expr, more: Mapping[str, sp.Expr] | None = None, lead: str = "", given: Iterable[Condition] = ()
) -> str:
    """Tactic text that proves an equation whose formulas are among the sides, by `field` modulo the roots' relations.

    `more` holds further exponents that occur, by their text; `given` are hypotheses on what must not vanish.
    """
    lines: list[str] = []
    relations: list[str] = []
    kept: list[str] = []
    for k, (e, op) in enumerate(given):
        kept.append(f"Z{k}")
        relation = f"{expression(e)} <> 0" if op == "!=" else condition_text((e, op))
        lines.append(f"{lead}assert (Z{k} : {relation}) by (first [assumption | apply not_eq_sym; assumption]).")
    positive = {expression(e): k for k, (e, op) in enumerate(given) if op == ">" and e.is_number}
    for text, k in positive.items():
        lines.append(f"{lead}assert (Q{k} : 0 < sqrt {text}) by (apply sqrt_lt_R0; assumption).")
        lines.append(f"{lead}clear Z{k}; set (q{k} := sqrt {text}) in *; clearbody q{k}.")
        kept.remove(f"Z{k}")
    for k, text in enumerate(text for text in _radicands(sides) if text not in positive):
        lines.append(f"{lead}assert (R{k} : sqrt {text} ^ 2 = {text}) by (apply sqrt_squared; least).")
        relations.append(f"R{k}")
    waves = sorted({f.args[0] for s in sides for f in s.atoms(sp.sin, sp.cos)}, key=sp.default_sort_key)
    if any((u / v).is_Rational for u, v in combinations(waves, 2)):
        raise UnsupportedExpression("the Coq export does not write sines of several multiples of an angle")
    for k, u in enumerate(map(expression, waves)):
        lines.append(f"{lead}assert (C{k} : sin {u} ^ 2 = 1 - cos {u} ^ 2) by apply sin_squared.")
        relations.append(f"C{k}")
    opened = unfolding(*sides)
    pairs = dict(pair for side in (*sides, *(e for e, _ in given)) for pair in exponentials(side)) | dict(more or {})
    named = naming(pairs, lead, relations, kept)
    close = f"{lead}first [lra | {_field(relations)}]."
    return "\n  ".join([*([f"{lead}{opened}"] if opened else []), *lines, *([named] if named else []), close])


def _field(relations: Iterable[str]) -> str:
    """`field`, and where that fails modulo the relations."""
    names = " ".join(relations)
    return f"field; side | field [{names}]; side" if names else "field; side"


def unfolding(*sides: sp.Expr) -> str:
    """Tactic text that writes hyperbolic functions by exponentials."""
    if any(s.has(sp.tanh) for s in sides):
        return "unfold tanh, sinh, cosh in *."
    heads = [
        n
        for n, f in (("sinh", (sp.sinh, sp.coth)), ("cosh", (sp.cosh, sp.sech, sp.coth)))
        if any(s.has(*f) for s in sides)
    ]
    return f"unfold {', '.join(heads)} in *." if heads else ""


def _radicands(sides: tuple[sp.Expr, ...]) -> list[str]:
    """Text of what stands under square roots, inner ones first."""
    if any(s.has(sp.acosh, sp.atanh) for s in sides):
        raise UnsupportedExpression("the Coq export does not write identities of inverse hyperbolic functions")
    powers = (p for s in sides for p in s.atoms(sp.Pow) if p.exp.is_Rational and p.exp.q == 2)
    return sorted({expression(p.base) for p in powers}, key=lambda text: (len(text), text))


def exponentials(e: sp.Expr) -> list[tuple[str, sp.Expr]]:
    """Text and value of the exponents in a formula, those inside hyperbolic functions included."""
    found = [(expression(f.args[0]), f.args[0]) for f in e.atoms(sp.exp) if f.args]
    found += [("1", sp.S.One)] * e.has(sp.E)
    for p in e.atoms(sp.Pow):
        if not p.exp.is_Rational and p.base is not sp.E:
            found.append((expression(sp.Mul(p.exp, sp.log(p.base), evaluate=False)), p.exp * sp.log(p.base)))
    for f in e.atoms(*HYPERBOLIC):
        u = f.args[0]
        found += [(expression(u), u), (f"(- {expression(u)})", -u)]
    return found


def naming(
    exponents: Mapping[str, sp.Expr], lead: str = "", relations: Iterable[str] = (), kept: Iterable[str] = ()
) -> str:
    """Tactic text that writes every exponential as a product of powers of atoms, then names the atoms.

    Inner exponents are proved first and renamed last: `exp(exp(2*x))` is an atom in which `exp(2*x)` may be respelled.
    """
    parts = {text: terms_of(value) for text, value in exponents.items()}
    units = units_of(exponents)
    if any(u.has(sp.asinh) for u in exponents.values()):
        raise UnsupportedExpression("the Coq export does not write exponentials of inverse hyperbolic functions")
    if any(isinstance(m, sp.log) and unit != 1 and not m.args[0].is_Rational for m, unit in units.items()):
        raise UnsupportedExpression("the Coq export does not write roots as exponentials of logarithms")
    bases = {m: expression(unit * m) for m, unit in units.items()}
    depths = {text: max((_depth(m) for _, m in terms), default=0) for text, terms in parts.items()}
    places = ["", *(f" in {r}" for r in (*relations, *kept))]
    names: dict[str, str] = {}
    lines: list[str] = []
    for text in sorted(parts, key=lambda t: (depths[t], len(t), t)):
        terms = [(int(c / units[m]), m) for c, m in parts[text]]
        if len(terms) == 1 and terms[0][0] == 1 and text == bases[terms[0][1]]:
            continue
        total = " + ".join(_multiple(n, bases[m]) for n, m in terms) or "0"
        value = " * ".join(_monomial(n, bases[m]) for n, m in terms) or "1"
        inner = "".join(f" rewrite ?{names[t]};" for t in reversed(names) if depths[t] < depths[text])
        names[text] = f"N{len(names)}"
        lines.append(
            f"{lead}assert ({names[text]} : exp {text} = {value}) by (transitivity (exp ({total}));\n"
            f"    [f_equal;{inner} simpl; first [{_field(relations)}]\n"
            f"    | rewrite ?exp_plus, ?exp_Ropp, ?exp_mul_nat, ?exp_0; simpl; try field; side])."
        )
    order = list(units)
    for depth in sorted({*depths.values(), *map(_depth, units)}, reverse=True):
        lines += [f"{lead}rewrite ?{names[t]}{w}." for t in reversed(names) if depths[t] == depth for w in places]
        for k, m in enumerate(order):
            if _depth(m) == depth and isinstance(m, sp.log) and units[m] == 1:
                lines += [f"{lead}rewrite ?(exp_ln {expression(m.args[0])}){w} by above." for w in places]
            elif _depth(m) == depth:
                lines.append(f"{lead}assert (P{k} := exp_pos {bases[m]}).")
                lines.append(f"{lead}set (t{k} := exp {bases[m]}) in *; clearbody t{k}.")
    return "\n  ".join(lines)


def units_of(exponents: Mapping[str, sp.Expr]) -> dict[sp.Expr, sp.Rational]:
    """What the k-th atom stands for: `exp(unit*m)` for the k-th pair `m: unit`."""
    found: dict[sp.Expr, list[sp.Rational]] = {}
    for c, m in (term for value in exponents.values() for term in terms_of(value)):
        found.setdefault(m, []).append(c)
    units = {}
    for m in sorted(found, key=lambda m: (-_depth(m), sp.default_sort_key(m))):
        common = gcd(*(int(c.p) for c in found[m]))
        unit = sp.Rational(
            common if common > MOST and not isinstance(m, sp.log) else 1, lcm(*(int(c.q) for c in found[m]))
        )
        units[m] = unit
    return units


def _depth(e: sp.Expr) -> int:
    """How many exponentials stand inside one another."""
    inner = max((_depth(a) for a in e.args), default=0)
    is_exponential = isinstance(e, (sp.exp, *HYPERBOLIC)) or (e.is_Pow and not e.exp.is_Rational) or e is sp.E
    return inner + is_exponential


def _multiple(n: int, base: str) -> str:
    return f"INR {n} * {base}" if n >= 0 else f"- (INR {-n} * {base})"


def _monomial(n: int, base: str) -> str:
    return f"exp {base} ^ {n}" if n >= 0 else f"/ exp {base} ^ {-n}"
