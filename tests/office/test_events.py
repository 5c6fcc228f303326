"""Recorded events beside the signals: which are offered, by which headlines one is found, walls between offices, few queries."""

from __future__ import annotations

import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kentongan.errors import InputError
from kentongan.office.listening import accuracy, events, retention
from kentongan.office.listening.events_models import RecordedEvent
from kentongan.office.listening.models import Signal, Source
from kentongan.office.people import scope
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW


def recorded(house, words="banjir", began=3.0, ended=None, what="Banjir", at=NOW):
    until = NOW - timedelta(hours=ended) if ended is not None else None
    return events.record_event(house.officer, events.Draft(what, words, NOW - timedelta(hours=began), until), at)


def signal(house, subject, hours, place=0, **fields):
    story = house.stories[place]
    Signal.objects.filter(story=story, kind=fields.get("kind", "story")).delete()
    return builders.make_signal(story, subject, NOW, raised=NOW - timedelta(hours=hours), **fields)


def test_the_database_shows_an_event_to_no_other_office_and_takes_none_from_there(house):
    row = recorded(house)
    with scope.scope(house.theirs.pk):
        assert not RecordedEvent.objects.filter(pk=row.pk).exists()
        assert RecordedEvent.objects.filter(pk=row.pk).update(what="Lain") == 0
        assert RecordedEvent.objects.filter(pk=row.pk).delete()[0] == 0
        copy = RecordedEvent(office=house.ours, what="x", words="x", began=NOW, ended=NOW + timedelta(hours=1), by=house.officer, at=NOW)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            copy.save()
    row.refresh_from_db()
    assert row.what == "Banjir"


def test_an_event_of_another_office_is_not_there_on_any_page(house):
    row = recorded(house)
    client = client_of(house.stranger)
    for name in ("event", "decide_event", "remove_event"):
        address = reverse(name, args=[row.pk])
        answer = client.get(address) if name == "event" else client.post(address, {"signal": "missed", "version": "0"})
        assert answer.status_code in {403, 404}
    row.refresh_from_db()
    assert row.version == 0


def test_a_pattern_is_no_words_of_an_event(house):
    with pytest.raises(InputError, match="hold a pattern, from character 4 on") as raised:
        recorded(house, "ban.*jir")
    assert raised.value.subject == "words"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("banjir", True),
        ('"empat kelurahan"', True),
        ("kelurahan NEAR/3 merendam", True),
        ("banjir -merendam", False),
        ("gempa OR banjir", True),
        ("banjír", True),
        ("banj", False),
    ],
)
def test_a_signal_is_found_by_the_words_as_a_watch_would_find_them(house, words, found):
    assert (recorded(house, words).told_at is not None) is found


def test_a_word_a_topic_and_a_group_are_found_by_what_they_show(house):
    carried = {"code": "signal.carried", "values": {"headlines": "Longsor menutup jalan; Pohon tumbang", "keys": "s1"}}
    group = signal(house, "flood", 1.0, 5, kind="topic", reasons=[carried])
    titles = events.titles_of(Signal.objects.select_related("story").get(pk=group.pk))
    assert titles[0] == "Floods and drainage"
    assert "flood" in titles
    assert "Longsor menutup jalan; Pohon tumbang" in titles
    assert house.stories[5].headline in titles
    assert recorded(house, "longsor").signal == group


def test_of_two_signals_the_first_told_it_and_one_from_before_did_not(house):
    signal(house, "Air PAM berbau", 60.0, 1)
    first = signal(house, "Air PAM keruh", 4.0, 2)
    signal(house, "Air PAM mati", 2.0, 3)
    row = recorded(house, '"air pam"', began=5.0)
    assert row.signal == first
    assert events.get_row(row, NOW).delay == pytest.approx(1.0)


def test_a_signal_may_come_before_the_event_itself(house):
    early = signal(house, "Bendungan retak", 6.0, 3)
    row = recorded(house, "bendungan", began=2.0)
    assert (row.signal, events.get_row(row, NOW).delay) == (early, pytest.approx(-4.0))
    assert "4 hours before it began" in client_of(house.reader).get(reverse("event", args=[row.pk])).content.decode()


def test_signals_of_the_time_are_offered_and_no_others(house):
    Signal.objects.all().delete()
    inside = [builders.make_signal(house.stories[n], f"Berita {n}", NOW, raised=NOW - timedelta(hours=n + 1)) for n in range(4)]
    row = recorded(house, "gempa", began=3.5, ended=0.0)
    builders.make_signal(house.stories[4], "Kemarin", NOW, raised=NOW - timedelta(hours=10))
    builders.make_signal(builders.make_story(house.theirs, builders.EVENTS[0], NOW), "Lain", NOW, raised=NOW - timedelta(hours=2))
    assert [one.pk for one in events.get_offered(row)] == [one.pk for one in reversed(inside)]


