"""Issues on their way out of the house, in tables, feeds and messages: never one that few may see, never a colleague's name."""

from __future__ import annotations

import csv
import io
import sys
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as Tree

import pyarrow.parquet
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from desk import NOW, made
from screens import STILL
from test_api import Program, refused, token_for
from test_api_hooks import REAL, SECRET, Receiver, fetcher, receiver, told  # noqa: F401

from kentongan.office.api import events, tables, telling
from kentongan.office.api import services as programs
from kentongan.office.api.models import Delivery
from kentongan.office.desk import services
from kentongan.office.ledger.models import Line
from kentongan.office.people.permissions import RIGHTS

LATER = NOW + events.SETTLED
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def desk(db, settings):
    settings.CLOCK = STILL
    return made()


# Tables


def table(desk, form="csv"):
    answer = Program(token_for(desk.sari, ["export"], f"rahasia-{form}")).get(f"exports/issues.{form}?until=2026-01-01T00:00:00Z")
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content)
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig")))) if form == "csv" else pyarrow.parquet.read_table(io.BytesIO(body))


def test_a_table_of_issues_names_no_colleague_and_has_none_that_few_may_see(desk):
    open_ = desk.opened("Air berbau", lead=desk.lina.pk, agency=desk.water.pk, summary="Kali hitam")
    desk.secret(desk.joko, title="Penyakit aneh")
    part = services.merge(desk.sari, desk.opened("Ikan mati"), open_, "sama", 0, NOW)
    rows = table(desk)
    assert {int(row["id"]): row["merged_into"] for row in rows} == {open_.pk: "", part.pk: str(open_.pk)}
    (row,) = [row for row in rows if int(row["id"]) == open_.pk]
    assert (row["title"], row["agency"], row["level"], row["state"], row["opened"]) == (
        "Air berbau", "Perumda Air Minum", "high", "open", NOW.isoformat(),
    )  # fmt: skip
    assert not {"Lina", "Sari", "Kali hitam", "laporan warga", "Penyakit aneh"} & {value for one in rows for value in one.values()}
    assert table(desk, "parquet").column("id").to_pylist() == [int(row["id"]) for row in rows]


def test_a_table_of_issues_has_no_column_of_a_person_a_note_or_evidence():
    names = {column.name for column in tables.TABLES["issues"].columns}
    assert not names & {"lead", "by", "level_by", "truth_by", "opened_by", "named", "summary", "level_reason", "truth_reason", "evidence"}


@pytest.mark.parametrize("start", ["=", "+", "-", "＝", "－"])
def test_a_title_that_would_run_in_a_spreadsheet_is_made_harmless(desk, start):
    desk.opened(f"{start}cmd|'/C calc'!A0")
    assert table(desk)[0]["title"] == f"'{start}cmd|'/C calc'!A0"


def test_a_table_of_issues_is_a_line_in_the_record_and_needs_both_rights(desk, monkeypatch):
    desk.opened("Air berbau")
    table(desk)
    assert [line.subject for line in Line.objects.filter(act="export.made")] == ["issues"]
    program = Program(token_for(desk.joko, ["export", "feeds"]))
    monkeypatch.setitem(RIGHTS, "issues.read", RIGHTS["issues.read"] - {"officer"})
    for path in ("exports/issues.csv", "exports/issues.parquet", "feeds/issues.atom"):
        refused(program.get(path), 403)
    assert program.get("exports/stories.csv").status_code == 200
    assert [line.subject for line in Line.objects.filter(act="export.made").order_by("id")] == ["issues", "stories"]


def test_an_issue_that_is_hidden_while_the_table_is_sent_is_not_in_the_rest_of_it(desk, monkeypatch):
    first, second = desk.opened("Satu", lead=desk.sari.pk), desk.opened("Dua", lead=desk.sari.pk)
    first, second = sorted((first, second), key=lambda one: one.pk)
    monkeypatch.setattr(tables, "PILE", 1)
    parts = iter(tables.csv_lines(tables.TABLES["issues"], desk.office.pk, NOW, LATER))
    assert first.title in (next(parts) + next(parts)).decode()
    services.restrict(desk.sari, second, True, (), 0, NOW)
    assert second.title not in b"".join(parts).decode()


# The feed


