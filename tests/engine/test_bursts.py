"""Bursts: what is usual, what surprises, and one signal for one event."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom

from kentongan.engine import bursts
from kentongan.engine.bursts import DAY, HOUR, Change, Settings, Sighting, State
from kentongan.engine.counts import Usual, band, surprise, usual
from kentongan.engine.records import Article
from kentongan.engine.severity import Evidence, assess
from kentongan.engine.signals import SERIES_HOURS, signal_of
from kentongan.engine.usual_volume import Volume
from kentongan.engine.words import title_terms
from kentongan.errors import StateError

RULES = Settings()
START = 20_000 * DAY


def sighting(number: int, hours: float, story: str = "", terms: tuple[str, ...] = (), urgency: int = 0, outlet: str = "A") -> Sighting:
    return Sighting(f"a{number}", story or f"s{number}", START + hours * HOUR, outlet, terms, urgency)


def everyday(days: int, a_day: int = 48) -> list[Sighting]:
    """So many days of single reports on many things, evenly through the day; "pasar" is said once a day, "harga" in
    every other report."""
    found: list[Sighting] = []
    for number in range(days * a_day):
        words = [f"kata{number}", f"lain{number % 97}"]
        if number % a_day == 20:
            words.append("pasar")
        if number % 2:
            words.append("harga")
        found.append(sighting(number, number * 24 / a_day, terms=tuple(words), outlet="AB"[number % 2]))
    return found


def listen(sightings: list[Sighting], state: State | None = None) -> tuple[State, list[Change]]:
    """Hear these, the office being told of every signal that rises."""
    state, changes = state or State(), list[Change]()
    for one in sightings:
        found = bursts.step(state, one, RULES)
        for change in found:
            if change.what == "raised":
                bursts.tell(state, change.burst, RULES)
        changes += found
    return state, changes


def raised(changes: list[Change]) -> list[str]:
    return [change.burst.key for change in changes if change.what == "raised"]


@given(st.integers(0, 60), st.floats(0.01, 30), st.floats(0.05, 20))
def test_surprise_is_the_tail_of_the_negative_binomial(count: int, mean: float, shape: float) -> None:
    found = surprise(count, Usual(mean, shape))
    true = nbinom.sf(count - 1, shape, shape / (shape + mean))
    assert found == (0.0 if count <= mean else pytest.approx(-math.log10(true), abs=1e-5))


@given(st.floats(0.01, 30), st.floats(0.2, 20))
def test_the_band_holds_nine_tenths(mean: float, shape: float) -> None:
    low, high = band(Usual(mean, shape))
    chance = nbinom(shape, shape / (shape + mean))
    assert low <= high
    assert chance.cdf(high) - chance.cdf(low - 1) >= 0.9 - 1e-9


@given(st.floats(0, 100), st.floats(0, 1000), st.floats(0.1, 50))
def test_a_longer_past_without_sightings_lowers_what_is_usual(seen: float, volume: float, window: float) -> None:
    assert usual(seen, volume + 100, window, 0.5, 10).mean < usual(seen, volume, window, 0.5, 10).mean


def test_the_volume_learns_the_hours_of_the_day() -> None:
    volume = Volume()
    for day in range(21):
        for _ in range(30):
            volume.count_at(day * 24 + 8)
        volume.count_at(day * 24 + 2)
    volume.pass_to(21 * 24)
    morning, night = (volume.expected((21 * 24 + hour) * HOUR, (21 * 24 + hour + 1) * HOUR) for hour in (8, 2))
    assert morning == pytest.approx(30, rel=0.35)
    assert night < 6
    assert volume.expected(0, 0) == 0.0


@given(st.floats(0, 500), st.floats(0, 200), st.floats(0, 200))
def test_the_volume_of_two_parts_is_that_of_the_whole(start: float, first: float, second: float) -> None:
    volume = Volume()
    for hour in range(0, 400, 3):
        volume.count_at(hour)
    middle, end = start + first, start + first + second
    whole = volume.expected(start * HOUR, end * HOUR)
    assert volume.expected(start * HOUR, middle * HOUR) + volume.expected(middle * HOUR, end * HOUR) == pytest.approx(whole, abs=1e-6)


def test_a_stop_of_weeks_teaches_nothing() -> None:
    volume = Volume()
    for hour in range(200):
        volume.count_at(hour)
    before = volume.expected(0, DAY)
    volume.count_at(200 + 24 * 60)
    assert volume.expected(0, DAY) == pytest.approx(before, rel=0.02)


def test_everyday_news_raises_nothing() -> None:
    _, changes = listen(everyday(10))
    assert raised(changes) == []


def test_one_story_told_by_two_outlets_within_hours_is_one_signal() -> None:
    state, _ = listen(everyday(10))
    flood = [sighting(9000 + n, 240 + n / 4, "flood", ("banjir",), 3, "AB"[n % 2]) for n in range(12)]
    state, changes = listen(flood, state)
    assert len(raised(changes)) == 1
    assert [change.what for change in changes].count("grew") >= 1
    (burst,) = state.running.values()
    assert set(burst.outlets) == {"A", "B"}
    assert burst.raised <= START + 242.5 * HOUR


def test_one_event_of_many_places_is_one_signal_by_its_word() -> None:
    state, _ = listen(everyday(10))
    flood = [sighting(9000 + n, 240 + n / 4, f"district{n}", ("banjir", "kota", f"desa{n}"), 3, "AB"[n % 2]) for n in range(14)]
    _, changes = listen(flood, state)
    assert len(raised(changes)) == 1


def test_a_word_of_unrelated_reports_raises_nothing() -> None:
    state, _ = listen(everyday(10))
    mixed = [sighting(9000 + n, 240 + n / 2, f"other{n}", ("kampung", f"hal{n}"), 0, "AB"[n % 2]) for n in range(6)]
    _, changes = listen(mixed, state)
    assert raised(changes) == []


def test_harm_needs_fewer_reports_than_a_wedding() -> None:
    counts = {}
    for urgency in (0, 3):
        state, _ = listen(everyday(10))
        reports = [sighting(9000 + n, 240 + n / 4, "event", (), urgency, "AB"[n % 2]) for n in range(20)]
        counts[urgency] = next(n for n, one in enumerate(reports, 1) if raised(bursts.step(state, one, RULES)))
    assert counts[3] < counts[0]


def test_what_was_usual_yesterday_is_usual_today() -> None:
    state, changes = listen(everyday(20))
    assert bursts.expected_at(state, "tharga", START + 480 * HOUR, 24, RULES).mean == pytest.approx(24, rel=0.5)
    assert bursts.expected_at(state, "tpasar", START + 480 * HOUR, 24, RULES).mean == pytest.approx(1, abs=0.8)
    assert raised(changes) == []


def test_last_weeks_flood_does_not_hide_todays() -> None:
    daily = everyday(24)
    flood = [sighting(9000 + n, 240 + n / 8, f"f{n // 3}", ("banjir", "sungai"), 3, "AB"[n % 2]) for n in range(80)]
    again = [sighting(9500 + n, 550 + n / 4, f"g{n // 3}", ("banjir", "sungai"), 3, "AB"[n % 2]) for n in range(14)]
    _, changes = listen(sorted([*daily, *flood, *again], key=lambda one: one.seconds))
    assert sum(change.what == "raised" and change.burst.raised >= START + 550 * HOUR for change in changes) == 1


def test_a_signal_falls_back_in_the_quiet_and_the_next_event_is_a_new_one() -> None:
    state, _ = listen(everyday(10))
    first = [sighting(9000 + n, 240 + n / 4, "flood", (), 3, "AB"[n % 2]) for n in range(8)]
    state, _ = listen(first, state)
    (name,) = state.running
    fallen = bursts.tick(state, START + 260 * HOUR, RULES)
    assert [(change.what, change.burst.id) for change in fallen] == [("fell", name)]
    assert state.running == {}


def test_words_raise_nothing_while_the_stream_is_new() -> None:
    _, changes = listen([sighting(n, n / 4, f"s{n // 2}", ("orang", "kota")) for n in range(30)])
    assert not any(key.startswith("t") for key in raised(changes))


@pytest.mark.parametrize("hours", [-50 * 365 * 24, 70 * 365 * 24])
def test_a_date_of_1970_or_2099_counts_for_nothing(hours: float) -> None:
    state, _ = listen(everyday(3))
    now = state.watermark.now
    listen([sighting(9000 + n, hours, "flood", ("banjir",), 3) for n in range(4)], state)
    assert state.watermark.now <= now + DAY
    assert "sflood" not in state.series


def test_a_merged_story_brings_its_counts_and_a_moved_article_takes_its_own() -> None:
    state, _ = listen([sighting(1, 0, "one"), sighting(2, 1, "two"), sighting(3, 2, "two")])
    bursts.merge(state, "two", "one")
    assert bursts.growth(state, "one", 24, RULES)[0] == 3
    bursts.move(state, ("a2",), "new")
    assert bursts.growth(state, "one", 24, RULES)[0] == 2
    assert bursts.growth(state, "new", 24, RULES)[0] == 1
    assert bursts.growth(state, "unknown", 24, RULES) == (0.0, 0.0)


def test_what_is_old_is_forgotten() -> None:
    rules = replace(RULES, sweep_items=50)
    state = State()
    for one in everyday(60, 24):
        bursts.step(state, one, rules)
    assert len(state.seen) < 24 * 12
    assert not any(key.startswith("skata") for key in state.series)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 4), st.integers(0, 4)), max_size=60), st.integers(0, 60))
def test_a_state_that_was_dumped_goes_on_as_the_one_that_was_not(rows: list[tuple[float, int, int]], cut: int) -> None:
    stream = [sighting(n, hours, f"s{story}", (f"w{story}", "kota"), urgency) for n, (hours, story, urgency) in enumerate(rows)]
    kept, _ = listen(stream[:cut])
    through = bursts.restore(json.loads(json.dumps(bursts.dump(kept))))
    later = listen(stream[cut:], kept)[1]
    assert listen(stream[cut:], through)[1] == later
    assert bursts.dump(through) == bursts.dump(kept)


def test_a_signal_shows_72_hours_with_what_is_usual_and_why() -> None:
    state, _ = listen(everyday(10))
    flood = [sighting(9000 + n, 240 + n / 4, "flood", ("banjir",), 3, "AB"[n % 2]) for n in range(12)]
    _, changes = listen(flood, state)
    severity = assess(Evidence(3, 2, ("banjir",), 12, 0.3, 24, 2, False, 0, 2, 0, False))
    signal = signal_of(state, changes[-1], [("flood", "Banjir rendam kota")], severity, RULES)
    assert len(signal.series) == SERIES_HOURS
    assert sum(point.count for point in signal.series) == 12
    assert all(point.low <= point.high for point in signal.series)
    assert (signal.subject, signal.story) == ("Banjir rendam kota", "flood")
    assert [reason.code for reason in signal.reasons] == [
        "signal.count",
        "signal.usual",
        "signal.since",
        "signal.outlets",
        "signal.carriers",
        "signal.until",
    ]


def test_a_word_of_many_stories_is_its_own_subject_and_a_word_of_one_story_gives_way_to_its_headline() -> None:
    severity = assess(Evidence(3, 2, ("banjir",), 12, 0.3, 24, 2, False, 0, 2, 0, False))
    subjects = {}
    for stories in (1, 14):
        state, _ = listen(everyday(10))
        flood = [sighting(9000 + n, 240 + n / 4, f"d{n % stories}", ("banjir", "kota"), 3, "AB"[n % 2]) for n in range(14)]
        _, changes = listen(flood, state)
        subjects[stories] = signal_of(state, changes[-1], [("flood", "Banjir rendam kota")], severity, RULES).subject
    assert subjects[1] == "Banjir rendam kota"
    assert subjects[14] in ("banjir", "kota")


def test_terms_are_folded_words_and_pairs_and_only_pairs_in_vietnamese() -> None:
    when = datetime(2026, 3, 2, tzinfo=UTC)
    indonesian = Article("a", "https://o.example/1", "A", "press", "Banjir Rendam 3 Desa di Kudus", "", "id", when)
    assert {"banjir", "rendam", "desa", "kudus", "banjir rendam"} <= set(title_terms(indonesian))
    vietnamese = replace(indonesian, title="Ngập nặng ở Hà_Nội", language="vi")
    assert {"ha noi", "ngap nang"} <= set(title_terms(vietnamese))
    assert all(" " in term for term in title_terms(vietnamese))


def test_a_signal_that_rises_again_names_the_one_before() -> None:
    state, _ = listen(everyday(10))
    flood = [sighting(9000 + n, 240 + n / 4, "flood", ("banjir",), 3, "AB"[n % 2]) for n in range(8)]
    again = [sighting(9100 + n, 280 + n / 4, "flood", ("banjir",), 3, "AB"[n % 2]) for n in range(24)]
    _, changes = listen(flood + again, state)
    first, second = (change.burst for change in changes if change.what == "raised")
    assert (first.again, second.again) == ("", first.id)
    assert bursts.restore(json.loads(json.dumps(bursts.dump(state)))) == state


def test_after_two_weeks_it_is_another_event() -> None:
    state, _ = listen(everyday(10))
    flood = [sighting(9000 + n, 240 + n / 4, "flood", ("banjir",), 3, "AB"[n % 2]) for n in range(8)]
    listen(flood, state)
    bursts.tick(state, START + 300 * HOUR, RULES)
    assert [last for last, _ in state.told.values()]
    later = [sighting(9100 + n, 260 + 17 * 24 + n / 8, "flood", ("banjir",), 3, "AB"[n % 2]) for n in range(24)]
    _, changes = listen(later, state)
    assert [change.burst.again for change in changes if change.what == "raised"] == [""]


def test_a_state_of_another_version_is_refused() -> None:
    state, _ = listen(everyday(3))
    old = bursts.dump(state)
    del old["version"]
    with pytest.raises(StateError, match="version 1"):
        bursts.restore(old)


def test_a_large_signal_needs_more_than_one_report_to_stay_and_says_how_many() -> None:
    state, _ = listen(everyday(10))
    flood = [sighting(9000 + n, 240 + n / 16, "flood", ("banjir",), 3, "AB"[n % 2]) for n in range(100)]
    _, changes = listen(flood, state)
    severity = assess(Evidence(3, 2, ("banjir",), 12, 0.3, 24, 2, False, 0, 2, 0, False))
    (burst,) = state.running.values()
    assert bursts.needed(burst) == 4
    while burst.further:
        listen([sighting(9200 + burst.further, 246.3, "flood", (), 3)], state)
    reason = signal_of(state, changes[-1], [("flood", "Banjir")], severity, RULES).reasons[-1]
    assert (reason.code, reason.values["count"]) == ("signal.until_more", 4)
    until = datetime.fromisoformat(str(reason.values["time"])).timestamp()
    bursts.tick(state, until - HOUR, RULES)
    listen([sighting(9500 + n, (until - START) / HOUR - 1, "flood", (), 3) for n in range(3)], state)
    assert bursts.tick(state, until - 1, RULES) == []
    assert [change.what for change in bursts.tick(state, until, RULES)] == ["fell"]


def test_one_report_keeps_a_small_signal_running() -> None:
    state, _ = listen(everyday(10))
    listen([sighting(9000 + n, 240 + n / 4, "flood", (), 3, "AB"[n % 2]) for n in range(8)], state)
    bursts.tick(state, START + 252 * HOUR, RULES)
    listen([sighting(9100, 252, "flood", (), 3)], state)
    assert bursts.tick(state, START + 255 * HOUR, RULES) == []
    assert [change.what for change in bursts.tick(state, START + 264 * HOUR, RULES)] == ["fell"]


def test_more_of_everything_is_no_news() -> None:
    """Twice as many reports as usual for a day, in the usual mix: no word rises."""
    state, _ = listen(everyday(14))
    twice = [replace(one, article=f"z{n}", story=f"z{n}", seconds=one.seconds + 14 * DAY) for n, one in enumerate(everyday(1, 144))]
    assert raised(listen(twice, state)[1]) == []


def test_late_reports_count_but_raise_nothing() -> None:
    state, _ = listen(everyday(10))
    late = [sighting(9000 + n, 220 + n / 8, "flood", ("banjir",), 3, "AB"[n % 2]) for n in range(20)]
    assert raised(listen(late, state)[1]) == []
    assert bursts.growth(state, "flood", 24, RULES)[0] == 20


def test_a_bar_that_has_risen_asks_more_of_a_rise() -> None:
    needed = {}
    for bar in (0.0, 4.0):
        state, _ = listen(everyday(10))
        state.budget.bar = bar
        reports = [sighting(9000 + n, 240 + n / 4, "event", (), 2, "AB"[n % 2]) for n in range(30)]
        needed[bar] = next(n for n, one in enumerate(reports, 1) if raised(bursts.step(state, one, RULES)))
    assert needed[4.0] > needed[0.0]


def test_the_signals_of_two_stories_that_become_one_become_one() -> None:
    state, _ = listen(everyday(10))
    floods = [sighting(9000 + n, 240 + n / 4, ("utara", "selatan")[n % 2], (f"x{n}",), 3, "AB"[n // 2 % 2]) for n in range(24)]
    _, changes = listen(floods, state)
    first, other = (change.burst for change in changes if change.what == "raised")
    (change,) = bursts.merge(state, "selatan", "utara")
    assert (change.what, change.burst.id, change.burst.again) == ("grew", first.id, other.id)
    assert list(state.running) == [first.id]
    assert first.observed == 24.0 == first.stories["utara"]


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from(["banjir", "pasar", "air"]), st.floats(0.01, 9)), min_size=20, max_size=120
    ),
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=3),
)
@settings(deadline=None, max_examples=60)
def test_no_two_running_signals_are_of_one_event(said: list[tuple[str, str, float]], merged: list[tuple[str, str]]) -> None:
    state, at, into = State(), 0.0, {name: name for name in "abcd"}
    for number, (story, word, gap) in enumerate(said):
        at += gap**2 / 20
        bursts.step(state, sighting(number, at, into[story], (word, f"y{number % 5}"), 4, "ABC"[number % 3]), RULES)
        if number % 20 == 19 and merged:
            gone, to = (into[one] for one in merged.pop())
            if gone != to:
                bursts.merge(state, gone, to)
                into = {name: to if end == gone else end for name, end in into.items()}
        events = [burst.event for burst in state.running.values()]
        assert len(events) == len(set(events))
