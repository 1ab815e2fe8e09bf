"""Exported proofs: no Admitted, no axiom, and accepted by `coqc` where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from symacts.errors import UnsupportedExpression
from symacts.proofs import prove

COQC = shutil.which("coqc")

STATEMENTS = [
    ("tanh(x) = 2*sigmoid(2*x) - 1", None),
    ("diff(sigmoid(x), x) = sigmoid(x)*(1 - sigmoid(x))", None),
    ("0 < sigmoid(x) < 1", None),
    ("relu(x) - relu(-x) = x", None),
    ("diff(softplus(b*x)/b, x) = sigmoid(b*x)", "b > 0"),
    ("softplus(x) - softplus(-x) = x", None),
    ("elu(x, a) = relu(x) + a*(exp(Min(x, 0)) - 1)", None),
    ("diff(sigmoid(x), x, 2) = sigmoid(x)*(1 - sigmoid(x))*(1 - 2*sigmoid(x))", None),
    ("exp(x)*sin(x) <= 15/2", "-1 <= x, x <= 2"),
]
MORE = [
    ("x < softplus(x)", None),
    ("pi < 22/7", None),
    ("-log(sigmoid(a - b)) = softplus(b - a)", None),
    ("log(exp(a + c) + exp(b + c)) = c + log(exp(a) + exp(b))", None),
    ("relu(a + b) <= relu(a) + relu(b)", None),
    ("abs(relu(a) - relu(b)) <= abs(a - b)", None),
    ("leaky_relu(x, a) = a*x + (1 - a)*relu(x)", None),
    ("prelu(x, a) = relu(x) - a*relu(-x)", None),
    ("hard_sigmoid(x) = relu6(x + 3)/6", None),
    ("diff(softplus(x), x, 2) = sigmoid(x)*(1 - sigmoid(x))", None),
    ("sigmoid(x + y) >= sigmoid(x)*sigmoid(y)", None),
    ("x*sigmoid(x) - x*sigmoid(-x) = x*tanh(x/2)", None),
    ("sigmoid(x) + sigmoid(-x) = 1", None),
    ("diff(tanh(x), x) = 1 - tanh(x)**2", None),
    ("tanh(x + y) = (tanh(x) + tanh(y))/(1 + tanh(x)*tanh(y))", None),
    ("sigmoid(x) = (1 + tanh(x/2))/2", None),
    ("diff(silu(x), x) = sigmoid(x)*(1 + x*(1 - sigmoid(x)))", None),
    ("diff(exp(-x**2), x) = -2*x*exp(-x**2)", None),
    ("diff(log(cosh(x)), x) = tanh(x)", None),
    ("diff(atan(x), x) = 1/(1 + x**2)", None),
    ("exp(x/T)/(exp(x/T) + exp(y/T)) = sigmoid((x - y)/T)", "T > 0"),
    ("Max(x, y) = (x + y + Abs(x - y))/2", None),
    ("softsign(x)/(1 - Abs(softsign(x))) = x", None),
    ("cosh(x)**2 - sinh(x)**2 = 1", None),
]


def _file(text: str, assuming: str | None, folder: Path) -> Path:
    source = prove(text, assuming=assuming).to_coq()
    assert "Admitted" not in source and "Axiom" not in source and "admit" not in source
    path = folder / "statement.v"
    path.write_text(source)
    return path


def _compile(path: Path) -> subprocess.CompletedProcess[str]:
    assert COQC is not None
    return subprocess.run([COQC, path.name], cwd=path.parent, capture_output=True, text=True, timeout=300)


@pytest.mark.skipif(COQC is None, reason="coqc is not installed (Debian: coq libcoq-coquelicot libcoq-interval)")
@pytest.mark.parametrize(("text", "assuming"), STATEMENTS, ids=[t for t, _ in STATEMENTS])
def test_coq_accepts_the_file(text: str, assuming: str | None, tmp_path: Path) -> None:
    done = _compile(_file(text, assuming, tmp_path))
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.skipif(COQC is None, reason="coqc is not installed (Debian: coq libcoq-coquelicot libcoq-interval)")
def test_coq_accepts_more(full: bool, tmp_path: Path) -> None:
    for k, (text, assuming) in enumerate(MORE if full else MORE[:2]):
        (tmp_path / str(k)).mkdir()
        done = _compile(_file(text, assuming, tmp_path / str(k)))
        assert done.returncode == 0, text + done.stderr[-2000:]


STANDARD = ("ClassicalDedekindReals.", "FunctionalExtensionality.", "Classical_Prop.classic", "ClassicalEpsilon.")
"""The axioms of Coq's real numbers."""
MACHINE = ("Uint63.", "PrimInt63.", "PrimFloat.", "FloatAxioms.")
"""Coq's own machine integers, which the tactic `interval` computes with."""


@pytest.mark.skipif(COQC is None, reason="coqc is not installed (Debian: coq libcoq-coquelicot libcoq-interval)")
@pytest.mark.parametrize(
    ("text", "assuming", "allowed"),
    [
        ("softplus(x) - softplus(-x) = x", None, STANDARD),
        ("diff(sigmoid(x), x) = sigmoid(x)*(1 - sigmoid(x))", None, STANDARD),
        ("exp(x)*sin(x) <= 15/2", "-1 <= x, x <= 2", (*STANDARD, *MACHINE)),
    ],
)
def test_only_the_axioms_of_the_reals(
    text: str, assuming: str | None, allowed: tuple[str, ...], tmp_path: Path
) -> None:
    path = _file(text, assuming, tmp_path)
    path.write_text(path.read_text() + "Print Assumptions statement.\n")
    done = _compile(path)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = done.stdout.split("Axioms:", 1)[-1].splitlines()
    named = [line.split(":")[0].strip() for line in lines if line and not line.startswith(" ")]
    assert named and all(name.startswith(allowed) for name in named), named


@pytest.mark.skipif(COQC is None, reason="coqc is not installed (Debian: coq libcoq-coquelicot libcoq-interval)")
def test_coq_rejects_a_changed_statement(tmp_path: Path) -> None:
    path = _file("tanh(x) = 2*sigmoid(2*x) - 1", None, tmp_path)
    source = path.read_text()
    changed = source.replace("(tanh x) =", "(tanh x) = 1 +")
    assert changed != source
    path.write_text(changed)
    assert _compile(path).returncode != 0


def test_what_coq_has_no_word_for_is_refused() -> None:
    for text in ("erf(-x) = -erf(x)", "silu(x) >= -0.2785", "limit(tanh(x), x, oo) = 1", "relu(x) = x"):
        with pytest.raises(UnsupportedExpression):
            prove(text).to_coq()
