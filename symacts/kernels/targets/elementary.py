"""Elementary functions as straight-line lines of source, for loops that a compiler turns into vector code.

Each row expands one operation into assignments: argument reduction by adding and subtracting a large constant, a
polynomial (`approximations`), and reassembly through the exponent bits; no branch, no call. Within one kernel the
reduction for an argument is written once and shared by `exp` and `expm1`.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import mpmath
import numpy as np

from symacts.kernels.approximations import ERFCX_POLE, coefficients

__all__ = ["EXPANSIONS", "Writer"]


@dataclass(frozen=True, slots=True)
class Words:
    """What differs between the formats: mantissa bits, exponentials' clamps and table size (its logarithm), `code`."""

    dtype: str
    mantissa: int
    lowest: float
    highest: float
    steps: int
    code: str

    @property
    def bits(self) -> int:
        """Bits of precision."""
        return self.mantissa + 1


FORMATS = {
    "float64": Words("float64", 52, -708.3, 665.0, 4, "<dq"),
    "float32": Words("float32", 23, -87.3, 69.0, 5, "<fi"),
}


"""Where exponentials are clamped: below they stay normal, above so do their reciprocals and the errors of these."""


def log_two(head_bits: int, parts: int = 1) -> tuple[float, float]:
    """log(2)/parts as a head with few bits (so that its products with small integers are exact) and a tail."""
    with mpmath.workprec(200):
        v = mpmath.log(2) / parts
        head = mpmath.ldexp(mpmath.nint(mpmath.ldexp(v, head_bits)), -head_bits)
        return float(head), float(v - head)


@dataclass(slots=True)
class Writer:
    """Lines of a loop body in one float format, with constants as module globals of that format."""

    dtype: str
    lines: list[str] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    tables: dict[tuple[float, ...], str] = field(default_factory=dict)
    shared: dict[tuple[str | None, ...], tuple[str, ...]] = field(default_factory=dict)
    count: int = 0
    nonpositive: set[str] = field(default_factory=set)
    fractions: set[str] = field(default_factory=set)

    @property
    def words(self) -> Words:
        """The format's numbers."""
        return FORMATS[self.dtype]

    def number(self, value: float) -> str:
        """The name of a constant."""
        text = repr(float(value))
        if text not in self.constants:
            self.constants[text] = f"C{len(self.constants)}"
        return self.constants[text]

    def table(self, values: Sequence[float]) -> str:
        """The name of a table of constants."""
        return self.tables.setdefault(tuple(map(float, values)), f"T{len(self.tables)}")

    def let(self, expression: str) -> str:
        """A new variable."""
        name = f"v{self.count}"
        self.count += 1
        self.lines.append(f"{name} = {expression}")
        return name

    def polynomial(self, values: Sequence[float], variable: str) -> str:
        """Horner's rule; contraction makes every step one instruction."""
        p = self.number(values[-1])
        for c in reversed(values[:-1]):
            p = self.let(f"{p}*{variable} + {self.number(c)}")
        return p

    def cast(self, integer: str) -> str:
        """The float of these bits."""
        return f"{self.dtype}({integer})"

    def bits(self, value: str) -> str:
        """The bits of a float."""
        return f"bits{self.dtype[5:]}({value})"

    def fma(self, a: str, b: str, c: str) -> str:
        """a*b + c, rounded once."""
        return f"fma{self.dtype[5:]}({a}, {b}, {c})"


@lru_cache(maxsize=64)
def powers_of_two(f: Words, scale: tuple[float, float] = (1.0, 0.0)) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """2**(j/n) for j < n = 2**steps times a scale in two words, and what rounding took from each, relative to it.

    The first are stored with j/n taken from their exponent bits, so that adding the bits of k/n gives 2**(k/n).
    """
    heads, rests = [], []
    real, whole = f.code[:2], f.code[0] + f.code[2]
    with mpmath.workprec(200):
        for j in range(1 << f.steps):
            exact = (mpmath.mpf(scale[0]) + scale[1]) * mpmath.mpf(2) ** (mpmath.mpf(j) / (1 << f.steps))
            bits = struct.unpack(whole, struct.pack(real, float(exact)))[0]
            rounded = struct.unpack(real, struct.pack(real, float(exact)))[0]
            heads.append(struct.unpack(real, struct.pack(whole, bits - (j << (f.mantissa - f.steps))))[0])
            rests.append(float(exact / rounded - 1))
    return tuple(heads), tuple(rests)


