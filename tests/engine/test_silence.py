"""Silence: stretched time, change points, and what must not be called silence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine import silence

NOW = datetime(2025, 11, 27, 0, 30, tzinfo=UTC)
"""A Thursday, 7:30 in Jakarta."""
HOURS = silence.DAYS * 24
JAKARTA = 7 * 60


def local_hours(now=NOW):
    first = now + timedelta(minutes=JAKARTA) - timedelta(hours=HOURS - 1)
    return [first + timedelta(hours=n) for n in range(HOURS)]


def office_hours(rate, seed, now=NOW):
    """Counts of a page that speaks on working days from 8 to 17."""
    chance = np.random.default_rng(seed)
    return [int(chance.poisson(rate)) if when.weekday() < 5 and 8 <= when.hour < 17 else 0 for when in local_hours(now)]


def even(rate, seed):
    return [int(n) for n in np.random.default_rng(seed).poisson(rate, HOURS)]


def last_of(counts, now=NOW):
    spoken = [place for place, count in enumerate(counts) if count]
    return now - timedelta(hours=HOURS - 1 - spoken[-1]) if spoken else None


def judged(counts, now=NOW):
    return silence.judge(counts, last_of(counts, now), now, JAKARTA)


def stopped_for(counts, hours):
    return [*counts[:-hours], *([0] * hours)]


def test_a_wire_that_stops_is_noticed_within_hours():
    found = judged(stopped_for(even(4, 1), 6))
    assert found is not None
    assert (found.kind, found.observed) == ("stopped", 0.0)
    assert 15 < found.expected < 35
    assert found.reason.code == "silence.stopped"


def test_a_page_of_office_hours_is_not_silent_at_night_nor_on_monday_morning():
    monday_early = datetime(2025, 11, 24, 0, 30, tzinfo=UTC)
    for seed in range(20):
        assert judged(office_hours(1.5, seed)) is None
        assert judged(office_hours(1.5, seed, monday_early), monday_early) is None


def test_a_page_of_office_hours_that_misses_a_working_day_is_silent():
    evening = datetime(2025, 11, 26, 11, 0, tzinfo=UTC)
    counts = office_hours(1.5, 3, evening)
    assert judged(stopped_for(counts, 30), evening) is not None


def test_a_page_with_an_item_a_week_is_not_called_silent_after_nine_days():
    counts = [0] * HOURS
    for place in (10, 170, 200, 345, 400, HOURS - 9 * 24):
        counts[place] = 1
    assert judged(counts) is None


def test_a_source_with_long_pauses_of_its_own_is_given_them():
    bursts = [0] * HOURS
    for day in range(0, 28, 4):
        for hour in range(10):
            bursts[day * 24 + hour] = 3
    assert judged(bursts) is None


def test_a_kind_that_gives_a_third_of_its_usual_for_two_days_has_shrunk():
    counts = even(6, 2)
    counts[-48:] = [int(n) for n in np.random.default_rng(9).poisson(2, 48)]
    found = judged(counts)
    assert found is not None
    assert found.kind == "shrunk"
    assert abs((NOW - found.since) - timedelta(hours=48)) <= timedelta(hours=8)
    assert found.observed < 0.5 * found.expected


def test_false_alarms_of_even_and_bursty_series_are_rare():
    alarms = sum(judged(even(2, seed)) is not None for seed in range(300))
    chance = np.random.default_rng(5)
    bursty = 0
    for _ in range(300):
        rates = chance.gamma(0.5, 2 / 0.5, HOURS)
        bursty += judged([int(n) for n in chance.poisson(rates)]) is not None
    assert alarms <= 9  # 3 %
    assert bursty <= 15  # 5 %


def matter(chance, per_day, bursts):
    """Counts of a matter: by day as people write, some days more, and bursts of a day or a week in which all speak of it."""
    profile = np.where((np.array([when.hour for when in local_hours()]) >= 6), 1.25, 0.25)
    rate = per_day / 24 * profile * np.repeat(chance.gamma(4, 1 / 4, silence.DAYS), 24)
    for _ in range(chance.poisson(bursts)):
        start, hours = chance.integers(0, 620), int(chance.choice([12, 24, 48, 96, 168]))
        rate[start : start + hours] *= chance.uniform(3, 12)
    return [int(n) for n in chance.poisson(rate)]


def test_a_matter_that_was_a_burst_and_is_as_usual_again_is_seldom_called_silent():
    chance = np.random.default_rng(11)
    as_source = as_matter = 0
    for number in range(120):
        counts = matter(chance, (3, 8, 20)[number % 3], 2)
        as_source += judged(counts) is not None
        as_matter += silence.judge_matter(counts, last_of(counts), NOW, JAKARTA) is not None
    assert as_matter <= 6  # 5 %
    assert as_source >= 3 * as_matter


def test_a_matter_of_which_nobody_speaks_any_more_is_found_though_it_was_a_burst_before():
    chance = np.random.default_rng(12)
    found = 0
    for _ in range(30):
        counts = stopped_for(matter(chance, 8, 1), 60)
        found += silence.judge_matter(counts, last_of(counts), NOW, JAKARTA) is not None
    assert found >= 27


def test_a_day_is_cut_in_proportion_and_the_others_stay():
    counts = [0] * HOURS
    for day in range(0, silence.DAYS, 2):
        counts[day * 24 + 3] = 4
    counts[48], counts[51] = 20, 40
    cut = silence.without_bursts(counts)
    assert (cut[48], cut[51]) == (2.0, 4.0)
    assert [one for place, one in enumerate(cut) if not 48 <= place < 72] == [
        one for place, one in enumerate(counts) if not 48 <= place < 72
    ]
    assert silence.without_bursts([0] * HOURS) == [0.0] * HOURS


def test_too_little_history_gives_no_verdict():
    assert judged([0] * HOURS) is None
    assert judged([*([0] * (HOURS - 40)), *([2] * 20), *([0] * 20)]) is None
    assert judged([*([0] * (HOURS - 5)), 1, 1, 1, 1, 1]) is None


def test_a_wrong_number_of_hours_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="672"):
        silence.judge([1, 2, 3], NOW, NOW)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=HOURS, max_size=HOURS), st.integers(-720, 840))
def test_any_counts_give_a_verdict_that_makes_sense(counts, offset):
    found = silence.judge(counts, last_of(counts), NOW, offset)
    if found is not None:
        assert found.since <= NOW
        assert found.observed <= found.expected
        assert np.isfinite(found.expected)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 200))
def test_the_longer_it_lasts_the_more_was_expected(seed, hours):
    counts = even(3, seed)
    short, long = judged(stopped_for(counts, hours)), judged(stopped_for(counts, hours + 24))
    if short is not None and short.kind == "stopped" and hours + 24 < HOURS - 24 * silence.LEAST_DAYS - 200:
        assert long is not None
        assert long.expected > short.expected
