"""Activations built on the error function and the normal distribution."""

from sympy import Rational, erf, pi, sqrt, tanh

from symacts.catalog.row import Row
from symacts.spec import Reference, x

HENDRYCKS = Reference("Hendrycks, D. and Gimpel, K.", 2016, "Gaussian Error Linear Units (GELUs)", "arXiv:1606.08415")

ROWS = (
    # The exact form, as torch has it by default; jax.nn.gelu defaults to gelu_tanh.
    Row("gelu", lambda: x * (1 + erf(x / sqrt(2))) / 2, reference=HENDRYCKS),
    Row(
        "gelu_tanh",
        lambda: x / 2 * (1 + tanh(sqrt(2 / pi) * (x + Rational(44715, 10**6) * x**3))),
        aliases=("gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_accurate", "gelu_approximate"),
        reference=HENDRYCKS,
    ),
    Row("probit", lambda: (1 + erf(x / sqrt(2))) / 2, aliases=("normal_cdf", "ndtr")),
)
