"""Products and sums of two kernels' results that keep their digits: what floats between lose is computed anew.

A product loses them where one factor is below the normal range and the other is large, a sum where its terms cancel.

>>> import numpy as np
>>> from symacts.spec import x
>>> small = Factor(sp.exp(x), 0, np.array(-750.0), np.array(0.0))
>>> float(product(small, Factor(x, 0, np.array(1e300), np.array(1e300)))) > 1e-26
True
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath
import numpy as np
import numpy.typing as npt
import sympy as sp

from symacts.kernels.certify import inside
from symacts.kernels.crowds import paired
from symacts.kernels.waves import written
from symacts.rewrite.reference import SATURATED, Reference, split_words, to_float
from symacts.rigor.oracle import BallOracle
from symacts.spec import x
from symacts.symbolic.branches import Branch, split

__all__ = ["Factor", "product", "total"]

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Factor:
    """The `order`-th derivative of a formula, which is `y` at the inputs `at`."""

    formula: sp.Expr
    order: int
    at: Array
    y: Array


def product(a: Factor, b: Factor) -> Array:
    """a*b, within the product's rounding also where a factor is below the normal range and the other is large.

    An infinite factor beside a finite input is the limit: infinite by the sign of a factor that no float holds, zero
    beside one that is zero all around its input.
    """
    y: Array = np.asarray(a.y * b.y)
    for small, large in ((a, b), (b, a)):
        lost = (np.abs(small.y) < LEAST) & (small.at != 0.0) & (np.abs(large.y) > 1.0)
        if lost.any():
            _restore(y, lost, small, large)
    return y


def _restore(y: Array, lost: Array, small: Factor, large: Factor) -> None:
    """Overwrite products with those of a factor's true value, scaled into the normal range."""
    at, factor = (np.broadcast_to(v, y.shape)[lost] for v in (small.at, large.y))
    values = y[lost]
    for branch, reference in _branches(small.formula, small.order, SCALE):
        if reference.expression == 0:
            beyond = np.array([-np.inf if branch.lo == -sp.oo else np.nan, np.inf if branch.hi == sp.oo else np.nan])
            values[(inside(at, branch) | np.isin(at, beyond)) & np.isinf(factor)] = 0.0
            continue
        for k in np.flatnonzero(inside(at, branch)).tolist():
            true = reference.value(at.item(k))
            if true == (0, 0) and np.isinf(factor[k]):
                cells = _cells(reference.expression, branch.lo, branch.hi)
                true = next((sign for lo, hi, sign in cells if lo < at[k] < hi), 0), 0
            if true is not None and true[0]:
                finite = np.isfinite(factor[k])
                top, bottom = (factor if finite else np.sign(factor)).item(k).as_integer_ratio()
                exponent = true[1] - SCALE - bottom.bit_length() + 1
                values[k] = to_float((true[0] * int(top), exponent if finite else BEYOND))
    y[lost] = values


@lru_cache(maxsize=32)
def _cells(expression: sp.Expr, lo: sp.Expr, hi: sp.Expr) -> list[tuple[Fraction | float, Fraction | float, int]]:
    """The open intervals on which the expression has a proved sign, a little narrower than they are."""
    chart = BallOracle().chart(expression, x, lo, hi)
    return [(_rational(a, 1), _rational(b, -1), sign) for a, b, sign in getattr(chart, "cells", ())]


def _rational(end: sp.Expr, side: int) -> Fraction | float:
    """A rational next to an end of an interval, on its inner side; an infinity as it is."""
    if end.is_infinite:
        return math.inf if end == sp.oo else -math.inf
    near = Fraction(str(end.evalf(40)))
    return near + side * max(abs(near), Fraction(1)) / 10**35


LEAST = 2.0**-1022
"""The least normal number."""
SCALE = 1060
"""Bits by which a factor below the normal range is multiplied: what is nothing then is nothing times any float."""
BEYOND = 2000
"""An exponent beyond all floats."""


