"""Facts of a family whose parameters only move and stretch one function: `f(x) = A*h(B*x + C) + E`, B > 0.

The facts of h, which holds no parameter, are carried over; each holds for every value of the parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from symacts.analysis.ends import Answer, Facts
from symacts.analysis.parametric import ParametricOracle
from symacts.analysis.subject import Subject
from symacts.facts import Fact
from symacts.rigor.oracle import BallOracle
from symacts.symbolic.members import Member, member
from symacts.symbolic.oracle import Undecided
from symacts.symbolic.output import y as OUTPUT

__all__ = ["CARRIED", "carried"]

Line = Callable[[sp.Expr], sp.Expr]


@dataclass(frozen=True, slots=True)
class _Move:
    """What f is made of, and how places, values and words change; `up` is the sign of A."""

    f: Subject
    of: Member
    up: int

    def place(self, u: sp.Expr) -> sp.Expr:
        """The x at which `B*x + C` is u."""
        return u if u.is_infinite else self.f.neat((u - self.of.shift) / self.of.rate)

    def value(self, v: sp.Expr) -> sp.Expr:
        """What f is where h is v."""
        return self.up * v if v.is_infinite else self.f.neat(self.of.factor * v + self.of.lift)

    def slope(self, v: sp.Expr, order: int = 1) -> sp.Expr:
        """What a derivative of f is where that of h is v."""
        return self.up * v if v.is_infinite else self.f.neat(self.of.factor * self.of.rate**order * v)

    def places(self, s: sp.Set) -> sp.Set:
        """The x for which `B*x + C` is in the set."""
        return _mapped(s, self.place, 1, lambda t: self.of.rate * t + self.of.shift)

    def values(self, s: sp.Set) -> sp.Set:
        """The values of f where those of h are in the set."""
        return _mapped(s, self.value, self.up, lambda t: (t - self.of.lift) / self.of.factor)


def _mapped(s: sp.Set, image: Line, way: int, back: Line) -> sp.Set:
    """The image of a set under a line that rises (way 1) or falls (-1); `back` undoes the line.

    Raises
    ------
    Undecided
    """
    if s in (sp.S.EmptySet, sp.S.Reals):
        return s
    if isinstance(s, sp.FiniteSet):
        return sp.FiniteSet(*map(image, s.args))
    if isinstance(s, (sp.Union, sp.Complement)):
        return s.func(*[_mapped(part, image, way, back) for part in s.args], evaluate=False)
    if s is sp.S.Integers:
        n = sp.Symbol("n", integer=True)
        return sp.ImageSet(sp.Lambda(n, image(n)), s)
    if isinstance(s, sp.ImageSet):
        return sp.ImageSet(sp.Lambda(s.lamda.signature, image(s.lamda.expr)), *s.base_sets)
    if isinstance(s, sp.ConditionSet):
        within = _mapped(s.base_set, image, way, back)
        return sp.ConditionSet(s.sym, s.condition.xreplace({s.sym: sp.expand(back(s.sym))}), within)
    if not isinstance(s, sp.Interval):
        raise Undecided(f"{s} is not carried over")
    ends = (image(s.start), image(s.end))[::way]
    return sp.Interval(*ends, *(bool(s.left_open), bool(s.right_open))[::way])


def _move_of(f: Subject) -> _Move:
    return f.remember("move", lambda: _find_move(f))


def _find_move(f: Subject) -> _Move:
    parameters, oracle = f.expression.free_symbols - {f.x}, f.oracle
    if not parameters or not isinstance(oracle, ParametricOracle):
        raise Undecided("no parameters")
    found = member(f.expression, f.x, parameters, oracle.sign)
    if found is None or not all(map(oracle.constants.is_defined, (found.factor, found.lift, found.rate, found.shift))):
        raise Undecided("no change of variable takes the parameters out for all their values")
    return _Move(f, found, f.sign(found.factor))


def _own(m: _Move, name: str) -> Any:
    """The fact of h.

    Raises
    ------
    Undecided
    """
    from symacts.analysis.driver import establish  # deferred: the driver runs the table that this stands in

    def find() -> dict[str, Fact]:
        return establish(Subject(m.of.inside, m.f.x, BallOracle()), tuple(CARRIED))

    fact = m.f.remember("facts of the member", find)[name]
    if not fact.known:
        raise Undecided(fact.because)
    return fact.value


_MIRRORED = {
    "convex": "concave",
    "nondecreasing": "nonincreasing",
    "strictly increasing": "strictly decreasing",
}
_MIRRORED |= {there: here for here, there in _MIRRORED.items()}
"""Words about f and about -f; others stay."""


def _word(m: _Move, name: str) -> str:
    word = _own(m, name)
    return _MIRRORED.get(word, word) if m.up < 0 else word


def _same(m: _Move, name: str) -> Any:
    return _own(m, name)


def _ends(of: Callable[[_Move, Any], Any]) -> Callable[[_Move, str], Any]:
    return lambda m, name: tuple(None if v is None else of(m, v) for v in _own(m, name))


def _line(m: _Move, line: tuple[sp.Expr, sp.Expr]) -> tuple[sp.Expr, sp.Expr]:
    slope, intercept = line
    return m.slope(slope), m.f.neat(sp.expand(m.of.factor * (slope * m.of.shift + intercept) + m.of.lift))


def _places(rising: str, falling: str) -> Callable[[_Move, str], sp.Set]:
    return lambda m, name: m.places(_own(m, rising if m.up > 0 else falling))


def _extreme(rising: str, falling: str) -> Callable[[_Move, str], Any]:
    def run(m: _Move, name: str) -> Any:
        value, attained = _own(m, rising if m.up > 0 else falling)
        return m.value(value), attained

    return run


def _zeros(m: _Move, name: str) -> sp.Set:
    if m.of.lift != 0:
        raise Undecided("a constant is added")
    return m.places(_own(m, "zeros"))


def _at_points(of: Callable[[_Move, Any], Any]) -> Callable[[_Move, str], Any]:
    def side(m: _Move, v: Any) -> Any:
        return None if v is None else of(m, v)

    def where(m: _Move, p: Any) -> Any:
        return m.places(p) if isinstance(p, sp.Set) else m.place(p)

    return lambda m, name: tuple((where(m, p), side(m, a), side(m, b)) for p, a, b in _own(m, name))


def _constant(order: int) -> Callable[[_Move, str], sp.Expr]:
    def run(m: _Move, name: str) -> sp.Expr:
        found = _own(m, name)
        return found if found.is_infinite else m.slope(m.up * found, order)

    return run


def _symmetry(m: _Move, name: str) -> Any:
    kind, center = _own(m, name)
    if kind == "none":
        return kind, center
    if kind in ("even", "axis"):
        where = m.place(center)
        return ("even" if m.f.sign_or_none(where) == 0 else "axis"), where
    point = m.place(center[0]), m.value(center[1])
    return ("odd" if all(m.f.sign_or_none(c) == 0 for c in point) else "point"), point


def _in_output(m: _Move, name: str) -> Any:
    found = _own(m, name)

    def moved(polynomial: sp.Expr | None) -> sp.Expr | None:
        if polynomial is None:
            return None
        inner = (OUTPUT - m.of.lift) / m.of.factor
        return sp.factor_terms(sp.expand(m.of.factor * m.of.rate * polynomial.subs(OUTPUT, inner)))

    return tuple(map(moved, found)) if isinstance(found, tuple) else moved(found)


def _inverse(m: _Move, name: str) -> Any:
    found = _own(m, name)
    return None if found is None else m.place(found.subs(m.f.x, (m.f.x - m.of.lift) / m.of.factor))


def _antiderivative(m: _Move, name: str) -> Any:
    found = _own(m, name)
    if found is None:
        return None
    inner = m.of.rate * m.f.x + m.of.shift
    return m.of.factor / m.of.rate * found.subs(m.f.x, inner) + m.of.lift * m.f.x


CARRIED: dict[str, Callable[[_Move, str], Any]] = {
    "domain": lambda m, name: m.places(_own(m, name)),
    "derivative_in_output": _in_output,
    "antiderivative": _antiderivative,
    "inverse": _inverse,
    "limits": _ends(_Move.value),
    "derivative_limits": _ends(_Move.slope),
    "asymptotes": _ends(_line),
    "saturation": _same,
    "saturation_rate": _same,
    "range": lambda m, name: m.values(_own(m, name)),
    "minimum": _extreme("minimum", "maximum"),
    "maximum": _extreme("maximum", "minimum"),
    "zeros": _zeros,
    "monotonicity": _word,
    "increasing_on": _places("increasing_on", "decreasing_on"),
    "decreasing_on": _places("decreasing_on", "increasing_on"),
    "stationary_points": _places("stationary_points", "stationary_points"),
    "convexity": _word,
    "convex_on": _places("convex_on", "concave_on"),
    "concave_on": _places("concave_on", "convex_on"),
    "inflection_points": _places("inflection_points", "inflection_points"),
    "discontinuities": _at_points(_Move.value),
    "kinks": _at_points(_Move.slope),
    "smoothness": _same,
    "lipschitz": _constant(1),
    "gradient_lipschitz": _constant(2),
    "symmetry": _symmetry,
    "dead_region": _places("dead_region", "dead_region"),
}
"""How each fact of h becomes one of f."""


def carried(name: str) -> Callable[[Subject, Facts], Answer]:
    """The derivation of a fact by the change of variable."""

    def run(f: Subject, facts: Facts) -> Answer:
        m = _move_of(f)
        return CARRIED[name](m, name), f"a change of variable: f is {m.of.inside} moved and stretched"

    return run
