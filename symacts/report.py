"""`Report`: every fact about one activation, as a frozen value that prints, renders and round-trips.

>>> import symacts
>>> report = symacts.analyze("sigmoid")
>>> report.range.value
Interval.open(0, 1)
>>> report.derivative_in_output.value
y*(1 - y)
>>> symacts.Report.from_dict(report.to_dict()) == report
True
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from symacts.errors import UnsupportedExpression, wording

if TYPE_CHECKING:  # a report from disk needs SymPy when its formulas are looked at, not before
    import sympy as sp

    from symacts.facts import Fact, Verdict

__all__ = ["FORMAT", "Report"]

FORMAT = 1
"""Version of the dictionary that `Report.to_dict` writes."""

_FORMULAS = ("expression", "parameters", "branches", "facts", "verdicts")
"""The attributes that hold SymPy objects."""


def _read(data: Mapping[str, Any], name: str) -> Any:
    """An attribute from the dictionary that holds it."""
    from symacts.codec import decode
    from symacts.facts import Fact

    if name != "facts":
        return decode(data[name])
    return {
        f["name"]: Fact(f["name"], decode(f["value"], as_written=True), f["status"], f["because"], f["method"])
        for f in data["facts"]
    }


@dataclass(frozen=True)
class Report:
    """What the analysis of one activation established.

    Each fact is an attribute (`report.range`, `report.lipschitz`, ...): see `facts` for all of them in order.

    Attributes
    ----------
    name : str
        The activation's name ("expression" for one that has none).
    kind : str
        "scalar", "gated" or "vector".
    expression : sympy.Expr
        The formula that was analyzed, parameters at their values (or symbolic).
    parameters : dict of str to sympy.Expr
        Each parameter's value; the parameter's own symbol where it was kept symbolic.
    branches : tuple of (interval, expression)
        The piecewise-analytic normal form: disjoint intervals that cover the domain.
    facts : mapping of str to Fact
        Every fact by name.
    verdicts : tuple of Verdict
        Advantages and drawbacks, each with the facts it rests on.
    """

    name: str
    kind: str
    expression: sp.Expr
    parameters: Mapping[str, sp.Expr]
    branches: tuple[tuple[Any, sp.Expr], ...]
    facts: Mapping[str, Fact]
    verdicts: tuple[Verdict, ...] = field(default_factory=tuple)
    reference: str = ""
    _memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False, hash=False)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in _FORMULAS:
            value = _read(self._memo["stored"], name)
            object.__setattr__(self, name, value)
            return value
        try:
            return self.facts[name]
        except KeyError:
            raise AttributeError(wording("fact of this report", name, self.facts)) from None

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.facts})

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts.values())

    def __hash__(self) -> int:
        return hash((self.name, self.expression, tuple(self.facts)))

    @property
    def known(self) -> tuple[str, ...]:
        """Names of the established facts."""
        return tuple(name for name, fact in self.facts.items() if fact.known)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Names of the facts that could not be established."""
        return tuple(name for name, fact in self.facts.items() if not fact.known)

    def nth_derivative(self, order: int) -> Fact:
        """The derivative of that order as a fact whose value is an expression; order 0 is the function itself."""
        from symacts.analysis.driver import nth_derivative  # deferred: the analysis builds on this value

        return nth_derivative(self, order)

    def saturation_region(self, eps: object) -> Fact:
        """The set where `abs(f'(x)) < eps`, as a fact; `eps` a positive exact number ("1/100", 0.01, Rational)."""
        from symacts.analysis.driver import saturation_region  # deferred: the analysis builds on this value

        return saturation_region(self, eps)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe data, exact; `Report.from_dict` reads it back."""
        from symacts.codec import encode

        return {
            "format": FORMAT,
            "name": self.name,
            "kind": self.kind,
            "reference": self.reference,
            "expression": encode(self.expression),
            "parameters": encode(dict(self.parameters)),
            "branches": encode(self.branches),
            "facts": [
                {"name": f.name, "value": encode(f.value), "status": f.status, "because": f.because, "method": f.method}
                for f in self.facts.values()
            ],
            "verdicts": encode(self.verdicts),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Report:
        """The report that `to_dict` wrote.

        Raises
        ------
        UnsupportedExpression
            The data are not a report of this format.
        """
        report = cls.stored(data)
        try:
            for name in _FORMULAS:
                getattr(report, name)
        except (KeyError, TypeError) as error:
            raise UnsupportedExpression(f"not a report: {error!r}") from None
        del report._memo["stored"]
        return report

    @classmethod
    def stored(cls, data: Mapping[str, Any]) -> Report:
        """The report that `to_dict` wrote, each formula read when it is first asked for: for data known to be whole.

        Raises
        ------
        UnsupportedExpression
            The data are not a report of this format.
        """
        try:
            if data["format"] != FORMAT:
                raise UnsupportedExpression(f"report format: got {data['format']!r}, expected {FORMAT}")
            plain = {"name": data["name"], "kind": data["kind"], "reference": data["reference"]}
        except (KeyError, TypeError) as error:
            raise UnsupportedExpression(f"not a report: {error!r}") from None
        report = object.__new__(cls)
        for name, value in {**plain, "_memo": {"stored": data}}.items():
            object.__setattr__(report, name, value)
        return report

    def to_latex(self, standalone: bool = False) -> str:
        """The property table in LaTeX; `standalone=True` gives a whole document."""
        from symacts.render import report as render  # deferred: rendering reads this value

        return render.to_latex(self, standalone=standalone)

    def to_html(self, standalone: bool = False) -> str:
        """The property table in HTML with typeset mathematics (MathML); `standalone=True` gives a whole page."""
        from symacts.render import report as render  # deferred: rendering reads this value

        return render.to_html(self, standalone=standalone)

    def to_markdown(self) -> str:
        """The property table in Markdown, mathematics between dollar signs."""
        from symacts.render import report as render  # deferred: rendering reads this value

        return render.to_markdown(self)

    def to_text(self, width: int | None = None) -> str:
        """The property table as plain text for a terminal of that width."""
        from symacts.render import report as render  # deferred: rendering reads this value

        return render.to_text(self, width=width)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"<Report of {self.name}: {len(self.known)} facts known, {len(self.unknown)} unknown>"

    def _repr_html_(self) -> str:
        return self.to_html()

    def _repr_latex_(self) -> str:
        return self.to_latex()
