"""A `Report` as text for the terminal, HTML, LaTeX and Markdown.

>>> import sympy
>>> from symacts.facts import Fact
>>> from symacts.report import Report
>>> from symacts.spec import x
>>> fact = Fact("range", sympy.Interval.open(0, 1), "exact", "limits 0 and 1, increasing")
>>> report = Report("s", "scalar", 1/(1 + sympy.exp(-x)), {}, (), {"range": fact})
>>> print(to_markdown(report))
### s
<BLANKLINE>
$f(x) = \\frac{1}{1 + e^{-x}}$
<BLANKLINE>
| fact | value | because |
| :--- | :--- | :--- |
| range | $(0, 1)$ | limits 0 and 1, increasing |
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from symacts.render.backends import escape_html, escape_latex, escape_markdown
from symacts.render.cells import html_cell, latex_cell, markdown_cell, text_cell
from symacts.render.layout import layout, name_node, operator
from symacts.render.nodes import RELATION, Call, Node, Row
from symacts.render.notation import Cell, fact_cell
from symacts.render.words import TITLES, phrase, title
from symacts.spec import g, i, x, xs

if TYPE_CHECKING:
    from symacts.report import Report

__all__ = ["formula_node", "page", "settings_cell", "style_element", "to_html", "to_latex", "to_markdown", "to_text"]

NARROWEST = 40
"""Columns below which text is not broken further."""
BECAUSE_FROM = 110
"""Columns from which on a terminal has room for the reasons."""


@dataclass(frozen=True, slots=True)
class Line:
    """One fact as the report prints it."""

    section: str
    title: str
    cell: Cell
    because: str
    known: bool


def lines(report: Report) -> Iterator[Line]:
    """Every fact in the order of the titles; facts without a title follow at the end."""
    order = {name: k for k, name in enumerate(TITLES)}
    pieces = [where for where, _ in report.branches]
    for name, fact in sorted(report.facts.items(), key=lambda item: order.get(item[0], len(order))):
        section = TITLES[name].section if name in TITLES else "Other"
        yield Line(section, title(name), fact_cell(fact, "en", pieces), fact.because if fact.known else "", fact.known)


def formula_node(report: Report) -> Node:
    """`f(x) = ...`, with the arguments that the kind of activation has."""
    return Row((_left_side(report.kind), operator("="), layout(report.expression)), RELATION)


def _left_side(kind: str) -> Node:
    if kind == "gated":
        return Call("f", (layout(x), layout(g)))
    if kind == "vector":
        return Row((layout(sp.Indexed("f", i)), Call("", (layout(xs),))), RELATION)
    return Call("f", (layout(x),))


def settings_cell(report: Report, language: str = "en") -> Cell:
    """The parameters and their values, `a = 1, b = 2`; empty where there are none."""
    pieces: list[str | Node] = []
    for name, value in report.parameters.items():
        symbolic = value.is_Symbol and value.name == name
        node = name_node(name)
        shown = node if symbolic else Row((node, operator("="), layout(value)), RELATION)
        pieces += [", ", shown] if pieces else [shown]
        if symbolic:
            pieces.append(f" {phrase('symbolic', language)}")
    return tuple(pieces)


def _branches(report: Report) -> list[Cell]:
    if len(report.branches) < 2:
        return []
    return [(layout(e), " on ", layout(where)) for where, e in report.branches if isinstance(where, sp.Set)]


def _verdicts(report: Report) -> Iterator[tuple[str, str, str]]:
    for verdict in report.verdicts:
        yield verdict.kind, verdict.statement, ", ".join(title(name) for name in verdict.facts)


def to_text(report: Report, width: int | None = None) -> str:
    """The report for a terminal.

    Parameters
    ----------
    width : int, optional
        Columns to use; by default those of the terminal (80 where there is none). From 110 on, a column gives the
        reason of each fact.

    Returns
    -------
    str
        Plain text without color codes; no line ends in spaces.
    """
    # rich costs 50 ms to load: only when something is printed
    from rich import box
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None, force_terminal=False, legacy_windows=False, emoji=False)
    if console.width < NARROWEST:
        console.width = NARROWEST
    wide = console.width >= BECAUSE_FROM

    def put(text: str, indent: int = 0) -> None:
        console.print(Padding(Text(text), (0, 0, 0, indent)))

    put(f"{report.name} ({report.kind} activation)")
    put(text_cell((formula_node(report),)), 2)
    for cell in _branches(report):
        put(text_cell(cell), 4)
    if report.parameters:
        put(f"with {text_cell(settings_cell(report))}", 2)
    if report.reference:
        put(report.reference, 2)
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=False, expand=False, padding=(0, 1))
    table.add_column(min_width=18, max_width=26)
    table.add_column(ratio=3 if wide else None)
    if wide:
        table.add_column(ratio=2)
    section = None
    for line in lines(report):
        if line.section != section:
            table.add_section()
            section = line.section
        row = [Text(line.title), Text(text_cell(line.cell))]
        table.add_row(*row, *([Text(line.because)] if wide else []))
    console.print(table)
    for kind, statement, facts in _verdicts(report):
        put(f"{'+' if kind == 'advantage' else '-'} {statement}" + (f" [{facts}]" if facts else ""), 2)
    return "\n".join(line.rstrip() for line in out.getvalue().rstrip().splitlines())


def to_markdown(report: Report) -> str:
    """The report as GitHub-style Markdown, mathematics between dollar signs, pipes in words escaped."""
    parts = [f"### {escape_markdown(report.name)}", "", markdown_cell((formula_node(report),)), ""]
    for cell in _branches(report):
        parts.append(f"- {markdown_cell(cell)}")
    if _branches(report):
        parts.append("")
    if report.parameters:
        parts += [f"Parameters: {markdown_cell(settings_cell(report))}", ""]
    if report.reference:
        parts += [escape_markdown(report.reference), ""]
    parts += ["| fact | value | because |", "| :--- | :--- | :--- |"]
    for line in lines(report):
        row = (escape_markdown(line.title), markdown_cell(line.cell), escape_markdown(line.because))
        parts.append("| " + " | ".join(row).replace("\n", " ") + " |")
    verdicts = [
        f"- {kind}: {escape_markdown(statement)}" + (f" ({escape_markdown(facts)})" if facts else "")
        for kind, statement, facts in _verdicts(report)
    ]
    return "\n".join([*parts, "", *verdicts] if verdicts else parts)


_PREAMBLE = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage[margin=2cm]{geometry}
\usepackage{amsmath,amssymb,array,booktabs,longtable}
\setlength{\parindent}{0pt}
\begin{document}
"""


