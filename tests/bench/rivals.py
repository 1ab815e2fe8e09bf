"""What the kernels are compared with: the same functions in PyTorch, JAX, SciPy and as naive `lambdify`.

Every maker returns `run(x)` that computes value and derivative at an array, or None where the library has no such
function. What a library does not need to do in every call (compiling, wrapping the input) is done by the maker.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

import symacts
from symacts.spec import x as variable

Run = Callable[[], Any]

NAMES = [
    "sigmoid",
    "tanh",
    "silu",
    "gelu",
    "gelu_tanh",
    "mish",
    "softplus",
    "elu",
    "selu",
    "celu",
    "log_sigmoid",
    "softsign",
    "hard_swish",
    "leaky_relu",
    "squareplus",
    "tanh_shrink",
]


def one_thread() -> None:
    """Keep every library to one thread; before any of them is imported."""
    os.environ.update(
        OMP_NUM_THREADS="1",
        MKL_NUM_THREADS="1",
        OPENBLAS_NUM_THREADS="1",
        NUMBA_NUM_THREADS="1",
        XLA_FLAGS="--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
        JAX_PLATFORMS="cpu",
    )
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def torch_functions() -> dict[str, Callable[[Any], Any]]:
    """PyTorch's own functions, by our names."""
    import torch
    import torch.nn.functional as F

    return {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "silu": F.silu,
        "gelu": F.gelu,
        "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
        "mish": F.mish,
        "softplus": F.softplus,
        "elu": F.elu,
        "selu": F.selu,
        "celu": F.celu,
        "log_sigmoid": F.logsigmoid,
        "softsign": F.softsign,
        "hard_swish": F.hardswish,
        "leaky_relu": F.leaky_relu,
        "squareplus": lambda x: (x + torch.sqrt(x * x + 4)) / 2,
        "tanh_shrink": F.tanhshrink,
        "relu": F.relu,
        "relu6": F.relu6,
        "hard_tanh": F.hardtanh,
        "hard_sigmoid": F.hardsigmoid,
        "soft_shrink": F.softshrink,
        "shrink": F.hardshrink,
        "hard_shrink": F.hardshrink,
        "threshold": lambda x: F.threshold(x, 1.0, 0.0),
        "abs": torch.abs,
    }


def jax_functions() -> dict[str, Callable[[Any], Any]]:
    """JAX's own functions, by our names."""
    import jax
    import jax.numpy as jnp

    nn = jax.nn
    return {
        "sigmoid": nn.sigmoid,
        "tanh": jnp.tanh,
        "silu": nn.silu,
        "gelu": lambda x: nn.gelu(x, approximate=False),
        "gelu_tanh": lambda x: nn.gelu(x, approximate=True),
        "mish": nn.mish,
        "softplus": nn.softplus,
        "elu": nn.elu,
        "selu": nn.selu,
        "celu": nn.celu,
        "log_sigmoid": nn.log_sigmoid,
        "softsign": nn.soft_sign,
        "hard_swish": nn.hard_swish,
        "leaky_relu": nn.leaky_relu,
        "squareplus": nn.squareplus,
        "tanh_shrink": lambda x: x - jnp.tanh(x),
        "relu": nn.relu,
        "relu6": nn.relu6,
        "hard_tanh": nn.hard_tanh,
        "hard_sigmoid": nn.hard_sigmoid,
        "abs": jnp.abs,
    }


def copied(data: Any, outs: tuple[Any, Any] | None = None) -> Run:
    """A loop that reads the array and writes two, new ones unless given, and computes nothing: what memory takes."""
    import numba

    one, two = data.dtype.type(1.0), data.dtype.type(2.0)

    @numba.njit(fastmath=True)
    def loop(x: Any, y: Any, z: Any) -> None:
        for i in range(x.size):
            y[i] = x[i] + one
            z[i] = x[i] * two

    def run() -> Any:
        found = outs or (np.empty_like(data), np.empty_like(data))
        loop(data, *found)
        return found

    return run


def ours(name: str, data: Any, backend: str) -> Run:
    """This project's fused kernel, into new arrays as the others do."""
    kernel = symacts.kernel(name, (0, 1), dtype=data.dtype.name, backend=backend)
    return lambda: kernel(data)


def torch_eager(name: str, data: Any) -> Run | None:
    """Forward, then backward with a given gradient of ones."""
    import torch  # noqa: F401 (missing: the reason is told)

    return _torch(torch_functions().get(name), data)


def torch_compiled(name: str, data: Any) -> Run | None:
    """The same after `torch.compile`, compiled alone: past its limit of recompilations PyTorch would run it eagerly."""
    import torch

    function = torch_functions().get(name)
    if function is None:
        return None
    torch._dynamo.reset()
    return _torch(torch.compile(function, dynamic=False), data)


def _torch(function: Callable[[Any], Any] | None, data: Any) -> Run | None:
    import torch

    if function is None:
        return None
    x = torch.from_numpy(data.copy()).requires_grad_(True)
    ones = torch.ones_like(x)

    def run() -> Any:
        x.grad = None
        y = function(x)
        y.backward(ones)
        return y.detach(), x.grad

    return run


def jax_jit(name: str, data: Any) -> Run | None:
    """Value and gradient in one jitted function."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    function = jax_functions().get(name)
    if function is None:
        return None

    @jax.jit
    def both(x: Any) -> Any:
        y, pull = jax.vjp(function, x)
        return y, pull(jnp.ones_like(x))[0]

    x = jax.device_put(data)
    return lambda: jax.block_until_ready(both(x))


def lambdified(name: str, data: Any) -> Run:
    """SymPy's `lambdify` of the declared formula and of its derivative, as a user would write it."""
    formula = symacts.get(name).formula
    functions = [sp.lambdify(variable, g, "numpy") for g in (formula, sp.diff(formula, variable))]
    if formula.has(sp.erf):
        from scipy import special

        functions = [
            sp.lambdify(variable, g, [{"erf": special.erf}, "numpy"]) for g in (formula, sp.diff(formula, variable))
        ]

    def run() -> Any:
        with np.errstate(all="ignore"):
            return [f(data) for f in functions]

    return run


def scipy_values(name: str, data: Any) -> Run | None:
    """SciPy's ufunc, value only (it has no derivatives)."""
    from scipy import special

    table: dict[str, Callable[[Any], Any]] = {
        "sigmoid": special.expit,
        "log_sigmoid": special.log_expit,
        "gelu": lambda x: x * special.ndtr(x),
    }
    function = table.get(name)
    return None if function is None else lambda: function(data)
