"""Words in bounded memory: the first report of a word is there when the second comes."""

from __future__ import annotations

import json

from kentongan.engine.sketch import Sketch
from kentongan.engine.term_memory import Terms

DAY = 86_400.0
NOW = 20_000 * DAY
EDGE = NOW - 3 * DAY


def terms() -> Terms:
    return Terms(Sketch(21 * DAY, 1 << 10))


def test_a_word_said_once_has_no_series_and_said_twice_has_both_reports() -> None:
    words = terms()
    assert words.count("banjir", NOW, "a1", EDGE, 100) is None
    series = words.count("banjir", NOW - 60, "a2", EDGE, 100)
    assert series is not None
    assert series.recent == [(NOW - 60, "a2"), (NOW, "a1")]
    assert words.once == {}


def test_what_was_said_once_long_ago_is_in_the_past_when_it_is_said_again() -> None:
    words = terms()
    words.count("banjir", EDGE - DAY, "a1", EDGE - 2 * DAY, 100)
    assert words.count("banjir", NOW, "a2", EDGE, 100) is None
    assert 0.8 < words.past.estimate("banjir", NOW) < 1.0
    words.sweep(NOW + 1, 100)
    assert words.once == {}
    assert words.past.estimate("banjir", NOW) > 1.7


def test_the_tables_are_bounded_and_nothing_is_lost_from_the_counts() -> None:
    words = terms()
    for number in range(500):
        words.count(f"kata{number}", NOW + number, f"a{number}", EDGE, 100)
    assert len(words.once) == 100
    assert words.past.estimate("kata0", NOW) >= 0.99
    for number in range(400, 500):
        for again in range(1 + number % 3):
            words.count(f"kata{number}", NOW + 600 + again, f"b{number}{again}", EDGE, 100)
    words.sweep(EDGE, 30)
    assert len(words.series) == 30
    assert min(len(series.recent) for series in words.series.values()) >= 3, "the ones with most reports stay"


def test_it_goes_through_json() -> None:
    words = terms()
    for number in range(50):
        words.count(f"kata{number % 20}", NOW + number, f"a{number}", EDGE, 100)
    assert Terms.from_data(json.loads(json.dumps(words.to_data()))) == words


def test_after_a_clock_that_jumped_the_words_of_the_time_that_never_was_are_gone() -> None:
    words = terms()
    words.count("banjir", NOW, "a1", EDGE, 100)
    words.count("banjir", NOW + 1, "a2", EDGE, 100)
    future = NOW + 3650 * DAY
    for number in range(3):
        words.count("banjir", future + number, f"f{number}", EDGE, 100)
        words.count(f"lain{number}", future, f"f{number}", EDGE, 100)
    words.past.add("lain", 1.0, future)
    words.turn_back(NOW + 60)
    assert [article for _, article in words.series["banjir"].recent] == ["a1", "a2"]
    assert words.once == {}
    words.past.add("lain", 1.0, NOW)
    assert words.past.estimate("lain", NOW) >= 1.0
