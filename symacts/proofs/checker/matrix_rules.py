"""The checker's rules for matrix statements: words for symbolic shapes, entries for concrete ones. Trusted core.

- `words`: both sides have one normal form in the free algebra, perhaps after a product with what has an inverse.
- `gram`: the difference of two numbers is a sum of nonnegative multiples of sums of squares of entries.
- `signs`: one side is 0, the other is positive by its structure, entry by entry.
- `elementwise`: both sides act on each entry alone; one scalar goal serves all entries, for symbolic shapes too.
- `entries`: all shapes are numbers; one scalar goal for each entry.
- `induction`: a stack of affine layers of any depth is an affine map, by the step from L to L + 1 layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from symacts.claims import MatrixClaim, as_tuples
from symacts.errors import UnsupportedExpression
from symacts.proofs.checker import words
from symacts.proofs.checker.entail import Given, is_analytic
from symacts.proofs.checker.goals import Goal
from symacts.proofs.checker.matrix_domains import require_domains, sign_of
from symacts.proofs.checker.normal import is_zero
from symacts.spec import i, n, xs

__all__ = ["AFFINE", "STACK", "entries", "entry_goals", "subgoals"]

STACK = ("stack", ("sym", "x"))
"""`W_L*(...*(W_1*x + b_1)...) + b_L` for every depth L >= 1 and all shapes that fit."""
AFFINE = ("affine", ("sym", "x"))
"""`W*x + b` for some W and b."""
MAX_ENTRIES = 64
MAX_INVERSE = 4


def subgoals(claim: MatrixClaim, node: Mapping[str, Any]) -> list[Goal]:
    """The scalar goals that a node leaves of a matrix claim; raises where the node does not hold."""
    shapes = dict(claim.shapes)
    rule = node.get("rule")
    if any(name.endswith("'") for name, _ in claim.definitions):
        raise UnsupportedExpression("the name of a derivative cannot be defined")
    if rule == "induction":
        return _induction(claim, node)
    left, right = words.normal(claim.lhs, shapes), words.normal(claim.rhs, shapes)
    for side in (claim.lhs, claim.rhs):
        _require_inverses(side, shapes)
        require_domains(side, shapes, dict(claim.definitions))
    for a, b in ((left.rows, right.rows), (left.cols, right.cols)):
        if a is not None and b is not None and a != b:
            raise UnsupportedExpression(
                f"shapes do not fit: the left side is ({left.rows}, {left.cols}), the right side is "
                f"({right.rows}, {right.cols})"
            )
    if rule == "words":
        if claim.relation == "=" and (node.get("left") or node.get("right")):
            left, right = _multiplied(claim, node)
        if claim.relation not in ("=", "<=", ">=") or left.terms != right.terms:
            raise UnsupportedExpression("the two sides have different normal forms")
        return []
    if rule == "gram":
        return _gram(claim, node)
    if rule == "signs":
        return _signs(claim)
    if rule == "entries":
        return entry_goals(claim)
    if rule == "elementwise":
        return elementwise_goals(claim)
    if rule == "diagonals":
        return diagonal_goals(claim)
    raise UnsupportedExpression(f"unknown rule {rule!r} for a matrix statement")


def _multiplied(claim: MatrixClaim, node: Mapping[str, Any]) -> tuple[words.Matrix, words.Matrix]:
    """Both sides multiplied by matrices whose inverses occur in the claim: equal products have equal factors."""
    factors = [[as_tuples(t) for t in node.get(side, ())] for side in ("left", "right")]
    known = [*inverted(claim.lhs), *inverted(claim.rhs)]
    if not all(tree in known for trees in factors for tree in trees):
        raise UnsupportedExpression("a factor without an inverse in the statement")
    before, after = factors
    shapes = dict(claim.shapes)
    left, right = (words.normal(("mul", *before, tree, *after), shapes) for tree in (claim.lhs, claim.rhs))
    return left, right


def inverted(tree: Any) -> list[Any]:
    """The matrices of which a tree takes the inverse."""
    if not isinstance(tree, tuple):
        return []
    return [*([tree[1]] if tree[:1] == ("inv",) else []), *(t for part in tree for t in inverted(part))]


def _gram(claim: MatrixClaim, node: Mapping[str, Any]) -> list[Goal]:
    """`>=` between numbers whose difference is a sum of nonnegative multiples of sums of squares of entries."""
    shapes = dict(claim.shapes)
    low, high = {"<=": (claim.lhs, claim.rhs), ">=": (claim.rhs, claim.lhs)}[claim.relation]
    terms = [(words.number(c), as_tuples(tree)) for c, tree in node["terms"]]
    if any(c < 0 for c, _ in terms):
        raise UnsupportedExpression("a negative weight")
    squares = [("mul", ("num", str(c)), ("fro2", tree)) for c, tree in terms]
    difference = words.normal(("add", high, ("mul", ("num", "-1"), low)), shapes)
    total = words.normal(("add", ("num", "0"), *squares), shapes)
    if not (difference.is_scalar or not difference.terms) or difference.terms != total.terms:
        raise UnsupportedExpression("the sums of squares do not add up to the difference")
    return []


def _signs(claim: MatrixClaim) -> list[Goal]:
    """Entries that are positive, or not negative, by the structure of one side, against 0."""
    shapes = dict(claim.shapes)
    low, high = (claim.lhs, claim.rhs) if claim.relation in ("<", "<=") else (claim.rhs, claim.lhs)
    found = sign_of(high, shapes, dict(claim.definitions))
    if words.normal(low, shapes).terms or found not in {"<": (">",), "<=": (">", ">=")}.get(
        claim.relation.replace(">", "<"), ()
    ):
        raise UnsupportedExpression("the structure does not show the sign")
    return []


def _require_inverses(tree: Any, shapes: words.Shapes) -> None:
    """Fail for the inverse of a matrix that is 0 by its normal form."""
    if isinstance(tree, tuple):
        if tree and tree[0] == "inv" and not words.normal(tree[1], shapes).terms:
            raise UnsupportedExpression("the inverse of 0")
        for part in tree:
            _require_inverses(part, shapes)


def _induction(claim: MatrixClaim, node: Mapping[str, Any]) -> list[Goal]:
    """Base: one layer `W*x + b` is affine. Step: `W*(M*x + c) + b = weight*x + bias`, weight and bias free of x."""
    if (claim.lhs, claim.relation, claim.rhs) != (STACK, "=", AFFINE):
        raise UnsupportedExpression("induction is for stacks of affine layers")
    weight, bias = as_tuples(node["weight"]), as_tuples(node["bias"])
    shapes: dict[str, tuple[int | str, int | str]] = {
        "W": ("m", "k"),
        "M": ("k", "n"),
        "x": ("n", 1),
        "c": ("k", 1),
        "b": ("m", 1),
    }
    without_x = {name: shape for name, shape in shapes.items() if name != "x"}
    words.normal(weight, without_x), words.normal(bias, without_x)
    stacked = ("add", ("mul", ("sym", "W"), ("add", ("mul", ("sym", "M"), ("sym", "x")), ("sym", "c"))), ("sym", "b"))
    collapsed = ("add", ("mul", weight, ("sym", "x")), bias)
    if words.normal(stacked, shapes) != words.normal(collapsed, shapes):
        raise UnsupportedExpression("the induction step does not hold")
    return []


def elementwise_goals(claim: MatrixClaim) -> list[Goal]:
    """The one scalar goal of a statement that holds entry by entry; the words of other parts are opaque."""
    entry = _Entry(dict(claim.shapes), dict(claim.definitions))
    left, right = entry.of(claim.lhs), entry.of(claim.rhs)
    if len(entry.sizes) > 1 or any(None in size for size in entry.sizes):
        raise UnsupportedExpression("the shapes differ")
    if claim.relation in (">", ">="):
        return [Goal(entry.given(), right, {">": "<", ">=": "<="}[claim.relation], left)]
    return [Goal(entry.given(), left, claim.relation, right)]


def diagonal_goals(claim: MatrixClaim) -> list[Goal]:
    """Sums of `diag(u)*...*M` and `diag(u)*...*c*r` (a column, a row): for each M and r the factors have equal sums.

    `diag(u)*M + diag(v)*M = diag(u + v)*M`; the entries of the columns are the same functions of the same parts.
    """
    shapes = dict(claim.shapes)
    if claim.relation != "=":
        raise UnsupportedExpression("sums of diagonal factors are compared for equality")
    entry = _Entry(shapes, dict(claim.definitions))
    sums: dict[tuple[Any, bool, Any], list[sp.Expr]] = {}
    terms = [(side, t) for side, tree in enumerate((claim.lhs, claim.rhs)) for t in words.normal(tree, shapes).terms]
    for side, ((scalars, word), c) in sorted(terms, key=lambda t: not _has_diagonal(t[1][0][1])):
        factor = sp.Mul(sp.Rational(c.numerator, c.denominator), *(entry.opaque(key) for key in scalars))
        known = [key for key in sums if not key[1] and key[0] + key[2] == word]
        if not _has_diagonal(word) and known:  # M*N = M*I*N
            sums[known[0]][side] += factor
            continue
        start = next((k for k, letter in enumerate(word) if letter[0] == "diag"), 0)
        heads = start
        while heads < len(word) and word[heads][0] == "diag":
            factor *= entry.of_word(word[heads][1], True)
            heads += 1
        is_outer = heads < len(word) and words.shape_of(word[heads])[1] == 1
        if is_outer:
            factor *= entry.of_word(word[heads : heads + 1], True)
            heads += 1
        sums.setdefault((word[:start], is_outer, word[heads:]), [sp.S.Zero, sp.S.Zero])[side] += factor
    return [Goal(entry.given(), left, "=", right) for left, right in sums.values()]


def _has_diagonal(word: Any) -> bool:
    return any(letter[0] == "diag" for letter in word)


class _Entry:
    """The value of one entry of a tree; `sizes` collects the shapes of what varies from entry to entry."""

    def __init__(self, shapes: words.Shapes, definitions: Mapping[str, sp.Expr]) -> None:
        self.shapes, self.definitions = shapes, definitions
        self.sizes: set[tuple[Any, Any]] = set()
        self.parts: dict[Any, sp.Symbol] = {}

    def of(self, tree: Any) -> sp.Expr:
        head = tree[0]
        if head == "num":
            return sp.Rational(words.number(tree[1]))
        if head == "map":
            return _defined_by(tree[1], self.definitions).xreplace({_X: self.of(tree[2])})
        if head == "add":
            return sp.Add(*[self.of(t) for t in tree[1:]])
        if head == "mul" and sum(not words.normal(t, self.shapes).is_scalar for t in tree[1:]) <= 1:
            return sp.Mul(*[self.of(t) for t in tree[1:]])
        value = words.normal(tree, self.shapes)
        if not value.is_scalar:
            self.sizes.add((value.rows, value.cols))
        return self.of_terms(value.terms, value.is_scalar, value.cols == 1)

    def of_terms(self, terms: Any, is_scalar: bool, is_column: bool) -> sp.Expr:
        total: sp.Expr = sp.S.Zero
        for (scalars, word), c in terms:
            factors = [self.opaque(key) for key in scalars]
            if not is_scalar:
                factors.append(self.of_word(word, is_column))
            total += sp.Mul(sp.Rational(c.numerator, c.denominator), *factors)
        return total

    def of_word(self, word: Any, is_column: bool) -> sp.Expr:
        head: Any = word[0] if word else ("",)
        if is_column and len(word) > 1 and head[0] == "diag":  # diag(u)*v: entries multiply
            return self.of_word(head[1], True) * self.of_word(word[1:], True)
        if word and all(letter[0] in ("ones", "onesT") for letter in word[:2]) and len(word) <= 2:
            return sp.S.One
        if len(word) == 1 and head[0] == "map" and head[1].rstrip("'") in self.definitions:
            inner = self.of_terms(head[2], False, is_column)
            return _defined_by(head[1], self.definitions).xreplace({_X: inner})
        return self.opaque(("word", word))

    def given(self) -> Given:
        """What is known of the opaque parts: the entries of a Gibbs map are positive."""
        return Given(
            (symbol, ">")
            for key, symbol in self.parts.items()
            if key[0] == "word" and len(key[1]) == 1 and key[1][0][0] in ("gibbs", "gibbsT")
        )

    def opaque(self, key: Any) -> sp.Symbol:
        return self.parts.setdefault(key, sp.Symbol(f"[{len(self.parts)}]", real=True))


def entry_goals(claim: MatrixClaim) -> list[Goal]:
    """One scalar goal for each entry."""
    left, right = _both(claim)
    relation = claim.relation
    goals = []
    for a, b in zip(list(left), list(right), strict=True):
        if relation in (">", ">="):
            goals.append(Goal(Given(), b, {">": "<", ">=": "<="}[relation], a))
        else:
            goals.append(Goal(Given(), a, relation, b))
    if relation == "!=" and len(goals) != 1:
        raise UnsupportedExpression("'!=' is stated for numbers, not for matrices")
    return goals


def _both(claim: MatrixClaim, values: Mapping[str, sp.Matrix] | None = None) -> tuple[sp.Matrix, sp.Matrix]:
    shapes = dict(claim.shapes)
    left, right = (entries(t, shapes, dict(claim.definitions), values) for t in (claim.lhs, claim.rhs))
    if not isinstance(left, sp.MatrixBase) and not isinstance(right, sp.MatrixBase):
        if _Scalar.identity in (getattr(left, "kind", 0), getattr(right, "kind", 0)):
            raise UnsupportedExpression("the size of I is not determined")
        return sp.Matrix([[left.value]]), sp.Matrix([[right.value]])
    shape = (left if isinstance(left, sp.MatrixBase) else right).shape
    return _as_matrix(left, shape), _as_matrix(right, shape)


class _Scalar:
    """A number, or a multiple of the identity, whose size the context decides."""

    identity = "identity"
    __slots__ = ("kind", "value")

    def __init__(self, value: sp.Expr, kind: str = "number") -> None:
        self.value, self.kind = value, kind


def _as_matrix(value: Any, shape: tuple[int, int]) -> sp.Matrix:
    if isinstance(value, sp.MatrixBase):
        if value.shape != shape:
            raise UnsupportedExpression(f"shapes do not fit: {value.shape} and {shape}")
        return value
    if value.kind == _Scalar.identity:
        if shape[0] != shape[1]:
            raise UnsupportedExpression(f"shapes do not fit: I and {shape}")
        return value.value * sp.eye(shape[0])
    if value.value == 0 or shape == (1, 1) or shape[1] == 1:
        return sp.Matrix(*shape, lambda *_: value.value)
    raise UnsupportedExpression(f"shapes do not fit: a number and {shape}")


def entries(tree: Any, shapes: words.Shapes, definitions: Mapping[str, sp.Expr], values: Any = None) -> Any:
    """The matrix of entries of a tree with concrete shapes; symbols become `name_i_j` unless `values` gives them."""
    head = tree[0]
    go = lambda t: entries(t, shapes, definitions, values)  # noqa: E731
    if head == "sym":
        if values is not None and tree[1] in values:
            return values[tree[1]]
        return symbol_entries(tree[1], shapes[tree[1]])
    if head == "entry":
        column = go(("sym", tree[1]))
        if column.cols != 1:
            raise UnsupportedExpression("an entry of a column")
        return sp.Matrix([[column[tree[2]]]])
    if head == "num":
        return _Scalar(sp.Rational(words.number(tree[1])))
    if head == "I":
        return sp.eye(_size(tree[1])) if len(tree) > 1 else _Scalar(sp.S.One, _Scalar.identity)
    if head in ("ones", "zeros"):
        rows, cols = tree[1], tree[2] if len(tree) > 2 else 1
        rows, cols = _size(rows, cols), _size(cols, rows)
        return sp.ones(rows, cols) if head == "ones" else sp.zeros(rows, cols)
    if head == "add":
        return _sum([go(t) for t in tree[1:]])
    if head == "mul":
        total = go(tree[1])
        for t in tree[2:]:
            total = _times(total, go(t))
        return total
    if head == "jacobian":
        column, variable = _matrix(entries(tree[1], shapes, definitions)), _matrix(go_symbols(tree[2], shapes))
        result = sp.Matrix(column.rows, variable.rows, lambda i, j: sp.diff(column[i], variable[j]))
        if result.has(sp.Derivative):
            raise UnsupportedExpression("an entry is not differentiable by formula")
        return result.xreplace(_assigned(shapes, values))
    inner = go(tree[2] if head in ("map", "vector") else tree[1])
    if head == "inv" and isinstance(inner, _Scalar):
        _require_invertible(inner.value)
        return _Scalar(1 / inner.value, inner.kind)
    if head in ("T", "tr") and isinstance(inner, _Scalar) and inner.kind == "number":
        return inner
    if head == "T" and isinstance(inner, _Scalar):
        return inner
    if head == "map" and isinstance(inner, _Scalar):
        return _Scalar(_defined_by(tree[1], definitions).xreplace({_X: inner.value}))
    m = _matrix(inner)
    if head in ("inv", "det", "tr") and m.rows != m.cols:
        raise UnsupportedExpression(f"a square matrix is needed, got {m.shape}")
    if head == "T":
        return m.T
    if head == "tr":
        return sp.Matrix([[m.trace()]])
    if head == "fro2":
        return sp.Matrix([[sum((e**2 for e in m), sp.S.Zero)]])
    if head in ("det", "inv"):
        if m.rows > MAX_INVERSE:
            raise UnsupportedExpression("too large a determinant")
        determinant = m.det(method="berkowitz")
        if head == "det":
            return sp.Matrix([[determinant]])
        _require_invertible(determinant)
        return m.adjugate() / determinant
    if head == "diag":
        return sp.diag(*list(m))
    if head == "vector":
        return _vector(_formula(tree[1], definitions), m)
    if head == "gibbs":
        if m.cols != 1:
            raise UnsupportedExpression("the Gibbs map takes a column")
        total = sum((sp.exp(e) for e in m), sp.S.Zero)
        return m.applyfunc(lambda e: sp.exp(e) / total)
    if head == "map":
        formula = _defined_by(tree[1], definitions)
        return m.applyfunc(lambda e: formula.xreplace({_X: e}))
    raise UnsupportedExpression(f"unknown matrix operation {head!r}")


def _require_invertible(determinant: sp.Expr) -> None:
    """Fail for a matrix that is singular everywhere, and for one of numbers that is not seen to be regular."""
    if is_zero(determinant) or not (determinant.free_symbols or Given().holds(determinant, "!=")):
        raise UnsupportedExpression("the inverse of a singular matrix")


_X = sp.Symbol("x", real=True)


def _defined_by(name: str, definitions: Mapping[str, sp.Expr]) -> sp.Expr:
    if name.endswith("'"):
        function = _defined_by(name[:-1], definitions)
        if not is_analytic(function):
            raise UnsupportedExpression(f"the derivative of {name[:-1]!r} is taken where it is analytic")
        return sp.diff(function, _X)
    if name not in definitions or definitions[name].free_symbols - {_X}:
        raise UnsupportedExpression(f"the claim does not define {name!r}")
    return definitions[name]


def _formula(name: str, definitions: Mapping[str, sp.Expr]) -> sp.Expr:
    if name not in definitions:
        raise UnsupportedExpression(f"the claim does not define {name!r}")
    return definitions[name]


def _vector(formula: sp.Expr, column: sp.Matrix) -> sp.Matrix:
    """The entries of a map of columns whose formula for entry i is written in `x[i]`, n and sums over j."""
    if column.cols != 1:
        raise UnsupportedExpression("a map of columns takes a column")
    concrete = formula.subs(n, column.rows).doit()
    swap = {xs[k]: e for k, e in enumerate(column)}
    rows = [concrete.subs(i, k).xreplace(swap) for k in range(column.rows)]
    if any(r.has(sp.Sum, sp.IndexedBase) or {i, n} & r.free_symbols for r in rows):
        raise UnsupportedExpression("the formula of the map is not read")
    return sp.Matrix(rows)


def _size(size: Any, other: Any = 1) -> int:
    """A number of rows or columns, small together with the other."""
    if type(size) is not int or type(other) is not int or size < 1 or other < 1 or size * other > MAX_ENTRIES:
        raise UnsupportedExpression("concrete small shapes are needed")
    return size


def symbol_entries(name: str, shape: tuple[int | str, int | str]) -> sp.Matrix:
    """The entries `name_i_j` of a matrix symbol."""
    rows, cols = _size(shape[0], shape[1]), _size(shape[1], shape[0])
    return sp.Matrix(rows, cols, lambda i, j: sp.Symbol(f"{name}_{i + 1}_{j + 1}", real=True))


def go_symbols(tree: Any, shapes: words.Shapes) -> sp.Matrix:
    """The symbolic entries of a symbol node."""
    if tree[0] != "sym":
        raise UnsupportedExpression("differentiation is by a symbol")
    return symbol_entries(tree[1], shapes[tree[1]])


def _assigned(shapes: words.Shapes, values: Any) -> dict[sp.Expr, sp.Expr]:
    if values is None:
        return {}
    swap: dict[sp.Expr, sp.Expr] = {}
    for name, matrix in values.items():
        swap |= dict(zip(list(symbol_entries(name, matrix.shape)), list(matrix), strict=True))
    return swap


def _matrix(value: Any) -> sp.Matrix:
    if isinstance(value, _Scalar):
        if value.kind == _Scalar.identity:
            raise UnsupportedExpression("the size of I is not determined")
        return sp.Matrix([[value.value]])
    return value


def _sum(parts: list[Any]) -> Any:
    shaped = [p for p in parts if isinstance(p, sp.MatrixBase) and p.shape != (1, 1)]
    if not shaped:
        shaped = [p for p in parts if isinstance(p, sp.MatrixBase)]
    if not shaped:
        kinds = {p.kind for p in parts if p.value != 0}
        if len(kinds) > 1:
            raise UnsupportedExpression("a number and I cannot be added")
        return _Scalar(sum((p.value for p in parts), sp.S.Zero), kinds.pop() if kinds else "number")
    shape = shaped[0].shape
    total = sp.zeros(*shape)
    for p in parts:
        if isinstance(p, sp.MatrixBase) and p.shape == (1, 1) and shape[1] == 1:
            p = _Scalar(p[0])
        total = total + _as_matrix(p, shape)
    return total


def _times(a: Any, b: Any) -> Any:
    if isinstance(a, _Scalar) and isinstance(b, _Scalar):
        kind = _Scalar.identity if _Scalar.identity in (a.kind, b.kind) else "number"
        return _Scalar(a.value * b.value, kind)
    if isinstance(a, _Scalar) or isinstance(b, _Scalar):
        scalar, matrix = (a, b) if isinstance(a, _Scalar) else (b, a)
        if scalar.kind == _Scalar.identity and matrix.shape == (1, 1):
            return _Scalar(scalar.value * matrix[0], _Scalar.identity)
        return matrix.applyfunc(lambda e: scalar.value * e)
    if a.shape == (1, 1) or b.shape == (1, 1):
        scalar, matrix = (a, b) if a.shape == (1, 1) else (b, a)
        return matrix.applyfunc(lambda e: scalar[0] * e)
    if a.cols != b.rows:
        raise UnsupportedExpression(f"shapes do not fit in a product: {a.shape} times {b.shape}")
    return (a * b).applyfunc(lambda e: e)
