"""The tables as they are made: nothing forgotten, hot questions answered by an index, search without accents."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from kentongan.office.database import offices
from kentongan.office.listening.models import Article, JournalEntry, Source
from kentongan.testing.builders import make_source

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


HOT = {
    "article_due": "SELECT id FROM listening_article WHERE source_id = {source} AND page_state = 'due' ORDER BY published DESC LIMIT 5",
    "journal_order": "SELECT id FROM listening_journalentry WHERE office_id = {office} AND seq > 5 ORDER BY seq LIMIT 64",
    "journal_ticks": "SELECT max(at) FROM listening_journalentry WHERE office_id = {office} AND kind = 'tick'",
    "article_search": "SELECT id FROM listening_article WHERE search @@ kentongan_query('banjir')",
    "source_due": "SELECT id FROM listening_source WHERE NOT paused AND next_visit < now()",
}


def test_a_hot_question_has_its_index(office):
    """Asked over enough rows, whose numbers the planner knows: over none it takes whatever index is there."""
    now = datetime(2025, 11, 27, tzinfo=UTC)
    source = make_source(office, "A", now)
    later = {"office": office, "purpose": source.purpose, "outlet": "A", "next_visit": now + timedelta(days=9_999)}
    Source.objects.bulk_create(Source(name=str(n), url=f"https://a.example/{n}", paused=n % 2 > 0, **later) for n in range(400))
    states = ("due", "read")
    articles = Article.objects.bulk_create(
        Article(office=office, source=source, key=str(n), url=f"https://a.example/{n}", outlet="A", source_kind="press", language="id",
                title=f"{'Banjir' if n % 500 == 0 else 'Kabar'} {n}", published=now, seen=now, page_state=states[n % 40 > 0])
        for n in range(2_000)
    )  # fmt: skip
    JournalEntry.objects.bulk_create(
        JournalEntry(office=office, seq=n, kind="tick" if n % 100 == 0 else "article", at=now, article=article if n % 100 else None)
        for n, article in enumerate(articles)
    )
    plans = {}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE listening_article, listening_journalentry, listening_source")
        cursor.execute("SET LOCAL enable_seqscan = off")
        for index, query in HOT.items():
            cursor.execute("EXPLAIN " + query.format(source=source.pk, office=office.pk))
            plans[index] = "\n".join(row[0] for row in cursor.fetchall())
    assert {index: plan for index, plan in plans.items() if index not in plan} == {}


def test_the_offices_are_told_without_django_and_none_while_the_database_is_away(fresh_url):
    assert offices("postgresql://127.0.0.1:9/nothing") == []
    assert offices(fresh_url) == []
    with psycopg.connect(fresh_url) as session:
        session.execute("CREATE TABLE people_office (id bigint, slug text)")
        session.execute("INSERT INTO people_office VALUES (2, 'kota'), (1, 'diskominfo')")
    assert offices(fresh_url) == [(1, "diskominfo"), (2, "kota")]
