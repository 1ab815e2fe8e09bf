"""Verdicts say what their facts establish: each of functions that it holds for, and of no neighbor that it does not."""

from __future__ import annotations

import pytest

import symacts

SAID: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = [
    (
        "large negative inputs are suppressed",
        "limits",
        ("Max(x, 0)", "exp(x)", "Piecewise((x, x > 0), (exp(x) - 1, True))", "x*sigmoid(x)"),
        ("x**2", "exp(-x)", "Abs(x)", "tanh(x)", "sqrt(x)", "Max(sin(x), x)"),
    ),
    (
        "exploding gradient",
        "lipschitz",
        ("exp(x)", "x**2", "sqrt(Abs(x))"),
        ("sign(x)", "Heaviside(x)", "x + sign(x)", "atan(1/x)", "Abs(x)/x", "tanh(x)"),
    ),
    (
        "every layer shrinks the gradient",
        "lipschitz",
        ("x/2", "log(1 + exp(x))/2", "Piecewise((sin(x)/x, Ne(x, 0)), (1, True))"),
        ("tanh(x)", "log(sin(x)**2 + cos(x)**2 + x**2)", "x**2"),
    ),
    (
        "at an exponential rate on both sides",
        "saturation_rate",
        ("tanh(x)", "x*exp(-Abs(x))", "1/cosh(x)"),
        ("x/(1 + Abs(x))", "erf(x)", "Max(x, 0)", "softplus(x)"),
    ),
    (
        "at an algebraic rate on both sides",
        "saturation_rate",
        ("x/(1 + Abs(x))", "atan(x)", "x/sqrt(1 + x**2)"),
        ("tanh(x)", "(x + sqrt(x**2 + 4))/2"),
    ),
    (
        "at an exponential rate on the negative side and at an algebraic rate on the positive side",
        "saturation_rate",
        ("Piecewise((exp(x), x < 0), (2 - 1/(1 + x), True))",),
        ("tanh(x)",),
    ),
    (
        "transcendental",
        "branches",
        ("sinh(x)", "LambertW(exp(x))", "erfc(x)", "2**x", "asinh(x)", "Piecewise((x, x > 0), (cosh(x), True))"),
        ("exp(2)*x", "x/(1 + Abs(x))", "Max(x, log(2))", "asin(sin(x))", "x**pi"),
    ),
    ("at x = 2*pi*n + pi/4 for every integer n, 2*pi*n + 5*pi/4", "kinks", ("Max(sin(x), cos(x))",), ("Abs(x)",)),
    ("at x = n for every integer n", "discontinuities", ("x - floor(x)",), ("sign(x)",)),
    ("on all x with Mod(x + pi, 2*pi) in (0, pi)", "dead_region", ("Max(sin(x), 0)",), ("Max(x, 0)", "sin(x)")),
    (
        "cheap",
        "branches",
        ("Max(x, 0)", "exp(2)*x", "x*Min(Max(x + 3, 0), 6)/6"),
        ("asin(sin(x))", "exp(x)", "x/(1 + Abs(x))", "x**3"),
    ),
]
"""A phrase, a fact that the verdict must name, functions of which it is said, functions of which it is not."""


@pytest.mark.parametrize(("phrase", "fact", "said", "silent"), SAID)
def test_statements_hold(phrase: str, fact: str, said: tuple[str, ...], silent: tuple[str, ...]) -> None:
    for text in said:
        found = [v for v in symacts.analyze(text).verdicts if phrase in v.statement]
        assert found and all(fact in v.facts for v in found), text
    for text in silent:
        assert not [v for v in symacts.analyze(text).verdicts if phrase in v.statement], text
