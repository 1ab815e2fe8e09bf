"""Forms of complex ball rules that stay tight on wide balls, against mpmath; and integrals that ask for too much."""

from __future__ import annotations

import random

import mpmath
import pytest
import sympy as sp
from flint import acb, arb

from symacts.errors import UnsupportedExpression
from symacts.rigor import quadrature
from symacts.rigor.complex_balls import compile_complex
from symacts.rigor.precision import precision

x = sp.Symbol("x", real=True)

ROWS = [
    (sp.asinh(x), mpmath.asinh),
    (sp.log(1 + sp.exp(x)), lambda z: mpmath.log(1 + mpmath.exp(z))),
    (sp.log(1 + sp.E * sp.exp(-x)), lambda z: mpmath.log(1 + mpmath.exp(1 - z))),
    (1 / (1 + sp.exp(x)) ** 2, lambda z: (1 + mpmath.exp(z)) ** -2),
    (1 / (1 + 3 * sp.exp(2 * x)), lambda z: 1 / (1 + 3 * mpmath.exp(2 * z))),
    (sp.exp(sp.asinh(x)), lambda z: mpmath.exp(mpmath.asinh(z))),
]


@pytest.mark.parametrize(("e", "want"), ROWS, ids=[str(e) for e, _ in ROWS])
def test_rules_hold_the_values_off_their_cuts(e: sp.Expr, want, rng: random.Random) -> None:
    f = compile_complex(e, x)
    with precision(100), mpmath.workdps(40):
        for _ in range(300):
            a, b = rng.uniform(-8, 8), rng.uniform(-3, 3)
            radius = rng.choice((0, 0.01, 0.3))
            ball = f(acb(arb(a, radius), arb(b, radius)), True)
            if ball.is_finite():
                w = want(mpmath.mpc(a, b))
                point = acb(*(arb(mpmath.nstr(part, 35)) + arb(0, 1e-25) for part in (w.real, w.imag)))
                assert ball.overlaps(point), (a, b, radius)


def test_wrong_forms_would_be_noticed() -> None:
    with precision(100):
        assert not compile_complex(sp.asinh(x), x)(acb(2, 1), True).overlaps(acb(2, 1).log())
        assert not compile_complex(sp.asinh(x), x)(acb(arb(0, 0.5), 2), True).is_finite()  # on its cut


def test_wide_balls_stay_finite() -> None:
    wide = acb(arb(30, 2), arb(0, 2))
    with precision(100):
        for e, _ in ROWS:
            assert compile_complex(e, x)(wide, True).is_finite(), e


def test_an_integral_that_oscillates_too_much_is_given_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    attempt = quadrature._attempt

    def counted(*args):
        value, used = attempt(*args)
        asked.append(used)
        return value, used

    monkeypatch.setattr(quadrature, "_attempt", counted)
    with pytest.raises(UnsupportedExpression, match="evaluations do not settle"):
        quadrature.integrate(sp.sin(sp.exp(3 * x)) ** 2 * sp.exp(-(x**2) / 2), x, sp.S(0), sp.S(9), 80)
    assert sum(asked) < 3 * quadrature.EVALUATIONS
