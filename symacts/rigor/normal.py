"""An expression as a quotient of polynomials with rational coefficients in named atoms.

Atoms are x, exponentials `exp(c*m)` (all rational multiples of one m are powers of one atom; hyperbolic functions are
written through them), roots `u**(1/q)`, sine and cosine of a common angle, and everything else as it stands. Equal
quotients prove equal functions; unequal ones prove nothing, as atoms may depend on each other.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> quotient = normal_form(sp.tanh(x) - 1 + 2/(1 + sp.exp(2*x)), x)
>>> quotient.numerator == 0
True
>>> [str(f) for f, _ in normal_form(x**2*sp.exp(x) - x*sp.exp(x), x).factors()]
['exp(x)', 'x', 'x - 1']
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import sympy as sp
from flint import Ordering, fmpq, fmpq_mpoly_ctx

from symacts.rigor.functions import REWRITTEN

__all__ = ["Atom", "Quotient", "TooLarge", "normal_form"]

MOST_TERMS = 250
"""Terms of a polynomial beyond which the normal form is given up."""
MOST_DEGREE = 80
"""Exponent of one atom beyond which the normal form is given up."""
MOST_ATOMS = 14
"""Atoms beyond which the normal form is given up."""
MOST_OPERATIONS = 3000
"""Size of the expression beyond which the normal form is not tried."""


class TooLarge(Exception):
    """The normal form outgrows its limits; the caller goes on without it."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A generator: `expr` is its value; for an exponential `exp(step*argument)` also the argument and the step."""

    kind: Literal["variable", "exp", "root", "sin", "cos", "other"]
    expr: sp.Expr
    argument: sp.Expr = sp.S.One
    step: sp.Rational = sp.S.One

    def power(self, n: int) -> sp.Expr:
        """The n-th power as an expression."""
        if self.kind == "exp":
            return sp.exp(n * self.step * self.argument)
        return self.expr**n


@dataclass(frozen=True, slots=True)
class Quotient:
    """`numerator / denominator`, polynomials in the atoms (flint's `fmpq_mpoly`)."""

    numerator: Any
    denominator: Any
    atoms: tuple[Atom, ...]
    radicands: tuple[tuple[int, Any, Any], ...] = ()
    """For each square root among the atoms: its position, numerator and denominator of what is under it."""

    def expression(self, polynomial: Any) -> sp.Expr:
        """A polynomial in the atoms as a SymPy expression, nested in the atom of highest degree."""
        return _nested(dict(polynomial.to_dict()), self.atoms)

    def used(self, polynomial: Any) -> tuple[int, ...]:
        """Positions of the atoms that occur in a polynomial."""
        return tuple(k for k, d in enumerate(polynomial.degrees()) if d > 0)

    def factors(self) -> list[tuple[sp.Expr, int]]:
        """The factors of the numerator as expressions with their multiplicities, constants left out."""
        _, found = self.numerator.factor()
        return [(self.expression(f), int(e)) for f, e in found]


def _nested(terms: dict[tuple[int, ...], Any], atoms: tuple[Atom, ...]) -> sp.Expr:
    if not terms:
        return sp.S.Zero
    width = len(atoms)
    spread = [len({m[k] for m in terms}) for k in range(width)]
    if len(terms) == 1 or max(spread) <= 1:
        return sp.Add(*(_monomial(m, c, atoms) for m, c in terms.items()))
    # Nest in the atom that is not x, so that products of x and an exponential stay short.
    k = max(range(width), key=lambda i: (spread[i] > 1, atoms[i].kind != "variable", spread[i]))
    groups: dict[int, dict[tuple[int, ...], Any]] = {}
    for m, c in terms.items():
        groups.setdefault(m[k], {})[(*m[:k], 0, *m[k + 1 :])] = c
    parts = []
    for n, group in sorted(groups.items()):
        inner = _nested(group, atoms)
        parts.append(
            sp.Mul(inner, atoms[k].power(n), evaluate=False) if n and inner != 1 else inner * atoms[k].power(n)
        )
    return sp.Add(*parts)


