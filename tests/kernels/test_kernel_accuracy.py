"""Accuracy of kernels against mpmath: 4 ULP over the whole float range, limits at infinity, nan, no warnings."""

from __future__ import annotations

import importlib.util
import random
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp
from kernel_referee import Referee, Row, adversarial, compare, exact_float, sign_changes, ulps, worst
from mpmath import mpf

import symacts
from symacts.rewrite.halfline import Unrewritable
from symacts.rewrite.lower import words
from symacts.rewrite.regimes import FORMATS
from symacts.rewrite.samples import centers, samples
from symacts.spec import x

PROMISE = 4.0
"""ULP, for results in the normal range."""
SUBNORMAL = 4.0
"""Least subnormals, for results below the normal range."""
BACKENDS = ("numpy", "numba") if importlib.util.find_spec("numba") else ("numpy",)
NAMED = (
    "sigmoid", "tanh", "silu", "gelu", "gelu_tanh", "mish", "softplus", "elu", "selu", "celu", "log_sigmoid",
    "softsign", "hard_swish", "leaky_relu", "squareplus", "tanh_shrink",
)  # fmt: skip


def special_points(report_of: str, kernel: Any) -> list[float]:
    """Kinks that the formula's conditions name, and floats next to zeros of f and f'."""
    formula = symacts.get(report_of).formula
    numbers = {n for e in formula.atoms(sp.core.relational.Relational) for n in (e.lhs, e.rhs) if n.is_number}
    points = [v for n in numbers if (v := exact_float(n)) is not None]
    for order in (0, 1):
        points += sign_changes(lambda at, order=order: kernel(at)[order])[:3]
    return points


def faults(referee: Referee, points: np.ndarray[Any, Any], got: Any, dtype: str = "float64") -> list[Row]:
    """Rows that break the promise, the worst first."""
    rows, unjudged = compare(referee, points, got, dtype)
    assert unjudged <= len(points) // 4, f"{unjudged} of {len(points)} points unjudged"
    bad = [r for r in rows if r.error > (PROMISE if r.normal else SUBNORMAL)]
    print(f"order {referee.order}: worst {worst(rows)}; {len(rows)} points, {unjudged} unjudged")
    return sorted(bad, key=lambda r: -r.error)


def shown(bad: list[Row]) -> str:
    return f"{len(bad)} points break the promise\n" + "\n".join(map(str, bad[:12]))


def check(name: str, backends: tuple[str, ...], rng: random.Random, count: int) -> None:
    """Values, gradients and both in one pass, at the same points."""
    formula = symacts.get(name).formula
    kernels = {b: symacts.kernel(name, (0, 1), backend=b) for b in backends}
    first = kernels[backends[0]]
    points = np.append(adversarial(rng, count, special_points(name, first)), (np.inf, -np.inf))
    results = {b: k(points) for b, k in kernels.items()}
    for order in (0, 1):
        referee = Referee(formula, order)
        for backend, result in results.items():
            bad = faults(referee, points, result[order])
            assert not bad, f"{name} {backend} order {order}: {shown(bad)}"
    for kernel in kernels.values():
        assert all(np.isnan(part).all() for part in kernel(np.array([np.nan, -np.nan])))


@pytest.mark.parametrize("name", NAMED)
def test_named_activations_keep_the_promise(name: str, rng: random.Random, full: bool) -> None:
    check(name, BACKENDS if full else BACKENDS[:1], rng, 600 if full else 60)


def test_a_sample_of_the_others_keeps_the_promise(rng: random.Random, full: bool) -> None:
    others = sorted(set(symacts.names("scalar")) - set(NAMED))
    sample = others if full else rng.sample(others, 2)
    print("sample:", *sample)
    failures = []
    for name in sample:
        try:
            check(name, BACKENDS if full else BACKENDS[:1], rng, 300 if full else 40)
        except AssertionError as error:
            failures.append(str(error))
    assert not failures, "\n".join(failures)


@pytest.mark.skipif(len(BACKENDS) == 1, reason="needs numba")
def test_the_compiled_target_keeps_the_promise(rng: random.Random) -> None:
    for name in rng.sample(NAMED, 1):
        print(name)
        check(name, ("numba",), rng, 60)


