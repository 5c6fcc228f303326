"""Shares of tone: intervals that hold for small n, nothing of a small group, and no share where too few were told."""

from __future__ import annotations

from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine.tone_shares import TONES, Part, Said, said_of, share_of

COUNTS = st.fixed_dictionaries({tone: st.integers(0, 40) for tone in TONES})


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662), (10, 10, 0.7225, 1.0)],
)
def test_the_interval_is_that_of_wilson(count, of, low, high):
    """81 of 263: Newcombe 1998, table I, method 3; the rest by hand from the formula."""
    share = share_of(count, of)
    assert (share.low, share.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
@settings(max_examples=60, deadline=None)
def test_the_interval_holds_its_share_and_is_the_other_way_round_for_the_rest(pair):
    count, of = pair
    share, rest = share_of(count, of), share_of(of - count, of)
    assert 0 <= share.low <= share.share <= share.high <= 1
    assert share.low == pytest.approx(1 - rest.high) and share.high == pytest.approx(1 - rest.low)


@pytest.mark.parametrize(("count", "of"), [(1, 0), (-1, 5), (6, 5)])
def test_a_share_of_nothing_is_refused(count, of):
    with pytest.raises(ValueError, match="share"):
        share_of(count, of)


def test_fewer_than_ten_are_too_few_and_nought_is_told():
    assert said_of({"negative": 9}, people=False) == Said(None)
    assert said_of({}, people=True) == Said(0)
    assert said_of({"negative": 10}, people=False).n == 10


def test_press_is_told_as_it_is_and_unclear_is_no_opinion():
    said = said_of({"negative": 6, "neutral": 9, "positive": 2, "mixed": 1, "unclear": 7}, people=False)
    assert said.parts == (Part(("negative",), 6), Part(("mixed",), 1), Part(("neutral",), 9), Part(("positive",), 2), Part(("unclear",), 7))
    assert said.negative == share_of(6, 18) and said.positive == share_of(2, 18)


def test_where_nearly_all_are_unclear_there_is_no_share():
    said = said_of({"negative": 3, "unclear": 30}, people=False)
    assert (said.n, said.negative, said.positive) == (33, None, None)


def test_of_people_small_answers_stand_together():
    said = said_of({"negative": 24, "neutral": 31, "positive": 4, "mixed": 2, "unclear": 12}, people=True)
    assert said.parts == (Part(("negative",), 24), Part(("neutral",), 31), Part(("mixed", "positive", "unclear"), 18))
    assert said.negative is None, "how many were told does not come out"
    said = said_of({"negative": 24, "neutral": 11, "positive": 14, "unclear": 12}, people=True)
    assert said.negative == share_of(24, 49) and said.positive == share_of(14, 49)


def test_a_single_small_answer_takes_the_smallest_other_with_it():
    said = said_of({"negative": 40, "neutral": 15, "positive": 3}, people=True)
    assert said.parts == (Part(("negative",), 40), Part(("neutral", "positive"), 18))
    assert said.negative == share_of(40, 58) and said.positive is None


def test_an_answer_nobody_gave_is_nought_and_is_told():
    assert said_of({"negative": 20, "neutral": 12}, people=True).positive == share_of(0, 32)


@given(COUNTS)
@settings(max_examples=150, deadline=None)
def test_nothing_below_ten_people_comes_out_by_subtraction(counts):
    said = said_of(counts, people=True)
    if not said.n:
        return
    assert sum(part.count for part in said.parts) == said.n == sum(counts.values())
    sizes = [part.count for part in said.parts]
    for chosen in chain.from_iterable(combinations(sizes, size) for size in range(1, len(sizes) + 1)):
        assert sum(chosen) >= 10
    for pole, share in (("negative", said.negative), ("positive", said.positive)):
        if share is not None:
            assert share.count == counts[pole] == 0 or share.count >= 10
            assert share.of == said.n - counts["unclear"] >= 10
            assert counts["unclear"] == 0 or counts["unclear"] >= 10
