"""Facts of vector and gated formulas against plain numeric evaluation, with near misses that must not pass."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

import mpmath
import pytest
import sympy as sp

from symacts.rigor.oracle import BallOracle
from symacts.spec import Activation, Parameter, g, i, j, n, x, xs
from symacts.symbolic.vectors import facts_of, k

T = Parameter("T", 2, "positive")
ORACLE = BallOracle()


def total(e: sp.Expr) -> sp.Expr:
    return sp.Sum(e, (j, 0, n - 1))


SHARE = sp.exp(xs[i] / T.symbol) / total(sp.exp(xs[j] / T.symbol))
FORMULAS: dict[str, sp.Expr] = {
    "share": SHARE,
    "reversed": sp.exp(-xs[i]) / total(sp.exp(-xs[j])),
    "log_share": xs[i] - sp.log(total(sp.exp(xs[j]))),
    "soft_maximum": sp.log(total(sp.exp(xs[j]))),
    "unit": xs[i] / sp.sqrt(total(xs[j] ** 2)),
    "squares": xs[i] ** 2 / total(xs[j] ** 2),
    "plus_one": sp.exp(xs[i]) / (1 + total(sp.exp(xs[j]))),
    "centered": xs[i] - total(xs[j]) / n,
    "entropy_like": xs[i] * total(xs[j] * sp.exp(xs[j])),
    "doubled": 2 * sp.exp(xs[i]) / total(sp.exp(xs[j])),
}


def activation(name: str) -> Activation:
    e = FORMULAS[name]
    return Activation(name, e, (T,) if e.has(T.symbol) else (), kind="vector")


def value(e: sp.Expr, point: list[mpmath.mpf], row: int, column: int = 0) -> mpmath.mpf:
    """A formula at a vector, by plain recursion over SymPy's own summation."""
    size = len(point)
    concrete = e.subs(n, size).replace(
        lambda a: isinstance(a, sp.Sum), lambda a: sp.Add(*(a.function.subs(a.limits[0][0], m) for m in range(size)))
    )
    concrete = concrete.subs({i: row, k: column}).subs({xs[m]: sp.Float(point[m], 40) for m in range(size)})
    return mpmath.mpf(concrete.subs(T.symbol, 2).evalf(40)._mpf_)


@cache
def facts(name: str, symbolic: bool = False):
    return facts_of(activation(name), symbolic, ORACLE)


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("symbolic", [False, True])
def test_jacobian_is_the_difference_quotient(name: str, symbolic: bool, rng: random.Random) -> None:
    fact = facts(name, symbolic)["jacobian"]
    assert fact.known
    formula = activation(name).formula
    with mpmath.workdps(40):
        point = [mpmath.mpf(rng.uniform(-2, 2)) for _ in range(3)]
        for row in range(3):
            for column in range(3):

                def along(t: mpmath.mpf, row: int = row, column: int = column) -> mpmath.mpf:
                    moved = [p + (t if m == column else 0) for m, p in enumerate(point)]
                    return value(formula, moved, row)

                h = mpmath.mpf("1e-9")
                slope = (along(h) - along(-h)) / (2 * h)
                assert abs(slope - value(fact.value, point, row, column)) < 1e-14, (row, column)


def check_sum(f: Callable[..., mpmath.mpf], p: list[mpmath.mpf]) -> bool:
    return bool(abs(sum(f(p, r) for r in range(len(p))) - 1) < 1e-25)


def check_shift(f: Callable[..., mpmath.mpf], p: list[mpmath.mpf]) -> bool:
    return bool(abs(f([v + 1 for v in p], 0) - f(p, 0)) < 1e-25)


def check_shift_through(f: Callable[..., mpmath.mpf], p: list[mpmath.mpf]) -> bool:
    return bool(abs(f([v + 1 for v in p], 0) - f(p, 0) - 1) < 1e-25)


def check_order(f: Callable[..., mpmath.mpf], p: list[mpmath.mpf]) -> bool:
    ranks = sorted(range(len(p)), key=lambda r: p[r])
    values = [f(p, r) for r in ranks]
    return values == sorted(values)


def check_scale(f: Callable[..., mpmath.mpf], p: list[mpmath.mpf]) -> bool:
    return bool(abs(f([3 * v for v in p], 0) - 3 * f(p, 0)) < 1e-25)


LAWS = {
    "sums_to_one": check_sum,
    "shift_invariant": check_shift,
    "shift_equivariant": check_shift_through,
    "order_preserving": check_order,
    "homogeneous": check_scale,
}


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("law", LAWS)
def test_true_laws_hold_and_false_ones_fail_somewhere(name: str, law: str, rng: random.Random) -> None:
    fact = facts(name)[law]
    if not fact.known:
        return
    formula = activation(name).formula
    with mpmath.workdps(40):
        points = [[mpmath.mpf(rng.uniform(-2, 2)) for _ in range(m)] for m in (2, 2, 3, 4)]
        held = [LAWS[law](lambda p, r: value(formula, p, r), p) for p in points]
    assert all(held) if fact.value else not all(held), (fact, held)


