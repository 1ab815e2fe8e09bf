"""The summary table: every cell from a fact, four outputs, two languages, unknown columns refused."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import sympy as sp

from symacts.errors import ParameterError
from symacts.facts import Fact, Verdict
from symacts.render.table import COLUMNS, Table, build
from symacts.render.verdicts import statement_cell
from symacts.render.words import TITLES
from symacts.report import Report
from symacts.spec import x


def report(name: str, f: sp.Expr, verdicts: tuple[Verdict, ...] = (), **values: object) -> Report:
    facts = {k: Fact(k, v, "unknown" if v is None else "exact", "because") for k, v in values.items()}
    return Report(name, "scalar", f, {"alpha": sp.Rational(1, 10)} if name == "b_2" else {}, (), facts, verdicts)


@pytest.fixture
def reports() -> list[Report]:
    ramp = sp.Max(0, x)
    return [
        report(
            "ramp",
            ramp,
            (Verdict("advantage", "one | two", ("range",)), Verdict("drawback", "dead & gone", ("dead_region",))),
            derivative=sp.Piecewise((1, x > 0), (0, True)),
            range=sp.Interval(0, sp.oo),
            saturation=("hard", "none"),
            zero_centered=False,
            dead_region=sp.Interval.open(-sp.oo, 0),
        ),
        report("b_2", x / 10, range=sp.S.Reals, saturation=None, dead_region=sp.S.EmptySet),
    ]


def test_default_columns_and_missing_facts(reports: list[Report]) -> None:
    table = build(reports)
    assert table.columns == COLUMNS
    first, second = table.to_dict()["rows"]
    assert first["dead_region"] == "(-∞, 0)" and first["saturation"] == "hard (left); none (right)"
    assert first["advantages"] == "one | two" and first["zero_centered"] == "no"
    assert second["activation"] == "b_2 (α = 1/10)" and second["saturation"] == "unknown: because"
    assert second["derivative"] == "–" and second["dead_region"] == "none"
    assert json.loads(json.dumps(table.to_dict())) == table.to_dict()


def test_a_changed_fact_changes_its_cell_alone(reports: list[Report]) -> None:
    other = report("b_2", x / 10, range=sp.Interval(0, 1), saturation=None, dead_region=sp.S.EmptySet)
    before, after = build(reports), build([reports[0], other])
    changed = [(r, c) for r in range(2) for c in range(len(COLUMNS)) if before.rows[r][c] != after.rows[r][c]]
    assert changed == [(1, COLUMNS.index("range"))]


def test_outputs_have_one_cell_a_column(reports: list[Report]) -> None:
    table = build(reports)
    for line in table.to_markdown().splitlines():
        assert len(re.split(r"(?<!\\)\|", line)) == len(COLUMNS) + 2
    body = table.to_latex()
    assert body.count(r"\toprule") == body.count(r"\bottomrule") == 1
    for line in body.splitlines()[2:-2]:
        if line.endswith(r"\\"):
            flat = re.sub(r"\\begin\{cases\}.*?\\end\{cases\}", "", line)
            assert len(re.findall(r"(?<!\\)&", flat)) == len(COLUMNS) - 1, line
    tree = ET.fromstring(table.to_html())
    assert [len(row) for row in tree.iter("tr")] == [len(COLUMNS)] * 3
    assert table._repr_html_() == table.to_html() and table._repr_latex_() == table.to_latex()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_text_fits(reports: list[Report], width: int) -> None:
    text = build(reports).to_text(width)
    assert max(map(len, text.splitlines())) <= width
    assert "dead & gone" in " ".join(text.split()) and "[0, ∞)" in text


def test_korean(reports: list[Report]) -> None:
    table = build(reports, ["activation", "saturation", "zero_centered"], "ko")
    assert table.headings == ("활성화 함수", "포화", "영 중심")
    assert table.to_dict()["rows"][0]["zero_centered"] == "아니요"
    assert "완전 (왼쪽); 없음 (오른쪽)" in table.to_markdown()


@pytest.mark.parametrize(
    ("columns", "language", "words"),
    [
        (["rnage"], "en", "did you mean 'range'"),
        (["activation", 3], "en", "column: got 3"),
        ([], "en", "at least one"),
        (None, "fr", "expected one of 'en', 'ko'"),
    ],
)
def test_wrong_requests(reports: list[Report], columns: list[str] | None, language: str, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        build(reports, columns, language)


def test_aliases_and_text_lists(reports: list[Report]) -> None:
    assert build(reports, "name, expression,range").columns == ("activation", "formula", "range")
    assert isinstance(build([], None), Table)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_compiles(reports: list[Report], tmp_path: Path) -> None:
    head = r"\documentclass{article}\usepackage{amsmath,amssymb,array,booktabs}\begin{document}"
    (tmp_path / "t.tex").write_text(head + build(reports).to_latex() + r"\end{document}", encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-800:]


RATED = [
    "sign(x)",
    "exp(-x**2)",
    "exp(-log(1 + x**2)**2)",
    "1/(1 + exp(-x**3))",
    "exp(-exp(x))",
    "x/log(2 + x**2)",
    "erf(x)",
]
"""Slopes that vanish at every rate, and at two; sets of infinitely many points."""


@pytest.mark.parametrize(
    "name", ["sigmoid", "relu", "elu", "hard_tanh", "silu", "leaky_relu", "x**3", "sign(x)", "x", *RATED]
)
def test_every_verdict_has_korean_words(name: str) -> None:
    from symacts import analyze

    for verdict in analyze(name).verdicts:
        text = "".join(statement_cell(verdict, "ko"))
        assert re.search("[가-힣]", text), verdict.statement
        words = set(re.findall("[A-Za-z]{3,}", text))
        assert words <= {"exp", "sqrt", "Mod"}, text  # of formulas
        assert statement_cell(verdict, "en") == (verdict.statement,)


@pytest.mark.parametrize("name", ["relu", "softmax", "glu"])
def test_every_fact_has_a_title(name: str) -> None:
    from symacts import analyze

    assert set(analyze(name).facts) <= set(TITLES)
