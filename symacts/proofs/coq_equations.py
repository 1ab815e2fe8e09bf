"""Coq tactic text for equations: roots and exponentials become atoms with their relations, then `field` decides.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> print(naming({"(- x)": -x, "x": x}))
assert (N0 : exp (- x) = / exp x ^ 1) by (transitivity (exp (- (INR 1 * x)));
    [f_equal; simpl; first [field; side]
    | rewrite ?exp_plus, ?exp_Ropp, ?exp_mul_nat, ?exp_0; simpl; try field; side]).
  try rewrite N0.
  assert (P0 := exp_pos x).
  set (t0 := exp x) in *; clearbody t0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import gcd, lcm

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.entail import Condition
from symacts.proofs.checker.normal import Atoms
from symacts.proofs.checker.normal import _terms as terms_of
from symacts.proofs.coq_terms import condition_text, expression
from symacts.proofs.coq_waves import angles, opposite

__all__ = ["equation", "exponentials", "naming", "unfolding", "units_of"]

MOST = 12  # powers of an atom that stay small are written out
HYPERBOLIC = (sp.tanh, sp.sinh, sp.cosh, sp.sech, sp.coth)


def equation(*sides: sp.Expr, more: Mapping[str, sp.Expr] | None = None, given: Iterable[Condition] = ()) -> str:
    """Tactic text that proves an equation whose formulas are among the sides, by `field` modulo the roots' relations.

    `more` holds further exponents that occur, by their text; `given` are hypotheses on what must not vanish.
    """
    lines: list[str] = []
    relations: list[str] = []
    kept: list[str] = []
    for k, u in enumerate(_hyperbolic_divisors(sides)):
        kept.append(f"H{k}_")
        lines.append(f"assert (H{k}_ : sinh {u} <> 0) by (apply sinh_nonzero; nonzero).")
    opened = unfolding(*sides)
    lines += [opened] * bool(opened)
    for k, (e, op) in enumerate(given):
        kept.append(f"Z{k}")
        relation = f"{expression(e)} <> 0" if op == "!=" else condition_text((e, op))
        lines.append(f"assert (Z{k} : {relation}) by (first [assumption | apply not_eq_sym; assumption]).")
    positive = {expression(e): k for k, (e, op) in enumerate(given) if op == ">" and e.is_number}
    for text, k in positive.items():
        lines.append(f"assert (Q{k} : 0 < sqrt {text}) by (apply sqrt_lt_R0; assumption).")
        lines.append(f"clear Z{k}; set (q{k} := sqrt {text}) in *; clearbody q{k}.")
        kept.remove(f"Z{k}")
    turned, waves, roots = angles(sides, kept)
    radicands = _radicands(sides)
    for k, text in enumerate(text for text in dict.fromkeys([*roots, *radicands]) if text not in positive):
        lines.append(f"assert (R{k} : sqrt {text} ^ 2 = {text}) by (apply sqrt_squared; least).")
        relations.append(f"R{k}")
    lines += [*turned, *opposite(sides)]
    for k, text in enumerate(waves):
        lines.append(f"assert (C{k} : sin {text} ^ 2 = 1 - cos {text} ^ 2) by apply sin_squared.")
        relations.append(f"C{k}")
    scaled, factors = _scaled([e for text, e in radicands.items() if text not in positive], relations)
    lines += scaled
    formulas = (*sides, *(e for e, _ in given), *factors)
    pairs = dict(pair for e in formulas for pair in exponentials(e)) | dict(more or {})
    named = naming(pairs, "", relations, kept)
    return "\n  ".join([*lines, *([named] if named else []), f"first [lra | {_field(relations)}]."])


def _hyperbolic_divisors(sides: Iterable[sp.Expr]) -> list[str]:
    """Text of the arguments of hyperbolic sines under fraction bars."""
    found = {f.args[0] for s in sides for f in s.atoms(sp.coth)}
    found |= {f.args[0] for s in sides for p in s.atoms(sp.Pow) if p.exp.is_negative for f in p.base.atoms(sp.sinh)}
    return [expression(u) for u in sorted(found, key=sp.default_sort_key)]


def _scaled(radicands: list[sp.Expr], relations: list[str]) -> tuple[list[str], list[sp.Expr]]:
    """Lines that write a root as a multiple of another, where one radicand is a square times the other; the factors."""
    lines: list[str] = []
    factors: list[sp.Expr] = []
    radicands = sorted(radicands, key=lambda e: any(c.is_Rational and not c.is_Integer for c in e.atoms(sp.Rational)))
    for j, u in enumerate(radicands):
        for v in radicands[:j]:
            k = None if u.is_number or v.is_number else _root_of_quotient(u, v)
            if k is not None:
                named = naming(dict(pair for e in (u, v, k) for pair in exponentials(e)), "", relations)
                lines.append(f"assert (S{j} : sqrt {expression(u)} = {expression(k)} * sqrt {expression(v)}).")
                lines.append(f"{{ apply sqrt_scaled; [least | least |].\n  {named}\n  first [{_field(relations)}]. }}")
                lines.append(f"rewrite ?S{j}.")
                factors.append(k)
                break
    return lines, factors


def _root_of_quotient(u: sp.Expr, v: sp.Expr) -> sp.Expr | None:
    """k > 0 with u = k**2*v, a monomial in positive atoms."""
    atoms = Atoms(u / v)
    value = atoms.fraction()
    if any(len(p) != 1 for p in (value.num, *value.den)):
        return None
    quotient = sp.Mul(value.num.as_expr(), *(p.as_expr() ** -n for p, n in value.den.items()))
    c, rest = quotient.as_coeff_Mul(rational=True)
    powers = {g: n for g, n in rest.as_powers_dict().items() if g != 1}
    halved = {g for g in powers if isinstance(atoms.meaning.get(g), sp.exp)}
    if c <= 0 or any(g not in atoms.positive or (n % 2 and g not in halved) for g, n in powers.items()):
        return None
    whole = sp.Mul(*(atoms.meaning[g] ** (n // 2) for g, n in powers.items() if g not in halved))
    return sp.sqrt(c) * whole * sp.exp(sum(atoms.meaning[g].args[0] * powers[g] / 2 for g in halved))


def _field(relations: Iterable[str]) -> str:
    """`field`, and where that fails modulo the relations."""
    names = " ".join(relations)
    return f"field; side | field [{names}]; side" if names else "field; side"


def unfolding(*sides: sp.Expr) -> str:
    """Tactic text that writes hyperbolic functions by exponentials, tangents by sines and cosines."""
    has_tanh = any(s.has(sp.tanh) for s in sides)
    heads = ["tanh", "sinh", "cosh"] if has_tanh else []
    if not has_tanh:
        heads += ["sinh"] * any(s.has(sp.sinh, sp.coth) for s in sides)
        heads += ["cosh"] * any(s.has(sp.cosh, sp.sech, sp.coth) for s in sides)
    heads += ["tan"] * any(s.has(sp.tan) for s in sides)
    return f"unfold {', '.join(heads)} in *." if heads else ""


def _radicands(sides: tuple[sp.Expr, ...]) -> dict[str, sp.Expr]:
    """What stands under square roots by its text, inner ones first."""
    if any(s.has(sp.acosh, sp.atanh) for s in sides):
        raise UnsupportedExpression("the Coq export does not write identities of inverse hyperbolic functions")
    powers = (p for s in sides for p in s.atoms(sp.Pow) if p.exp.is_Rational and p.exp.q == 2)
    found = {expression(p.base): p.base for p in powers}
    return dict(sorted(found.items(), key=lambda pair: (len(pair[0]), pair[0])))


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
        inner = "".join(f" try rewrite {names[t]};" for t in reversed(names) if depths[t] < depths[text])
        names[text] = f"N{len(names)}"
        lines.append(
            f"{lead}assert ({names[text]} : exp {text} = {value}) by (transitivity (exp ({total}));\n"
            f"    [f_equal;{inner} simpl; first [{_field(relations)}]\n"
            f"    | rewrite ?exp_plus, ?exp_Ropp, ?exp_mul_nat, ?exp_0; simpl; try field; side])."
        )
    order = list(units)
    for depth in sorted({*depths.values(), *map(_depth, units)}, reverse=True):
        lines += [f"{lead}try rewrite {names[t]}{w}." for t in reversed(names) if depths[t] == depth for w in places]
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
