"""Branches, the one normal form: a scalar expression as analytic pieces on disjoint intervals that cover its domain.

`Piecewise`, `Max`, `Min`, `Abs`, `sign`, `Heaviside` and nestings of these are split at their switching points, which
are exact reals; so are singular points of fractional powers; points where the expression is undefined are left out.
Every point of the domain belongs to exactly one branch, closedness comes from `<` versus `<=`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import sympy as sp
from sympy.core.relational import Relational

from symacts.errors import UnsupportedExpression
from symacts.symbolic.oracle import Oracle, Undecided
from symacts.symbolic.structure import Requirement, own_requirements, requirements

__all__ = ["Branch", "lost", "next_switch", "resolved_by", "split", "tested"]

MOST_REGIONS = 800
"""Pieces in the work list before the split is given up: a formula with more is not a formula of a paper."""


@dataclass(frozen=True, slots=True)
class Branch:
    """`expression`, real-analytic on the interior of `interval` (a `sympy.Interval`, or a `FiniteSet` of one point)."""

    interval: sp.Set
    expression: sp.Expr

    @property
    def is_point(self) -> bool:
        """Whether the branch is a single point (`sign` at 0)."""
        return isinstance(self.interval, sp.FiniteSet)

    @property
    def lo(self) -> sp.Expr:
        """Left end."""
        return self.interval.args[0]

    @property
    def hi(self) -> sp.Expr:
        """Right end (the same as the left one for a point)."""
        return self.interval.args[0] if self.is_point else self.interval.args[1]

    @property
    def has_lo(self) -> bool:
        """Whether the left end belongs to the branch."""
        return self.is_point or not self.interval.left_open

    @property
    def has_hi(self) -> bool:
        """Whether the right end belongs to the branch."""
        return self.is_point or not self.interval.right_open


@dataclass(frozen=True, slots=True)
class _Region:
    """An open interval, or a point (`lo is hi`); `zero_of` are expressions known to vanish at the point."""

    lo: sp.Expr
    hi: sp.Expr
    zero_of: frozenset[sp.Expr] = frozenset()
    singular: bool = False

    @property
    def is_point(self) -> bool:
        return self.lo is self.hi


_SWITCHES = (sp.Abs, sp.sign, sp.Heaviside, sp.Max, sp.Min)


def next_switch(expression: sp.Basic) -> sp.Basic | None:
    """The next switching node to resolve: conditions of the outermost `Piecewise` first, else an innermost switch."""
    for node in sp.preorder_traversal(expression):
        if isinstance(node, sp.Piecewise):
            for _, condition in node.args:
                atoms = sorted(condition.atoms(Relational), key=sp.default_sort_key)
                if atoms:
                    return atoms[0]
                if condition not in (sp.true, sp.false):
                    raise UnsupportedExpression(f"cannot read the condition {condition}")
    for node in sp.postorder_traversal(expression):
        if isinstance(node, _SWITCHES):
            return node
    return None


def tested(node: sp.Basic) -> sp.Expr:
    """The expression whose sign resolves the node."""
    if isinstance(node, Relational):
        return node.lhs - node.rhs
    if isinstance(node, (sp.Max, sp.Min)):
        return node.args[0] - node.args[1]
    return node.args[0]


_TRUTH = {
    sp.StrictLessThan: (True, False, False),
    sp.LessThan: (True, True, False),
    sp.StrictGreaterThan: (False, False, True),
    sp.GreaterThan: (False, True, True),
    sp.Equality: (False, True, False),
    sp.Unequality: (True, False, True),
}


def resolved_by(node: sp.Basic, sign: int) -> sp.Basic:
    """What the node is where the tested expression has that sign."""
    if isinstance(node, Relational):
        return sp.true if _TRUTH[type(node)][sign + 1] else sp.false
    if isinstance(node, sp.Abs):
        return node.args[0] if sign > 0 else -node.args[0] if sign < 0 else sp.S.Zero
    if isinstance(node, sp.sign):
        return sp.Integer(sign)
    if isinstance(node, sp.Heaviside):
        return (sp.S.Zero, node.args[1], sp.S.One)[sign + 1]
    first, second, *rest = node.args
    keep = first if (sign >= 0) == isinstance(node, sp.Max) else second
    return node.func(keep, *rest)


def _operations(expression: sp.Basic) -> Iterator[sp.Basic]:
    """The smooth operations that are carried out whatever the conditions of a `Piecewise` say, innermost first."""
    if isinstance(expression, sp.Piecewise):
        return
    for argument in expression.args:
        yield from _operations(argument)
    if not isinstance(expression, _SWITCHES):
        yield expression


def _is_no_real_number(expression: sp.Basic) -> bool:
    """Whether a pole or a complex constant is left where it is carried out: SymPy takes powers into a `Piecewise`."""
    if isinstance(expression, sp.Piecewise):
        return False
    if expression in (sp.nan, sp.zoo, sp.I):
        return True
    if expression.is_Pow and expression.base.is_negative and expression.exp.is_integer is False:
        return True
    return any(map(_is_no_real_number, expression.args))


def lost(
    expression: sp.Expr, value: dict[sp.Basic, sp.Basic], resolved: sp.Expr, x: sp.Symbol
) -> tuple[Requirement, ...]:
    """What the expression requires and the resolved one no longer says: `x > 0` of `log(x)*Max(x, 0)` as 0."""
    said = {need for e in _operations(resolved) for need in own_requirements(e, x)}
    asked: dict[Requirement, None] = {}
    for e in _operations(expression):
        for need in own_requirements(e, x):
            asked.setdefault(replace(need, argument=need.argument.xreplace(value)))
    return tuple(need for need in asked if need not in said and not need.holds)


def _replaced(expression: sp.Expr, value: dict[sp.Basic, sp.Basic], region: _Region) -> sp.Expr:
    """The expression with the node's value; nan at a point at which `Max` or `Min` would have to order a pole."""
    try:
        return expression.xreplace(value)
    except ValueError as error:  # SymPy does not compare with infinity: Max(x, log(Abs(x))) at 0
        if region.is_point:
            return sp.nan
        raise Undecided(f"{expression}: {error}") from None


