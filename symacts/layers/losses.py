"""Losses as rows: the value over a batch, its gradient in the network's outputs, and the formula.

>>> import numpy as np
>>> outputs, targets = np.array([[1.0, 2.0]]), np.array([[0.0, 2.0]])
>>> value, gradient = LOSSES["mse"].run(outputs, targets)
>>> float(value), gradient.tolist()
(0.5, [[1.0, 0.0]])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symacts.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["LOSSES", "Loss"]


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss over a batch.

    `run(outputs, targets)`, both of shape (n, out), gives the value and its gradient in the outputs. `logits` says
    that the outputs are pre-activations of softmax. The formula is for one entry or one row, before the mean.
    """

    name: str
    run: Callable[[Any, Any], tuple[Any, Any]]
    formula: str
    logits: bool = False


def _squared(outputs: np.ndarray, targets: np.ndarray) -> tuple[Any, np.ndarray]:
    residual = outputs - targets
    return (residual * residual).mean(), residual * (2 / residual.size)


def _cross_entropy(outputs: np.ndarray, targets: np.ndarray) -> tuple[Any, np.ndarray]:
    """Rows `-sum(y*log(softmax(z)))`; gradient `p*sum(y) - y`, which is `p - y` for rows that sum to one."""
    import numpy as np

    if (targets < 0).any():
        raise ParameterError("cross entropy: got a negative target, expected weights or probabilities")
    # softmax and its logarithm do not change under a shift: the largest logit becomes 0 and nothing overflows
    shifted = outputs - outputs.max(axis=1, keepdims=True)
    total = np.exp(shifted).sum(axis=1, keepdims=True)
    log_p = shifted - np.log(total)
    rows = -np.where(targets > 0, targets * log_p, 0).sum(axis=1)
    weight = targets.sum(axis=1, keepdims=True)
    return rows.mean(), (np.exp(log_p) * weight - targets) / len(outputs)


LOSSES: Mapping[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss("mse", _squared, "(a - y)**2, mean over all entries"),
        Loss("cross_entropy", _cross_entropy, "-sum(y*log(softmax(z))), mean over rows", logits=True),
    )
}
"""The losses a network can be trained with."""
