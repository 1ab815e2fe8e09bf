"""Three ways to write a layout tree: one line of Unicode text, LaTeX, presentation MathML; and the escapes of each.

>>> from symacts.render.layout import layout
>>> import sympy
>>> x = sympy.Symbol("x", real=True)
>>> to_latex(layout(sympy.sqrt(2)*x/2))
'\\\\frac{\\\\sqrt{2} x}{2}'
>>> to_unicode(layout(sympy.sqrt(2)*x/2))
'√2·x/2'
>>> to_mathml(layout(x**2))
'<msup><mi>x</mi><mn>2</mn></msup>'
"""

from __future__ import annotations

import html

from symacts.render.nodes import (
    ATOM,
    MUL,
    POW,
    Atom,
    Big,
    Call,
    Cases,
    Fence,
    Fraction,
    Node,
    Power,
    Radical,
    Row,
    Subscript,
)

__all__ = ["escape_html", "escape_latex", "escape_markdown", "to_latex", "to_mathml", "to_unicode"]

_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_TIGHT = {"·"}
"""Operators that text writes without spaces."""

# ---------------------------------------------------------------------------------------------------------- text


def to_unicode(node: Node) -> str:
    """One line of Unicode text, with the parentheses that a line needs."""
    match node:
        case Atom():
            return node.text
        case Row():
            return _text_row(node)
        case Fraction():
            return f"{_text(node.top, MUL)}/{_text(node.bottom, POW)}"
        case Power(Atom("e"), exponent):
            return f"exp({to_unicode(exponent)})"
        case Power(base, exponent):
            return _text(base, ATOM) + _text_exponent(exponent)
        case Subscript():
            index = to_unicode(node.index)
            if index.isdigit():
                return to_unicode(node.base) + index.translate(_SUBSCRIPTS)
            return f"{to_unicode(node.base)}_{index if index.isalnum() else f'({index})'}"
        case Radical(body, 2):
            return f"√{_text(body, ATOM)}"
        case Radical(body, degree):
            return f"{_text(body, ATOM)}^(1/{degree})"
        case Fence():
            return node.left + ", ".join(map(to_unicode, node.parts)) + node.right
        case Call():
            power = "" if node.exponent is None else str(node.exponent).translate(_SUPERSCRIPTS)
            return f"{node.name}({', '.join(map(to_unicode, node.arguments))}){power}"
        case Cases():
            return _text_cases(node)
        case Big():
            return _text_big(node)


def _text(node: Node, binding: int) -> str:
    text = to_unicode(node)
    return text if node.binding >= binding else f"({text})"


def _text_exponent(exponent: Node) -> str:
    if isinstance(exponent, Atom) and exponent.text.isdigit():
        return exponent.text.translate(_SUPERSCRIPTS)
    return "^" + _text(exponent, ATOM)


def _text_row(node: Row) -> str:
    text = ""
    for k, part in enumerate(node.parts):
        if isinstance(part, Atom) and part.role == "operator":
            if part.text == ",":
                text += ", "
            elif part.text in _TIGHT or k == 0:
                text += part.text
            else:
                text += f" {part.text} "
        elif isinstance(part, Atom) and part.role == "word" and text and not text.endswith(" "):
            text += f" {part.text}"
        else:
            text += _text(part, node.binding)
    return text


def _text_cases(node: Cases) -> str:
    rows = [f"{to_unicode(v)} {'otherwise' if c is None else f'if {to_unicode(c)}'}" for v, c in node.rows]
    return "{" + "; ".join(rows) + "}"


def _text_big(node: Big) -> str:
    ends = ""
    if node.lower is not None and node.upper is not None:
        ends = f"[{to_unicode(node.lower)}..{to_unicode(node.upper)}]"
    elif node.lower is not None:
        ends = f"[{to_unicode(node.lower)}]"
    tail = "" if node.variable is None else f" d{to_unicode(node.variable)}"
    return f"{node.sign}{ends} {_text(node.body, MUL)}{tail}"


# --------------------------------------------------------------------------------------------------------- LaTeX

