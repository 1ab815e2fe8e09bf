"""Text to a syntax tree: a tokenizer and a precedence parser over a closed grammar; nothing is ever evaluated.

The grammar, loosest first (the number is the binding strength)::

    1 or |    2 and &    3 not ~    4 < <= > >= == != =    5 + -    6 * /    7 unary + -    8 ** ^ and superscripts

Powers associate to the right and bind tighter than a sign on their left: ``-x**2`` is ``-(x**2)``. A bar where an
operand is expected opens an absolute value, which ends at the next bar: ``|x - |y||``.

>>> read("-x**2").kind, read("2*x/3").kind
('neg', 'mul')
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from symacts.errors import ParseError, shorten

__all__ = ["MAX_DEPTH", "MAX_DIGITS", "MAX_TEXT", "MAX_TOKENS", "Node", "read"]

MAX_TEXT = 10_000
"""Longest text read, in characters."""
MAX_TOKENS = 3_000
"""Most tokens in a text."""
MAX_DEPTH = 40
"""Deepest nesting of parentheses, calls and powers."""
MAX_DIGITS = 1_000
"""Most digits of the numerator or denominator of an exact number, read or calculated."""
MAX_NAME = 64
"""Longest name, in characters."""

GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "ϵ": "epsilon",
    "ζ": "zeta",
    "η": "eta",
    "θ": "theta",
    "κ": "kappa",
    "λ": "lam",
    "μ": "mu",
    "µ": "mu",
    "ν": "nu",
    "ξ": "xi",
    "π": "pi",
    "ρ": "rho",
    "σ": "sigma",
    "τ": "tau",
    "φ": "phi",
    "ϕ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "ω": "omega",
}
"""Greek letters and the names they are read as (`lam`, because `lambda` is a reserved word)."""
SIGNS = {"−": "-", "·": "*", "⋅": "*", "×": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=", "∞": "oo", "^": "**"}
SIGNS |= {"|": "or", "&": "and", "~": "not"}
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))
RESERVED = frozenset(keyword.kwlist) - {"and", "or", "not", "else", "True", "False"}

_NUMBER = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(?:[eE]([-+]?\d+))?", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_OPERATOR = re.compile(r"\*\*|<=|>=|==|!=|[-+*/(),<>=\[\]]")
_DIRECTION = re.compile(r"""(['"])(\+-|\+|-)\1""")

RELATIONS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "==": "=", "=": "=", "!=": "!="}
_BINARY = {"or": 1, "and": 2, **dict.fromkeys(RELATIONS, 4), "+": 5, "-": 5, "*": 6, "/": 6, "**": 8}
_NOT, _COMPARISON, _SIGN, _POWER = 3, 4, 7, 8

_HINTS = {
    ".": "attributes and methods are not read; a name stands alone",
    "'": "strings are not read",
    '"': "strings are not read",
    "%": "'%' is not read",
    ":": "':' is not read",
    ";": "one expression at a time",
    "{": "braces are not read; group with parentheses",
    "}": "braces are not read; group with parentheses",
    "!": "'!' is not read; gamma(n + 1) is the factorial",
    "\n": "the text must be one line",
    "\r": "the text must be one line",
    "\0": "a null character",
    "√": "'√' is not read; write sqrt(...)",
    "∂": "'∂' is not read; write diff(f, x)",
    "∫": "'∫' is not read; write Integral(f, (x, a, b))",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: `kind` is "number", "name", "operator", "direction" or "end"."""

    kind: str
    text: str
    position: int
    value: Any = None


@dataclass(frozen=True, slots=True)
class Node:
    """A syntax tree: what it is, where it starts, what it holds.

    Kinds: "number" (a Fraction), "name", "truth" (a bool), "direction", "call" (a name, `args` positional, `keywords`),
    "bars" (an absolute value), "index" (of the name that is its value, or of the call that is its second argument),
    "tuple", "neg", "add" (a sum), "mul" (`value` marks the divisors), "pow", "relation" (`value` holds the relations),
    "or", "and", "not".
    """

    kind: str
    position: int
    value: Any = None
    args: tuple[Node, ...] = ()
    keywords: tuple[tuple[str, int, Node], ...] = ()

    @property
    def is_product(self) -> bool:
        """Whether this is a product without divisors, none of its factors negated."""
        return self.kind == "mul" and not any(self.value) and all(arg.kind != "neg" for arg in self.args)


def read(text: str) -> Node:
    """The syntax tree of the text.

    Raises
    ------
    ParseError
        Outside the grammar or beyond its limits; `position` is the 0-based index of the offending character.
    """
    if not isinstance(text, str):
        raise ParseError(f"got {shorten(text)}, expected text")
    return _Parser(text).whole()


def tokens(text: str) -> list[Token]:
    """The tokens of the text, the last of kind "end"."""
    if len(text) > MAX_TEXT:
        raise ParseError(f"the text has {len(text)} characters; at most {MAX_TEXT} are read", text, MAX_TEXT)
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] in " \t":
            at += 1
            continue
        token, at = _token(text, at)
        found.append(token)
        if len(found) > MAX_TOKENS:
            raise ParseError(f"the text is too long: at most {MAX_TOKENS} terms and signs are read", text, at)
    found.append(Token("end", "", len(text)))
    return found


def _token(text: str, at: int) -> tuple[Token, int]:
    c = text[at]
    if match := _NUMBER.match(text, at):
        return Token("number", match.group(), at, _fraction(match, text)), match.end()
    if match := _NAME.match(text, at):
        return Token("name", _checked_name(match.group(), text, at), at), match.end()
    if c in GREEK:
        tail = re.compile(r"_?\d*", re.ASCII).match(text, at + 1)
        end = tail.end() if tail else at + 1
        name = GREEK[c] + text[at + 1 : end]
        if end < len(text) and (text[end] in GREEK or _NAME.match(text, end)):
            raise ParseError("two names in a row: write '*' between them", text, end)
        return Token("name", name, at), end
    if match := _DIRECTION.match(text, at):
        return Token("direction", match.group(2), at), match.end()
    if match := _OPERATOR.match(text, at):
        return Token("operator", match.group(), at), match.end()
    if c in SIGNS:
        sign = SIGNS[c]
        kind = "name" if sign in ("oo", "or", "and", "not") else "operator"
        end = at + 2 if text.startswith(("||", "&&"), at) else at + 1
        return Token(kind, sign, at), end
    if c in SUPERSCRIPTS or c == "⁻":
        end = at + 1
        while end < len(text) and text[end] in SUPERSCRIPTS:
            end += 1
        digits = "".join(SUPERSCRIPTS.get(d, "-") for d in text[at:end])
        if digits == "-":
            raise ParseError("a superscript minus without digits", text, at)
        return Token("superscript", text[at:end], at, Fraction(int(digits))), end
    raise ParseError(_cannot_read(c), text, at)


def _cannot_read(c: str) -> str:
    if c in _HINTS:
        return _HINTS[c]
    if c.isascii() and c.isprintable():
        return f"'{c}' is not read"
    return f"the character U+{ord(c):04X} ({unicodedata.name(c, 'unnamed').lower()}) is not read"


def _checked_name(name: str, text: str, at: int) -> str:
    if name in RESERVED:
        raise ParseError(f"{name!r} is a reserved word, not a name", text, at)
    if name.startswith("_") or "__" in name:
        raise ParseError(f"got {shorten(name)}; names start with a letter and hold no double underscore", text, at)
    if len(name) > MAX_NAME:
        raise ParseError(f"a name of {len(name)} characters; at most {MAX_NAME} are read", text, at)
    return name


def _fraction(match: re.Match[str], text: str) -> Fraction:
    mantissa, exponent = match.groups()
    digits = mantissa.replace(".", "")
    if len(digits) > MAX_DIGITS or (exponent and (len(exponent) > 6 or abs(int(exponent)) > MAX_DIGITS)):
        raise ParseError(f"a number of more than {MAX_DIGITS} digits", text, match.start())
    end = match.end()
    if end < len(text) and (text[end].isalnum() or text[end] in "_."):
        if text[end] == ".":
            raise ParseError("a second decimal point in a number", text, end)
        if text[end].isascii() or text[end] in GREEK:
            raise ParseError("a name right after a number: write '*' between them, as in 2*x", text, end)
    return Fraction(mantissa if mantissa[-1] != "." else mantissa[:-1]) * Fraction(10) ** int(exponent or 0)


class _Parser:
    """One reading of one text: a cursor over its tokens, by binding strength."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self.depth = 0

    def fail(self, reason: str, position: int | None = None) -> ParseError:
        return ParseError(reason, self.text, self.tokens[self.at].position if position is None else position)

    @property
    def ahead(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def sees(self, *texts: str) -> bool:
        token = self.ahead
        return token.kind in ("operator", "name") and token.text in texts

    def found(self) -> str:
        return "the end of the text" if self.ahead.kind == "end" else repr(self.ahead.text)

    def whole(self) -> Node:
        if self.ahead.kind == "end":
            raise self.fail("the text is empty", 0)
        tree = self.expression(0)
        if self.sees(","):
            items = [tree]
            while self.sees(","):
                self.take()
                items.append(self.expression(0))
            tree = Node("tuple", items[0].position, None, tuple(items))
        if self.ahead.kind != "end":
            raise self.fail(self.stray())
        return tree

    def stray(self) -> str:
        token = self.ahead
        if token.kind in ("name", "number") or token.text in ("(", "["):
            return f"found {token.text!r}, expected an operator; a product is written with '*'"
        if token.text == ")":
            return "a ')' without its '('"
        return f"found {token.text!r}, expected an operator or the end"

    def expression(self, floor: int) -> Node:
        """Everything from here that binds at least as tightly as `floor`."""
        left = self.prefix()
        while True:
            token = self.ahead
            if token.kind == "superscript":
                left = self.superscript(left)
                continue
            strength = _BINARY.get(token.text, 0) if token.kind in ("operator", "name") else 0
            if not strength or strength < floor:
                return left
            left = self.infix(left, token, strength)

    def infix(self, left: Node, token: Token, strength: int) -> Node:
        if strength == _POWER:
            self.take()
            with _Deeper(self, token.position):
                return Node("pow", token.position, None, (left, self.expression(_SIGN)))
        if strength == _COMPARISON:
            return self.relation(left)
        if strength <= 2:
            items = [left]
            while self.sees(token.text):
                self.take()
                items.append(self.expression(strength + 1))
            return Node(token.text, token.position, None, tuple(items))
        items, marks = [left], [False]
        pair = ("+", "-") if strength == 5 else ("*", "/")
        while self.sees(*pair):
            operator = self.take()
            item = self.expression(strength + 1)
            if operator.text == "-":
                item = Node("neg", operator.position, None, (item,))
            items.append(item)
            marks.append(operator.text == "/")
        start = left
        while start.kind in ("pow", "relation"):
            start = start.args[0]
        return Node("add" if strength == 5 else "mul", start.position, tuple(marks), tuple(items))

    def relation(self, left: Node) -> Node:
        items, relations = [left], []
        position = self.ahead.position
        while self.ahead.kind == "operator" and self.ahead.text in RELATIONS:
            relations.append(self.take().text)
            items.append(self.expression(_COMPARISON + 1))
        return Node("relation", position, tuple(relations), tuple(items))

    def superscript(self, left: Node) -> Node:
        token = self.take()
        if self.sees("**") or self.ahead.kind == "superscript":
            raise self.fail("two powers in a row: set parentheses")
        if left.kind == "name" and self.sees("("):
            raise self.fail(f"write {left.value}(...){'**'}{token.value} for the power of a function", left.position)
        exponent = Node("number", token.position, token.value)
        return Node("pow", token.position, None, (left, exponent))

    def prefix(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return Node("number", token.position, token.value)
        if token.kind == "direction":
            return Node("direction", token.position, token.text)
        if token.kind == "operator" and token.text in ("+", "-"):
            return self.signs(token)
        if token.kind == "operator" and token.text == "(":
            with _Deeper(self, token.position):
                return self.group(token)
        if token.kind == "name" and self.text[token.position] not in "|&":
            return self.name(token)
        self.at -= 1
        if self.is_bar():
            return self.bars()
        raise self.fail(f"found {self.found()}, expected a number, a name or '('")

    def is_bar(self) -> bool:
        return self.text[self.ahead.position : self.ahead.position + 1] == "|"

    def bar(self) -> Token:
        """One bar; of `||` the second one stays."""
        token = self.ahead
        if self.text.startswith("||", token.position) and self.tokens[self.at + 1].position > token.position + 1:
            self.tokens[self.at : self.at + 1] = [token, replace(token, position=token.position + 1)]
        return self.take()

    def bars(self) -> Node:
        opening = self.bar()
        with _Deeper(self, opening.position):
            inner = self.expression(_COMPARISON + 1)
        if not self.is_bar():
            if self.ahead.kind == "end":
                raise self.fail(f"the '|' at position {opening.position} is never closed")
            raise self.fail(f"found {self.found()}, expected an operator or '|'")
        self.bar()
        return Node("bars", opening.position, None, (inner,))

    def signs(self, token: Token) -> Node:
        """Signs in a row cancel in pairs; a sign alone before ',' or ')' is the direction of a limit."""
        negative = token.text == "-"
        if self.sees(",", ")"):
            return Node("direction", token.position, token.text)
        if token.text == "+" and self.sees("-") and self.tokens[self.at + 1].text in (",", ")"):
            self.take()
            return Node("direction", token.position, "+-")
        while self.sees("+", "-"):
            negative ^= self.take().text == "-"
        operand = self.expression(_SIGN)
        return Node("neg", token.position, None, (operand,)) if negative else operand

    def group(self, opening: Token) -> Node:
        if self.sees(")"):
            raise self.fail("empty parentheses")
        items, is_tuple = [self.expression(0)], False
        while self.sees(","):
            self.take()
            is_tuple = True
            if self.sees(")"):
                break
            items.append(self.expression(0))
        self.close(opening, ")")
        if is_tuple:
            return Node("tuple", opening.position, None, tuple(items))
        inner = items[0]
        if inner.kind == "relation":  # a chain does not reach into parentheses
            return Node("and", inner.position, None, (inner,))
        return inner

    def close(self, opening: Token, sign: str) -> None:
        if not self.sees(sign):
            if self.ahead.kind == "end":
                raise self.fail(f"the {opening.text!r} at position {opening.position} is never closed")
            raise self.fail(f"found {self.found()}, expected an operator, ',' or {sign!r}")
        self.take()

    def name(self, token: Token) -> Node:
        if token.text in ("True", "False", "else"):
            return Node("truth", token.position, token.text != "False")
        if token.text == "not":
            with _Deeper(self, token.position):
                return Node("not", token.position, None, (self.expression(_NOT),))
        if token.text in ("and", "or"):
            raise self.fail(f"found {token.text!r}, expected a condition on its left", token.position)
        if self.sees("("):
            with _Deeper(self, self.ahead.position):
                called = self.call(token, self.take())
            return self.index(token, None, called) if self.sees("[") else called
        if self.sees("["):
            return self.index(token, token.text)
        return Node("name", token.position, token.text)

    def index(self, start: Token, name: str | None, *of: Node) -> Node:
        opening = self.take()
        with _Deeper(self, opening.position):
            index = self.expression(_COMPARISON + 1)
        self.close(opening, "]")
        return Node("index", start.position, name, (index, *of))

    def call(self, name: Token, opening: Token) -> Node:
        args: list[Node] = []
        keywords: list[tuple[str, int, Node]] = []
        while not self.sees(")"):
            key = self.ahead
            if key.kind == "name" and self.tokens[self.at + 1].text == "=":
                self.at += 2
                if key.text in (k for k, _, _ in keywords):
                    raise self.fail(f"the keyword {key.text!r} is given twice", key.position)
                keywords.append((key.text, key.position, self.expression(0)))
            elif keywords:
                raise self.fail("a positional argument after a keyword")
            else:
                args.append(self.expression(0))
            if not self.sees(","):
                break
            self.take()
        self.close(opening, ")")
        return Node("call", name.position, name.text, tuple(args), tuple(keywords))


class _Deeper:
    """One level of nesting, counted against `MAX_DEPTH`."""

    def __init__(self, parser: _Parser, position: int) -> None:
        self.parser, self.position = parser, position

    def __enter__(self) -> None:
        self.parser.depth += 1
        if self.parser.depth > MAX_DEPTH:
            raise self.parser.fail(f"nested more than {MAX_DEPTH} deep", self.position)

    def __exit__(self, *_: object) -> None:
        self.parser.depth -= 1
