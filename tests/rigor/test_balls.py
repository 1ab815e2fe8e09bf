"""Balls, intervals and jets hold what mpmath computes: every function, random expressions, wide and thin arguments."""

from __future__ import annotations

import random
import sys
import threading
from pathlib import Path
from typing import Any

import mpmath
import pytest
import sympy as sp
from flint import arb, ctx, fmpq
from sympy.codegen.cfunctions import log1p

from symacts.errors import UnsupportedExpression
from symacts.rigor import compile_balls
from symacts.rigor.functions import ROWS

sys.path.insert(0, str(Path(__file__).parent))
import referee_signs as referee

x = sp.Symbol("x", real=True)
R = sp.Rational

DOMAINS: dict[Any, tuple[float, float]] = {
    log1p: (-0.9, 12),
    sp.log: (0.01, 40),
    sp.tan: (-1.5, 1.5),
    sp.asin: (-0.999, 0.999),
    sp.acos: (-0.999, 0.999),
    sp.acosh: (1.01, 30),
    sp.atanh: (-0.999, 0.999),
    sp.erfinv: (-0.999, 0.999),
    sp.erfcinv: (0.01, 1.99),
    sp.LambertW: (-0.36, 30),
    sp.exp: (-60, 60),
    sp.erfi: (-5, 5),
    sp.Ci: (0.05, 30),
    sp.li: (1.2, 30),
    sp.Ei: (0.05, 20),
    sp.gamma: (0.05, 20),
    sp.loggamma: (0.05, 20),
    sp.digamma: (0.05, 20),
    sp.Shi: (-10, 10),
}
"""Where each function is tried; (-12, 12) where nothing is said."""
REFERENCE = {
    "erfcinv": lambda t: mpmath.erfinv(1 - t),
    "LambertW": lambda t: mpmath.lambertw(t).real,
    "loggamma": mpmath.loggamma,
    "digamma": mpmath.digamma,
    "Si": mpmath.si,
    "Ci": mpmath.ci,
    "Shi": mpmath.shi,
    "Ei": mpmath.ei,
    "li": mpmath.li,
    "fresnels": mpmath.fresnels,
    "fresnelc": mpmath.fresnelc,
    "ceiling": mpmath.ceil,
    "sinc": lambda t: mpmath.sin(t) / t if t else mpmath.mpf(1),
}


def reference(name: str) -> Any:
    return REFERENCE.get(name) or getattr(mpmath, name)


def holds(ball: Any, value: Any) -> bool:
    """Whether a ball contains mpmath's value, up to mpmath's own rounding."""
    if not ball.is_finite():
        return True
    with mpmath.workdps(60):
        lo, hi = (
            mpmath.mpf(int(m)) * mpmath.mpf(2) ** int(e) for m, e in (ball.lower().man_exp(), ball.upper().man_exp())
        )
        slack = abs(value) * mpmath.mpf(10) ** -45 + mpmath.mpf(10) ** -50
        return bool(lo - slack <= value <= hi + slack)


def in_mp(q: Any) -> Any:
    return mpmath.mpf(int(q.p)) / int(q.q)


@pytest.mark.parametrize("func", list(ROWS), ids=lambda f: f.__name__)
def test_every_function_on_points_and_intervals(func: Any, rng: random.Random) -> None:
    f = compile_balls(func(x), x)
    value = reference(func.__name__)
    low, high = DOMAINS.get(func, (-12, 12))
    bounded = 0
    for _ in range(12):
        a, b = sorted(fmpq(int(rng.uniform(low, high) * 2**20), 2**20) for _ in range(2))
        with mpmath.workdps(60):
            assert holds(f.at(arb(a), 64), value(in_mp(a)))
            assert f.at(arb(a), 64).rel_accuracy_bits() > 40 or func is sp.sign or abs(value(in_mp(a))) < 1e-3
            wide = f.at(arb(a).union(arb(b)), 64)
            bounded += wide.is_finite()
            for k in range(9):
                assert holds(wide, value(in_mp(a + (b - a) * k / 8)))
    assert bounded > 3 or func in (sp.gamma, sp.digamma, sp.li, sp.Ci, sp.Ei, sp.loggamma)


SMOOTH = [f for f in ROWS if f not in (sp.sign, sp.floor, sp.ceiling)]


