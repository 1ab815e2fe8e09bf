"""Facts about f(Z) for Z standard normal: mean, second moments, centering, gain."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from symacts.analysis.ends import Answer, Facts
from symacts.analysis.subject import Subject
from symacts.facts import DefiniteIntegral
from symacts.symbolic.field import vanishes
from symacts.symbolic.gaussian import expectation, weight
from symacts.symbolic.oracle import Undecided

__all__ = [
    "centered_by_sign",
    "centered_by_value",
    "divergent_mean",
    "diverges",
    "gain",
    "mean",
    "mean_by_symmetry",
    "no_mean",
    "second_moment",
    "slope_second_moment",
]


def _pieces(f: Subject, of: Callable[[int], sp.Expr]) -> list[tuple[sp.Expr, sp.Expr, sp.Expr]]:
    return [(b.lo, b.hi, of(k)) for k, b in f.pieces]


def _whole_line(facts: Facts) -> None:
    if facts["domain"].value != sp.S.Reals:
        missing = sp.Complement(sp.S.Reals, facts["domain"].value, evaluate=True)
        if not isinstance(missing, sp.FiniteSet):
            raise Undecided("the points at which f is undefined are not seen to be finitely many")


def _is_undefined(f: Subject, facts: Facts) -> bool:
    """Whether f is undefined on an interval, so that f(Z) does not exist with positive probability."""
    missing = sp.Complement(sp.S.Reals, facts["domain"].value, evaluate=True)
    parts = missing.args if isinstance(missing, sp.Union) else (missing,)
    return any(isinstance(p, sp.Interval) and f.compare(p.start, p.end) < 0 for p in parts)


MOST_OPERATIONS = 60
"""Operations of an integrand with parameters up to which it is asked how it grows."""
UNDEFINED: Answer = (None, "f is undefined on an interval, so f(Z) does not exist with positive probability")


def diverges(f: Subject, of: Callable[[int], sp.Expr]) -> bool:
    """Whether g*|x - end| tends to a positive limit or oo at some end of a piece, g >= 0 with the normal weight."""
    ends = [(e, end, side) for lo, hi, e in _pieces(f, of) for end, side in ((lo, 1), (hi, -1))]
    return any(_diverges_at(f, e, end, side) for e, end, side in ends)


def _diverges_at(f: Subject, e: sp.Expr, end: sp.Expr, side: int) -> bool:
    """Whether e times the distance, with the normal weight, tends to a positive limit or oo at the end."""
    if e.free_symbols - {f.x} and e.count_ops() > MOST_OPERATIONS:
        return False
    distance = -side * f.x if end.is_infinite else side * (f.x - end)
    try:
        return f.compare(f.limit_of(distance * e * weight(f.x), end, side), sp.S.Zero) > 0
    except Undecided:
        return False


def _integral(f: Subject, of: Callable[[int], sp.Expr], sign: int = 1) -> Answer:
    pieces = _pieces(f, of)
    closed = expectation(pieces, f.x)
    if closed is not None and vanishes(closed):
        closed = sp.S.Zero
    if closed is not None:
        return f.neat(closed), "moments of normal distributions, term by term"
    total: sp.Expr = sp.S.Zero
    for lo, hi, e in pieces:
        total += DefiniteIntegral(e * weight(f.x), (f.x, lo, hi))
    answer = f.oracle.is_integrable(total)
    if answer is not True:
        if sign and diverges(f, lambda k: sign * of(k)):
            return sign * sp.oo, "the integral of a function of one sign diverges at an end of a piece"
        raise Undecided(f"the integral was not enclosed: {answer}")
    return total, "rigorous quadrature"


def _converges(f: Subject) -> None:
    """E[|f(Z)|] is finite: where a symmetric function has no absolute integral, its mean does not exist."""
    for k, b in f.pieces:
        if all(_grows_slowly(f, k, at) for at in ("lo", "hi")):
            continue
        answer = f.oracle.is_integrable(DefiniteIntegral(f.expression_of(k) * weight(f.x), (f.x, b.lo, b.hi)))
        if answer is not True:
            raise Undecided(f"the integral was not enclosed: {answer}")


def _grows_slowly(f: Subject, piece: int, at: str) -> bool:
    """Whether f is bounded at that end of a piece, or has a finite slope there if the end is infinite."""
    branch = f.branches[piece]
    infinite = (branch.lo if at == "lo" else branch.hi).is_infinite is not False
    try:
        return f.end(piece, at, 1 if infinite else 0).is_finite is True
    except Undecided:
        return False


def mean_by_symmetry(f: Subject, facts: Facts) -> Answer:
    """E[f(Z)] = f(0) for a function symmetric about the point (0, f(0)), where f is integrable."""
    _whole_line(facts)
    kind, center = facts["symmetry"].value
    is_bounded = "bounded" in facts and facts["bounded"].value == (True, True)
    if "bounded" in facts and not is_bounded:
        raise Undecided("f is not bounded")
    if not is_bounded and (kind == "odd" or (kind == "point" and center[0] == 0)):
        _converges(f)
    if kind == "odd":
        return sp.S.Zero, "f is odd and Z is symmetric"
    if kind == "point" and center[0] == 0:
        return center[1], "f is symmetric about (0, f(0)) and Z is symmetric"
    raise Undecided("f is not symmetric about a point above 0")


def mean(f: Subject, facts: Facts) -> Answer:
    """E[f(Z)]; None where f(Z) does not exist."""
    if _is_undefined(f, facts):
        return UNDEFINED
    _whole_line(facts)
    signs = {"positive": 1, "nonnegative": 1, "negative": -1, "nonpositive": -1}
    return _integral(f, lambda k: f.expression_of(k), signs.get(facts["sign"].value, 0))


def no_mean(f: Subject, facts: Facts) -> Answer:
    """An infinite mean, or None where the positive and the negative part have infinite means both."""
    _whole_line(facts)
    return divergent_mean(f)


def divergent_mean(f: Subject) -> Answer:
    """E[f(Z)] by the ends of the pieces towards which f grows at least as the inverse of the distance.

    Raises
    ------
    Undecided
        There is none, or what f does at another end is not known.
    """
    ways: set[int] = set()
    others: list[tuple[int, str]] = []
    for k, b in f.pieces:
        for at, end, side in (("lo", b.lo, 1), ("hi", b.hi, -1)):
            found = [way for way in (1, -1) if _diverges_at(f, way * f.expression_of(k), end, side)]
            ways.update(found)
            others += [(k, at)] if not found else []
    if len(ways) > 1:
        return None, "f(Z) has no mean: its positive and its negative part have infinite means"
    if not ways:
        raise Undecided("no end is seen at which the integral diverges")
    if not all(_grows_slowly(f, k, at) for k, at in others):
        raise Undecided("how f grows at some end is not known")
    return ways.pop() * sp.oo, "the integral diverges at an end of a piece, and converges where f has the other sign"


def second_moment(f: Subject, facts: Facts) -> Answer:
    """E[f(Z)**2]; None where f(Z) does not exist."""
    if _is_undefined(f, facts):
        return UNDEFINED
    _whole_line(facts)
    return _integral(f, lambda k: f.expression_of(k) ** 2)


def slope_second_moment(f: Subject, facts: Facts) -> Answer:
    """E[f'(Z)**2], with f' where it exists (almost everywhere); None where f(Z) does not exist."""
    if _is_undefined(f, facts):
        return UNDEFINED
    _whole_line(facts)
    return _integral(f, lambda k: f.expression_of(k, 1) ** 2)


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
    """Whether the mean exists and is 0."""
    mean_value = facts["gaussian_mean"].value
    if mean_value is None:
        return False, "f(Z) has no mean"
    return f.compare(mean_value, sp.S.Zero) == 0, "the value of E[f(Z)]"


def gain(f: Subject, facts: Facts) -> Answer:
    """1/sqrt(E[f(Z)**2]), which preserves the variance of pre-activations (He et al., 2015); None where none does."""
    moment = facts["gaussian_second_moment"].value
    if moment is None or moment is sp.oo:
        return None, "there is no finite second moment, so no factor preserves the variance"
    if f.sign(moment) == 0:
        return None, "f vanishes almost everywhere, so no factor preserves the variance"
    result = 1 / sp.sqrt(moment)
    return result if moment.is_Add else f.neat(result), "1/sqrt of the second moment"
