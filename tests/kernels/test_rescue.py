"""Stretches that neither a program nor a polynomial serves: nothing in the domain is nan there, or of a wrong sign."""

from __future__ import annotations

import importlib.util
import pickle
from dataclasses import replace
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp
from kernel_referee import ulps

from symacts.kernels import kernel, rescue
from symacts.kernels.code import Far
from symacts.kernels.crowds import compiled
from symacts.kernels.exact import evaluator, is_exact, written_exactly
from symacts.kernels.plan import make_plan
from symacts.kernels.shelf import _read, _write
from symacts.kernels.waves import written
from symacts.spec import x

BACKENDS = ("numpy", "numba") if importlib.util.find_spec("numba") else ("numpy",)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_cube_root_over_all_exponents(backend: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = np.ldexp(rng.uniform(1.0, 2.0, 400), rng.integers(-1074, 1024, 400))
    at = np.concatenate([size, -size, [5e-324, np.finfo(float).max]])
    y = kernel("cbrt(x)", backend=backend)(at)
    for p, v in zip(at.tolist(), y.tolist(), strict=True):
        off = abs(Fraction(v) ** 3 / Fraction(p) - 1) / 3  # relative error of the root, to first order
        assert off <= 4 * Fraction(1, 2**52), f"{p!r}: {v!r}"


def test_what_oscillates_without_end_at_a_point(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k = kernel("sin(1/x)", (0, 1), backend="numpy")
    at = np.ldexp(rng.uniform(1.0, 2.0, 150), rng.integers(-1074, 3, 150)) * rng.choice([-1.0, 1.0], 150)
    with mpmath.workprec(3000):
        for p, y, dy in zip(at.tolist(), *(v.tolist() for v in k(at)), strict=True):
            t = mpmath.mpf(p)
            assert ulps(y, mpmath.sin(1 / t)) <= 4, f"{p!r}: {y!r}"
            assert ulps(dy, -mpmath.cos(1 / t) / t**2) <= 4, f"{p!r}: {dy!r}"


def test_code_of_true_values_is_data() -> None:
    formula = sp.sin(sp.exp(x)) * sp.gamma(x + 3)
    source = written_exactly(formula, x, -1)
    assert is_exact(source) and not is_exact(str(written(sp.sqrt(x), x, 1, any_form=True)))
    at = np.array([0.25, 1.5, 2.75])
    expected = [float(sp.N(formula.subs(x, -sp.Rational(p)), 30)) for p in at.tolist()]
    np.testing.assert_array_max_ulp(compiled(source)(at), np.array(expected), 1)
    with pytest.raises(ValueError):
        evaluator(source + "import os")


def test_a_kernel_with_such_code_pickles_and_is_kept(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    k = kernel("cbrt(x)", backend="numpy")
    assert any(isinstance(f, Far) and is_exact(f.source) for part in k.code.parts for f in part.far)
    at = np.array([5e-324, -4e-320, 1e-310, 8e300])
    y = k(at)
    assert max(ulps(v, mpmath.cbrt(abs(mpmath.mpf(p))) * np.sign(p)) for p, v in zip(at, y, strict=True)) <= 4
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(k))(at), y)
    monkeypatch.setenv("SYMACTS_CACHE", str(tmp_path))
    _write("kernels/one.npz", k.code)
    found = _read((tmp_path / "kernels" / "one.npz").read_bytes())
    assert found is not None and found.parts[0].far == k.code.parts[0].far


@pytest.mark.parametrize("backend", BACKENDS)
def test_values_far_beyond_the_largest_float(backend: str) -> None:
    y, dy = kernel("exp(-1/x)", (0, 1), backend=backend, dtype="float32")(np.array([-1e-3, -1e-30, 1e-3, 0.5, np.inf]))
    assert y.tolist()[:3] == [np.inf, np.inf, 0.0] and dy.tolist()[:3] == [np.inf, np.inf, 0.0]
    assert ulps(y[3], mpmath.exp(-2), "float32") <= 4 and ulps(dy[3], 4 * mpmath.exp(-2), "float32") <= 4
    assert y[4] == 1.0 and dy[4] == 0.0


def test_code_in_two_words_is_measured_next_to_far_zeros(monkeypatch: pytest.MonkeyPatch) -> None:
    """1 - sin(x) as a plain difference of pairs has lost its digits there, and nowhere else: true values serve it."""
    plain = str(written(sp.sin(x), x, 1))
    head, _, last = plain.rpartition("return ")
    name = last.partition("[")[0]
    lines = f"{head}w = add((a*0.0 + 1.0, a*0.0), mul((a*0.0 - 1.0, a*0.0), {name}))\n    return w[0] + w[1]\n"
    monkeypatch.setattr(rescue, "written", lambda *args, **options: lines)
    draft = make_plan(((1 - sp.sin(x), 0),), x, "float64").drafts[0]
    studied = next(s for s in draft.sections if s.section.side > 0)
    with mpmath.workprec(300):
        near = float(mpmath.pi * 160.5)
    for points, exact in ((np.array([near]), True), (np.empty(0), False)):
        found = rescue._served(replace(studied, points=points), 130.0, 1e3, draft.form)
        assert any(is_exact(f.source) and f.lo <= near <= f.hi for f in found) is exact
