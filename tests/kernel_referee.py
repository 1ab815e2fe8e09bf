"""An independent referee of kernels: true values of f, f', f'' at floats by mpmath, errors in ULP, never by the engine.

The formula is cut to the smooth branch that holds at the point (conditions decided at high precision), differentiated
by SymPy there, and evaluated with more and more digits until two precisions agree. Where branches meet, the value is
the formula's own and a derivative is the minimum-norm element of the interval between the one-sided derivatives.

>>> from symacts.spec import x
>>> Referee(sp.Max(0, x), 1).truth(0.0)
mpf('0.0')
>>> float(ulps(1.0, mpf(1) + mpf(2) ** -52))
1.0
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import sympy as sp
from mpmath import inf, mp, mpf

from symacts.spec import x

__all__ = ["FORMATS", "NoTruth", "Referee", "Row", "adversarial", "compare", "exact_float", "ulps", "worst"]

LADDER = (60, 130, 350, 750, 3000)
"""Digits of the attempts. Two low precisions can agree and both have lost a tiny term (tanh(log(1 + exp(x))) at -344
with 130 digits), so the low ones serve moderate points and values only; the last leaves 400 digits after a full
cancellation of terms up to the fourth power of any float."""
MODERATE = 25
"""Points and values within 10**-25 and 10**25 in magnitude may settle at the lower precisions."""
AGREE = mpf(10) ** -30
NOTHING = mpf(10) ** -400
NEAR = mpf(2) ** -1500
"""How far a one-sided derivative is looked at from its point, and again at the square of this."""
TALL = 4096
"""Bits in the exponent of an argument of exp beyond which exp(-it) is nothing and exp(it) is not judged."""

FORMATS = {"float64": (53, -1022, 1023), "float32": (24, -126, 127)}
"""Bits of the significand, exponent of the least and of the largest normal number."""


class NoTruth(Exception):
    """The true value was not decided at this point."""


def _exp(z: mpf) -> mpf:
    z = mpf(z)
    if mpmath.isinf(z) or z == 0 or z.exp + z.bc < TALL:
        return mpmath.exp(z)
    if z < 0:
        return mpf(0)
    raise NoTruth("exp of an exponential")


def _is_moderate(size: mpf) -> bool:
    return mpf(10) ** -MODERATE < size < mpf(10) ** MODERATE


def _large(function: Callable[[mpf], mpf]) -> Callable[[mpf], mpf]:
    def guarded(z: mpf) -> mpf:
        z = mpf(z)
        if z != 0 and not mpmath.isinf(z) and z.exp + z.bc >= TALL:
            raise NoTruth("a function of a doubly exponential argument")
        return function(z)

    return guarded


def _tanh(z: mpf) -> mpf:
    """Within 10**-10000 of its limit beyond 12000, which is beyond every precision used here."""
    return mpmath.tanh(z) if abs(z) < 12000 else mpmath.sign(z)


def _erf(z: mpf) -> mpf:
    return mpmath.erf(z) if abs(z) < 300 else mpmath.sign(z)


MODULES: list[Any] = [
    {
        "exp": _exp,
        "tanh": _tanh,
        "erf": _erf,
        **{name: _large(getattr(mpmath, name)) for name in ("sinh", "cosh", "sech", "sin", "cos", "tan", "erfc")},
    },
    "mpmath",
]
TIED = (sp.Max, sp.Min, sp.Abs, sp.sign, sp.Heaviside, sp.Piecewise)


@dataclass
class Referee:
    """True values of the `order`-th derivative of a formula in `x`."""

    formula: sp.Expr
    order: int = 0
    _compiled: dict[tuple[sp.Expr, int], Callable[[mpf], mpf]] = field(default_factory=dict, repr=False)

    def truth(self, point: float) -> mpf:
        """The true value at a float, to about 30 digits; an exact 0 stands for anything under 1e-400."""
        if math.isinf(point):
            return self._limit(1 if point > 0 else -1)
        with mp.workdps(LADDER[0]):
            at = mpf(float(point))
            try:
                branch, tie = self._branch(at)
                if not tie:
                    return self._settled(branch, self.order, lambda: at)
                if self.order == 0:
                    return self._settled(branch, 0, lambda: at)
            except ZeroDivisionError:
                if self.order == 0:
                    raise NoTruth(f"undefined at {point}") from None
            left, right = (self._beside(at, side) for side in (-1, 1))
        return mpf(0) if left * right <= 0 else min(left, right, key=abs)

    def _beside(self, at: mpf, side: int) -> mpf:
        """The one-sided limit of the derivative of the branch on that side."""
        step = NEAR * max(abs(at), mpf(2) ** -1074)
        with mp.workdps(LADDER[-1]):
            branch, tie = self._branch(at + side * step)
            if tie:
                raise NoTruth("branches that meet too closely")
            with mp.workdps(2 * LADDER[-1]):
                near, nearer = (self._value(branch, self.order, at + side * h) for h in (step, step * NEAR))
        if abs(nearer) < NOTHING and abs(near) < NOTHING:
            return mpf(0)
        if abs(near - nearer) <= AGREE * abs(nearer):
            return nearer
        if abs(nearer) > 10 * abs(near) > 1 and near * nearer > 0:
            return mpmath.sign(near) * inf
        raise NoTruth("no one-sided derivative")

    def _limit(self, sign: int) -> mpf:
        """The limit at infinity as seen far out; undecided for what neither settles nor keeps growing."""
        values = []
        for power in (400, 800, 1600):
            with mp.workdps(LADDER[0]):
                at = sign * mpf(10) ** power
                branch, _ = self._branch(at)
                values.append(self._settled(branch, self.order, lambda at=at: at))
        first, second, third = values
        if abs(third) < NOTHING ** (1 / mpf(4)) and abs(third) <= abs(first):
            return mpf(0)
        if abs(third - second) <= AGREE * abs(third):
            return third
        if abs(third) > 2 and abs(third - second) > 0.9 * abs(second - first) and abs(third) > abs(second) > abs(first):
            return mpmath.sign(third) * inf
        raise NoTruth("no limit seen")

    def _settled(self, branch: sp.Expr, order: int, at: Callable[[], mpf]) -> mpf:
        before = None
        size = abs(at())
        moderate = size == 0 or _is_moderate(size)
        for digits in LADDER if moderate else LADDER[2:] if size < 1e25 else LADDER[3:]:
            with mp.workdps(digits):
                value = self._value(branch, order, at())
            if before is not None:
                settled = value != 0 and abs(value - before) <= AGREE * abs(value)
                if settled and (digits > LADDER[1] or _is_moderate(abs(value))):
                    return value
                if digits == LADDER[-1] and abs(value) < NOTHING:
                    return mpf(0)
                if value == before == 0 and not branch.has(sp.Function) and digits > LADDER[1]:
                    return mpf(0)
            before = value
        raise NoTruth(f"digits do not settle at {mpmath.nstr(at(), 17)}")

    def _value(self, branch: sp.Expr, order: int, at: mpf) -> mpf:
        key = (branch, order)
        if key not in self._compiled:
            smooth = sp.diff(branch, x, order) if order else branch
            self._compiled[key] = _compiled(smooth)
        value = self._compiled[key](at)
        if isinstance(value, mpmath.mpc):
            if value.imag != 0:
                raise NoTruth("not real here")
            value = value.real
        value = mpf(value)
        if not mpmath.isfinite(value):
            raise NoTruth("not finite here")
        return value

    def _branch(self, at: mpf) -> tuple[sp.Expr, bool]:
        """The smooth expression that holds at a point, and whether a decision was a tie."""
        ties: list[bool] = []
        return self._cut(self.formula, at, ties), any(ties)

    def _cut(self, e: sp.Expr, at: mpf, ties: list[bool]) -> sp.Expr:
        if not e.has(*TIED):
            return e
        if isinstance(e, sp.Piecewise):
            for value, condition in e.args:
                if self._holds(condition, at, ties):
                    return self._cut(value, at, ties)
            raise NoTruth("no case holds")
        arguments = [self._cut(a, at, ties) for a in e.args]
        if isinstance(e, (sp.Max, sp.Min)):
            best = arguments[0]
            for other in arguments[1:]:
                sign = self._sign(best - other, at, ties)
                best = other if sign * (1 if isinstance(e, sp.Max) else -1) < 0 else best
            return best
        if isinstance(e, sp.Abs):
            return arguments[0] * (self._sign(arguments[0], at, ties) or 1)
        if isinstance(e, sp.sign):
            return sp.Integer(self._sign(arguments[0], at, ties))
        if isinstance(e, sp.Heaviside):
            return {-1: sp.S.Zero, 0: e.args[1], 1: sp.S.One}[self._sign(arguments[0], at, ties)]
        return e.func(*arguments)

    def _holds(self, condition: Any, at: mpf, ties: list[bool]) -> bool:
        if condition in (True, sp.true):
            return True
        if condition in (False, sp.false):
            return False
        if isinstance(condition, sp.And):
            return False not in [self._holds(c, at, ties) for c in condition.args]  # every tie is noted
        if isinstance(condition, sp.Or):
            return True in [self._holds(c, at, ties) for c in condition.args]
        if isinstance(condition, sp.Not):
            return not self._holds(condition.args[0], at, ties)
        sign = self._sign(self._cut(condition.lhs, at, ties) - self._cut(condition.rhs, at, ties), at, ties)
        table = {
            sp.Gt: sign > 0,
            sp.Ge: sign >= 0,
            sp.Lt: sign < 0,
            sp.Le: sign <= 0,
            sp.Ne: sign != 0,
            sp.Eq: sign == 0,
        }
        return next(holds for kind, holds in table.items() if isinstance(condition, kind))

    def _sign(self, e: sp.Expr, at: mpf, ties: list[bool]) -> int:
        digits = mp.dps
        for more in (digits, 4 * digits, 2500):
            with mp.workdps(max(more, digits)):
                value = self._value(e, 0, at)
                if abs(value) > mpf(10) ** (-mp.dps // 2) * max(1, abs(at)) or (value != 0 and e in (x, -x)):
                    return 1 if value > 0 else -1
        small = abs(value) > mpf(10) ** -1700 * max(1, abs(at))
        if not small:
            ties.append(True)
            return 0
        return 1 if value > 0 else -1


def _compiled(e: sp.Expr) -> Callable[[mpf], Any]:
    """The expression as an mpmath function; irrational constants are evaluated once for a precision."""
    constants: dict[sp.Expr, sp.Symbol] = {}

    def named(part: sp.Expr) -> sp.Expr:
        if part.is_Rational or not part.args:
            return part
        if not part.free_symbols:
            return constants.setdefault(part, sp.Symbol(f"_c{len(constants)}"))
        return part.func(*[named(a) for a in part.args])

    shape = named(e)
    body = sp.lambdify([x, *constants.values()], shape, modules=MODULES, cse=True)
    values = sp.lambdify([], list(constants), modules=MODULES)
    at_precision: dict[int, list[mpf]] = {}

    def evaluate(at: mpf) -> Any:
        if mp.prec not in at_precision:
            at_precision[mp.prec] = values()
        return body(at, *at_precision[mp.prec])

    return evaluate


def ulps(got: float, true: mpf, dtype: str = "float64") -> mpf:
    """Error in units in the last place of the true value; in units of the least subnormal below the normal range.

    Zero where both are the same infinity or the truth rounds to it; infinity where the result is nan, infinite for a
    representable truth, or finite (but for the largest float's neighborhood) for an infinite one.
    """
    bits, low, high = FORMATS[dtype]
    got = float(got)
    if math.isnan(got):
        return inf
    top = (2 - mpf(2) ** (1 - bits)) * mpf(2) ** high
    unit = mpf(2) ** (high + 1 - bits)
    if abs(true) >= top + unit / 2:
        if math.isinf(got):
            return mpf(0) if (got > 0) == (true > 0) else inf
        return abs(true - mpf(got)) / unit if abs(true) < top + 64 * unit else inf
    if math.isinf(got):
        return (top + unit - abs(true)) / unit if abs(true) > top - 64 * unit and (got > 0) == (true > 0) else inf
    exponent = max(low, int(mpmath.frexp(true)[1]) - 1) if true else low
    with mp.workdps(60):
        return abs(mpf(got) - true) / mpf(2) ** (exponent - bits + 1)


def is_normal(true: mpf, dtype: str = "float64") -> bool:
    """Whether the truth lies in the normal range (or is an exact zero, where nothing can be lost)."""
    return abs(true) >= mpf(2) ** FORMATS[dtype][1]


@dataclass(frozen=True)
class Row:
    """One judged point."""

    point: float
    got: float
    true: mpf
    error: float
    normal: bool

    def __str__(self) -> str:
        return (
            f"x = {self.point!r} ({float(self.point).hex()}): expected {mpmath.nstr(self.true, 20)}, "
            f"got {self.got!r}, {self.error:.4g} ULP"
        )


def compare(
    referee: Referee, points: Iterable[float], got: Iterable[float], dtype: str = "float64"
) -> tuple[list[Row], int]:
    """The judged rows, and how many points were left unjudged."""
    rows, open_ = [], 0
    for point, value in zip(points, got, strict=True):
        try:
            true = referee.truth(float(point))
        except NoTruth:
            open_ += 1
            continue
        rows.append(Row(float(point), float(value), true, float(ulps(value, true, dtype)), is_normal(true, dtype)))
    return rows, open_


def worst(rows: Iterable[Row], *, normal: bool = True) -> Row | None:
    """The row of largest error among those with a normal-range truth (or, with normal=False, the others)."""
    return max((r for r in rows if r.normal == normal), key=lambda r: r.error, default=None)


EDGES = (
    709.78,
    745.13,
    708.4,
    354.9,
    372.57,
    36.7,
    37.43,
    18.4,
    19.06,
    22.2,
    8.3,
    5.86,
    27.2,
    38.5,
    26.54,
    17.33,
    88.7,
)
"""Around these the exponential, erf and their compositions overflow, underflow or round to a limit."""


def adversarial(
    rng: random.Random, count: int, special: Iterable[float] = (), dtype: str = "float64"
) -> np.ndarray[Any, Any]:
    """About `count` finite inputs over the exponent range, at scales, around edges and with neighbors of `special`."""
    kind = np.dtype(dtype).type
    bits, low, high = FORMATS[dtype]
    points: list[float] = [0.0, -0.0, 1.0, -1.0]
    quarter = max(8, count // 5)
    powers = range(low - bits + 1, high + 1)
    picked = rng.sample(powers, min(len(powers), quarter // 2))
    for k in (*picked, *range(-60, 11, 5)):
        points += [s * math.ldexp(1.0, k) for s in (1, -1)]
    for _ in range(quarter):
        scale = rng.choice((1e-8, 1e-4, 0.01, 0.3, 1, 1, 3, 3, 8, 8, 20, 40, 100, 750))
        points.append(rng.uniform(-scale, scale))
    for _ in range(quarter // 2):
        points.append(
            math.ldexp(rng.choice((1, -1)) * (1 + rng.random()), rng.randint(-1022 if bits == 53 else -126, high - 1))
        )
    for _ in range(quarter // 2):
        points.append(math.ldexp(rng.choice((1, -1)) * (1 + rng.random()), rng.randint(-30, 10)))
    for edge in rng.sample(EDGES, 9):
        points += [s * edge * (1 + rng.uniform(-1, 1) * w) for s in (1, -1) for w in (0.003, 0.03)]
    points += [float(k) / 2 for k in range(-13, 14)]
    points += [s * v for s in (1, -1) for v in _extremes(bits, low, high, rng)]
    for at in special:
        at = kind(at)
        for side in (-np.inf, np.inf):
            v = at
            for _ in range(3):
                v = np.nextafter(v, kind(side))
                points.append(float(v))
        points.append(float(at))
        points += [
            float(at) + s * math.ldexp(max(abs(float(at)), 0.1) * (1 + rng.random()), -k)
            for s in (1, -1)
            for k in range(2, 52, 8)
        ]
    array = np.array(points, dtype=np.float64)
    with np.errstate(over="ignore", under="ignore"):
        array = array.astype(kind)
    return array[np.isfinite(array)]


def _extremes(bits: int, low: int, high: int, rng: random.Random) -> list[float]:
    top = (2.0 - math.ldexp(1.0, 1 - bits)) * math.ldexp(1.0, high)
    least = math.ldexp(1.0, low - bits + 1)
    return [
        top,
        math.ldexp(1.0, low),
        least,
        2 * least,
        math.ldexp(1.0, low) - least,
        least * rng.getrandbits(bits - 1),
    ]


def exact_float(value: Any) -> float | None:
    """The float nearest to an exact real, or None for what has none."""
    try:
        number = sp.N(value, 30)
        return float(number) if number.is_real and number.is_finite else None
    except (TypeError, ValueError):
        return None


def sign_changes(function: Callable[[np.ndarray[Any, Any]], Any], lo: float = -60.0, hi: float = 60.0) -> list[float]:
    """Floats next to which a numeric function changes sign, by bisection to neighbors from a fixed grid."""
    grid = np.linspace(lo, hi, 4801)
    values = np.asarray(function(grid))
    found = []
    for (a, fa), (b, fb) in pairwise(zip(grid.tolist(), values.tolist(), strict=True)):
        if fa * fb >= 0:
            continue
        for _ in range(80):
            m = (a + b) / 2
            if m in (a, b):
                break
            fm = float(function(np.array([m]))[0])
            if fa * fm <= 0:
                b = m
            else:
                a, fa = m, fm
        found.append(a)
    return found
