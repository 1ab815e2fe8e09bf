"""Certificates forged by hand for statements that are false, or have no value somewhere: every rule refuses them."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from symacts.claims import Claim, MatrixClaim
from symacts.codec import encode as E
from symacts.proofs.check import FORMAT, CertificateError, check

x, y, a, t, z = sp.symbols("x y a t z", real=True)
ZERO, ONE, HALF = sp.S.Zero, sp.S.One, sp.S.Half
ALGEBRA, STRUCTURE, ABSURD, ENCLOSURE = ({"rule": r} for r in ("algebra", "structure", "absurd", "enclosure"))
VANISHES = sp.sin(t) ** 2 + sp.cos(t) ** 2 - 1
SAME = sp.sqrt(t) * sp.sqrt(t + VANISHES)
"""`t`, but only for t >= 0: an identity that holds where its sides are defined says nothing elsewhere."""


def step(rule: str, *steps: Any, **data: Any) -> dict[str, Any]:
    return {"rule": rule, **data, **({"steps": list(steps)} if steps else {})}


def defined(*steps: Any, **data: Any) -> dict[str, Any]:
    return step("defined", *steps, **data)


def limit_of(of: sp.Limit, value: sp.Expr, *parts: tuple[sp.Expr, sp.Expr, sp.Expr]) -> dict[str, Any]:
    rows = [[E(c), E(f), E(v)] for c, f, v in parts]
    return step("limit", ALGEBRA, of=E(of), value=E(value), within=E(ONE), parts=rows)


def by_law(law: str, f: sp.Expr, point: sp.Expr, value: sp.Expr, *premises: Any, **how: Any) -> tuple[Claim, Any]:
    """The claim that f has a limit at a point, from above, and a law for it."""
    of = sp.Limit(f, x, point, "+" if point.is_finite else "-")
    node = limit_of(of, value, (ONE, f, value))
    node["parts"][0].append({"law": law} | {k: E(v) if isinstance(v, sp.Basic) else v for k, v in how.items()})
    return claim(of, "=", value, *premises), node


def definite(of: sp.Integral, *pieces: Any) -> dict[str, Any]:
    rows = [{"F": E(f)} | ({"to": E(to)} if to is not None else {}) for f, to in pieces]
    return step("definite", ALGEBRA, of=E(of), pieces=rows)


def moments(of: sp.Integral, factor: sp.Expr, *terms: Any) -> dict[str, Any]:
    rows = [["moment", E(c), n, E(q), E(s), E(w), wave] for c, n, q, s, w, wave in terms]
    piece = {"kind": "table", "terms": rows}
    return step("integral", ALGEBRA, parts=[{"of": E(of), "factor": E(factor)}], pieces=[piece])


def ball(lo: Any, hi: Any, order: int = 0, prec: int = 64) -> dict[str, Any]:
    return {"kind": "ball", "lo": E(sp.sympify(lo)), "hi": E(sp.sympify(hi)), "order": order, "prec": prec}


def tail(side: int, big: Any, terms: int = 8, prec: int = 64, **more: Any) -> dict[str, Any]:
    return {"kind": "tail", "side": side, "M": E(sp.sympify(big)), "terms": terms, "prec": prec, **more}


def cover(*cells: Any, of: sp.Symbol = x) -> dict[str, Any]:
    return step("sign", variable=E(of), cells=list(cells))


def claim(lhs: Any, relation: str, rhs: Any, *premises: Any) -> Claim:
    return Claim((sp.sympify(lhs), sp.sympify(rhs)), (relation,), premises)


def combined(*steps: Any, of: Any, old: Any, value: Any, given: Any = ()) -> dict[str, Any]:
    return step("transform", *steps, forward=[[E(old), E(value)]], back=[[E(z), E(of)]], given=list(given))


def leibniz(f: Any, lo: Any, hi: Any, value: Any) -> tuple[Claim, Any]:
    of = sp.Derivative(sp.Integral(f, (z, lo, hi)), x)
    return claim(of, "=", value), step("leibniz", ALGEBRA, of=E(of))


def split(of: sp.Symbol) -> dict[str, Any]:
    return step("cases", STRUCTURE, ABSURD, STRUCTURE, on=E(of), parts=["<", "=", ">"])


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
        limit_of(sp.Limit(1 / t, t, sp.oo), ZERO, (ONE, 1 / t, ZERO)),
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
        step("eliminate", limit_of(sp.Limit(y * y, y, 1), ONE, (ONE, y * y, ONE)), variable=E(x), index=0),
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
        step("kink", limit_of(sp.Limit(ZERO, x, 3), ZERO, (ONE, ZERO, ZERO)), index=0),
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
        limit_of(sp.Limit(sp.sin(x), x, sp.oo), ZERO, (ONE, sp.sin(x), ZERO)),
    ),
    "an oscillating part": (
        claim(sp.Limit(sp.sin(x), x, sp.oo), "=", 0),
        limit_of(sp.Limit(sp.sin(x), x, sp.oo), ZERO, (ONE, 2 * sp.sin(x), ZERO), (-ONE, sp.sin(x), ZERO)),
    ),
    "two sides": (
        claim(sp.Limit(sp.sign(x), x, 0, "+-"), "=", 1),
        limit_of(sp.Limit(sp.sign(x), x, 0, "+-"), ONE, (ONE, ONE, ONE)),
    ),
    "infinite parts": (
        claim(sp.Limit(x - x**2, x, sp.oo), "=", sp.oo),
        limit_of(sp.Limit(x - x**2, x, sp.oo), sp.oo, (ONE, x, sp.oo), (-ONE, x**2, ZERO)),
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
        limit_of(sp.Limit(sp.Max(x, x**2), x, 0, "+"), ZERO, (ONE, x**2, ZERO))
        | {"eventually": [[1, E(x**2 - x), ">"]]},
    ),
    "a sign near the point as an equation": (
        claim(sp.Limit(sp.Max(x, 1), x, sp.oo), "=", 1),
        limit_of(sp.Limit(sp.Max(x, 1), x, sp.oo), ONE, (ONE, ONE, ONE)) | {"eventually": [[1, E(1 - a / x), "="]]},
    ),
    "a sign on the other side of the point": (
        claim(sp.Limit(sp.Abs(x) / x, x, 0, "-"), "=", 1),
        limit_of(sp.Limit(sp.Abs(x) / x, x, 0, "-"), ONE, (ONE, ONE, ONE)) | {"eventually": [[-1, E(x), ">"]]},
    ),
    "growth against a parameter of any sign": (
        claim(sp.Limit(sp.exp(-a * x) * x**t, x, sp.oo), "=", 0),
        limit_of(sp.Limit(sp.exp(-a * x) * x**t, x, sp.oo), ZERO, (ONE, sp.exp(-a * x) * x**t, ZERO)),
    ),
    "growth of equal rates": (
        claim(sp.Limit(sp.exp(t * x - a * x), x, sp.oo), "=", 0, (a, ">"), (t, ">")),
        limit_of(sp.Limit(sp.exp(t * x - a * x), x, sp.oo), ZERO, (ONE, sp.exp(t * x - a * x), ZERO)),
    ),
    "growth of the other sign": (
        claim(sp.Limit(-sp.exp(a * x), x, sp.oo), "=", sp.oo, (a, ">")),
        limit_of(sp.Limit(-sp.exp(a * x), x, sp.oo), sp.oo, (ONE, -sp.exp(a * x), sp.oo)),
    ),
    "a scale that is not real everywhere": (
        claim(sp.Limit(sp.tanh(a * x**2), x, sp.oo), "=", 1, (a, "!=")),
        limit_of(sp.Limit(sp.tanh(a * x**2), x, sp.oo), ONE, (ONE, sp.tanh(a * x**2), ONE)),
    ),
    "a part of a limit that is not defined": (
        claim(sp.Limit(sp.tanh(t * x), x, sp.oo), "=", 1, (t, "!="), (t + VANISHES, "!=")),
        limit_of(sp.Limit(sp.tanh(t * x), x, sp.oo), ONE, (ONE, sp.tanh(SAME * x), ONE)),
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
        limit_of(sp.Limit(1 / (x - a), x, a, "-"), sp.oo, (ONE, 1 / (x - a), sp.oo)),
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


def rejected(stated: Any, node: Any) -> bool:
    try:
        check({"format": FORMAT, "claim": stated.to_dict(), "proof": node}, stated)
    except CertificateError as error:
        return bool(error.path)
    return False


@pytest.mark.parametrize("name", FORGED)
def test_forged_certificates_are_refused(name: str) -> None:
    assert rejected(*FORGED[name])


def test_what_is_true_passes_the_same_rules() -> None:
    """The builders above make certificates that hold where the statement does."""
    for stated, node in (
        (claim(0, "<=", x * y, (x, ">"), (y, ">=")), step("factor", STRUCTURE, by=E(x), rest=E(y))),
        (claim(0, "<", x - 9, (x - 10, ">=")), cover(tail(1, 20), ball(10, 20))),
        (claim(FLAT, "=", sp.Rational(1, 3)), definite(FLAT, (y**3 / 3, None))),
        (claim(sp.Limit(1 / t, t, sp.oo), "=", 0), limit_of(sp.Limit(1 / t, t, sp.oo), ZERO, (ONE, 1 / t, ZERO))),
        (claim(sp.Max(-sp.sqrt(x), 0), "=", 0, (x, ">=")), ALGEBRA),
        (claim(x * sp.log(y), "=", 0, (x, "="), (y, ">")), step("eliminate", ALGEBRA, variable=E(x), index=0)),
    ):
        assert not rejected(stated, node), stated


LAWS: dict[str, tuple[Claim, Any]] = {
    "terms that are others": by_law("sum", a + 1 / x, sp.oo, a, of=[E(a), E(2 / x)], steps=[None, None]),
    "infinite terms of both signs": by_law(
        *("sum", a * x - x, sp.oo, sp.oo, (a, ">")),
        of=[E(a * x), E(-x)],
        steps=[{"law": "product", "of": [E(a), E(x)], "steps": [None, None]}, None],
    ),
    "terms without values near the point": by_law(
        "sum", a / x, sp.oo, ZERO, of=[E(a / x + sp.log(-x)), E(-sp.log(-x))], steps=["bounded", None]
    ),
    "a bounded factor of no bound": by_law(
        "product", a * x / x**2 * x, sp.oo, ZERO, of=[E(1 / x), E(a * x)], steps=[None, "bounded"]
    ),
    "a bounded factor beside no zero": by_law(
        "product",
        sp.sin(a * x) * (1 + 1 / x),
        sp.oo,
        ZERO,
        of=[E(sp.sin(a * x)), E(1 + 1 / x)],
        steps=["bounded", None],
    ),
    "an infinity times a parameter of no sign": by_law(
        "product", a * x, sp.oo, sp.oo, of=[E(a), E(x)], steps=[None, None]
    ),
    "a factor that may be 0": by_law("product", a * x, sp.oo, sp.oo, (a, ">="), of=[E(a), E(x)], steps=[None, None]),
    "an exponential of another exponent": by_law(
        "exponential", sp.exp(-a * x), sp.oo, ZERO, (-a, ">"), of=[E(-x)], sign=1, step=None
    ),
    "a power of a base without sign": by_law(
        "exponential",
        a**x,
        sp.oo,
        sp.oo,
        of=[E(x * sp.log(a))],
        sign=1,
        step={"law": "product", "of": [E(x), E(sp.log(a))], "steps": [None, None]},
    ),
    "a sine at infinity": by_law(
        "function",
        sp.sin(a * x),
        sp.oo,
        ZERO,
        (a, ">"),
        step={"law": "product", "of": [E(a), E(x)], "steps": [None, None]},
    ),
    "one over what may be 0": by_law(
        "function", 1 / (a + 1 / x), sp.oo, 1 / a, step={"law": "sum", "of": [E(a), E(1 / x)], "steps": [None, None]}
    ),
    "a root of what may be negative": by_law(
        "function",
        sp.sqrt(a + 1 / x),
        sp.oo,
        sp.sqrt(a),
        (a, ">="),
        step={"law": "sum", "of": [E(a), E(-1 / x)], "steps": [None, None]},
    ),
    "Taylor coefficients at infinity": by_law("taylor", a * x / (x + 1), sp.oo, ONE),
    "Taylor coefficients at a pole": by_law("taylor", (a + x) / x, ZERO, ONE),
    "a scale that is no number": by_law("scale", sp.tanh(a * x**2), sp.oo, ONE, (a, "!="), by=sp.sqrt(a), step=None),
    "a scale that may be 0": by_law("scale", sp.tanh(a * x), sp.oo, ONE, (a, ">="), by=a, step=None),
    "a scale of the other sign": by_law("scale", sp.tanh(a * x), sp.oo, ONE, (-a, ">"), by=a, step=None),
    "a scale at a finite point": by_law("scale", sp.tanh(a * x + 1), ZERO, sp.tanh(ONE), (a, ">"), by=a, step=None),
    "one over the variable at 1": by_law("turn", a * x, ONE, a, step={"law": "taylor"}),
    "a shift of infinity": by_law("shift", a / x, sp.oo, ZERO, step=None),
    "no such law": by_law("trust", a / x, sp.oo, ZERO),
}


@pytest.mark.parametrize("name", LAWS)
def test_forged_laws_of_limits_are_refused(name: str) -> None:
    assert rejected(*LAWS[name])


def test_the_laws_of_limits_hold_where_they_apply() -> None:
    of, steps = [E(a), E(1 / x)], [None, None]
    for stated, node in (
        by_law("sum", a + 1 / x, sp.oo, a, of=of, steps=steps),
        by_law("product", a / x, sp.oo, ZERO, of=of, steps=steps),
        by_law("scale", sp.tanh(a * x), sp.oo, ONE, (a, ">"), by=a, step=None),
        by_law("function", 1 / (a + 1 / x), sp.oo, 1 / a, (a, ">"), step={"law": "sum", "of": of, "steps": steps}),
        by_law("taylor", sp.sin(a * x) / x, ZERO, a),
    ):
        assert not rejected(stated, node), stated


X = ("sym", "x")
DIAGONAL = ("tr", ("mul", ("diag", X), ("sym", "A")))
MATRICES: dict[str, tuple[MatrixClaim, Any]] = {
    "the derivative of a map by name": (
        MatrixClaim(
            ("jacobian", ("map", "f", X), X),
            "=",
            ("diag", ("map", "f'", X)),
            (("x", ("n", 1)),),
            (("f", x**2), ("f'", x)),
        ),
        {"rule": "words"},
    ),
    "a sign that is only not negative": (
        MatrixClaim(("map", "f", X), ">", ("num", "0"), (("x", ("n", 1)),), (("f", sp.Abs(x)),)),
        step("elementwise", STRUCTURE),
    ),
    "a sign against more than 0": (
        MatrixClaim(("map", "f", X), ">", ("num", "1"), (("x", ("n", 1)),), (("f", sp.exp(x)),)),
        step("elementwise", STRUCTURE),
    ),
    "a sign the other way": (
        MatrixClaim(("map", "f", X), "<", ("num", "0"), (("x", ("n", 1)),), (("f", sp.exp(x)),)),
        step("elementwise", STRUCTURE),
    ),
    "a difference of positive parts": (
        MatrixClaim(
            *(("add", ("gibbs", X), ("mul", ("num", "-1"), ("gibbs", X), ("num", "2"))), ">=", ("num", "0")),
            (("x", ("n", 1)),),
        ),
        step("elementwise", STRUCTURE),
    ),
    "a logarithm of what may be negative": (
        MatrixClaim(
            *(("map", "f", X), "=", ("map", "f", ("add", X, ("mul", ("num", "0"), X)))),
            (("x", ("n", 1)),),
            (("f", sp.log(x)),),
        ),
        step("words", ALGEBRA, ALGEBRA),
    ),
    "a root of a branch that may be negative": (
        MatrixClaim(
            ("map", "f", X),
            "=",
            ("map", "f", X),
            (("x", ("n", 1)),),
            (("f", sp.Piecewise((x, x > 0), (sp.sqrt(x), True))),),
        ),
        step("words", ALGEBRA),
    ),
    "no step for where a function is defined": (
        MatrixClaim(("map", "f", X), "=", ("map", "f", X), (("x", ("n", 1)),), (("f", sp.log(x)),)),
        {"rule": "words"},
    ),
    "a diagonal for a matrix of ones": (
        MatrixClaim(("diag", X), "=", ("mul", X, ("ones", 1, "n")), (("x", ("n", 1)),)),
        step("elementwise", ALGEBRA, ALGEBRA),
    ),
    "a row for a column": (
        MatrixClaim(
            *(("mul", X, ("ones", 1, "n")), "=", ("mul", ("ones", "n", 1), ("T", X))),
            (("x", ("n", 1)),),
        ),
        step("elementwise", ALGEBRA),
    ),
    "an inverse beside a column that it does not hold": (
        MatrixClaim(
            ("mul", X, ("T", ("sym", "y")), ("inv", ("add", ("I",), ("mul", X, ("ones", 1, "n"))))),
            "=",
            ("add", ("I",), ("mul", ("num", "-1"), ("inv", ("add", ("I",), ("mul", X, ("ones", 1, "n")))))),
            (("x", ("n", 1)), ("y", ("n", 1))),
        ),
        {"rule": "words"},
    ),
    "other factors under a sum": (
        MatrixClaim(
            ("mul", ("sym", "A"), ("diag", X), ("sym", "A")),
            "=",
            ("mul", ("sym", "A"), ("diag", ("sym", "y")), ("sym", "A")),
            (("x", ("n", 1)), ("y", ("n", 1)), ("A", ("n", "n"))),
        ),
        step("sums", ALGEBRA),
    ),
    "a sum as positive as one of its terms may be": (
        MatrixClaim(("num", "0"), "<", ("fro2", ("sym", "A")), (("A", ("m", "n")),)),
        step("elementwise", STRUCTURE),
    ),
    "an inequality of what a sum is weighted with": (
        MatrixClaim(
            *(("mul", ("T", X), ("map", "f", X)), "<=", ("mul", ("T", X), ("map", "g", X))),
            *((("x", ("n", 1)),), (("f", sp.exp(x)), ("g", sp.exp(x) + 1))),
        ),
        step("sums", STRUCTURE),
    ),
    "an inverse that is not square": (
        MatrixClaim(("mul", ("inv", ("sym", "A")), ("sym", "A")), "=", ("I",), (("A", ("m", "n")),)),
        {"rule": "words"},
    ),
    "the inverse of 0": (
        MatrixClaim(
            ("inv", ("add", X, ("mul", ("num", "-1"), X))),
            "=",
            ("inv", ("add", X, ("mul", ("num", "-1"), X))),
            (("x", ("n", "n")),),
        ),
        {"rule": "words"},
    ),
    "induction with a bias that holds x": (
        MatrixClaim(("stack", X), "=", ("affine", X), ()),
        {"rule": "induction", "weight": ["mul", ["sym", "W"], ["sym", "M"]], "bias": ["sym", "x"]},
    ),
    "induction for another claim": (
        MatrixClaim(("stack", X), "=", X, ()),
        {
            "rule": "induction",
            "weight": ["mul", ["sym", "W"], ["sym", "M"]],
            "bias": ["add", ["mul", ["sym", "W"], ["sym", "c"]], ["sym", "b"]],
        },
    ),
    "squares of negative weight": (
        MatrixClaim(("num", "0"), "<=", ("mul", ("num", "-1"), ("fro2", ("sym", "A"))), (("A", ("m", "n")),)),
        {"rule": "gram", "terms": [["-1", ["sym", "A"]]]},
    ),
    "squares for a strict sign": (
        MatrixClaim(("num", "0"), "<", ("fro2", ("sym", "A")), (("A", ("m", "n")),)),
        {"rule": "gram", "terms": [["1", ["sym", "A"]]]},
    ),
    "squares the wrong way": (
        MatrixClaim(("num", "0"), ">=", ("fro2", ("sym", "A")), (("A", ("m", "n")),)),
        {"rule": "gram", "terms": [["1", ["sym", "A"]]]},
    ),
    "squares that do not add up": (
        MatrixClaim(("tr", ("sym", "A")), "<=", ("fro2", ("sym", "A")), (("A", ("n", "n")),)),
        {"rule": "gram", "terms": [["1", ["sym", "A"]]]},
    ),
    "a factor that has no inverse": (
        MatrixClaim(("sym", "A"), "=", ("sym", "B"), (("A", ("n", "n")), ("B", ("n", "n")))),
        {"rule": "words", "left": [["add", ["sym", "A"], ["mul", ["num", "-1"], ["sym", "A"]]]]},
    ),
    "a zero factor with an inverse": (
        MatrixClaim(
            ("mul", ("sym", "A"), ("inv", ("add", X, ("mul", ("num", "-1"), X)))),
            *("=", ("sym", "A"), (("A", ("n", "n")), ("x", ("n", "n")))),
        ),
        {"rule": "words", "left": [["add", ["sym", "x"], ["mul", ["num", "-1"], ["sym", "x"]]]]},
    ),
    "a factor for an inequality": (
        MatrixClaim(
            *(("num", "0"), "<=", ("tr", ("inv", ("sym", "A")))),
            (("A", ("n", "n")),),
        ),
        {"rule": "words", "left": [["num", "0"]]},
    ),
    "an inverse of a sum by its parts": (
        MatrixClaim(
            ("inv", ("add", ("sym", "A"), ("sym", "B"))),
            *("=", ("add", ("inv", ("sym", "A")), ("inv", ("sym", "B")))),
            (("A", ("n", "n")), ("B", ("n", "n"))),
        ),
        {"rule": "words", "left": [["add", ["sym", "A"], ["sym", "B"]]]},
    ),
    "diagonal factors in another order": (
        MatrixClaim(
            *(("mul", ("diag", X), ("sym", "A")), "=", ("mul", ("sym", "A"), ("diag", X))),
            (("x", ("n", 1)), ("A", ("n", "n"))),
        ),
        {"rule": "sums", "steps": [ALGEBRA, ALGEBRA]},
    ),
    "outer products exchanged": (
        MatrixClaim(
            *(("mul", ("diag", X), ("sym", "y"), ("T", ("sym", "y"))), "="),
            ("mul", ("diag", ("sym", "y")), X, ("T", X)),
            (("x", ("n", 1)), ("y", ("n", 1))),
        ),
        {"rule": "sums", "steps": [ALGEBRA, ALGEBRA]},
    ),
    "a summed index that captures": (
        MatrixClaim(
            ("mul", ("T", ("ones", "n", 1)), ("map", "exp", ("mul", ("sym", "A"), X))),
            "=",
            ("mul", ("T", ("ones", "n", 1)), ("map", "exp", ("mul", ("ones", "n", 1), DIAGONAL))),
            *((("A", ("n", "n")), ("x", ("n", 1))), (("exp", sp.exp(x)),)),
        ),
        {"rule": "sums", "steps": [ALGEBRA]},
    ),
    "one over a sum of reciprocals": (
        MatrixClaim(
            *(("mul", ("ones", "n", 1), ("inv", ("tr", ("inv", ("diag", X))))), "=", X),
            (("x", ("n", 1)),),
        ),
        {"rule": "words"},
    ),
    "the inverse of what is 0 on an open set": (
        MatrixClaim(
            *(("mul", ("map", "relu", X), ("inv", ("map", "relu", X))), "=", ("num", "1")),
            *((("x", (1, 1)),), (("relu", sp.Max(0, x)),)),
        ),
        {"rule": "words"},
    ),
    "exp by another name": (
        MatrixClaim(
            *(
                ("gibbs", X),
                "=",
                ("mul", ("map", "exp", X), ("inv", ("mul", ("T", ("ones", "n", 1)), ("map", "exp", X)))),
            ),
            *((("x", ("n", 1)),), (("exp", x**2 + 1),)),
        ),
        {"rule": "words", "unfold": True},
    ),
    "a weight that may be negative": (
        MatrixClaim(("num", "0"), "<=", ("tr", ("mul", ("T", X), ("diag", X), X)), (("x", ("n", 1)),)),
        {"rule": "gram", "terms": [["1", ["sym", "x"], ["sym", "x"]]]},
    ),
    "sums of different lengths": (
        MatrixClaim(
            *(("fro2", X), "<=", ("add", ("fro2", X), ("mul", ("T", ("ones", "m", 1)), ("sym", "y")))),
            (("x", ("n", 1)), ("y", ("m", 1))),
        ),
        {"rule": "sums", "steps": [STRUCTURE]},
    ),
    "a number for a sum": (
        MatrixClaim(("num", "1"), "<=", ("fro2", X), (("x", ("n", 1)),)),
        {"rule": "sums", "steps": [STRUCTURE]},
    ),
    "the first link of a chain alone": (
        MatrixClaim(("num", "0"), "<=", ("fro2", X), (("x", ("n", 1)),), more=(("<=", ("num", "0")),)),
        {"rule": "gram", "terms": [["1", ["sym", "x"]]]},
    ),
    "one proof for two links": (
        MatrixClaim(("num", "0"), "<=", ("fro2", X), (("x", ("n", 1)),), more=(("<=", ("num", "0")),)),
        {"rule": "chain", "steps": [{"rule": "gram", "terms": [["1", ["sym", "x"]]]}]},
    ),
    "determinants of two sizes": (
        MatrixClaim(("det", ("mul", ("num", "2"), ("I", 2))), "=", ("det", ("mul", ("num", "2"), ("I", 3))), ()),
        {"rule": "words"},
    ),
    "a number beside I": (
        MatrixClaim(
            ("mul", ("add", ("num", "1"), ("I",)), ("sym", "A")),
            *("=", ("mul", ("num", "2"), ("sym", "A")), (("A", ("n", "n")),)),
        ),
        {"rule": "words"},
    ),
    "a number for I": (MatrixClaim(("I",), "=", ("num", "1"), ()), {"rule": "words"}),
    "a column without entries": (
        MatrixClaim(("mul", ("T", ("ones", 0, 1)), ("gibbs", X)), "=", ("num", "1"), (("x", (0, 1)),)),
        {"rule": "words"},
    ),
    "another order": (
        MatrixClaim(
            *(("mul", ("sym", "A"), ("sym", "B")), "=", ("mul", ("sym", "B"), ("sym", "A"))),
            (("A", ("n", "n")), ("B", ("n", "n"))),
        ),
        {"rule": "words"},
    ),
}


@pytest.mark.parametrize("name", MATRICES)
def test_forged_matrix_certificates_are_refused(name: str) -> None:
    assert rejected(*MATRICES[name])


def deep(levels: int) -> Any:
    data: Any = E(x)
    for _ in range(levels):
        data = {"op": "exp", "args": [data]}
    return data


def hostile() -> dict[str, Any]:
    """Certificates that are no certificates: types confused, cycles, depth, sizes that no machine holds."""
    stated = claim(x, "=", x).to_dict()
    cycle: dict[str, Any] = {"op": "exp"}
    cycle["args"] = [cycle]
    loop: dict[str, Any] = step("cases", on=E(x), parts=["<", ">="])
    loop["steps"] = [loop, loop]

    def about(*sides: Any) -> Any:
        return {**stated, "sides": list(sides)}

    def power(base: Any, exponent: str) -> Any:
        return {"op": "Pow", "args": [base, {"q": exponent}]}

    wide = {"op": "Add", "args": [E(x), {"q": "1"}]}
    proofs = {
        f"node {k}": {"format": FORMAT, "claim": stated, "proof": p}
        for k, p in enumerate(
            (
                *({"rule": []}, {"rule": {}}, {"rule": 5}, {}, None, [], "algebra", loop),
                *(step("cases", on=E(x), parts=["<", ">="]), {**loop, "steps": "ab"}, {**loop, "steps": {0: 1, 1: 2}}),
                *({**loop, "on": deep(3000)}, {**loop, "on": cycle}, {**loop, "parts": None}, {**loop, "on": 5}),
                *(step("eliminate", variable=E(x), index=10**9), step("eliminate", variable=E(x), index="0")),
                step("sign", variable=E(x), cells=[{"kind": []}]),
                step("factor", ALGEBRA, by=power({"q": "2"}, "9" * 12), rest=E(x)),
                step("factor", ALGEBRA, by=power(wide, "9" * 5), rest=E(x)),
                step("factor", ALGEBRA, by={"op": "factorial", "args": [{"q": "9" * 9}]}, rest=E(x)),
            )
        )
    }
    claims = {
        f"claim {k}": {"format": FORMAT, "claim": c, "proof": ALGEBRA}
        for k, c in enumerate(
            (
                *([], None, 5, "x", {"kind": []}, about(deep(3000), deep(3000)), about(cycle, cycle)),
                *(about({"q": "1/0"}, E(x)), about({"q": "9" * 5000}, E(x)), about({"q": 7}, E(x)), about(E(x))),
                *({**stated, "premises": 5}, {**stated, "premises": [[E(x), "~"]]}, {**stated, "relations": "<<"}),
                *({**stated, "defined": [[E(x)]]}, about({"op": "Lt", "args": [E(x), E(x)]}, E(x))),
                *(about(power({"q": "2"}, "9" * 12), E(x)), about(power(wide, "9" * 5), E(x))),
                about({"op": "exp", "args": [power({"q": "10"}, "9" * 9)]}, E(x)),
            )
        )
    }
    matrix = {"kind": "matrix", "lhs": ["sym", "A"], "relation": "=", "rhs": ["sym", "A"], "shapes": [], "text": ""}
    matrix["definitions"] = []
    shapes = {
        f"matrix {k}": {"format": FORMAT, "claim": matrix | more, "proof": {"rule": rule}}
        for k, (rule, more) in enumerate(
            (
                *(("words", {}), ("words", {"lhs": 5}), ("words", {"lhs": []}), ("words", {"shapes": [["A"]]})),
                ("words", {"lhs": ["num", "1e999999999"], "rhs": ["num", "1e999999999"]}),
                ("words", {"lhs": ["num", "1/0"], "rhs": ["num", "1/0"]}),
                ("entries", {"lhs": ["ones", 10**6, 10**6], "rhs": ["ones", 10**6, 10**6]}),
                ("entries", {"lhs": ["I", 10**6], "rhs": ["I", 10**6]}),
                ("entries", {"shapes": [["A", [10**6, 10**6]]]}),
                ("entries", {"shapes": [["A", [0, 0]]]}),
                ([], {"shapes": [["A", ["n", "n"]]]}),
            )
        )
    }
    return {"no dict": [], "nothing": None, "text": "x", **proofs, **claims, **shapes}


@pytest.mark.parametrize("name", hostile())
def test_hostile_data_are_refused_by_name(name: str) -> None:
    with pytest.raises(CertificateError):
        check(hostile()[name])
