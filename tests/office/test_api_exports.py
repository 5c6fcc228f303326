"""Tables and feeds that leave the house: whole, in the office's scope, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as Tree

import pyarrow.parquet
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import feeds as reading
from kentongan.office import sheets
from kentongan.office.api import tables
from kentongan.office.ledger.models import Line
from kentongan.office.listening import briefing, services
from kentongan.office.listening.models import Article, Signal, Story
from kentongan.office.people import scope
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of
from test_api import Program, refused, token_for

pytestmark = pytest.mark.django_db
NOW = builders.NOW
ATOM = "{http://www.w3.org/2005/Atom}"


def body_of(answer):
    return b"".join(answer.streaming_content)


def csv_of(answer):
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(body_of(answer).decode("utf-8-sig"))))


@pytest.mark.parametrize("what", ["stories", "signals", "articles"])
def test_csv_and_parquet_say_the_same_rows(house, program, what):
    rows = csv_of(program.get(f"exports/{what}.csv"))
    answer = program.get(f"exports/{what}.parquet")
    table = pyarrow.parquet.read_table(io.BytesIO(body_of(answer)))
    model = {"stories": Story, "signals": Signal, "articles": Article}[what]
    ids = [row.pk for row in model.objects.filter(office=house.ours).order_by(tables.TABLES[what].time, "pk")]
    assert [int(row["id"]) for row in rows] == table.column("id").to_pylist() == ids
    assert table.column_names == list(rows[0])
    assert answer["Content-Disposition"] == f'attachment; filename="muarasena-{what}-20251127-0030.parquet"'


def test_an_export_has_no_text_of_an_article_and_nothing_about_a_person(house, program):
    names = {column.name for what, table in tables.TABLES.items() for column in table.columns if (what, column.name) != ("facts", "text")}
    assert not names & {"text", "voice", "author", "state_by", "by", "embedding", "summary", "key"}
    assert "Hujan" not in csv_of(program.get("exports/articles.csv"))[0].get("text", "")


def test_an_export_is_a_line_in_the_ledger_and_needs_the_right(house, program):
    program.get("exports/stories.csv?since=2025-11-01T00:00:00Z")
    (line,) = Line.objects.filter(act="export.made")
    assert (line.subject, line.actor) == ("stories", house.officer.pk)
    assert json.loads(line.detail) == {"form": "csv", "since": "2025-11-01T00:00:00+00:00", "until": None}
    refused(client_of(house.reader).get("/api/v1/exports/stories.csv"), 403)
    refused(Program(token_for(house.officer, ["read"])).get("exports/stories.csv"), 403)
    assert Line.objects.filter(act="export.made").count() == 1


def test_an_export_is_narrowed_by_time(house, program):
    assert csv_of(program.get("exports/articles.csv?since=2030-01-01T00:00:00Z&until=2031-01-01T00:00:00Z")) == []
    cut = NOW - timedelta(hours=5)
    rows = csv_of(program.get(f"exports/articles.csv?until={cut.isoformat().replace('+00:00', 'Z')}"))
    assert len(rows) == Article.objects.filter(office=house.ours, published__lt=cut).count() > 0
    refused(program.get("exports/articles.csv?since=2026-01-01T00:00:00Z&until=2025-01-01T00:00:00Z"), 422)
    refused(program.get("exports/articles.csv?since=yesterday"), 422)
    refused(program.get("exports/articles.csv?since=0001-01-01T00:00:00%2B14:00"), 422)
    assert program.get("exports/articles.csv?since=0036-12-26T15:12:38-18:29").status_code == 200
    assert program.get("articles?since=0036-12-26T15:12:38-18:29").status_code == 200
    refused(program.get("exports/people.csv"), 422)


def test_an_empty_export_still_has_its_columns(house):
    program = Program(token_for(builders.make_user(house.theirs, "penguasa", "administrator")))
    assert csv_of(program.get("exports/stories.csv")) == []
    table = pyarrow.parquet.read_table(io.BytesIO(body_of(program.get("exports/stories.parquet"))))
    assert (table.num_rows, table.column_names[:2]) == (0, ["id", "headline"])


def test_the_stream_is_read_inside_the_office_after_the_request_has_ended(house, program):
    answer = program.get("exports/stories.csv")
    assert scope.current() is None
    seen = []
    for part in answer.streaming_content:
        seen.append(part)
        assert scope.current() is None
    assert len(seen) == 2


def test_a_long_table_is_read_in_piles_of_a_constant_number_of_queries(house, program, count_queries, monkeypatch):
    whole = csv_of(program.get("exports/articles.csv"))
    monkeypatch.setattr(tables, "PILE", 7)
    answer = program.get("exports/articles.csv")
    with count_queries() as said:
        assert csv_of(answer) == whole
    assert len(said) == 3 * (len(whole) // 7 + 1)


# Formulas


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "＝", "－", "＠", "＋", "\n@", "%", "|"])
def test_a_headline_that_would_run_in_a_spreadsheet_is_made_harmless(house, program, start):
    told = replace(builders.EVENTS[0].items[0], title=f"{start}cmd|'/C calc'!A0")
    article = builders.make_article(house.ours, told)
    (row,) = [row for row in csv_of(program.get("exports/articles.csv")) if int(row["id"]) == article.pk]
    assert row["title"].startswith("'")
    table = pyarrow.parquet.read_table(io.BytesIO(body_of(program.get("exports/articles.parquet"))))
    assert told.title in table.column("title").to_pylist()


@given(st.text(max_size=40))
def test_no_text_begins_a_formula_and_none_is_lost(text):
    safe = sheets.harmless(text)
    assert safe in {text, f"'{text}"}
    assert safe.lstrip()[:1] not in set("=+-@")
    assert safe[:1] not in {"\t", "\r", "\n"}


def test_numbers_stay_numbers(program):
    rows = csv_of(program.get("exports/signals.csv"))
    assert all(float(row["observed"]) >= 0 for row in rows)


# Feeds


def entries(answer):
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return Tree.fromstring(answer.content).findall(f"{ATOM}entry")


@pytest.mark.parametrize("what", ["signals", "stories", "briefings"])
def test_a_feed_is_read_by_our_own_reader(house, what):
    content = briefing.compose(house.ours, NOW - briefing.FIRST_VISIT, NOW, "en")
    services.sign_briefing(house.officer, content, NOW)
    answer = Program(token_for(house.officer, ["feeds"])).get(f"feeds/{what}.atom")
    found = reading.read(answer.content, url="https://kentongan.example/feed")
    assert (found.kind, found.problems) == ("atom", ())
    assert len(found.items) == len(entries(answer)) > 0
    assert all(item.title and item.link and item.published for item in found.items)


def test_a_feed_token_may_stand_in_the_address_and_opens_nothing_else(house):
    secret = token_for(house.officer, ["feeds"])
    assert entries(Client().get(f"/api/v1/feeds/signals.atom?key={secret}"))
    refused(Client().get(f"/api/v1/stories?key={secret}"), 401)
    refused(Program(secret).get("stories"), 403)


def test_a_token_that_may_more_may_not_stand_in_an_address(house):
    secret = token_for(house.officer, ["feeds", "read"])
    refused(Client().get(f"/api/v1/feeds/signals.atom?key={secret}"), 403)
    assert entries(Program(secret).get("feeds/signals.atom"))
    refused(Client().get("/api/v1/feeds/signals.atom?key=ktg_wrong"), 401)


def test_a_feed_that_has_not_changed_is_not_sent_again(house):
    program = Program(token_for(house.officer, ["feeds"]))
    tag = program.get("feeds/stories.atom")["ETag"]
    assert program.get("feeds/stories.atom", if_none_match=tag).status_code == 304


def test_a_feed_says_nothing_of_another_office_and_no_dismissed_signal(house):
    builders.make_signal(builders.make_story(house.theirs, builders.EVENTS[0]), "Rahasia lain")
    text = Program(token_for(house.officer, ["feeds"])).get("feeds/signals.atom").content.decode()
    assert "Rahasia lain" not in text
    assert "festival lampion" not in text


def test_a_headline_with_marks_and_characters_xml_cannot_hold_is_still_a_feed(house):
    Story.objects.filter(pk=house.stories[0].pk).update(headline="<b>Air & \x0b\ufffe api</b> ]]>", lead="\x01")
    titles = [entry.findtext(f"{ATOM}title") for entry in entries(Program(token_for(house.officer, ["feeds"])).get("feeds/stories.atom"))]
    assert any(title.endswith("<b>Air &  api</b> ]]>") for title in titles)
