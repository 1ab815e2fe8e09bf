"""An independent referee for sign charts: mpmath at two precisions on adversarial points, and a generator."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import mpmath
import sympy as sp

x = sp.Symbol("x", real=True)


def _value(f: Callable[[Any], Any], point: Any, digits: int) -> Any:
    """f(point) at this precision, None where mpmath gives no finite real number."""
    with mpmath.workdps(digits):
        try:
            value = mpmath.mpmathify(f(point))
        except (ValueError, ZeroDivisionError, OverflowError, TypeError, NotImplementedError):
            return None
        if isinstance(value, mpmath.mpc):
            if value.imag != 0:
                return None
            value = value.real
        return None if mpmath.isnan(value) or mpmath.isinf(value) else value


def seen_sign(f: Callable[[Any], Any], point: Any) -> int | None:
    """The sign at a point, trusted only where two precisions agree on a value well above both roundings."""
    start = 60 + int(abs(point))  # below that, terms such as log(1 + exp(-x)) vanish in both roundings
    for digits in (start, 2 * start, 6 * start):
        rough, fine = _value(f, point, digits), _value(f, point, 2 * digits)
        if rough is None or fine is None:
            return None
        if abs(fine) > mpmath.mpf(10) ** (15 - digits) and abs(rough - fine) < abs(fine) * mpmath.mpf(10) ** -8:
            return 1 if fine > 0 else -1
    return None


def number(e: sp.Expr) -> Any:
    """An exact real to 80 digits; a Root by mpmath's own root finder."""
    if e.is_infinite:
        return mpmath.inf if e is sp.oo else -mpmath.inf
    with mpmath.workdps(90):
        if getattr(e, "is_Root", False):
            f = sp.lambdify(e.function.variables[0], e.function.expr, "mpmath")
            ends = [mpmath.mpf(int(q.p)) / int(q.q) for q in (e.lo, e.hi)]
            return mpmath.findroot(f, ends, solver="anderson", tol=mpmath.mpf(10) ** -150, verify=False)
        return mpmath.mpf(sp.N(e, 85))


def points(lo: Any, hi: Any, rng: random.Random, count: int) -> list[Any]:
    """Random points, points that approach both ends, points far out."""
    with mpmath.workdps(90):
        left, right = not mpmath.isinf(lo), not mpmath.isinf(hi)
        low = lo if left else (hi - 8 if right else mpmath.mpf(-8))
        high = hi if right else low + 16
        out = [low + (high - low) * mpmath.mpf(rng.random()) for _ in range(count)]
        width = min(high - low, mpmath.mpf(1))
        for k in range(1, 31, 3):
            out += [lo + width * mpmath.mpf(10) ** -k] if left else []
            out += [hi - width * mpmath.mpf(10) ** -k] if right else []
        for far in (10, 30, 100):
            out += [high + far] if not right else []
            out += [low - far] if not left else []
        return [p for p in out if lo < p < hi]


def disagreements(expr: sp.Expr, chart: Any, rng: random.Random, count: int = 8) -> tuple[list[Any], int]:
    """Points at which the chart claims another sign than seen, and how many points were seen at all."""
    f = sp.lambdify(x, expr, "mpmath")
    wrong, seen = [], 0
    for lo, hi, sign in chart.cells:
        for p in points(number(lo), number(hi), rng, count):
            found = seen_sign(f, p)
            if found is not None:
                seen += 1
                if found != sign:
                    wrong.append((mpmath.nstr(p, 20), sign, found))
    return wrong, seen


def random_constant(rng: random.Random) -> sp.Expr:
    """A small constant, mostly rational."""
    q = sp.Rational(rng.randint(-7, 7) or 1, rng.randint(1, 6))
    return rng.choice([q, q, sp.Integer(rng.randint(1, 3)), sp.Integer(-1), sp.sqrt(2), sp.pi])


def random_expression(rng: random.Random, depth: int, positive: bool) -> sp.Expr:
    """An expression that is real analytic on the line (on (0, oo) where `positive`)."""
    if depth == 0:
        return rng.choice([x, x, x, random_constant(rng), x / 2, 2 * x, x - 1, x**2])
    a = random_expression(rng, depth - 1, positive)
    make: list[Callable[[], sp.Expr]] = [
        lambda: a + random_expression(rng, depth - 1, positive),
        lambda: a - random_expression(rng, depth - 1, positive),
        lambda: a * random_expression(rng, depth - 1, positive),
        lambda: a * random_expression(rng, depth - 1, positive),
        lambda: sp.tanh(a),
        lambda: 1 / (1 + sp.exp(-a)),
        lambda: sp.log(1 + sp.exp(a)),
        lambda: sp.atan(a),
        lambda: sp.erf(a),
        lambda: sp.sqrt(1 + a**2),
        lambda: a / (1 + a**2),
        lambda: sp.exp(-(a**2)),
        lambda: sp.exp(a) if depth < 3 else sp.exp(-a),
        lambda: sp.sin(a),
        lambda: a ** rng.choice([2, 3]) + random_constant(rng),
        lambda: sp.asinh(a),
    ]
    if positive:
        make += [
            lambda: sp.log(x) * a,
            lambda: sp.sqrt(x) + a,
            lambda: x ** sp.Rational(rng.randint(1, 5), rng.randint(2, 4)) * a,
        ]
    return rng.choice(make)()
