"""The benchmark's plot: how many times longer the best framework takes, per function and float format."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def draw(result: dict[str, Any], path: Path) -> None:
    """Bars of the ratios; a line at 1."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    formats = list(result["speed"])
    names = list(result["speed"][formats[0]]["functions"])
    width = 0.8 / len(formats)
    for k, dtype in enumerate(formats):
        part = result["speed"][dtype]
        heights = [part["functions"][n]["ratio"] for n in names]
        places = [i + (k - (len(formats) - 1) / 2) * width for i in range(len(names))]
        axes.bar(places, heights, width, label=f"{dtype} (geometric mean {part['geometric mean']:.1f})")
    axes.axhline(1.0, color="black", linewidth=0.8)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_ylabel("time of the best framework / ours")
    axes.set_title("Value and gradient, 1e6 elements, one thread")
    axes.legend()
    figure.savefig(path, dpi=120)
