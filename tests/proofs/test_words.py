"""Matrix words: laws for symbolic shapes, their false neighbors, shapes that do not fit, agreement with numbers."""

from __future__ import annotations

import random
import time

import pytest
import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.proofs import prove
from symacts.proofs.check import CertificateError
from symacts.proofs.checker.shapes import Sizes
from symacts.proofs.matrices import answer, collapse_claim, collapse_proof, prove_identity
from symacts.proofs.statement import read

SQUARE = {"A": ("n", "n"), "B": ("n", "n"), "x": ("n", 1), "y": ("n", 1), "t": (1, 1)}
TRUE = [
    "T(A*B) = T(B)*T(A)",
    "inv(A*B) = inv(B)*inv(A)",
    "T(inv(A)) = inv(T(A))",
    "A*inv(A) = I",
    "tr(A*B) = tr(B*A)",
    "tr(x*T(y)) = T(y)*x",
    "tr(T(A)) = tr(A)",
    "det(A*B) = det(B)*det(A)",
    "fro2(A) = tr(T(A)*A)",
    "T(x)*A*y = T(y)*T(A)*x",
    "diag(x)*ones(n, 1) = x",
    "T(ones(n, 1))*softmax(x) = 1",
    "softmax(x + t*ones(n, 1)) = softmax(x)",
    "jacobian(softmax(x), x) = diag(softmax(x)) - softmax(x)*T(softmax(x))",
    "jacobian(softmax(x), x)*ones(n, 1) = zeros(n, 1)",
    "jacobian(A*x + y, x) = A",
    "tr(ones(n, 1)*T(ones(n, 1))) = tr(I(n))",
    "tr(jacobian(softmax(x), x)) = 1 - fro2(softmax(x))",
    "jacobian(log_softmax(x), x) = I - ones(n, 1)*T(softmax(x))",
    "jacobian(tanh(x), x) = I - diag(tanh(x))*diag(tanh(x))",
    "jacobian(A*tanh(B*x + y), x) = A*diag(ones(n, 1) - diag(tanh(B*x + y))*tanh(B*x + y))*B",
    "jacobian(T(x)*A*x, x) = T(x)*(A + T(A))",
    "jacobian(fro2(A*x - y), x) = 2*T(A*x - y)*A",
    "jacobian(T(y)*x*x, x) = x*T(y) + (T(y)*x)*I",
    "inv(I + diag(x))*(I + diag(x)) = I",
    "inv(2*I + diag(exp(x))) = inv(I + diag(exp(x))/2)/2",
    "inv(I + diag(x)) = I - diag(x)*inv(I + diag(x))",
]
FALSE = [
    "inv(I + diag(x)) = I - diag(x)",
    "jacobian(log_softmax(x), x) = I - softmax(x)*T(ones(n, 1))",
    "jacobian(tanh(x), x) = I + diag(tanh(x))*diag(tanh(x))",
    "jacobian(A*tanh(B*x), x) = A*diag(tanh(B*x))*B",
    "jacobian(T(x)*A*x, x) = 2*T(x)*A",
    "jacobian(fro2(A*x - y), x) = T(A*x - y)*A",
    "jacobian(T(y)*x*x, x) = x*T(y)",
    "jacobian(relu(x), x) = diag(sign(x))",
    "T(A*B) = T(A)*T(B)",
    "inv(A*B) = inv(A)*inv(B)",
    "A*B = B*A",
    "tr(A*B) = tr(A)*tr(B)",
    "det(A + B) = det(A) + det(B)",
    "T(x)*A*y = T(x)*T(A)*y",
    "jacobian(softmax(x), x) = diag(softmax(x)) + softmax(x)*T(softmax(x))",
    "softmax(2*x) = softmax(x)",
    "T(softmax(x))*softmax(x) = 1",
    "fro2(A) = tr(A*A)",
    "relu(A*x) = A*relu(x)",
]
MISFITS = ["A*x + B = x", "x*x = x", "tr(x) = 1", "inv(x) = x", "A = x", "diag(A) = A", "softmax(A) = A"]


