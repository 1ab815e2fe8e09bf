"""Gated units: a value x times a function of a gate g, the two halves of a doubled layer."""

from sympy import Max, erf, exp, sqrt

from symacts.catalog.row import Row
from symacts.spec import Reference, g, x

DAUPHIN = Reference(
    "Dauphin, Y. N., Fan, A., Auli, M. and Grangier, D.",
    2016,
    "Language Modeling with Gated Convolutional Networks",
    "arXiv:1612.08083",
)
SHAZEER = Reference("Shazeer, N.", 2020, "GLU Variants Improve Transformer", "arXiv:2002.05202")

ROWS = (
    # The first half is the value, the second the gate, as torch, JAX and Keras split it.
    Row("glu", lambda: x / (1 + exp(-g)), (), (), DAUPHIN, "gated"),
    Row("bilinear", lambda: x * g, (), (), SHAZEER, "gated"),
    Row("reglu", lambda: x * Max(g, 0), (), (), SHAZEER, "gated"),
    Row("geglu", lambda: x * g * (1 + erf(g / sqrt(2))) / 2, (), (), SHAZEER, "gated"),
    Row(
        "swiglu",
        lambda beta: x * g / (1 + exp(-beta * g)),
        (("beta", 1, "positive"),),
        ("silu_glu",),
        SHAZEER,
        "gated",
    ),
)
