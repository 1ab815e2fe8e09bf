"""README quotes the benchmark's stored output, digit for digit."""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).parent


def test_readme_quotes_the_stored_run() -> None:
    text = " ".join((HERE.parent.parent / "README.md").read_text(encoding="utf-8").split())
    quoted = json.loads((HERE / "quoted.json").read_text(encoding="utf-8"))
    one, two = quoted["speed"]["float64"], quoted["speed"]["float32"]
    ratios = [f"{run['numpy over lambdify, geometric mean']:.2f}" for run in (one, two)]
    worst = max(quoted["stream"]["times"].values())
    versions, date = quoted["machine"]["versions"], quoted["machine"]["date"]
    for words in (
        f"PyTorch {versions['torch'].split('+')[0]} (eager, compiled) and JAX {versions['jax']} (jit)",
        f"{one['geometric mean']:.2f} times as long as the compiled target in float64",
        f"{two['geometric mean']:.2f} times in float32",
        f"least {one['least'][1]:.2f} for {one['least'][0]} and {two['least'][1]:.2f} for {two['least'][0]}; {date}",
        f"At 2e7 float32 elements every one takes at most {worst:.1f} times as long as a plain loop",
        f"The NumPy target is {ratios[0]} (float64) and {ratios[1]} (float32) times as fast",
    ):
        assert words in text, words
