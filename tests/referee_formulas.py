"""Checks of formulas: the domain, branches, derivatives, primitives, inverses."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp
from mpmath import mp, mpf
from referee_case import Case, Check, differs, negligible, show
from referee_changes import confirmed
from referee_look import Look
from referee_reals import Function
from referee_series import NoValue, Number, Undefined, big, minus
from referee_sets import member
from referee_trends import CHECK, End, apart, equal


def check_domain(case: Case, domain: sp.Set) -> Iterator[str]:
    for s in case.look.samples:
        inside = member(domain, s.a)
        if inside is True and isinstance(s.missing, Undefined) and undefined(case, s.a):
            yield f"f({show(s.a)}) has no real value: {s.missing}"
        if inside is False and s.values and not undefined(case, s.a):
            yield f"f({show(s.a)}) = {show(s.values[0])} exists outside"


def undefined(case: Case, a: Fraction) -> bool:
    try:
        case.look.f.series(a, 0, CHECK)
    except Undefined as missing:
        return missing.sure
    except NoValue:
        return False
    return False


def check_branches(case: Case, branches: Any) -> Iterator[str]:
    if not branches:  # the normal form itself was not found
        return
    pieces = [(where, Function(e, case.x)) for where, e in branches]
    for s in case.look.defined:
        holding = [(where, f) for where, f in pieces if member(where, s.a)]
        if not holding and not any(member(where, s.a) is None for where, _ in pieces):
            yield f"no branch holds {show(s.a)}"
        if len(holding) > 1:
            yield f"two branches hold {show(s.a)}"
        for where, f in holding:
            try:
                if not differs(f.series(s.a, 0, 60)[0], s.values[0], "1e-30"):
                    continue
                value = confirmed(lambda a, dps, f=f: f.value(a, 0, dps), s.a)
            except NoValue:
                continue
            wanted = case.look.sure(s.a, 0)
            if value is not None and wanted is not None and differs(value, wanted, "1e-20"):
                yield f"on {where} the branch gives {show(value)} at {show(s.a)}, f is {show(wanted)}"


# Derivatives, primitives, inverses


def formula_check(order: int) -> Check:
    """The expression equals the derivative of that order wherever the latter exists."""

    def check(case: Case, e: sp.Expr) -> Iterator[str]:
        if e is None:
            return
        given = Function(e, case.x)
        for s in case.look.smooth[:: 1 if len(case.look.smooth) < 400 else 3]:
            wanted = s.values[order]
            try:
                value = given.series(s.a, 0, 60)[0]
            except Undefined as missing:
                if missing.sure and undefined_at(given, s.a):
                    yield f"no value at {show(s.a)}, where the derivative is {show(wanted)}"
                continue
            except NoValue:
                continue
            if abs(big(value) - big(wanted)) > mpf(10) ** -25 * (mpf(10) ** -12 + abs(big(wanted))):
                sure = case.look.sure(s.a, order)
                again = confirmed(lambda a, dps: given.value(a, 0, dps), s.a)
                if sure is not None and again is not None and _apart(again, sure):
                    yield f"gives {show(again)} at {show(s.a)}, expected {show(sure)}"
        yield from _values_outside(case, given)
        if order == 1:
            yield from _slopes_at_centers(case.look, given)

    return check


def _values_outside(case: Case, given: Function) -> Iterator[str]:
    """A value of an expression derived from f where f itself has none."""
    missing = [s for s in case.look.samples if not s.values]
    for s in missing[:: 1 + len(missing) // 40]:
        if undefined(case, s.a):
            try:
                value = given.series(s.a, 0, 60)[0]
            except NoValue:
                continue
            yield f"gives {show(value)} at {show(s.a)}, where f has no value"
            return


def _slopes_at_centers(look: Look, given: Function) -> Iterator[str]:
    """At switching points f' has the common one-sided slope as its value, or none where the slopes differ."""
    for c, pair in look.sides.items():
        if c.denominator > 10**40 or look.at(c) is None or look.continuity(c, pair) is None:
            continue
        slopes = [t for t in (e.trend(1) for e in pair) if t.kind != "undefined"]
        if not slopes or any(t.kind != "finite" for t in slopes):
            continue
        smooth = look.continuity(c, pair) and equal(slopes[0], slopes[-1])
        try:
            value = given.series(c, 0, 60)[0]
        except Undefined as missing:
            if smooth and missing.sure:
                yield f"no value at {show(c)}, where both one-sided slopes are {show(slopes[0].value)}"
        except NoValue:
            continue
        else:
            if look.continuity(c, pair) is False or apart(slopes[0], slopes[-1]):
                yield f"gives {show(value)} at {show(c)}, where there is no derivative"
            elif smooth and differs(value, slopes[0].value, "1e-7"):
                yield f"gives {show(value)} at {show(c)}, where the one-sided slopes are {show(slopes[0].value)}"


