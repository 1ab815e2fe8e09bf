"""True values of an expression at floats and rationals, to many bits: what kernels are built from and measured against.

Ball arithmetic first; where a ball says nothing (exponentials of arguments beyond its range), mpmath at two
precisions that must agree.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath
import numpy as np
import numpy.typing as npt
import sympy as sp
from sympy.codegen.cfunctions import log1p

from symacts.errors import UnsupportedExpression
from symacts.rigor.balls import compile_balls
from symacts.rigor.precision import precision

__all__ = ["SATURATED", "Dyadic", "Reference", "exponential", "reference_of", "split_words", "ulp_errors", "ulp_meter"]

Dyadic = tuple[int, int]
"""mantissa * 2**exponent; the mantissa 0 stands for any magnitude below every float."""

BITS = 110
"""Relative precision of a true value: two words and a guard."""
TINY = -1200
"""Magnitudes below 2**TINY are as good as zero for every float format here."""
HUGE = 1100
"""Magnitudes above 2**HUGE overflow in every float format here."""
POWERFUL = 2.0**50
"""Where powers may be that large."""
_PRECISIONS = (1400, 3600, 12000, 40000)
"""Precisions of mpmath: the lowest one keeps every term down to the subnormals beside a term of size one; the last two
are for what vanishes at the others, as powers of large floats do that cancel each other."""
_LADDER = (160, 240, 400, 960, 1600, 3200)
"""Precisions of the ball arithmetic, tried from the last one that sufficed."""
_BEYOND = (12000, 70000)
"""Those for what powers of large floats cancel, after these."""


@dataclass(slots=True)
class Reference:
    """True values of a smooth expression in x; `value` returns None where it is undefined or cannot be told."""

    expression: sp.Expr
    x: sp.Symbol
    _balls: Any = field(default=None, repr=False)
    _mp: Any = field(default=None, repr=False)
    _rung: int = field(default=0, repr=False)
    _count: int = field(default=0, repr=False)
    _known: dict[float | Fraction, Dyadic | None] = field(default_factory=dict, repr=False)
    _parity: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        self._balls = compiled_balls(self.sharpened, self.x)
        mirrored = self.expression.xreplace({self.x: -self.x})
        self._parity = 1 if mirrored == self.expression else -1 if mirrored + self.expression == 0 else 0

    @property
    def sharpened(self) -> sp.Expr:
        """The expression without the sums that hide what is far smaller than one."""
        return _beside_one(_complementary(self.expression))

    def value(self, point: float | Fraction) -> Dyadic | None:
        """The value at an exact point: mantissa and exponent, relative error at most 2**-BITS."""
        if self._parity and point < 0:
            mirrored = self.value(-point)
            return mirrored if mirrored is None or self._parity > 0 else (-mirrored[0], mirrored[1])
        try:
            return self._known[point]  # a float and the equal Fraction are one key
        except KeyError:
            found = self._known[point] = self.computed(point)
            return found

    def computed(self, point: float | Fraction) -> Dyadic | None:
        """The same, not remembered."""
        found = self._from_balls(point)
        return self._from_mpmath(Fraction(point)) if found is None else found

    def values(self, points: npt.NDArray[np.float64]) -> list[Dyadic | None]:
        """The values at floats."""
        return [self.value(p) for p in points.tolist()]

    def _from_balls(self, point: float | Fraction) -> Dyadic | None:
        if self._balls is None:
            return None
        self._count += 1
        first = self._rung - (1 if self._rung and self._count % 16 == 0 else 0)
        for k in range(first, len(_LADDER)):
            found = _from_ball(self._balls(point, _LADDER[k]))
            if found is not None:
                self._rung = k
                return found
        more = _BEYOND if max(point, -point) > POWERFUL else ()
        tries = (_from_ball(self._balls(point, prec)) for prec in more)
        return next((found for found in tries if found is not None), None)

    def _from_mpmath(self, point: Fraction) -> Dyadic | None:
        if self._mp is None:
            self._mp = sp.lambdify(self.x, _definite(self.sharpened), modules=[SATURATED, "mpmath"])
        last = None
        for prec in _PRECISIONS:
            with mpmath.workprec(prec):
                try:
                    at = mpmath.mpf(point.numerator) / point.denominator
                    y = mpmath.mpmathify(self._mp(at))
                except (ArithmeticError, ValueError, TypeError, MemoryError):
                    return None
                if isinstance(y, mpmath.mpc):
                    if y.imag != 0:
                        return None
                    y = y.real
                if mpmath.isnan(y) or (mpmath.isinf(y) and self.expression.has(*_COMPRESSING)):
                    return None
            if last is not None:
                found = _agreed(last, y)
                if found is not None or last != 0:
                    return found
            last = y
        return (0, 0) if last == 0 and self._is_nothing(point) else None

    def _is_nothing(self, point: Fraction) -> bool:
        """Whether what comes out as zero at the highest precision is so, or below all floats.

        To first order the error is at most the unit of rounding times the sizes of all parts, or of their reciprocals.
        """
        at = sp.Rational(point.numerator, point.denominator)
        if self.expression.subs(self.x, at).is_zero:
            return True
        parts = [part for part in sp.preorder_traversal(self.sharpened) if part.has(self.x)]
        evaluated = sp.lambdify(self.x, [_definite(part) for part in parts], modules=[SATURATED, "mpmath"])
        with mpmath.workprec(_PRECISIONS[-1]):
            values = [mpmath.mpmathify(v) for v in evaluated(mpmath.mpf(point.numerator) / point.denominator)]
            return bool(sum(abs(mpmath.mag(v)) for v in values if v and mpmath.isfinite(v)) < _PRECISIONS[-1] + TINY)


@lru_cache(maxsize=12)
def reference_of(expression: sp.Expr, x: sp.Symbol) -> Reference:
    """The reference of an expression: kernels of several formats, orders and targets share its values."""
    return Reference(expression, x)


LARGE = 5000
"""Size in bits from which an argument is as good as infinite; its exponential could not be stored."""


def _saturated(function: Any, high: Any, low: Any) -> Any:
    """The function, taken at its limits where the argument's size alone would fill the memory."""

    def f(u: Any) -> Any:
        u = mpmath.mpmathify(u)
        if isinstance(u, mpmath.mpf) and (mpmath.isinf(u) or mpmath.mag(u) > LARGE):
            return +mpmath.mpf(high if u > 0 else low)
        return function(u)

    return f


