"""Activations with a transcendental piece: exponential, logarithmic or hyperbolic on one side of a border."""

from sympy import Abs, Max, Min, Piecewise, Rational, cosh, exp, log, pi, sign, sinh, sqrt, tanh

from symacts.catalog.references import (
    BASIRAT,
    CARLILE,
    CHEN_AREL,
    CHIENG,
    KONG,
    LI_MPELU,
    LIU_NLRELU,
    PARISI,
    RAMASINGHE,
    TROTTIER,
    XU_TANH,
    ZHANG_SERLU,
)
from symacts.catalog.row import SURVEY, Row
from symacts.spec import x

ROWS = (
    Row(
        "arelu",
        lambda a, b: Piecewise(
            ((1 + 1 / (1 + exp(-b))) * x, x >= 0), (Min(Rational("0.99"), Max(Rational("0.01"), a)) * x, True)
        ),
        (("a", "0.9", "real"), ("b", 2, "real")),
        reference=CHEN_AREL,
    ),
    Row(
        "edelu",
        lambda a, b, c: Piecewise((x, x >= c), ((exp(a * x) - 1) / b, True)),
        (("a", 1, "positive"), ("b", 1, "positive"), ("c", 0, "real")),
        reference=SURVEY,
    ),
    Row(
        "elish", lambda: Piecewise((x / (1 + exp(-x)), x >= 0), ((exp(x) - 1) / (1 + exp(-x)), True)), reference=BASIRAT
    ),
    Row("evolved_tanh_relu", lambda a: a * (tanh(x**2) + Max(x, 0)), (("a", 1, "real"),)),
    Row(
        "felu",
        lambda a: Piecewise((x, x >= 0), (a * (2 ** (x / log(2)) - 1), True)),
        (("a", 1, "positive"),),
        aliases=("fast_elu",),
    ),
    Row(
        "flatten_t_swish",
        lambda T: Max(x, 0) / (1 + exp(-x)) + T,
        (("T", "-0.20", "real"),),
        aliases=("fts", "relu_swish", "pfts"),
        reference=CHIENG,
    ),
    Row("fpflu", lambda: Piecewise((x, x >= 0), (x + x**2 / sqrt(1 + x**2), True))),
    Row(
        "hard_elish",
        lambda: Piecewise(
            (x * Max(0, Min(1, (x + 1) / 2)), x >= 0), ((exp(x) - 1) * Max(0, Min(1, (x + 1) / 2)), True)
        ),
        reference=BASIRAT,
    ),
    Row(
        "hard_srelue",
        lambda a: Piecewise((a * x * Max(0, Min(1, (x + 1) / 2)) + x, x >= 0), (a * (exp(x) - 1), True)),
        (("a", "1/2", "real"),),
        reference=SURVEY,
    ),
    Row("hclsh", lambda: Piecewise((log(cosh(x) + x * cosh(x / 2)), x >= 0), (log(cosh(x)) + x, True))),
    Row(
        "hexpo",
        lambda a, b, c, d: Piecewise((-a * (exp(-x / b) - 1), x >= 0), (c * (exp(x / d) - 1), True)),
        (("a", 1, "positive"), ("b", 1, "positive"), ("c", 1, "positive"), ("d", 1, "positive")),
        reference=KONG,
    ),
    Row("hyper_sinh", lambda: Piecewise((sinh(x) / 3, x > 0), (x**3 / 4, True)), reference=PARISI),
    Row(
        "isrlu",
        lambda alpha: Piecewise((x, x >= 0), (x / sqrt(1 + alpha * x**2), True)),
        (("alpha", 1, "positive"),),
        reference=CARLILE,
    ),
    Row("laplacian", lambda a: exp(-Abs(x) / a), (("a", 1, "positive"),), reference=RAMASINGHE),
    Row("loglu", lambda: Piecewise((x, x > 0), (-log(1 - x), True)), aliases=("log_linear_unit",)),
    Row(
        "lpselu",
        lambda a, b, c: Piecewise((a * x, x >= 0), (a * b * (exp(x) - 1) + c * x, True)),
        (("a", "1.05", "real"), ("b", "1.67", "real"), ("c", "0.01", "real")),
        reference=SURVEY,
    ),
    Row(
        "lrelu_elu_mix",
        lambda p: (
            p * Piecewise((x, x >= 0), (Rational("0.01") * x, True))
            + (1 - p) * Piecewise((x, x >= 0), (exp(x) - 1, True))
        ),
        (("p", "1/2", "unit"),),
    ),
    Row(
        "lselu",
        lambda a, b, c: Piecewise((a * x, x >= 0), (a * b * (exp(x) - 1) + a * c * x, True)),
        (("a", "1.05078", "positive"), ("b", "1.6733", "positive"), ("c", "0.1", "real")),
        aliases=("leaky_selu",),
        reference=SURVEY,
    ),
    Row("maxsig", lambda: Max(x, 1 / (1 + exp(-x))), reference=SURVEY),
    Row("maxtanh", lambda: Max(x, tanh(x)), reference=SURVEY),
    Row(
        "mpelu",
        lambda alpha, beta: Piecewise((x, x > 0), (alpha * (exp(beta * x) - 1), True)),
        (("alpha", "0.25", "real"), ("beta", 1, "positive")),
        reference=LI_MPELU,
    ),
    Row(
        "nlrelu",
        lambda beta: log(1 + beta * Max(x, 0)),
        (("beta", 1, "positive"),),
        aliases=("natural_log_relu",),
        reference=LIU_NLRELU,
    ),
    Row(
        "optimized_leaky_relu",
        lambda l, u: Piecewise((x, x >= 0), (exp(-(u + l) / (u - l)) * x, True)),
        (("l", 3, "positive"), ("u", 8, "positive")),
        aliases=("olrelu",),
        reference=SURVEY,
    ),
    Row(
        "p_e2_id",
        lambda a: (
            a * x
            + (1 - a) * (Piecewise((x, x >= 0), (exp(x) - 1, True)) - Piecewise((-x, -x >= 0), (exp(-x) - 1, True)))
        ),
        (("a", "1/2", "real"),),
    ),
    Row(
        "pelu",
        lambda a, b: Piecewise((a / b * x, x >= 0), (a * (exp(x / b) - 1), True)),
        (("a", 1, "positive"), ("b", 1, "positive")),
        reference=TROTTIER,
    ),
    Row(
        "penalized_tanh",
        lambda a: Piecewise((tanh(x), x >= 0), (tanh(x) / a, True)),
        (("a", 4, "above_one"),),
        aliases=("ptanh",),
        reference=XU_TANH,
    ),
    Row("pfpm", lambda p: Piecewise((x * tanh(log(1 + exp(x))) + p, x >= 0), (p, True)), (("p", "-0.2", "real"),)),
    Row(
        "pmaf",
        lambda a: Piecewise(
            (2 / (sqrt(3) * pi ** Rational(1, 4)) * (1 - (x + a) ** 2) * exp(-((x + a) ** 2) / 2), x < 0),
            (2 / (sqrt(3) * pi ** Rational(1, 4)) * (1 - (x - a) ** 2) * exp(-((x - a) ** 2) / 2), True),
        ),
        (("a", 4, "positive"),),
        aliases=("piecewise_mexican_hat",),
        reference=SURVEY,
    ),
    Row(
        "prbf",
        lambda a, b: Piecewise(
            (exp(-((x - 2 * a) ** 2) / b**2), x >= a),
            (exp(-((x + 2 * a) ** 2) / b**2), x <= -a),
            (exp(-(x**2) / b**2), True),
        ),
        (("a", 3, "positive"), ("b", 1, "positive")),
        reference=SURVEY,
    ),
    Row(
        "prenu",
        lambda a: Piecewise((x - a * log(1 + x), x >= 0), (0, True)),
        (("a", "0.25", "nonnegative"),),
        reference=SURVEY,
    ),
    Row(
        "ptelu",
        lambda a, b: Piecewise((x, x >= 0), (a * tanh(b * x), True)),
        (("a", 1, "positive"), ("b", 1, "positive")),
        aliases=("trelu",),
    ),
    Row(
        "rand_softplus",
        lambda a: (1 - a) * Max(0, x) + a * log(1 + exp(x)),
        (("a", "1/2", "unit"),),
        aliases=("rsp",),
        reference=SURVEY,
    ),
    Row(
        "reblu",
        lambda a: Piecewise((a * (sqrt(x**2 + 1) - 1) + x, x > 0), (0, True)),
        (("a", "1/2", "symmetric_unit"),),
        reference=SURVEY,
    ),
    Row(
        "reltanh",
        lambda a, b: Piecewise(
            ((1 - tanh(a) ** 2) * (x - a) + tanh(a), x <= a),
            ((1 - tanh(b) ** 2) * (x - b) + tanh(b), x >= b),
            (tanh(x), True),
        ),
        (("a", "-1.5", "negative"), ("b", 0, "nonnegative")),
    ),
    Row(
        "repsu",
        lambda a, b, c, d, e: (
            a * Piecewise(((x - b) / (1 + exp(-sign(x - c) * (Abs(x - c) / d) ** e)), x >= b), (0, True))
            + (1 - a)
            * Piecewise((2 * x - (x - b) / (1 + exp(-sign(x - c) * (Abs(x - c) / d) ** e)), x >= b), (0, True))
        ),
        (("a", "1/2", "real"), ("b", 0, "real"), ("c", 0, "real"), ("d", 1, "positive"), ("e", 1, "positive")),
        reference=SURVEY,
    ),
    Row(
        "resp",
        lambda a: Piecewise((a * x + log(2), x >= 0), (log(1 + exp(x)), True)),
        (("a", "1.7", "positive"),),
        aliases=("rectified_softplus",),
        reference=SURVEY,
    ),
    Row("reu", lambda: Piecewise((x, x >= 0), (x * exp(x), True)), aliases=("rectified_exponential_unit",)),
    Row(
        "rsigelud",
        lambda a, b: Piecewise((a * x / (1 + exp(-x)) + x, x > 1), (x, x >= 0), (b * (exp(x) - 1), True)),
        (("a", "1/2", "real"), ("b", "1/2", "real")),
    ),
    Row(
        "sara",
        lambda a, b: Piecewise((x, x >= 0), (x / (1 + a * exp(-b * x)), True)),
        (("a", "1/2", "real"), ("b", "0.7", "real")),
        reference=SURVEY,
    ),
    Row(
        "sc_mish",
        lambda a: Max(0, x * tanh(log(1 + exp(a * x)))),
        (("a", "1/4", "positive"),),
        aliases=("soft_clipping_mish",),
        reference=SURVEY,
    ),
    Row("sc_swish", lambda: Max(0, x / (1 + exp(-x))), reference=SURVEY),
    Row(
        "serlu",
        lambda lam, alpha: lam * Piecewise((x, x >= 0), (alpha * x * exp(x), True)),
        (("lam", "1.07862", "positive"), ("alpha", "2.90427", "positive")),
        reference=ZHANG_SERLU,
    ),
    Row(
        "shelu",
        lambda a, b: Piecewise((x + b, x + b >= 0), (a * (exp(x + b) - 1), True)),
        (("a", 1, "positive"), ("b", 0, "real")),
    ),
    Row("siglu", lambda: Piecewise((x, x >= 0), ((1 - exp(-2 * x)) / (1 + exp(-2 * x)), True)), reference=SURVEY),
    Row(
        "sigmoid_algebraic",
        lambda a: 1 / (1 + exp(-x * (1 + a * Abs(x)) / (1 + Abs(x) * (1 + a * Abs(x))))),
        (("a", 1, "nonnegative"),),
        reference=SURVEY,
    ),
    Row(
        "slu",
        lambda a, b, c: Piecewise((a * x, x >= 0), (b * log(1 + exp(x)) - c, True)),
        (("a", 1, "real"), ("b", 2, "real"), ("c", lambda: 2 * log(2), "real")),
        aliases=("softplus_linear_unit",),
    ),
    Row("sqrt_act", lambda: sign(x) * sqrt(Abs(x)), aliases=("signed_sqrt",)),
    Row(
        "sselu",
        lambda a, b, c: Piecewise((a * x, x >= 0), (a * b * (exp(c * x) - 1), True)),
        (("a", "1.05078", "real"), ("b", "1.6733", "real"), ("c", 1, "real")),
        reference=SURVEY,
    ),
    Row(
        "stac_tanh",
        lambda a, b: Piecewise((-tanh(a) + b * (x + a), x < -a), (tanh(a) + b * (x - a), x > a), (tanh(x), True)),
        (("a", 1, "positive"), ("b", "0.1", "real")),
        reference=SURVEY,
    ),
    Row(
        "svelu",
        lambda a, b: Piecewise((x + b, x >= 0), (a * (exp(x) - 1) + b, True)),
        (("a", 1, "positive"), ("b", 0, "real")),
    ),
)