def _apart(a: Number, b: Number) -> bool:
    return bool(abs(big(a) - big(b)) > mpf(10) ** -6 * max(abs(big(a)), abs(big(b))))


def undefined_at(f: Function, a: Fraction) -> bool:
    try:
        f.series(a, 0, CHECK)
    except Undefined as missing:
        return missing.sure
    except NoValue:
        return False
    return False


def check_derivative_in_output(case: Case, value: Any) -> Iterator[str]:
    branches = [b for b in case.report.branches if b[0].interior is not sp.S.EmptySet]
    if value is None:
        return
    rows = list(zip(branches, value, strict=True)) if isinstance(value, tuple) else [(b, value) for b in branches]
    for (where, _), e in rows:
        if e is None:
            continue
        symbols = sorted(e.free_symbols, key=str)
        y = symbols[0] if symbols else sp.Symbol("y", real=True)
        polynomial, inner = Function(e, y), where.interior
        for s in case.look.smooth[::3]:
            if not member(inner, s.a):
                continue

            def gap(a: Fraction, dps: int, polynomial: Function = polynomial) -> Number:
                with mp.workdps(dps):
                    f = case.look.f.series(a, 1, dps)
                    at = polynomial.series(f[0], 0, dps)[0]
                    return minus(at, f[1])

            if negligible(gap, s.a, s.values[1], 60):
                continue
            wanted = case.look.sure(s.a, 1)
            value_there = confirmed(gap, s.a)
            if wanted is None or value_there is None:
                continue
            if abs(big(value_there)) > mpf(10) ** -20 * (mpf(10) ** -20 + abs(big(wanted))):
                yield f"{e} misses f' by {show(value_there)} at {show(s.a)}"
                break


def check_antiderivative(case: Case, e: Any) -> Iterator[str]:
    if e is None:
        return
    given = Function(e, case.x)
    for s in case.look.smooth[::3]:
        try:
            if not differs(given.series(s.a, 1, 60)[1], s.values[0], "1e-30"):
                continue
        except NoValue:
            continue
        wanted = case.look.sure(s.a, 0)
        value = confirmed(lambda a, dps: given.value(a, 1, dps), s.a)
        if wanted is not None and value is not None and _apart(value, wanted):
            yield f"its derivative at {show(s.a)} is {show(value)}, f is {show(wanted)}"
    yield from _values_outside(case, given)
    for s in case.look.defined[::5]:
        if undefined_at(given, s.a) and s.a not in case.look.lonely:
            yield f"no value at {show(s.a)}, where f is {show(s.values[0])}"
            break
    for c, pair in case.look.sides.items():
        if case.look.at(c) is not None and all(e.trend(0).kind == "finite" for e in pair):
            left, right = (End(given, c, side).trend(0) for side in (-1, 1))
            if left.kind == right.kind == "finite" and differs(left.value, right.value):
                yield f"jumps at {show(c)} from {show(left.value)} to {show(right.value)}"


def check_inverse(case: Case, e: Any) -> Iterator[str]:
    if e is None or not isinstance(e, sp.Expr):
        return
    symbols = sorted(e.free_symbols, key=str)
    if not symbols:
        return
    inverse = Function(e, symbols[0])

    def back(a: Fraction, dps: int) -> Number:
        with mp.workdps(dps):
            return inverse.series(case.look.f.series(a, 0, dps)[0], 0, dps)[0]

    for s in case.look.smooth[::3]:
        if abs(s.a) > 1000:
            continue
        value = confirmed(back, s.a)
        if value is not None and differs(value, s.a, "1e-20"):
            yield f"at f({show(s.a)}) it gives {show(value)}"
