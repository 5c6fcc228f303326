"""Many tests at once: by chance alone next to nothing is raised, and a true rise among hundreds is."""

from __future__ import annotations

import json
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from kentongan.engine.many_tests import HOUR, Looks

NOW = 1_000_000.0


def looked(surprises: list[float], at: float = NOW) -> Looks:
    tests = Looks()
    for number, surprise in enumerate(surprises):
        tests.look(f"t{number}", surprise, at)
    return tests


@given(st.lists(st.integers(0, 800).map(lambda n: n / 100), min_size=1, max_size=30), st.floats(0.01, 0.5))
def test_it_is_the_step_up_of_benjamini_and_hochberg(surprises: list[float], rate: float) -> None:
    adjusted = false_discovery_control([10.0**-one for one in surprises])
    tests = looked(surprises)
    for surprise, q in zip(surprises, adjusted, strict=True):
        if abs(q - rate) > 1e-9:
            assert tests.counts(surprise, NOW, rate, 1) == (q <= rate)


def test_of_chance_alone_hardly_an_hour_in_ten_raises_anything() -> None:
    chance = Random(7)
    raised = 0
    for _ in range(100):
        surprises = [-_log10(chance.random()) for _ in range(100)]
        tests = looked(surprises)
        raised += any(tests.counts(one, NOW, 0.1, 1) for one in surprises)
    assert raised <= 0.17 * 100


def _log10(value: float) -> float:
    from math import log10

    return log10(max(value, 1e-300))


def test_the_more_is_tested_the_more_a_rise_must_be_and_the_more_rise_the_less() -> None:
    assert looked([3.5]).counts(3.5, NOW, 0.1, 1)
    assert not looked([3.5, *[0.0] * 999]).counts(3.5, NOW, 0.1, 1)
    assert looked([3.5] * 20 + [0.0] * 980).counts(3.5, NOW, 0.1, 1)
    assert not looked([3.5] * 20 + [0.0] * 980).counts(3.5, NOW, 0.1, 10), "windows are paid for"


def test_a_series_counts_once_an_hour_with_its_best_look_and_is_forgotten_after_it() -> None:
    tests = Looks()
    for minute in range(50):
        tests.look("tbanjir", 4.0 if minute == 10 else 1.0, NOW + minute * 60)
    assert tests.best == {"tbanjir": (NOW + 49 * 60, 4.0)}
    tests.forget(NOW + 49 * 60 + HOUR)
    assert tests.best == {}
    assert Looks.from_data(json.loads(json.dumps(looked([1.0, 2.0]).to_data()))) == looked([1.0, 2.0])


@given(st.lists(st.floats(0, 8), min_size=1, max_size=30), st.floats(0, 9))
def test_a_discovery_is_what_reaches_the_bar(surprises: list[float], one: float) -> None:
    tests = looked(surprises)
    assert tests.counts(one, NOW, 0.1, 3) == (one >= tests.bar(NOW, 0.1, 3))
