"""Nothing is kept longer than promised, every run is written down, and the oldest row proves it."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kentongan.config import SETTINGS
from kentongan.office.ledger.models import Line
from kentongan.office.listening import releases, retention
from kentongan.office.listening.models import Article, Membership, PushReceipt, Silence, Story, StoryVoice, TopicCount, Visit
from kentongan.office.listening.retention_models import ReleasedTable, RetentionRun
from kentongan.office.people import places
from kentongan.office.people.places_reading import read
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
KEEP = {"keep_raw_days": 30, "keep_item_days": 180, "keep_count_days": 365}


def story_of(office, seen):
    key = f"{office.pk}{seen:%Y%m%d}"
    story = Story.objects.create(office=office, key=key, headline="Banjir", first=seen, last=seen, changed=seen)
    article = Article.objects.create(
        office=office, key=key, url=f"https://a.example/{key}", outlet="A", source_kind="public", title="Banjir", language="id",
        published=seen, seen=seen,
    )  # fmt: skip
    Membership.objects.create(article=article, story=story, original=article)
    StoryVoice.objects.create(office=office, story=story, token="t" * 32)
    return story


def furnish(office, now):
    source = builders.make_source(office, f"Radar {office.pk}", now)
    for days in (1, 29, 31, 400):
        Visit.objects.create(office=office, source=source, at=now - timedelta(days=days), outcome="ok")
        PushReceipt.objects.create(office=office, source=source, nonce=str(days), at=now - timedelta(days=days))
    for days, ended in ((400, True), (400, False), (10, True)):
        at = now - timedelta(days=days)
        Silence.objects.create(
            office=office, kind="source", subject=f"{days}{ended}", source=source, since=at, noticed=at, expected=1, observed=0,
            ended=at if ended else None,
        )  # fmt: skip
    return source


def test_what_is_older_goes_and_what_is_younger_stays(office, now):
    furnish(office, now)
    new, _ = story_of(office, now - timedelta(days=10)), story_of(office, now - timedelta(days=200))
    gone = retention.run(office, now, KEEP)
    assert (gone["visits"], gone["pushes"], gone["silences"], gone["articles"], gone["stories"]) == (2, 3, 1, 1, 1)
    assert list(Story.objects.all()) == [new]
    assert StoryVoice.objects.count() == 1
    assert set(Silence.objects.values_list("subject", flat=True)) == {"400False", "10True"}


def test_every_run_is_written_down_with_the_oldest_row_left(office, now):
    furnish(office, now)
    retention.run(office, now, KEEP)
    row = RetentionRun.objects.get(kind="visits")
    assert (row.deleted, row.before, row.oldest) == (2, now - timedelta(days=30), now - timedelta(days=29))
    assert RetentionRun.objects.count() == len(retention.KINDS)
    (line,) = Line.objects.filter(act="retention.run")
    assert json.loads(line.detail) == {"pushes": 3, "silences": 1, "visits": 2}


def test_an_office_forgets_only_its_own(office, other_office, now):
    furnish(office, now)
    furnish(other_office, now)
    retention.run(office, now, KEEP)
    assert Visit.objects.filter(office=other_office).count() == 4
    retention.forget(now)
    assert Visit.objects.filter(office=other_office).count() == 2


def test_it_proves_that_nothing_is_older_and_shows_where_something_is(office, now):
    furnish(office, now)
    assert {proof.kind.name for proof in retention.get_proofs(office, now, KEEP) if not proof.kept} == {"visits", "pushes", "silences"}
    retention.run(office, now, KEEP)
    with CaptureQueriesContext(connection) as seen:
        proofs = {proof.kind.name: proof for proof in retention.get_proofs(office, now, KEEP)}
    assert len(seen) == 2
    assert all(proof.kept for proof in proofs.values())
    assert (proofs["visits"].oldest, proofs["visits"].last.deleted) == (now - timedelta(days=29), 2)
    assert proofs["articles"].oldest is None


def test_much_is_deleted_in_pieces(office, now, monkeypatch):
    source = builders.make_source(office, "Radar", now)
    old = now - timedelta(days=90)
    Visit.objects.bulk_create(Visit(office=office, source=source, at=old, outcome="ok") for _ in range(25))
    monkeypatch.setattr(retention, "PIECE", 10)
    assert retention.run(office, now, KEEP)["visits"] == 25


def test_the_reference_promises_the_same_table():
    said = (Path(__file__).parents[2] / "docs/reference/privacy.md").read_text(encoding="utf-8")
    days = {setting.name: setting.default for setting in SETTINGS}
    for kind in retention.KINDS:
        setting = f"`KENTONGAN_{kind.setting.upper()}`" if kind.setting else "fixed"
        assert f"| {kind.title} | {days[kind.setting] if kind.setting else kind.days} | {setting} |" in said


def test_every_promise_is_bound_to_a_setting_or_fixed_and_to_a_table_with_an_office():
    names = {setting.name for setting in SETTINGS}
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        columns = set(cursor.fetchall())
    for kind in retention.KINDS:
        assert bool(kind.days) is not bool(kind.setting)
        assert not kind.setting or kind.setting in names
        if kind.name != "sessions":  # a session is its person's, and the person is of one office
            (column,) = re.findall(r"\w+", kind.column)[:1]  # a day is read as a moment
            assert {(kind.table, column), (kind.table, "office_id")} <= columns


def session_of(person, ran_out_days_ago):
    """A session as signing in leaves it, by the machine's own clock."""
    key = f"s{person.pk if person else 0}d{ran_out_days_ago}".ljust(32, "x")
    at = datetime.now(UTC) - timedelta(days=ran_out_days_ago)
    Session.objects.create(session_key=key, session_data="", expire_date=at)
    if person is not None:
        UserSession.objects.create(user=person, ip="127.0.0.1", user_agent="A browser", session_key=key)
    return key


