"""The third answer of every decision procedure: could not decide, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Unknown"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Could not decide within the budget; never a guess.

    Examples
    --------
    >>> Unknown("oscillates").reason
    'oscillates'
    """

    reason: str

    def __bool__(self) -> bool:
        raise TypeError(f"an unknown answer is no truth value (reason: {self.reason})")
