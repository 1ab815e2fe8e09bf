"""Bounds of rounding errors: nothing measured passes them, and what they cannot bound is infinite."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from symacts.rewrite.bounds import rounding
from symacts.rewrite.graph import Graph
from symacts.rewrite.noise import Noise, noise
from symacts.rewrite.regimes import CROWD, FORMATS, FloatArray, interpret, intersection
from symacts.rewrite.samples import largest


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
    bound = rounding(g, node, at).most
    with mpmath.workdps(60):
        for p, v, b in zip(at.tolist(), y.tolist(), bound.tolist(), strict=True):
            error = abs(mpmath.mpf(v) - true(mpmath.mpf(p))) / float(np.spacing(abs(v)))
            assert error <= b * (1 + 1e-6), (p, error, b)
    assert np.median(bound) < 5


def test_errors_that_go_back_to_one_step_cancel() -> None:
    """exp(x) above and below the line: around x = 0 its error is not felt. Term by term the bound were 4 and more."""
    g = Graph()
    node, _ = programs(g)["logistic slope"]
    assert rounding(g, node, np.array([0.004])).most[0] < 3.5


def test_what_has_no_bound() -> None:
    """A difference that vanishes, a step without a rule, a value that is not finite."""
    g = Graph()
    x = g.variable("x")
    e = g.put("exp", x)
    assert rounding(g, g.sub(x, g.put("tanh", x)), np.array([1e-6])).most[0] > 1e5
    assert rounding(g, g.put("erfcx", x), np.array([1.0])).most[0] == np.inf
    assert rounding(g, e, np.array([1000.0])).most[0] == np.inf


def by_samples(points: FloatArray, errors: FloatArray, sure: object = False) -> Noise:
    """Noise of which nothing is known but the errors."""
    one = np.ones(len(points))
    return Noise(points, errors, np.broadcast_to(np.asarray(sure, bool), len(points)), one, 4.0 * one)


def test_noise_counts_where_the_bound_is_too_large_however_small_it_is_beside() -> None:
    """Between 25 and 28 nothing is sure, and there errors spread too widely; what is sure beside does not hide it."""
    points = np.exp2(np.linspace(4.0, 6.0, 1200))
    noisy = (points > 25.0) & (points < 28.0)
    errors = np.where(noisy, np.random.default_rng(1).uniform(0.0, 2.9, 1200), 0.3)
    assert by_samples(points, errors, ~noisy).quiet(3.1)[0][1] <= 26.0
    assert by_samples(points, np.where(noisy, errors, 0.0), ~noisy).quiet(3.1)[0][1] <= 26.0
    assert by_samples(points, errors, True).quiet(3.1) == [(points[0], points[-1])]


def test_short_noise_is_looked_at_closely() -> None:
    points = np.exp2(np.linspace(4.0, 6.0, 1200))
    errors = np.where((points > 25.0) & (points < 27.0), 2.0, 0.3)
    ((lo, hi),) = by_samples(points, errors).risky(2.8)
    assert 24.0 < lo < 25.5 < 26.5 < hi < 28.0
    assert by_samples(points, np.full(1200, 0.3)).risky(2.8) == []


def test_noise_that_begins_at_once_ends_what_is_quiet_at_once() -> None:
    """Past a power of two errors double: the stretch before it has to end there, not in the midst of the noise."""
    points = np.exp2(np.linspace(3.0, 5.0, 1200))
    errors = np.random.default_rng(1).uniform(0.0, 1.0, 1200) * np.where(points < 16.0, 0.7, 2.2)
    ((lo, hi),) = by_samples(points, errors).quiet(3.1)
    assert lo == points[0] and 15.0 < hi < 16.05


@pytest.mark.parametrize("binade", [0.0, 26.0, 26.5, 27.0, 60.0])
def test_what_is_usual_follows_the_noise_within_a_binade(binade: float, seed: int) -> None:
    """x*x + 1 is a tie at every x of some binades, and exact at none: roots of mean squares agree, wherever."""
    g = Graph()
    x, one = g.variable("x"), g.constant(1.0)
    node = g.div(g.mul(x, g.add(one, g.mul(x, x))), g.constant(3.0))
    rng = np.random.default_rng(seed)
    for part in np.arange(binade, binade + 0.5, 0.125):
        at = np.exp2(rng.uniform(part, part + 0.05, 600))
        (y,) = interpret(g, [node], {"x": at})
        found = rounding(g, node, at)
        with mpmath.workdps(60):
            true = [mpmath.mpf(p) * (1 + mpmath.mpf(p) ** 2) / 3 for p in at.tolist()]
            errors = np.array([float(abs(v - t)) for v, t in zip(y.tolist(), true, strict=True)]) / np.spacing(y)
        assert 0.85 < np.sqrt(np.mean((errors / found.usual) ** 2)) < 1.15
        assert np.all(errors <= found.most) and np.mean(errors > found.seldom) < 0.01


def test_sums_that_lose_nothing() -> None:
    """Both operands are multiples of the result's unit; what is far smaller than the other one is lost as a whole."""
    g = Graph()
    x = g.variable("x")
    found = rounding(g, g.sub(x, g.constant(1.0)), np.array([0.75, 1.5, 2.0**-60, 2.0**60 + 2.0**10]))
    assert found.most.tolist() == [0.0, 0.0, 2.0**-8, 2.0**-8]


