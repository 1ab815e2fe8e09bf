"""SymPy nodes built one by one, refusing what would explode or is real nowhere; used for text from anybody.

SymPy evaluates while it builds: ``9**9**9`` would be multiplied out, ``exp(10**9*log(2))`` too, and asking for the
sign of ``exp(exp(exp(9)))`` never ends. Every node here is checked before it is built (size of powers, of constant
arguments, of the whole tree) and after (no nan, no pole, no complex number), so the text fails where the fault is.

>>> import sympy
>>> Guard().power(sympy.Integer(9), sympy.Integer(10**4))
Traceback (most recent call last):
symacts.guarded.Refusal: a power of more than 1000 digits
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

import sympy as sp
from sympy.core.evalf import PrecisionExhausted
from sympy.core.relational import Relational
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import Boolean

from symacts.errors import UnsupportedExpression
from symacts.grammar import MAX_DIGITS

__all__ = ["MAX_ARGUMENTS", "MAX_EXPONENT", "MAX_PIECES", "MAX_SIZE", "Guard", "Refusal", "check_digits"]

MAX_EXPONENT = 10**6
"""Largest constant exponent and largest constant argument of a function that grows exponentially."""
MAX_FACTORIAL = 300
"""Largest constant argument of the gamma function (its value then has about 600 digits)."""
MAX_SIZE = 4_000
"""Most nodes of an expression tree, catalog functions unfolded."""
MAX_ARGUMENTS = 16
"""Most arguments of Max and Min (SymPy compares them in pairs)."""
MAX_PIECES = 64
"""Most pieces of a Piecewise."""
MAX_ASKED = 40
"""Most nodes of an expression for SymPy to be asked whether it is real."""
MAX_CONSTANT = 150
"""Most nodes of a number that is written as an expression (it is evaluated to see that it is real)."""
MAX_COMPARED = 500
"""Most nodes of a comparison between piecewise expressions (it is split into its cases)."""
MAX_TERM_COMPARISON = 120
"""Most nodes in the arguments of one Max or Min for SymPy to compare them; larger ones are kept as they stand."""

_LIMIT = 10**MAX_DIGITS
_BITS = _LIMIT.bit_length()
_GROWING = (sp.exp, sp.sinh, sp.cosh, sp.erfi)
_FACTORIAL = (sp.gamma, sp.loggamma)
_PARTIAL = (sp.log, sp.asin, sp.acos, sp.asec, sp.acsc, sp.acosh, sp.atanh, sp.acoth, sp.asech)
_PARTIAL_TOO = (sp.LambertW, sp.erfinv, sp.erfcinv, sp.loggamma)
_DELAYED = (sp.Integral, sp.Limit, sp.Derivative)
_STRUCTURE = (ExprCondPair, Boolean, sp.Tuple)


class Refusal(Exception):
    """Why a node is not built; the caller knows the place and words the error."""


NEAR_WHOLE = sp.Rational(1, 10**20)


def _is_nearly_whole(number: sp.Expr) -> bool:
    if number.is_integer or number.has(*_DELAYED):
        return False
    return bool(abs((number - round(number.evalf(40))).evalf(20)) < NEAR_WHOLE)


class Guard:
    """Builds nodes and keeps account of their sizes. One guard serves one text."""

    def __init__(self) -> None:
        self._sizes: dict[sp.Basic, int] = {}

    def total(self, terms: Sequence[sp.Expr]) -> sp.Expr:
        """The sum of the terms."""
        constant, rest = sp.S.Zero, []
        for term in terms:
            if isinstance(term, sp.Rational):
                constant = _digits_checked(constant + term, "a number")
            else:
                rest.append(self._finite(term))
        if not rest:
            return constant
        return self.checked(sp.Add(constant, *rest) if constant else sp.Add(*rest))

    def product(self, factors: Sequence[sp.Expr]) -> sp.Expr:
        """The product of the factors."""
        if len(factors) == 2 and factors[0] == -1 and factors[1] in (sp.oo, -sp.oo):
            return -factors[1]
        constant, rest = sp.S.One, []
        for factor in factors:
            if isinstance(factor, sp.Rational):
                constant = _digits_checked(constant * factor, "a number")
            else:
                rest.append(self._finite(factor))
        if not rest:
            return constant
        return self.checked(sp.Mul(constant, *rest) if constant != 1 else sp.Mul(*rest))

    def power(self, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        """`base**exponent`, after a look at how large the constants in it become."""
        self._finite(base), self._finite(exponent)
        if base == sp.E:
            return self.call(sp.exp, exponent)
        if isinstance(exponent, sp.Rational):
            size = abs(exponent.p) / exponent.q if exponent.q < _LIMIT else 0.0
            if abs(exponent.p) > MAX_EXPONENT * exponent.q:
                raise Refusal(f"an exponent beyond {MAX_EXPONENT}")
            if base == 0 and exponent.p < 0:
                raise Refusal("division by zero")
            constant = base if base.is_number else base.as_coeff_mul()[0] * _constant_factors(base)
            if constant not in (1, -1, 0) and _bits(constant) * size > 1.1 * _BITS:
                raise Refusal(f"a power of more than {MAX_DIGITS} digits")
            partial = exponent.q != 1
        else:
            partial = not exponent.is_integer
            if exponent.is_number:
                if _log2(exponent) > math.log2(MAX_EXPONENT):
                    raise Refusal(f"an exponent beyond {MAX_EXPONENT}")
                if base.is_number and base not in (0, 1, -1) and abs(_log2(base)) > _BITS:
                    raise Refusal(f"a power of more than {MAX_DIGITS} digits")
        if base.is_number and base.has(*_DELAYED):
            return self.checked(sp.Pow(base, exponent, evaluate=False))
        if partial and isinstance(base, sp.Piecewise):
            base = self._without_negative_numbers(base)
        return self._with_lost_zeros(self.checked(sp.Pow(base, exponent), partial), base, exponent)

    def _without_negative_numbers(self, base: sp.Piecewise) -> sp.Expr:
        """The cases less those whose value is a negative number: SymPy would take the power into them."""
        kept, gone = [], sp.false
        for value, condition in base.args:
            if value.is_number and value.is_negative:
                gone = sp.Or(gone, condition)
            else:
                kept.append((value, sp.And(condition, sp.Not(gone))))
        if gone == sp.false or not kept:
            return base
        return self.piecewise(kept)

    def _with_lost_zeros(self, value: sp.Expr, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        """The power of a product that SymPy has split, with the zeros at which the rest of the product is negative.

        `sqrt(x**2*(x - 1))` is 0 at 0, where the `sqrt(x - 1)` of `sqrt(x - 1)*Abs(x)` has no value.
        """
        if not (exponent.is_positive and exponent.is_integer is False and value.is_Mul and base.is_Mul):
            return value
        split = [f for f in base.args if f.free_symbols and f.is_nonnegative and not f.is_positive]
        rest = sp.Mul(*(f for f in base.args if f not in split))
        if rest.is_nonnegative:
            return value
        roots = [f.base if f.is_Pow and f.exp.is_positive else f for f in split]
        lost = [root for root in roots if not _is_nonnegative_where(rest, root)]
        return self.piecewise([*((sp.S.Zero, sp.Eq(root, 0)) for root in lost), (value, sp.true)]) if lost else value

    def call(self, function: Any, *args: sp.Expr) -> sp.Expr:
        """`function(*args)` for a SymPy function class."""
        for arg in args:
            self._finite(arg)
        if function in (sp.Max, sp.Min):
            return self._extremum(function, args)
        growing = function in _GROWING or function is sp.LambertW
        if growing and args[0].is_number and _log2(args[0]) > math.log2(MAX_EXPONENT):
            raise Refusal(f"an argument of {function.__name__} beyond {MAX_EXPONENT}")
        if function in _FACTORIAL and args[0].is_number and _log2(args[0]) > math.log2(MAX_FACTORIAL):
            raise Refusal(f"an argument of {function.__name__} beyond {MAX_FACTORIAL}")
        if function in (sp.floor, sp.ceiling) and args[0].is_number and _log2(args[0]) > _BITS:
            raise Refusal(f"a number of more than {MAX_DIGITS} digits")
        if function in (sp.floor, sp.ceiling) and args[0].is_number and _is_nearly_whole(args[0]):
            raise Refusal(f"{function.__name__} of a number so near to a whole one that SymPy would take it for it")
        if function in _GROWING and args[0].has(sp.log):
            self._logs_in_exponent(args[0])
        if any(arg.has(*_DELAYED) for arg in args):
            return self.checked(function(*args, evaluate=False))  # its sign would be found by numerical quadrature
        return self.checked(function(*args), function in _PARTIAL or function in _PARTIAL_TOO)

    def piecewise(self, pairs: Sequence[tuple[sp.Expr, Any]]) -> sp.Expr:
        """`Piecewise` of the pairs."""
        if len(pairs) > MAX_PIECES:
            raise Refusal(f"more than {MAX_PIECES} pieces")
        for expression, _ in pairs:
            self._finite(expression)
        if pairs[0][1] == sp.true or all(condition == sp.false for _, condition in pairs):
            if pairs[0][1] == sp.true:
                return pairs[0][0]
            raise Refusal("no piece of this Piecewise ever holds")
        conditions = [condition for _, condition in pairs]
        small = sum(self.size(e) for e, _ in pairs) <= 3 * MAX_TERM_COMPARISON
        small = small and not any(condition.has(*_DELAYED) for condition in conditions)
        if small and all(self.size(condition) <= 3 * MAX_TERM_COMPARISON for condition in conditions):
            return self.checked(sp.Piecewise(*pairs))
        kept = [pair for pair in pairs if pair[1] != sp.false]
        for k, pair in enumerate(kept):
            if pair[1] == sp.true:
                kept = kept[: k + 1]
                break
        return self.checked(
            sp.Piecewise(*kept, evaluate=False) if len(kept) > 1 or kept[0][1] != sp.true else kept[0][0]
        )

    def relation(self, relation: Any, left: sp.Expr, right: sp.Expr) -> Boolean:
        """`relation(left, right)`; a comparison of a `Piecewise` becomes the cases in which it holds.

        SymPy would solve such a comparison whenever it stands in the condition of another `Piecewise`.
        """
        self._finite(left), self._finite(right)
        for side in (left, right):
            inner = next((p for p in side.atoms(sp.Piecewise) if not any(e.has(sp.Piecewise) for e, _ in p.args)), None)
            if inner is None:
                continue
            if (self.size(left) + self.size(right)) * len(inner.args) > MAX_COMPARED:
                raise Refusal(f"a comparison of piecewise expressions of more than {MAX_COMPARED} nodes")
            cases, before = [], sp.true
            for value, condition in inner.args:
                sides = (self.unfold(left, {inner: value}), self.unfold(right, {inner: value}))
                cases.append(sp.And(before, condition, self.relation(relation, *sides)))
                before = sp.And(before, sp.Not(condition))
                self.count(cases[-1])
            return self.count(sp.Or(*cases))
        order = _order(left, right)
        if order is not None:
            return cast(Boolean, relation(sp.Integer(order), sp.S.Zero))
        if left.has(*_DELAYED) or right.has(*_DELAYED) or self._is_large_constant(left, right):
            return self.count(relation(left, right, evaluate=False))
        return self.count(relation(left, right))

    def unfold(self, formula: sp.Expr, values: Mapping[sp.Basic, sp.Expr]) -> sp.Expr:
        """The formula with symbols replaced, all at once, every node rebuilt under the guard."""
        memo: dict[sp.Basic, Any] = dict(values)
        free = set().union(*(key.free_symbols for key in values)) if values else set()

        def visit(node: sp.Basic) -> Any:
            if node in memo:
                return memo[node]
            if not node.args or not (node.free_symbols & free):
                return node
            memo[node] = built = self._rebuilt(node, [visit(arg) for arg in node.args])
            return built

        return visit(formula)

    def _rebuilt(self, node: sp.Basic, args: list[Any]) -> Any:
        if isinstance(node, sp.Add):
            return self.total(args)
        if isinstance(node, sp.Mul):
            return self.product(args)
        if isinstance(node, sp.Pow):
            return self.power(*args)
        if isinstance(node, sp.Piecewise):
            return self.piecewise([(pair[0], pair[1]) for pair in args])
        if isinstance(node, ExprCondPair):
            return tuple(args)
        if isinstance(node, Relational):
            return self.relation(node.func, *args)
        if isinstance(node, _STRUCTURE):
            return node.func(*args)
        return self.call(node.func, *args)

    def size(self, expression: sp.Basic) -> int:
        """The number of nodes of the expression's tree."""
        known = self._sizes.get(expression)
        if known is None:
            known = self._sizes[expression] = 1 + sum(self.size(arg) for arg in expression.args)
        return known

    def count(self, value: Any) -> Any:
        """The value, if its tree is of a bearable size."""
        if self.size(value) > MAX_SIZE:
            raise Refusal(f"an expression of more than {MAX_SIZE} nodes (with the functions in it unfolded)")
        return value

    def checked(self, value: sp.Expr, partial: bool = False) -> sp.Expr:
        """The value, if it is of a bearable size, finite, and real where that can be seen."""
        if value is sp.nan:
            raise Refusal("this has no value (such as 0/0)")
        if value.has(sp.zoo, sp.nan):
            raise Refusal("this has a pole here (such as division by zero or log(0))")
        if value.has(sp.oo, -sp.oo) and not value.has(*_DELAYED):
            raise Refusal("this is infinite")
        if isinstance(value, sp.Pow) and isinstance(value.exp, sp.Rational) and abs(value.exp) > MAX_EXPONENT:
            raise Refusal(f"an exponent beyond {MAX_EXPONENT}")
        for part in (value, *value.args):
            if isinstance(part, sp.Rational):
                _digits_checked(part, "a number")
        self.count(value)
        if self.size(value) > MAX_CONSTANT and value.is_number:
            raise Refusal(f"a constant of more than {MAX_CONSTANT} nodes")
        if value.has(sp.Float):
            raise Refusal("this would not stay exact")
        if value.has(sp.I) or _is_complex_number(value):
            raise Refusal("this is not a real number")
        askable = partial and self.size(value) <= MAX_ASKED and not value.has(*_DELAYED)
        if askable and value.is_extended_real is False:
            raise Refusal("this is not a real number")
        return value

    def _finite(self, value: sp.Expr) -> sp.Expr:
        if value in (sp.oo, -sp.oo):
            raise Refusal("infinity cannot be calculated with; it stands in limits, bounds of integrals and statements")
        return value

    def _extremum(self, function: Any, args: tuple[sp.Expr, ...]) -> sp.Expr:
        if len(args) > MAX_ARGUMENTS:
            raise Refusal(f"more than {MAX_ARGUMENTS} arguments")
        args = tuple(dict.fromkeys(args))
        wanted = 1 if function is sp.Max else -1
        args = tuple(a for a in args if not any(_order(b, a) == wanted for b in args))
        if len(args) == 1:
            return args[0]
        delayed = any(arg.has(*_DELAYED) for arg in args)
        if sum(map(self.size, args)) > MAX_TERM_COMPARISON or delayed or self._is_large_constant(*args):
            return self.checked(function(*args, evaluate=False))
        return self.checked(function(*args))

    def _is_large_constant(self, *values: sp.Expr) -> bool:
        """Whether SymPy might never finish comparing these: it splits a constant into real and imaginary parts."""
        return any(value.is_number and self.size(value) > MAX_ASKED for value in values)

    def _logs_in_exponent(self, arg: sp.Expr) -> None:
        """SymPy turns ``exp(n*log(b))`` into ``b**n``: hold n to what `power` would allow."""
        for term in sp.Add.make_args(arg):
            if term.has(sp.log):
                factor = term.as_coeff_Mul()[0]
                if abs(factor) > 1 and _bits(term) * abs(factor) > _BITS:
                    raise Refusal(f"a power of more than {MAX_DIGITS} digits")


