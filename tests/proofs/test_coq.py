"""Exported proofs: no Admitted, no axiom, and accepted by `coqc` where it is installed."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sympy as sp
from theorems.test_theorems import TRUE, _assuming

import symacts
from symacts.claims import Claim
from symacts.errors import SymactsError, UnsupportedExpression
from symacts.kernels.certify import BallOracle
from symacts.proofs import Proof, prove, prove_claim
from symacts.proofs.coq import theorems_of
from symacts.proofs.coq_prelude import prelude
from symacts.proofs.matrices import collapse_proof
from symacts.symbolic.branches import split
from symacts.symbolic.forms import derivative
from symacts.symbolic.oracle import Undecided

COQC = shutil.which("coqc")
needs_coq = pytest.mark.skipif(
    COQC is None, reason="coqc is not installed (Debian: coq libcoq-coquelicot libcoq-interval)"
)
DERIVATIVES, IDENTITIES = 12, 14
STEP = 30
"""Seconds for one tactic, many times what those take that Coq accepts: a tactic that runs away ends."""

STATEMENTS = [
    ("tanh(x) = 2*sigmoid(2*x) - 1", None),
    ("diff(sigmoid(x), x) = sigmoid(x)*(1 - sigmoid(x))", None),
    ("0 < sigmoid(x) < 1", None),
    ("relu(x) - relu(-x) = x", None),
    ("diff(softplus(b*x)/b, x) = sigmoid(b*x)", "b > 0"),
    ("softplus(x) - softplus(-x) = x", None),
    ("sign(x - tanh(x)) = sign(x)", None),
    ("diff(Max(x, tanh(x)), x) = Piecewise((1, x > 0), (1 - tanh(x)**2, True))", None),
    ("elu(x, a) = relu(x) + a*(exp(Min(x, 0)) - 1)", None),
    ("diff(sigmoid(x), x, 2) = sigmoid(x)*(1 - sigmoid(x))*(1 - 2*sigmoid(x))", None),
]
MORE = [
    ("elu(x, a) = relu(x) - a*(1 - exp(-relu(-x)))", "a > 0"),
    ("diff(celu(x, a), x) = Piecewise((1, x > 0), (exp(x/a), True))", "a > 0"),
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
    ("Integral(x**2, (x, 0, 1)) = 1/3", None),
    ("Integral(1/(1 + x**2), (x, 0, 1)) = pi/4", None),
    ("(A + B)*(A + B) = A*A + A*B + B*A + B*B", {"A": ("n", "n"), "B": ("n", "n")}),
    ("coth(x)*tanh(x) = 1", "x != 0"),
    ("tan(x + pi/4) = (1 + tan(x))/(1 - tan(x))", None),
    ("cos(x)**4 = (3 + 4*cos(2*x) + cos(4*x))/8", None),
    ("diff(x/sqrt(x**2 + 1/100), x) = 10/(100*x**2 + 1)**(3/2)", None),
    ("Integral(sigmoid(z), (z, -1, 1)) = 1", None),
    ("diff(Abs(sin(x)), x) = cos(x)", "0 < x, x < 3"),
    ("stac_tanh(x, a, 0) = tanh(Max(-a, Min(a, x)))", "a > 0"),
    (
        "W2*(W1*x + b1) + b2 = W2*W1*x + (W2*b1 + b2)",
        {"W2": ("k", "m"), "W1": ("m", "n"), "x": ("n", 1), "b1": ("m", 1), "b2": ("k", 1)},
    ),
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


def accepted(texts: dict[str, str], folder: Path) -> set[str]:
    """The names under which Coq accepts every theorem of a text; all texts share one prelude and one run."""
    lines = [f"Set Default Timeout {STEP}.", prelude("\n".join(texts.values()))]
    theorems = {key: re.findall(r"Theorem (\w+)", text) for key, text in texts.items()}
    for key, text in texts.items():
        parts = re.split(r"(?=^Theorem )", text, flags=re.M)
        lines += [line for part in parts for line in (part, "Abort All.")]
        lines += [f"Check {name}." for name in theorems[key]]
    path = folder / "all.v"
    path.write_text("\n".join(lines))
    with path.open() as source:
        done = subprocess.run(["coqtop", "-q"], stdin=source, capture_output=True, text=True, cwd=folder)
    known = set(re.findall(r"^(\w+)\s*:", done.stdout, flags=re.M))
    return {key for key, names in theorems.items() if names and set(names) <= known}


def exported(proofs: dict[str, Proof]) -> tuple[dict[str, str], Counter[str]]:
    """The theorems of the proofs that can be written, and the reasons of the others."""
    texts: dict[str, str] = {}
    reasons: Counter[str] = Counter()
    for name, proof in proofs.items():
        try:
            texts[name] = theorems_of(proof, name)
        except UnsupportedExpression as error:
            reasons[str(error)] += 1
    return texts, reasons


@needs_coq
def test_coq_accepts_a_standalone_file(tmp_path: Path) -> None:
    done = _compile(_file("tanh(x) = 2*sigmoid(2*x) - 1", None, tmp_path))
    assert done.returncode == 0, done.stderr[-2000:]


@needs_coq
def test_coq_accepts_the_theorems(full: bool, rng: random.Random, tmp_path: Path) -> None:
    rows = STATEMENTS + (MORE if full else rng.sample(MORE, 6))
    proofs = {f"s{k}": prove(text, assuming=assuming) for k, (text, assuming) in enumerate(rows)}
    proofs["stack"] = collapse_proof()
    texts, reasons = exported(proofs)
    assert not reasons
    missing = set(texts) - accepted(texts, tmp_path)
    assert not missing, [texts[key] for key in missing]


def derivative_claims(names: Sequence[str]) -> Iterator[tuple[str, Claim]]:
    """`diff(f(x), x) = f'(x)` for the declared formulas at their default parameters, inside each branch."""
    for name in names:
        row = symacts.get(name)
        f = row.expression.xreplace({p.symbol: p.default for p in row.parameters})
        try:
            branches = split(f, symacts.x, BallOracle())
        except (SymactsError, Undecided):
            continue
        for k, b in enumerate(b for b in branches if not b.is_point):
            ends = [(symacts.x - b.lo, ">")] * (b.lo != -sp.oo) + [(b.hi - symacts.x, ">")] * (b.hi != sp.oo)
            slope = derivative(b.expression, symacts.x)
            yield f"{name}_{k}", Claim((sp.Derivative(f, symacts.x), slope), ("=",), tuple(ends))


@needs_coq
def test_first_derivatives_of_the_catalog(full: bool, rng: random.Random, tmp_path: Path) -> None:
    names = symacts.names("scalar")
    claims = dict(derivative_claims(names if full else rng.sample(names, DERIVATIVES)))
    proofs = {f"d{k}_{key}": prove_claim(claim, 15.0) for k, (key, claim) in enumerate(claims.items())}
    proved = {key: proof for key, proof in proofs.items() if proof.status == "proved"}
    texts, reasons = exported(proved)
    found = accepted(texts, tmp_path)
    print(f"{len(claims)} derivatives, {len(proved)} proved, {len(texts)} exported, {len(found)} accepted")
    print(*sorted(set(texts) - found), *reasons, sep="\n")
    assert found == set(texts) == set(proved)


@needs_coq
def test_identities_of_the_library(full: bool, rng: random.Random, tmp_path: Path) -> None:
    rows = [row for row in TRUE if "=" in row["statement"].replace("<=", "").replace(">=", "")]
    rows = rows if full else rng.sample(rows, IDENTITIES)
    proofs = {f"i{k}": prove(r["statement"], assuming=_assuming(r), timeout=20) for k, r in enumerate(rows)}
    texts, reasons = exported({key: proof for key, proof in proofs.items() if proof.status == "proved"})
    found = accepted(texts, tmp_path)
    print(f"{len(rows)} equations, {len(texts)} exported, {len(found)} accepted", *reasons.most_common(), sep="\n")
    print(*(rows[int(key[1:])]["statement"] for key in set(texts) - found), sep="\n")
    assert found == set(texts)  # what cannot be written is refused with a reason


@needs_coq
def test_forced_exports_of_false_statements_are_rejected(full: bool, rng: random.Random, tmp_path: Path) -> None:
    """The statement is changed behind the back of the export; the tactics must not prove it."""
    texts = {}
    for k, (text, assuming, old, new) in enumerate(FALSE if full else rng.sample(FALSE, 2)):
        source = theorems_of(prove(text, assuming=assuming), f"f{k}")
        head, tail = source.split("Proof.", 1)
        assert old in head
        texts[f"f{k}"] = head.replace(old, new) + "Proof." + tail
    assert accepted(texts, tmp_path) == set()


FALSE = [
    ("tanh(x) = 2*sigmoid(2*x) - 1", None, "(tanh x) =", "(tanh x) = 1 +"),
    (
        "diff(sigmoid(x), x) = sigmoid(x)*(1 - sigmoid(x))",
        None,
        "is_derive (fun x : R =>",
        "is_derive (fun x : R => x +",
    ),
    ("diff(gelu(x), x) = (1 + erf(x/sqrt(2)))/2 + x*exp(-x**2/2)/sqrt(2*pi)", None, "(erf ", "(tanh "),
    ("diff(relu(x), x) = Heaviside(x)", None, "0 < (- x)", "0 < (1 - x)"),
    ("0 < sigmoid(x) < 1", None, "0 < (", "1 < ("),
    ("exp(x) <= 15/2", "-1 <= x, x <= 2", "15 / 2", "14 / 2"),
]
"""(statement, hypotheses, text of the theorem, what is put in its place)"""
STANDARD = ("ClassicalDedekindReals.", "FunctionalExtensionality.", "Classical_Prop.classic", "ClassicalEpsilon.")
"""The axioms of Coq's real numbers."""
MACHINE = ("Uint63.", "PrimInt63.", "PrimFloat.", "FloatAxioms.")
"""Coq's own machine integers, which the tactic `interval` computes with."""


@needs_coq
@pytest.mark.parametrize(
    ("text", "assuming", "allowed"),
    [
        ("softplus(x) - softplus(-x) = x", None, STANDARD),
        ("diff(gelu(x), x) = (1 + erf(x/sqrt(2)))/2 + x*exp(-x**2/2)/sqrt(2*pi)", None, STANDARD),
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


def test_zeros_of_denominators_that_the_claim_leaves_out_are_hypotheses() -> None:
    """In Coq 1/0 is some number: the theorem about all x would be false."""
    text = prove("(1 + tan(x)**2)*cos(x)**2 = 1").to_coq()
    assert "forall x : R, (cos x) <> 0 -> " in text.replace("0 <> (cos x)", "(cos x) <> 0"), text


def test_what_coq_has_no_word_for_is_refused() -> None:
    for text in ("atan(x) = asin(x/sqrt(1 + x**2))", "silu(x) >= -0.2785", "limit(tanh(x), x, oo) = 1", "relu(x) = x"):
        with pytest.raises(UnsupportedExpression):
            prove(text).to_coq()
