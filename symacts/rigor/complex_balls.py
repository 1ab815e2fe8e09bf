"""Expressions on complex balls: analytic continuation for quadrature, and real constants written through `I`.

With `analytic` set, a function returns a ball that is not finite wherever it may fail to be analytic on its argument
(branch cuts, switching lines); that is what `acb.integral` needs.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> compile_complex(sp.sqrt(x), x)(acb(-1, 0.5), True).is_finite()
True
>>> compile_complex(sp.sqrt(x), x)(acb(-1, arb(0, 0.5)), True).is_finite()
False
>>> w = sp.sqrt(3)*sp.I/2 + sp.Rational(1, 2)
>>> real_value(w + 1/w, 53).overlaps(arb(1))
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import sympy as sp
from flint import acb, arb, ctx, fmpq

from symacts.errors import UnsupportedExpression
from symacts.rigor import operations as op
from symacts.rigor.functions import REWRITTEN
from symacts.rigor.precision import precision

__all__ = ["ComplexFunction", "compile_complex", "real_value"]

ComplexFunction = Callable[[Any, bool], Any]
"""`f(z, analytic)`: an enclosure of f over the complex ball z."""

NAN = acb(arb.nan(), arb.nan())


def _entire(method: Callable[[Any], Any]) -> Callable[[Any, bool], Any]:
    return lambda z, analytic: method(z)


def _off(cut: Callable[[Any], bool], method: Callable[[Any], Any]) -> Callable[[Any, bool], Any]:
    """The principal branch; not finite where the ball may meet its cut."""
    return lambda z, analytic: NAN if analytic and not cut(z) else method(z)


def _off_imaginary(z: Any) -> bool:
    """Clear of the cuts on the imaginary axis beyond i and -i."""
    return not z.real.contains(0) or bool(abs(z.imag) < 1)


def _off_outer(z: Any) -> bool:
    """Clear of the cuts on the real axis beyond 1 and -1."""
    return not z.imag.contains(0) or bool(abs(z.real) < 1)


def _right_of(border: Any) -> Callable[[Any], bool]:
    """Clear of the cut on the real axis left of a border."""
    return lambda z: not z.imag.contains(0) or bool(z.real > border)


def _log1p(w: Any, analytic: bool) -> Any:
    """`log(1 + w)`, principal."""
    one = w + 1
    if analytic and one.imag.contains(0) and not one.real > 0:
        return NAN
    return w.log1p()


def _asinh(z: Any, analytic: bool) -> Any:
    """`asinh(z) = log(1 + z + z**2/(1 + sqrt(1 + z**2)))`, odd; tighter on wide balls than the library's."""
    if z.real < 0:
        return -_asinh(-z, analytic)
    square = z * z
    return _log1p(z + square / ((square + 1).sqrt(analytic=analytic) + 1), analytic)


def _softplus(w: Any, analytic: bool) -> Any:
    """`log(1 + exp(w)) = w + log(1 + exp(-w))`: where Re w > 0 the second form is analytic, whatever Im w is."""
    return w + _log1p((-w).exp(), analytic) if w.real > 0 else _log1p(w.exp(), analytic)


def _logistic(w: Any) -> Any:
    """`1/(1 + exp(w))`, without a large exponential."""
    if w.real > 0:
        small = (-w).exp()
        return small / (small + 1)
    return 1 / (w.exp() + 1)


def _exponent_of(e: sp.Expr) -> sp.Expr | None:
    """u where `e` is written as `1 + exp(u)`, the exponential perhaps as a product; else None."""
    if not e.is_Add or len(e.args) != 2 or sp.S.One not in e.args:
        return None
    (other,) = (a for a in e.args if a != 1)
    factors = sp.Mul.make_args(other)
    if not any(isinstance(f, sp.exp) for f in factors):
        return None
    if not all(isinstance(f, sp.exp) or (f.is_number and f.is_positive) for f in factors):
        return None
    return sp.Add(*[f.args[0] if isinstance(f, sp.exp) else sp.log(f) for f in factors])


