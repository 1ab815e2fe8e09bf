"""Shrinkage: what small inputs are set to zero by."""

from sympy import Abs, Piecewise

from symacts.catalog.row import Row
from symacts.spec import Reference, x

DONOHO = Reference(
    "Donoho, D. L. and Johnstone, I. M.",
    1994,
    "Ideal Spatial Adaptation by Wavelet Shrinkage",
    "doi:10.1093/biomet/81.3.425",
)

ROWS = (
    Row(
        "hard_shrink",
        lambda lambd: Piecewise((x, Abs(x) > lambd), (0, True)),
        (("lambd", "1/2", "nonnegative"),),
        ("hardshrink",),
        DONOHO,
    ),
    Row(
        "soft_shrink",
        lambda lambd: Piecewise((x - lambd, x > lambd), (x + lambd, x < -lambd), (0, True)),
        (("lambd", "1/2", "nonnegative"),),
        ("softshrink",),
        DONOHO,
    ),
)
