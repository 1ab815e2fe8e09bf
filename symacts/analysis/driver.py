"""The driver: a subject's facts by the derivation table, within a time limit where one is set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from symacts.analysis import verdicts
from symacts.analysis.algebra import derivative_of_order
from symacts.analysis.cases import by_cases
from symacts.analysis.parametric import ParametricOracle, parametric_subject, subject_with_symbols
from symacts.analysis.subject import Subject
from symacts.analysis.table import FACTS, TABLE, Derivation
from symacts.analysis.values import sets_with_points
from symacts.budget import DeadlineExceeded, run_with_deadline
from symacts.codec import decode, encode
from symacts.errors import AnalysisTimeout, ParameterError, UnsupportedExpression, is_unprintable, shorten
from symacts.facts import Fact, is_closed_form
from symacts.report import Report
from symacts.rigor.oracle import BallOracle
from symacts.spec import Activation, exact, x
from symacts.symbolic.oracle import Undecided
from symacts.symbolic.vectors import facts_of

__all__ = ["establish", "limited_report", "nth_derivative", "report_of", "saturation_region", "subject_of"]


FUNCTIONS = frozenset(
    ("derivative", "second_derivative", "derivative_in_output", "antiderivative", "inverse", "parameter_limits")
)
"""Facts whose values are functions of x (or y); those of all others are numbers, sets or words."""


def establish(
    subject: Subject,
    names: tuple[str, ...] = FACTS,
    *,
    method: str | None = None,
    send: Callable[[Fact], None] | None = None,
) -> dict[str, Fact]:
    """The named facts and those they need, each by the first method that is not undecided.

    Parameters
    ----------
    subject : Subject
        The function.
    names : tuple of str
        The facts wanted.
    method : str, optional
        Use this method alone for the named facts (their needs still take the first that answers).
    send : callable, optional
        Called with each fact as it is found.
    """
    facts: dict[str, Fact] = {}

    def find(name: str, wanted: bool) -> Fact:
        if name not in facts:
            rows = [r for r in TABLE if r.fact == name and (method is None or not wanted or r.method == method)]
            facts[name] = _first_answer(subject, name, rows, lambda needed: find(needed, False))
            if send is not None:
                send(facts[name])
        return facts[name]

    for name in names:
        find(name, True)
    return {name: facts[name] for name in FACTS if name in facts}


def _first_answer(subject: Subject, name: str, rows: list[Derivation], find: Callable[[str], Fact]) -> Fact:
    reasons = []
    for row in rows:
        needed = {need: find(need) for need in row.needs}
        missing = [need for need, fact in needed.items() if not fact.known]
        if missing:
            reasons.append(f"needs {missing[0]}: {needed[missing[0]].because}")
            continue
        try:
            value, because = row.run(subject, needed)
            _exists_throughout(subject, value)
            value = subject.presented(value)
            if name not in FUNCTIONS and _holds(value, subject.x):
                raise Undecided(f"{row.method} gave {value}, which holds {subject.x}")
            encode(value)  # what cannot be stored and read back is no answer
        except (Undecided, UnsupportedExpression) as reason:
            reasons.append(str(reason))
            continue
        except ValueError as error:
            if not is_unprintable(error):
                raise
            reasons.append(f"{row.method} stopped at a number too large to write down")
            continue
        status = "exact" if is_closed_form(value) else "enclosed"
        return Fact(name, value, status, because, row.method)  # type: ignore[arg-type]
    return Fact(name, None, "unknown", reasons[0] if reasons else "no derivation", "")


def _exists_throughout(subject: Subject, value: object) -> None:
    """Nothing, where a value exists for every value of the parameters for which the function does.

    Raises
    ------
    Undecided
        `-y**2/alpha` serves `alpha/x` but for `alpha = 0`.
    """
    oracle = subject.oracle
    if not isinstance(oracle, ParametricOracle) or not oracle.constants.exists_throughout(subject.expression):
        return
    if not oracle.constants.exists_throughout(value):
        raise Undecided("the answer found does not exist for all values of the parameters")


def _holds(value: object, x: sp.Symbol) -> bool:
    """Whether a value, or a part of it, depends on the variable."""
    if isinstance(value, (tuple, list)):
        return any(_holds(part, x) for part in value)
    return isinstance(value, sp.Basic) and x in value.free_symbols


def limited_report(activation: Activation, symbolic: bool, seconds: float, spent: float = 0.0) -> Report:
    """The report, or `AnalysisTimeout` with the facts found until then; `spent` of the seconds are gone already."""
    found: list[Fact] = []
    try:
        data = run_with_deadline(_work, (activation, symbolic), seconds - spent)
    except DeadlineExceeded as late:
        for name, value, status, because, how in late.messages:
            found.append(Fact(name, decode(value, as_written=True), status, because, how))
        raise AnalysisTimeout(
            f"analysis of {activation.name} passed {seconds:g} s; {len(found)} facts were found",
            {fact.name: fact for fact in found},
        ) from None
    return Report.from_dict(data)


def _work(activation: Activation, symbolic: bool, send: Callable[[Any], None]) -> Any:
    """The analysis in a process of its own: facts are sent as they are found."""

    def tell(fact: Fact) -> None:
        send([fact.name, encode(fact.value), fact.status, fact.because, fact.method])

    return report_of(activation, symbolic, tell).to_dict()


def report_of(activation: Activation, symbolic: bool, send: Callable[[Fact], None] | None = None) -> Report:
    """The report of an activation; `send` is called with each fact as it is found."""
    if activation.kind != "scalar":
        return _other_report(activation, symbolic)
    subject = subject_of(activation, symbolic)
    expression = subject.expression
    parameters = {
        p.name: (p.generic.symbol(p.name) if symbolic else activation.settings[p.name]) for p in activation.parameters
    }
    facts = establish(subject, send=send)
    for fact in by_cases(activation, subject, facts, establish) if symbolic and activation.parameters else ():
        facts[fact.name] = fact
        if send is not None:
            send(fact)
    try:
        branches = subject.presented(tuple((b.interval, b.expression) for b in subject.branches))
    except (Undecided, UnsupportedExpression):
        branches = ()
    return Report(
        name=activation.name,
        kind=activation.kind,
        expression=expression,
        parameters=parameters,
        branches=branches,
        facts=facts,
        verdicts=verdicts.derive(facts, branches),
        reference=str(activation.reference or ""),
    )


def _other_report(activation: Activation, symbolic: bool) -> Report:
    from symacts.rigor.oracle import BallOracle

    expression = activation.expression if symbolic else activation.formula
    parameters = {
        p.name: (p.generic.symbol(p.name) if symbolic else activation.settings[p.name]) for p in activation.parameters
    }
    return Report(
        name=activation.name,
        kind=activation.kind,
        expression=expression,
        parameters=parameters,
        branches=(),
        facts=facts_of(activation, symbolic, BallOracle()),
        reference=str(activation.reference or ""),
    )


def subject_of(activation: Activation, symbolic: bool = False) -> Subject:
    """The function under analysis with the oracle that fits: numbers, or symbolic parameters under their domains."""
    subject = parametric_subject(activation) if symbolic else Subject(activation.formula, x, BallOracle())
    subject.activation = activation
    return subject


def _again(report: Report) -> Subject:
    """The subject of a finished report, for questions asked later."""
    if "subject" not in report._memo:
        if report.kind != "scalar":
            raise UnsupportedExpression(f"{report.name} is a {report.kind} activation; this asks for a scalar one")
        symbols = report.expression.free_symbols - {x}
        if symbols:
            report._memo["subject"] = subject_with_symbols(report.expression)
        else:
            report._memo["subject"] = Subject(report.expression, x, BallOracle())
    return report._memo["subject"]


def _fact(name: str, run: Callable[[], tuple[Any, str]], method: str) -> Fact:
    try:
        value, because = run()
    except (Undecided, UnsupportedExpression) as reason:
        return Fact(name, None, "unknown", str(reason), method)
    return Fact(name, value, "exact" if is_closed_form(value) else "enclosed", because, method)


def nth_derivative(report: Report, order: int) -> Fact:
    """The `order`-th derivative of a report's function as a fact."""
    if isinstance(order, bool) or not isinstance(order, int) or order < 0:
        raise ParameterError(f"order of a derivative: got {shorten(order)}, expected an integer of at least 0")
    subject = _again(report)
    return _fact(f"derivative of order {order}", lambda: derivative_of_order(subject, order), "branches")


