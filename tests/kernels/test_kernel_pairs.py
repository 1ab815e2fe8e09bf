"""Arithmetic in pairs of words and the table-driven exponential, against exact values; plain arithmetic fails."""

from __future__ import annotations

import importlib.util
import random
from typing import Any

import mpmath
import numpy as np
import pytest

import symacts
from symacts.kernels.pieces import COLUMNS
from symacts.rewrite.graph import Graph, Rounded

pytestmark = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="needs numba")


def compiled(graph: Graph, root: int, dtype: str, paired: bool | str) -> Any:
    """The program of one step as a function on arrays: in pairs, plain, or in an arithmetic of `targets.rounding`."""
    from symacts.kernels.targets.elementary import EXPANSIONS, Writer
    from symacts.kernels.targets.numba import load
    from symacts.kernels.targets.pairs import Pairs
    from symacts.kernels.targets.rounding import plain

    writer = Writer(dtype)
    if isinstance(paired, str):
        result = plain(graph, writer, (root,), paired)[root]
    elif paired:
        pairs = Pairs(writer, graph)
        result = pairs.sum_of(pairs.pair(root))
    else:
        names: dict[int, str] = {}
        for k in graph.reachable((root,)):
            step = graph.steps[k]
            if step.name == "var":
                names[k] = "x"
            elif step.name == "const":
                names[k] = writer.number(float(step.payload or 0.0))
            else:
                names[k] = EXPANSIONS[step.name](writer, *(names[j] for j in step.args))
        result = names[root]
    constants = [f"{name} = {text}" for text, name in writer.constants.items()]
    tables = [f"{name} = ({', '.join(map(repr, values))})" for values, name in writer.tables.items()]
    head = ['"""Test."""', f'DTYPE = "{dtype}"', "SLOTS = 1", "PARALLEL = False", "SHARED = ()", *constants, *tables]
    body = ["def body(x):", *[f"    {line}" for line in writer.lines], f"    return {result},", ""]
    loop = load("\n".join([*head, "", "", *body]), np.empty((1, 1, 2), dtype), [np.zeros(1), np.zeros((1, COLUMNS))])

    def run(points: Any) -> Any:
        out = np.empty_like(points)
        loop(points, [out])
        return out

    return run


def exact(graph: Graph, root: int, at: float) -> Any:
    """The value of a step in mpmath's precision."""
    values: dict[int, Any] = {}
    for k in graph.reachable((root,)):
        step = graph.steps[k]
        args = [values[j] for j in step.args]
        if step.name == "var":
            values[k] = mpmath.mpf(at)
        elif step.name == "const":
            rest = step.payload.rest if isinstance(step.payload, Rounded) else 0.0
            values[k] = mpmath.mpf(float(step.payload or 0.0)) + mpmath.mpf(rest)
        else:
            values[k] = {
                "add": lambda a, b: a + b,
                "sub": lambda a, b: a - b,
                "mul": lambda a, b: a * b,
                "div": lambda a, b: a / b,
                "neg": lambda a: -a,
                "sqrt": mpmath.sqrt,
                "exp": mpmath.exp,
                "expm1": mpmath.expm1,
            }[step.name](*args)
    return values[root]


def cancelling(graph: Graph, rng: random.Random) -> int:
    """A difference of two nearly equal values, by a random route."""
    x = graph.variable("x")
    third = graph.constant(Rounded(1 / 3, 1.850371707708594e-17))
    inner = rng.choice([
        lambda: graph.put("exp", graph.neg(x)),
        lambda: graph.put("expm1", x),
        lambda: graph.put("sqrt", graph.add(graph.constant(1.0), graph.mul(x, x))),
        lambda: graph.div(third, graph.add(graph.constant(1.0), x)),
        lambda: graph.mul(graph.add(x, third), graph.add(x, third)),
        lambda: graph.div(graph.constant(1.0), graph.put("exp", graph.mul(third, x))),
    ])()  # fmt: skip
    with mpmath.workprec(200):
        near = float(exact(graph, inner, 0.75))
    return graph.sub(inner, graph.constant(float(np.float32(near))))


def errors(graph: Graph, root: int, dtype: str, points: Any, paired: bool) -> Any:
    with mpmath.workprec(200):
        truth = [exact(graph, root, float(p)) for p in points]
        got = compiled(graph, root, dtype, paired)(points)
        kind = np.dtype(dtype).type
        units = [float(np.spacing(kind(abs(float(t))))) for t in truth]
        return np.array([float(abs(float(g) - t) / u) for g, t, u in zip(got, truth, units, strict=True)])


@pytest.mark.parametrize("dtype, distance", [("float64", 2.0**-7), ("float32", 2.0**-5)])
def test_pairs_keep_digits_where_plain_arithmetic_loses_them(dtype: str, distance: float, rng: random.Random) -> None:
    for _ in range(8):
        graph = Graph()
        root = cancelling(graph, rng)
        offsets = [rng.choice([-1, 1]) * distance * rng.uniform(1, 2) for _ in range(60)]
        points = np.array([0.75 + d for d in offsets]).astype(dtype)
        pairs, plain = (errors(graph, root, dtype, points, paired).max() for paired in (True, False))
        print(graph.text(root), pairs, plain)
        assert pairs < 1.2
        assert plain > 4 * pairs


@pytest.mark.parametrize("dtype, reach", [("float64", 660.0), ("float32", 68.0)])
@pytest.mark.parametrize("paired", [True, False])
def test_exponentials(dtype: str, reach: float, paired: bool, rng: random.Random) -> None:
    graph = Graph()
    root = graph.put("exp", graph.variable("x"))
    points = np.array([rng.uniform(-r, r) for r in (0.01, 1.0, reach) for _ in range(700)]).astype(dtype)
    assert errors(graph, root, dtype, points, paired).max() < (0.51 if paired else 0.6)
    root = graph.put("expm1", graph.variable("x"))
    small = points[np.abs(points) < 0.3]
    assert errors(graph, root, dtype, small, paired).max() < (0.6 if paired else 4.0)


