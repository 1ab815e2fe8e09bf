"""What neither a program nor a polynomial serves: forms in two words, and true values one at a time as the last resort.

Powers such as `x**(1/3)` change by a factor over every binade, and some functions oscillate too fast for a table. No
float of the domain may come out as nan for that: such stretches get the code of `kernels.waves`, where it stays
within the bound, or the formula itself, evaluated in ball arithmetic. The latter is slow, and right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from symacts.errors import UnsupportedExpression
from symacts.kernels.code import Far
from symacts.kernels.crowds import compiled
from symacts.kernels.drafts import Draft, Output, Studied
from symacts.kernels.exact import written_exactly
from symacts.kernels.pieces import Table
from symacts.kernels.waves import written
from symacts.rewrite.regimes import FloatArray, Format, errors_of, stretches_within
from symacts.rewrite.samples import samples

__all__ = ["rescued"]

PER_BINADE = 8
"""Random inputs per binade, and per stretch, on which a form in two words is measured."""
LEAST = 200


def rescued(draft: Draft, output: Output) -> Output:
    """The output with code for the stretches that no polynomial reached; rows that it replaces are dropped."""
    far: list[Far] = []
    left: list[tuple[float, float]] = []
    for studied in draft.sections:
        mine = [u for u in output.unmet if studied.section.lo <= u[0] and u[1] <= studied.section.hi]
        for lo, hi in _hulls(mine, output):
            found = _served(studied, lo, hi, draft.form)
            far += found
            left += [] if found else [(lo, hi)]
    table = _without(output.table, far)
    return replace(output, table=table, unmet=tuple(left), far=(*output.far, *far))


def _hulls(unmet: Sequence[tuple[float, float]], output: Output) -> list[tuple[float, float]]:
    """Unmet stretches with nothing but rows between them as one."""
    apart = [*output.good, *output.wide, *((f.lo, f.hi) for f in output.far)]
    hulls: list[tuple[float, float]] = []
    for lo, hi in sorted(unmet):
        if hulls and not any(hulls[-1][1] < a and b < lo for a, b in apart):
            hulls[-1] = (hulls[-1][0], hi)
        else:
            hulls.append((lo, hi))
    return hulls


def _served(studied: Studied, lo: float, hi: float, form: Format) -> list[Far]:
    """Code for a whole stretch: in two words where that is measured to be good, elsewhere true values."""
    x, side = studied.reference.x, studied.section.side
    try:
        exact = written_exactly(studied.section.expression, x, side)
    except UnsupportedExpression:
        return []
    source = written(studied.section.expression, x, side, any_form=True)
    mine = studied.points[(studied.points >= lo) & (studied.points <= hi)]  # neighbors of far zeros are among them
    points = np.union1d(_points(lo, hi, form), mine)
    good: list[tuple[float, float]] = []
    if source is not None:
        with np.errstate(all="ignore"):
            values = compiled(source)(np.abs(points))
        good = stretches_within(points, errors_of(values, studied.reference.values(points), form), form.bound)
    found = []
    start = lo
    for a, b in good:
        if a > start:
            found.append(Far(start, form.between(lo, a)[1], exact))
        found.append(Far(a, b, str(source)))
        start = form.after(b)
    if start <= hi:
        found.append(Far(start, hi, exact))
    return found


def _points(lo: float, hi: float, form: Format) -> FloatArray:
    """The usual samples of a stretch, and random floats of all its exponents."""
    rng = np.random.default_rng(PER_BINADE)
    near, far = np.log2(np.sort(np.abs([lo, hi])))
    drawn = np.exp2(np.minimum(rng.uniform(near, far, LEAST + int(PER_BINADE * (far - near))), form.highest + 0.5))
    rounded = (drawn if hi > 0 else -drawn).astype(form.dtype).astype(np.float64)
    return np.union1d(samples(lo, hi, form), rounded[(rounded >= lo) & (rounded <= hi)])


def _without(table: Table, far: Sequence[Far]) -> Table:
    """The table without the rows that serve nothing but these stretches."""
    edges = table.edges.tolist()
    keep = [
        not any(f.lo <= lo and hi <= np.nextafter(f.hi, np.inf) for f in far)
        for lo, hi in pairwise([*edges, float("inf")])
    ]
    keep[-1] = True
    return Table(table.edges[keep], table.rows[keep])
