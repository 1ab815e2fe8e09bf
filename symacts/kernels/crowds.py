"""Far out, where zeros crowd: which floats the forms of `waves` serve, and how their code is run.

Where samples are too far apart to find all zeros, some of these are looked for, and the form is measured next to them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp

from symacts.kernels.code import Far
from symacts.kernels.exact import evaluator, is_exact
from symacts.kernels.waves import written
from symacts.rewrite import pairs
from symacts.rewrite.reference import Dyadic, Reference
from symacts.rewrite.regimes import FloatArray, Format, errors_of

__all__ = ["NEAREST", "compiled", "crowd", "distant", "overwritten", "paired"]


def _slopes(expression: sp.Expr, x: sp.Symbol) -> list[Callable[[float], float]]:
    """The derivatives of the waves' arguments in x, as functions: zeros lie about pi over these apart."""
    return [sp.lambdify(x, sp.diff(wave.args[0], x), "math") for wave in expression.atoms(sp.sin, sp.cos)]


@lru_cache(maxsize=256)
def compiled(source: str) -> Callable[[FloatArray], FloatArray]:
    """The function; it names only what `rewrite.pairs` offers, or it is a formula (`kernels.exact`)."""
    if is_exact(source):
        return evaluator(source)
    names = ("add", "atan", "div", "exp", "log", "mul", "plain", "power", "sincos", "sqrt")
    space: dict[str, Any] = {"__builtins__": {}, **{name: getattr(pairs, name) for name in names}}
    exec(compile(source, "<symacts waves>", "exec"), space)
    found: Callable[[FloatArray], FloatArray] = space["far"]
    return found


@lru_cache(maxsize=256)
def paired(source: str) -> Callable[[FloatArray], pairs.Pair]:
    """The function before its two words are added."""
    head, _, last = source.rpartition("return ")
    whole: Any = compiled(f"{head}return {last.partition('[')[0]}\n")
    found: Callable[[FloatArray], pairs.Pair] = whole
    return found


def _overwrite(far: Sequence[Far], x: FloatArray, out: Any) -> None:
    """Replace the results in these stretches, a block at a time."""
    if not far:
        return
    nearest = min(min(abs(f.lo), abs(f.hi)) for f in far)
    for start in range(0, len(x), BLOCK):
        block = x[start : start + BLOCK]
        if not (np.abs(block) >= nearest).any():
            continue
        for f in far:
            where = np.flatnonzero((block >= f.lo) & (block <= f.hi))
            if len(where):
                out[start + where] = compiled(f.source)(np.abs(block[where].astype(np.float64)))


def overwritten(run: Callable[..., None], far: Sequence[Sequence[Far]]) -> Callable[..., None]:
    """`run(x, outs)` with each output's far stretches put right afterwards."""
    if not any(far):
        return run

    def whole(x: FloatArray, outs: Sequence[Any]) -> None:
        run(x, outs)
        with np.errstate(all="ignore"):
            for stretches, out in zip(far, outs, strict=True):
                _overwrite(stretches, x, out)

    return whole


BLOCK = 4096
"""Elements looked at together: what `far` computes with stays in the cache."""


def distant(
    reference: Reference, points: FloatArray, truth: Sequence[Dyadic | None], roots: Sequence[Fraction], form: Format
) -> tuple[Far, ...]:
    """The stretches of a section, from where its zeros crowd on, that a form in two words serves.

    Parameters
    ----------
    reference : Reference
        True values of the section's expression.
    points, truth : ndarray, sequence
        Samples of the section, with neighbors of far zeros, and the values there.
    roots : sequence of Fraction
        The zeros near the origin.
    """
    side = 1 if points[-1] > 0 else -1
    border = _border(roots, np.abs(points), _slopes(reference.expression, reference.x), side)
    source = written(reference.expression, reference.x, side)
    beyond = np.flatnonzero(np.abs(points) >= border)
    if source is None or len(beyond) < 2:
        return ()
    beyond = beyond[np.argsort(np.abs(points[beyond]))]
    with np.errstate(all="ignore"):
        values = compiled(source)(np.abs(points[beyond]))
    errors = errors_of(values, [truth[k] for k in beyond.tolist()], form)
    bad = np.flatnonzero(errors > form.bound)
    last = len(beyond) - 1 if not len(bad) else int(bad[0]) - 1
    if last < 1:
        return ()
    lo, hi = sorted((side * border, float(points[beyond[last]])))
    return (Far(lo, hi, source),)


