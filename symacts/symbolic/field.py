"""Exact expansion of an expression over named atoms: `t = exp(x)`, `r = sqrt(u)`, opaque functions, symbols.

An expression becomes an element of a field of rational functions over the rationals; it vanishes identically when
that element does after the defining relations `r**q = u` are used. Nothing else about the atoms is used, so a zero
here is a proof, while a nonzero element proves nothing.
"""

from __future__ import annotations

import random
from typing import Any

import sympy as sp
from sympy.polys.fields import field

__all__ = ["common_unit", "divides", "vanishes"]

_HYPERBOLIC = (sp.tanh, sp.sinh, sp.cosh, sp.sech, sp.coth, sp.csch)
_REWRITTEN = {
    sp.acos: lambda u: sp.pi / 2 - sp.asin(u),
    sp.erfc: lambda u: 1 - sp.erf(u),
    sp.asinh: lambda u: sp.log(u + sp.sqrt(u**2 + 1)),
}
MOST_MULTIPLE = 12
"""Multiple of an angle up to which its sine and cosine are written through that of the angle."""
MOST_ATOMS = 14
MOST_TERMS = 4000
MOST_POWER = 64


class _TooLarge(Exception):
    """The expansion passes the limits on work."""


def common_unit(a: sp.Rational, b: sp.Rational) -> sp.Rational:
    """The largest rational of which both are integer multiples."""
    return sp.Rational(int(sp.igcd(a.p * b.q, b.p * a.q)), int(a.q * b.q))


PRIME = 4611686018427291359
"""A look modulo this prime `p` saves expansions. `(p - 1)/2` is prime too, so that odd roots are unique and square
roots are powers; 2, 3, 5, 7, 11 and 13 are squares."""
POINTS = 3
"""Points at which an element must vanish modulo `PRIME` to be worth an expansion."""
MOST_TRIES = 40
"""Points drawn: at some a root atom has no value."""


class _Builder:
    """Names the atoms of an expression, then evaluates it in the field that they generate."""

    def __init__(self) -> None:
        self.exponents: dict[sp.Expr, sp.Rational] = {}
        self.powers: dict[sp.Expr, int] = {}
        self.opaque: dict[sp.Expr, None] = {}

    def scan(self, e: sp.Expr) -> None:
        """Note every atom with the denominators that its powers need."""
        if e.is_Rational:
            return
        if e.is_Add or e.is_Mul:
            for a in e.args:
                self.scan(a)
        elif isinstance(e, sp.exp) or e is sp.E:
            for part in sp.Add.make_args(sp.expand(e.args[0] if isinstance(e, sp.exp) else sp.S.One)):
                c, rest = part.as_coeff_Mul()
                if not c.is_Rational:
                    raise _TooLarge
                self.exponents[rest] = common_unit(c, self.exponents.get(rest, sp.S.Zero))
        elif e.is_Pow and e.exp.is_Rational:
            self.scan(e.base)
            if not e.exp.is_Integer:
                self.powers[e.base] = int(sp.ilcm(1, self.powers.get(e.base, 1), e.exp.q))
        elif e.is_Pow and e.base.is_Rational and e.base > 0:
            self.scan(sp.exp(sp.expand(e.exp * sp.log(e.base)), evaluate=False))
        else:
            self.opaque[e] = None

    def build(self) -> None:
        """The field and the images of the atoms."""
        count = len(self.exponents) + len(self.powers) + len(self.opaque)
        if count > MOST_ATOMS:
            raise _TooLarge
        names = [f"a{k}" for k in range(max(1, count))]
        self.field, *gens = field(names, sp.QQ)
        keys = [*(("exp", k) for k in self.exponents), *(("root", k) for k in self.powers)]
        keys += [("atom", k) for k in self.opaque]
        self.generators = dict(zip(keys, gens, strict=False))

    def image(self, e: sp.Expr) -> Any:
        """The field element that the expression names."""
        if e.is_Rational:
            return self.field(sp.QQ(int(e.p), int(e.q)))
        if e.is_Add:
            total = self.field(0)
            for a in e.args:
                total = self.checked(total + self.image(a))
            return total
        if e.is_Mul:
            total = self.field(1)
            for a in e.args:
                total = self.checked(total * self.image(a))
            return total
        if isinstance(e, sp.exp) or e is sp.E:
            total = self.field(1)
            for part in sp.Add.make_args(sp.expand(e.args[0] if isinstance(e, sp.exp) else sp.S.One)):
                c, rest = part.as_coeff_Mul()
                total *= self.power(self.generators["exp", rest], int(c / self.exponents[rest]))
            return total
        if e.is_Pow and e.exp.is_Integer:
            return self.power(self.image(e.base), int(e.exp))
        if e.is_Pow and e.exp.is_Rational:
            return self.power(self.generators["root", e.base], int(e.exp * self.powers[e.base]))
        if e.is_Pow and e.base.is_Rational and e.base > 0:
            return self.image(sp.exp(sp.expand(e.exp * sp.log(e.base)), evaluate=False))
        return self.generators["atom", e]

    def is_nonzero(self, e: sp.Expr) -> bool:
        """Whether the element is shown not to vanish, by values of its atoms modulo `PRIME` with `r**q = u`."""
        rng = random.Random(len(self.generators))
        vanished = 0
        for _ in range(MOST_TRIES):
            residues = _Residues(self, rng)
            try:
                if residues.value(e):
                    return True
            except (_NoResidue, ZeroDivisionError):
                continue
            vanished += 1
            if vanished == POINTS:
                return False
        return False

    def power(self, element: Any, exponent: int) -> Any:
        if abs(exponent) > MOST_POWER:
            raise _TooLarge
        return self.checked(element**exponent)

    def checked(self, element: Any) -> Any:
        if len(element.numer) + len(element.denom) > MOST_TERMS:
            raise _TooLarge
        return element

    def reduced(self, element: Any) -> bool:
        """Whether the element vanishes once `r**q = u` is used for every root atom, outermost first."""
        if not element:
            return True
        numerator = element.numer
        for base in reversed(list(self.powers)):
            generator = self.generators["root", base]
            index = self.field.gens.index(generator)
            degree = self.powers[base]
            parts: dict[int, dict[tuple[int, ...], Any]] = {}
            for monomial, coefficient in numerator.terms():
                plain = tuple(0 if k == index else m for k, m in enumerate(monomial))
                parts.setdefault(monomial[index], {})[plain] = coefficient
            groups: dict[int, Any] = {}
            value = self.image(base)
            for power, terms in parts.items():
                whole, rest = divmod(power, degree)
                part = self.field(self.field.ring(terms)) * value**whole
                groups[rest] = self.checked(groups.get(rest, self.field(0)) + part)
            total = self.field(0)
            for rest, part in groups.items():
                total = self.checked(total + part * generator**rest)
            if not total:
                return True
            numerator = total.numer
        return False