def test_a_constant_with_a_rest_is_a_step_of_its_own() -> None:
    graph = Graph()
    plain, full = graph.constant(0.1), graph.constant(Rounded(0.1, -5.55e-18))
    assert plain != full and graph.value(full) == 0.1
    assert graph.neg(graph.neg(full)) == full and graph.neg(full) != graph.constant(-0.1)


def test_a_point_belongs_to_the_side_that_gives_its_value() -> None:
    """The slope at a kink is the lesser one: no element at 0 or 3 needs the table."""
    for formula, point, slope in (("Piecewise((x/4, x < 0), (x, True))", 0.0, 0.25), ("Min(x, 3) + x/2", 3.0, 0.5)):
        kernel = symacts.kernel(formula, (0, 1), backend="numba")
        assert kernel(np.array([point]))[1][0] == slope
        assert all(any(lo <= point <= hi for lo, hi in part.good) for part in kernel.code.parts)


@pytest.mark.parametrize(
    "formula", ["Piecewise((x**2, x < 1/3), (x, True))", "x*Min(Max(x + 3, 0), 6)/6", "Max(x, x/8)"]
)
def test_float32_at_the_ends_of_branches(formula: str) -> None:
    """Sections start and end at floats of the format: neighbors of an end belong to their own sides."""
    ends = [np.float32(s * v) for v in (0, 1 / 3, 3) for s in (1, -1)]
    points = np.array([np.nextafter(e, np.float32(t)) for e in ends for t in (-9, e, 9)], np.float32)
    expected = symacts.kernel(formula, (0, 1), backend="numpy")(points.astype(np.float64))
    kernel = symacts.kernel(formula, (0, 1), dtype="float32", backend="numba")
    for got, wide in zip(kernel(points), expected, strict=True):
        true = wide.astype(np.float32)
        assert np.all(np.abs(got - true) <= 3 * np.spacing(np.abs(true)))
    assert all(len(part.good) <= 2 for part in kernel.code.parts)


@pytest.mark.parametrize("formula", ["tanh(x)", "x/(1 + exp(-x))"])
def test_where_reciprocals_of_exponentials_are_small(formula: str) -> None:
    """No stretch of inputs ends where an exponential or its reciprocal leaves the normal floats."""
    wide = symacts.kernel(formula, (0, 1), backend="numpy")
    narrow = symacts.kernel(formula, (0, 1), dtype="float32", backend="numba")
    points = np.concatenate([s * np.linspace(30.0, 90.0, 20001) for s in (1, -1)]).astype(np.float32)
    for got, true in zip(narrow(points), wide(points.astype(np.float64)), strict=True):
        normal = np.abs(true) >= 2.0**-126
        errors = np.abs(got.astype(float) - true)[normal] / np.exp2(np.frexp(true[normal])[1] - 24.0)
        assert errors.max() <= 3.5


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_quotients_and_roots_are_nearly_rounded(dtype: str, rng: random.Random) -> None:
    """From whatever a machine looks up: less than 0.6 ULP off, over most of the exponents."""
    low = {"float64": -900, "float32": -100}[dtype]
    points = np.array([rng.uniform(1.0, 2.0) * 2.0 ** rng.randint(low, -low) for _ in range(4000)]).astype(dtype)
    graph = Graph()
    x, three = graph.variable("x"), graph.constant(3.0)
    for root in (graph.put("div", graph.constant(1.0), x), graph.put("div", three, x), graph.put("sqrt", x)):
        got = compiled(graph, root, dtype, False)(points)
        with mpmath.workprec(300):
            for point, value in zip(points.tolist(), got, strict=True):
                unit = mpmath.mpf(float(np.spacing(value)))
                assert abs(mpmath.mpf(float(value)) - exact(graph, root, point)) < 0.6 * unit, (point, value)
    control = compiled(graph, graph.mul(three, graph.put("div", graph.constant(1.0), x)), dtype, False)(points)
    units = np.abs((control.astype(np.longdouble) * points - 3) / (np.spacing(control).astype(np.longdouble) * points))
    assert units.max() > 0.6


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_roots_in_denominators_bring_their_rounding_errors(dtype: str, rng: random.Random) -> None:
    """1/((x + R)*R), R = sqrt(x*x + 3), by its factors' reciprocals: no error of R or of the sum is left in them."""
    from symacts.kernels.targets.writing import share_reciprocals

    graph = Graph()
    x, one = graph.variable("x"), graph.constant(1.0)
    root = graph.put("sqrt", graph.add(graph.constant(3.0), graph.mul(x, x)))
    total = graph.add(x, root)
    wanted = tuple(graph.div(one, d) for d in (graph.mul(total, root), total, root))
    shared, results = share_reciprocals(graph, wanted)
    divisions = [k for k in shared.reachable(results) if shared.steps[k].name == "div"]
    assert len(divisions) == 2 and set(results[1:]) == set(divisions)
    points = np.array([rng.uniform(0, 20) for _ in range(2500)], dtype)
    with mpmath.workprec(200):
        true = [exact(graph, wanted[0], float(p)) for p in points]
        worst = {}
        for arithmetic in ("shared", "refined"):
            got = compiled(shared, results[0], dtype, arithmetic)(points)
            units = np.spacing(np.array([float(t) for t in true], dtype)).astype(float)
            worst[arithmetic] = max(float(abs(float(g) - t) / u) for g, t, u in zip(got, true, units, strict=True))
    print(worst)
    assert worst["refined"] < 2.4 < worst["shared"]
