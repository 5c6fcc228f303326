"""Silences as alerts: which are told, at what level, by which routes, how often. What is quiet is judged in `listening.silences`.

A route asks for kinds of silence; its level, which is of signals, does not narrow them, its topics, watches, place and kind of
source do. Silence is never a crisis: quiet hours hold it back. Only where nobody listens any more, or the office's own work stands still,
does an alert that nobody answers go on to others; a quiet source can wait for the morning.

One event is one alert: while everything is silent no part of it is told besides, while a kind of source is silent none of its sources. At
most MOST_A_DAY of the rest are told in a day; all of them stand on the briefing. What is quiet again within a day of having spoken is the
same alert, and is told again only where that was a day ago.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from kentongan.office.alerting import watched
from kentongan.office.alerting.models import Alert, Route, first_silences
from kentongan.office.alerting.watched import Watched
from kentongan.office.listening import counting, gazetteers
from kentongan.office.listening.gazetteers import Known
from kentongan.office.listening.models import Silence
from kentongan.office.people.models import Office

Kind = Silence.Kind
FIRST = tuple(first_silences())
LEVELS: Mapping[tuple[str, str], str] = {
    (Kind.SYSTEM, "silence.stopped"): "high",
    (Kind.SYSTEM, "silence.shrunk"): "medium",
    (Kind.JOB, "silence.job"): "medium",
    (Kind.JOB, "silence.failed"): "medium",
    (Kind.SOURCES, "silence.stopped"): "medium",
    (Kind.SOURCE, "silence.stopped"): "low",
    (Kind.SOURCE, "silence.window"): "low",
    (Kind.TOPIC, "silence.unheard"): "low",
    (Kind.TOPIC, "silence.less"): "low",
    (Kind.PLACE, "silence.unheard"): "low",
    (Kind.PLACE, "silence.less"): "low",
    (Kind.PLACE, "silence.few"): "low",
    (Kind.MARK, "silence.stopped"): "low",
    (Kind.MARK, "silence.shrunk"): "low",
}
"""What is told, and at what level. A source that only says less than usual stands on the briefing and calls nobody."""
GRAVE: frozenset[str] = frozenset({Kind.SYSTEM, Kind.JOB})
"""Passed on where nobody answers, and never held back by the budget."""
FRESH = timedelta(days=1)
"""A silence that was noticed earlier raises no alert: who makes a route today is not told of last month."""
DAY = timedelta(days=1)
MOST_A_DAY = 5


def counted(row: Silence) -> str:
    """The subject of the weekly counts that a silence is of; "" where nothing is counted of it by the week."""
    if row.kind == Kind.MARK:
        return row.subject
    first = {Kind.TOPIC: counting.TOPIC, Kind.PLACE: counting.PLACE}.get(Kind(row.kind))
    return first + row.subject if first else ""


def level_of(row: Silence) -> str:
    """The level at which a silence is told; "" where it calls nobody."""
    return LEVELS.get((row.kind, str(row.reason.get("code", ""))), "")


def covered(rows: Iterable[Silence], routed: Mapping[int, Sequence[Route]]) -> frozenset[int]:
    """Silences that are part of a wider one which some route tells: they raise no alert of their own. Pure."""
    standing = [row for row in rows if row.ended is None]
    wide = {(row.kind, row.subject) for row in standing if row.kind in {Kind.SYSTEM, Kind.SOURCES} and _stopped(row) and routed[row.pk]}
    whole = any(kind == Kind.SYSTEM for kind, _ in wide)
    return frozenset(row.pk for row in standing if row.kind not in GRAVE and (whole or _in_kind(row, wide)))


def _stopped(row: Silence) -> bool:
    return str(row.reason.get("code", "")) == "silence.stopped"


def _in_kind(row: Silence, wide: Collection[tuple[str, str]]) -> bool:
    return row.source is not None and (Kind.SOURCES, row.source.source_kind) in wide


def routes_of(office: int, routes: Sequence[Route], rows: Sequence[Silence], now: datetime) -> dict[int, list[Route]]:
    """The routes that tell each silence. Two queries for the places and a few for the watches where a route asks for one, else none."""
    asking = [route for route in routes if route.silences and not route.paused]
    known = gazetteers.of(office) if rows and any(route.place_id is not None for route in asking) else None
    watching = watched.asked_for(office, asking, now) if rows else watched.NONE
    return {row.pk: [route for route in asking if _matches(route, row, known, watching)] for row in rows}


def _matches(route: Route, row: Silence, known: Known | None, watching: Watched) -> bool:
    if row.kind not in route.silences:
        return False
    if route.topics and not (row.kind == Kind.TOPIC and row.subject in route.topics):
        return False
    if route.watches and not (row.kind == Kind.MARK and watching.of_series(row.subject) & set(route.watches)):
        return False
    if route.source_kind and route.source_kind != _source_kind(row):
        return False
    return route.place_id is None or (known is not None and route.place_id in _around(row, known))


def _source_kind(row: Silence) -> str:
    return row.source.source_kind if row.source is not None else row.subject if row.kind == Kind.SOURCES else ""


def _around(row: Silence, known: Known) -> frozenset[int]:
    """The places a silence is of, with all above them: the place itself, or where the source is from."""
    if row.kind == Kind.PLACE:
        return known.above(row.subject)
    return known.around(row.source.area) if row.source is not None and row.source.area else frozenset()


def get_silences(office: Office, alerts: Sequence[Alert]) -> list[Silence]:
    """What is quiet, and what these alerts are of, the first noticed first. One query."""
    told = [one.silence_id for one in alerts if one.silence_id is not None]
    rows = Silence.objects.filter(Q(ended=None) | Q(pk__in=told), office=office)
    return list(rows.select_related("source").order_by("noticed", "pk"))


def same_again(alerts: Sequence[Alert], rows: Sequence[Silence], now: datetime) -> dict[int, Alert]:
    """Alerts that are over since less than a day, by the new silence of the same subject in which they go on. Pure."""
    by_pk = {row.pk: row for row in rows}
    told = {one.silence_id for one in alerts}
    last: dict[tuple[str, str], Alert] = {}
    for alert in alerts:
        row = by_pk.get(alert.silence_id or 0)
        if row is not None and row.ended is not None and alert.state == Alert.State.ENDED and now - alert.updated < DAY:
            last[row.kind, row.subject] = alert
    new = [row for row in rows if row.ended is None and row.pk not in told]
    return {row.pk: last[row.kind, row.subject] for row in new if (row.kind, row.subject) in last}


def room_left(office: Office, now: datetime) -> int:
    """How many quiet sources, matters and places may still be told today. One query."""
    rows = Alert.objects.filter(office=office, silence__isnull=False, raised__gt=now - DAY).exclude(silence__kind__in=GRAVE)
    return max(0, MOST_A_DAY - rows.count())
