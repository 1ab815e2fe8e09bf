"""Statements of every kind, their false neighbors, hypotheses, limits on time, and what a user reads."""

from __future__ import annotations

import json

import pytest
import sympy as sp

from symacts.codec import encode
from symacts.errors import ParseError, UnsupportedExpression
from symacts.proofs import Claim, Proof, prove
from symacts.proofs.checker.entail import Undecided
from symacts.proofs.statement import read
from symacts.proofs.values import bounds_of

x, a = sp.symbols("x a", real=True)

NEIGHBORS = [
    ("tanh(x) = 2*sigmoid(2*x) - 1", "tanh(x) = 2*sigmoid(x) - 1", None),
    ("diff(sigmoid(x), x) = sigmoid(x)*(1 - sigmoid(x))", "diff(sigmoid(x), x) = sigmoid(x)*(1 + sigmoid(x))", None),
    ("softplus(x) - softplus(-x) = x", "softplus(x) + softplus(-x) = x", None),
    ("relu(x) - relu(-x) = x", "relu(x) + relu(-x) = x", None),
    ("1 + x <= exp(x)", "1 + x < exp(x)", None),
    ("-1/e0 < x", "x < -1/e0", "x > 0, e0 > 0"),
    ("limit(elu(x, alpha), x, -oo) = -alpha", "limit(elu(x, alpha), x, -oo) = alpha", "alpha > 0"),
    ("leaky_relu(x, a) = Max(x, a*x)", "leaky_relu(x, a) = Max(x, a*x)", "0 <= a, a <= 1"),
    ("diff(relu(x), x) = Heaviside(x)", "diff(relu(x), x) = Heaviside(-x)", None),
    ("gaussian(tanh(z)**2, z) < 2/5", "gaussian(tanh(z)**2, z) < 39/100", None),
    ("Abs(tanh(x) - tanh(y)) <= Abs(x - y)", "Abs(tanh(x) - tanh(y)) <= Abs(x - y)/2", None),
]


@pytest.mark.parametrize(("true", "false", "assuming"), NEIGHBORS, ids=[t for t, _, _ in NEIGHBORS])
def test_true_is_proved_and_its_neighbor_refuted(true: str, false: str, assuming: str | None) -> None:
    proof = prove(true, assuming=assuming)
    assert proof.status == "proved" and proof.check(), proof
    if false != true:
        other = prove(false, assuming=assuming)
        assert other.status == "refuted" and other.counterexample is not None, other
        lhs, rhs = other.counterexample.lhs, other.counterexample.rhs
        assert lhs[1] < rhs[0] or rhs[1] < lhs[0] or "equal" in other.counterexample.note


def test_hypotheses_are_needed() -> None:
    assert prove("leaky_relu(x, a) = Max(x, a*x)").status == "refuted"
    assert prove("tanh(x) <= x").status == "refuted"
    assert prove("tanh(x) <= x", assuming="x >= 0").status == "proved"


def test_relationals_and_assumptions_of_symbols() -> None:
    p = sp.Symbol("p", positive=True)
    assert prove(sp.Le(sp.log(p), p - 1)).status == "proved"
    claim = read(sp.Le(sp.log(p), p - 1))
    assert isinstance(claim, Claim) and claim.premises == ((sp.Symbol("p", real=True), ">"),)
    assert prove(sp.Eq(sp.tanh(x), sp.sinh(x) / sp.cosh(x)), assuming=[x > 0, "x < 5"]).status == "proved"
    with pytest.raises(UnsupportedExpression):
        prove(True)
    with pytest.raises(UnsupportedExpression):
        prove(sp.Ge(sp.Symbol("k", integer=True), 0))


def test_where_a_side_is_not_defined_nothing_is_proved() -> None:
    for text in (
        "log(x**2) = 2*log(x)",
        "sqrt(x - 1) >= 0",
        "log(x) + log(1/x) = 0",
    ):
        assert prove(text, timeout=10).status != "proved", text


def test_a_point_where_only_one_value_differs_is_not_lost_in_a_kink() -> None:
    """elu is differentiable at 0 with slope 1: a formula that says 0 there is false."""
    wrong = "diff(elu(x), x) = Piecewise((1, x > 0), (0, Eq(x, 0)), (exp(x), True))"
    assert prove(wrong).status != "proved"
    right = "diff(elu(x), x) = Piecewise((1, x > 0), (1, Eq(x, 0)), (exp(x), True))"
    assert prove(right).status == "proved"


def test_an_unknown_answer_has_a_reason_and_no_certificate() -> None:
    proof = prove("zeta0 <= exp(exp(sin(x**2)*x)*zeta0 + x*zeta0**3)", timeout=3)
    assert proof.status in ("unknown", "refuted")
    if proof.status == "unknown":
        assert proof.reason and proof.certificate is None