@lru_cache(maxsize=32)
def _branches(formula: sp.Expr, order: int, scale: int = 0) -> list[tuple[Branch, Reference]]:
    """The branches of a formula, each with true values of 2**scale times its derivative."""
    inner = [b for b in split(formula, x, BallOracle()) if not b.is_point]
    return [(b, Reference(sp.Integer(2) ** scale * sp.diff(b.expression, x, order), x)) for b in inner]


def total(a: Factor, b: Factor, near: float = 1.0) -> Array:
    """a + b, within a few roundings also where the sum is less than `near` of the larger term."""
    y: Array = np.asarray(a.y + b.y)
    size = np.maximum(np.abs(a.y), np.abs(b.y))
    lost = (np.abs(y) < near * size) & np.isfinite(size)
    if lost.any():
        places, terms = [], []
        for part in (a, b):
            at, value = (np.broadcast_to(v, y.shape)[lost] for v in (part.at, part.y))
            places.append(at)
            terms.append(_words(part, at, value))
        (high, low), (second, rest) = terms
        s = high + second
        part_of_second = s - high
        error = (high - (s - part_of_second)) + (second - part_of_second)
        values = s + (error + (low + rest))
        deep = np.abs(values) < np.maximum(np.abs(high), 1.0) * CANCELED
        for k in np.flatnonzero(deep & (low != 0.0)).tolist():
            values[k] = _exact_sum([(part, at.item(k)) for part, at in zip((a, b), places, strict=True)], values[k])
        y[lost] = values
    return y


CANCELED = 2.0**-36
"""Share of the terms below which their sum has lost too many of the digits that two words hold."""


def _words(part: Factor, at: Array, y: Array) -> tuple[Array, Array]:
    """Values in two words: by the form in pairs where it agrees with the kernel, by true values elsewhere."""
    high, low = y.copy(), np.zeros(len(y))
    for branch, reference in _branches(part.formula, part.order):
        if reference.expression in (x, -x) or reference.expression.is_Integer:
            continue
        for side, mine in ((-1, at < 0.0), (1, at >= 0.0)):
            where = np.flatnonzero(inside(at, branch) & mine)
            if not len(where):
                continue
            high[where], low[where] = _code(reference.expression, side)(np.abs(at[where]))
            for k in where[~(np.abs(high[where] - y[where]) <= CLOSE * np.spacing(np.abs(y[where])))].tolist():
                true = reference.value(at.item(k))
                high[k], low[k] = (y[k], 0.0) if true is None else split_words(true)
    return high, low


CLOSE = 8.0
"""ULP within which a form in pairs agrees with a kernel."""


@lru_cache(maxsize=32)
def _code(expression: sp.Expr, side: int) -> Callable[[Array], tuple[Array, Array]]:
    """The expression's form in pairs on one half line, as a function of |x|; nan where none holds both words."""
    source = written(expression, x, side, any_form=True)
    if source is None or "plain(" in source:
        return lambda points: (points * np.nan, points * 0.0)
    return paired(source)


def _exact_sum(terms: list[tuple[Factor, float]], otherwise: float) -> float:
    """The sum of true values at floats, with as many digits as it takes; zero where no number of them finds another."""
    pairs = []
    for part, at in terms:
        held = [r.expression for b, r in _branches(part.formula, part.order) if inside(np.array([at]), b)[0]]
        if not held:
            return otherwise
        pairs.append((_function(held[0]), at))
    for prec in PRECISIONS:
        with mpmath.workprec(prec):
            values = [f(mpmath.mpf(at)) for f, at in pairs]
            whole, size = mpmath.fsum(values), max(map(abs, values))
            if abs(whole) > mpmath.ldexp(size, GUARD - prec):
                return float(whole)
    return 0.0


PRECISIONS = (240, 700, 1400, 3600)
"""Bits: the last ones keep every term down to the subnormals beside a term of size one."""
GUARD = 80
"""Bits that have to remain of them."""


@lru_cache(maxsize=32)
def _function(expression: sp.Expr) -> Callable[[Any], Any]:
    """The expression for mpmath."""
    found: Callable[[Any], Any] = sp.lambdify(x, expression, [SATURATED, "mpmath"])
    return found
