"""A closer look at compiled programs: what few samples miss, very many see."""

from __future__ import annotations

import importlib.util
import random

import numpy as np
import pytest
import sympy as sp

import symacts
from symacts.kernels.closer import quiet
from symacts.kernels.plan import make_plan
from symacts.parsing import parse
from symacts.rewrite.graph import Graph, Rounded
from symacts.rewrite.regimes import FORMATS, FloatArray, computed
from symacts.spec import x

needs_jit = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="needs numba")
needs_digits = pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="no format of more digits here")
PFLU = "x*(1 + x/sqrt(1 + x**2))/2"


@needs_jit
@pytest.mark.parametrize("lo, hi", [(-22.63, -22.595), (-17.2, -16.2), (-11.9, -11.3)])
def test_errors_in_a_short_stretch(lo: float, hi: float, seed: int) -> None:
    """In a hundredth of a binade the slope's program was 5.4 ULP off, and 1.9 beside it."""
    at = np.unique(np.random.default_rng(seed).uniform(lo, hi, 20_000).astype(np.float32))
    z = at.astype(np.longdouble)
    root = np.sqrt(1 + z * z)
    true = (1 / (root * (root - z)) + z / root**3) / 2  # 1 + z/root = 1/(root*(root - z))
    found = symacts.kernel(PFLU, (0, 1), backend="numba", dtype="float32")(at)[1]
    assert np.max(np.abs(found - true) / np.spacing(np.abs(true).astype(np.float32))) <= 4


@needs_jit
@needs_digits
def test_errors_at_one_float_in_a_hundred(seed: int) -> None:
    """Errors evenly wide: one of some thousands passed 4 ULP next to 16.3, and none of the samples."""
    kernel = symacts.kernel("erf(x/sqrt(7))*x**2/(1 + x**2)", (0, 1), backend="numba")
    at = np.random.default_rng(seed).uniform(16.0, 17.0, 30_000)
    z = at.astype(np.longdouble)
    bell = np.exp(-z * z / 7) / np.sqrt(7 * np.longdouble(np.pi))
    true = 2 * z / (1 + z * z) ** 2 * (1 - bell * 7 / z) + 2 * bell * z * z / (1 + z * z)
    assert np.max(np.abs(kernel(at)[1] - true) / np.spacing(true.astype(float))) <= 4


@pytest.mark.parametrize("dtype", ["float32", pytest.param("float64", marks=needs_digits)])
def test_what_is_left_of_a_stretch(dtype: str, rng: random.Random) -> None:
    """Narrow bands of errors are cut out, what is beside them stays; without bands nothing changes."""
    plan = make_plan([(parse("x/(1 + exp(-x))"), 0)], x, dtype)
    (draft,), form = plan.drafts, FORMATS[dtype]
    studied = draft.sections[1]
    place = 2.0 ** rng.uniform(1.0, 3.0)
    band = place, place * (1 + 2.0 ** (-9 if dtype == "float32" else -8))

    def off(units: float) -> list[tuple[float, float]]:
        def run(points: FloatArray) -> FloatArray:
            z = points.astype(np.longdouble)
            y = (z / (1 + np.exp(-z))).astype(dtype)
            is_off = (points >= band[0]) & (points <= band[1])
            return (y + is_off * np.dtype(dtype).type(units) * np.spacing(y)).astype(np.float64)

        points = studied.points[(studied.points < band[0]) | (studied.points > band[1])]
        return quiet([(0.01, 20.0)], points, np.full(len(points), 2.0), studied, plan.graph, form, run)

    assert off(0.0) == off(2.0) == [(0.01, 20.0)]
    (first, end), (start, last) = off(5.0)
    assert (first, last) == (0.01, 20.0)
    assert 0.98 * band[0] < end < band[0] < band[1] < start < 1.02 * band[1]


