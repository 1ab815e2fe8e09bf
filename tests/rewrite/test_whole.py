"""Programs in x itself: every one is the expression where it is finite, derivatives from values among them."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

import symacts
from symacts.rewrite.graph import Graph
from symacts.rewrite.regimes import interpret
from symacts.rewrite.whole import derived, unfolded, whole
from symacts.spec import x

TEXTS = [
    "1/(1 + exp(-x))",
    "x/(1 + exp(-x))",
    "log(1 + exp(x))",
    "x*tanh(log(1 + exp(x)))",
    "(x + sqrt(x**2 + 4))/2",
    "x**2/(1 + x**2 + exp(-x))",
]
POINTS = np.array([0.3, 0.9, 1.7, 2.4])
"""Where nothing cancels."""


def wrong(graph: Graph, nodes: list[int], expression: sp.Expr, points: np.ndarray) -> list[str]:
    """The programs that are not the expression at the points."""
    exact = np.array([float(expression.subs(x, sp.Rational(p)).evalf(40)) for p in points.tolist()])
    ys = interpret(graph, nodes, {"x": points})
    return [
        graph.text(k)
        for k, y in zip(nodes, ys, strict=True)
        if not np.allclose(y[np.isfinite(y)], exact[np.isfinite(y)], rtol=1e-11, atol=0)
    ]


@pytest.mark.parametrize("text", TEXTS)
def test_programs_of_one_half_line_serve_both(text: str) -> None:
    expression, graph = symacts.parse(text), Graph()
    nodes = [k for k in whole(expression, x, graph, ()) if "abs" not in graph.text(k)]
    assert len(nodes) >= 2
    for points in (POINTS, -POINTS):
        roots_apart = [k for k in nodes if "sqrt" not in graph.text(k)] or nodes  # sqrt(a**2) = a holds on one side
        assert not wrong(graph, roots_apart if points[0] < 0 else nodes, expression, points)
    assert wrong(graph, nodes, expression + sp.Rational(1, 10**6), POINTS)


def test_beyond_its_border_a_clamped_program_is_constant() -> None:
    graph = Graph()
    nodes = [k for k in whole(sp.exp(x), x, graph, (0.0,)) if "min" in graph.text(k)]
    (y,) = interpret(graph, nodes[:1], {"x": np.array([-1.0, 0.0, 3.0, 800.0])})
    assert np.allclose(y, [np.exp(-1.0), 1.0, 1.0, 1.0], rtol=1e-15, atol=0)


@pytest.mark.parametrize("text", TEXTS)
def test_derivatives_from_the_value(text: str) -> None:
    expression, graph = symacts.parse(text), Graph()
    slope, magnitude = sp.diff(expression, x), graph.put("abs", graph.variable("x"))
    values = [k for k in whole(expression, x, graph, ()) if "abs" not in graph.text(k)]
    for side in (1, -1):
        kept = values if side > 0 or "sqrt" not in text else []
        nodes = derived(expression, slope, x, graph, kept, side, magnitude)
        if side < 0:
            nodes = [k for k in nodes if "sqrt" not in graph.text(k)]
        assert nodes or "sqrt" in text
        assert not wrong(graph, nodes, slope, side * POINTS)
    assert wrong(graph, derived(expression, slope, x, graph, values, 1, magnitude), slope + 1, POINTS)


def test_the_logistic_slope_is_the_value_times_a_factor() -> None:
    """f' = f/(1 + exp(x)): one division where the form of its own takes four steps."""
    expression, graph = symacts.parse("1/(1 + exp(-x))"), Graph()
    values = whole(expression, x, graph, ())
    nodes = derived(expression, sp.diff(expression, x), x, graph, values, 1, graph.put("abs", graph.variable("x")))
    assert any(graph.cost((k, values[0])) - graph.cost((values[0],)) <= 5.0 for k in nodes)


def test_generators_unfold_to_what_they_stand_for() -> None:
    from symacts.rewrite.generators import Generators, a

    generators = Generators()
    u = generators.define("decay", 2 * a, positive=True)
    w = generators.define("log1p", u)
    assert unfolded(w + u, generators) == sp.log(1 + sp.exp(-2 * a)) + sp.exp(-2 * a)
