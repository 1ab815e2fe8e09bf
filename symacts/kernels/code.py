"""What a target hands to a kernel: plain data, so that a kernel pickles as its source and tables."""

from __future__ import annotations

from dataclasses import dataclass

from symacts.kernels.pieces import Table

__all__ = ["Code", "Far", "Part"]


@dataclass(frozen=True, slots=True)
class Far:
    """A closed interval of floats on one side of zero, and the source of `far(a)`, a = |x|, that serves it."""

    lo: float
    hi: float
    source: str


@dataclass(frozen=True, slots=True)
class Part:
    """One output: the floats that the program serves (closed intervals), and the table for all others.

    `unmet` lists stretches where no polynomial reached the tolerance; they are rare and part of the certificate. `far`
    are the stretches where zeros crowd: there neither program nor table counts.
    """

    good: tuple[tuple[float, float], ...]
    table: Table
    unmet: tuple[tuple[float, float], ...] = ()
    far: tuple[Far, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """The target's name, the generated source, one part per output, the loop's float format and stretches."""

    target: str
    source: str
    parts: tuple[Part, ...]
    inner: str = "float64"
    slots: int = 0
