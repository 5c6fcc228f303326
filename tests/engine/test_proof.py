"""The arithmetic of the proof: Newcombe's table, events told or missed, delays, and two runs laid side by side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kentongan.engine.proof import Delays, Event, Share, Told, delays, difference, hours, told_by
from kentongan.engine.watching import parse

START = datetime(2025, 11, 27, 0, 30, tzinfo=UTC)


def at(hour):
    return START + timedelta(hours=hour)


def told(key, hour, *titles, articles=""):
    return Told(key, at(hour), titles, frozenset(articles))


def flood(began=0, ended=48, words='"tanggul jebol" OR banjir'):
    return Event("banjir", at(began), at(ended), parse(words))


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718), (20, 20, 0.8389, 1.0)],
)
def test_the_interval_is_that_of_newcombes_table(k, n, low, high):
    assert Share(k, n).interval == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_nothing_of_nothing_has_no_share_and_more_than_all_is_none():
    assert (Share().value, Share().interval, Share().few) == (None, None, True)
    assert not Share(3, 10).few
    for k, n in ((1, 0), (-1, 3)):
        with pytest.raises(ValueError, match="no share"):
            Share(k, n)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_stays_within_nought_and_one_and_narrows_with_more(pair):
    k, n = pair
    if not n:
        return
    low, high = Share(k, n).interval
    assert 0.0 <= low <= k / n <= high <= 1.0 or high - k / n > -1e-9
    wider = high - low
    low, high = Share(4 * k, 4 * n).interval
    assert high - low < wider


@pytest.mark.parametrize(
    ("given_hours", "expected"),
    [
        ([], Delays()),
        ([2.0], Delays(1, 2.0, 2.0)),
        ([-1.0, 4.0], Delays(2, 1.5, 4.0)),
        ([float(n) for n in range(10, 0, -1)], Delays(10, 5.5, 9.0)),
        ([float(n) for n in range(20)], Delays(20, 9.5, 17.0)),
    ],
)
def test_delays_are_told_by_their_middle_and_by_what_nine_in_ten_are_at_most(given_hours, expected):
    assert delays(given_hours) == expected


def test_hours_may_be_below_nought():
    assert hours(at(2), at(0.5)) == -1.5


def test_an_event_is_told_by_the_first_signal_that_shows_a_headline_with_its_words():
    signals = [
        told("late", 9, "Banjir surut"),
        told("other", 1, "Pasar pindah"),
        told("first", 2, "Warga mengungsi", "Tanggul jebol di hulu"),
    ]
    assert told_by(flood(), signals).key == "first"
    assert told_by(flood(), reversed(signals)).key == "first"


@pytest.mark.parametrize(("hour", "counts"), [(-6.1, False), (-6, True), (0, True), (48, True), (48.1, False)])
def test_a_signal_counts_from_six_hours_before_an_event_until_it_is_over(hour, counts):
    assert (told_by(flood(), [told("a", hour, "Banjir besar")]) is not None) is counts


def test_an_event_nobody_told_or_told_in_other_words_was_missed():
    assert told_by(flood(), []) is None
    assert told_by(flood(words="gempa"), [told("a", 1, "Banjir besar")]) is None
    assert told_by(flood(words="banjir -latihan"), [told("a", 1, "Latihan banjir")]) is None


def test_two_signals_are_one_where_they_share_reports_and_what_is_left_appeared_or_vanished():
    before = [told("a", 1, articles="pqrs"), told("b", 2, articles="xyz"), told("c", 3, articles="lmno")]
    after = [told("A", 2, articles="pqrstuvw"), told("C", 1, articles="lmxx"), told("N", 5, articles="0123")]
    found = difference(before, after)
    assert [(one.key, other.key) for one, other in found.both] == [("a", "A"), ("c", "C")]
    assert [one.key for one in found.vanished] == ["b"]
    assert [one.key for one in found.appeared] == ["N"]
    assert (found.earlier, found.later) == (1, 1)


def test_each_signal_is_taken_once_the_likest_first_and_then_the_nearest_in_time():
    before = [told("a", 1, articles="pq"), told("b", 8, articles="pq")]
    after = [told("X", 7, articles="pq")]
    assert [(one.key, other.key) for one, other in difference(before, after).both] == [("b", "X")]
    assert [one.key for one in difference(before, after).vanished] == ["a"]


def test_signals_whose_reports_are_not_known_are_the_same_as_no_other():
    assert difference([told("a", 1)], [told("a", 1)]).both == ()


SIGNALS = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 63)), max_size=6).map(
    lambda rows: [Told(f"{n}", at(hour), (), frozenset(name for bit, name in enumerate("abcdef") if bits >> bit & 1))
                  for n, (hour, bits) in enumerate(rows)]
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SIGNALS, SIGNALS)
def test_every_signal_of_either_run_is_accounted_for_once_and_a_run_differs_from_itself_in_nothing(before, after):
    found = difference(before, after)
    assert sorted([one.key for one, _ in found.both] + [one.key for one in found.vanished]) == sorted(one.key for one in before)
    assert sorted([one.key for _, one in found.both] + [one.key for one in found.appeared]) == sorted(one.key for one in after)
    same = difference(before, before)
    assert (same.vanished, same.appeared, same.earlier, same.later) == ((), (), 0, 0)
