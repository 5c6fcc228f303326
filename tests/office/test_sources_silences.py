"""Silence as people see it: jobs that stand still or failed, the source's page with its picture, the sentences in three languages."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext, override
from procrastinate.contrib.django import app

from kentongan.engine import silence
from kentongan.engine.reasons import SENTENCES
from kentongan.office.listening import briefing, charts, presenting, silences, tasks
from kentongan.office.listening.models import Article, Silence
from kentongan.office.people import scope
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW
REAL = datetime(2026, 1, 5, 12, tzinfo=UTC)


def planned(task, at):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp) VALUES (%s, '', %s)",
            [task, int(at.timestamp())],
        )


def failed(task, office, at):
    args = f'{{"office": {office}}}' if office else "{}"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) VALUES ('default', %s, %s, 'failed') RETURNING id",
            [task, args],
        )
        (job,) = cursor.fetchone()
        cursor.execute("INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'failed', %s)", [job, at])
    return job


def test_every_task_that_runs_by_the_clock_is_in_the_table_and_has_words():
    app.perform_import_paths()
    assert {name for name, _ in app.periodic_registry.periodic_tasks} == set(silences.JOBS)
    assert set(silences.JOBS) <= set(presenting.TASK_WORDS)


@pytest.mark.parametrize("task", sorted(silences.JOBS))
def test_a_task_that_was_not_planned_for_too_long_is_quiet_and_one_that_was_is_not(house, task):
    planned(task, REAL - silences.JOBS[task] - timedelta(minutes=1))
    (found,) = silences.look_at_jobs(house.ours, NOW, REAL)
    assert (found.kind, found.subject, found.quiet.reason.code) == ("job", task, "silence.job")
    assert found.quiet.since == NOW - silences.JOBS[task] - timedelta(minutes=1)
    planned(task, REAL - silences.JOBS[task] + timedelta(minutes=1))
    assert silences.look_at_jobs(house.ours, NOW, REAL) == []


def test_a_job_that_failed_is_said_once_with_how_many_and_only_to_its_office(house):
    for minutes in (5, 50):
        failed("visit_source", house.ours.pk, REAL - timedelta(minutes=minutes))
    failed("visit_source", house.ours.pk, REAL - timedelta(days=9))
    failed("forget", None, REAL - timedelta(hours=1))
    with scope.scope(house.ours.pk):
        found = {one.subject: one.quiet for one in silences.look_at_jobs(house.ours, NOW, REAL)}
    assert dict(found["visit_source"].reason.values) == {"n": 2}
    assert found["visit_source"].since == NOW - timedelta(minutes=5)
    assert set(found) == {"visit_source", "forget"}
    assert [one.subject for one in silences.look_at_jobs(house.theirs, NOW, REAL)] == ["forget"]


def test_a_failed_job_stands_on_the_briefing_until_it_is_tried_again(house):
    job = failed("propose_for", house.ours.pk, REAL - timedelta(minutes=5))
    silences.notice(house.ours, NOW, REAL)
    (row,) = Silence.objects.filter(office=house.ours, kind="job")
    (said,) = [one for one in content(house)["missing"] if one["code"] == "briefing.job_failed"]
    with override("en"):
        words = presenting.sentence(said)
    assert words.startswith("Background work failed at ")
    assert "the search for outlets nobody hears yet" in words
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'todo' WHERE id = %s", [job])
    silences.notice(house.ours, NOW, REAL)
    row.refresh_from_db()
    assert row.ended == NOW


def content(house):
    return briefing.compose(house.ours, NOW - timedelta(hours=24), NOW, "en")


def test_the_sweep_looks_for_jobs_by_the_time_it_was_planned_for(house):
    planned("tell", REAL - timedelta(hours=1))
    tasks.sweep(int(REAL.timestamp()) // 60 * 60)
    assert Silence.objects.filter(kind="job", subject="tell").count() == 2, "one for each office"


def steady(house, name="Suara Muarasena", until=NOW, days=20):
    """A source that says an item every third hour."""
    source = builders.make_source(house.ours, f"{name} tetap", last_item=until)
    for n in range(days * 8):
        told = builders.Told(source.name, (NOW - until) / timedelta(hours=1) + n * 3, f"Berita {n}", "Isi.", "id")
        builders.make_article(house.ours, told, source=source)
    return source


def test_a_silent_source_says_since_when_and_shows_its_days_against_what_is_usual(house):
    source = steady(house, until=NOW - timedelta(days=3))
    silences.notice(house.ours, NOW)
    page = client_of(house.officer).get(reverse("source", args=[source.pk]))
    drawing = page.context["drawing"]
    body = page.content.decode()
    assert drawing.daily
    assert drawing.usual
    assert drawing.words.startswith("It has said nothing for 7")
    assert "Items a day from this source" in body
    assert "usual on that day" in body
    days = {column.hour.date(): column for column in drawing.columns}
    assert len(days) == 29
    yesterday = days[(NOW - timedelta(days=1)).date()]
    assert (yesterday.count, round(yesterday.expected)) == (0, 8)


def test_a_source_that_speaks_says_how_often_and_a_new_one_draws_nothing_it_does_not_know(house):
    source = steady(house)
    drawing = client_of(house.officer).get(reverse("source", args=[source.pk])).context["drawing"]
    assert drawing.words == "It says about 8 items a day."
    new = builders.make_source(house.ours, "Baru saja")
    assert client_of(house.officer).get(reverse("source", args=[new.pk])).context["drawing"] is None


def test_what_is_expected_adds_up_to_what_was_said_while_it_spoke():
    counts = [0] * (28 * 24 - 240) + [1, 0, 2] * 80
    expected = silence.expected(counts, NOW, NOW, 420)
    assert expected is not None
    assert round(float(expected.sum())) == sum(counts)
    assert float(expected[: 28 * 24 - 240].sum()) == 0
    assert silence.expected([0] * 672, None, NOW) is None
    assert silence.expected([0] * 671 + [9], NOW, NOW) is None, "an hour is no history"


def test_the_days_of_a_picture_hold_every_item_once():
    counts = [n % 3 for n in range(672)]
    drawn = charts.by_day(counts, None, NOW, "x")
    assert drawn is not None
    assert sum(column.count for column in drawn.columns) == sum(counts)
    assert not drawn.usual
    assert charts.by_day([0] * 670 + [1, 1], None, NOW, "x") is None


QUIET = [code for code in SENTENCES if code.startswith("silence.") or code in {*briefing._QUIET.values(), "briefing.standstill"}]


@pytest.mark.parametrize("code", QUIET)
@pytest.mark.parametrize("language", ["id", "vi"])
def test_every_sentence_of_silence_is_said_in_the_readers_language(code, language):
    values = {
        "source": "Radio D", "source_kind": "press", "task": "forget", "when": NOW.isoformat(), "expected": 12, "share": 30, "n": 3,
        "hours": 5, "days": 30,
    }  # fmt: skip
    with override(language):
        said = presenting.sentence({"code": code, "values": values})
        assert gettext(SENTENCES[code]) != SENTENCES[code]
    assert said.endswith(".")
    assert "forget" not in said


def test_a_page_of_a_source_costs_the_same_with_many_items(house, count_queries):
    client = client_of(house.officer)
    source = steady(house, days=2)

    def queries():
        with count_queries() as said:
            client.get(reverse("source", args=[source.pk]))
        return len(said)

    few = queries()
    for n in range(50):
        builders.make_article(house.ours, builders.Told(source.name, n + 60, f"Lagi {n}", "Isi.", "id"), source=source)
    assert queries() == few
    assert Article.objects.filter(source=source).count() == 66
