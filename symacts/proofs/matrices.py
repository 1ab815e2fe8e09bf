"""Matrix statements: proofs by words or by entries, refutation at small rational matrices, collapse of affine stacks.

>>> proof = collapse_proof(3)
>>> proof.status, str(proof.claim)
('proved', 'W3*(W2*(W1*x + b1) + b2) + b3 = W3*W2*W1*x + W3*W2*b1 + W3*b2 + b3')
>>> bool(proof.check())
True
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp

from symacts.claims import Counterexample, MatrixClaim
from symacts.errors import SymactsError, UnsupportedExpression
from symacts.proofs import check as checker
from symacts.proofs.check import FORMAT
from symacts.proofs.checker import entries, matrix_rules
from symacts.proofs.checker.entail import Given
from symacts.proofs.checker.matrix_goals import subtrees
from symacts.proofs.checker.shapes import Sizes
from symacts.proofs.proof import Proof
from symacts.proofs.refute import borders
from symacts.proofs.values import separated, value_at

__all__ = ["answer", "collapse_claim", "collapse_proof", "prove_identity", "render", "require_shapes", "spelled"]

SEED = 7
TRIES = 6
MORE_TRIES = 24  # for an inequality
MOST_ROWS = 24  # of a column whose entries are named
METHODS = ("elementwise", "sums", "entries")
EXPECTED = (SymactsError, ValueError, TypeError, ArithmeticError, AttributeError, IndexError)


def prove_identity(lhs: Any, rhs: Any, shapes: Mapping[str, tuple[int | str, int | str]], text: str = "") -> Proof:
    """Prove `lhs = rhs` for matrix expressions given as trees of `symacts.proofs.checker.shapes`.

    Parameters
    ----------
    lhs, rhs : tuple
        Trees such as `("add", ("mul", ("sym", "W"), ("sym", "x")), ("sym", "b"))`.
    shapes : dict
        `{name: (rows, columns)}`, numbers or names of dimensions.

    Raises
    ------
    UnsupportedExpression
        Shapes that do not fit.
    """
    claim = MatrixClaim(lhs, "=", rhs, tuple(shapes.items()), (), text or f"{render(lhs)} = {render(rhs)}")
    require_shapes(claim)
    found = answer(claim, float("inf"))
    if found["status"] == "proved":
        return Proof("proved", claim, found["certificate"])
    if found["status"] == "refuted":
        return Proof("refuted", claim, counterexample=Counterexample.from_dict(found["counterexample"]))
    return Proof("unknown", claim, reason=found["reason"])


def require_shapes(claim: MatrixClaim) -> None:
    """Raise where the shapes in a claim do not fit, with both shapes named."""
    if claim.lhs == matrix_rules.STACK:
        return
    if claim.more:
        for link in claim.links:
            require_shapes(link)
        return
    Sizes(dict(claim.shapes)).common(claim.lhs, claim.rhs)


def render(tree: Any) -> str:
    """A tree as statement text."""
    head = tree[0]
    if head in ("sym", "num"):
        return str(tree[1])
    if head == "add":
        return " + ".join(render(t) for t in tree[1:]).replace("+ -1*", "- ")
    if head == "mul":
        return "*".join(f"({render(t)})" if t[0] == "add" else render(t) for t in tree[1:])
    if head in ("map", "vector"):
        return f"{tree[1]}({render(tree[2])})"
    if head == "I" and len(tree) == 1:
        return "I"
    return f"{head}({', '.join(render(t) if isinstance(t, tuple) else str(t) for t in tree[1:])})"


def spelled(claim: MatrixClaim) -> str:
    """All that a claim says: its links, and what the names in them stand for."""
    names = [f"{name}: {rows} x {cols}" for name, (rows, cols) in claim.shapes]
    names += [f"{name} is {formula}" for name, formula in claim.definitions]
    links = ", ".join(f"{render(link.lhs)} {link.relation} {render(link.rhs)}" for link in claim.links)
    return links + (f"  ({', '.join(names)})" if names else "")


# -- stacks of affine layers ---------------------------------------------------------------------------------------
def collapse_claim(depth: int) -> MatrixClaim:
    """The claim that `depth` affine layers, with symbolic shapes, are one."""
    if not isinstance(depth, int) or depth < 1:
        raise UnsupportedExpression(f"got the depth {depth!r}, expected a positive integer")
    layers = range(1, depth + 1)
    shapes: dict[str, tuple[int | str, int | str]] = {"x": ("n0", 1)}
    for k in layers:
        shapes |= {f"W{k}": (f"n{k}", f"n{k - 1}"), f"b{k}": (f"n{k}", 1)}
    stacked: Any = ("sym", "x")
    text = "x"
    for k in layers:
        stacked = ("add", ("mul", ("sym", f"W{k}"), stacked), ("sym", f"b{k}"))
        text = f"W{k}*{text if k == 1 else f'({text})'} + b{k}"
    terms: list[Any] = [("mul", *(("sym", f"W{k}") for k in reversed(layers)), ("sym", "x"))]
    for k in layers:
        weights = [("sym", f"W{m}") for m in range(depth, k, -1)]
        terms.append(("mul", *weights, ("sym", f"b{k}")) if weights else ("sym", f"b{k}"))
    collapsed = ("add", *terms)
    return MatrixClaim(stacked, "=", collapsed, tuple(shapes.items()), (), f"{text} = {render(collapsed)}")


def collapse_proof(depth: int | None = None) -> Proof:
    """The proof that a stack of `depth` affine layers is one affine layer; for None, of every depth, by induction."""
    if depth is None:
        claim = MatrixClaim(
            *(matrix_rules.STACK, "=", matrix_rules.AFFINE, ()),
            text="W_L*(...*(W_1*x + b_1)...) + b_L = W*x + b for some W, b free of x, for every depth L",
        )
        node: dict[str, Any] = {
            "rule": "induction",
            "weight": ["mul", ["sym", "W"], ["sym", "M"]],
            "bias": ["add", ["mul", ["sym", "W"], ["sym", "c"]], ["sym", "b"]],
        }
    else:
        claim, node = collapse_claim(depth), {"rule": "words"}
    certificate = {"format": FORMAT, "claim": claim.to_dict(), "proof": node}
    checker.check(certificate, claim)
    return Proof("proved", claim, certificate)


# -- search --------------------------------------------------------------------------------------------------------
def answer(claim: MatrixClaim, deadline: float) -> dict[str, Any]:
    """Prove by words, else refute at small matrices, else prove entry by entry; a chain link by link."""
    if claim.more:
        answers = []
        for link in claim.links:
            answers.append(answer(link, deadline))
            if answers[-1]["status"] == "refuted":
                return answers[-1]
        left = [found for found in answers if found["status"] != "proved"]
        proof = {"rule": "chain", "steps": [found["certificate"]["proof"] for found in answers if not left]}
        whole = {"format": FORMAT, "claim": claim.to_dict(), "proof": proof}
        return left[0] if left else {"status": "proved", "certificate": whole}
    from symacts.proofs.search import MOST_WORK
    from symacts.proofs.tactics.grams import METHODS as SQUARES
    from symacts.proofs.tactics.grams import cancellations

    if not _inverses_exist(claim):
        return {"status": "unknown", "reason": "no case is seen in which every inverse exists"}
    work = time.process_time() + MOST_WORK
    reason = ""
    squares = (method(claim) for method in SQUARES)
    words: list[dict[str, Any]] = [{"rule": "words"}]
    words += [{"rule": "words", "unfold": True}] if claim.relation == "=" else []
    scalar = ({"rule": rule, **how} for how, rule in itertools.product(_forms(claim), METHODS))
    for k, node in enumerate(itertools.chain(words, cancellations(claim), *squares, scalar)):
        if k == 1:
            counterexample = refute(claim)
            if counterexample is not None:
                return {"status": "refuted", "counterexample": counterexample.to_dict()}
        try:
            steps = _prove_all(matrix_rules.subgoals(claim, node), deadline, work)
        except EXPECTED as error:
            reason = f"{reason}; {error}"[:300] if k == 0 or node["rule"] in METHODS else reason
            continue
        proof = node | ({"steps": steps} if steps else {})
        return {"status": "proved", "certificate": {"format": FORMAT, "claim": claim.to_dict(), "proof": proof}}
    return {"status": "unknown", "reason": reason.removeprefix("; ")}


def _forms(claim: MatrixClaim) -> Iterator[dict[str, Any]]:
    """The claim as it is, and with its Gibbs maps spelled out."""
    yield {}
    if any(True for tree in (claim.lhs, claim.rhs) for _ in subtrees(tree, "gibbs")):
        yield {"unfold": True}


def _prove_all(goals: list[checker.Goal], deadline: float, work: float) -> list[Any]:
    """A node for each goal.

    Raises
    ------
    UnsupportedExpression
        A goal is not decided.
    """
    from symacts.proofs.search import OutOfBudget, Search, prove_goal
    from symacts.proofs.tactics import ALL

    steps = []
    for goal in goals:
        try:
            step = prove_goal(goal, Search(ALL, deadline=deadline, work=work))
        except OutOfBudget as error:
            raise UnsupportedExpression(str(error)) from None
        if step is None:
            raise UnsupportedExpression(f"an entry is not decided: {goal}")
        steps.append(step)
    return steps


def _instances(claim: MatrixClaim) -> Iterator[tuple[MatrixClaim, dict[str, sp.Matrix]]]:
    """The claim for small sizes, and matrices of rationals for its symbols."""
    rng = random.Random(SEED)
    least = max(_most_entries(claim.lhs), _most_entries(claim.rhs))  # a column that is indexed is as long as that
    if least > MOST_ROWS:
        return
    tries = TRIES if claim.relation == "=" else MORE_TRIES
    for attempt in range(tries + 1):
        sizes: dict[str, int] = {}
        shapes: dict[str, tuple[int | str, int | str]] = {}
        names = sorted({d for _, s in claim.shapes for d in s if isinstance(d, str)} | _named_dimensions(claim))
        for k, d in enumerate(names):
            size = 2 + (k + attempt) % 2 if len(names) < 6 else 2
            sizes[d] = max(1 if attempt == tries else size, least)
        for name, shape in claim.shapes:
            shapes[name] = tuple(sizes.get(d, d) if isinstance(d, str) else d for d in shape)  # type: ignore[assignment]
        concrete = MatrixClaim(
            _sized(claim.lhs, sizes), claim.relation, _sized(claim.rhs, sizes), tuple(shapes.items()), claim.definitions
        )
        yield concrete, {name: _sample(int(r), int(c), tries - attempt, rng) for name, (r, c) in shapes.items()}


def _inverses_exist(claim: MatrixClaim) -> bool:
    """Whether one instance larger than 1 is seen at which every matrix that the claim inverts has an inverse."""
    if not matrix_rules.inverted(claim):
        return True
    for concrete, values in itertools.islice(_instances(claim), TRIES):
        shapes, definitions = dict(concrete.shapes), dict(concrete.definitions)
        try:
            inner = [entries.matrix(tree, shapes, definitions, values) for tree in matrix_rules.inverted(concrete)]
            if not any(m.det() == 0 for m in inner):
                return True
        except EXPECTED:
            continue
    return False


def refute(claim: MatrixClaim) -> Counterexample | None:
    """Small matrices of rationals at which one entry differs, proved by enclosures."""
    for concrete, values in _instances(claim):
        try:
            if not _is_smooth(concrete, values):
                continue
            left, right = _sides(concrete, values)
        except EXPECTED:
            continue
        for a, b in zip(list(left), list(right), strict=True):
            try:
                u, v = value_at(a, {}, Given()), value_at(b, {}, Given())
                relation = {">": "<", ">=": "<="}.get(claim.relation, claim.relation)
                verdict = separated(*((v, u) if claim.relation in (">", ">=") else (u, v)), relation)
            except EXPECTED:
                continue
            if verdict is not None:
                assignment = tuple(
                    (f"{name}_{i + 1}_{j + 1}", m[i, j])
                    for name, m in values.items()
                    for i in range(m.rows)
                    for j in range(m.cols)
                )
                return Counterexample(assignment, verdict[0], verdict[1], relation, "one entry of the two sides")
    return None


def _sides(claim: MatrixClaim, values: Mapping[str, sp.Matrix]) -> list[sp.Matrix]:
    """The entries of both sides of a claim with concrete shapes."""
    pairs = ((claim.lhs, claim.rhs), (claim.rhs, claim.lhs))
    return [entries.matrix(side, dict(claim.shapes), dict(claim.definitions), values, other) for side, other in pairs]


def _is_smooth(claim: MatrixClaim, values: Mapping[str, sp.Matrix]) -> bool:
    """Whether the values keep off the borders of what is differentiated: at a kink a claim says nothing."""
    shapes, definitions = dict(claim.shapes), dict(claim.definitions)
    assigned = entries.assigned(values)
    found = [tree for side in (claim.lhs, claim.rhs) for tree in subtrees(side, "jacobian")]
    columns = [entries.matrix(tree[1], shapes, definitions) for tree in found]
    return not any(border.xreplace(assigned) == 0 for column in columns for e in column for border in borders(e))


def _sample(rows: int, cols: int, left: int, rng: random.Random) -> sp.Matrix:
    """A random matrix, every fifth of small entries; the last ones are of ones and of zeros, where strict inequalities
    fail, and the identity.

    Of square ones every third is antisymmetric and every third nilpotent: their squares have other signs.
    """
    if left <= 2:
        is_identity = left == 0 and rows == cols
        return sp.Matrix(rows, cols, lambda i, j: sp.Integer(i == j if is_identity else left - 1))
    below = [1, 1, 2, 3] if left % 5 else [16, 20, 24]
    m = sp.Matrix(rows, cols, lambda *_: sp.Rational(rng.randint(-6, 6), rng.choice(below)))
    if rows != cols or rows == 1 or left % 3 == 0:
        return m
    return m - m.T if left % 3 == 1 else m.upper_triangular(1)


def _most_entries(tree: Any) -> int:
    """One more than the largest index of an entry in a tree."""
    if not isinstance(tree, tuple):
        return 0
    return tree[2] + 1 if tree[:1] == ("entry",) else max(map(_most_entries, tree), default=0)


def _named_dimensions(claim: MatrixClaim) -> set[str]:
    found: set[str] = set()

    def walk(tree: Any) -> None:
        if isinstance(tree, tuple):
            if tree[0] in ("ones", "zeros", "I"):
                found.update(d for d in tree[1:] if isinstance(d, str))
            for t in tree[1:]:
                walk(t)

    walk(claim.lhs)
    walk(claim.rhs)
    return found


def _sized(tree: Any, sizes: Mapping[str, int]) -> Any:
    if not isinstance(tree, tuple):
        return tree
    if tree[0] in ("ones", "zeros", "I"):
        return (tree[0], *(sizes.get(d, d) for d in tree[1:]))
    return (tree[0], *(_sized(t, sizes) if isinstance(t, tuple) else t for t in tree[1:]))
