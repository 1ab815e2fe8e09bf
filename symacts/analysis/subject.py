"""`Subject`: one function under analysis: its branches, and certified answers about it that facts are derived from.

Derivations ask a subject for charts of signs, one-sided limits and values; it asks the oracle once for each and
remembers. All numbers are exact reals; a value that holds a `Root` is wrapped into a `Root` of its own, so that
every number in a fact is a closed form or one readable root.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import sympy as sp

from symacts.analysis.guesses import SOMEWHERE, seems_constant, seems_not_zero
from symacts.analysis.reals import as_root, mirror_image, sign_of
from symacts.errors import UnsupportedExpression
from symacts.facts import Root
from symacts.spec import Activation
from symacts.symbolic.branches import Branch, split
from symacts.symbolic.closed_forms import candidates, in_known_functions
from symacts.symbolic.continuity import is_continuous
from symacts.symbolic.forms import derivative, is_identically_zero, surd, tidy
from symacts.symbolic.oracle import Oracle, Undecided
from symacts.symbolic.repeats import STEPS, steps_as_switches
from symacts.symbolic.structure import requirements
from symacts.symbolic.taylor import taylor

__all__ = ["Border", "Cell", "NoLimit", "Subject"]


class NoLimit(Undecided):
    """It is proved that the limit does not exist; `points` are some of the limit points."""

    def __init__(self, reason: str, points: tuple[sp.Expr, ...]) -> None:
        super().__init__(reason)
        self.points = points


BY_SERIES = 2
"""Derivatives of higher order at a point come from a Taylor series: no formula is written for them."""
MOST_DERIVATIVES = 12
"""Order of the highest derivative that is asked for at a border."""
MOST_OPERATIONS = 4000
"""Size of a derivative beyond which no further one is formed."""

LONGEST_CONSTANT = 40
"""Operations of a formula up to which it is asked whether it is constant."""

_BAD = (sp.nan, sp.zoo, sp.oo, -sp.oo)


@dataclass(frozen=True, slots=True)
class Cell:
    """An open interval on which a derivative of the function has one sign; `branch` is the index of its branch."""

    lo: sp.Expr
    hi: sp.Expr
    sign: int
    branch: int


@dataclass(frozen=True, slots=True)
class Border:
    """A finite point between (or at an end of) open branches: which branches meet there, and the value at the point.

    `left` and `right` are indices of open branches, None where the function is undefined beside the point on that
    side; `value` is None where the point is outside the domain.
    """

    point: sp.Expr
    left: int | None
    right: int | None
    value: sp.Expr | None

    @property
    def is_interior(self) -> bool:
        """Whether the function is defined on both sides and at the point."""
        return self.left is not None and self.right is not None and self.value is not None


class Subject:
    """A scalar function of `x` with an oracle that decides signs for it.

    `back` maps symbols that the analysis introduced to what they stand for; `presented` writes facts with it. The
    function is looked at on the open interval `within` alone.
    """

    def __init__(
        self,
        expression: sp.Expr,
        x: sp.Symbol,
        oracle: Oracle,
        back: Mapping[sp.Basic, sp.Expr] | None = None,
        within: tuple[sp.Expr, sp.Expr] = (-sp.oo, sp.oo),
    ) -> None:
        self.expression, self.x, self.oracle, self.within = expression, x, oracle, within
        self.back = dict(back or {})
        self.activation: Activation | None = None
        self._derivatives: dict[tuple[int, int], sp.Expr] = {}
        self._memo: dict[Any, Any] = {}

    def presented(self, value: Any) -> Any:
        """A fact's value in the declared symbols."""
        if not self.back:
            return value
        if isinstance(value, (tuple, list)):
            return tuple(self.presented(v) for v in value)
        if not isinstance(value, sp.Basic) or not value.free_symbols & set(self.back):
            return value
        return value.subs(self.back)

    def remember(self, key: Any, find: Callable[[], Any]) -> Any:
        """The answer of `find`, asked once; an `Undecided` is remembered too."""
        if key not in self._memo:
            try:
                self._memo[key] = find()
            except Undecided as reason:
                self._memo[key] = reason
        answer = self._memo[key]
        if isinstance(answer, Undecided):
            raise answer.with_traceback(None)
        return answer

    # --- exact reals -------------------------------------------------------------------------------------------

    def sign(self, constant: sp.Expr) -> int:
        """Sign of a real constant or of an infinity.

        Raises
        ------
        Undecided
        """
        if constant is sp.oo:
            return 1
        if constant is -sp.oo:
            return -1
        sign = self.sign_or_none(constant)
        if sign is None:
            raise Undecided(f"the sign of {constant} is undecided")
        return sign

    def sign_or_none(self, constant: sp.Expr) -> int | None:
        """Sign of a real constant, None where it is undecided."""
        return self.remember(("sign", constant), lambda: sign_of(constant, self.oracle))

    def compare(self, a: sp.Expr, b: sp.Expr) -> int:
        """-1, 0 or 1 as `a < b`, `a = b`, `a > b`; infinities allowed."""
        if a == b:
            return 0
        if a is sp.oo or b is -sp.oo:
            return 1
        if a is -sp.oo or b is sp.oo:
            return -1
        return self.sign(a - b)

    def equal(self, a: sp.Expr, b: sp.Expr) -> bool:
        """Whether two extended reals are equal."""
        return self.compare(a, b) == 0

    def least(self, values: list[sp.Expr]) -> sp.Expr:
        """The smallest of some extended reals."""
        best = values[0]
        for value in values[1:]:
            if self.compare(value, best) < 0:
                best = value
        return best

    def neat(self, constant: sp.Expr) -> sp.Expr:
        """An exact real as facts show it: a short closed form, or one `Root`."""
        if constant.is_Rational or constant in _BAD or isinstance(constant, Root):
            return constant
        if isinstance(-constant, Root):
            return constant if (-constant).lo >= 0 else mirror_image(-constant)
        if constant.has(Root):
            return constant if constant.free_symbols else as_root(constant, self.oracle)
        constant = in_known_functions(constant)
        return tidy(surd(constant) if not constant.free_symbols else constant)

    # --- branches ----------------------------------------------------------------------------------------------

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        """The piecewise-analytic normal form."""
        return self.remember("branches", self._find_branches)

    def _find_branches(self) -> tuple[Branch, ...]:
        expression = self.expression
        if expression.has(*STEPS):
            expression = steps_as_switches(expression, self.x, self._bounds)
        found = split(expression, self.x, self.oracle, self.within)
        if not found:
            raise Undecided("the expression is defined nowhere on the real line")
        return tuple(replace(b, expression=self._shortened(b)) for b in found)

    def _shortened(self, branch: Branch) -> sp.Expr:
        """A branch that is constant as its value: `sin(x)**2 + cos(x)**2`."""
        formula = branch.expression
        if branch.is_point or not formula.has(sp.Function) or formula.free_symbols != {self.x}:
            return formula
        if formula.count_ops() > LONGEST_CONSTANT or not seems_constant(formula, self.x):
            return formula
        value = formula.subs(self.x, SOMEWHERE)
        value = value if value.is_Rational else sp.nsimplify(value.evalf(30), rational=True)
        return value if is_identically_zero(formula - value, self.x) else formula

    def _bounds(self, expression: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
        """Rational bounds of an expression where this function is looked at.

        Raises
        ------
        Undecided
            It is not bounded there.
        """
        from symacts.analysis.values import image  # deferred: facts about values are found on subjects

        spans = image(Subject(expression, self.x, self.oracle, within=self.within))
        ends = spans[0].lo, spans[-1].hi
        if any(end.is_finite is False for end in ends):
            raise Undecided(f"{expression} is not bounded, so it has infinitely many steps")
        return self.oracle.enclose(ends[0], 20)[0], self.oracle.enclose(ends[1], 20)[1]

    @property
    def pieces(self) -> list[tuple[int, Branch]]:
        """The open branches, with their indices; there is one at least, or nothing is asked of them."""
        found = [(k, b) for k, b in enumerate(self.branches) if not b.is_point]
        if not found:
            raise Undecided("the domain holds no interval")
        return found

    def expression_of(self, branch: int, order: int = 0) -> sp.Expr:
        """The `order`-th derivative on that branch."""
        if order == 0:
            return self.branches[branch].expression
        key = (branch, order)
        if key not in self._derivatives:
            before = self.expression_of(branch, order - 1)
            if order > 1 and before.count_ops() > MOST_OPERATIONS:
                raise Undecided(f"the derivative of order {order} is too long")
            self._derivatives[key] = derivative(before, self.x)
        return self._derivatives[key]

    def value_at(self, point: sp.Expr) -> sp.Expr | None:
        """The function's value at a finite point; None outside the domain."""
        for branch in self.branches:
            low = self.compare(branch.lo, point) if branch.lo.is_finite is not False else -1
            high = self.compare(point, branch.hi) if branch.hi.is_finite is not False else -1
            if (low < 0 or (low == 0 and branch.has_lo)) and (high < 0 or (high == 0 and branch.has_hi)):
                return self.neat(branch.expression.subs(self.x, point))
        return None

    @cached_property
    def borders(self) -> tuple[Border, ...]:
        """The finite ends of the branches, in order."""
        return self.remember("borders", self._find_borders)

    def _find_borders(self) -> tuple[Border, ...]:
        found: list[Border] = []
        for k, branch in enumerate(self.branches):
            for end, holds, at_left in ((branch.lo, branch.has_lo, True), (branch.hi, branch.has_hi, False)):
                if end.is_infinite:
                    continue
                value = self.neat(branch.expression.subs(self.x, end)) if holds else None
                side = None if branch.is_point else k
                new = Border(end, None if at_left else side, side if at_left else None, value)
                if found and self.equal(found[-1].point, end):
                    old = found.pop()
                    new = Border(
                        end,
                        old.left if old.left is not None else new.left,
                        new.right if new.right is not None else old.right,
                        old.value if old.value is not None else new.value,
                    )
                found.append(new)
        return tuple(found)

    # --- limits and signs --------------------------------------------------------------------------------------

    def end(self, branch: int, at: str, order: int = 0) -> sp.Expr:
        """The one-sided limit of the `order`-th derivative at the "lo" or "hi" end of an open branch.

        Raises
        ------
        Undecided
            Also where the limit is proved not to exist.
        """
        return self.remember(("end", branch, at, order), lambda: self._find_end(branch, at, order))

    def _find_end(self, branch: int, at: str, order: int) -> sp.Expr:
        piece = self.branches[branch]
        point = piece.lo if at == "lo" else piece.hi
        if order > BY_SERIES and point.is_finite is not False:
            series = self.remember(("taylor", branch, at), lambda: self._find_taylor(branch, point))
            if series is not None:
                return self.neat(series[order] * sp.factorial(order))
        found = self.limit_of(self.expression_of(branch, order), point, 1 if at == "lo" else -1)
        return found if order or point.is_infinite else self._as_at_border(found, point)

    def _as_at_border(self, limit: sp.Expr, point: sp.Expr) -> sp.Expr:
        """The limit in the form of the value at the border, where continuity alone shows that they are equal."""
        border = next((b for b in self.borders if b.point == point), None)
        value = border.value if border is not None else None
        if value is None or value == limit or limit.is_infinite or self.sign_or_none(limit - value) is not None:
            return limit
        is_one = self.remember(
            ("continuous", point), lambda: is_continuous(self.expression, self.x, point, self.sign_or_none)
        )
        return value if is_one else limit

    def _find_taylor(self, branch: int, point: sp.Expr) -> list[sp.Expr] | None:
        """Taylor coefficients of a branch at its end where it is analytic there."""
        expression = self.expression_of(branch)
        return taylor(expression, self.x, point, MOST_DERIVATIVES) if self.is_regular(expression, point) else None

    def limit_of(self, expression: sp.Expr, point: sp.Expr, side: int) -> sp.Expr:
        """The one-sided limit of a smooth expression: by substitution where it is analytic, else by the oracle."""
        if not expression.has(self.x):
            return self.neat(expression)
        if point.is_finite is not False and self.is_regular(expression, point):
            return self.neat(expression.subs(self.x, point))
        answer = self.oracle.limit(expression, self.x, point, side)
        if not isinstance(answer, sp.Expr):
            reason = f"limit of {expression} at {point}: {answer.reason}"
            if self.oracle.has_no_limit(answer):
                raise NoLimit(reason, answer.points)
            raise Undecided(reason)
        return self.neat(answer)

    def is_regular(self, expression: sp.Expr, point: sp.Expr) -> bool:
        """Whether every operation of the smooth expression is shown to be analytic at the finite point."""
        if expression.subs(self.x, point).has(*_BAD):
            return False
        for need in requirements(expression, self.x):
            value = need.argument.subs(self.x, point)
            if value.has(*_BAD):
                return False
            sign = self.oracle.sign(value)
            if sign is None or sign == 0 or (sign < 0 and need.need != "nonzero"):
                return False
        return True

    def cells(self, order: int) -> list[Cell]:
        """Cells of constant sign of the `order`-th derivative over all open branches, from left to right.

        Raises
        ------
        Undecided
        """
        return self.remember(("cells", order), lambda: self._find_cells(order))

    def _find_cells(self, order: int) -> list[Cell]:
        return [cell for k, _ in self.pieces for cell in self.cells_of(k, order)]

    def cells_of(self, branch: int, order: int) -> list[Cell]:
        """Cells of constant sign of the `order`-th derivative on one open branch."""
        return [Cell(lo, hi, sign, branch) for lo, hi, sign in self.chart(branch, order).cells]

    def zeros_of(self, order: int) -> list[sp.Expr]:
        """Isolated zeros of the `order`-th derivative in the interiors of the open branches."""
        return [z.point for k, _ in self.pieces for z in self.chart(k, order).zeros]

    def chart(self, branch: int, order: int) -> Any:
        """The sign chart of the `order`-th derivative on one open branch."""
        return self.remember(("chart", branch, order), lambda: self._find_chart(branch, order))

    def _find_chart(self, branch: int, order: int) -> Any:
        piece = self.branches[branch]
        expression = self.expression_of(branch, order)
        parity = self.parity(branch, order)
        if parity is None:
            return self.chart_of(expression, piece.lo, piece.hi)
        return self._mirrored(self.chart_of(expression, sp.S.Zero, piece.hi), expression, parity)

    def _mirrored(self, right: Any, expression: sp.Expr, parity: int) -> Any:
        """The chart on `(-a, a)` of an even or odd expression from its chart on `(0, a)`."""
        if right.cells[0][2] == 0:
            return replace(right, cells=((-right.cells[0][1], right.cells[0][1], 0),))
        left = [(-hi, -lo, parity * sign) for lo, hi, sign in reversed(right.cells)]
        left_zeros = [replace(z, point=-z.point) for z in reversed(right.zeros)]
        middle = self.sign(self.limit_of(expression, sp.S.Zero, 1)) if parity > 0 else 0
        if middle:
            first = right.cells[0]
            cells = [*left[:-1], (-first[1], first[1], first[2]), *right.cells[1:]]
            return replace(right, cells=tuple(cells), zeros=(*left_zeros, *right.zeros))
        origin = self.oracle.zero_at(sp.S.Zero)
        return replace(right, cells=(*left, *right.cells), zeros=(*left_zeros, origin, *right.zeros))

    def parity(self, branch: int, order: int) -> int | None:
        """1 or -1 where the `order`-th derivative is shown even or odd on a branch that mirrors itself, else None."""
        return self.remember(("parity", branch, order), lambda: self._find_parity(branch, order))

    def _find_parity(self, branch: int, order: int) -> int | None:
        piece = self.branches[branch]
        if piece.lo != -piece.hi or piece.hi is sp.S.Zero:
            return None
        expression = self.expression_of(branch, order)
        if not expression.has(self.x):
            return None
        below = self.parity(branch, order - 1) if order else None
        if below is not None:
            return -below
        here = sp.Rational(7, 5) if piece.hi is sp.oo else piece.hi * sp.Rational(3, 7)
        for parity in (1, -1):
            difference = expression - parity * expression.subs(self.x, -self.x)
            try:
                if seems_not_zero(difference, self.x, here) or self._sign_at(difference, here):
                    continue
            except UnsupportedExpression:
                return None
            if is_identically_zero(difference, self.x):
                return parity
        return None

    def chart_of(self, expression: sp.Expr, lo: sp.Expr, hi: sp.Expr) -> Any:
        """The sign chart of a smooth expression on an open interval."""
        chart = self.oracle.chart(expression, self.x, lo, hi)
        if getattr(chart, "cells", None) is None:
            if is_identically_zero(expression, self.x):
                return self.oracle.chart(sp.S.Zero, self.x, lo, hi)
            raise Undecided(f"sign of {expression}: {chart.reason}")
        return self._with_closed_forms(expression, chart)

    def _with_closed_forms(self, expression: sp.Expr, chart: Any) -> Any:
        """The chart with a closed form in place of each `Root` whose interval holds one that the factors propose."""
        roots = [z.point for z in chart.zeros if isinstance(z.point, Root)]
        if not roots:
            return chart
        closed: dict[sp.Basic, sp.Expr] = {}
        for candidate in candidates(expression, self.x):
            for root in roots:
                if root not in closed and self._lies_in(candidate, root.lo, root.hi):
                    closed[root] = candidate
        if not closed:
            return chart
        return replace(
            chart,
            cells=tuple((closed.get(lo, lo), closed.get(hi, hi), s) for lo, hi, s in chart.cells),
            zeros=tuple(replace(z, point=closed.get(z.point, z.point)) for z in chart.zeros),
        )

    def _lies_in(self, candidate: sp.Expr, lo: sp.Expr, hi: sp.Expr) -> bool:
        try:
            return self.oracle.sign(candidate - lo) == 1 and self.oracle.sign(hi - candidate) == 1
        except UnsupportedExpression:
            return False

    def _sign_at(self, expression: sp.Expr, point: sp.Expr) -> int | None:
        """The sign of an expression in x at a point."""
        if point.is_Rational:
            return self.oracle.sign_at(expression, self.x, point)
        return self.oracle.sign(expression.subs(self.x, point))

    def is_flat(self, branch: int) -> bool:
        """Whether f' vanishes identically on a branch: an analytic function does so, or has isolated zeros only."""
        slope = self.expression_of(branch, 1)
        if not slope.has(self.x):
            return self.sign(slope) == 0
        piece = self.branches[branch]
        for start, step in ((piece.lo, 1), (piece.hi, -1), (sp.S.Zero, 1)):
            if start.is_finite is not False:
                for k in (3, 7):
                    point = start + sp.Rational(step, k)
                    inside = self.compare(piece.lo, point) < 0 < self.compare(piece.hi, point)
                    if inside and self._sign_at(slope, point):
                        return False
        return bool(self.chart(branch, 1).cells[0][2] == 0)

    # --- the outermost behavior --------------------------------------------------------------------------------

    def outer(self, side: int) -> int | None:
        """The index of the branch that reaches to -oo (side -1) or oo (side 1); None where none does."""
        k = 0 if side < 0 else len(self.branches) - 1
        end = self.branches[k].lo if side < 0 else self.branches[k].hi
        return k if end.is_infinite else None

    def is_continuous_at(self, border: Border) -> bool:
        """Whether the value is the limit from every side on which the function is defined."""
        if border.value is None:
            return True
        sides = [(border.left, "hi"), (border.right, "lo")]
        return all(self.equal(self.end(k, at), border.value) for k, at in sides if k is not None)

    @cached_property
    def is_continuous(self) -> bool:
        """Whether the function is continuous on its domain."""
        return all(self.is_continuous_at(b) for b in self.borders)
