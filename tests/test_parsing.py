"""The parser: what it reads, statements and conditions, and that any text gives an expression or our error."""

from __future__ import annotations

import random

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import symacts
from symacts.errors import ParseError, SymactsError
from symacts.grammar import MAX_DIGITS, read
from symacts.parsing import Statement, parse, parse_conditions, parse_relation
from symacts.spec import g, x

a, b, alpha, z = (sp.Symbol(name, real=True) for name in ("a", "b", "alpha", "z"))
READ = [
    ("x", x),
    ("g", g),
    ("a", a),
    ("2*x", 2 * x),
    ("-x**2", -(x**2)),
    ("(-x)**2", x**2),
    ("2**-x", 2**-x),
    ("2^3^2", sp.Integer(512)),
    ("2**3**2", sp.Integer(512)),
    ("-2**2", sp.Integer(-4)),
    ("8/4/2", sp.Integer(1)),
    ("8/(4/2)", sp.Integer(4)),
    ("1 - 2 - 3", sp.Integer(-4)),
    ("1 - -2", sp.Integer(3)),
    ("--x", x),
    ("-+-x", x),
    ("2*-3", sp.Integer(-6)),
    ("x/-2", -x / 2),
    ("1/3", sp.Rational(1, 3)),
    ("0.1", sp.Rational(1, 10)),
    ("1e-3", sp.Rational(1, 1000)),
    ("1.5E+2", sp.Integer(150)),
    (".5", sp.Rational(1, 2)),
    ("5.", sp.Integer(5)),
    ("0.044715", sp.Rational(44715, 10**6)),
    ("Rational(1, 3)", sp.Rational(1, 3)),
    ("pi + E", sp.pi + sp.E),
    ("E**x", sp.exp(x)),
    ("exp(1)", sp.E),
    ("ln(x)", sp.log(x)),
    ("log(x, 2)", sp.log(x) / sp.log(2)),
    ("log10(x)", sp.log(x) / sp.log(10)),
    ("log1p(x)", sp.log(1 + x)),
    ("expm1(x)", sp.exp(x) - 1),
    ("exp2(x)", 2**x),
    ("sqrt(x**2)", sp.Abs(x)),
    ("cbrt(-8)", sp.Integer(-2)),
    ("arctan(x)", sp.atan(x)),
    ("arcsinh(x) + arsinh(x)", 2 * sp.asinh(x)),
    ("sgn(x)*abs(x)", sp.sign(x) * sp.Abs(x)),
    ("Heaviside(0)", sp.Rational(1, 2)),
    ("Heaviside(0, 1)", sp.Integer(1)),
    ("|x - |a||", sp.Abs(x - sp.Abs(a))),
    ("||x| - |a||", sp.Abs(sp.Abs(x) - sp.Abs(a))),
    ("-2*|x - 1|^3*|a|", -2 * sp.Abs(x - 1) ** 3 * sp.Abs(a)),
    ("where(|x| > 1 || |a| > 1, 1, 0)", sp.Piecewise((1, sp.Or(sp.Abs(x) > 1, sp.Abs(a) > 1)), (0, True))),
    ("clip(x, -1, 1)", sp.Max(-1, sp.Min(1, x))),
    ("Mod(x, 2)", x - 2 * sp.floor(x / 2)),
    ("frac(x) + mod(7, 2)", x - sp.floor(x) + 1),
    ("sqrt(x**2*(x - 1))", sp.Piecewise((0, sp.Eq(x, 0)), (sp.Abs(x) * sp.sqrt(x - 1), True))),
    ("sqrt(x**2*(x + 1))", sp.Abs(x) * sp.sqrt(x + 1)),
    ("(a**2*x)**(-1/2)", 1 / (sp.sqrt(x) * sp.Abs(a))),
    ("sqrt(Piecewise((-2, x < 0), (x, True)))", sp.Piecewise((sp.sqrt(x), x >= 0))),
    ("max(x, 0) + minimum(x, 0)", sp.Max(x, 0) + sp.Min(x, 0)),
    ("LambertW(exp(-1))", sp.LambertW(sp.exp(-1))),
    ("erf(x) + erfc(x)", sp.erf(x) + sp.erfc(x)),
    ("atan2(1, -1)", 3 * sp.pi / 4),
    ("Piecewise((x, x > 0), (0, True))", sp.Piecewise((x, x > 0), (0, True))),
    ("Piecewise((x, x > 0), (0, else))", sp.Piecewise((x, x > 0), (0, True))),
    ("where(x > 0, x, 0)", sp.Piecewise((x, x > 0), (0, True))),
    ("where(0 < x < 1, 1, 0)", sp.Piecewise((1, sp.And(x > 0, x < 1)), (0, True))),
    ("where((x > 0) & (x < 1), 1, 0)", sp.Piecewise((1, sp.And(x > 0, x < 1)), (0, True))),
    ("where(x < 0 | x > 1, 1, 0)", sp.Piecewise((1, sp.Or(x < 0, x > 1)), (0, True))),
    ("where(not x > 0 and x != -1, 1, 0)", sp.Piecewise((1, sp.And(x <= 0, sp.Ne(x, -1))), (0, True))),
    ("where(Eq(x, 0), 1, 0)", sp.Piecewise((1, sp.Eq(x, 0)), (0, True))),
    ("where(x == 0, 1, 0)", sp.Piecewise((1, sp.Eq(x, 0)), (0, True))),
    ("α·x² − 1", alpha * x**2 - 1),
    ("x⁻¹", 1 / x),
    ("3×x÷2", 3 * x / 2),
    ("π", sp.pi),
    ("β1", sp.Symbol("beta1", real=True)),
    ("elu(x, 2)", sp.Piecewise((x, x > 0), (2 * (sp.exp(x) - 1), True))),
    ("elu(x, alpha=a)", sp.Piecewise((x, x > 0), (a * (sp.exp(x) - 1), True))),
    ("softplus(2*x, beta=1/2)", 2 * sp.log(1 + sp.exp(x))),
    ("ReLU(x)", sp.Max(0, x)),
    ("glu(2*x, x)", 2 * x / (1 + sp.exp(-x))),
    ("gamma*x", sp.Symbol("gamma", real=True) * x),
    ("gamma(5)", sp.Integer(24)),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[text for text, _ in READ])
