"""The budget: so many signals a day and no more, crises apart, and a bar that finds its height."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.alert_budget import HIGHEST, SHARE, Budget

DAY = 86_400.0
NOW = 20_000 * DAY


def test_the_ninth_of_a_day_has_no_room_and_has_it_when_the_first_is_a_day_old() -> None:
    budget = Budget()
    for number in range(8):
        budget.pass_to(NOW + number * 600, 8)
        assert budget.has_room(8)
        budget.tell(NOW + number * 600, f"g{number}", 8)
    assert not budget.has_room(8)
    budget.pass_to(NOW + DAY - 1, 8)
    assert not budget.has_room(8)
    budget.pass_to(NOW + DAY, 8)
    assert budget.has_room(8)


def test_without_a_budget_there_is_always_room_and_no_bar() -> None:
    budget = Budget()
    for number in range(50):
        budget.tell(NOW, f"g{number}", 0)
    assert budget.has_room(0)
    assert budget.bar == 0.0


def test_what_is_held_back_is_counted_until_it_is_told() -> None:
    budget = Budget()
    budget.hold(NOW, "g1", "Pasar")
    budget.hold(NOW + 60, "g2", "Banjir")
    budget.hold(NOW + 120, "g1", "Pasar lama")
    assert budget.held_since(NOW) == 2
    assert [(one.signal, one.subject) for one in budget.held] == [("g2", "Banjir"), ("g1", "Pasar lama")]
    budget.tell(NOW + 180, "g2", 8)
    assert budget.held_since(NOW) == 1
    budget.pass_to(NOW, 8)
    budget.pass_to(NOW + 40 * DAY, 8)
    assert budget.held == []


def test_the_bar_settles_where_most_of_the_budget_is_told() -> None:
    """Forty rises a day of exponential worth: the bar rises until about nine tenths of eight are above it."""
    chance, budget, told = Random(3), Budget(), []
    for hour in range(24 * 80):
        budget.pass_to(NOW + hour * 3600, 8)
        for _ in range(2 if hour % 3 else 1):
            if chance.expovariate(1.0) >= budget.bar and budget.has_room(8):
                budget.tell(NOW + hour * 3600, f"g{hour}", 8)
                told.append(hour)
    late = sum(hour >= 24 * 30 for hour in told) / 50
    assert SHARE * 8 - 0.8 <= late <= 8.0
    assert 0.5 < budget.bar < 3.0


def test_a_quiet_town_never_meets_the_bar() -> None:
    budget = Budget()
    for day in range(60):
        budget.pass_to(NOW + day * DAY, 8)
        for number in range(3):
            budget.tell(NOW + day * DAY, f"g{day}{number}", 8)
    budget.pass_to(NOW + 60 * DAY, 8)
    assert budget.bar == 0.0


def test_with_more_than_half_of_the_budget_told_a_rise_must_be_worth_more() -> None:
    budget = Budget()
    heights = []
    for number in range(9):
        heights.append(budget.height(8, 3.0) - budget.bar)
        budget.tell(NOW, f"g{number}", 8)
    assert heights == pytest.approx([0, 0, 0, 0, 0, 0.75, 1.5, 2.25, 3.0])
    assert Budget().height(0, 3.0) == 0.0


def test_where_much_is_written_and_little_told_it_sinks_a_little_under_the_least() -> None:
    budget = Budget()
    for day in range(30):
        budget.pass_to(NOW + day * DAY, 8, -1.5)
    assert budget.bar == -1.5
    budget.pass_to(NOW + 31 * DAY, 8, 0.0)
    assert budget.bar == -1.5, "it does not jump"
    for number in range(40):
        budget.tell(NOW + 31 * DAY, f"g{number}", 8)
    assert budget.bar == pytest.approx(0.5)


@given(st.lists(st.tuples(st.floats(0, 30), st.sampled_from("tpx")), max_size=80))
def test_however_things_come_it_stays_within_bounds_and_goes_through_json(rows: list[tuple[float, str]]) -> None:
    budget, at = Budget(), NOW
    for number, (hours, what) in enumerate(rows):
        at += hours * 3600
        budget.pass_to(at, 8)
        if what == "t" and budget.has_room(8):
            budget.tell(at, f"g{number}", 8)
        elif what == "x":
            budget.hold(at, f"g{number}", "x")
        assert 0.0 <= budget.bar <= HIGHEST
        assert sum(at - one < DAY for one in budget.told) <= 8
    assert Budget.from_data(json.loads(json.dumps(budget.to_data()))) == budget


@pytest.mark.parametrize(("budget", "free"), [(1, 1), (2, 1), (3, 2), (5, 3), (8, 5), (16, 10)])
def test_the_last_of_a_day_are_kept_for_what_speaks_of_harm(budget: int, free: int) -> None:
    one = Budget()
    for number in range(budget):
        assert one.has_room(budget, harmful=True)
        assert one.has_room(budget, harmful=False) == (number < free)
        one.tell(NOW, f"g{number}", budget)
    assert not one.has_room(budget, harmful=True)
    assert Budget().has_room(0, harmful=False)
