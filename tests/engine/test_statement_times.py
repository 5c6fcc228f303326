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


class Nobody:
    def spans(self, text):
        return ()
