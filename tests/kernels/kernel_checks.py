"""The check that all accuracy tests share: adversarial points, true values by mpmath from the declared formula."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import sympy as sp
from kernel_referee import MODULES, NoTruth, ulps

from symacts.rigor.oracle import BallOracle
from symacts.spec import x
from symacts.symbolic.branches import split


def points(seed: int, near: list[float], count: int, dtype: str = "float64") -> np.ndarray:
    """All exponents, subnormals, common inputs, neighbors of the given places."""
    rng = np.random.default_rng(seed)
    info = np.finfo(dtype)
    low, high = int(info.minexp) - info.nmant, int(info.maxexp) - 1
    found = [rng.normal(size=count) * 3, rng.uniform(-45, 45, count // 2), rng.uniform(-760, 760, count // 2)]
    for sign in (1.0, -1.0):
        found.append(sign * np.ldexp(rng.uniform(1, 2, count), rng.integers(low, high + 1, count)))
        found.append(sign * np.ldexp(rng.uniform(1, 2, count), rng.integers(-30, 11, count)))
        found.append(sign * np.ldexp(1.0, np.arange(low, high + 1, max(1, (high - low) // count))))
    for place in near:
        found.append(place * (1 + rng.choice([-1.0, 1.0], 24) * 2.0 ** -rng.uniform(1, 53, 24)))
        found.append(np.array([place, np.nextafter(place, np.inf), np.nextafter(place, -np.inf)]))
    with np.errstate(all="ignore"):
        every = np.unique(np.concatenate(found).astype(dtype).astype(float))
    return every[np.isfinite(every)]


def zeros(f: Callable[[float], float]) -> list[float]:
    """Sign changes of a function on a grid, bisected in floats."""
    grid = np.concatenate([-np.logspace(2, -3, 400), np.logspace(-3, 2, 400)])
    values = [f(float(t)) for t in grid]
    found = []
    for a, b, fa, fb in zip(grid, grid[1:], values, values[1:], strict=False):
        if fa * fb < 0:
            lo, hi = float(a), float(b)
            for _ in range(80):
                middle = (lo + hi) / 2
                lo, hi = (middle, hi) if f(middle) * fa > 0 else (lo, middle)
            found.append((lo + hi) / 2)
    return found[:12]


class Truth:
    """True values by mpmath, from the branches' declared expressions; independent of the balls kernels are built on."""

    def __init__(self, formula: sp.Expr, order: int) -> None:
        self.parts = []
        for b in split(formula, x, BallOracle()):
            if b.is_point:
                continue
            expression = sp.diff(b.expression, x, order)
            lo = -np.inf if b.lo == -sp.oo else float(b.lo.evalf(40))
            hi = np.inf if b.hi == sp.oo else float(b.hi.evalf(40))
            self.parts.append((lo, hi, sp.lambdify(x, expression.replace(sp.sinc, lambda u: sp.sin(u) / u), MODULES)))

    def __call__(self, at: float) -> tuple[int, int] | None:
        for lo, hi, f in self.parts:
            if lo < at < hi:
                return self.value(f, at)
        return None

    @staticmethod
    def value(f: Any, at: float) -> tuple[int, int] | None:
        last = None
        for prec in (1400, 3600):  # every term down to the subnormals counts beside a term of size one
            with mpmath.workprec(prec):
                try:
                    y = f(mpmath.mpf(at))
                except NoTruth:
                    return None
                y = y if isinstance(y, mpmath.mpc) else mpmath.mpf(y)
                if mpmath.isnan(y) or isinstance(y, mpmath.mpc):
                    return None
                if y and last is not None and abs(y - last) <= abs(y) * mpmath.mpf(2) ** -100:
                    return _dyadic(y)
                if y and last and mpmath.mag(y) < -1200 and mpmath.mag(last) < -1200:
                    return 0, 0
                last = y
        return _dyadic(last)  # zero at every precision

    @property
    def ends(self) -> list[float]:
        return [e for lo, hi, _ in self.parts for e in (lo, hi) if np.isfinite(e)]


def _dyadic(y: Any) -> tuple[int, int]:
    if mpmath.isinf(y):
        return (1 if y > 0 else -1), 5000
    sign, man, exp, size = y._mpf_
    if not man or exp + size < -1200:
        return 0, 0
    if exp + size > 1100:
        return (-1 if sign else 1), 5000
    cut = max(int(size) - 160, 0)
    return (-1 if sign else 1) * (int(man) >> cut), int(exp) + cut


def worst_error(
    evaluate: Callable[[np.ndarray], np.ndarray],
    truth: Truth,
    seed: int,
    count: int,
    dtype: str = "float64",
) -> tuple[float, float]:
    """The worst error in ULP and where, over the interiors of the branches."""

    def plain(t: float) -> float:
        v = truth(t)
        return 0.0 if v is None else float(np.sign(v[0]))

    at = points(seed, [*zeros(plain), *truth.ends], count, dtype)
    known = [truth(t) for t in at.tolist()]
    keep = np.array([k is not None for k in known])
    with np.errstate(all="ignore"):
        y = np.asarray(evaluate(at[keep].astype(dtype)), float)
    with mpmath.workprec(400):
        true = [mpmath.ldexp(*t) for t in known if t is not None]
        errors = np.array([float(ulps(v, t, dtype)) for v, t in zip(y.tolist(), true, strict=True)])
    k = int(errors.argmax())
    return float(errors[k]), float(at[keep][k])


__all__ = ["Fraction", "Truth", "points", "worst_error", "zeros"]