def test_reads(text, expected):
    assert parse(text) == expected


def test_substitution_is_simultaneous():
    """A parameter given as an expression in x, and an argument that holds a parameter's name, are not captured."""
    assert parse("elu(alpha, alpha=x)") == sp.Piecewise((alpha, alpha > 0), (x * (sp.exp(alpha) - 1), True))
    assert parse("glu(g, x)") == g / (1 + sp.exp(-x))
    assert parse("softplus(beta*x, beta)") == sp.log(1 + sp.exp(sp.Symbol("beta", real=True) ** 2 * x)) / sp.Symbol(
        "beta", real=True
    )


def test_comparing_a_piecewise_splits_into_its_cases():
    """elu(elu(x)) has the value of the composition, though no condition holds a `Piecewise`."""
    once = sp.Lambda(x, parse("elu(x)"))
    twice = parse("elu(elu(x))")
    assert not any(condition.has(sp.Piecewise) for p in twice.atoms(sp.Piecewise) for _, condition in p.args)
    for point in (-3, sp.Rational(-1, 2), 0, sp.Rational(1, 5), 4):
        assert abs((twice.subs(x, point) - once(once(point))).evalf(30)) < 1e-25


@pytest.mark.parametrize("given", [None, 3, b"x", ["x"]])
def test_only_text(given):
    with pytest.raises(ParseError):
        parse(given)


def test_constants_are_compared_by_digits_that_count():
    """Two constants are told apart by correct digits of their difference; noise about zero decides nothing."""
    assert parse("where(pi > 22/7, 1, 2)") == 2
    assert parse("where(exp(-100000) > 0, 1, 2)") == 1
    assert parse("Max(sqrt(2), 7/5, erf(1))") == sp.sqrt(2)
    assert parse("Max(exp(-1000), 0)") == sp.exp(-1000)
    undecided = parse("where(sin(1)**2 + cos(1)**2 - 1 > 0, 1, 2)")
    assert isinstance(undecided, sp.Piecewise) and undecided.has(sp.StrictGreaterThan)
    assert not parse("relu_general(sigmoid_algebraic(tanh(probit(10))))").atoms(sp.Float)


