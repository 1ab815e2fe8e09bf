"""What a plan consists of: sections with true values and programs, the drafts of derivatives, their outputs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symacts.kernels.code import Far
from symacts.kernels.pieces import Table
from symacts.rewrite.graph import Graph
from symacts.rewrite.reference import Dyadic, Reference
from symacts.rewrite.regimes import Candidates, FloatArray, Format, Section

__all__ = ["Draft", "Output", "Plan", "Stretch", "Studied"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `first` on (up to the next stretch) the program's step `node` gives the value; None: no program."""

    first: float
    node: int | None


@dataclass(frozen=True, slots=True)
class Studied:
    """A section with its true values, its zeros (place and order), samples, and the programs chosen for it.

    At its `places` it comes near zero, or changes within a short way. `far` serves where zeros crowd, unless a program
    does. Programs serve only `within` some intervals, where these are given.
    """

    section: Section
    reference: Reference
    roots: list[tuple[Fraction, int]]
    points: FloatArray
    truth: list[Dyadic | None]
    stretches: list[Stretch]
    candidates: Candidates
    far: tuple[Far, ...] = ()
    within: tuple[tuple[float, float], ...] = ()
    places: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """One derivative before its program is compiled."""

    order: int
    sections: list[Studied]
    points: dict[float, float]
    spans: list[tuple[float, float]]
    limits: tuple[float, float]
    form: Format
    ends: tuple[float, ...]

    @property
    def stretches(self) -> list[Stretch]:
        """The programs from left to right."""
        return [s for studied in self.sections for s in studied.stretches]


@dataclass(frozen=True, slots=True)
class Output:
    """One derivative, compiled: the floats that its program serves, and the table for all others.

    `wide` are stretches beyond all of these that a second program serves.
    """

    order: int
    good: tuple[tuple[float, float], ...]
    table: Table
    unmet: tuple[tuple[float, float], ...]
    far: tuple[Far, ...] = ()
    wide: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A program in `x` with one draft per requested order."""

    graph: Graph
    drafts: tuple[Draft, ...]
