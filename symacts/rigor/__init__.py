"""Ball arithmetic: the only user of python-flint. Enclosures, jets, certified roots, signs, tails, quadrature."""

from symacts.rigor.balls import BallFunction, compile_balls
from symacts.rigor.constants import compare, decimal, enclose, evaluate, is_zero, sign
from symacts.rigor.signs import SignChart, Unknown, Zero, prove_sign, range_on, sign_chart

__all__ = [
    "BallFunction",
    "SignChart",
    "Unknown",
    "Zero",
    "compare",
    "compile_balls",
    "decimal",
    "enclose",
    "evaluate",
    "is_zero",
    "prove_sign",
    "range_on",
    "sign",
    "sign_chart",
]
