"""Closed real constants: enclosures, digits, signs, comparison; each proved by ball arithmetic.

>>> import sympy as sp
>>> enclose(sp.Rational(3, 8))
(3/8, 3/8)
>>> decimal(sp.LambertW(sp.exp(-1)), 20)
'0.27846454276107379511'
>>> sign(sp.exp(sp.pi) - sp.pi - 20), sign(sp.sqrt(2)*sp.sqrt(3) - sp.sqrt(6))
(-1, 0)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

from symacts.errors import UnsupportedExpression
from symacts.facts import Root
from symacts.rigor.precision import precision
from symacts.rigor.program import Program, compile_program

__all__ = [
    "NUMBERS",
    "ball_sign",
    "compare",
    "decimal",
    "decimal_ends",
    "enclose",
    "evaluate",
    "is_zero",
    "rational_ends",
    "sign",
]

GUARD = 16
"""Bits of working precision above what is asked for."""
MOST_FACTOR = 16
"""The working precision ends at this multiple of what is asked for, plus `MOST_EXTRA` bits."""
MOST_EXTRA = 1024
MOST_DEGREE = 48
"""Product of the indices of all roots up to which a minimal polynomial is computed."""
MOST_SCALE = 20_000
"""Binary exponents beyond this are left as they are: a decimal grid there means gcds of numbers that long."""
MOST_EXPONENT = 2**21
"""Binary exponents of what is written as a rational number at all: beyond, bounds would fill the memory."""
SIGN_BITS = (64, 256, 1024)
"""Precisions at which a sign is tried before it is undecided."""

_AS_LOGARITHMS: dict[Any, Callable[[sp.Expr], sp.Expr]] = {
    sp.asinh: lambda u: sp.log(u + sp.sqrt(u**2 + 1)),
    sp.acosh: lambda u: sp.log(u + sp.sqrt(u**2 - 1)),
    sp.atanh: lambda u: (sp.log(1 + u) - sp.log(1 - u)) / 2,
}
"""Inverse functions that cancel against exponentials once they are written out."""

_UNUSED = sp.Dummy("x", real=True)
"""The variable of a normal form of a constant."""

NUMBERS: dict[Any, Callable[[], Any]] = {
    sp.pi: arb.pi,
    sp.E: arb.const_e,
    sp.EulerGamma: arb.const_euler,
    sp.Catalan: arb.const_catalan,
    sp.GoldenRatio: lambda: (1 + arb(5).sqrt()) / 2,
}
"""Named numbers and their balls at the precision in force."""


def _leaf(e: sp.Expr) -> Callable[[], Any] | None:
    if e.is_Rational:
        number = fmpq(int(e.p), int(e.q))
        return lambda: arb(number)
    if e.is_Float:
        exact = sp.Rational(str(e))
        number = fmpq(int(exact.p), int(exact.q))
        return lambda: arb(number)
    if e in NUMBERS:
        return NUMBERS[e]
    if isinstance(e, Root):
        from symacts.rigor.roots import refine  # deferred: roots are refined through functions, those hold constants

        return lambda: refine(e, ctx.prec)
    if isinstance(e, sp.CRootOf):
        return lambda: _algebraic(e, ctx.prec)
    if isinstance(e, sp.Integral):
        from symacts.rigor.quadrature import integral_value  # deferred: integrands hold constants

        return lambda: integral_value(e, ctx.prec)
    return None


def _algebraic(e: sp.CRootOf, prec: int) -> Any:
    """A real root of an integer polynomial, from SymPy's isolating interval."""
    if not e.is_real:
        raise UnsupportedExpression(f"{e} is not real")
    middle, step = e.eval_rational(n=int(prec * 0.302) + 4), sp.Rational(1, 10 ** (int(prec * 0.302) + 3))
    ends = [arb(fmpq(int(v.p), int(v.q))) for v in (middle - step, middle + step)]
    return ends[0].union(ends[1])


@lru_cache(maxsize=4096)
def _program(expr: sp.Expr) -> Program:
    return compile_program(expr, None, _leaf)


def _at(expr: sp.Expr, work: int) -> Any:
    program = _program(expr)
    with precision(work):
        return program.balls(None, program.constants())[program.result]