@pytest.mark.parametrize("func", SMOOTH, ids=lambda f: f.__name__)
def test_every_jet(func: Any, rng: random.Random) -> None:
    f = compile_balls(func(x**2 / 7 + x / 3 + R(1, 2)), x) if func is not sp.acosh else compile_balls(func(x + 2), x)
    inner = (lambda t: t**2 / 7 + t / 3 + mpmath.mpf(1) / 2) if func is not sp.acosh else (lambda t: t + 2)
    value = reference(func.__name__)
    for _ in range(4):
        a = fmpq(rng.randint(-100, 100), 256)
        if func in (sp.erfcinv, sp.li, sp.atanh, sp.asin, sp.acos, sp.erfinv):
            a = a / 4
        with mpmath.workdps(60):
            expected = mpmath.taylor(lambda t: value(inner(t)), in_mp(a), 4)
            thin, wide = f.jet(arb(a), 4, 96), f.jet(arb(a) + arb(0, arb("1e-3")), 4, 96)
            for k in range(5):
                close = abs(mpmath.mpf(thin[k].mid().str(40, radius=False)) - expected[k])
                assert thin[k].is_finite()
                assert close < mpmath.mpf(10) ** -10 * (1 + abs(expected[k]))
                assert not wide[k].is_finite() or wide[k].contains(thin[k].mid())
            assert wide[1].is_finite()


def test_a_wrong_value_would_be_noticed() -> None:
    ball = compile_balls(sp.tanh(x), x).at(arb(1) / 2, 64)
    with mpmath.workdps(60):
        assert holds(ball, mpmath.tanh(mpmath.mpf(1) / 2))
        assert not holds(ball, mpmath.tanh(mpmath.mpf(1) / 2) + mpmath.mpf(10) ** -15)


def test_random_expressions_on_intervals(rng: random.Random, full: bool) -> None:
    finite = points = 0
    for _ in range(400 if full else 60):
        positive = rng.random() < 0.3
        expr = referee.random_expression(rng, rng.randint(1, 4), positive)
        if not expr.has(x) or expr.has(sp.I, sp.nan, sp.zoo):
            continue
        f, value = compile_balls(expr, x), sp.lambdify(x, expr, "mpmath")
        low, high = (0.001, 9) if positive else (-9, 9)
        width = 10 ** rng.uniform(-6, 1)
        start = rng.uniform(low, high)
        a, b = fmpq(int(start * 2**30), 2**30), fmpq(int((start + width) * 2**30) + 1, 2**30)
        wide = f.at(arb(a).union(arb(b)), 64)
        jet = f.jet(arb(a).union(arb(b)), 1, 64)
        slope = sp.lambdify(x, sp.diff(expr, x), "mpmath")
        finite += wide.is_finite()
        for k in range(5):
            with mpmath.workdps(60):
                t = in_mp(a + (b - a) * k / 4)
                assert holds(wide, mpmath.mpmathify(value(t)).real), (expr, a, b)
                assert holds(jet[1], mpmath.mpmathify(slope(t)).real), (expr, a, b)
                points += 1
    print(f"{finite} finite enclosures, {points} points")
    assert finite > 20


WIDE = [
    (sp.tanh(sp.log(1 + sp.exp(x))), 0, 1),
    (1 / (1 + sp.exp(-x)), 0, 1),
    (sp.exp(-(x**2)), 0, 1),
    (sp.atan(sp.exp(x)), 0, 1.6),
    (sp.log(1 + sp.exp(-(x**2))), 0, 0.7),
    (sp.Max(-1, sp.Min(1, x)), -1, 1),
    (sp.erf(x) + sp.erfc(2), -1, 1.1),
]


@pytest.mark.parametrize(("expr", "low", "high"), WIDE, ids=[str(e) for e, _, _ in WIDE])
def test_wide_arguments_stay_tight(expr: sp.Expr, low: float, high: float) -> None:
    f = compile_balls(expr, x)
    ball = f.at(arb(0, 60), 64)
    assert ball > low - 0.01
    assert ball < high + 0.01
    lo, hi = f.on(-sp.oo, sp.oo)  # type: ignore[misc]
    assert lo >= low - 0.01
    assert hi <= high + 0.01


UNDEFINED = [(sp.log(x), -1), (sp.sqrt(x), -1), (1 / x, 0), (sp.asin(x), 2), (sp.LambertW(x), -1), (sp.acosh(x), 0)]


@pytest.mark.parametrize(("expr", "point"), UNDEFINED, ids=[str(e) for e, _ in UNDEFINED])
def test_not_finite_where_not_defined(expr: sp.Expr, point: int) -> None:
    f = compile_balls(expr, x)
    assert not f.at(arb(point), 64).is_finite()
    assert not f.at(arb(point) + arb(0, 1), 64).is_finite()


