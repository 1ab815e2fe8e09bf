"""What a target hands to a kernel: plain data, so that a kernel pickles as its source and tables."""

from __future__ import annotations

from dataclasses import dataclass

from symacts.kernels.pieces import FloatArray, Table

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
    are the stretches where zeros crowd: there neither program nor table counts. `wide` are stretches beyond all that
    the program serves, for a second program.
    """

    good: tuple[tuple[float, float], ...]
    table: Table
    unmet: tuple[tuple[float, float], ...] = ()
    far: tuple[Far, ...] = ()
    wide: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """The target's name, the generated source, one part per output, the loop's float format and stretches.

    `tables` are what the source looks up; `wide` is the source of the second program, if there is one.
    """

    target: str
    source: str
    parts: tuple[Part, ...]
    inner: str = "float64"
    slots: int = 0
    tables: tuple[FloatArray, ...] = ()
    wide: str = ""
