"""Reports in four formats: every fact appears, nothing active leaks, LaTeX compiles."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import sympy as sp

from symacts import analyze
from symacts.facts import Fact, Verdict
from symacts.render.words import TITLES
from symacts.report import Report
from symacts.spec import i, j, n, x, xs

half = sp.Rational(1, 2)
HOSTILE = r"from limits | <b> & _it_ 50% $x$ \input{f} #1 ^ ~"


def facts(**values: object) -> dict[str, Fact]:
    return {k: Fact(k, v, "unknown" if v is None else "exact", HOSTILE) for k, v in values.items()}


@pytest.fixture
def report() -> Report:
    f = 1 / (1 + sp.exp(-x))
    y = sp.Symbol("y", real=True)
    return Report(
        name="s_1",
        kind="scalar",
        expression=f,
        parameters={"beta": sp.Rational(3, 2), "alpha": sp.Symbol("alpha", positive=True)},
        branches=((sp.Interval.Lopen(0, sp.oo), x), (sp.Interval(-sp.oo, 0), sp.S.Zero)),
        facts=facts(
            domain=sp.S.Reals,
            derivative=sp.exp(-x) / (1 + sp.exp(-x)) ** 2,
            second_derivative=None,
            derivative_in_output=y * (1 - y),
            limits=(sp.S.Zero, sp.S.One),
            asymptotes=(None, (sp.S.One, -half)),
            saturation=("soft", "hard"),
            range=sp.Interval.open(0, 1),
            bounded=(True, False),
            zeros=sp.S.EmptySet,
            minimum=(sp.S.Zero, False),
            maximum=(sp.oo, False),
            sign="positive",
            smoothness=sp.oo,
            kinks=((sp.S.Zero, sp.S.Zero, sp.S.One), (sp.Integer(6), sp.S.One, sp.oo)),
            discontinuities=(),
            symmetry=("point", (sp.S.Zero, half)),
            zero_centered=False,
            a_fact_of_the_user=(1, "a|b", sp.FiniteSet(2)),
        ),
        verdicts=(
            Verdict("drawback", "zig-zag | & <i>", ("sign", "zero_centered")),
            Verdict("advantage", "smooth", ()),
        ),
        reference="Anon & Co. (1999). 100% of $x_1$.",
    )


@pytest.fixture
def vector() -> Report:
    f = sp.exp(xs[i]) / sp.Sum(sp.exp(xs[j]), (j, 0, n - 1))
    return Report("v", "vector", f, {}, (), facts(definition=f, sums_to_one=True, order_preserving=None))


def rows(report: Report) -> dict[str, str]:
    """Title to value, from the Markdown table."""
    table = [re.split(r"(?<!\\)\|", r) for r in report.to_markdown().splitlines() if r.startswith("|")]
    assert {len(r) for r in table} == {5}
    return {r[1].strip(): r[2].strip() for r in table[2:]}


def test_values_as_printed(report: Report) -> None:
    shown = rows(report)
    assert shown["range"] == "$(0, 1)$"
    assert shown["derivative in the output"] == "$f' = y (1 - y)$, $y = f(x)$"
    assert shown["limits"] == r"$0$ as $x \to -\infty$; $1$ as $x \to \infty$"
    assert shown["asymptotes"] == r"none (left); $y = x - \frac{1}{2}$ (right)"
    assert shown["saturation"] == "soft (left); hard (right)"
    assert shown["bounded"] == "below only"
    assert shown["zeros"] == "none"
    assert shown["minimum"] == "$0$, not attained"
    assert shown["maximum"] == "none (unbounded)"
    assert shown["smoothness"] == r"$C^{\infty}$"
    assert shown["kinks"] == r"$x = 0$ ($f'$: $0 \to 1$); $x = 6$ ($f'$: $1 \to \infty$)"
    assert shown["symmetry"] == r"about the point $\left(0, \frac{1}{2}\right)$"
    assert shown["zero-centered"] == "no"
    assert shown["second derivative"].startswith("unknown: from limits")
    assert shown["a fact of the user"] == r"$1$; a\|b; $\lbrace 2 \rbrace$"


@pytest.mark.parametrize("width", [40, 60, 80, 110, 160])
def test_text_keeps_its_width_and_says_everything(report: Report, width: int) -> None:
    text = report.to_text(width)
    cells = [sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in text.splitlines()]
    assert max(cells) <= width
    assert not any(line.endswith(" ") for line in text.splitlines())
    flat = " ".join(text.split())
    for words in ("unknown", "(0, 1)", "not attained", "[sign, zero-centered]", "+ smooth"):
        assert words in flat, words
    assert (flat.count("#1") > 1) == (width >= 110)  # the reason of the unknown fact always, the others where wide


def test_facts_come_in_the_order_of_the_titles(report: Report) -> None:
    shuffled = Report(**{**_fields(report), "facts": dict(reversed(report.facts.items()))})
    assert shuffled.to_text(80) == report.to_text(80)


def _fields(report: Report) -> dict[str, object]:
    names = ("name", "kind", "expression", "parameters", "branches", "facts", "verdicts", "reference")
    return {k: getattr(report, k) for k in names}


def test_no_fact_is_a_blank() -> None:
    """Facts with nothing in them say so: parameters of a function that has none, kinks, jumps, zeros."""
    rows = [line.strip("|").split(" | ") for line in analyze("x**2 + 1").to_markdown().splitlines() if line[:2] == "| "]
    assert len(rows) > 20
    assert all(cell.strip() for row in rows for cell in row), rows


def test_html_is_well_formed_and_loads_nothing(report: Report, vector: Report) -> None:
    for r in (report, vector):
        body = r.to_html()
        ET.fromstring(body)
        assert "<script" not in body and "http" not in body and "src=" not in body
        page = r.to_html(standalone=True)
        assert page.startswith("<!DOCTYPE html>") and 'charset="utf-8"' in page
        ET.fromstring(page.split("\n", 1)[1].replace('<meta charset="utf-8">', ""))


def test_html_counts_the_children_mathml_needs(report: Report, vector: Report) -> None:
    need = {"mfrac": 2, "msup": 2, "msub": 2, "munder": 2, "munderover": 3, "msubsup": 3, "mroot": 2}
    seen = set()
    for r in (report, vector):
        for element in ET.fromstring(r.to_html()).iter():
            if element.tag in need:
                seen.add(element.tag)
                assert len(element) == need[element.tag], ET.tostring(element)
    assert {"mfrac", "msup", "msub", "munderover"} <= seen


def test_no_latex_character_leaks(report: Report) -> None:
    latex = report.to_latex()
    assert latex.startswith(r"\begin{tabular}") and latex.endswith(r"\end{tabular}")
    assert r"\input" not in latex and r"\toprule" in latex
    for row in latex.splitlines()[4:-2]:
        if "&" in row:
            words = re.sub(r"\\begin\{cases\}.*?\\end\{cases\}", "", row)
            assert len(re.findall(r"(?<!\\)&", words)) == 1, row


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_a_standalone_document_compiles(report: Report, vector: Report, tmp_path: Path) -> None:
    for r in (report, vector):
        (tmp_path / "r.tex").write_text(r.to_latex(standalone=True), encoding="utf-8")
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "r.tex"],
            cwd=tmp_path,
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout.decode(errors="replace")[-800:]


def test_titles_exist_in_both_languages() -> None:
    for row in TITLES.values():
        assert row.en.strip() and any("가" <= c <= "힣" for c in row.ko), row