def _exp(u: Any) -> Any:
    """exp(n*log(2) + r) = 2**n * exp(r): mpmath takes a huge integer's exponential by thousands of squarings."""
    size = mpmath.mag(u)
    if size < 64:
        return mpmath.exp(u)
    with mpmath.workprec(mpmath.mp.prec + int(size) + 16):
        n = mpmath.floor(u / mpmath.ln2)
        r = u - n * mpmath.ln2
    return mpmath.ldexp(mpmath.exp(r), int(n))


def _by_exp(function: Any, sign: int) -> Any:
    """cosh or sinh of a huge argument by its exponential, which `_exp` takes in one step."""

    def f(u: Any) -> Any:
        if mpmath.mag(u) < 64:
            return function(u)
        e = _exp(abs(u))
        return (e + sign / e) / 2 * (1 if sign > 0 or u > 0 else -1)

    return f


def _wave(function: Any) -> Any:
    """Sine or cosine; no digit of an argument beyond the precision's unit is known."""

    def f(u: Any) -> Any:
        u = mpmath.mpmathify(u)
        if isinstance(u, mpmath.mpf) and mpmath.mag(u) > mpmath.mp.prec:
            raise ValueError("a wave of an unknown phase")
        return function(u)

    return f


SATURATED = {
    "sin": _wave(mpmath.sin),
    "cos": _wave(mpmath.cos),
    "exp": _saturated(_exp, "inf", 0),
    "sinh": _saturated(_by_exp(mpmath.sinh, -1), "inf", "-inf"),
    "cosh": _saturated(_by_exp(mpmath.cosh, 1), "inf", "inf"),
    "tanh": _saturated(mpmath.tanh, 1, -1),
    "erf": _saturated(mpmath.erf, 1, -1),
    "erfc": _saturated(mpmath.erfc, 0, 2),
}
"""Only arguments beyond 2**LARGE are taken at the limits: what comes out is beyond every float, and so is its log."""


def _beside_one(expression: sp.Expr) -> sp.Expr:
    """`log(1 + u)` as a function of u: no number of digits of the sum keeps exp(-10**6)."""

    def has_one(e: sp.Expr) -> bool:
        return isinstance(e, sp.log) and e.args[0].is_Add and sp.S.One in e.args[0].args

    return expression.replace(has_one, lambda e: log1p(e.args[0] - 1))


