"""The library of statements: true ones are proved and replay, false near misses are refuted, none is answered wrongly.

`true.json` and `false.json` hold one statement a line: the text as a user types it, the hypotheses or shapes, and its
source (for a false one: what it is near to and how it differs). The default run takes a sample that changes with
the seed; `--full` takes all.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from symacts.proofs import prove

HERE = Path(__file__).parent
TRUE: list[dict[str, Any]] = json.loads((HERE / "true.json").read_text())
FALSE: list[dict[str, Any]] = json.loads((HERE / "false.json").read_text())
SAMPLE = 18
LIMIT = 20.0
LEAST_PROVED, LEAST_REFUTED = 0.9, 0.95


def _assuming(row: dict[str, Any]) -> Any:
    given = row["assuming"]
    return {name: tuple(shape) for name, shape in given.items()} if isinstance(given, dict) else given


def _answers(rows: list[dict[str, Any]]) -> tuple[Counter[str], dict[str, list[str]]]:
    counts: Counter[str] = Counter()
    found: dict[str, list[str]] = {"proved": [], "refuted": [], "unknown": []}
    for row in rows:
        proof = prove(row["statement"], assuming=_assuming(row), timeout=LIMIT)
        if proof.status == "proved":
            assert proof.check()
        counts[proof.status] += 1
        found[proof.status].append(f"{row['statement']}  ({row['assuming']})  {proof.reason}")
    return counts, found


def test_the_library_is_large_and_has_no_duplicates() -> None:
    assert len(TRUE) >= 150 and len(FALSE) >= 300
    keys = [(row["statement"], json.dumps(row["assuming"])) for row in (*TRUE, *FALSE)]
    assert len(set(keys)) == len(keys)
    assert all(row["source"] for row in TRUE) and all(row["near"] for row in FALSE)


def test_true_statements_are_proved(full: bool, rng: random.Random) -> None:
    rows = TRUE if full else rng.sample(TRUE, SAMPLE)
    counts, found = _answers(rows)
    print(dict(counts), *found["unknown"], sep="\n")
    assert not found["refuted"], found["refuted"]
    assert counts["proved"] >= LEAST_PROVED * len(rows), found["unknown"]


def test_false_near_misses_are_refuted(full: bool, rng: random.Random) -> None:
    rows = FALSE if full else rng.sample(FALSE, 2 * SAMPLE)
    counts, found = _answers(rows)
    print(dict(counts), *found["unknown"], sep="\n")
    assert not found["proved"], found["proved"]
    assert counts["refuted"] >= LEAST_REFUTED * len(rows), found["unknown"]


LECTURE = [
    ("tanh(x) = 2*sigmoid(2*x) - 1", None),
    ("tanh(x) = (exp(x) - exp(-x))/(exp(x) + exp(-x))", None),
    ("diff(sigmoid(x), x) = sigmoid(x)*(1 - sigmoid(x))", None),
    ("limit(elu(x, alpha), x, -oo) = -alpha", None),
    ("leaky_relu(x, a) = Max(x, a*x)", "0 <= a, a <= 1"),
    ("T(ones(n, 1))*softmax(x) = 1", {"x": ("n", 1)}),
    ("softmax(x + c*ones(n, 1)) = softmax(x)", {"x": ("n", 1), "c": (1, 1)}),
    ("exp(x/T)/(exp(x/T) + exp(y/T)) > exp(y/T)/(exp(x/T) + exp(y/T))", "x > y, T > 0"),
]


@pytest.mark.parametrize(("text", "assuming"), LECTURE, ids=[t for t, _ in LECTURE])
def test_the_lecture(text: str, assuming: Any) -> None:
    proof = prove(text, assuming=assuming)
    assert proof.status == "proved" and proof.check(), proof
