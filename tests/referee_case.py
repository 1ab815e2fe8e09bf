"""What a check of the referee sees, and how numbers are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp
from mpmath import inf, mp, mpf
from referee_look import Look
from referee_series import NoValue, Number, big
from referee_trends import Quantity

from symacts.report import Report


@dataclass(frozen=True, slots=True)
class Complaint:
    """A fact that evaluation contradicts, and how."""

    fact: str
    message: str

    def __str__(self) -> str:
        return f"{self.fact}: {self.message}"


@dataclass(frozen=True)
class Case:
    """What a check sees: the function, the report, the variable."""

    look: Look
    report: Report
    x: sp.Symbol

    def known(self, name: str) -> Any:
        """The value of an established fact, else None."""
        fact = self.report.facts.get(name)
        return fact.value if fact is not None and fact.known else None


Check = Callable[[Case, Any], Iterator[str]]


def show(a: Any) -> str:
    return mp.nstr(big(a), 25) if isinstance(a, (Fraction, mpf)) else str(a)


def differs(a: Any, b: Any, tolerance: str = "1e-9") -> bool:
    """Whether two numbers (infinities allowed) differ by more than the relative tolerance."""
    a, b = (v if v in (inf, -inf) else big(v) for v in (a, b))
    if inf in (abs(a), abs(b)):
        return bool(a != b)
    return bool(abs(a - b) > mpf(tolerance) * (1 + abs(b)))


def negligible(gap: Quantity, a: Fraction, size: Number, digits: int = 42) -> bool:
    """Whether the gap is within rounding of a value of that size: nothing to confirm then."""
    try:
        return bool(abs(big(gap(a, 100))) <= mpf(10) ** -digits * abs(big(size)))
    except NoValue:
        return False
