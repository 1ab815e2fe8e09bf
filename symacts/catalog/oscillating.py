"""Periodic and oscillating activations."""

from sympy import Abs, Ne, Piecewise, cos, exp, pi, sin

from symacts.catalog.references import EGER, LEE, LIU_FINER, NOEL_GCU, NOEL_OSC, PAUL, RAMASINGHE, SITZMANN, ZIYIN
from symacts.catalog.row import SURVEY, Row
from symacts.spec import x

ROWS = (
    Row("cosid", lambda: cos(x) - x, reference=EGER),
    Row("cosine", lambda: 1 - cos(x), reference=SURVEY),
    Row("coslu", lambda a, b: (x + a * cos(b * x)) / (1 + exp(-x)), (("a", 1, "real"), ("b", 1, "real"))),
    Row(
        "dsu",
        lambda: (
            pi
            / 2
            * (
                Piecewise((sin(x - pi) / (x - pi), Ne(x, pi)), (1, True))
                - Piecewise((sin(x + pi) / (x + pi), Ne(x, -pi)), (1, True))
            )
        ),
        aliases=("decaying_sine_unit",),
        reference=NOEL_OSC,
    ),
    Row("exp_sin", lambda a: exp(-sin(a * x)), (("a", 1, "positive"),), reference=RAMASINGHE),
    Row("finer", lambda w0: sin(w0 * (Abs(x) + 1) * x), (("w0", 1, "positive"),), reference=LIU_FINER),
    Row("gcu", lambda: x * cos(x), aliases=("growing_cosine_unit",), reference=NOEL_GCU),
    Row("sine", lambda w0: sin(w0 * x), (("w0", 1, "positive"),), aliases=("siren", "sin"), reference=SITZMANN),
    Row("sine_relu", lambda a: Piecewise((x, x >= 0), (a * (sin(x) - cos(x)), True)), (("a", 1, "positive"),)),
    Row(
        "sinlu", lambda a, b: (x + a * sin(b * x)) / (1 + exp(-x)), (("a", 1, "real"), ("b", 1, "real")), reference=PAUL
    ),
    Row("sinp", lambda a: sin(x) - a * x, (("a", 1, "real"),), aliases=("sinp_n",)),
    Row("sinsig", lambda: x * sin(pi / 2 / (1 + exp(-x))), reference=SURVEY),
    Row("snake", lambda a: x + sin(a * x) ** 2 / a, (("a", 1, "positive"),), reference=ZIYIN),
    Row(
        "snake_beta", lambda a, b: x + sin(a * x) ** 2 / b, (("a", 1, "positive"), ("b", 1, "positive")), reference=LEE
    ),
    Row(
        "ssu",
        lambda: pi * Piecewise((sin(x - pi) / (x - pi), Ne(x, pi)), (1, True)),
        aliases=("shifted_sinc_unit",),
        reference=NOEL_OSC,
    ),
)