_LATEX_TOKENS = {
    "∞": r"\infty",
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne",
    "∈": r"\in",
    "∪": r"\cup",
    "∩": r"\cap",
    "∖": r"\setminus",
    "×": r"\times",
    "→": r"\to",
    "↦": r"\mapsto",
    "∧": r"\land",
    "∨": r"\lor",
    "¬": r"\lnot",
    "ℝ": r"\mathbb{R}",
    "ℤ": r"\mathbb{Z}",
    "ℕ": r"\mathbb{N}",
    "ℚ": r"\mathbb{Q}",
    "𝕌": r"\mathbb{U}",
    "∅": r"\emptyset",
    "·": r"\cdot",
    "|": r"\mid",
    "≈": r"\approx",
    "′": "'",
    "∑": r"\sum",
    "∏": r"\prod",
    "∫": r"\int",
    "lim": r"\lim",
    "α": r"\alpha",
    "β": r"\beta",
    "γ": r"\gamma",
    "δ": r"\delta",
    "σ": r"\sigma",
    "ε": r"\varepsilon",
    "ζ": r"\zeta",
    "η": r"\eta",
    "θ": r"\theta",
    "ι": r"\iota",
    "κ": r"\kappa",
    "ο": "o",
    "λ": r"\lambda",
    "μ": r"\mu",
    "ν": r"\nu",
    "ξ": r"\xi",
    "π": r"\pi",
    "ρ": r"\rho",
    "τ": r"\tau",
    "υ": r"\upsilon",
    "φ": r"\varphi",
    "χ": r"\chi",
    "ψ": r"\psi",
    "ω": r"\omega",
    "Γ": r"\Gamma",
    "Δ": r"\Delta",
    "Θ": r"\Theta",
    "Λ": r"\Lambda",
    "Ξ": r"\Xi",
    "Π": r"\Pi",
    "Σ": r"\Sigma",
    "Φ": r"\Phi",
    "Ψ": r"\Psi",
    "Ω": r"\Omega",
    "logΓ": r"\log\Gamma",
    "f′": "f'",
    "f(x)": "f(x)",
    "f″": "f''",
}
_LATEX_FUNCTIONS = {
    *("log", "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "max", "min", "arg"),
    *("arcsin", "arccos", "arctan"),
}
_TYPESET = {"LambertW": "W", "gamma": "Γ", "loggamma": "logΓ", "asin": "arcsin", "acos": "arccos", "atan": "arctan"}
"""Functions whose typeset name differs from the one in text."""
_LATEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "…": r"\ldots{}",
    "′": "'",
    "–": "--",
    "—": "---",
    "⁰": "$^0$",
    "¹": "$^1$",
    "²": "$^2$",
    "³": "$^3$",
    "₀": "$_0$",
    "₁": "$_1$",
    "₂": "$_2$",
    "√": r"$\surd$",
}


def escape_latex(text: str) -> str:
    """Plain words as LaTeX text."""
    return "".join(_LATEX_SPECIAL.get(c) or (f"${_LATEX_TOKENS[c]}$" if c in _LATEX_TOKENS else c) for c in text)


def to_latex(node: Node) -> str:
    """LaTeX for math mode, with amsmath and amssymb; no pipe signs, so that it can stand in a Markdown table."""
    match node:
        case Atom():
            return _latex_atom(node)
        case Row():
            return _latex_row(node)
        case Fraction():
            return rf"\frac{{{to_latex(node.top)}}}{{{to_latex(node.bottom)}}}"
        case Power():
            base = to_latex(node.base)
            base = base if node.base.binding >= ATOM else _latex_fence("(", (node.base,), ")")
            if isinstance(node.base, (Row, Subscript, Fraction)):
                base = f"{{{base}}}"
            return f"{base}^{{{to_latex(node.exponent)}}}"
        case Subscript():
            return f"{to_latex(node.base)}_{{{to_latex(node.index)}}}"
        case Radical(body, 2):
            return rf"\sqrt{{{to_latex(body)}}}"
        case Radical(body, degree):
            return rf"\sqrt[{degree}]{{{to_latex(body)}}}"
        case Fence():
            return _latex_fence(node.left, node.parts, node.right)
        case Call():
            power = "" if node.exponent is None else f"^{{{node.exponent}}}"
            return f"{_latex_function(node.name)}{power}{_latex_fence('(', node.arguments, ')')}"
        case Cases():
            rows = r" \cr ".join(f"{to_latex(v)} & {_latex_condition(c)}" for v, c in node.rows)
            return rf"\begin{{cases}} {rows} \end{{cases}}"
        case Big():
            return _latex_big(node)


