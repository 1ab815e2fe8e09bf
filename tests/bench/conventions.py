"""What each library returns at kinks, signed zeros, infinities and nan: value and gradient, measured, not typed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import rivals

PLACES = {
    "relu": (0.0, -0.0),
    "leaky_relu": (0.0, -0.0),
    "relu6": (0.0, -0.0, 6.0),
    "elu": (0.0, -0.0),
    "selu": (0.0, -0.0),
    "celu": (0.0, -0.0),
    "abs": (0.0, -0.0),
    "hard_tanh": (-1.0, 1.0, 0.0, -0.0),
    "hard_sigmoid": (-3.0, 3.0, 0.0),
    "hard_swish": (-3.0, 3.0, 0.0, -0.0),
    "soft_shrink": (-0.5, 0.5, 0.0, -0.0),
    "hard_shrink": (-0.5, 0.5, 0.0, -0.0),
    "threshold": (1.0, 0.0, -0.0),
}
ALWAYS = (math.inf, -math.inf, math.nan)


def _text(value: float) -> str:
    return "nan" if math.isnan(value) else f"{value:.6g}"


def compare() -> list[dict[str, Any]]:
    """One row per function and place: `value; gradient` of each library (None: it has no such function)."""
    makers: dict[str, Any] = {"symacts": lambda n, a: rivals.ours(n, a, "numba")}
    makers |= {"torch": rivals.torch_eager, "jax": rivals.jax_jit}
    rows: list[dict[str, Any]] = []
    for name, places in PLACES.items():
        data = np.array([*places, *ALWAYS])
        found: dict[str, list[str] | None] = {}
        for who, maker in makers.items():
            try:
                run = maker(name, data)
            except ImportError:
                run = None
            if run is None:
                found[who] = None
                continue
            y, dy = (np.asarray(a, float) for a in run())
            found[who] = [f"{_text(a)}; {_text(b)}" for a, b in zip(y.tolist(), dy.tolist(), strict=True)]
        for k, place in enumerate(data.tolist()):
            rows.append({"function": name, "x": str(place)} | {w: f and f[k] for w, f in found.items()})
    return rows


def markdown(rows: list[dict[str, Any]]) -> list[str]:
    """The table, and how many rows differ."""
    who = [k for k in rows[0] if k not in ("function", "x")]
    lines = ["## Conventions at kinks and special values (value; gradient)", ""]
    lines += ["| function | x | " + " | ".join(who) + " |", "|---" * (len(who) + 2) + "|"]
    lines += [f"| {r['function']} | {r['x']} | " + " | ".join(r[w] or "-" for w in who) + " |" for r in rows]
    for other in who[1:]:
        known = [r for r in rows if r[other] is not None]
        apart = [f"{r['function']} at {r['x']}" for r in known if r[other] != r[who[0]]]
        lines += ["", f"{other} differs from {who[0]} in {len(apart)} of {len(known)}: {', '.join(apart) or 'none'}."]
    return [*lines, ""]
