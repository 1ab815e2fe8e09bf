"""Certificates see what is wrong: a corrupted table, a corrupted program."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from symacts.errors import UnsupportedExpression
from symacts.kernels import kernel
from symacts.kernels.callable import Kernel
from symacts.kernels.certify import Certificate, certify, exhaustive


def test_a_certificate_names_the_worst_input() -> None:
    k = kernel("silu", (0, 1), backend="numpy")
    certificate = certify(k, points=800)
    assert k.certificate is certificate
    assert certificate.worst == max(certificate.errors) <= 4.0
    assert json.loads(certificate.to_json())["points"] == certificate.points > 2000


def test_a_corrupted_table_is_seen() -> None:
    k = kernel("silu", backend="numpy")
    part = k.code.parts[0]
    rows = part.table.rows.copy()
    rows[1:-1, 7] *= 1 + 2.0**-40
    table = dataclasses.replace(part.table, rows=rows)
    k.code = dataclasses.replace(k.code, parts=(dataclasses.replace(part, table=table),))
    k._run = None
    assert certify(k, points=800).worst > 100


def test_a_corrupted_program_is_seen() -> None:
    k = kernel("softplus", backend="numpy")
    k.code = dataclasses.replace(k.code, source=k.code.source.replace("np.log1p", "np.expm1"))
    k._run = None
    assert certify(k, points=200).worst > 1e6


def test_only_scalar_kernels_are_certified() -> None:
    with pytest.raises(UnsupportedExpression):
        certify(kernel("softmax"))


def test_dead_zones() -> None:
    zone = kernel("sigmoid", (0, 1), backend="numpy").dead_zone
    for name, dtype in (("float32", np.float32), ("float64", np.float64)):
        left, right = zone[name]["f"]
        k = kernel("sigmoid", dtype=name, backend="numpy")
        assert k(dtype(right)) == 1.0 != k(dtype(right * 0.95))
        assert k(dtype(-left)) == 0.0 != k(dtype(-left * 0.95))
    assert kernel("hard_swish", backend="numpy").dead_zone["float16"]["f"] == (3.0, None)


def test_an_exhaustive_certificate_passes_over_infinities_and_every_kind_of_nan() -> None:
    """Bits around the infinities: the floats next to them, signalling and quiet nan; no warning (they are errors)."""
    k = kernel("hard_swish", dtype="float32", accuracy="tight", backend="numpy")
    for infinity in (0x7F800000, 0xFF800000):
        found = exhaustive(k, step=1024, first=infinity - 1000, last=infinity + 1000)
        assert found.worst <= 0.51 and found.points == 2000


def test_an_exhaustive_certificate_sees_one_wrong_input_and_nan(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a range of bits: one float off by a unit, and one nan where a number belongs."""
    k = kernel("hard_swish", dtype="float32", accuracy="tight", backend="numpy")
    start = int(np.float32(1.5).view(np.uint32))

    def measured() -> Certificate:
        return exhaustive(k, step=1024, first=start - 2000, last=start + 2000)

    assert measured().worst <= 0.51
    wrong = Kernel.__call__

    def damaged(value: float):  # type: ignore[no-untyped-def]
        def call(self, x, out=None, **parameters):  # type: ignore[no-untyped-def]
            y = wrong(self, x, out, **parameters)
            if y.dtype == np.float32 and np.float32(1.5) in x:
                y[x == np.float32(1.5)] *= np.float32(value)
            return y

        return call

    monkeypatch.setattr(Kernel, "__call__", damaged(1 + 2.0**-22))
    found = measured()
    assert found.worst > 1.4 and found.inputs == (1.5,)
    monkeypatch.setattr(Kernel, "__call__", damaged(float("nan")))
    assert measured().worst == np.inf

    def alike(self, x, out=None, **parameters):  # type: ignore[no-untyped-def]
        return np.full_like(wrong(self, x, out, **parameters), 1.125)

    monkeypatch.setattr(Kernel, "__call__", alike)
    assert measured().worst > 1000, "float32 and float64 wrong in the same way: balls see it"


def test_certifying_float32_tries_no_input_beyond_the_format() -> None:
    """Neighbors of the largest float32 are no float32: taking them there is an overflow, here an error."""
    found = certify(kernel("1/(1 + exp(-x))", order=1, dtype="float32", backend="numpy"), points=50)
    assert found.worst <= 4