def _monomial(m: tuple[int, ...], c: Any, atoms: tuple[Atom, ...]) -> sp.Expr:
    return sp.Mul(sp.Rational(int(c.p), int(c.q)), *(atoms[k].power(int(n)) for k, n in enumerate(m) if n))


Node: TypeAlias = "tuple[Any, ...]"
"""("add", nodes), ("mul", nodes), ("pow", node, n), ("exp", m, r), ("root", u, r), ("sin", parts), ..."""


class _Scan:
    """First pass: the expression as nodes; collects which atoms are needed and in which steps."""

    def __init__(self, x: sp.Symbol, canonical: bool) -> None:
        self.x, self.canonical = x, canonical
        self.shift: sp.Expr = sp.S.Zero
        self.exponents: dict[sp.Expr, set[sp.Rational]] = {}
        self.angles: dict[sp.Expr, set[sp.Rational]] = {}
        self.roots: dict[sp.Expr, int] = {}
        self.radicands: dict[sp.Expr, Node] = {}
        self.others: dict[sp.Expr, None] = {}
        self.seen: dict[sp.Expr, Node] = {}

    def scan(self, e: sp.Expr) -> Node:
        found = self.seen.get(e)
        if found is None:
            found = self.seen[e] = self._scan(e)
        return found

    def _scan(self, e: sp.Expr) -> Node:
        if e.is_Rational:
            return ("number", fmpq(int(e.p), int(e.q)))
        if e == self.x:
            return ("variable",)
        if e is sp.S.Exp1:
            return self.exponential(sp.S.One)
        if e.is_Add or e.is_Mul:
            return ("add" if e.is_Add else "mul", tuple(self.scan(a) for a in e.args))
        if e.is_Pow:
            return self.power(e.base, e.exp)
        rule = _SCANS.get(e.func)
        if rule is not None:
            return rule(self, e)
        if e.func in REWRITTEN:
            return self.scan(REWRITTEN[e.func](*e.args))
        return self.other(e)

    def other(self, e: sp.Expr) -> Node:
        self.others[e] = None
        return ("other", e)

    def power(self, base: sp.Expr, exponent: sp.Expr) -> Node:
        if exponent.is_Integer:
            if abs(exponent) > MOST_DEGREE:
                raise TooLarge
            return ("pow", self.scan(base), int(exponent))
        if exponent.is_Rational:
            self.radicands.setdefault(base, self.scan(base))
            self.roots[base] = math.lcm(self.roots.get(base, 1), int(exponent.q))
            return ("root", base, exponent)
        return self.exponential(exponent * sp.log(base))

    def exponential(self, argument: sp.Expr) -> Node:
        parts: list[Node] = []
        for r, m in _terms(argument, 3):
            if isinstance(m, sp.log):
                parts.append(self.power(m.args[0], r))
            elif isinstance(m, sp.LambertW) and r.is_Integer:
                parts.append(("pow", self.scan(m.args[0] / m), int(r)))
            else:
                self.exponents.setdefault(m, set()).add(r)
                parts.append(("exp", m, r))
        return ("mul", tuple(parts)) if parts else ("number", fmpq(1))

    def wave(self, argument: sp.Expr, sine: bool) -> Node:
        parts: list[Node] = []
        shift, moving = argument.as_independent(self.x, as_Add=True)
        rate = moving / self.x
        if self.shift != 0 and rate.is_Rational and shift == rate * self.shift:
            self.angles.setdefault(self.x + self.shift, set()).add(rate)
            return ("sin" if sine else "cos", (("turn", self.x + self.shift, rate),))
        for r, m in _terms(argument, 1):
            c = sp.cos(r * m)
            if not c.has(sp.cos, sp.sin):
                parts.append(("known", self.scan(c), self.scan(sp.sin(r * m))))
                continue
            self.angles.setdefault(m, set()).add(r)
            parts.append(("turn", m, r))
        return ("sin" if sine else "cos", tuple(parts))

    def hyperbolic(self, e: sp.Expr) -> Node:
        up = self.exponential(e.args[0])
        square, one = ("pow", up, 2), ("number", fmpq(1))
        minus = ("add", (square, ("number", fmpq(-1))))
        plus = ("add", (square, one))
        if e.func is sp.tanh:
            return ("mul", (minus, ("pow", plus, -1)))
        half = ("mul", (("number", fmpq(1, 2)), ("pow", up, -1)))
        return ("mul", (minus if e.func is sp.sinh else plus, half))

    def logarithm(self, e: sp.Expr) -> Node:
        u = e.args[0]
        if u.is_Rational and u > 0 and max(u.p, u.q) < 10**9:
            parts: list[Node] = []
            for number, sign in ((u.p, 1), (u.q, -1)):
                for prime, n in sp.factorint(number).items():
                    parts.append(("mul", (("number", fmpq(sign * n)), self.other(sp.log(prime)))))
            return ("add", tuple(parts)) if parts else ("number", fmpq(0))
        if isinstance(u, sp.LambertW) and u.args[0].is_positive:
            return self.scan(sp.log(u.args[0]) - u)
        return self.other(e)

    def complement(self, e: sp.Expr) -> Node:
        return self.scan(1 - sp.erf(e.args[0])) if self.canonical else self.other(e)


