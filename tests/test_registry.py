"""Names, definitions of one's own, and what stands for an activation."""

from __future__ import annotations

import threading
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from symacts import prove, store
from symacts.catalog.omitted import OMITTED
from symacts.errors import ParameterError, ParseError, SymactsError, UnknownActivation, UnsupportedExpression
from symacts.parsing import parse
from symacts.registry import define, get, names, resolve
from symacts.spec import DOMAINS, Activation, Parameter, Reference, g, x


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    """Each test starts without definitions of the user's own."""
    monkeypatch.setattr(store, "_own", {})


def test_names_are_sorted_and_split_by_kind():
    assert names() == tuple(sorted(names()))
    assert set(names()) == {*names("scalar"), *names("gated"), *names("vector")}
    assert len(names()) == len(names("scalar")) + len(names("gated")) + len(names("vector"))
    with pytest.raises(ParameterError, match="scalar"):
        names("skalar")


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        *(("sigmoid", "sigmoid"), ("logistic", "sigmoid"), ("ReLU", "relu"), ("LeakyReLU", "leaky_relu")),
        *(("SiLU", "silu"), ("hard-swish", "hard_swish"), ("Hardswish", "hard_swish"), ("GELU", "gelu")),
        *(("LogSoftmax", "log_softmax"), (" elu ", "elu"), ("hard sigmoid", "hard_sigmoid")),
    ],
)
def test_get_by_name_alias_and_spelling(given, canonical):
    assert get(given).name == canonical


def test_get_with_parameters():
    for value in (2, "2", Fraction(2), 2.0, np.float64(2), sp.Integer(2)):
        assert get("elu", alpha=value).formula == get("elu", alpha=2).formula
    assert get("leaky_relu", negative_slope=0.1).formula == sp.Piecewise((x, x >= 0), (x / 10, True))
    with pytest.raises(ParameterError, match="alpha"):
        get("elu", beta=1)
    with pytest.raises(ParameterError, match="domain"):
        get("elu", alpha=-1)
    with pytest.raises(ParameterError):
        get("elu", alpha=float("nan"))


@pytest.mark.parametrize(
    ("given", "near"), [("sigmoyd", "sigmoid"), ("sofplus", "softplus"), ("LeakyRelv", "leaky_relu")]
)
def test_unknown_names_list_near_matches(given, near):
    for call in (get, resolve):
        with pytest.raises(UnknownActivation) as caught:
            call(given)
        assert near in caught.value.near and near in str(caught.value)
    assert isinstance(caught.value, KeyError)


def test_an_omitted_activation_says_why():
    for name, reason in OMITTED.items():
        assert store.find(name) is None
        for call in (get, resolve):
            with pytest.raises(UnsupportedExpression, match="no row in the catalog"):
                call(name)
        with pytest.raises(ParseError) as caught:
            parse(f"1 + {name}(x)")
        assert reason in str(caught.value) and caught.value.position == 4


@pytest.mark.parametrize("given", ["", "nothing like it", "x" * 5000, "__class__", "sigmoid\0", None, 3])
def test_hostile_names(given):
    with pytest.raises(UnknownActivation) as caught:
        get(given)
    assert len(str(caught.value)) < 400


def test_define_from_text_and_expression():
    by_text = define("mine", "x*tanh(s*exp(x)) + c", parameters={"s": ("3/5", "positive"), "c": 0}, aliases=("my_own",))
    assert by_text.formula == x * sp.tanh(sp.Rational(3, 5) * sp.exp(x))
    assert by_text.parameters == (Parameter("s", "3/5", "positive"), Parameter("c", 0))
    assert get("my_own", s=1).formula == x * sp.tanh(sp.exp(x))
    assert "mine" in names("scalar")
    assert parse("mine(2*x, s=1) + 1") == 2 * x * sp.tanh(sp.exp(2 * x)) + 1
    t = sp.Symbol("x")
    k = sp.Symbol("k")
    by_expression = define("hers", k * sp.sqrt(t**2), parameters={"k": 2})
    assert by_expression.formula == 2 * sp.Abs(x)
    assert define("gate", sp.Symbol("x") * sp.Symbol("g")).kind == "gated"
    assert define("his", "2*mine(x)").formula == 2 * by_text.formula


