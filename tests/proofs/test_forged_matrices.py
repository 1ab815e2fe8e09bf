"""Certificates of matrix statements forged by hand: every rule refuses them."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from forging import ALGEBRA, STRUCTURE, rejected, step, x

from symacts.claims import MatrixClaim

X = ("sym", "x")
DIAGONAL = ("tr", ("mul", ("diag", X), ("sym", "A")))
MATRICES: dict[str, tuple[MatrixClaim, Any]] = {
    "the derivative of a map by name": (
        MatrixClaim(
            ("jacobian", ("map", "f", X), X),
            "=",
            ("diag", ("map", "f'", X)),
            (("x", ("n", 1)),),
            (("f", x**2), ("f'", x)),
        ),
        {"rule": "words"},
    ),
    "a sign that is only not negative": (
        MatrixClaim(("map", "f", X), ">", ("num", "0"), (("x", ("n", 1)),), (("f", sp.Abs(x)),)),
        step("elementwise", STRUCTURE),
    ),
    "a sign against more than 0": (
        MatrixClaim(("map", "f", X), ">", ("num", "1"), (("x", ("n", 1)),), (("f", sp.exp(x)),)),
        step("elementwise", STRUCTURE),
    ),
    "a sign the other way": (
        MatrixClaim(("map", "f", X), "<", ("num", "0"), (("x", ("n", 1)),), (("f", sp.exp(x)),)),
        step("elementwise", STRUCTURE),
    ),
    "a difference of positive parts": (
        MatrixClaim(
            *(("add", ("gibbs", X), ("mul", ("num", "-1"), ("gibbs", X), ("num", "2"))), ">=", ("num", "0")),
            (("x", ("n", 1)),),
        ),
        step("elementwise", STRUCTURE),
    ),
    "a logarithm of what may be negative": (
        MatrixClaim(
            *(("map", "f", X), "=", ("map", "f", ("add", X, ("mul", ("num", "0"), X)))),
            (("x", ("n", 1)),),
            (("f", sp.log(x)),),
        ),
        step("words", ALGEBRA, ALGEBRA),
    ),
    "a root of a branch that may be negative": (
        MatrixClaim(
            ("map", "f", X),
            "=",
            ("map", "f", X),
            (("x", ("n", 1)),),
            (("f", sp.Piecewise((x, x > 0), (sp.sqrt(x), True))),),
        ),
        step("words", ALGEBRA),
    ),
    "no step for where a function is defined": (
        MatrixClaim(("map", "f", X), "=", ("map", "f", X), (("x", ("n", 1)),), (("f", sp.log(x)),)),
        {"rule": "words"},
    ),
    "a diagonal for a matrix of ones": (
        MatrixClaim(("diag", X), "=", ("mul", X, ("ones", 1, "n")), (("x", ("n", 1)),)),
        step("elementwise", ALGEBRA, ALGEBRA),
    ),
    "a row for a column": (
        MatrixClaim(
            *(("mul", X, ("ones", 1, "n")), "=", ("mul", ("ones", "n", 1), ("T", X))),
            (("x", ("n", 1)),),
        ),
        step("elementwise", ALGEBRA),
    ),
    "an inverse beside a column that it does not hold": (
        MatrixClaim(
            ("mul", X, ("T", ("sym", "y")), ("inv", ("add", ("I",), ("mul", X, ("ones", 1, "n"))))),
            "=",
            ("add", ("I",), ("mul", ("num", "-1"), ("inv", ("add", ("I",), ("mul", X, ("ones", 1, "n")))))),
            (("x", ("n", 1)), ("y", ("n", 1))),
        ),
        {"rule": "words"},
    ),
    "other factors under a sum": (
        MatrixClaim(
            ("mul", ("sym", "A"), ("diag", X), ("sym", "A")),
            "=",
            ("mul", ("sym", "A"), ("diag", ("sym", "y")), ("sym", "A")),
            (("x", ("n", 1)), ("y", ("n", 1)), ("A", ("n", "n"))),
        ),
        step("sums", ALGEBRA),
    ),
    "a sum as positive as one of its terms may be": (
        MatrixClaim(("num", "0"), "<", ("fro2", ("sym", "A")), (("A", ("m", "n")),)),
        step("elementwise", STRUCTURE),
    ),
    "an inequality of what a sum is weighted with": (
        MatrixClaim(
            *(("mul", ("T", X), ("map", "f", X)), "<=", ("mul", ("T", X), ("map", "g", X))),
            *((("x", ("n", 1)),), (("f", sp.exp(x)), ("g", sp.exp(x) + 1))),
        ),
        step("sums", STRUCTURE),
    ),
    "an inverse that is not square": (
        MatrixClaim(("mul", ("inv", ("sym", "A")), ("sym", "A")), "=", ("I",), (("A", ("m", "n")),)),
        {"rule": "words"},
    ),
    "the inverse of 0": (
        MatrixClaim(
            ("inv", ("add", X, ("mul", ("num", "-1"), X))),
            "=",
            ("inv", ("add", X, ("mul", ("num", "-1"), X))),
            (("x", ("n", "n")),),
        ),
        {"rule": "words"},
    ),
    "induction with a bias that holds x": (
        MatrixClaim(("stack", X), "=", ("affine", X), ()),
        {"rule": "induction", "weight": ["mul", ["sym", "W"], ["sym", "M"]], "bias": ["sym", "x"]},
    ),
    "induction for another claim": (
        MatrixClaim(("stack", X), "=", X, ()),
        {
            "rule": "induction",
            "weight": ["mul", ["sym", "W"], ["sym", "M"]],
            "bias": ["add", ["mul", ["sym", "W"], ["sym", "c"]], ["sym", "b"]],
        },
    ),
    "squares of negative weight": (
        MatrixClaim(("num", "0"), "<=", ("mul", ("num", "-1"), ("fro2", ("sym", "A"))), (("A", ("m", "n")),)),
        {"rule": "gram", "terms": [["-1", ["sym", "A"]]]},
    ),
    "squares for a strict sign": (
        MatrixClaim(("num", "0"), "<", ("fro2", ("sym", "A")), (("A", ("m", "n")),)),
        {"rule": "gram", "terms": [["1", ["sym", "A"]]]},
    ),
    "squares the wrong way": (
        MatrixClaim(("num", "0"), ">=", ("fro2", ("sym", "A")), (("A", ("m", "n")),)),
        {"rule": "gram", "terms": [["1", ["sym", "A"]]]},
    ),
    "a product of squares the wrong way": (
        MatrixClaim(
            *(("mul", ("fro2", ("sym", "A")), ("fro2", X)), "<=", ("fro2", ("mul", ("sym", "A"), X))),
            (("A", ("m", "n")), ("x", ("n", 1))),
        ),
        {"rule": "gram", "terms": [], "products": [[["sym", "A"], ["sym", "x"]]]},
    ),
    "squares of a transpose with a negative rest": (
        MatrixClaim(
            *(("mul", ("num", "2"), ("tr", ("mul", ("sym", "A"), ("sym", "A")))), "<=", ("fro2", ("sym", "A"))),
            (("A", ("n", "n")),),
        ),
        {
            "rule": "gram",
            "terms": [
                ["1", ["add", ["sym", "A"], ["mul", ["num", "-1"], ["T", ["sym", "A"]]]]],
                ["-1", ["sym", "A"]],
            ],
        },
    ),
    "squares that do not add up": (
        MatrixClaim(("tr", ("sym", "A")), "<=", ("fro2", ("sym", "A")), (("A", ("n", "n")),)),
        {"rule": "gram", "terms": [["1", ["sym", "A"]]]},
    ),
    "a factor that has no inverse": (
        MatrixClaim(("sym", "A"), "=", ("sym", "B"), (("A", ("n", "n")), ("B", ("n", "n")))),
        {"rule": "words", "left": [["add", ["sym", "A"], ["mul", ["num", "-1"], ["sym", "A"]]]]},
    ),
    "a zero factor with an inverse": (
        MatrixClaim(
            ("mul", ("sym", "A"), ("inv", ("add", X, ("mul", ("num", "-1"), X)))),
            *("=", ("sym", "A"), (("A", ("n", "n")), ("x", ("n", "n")))),
        ),
        {"rule": "words", "left": [["add", ["sym", "x"], ["mul", ["num", "-1"], ["sym", "x"]]]]},
    ),
    "a factor for an inequality": (
        MatrixClaim(
            *(("num", "0"), "<=", ("tr", ("inv", ("sym", "A")))),
            (("A", ("n", "n")),),
        ),
        {"rule": "words", "left": [["num", "0"]]},
    ),
    "an inverse of a sum by its parts": (
        MatrixClaim(
            ("inv", ("add", ("sym", "A"), ("sym", "B"))),
            *("=", ("add", ("inv", ("sym", "A")), ("inv", ("sym", "B")))),
            (("A", ("n", "n")), ("B", ("n", "n"))),
        ),
        {"rule": "words", "left": [["add", ["sym", "A"], ["sym", "B"]]]},
    ),
    "diagonal factors in another order": (
        MatrixClaim(
            *(("mul", ("diag", X), ("sym", "A")), "=", ("mul", ("sym", "A"), ("diag", X))),
            (("x", ("n", 1)), ("A", ("n", "n"))),
        ),
        {"rule": "sums", "steps": [ALGEBRA, ALGEBRA]},
    ),
    "outer products exchanged": (
        MatrixClaim(
            *(("mul", ("diag", X), ("sym", "y"), ("T", ("sym", "y"))), "="),
            ("mul", ("diag", ("sym", "y")), X, ("T", X)),
            (("x", ("n", 1)), ("y", ("n", 1))),
        ),
        {"rule": "sums", "steps": [ALGEBRA, ALGEBRA]},
    ),
    "a summed index that captures": (
        MatrixClaim(
            ("mul", ("T", ("ones", "n", 1)), ("map", "exp", ("mul", ("sym", "A"), X))),
            "=",
            ("mul", ("T", ("ones", "n", 1)), ("map", "exp", ("mul", ("ones", "n", 1), DIAGONAL))),
            *((("A", ("n", "n")), ("x", ("n", 1))), (("exp", sp.exp(x)),)),
        ),
        {"rule": "sums", "steps": [ALGEBRA]},
    ),
    "one over a sum of reciprocals": (
        MatrixClaim(
            *(("mul", ("ones", "n", 1), ("inv", ("tr", ("inv", ("diag", X))))), "=", X),
            (("x", ("n", 1)),),
        ),
        {"rule": "words"},
    ),
    "the inverse of what is 0 on an open set": (
        MatrixClaim(
            *(("mul", ("map", "relu", X), ("inv", ("map", "relu", X))), "=", ("num", "1")),
            *((("x", (1, 1)),), (("relu", sp.Max(0, x)),)),
        ),
        {"rule": "words"},
    ),
    "exp by another name": (
        MatrixClaim(
            *(
                ("gibbs", X),
                "=",
                ("mul", ("map", "exp", X), ("inv", ("mul", ("T", ("ones", "n", 1)), ("map", "exp", X)))),
            ),
            *((("x", ("n", 1)),), (("exp", x**2 + 1),)),
        ),
        {"rule": "words", "unfold": True},
    ),
    "a weight that may be negative": (
        MatrixClaim(("num", "0"), "<=", ("tr", ("mul", ("T", X), ("diag", X), X)), (("x", ("n", 1)),)),
        {"rule": "gram", "terms": [["1", ["sym", "x"], ["sym", "x"]]]},
    ),
    "sums of different lengths": (
        MatrixClaim(
            *(("fro2", X), "<=", ("add", ("fro2", X), ("mul", ("T", ("ones", "m", 1)), ("sym", "y")))),
            (("x", ("n", 1)), ("y", ("m", 1))),
        ),
        {"rule": "sums", "steps": [STRUCTURE]},
    ),
    "a number for a sum": (
        MatrixClaim(("num", "1"), "<=", ("fro2", X), (("x", ("n", 1)),)),
        {"rule": "sums", "steps": [STRUCTURE]},
    ),
    "the first link of a chain alone": (
        MatrixClaim(("num", "0"), "<=", ("fro2", X), (("x", ("n", 1)),), more=(("<=", ("num", "0")),)),
        {"rule": "gram", "terms": [["1", ["sym", "x"]]]},
    ),
    "one proof for two links": (
        MatrixClaim(("num", "0"), "<=", ("fro2", X), (("x", ("n", 1)),), more=(("<=", ("num", "0")),)),
        {"rule": "chain", "steps": [{"rule": "gram", "terms": [["1", ["sym", "x"]]]}]},
    ),
    "determinants of two sizes": (
        MatrixClaim(("det", ("mul", ("num", "2"), ("I", 2))), "=", ("det", ("mul", ("num", "2"), ("I", 3))), ()),
        {"rule": "words"},
    ),
    "a number beside I": (
        MatrixClaim(
            ("mul", ("add", ("num", "1"), ("I",)), ("sym", "A")),
            *("=", ("mul", ("num", "2"), ("sym", "A")), (("A", ("n", "n")),)),
        ),
        {"rule": "words"},
    ),
    "a number for I": (MatrixClaim(("I",), "=", ("num", "1"), ()), {"rule": "words"}),
    "a column without entries": (
        MatrixClaim(("mul", ("T", ("ones", 0, 1)), ("gibbs", X)), "=", ("num", "1"), (("x", (0, 1)),)),
        {"rule": "words"},
    ),
    "another order": (
        MatrixClaim(
            *(("mul", ("sym", "A"), ("sym", "B")), "=", ("mul", ("sym", "B"), ("sym", "A"))),
            (("A", ("n", "n")), ("B", ("n", "n"))),
        ),
        {"rule": "words"},
    ),
}


@pytest.mark.parametrize("name", MATRICES)
def test_forged_matrix_certificates_are_refused(name: str) -> None:
    assert rejected(*MATRICES[name])