def _common_shift(expr: sp.Expr, x: sp.Symbol) -> sp.Expr:
    """`s` where every wave in the expression is one of `c*(x + s)`; 0 where there is none, or none is needed.

    The formulas for sums would bring in `sin(c*s)` and `cos(c*s)`, which are no rational numbers.
    """
    shifts = set()
    for wave in expr.atoms(sp.sin, sp.cos, sp.tan):
        if wave.has(x):
            shift, moving = wave.args[0].as_independent(x, as_Add=True)
            rate = moving / x
            if not rate.is_Rational:
                return sp.S.Zero
            shifts.add(shift / rate)
    if len(shifts) != 1:
        return sp.S.Zero
    (s,) = shifts
    return sp.S.Zero if s == 0 or not sp.cos(s).has(sp.cos, sp.sin) else s


def _terms(argument: sp.Expr, most: int) -> list[tuple[sp.Rational, sp.Expr]]:
    """The argument as a sum of `r*m`, r rational; what varies in more than `most` terms stays one term."""
    opened = argument
    if not argument.is_polynomial() or sp.count_ops(argument) < 30:
        opened = sp.expand_log(argument) if argument.has(sp.log) else argument
        opened = sp.expand(opened, log=False) if sp.count_ops(opened) < 80 else opened
    pairs = [term.as_coeff_Mul() for term in sp.Add.make_args(opened)]
    varying = [(r, m) for r, m in pairs if m.free_symbols]
    if len(varying) > most:
        fixed = [(r, m) for r, m in pairs if not m.free_symbols]
        content, rest = sp.Add(*(r * m for r, m in varying)).as_content_primitive()
        if rest.could_extract_minus_sign():
            content, rest = -content, -rest
        return [*fixed, (content, rest)]
    return pairs


_SCANS: dict[Any, Callable[[_Scan, sp.Expr], Node]] = {
    sp.exp: lambda s, e: s.exponential(e.args[0]),
    sp.sinh: _Scan.hyperbolic,
    sp.cosh: _Scan.hyperbolic,
    sp.tanh: _Scan.hyperbolic,
    sp.log: _Scan.logarithm,
    sp.erfc: _Scan.complement,
    sp.sin: lambda s, e: s.wave(e.args[0], True),
    sp.cos: lambda s, e: s.wave(e.args[0], False),
    sp.tan: lambda s, e: (
        "mul",
        (s.wave(e.args[0], True), ("pow", s.wave(e.args[0], False), -1)),
    ),
}


