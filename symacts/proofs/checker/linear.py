"""Linear arithmetic over atoms, exactly: whether constraints contradict each other. Part of the trusted core.

A row is `(form, strict)`: `sum form[a]*a > 0` (strict) or `>= 0`; the atom 1 carries the constant.

>>> import sympy as sp
>>> x, y = sp.symbols("x y", real=True)
>>> infeasible([(linear_form(x - y), True), (linear_form(y - x), False)])
True
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction as Q
from functools import lru_cache

import sympy as sp

from symacts.proofs.checker.enclosures import number_bounds

__all__ = ["Row", "infeasible", "linear_form", "possible_signs", "rows_of"]

Row = tuple[dict[sp.Expr, Q], bool]
MAX_CONSTRAINTS = 250


@lru_cache(maxsize=4096)
def _linear_items(e: sp.Expr) -> tuple[tuple[sp.Expr, Q], ...]:
    form: dict[sp.Expr, Q] = {}
    held = {s: sp.Dummy(real=True) for s in e.atoms(sp.Abs, sp.Max, sp.Min, sp.Piecewise)}  # atoms as they stand
    back = {mark: s for s, mark in held.items()}
    for term in sp.Add.make_args(sp.expand(e.xreplace(held))):
        c, atom = term.as_coeff_Mul(rational=True)
        atom = atom.xreplace(back)
        form[atom] = form.get(atom, Q(0)) + Q(int(c.p), int(c.q))
    return tuple((k, c) for k, c in form.items() if c)


def linear_form(e: sp.Expr) -> dict[sp.Expr, Q]:
    """e as a rational combination of atoms; the atom 1 carries the constant."""
    return dict(_linear_items(e))


def infeasible(rows: list[Row]) -> bool:
    """Whether linear constraints contradict each other, by Fourier-Motzkin elimination; False when given up."""
    rows = [(dict(row), strict) for row, strict in rows]
    atoms: list[sp.Expr] = sorted({a for row, _ in rows for a in row} - {sp.S.One}, key=sp.default_sort_key)
    while True:
        for row, strict in rows:
            if set(row) <= {sp.S.One}:
                c = row.get(sp.S.One, Q(0))
                if c < 0 or (strict and c == 0):
                    return True
        if not atoms:
            return False
        atom = min(atoms, key=lambda a: _growth(rows, a))
        atoms.remove(atom)
        above = [r for r in rows if r[0].get(atom, 0) < 0]
        below = [r for r in rows if r[0].get(atom, 0) > 0]
        kept = [r for r in rows if not r[0].get(atom, 0)]
        for low, low_strict in below:
            for high, high_strict in above:
                p, q = low[atom], -high[atom]
                merged = {k: low.get(k, Q(0)) * q + high.get(k, Q(0)) * p for k in {*low, *high} if k != atom}
                kept.append(({k: c for k, c in merged.items() if c}, low_strict or high_strict))
        if len(kept) > MAX_CONSTRAINTS:
            return False
        rows = kept


def _growth(rows: list[Row], atom: sp.Expr) -> int:
    up = sum(1 for r, _ in rows if r.get(atom, 0) > 0)
    down = sum(1 for r, _ in rows if r.get(atom, 0) < 0)
    return up * down - up - down


def rows_of(conditions: Iterable[tuple[sp.Expr, str]]) -> list[Row]:
    """Hypotheses as constraints; one with `!=` is none."""
    rows: list[Row] = []
    for e, op in conditions:
        form = linear_form(e)
        if op in (">", ">="):
            rows.append((form, op == ">"))
        elif op == "=":
            rows += [(form, False), ({k: -c for k, c in form.items()}, False)]
    return rows


def possible_signs(rows: list[Row], e: sp.Expr, found: frozenset[int]) -> frozenset[int]:
    """The signs among `found` that constraints leave to e; whole parts and constants bring their bounds."""
    form = linear_form(e)
    rows = [*rows, *_whole_parts(form)]
    wanted = set(form) - {sp.S.One}
    if not rows or not any(wanted & set(row) for row, _ in rows):
        return found
    negative = {k: -c for k, c in form.items()}
    trials = {
        1: [(form, True)],
        -1: [(negative, True)],
        0: [(form, False), (negative, False)],
    }
    constants = _constants({a for row in (form, *(row for row, _ in rows)) for a in row if a.is_number})
    return frozenset(s for s in found if not infeasible([*rows, *constants, *trials[s]]))


def _whole_parts(atoms: Iterable[sp.Expr]) -> list[Row]:
    """`u - 1 < floor(u) <= u` and `u <= ceiling(u) < u + 1` for those among the atoms of a linear form."""
    rows: list[Row] = []
    for a in atoms:
        if isinstance(a, (sp.floor, sp.ceiling)):
            beyond = linear_form(a.args[0] - a if isinstance(a, sp.floor) else a - a.args[0])
            less = {k: -c for k, c in beyond.items()}
            rows += [(beyond, False), ({**less, sp.S.One: less.get(sp.S.One, Q(0)) + 1}, True)]
    return rows


def _constants(atoms: set[sp.Expr]) -> list[Row]:
    """Rational bounds of the constants among the atoms of linear constraints."""
    rows: list[Row] = []
    for a in sorted(atoms - {sp.S.One}, key=sp.default_sort_key):
        bounds = number_bounds(a)
        if bounds is not None:
            low, high = (Q(int(b.p), int(b.q)) for b in bounds)
            rows += [({a: Q(1), sp.S.One: -low}, False), ({a: Q(-1), sp.S.One: high}, False)]
    return rows
