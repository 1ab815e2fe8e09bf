"""Taylor coefficients in ball arithmetic: a jet is the list `f(c), f'(c), f''(c)/2!, ...` of balls.

Over a wide ball c the k-th entry encloses f^(k)/k! at every point of c. A function of a jet follows from its
differential equation: with p the jet of f'(u), the jet y of f(u) satisfies y_k = (1/k) sum_{j=1..k} j u_j p_{k-j}.

>>> from flint import arb
>>> from symacts.rigor.precision import precision
>>> with precision(64):
...     y = apply_slope("tanh", [arb(0), arb(1), arb(0), arb(0)], arb(0))
>>> [float(c.mid()) for c in y][:3], bool(y[3].overlaps(-arb(1)/3))
([0.0, 1.0, 0.0], True)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from flint import arb

from symacts.rigor.functions import polygamma_coefficients
from symacts.rigor.intervals import ball_power

__all__ = ["SLOPES", "Jet", "apply_slope", "compose", "inverse", "multiply", "power", "undefined"]

Jet: TypeAlias = list[Any]

ZERO = arb(0)
ONE = arb(1)
NAN = arb.nan()


def undefined(n: int) -> Jet:
    """The jet of which nothing is known."""
    return [NAN] * n


def is_finite(u: Jet) -> bool:
    """Whether every coefficient is a finite ball."""
    return all(c.is_finite() for c in u)


def add(jets: list[Jet]) -> Jet:
    """The sum."""
    return [sum(column[1:], column[0]) for column in zip(*jets, strict=True)]


def multiply(u: Jet, v: Jet) -> Jet:
    """The product (Cauchy)."""
    n = len(u)
    if n == 1:
        return [u[0] * v[0]]
    if n == 2:
        return [u[0] * v[0], u[0] * v[1] + u[1] * v[0]]
    out = []
    for k in range(n):
        total = u[0] * v[k]
        for j in range(1, k + 1):
            total += u[j] * v[k - j]
        out.append(total)
    return out


def inverse(u: Jet, y0: Any = None) -> Jet:
    """1/u."""
    out = [1 / u[0] if y0 is None else y0]
    for k in range(1, len(u)):
        total = u[1] * out[k - 1]
        for j in range(2, k + 1):
            total += u[j] * out[k - j]
        out.append(-total / u[0])
    return out


def integer_power(u: Jet, n: int) -> Jet:
    """u**n for n >= 1 by repeated squaring, the value by the power of the ball itself."""
    out: Jet | None = None
    base, m = u, n
    while m:
        if m & 1:
            out = base if out is None else multiply(out, base)
        m >>= 1
        if m:
            base = multiply(base, base)
    assert out is not None
    out = list(out)
    out[0] = ball_power(u[0], n)
    if len(out) > 1:
        out[1] = n * ball_power(u[0], n - 1) * u[1]
    return out


def power(u: Jet, e: Any, y0: Any) -> Jet:
    """u**e for a real exponent e and u > 0: k u_0 y_k = sum (e j - (k - j)) u_j y_{k-j}."""
    out = [y0]
    for k in range(1, len(u)):
        total = ZERO
        for j in range(1, k + 1):
            total += (e * j - (k - j)) * u[j] * out[k - j]
        out.append(total / (k * u[0]))
    return out


def chain(u: Jet, p: Jet, y0: Any) -> Jet:
    """The jet of f(u) from the jet p of f'(u)."""
    out = [y0]
    for k in range(1, len(u)):
        total = ZERO
        for j in range(1, k + 1):
            total += j * u[j] * p[k - j]
        out.append(total / k)
    return out


def coupled(u: Jet, y0: Any, slope: Callable[[Jet, Jet], Jet]) -> Jet:
    """The jet of f(u) where f' is known through u and f itself; each coefficient needs the former ones."""
    out = [y0]
    for k in range(1, len(u)):
        p = slope(u[:k], out)
        total = ZERO
        for j in range(1, k + 1):
            total += j * u[j] * p[k - j]
        out.append(total / k)
    return out


def compose(coefficients: list[Any], u: Jet) -> Jet:
    """f(u) from the Taylor coefficients of f at u_0 (Horner)."""
    n = len(u)
    d = [ZERO, *u[1:]]
    out = [coefficients[n - 1]] + [ZERO] * (n - 1)
    for c in reversed(coefficients[: n - 1]):
        out = multiply(out, d)
        out[0] += c
    return out


def _exp(u: Jet, y0: Any) -> Jet:
    out = [y0]
    for k in range(1, len(u)):
        total = ZERO
        for j in range(1, k + 1):
            total += j * u[j] * out[k - j]
        out.append(total / k)
    return out


def _exp_at(u: Jet) -> Jet:
    return _exp(u, u[0].exp())


def _log(u: Jet, y0: Any) -> Jet:
    out = [y0]
    for k in range(1, len(u)):
        total = ZERO
        for j in range(1, k):
            total += j * out[j] * u[k - j]
        out.append((u[k] - total / k) / u[0])
    return out


def _pair(u: Jet, first: Any, second: Any, sign: int) -> tuple[Jet, Jet]:
    """s, c with s' = c u', c' = sign s u'."""
    s, c = [first], [second]
    for k in range(1, len(u)):
        ts = tc = ZERO
        for j in range(1, k + 1):
            w = j * u[j]
            ts += w * c[k - j]
            tc += w * s[k - j]
        s.append(ts / k)
        c.append(sign * tc / k)
    return s, c


