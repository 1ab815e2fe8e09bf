"""Loops of two programs, and segments on one half line, against what they stand for."""

from __future__ import annotations

import importlib.util
import random
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from symacts.kernels.pieces import COLUMNS, FIXED
from symacts.parsing import parse
from symacts.spec import x

pytestmark = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="needs numba")

TWO = """
DTYPE = "{dtype}"
SLOTS = 1
PARALLEL = False
SHARED = (-5.0, 5.0)
NEAR = (-1.0, 2.0)
C0 = 2.0
C1 = 3.0


def wide(x):
    v0 = C1*x
    v1 = C1 + x
    return v0, v1,


def body(x):
    v2 = C0*x
    v3 = C0 + x
    return v2, v3,
"""


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_an_element_is_served_by_its_own_program_whatever_its_neighbors_are(dtype: str, rng: random.Random) -> None:
    from symacts.kernels.targets.numba import load

    ends = np.array([[[-5.0, 5.0]]] * 2, dtype)
    edges = np.array([-np.inf])
    row = np.zeros((1, COLUMNS))
    row[0, 0], row[0, 7] = FIXED, 77.0
    loop = load(TWO.format(dtype=dtype), ends, [edges, row] * 2)
    for size in (1, 15, 16, 64, 333):
        points = np.array([rng.choice([-1.0, 2.0, -5.0, 5.0, rng.uniform(-7, 7)]) for _ in range(size)], dtype)
        points[rng.randrange(size)] = np.nan
        outs = [np.empty_like(points) for _ in range(2)]
        loop(points, outs)
        near, held = (points >= -1.0) & (points <= 2.0), np.abs(points) <= 5.0
        for got, two, three in ((outs[0], 2 * points, 3 * points), (outs[1], 2 + points, 3 + points)):
            expected = np.where(near, two, np.where(held, three, np.where(np.isnan(points), np.nan, 77)))
            assert np.array_equal(got, expected.astype(dtype), equal_nan=True)


@pytest.mark.parametrize(
    "text, order, expected",
    [
        ("x/(1 + x**2)", 0, (-1, 0.0, 0.0)),
        ("x/(1 + x**2)", 1, (1, 0.0, 0.0)),
        ("x/(1 + exp(-x)) + x/2", 0, (1, -2.0, 0.0)),
        ("x/(1 + exp(-x)) + x/2", 1, (-1, 0.0, 2.0)),
        ("x*tanh(log(1 + exp(x)))", 0, None),
        ("exp(x)/(3 + exp(x)) + x", 1, None),
    ],
)
def test_what_mirrors_a_function_in_itself(text: str, order: int, expected: tuple[int, float, float] | None) -> None:
    from symacts.kernels.plan import make_plan
    from symacts.kernels.targets.segments import mirror_of

    draft = make_plan([(parse(text), order)], x, "float32").drafts[0]
    mirror = mirror_of(draft)
    assert (None if mirror is None else (mirror.sign, mirror.slope, mirror.constant)) == expected
    if mirror is not None:
        f = sp.lambdify(x, sp.diff(parse(text), x, order), "mpmath")
        for at in (0.3, 1.9, 5.5):
            assert abs(f(-at) - (mirror.sign * f(at) + mirror.slope * at + mirror.constant)) < 1e-12
            small, large = sorted((abs(f(at)), abs(f(-at))))
            assert abs(abs(f(mirror.side * at)) - small) <= 1e-9 * large


