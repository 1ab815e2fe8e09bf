"""Text that the parser refuses, with the position and the reason, and text that would do harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from symacts.errors import ParseError
from symacts.grammar import MAX_DEPTH, MAX_TEXT
from symacts.parsing import parse

# Text, position, a part of the reason.
REFUSED = [
    ("", 0, "empty"),
    ("   ", 0, "empty"),
    ("x +", 3, "end of the text"),
    ("(x", 2, "never closed"),
    ("x)", 1, "without its '('"),
    ("()", 1, "empty parentheses"),
    ("x y", 2, "expected an operator"),
    ("2x", 1, "write '*'"),
    ("2 x", 2, "expected an operator"),
    ("x 2", 2, "expected an operator"),
    ("(x)(x)", 3, "expected an operator"),
    ("x(2)", 0, "not a function"),
    ("*x", 0, "expected a number"),
    ("x**", 3, "end of the text"),
    ("x***x", 3, "expected a number"),
    ("x // 2", 3, "expected a number"),
    ("x % 2", 2, "'%'"),
    ("1.2.3", 3, "decimal point"),
    ("1__0", 1, "write '*'"),
    ("0x10", 1, "write '*'"),
    ("1e", 1, "write '*'"),
    ("e**x", 0, "ambiguous"),
    ("1j", 1, "write '*'"),
    ("I*x", 0, "real"),
    ("nan", 0, "nan"),
    ("zoo", 0, "infinity"),
    ("oo", 0, "infinity"),
    ("x + oo", 0, "infinity"),
    ("exp(-oo)", 0, "infinity"),
    ("x = 1", 2, "statement"),
    ("x > 0", 2, "condition"),
    ("True", 0, "condition"),
    ("(x, 1)", 0, "tuple"),
    ("x, 1", 0, "tuple"),
    ("sigmoyd(x)", 0, "'sigmoid'"),
    ("x + tahn(x)", 4, "'tanh'"),
    ("exp", 0, "write exp(...)"),
    ("sigmoid", 0, "write sigmoid(...)"),
    ("exp()", 0, "takes 1 arguments"),
    ("exp(x, 1)", 0, "takes 1 arguments"),
    ("Max()", 0, "at least 1"),
    ("exp(x=1)", 4, "no keyword"),
    ("elu(x, beta=2)", 7, "no parameter 'beta'"),
    ("sigmoid(x, alpha=2)", 11, "no parameters"),
    ("elu(x, 1, alpha=2)", 10, "given twice"),
    ("elu(x, alpha=2, alpha=2)", 16, "given twice"),
    ("elu(x, alpha=2, 3)", 16, "positional"),
    ("elu()", 0, "got 0 arguments"),
    ("elu(x, 1, 2)", 0, "got 3 arguments"),
    ("elu(x, alpha=-1)", 0, "domain"),
    ("1 + hard_tanh(x, 2, 1)", 4, "max_val > min_val"),
    ("softmax(x)", 0, "vector"),
    ("1/0", 2, "division by zero"),
    ("1 + 1/(x - x)", 7, "division by zero"),
    ("sqrt(-1)", 0, "not a real"),
    ("2*sqrt(-1 - x**2)", 2, "not a real"),
    ("log(0)", 0, "pole"),
    ("1 + log(-2)", 4, "not a real"),
    ("acos(2)", 0, "not a real"),
    ("(-1)**(1/2)", 4, "not a real"),
    ("(-8)**(1/3)", 4, "not a real"),
    ("tan(pi/2)", 0, "pole"),
    ("atanh(1)", 0, "infinite"),
    ("log(x, 1)", 0, "division by zero"),
    ("clip(x, 1, -1)", 0, "lo <= hi"),
    ("LambertW(x, 2)", 0, "branches"),
    ("Piecewise(x)", 10, "pair"),
    ("Piecewise()", 0, "pairs"),
    ("Piecewise((x, x))", 14, "condition"),
    ("Piecewise((x, x = 0), (1, True))", 16, "'=='"),
    ("Piecewise((x, False))", 0, "no piece"),
    ("where(x, 1, 0)", 6, "condition"),
    ("diff(x, x)", 0, "statements"),
    ("gaussian(x, x)", 0, "expectation"),
    ("x[0]", 0, "brackets"),
    ("|x", 2, "never closed"),
    ("x|", 2, "expected a number"),
    ("||x|", 4, "never closed"),
    ("|x)", 2, "'|'"),
    ("|x| y", 4, "product"),
    ("relu(x)[0]", 0, "brackets"),
    ("sin²(x)", 0, "write sin(...)**2"),
    ("x²³²**2", 4, "two powers"),
    ("√x", 0, "sqrt"),
    ("σ(x)", 0, "sigmoid"),
]

HOSTILE = [
    ("__import__('os').system('true')", 0, "double underscore"),
    ("x.__class__", 1, "attributes"),
    ("x.real", 1, "attributes"),
    ("(1).numerator", 3, "attributes"),
    ("().__class__", 2, "attributes"),
    ("open('f', 'w')", 5, "strings"),
    ('"a" + x', 0, "strings"),
    ("f'{x}'", 1, "strings"),
    ("lambda: 1", 0, "reserved"),
    ("lambda x: x", 0, "reserved"),
    ("import os", 0, "reserved"),
    ("x if x else 1", 2, "reserved"),
    ("[x for x in y]", 3, "reserved"),
    ("{x}", 0, "braces"),
    ("x; x", 1, "one expression"),
    ("x := 1", 2, "':'"),
    ("x\nx", 1, "one line"),
    ("x\r\n", 1, "one line"),
    ("x\0", 1, "null"),
    ("\\", 0, "'\\' is not read"),
    ("x@x", 1, "'@'"),
    ("x#y", 1, "'#'"),
    ("`x`", 0, "'`'"),
    ("$x", 0, "'$'"),
    ("x!", 1, "factorial"),
    ("eval(x)", 0, "unknown function"),
    ("exec(x)", 0, "unknown function"),
    ("globals()", 0, "unknown function"),
    ("getattr(x, y)", 0, "unknown function"),
    ("Symbol(x)", 0, "unknown function"),
    ("Function(x)", 0, "unknown function"),
    ("S(x)", 0, "unknown function"),
    ("sympify(x)", 0, "unknown function"),
    ("_x", 0, "names start with a letter"),
    ("x__y", 0, "double underscore"),
    ("yield", 0, "reserved"),
    ("None", 0, "reserved"),
    ("ｅｘｐ(x)", 0, "U+FF45"),
    ("х + 1", 0, "cyrillic"),
    ("x\u200b+1", 1, "zero width space"),
    ("x\u00a0+1", 1, "no-break space"),
    ("\u202ex", 0, "right-to-left override"),
    ("x\u0301", 1, "combining acute"),
    ("𝑥", 0, "U+1D465"),
    ("½*x", 0, "one half"),
    ("٣", 0, "digit three"),
    ("\ud800", 0, "U+D800"),
    ("9**9**9**9", 4, "exponent"),
    ("2**(10**9)", 1, "exponent"),
    ("10**(10**(10**10))", 7, "exponent"),
    ("2**99999", 1, "digits"),
    ("9**900*9**900", 0, "digits"),
    ("2**-99999*3", 1, "digits"),
    ("1e999999999", 0, "digits"),
    ("9" * 5000, 0, "digits"),
    ("(2*x)**(10**5)", 5, "digits"),
    ("(sqrt(2)*x)**100000", 11, "digits"),
    ("(x**1000)**1001", 9, "exponent"),
    ("exp(10**5*log(2))", 0, "digits"),
    ("exp(exp(exp(9)))", 0, "beyond"),
    ("sinh(cosh(exp(10)))", 0, "beyond"),
    ("swish(10**6, 10**6)", 0, "beyond"),
    ("gamma(gamma(gamma(5)))", 0, "beyond"),
    ("gamma(10**9)", 0, "beyond"),
    ("floor(exp(100000))", 0, "digits"),
    ("mish(" * 20 + "x" + ")" * 20, None, "nodes"),
    ("elu(" * 12 + "x" + ")" * 12, None, "nodes"),
    ("mish(" * 8 + "2" + ")" * 8, None, "nodes"),
    ("(" * 1000 + "x" + ")" * 1000, MAX_DEPTH, "nested"),
    ("sin(" * 200 + "x" + ")" * 200, None, "nested"),
    ("x**" * 200 + "x", None, "nested"),
    ("where(" + "not " * 200 + "x > 0, 1, 2)", None, "nested"),
    ("x+" * 9000, MAX_TEXT, "characters"),
    ("x+" * 4000 + "x", None, "too long"),
    ("x" * 5000, 0, "characters"),
    ("Max(" + ", ".join(f"x**{k}" for k in range(40)) + ")", 0, "arguments"),
    ("Piecewise(" + ", ".join(f"({k}, x < {k})" for k in range(90)) + ")", 0, "pieces"),
    (" + ".join(f"1/{7 + k}**300" for k in range(60)), 0, "digits"),
]


@pytest.mark.parametrize(
    ("text", "position", "reason"), REFUSED + HOSTILE, ids=[repr(t[:24]) for t, _, _ in REFUSED + HOSTILE]
)
def test_refuses_with_the_position(text, position, reason):
    with pytest.raises(ParseError) as caught:
        parse(text)
    error = caught.value
    assert reason.casefold() in error.reason.casefold()
    assert position is None or error.position == position
    assert "\n  " in str(error) and len(str(error)) < 600, "the message shows the place and stays short"


def test_enough_hostile_rows():
    assert len(HOSTILE) >= 60


def test_nothing_is_executed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for text in ("open('made', 'w')", "__import__('os').mkdir('made')", "exec(\"open('made','w')\")"):
        with pytest.raises(ParseError):
            parse(text)
    assert not list(Path(tmp_path).iterdir())


def test_no_module_of_the_parser_evaluates_text():
    folder = Path(__import__("symacts").__file__).parent
    for name in ("grammar", "guarded", "elementary", "parsing", "registry", "store"):
        source = (folder / f"{name}.py").read_text(encoding="utf-8")
        for call in ("eval(", "exec(", "sympify(", "literal_eval", "parse_expr", "compile("):
            spared = source.replace(".evalf(", "").replace("re.compile(", "")
            assert call not in spared, (name, call)
