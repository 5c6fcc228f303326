"""Background work: visits, pages, the sweep that mends what was lost, and keeping no longer than promised.

One visit of a source at a time (`lock`), and at most one waiting (`queueing_lock`), however many workers there are.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import JobDeferrer
from procrastinate.tasks import Task

from kentongan.adapters.clock import ShiftedClock
from kentongan.engine.names import ExceptPlaces, NameTagger, load_tagger
from kentongan.office import outside, retries
from kentongan.office.listening import (
    claims_reading,
    collecting,
    forecasts,
    health,
    papers,
    periods,
    proposals,
    purposes,
    queries,
    releases,
    retention,
    silences,
    teaching,
    tones_reading,
    voices,
    watches,
)
from kentongan.office.listening.labels_models import Teaching
from kentongan.office.listening.models import Article, Source, Visit
from kentongan.office.people import scope
from kentongan.office.people import settings as office_settings
from kentongan.office.people.models import Office
from kentongan.office.people.planning import defer_once

LOG = logging.getLogger(__name__)
STALLED_S = 20
"""Four heartbeats."""
SOONEST = timedelta(seconds=1)
BUSY_AGAIN = timedelta(seconds=10)
UNVISITED = (Source.Kind.PUSH, Source.Kind.FILE)
"""They come to us; nobody goes there."""
SLOW_MS = 10_000
SLOW = frozenset({"timeout", "too_slow", "dns_failure", "busy"})
"""Sources whose last visit came to this or took SLOW_MS, and those never visited, wait in a queue of their own: hosts that keep a thread
waiting hold up one another, never a source that answers. Newcomers and those that did answer go first there."""


def names_for(source: Source) -> NameTagger | None:
    """What finds names of persons, where they are to be hidden; the office's own places are no persons."""
    if source.source_kind != Source.SourceKind.PUBLIC:
        return None
    return ExceptPlaces(load_tagger(), queries.get_place_names(source.office_id))


@app.task(name="visit_source", queue="visits")
def visit_source(source_id: int, office: int | None = None) -> None:
    """Visit a source and plan the next visit. `office` stands in every job that belongs to one, so that only that office sees the job."""
    found = Source.objects.select_related("office", "purpose__office").filter(pk=source_id, paused=False)
    source = found.exclude(kind__in=UNVISITED).first()
    if source is None or _over(source):
        return
    config = office_settings.of(source.office_id)
    names = names_for(source)

    def plan(result: collecting.Result) -> None:
        plan_visit(source_id, result.rhythm.next_visit, result.visit)
        if result.pages_due:
            plan_pages(source_id)

    with scope.scope(source.office_id):
        collecting.visit(source, outside.fetcher(), settings.CLOCK.now(), config, names, plan)


@app.task(name="read_pages", queue="pages")
def read_pages(source_id: int, office: int | None = None) -> None:
    """Read some of a source's pages; the rest by another job, so that no source keeps a thread for long."""
    source = Source.objects.select_related("office", "purpose__office").filter(pk=source_id, paused=False).first()
    if source is None or _over(source):
        return
    names = names_for(source)
    with scope.scope(source.office_id):
        read = collecting.read_pages(source, outside.fetcher(), settings.CLOCK.now(), names)
        if collecting.pages_are_due(source_id):
            pause = timedelta(seconds=read.again_s)
            plan_pages(source_id, pause if pause or read.done else BUSY_AGAIN)


def _over(source: Source) -> bool:
    """Whether the source's purpose is over by now; the source is paused with that reason then."""
    with scope.scope(source.office_id):
        return purposes.stop_if_over(source.purpose, settings.CLOCK.now())


def queue_for(last: Visit | None, before: Visit | None = None) -> tuple[str, int]:
    """Queue and priority of a source's next visit, from its last one (None: never visited) and the one before.

    One stumble of a source that is quick as a rule is asked again among the quick: behind mute hosts it would wait for minutes.
    """
    if last is None:
        return "patient", 1
    answered = last.outcome in health.FINE
    if not _asks_patience(last) or (not answered and before is not None and not _asks_patience(before)):
        return "visits", 0
    return "patient", int(answered)


def _asks_patience(visit: Visit) -> bool:
    return visit.elapsed_ms >= SLOW_MS or visit.outcome in SLOW


