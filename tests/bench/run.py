"""Measure the kernels against PyTorch, JAX, SciPy and naive lambdify on this machine.

    python tests/bench/run.py [--functions mish,gelu] [--rounds 15] [--no-compile] [--output FOLDER]

One thread, the same data for all, contestants in turns, medians; fused value and gradient into new arrays. Writes
`bench.json`, `bench.md` and `bench.png` into the folder. Rivals that are not installed are left out, with the reason.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import math
import os
import platform
import sys
import tempfile
import time
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import rivals

rivals.one_thread()

import clock  # noqa: E402 (after the number of threads is set)
import conventions  # noqa: E402
import numpy as np  # noqa: E402
import picture  # noqa: E402

SIZE = 1_000_000
STREAM = 20_000_000
FRAMEWORKS = ("torch eager", "torch compiled", "jax")
PLAIN = "a plain loop"


def machine() -> dict[str, Any]:
    """Model, cores, versions, date."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        rows = dict(line.split(":", 1) for line in info.read_text().split("\n\n")[0].splitlines() if ":" in line)
        rows = {k.strip(): v.strip() for k, v in rows.items()}
        model = f"{rows.get('model name', model)} (family {rows.get('cpu family')}, model {rows.get('model')})"
    versions = {}
    for package in ("symacts", "numpy", "numba", "llvmlite", "scipy", "torch", "jax"):
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = None
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "versions": versions,
        "date": datetime.now(UTC).date().isoformat(),
    }


def contestants(name: str, data: Any, compiled: bool, skipped: dict[str, str]) -> dict[str, Any]:
    """Everyone who has the function, ready to run; who fails is noted with the reason."""
    makers = {
        "numba": lambda: rivals.ours(name, data, "numba"),
        "numpy": lambda: rivals.ours(name, data, "numpy"),
        "lambdify": lambda: rivals.lambdified(name, data),
        "scipy (value only)": lambda: rivals.scipy_values(name, data),
        "torch eager": lambda: rivals.torch_eager(name, data),
        "torch compiled": lambda: rivals.torch_compiled(name, data),
        "jax": lambda: rivals.jax_jit(name, data),
        PLAIN: lambda: rivals.copied(data),
    }
    if not compiled:
        del makers["torch compiled"]
    ready = {}
    for who, maker in makers.items():
        if who in skipped:
            continue
        try:
            run = maker()
            if run is not None:
                run()
                ready[who] = run
        except ImportError as error:
            skipped[who] = f"not installed: {error}"
        except Exception as error:  # a rival that cannot compile here is a result, not a crash
            if who in ("numba", "numpy"):
                raise
            skipped[f"{who}, {name}"] = f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"
    return ready


def agree(name: str, ready: dict[str, Any]) -> None:
    """The contestants compute the same thing (loosely: they are not accurate)."""
    ours = [np.asarray(a, float) for a in ready["numba"]()]
    for who in FRAMEWORKS:
        if who in ready:
            for mine, theirs in zip(ours, ready[who](), strict=True):
                gap = float(np.nanmax(np.abs(mine - np.asarray(theirs, float))))
                if gap > 1e-3:
                    raise SystemExit(f"{name}: {who} computes something else (apart by {gap})")


def mean(ratios: list[float]) -> float:
    """The geometric mean."""
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def measure(names: list[str], dtype: str, rounds: int, compiled: bool, skipped: dict[str, str]) -> dict[str, Any]:
    """Nanoseconds an element for every function and contestant, and the ratios."""
    data = (2.0 * np.random.default_rng(20261122).standard_normal(SIZE)).astype(dtype)
    table: dict[str, Any] = {}
    for name in names:
        ready = contestants(name, data, compiled, skipped)
        agree(name, ready)
        seconds = clock.interleaved(ready, rounds)
        times = {who: round(s / SIZE * 1e9, 4) for who, s in seconds.items()}
        best = min((times[w] for w in FRAMEWORKS if w in times), default=math.nan)
        row = {"ns": times, "ratio": round(best / times["numba"], 3)}
        row["ratio of a plain loop"] = round(best / times[PLAIN], 3)
        row["numpy over lambdify"] = round(times["lambdify"] / times["numpy"], 3)
        table[name] = row
        listed = "  ".join(f"{who} {t:.2f}" for who, t in times.items())
        print(f"  {dtype} {name:12s} ratio {row['ratio']:6.2f}   {listed}", flush=True)
    ratios = [row["ratio"] for row in table.values()]
    least = min(table, key=lambda n: table[n]["ratio"])
    return {
        "functions": table,
        "geometric mean": round(mean(ratios), 3),
        "least": [least, table[least]["ratio"]],
        "a plain loop, geometric mean": round(mean([row["ratio of a plain loop"] for row in table.values()]), 3),
        "numpy over lambdify, geometric mean": round(mean([r["numpy over lambdify"] for r in table.values()]), 3),
    }


def stream(names: list[str], rounds: int) -> dict[str, Any]:
    """2e7 float32 elements against a plain loop that reads one array and writes two."""
    import symacts

    x = (2.0 * np.random.default_rng(1).standard_normal(STREAM)).astype(np.float32)
    outs = np.empty_like(x), np.empty_like(x)
    for o in outs:
        o.fill(0.0)
    kernels = {n: symacts.kernel(n, (0, 1), dtype="float32", backend="numba") for n in names}
    runs: dict[str, Any] = {PLAIN: rivals.copied(x, outs)}
    runs |= {n: (lambda k=k: k(x, out=outs)) for n, k in kernels.items()}
    seconds = clock.interleaved(runs, rounds, warm=1)
    base = seconds.pop(PLAIN)
    ratios = {n: round(s / base, 3) for n, s in seconds.items()}
    for n, r in ratios.items():
        print(f"  2e7 float32 {n:12s} {r:.2f} times a plain loop ({base / STREAM * 1e9:.3f} ns an element)", flush=True)
    worst = max(ratios, key=lambda n: ratios[n])
    return {"plain loop ns": round(base / STREAM * 1e9, 4), "times": ratios, "worst": [worst, ratios[worst]]}