@pytest.mark.parametrize("dtype, degree", [("float64", 16), ("float32", 6)])
def test_segments_on_a_half_line_serve_both(dtype: str, degree: int, rng: random.Random) -> None:
    """Their loop is within the bound on what it claims; without the sign of the other side it is not."""
    from dataclasses import replace

    from symacts.kernels.plan import make_plan, served
    from symacts.kernels.targets.segments import segmented
    from symacts.kernels.targets.trials import columns_of
    from symacts.kernels.targets.writing import MOST_SLOTS, Style, generate

    plan = make_plan([(parse("x/(1 + exp(-x))"), 0), (parse("x/(1 + exp(-x))"), 1)], x, dtype)
    found = segmented(plan.drafts, dtype, dtype)
    assert len(found) == 2 and all(s.mirror is not None and s.length <= degree + 2 for s in found.values())
    assert found[0].grid == found[1].grid
    for turned in (False, True):
        chosen = found
        if turned:
            chosen = {k: replace(s, mirror=replace(s.mirror, slope=0.0, constant=0.0)) for k, s in chosen.items()}
        source = generate(plan, dtype, Style("refined", False, chosen, frozenset(chosen), precise=True))
        columns = columns_of(source, 2, dtype, MOST_SLOTS)
        for k, draft in enumerate(plan.drafts):
            stretches = served(draft, columns[k], MOST_SLOTS)
            assert any(lo < -6.0 and hi > 6.0 for lo, hi in stretches) is not turned


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    "text, mirrored",
    [
        ("x/(1 + exp(-x))", True),  # zeros of both, at different places
        ("x - tanh(x)", True),  # one place where both vanish, of order 3
        ("exp(x)/(3 + exp(x)) - 1/2", False),  # a zero that no float is
        ("1/(1 + x**2)", True),  # an even function, whose derivative vanishes at zero
    ],
)
def test_one_polynomial_serves_a_function_and_its_derivative(text: str, mirrored: bool, dtype: str) -> None:
    """Within the bound on what it claims; with a coefficient that is off, or another function's slope, it is not."""
    from dataclasses import replace

    from symacts.kernels.plan import make_plan, served
    from symacts.kernels.targets.joint import jointly
    from symacts.kernels.targets.segments import Segments
    from symacts.kernels.targets.trials import columns_of
    from symacts.kernels.targets.writing import MOST_SLOTS, Style, generate

    plan = make_plan([(parse(text), 0), (parse(text), 1)], x, dtype)
    found = jointly(plan.drafts, dtype, dtype)
    assert found is not None and (found.mirror is not None) is mirrored
    unlike = replace(plan.drafts[1], order=2)
    assert jointly((plan.drafts[0], unlike), dtype, dtype) is None
    assert jointly((plan.drafts[0], replace(plan.drafts[0], order=1)), dtype, dtype) is None
    off = tuple(row and (row[0], *[c * (1 + Fraction(k, 2**12)) for k, c in enumerate(row[1:])]) for row in found.rows)

    def serves(segments: Segments, precise: bool) -> bool:
        source = generate(plan, dtype, Style("refined", False, {}, frozenset({0, 1}), precise, segments))
        columns = columns_of(source, 2, dtype, MOST_SLOTS)
        each = [served(draft, columns[k], MOST_SLOTS) for k, draft in enumerate(plan.drafts)]
        return all(any(lo < -4.0 and hi > 4.0 for lo, hi in stretches) for stretches in each)

    assert any(serves(found, precise) for precise in (False, True))
    assert not any(serves(replace(found, rows=off), precise) for precise in (False, True))


@pytest.mark.parametrize("half", [True, False])
@pytest.mark.parametrize("ratio", [0.25, 1.0, 4.0])
def test_every_place_is_in_the_segment_that_the_loop_takes(half: bool, ratio: float, rng: random.Random) -> None:
    """Also next to the borders, in float32's arithmetic."""
    from symacts.kernels.targets.segments import Grid

    grid = Grid.of(8.0, ratio if half else 1.0, 32, half=half)
    borders = [float(grid.border(k)) for k in grid.places]
    places = [b * (1 + rng.uniform(-1, 1) * 2.0 ** -rng.uniform(1, 26)) for b in borders for _ in range(40)]
    for at in np.array(places, np.float32):
        u = float(at) * float(np.float32(grid.curve * float(at) + grid.slope))
        k = round(u * (1 + rng.uniform(-1, 1) * 2.0**-23))
        if k in grid.places:
            lo, hi = grid.ends(k)
            assert lo <= float(at) <= hi


def test_curved_grids_need_shorter_polynomials() -> None:
    from symacts.kernels.plan import make_plan
    from symacts.kernels.targets import segments

    draft = make_plan([(parse("x - tanh(x)"), 0)], x, "float32").drafts[0]
    mirror, lengths = segments.mirror_of(draft), {}
    for ratio in (1.0, 0.25):
        grid = segments.Grid.of(11.0, ratio, 32, half=True)
        found = segments._fitted(draft, "float32", "float32", grid, mirror)
        assert found is not None
        lengths[ratio] = found.length
    assert lengths[0.25] < lengths[1.0]


def test_grids_beyond_a_hill_of_costs_are_found() -> None:
    """What one step of reach, curve or number does not better, two may."""
    from symacts.kernels.targets import segments

    asked = []
    wanted = segments.Grid.of(segments.REACHES[3], segments.CURVES[4], 32, half=True)

    def fitted(grid: segments.Grid) -> dict[int, segments.Segments | None]:
        asked.append(grid)
        start = segments.Grid.of(segments.REACHES[3], segments.CURVES[2], 32, half=True)
        length = {wanted: 8, start: 10}.get(grid, 20)
        rows = ((Fraction(1),) * length,)
        return {0: segments.Segments(grid, 0.0, 7.0, 0, rows, (None,), segments.Mirror(1, 1, 0.0, 0.0))}

    found = segments.cheapest(fitted, "float32", half=True)[0]
    assert found is not None and found.grid == wanted
    assert len(asked) == len(set(asked)) < len(segments.REACHES) * len(segments.CURVES)
