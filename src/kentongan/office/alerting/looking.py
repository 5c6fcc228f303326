"""What the office does about alerts by itself, made true in the tables: raises, tells again, passes on, wakes, ends, and the morning after.

`look` compares the signals, the silences, the alerts and the clock, lets `deciding` say what is to be done, and does it, in one transaction
and under one lock for the office: two that look at once look one after the other. What is told becomes rows of deliveries in the same
transaction, each under a key that no other message has, so that nothing is told twice. It is asked when the listener has written signals,
and every few seconds besides: a job that was lost costs that long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from kentongan.engine.records import FELL
from kentongan.office.alerting import deciding, matching, messages, queries, reaching, silent
from kentongan.office.alerting.models import Address, Alert, AlertDelivery, AlertStep, Route
from kentongan.office.listening.models import Signal, Silence
from kentongan.office.people import settings as office_settings
from kentongan.office.people.models import Agency, Office
from kentongan.office.people.recording import record

LOCK_ALERTS = 73_006
FRESH = timedelta(hours=6)
"""A signal that has not moved for so long raises no alert: what an import or a source that was away brings is past."""
HELD = ("signal.held", "signal.kept")
"""The reasons of a signal that the day's budget holds back: it stands among the signals, and nobody is told."""
LOST = timedelta(minutes=1)
"""What was not tried once in this time has lost its job, or was held back."""
DEEPEST = 6
"""Moves of one alert in one look; two steps of passing on where nobody stands in are the most there can be."""
TELLS = ("raised", "risen", "again", "woken", "escalated")
"""Moves that are told to people."""
ACTS = {
    "raised": "alert.raised", "risen": "alert.risen", "again": "alert.raised", "woken": "alert.woken", "escalated": "alert.passed_on",
    "ended": "alert.ended",
}  # fmt: skip
"""What the ledger is told of."""


@dataclass(slots=True)
class Ground:
    """What one look stands on; the roster is read when somebody is to be told."""

    office: Office
    now: datetime
    config: Any
    routes: list[Route]
    made: list[AlertDelivery] = field(default_factory=list)
    _roster: reaching.Roster | None = None

    @property
    def roster(self) -> reaching.Roster:
        if self._roster is None:
            self._roster = queries.get_roster(self.office, self.now)
        return self._roster

    def wait(self, level: str, routes: Sequence[Route]) -> timedelta | None:
        """How long an answer is waited for at a level: the shortest of the routes; None without any."""
        if not routes:
            return None
        name = f"alert_{level}_min" if level in {"crisis", "high"} else "alert_other_min"
        usual = int(self.config[name])
        return timedelta(minutes=min(usual if route.wait_min is None else route.wait_min for route in routes))


@dataclass(frozen=True, slots=True)
class Matter:
    """What an alert is of, as this look sees it: a signal or a silence, how it stands, what a message needs of it, which routes tell it.

    `held`: it raises no alert now. `grave`: it is passed on where nobody answers.
    """

    fact: deciding.Fact
    said: dict[str, Any]
    routes: list[Route]
    signal: Signal | None = None
    silence: Silence | None = None
    held: bool = False
    grave: bool = True