_RULES: Mapping[Any, Callable[[Any, bool], Any]] = {
    sp.exp: _entire(acb.exp),
    sp.sin: _entire(acb.sin),
    sp.cos: _entire(acb.cos),
    sp.tan: _entire(acb.tan),
    sp.sinh: _entire(acb.sinh),
    sp.cosh: _entire(acb.cosh),
    sp.tanh: _entire(acb.tanh),
    sp.erf: _entire(acb.erf),
    sp.erfc: _entire(acb.erfc),
    sp.erfi: _entire(acb.erfi),
    sp.sinc: _entire(acb.sinc),
    sp.gamma: _entire(acb.gamma),
    sp.digamma: _entire(acb.digamma),
    sp.log: lambda z, analytic: z.log(analytic=analytic),
    sp.atan: _off(_off_imaginary, acb.atan),
    sp.asinh: _asinh,
    sp.asin: _off(_off_outer, acb.asin),
    sp.acos: _off(_off_outer, acb.acos),
    sp.atanh: _off(_off_outer, acb.atanh),
    sp.acosh: _off(_right_of(arb(1)), acb.acosh),
    sp.LambertW: _off(_right_of(arb(-1) / 3), acb.lambertw),
    sp.loggamma: _off(_right_of(arb(0)), acb.lgamma),
    sp.Abs: lambda z, analytic: z.real_abs(analytic=analytic),
    sp.sign: lambda z, analytic: z.real_sgn(analytic=analytic),
    sp.Heaviside: lambda z, analytic: z.real_heaviside(analytic=analytic),
    sp.floor: lambda z, analytic: z.real_floor(analytic=analytic),
    sp.ceiling: lambda z, analytic: z.real_ceil(analytic=analytic),
}


class _Compiler:
    def __init__(self, x: sp.Symbol | None) -> None:
        self.x = x
        self.steps: list[Callable[[list[Any], Any, bool], Any]] = []
        self.seen: dict[sp.Expr, int] = {}

    def add(self, step: Callable[[list[Any], Any, bool], Any]) -> int:
        self.steps.append(step)
        return len(self.steps) - 1

    def place(self, e: sp.Expr) -> int:
        at = self.seen.get(e)
        if at is None:
            at = self.seen[e] = self.build(e)
        return at

    def build(self, e: sp.Expr) -> int:
        if e == self.x:
            return self.add(lambda v, z, analytic: z)
        if self.x is not None and self.x not in e.free_symbols:
            from symacts.rigor.constants import evaluate  # deferred: constants may be integrals, which come here

            return self.add(lambda v, z, analytic: acb(evaluate(e, ctx.prec)))
        if e.is_Rational:
            number = fmpq(int(e.p), int(e.q))
            return self.add(lambda v, z, analytic: acb(arb(number)))
        if e in (sp.I, sp.pi, sp.E):
            real: Callable[[], Any] = arb.pi if e is sp.pi else arb.const_e
            return self.add(lambda v, z, analytic: acb(0, 1) if e is sp.I else acb(real()))
        if e.is_Add or e.is_Mul:
            operands = [self.place(a) for a in e.args]
            return self.add(_sum(operands) if e.is_Add else _product(operands))
        if e.is_Pow:
            return self.power(e)
        if e.func in (sp.Max, sp.Min):
            return self.extreme([self.place(a) for a in e.args], e.func is sp.Max)
        if e.func is sp.Piecewise:
            return self.piecewise(e)
        if e.func in REWRITTEN:
            return self.place(REWRITTEN[e.func](*e.args))
        rule = _RULES.get(e.func)
        if rule is None or (e.func is sp.LambertW and len(e.args) > 1):
            raise UnsupportedExpression(f"there is no complex ball rule for {e.func.__name__}")
        grown = _exponent_of(e.args[0]) if e.func is sp.log and self.x is not None else None  # not the principal branch
        if grown is not None:
            m = self.place(grown)
            return self.add(lambda v, z, analytic: _softplus(v[m], analytic))
        if e.func is sp.exp and isinstance(e.args[0], sp.asinh):  # exp(asinh(u)) = u + sqrt(u**2 + 1)
            u = e.args[0].args[0]
            return self.place(u + sp.sqrt(u**2 + 1))
        k = self.place(e.args[0])
        return self.add(lambda v, z, analytic: rule(v[k], analytic))

    def power(self, e: sp.Expr) -> int:
        grown = _exponent_of(e.base) if e.exp.is_Integer and e.exp < 0 else None
        if grown is not None:
            m, n = self.place(grown), -int(e.exp)
            return self.add(lambda v, z, analytic: _logistic(v[m]) ** n)
        k = self.place(e.base)
        if e.exp.is_Integer:
            n = int(e.exp)
            return self.add(lambda v, z, analytic: v[k] ** n)
        if e.exp == sp.S.Half:
            return self.add(lambda v, z, analytic: v[k].sqrt(analytic=analytic))
        j = self.place(e.exp)
        return self.add(lambda v, z, analytic: v[k].pow(v[j], analytic=analytic))

    def extreme(self, operands: list[int], largest: bool) -> int:
        def step(v: list[Any], z: Any, analytic: bool) -> Any:
            out = v[operands[0]]
            for k in operands[1:]:
                out = (out.real_max if largest else out.real_min)(v[k], analytic=analytic)
            return out

        return self.add(step)

    def piecewise(self, e: sp.Piecewise) -> int:
        values = [self.place(value) for value, _ in e.args]
        differences: list[int] = []

        def difference(d: sp.Expr) -> int:
            differences.append(self.place(d))
            return len(differences) - 1

        conditions = [op.compile_condition(condition, difference) for _, condition in e.args]

        def step(v: list[Any], z: Any, analytic: bool) -> Any:
            reals = [v[k].real for k in differences]
            if any(r.is_nan() for r in reals):
                return NAN
            pairs = [(r.lower(), r.upper()) for r in reals]
            out = None
            for k, condition in zip(values, conditions, strict=True):
                answer = condition(pairs)
                if answer is False:
                    continue
                if answer and out is None:
                    return v[k]
                if analytic:
                    return NAN
                out = v[k] if out is None else out.union(v[k])
                if answer:
                    return out
            return NAN

        return self.add(step)


