"""The comparison of two settings as text: every figure with its number, lists that end, and how to go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from kentongan.cli import backtest as command
from kentongan.engine import proof
from kentongan.errors import InputError
from kentongan.office.listening.backtest import Backtest, Run

START = datetime(2025, 11, 1, tzinfo=UTC)


def told(number, hour, subject="Banjir", articles="", title=""):
    titles = (subject, title) if title else (subject,)
    return proof.Told(f"g{number}", START + timedelta(hours=hour), titles, frozenset(articles), "medium", subject)


def run(*signals, again=0, held=0):
    return Run(signals, again, held)


def recorded(pk, what, words="banjir", hour=0.0):
    began = START + timedelta(hours=hour)
    return SimpleNamespace(pk=pk, what=what, words=words, began=began, ended=began + timedelta(hours=48))


def tried(before, after=None, changes=None, events=(), learned=60.0):
    end = START + timedelta(days=10)
    return Backtest(START, end, timedelta(days=learned), changes or {}, before, after, events)


def said(test):
    return "\n".join(command.lines("Kota Muarasena", "Asia/Jakarta", test))


def test_the_head_says_which_office_which_days_and_in_which_zone():
    assert said(tried(run())).splitlines()[0] == "Kota Muarasena, 2025-11-01 07:00 to 2025-11-11 07:00 (Asia/Jakarta, 10.0 days)"


@pytest.mark.parametrize(("days", "warned"), [(60.0, False), (14.0, False), (13.9, True), (0.0, True)])
def test_a_past_too_short_to_learn_from_is_said(days, warned):
    assert ("knew no weekday yet" in said(tried(run(), learned=days))) is warned


def test_without_a_change_there_is_one_column_and_a_hint():
    text = said(tried(run(told(1, 5), told(2, 30), again=1, held=3)))
    rows = {line[:28].strip(): line[28:].split() for line in text.splitlines()}
    assert rows["signals"] == ["2"]
    assert rows["signals a day"] == ["0.20"]
    assert rows["held back"] == ["3"]
    assert rows["of events told before"] == ["1"]
    assert "none recorded" in text
    assert "Nothing was changed" in text
    assert "Would appear" not in text


def test_with_a_change_both_stand_side_by_side_and_what_differs_is_listed():
    before = run(told(1, 5, "Banjir", "abc"), told(2, 30, "Pasar", "xyz"))
    after = run(told(3, 8, "Banjir", "abc"), told(4, 50, "Jalan amblas", "pq", title="Jalan Tepi Welar amblas"), held=2)
    text = said(tried(before, after, {"alert_budget": "5", "story_items": "6"}))
    assert "alert_budget=5 story_items=6" in text
    assert "Would appear: 1\n  2025-11-03 09:00  medium  Jalan amblas – Jalan Tepi Welar amblas" in text
    assert "Would vanish: 1\n  2025-11-02 13:00  medium  Pasar" in text
    assert "Told either way: 1 (0 earlier, 1 later; of those moved the middle is +3.0 h)" in text
    assert "change with a version" in text


def test_only_what_an_office_can_set_is_said_to_be_set_there():
    assert "To apply it: Office → Settings → alert_budget." in said(tried(run(), run(), {"alert_budget": "5"}))
    assert "To apply it" not in said(tried(run(), run(), {"price": "5"}))


def test_events_that_would_be_lost_are_named_and_a_share_stands_with_its_interval():
    events = [recorded(1, "Banjir di Sena Hulu"), recorded(2, "Gempa", "gempa", 100.0), recorded(3, "Api", "api")]
    text = said(tried(run(told(1, 4), told(2, 101, "Gempa")), run(told(3, 104, "Gempa")), {"price": "9"}, events))
    assert "2 of 3 (21–94 %)" in text
    assert "1 of 3 (6–79 %)" in text
    assert "recorded events told (few)" in text
    assert "no longer told: Banjir di Sena Hulu" in text
    assert "no longer told: Api" not in text
    rows = {line[:28].strip(): line[28:].split() for line in text.splitlines()}
    assert rows["hours from event, middle"] == ["2.5", "4.0"]


def test_a_long_list_ends_and_says_how_many_more_there_are():
    text = said(tried(run(), run(*(told(n, n, f"Berita {n}") for n in range(command.SHOWN + 4))), {"price": "0"}))
    assert f"Would appear: {command.SHOWN + 4}" in text
    assert "… and 4 more (--json lists all)" in text
    assert f"Berita {command.SHOWN}" not in text


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-11-27", datetime(2025, 11, 26, 17, tzinfo=UTC)),
        ("2025-11-27T07:30", datetime(2025, 11, 27, 0, 30, tzinfo=UTC)),
        ("2025-11-27T00:30Z", datetime(2025, 11, 27, 0, 30, tzinfo=UTC)),
        ("2025-11-27T01:30+01:00", datetime(2025, 11, 27, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_local_unless_it_names_a_zone(text, moment):
    assert command._moment("--from", text, "Asia/Jakarta") == moment


@pytest.mark.parametrize("text", ["kemarin", "2025-13-01", "", "27/11/2025"])
def test_a_moment_that_is_none_is_refused_by_its_option(text):
    with pytest.raises(InputError, match="--to") as raised:
        command._moment("--to", text, "Asia/Jakarta")
    assert raised.value.subject == "--to"
