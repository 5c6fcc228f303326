"""The silence alarm: what should have spoken and did not. Judged by `engine.silence`, kept until it speaks again, said first on the
briefing.

Looked for once a minute by a job (`tasks.sweep`); that the jobs themselves stand still is seen when a page is asked for (`standstill`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q

from kentongan.engine import disclosure, silence
from kentongan.engine.disclosure import K
from kentongan.engine.records import Reason
from kentongan.office.kept import Kept
from kentongan.office.listening import counting, gazetteers, marking, topics_used
from kentongan.office.listening.models import Silence, Source
from kentongan.office.listening.retention_models import RetentionRun
from kentongan.office.people import scope
from kentongan.office.people.models import Office

T = TypeVar("T")
HOURS = silence.DAYS * 24
DAILY = timedelta(hours=26)
HOURLY = timedelta(hours=3)
OFTEN = timedelta(minutes=10)
JOBS: Mapping[str, timedelta] = {
    "sweep": OFTEN,
    "forget": DAILY,
    "mind_the_register": HOURLY,
    "propose_sources": HOURLY,
    "verify_ledger": DAILY,
    "anchor_ledger": DAILY,
    "backup": HOURLY,
    "foretell": OFTEN,
    "tell": OFTEN,
    "mend_deliveries": HOURLY,
    "read_claims": OFTEN,
    "read_tones": OFTEN,
    "mind_alerts": OFTEN,
    "count_periods": HOURLY,
    "mind_statements": OFTEN,
    "mind_embargoes": OFTEN,
    "mind_questions": OFTEN,
    "read_answers": OFTEN,
    "hear_echo": OFTEN,
    "mind_readers": OFTEN,
    "copy_newsrooms": DAILY,
}
"""Every task that runs by the clock, and after how long without it something is wrong: a daily one has two hours to be late."""
FAILED_FOR = timedelta(days=7)
"""So long a job that failed for good is spoken of."""
WORKERS_S = 60
ALL = "*"
"""The subject of the silence of everything."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something quiet: of which kind, its subject (a source's number, a kind of source, a job), and what was judged."""

    kind: str
    subject: str
    quiet: silence.Quiet


def look(office: Office, now: datetime) -> list[Found]:
    """Everything that is quiet at `now`. Paused sources are skipped, not silent. A few queries, however many sources there are."""
    sources = {one.pk: one for one in Source.objects.filter(office=office, paused=False)}
    counts, latest = _hours(office.pk, now)
    offset = offset_of(office, now)
    found: list[Found] = []
    kinds: dict[str, list[int]] = defaultdict(list)
    for pk, source in sources.items():
        kinds[source.source_kind].append(pk)
        quiet = silence.judge(counts[pk], latest.get(pk), now, offset) if pk in counts else _long(source, now)
        if quiet is not None:
            found.append(Found(Silence.Kind.SOURCE, str(pk), quiet))
    for kind, members in [*kinds.items(), (ALL, list(sources))]:
        heard = [pk for pk in members if pk in counts]
        quiet = silence.judge(_sum(counts, heard), max((latest[pk] for pk in heard), default=None), now, offset) if len(heard) > 1 else None
        if quiet is not None:
            found.append(Found(Silence.Kind.SYSTEM if kind == ALL else Silence.Kind.SOURCES, kind, quiet))
    whole = any(one.kind == Silence.Kind.SYSTEM for one in found)
    return [*found, *_marks(office, now, offset), *([] if whole else _matters(office, now, offset)), *_forgotten(office, now)]


