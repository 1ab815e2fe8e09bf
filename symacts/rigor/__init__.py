"""Ball arithmetic: the only user of python-flint. Enclosures, jets, certified roots, signs, tails, quadrature."""

from symacts.rigor.balls import BallFunction, compile_balls
from symacts.rigor.constants import compare, decimal, enclose, evaluate, is_zero, sign
from symacts.rigor.quadrature import gaussian_expectation, integrate
from symacts.rigor.roots import isolate, refine
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
    "gaussian_expectation",
    "integrate",
    "is_zero",
    "isolate",
    "prove_sign",
    "range_on",
    "refine",
    "sign",
    "sign_chart",
]
