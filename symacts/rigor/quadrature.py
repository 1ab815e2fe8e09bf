"""Rigorous quadrature (stub)."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symacts.errors import UnsupportedExpression

__all__ = ["integral_value"]


def integral_value(e: sp.Integral, prec: int) -> Any:
    """Enclosure of a definite integral."""
    raise UnsupportedExpression(f"no enclosure of {e} yet")
