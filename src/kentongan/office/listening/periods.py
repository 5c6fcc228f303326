"""Weekly and monthly counts: closed when they are over, judged against their own past by `engine.surveillance`, and kept as they were.

A week runs from Monday, a month from its first day, in the office's time; each is closed a day after its end, once the listener has read
all that waits. What arrives later changes nothing. Counted are topics, places with all that lies in them, watches, agencies and kinds of
item (questions, complaints …), from the counts by the hour (`counting`); complaints to the office by month as they were released
(`releases`), so that no group below ten is looked at.

More of everything is no news: where the whole is above or below its own usual, a subject is judged by what it has beyond that. A period in
which the whole is less than half of what it was lately was not heard in full: nothing of it is judged. Many subjects are judged at once, so
the evidence asked of each grows with the logarithm of their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import log
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection, transaction
from django.db.models import Max, Min, Q, QuerySet

from kentongan.engine import surveillance
from kentongan.engine.counts import Usual, band
from kentongan.engine.disclosure import K
from kentongan.office.kept import Kept
from kentongan.office.listening import counting, gazetteers, marking, releases
from kentongan.office.listening.counting_models import HourCount, PeriodCount
from kentongan.office.listening.models import JournalEntry, ListenerState
from kentongan.office.listening.retention_models import ReleasedTable
from kentongan.office.people.models import Office, Place

ALL = "*"
REPORTS = "r"
"""What a subject of complaints begins with."""
WAIT = timedelta(days=1)
"""After the end of a period, for what is read late."""
MOST_AT_ONCE = 30
PAST = {"week": 156, "month": 60}
"""Periods that are looked back on: three years, five years."""
RECENT = 26
"""A subject that was not heard for so many periods is let go."""
COVERED = 8
"""Periods whose middle says how much is heard of everything lately."""
SAID_FOR = timedelta(days=7)
NEWS = {"week": timedelta(days=7 + 1 + 7), "month": timedelta(days=31 + 7 + 8)}
"""How long ago a week or month of which the briefing speaks may have begun."""
MOST_SAID = 3
Grid, Verdict = PeriodCount.Grid, PeriodCount.Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """The last period of one subject: its count (None: not heard in full), what was usual, and how it stands."""

    count: int | None
    verdict: str
    usual: Usual | None = None
    evidence: float = 0.0


def start_of(grid: str, day: date) -> date:
    """The first day of the week or month a day is in."""
    return day - timedelta(days=day.weekday()) if grid == Grid.WEEK else day.replace(day=1)


def next_of(grid: str, start: date) -> date:
    """The first day of the period after."""
    return start + timedelta(days=7) if grid == Grid.WEEK else date(start.year + start.month // 12, start.month % 12 + 1, 1)


# Judging. Pure.


def judge(grid: str, series: Mapping[str, Sequence[int | None]], ratio: float = 1.0) -> dict[str, Judged]:
    """How the last period of each subject stands; all series share one grid, None is a missing count.

    `ratio` is how many times its usual the whole is: each last count is judged as if it were divided by it.
    """
    names = [name for name, counts in series.items() if _is_usual(counts)]
    found = {name: Judged(counts[-1], Verdict.UNKNOWN) for name, counts in series.items() if name not in names}
    if not names:
        return found
    matrix = np.array([[np.nan if one is None else one for one in series[name]] for name in names], dtype=np.float64)
    matrix[:, -1] = np.round(matrix[:, -1] / ratio)
    more = log(len(names))
    usual = surveillance.Settings()
    settings = surveillance.Settings(_PERIODS[grid], warn=usual.warn + more, fell=usual.fell + more)
    seen = surveillance.watch(matrix, settings, max(0, matrix.shape[1] - RECENT))
    for row, name in enumerate(names):
        verdict = Verdict.RISE if seen.warned[row, -1] else Verdict.FALL if seen.silent[row, -1] else Verdict.USUAL
        if name[0] == counting.PLACE and verdict == Verdict.RISE and (series[name][-1] or 0) < K:
            verdict = Verdict.USUAL
        evidence = seen.fall[row, -1] if verdict == Verdict.FALL else seen.rise[row, -1]
        expected = Usual(float(seen.mean[row, -1]) * ratio, float(seen.shape[row, -1]))
        found[name] = Judged(series[name][-1], verdict, expected, float(evidence))
    return found


def _is_usual(counts: Sequence[int | None]) -> bool:
    """Whether there is a past that lets expect something, and a last count to hold against it."""
    known = [one for one in counts[:-1] if one is not None]
    return counts[-1] is not None and len(known) >= surveillance.FEW + surveillance.GUARD and sum(known) >= K


_PERIODS: Mapping[str, float] = {Grid.WEEK: surveillance.WEEKLY, Grid.MONTH: surveillance.MONTHLY}


def is_covered(total: int, before: Sequence[int | None]) -> bool:
    """Whether a period was heard in full, by how much was heard of everything in the periods before."""
    lately = [one for one in before if one][-COVERED:]
    return total > 0 and (not lately or total >= median(lately) / 2)


def ratio_of(whole: Judged) -> float:
    """How many times its usual the whole is; 1 where it does not stand out."""
    if whole.usual is None or whole.verdict not in {Verdict.RISE, Verdict.FALL} or not whole.count:
        return 1.0
    return whole.count / whole.usual.mean


# Closing


def close(office: Office, now: datetime) -> int:
    """Count and judge every week and month that is over and not closed yet; gives how many. Nothing while the listener still reads."""
    if not _is_read(office):
        return 0
    done = 0
    for grid in (Grid.WEEK, Grid.MONTH):
        for start in _due(office, grid, now):
            _close(office, grid, start, now)
            done += 1
    return done + close_complaints(office, now)


def _is_read(office: Office) -> bool:
    last = JournalEntry.objects.filter(office=office).aggregate(last=Max("seq"))["last"]
    counted = ListenerState.objects.filter(office=office).values_list("counted", flat=True).first()
    return last is None or (counted or 0) >= last


def _due(office: Office, grid: str, now: datetime) -> list[date]:
    zone = ZoneInfo(office.time_zone)
    last: date | None = PeriodCount.objects.filter(office=office, grid=grid, subject=ALL).aggregate(last=Max("start"))["last"]
    if last is None:
        heard: datetime | None = HourCount.objects.filter(office=office).aggregate(first=Min("hour"))["first"]
        if heard is None:
            return []
        last = start_of(grid, heard.astimezone(zone).date())  # it was not heard in full
    due, start = [], next_of(grid, last)
    while _midnight(next_of(grid, start), zone) + WAIT <= now and len(due) < MOST_AT_ONCE:
        due.append(start)
        start = next_of(grid, start)
    return due


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


@transaction.atomic
def _close(office: Office, grid: str, start: date, now: datetime) -> None:
    """Write the rows of one period. A few queries, however many subjects there are."""
    counts = _heard(office, grid, start)
    past, starts = _past(office, grid, start)
    total = sum(count for subject, count in counts.items() if subject[0] == counting.SOURCE)
    before = [past.get(ALL, {}).get(one) for one in starts]
    covered = is_covered(total, before)
    whole = judge(grid, {ALL: [*before, total if covered else None]})[ALL]
    living = _living(office, now)
    series = {
        name: [*(past.get(name, {}).get(one) for one in starts), counts.get(name, 0) if covered else None]
        for name in sorted({*counts, *past})
    }
    series = {name: one for name, one in series.items() if _is_heard(name, (counts.get(name), *one[-RECENT:]), living)}
    judged = {ALL: whole, **judge(grid, series, ratio_of(whole))}
    PeriodCount.objects.bulk_create(_rows(office, grid, start, judged, now), ignore_conflicts=True)


def _heard(office: Office, grid: str, start: date) -> dict[str, int]:
    zone = ZoneInfo(office.time_zone)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject, sum(count)::int FROM listening_hourcount WHERE office_id = %s AND hour >= %s AND hour < %s GROUP BY 1",
            [office.pk, _midnight(start, zone), _midnight(next_of(grid, start), zone)],
        )
        return dict(cursor.fetchall())


def _past(office: Office, grid: str, start: date) -> tuple[dict[str, dict[date, int | None]], list[date]]:
    """What was counted in the periods before, by subject, and these periods."""
    first = start - timedelta(days=PAST[grid] * (7 if grid == Grid.WEEK else 31))
    past: dict[str, dict[date, int | None]] = {}
    rows = PeriodCount.objects.filter(office=office, grid=grid, start__lt=start, start__gte=first).exclude(subject__startswith=REPORTS)
    for subject, at, count in rows.values_list("subject", "start", "count"):
        past.setdefault(subject, {})[at] = count
    return past, sorted(past.get(ALL, {}))


def _living(office: Office, now: datetime) -> dict[str, frozenset[str] | None]:
    """What is there to be counted, by what it begins with; None: everything that was heard."""
    marks = frozenset(mark.key for mark in marking.marks_of(office, now))
    known = gazetteers.of(office.pk)
    places = frozenset(counting.PLACE + name for _, name in known.living()) if known is not None else frozenset[str]()
    return {counting.TOPIC: None, counting.KIND: None, counting.PLACE: places, counting.WATCH: marks, counting.AGENCY: marks}


def _is_heard(name: str, lately: Iterable[int | None], living: Mapping[str, frozenset[str] | None]) -> bool:
    """Whether a subject is there to be counted and was heard lately."""
    if name[0] not in living or not any(lately):
        return False
    wanted = living[name[0]]
    return wanted is None or name in wanted


def _rows(office: Office, grid: str, start: date, judged: Mapping[str, Judged], now: datetime) -> Iterable[PeriodCount]:
    for subject, one in judged.items():
        low, high = band(one.usual) if one.usual is not None else (None, None)
        yield PeriodCount(
            office=office, grid=grid, subject=subject, start=start, count=one.count, verdict=one.verdict, evidence=one.evidence, at=now,
            mean=one.usual.mean if one.usual is not None else None, low=low, high=high,
        )  # fmt: skip


@transaction.atomic
def close_complaints(office: Office, now: datetime) -> int:
    """Judge the complaints of each month that was released and not judged yet, by topic and by topic and place; gives how many months."""
    tables = list(ReleasedTable.objects.filter(office=office, kind=releases.KIND).order_by("month"))
    seen = PeriodCount.objects.filter(office=office, grid=Grid.MONTH, subject__startswith=REPORTS).aggregate(last=Max("start"))["last"]
    months = _months(tables)
    released = {table.month: _released(table.content) for table in tables}
    new = [table.month for table in tables if seen is None or table.month > seen]
    for month in new:
        until = [one for one in months if one <= month][-PAST[Grid.MONTH] :]
        names = sorted({name for one in until for name in released.get(one, {})})
        series = {name: [released.get(one, {}).get(name) for one in until] for name in names}
        told = {name: one for name, one in judge(Grid.MONTH, series).items() if one.count is not None}
        PeriodCount.objects.bulk_create(_rows(office, Grid.MONTH, month, told, now), ignore_conflicts=True)
    return len(new)


def _months(tables: Sequence[ReleasedTable]) -> list[date]:
    """Every month from the first table to the last; one that was not released is missing, not nought."""
    months = [tables[0].month] if tables else []
    while months and months[-1] < tables[-1].month:
        months.append(next_of(Grid.MONTH, months[-1]))
    return months


def _released(content: Mapping[str, Any]) -> dict[str, int]:
    """The counts of a released table: each topic as the sum of its groups, and each place that is shown by itself."""
    found: dict[str, int] = {}
    for group in content["groups"]:
        topic = f"{REPORTS}{group['topic']}"
        found[topic] = found.get(topic, 0) + int(group["count"])
        if not group["rest"] and group["place"] not in ("", releases.ELSEWHERE):
            found[f"{topic}|{group['place']}"] = int(group["count"])
    return found


# Reading


def get_periods(office: Office, grid: str, now: datetime) -> list[PeriodCount]:
    """What was counted and judged in the last RECENT periods that are closed, the oldest first. One query."""
    back = timedelta(days=(RECENT + 2) * (7 if grid == Grid.WEEK else 31))
    rows = PeriodCount.objects.filter(office=office, grid=grid, start__gte=(now - back).date(), at__lte=now)
    return list(rows.order_by("start", "subject"))


def _standing_out(office: int, now: datetime, closed: datetime, week: date, month: date) -> QuerySet[PeriodCount]:
    last = Q(grid=Grid.WEEK, start__gt=week) | Q(grid=Grid.MONTH, start__gt=month)
    rows = PeriodCount.objects.filter(last, office=office, at__lte=now, at__gt=closed, verdict__in=[Verdict.RISE, Verdict.FALL])
    return rows.exclude(subject=ALL).order_by("-evidence", "subject")[:MOST_SAID]


_said = Kept(_standing_out)


def get_reasons(office: Office, now: datetime) -> list[dict[str, Any]]:
    """What stood out in the last periods, in the days after they were closed, as reasons; the clearest first, at most MOST_SAID.

    A query or two. Of earlier periods that are closed late (an archive was read) nothing is said.
    """
    found = _said(office.pk, now, now - SAID_FOR, (now - NEWS[Grid.WEEK]).date(), (now - NEWS[Grid.MONTH]).date())
    names = get_names(office, found)
    return [reason_of(row, names) for row in found]


def get_names(office: Office, rows: Iterable[PeriodCount]) -> dict[str, str]:
    """What the places of complaints are called, by their codes; no query where there is none."""
    codes = {row.subject.partition("|")[2] for row in rows if row.subject.startswith(REPORTS)} - {""}
    return dict(Place.objects.filter(office=office, code__in=codes).values_list("code", "name")) if codes else {}


def named(subject: str, names: Mapping[str, str]) -> str:
    """A subject with the name of its place in place of the code."""
    what, _, code = subject.partition("|")
    return f"{what}|{names.get(code, code)}" if code and subject.startswith(REPORTS) else subject


def reason_of(row: PeriodCount, names: Mapping[str, str]) -> dict[str, Any]:
    """The sentence of a subject that stands out, as code and values; of a place no number of one to nine."""
    values = {"subject": named(row.subject, names), "first": row.start.isoformat(), "low": row.low or 0, "high": row.high or 0}
    if hides(row):
        return {"code": f"period.{row.grid}.few", "values": {**values, "least": K}}
    return {"code": f"period.{row.grid}.{row.verdict}", "values": {**values, "n": row.count or 0}}


def hides(row: PeriodCount) -> bool:
    """Whether its count is one of one to nine that may not be shown."""
    return row.subject[0] in {counting.PLACE, REPORTS} and row.count is not None and 0 < row.count < K
