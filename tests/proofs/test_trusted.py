"""What the checker rests on: its modules import the shared values and ball arithmetic, nothing of the search."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import symacts.proofs

ROOT = Path(symacts.proofs.__file__).parent
TRUSTED = (ROOT / "check.py", *sorted((ROOT / "checker").glob("*.py")))
BASE = ("symacts.claims", "symacts.codec", "symacts.errors", "symacts.spec", "symacts.rigor", "symacts.proofs.checker")
MOST_LINES = 400


def imported(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{a.name}" for a in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
    return {name for name in found if name.split(".")[0] == "symacts"}


def strangers(source: str) -> set[str]:
    """Imports of the package that the checker may not have."""
    return {name for name in imported(source) if not name.startswith(BASE)}


def test_the_checker_imports_nothing_of_the_search() -> None:
    for path in TRUSTED:
        assert not strangers(path.read_text()), path


def test_an_import_of_a_tactic_would_be_seen() -> None:
    assert strangers("from symacts.proofs.search import Search")
    assert strangers("def f():\n    from symacts.proofs import tactics\n")
    assert strangers("from symacts.symbolic.integrals import antiderivative")


def test_the_driver_of_the_checker_is_short() -> None:
    assert len((ROOT / "check.py").read_text().splitlines()) <= MOST_LINES


def test_the_checker_runs_without_the_search() -> None:
    """A replay in a fresh interpreter loads no module of the search."""
    program = """
import sys
import sympy as sp
import symacts.proofs.check as check
from symacts.claims import Claim
x = sp.Symbol("x", real=True)
claim = Claim((sp.tanh(x), 2/(1 + sp.exp(-2*x)) - 1), ("=",))
assert check.check({"format": check.FORMAT, "claim": claim.to_dict(), "proof": {"rule": "algebra"}}, claim)
loaded = [m for m in sys.modules if m.startswith("symacts.proofs.tactics") or m.startswith("symacts.symbolic")]
assert not loaded, loaded
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