def test_the_feed_says_how_issues_stand_the_latest_moved_first(desk):
    one = desk.opened("Air berbau", summary="Kali hitam\x0b sejak pagi")
    desk.secret(desk.joko, title="Penyakit aneh")
    desk.opened("Banjir", "low")
    services.merge(desk.sari, desk.opened("Ikan mati"), one, "sama", 0, NOW)
    services.move(desk.sari, one, "check", 0, NOW + timedelta(minutes=5))
    answer = Program(token_for(desk.reader, ["feeds"])).get("feeds/issues.atom")
    entries = Tree.fromstring(answer.content).findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["High: Air berbau", "Low: Banjir"]
    assert entries[0].findtext(f"{ATOM}summary") == "Being checked. Kali hitam\nsejak pagi"
    assert entries[0].find(f"{ATOM}link").get("href").endswith(f"/issues/{one.pk}/")
    assert "Penyakit" not in answer.content.decode()
    guest = Program(token_for(desk.guest, ["feeds"])).get("feeds/issues.atom")
    assert Tree.fromstring(guest.content).findall(f"{ATOM}entry") == []


# Messages


@pytest.fixture
def hook(desk, receiver):  # noqa: F811
    draft = programs.HookDraft("Ruang kendali", f"{receiver.url}/masuk", (events.OPENED, events.MOVED))
    return programs.make_hook(desk.boss, draft, SECRET, NOW)


def test_an_issue_is_told_once_when_it_is_opened_and_at_each_move(desk, hook):
    issue = desk.opened("Air berbau")
    assert told(hook, NOW) == [], "there is time yet to say that few may see it"
    ((name, said),) = told(hook, LATER)
    assert (name, said["issue"], said["title"], said["level"], said["state"]) == (events.OPENED, issue.pk, "Air berbau", "high", "open")
    assert not {"lead", "summary", "opened_by"} & set(said)
    services.set_level(desk.sari, issue, "low", "reda", 0, LATER)
    assert told(hook, LATER) == []
    services.move(desk.sari, issue, "check", 1, LATER)
    assert [(name, data["state"]) for name, data in told(hook, LATER)] == [(events.MOVED, "checking")]
    services.merge(desk.sari, issue, desk.opened("Lain"), "sama", 2, LATER)
    assert {(name, data["state"]) for name, data in told(hook, LATER)} == {(events.MOVED, "merged"), (events.OPENED, "open")}


def test_what_was_opened_before_an_address_was_named_is_told_only_when_it_moves(desk, receiver):  # noqa: F811
    issue = desk.opened("Air berbau")
    draft = programs.HookDraft("Ruang kendali", receiver.url, (events.OPENED, events.MOVED))
    hook = programs.make_hook(desk.boss, draft, SECRET, NOW + timedelta(minutes=1))
    assert told(hook, LATER) == []
    services.move(desk.sari, issue, "check", 0, LATER)
    assert [name for name, _ in told(hook, LATER)] == [events.MOVED]


def test_an_issue_that_few_may_see_sends_nothing_whatever_is_done_with_it(desk, hook):
    issue = desk.secret(desk.joko)
    for act in ("check", "answer", "say"):
        issue = services.move(desk.sari, issue, act, issue.version, LATER)
        assert told(hook, LATER) == []
    assert not Delivery.objects.exists()
    hook.refresh_from_db()
    assert hook.told == {}
    services.restrict(desk.sari, issue, False, (), issue.version, LATER)
    assert [data["issue"] for _, data in told(hook, LATER)] == [issue.pk]


def test_what_waits_to_be_sent_of_an_issue_is_dropped_when_few_may_see_it(desk, hook, receiver, fetcher):  # noqa: F811
    issue = desk.opened("Penyakit aneh", lead=desk.sari.pk)
    (number,) = telling.gather(hook.pk, LATER)
    services.restrict(desk.sari, issue, True, (), 0, LATER)
    assert telling.deliver(number, fetcher, REAL) is None
    assert receiver.asked == []
    assert Delivery.objects.get().state == Delivery.State.GIVEN_UP


def test_what_waits_of_an_issue_that_everybody_sees_is_sent(desk, hook, receiver, fetcher):  # noqa: F811
    desk.opened("Air berbau")
    (number,) = telling.gather(hook.pk, LATER)
    telling.deliver(number, fetcher, REAL)
    assert b"Air berbau" in receiver.asked[0].body


def test_no_office_is_told_of_anothers_issues(desk, hook):
    services.open_issue(desk.guest, services.IssueDraft("Lain"), "high", "laporan", services.Seed(), NOW)
    assert told(hook, LATER) == []
