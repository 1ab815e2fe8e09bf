"""Exponential linear units and the exponential itself."""

from sympy import E, Expr, Max, Min, Piecewise, Rational, erfc, exp, pi, sqrt

from symacts.catalog.row import Row
from symacts.spec import Reference, x

CLEVERT = Reference(
    "Clevert, D.-A., Unterthiner, T. and Hochreiter, S.",
    2015,
    "Fast and Accurate Deep Network Learning by Exponential Linear Units (ELUs)",
    "arXiv:1511.07289",
)
BARRON = Reference("Barron, J. T.", 2017, "Continuously Differentiable Exponential Linear Units", "arXiv:1704.07483")
KLAMBAUER = Reference(
    "Klambauer, G., Unterthiner, T., Mayr, A. and Hochreiter, S.",
    2017,
    "Self-Normalizing Neural Networks",
    "arXiv:1706.02515",
)


def selu_alpha() -> Expr:
    """The exact slope constant, 1.6732632423543772...: Klambauer et al. 2017, eq. 14."""
    return -sqrt(2 / pi) / (erfc(1 / sqrt(2)) * exp(Rational(1, 2)) - 1)


def selu_scale() -> Expr:
    """The exact scale, 1.0507009873554804...: Klambauer et al. 2017, eq. 14."""
    tail = erfc(1 / sqrt(2))
    inner = 2 * erfc(sqrt(2)) * E**2 + pi * tail**2 * E - 2 * (2 + pi) * tail * sqrt(E) + pi + 2
    return (1 - tail * sqrt(E)) * sqrt(2 * pi) / sqrt(inner)


ROWS = (
    Row(
        "elu",
        lambda alpha: Piecewise((x, x > 0), (alpha * (exp(x) - 1), True)),
        (("alpha", 1, "positive"),),
        (),
        CLEVERT,
    ),
    Row(
        "celu",
        lambda alpha: Max(0, x) + Min(0, alpha * (exp(x / alpha) - 1)),
        (("alpha", 1, "positive"),),
        ("continuously_differentiable_elu",),
        BARRON,
    ),
    Row(
        "selu",
        lambda alpha, scale: scale * Piecewise((x, x > 0), (alpha * (exp(x) - 1), True)),
        (("alpha", selu_alpha, "positive"), ("scale", selu_scale, "positive")),
        (),
        KLAMBAUER,
    ),
    Row("exponential", lambda: exp(x)),
)
