"""Whom a route reaches and when: duty before everybody, stand-ins, gaps, channels, and quiet hours by the clock on the wall."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.office.alerting.reaching import Path, Person, Quiet, Roster, channels, held_until, passed_on, routed

JAKARTA = ZoneInfo("Asia/Jakarta")
NIGHT = Quiet(time(21), time(6))
NOON = Quiet(time(12), time(13))
SARI, JOKO, KEPALA, IBU = (
    Person(1, frozenset({"officer"}), email="s@x.example", browsers=(7, 8)),
    Person(2, frozenset({"officer"})),
    Person(3, frozenset({"leader"})),
    Person(4, frozenset({"administrator"})),
)
ALL = {one.pk: one for one in (SARI, JOKO, KEPALA, IBU)}
OFFICERS = Path(1, roles=("officer",), channels=frozenset({"mail", "push"}))


def at(hour, minute=0, day=27):
    return datetime(2025, 11, day, hour, minute, tzinfo=JAKARTA)


def test_on_duty_goes_before_everybody_and_a_gap_is_named():
    assert list(routed([OFFICERS], Roster(ALL, [(2, "officer")])).people) == [2]
    found = routed([OFFICERS], Roster(ALL, [(2, "analyst")]))
    assert (list(found.people), found.gaps) == ([1, 2], ["officer"])


def test_whoever_stands_in_is_told_with_the_one_they_stand_in_for_also_for_people_named():
    roster = Roster(ALL, [(1, "officer")], [(1, 3), (2, 4)])
    assert list(routed([OFFICERS], roster).people) == [1, 3]
    assert list(routed([Path(1, people=(2,))], roster).people) == [2, 4]


def test_somebody_is_reached_once_by_all_their_routes():
    named = Path(2, people=(1,))
    assert routed([OFFICERS, named], Roster(ALL, [(1, "officer")])).people == {1: [OFFICERS, named]}


def test_nobody_at_all_means_the_administrators():
    assert list(routed([Path(1, roles=("press",))], Roster(ALL)).people) == [4]
    assert routed([Path(1, addresses=(5,))], Roster(ALL)).people == {}


def test_it_is_passed_on_to_those_who_were_not_told():
    roster = Roster(ALL, [(1, "officer")], [(1, 4)])
    assert list(passed_on(1, [OFFICERS], roster, [1]).people) == [4, 2]
    assert list(passed_on(2, [OFFICERS], roster, [1, 2]).people) == [3]
    assert passed_on(2, [OFFICERS], roster, [1, 2, 3]).people == {}
    assert passed_on(2, [OFFICERS], roster, []).gaps == ["leader"]


def test_the_list_comes_first_and_each_browser_by_itself():
    assert channels(SARI, [OFFICERS]) == [("app", None), ("mail", None), ("push", 7), ("push", 8)]
    assert channels(JOKO, [OFFICERS]) == [("app", None)], "no address, no browser"
    assert channels(SARI, [Path(1)]) == [("app", None)]


@pytest.mark.parametrize(
    ("hours", "now", "ends"),
    [
        (NIGHT, at(20, 59), None),
        (NIGHT, at(21), at(6, day=28)),
        (NIGHT, at(23, 30), at(6, day=28)),
        (NIGHT, at(0), at(6)),
        (NIGHT, at(5, 59), at(6)),
        (NIGHT, at(6), None),
        (NOON, at(12, 30), at(13)),
        (NOON, at(13), None),
        (Quiet(time(8), time(8)), at(8), None),
    ],
)
def test_quiet_hours_run_by_the_clock_on_the_wall_also_over_midnight(hours, now, ends):
    assert hours.ends(now) == ends


def test_a_crisis_is_never_held_back():
    assert held_until("crisis", at(23), [Path(1, quiet=NIGHT)], NIGHT) is None


def test_of_two_routes_one_without_quiet_hours_rings():
    assert held_until("high", at(23), [Path(1, quiet=NIGHT), Path(2)], None) is None
    assert held_until("high", at(23), [Path(1, quiet=NIGHT), Path(2, quiet=Quiet(time(20), time(5)))], None) == at(5, day=28)


def test_hours_that_follow_one_another_are_held_to_the_end_of_the_last():
    assert held_until("high", at(23), [Path(1, quiet=NIGHT)], Quiet(time(5), time(7))) == at(7, day=28)


def test_without_routes_only_ones_own_hours_count():
    assert held_until("high", at(23), [], NIGHT) == at(6, day=28)
    assert held_until("high", at(23), [], None) is None


times = st.times().map(lambda one: one.replace(second=0, microsecond=0))


@given(st.builds(Quiet, times, times), st.integers(0, 1439))
def test_quiet_hours_end_within_a_day_and_are_over_then(hours, minute):
    now = at(0) + timedelta(minutes=minute)
    ends = hours.ends(now)
    if ends is not None:
        assert timedelta(0) < ends - now <= timedelta(days=1)
        assert hours.ends(ends) is None
