"""True values one float at a time, as code that a kernel carries: the formula as exact data, never as executed text.

>>> import numpy as np
>>> import sympy as sp
>>> x = sp.Symbol("x", real=True)
>>> evaluator(written_exactly(sp.exp(x), x, -1))(np.array([1.0, 2.0])).tolist()
[0.36787944117144233, 0.1353352832366127]
"""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import sympy as sp

from symacts.codec import decode, encode
from symacts.rewrite.generators import a
from symacts.rewrite.reference import Reference, to_float
from symacts.rewrite.regimes import FloatArray

__all__ = ["evaluator", "is_exact", "written_exactly"]

HEAD = "# true values of this formula in a = |x|\n"


def written_exactly(expression: sp.Expr, x: sp.Symbol, side: int) -> str:
    """The code of an expression on one half line.

    Raises
    ------
    UnsupportedExpression
        It cannot be written down.
    """
    return HEAD + json.dumps(encode(expression.xreplace({x: side * a})))


def is_exact(source: str) -> bool:
    """Whether code is of this kind."""
    return source.startswith(HEAD)


def evaluator(source: str) -> Callable[[FloatArray], FloatArray]:
    """The function of |x|: the float64 nearest to each true value, nan where there is none.

    Error: 0.5 ULP and 2**-50 of one.
    """
    expression = decode(json.loads(source.removeprefix(HEAD)))
    reference = Reference(expression, a)

    def far(points: FloatArray) -> FloatArray:
        values = [reference.computed(p) for p in points.tolist()]
        return np.array([np.nan if v is None else to_float(v) for v in values])

    return far
