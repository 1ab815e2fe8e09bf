"""A SymPy expression as a straight-line program of operations, common subexpressions shared.

`compile_program` is used twice: for functions of one variable (`balls`) and for constants (`constants`), which differ
only in what a leaf is.

>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> [step.operation.name for step in compile_program(sp.tanh(x)**2 + sp.tanh(x), x, lambda e: None).steps]
['tanh', '**2', '+']
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp
from flint import arb

from symacts.errors import UnsupportedExpression
from symacts.rigor import operations as op
from symacts.rigor.functions import REWRITTEN, ROWS, Row, lambertw_lower_row, polygamma_row
from symacts.rigor.intervals import Pair, of_ball, to_ball
from symacts.rigor.jets import Jet
from symacts.rigor.operations import Operation
from symacts.rigor.removable import removable_at

__all__ = ["Leaf", "Program", "Step", "compile_program", "compile_together"]

MOST_STEPS = 4000
"""Largest program; beyond it an expression is refused."""

Leaf = Callable[[sp.Expr], "Callable[[], Any] | None"]
"""Maps a subexpression to a function giving its value at the current precision, or to None when it is no leaf."""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation and the positions of its operands."""

    operation: Operation
    operands: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """Leaves first (position 0 is the variable), then one position a step; the last position is the value."""

    leaves: tuple[Callable[[], Any], ...]
    steps: tuple[Step, ...]
    result: int

    def constants(self) -> list[Any]:
        """The leaves' values at the current precision."""
        return [leaf() for leaf in self.leaves]

    def balls(self, point: Any, constants: Sequence[Any]) -> list[Any]:
        """Every position's value at a (thin) ball."""
        values = [point, *constants]
        for step in self.steps:
            values.append(step.operation.ball([values[k] for k in step.operands]))
        return values

    def intervals(self, pair: Pair, constants: Sequence[Any]) -> list[Pair]:
        """Every position's enclosure on a pair."""
        values: list[Pair] = [pair, *(of_ball(c) for c in constants)]
        for step in self.steps:
            values.append(step.operation.interval([values[k] for k in step.operands]))
        return values

    def jets(self, point: Any, order: int, constants: Sequence[Any], known: Sequence[Pair] | None = None) -> Jet:
        """Taylor coefficients up to `order`; `known` are enclosures of every position's value on the ball."""
        tail = [arb(0)] * order
        jets: list[Jet] = [[point, arb(1), *tail[1:]] if order else [point], *([c, *tail] for c in constants)]
        for step in self.steps:
            operands = [jets[k] for k in step.operands]
            if known is None:
                value = step.operation.ball([u[0] for u in operands])
            else:
                value = to_ball(known[len(jets)])
            jets.append(step.operation.jet(operands, value))
        return jets[self.result]


