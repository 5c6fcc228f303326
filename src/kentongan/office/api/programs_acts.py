"""What is decided about who is told: routes of alerts, webhooks and addresses that are there, and how one is told oneself.

What has a secret of its own is made and gets a new secret on the screens alone, where a person sees it once. They stand on the router of
`programs`: an address belongs to one router.
"""

from __future__ import annotations

from datetime import time
from typing import Any

from ninja import Status

from kentongan.office.alerting import arranging, queries
from kentongan.office.alerting import tasks as ringing
from kentongan.office.alerting.models import Route
from kentongan.office.api import running_schemas, schemas, services, tasks
from kentongan.office.api.entrance import door
from kentongan.office.api.programs import address_of, get_notifications, hook, hook_of, route, router
from kentongan.office.api.scopes import ADMINISTER
from kentongan.office.api.shapes import DONE, Shape, found, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.people.requests import OfficeRequest

__all__ = ["router"]


# Webhooks


@router.post("/hooks/{pk}/change", **door("change_hook", ADMINISTER, "hooks.change", running_schemas.Hook, 404, 409, 422))
def change_hook(request: OfficeRequest, pk: Pk, change: running_schemas.HookChange) -> Shape:
    """Another name, address or choice of events."""
    draft = services.HookDraft(change.name, change.url, tuple(change.events))
    services.change_hook(request.user, hook_of(request, pk), draft, change.version, request.now)
    return hook(hook_of(request, pk))


@router.post("/hooks/{pk}/pause", **door("pause_hook", ADMINISTER, "hooks.change", running_schemas.Hook, 404, 409, 422))
def pause_hook(request: OfficeRequest, pk: Pk) -> Shape:
    """Tell it nothing for now."""
    services.pause_hook(request.user, hook_of(request, pk), True, request.now)
    return hook(hook_of(request, pk))


@router.post("/hooks/{pk}/resume", **door("resume_hook", ADMINISTER, "hooks.change", running_schemas.Hook, 404, 409, 422))
def resume_hook(request: OfficeRequest, pk: Pk) -> Shape:
    """Go on telling it; what changed meanwhile is told once, as it then stands."""
    row = hook_of(request, pk)
    tasks.plan(services.pause_hook(request.user, row, False, request.now), row.office_id)
    return hook(hook_of(request, pk))


@router.post("/hooks/{pk}/test", **door("test_hook", ADMINISTER, "hooks.change", schemas.Done, 404, 409, 422, status=202))
def test_hook(request: OfficeRequest, pk: Pk) -> Status[Shape]:
    """Send a test; what came of it stands among its deliveries in a moment."""
    row = hook_of(request, pk)
    tasks.plan([services.test_hook(request.user, row, request.now).pk], row.office_id)
    return Status(202, {"done": False, "journal": None})


@router.post("/hooks/{pk}/remove", **door("remove_hook", ADMINISTER, "hooks.change", schemas.Done, 404, 409, 422))
def remove_hook(request: OfficeRequest, pk: Pk) -> Shape:
    """Tell this address nothing any more."""
    services.remove_hook(request.user, hook_of(request, pk), request.now)
    return DONE


# Routes of alerts, and addresses outside


def _clock(text: str | None) -> time | None:
    return time.fromisoformat(text) if text is not None else None


def _draft(wish: running_schemas.RouteIn) -> arranging.RouteDraft:
    given = wish.model_dump(exclude={"version", "quiet_from", "quiet_until"})
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    return arranging.RouteDraft(**plain, quiet_from=_clock(wish.quiet_from), quiet_until=_clock(wish.quiet_until))


def _route(request: OfficeRequest, pk: int) -> Route:
    return found(queries.get_routes(office_of(request)).filter(pk=pk).first())


@router.post("/routes", **door("make_route", ADMINISTER, "routes.change", running_schemas.Route, 409, 422, status=201))
def make_route(request: OfficeRequest, wish: running_schemas.RouteIn) -> Status[Shape]:
    """Tell somebody of signals from now on."""
    return Status(201, route(arranging.make_route(request.user, _draft(wish), request.now)))


@router.post("/routes/{pk}/change", **door("change_route", ADMINISTER, "routes.change", running_schemas.Route, 404, 409, 422))
def change_route(request: OfficeRequest, pk: Pk, wish: running_schemas.RouteChange) -> Shape:
    """Another choice of whom, what and how."""
    arranging.change_route(request.user, _route(request, pk), _draft(wish), wish.version, request.now)
    return route(_route(request, pk))


@router.post("/routes/{pk}/remove", **door("remove_route", ADMINISTER, "routes.change", schemas.Done, 404, 409, 422))
def remove_route(request: OfficeRequest, pk: Pk) -> Shape:
    """Tell nobody by this route any more."""
    arranging.remove_route(request.user, _route(request, pk), request.now)
    return DONE


@router.post("/addresses/{pk}/test", **door("test_address", ADMINISTER, "routes.change", schemas.Done, 404, 409, 422, status=202))
def test_address(request: OfficeRequest, pk: Pk) -> Status[Shape]:
    """Send a test; what came of it stands among its deliveries in a moment."""
    row = address_of(request, pk)
    ringing.plan([arranging.test_address(request.user, row, request.now).pk], row.office_id)
    return Status(202, {"done": False, "journal": None})


@router.post("/addresses/{pk}/remove", **door("remove_address", ADMINISTER, "routes.change", schemas.Done, 404, 409, 422))
def remove_address(request: OfficeRequest, pk: Pk) -> Shape:
    """Tell this address nothing any more."""
    row = address_of(request, pk)
    arranging.remove_address(request.user, row, request.now)
    return DONE


# Oneself


@router.post("/notifications", **door("change_notifications", ADMINISTER, "listening.read", running_schemas.Wishes, 409, 422))
def change_notifications(request: OfficeRequest, wish: running_schemas.WishesIn) -> Shape:
    """By which channels one is told oneself, and when not; in a crisis one is told at any hour."""
    wishes = arranging.Wishes(wish.mail, wish.push, _clock(wish.quiet_from), _clock(wish.quiet_until))
    arranging.change_wishes(request.user, wishes, request.now)
    return get_notifications(request)
