"""Law: what a report derives on demand (higher derivatives, saturation regions) agrees with evaluation."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy as sp
from mpmath import mp, mpf
from referee_reals import Function
from referee_series import NoValue, big
from referee_sets import member

import symacts
from symacts.report import Report
from symacts.spec import x

POINTS = [Fraction(k, 7) for k in range(-90, 91)] + [s * Fraction(m, 3) for m in (50, 101, 333) for s in (1, -1)]


def derivative_faults(report: Report, order: int) -> list[str]:
    """Points at which the derivative's formula differs from the Taylor coefficient."""
    fact = report.nth_derivative(order)
    if not fact.known:
        return []
    f, given = Function(report.expression, x), Function(fact.value, x)
    wrong = []
    for a in POINTS:
        try:
            wanted, value = f.value(a, order, 120), given.value(a, 0, 120)
        except NoValue:
            continue
        with mp.workdps(60):
            if abs(big(value) - big(wanted)) > mpf(10) ** -30 * (mpf(10) ** -30 + abs(big(wanted))):
                wrong.append(f"{report.name}: derivative {order} at {a} is {wanted}, the formula gives {value}")
    return wrong


def region_faults(report: Report, eps: Fraction) -> list[str]:
    """Points that the region where abs(f') < eps holds wrongly or misses."""
    fact = report.saturation_region(sp.Rational(eps.numerator, eps.denominator))
    if not fact.known:
        return []
    f = Function(report.expression, x)
    wrong = []
    for a in POINTS:
        try:
            slope = f.value(a, 1, 120)
        except NoValue:
            continue
        with mp.workdps(60):
            small, inside = abs(big(slope)) < big(eps), member(fact.value, a)
            if inside is not None and small != inside and abs(abs(big(slope)) - big(eps)) > mpf(10) ** -30:
                wrong.append(f"{report.name}: f'({a}) = {mp.nstr(big(slope), 9)}, said {'in' if inside else 'out'}side")
    return wrong


def test_on_demand_facts_of_the_catalog(full: bool, rng: random.Random) -> None:
    names = symacts.names("scalar")
    chosen = names if full else sorted(rng.sample(names, 3))
    faults = []
    for name in chosen:
        report = symacts.analyze(name)
        faults += derivative_faults(report, 3)[:2] + region_faults(report, Fraction(1, 100))[:2]
    print(", ".join(chosen))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", ["sigmoid", "mish", "leaky_relu"])
def test_faults_are_found(name: str) -> None:
    report, other = symacts.analyze(name), symacts.analyze("tanh")
    assert not derivative_faults(report, 3) and not region_faults(report, Fraction(1, 50))

    class Wrong:
        name = "wrong"
        expression = report.expression

        def nth_derivative(self, order: int) -> symacts.Fact:
            return other.nth_derivative(order)

        def saturation_region(self, eps: object) -> symacts.Fact:
            return other.saturation_region(eps)

    assert derivative_faults(Wrong(), 3) and region_faults(Wrong(), Fraction(1, 50))  # type: ignore[arg-type]
