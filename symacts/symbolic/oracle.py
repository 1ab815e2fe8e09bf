"""What the exact calculus asks of whoever decides signs: symbolic code proposes, an oracle certifies.

`symbolic` never sees ball arithmetic. Functions here take an `Oracle`; `symacts.rigor` has one for numbers, and the
analysis wraps it for symbolic parameters.
"""

from __future__ import annotations

from typing import Any, Protocol

import sympy as sp

__all__ = ["Oracle", "Undecided"]


class Undecided(Exception):
    """A question that could not be settled within the limits on work; the message is the reason."""


class Oracle(Protocol):
    """Certified answers; every method raises or returns an object with a `reason` where it cannot decide."""

    def sign(self, constant: sp.Expr) -> int | None:
        """-1, 0 or 1 for a real constant; 0 only if proved; None where undecided."""
        ...

    def sign_at(self, expression: sp.Expr, x: sp.Symbol, point: sp.Rational) -> int | None:
        """The sign of an expression in `x` at a rational point, as `sign` gives it."""
        ...

    def chart(self, expression: sp.Expr, x: sp.Symbol, lo: sp.Expr, hi: sp.Expr) -> Any:
        """The cells of constant sign and the zeros on the open interval `(lo, hi)`: has `cells` and `zeros`."""
        ...

    def limit(self, expression: sp.Expr, x: sp.Symbol, point: sp.Expr, side: int) -> Any:
        """The one-sided limit at a finite point or infinity, as an exact extended real."""
        ...
