"""The claim's share before and after: intervals that hold for outlets, verdicts that say nothing too soon."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.echo_effect import Effect, Text, difference, effect
from kentongan.engine.reasons import sentence

AT = datetime(2026, 3, 2, tzinfo=UTC)
NOW = AT + timedelta(days=7)


def texts(before: list[tuple[int, int]], after: list[tuple[int, int]]) -> list[Text]:
    """(texts, of which make the claim) of each outlet in both windows."""
    found = []
    for sign, told in ((-1, before), (1, after)):
        for outlet, (total, claim) in enumerate(told):
            found += [Text(f"outlet {outlet}", AT + sign * timedelta(hours=1 + place), place < claim) for place in range(total)]
    return found


def said(before: list[tuple[int, int]], after: list[tuple[int, int]]) -> Effect:
    return effect(texts(before, after), AT, NOW)


@pytest.mark.parametrize(
    ("first", "n", "second", "m", "low", "high"),
    [(56 / 70, 70, 48 / 80, 80, -0.3339, -0.0524), (9 / 10, 10, 3 / 10, 10, -0.8090, -0.1705), (0.0, 10, 0.0, 20, -0.2775, 0.1611)],
)
def test_the_interval_is_the_one_of_newcombes_table(first: float, n: float, second: float, m: float, low: float, high: float) -> None:
    assert difference(first, n, second, m) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_it_fell_where_nearly_all_outlets_let_it_go() -> None:
    found = said([(2, 2)] * 20, [(2, 0)] * 20)
    assert found.verdict == "fell"
    assert found.high < 0.0
    assert sentence(found.reason()).startswith("After the publication the claim's share fell by 100 points")


def test_it_rose_where_nearly_all_outlets_took_it_up() -> None:
    assert said([(2, 0)] * 20, [(2, 2)] * 20).verdict == "rose"


def test_five_outlets_that_wrote_little_show_no_effect_and_say_what_would_have_been_seen() -> None:
    found = said([(3, 2)] * 5, [(3, 1)] * 5)
    assert (found.verdict, found.change) == ("none", pytest.approx(-1 / 3))
    assert found.least is not None and found.least > 1 / 3
    assert "No effect can be shown; a fall of" in sentence(found.reason())


@pytest.mark.parametrize(("before", "after"), [([], [(3, 1)]), ([(3, 1)], []), ([(50, 50)], [(50, 0)]), ([(1, 0)] * 4, [(1, 0)] * 4)])
def test_where_too_little_was_told_nothing_is_shown(before: list[tuple[int, int]], after: list[tuple[int, int]]) -> None:
    found = said(before, after)
    assert (found.verdict, found.least) == ("none", None)
    assert "too few outlets" in sentence(found.reason())


def test_many_articles_of_few_outlets_are_worth_few() -> None:
    many = said([(40, 40), (40, 0), (40, 0), (40, 0)], [(40, 0)] * 4)
    assert many.before.texts == 160
    assert many.before.worth <= 4.0
    assert many.verdict == "none"


def test_copies_count_for_who_wrote_them() -> None:
    own = texts([(2, 2)] * 4, [(2, 1)] * 4)
    copies = [Text(f"copier {place}", AT + timedelta(hours=3), True, copy=True) for place in range(50)]
    assert effect([*own, *copies], AT, NOW) == effect(own, AT, NOW)


def test_both_windows_are_as_long_as_the_time_since_the_publication() -> None:
    own = texts([(3, 3)] * 4, [(3, 0)] * 4)
    old = [Text("outlet 9", AT - timedelta(days=2), True)]
    assert effect([*own, *old], AT, AT + timedelta(hours=12)).before == effect(own, AT, NOW).before


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5)), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_order_changes_nothing_and_the_interval_holds_the_change(told: list[tuple[int, int]], chance: random.Random) -> None:
    told = [(total, min(total, claim)) for total, claim in told]
    own = texts(told, told[::-1])
    mixed = list(own)
    chance.shuffle(mixed)
    found = effect(own, AT, NOW)
    assert effect(mixed, AT, NOW) == found
    assert found.change is not None and -1.0 <= found.low <= found.change <= found.high <= 1.0
    assert found.verdict == "none"


def test_where_nothing_changed_an_effect_is_claimed_in_fewer_than_one_of_twenty() -> None:
    chance = random.Random(7)
    wrong = rounds = 0
    for _ in range(400):
        habits = [chance.betavariate(1.2, 1.8) for _ in range(12)]
        windows = []
        for busy in (8, 4):
            sizes = [chance.randint(0, busy) for _ in habits]
            windows.append([(size, sum(chance.random() < habit for _ in range(size))) for size, habit in zip(sizes, habits, strict=True)])
        wrong += said(*windows).verdict != "none"
        rounds += 1
    assert wrong / rounds < 0.05


def test_a_great_change_is_seen_in_most_cases() -> None:
    chance = random.Random(8)
    seen = 0
    for _ in range(200):
        before = [(3, sum(chance.random() < 0.7 for _ in range(3))) for _ in range(20)]
        after = [(3, sum(chance.random() < 0.15 for _ in range(3))) for _ in range(20)]
        seen += said(before, after).verdict == "fell"
    assert seen / 200 > 0.9


def test_a_text_needs_a_time_with_its_zone() -> None:
    with pytest.raises(ValueError, match="UTC"):
        Text("outlet", AT.replace(tzinfo=None), True)