def test_switches() -> None:
    step = compile_balls(sp.Piecewise((x, x < 1), (5, True)), x)
    assert step.at(arb(1), 64) == 5
    hull = step.at(arb(1, 0.5), 64)
    assert hull.contains(arb(5))
    assert hull.contains(arb(0.5))
    assert not step.jet(arb(1, 0.5), 1, 64)[1].is_finite()
    assert step.jet(arb(2), 1, 64)[1] == 0
    assert compile_balls(sp.Heaviside(x, R(1, 3)), x).at(arb(0), 64).overlaps(arb(1) / 3)
    assert not compile_balls(sp.Abs(x), x).jet(arb(0, 1), 1, 64)[1].is_finite()
    assert compile_balls(sp.floor(x), x).at(arb(2.5), 64) == 2


REMOVABLE = [
    (sp.sin(x) / x, [1, 0, -R(1, 6)]),
    ((x - sp.sin(x)) / x**3, [R(1, 6), 0, -R(1, 120)]),
    (x / (sp.exp(x) - 1), [1, -R(1, 2), R(1, 12)]),
    (sp.log(1 + x) / x, [1, -R(1, 2), R(1, 3)]),
    (sp.atan(sp.tanh(x) / x), [sp.pi / 4, 0, -R(1, 6)]),
]


@pytest.mark.parametrize(("expr", "taylor"), REMOVABLE, ids=[str(e) for e, _ in REMOVABLE])
def test_removable_points(expr: sp.Expr, taylor: list[sp.Expr]) -> None:
    f = compile_balls(expr, x)
    for c, expected in zip(f.jet(arb(0), 2, 64), taylor, strict=True):
        assert abs(float(c.mid()) - float(expected)) < 1e-15
    assert f.at(arb(0, 0.01), 64).is_finite()
    value = sp.lambdify(x, expr, "mpmath")
    for q in (fmpq(1, 10**6), fmpq(1, 7), fmpq(-3, 13), fmpq(1, 3)):
        with mpmath.workdps(60):
            assert holds(f.at(arb(q), 64), value(in_mp(q)))
            assert f.at(arb(q), 64).rel_accuracy_bits() > 35


COMPLEMENTS = [
    (1 + sp.erf(x), 1, -1),
    (3 - 3 * sp.erf(x), 3, 1),
    (-1 - sp.erf(x), -1, -1),
    (sp.erf(x) / 2 - sp.Rational(1, 2), -0.5, 1),
    (2 - sp.erfc(x), 1, -1),
    (3 * sp.erfc(x) - 6, -3, -1),
]


@pytest.mark.parametrize(("expr", "factor", "way"), COMPLEMENTS)
def test_complements_of_erf_keep_their_digits(expr: sp.Expr, factor: float, way: int) -> None:
    f = compile_balls(expr, x)
    for q in (fmpq(-40), fmpq(7, 3), fmpq(40)):
        with mpmath.workdps(60):
            assert holds(f.at(arb(q), 64), factor * mpmath.erfc(way * in_mp(q)))
        assert f.at(arb(q), 64).rel_accuracy_bits() > 40
    assert f.at(arb(0, 0.1), 64).overlaps(arb(factor))
    assert compile_balls(1 + 2 * sp.erf(x), x).at(arb(-40), 64).overlaps(arb(-1))


@pytest.mark.parametrize("expr", [sp.Function("f")(x), sp.besselj(0, x), sp.Symbol("a") * x, sp.zeta(x)], ids=str)
def test_unsupported_functions_are_named(expr: sp.Expr) -> None:
    with pytest.raises(UnsupportedExpression, match=r"f|besselj|a|zeta"):
        compile_balls(expr, x)


def test_precision_is_local_and_thread_safe() -> None:
    before = (ctx.prec, ctx.cap)
    f = compile_balls(sp.exp(sp.sin(x)) * sp.pi, x)
    expected = f.at(arb(1), 300)
    wrong: list[int] = []

    def work(prec: int) -> None:
        for _ in range(50):
            ball = f.at(arb(1), prec)
            if not ball.overlaps(expected) or ball.rel_accuracy_bits() < prec - 16:
                wrong.append(prec)

    threads = [threading.Thread(target=work, args=(p,)) for p in (64, 128, 400, 700)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong
    assert (ctx.prec, ctx.cap) == before
