"""Steps without end: `floor` of arguments that are not bounded, on a finite middle and two half lines.

On a half line every `floor(u)` is `u - t` with a share t, `0 <= t < 1`. What is affine in every share lies between its
values at shares 0 and 1, smooth functions whose signs charts decide; what is monotone in one share alone is replaced by
its own segment. At a jump of `floor(u)` the share goes from 1 to 0, or back where u falls.

>>> import sympy as sp
>>> from symacts.analysis.subject import Subject
>>> from symacts.rigor.oracle import BallOracle
>>> from symacts.spec import x
>>> far = half_line(Subject(x*sp.floor(x), x, BallOracle()), 1, sp.Rational(40, 11))
>>> far.signs(far.exact(1)), far.jumps
({1}, {1})
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import sympy as sp

from symacts.analysis.progressions import progressions
from symacts.analysis.subject import Subject
from symacts.symbolic.branches import lost, next_switch, resolved_by, tested
from symacts.symbolic.inverses import proposals
from symacts.symbolic.oracle import Undecided
from symacts.symbolic.repeats import in_floors
from symacts.symbolic.structure import Requirement, requirements

__all__ = ["HalfLine", "Step", "half_line"]

MOST_SHARES = 4
"""Shares of one expression: two to that power are its corners."""

_MONOTONE = (sp.exp, sp.sinh, sp.tanh, sp.asinh, sp.atan, sp.erf, sp.erfc)
"""Functions that are strictly monotone on the line."""


@dataclass(frozen=True, slots=True)
class Step:
    """`floor(u)` on a half line as `u - share`; `way` is the sign of u', `is_endless` whether u is unbounded there."""

    node: sp.Expr
    share: sp.Symbol
    way: int
    is_endless: bool

    @property
    def argument(self) -> sp.Expr:
        """What the step is of."""
        return self.node.args[0]


