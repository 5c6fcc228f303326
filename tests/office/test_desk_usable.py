"""Which facts may be used: no two figures of the same are ever usable at once, and whatever moves opens a settled conflict again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.office.desk.usable import Ban, Fact, Settled, banned, figure_of, key_of

NOW = datetime(2025, 11, 27, 0, 30, tzinfo=UTC)
ABOUT = "warga mengungsi di Rawa Kenari"


def fact(pk: int, figure: str, agency: int = 1, **fields):
    return Fact(pk, 1, ABOUT, figure, agency, **fields)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1200", "1.200", True),
        ("1 200 orang", "1.200  Orang", True),
        ("1.200.000", "1200000", True),
        ("1200", "1,200", False),
        ("1.20", "120", False),
        ("1.2000", "12000", False),
        ("12,5", "12.5", False),
        ("1.200,5", "1200,5", False),
        ("sekitar 40", "40", False),
        ("40", "41", False),
    ],
)
def test_figures_are_the_same_only_where_they_can_mean_nothing_else(one, other, same):
    assert (figure_of(one) == figure_of(other)) is same


def test_two_agencies_with_other_figures_of_the_same_may_both_not_be_used():
    facts = [fact(1, "40", 1), replace(fact(2, "55", 2), about="  Warga mengungsi di RAWA Kenari"), Fact(3, 1, "jalan ditutup", "2", 1)]
    assert banned(facts, [], NOW) == {1: Ban("conflict", (2,)), 2: Ban("conflict", (1,))}


def test_agencies_that_agree_and_figures_of_other_things_conflict_with_nothing():
    assert banned([fact(1, "1.200", 1), fact(2, "1200", 2), Fact(3, 1, "", "7"), Fact(4, 1, ABOUT, "")], [], NOW) == {}


def test_what_is_withdrawn_or_expired_may_not_be_used_and_conflicts_with_nothing():
    facts = [fact(1, "40"), fact(2, "55", withdrawn=True), fact(3, "60", expires=NOW), fact(4, "40", 2, expires=NOW + timedelta(minutes=1))]
    assert banned(facts, [], NOW) == {2: Ban("withdrawn"), 3: Ban("expired")}


def test_what_was_settled_holds_until_something_of_it_moves():
    facts = [fact(1, "40", 1), fact(2, "55", 2)]
    settled = [Settled(ABOUT, 2, frozenset({(1, 1), (2, 1)}))]
    assert banned(facts, settled, NOW) == {1: Ban("other_holds", (2,))}
    for moved in (
        [facts[0], replace(facts[1], version=2)],
        [replace(facts[0], version=2, figure="41"), facts[1]],
        [*facts, fact(3, "60", 3)],
    ):
        assert {ban.code for ban in banned(moved, settled, NOW).values()} == {"conflict"}
    assert banned([replace(facts[0], version=2, figure="55"), facts[1]], settled, NOW) == {}, "all say the same by now"
    assert banned([facts[0], replace(facts[1], withdrawn=True)], settled, NOW) == {2: Ban("withdrawn")}


FACTS = st.lists(
    st.builds(
        Fact,
        pk=st.integers(1, 9),
        version=st.integers(1, 2),
        about=st.sampled_from(["", "a", "A ", "b"]),
        figure=st.sampled_from(["", "1.000", "1000", "1,000", "7"]),
        agency=st.sampled_from([None, 1, 2]),
        expires=st.sampled_from([None, NOW, NOW + timedelta(hours=1)]),
        withdrawn=st.booleans(),
    ),
    unique_by=lambda one: one.pk,
    max_size=7,
)


@st.composite
def decided(draw):
    """Facts, and what somebody settled about some of them."""
    facts = draw(FACTS)
    pairs = [(one.pk, one.version) for one in facts]
    holds = st.sampled_from([one.pk for one in facts]) if facts else st.just(1)
    among = st.frozensets(st.sampled_from(pairs)) if pairs else st.just(frozenset())
    settled = draw(st.lists(st.builds(Settled, about=st.sampled_from(["a", "b"]), holds=holds, among=among), max_size=2))
    return facts, settled


@given(decided())
def test_no_two_usable_facts_ever_say_other_figures_of_the_same(given_):
    facts, settled = given_
    bans = banned(facts, settled, NOW)
    said: dict[str, set[str]] = {}
    for one in facts:
        if one.pk not in bans and key_of(one.about) and figure_of(one.figure):
            said.setdefault(key_of(one.about), set()).add(figure_of(one.figure))
    assert all(len(figures) == 1 for figures in said.values())


@given(decided(), st.randoms(use_true_random=False))
def test_the_order_of_the_facts_changes_nothing_and_each_ban_names_others_that_are_there(given_, chance):
    facts, settled = given_
    bans, shuffled = banned(facts, settled, NOW), list(facts)
    chance.shuffle(shuffled)
    assert banned(shuffled, settled, NOW) == bans
    there = {one.pk for one in facts}
    for pk, ban in bans.items():
        assert pk in there
        assert set(ban.against) <= there - {pk}
        assert bool(ban.against) == (ban.code in {"conflict", "other_holds"})