@needs_digits
def test_forms_stand_for_true_values_only_where_they_are(rng: random.Random) -> None:
    """x + 1 - 1 loses its digits near zero in every format: there a program is not measured against it."""
    plan = make_plan([(sp.sin(x), 0)], x, "float64")
    studied = plan.drafts[0].sections[1]
    graph = plan.graph
    one = graph.constant(1.0)
    bad = graph.sub(graph.add(graph.put("sin", graph.variable("x")), one), one)
    studied.candidates.rounded[:] = studied.candidates.exact[:] = [bad]
    at = np.exp2(np.array([rng.uniform(-40.0, -20.0) for _ in range(500)]))
    points, errors = np.union1d(studied.points, at), np.full(len(studied.points) + len(at), 2.0)
    right = [(2.0**-40, 2.0**-20)]
    assert quiet(right, points, errors, studied, graph, FORMATS["float64"], np.sin) == right


@needs_digits
def test_what_a_form_finds_is_confirmed(rng: random.Random) -> None:
    """A form that is worse between the samples cuts nothing out of a program that is right there."""
    plan = make_plan([(sp.sin(x), 0)], x, "float64")
    studied, graph = plan.drafts[0].sections[1], plan.graph
    v = graph.variable("x")
    right, wrong = graph.put("sin", v), graph.mul(graph.put("sin", v), graph.constant(1 + 2.0**-48))
    lo, hi = 1.0 + 2.0**-9, 1.0 + 2.0**-8
    first, second = (graph.put("below", v, payload=end) for end in (lo, hi))
    studied.candidates.rounded[:] = [graph.put("select", first, right, graph.put("select", second, wrong, right))]
    studied.candidates.exact.clear()
    points = studied.points[(studied.points < lo) | (studied.points > hi)]
    two = np.full(len(points), 2.0)
    stretch = [(0.5, 2.0)]
    assert quiet(stretch, points, two, studied, graph, FORMATS["float64"], np.sin) == stretch
    cut = quiet(stretch, points, two, studied, graph, FORMATS["float64"], lambda z: np.sin(z) * (1 + 2.0**-47))
    assert cut != stretch


@needs_digits
def test_constants_of_wide_formats() -> None:
    graph = Graph()
    third = graph.mul(graph.constant(Rounded(1 / 3, 2.0**-54 / 3)), graph.variable("x"))
    at = np.array([1.0, 3.0])
    assert np.array_equal(computed(graph, [third], {"x": at})[0], at * (1 / 3))
    (wide,) = computed(graph, [third], {"x": at}, np.longdouble)
    assert np.array_equal(wide, at.astype(np.longdouble) / 3)


def test_where_no_form_tells_balls_do(rng: random.Random) -> None:
    """One float in four hundred far off is found without forms, too; what is merely noisy stays."""
    plan = make_plan([(parse("x/(1 + exp(-x))"), 0)], x, "float32")
    (draft,), form = plan.drafts, FORMATS["float32"]
    studied = draft.sections[1]
    studied.candidates.rounded[:] = studied.candidates.exact[:] = []
    lo = 2.0 ** rng.uniform(1.1, 1.8)
    band = lo, 1.05 * lo

    def left(worst: float) -> list[tuple[float, float]]:
        def run(points: FloatArray) -> FloatArray:
            y = (points / (1 + np.exp(-points))).astype(np.float32)
            bits = points.astype(np.float32).view(np.int32)
            units = np.where(bits * 48271 % 401 == 0, worst, 2.0) * ((points >= band[0]) & (points <= band[1]))
            return (y + units * np.spacing(y)).astype(np.float64)

        points = studied.points
        return quiet([(0.01, 20.0)], points, np.full(len(points), 2.0), studied, plan.graph, form, run)

    assert left(2.0) == [(0.01, 20.0)]
    (first, end), (start, last) = left(4.2)
    assert (first, last) == (0.01, 20.0) and end < 1.002 * band[0] and start > 0.998 * band[1]
