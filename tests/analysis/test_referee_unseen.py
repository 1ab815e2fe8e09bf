"""Law: no fact of an activation that is not in the catalog is contradicted by evaluation."""

from __future__ import annotations

import json
import random

from sweep import UNSEEN, faults, look, summary

import symacts


def test_no_fact_of_an_unseen_activation_is_contradicted(full: bool, rng: random.Random) -> None:
    texts = json.loads(UNSEEN.read_text())
    chosen = texts if full else rng.sample(texts, 3)
    verdicts = [look(text, symacts.parse(text)) for text in chosen]
    print(chosen if not full else "", summary(verdicts))
    assert not faults(verdicts), "\n".join(faults(verdicts))


def test_the_unseen_are_not_cataloged() -> None:
    known = {symacts.get(name).formula for name in symacts.names("scalar")}
    texts = json.loads(UNSEEN.read_text())
    assert len(texts) >= 100 and len(set(texts)) == len(texts)
    assert not [text for text in texts if symacts.parse(text) in known]
