"""Row-wise activations: the formula gives entry i of the output for the vector x[0], ..., x[n - 1]."""

from sympy import Expr, Sum, exp, log, sqrt

from symacts.catalog.row import Row
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
)