def exp_reduced(w: Writer, x: str) -> tuple[str, str, str, str]:
    """s, r, q and low with exp(x) = s*(1 + r + q + low): |r| < 0.022 (n = 16) or 0.011 (n = 32), q about r**2/2.

    s = 2**(k/n) rounded, with its relative error put into `low`, as is what r = x - k*log(2)/n lost.
    Reference: P. T. P. Tang (1989), Table-driven implementation of the exponential function.
    """
    f = w.words
    key = ("exp", x)
    if key not in w.shared:
        n = 1 << f.steps
        head, tail = log_two((32 if w.dtype == "float64" else 12) + f.steps, n)
        magic = w.number(1.5 * 2.0**f.mantissa)
        low, high = w.number(f.lowest), w.number(f.highest)
        y = w.let(f"{x} if {x} > {low} else {low}")
        if x not in w.nonpositive:
            y = w.let(f"{y} if {y} < {high} else {high}")
        t = w.let(f"{y}*{w.number(n / math.log(2))} + {magic}")
        k = w.let(f"{t} - {magic}")
        first = w.let(f"{y} - {k}*{w.number(head)}")
        r = w.let(f"{first} - {k}*{w.number(tail)}")
        heads, rests = powers_of_two(f)
        index = w.let(w.bits(t))
        rest = w.let(f"{w.table(rests)}[{index}]")
        square = w.let(f"({r}*{r})*{w.polynomial(coefficients('exp', f.bits), r)}")
        row = w.let(f"{w.table(heads)}[{index}]")
        s = w.let(w.cast(f"{w.bits(row)} + ({index} << {f.mantissa - f.steps})"))
        lost = w.let(f"(({first} - {r}) - {k}*{w.number(tail)}) + {rest}")
        w.shared[key] = s, r, square, lost, rest
    s, r, square, lost, _ = w.shared[key]
    return s, r, square, lost


def _exp_parts(w: Writer, x: str) -> tuple[str, str]:
    """p and s with exp(x) = s*(1 + p): s + s*p is off by hardly more than its own rounding."""
    s, r, square, _ = exp_reduced(w, x)
    key = ("exp sum", x)
    if key not in w.shared:
        w.shared[key] = (w.let(f"{square} + ({r} + {w.shared['exp', x][4]})"),)
    return w.shared[key][0], s


def exp_from(
    w: Writer, x: str, error: str | None, place: tuple[str, str | None], scale: tuple[float, float]
) -> tuple[str, str]:
    """p and s with scale*exp(x + error - place) = s*(1 + p), `place` a constant in two words.

    Next to the place, for a scale of 1, s is 1 and p as accurate as the difference: the constant is taken off after a
    multiple of log(2)/n is, where what is left is close to it, so exactly.
    """
    f = w.words
    key = ("exp from", x, *place)
    if key not in w.shared:
        n = 1 << f.steps
        head, tail = log_two((32 if w.dtype == "float64" else 12) + f.steps, n)
        magic = w.number(1.5 * 2.0**f.mantissa)
        low, high = w.number(f.lowest), w.number(f.highest)
        y = w.let(f"{x} if {x} > {low} else {low}")
        y = w.let(f"{y} if {y} < {high} else {high}")
        t = w.let(f"({y} - {place[0]})*{w.number(n / math.log(2))} + {magic}")
        k = w.let(f"{t} - {magic}")
        r = w.let(f"{y} - {k}*{w.number(head)}")
        r = w.let(f"({r} - {place[0]}) - {k}*{w.number(tail)}")
        for word in (f"- {place[1]}" if place[1] else "", f"+ {error}" if error else ""):
            r = w.let(f"{r} {word}") if word else r
        square = w.let(f"({r}*{r})*{w.polynomial(coefficients('exp', f.bits), r)}")
        w.shared[key] = r, square, w.let(w.bits(t))
    r, square, index = w.shared[key]
    scaled = (*key, repr(scale))
    if scaled not in w.shared:
        heads, rests = powers_of_two(f, scale)
        row = w.let(f"{w.table(heads)}[{index}]")
        s = w.let(w.cast(f"{w.bits(row)} + ({index} << {f.mantissa - f.steps})"))
        w.shared[scaled] = w.let(f"{square} + ({r} + {w.let(f'{w.table(rests)}[{index}]')})"), s
    p, s = w.shared[scaled]
    return p, s


def exp(w: Writer, x: str) -> str:
    p, s = _exp_parts(w, x)
    e = w.let(f"{s}*{p} + {s}")
    if x in w.nonpositive:
        w.fractions.add(e)
    return e


def expm1(w: Writer, x: str) -> str:
    p, s = _exp_parts(w, x)
    return w.let(f"{s}*{p} + ({s} - {w.number(1.0)})")


