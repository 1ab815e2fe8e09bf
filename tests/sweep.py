"""Analyze one expression and let the referee look at the report: the step that the laws over many expressions share."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sympy as sp
from mpmath import mp
from referee import CHECKS, Complaint, case_of, judge, referee
from referee_rules import Unreadable

import symacts
from symacts.analysis.driver import establish
from symacts.analysis.subject import Subject
from symacts.facts import Fact
from symacts.rigor.oracle import BallOracle
from symacts.spec import x

UNSEEN = Path(__file__).parent / "analysis" / "unseen.json"
FACTS = len(CHECKS)
LIMIT = 20
"""Seconds for one analysis."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One expression: complaints, a crash, how many facts are established, and the time of the analysis."""

    expression: str
    complaints: tuple[Complaint, ...]
    crash: str
    known: int
    facts: int
    unknown: tuple[tuple[str, str], ...]
    seconds: float
    refereed: bool = True


def look(target: str | sp.Expr, expression: sp.Expr | None = None) -> Verdict:
    """The verdict on a name, text or expression; no exception but those of the referee itself."""
    text = str(target)
    start = time.perf_counter()
    try:
        report = symacts.analyze(target, timeout=LIMIT)
    except symacts.AnalysisTimeout as error:  # a gap, not a fault; how long a run takes is no law
        late = (("all", "the time limit passed"),)
        return Verdict(text, (), "", len(error.facts), FACTS, late, time.perf_counter() - start)
    except Exception as error:  # every crash is a finding, whatever its kind
        return Verdict(text, (), f"{type(error).__name__}: {error}", 0, 0, (), time.perf_counter() - start)
    seconds = time.perf_counter() - start
    unknown = tuple((f.name, f.because) for f in report if not f.known)
    facts = len(report.facts)
    try:
        complaints = tuple(referee(report.expression if expression is None else expression, report))
        refereed = True
    except Unreadable:
        complaints, refereed = (), False
    return Verdict(text, complaints, "", facts - len(unknown), facts, unknown, seconds, refereed)


def fact_of(text: str, name: str) -> Fact:
    """One fact of a formula, without the others and without a limit on time."""
    return establish(Subject(symacts.parse(text), x, BallOracle()), (name,))[name]


def at(value: Any, values: Mapping[sp.Basic, sp.Expr]) -> Any:
    """A value of a fact at values of the parameters."""
    if isinstance(value, tuple):
        return tuple(at(v, values) for v in value)
    return value.subs(values) if isinstance(value, sp.Basic) else value


def judged(report: symacts.Report, values: Mapping[sp.Basic, sp.Expr], names: Iterable[str]) -> dict[str, Any]:
    """What the referee says against facts of a family, at values of its parameters."""
    with mp.workdps(60):
        here = {f.name: replace(f, value=at(f.value, values)) for f in report if f.known}
        concrete = replace(report, expression=report.expression.subs(values), facts=here)
        case = case_of(concrete.expression, concrete, symacts.spec.x)
        return {name: judge(case, name, here[name].value) for name in names}


def summary(verdicts: list[Verdict]) -> str:
    """Shares and times, for the log of a test."""
    done = [v for v in verdicts if v.facts]
    share = 100 * sum(v.known for v in done) / max(1, sum(v.facts for v in done))
    times = sorted(v.seconds for v in verdicts)
    return (
        f"{len(verdicts)} expressions, {share:.1f} % of facts established, median {times[len(times) // 2]:.2f} s, "
        f"slowest {times[-1]:.2f} s, {sum(not v.refereed for v in verdicts)} not refereed"
    )


def faults(verdicts: list[Verdict]) -> list[str]:
    """Crashes and complaints as lines."""
    found = [f"{v.expression}: crash {v.crash}" for v in verdicts if v.crash]
    return found + [f"{v.expression}: {c}" for v in verdicts for c in v.complaints]
