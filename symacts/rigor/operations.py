"""The nodes of a compiled expression: each operation in three forms, on balls, on pairs, on jets.

>>> from flint import arb
>>> from symacts.rigor.precision import precision
>>> with precision(64):
...     float(ADD.ball([arb(1), arb(2)]).mid())
3.0
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp
from flint import arb, fmpq

from symacts.rigor import intervals as iv
from symacts.rigor import jets as jt
from symacts.rigor.functions import Row
from symacts.rigor.intervals import INFINITY, Pair
from symacts.rigor.jets import Jet

__all__ = ["ADD", "MULTIPLY", "Operation", "apply", "constant_power", "extreme", "integer_power", "piecewise"]


@dataclass(frozen=True, slots=True)
class Operation:
    """`ball(values)`, `interval(pairs)`, `jet(jets, value)` of one node; `value` encloses the node's value."""

    name: str
    ball: Callable[[Sequence[Any]], Any]
    interval: Callable[[Sequence[Pair]], Pair]
    jet: Callable[[Sequence[Jet], Any], Jet]


def _with_value(jet: Jet, value: Any) -> Jet:
    jet = list(jet)
    jet[0] = value
    return jet


def _sum(values: Sequence[Any]) -> Any:
    return sum(values[1:], values[0])


def _product(values: Sequence[Any]) -> Any:
    out = values[0]
    for v in values[1:]:
        out = out * v
    return out


def _product_interval(pairs: Sequence[Pair]) -> Pair:
    out = pairs[0]
    for p in pairs[1:]:
        out = iv.multiply(out, p)
    return out


def _product_jet(jets: Sequence[Jet], value: Any) -> Jet:
    out = jets[0]
    for u in jets[1:]:
        out = jt.multiply(out, u)
    return _with_value(out, value)


ADD = Operation("+", _sum, lambda pairs: iv.add(*pairs), lambda jets, value: _with_value(jt.add(list(jets)), value))
MULTIPLY = Operation("*", _product, _product_interval, _product_jet)


def integer_power(n: int) -> Operation:
    """u**n for an integer n other than 0."""

    def jet(jets: Sequence[Jet], value: Any) -> Jet:
        u = jets[0]
        if n == -1:
            return jt.inverse(u, value)
        return _with_value(jt.integer_power(u, n) if n > 0 else jt.inverse(jt.integer_power(u, -n)), value)

    return Operation(f"**{n}", lambda v: iv.ball_power(v[0], n), lambda p: iv.integer_power(p[0], n), jet)


def constant_power(exponent: sp.Expr, value_of: Callable[[], Any], positive: bool) -> Operation:
    """u**e for u >= 0 (u > 0 where e < 0) and a real constant e that is no integer; `positive` is e > 0."""
    rational = exponent.is_Rational
    half = rational and int(exponent.q) == 2

    def e() -> Any:
        return arb(fmpq(int(exponent.p), int(exponent.q))) if rational else value_of()

    def root(v: Any) -> Any:
        if half:
            return v.sqrt() ** abs(int(exponent.p))
        return arb(0) if v == 0 else v ** abs(e())

    def ball(values: Sequence[Any]) -> Any:
        u = values[0]
        if not u >= 0:
            return arb.nan()
        return root(u) if positive else 1 / root(u)

    grow = iv.monotone(root, True, limits=(None, INFINITY))

    def interval(pairs: Sequence[Pair]) -> Pair:
        if pairs[0] is None or not pairs[0][0] >= 0:
            return None
        up = grow(pairs[0])
        return up if positive else iv.reciprocal(up)

    return Operation(f"**{exponent}", ball, interval, lambda jets, value: jt.power(jets[0], e(), value))


def apply(row: Row) -> Operation:
    """A function of one argument."""

    def jet(jets: Sequence[Jet], value: Any) -> Jet:
        u = jets[0]
        if len(u) == 1:
            return [value]
        if row.slope is not None:
            return jt.apply_slope(row.slope, u, value)
        assert row.coefficients is not None
        known = row.coefficients(u[0], len(u) - 1)
        return _with_value(jt.compose(known, u), value) if known else jt.undefined(len(u))

    return Operation(row.name, lambda v: row.ball(v[0]), lambda p: row.interval(p[0]), jet)


def _absolute_jet(jets: Sequence[Jet], value: Any) -> Jet:
    u = jets[0]
    if u[0] > 0:
        return list(u)
    if u[0] < 0:
        return [-c for c in u]
    return [value, *jt.undefined(len(u) - 1)]


ABSOLUTE = Operation("Abs", lambda v: abs(v[0]), lambda p: iv.absolute(p[0]), _absolute_jet)


