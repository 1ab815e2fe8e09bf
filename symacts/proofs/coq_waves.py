"""Coq tactic text for sines and error functions: addition theorems and parity, before `field` decides an equation.

>>> import sympy as sp
>>> x, y = sp.symbols("x y", real=True)
>>> lines, arguments, roots = angles([sp.cos(x) + sp.cos(x + y)])
>>> print(lines[0])
repeat first [rewrite sin_plus | rewrite cos_plus].
>>> arguments, roots
(['x', 'y'], [])
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from math import lcm

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.normal import _terms as terms_of
from symacts.proofs.coq_terms import expression

__all__ = ["angles", "opposite"]

MOST_ANGLES = 8  # single angles of which a sum consists
_TURNS = {1: "PI", 2: "PI2", 3: "PI3", 4: "PI4", 6: "PI6"}
_ROOTS = {4: "2", 3: "3", 6: "3"}  # under the roots that the sines of these parts of pi hold


def angles(sides: Iterable[sp.Expr], kept: Iterable[str] = ()) -> tuple[list[str], list[str], list[str]]:
    """Lines that write sines of sums by those of single angles, where several share one; these angles; new roots.

    The lines rewrite the goal and the hypotheses `kept`.
    """
    waves = {f.args[0] for s in sides for f in s.atoms(sp.sin, sp.cos, sp.tan)}
    parts = {u: terms_of(u) for u in sorted(waves, key=sp.default_sort_key)}
    uses = Counter(m for terms in parts.values() for m in dict.fromkeys(m for _, m in terms))
    if sp.pi in uses:  # the sine of a part of a turn is a number
        uses[sp.pi] += 1
    sums = {u: terms for u, terms in parts.items() if any(uses[m] > 1 for _, m in terms)}
    units = {m: lcm(*(int(c.q) for terms in sums.values() for c, n in terms if n == m)) for m in uses}
    if sp.pi in units and units[sp.pi] not in _TURNS:
        raise UnsupportedExpression(f"the Coq export does not write the sine of pi/{units[sp.pi]}")
    single = [expression(u) for u in parts if u not in sums]
    lines: list[str] = []
    places = ["", *(f" in {k}" for k in kept)]
    for k, (u, terms) in enumerate(sums.items()):
        copies = [(m, 1 if c > 0 else -1) for c, m in terms for _ in range(abs(int(c * units[m])))]
        if len(copies) > MOST_ANGLES:
            raise UnsupportedExpression("the Coq export does not write sines of large multiples of an angle")
        texts = [f"(- {_angle(m, units[m])})" if way < 0 else _angle(m, units[m]) for m, way in copies]
        total, text = _sum(texts), expression(u)
        single += [_angle(m, units[m]) for m, _ in copies if m is not sp.pi]
        for f, name in (("sin", "W"), ("cos", "V")) if text != total else ():
            lines.append(f"assert ({name}{k} : {f} {text} = {f} {total}) by (f_equal; field; side).")
            lines += [f"rewrite ?{name}{k}{place}." for place in places]
    turn = _TURNS[units.get(sp.pi, 1)]
    known = ["sin_neg", "cos_neg", *([f"sin_{turn}", f"cos_{turn}"] if sp.pi in units else [])]
    for place in places if sums else ():
        lines.append(f"repeat first [rewrite sin_plus{place} | rewrite cos_plus{place}].")
        lines.append(f"rewrite ?{', ?'.join(known)}{place}.")
    return lines, list(dict.fromkeys(single)), [_ROOTS[q] for m, q in units.items() if m is sp.pi and q in _ROOTS]


def _angle(m: sp.Expr, parts: int) -> str:
    if m is sp.pi:
        return "PI" if parts == 1 else f"(PI / {parts})"
    return expression(m / parts)


def _sum(texts: list[str]) -> str:
    """`a + (b + (c + d))`."""
    *first, last = texts
    return "".join(f"({t} + " for t in first) + last + ")" * len(first)


def opposite(sides: Iterable[sp.Expr]) -> list[str]:
    """Lines that write `erf(u)` as `-erf(v)` where u = -v."""
    found = sorted({f.args[0] for s in sides for f in s.atoms(sp.erf, sp.erfc)}, key=sp.default_sort_key)
    pairs = [(u, v) for u, v in combinations(found, 2) if sp.expand(u + v) == 0]
    lines = []
    for k, (u, v) in enumerate(pairs):
        lines.append(f"assert (O{k} : erf {expression(u)} = - erf {expression(v)}) by (apply erf_odd; field; side).")
        lines.append(f"rewrite ?O{k}.")
    return lines