_LATEX_FENCES = {"{": r"\lbrace", "}": r"\rbrace"}


def _latex_fence(left: str, parts: tuple[Node, ...], right: str) -> str:
    """Brackets that grow only around what is taller than a line."""
    inside = ", ".join(map(to_latex, parts))
    if left == right == "|":
        left, right = r"\lvert", r"\rvert"
    left, right = _LATEX_FENCES.get(left, left), _LATEX_FENCES.get(right, right)
    gap = " " if left.startswith("\\") else ""
    if any(map(_is_tall, parts)):
        return rf"\left{left}{gap}{inside}\right{right}"
    return f"{left}{gap}{inside}{gap}{right}"


def _is_tall(node: Node) -> bool:
    match node:
        case Fraction() | Cases() | Big():
            return True
        case Row(parts):
            return any(map(_is_tall, parts))
        case Fence(_, parts, _) | Call(_, parts):
            return any(map(_is_tall, parts))
        case Power(base, exponent):
            return _is_tall(base) or _is_tall(exponent)
        case Subscript(base, _):
            return _is_tall(base)
        case Radical(body):
            return _is_tall(body)
    return False


def _latex_atom(node: Atom) -> str:
    if node.text in _LATEX_TOKENS:
        return _LATEX_TOKENS[node.text]
    if node.role == "word":
        return rf"\text{{{escape_latex(node.text)}}}"
    if node.role == "number":
        return node.text.replace("…", r"\ldots")
    if node.role == "name" and len(node.text) > 1:
        return rf"\mathrm{{{escape_latex(node.text)}}}"
    return node.text if node.role == "operator" else escape_latex(node.text)


def _latex_function(name: str) -> str:
    name = _TYPESET.get(name, name)
    if name in _LATEX_FUNCTIONS:
        return f"\\{name}"
    return _LATEX_TOKENS.get(name) or (name if len(name) == 1 else rf"\operatorname{{{escape_latex(name)}}}")


def _latex_condition(condition: Node | None) -> str:
    return r"\text{otherwise}" if condition is None else rf"\text{{if }} {to_latex(condition)}"


def _latex_row(node: Row) -> str:
    parts: list[str] = []
    for k, part in enumerate(node.parts):
        if isinstance(part, Atom) and part.text == "·":
            # a dot only where two digits would meet: 2·3^x
            if _starts_with_digit(node.parts[k + 1]):
                parts.append(r"\cdot")
            elif _is_long_name(node.parts[k - 1]) or _is_long_name(node.parts[k + 1]):
                parts.append(r"\,")
            continue
        text = to_latex(part)
        loose = part.binding < node.binding and not isinstance(part, (Fraction, Radical, Fence))
        parts.append(_latex_fence("(", (part,), ")") if loose else text)
    return " ".join(parts).replace(" ,", ",") if node.parts[0] != Atom("-", "operator") else "-" + " ".join(parts[1:])


def _starts_with_digit(node: Node) -> bool:
    while isinstance(node, (Row, Power, Subscript)):
        node = node.parts[0] if isinstance(node, Row) else node.base
    return isinstance(node, Fraction) or (isinstance(node, Atom) and node.text[:1].isdigit())


def _is_long_name(node: Node) -> bool:
    return isinstance(node, Atom) and node.role == "name" and len(node.text) > 1


def _latex_big(node: Big) -> str:
    lower = "" if node.lower is None else f"_{{{to_latex(node.lower)}}}"
    upper = "" if node.upper is None else f"^{{{to_latex(node.upper)}}}"
    body = to_latex(node.body)
    body = body if node.body.binding >= MUL else _latex_fence("(", (node.body,), ")")
    tail = "" if node.variable is None else rf"\,\mathrm{{d}}{to_latex(node.variable)}"
    return f"{_LATEX_TOKENS[node.sign]}{lower}{upper} {body}{tail}"


# -------------------------------------------------------------------------------------------------------- MathML

_MATHML_OPERATORS = {"-": "−"}
_ROLE_TAGS = {"number": "mn", "name": "mi", "operator": "mo", "word": "mtext"}


def escape_html(text: str) -> str:
    """Plain words as HTML text (also safe inside a quoted attribute)."""
    return html.escape(text, quote=True)