@pytest.mark.parametrize(
    ("name", "law", "expected"),
    [
        ("share", "sums_to_one", True),
        ("share", "shift_invariant", True),
        ("share", "order_preserving", True),
        ("share", "range", sp.Interval.open(0, 1)),
        ("share", "sign", "positive"),
        ("share", "jacobian_symmetric", True),
        ("reversed", "order_preserving", False),
        ("reversed", "sums_to_one", True),
        ("log_share", "shift_invariant", True),
        ("log_share", "range", sp.Interval.open(-sp.oo, 0)),
        ("log_share", "sign", "negative"),
        ("log_share", "sums_to_one", False),
        ("soft_maximum", "shift_equivariant", True),
        ("soft_maximum", "sums_to_one", None),
        ("squares", "sums_to_one", True),
        ("squares", "order_preserving", None),
        ("squares", "shift_invariant", False),
        ("squares", "range", None),
        ("plus_one", "sums_to_one", False),  # the near miss: one in the denominator
        ("plus_one", "shift_invariant", False),
        ("plus_one", "range", None),
        ("centered", "shift_invariant", True),
        ("centered", "homogeneous", True),
        ("centered", "sums_to_one", False),
        ("doubled", "sums_to_one", False),
        ("doubled", "range", None),
    ],
)
def test_expected_values(name: str, law: str, expected: object) -> None:
    assert facts(name)[law].value == expected
    if expected is not False:
        # what holds for all T > 0 holds at the default
        assert facts(name, symbolic=True)[law].value == expected


def test_the_known_form_of_the_jacobian() -> None:
    p = SHARE
    expected = p * (sp.KroneckerDelta(i, k) - p.subs(i, k)) / T.symbol
    assert facts("share", symbolic=True)["jacobian"].value == expected


def test_nothing_is_false_without_an_oracle() -> None:
    for name in FORMULAS:
        for law, fact in facts_of(activation(name)).items():
            assert fact.value is not False or law == "order_preserving"


@pytest.mark.parametrize(
    "formula",
    [
        xs[0] + xs[i],
        xs[i + 1],
        xs[i] * i,
        xs[i] / sp.Sum(xs[j], (j, 1, n - 1)),
        sp.Sum(sp.exp(xs[j] - xs[i]), (j, 0, n - 1)),
        sp.Sum(j * xs[j], (j, 0, n - 1)) + xs[i],
    ],
)
def test_other_shapes_of_formula_are_unknown_not_wrong(formula: sp.Expr) -> None:
    found = facts_of(Activation("odd_one", formula, kind="vector"), oracle=ORACLE)
    assert found["definition"].value == formula
    assert not any(f.known for name, f in found.items() if name != "definition")


def test_gated_facts() -> None:
    gate = Activation("gate", x * sp.Max(g, 0) ** 2, kind="gated")
    found = facts_of(gate, oracle=ORACLE)
    assert found["partial_x"].value == sp.Max(g, 0) ** 2
    slope = found["partial_g"].value
    for a in (-2, -1, 1, 3):
        assert slope.subs({x: 5, g: a}) == (10 * a if a > 0 else 0)
    assert (found["linear_in_x"].value, found["linear_in_g"].value, found["symmetric"].value) == (True, False, False)
    product = facts_of(Activation("product", x * g, kind="gated"), oracle=ORACLE)
    assert all(product[name].value is True for name in ("linear_in_x", "linear_in_g", "symmetric"))
    near = facts_of(Activation("near", x * g + x**2 * g / 1000, kind="gated"), oracle=ORACLE)
    assert near["linear_in_x"].value is False and near["linear_in_g"].value is True


def test_limits_in_the_temperature(seed: int) -> None:
    limit = facts("share", symbolic=True)["parameter_limits"]
    assert limit.value == (("T", sp.oo, 1 / n),)
    assert "parameter_limits" not in facts("share")
    # far out, by numbers: T = 10**8 and three entries
    with mpmath.workdps(30):
        z = [mpmath.mpf(v) for v in (-2, 1, 5)]
        shares = [mpmath.exp(v / 10**8) for v in z]
        assert abs(shares[0] / sum(shares) - mpmath.mpf(1) / 3) < 1e-7
    growing = Activation("growing", sp.exp(T.symbol * xs[i]) / total(sp.exp(T.symbol * xs[j])), (T,), kind="vector")
    assert not facts_of(growing, symbolic=True)["parameter_limits"].known
    jump = Activation("jump", sp.sign(xs[i] / T.symbol) + total(xs[j]) / T.symbol, (T,), kind="vector")
    assert not facts_of(jump, symbolic=True)["parameter_limits"].known