class _NoResidue(Exception):
    """A root atom has no value modulo the prime at this point."""


class _Residues:
    """Values of a builder's atoms in the integers modulo `PRIME`; a root atom takes one that its relation allows."""

    def __init__(self, builder: _Builder, rng: random.Random) -> None:
        self.builder, self.rng = builder, rng
        self.known: dict[Any, int] = {}

    def value(self, e: sp.Expr) -> int:
        """The image of the expression."""
        if e.is_Rational:
            return int(e.p) * _inverse(int(e.q)) % PRIME
        if e.is_Add:
            return sum(self.value(a) for a in e.args) % PRIME
        if e.is_Mul:
            product = 1
            for a in e.args:
                product = product * self.value(a) % PRIME
            return product
        if isinstance(e, sp.exp) or e is sp.E:
            product = 1
            for part in sp.Add.make_args(sp.expand(e.args[0] if isinstance(e, sp.exp) else sp.S.One)):
                c, rest = part.as_coeff_Mul()
                product = product * _power(self.atom("exp", rest), int(c / self.builder.exponents[rest])) % PRIME
            return product
        if e.is_Pow and e.exp.is_Integer:
            return _power(self.value(e.base), int(e.exp))
        if e.is_Pow and e.exp.is_Rational:
            return _power(self.atom("root", e.base), int(e.exp * self.builder.powers[e.base]))
        if e.is_Pow and e.base.is_Rational and e.base > 0:
            return self.value(sp.exp(sp.expand(e.exp * sp.log(e.base)), evaluate=False))
        return self.atom("atom", e)

    def atom(self, kind: str, e: sp.Expr) -> int:
        """The value of an atom, drawn once; for a root, `u**(1/q)` where that is a power of `u`."""
        if (kind, e) not in self.known:
            drawn = self.rng.randrange(1, PRIME)
            self.known[kind, e] = _root(self.value(e), self.builder.powers[e]) if kind == "root" else drawn
        return self.known[kind, e]


def _inverse(a: int) -> int:
    if a % PRIME == 0:
        raise ZeroDivisionError
    return pow(a, -1, PRIME)


def _power(a: int, exponent: int) -> int:
    return pow(a if exponent >= 0 else _inverse(a), abs(exponent), PRIME)