def _border(
    roots: Sequence[Fraction], sizes: FloatArray, slopes: Sequence[Callable[[float], float]], side: int
) -> float:
    """Behind the last zero that gets a polynomial of its own, or where samples are too far apart to find zeros."""
    near = sorted(abs(r) for r in roots if r)
    last = float((near[MOST_ZEROS - 1] + near[MOST_ZEROS]) / 2) if len(near) > MOST_ZEROS else math.inf
    sizes = np.sort(sizes)
    for p, gap in zip(sizes.tolist(), np.diff(sizes).tolist(), strict=False):
        steepest = max((abs(slope(side * p)) for slope in slopes), default=0.0) if p > NEAREST else 0.0
        if p >= last or gap * steepest * SAMPLES > math.pi:
            between = [float((r + s) / 2) for r, s in itertools.pairwise(near) if r < s and (r + s) / 2 < min(p, last)]
            return max(between[-1] if between else min(p, last), NEAREST)
    return math.inf


MOST_ZEROS = 24
"""Zeros of one section up to which each gets its own polynomial."""
SAMPLES = 4
"""Samples in half a period that show all zeros."""
NEAREST = 2.0**pairs.LOWEST
"""Arguments below are not reduced."""

SCALES = 16
"""Places far out at which zeros are looked for."""
STEPS = 48
"""Steps of a tenth of a period from such a place on."""


def crowd(reference: Reference, lo: float, hi: float, form: Format) -> FloatArray:
    """Floats beyond `lo` (in magnitude) where an oscillating function is hard: neighbors of zeros, and random ones."""
    side = 1.0 if hi > 0 else -1.0
    near, far = sorted((abs(lo), abs(hi)))
    rng = np.random.default_rng(SCALES)
    slopes = _slopes(reference.expression, reference.x)
    places = (near * np.exp2(rng.uniform(0.0, 1.0, SCALES) + np.arange(SCALES) * 50.0 / SCALES)).tolist()
    found: list[float] = []
    for place in places:
        steepest = max((abs(slope(side * place)) for slope in slopes), default=0.0)
        step = math.pi / 10 / steepest if steepest > 0.0 and math.isfinite(steepest) else 0.0
        if step < 8 * np.spacing(np.dtype(form.dtype).type(place)) or place + STEPS * step > far:
            continue
        grid = [side * float(np.dtype(form.dtype).type(place + k * step)) for k in range(STEPS)]
        found += _zeros_between(reference, grid, form)
    binades = np.log2(near), np.log2(min(far, form.largest / 2))
    found += (side * np.exp2(rng.uniform(*binades, 400))).tolist()
    found += (side * np.exp2(rng.uniform(binades[0], min(binades[0] + 12, binades[1]), 400))).tolist()
    rounded = np.unique(np.array(found).astype(form.dtype).astype(np.float64))
    return rounded[(np.abs(rounded) >= near) & (np.abs(rounded) <= far)]


def _zeros_between(reference: Reference, grid: list[float], form: Format) -> list[float]:
    """The neighbors of the first zeros between grid points: of sign changes, and of dips that end near zero."""
    values = [reference.value(p) for p in grid]
    sizes = [math.inf if v is None else _log2(v) for v in values]
    found: list[float] = []
    for k in range(1, len(grid) - 1):
        v, w = values[k - 1], values[k]
        if v is None or w is None or not v[0] or not w[0]:
            continue
        if (v[0] > 0) != (w[0] > 0):
            found += _around(_narrowed(reference, grid[k - 1], grid[k]), form)
        elif sizes[k] < min(sizes[k - 1], sizes[k + 1]) - 1.0:
            found += _around(_lowest(reference, grid[k - 1], grid[k + 1]), form)
        if len(found) > 60:
            break
    return found


def _log2(v: Dyadic) -> float:
    size = abs(v[0]).bit_length()
    return -math.inf if not v[0] else math.log2(abs(v[0]) >> max(size - 60, 0)) + max(size - 60, 0) + v[1]


def _narrowed(reference: Reference, lo: float, hi: float) -> float:
    """A float next to a sign change."""
    first = reference.value(lo)
    while first is not None:
        middle = (lo + hi) / 2
        v = reference.value(middle)
        if middle in (lo, hi) or v is None or not v[0]:
            break
        lo, hi = (middle, hi) if (v[0] > 0) == (first[0] > 0) else (lo, middle)
    return lo


def _lowest(reference: Reference, lo: float, hi: float) -> float:
    """A float near the least magnitude between, by thirds."""
    for _ in range(110):
        p, q = lo + (hi - lo) / 3, hi - (hi - lo) / 3
        v, w = reference.value(p), reference.value(q)
        if v is None or w is None or p in (lo, q) or q == hi:
            break
        lo, hi = (lo, q) if _log2(v) < _log2(w) else (p, hi)
    return (lo + hi) / 2


def _around(place: float, form: Format) -> list[float]:
    kind = np.dtype(form.dtype).type
    found = [kind(place)]
    for end in (np.inf, -np.inf):
        step = kind(place)
        for _ in range(3):
            step = np.nextafter(step, kind(end))
            found.append(step)
    unit = abs(float(np.spacing(kind(place))))
    found += [kind(place + s * unit * 2.0**k) for s in (1, -1) for k in (3, 6, 12, 20)]
    return [float(v) for v in found]
