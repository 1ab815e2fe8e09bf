"""Statements: text or SymPy relationals, with hypotheses, to claims.

>>> claim = read("0 < sigmoid(x) < 1")
>>> claim.relations, claim.sides
(('<', '<'), (0, 1/(1 + exp(-x)), 1))
>>> read("a*x <= Abs(a*x)", assuming="a > 0").premises
((a, '>'),)
>>> read("T(A*B) = T(B)*T(A)", assuming={"A": ("m", "n"), "B": ("n", "k")}).lhs
('T', ('mul', ('sym', 'A'), ('sym', 'B')))
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from symacts import store
from symacts.claims import RELATIONS, Claim, Condition, MatrixClaim
from symacts.errors import ParseError, UnsupportedExpression, shorten
from symacts.grammar import RELATIONS as SPELLINGS
from symacts.grammar import Node
from symacts.grammar import read as read_tree
from symacts.guarded import check_digits
from symacts.parsing import MATRIX_CALLS, Place, parse_conditions, parse_relation
from symacts.proofs.checker.domains import follows, obligations
from symacts.proofs.checker.enclosures import number_sign
from symacts.proofs.checker.entail import Given
from symacts.proofs.checker.forms import is_analytic, is_continuous
from symacts.proofs.checker.shapes import Sizes
from symacts.proofs.derivable import differentiable
from symacts.spec import Activation, i, j, n, xs

__all__ = ["Origins", "conditions", "read", "read_with_origins"]

_RELATIONALS = {sp.Eq: "=", sp.Ne: "!=", sp.Lt: "<", sp.Le: "<=", sp.Gt: ">", sp.Ge: ">="}
_SPELLED = {"transpose": "T", "trace": "tr"}


Origins = dict[Condition, set[int]]
"""The conditions that a claim states besides, and the numbers of the sides that need them at every point."""


def read(statement: Any, assuming: Any = None) -> Claim | MatrixClaim:
    """The claim that a statement makes under hypotheses.

    Parameters
    ----------
    statement : str or Relational
        Text, or a SymPy relational in real symbols; a symbol's positivity becomes a hypothesis.
    assuming : str, Relational, list of these, or dict
        Hypotheses, or the shapes of matrix symbols as `{name: (rows, columns)}`.

    Raises
    ------
    ParseError
        Text outside the grammar.
    UnsupportedExpression
        What is no statement about real numbers or matrices.
    """
    return read_with_origins(statement, assuming)[0]


def read_with_origins(statement: Any, assuming: Any = None) -> tuple[Claim | MatrixClaim, Origins]:
    """The same, and which sides the conditions come from that the claim states besides."""
    if isinstance(assuming, Mapping):
        return _matrix(statement, assuming), {}
    premises = conditions(assuming)
    if isinstance(statement, str):
        parsed = parse_relation(statement)
        sides, relations, text, removed = parsed.sides, parsed.relations, statement, parsed.removed
    elif isinstance(statement, Relational) and type(statement) in _RELATIONALS:
        check_digits(statement)
        sides, relations, text = (statement.lhs, statement.rhs), (_RELATIONALS[type(statement)],), str(statement)
        removed = ()
    else:
        hint = "; SymPy has already evaluated it" if statement in (sp.true, sp.false, True, False) else ""
        raise UnsupportedExpression(f"got {shorten(statement)}, expected text or a SymPy relational{hint}")
    sides, relations = _finite_part(tuple(sides), tuple(relations))
    swap: dict[sp.Basic, sp.Basic] = {}
    extra: list[Condition] = []
    for e in (*sides, *(e for e, _ in premises)):
        for symbol in e.atoms(sp.Symbol):
            _plain(symbol, swap, extra)
    sides = tuple(_checked(side.xreplace(swap)) for side in sides)
    moved = [(_checked(e.xreplace(swap)), op) for e, op in premises]
    given = tuple(dict.fromkeys([*moved, *extra]))
    defined, isolated = _domain(removed, swap, given, sides)
    if not (set(relations) <= {"=", "<=", ">="} and all(map(is_continuous, sides))):
        given = tuple(dict.fromkeys([*given, *isolated]))  # elsewhere the limits at these points meet the relation
    given = tuple(dict.fromkeys([*given, *differentiable(sides, given)]))
    return Claim(sides, relations, given, text, tuple(defined)), defined


def _finite_part(sides: tuple[sp.Expr, ...], relations: tuple[str, ...]) -> tuple[tuple[sp.Expr, ...], tuple[str, ...]]:
    """A chain without `-oo <` and `< oo` at its ends, which every real number meets; a side left alone is to be one."""
    for least in (sp.S.NegativeInfinity, sp.oo):
        end = least if relations[0][0] == "<" else -least
        if sides[0] == end and relations[0][0] in "<>" and not sides[1].has(sp.Limit, sp.Integral, sp.oo, -sp.oo):
            sides, relations = sides[1:], relations[1:]
        if not relations:
            return (sides[0], sides[0]), ("=",)
        sides, relations = sides[::-1], relations[::-1]
    return sides, relations


def _domain(
    removed: Iterable[tuple[sp.Expr, tuple[Place, ...], int]],
    swap: Mapping[Any, Any],
    premises: tuple[Condition, ...],
    sides: Iterable[sp.Expr],
) -> tuple[Origins, tuple[Condition, ...]]:
    """Conditions under which parts that are no longer in the sides are defined; apart, those that leave out isolated
    zeros of divisors, which limits and integrals pass over."""
    kept = {atom for side in sides for atom in side.atoms(sp.Limit, sp.Integral)}
    taken = {s for e in (*sides, *(e for e, _ in premises)) for s in e.free_symbols}
    out: Origins = {}
    isolated: list[Condition] = []
    for whole, places, side in removed:
        bound, ways = _placed(places, swap, taken)
        e = whole.xreplace({**swap, **bound})
        for atom in e.atoms(sp.Limit, sp.Integral) - kept:
            out.setdefault((1 + atom**2, ">"), set())  # a number, if it exists
        for way in ways:
            given = Given((*premises, *way))
            try:
                conditions = obligations(given.partial(e))
            except UnsupportedExpression:  # a function whose domain is not known: shown to be a number, or nothing is
                out.setdefault((1 + e**2, ">"), set())
                continue
            for u, op in conditions:
                bare = u.args[0] if isinstance(u, sp.Abs) else u
                if follows(given, (u, op)):
                    continue
                if op == "!=" and is_analytic(bare) and _is_nonzero_somewhere(bare) and not _vanishes(given, bare):
                    isolated += [(u, op)] * u.free_symbols.isdisjoint(bound.values())
                else:
                    out.setdefault((u, op), set()).update(() if places else (side,))
    return out, tuple(dict.fromkeys(isolated))


def _placed(
    places: Iterable[Place], swap: Mapping[Any, Any], taken: set[sp.Symbol]
) -> tuple[dict[Any, Any], list[tuple[Condition, ...]]]:
    """Names for bound variables that are free elsewhere, and what holds at the places: one of the ways."""
    bound: dict[Any, Any] = {}
    ways: list[tuple[Condition, ...]] = [()]
    for variable, where in places:
        if variable is None:
            more = [[c for b in where for c in _branch(b.xreplace({**swap, **bound}))]]
        else:
            ends = [(lo.xreplace({**swap, **bound}), hi.xreplace({**swap, **bound})) for lo, hi in where]
            bound[variable] = t = _fresh(variable, taken)
            more = [[(e, ">") for e in (t - lo, hi - t) if not e.is_infinite] for lo, hi in ends]
        ways = [(*way, *conditions) for way in ways for conditions in more]
    return bound, ways


def _branch(condition: Any) -> list[Condition]:
    """What a condition of a branch says; of alternatives nothing."""
    if isinstance(condition, sp.And):
        return [c for part in condition.args for c in _branch(part)]
    known = type(condition) in _RELATIONALS
    return _condition(condition.lhs, _RELATIONALS[type(condition)], condition.rhs) if known else []


def _fresh(variable: sp.Symbol, taken: set[sp.Symbol]) -> sp.Symbol:
    name = variable.name
    while sp.Symbol(name, real=True) in taken:
        name += "_"
    return sp.Symbol(name, real=True)


def _is_nonzero_somewhere(e: sp.Expr) -> bool:
    """Whether a function is seen not to vanish at one of a few points: then its zeros are isolated."""
    names = sorted(e.free_symbols, key=str)
    points = ({s: sp.Rational(k + 2 * j, 7) for j, s in enumerate(names, 1)} for k in (3, 40, -30))
    return any(number_sign(e.xreplace(at)) in (1, -1) for at in points)


def _vanishes(given: Given, e: sp.Expr) -> bool:
    """Whether a function may vanish wherever the hypotheses hold: an equation, or two bounds that meet, leave no more
    than its zeros."""
    if any(op == "=" and c.free_symbols & e.free_symbols for c, op in given.conditions):
        return True
    return given.and_((e, "!=")).contradictory()


def conditions(assuming: Any) -> tuple[Condition, ...]:
    """Hypotheses as pairs `(e, op)` that read `e op 0`."""
    if assuming is None:
        return ()
    if isinstance(assuming, str):
        if not assuming.strip():
            return ()
        out: list[Condition] = []
        for statement in parse_conditions(assuming):
            for lhs, relation, rhs in zip(statement.sides, statement.relations, statement.sides[1:], strict=False):
                out += _condition(lhs, relation, rhs)
        return tuple(out)
    if isinstance(assuming, sp.And):
        return tuple(c for part in assuming.args for c in conditions(part))
    if isinstance(assuming, Relational) and type(assuming) in _RELATIONALS:
        return tuple(_condition(assuming.lhs, _RELATIONALS[type(assuming)], assuming.rhs))
    if isinstance(assuming, Iterable):
        return tuple(c for part in assuming for c in conditions(part))
    raise UnsupportedExpression(
        f"assuming: got {shorten(assuming)}, expected text such as 'x > 0', relationals, or shapes"
    )


def _condition(lhs: sp.Expr, relation: str, rhs: sp.Expr) -> list[Condition]:
    if lhs in (sp.oo, -sp.oo) or rhs in (sp.oo, -sp.oo):
        if (relation in ("<", "<=")) == (rhs is sp.oo or lhs is sp.S.NegativeInfinity):
            return []
        raise UnsupportedExpression(f"no real number meets {lhs} {relation} {rhs}")
    if relation in ("=", "!="):
        return [(lhs - rhs, relation)]
    low, high = (lhs, rhs) if relation in ("<", "<=") else (rhs, lhs)
    return [(e, ">" if relation in ("<", ">") else ">=") for e in _split(high - low)]


def _split(e: sp.Expr) -> list[sp.Expr]:
    """Expressions that are all positive where e is: `c - Abs(u)` gives `c - u` and `c + u`; a minimum its arguments."""
    for term in sp.Add.make_args(e):
        k, f = term.as_coeff_Mul()
        values: tuple[sp.Expr, ...] = ()
        if isinstance(f, sp.Abs) and k < 0:
            values = (f.args[0], -f.args[0])
        elif (isinstance(f, sp.Max) and k < 0) or (isinstance(f, sp.Min) and k > 0):
            values = f.args
        if values:
            return [part for value in values for part in _split(e - term + k * value)]
    return [e]


def _plain(symbol: sp.Symbol, swap: dict[sp.Basic, sp.Basic], extra: list[Condition]) -> None:
    """Replace a symbol by the plain real one; its assumptions become hypotheses."""
    plain = sp.Symbol(symbol.name, real=True)
    if symbol == plain or symbol in swap:
        return
    if symbol.is_integer or symbol.is_real is False or symbol.is_commutative is False:
        raise UnsupportedExpression(f"the symbol {symbol} is not a real variable")
    swap[symbol] = plain
    for holds, op, sign in (
        *((symbol.is_positive, ">", 1), (symbol.is_negative, ">", -1)),
        *((symbol.is_nonnegative, ">=", 1), (symbol.is_nonpositive, ">=", -1), (symbol.is_nonzero, "!=", 1)),
    ):
        if holds:
            extra.append((sign * plain, op))
            return


def _checked(e: sp.Expr) -> sp.Expr:
    if not isinstance(e, sp.Expr) or e.has(sp.nan, sp.zoo, sp.I) or e.atoms(sp.Float) or e.has(sp.MatrixSymbol):
        raise UnsupportedExpression(f"got {shorten(e)}, expected an exact real expression")
    return e


# -- matrices ------------------------------------------------------------------------------------------------------
def _matrix(statement: Any, shapes: Mapping[str, Any]) -> MatrixClaim:
    if not isinstance(statement, str):
        raise UnsupportedExpression("a matrix statement is text")
    clean: list[tuple[str, tuple[int | str, int | str]]] = []
    for name, shape in shapes.items():
        pair = (shape, 1) if isinstance(shape, (int, str)) else tuple(shape)
        if len(pair) == 1:
            pair = (*pair, 1)
        if len(pair) != 2 or not all(isinstance(d, str) or (isinstance(d, int) and d > 0) for d in pair):
            raise UnsupportedExpression(f"the shape of {name!r}: got {shorten(shape)}, expected (rows, columns)")
        clean.append((str(name), (_dim(pair[0]), _dim(pair[1]))))
    tree = read_tree(statement)
    if tree.kind != "relation":
        raise ParseError("expected a relation between matrix expressions", statement, tree.position)
    relation, *further = (SPELLINGS[value] for value in tree.value)
    assert {relation, *further} <= set(RELATIONS)
    builder = _Words(statement, dict(clean))
    lhs, rhs, *others = (builder.build(side) for side in tree.args)
    used = builder.used
    return MatrixClaim(
        lhs,
        relation,
        rhs,
        tuple((n, s) for n, s in clean if n in used),
        tuple(sorted(builder.definitions.items())),
        statement,
        tuple(zip(further, others, strict=True)),
    )


def _dim(value: int | str) -> int | str:
    return int(value) if isinstance(value, str) and value.isdigit() else value


def gibbs_scale(formula: sp.Expr) -> sp.Expr | None:
    """c where the formula of entry i is `exp(c*x[i])/sum_j exp(c*x[j])`, else None."""
    numerator = [f for f in sp.Mul.make_args(formula) if isinstance(f, sp.exp)]
    if len(numerator) != 1:
        return None
    scale = numerator[0].args[0] / xs[i]
    if scale.has(xs) or scale.free_symbols & {i, j, n}:
        return None
    whole = sp.exp(scale * xs[i]) / sp.Sum(sp.exp(scale * xs[j]), (j, 0, n - 1))
    return scale if formula == whole else None


class _Words:
    """From a syntax tree to words."""

    def __init__(self, text: str, shapes: dict[str, tuple[int | str, int | str]]) -> None:
        self.text, self.shapes = text, shapes
        self.definitions: dict[str, sp.Expr] = {}
        self.used: set[str] = set()

    def build(self, node: Node) -> Any:
        kind = node.kind
        if kind == "number":
            return ("num", str(node.value))
        if kind == "name":
            return self.name(node)
        if kind == "neg":
            return ("mul", ("num", "-1"), self.build(node.args[0]))
        if kind == "add":
            return ("add", *(self.build(a) for a in node.args))
        if kind == "mul":
            factors = []
            for factor, divides in zip(node.args, node.value, strict=True):
                built = self.build(factor)
                factors.append(("inv", built) if divides else built)
            return ("mul", *factors)
        if kind == "pow":
            return self.power(node)
        if kind == "index":
            return self.entry(node)
        if kind == "call":
            return self.call(node)
        raise ParseError("not read in a matrix statement", self.text, node.position)

    def name(self, node: Node) -> Any:
        if node.value == "I" and "I" not in self.shapes:
            return ("I",)
        if node.value not in self.shapes and any(node.value in shape for shape in self.shapes.values()):
            return ("tr", ("I", node.value))  # a number of rows or columns
        if node.value not in self.shapes:
            raise ParseError(f"the matrix symbol {node.value!r} has no shape", self.text, node.position)
        self.used.add(node.value)
        return ("sym", node.value)

    def entry(self, node: Node) -> Any:
        index = node.args[0]
        if len(node.args) > 1 and index.kind == "number" and index.value.denominator == 1:
            return self.entry_of(self.build(node.args[1]), int(index.value), node)
        if node.value not in self.shapes or index.kind != "number" or index.value.denominator != 1:
            raise ParseError("x[k] is an entry of a column with a number k, counted from 0", self.text, node.position)
        self.used.add(node.value)
        return ("entry", node.value, int(index.value))

    def entry_of(self, tree: Any, k: int, node: Node) -> Any:
        """Entry k of a column: of a symbol, a sum, an elementwise map, a Gibbs map."""
        head = tree[0]
        rows = Sizes(self.shapes).of(tree).rows
        if isinstance(rows, int) and k >= rows:
            raise ParseError(f"entry {k} of a column of {rows}, counted from 0", self.text, node.position)
        if head == "sym":
            return ("entry", tree[1], k)
        if head == "add":
            return ("add", *(self.entry_of(t, k, node) for t in tree[1:]))
        scalar = [Sizes(self.shapes).of(t).is_scalar for t in tree[1:]] if head == "mul" else []
        if scalar.count(False) == 1:
            return (
                "mul",
                *(t if is_scalar else self.entry_of(t, k, node) for t, is_scalar in zip(tree[1:], scalar, strict=True)),
            )
        if head in ("ones", "zeros"):
            return ("num", "1" if head == "ones" else "0")
        if head == "map":
            return ("map", tree[1], self.entry_of(tree[2], k, node))
        if head == "gibbs" and rows is not None:
            self.definitions["exp"] = sp.exp(sp.Symbol("x", real=True))
            whole = ("mul", ("T", ("ones", rows, 1)), ("map", "exp", tree[1]))
            return ("mul", ("map", "exp", self.entry_of(tree[1], k, node)), ("inv", whole))
        raise ParseError("the entry of this column is not read", self.text, node.position)

    def total(self, tree: Any, node: Node) -> Any:
        """The sum of all entries."""
        shape = Sizes(self.shapes).of(tree)
        if shape.is_free:
            raise ParseError("sum takes a matrix of a known shape", self.text, node.position)
        columns = () if shape.cols == 1 else (("ones", shape.cols, 1),)
        return ("mul", ("T", ("ones", shape.rows, 1)), tree, *columns)

    def power(self, node: Node) -> Any:
        base, exponent = node.args
        negative = exponent.kind == "neg"
        number = exponent.args[0] if negative else exponent
        if number.kind == "name" and number.value == "T":
            return ("T", self.build(base))
        if number.kind != "number" or number.value.denominator != 1 or not 0 < number.value <= 20:
            raise ParseError("a matrix power is an integer", self.text, node.position)
        built = self.build(base)
        value = Sizes(self.shapes).of(built)
        if value.cols == 1 and value.rows not in (1, None) and not negative:  # of a column: entry by entry
            return reduce(lambda whole, _: ("mul", ("diag", built), whole), range(int(number.value) - 1), built)
        factor = ("inv", built) if negative else built
        return ("mul", *[factor] * int(number.value))

    def call(self, node: Node) -> Any:
        name = node.value
        if name in ("ones", "zeros", "I"):
            dims = tuple(self.dimension(a) for a in node.args)
            if not 1 <= len(dims) <= (1 if name == "I" else 2):
                raise ParseError(f"{name} takes its dimensions", self.text, node.position)
            return (name, *dims)
        if name == "sum" and len(node.args) == 1 and not node.keywords:
            return self.total(self.build(node.args[0]), node)
        if name in MATRIX_CALLS:
            if len(node.args) != MATRIX_CALLS[name] or node.keywords:
                raise ParseError(f"{name} takes {MATRIX_CALLS[name]} arguments", self.text, node.position)
            return (_SPELLED.get(name, name), *(self.build(a) for a in node.args))
        activation = store.find(name)
        if activation is not None and activation.kind == "vector":
            return self.vector(node, activation)
        if len(node.args) != 1 or node.keywords:
            raise ParseError("an elementwise function takes one argument", self.text, node.position)
        self.definitions[name] = self.formula(node)
        return ("map", name, self.build(node.args[0]))

    def vector(self, node: Node, activation: Activation) -> Any:
        """A vector activation on a column: `gibbs` of a multiple where its formula is that, else by its own formula.

        One parameter may be given as a matrix expression of shape (1, 1), such as a temperature.
        """
        formula = activation.formula
        if node.keywords or not 1 <= len(node.args) <= 2:
            raise ParseError(f"{node.value} takes a column and at most one parameter here", self.text, node.position)
        column = self.build(node.args[0])
        if len(node.args) == 2:
            (parameter,) = activation.parameters[:1] or (None,)
            if parameter is None:
                raise ParseError(f"{node.value} takes no parameter", self.text, node.position)
            scale = gibbs_scale(activation.expression)
            for power, factor in ((1, self.build(node.args[1])), (-1, ("inv", self.build(node.args[1])))):
                if scale == parameter.symbol**power:
                    return ("gibbs", ("mul", factor, column))
            raise ParseError(f"the parameter of {node.value} is not read here", self.text, node.position)
        scale = gibbs_scale(formula)
        if scale is not None and scale.is_Rational:
            return ("gibbs", column if scale == 1 else ("mul", ("num", str(scale)), column))
        if not formula.has(i):
            return self.reduced(formula, column, node)
        logarithm = sp.expand_log(sp.log(sp.exp(xs[i]) / sp.Sum(sp.exp(xs[j]), (j, 0, n - 1))), force=True)
        if formula in (logarithm, sp.log(sp.exp(xs[i]) / sp.Sum(sp.exp(xs[j]), (j, 0, n - 1)))):
            self.definitions["log"] = sp.log(sp.Symbol("x", real=True))
            return ("map", "log", ("gibbs", column))
        self.definitions[activation.name] = formula
        return ("vector", activation.name, column)

    def reduced(self, formula: sp.Expr, column: Any, node: Node) -> Any:
        """A number that is a function of one sum over a column: `log(T(ones)*exp(x))`."""
        argument, (total, *others) = sp.Symbol("x", real=True), list(formula.atoms(sp.Sum))
        inner, outer = total.function.xreplace({xs[j]: argument}), formula.xreplace({total: argument})
        if others or total.limits != (sp.Tuple(j, 0, n - 1),) or inner.has(j, xs) or outer.has(xs, n):
            raise ParseError(f"{node.value} is not read here", self.text, node.position)
        for f, name in ((inner, inner.func.__name__), (outer, outer.func.__name__)):
            self.definitions[name if f.args == (argument,) else f"{node.value}_{name}"] = f
        names = {f: name for name, f in self.definitions.items()}
        return ("map", names[outer], self.total(("map", names[inner], column), node))

    def dimension(self, node: Node) -> int | str:
        if node.kind == "number" and node.value.denominator == 1 and node.value > 0:
            return int(node.value)
        if node.kind == "name":
            return str(node.value)
        raise ParseError("expected a dimension", self.text, node.position)

    def formula(self, node: Node) -> sp.Expr:
        try:
            return parse_relation(f"{node.value}(x) = 0").sides[0]
        except ParseError as error:
            raise ParseError(error.reason, self.text, node.position) from None
