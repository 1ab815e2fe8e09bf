"""The written form of an expression: text and MathML read back to the same value; LaTeX balances."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET

import pytest
import sympy as sp

from symacts.render.backends import (
    escape_html,
    escape_latex,
    escape_markdown,
    to_latex,
    to_mathml,
    to_unicode,
)
from symacts.render.layout import layout
from symacts.spec import i, j, n, x, xs

a = sp.Symbol("alpha", positive=True)
half = sp.Rational(1, 2)

NAMES = {
    "x": x,
    "α": a,
    "alpha": a,
    "π": sp.pi,
    "e": sp.E,
    "max": sp.Max,
    "min": sp.Min,
    "W": sp.LambertW,
    "arctan": sp.atan,
    **{f: getattr(sp, f) for f in ("exp", "log", "tanh", "erf", "sqrt", "Abs", "asinh", "atan", "LambertW", "sign")},
}
SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def read_text(text: str) -> sp.Expr:
    """An expression from the text backend's output, by Python's own precedences."""
    text = re.sub("([⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "**" + m[1].translate(SUPERSCRIPT), text)
    text = re.sub(r"√(\d+|[a-zα-ωπ]\b)", r"sqrt(\1)", text).replace("√(", "sqrt(")
    text = re.sub(r"\|([^|]*)\|", r"Abs(\1)", text).replace("·", "*").replace("^", "**")
    return sp.sympify(text, locals=NAMES)


def read_mathml(markup: str) -> sp.Expr:
    """An expression from presentation MathML, by a walk over its elements."""

    def walk(node: ET.Element) -> str:
        parts = [walk(c) for c in node]
        if node.tag in ("mi", "mn"):
            return node.text or ""
        if node.tag == "mo":
            return {"⁢": "*", "−": "-", "⁡": "", "·": "*"}.get(node.text or "", node.text or "")
        if node.tag == "mfrac":
            return f"(({parts[0]})/({parts[1]}))"
        if node.tag == "msup":
            base = node[0]
            if base.tag == "mi" and len(base.text or "") > 1:
                return f"POWER{parts[1]}_{parts[0]}"
            return f"(({parts[0]})**({parts[1]}))"
        if node.tag == "msqrt":
            return f"sqrt({''.join(parts)})"
        if node.tag == "mroot":
            return f"(({parts[0]})**(1/Integer({parts[1]})))"
        assert node.tag in ("mrow", "math"), node.tag
        inner = "".join(parts)
        power = re.fullmatch(r"POWER(\d+)_(\w+)(\(.*\))", inner)
        if power:
            return f"({power[2]}{power[3]}**{power[1]})"
        if inner.startswith("|") and inner.endswith("|"):
            return f"Abs({inner[1:-1]})"
        return f"({inner})" if node.tag == "mrow" and not inner.startswith(("(", ",")) else inner

    return sp.sympify(walk(ET.fromstring(f"<math>{markup}</math>")), locals={**NAMES, "Integer": sp.Integer})


def random_expression(rng: random.Random, depth: int) -> sp.Expr:
    if depth == 0:
        return rng.choice([x, x, a, sp.Integer(2), sp.Integer(-3), half, sp.Rational(-2, 3), sp.pi, sp.sqrt(2)])
    one, two = random_expression(rng, depth - 1), random_expression(rng, depth - 1)
    return rng.choice(
        [
            lambda: one + two,
            lambda: one - two,
            lambda: one * two,
            lambda: one / (1 + two**2),
            lambda: -one,
            lambda: one**2,
            lambda: sp.sqrt(1 + one**2),
            lambda: (1 + one**2) ** sp.Rational(-1, 3),
            lambda: (2 + one**2) ** two,
            lambda: sp.exp(-one),
            lambda: sp.tanh(one) ** 2,
            lambda: sp.Abs(one),
            lambda: sp.Max(one, two),
            lambda: sp.log(1 + one**2),
            lambda: sp.atan(one),
        ]
    )()


def values(e: sp.Expr) -> list[sp.Expr]:
    return [e.subs({x: p, a: sp.Rational(7, 10)}).evalf(30) for p in (sp.Rational(-13, 10), half, sp.Rational(9, 4))]


def agree(one: sp.Expr, two: sp.Expr) -> bool:
    def close(u: sp.Expr, v: sp.Expr) -> bool:
        return bool(abs(u - v) <= sp.Float("1e-20", 30) * (1 + abs(u)))

    return all(close(u, v) for u, v in zip(values(one), values(two), strict=True))


def is_tame(e: sp.Expr) -> bool:
    return not e.has(sp.nan, sp.zoo, sp.oo) and all(v.is_real and abs(v) < 1e12 for v in values(e))


def test_text_and_mathml_read_back_to_the_same_value(rng: random.Random, full: bool) -> None:
    seen = 0
    for _ in range(2000 if full else 250):
        e = random_expression(rng, rng.choice([1, 2, 3]))
        if not is_tame(e):
            continue
        seen += 1
        node = layout(e)
        assert agree(e, read_text(to_unicode(node))), (e, to_unicode(node))
        assert agree(e, read_mathml(to_mathml(node))), (e, to_mathml(node))
        latex = to_latex(node)
        assert latex.count("{") == latex.count("}") and latex.count(r"\left") == latex.count(r"\right"), latex
        assert "|" not in latex
    assert seen > 100


def test_the_reading_back_can_fail() -> None:
    # negative control: a printer without parentheses is caught
    e = (x + 1) * (x - 2)
    assert not agree(e, read_text("x + 1·x - 2"))
    assert not agree(e, read_mathml("<mrow><mi>x</mi><mo>+</mo><mn>1</mn></mrow>"))


@pytest.mark.parametrize(
    ("value", "text", "latex"),
    [
        (sp.Interval.open(0, 1), "(0, 1)", "(0, 1)"),
        (sp.Interval(-sp.oo, 0), "(-∞, 0]", r"(-\infty, 0]"),
        (sp.Interval(-sp.oo, sp.oo), "ℝ", r"\mathbb{R}"),
        (
            sp.Union(sp.Interval.open(1, 2), sp.Interval.open(-1, 0)),
            "(-1, 0) ∪ (1, 2)",
            r"(-1, 0) \cup (1, 2)",
        ),
        (sp.FiniteSet(2, -1, sp.pi), "{-1, 2, π}", r"\lbrace -1, 2, \pi \rbrace"),
        (
            sp.ImageSet(sp.Lambda(n, sp.pi * n), sp.S.Integers),
            "{π·n | n ∈ ℤ}",
            r"\lbrace \pi n \mid n \in \mathbb{Z} \rbrace",
        ),
        (1 / (1 + sp.exp(-x)), "1/(1 + exp(-x))", r"\frac{1}{1 + e^{-x}}"),
        (1 - x**2, "1 - x²", "1 - x^{2}"),
        (xs[i] - sp.log(x), "x_i - log(x)", r"x_{i} - \log(x)"),
        (-x - 1, "-x - 1", "-x - 1"),
        (-sp.LambertW(sp.exp(-1)), "-LambertW(exp(-1))", "-W(e^{-1})"),
        (2 * 3**x, "2·3^x", r"2 \cdot 3^{x}"),
        (sp.Symbol("min_val") * x, "min_val·x", r"\mathrm{min\_val} \, x"),
        (
            sp.Piecewise((x, x > 0), (a * x, True)),
            "{x if x > 0; α·x otherwise}",
            r"\begin{cases} x & \text{if } x > 0 \cr \alpha x & \text{otherwise} \end{cases}",
        ),
        (
            sp.Sum(sp.exp(xs[j]), (j, 0, n - 1)),
            "∑[j = 0..n - 1] exp(x_j)",
            r"\sum_{j = 0}^{n - 1} e^{x_{j}}",
        ),
        (sp.KroneckerDelta(i, j), "δ_ij", r"\delta_{i j}"),
        (sp.Limit(sp.log(x), x, 0, "+"), "lim[x → 0^+] log(x)", r"\lim_{x \to 0^{+}} \log(x)"),
        ((sp.S.Zero, half), "(0, 1/2)", r"\left(0, \frac{1}{2}\right)"),
        (sp.Symbol("x1"), "x₁", "x_{1}"),
    ],
)
def test_known_forms(value: object, text: str, latex: str) -> None:
    assert to_unicode(layout(value)) == text
    assert to_latex(layout(value)) == latex
    ET.fromstring(f"<math>{to_mathml(layout(value))}</math>")


def test_escapes_leave_no_active_character() -> None:
    hostile = r"a_b & 50% $x$ #1 {c} \input{f} ~ ^ < > | ` * \" ' <script>"
    assert "<" not in escape_html(hostile) and '"' not in escape_html(hostile)
    latex = escape_latex(hostile)
    assert not re.search(r"(?<!\\)[_&%$#]", latex)
    assert r"\textbackslash{}input" in latex
    markdown = escape_markdown(hostile)
    assert not re.search(r"(?<!\\)(?:\\\\)*[|`*$<_]", markdown)


def test_a_symbol_with_a_hostile_name_stays_text() -> None:
    evil = sp.Symbol("</mi><script>")
    assert "<script>" not in to_mathml(layout(evil))
    assert r"\input" not in to_latex(layout(sp.Symbol(r"\input{f}")))
