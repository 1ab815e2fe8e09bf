"""Certificates changed in a thousand ways: each is refused by the path of a step, or proves its claim all the same.

A changed proof of an unchanged true claim may still be a proof (a cover with an overlap to spare); any other exception
than the checker's own is a failure. An unchanged proof of a changed claim may still hold (a weaker constant): what is
accepted must stand before the numerical referee of `tests/theorems/test_mutants.py`. The default run takes a sample;
`--full` takes every statement of the library.
"""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

from theorems.test_mutants import mutant, stands
from theorems.test_theorems import TRUE, _assuming

from symacts.claims import Claim
from symacts.codec import encode
from symacts.errors import SymactsError
from symacts.proofs import prove
from symacts.proofs.check import RULES, CertificateError, check

STATEMENTS, EDITS, CLAIMS = 14, 18, 6
EDITS_OF_ALL = 12
SECONDS = 20.0
NAMES = (*RULES, "words", "gram", "sums", "entries", "elementwise", "induction", "chain", "trust me")
HEADS = ("Add", "Mul", "Pow", "exp", "log", "sin", "tanh", "Max", "Abs", "erf", "Derivative", "Limit", "Integral")
STRANGE: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 10**30, "", "x", "algebra", "1/2", "0", "-7", [], {}, [[]], {"rule": "algebra"}),
    *({"q": "1/2"}, {"q": "-3"}, {"atom": "oo"}, {"atom": "nan"}, {"atom": "I"}, {"symbol": "x", "is": ["real"]}),
    *({"symbol": "x", "is": ["positive"]}, {"op": "exp", "args": []}, {"map": []}, [None], {"steps": []}),
)


def places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every (holder, key) inside the data."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield data, key
        yield from places(value)


def nodes(data: Any) -> Iterator[Any]:
    """Every node of a proof."""
    yield data
    for child in data.get("steps", ()):
        yield from nodes(child)


def nudge(text: str, rng: random.Random) -> str:
    """Another integer or rational in the place of one."""
    p, _, q = text.partition("/")
    other = rng.choice([int(p) + 1, int(p) - 1, -int(p), 2 * int(p), 0, int(p) * 10**12])
    return f"{other}/{q}" if q else rng.choice([str(other), f"{p}/2", f"{10 * int(p) + 1}/10"])


def edit(certificate: Any, foreign: Any, rng: random.Random) -> str:
    """Change one thing inside the proof; the name of what was done."""
    proof = certificate["proof"]
    where = list(places(proof))
    numbers = [(h, k) for h, k in where if k == "q"]
    counts = [(h, k) for h, k in where if type(h[k]) is int]
    lists = [h[k] for h, k in where if isinstance(h[k], list) and len(h[k]) > 0]
    heads = [(h, k) for h, k in where if k in ("op", "symbol", "atom")]
    inner = list(nodes(proof))
    kind = rng.choice(
        ["number", "count", "list", "head", "rule", "strange", "drop", "ends", "foreign", "swap", "strange"]
    )
    if kind == "number" and numbers:
        h, k = rng.choice(numbers)
        h[k] = nudge(h[k], rng)
    elif kind == "count" and counts:
        h, k = rng.choice(counts)
        h[k] = rng.choice([h[k] - 1, h[k] + 1, -h[k], 0, 10**9, str(h[k]), float(h[k]), h[k] // 4])
    elif kind == "list" and lists:
        chosen = rng.choice(lists)
        k = rng.randrange(len(chosen))
        change = rng.choice(
            [chosen.pop, chosen.reverse, lambda *_: chosen.append(copy.deepcopy(chosen[k])), chosen.clear]
        )
        change(k) if change == chosen.pop else change()
    elif kind == "head" and heads:
        h, k = rng.choice(heads)
        h[k] = rng.choice(HEADS if k == "op" else ("x", "y", "a", "b", "oo", "-oo", "pi", "E"))
    elif kind == "rule":
        rng.choice(inner)["rule"] = rng.choice(NAMES)
    elif kind == "drop" and where:
        h, k = rng.choice(where)
        del h[k]
    elif kind == "ends":
        cells = [h for h, k in where if k == "lo"]
        for cell in rng.sample(cells, min(1, len(cells))):
            cell["lo"], cell["hi"] = rng.choice(
                [(cell["hi"], cell["lo"]), (cell["lo"], cell["lo"]), ({"q": "0"}, cell["hi"])]
            )
    elif kind == "foreign":
        target = rng.choice(inner)
        target.clear()
        target.update(copy.deepcopy(rng.choice(list(nodes(foreign["proof"])))))
    elif kind == "swap" and lists:
        chosen = rng.choice(lists)
        i, j = rng.randrange(len(chosen)), rng.randrange(len(chosen))
        chosen[i], chosen[j] = chosen[j], chosen[i]
    elif where:
        kind = "strange"
        h, k = rng.choice(where)
        h[k] = copy.deepcopy(rng.choice(STRANGE))
    return kind


def accepted(certificate: Any, claim: Any) -> bool:
    """Whether the checker accepts; any exception but its own propagates."""
    try:
        check(certificate, claim)
    except CertificateError as error:
        assert error.path and error.reason
        return False
    return True


def proved(rows: list[Any]) -> Iterator[Any]:
    for row in rows:
        proof = prove(row["statement"], assuming=_assuming(row), timeout=SECONDS)
        if proof.status == "proved":
            yield proof


def test_changed_proofs_are_refused_or_proofs(full: bool, rng: random.Random) -> None:
    proofs = list(proved(TRUE if full else rng.sample(TRUE, STATEMENTS)))
    seen: Counter[tuple[str, bool]] = Counter()
    for proof in proofs:
        foreign = rng.choice(proofs).certificate
        for _ in range(EDITS_OF_ALL if full else EDITS):
            mutated = copy.deepcopy(proof.certificate)
            kind = edit(mutated, foreign, rng)
            if mutated != proof.certificate:
                seen[kind, accepted(mutated, proof.claim)] += 1
    refused = sum(n for (_, held), n in seen.items() if not held)
    print(f"{sum(seen.values())} changed proofs, {refused} refused", dict(seen))
    assert refused > sum(seen.values()) // 2


def test_a_proof_of_a_changed_claim_stands(full: bool, rng: random.Random) -> None:
    """The checker reads nothing but the claim: a proof that also fits a changed claim shows something true."""
    tried = held = 0
    for proof in proved(TRUE if full else rng.sample(TRUE, STATEMENTS)):
        for _ in range(CLAIMS if isinstance(proof.claim, Claim) else 0):
            other = mutant(proof.claim, rng)
            if other is None:
                continue
            try:
                data = {**copy.deepcopy(proof.certificate), "claim": other.to_dict()}
            except SymactsError:
                continue
            tried += 1
            if accepted(data, None):
                held += 1
                verdict = stands(other, rng)
                assert verdict is True, f"{other}: {verdict}: {json.dumps(data['proof'])[:2000]}"
    print(f"{tried} changed claims, {held} proved by the same steps")
    assert tried > held


def test_the_claim_of_a_proof_is_its_own(rng: random.Random) -> None:
    """What the file states beside the claim it is asked about is compared with it."""
    for proof in proved(rng.sample(TRUE, 4)):
        if isinstance(proof.claim, Claim):
            mutated = copy.deepcopy(proof.certificate)
            mutated["claim"]["sides"][0] = encode(proof.claim.sides[0] + 1)
            assert not accepted(mutated, proof.claim)
