"""The input times a logistic, exponential or algebraic gate of itself."""

from sympy import Rational, cosh, exp, log, pi, sqrt

from symacts.catalog.references import (
    BISWAS_EIS,
    CARLILE,
    DAS,
    ELFWING,
    HENDRYCKS,
    HORUZ,
    HUANG,
    KAYTAN,
    MA,
    PATWARDHAN,
    VAGERWAL,
    ZHOU,
)
from symacts.catalog.row import SURVEY, Row
from symacts.spec import x

ROWS = (
    Row(
        "acon_b",
        lambda a, p: (1 - p) * x / (1 + exp(-a * (1 - p) * x)) + p * x,
        (("a", 1, "positive"), ("p", "0.25", "real")),
        reference=MA,
    ),
    Row(
        "acon_c",
        lambda beta, p1, p2: (p1 - p2) * x / (1 + exp(-beta * (p1 - p2) * x)) + p2 * x,
        (("beta", 1, "positive"), ("p1", 1, "real"), ("p2", 0, "real")),
        aliases=("acon",),
        reference=MA,
    ),
    Row("ahaf", lambda a, b: a * x / (1 + exp(-b * x)), (("a", 1, "real"), ("b", 1, "positive"))),
    Row(
        "aria2",
        lambda alpha, beta: x * (1 + exp(-beta * x)) ** (-alpha),
        (("alpha", "1.5", "positive"), ("beta", 2, "positive")),
        aliases=("aria",),
        reference=PATWARDHAN,
    ),
    Row(
        "b_silu",
        lambda alpha: (x + alpha) / (1 + exp(-x)) - alpha / 2,
        (("alpha", "1.67", "positive"),),
        aliases=("bsilu",),
        reference=HORUZ,
    ),
    Row("bipolar_plus", lambda eps: x / sqrt(x**2 + eps), (("eps", "1e-6", "positive"),), reference=SURVEY),
    Row("colu", lambda: x / (1 - x * exp(-(x + exp(x)))), aliases=("collapsing_linear_unit",), reference=VAGERWAL),
    Row("double_silu", lambda: x / (1 + exp(-x / (1 + exp(-x)))), aliases=("dsilu_double",), reference=SURVEY),
    Row(
        "dsilu",
        lambda: (1 + x * (1 - 1 / (1 + exp(-x)))) / (1 + exp(-x)),
        aliases=("silu_derivative",),
        reference=ELFWING,
    ),
    Row("eanaf", lambda: x * exp(x) / (exp(x) + 2)),
    Row(
        "eis",
        lambda alpha, beta, gamma, delta, theta: (
            x * log(1 + exp(x)) ** alpha / (sqrt(beta + gamma * x**2) + delta * exp(-theta * x))
        ),
        (
            ("alpha", 1, "positive"),
            ("beta", 1, "nonnegative"),
            ("gamma", 1, "nonnegative"),
            ("delta", 1, "nonnegative"),
            ("theta", 1, "positive"),
        ),
        reference=BISWAS_EIS,
    ),
    Row(
        "eis1",
        lambda delta, theta: x * log(1 + exp(x)) / (x + delta * exp(-theta * x)),
        (("delta", 1, "positive"), ("theta", 1, "positive")),
        reference=BISWAS_EIS,
    ),
    Row(
        "eis3",
        lambda delta, theta: x / (1 + delta * exp(-theta * x)),
        (("delta", 1, "positive"), ("theta", 1, "positive")),
        reference=BISWAS_EIS,
    ),
    Row("expexpish", lambda: x * exp(-exp(-x)), aliases=("golu", "gompertz_linear_unit"), reference=DAS),
    Row("gish", lambda: x * log(2 - exp(-exp(x))), reference=KAYTAN),
    Row("gswish", lambda: x / (1 + exp(-exp(-x))), aliases=("generalized_swish",), reference=SURVEY),
    Row("isru", lambda alpha: x / sqrt(1 + alpha * x**2), (("alpha", 1, "positive"),), reference=CARLILE),
    Row(
        "lau",
        lambda a, b: x * log(1 + a / (1 + exp(-b * x))),
        (("a", 1, "positive"), ("b", 1, "positive")),
        reference=SURVEY,
    ),
    Row("loglogish", lambda: x * (1 - exp(-exp(x))), reference=SURVEY),
    Row("modified_elliott", lambda: x / sqrt(1 + x**2) + Rational(1, 2), aliases=("mef",)),
    Row("pflu", lambda: x / 2 * (1 + x / sqrt(1 + x**2)), aliases=("swim_1",)),
    Row(
        "plogish",
        lambda a, b: a * x * log(1 + 1 / (1 + exp(-b * x))),
        (("a", 1, "positive"), ("b", 10, "positive")),
        reference=SURVEY,
    ),
    Row(
        "pssilu",
        lambda a, b: x * (1 / (1 + exp(-a * x)) - b) / (1 - b),
        (("a", 1, "positive"), ("b", "1/4", "below_one")),
        reference=SURVEY,
    ),
    Row("quick_gelu", lambda: x / (1 + exp(-Rational("1.702") * x)), aliases=("gelu_sigmoid",), reference=HENDRYCKS),
    Row("rehsec", lambda: x / cosh(x), aliases=("rectified_hyperbolic_secant",), reference=SURVEY),
    Row(
        "rmaf",
        lambda a, b, c: b * (1 / ((1 + exp(-x)) / 4 + Rational(3, 4))) ** c * a * x,
        (("a", 1, "real"), ("b", 1, "real"), ("c", 1, "positive")),
    ),
    Row("rootsig", lambda a: a * x / (1 + sqrt(1 + a**2 * x**2)), (("a", 1, "positive"),), reference=SURVEY),
    Row("sechsig", lambda: (x + 1 / cosh(x)) / (1 + exp(-x))),
    Row("sielu", lambda: x / (1 + exp(-2 * sqrt(2 / pi) * (x + Rational("0.044715") * x**3))), reference=SURVEY),
    Row("siglin", lambda a: 1 / (1 + exp(-x)) + a * x, (("a", "0.1", "nonnegative"),), reference=SURVEY),
    Row(
        "soft_root_sign",
        lambda a, b: x / (x / a + exp(-x / b)),
        (("a", 2, "positive"), ("b", 3, "positive")),
        aliases=("srs", "saaaf"),
        reference=ZHOU,
    ),
    Row("soft_tanh", lambda a: a * x / sqrt(1 + a**2 * x**2), (("a", 1, "positive"),), reference=SURVEY),
    Row(
        "softplus_msr",
        lambda eps: (x + sqrt(x**2 + eps)) / 2,
        (("eps", "1e-6", "positive"),),
        aliases=("squareplus_msr",),
    ),
    Row("swim", lambda a: x / 2 * (1 + a * x / sqrt(1 + x**2)), (("a", "1/2", "unit"),)),
    Row(
        "tsswish",
        lambda a, b: x / (1 + exp(-x)) * (1 / (1 + exp(-x)) + 1 / (1 + exp(-x + a)) + 1 / (1 + exp(-x + b))),
        (("a", 1, "real"), ("b", 2, "real")),
        aliases=("triple_state_swish",),
        reference=SURVEY,
    ),
    Row("wave", lambda a: (1 - x**2) * exp(-a * x**2), (("a", 1, "positive"),), reference=SURVEY),
    Row("xsilu", lambda alpha: x * ((1 + 2 * alpha) / (1 + exp(-x)) - alpha), (("alpha", 0, "real"),), reference=HUANG),
)