def build_times(names: list[str]) -> dict[str, Any]:
    """Seconds until a kernel first runs: derived anew in an empty cache, and found on disk by a second process."""
    import subprocess

    code = (
        "import time, sys, numpy as np, symacts\n"
        "x = np.linspace(-3, 3, 1000).astype(sys.argv[2])\n"
        "start = time.perf_counter()\n"
        "symacts.kernel(sys.argv[1], (0, 1), dtype=sys.argv[2], backend='numba')(x)\n"
        "print(time.perf_counter() - start)\n"
    )
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            for dtype in ("float64", "float32"):
                pair = []
                for _ in range(2):
                    done = subprocess.run(
                        [sys.executable, "-c", code, name, dtype],
                        env={**os.environ, "SYMACTS_CACHE": folder},
                        capture_output=True,
                        text=True,
                        check=True,
                    )
                    pair.append(round(float(done.stdout), 2))
                found[f"{name} {dtype}"] = pair
                print(f"  {name} {dtype}: {pair[0]} s new, {pair[1]} s in a second process", flush=True)
    return found


def report(result: dict[str, Any]) -> str:
    """The result as Markdown."""
    m = result["machine"]
    versions = ", ".join(f"{k} {v}" for k, v in m["versions"].items() if v)
    lines = ["# Benchmark", "", f"{m['cpu']}, {m['cores']} cores, one thread. {versions}. {m['date']}.", ""]
    for dtype, part in result["speed"].items():
        who = list(dict.fromkeys(w for row in part["functions"].values() for w in row["ns"]))
        lines += [f"## Value and gradient, {dtype}, {SIZE:,} elements, nanoseconds an element", ""]
        lines += ["| function | " + " | ".join(who) + " | ratio |", "|---" * (len(who) + 2) + "|"]
        for name, row in part["functions"].items():
            cells = [f"{row['ns'][w]:.2f}" if w in row["ns"] else "-" for w in who]
            lines.append(f"| {name} | " + " | ".join(cells) + f" | {row['ratio']:.2f} |")
        lines += [
            "",
            f"Ratio: the best of {', '.join(FRAMEWORKS)} over ours. Geometric mean {part['geometric mean']:.2f}, least "
            f"{part['least'][1]:.2f} ({part['least'][0]}). A plain loop, which reads one array, writes two and "
            f"computes nothing, would reach a geometric mean of {part['a plain loop, geometric mean']:.2f}. The numpy "
            f"target against lambdify: geometric mean {part['numpy over lambdify, geometric mean']:.2f}.",
            "",
        ]
    if "stream" in result:
        s = result["stream"]
        lines += ["## 20,000,000 float32 elements, times a plain loop that reads one array and writes two", ""]
        lines += ["| function | times |", "|---|---|", *[f"| {n} | {r:.2f} |" for n, r in s["times"].items()], ""]
    if "build" in result:
        lines += ["## Seconds to the first result", "", "| kernel | new | second process |", "|---|---|---|"]
        lines += [f"| {n} | {a} | {b} |" for n, (a, b) in result["build"].items()] + [""]
    if result["skipped"]:
        lines += ["## Left out", "", *[f"- {who}: {why}" for who, why in result["skipped"].items()], ""]
    if "conventions" in result:
        lines += conventions.markdown(result["conventions"])
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--functions", default=",".join(rivals.NAMES), help="names with commas between")
    parser.add_argument("--dtypes", default="float64,float32")
    parser.add_argument("--rounds", type=int, default=15, help="timed calls of each contestant")
    parser.add_argument("--no-compile", action="store_true", help="leave torch.compile out")
    parser.add_argument("--parts", default="speed,stream,build,conventions")
    parser.add_argument("--output", default=".", help="the folder to write to")
    arguments = parser.parse_args()
    names, parts = arguments.functions.split(","), arguments.parts.split(",")
    warnings.filterwarnings("ignore")
    skipped: dict[str, str] = {}
    if arguments.no_compile:
        skipped["torch compiled"] = "--no-compile was given"
    result: dict[str, Any] = {"machine": machine(), "speed": {}, "skipped": skipped}
    print(json.dumps(result["machine"]), flush=True)
    start = time.perf_counter()
    if "speed" in parts:
        for dtype in arguments.dtypes.split(","):
            part = measure(names, dtype, arguments.rounds, not arguments.no_compile, skipped)
            result["speed"][dtype] = part
            print(f"{dtype}: geometric mean {part['geometric mean']}, least {part['least']}", flush=True)
            print(f"a plain loop: geometric mean {part['a plain loop, geometric mean']}", flush=True)
            print(f"numpy over lambdify: {part['numpy over lambdify, geometric mean']}", flush=True)
    if "stream" in parts:
        result["stream"] = stream(names, max(arguments.rounds // 3, 3))
    if "build" in parts:
        result["build"] = build_times([n for n in ("sigmoid", "silu", "mish", "gelu") if n in names])
    if "conventions" in parts:
        result["conventions"] = conventions.compare()
    folder = Path(arguments.output)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (folder / "bench.md").write_text(report(result), encoding="utf-8")
    if result["speed"]:
        picture.draw(result, folder / "bench.png")
    for who, why in skipped.items():
        print(f"left out: {who}: {why}")
    print(f"{time.perf_counter() - start:.0f} s; written to {folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
