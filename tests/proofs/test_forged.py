"""Certificates forged by hand for statements that are false, or have no value somewhere: every rule refuses them."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from forging import (
    ABSURD,
    ALGEBRA,
    ENCLOSURE,
    HALF,
    ONE,
    SAME,
    STRUCTURE,
    VANISHES,
    ZERO,
    a,
    ball,
    claim,
    combined,
    cover,
    defined,
    definite,
    leibniz,
    limit_of,
    moments,
    rejected,
    split,
    step,
    t,
    tail,
    x,
    y,
    z,
)

from symacts.claims import Claim
from symacts.codec import encode as E

PRODUCT, FLAT = sp.Integral(x * y, (x, 0, 1)), sp.Integral(y * y, (y, 0, 1))
SHIFTED = sp.Integral(sp.exp(-(z**2) + SAME * z), (z, -sp.oo, sp.oo))
ODD = sp.Integral(z * sp.exp(-(z**2)), (z, -sp.oo, sp.oo))
POLE = sp.Integral(1 / x**2, (x, -1, 1))
SPIKE = sp.Limit(sp.Piecewise((3 * x, sp.Eq(x, 0)), (0, True)) + 1 / t, t, sp.oo)
LINE = [(x - y, "=")]
LEVEL = sp.Limit((a + 1) ** 2 * sp.tanh(x), x, sp.oo)
FORGED: dict[str, tuple[Claim, Any]] = {
    # a part without a value disappears
    "the other branch": (claim(sp.Max(-sp.sqrt(x), 0), "=", 0), ALGEBRA),
    "under a sign": (claim(sp.sign(sp.sqrt(x) + 1), "=", 1), ALGEBRA),
    "times a step": (claim(sp.log(x) * sp.Heaviside(y), "=", 0, (-y, ">")), ALGEBRA),
    "times a maximum": (claim(sp.log(x) * sp.Max(y, 0), "=", 0, (-y, ">=")), ALGEBRA),
    "in a condition": (claim(sp.Piecewise((1, sp.sqrt(x) >= 0), (0, True)), "=", 1), ALGEBRA),
    "times a derivative": (
        claim(sp.log(x) * sp.Derivative(sp.Max(y, 0), y), "=", 0, (-y, ">")),
        step("derivatives", ALGEBRA),
    ),
    "times a limit": (
        claim(sp.log(x) * sp.Limit(1 / t, t, sp.oo), "=", 0),
        limit_of(sp.Limit(1 / t, t, sp.oo), ZERO),
    ),
    "times an integral": (
        claim(sp.log(x) * sp.Integral(t, (t, -1, 1)), "=", 0),
        definite(sp.Integral(t, (t, -1, 1)), (t**2 / 2, None)),
    ),
    "times an eliminated 0": (
        claim(x * sp.log(y), "=", 0, (x, "=")),
        step("eliminate", ALGEBRA, variable=E(x), index=0),
    ),
    # SymPy takes tanh(10000) for 1 where it rounds it
    "the whole part of an eliminated constant": (
        claim(sp.floor(sp.tanh(x)), "=", 1, (x - 10000, "=")),
        step("eliminate", ALGEBRA, variable=E(x), index=0),
    ),
    "the whole part of a chosen branch": (
        claim(sp.floor(sp.Max(x, sp.tanh(10000) + 0 * x)), ">=", 1, (-x, ">")),
        STRUCTURE,
    ),
    "the whole part of a listed value": (
        claim(sp.floor(sp.Max(x, sp.tanh(10000))), "<=", 1, (x - 2, ">")),
        step("either", ALGEBRA, ALGEBRA, of=E(sp.Max(x, sp.tanh(10000)))),
    ),
    "in a maximum of listed values": (
        claim(sp.Max(-1, sp.Max(-sp.sqrt(x), 0) * sp.log(y)), "=", 0),
        step("either", ALGEBRA, ALGEBRA, of=E(sp.Max(-sp.sqrt(x), 0))),
    ),
    "an integrand": (
        claim(SHIFTED, "=", sp.sqrt(sp.pi) * sp.exp(t**2 / 4)),
        moments(SHIFTED, -ONE, (-ONE, 0, ONE, t, ZERO, "cos")),
    ),
    "a factor of an integral": (
        claim(SAME * ODD, "=", 0),
        moments(ODD, -t, (-t, 1, ONE, ZERO, ZERO, "cos")),
    ),
    "a new variable": (
        claim(0, "<=", x),
        defined(step("transform", STRUCTURE, forward=[[E(x), E(SAME)]], back=[[E(t), E(x)]])),
    ),
    # names
    "a limit captures": (
        claim(sp.Limit(x * y, x, 1), "=", 1, *LINE),
        step("eliminate", limit_of(sp.Limit(y * y, y, 1), ONE), variable=E(x), index=0),
    ),
    "an integral captures": (
        claim(PRODUCT, "=", sp.Rational(1, 3), *LINE),
        step("eliminate", definite(FLAT, (y**3 / 3, None)), variable=E(x), index=0),
    ),
    "a sum captures": (
        claim(sp.Sum(y * x, (y, 1, 3)), "=", sp.Sum(y * y, (y, 1, 3)), *LINE),
        step("eliminate", ALGEBRA, variable=E(x), index=0),
    ),
    "a symbol that is positive by itself": (claim(0, "<", sp.Symbol("x", positive=True)), STRUCTURE),
    "a wide case": (claim(0, "<=", x), step("cases", STRUCTURE, ABSURD, on=E(x), parts=[">", ">"])),
    "foreign premises": (claim(0, "<=", x, (y, ">=")), STRUCTURE),
    "premises that can be met": (claim(x, "=", 2, (x - 1, ">="), (1 - x, ">=")), ABSURD),
    # under operators
    "a limit under a derivative": (
        claim(sp.Derivative(SPIKE, x), "=", 3, (x, "=")),
        step(
            "limit",
            step("derivatives", ALGEBRA),
            of=E(SPIKE),
            value=E(3 * x),
            within=E(ONE),
            parts=[[E(ONE), E(3 * x), E(3 * x)], [E(ONE), E(1 / t), E(ZERO)]],
        ),
    ),
    "a kink under a limit": (
        claim(sp.Limit(sp.Derivative(x * sp.Abs(x), x), x, 3), "=", 0, (x, "=")),
        step("kink", limit_of(sp.Limit(ZERO, x, 3), ZERO), index=0),
    ),
    # intervals
    "no interior for some parameters, strict": (
        claim(0, "<", a * x, (a * x, ">="), (x, ">")),
        step(
            "monotone",
            step("cases", ABSURD, ABSURD, STRUCTURE, on=E(a), parts=["<", "=", ">"]),
            ALGEBRA,
            variable=E(x),
            side=1,
            strict="slope",
            **{"from": E(ZERO)},
        ),
    ),
    "no interior for some parameters": (
        claim(x * sp.exp(a), "=", 0, (a * x, ">="), (-a * x, ">=")),
        step("derivative-and-point", ABSURD, ALGEBRA, variable=E(x), point=E(ZERO)),
    ),
    "two intervals": (
        claim(sp.atan(x) + sp.atan(1 / x), "=", sp.pi / 2, (x, "!=")),
        step("derivative-and-point", ALGEBRA, ALGEBRA, variable=E(x), point=E(ONE)),
    ),
    "a branch as an interval": (
        claim(sp.sign(x), "=", 1, (sp.Piecewise((x - 2, x > 0), (x + 9, True)), ">")),
        step("derivative-and-point", ALGEBRA, ALGEBRA, variable=E(x), point=E(sp.Integer(3))),
    ),
    "a point outside": (
        claim(x, "<=", 0, (x - 1, ">=")),
        step("monotone", STRUCTURE, ALGEBRA, variable=E(x), side=-1, **{"from": E(ZERO)}),
    ),
    "a point that is no expression of the others": (
        claim(x, "=", y),
        step("derivative-and-point", ALGEBRA, ALGEBRA, variable=E(x), point=E(x)),
    ),
    "the derivative alone": (
        claim(x + 1, "=", x),
        step("derivative-and-point", ALGEBRA, ALGEBRA, variable=E(x), point=E(ZERO)),
    ),
    "isolated zeros on a half line": (
        claim(0, "<", 1 / (sp.sqrt(x**2 - 2 * x + 1) - x + 1) ** 2),
        defined(STRUCTURE, step("isolated", at=E({x: ZERO})), excluded=[0]),
    ),
    "isolated zeros everywhere": (
        claim(0, "<", 1 / VANISHES**2),
        defined(STRUCTURE, step("isolated", at=E({t: ZERO, sp.sin(t): sp.Integer(5)})), excluded=[0]),
    ),
    "a logarithm excluded": (
        claim(sp.log(x), "=", sp.log(x)),
        defined(ALGEBRA, step("isolated", at=E({x: ONE})), excluded=[0]),
    ),
    "a weight that is not defined": (
        claim((t * x + (1 - t) * y) ** 2, "<=", t * x**2 + (1 - t) * y**2, (1 - t, ">=")),
        step(
            "convex",
            STRUCTURE,
            f=E(z**2),
            variable=E(z),
            parts=[[E(SAME), E(x)], [E(1 - t), E(y)]],
            given=[],
        ),
    ),
    # covers
    "a gap between balls": (claim(0, "<", x**2), cover(tail(-1, 1), ball(-1, -HALF), ball(HALF, 1), tail(1, 1))),
    "a missing point": (claim(0, "<", x**2), cover(tail(-1, 1), tail(1, 1), ball(-1, 0), ball(0, 1))),
    "a point for a strict sign": (
        claim(0, "<", x**2),
        cover(tail(-1, 1), tail(1, 1), {"kind": "point", "at": E(ZERO)}, ball(-1, 0), ball(0, 1)),
    ),
    "balls too wide": (claim(0, "<", x**2 - x + sp.Rational(1, 5)), cover(tail(-1, 2), ball(-2, 2, 3), tail(1, 2))),
    "a zero inside a tail": (claim(0, "<", x - 50), cover(tail(1, 10), of=x)),
    "a tail over a zero": (
        claim(0, "<", (x - 50) ** 2 - 1, (x - 10, ">=")),
        cover(tail(1, 10, 20), ball(10, 11)),
    ),
    "swapped ends": (claim(0, "<", x, (x + 1, ">="), (1 - x, ">=")), cover(ball(1, -1))),
    "bits too few": (claim(0, "<", x, (x - 1, ">="), (2 - x, ">=")), cover(ball(1, 2, prec=2))),
    "an infinite end": (
        claim(0, "<", x, (x - 1, ">=")),
        cover({"kind": "ball", "lo": E(ONE), "hi": E(sp.oo), "order": 0, "prec": 64}),
    ),
    "an end that is no number": (
        claim(0, "<", x - 9, (x - 1, ">=")),
        cover({"kind": "ball", "lo": E(ONE), "hi": {"atom": "nan"}, "order": 0, "prec": 64}),
    ),
    "a pole inside a ball": (claim(0, "<", 1 / x, (x + 1, ">="), (1 - x, ">=")), cover(ball(-1, 1, 2))),
    "a branch point inside a ball": (
        claim(0, "<=", sp.sqrt(x), (x + 1, ">="), (1 - x, ">=")),
        cover(ball(-1, 1, 1)),
    ),
    "another variable": (claim(0, "<", y + 2, (x - 1, ">=")), cover(ball(-1, 1), of=x)),
    # inequalities
    "equal balls": (claim(sp.sin(1) ** 2 + sp.cos(1) ** 2, "<", 1), ENCLOSURE),
    "equal balls, different": (claim(sp.sin(1) ** 2 + sp.cos(1) ** 2, "!=", 1), ENCLOSURE),
    "an equation by enclosure": (claim(sp.pi, "=", sp.Rational(355, 113)), ENCLOSURE),
    "strict from weak": (claim(x, "<", sp.Abs(x)), step("either", STRUCTURE, STRUCTURE, of=E(sp.Abs(x)))),
    "squares of negative weight": (claim(x**2, "<=", 0), step("factor", STRUCTURE, by=E(ONE), rest=E(-(x**2)))),
    "a factor that may be negative": (
        claim(0, "<=", x * y, (y, ">=")),
        step("factor", STRUCTURE, by=E(x), rest=E(y)),
    ),
    # limits and integrals
    "an oscillating limit": (
        claim(sp.Limit(sp.sin(x), x, sp.oo), "=", 0),
        limit_of(sp.Limit(sp.sin(x), x, sp.oo), ZERO),
    ),
    "an oscillating part": (
        claim(sp.Limit(sp.sin(x), x, sp.oo), "=", 0),
        limit_of(sp.Limit(sp.sin(x), x, sp.oo), ZERO, 2 * sp.sin(x), -sp.sin(x)),
    ),
    "two sides": (
        claim(sp.Limit(sp.sign(x), x, 0, "+-"), "=", 1),
        limit_of(sp.Limit(sp.sign(x), x, 0, "+-"), ONE),
    ),
    "infinite parts": (
        claim(sp.Limit(x - x**2, x, sp.oo), "=", sp.oo),
        limit_of(sp.Limit(x - x**2, x, sp.oo), sp.oo, x, -(x**2)),
    ),
    "a pole inside": (claim(POLE, "=", -2), definite(POLE, (-1 / x, None))),
    "a pole at an end": (claim(POLE, "=", -2), definite(POLE, (-1 / x, ZERO), (-1 / x, None))),
    "pieces out of order": (
        claim(sp.Integral(sp.Abs(x), (x, -1, 1)), "=", 0),
        definite(sp.Integral(sp.Abs(x), (x, -1, 1)), (-(x**2) / 2, ONE), (x**2 / 2, -ONE), (x**2 / 2, None)),
    ),
    "a jump of the antiderivative": (
        claim(sp.Integral(1 / (1 + x**2), (x, -1, 1)), "=", -sp.pi / 2),
        definite(sp.Integral(1 / (1 + x**2), (x, -1, 1)), (-sp.acot(x), None)),
    ),
    "an integral that diverges": (claim(0, "<", sp.Integral(1 / x, (x, 1, sp.oo))), ENCLOSURE),
    "a principal value": (claim(-5, "<", sp.Integral(1 / x, (x, -1, 1))), ENCLOSURE),
    # parts, logarithms, rests, signs near a point
    "a condition that is not shown": (
        claim(sp.Max(x, 1), "=", x),
        step("lemma", ALGEBRA, STRUCTURE, shows=[[E(x - 1), ">="]]),
    ),
    "a condition without its proof": (claim(sp.Max(x, 1), "=", x), step("lemma", ALGEBRA, shows=[[E(x - 1), ">="]])),
    "a condition of another form": (
        claim(sp.Max(x, 1), "=", x),
        step("lemma", ALGEBRA, STRUCTURE, shows=[[E(x - 1), "<="]]),
    ),
    "a condition without a value": (
        claim(0, "<=", x, (x, ">=")),
        step("lemma", STRUCTURE, STRUCTURE, shows=[[E(sp.log(x) ** 2), ">="]], keep=True),
    ),
    "a condition that chooses what has no value elsewhere": (
        claim(sp.Max(x, x - sp.sqrt(x) ** 2), "=", x),
        step("lemma", ALGEBRA, STRUCTURE, shows=[[E(x - (x - sp.sqrt(x) ** 2)), ">="]]),
    ),
    "a branch that hides a logarithm": (
        claim(sp.Max(x**2 + 1, -(sp.log(x) ** 2)), "=", x**2 + 1),
        step("lemma", ALGEBRA, STRUCTURE, shows=[[E(x**2 + 1 + sp.log(x) ** 2), ">="]]),
    ),
    "no condition": (claim(0, "<=", x, (x, ">=")), step("lemma", STRUCTURE, shows=[])),
    "logarithms of what may be negative": (
        claim(x * sp.exp(y), "<=", sp.exp(y), (1 - x, ">=")),
        step("apply", STRUCTURE, function="log"),
    ),
    "an open branch without a value": (claim(-1, "<", sp.Max(0, sp.sqrt(x))), STRUCTURE),
    "an open branch of another sign": (claim(0, "<", sp.Piecewise((1, x > 0), (-1, True))), STRUCTURE),
    "a rest that may be negative": (
        claim(sp.exp((x + y) / 2), "<=", sp.exp(x) / 2 + sp.exp(y) / 2 - 1),
        step(
            *("convex", STRUCTURE),
            f=E(sp.exp(t)),
            variable=E(t),
            given=[],
            rest=E(-ONE),
            parts=[[E(HALF), E(x)], [E(HALF), E(y)]],
        ),
    ),
    "strict without a rest": (
        claim(sp.exp((x + y) / 2), "<", sp.exp(x) / 2 + sp.exp(y) / 2),
        step(
            *("convex", STRUCTURE),
            f=E(sp.exp(t)),
            variable=E(t),
            given=[],
            rest=E(ZERO),
            parts=[[E(HALF), E(x)], [E(HALF), E(y)]],
        ),
    ),
    "a sign that does not hold near the point": (
        claim(sp.Limit(sp.Max(x, x**2), x, 0, "+"), "=", 0, (x, "=")),
        limit_of(sp.Limit(sp.Max(x, x**2), x, 0, "+"), ZERO) | {"eventually": [[1, E(x**2 - x), ">"]]},
    ),
    "a sign near the point as an equation": (
        claim(sp.Limit(sp.Max(x, 1), x, sp.oo), "=", 1),
        limit_of(sp.Limit(sp.Max(x, 1), x, sp.oo), ONE) | {"eventually": [[1, E(1 - a / x), "="]]},
    ),
    "a sign on the other side of the point": (
        claim(sp.Limit(sp.Abs(x) / x, x, 0, "-"), "=", 1),
        limit_of(sp.Limit(sp.Abs(x) / x, x, 0, "-"), ONE) | {"eventually": [[-1, E(x), ">"]]},
    ),
    "growth against a parameter of any sign": (
        claim(sp.Limit(sp.exp(-a * x) * x**t, x, sp.oo), "=", 0),
        limit_of(sp.Limit(sp.exp(-a * x) * x**t, x, sp.oo), ZERO),
    ),
    "growth of equal rates": (
        claim(sp.Limit(sp.exp(t * x - a * x), x, sp.oo), "=", 0, (a, ">"), (t, ">")),
        limit_of(sp.Limit(sp.exp(t * x - a * x), x, sp.oo), ZERO),
    ),
    "growth of the other sign": (
        claim(sp.Limit(-sp.exp(a * x), x, sp.oo), "=", sp.oo, (a, ">")),
        limit_of(sp.Limit(-sp.exp(a * x), x, sp.oo), sp.oo),
    ),
    "a whole part for its argument": (
        claim(sp.Limit(x - sp.floor(x), x, sp.oo), "=", 0),
        limit_of(sp.Limit(x - sp.floor(x), x, sp.oo), ZERO, (ONE, x - sp.floor(x), ZERO)),
    ),
    "a scale that is not real everywhere": (
        claim(sp.Limit(sp.tanh(a * x**2), x, sp.oo), "=", 1, (a, "!=")),
        limit_of(sp.Limit(sp.tanh(a * x**2), x, sp.oo), ONE),
    ),
    "a part of a limit that is not defined": (
        claim(sp.Limit(sp.tanh(t * x), x, sp.oo), "=", 1, (t, "!="), (t + VANISHES, "!=")),
        limit_of(sp.Limit(sp.tanh(t * x), x, sp.oo), ONE, sp.tanh(SAME * x))
        | {
            "how": {
                "law": "sum",
                "of": [E(sp.tanh(SAME * x))],
                "steps": [{"law": "scale", "by": E(SAME), "step": None}],
            }
        },
    ),
    # squares of sides
    "squares of what may be negative": (
        claim(x, "<=", y, (x**2 - y**2, "=")),
        step("apply", STRUCTURE, function="square", sides=[E(x), E(y)]),
    ),
    "squares of other sides": (
        claim(x, "<=", 1 - y, (x, ">="), (y, ">=")),
        step("apply", STRUCTURE, function="square", sides=[E(x), E(x + y)]),
    ),
    "equal squares of other signs": (
        claim(sp.sqrt(x**2 + 1) * x, "=", sp.sqrt(x**4 + x**2), (x + 1, ">")),
        step("apply", ALGEBRA, function="square", sides=[E(sp.sqrt(x**2 + 1) * x), E(sp.sqrt(x**4 + x**2))]),
    ),
    "a limit at a parameter from the other side": (
        claim(sp.Limit(1 / (x - a), x, a, "-"), "=", sp.oo),
        limit_of(sp.Limit(1 / (x - a), x, a, "-"), sp.oo),
    ),
    "squares for an equation": (
        claim(-x, "=", x, (x, ">=")),
        step("apply", ALGEBRA, function="square", sides=[E(-x), E(x)]),
    ),
    "logarithms the wrong way": (claim(sp.log(x), "<", sp.log(y), (x - y, ">"), (y, ">")), STRUCTURE),
    "a multiple of a hypothesis that may say nothing": (
        claim(0, "<=", y * x + y * t, (a, ">="), (a * x + a * t, ">="), (y, ">")),
        STRUCTURE,
    ),
    # one combination of the variables, integrals with moving bounds
    "bounds of a combination that do not follow": (
        claim(0, "<=", x + y, (x, ">=")),
        combined(STRUCTURE, of=x + y, old=x, value=z - y, given=[[E(z), ">="]]),
    ),
    "a combination that leaves a variable": (claim(0, "<=", x + y), combined(STRUCTURE, of=x, old=x, value=z)),
    "a root as a combination": (claim(0, "<=", x), combined(STRUCTURE, of=sp.sqrt(x), old=x, value=z**2)),
    "a square that does not recover its root": (
        claim(0, "<=", x),
        combined(STRUCTURE, of=x**2, old=x, value=sp.sqrt(z), given=[[E(z), ">="]]),
    ),
    "a product of which one factor may vanish": (
        claim(0, "<=", x * y, (x, ">=")),
        combined(STRUCTURE, of=x * y, old=y, value=z / x, given=[[E(z), ">="]]),
    ),
    "a moving bound below a kink": (leibniz(sp.Abs(z), ZERO, x, x)),
    "a moving bound across a pole": (leibniz(1 / z, ONE, x, 1 / x)),
    "a moving bound at a branch point": (leibniz(sp.sqrt(z), ZERO, x, sp.sqrt(x))),
    "a moving bound in the integrand": (leibniz(sp.exp(x * z), ZERO, x, sp.exp(x**2))),
    "a moving lower bound": (leibniz(sp.exp(z), x, ZERO, sp.exp(x))),
    # roots, seams, half turns
    "a root of the other sign": (
        claim(sp.sqrt(x**2 - 2 * x + 1), "=", x - 1),
        step("root", ALGEBRA, of=E(sp.sqrt(x**2 - 2 * x + 1)), value=E(x - 1)),
    ),
    "a root of something else": (
        claim(sp.sqrt(x**2 + 1), "=", x, (x, ">")),
        step("root", ALGEBRA, of=E(sp.sqrt(x**2 + 1)), value=E(x)),
    ),
    "a seam looked at from too far": (
        claim(sp.Derivative(sp.Max(x, sp.Min(0, x + 1)), x), "=", 1, (x, "=")),
        step("kink", ALGEBRA, index=0, close=E(sp.Integer(-5))),
    ),
    "a seam at a distance that moves": (
        claim(sp.Derivative(sp.Abs(x), x), "=", 1, (x, "=")),
        step("kink", ALGEBRA, index=0, close=E(x**2)),
    ),
    "a sine beyond half a turn": (claim(0, "<", sp.sin(x), (x, ">"), (4 - x, ">")), STRUCTURE),
    "a sine at the end of half a turn": (claim(0, "<", sp.sin(x), (x, ">="), (3 - x, ">")), STRUCTURE),
    "a cosine beyond a quarter turn": (claim(0, "<=", sp.cos(x), (x, ">="), (sp.Rational(8, 5) - x, ">=")), STRUCTURE),
    "zeros of a numerator that are everywhere": (
        claim(0, "<", 1 / (sp.tan(x) * sp.cos(x) - sp.sin(x)) ** 2),
        defined(STRUCTURE, step("isolated", at=E({x: ONE})), step("isolated", at=E({x: ONE})), excluded=[0, 1]),
    ),
    # zeros of denominators that the claim does not hold
    "a limit written with a pole": (
        claim(0, "<", LEVEL),
        step(
            "limit",
            defined(
                step("factor", STRUCTURE, by=E((a + 1) ** -2), rest=E(sp.expand((a + 1) ** 4))),
                *(step("isolated", at=E({a: ONE})),),
                excluded=[0],
            ),
            of=E(LEVEL),
            value=E(sp.expand((a + 1) ** 3) / (a + 1)),
            within=E(ONE),
            parts=[[E((a + 1) ** 2), E(sp.tanh(x)), E(ONE)]],
        ),
    ),
    "a condition with a pole": (
        claim(sp.sign(x) ** 2, "=", 1),
        step(
            "lemma",
            *(split(x), defined(STRUCTURE, step("isolated", at=E({x: ONE})), excluded=[0])),
            shows=[[E(1 / x), "!="]],
            keep=True,
        ),
    ),
    "a bound with a pole": (claim(0, "<", x**2), combined(split(z), of=x, old=x, value=z, given=[[E(z**-2), ">"]])),
    "a derivative whose formula has a pole": (
        claim(0, "<", sp.Derivative(sp.sinc(x), x) ** 2, (x + 1, ">"), (1 - x, ">")),
        defined(
            step("derivatives", cover(tail(-1, 1, 3, at=E(ZERO)), tail(1, 1, 3, at=E(ZERO)))),
            *(step("isolated", at=E({x: HALF})),),
            excluded=[0],
        ),
    ),
    # cases of which none applies
    "one case": (claim(0, "<", sp.Piecewise((1, x > 0))), STRUCTURE),
    "one case beside a condition": (
        claim(0, "<", sp.Piecewise((1, x > 0))),
        step("lemma", STRUCTURE, STRUCTURE, shows=[[E(ONE), ">"]], keep=True),
    ),
    "two cases with a gap": (claim(0, "<", sp.Max(sp.Piecewise((1, x > 0), (2, x < 0)), 0)), STRUCTURE),
    # derivatives
    "a kink": (claim(sp.Derivative(sp.Abs(x), x), "=", 1, (x, ">=")), step("derivatives", ALGEBRA)),
    "a border that does not cross": (
        claim(sp.Derivative(sp.Abs(x**3), x), "=", 1, (x**3, "=")),
        step("kink", ALGEBRA, index=0),
    ),
    "a bent border of another switch": (
        claim(sp.Derivative(sp.Max(x, 0), x), "=", 1, (x - sp.exp(-x), "=")),
        step("kink", ALGEBRA, index=0),
    ),
    "the sign of what touches 0": (claim(0, "<", x - sp.tanh(x), (x, ">=")), STRUCTURE),
    "a derivative that exists": (
        claim(sp.Derivative(x * sp.Abs(x), x), "=", 1, (x, "=")),
        step("kink", ALGEBRA, index=0),
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_certificates_are_refused(name: str) -> None:
    assert rejected(*FORGED[name])


def test_what_is_true_passes_the_same_rules() -> None:
    """The builders above make certificates that hold where the statement does."""
    for stated, node in (
        (claim(0, "<=", x * y, (x, ">"), (y, ">=")), step("factor", STRUCTURE, by=E(x), rest=E(y))),
        (claim(0, "<", x - 9, (x - 10, ">=")), cover(tail(1, 20), ball(10, 20))),
        (claim(FLAT, "=", sp.Rational(1, 3)), definite(FLAT, (y**3 / 3, None))),
        (claim(sp.Limit(1 / t, t, sp.oo), "=", 0), limit_of(sp.Limit(1 / t, t, sp.oo), ZERO)),
        (claim(sp.Max(-sp.sqrt(x), 0), "=", 0, (x, ">=")), ALGEBRA),
        (claim(x * sp.log(y), "=", 0, (x, "="), (y, ">")), step("eliminate", ALGEBRA, variable=E(x), index=0)),
    ):
        assert not rejected(stated, node), stated