def _square(u: Jet) -> Jet:
    out = multiply(u, u)
    out[0] = ball_power(u[0], 2)
    return out


def _one_plus(u: Jet, sign: int = 1) -> Jet:
    out = [c if sign > 0 else -c for c in u]
    out[0] = 1 + out[0]
    return out


def _root(u: Jet) -> Jet:
    return power(u, arb(1) / 2, u[0].sqrt())


def _scaled(u: Jet, factor: Any) -> Jet:
    return [factor * c for c in u]


def _gauss(u: Jet, sign: int, factor: Any) -> Jet:
    return _scaled(_exp_at(_scaled(_square(u), arb(sign))), factor)


def _sinc(u: Jet) -> Jet:
    s, _ = _pair(u, u[0].sin(), u[0].cos(), -1)
    return multiply(s, inverse(u))


def _lambertw_slope(u: Jet, y: Jet) -> Jet:
    return multiply(_exp_at(_scaled(y, arb(-1))), inverse(_one_plus(y)))


def _gamma_slope(u: Jet, y: Jet) -> Jet:
    return multiply(y, compose(polygamma_coefficients(0)(u[0], len(u) - 1), u))


def _waves(u: Jet) -> tuple[Jet, Jet]:
    half = arb.pi() / 2
    square = _scaled(_square(u), half)
    return _pair(square, square[0].sin(), square[0].cos(), -1)


def _two_over_root_pi() -> Any:
    return 2 / arb.pi().sqrt()


DIRECT: Mapping[str, Callable[[Jet, Any], Jet]] = {
    "exp": _exp,
    "log": _log,
    "sin": lambda u, y: _pair(u, y, u[0].cos(), -1)[0],
    "cos": lambda u, y: _pair(u, u[0].sin(), y, -1)[1],
    "sinh": lambda u, y: _pair(u, y, u[0].cosh(), 1)[0],
    "cosh": lambda u, y: _pair(u, u[0].sinh(), y, 1)[1],
}
"""Functions with a recurrence of their own."""

SLOPES: Mapping[str, Callable[[Jet], Jet]] = {
    "log1p": lambda u: inverse(_one_plus(u)),
    "asin": lambda u: power(_one_plus(_square(u), -1), -arb(1) / 2, (1 - ball_power(u[0], 2)).rsqrt()),
    "acos": lambda u: _scaled(
        power(_one_plus(_square(u), -1), -arb(1) / 2, (1 - ball_power(u[0], 2)).rsqrt()), arb(-1)
    ),
    "atan": lambda u: inverse(_one_plus(_square(u))),
    "asinh": lambda u: inverse(_root(_one_plus(_square(u)))),
    "acosh": lambda u: inverse(_root([ball_power(u[0], 2) - 1, *_square(u)[1:]])),
    "atanh": lambda u: inverse(_one_plus(_square(u), -1)),
    "erf": lambda u: _gauss(u, -1, _two_over_root_pi()),
    "erfc": lambda u: _gauss(u, -1, -_two_over_root_pi()),
    "erfi": lambda u: _gauss(u, 1, _two_over_root_pi()),
    "si": lambda u: _sinc(u),
    "ci": lambda u: multiply(_pair(u, u[0].sin(), u[0].cos(), -1)[1], inverse(u)),
    "shi": lambda u: multiply(_pair(u, u[0].sinh(), u[0].cosh(), 1)[0], inverse(u)),
    "ei": lambda u: multiply(_exp_at(u), inverse(u)),
    "li": lambda u: inverse(_log(u, u[0].log())),
    "fresnels": lambda u: _waves(u)[0],
    "fresnelc": lambda u: _waves(u)[1],
}
"""f' as a jet from the jet of the argument."""

COUPLED: Mapping[str, Callable[[Jet, Jet], Jet]] = {
    "tan": lambda u, y: _one_plus(_square(y)),
    "tanh": lambda u, y: _one_plus(_square(y), -1),
    "erfinv": lambda u, y: _gauss(y, 1, 1 / _two_over_root_pi()),
    "erfcinv": lambda u, y: _gauss(y, 1, -1 / _two_over_root_pi()),
    "lambertw": _lambertw_slope,
    "gamma": _gamma_slope,
}
"""f' as a jet from the jets of the argument and of f."""


def _step(name: str, u: Jet, y0: Any) -> Jet:
    """sign, floor, ceiling: constant away from their jumps, undefined where the ball may hold one."""
    jumps = u[0].contains(ZERO) if name == "sign" else u[0].contains_integer()
    return [y0, *([NAN if jumps else ZERO] * (len(u) - 1))]


def apply_slope(name: str, u: Jet, y0: Any) -> Jet:
    """The jet of the function of that name, given its value."""
    if len(u) == 1:
        return [y0]
    if name in ("sign", "floor", "ceiling"):
        return _step(name, u, y0)
    if name in DIRECT:
        return DIRECT[name](u, y0)
    if name in SLOPES:
        return chain(u, SLOPES[name](u[:-1]), y0)
    return coupled(u, y0, COUPLED[name])