def saturation_region(report: Report, eps: object) -> Fact:
    """The set where `abs(f') < eps`, as a fact."""
    bound = exact(eps)
    if not bound.is_Rational or bound <= 0:
        raise ParameterError(f"eps: got {shorten(eps)}, expected a positive number")
    subject = _again(report)
    return _fact("saturation_region", lambda: _small_slope(subject, bound), "sign charts of f' - eps and f' + eps")


def _small_slope(f: Subject, eps: sp.Expr) -> tuple[Any, str]:
    intervals: list[sp.Interval] = []
    for k, branch in f.pieces:
        slope = f.expression_of(k, 1)
        above = f.chart_of(slope - eps, branch.lo, branch.hi)
        for lo, hi, sign in above.cells:
            if sign < 0:
                below = f.chart_of(slope + eps, lo, hi)
                intervals += [sp.Interval.open(a, b) for a, b, s in below.cells if s > 0]
    points = [
        p
        for p in {i.start for i in intervals} | {i.end for i in intervals}
        if p.is_finite is not False and _is_small(f, p, eps)
    ]
    return sets_with_points(f, list(intervals), points), "where -eps < f' < eps, branch by branch"


def _is_small(f: Subject, point: sp.Expr, eps: sp.Expr) -> bool:
    """Whether f is differentiable at an end of the intervals found, with `abs(f') < eps` there."""
    border = next((b for b in f.borders if f.equal(b.point, point)), None)
    if border is None or not border.is_interior or not f.is_continuous_at(border):
        return False
    assert border.left is not None and border.right is not None
    left, right = f.end(border.left, "hi", 1), f.end(border.right, "lo", 1)
    return not left.is_infinite and f.equal(left, right) and f.compare(left, eps) < 0 < f.sign(left + eps)