def test_numbers_stay_exact():
    for text in ("0.1", "1e-3", "1.25", "0.30000000000000004", "1e300", "1e-300"):
        assert isinstance(parse(text), sp.Rational)
        assert parse(text) == sp.Rational(text)
    assert parse("9" * MAX_DIGITS) == 10**MAX_DIGITS - 1


def test_callers_names_come_first():
    w = sp.Symbol("w", positive=True)
    assert parse("a*x", symbols={"a": w}) == w * x
    assert parse("lift(x) + 1", functions={"lift": lambda v: v**2}) == x**2 + 1
    xs = sp.IndexedBase("x", real=True)
    assert parse("x[0] + x[k]", symbols={"x": xs}) == xs[0] + xs[sp.Symbol("k", real=True)]
    A, B = sp.Symbol("A", commutative=False), sp.Symbol("B", commutative=False)
    assert parse("A*B - B*A", symbols={"A": A, "B": B}) == A * B - B * A != 0


STATEMENTS = [
    ("x = 1", (x, sp.Integer(1)), ("=",)),
    ("x == 1", (x, sp.Integer(1)), ("=",)),
    ("x != 1", (x, sp.Integer(1)), ("!=",)),
    ("Eq(x, 1)", (x, sp.Integer(1)), ("=",)),
    ("0 < x <= 1", (sp.Integer(0), x, sp.Integer(1)), ("<", "<=")),
    ("0 ≤ x ≠ 1", (sp.Integer(0), x, sp.Integer(1)), ("<=", "!=")),
    ("1/3 > x", (sp.Rational(1, 3), x), (">",)),
    ("diff(x**2, x) = 2*x", (sp.Derivative(x**2, x), 2 * x), ("=",)),
    ("Derivative(x**3, (x, 2)) = 6*x", (sp.Derivative(x**3, (x, 2)), 6 * x), ("=",)),
    ("diff(x**2) = 2*x", (sp.Derivative(x**2, x), 2 * x), ("=",)),
    ("diff(x**3, x, 2) = 6*x", (sp.Derivative(x**3, (x, 2)), 6 * x), ("=",)),
    ("diff(x**3, x, x) = 6*x", (sp.Derivative(x**3, (x, 2)), 6 * x), ("=",)),
    ("limit(exp(x), x, -oo) = 0", (sp.Limit(sp.exp(x), x, -sp.oo), sp.Integer(0)), ("=",)),
    ("Limit(exp(x), x, inf) = oo", (sp.Limit(sp.exp(x), x, sp.oo), sp.oo), ("=",)),
    ("limit(exp(-x), x, -inf) = oo", (sp.Limit(sp.exp(-x), x, -sp.oo), sp.oo), ("=",)),
    ("limit(sign(x), x, 0, +) = 1", (sp.Limit(sp.sign(x), x, 0, "+"), sp.Integer(1)), ("=",)),
    ("limit(sign(x), x, 0, '-') = -1", (sp.Limit(sp.sign(x), x, 0, "-"), sp.Integer(-1)), ("=",)),
    ("Limit(x, x, 0, dir='+-') = 0", (sp.Limit(x, x, 0, "+-"), sp.Integer(0)), ("=",)),
    ("limit(x, x, 0) = 0", (sp.Limit(x, x, 0, "+-"), sp.Integer(0)), ("=",)),
    ("Integral(z**2, (z, 0, 1)) = 1/3", (sp.Integral(z**2, (z, 0, 1)), sp.Rational(1, 3)), ("=",)),
    (
        "gaussian(z**2, z) = 1",
        (sp.Integral(z**2 * sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi), (z, -sp.oo, sp.oo)), sp.Integer(1)),
        ("=",),
    ),
]


@pytest.mark.parametrize(("text", "sides", "relations"), STATEMENTS, ids=[text for text, _, _ in STATEMENTS])
def test_statements(text, sides, relations):
    assert parse_relation(text) == Statement(sides, relations)


