"""Antiderivatives and inverses in closed form against mpmath: differences, and f(g(y)) = y at points of the range."""

from __future__ import annotations

import random
import time

import mpmath
import pytest
import sympy as sp

from symacts.analysis.driver import establish
from symacts.analysis.no_polynomial import is_no_solution
from symacts.analysis.subject import Subject
from symacts.parsing import parse
from symacts.rigor.oracle import BallOracle
from symacts.spec import x
from symacts.symbolic.field import vanishes
from symacts.symbolic.integrals import antiderivative


def _fact(text: str, name: str) -> sp.Expr:
    return establish(Subject(parse(text), x, BallOracle()), (name,))[name]


INTEGRABLE = (
    *("x + sin(x)**2", "x*cos(x)**2", "exp(2*x)*sin(x)", "sin(x + 1/2)**3", "exp(sin(x))*cos(x)", "exp(x - exp(x))"),
    *(
        "log(cosh(x))",
        "x*log(1 + exp(-x))",
        "log(1 + x**2)*sign(x)",
        "atan(x**2)",
        "x**2*erf(x)",
        "log(1 + 2*exp(3*x))",
    ),
    *("sqrt(x**2 - 3*x + 5)", "(1 + x**2)**(3/2)", "(1 + x**2)**(-5/2)", "x**2*sqrt(1 + x**2)", "sqrt(9 + x - x**2)"),
    *("erfc(x)**2", "x*erfc(-x)*erfc(x)", "x**3*exp(-x**2)*erf(x)", "x**2*exp(-x**2/2)*erfc(x/sqrt(2))"),
    *("x*sigmoid(x - 1)", "tanh(x - 1/3)*(1 + x/7)", "exp(-(x - 1)**2)", "x*exp(-2*(x + 1/3)**2)", "x*log(2 + exp(x))"),
    *("x**2*exp(-x**2 + 3*x - 1)", "x**2*sigmoid(2*x - 1)"),
    *("2**x - x", "x*2**x/(1 + 2**x)", "x*3**(-x**2)", "log(1 + 2**x)", "log(1 + exp(x))*Abs(x)"),
    *("exp(-x)*erf(x)", "exp(2*x - 1)*erfc(x/3 + 1)", "LambertW(exp(x + 1)) - 1", "LambertW(2*exp(-3*x))**2"),
    *("Max(x, x**2)*x", "asinh(x)/sqrt(1 + x**2)", "Piecewise((x, x > 0), (sin(x)**2, True))", "selu(x)"),
)


@pytest.mark.parametrize("text", INTEGRABLE)
def test_antiderivatives_integrate(text: str, rng: random.Random) -> None:
    fact = _fact(text, "antiderivative")
    assert fact.known and fact.value is not None, fact.because
    f, primitive = (sp.lambdify(x, e, ["mpmath", {"polylog": mpmath.polylog}]) for e in (parse(text), fact.value))
    with mpmath.workdps(20):
        a, b = sorted((mpmath.mpf(rng.uniform(-3, 0)), mpmath.mpf(rng.uniform(0, 3))))
        total = mpmath.quad(f, [a, 0, 1, b] if b > 1 else [a, 0, b])
        assert abs(mpmath.re(primitive(b) - primitive(a)) - total) < 1e-8, fact.value


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("sqrt(x**2 - 3*x + 2)", ((-3, 1), (2, 4))),
        ("(1 - x**2)**(3/2)", ((-1, 1),)),
        ("coth(x) - 1/x", ((-3, -1), (1, 4))),
        ("tan(2*x)/3 + 1", ((-0.7, 0.7), (0.8, 2.3))),
        ("cot(x) + x", ((-3, -1), (1, 3))),
        ("tan(x) - x", ((-1.5, 1.5), (20.5, 21.9))),
    ],
)
def test_antiderivatives_integrate_between_singular_points(text: str, ends: tuple[tuple[float, float], ...]) -> None:
    fact = _fact(text, "antiderivative")
    assert fact.known and fact.value is not None, fact.because
    f, primitive = (sp.lambdify(x, e, "mpmath") for e in (parse(text), fact.value))
    with mpmath.workdps(20):
        for a, b in ends:
            assert abs(primitive(b) - primitive(a) - mpmath.quad(f, [a, (a + b) / 2, b])) < 1e-8, fact.value


