"""Facts about the ends: domain, limits, asymptotes, saturation, and the value at zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from symacts.analysis.subject import NoLimit, Subject
from symacts.facts import Fact
from symacts.symbolic.oracle import Undecided

__all__ = ["asymptotes", "derivative_limits", "domain", "limits", "saturation", "saturation_rate", "value_at_zero"]

Facts = Mapping[str, Fact]
Answer = tuple[Any, str]


def union(sets: list[sp.Set]) -> sp.Set:
    """The union of disjoint sets in order, without asking SymPy to order their ends again."""
    sets = [s for s in sets if s is not sp.S.EmptySet]
    if not sets:
        return sp.S.EmptySet
    points = [s for s in sets if isinstance(s, sp.FiniteSet)]
    others = [s for s in sets if not isinstance(s, sp.FiniteSet)]
    if points:
        others.append(sp.FiniteSet(*[p for s in points for p in s.args]))
    return others[0] if len(others) == 1 else sp.Union(*others, evaluate=False)


def domain(f: Subject, facts: Facts) -> Answer:
    """Where the function is defined and real."""
    pieces: list[sp.Set] = []
    for branch in f.branches:
        last = pieces[-1] if pieces else None
        if isinstance(last, sp.Interval) and last.end == branch.lo and (not last.right_open or branch.has_lo):
            right_open = False if branch.is_point else branch.interval.right_open
            pieces[-1] = sp.Interval(last.start, branch.hi, last.left_open, right_open)
        elif isinstance(last, sp.FiniteSet) and last.args[0] == branch.lo and not branch.is_point:
            pieces[-1] = sp.Interval(branch.lo, branch.hi, False, branch.interval.right_open)
        else:
            pieces.append(branch.interval)
    return union(pieces), "every operation is defined exactly there"


def _limits(f: Subject, order: int) -> Answer:
    values: list[sp.Expr | None] = []
    notes = []
    for side, at in ((-1, "lo"), (1, "hi")):
        k = f.outer(side)
        where = "-oo" if side < 0 else "oo"
        if k is None:
            values.append(None)
            notes.append(f"not defined near {where}")
            continue
        try:
            values.append(f.end(k, at, order))
            notes.append(f"expansion at {where}")
        except NoLimit:
            values.append(None)
            notes.append(f"no limit at {where}")
    return tuple(values), "; ".join(dict.fromkeys(notes))


def limits(f: Subject, facts: Facts) -> Answer:
    """Limits at -oo and oo; None where the function has none."""
    return _limits(f, 0)


def derivative_limits(f: Subject, facts: Facts) -> Answer:
    """Limits of f' at -oo and oo; None where it has none."""
    return _limits(f, 1)


def asymptotes(f: Subject, facts: Facts) -> Answer:
    """Linear asymptotes `(slope, intercept)` at -oo and oo; None where there is none."""
    values: list[tuple[sp.Expr, sp.Expr] | None] = []
    for side in (-1, 1):
        k = f.outer(side)
        if k is None:
            values.append(None)
            continue
        line = f.oracle.asymptote(f.expression_of(k), f.x, side)
        if line is not None and not isinstance(line, tuple):
            raise Undecided(f"asymptote at {'-oo' if side < 0 else 'oo'}: {line.reason}")
        values.append(None if line is None else (f.neat(line[0]), f.neat(line[1])))
    return tuple(values), "the expansions at -oo and oo up to their constant terms"


def saturation(f: Subject, facts: Facts) -> Answer:
    """Hard (constant beyond a point), soft (f' -> 0), or none, on each side.

    References
    ----------
    Gulcehre et al. (2016), "Noisy activation functions", section 2.
    """
    slopes = facts["derivative_limits"].value
    kinds = []
    for side, slope in zip((-1, 1), slopes, strict=True):
        k = f.outer(side)
        if k is None or slope is None:
            kinds.append("none")
            continue
        if f.sign(slope):
            kinds.append("none")
        else:
            kinds.append("hard" if f.is_flat(k) else "soft")
    return tuple(kinds), "limits of f' and whether f' vanishes identically beyond a point"


def saturation_rate(f: Subject, facts: Facts) -> Answer:
    """How fast f' tends to 0 on each side on which f saturates softly: "exponential", "algebraic", ...; else None."""
    rates: list[str | None] = []
    for side, kind in zip((-1, 1), facts["saturation"].value, strict=True):
        k = f.outer(side)
        if kind != "soft" or k is None:
            rates.append(None)
            continue
        rate = f.oracle.rate(f.expression_of(k, 1), f.x, side)
        if rate is None:
            raise Undecided(f"f' has no expansion at {'-oo' if side < 0 else 'oo'}")
        rates.append(rate)
    return tuple(rates), "the leading terms of f' at the ends"


def value_at_zero(f: Subject, facts: Facts) -> Answer:
    """f(0); None where 0 is not in the domain."""
    value = f.value_at(sp.S.Zero)
    if value is None:
        return None, "0 is not in the domain"
    return value, "the branch that holds 0"