REFUSED_STATEMENTS = [
    ("x", 0, "statement"),
    ("x + 1", 0, "statement"),
    ("x = ", 4, "end of the text"),
    ("x = y = ", 8, "end of the text"),
    ("x > 0 and x < 1", 6, "statement"),
    ("diff(a*x) = 1", 0, "variables"),
    ("diff(2) = 1", 0, "variables"),
    ("diff(x, 2) = 1", 8, "variable"),
    ("diff(x, x, 99) = 1", 11, "order"),
    ("diff(x, x + 1) = 1", 8, "variable"),
    ("limit(x, x) = 0", 0, "limit takes"),
    ("limit(x, x, 0, 'up') = 0", 15, "strings"),
    ("limit(x, 0, x) = 0", 9, "variable"),
    ("limit(x, x, 0, way=1) = 0", 15, "no keyword"),
    ("Integral(x, x) = 0", 12, "bounds"),
    ("gaussian(x, 2) = 0", 12, "variable"),
    ("oo + 1 = oo", 0, "infinity"),
    ("sqrt(-1) = 0", 0, "not a real"),
]


@pytest.mark.parametrize(("text", "position", "reason"), REFUSED_STATEMENTS, ids=[t for t, _, _ in REFUSED_STATEMENTS])
def test_refused_statements(text, position, reason):
    with pytest.raises(ParseError) as caught:
        parse_relation(text)
    assert reason in caught.value.reason and caught.value.position == position


def test_unevaluated():
    """A derivative, limit or integral in a statement is the question, not SymPy's answer."""
    sides = parse_relation("diff(tanh(x), x) = limit(sin(x)/x, x, 0) + Integral(z, (z, 0, 1))").sides
    assert isinstance(sides[0], sp.Derivative)
    assert sides[1].has(sp.Limit) and sides[1].has(sp.Integral)


def test_conditions():
    assert [str(s) for s in parse_conditions("x > 0, a >= b > 0")] == ["x > 0", "a >= b > 0"]
    assert parse_conditions("x > 0")[0] == parse_relation("x > 0")


def test_chain_stops_at_parentheses():
    with pytest.raises(ParseError):
        parse_relation("(0 < x) < 1")


