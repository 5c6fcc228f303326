"""What headlines have in common: thresholds out of their own spread, and examples that have nothing in common."""

from __future__ import annotations

import numpy as np
import pytest

from kentongan.engine.vectors import unit
from kentongan.engine.watching_meaning import LEAST, likeness


def around(spread, n=5, seed=1):
    """Vectors about one direction, the farther the larger `spread` is."""
    chance = np.random.default_rng(seed)
    middle = unit(chance.standard_normal(64).astype(np.float32))
    return np.stack([unit(middle + unit(chance.standard_normal(64).astype(np.float32)) * spread) for _ in range(n)])


def test_examples_that_lie_closer_together_ask_for_more():
    tight, loose = likeness(around(0.3)), likeness(around(1.0))
    assert tight.close > loose.close > loose.wider >= LEAST
    assert tight.alike
    assert float(tight.centre @ tight.centre) == pytest.approx(1.0, abs=1e-5)


def test_each_example_but_the_farthest_ones_is_near_to_what_they_have_in_common():
    examples = around(0.8, n=7)
    found = likeness(examples)
    near = examples @ found.centre
    assert (near >= found.wider).all()
    assert (near >= found.close).sum() >= 4


def test_examples_of_nothing_in_common_say_so_and_find_nothing_far():
    apart = likeness(np.eye(5, 64, dtype=np.float32))
    assert not apart.alike
    assert apart.wider == LEAST
    assert apart.close > LEAST
