"""Row-wise activations: the formula gives entry i of the output for the vector x[0], ..., x[n - 1]."""

from sympy import Expr, Max, Sum, exp, log, sqrt

from symacts.catalog.references import BREBISSON, MILLER, WORTSMAN
from symacts.catalog.row import SURVEY, Row
from symacts.spec import Reference, i, j, n, xs

BRIDLE = Reference(
    "Bridle, J. S.",
    1990,
    "Probabilistic Interpretation of Feedforward Classification Network Outputs, with Relationships to Statistical "
    "Pattern Recognition",
)


def total(term: Expr) -> Sum:
    """The sum of the term over the entries j of the vector."""
    return Sum(term, (j, 0, n - 1))


ROWS = (
    Row(
        "softmax",
        lambda T: exp(xs[i] / T) / total(exp(xs[j] / T)),
        (("T", 1, "positive"),),
        ("softargmax",),
        BRIDLE,
        "vector",
    ),
    Row(
        "log_softmax",
        lambda T: xs[i] / T - log(total(exp(xs[j] / T))),
        (("T", 1, "positive"),),
        ("logsoftmax",),
        None,
        "vector",
    ),
    Row("softmin", lambda T: exp(-xs[i] / T) / total(exp(-xs[j] / T)), (("T", 1, "positive"),), (), None, "vector"),
    # One number for the whole vector: the formula holds no i.
    Row("log_sum_exp", lambda: log(total(exp(xs[j]))), (), ("logsumexp", "softmaximum"), None, "vector"),
    Row(
        "l2_normalize",
        lambda eps: xs[i] / sqrt(total(xs[j] ** 2) + eps),
        (("eps", 0, "nonnegative"),),
        (),
        None,
        "vector",
    ),
    Row(
        "beta_softmax",
        lambda b: exp(b * xs[i]) / total(exp(b * xs[j])),
        (("b", 1, "positive"),),
        reference=SURVEY,
        kind="vector",
    ),
    Row("relu_attention", lambda: Max(xs[i], 0) / n, aliases=("relu_over_seqlen",), reference=WORTSMAN, kind="vector"),
    Row(
        "softmax_plus_one",
        lambda c: exp(xs[i]) / (c + total(exp(xs[j]))),
        (("c", 1, "nonnegative"),),
        aliases=("quiet_softmax", "softmax1", "tuned_softmax"),
        reference=MILLER,
        kind="vector",
    ),
    Row("spherical_softmax", lambda: xs[i] ** 2 / total(xs[j] ** 2), reference=BREBISSON, kind="vector"),
    Row(
        "sqmax",
        lambda c: (xs[i] + c) ** 2 / total((xs[j] + c) ** 2),
        (("c", 4, "real"),),
        aliases=("square_softmax",),
        reference=SURVEY,
        kind="vector",
    ),
    Row(
        "squareplus_softmax",
        lambda b: (xs[i] + sqrt(xs[i] ** 2 + b)) / total(xs[j] + sqrt(xs[j] ** 2 + b)),
        (("b", 4, "positive"),),
        kind="vector",
    ),
    Row(
        "taylor_softmax",
        lambda: (1 + xs[i] + xs[i] ** 2 / 2) / total(1 + xs[j] + xs[j] ** 2 / 2),
        reference=BREBISSON,
        kind="vector",
    ),
)
