"""A closer look at a compiled program: at very many floats, against its formula's forms in a wider format.

Balls tell true values of some thousands of floats in the time of a compilation. Errors of rounding go beyond what these
show: in short stretches, next to where an intermediate value passes a power of two, and at one float in many. A form
in a wider format, itself measured against balls, tells true values of millions.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from symacts.kernels.drafts import Studied
from symacts.rewrite.graph import Graph
from symacts.rewrite.reference import ulp_meter
from symacts.rewrite.regimes import SHORTEST, FloatArray, Format, computed, errors_of, stretches_within
from symacts.rewrite.samples import COMMON, remote, scattered

__all__ = ["quiet"]

WIDER = {"float32": "float64", "float64": "longdouble"}
"""The format in which forms stand for true values."""
SPARE = 8
"""Bits that it must have more than the format of the results."""
SHARE = 1 / 16
"""Share of the bound that such a form may be off."""
SILENT = 0.4
"""Share of the bound below which errors at some thousands of floats say enough: rounding once is a fifth of it."""
NEAR = 0.7
"""The same where balls have to say more."""
FEW, MANY = 1 << 11, 1 << 13
"""Random floats of a binade that balls are asked about, and of a stretch in it where a program is noisy."""
EACH = {"float32": (1 << 16, 1 << 9), "float64": (1 << 15, 1 << 7)}
"""Random floats of each binade of common inputs, and of others."""
FARTHER = 1.16
"""How far the worst of them may lie above what some thousands may reach: with a bound of 3.1 ULP, 3.6."""
BESIDE = 1.0 / 256
"""What is left out on each side of a float that is over the bound, relative to it, at the least."""
BLOCK = 256
"""Floats side by side whose errors all stay within what samples may show: there noise that passes the bound ends."""
MOST = 2000
"""Floats of a stretch that are looked at once more."""
CHUNK = 1 << 14
"""Floats at a time: forms keep all their steps."""


def quiet(
    good: Sequence[tuple[float, float]],
    points: FloatArray,
    errors: FloatArray,
    studied: Studied,
    graph: Graph,
    form: Format,
    run: Callable[[FloatArray], FloatArray],
) -> list[tuple[float, float]]:
    """What is left of a section's stretches without the neighborhoods of floats over the bound.

    Parameters
    ----------
    good : sequence of (float, float)
        Stretches that a program serves as far as is known.
    points, errors : array
        Floats of the section whose true values are known, and the program's errors there.
    studied : Studied
        The section.
    graph : Graph
        The forms.
    form : Format
        The format of the results.
    run : callable
        The compiled program.
    """
    found: list[tuple[float, float]] = []
    loud = [s for s in good if _worst(points, errors, *s) > SILENT * form.bound]
    forms = _forms(points, studied, graph, form) if loud else []
    for lo, hi in good:
        bad: list[tuple[float, float]] = []
        if (lo, hi) in loud:
            for node, a, b in forms:
                if max(a, lo) < min(b, hi):
                    bad += _noisy(max(a, lo), min(b, hi), node, graph, form, run, studied)
            for a, b in _binades(_rest(lo, hi, forms)):
                if _worst(points, errors, a, b) > NEAR * form.bound:
                    bad += _noisy(a, b, None, graph, form, run, studied)
        found += _without(lo, hi, sorted(bad), form)
    return found


def _worst(points: FloatArray, errors: FloatArray, lo: float, hi: float) -> float:
    return float(np.max(errors[(points >= lo) & (points <= hi)], initial=0.0))


def _binades(stretches: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretches of common inputs, cut at powers of two; what is shorter than a hundredth of a binade is left out."""
    found: list[tuple[float, float]] = []
    for lo, hi in stretches:
        side, (low, high) = np.sign(lo + hi), np.sort(np.abs([lo, hi]))
        low, high = max(low, COMMON[0]), min(high, COMMON[1])
        ends = [low, *[2.0**k for k in range(-28, 11) if low < 2.0**k < high], high] if low < high else []
        found += [tuple(sorted((side * a, side * b))) for a, b in itertools.pairwise(ends) if b > 1.01 * a]
    return found


