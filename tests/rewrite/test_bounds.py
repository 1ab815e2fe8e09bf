"""Bounds of rounding errors: nothing measured passes them, and what they cannot bound is infinite."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from symacts.rewrite.bounds import rounding_bound
from symacts.rewrite.graph import Graph
from symacts.rewrite.regimes import interpret, quiet, risky


def programs(g: Graph) -> dict[str, tuple[int, object]]:
    """Steps and the same in mpmath."""
    x, one = g.variable("x"), g.constant(1.0)
    e = g.put("exp", x)
    t = g.put("tanh", x)
    third = g.constant(1 / 3)
    return {
        "logistic slope": (
            g.div(e, g.add(one, g.mul(e, g.add(g.constant(2.0), e)))),
            lambda p: 1 / (2 + mpmath.exp(p) + mpmath.exp(-p)),
        ),
        "square": (g.mul(t, t), lambda p: mpmath.tanh(p) ** 2),
        "difference": (g.sub(x, t), lambda p: p - mpmath.tanh(p)),
        "constant": (g.mul(third, g.put("log1p", e)), lambda p: mpmath.log1p(mpmath.exp(p)) / 3),
        "roots": (g.put("sqrt", g.add(one, g.mul(x, x))), lambda p: mpmath.sqrt(1 + p * p)),
        "ends": (g.put("expm1", g.put("min", x, one)), lambda p: mpmath.expm1(min(p, 1))),
    }


@pytest.mark.parametrize("name", list(programs(Graph())))
def test_no_error_passes_its_bound(name: str, seed: int) -> None:
    g = Graph()
    node, true = programs(g)[name]
    assert callable(true)
    rng = np.random.default_rng(seed)
    at = np.concatenate([rng.uniform(-20, 20, 700), rng.choice([-1, 1], 300) * np.exp2(rng.uniform(-30, 4, 300))])
    (y,) = interpret(g, [node], {"x": at})
    bound = rounding_bound(g, node, at)
    with mpmath.workdps(60):
        for p, v, b in zip(at.tolist(), y.tolist(), bound.tolist(), strict=True):
            error = abs(mpmath.mpf(v) - true(mpmath.mpf(p))) / float(np.spacing(abs(v)))
            assert error <= b * (1 + 1e-6), (p, error, b)
    assert np.median(bound) < 5


def test_errors_that_go_back_to_one_step_cancel() -> None:
    """exp(x) above and below the line: around x = 0 its error is not felt. Term by term the bound were 4 and more."""
    g = Graph()
    node, _ = programs(g)["logistic slope"]
    assert rounding_bound(g, node, np.array([0.004]))[0] < 3.5


def test_what_has_no_bound() -> None:
    """A difference that vanishes, a step without a rule, a value that is not finite."""
    g = Graph()
    x = g.variable("x")
    e = g.put("exp", x)
    assert rounding_bound(g, g.sub(x, g.put("tanh", x)), np.array([1e-6]))[0] > 1e5
    assert rounding_bound(g, g.put("erfcx", x), np.array([1.0]))[0] == np.inf
    assert rounding_bound(g, e, np.array([1000.0]))[0] == np.inf


def test_noise_counts_where_the_bound_is_too_large_however_small_it_is_beside() -> None:
    """Between 25 and 28 nothing is sure, and there errors spread too widely; what is sure beside does not hide it."""
    points = np.exp2(np.linspace(4.0, 6.0, 1200))
    noisy = (points > 25.0) & (points < 28.0)
    errors = np.where(noisy, np.random.default_rng(1).uniform(0.0, 2.9, 1200), 0.3)
    assert quiet(points, errors, 3.1, ~noisy)[0][1] <= 26.0
    assert quiet(points, np.where(noisy, errors, 0.0), 3.1, ~noisy)[0][1] <= 26.0
    assert quiet(points, errors, 3.1, np.ones(1200, bool)) == [(points[0], points[-1])]


def test_short_noise_is_looked_at_closely() -> None:
    points = np.exp2(np.linspace(4.0, 6.0, 1200))
    errors = np.where((points > 25.0) & (points < 27.0), 2.0, 0.3)
    ((lo, hi),) = risky(points, errors, 2.8)
    assert 24.0 < lo < 25.5 < 26.5 < hi < 28.0
    assert risky(points, np.full(1200, 0.3), 2.8) == []


def test_noise_that_begins_at_once_ends_what_is_quiet_at_once() -> None:
    """Past a power of two errors double: the stretch before it has to end there, not in the midst of the noise."""
    points = np.exp2(np.linspace(3.0, 5.0, 1200))
    errors = np.random.default_rng(1).uniform(0.0, 1.0, 1200) * np.where(points < 16.0, 0.7, 2.2)
    ((lo, hi),) = quiet(points, errors, 3.1, np.zeros(1200, bool))
    assert lo == points[0] and 15.0 < hi < 16.05
