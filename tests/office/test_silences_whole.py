"""Silence of more than one source: a kind, everything, the workers themselves. One silence at a time, begun, brought up to date, ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from kentongan.office.listening import silences
from kentongan.office.listening.models import Silence
from kentongan.testing import builders

pytestmark = pytest.mark.django_db
NOW = builders.NOW
REAL = datetime(2026, 1, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def speaking(office, name, until=NOW, every=2, days=15, **fields):
    """A source that says an item every so many hours, the last at `until`."""
    source = builders.make_source(office, name, last_item=until, **fields)
    for n in range(days * 24 // every):
        told = builders.Told(name, (NOW - until) / HOUR + n * every, f"{name}: berita {n}", "Isi.", "id")
        builders.make_article(office, told, source=source)
    return source


def heartbeat(at):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [at])


def found(office, at=NOW):
    return {(one.kind, one.subject) for one in silences.look(office, at)}


def test_workers_stand_still_since_the_latest_sign_of_life_of_any_of_them():
    assert silences.standstill(REAL) is None, "before the first worker nobody is missing"
    heartbeat(REAL - HOUR)
    assert silences.standstill(REAL) == REAL - HOUR
    heartbeat(REAL - timedelta(seconds=silences.WORKERS_S + 1))
    assert silences.standstill(REAL) == REAL - timedelta(seconds=silences.WORKERS_S + 1)
    heartbeat(REAL - timedelta(seconds=silences.WORKERS_S))
    assert silences.standstill(REAL) is None, "one that lives is enough"


def test_when_all_fall_silent_each_is_said_its_kind_and_the_whole(office):
    gone = NOW - timedelta(hours=60)
    one, two = speaking(office, "Satu", gone), speaking(office, "Dua", gone)
    other = speaking(office, "Tiga", gone, source_kind="official")
    assert found(office) == {
        ("source", str(one.pk)), ("source", str(two.pk)), ("source", str(other.pk)), ("sources", "press"), ("system", silences.ALL),
    }  # fmt: skip


def test_one_that_goes_on_speaking_keeps_its_kind_and_the_whole_from_being_silent(office):
    gone = speaking(office, "Satu", NOW - timedelta(hours=60))
    speaking(office, "Dua")
    assert found(office) == {("source", str(gone.pk))}


def test_a_kind_of_a_single_source_is_that_source_and_not_said_twice(office):
    alone = speaking(office, "Satu", NOW - timedelta(hours=60))
    assert found(office) == {("source", str(alone.pk))}


def test_a_paused_source_is_not_silent_and_not_part_of_any_kind(office):
    gone = NOW - timedelta(hours=60)
    speaking(office, "Satu", gone, paused=True, paused_reason="Situs pindah.")
    left = speaking(office, "Dua", gone)
    assert found(office) == {("source", str(left.pk))}


@pytest.mark.parametrize(("days", "silent"), [(27, False), (29, True)])
def test_a_source_that_said_nothing_in_the_whole_window_is_silent_by_that_alone(office, days, silent):
    source = builders.make_source(office, "Lama", last_item=NOW - timedelta(days=days))
    builders.make_source(office, "Belum pernah", last_item=None)
    rows = silences.look(office, NOW)
    assert [one.subject for one in rows] == ([str(source.pk)] if silent else [])
    assert [dict(one.quiet.reason.values) for one in rows] == ([{"days": days}] if silent else [])


def test_a_silence_begins_once_is_brought_up_to_date_and_ends_when_it_speaks(office, other_office):
    source = speaking(office, "Satu", NOW - timedelta(hours=60))
    assert silences.notice(office, NOW) == (1, 0)
    row = Silence.objects.get()
    assert (row.source_id, row.noticed, row.since, row.ended) == (source.pk, NOW, NOW - timedelta(hours=60), None)
    assert silences.notice(office, NOW + 6 * HOUR) == (0, 0)
    later = Silence.objects.get()
    assert (later.pk, later.noticed, later.since) == (row.pk, NOW, row.since)
    assert later.reason["values"]["hours"] == 66
    assert later.expected > row.expected
    assert silences.by_source(office, NOW + 6 * HOUR) == {source.pk: later}
    assert silences.get_open(other_office, NOW + 6 * HOUR) == []
    builders.make_article(office, builders.Told("Satu", -6.5, "Kembali", "Isi.", "id"), source=source)
    assert silences.notice(office, NOW + 7 * HOUR) == (0, 0)
    assert Silence.objects.get().reason["code"] == "silence.shrunk", "one word after days is not yet what is usual"
    for ago in range(0, 60, 2):
        builders.make_article(office, builders.Told("Satu", ago, f"Menyusul {ago}", "Isi.", "id"), source=source)
    assert silences.notice(office, NOW + 7 * HOUR) == (0, 1)
    assert silences.by_source(office, NOW + 7 * HOUR) == {}
    assert silences.by_source(office, NOW + 6 * HOUR) == {source.pk: Silence.objects.get()}, "what was known then is known"


def test_a_moment_of_the_past_is_judged_anew_and_nothing_is_stored(office):
    source = speaking(office, "Satu", NOW - timedelta(hours=60))
    (row,) = silences.rows_at(office, NOW)
    assert (row.pk, row.source, row.subject) == (None, source, str(source.pk))
    assert silences.rows_at(office, NOW - timedelta(hours=59)) == [], "an hour after its last word nobody missed it"
    assert not Silence.objects.exists()


def test_looking_costs_six_queries_however_many_sources_there_are(office, count_queries):
    for n in range(2):
        speaking(office, f"Suara {n}", days=4)
    with count_queries() as few:
        silences.look(office, NOW)
    for n in range(2, 12):
        speaking(office, f"Suara {n}", days=1)
    with count_queries() as many:
        silences.look(office, NOW)
    assert len(few) == len(many) == 6