def _common_step(steps: set[sp.Rational]) -> sp.Rational:
    """The largest g such that every step is an integer multiple of it, positive."""
    out = sp.S.Zero
    for s in steps:
        out = sp.gcd(out, s)
    return abs(out)


class _Build:
    """Second pass: nodes to quotients of polynomials."""

    def __init__(self, scan: _Scan) -> None:
        self.scan = scan
        atoms = [Atom("variable", scan.x)]
        self.place: dict[Any, int] = {}
        self.steps: dict[Any, sp.Rational] = {}
        for m, steps in scan.exponents.items():
            g = self.steps["exp", m] = _common_step(steps)
            self.place["exp", m] = len(atoms)
            atoms.append(Atom("exp", sp.exp(g * m), m, g))
        for u, q in scan.roots.items():
            self.place["root", u] = len(atoms)
            atoms.append(Atom("root", u ** sp.Rational(1, q), u, sp.Rational(1, q)))
        for m, steps in scan.angles.items():
            g = self.steps["angle", m] = _common_step(steps)
            self.place["angle", m] = len(atoms)
            atoms += [Atom("sin", sp.sin(g * m), m, g), Atom("cos", sp.cos(g * m), m, g)]
        for e in scan.others:
            self.place["other", e] = len(atoms)
            atoms.append(Atom("other", e))
        if len(atoms) > MOST_ATOMS:
            raise TooLarge
        self.atoms = tuple(atoms)
        self.ring = fmpq_mpoly_ctx.get([f"a{k}" for k in range(len(atoms))], Ordering.degrevlex)
        self.gens = self.ring.gens()
        self.one = self.ring.constant(1)
        self.seen: dict[Node, tuple[Any, Any]] = {}

    def build(self, node: Node) -> tuple[Any, Any]:
        found = self.seen.get(node)
        if found is None:
            found = self.seen[node] = self.reduce(*self._build(node))
        return found

    def _build(self, node: Node) -> tuple[Any, Any]:
        kind = node[0]
        if kind == "number":
            return self.ring.constant(node[1]), self.one
        if kind == "variable":
            return self.gens[0], self.one
        if kind == "other":
            return self.gens[self.place["other", node[1]]], self.one
        if kind == "add":
            return self.sum([self.build(n) for n in node[1]])
        if kind == "mul":
            out = (self.one, self.one)
            for n in node[1]:
                out = self.product(out, self.build(n))
            return out
        if kind == "pow":
            num, den = self.build(node[1])
            if node[2] < 0:
                num, den = den, num
            return self.check(num ** abs(node[2])), self.check(den ** abs(node[2]))
        if kind == "exp":
            return self.generator_power(self.place["exp", node[1]], node[2] / self.steps["exp", node[1]])
        if kind == "root":
            return self.generator_power(self.place["root", node[1]], node[2] * self.scan.roots[node[1]])
        return self.turn(node[1], 1 if kind == "sin" else 0)

    def generator_power(self, k: int, n: sp.Rational) -> tuple[Any, Any]:
        if abs(n) > MOST_DEGREE:
            raise TooLarge
        power = self.gens[k] ** abs(int(n))
        return (power, self.one) if n >= 0 else (self.one, power)

    def turn(self, parts: tuple[Node, ...], which: int) -> tuple[Any, Any]:
        """cos (0) or sin (1) of a sum of angles by the addition theorem."""
        total: list[tuple[Any, Any]] = [(self.one, self.one), (self.ring.constant(0), self.one)]
        for kind, first, second in parts:
            if kind == "known":
                factor, n = [self.build(first), self.build(second)], 1
            else:
                k = self.place["angle", first]
                n = int(second / self.steps["angle", first])
                if abs(n) > 24:
                    raise TooLarge
                sine = self.gens[k] if n > 0 else -self.gens[k]
                factor = [(self.gens[k + 1], self.one), (sine, self.one)]
            for _ in range(abs(n)):
                (c, s), (d, t) = total, factor
                total = [
                    self.sum([self.product(c, d), self.negative(self.product(s, t))]),
                    self.sum([self.product(c, t), self.product(s, d)]),
                ]
        return total[which]

    @staticmethod
    def negative(a: tuple[Any, Any]) -> tuple[Any, Any]:
        return -a[0], a[1]

    def product(self, a: tuple[Any, Any], b: tuple[Any, Any]) -> tuple[Any, Any]:
        return self.check(a[0] * b[0]), self.check(a[1] * b[1])

    def sum(self, parts: list[tuple[Any, Any]]) -> tuple[Any, Any]:
        num, den = self.ring.constant(0), self.one
        for n, d in parts:
            if d == den:
                num = num + n
                continue
            common = den.gcd(d)
            left, right = d / common, den / common
            num, den = self.check(num * left + n * right), self.check(den * left)
        return num, den

    def check(self, p: Any) -> Any:
        if len(p) > MOST_TERMS:
            raise TooLarge
        return p

    def reduce(self, num: Any, den: Any) -> tuple[Any, Any]:
        """Cancel common factors after the relations cos**2 = 1 - sin**2 and (u**(1/q))**q = u."""
        for k, atom in enumerate(self.atoms):
            if atom.kind == "cos":
                square = self.one - self.gens[k - 1] ** 2
                num, den = self.lower(num, k, 2, square, self.one)[0], self.lower(den, k, 2, square, self.one)[0]
            elif atom.kind == "root" and max(num.degrees()[k], den.degrees()[k]) >= atom.step.q:
                u, v = self.build(self.scan.radicands[atom.argument])
                (num, e), (den, f) = (self.lower(p, k, int(atom.step.q), u, v) for p in (num, den))
                num, den = self.check(num * v**f), self.check(den * v**e)
        common = num.gcd(den)
        return (num / common, den / common) if common != 1 and common != 0 else (num, den)

    def lower(self, p: Any, k: int, q: int, u: Any, v: Any) -> tuple[Any, int]:
        """p with the q-th power of generator k replaced by u/v; also the power of v that p was multiplied by."""
        top = p.degrees()[k] // q
        if top == 0:
            return p, 0
        groups: dict[int, dict[tuple[int, ...], Any]] = {}
        for m, c in p.to_dict().items():
            groups.setdefault(m[k] // q, {})[(*m[:k], m[k] % q, *m[k + 1 :])] = c
        out = self.ring.constant(0)
        for n, group in groups.items():
            out = out + self.ring.from_dict(group) * u**n * v ** (top - n)
        return self.check(out), top


@lru_cache(maxsize=2048)
def normal_form(expr: sp.Expr, x: sp.Symbol, canonical: bool = False) -> Quotient:
    """The expression as a quotient of polynomials in atoms; equal to it wherever the expression is defined.

    `canonical` also writes functions through each other where that helps to see a zero (erfc through erf).

    Raises
    ------
    TooLarge
        Beyond the limits on atoms, terms and degrees.
    """
    if sp.count_ops(expr) > MOST_OPERATIONS or expr.has(sp.I):
        raise TooLarge
    scan = _Scan(x, canonical)
    scan.shift = _common_shift(expr, x)
    node = scan.scan(expr)
    build = _Build(scan)
    try:
        num, den = build.build(node)
    except (ZeroDivisionError, OverflowError) as error:
        raise TooLarge from error
    if den == 0:
        raise TooLarge
    radicands = [
        (k, *build.build(scan.radicands[atom.argument]))
        for k, atom in enumerate(build.atoms)
        if atom.kind == "root" and atom.step.q == 2
    ]
    return Quotient(num, den, build.atoms, tuple(radicands))