def test_noise_that_samples_miss_is_seen_by_what_rounding_does() -> None:
    """Of each binade only the quiet end was measured: nothing is bad there, and yet the program serves no binade."""
    g = Graph()
    x = g.variable("x")
    square = g.mul(x, x)
    parts = [g.add(g.constant(1.0), g.mul(square, g.add(g.constant(3.0), square))), g.mul(x, g.mul(square, x))]
    node = g.div(g.mul(g.mul(parts[1], x), parts[0]), g.mul(parts[0], g.mul(square, g.mul(parts[0], square))))
    points = np.sort(np.exp2(np.random.default_rng(2).uniform(30.0, 60.0, 3000)))
    seen = noise(points, np.full(3000, 0.4), g, node, FORMATS["float64"])
    assert seen.seldom.max() > 4.1 > 3.4 > seen.seldom.min()
    assert all(hi < 2 * lo for lo, hi in seen.quiet(3.1))
    assert by_samples(points, seen.errors).quiet(3.1) == [(points[0], points[-1])]


def test_the_noisiest_of_each_binade() -> None:
    points = np.array([1.25, 1.5, 1.75, 2.0, 5.0, 6.0, 7.0])
    weights = np.array([3.0, 1.0, 2.0, 1.0, 2.0, 2.5, 3.0])
    assert largest(points, weights, 2).tolist() == [1.25, 1.75, 2.0, 6.0, 7.0]
    assert largest(-points[::-1], weights[::-1], 1).tolist() == [-7.0, -2.0, -1.25]


def test_a_cliff_is_no_noise() -> None:
    """A program's end takes nothing with it; a sample that rounding brings over the bound takes its neighbors."""
    points, form = np.linspace(1.0, 8.0, 1000), FORMATS["float32"]
    errors = np.where(points < 6.0, 1.5, 1e20)
    one = np.ones(len(points))

    def calm(errors: FloatArray) -> list[tuple[float, float]]:
        seen = Noise(points, errors, np.zeros(len(points), bool), one, one)
        return intersection(seen.within(form.admitted), seen.calm(form.worst))

    ((lo, hi),) = calm(errors)
    assert lo == 1.0 and 5.9 < hi < 6.0
    errors[300] = form.worst + 0.1  # at 3.1
    (first, second) = calm(errors)
    assert first == (1.0, points[300 - CROWD - 1]) and second[0] == points[300 + CROWD + 1]
