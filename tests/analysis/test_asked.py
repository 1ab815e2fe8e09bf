"""What is asked of a finished report: derivatives of any order and saturation regions, against evaluation."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from math import factorial

import sympy as sp
from mpmath import mp, mpf
from referee_look import Look
from referee_reals import Function
from referee_series import NoValue, Number, Undefined, big
from referee_sets import member

import symacts
from symacts.spec import x

TEXTS = [
    "x*sigmoid(x)",
    "Max(-1, Min(x, 1))",
    "x*Max(0, Min(1, x/6 + 1/2))",
    "Piecewise((x, x > 0), (exp(x) - 1, True))",
    "Piecewise((0, x < 0), (x, x < 1), ((x**2 + 1)/2, True))",
    "sign(x)*sqrt(Abs(x))",
    "log(x) + Abs(x - 1)",
    "Piecewise((tanh(x)/x, Ne(x, 0)), (1, True))",
    "x/(1 + Abs(x)**3)",
]


def region_faults(look: Look, region: sp.Set, eps: Fraction) -> Iterator[str]:
    """Samples whose slope and membership disagree; at a point without a slope the region must not be."""
    for s in look.samples:
        inside = member(region, s.a)
        if inside is None:
            continue
        slope = look.sure(s.a, 1) if len(s.values) > 1 else None
        if (
            slope is not None
            and abs(abs(big(slope)) - big(eps)) > mpf(10) ** -30
            and inside != (abs(big(slope)) < big(eps))
        ):
            yield f"{float(s.a)}: slope {mp.nstr(big(slope), 8)}, {'inside' if inside else 'outside'}"
        if inside and not s.values and isinstance(s.missing, Undefined) and s.missing.sure:
            yield f"{float(s.a)}: f has no value, inside"


def derivative_faults(look: Look, given: sp.Expr, order: int) -> Iterator[str]:
    """Samples at which the expression misses the derivative by a series of f."""
    f = Function(given, x)
    for s in look.smooth[::7]:
        try:
            want: Number = look.f.series(s.a, order, 150)[order] * factorial(order)
            value = f.series(s.a, 0, 150)[0]
        except NoValue:
            continue
        if abs(big(value) - big(want)) > mpf(10) ** -25 * (mpf(10) ** -25 + abs(big(want))):
            yield f"{float(s.a)}: {mp.nstr(big(value), 12)} for {mp.nstr(big(want), 12)}"


def test_what_is_asked_of_reports_holds(full: bool, rng: random.Random) -> None:
    for text in TEXTS if full else rng.sample(TEXTS, 3):
        print(text)
        look_at(symacts.analyze(text))


def look_at(report: symacts.Report) -> None:
    with mp.workdps(60):
        look = Look(report.expression, x)
        for eps in ("1/100", "1/2", "1"):
            region = report.saturation_region(eps)
            assert region.known, (eps, region.because)
            assert not list(region_faults(look, region.value, Fraction(eps))), eps
        for order in (1, 3, 4):
            given = report.nth_derivative(order)
            assert given.known, (order, given.because)
            assert not list(derivative_faults(look, given.value, order)), order


def test_wrong_answers_are_noticed() -> None:
    with mp.workdps(60):
        look = Look(sp.tanh(x), x)
        right = symacts.analyze("tanh(x)").saturation_region("1/2").value
        for wrong in (sp.S.Reals, sp.S.EmptySet, sp.Union(right, sp.FiniteSet(0)), sp.Interval.open(1, sp.oo)):
            assert list(region_faults(look, wrong, Fraction(1, 2))), wrong
        third = sp.diff(sp.tanh(x), x, 3)
        assert not list(derivative_faults(look, third, 3))
        assert list(derivative_faults(look, third + x / 10**20, 3))
