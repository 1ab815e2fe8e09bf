"""Activations by name, the user's own definitions, and what a caller may pass wherever an activation is expected.

>>> get("leaky_relu", negative_slope="1/10").formula
Piecewise((x, x >= 0), (x/10, True))
>>> resolve("x*tanh(softplus(x))").formula == get("mish").formula
True
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.logic.boolalg import Boolean

from symacts import store
from symacts.elementary import CONSTANTS, ELEMENTARY, SPECIAL
from symacts.errors import ParameterError, SymactsError, UnknownActivation, UnsupportedExpression, shorten, wording
from symacts.grammar import RESERVED
from symacts.guarded import check_digits
from symacts.parsing import parse
from symacts.spec import DOMAINS, KINDS, Activation, Domain, Kind, Parameter, Reference, g, x

__all__ = ["define", "get", "names", "resolve"]

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_TAKEN = frozenset({*ELEMENTARY, *SPECIAL, *CONSTANTS, *RESERVED, "x", "g", "e", "I", "nan", "zoo", "and", "or", "not"})
_TAKEN |= {"True", "False", "diff", "Derivative", "limit", "Limit", "Integral", "integrate"}
_DEFERRED = (sp.Integral, sp.Derivative, sp.Limit, sp.Sum, sp.Product, sp.Subs)


def names(kind: str | None = None) -> tuple[str, ...]:
    """Canonical names, sorted; of one kind ("scalar", "gated", "vector") or all.

    Raises
    ------
    ParameterError
        Another kind.

    Examples
    --------
    >>> "sigmoid" in names("scalar"), "softmax" in names("vector"), "glu" in names("gated")
    (True, True, True)
    """
    if kind is not None and kind not in KINDS:
        raise ParameterError(wording("kind", kind, KINDS))
    return tuple(sorted(name for name, its in store.declared() if kind in (None, its)))


def get(name: str, /, **parameters: Any) -> Activation:
    """The activation of a canonical name or alias, with parameters fixed.

    Looked up exactly first, then without regard to case, underscores and hyphens.

    Parameters
    ----------
    name
        Such as "elu" or "LeakyReLU".
    **parameters
        Exact numbers (``1``, ``"1/10"``, a `Fraction`; ``0.1`` is read as 1/10) or SymPy expressions.

    Raises
    ------
    UnknownActivation
        No activation has that name; the error lists near matches.
    UnsupportedExpression
        A known activation that a formula of this kind cannot express, with the reason.
    ParameterError
        The activation has no such parameter, or the value lies outside its domain.

    Examples
    --------
    >>> get("elu", alpha=2).formula
    Piecewise((x, x > 0), (2*exp(x) - 2, True))
    """
    if not isinstance(name, str):
        raise UnknownActivation(shorten(name))
    activation = store.find(name.strip())
    if activation is None:
        raise _unknown(name)
    return activation.at(**parameters) if parameters else activation


def define(
    name: str,
    expression: str | sp.Expr,
    *,
    parameters: Mapping[str, Any] | Iterable[Parameter] | None = None,
    aliases: Iterable[str] = (),
    reference: Reference | None = None,
    replace: bool = False,
) -> Activation:
    """Declare an activation of one's own; every call knows it by name from then on, in this process.

    Parameters
    ----------
    name, aliases
        Identifiers that no activation, function or constant holds.
    expression
        Text or a SymPy expression in ``x`` (a symbol of that name with any assumptions), the gate ``g`` if it has one,
        and the parameters.
    parameters
        Name to default, or to ``(default, domain)`` with a domain of `symacts.spec.DOMAINS`, or to a `Parameter`.
    reference
        Where the formula comes from.
    replace
        Whether a former definition of the same name gives way. Without it, only the same definition may be repeated.

    Raises
    ------
    ParameterError
        A name that is taken, a parameter that is missing or does not occur, a default outside its domain.
    ParseError, UnsupportedExpression
        The expression cannot be read, or is no real scalar formula.

    Examples
    --------
    >>> act = define("my_gate", "x*tanh(s*exp(x))", parameters={"s": ("3/5", "positive")})
    >>> act.formula
    x*tanh(3*exp(x)/5)
    >>> parse("my_gate(2*x, s=1)")
    2*x*tanh(exp(2*x))
    """
    aliases = (aliases,) if isinstance(aliases, str) else tuple(aliases)
    for label in (name, *aliases):
        _check_free(label)
    if reference is not None and not isinstance(reference, Reference):
        raise ParameterError(f"reference: got {shorten(reference)}, expected a symacts.spec.Reference")
    declared = _declared(parameters)
    symbols = {p.name: p.symbol for p in declared}
    formula = parse(expression, symbols=symbols) if isinstance(expression, str) else _own_symbols(expression, symbols)
    for p in declared:
        if p.symbol not in formula.free_symbols:
            raise ParameterError(f"the parameter {p.name!r} does not occur in {formula}")
    stray = sorted(s.name for s in formula.free_symbols - {x, g, *symbols.values()} if isinstance(s, sp.Symbol))
    if stray:
        listed = ", ".join(f"{s!r}: 1" for s in stray)
        raise ParameterError(
            f"the formula uses {', '.join(stray)}; declare defaults: parameters={{{listed}}}, the variable is x"
        )
    kind: Kind = "gated" if g in formula.free_symbols else "scalar"
    activation = Activation(name, formula, declared, aliases, reference, kind)
    holder = store.add(activation, replace)
    if holder is not None:
        raise ParameterError(
            f"{holder.name!r} is already defined as {holder.expression}; pass replace=True to redefine it"
            if holder.name == name
            else f"one of the names {', '.join((name, *aliases))} belongs to {holder.name!r}; choose another"
        )
    return activation


def resolve(
    target: str | sp.Expr | Activation, parameters: Mapping[str, Any] | Literal["symbolic"] | None = None
) -> Activation:
    """The activation that a caller means: by name, as text, as a SymPy expression, or as it is.

    Parameters
    ----------
    target
        A name or alias; expression text; a SymPy expression; an `Activation`. A symbol named ``x`` is the variable,
        whatever its assumptions; an expression in one symbol alone is a function of that symbol.
    parameters
        Values of parameters by name; "symbolic" keeps every parameter as its symbol under its declared domain; None
        leaves the defaults. Symbols of an expression other than the variable are parameters without a default: they
        need a value or "symbolic".

    Raises
    ------
    UnknownActivation
        A bare identifier that is no activation, with near matches.
    ParseError, UnsupportedExpression, ParameterError
        Text that cannot be read; an expression that is no real formula; parameters that do not fit.

    Examples
    --------
    >>> resolve("elu", {"alpha": 2}).formula
    Piecewise((x, x > 0), (2*exp(x) - 2, True))
    >>> t = sp.Symbol("t")
    >>> resolve(t*sp.exp(-t)).formula
    x*exp(-x)
    >>> resolve("a*x**2", {"a": 3}).formula
    3*x**2
    """
    if isinstance(parameters, str) and parameters != "symbolic":
        raise ParameterError(f"parameters: got {shorten(parameters)}, expected a mapping, 'symbolic' or None")
    if parameters is not None and not isinstance(parameters, (str, Mapping)):
        raise ParameterError(f"parameters: got {shorten(parameters)}, expected a mapping, 'symbolic' or None")
    activation = target if isinstance(target, Activation) else _by_name(target)
    if activation is None:
        given = parameters if isinstance(parameters, Mapping) else {}
        symbols = {name: sp.Symbol(name, real=True) for name in given if isinstance(name, str)}
        formula = parse(target, symbols=symbols) if isinstance(target, str) else _own_symbols(target, {})
        activation = _anonymous(formula, parameters)
    if parameters == "symbolic":
        return activation.at(
            **{p.name: p.symbol for p in activation.parameters if p.name not in dict(activation.values)}
        )
    if isinstance(parameters, Mapping) and parameters:
        return activation.at(**{str(name): value for name, value in parameters.items()})
    return activation


def _unknown(name: str) -> SymactsError:
    """What is wrong with a name that no activation carries."""
    reason = store.omitted(name)
    if reason is not None:
        return UnsupportedExpression(f"{name!r} has no row in the catalog: {reason}")
    return UnknownActivation(name[:100], store.known())


def _by_name(target: Any) -> Activation | None:
    """The activation, if the target is one's name; None if it must be an expression."""
    if not isinstance(target, str):
        return None
    text = target.strip()
    found = store.find(text)
    if found is not None:
        return found
    if _IDENTIFIER.match(text) and text not in ("x", "g"):
        row = ELEMENTARY.get(text)
        if row is not None and row.least == 1:
            return Activation("expression", parse(f"{text}(x)"))
        if text not in CONSTANTS:
            raise _unknown(text)
    return None


