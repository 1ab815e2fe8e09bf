"""Frozen values that the engine returns: `Fact`, `Root`, `Verdict`.

Facts contain no floats. A number is a closed form, or a `Root` (the one zero of an expression in an isolating
interval), or a SymPy `Integral`; each can be enclosed to any number of digits by `symacts.rigor`.

>>> import sympy
>>> from symacts.facts import Root
>>> t = sympy.Symbol("t", real=True)
>>> Root(sympy.cos(t) - t, 0, 1)
0.7390851332...
>>> Root(sympy.cos(t) - t, 0, 1).evalf(30)
0.739085133215160641655312087674
>>> Root(sympy.cos(t) - t, 0, 1) < sympy.pi/4
True
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import mpmath
import sympy as sp
from sympy.printing.precedence import PRECEDENCE

from symacts.errors import UnsupportedExpression

__all__ = ["STATUSES", "DefiniteIntegral", "Fact", "Root", "Verdict", "is_closed_form"]

Status = Literal["exact", "enclosed", "unknown"]
STATUSES: tuple[Status, ...] = ("exact", "enclosed", "unknown")


BOUND = sp.Symbol("_r", real=True)
"""The bound variable of every `Root`: no formula uses it, so that `expression.has(x)` does not see into a root."""


class Root(sp.AtomicExpr):
    """The single zero of a function of one variable in a rational interval `[lo, hi]`: a real SymPy number.

    `Root(expression, lo, hi)`; the expression has one free symbol (its name does not matter: it is bound). The
    caller vouches that the interval isolates one zero; `symacts.rigor` makes such intervals and proves them.

    Notes
    -----
    `evalf(n)` gives n correct digits, by certified bisection and Newton steps in ball arithmetic. Comparison with
    other reals works through enclosures; two roots that agree to every digit tried stay undecided.

    SymPy sees an atom: what walks through an expression does not walk through the functions of the roots in it, which
    are often longer than the rest.
    """

    is_commutative = True
    is_number = True
    is_real = True
    is_extended_real = True
    is_finite = True
    is_infinite = False
    is_complex = True
    is_Root = True
    __slots__ = ("content",)

    def __new__(cls, function: sp.Expr | sp.Lambda, lo: Any, hi: Any) -> Root:
        if not isinstance(function, sp.Lambda):
            free = sorted(function.free_symbols, key=str)
            if len(free) != 1:
                raise UnsupportedExpression(f"a Root needs an expression in one symbol, got {function}")
            function = sp.Lambda(free[0], function)
        variable = function.variables[0]
        canonical = BOUND
        if variable != canonical:
            function = sp.Lambda(canonical, function.expr.xreplace({variable: canonical}))
        lo, hi = sp.Rational(lo), sp.Rational(hi)
        if lo > hi:
            raise ValueError(f"empty isolating interval [{lo}, {hi}]")
        root = sp.AtomicExpr.__new__(cls)
        root.content = (function, lo, hi)
        return root

    @property
    def function(self) -> sp.Lambda:
        """The function whose zero this is, as a `Lambda`."""
        return self.content[0]

    @property
    def lo(self) -> sp.Rational:
        """Lower end of the isolating interval."""
        return self.content[1]

    @property
    def hi(self) -> sp.Rational:
        """Upper end of the isolating interval."""
        return self.content[2]

    def _hashable_content(self) -> tuple[sp.Basic, ...]:
        return self.content

    def __getnewargs__(self) -> tuple[sp.Basic, ...]:
        return self.content

    @classmethod
    def class_key(cls) -> tuple[int, int, str]:
        return 5, 0, cls.__name__

    def sort_key(self, order: str | None = None) -> Any:
        return self.class_key(), (3, tuple(c.sort_key() for c in reversed(self.content))), sp.S.One.sort_key(), sp.S.One

    @property
    def free_symbols(self) -> set[sp.Basic]:
        return set()

    def _eval_subs(self, old: sp.Basic, new: sp.Basic) -> sp.Basic:
        return self

    def _xreplace(self, rule: Any) -> tuple[sp.Basic, bool]:
        return (rule[self], True) if self in rule else (self, False)

    def _eval_is_positive(self) -> bool | None:
        return True if self.lo > 0 else (False if self.hi <= 0 else None)

    def _eval_is_negative(self) -> bool | None:
        return True if self.hi < 0 else (False if self.lo >= 0 else None)

    def _eval_is_zero(self) -> bool | None:
        return False if self.lo > 0 or self.hi < 0 else None

    def _eval_derivative(self, symbol: sp.Basic) -> sp.Expr:
        return sp.S.Zero

    def _eval_conjugate(self) -> Root:
        return self

    def as_real_imag(self, deep: bool = True, **hints: Any) -> tuple[sp.Expr, sp.Expr]:
        return self, sp.S.Zero

    def _eval_evalf(self, prec: int) -> sp.Float:
        return _rounded(self, prec)

    @property
    def precedence(self) -> int:
        """How tightly its digits hold together in print: with a minus sign as a sum does."""
        return PRECEDENCE["Add"] if self.is_negative else PRECEDENCE["Atom"]

    def _sympystr(self, printer: Any) -> str:
        text = str(self.evalf(15))
        return text[: 12 if not text.startswith("-") else 13] + "..."

    _sympyrepr = _sympystr

    def _latex(self, printer: Any) -> str:
        return self._sympystr(printer).replace("...", r"\ldots")

    def _pretty(self, printer: Any) -> Any:
        from sympy.printing.pretty.stringpict import prettyForm

        binding = prettyForm.ADD if self.is_negative else prettyForm.ATOM
        return prettyForm(self._sympystr(printer), binding=binding)


class DefiniteIntegral(sp.Integral):
    """A definite integral whose digits come from rigorous quadrature: `evalf(n)` gives n correct ones, quickly.

    It prints as the `Integral` it is. Printing a sum of plain ones would integrate them by sampling.
    """

    def _eval_evalf(self, prec: int) -> sp.Expr:
        return self if self.free_symbols else _rounded(self, prec)


@lru_cache(maxsize=4096)
def _rounded(constant: sp.Expr, prec: int) -> sp.Float:
    """The constant to that many bits; SymPy asks for the same few digits of a root dozens of times."""
    from symacts.rigor import enclose  # deferred: `rigor` builds on this module

    lo, hi = enclose(constant, digits=int(prec * 0.30103) + 3)
    with mpmath.workprec(prec + 16):
        middle = mpmath.mpf(int((lo + hi).p)) / (2 * int((lo + hi).q))
    return sp.Float._new(middle._mpf_, prec)


def is_closed_form(value: object) -> bool:
    """Whether a fact's value holds no `Root` and no unevaluated `Integral`: then its status can be "exact"."""
    if isinstance(value, sp.Basic):
        return not value.has(Root, sp.Integral)
    if isinstance(value, (tuple, list)):
        return all(is_closed_form(v) for v in value)
    return True