def test_define_with_parameter_objects_and_reference():
    reference = Reference("A. Author", 2024, "A title")
    act = define("ours", "a*x", parameters=(Parameter("a", 1, DOMAINS["unit"]),), reference=reference)
    assert act.reference is reference and act.parameters[0].domain.name == "unit"


def test_redefining():
    first = define("mine", "x**2")
    assert define("mine", "x*x") == first, "the same definition again is no change"
    with pytest.raises(ParameterError, match="replace=True"):
        define("mine", "x**3")
    assert get("mine").formula == x**2
    assert define("mine", "x**3", replace=True) == get("mine")
    define("other", "x", aliases=("too",))
    with pytest.raises(ParameterError, match="other"):
        define("too", "x**2", replace=True)


@pytest.mark.parametrize(
    "name",
    [
        *("sigmoid", "logistic", "ReLU", "Sigmoid", "exp", "Max", "Piecewise", "where", "pi", "oo", "x", "g", "e"),
        *("lambda", "diff", "", "1a", "a b", "a-b", "_private", "a__b", "é", None, "not", "True", "limit"),
    ],
)
def test_names_that_are_taken(name):
    with pytest.raises(SymactsError):
        define(name, "x")
    with pytest.raises(SymactsError):
        define("fine", "x", aliases=(name,))


def test_define_refuses_what_is_no_activation():
    for expression, error in (
        ("a*x", ParameterError),
        ("x +", ParseError),
        (sp.Symbol("a") * x, ParameterError),
        (sp.Symbol("x", imaginary=True), UnsupportedExpression),
        (sp.Function("f")(x), UnsupportedExpression),
        (sp.I * x, UnsupportedExpression),
        (x > 0, UnsupportedExpression),
        (sp.Matrix([x]), UnsupportedExpression),
        (sp.MatrixSymbol("A", 2, 2), UnsupportedExpression),
        (sp.Integral(x, x), UnsupportedExpression),
        (lambda v: v, UnsupportedExpression),
        (3, UnsupportedExpression),
    ):
        with pytest.raises(error):
            define("mine", expression)
    with pytest.raises(ParameterError, match="does not occur"):
        define("mine", "x", parameters={"a": 1})
    with pytest.raises(ParameterError, match="domain"):
        define("mine", "a*x", parameters={"a": (-1, "positive")})
    with pytest.raises(ParameterError, match="cannot name a parameter"):
        define("mine", "x", parameters={"x": 1})
    with pytest.raises(ParameterError, match="reference"):
        define("mine", "x", reference="somebody 2020")
    assert store._own == {}


def test_resolve_every_kind_of_target():
    mish = get("mish")
    assert resolve("mish") == resolve(mish) == mish
    plain = sp.Symbol("x")
    for target in ("x*tanh(softplus(x))", "x*tanh(log(1 + exp(x)))", plain * sp.tanh(sp.log(1 + sp.exp(plain)))):
        act = resolve(target)
        assert isinstance(act, Activation) and act.formula == mish.formula and act.kind == "scalar"
    assert resolve("x").formula == x
    assert resolve("2*x").formula == 2 * x
    assert resolve("cosh").formula == sp.cosh(x)
    assert resolve("3").formula == 3
    assert resolve(sp.Float(0.1) * plain).formula == x / 10
    assert resolve("x*sigmoid(g)").kind == "gated"
    positive = sp.Symbol("x", positive=True)
    assert resolve(sp.sqrt(positive**2)).formula == x, "SymPy simplified it under the caller's own assumption"


def test_resolve_the_single_symbol_is_the_variable():
    t = sp.Symbol("t")
    assert resolve(t**2).formula == x**2
    assert resolve("t**2").formula == x**2
    a = sp.Symbol("a", positive=True)
    assert resolve(a * t, {"a": 2}).formula == 2 * x
    with pytest.raises(ParameterError, match="name the variable x"):
        resolve(a * t)