def to_latex(report: Report, standalone: bool = False) -> str:
    r"""The report as a booktabs table.

    Parameters
    ----------
    standalone : bool
        True gives a whole document that pdflatex compiles, with the formula and the verdicts; False gives the
        `tabular` alone, which needs amsmath, amssymb, array and booktabs.
    """
    rows: list[str] = []
    section = None
    for line in lines(report):
        if section is not None and line.section != section:
            rows.append(r"\addlinespace")
        section = line.section
        rows.append(rf"{escape_latex(line.title)} & {latex_cell(line.cell)} \\")
    body = "\n".join([r"\toprule", r"fact & value \\", r"\midrule", *rows, r"\bottomrule"])
    columns = r"{@{}>{\raggedright\arraybackslash}p{0.25\linewidth}>{\raggedright\arraybackslash}p{0.67\linewidth}@{}}"
    if not standalone:
        return f"\\begin{{tabular}}{columns}\n{body}\n\\end{{tabular}}"
    head = [rf"\section*{{{escape_latex(report.name)}}}", rf"\[{latex_cell((formula_node(report),))[1:-1]}\]"]
    if report.parameters:
        head.append(f"Parameters: {latex_cell(settings_cell(report))}.\n")
    if report.reference:
        head.append(escape_latex(report.reference) + "\n")
    tail = [
        rf"\item[{'$+$' if kind == 'advantage' else '$-$'}] {escape_latex(statement)}"
        + (f" ({escape_latex(facts)})" if facts else "")
        for kind, statement, facts in _verdicts(report)
    ]
    if tail:
        tail = [r"\begin{itemize}", *tail, r"\end{itemize}"]
    table = f"\\begin{{longtable}}{columns}\n{body}\n\\end{{longtable}}"
    return _PREAMBLE + "\n".join([*head, table, *tail, r"\end{document}", ""])


_STYLE = """
.symacts { font-family: system-ui, sans-serif; line-height: 1.4; max-width: 70em; }
.symacts table { border-collapse: collapse; margin: .6em 0; }
.symacts th, .symacts td { text-align: left; vertical-align: baseline; padding: .2em .8em .2em 0; }
.symacts tbody + tbody tr:first-child > * { border-top: 1px solid #8886; }
.symacts thead th { border-bottom: 2px solid #8888; }
.symacts th { font-weight: 600; }
.symacts .because, .symacts .unknown { opacity: .65; font-size: .9em; }
"""


def style_element() -> str:
    """The few rules that HTML output needs, scoped to its own class."""
    return f"<style>{_STYLE}</style>"


def page(heading: str, body: str) -> str:
    """A whole HTML page around a body; it loads nothing."""
    name = escape_html(heading)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{name}</title>\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def to_html(report: Report, standalone: bool = False) -> str:
    """The report as an HTML fragment with MathML (no scripts, nothing loaded); `standalone=True` gives a whole page."""
    parts = [f'<div class="symacts">{style_element()}', f"<h3>{escape_html(report.name)}</h3>"]
    parts.append(f"<p>{html_cell((formula_node(report),))}</p>")
    branches = "".join(f"<li>{html_cell(cell)}</li>" for cell in _branches(report))
    if branches:
        parts.append(f"<ul>{branches}</ul>")
    if report.parameters:
        parts.append(f"<p>Parameters: {html_cell(settings_cell(report))}</p>")
    if report.reference:
        parts.append(f"<p>{escape_html(report.reference)}</p>")
    parts.append("<table><thead><tr><th>fact</th><th>value</th><th>because</th></tr></thead>")
    section = None
    for line in lines(report):
        if line.section != section:
            parts.append("<tbody>" if section is None else "</tbody><tbody>")
            section = line.section
        value = f"<td>{html_cell(line.cell)}</td>" if line.known else f'<td class="unknown">{html_cell(line.cell)}</td>'
        reason = f'<td class="because">{escape_html(line.because)}</td>'
        parts.append(f'<tr><th scope="row">{escape_html(line.title)}</th>{value}{reason}</tr>')
    parts.append("</tbody></table>" if section is not None else "</table>")
    verdicts = "".join(
        f"<li>{escape_html(kind)}: {escape_html(statement)}"
        + (f' <span class="because">({escape_html(facts)})</span>' if facts else "")
        + "</li>"
        for kind, statement, facts in _verdicts(report)
    )
    if verdicts:
        parts.append(f"<ul>{verdicts}</ul>")
    parts.append("</div>")
    body = "\n".join(parts)
    return page(report.name, body) if standalone else body
