"""Where a rising story is going: what past stories teach, what is foretold, and how a forecast is scored."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine import forecast as f
from kentongan.engine.counts import Usual
from kentongan.engine.forecast import Expected, Fit, Horizon, Outcome, Report, ahead, forecast, learned, moments, rising, score

HOUR = 3600.0
UNHEARD = Usual(1e-6, 1.0)
EVEN = (1.0,) * 24
NIGHT = 1000 * 24 * HOUR
"""A midnight, UTC."""


def story(*hours, outlets=("a", "b"), start=NIGHT):
    return [Report(start + hour * HOUR, outlets[n % len(outlets)]) for n, hour in enumerate(hours)]


def fit_of(pulls=(0.2, 0.1, 0.05, 0.02, 0.01, 0.0, 0.0), shape=2.0, outlets=4, activity=EVEN):
    return Fit(activity, outlets, tuple(Horizon(hours, pulls, shape, 0.3, 2.0) for hours in f.HOURS), 500)


def past_of(stories=60, pull=0.12, seed=1):
    """Stories in which each report draws others for hours, ten hours apart."""
    chance = np.random.default_rng(seed)
    made = []
    for number in range(stories):
        hours = [0.1, 0.3, 0.5, 0.8]
        for hour in range(1, 40):
            young = sum(hour - one < 3 for one in hours)
            hours += list(hour + np.sort(chance.random(chance.poisson(pull * young))))
        made.append(story(*hours, start=NIGHT + number * 10 * HOUR))
    return made


FIT = learned(past_of(), NIGHT + 2000 * HOUR)
assert FIT is not None


def test_a_story_rises_with_three_reports_in_six_hours():
    assert rising(story(0, 1, 2), NIGHT + 5.9 * HOUR)
    assert not rising(story(0, 1, 2), NIGHT + 6 * HOUR)
    assert not rising(story(0, 1, 2), NIGHT + 1.5 * HOUR), "the third is not there yet"


def test_the_mean_is_counted_by_hand():
    """Two reports of the last hour, one two hours old: (2·0.2 + 0.1) further reports in an hour of ordinary news."""
    spread = f.spreads(story(0, 1.5, 2), NIGHT + 2 * HOUR, fit_of())
    assert [one.mean for one in spread] == pytest.approx([0.5 * 3, 0.5 * 6, 0.5 * 24])


def test_outlets_that_sleep_write_less():
    asleep = tuple(0.1 if hour < 6 else 1.3 for hour in range(24))
    assert ahead(asleep, NIGHT, 3) == pytest.approx(0.3)
    assert ahead(asleep, NIGHT + 5.5 * HOUR, 1) == pytest.approx(0.05 + 0.65)
    assert ahead(asleep, NIGHT + 7 * HOUR, 24) == pytest.approx(24.0)


def test_a_forecast_says_the_middle_the_range_and_the_plain_one():
    three, six, day = forecast(story(0, 0.5, 1.5, 2), NIGHT + 2 * HOUR, fit_of())
    assert [one.hours for one in (three, six, day)] == [3, 6, 24]
    assert all(one.items_low <= one.items <= one.items_high for one in (three, six, day))
    assert three.items <= six.items <= day.items
    assert day.plain == 4 and three.plain == 4


def test_further_outlets_are_no_more_than_are_silent():
    growth = story(*np.linspace(0, 2, 40), outlets=("a", "b", "c"))
    day = forecast(growth, NIGHT + 2 * HOUR, fit_of(outlets=4))[2]
    assert day.outlets_high <= 1
    assert forecast(growth, NIGHT + 2 * HOUR, fit_of(outlets=3))[2].outlets_high == 0


def test_reports_still_to_come_change_nothing():
    now = NIGHT + 2 * HOUR
    assert forecast(story(0, 1, 2, 2.5, 3, outlets="abcde"), now, fit_of()) == forecast(story(0, 1, 2, outlets="abcde"), now, fit_of())


def test_with_too_little_past_nothing_is_foretold():
    assert learned([], NIGHT) is None
    assert learned(past_of(2), NIGHT + 2000 * HOUR) is None


def test_what_is_learned_knows_nothing_of_later():
    until = NIGHT + 300 * HOUR
    past = past_of()
    cut = [[one for one in story if one.at <= until] for story in past]
    assert learned(past, until) == learned(cut, until)


def test_younger_reports_draw_more_where_the_past_says_so():
    pulls = FIT.horizons[0].pulls
    assert pulls[0] > pulls[2] and pulls[0] > pulls[3]
    assert all(one >= 0 for one in pulls)


def test_the_order_of_the_past_does_not_matter():
    past = past_of()
    assert learned(past[::-1], NIGHT + 2000 * HOUR).horizons[0].pulls == pytest.approx(FIT.horizons[0].pulls)


def test_what_was_learned_can_be_kept_as_json():
    assert Fit.from_data(json.loads(json.dumps(FIT.to_data()))) == FIT


def test_new_stories_of_the_same_kind_fall_inside_four_times_in_five():
    outcomes = []
    for growth in past_of(60, seed=2):
        for now in moments(growth, NIGHT + 3000 * HOUR):
            for expected, spread in zip(forecast(growth, now, FIT), f.spreads(growth, now, FIT), strict=True):
                came = [one for one in growth if now < one.at <= now + expected.hours * HOUR]
                outcomes.append(Outcome(expected, spread, UNHEARD, 0, len(came), 0))
    for one in score(outcomes):
        assert 0.72 <= one.inside <= 0.92
        assert one.error < 0.8 * one.plain_error


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 30), min_size=3, max_size=15), st.floats(0, 1))
def test_one_more_report_never_foretells_less(hours, more):
    now = NIGHT + 30 * HOUR
    before, after = story(*sorted(hours)), story(*sorted([*hours, 29 + more]), outlets=("a",))
    for less, higher in zip(f.spreads(before, now, fit_of()), f.spreads(after, now, fit_of()), strict=True):
        assert higher.mean >= less.mean


@given(st.floats(0.01, 60), st.floats(0.2, 20))
def test_the_range_holds_its_share_as_nearly_as_whole_counts_can(mean, shape):
    spread = Usual(mean, shape)
    low, high = f._range(spread)
    assert low <= high
    held = f.at_most(high, spread) - f.at_most(low - 1, spread)
    if low > 0:
        assert held >= f.SHARE - 1e-6
    else:
        assert abs(held - f.SHARE) <= abs(f.at_most(high + 1, spread) - f.SHARE) + 1e-9
        assert high == 0 or abs(held - f.SHARE) <= abs(f.at_most(high - 1, spread) - f.SHARE) + 1e-9


def test_moments_are_full_hours_at_which_it_rose_with_a_whole_day_ahead():
    growth = story(0.5, 1, 2)
    hours = [(one - NIGHT) / HOUR for one in moments(growth, NIGHT + 100 * HOUR)]
    assert hours == [2, 3, 4, 5, 6], "at half past six the first is too old"
    assert moments(growth, NIGHT + 28 * HOUR) == [NIGHT + hour * HOUR for hour in (2, 3, 4)]
    assert moments(story(1, 2), NIGHT + 100 * HOUR) == []


def test_a_score_by_hand():
    """Foretold 2 (0 to 4), came 3 and 6: one inside, errors 1 and 4; plain 5: errors 2 and 1."""
    expected = Expected(3.0, 2, 0, 4, 0, 0, 1, 5)
    spread, new = Usual(2.0, 1e6), Usual(1.0, 1e6)
    (one,) = score([Outcome(expected, spread, new, 2, 3, 0), Outcome(expected, spread, new, 2, 6, 2)])
    assert (one.n, one.inside, one.outlets_inside, one.error, one.plain_error) == (2, 0.5, 0.5, 2.5, 1.5)
    points = ((0.1, 0), (0.5, 2), (0.9, 4))  # of a Poisson of mean 2
    by_hand = sum(share * max(0, came - q) + (1 - share) * max(0, q - came) for came in (3, 6) for share, q in points)
    assert one.pinball == pytest.approx(by_hand / 6)


def test_outlets_are_scored_where_one_was_silent_and_by_hand():
    """One of two silent and as likely as not to join: what came was it, and none. The middle four in five hold 0.4 of each half: 0.8."""
    expected = Expected(3.0, 2, 0, 4, 1, 0, 1, 5, 2)
    spread, even = Usual(2.0, 1e6), Usual(math.log(2), 1e6)
    came = [Outcome(expected, spread, even, 1, 1, outlets) for outlets in (1, 0)]
    (one,) = score([*came, Outcome(expected, spread, even, 0, 1, 0)])
    assert (one.n, one.open, one.outlets_inside, one.outlets_error, one.plain_outlets_error) == (3, 2, 1.0, 0.5, 0.5)
    assert one.outlets_even == pytest.approx(0.8, abs=1e-4)
    (rare,) = score([Outcome(expected, spread, Usual(0.01, 1e6), 1, 1, 1)])
    assert rare.outlets_even == 0.0, "what is as good as excluded lies outside"


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 8), st.floats(0.3, 20), st.integers(1, 6))
def test_a_right_distribution_of_outlets_holds_four_fifths_of_the_chance(mean, shape, silent):
    """Weighed by how likely each outcome is, whatever the distribution."""
    new, expected = Usual(mean, shape), Expected(3.0, 0, 0, 0, 0, 0, silent, 0)
    chances = [f.at_most(n, new) - (f.at_most(n - 1, new) if n else 0.0) for n in range(silent)]
    chances.append(1.0 - sum(chances))
    held = [f._held(Outcome(expected, new, new, silent, 0, n)) for n in range(silent + 1)]
    assert sum(chance * one for chance, one in zip(chances, held, strict=True)) == pytest.approx(f.SHARE, abs=1e-6)


def test_scores_are_kept_apart_by_hours():
    expected = Expected(3.0, 2, 0, 4, 0, 0, 1, 5)
    later = replace(expected, hours=24.0)
    assert [
        one.hours for one in score([Outcome(later, Usual(1, 1), UNHEARD, 0, 0, 0), Outcome(expected, Usual(1, 1), UNHEARD, 0, 0, 0)])
    ] == [3.0, 24.0]
    assert score([]) == ()


def test_the_plain_forecast_of_outlets_counts_those_that_told_it_first_in_the_last_period():
    growth = [Report(NIGHT + hour * HOUR, name) for hour, name in ((0, "a"), (4, "b"), (5, "a"), (6, "c"))]
    three, six, day = forecast(growth, NIGHT + 6 * HOUR, fit_of())
    assert [one.plain_outlets for one in (three, six, day)] == [2, 2, 3], (
        "a told it first six hours ago, which is no longer in the last six"
    )


def test_the_prior_foretells_reports_and_no_outlets():
    prior = f.prior()
    assert prior.samples == 0 and len(prior.activity) == 24 and [one.hours for one in prior.horizons] == list(f.HOURS)
    assert np.mean(prior.activity) == pytest.approx(1.0, abs=0.05), "an ordinary hour is one hour"
    found = forecast(story(*np.linspace(0, 2, 12), outlets="abcdef"), NIGHT + 2 * HOUR, prior)
    assert all(one.items_high > 0 and (one.outlets_low, one.outlets, one.outlets_high) == (0, 0, 0) for one in found)
    assert Fit.from_data(json.loads(json.dumps(prior.to_data()))) == prior
