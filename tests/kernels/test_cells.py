"""Fine cells: value and derivative from one table, next to zeros too, and a second program for what lies beyond."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import numpy.typing as npt
import pytest
import sympy as sp

import symacts
from symacts.kernels import kernel
from symacts.kernels.cells import CELLS, INVERSE, programs, smooth
from symacts.kernels.plan import make_plan
from symacts.kernels.shelf import _read, _write
from symacts.rewrite.graph import Graph
from symacts.rewrite.regimes import interpret
from symacts.spec import x as X

FORMULAS = ("x/(1 + exp(-x))", "x*exp(-x**2)", "x - tanh(x)", "(x - 1)/(1 + x**2)", "x**2*(1 + erf(x))", "cos(x) + x/3")


def truth(formula: sp.Expr) -> Callable[[float], mpmath.mpf]:
    f = sp.lambdify(X, formula, "mpmath")
    return lambda p: f(mpmath.mpf(p))


def errors(f: Callable[[float], mpmath.mpf], at: npt.NDArray[Any], y: npt.NDArray[Any], dtype: str) -> list[float]:
    """In ULP of the format; nan where there is no value."""
    kind = np.dtype(dtype).type
    with mpmath.workdps(60):
        true = [f(p) for p in at.tolist()]
        units = [float(np.spacing(np.abs(kind(float(t))))) for t in true]
        return [
            float(abs(mpmath.mpf(v) - t)) / u for v, t, u in zip(y.astype(dtype).tolist(), true, units, strict=True)
        ]


def places(rng: random.Random, roots: list[float]) -> npt.NDArray[np.float64]:
    """Floats of all cells, at all distances from zero and from some roots."""
    drawn = [rng.uniform(-16, 16) for _ in range(300)] + [rng.gauss(0, 2) for _ in range(300)]
    drawn += [rng.choice((-1, 1)) * 2.0 ** rng.uniform(-40, 0) for _ in range(100)]
    for r in roots:
        near = [r, np.nextafter(r, 9), np.nextafter(r, -9)]
        drawn += near + [r + rng.choice((-1, 1)) * 2.0 ** rng.uniform(-50, -4) for _ in range(100)]
    at = np.array(drawn)
    return at[np.abs(at) < 16 - 1 / INVERSE]


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize(("dtype", "degree"), [("float64", 7), ("float32", 4)])
def test_value_and_derivative_of_one_table(text: str, dtype: str, degree: int, rng: random.Random) -> None:
    formula = symacts.parse(text)
    tasks = [formula, sp.diff(formula, X)]
    form = {"float64": "float64", "float32": "float32 through float64"}[dtype]
    draft = make_plan([(formula, 0)], X, form, joint=True).drafts[0]
    found = smooth(draft, X)
    assert found is not None
    graph = Graph()
    nodes = programs(found, graph, degree, local=dtype == "float64")
    with mpmath.workdps(40):
        starts = [float(v) for v in np.linspace(-3, 3, 13)]
        roots = [[_root(truth(f), a) for a in starts] for f in tasks]
    at = places(rng, [r for group in roots for r in group if r is not None])
    at = at.astype(dtype).astype(float)
    outputs = [nodes.value, *nodes.slopes]
    for f, y in zip((tasks[0], tasks[1], tasks[1]), interpret(graph, outputs, {"x": at}), strict=True):
        seen = np.array(errors(truth(f), at, y, dtype))
        seen[np.abs(at) < 6.0 / INVERSE if text == "x - tanh(x)" else np.abs(at) > 4] = 0
        assert np.nanmax(seen) < 4.0, (text, f, at[np.nanargmax(seen)])


def _root(f: Callable[[float], mpmath.mpf], start: float) -> float | None:
    try:
        return float(mpmath.findroot(f, start))
    except (ValueError, ZeroDivisionError):
        return None


def test_a_wrong_coefficient_is_seen() -> None:
    """Negative control: a table off by a part in 2**49 is no table of the function."""
    draft = make_plan([(symacts.parse("x/(1 + exp(-x))"), 0)], X, "float64", joint=True).drafts[0]
    found = smooth(draft, X)
    assert found is not None
    found.value[CELLS // 2 + 300] *= 1 + 2.0**-49
    graph = Graph()
    at = np.array([300.2, 301.2]) / INVERSE
    (y,) = interpret(graph, [programs(found, graph, 7, local=True).value], {"x": at})
    wrong, right = errors(lambda p: p / (1 + mpmath.exp(-p)), at, y, "float64")
    assert wrong > 4 > 2 > right


def test_cells_end_where_the_expression_does() -> None:
    """No cell holds a border in its inside; at a pole and beyond the domain there is none."""
    draft = make_plan([(symacts.parse("Piecewise((exp(x), x < 1/3), (log(x), True))"), 0)], X, "float64", joint=True)
    found = smooth(draft.drafts[0], X)
    assert found is not None
    known = ~np.isnan(found.value)
    border = CELLS // 2 + round(INVERSE / 3)
    assert not known[border] and known[border - 1] and known[border + 1]
    draft = make_plan([(symacts.parse("log(x)*exp(-x)"), 0)], X, "float64", joint=True)
    found = smooth(draft.drafts[0], X)
    assert found is not None
    known = ~np.isnan(found.value)
    assert not known[: CELLS // 2 + 1].any() and known[CELLS // 2 + 64 : CELLS // 2 + 1024].all()


def test_beyond_the_cells_a_second_program_serves() -> None:
    """The same numbers alone and among others; right far out, at infinities and nan; a kernel keeps its tables."""
    k = kernel("gelu", (0, 1), backend="numpy")
    assert k.code.tables and k.code.wide and any(part.wide for part in k.code.parts)
    at = np.array([-np.inf, -1e300, -40.0, -20.0, -9.5, 0.0, 15.5, 17.0, 1e300, np.inf, np.nan, 0.3])
    y, dy = k(at)
    with mpmath.workdps(400):
        for p, v, d in zip(at.tolist(), y.tolist(), dy.tolist(), strict=True):
            if np.isfinite(p) and abs(p) < 1e10:
                t = mpmath.mpf(p)
                density = mpmath.exp(-t * t / 2) / mpmath.sqrt(2 * mpmath.pi)
                below = mpmath.erfc(-t / mpmath.sqrt(2)) / 2
                for got, true in ((v, t * below), (d, below + t * density)):
                    assert abs(got - true) <= 4 * max(float(np.spacing(abs(float(true)))), 5e-324), p
    assert y.tolist()[:2] == [0.0, 0.0] and y.tolist()[8:10] == [1e300, np.inf] and np.isnan(y[10])
    assert dy.tolist()[:2] == [0.0, 0.0] and dy.tolist()[8:10] == [1.0, 1.0] and np.isnan(dy[10])
    many = np.random.default_rng(1).normal(scale=9.0, size=50_000)
    whole = k(many)
    for i in range(0, len(many), 997):
        assert [w[i] for w in whole] == [v[0] for v in k(many[i : i + 1])]
    again = pickle.loads(pickle.dumps(k))
    assert all(np.array_equal(a, b) for a, b in zip(again(many), whole, strict=True))


def test_tables_are_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a second process reads has the same tables, stretches and second program."""
    k = kernel("gelu", (0, 1), backend="numpy")
    monkeypatch.setenv("SYMACTS_CACHE", str(tmp_path))
    _write("kernels/one.npz", k.code)
    found = _read((tmp_path / "kernels" / "one.npz").read_bytes())
    assert found is not None and found.wide == k.code.wide
    assert [p.wide for p in found.parts] == [p.wide for p in k.code.parts]
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(found.tables, k.code.tables, strict=True))


def test_programs_serve_where_their_cells_are() -> None:
    """erf(x)**2 is 1 to the last bit far out, so other cells give it, too: but for the one that has no polynomial."""
    k = kernel("erf(x)**2", (0, 1), backend="numpy")
    edge = 16.0 + np.linspace(-2.0, 2.0, 4001) / INVERSE
    for at in (edge, -edge, np.linspace(15.5, 33.0, 7001), -np.linspace(15.5, 33.0, 7001)):
        y, dy = k(at)
        assert np.all(y == 1.0) and not np.isnan(dy).any()
    assert all(-16 < lo < hi < 16 for part in k.code.parts for lo, hi in part.good) or not k.code.tables
