"""The image of a function whose oscillation dies out towards an infinite end, such as `sin(x)/x`.

Beyond some `M` the function stays within `T` of its limit; on the compact rest finitely many extrema decide. The bound
beyond `M` comes term by term: sines and cosines are at most 1, what is left of a term has a sign chart.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symacts.analysis.subject import Subject
from symacts.symbolic.oracle import Undecided

__all__ = ["Candidate", "extremes"]

BORDERS = (12, 60, 300)
"""Where the tail may begin; three tries."""

_BY_ONE = (sp.sin, sp.cos, sp.tanh, sp.erf, sp.sech)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An extreme value, and whether an inner point has it (otherwise it is a limit at an end)."""

    value: sp.Expr
    attained: bool


def extremes(f: Subject, branch: int, order: int) -> tuple[Candidate, Candidate]:
    """The least and the largest value of a derivative on an open branch, where both beat its limits at infinite ends.

    Raises
    ------
    Undecided
        A limit at an infinite end is missing or infinite, or no tail is shown to stay within the extrema.
    """
    reason: Exception = Undecided("no infinite end")
    for border in BORDERS:
        try:
            return _extremes(f, branch, order, sp.Integer(border))
        except Undecided as undecided:
            reason = undecided
    raise reason


def _extremes(f: Subject, branch: int, order: int, border: sp.Integer) -> tuple[Candidate, Candidate]:
    piece = f.branches[branch]
    expression = f.expression_of(branch, order)
    candidates, tails = [], []
    ends = {"lo": piece.lo, "hi": piece.hi}
    for at, end in ends.items():
        limit = f.end(branch, at, order)
        if end.is_infinite is not True:
            candidates.append(Candidate(limit, False))
            continue
        ends[at] = border if end is sp.oo else -border
        tails.append((end, limit, _majorant(f, expression - limit)))
    if not tails or any(limit.is_finite is False for _, limit, _ in tails):
        raise Undecided("no infinite end with a finite limit")
    chart = f.chart_of(f.expression_of(branch, order + 1), ends["lo"], ends["hi"])
    inner = [f.neat(expression.subs(f.x, z.point)) for z in chart.zeros]
    candidates += [Candidate(value, True) for value in inner]
    if not candidates:
        raise Undecided("no extremum was found before the tail")
    least, largest = _extreme(f, candidates, -1), _extreme(f, candidates, 1)
    for end, limit, bound in tails:
        room = _room(f, [limit - least.value, largest.value - limit])
        side = 1 if end is sp.oo else -1
        lo, hi = (border, sp.oo) if side > 0 else (-sp.oo, -border)
        for term in bound:
            cells = f.chart_of(term - room / len(bound), lo, hi).cells
            if [sign for _, _, sign in cells] != [-1]:
                raise Undecided(f"the tail beyond {lo if side > 0 else hi} is not shown to stay within the extrema")
    return least, largest


def _extreme(f: Subject, candidates: list[Candidate], side: int) -> Candidate:
    best = candidates[0]
    for other in candidates[1:]:
        order = side * f.compare(other.value, best.value)
        if order > 0 or (order == 0 and other.attained):
            best = other
    return best


def _room(f: Subject, distances: list[sp.Expr]) -> sp.Rational:
    """A positive rational below the distances from the limit to the extrema."""
    least: sp.Rational = sp.Integer(1)
    for distance in distances:
        if f.sign(distance) <= 0:
            raise Undecided("an extremum does not pass the limit at infinity")
        lo, _ = f.oracle.enclose(distance, 15)  # type: ignore[attr-defined]
        least = min(least, lo * sp.Rational(9, 10))
    return sp.Rational(int(least * 2**20), 2**20)


def _majorant(f: Subject, expression: sp.Expr) -> list[sp.Expr]:
    """Terms whose absolute values, both signs included, add up to a bound of the expression."""
    terms: list[sp.Expr] = []
    for term in sp.Add.make_args(sp.expand(expression)):
        rest: sp.Expr = sp.S.One
        for factor in sp.Mul.make_args(term):
            base, exponent = factor.as_base_exp()
            bounded = isinstance(base, _BY_ONE) and exponent.is_Rational and exponent > 0
            rest *= sp.S.One if bounded else factor
        if rest.has(sp.sin, sp.cos):
            raise Undecided(f"{term} has no bound by its factors")
        terms += [rest, -rest]
    return terms
