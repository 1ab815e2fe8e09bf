"""Cells (words and mathematics in turn) in each output format."""

from __future__ import annotations

from symacts.render.backends import (
    escape_html,
    escape_latex,
    escape_markdown,
    to_latex,
    to_mathml,
    to_unicode,
)
from symacts.render.notation import Cell

__all__ = ["html_cell", "latex_cell", "markdown_cell", "text_cell"]


def text_cell(cell: Cell) -> str:
    """The cell as one line of plain text."""
    return "".join(piece if isinstance(piece, str) else to_unicode(piece) for piece in cell)


def latex_cell(cell: Cell) -> str:
    """The cell as LaTeX text, mathematics between dollar signs."""
    return "".join(escape_latex(p) if isinstance(p, str) else f"${to_latex(p)}$" for p in cell)


def markdown_cell(cell: Cell) -> str:
    """The cell as Markdown that can stand between the pipes of a table."""
    parts = (_markdown_words(p) if isinstance(p, str) else f"${to_latex(p)}$" for p in cell)
    return "".join(parts)


def _markdown_words(text: str) -> str:
    edges = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :] if text.strip() else ""
    return edges[0] + escape_markdown(text) + edges[1]


def html_cell(cell: Cell) -> str:
    """The cell as HTML, mathematics as MathML elements."""
    return "".join(escape_html(p) if isinstance(p, str) else f"<math>{to_mathml(p)}</math>" for p in cell)