def _marks(office: Office, now: datetime, offset: int) -> Iterator[Found]:
    """Watches and agencies of which less is said than usual: an expected report, a matter, a ward. A new one has no usual yet."""
    living = {mark.key for mark in marking.marks_of(office, now)}
    if not living:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT mark, floor(extract(epoch FROM %(now)s - at) / 3600)::int AS ago, count(*), max(at)
            FROM listening_journalentry, jsonb_array_elements_text(payload->'marks') AS mark
            WHERE office_id = %(office)s AND payload ? 'marks' AND at <= %(now)s AND at > %(now)s - %(window)s GROUP BY 1, 2""",
            {"now": now, "office": office.pk, "window": silence.WINDOW},  # type: ignore[dict-item]
        )
        counts, latest = _by_hour(row for row in cursor.fetchall() if row[0] in living)
    for mark in sorted(counts):
        quiet = silence.judge(counts[mark], latest[mark], now, offset)
        if quiet is not None:
            yield Found(Silence.Kind.MARK, mark[:200], quiet)


def _matters(office: Office, now: datetime, offset: int) -> Iterator[Found]:
    """Topics and places of which less is said than usual, wherever they are heard often enough for a usual. One query, or three.

    Not asked while everything is silent: nobody listens then. A place that ended or is called otherwise
    now is not missed, nor a topic that the office took off its list.
    """
    counts, latest = _by_hour(counting.by_hour(office.pk, (counting.TOPIC, counting.PLACE), now, silence.WINDOW, K))
    known = gazetteers.of(office.pk) if any(subject[0] == counting.PLACE for subject in counts) else None
    living = {name for _, name in known.living()} if known is not None else set()
    topics = topics_used.used_by(office.pk).words("services") if counts else {}
    for subject in sorted(counts):
        place, name = subject[0] == counting.PLACE, subject[1:]
        if name not in (living if place else topics):
            continue
        quiet = silence.judge_matter(counts[subject], latest[subject], now, offset)
        if quiet is not None:
            yield Found(Silence.Kind.PLACE if place else Silence.Kind.TOPIC, name[:200], _said_of(quiet, place))


def _said_of(quiet: silence.Quiet, place: bool) -> silence.Quiet:
    """The same in words for what is spoken of, not what speaks; of a place no number of one to nine."""
    if quiet.kind == "stopped":
        return replace(quiet, reason=Reason("silence.unheard", quiet.reason.values))
    if place and disclosure.shown(int(quiet.observed)) is None:
        return replace(quiet, reason=Reason("silence.few", {"least": K, "expected": round(quiet.expected)}))
    return replace(quiet, reason=Reason("silence.less", quiet.reason.values))


def _long(source: Source, now: datetime) -> silence.Quiet | None:
    """A source that spoke once and not in the whole window."""
    last = source.last_item
    if last is None or now - last < silence.WINDOW:
        return None
    return silence.Quiet("stopped", last, 0.0, 0.0, Reason("silence.window", {"days": (now - last).days}))


def hours_of(source: Source, now: datetime) -> tuple[list[int], datetime | None]:
    """Items of one source in each hour of the window, and when it last spoke in it. One query."""
    counts, latest = _hours(source.office_id, now, source.pk)
    return counts.get(source.pk, [0] * HOURS), latest.get(source.pk)


def _hours(office: int, now: datetime, source: int | None = None) -> tuple[dict[int, list[int]], dict[int, datetime]]:
    """Items of each source in each hour of the window, the hour of `now` last, and when it last spoke."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT source_id, floor(extract(epoch FROM %(now)s - published) / 3600)::int AS ago, count(*), max(published)
            FROM listening_article WHERE office_id = %(office)s AND published <= %(now)s AND published > %(now)s - %(window)s
            AND source_id IS NOT NULL AND (%(source)s::bigint IS NULL OR source_id = %(source)s) GROUP BY 1, 2""",
            {"now": now, "office": office, "window": silence.WINDOW, "source": source},  # type: ignore[arg-type,dict-item]
        )
        return _by_hour(cursor.fetchall())


def _by_hour(rows: Iterable[tuple[T, int, int, datetime]]) -> tuple[dict[T, list[int]], dict[T, datetime]]:
    """Rows of (what, hours ago, items, the last of them) as the items of each hour of the window, and when each was last heard of."""
    counts: dict[T, list[int]] = {}
    latest: dict[T, datetime] = {}
    for one, ago, count, last in rows:
        if ago < HOURS:
            counts.setdefault(one, [0] * HOURS)[HOURS - 1 - ago] = count
            latest[one] = max(last, latest.get(one, last))
    return counts, latest


def _sum(counts: dict[int, list[int]], members: Sequence[int]) -> list[int]:
    return [sum(hour) for hour in zip(*(counts[pk] for pk in members), strict=True)] if members else [0] * HOURS


def offset_of(office: Office, now: datetime) -> int:
    shift = now.astimezone(ZoneInfo(office.time_zone)).utcoffset()
    return int(shift.total_seconds() // 60) if shift is not None else 0


def _forgotten(office: Office, now: datetime) -> Iterator[Found]:
    """The daily deletion, which leaves a row of each of its runs: that it was planned says little about what it promised."""
    last = RetentionRun.objects.filter(office=office, at__lte=now).order_by("-at").values_list("at", flat=True).first()
    if last is not None and now - last > JOBS["forget"]:
        yield _job("forget", last, now - last)


def look_at_jobs(office: Office, now: datetime, real: datetime) -> list[Found]:
    """Background work that stands still or failed for good. `real` is the time by which jobs are planned. Two queries.

    A periodic task leaves the moment it was planned last, and is not planned again while it waits or runs: an old moment says that nobody
    plans, or that it hangs. A job that failed stays until somebody tries it again or parks it.
    """
    found: dict[str, Found] = {}
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute("SELECT task_name, max(defer_timestamp) FROM procrastinate_periodic_defers GROUP BY task_name")
        for task, stamp in cursor.fetchall():
            quiet = real - datetime.fromtimestamp(stamp, UTC)
            if task in JOBS and quiet > JOBS[task]:
                found[task] = _job(task, now - quiet, quiet)
        cursor.execute(
            """SELECT j.task_name, count(DISTINCT j.id), max(e.at) FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id
            WHERE j.status = 'failed' AND e.type = 'failed' AND e.at > %s AND coalesce((j.args->>'office')::bigint, %s) = %s
            GROUP BY j.task_name""",
            [real - FAILED_FOR, office.pk, office.pk],
        )
        for task, count, at in cursor.fetchall():
            quiet = silence.Quiet("failed", now - max(real - at, timedelta(0)), float(count), 0.0, Reason("silence.failed", {"n": count}))
            found[task] = Found(Silence.Kind.JOB, task, quiet)
    return list(found.values())


def _job(task: str, since: datetime, quiet: timedelta) -> Found:
    hours = max(1, int(quiet / timedelta(hours=1)))
    return Found(Silence.Kind.JOB, task, silence.Quiet("stopped", since, quiet / JOBS[task], 0.0, Reason("silence.job", {"hours": hours})))


@transaction.atomic
def notice(office: Office, now: datetime, real: datetime | None = None) -> tuple[int, int]:
    """Keep what is quiet, end what speaks again; gives how many began and how many ended. Jobs are looked at where `real` time is given."""
    jobs = look_at_jobs(office, now, real) if real is not None else []
    found = {(one.kind, one.subject): one for one in [*look(office, now), *jobs]}
    standing = {(row.kind, row.subject): row for row in Silence.objects.filter(office=office, ended=None)}
    over = [row.pk for key, row in standing.items() if key not in found]
    Silence.objects.filter(pk__in=over).update(ended=now)
    begun = [_row(office, one, now) for key, one in found.items() if key not in standing]
    Silence.objects.bulk_create(begun, ignore_conflicts=True)
    changed = []
    for key, row in standing.items():
        if key in found:
            quiet = found[key].quiet
            row.expected, row.observed, row.reason = quiet.expected, quiet.observed, _reason(quiet)
            changed.append(row)
    Silence.objects.bulk_update(changed, ["expected", "observed", "reason"])
    return len(begun), len(over)


def _row(office: Office, one: Found, now: datetime) -> Silence:
    return Silence(
        office=office,
        kind=one.kind,
        subject=one.subject,
        source_id=int(one.subject) if one.kind == Silence.Kind.SOURCE else None,
        since=one.quiet.since,
        noticed=now,
        expected=one.quiet.expected,
        observed=one.quiet.observed,
        reason=_reason(one.quiet),
    )


def _reason(quiet: silence.Quiet) -> dict[str, Any]:
    return {"code": quiet.reason.code, "values": dict(quiet.reason.values)}


_open = Kept(
    lambda office, at: (
        Silence.objects.filter(Q(ended=None) | Q(ended__gt=at), office=office, noticed__lte=at).select_related("source").order_by("since")
    )
)


def get_open(office: Office, at: datetime) -> list[Silence]:
    """What was known to be quiet at `at`, the longest first. One query."""
    return _open(office.pk, at)


def by_source(office: Office, at: datetime) -> dict[int, Silence]:
    """The silence of each source that is quiet."""
    return {row.source_id: row for row in get_open(office, at) if row.source_id is not None}


def rows_at(office: Office, at: datetime) -> list[Silence]:
    """What was quiet at a moment of the past, judged anew and not stored."""
    sources = {str(one.pk): one for one in Source.objects.filter(office=office)}
    rows = [_row(office, one, at) for one in look(office, at)]
    for row in rows:
        row.source = sources.get(row.subject) if row.kind == Silence.Kind.SOURCE else None
    return sorted(rows, key=lambda row: row.since)


def standstill(now: datetime) -> datetime | None:
    """Since when no worker has given a sign of life; None while one does. `now` is real time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
        row = cursor.fetchone()
    last: datetime | None = row[0] if row else None
    return last if last is not None and (now - last).total_seconds() > WORKERS_S else None
