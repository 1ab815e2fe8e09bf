"""One step for the programs of several sections, and which programs are sure without samples."""

from __future__ import annotations

import numpy as np
import pytest

import symacts
from symacts.kernels.joining import at_ends, extreme
from symacts.kernels.targets.ufuncs import ARITHMETIC
from symacts.rewrite.graph import Graph
from symacts.rewrite.noise import noise
from symacts.rewrite.regimes import FORMATS, interpret

FORM, HOW = FORMATS["float64"], ARITHMETIC["float64"]
LEFT, RIGHT = -np.exp2(np.linspace(-40, 6, 300)), np.exp2(np.linspace(-40, 6, 300))


@pytest.mark.parametrize(
    ("left", "right", "want"),
    [
        (lambda g, x: g.mul(g.constant(0.01), x), lambda g, x: x, "max"),
        (lambda g, x: g.put("expm1", x), lambda g, x: g.put("abs", x), "min"),
        (lambda g, x: g.mul(g.constant(2.0), x), lambda g, x: x, "min"),
        (lambda g, x: g.neg(x), lambda g, x: g.put("expm1", x), "max"),
        (lambda g, x: x, lambda g, x: g.mul(x, x), None),  # they cross at 1
    ],
)
def test_the_larger_of_two_programs_is_known_from_both_sides(left: object, right: object, want: str | None) -> None:
    assert callable(left)
    assert callable(right)
    g = Graph()
    x = g.variable("x")
    p, q = left(g, x), right(g, x)
    values = at_ends(g, [p, q], [LEFT], [RIGHT], FORM, HOW)
    assert extreme(values[p], values[q]) == want
    if want is not None:
        y, u, v = interpret(g, [g.put(want, p, q), p, q], {"x": np.concatenate([LEFT, RIGHT])})
        assert np.array_equal(y, np.concatenate([u[: len(LEFT)], v[len(LEFT) :]]))


def test_selections_become_extremes_in_the_source() -> None:
    source = symacts.kernel("leaky_relu", backend="numpy").source
    assert "np.maximum" in source
    assert "bitwise" not in source


def test_a_small_bound_does_not_make_a_wrong_program_sure() -> None:
    g = Graph()
    x, one = g.variable("x"), g.constant(1.0)
    softsign = g.div(x, g.add(one, g.put("abs", x)))
    at = np.linspace(-3, 3, 100)
    near, wrong = np.full(100, 0.4), np.full(100, 2.0**52)
    assert noise(at, near, g, softsign, FORM).sure.all()
    assert not noise(at, wrong, g, softsign, FORM).sure.any()  # as of |x|/(1 + |x|) on the other side
    assert not noise(at, near, g, g.put("erfc", x), FORM).sure.any()  # no bound is known
    assert not noise(at, near, g, softsign, FORMATS["float32 through float64"]).sure.any()
