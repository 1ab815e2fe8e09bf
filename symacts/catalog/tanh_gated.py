"""The input times a gate built on tanh, erf or atan."""

from sympy import Rational, atan, erf, exp, log, pi, sqrt, tanh

from symacts.catalog.references import BISWAS_ERF, HUANG, KUMAR, LIU_TANHEXP, NAVEEN, ROY, SEO, YU_SGELU
from symacts.catalog.row import SURVEY, Row
from symacts.spec import x

ROWS = (
    Row(
        "aptx",
        lambda alpha, beta, gamma: (alpha + tanh(beta * x)) * gamma * x,
        (("alpha", 1, "real"), ("beta", 1, "positive"), ("gamma", "1/2", "positive")),
        reference=KUMAR,
    ),
    Row(
        "calu",
        lambda: x * (atan(x) / pi + Rational(1, 2)),
        aliases=("atlu", "arctan_linear_unit", "cauchy_linear_unit"),
        reference=HUANG,
    ),
    Row(
        "erf_act",
        lambda a, b: x * erf(a * exp(b * x)),
        (("a", 1, "positive"), ("b", 1, "positive")),
        reference=BISWAS_ERF,
    ),
    Row("lisht", lambda: x * tanh(x), reference=ROY),
    Row("pgelu", lambda sigma: x * (1 + erf(x / (sigma * sqrt(2)))) / 2, (("sigma", 1, "positive"),)),
    Row("phish", lambda: x * tanh(x * (1 + erf(x / sqrt(2))) / 2), reference=NAVEEN),
    Row(
        "pserf",
        lambda a, b: x * erf(a * log(1 + exp(b * x))),
        (("a", 1, "positive"), ("b", 1, "positive")),
        reference=BISWAS_ERF,
    ),
    Row("psgu", lambda a: x * tanh(a / (1 + exp(-x))), (("a", "1/2", "positive"),), reference=SURVEY),
    Row(
        "pstanh",
        lambda a, b: a * x * (1 + tanh(b * x)),
        (("a", "1/2", "positive"), ("b", 1, "positive")),
        reference=SURVEY,
    ),
    Row("ptanhsig", lambda a: (x + a * tanh(x + a)) / (1 + exp(-x)), (("a", 1, "real"),)),
    Row("self_arctan", lambda: x * atan(x), reference=SURVEY),
    Row(
        "sgelu",
        lambda a: a * x * erf(x / sqrt(2)),
        (("a", 1, "positive"),),
        aliases=("symmetrical_gelu",),
        reference=YU_SGELU,
    ),
    Row("swat", lambda: x / (1 + exp(-atan(x))), reference=SURVEY),
    Row(
        "swish_t",
        lambda beta, alpha: x / (1 + exp(-beta * x)) + alpha * tanh(x),
        (("beta", 1, "positive"), ("alpha", "0.1", "real")),
        aliases=("swisht",),
        reference=SEO,
    ),
    Row("tanhexp", lambda: x * tanh(exp(x)), aliases=("telu", "tanhsoft2"), reference=LIU_TANHEXP),
    Row("tanhlu", lambda a, b, c: a * tanh(b * x) + c * x, (("a", 1, "real"), ("b", 1, "real"), ("c", 1, "real"))),
    Row("tanhsig", lambda: (x + tanh(x)) / (1 + exp(-x))),
    Row("tbsrelu", lambda: x * tanh((1 - exp(-x)) / (1 + exp(-x))), reference=SURVEY),
    Row("tbsrelu_l", lambda a: x * tanh(a * tanh(x / 2)), (("a", "1/2", "positive"),), reference=SURVEY),
    Row("tsrelu", lambda: x * tanh(1 / (1 + exp(-x))), reference=SURVEY),
    Row(
        "xatlu",
        lambda alpha: x * ((atan(x) / pi + Rational(1, 2)) * (1 + 2 * alpha) - alpha),
        (("alpha", 0, "real"),),
        reference=HUANG,
    ),
    Row(
        "xgelu",
        lambda alpha: x * (erf(x / sqrt(2)) * (Rational(1, 2) + alpha) + Rational(1, 2)),
        (("alpha", 0, "real"),),
        reference=HUANG,
    ),
)
