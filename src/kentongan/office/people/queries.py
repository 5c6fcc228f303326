"""What the people room shows: people, invitations, agencies, deputies, and a week of duty with its gaps."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet

from kentongan.office.people.models import Agency, Deputy, Duty, Invitation, Office, Role, User


def get_people(office: Office) -> QuerySet[User]:
    """Everybody of the office, those who left last. One query."""
    return User.objects.filter(office=office).select_related("agency", "place").order_by("-is_active", "first_name", "username")


def get_person(office: Office, pk: int) -> User | None:
    """A person of the office."""
    return User.objects.filter(office=office, pk=pk).select_related("office", "agency", "place").first()


def has_factor(person: User) -> bool:
    """Whether the person has set a second factor up."""
    return Authenticator.objects.filter(user=person).exists()


def get_open_invitations(office: Office, now: datetime) -> QuerySet[Invitation]:
    """Invitations that can still be taken up."""
    return Invitation.objects.filter(office=office, taken=None, withdrawn=None, expires__gt=now).select_related("by")


def get_agencies(office: Office) -> QuerySet[Agency]:
    """Agencies of the office, those that ceased to be last."""
    return Agency.objects.filter(office=office).order_by("ended", "name")


def get_deputies(office: Office, now: datetime, person: User | None = None) -> list[Deputy]:
    """Who stands in for whom, now or later; of one person (for whom, or by whom) where one is given."""
    rows = Deputy.objects.filter(office=office, ended=None, until__gt=now).select_related("person", "deputy").order_by("since")
    if person is not None:
        rows = rows.filter(Q(person=person) | Q(deputy=person))
    return list(rows)


class Span(NamedTuple):
    """A stretch of time, from the first moment to the first no more."""

    start: datetime
    end: datetime

    @property
    def whole_day(self) -> bool:
        """Whether it is a day from end to end."""
        return (self.end - self.start) >= timedelta(hours=23)


def gaps(duties: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """The stretches between `start` and `end` in which no duty runs, in order. Pure."""
    found: list[Span] = []
    reached = start
    for one in sorted(duties):
        if one.start > reached and reached < end:
            found.append(Span(reached, min(one.start, end)))
        reached = max(reached, one.end)
    if reached < end:
        found.append(Span(reached, end))
    return found


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the roster: its duties (each where it begins, or goes on from the day before) and its gaps."""

    day: date
    duties: list[Duty]
    gaps: list[Span]
    today: bool


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday."""

    monday: date
    days: list[Day]
    on_duty: list[Duty]
    uncovered_h: float

    @property
    def hours_uncovered(self) -> int:
        """Hours without a duty officer, a started one counted."""
        return math.ceil(self.uncovered_h)

    @property
    def before(self) -> str:
        """The Monday before."""
        return (self.monday - timedelta(days=7)).isoformat()

    @property
    def after(self) -> str:
        """The Monday after."""
        return (self.monday + timedelta(days=7)).isoformat()


def get_week(office: Office, day: date, now: datetime, role: str = Role.OFFICER) -> Week:
    """The week in which `day` lies, in the office's time. Gaps are those of `role`. One query."""
    zone = ZoneInfo(office.time_zone)
    monday = day - timedelta(days=day.weekday())
    edges = [datetime(one.year, one.month, one.day, tzinfo=zone) for one in (monday + timedelta(days=n) for n in range(8))]
    rows = list(
        Duty.objects.filter(office=office, start__lt=edges[7], end__gt=edges[0]).select_related("person").order_by("start", "person_id")
    )
    spans = [Span(row.start, row.end) for row in rows if row.role == role]
    days = []
    for n in range(7):
        begin, end = edges[n], edges[n + 1]
        inside = [row for row in rows if row.start < end and row.end > begin]
        days.append(Day(monday + timedelta(days=n), inside, gaps(spans, begin, end), begin <= now < end))
    uncovered = sum((one.end - one.start).total_seconds() for one in gaps(spans, edges[0], edges[7])) / 3600
    return Week(monday, days, [row for row in rows if row.start <= now < row.end], uncovered)
