"""The sign of an analytic function on an interval, proved everywhere: the procedure behind range, monotonicity,
convexity, extrema, inequalities and kernel regimes.

The function is split into factors over its atoms (x, exponentials, roots, ...). Positive factors drop out;
polynomials in x alone or in one exponential are exact; the others go through ball arithmetic with tail models at
infinite and singular ends. The charts of the factors multiply.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> chart = sign_chart(sp.diff(x/(1 + sp.exp(-x)), x), x, -sp.oo, sp.oo)
>>> [sign for _, _, sign in chart.cells], chart.zeros[0]
([-1, 1], Zero(point=-1.2784645427..., multiplicity=1))
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.rigor.balls import compile_balls
from symacts.rigor.constants import evaluate, sign
from symacts.rigor.intervals import Pair, sign_of
from symacts.rigor.normal import Quotient, TooLarge, normal_form
from symacts.rigor.precision import precision
from symacts.rigor.profiles import Profile, Undecided, Zero, conjugate, constant, order, product, restrict
from symacts.rigor.sign_exact import alternate, of_exponential, of_low_degree, of_polynomial
from symacts.rigor.sign_numeric import STEPS, Budget, Search
from symacts.rigor.sign_waves import sample, zeros_of_wave
from symacts.rigor.unknown import Unknown

__all__ = ["SignChart", "Unknown", "Zero", "prove_sign", "range_on", "sign_chart"]

LONG = 24
"""Terms of a numerator from which the factors of a product are looked at one by one first."""
MOST_DEPTH = 3
"""Charts within charts: of the argument of a factor such as log(u), erf(u)."""


@dataclass(frozen=True, slots=True)
class SignChart:
    """Consecutive open intervals `(lo, hi, sign)` that cover the interval but for the zeros between them.

    A function that vanishes identically has one cell of sign 0 and no zeros.
    """

    cells: tuple[tuple[sp.Expr, sp.Expr, int], ...]
    zeros: tuple[Zero, ...]

    @property
    def sign(self) -> int | None:
        """The sign of all cells; None where they differ."""
        signs = {s for _, _, s in self.cells}
        return signs.pop() if len(signs) == 1 else None


def sign_chart(
    expr: sp.Expr, x: sp.Symbol, lo: sp.Expr, hi: sp.Expr, *, budget: int | Budget | None = None
) -> SignChart | Unknown:
    """Where `expr` is positive, negative and zero on the open interval (lo, hi).

    Parameters
    ----------
    expr : Expr
        Real analytic on (lo, hi); no other symbols.
    lo, hi : Expr
        Exact reals (rational, closed form, `Root`) or infinities.
    budget : int or Budget, optional
        Evaluations before the answer is `Unknown`; a `Budget` is taken from.

    Raises
    ------
    UnsupportedExpression
        A function without a ball rule, other symbols, or an empty interval.

    Examples
    --------
    >>> import sympy as sp
    >>> x = sp.Symbol("x", real=True)
    >>> sign_chart(x**2*(x - 1), x, -sp.oo, sp.oo).zeros
    (Zero(point=0, multiplicity=2), Zero(point=1, multiplicity=1))
    >>> sign_chart(sp.sin(x), x, 1, sp.oo)
    Unknown(reason='the sign towards +oo: oscillates')
    """
    expr, lo, hi = sp.sympify(expr), sp.sympify(lo), sp.sympify(hi)
    stray = expr.free_symbols - {x}
    if stray:
        raise UnsupportedExpression(f"the sign of {expr} depends on {', '.join(sorted(map(str, stray)))}")
    try:
        if order(lo, hi) >= 0:
            raise UnsupportedExpression(f"({lo}, {hi}) is no open interval")
        profile = _Chart(x, lo, hi, budget if isinstance(budget, Budget) else Budget(budget or STEPS)).of(expr, 0)
    except Undecided as why:
        return why.unknown()
    except UnsupportedExpression:
        raise
    except (ArithmeticError, ValueError, RecursionError, NotImplementedError) as error:
        return Unknown(f"the expression is too involved ({type(error).__name__})")
    points = [lo, *(z.point for z in profile.zeros), hi]
    cells = tuple(zip(points, points[1:], profile.signs, strict=False))
    return SignChart(cells, profile.zeros)


@dataclass(frozen=True, slots=True)
class _Chart:
    x: sp.Symbol
    lo: sp.Expr
    hi: sp.Expr
    budget: Budget
    searched: dict[sp.Expr, Profile | Undecided] = field(default_factory=dict)

    def of(self, expr: sp.Expr, depth: int) -> Profile:
        """The profile of any expression."""
        if self.x not in expr.free_symbols:
            return constant(self.sign_of_constant(expr))
        quick = self.quick(expr)
        if quick:
            return constant(quick)
        if expr.is_Pow and expr.exp.is_Integer:
            return product([(self.of(expr.base, depth), int(expr.exp))])
        if any(_is_square(factor) for factor in expr.args if expr.is_Mul):
            try:
                return self.of_product(expr, depth)
            except Undecided:
                pass  # factors that share a zero: the quotient sees it
        try:
            quotient = normal_form(expr, self.x)
        except TooLarge:
            return self.of_product(expr, depth)
        if len(quotient.numerator) > LONG and expr.is_Mul:
            try:
                return self.of_product(expr, depth)
            except Undecided:
                pass  # factors that share a zero: the quotient sees it
        if quotient.numerator == 0:
            return constant(0)
        below = self.of_polynomial(quotient.denominator, quotient, depth)
        if 0 in below.signs:
            raise Undecided("a denominator that is zero")
        above = self.of_polynomial(quotient.numerator, quotient, depth)
        return above if 0 in above.signs else product([(above, 1), (below, -1)])

    def of_polynomial(self, polynomial: Any, quotient: Quotient, depth: int) -> Profile:
        """A polynomial in the atoms, factor by factor."""
        content, factors = polynomial.factor()
        parts = [(constant(1 if content > 0 else -1), 1)]
        for factor, e in factors:
            profile = self.of_factor(factor, quotient, depth)
            if 0 in profile.signs:
                return constant(0)
            parts.append((profile, int(e)))
        return product(parts)

    def sign_of_constant(self, expr: sp.Expr) -> int:
        answer = sign(expr)
        if answer is None:
            raise Undecided(f"the sign of the constant {expr}")
        return answer

    def quick(self, expr: sp.Expr) -> int:
        """The sign that one enclosure over the whole interval shows; 0 where it shows none."""
        self.budget.spend()
        with precision(64):
            return sign_of(compile_balls(expr, self.x).on(self.lo, self.hi, 64)) or 0

    def of_product(self, expr: sp.Expr, depth: int) -> Profile:
        """The factors that SymPy shows, each on its own."""
        if not expr.is_Mul:
            return self.numeric(expr)
        parts = []
        for factor in expr.args:
            base, e = factor.as_base_exp()
            if isinstance(factor, sp.exp):
                continue
            if e.is_Integer:
                parts.append((self.of(base, depth), int(e)))
            else:
                parts.append((self.of(factor, depth), 1))
        return product(parts)

    def of_factor(self, factor: Any, quotient: Quotient, depth: int) -> Profile:
        """An irreducible polynomial in the atoms."""
        used = quotient.used(factor)
        if len(used) == 1 and self.x in quotient.atoms[used[0]].expr.free_symbols:
            atom = quotient.atoms[used[0]]
            coefficients = _coefficients(factor, used[0])
            monomial = len(factor) == 1
            if atom.kind == "variable":
                return restrict(of_polynomial(coefficients, self.x), self.lo, self.hi)
            if atom.kind == "exp" and monomial:
                return constant(1)
            if atom.kind == "root" and monomial:
                return self.of_root(atom, depth)
            if atom.kind == "exp":
                argument = atom.step * atom.argument
                shape = _affine(argument, self.x)
                if shape is not None:
                    profile = of_exponential(coefficients, argument, self.x, *shape)
                    return restrict(profile, self.lo, self.hi)
            elif monomial and depth < MOST_DEPTH:
                inner = _sign_carrier(atom.expr)
                if inner is not None:
                    return constant(1) if inner == 1 else self.of(inner, depth + 1)
        wave = self.of_wave(factor, quotient, used)
        if wave is not None:
            return wave
        expr = quotient.expression(factor)
        if self.x not in expr.free_symbols:
            return constant(self.sign_of_constant(expr))
        moving = [k for k in used if self.x in quotient.atoms[k].expr.free_symbols]
        if len(moving) == 1 and len(used) > 1:
            closed = self.closed(factor, quotient, moving[0])
            if closed is not None:
                return closed
        plain = self.by_terms(factor, quotient)
        if plain:
            return constant(plain)
        root = next((r for r in quotient.radicands if r[0] in moving and factor.degrees()[r[0]] == 1), None)
        if root is None or depth >= MOST_DEPTH:
            return self.numeric(expr)
        exact = all(_is_exact(quotient.atoms[k], self.x) for k in moving if k != root[0])
        for way in (self.by_norm, self.by_balls) if exact else (self.by_balls, self.by_norm):
            try:
                return way(factor, quotient, root, depth + 1)
            except Undecided as why:
                reason = why
        raise reason

    def by_balls(self, factor: Any, quotient: Quotient, root: Any, depth: int) -> Profile:
        return self.numeric(quotient.expression(factor))

    def by_norm(self, factor: Any, quotient: Quotient, root: Any, depth: int) -> Profile:
        """a + b*sqrt(u) through a**2 - b**2*u, which has one root less."""
        k, top, bottom = root
        groups = _by_degree(factor, k)
        ring = factor.context()
        a, b = ring.from_dict(groups.get(0, {})), ring.from_dict(groups[1])
        norm = (a**2 * bottom - b**2 * top) * bottom
        if a == 0 or norm == 0:
            raise Undecided("a sum with a root that has no norm")
        under = product([(self.of_polynomial(p, quotient, depth), 1) for p in (top, bottom)])
        if under != constant(1):
            raise Undecided("a root that may vanish")
        return conjugate(*(self.of_polynomial(p, quotient, depth) for p in (a, b, norm)))

    def of_wave(self, factor: Any, quotient: Quotient, used: tuple[int, ...]) -> Profile | None:
        """A polynomial in sine and cosine of one linear argument, on a bounded interval."""
        first = quotient.atoms[used[0]]
        if first.kind not in ("sin", "cos") or not (self.lo.is_finite and self.hi.is_finite):
            return None
        at = used[0] if first.kind == "sin" else used[0] - 1
        shape = _affine(first.step * first.argument, self.x)
        if shape is None or any(k not in (at, at + 1) for k in used):
            return None
        terms = {(int(m[at]), int(m[at + 1])): c for m, c in factor.to_dict().items()}
        zeros = zeros_of_wave(terms, self.x, *shape, self.lo, self.hi)
        point = sample(self.lo, zeros[0].point if zeros else self.hi)
        signs = [self.sign_of_constant(quotient.expression(factor).subs(self.x, point))]
        for zero in zeros:
            signs.append(signs[-1] if zero.multiplicity and zero.multiplicity % 2 == 0 else -signs[-1])
        return Profile(tuple(zeros), tuple(signs))

    def of_root(self, atom: Any, depth: int) -> Profile:
        """u**(1/q), positive but where u is zero; there it is analytic only for a zero of multiplicity m*q."""
        if depth >= MOST_DEPTH:
            raise Undecided(f"the zeros of {atom.argument}")
        inner = self.of(atom.argument, depth + 1)
        q = int(atom.step.q)
        zeros = []
        for zero in inner.zeros:
            if zero.multiplicity is None or zero.multiplicity % q:
                raise Undecided(f"{atom.expr} is not analytic at {zero.point}")
            zeros.append(Zero(zero.point, zero.multiplicity // q))
        if any(s != 1 for s in inner.signs):
            raise Undecided(f"{atom.expr} is not real and positive")
        return Profile(tuple(zeros), inner.signs)

    def closed(self, factor: Any, quotient: Quotient, k: int) -> Profile | None:
        """Degree 1 or 2 in x, or in one exponential, with constants other than rationals as coefficients."""
        atom = quotient.atoms[k]
        shape = _affine(atom.step * atom.argument, self.x) if atom.kind == "exp" else None
        if atom.kind != "variable" and shape is None:
            return None
        groups = _by_degree(factor, k)
        if max(groups) > 2:
            return None
        ring = factor.context()
        coefficients = [quotient.expression(ring.from_dict(groups.get(n, {}))) for n in range(max(groups) + 1)]
        found = of_low_degree(coefficients)
        if found is None:
            return None
        points, far = found
        if shape is None:
            return restrict(alternate(points, far), self.lo, self.hi)
        signs = [sign(p) for p in points]
        rising = sign(shape[0])
        if not all(signs) or not rising:
            return None
        points = [(_logarithm(p) - shape[1]) / shape[0] for p, s in zip(points, signs, strict=True) if s == 1]
        profile = alternate(points, far)
        if rising < 0:
            profile = Profile(tuple(reversed(profile.zeros)), tuple(reversed(profile.signs)))
        return restrict(profile, self.lo, self.hi)

    def by_terms(self, factor: Any, quotient: Quotient) -> int:
        """The sign of a polynomial whose terms all have it; 0 where they do not show one."""
        found, strict = 0, False
        used = quotient.used(factor)
        signs = {k: self.sign_of_atom(quotient.atoms[k]) for k in used}
        for m, c in factor.to_dict().items():
            term, nonzero = (1 if c > 0 else -1), True
            for k in used:
                n, (s, never_zero) = m[k], signs[k]
                if n % 2 and s == 0:
                    return 0
                if n % 2:
                    term *= s
                if n and not never_zero:
                    nonzero = False
            if found and term != found:
                return 0
            found, strict = term, strict or nonzero
        return found if strict else 0

    def sign_of_atom(self, atom: Any) -> tuple[int, bool]:
        """Its sign (0 for unknown; a root may also vanish), and whether it is never zero."""
        if atom.kind == "exp":
            return 1, True
        if atom.kind == "root" and self.x in atom.argument.free_symbols:
            return 1, self.quick(atom.argument) == 1
        if atom.kind == "root":
            return (1, True) if sign(atom.argument) == 1 else (0, False)
        if atom.kind == "variable":
            if self.lo.is_nonnegative:
                return 1, True
            return (-1, True) if self.hi.is_nonpositive else (0, False)
        moves = self.x in atom.expr.free_symbols
        found = self.quick(atom.expr) if moves else sign(atom.expr) or 0
        return found, found != 0

    def numeric(self, expr: sp.Expr) -> Profile:
        found = self.searched.get(expr)
        if found is None:
            try:
                found = Search(expr, self.x, self.lo, self.hi, self.budget).profile()
            except Undecided as why:
                found = why
            self.searched[expr] = found
        if isinstance(found, Undecided):
            raise found
        return found


def _coefficients(factor: Any, k: int) -> list[Any]:
    """The coefficients of a polynomial in generator k alone, constant first."""
    terms = {int(m[k]): c for m, c in factor.to_dict().items()}
    return [terms.get(n, 0 * next(iter(terms.values()))) for n in range(max(terms) + 1)]


def _by_degree(factor: Any, k: int) -> dict[int, dict[tuple[int, ...], Any]]:
    """The coefficients of the powers of generator k, as dictionaries of terms."""
    groups: dict[int, dict[tuple[int, ...], Any]] = {}
    for m, c in factor.to_dict().items():
        groups.setdefault(int(m[k]), {})[(*m[:k], 0, *m[k + 1 :])] = c
    return groups


def _is_exact(atom: Any, x: sp.Symbol) -> bool:
    """Whether polynomials in this atom alone are treated exactly."""
    return atom.kind == "variable" or (atom.kind == "exp" and _affine(atom.argument, x) is not None)


def _affine(argument: sp.Expr, x: sp.Symbol) -> tuple[sp.Expr, sp.Expr] | None:
    """`(c, d)` with argument = c*x + d, c not 0."""
    shift, moving = argument.as_independent(x, as_Add=True)
    c = moving / x
    return None if x in c.free_symbols or c == 0 else (c, shift)


def _logarithm(p: sp.Expr) -> sp.Expr:
    """`log(p)` of a positive constant, exponential factors taken out: `1 + log(sqrt(2) - 1)` for `-E + sqrt(2)*E`."""
    factors = sp.Mul.make_args(sp.powsimp(sp.factor_terms(sp.expand(p))))
    powers = [f for f in factors if isinstance(f, sp.exp) or f is sp.E]
    rest = sp.Mul(*[f for f in factors if f not in powers])
    return sp.Add(*[f.args[0] if isinstance(f, sp.exp) else sp.S.One for f in powers]) + sp.log(rest)


def _is_square(factor: sp.Expr) -> bool:
    """A power of a sum: what is under it has simpler zeros than the expanded polynomial."""
    return bool(factor.is_Pow and factor.exp.is_Integer and factor.exp > 1 and factor.base.is_Add)


_ODD = (sp.erf, sp.erfi, sp.atan, sp.asinh, sp.atanh, sp.asin, sp.erfinv)
"""Increasing odd functions with derivative not 0 at 0: sign and multiplicities are those of the argument."""


def _sign_carrier(e: sp.Expr) -> sp.Expr | None:
    """An expression with the sign and the zeros of e; 1 where e is positive."""
    if e.func in _ODD:
        return e.args[0]
    if isinstance(e, sp.LambertW) and len(e.args) == 1:
        return e.args[0]
    if isinstance(e, sp.log):
        return e.args[0] - 1
    if isinstance(e, (sp.erfc, sp.exp, sp.cosh)):
        return sp.S.One
    return None


def prove_sign(
    expr: sp.Expr, x: sp.Symbol, lo: sp.Expr, hi: sp.Expr, *, closed: tuple[bool, bool] = (False, False)
) -> int | None:
    """-1, 0 or +1 where `expr` is proved to have that strict sign on all of the interval, else None.

    `closed` adds the ends, where the expression is evaluated exactly.

    Examples
    --------
    >>> import sympy as sp
    >>> x = sp.Symbol("x", real=True)
    >>> prove_sign(sp.exp(x) - 1 - x, x, 0, sp.oo), prove_sign(sp.exp(x) - 1 - x, x, 0, 1, closed=(True, False))
    (1, None)
    """
    chart = sign_chart(expr, x, lo, hi)
    if isinstance(chart, Unknown) or chart.zeros:
        return None
    answer = chart.sign
    for end, included in zip((lo, hi), closed, strict=True):
        if included and sign(sp.sympify(expr).subs(x, end)) != answer:
            return None
    return answer


def range_on(expr: sp.Expr, x: sp.Symbol, lo: sp.Expr, hi: sp.Expr, *, pieces: int = 32, prec: int = 64) -> Pair:
    """Exact arbs `(low, high)` that enclose every value on the closed interval; None where it is not defined.

    The enclosure is the hull over `pieces` parts, each by its range and, where it is tighter, its centered form.

    Examples
    --------
    >>> import sympy as sp
    >>> x = sp.Symbol("x", real=True)
    >>> low, high = range_on(x*(1 - x), x, 0, 1, pieces=64)
    >>> bool(high < 0.27)
    True
    """
    from symacts.rigor.intervals import hull, meet, of_ball

    f = compile_balls(sp.sympify(expr), x)
    with precision(prec):
        a, b = evaluate(sp.sympify(lo), prec).lower(), evaluate(sp.sympify(hi), prec).upper()
        found = []
        for k in range(pieces):
            left = (a + (b - a) * k / pieces).lower() if k else a
            right = (a + (b - a) * (k + 1) / pieces).upper() if k + 1 < pieces else b
            value = f.local_on(left, right)
            ball = left.union(right)
            slope = f.local_jet(ball, 1)[1]
            if slope.is_finite():
                middle = ball.mid()
                value = meet(value, of_ball(f.local_at(middle) + slope * (ball - middle)))
            found.append(value)
        return hull(found)
