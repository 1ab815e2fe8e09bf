"""Timing: the contestants take turns, so that a slow moment of the machine hits all of them; medians."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any


def interleaved(runs: Mapping[str, Any], rounds: int, warm: int = 3) -> dict[str, float]:
    """Median seconds of each contestant over so many rounds in which each runs once after a warm-up call."""
    seen: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        for _ in range(warm):
            run()
    for _ in range(rounds):
        for name, run in runs.items():
            run()  # its own code and data in the caches, not the rival's
            start = time.perf_counter()
            run()
            seen[name].append(time.perf_counter() - start)
    return {name: sorted(times)[len(times) // 2] for name, times in seen.items()}
