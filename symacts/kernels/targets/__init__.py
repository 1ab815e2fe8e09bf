"""The targets: each compiles a formula's plan to code that the kernel runs."""

from symacts.kernels.targets import numba, numpy

__all__ = ["numba", "numpy"]