def _complementary(expression: sp.Expr) -> sp.Expr:
    """`c + c*erf(u) = c*erfc(-u)` and the like: a tail then needs no thousand digits, nor a million."""
    return exponential(expression).replace(lambda e: e.is_Add and e.has(sp.erf, sp.tanh, sp.exp), _joined)


def exponential(expression: sp.Expr) -> sp.Expr:
    """`c*cosh(u) + c*sinh(u) = c*exp(u)` and `c*cosh(u) - c*sinh(u) = c*exp(-u)`: no digits keep what these cancel."""
    return expression.replace(lambda e: e.is_Add and e.has(sp.cosh) and e.has(sp.sinh), _exponential)


def _exponential(total: sp.Add) -> sp.Expr:
    terms = list(total.args)
    for term in total.args:
        for factor in sp.Mul.make_args(term):
            if not isinstance(factor, sp.cosh):
                continue
            c, u = term / factor, factor.args[0]
            for sign in (1, -1):
                if term in terms and (partner := sign * c * sp.sinh(u)) in terms:
                    terms.remove(partner)
                    terms[terms.index(term)] = c * sp.exp(sign * u)
    return sp.Add(*terms)


def _joined(total: sp.Add) -> sp.Expr:
    terms = list(total.args)
    for term in total.args:
        for factor in sp.Mul.make_args(term):
            complements = _complements(factor) if term in terms else ()
            c = term / factor
            for other, complement in zip((c, -c), complements, strict=False):
                if other in terms and complement is not None:
                    terms.remove(term)
                    terms[terms.index(other)] = c * complement
                    break
    return sp.Add(*terms)


def _complements(factor: sp.Expr) -> tuple[sp.Expr | None, ...]:
    """The factor plus 1 and minus 1 as what keeps its digits where they cancel; None where nothing has to be done."""
    if isinstance(factor, sp.erf):
        u = factor.args[0]
        return sp.erfc(-u, evaluate=False), -sp.erfc(u, evaluate=False)
    if isinstance(factor, sp.tanh):
        u = factor.args[0]
        return 2 / (1 + sp.exp(-2 * u)), -2 / (1 + sp.exp(2 * u))
    if factor.is_Pow and factor.exp == 2 and isinstance(factor.base, sp.tanh):
        return None, -1 / sp.cosh(factor.base.args[0]) ** 2
    if factor.is_Pow and factor.exp == -1 and factor.base.is_Add and sp.S.One in factor.base.args:
        return None, (1 - factor.base) * factor
    return ()


_COMPRESSING = (sp.log, sp.LambertW, sp.asinh, sp.acosh)
"""Functions whose value may be moderate in truth where their argument was taken at infinity."""


def _definite(expression: sp.Expr) -> sp.Expr:
    """Roots and other exact constants that mpmath's printer does not know, as numbers of many digits."""
    odd = [c for c in expression.atoms(sp.Expr) if getattr(c, "is_Root", False)]
    return expression.xreplace({c: sp.Float(c.evalf(400), 400) for c in odd}) if odd else expression


def _agreed(first: Any, second: Any) -> Dyadic | None:
    """The second value as a dyadic, where both agree to BITS bits or lie beyond all floats."""
    for y in (first, second):
        if mpmath.isinf(y):
            return (1 if y > 0 else -1, 2 * HUGE)
    if second == 0 or first == 0:
        return None
    sign, man, exp, bc = second._mpf_
    if exp + bc < TINY and mpmath.mag(first) < TINY:
        return 0, 0
    if exp + bc > HUGE:
        return (-1 if sign else 1, 2 * HUGE)
    if first != second and mpmath.mag(first - second) > exp + bc - BITS:
        return None
    return _trim(-int(man) if sign else int(man), int(exp))


def _trim(man: int, exp: int) -> Dyadic:
    extra = man.bit_length() - BITS - 30
    if extra > 0:
        return man >> extra, exp + extra
    return man, exp


def _from_ball(ball: Any) -> Dyadic | None:
    """The midpoint of a ball that is precise enough; zero where it lies below all floats."""
    if not ball.is_finite():
        return None
    man, exp = (int(v) for v in ball.mid().man_exp())
    rad_man, rad_exp = (int(v) for v in ball.rad().man_exp())
    top = exp + abs(man).bit_length() if man else -(10**9)
    rad_top = rad_exp + rad_man.bit_length() if rad_man else -(10**9)
    if max(top, rad_top) < TINY:
        return 0, 0
    if rad_man and rad_top > top - BITS:
        return None
    if top > HUGE:
        return (1 if man > 0 else -1), 2 * HUGE
    return _trim(man, exp)


