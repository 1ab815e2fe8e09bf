"""Gated units: a value x times a function of a gate g, the two halves of a doubled layer."""

from sympy import Max, Min, Piecewise, Rational, erf, exp, log, pi, sqrt, tanh

from symacts.catalog.exponential import selu_alpha, selu_scale
from symacts.catalog.references import OORD, OPENAI, SONG
from symacts.catalog.row import SURVEY, Row
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
    Row("d_relu_glu", lambda: Max(x, 0) * Max(g, 0), aliases=("drelu_glu",), reference=SONG, kind="gated"),
    Row(
        "dual_elu",
        lambda: Piecewise((x, x > 0), (exp(x) - 1, True)) - Piecewise((g, g > 0), (exp(g) - 1, True)),
        reference=SURVEY,
        kind="gated",
    ),
    Row("dual_relu", lambda: Max(x, 0) - Max(g, 0), reference=SURVEY, kind="gated"),
    Row("geglu_tanh", lambda: x * g / 2 * (1 + tanh(sqrt(2 / pi) * (g + Rational("0.044715") * g**3))), kind="gated"),
    Row("gtu", lambda: tanh(x) / (1 + exp(-g)), reference=OORD, kind="gated"),
    Row("mish_glu", lambda: x * g * tanh(log(1 + exp(g))), kind="gated"),
    Row("relu2_glu", lambda: x * Max(g, 0) ** 2, kind="gated"),
    Row("seglu", lambda: x * selu_scale() * Piecewise((g, g > 0), (selu_alpha() * (exp(g) - 1), True)), kind="gated"),
    Row("siglu_reverse", lambda: g / (1 + exp(-x)), kind="gated"),
    Row(
        "swiglu_oai",
        lambda alpha, limit: (Max(-limit, Min(limit, x)) + 1) * Min(g, limit) / (1 + exp(-alpha * Min(g, limit))),
        (("alpha", "1.702", "positive"), ("limit", 7, "positive")),
        aliases=("clamped_swiglu",),
        reference=OPENAI,
        kind="gated",
    ),
)
