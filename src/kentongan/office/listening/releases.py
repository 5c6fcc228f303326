"""Complaints by topic and place: each month is shown once it is over, in groups of ten or more, and stays as it was first shown."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Min, QuerySet

from kentongan.engine.disclosure import Cell, release
from kentongan.office.listening.models import ReleasedTable, TopicCount
from kentongan.office.people import places
from kentongan.office.people.models import Office, Place

KIND = "complaints"
WAIT = timedelta(days=7)
"""After the end of a month, so that exports of its last days are in."""
ELSEWHERE = "?"


def months_due(office: Office, now: datetime) -> list[date]:
    """Months that are over, have counts and are not shown yet. Two queries."""
    first = TopicCount.objects.filter(office=office).aggregate(first=Min("start"))["first"]
    if first is None:
        return []
    shown = set(ReleasedTable.objects.filter(office=office, kind=KIND).values_list("month", flat=True))
    month, due = date(first.year, first.month, 1), []
    while datetime(*_next(month).timetuple()[:3], tzinfo=UTC) + WAIT <= now:
        if month not in shown:
            due.append(month)
        month = _next(month)
    return due


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


@transaction.atomic
def release_due(office: Office, now: datetime) -> int:
    """Make the tables of the months that are due; gives how many. What is imported later changes no table that was shown."""
    due = months_due(office, now)
    ways = places.get_paths(office) if due else {}
    codes = places.get_spellings(office) if due else {}
    rows = []
    for month in due:
        cells = [
            Cell(count.topic, ways.get(codes.get(count.place, ""), (ELSEWHERE, count.place or ELSEWHERE)), count.count)
            for count in TopicCount.objects.filter(office=office, start__gte=_at(month), start__lt=_at(_next(month)))
        ]
        found = release(cells)
        content = {"groups": [asdict(group) for group in found.groups], "withheld": len(found.withheld)}
        rows.append(ReleasedTable(office=office, kind=KIND, month=month, content=content, at=now))
    ReleasedTable.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _at(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=UTC)


def get_tables(office: Office) -> QuerySet[ReleasedTable]:
    """The tables that are shown, the latest first."""
    return ReleasedTable.objects.filter(office=office, kind=KIND).order_by("-month")[:24]


def readable(office: Office, table: ReleasedTable) -> list[dict[str, Any]]:
    """The lines of a table with names instead of codes. One query."""
    codes = {code for group in table.content["groups"] for code in (group["place"], *group["members"])}
    names = dict(Place.objects.filter(office=office, code__in=codes).values_list("code", "name"))
    return [
        {
            "topic": group["topic"],
            "place": "" if group["place"] in ("", ELSEWHERE) else names.get(group["place"], group["place"]),
            "rest": group["rest"],
            "members": sorted(names.get(code, code) for code in group["members"] if code != ELSEWHERE),
            "count": group["count"],
        }
        for group in table.content["groups"]
    ]
