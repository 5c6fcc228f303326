"""Alerts: what was told to whom, and the answers of people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Router, Schema
from pydantic import StringConstraints

from kentongan.office.alerting import messages, queries, services
from kentongan.office.alerting.history import history_of
from kentongan.office.alerting.models import Alert as Row
from kentongan.office.api import schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import DECIDE, READ
from kentongan.office.api.shapes import Shape, found, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.people.requests import OfficeRequest

router = Router()
AlertState = Literal["sent", "escalated", "acknowledged", "taken", "snoozed", "ended"]


class Alert(Schema):
    """A signal or a silence that was told. `due`: when it is passed on unless somebody answers; `step`: how far it was (0 to 2)."""

    id: int
    signal: int | None
    silence: int | None
    subject: str
    level: str
    facts: list[str]
    since: datetime
    outlets: int
    state: AlertState
    step: int
    by: str | None
    by_id: int | None
    reason: str
    until: datetime | None
    due: datetime | None
    raised: datetime
    told: datetime
    updated: datetime
    version: int


class AlertPage(Schema):
    """A page of alerts, the latest changed first."""

    rows: list[Alert]
    next: str | None


class Reached(Schema):
    """One message to one receiver."""

    channel: str
    state: str
    to: str
    at: datetime
    tries: int
    detail: str


class Step(Schema):
    """One step of an alert's history in words: by whom (empty: the office itself), and whom it reached."""

    at: datetime
    by: str
    sentence: str
    to: str
    note: str


class AlertDetail(Schema):
    """An alert with the messages about it, the latest first, and its history from the first step on."""

    alert: Alert
    deliveries: list[Reached]
    history: list[Step]


class TakeIn(schemas.Strict):
    """`seen`: whose it is, where it is taken over from somebody (`by_id` of the alert as it was read)."""

    seen: schemas.Number | None = None


class SnoozeIn(schemas.Strict):
    """Until when, and why. A day from now at most; in a crisis an hour."""

    until: schemas.Moment
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")]


def shape(row: Row) -> Shape:
    """An alert."""
    said: dict[str, Any] = row.said
    return {
        "id": row.pk, "signal": row.signal_id, "silence": row.silence_id, "subject": messages.subject_of(said), "level": row.level,
        "facts": [one for one in (*messages.facts_of(said), messages.todo_of(said)) if one],
        "since": said["since"], "outlets": said["outlets"], "state": row.state, "step": row.step,
        "by": shapes.name_of(row.by), "by_id": row.by_id, "reason": row.reason, "until": row.until, "due": row.due, "raised": row.raised,
        "told": row.told, "updated": row.updated, "version": row.version,
    }  # fmt: skip


@router.get("/alerts", **door("list_alerts", READ, "listening.read", AlertPage, 422))
def list_alerts(
    request: OfficeRequest, state: AlertState | None = None, mine: bool = False, after: schemas.After | None = None, size: schemas.Size = 30
) -> Shape:
    """Alerts, the latest changed first; of one state, or told to oneself, where that is asked for."""
    rows = queries.get_alert_rows(office_of(request), request.user if mine else None)
    rows = rows.filter(state=state) if state else rows
    return shapes.page(rows, "updated", after, size, shape)


@router.get("/alerts/{pk}", **door("get_alert", READ, "listening.read", AlertDetail, 404, 422))
def get_alert(request: OfficeRequest, pk: Pk) -> Shape:
    """One alert, how it reached whom, and what was done about it."""
    row = _alert(request, pk)
    reached = [
        {
            "channel": one.channel, "state": one.state, "at": one.at, "tries": one.tries, "detail": one.detail,
            "to": next((str(name) for name in (one.person and one.person.shown, one.agency, one.address) if name), ""),
        }
        for one in queries.get_deliveries(row)
    ]  # fmt: skip
    steps = history_of(office_of(request), queries.get_steps(row))
    history = [{"at": one.at, "by": one.who, "sentence": one.words, "to": one.to, "note": one.note} for one in steps]
    return {"alert": shape(row), "deliveries": reached, "history": history}


def _alert(request: OfficeRequest, pk: int) -> Row:
    return found(queries.get_alert(office_of(request), pk))


def _after(request: OfficeRequest, row: Row) -> Shape:
    return shape(_alert(request, row.pk))


@router.post("/alerts/{pk}/acknowledge", **door("acknowledge_alert", DECIDE, "alerts.answer", Alert, 404, 409, 422))
def acknowledge_alert(request: OfficeRequest, pk: Pk) -> Shape:
    """Seen: nobody else is told. Sent twice, or late, it changes nothing."""
    row = _alert(request, pk)
    services.acknowledge(request.user, row, request.now)
    return _after(request, row)


@router.post("/alerts/{pk}/take", **door("take_alert", DECIDE, "alerts.answer", Alert, 404, 409, 422))
def take_alert(request: OfficeRequest, pk: Pk, decision: TakeIn) -> Shape:
    """Take it over. From somebody else only with `seen`; 409 where somebody was quicker."""
    row = _alert(request, pk)
    services.take(request.user, row, request.now, decision.seen)
    return _after(request, row)


@router.post("/alerts/{pk}/snooze", **door("snooze_alert", DECIDE, "alerts.answer", Alert, 404, 409, 422))
def snooze_alert(request: OfficeRequest, pk: Pk, decision: SnoozeIn) -> Shape:
    """Put it off until a moment, with a reason; then it is told again."""
    row = _alert(request, pk)
    services.snooze(request.user, row, decision.until, decision.reason, request.now)
    return _after(request, row)


@router.post("/alerts/{pk}/dismiss", **door("dismiss_alert", DECIDE, "listening.decide", Alert, 404, 409, 422))
def dismiss_alert(request: OfficeRequest, pk: Pk, decision: schemas.ReasonIn) -> Shape:
    """It is not useful, and why; its signal is dismissed with the same reason."""
    row = _alert(request, pk)
    services.dismiss(request.user, row, decision.reason, request.now)
    return _after(request, row)
