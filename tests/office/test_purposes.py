"""The purpose register: nothing is listened to without a row that runs, whoever asks, and however the tables are written to."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from kentongan.errors import InputError, RefusedError
from kentongan.office.ledger.models import Line
from kentongan.office.listening import collecting, purposes, services, tasks
from kentongan.office.listening.models import Purpose, Source, Watch
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(office):
    return builders.make_user(office, "kepala", "administrator", language="en")


@pytest.fixture
def draft(admin):
    return purposes.Draft(
        "sources", "Air bersih", "Mendengar gangguan air.", "Perwali 25/2017 Pasal 4", admin, date(2025, 11, 1), date(2026, 11, 1)
    )


def written(act):
    return [json.loads(line.detail) for line in Line.objects.filter(act=act).order_by("pk")]


def source_under(purpose, name="Radar", **fields):
    return Source.objects.create(
        office=purpose.office, purpose=purpose, name=name, outlet=name, url=f"https://{name.lower()}.example/rss", **fields
    )


def test_a_purpose_says_why_by_what_right_who_and_until_when(admin, draft, now):
    row = purposes.register(admin, draft, now)
    assert (row.title, row.legal_basis, row.owner, row.ends) == ("Air bersih", "Perwali 25/2017 Pasal 4", admin, date(2026, 11, 1))
    assert written("purpose.made") == [{"kind": "sources", "starts": "2025-11-01", "ends": "2026-11-01"}]


@pytest.mark.parametrize("role", ["officer", "analyst", "reader", "auditor", "approver"])
def test_only_administrators_and_the_legal_officer_write_in_the_register(office, draft, now, role):
    with pytest.raises(RefusedError):
        purposes.register(builders.make_user(office, "lain", role), draft, now)
    purposes.register(builders.make_user(office, "hukum", "legal"), draft, now)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"), ({"purpose": ""}, "purpose"), ({"legal_basis": ""}, "legal_basis"), ({"kind": "people"}, "kind"),
        ({"ends": date(2025, 11, 1)}, "ends"), ({"ends": date(2029, 1, 1)}, "ends"), ({"title": "Keluhan Budi Santoso"}, "title"),
    ],
)  # fmt: skip
def test_a_row_that_says_too_little_or_names_a_person_is_refused(admin, draft, now, change, field):
    with pytest.raises((InputError, RefusedError)) as raised:
        purposes.register(admin, replace(draft, **change), now)
    assert raised.value.subject == field
    assert not Purpose.objects.exists()


def test_the_owner_works_in_the_office(admin, draft, stranger, now):
    with pytest.raises(InputError, match="works in your office"):
        purposes.register(admin, replace(draft, owner=stranger), now)


def test_two_people_who_change_one_row_do_not_overwrite_each_other(admin, draft, now):
    row = purposes.register(admin, draft, now)
    purposes.change(admin, row, 0, replace(draft, title="Air"), now)
    with pytest.raises(InputError, match="Somebody else"):
        purposes.change(admin, row, 0, replace(draft, title="Sungai"), now)
    assert Purpose.objects.get().title == "Air"


def test_ending_a_purpose_pauses_its_sources_ends_its_watches_and_says_so(admin, officer, draft, now):
    row = purposes.register(admin, draft, now)
    source_under(row)
    watched = purposes.register(admin, replace(draft, kind="watch", title="Sungai"), now)
    Watch.objects.create(office=row.office, purpose=watched, name="Sungai", query="sungai", created_by=officer, created=now)
    with pytest.raises(InputError):
        purposes.end(admin, row, " ", now)
    purposes.end(admin, row, "Selesai", now)
    purposes.end(admin, watched, "Selesai", now)
    source = Source.objects.get()
    assert source.paused
    assert f"no. {row.pk}" in source.paused_reason
    assert Watch.objects.get().ended == now
    assert written("purpose.ended") == [{"sources": 1, "watches": 0}, {"sources": 0, "watches": 1}]
    assert len(written("source.paused")) == len(written("watch.ended")) == 1
    with pytest.raises(RefusedError, match="before"):
        purposes.end(admin, row, "lagi", now)
    with pytest.raises(RefusedError, match="has been ended"):
        services.resume_source(officer, source, now)
    with pytest.raises(RefusedError, match="stays as it was"):
        purposes.change(admin, row, 1, draft, now)


def test_nothing_is_added_under_a_purpose_that_is_over(admin, officer, office, draft, now):
    row = purposes.register(admin, replace(draft, ends=date(2025, 11, 20)), now)
    with pytest.raises(RefusedError, match="2025-11-20"):
        services.add_source(officer, Source(office=office, purpose=row, name="A", url="https://a.example/"), now)
    assert not Source.objects.exists()


def test_its_last_day_counts_in_the_offices_own_time(admin, office, draft, now):
    row = purposes.register(admin, replace(draft, ends=date(2025, 11, 27)), now)
    assert purposes.state_of(row, purposes.today(office, now)) == "soon"
    midnight_in_jakarta = now.replace(hour=17, minute=1)
    assert purposes.state_of(row, purposes.today(office, midnight_in_jakarta)) == "over"


def test_the_sources_of_a_purpose_that_is_over_are_paused_and_go_on_when_it_is_prolonged(admin, office, draft, now):
    row = purposes.register(admin, replace(draft, ends=date(2025, 11, 20)), now)
    source_under(row)
    source_under(row, "Pos", paused=True, paused_reason="rusak")
    assert purposes.stop_what_is_over(office, now) == 1
    assert purposes.stop_what_is_over(office, now) == 0
    assert set(Source.objects.values_list("paused", flat=True)) == {True}
    purposes.change(admin, row, 0, draft, now)
    assert dict(Source.objects.values_list("name", "paused")) == {"Radar": False, "Pos": True}
    assert Source.objects.get(name="Radar").next_visit == now


@pytest.mark.parametrize("task", [tasks.visit_source, tasks.read_pages])
def test_a_visit_after_the_last_day_asks_nobody_and_pauses_the_source_with_its_reason(
    admin, office, draft, now, settings, monkeypatch, task
):
    """Without waiting for the job of the hour."""
    settings.CLOCK = STILL
    asked = []
    monkeypatch.setattr(collecting, "visit", lambda *words: asked.append(words))
    monkeypatch.setattr(collecting, "read_pages", lambda *words: asked.append(words))
    source = source_under(purposes.register(admin, replace(draft, ends=date(2025, 11, 26)), now))
    task(source.pk)
    source.refresh_from_db()
    assert (asked, source.paused) == ([], True)
    assert str(source.purpose_id) in source.paused_reason
    assert written("source.paused") == [{"purpose": source.purpose_id}]
    task(source.pk)
    assert written("source.paused") == [{"purpose": source.purpose_id}]


def test_a_purpose_that_holds_stops_nothing(admin, office, draft, now):
    source = source_under(purposes.register(admin, replace(draft, ends=date(2025, 11, 27)), now))
    assert not purposes.stop_if_over(source.purpose, now)
    assert not Source.objects.get().paused


def test_it_shows_early_what_will_end(admin, office, draft, now):
    day = purposes.today(office, now)
    for days in (-1, 0, 29, 31):
        purposes.register(admin, replace(draft, title=f"dalam {days} hari", ends=day + timedelta(days=days)), now)
    assert [(row.days_left, row.state) for row in purposes.get_expiring(office, now)] == [(-1, "over"), (0, "soon"), (29, "soon")]
    assert [row.state for row in purposes.get_purposes(office, now)] == ["over", "soon", "soon", "running"]


@pytest.mark.parametrize("url", ["https://mastodon.example/@budi.rss", "https://x.com/budi", "https://www.facebook.com/profile.php?id=1"])
def test_a_persons_profile_is_no_source(office, officer, now, url):
    with pytest.raises(RefusedError, match="profile"):
        services.add_source(officer, Source(office=office, name="A", url=url), now)


def at_commit(statement, values):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_refuses_a_source_that_goes_on_under_an_ended_purpose(admin, draft, now):
    row = purposes.register(admin, draft, now)
    source = source_under(row)
    at_commit("UPDATE listening_purpose SET ended = now() WHERE id = %s", [row.pk])
    purposes.end(admin, row, "Selesai", now)
    at_commit("UPDATE listening_source SET paused = false WHERE id = %s", [source.pk])


def test_the_database_refuses_a_source_without_a_purpose_or_under_a_watchs_or_another_offices(admin, draft, other_office, now):
    row = purposes.register(admin, draft, now)
    watch = purposes.register(admin, replace(draft, kind="watch"), now)
    source = source_under(row)
    foreign = builders.purpose_of(other_office)
    for purpose in (None, watch.pk, foreign.pk):
        at_commit("UPDATE listening_source SET purpose_id = %s WHERE id = %s", [purpose, source.pk])


def test_the_database_refuses_a_purpose_that_says_nothing_or_never_ends(admin, draft, now):
    row = purposes.register(admin, draft, now)
    for column, value in (("purpose", ""), ("legal_basis", ""), ("ends", date(2020, 1, 1)), ("ends", None)):
        at_commit(f"UPDATE listening_purpose SET {column} = %s WHERE id = %s", [value, row.pk])
