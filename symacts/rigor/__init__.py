"""Ball arithmetic: the only user of python-flint. Enclosures, jets, certified roots, signs, tails, quadrature."""

from symacts.rigor.balls import BallFunction, compile_balls
from symacts.rigor.constants import compare, decimal, enclose, evaluate, is_zero, sign

__all__ = ["BallFunction", "compare", "compile_balls", "decimal", "enclose", "evaluate", "is_zero", "sign"]
