"""Laws of limits forged where they do not apply: each is refused."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from forging import ONE, ZERO, a, by_law, rejected, x

from symacts.claims import Claim
from symacts.codec import encode as E

LAWS: dict[str, tuple[Claim, Any]] = {
    "terms that are others": by_law("sum", a + 1 / x, sp.oo, a, of=[E(a), E(2 / x)], steps=[None, None]),
    "infinite terms of both signs": by_law(
        *("sum", a * x - x, sp.oo, sp.oo, (a, ">")),
        of=[E(a * x), E(-x)],
        steps=[{"law": "product", "of": [E(a), E(x)], "steps": [None, None]}, None],
    ),
    "terms without values near the point": by_law(
        "sum", a / x, sp.oo, ZERO, of=[E(a / x + sp.log(-x)), E(-sp.log(-x))], steps=["bounded", None]
    ),
    "a bounded factor of no bound": by_law(
        "product", sp.exp(a * x) / x, sp.oo, ZERO, of=[E(1 / x), E(sp.exp(a * x))], steps=[None, "bounded"]
    ),
    "a bounded factor beside no zero": by_law(
        "product",
        sp.sin(a * x) * (1 + 1 / x),
        sp.oo,
        ZERO,
        of=[E(sp.sin(a * x)), E(1 + 1 / x)],
        steps=["bounded", None],
    ),
    "an infinity times a parameter of no sign": by_law(
        "product", a * x, sp.oo, sp.oo, of=[E(a), E(x)], steps=[None, None]
    ),
    "a factor that may be 0": by_law("product", a * x, sp.oo, sp.oo, (a, ">="), of=[E(a), E(x)], steps=[None, None]),
    "an exponential of another exponent": by_law(
        "exponential", sp.exp(-a * x), sp.oo, ZERO, (-a, ">"), of=[E(-x)], sign=1, step=None
    ),
    "a power of a base without sign": by_law(
        "exponential",
        a**x,
        sp.oo,
        sp.oo,
        of=[E(x * sp.log(a))],
        sign=1,
        step={"law": "product", "of": [E(x), E(sp.log(a))], "steps": [None, None]},
    ),
    "a sine at infinity": by_law(
        "function",
        sp.sin(a * x),
        sp.oo,
        ZERO,
        (a, ">"),
        step={"law": "product", "of": [E(a), E(x)], "steps": [None, None]},
    ),
    "one over what may be 0": by_law(
        "function", 1 / (a + 1 / x), sp.oo, 1 / a, step={"law": "sum", "of": [E(a), E(1 / x)], "steps": [None, None]}
    ),
    "Taylor coefficients at infinity": by_law("taylor", a * x / (x + 1), sp.oo, ONE),
    "Taylor coefficients at a pole": by_law("taylor", (a + x) / x, ZERO, ONE),
    "a scale that is no number": by_law("scale", sp.tanh(a * x**2), sp.oo, ONE, (a, "!="), by=sp.sqrt(a), step=None),
    "a scale that may be 0": by_law("scale", sp.tanh(a * x), sp.oo, ONE, (a, ">="), by=a, step=None),
    "a scale of the other sign": by_law("scale", sp.tanh(a * x), sp.oo, ONE, (-a, ">"), by=a, step=None),
    "a scale at a finite point": by_law("scale", sp.tanh(a * x + 1), ZERO, sp.tanh(ONE), (a, ">"), by=a, step=None),
    "one over the variable at 1": by_law("turn", a * x, ONE, a, step={"law": "taylor"}),
    "a shift of infinity": by_law("shift", a / x, sp.oo, ZERO, step=None),
    "a bounded term beside a number": by_law(
        "sum", 1 + sp.sin(x), sp.oo, ONE, of=[E(ONE), E(sp.sin(x))], steps=[None, "bounded"]
    ),
    "a growing term for a bounded one": by_law(
        "sum", x - x * sp.sin(x), sp.oo, sp.oo, of=[E(x), E(-x * sp.sin(x))], steps=[None, "bounded"]
    ),
    "whole parts that grow": by_law(
        "product", x**2 - x * sp.floor(x), sp.oo, sp.oo, of=[E(x), E(x - sp.floor(x))], steps=[None, "bounded"]
    ),
    "no such law": by_law("trust", a / x, sp.oo, ZERO),
}


@pytest.mark.parametrize("name", LAWS)
def test_forged_laws_of_limits_are_refused(name: str) -> None:
    assert rejected(*LAWS[name])


def test_the_laws_of_limits_hold_where_they_apply() -> None:
    of, steps = [E(a), E(1 / x)], [None, None]
    for stated, node in (
        by_law("sum", a + 1 / x, sp.oo, a, of=of, steps=steps),
        by_law("product", a / x, sp.oo, ZERO, of=of, steps=steps),
        by_law("scale", sp.tanh(a * x), sp.oo, ONE, (a, ">"), by=a, step=None),
        by_law("function", 1 / (a + 1 / x), sp.oo, 1 / a, (a, ">"), step={"law": "sum", "of": of, "steps": steps}),
        by_law("taylor", sp.sin(a * x) / x, ZERO, a),
    ):
        assert not rejected(stated, node), stated
