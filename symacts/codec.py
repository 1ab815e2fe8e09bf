"""Exact values to JSON-safe data and back: integers as decimal strings, SymPy trees by a whitelist of class names.

Nothing is ever evaluated from text. `decode(encode(value)) == value` for every value a fact can hold.

>>> import sympy
>>> decode(encode((sympy.Interval.open(0, 1), True, "soft"))) == (sympy.Interval.open(0, 1), True, "soft")
True
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from symacts.errors import UnsupportedExpression, shorten
from symacts.facts import DefiniteIntegral, Root, Verdict

__all__ = ["decode", "encode"]

_ATOMS: dict[str, sp.Basic] = {
    "pi": sp.pi,
    "E": sp.E,
    "I": sp.I,
    "oo": sp.oo,
    "-oo": -sp.oo,
    "zoo": sp.zoo,
    "nan": sp.nan,
    "EulerGamma": sp.EulerGamma,
    "GoldenRatio": sp.GoldenRatio,
    "Catalan": sp.Catalan,
    "EmptySet": sp.S.EmptySet,
    "Reals": sp.S.Reals,
    "Integers": sp.S.Integers,
    "Naturals": sp.S.Naturals,
    "Naturals0": sp.S.Naturals0,
    "true": sp.true,
    "false": sp.false,
}
_ATOM_NAMES = {v: k for k, v in _ATOMS.items()}

_CLASSES: dict[str, Any] = {
    c.__name__: c
    for c in (
        *(sp.Add, sp.Mul, sp.Pow, sp.exp, sp.log, sp.Abs, sp.sign, sp.Heaviside, sp.Max, sp.Min, sp.Piecewise),
        *(sp.sin, sp.cos, sp.tan, sp.cot, sp.sec, sp.csc, sp.asin, sp.acos, sp.atan, sp.acot, sp.atan2, sp.sinc),
        *(sp.sinh, sp.cosh, sp.tanh, sp.coth, sp.sech, sp.csch, sp.asinh, sp.acosh, sp.atanh, sp.acoth),
        *(sp.erf, sp.erfc, sp.erfi, sp.erfinv, sp.LambertW, sp.gamma, sp.loggamma, sp.polygamma, sp.zeta),
        *(sp.floor, sp.ceiling, sp.Mod, sp.polylog, sp.Ei, sp.Si, sp.Ci, sp.DiracDelta, sp.factorial),
        *(sp.uppergamma, sp.lowergamma, sp.expint, sp.li, sp.Shi, sp.Chi, sp.hyper, sp.meijerg),
        *(sp.Lambda, sp.Tuple, sp.Integral, sp.Derivative, sp.Limit, sp.Sum, sp.Product, sp.Subs),
        *(sp.Interval, sp.FiniteSet, sp.Union, sp.Intersection, sp.Complement, sp.ImageSet, sp.ConditionSet),
        *(sp.ProductSet, sp.Range),
        *(sp.Eq, sp.Ne, sp.Lt, sp.Le, sp.Gt, sp.Ge, sp.And, sp.Or, sp.Not, sp.Contains),
        *(sp.Indexed, sp.IndexedBase, sp.KroneckerDelta, ExprCondPair, Root, DefiniteIntegral),
    )
}
_GROWING: tuple[Any, ...] = (sp.factorial, sp.gamma, sp.loggamma, sp.polygamma, sp.zeta)
_GROWING = (*_GROWING, sp.uppergamma, sp.lowergamma, sp.expint, sp.polylog)
"""Functions with values at integers that grow like factorials."""
MOST_BITS = 100_000
LONGEST = 14_000  # bits of an integer in decimal digits: Python refuses to write more than 4300 of them
_ASSUMPTIONS = ("real", "positive", "negative", "nonnegative", "nonpositive", "nonzero", "integer", "zero")


def encode(value: Any) -> Any:
    """JSON-safe data for a value made of SymPy objects, bools, strings, ints, None, verdicts, tuples and dicts.

    Raises
    ------
    UnsupportedExpression
        For anything else; a float in particular, which no fact may hold.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (tuple, list)):
        return [encode(v) for v in value]
    if isinstance(value, Verdict):
        return {"verdict": [value.kind, value.statement, list(value.facts)]}
    if isinstance(value, dict):
        return {"map": [[encode(k), encode(v)] for k, v in value.items()]}
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, sp.Basic):
        return _encode_sympy(value)
    raise UnsupportedExpression(f"cannot write {shorten(value)} of type {type(value).__name__} exactly")