@pytest.mark.parametrize("text", ["tanh(x)*sigmoid(1 - x)", "sech(x - 1)*tanh(x)", "tanh(x)/(1 + exp(2 - x))**2"])
def test_constants_do_not_slow_rational_functions_down(text: str) -> None:
    start = time.process_time()
    found = antiderivative(parse(text), x)
    assert time.process_time() - start < 5
    f, primitive = (sp.lambdify(x, e, "mpmath") for e in (parse(text), found))
    assert abs(primitive(2) - primitive(-1) - mpmath.quad(f, [-1, 0, 2])) < 1e-10


def test_constants_may_make_quadratic_denominators() -> None:
    for text in ("1/(x**2 - pi)", "1/(x**2 + log(2)*x + pi)", "(x + 1)/(x**2 + E*x - 1)**2"):
        found = antiderivative(parse(text), x)
        assert found is not None and sp.N(sp.diff(found, x).subs(x, 3) - parse(text).subs(x, 3), 20, chop=True) == 0


@pytest.mark.parametrize("text", ["exp(-x**3)*x", "log(1 + exp(x))**2", "tanh(x)*exp(-x**2)"])
def test_no_antiderivative_is_made_up(text: str) -> None:
    assert not _fact(text, "antiderivative").known


INVERTIBLE = (
    *("x**3", "tanh(x**3)", "erf(x**3)", "(x - 1)**5", "2 - x**3", "x**3 + x", "2*x**3 - 3*x**2 + 4*x", "x**3*Abs(x)"),
    *("x + exp(x)", "2*x - exp(-x) + 1", "erfc(x)", "selu(x)", "log(1 + exp(x))", "x + sqrt(1 + x**2)"),
    *("asin(tanh(x))", "2*sinh(x/2)/(1 + exp(x/2))", "exp(x) + exp(x/2)", "tanh(tanh(x))/3"),
    *("atan(x**3)", "x/sqrt(1 + Abs(x))", "x/sqrt(1 + x**2)", "x/cbrt(1 + Abs(x)**3)", "x*sqrt(1 + x**2)"),
    *("x + sqrt(Abs(x))*sign(x)", "x/(1 + sqrt(Abs(x)))", "x**3 + x**9", "x/sqrt(4 + x**2) + 1"),
    *("log(1 + exp(x) + exp(2*x))/2", "2**x/(1 + 2**x)", "x + 3*sign(x)", "sign(x - 1/2) + tanh(x)"),
    *("Piecewise((x - 5, x < -2), (5/2, Eq(x, -2)), (x, x < 1), (x + 2, True))",),
    *("(x - 1)/sqrt(1 + (x - 1)**2)", "3 - (x + 2)/(1 + Abs(x + 2))"),
    *("sin(tanh(x))", "x**3/(1 + Abs(x)**3)", "softsign(x)**3", "sign(x)*log(1 + Abs(x)) + x/5", "LambertW(exp(x))/2"),
)


@pytest.mark.parametrize("text", INVERTIBLE)
def test_inverses_undo(text: str, rng: random.Random) -> None:
    fact = _fact(text, "inverse")
    assert fact.known and fact.value is not None, fact.because
    for _ in range(4):
        point = sp.Rational(rng.randint(-160, 160), 100)
        value = sp.re(parse(text).subs(x, point).evalf(40))
        back = fact.value.subs(x, sp.Rational(str(value))).evalf(25)
        assert abs(back - point) < sp.Rational(1, 10**15), (point, back)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "asin(tanh(x))",
            "log(1 + exp(x/2)) - x",
            "(exp(x) - 1)/x",
            "(x**2 - 4)/(x**3 - 8)",
            "tan(tanh(x))/(1 + x**2)",
        ),
        *("exp(x/4)*sin(x)/x", "x*sigmoid(10**4*x)", "sigmoid(x)**2"),
        *(
            "exp(1/x)",
            "tanh(sigmoid(x))",
            "1 - exp(-exp(x))",
            "erf(tanh(x))",
            "exp(tanh(x)) - 1",
            "log(1 + tanh(x)**2)",
            "tanh(log(1 + exp(x)))",
        ),
    ],
)
def test_no_polynomial_in_the_output_is_shown(text: str) -> None:
    fact = _fact(text, "derivative_in_output")
    assert fact.known and fact.value in (None, (None, None)), (fact.value, fact.because)


