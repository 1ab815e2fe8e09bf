"""Facts of a family whose parameters decide them: the domain of a parameter cut where a sign changes, case by case.

Where the sign of a constant such as `alpha - 1` is open, its zeros cut the parameter's domain into points and open
intervals. Each case is a family of its own and answers under its narrower domain; the cases cover the whole domain,
wherever the cuts lie. A fact that all cases establish is one formula that holds throughout,

    v(alpha) for every alpha, where v(1) is what the case alpha = 1 gives,

or a formula by cases, `Piecewise((v, alpha < 1), (w, True))`; where the cases give different words or sets it stays
unknown, with what holds in which case as the reason.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from symacts.analysis.parametric import ParametricOracle, parametric_subject
from symacts.analysis.subject import Subject
from symacts.errors import UnsupportedExpression
from symacts.facts import Fact, is_closed_form
from symacts.rigor.oracle import BallOracle
from symacts.spec import Activation, Domain, Parameter, x

__all__ = ["by_cases"]

MOST = 5
"""Cases of one family: two cuts of one parameter, or one cut of one parameter and the sides of another."""
LONGEST = 200
"""Letters of a reason that tells what holds in which case."""

Establish = Callable[[Subject, tuple[str, ...]], Mapping[str, Fact]]


@dataclass(frozen=True, slots=True)
class _Case:
    """Parameters restricted to points and intervals: the condition in the family's symbols, and the narrower family."""

    cells: Mapping[str, sp.Set]
    family: Activation
    back: Mapping[sp.Symbol, sp.Symbol]
    symbols: Mapping[str, sp.Symbol]

    @property
    def values(self) -> dict[sp.Symbol, sp.Expr]:
        """The parameters that are numbers in this case."""
        return {self.symbols[n]: next(iter(c)) for n, c in self.cells.items() if isinstance(c, sp.FiniteSet)}

    def subject(self) -> Subject:
        """The narrower family, or the function where no parameter is left."""
        if self.family.parameters:
            return parametric_subject(self.family)
        return Subject(self.family.expression, x, BallOracle())

    def in_symbols(self, value: Any) -> Any:
        """A value of this case in the family's own symbols."""
        if isinstance(value, tuple):
            return tuple(map(self.in_symbols, value))
        return value.xreplace(dict(self.back)) if isinstance(value, sp.Basic) else value


def by_cases(activation: Activation, subject: Subject, facts: Mapping[str, Fact], establish: Establish) -> list[Fact]:
    """The facts that cutting parameters' domains adds to those of a family, and reasons for some that stay unknown."""
    open_facts = tuple(name for name, fact in facts.items() if not fact.known and name != "parameter_limits")
    cases = list(_cases(activation, subject)) if open_facts else []
    if len(cases) < 2:
        return []
    left = open_facts
    answers: list[Mapping[str, Fact]] = []
    for case in cases:  # what one case leaves unknown no other has to answer
        answers.append(establish(case.subject(), left))
        left = tuple(name for name in left if answers[-1][name].known)
    return [_merged(name, cases, [answer[name] for answer in answers]) for name in left]


# --- the cases -------------------------------------------------------------------------------------------------------


def _cases(activation: Activation, subject: Subject) -> Iterator[_Case]:
    """All combinations of the cells of the parameters, as long as they are few."""
    oracle = subject.oracle
    assert isinstance(oracle, ParametricOracle)
    tied = {p.above for p in activation.parameters} | {p.name for p in activation.parameters if p.above}
    options: list[tuple[str, list[sp.Set]]] = []
    count = 1
    for p in activation.parameters:
        cells = [] if p.name in tied else _cells(p, oracle)
        if len(cells) > 1 and count * len(cells) <= MOST:
            options.append((p.name, cells))
            count *= len(cells)
    names = [name for name, _ in options]
    chosen = itertools.product(*(cells for _, cells in options))
    # the widest first: they leave most unknown
    for combination in sorted(chosen, key=lambda cells: sum(isinstance(c, sp.FiniteSet) for c in cells)):
        yield _case(activation, dict(zip(names, combination, strict=True)))


def _cells(parameter: Parameter, oracle: ParametricOracle) -> list[sp.Set]:
    """The parameter's domain, cut at the rational zeros of the constants in it whose sign was asked for in vain."""
    domain = parameter.generic.interval
    symbol = parameter.generic.symbol(parameter.name)
    cuts: set[sp.Rational] = set()
    for constant in oracle.constants.open:
        if oracle.parameters_in(constant) == {symbol}:
            cuts |= _zeros(constant.xreplace({symbol: x}), domain, oracle.balls)
    cells: list[sp.Set] = []
    start, is_open = domain.start, domain.left_open
    for cut in sorted(cuts):
        if cut != start:
            cells.append(sp.Interval(start, cut, is_open, True))
        cells.append(sp.FiniteSet(cut))
        start, is_open = cut, True
    if start != domain.end:
        cells.append(sp.Interval(start, domain.end, is_open, domain.right_open))
    return cells


