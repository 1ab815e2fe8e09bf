"""Generators: the transcendental and algebraic atoms over which a rewritten expression is a rational function.

On one half line, with `a = |x|` and `x = side*a`, an expression becomes `R(a, G1, ..., Gn)` with R rational and every
generator an elementary function of earlier ones that neither overflows nor hides a cancellation for large `a`:

=============  ==========================================================================================
`decay`        `exp(-P(a))` with P a polynomial that grows to infinity: at most 1 in the tail
`shifted`      `expm1(-P(a))`, the same less one, for factors that vanish where P does
`erfcx`        `exp(z**2)*erfc(z)`: the complementary error function without its decay
`log1p` ...    any other function of a rational function of generators
`root`         `E**(1/2)`, with the relation `root**2 = E`
=============  ==========================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy as sp

__all__ = ["Generator", "Generators", "a"]

a = sp.Symbol("a", positive=True)
"""|x| on a half line."""


@dataclass(frozen=True, slots=True)
class Generator:
    """A symbol, the function it stands for, and the argument (in `a` and earlier generators)."""

    symbol: sp.Symbol
    function: str
    argument: sp.Expr


@dataclass(slots=True)
class Generators:
    """The generators of one expression, in order of definition; equal definitions share a symbol."""

    rows: list[Generator] = field(default_factory=list)

    def define(self, function: str, argument: sp.Expr, *, positive: bool = False) -> sp.Symbol:
        """The symbol of this function of this argument."""
        for row in self.rows:
            if row.function == function and row.argument == argument:
                return row.symbol
        kind = {"positive": True} if positive else {"real": True}
        symbol = sp.Symbol(f"{function}_{len(self.rows)}", **kind)
        self.rows.append(Generator(symbol, function, argument))
        return symbol

    def of(self, symbol: sp.Basic) -> Generator | None:
        """The generator behind a symbol."""
        for row in self.rows:
            if row.symbol == symbol:
                return row
        return None

    def symbols(self, *functions: str) -> list[sp.Symbol]:
        """The symbols of the generators of these kinds."""
        return [r.symbol for r in self.rows if r.function in functions]
