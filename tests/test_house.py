"""The house plan is kept: rooms import only what lies below them, nothing heavy loads early, files stay short."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import symacts

ROOT = Path(symacts.__file__).parent
FLOORS = (
    {"errors"},
    {"spec", "facts", "codec", "budget", "claims"},
    {"report", "cache"},
    {"delayed", "elementary", "grammar", "guarded", "store", "catalog", "parsing", "registry", "symbolic", "rigor"},
    {"proofs", "rewrite"},
    {"kernels"},
    {"analysis"},
    {"layers", "render", "exports"},
    {"pictures"},
    {"cli", "terminal", "__main__"},
)
"""Rooms from the ground up: a module imports from its own room and from lower floors; on one floor see `BESIDE`."""

BESIDE = {
    ("facts", "spec"),
    ("codec", "facts"),
    ("claims", "facts"),
    ("claims", "codec"),
    ("elementary", "guarded"),
    ("guarded", "grammar"),
    ("delayed", "grammar"),
    ("delayed", "guarded"),
    ("parsing", "delayed"),
    ("parsing", "grammar"),
    ("parsing", "elementary"),
    ("parsing", "guarded"),
    ("parsing", "store"),
    ("grammar", "elementary"),
    ("grammar", "guarded"),
    ("guarded", "elementary"),
    ("store", "catalog"),
    ("registry", "parsing"),
    ("registry", "store"),
    ("registry", "elementary"),
    ("registry", "grammar"),
    ("registry", "guarded"),
    ("cache", "report"),
    ("__main__", "cli"),
    ("cli", "terminal"),
}
"""Edges between rooms of one floor."""

HEIGHT = {room: k for k, floor in enumerate(FLOORS) for room in floor}


def imports(tree: ast.AST) -> list[tuple[str, ast.AST]]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "symacts":
            parts = node.module.split(".")
            names = [parts[1]] if len(parts) > 1 else [a.name for a in node.names]
            found += [(name, node) for name in names if name in HEIGHT]
        elif isinstance(node, ast.Import):
            found += [(a.name.split(".")[1], node) for a in node.names if a.name.startswith("symacts.")]
    return found


def breaches(room: str, source: str) -> list[str]:
    """Imports against the law; an upward one may stand inside a function under a `# deferred:` comment."""
    lines = source.splitlines()
    wrong = []
    for target, node in imports(ast.parse(source)):
        if target == room or HEIGHT[target] < HEIGHT[room] or (room, target) in BESIDE:
            continue
        if "# deferred:" in lines[node.lineno - 1] and node.col_offset > 0:
            continue
        wrong.append(f"{room} imports {target} (line {node.lineno})")
    return wrong


def modules() -> list[Path]:
    return sorted(p for p in ROOT.rglob("*.py") if p != ROOT / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def test_every_module_has_a_room() -> None:
    assert {room_of(p) for p in modules()} <= set(HEIGHT)


def test_imports_follow_the_law() -> None:
    wrong = [f"{p.relative_to(ROOT)}: {b}" for p in modules() for b in breaches(room_of(p), p.read_text())]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "room, source",
    [
        ("symbolic", "from symacts.rigor import sign\n"),
        ("facts", "def f():\n    from symacts.analysis import analyze\n"),
        ("facts", "from symacts.rigor import sign  # deferred: no, it is at the top\n"),
        ("render", "import symacts.kernels.plan\nfrom symacts.cli import main\n"),
    ],
)
def test_the_law_catches_a_breach(room: str, source: str) -> None:
    assert breaches(room, source)


def test_only_rigor_imports_flint() -> None:
    users = {room_of(p) for p in modules() if any(_imports_flint(n) for n in ast.walk(ast.parse(p.read_text())))}
    assert users == {"rigor"}


def _imports_flint(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(a.name.split(".")[0] == "flint" for a in node.names)
    return isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "flint"


def test_the_checker_imports_no_tactic() -> None:
    wrong = []
    for path in [*ROOT.glob("proofs/check*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("symacts."):
                parts = (node.module or "").split(".")
                if parts[1] not in {"errors", "spec", "facts", "codec", "claims", "rigor"} and not (
                    parts[1] == "proofs" and len(parts) > 2 and parts[2].startswith("check")
                ):
                    wrong.append(f"{path.name}: {node.module}")
    assert not wrong


def test_importing_loads_nothing_heavy() -> None:
    code = "import sys, symacts; print(sorted({'flint', 'matplotlib', 'numba', 'numpy', 'rich'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    plain = subprocess.run(
        [sys.executable, "-c", code.replace("symacts", "sympy", 1)], capture_output=True, text=True, check=True
    ).stdout
    assert eval_set(loaded) <= eval_set(plain)


def eval_set(text: str) -> set[str]:
    return set(ast.literal_eval(text))


def test_no_activation_is_known_by_name_outside_the_catalog() -> None:
    names = set(symacts.names()) - {"abs", "sign", "erf", "asinh", "tanh", "sinc", "sine", "exponential", "square"}
    names -= {"identity", "threshold", "cosine", "gaussian", "laplace", "arctan", "probit", "sinp", "wave", "hat"}
    names -= {"triple", "logarithmic"}
    found = []
    for path in modules():
        if room_of(path) in {"catalog"}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and node.value in names:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {node.value}")
    assert not found, "\n".join(found)


def test_files_stay_short() -> None:
    long = {str(p.relative_to(ROOT)): n for p in modules() if (n := len(p.read_text().splitlines())) > 600}
    assert not long