class _Compiler:
    def __init__(self, variable: sp.Symbol | None, leaf: Leaf, mends: bool = True) -> None:
        self.variable, self.leaf, self.mends = variable, leaf, mends
        self.leaves: list[Callable[[], Any]] = []
        self.steps: list[tuple[Operation, tuple[int, ...]]] = []
        self.seen: dict[Any, int] = {}

    # Positions: 0 the variable, -1, -2, ... the leaves, 1, 2, ... the steps; renumbered at the end.
    def place(self, e: sp.Expr) -> int:
        if e == self.variable:
            return 0
        if e in self.seen:
            return self.seen[e]
        value = self.leaf(e)
        if value is not None:
            self.leaves.append(value)
            at = -len(self.leaves)
        else:
            at = self.build(e)
        self.seen[e] = at
        return at

    def step(self, operation: Operation, *operands: int) -> int:
        if len(self.steps) >= MOST_STEPS:
            raise UnsupportedExpression(f"the expression has more than {MOST_STEPS} operations")
        self.steps.append((operation, operands))
        return len(self.steps)

    def build(self, e: sp.Expr) -> int:
        if e.is_Add:
            return self.sum(e)
        if e.is_Mul:
            at = self.step(op.MULTIPLY, *(self.place(a) for a in e.args))
            if self.variable is not None and self.mends:
                for mend in removable_at(e, self.variable):
                    at = self.step(mend, 0, at)
            return at
        if e.is_Pow:
            return self.power(e.base, e.exp)
        func = e.func
        if func is sp.LambertW:
            return self.lambertw(e)
        if func in ROWS and len(e.args) == 1:
            return self.step(_apply(ROWS[func]), self.place(e.args[0]))
        if func in REWRITTEN:
            return self.place(REWRITTEN[func](*e.args))
        if func is sp.Abs:
            return self.step(op.ABSOLUTE, self.place(e.args[0]))
        if func in (sp.Max, sp.Min):
            return self.step(op.extreme(func is sp.Max), *(self.place(a) for a in e.args))
        if func is sp.Heaviside:
            half = self.leaf(e.args[1]) if len(e.args) > 1 else self.leaf(sp.S.Half)
            if half is None:
                raise UnsupportedExpression(f"{e}: the value of Heaviside at 0 must be a number")
            return self.step(op.heaviside(half), self.place(e.args[0]))
        if func is sp.Piecewise:
            return self.piecewise(e)
        if func is sp.polygamma and e.args[0].is_Integer and e.args[0] >= 0:
            return self.step(op.apply(polygamma_row(int(e.args[0]))), self.place(e.args[1]))
        if func is sp.atan2:
            return self.place(_atan2(*e.args))
        if isinstance(e, (sp.Derivative, sp.Subs)):
            done = e.doit()
            if done != e:
                return self.place(done)
        name = getattr(func, "__name__", str(func))
        if isinstance(e, sp.Symbol):
            raise UnsupportedExpression(f"the symbol {e} has no value here")
        if e.is_extended_real is False or e in (sp.nan, sp.oo, -sp.oo):
            raise UnsupportedExpression(f"{e} is no finite real number")
        raise UnsupportedExpression(f"there is no ball rule for {name}")

    def sum(self, e: sp.Expr) -> int:
        """A sum; `c + c*erf(u)` and `2*c - c*erfc(u)` as `c*erfc(-u)`, which keeps its digits where it is small."""
        constant, rest = e.as_coeff_Add()
        terms = sp.Add.make_args(rest)
        for term in terms if constant and e.has(sp.erf, sp.erfc) else ():
            factor, function = term.as_coeff_Mul()
            is_error = isinstance(function, sp.erf) and abs(factor) == abs(constant)
            if not is_error and not (isinstance(function, sp.erfc) and factor == -constant / 2):
                continue
            argument = self.place(function.args[0])
            if not is_error or factor == constant:
                argument = self.step(op.MULTIPLY, self.place(sp.S.NegativeOne), argument)
            complement = self.step(_apply(ROWS[sp.erfc]), argument)
            first = self.step(op.MULTIPLY, self.place(constant if is_error else -factor), complement)
            return self.step(op.ADD, first, *(self.place(a) for a in terms if a is not term))
        return self.step(op.ADD, *(self.place(a) for a in e.args))

    def power(self, base: sp.Expr, exponent: sp.Expr) -> int:
        if exponent.is_Integer:
            n = int(exponent)
            if abs(n) > 10**6:
                raise UnsupportedExpression(f"the exponent {n} is too large")
            if n < -1:
                return self.step(op.integer_power(-1), self.place(base**-n))
            return self.step(op.integer_power(n), self.place(base))
        if base == sp.E:
            return self.step(_apply(ROWS[sp.exp]), self.place(exponent))
        if exponent.is_Rational:
            return self.step(op.constant_power(exponent, lambda: None, bool(exponent > 0)), self.place(base))
        if not exponent.free_symbols:
            value = self.leaf(exponent) or self.value_of(exponent)
            positive = exponent.is_positive
            if positive is not None:
                return self.step(op.constant_power(exponent, value, bool(positive)), self.place(base))
        return self.place(sp.exp(exponent * sp.log(base), evaluate=False))

    def value_of(self, e: sp.Expr) -> Callable[[], Any]:
        program = compile_program(e, None, self.leaf)
        return lambda: program.balls(None, program.constants())[program.result]

    def lambertw(self, e: sp.Expr) -> int:
        if len(e.args) == 1 or e.args[1] == 0:
            return self.step(_apply(ROWS[sp.LambertW]), self.place(e.args[0]))
        if e.args[1] == -1:
            return self.step(op.apply(lambertw_lower_row()), self.place(e.args[0]))
        raise UnsupportedExpression(f"{e} is not real: only the branches 0 and -1 of LambertW are")

    def piecewise(self, e: sp.Piecewise) -> int:
        values = [self.place(value) for value, _ in e.args]
        differences: list[int] = []

        def difference(d: sp.Expr) -> int:
            differences.append(self.place(d))
            return len(differences) - 1

        conditions = []
        for _, condition in e.args:
            if not _is_comparison(condition):
                raise UnsupportedExpression(f"a condition of Piecewise must compare real numbers, got {condition}")
            conditions.append(op.compile_condition(condition, difference))
        return self.step(op.piecewise(len(values), conditions), *values, *differences)


def _is_comparison(condition: Any) -> bool:
    if condition in (True, False, sp.true, sp.false):
        return True
    if isinstance(condition, (sp.And, sp.Or, sp.Not)):
        return all(_is_comparison(a) for a in condition.args)
    return isinstance(condition, sp.core.relational.Relational)


def _atan2(y: sp.Expr, x: sp.Expr) -> sp.Expr:
    return sp.Piecewise(
        (sp.atan(y / x), x > 0),
        (sp.atan(y / x) + sp.pi, (x < 0) & (y >= 0)),
        (sp.atan(y / x) - sp.pi, (x < 0) & (y < 0)),
        (sp.pi / 2, y > 0),
        (-sp.pi / 2, y < 0),
    )


_APPLIED = {name: op.apply(row) for name, row in ROWS.items()}


def _apply(row: Row) -> Operation:
    return _BY_ROW[row.name]


_BY_ROW = {row.name: _APPLIED[func] for func, row in ROWS.items()}


def compile_program(expr: sp.Expr, variable: sp.Symbol | None, leaf: Leaf, mends: bool = True) -> Program:
    """The program of an expression; without `mends` a quotient has no value at its removable points.

    Raises
    ------
    UnsupportedExpression
        A function without a ball rule (named in the message), or an expression that is no real function.
    """
    return compile_together((expr,), variable, leaf, mends)[0]


def compile_together(
    exprs: Sequence[sp.Expr], variable: sp.Symbol | None, leaf: Leaf, mends: bool = True
) -> tuple[Program, tuple[int, ...]]:
    """One program for several expressions, common parts shared, and the positions of their values in it."""
    compiler = _Compiler(variable, leaf, mends)
    results = []
    for expr in exprs:
        if not isinstance(expr, sp.Expr):
            raise UnsupportedExpression(f"got {expr!r}, expected a SymPy expression")
        results.append(compiler.place(expr))
    count = len(compiler.leaves)

    def renumber(at: int) -> int:
        return 0 if at == 0 else (-at if at < 0 else count + at)

    steps = tuple(Step(o, tuple(map(renumber, operands))) for o, operands in compiler.steps)
    positions = tuple(map(renumber, results))
    return Program(tuple(compiler.leaves), steps, positions[0]), positions
