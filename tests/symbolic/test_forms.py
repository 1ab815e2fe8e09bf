"""Short forms of expressions: what is rearranged, and what is left because that would cost more than it shows."""

from __future__ import annotations

import time

import pytest
import sympy as sp

from symacts.symbolic import closed_forms, forms


def test_exponentials_of_high_powers_are_factored_as_symbols() -> None:
    b = sp.Symbol("b", real=True)
    tall = sp.exp(2309 * b / 500) + b**2 * sp.exp(2309 * b / 500) + sp.exp(7 * b / 3) * (1 + b**2)
    start = time.process_time()
    assert forms.factored(tall) == (b**2 + 1) * (sp.exp(2309 * b / 500) + sp.exp(7 * b / 3))
    assert time.process_time() - start < 2


def test_exponentials_of_high_powers_are_not_factored_for_zeros(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    plain = sp.factor_list
    monkeypatch.setattr(closed_forms.sp, "factor_list", lambda e, *gens: (asked.append(e), plain(e, *gens))[1])
    t = sp.Symbol("t", real=True)
    assert 0 in closed_forms.candidates(sp.exp(t) + sp.exp(3 * t / 2) - 2, t) and len(asked) == 1
    assert not closed_forms.candidates(sp.exp(t) + sp.exp(851 * t / 500) - 2, t) and len(asked) == 1


def test_products_of_high_powers_are_not_multiplied_out(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    for name in ("expand", "factor"):
        plain = getattr(sp, name)
        monkeypatch.setattr(forms.sp, name, lambda e, *a, _plain=plain, **k: (asked.append(e), _plain(e, *a, **k))[1])
    t = sp.Symbol("t", real=True)
    bell = 1 / ((4 * t - 1) ** 2 + 1)
    long = sp.log(1 + 1 / (((t + bell) ** 2 + 1) ** 2 * (sp.log(sp.exp(t) + 1) ** 2 + 1) ** 2)).diff(t)
    forms.tidy(long)
    assert all(e.count_ops() < 60 for e in asked)
    short = bell.diff(t)
    forms.tidy(short)
    assert short in asked
