"""A moment as a statement writes it: by the samples of the templates, and read back by the rules as the same hour and minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import statement_rules
from kentongan.engine.statement_records import TONGUES, Line, Paper
from kentongan.engine.statement_times import clock_said, moment_said, promise_said

JAKARTA, JAYAPURA, SAIGON = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura"), ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("id", "Senin, 30 November 2026, pukul 08.00 WIB"),
        ("vi", "8 giờ ngày 30/11/2026"),
        ("en", "Monday 30 November 2026, 8 a.m."),
    ],
)
def test_day_and_hour_stand_as_in_the_sample_of_the_template(language, said):
    assert moment_said(datetime(2026, 11, 30, 8, tzinfo=JAKARTA), language) == said


@pytest.mark.parametrize(
    ("language", "today", "tomorrow"),
    [
        ("id", "15.05 WIB", "15.05 WIB hari Selasa, 1 Desember 2026"),
        ("vi", "15 giờ 05", "15 giờ 05 ngày 1/12/2026"),
        ("en", "3.05 p.m.", "3.05 p.m. on Tuesday 1 December 2026"),
    ],
)
def test_a_promise_names_the_day_only_where_it_is_another(language, today, tomorrow):
    now = datetime(2026, 11, 30, 8, tzinfo=JAKARTA)
    at = now.replace(hour=15, minute=5)
    assert (promise_said(at, now, language), promise_said(at + timedelta(days=1), now, language)) == (today, tomorrow)


def test_the_zone_stands_where_it_has_a_name_that_people_use():
    at = datetime(2026, 11, 30, 8, tzinfo=JAYAPURA)
    assert clock_said(at, "id") == "08.00 WIT"
    assert clock_said(at.replace(tzinfo=SAIGON), "id") == "08.00"
    assert clock_said(at.replace(tzinfo=UTC), "id") == "08.00"


@pytest.mark.parametrize("language", TONGUES)
@given(minutes=st.integers(0, 3 * 24 * 60))
def test_the_rules_read_what_is_written_as_the_same_hour(language, minutes):
    """The finding "the text says another hour" stays away whatever the promise, and comes when the hour is another."""
    now = datetime(2026, 11, 30, 0, 0, tzinfo=JAKARTA)
    at = now + timedelta(minutes=minutes + 1)
    line = Line("s1", f"X {promise_said(at, now, language)}", "next_update")
    papers = [Paper("holding", language, (line,), next_update=moment) for moment in (at, at + timedelta(minutes=1))]
    found = [[one.code for one in statement_rules.check(paper, now=now, names=Nobody())] for paper in papers]
    assert ["update.differs" in codes for codes in found] == [False, True]


@pytest.mark.parametrize("language", TONGUES)
@given(
    zone=st.sampled_from(["Africa/Cairo", "America/Havana", "Asia/Beirut", "Asia/Makassar", "Asia/Jayapura"]),
    change=st.sampled_from([datetime(2026, 4, 23, 22), datetime(2026, 10, 29, 21), datetime(2026, 3, 8, 5), datetime(2026, 11, 1, 5)]),
    beside=st.integers(-180, 180),
)
def test_where_clocks_change_at_midnight_a_promise_is_read_as_the_hour_that_clocks_show(language, zone, change, beside):
    at = change.replace(tzinfo=UTC) + timedelta(minutes=beside)
    now, there = at - timedelta(minutes=90), at.astimezone(ZoneInfo(zone))
    line = Line("s1", f"X {promise_said(there, now.astimezone(ZoneInfo(zone)), language)}", "next_update")
    found = [one.code for one in statement_rules.check(Paper("holding", language, (line,), next_update=there), now=now, names=Nobody())]
    assert {"update.differs", "update.past"} & set(found) == set()


@pytest.mark.parametrize(("mark", "differs"), [("WIB", True), ("WITA", False), ("wit", True), ("", False)])
def test_the_right_hour_with_the_mark_of_another_zone_is_another_moment(mark, differs):
    at = datetime(2026, 12, 1, 10, 30, tzinfo=ZoneInfo("Asia/Makassar"))
    line = Line("s1", f"Pembaruan berikutnya pukul 10.30 {mark}.", "next_update")
    found = statement_rules.check(Paper("chat", "id", (line,), next_update=at), now=at - timedelta(hours=1), names=Nobody())
    assert [one.values for one in found if one.code == "update.differs"] == ([{"time": "10:30 WITA"}] if differs else [])


class Nobody:
    def spans(self, text):
        return ()