def _sum(operands: list[int]) -> Callable[[list[Any], Any, bool], Any]:
    first, *rest = operands
    return lambda v, z, analytic: sum((v[k] for k in rest), v[first])


def _product(operands: list[int]) -> Callable[[list[Any], Any, bool], Any]:
    def step(v: list[Any], z: Any, analytic: bool) -> Any:
        out = v[operands[0]]
        for k in operands[1:]:
            out = out * v[k]
        return out

    return step


MOST_EXPANDED = 200
"""Size of a constant up to which it is compared with its conjugate by expansion."""


@lru_cache(maxsize=1024)
def compile_complex(expr: sp.Expr, x: sp.Symbol | None) -> ComplexFunction:
    """The expression as a function on complex balls, at the precision in force.

    Raises
    ------
    UnsupportedExpression
        A function without a rule, named in the message.
    """
    compiler = _Compiler(x)
    result = compiler.place(expr)
    steps = compiler.steps

    def value(z: Any, analytic: bool) -> Any:
        values: list[Any] = []
        for step in steps:
            values.append(step(values, z, analytic))
        return values[result]

    return value


def real_value(expr: sp.Expr, prec: int) -> Any:
    """The real part's ball of a constant that SymPy's assumptions know to be real, or that equals its conjugate.

    Raises
    ------
    UnsupportedExpression
        The constant is not shown to be real, or has no finite enclosure.
    """
    real = expr.is_extended_real
    if real is None and sp.count_ops(expr) <= MOST_EXPANDED:
        real = sp.expand(expr - sp.conjugate(expr), complex=True) == 0 or None
    f = compile_complex(expr, None)
    work = prec + 32
    for _ in range(5):
        with precision(work):
            value = f(None, False)
        if not value.imag.contains(0):
            raise UnsupportedExpression(f"{expr} is not real")
        if real and value.is_finite() and (value.real.rel_accuracy_bits() >= prec or work > 8 * prec):
            return value.real
        work *= 2
    raise UnsupportedExpression(f"{expr} has no finite enclosure, or is not shown to be real")