def _random_text(rng: random.Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.1:
        return rng.choice(("x", "x", "a", "b", "2", "3", "1/3", "0.5", "pi", "-1"))
    k = rng.random()
    sub = lambda: _random_text(rng, depth - 1)  # noqa: E731 - a local shorthand
    if k < 0.3:
        return f"({sub()} {rng.choice('+-')} {sub()})"
    if k < 0.5:
        return f"({sub()})*({sub()})"
    if k < 0.6:
        return f"({sub()})/({sub()})"
    if k < 0.7:
        return f"({sub()})**{rng.choice(('2', '3', '(-1)', '(1/2)', 'x'))}"
    if k < 0.9:
        name = rng.choice(
            ("exp", "log", "tanh", "sin", "atan", "erf", "Abs", "sqrt", "asinh", "cosh", "sigmoid", "mish")
        )
        return f"{name}({sub()})"
    if k < 0.95:
        return f"{rng.choice(('Max', 'Min'))}({sub()}, {sub()})"
    return f"Piecewise(({sub()}, x {rng.choice(('<', '>', '<=', '>='))} {rng.choice('012')}), ({sub()}, True))"


def _is_stable(value: sp.Basic) -> bool:
    """Whether SymPy rebuilds every node as it stands (it leaves some, inside Max and Min, that it would change)."""
    return all(not node.args or node.func(*node.args) == node for node in sp.preorder_traversal(value))


def test_round_trip():
    """parse(str(e)) == e."""
    seed, tried = 20240817, 0
    rng = random.Random(seed)
    for _ in range(150):
        text = _random_text(rng, rng.choice((2, 3, 4)))
        try:
            value = parse(text)
        except ParseError:
            continue
        if _is_stable(value):
            tried += 1
            assert parse(str(value)) == value, f"seed {seed}: {text}"
    assert tried > 90


def test_value_of_random_text():
    """The expression has the value that Python's own arithmetic gives to the text."""
    import mpmath

    rng = random.Random(7)
    meaning = {name: getattr(mpmath, name) for name in ("exp", "log", "tanh", "sin", "atan", "erf", "sqrt", "asinh")}
    meaning |= {"cosh": mpmath.cosh, "Abs": abs, "Max": max, "Min": min, "pi": mpmath.pi, "a": mpmath.mpf(2)}
    meaning |= {"sigmoid": lambda v: 1 / (1 + mpmath.exp(-v)), "b": mpmath.mpf("0.3"), "x": mpmath.mpf("0.7")}
    meaning |= {"mish": lambda v: v * mpmath.tanh(mpmath.log(1 + mpmath.exp(v)))}
    tried = 0
    with mpmath.workdps(30):
        for _ in range(200):
            text = _random_text(rng, 3)
            if "Piecewise" in text or "1/3" in text or "0.5" in text or "**(1/2)" in text:
                continue
            try:
                ours = parse(text).subs({x: sp.Rational(7, 10), a: 2, b: sp.Rational(3, 10)}).evalf(25)
                theirs = eval(text.replace("2", "mpf(2)").replace("3", "mpf(3)"), {**meaning, "mpf": mpmath.mpf})
            except (ParseError, ZeroDivisionError, OverflowError, ValueError):
                continue
            if not ours.is_real or isinstance(theirs, mpmath.mpc) or not mpmath.isfinite(theirs):
                continue
            tried += 1
            assert mpmath.almosteq(mpmath.mpf(str(ours)), theirs, rel_eps=1e-15, abs_eps=1e-15), text
    assert tried > 40


FRAGMENTS = (
    *(
        "x",
        "y",
        "2",
        "0.5",
        "1e3",
        "pi",
        "E",
        "oo",
        "(",
        ")",
        "(",
        ")",
        ",",
        "+",
        "-",
        "*",
        "/",
        "**",
        "^",
        "<",
        ">=",
        "=",
    ),
    *(
        "==",
        "!=",
        "&",
        "|",
        "not ",
        "and ",
        "exp",
        "log",
        "Max",
        "Piecewise",
        "sigmoid",
        "elu",
        "alpha=",
        "True",
        "else",
    ),
    *(
        "limit",
        "diff",
        "Integral",
        "gaussian",
        "'",
        '"',
        ".",
        "[",
        "]",
        "{",
        "\\",
        "α",
        "²",
        "−",
        "∞",
        " ",
        "\t",
        "lambda",
    ),
)


@settings(max_examples=250, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)))
def test_any_text_gives_an_expression_or_our_error(text):
    for reader, expected in ((parse, sp.Expr), (parse_relation, Statement), (parse_conditions, tuple)):
        try:
            assert isinstance(reader(text), expected)
        except SymactsError as error:
            assert isinstance(error, ParseError) and 0 <= error.position <= len(text)


def test_positions_in_the_tree():
    """A call, its arguments and its keywords know where they start."""
    tree = read("1 + elu(x, alpha=2)").args[1]
    assert (tree.position, tree.args[0].position, tree.keywords[0][1]) == (4, 8, 11)


@pytest.mark.parametrize(
    "template",
    [
        *("{}*{} + {} = 1", "log({}) = 1", "exp({}) = 1", "sqrt({}) = 1", "1/{} = 1", "Abs({}) = 1", "sign({}) = 1"),
        *("Max(0, {}) = 1", "sigmoid({}) = 1", "relu({}) = 1", "elu({}) = 1", "floor({}) = 1", "acos({}) = 1"),
    ],
)
def test_an_integral_is_never_evaluated_while_it_is_read(template, monkeypatch):
    """SymPy would ask for the sign of a constant by numerical quadrature, which need not end."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("quadrature was asked for")

    monkeypatch.setattr(sp.core.evalf, "evalf_integral", refuse)
    monkeypatch.setitem(sp.core.evalf.evalf_table, sp.Integral, refuse)
    integral = "Integral(exp(-exp(exp(z))*sin(z**50)), (z, -oo, oo))"
    assert parse_relation(template.format(*[integral] * 3)).sides[0].has(sp.Integral)


def test_matrix_words_in_a_scalar_statement_ask_for_shapes() -> None:
    with pytest.raises(ParseError, match=r"'trace' acts on matrices.*assuming="):
        symacts.prove("trace(A*B) = trace(B*A)")
    assert symacts.prove("trace(A*B) = trace(B*A)", assuming={"A": ("m", "n"), "B": ("n", "m")}).status == "proved"
