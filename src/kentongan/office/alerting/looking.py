"""What the office does about alerts by itself, made true in the tables: raises, tells again, passes on, wakes, ends, and the morning after.

`look` compares the signals, the alerts and the clock, lets `deciding` say what is to be done, and does it, in one transaction and under one
lock for the office: two that look at once look one after the other. What is told becomes rows of deliveries in the same transaction, each
under a key that no other message has, so that nothing is told twice. It is asked when the listener has written signals, and every few
seconds besides: a job that was lost costs that long.
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
from kentongan.office.alerting import deciding, matching, messages, queries, reaching
from kentongan.office.alerting.models import Address, Alert, AlertDelivery, AlertStep, Route
from kentongan.office.listening.models import Signal
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


@transaction.atomic
def look(office: Office, now: datetime) -> list[int]:
    """Do what is to be done now; gives the numbers of the deliveries that wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_ALERTS, office.pk])
    ground = Ground(office, now, office_settings.of(office.pk), list(Route.objects.filter(office=office, paused=False).order_by("pk")))
    open_or_moving = ~Q(state=Alert.State.ENDED) | Q(signal__updated__gte=now - FRESH)
    alerts = list(Alert.objects.select_for_update(of=("self",)).filter(open_or_moving, office=office).select_related("by"))
    known = {alert.signal_id: alert for alert in alerts if alert.signal_id is not None}
    signals = Signal.objects.filter(Q(updated__gte=now - FRESH) | Q(pk__in=list(known)), office=office).defer("series")
    found = {signal.pk: signal for signal in signals.select_related("story").order_by("raised", "pk")}
    routed = matching.routes_of(office.pk, ground.routes, list(found.values()))
    for pk, signal in found.items():
        _settle(ground, known.get(pk), signal, routed[pk])
    for alert in alerts:
        if alert.signal_id not in found:
            _settle(ground, alert, None, [])
    _morning(ground)
    return _sent(ground)


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


def _fact(signal: Signal | None, now: datetime) -> deciding.Fact | None:
    if signal is None:
        return None
    return deciding.Fact(
        level=signal.level,
        over=any(reason["code"] in FELL for reason in signal.reasons),
        dismissed=signal.state == Signal.State.DISMISSED,
        answered=signal.state == Signal.State.ACKNOWLEDGED,
        fresh=signal.updated >= now - FRESH,
    )


def _settle(ground: Ground, alert: Alert | None, signal: Signal | None, routes: list[Route]) -> None:
    """Bring one alert to how its signal stands."""
    if alert is None and signal is not None and any(reason["code"] in HELD for reason in signal.reasons):
        return
    fact = _fact(signal, ground.now)
    wait = ground.wait(signal.level, routes) if signal is not None else None
    said = messages.said_of(signal) if signal is not None else None
    for _ in range(DEEPEST):
        moves = deciding.look(standing_of(alert) if alert is not None else None, fact, wait, ground.now)
        for move in moves:
            alert = _make(ground, signal, move) if alert is None else alert
            if said is not None:
                alert.said = said
            if move.what in TELLS:
                alert.routes = [route.pk for route in routes]
            keep(alert, move.after, ground.now)
            _tell(ground, alert, move, routes, wait)
        if not moves:
            break
    if alert is not None and said is not None and alert.said != said and alert.state != Alert.State.ENDED:
        alert.said, alert.updated = said, ground.now
        alert.save(update_fields=["said", "updated"])


def _make(ground: Ground, signal: Signal | None, move: deciding.Move) -> Alert:
    now, new = ground.now, move.after
    return Alert.objects.create(
        office=ground.office, signal=signal, level=new.level, top=new.top, raised=now, updated=now, moved=now, told=now, news=0
    )


def _tell(ground: Ground, alert: Alert, move: deciding.Move, routes: list[Route], wait: timedelta | None) -> None:
    """Let those know whom the move is for; set when it is passed on; write the step and the ledger's line."""
    now = ground.now
    detail: dict[str, Any] = {"level": alert.level}
    if move.what in TELLS:
        reached = _reached(ground, alert, move, routes) if move.news and move.after.told == now else reaching.Reached()
        heard = [_ring(ground, alert, move.news, pk, paths) for pk, paths in reached.people.items()]
        _ring_outside(ground, alert, move.news, reached)
        alert.due = deciding.with_due(standing_of(alert), *_first(ground, move, heard, wait)).due
        Alert.objects.filter(pk=alert.pk).update(due=alert.due)
        detail |= {"to": sorted(reached.people), "gaps": reached.gaps, "step": alert.step, "outside": len(reached.addresses)}
        detail["held"] = sum(one > now for one in heard)
    elif move.what == "ended":
        detail["why"] = alert.why
        if move.news:
            _ring_outside(ground, alert, move.news, _webhooks(ground, alert))
    AlertStep.objects.create(office=ground.office, alert=alert, at=now, what=move.what, detail=detail)
    if move.what in ACTS:
        record(None, ACTS[move.what], alert, now, level=alert.level, step=alert.step, signal=alert.signal_id)


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