def _anonymous(formula: sp.Expr, parameters: Mapping[str, Any] | str | None) -> Activation:
    """An expression as an activation: its variable found, its other symbols made parameters."""
    given = set(parameters) if isinstance(parameters, Mapping) else set()
    free = {s.name: s for s in formula.free_symbols if isinstance(s, sp.Symbol)}
    variables = {x, g} & formula.free_symbols
    if not variables:
        candidates = [name for name in free if name not in given]
        if len(candidates) == 1:
            formula = formula.xreplace({free.pop(candidates[0]): x})
        elif len(candidates) > 1:
            raise ParameterError(
                f"several symbols ({', '.join(sorted(candidates))}) and none is x: name the variable x"
            )
    others = [free[name] for name in sorted(free) if free[name] not in (x, g)]
    missing = [s.name for s in others if s.name not in given]
    if missing and parameters != "symbolic":
        listed = ", ".join(f"{name!r}: ..." for name in missing)
        raise ParameterError(
            f"the expression has parameters without a value: give parameters={{{listed}}} or parameters='symbolic'"
        )
    domains = {s: _domain(s) for s in others}
    declared = tuple(Parameter(s.name, -1 if domains[s].name == "negative" else 1, domains[s]) for s in others)
    formula = formula.xreplace({s: p.symbol for s, p in zip(others, declared, strict=True)})
    kind: Kind = "gated" if g in formula.free_symbols else "scalar"
    return Activation("expression", formula, declared, kind=kind)


