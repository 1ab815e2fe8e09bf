"""Layers built on activations: affine maps, backpropagation, losses, small networks."""

from symacts.layers.affine import Affine, Collapse, collapse, collapse_theorem
from symacts.layers.backprop import Backpropagation, backpropagation
from symacts.layers.losses import LOSSES, Loss
from symacts.layers.mlp import MLP

__all__ = [
    "LOSSES",
    "MLP",
    "Affine",
    "Backpropagation",
    "Collapse",
    "Loss",
    "backpropagation",
    "collapse",
    "collapse_theorem",
]
