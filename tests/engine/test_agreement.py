"""Krippendorff's alpha: his own three examples, the ends of the scale, and what must not change it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.agreement import alpha, pairable


def things(*people):
    """Rows of labels, one a thing, out of one string a person; a dot is a gap."""
    return [[label for label in labels if label != "."] for labels in zip(*people, strict=True)]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        (("0100000010", "1110010000"), 0.095),
        (("aabbdcccedda", "babbbcccedddd"[:12]), 0.692),
        (("123321412...", "1233224125.3", ".3332342251.", "1233244125 1.".replace(" ", "")), 0.743),
    ],
)
def test_it_gives_what_krippendorff_computed(people, expected):
    assert alpha(things(*people)) == pytest.approx(expected, abs=0.0006)


def test_full_agreement_is_one_and_swapped_labels_are_below_chance():
    assert alpha(things("aabb", "aabb")) == 1.0
    assert alpha(things("ab", "ba")) < 0


def test_where_nothing_can_be_told_apart_there_is_no_figure():
    assert alpha([]) is None
    assert alpha(things("aaa", "aaa")) is None
    assert alpha(things("ab.", "..c")) is None


def test_what_one_person_alone_labelled_counts_for_nothing():
    whole = things("aabb", "abbb")
    assert alpha([*whole, ["c"], []]) == alpha(whole)
    assert pairable([*whole, ["c"], []]) == 4


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=8))
def test_neither_order_nor_names_of_labels_matter(rows):
    value = alpha(rows)
    other = alpha([[{"a": 3, "b": 1, "c": 2}[label] for label in reversed(row)] for row in reversed(rows)])
    assert (value is None) == (other is None)
    if value is not None and other is not None:
        assert value == pytest.approx(other)
        assert value <= 1.0
