"""The API of the record: an auditor's program reads the lines of the page, and each page it takes is a line itself."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from django.db import connection, transaction

from kentongan.errors import RefusedError
from kentongan.office.administration import audit_services
from kentongan.office.api import scopes
from kentongan.office.ledger import queries, tasks
from kentongan.office.ledger import services as ledger
from kentongan.office.ledger.models import Line
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of
from test_api import Program, refused, token_for

pytestmark = pytest.mark.django_db
NOW = builders.NOW


@pytest.fixture
def auditor(house):
    return builders.make_user(house.ours, "pemeriksa", "auditor")


@pytest.fixture
def program(auditor):
    return Program(token_for(auditor, ["audit"]))


@pytest.fixture
def lines(house):
    with transaction.atomic():
        for n in range(queries.PAGE + 10):
            detail = {"mark": "seen", "n": n}
            actor = house.officer.pk if n % 2 else None
            ledger.write("story.marked", office=house.ours.pk, actor=actor, at=NOW, subject=f"story:{n}", detail=detail)
        ledger.write("story.marked", office=house.theirs.pk, actor=None, at=NOW, subject="story:secret")
    link_now()


def link_now():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def taken():
    return [json.loads(line.detail) for line in Line.objects.filter(act="ledger.exported").order_by("id")]


def test_only_an_auditor_may_give_a_token_this_scope(house, auditor):
    assert scopes.AUDIT in scopes.scopes_of(auditor)
    for person in (house.administrator, house.officer, house.reader):
        assert scopes.AUDIT not in scopes.scopes_of(person)
        with pytest.raises(RefusedError):
            token_for(person, ["audit"])
    refused(Program(token_for(auditor, ["read", "office", "export"])).get("record"), 403)
    refused(client_of(house.administrator).get("/api/v1/record"), 403)
    assert taken() == []


def test_a_program_reads_the_lines_of_the_page_in_its_order_with_their_place_in_the_chain(house, program, auditor, lines):
    first = program.get("record").json()
    assert len(first["rows"]) == queries.PAGE
    second = program.get(f"record?after={first['next']}").json()
    rows = first["rows"] + second["rows"]
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
    marks = [row for row in rows if row["act"] == "story.marked"]
    assert [row["detail"]["n"] for row in marks] == list(reversed(range(queries.PAGE + 10)))
    assert {row["sentence"] for row in marks} == {"Story marked"}
    page = client_of(auditor).get("/record/").content.decode()
    assert all(f"{row['subject']}<" in page for row in first["rows"] if row["subject"])
    assert "secret" not in json.dumps(rows)
    by_place = {row["seq"]: row for row in rows}
    assert all(by_place[seq]["previous"] == by_place[seq - 1]["hash"] for seq in by_place if seq - 1 in by_place)


def test_a_line_of_the_api_is_the_line_of_the_export(house, auditor, program, lines):
    (row,) = program.get("record?subject=story:7").json()["rows"]
    (line,) = [json.loads(one) for one in client_of(auditor).get("/record/export.jsonl?subject=story:7").getvalue().splitlines()]
    assert {name: row[name] for name in ("id", "seq", "actor", "role", "act", "subject", "previous", "hash")} == {
        name: line[name] for name in ("id", "seq", "actor", "role", "act", "subject", "previous", "hash")
    }
    assert row["detail"] == json.loads(line["detail"])


def test_each_page_that_is_taken_is_a_line_with_what_it_was_narrowed_to(house, auditor, program, lines):
    program.get("record")
    program.get("record?act=story.marked&since=2025-11-01&actor=7")
    assert taken() == [
        {"form": audit_services.PROGRAM, "narrowed": {}},
        {"form": "api", "narrowed": {"since": "2025-11-01", "act": "story.marked", "actor": "7"}},
    ]
    assert set(Line.objects.filter(act="ledger.exported").values_list("actor", "role")) == {(auditor.pk, "auditor")}
    link_now()
    assert program.get("record?act=ledger.exported").json()["rows"][0]["detail"]["form"] == "api"


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("act=story.split", 0), ("subject=story:3", 1), ("role=officer", 0), ("until=2025-11-20&act=story.marked", 0),
        ("since=2030-01-01", 0), ("act=nonsense", 0), ("subject=%27%20OR%201=1", 0), ("actor=0&act=story.marked&subject=story:2", 1),
    ],
)  # fmt: skip
def test_it_is_narrowed_as_the_page_is(program, lines, query, n):
    assert len(program.get(f"record?{query}").json()["rows"]) == n


@pytest.mark.parametrize("query", ["after=0", "after=x", f"after={10**19}", "since=0001-01-01", "actor=-1", "subject=%00", "until=soon"])
def test_what_cannot_be_read_is_refused_and_takes_nothing(program, query):
    assert refused(program.get(f"record?{query}"), 422)["errors"][0]["field"] == query.partition("=")[0]
    assert taken() == []


def test_how_far_the_chain_was_verified_is_said(house, program, lines):
    assert program.get("record/verified").json() == {"last": None}
    tasks.verify_chain(house.ours.pk)
    link_now()
    last = program.get("record/verified").json()["last"]
    assert last["ok"] and last["kind"] == "" and last["lines"] >= queries.PAGE + 10


def test_it_costs_the_same_queries_however_long_it_is(house, program, lines, count_queries):
    program.get("record")
    with count_queries() as few:
        program.get("record")
    with transaction.atomic():
        for _ in range(100):
            ledger.write("story.marked", office=house.ours.pk, actor=1, at=NOW)
    link_now()
    with count_queries() as many:
        program.get("record")
    assert len(many) == len(few)