def extreme(largest: bool) -> Operation:
    """Max or Min."""

    def ball(values: Sequence[Any]) -> Any:
        out = values[0]
        for v in values[1:]:
            out = out.max(v) if largest else out.min(v)
        return arb.nan() if any(v.is_nan() for v in values) else out

    def interval(pairs: Sequence[Pair]) -> Pair:
        los, his = [], []
        for p in pairs:
            if p is None:
                return None
            los.append(p[0])
            his.append(p[1])
        choose = iv.max_exact if largest else iv.min_exact
        lo, hi = los[0], his[0]
        for v in los[1:]:
            lo = choose(lo, v)
        for v in his[1:]:
            hi = choose(hi, v)
        return lo, hi

    def jet(jets: Sequence[Jet], value: Any) -> Jet:
        for u in jets:
            others = [v for v in jets if v is not u]
            if all(u[0] > v[0] if largest else u[0] < v[0] for v in others):
                return list(u)
        return [value, *jt.undefined(len(jets[0]) - 1)]

    return Operation("Max" if largest else "Min", ball, interval, jet)


def heaviside(at_zero: Callable[[], Any]) -> Operation:
    """0 left of 0, 1 right of it, `at_zero` at 0."""

    def values_on(lo: Any, hi: Any) -> list[Any]:
        out = []
        if lo < 0:
            out.append(arb(0))
        if hi > 0:
            out.append(arb(1))
        if lo <= 0 and hi >= 0:
            out.append(at_zero())
        return out

    def ball(values: Sequence[Any]) -> Any:
        u = values[0]
        if u.is_nan():
            return u
        found = values_on(u.lower(), u.upper())
        out = found[0]
        for v in found[1:]:
            out = out.union(v)
        return out

    def interval(pairs: Sequence[Pair]) -> Pair:
        if pairs[0] is None:
            return None
        return iv.hull(iv.of_ball(v) for v in values_on(*pairs[0]))

    def jet(jets: Sequence[Jet], value: Any) -> Jet:
        u = jets[0]
        flat = u[0] > 0 or u[0] < 0
        return [value, *([arb(0)] * (len(u) - 1) if flat else jt.undefined(len(u) - 1))]

    return Operation("Heaviside", ball, interval, jet)


Condition = Callable[[Sequence[Pair]], bool | None]
"""Decides a condition from the pairs of the differences it compares with 0: True, False, or None where it varies."""


def compile_condition(condition: Any, difference: Callable[[sp.Expr], int]) -> Condition:
    """A condition as a three-valued function; `difference` registers an expression and gives its position."""
    if condition in (True, sp.true):
        return lambda pairs: True
    if condition in (False, sp.false):
        return lambda pairs: False
    if isinstance(condition, sp.Not):
        inner = compile_condition(condition.args[0], difference)

        def negated(pairs: Sequence[Pair]) -> bool | None:
            answer = inner(pairs)
            return None if answer is None else not answer

        return negated
    if isinstance(condition, (sp.And, sp.Or)):
        parts = [compile_condition(a, difference) for a in condition.args]
        decisive = isinstance(condition, sp.Or)

        def joined(pairs: Sequence[Pair]) -> bool | None:
            answers = [part(pairs) for part in parts]
            if decisive in answers:
                return decisive
            return None if None in answers else not decisive

        return joined
    where = difference(condition.lhs - condition.rhs)
    kind = condition.rel_op

    def relation(pairs: Sequence[Pair]) -> bool | None:
        pair = pairs[where]
        if pair is None:
            return None
        return _decide(kind, *pair)

    return relation


def _decide(kind: str, lo: Any, hi: Any) -> bool | None:
    if kind in (">", ">="):
        lo, hi, kind = -hi, -lo, {">": "<", ">=": "<="}[kind]
    if kind == "<":
        return True if hi < 0 else (False if lo >= 0 else None)
    if kind == "<=":
        return True if hi <= 0 else (False if lo > 0 else None)
    equal = True if lo == 0 and hi == 0 else (False if lo > 0 or hi < 0 else None)
    if kind == "==":
        return equal
    return None if equal is None else not equal


def piecewise(pieces: int, conditions: Sequence[Condition]) -> Operation:
    """The first piece whose condition holds; the hull of the possible ones where conditions are undecided.

    The operands are the pieces followed by the differences that the conditions compare with 0.
    """

    def candidates(differences: Sequence[Pair]) -> list[int] | None:
        found = []
        for k in range(pieces):
            answer = conditions[k](differences)
            if answer is not False:
                found.append(k)
            if answer:
                return found
        return None  # at some points no condition may hold

    def ball(values: Sequence[Any]) -> Any:
        found = candidates([iv.of_ball(v) for v in values[pieces:]])
        if found is None:
            return arb.nan()
        out = values[found[0]]
        for k in found[1:]:
            out = out.union(values[k])
        return arb.nan() if any(values[k].is_nan() for k in found) else out

    def interval(pairs: Sequence[Pair]) -> Pair:
        found = candidates(pairs[pieces:])
        return None if found is None else iv.hull(pairs[k] for k in found)

    def jet(jets: Sequence[Jet], value: Any) -> Jet:
        found = candidates([iv.of_ball(u[0]) for u in jets[pieces:]])
        if found is not None and len(found) == 1:
            return list(jets[found[0]])
        return [value, *jt.undefined(len(jets[0]) - 1)]

    return Operation("Piecewise", ball, interval, jet)
