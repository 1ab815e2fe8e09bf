"""Frozen values that a person declares: `Activation`, `Parameter`, `Domain`, `Reference`.

An activation is declared as the formula in the paper with its parameters and a reference, and nothing else: no
range, derivative, tag, stable form or threshold. Everything is validated on construction.

>>> from symacts.spec import Activation, Parameter, x
>>> import sympy
>>> slope = Parameter("slope", "1/10", "nonnegative")
>>> act = Activation("my_leaky", sympy.Max(x, 0) + slope.symbol*sympy.Min(x, 0), parameters=(slope,))
>>> act.formula
Max(0, x) + Min(0, x)/10
>>> act.at(slope=sympy.Rational(1, 4)).formula
Max(0, x) + Min(0, x)/4
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

import sympy as sp

from symacts.errors import ParameterError, UnsupportedExpression, shorten, wording

__all__ = ["DOMAINS", "Activation", "Domain", "Parameter", "Reference", "exact", "g", "i", "j", "n", "x", "xs"]

x = sp.Symbol("x", real=True)
"""The pre-activation: the variable of every scalar activation."""
g = sp.Symbol("g", real=True)
"""The gate: the second variable of a gated activation."""
xs = sp.IndexedBase("x", real=True)
"""The vector of pre-activations of a row-wise activation; its entries are `xs[0], ..., xs[n - 1]`."""
n = sp.Symbol("n", integer=True, positive=True)
"""The length of that vector."""
i = sp.Symbol("i", integer=True, nonnegative=True)
"""The index of the entry that a vector activation's formula gives."""
j = sp.Symbol("j", integer=True, nonnegative=True)
"""The summation index in a vector activation's formula."""

