"""Isolation of zeros, and refinement of a `Root`: certified bisection, then interval Newton steps.

>>> import sympy as sp
>>> from symacts.facts import Root
>>> t = sp.Symbol("t", real=True)
>>> refine(Root(t**2 - 2, 1, 2), 64).overlaps(arb(2).sqrt())
True
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp
from flint import arb, fmpq

from symacts.errors import UnsupportedExpression
from symacts.facts import Root
from symacts.rigor import intervals as iv
from symacts.rigor.balls import BallFunction, compile_balls
from symacts.rigor.precision import precision

__all__ = ["isolate", "refine", "sign_at"]

MOST_BITS = 8192
"""Precision at which the sign at a point is given up."""
MOST_STEPS = 20000
"""Bisection and Newton steps of one refinement."""


class _State:
    """The best enclosure of a root so far; `exact` where an end of the isolating interval is the root itself."""

    __slots__ = ("exact", "function", "hi", "lo", "root", "sign")

    def __init__(self, root: Root) -> None:
        self.root = root
        self.function: BallFunction = compile_balls(root.function.expr, root.function.variables[0])
        self.lo: Any = None
        self.hi: Any = None
        self.sign = 0
        self.exact: sp.Rational | None = root.lo if root.lo == root.hi else None


@lru_cache(maxsize=4096)
def _state(root: Root) -> _State:
    return _State(root)


def _rational(q: Any) -> Any:
    return fmpq(int(q.p), int(q.q))


def sign_at(f: BallFunction, point: sp.Rational, prec: int = 64, most: int = MOST_BITS) -> int | None:
    """The sign of f at a rational point: -1, +1, 0 where proved symbolically, None where undecided."""
    from symacts.rigor.constants import is_zero  # deferred: constants are refined through this module

    tried_symbols = False
    while prec <= most:
        with precision(prec):
            value = f.local_at(arb(_rational(point)))
            if value > 0 or value < 0:
                return 1 if value > 0 else -1
        if not tried_symbols and value.is_finite():
            tried_symbols = True
            if is_zero(f.expr.subs(f.variable, point)):
                return 0
        prec *= 4
    return None


def _start(state: _State, prec: int) -> None:
    signs = []
    for end in (state.root.lo, state.root.hi):
        sign = sign_at(state.function, end, prec)
        if sign == 0:
            state.exact = end
            return
        signs.append(sign or 0)
    if signs[0] * signs[1] >= 0:
        raise UnsupportedExpression(
            f"no change of sign of {state.root.function.expr} between {state.root.lo} and {state.root.hi}"
        )
    with precision(prec):
        state.lo, state.hi = arb(_rational(state.root.lo)).lower(), arb(_rational(state.root.hi)).upper()
    state.sign = signs[0]


def refine(root: Root, prec: int) -> Any:
    """A ball of relative radius about 2**-prec that contains the root.

    Validity: the isolating interval holds exactly one zero, of odd multiplicity.

    Raises
    ------
    UnsupportedExpression
        No change of sign between the ends of the isolating interval.
    """
    state = _state(root)
    if state.lo is None and state.exact is None:
        _start(state, max(prec, 64))
    if state.exact is not None:
        with precision(prec + 8):
            return arb(_rational(state.exact))
    work = prec + 32
    with precision(work):
        goal, tiny = arb(2) ** -prec, arb(2) ** (-4 * prec - 64)
        for _ in range(MOST_STEPS):
            width = state.hi - state.lo
            if width <= goal * iv.min_exact(abs(state.lo), abs(state.hi)) and state.lo * state.hi > 0:
                break
            if width <= tiny:
                break
            if not _newton(state, width):
                _bisect(state, work)
        return state.lo.union(state.hi)


def _newton(state: _State, width: Any) -> bool:
    """One interval Newton step; False where it does not pay."""
    ball = state.lo.union(state.hi)
    slope = state.function.local_jet(ball, 1)[1]
    if not (slope > 0 or slope < 0):
        return False
    middle = ((state.lo + state.hi) / 2).mid()
    value = state.function.local_at(middle)
    step = middle - value / slope
    if not step.is_finite():
        return False
    lo, hi = iv.max_exact(state.lo, step.lower()), iv.min_exact(state.hi, step.upper())
    if not lo <= hi or not (hi - lo) * 4 < width:
        return False
    state.lo, state.hi = lo, hi
    return True


def _bisect(state: _State, prec: int) -> None:
    """Halve by the sign at a dyadic point near the middle; another point where that sign is undecided."""
    width = state.hi - state.lo
    for work in (prec, 4 * prec, 16 * prec):
        for share in (arb(1) / 2, arb(3) / 8, arb(11) / 16):
            point = (state.lo + width * share).mid()
            if not (state.lo < point and point < state.hi):
                continue
            with precision(work):
                value = state.function.local_at(point)
            if value > 0 or value < 0:
                if (value > 0) == (state.sign > 0):
                    state.lo = point
                else:
                    state.hi = point
                return
    raise UnsupportedExpression(f"the root of {state.root.function.expr} near {float(state.lo.mid())} does not refine")


def isolate(expr: sp.Expr, x: sp.Symbol, lo: sp.Expr, hi: sp.Expr) -> tuple[Any, ...] | Any:
    """The zeros of `expr` on the open interval (lo, hi) in order, or `Unknown`.

    Validity: `expr` is real analytic on the interval. A function that vanishes identically has no isolated zeros:
    that is `Unknown` too.

    Examples
    --------
    >>> import sympy as sp
    >>> t = sp.Symbol("t", real=True)
    >>> isolate(t*(sp.exp(t) - 2), t, -sp.oo, sp.oo)
    (Zero(point=0, multiplicity=1), Zero(point=log(2), multiplicity=1))
    """
    from symacts.rigor.signs import Unknown, sign_chart  # deferred: charts refine their zeros here

    chart = sign_chart(expr, x, lo, hi)
    if isinstance(chart, Unknown):
        return chart
    return Unknown("it vanishes identically") if chart.sign == 0 else chart.zeros
