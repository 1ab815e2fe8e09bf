"""The summary table: one row an activation, one column a fact, in LaTeX, Markdown, HTML or plain text.

>>> import sympy
>>> from symacts.facts import Fact
>>> from symacts.report import Report
>>> from symacts.spec import x
>>> fact = Fact("range", sympy.Interval(0, sympy.oo), "exact", "")
>>> print(build([Report("r", "scalar", sympy.Max(0, x), {}, (), {"range": fact})], ("activation", "range")))
activation   range
r            [0, ∞)
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symacts.errors import ParameterError, wording
from symacts.render.backends import escape_html, escape_latex, escape_markdown
from symacts.render.cells import html_cell, latex_cell, markdown_cell, text_cell
from symacts.render.layout import layout
from symacts.render.notation import Cell, fact_cell
from symacts.render.report import settings_cell, style_element
from symacts.render.verdicts import statement_cell
from symacts.render.words import TITLES, check_language, phrase, title

if TYPE_CHECKING:
    from symacts.report import Report

__all__ = ["COLUMNS", "Table", "build"]

COLUMNS = (
    "activation",
    "formula",
    "derivative",
    "range",
    "saturation",
    "zero_centered",
    "dead_region",
    "advantages",
    "drawbacks",
)
"""The columns of the default table."""

_ALIASES = {"name": "activation", "expression": "formula"}
_LONG = {"advantages": "4.2cm", "drawbacks": "4.2cm", "reference": "4cm", "saturation": "2.2cm", "bounded": "2cm"}
"""Columns of words, and how wide LaTeX sets them."""
_MISSING = "–"
_COLUMN_WIDTH = 14
"""Terminal columns that a column needs to stay readable; with less, each activation gets a block of lines."""


@dataclass(frozen=True, slots=True)
class Table:
    """Facts of several activations side by side; every cell comes from a fact or a verdict.

    Attributes
    ----------
    columns : tuple of str
        Names of the columns.
    rows : tuple of tuple of cells
        One row an activation, in the order given; a cell is words and mathematics in turn.
    language : str
        "en" or "ko".
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    language: str = "en"

    @property
    def headings(self) -> tuple[str, ...]:
        """What the columns are called."""
        return tuple(title(name, self.language) for name in self.columns)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe data: `columns`, `headings`, `language`, and `rows` as a list of `{column: text}`."""
        rows = [dict(zip(self.columns, map(text_cell, row), strict=True)) for row in self.rows]
        return {
            "columns": list(self.columns),
            "headings": list(self.headings),
            "language": self.language,
            "rows": rows,
        }

    def to_latex(self) -> str:
        r"""A booktabs `tabular`; needs amsmath, amssymb, array and booktabs (and kotex for Korean)."""
        form = "".join(rf">{{\raggedright\arraybackslash}}p{{{_LONG[c]}}}" if c in _LONG else "l" for c in self.columns)
        head = " & ".join(map(escape_latex, self.headings)) + r" \\"
        rows = [" & ".join(map(latex_cell, row)) + r" \\" for row in self.rows]
        parts = [rf"\begin{{tabular}}{{@{{}}{form}@{{}}}}", r"\toprule", head, r"\midrule", *rows, r"\bottomrule"]
        return "\n".join([*parts, r"\end{tabular}"])

    def to_markdown(self) -> str:
        """A GitHub-style table, mathematics between dollar signs."""
        head = "| " + " | ".join(map(escape_markdown, self.headings)) + " |"
        rows = ("| " + " | ".join(map(markdown_cell, row)) + " |" for row in self.rows)
        return "\n".join([head, "|" + " :--- |" * len(self.columns), *rows])

    def to_html(self) -> str:
        """An HTML fragment with MathML; nothing is loaded."""
        head = "".join(f'<th scope="col">{escape_html(h)}</th>' for h in self.headings)
        rows = "\n".join("<tr>" + "".join(f"<td>{html_cell(c)}</td>" for c in row) + "</tr>" for row in self.rows)
        return (
            f'<div class="symacts" lang="{self.language}">{style_element()}\n<table>\n<thead><tr>{head}</tr></thead>\n'
            f"<tbody>\n{rows}\n</tbody>\n</table></div>"
        )

    def to_text(self, width: int | None = None) -> str:
        """Plain text for a terminal of that width (its own by default); in blocks where columns would be too narrow."""
        # rich costs 50 ms to load: only when something is printed
        from rich.console import Console
        from rich.table import Table as Grid
        from rich.text import Text

        out = io.StringIO()
        console = Console(
            file=out, width=width, color_system=None, force_terminal=False, legacy_windows=False, emoji=False
        )
        grid = Grid.grid(padding=(0, 3, 0, 0))
        if console.width >= _COLUMN_WIDTH * len(self.columns):
            for _ in self.columns:
                grid.add_column()
            grid.add_row(*map(Text, self.headings))
            for row in self.rows:
                grid.add_row(*(Text(text_cell(cell)) for cell in row))
        else:
            grid.add_column(max_width=24)
            grid.add_column()
            for k, row in enumerate(self.rows):
                if k:
                    grid.add_row("", "")
                for heading, cell in zip(self.headings, row, strict=True):
                    grid.add_row(Text(heading), Text(text_cell(cell)))
        console.print(grid)
        return "\n".join(line.rstrip() for line in out.getvalue().rstrip().splitlines())

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"<Table of {len(self.rows)} activations, columns {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        return self.to_html()

    def _repr_latex_(self) -> str:
        return self.to_latex()


def build(reports: Iterable[Report], columns: Iterable[str] | None = None, language: str = "en") -> Table:
    """The table of these reports.

    Parameters
    ----------
    reports : iterable of Report
        One row each.
    columns : iterable of str, optional
        Names of facts, and "activation", "kind", "formula", "parameters", "advantages", "drawbacks", "reference".
        By default the summary table `COLUMNS`.
    language : str
        Of the headings and fixed words: "en" or "ko".

    Raises
    ------
    ParameterError
        No such column or language.
    """
    check_language(language)
    reports = tuple(reports)
    names = _checked(columns, reports)
    rows = tuple(tuple(_cell(report, name, language) for name in names) for report in reports)
    return Table(names, rows, language)


def _checked(columns: Iterable[str] | None, reports: tuple[Report, ...]) -> tuple[str, ...]:
    if columns is None:
        return COLUMNS
    if isinstance(columns, str):
        columns = [part.strip() for part in columns.split(",")]
    names = tuple(_ALIASES.get(name, name) if isinstance(name, str) else name for name in columns)
    if not names:
        raise ParameterError("columns: got none, expected at least one")
    known = dict.fromkeys([*TITLES, *(fact for report in reports for fact in report.facts)])
    for name in names:
        if name not in known:
            raise ParameterError(wording("column", name, known))
    return names


def _cell(report: Report, name: str, language: str) -> Cell:
    if name in report.facts:
        return fact_cell(report.facts[name], language, [where for where, _ in report.branches])
    if name == "activation":
        settings = settings_cell(report, language)
        return (report.name, " (", *settings, ")") if settings else (report.name,)
    if name == "formula":
        return (layout(report.expression),)
    if name == "kind":
        return (phrase(report.kind, language),)
    if name == "parameters":
        return settings_cell(report, language) or (_MISSING,)
    if name in ("advantages", "drawbacks"):
        return _verdicts(report, name.removesuffix("s"), language)
    if name == "reference" and report.reference:
        return (report.reference,)
    return (_MISSING,)


def _verdicts(report: Report, kind: str, language: str) -> Cell:
    pieces: list[Any] = []
    for verdict in report.verdicts:
        if verdict.kind == kind:
            pieces += ["; ", *statement_cell(verdict, language)] if pieces else statement_cell(verdict, language)
    return tuple(pieces) or (_MISSING,)
