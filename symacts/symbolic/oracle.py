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

    def has_no_limit(self, answer: Any) -> bool:
        """Whether an answer of `limit` is a proof that there is none."""
        ...

    def asymptote(self, expression: sp.Expr, x: sp.Symbol, side: int) -> Any:
        """`(slope, intercept)` of the linear asymptote at `side*oo`, None where there is none."""
        ...

    def rate(self, expression: sp.Expr, x: sp.Symbol, side: int) -> str | None:
        """How fast an expression tends to 0 at `side*oo`; None where that is not seen."""
        ...

    def zero_at(self, point: sp.Expr) -> Any:
        """A zero of unstated multiplicity, as charts hold them."""
        ...

    # --- repetition ----------------------------------------------------------------------------------------------

    def period(self, expression: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
        """A period of a function of waves alone, else None."""
        ...

    def periodic_chart(self, expression: sp.Expr, x: sp.Symbol) -> Any:
        """The sign chart over one period."""
        ...

    def zero_families(self, expression: sp.Expr, x: sp.Symbol) -> Any:
        """All zeros on the line: has `points`, `repeated` and `removed`."""
        ...

    # --- numbers -------------------------------------------------------------------------------------------------

    def ball_sign(self, constant: sp.Expr) -> int | None:
        """1 or -1 where a ball of moderate precision shows it; no exact proof is tried."""
        ...

    def enclose(self, constant: sp.Expr, digits: int) -> tuple[sp.Rational, sp.Rational]:
        """Rational bounds of a constant without parameters."""
        ...

    def enclose_at(self, expression: sp.Expr, x: sp.Symbol, point: sp.Rational) -> tuple[sp.Rational, sp.Rational]:
        """Rational bounds of the value at a rational point."""
        ...

    def as_root(self, constant: sp.Expr) -> sp.Expr:
        """A constant as a single `Root`."""
        ...

    def is_integrable(self, integral: sp.Expr) -> bool | str:
        """True where quadrature encloses the integrals in it, else the reason why not."""
        ...

    def places_of_supremum(
        self,
        function: sp.Expr,
        x: sp.Symbol,
        ends: tuple[sp.Expr, sp.Expr],
        order: int,
        side: int,
        formula: sp.Expr,
        limits: tuple[sp.Expr, ...],
        /,
    ) -> Any:
        """Short intervals in which `side*function^(order)`, that formula with these limits, may be largest."""
        ...
