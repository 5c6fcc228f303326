"""The bench of the echo: publications that are followed to their end, each article looked at once, by questions that find their rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from kentongan.measure import bench_echo, fill_office
from kentongan.office.desk import echo_reading
from kentongan.office.desk.echo_models import EchoReading, EchoTie
from kentongan.office.listening import purposes
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.models import Article, ListenerState
from kentongan.office.people.models import User
from kentongan.testing import builders

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WORDS = ("air", "sungai", "warga", "lurah", "pasar", "jalan", "hujan", "posko", "tanggul", "rumah")
ROWS = [
    {
        "title": f"Banjir merendam kelurahan {name}",
        "text": " ".join(f"{name} {WORDS[(n * k) % 10]} {WORDS[(n + k) % 10]} di {WORDS[k % 10]} ke-{n}." for n in range(1, 40)),
        "lang": "id",
    }
    for k, name in enumerate(("Cempaka", "Kenanga", "Melati", "Anggrek", "Dahlia", "Teratai"), start=1)
]


@pytest.fixture
def office(db, transactional_db):
    made = builders.make_office()
    builders.make_user(made, "bench0")
    purposes.first_for(made, NOW)
    ListenerState.objects.create(office=made, offset=0)
    return made


def address():
    url = connection.get_connection_params()
    return " ".join(f"{name}={url[name]}" for name in ("host", "user", "dbname", "port") if url.get(name))


def followed(office, articles):
    fill_office.fill(address(), office.pk, ROWS, articles, NOW)
    watch, done = bench_echo.Watch(), []
    for at in bench_echo.moments(office.pk)[-2:]:
        made = bench_echo.publish(office.pk, "bench0", at)
        vector = bench_echo.beside(office.pk, at)
        with connection.execute_wrapper(watch):
            done.append(bench_echo.follow(office, made, bench_echo.Bare(HashedEmbedder()), vector))
    return watch, done


def test_each_publication_is_followed_to_its_end_and_questions_do_not_grow_with_articles(office):
    watch, done = followed(office, 900)
    for one in done:
        reading = EchoReading.objects.select_related("publication").get(publication__statement=one.statement)
        at = reading.publication.at
        assert one.articles == reading.articles == Article.objects.filter(published__gt=at, published__lt=at + echo_reading.WINDOW).count()
        assert one.ties == EchoTie.objects.filter(reading=reading).count()
        assert sum(one.runs) == one.took
    assert sum(one.ties for one in done) > 5
    assert watch.steps >= 2
    assert watch.queries / watch.steps <= 24
    assert set(bench_echo.plans(watch.asked)) <= set(bench_echo.GROWING), "small tables may be read whole"
    assert User.objects.get(username="bench0").office == office


def test_a_publication_is_only_made_where_something_was_told(office):
    assert bench_echo.publish(office.pk, "bench0", NOW - timedelta(days=400)) is None
