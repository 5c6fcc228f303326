"""The sketch: never less than was counted, seldom more, forgetting, in a fixed amount of memory."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine.sketch import ROWS, Sketch, _places

DAY = 86_400.0
START = 20_000 * DAY


def small(width: int = 1 << 10) -> Sketch:
    return Sketch(21 * DAY, width)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([f"kata{n}" for n in range(60)]), max_size=300))
def test_an_estimate_is_never_less_than_what_was_counted(words: list[str]) -> None:
    sketch = small()
    for word in words:
        sketch.add(word, 1.0, START)
    for word, count in Counter(words).items():
        assert sketch.estimate(word, START) >= count - 1e-4


def test_with_room_enough_it_is_exact_for_nearly_all_words() -> None:
    sketch = small(1 << 14)
    for number in range(4000):
        sketch.add(f"kata{number}", 1.0 + number % 3, START)
    wrong = sum(sketch.estimate(f"kata{number}", START) > 1.5 + number % 3 for number in range(4000))
    assert wrong < 40
    unseen = [sketch.estimate(f"baru{number}", START) for number in range(1000)]
    assert sum(unseen) / len(unseen) < 0.05


def test_frequent_words_hardly_disturb_rare_ones() -> None:
    sketch = small()
    for number in range(20):
        sketch.add(f"sering{number}", 10_000.0, START)
    assert sum(sketch.estimate(f"jarang{number}", START) > 0 for number in range(500)) <= 1


def test_what_was_counted_is_half_after_a_half_life() -> None:
    sketch = small()
    sketch.add("banjir", 8.0, START)
    assert sketch.estimate("banjir", START + 21 * DAY) == pytest.approx(4.0)
    sketch.add("banjir", 1.0, START + 21 * DAY)
    assert sketch.estimate("banjir", START + 42 * DAY) == pytest.approx(2.5)


def test_years_later_it_still_counts() -> None:
    sketch = small()
    sketch.add("banjir", 4.0, START)
    for year in range(1, 12):
        sketch.add("banjir", 4.0, START + year * 365 * DAY)
    assert sketch.estimate("banjir", START + 11 * 365 * DAY) == pytest.approx(4.0, rel=1e-3)


def test_it_goes_through_json_and_takes_no_more_memory_however_much_is_counted() -> None:
    sketch = small()
    assert len(json.dumps(sketch.to_data())) < 200, "an empty one is small"
    for number in range(50_000):
        sketch.add(f"kata{number}", 1.0, START + number)
    assert len(sketch.cells) == ROWS * sketch.width
    again = Sketch.from_data(json.loads(json.dumps(sketch.to_data())))
    assert again == sketch
    assert again.estimate("kata7", START) == sketch.estimate("kata7", START)


def test_its_places_are_the_same_in_every_run() -> None:
    assert _places("banjir", small().width) == (818, 1495, 2131, 4043)
