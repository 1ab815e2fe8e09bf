"""Facts about f(Z) for Z standard normal: mean, second moments, centering, gain."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from symacts.analysis.ends import Answer, Facts
from symacts.analysis.subject import Subject
from symacts.symbolic.field import vanishes
from symacts.symbolic.gaussian import expectation, weight
from symacts.symbolic.oracle import Undecided

__all__ = [
    "centered_by_sign",
    "centered_by_symmetry",
    "centered_by_value",
    "gain",
    "mean",
    "mean_by_symmetry",
    "second_moment",
    "slope_second_moment",
]


def _pieces(f: Subject, of: Callable[[int], sp.Expr]) -> list[tuple[sp.Expr, sp.Expr, sp.Expr]]:
    return [(b.lo, b.hi, of(k)) for k, b in f.pieces]


def _whole_line(facts: Facts) -> None:
    if facts["domain"].value != sp.S.Reals:
        missing = sp.Complement(sp.S.Reals, facts["domain"].value, evaluate=True)
        if not isinstance(missing, sp.FiniteSet):
            raise Undecided("f is not defined on the whole line, so f(Z) is not defined with probability one")


def _integral(f: Subject, of: Callable[[int], sp.Expr]) -> Answer:
    pieces = _pieces(f, of)
    closed = expectation(pieces, f.x)
    if closed is not None and vanishes(closed):
        closed = sp.S.Zero
    if closed is not None:
        return f.neat(closed), "truncated moments of the normal distribution, piece by piece"
    total: sp.Expr = sp.S.Zero
    for lo, hi, e in pieces:
        total += sp.Integral(e * weight(f.x), (f.x, lo, hi))
    answer = f.oracle.is_integrable(total)  # type: ignore[attr-defined]
    if answer is not True:
        raise Undecided(f"the integral was not enclosed: {answer}")
    return total, "rigorous quadrature"


def mean_by_symmetry(f: Subject, facts: Facts) -> Answer:
    """E[f(Z)] = f(0) for a function symmetric about the point (0, f(0))."""
    _whole_line(facts)
    kind, center = facts["symmetry"].value
    if kind == "odd":
        return sp.S.Zero, "f is odd and Z is symmetric"
    if kind == "point" and center[0] == 0:
        return center[1], "f is symmetric about (0, f(0)) and Z is symmetric"
    raise Undecided("f is not symmetric about a point above 0")


def mean(f: Subject, facts: Facts) -> Answer:
    """E[f(Z)]."""
    _whole_line(facts)
    return _integral(f, lambda k: f.expression_of(k))


def second_moment(f: Subject, facts: Facts) -> Answer:
    """E[f(Z)**2]."""
    _whole_line(facts)
    return _integral(f, lambda k: f.expression_of(k) ** 2)


def slope_second_moment(f: Subject, facts: Facts) -> Answer:
    """E[f'(Z)**2], with f' where it exists (almost everywhere)."""
    _whole_line(facts)
    return _integral(f, lambda k: f.expression_of(k, 1) ** 2)


def centered_by_symmetry(f: Subject, facts: Facts) -> Answer:
    """Odd functions have mean zero."""
    _whole_line(facts)
    kind, center = facts["symmetry"].value
    if kind == "odd":
        return True, "f is odd"
    if kind == "point" and center[0] == 0:
        return f.sign(center[1]) == 0, "E[f(Z)] = f(0) by symmetry"
    raise Undecided("f is not symmetric about a point above 0")


def centered_by_sign(f: Subject, facts: Facts) -> Answer:
    """A function that keeps one sign and is not zero almost everywhere has a mean of that sign."""
    _whole_line(facts)
    kind = facts["sign"].value
    if kind == "zero":
        return True, "f vanishes"
    if kind == "mixed":
        raise Undecided("f changes sign")
    if kind in ("positive", "negative") or any(c.sign for c in f.cells(0)):
        return False, f"f is {kind}"
    raise Undecided("f vanishes almost everywhere")


def centered_by_value(f: Subject, facts: Facts) -> Answer:
    """The sign of the mean."""
    return f.sign(facts["gaussian_mean"].value) == 0, "the value of E[f(Z)]"


def gain(f: Subject, facts: Facts) -> Answer:
    """1/sqrt(E[f(Z)**2]): the factor that preserves the variance of pre-activations (He et al., 2015)."""
    moment = facts["gaussian_second_moment"].value
    if f.sign(moment) == 0:
        raise Undecided("f vanishes almost everywhere: there is no gain")
    return f.neat(1 / sp.sqrt(moment)), "1/sqrt of the second moment"