def check_digits(expression: sp.Basic) -> None:
    """Raise an `UnsupportedExpression` for numbers longer than what text may hold."""
    if any(max(abs(number.p), number.q) >= _LIMIT for number in expression.atoms(sp.Rational)):
        raise UnsupportedExpression(f"got a number of more than {MAX_DIGITS} digits")


def _digits_checked(number: sp.Rational, what: str) -> sp.Rational:
    if abs(number.p) >= _LIMIT or number.q >= _LIMIT:
        raise Refusal(f"{what} of more than {MAX_DIGITS} digits")
    return number


def _order(a: sp.Expr, b: sp.Expr) -> int | None:
    """The sign of a - b for two constants whose difference evaluates to correct digits, else None."""
    if not (a.is_number and b.is_number) or a.has(*_DELAYED) or b.has(*_DELAYED):
        return None
    difference = a - b
    if isinstance(difference, sp.Rational):
        return int(sp.sign(difference))
    try:
        value = difference.evalf(5, maxn=200, strict=True)
    except PrecisionExhausted:  # equal, or nearly so
        return None
    if isinstance(value, sp.Float) and value:
        return 1 if value > 0 else -1
    return None


def _is_nonnegative_where(rest: sp.Expr, root: sp.Expr) -> bool:
    """Whether `rest` is seen to be nonnegative at the zero of a linear `root`."""
    (variable, *others) = root.free_symbols
    if others or not root.is_polynomial(variable) or sp.degree(root, variable) != 1:
        return False
    return bool(rest.subs(variable, -root.subs(variable, 0) / root.diff(variable)).is_nonnegative)


