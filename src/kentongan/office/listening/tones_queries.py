"""How the office's agencies and watches are spoken of, from the daily counts: whole weeks, press and public posts apart.

Public posts are told by spans of four weeks alone, so that no small group comes out by subtracting weeks from their sum; press also by
week. Nothing is put in order by tone: rows come by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum

from kentongan.engine.tone import Tone
from kentongan.engine.tone_shares import TONES, Said, said_of
from kentongan.office.listening import watches
from kentongan.office.listening.marking import AGENCY, MOST_AGENCIES, WATCH
from kentongan.office.listening.tones_models import ToneCount, ToneReading
from kentongan.office.people.models import Agency, Office

WEEK = timedelta(weeks=1)
SPAN = 4 * WEEK
SPANS = 3
PUBLIC = "public"
Kind = Literal["agency", "watch"]


@dataclass(frozen=True, slots=True)
class Target:
    """An agency or a watch: its mark in the journal, its name, and its number. `refused`: it names a person, so it has no tone."""

    mark: str
    name: str
    kind: Kind
    pk: int
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What may be said of a target over the last four whole weeks."""

    target: Target
    press: Said
    public: Said

    @property
    def told(self) -> bool:
        """Whether there is enough of one kind to say something."""
        return bool(self.press.n or self.public.n)


@dataclass(frozen=True, slots=True)
class Overview:
    """All targets by name, and the first and last day of what was counted."""

    rows: tuple[Row, ...]
    first: date
    last: date

    @property
    def told(self) -> int:
        """How many targets something may be said of."""
        return sum(row.told for row in self.rows)


@dataclass(frozen=True, slots=True)
class Span:
    """What may be said of some whole weeks: their first and last day."""

    first: date
    last: date
    said: Said


@dataclass(frozen=True, slots=True)
class Detail:
    """One target: the last four weeks, the press by week and the posts by four weeks, the oldest first."""

    row: Row
    weeks: tuple[Span, ...]
    spans: tuple[Span, ...]


def get_overview(office: Office, now: datetime) -> Overview:
    """Every agency that lives and every watch that runs. A few queries, however many there are."""
    end = monday_of(office, now)
    targets = get_targets(office, now)
    counted = _counted(office, [target.mark for target in targets], end - SPAN, end)
    return Overview(tuple(_row(target, counted, end - SPAN, end) for target in targets), end - SPAN, end - timedelta(days=1))


def get_detail(office: Office, target: Target, now: datetime) -> Detail:
    """One target with its past. One query."""
    end = monday_of(office, now)
    begin = end - SPANS * SPAN
    counted = _counted(office, [target.mark], begin, end)
    weeks = [begin + number * WEEK for number in range(SPANS * SPAN // WEEK)]
    spans = [begin + number * SPAN for number in range(SPANS)]
    return Detail(
        _row(target, counted, end - SPAN, end),
        tuple(Span(day, day + WEEK - timedelta(days=1), _said(target, counted, day, day + WEEK, people=False)) for day in weeks),
        tuple(Span(day, day + SPAN - timedelta(days=1), _said(target, counted, day, day + SPAN, people=True)) for day in spans),
    )


def monday_of(office: Office, now: datetime) -> date:
    """The first day of this week where the office is: what is before it are whole weeks."""
    today = now.astimezone(ZoneInfo(office.time_zone)).date()
    return today - timedelta(days=today.weekday())


def get_targets(office: Office, now: datetime) -> list[Target]:
    """Agencies, then watches with words, each by name. A few queries."""
    refused = set(ToneReading.objects.filter(office=office).values_list("refused", flat=True).first() or ())
    living = Agency.objects.filter(Q(ended=None) | Q(ended__gt=now.date()), office=office).order_by("name")[:MOST_AGENCIES]
    agencies = [Target(AGENCY + name, name, "agency", pk, AGENCY + name in refused) for pk, name in living.values_list("pk", "name")]
    running = watches.get_running(office, now).exclude(query="")
    watched = [Target(WATCH + name, name, "watch", pk, WATCH + name in refused) for pk, name in running.values_list("pk", "name")]
    return [*agencies, *watched]


def get_target(office: Office, kind: Kind, pk: int, now: datetime) -> Target | None:
    """One target of the office, None where it is not there, ended, or is a watch without words."""
    return next((one for one in get_targets(office, now) if (one.kind, one.pk) == (kind, pk)), None)


Counted = Mapping[tuple[str, date, bool, Tone], int]
"""n by mark, Monday, whether it is of public posts, and tone."""


def _counted(office: Office, marks: Sequence[str], begin: date, end: date) -> Counted:
    rows = ToneCount.objects.filter(office=office, target__in=marks, day__gte=begin, day__lt=end)
    counted: Counter[tuple[str, date, bool, Tone]] = Counter()
    for mark, day, kind, tone, n in rows.values_list("target", "day", "source_kind", "tone").annotate(n=Sum("n")):
        counted[mark, day - timedelta(days=day.weekday()), kind == PUBLIC, tone] += n
    return counted


def _row(target: Target, counted: Counted, begin: date, end: date) -> Row:
    return Row(target, _said(target, counted, begin, end, people=False), _said(target, counted, begin, end, people=True))


def _said(target: Target, counted: Counted, begin: date, end: date, *, people: bool) -> Said:
    weeks = _weeks(begin, end)
    return said_of({tone: sum(counted.get((target.mark, week, people, tone), 0) for week in weeks) for tone in TONES}, people=people)


def _weeks(begin: date, end: date) -> Iterable[date]:
    return [begin + number * WEEK for number in range((end - begin) // WEEK)]