def _root(u: int, q: int) -> int:
    """Some `r` with `r**q = u`: odd roots always exist, and of the square roots of a square one is a square again."""
    r = u
    odd = q
    while odd % 2 == 0:
        r, odd = pow(r, (PRIME + 1) // 4, PRIME), odd // 2
    r = pow(r, pow(odd, -1, PRIME - 1), PRIME)
    if pow(r, q, PRIME) != u % PRIME:
        raise _NoResidue
    return r


def divides(divisor: sp.Expr, expression: sp.Expr) -> bool:
    """Whether the expression is shown to vanish wherever the divisor does (and both are defined).

    Over the atoms of both, the numerator of the expression is a polynomial multiple of the divisor's.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> divides(x - sympy.exp(x) + 2, (sympy.exp(2*x) - (x + 2)**2)/(1 + x**2))
    True
    """
    builder = _Builder()
    parts = list(map(_plain, _with_half_angles(divisor, expression)))
    try:
        for part in parts:
            builder.scan(part)
        builder.build()
        below, above = (builder.image(part).numer for part in parts)
        return bool(not above or (below and not above.rem([below])))
    except (_TooLarge, ZeroDivisionError):
        return False


def _plain(expression: sp.Expr) -> sp.Expr:
    """Functions through one another where that shows a zero, and rational factors taken out of roots."""
    if expression.has(*_REWRITTEN):
        expression = expression.replace(lambda e: type(e) in _REWRITTEN, lambda e: _REWRITTEN[type(e)](e.args[0]))
    if expression.has(sp.cosh) and expression.has(sp.log):
        expression = expression.replace(_is_log_of_cosh, _without_cosh)
    if expression.has(*_HYPERBOLIC):
        expression = expression.replace(lambda e: isinstance(e, _HYPERBOLIC), lambda e: e.rewrite(sp.exp))
    if any(p.base.is_Add and p.exp.is_Rational and not p.exp.is_Integer for p in expression.atoms(sp.Pow)):
        expression = expression.replace(lambda e: e.is_Pow and e.base.is_Add and e.exp.is_Rational, _without_content)
    return expression


def _is_log_of_cosh(e: sp.Expr) -> bool:
    return isinstance(e, sp.log) and isinstance(e.args[0], sp.cosh)


def _without_cosh(e: sp.Expr) -> sp.Expr:
    """`log(cosh(u))` as `u - log(2) + log(1 + exp(-2*u))`."""
    u = e.args[0].args[0]
    return u - sp.log(2) + sp.log(1 + sp.exp(-2 * u))


_QUOTIENTS = {
    sp.tan: lambda u: sp.sin(u) / sp.cos(u),
    sp.cot: lambda u: sp.cos(u) / sp.sin(u),
    sp.sec: lambda u: 1 / sp.cos(u),
    sp.csc: lambda u: 1 / sp.sin(u),
}


def _with_half_angles(*expressions: sp.Expr) -> tuple[sp.Expr, ...]:
    """Sines and cosines of rational multiples of one angle through `t = tan(angle/2)`.

    `cos(n*a) + i*sin(n*a) = (1 + i*t)**(2*n)/(1 + t**2)**n`; their quotients too, unless one of these stands alone.
    """
    kinds = {type(wave) for e in expressions for wave in e.atoms(sp.sin, sp.cos, *_QUOTIENTS)}
    if len(kinds) > 1 and not kinds <= {sp.sin, sp.cos}:
        expressions = tuple(
            e.replace(lambda u: type(u) in _QUOTIENTS, lambda u: _QUOTIENTS[type(u)](u.args[0])) for e in expressions
        )
    units: dict[sp.Expr, sp.Rational] = {}
    places: dict[sp.Expr, tuple[sp.Expr, sp.Rational]] = {}
    waves = {wave for e in expressions for wave in e.atoms(sp.sin, sp.cos)}
    for wave in sorted(waves, key=sp.default_sort_key):
        u = wave.args[0]
        for base in units:
            ratio = sp.cancel(u / base)
            if ratio.is_Rational:
                break
        else:
            base, ratio = u, sp.S.One
        units[base] = common_unit(ratio, units.get(base, sp.S.Zero))
        places[u] = (base, ratio)
    tangents = {base: sp.Dummy("t", real=True) for base in units}
    forward: dict[sp.Basic, sp.Expr] = {}
    for u, (base, ratio) in places.items():
        n, t = int(ratio / units[base]), tangents[base]
        if abs(n) > MOST_MULTIPLE:
            return expressions
        terms = [sp.binomial(2 * abs(n), k) * (-1) ** (k // 2) * t**k for k in range(2 * abs(n) + 1)]
        below = (1 + t**2) ** abs(n)
        forward[sp.cos(u)] = sp.Add(*terms[::2]) / below
        forward[sp.sin(u)] = (1 if n > 0 else -1) * sp.Add(*terms[1::2]) / below
    return tuple(e.xreplace(forward) for e in expressions)


def _without_content(power: sp.Expr) -> sp.Expr:
    """`sqrt(x**2/4 + 1)` as `sqrt(x**2 + 4)/2`."""
    if power.exp.is_Integer:
        return power
    content, primitive = power.base.as_content_primitive()
    return content**power.exp * primitive**power.exp


def vanishes(expression: sp.Expr) -> bool:
    """Whether exact expansion shows the expression to be zero wherever it is defined.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> vanishes(sympy.exp(2*x) - sympy.exp(x)**2), vanishes(sympy.sqrt(x**2 + 1)**2 - x**2 - 1)
    (True, True)
    >>> vanishes(sympy.exp(x) - 1)
    False
    """
    (expression,) = _with_half_angles(expression)
    expression = _plain(expression)
    builder = _Builder()
    try:
        builder.scan(expression)
        builder.build()
        return not builder.is_nonzero(expression) and builder.reduced(builder.image(expression))
    except (_TooLarge, ZeroDivisionError):
        return False