def test_resolve_parameters():
    assert resolve("elu", {"alpha": 2}).formula == get("elu", alpha=2).formula
    assert resolve(get("elu", alpha=3)).formula == get("elu", alpha=3).formula
    assert resolve("a*x**2 + b", {"a": 3, "b": "1/2"}).formula == 3 * x**2 + sp.Rational(1, 2)
    assert resolve("gamma*x", {"gamma": 2}).formula == 2 * x
    assert resolve("threshold*x", {"threshold": 2}).formula == 2 * x
    with pytest.raises(ParameterError, match="'b'"):
        resolve("a*x + b", {"a": 1})
    with pytest.raises(ParameterError):
        resolve("x**2", {"a": 1})
    with pytest.raises(ParameterError):
        resolve("elu", {"beta": 1})
    with pytest.raises(ParameterError):
        resolve("elu", "numeric")
    with pytest.raises(ParameterError):
        resolve("elu", 3)


def test_resolve_symbolic():
    elu = resolve("elu", "symbolic")
    alpha = elu.parameters[0].symbol
    assert elu.formula == elu.expression and alpha in elu.formula.free_symbols and alpha.is_positive
    a = sp.Symbol("a", positive=True)
    act = resolve(a * sp.Symbol("x"), "symbolic")
    assert act.formula == a * x or act.formula.free_symbols - {x} == {act.parameters[0].symbol}
    assert act.parameters[0].domain.name == "positive"
    assert resolve("b*x", "symbolic").parameters[0].domain.name == "real"
    kept = resolve(get("hard_tanh", max_val=5), "symbolic")
    assert kept.settings["max_val"] == 5 and kept.settings["min_val"].free_symbols


@pytest.mark.parametrize("target", [None, 3, 2.5, [], {}, lambda v: v, object(), sp.true, sp.S.Reals, np.array([1.0])])
def test_resolve_refuses_other_objects(target):
    with pytest.raises(UnsupportedExpression):
        resolve(target)


@pytest.mark.parametrize(
    "text", ["sigmoid + 1", "1/0", "x = 1", "__import__('os')", "sqrt(-1)", "", "oo", "softmax(x)"]
)
def test_resolve_hostile_text(text):
    with pytest.raises(ParseError):
        resolve(text)


def test_gate_symbol_and_parameters_are_not_confused():
    act = define("mine", "x*sigmoid(b*g)", parameters={"b": 1})
    assert act.kind == "gated" and parse("mine(1, x, b=2)") == 1 / (1 + sp.exp(-2 * x))
    assert resolve(act, {"b": 2}).formula == x / (1 + sp.exp(-2 * g))


def test_definitions_from_many_threads():
    errors = []

    def work(k: int) -> None:
        try:
            for m in range(10):
                define(f"thread_{k}_{m}", f"x + {k} + {m}")
                assert get(f"thread_{k}_{m}").formula == x + k + m
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert sum(name.startswith("thread_") for name in names()) == 40


@pytest.mark.parametrize("number", [sp.Integer(10) ** 5000, sp.Rational(1, 10**1200), sp.Float("1e2000")])
def test_numbers_in_expressions_are_as_short_as_in_text(number):
    with pytest.raises(UnsupportedExpression, match="more than 1000 digits"):
        resolve(sp.tanh(x) + number)
    exact = sp.Integer(2) ** 5000 if number.is_Float else number
    with pytest.raises(UnsupportedExpression, match="more than 1000 digits"):
        prove(sp.Gt(sp.tanh(x), exact))
    assert resolve(sp.tanh(x) + sp.Rational(1, 10**900)).expression.has(sp.tanh)


def test_errors_print_whatever_they_are_about():
    with pytest.raises(UnsupportedExpression, match="too large to write down"):
        resolve(sp.Tuple(sp.Integer(10) ** 5000, x))
