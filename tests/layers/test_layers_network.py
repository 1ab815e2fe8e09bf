"""Networks: gradients against differences of the loss, the loss against plain formulas; derived rules by entries."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from symacts.errors import ParameterError, UnsupportedExpression
from symacts.layers import LOSSES, MLP, backpropagation
from symacts.spec import Activation, i, j, n, x, xs

PLAIN = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "softplus": lambda z: np.logaddexp(0, z),
    "identity": lambda z: z,
    "x**2 + sin(x)": lambda z: z**2 + np.sin(z),
}


def plain_outputs(names: list[str], parameters: list, X: np.ndarray) -> np.ndarray:
    for name, (W, b) in zip(names, parameters, strict=True):
        X = PLAIN[name](X @ W.T + b)
    return X


def difference(network: MLP, parameters: list, X: np.ndarray, y: np.ndarray, level: int, part: int, at: tuple) -> float:
    losses = []
    h = 1e-6
    for step in (h, -h):
        moved = [[W.copy(), b.copy()] for W, b in parameters]
        moved[level][part][at] += step
        losses.append(network.loss_and_gradients(moved, X, y)[0])
    return (losses[0] - losses[1]) / (2 * h)


def worst_gap(network: MLP, parameters: list, X: np.ndarray, y: np.ndarray, gradients: list) -> float:
    gaps = [
        abs(gradients[level][part][at] - difference(network, parameters, X, y, level, part, at))
        for level in range(len(parameters))
        for part in (0, 1)
        for at in np.ndindex(parameters[level][part].shape)
    ]
    return max(gaps)


@pytest.mark.parametrize(
    ("sizes", "names", "loss"),
    [
        ([3, 4, 2], ["tanh", "identity"], "mse"),
        ([2, 5, 3, 1], ["softplus", "sigmoid", "identity"], "mse"),
        ([3, 4, 3], ["x**2 + sin(x)", "identity"], "cross_entropy"),
        ([2, 3], ["sigmoid"], "mse"),
    ],
)
def test_gradients_are_the_slopes_of_the_loss(sizes: list[int], names: list[str], loss: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = MLP(sizes, names, loss=loss)
    parameters = [(W, rng.normal(size=b.shape)) for W, b in network.init(rng)]
    X = rng.normal(size=(6, sizes[0]))
    y = rng.normal(size=(6, sizes[-1])) if loss == "mse" else rng.dirichlet(np.ones(sizes[-1]), size=6)
    value, gradients = network.loss_and_gradients(parameters, X, y)
    outputs = plain_outputs(names, parameters, X)
    np.testing.assert_allclose(network.predict(parameters, X), outputs, rtol=1e-12)
    if loss == "mse":
        assert value == pytest.approx(np.mean((outputs - y) ** 2), rel=1e-12)
    else:
        p = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
        assert value == pytest.approx(-np.mean(np.sum(y * np.log(p), axis=1)), rel=1e-12)
    assert worst_gap(network, parameters, X, y, gradients) < 1e-7
    # negative control: a gradient with one sign turned is noticed
    gradients[0][0][0, 0] *= -1
    assert worst_gap(network, parameters, X, y, gradients) > 1e-6


def test_cross_entropy_gives_p_minus_y_and_survives_huge_logits() -> None:
    logits = np.array([[1e300, 0.0, -1e300], [-700.0, 800.0, 0.0]])
    y = np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
    value, gradient = LOSSES["cross_entropy"].run(logits, y)
    assert np.isfinite(gradient).all() and value == 5e299
    np.testing.assert_array_equal(gradient, (np.array([[1.0, 0, 0], [0, 1, 0]]) - y) / 2)


def test_class_numbers_are_one_hot_rows(seed: int) -> None:
    network = MLP([2, 3], ["softmax"], loss="cross_entropy")
    parameters = network.init(seed)
    X = np.random.default_rng(seed).normal(size=(3, 2))
    by_class = network.loss_and_gradients(parameters, X, np.array([2, 0, 1]))
    by_rows = network.loss_and_gradients(parameters, X, np.eye(3)[[2, 0, 1]])
    assert by_class[0] == by_rows[0]
    np.testing.assert_array_equal(by_class[1][0][0], by_rows[1][0][0])


def test_training_lowers_the_loss(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = MLP([1, 12, 1], "tanh")
    parameters = network.init(rng)
    X = np.linspace(-2, 2, 40)[:, None]
    y = np.sin(2 * X)
    first = network.loss_and_gradients(parameters, X, y)[0]
    for _ in range(400):
        loss, gradients = network.loss_and_gradients(parameters, X, y)
        parameters = [(W - 0.1 * dW, b - 0.1 * db) for (W, b), (dW, db) in zip(parameters, gradients, strict=True)]
    assert loss < 0.5 * first


def test_single_precision_is_kept(seed: int) -> None:
    network = MLP([2, 2, 1], "relu")
    parameters = [(W.astype("f4"), b.astype("f4")) for W, b in network.init(seed)]
    loss, gradients = network.loss_and_gradients(parameters, np.ones((2, 2), "f4"), np.ones(2, "f4"))
    assert loss.dtype == "f4" and {g.dtype.name for pair in gradients for g in pair} == {"float32"}


def test_initial_weights_keep_the_second_moment(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = MLP([400, 400, 400, 400], "relu")
    X = rng.standard_normal((200, 400))
    for (W, _), name in zip(network.init(rng), ["relu", "relu", "identity"], strict=True):
        z = X @ W.T
        assert np.var(z) == pytest.approx(1, abs=0.1)
        X = PLAIN[name](z)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: MLP([2], ["relu"]), "at least two"),
        (lambda: MLP([2, 0], ["relu"]), "positive integers"),
        (lambda: MLP([2, 3], ["relu", "relu"]), "got 2, expected 1"),
        (lambda: MLP([2, 3], "relu"), "no|none"),
        (lambda: MLP([2, 3], ["softmax"]), "cross_entropy"),
        (lambda: MLP([2, 3, 3], ["softmax", None], loss="cross_entropy"), "layer 1: softmax is vector"),
        (lambda: MLP([2, 3], ["relu"], loss="msse"), "did you mean 'mse'"),
        (lambda: MLP([2, 3], [None]).loss_and_gradients([(np.ones((3, 2)), np.ones(2))], [[1, 2]], [[1]]), "layer 1"),
        (lambda: MLP([2, 1], [None]).loss_and_gradients([(np.ones((1, 2)), np.ones(1))], [[1]], [[1]]), "X: got shape"),
        (lambda: MLP([2, 1], [None]).loss_and_gradients([(np.ones((1, 2)), np.ones(1))], [[1, 2]], [[1, 2]]), "y: got"),
        (lambda: MLP([2, 1], [None]).loss_and_gradients([], [[1, 2]], [[1]]), "got 0 entries, expected 1"),
    ],
)
def test_wrong_use(make, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        make()


@pytest.mark.parametrize("f", [x**3 - x, sp.tanh(x), x / (1 + sp.exp(-x))])
def test_the_rule_is_what_differentiating_the_entries_gives(f: sp.Expr) -> None:
    rule = backpropagation(f)
    W, b = sp.Matrix(2, 3, sp.symbols("w:6", real=True)), sp.Matrix(2, 1, sp.symbols("b:2", real=True))
    column, G = sp.Matrix(3, 1, sp.symbols("x:3", real=True)), sp.Matrix(2, 1, sp.symbols("g:2", real=True))
    loss = sum(G[a] * f.subs(x, (W * column + b)[a]) for a in range(2))  # any loss, to first order
    point = {s: sp.Rational(k + 1, 7) * (-1) ** k for k, s in enumerate([*W, *b, *column, *G])}
    for gradient, variables in zip(rule.at(W, column, b, G), (W, b, column), strict=True):
        for value, variable in zip(gradient, variables, strict=True):
            gap = (value - sp.diff(loss, variable)).subs(point).evalf(40)
            assert abs(gap) < sp.Float("1e-30")


def test_the_row_wise_rule(seed: int) -> None:
    share = Activation("share", sp.exp(xs[i]) / sp.Sum(sp.exp(xs[j]), (j, 0, n - 1)), kind="vector")
    delta = backpropagation(share).delta
    rng = np.random.default_rng(seed)
    z, G = rng.normal(size=3), rng.normal(size=3)
    p = np.exp(z) / np.exp(z).sum()
    expected = p * (G - G @ p)
    upstream = sp.IndexedBase("G", real=True)
    for row in range(3):
        value = delta.subs(n, 3).subs(i, row).doit()
        value = value.subs({xs[m]: z[m] for m in range(3)} | {upstream[m]: G[m] for m in range(3)})
        assert float(value) == pytest.approx(expected[row], rel=1e-10)


def test_gated_layers_have_no_such_rule() -> None:
    with pytest.raises(UnsupportedExpression, match="gated"):
        backpropagation("glu")