def _zeros(constant: sp.Expr, domain: sp.Interval, balls: BallOracle) -> set[sp.Rational]:
    """The rational zeros of a function of the parameter in its domain."""
    found = set()
    try:
        chart = balls.chart(constant, x, domain.start, domain.end)
        found = {z.point for z in getattr(chart, "zeros", ())}
        found |= {end for end in (domain.start, domain.end) if end in domain and balls.sign(constant.subs(x, end)) == 0}
    except UnsupportedExpression:
        pass
    return {z for z in found if z.is_Rational}


def _case(activation: Activation, cells: Mapping[str, sp.Set]) -> _Case:
    symbols = {p.name: p.generic.symbol(p.name) for p in activation.parameters}
    expression, parameters, back = activation.expression, [], {}
    for p in activation.parameters:
        cell = cells.get(p.name)
        if isinstance(cell, sp.FiniteSet):
            expression = expression.subs(p.symbol, next(iter(cell)))
            continue
        if cell is not None:
            p = Parameter(p.name, p.default, p.domain, p.above, Domain.over(cell))
        parameters.append(p)
        back[p.generic.symbol(p.name)] = symbols[p.name]
    family = Activation(activation.name, expression, tuple(parameters), kind=activation.kind)
    return _Case(dict(cells), family, back, symbols)


# --- one fact out of many --------------------------------------------------------------------------------------------


def _merged(name: str, cases: Sequence[_Case], facts: Sequence[Fact]) -> Fact:
    """One fact from those of all cases, which all know it."""
    values = [case.in_symbols(fact.value) for case, fact in zip(cases, facts, strict=True)]
    groups: list[tuple[Any, list[_Case]]] = []
    for value, case in sorted(zip(values, cases, strict=True), key=lambda pair: len(pair[1].values)):
        held = next((g for g in groups if _same(g[0], value, case)), None)
        if held is None:
            groups.append((value, [case]))
        else:
            held[1].append(case)
    reasons = "; ".join(dict.fromkeys(fact.because for fact in facts))
    if len(groups) == 1:
        value = groups[0][0]
        return Fact(
            name, value, _status(value), f"the same in {len(cases)} cases of the parameters: {reasons}", "cases"
        )
    groups.reverse()  # points come before intervals
    conditions = [_condition(held) for _, held in groups]
    joined = _joined([value for value, _ in groups], conditions)
    if joined is DIFFERENT:
        where = [f"where {_plain(c)}" for c in conditions[:-1]]
        told = "; ".join(f"{v} {c}" for (v, _), c in zip(groups, [*where, "elsewhere"], strict=True))
        told = told if len(told) <= LONGEST else ", ".join([*where, "elsewhere"])
        return Fact(name, None, "unknown", f"differs with the parameters: {told}", "")
    return Fact(name, joined, _status(joined), f"in {len(groups)} cases of the parameters: {reasons}", "cases")


def _condition(cases: Sequence[_Case]) -> Any:
    """Where one of some cases holds."""
    symbols = cases[0].symbols
    if len(cases[0].cells) == 1:
        (name,) = cases[0].cells
        return sp.Union(*(case.cells[name] for case in cases)).as_relational(symbols[name])
    return sp.Or(*(sp.And(*(cell.as_relational(symbols[n]) for n, cell in case.cells.items())) for case in cases))


def _status(value: Any) -> Any:
    return "exact" if is_closed_form(value) else "enclosed"


def _same(general: Any, value: Any, case: _Case) -> bool:
    """Whether a value of another case is, at this case's numbers, the value of this one."""
    if isinstance(general, tuple):
        return (
            isinstance(value, tuple)
            and len(general) == len(value)
            and all(_same(g, v, case) for g, v in zip(general, value, strict=True))
        )
    if not isinstance(general, sp.Basic) or not isinstance(value, sp.Basic):
        return type(general) is type(value) and bool(general == value)
    if general == value:
        return True
    try:
        here = general.subs(case.values) if case.values else general
    except (ValueError, TypeError, NotImplementedError):
        return False
    if here == value:
        return True
    if (
        isinstance(here, sp.Expr)
        and isinstance(value, sp.Expr)
        and not (here - value).has(sp.Piecewise, sp.nan, sp.zoo)
    ):
        return bool(sp.expand(here - value) == 0)
    return False


def _joined(values: Sequence[Any], conditions: Sequence[Any]) -> Any:
    """A formula by cases, in tuples part by part; `DIFFERENT` where words or sets differ."""
    first = values[0]
    if all(v == first and type(v) is type(first) for v in values):
        return first
    if all(isinstance(v, tuple) and len(v) == len(first) for v in values):
        parts = tuple(_joined(column, conditions) for column in zip(*values, strict=True))
        return DIFFERENT if any(part is DIFFERENT for part in parts) else parts
    if not all(isinstance(v, sp.Expr) for v in values):
        return DIFFERENT
    return sp.Piecewise(*zip(values[:-1], conditions[:-1], strict=True), (values[-1], True))


DIFFERENT = object()
"""What has no formula by cases; None is a value of some facts."""


def _plain(condition: Any) -> str:
    """A condition without its parts at infinity."""
    return str(condition.replace(lambda e: e.is_Relational and e.has(sp.oo, -sp.oo), lambda _: sp.true))