def to_mathml(node: Node) -> str:
    """Presentation MathML, without the `math` element around it."""
    match node:
        case Atom():
            tag = _ROLE_TAGS[node.role]
            return f"<{tag}>{escape_html(_MATHML_OPERATORS.get(node.text, node.text))}</{tag}>"
        case Row():
            return _mathml_row(node)
        case Fraction():
            return f"<mfrac>{_one(node.top)}{_one(node.bottom)}</mfrac>"
        case Power():
            base = _one(node.base) if node.base.binding >= ATOM else _parenthesized(node.base)
            return f"<msup>{base}{_one(node.exponent)}</msup>"
        case Subscript():
            return f"<msub>{_one(node.base)}{_one(node.index)}</msub>"
        case Radical(body, 2):
            return f"<msqrt>{to_mathml(body)}</msqrt>"
        case Radical(body, degree):
            return f"<mroot>{_one(body)}<mn>{degree}</mn></mroot>"
        case Fence():
            inside = "<mo>,</mo>".join(map(to_mathml, node.parts))
            left, right = (f'<mo fence="true" form="{form}">{escape_html(sign)}</mo>' for form, sign in _ends(node))
            return f"<mrow>{left}{inside}{right}</mrow>"
        case Call():
            name = f"<mi>{escape_html(_TYPESET.get(node.name, node.name))}</mi>"
            if node.exponent is not None:
                name = f"<msup>{name}<mn>{node.exponent}</mn></msup>"
            return f"<mrow>{name}<mo>&#x2061;</mo>{to_mathml(Fence('(', node.arguments, ')'))}</mrow>"
        case Cases():
            rows = "".join(
                f"<mtr><mtd>{to_mathml(v)}</mtd><mtd>{_mathml_condition(c)}</mtd></mtr>" for v, c in node.rows
            )
            return f'<mrow><mo fence="true" form="prefix">{{</mo><mtable columnalign="left">{rows}</mtable></mrow>'
        case Big():
            return _mathml_big(node)


def _ends(node: Fence) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("prefix", node.left), ("postfix", node.right)


def _one(node: Node) -> str:
    """The node as exactly one element, where MathML counts them."""
    return to_mathml(node)


def _parenthesized(node: Node) -> str:
    return to_mathml(Fence("(", (node,), ")"))


def _mathml_row(node: Row) -> str:
    parts: list[str] = []
    for k, part in enumerate(node.parts):
        if isinstance(part, Atom) and part.text == "·":
            parts.append(f"<mo>{'·' if _starts_with_digit(node.parts[k + 1]) else '&#x2062;'}</mo>")
        elif k == 0 and part == Atom("-", "operator"):
            parts.append('<mo form="prefix">−</mo>')
        elif part.binding < node.binding:
            parts.append(_parenthesized(part))
        else:
            parts.append(to_mathml(part))
    return f"<mrow>{''.join(parts)}</mrow>"


def _mathml_condition(condition: Node | None) -> str:
    return "<mtext>otherwise</mtext>" if condition is None else f"<mtext>if&#xa0;</mtext>{to_mathml(condition)}"


def _mathml_big(node: Big) -> str:
    lower = "<mrow></mrow>" if node.lower is None else _one(node.lower)
    upper = None if node.upper is None else _one(node.upper)
    sign = f"<mo>{node.sign}</mo>" if node.sign != "lim" else "<mi>lim</mi>"
    if node.sign == "∫":
        head = f"<msubsup>{sign}{lower}{upper or '<mrow></mrow>'}</msubsup>"
    elif upper is None:
        head = f"<munder>{sign}{lower}</munder>"
    else:
        head = f"<munderover>{sign}{lower}{upper}</munderover>"
    body = to_mathml(node.body) if node.body.binding >= MUL else _parenthesized(node.body)
    tail = "" if node.variable is None else f'<mspace width="0.17em"/><mi>d</mi>{to_mathml(node.variable)}'
    return f"<mrow>{head}{body}{tail}</mrow>"


# ------------------------------------------------------------------------------------------------------ Markdown


_MARKDOWN_SPECIAL = set("\\`*_{}[]<>|$~#")


def escape_markdown(text: str) -> str:
    """Plain words inside a cell of a GitHub-style table."""
    return "".join("\\" + c if c in _MARKDOWN_SPECIAL else c for c in " ".join(text.split()))
