"""An independent referee of reports: contradictions between facts and numerical evaluation, never by the engine.

`referee(expression, report)` gives a list of `Complaint`. A complaint is a contradiction seen with a safe margin at
high precision; where the numbers do not decide there is none. Facts with the status "unknown" are passed over.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp
from mpmath import mp
from referee_borders import (
    check_dead_region,
    check_discontinuities,
    check_homogeneous,
    check_kinks,
    check_smoothness,
    check_symmetry,
    lipschitz_check,
)
from referee_case import Case, Check, Complaint
from referee_formulas import (
    check_antiderivative,
    check_branches,
    check_derivative_in_output,
    check_domain,
    check_inverse,
    formula_check,
)
from referee_look import Look
from referee_numbers import check_numbers, moment_check
from referee_points import check_inflection, set_check
from referee_reals import RootFault
from referee_rules import Unreadable
from referee_series import Exhausted, NoValue, Skipped
from referee_sets import as_fraction, named_numbers
from referee_shape import check_convexity, check_monotonicity, pieces_check
from referee_values import (
    check_asymptotes,
    check_bounded,
    check_limits,
    check_range,
    check_saturation,
    check_saturation_rate,
    check_sign,
    check_value_at_zero,
    extreme_check,
)

from symacts.report import Report

__all__ = ["Complaint", "Unreadable", "case_of", "judge", "referee"]

DIGITS = 60
"""Ambient digits; every evaluation that decides something takes more."""


MOST_EVALUATIONS = 30_000
"""Values that the check of one fact may ask for, besides those of the samples."""
MOMENTS = ("gaussian_mean", "gaussian_second_moment", "gaussian_derivative_second_moment", "gain")

CHECKS: dict[str, Check] = {
    "domain": check_domain,
    "derivative": formula_check(1),
    "second_derivative": formula_check(2),
    "derivative_in_output": check_derivative_in_output,
    "antiderivative": check_antiderivative,
    "inverse": check_inverse,
    "limits": check_limits(0),
    "derivative_limits": check_limits(1),
    "asymptotes": check_asymptotes,
    "saturation": check_saturation,
    "saturation_rate": check_saturation_rate,
    "range": check_range,
    "minimum": extreme_check("minimum"),
    "maximum": extreme_check("maximum"),
    "bounded": check_bounded,
    "sign": check_sign,
    "value_at_zero": check_value_at_zero,
    "zeros": set_check("zeros", 0),
    "fixed_points": set_check("fixed_points", 0, less_x=True),
    "stationary_points": set_check("stationary_points", 1),
    "inflection_points": check_inflection,
    "monotonicity": check_monotonicity,
    "increasing_on": pieces_check(1, 1),
    "decreasing_on": pieces_check(-1, 1),
    "convexity": check_convexity,
    "convex_on": pieces_check(1, 2),
    "concave_on": pieces_check(-1, 2),
    "discontinuities": check_discontinuities,
    "kinks": check_kinks,
    "smoothness": check_smoothness,
    "lipschitz": lipschitz_check(1),
    "gradient_lipschitz": lipschitz_check(2),
    "symmetry": check_symmetry,
    "homogeneous": check_homogeneous,
    "dead_region": check_dead_region,
    "gaussian_mean": moment_check("gaussian_mean"),
    "zero_centered": moment_check("zero_centered"),
    "gaussian_second_moment": moment_check("gaussian_second_moment"),
    "gaussian_derivative_second_moment": moment_check("gaussian_derivative_second_moment"),
    "gain": moment_check("gain"),
}
"""One check per fact."""


def referee(
    expression: sp.Expr, report: Report, *, variable: sp.Symbol | None = None, numbers: bool = True, more: int = 0
) -> list[Complaint]:
    """Every fact of the report that evaluation of the expression contradicts; `more` adds that many random samples.

    Raises
    ------
    Unreadable
        The expression has a part that the referee's own evaluator does not know.
    """
    with mp.workdps(DIGITS):
        case = case_of(expression, report, variable or sp.Symbol("x", real=True), more)
        complaints = [Complaint("branches", m) for m in _first(check_branches(case, report.branches))]
        for fact in report.facts.values():
            if fact.known and fact.name in CHECKS:
                complaints += judge(case, fact.name, fact.value)
        if numbers:
            complaints += check_numbers(report)
    return complaints


def judge(case: Case, name: str, value: Any) -> list[Complaint]:
    """The complaints about one fact."""
    case.look.f.left = MOST_EVALUATIONS + 20 * len(case.look.samples)
    try:
        return [Complaint(name, m) for m in _first(CHECKS[name](case, value))]
    except RootFault as fault:
        return [Complaint(name, f"not a root: {fault}")]
    except (Unreadable, Skipped, Exhausted):
        return []
    except NoValue as missing:
        return [Complaint(name, f"names a number without a real value: {missing!r}")]
    finally:
        case.look.f.left = None


def _first(messages: Iterator[str], most: int = 3) -> list[str]:
    return [m for m, _ in zip(messages, range(most), strict=False)]


def case_of(expression: sp.Expr, report: Report, x: sp.Symbol, more: int = 0) -> Case:
    suspects = ("domain", "kinks", "discontinuities")
    values = {name: fact.value for name, fact in report.facts.items() if fact.known}
    first = [v for name in suspects if name in values for v in _places(values[name])]
    first += [v for where, _ in report.branches for v in named_numbers(where)]
    rest = [v for name, value in values.items() if name not in (*suspects, *MOMENTS) for v in _places(value)]
    look = Look(expression, x, _fractions(rest), _fractions(first), random.Random(more), more)
    return Case(look, report, x)


def _places(value: Any) -> list[sp.Expr]:
    return list(named_numbers(value))


def _fractions(numbers: list[sp.Expr]) -> list[Fraction]:
    found = []
    for number in numbers:
        try:
            c = as_fraction(number)
        except RootFault:
            continue
        if c is not None:
            found.append(c)
    return found