def _encode_sympy(value: sp.Basic) -> Any:
    if value in _ATOM_NAMES:
        return {"atom": _ATOM_NAMES[value]}
    if isinstance(value, sp.Rational):
        if max(int(value.p).bit_length(), int(value.q).bit_length()) > LONGEST:
            raise UnsupportedExpression("a number too large to write down")
        return {"q": str(value.p) if value.q == 1 else f"{value.p}/{value.q}"}
    if isinstance(value, sp.Symbol):
        held = [a for a in _ASSUMPTIONS if value.assumptions0.get(a) is True and _is_needed(value, a)]
        data: dict[str, Any] = {"symbol": value.name, "is": held}
        if isinstance(value, sp.Dummy):
            data["dummy"] = str(value.dummy_index)
        return data
    if isinstance(value, AppliedUndef):
        raise UnsupportedExpression(f"cannot write the undefined function {value.func} exactly")
    name = type(value).__name__
    if name not in _CLASSES or isinstance(value, sp.Float):
        raise UnsupportedExpression(f"cannot write {shorten(value)} of type {name} exactly")
    return {"op": name, "args": [encode(a) for a in (value.content if isinstance(value, Root) else value.args)]}


def _is_needed(symbol: sp.Symbol, assumption: str) -> bool:
    """Whether the symbol was created with this assumption (not merely deduced from another)."""
    return symbol._assumptions_orig.get(assumption) is True


def decode(data: Any, *, as_written: bool = False) -> Any:
    """The value that `encode` wrote; lists come back as tuples.

    Parameters
    ----------
    as_written : bool
        Whether a number before a sum, `(x + 2)/4`, and cases with one value stay as they are. Otherwise such a value
        comes back as SymPy evaluates it, `x/4 + 1/2`.

    Raises
    ------
    UnsupportedExpression
        The data are not of this format.
    """
    if data is None or isinstance(data, (bool, str)):
        return data
    if isinstance(data, (list, tuple)):
        return tuple(decode(v, as_written=as_written) for v in data)
    if isinstance(data, dict):
        try:
            return _decode_tree(data, as_written)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnsupportedExpression(f"not exact data: {shorten(data)} ({error})") from None
    raise UnsupportedExpression(f"not exact data: {shorten(data)}")


def _is_vast(cls: Any, args: list[Any]) -> bool:
    """Whether automatic evaluation would compute an integer of more than MOST_BITS bits."""
    if cls is sp.Pow and len(args) == 2 and args[0].is_Rational and args[1].is_Rational:
        return bool(abs(args[1]) * max(int(args[0].p).bit_length(), int(args[0].q).bit_length()) > MOST_BITS)
    if cls is sp.exp and args[0].has(sp.log):  # exp(n*log(2)) = 2**n
        return any(abs(c) > MOST_BITS for c in args[0].atoms(sp.Rational))
    return cls in _GROWING and any(a.is_Rational and abs(a) > MOST_BITS.bit_length() ** 2 for a in args)


def _decode_tree(data: dict[str, Any], as_written: bool) -> Any:
    if "atom" in data:
        return _ATOMS[data["atom"]]
    if "q" in data:
        numerator, _, denominator = data["q"].partition("/")
        return sp.Rational(int(numerator), int(denominator or 1))
    if "int" in data:
        return int(data["int"])
    if "symbol" in data:
        assumptions = {a: True for a in data["is"] if a in _ASSUMPTIONS}
        if "dummy" in data:
            return sp.Dummy(data["symbol"], dummy_index=int(data["dummy"]), **assumptions)
        return sp.Symbol(data["symbol"], **assumptions)
    if "verdict" in data:
        kind, statement, facts = data["verdict"]
        return Verdict(kind, statement, tuple(facts))
    if "map" in data:
        return {decode(k): decode(v, as_written=as_written) for k, v in data["map"]}
    cls = _CLASSES[data["op"]]
    args = [decode(a, as_written=as_written) for a in data["args"]]
    args = [sp.true if a is True else sp.false if a is False else a for a in args]
    if cls in (sp.Lambda, sp.Tuple):
        args = [sp.Tuple(*a) if isinstance(a, tuple) else a for a in args]
    if cls in (sp.Add, sp.Mul, sp.Pow) and not all(isinstance(a, sp.Expr) for a in args):
        raise ValueError("arithmetic is between expressions")
    if _is_vast(cls, args):
        raise ValueError("a number too large to write down")
    is_multiple = cls is sp.Mul and len(args) == 2 and args[0].is_Rational and args[1].is_Add
    if as_written and (is_multiple or cls is sp.Piecewise):
        return cls(*args, evaluate=False)
    value = cls(*args)
    if isinstance(value, (BooleanTrue, BooleanFalse)) and cls is Root:
        raise ValueError("a root cannot be a truth value")
    return value
