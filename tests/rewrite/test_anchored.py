"""Programs around a zero: the identity they rest on, and that they keep digits where a plain program loses them."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import mpmath
import pytest
import sympy as sp

from symacts.parsing import parse
from symacts.rewrite.anchored import anchored, anchors
from symacts.rewrite.graph import Graph, Rounded
from symacts.rewrite.reference import Reference
from symacts.rewrite.regimes import root_between
from symacts.spec import x

EXPRESSIONS = {
    "x*sigmoid(x)": x / (1 + sp.exp(-x)),
    "x*sigmoid(2*x)": x / (1 + sp.exp(-2 * x)),
    "mish": x * sp.tanh(sp.log(1 + sp.exp(x))),
    "a cubic exponent": x / (1 + sp.exp(-x - x**3 / 7)),
    "x*exp(-x)": x * sp.exp(-x),
    "a shifted one": (x - 3) / (2 + sp.exp(1 - x)),
}


def run(graph: Graph, node: int, at: mpmath.mpf, careless: bool = False) -> mpmath.mpf:
    """A program's value with many digits; careless: with the head of every constant alone."""
    values: dict[int, mpmath.mpf] = {}
    for k in graph.reachable((node,)):
        step = graph.steps[k]
        args = [values[j] for j in step.args]
        match step.name:
            case "var":
                values[k] = at
            case "const":
                rest = step.payload.rest if isinstance(step.payload, Rounded) and not careless else 0.0
                values[k] = mpmath.mpf(step.payload) + rest
            case "add" | "sub" | "mul" | "div":
                p, q = args
                values[k] = {"add": p + q, "sub": p - q, "mul": p * q, "div": p / q if q else mpmath.nan}[step.name]
            case "neg":
                values[k] = -args[0]
            case "exp from":
                values[k] = args[2] * mpmath.exp(args[0] - args[1])
            case "expm1 from":
                values[k] = mpmath.expm1(args[0] - args[1])
            case "times away":
                values[k] = args[0] * (args[1] - args[2]) + args[3]
            case name:
                raise AssertionError(name)
    return values[node]


def zero_of(f: sp.Expr) -> Fraction:
    """A zero of f', to 240 bits."""
    with mpmath.workprec(300):
        slope = sp.lambdify(x, sp.diff(f, x), "mpmath")
        steps = [mpmath.mpf(k) / 7 + 0.02 for k in range(-15, 16)]
        lo, hi = next((a, b) for a, b in itertools.pairwise(steps) if slope(a) * slope(b) < 0)
        for _ in range(260):
            middle = (lo + hi) / 2
            lo, hi = (middle, hi) if slope(middle) * slope(lo) > 0 else (lo, middle)
        return Fraction(int(mpmath.floor(lo * mpmath.mpf(2) ** 240)), 2**240)


@pytest.mark.parametrize("name", list(EXPRESSIONS))
def test_value_and_slope_are_the_expressions(name: str, rng: random.Random) -> None:
    f = EXPRESSIONS[name]
    root = zero_of(f)
    served = 0
    for side in (1, -1):
        for order in (0, 1):
            graph = Graph()
            e = sp.diff(f, x, order)
            node = anchored(e, x, root, side, graph)
            if node is None:
                continue
            served += 1
            with mpmath.workprec(300):
                truth = sp.lambdify(x, e, "mpmath")
                for _ in range(40):
                    near = mpmath.mpf(root.numerator) / root.denominator
                    at = near + rng.choice([-1, 1]) * mpmath.mpf(2) ** rng.uniform(-50, 3)
                    exact = truth(at)
                    assert abs(run(graph, node, at) - exact) <= abs(exact) * mpmath.mpf(2) ** -50, (name, side, order)
    assert served >= 2, name


def test_control_a_constant_without_its_rest_loses_the_digits_around_the_zero() -> None:
    f = EXPRESSIONS["x*sigmoid(x)"]
    root, graph = zero_of(f), Graph()
    node = anchored(sp.diff(f, x), x, root, 1, graph)
    assert node is not None
    with mpmath.workprec(300):
        at = mpmath.mpf(root.numerator) / root.denominator + mpmath.mpf(2) ** -50
        exact = sp.lambdify(x, sp.diff(f, x), "mpmath")(at)
        assert abs(run(graph, node, at, careless=True) - exact) > abs(exact) * mpmath.mpf(2) ** -20


@pytest.mark.parametrize("f", [sp.log(1 + sp.exp(x)), x * sp.erf(x), sp.sin(x) * sp.exp(-x), sp.exp(x) + sp.exp(x / 3)])
def test_other_functions_have_no_such_program(f: sp.Expr) -> None:
    assert anchored(f, x, Fraction(-1, 3), 1, Graph()) is None


def test_anchors_are_the_simple_zeros_but_the_origin() -> None:
    third = Fraction(1, 3)
    assert anchors([(Fraction(2), 1), (Fraction(0), 1), (third, 1), (third, 1), (Fraction(5), 2)]) == [third, 2]


def test_more_than_one_function_is_seen_before_the_place_enters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Factoring polynomials that hold the digits of a zero's place took half of a kernel's build."""
    from symacts.rewrite import anchored as module

    seen = []
    form_of = module.half_line
    monkeypatch.setattr(module, "half_line", lambda e, *more: seen.append(e) or form_of(e, *more))
    for text, forms in (("log(1 + x**2)*tanh(x)", 1), ("x*sigmoid(x)", 2)):
        seen.clear()
        found = anchored(sp.diff(parse(text), x, 2), x, Fraction(12345, 2**13), 1, Graph())
        assert len(seen) == forms and (found is None) is (forms == 1)


@pytest.mark.parametrize(
    "text, lo, hi, most",
    [
        ("cos(x)", 1, 2, 40),
        ("exp(x) - 1 - x - x**2", -1, 5, 60),
        ("atan(1000000*(x - pi))", -1000, 1100, 90),
        ("x*exp(x) - 10**(-40)", -1, 1, 60),
        ("(x - sqrt(2))**5", 0, 3, 500),
        ("x**99 - 3", -5, 50, 80),
    ],
)
def test_zeros_are_narrowed_to_two_words_and_more_with_few_true_values(text: str, lo: int, hi: int, most: int) -> None:
    reference = Reference(parse(text), x)
    root = root_between(reference, Fraction(lo), Fraction(hi))
    assert root is not None and len(reference._known) <= most
    near = abs(root) / 2**218 + Fraction(1, 2**258)
    below, above = (Reference(parse(text), x).value(root + side * near) for side in (-1, 1))
    assert below is not None and above is not None and below[0] * above[0] <= 0


def test_no_zero_is_claimed_without_a_change_of_sign() -> None:
    assert root_between(Reference(parse("1 + x**2"), x), Fraction(-1), Fraction(1)) is None