def _log_of(w: Writer, m: str, c: str | None, missing: str | None = None) -> str:
    """log(m + c) - missing*log(2) with c a small correction, m positive and normal."""
    head, tail = log_two(32 if w.dtype == "float64" else 14)
    root = w.number(math.sqrt(0.5))
    one = w.number(1.0)
    e = w.let(f"({w.bits(m)} - {w.bits(root)}) >> SHIFT")
    z = w.let(w.cast(f"{w.bits(m)} - ({e} << SHIFT)"))
    k = w.let(f"{w.dtype}_of({e})" + ("" if missing is None else f" - {missing}"))
    g = w.let(f"{z} - {one}")
    rest = f"{k}*{w.number(tail)}"
    if c is not None:
        scale = w.let(w.cast(f"{w.bits(one)} - ({e} << SHIFT)"))
        rest += f" + ({c}*{scale})*({one} - {g})"
    return w.let(f"{k}*{w.number(head)} + {_near_one(w, g, rest)}")


def _near_one(w: Writer, g: str, rest: str) -> str:
    """log(1 + g) + rest for 1 + g about within a factor of sqrt(2): g - (g**2/2 - s*(g**2/2 + s**2*P(s**2)) - rest)."""
    s = w.let(f"{g}/({w.number(2.0)} + {g})")
    q = w.let(f"{s}*{s}")
    series = w.let(f"{q}*{w.polynomial(coefficients('log', w.words.bits), q)}")
    square = w.let(f"({w.number(0.5)}*{g})*{g}")
    small = w.let(f"{s}*({square} + {series}) + {rest}")
    return f"({g} - ({square} - {small}))"


def log(w: Writer, x: str) -> str:
    """A subnormal argument is scaled up first: its bits are no exponent and mantissa."""
    f = w.words
    least, scale = w.number(float(np.finfo(w.dtype).tiny)), w.number(2.0 ** (f.mantissa + 1))
    small = w.let(f"{x} < {least}")
    m = w.let(f"{x}*{scale} if {small} else {x}")
    missing = w.let(f"{w.number(float(f.mantissa + 1))} if {small} else {w.number(0.0)}")
    return _log_of(w, m, None, missing)


def _log1p_fraction(w: Writer, x: str) -> str:
    """log(1 + x) for 0 <= x <= 1: log(1 + g) with g = x, or log(2) + log(1 + g) with g = (x - 1)/2 beyond sqrt(2) - 1.

    There is no exponent to find, and nothing is lost in 1 + x.
    """
    head, tail = log_two(32 if w.dtype == "float64" else 14)
    half, zero = w.number(0.5), w.number(0.0)
    above = w.let(f"{x} > {w.number(math.sqrt(2) - 1)}")
    g = w.let(f"{w.let(f'{half}*{x} - {half}')} if {above} else {x}")
    rest, whole = (w.let(f"{w.number(part)} if {above} else {zero}") for part in (tail, head))
    return w.let(f"{whole} + {_near_one(w, g, rest)}")


def log1p(w: Writer, x: str) -> str:
    if x in w.fractions:
        return _log1p_fraction(w, x)
    one = w.number(1.0)
    m = w.let(f"{one} + {x}")
    c = w.let(f"{x} - ({m} - {one})")
    return _log_of(w, m, c)


def mulerr(w: Writer, a: str, b: str) -> str:
    p = w.let(f"{a}*{b}")
    return w.let(w.fma(a, b, f"-{p}"))


def erfcx(w: Writer, z: str) -> str:
    """For z >= 0: the polynomial in t, with the rounding error of t put back to first order."""
    key = ("erfcx", z)
    if key not in w.shared:
        pole = w.number(ERFCX_POLE)
        d = w.let(f"{z} + {pole}")
        n = w.let(f"{z} - {pole}")
        t0 = w.let(f"{n}/{d}")
        p = w.polynomial(coefficients("erfcx", w.words.bits)[1:], t0)
        c0, c1 = coefficients("erfcx", w.words.bits)[:2]
        # n - t0*d and the rounding error of d = z + pole, to first order in t
        slip = w.let(f"{w.fma('-' + t0, d, n)}")
        lost = w.let(f"{z} - ({d} - {pole})")
        fix = w.let(f"({slip} - {t0}*{lost})*({w.number(c1)}/{d})")
        del c0
        first = w.number(coefficients("erfcx", w.words.bits)[0])
        top = w.let(f"{first} + ({t0}*{p} + {fix})")
        w.shared[key] = (w.let(f"{top}/({w.number(1.0)} + {w.number(2.0)}*{z})"),)
    return w.shared[key][0]


def _erfc_positive(w: Writer, a: str) -> str:
    square = w.let(f"{a}*{a}")
    error = w.let(w.fma(a, a, f"-{square}"))
    minus = w.let(f"-{square}")
    w.nonpositive.add(minus)
    e = exp(w, minus)
    return w.let(f"({e} - {e}*{error})*{erfcx(w, a)}")


