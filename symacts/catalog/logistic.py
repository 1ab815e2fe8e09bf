"""The logistic sigmoid, the hyperbolic tangent, softplus, and what is built on them."""

from sympy import Abs, exp, log, sqrt, tanh

from symacts.catalog.row import Row
from symacts.spec import Reference, x

RUMELHART = Reference(
    "Rumelhart, D. E., Hinton, G. E. and Williams, R. J.",
    1986,
    "Learning Representations by Back-Propagating Errors",
    "doi:10.1038/323533a0",
)
LECUN = Reference("LeCun, Y., Bottou, L., Orr, G. B. and Müller, K.-R.", 1998, "Efficient BackProp")
DUGAS = Reference(
    "Dugas, C., Bengio, Y., Bélisle, F., Nadeau, C. and Garcia, R.",
    2001,
    "Incorporating Second-Order Functional Knowledge for Better Option Pricing",
)
ELFWING = Reference(
    "Elfwing, S., Uchibe, E. and Doya, K.",
    2017,
    "Sigmoid-Weighted Linear Units for Neural Network Function Approximation in Reinforcement Learning",
    "arXiv:1702.03118",
)
RAMACHANDRAN = Reference(
    "Ramachandran, P., Zoph, B. and Le, Q. V.", 2017, "Searching for Activation Functions", "arXiv:1710.05941"
)
MISRA = Reference("Misra, D.", 2019, "Mish: A Self Regularized Non-Monotonic Activation Function", "arXiv:1908.08681")
BARRON = Reference("Barron, J. T.", 2021, "Squareplus: A Softplus-Like Algebraic Rectifier", "arXiv:2112.11687")
GLOROT = Reference(
    "Glorot, X. and Bengio, Y.", 2010, "Understanding the Difficulty of Training Deep Feedforward Neural Networks"
)

ROWS = (
    Row("sigmoid", lambda: 1 / (1 + exp(-x)), aliases=("logistic", "expit"), reference=RUMELHART),
    Row("tanh", lambda: tanh(x), aliases=("hyperbolic_tangent",), reference=LECUN),
    Row("log_sigmoid", lambda: -log(1 + exp(-x)), aliases=("logsigmoid",)),
    Row("softplus", lambda beta: log(1 + exp(beta * x)) / beta, (("beta", 1, "positive"),), (), DUGAS),
    Row("silu", lambda: x / (1 + exp(-x)), aliases=("swish_1", "sil"), reference=ELFWING),
    # Frameworks that say "swish" without a parameter mean beta = 1, which is silu.
    Row("swish", lambda beta: x / (1 + exp(-beta * x)), (("beta", 1, "positive"),), ("silu_beta",), RAMACHANDRAN),
    Row("mish", lambda: x * tanh(log(1 + exp(x))), reference=MISRA),
    Row("tanh_shrink", lambda: x - tanh(x), aliases=("tanhshrink",)),
    Row("softsign", lambda: x / (1 + Abs(x)), aliases=("soft_sign",), reference=GLOROT),
    # b = 4 as JAX and Keras have it.
    Row("squareplus", lambda b: (x + sqrt(x**2 + b)) / 2, (("b", 4, "positive"),), (), BARRON),
)