@transaction.atomic
def look(office: Office, now: datetime) -> list[int]:
    """Do what is to be done now; gives the numbers of the deliveries that wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_ALERTS, office.pk])
    ground = Ground(office, now, office_settings.of(office.pk), list(Route.objects.filter(office=office, paused=False).order_by("pk")))
    moving = Q(signal__updated__gte=now - FRESH) | Q(silence__isnull=False, updated__gt=now - silent.DAY)
    alerts = list(
        Alert.objects.select_for_update(of=("self",)).filter(~Q(state=Alert.State.ENDED) | moving, office=office).select_related("by")
    )
    _signals(ground, [one for one in alerts if one.silence_id is None])
    _silences(ground, [one for one in alerts if one.silence_id is not None])
    _morning(ground)
    return _sent(ground)


def _signals(ground: Ground, alerts: Sequence[Alert]) -> None:
    """Bring the alerts of signals to how these stand; one that is of nothing any more ends."""
    office, now = ground.office, ground.now
    known = {alert.signal_id: alert for alert in alerts if alert.signal_id is not None}
    rows = Signal.objects.filter(Q(updated__gte=now - FRESH) | Q(pk__in=list(known)), office=office).defer("series")
    found = {signal.pk: signal for signal in rows.select_related("story").order_by("raised", "pk")}
    routed = matching.routes_of(office.pk, ground.routes, list(found.values()), now)
    for pk, signal in found.items():
        held = any(reason["code"] in HELD for reason in signal.reasons)
        _settle(ground, known.get(pk), Matter(_fact(signal, now), messages.said_of(signal), routed[pk], signal, held=held))
    for alert in alerts:
        if alert.signal_id not in found:
            _settle(ground, alert, None)


def _silences(ground: Ground, alerts: Sequence[Alert]) -> None:
    """Bring the alerts of silences to how these stand. What is quiet again soon goes on in the alert it had."""
    office, now = ground.office, ground.now
    rows = silent.get_silences(office, alerts)
    routed = silent.routes_of(office.pk, ground.routes, rows, now)
    again, part = silent.same_again(alerts, rows, now), silent.covered(rows, routed)
    gone_on = {alert.pk for alert in again.values()}
    known = {alert.silence_id: alert for alert in alerts if alert.pk not in gone_on}
    room: int | None = None
    for row in rows:
        alert = known.get(row.pk) or again.get(row.pk)
        if alert is not None and alert.silence_id != row.pk:
            alert.silence = row
        elif alert is None and row.ended is not None:
            continue
        level = silent.level_of(row) or (alert.level if alert is not None else "")
        fresh = row.noticed > now - silent.FRESH
        new = alert is None and fresh and bool(level) and bool(routed[row.pk]) and row.pk not in part
        if new and row.kind not in silent.GRAVE:
            room = silent.room_left(office, now) if room is None else room
            new, room = room > 0, room - 1
        fact = deciding.Fact(
            level or "low", over=row.ended is not None, dismissed=alert is not None and alert.why == "dismissed",
            fresh=fresh, quiet=True,
        )  # fmt: skip
        said = messages.said_of_silence(row, level)
        _settle(ground, alert, Matter(fact, said, routed[row.pk], silence=row, held=not new, grave=row.kind in silent.GRAVE))


def standing_of(alert: Alert) -> deciding.Standing:
    """A stored alert as the state machine reads it."""
    return deciding.Standing(
        state=cast(deciding.State, alert.state), level=alert.level, top=alert.top, told=alert.told, step=alert.step, by=alert.by_id,
        reason=alert.reason, until=alert.until, due=alert.due, why=alert.why, news=alert.news,
    )  # fmt: skip


def keep(alert: Alert, new: deciding.Standing, now: datetime) -> None:
    """Write a standing into its alert."""
    if new.state != alert.state or new.step != alert.step:
        alert.moved = now
    alert.state, alert.level, alert.top, alert.told, alert.step = new.state, new.level, new.top, new.told, new.step
    alert.by_id, alert.reason, alert.until, alert.due, alert.why, alert.news = new.by, new.reason, new.until, new.due, new.why, new.news
    alert.updated = now
    alert.version += 1
    alert.save()


def _fact(signal: Signal, now: datetime) -> deciding.Fact:
    return deciding.Fact(
        level=signal.level,
        over=any(reason["code"] in FELL for reason in signal.reasons),
        dismissed=signal.state == Signal.State.DISMISSED,
        answered=signal.state == Signal.State.ACKNOWLEDGED,
        fresh=signal.updated >= now - FRESH,
    )


def _settle(ground: Ground, alert: Alert | None, matter: Matter | None) -> None:
    """Bring one alert to how its matter stands; None where that is gone."""
    if alert is None and (matter is None or matter.held):
        return
    wait = ground.wait(matter.fact.level, matter.routes) if matter is not None else None
    said, fact = (matter.said, matter.fact) if matter is not None else (None, None)
    for _ in range(DEEPEST):
        moves = deciding.look(standing_of(alert) if alert is not None else None, fact, wait, ground.now)
        for move in moves:
            alert = _make(ground, matter, move) if alert is None else alert
            if said is not None:
                alert.said = said
            if move.what in TELLS:
                alert.routes = [route.pk for route in (matter.routes if matter is not None else ())]
            keep(alert, move.after, ground.now)
            _tell(ground, alert, move, matter, wait)
        if not moves:
            break
    if alert is not None and said is not None and alert.said != said and alert.state != Alert.State.ENDED:
        alert.said, alert.updated = said, ground.now
        alert.save(update_fields=["said", "updated"])


def _make(ground: Ground, matter: Matter | None, move: deciding.Move) -> Alert:
    now, new = ground.now, move.after
    signal, silence = (matter.signal, matter.silence) if matter is not None else (None, None)
    return Alert.objects.create(
        office=ground.office, signal=signal, silence=silence, level=new.level, top=new.top, raised=now, updated=now, moved=now, told=now,
        news=0,
    )  # fmt: skip


def _tell(ground: Ground, alert: Alert, move: deciding.Move, matter: Matter | None, wait: timedelta | None) -> None:
    """Let those know whom the move is for; set when it is passed on; write the step and the ledger's line."""
    now, routes, grave = ground.now, matter.routes if matter is not None else [], matter is None or matter.grave
    detail: dict[str, Any] = {"level": alert.level}
    if move.what in TELLS:
        reached = _reached(ground, alert, move, routes) if move.news and move.after.told == now else reaching.Reached()
        heard = [_ring(ground, alert, move.news, pk, paths) for pk, paths in reached.people.items()]
        _ring_outside(ground, alert, move.news, reached)
        alert.due = deciding.with_due(standing_of(alert), *_first(ground, move, heard, wait)).due if grave else None
        Alert.objects.filter(pk=alert.pk).update(due=alert.due)
        detail |= {"to": sorted(reached.people), "gaps": reached.gaps, "step": alert.step, "outside": len(reached.addresses)}
        detail["held"] = sum(one > now for one in heard)
    elif move.what == "ended":
        detail["why"] = alert.why
        if move.news:
            _ring_outside(ground, alert, move.news, _webhooks(ground, alert))
    AlertStep.objects.create(office=ground.office, alert=alert, at=now, what=move.what, detail=detail)
    if move.what in ACTS:
        record(None, ACTS[move.what], alert, now, level=alert.level, step=alert.step, **_subject(alert))


