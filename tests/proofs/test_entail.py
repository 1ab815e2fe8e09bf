"""Hypotheses: signs that are claimed hold at random points; what does not follow is not claimed."""

from __future__ import annotations

import random

import sympy as sp

from symacts.proofs.checker.domains import obligations
from symacts.proofs.checker.entail import Given, Undecided
from symacts.proofs.checker.linear import infeasible, linear_form

x, y, a = sp.symbols("x y a", real=True)

EXPRESSIONS = [
    *(
        x - y,
        x * y,
        x**2 - 2 * x * y + y**2,
        sp.exp(x) - 1,
        sp.exp(x) - sp.exp(y),
        1 - sp.tanh(x),
        2 + sp.sin(x) + sp.cos(y),
    ),
    *(
        x - a * x,
        a - 1,
        sp.log(1 + sp.exp(x)),
        1 / (1 + sp.exp(-x)) - 1,
        x**2 + y**2,
        sp.sqrt(x**2 + a) - sp.sqrt(a),
        -sp.erf(x),
    ),
    *(sp.tanh(x) * sp.erf(y), -sp.atan(x) * y / sp.sinh(a), x**3 / y, x**2 / y**3),
    *(3 * sp.exp(x) - 2 * sp.exp(y), 1 / (sp.exp(x) + 1) - 1 / (sp.exp(x) + 2), x**3 - x, sp.Max(x, 0) - sp.Min(x, 0)),
]
HYPOTHESES = [
    (),
    ((x, ">"),),
    ((x - y, ">="), (y, ">")),
    ((a, ">"), (1 - a, ">=")),
    ((x - y, ">"), (a, ">=")),
    ((-x, ">="), (x - y, "=")),
    ((x * y, ">="), (a, ">")),
]


def test_claimed_signs_hold_at_random_points(rng: random.Random) -> None:
    checked = 0
    for conditions in HYPOTHESES:
        given = Given(conditions)
        for e in EXPRESSIONS:
            allowed = given.sign(e)
            for _ in range(12):
                point = {s: sp.Rational(rng.randint(-30, 30), 10) for s in (x, y, a)}
                if any(op == "=" for _, op in conditions):
                    point[y] = point[x]
                values = [(c.subs(point), op) for c, op in conditions]
                if not all(v > 0 if op == ">" else v >= 0 if op == ">=" else v == 0 for v, op in values):
                    continue
                value = sp.N(e.subs(point), 30)
                if value.is_real:
                    checked += 1
                    sign = 0 if abs(value) < sp.Float("1e-20") else int(sp.sign(value))
                    assert sign in allowed, (conditions, e, point)
    assert checked > 300


def test_linear_contradictions() -> None:
    rows = lambda *cs: [(linear_form(e), strict) for e, strict in cs]  # noqa: E731
    assert infeasible(rows((x - y, True), (y - a, False), (a - x, False)))
    assert not infeasible(rows((x - y, False), (y - a, False), (a - x, False)))
    assert infeasible(rows((2 * x - 1, True), (1 - 3 * x, True)))


def test_switches_are_resolved_only_where_decided() -> None:
    assert Given(((x, ">"),)).resolve(sp.Max(x, -x) + sp.sign(x)) == x + 1
    for e in (sp.Max(x, 0), sp.Abs(x - 1), sp.Piecewise((1, x > 1), (0, True))):
        try:
            Given(((x, ">"),)).resolve(e)
        except Undecided:
            continue
        assert e == sp.Max(x, 0)


def test_a_derivative_takes_a_whole_neighborhood() -> None:
    d = sp.Derivative(sp.Abs(x), x)
    assert Given(((x, ">"),)).resolve(d) == 1
    for conditions in (((x, ">="),), ((x, "="),), ()):
        try:
            Given(conditions).resolve(d)
        except Undecided:
            continue
        raise AssertionError(conditions)


def test_obligations() -> None:
    assert set(obligations(sp.log(x) / y)) == {(y, "!="), (x, ">")}
    assert obligations(sp.exp(x) * sp.tanh(x)) == []
    assert (x, ">=") in obligations(sp.sqrt(x))


def test_odd_functions_keep_the_sign_of_a_product() -> None:
    given = Given([(x * y, ">=")])
    assert given.holds(sp.tanh(x) * sp.tanh(y), ">=") and not given.holds(sp.tanh(x) * sp.tanh(a), ">=")
    assert not given.holds(sp.tanh(x) * sp.sin(y), ">=")
    given = Given([(x * y, ">")])
    assert given.holds(x, "!=") and not given.holds(x, ">") and not Given([(x * y, ">=")]).holds(x, "!=")
    assert given.holds(sp.tanh(x) / sp.erf(y) ** 3, ">") and given.holds(1 / (x * y), ">")
    assert not given.holds(sp.tanh(x) / y**2, ">") and not given.holds(x**2 * y, ">")


def test_whole_parts_lie_beside_their_arguments() -> None:
    down, up, given = sp.floor(2 * x), sp.ceiling(x - y), Given()
    assert given.holds(2 * x - down, ">=") and given.holds(down + 1 - 2 * x, ">")
    assert given.holds(up - x + y, ">=") and given.holds(x - y + 1 - up, ">")
    assert not given.holds(2 * x - down, ">") and not given.holds(down + 1 - 2 * x - sp.Rational(1, 1000), ">=")
    assert not given.holds(x - y - up, ">=") and not given.holds(sp.floor(x) - sp.floor(y), ">=")