@dataclass(frozen=True)
class HalfLine:
    """The function beyond a cut, where no switch of it is left and the steps are those listed."""

    f: Subject
    side: int
    cut: sp.Rational
    formula: sp.Expr
    steps: tuple[Step, ...]

    @property
    def ends(self) -> tuple[sp.Expr, sp.Expr]:
        """The open half line."""
        return (self.cut, sp.oo) if self.side > 0 else (-sp.oo, -self.cut)

    @property
    def interval(self) -> sp.Interval:
        """The same as a set."""
        return sp.Interval.open(*self.ends)

    def exact(self, order: int = 0, less: sp.Expr = sp.S.Zero) -> sp.Expr:
        """A derivative between the jumps, `less` taken off it, in x and the shares."""
        held = {s.node: sp.Dummy("n", real=True) for s in self.steps}
        formula = (self.formula.xreplace(held) - less).diff(self.f.x, order)
        return formula.xreplace({held[s.node]: s.argument - s.share for s in self.steps})

    def signs(self, e: sp.Expr) -> set[int]:
        """The signs that an expression in x and shares may have; one alone where it is shown.

        Raises
        ------
        Undecided
        """
        return self.f.remember(("signs far out", self.ends, e), lambda: self._find_signs(e))

    def _find_signs(self, e: sp.Expr) -> set[int]:
        corners = self.corners(e)
        first, *others = [_of_chart(self.f, corner, *self.ends) for corner in corners]
        together = first.union(*others)
        if len(first) > 1 or len(together - {0}) > 1:
            return {-1, 0, 1}
        return together if 0 in first else first  # the share 0 is taken, 1 is not

    def corners(self, e: sp.Expr) -> list[sp.Expr]:
        """The values at shares 0 and 1 of an expression that is affine in each, the one at shares 0 first."""
        affine = self._affine(e)
        shares = sorted(affine.atoms(sp.Dummy), key=str)
        if len(shares) > MOST_SHARES:
            raise Undecided(f"more than {MOST_SHARES} shares of steps")
        rows = product((sp.S.Zero, sp.S.One), repeat=len(shares))
        return [affine.subs(dict(zip(shares, row, strict=True)), simultaneous=True) for row in rows]

    def _affine(self, e: sp.Expr) -> sp.Expr:
        """An expression that is affine in every share and takes all values that the given one does."""
        shares = e.atoms(sp.Dummy)
        if not shares or e in shares:
            return e
        if e.is_Add or e.is_Mul:
            expanded = sp.expand(e)
            if _is_affine(expanded, shares):
                return expanded
        if e.is_Add:
            return sp.Add(*map(self._affine, e.args))
        if e.is_Mul:
            return self._product(e)
        return self._segment(e)

    def _product(self, e: sp.Expr) -> sp.Expr:
        """A product of affine factors, each with shares of its own."""
        total: sp.Expr = sp.S.One
        for factor in e.args:
            form = self._affine(factor)
            own = {t: sp.Dummy("t", real=True) for t in form.atoms(sp.Dummy) & total.atoms(sp.Dummy)}
            total *= form.xreplace(own)
        return total

    def _segment(self, e: sp.Expr) -> sp.Expr:
        """A function that is monotone in one share as a point of the segment between its values."""
        inner = self._affine(e.args[0])
        shares = inner.atoms(sp.Dummy)
        if len(shares) != 1 or not self._is_monotone(e, inner):
            raise Undecided(f"{e} is not seen to be monotone in one share")
        (share,) = shares
        start, end = (e.func(inner.subs(share, k), *e.args[1:]) for k in (0, 1))
        return start + sp.Dummy("t", real=True) * (end - start)

    def _is_monotone(self, e: sp.Expr, inner: sp.Expr) -> bool:
        """Whether a function of one argument is strictly monotone between the argument's values at shares 0 and 1."""
        if isinstance(e, _MONOTONE):
            return True
        is_power = e.is_Pow and e.exp.is_Rational
        if not (is_power or isinstance(e, (sp.log, sp.cosh, sp.sech))):
            return False
        start, end = (_of_chart(self.f, corner, *self.ends) for corner in self.corners(inner))
        is_two_sided = not isinstance(e, sp.log) and not (is_power and not e.exp.is_Integer)
        return start == end and start in ([{1}, {-1}] if is_two_sided else [{1}])

    @cached_property
    def jumps(self) -> set[int]:
        """The signs of the jumps, from left to right; empty where there are no steps.

        Raises
        ------
        Undecided
            Steps of different kinds jump against each other, or some step does not show.
        """
        found: set[int] = set()
        value = self.exact()
        for s in self.steps:
            height = value.subs(s.share, 0) - value.subs(s.share, 1)
            found |= {s.way * sign for sign in self.signs(height)}
        if self.steps and found not in ({1}, {-1}):
            raise Undecided("the jumps have different signs")
        return found

    def is_place(self, point: sp.Expr) -> bool:
        """Whether some step jumps at a point of the half line, continued inwards."""
        return any(self._level(step, point).is_Integer for step in self.steps)

    def holds_place(self, lo: sp.Expr, hi: sp.Expr) -> bool:
        """Whether some step takes a new value inside an interval, or its argument turns there."""
        if lo.is_infinite or hi.is_infinite:
            return True
        for step in self.steps:
            if _of_chart(self.f, step.argument.diff(self.f.x), lo, hi) != {step.way}:
                return True
            low, high = (self._level(step, end) for end in ((lo, hi) if step.way > 0 else (hi, lo)))
            if self.f.compare(self._next_whole(low), high) < 0:
                return True
        return False

    def places(self, start: sp.Expr) -> sp.Set:
        """Where the steps jump beyond a point.

        Raises
        ------
        Undecided
        """
        rates = [step.argument.diff(self.f.x) for step in self.steps]
        if not any(rate.has(self.f.x) for rate in rates):
            rows = zip(self.steps, rates, strict=True)
            found = progressions((sp.cancel(-s.argument.subs(self.f.x, 0) / r), abs(1 / r)) for s, r in rows)
            return found[0] if len(found) == 1 else sp.Union(*found, evaluate=False)
        if len(self.steps) > 1:
            raise Undecided("jumps that do not lie evenly, of several steps")
        return self.places_one_by_one(start)

    def places_one_by_one(self, start: sp.Expr) -> sp.Set:
        """The places of the only step beyond a point, by the inverse of its argument at whole numbers.

        Raises
        ------
        Undecided
        """
        (step,), f, n = self.steps, self.f, sp.Symbol("n", integer=True, nonnegative=True)
        way = step.way * self.side  # of the argument, outwards
        ends = (start, sp.oo) if self.side > 0 else (-sp.oo, start)
        if f.sign(self.side * start) < 0 or _of_chart(f, step.argument.diff(f.x), *ends) != {step.way}:
            raise Undecided("the step's argument turns")
        first = way * self._next_whole(way * self._level(step, start))
        t, y = sp.Dummy("x", positive=True), sp.Dummy("y", positive=True)
        for distance in proposals(step.argument.subs(f.x, self.side * t), t, y):
            place = sp.expand(self.side * distance.subs(y, first + way * n))
            if all(self.side * f.compare(place.subs(n, k), start) > 0 for k in (0, 1)):  # the right inverse, monotone
                return sp.ImageSet(sp.Lambda(n, place), sp.S.Naturals0)
        raise Undecided("the jumps have no closed form")

    def _level(self, step: Step, point: sp.Expr) -> sp.Expr:
        return sp.expand(step.argument.subs(self.f.x, point))

    def _next_whole(self, value: sp.Expr) -> sp.Integer:
        """The smallest whole number above a value."""
        guess = sp.floor(self.f.oracle.enclose(value, 20)[0])
        return next(n for n in (guess, guess + 1, guess + 2) if self.f.compare(n, value) > 0)


