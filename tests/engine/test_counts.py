"""How surprising a count is, against scipy's own negative binomial; and what any monotone measure must keep."""

from __future__ import annotations

from math import lgamma, log10

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import nbinom

from kentongan.engine.counts import Usual, at_most, band, likelihood, log_gamma, quantile, surprise, usual

USUAL = st.builds(Usual, st.floats(0.01, 200), st.floats(0.05, 3))


def reference(expected: Usual) -> tuple[float, float]:
    """scipy's parameters: number of successes and chance of one."""
    return expected.shape, expected.shape / (expected.shape + expected.mean)


@given(USUAL, st.integers(1, 400))
def test_surprise_is_the_tail_of_the_negative_binomial(expected: Usual, count: int) -> None:
    chance = nbinom.sf(count - 1, *reference(expected))
    assume(count > expected.mean and chance > 1e-250)
    assert surprise(count, expected) == pytest.approx(-log10(chance), rel=1e-3, abs=1e-3)


@given(USUAL, st.sampled_from([0.5, 0.8, 0.9, 0.99]))
def test_the_band_holds_its_share_and_not_much_more(expected: Usual, share: float) -> None:
    low, high = band(expected, share)
    assert 0 <= low <= high and low.is_integer() and high.is_integer()
    inside = nbinom.cdf(high, *reference(expected)) - nbinom.cdf(low - 1, *reference(expected))
    assert inside >= share - 1e-6
    if high > low:
        assert nbinom.cdf(high - 1, *reference(expected)) <= 1 - (1 - share) / 2 + 1e-6


@given(USUAL, st.integers(0, 300), st.integers(1, 50))
def test_a_larger_count_is_never_less_surprising(expected: Usual, count: int, more: int) -> None:
    assert surprise(count + more, expected) >= surprise(count, expected) - 1e-9


@given(USUAL)
def test_what_is_usual_does_not_surprise(expected: Usual) -> None:
    assert surprise(int(expected.mean), expected) == 0.0
    assert surprise(0, expected) == 0.0


@given(st.integers(0, 500), st.floats(0, 1000), st.floats(0.1, 100))
def test_twice_the_window_expects_twice_as_much(seen: int, volume: float, window: float) -> None:
    once, twice = usual(seen, volume, window, 1.0, 50.0), usual(seen, volume, 2 * window, 1.0, 50.0)
    assume(once.mean > 1e-5)
    assert twice.mean == pytest.approx(2 * once.mean)
    assert twice.shape == once.shape


@given(st.integers(0, 500), st.integers(1, 50), st.floats(0, 1000))
def test_a_richer_past_expects_more_and_is_surer(seen: int, more: int, volume: float) -> None:
    less, richer = usual(seen, volume, 10.0, 1.0, 50.0), usual(seen + more, volume, 10.0, 1.0, 50.0)
    assert richer.mean > less.mean
    assert richer.shape > less.shape
    assert richer.shape < 1 / 0.35, "news comes in clusters: no past makes it surer than that"


def test_by_hand() -> None:
    """Prior one item in fifty, nothing seen in fifty: one item in a hundred; a window of ten expects 0.1."""
    assert usual(0, 50.0, 10.0, 1.0, 50.0).mean == pytest.approx(0.1)
    assert surprise(1, Usual(1.0, 1.0)) == 0.0
    assert surprise(2, Usual(1.0, 1.0)) == pytest.approx(-log10(0.25))  # geometric: half and half again
    assert band(Usual(1.0, 1.0), 0.5) == (0.0, 1.0)


@given(USUAL, st.sampled_from([0.1, 0.5, 0.8, 0.9]))
def test_a_quantile_is_the_least_count_that_enough_windows_do_not_pass(expected: Usual, share: float) -> None:
    count = quantile(expected, share)
    assert nbinom.cdf(count, *reference(expected)) >= share - 1e-6
    assert count == 0 or nbinom.cdf(count - 1, *reference(expected)) < share + 1e-6


@given(USUAL, st.integers(-1, 100))
def test_at_most_is_the_other_side_of_the_tail(expected: Usual, count: int) -> None:
    assert at_most(count, expected) == pytest.approx(nbinom.cdf(count, *reference(expected)), rel=1e-6, abs=1e-9)


@given(USUAL, st.integers(0, 100))
def test_the_likelihood_of_many_is_that_of_one(expected: Usual, count: int) -> None:
    got = likelihood(np.array([float(count)]), np.array([expected.mean]), np.array([expected.shape]))[0]
    assert got - lgamma(count + 1) == pytest.approx(nbinom.logpmf(count, *reference(expected)), rel=1e-6, abs=1e-6)


@given(st.floats(1e-5, 1e7))
def test_the_gamma_function_is_the_standard_one(value: float) -> None:
    assert log_gamma(np.array([value]))[0] == pytest.approx(lgamma(value), rel=1e-9, abs=1e-7)
