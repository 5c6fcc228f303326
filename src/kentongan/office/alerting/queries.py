"""What the alerting room reads: alerts and how they reached people, and who is there to be told at a moment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When

from kentongan.engine.records import LEVELS
from kentongan.office.alerting.models import Address, Alert, AlertDelivery, AlertStep, Browser, Preference, Route
from kentongan.office.alerting.reaching import Path, Person, Quiet, Roster
from kentongan.office.listening.models import Watch
from kentongan.office.people.models import Deputy, Duty, Office, User
from kentongan.office.people.permissions import READS

SHOWN = 60
RANK = Case(*(When(level=level, then=Value(rank)) for rank, level in enumerate(LEVELS)), default=Value(0), output_field=IntegerField())
URGENCY = Case(
    When(state__in=["sent", "escalated"], then=Value(0)),
    When(state="ended", then=Value(2)),
    default=Value(1),
    output_field=IntegerField(),
)


def get_alerts(office: Office, person: User | None, size: int = SHOWN) -> list[Alert]:
    """Alerts, those that wait for an answer first, then the most serious, then the latest; those told to one person where one is given.

    One query.
    """
    rows = get_alert_rows(office, person)
    return list(rows.annotate(urgency=URGENCY, rank=RANK).order_by("urgency", "-rank", "-updated", "-pk")[:size])


def get_alert_rows(office: Office, person: User | None) -> QuerySet[Alert]:
    """The office's alerts; those told to one person where one is given."""
    rows = Alert.objects.filter(office=office).select_related("by")
    told = AlertDelivery.objects.filter(alert=OuterRef("pk"), person=person, office=office)
    return rows if person is None else rows.filter(Exists(told))


def get_alert(office: Office, pk: int) -> Alert | None:
    """An alert of this office, or None. One query."""
    return Alert.objects.filter(office=office, pk=pk).select_related("by", "signal", "silence").first()


def get_steps(alert: Alert) -> list[AlertStep]:
    """Its history, the first step first. One query."""
    return list(alert.steps.select_related("by")[:200])  # type: ignore[attr-defined]


def get_deliveries(alert: Alert) -> list[AlertDelivery]:
    """Every message about it, the latest first. One query."""
    rows = alert.deliveries.select_related("person", "address", "agency", "browser")  # type: ignore[attr-defined]
    return list(rows.order_by("-at", "-pk")[:200])


def get_routes(office: Office) -> QuerySet[Route]:
    """The office's routes. One query."""
    return Route.objects.filter(office=office).select_related("place", "agency")


def get_watches(office: Office, wanted: Collection[int]) -> list[tuple[int, str, datetime | None]]:
    """Number, name and end of these watches. One query where there is any."""
    rows = Watch.objects.filter(office=office, pk__in=wanted).values_list("pk", "name", "ended")
    return list(rows) if wanted else []


def get_addresses(office: Office) -> QuerySet[Address]:
    """The office's addresses outside. One query."""
    return Address.objects.filter(office=office)


def get_names(office: Office, people: Collection[int]) -> dict[int, str]:
    """How colleagues read these people. One query."""
    return {one.pk: one.shown for one in User.objects.filter(office=office, pk__in=people)}


def quiet_of(start: time | None, end: time | None) -> Quiet | None:
    """Quiet hours as stored: both edges or none."""
    return Quiet(start, end) if start is not None and end is not None else None


def path_of(route: Route) -> Path:
    """A route as far as telling goes."""
    return Path(
        pk=route.pk,
        roles=tuple(route.roles),
        people=tuple(route.people),
        channels=frozenset(route.channels),
        addresses=tuple(route.addresses),
        agency=route.agency_id,
        quiet=quiet_of(route.quiet_from, route.quiet_until),
    )


def get_roster(office: Office, now: datetime) -> Roster:
    """Everybody who may be told at this moment, who is on duty, who stands in. Five queries."""
    wishes = {one.person_id: one for one in Preference.objects.filter(office=office)}
    browsers: dict[int, list[int]] = {}
    for person, pk in Browser.objects.filter(office=office).values_list("person_id", "pk"):
        browsers.setdefault(person, []).append(pk)
    duties = Duty.objects.filter(office=office, start__lte=now, end__gt=now).order_by("start", "pk").values_list("person_id", "role")
    deputies = Deputy.objects.filter(office=office, ended=None, since__lte=now, until__gt=now).values_list("person_id", "deputy_id")
    active = {one.pk: one for one in _active(office)}
    reads = {pk for pk, one in active.items() if one.roles & READS}
    told = reads | {deputy for person, deputy in deputies if person in reads}
    people = {pk: _person(one, wishes.get(pk), browsers.get(pk, ()), office) for pk, one in active.items() if pk in told}
    return Roster(people, list(duties), list(deputies))


def _active(office: Office) -> Iterable[User]:
    return User.objects.filter(office=office, is_active=True).order_by("pk")


def _person(user: User, wish: Preference | None, browsers: Sequence[int], office: Office) -> Person:
    return Person(
        pk=user.pk,
        roles=user.roles,
        language=user.language or office.language,
        email=user.email,
        mail=wish.mail if wish is not None else True,
        browsers=tuple(browsers) if wish is None or wish.push else (),
        quiet=quiet_of(wish.quiet_from, wish.quiet_until) if wish is not None else None,
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many alerts wait for an answer, and how many messages are parked."""

    waiting: int
    parked: int


def get_counts(office: Office) -> Counts:
    """Two small queries."""
    waiting = Alert.objects.filter(office=office, state__in=["sent", "escalated"]).count()
    return Counts(waiting, AlertDelivery.objects.filter(office=office, state=AlertDelivery.State.PARKED).count())


def told(alert: Alert) -> list[int]:
    """Who was told of it, by number. One query."""
    rows = AlertDelivery.objects.filter(alert=alert, channel="app").exclude(person=None)
    return list(rows.order_by("pk").values_list("person_id", flat=True))