@pytest.mark.parametrize("text", TRUE)
def test_laws_hold_for_symbolic_shapes(text: str) -> None:
    proof = prove(text, assuming=SQUARE)
    assert proof.status == "proved" and proof.check(), proof
    assert proof.certificate is not None and proof.certificate["proof"]["rule"] in ("words", "elementwise", "sums")


@pytest.mark.parametrize("text", FALSE)
def test_false_neighbors_are_refuted(text: str) -> None:
    proof = prove(text, assuming=SQUARE)
    assert proof.status == "refuted" and proof.counterexample is not None, proof


@pytest.mark.parametrize("text", MISFITS)
def test_shapes_that_do_not_fit_are_one_clear_error(text: str) -> None:
    with pytest.raises(UnsupportedExpression, match=r"shape|square|column"):
        prove(text, assuming=SQUARE)


def test_a_symbol_without_a_shape_is_named() -> None:
    with pytest.raises(ValueError, match="'C'"):
        prove("A*C = C*A", assuming=SQUARE)


@pytest.mark.parametrize("depth", [1, 2, 3, 7, 40])
def test_a_stack_of_affine_layers_is_one(depth: int) -> None:
    assert collapse_proof(depth).check()


def test_every_depth_by_induction_and_a_wrong_step_is_rejected() -> None:
    proof = collapse_proof()
    assert proof.check()
    assert proof.certificate is not None
    proof.certificate["proof"]["weight"] = ["mul", ["sym", "M"], ["sym", "W"]]
    with pytest.raises(CertificateError):
        proof.check()


def test_a_collapse_with_swapped_weights_is_refuted() -> None:
    claim = collapse_claim(2)
    swapped = (
        "add",
        ("mul", ("sym", "W1"), ("sym", "W2"), ("sym", "x")),
        ("mul", ("sym", "W2"), ("sym", "b1")),
        ("sym", "b2"),
    )
    shapes = {name: ("n", 1) if name[0] in "xb" else ("n", "n") for name, _ in claim.shapes}
    assert prove_identity(claim.lhs, swapped, shapes).status == "refuted"


def test_a_nonlinearity_does_not_collapse() -> None:
    shapes = {"W1": (3, 2), "W2": (4, 3), "x": (2, 1), "b1": (3, 1), "b2": (4, 1)}
    proof = prove("W2*relu(W1*x + b1) + b2 = (W2*W1)*x + (W2*b1 + b2)", assuming=shapes)
    assert proof.status == "refuted"


def test_normal_forms_keep_the_value(rng: random.Random) -> None:
    """Both sides of each law at random integer matrices: equal for the true ones."""
    from symacts.claims import MatrixClaim
    from symacts.proofs.matrices import _sides, _sized
    from symacts.proofs.statement import read

    for text in TRUE:
        claim = read(text, SQUARE)
        assert isinstance(claim, MatrixClaim)
        sizes = {"n": 3}
        shapes = tuple((n, tuple(sizes.get(d, d) for d in s)) for n, s in claim.shapes)
        concrete = MatrixClaim(_sized(claim.lhs, sizes), "=", _sized(claim.rhs, sizes), shapes, claim.definitions)  # type: ignore[arg-type]
        values = {n: sp.Matrix(*s, lambda *_: sp.Rational(rng.randint(-5, 5), 3)) for n, s in shapes}
        left, right = _sides(concrete, values)
        assert all(abs(sp.N(a - b, 30)) < sp.Float("1e-20") for a, b in zip(left, right, strict=True)), text