@pytest.mark.parametrize("accuracy, promise", [("fast", 4.0), ("tight", 0.51)])
def test_float32(accuracy: str, promise: float, rng: random.Random, full: bool) -> None:
    """float32 results against the float64 kernel of the same function, whose own error is nothing at this scale."""
    for name in NAMED if full else rng.sample(NAMED, 1):
        for backend in BACKENDS:
            narrow = symacts.kernel(name, (0, 1), dtype="float32", backend=backend, accuracy=accuracy)
            wide = symacts.kernel(name, (0, 1), backend="numpy")
            bits = np.array([rng.getrandbits(32) for _ in range(20000)], dtype=np.uint32).view(np.float32)
            near = np.array([rng.gauss(0, s) for s in (0.1, 1, 10, 50) for _ in range(5000)], dtype=np.float32)
            points = np.concatenate([bits[np.isfinite(bits)], near])
            for order, (got, true) in enumerate(zip(narrow(points), wide(points.astype(np.float64)), strict=True)):
                assert got.dtype == np.float32
                normal = (np.abs(true) >= 2.0**-126) & (np.abs(true) < 2.0**127)
                error = np.zeros(len(points))
                scale = np.exp2(np.frexp(true[normal])[1].astype(np.float64) - 24)
                error[normal] = np.abs(got[normal].astype(np.float64) - true[normal]) / scale
                at = int(np.argmax(error))
                assert error[at] <= promise, (
                    f"{name} {backend} {accuracy} order {order}: x = {points[at]!r}, expected {true[at]!r}, "
                    f"got {got[at]!r}, {error[at]:.4g} ULP; {np.sum(error > promise)} points"
                )
                small = np.abs(true) < 2.0**-126
                assert np.all(np.abs(got[small]) <= 2.0**-126)


def lambdified(formula: sp.Expr, order: int) -> Any:
    return sp.lambdify(x, sp.diff(formula, x, order) if order else formula, modules="numpy")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name, order", [("softplus", 0), ("mish", 1), ("tanh_shrink", 0), ("gelu_tanh", 1)])
def test_control_naive_code_breaks_the_promise(name: str, order: int, rng: random.Random) -> None:
    formula = symacts.get(name).formula
    points = adversarial(rng, 60)
    bad = faults(Referee(formula, order), points, lambdified(formula, order)(points))
    assert bad and bad[0].error > 1e6


@pytest.mark.parametrize(
    "name, order, at, true",
    [
        ("relu", 1, 0.0, "0"),
        ("abs", 1, 0.0, "0"),
        ("leaky_relu", 1, 0.0, "0.01"),
        ("hard_swish", 1, 3.0, "1"),
        ("hard_swish", 1, -3.0, "0"),
        ("sigmoid", 1, 0.0, "0.25"),
        ("silu", 1, -1000.0, "-5.0708829386519073e-432"),
        ("tanh_shrink", 0, 1e-5, "3.3333333332e-16"),
        ("sinc", 1, 0.0, "0"),
        ("softplus", 0, float("-inf"), "0"),
        ("silu", 1, float("inf"), "1"),
    ],
)
def test_the_referee_itself(name: str, order: int, at: float, true: str) -> None:
    got = Referee(symacts.get(name).formula, order).truth(at)
    assert abs(got - mpf(true)) <= abs(mpf(true)) * mpf(10) ** -9


def test_ulps() -> None:
    top = float(np.finfo(np.float64).max)
    assert ulps(float("nan"), mpf(1)) == ulps(float("inf"), mpf(1)) == ulps(float("inf"), mpf("-inf")) == mpf("inf")
    assert ulps(float("inf"), mpf(2) ** 1024) == ulps(float("inf"), mpf("inf")) == ulps(-0.0, mpf(0)) == 0
    assert ulps(5e-324, mpf(0)) == 1 and ulps(0.0, mpf(5e-324)) == 1
    assert ulps(top, mpf(2) ** 1024) == 1 and ulps(1.0, mpf(2) ** 1024) == 2**53 - 2**-971 == 2.0**53
    assert ulps(1.0, 1 - mpf(2) ** -53) == 1 and ulps(1.0, 1 + mpf(2) ** -24, "float32") == mpf("0.5")


@pytest.mark.parametrize("backend", ["numpy", "auto"])
def test_gradients_that_fall_below_the_normal_range(backend: str) -> None:
    """(1 + x**2)**(-3/2) is subnormal in a few binades only: samples too far apart missed them."""
    points = np.ldexp(1.3, np.arange(330, 360))
    with mpmath.workprec(2000):
        truth = [float((1 + mpmath.mpf(p) ** 2) ** mpmath.mpf("-1.5")) for p in points.tolist()]
    found = symacts.kernel("x/sqrt(1 + x**2)", order=1, backend=backend)(points)
    assert any(0 < t < 1e-308 for t in truth)
    assert np.all(np.abs(found - truth) <= 4 * np.spacing(truth))


@pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="no format of more digits here")
@pytest.mark.parametrize(
    "formula, lo, hi",
    [
        ("sigmoid(x)**2*(3 - 2*sigmoid(x))", -4.5, 3.0),
        ("x*sigmoid(x)*(1 + x*(1 - sigmoid(x)))", -1.18, -1.14),
    ],
)
def test_the_worst_of_very_many_inputs(formula: str, lo: float, hi: float, seed: int) -> None:
    """A program whose errors are spread widely, or grow towards an end, is worse on a million inputs than on a few."""
    at = np.random.default_rng(seed).uniform(lo, hi, 500_000)
    s = 1 / (1 + np.exp(-at.astype(np.longdouble)))
    true = s**2 * (3 - 2 * s) if formula.startswith("sig") else at * s * (1 + at * (1 - s))
    error = np.abs(symacts.kernel(formula, (0, 1), backend="numpy")(at)[0] - true) / np.spacing(
        np.abs(true).astype(float)
    )
    k = int(error.argmax())
    assert error[k] <= PROMISE, f"{error[k]:.2f} ULP at {at[k]!r}"


