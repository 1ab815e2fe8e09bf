"""Checks of numbers: Gaussian moments, roots, digits and enclosures."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp
from mpmath import inf, mpf
from referee_case import Case, Check, Complaint, differs, show
from referee_moments import moments
from referee_reals import Compiler, Function, RootFault, real_constant
from referee_rules import Unreadable
from referee_series import NoValue, big, fraction

from symacts.errors import SymactsError
from symacts.facts import Fact, Root
from symacts.report import Report


def _is_tiny(case: Case) -> bool:
    """Whether the mean is said to be a closed form that is not 0 but small: what it is held to is judged elsewhere."""
    claim = case.known("gaussian_mean")
    if not isinstance(claim, sp.Expr) or claim.has(sp.Integral) or claim.is_finite is False:
        return False
    return 0 < abs(big(real_constant(claim, 40))) < mpf(10) ** -10


def _has_one_sign(case: Case) -> bool:
    """Whether values of one sign alone are seen, so that the mean is not 0 however small it is."""
    values = [s.values[0] for s in case.look.defined]
    return any(values) and (all(v >= 0 for v in values) or all(v <= 0 for v in values))


def moment_check(name: str) -> Check:
    def check(case: Case, value: Any) -> Iterator[str]:
        found = moments(case.look)[name]
        if found is None or value is None:
            return
        if name == "zero_centered":
            mean = moments(case.look)["gaussian_mean"]
            small = _is_tiny(case) or _has_one_sign(case)
            if mean is not None and value != (abs(mean) < mpf(10) ** -10) and (value or not small):
                yield f"said {value}, E[f(Z)] = {show(mean)}"
            return
        claim = real_constant(value, 40) if value != sp.oo else inf
        if differs(claim, found, "1e-8"):
            yield f"said {value}, quadrature gives {show(found)}"

    return check


# Numbers


def check_numbers(report: Report) -> Iterator[Complaint]:
    """Every `Root` is one, and the digits and enclosures of scalar facts hold the values."""
    for fact in report.facts.values():
        if not fact.known:
            continue
        for root in _roots(fact.value):
            yield from (Complaint(fact.name, m) for m in _root_faults(root))
        yield from (Complaint(fact.name, m) for m in _digit_faults(fact))


def _roots(value: Any) -> Iterator[Root]:
    if isinstance(value, (tuple, list)):
        for v in value:
            yield from _roots(v)
    elif isinstance(value, sp.Basic):
        yield from value.atoms(Root)


def _root_faults(root: Root) -> Iterator[str]:
    name = f"the root of {root.function.expr} in [{root.lo}, {root.hi}]"
    f = Compiler(root.function.variables[0]).compile(root.function.expr)
    function = Function.__new__(Function)
    function._run = f
    lo, hi = fraction(root.lo), fraction(root.hi)
    rough = root.function.expr.has(sp.Integral)
    try:
        value = real_constant(root, 60)
    except RootFault as fault:
        if not rough:
            yield f"{name}: {fault}"
        return
    except (NoValue, Unreadable):
        return
    try:
        given = fraction(sp.Rational(root.evalf(18 if rough else 45)))
    except SymactsError as error:
        yield f"{name} has no digits: {error}"
        return
    if abs(big(given) - value) > mpf(10) ** (-12 if rough else -42) * (1 + abs(value)):
        yield f"{name} evaluates to {show(given)}, bracketing gives {show(value)}"
    if rough:
        return
    flips, before = 0, 0
    for k in range(33):
        try:
            v = function.series(lo + (hi - lo) * Fraction(k, 32), 0, 80)[0]
        except NoValue:
            continue
        sign = (v > 0) - (v < 0)
        flips += sign * before < 0
        before = sign or before
    if flips > 1:
        yield f"{name}: {flips} sign changes in its isolating interval"


def _digit_faults(fact: Fact) -> Iterator[str]:
    number = fact.number
    if number is None or number.is_infinite:
        return
    try:
        exact = real_constant(number, 40)
    except (NoValue, Unreadable, RootFault):
        return
    integrals = number.has(sp.Integral)
    value, slack = big(exact), mpf(10) ** (-12 if integrals else -35)
    try:
        lo, hi = (big(fraction(sp.Rational(b))) for b in fact.enclosure)
        text = fact.digits(20)
    except SymactsError as error:
        yield f"no digits: {str(error)[:120]}"
        return
    if not lo - slack * (1 + abs(value)) <= value <= hi + slack * (1 + abs(value)):
        yield f"the enclosure [{show(lo)}, {show(hi)}] misses {show(value)}"
    if hi - lo > mpf(10) ** -15 * (abs(lo) + abs(hi)):
        yield f"the enclosure [{show(lo)}, {show(hi)}] has fewer than 15 digits"
    if abs(mpf(text) - value) > mpf(10) ** (-12 if integrals else -19) * (abs(value) + mpf(10) ** -25):
        yield f"the digits {text} differ from {show(value)}"