CONCRETE = [
    ("tr(T(x)*ones(3, 1)) = x[0] + x[1] + x[2]", "tr(T(x)*ones(3, 1)) = x[0] + x[1]", {"x": (3, 1)}),
    ("softmin(x) = softmax(-x)", "softmin(x) = softmax(x)", {"x": ("n", 1)}),
    ("T(ones(3, 1))*taylor_softmax(x) = 1", "T(ones(3, 1))*taylor_softmax(x) = 2", {"x": (3, 1)}),
    ("relu(A) - relu(-A) = A", "relu(A) + relu(-A) = A", {"A": ("m", "n")}),
    ("0 <= tr(T(v)*jacobian(softmax(x), x)*v)", "0 < tr(T(v)*jacobian(softmax(x), x)*v)", {"v": (3, 1), "x": (3, 1)}),
    ("jacobian(log_softmax(x), x) = I - ones(3, 1)*T(softmax(x))", "jacobian(log_softmax(x), x) = I", {"x": (3, 1)}),
    ("softmax(x)[0] = sigmoid(x[0] - x[1])", "softmax(x)[0] = sigmoid(x[1] - x[0])", {"x": (2, 1)}),
    ("relu(x - 2*ones(n, 1))[1] = relu(x[1] - 2)", "relu(x - 2*ones(n, 1))[1] = relu(x[1])", {"x": ("n", 1)}),
    ("0 < softmax(2*x)[2]", "0 < softmax(2*x)[2] - 1/3", {"x": (3, 1)}),
    ("sum(softmax(x)) = 1", "sum(softmax(x)) = 2", {"x": ("n", 1)}),
    ("sum(A + B) = sum(A) + sum(B)", "sum(A*B) = sum(A)*sum(B)", {"A": ("n", "n"), "B": ("n", "n")}),
    ("sum(exp(A*x)) > 0", "sum(tanh(A*x)) > 0", {"A": ("m", "n"), "x": ("n", 1)}),
    ("softmax(x)[3] > 0", "softmax(x)[1] > softmax(x)[0]", {"x": ("n", 1)}),
    ("0 <= abs(A)*relu(x)", "0 < abs(A)*relu(x)", {"A": ("m", "n"), "x": ("n", 1)}),
    ("softmax(x) = exp(x)/sum(exp(x))", "softmax(x) = exp(x)/sum(x)", {"x": ("n", 1)}),
    ("0 < softmax(x)[1] < 1", "0 < softmax(x)[1] < 1/2", {"x": (3, 1)}),
    ("zeros(n, 1) < softmax(x) <= ones(n, 1)", "zeros(n, 1) < softmax(x) <= ones(n, 1)/2", {"x": ("n", 1)}),
    ("T(softmax(x))*softmax(x) <= 1", "T(softmax(x))*softmax(x) <= 9/10", {"x": ("n", 1)}),
    ("T(v)*jacobian(softmax(x), x)*v >= 0", "T(v)*jacobian(softmax(x), x)*v > 0", {"x": ("n", 1), "v": ("n", 1)}),
    ("fro2(tanh(x)) <= fro2(x)", "fro2(tanh(x)) < fro2(x)", {"x": ("n", 1)}),
    ("T(x)*relu(x) = fro2(relu(x))", "T(x)*relu(x) = fro2(x)", {"x": ("n", 1)}),
    ("sum(softplus(x)) > sum(relu(x))", "sum(relu(x)) > sum(x)", {"x": ("n", 1)}),
    ("jacobian(log_sum_exp(x), x) = T(softmax(x))", "jacobian(log_sum_exp(x), x) = T(exp(x))", {"x": ("n", 1)}),
    ("jacobian(sum(exp(A*x)), x) = T(exp(A*x))*A", "jacobian(sum(exp(A*x)), x) = T(exp(A*x))", SQUARE),
    ("jacobian(diag(x)*x, x) = 2*diag(x)", "jacobian(diag(x)*x, x) = diag(x)", {"x": ("n", 1)}),
    ("log_sum_exp(x + t) = log_sum_exp(x) + t", "log_sum_exp(x + t) = log_sum_exp(x) + n*t", SQUARE),
    ("log_sum_exp(x)*ones(n, 1) >= x", "log_sum_exp(x)*ones(n, 1) > x", {"x": ("n", 1)}),
    ("log_softmax(x) = x - log_sum_exp(x)", "log_softmax(x) = x + log_sum_exp(x)", {"x": ("n", 1)}),
    ("softmax(zeros(n, 1)) = ones(n, 1)/n", "softmax(x) = ones(n, 1)/n", {"x": ("n", 1)}),
    ("T(ones(n, 1))*ones(n, 1) = n", "T(ones(n, 1))*x = n", {"x": ("n", 1)}),
    ("sum(x)^2 <= n*fro2(x)", "sum(x)^2 < n*fro2(x)", {"x": ("n", 1)}),
    ("(T(x)*y)^2 <= fro2(x)*fro2(y)", "(T(x)*y)^2 <= fro2(x)*fro2(y)/2", SQUARE),
    ("softmax(x) <= ones(n, 1)", "softmax(x) < ones(n, 1)", {"x": ("n", 1)}),
    ("T(softmax(x))*log(softmax(x)) <= 0", "T(softmax(x))*log(softmax(x)) < -1/10", {"x": ("n", 1)}),
    (
        *("jacobian(relu(W*x + b), x) = diag(Heaviside(W*x + b))*W", "jacobian(relu(W*x + b), x) = W"),
        {"W": ("m", "n"), "x": ("n", 1), "b": ("m", 1)},
    ),
    ("inv(I(1) + diag(x))*(I + diag(x)) = I", "inv(I(1) + diag(x))*diag(x) = I", {"x": (1, 1)}),
    ("det(jacobian(softmax(x), x)) = 0", "det(jacobian(softmax(x), x)) = 1", {"x": (3, 1)}),
    ("tr(A)^2 <= n*fro2(A)", "tr(A)^2 <= n*fro2(A)/2", SQUARE),
    ("fro2(A) >= tr(A)^2/3", "fro2(A) >= tr(A)^2/2", {"A": (3, 3)}),
    ("fro2(softmax(x)) >= 1/n", "fro2(softmax(x)) >= 2/n", {"x": ("n", 1)}),
    ("T(x)*x/n >= (sum(x)/n)^2", "T(x)*x/n <= (sum(x)/n)^2", {"x": ("n", 1)}),
    ("T(softmax(x))*x <= log_sum_exp(x)", "T(softmax(x))*x <= log_sum_exp(x) - 1/10", {"x": ("n", 1)}),
    ("x[0]^2 + x[1]^2 <= fro2(x)", "2*x[0]^2 <= fro2(x)", {"x": ("n", 1)}),
    ("x[0]^2*y[0]^2 <= T(diag(x)*x)*diag(y)*y", "x[0]^2*y[1]^2 <= T(diag(x)*x)*diag(y)*y", SQUARE),
    ("softmax(x)[0]^2 <= fro2(softmax(x))", "softmax(x)[0] <= fro2(softmax(x))", {"x": ("n", 1)}),
    (
        *("fro2(sigmoid(x) - sigmoid(y)) <= fro2(x - y)/16", "fro2(sigmoid(x) - sigmoid(y)) <= fro2(x - y)/20"),
        {"x": ("n", 1), "y": ("n", 1)},
    ),
    ("det(T(A)*A) = det(A)*det(A)", "det(T(A) + A) = 2*det(A)", {"A": (3, 3)}),
]


@pytest.mark.parametrize(("true", "false", "shapes"), CONCRETE, ids=[t for t, _, _ in CONCRETE])
def test_entry_by_entry(true: str, false: str, shapes: dict[str, tuple[int | str, int | str]]) -> None:
    proof = prove(true, assuming=shapes)
    assert proof.status == "proved" and proof.check(), proof
    assert prove(false, assuming=shapes).status == "refuted"


def test_the_work_on_entries_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symacts.proofs.search.MOST_WORK", 0.2)
    start = time.process_time()
    found = answer(read("T(softmax(x))*x < log_sum_exp(x)", {"x": (2, 1)}), float("inf"))
    assert found["status"] == "unknown" and time.process_time() - start < 4


def test_unknown_operations_are_refused() -> None:
    with pytest.raises(UnsupportedExpression):
        Sizes({"A": (2, 2)}).of(("kron", ("sym", "A")))
