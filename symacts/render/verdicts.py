"""How verdicts are written: the statement in English, or its Korean phrase."""

from __future__ import annotations

from symacts.facts import Verdict
from symacts.render.notation import Cell
from symacts.render.words import phrase

__all__ = ["statement_cell"]


def statement_cell(verdict: Verdict, language: str = "en") -> Cell:
    """The statement in that language; one without a translation stays in English."""
    return (phrase(verdict.statement, language),)