@lru_cache(maxsize=8192)
def evaluate(expr: sp.Expr, prec: int = 64) -> Any:
    """A ball that contains the constant, accurate to about `prec` bits.

    Error: relative radius about 2**-prec; for a value that is zero, or too close to zero to tell, the radius is
    absolute, at most 2**-(8*prec) or what the largest working precision gives.

    Raises
    ------
    UnsupportedExpression
        Free symbols, an infinite or complex value, a function without a ball rule, or no finite enclosure.

    Examples
    --------
    >>> import sympy as sp
    >>> evaluate(sp.pi**2 / 6, 53).str(10)
    '[1.644934067 +/- 1.52e-10]'
    """
    expr = sp.sympify(expr)
    if expr.free_symbols:
        raise UnsupportedExpression(f"{expr} is no constant: it holds {', '.join(sorted(map(str, expr.free_symbols)))}")
    if expr.is_Rational:
        with precision(prec + GUARD):
            return arb(fmpq(int(expr.p), int(expr.q)))
    if expr.has(sp.I):
        from symacts.rigor.complex_balls import real_value  # deferred: only roots of unity and the like need it

        return real_value(expr, prec)
    work, most = prec + GUARD, MOST_FACTOR * prec + MOST_EXTRA
    best = None
    while work <= most:
        value = _at(expr, work)
        if value.is_finite():
            best = value
            if value.rel_accuracy_bits() >= prec or value == 0:
                return value
            if value.contains(0) and value.rad() < arb(2) ** (-8 * prec):
                return value
        elif work > 4 * prec + 256:
            break
        work *= 2
    if best is None:
        from symacts.rigor.complex_balls import real_value  # deferred: only negative bases of roots need it

        return real_value(expr, prec)
    return best


def _ends(ball: Any) -> tuple[Fraction, Fraction]:
    return _fraction(ball.lower()), _fraction(ball.upper())


def _fraction(exact: Any) -> Fraction:
    mantissa, exponent = (int(v) for v in exact.man_exp())
    if abs(exponent) > MOST_EXPONENT:
        raise UnsupportedExpression(f"a number near 2**({exponent}) has no rational bounds of bearable length")
    return Fraction(mantissa * 2**exponent) if exponent >= 0 else Fraction(mantissa, 2**-exponent)


def _magnitude(value: Fraction) -> int:
    """The exponent k with 10**k <= |value| < 10**(k + 1)."""
    value = abs(value)
    k = int((value.numerator.bit_length() - value.denominator.bit_length()) * 0.30103)
    while Fraction(10) ** k > value:
        k -= 1
    while Fraction(10) ** (k + 1) <= value:
        k += 1
    return k


def enclose(expr: sp.Expr, digits: int = 20) -> tuple[sp.Expr, sp.Expr]:
    """Rational bounds `(lo, hi)` with `lo <= expr <= hi`, about that many significant digits apart.

    An exact rational has equal ends. Infinite constants are returned as they are.

    Examples
    --------
    >>> import sympy as sp
    >>> lo, hi = enclose(sp.sqrt(2), digits=4)
    >>> lo < sp.sqrt(2) < hi, hi - lo < sp.Rational(1, 1000)
    (True, True)
    """
    expr = sp.sympify(expr)
    if expr.is_Rational or expr in (sp.oo, -sp.oo):
        return expr, expr
    prec = int((digits + 2) * 3.33) + 8
    with precision(prec + 64):
        return decimal_ends(evaluate(expr, prec), digits)


def decimal_ends(ball: Any, digits: int) -> tuple[sp.Rational, sp.Rational]:
    """Bounds of a finite ball, rounded outward to about that many significant decimal digits."""
    lo, hi = _ends(ball)
    if lo == hi:
        return sp.Rational(lo), sp.Rational(hi)
    largest = max(abs(lo), abs(hi))
    binary = abs(largest.numerator.bit_length() - largest.denominator.bit_length())
    if lo <= 0 <= hi or binary > MOST_SCALE:  # a decimal grid of this size would blow up a zero: keep the ball's ends
        return sp.Rational(lo), sp.Rational(hi)
    scale = Fraction(10) ** (digits + 1 - _magnitude(largest))
    return sp.Rational((lo * scale).__floor__() / scale), sp.Rational(-((-hi * scale).__floor__()) / scale)


def decimal(expr: sp.Expr, count: int = 15) -> str:
    """The constant rounded correctly to `count` significant digits (half to even), as text.

    Raises
    ------
    UnsupportedExpression
        Also where a value cannot be told from the border between two roundings.

    Examples
    --------
    >>> import sympy as sp
    >>> decimal(sp.pi, 5), decimal(sp.Rational(1, 3)*10**-30, 3), decimal(sp.S(0), 3)
    ('3.1416', '3.33e-31', '0')
    """
    expr = sp.sympify(expr)
    if count < 1:
        raise ValueError(f"got {count} digits, expected at least 1")
    if expr in (sp.oo, -sp.oo):
        return str(expr)
    if expr.is_Rational:
        return _round(Fraction(int(expr.p), int(expr.q)), count)
    bits = int(count * 3.33) + 16
    for _ in range(5):
        with precision(8 * bits + 64):
            lo, hi = _ends(evaluate(expr, bits))
        texts = {_round(lo, count), _round(hi, count)}
        if len(texts) == 1:
            return texts.pop()
        if lo <= 0 <= hi and is_zero(expr):
            return "0"
        bits *= 2
    raise UnsupportedExpression(f"{count} digits of {expr} are undecided at {bits // 2} bits: it lies in [{lo}, {hi}]")