def _subject(alert: Alert) -> dict[str, int | None]:
    return {"signal": alert.signal_id} if alert.silence_id is None else {"silence": alert.silence_id}


def _first(ground: Ground, move: deciding.Move, heard: list[datetime], wait: timedelta | None) -> tuple[datetime, timedelta]:
    """When it could first be heard, and how long an answer is waited for then: not at all where a step reached nobody new."""
    if move.what == "escalated" and not heard:
        return ground.now, timedelta(0)
    return min(heard, default=ground.now), wait or timedelta(0)


def _reached(ground: Ground, alert: Alert, move: deciding.Move, routes: Sequence[Route]) -> reaching.Reached:
    paths = [queries.path_of(route) for route in routes]
    if move.what == "escalated":
        return reaching.passed_on(alert.step, paths, ground.roster, queries.told(alert) + _just_told(ground, alert))
    return reaching.routed(paths, ground.roster)


def _just_told(ground: Ground, alert: Alert) -> list[int]:
    """Whom this very look has told already."""
    return [row.person_id for row in ground.made if row.alert_id == alert.pk and row.channel == "app" and row.person_id is not None]


def _webhooks(ground: Ground, alert: Alert) -> reaching.Reached:
    """Programs are told of the end, so that a chat room does not stay alarmed; people see it in the list."""
    found = reaching.Reached()
    paths = [queries.path_of(route) for route in ground.routes if route.pk in alert.routes]
    kinds = dict(Address.objects.filter(office=ground.office).values_list("pk", "kind")) if any(path.addresses for path in paths) else {}
    for path in paths:
        for number in path.addresses:
            if kinds.get(number) == Address.Kind.WEBHOOK:
                found.addresses.setdefault(number, []).append(path)
    return found