def _forms(points: FloatArray, studied: Studied, graph: Graph, form: Format) -> list[tuple[int, float, float]]:
    """Forms that are as good as true values, each with a stretch of floats on which it is; none overlap."""
    wide = WIDER[form.dtype]
    if np.finfo(wide).nmant < np.finfo(form.dtype).nmant + SPARE:
        return []
    meter = ulp_meter(studied.reference.values(points), form.dtype)
    nodes = list(dict.fromkeys([*studied.candidates.rounded, *studied.candidates.exact]))
    stretches = []
    for node, y in zip(nodes, computed(graph, nodes, {"x": points}, wide), strict=True):
        stretches += [(node, a, b) for a, b in stretches_within(points, meter(y), SHARE * form.bound)]
    kept: list[tuple[int, float, float]] = []
    for node, a, b in sorted(stretches, key=lambda s: -np.log2(max(abs(s[1]), abs(s[2])) / min(abs(s[1]), abs(s[2])))):
        kept += [(node, lo, hi) for lo, hi in _rest(a, b, kept) if max(abs(lo), abs(hi)) > min(abs(lo), abs(hi))]
    return kept


def _rest(a: float, b: float, taken: Sequence[tuple[int, float, float]]) -> list[tuple[float, float]]:
    """What stretches leave of an interval."""
    left = [(a, b)]
    for _, lo, hi in taken:
        left = [part for p, q in left for part in ((p, min(q, lo)), (max(p, hi), q)) if part[0] < part[1]]
    return left


def _noisy(
    lo: float,
    hi: float,
    node: int | None,
    graph: Graph,
    form: Format,
    run: Callable[[FloatArray], FloatArray],
    studied: Studied,
) -> list[tuple[float, float]]:
    """Where a program is over the bound at one of very many floats, and as noisy around it: each float may be one.

    What is noisy is looked at as closely as a whole binade, be it ever so short. Without a form balls tell true values,
    of fewer floats, none of which may then be farther off than the samples.
    """

    def off(points: FloatArray) -> FloatArray:
        if node is None:
            return errors_of(run(points), studied.reference.values(points), form)
        errors = np.empty(len(points))
        for start in range(0, len(points), CHUNK):
            some = points[start : start + CHUNK]
            (truth,) = computed(graph, [node], {"x": some}, WIDER[form.dtype])
            errors[start : start + CHUNK] = _errors(run(some), truth, form)
        return errors

    common, others = (FEW, 0) if node is None else EACH[form.dtype]
    many = MANY if node is None else common
    limit, near = (form.worst, NEAR * form.bound) if node is None else (FARTHER * form.worst, form.admitted)
    points = np.union1d(scattered(lo, hi, form, common, per_binade=True), remote(lo, hi, form, others))
    errors = off(points)
    taken: list[tuple[float, float]] = []
    loud = np.maximum.reduceat(errors, np.arange(0, len(points), BLOCK)) > near if len(points) else points > 0
    borders = np.minimum(np.flatnonzero(np.diff(loud, prepend=False, append=False)) * BLOCK, len(points))
    for first, last in zip(borders[::2].tolist(), borders[1::2].tolist(), strict=True):
        a, b = points[first], points[last - 1]
        more = np.concatenate([points[first:last], scattered(a, b, form, many)])
        seen = np.concatenate([errors[first:last], off(more[last - first :])])
        bad = more[seen > limit].tolist()
        bad = bad if node is None else _confirmed(bad, studied, form, run)
        taken += [(a, b)] if bad else []
        taken += [(form.at(v - abs(v) * BESIDE), form.at(v + abs(v) * BESIDE)) for v in bad]
    return taken


def _confirmed(
    bad: Sequence[float], studied: Studied, form: Format, run: Callable[[FloatArray], FloatArray]
) -> list[float]:
    """Those of the floats, or of some, that balls find over the bound, too: a form may be worse between samples."""
    some = np.array(bad[:: 1 + len(bad) // MOST])
    errors = errors_of(run(some), studied.reference.values(some), form)
    return some[errors > FARTHER * form.worst].tolist()


def _errors(y: FloatArray, truth: npt.NDArray[Any], form: Format) -> FloatArray:
    """Errors in ULP where the true value is a normal number."""
    info = np.finfo(form.dtype)
    with np.errstate(all="ignore"):
        size = np.frexp(truth)[1]
        errors = np.abs(np.ldexp(y - truth, info.nmant + 1 - size)).astype(np.float64)
        is_normal = (np.abs(truth) >= info.tiny) & (np.abs(truth) < info.max / 2)
    errors[np.isnan(errors)] = np.inf
    return np.where(is_normal, errors, 0.0)


def _without(lo: float, hi: float, bad: Sequence[tuple[float, float]], form: Format) -> list[tuple[float, float]]:
    """The parts of an interval that are not in the bad ones, but for short ones."""
    if not bad:
        return [(lo, hi)]
    parts, start = [], lo
    for a, b in [*bad, (np.inf, np.inf)]:
        end = min(a, hi)
        if end > start and max(abs(start), abs(end)) >= SHORTEST * min(abs(start), abs(end)):
            parts.append((start, end))
        start = max(start, b)
    return parts
