"""Exact points near an enclosure: guesses of closed forms, and proofs that a function vanishes at a `Root`.

>>> import sympy as sp
>>> from flint import arb
>>> from symacts.rigor.precision import precision
>>> x = sp.Symbol("x", real=True)
>>> with precision(128):
...     list(recognized(arb(2).log(), sp.exp(x)))
[log(2)]
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb, fmpq

from symacts.errors import UnsupportedExpression
from symacts.facts import Root
from symacts.rigor.balls import compile_balls
from symacts.rigor.constants import evaluate
from symacts.rigor.normal import TooLarge, normal_form
from symacts.rigor.precision import precision

__all__ = ["rational", "recognized", "vanishes_at_root"]

WORK_BITS = 128
MOST_DENOMINATOR = 5000
"""Largest denominator of a rational that is guessed."""


def rational(end: Any) -> sp.Rational:
    """An exact arb as a rational."""
    mantissa, exponent = (int(v) for v in end.man_exp())
    return sp.Rational(mantissa * 2**exponent) if exponent >= 0 else sp.Rational(mantissa, 2**-exponent)


def recognized(ball: Any, expr: sp.Expr, bits: int = 80) -> Iterator[sp.Expr]:
    """Closed forms near the ball, as guesses: simple rationals, their square roots and logarithms, multiples of pi."""
    with precision(WORK_BITS):
        q = _simple(ball, bits)
        if q is not None:
            yield q
            return
        q = _simple(ball * ball, bits)
        if q is not None:
            root = sp.sqrt(q)
            yield root if ball > 0 else -root
        if expr.has(sp.exp, sp.log):
            q = _simple(ball.exp(), bits)
            if q is not None:
                yield sp.log(q)
        if expr.has(sp.log):
            q = _simple(ball.log(), bits) if ball > 0 else None
            if q is not None:
                yield sp.exp(q)
        if expr.has(sp.sin, sp.cos, sp.tan, sp.asin, sp.acos, sp.atan):
            q = _simple(ball / arb.pi(), bits)
            if q is not None:
                yield q * sp.pi


def _simple(ball: Any, bits: int) -> sp.Rational | None:
    """The rational with the smallest denominator in the ball, if that is small enough not to be chance."""
    if not ball.is_finite() or ball.rad() > arb(2) ** -bits:
        return None
    middle = rational(ball.mid())
    guess = Fraction(int(middle.p), int(middle.q)).limit_denominator(MOST_DENOMINATOR)
    q = fmpq(guess.numerator, guess.denominator)
    return sp.Rational(guess.numerator, guess.denominator) if (ball - q).contains(0) else None


def vanishes_at_root(expr: sp.Expr, x: sp.Symbol, root: Root) -> bool:
    """Whether expr is zero at the root: the one factor of the root's function that can vanish there divides expr."""
    own = root.function.expr.xreplace({root.function.variables[0]: x})
    if own == expr or own == -expr:
        return True
    try:
        theirs, ours = normal_form(own, x), normal_form(expr, x)
    except TooLarge:
        return False
    ball = evaluate(root, 128)
    near = [f for f, _ in theirs.factors() if not _nonzero(f, x, ball)]
    if len(near) != 1:
        return False
    return any(f == near[0] or f == -near[0] for f, _ in ours.factors())


def _nonzero(f: sp.Expr, x: sp.Symbol, ball: Any) -> bool:
    try:
        value = compile_balls(f, x).at(ball, 128)
    except UnsupportedExpression:
        return False
    return bool(value > 0 or value < 0)
