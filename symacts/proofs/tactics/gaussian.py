"""Gaussian and other integrals."""

from __future__ import annotations

from collections.abc import Iterator

from symacts.proofs.check import Goal
from symacts.proofs.search import Node, Search

__all__ = ["integrals"]


def integrals(goal: Goal, search: Search) -> Iterator[Node]:
    """No rule yet."""
    yield from ()
