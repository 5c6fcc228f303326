"""The filled office of the figures is an office: whole, searchable, the same every time; and size does not change how often a page asks."""

from __future__ import annotations

import random
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError

import numpy as np
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.measure import bench_scale, fill_office
from kentongan.office import outside
from kentongan.office.listening import engine_settings, listener
from kentongan.office.listening.models import Story
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "office"))
from screens import STILL, client_of, furnished

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROWS = [
    {"title": "Banjir merendam kelurahan", "text": "Air setinggi lutut di jalan utama. " * 30, "lang": "id"},
    {"title": "Ngập lụt nhà dân", "text": "Nước ngập sâu ở nhiều tuyến phố. " * 30, "lang": "vi"},
    {"title": "Flood reaches houses", "text": "Water stands in the streets. " * 30, "lang": "en"},
]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 3_000), st.integers(1, 50), st.integers(0, 2**32 - 1))
def test_a_plan_has_every_article_once_in_order_and_copies_after_their_original(articles, seeds, number):
    plan = fill_office.plan_of(articles, seeds, 7, np.random.default_rng(number))
    assert plan.size == articles == len(plan.minute)
    assert (np.diff(plan.minute) >= 0).all()
    assert plan.minute.max() <= 0
    copies = np.flatnonzero(plan.original >= 0)
    assert (plan.original[copies] < copies).all()
    assert (plan.story[plan.original[copies]] == plan.story[copies]).all()
    assert (plan.original[plan.original[copies]] == -1).all()
    again = fill_office.plan_of(articles, seeds, 7, np.random.default_rng(number))
    assert (again.story == plan.story).all()
    assert (again.minute == plan.minute).all()


def test_vectors_have_length_one_and_those_of_a_story_lie_together():
    plan = fill_office.plan_of(400, 3, 5, np.random.default_rng(2))
    ((_, rows),) = fill_office.vectors(plan, ["id", "vi", "en"], np.random.default_rng(3))
    assert np.allclose(np.linalg.norm(rows.astype(np.float32), axis=1), 1, atol=0.01)
    alike = rows.astype(np.float32) @ rows.astype(np.float32).T
    same = plan.story[:, None] == plan.story[None, :]
    np.fill_diagonal(same, val=False)
    assert alike[same].min() > np.median(alike[~same])


def test_a_filled_office_is_whole_and_found_by_word_and_by_index(installation):
    place = installation()
    place.run("people", "add", "bench0", "--role", "officer", "--password", bench_scale.PASSWORD)
    place.run("sources", "add", "https://a.example/feed", "--name", "A")
    place.ask("DELETE FROM procrastinate_jobs RETURNING 1")
    place.ask("DELETE FROM listening_source RETURNING 1")
    office = place.ask("SELECT id FROM people_office")[0][0]
    indexes = place.ask("SELECT indexname FROM pg_indexes WHERE tablename = 'listening_article' ORDER BY 1")
    fill_office.fill(place.url, office, ROWS, 600, NOW)
    assert place.ask("SELECT indexname FROM pg_indexes WHERE tablename = 'listening_article' ORDER BY 1") == indexes
    assert place.ask("SELECT count(*), count(search), count(embedding) FROM listening_article") == [(600, 600, 600)]
    assert place.ask(
        "SELECT count(*) FROM listening_article a LEFT JOIN listening_membership m ON m.article_id = a.id WHERE m.id IS NULL"
    ) == [(0,)]
    assert place.ask("SELECT sum(articles + copies) FROM listening_story") == [(600,)]
    assert place.ask("SELECT count(*) FROM listening_journalentry") == [(600,)]
    assert place.ask("SELECT count(*) FROM listening_signal")[0][0] >= 1
    found = "SELECT * FROM kentongan_found({}, kentongan_query('nước'), '{{}}', '', '', '', NULL, ARRAY[now()], 500, 100)"
    with psycopg.connect(place.url, autocommit=True) as session:
        session.execute("SELECT set_config('role', 'kentongan_office', false), set_config('kentongan.office', %s, false)", [str(office)])
        hits = session.execute(found.format(office)).fetchall()
        assert hits
        session.execute("SELECT set_config('kentongan.office', '999', false)")
        assert session.execute(found.format(office)).fetchall() == []
        assert session.execute(found.format(999)).fetchall() == []


PAGES = {"briefing": "/", "stories": "/stories/", "signals": "/signals/", "search": "/search/?q=banjir"}


@pytest.mark.django_db
def test_the_five_pages_ask_as_often_with_three_hundred_stories_as_with_ten(settings, count_queries):
    settings.CLOCK = STILL
    house = furnished()
    client = client_of(house.officer)
    _stories(house.ours, 10)
    few = _asked(client, house, count_queries)
    _stories(house.ours, 300)
    assert Story.objects.filter(office=house.ours).count() > 300
    assert _asked(client, house, count_queries) == few


def _stories(office, n):
    for place in range(n):
        told = (builders.Told("Suara Muarasena", 1 + place / 99, f"Banjir di kelurahan {n} {place}", "Banjir setinggi lutut.", "id"),)
        story = builders.make_story(office, builders.Event("high", (1, 1, 1, 1, 1), told), seq=100 + place)
        builders.make_signal(story, f"banjir {n} {place}", kind="term")


def _asked(client, house, count_queries):
    found = {}
    for name, path in {**PAGES, "story": f"/stories/{house.stories[0].pk}/"}.items():
        client.get(path)
        with count_queries() as asked:
            assert client.get(path).status_code == 200
        found[name] = len(asked)
    return found


def test_what_people_ask_for_is_every_page_in_turn(installation):
    place = installation()
    place.run("people", "add", "bench0", "--role", "officer", "--password", bench_scale.PASSWORD)
    place.run("sources", "add", "https://a.example/feed", "--name", "A")
    place.ask("DELETE FROM listening_source RETURNING 1")
    fill_office.fill(place.url, place.ask("SELECT id FROM people_office")[0][0], ROWS, 1200, NOW)
    with psycopg.connect(place.url, autocommit=True) as session:
        pages = bench_scale.asking(session)
    draw = random.Random(4)
    asked = [pages(draw) for _ in range(200)]
    assert {name for name, _ in asked} == {"briefing", "stories", "story", "search", "signals"}
    assert all(path.startswith("search/?q=") for name, path in asked if name == "search")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="all of 127/8 is this machine on Linux only")
def test_unwell_feeds_are_hosts_of_their_own_and_never_answer_well():
    with bench_scale.unwell(6) as addresses:
        hosts = {address.split("/")[2].split(":")[0] for address in addresses}
        assert len(hosts) == len(addresses) == 6
        for address in addresses:
            with pytest.raises((URLError, TimeoutError, OSError)), urllib.request.urlopen(address, timeout=0.3) as answer:
                answer.read()


def test_the_command_says_what_it_needs():
    command = [sys.executable, "-m", "kentongan.measure.fill_office"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert "FOLDER" in said.stderr


@pytest.mark.django_db
def test_a_journal_that_counts_as_read_is_not_read_again(office, caplog):
    fill_office.read_journal(office.pk)
    mine = listener.Listener(office.pk, outside.embedder(), engine_settings.of(office.pk))
    mine.open()
    assert mine.state is not None
    assert caplog.records == []
