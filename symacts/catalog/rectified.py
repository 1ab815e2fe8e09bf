"""Rectified and piecewise linear activations that the frameworks ship."""

from sympy import Abs, Max, Min, Piecewise, Rational

from symacts.catalog.row import Row
from symacts.spec import Reference, x

NAIR = Reference("Nair, V. and Hinton, G. E.", 2010, "Rectified Linear Units Improve Restricted Boltzmann Machines")
MAAS = Reference(
    "Maas, A. L., Hannun, A. Y. and Ng, A. Y.", 2013, "Rectifier Nonlinearities Improve Neural Network Acoustic Models"
)
HE = Reference(
    "He, K., Zhang, X., Ren, S. and Sun, J.",
    2015,
    "Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet Classification",
    "arXiv:1502.01852",
)
XU = Reference(
    "Xu, B., Wang, N., Chen, T. and Li, M.",
    2015,
    "Empirical Evaluation of Rectified Activations in Convolutional Network",
    "arXiv:1505.00853",
)
KRIZHEVSKY = Reference("Krizhevsky, A.", 2010, "Convolutional Deep Belief Networks on CIFAR-10")
HOWARD = Reference("Howard, A. et al.", 2019, "Searching for MobileNetV3", "arXiv:1905.02244")
MARTINS = Reference(
    "Martins, A. F. T. and Astudillo, R. F.",
    2016,
    "From Softmax to Sparsemax: A Sparse Model of Attention and Multi-Label Classification",
    "arXiv:1602.02068",
)
COLLOBERT = Reference("Collobert, R.", 2004, "Large Scale Machine Learning")
SHAMIR = Reference(
    "Shamir, G. I., Lin, D. and Coviello, L.",
    2020,
    "Smooth Activations and Reproducibility in Deep Networks",
    "arXiv:2010.09931",
)

ROWS = (
    Row("relu", lambda: Max(x, 0), aliases=("rectifier",), reference=NAIR),
    # Slope 1/100 as torch, JAX and ONNX have it; Keras takes 2/10 or 3/10, textbooks often 1/10.
    Row(
        "leaky_relu",
        lambda negative_slope: Piecewise((x, x >= 0), (negative_slope * x, True)),
        (("negative_slope", "1/100", "nonnegative", None, "open_unit"),),
        ("lrelu",),
        MAAS,
    ),
    Row(
        "prelu",
        lambda alpha: Piecewise((x, x >= 0), (alpha * x, True)),
        (("alpha", "1/4", "real", None, "open_unit"),),
        (),
        HE,
    ),
    # The form at evaluation: the mean of the slopes that training draws from [lower, upper].
    Row(
        "rrelu",
        lambda lower, upper: Piecewise((x, x >= 0), ((lower + upper) / 2 * x, True)),
        (("lower", "1/8", "positive"), ("upper", "1/3", "positive")),
        ("randomized_leaky_relu",),
        XU,
    ),
    Row("relu6", lambda: Min(Max(x, 0), 6), reference=KRIZHEVSKY),
    # Keras's relu with three arguments, max_value left at infinity.
    Row(
        "relu_general",
        lambda negative_slope, threshold: Piecewise((x, x > threshold), (negative_slope * (x - threshold), True)),
        (("negative_slope", 0, "nonnegative"), ("threshold", 0, "nonnegative")),
        ("keras_relu",),
    ),
    Row(
        "threshold",
        lambda threshold, value: Piecewise((x, x > threshold), (value, True)),
        (("threshold", 1, "real"), ("value", 0, "real")),
    ),
    Row(
        "hard_tanh",
        lambda min_val, max_val: Max(min_val, Min(max_val, x)),
        (("min_val", -1, "real"), ("max_val", 1, "real", "min_val")),
        ("hardtanh",),
        COLLOBERT,
    ),
    # Slope 1/6 as torch, JAX and Keras 3 have it; ONNX and Keras 2 take 1/5.
    Row(
        "hard_sigmoid",
        lambda: Max(0, Min(1, x / 6 + Rational(1, 2))),
        aliases=("hardsigmoid",),
        reference=HOWARD,
    ),
    Row(
        "hard_sigmoid_half",
        lambda: Max(0, Min(1, (x + 1) / 2)),
        aliases=("sparse_sigmoid", "sparsemoid"),
        reference=MARTINS,
    ),
    Row(
        "hard_swish",
        lambda: x * Max(0, Min(1, x / 6 + Rational(1, 2))),
        aliases=("hardswish", "hard_silu"),
        reference=HOWARD,
    ),
    Row(
        "sparse_plus",
        lambda: Piecewise((0, x <= -1), (x, x >= 1), ((x + 1) ** 2 / 4, True)),
        reference=SHAMIR,
    ),
    Row("abs", lambda: Abs(x), aliases=("vrelu", "modulus")),
)