@pytest.mark.parametrize(
    "text",
    [
        "tanh(x)",
        "sigmoid(x)",
        "2*sigmoid(3*x) - 1",
        "-1/x",
        "1/sqrt(2*x)",
        "(-4*x)**(-1/4)",
        "1/(1 + 2*exp(-x/3))",
        "tan(x/9)",
    ],
)
def test_solutions_of_polynomial_equations_are_not_excluded(text: str) -> None:
    fact = _fact(text, "derivative_in_output")
    found = fact.value if isinstance(fact.value, tuple) else (fact.value,)
    assert not fact.known or None not in found, fact.because


@pytest.mark.parametrize("text", ["1/sqrt(2*x)", "(-4*x)**(-1/4)", "(3*x + 1)**(-1/3)"])
def test_solutions_of_high_degree_are_not_excluded(text: str) -> None:
    f = Subject(parse(text), x, BallOracle())
    assert not any(is_no_solution(f, k) for k, _ in f.pieces)


def test_constants_of_a_polynomial_in_the_output_cancel() -> None:
    y = sp.Symbol("y", real=True)
    for text, value in (("2**x - 1", (y + 1) * sp.log(2)), ("(1 - erf(1))*exp(x)/(erf(1) - 1)", y)):
        assert _fact(text, "derivative_in_output").value == value
    found = _fact("(2**x - 2**(-x))/(2**x + 2**(-x))", "derivative_in_output").value
    assert sp.expand(found - (1 - y**2) * sp.log(2)) == 0
    slope = sp.diff(_fact("selu(x)", "derivative_in_output").value[0], y)
    assert slope == 1


@pytest.mark.parametrize(
    ("text", "is_known"),
    [
        ("2*x + sign(x**2)", True),  # f(0) = 0 = f(-1/2)
        ("Piecewise((x, x < 0), (x + 2, x > 0), (5, True))", True),
        ("Piecewise((x, x < 0), (1, Eq(x, 0)), (x + 1, x < 1), (1, Eq(x, 1)), (x + 5, True))", True),
        ("sin(x)/x", True),
        ("sin(pi*x)/x + 1", True),
    ],
)
def test_what_has_no_inverse(text: str, is_known: bool) -> None:
    fact = _fact(text, "inverse")
    assert fact.known is is_known and fact.value is None, fact.because


def test_half_angles_show_identities_and_nothing_else() -> None:
    for e in (sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1, sp.cos(3 * x) - 4 * sp.cos(x) ** 3 + 3 * sp.cos(x)):
        assert vanishes(e)
    assert vanishes(sp.sin(x / 2 - 1) ** 2 - (1 - sp.cos(x - 2)) / 2)
    for e in (sp.sin(x) - sp.cos(x), sp.sin(2 * x) - 2 * sp.sin(x), sp.sin(x) * sp.cos(sp.exp(x))):
        assert not vanishes(e)


def test_a_wrong_antiderivative_is_refused() -> None:
    from symacts.symbolic.integrals import _is_checked

    right = antiderivative(sp.sin(x) ** 2, x)
    assert right is not None and _is_checked(right, sp.sin(x) ** 2, x)
    assert not _is_checked(right + x / 1000, sp.sin(x) ** 2, x)


def test_what_does_not_exist_is_said() -> None:
    for text, name in (("log(x)", "value_at_zero"), ("sqrt(x)", "gaussian_mean"), ("exp(x**2)", "gain")):
        fact = _fact(text, name)
        assert fact.known and fact.value is None, (text, name)


def test_waves_with_a_shift_have_closed_forms() -> None:
    assert _fact("sin(x + 1/2)", "range").value == sp.Interval(-1, 1)
    assert _fact("sin(3*x - 2)", "lipschitz").value == 3
    kind, center = _fact("sin(x + 1/2)", "symmetry").value
    assert kind == "point" and center == (-sp.Rational(1, 2), 0)
