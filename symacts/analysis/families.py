"""Facts about the family that an activation belongs to: its limits as a parameter runs to an end of its domain.

For x > 0, x < 0 and x = 0 apart, the formula is a function of the parameter with `|x|` as a positive constant; its
limit is found as any other limit under symbolic parameters is.
"""

from __future__ import annotations

import sympy as sp

from symacts.analysis.algebra import piecewise
from symacts.analysis.ends import Answer, Facts
from symacts.analysis.parametric import ParametricOracle, parametric_subject
from symacts.analysis.subject import Subject
from symacts.spec import Activation, Domain, Parameter, x
from symacts.symbolic.oracle import Undecided

__all__ = ["parameter_limits"]


def parameter_limits(f: Subject, facts: Facts) -> Answer:
    """`(parameter, end, limit)` for each end of each parameter's domain: the pointwise limit as a function of x."""
    activation = f.activation
    if activation is None or not activation.parameters:
        return (), "there are no parameters"
    found, missing = [], []
    for parameter in activation.parameters:
        alone = _alone(activation, parameter)
        domain = alone.parameters[0].generic.interval
        for end, side in ((domain.start, 1), (domain.end, -1)):
            try:
                found.append((parameter.name, end, _limit(alone, end, side)))
            except Undecided as reason:
                missing.append(f"{parameter.name} -> {end} ({reason})")
    if not found:
        raise Undecided("; ".join(missing))
    because = "limits of the formula in the parameter, for each sign of x"
    return tuple(found), because + (f"; not established: {', '.join(missing)}" if missing else "")


def _alone(activation: Activation, parameter: Parameter) -> Activation:
    """The family in one parameter, the others at their values and what they say of its domain kept."""
    settings = activation.settings
    others = {p.symbol: settings[p.name] for p in activation.parameters if p is not parameter}
    if any(v.free_symbols for v in others.values()):
        raise Undecided("several parameters are symbolic at once")
    interval = parameter.generic.interval
    if parameter.above is not None:
        interval = interval & sp.Interval.open(settings[parameter.above], sp.oo)
    for p in activation.parameters:
        if p.above == parameter.name:
            interval = interval & sp.Interval.open(-sp.oo, settings[p.name])
    own = Parameter(parameter.name, parameter.default, parameter.domain, None, Domain.over(interval.interior))
    expression = activation.expression.subs(others, simultaneous=True)
    return Activation(activation.name, expression, (own,), kind=activation.kind)


def _limit(alone: Activation, end: sp.Expr, side: int) -> sp.Expr:
    """The pointwise limit of the family as its parameter tends to `end`."""
    family = parametric_subject(alone)
    (parameter,) = alone.parameters
    symbol = parameter.generic.symbol(parameter.name)
    pieces: list[tuple[sp.Set, sp.Expr]] = []
    zero = sp.S.Zero
    for interval, direction in (
        (sp.Interval.open(-sp.oo, 0), -1),
        (sp.FiniteSet(zero), 0),
        (sp.Interval.open(0, sp.oo), 1),
    ):
        pieces.append((interval, _on_side(family, parameter, symbol, end, side, direction)))
    return _joined(pieces)


def _on_side(
    family: Subject, parameter: Parameter, symbol: sp.Symbol, end: sp.Expr, side: int, direction: int
) -> sp.Expr:
    if direction == 0:
        value = family.value_at(sp.S.Zero)
        if value is None:
            raise Undecided("0 is not in the domain for every value of the parameter")
        return _in_parameter(value, symbol, end, side, {})
    branch = next(
        (
            b
            for _, b in family.pieces
            if (direction > 0 and b.hi is sp.oo and b.lo in (0, -sp.oo))
            or (direction < 0 and b.lo is -sp.oo and b.hi in (0, sp.oo))
        ),
        None,
    )
    if branch is None:
        raise Undecided(f"a border of the branches moves with {parameter.name}")
    u = sp.Dummy("u", positive=True)
    expression = branch.expression.subs(x, direction * u)
    limit = _in_parameter(expression, symbol, end, side, {u: sp.Interval.open(0, sp.oo)})
    return limit.subs(u, direction * x)


def _in_parameter(
    expression: sp.Expr, symbol: sp.Symbol, end: sp.Expr, side: int, domains: dict[sp.Symbol, sp.Interval]
) -> sp.Expr:
    """The limit of an expression in the parameter alone, `domains` holding what else is free in it."""
    if not expression.has(symbol):
        return expression
    variable = sp.Symbol("x", real=True)
    subject = Subject(expression.subs(symbol, variable), variable, ParametricOracle(domains))
    return subject.limit_of(subject.expression, end, side)


def _joined(pieces: list[tuple[sp.Set, sp.Expr]]) -> sp.Expr:
    """One formula from those for x < 0, x = 0 and x > 0, the value at 0 joined to a side that has it."""
    (left_set, left), (_, middle), (right_set, right) = pieces
    if left == right and left.subs(x, 0) == middle:
        return left
    if left.subs(x, 0) == middle:
        left_set = sp.Interval(-sp.oo, 0)
    elif right.subs(x, 0) == middle:
        right_set = sp.Interval(0, sp.oo)
    else:
        return piecewise(pieces, x)
    return piecewise([(left_set, left), (right_set, right)], x)