Kind = Literal["scalar", "gated", "vector"]
KINDS: tuple[Kind, ...] = ("scalar", "gated", "vector")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def exact(value: object) -> sp.Expr:
    """An exact number or expression from what a person types: int, Fraction, "1/10", 0.1 (read as the decimal 1/10).

    Raises
    ------
    ParameterError
        For nan, infinities, complex numbers, and anything that is not a number or a SymPy expression.
    """
    if isinstance(value, bool) or value is None:
        raise ParameterError(f"got {shorten(value)}, expected an exact number or a SymPy expression")
    if isinstance(value, sp.Expr):
        if value.has(sp.nan, sp.zoo, sp.oo, -sp.oo, sp.I):
            raise ParameterError(f"got {shorten(value)}, expected a finite real number or expression")
        return value.xreplace({f: sp.Rational(str(f)) for f in value.atoms(sp.Float)})
    if hasattr(value, "item"):  # a NumPy scalar
        value = value.item()
    if isinstance(value, str):
        if not re.fullmatch(r"\s*[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,4})?(\s*/\s*\d+)?\s*", value):
            raise ParameterError(f"got {shorten(value)}, expected a number such as '1/10' or '0.25'")
        numerator, _, denominator = value.partition("/")
        if denominator and not int(denominator):
            raise ParameterError(f"got {shorten(value)}: the denominator is zero")
        return sp.Rational(numerator.strip()) / (int(denominator) if denominator else 1)
    if isinstance(value, (int, Fraction)):
        return sp.Rational(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise ParameterError(f"got {value}, expected a finite number")
        return sp.Rational(repr(value))
    raise ParameterError(f"got {shorten(value)}, expected an exact number or a SymPy expression")


@dataclass(frozen=True, slots=True)
class Domain:
    """An interval of the reals that a parameter lives in, and the SymPy assumptions that state it."""

    name: str
    interval: sp.Interval
    assumptions: tuple[str, ...] = ()

    @staticmethod
    def over(interval: sp.Interval) -> Domain:
        """A domain without a name: an interval, and what SymPy can know of a symbol in it."""
        lo, hi = interval.start, interval.end
        sign: tuple[str, ...] = ()
        if lo >= 0:
            sign = ("positive",) if lo > 0 or interval.left_open else ("nonnegative",)
        elif hi <= 0:
            sign = ("negative",) if hi < 0 or interval.right_open else ("nonpositive",)
        return Domain(f"in {interval}", interval, sign)

    def symbol(self, name: str) -> sp.Symbol:
        """A symbol that carries this domain as assumptions (as far as SymPy's assumptions can say it)."""
        return sp.Symbol(name, real=True, **dict.fromkeys(self.assumptions, True))

    def contains(self, value: sp.Expr) -> bool | None:
        """Whether the interval holds the value; None where that cannot be decided (a symbolic value)."""
        answer = self.interval.contains(value)
        if answer is sp.true:
            return True
        return False if answer is sp.false else None


def _row(name: str, lo: object, hi: object, left_open: bool, right_open: bool, *assumptions: str) -> Domain:
    return Domain(name, sp.Interval(lo, hi, left_open, right_open), assumptions)


DOMAINS: Mapping[str, Domain] = {
    d.name: d
    for d in (
        _row("real", -sp.oo, sp.oo, True, True),
        _row("positive", 0, sp.oo, True, True, "positive"),
        _row("nonnegative", 0, sp.oo, False, True, "nonnegative"),
        _row("negative", -sp.oo, 0, True, True, "negative"),
        _row("unit", 0, 1, False, False, "nonnegative"),
        _row("open_unit", 0, 1, True, True, "positive"),
        _row("symmetric_unit", -1, 1, False, False),
        _row("above_one", 1, sp.oo, True, True, "positive"),
        _row("at_least_one", 1, sp.oo, False, True, "positive"),
        _row("below_one", -sp.oo, 1, True, True),
    )
}
"""The domains a declaration can name."""


def _domain(name: str, domain: Domain | str) -> Domain:
    """A domain by its name."""
    if isinstance(domain, Domain):
        return domain
    if domain not in DOMAINS:
        raise ParameterError(wording(f"domain of parameter {name!r}", domain, DOMAINS))
    return DOMAINS[domain]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an activation: its name, its default as an exact number, the domain it lives in.

    `above` names another parameter that this one always exceeds (hard tanh: `max_val` above `min_val`). `typical` is
    a narrower domain that papers assume (leaky ReLU: a slope between 0 and 1): symbolic facts and test draws use it.
    """

    name: str
    default: sp.Expr
    domain: Domain = DOMAINS["real"]
    above: str | None = None
    typical: Domain | None = None

    def __init__(
        self,
        name: str,
        default: object,
        domain: Domain | str = "real",
        above: str | None = None,
        typical: Domain | str | None = None,
    ) -> None:
        if not _NAME.match(name) or keyword.iskeyword(name):
            raise ParameterError(f"got {shorten(name)}, expected a parameter name of letters, digits and underscores")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "domain", _domain(name, domain))
        object.__setattr__(self, "above", above)
        object.__setattr__(self, "typical", None if typical is None else _domain(name, typical))
        object.__setattr__(self, "default", self.check(default))

    @property
    def generic(self) -> Domain:
        """The domain under which symbolic facts are stated: the typical one where it is declared."""
        return self.typical or self.domain

    @property
    def symbol(self) -> sp.Symbol:
        """The symbol that stands for this parameter in formulas; it carries the domain as assumptions."""
        return self.domain.symbol(self.name)

    def check(self, value: object) -> sp.Expr:
        """The value as an exact expression, after a look at the domain.

        Raises
        ------
        ParameterError
            The value is no exact number or expression, or lies outside the domain.
        """
        try:
            number = exact(value)
        except ParameterError as error:
            raise ParameterError(f"parameter {self.name!r}: {error}") from None
        if number.is_extended_real is False:
            raise ParameterError(f"parameter {self.name!r}: got {shorten(value)}, expected a real number")
        if self.domain.contains(number) is False:
            raise ParameterError(
                f"parameter {self.name!r}: got {number}, expected a value in {self.domain.interval} "
                f"(its domain is {self.domain.name!r})"
            )
        return number


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a formula comes from: authors, year, title, and an identifier such as an arXiv number where it has one."""

    authors: str
    year: int
    title: str
    identifier: str = ""

    def __str__(self) -> str:
        tail = f" {self.identifier}." if self.identifier else ""
        return f"{self.authors} ({self.year}). {self.title}.{tail}"


@dataclass(frozen=True, slots=True)
class Activation:
    """An activation function: one formula, its parameters, and where it comes from.

    `expression` is written in `x` (scalar), in `x` and `g` (gated), or in `xs[i]`, `n` and sums over `j` (vector:
    the formula of entry `i`), and in the parameters' symbols. `values` holds the parameters that have been fixed to
    something else than their defaults.
    """

    name: str
    expression: sp.Expr
    parameters: tuple[Parameter, ...] = ()
    aliases: tuple[str, ...] = ()
    reference: Reference | None = None
    kind: Kind = "scalar"
    values: tuple[tuple[str, sp.Expr], ...] = field(default=())

    def __post_init__(self) -> None:
        for name in (self.name, *self.aliases):
            if not isinstance(name, str) or not _NAME.match(name) or keyword.iskeyword(name):
                raise ParameterError(
                    f"got {shorten(name)}, expected an activation name of letters, digits and underscores"
                )
        if self.kind not in KINDS:
            raise ParameterError(wording("kind", self.kind, KINDS))
        if not isinstance(self.expression, sp.Expr):
            raise UnsupportedExpression(f"got {shorten(self.expression)}, expected a SymPy expression")
        names = [p.name for p in self.parameters]
        if len(set(names)) < len(names):
            raise ParameterError(f"parameter names of {self.name!r} repeat: {', '.join(names)}")
        for p in self.parameters:
            if p.above is not None and p.above not in names:
                raise ParameterError(wording(f"{p.name!r} is declared above", p.above, names))
        stray = self.expression.free_symbols - {p.symbol for p in self.parameters} - self._own_symbols()
        if stray:
            listed = ", ".join(sorted(s.name for s in stray))
            raise ParameterError(
                f"{self.name!r}: the formula uses {listed}, which is neither the variable nor a declared parameter"
            )

    def _own_symbols(self) -> set[sp.Basic]:
        if self.kind == "scalar":
            return {x}
        if self.kind == "gated":
            return {x, g}
        return {xs, xs.label, n, i, j} | {a for a in self.expression.free_symbols if isinstance(a, sp.Indexed)}

    @property
    def variables(self) -> tuple[sp.Basic, ...]:
        """What the function is a function of."""
        return {"scalar": (x,), "gated": (x, g), "vector": (xs,)}[self.kind]

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name, or a `ParameterError` that lists the ones there are."""
        for p in self.parameters:
            if p.name == name:
                return p
        if not self.parameters:
            raise ParameterError(f"{self.name!r} takes no parameters; got {name!r}")
        raise ParameterError(wording(f"parameter of {self.name!r}", name, (p.name for p in self.parameters)))

    def at(self, **values: Any) -> Activation:
        """The same activation with these parameters fixed; exact numbers or SymPy expressions.

        Raises
        ------
        ParameterError
            No such parameter, a value outside its domain, or an order between parameters that is broken.
        """
        fixed = dict(self.values)
        for name, value in values.items():
            fixed[name] = self.parameter(name).check(value)
        full = {p.name: fixed.get(p.name, p.default) for p in self.parameters}
        for p in self.parameters:
            if p.above is not None and (full[p.name] - full[p.above]).is_positive is False:
                raise ParameterError(
                    f"{self.name!r} needs {p.name} > {p.above}; got {p.name} = {full[p.name]}, "
                    f"{p.above} = {full[p.above]}"
                )
        return replace(self, values=tuple(sorted(fixed.items())))

    @property
    def settings(self) -> dict[str, sp.Expr]:
        """Every parameter's value: the fixed one, else the default."""
        fixed = dict(self.values)
        return {p.name: fixed.get(p.name, p.default) for p in self.parameters}

    @property
    def formula(self) -> sp.Expr:
        """The expression with every parameter at its value."""
        settings = self.settings
        return self.expression.subs({p.symbol: settings[p.name] for p in self.parameters}, simultaneous=True)