def test_gradients_close_above_the_least_normal_number(rng: random.Random) -> None:
    """6*(s*(1 - s))**2 is normal where the square in it is subnormal already: samples of all exponents missed that."""
    kernel = symacts.kernel("sigmoid(x)**2*(3 - 2*sigmoid(x))", (0, 1), dtype="float32")
    at = np.array([rng.uniform(43.0, 45.0) for _ in range(3000)], np.float32)
    found = kernel(at)[1]
    with mpmath.workprec(300):
        for p, got in zip(at.tolist(), found.tolist(), strict=True):
            s = 1 / (1 + mpmath.exp(-mpmath.mpf(p)))
            assert ulps(got, 6 * (s * (1 - s)) ** 2, "float32") <= PROMISE, p


@pytest.mark.parametrize(
    "text, at", [("x**2 - 23*x/5 + 529/100 + 1/10**7", 2.3), ("x + 9/4 + 1/10**6 - 3*sqrt(x)", 2.25)]
)
def test_terms_that_nearly_cancel_between_two_samples(text: str, at: float, rng: random.Random) -> None:
    """The function comes near zero, and is not zero: its least value lost three digits on the compiled target."""
    points = np.array([at + rng.gauss(0, 0.003) for _ in range(200)])
    referee = Referee(symacts.parse(text))
    for backend in BACKENDS:
        bad = faults(referee, points, symacts.kernel(text, backend=backend)(points))
        assert not bad, f"{backend}: {shown(bad)}"


def test_a_narrow_feature_far_out_is_seen(rng: random.Random) -> None:
    """It lies between all systematic samples: the kernel was 0 there, and the search failed at exp(-6000**2)."""
    text, points = "exp(-(20*(x - 300))**2)", np.array([300.0, *(300 + rng.gauss(0, 0.4) for _ in range(100))])
    referee = Referee(symacts.parse(text))
    for backend in BACKENDS:
        bad = faults(referee, points, symacts.kernel(text, backend=backend)(points))
        assert not bad, f"{backend}: {shown(bad)}"
    assert centers(symacts.parse("tanh(30*(x - 7)) + 1/(x**2 - 26*x + 170)"), x) == [7.0, 13.0]


@pytest.mark.parametrize(
    "text, dtype, at",
    [
        (
            "log(exp(x**2/2 + x/2 + 1/2) + 1) - log(exp(x - 1) + 1)",
            "float32",
            -2.5e19,
        ),  # x**2 overflows before the value does
        ("softplus(7*x/3 + 2/5)/3", "float64", 4907227546834749.0),  # what rounding took from 7*x/3 is -1
    ],
)
def test_what_a_value_is_made_of_may_overflow_before_it(text: str, dtype: str, at: float, rng: random.Random) -> None:
    """The value was inf, and the slope 0."""
    points = np.array([at, *(at * rng.uniform(0.8, 1.1) for _ in range(60))]).astype(dtype)
    found = symacts.kernel(text, (0, 1), dtype=dtype)(points)
    for order in (0, 1):
        bad = faults(Referee(symacts.parse(text), order), points.astype(float), found[order], dtype)
        assert not bad, f"{order}: {shown(bad)}"


def test_constants_beyond_all_floats_take_no_time() -> None:
    assert words(sp.exp(-(10**9))) == (0.0, 0.0)
    with pytest.raises(Unrewritable):
        words(-sp.exp(10**9))
    assert words(-sp.sqrt(2)) == (-1.4142135623730951, 9.667293313452913e-17)


def test_neighbors_of_zeros_are_samples() -> None:
    """What is added to a root of something else shows at the floats next to it: (sin(x)*tanh(x))'' at -11*pi."""
    for name in ("float64", "float32"):
        near = np.dtype(name).type(-11 * np.pi)
        found = samples(-40.0, -30.0, FORMATS[name], [float(near)])
        assert {float(near), float(np.nextafter(near, 0)), float(np.nextafter(near, -np.inf))} <= set(found.tolist())


def test_neighbors_of_zeros_keep_their_digits(full: bool) -> None:
    if not full:
        pytest.skip("builds for a quarter of a minute: --full")
    at = np.array([-34.557519189487735, -34.55751918948772, -34.557519189487714, -34.55751918948773])
    got = symacts.kernel("sin(x)*tanh(x)", 2, backend="numpy")(at)
    assert not faults(Referee(symacts.parse("sin(x)*tanh(x)"), 2), at, got)
