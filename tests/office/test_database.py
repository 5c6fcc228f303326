"""The tables as they are made: nothing forgotten, hot questions answered by an index, search without accents."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from kentongan.office.database import offices
from kentongan.office.listening.models import Article

pytestmark = pytest.mark.django_db


def test_no_migration_is_missing():
    said = io.StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=said)
    assert said.getvalue().strip() == "No changes detected"


def add(office, number, title, language, text=""):
    now = datetime(2025, 11, 27, tzinfo=UTC)
    return Article.objects.create(
        office=office, key=str(number), url=f"https://a.example/{number}", outlet="A", source_kind="press", title=title, text=text,
        language=language, published=now, seen=now,
    )  # fmt: skip


def found(words):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key FROM listening_article WHERE search @@ kentongan_query(%s) ORDER BY ts_rank(search, kentongan_query(%s)) DESC, key",
            [words, words],
        )
        return [row[0] for row in cursor.fetchall()]


def test_search_finds_words_without_their_accents_and_in_other_forms(office):
    add(office, 1, "Địa phương ứng phó lũ lụt", "vi")
    add(office, 2, "Warga mengungsi karena kebanjiran", "id")
    add(office, 3, "The flooded streets of the city", "en", "Địa phương lũ lụt")
    assert found("dia phuong") == ["1", "3"]
    assert found("lũ lụt") == found("lu lut") == ["1", "3"]
    assert found("flood") == found("flooding") == ["3"]
    assert found("mengungsikan") == ["2"]
    assert found('"lu lut"') == ["1", "3"]


def test_the_search_column_follows_the_text_and_not_the_vector(office):
    article = add(office, 1, "Banjir", "id")
    assert found("gempa") == []
    Article.objects.filter(pk=article.pk).update(text="gempa")
    assert found("gempa") == ["1"]


@pytest.mark.parametrize(
    ("index", "query"),
    [
        ("article_due", "SELECT id FROM listening_article WHERE source_id = 1 AND page_state = 'due' ORDER BY published DESC LIMIT 5"),
        ("journal_order", "SELECT id FROM listening_journalentry WHERE office_id = 1 AND seq > 5 ORDER BY seq LIMIT 64"),
        ("journal_ticks", "SELECT max(at) FROM listening_journalentry WHERE office_id = 1 AND kind = 'tick'"),
        ("article_search", "SELECT id FROM listening_article WHERE search @@ kentongan_query('banjir')"),
        ("source_due", "SELECT id FROM listening_source WHERE NOT paused AND next_visit < now()"),
    ],
)
def test_a_hot_question_has_its_index(db, index, query):
    with connection.cursor() as cursor:
        cursor.execute(f"REINDEX TABLE {query.split(' FROM ')[1].split()[0]}")  # other tests leave an empty index large, and so dear
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {query}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan


def test_the_offices_are_told_without_django_and_none_while_the_database_is_away(fresh_url):
    assert offices("postgresql://127.0.0.1:9/nothing") == []
    assert offices(fresh_url) == []
    with psycopg.connect(fresh_url) as session:
        session.execute("CREATE TABLE people_office (id bigint, slug text)")
        session.execute("INSERT INTO people_office VALUES (2, 'kota'), (1, 'diskominfo')")
    assert offices(fresh_url) == [(1, "diskominfo"), (2, "kota")]