def erf(w: Writer, z: str) -> str:
    a = w.let(f"abs({z})")
    near = w.let(f"min({a}, {w.number(1.0)})")
    q = w.let(f"{near}*{near}")
    small = w.let(f"{z}*{w.polynomial(coefficients('erf', w.words.bits), q)}")
    far = w.let(f"{w.number(1.0)} - {_erfc_positive(w, a)}")
    signed = w.let(f"-{far} if {z} < {w.number(0.0)} else {far}")
    return w.let(f"{small} if {a} <= {w.number(1.0)} else {signed}")


def erfc(w: Writer, z: str) -> str:
    a = w.let(f"abs({z})")
    tail = _erfc_positive(w, a)
    return w.let(f"{w.number(2.0)} - {tail} if {z} < {w.number(0.0)} else {tail}")


def tanh(w: Writer, z: str) -> str:
    a = w.let(f"abs({z})")
    minus = w.let(f"-{w.number(2.0)}*{a}")
    w.nonpositive.add(minus)
    v = expm1(w, minus)
    t = w.let(f"-{v}/({w.number(2.0)} + {v})")
    return w.let(f"-{t} if {z} < {w.number(0.0)} else {t}")


def sinh(w: Writer, z: str) -> str:
    a = w.let(f"abs({z})")
    v = expm1(w, a)
    t = w.let(f"{w.number(0.5)}*({v} + {v}/({v} + {w.number(1.0)}))")
    return w.let(f"-{t} if {z} < {w.number(0.0)} else {t}")


def cosh(w: Writer, z: str) -> str:
    e = exp(w, w.let(f"abs({z})"))
    return w.let(f"{w.number(0.5)}*({e} + {w.number(1.0)}/{e})")


def atan(w: Writer, z: str) -> str:
    """A polynomial up to tan(pi/8); pi/4 + atan((z - 1)/(z + 1)) and pi/2 - atan(1/z) beyond."""
    one, zero = w.number(1.0), w.number(0.0)
    a = w.let(f"abs({z})")
    far = w.let(f"{a} > {w.number(math.tan(3 * math.pi / 8))}")
    middle = w.let(f"{a} > {w.number(math.tan(math.pi / 8))}")

    def pick(first: str, second: str, third: str) -> str:
        return w.let(f"{first} if {far} else ({second} if {middle} else {third})")

    n = pick(f"-{one}", f"{a} - {one}", a)
    d = pick(a, f"{a} + {one}", one)
    base = pick(w.number(math.pi / 2), w.number(math.pi / 4), zero)
    low = pick(w.number(6.123233995736766e-17), w.number(3.061616997868383e-17), zero)  # pi/2 and pi/4, second words
    s = w.let(f"{n}/{d}")
    q = w.let(f"{s}*{s}")
    p = w.let(f"{s} + ({s}*({q}*{w.polynomial(coefficients('atan', w.words.bits), q)}) + {low})")
    t = w.let(f"{base} + {p}")
    return w.let(f"-{t} if {z} < {zero} else {t}")


def sinpi(w: Writer, z: str) -> str:
    r = w.let(f"{z} - {w.number(2.0)}*np.rint({w.number(0.5)}*{z})")
    one, half = w.number(1.0), w.number(0.5)
    r = w.let(f"{one} - {r} if {r} > {half} else (-{one} - {r} if {r} < -{half} else {r})")
    return w.let(f"math.sin({w.number(math.pi)}*{r})")


def cospi(w: Writer, z: str) -> str:
    r = w.let(f"abs({z} - {w.number(2.0)}*np.rint({w.number(0.5)}*{z}))")
    return w.let(f"math.sin({w.number(math.pi)}*({w.number(0.5)} - {r}))")


EXPANSIONS: dict[str, Callable[..., str]] = {
    "add": lambda w, a, b: w.let(f"{a} + {b}"),
    "sub": lambda w, a, b: w.let(f"{a} - {b}"),
    "mul": lambda w, a, b: w.let(f"{a}*{b}"),
    "div": lambda w, a, b: w.let(f"{a}/{b}"),
    "neg": lambda w, a: w.let(f"-{a}"),
    "abs": lambda w, a: w.let(f"abs({a})"),
    "sqrt": lambda w, a: w.let(f"math.sqrt({a})"),
    **{
        name: (lambda w, a, name=name: w.let(f"math.{name}({a})"))
        for name in ("sin", "cos", "tan", "asin", "acos", "asinh", "acosh", "atanh")
    },
    "exp": exp,
    "expm1": expm1,
    "log": log,
    "log1p": log1p,
    "mulerr": mulerr,
    "erfcx": erfcx,
    "erf": erf,
    "erfc": erfc,
    "tanh": tanh,
    "sinh": sinh,
    "cosh": cosh,
    "atan": atan,
    "sinpi": sinpi,
    "cospi": cospi,
}
"""Operation to the function that writes it: `row(writer, *operand names)` returns the name of the result."""
