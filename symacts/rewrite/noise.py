"""Noise of rounding: from errors at samples, and what rounding can do, to where hardly any float passes the bound.

What rounding does to a program moves within a binade, and samples, few where inputs are uncommon, may all lie where it
does little. So samples tell by which factor errors differ from those that `bounds.rounding` expects, and these tell
what they are between the samples.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from symacts.rewrite.bounds import USUAL, rounding
from symacts.rewrite.graph import Graph
from symacts.rewrite.regimes import CROWD, BoolArray, FloatArray, Format, stretches_within

__all__ = ["Noise", "noise"]

SURE = 3.8
"""ULP that rounding errors may reach where they are bounded: up to 4 there is room for what the bound leaves out."""
FEW = 20
"""Neighbors on each side that tell about noise where samples are few."""
SELDOM = 4.0
"""The worst of a million errors as a multiple of their root mean square, where nothing tells what they are sums of."""
ROOM = 1.3
"""How far the worst of all floats may lie above what thousands of samples may reach."""
LOUDEST = 4.0
"""Share of the bound beyond which errors are all the same."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Errors of a program at points: where they are sure to stay below 4 ULP, what is usual, what they seldom pass.

    The latter two up to a common factor, which moves slowly.
    """

    points: FloatArray
    errors: FloatArray
    sure: BoolArray
    usual: FloatArray
    seldom: FloatArray

    def joined(self, more: Noise) -> Noise:
        """With more points."""
        order = np.argsort(np.concatenate([self.points, more.points]))
        rows = [np.concatenate([getattr(self, f.name), getattr(more, f.name)])[order] for f in fields(self)]
        return Noise(*rows)

    def within(self, bound: float) -> list[tuple[float, float]]:
        """Stretches on which the errors, but for those that are sure, stay within a bound."""
        return stretches_within(self.points, np.where(self.sure, 0.0, self.errors), bound)

    def calm(self, bound: float) -> list[tuple[float, float]]:
        """Stretches without a crowd of samples around one that rounding brings above a bound.

        What is out of all proportion is none of rounding: it ends a program's stretch where that ends.
        """
        errors = np.where(self.sure | (self.errors > LOUDEST * bound), 0.0, self.errors)
        return stretches_within(self.points, errors, bound, CROWD)

    def risky(self, bound: float) -> list[tuple[float, float]]:
        """Where the worst of all floats near a sample may lie above the bound, whatever the samples do.

        Between two samples errors may be what they are at the noisiest sample around.
        """
        padded = np.pad(np.minimum(self.seldom, max(LOUDEST * bound, SELDOM)), FEW, mode="edge")
        most = np.lib.stride_tricks.sliding_window_view(padded, 2 * FEW + 1).max(axis=1)
        return stretches_within(self.points, bound - most * self._factor(bound, FEW, FEW), 0.0, 0, shortest=1.0)

    def quiet(self, bound: float) -> list[tuple[float, float]]:
        """Where the worst of a million floats stays within 1.3 times the bound, or that is sure.

        What is quiet is so on both sides: noise that begins where the result passes a power of two begins at once.
        """
        many = CROWD if self.is_blind else 4 * CROWD
        factor = np.maximum(self._factor(bound, many, 0), self._factor(bound, 0, many))
        return stretches_within(self.points, np.where(self.sure, 0.0, self.seldom * factor), ROOM * bound, 0)

    @property
    def is_blind(self) -> bool:
        """Whether nothing is known but the errors at the points."""
        return bool(np.all(self.usual == 1.0))

    def _factor(self, bound: float, before: int, after: int) -> FloatArray:
        """The root mean square of errors in units of what is usual, of each and its neighbors.

        Where that is known, what is out of all proportion is none of rounding, and errors that are less than usual, as
        they go back to one step, may be more at the next binade.
        """
        counted = np.ones(len(self.errors)) if self.is_blind else (self.errors <= LOUDEST * bound).astype(float)
        squares = counted * (np.minimum(self.errors, LOUDEST * bound) / self.usual) ** 2
        sums, counts = (np.concatenate([[0.0], np.cumsum(s)]) for s in (squares, counted))
        at = np.arange(len(squares))
        lo, hi = np.maximum(at - before, 0), np.minimum(at + after + 1, len(squares))
        found = np.sqrt((sums[hi] - sums[lo]) / np.maximum(counts[hi] - counts[lo], 1.0))
        return found if self.is_blind else np.maximum(found, 1.0)


def noise(
    points: FloatArray, errors: FloatArray, graph: Graph | None, node: int | None, form: Format, tails: bool = True
) -> Noise:
    """Errors of a step at points, with what rounding does to it in the arithmetic of the format where that is known."""
    if graph is None or node is None or form.dtype != form.inner:
        one = np.ones(len(points))
        return Noise(points, errors, np.zeros(len(points), bool), one, SELDOM * one)
    found = rounding(graph, node, points, form.inner, tails)
    sure = (errors <= found.most) & (found.most < SURE)
    known = np.isfinite(found.usual)
    usual = np.where(known, np.maximum(found.usual, USUAL), 1.0)
    return Noise(points, errors, sure, usual, np.where(known, np.maximum(found.seldom, USUAL), SELDOM))