def _domain(symbol: sp.Symbol) -> Domain:
    """The widest declared domain that holds the symbol's assumptions."""
    for name in ("positive", "nonnegative", "negative"):
        if getattr(symbol, f"is_{name}"):
            return DOMAINS[name]
    return DOMAINS["real"]


def _own_symbols(expression: Any, parameters: Mapping[str, sp.Symbol]) -> sp.Expr:
    """A SymPy expression with its symbols replaced by the declared ones of the same name, after a look at its parts."""
    if not isinstance(expression, sp.Expr):
        raise UnsupportedExpression(_wrong_type(expression))
    undefined = sorted(str(f.func) for f in expression.atoms(AppliedUndef))
    if undefined:
        raise UnsupportedExpression(f"the function {undefined[0]} is undefined; write its formula")
    if isinstance(expression, (sp.MatrixExpr, sp.MatrixSymbol)) or getattr(expression, "is_Matrix", False):
        raise UnsupportedExpression("got a matrix expression, expected a real scalar formula in x")
    if expression.has(*_DEFERRED):
        held = next(c.__name__ for c in _DEFERRED if expression.has(c))
        raise UnsupportedExpression(f"got an unevaluated {held}; evaluate it first, with .doit()")
    named = {"x": x, "g": g, **parameters}
    swaps: dict[sp.Basic, sp.Basic] = {}
    for symbol in expression.free_symbols:
        if not isinstance(symbol, sp.Symbol):
            raise UnsupportedExpression(f"got {symbol}, expected symbols for numbers")
        if symbol.is_extended_real is False or symbol.is_commutative is False:
            raise UnsupportedExpression(f"the symbol {symbol} is not real; everything here is real")
        swaps[symbol] = named.get(symbol.name, _domain(symbol).symbol(symbol.name))
    swaps |= {f: sp.Rational(str(f)) for f in expression.atoms(sp.Float)}
    formula = expression.xreplace({old: new for old, new in swaps.items() if old != new})
    check_digits(formula)
    if not isinstance(formula, sp.Expr) or formula.has(sp.nan, sp.zoo, sp.oo, -sp.oo):
        raise UnsupportedExpression(f"{shorten(expression)} has no finite value")
    if formula.has(sp.I) or formula.is_extended_real is False:
        raise UnsupportedExpression(f"{shorten(expression)} is not real; only real formulas are analyzed")
    return formula


def _wrong_type(given: Any) -> str:
    if isinstance(given, Boolean):
        return f"got the condition {given}, expected an expression (prove reads relations)"
    if callable(given) and not isinstance(given, sp.Basic):
        return f"got the Python object {shorten(given)}, expected a name, text or a SymPy expression"
    return f"got {shorten(given)} of type {type(given).__name__}, expected a name, text or a SymPy expression"


def _declared(parameters: Mapping[str, Any] | Iterable[Parameter] | None) -> tuple[Parameter, ...]:
    """What a caller gives as parameters, as declarations."""
    if parameters is None:
        return ()
    items = parameters.items() if isinstance(parameters, Mapping) else [(p.name, p) for p in parameters]
    declared = []
    for name, given in items:
        if isinstance(given, Parameter):
            if given.name != name:
                raise ParameterError(f"the parameter {given.name!r} is given under the name {name!r}")
            declared.append(given)
            continue
        if name in _TAKEN:
            raise ParameterError(f"{name!r} cannot name a parameter: it has a meaning in formulas")
        default, domain = given if isinstance(given, tuple) and len(given) == 2 else (given, "real")
        declared.append(Parameter(name, default, domain))
    return tuple(declared)


def _check_free(name: object) -> None:
    """Refuse a name that means something already."""
    if not isinstance(name, str) or not _IDENTIFIER.match(name) or name.startswith("_") or "__" in name:
        raise ParameterError(f"got {shorten(name)}, expected a name of letters, digits and underscores")
    if name in _TAKEN:
        raise ParameterError(f"{name!r} is a function, a constant or a reserved word; choose another name")
    if store.owner(name) == "catalog":
        raise ParameterError(f"{name!r} is an activation of the catalog; choose another name")