def compiled_balls(expression: sp.Expr, x: sp.Symbol) -> Any:
    """A function (rational, precision) -> ball; None where the expression is outside the ball evaluator."""
    try:
        function, one = compile_balls(expression, x), compile_balls(x, x).at(1)
    except UnsupportedExpression:
        return None

    def at(point: float | Fraction, prec: int) -> Any:
        with precision(prec):
            if isinstance(point, float):
                return function.local_at(one * point)
            return function.local_at(one * point.numerator / point.denominator)

    return at


def to_float(value: Dyadic) -> float:
    """The nearest float64 (subnormals and overflow included)."""
    man, exp = value
    if man == 0:
        return 0.0
    top = abs(man).bit_length() + exp
    if top > 1024:
        return float("inf") if man > 0 else float("-inf")
    if top < -1080:
        return 0.0 if man > 0 else -0.0
    try:
        return float(Fraction(man) * Fraction(2) ** exp)
    except OverflowError:
        return float("inf") if man > 0 else float("-inf")


def split_words(value: Dyadic, count: int = 2) -> list[float]:
    """The value as an unevaluated sum of floats."""
    left = Fraction(value[0]) * Fraction(2) ** value[1]
    words = []
    for _ in range(count):
        w = to_float((left.numerator, 0)) if left.denominator == 1 else float(left)
        words.append(w)
        left -= Fraction(w)
    return words


def ulp_errors(
    computed: npt.NDArray[Any], truth: Iterable[Dyadic | None], dtype: npt.DTypeLike = np.float64
) -> npt.NDArray[np.float64]:
    """Error of each value in units in the last place of the true value, in the given format: see `ulp_meter`."""
    return ulp_meter(truth, dtype)(computed)


def ulp_meter(
    truth: Iterable[Dyadic | None], dtype: npt.DTypeLike = np.float64
) -> Callable[[npt.NDArray[Any]], npt.NDArray[np.float64]]:
    """The errors of arrays against the same true values, in units in the last place of the given format.

    The unit of a true value y is that of the binade of y, at least the smallest subnormal. An overflow where the true
    value rounds to infinity counts 0; nan where the truth is undefined (None) counts 0, anything else there inf.
    """
    info = np.finfo(dtype)
    digits, smallest, top = info.nmant, int(info.minexp) - info.nmant, int(info.maxexp)
    rows = [_normalized(t) for t in truth]
    high, low, place, size, known = np.array(rows, np.float64).reshape(-1, 5).T
    place, size = place.astype(int), size.astype(int)
    half = np.ldexp(1.0, 51 - digits)
    beyond = (size > top) | ((size == top) & ((2.0**53 - np.abs(high)) - np.abs(low) <= half))
    unit = np.clip(np.where(beyond, top, size) - 1 - digits, smallest, None)
    with np.errstate(all="ignore"):
        first, second = np.ldexp(high, place - unit), np.ldexp(low, place - unit)

    def errors(computed: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        y = computed if computed.dtype == np.longdouble else np.asarray(computed, np.float64)
        with np.errstate(all="ignore"):
            fraction, exponent = np.frexp(np.where(np.isfinite(y), y, 0.0))
            distance = np.ldexp(fraction, exponent - unit) - first - second
        out = np.abs(distance).astype(np.float64)
        out[~np.isfinite(y)] = np.inf
        out[beyond & np.isinf(y) & (np.sign(y) == np.sign(high))] = 0.0
        return np.where(known == 1.0, out, np.where(np.isnan(y), 0.0, np.inf))

    return errors


def _normalized(value: Dyadic | None) -> tuple[float, float, int, int, float]:
    """high, low, place, size and whether known: value = (high + low)*2**place, 2**52 <= |high| < 2**53 or zero."""
    if value is None:
        return 0.0, 0.0, 0, -(10**6), 0.0
    man, exp = value
    if not man:
        return 0.0, 0.0, 0, -(10**6), 1.0
    extra = man.bit_length() - 53
    if extra <= 0:
        return float(man << -extra), 0.0, exp + extra, exp + extra + 53, 1.0
    sign = -1 if man < 0 else 1
    head = abs(man) >> extra
    rest = abs(man) - (head << extra)
    return float(sign * head), math.ldexp(sign * rest, -extra), exp + extra, exp + extra + 53, 1.0
