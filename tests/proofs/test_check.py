"""The checker rejects every mutated certificate, whatever was changed, and names the step."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import sympy as sp

from symacts.claims import Claim
from symacts.codec import encode
from symacts.proofs import Proof, prove
from symacts.proofs.check import FORMAT, CertificateError, check

x, y = sp.symbols("x y", real=True)

STATEMENTS: list[tuple[str, Any]] = [
    ("tanh(x) = 2*sigmoid(2*x) - 1", None),
    ("relu(x) - relu(-x) = x", None),
    ("0 < sigmoid(x) < 1", None),
    ("1 + x <= exp(x)", None),
    ("tanh(x) <= x", "x >= 0"),
    ("silu(x) >= -0.2785", None),
    ("asinh(x) = sign(x)*log(Abs(x) + sqrt(x**2 + 1))", None),
    ("atan(x) + atan(1/x) = pi/2", "x > 0"),
    ("diff(elu(x), x) = Piecewise((1, x > 0), (exp(x), True))", None),
    ("diff(relu(x), x) = Heaviside(x)", None),
    ("limit(elu(x, alpha), x, -oo) = -alpha", None),
    ("Abs(relu(x) - relu(y)) <= Abs(x - y)", None),
    ("Abs(sigmoid(x) - sigmoid(y)) <= Abs(x - y)/4", None),
    ("relu(x) < (x + sqrt(x**2 + b))/2", "b > 0"),
    ("gaussian(relu(z)**2, z) = 1/2", None),
    ("gaussian(gelu(z)**2, z) = 1/3 + 1/(2*pi*sqrt(3))", None),
    ("x*y <= (x**2 + y**2)/2", None),
]


@cache
def _proved(text: str, assuming: Any) -> Proof:
    proof = prove(text, assuming=assuming)
    assert proof.status == "proved", proof
    return proof


@pytest.mark.parametrize(("text", "assuming"), STATEMENTS, ids=[t for t, _ in STATEMENTS])
def test_certificates_are_json_and_replay(text: str, assuming: Any) -> None:
    proof = _proved(text, assuming)
    again = Proof.from_dict(json.loads(json.dumps(proof.to_dict())))
    assert again.check() and again.claim == proof.claim


def _rejected(certificate: Any, claim: Any) -> bool:
    try:
        check(certificate, claim)
    except CertificateError as error:
        assert error.path
        return True
    return False


def _nodes(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    yield path, node
    for k, step in enumerate(node.get("steps", ())):
        yield from _nodes(step, (*path, "steps", k))


def _at(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        data = data[key]
    return data


CLAIM_MUTATIONS = [
    lambda c: c.update(relations=["<" if r != "<" else ">" for r in c["relations"]]),
    lambda c: c["sides"].reverse() if c["relations"] != ["="] * len(c["relations"]) else c["sides"].append(encode(x)),
    lambda c: c["sides"].__setitem__(0, {"op": "Add", "args": [c["sides"][0], encode(sp.Integer(-1))]}),
    lambda c: c["sides"].__setitem__(-1, {"op": "Add", "args": [c["sides"][-1], encode(sp.Rational(-1, 7))]}),
    lambda c: c.update(premises=[*c["premises"], [encode(sp.Symbol("x", real=True) - 1), ">"]]),
]


@pytest.mark.parametrize("index", range(len(CLAIM_MUTATIONS)))
@pytest.mark.parametrize(("text", "assuming"), STATEMENTS, ids=[t for t, _ in STATEMENTS])
def test_a_certificate_does_not_serve_another_claim(text: str, assuming: Any, index: int) -> None:
    proof = _proved(text, assuming)
    mutated = copy.deepcopy(proof.certificate)
    assert mutated is not None
    CLAIM_MUTATIONS[index](mutated["claim"])
    assert _rejected(mutated, proof.claim)


@pytest.mark.parametrize(("text", "assuming"), STATEMENTS, ids=[t for t, _ in STATEMENTS])
def test_missing_and_foreign_steps_are_rejected(text: str, assuming: Any) -> None:
    proof = _proved(text, assuming)
    assert proof.certificate is not None
    for path, node in list(_nodes(proof.certificate["proof"])):
        if node.get("steps"):
            for change in (
                lambda n: n["steps"].pop(),
                lambda n: n["steps"].append({"rule": "algebra"}),
                lambda n: n.pop("steps"),
            ):
                mutated = copy.deepcopy(proof.certificate)
                change(_at(mutated["proof"], path))
                assert _rejected(mutated, proof.claim)
        mutated = copy.deepcopy(proof.certificate)
        _at(mutated["proof"], path)["rule"] = "trust me"
        assert _rejected(mutated, proof.claim)


def _cell_mutations(cells: list[Any]) -> Iterator[list[Any]]:
    """Covers that show less: dropped, shrunk, swapped, moved, computed with too few bits."""
    for k, cell in enumerate(cells):
        yield [c for j, c in enumerate(cells) if j != k]
        if cell["kind"] == "ball":
            lo, hi = (sp.Rational(cell[e]["q"]) for e in ("lo", "hi"))
            yield [*cells[:k], {**cell, "hi": encode(lo + (hi - lo) * sp.Rational(9, 10))}, *cells[k + 1 :]]
            yield [*cells[:k], {**cell, "lo": cell["hi"], "hi": cell["lo"]}, *cells[k + 1 :]]
            yield [*cells[:k], {**cell, "prec": 4}, *cells[k + 1 :]]
            yield [*cells[:k], {**cell, "order": -1}, *cells[k + 1 :]]
        elif cell["kind"] == "tail":
            yield [*cells[:k], {**cell, "side": -cell["side"]}, *cells[k + 1 :]]
            yield [*cells[:k], {**cell, "prec": 0}, *cells[k + 1 :]]
            yield [*cells[:k], {**cell, "M": encode(sp.Integer(10) ** 9)}, *cells[k + 1 :]]
        elif cell["kind"] == "point":
            yield [*cells[:k], {**cell, "at": encode(sp.Rational(1, 3))}, *cells[k + 1 :]]


@pytest.mark.parametrize(
    "text", ["1 + x <= exp(x)", "silu(x) >= -0.2785", "x*tanh(x) <= x**2", "softplus(x) <= relu(x) + log(2)"]
)
def test_covers_with_a_gap_are_rejected(text: str) -> None:
    proof = _proved(text, None)
    assert proof.certificate is not None
    count = 0
    for path, node in list(_nodes(proof.certificate["proof"])):
        if node["rule"] != "sign":
            continue
        for cells in _cell_mutations(node["cells"]):
            mutated = copy.deepcopy(proof.certificate)
            _at(mutated["proof"], path)["cells"] = cells
            if _overlaps(node["cells"], cells):
                continue
            assert _rejected(mutated, proof.claim), cells
            count += 1
    assert count > 3


def _overlaps(old: list[Any], new: list[Any]) -> bool:
    """Whether a dropped cell was covered by its neighbors anyway (a tail often reaches into the first ball)."""
    return len(new) == len(old) - 1 and all(c in old for c in new) and _union(old) == _union(new)


def _union(cells: list[Any]) -> Any:
    from symacts.codec import decode

    spans = []
    for c in cells:
        if c["kind"] == "ball":
            spans.append((decode(c["lo"]), decode(c["hi"])))
        elif c["kind"] == "tail":
            at, big = c["at"] and decode(c["at"]), decode(c["M"])
            if at is None:
                spans.append((big, sp.oo) if c["side"] > 0 else (-sp.oo, -big))
            else:
                spans.append((at, at + 1 / big) if c["side"] > 0 else (at - 1 / big, at))
    return sp.Union(*[sp.Interval(a, b) for a, b in spans])


def test_every_value_of_a_certificate_matters_or_stays_true(rng: random.Random) -> None:
    """Random edits anywhere in the proof: what is still accepted must be a proof of the same claim, never a crash."""
    rejected = 0
    for text, assuming in STATEMENTS:
        proof = _proved(text, assuming)
        for _ in range(12):
            mutated = copy.deepcopy(proof.certificate)
            assert mutated is not None
            _edit(mutated["proof"], rng)
            rejected += _rejected(mutated, proof.claim)
    assert rejected > len(STATEMENTS) * 5


def _edit(node: Any, rng: random.Random) -> None:
    places: list[tuple[Any, Any]] = []

    def walk(data: Any) -> None:
        items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
        for key, value in items:
            places.append((data, key))
            walk(value)

    walk(node)
    holder, key = rng.choice(places)
    value = holder[key]
    if isinstance(value, bool):
        holder[key] = not value
    elif isinstance(value, int):
        holder[key] = value + rng.choice([-7, -1, 1, 5])
    elif isinstance(value, str):
        holder[key] = rng.choice(["algebra", "structure", "x", "17/3", ""])
    else:
        holder[key] = rng.choice([None, [], {}, {"q": "1/2"}, [value]])


FALSE = [
    (Claim((sp.Abs(x), x), ("=",)), {"rule": "algebra"}),
    (Claim((x, sp.Max(x, 0)), ("<",)), {"rule": "structure"}),
    (Claim((sp.S.Zero, x), ("<=",), ((x, ">="),)), {"rule": "absurd"}),
    (Claim((sp.log(x), sp.log(x)), ("=",)), {"rule": "algebra"}),  # not defined for x <= 0
    (Claim((sp.atan(x) + sp.atan(1 / x), sp.pi / 2), ("=",)), None),
    (Claim((sp.log(x**2), 2 * sp.log(x)), ("=",)), None),
    (Claim((sp.sqrt(x**2), x), ("=",)), None),
    (Claim((sp.sign(x) * sp.exp(x), sp.exp(x)), ("=",)), None),
]


@pytest.mark.parametrize(("claim", "node"), FALSE, ids=lambda v: str(v)[:60])
def test_false_claims_have_no_certificate(claim: Claim, node: Any) -> None:
    from symacts.proofs import prove_claim

    if node is not None:
        assert _rejected({"format": FORMAT, "claim": claim.to_dict(), "proof": node}, claim)
    if node is None or node["rule"] != "absurd":
        assert prove_claim(claim, 10.0).status != "proved"


def test_an_interval_across_a_pole_is_no_interval() -> None:
    """atan(x) + atan(1/x) has the derivative 0 on both sides of 0, and two values."""
    claim = Claim((sp.atan(x) + sp.atan(1 / x), sp.pi / 2), ("=",))
    leaf = {"rule": "algebra"}
    node = {"rule": "derivative-and-point", "variable": encode(x), "point": encode(sp.S.One), "steps": [leaf, leaf]}
    wrapped = {"rule": "defined", "excluded": [0], "steps": [node, {"rule": "isolated", "at": encode({x: sp.S.One})}]}
    for proof in (node, wrapped):
        assert _rejected({"format": FORMAT, "claim": claim.to_dict(), "proof": proof}, claim)


def test_damaged_files_name_what_is_wrong() -> None:
    for data in ({}, {"format": FORMAT}, {"format": "other"}, {"format": FORMAT, "claim": {"kind": "relation"}}):
        with pytest.raises(CertificateError):
            check(data)
