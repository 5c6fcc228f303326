"""Who is told and who reads: tokens, webhooks, routes of alerts, addresses outside, one's own browsers. Never a secret of any of them."""

from __future__ import annotations

from ninja import Router

from kentongan.office.alerting import queries
from kentongan.office.alerting.models import Address, AlertDelivery, Browser, Preference, Route
from kentongan.office.api import running_schemas, schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.models import Delivery, Hook, Token
from kentongan.office.api.scopes import OFFICE, READ
from kentongan.office.api.services import get_tokens
from kentongan.office.api.shapes import Shape, found, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.people.requests import OfficeRequest

router = Router()
_TOKEN = ("name", "scopes", "created", "expires", "used")
_HOOK = ("name", "url", "events", "created", "paused", "failures", "version")
_TOLD = ("event", "at", "state", "tries", "status", "detail")
_ROUTE = (
    "name", "paused", "level", "topics", "watches", "source_kind", "silences", "roles", "people", "addresses", "channels",
    "quiet_from", "quiet_until", "wait_min", "version",
)  # fmt: skip
_OUTSIDE = ("kind", "name", "host", "language", "failures", "created", "version")
_REACHED = ("state", "at", "tries", "status", "detail")


def token(row: Token) -> Shape:
    """A token without its secret."""
    return {"id": row.pk, "person": row.person_id, "person_name": row.person.shown, **{name: getattr(row, name) for name in _TOKEN}}


@router.get("/tokens", **door("list_tokens", OFFICE, "tokens.own", running_schemas.TokenPage, 422))
def list_tokens(request: OfficeRequest, after: schemas.AfterNumber = 0, size: schemas.Size = 100) -> Shape:
    """One's own tokens that are good, for administrators everybody's, without their secrets."""
    return shapes.numbered(get_tokens(request.user, request.now), after, size, token)


def hook(row: Hook) -> Shape:
    """A webhook without its secret."""
    return {"id": row.pk, "by": row.by.shown, **{name: getattr(row, name) for name in _HOOK}}


def hook_of(request: OfficeRequest, pk: int) -> Hook:
    """The office's webhook of this number, or 404."""
    return found(Hook.objects.filter(office=office_of(request), pk=pk).select_related("by").first())


@router.get("/hooks", **door("list_hooks", OFFICE, "hooks.change", running_schemas.HookList))
def list_hooks(request: OfficeRequest) -> Shape:
    """Addresses that are told of events, without their secrets."""
    return {"rows": [hook(row) for row in Hook.objects.filter(office=office_of(request)).select_related("by")]}


@router.get("/hooks/{pk}/deliveries", **door("list_hook_deliveries", OFFICE, "hooks.change", running_schemas.HookDeliveryPage, 404, 422))
def list_hook_deliveries(request: OfficeRequest, pk: Pk, after: schemas.After | None = None, size: schemas.Size = 30) -> Shape:
    """What an address was told in the last thirty days, and what came of it, the latest first."""
    row = hook_of(request, pk)
    return shapes.page(Delivery.objects.filter(hook=row), "at", after, size, _told)


def _told(row: Delivery) -> Shape:
    return {"id": row.pk, **{name: getattr(row, name) for name in _TOLD}}


def route(row: Route) -> Shape:
    """A route of alerts."""
    return {"id": row.pk, "place": row.place_id, "agency": row.agency_id, **{name: getattr(row, name) for name in _ROUTE}}


@router.get("/routes", **door("list_routes", OFFICE, "routes.change", running_schemas.RoutePage, 422))
def list_routes(request: OfficeRequest, after: schemas.AfterNumber = 0, size: schemas.Size = 100) -> Shape:
    """Who is told of which signals, how, and when the next is told."""
    return shapes.numbered(queries.get_routes(office_of(request)), after, size, route)


def outside(row: Address) -> Shape:
    """An address outside: of where it leads only the host."""
    return {"id": row.pk, "by": row.by.shown, **{name: getattr(row, name) for name in _OUTSIDE}}


def address_of(request: OfficeRequest, pk: int) -> Address:
    """The office's address outside of this number, or 404."""
    return found(queries.get_addresses(office_of(request)).filter(pk=pk).first())


@router.get("/addresses", **door("list_addresses", OFFICE, "routes.change", running_schemas.OutsidePage, 422))
def list_addresses(request: OfficeRequest, after: schemas.AfterNumber = 0, size: schemas.Size = 100) -> Shape:
    """Addresses outside that are told of alerts: of each only the host."""
    rows = queries.get_addresses(office_of(request)).select_related("by")
    return shapes.numbered(rows, after, size, outside)


@router.get(
    "/addresses/{pk}/deliveries", **door("list_address_deliveries", OFFICE, "routes.change", running_schemas.OutsideDeliveryPage, 404, 422)
)
def list_address_deliveries(request: OfficeRequest, pk: Pk, after: schemas.After | None = None, size: schemas.Size = 30) -> Shape:
    """What an address outside was told, and what came of it, the latest first."""
    row = address_of(request, pk)
    return shapes.page(AlertDelivery.objects.filter(address=row, office=row.office_id), "at", after, size, _reached)


def _reached(row: AlertDelivery) -> Shape:
    return {"id": row.pk, "alert": row.alert_id, **{name: getattr(row, name) for name in _REACHED}}


@router.get("/notifications", **door("get_notifications", READ, "listening.read", running_schemas.Wishes))
def get_notifications(request: OfficeRequest) -> Shape:
    """How one is told oneself: channels, quiet hours, and one's own browsers."""
    wish = Preference.objects.filter(person=request.user).first() or Preference(mail=True, push=True)
    plain = {name: getattr(wish, name) for name in ("mail", "push", "quiet_from", "quiet_until")}
    browsers = Browser.objects.filter(person=request.user)
    rows = [{"id": row.pk, **{name: getattr(row, name) for name in ("name", "created", "reached")}} for row in browsers]
    return {**plain, "browsers": rows}
