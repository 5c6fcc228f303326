"""Weekly and monthly counts: what is usual, what rises, what falls silent, and what must never matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine.counts import surprise
from kentongan.engine.surveillance import FEW, GUARD, MONTHLY, Settings, judge, watch

WEEKLY = Settings()
FEW_EXAMPLES = settings(max_examples=6, deadline=None)
SHORT = st.lists(st.integers(0, 40), min_size=8, max_size=16)


def poisson(mean, weeks, seed=1, series=1):
    return np.random.default_rng(seed).poisson(mean, (series, weeks)).astype(float)


def seasonal(weeks, peak_week=10, mean=8.0):
    return mean * np.exp(0.9 * np.cos(2 * np.pi * (np.arange(weeks) - peak_week) / 52))


def test_an_even_series_never_warns():
    seen = watch(np.full((1, 60), 4.0), WEEKLY)
    assert not seen.warned.any() and not seen.silent.any()
    assert seen.mean[0, -1] == pytest.approx(4.0, rel=0.1)


def test_a_series_of_zeros_is_usual_until_cases_come():
    zeros = [0.0] * 40
    assert judge([*zeros, 0], WEEKLY).kind == "usual"
    assert judge([*zeros, 4], WEEKLY).kind == "rise"
    assert judge(zeros, WEEKLY).expected.mean < 0.1


def test_nothing_is_said_without_a_past_or_without_a_count():
    assert judge([], WEEKLY).kind == "unknown"
    assert judge([3, 3, 90], WEEKLY).kind == "unknown"
    assert judge([3.0] * 30 + [None], WEEKLY).kind == "unknown"


def test_after_a_few_weeks_only_a_multiple_is_news():
    start = [5, 4, 6, 5, 5, 4]
    assert judge([*start, 10], WEEKLY).kind == "usual"
    assert judge([*start, 45], WEEKLY).kind == "rise"
    long = [*start, *poisson(5, 200)[0]]
    assert judge([*long, 16], WEEKLY).kind == "rise", "what four years have shown narrows what is usual"


@pytest.mark.parametrize("usual", [0, 3, 24, 160, 1_000])
@pytest.mark.parametrize("grid", [WEEKLY, Settings(MONTHLY)])
def test_the_first_period_that_is_judged_stands_beside_nothing(usual, grid):
    seen = watch(np.full((1, FEW + GUARD + 2), float(usual)), grid)
    assert not seen.warned.any()
    assert not seen.silent.any()
    assert (seen.rise[:, FEW + GUARD] < 0.5).all(), "the period before it was held against nothing"


def test_two_weeks_a_little_high_are_found_where_one_is_not():
    past = list(poisson(20, 110, seed=3)[0])
    assert judge([*past, 20, 28], WEEKLY).kind == "usual"
    assert judge([*past, 28, 28], WEEKLY).kind == "rise"


def test_one_week_that_stands_out_is_one_warning():
    counts = poisson(6, 120, seed=5)
    counts[0, 100:103] = 6, 40, 6
    assert list(np.flatnonzero(watch(counts, WEEKLY, 95).warned[0, 95:110]) + 95) == [101]


def test_an_outbreak_of_years_ago_hides_nothing():
    counts = poisson(4, 210, seed=7)
    clean = watch(counts, WEEKLY, 205)
    counts[0, 60:72] += 30
    after = watch(counts, WEEKLY, 205)
    assert after.mean[0, -1] < 1.35 * clean.mean[0, -1]
    assert judge([*counts[0], 16], WEEKLY).kind == "rise"


def test_a_season_seen_twice_is_no_outbreak():
    counts = np.random.default_rng(2).poisson(seasonal(180), (20, 180)).astype(float)
    seen = watch(counts, WEEKLY, 156)
    assert seen.warned[:, 160:172].mean() < 0.06
    assert seen.mean[0, 166] > 1.5 * seen.mean[0, 179]


def test_a_week_of_the_low_season_is_judged_by_the_low_season():
    past = list(np.random.default_rng(4).poisson(seasonal(140)).astype(float))
    assert judge([*past, 16], WEEKLY).kind == "rise", "half a year after the peak: four are usual"


def test_usual_weeks_seldom_warn():
    seen = watch(poisson(3, 190, seed=9, series=60), WEEKLY, 160)
    assert seen.warned[:, 160:].mean() < 0.05
    assert seen.silent[:, 160:].mean() < 0.02


@pytest.mark.parametrize(("mean", "often"), [(3.0, 0.10), (20.0, 0.10), (60.0, 0.12)])
def test_in_its_first_year_an_even_series_is_near_its_mean_and_seldom_warns(mean, often):
    """Before, weeks of sixty were thought to be usually twenty, and nine in ten of the first were warnings."""
    seen = watch(poisson(mean, 52, seed=3, series=30), WEEKLY)
    early, late = seen.mean[:, 8:26], seen.mean[:, 26:]
    assert 0.85 * mean < np.median(early) < 1.15 * mean
    assert 0.85 * mean < np.median(late) < 1.15 * mean
    assert seen.warned[:, 5:].mean() < often


def test_hundreds_a_week_that_differ_by_a_tenth_are_no_season():
    """Before, chance alone was believed of them, and one in six even weeks of the first half year was a warning."""
    rng = np.random.default_rng(8)
    counts = rng.poisson(600 * rng.gamma(100, 0.01, (60, 26))).astype(float)
    seen = watch(counts, WEEKLY)
    assert seen.warned[:, 4:].mean() < 0.09
    assert seen.silent[:, 4:].mean() < 0.02


def test_silence_is_judged_by_the_same_statistics():
    past = list(poisson(12, 120, seed=11)[0])
    fallen = judge([*past, 1, 0], WEEKLY)
    assert fallen.kind == "fall" and fallen.evidence > WEEKLY.fell
    assert judge([*[0, 1, 0, 0] * 20, 0, 0], WEEKLY).kind == "usual", "where little is usual, nothing is no news"


def test_a_missing_week_is_neither_zero_nor_news():
    counts = poisson(9, 100, seed=13)
    counts[0, [40, 41, 98]] = np.nan
    seen = watch(counts, WEEKLY)
    assert not seen.silent[0, [40, 41, 98]].any() and not seen.warned[0, [40, 41, 98]].any()
    assert np.isfinite(seen.mean).all() and seen.mean[0, -1] == pytest.approx(9, rel=0.25)


def test_months_are_weeks_on_another_grid():
    monthly = Settings(period=MONTHLY)
    past = list(np.random.default_rng(6).poisson(10 + 6 * np.cos(2 * np.pi * np.arange(60) / 12)).astype(float))
    assert judge([*past, 16], monthly).kind == "usual"
    assert judge([*past, 45], monthly).kind == "rise"


def test_a_verdict_carries_the_surprise_of_the_counts_module():
    verdict = judge([*poisson(5, 80)[0], 14], WEEKLY)
    assert verdict.surprise == surprise(14, verdict.expected) > 2


@FEW_EXAMPLES
@given(SHORT, st.integers(6, 15))
def test_it_can_be_stopped_and_begun_again_anywhere(counts, stop):
    """What is said of a week depends on the weeks before it alone."""
    whole = watch(np.array([counts], dtype=float), WEEKLY)
    begun = watch(np.array([counts[:stop]], dtype=float), WEEKLY)
    length = begun.rise.shape[1]
    assert np.array_equal(whole.rise[:, :length], begun.rise)
    assert np.array_equal(whole.warned[:, :length], begun.warned)


@FEW_EXAMPLES
@given(SHORT, st.integers(1, 200))
def test_a_larger_count_never_speaks_less_for_a_rise(counts, more):
    less, higher = judge(counts, WEEKLY), judge([*counts[:-1], counts[-1] + more], WEEKLY)
    seen = watch(np.array([counts, [*counts[:-1], counts[-1] + more]], dtype=float), WEEKLY)
    assert seen.rise[1, -1] >= seen.rise[0, -1] - 1e-9
    assert seen.fall[1, -1] <= seen.fall[0, -1] + 1e-9
    assert not (less.kind == "rise" and higher.kind != "rise")


@FEW_EXAMPLES
@given(SHORT)
def test_company_changes_nothing(counts):
    alone = watch(np.array([counts], dtype=float), WEEKLY)
    company = watch(np.array([counts, [200.0] * len(counts), [0.0] * len(counts)]), WEEKLY)
    assert company.mean[0] == pytest.approx(alone.mean[0], rel=0.02)


def test_a_later_start_comes_to_the_same_verdicts():
    counts = poisson(7, 130, seed=17, series=5)
    whole, late = watch(counts, WEEKLY), watch(counts, WEEKLY, 100)
    assert late.mean[:, 100:] == pytest.approx(whole.mean[:, 100:], rel=0.01)
    assert not late.warned[:, :100].any()


def test_the_same_series_ten_times_as_large_is_expected_ten_times_as_high():
    counts = poisson(20, 150, seed=19)
    one, ten = watch(counts, WEEKLY, 140), watch(counts * 10, WEEKLY, 140)
    assert ten.mean[0, -1] == pytest.approx(10 * one.mean[0, -1], rel=0.1)


def test_wrong_counts_and_settings_are_refused():
    with pytest.raises(ValueError, match="below zero"):
        watch(np.array([[1.0, -1.0]]), WEEKLY)
    with pytest.raises(ValueError, match="period"):
        Settings(period=1.0)