def plan_visit(source_id: int, at: datetime, last: Visit | None = None) -> None:
    """Let a source be visited at `at` (the office's time); a visit planned before is moved there, into the queue that is its own by now.

    `last` is its last visit, if known.
    """
    lock = f"visit:{source_id}"
    when = real_time(at)
    visits = list(Visit.objects.filter(source=source_id).order_by("-at").only("outcome", "elapsed_ms")[:2])
    if last is not None and (not visits or visits[0].pk != last.pk):
        visits = [last, *visits[:1]]
    queue, priority = queue_for(*(visits or [None]))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = %s, queue_name = %s, priority = %s WHERE queueing_lock = %s AND status = 'todo'",
            [when, queue, priority, lock],
        )
        if cursor.rowcount:
            return
    job = visit_source.configure(queue=queue, queueing_lock=lock, lock=lock, schedule_at=when, priority=priority)
    _defer(job, source_id)


def plan_pages(source_id: int, after: timedelta = timedelta(0)) -> None:
    """Let a source's due pages be read, after a while where its host is busy."""
    lock = f"pages:{source_id}"
    when = datetime.now(UTC) + after if after else None
    _defer(read_pages.configure(queueing_lock=lock, lock=lock, schedule_at=when), source_id)


def _defer(job: JobDeferrer, source_id: int) -> None:
    defer_once(job, source_id=source_id, office=_office_of(source_id))


def _office_of(source_id: int) -> int | None:
    return Source.objects.filter(pk=source_id).values_list("office_id", flat=True).first()


def real_time(at: datetime) -> datetime:
    """The real moment at which the office's clock shows `at`, not before a second from now."""
    soonest = datetime.now(UTC) + SOONEST
    clock = settings.CLOCK
    if isinstance(clock, ShiftedClock):
        return max(soonest, clock.real(at)) if clock.speed else soonest
    return max(soonest, at)


SWEEP_S = 20
NOTICE_S = 60


@app.periodic(cron="* * * * * */20")
@app.task(name="sweep", queue="default", queueing_lock="sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Mend what was lost: jobs of workers that died, visits and pages without a job."""
    retry_stalled()
    plan_due()
    if timestamp % NOTICE_S < SWEEP_S:
        for office in Office.objects.all():
            with scope.scope(office.pk):
                silences.notice(office, settings.CLOCK.now(), datetime.fromtimestamp(timestamp, UTC))
    for source_id in Article.objects.filter(page_state="due").order_by().values_list("source_id", flat=True).distinct():
        if source_id is not None:
            plan_pages(source_id)


def plan_due() -> int:
    """Plan a visit for every source that is due and neither in a queue nor being visited; gives how many."""
    now = settings.CLOCK.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (args->>'source_id')::bigint FROM procrastinate_jobs
            WHERE task_name = 'visit_source'
            AND (status = 'doing' OR (status = 'todo' AND scheduled_at <= clock_timestamp() + interval '2 s'))"""
        )
        queued = {row[0] for row in cursor.fetchall()}
    found = Source.objects.filter(paused=False).exclude(kind__in=UNVISITED).exclude(next_visit__gt=now).values_list("pk", flat=True)
    due = [source_id for source_id in found if source_id not in queued]
    for source_id in due:
        plan_visit(source_id, now)
    return len(due)


def retry_stalled() -> int:
    """Put jobs whose worker died back into the queue; gives how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT j.id, j.queueing_lock FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
            WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - %s * interval '1 s')""",
            [STALLED_S],
        )
        stalled = cursor.fetchall()
    for job, lock in stalled:
        try:
            with transaction.atomic():
                app.job_manager.retry_job_by_id(job, retry_at=datetime.now(UTC))
        except exceptions.ConnectorException:
            # another job of the same kind waits already: this one has nothing left to do
            with connection.cursor() as cursor:
                cursor.execute("UPDATE procrastinate_jobs SET status = 'aborted' WHERE id = %s AND status = 'doing'", [job])
        LOG.warning("job %s (%s) was left by a worker that died; it is done again", job, lock)
    return len(stalled)


def _once(task: Task[..., Any, Any], work: str, office: int) -> None:
    """Plan a task of one office where none of this work waits; one run at a time."""
    lock = f"{work}:{office}"
    defer_once(task.configure(queueing_lock=lock, lock=lock), office=office)


@app.periodic(cron="* * * * * 40")
@app.task(name="read_claims", queue="default", queueing_lock="read_claims", pass_context=False)
def read_claims(timestamp: int) -> None:
    """Let every office's items be read for claims and questions, one run at a time for each."""
    for office in Office.objects.values_list("pk", flat=True):
        _once(read_claims_of, "claims", office)


@app.task(name="read_claims_of", queue="default", pass_context=False)
def read_claims_of(office: int) -> None:
    """Read some items of one office that are due; the rest in the next minute."""
    with scope.scope(office):
        row = Office.objects.filter(pk=office).first()
        if row is not None:
            claims_reading.read(row, outside.embedder(), settings.CLOCK.now())


