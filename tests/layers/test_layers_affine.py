"""Affine composition: the collapsed map equals the stack on inputs; shapes are checked; the proof replays."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import sympy as sp

from symacts.errors import ParameterError, SymactsError, UnsupportedExpression
from symacts.layers import Affine, collapse, collapse_theorem
from symacts.proofs import Proof


def symbolic_stack(depth: int) -> list[Affine]:
    sizes = sp.symbols(f"n0:{depth + 1}", integer=True, positive=True)
    return [
        Affine(sp.MatrixSymbol(f"W{k}", sizes[k], sizes[k - 1]), sp.MatrixSymbol(f"b{k}", sizes[k], 1))
        for k in range(1, depth + 1)
    ]


@pytest.mark.parametrize("depth", [1, 2, 3, 7])
def test_symbolic_stacks_collapse_for_all_shapes(depth: int) -> None:
    stack = symbolic_stack(depth)
    whole = collapse(stack)
    weights = [layer.W for layer in stack]
    assert (sp.MatMul(*weights[::-1]) if depth > 1 else weights[0]) == whole.affine.W
    assert whole.affine.shape == (stack[-1].shape[0], stack[0].shape[1])
    assert whole.proof.status == "proved" and whole.proof.check()
    # an independent route: put numbers in
    sizes = {s: 1 + (3 * k) % 4 for k, s in enumerate(sp.symbols(f"n0:{depth + 1}", integer=True, positive=True))}
    rng = np.random.default_rng(depth)
    values = {}
    for layer in stack:
        for symbol in (layer.W, layer.b):
            shape = tuple(int(d.subs(sizes)) if isinstance(d, sp.Basic) else d for d in symbol.shape)
            values[symbol.name] = sp.Matrix(rng.integers(-5, 5, size=shape).tolist())
    column = sp.Matrix(rng.integers(-5, 5, size=(sizes[sp.Symbol("n0", integer=True, positive=True)], 1)).tolist())
    by_layers = column
    for k in range(1, depth + 1):
        by_layers = values[f"W{k}"] * by_layers + values[f"b{k}"]
    assert number(whole.affine.W, values) * column + number(whole.affine.b, values) == by_layers


def number(e: sp.MatrixExpr, values: dict[str, sp.Matrix]) -> sp.Matrix:
    if isinstance(e, sp.MatrixSymbol):
        return values[e.name]
    parts = [number(a, values) for a in e.args]
    total = parts[0]
    for p in parts[1:]:
        total = total * p if isinstance(e, sp.MatMul) else total + p
    return total


def test_numeric_stacks_keep_numpy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = [4, 3, 5, 2]
    stack = [Affine(rng.normal(size=(o, i)), rng.normal(size=o)) for i, o in pairwise(sizes)]
    whole = collapse(stack).affine
    x = rng.normal(size=4)
    batch = rng.normal(size=(4, 6))
    for value in (x, batch):
        expected = value
        for layer in stack:
            expected = layer(expected)
        np.testing.assert_allclose(whole(value), expected, rtol=1e-12)
    assert whole.b.shape == (2,) and whole.W.shape == (2, 4)


def test_exact_and_mixed_numbers_stay_exact() -> None:
    first = Affine(sp.Matrix([[1, sp.Rational(1, 3)]]), sp.Matrix([2]))
    second = Affine(np.array([[0.1]]), np.array([0.25]))
    whole = collapse([first, second]).affine
    assert sp.Matrix([[sp.Rational(1, 10), sp.Rational(1, 30)]]) == whole.W
    assert whole.b == sp.Matrix([sp.Rational(9, 20)])
    assert whole(sp.Matrix([3, 6])) == sp.Matrix([sp.Rational(19, 20)])


def test_large_integers_do_not_wrap_around() -> None:
    big = Affine([[2**40]], [0])
    assert collapse([big, big]).affine.W.tolist() == [[2.0**80]]


def test_column_biases_keep_their_shape() -> None:
    layer = Affine(np.eye(2), np.ones((2, 1)))
    assert collapse([layer, layer]).affine.b.tolist() == [[2.0], [2.0]]
    assert Affine(np.eye(2)).b.tolist() == [0.0, 0.0]


def test_a_wrong_collapse_is_not_accepted() -> None:
    proof = collapse(symbolic_stack(2)).proof
    data = proof.to_dict()
    claim = data["certificate"]["claim"]
    claim["rhs"] = [claim["rhs"][0], *claim["rhs"][1:-1]]  # the last bias is lost
    try:
        forged = bool(Proof.from_dict(data).check())
    except SymactsError:
        forged = False
    assert not forged


def test_the_theorem_for_every_depth() -> None:
    proof = collapse_theorem()
    assert proof.status == "proved" and proof.check()


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Affine([[1, 2]], [1, 2]), ParameterError, "b has 2 entries, expected 1"),
        (lambda: Affine([1, 2], [1]), ParameterError, "expected \\(out, in\\)"),
        (lambda: Affine([[1, 2], [3]], [1, 2]), ParameterError, "equal length"),
        (lambda: Affine("W", 1), ParameterError, "expected a matrix"),
        (lambda: Affine([[1j]], [0]), ParameterError, "real numbers"),
        (lambda: Affine(np.eye(2), np.eye(2)), ParameterError, "expected \\(2,\\) or \\(2, 1\\)"),
        (lambda: Affine(np.eye(2), [1, 1])(np.ones(3)), ParameterError, "x has shape"),
        (lambda: collapse([]), ParameterError, "at least one"),
        (lambda: collapse([symbolic_stack(1)[0], "relu"]), UnsupportedExpression, "layer 2 is 'relu'"),
        (lambda: collapse([symbolic_stack(3)[0], symbolic_stack(3)[2]]), ParameterError, "layer 2: shapes do not fit"),
        (lambda: collapse([Affine(np.ones((2, 3))), Affine(np.ones((2, 3)))]), ParameterError, "3 inputs"),
    ],
)
def test_wrong_use(make, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        make()