def _round(value: Fraction, count: int) -> str:
    if value == 0:
        return "0"
    k = _magnitude(value)
    mantissa = round(abs(value) * Fraction(10) ** (count - 1 - k))
    if mantissa == 10**count:
        mantissa, k = mantissa // 10, k + 1
    text, head = str(mantissa), "-" if value < 0 else ""
    if -6 <= k < 0:
        return f"{head}0.{'0' * (-k - 1)}{text}"
    if 0 <= k < max(count, 16):
        text = text.ljust(k + 1, "0")
        return head + text[: k + 1] + (f".{text[k + 1 :]}" if len(text) > k + 1 else "")
    return f"{head}{text[0]}{'.' + text[1:] if len(text) > 1 else ''}e{k:+03d}"


def sign(expr: sp.Expr) -> int | None:
    """-1, 0 or +1; 0 only where it is proved symbolically, None where undecided at 1024 bits.

    Examples
    --------
    >>> import sympy as sp
    >>> sign(sp.pi - sp.Rational(355, 113)), sign(sp.cos(1)**2 + sp.sin(1)**2 - 1)
    (-1, 0)
    """
    expr = sp.sympify(expr)
    if expr.is_Rational:
        return (int(expr.p) > 0) - (int(expr.p) < 0)
    if expr in (sp.oo, -sp.oo):
        return 1 if expr is sp.oo else -1
    for step, prec in enumerate(SIGN_BITS):
        value = _enough_for_sign(expr, prec)
        if value > 0:
            return 1
        if value < 0:
            return -1
        if step == 0 and is_zero(expr):
            return 0
    return None


def ball_sign(expr: sp.Expr, precs: Sequence[int] = SIGN_BITS[:2]) -> int | None:
    """1 or -1 where balls of these precisions show it, else None.

    Examples
    --------
    >>> ball_sign(sp.pi - 3), ball_sign(sp.sqrt(2)*sp.sqrt(3) - sp.sqrt(6, evaluate=False))
    (1, None)
    """
    for prec in precs:
        try:
            value = _at(expr, prec)
        except UnsupportedExpression:
            return None
        if value > 0 or value < 0:
            return 1 if value > 0 else -1
    return None


def rational_ends(ball: Any) -> tuple[sp.Rational, sp.Rational]:
    """The ends of a ball as rationals.

    Raises
    ------
    UnsupportedExpression
        No finite ball, or numbers of unbearable length.
    """
    if not ball.is_finite():
        raise UnsupportedExpression("a value without finite bounds")
    lo, hi = _ends(ball)
    return sp.Rational(lo), sp.Rational(hi)


def _enough_for_sign(expr: sp.Expr, prec: int) -> Any:
    value = _at(expr, prec)
    return value if value.is_finite() else evaluate(expr, prec)


def compare(a: sp.Expr, b: sp.Expr) -> int | None:
    """The sign of a - b, None where undecided; infinities allowed.

    Examples
    --------
    >>> import sympy as sp
    >>> compare(sp.sqrt(2), sp.Rational(7, 5)), compare(sp.oo, sp.pi), compare(sp.E, sp.E)
    (1, 1, 0)
    """
    a, b = sp.sympify(a), sp.sympify(b)
    if a == b:
        return 0
    if a.is_infinite or b.is_infinite:
        if a is sp.oo or b is sp.S.NegativeInfinity:
            return 1
        return -1
    first, second = evaluate(a, 64), evaluate(b, 64)
    if first < second:
        return -1
    if first > second:
        return 1
    return 0 if _same_root(a, b) else sign(a - b)


def _same_root(a: sp.Expr, b: sp.Expr) -> bool:
    """Whether a and b are the same zero of one function, by isolating intervals."""
    if isinstance(b, Root) and not isinstance(a, Root):
        a, b = b, a
    if not isinstance(a, Root):
        return False
    if isinstance(b, Root):
        if a.function != b.function:
            return False
        lo, hi = max(a.lo, b.lo), min(a.hi, b.hi)
        if lo > hi:
            return False
        for first, second in ((a, b), (b, a)):
            inner = enclose(first, 10)
            if second.lo <= inner[0] and inner[1] <= second.hi:
                return True
        return False
    if not b.is_Rational or not a.lo <= b <= a.hi:
        return False
    return bool(is_zero(a.function(b)))