def _ring(ground: Ground, alert: Alert, news: str, pk: int, paths: Sequence[reaching.Path]) -> datetime:
    """Make the deliveries of one person; gives when the first of them can ring. With nothing that rings, the list has it at once."""
    person = ground.roster.people[pk]
    held = reaching.held_until(alert.level, ground.now.astimezone(ZoneInfo(ground.office.time_zone)), paths, person.quiet)
    rings = reaching.channels(person, paths)
    for channel, browser in rings:
        if channel == "mail" and not settings.CONFIG["mail_url"]:
            continue
        who = f"b{browser}" if browser is not None else f"p{pk}"
        row = _row(ground, alert, news, channel, who, person.language, None if channel == "app" else held)
        row.person_id, row.browser_id = pk, browser
        ground.made.append(row)
    return held if held is not None else ground.now


def _ring_outside(ground: Ground, alert: Alert, news: str, reached: reaching.Reached) -> None:
    local = ground.now.astimezone(ZoneInfo(ground.office.time_zone))
    for address in Address.objects.filter(office=ground.office, pk__in=list(reached.addresses)) if reached.addresses else ():
        held = reaching.held_until(alert.level, local, reached.addresses[address.pk], None)
        row = _row(ground, alert, news, address.kind, f"a{address.pk}", address.language, held)
        row.address = address
        ground.made.append(row)
    if not reached.agencies or not settings.CONFIG["mail_url"]:
        return
    for agency in Agency.objects.filter(office=ground.office, pk__in=list(reached.agencies), ended=None).exclude(email=""):
        held = reaching.held_until(alert.level, local, reached.agencies[agency.pk], None)
        row = _row(ground, alert, news, "mail", f"g{agency.pk}", ground.office.language, held)
        row.agency = agency
        ground.made.append(row)


def _row(ground: Ground, alert: Alert, news: str, channel: str, who: str, language: str, held: datetime | None) -> AlertDelivery:
    state = AlertDelivery.State.WAITING if held is None else AlertDelivery.State.HELD
    return AlertDelivery(
        office=ground.office, alert=alert, key=f"alert-{alert.pk}-{int(alert.raised.timestamp())}-{alert.news}{news[:1]}-{channel}-{who}",
        channel=channel, language=language, news=news, payload=payload_of(alert, news), at=ground.now, held_until=held,
        state=AlertDelivery.State.DELIVERED if channel == "app" else state, delivered=ground.now if channel == "app" else None,
    )  # fmt: skip


def payload_of(alert: Alert, news: str) -> dict[str, Any]:
    """What a message is written from: the alert as it stands at this moment."""
    owner = alert.by.shown if alert.state == Alert.State.TAKEN and alert.by is not None else ""
    return {"alert": alert.pk, "news": news, "said": alert.said, "owner": owner}


def _morning(ground: Ground) -> None:
    """The quiet hours of somebody are over: what they held back is told in one message, each event as it now stands."""
    rows = AlertDelivery.objects.filter(office=ground.office, state=AlertDelivery.State.HELD, held_until__lte=ground.now)
    piles: dict[tuple[Any, ...], list[AlertDelivery]] = {}
    for row in rows.select_related("alert", "alert__by").order_by("pk"):
        piles.setdefault((row.channel, row.person_id, row.browser_id, row.address_id, row.agency_id), []).append(row)
    for pile in piles.values():
        latest = list({row.alert_id: row for row in pile}.values())
        told = [payload_of(row.alert, "ended" if row.alert.state == "ended" else row.news) for row in latest if row.alert is not None]
        first, rest = pile[0], pile[1:]
        first.payload = told[0] if len(told) == 1 else {"alerts": told}
        first.state, first.held_until = AlertDelivery.State.WAITING, None
        first.save(update_fields=["payload", "state", "held_until"])
        if rest:
            folded = AlertDelivery.objects.filter(pk__in=[row.pk for row in rest])
            folded.update(state=AlertDelivery.State.FOLDED, within=first, held_until=None)


def _sent(ground: Ground) -> list[int]:
    """Store what was made; gives the numbers of everything that waits. What has a key that is there already was told."""
    AlertDelivery.objects.bulk_create(ground.made, ignore_conflicts=True, batch_size=500)
    lost = Q(key__in=[row.key for row in ground.made]) | Q(at__lte=ground.now - LOST)
    waiting = AlertDelivery.objects.filter(lost, office=ground.office, state=AlertDelivery.State.WAITING, tries=0)
    return list(waiting.order_by("pk").values_list("pk", flat=True))