def test_a_reader_sees_an_event_and_no_way_to_change_it(house):
    row = recorded(house)
    body = client_of(house.reader).get(reverse("event", args=[row.pk])).content.decode().split("<main")[1]
    assert "Banjir" in body
    assert "Which signal told it?" not in body
    assert "<form" not in body


def test_rows_come_the_latest_first_and_cost_two_queries_however_many(house):
    counts = []
    for number in range(3):
        recorded(house, "gempa", began=30.0 + number, ended=20.0, what=f"Gempa {number}")
        recorded(house, began=3.0 + number / 10, what=f"Banjir {number}")
        with CaptureQueriesContext(connection) as seen:
            rows = events.get_rows(house.ours, NOW - timedelta(days=9), NOW)
        counts.append(len(seen))
    assert counts == [2, 2, 2]
    assert [row.event.what for row in rows][:3] == ["Banjir 0", "Banjir 1", "Banjir 2"]
    assert [row.state for row in rows] == ["told"] * 3 + ["missed"] * 3


def test_what_is_known_of_every_event_is_not_looked_for_again(house):
    events.decide(house.officer, recorded(house, "gempa"), None, 0, NOW)
    recorded(house)
    with CaptureQueriesContext(connection) as seen:
        assert len(events.get_rows(house.ours, NOW - timedelta(days=9), NOW)) == 2
    assert len(seen) == 1


def test_a_signal_that_retention_lets_go_leaves_the_event_as_it_stood(house):
    row = recorded(house)
    Signal.objects.filter(pk=row.signal_id).update(story=None, updated=NOW - timedelta(days=400))
    retention.run(house.ours, NOW, retention.keep_for(house.ours))
    standing = events.get_row(events.get_event(house.ours, row.pk), NOW + timedelta(days=9))
    assert (standing.state, standing.signal) == ("told", None)


@pytest.mark.parametrize(
    ("area", "kind", "national"),
    [
        ("Indonesia", "press", True),
        (" indonesia ", "press", True),
        ("Việt Nam", "press", True),
        ("Vietnam", "press", True),
        ("Kota Indonesia Baru", "press", False),
        ("", "press", False),
        ("Indonesia", "official", False),
        ("Indonesia", "public", False),
    ],
)
def test_an_outlet_is_national_where_the_press_has_the_whole_country_as_its_place(house, area, kind, national):
    builders.make_source(house.ours, "Warta Negeri", area=area, source_kind=kind)
    assert Source.objects.filter(accuracy.NATIONAL, office=house.ours).exists() is national
    assert accuracy.get_figures(house.ours, NOW).nationals == int(national)


@pytest.mark.parametrize(
    ("zone", "monday"), [("Asia/Jakarta", "2025-11-23T17:00"), ("Asia/Jayapura", "2025-11-23T15:00"), ("UTC", "2025-11-24T00:00")]
)
def test_weeks_begin_on_monday_in_the_offices_own_time(house, zone, monday):
    house.ours.time_zone = zone
    mondays = accuracy._mondays(house.ours, NOW)
    assert len(mondays) == accuracy.WEEKS
    assert mondays[-1].astimezone(NOW.tzinfo).strftime("%Y-%m-%dT%H:%M") == monday
    assert all(second - first == timedelta(weeks=1) for first, second in pairwise(mondays))


def test_what_was_told_before_the_twelve_weeks_or_in_another_office_is_not_counted(house):
    before = accuracy.get_figures(house.ours, NOW).all.signals
    signal(house, "Dulu", 24.0 * 90, 3)
    builders.make_signal(builders.make_story(house.theirs, builders.EVENTS[0], NOW), "Lain", NOW)
    assert accuracy.get_figures(house.ours, NOW).all.signals == before
    assert accuracy.get_figures(house.theirs, NOW).all.signals == 1


def test_days_count_from_when_the_office_began_to_hear(house):
    Signal.objects.all().delete()
    signal(house, "Kemarin lusa", 60.0)
    found = accuracy.get_figures(house.ours, NOW)
    assert found.days == pytest.approx(2.5)
    assert found.a_day == pytest.approx(0.4)
    assert [week.start for week in found.weeks] == accuracy._mondays(house.ours, NOW)[-1:]