def _is_affine(e: sp.Expr, shares: set[sp.Dummy]) -> bool:
    return all(not e.diff(t).has(t) for t in shares)


def _of_chart(f: Subject, e: sp.Expr, lo: sp.Expr, hi: sp.Expr) -> set[int]:
    chart = f.remember(("chart far out", e, lo, hi), lambda: f.chart_of(e, lo, hi))
    return {sign for _, _, sign in chart.cells} | ({0} if chart.zeros else set())


def half_line(f: Subject, side: int, cut: sp.Rational) -> HalfLine | None:
    """The function beyond a cut; None where it is defined nowhere there.

    Raises
    ------
    Undecided
    """
    return f.remember(("half line", side, cut), lambda: _Builder(f, side, cut).build())


class _Builder:
    """Resolves the switches of a function beyond a cut, and collects its steps and what its operations require."""

    def __init__(self, f: Subject, side: int, cut: sp.Rational) -> None:
        self.bare = HalfLine(f, side, cut, in_floors(f.expression), ())
        self.steps: dict[sp.Expr, Step] = {}
        self.needs: list[Requirement] = []

    def build(self) -> HalfLine | None:
        bare = self.bare
        formula = self.stepped(self.resolved(bare.formula, notes=True))
        shared = self.shared(formula)
        needs = [*self.needs, *(need for v in self.variables for need in requirements(shared, v))]
        met = [self.is_met(need) for need in needs]
        if False in met:
            return None
        if None in met:
            raise Undecided("where the function is defined far out is not known")
        return replace(bare, formula=formula, steps=tuple(s for s in self.steps.values() if formula.has(s.node)))

    def resolved(self, e: sp.Expr, *, notes: bool = False) -> sp.Expr:
        """The expression without switches; what is required where it is carried out is noted, or not asked."""
        for node in e.atoms(sp.floor):
            if next_switch(node.args[0]) is not None:
                if e.has(sp.Piecewise):
                    raise Undecided(f"{node} may not be carried out")
                e = e.xreplace({node: sp.floor(self.resolved(node.args[0], notes=notes))})
        while (node := next_switch(e)) is not None:
            value = self.decided(node)
            less = e.xreplace({node: value})
            if notes:
                before, after = self.shared(e), self.shared(less)
                replaced = {self.shared(node): self.shared(value)}
                gone = [need for v in self.variables for need in lost(before, replaced, after, v)]
                self.needs += [replace(need, argument=self.resolved(need.argument)) for need in gone]
            e = less
        return e

    @property
    def variables(self) -> list[sp.Symbol]:
        """What moves on the half line: x and the shares, which may stand alone, as in `1/(x - floor(x))`."""
        return [self.bare.f.x, *(step.share for step in self.steps.values())]

    def decided(self, node: sp.Basic) -> sp.Basic:
        """What a switch is on all of the half line."""
        signs = self.bare.signs(self.shared(self.resolved(tested(node))))
        if isinstance(node, (sp.Max, sp.Min, sp.Abs)) and len(signs) == 2:
            signs = signs - {0}  # where both are equal, either serves
        values = {resolved_by(node, sign) for sign in signs}
        if len(values) > 1:
            raise Undecided(f"{node} is not decided far out")
        return values.pop()

    def shared(self, e: sp.Basic) -> sp.Basic:
        """An expression with its steps written by their shares."""
        return self.stepped(e).xreplace({s.node: s.argument - s.share for s in self.steps.values()})

    def stepped(self, e: sp.Expr) -> sp.Expr:
        """The expression with its steps known: those that take one value only are replaced by it."""
        f, side, ends = self.bare.f, self.bare.side, self.bare.ends
        for node in sorted(e.atoms(sp.floor), key=sp.default_sort_key):
            u = node.args[0]
            if node in self.steps or not u.has(f.x):
                continue
            if u.has(sp.floor):
                raise Undecided(f"{node} holds another step")
            level = sp.floor(u.subs(f.x, side * (self.bare.cut + 1)))
            parts = (u.diff(f.x), u - level, level + 1 - u)
            slope, low, high = (_of_chart(f, part, *ends) for part in parts)
            if high == {1} and -1 not in low:
                return self.stepped(e.xreplace({node: level}))
            if slope not in ({1}, {-1}):
                raise Undecided(f"{u} is not monotone far out")
            limit = f.limit_of(u, side * sp.oo, -side)
            self.steps[node] = Step(node, sp.Dummy("t", real=True), min(slope), limit.is_infinite is True)
        return e

    def is_met(self, need: Requirement) -> bool | None:
        """Whether what an operation requires holds on all of the half line, or nowhere there."""
        signs = self.bare.signs(need.argument)
        if len(signs) > 1 or (-1 in signs and not need.is_certain):
            return None
        if need.need == "nonzero":
            return signs != {0}
        return signs == {1} if signs != {0} else None