def _with_known_functions(expression: sp.Expr) -> sp.Expr:
    """`acot` and `acoth` by `atan` and `atanh` of the reciprocal; SymPy's `acot` is odd but for `acot(0) = pi/2`."""
    expression = expression.replace(sp.acoth, lambda u: sp.atanh(1 / u))
    return expression.replace(
        sp.acot, lambda u: sp.Piecewise((sp.atan(1 / u), sp.Ne(u, 0)), (sp.pi / 2, True), evaluate=False)
    )


class _Splitter:
    def __init__(self, x: sp.Symbol, oracle: Oracle) -> None:
        self.x, self.oracle = x, oracle
        self.work = 0

    def sign_at(self, u: sp.Expr, region: _Region) -> int:
        """The sign of a smooth expression at a point region."""
        if u in region.zero_of or -u in region.zero_of:
            return 0
        sign = self.oracle.sign(u.subs(self.x, region.lo))
        if sign is None:
            raise Undecided(f"the sign of {u} at {region.lo} is undecided")
        return sign

    def by_sign(self, u: sp.Expr, region: _Region, singular: bool = False) -> Iterator[tuple[_Region, int | None]]:
        """The region cut where the smooth `u` changes sign; sign None where `u` is undefined."""
        for part, smooth in self.split(u, region):
            if smooth is None:
                yield part, None
            elif part.is_point:
                yield part, self.sign_at(smooth, part)
            else:
                chart = self.oracle.chart(smooth, self.x, part.lo, part.hi)
                cells = getattr(chart, "cells", None)
                if cells is None:
                    raise Undecided(f"switching points of {u}: {chart.reason}")
                zeros = iter(chart.zeros)
                for k, (lo, hi, sign) in enumerate(cells):
                    if k:
                        point = next(zeros).point
                        yield _Region(point, point, frozenset({u, smooth}), singular), 0
                    yield _Region(lo, hi), sign

    def split(self, expression: sp.Expr, region: _Region) -> Iterator[tuple[_Region, sp.Expr | None]]:
        """Regions in order with a smooth expression on each (None where undefined)."""
        self.work += 1
        if self.work > MOST_REGIONS:
            raise Undecided(f"more than {MOST_REGIONS} pieces")
        if _is_no_real_number(expression):
            yield region, None
            return
        node = next_switch(expression)
        if node is None:
            yield from self.restrict(expression, region)
            return
        for part, sign in self.by_sign(tested(node), region):
            if sign is None:
                yield part, None
                continue
            value = {node: resolved_by(node, sign)}
            resolved = _replaced(expression, value, part)
            gone = lost(expression, value, resolved, self.x)
            for piece, smooth in self.split(resolved, part):
                if smooth is None or not gone:
                    yield piece, smooth
                else:
                    yield from ((p, smooth if defined else None) for p, defined in self.meet(gone, piece))

    def restrict(self, expression: sp.Expr, region: _Region) -> Iterator[tuple[_Region, sp.Expr | None]]:
        """Cut the region at the zeros of what the smooth expression's operations require."""
        for part, defined in self.meet(requirements(expression, self.x), region):
            yield part, expression if defined else None

    def meet(self, needs: tuple[Requirement, ...], region: _Region) -> list[tuple[_Region, bool]]:
        """The region cut at the zeros of what is required, with whether every requirement holds there."""
        regions: list[tuple[_Region, bool]] = [(region, True)]
        for need in needs:
            regions = [r for part, defined in regions for r in self.require(need, part, defined)]
        return regions

    def require(self, need: Requirement, region: _Region, defined: bool) -> Iterator[tuple[_Region, bool]]:
        if not defined:
            yield region, False
            return
        argument, kind = need.argument, need.need
        for part, sign in self.by_sign(argument, region, singular=kind == "nonnegative"):
            if sign is not None and sign < 0 and not need.is_certain:
                raise Undecided(f"where it exists for {argument} < 0 is not known here")
            if sign == 0 and not need.is_certain_at_zero:
                raise Undecided(f"where it exists for {argument} = 0 is not known here")
            if sign is None:
                yield part, False
            elif kind == "nonzero":
                yield part, sign != 0
            else:
                yield part, sign > 0 or (sign == 0 and kind == "nonnegative")


