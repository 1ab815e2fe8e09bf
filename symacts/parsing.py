"""Text to SymPy through a closed grammar: expressions, and the statements that a proof is asked for.

Nothing in the text is ever executed. `x` is the pre-activation and `g` the gate; every other name is a real symbol;
every activation of the catalog and of the user is a function, unfolded to its declared formula.

>>> parse("x*tanh(softplus(x))")
x*tanh(log(exp(x) + 1))
>>> parse("elu(x, alpha=2)") == parse("Piecewise((x, x > 0), (2*(exp(x) - 1), True))")
True
>>> parse("0.1 + 1e-3")
101/1000
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import sympy as sp
from sympy.logic.boolalg import Boolean

from symacts import store
from symacts.delayed import DELAYED
from symacts.elementary import CONSTANTS, ELEMENTARY, SPECIAL
from symacts.errors import ParameterError, ParseError, alternatives, near_matches, shorten
from symacts.grammar import GREEK, RELATIONS, Node, read
from symacts.guarded import Guard, Refusal
from symacts.spec import Activation, g, x

__all__ = ["MATRIX_CALLS", "Statement", "parse", "parse_conditions", "parse_relation"]

Function = Activation | Callable[..., sp.Expr]

_VARIABLES = {"x": x, "g": g}
MATRIX_CALLS = {
    **dict.fromkeys(("T", "transpose", "inv", "tr", "trace", "det", "diag", "fro2"), 1),
    "jacobian": 2,
}
"""What matrix statements know besides, and how many arguments it takes."""
Place = tuple[sp.Symbol | None, tuple[Any, ...]]
"""A bound variable with the intervals that it moves over, or None with the conditions of a branch."""
_RELATIONALS = {"<": sp.Lt, "<=": sp.Le, ">": sp.Gt, ">=": sp.Ge, "=": sp.Eq, "!=": sp.Ne}
_RELATION_CALLS = {"Eq": "=", "Ne": "!=", "Lt": "<", "Le": "<=", "Gt": ">", "Ge": ">="}
_CONNECTIVES: dict[str, Any] = {"and": sp.And, "or": sp.Or, "not": sp.Not, "And": sp.And, "Or": sp.Or, "Not": sp.Not}
_REFUSED = {
    "e": "'e' is ambiguous: write exp(x) or E for Euler's number, or name the parameter otherwise",
    "I": "complex numbers are not read: everything here is real",
    "nan": "nan is no value",
    "zoo": "complex infinity is no value; write oo or -oo",
    "lambda": "'lambda' is a reserved word; write lam",
}
_SYMPY_FAILS = (TypeError, ValueError, NotImplementedError, ArithmeticError, AttributeError)
_GREEK_NAMES = frozenset(GREEK.values()) - {"pi"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A chain of relations `sides[0] relations[0] sides[1] ...`; relations are "=", "!=", "<", "<=", ">", ">=".

    `removed` holds the calls, powers and quotients of the text that SymPy's automatic evaluation has taken out of the
    sides, such as `log(x)` of `exp(log(x)) = x`: the text has a value only where they have. Each comes with its
    places (the branches, limits and integrals that it stands in) and the number of its side.
    """

    sides: tuple[sp.Expr, ...]
    relations: tuple[str, ...]
    removed: tuple[tuple[sp.Expr, tuple[Place, ...], int], ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        pairs = zip(self.relations, self.sides[1:], strict=True)
        return str(self.sides[0]) + "".join(f" {relation} {side}" for relation, side in pairs)


def parse(
    text: str,
    *,
    functions: Mapping[str, Function] | None = None,
    symbols: Mapping[str, sp.Expr] | None = None,
) -> sp.Expr:
    """The SymPy expression that the text names.

    Parameters
    ----------
    text
        One line. Numbers are exact (``0.1`` is 1/10); ``**`` and ``^`` are powers; ``Piecewise((e, c), (e2, True))``,
        ``where(c, a, b)``, comparisons and ``and``/``or``/``not`` inside them; elementary functions, `Max`, `Min`,
        `Abs`, and every known activation as a function, its parameters by position or keyword.
    functions
        More functions by name: an `Activation`, or a callable that takes and gives SymPy expressions. They come
        before the built-in ones.
    symbols
        What names stand for, before anything else; names not given are real symbols.

    Raises
    ------
    ParseError
        Outside the grammar, beyond its limits, an unknown function, or an expression that has no real value for any
        argument (``sqrt(-1)``); `position` is the 0-based index of the fault.

    Validity
    --------
    The answer equals the text wherever the text has a real value. SymPy's automatic evaluation is in it: ``x/x`` is 1.

    Examples
    --------
    >>> parse("-x**2 + 1/3")
    1/3 - x**2
    >>> parse("2*sigmoid(2*x) - 1")
    -1 + 2/(1 + exp(-2*x))
    """
    builder = _Builder(text, functions, symbols, statement=False)
    return builder.guarded(lambda: builder.finite(builder.tree))


def parse_relation(
    text: str,
    *,
    functions: Mapping[str, Function] | None = None,
    symbols: Mapping[str, sp.Expr] | None = None,
) -> Statement:
    """The statement that the text makes: a chain of relations between expressions.

    ``diff(f, x)``, ``diff(f, x, 2)`` and ``Derivative`` give an unevaluated `Derivative`; ``limit(f, x, a)`` and
    ``Limit`` an unevaluated `Limit`, two-sided at a finite point unless a direction ``+`` or ``-`` is given;
    ``Integral(f, (z, a, b))`` an `Integral`; ``gaussian(f, z)`` the expectation of f over z standard normal.

    Raises
    ------
    ParseError
        As `parse`; also where there is no relation.

    Examples
    --------
    >>> statement = parse_relation("0 < sigmoid(x) < 1")
    >>> statement.sides, statement.relations
    ((0, 1/(1 + exp(-x)), 1), ('<', '<'))
    >>> parse_relation("limit(elu(x, alpha), x, -oo) = -alpha").sides[0].func
    <class 'sympy.series.limits.Limit'>
    """
    builder = _Builder(text, functions, symbols, statement=True)
    return builder.guarded(lambda: builder.statement(builder.tree))


def parse_conditions(
    text: str,
    *,
    functions: Mapping[str, Function] | None = None,
    symbols: Mapping[str, sp.Expr] | None = None,
) -> tuple[Statement, ...]:
    """The statements of a comma-separated list, such as the hypotheses ``x > 0, a > 0``.

    Examples
    --------
    >>> [str(s) for s in parse_conditions("x > 0, 0 < a < 1")]
    ['x > 0', '0 < a < 1']
    """
    builder = _Builder(text, functions, symbols, statement=True)
    items = builder.tree.args if builder.tree.kind == "tuple" else (builder.tree,)
    return builder.guarded(lambda: tuple(builder.statement(item) for item in items))


class _Builder:
    """From one syntax tree to SymPy."""

    def __init__(
        self,
        text: str,
        functions: Mapping[str, Function] | None,
        symbols: Mapping[str, sp.Expr] | None,
        statement: bool,
    ) -> None:
        self.text, self.in_statement = text, statement
        self.functions, self.symbols = functions or {}, symbols or {}
        self.guard = Guard()
        self.built: list[tuple[sp.Expr, tuple[Place, ...]]] = []  # values of calls, powers and quotients
        self.places: tuple[Place, ...] = ()
        self.tree = self.guarded(lambda: read(text))

    def guarded(self, work: Callable[[], Any]) -> Any:
        """The result of the work; whatever goes wrong inside SymPy comes out as a `ParseError`."""
        try:
            return work()
        except ParseError:
            raise
        except RecursionError:
            raise ParseError("nested too deeply", self.text, 0) from None
        except (Refusal, *_SYMPY_FAILS) as error:
            raise ParseError(f"this cannot be built ({_one_line(error)})", self.text, 0) from None

    def fail(self, reason: str, node: Node) -> ParseError:
        return ParseError(reason, self.text, node.position)

    def make(self, node: Node, build: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
        """`build(...)`, its refusal worded as an error at the node."""
        try:
            return build(*args, **keywords)
        except Refusal as refusal:
            raise self.fail(str(refusal), node) from None
        except ParameterError as error:
            raise self.fail(str(error), node) from None
        except _SYMPY_FAILS as error:
            raise self.fail(f"this cannot be built ({_one_line(error)})", node) from None

    def finite(self, node: Node) -> sp.Expr:
        value = self.expr(node)
        if value in (sp.oo, -sp.oo):
            raise self.fail("infinity is no expression", node)
        return value

    def statement(self, node: Node) -> Statement:
        if node.kind == "call" and node.value in _RELATION_CALLS:
            self.arity(node, 2)
            return self.relate(node, (_RELATION_CALLS[node.value],))
        if node.kind != "relation":
            raise ParseError("expected a statement such as 'a = b' or 'a <= b'", self.text, node.position)
        return self.relate(node, tuple(RELATIONS[r] for r in node.value))

    def relate(self, node: Node, relations: tuple[str, ...]) -> Statement:
        sides: list[sp.Expr] = []
        built: list[tuple[sp.Expr, tuple[Place, ...], int]] = []
        for k, arg in enumerate(node.args):
            self.built.clear()
            sides.append(self.expr(arg))
            built += ((*part, k) for part in self.built)
        kept = {e for side in sides for e in sp.preorder_traversal(side)}
        removed = dict.fromkeys(part for part in built if part[1] or part[0] not in kept)
        return Statement(tuple(sides), relations, tuple(removed))

    def at(self, variable: sp.Symbol | None, where: Iterable[Any], work: Callable[[], sp.Expr]) -> sp.Expr:
        """The value that the work gives, which is needed at one place alone."""
        outer, start = self.places, len(self.built)
        self.places = (*outer, (variable, tuple(where)))
        value = work()
        self.places = outer
        kept = set(sp.preorder_traversal(value))
        self.built[start:] = [entry for entry in self.built[start:] if entry[0] not in kept]
        return value

    # Expressions

    def expr(self, node: Node) -> sp.Expr:
        """The value of a node that must be a number."""
        value = self.value(node)
        if node.kind in ("call", "pow"):
            self.built.append((value, self.places))
        return value

    def value(self, node: Node) -> sp.Expr:
        kind = node.kind
        if kind == "number":
            return sp.Rational(node.value.numerator, node.value.denominator)
        if kind == "name":
            return self.symbol(node)
        if kind == "neg":
            (inner,) = node.args
            factors = [self.expr(f) for f in inner.args] if inner.is_product else [self.expr(inner)]
            return self.make(node, self.guard.product, [sp.S.NegativeOne, *factors])
        if kind == "add":
            return self.make(node, self.guard.total, [self.expr(term) for term in node.args])
        if kind == "mul":
            return self.make(node, self.guard.product, self.factors(node))
        if kind == "pow":
            base, exponent = node.args
            return self.make(node, self.guard.power, self.expr(base), self.expr(exponent))
        if kind == "call":
            return self.call(node)
        if kind == "bars":
            return cast(sp.Expr, self.make(node, ELEMENTARY["Abs"].build, self.guard, self.expr(node.args[0])))
        if kind == "index":
            return self.index(node)
        if kind == "tuple":
            raise self.fail("a tuple can only stand in Piecewise and Integral", node)
        if kind == "direction":
            raise self.fail("a sign without an operand; it can only be the direction of a limit", node)
        raise self.fail(self.not_a_number(node), node)

    def not_a_number(self, node: Node) -> str:
        if node.kind == "relation" and "=" in node.value and not self.in_statement:
            return "an equation is a statement, not an expression (prove reads statements)"
        return "found a condition, expected a number; conditions stand in Piecewise((value, condition), ...)"

    def factors(self, node: Node) -> list[sp.Expr]:
        """The factors of a product; a divisor that is itself a product is inverted factor by factor."""
        found: list[sp.Expr] = []
        for factor, divides in zip(node.args, node.value, strict=True):
            if not divides:
                if factor.kind == "neg":
                    found.append(sp.S.NegativeOne)
                    factor = factor.args[0]
                found.append(self.expr(factor))
                continue
            parts = [self.expr(f) for f in factor.args] if factor.is_product else [self.expr(factor)]
            inverses = [self.make(factor, self.guard.power, part, sp.S.NegativeOne) for part in parts]
            self.built += ((inverse, self.places) for inverse in inverses)
            found += inverses
        return found

    def symbol(self, node: Node) -> sp.Expr:
        name = node.value
        if name in self.symbols:
            return self.symbols[name]
        if name in _VARIABLES:
            return _VARIABLES[name]
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in _REFUSED:
            raise self.fail(_REFUSED[name], node)
        if name not in _GREEK_NAMES and (self.is_function(name)):
            raise self.fail(f"{name!r} is a function here: write {name}(...)", node)
        return sp.Symbol(name, real=True)

    def is_function(self, name: str) -> bool:
        statement = self.in_statement and name in DELAYED
        return statement or name in self.functions or name in ELEMENTARY or name in SPECIAL or name in store.known()

    def index(self, node: Node) -> sp.Expr:
        base = self.symbols.get(node.value)
        if not isinstance(base, sp.IndexedBase):
            raise self.fail("brackets are not read here: this name is no vector", node)
        return cast(sp.Expr, base[self.expr(node.args[0])])

    def arity(self, node: Node, least: int, most: int | None = None, shown: str = "") -> None:
        """Refuse a call with too few or too many positional arguments, or with keywords."""
        most = least if most is None else most
        if node.keywords:
            name, position, _ = node.keywords[0]
            raise ParseError(f"{node.value} takes no keyword {name!r}", self.text, position)
        if not least <= len(node.args) <= most:
            wanted = str(least) if least == most else f"{least} to {most}" if most < 100 else f"at least {least}"
            form = f" {shown}" if shown else ""
            raise self.fail(f"{node.value}{form} takes {wanted} arguments, got {len(node.args)}", node)

    # Calls

    def call(self, node: Node) -> sp.Expr:
        name = node.value
        if name in self.functions:
            function = self.functions[name]
            if isinstance(function, Activation):
                return self.activation(node, function)
            keywords = {key: self.expr(value) for key, _, value in node.keywords}
            return cast(sp.Expr, self.make(node, function, *map(self.expr, node.args), **keywords))
        if name in DELAYED and not (name == "gaussian" and len(node.args) < 2):
            if not self.in_statement:
                raise self.fail(_outside_statement(name), node)
            return DELAYED[name](self, node)
        if name in ELEMENTARY:
            row = ELEMENTARY[name]
            self.arity(node, row.least, row.most)
            return cast(sp.Expr, self.make(node, row.build, self.guard, *map(self.expr, node.args)))
        if name == "Piecewise":
            return self.piecewise(node)
        if name == "where":
            self.arity(node, 3, shown="(condition, value, otherwise)")
            condition, value, otherwise = node.args
            return self.branches(node, [(value, self.condition(condition)), (otherwise, sp.true)])
        if name in SPECIAL:
            raise self.fail(self.not_a_number(node), node)
        activation = store.find(name)
        if activation is None:
            raise self.fail(self.unknown(name), node)
        return self.activation(node, activation)

    def unknown(self, name: str) -> str:
        if name in ("x", "g") or name in CONSTANTS or name in self.symbols:
            return f"{name!r} is not a function; a product is written with '*': {name}*(...)"
        if name in ("σ", "sigma", "Phi", "phi"):
            return f"{name!r} is not read as a function: write sigmoid(...), probit(...) or the formula"
        if self.in_statement and name in MATRIX_CALLS:
            return f"{name!r} acts on matrices, which are symbols with shapes: assuming={{'A': ('m', 'n')}}"
        reason = store.omitted(name)
        if reason is not None:
            return f"{name!r} has no row in the catalog: {reason}"
        extra = tuple(DELAYED) if self.in_statement else ()
        near = near_matches(name, (*ELEMENTARY, *SPECIAL, *self.functions, *extra, *store.known()))
        hint = f"; did you mean {alternatives(near)}?" if near else "; symacts.names() lists the activations"
        return f"unknown function {shorten(name)}{hint}"

    def activation(self, node: Node, activation: Activation) -> sp.Expr:
        """The declared formula with its variables and parameters replaced."""
        if activation.kind == "vector":
            raise self.fail(f"{activation.name} acts on vectors: it cannot stand in a scalar expression", node)
        names = [p.name for p in activation.parameters]
        variables = activation.variables
        signature = f"({', '.join([*map(str, variables), *names])})"
        if not len(variables) <= len(node.args) <= len(variables) + len(names):
            raise self.fail(f"{activation.name}{signature} got {len(node.args)} arguments", node)
        given = {name: self.expr(arg) for name, arg in zip(names, node.args[len(variables) :], strict=False)}
        for key, position, value in node.keywords:
            if key not in names:
                known = f"its parameters are {', '.join(names)}" if names else "it takes no parameters"
                raise ParseError(f"{activation.name} has no parameter {key!r}; {known}", self.text, position)
            if key in given:
                raise ParseError(f"the parameter {key!r} is given twice", self.text, position)
            given[key] = self.expr(value)
        if given:
            activation = self.make(node, activation.at, **given)
        settings = activation.settings
        values: dict[sp.Basic, sp.Expr] = {p.symbol: settings[p.name] for p in activation.parameters}
        values |= {v: self.expr(arg) for v, arg in zip(variables, node.args, strict=False)}
        return cast(sp.Expr, self.make(node, self.guard.unfold, activation.expression, values))

    def piecewise(self, node: Node) -> sp.Expr:
        if node.keywords or not node.args:
            raise self.fail("Piecewise takes pairs: Piecewise((value, condition), (otherwise, True))", node)
        pairs = []
        for pair in node.args:
            if pair.kind != "tuple" or len(pair.args) != 2:
                raise self.fail("expected a pair (value, condition) in Piecewise", pair)
            pairs.append((pair.args[0], self.condition(pair.args[1])))
        return self.branches(node, pairs)

    def branches(self, node: Node, pairs: list[tuple[Node, Boolean]]) -> sp.Expr:
        built: list[tuple[sp.Expr, Boolean]] = []
        for value, condition in pairs:
            others = [sp.Not(before) for _, before in built]
            built.append((self.at(None, (*others, condition), partial(self.expr, value)), condition))
        return cast(sp.Expr, self.make(node, self.guard.piecewise, built))

    # Conditions

    def condition(self, node: Node) -> Boolean:
        """The value of a node that must be true or false."""
        if node.kind == "truth":
            return sp.true if node.value else sp.false
        if node.kind == "relation":
            if "=" in node.value:
                raise self.fail("found '=', expected a comparison; equality in a condition is '=='", node)
            values = [self.compared(arg) for arg in node.args]
            pairs = zip(node.value, values, values[1:], strict=False)
            parts = [self.relational(node, RELATIONS[r], a, b) for r, a, b in pairs]
            return parts[0] if len(parts) == 1 else sp.And(*parts)
        if node.kind in ("and", "or", "not"):
            return _CONNECTIVES[node.kind](*map(self.condition, node.args))
        if node.kind == "call" and node.value in _RELATION_CALLS:
            self.arity(node, 2)
            a, b = map(self.compared, node.args)
            return self.relational(node, _RELATION_CALLS[node.value], a, b)
        if node.kind == "call" and node.value in _CONNECTIVES:
            self.arity(node, 1, 1 if node.value == "Not" else 20)
            return _CONNECTIVES[node.value](*map(self.condition, node.args))
        raise self.fail("expected a condition such as x > 0, or True", node)

    def compared(self, node: Node) -> sp.Expr:
        value = self.finite(node)
        if value.has(sp.Integral, sp.Limit, sp.Derivative):
            raise self.fail("limits, integrals and derivatives cannot stand in conditions", node)
        return value

    def relational(self, node: Node, relation: str, a: sp.Expr, b: sp.Expr) -> Boolean:
        return cast(Boolean, self.make(node, self.guard.relation, _RELATIONALS[relation], a, b))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:100]


def _outside_statement(name: str) -> str:
    if name == "gaussian":
        return "gaussian(f, z) is the expectation in statements; give the activation's parameters by keyword"
    return f"{name} stands in statements (symacts.prove), not in expressions"