def _constant_factors(base: sp.Expr) -> sp.Expr:
    """The irrational constant factors of a product: they are raised one by one."""
    return sp.Mul(*(factor for factor in sp.Mul.make_args(base) if factor.is_number and not factor.is_Rational))


def _bits(expression: sp.Expr) -> int:
    """Bits of all rational numbers in the expression together."""
    return sum(abs(q.p).bit_length() + q.q.bit_length() - 1 for q in expression.atoms(sp.Rational))


def _log2(number: sp.Expr) -> float:
    """The binary logarithm of the absolute value of a constant, roughly; minus infinity for zero."""
    if isinstance(number, sp.Rational):
        return float(abs(number.p).bit_length() - number.q.bit_length()) if number.p else -math.inf
    if number.has(*_DELAYED):
        return 0.0
    value = abs(number.evalf(5, maxn=60))
    if not isinstance(value, sp.Float) or not value:
        return -math.inf if value.is_zero else 0.0
    _, mantissa, exponent, bits = value._mpf_
    return float(exponent + bits) if mantissa else -math.inf


def _is_complex_number(value: sp.Expr) -> bool:
    """Whether a constant is seen to have an imaginary part."""
    if value.has(*_DELAYED) or not value.is_number or value.is_extended_real:
        return False
    real, imaginary = value.evalf(8, maxn=60).as_real_imag()
    return bool(abs(imaginary) > sp.Rational(1, 10**6) * abs(real))