def _same_value(a: sp.Expr, b: sp.Expr, x: sp.Symbol, point: sp.Expr, oracle: Oracle) -> bool:
    """Whether two branch expressions are proved to agree at the point."""
    if a == b:
        return True
    difference = a.subs(x, point) - b.subs(x, point)
    if difference.has(sp.nan, sp.zoo, sp.oo, -sp.oo):
        return False
    try:
        return oracle.sign(difference) == 0
    except UnsupportedExpression:
        return False


def split(
    expression: sp.Expr, x: sp.Symbol, oracle: Oracle, within: tuple[sp.Expr, sp.Expr] = (-sp.oo, sp.oo)
) -> tuple[Branch, ...]:
    """The branches of an expression over its natural real domain, from left to right.

    Parameters
    ----------
    expression : sympy.Expr
        In the real variable `x`; other symbols are parameters that the oracle knows.
    oracle : Oracle
        Decides signs and isolates switching points.
    within : tuple of Expr, optional
        Ends of an open interval to which the domain is restricted.

    Raises
    ------
    Undecided
        A switching point could not be settled (infinitely many, or beyond the limits on work).
    UnsupportedExpression
        A function that is not known here.

    References
    ----------
    The normal form is that of piecewise-analytic functions: Carette (2007), "A canonical form for piecewise defined
    functions".
    """
    if expression.has(sp.acot, sp.acoth):
        expression = _with_known_functions(expression)
    splitter = _Splitter(x, oracle)
    parts = list(splitter.split(expression, _Region(*within)))
    branches: list[Branch] = []
    for k, (region, smooth) in enumerate(parts):
        if smooth is None:
            continue
        if not region.is_point:
            branches.append(Branch(sp.Interval.open(region.lo, region.hi), smooth))
            _close_left(branches, parts, k, x, oracle)
        elif not _joins_right(parts, k, x, oracle):
            _add_point(branches, region, smooth, x, oracle)
    return tuple(branches)


def _neighbor(parts: list[tuple[_Region, sp.Expr | None]], k: int) -> sp.Expr | None:
    """The smooth expression of the neighboring open region, None where there is none."""
    if 0 <= k < len(parts) and not parts[k][0].is_point:
        return parts[k][1]
    return None


def _joins_right(parts: list[tuple[_Region, sp.Expr | None]], k: int, x: sp.Symbol, oracle: Oracle) -> bool:
    """Whether the point belongs to the branch at its right: by its formula first, then by its value."""
    region, smooth = parts[k]
    left, right = _neighbor(parts, k - 1), _neighbor(parts, k + 1)
    assert smooth is not None
    if right is None:
        return False
    if smooth == right:
        return True
    return smooth != left and _same_value(smooth, right, x, region.lo, oracle)


def _close_left(
    branches: list[Branch], parts: list[tuple[_Region, sp.Expr | None]], k: int, x: sp.Symbol, oracle: Oracle
) -> None:
    """Give the newest branch its left end where the point before joins it, and merge it with its left neighbor."""
    region, smooth = parts[k]
    if not k or not parts[k - 1][0].is_point or parts[k - 1][1] is None:
        return
    if not _joins_right(parts, k - 1, x, oracle):
        return
    branches.pop()
    before = branches[-1] if branches else None
    point_region, point_expression = parts[k - 1]
    smooth_across = (
        not point_region.singular
        and before is not None
        and not before.is_point
        and before.hi == region.lo
        and before.expression == smooth == point_expression
    )
    if smooth_across and before is not None:
        branches[-1] = Branch(sp.Interval(before.lo, region.hi, not before.has_lo, True), before.expression)
    else:
        branches.append(Branch(sp.Interval(region.lo, region.hi, False, True), smooth))


def _add_point(branches: list[Branch], region: _Region, smooth: sp.Expr, x: sp.Symbol, oracle: Oracle) -> None:
    """A point that does not join the branch at its right: it closes the one at its left, or stands alone."""
    before = branches[-1] if branches else None
    touches = before is not None and not before.is_point and before.hi == region.lo and not before.has_hi
    if touches and before is not None and _same_value(smooth, before.expression, x, region.lo, oracle):
        branches[-1] = Branch(sp.Interval(before.lo, before.hi, not before.has_lo, False), before.expression)
        return
    branches.append(Branch(sp.FiniteSet(region.lo), smooth))
