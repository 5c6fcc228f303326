"""Hosts that keep a thread waiting hold up one another, never a source that answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from kentongan.office import parts
from kentongan.office.listening import tasks
from kentongan.office.listening.models import Visit
from kentongan.testing import builders


@pytest.mark.parametrize(
    ("outcome", "elapsed_ms", "expected"),
    [
        ("ok", 200, ("visits", 0)),
        ("not_modified", 9_000, ("visits", 0)),
        ("ok", 12_000, ("patient", 1)),
        ("refused", 3, ("visits", 0)),
        ("not_found", 300, ("visits", 0)),
        ("timeout", 30_000, ("patient", 0)),
        ("timeout", 0, ("patient", 0)),
        ("too_slow", 8_000, ("patient", 0)),
        ("busy", 120_000, ("patient", 0)),
    ],
)
def test_the_next_visit_waits_where_the_last_one_belonged(outcome, elapsed_ms, expected):
    assert tasks.queue_for(Visit(outcome=outcome, elapsed_ms=elapsed_ms)) == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [(("ok", 80), ("visits", 0)), (("timeout", 30_000), ("patient", 0)), (("ok", 12_000), ("patient", 0)), (("gone", 50), ("visits", 0))],
)
def test_one_stumble_of_a_quick_source_is_asked_again_among_the_quick(before, expected):
    last = Visit(outcome="timeout", elapsed_ms=30_000)
    assert tasks.queue_for(last, Visit(outcome=before[0], elapsed_ms=before[1])) == expected
    assert tasks.queue_for(last) == ("patient", 0)


def test_a_source_never_visited_goes_first_among_those_that_need_patience():
    assert tasks.queue_for(None) == ("patient", 1)


@pytest.mark.django_db
def test_planned_visits_stand_in_the_queue_of_their_last_one(office):
    quick, mute, fresh, stumbled = (builders.make_source(office, name) for name in ("Quick", "Mute", "Fresh", "Stumbled"))
    builders.make_visits(quick, n=1)
    Visit.objects.create(source=mute, at=builders.NOW, outcome="timeout", elapsed_ms=30_000)
    Visit.objects.filter(source=fresh).delete()
    Visit.objects.create(source=stumbled, at=builders.NOW - timedelta(minutes=1), outcome="ok", elapsed_ms=90)
    Visit.objects.create(source=stumbled, at=builders.NOW, outcome="timeout", elapsed_ms=30_000)
    for source in (quick, mute, fresh, stumbled):
        tasks.plan_visit(source.pk, builders.NOW)
    planned = {job.args["source_id"]: (job.queue_name, job.priority) for job in ProcrastinateJob.objects.all()}
    assert planned == {quick.pk: ("visits", 0), mute.pk: ("patient", 0), fresh.pk: ("patient", 1), stumbled.pk: ("visits", 0)}


@pytest.mark.django_db
def test_the_sweep_leaves_a_visit_that_waits_already_in_its_place(office):
    source = builders.make_source(office, "Late", next_visit=None)
    assert tasks.plan_due() == 1
    assert tasks.plan_due() == 0
    assert [job.args["source_id"] for job in ProcrastinateJob.objects.all()] == [source.pk]


@pytest.mark.django_db
def test_a_visit_planned_while_another_ends_stands_among_the_quick_once_that_one_was_quick(office):
    """The sweep planned one for a source whose first visit still ran; moved to its next time it stayed behind mute hosts for minutes."""
    source = builders.make_source(office, "Fresh")
    Visit.objects.filter(source=source).delete()
    tasks.plan_visit(source.pk, builders.NOW)
    first = Visit.objects.create(source=source, at=builders.NOW, outcome="ok", elapsed_ms=90)
    tasks.plan_visit(source.pk, builders.NOW + timedelta(minutes=1), first)
    assert [(job.queue_name, job.priority) for job in ProcrastinateJob.objects.all()] == [("visits", 0)]


@pytest.mark.django_db
def test_the_sweep_plans_no_visit_beside_one_that_is_being_made(office):
    builders.make_source(office, "Late", next_visit=None)
    assert tasks.plan_due() == 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    assert tasks.plan_due() == 0


@given(st.integers(1, 64))
def test_every_queue_has_a_thread_and_all_together_as_many_as_were_set(threads):
    shares = parts._shares(threads)
    assert set(shares) == {"visits", "patient", "pages", "default", "alerts", "rings", "letters"}
    assert min(shares.values()) >= 1
    assert sum(shares.values()) == max(4, threads) + sum(parts.ALERT_THREADS.values())
    assert shares["visits"] >= max(shares["pages"], shares["patient"]) or threads < 8
