"""Single rules of the checker against hostile nodes: what a rule does not establish, no certificate may claim."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from symacts.codec import encode
from symacts.proofs.check import RULES, CertificateError, Goal, check_goal
from symacts.proofs.checker.entail import Given

x, y, z, a = sp.symbols("x y z a", real=True)
ALGEBRA: dict[str, Any] = {"rule": "algebra"}


def _rejected(goal: Goal, node: dict[str, Any]) -> None:
    with pytest.raises(CertificateError):
        check_goal(goal, node)


def _monotone(lhs: sp.Expr, rhs: sp.Expr, at: sp.Expr, *given: Any) -> tuple[Goal, dict[str, Any]]:
    node = {"rule": "monotone", "variable": encode(y), "from": encode(x), "side": 1, "strict": "isolated"}
    return Goal(Given(((y - x, ">"), *given)), lhs, "<", rhs), {**node, "at": encode(at)}


def test_a_slope_with_isolated_zeros_is_strict() -> None:
    goal, node = _monotone(x**3, y**3, sp.S.One)
    first, second = RULES["monotone"](goal, node)
    assert (first.relation, first.rhs) == ("<=", 3 * y**2) and second.relation == "<="


@pytest.mark.parametrize(
    ("lhs", "rhs", "at", "given"),
    [
        (x**3, y**3, sp.S.Zero, ()),  # the slope vanishes at the point
        (x**3, y**3, sp.sqrt(2), ()),  # not a rational point
        (x**3, y**3, -sp.S.One, ((y, ">"),)),  # outside the interval
        (x * a, y * a, sp.S.One, ()),  # the slope depends on another variable, and may vanish throughout
        (x - x, y - y, sp.S.One, ()),  # constant
        (sp.log(x), sp.log(y), sp.S.One, ((x, ">"),)),  # not seen to be analytic on an interval of y alone
        (-1 / x, -1 / y, sp.S.One, ()),
    ],
)
def test_other_slopes_are_not(lhs: sp.Expr, rhs: sp.Expr, at: sp.Expr, given: Any) -> None:
    goal, node = _monotone(lhs, rhs, at, *given)
    with pytest.raises(Exception, match=r"."):
        RULES["monotone"](goal, node)


def test_conditions_are_shown_before_they_are_used() -> None:
    goal = Goal(Given([(x, ">=")]), sp.Max(2 * x, sp.tanh(x)), "=", 2 * x)
    node = {"rule": "lemma", "shows": [[encode(2 * x - sp.tanh(x)), ">="]]}
    main, side = RULES["lemma"](goal, node)
    assert (side.lhs, side.relation, side.rhs) == (0, "<=", 2 * x - sp.tanh(x))
    assert main.lhs == 2 * x and main.given.conditions == side.given.conditions == goal.given.conditions
    kept, _ = RULES["lemma"](goal, {**node, "keep": True})
    assert kept.lhs == goal.lhs and kept.given.resolve(kept.lhs) == 2 * x
    for steps in ([ALGEBRA, ALGEBRA], [ALGEBRA, {"rule": "structure"}], [ALGEBRA]):
        _rejected(goal, {**node, "steps": steps})


def _derivative(f: sp.Expr, lo: sp.Expr, hi: sp.Expr, order: int = 1) -> sp.Expr:
    return sp.Derivative(sp.Integral(f, (z, lo, hi)), (x, order))


def test_integrals_are_differentiated_in_their_bounds() -> None:
    of = _derivative(sp.exp(-(z**2)), sp.sin(x), x**2)
    (goal,) = RULES["leibniz"](Goal(Given(), of, "=", sp.S.Zero), {"rule": "leibniz", "of": encode(of)})
    assert sp.expand(goal.lhs - 2 * x * sp.exp(-(x**4)) + sp.exp(-(sp.sin(x) ** 2)) * sp.cos(x)) == 0


@pytest.mark.parametrize(
    "of",
    [
        _derivative(1 / z, sp.S.One, x),  # a pole
        _derivative(sp.log(z), sp.S.One, x),
        _derivative(x * z, sp.S.Zero, x),  # the variable in the integrand
        _derivative(sp.Abs(z), sp.S.Zero, x),  # not analytic
        _derivative(sp.exp(z), -sp.oo, x),  # not between two finite bounds
        _derivative(sp.exp(z), sp.S.Zero, sp.sqrt(x)),  # a bound that is not defined everywhere
        _derivative(sp.exp(z), sp.S.Zero, sp.Abs(x)),
    ],
)
def test_only_where_the_integrand_is_analytic_everywhere(of: sp.Expr) -> None:
    goal = Goal(Given(((x, ">"),)), of, "=", of)
    _rejected(goal, {"rule": "leibniz", "of": encode(of), "steps": [ALGEBRA]})


def test_the_order_of_bounds_is_seen() -> None:
    """`reversed` says that the lower bound is the larger one; neither order is taken on trust."""
    of = sp.Integral(sp.log(z), (z, sp.S.One, x))
    node = {
        "rule": "definite",
        "of": encode(of),
        "pieces": [{"F": encode(z * sp.log(z) - z), "to": encode(x)}],
    }
    for given, backwards in (((x,), 0), ((x,), 1), ((x - 1,), 1), ((x, 1 - x), 0)):
        goal = Goal(Given((e, ">") for e in given), of, "=", x * sp.log(x) - x + 1)
        _rejected(goal, {**node, **({"reversed": 1} if backwards else {}), "steps": [ALGEBRA]})


def test_an_integral_under_another_operator_stays() -> None:
    """Hypotheses about a point say nothing of the points around it, over which a derivative or a limit moves."""
    of = sp.Integral(sp.Max(x, 1) * z, (z, 0, 1))
    node = {"rule": "definite", "of": encode(of), "pieces": [{"F": encode(z**2 / 2), "to": encode(sp.S.One)}]}
    for outer in (sp.Derivative(of, x), sp.Limit(of, x, sp.oo), sp.Integral(of, (x, 0, 5))):
        goal = Goal(Given(((1 - x, ">="),)), outer, "=", sp.S.Zero)
        _rejected(goal, {**node, "steps": [ALGEBRA]})
    assert check_goal(Goal(Given(((1 - x, ">="),)), of, "=", sp.S.Half), {**node, "steps": [ALGEBRA]})


def _chord(f: sp.Expr, *, weights: Any = None, given: Any = (), points: Any = None) -> dict[str, Any]:
    half = sp.S.Half
    return {
        "rule": "convex",
        "f": encode(f),
        "variable": encode(z),
        "parts": [[encode(w), encode(p)] for w, p in zip(weights or (half, half), points or (x, y), strict=True)],
        "given": [[encode(e), op] for e, op in given],
    }


def test_a_chord_lies_above_a_convex_function() -> None:
    goal = Goal(Given(), sp.exp((x + y) / 2), "<=", (sp.exp(x) + sp.exp(y)) / 2)
    (child,) = RULES["convex"](goal, _chord(sp.exp(z)))
    assert child.rhs == sp.exp(z) and check_goal(goal, {**_chord(sp.exp(z)), "steps": [{"rule": "structure"}]})


def test_a_chord_where_the_function_is_defined() -> None:
    given = Given(((x, ">"), (y, ">")))
    goal = Goal(given, -sp.log((x + y) / 2), "<=", -(sp.log(x) + sp.log(y)) / 2)
    node = _chord(-sp.log(z), given=((z, ">"),))
    assert check_goal(goal, {**node, "steps": [{"rule": "structure"}]})
    _rejected(goal, {**node, "given": [], "steps": [{"rule": "structure"}]})


@pytest.mark.parametrize(
    ("f", "more", "given"),
    [
        (sp.exp(z) + 1, {}, ()),  # another function, by a constant that the chord does not see
        (sp.exp(z), {"weights": (sp.Rational(1, 3), sp.Rational(2, 3))}, ()),
        (sp.exp(z), {"weights": (-sp.S.Half, sp.Rational(3, 2))}, ()),
        (sp.exp(z), {"given": ((z, ">"),)}, ()),  # the points need not be positive
        (sp.exp(z), {"given": ((z**2, ">="),)}, ()),  # no interval
        (sp.exp(z + x), {}, ()),  # the function moves with a point
        (sp.Abs(z), {}, ()),
        (1 / z, {}, ()),
        (-sp.log(z), {}, ((x, ">"),)),
    ],
)
def test_other_chords_do_not(f: sp.Expr, more: dict[str, Any], given: Any) -> None:
    g = f if f != sp.exp(z) + 1 else 2 * f
    rhs, lhs = (g.xreplace({z: x}) + g.xreplace({z: y})) / 2, f.xreplace({z: (x + y) / 2})
    _rejected(Goal(Given(given), lhs, "<=", rhs), {**_chord(f, **more), "steps": [{"rule": "structure"}]})


def test_strictly_below_needs_more() -> None:
    goal = Goal(Given(), sp.exp((x + y) / 2), "<", (sp.exp(x) + sp.exp(y)) / 2)
    _rejected(goal, {**_chord(sp.exp(z)), "steps": [{"rule": "structure"}]})


def test_one_combination_decides() -> None:
    forward, back = [[encode(x), encode(z - 2 * y)]], [[encode(z), encode(x + 2 * y)]]
    node = {"rule": "transform", "forward": forward, "back": back, "given": [[encode(z), ">"]]}
    goal = Goal(Given(((x, ">"), (y, ">="))), sp.S.Zero, "<", sp.sinh(x + 2 * y))
    (child,) = RULES["transform"](goal, node)
    assert child.rhs == sp.sinh(z) and child.given.conditions == ((z, ">"),)
    for more in (
        {"given": [[encode(z - 1), ">"]]},  # does not follow
        {"given": [[encode(z), "="]]},
        {"given": [[encode(-z), "<"]]},
        {"forward": [[encode(x), encode(z - y)]]},  # x is not recovered
        {"back": [[encode(z), encode(x + y)]]},
        {"back": [[encode(y), encode(x + 2 * y)]]},  # a name in use
    ):
        _rejected(goal, {**node, **more, "steps": [{"rule": "structure"}]})
    _rejected(Goal(goal.given, sp.S.Zero, "<", y + sp.sinh(x + 2 * y)), {**node, "steps": [{"rule": "structure"}]})


def test_a_factor_that_may_vanish_shows_no_strict_inequality() -> None:
    node = {"rule": "factor", "by": encode(x), "rest": encode(1 + y**2), "steps": [{"rule": "structure"}]}
    given = Given(((x, ">="),))
    assert check_goal(Goal(given, sp.S.Zero, "<=", x * (1 + y**2)), node)
    _rejected(Goal(given, sp.S.Zero, "<", x * (1 + y**2)), node)
    _rejected(Goal(Given(), sp.S.Zero, "<=", x * (1 + y**2)), node)


def test_integers_less_than_the_next_one() -> None:
    node = {"rule": "whole", "steps": [{"rule": "structure"}]}
    assert check_goal(Goal(Given(), sp.floor(x) + sp.floor(y), "<=", sp.floor(x + y)), node)
    _rejected(Goal(Given(), sp.floor(x) + sp.floor(y), "=", sp.floor(x + y)), {**node, "steps": 2 * node["steps"]})
    _rejected(Goal(Given(), sp.floor(x), "<", sp.ceiling(x)), node)
    _rejected(Goal(Given(), x, "<=", sp.floor(x)), node)  # no integer, though x < floor(x) + 1
    _rejected(Goal(Given(), sp.floor(x) / 2, "<=", sp.floor(x / 2)), node)
    _rejected(Goal(Given(), sp.floor(sp.log(x)), "<=", sp.ceiling(sp.log(x))), node)  # not defined for x <= 0


def test_a_side_of_a_limit_is_left_out_only_where_nothing_is_defined() -> None:
    def node(of: sp.Expr, value: sp.Expr, absent: int) -> dict[str, object]:
        return {
            "rule": "limit",
            "of": encode(of),
            "value": encode(value),
            "within": encode(sp.S.One / 2),
            "absent": absent,
            "steps": [{"rule": "algebra"}],
        }

    root = sp.Limit(sp.sqrt(x), x, 0, "+-")
    assert check_goal(Goal(Given(), root, "=", sp.S.Zero), node(root, sp.S.Zero, -1))
    _rejected(Goal(Given(), root, "=", sp.S.Zero), node(root, sp.S.Zero, 1))
    for e, value in ((sp.exp(-1 / x), sp.S.Zero), (sp.log(1 + x), sp.S.Zero), (sp.sqrt(x + x**2 / 4 + 1), sp.S.One)):
        of = sp.Limit(e, x, 0, "+-")  # defined on both sides, so none may be left out
        _rejected(Goal(Given(), of, "=", value), node(of, value, -1))
    once = sp.Limit(sp.sqrt(-x), x, 0, "+")  # the only side there is
    _rejected(Goal(Given(), once, "=", sp.S.Zero), node(once, sp.S.Zero, 1))


@pytest.mark.parametrize("given", [(), ((x + 2, ">="),), ((-1 - x, ">="),)])
def test_a_product_logarithm_inverts_only_from_minus_one_on(given: tuple[Any, ...]) -> None:
    node = {"rule": "apply", "function": "product log", "steps": [ALGEBRA]}
    goal = Goal(Given(given), sp.LambertW(x * sp.exp(x)), "=", x, is_defined=True)
    _rejected(goal, node)
    assert check_goal(Goal(Given(((x + 1, ">="),)), goal.lhs, "=", x, is_defined=True), node)
