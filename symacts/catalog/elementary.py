"""Elementary functions that frameworks offer as activations."""

from sympy import Ne, Piecewise, asinh, erf, pi, sign, sin

from symacts.catalog.row import Row
from symacts.spec import x

ROWS = (
    Row("identity", lambda: x, aliases=("linear",)),
    Row("square", lambda: x**2),
    Row("sign", lambda: sign(x), aliases=("bipolar_step",)),
    Row("erf", lambda: erf(x)),
    Row("asinh", lambda: asinh(x)),
    # Normalized, as numpy.sinc and torch.sinc have it; SymPy's class of that name is sin(x)/x.
    Row("sinc", lambda: Piecewise((sin(pi * x) / (pi * x), Ne(x, 0)), (1, True))),
)