@app.periodic(cron="* * * * * 50")
@app.task(name="foretell", queue="default", queueing_lock="foretell", pass_context=False)
def foretell(timestamp: int) -> None:
    """Let the rising stories of every office be foretold, and what came be filled in, where anything is due."""
    for office in Office.objects.order_by("pk"):
        with scope.scope(office.pk):
            due = forecasts.is_due(office, settings.CLOCK.now())
        if due:
            _once(foretell_of, "foretell", office.pk)


@app.task(name="foretell_of", queue="default", pass_context=False)
def foretell_of(office: int) -> None:
    """One office's forecasts."""
    with scope.scope(office):
        row = Office.objects.filter(pk=office).first()
        if row is not None:
            forecasts.run(row, settings.CLOCK.now())


@app.periodic(cron="* * * * * 55")
@app.task(name="read_tones", queue="default", queueing_lock="read_tones", pass_context=False)
def read_tones(timestamp: int) -> None:
    """Let what is spoken of every office's agencies and watches be judged, one run at a time for each."""
    for office in Office.objects.values_list("pk", flat=True):
        _once(read_tones_of, "tones", office)


@app.task(name="read_tones_of", queue="default", pass_context=False)
def read_tones_of(office: int) -> None:
    """Judge some items of one office that are due; the rest in the next minute."""
    with scope.scope(office):
        row = Office.objects.filter(pk=office).first()
        if row is None:
            return
        for _ in range(tones_reading.RUNS):
            if not tones_reading.read(row, settings.CLOCK.now(), meaning=watches.centred()).more:
                break


@app.task(name="teach_head", queue="default", pass_context=False)
def teach_head(office: int, wish: int) -> None:
    """Teach a head by one office's labels, as an administrator asked."""
    with scope.scope(office):
        row = Office.objects.filter(pk=office).first()
        if row is not None:
            teaching.run(row, wish, settings.CLOCK.now(), meaning=watches.centred())


def plan_teaching(wish: Teaching) -> bool:
    """Let a wish be worked out; False where it waits already."""
    job = teach_head.configure(queueing_lock=f"teach:{wish.pk}", lock=f"teach:{wish.office_id}")
    return defer_once(job, office=wish.office_id, wish=wish.pk)


@app.task(name="mail_briefing", queue="default", retry=retries.Patience())
def mail_briefing(content: dict[str, Any], to: list[str], language: str, office: int | None = None) -> None:
    """Mail a briefing; a mail server that is away is tried again, one that refuses is not."""
    papers.mail_briefing(content, to, language)


@app.periodic(cron="17 3 * * *")
@app.task(name="forget", queue="default", queueing_lock="forget", pass_context=False)
def forget(timestamp: int) -> None:
    """Delete what has been kept as long as was promised."""
    now = settings.CLOCK.now()
    for office in Office.objects.order_by("pk"):
        with scope.scope(office.pk):
            voices.destroy_keys(office, now)
            releases.release_due(office, now)
            releases.release_volumes(office, now)
    retention.forget(now)


@app.periodic(cron="41 * * * *")
@app.task(name="count_periods", queue="default", queueing_lock="count_periods", pass_context=False)
def count_periods(timestamp: int) -> None:
    """Let every office's weeks and months that are over be counted and judged."""
    for office in Office.objects.values_list("pk", flat=True):
        _once(count_periods_of, "periods", office)


@app.task(name="count_periods_of", queue="default", pass_context=False)
def count_periods_of(office: int) -> None:
    """One office's weeks and months."""
    with scope.scope(office):
        row = Office.objects.filter(pk=office).first()
        if row is not None:
            periods.close(row, settings.CLOCK.now())


@app.periodic(cron="7 * * * *")
@app.task(name="mind_the_register", queue="default", queueing_lock="mind_the_register", pass_context=False)
def mind_the_register(timestamp: int) -> None:
    """Nothing is listened to under a purpose whose last day is past."""
    for office in Office.objects.order_by("pk"):
        with scope.scope(office.pk):
            purposes.stop_what_is_over(office, settings.CLOCK.now())


@app.periodic(cron="23 * * * *")
@app.task(name="propose_sources", queue="default", queueing_lock="propose_sources", pass_context=False)
def propose_sources(timestamp: int) -> None:
    """Let every office's articles be read for outlets that nobody listens to."""
    for office in Office.objects.values_list("pk", flat=True):
        propose_for.configure(queueing_lock=f"propose:{office}").defer(office=office)


@app.task(name="propose_for", queue="default")
def propose_for(office: int) -> None:
    """One office's proposals."""
    with scope.scope(office):
        proposals.look(Office.objects.get(pk=office), settings.CLOCK.now())
