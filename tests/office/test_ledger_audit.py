"""The auditor's pages: what they show, to whom, how narrowed, and how the record leaves."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from kentongan.config import SETTINGS
from kentongan.office.administration import audit_services
from kentongan.office.administration.models import Backup
from kentongan.office.ledger import services as ledger
from kentongan.office.ledger import tasks
from kentongan.office.ledger.models import Line
from kentongan.office.ledger.queries import PAGE
from kentongan.office.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(office):
    return User.objects.create(username="pemeriksa", role="auditor", office=office, password="!")


@pytest.fixture
def lines(office, officer, now):
    """Acts of a day, every second by the system, and one of another office."""
    with transaction.atomic():
        for number in range(PAGE + 10):
            who = (officer.pk, "officer") if number % 2 else (None, "")
            ledger.write(
                "story.marked", office=office.pk, actor=who[0], role=who[1], at=now + timedelta(minutes=number), subject=f"story:{number}",
                detail={"mark": "seen"},
            )  # fmt: skip
        ledger.write("story.split", office=office.pk + 1, actor=999, at=now, subject="story:secret")
    link_now()


def link_now():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def said(client, path, **query):
    client.cookies["django_language"] = "en"
    answer = client.get(path, query)
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content) if answer.streaming else answer.content.decode()


def test_the_auditor_reads_the_latest_first_in_pages_of_their_own_office(client, auditor, lines):
    client.force_login(auditor)
    first = said(client, "/record/")
    assert "story:59" in first
    assert "story:9<" not in first
    assert "secret" not in first
    after = Line.objects.get(subject="story:10").pk
    assert f"after={after}" in first
    second = said(client, "/record/", after=after)
    assert "story:9<" in second
    assert "story:10<" not in second
    assert said(client, "/record/", after="x' OR 1=1")


@pytest.mark.parametrize("role", ["administrator", "officer", "leader", "reader", "legal"])
def test_nobody_else_reads_it(client, office, lines, role):
    client.force_login(User.objects.create(username="orang", role=role, office=office, password="!"))
    for path in ("/record/", "/record/export.csv", "/record/export.json", "/record/export.jsonl"):
        assert client.get(path).status_code == 403
    assert client.post("/record/verify/").status_code == 403
    assert not Line.objects.filter(act="ledger.exported").exists()


def test_there_is_no_switch_for_it():
    assert [one.name for one in SETTINGS if "ledger" in one.name] == ["ledger_anchor_mail", "ledger_anchor_file"]


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ({"act": "story.split"}, "No line fits", "story:1<"),
        ({"subject": "story:7"}, "story:7<", "story:8<"),
        ({"role": "officer"}, "story:59<", "story:58<"),
        ({"actor": "0"}, "story:58<", "story:59<"),
        ({"since": "2030-01-01"}, "No line fits", "story:59<"),
        ({"until": "0001-01-01"}, "story:59<", "secret"),
        ({"until": "9999-12-31"}, "story:59<", "secret"),
        ({"until": "2025-11-27", "subject": "story:3"}, "story:3<", "story:4<"),
        ({"until": "2025-11-26"}, "No line fits", "story:59<"),
        ({"act": "nonsense", "actor": "abc"}, "story:59<", "secret"),
    ],
)
def test_it_is_narrowed_by_time_act_person_and_subject(client, auditor, lines, query, shown, hidden):
    client.force_login(auditor)
    page = said(client, "/record/", **query)
    assert shown in page
    assert hidden not in page


def test_it_costs_the_same_queries_however_long_it_is(client, auditor, office, lines, now, count_queries):
    client.force_login(auditor)
    said(client, "/record/")
    with count_queries() as few:
        said(client, "/record/")
    with transaction.atomic():
        for _ in range(100):
            ledger.write("story.marked", office=office.pk, actor=1, at=now)
    link_now()
    with count_queries() as many:
        said(client, "/record/")
    assert len(many) == len(few)


def test_an_export_can_be_checked_by_anybody_and_is_a_line_itself(client, auditor, office, lines):
    client.force_login(auditor)
    rows = [json.loads(line) for line in said(client, "/record/export.jsonl").splitlines()]
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    before = bytes(32)
    for row in rows:
        fields = (row[name] for name in ("office", "seq", "id", "at", "actor", "role", "act", "subject", "detail"))
        assert row["previous"] == before.hex()
        before = hashlib.sha256(before + "\x1f".join(map(str, fields)).encode()).digest()
        assert row["hash"] == before.hex()
    assert not any(name in json.dumps(rows) for name in ("petugas", "pemeriksa", "kota.example"))
    line = Line.objects.get(office=office.pk, act="ledger.exported")
    assert (line.actor, json.loads(line.detail)) == (auditor.pk, {"form": "jsonl", "narrowed": {}})


def test_an_export_as_one_document_holds_the_same_lines(client, auditor, office, lines):
    client.force_login(auditor)
    rows = [json.loads(line) for line in said(client, "/record/export.jsonl", act="story.marked").splitlines()]
    assert len(rows) == PAGE + 10
    assert json.loads(said(client, "/record/export.json", act="story.marked")) == {"lines": rows}
    assert json.loads(said(client, "/record/export.json", subject="story:nowhere")) == {"lines": []}
    forms = [json.loads(line.detail)["form"] for line in Line.objects.filter(act="ledger.exported").order_by("id")]
    assert forms == ["jsonl", "json", "json"]
    assert "export.json?" in said(client, "/record/")


def test_an_export_as_csv_is_narrowed_like_the_page_and_starts_no_formula(client, auditor, office, lines, now):
    Line.objects.create(office=office.pk, at=now, act="story.marked", subject="=HYPERLINK(1)", detail="{}")
    link_now()
    client.force_login(auditor)
    table = list(csv.DictReader(io.StringIO(said(client, "/record/export.csv", subject="=HYPERLINK(1)").decode())))
    assert [row["subject"] for row in table] == ["'=HYPERLINK(1)"]
    table = list(csv.DictReader(io.StringIO(said(client, "/record/export.csv", role="officer").decode())))
    assert {row["role"] for row in table} == {"officer"}
    assert len(table) == (PAGE + 10) // 2


def test_how_far_the_chain_was_verified_stands_on_the_page(client, auditor, office, lines):
    client.force_login(auditor)
    assert "not been verified yet" in said(client, "/record/")
    assert client.post("/record/verify/").status_code == 302
    job = ProcrastinateJob.objects.get(task_name="verify_chain")
    assert job.args == {"office": office.pk, "actor": auditor.pk}
    tasks.verify_chain(**job.args)
    until = int(json.loads(Line.objects.get(office=office.pk, act="ledger.verified").detail)["lines"])
    assert until >= PAGE + 10
    assert f"Verified until line {until}" in said(client, "/record/")
    link_now()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_line DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_line SET subject = 'story:77' WHERE office = %s AND subject = 'story:7'", [office.pk])
        cursor.execute("ALTER TABLE ledger_line ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE ledger_line ENABLE ALWAYS TRIGGER line_stays")
    tasks.verify_ledger()
    page = said(client, "/record/")
    assert "a line was changed after it was written" in page
    assert "The record is broken after line" in page


def test_an_export_of_no_known_form_is_refused(auditor, now):
    from kentongan.errors import InputError
    from kentongan.office.ledger.queries import LineFilter

    with pytest.raises(InputError, match="csv, json or jsonl"):
        audit_services.begin_export(auditor, "xlsx", LineFilter(), now)


def test_the_only_office_sees_how_large_its_backups_are(client, administrator, office, now):
    Backup.objects.create(office=office, at=now, file="/b/one", size=2_500_000, digest="a" * 64, outcome="Not restored on trial.")
    client.force_login(administrator)
    page = said(client, "/backups/")
    assert "2.4\xa0MB" in page
    assert "its size is not shown" not in page


def test_administrators_see_the_backups_of_their_office(client, administrator, auditor, office, other_office, now):
    Backup.objects.create(office=office, at=now, file="/b/one", size=2_500_000, digest="a" * 64, verified=now, outcome="Restored on trial")
    Backup.objects.create(office=other_office, at=now, file="/b/two", outcome="of others")
    client.force_login(administrator)
    page = said(client, "/backups/")
    assert "Restored on trial" in page
    assert "of others" not in page
    assert "its size is not shown" in page
    assert "2.4\xa0MB" not in page
    client.force_login(auditor)
    assert client.get("/backups/").status_code == 403
