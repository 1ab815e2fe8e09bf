"""Small fully connected networks whose gradients come from the derived backpropagation rule and fused kernels.

>>> import numpy as np
>>> network = MLP([2, 3, 1], ["tanh", "identity"])
>>> parameters = network.init(np.random.default_rng(0))
>>> X, y = np.array([[0.0, 1.0], [1.0, -1.0]]), np.array([[1.0], [0.0]])
>>> loss, gradients = network.loss_and_gradients(parameters, X, y)
>>> [(W.shape, b.shape) for W, b in gradients]
[((3, 2), (3,)), ((1, 3), (1,))]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from symacts.errors import ParameterError, UnsupportedExpression, shorten, wording
from symacts.layers.losses import LOSSES
from symacts.spec import Activation, x

if TYPE_CHECKING:
    import numpy as np

    Parameters = Sequence[tuple[np.ndarray, np.ndarray]]

__all__ = ["MLP"]


@dataclass(frozen=True)
class MLP:
    """A fully connected network: layer l computes `f_l(W_l*x + b_l)`.

    Parameters
    ----------
    sizes : sequence of int
        Widths from input to output, at least two.
    activations : str, or sequence
        One activation a layer (a name, expression or `Activation`; None for the identity); one fewer than layers
        leaves the output linear; a single name is for all hidden layers, with a linear output. Softmax is allowed
        at the output together with the loss "cross_entropy".
    loss : str
        "mse": the mean over all entries of `(a - y)**2`; "cross_entropy": the mean over rows of
        `-sum(y*log(softmax(z)))`, whose gradient in the logits is `p - y`.

    Raises
    ------
    ParameterError
        Sizes, activations or the loss do not make a network.
    """

    sizes: Sequence[int]
    activations: Any
    loss: str = "mse"
    _kernels: tuple[Any, ...] = field(default=(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        sizes = tuple(self.sizes)
        if len(sizes) < 2 or not all(isinstance(s, int) and not isinstance(s, bool) and s > 0 for s in sizes):
            raise ParameterError(f"sizes: got {shorten(self.sizes)}, expected at least two positive integers")
        if self.loss not in LOSSES:
            raise ParameterError(wording("loss", self.loss, LOSSES))
        layers = tuple(_resolved(a) for a in _per_layer(self.activations, len(sizes) - 1))
        if layers[-1] is not None and layers[-1].kind == "vector":
            self._check_output(layers[-1])
            layers = (*layers[:-1], None)  # the loss works on logits
        for level, activation in enumerate(layers, 1):
            if activation is not None and activation.kind != "scalar":
                raise ParameterError(
                    f"layer {level}: {activation.name} is {activation.kind}, expected a scalar activation"
                )
        object.__setattr__(self, "sizes", sizes)
        object.__setattr__(self, "activations", layers)
        object.__setattr__(self, "_kernels", tuple(None if a is None else _kernel(a) for a in layers))

    def _check_output(self, activation: Activation) -> None:
        """Only the distribution that the loss itself takes its logits to may stand at the output."""
        if not LOSSES[self.loss].logits or activation.formula != _shares():
            raise ParameterError(
                f"the output activation {activation.name} is row-wise: with loss='cross_entropy' give softmax or None, "
                "otherwise a scalar activation"
            )

    def init(self, rng: Any = None) -> list[tuple[np.ndarray, np.ndarray]]:
        """Random weights that keep the variance, zero biases.

        `W_l` is normal with variance `gain**2/fan_in`, where `gain = 1/sqrt(E[f(Z)**2])` is that of the activation
        in front of it (1 for the inputs, and where the gain is unknown).

        Parameters
        ----------
        rng : numpy.random.Generator or int, optional
            The generator, or a seed for one.
        """
        import numpy as np

        rng = np.random.default_rng(rng)
        gains = [1.0, *(_gain(a) for a in self.activations[:-1])]
        parameters = []
        for fan_in, fan_out, gain in zip(self.sizes[:-1], self.sizes[1:], gains, strict=True):
            W = rng.standard_normal((fan_out, fan_in)) * (gain / np.sqrt(fan_in))
            parameters.append((W, np.zeros(fan_out)))
        return parameters

    def predict(self, parameters: Parameters, X: Any) -> np.ndarray:
        """The outputs, shape (n, out); logits where the loss works on logits."""
        X, layers = self._inputs(parameters, X)
        for (W, b), kernel in zip(layers, self._kernels, strict=True):
            z = X @ W.T + b
            X = z if kernel is None else kernel(z)[0]
        return X

    def loss_and_gradients(self, parameters: Parameters, X: Any, y: Any) -> tuple[Any, list[tuple[Any, Any]]]:
        """The loss over a batch and its gradients in all parameters.

        Parameters
        ----------
        parameters : list of (W, b)
            `W_l` of shape (out, in), `b_l` of shape (out,).
        X : array, shape (n, in)
        y : array, shape (n, out)
            For cross entropy also class numbers, shape (n,).

        Returns
        -------
        loss : float
        gradients : list of (dL/dW, dL/db)
            Structured as the parameters.

        Raises
        ------
        ParameterError
            Shapes that do not fit.
        """
        X, layers = self._inputs(parameters, X)
        y = self._targets(y, len(X), X.dtype)
        inputs, slopes = [X], []
        for (W, b), kernel in zip(layers, self._kernels, strict=True):
            z = inputs[-1] @ W.T + b
            value, slope = (z, None) if kernel is None else kernel(z)
            inputs.append(value)
            slopes.append(slope)
        loss, upstream = LOSSES[self.loss].run(inputs[-1], y)
        gradients = []
        for (W, _), before, slope in zip(layers[::-1], inputs[-2::-1], slopes[::-1], strict=True):
            # delta = G o f'(z); dL/dW = delta*x.T summed over the batch; dL/dx = W.T*delta
            delta = upstream if slope is None else upstream * slope
            gradients.append((delta.T @ before, delta.sum(axis=0)))
            upstream = delta @ W
        return loss, gradients[::-1]

    def _inputs(self, parameters: Parameters, X: Any) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
        import numpy as np

        shapes = list(zip(self.sizes[1:], self.sizes[:-1], strict=True))
        pairs = [tuple(pair) for pair in parameters]
        if len(pairs) != len(shapes) or any(len(pair) != 2 for pair in pairs):
            raise ParameterError(f"parameters: got {len(pairs)} entries, expected {len(shapes)} pairs (W, b)")
        layers = []
        for level, ((W, b), (rows, columns)) in enumerate(zip(pairs, shapes, strict=True), 1):
            W, b = np.asarray(W), np.asarray(b)
            if W.shape != (rows, columns) or b.shape != (rows,):
                raise ParameterError(
                    f"layer {level}: got W of shape {W.shape} and b of shape {b.shape}, "
                    f"expected {(rows, columns)} and {(rows,)}"
                )
            layers.append((W, b))
        X = np.asarray(X)
        dtype = np.result_type(*(a.dtype for pair in layers for a in pair), np.float32)
        X = X.astype(dtype, copy=False)
        if X.ndim != 2 or X.shape[1] != self.sizes[0]:
            raise ParameterError(f"X: got shape {X.shape}, expected (n, {self.sizes[0]})")
        if len(X) == 0:
            raise ParameterError("X: got no rows, expected at least one")
        return X, [(W.astype(dtype, copy=False), b.astype(dtype, copy=False)) for W, b in layers]

    def _targets(self, y: Any, rows: int, dtype: Any) -> np.ndarray:
        import numpy as np

        y, width = np.asarray(y), self.sizes[-1]
        if LOSSES[self.loss].logits and y.ndim == 1 and y.dtype.kind in "iu" and len(y) == rows:
            if y.min() < 0 or y.max() >= width:
                raise ParameterError(f"y: got classes from {y.min()} to {y.max()}, expected 0 to {width - 1}")
            return np.eye(width, dtype=dtype)[y]
        if y.ndim == 1 and width == 1:
            y = y[:, None]
        if y.shape != (rows, width):
            raise ParameterError(f"y: got shape {y.shape}, expected {(rows, width)}")
        return y.astype(dtype, copy=False)


def _per_layer(activations: Any, depth: int) -> list[Any]:
    if activations is None or isinstance(activations, str | Activation) or not isinstance(activations, Sequence):
        if depth == 1 and activations is not None:
            raise ParameterError("activations: got one for all hidden layers, but there are none; give a list")
        return [activations] * (depth - 1) + [None]
    listed = list(activations)
    if depth > 1 and len(listed) == depth - 1:
        return [*listed, None]
    if len(listed) != depth:
        fewer = f", or {depth - 1} and a linear output" if depth > 1 else ""
        raise ParameterError(f"activations: got {len(listed)}, expected {depth}{fewer}")
    return listed


def _resolved(target: Any) -> Activation | None:
    """The activation; None for the identity, which needs no kernel."""
    if target is None:
        return None
    from symacts.registry import resolve

    activation = resolve(target)
    return None if activation.kind == "scalar" and activation.formula == x else activation


def _kernel(activation: Activation) -> Any:
    from symacts.kernels import kernel

    return kernel(activation, (0, 1))


def _shares() -> Any:
    """`exp(x[i])/sum(exp(x[j]), j)`: the logits' own distribution."""
    import sympy as sp

    from symacts.spec import i, j, n, xs

    return sp.exp(xs[i]) / sp.Sum(sp.exp(xs[j]), (j, 0, n - 1))


def _gain(activation: Activation | None) -> float:
    if activation is None:
        return 1.0
    from symacts.analysis import analyze

    fact = analyze(activation).facts["gain"]
    try:
        return float(fact.digits(17)) if fact.known else 1.0
    except UnsupportedExpression:
        return 1.0