def keys():
    return set(Session.objects.values_list("session_key", flat=True)), set(UserSession.objects.values_list("session_key", flat=True))


def test_sessions_that_ran_out_go_with_what_the_browser_said_and_living_ones_stay(office, officer, reader, stranger):
    now = datetime.now(UTC)
    living, fresh = session_of(officer, -10), session_of(reader, 0.5)
    session_of(officer, 3)
    theirs = session_of(stranger, 3)
    (proof,) = (one for one in retention.get_proofs(office, now, KEEP) if one.kind.name == "sessions")
    assert (proof.kept, proof.days) == (False, 1)
    assert retention.run(office, now, KEEP)["sessions"] == 1
    assert keys() == ({living, fresh, theirs}, {living, fresh, theirs})
    (proof,) = (one for one in retention.get_proofs(office, now, KEEP) if one.kind.name == "sessions")
    assert (proof.kept, proof.last.deleted) == (True, 1)
    assert json.loads(Line.objects.get(act="retention.run").detail)["sessions"] == 1


def test_a_clock_of_the_office_that_runs_ahead_ends_no_living_session(office, officer):
    living = session_of(officer, -10)
    assert retention.run(office, datetime.now(UTC) + timedelta(days=400), KEEP)["sessions"] == 0
    assert keys() == ({living}, {living})


def test_the_nightly_run_forgets_sessions_in_which_nobody_signed_in(office, officer, caplog):
    living, nobodys = session_of(officer, -10), session_of(None, 3)
    with caplog.at_level("INFO", logger=retention.__name__):
        assert retention.forget(datetime.now(UTC))["sessions"] == 1
    assert "1 sessions deleted" in caplog.text
    assert nobodys not in keys()[0]
    assert keys() == ({living}, {living})


def test_the_page_says_what_is_kept_for_how_long(house):
    page = client_of(house.reader).get(reverse("retention")).content.decode()
    assert "Records of visits to sources" in page
    assert "30" in page


PLACES = "code,name,level,parent\nK,Kota,city,\nU,Utara,district,K\nA,Bensong,ward,U\nB,Tepi,ward,U\nC,Lebak,ward,U\n"


def complain(office, counts, month=date(2025, 10, 1), days=3):
    start = datetime(month.year, month.month, days, tzinfo=UTC)
    for place, count in counts.items():
        TopicCount.objects.create(office=office, topic="Air", place=place, start=start, end=start + timedelta(days=1), count=count)


def test_a_month_that_is_over_is_shown_in_groups_of_ten_and_stays_as_it_was(office, now):
    places.bring_in(None, office, read(PLACES.encode(), "a.csv"), "a.csv", now)
    complain(office, {"Bensong": 20, "Tepi": 4, "Lebak": 7})
    complain(office, {"Bensong": 50}, month=date(2025, 11, 1))
    assert releases.release_due(office, now) == 1
    (table,) = releases.get_tables(office)
    lines = [(line["place"], line["rest"], line["members"], line["count"]) for line in releases.readable(office, table)]
    assert lines == [("Bensong", False, ["Bensong"], 20), ("Utara", True, ["Lebak", "Tepi"], 11)]
    complain(office, {"Tepi": 30}, days=9)
    assert releases.release_due(office, now) == 0
    assert ReleasedTable.objects.get().content["groups"][1]["count"] == 11


def test_a_month_waits_for_its_last_exports(office, now):
    complain(office, {"Bensong": 20})
    assert releases.release_due(office, datetime(2025, 11, 7, tzinfo=UTC)) == 0
    assert releases.release_due(office, datetime(2025, 11, 8, tzinfo=UTC)) == 1


def test_places_nobody_knows_are_counted_together_and_small_topics_not_shown(office, now):
    complain(office, {"Entah": 6, "": 5})
    start = datetime(2025, 10, 4, tzinfo=UTC)
    TopicCount.objects.create(office=office, topic="Jalan", place="Entah", start=start, end=start, count=9)
    releases.release_due(office, now)
    (table,) = releases.get_tables(office)
    assert table.content["withheld"] == 1
    assert [(line["topic"], line["count"], line["place"]) for line in releases.readable(office, table)] == [("Air", 11, "")]
