"""Law: no fact of a cataloged activation is contradicted by evaluation."""

from __future__ import annotations

import random

from referee import referee
from sweep import faults, look, summary

import symacts


def test_no_fact_of_the_catalog_is_contradicted(full: bool, rng: random.Random) -> None:
    names = symacts.names("scalar")
    chosen = names if full else sorted(rng.sample(names, 3))
    verdicts = [look(name, symacts.get(name).formula) for name in chosen]
    print(", ".join(chosen) if not full else "", summary(verdicts))
    assert not faults(verdicts), "\n".join(faults(verdicts))


def test_facts_hold_at_thousands_of_samples(full: bool, rng: random.Random) -> None:
    names = symacts.names("scalar")
    count = 10_000 if full else 1_500
    for name in names if full else [rng.choice(names)]:
        complaints = referee(symacts.get(name).formula, symacts.analyze(name), numbers=False, more=count)
        assert not complaints, (name, complaints)
