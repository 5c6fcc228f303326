"""Signals, and what the office decides about them."""

from __future__ import annotations

from ninja import Router

from kentongan.office.api import schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import DECIDE, READ
from kentongan.office.api.shapes import Shape, found, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.listening import queries, services
from kentongan.office.listening.models import Signal
from kentongan.office.people.requests import OfficeRequest

router = Router()
SERIES = ("hour", "count", "expected", "low", "high")


@router.get("/signals", **door("list_signals", READ, "listening.read", schemas.SignalPage, 422))
def list_signals(
    request: OfficeRequest, state: schemas.StateName | None = None, after: schemas.After | None = None, size: schemas.Size = 30
) -> Shape:
    """Signals, the latest raised first; of one state where one is asked for."""
    rows = Signal.objects.filter(office=office_of(request)).select_related("state_by").defer("series")
    rows = rows.filter(state=state) if state else rows
    return shapes.page(rows, "raised", after, size, shapes.signal)


@router.get("/signals/{pk}", **door("get_signal", READ, "listening.read", schemas.SignalDetail, 404, 422))
def get_signal(request: OfficeRequest, pk: Pk) -> Shape:
    """One signal: why, since when, by whom, and what would change the mind."""
    row = _signal(request, pk)
    carrying = [one.pk for one in queries.get_signal_stories(row)]
    return {
        "signal": shapes.signal(row),
        "series": [{name: point[name] for name in SERIES} for point in row.series],
        "stories": carrying or ([row.story_id] if row.story_id else []),
        "items": [shapes.article(one) for one in queries.get_signal_items(row, carrying)],
    }


def _signal(request: OfficeRequest, pk: int) -> Signal:
    return found(queries.get_signal(office_of(request), pk))


def _after(request: OfficeRequest, row: Signal) -> Shape:
    return shapes.signal(found(queries.get_signal(office_of(request), row.pk)))


@router.post("/signals/{pk}/acknowledge", **door("acknowledge_signal", DECIDE, "listening.decide", schemas.Signal, 404, 409, 422))
def acknowledge_signal(request: OfficeRequest, pk: Pk) -> Shape:
    """Somebody looks after it."""
    row = _signal(request, pk)
    services.acknowledge_signal(request.user, row, request.now)
    return _after(request, row)


@router.post("/signals/{pk}/dismiss", **door("dismiss_signal", DECIDE, "listening.decide", schemas.Signal, 404, 409, 422))
def dismiss_signal(request: OfficeRequest, pk: Pk, decision: schemas.ReasonIn) -> Shape:
    """It is not useful, and why."""
    row = _signal(request, pk)
    services.dismiss_signal(request.user, row, decision.reason, request.now)
    return _after(request, row)


@router.post("/signals/{pk}/reopen", **door("reopen_signal", DECIDE, "listening.decide", schemas.Signal, 404, 409, 422))
def reopen_signal(request: OfficeRequest, pk: Pk) -> Shape:
    """Take an acknowledgement or dismissal back."""
    row = _signal(request, pk)
    services.reopen_signal(request.user, row, request.now)
    return _after(request, row)