@dataclass(frozen=True, slots=True)
class Fact:
    """One established (or honestly unknown) property.

    Attributes
    ----------
    name : str
        Which property: a column of the report.
    value : object
        A SymPy object, bool, str or tuple of these; every number in it is exact. None while the status is "unknown".
    status : str
        "exact" (closed form), "enclosed" (exists, enclosed to any digits, no closed form found) or "unknown".
    because : str
        One short line: the rule and the facts it rests on; for an unknown fact, the reason.
    method : str
        The name of the derivation that answered.
    """

    name: str
    value: Any
    status: Status
    because: str
    method: str = ""

    @property
    def known(self) -> bool:
        """Whether the fact is established."""
        return self.status != "unknown"

    @property
    def number(self) -> sp.Expr | None:
        """The scalar in the value: itself, or the first entry of a `(value, attained)` pair; None for anything else."""
        value = self.value
        if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], bool):
            value = value[0]
        return value if isinstance(value, sp.Expr) and not value.free_symbols else None

    @property
    def enclosure(self) -> tuple[sp.Expr, sp.Expr] | None:
        """Rigorous rational bounds `(lo, hi)` of a scalar value, at least 15 significant digits; else None."""
        number = self.number
        if number is None:
            return None
        if number.is_infinite:
            return number, number
        from symacts.rigor import enclose  # deferred: `rigor` builds on this module

        return enclose(number, digits=20)

    def digits(self, count: int) -> str:
        """The scalar value to `count` correct significant digits, as text.

        Raises
        ------
        UnsupportedExpression
            The fact is unknown or its value is not a number.
        """
        number = self.number
        if number is None:
            raise UnsupportedExpression(f"the fact {self.name!r} has no digits: its value is {self.value!r}")
        if number.is_infinite:
            return str(number)
        from symacts.rigor import decimal  # deferred: `rigor` builds on this module

        return decimal(number, count)

    def __bool__(self) -> bool:
        raise TypeError(f"the fact {self.name!r} is no truth value; use .value (here {self.value!r}) or .known")

    def __iter__(self) -> Iterator[Any]:
        raise TypeError(f"the fact {self.name!r} is not iterable; use .value (here {self.value!r})")


@dataclass(frozen=True, slots=True)
class Verdict:
    """An advantage or drawback, and the names of the facts it is derived from."""

    kind: Literal["advantage", "drawback"]
    statement: str
    facts: tuple[str, ...]

    def __iter__(self) -> Iterator[Any]:
        return iter((self.kind, self.statement, self.facts))
