"""How surprising a series is, counted by hand: what harm, outlets and places add, what is lost where nothing is shared, what is aged."""

from __future__ import annotations

from dataclasses import replace
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import burst_rises as rises
from kentongan.engine.burst_settings import Settings
from kentongan.engine.burst_state import Series, Sighting, State, kind_of

SETTINGS = Settings()
HOUR, DAY = 3600.0, 86_400.0
NOW = 1_764_200_000.0


def sighting(number, **fields):
    given = {"story": "s1", "outlet": f"outlet {number}", "terms": ("banjir", "tanggul"), "urgency": 0, **fields}
    return Sighting(f"a{number}", seconds=NOW - number * 60, **given)


def told(sightings):
    """Reports as a series' window holds them, taken in by two windows."""
    reports = rises.Reports()
    reports.widen(sightings[len(sightings) // 2 :])
    reports.widen(sightings[: len(sightings) // 2])
    return reports


def gain(sightings):
    return told(sightings).gain(SETTINGS)


def stream(days, per_day):
    """A state that has heard so many reports a day, all of them about nothing in particular."""
    state = State(began=NOW - days * DAY)
    for number in range(days * per_day):
        at = NOW - days * DAY + number * DAY / per_day
        state.usual.count_at(int(at // HOUR))
        state.volume += 1
    return state


def test_one_outlet_without_harm_adds_nothing():
    assert gain([sighting(1, outlet="a"), sighting(2, outlet="a")]) == 0


def test_a_level_of_harm_adds_the_same_each_time():
    calm, harm, worse = ([sighting(1, outlet="a", urgency=level)] for level in (0, 1, 2))
    assert gain(harm) - gain(calm) == pytest.approx(SETTINGS.urgency_gain)
    assert gain(worse) - gain(harm) == pytest.approx(SETTINGS.urgency_gain)


@pytest.mark.parametrize("outlets", [2, 4, 8, 16])
def test_each_doubling_of_the_outlets_adds_the_same(outlets):
    wanted = SETTINGS.outlet_gain + SETTINGS.reach_gain * log2(outlets / 2)
    assert gain([sighting(number) for number in range(outlets)]) == pytest.approx(wanted)


def test_copies_of_an_outlet_do_not_make_it_two():
    twice = [sighting(1, outlet="a"), sighting(2, outlet="b"), sighting(3, outlet="b"), sighting(4, outlet="a")]
    assert gain(twice) == pytest.approx(SETTINGS.outlet_gain)


def test_places_add_from_the_second_on():
    one, two, four = ([sighting(number, outlet="a", places=(f"ward {number % wards}",)) for number in range(4)] for wards in (1, 2, 4))
    assert gain(one) == 0
    assert gain(two) == pytest.approx(SETTINGS.place_gain)
    assert gain(four) == pytest.approx(2 * SETTINGS.place_gain)


def test_a_word_whose_reports_share_nothing_else_loses_most_of_its_surprise():
    apart = [sighting(n, outlet="a", story=f"s{n}", terms=("harga", f"lain{n}")) for n in range(10)]
    alike = [sighting(n, outlet="a", story=f"s{n}", terms=("harga", "beras")) for n in range(10)]
    assert told(alike).held_together("harga", SETTINGS) == pytest.approx(1.0)
    assert told(apart).held_together("harga", SETTINGS) == pytest.approx(1 - SETTINGS.coherence * 0.9)


def test_a_pair_is_not_held_together_by_its_own_words():
    apart = [sighting(n, story=f"s{n}", terms=("pasar", "pindah", "pasar pindah")) for n in range(5)]
    assert told(apart).coherence("pasar pindah") == pytest.approx(0.2)


def test_reports_of_harm_may_share_the_word_alone():
    harm = [sighting(n, outlet="a", story=f"s{n}", terms=("kebakaran", f"lain{n}"), urgency=3) for n in range(10)]
    wanted = 1 - SETTINGS.coherence * (1 - SETTINGS.urgent_coherence)
    assert told(harm).held_together("kebakaran", SETTINGS) == pytest.approx(wanted)


def test_a_story_loses_nothing():
    state = stream(14, 200)
    series = Series(first=NOW - DAY, past_at=NOW - DAY)
    for number in range(6, 0, -1):
        one = sighting(number, outlet="a", terms=(f"lain{number}",))
        state.seen[one.article] = one
        series.recent.append((one.seconds, one.article))
    found = rises.rise(state, "ss1", series, NOW, SETTINGS)
    assert found is not None
    assert found.score == found.surprise


ROWS = st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.lists(st.sampled_from("klmn"), unique=True))


@given(st.lists(ROWS, min_size=2), st.data())
def test_what_reports_have_in_common_is_the_same_however_the_windows_widen(rows, data):
    sightings = [sighting(n, outlet=o, story=s, terms=tuple(terms), urgency=n % 4) for n, (o, s, terms) in enumerate(rows)]
    at_once, by_steps = rises.Reports(), rises.Reports()
    at_once.widen(sightings)
    for cut in sorted(data.draw(st.sets(st.integers(1, len(rows) - 1)))):
        by_steps.widen(sightings[by_steps.number : cut])
        by_steps.coherence("k")
    by_steps.widen(sightings[by_steps.number :])
    assert by_steps.gain(SETTINGS) == at_once.gain(SETTINGS)
    assert by_steps.coherence("k") == at_once.coherence("k")


@given(st.floats(0, 1e6), st.floats(0, 400 * DAY))
def test_what_is_past_only_ever_fades(value, later):
    left = rises.decayed(value, NOW, NOW + later, SETTINGS)
    assert 0 <= left <= value
    assert rises.decayed(value, NOW, NOW - later, SETTINGS) == value


def test_a_past_is_halved_in_its_half_life():
    assert rises.decayed(80.0, NOW, NOW + SETTINGS.half_life_days * DAY, SETTINGS) == pytest.approx(40.0)


@pytest.mark.parametrize(("per_day", "slow"), [(20, True), (1000, False)])
def test_a_town_is_looked_at_over_days_too(per_day, slow):
    state = stream(14, per_day)
    assert (SETTINGS.keep_hours in rises.windows(state, NOW, SETTINGS)) is slow


def test_a_burst_of_one_day_does_not_teach_that_it_is_usual():
    state = stream(14, 200)
    series = Series(first=NOW - 10 * DAY, past_at=NOW - 10 * DAY)
    series.recent = [(NOW - 9 * DAY + n, f"a{n}") for n in range(500)]
    rises.age(state, "cflood", series, NOW, SETTINGS)
    assert series.recent == []
    assert 0 < series.past < 50


def test_what_is_recent_is_not_aged():
    state = stream(14, 200)
    series = Series(first=NOW - HOUR, past_at=NOW - HOUR)
    series.recent = [(NOW - 60.0 * n, f"a{n}") for n in range(20, 0, -1)]
    rises.age(state, "cflood", series, NOW, SETTINGS)
    assert len(series.recent) == 20
    assert series.past == 0


def test_more_is_expected_of_a_topic_when_more_is_written_of_everything():
    state = stream(21, 200)
    series = Series(first=NOW - 20 * DAY, past=40.0, past_at=NOW)
    calm = rises.expected(state, "cflood", series, NOW, 6.0, SETTINGS).mean
    for _ in range(400):
        state.usual.count_at(int(NOW // HOUR))
    assert rises.expected(state, "cflood", series, NOW, 6.0, SETTINGS).mean > 1.5 * calm


def test_a_word_is_deaf_until_the_stream_is_known():
    state = stream(14, 200)
    series = Series(first=NOW - HOUR, past_at=NOW - HOUR)
    for number in range(30, 0, -1):
        one = sighting(number)
        state.seen[one.article] = one
        series.recent.append((one.seconds, one.article))
    assert rises.rise(state, "tbanjir", series, NOW, SETTINGS) is not None
    assert rises.rise(replace(state, began=NOW - HOUR), "tbanjir", series, NOW, SETTINGS) is None


@pytest.mark.parametrize(
    ("reports", "urgency", "rises_at_all"),
    [
        (SETTINGS.harm_items - 1, 4, False),
        (SETTINGS.harm_items, 4, True),
        (SETTINGS.harm_items, 1, True),
        (SETTINGS.harm_items, 0, False),
        (SETTINGS.story_items - 1, 0, False),
        (SETTINGS.story_items + 6, 0, True),
    ],
)
def test_too_few_reports_are_no_rise_and_harm_needs_one_less(reports: int, urgency: int, rises_at_all: bool):
    state = stream(14, 200)
    series = Series(first=NOW - HOUR, past_at=NOW - HOUR)
    for number in range(reports, 0, -1):
        one = sighting(number, urgency=urgency)
        state.seen[one.article] = one
        series.recent.append((one.seconds, one.article))
    eager = replace(SETTINGS, story_surprise=1.0)
    assert (rises.rise(state, "ss1", series, NOW, eager) is not None) == rises_at_all


def test_a_word_of_harm_needs_as_many_reports_as_any_other():
    state = stream(14, 200)
    series = Series(first=NOW - HOUR, past_at=NOW - HOUR)
    for number in range(SETTINGS.term_items - 1, 0, -1):
        one = sighting(number, urgency=4)
        state.seen[one.article] = one
        series.recent.append((one.seconds, one.article))
    assert rises.rise(state, "tbanjir", series, NOW, replace(SETTINGS, term_surprise=0.0)) is None


def test_reports_speak_of_harm_on_average_and_none_do_not():
    assert told([sighting(1, urgency=2), sighting(2, urgency=0)]).speak_of_harm()
    assert not told([sighting(1, urgency=1), sighting(2, urgency=0)]).speak_of_harm()
    assert not told([]).speak_of_harm()


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("s1", "story"),
        ("tx", "term"),
        ("cx", "topic"),
        ("px", "place"),
        ("xa|b", "matter"),
        ("kpress", "source"),
        ("qquestion", "kind"),
        ("wAir", "watch"),
        ("aPDAM", "agency"),
    ],
)
def test_the_first_letter_of_a_key_says_what_is_counted(key, kind):
    assert kind_of(key) == kind


@given(st.lists(ROWS, min_size=6, max_size=20), st.lists(st.floats(1, 12), min_size=3, max_size=3), st.floats(0, 20))
def test_a_candidate_is_worth_what_its_best_window_is_and_none_is_weighed_that_cannot_be_worth_enough(rows, chances, floor):
    sightings = [sighting(n, outlet=o, story=s, terms=("k", *terms), urgency=n % 4) for n, (o, s, terms) in enumerate(rows)]
    cuts = [2, 4, len(sightings)]
    candidate, scores, reports = rises.Candidate("term", "tk"), [], rises.Reports()
    for start, end, chance in zip([0, *cuts], cuts, chances, strict=False):
        reports.widen(sightings[start:end])
        gain = reports.gain(SETTINGS)
        candidate.windows.append(rises.Window(float(end), end, 1.0, chance, gain, sightings[start:end]))
        scores.append(chance * reports.held_together("k", SETTINGS) + gain)
    best = rises.weigh(candidate, SETTINGS)
    assert best is not None
    assert best.score == max(scores)
    again = rises.weigh(candidate, SETTINGS, floor)
    if best.score >= floor:
        assert again == best
    else:
        assert again is None or again.score < floor
