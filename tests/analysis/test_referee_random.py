"""Law: no fact of a random activation is contradicted by evaluation."""

from __future__ import annotations

import random

from generator import random_expression
from sweep import faults, look, summary


def test_no_fact_of_a_random_activation_is_contradicted(full: bool, seed: int) -> None:
    count = 300 if full else 4
    chosen = [random_expression(random.Random(f"{seed}:{k}"), 4 + k % 6) for k in range(count)]
    verdicts = [look(e, e) for e in chosen]
    print(chosen if not full else "", summary(verdicts))
    assert not faults(verdicts), "\n".join(faults(verdicts))


def test_the_generator_depends_on_its_seed_alone() -> None:
    one, two = (random_expression(random.Random("5:1"), 7) for _ in range(2))
    assert one == two
