"""Figures that may be shown: each month once it is over, in groups of ten or more; and it stays as it was first shown.

Two tables: complaints by topic and place, and how much was heard (by kind of source and language), from which the public yearly figures are
added up; so these outlive the articles they were counted from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, QuerySet

from kentongan.engine.disclosure import Cell, release, shown
from kentongan.office.listening.models import Article, Briefing, Signal, Story, TopicCount
from kentongan.office.listening.retention_models import ReleasedTable
from kentongan.office.people import places
from kentongan.office.people.models import Office, Place

KIND = "complaints"
VOLUMES = "volumes"
WAIT = timedelta(days=7)
"""After the end of a month, so that exports of its last days are in."""
ELSEWHERE = "?"


def months_due(office: Office, kind: str, first: datetime | None, now: datetime) -> list[date]:
    """Months since `first` that are over and not shown yet. One query."""
    if first is None:
        return []
    shown_before = set(ReleasedTable.objects.filter(office=office, kind=kind).values_list("month", flat=True))
    month, due = date(first.year, first.month, 1), []
    while _at(_next(month)) + WAIT <= now:
        if month not in shown_before:
            due.append(month)
        month = _next(month)
    return due


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


@transaction.atomic
def release_due(office: Office, now: datetime) -> int:
    """Make the tables of the months that are due; gives how many. What is imported later changes no table that was shown."""
    due = months_due(office, KIND, TopicCount.objects.filter(office=office).aggregate(first=Min("start"))["first"], now)
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


@transaction.atomic
def release_volumes(office: Office, now: datetime) -> int:
    """How much was heard in each month that is due; gives how many months. Groups of one to nine are left out of every figure."""
    due = months_due(office, VOLUMES, Article.objects.filter(office=office).aggregate(first=Min("seen"))["first"], now)
    rows = [ReleasedTable(office=office, kind=VOLUMES, month=month, content=_volumes(office, month), at=now) for month in due]
    ReleasedTable.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _volumes(office: Office, month: date) -> dict[str, Any]:
    since, until = _at(month), _at(_next(month))
    heard = Article.objects.filter(office=office, seen__gte=since, seen__lt=until).order_by()
    return {
        **{name: _shown(heard.values_list(name).annotate(n=Count("pk"))) for name in ("source_kind", "language")},
        "stories": shown(Story.objects.filter(office=office, merged_into=None, first__gte=since, first__lt=until).count()) or 0,
        "signals": Signal.objects.filter(office=office, raised__gte=since, raised__lt=until).count(),
        "briefings": Briefing.objects.filter(office=office, signed_at__gte=since, signed_at__lt=until).count(),
    }


def _shown(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    return {name: count for name, count in sorted(counts) if shown(count)}


@dataclass(frozen=True, slots=True)
class Year:
    """The public figures of one year: whole months that are over, added up."""

    year: int
    months: int
    by_kind: Mapping[str, int]
    by_language: Mapping[str, int]
    stories: int
    signals: int
    briefings: int

    @property
    def items(self) -> int:
        """Everything that was heard, as far as it may be shown."""
        return sum(self.by_kind.values())


def get_years(office: Office) -> list[Year]:
    """The figures of every year, the latest first. One query."""
    by_year: dict[int, list[dict[str, Any]]] = {}
    for table in ReleasedTable.objects.filter(office=office, kind=VOLUMES).order_by("-month"):
        by_year.setdefault(table.month.year, []).append(table.content)
    return [
        Year(
            year, len(months), _added(months, "source_kind"), _added(months, "language"),
            *(sum(month[name] for month in months) for name in ("stories", "signals", "briefings")),
        )
        for year, months in by_year.items()
    ]  # fmt: skip


def _added(months: Iterable[Mapping[str, Any]], name: str) -> dict[str, int]:
    total: Counter[str] = Counter()
    for month in months:
        total.update(month[name])
    return dict(sorted(total.items()))


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