def test_round_trip_and_texts() -> None:
    for text in ("tanh(x) = 2*sigmoid(2*x) - 1", "relu(x) = x"):
        proof = prove(text)
        again = Proof.from_dict(json.loads(json.dumps(proof.to_dict())))
        assert again == proof and repr(again) == repr(proof)
        assert r"\begin{document}" in proof.to_latex(standalone=True)
    assert [s.rule for s in prove("relu(x) - relu(-x) = x").steps] == ["cases", "algebra", "algebra"]


def test_what_sympy_evaluates_only_when_it_is_built_anew_still_checks() -> None:
    proof = prove("|sin(a*x)**2/a| <= 1/a", assuming="a > 0")  # Abs(1/a) inside the product becomes 1/Abs(a)
    assert proof.status == "proved" and proof.check()
    assert Proof.from_dict(json.loads(json.dumps(proof.to_dict()))) == proof


def test_bad_input_is_one_clear_error() -> None:
    for text in ("tanh(x)", "tanh(x) = ", "foo(x) = 1", "__import__('os') = 1", ""):
        with pytest.raises(ParseError):
            prove(text)
    with pytest.raises(ValueError, match="timeout"):
        prove("x = x", timeout=-1)


def test_a_difference_too_small_to_write_down_is_no_counterexample() -> None:
    """At x = -10000 the sides differ by exp(-10000): another point is shown, and nothing breaks."""
    false = "Piecewise((a*x/b, x >= 0), (a*(exp(x/b) - 1), True)) = a/b*exp(x/b)"
    proof = prove(false, assuming="x < 0, a > 0, b > 0")
    assert proof.status == "refuted" and len(str(proof)) < 1000
    with pytest.raises(Undecided):
        bounds_of(sp.exp(-(10**5)))
    with pytest.raises(UnsupportedExpression, match="too large to write down"):
        encode(sp.Rational(1, 10**5000))


def test_two_runs_give_the_same_certificate() -> None:
    first, second = (prove("silu(x) >= -0.2785") for _ in range(2))
    assert json.dumps(first.certificate) == json.dumps(second.certificate)


def test_hypotheses_that_are_no_polynomials_end_in_an_answer() -> None:
    """SymPy's own error once came through: whether such hypotheses are convex is not seen."""
    assert prove("tanh(b*x)/b <= x", assuming="b > 0, x >= 1").status != "refuted"
    assert prove("x*y <= x*log(x) - x + exp(y)", assuming="x > -1").status != "proved"


def test_equal_constants_with_integrals_end_soon() -> None:
    """Quadrature of a difference that is 0 does not run to higher and higher precision."""
    text = "gaussian(elu(z), z) < -1/2 + (1/2 - erf(sqrt(2)/2)/2)*exp(1/2) + sqrt(2)/(2*sqrt(pi))"
    assert not prove(text).reason.startswith("no answer within")


@pytest.mark.parametrize(
    ("text", "assuming", "status"),
    [
        ("-oo < tanh(x) < oo", None, "proved"),
        ("oo > log(x)", "x > 0", "proved"),
        ("-oo < 1/(1 + x^2) <= 1", None, "proved"),
        ("-oo < x < 1", None, "refuted"),
        ("-oo < log(x)", None, "unknown"),  # not defined for x <= 0
        ("limit(x, x, oo) < oo", None, "unknown"),
        ("Integral(1/z, (z, 0, 1)) < oo", None, "unknown"),
        ("oo < x", None, "unknown"),
    ],
)
def test_infinite_ends_of_a_chain(text: str, assuming: str | None, status: str) -> None:
    assert prove(text, assuming=assuming).status == status


@pytest.mark.parametrize(
    ("text", "assuming"),
    [
        ("x/x = 1", "x = 0"),
        ("x^2/x = x", "x <= 0, x >= 0"),
        ("(x - y)/(x - y) = 1", "x = y"),
        ("exp(1/(x - 1))*exp(-1/(x - 1)) = 1", "x = 1"),
        ("diff(abs(x), x) = 7", "x = 0"),
        ("diff(relu(x), x) = Heaviside(x)", "x = 0"),
        ("diff(x^2*sign(x), x, 2) = 2*sign(x)", "x = 0"),
    ],
)
def test_what_exists_at_no_point_of_the_hypotheses_is_not_proved(text: str, assuming: str) -> None:
    assert prove(text, assuming=assuming).status == "unknown"


def test_zeros_of_divisors_beside_an_equation_are_left_out_where_they_do_not_fill_it() -> None:
    assert prove("x/x = 1", assuming="y = 2").status == "proved"
    assert prove("x*y/x = y", assuming="x = 3").status == "proved"
