"""Facts that undo: antiderivative and inverse in closed form, where one is found."""

from __future__ import annotations

import sympy as sp

from symacts.analysis.algebra import piecewise
from symacts.analysis.ends import Answer, Facts
from symacts.analysis.subject import Subject
from symacts.errors import UnsupportedExpression
from symacts.symbolic.forms import tidy
from symacts.symbolic.integrals import antiderivative as integrate
from symacts.symbolic.inverses import proposals
from symacts.symbolic.oracle import Undecided

__all__ = ["antiderivative", "inverse"]


def antiderivative(f: Subject, facts: Facts) -> Answer:
    """F with F' = f, continuous across the borders; None where f jumps (Darboux)."""
    if facts["discontinuities"].value:
        return None, "f jumps, so it is not a derivative (Darboux)"
    pieces: list[tuple[sp.Set, sp.Expr]] = []
    previous: tuple[sp.Expr, sp.Expr] | None = None
    for k, branch in f.pieces:
        found = integrate(f.expression_of(k), f.x)
        if found is None:
            raise Undecided("no closed form found by the rules of integration")
        found = _real_logarithms(f, k, found)
        if previous is not None and f.equal(previous[1], branch.lo):
            step = f.limit_of(previous[0], branch.lo, -1) - f.limit_of(found, branch.lo, 1)
            if step.is_finite is not False and not step.has(sp.oo, -sp.oo, sp.nan):
                found += f.neat(step)
        pieces.append((branch.interval, found))
        previous = (found, branch.hi)
    return piecewise(pieces, f.x), "rules of integration, checked by differentiation, joined at the borders"


def _real_logarithms(f: Subject, branch: int, found: sp.Expr) -> sp.Expr:
    """`log(u)` as `log(-u)` where `u` is negative on the branch: they differ by a constant."""
    point = _inner_point(f, branch)
    flipped = {}
    for atom in found.atoms(sp.log):
        if atom.has(f.x) and f.sign(atom.args[0].subs(f.x, point)) < 0:
            flipped[atom] = sp.log(-atom.args[0])
    return found.xreplace(flipped)


def inverse(f: Subject, facts: Facts) -> Answer:
    """The inverse function, written in x; None where f is not one-to-one."""
    if not facts["monotonicity"].value.startswith("strictly"):
        if isinstance(facts["domain"].value, sp.Interval) and not facts["discontinuities"].value:
            return None, "a continuous function on an interval that is not strictly monotone is not one-to-one"
        raise Undecided("f is not strictly monotone, and not continuous on an interval either")
    pieces: list[tuple[sp.Set, sp.Expr]] = []
    y = sp.Symbol("y", real=True)
    for k, branch in f.pieces:
        ends = f.end(k, "lo"), f.end(k, "hi")
        falls = f.compare(*ends) > 0
        lo, hi = reversed(ends) if falls else ends
        has_lo, has_hi = (branch.has_hi, branch.has_lo) if falls else (branch.has_lo, branch.has_hi)
        image = sp.Interval(lo, hi, not has_lo, not has_hi)
        pieces.append((image, tidy(_chosen(f, k, y)).subs(y, f.x)))
    if facts["monotonicity"].value == "strictly decreasing":
        pieces.reverse()
    if len(pieces) == 1:
        return pieces[0][1], "undone operation by operation, checked by f(g(x)) = x; defined on the range"
    return piecewise(pieces, f.x), "undone operation by operation, checked by f(g(x)) = x"


def _chosen(f: Subject, branch: int, y: sp.Symbol) -> sp.Expr:
    """The proposal that gives back a point of the branch."""
    point = _inner_point(f, branch)
    value = f.expression_of(branch).subs(f.x, point)
    for candidate in proposals(f.expression_of(branch), f.x, y):
        try:
            lo, hi = f.oracle.enclose(candidate.subs(y, value), 30)  # type: ignore[attr-defined]
        except UnsupportedExpression:
            continue
        if lo <= point <= hi:
            return candidate
    raise Undecided("no inverse found by undoing operations")


def _inner_point(f: Subject, branch: int) -> sp.Expr:
    piece = f.branches[branch]
    if piece.lo.is_infinite and piece.hi.is_infinite:
        return sp.Rational(3, 7)
    if piece.lo.is_infinite:
        return piece.hi - sp.Rational(3, 7)
    if piece.hi.is_infinite:
        return piece.lo + sp.Rational(3, 7)
    return piece.lo + (piece.hi - piece.lo) * sp.Rational(3, 7)
