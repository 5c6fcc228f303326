"""Watches: begun under a purpose, refused where they name a private person, shown with what matched."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kentongan.errors import InputError, RefusedError
from kentongan.office.ledger.models import Line
from kentongan.office.listening import purposes, watches
from kentongan.office.listening.models import Article, Purpose, Watch
from kentongan.testing import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def purpose(office):
    admin = builders.make_user(office, "kepala", "administrator")
    draft = purposes.Draft("watch", "Air bersih", "Mendengar.", "Perwali 25/2017", admin, date(2025, 11, 1), date(2026, 11, 1))
    return purposes.register(admin, draft, builders.NOW)


def article(office, title, now, hours=2, key="a"):
    at = now - timedelta(hours=hours)
    return Article.objects.create(
        office=office, key=f"{key}{title}"[:32], url=f"https://a.example/{key}{hours}", outlet="Radar", source_kind="press", title=title,
        language="id", published=at, seen=at,
    )  # fmt: skip


def lines(act):
    return [json.loads(line.detail) for line in Line.objects.filter(act=act).order_by("pk")]


def test_a_watch_shows_what_matched_in_the_last_days_and_what_is_new(office, officer, purpose, now):
    article(office, "Air keruh di tiga kelurahan", now)
    article(office, "Air keruh bulan lalu", now, hours=24 * 20)
    article(office, "Air keruh di kolam renang", now, key="b")
    watch = watches.begin(officer, purpose, "Air keruh", '"air keruh" -renang', now - timedelta(days=1))
    (row,) = watches.get_watches(office, now)
    assert (row.recent, row.new) == (1, 1)
    assert [hit.article.title for hit in watches.get_hits(office, watch, now)] == ["Air keruh di tiga kelurahan"]
    watches.look_through(officer, watch, now)
    seen = Line.objects.get(act="watch.seen")
    assert (seen.actor, seen.subject) == (officer.pk, f"watch:{watch.pk}")
    (row,) = watches.get_watches(office, now)
    assert (row.recent, row.new) == (1, 0)
    assert lines("watch.made") == [{"examples": 0, "places": 0, "purpose": purpose.pk}]


def test_the_list_costs_two_queries_however_many_watches_there_are(office, officer, purpose, now):
    article(office, "Air keruh", now)
    for number in range(6):
        watches.begin(officer, purpose, f"Air {number}", f"keruh {number}", now)
    with CaptureQueriesContext(connection) as seen:
        assert len(watches.get_watches(office, now)) == 6
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [
        ("Air", "Budi Santoso", "query"), ("Air", "air keruh siti aminah", "query"), ("Keluhan Budi Santoso", "air", "name"),
        ("Air", "nguyễn văn an", "query"), ("Air", "0812-3456-7890", "query"),
    ],
)  # fmt: skip
def test_a_private_person_is_refused_with_the_way_and_a_line_without_the_name(office, officer, purpose, now, name, query, field):
    with pytest.raises(RefusedError, match="Mayor of") as raised:
        watches.begin(officer, purpose, name, query, now)
    assert raised.value.subject == field
    assert not Watch.objects.exists()
    (line,) = Line.objects.filter(act="watch.refused")
    assert json.loads(line.detail)["field"] == field
    assert not any(part in line.detail.lower() + line.subject.lower() for part in ("budi", "siti", "nguy", "0812"))


@pytest.mark.parametrize("query", ["Wali Kota Muarasena", "Kepala Dinas Kesehatan", "Wali Kota Budi", "Jalan Ahmad Yani rusak"])
def test_an_office_or_a_street_may_be_watched(office, officer, purpose, now, query):
    assert watches.begin(officer, purpose, "Pelayanan", query, now).query == query


def test_a_watch_stands_under_a_running_purpose_for_watches_of_its_office(office, officer, purpose, stranger, reader, now):
    with pytest.raises(InputError, match="purpose for watches"):
        watches.begin(officer, builders.purpose_of(office), "Air", "air", now)
    for nobody in (stranger, reader):
        with pytest.raises(RefusedError):
            watches.begin(nobody, purpose, "Air", "air", now)
    purpose.ends = date(2025, 11, 20)
    purpose.save()
    with pytest.raises(RefusedError, match="2025-11-20"):
        watches.begin(officer, purpose, "Air", "air", now)


@pytest.mark.parametrize("query", ["", "   ", "-banjir"])
def test_a_watch_has_words_to_look_for(officer, purpose, now, query):
    with pytest.raises(InputError, match="at least one word"):
        watches.begin(officer, purpose, "Air", query, now)


def test_the_same_words_are_watched_once_and_fifty_watches_are_enough(officer, purpose, now):
    watches.begin(officer, purpose, "Air", "air keruh", now)
    with pytest.raises(InputError, match="already"):
        watches.begin(officer, purpose, "Air lagi", "AIR KERUH", now)
    made = Watch.objects.get()
    rest = [replace_query(made, f"air {number}") for number in range(watches.MOST - 1)]
    Watch.objects.bulk_create(rest)
    with pytest.raises(RefusedError, match="50 watches"):
        watches.begin(officer, purpose, "Satu lagi", "satu lagi", now)


def replace_query(watch, query):
    return Watch(office=watch.office, purpose=watch.purpose, name=query, query=query, created_by=watch.created_by, created=watch.created)


def test_an_ended_watch_is_no_longer_looked_for(office, officer, purpose, now):
    watch = watches.begin(officer, purpose, "Air", "air", now)
    watches.end(officer, watch, now)
    assert watches.get_watches(office, now) == []
    assert [one.name for one in watches.get_ended(office)] == ["Air"]
    with pytest.raises(RefusedError, match="before"):
        watches.end(officer, watch, now)


def test_after_the_last_day_of_its_purpose_a_watch_is_no_longer_looked_for_at_once(office, officer, purpose, now):
    article(office, "Air keruh di Lebak", now)
    watch = watches.begin(officer, purpose, "Air", "air", now)
    assert [one.article.title for one in watches.get_hits(office, watch, now)] == ["Air keruh di Lebak"]
    Purpose.objects.filter(pk=purpose.pk).update(ends=date(2025, 11, 26))
    later = watches.get_watch(office, watch.pk)
    assert later.ended is None
    assert not watches.runs(later, now)
    assert (watches.get_watches(office, now), watches.get_hits(office, later, now)) == ([], [])


def test_the_database_refuses_a_watch_under_an_ended_purpose_and_one_without_words(officer, purpose, now):
    watch = watches.begin(officer, purpose, "Air", "air", now)
    for statement in (
        f"UPDATE listening_purpose SET ended = now() WHERE id = {purpose.pk}",
        f"UPDATE listening_watch SET query = '' WHERE id = {watch.pk}",
        f"UPDATE listening_watch SET purpose_id = NULL WHERE id = {watch.pk}",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