MOST_REWRITTEN = 200
"""Operations of a constant, written through exponentials, that SymPy's rules expand."""


@lru_cache(maxsize=4096)
def is_zero(expr: sp.Expr) -> bool | None:
    """True only where the constant is proved to be exactly zero, False where it is proved not to be, else None.

    The proofs are exact: structural zero, a polynomial identity in named atoms, or a minimal polynomial.
    """
    expr = sp.sympify(expr)
    if expr == 0:
        return True
    if expr.is_Rational:
        return False
    try:
        value = _at(expr, 128)
    except UnsupportedExpression:
        return None
    if not value.is_finite():
        return None
    return _proved_zero(expr, value)


def _is_root_of_sum(e: sp.Expr) -> bool:
    """Whether it is a root of what expansion may write in another way."""
    return bool(e.is_Pow and e.exp.is_Rational and not e.exp.is_Integer and e.base.is_Add and e.base.has(sp.Mul))


def _with_names(expr: sp.Expr) -> sp.Expr:
    """The expression with symbols of the same signs for its roots: SymPy asks for their digits at every step."""
    signs = {r: {"positive": True} if r.lo > 0 else {"negative": True} if r.hi < 0 else {} for r in expr.atoms(Root)}
    return expr.xreplace({r: sp.Dummy("r", real=True, **sign) for r, sign in signs.items()})


def _proved_zero(expr: sp.Expr, value: Any) -> bool | None:
    from symacts.rigor.normal import TooLarge, normal_form  # deferred: it is built on the rows of functions

    if not value.contains(0):
        return False
    if expr.has(*_AS_LOGARITHMS):
        expr = expr.replace(lambda e: type(e) in _AS_LOGARITHMS, lambda e: _AS_LOGARITHMS[type(e)](e.args[0]))
    if any(map(_is_root_of_sum, expr.atoms(sp.Pow))):
        expr = expr.replace(_is_root_of_sum, lambda e: sp.Pow(sp.expand(e.base), e.exp))
    try:
        if normal_form(expr, _UNUSED, canonical=True).numerator == 0:
            return True
    except TooLarge:
        pass
    if _logarithms_cancel(expr):
        return True
    if sp.count_ops(expr) > 40:
        return None
    expr = _with_names(expr)
    if expr.is_algebraic:
        if math.prod(int(p.exp.q) for p in expr.atoms(sp.Pow) if p.exp.is_Rational) > MOST_DEGREE:
            return None
        t = sp.Symbol("t")
        try:
            return True if sp.minimal_polynomial(expr, t) == t else None
        except (NotImplementedError, sp.polys.polyerrors.BasePolynomialError):
            return None
    try:
        for form in (expr, expr.rewrite(sp.exp)):
            if sp.count_ops(form) > MOST_REWRITTEN:
                continue
            if sp.expand(form) == 0 or sp.expand(sp.expand_log(sp.powsimp(sp.expand(form)))) == 0:
                return True
    except ValueError:  # Max and Min of what SymPy cannot order once it is written through exp(I*...)
        pass
    return None


MOST_FACTORS = 24
"""Factors of a product of algebraic numbers that is compared with 1."""


MOST_OPERATIONS = 60
"""Operations of a sum of logarithms of numbers that are not algebraic, whose product is compared with 1."""


def _logarithms_cancel(expr: sp.Expr) -> bool:
    """Whether a sum of rational multiples of logarithms, and what else there is, is shown to be 0: a product is 1."""
    terms = [term.as_coeff_Mul() for term in sp.Add.make_args(sp.expand(expr))]
    logarithms = [(c, g.args[0]) for c, g in terms if isinstance(g, sp.log)]
    rest = sp.Add(*(c * g for c, g in terms if not isinstance(g, sp.log)))
    if len(terms) < 2 or not logarithms:
        return False
    if not (rest == 0 and all(a.is_algebraic for _, a in logarithms)) and sp.count_ops(expr) > MOST_OPERATIONS:
        return False
    common = sp.ilcm(1, *[c.q for c, _ in logarithms])
    powers = [(a, int(c * common)) for c, a in logarithms]
    if sum(abs(n) for _, n in powers) > MOST_FACTORS:
        return False
    above, below = (sp.Mul(*[a ** (side * n) for a, n in powers if side * n > 0]) for side in (1, -1))
    return bool(is_zero(sp.expand(above * sp.exp(common * rest)) - sp.expand(below)))
