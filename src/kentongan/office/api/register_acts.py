"""What is decided about the register: purposes and watches are begun, changed and ended, by the services of the screens.

They stand on the router of `register`: an address belongs to one router, and `/watches` is both read and written.
"""

from __future__ import annotations

from django.utils.translation import gettext
from ninja import Status

from kentongan.errors import InputError
from kentongan.office.api import register_schemas, schemas
from kentongan.office.api.entrance import door
from kentongan.office.api.register import purpose_now, router, watch_now
from kentongan.office.api.scopes import DECIDE
from kentongan.office.api.shapes import Shape, found, office_of
from kentongan.office.api.sources import purpose_of
from kentongan.office.api.stories import Pk
from kentongan.office.listening import purposes, watches
from kentongan.office.listening.models import Purpose, Watch
from kentongan.office.people import queries
from kentongan.office.people.requests import OfficeRequest

__all__ = ["router"]


# Purposes


def _draft(request: OfficeRequest, wish: register_schemas.PurposeIn) -> purposes.Draft:
    owner = queries.get_person(office_of(request), wish.owner)
    if owner is None:
        raise InputError(gettext("The owner must be somebody who works in your office."), subject="owner")
    return purposes.Draft(wish.kind, wish.title, wish.purpose, wish.legal_basis, owner, wish.starts, wish.ends)


def _purpose(request: OfficeRequest, pk: int) -> Purpose:
    return found(purposes.get_purpose(office_of(request), pk))


@router.post("/purposes", **door("register_purpose", DECIDE, "purposes.change", register_schemas.Purpose, 409, 422, status=201))
def register_purpose(request: OfficeRequest, wish: register_schemas.PurposeIn) -> Status[Shape]:
    """Write why something is listened to, by what right, who answers for it, and until when. Never a private person."""
    row = purposes.register(request.user, _draft(request, wish), request.now)
    return Status(201, purpose_now(request, row.pk))


@router.post("/purposes/{pk}/change", **door("change_purpose", DECIDE, "purposes.change", register_schemas.Purpose, 404, 409, 422))
def change_purpose(request: OfficeRequest, pk: Pk, wish: register_schemas.PurposeChange) -> Shape:
    """Change or prolong a purpose; prolonging it resumes the sources that were paused with it."""
    row = _purpose(request, pk)
    purposes.change(request.user, row, wish.version, _draft(request, wish), request.now)
    return purpose_now(request, pk)


@router.post("/purposes/{pk}/end", **door("end_purpose", DECIDE, "purposes.change", register_schemas.Purpose, 404, 409, 422))
def end_purpose(request: OfficeRequest, pk: Pk, decision: schemas.ReasonIn) -> Shape:
    """End a purpose, and why: its sources are paused, its watches end."""
    purposes.end(request.user, _purpose(request, pk), decision.reason, request.now)
    return purpose_now(request, pk)


# Watches


def _watch(request: OfficeRequest, pk: int) -> Watch:
    return found(watches.get_watch(office_of(request), pk))


@router.post("/watches", **door("begin_watch", DECIDE, "watches.change", register_schemas.WatchDetail, 409, 422, status=201))
def begin_watch(request: OfficeRequest, wish: register_schemas.WatchBegin) -> Status[Shape]:
    """Look for this from now on. What names a private person or finds almost everything is refused."""
    more = watches.More(places=wish.places, examples=wish.examples, wide=wish.wide)
    made = watches.begin(request.user, purpose_of(request, wish.purpose), wish.name, wish.query, request.now, **more)
    return Status(201, watch_now(request, made.pk))


@router.post("/watches/{pk}/change", **door("change_watch", DECIDE, "watches.change", register_schemas.WatchDetail, 404, 409, 422))
def change_watch(request: OfficeRequest, pk: Pk, wish: register_schemas.WatchChange) -> Shape:
    """Look for something else under the same purpose; what it was stays readable in its versions."""
    draft = watches.Draft(wish.name, wish.query, wish.places, wish.examples, wish.wide)
    watches.change(request.user, _watch(request, pk), wish.version, draft, request.now)
    return watch_now(request, pk)


@router.post("/watches/{pk}/end", **door("end_watch", DECIDE, "watches.change", register_schemas.WatchDetail, 404, 409, 422))
def end_watch(request: OfficeRequest, pk: Pk) -> Shape:
    """Look for it no longer."""
    watches.end(request.user, _watch(request, pk), request.now)
    return watch_now(request, pk)


@router.post("/watches/{pk}/seen", **door("look_through_watch", DECIDE, "watches.change", register_schemas.WatchDetail, 404, 409, 422))
def look_through_watch(request: OfficeRequest, pk: Pk) -> Shape:
    """What matched until now has been seen."""
    watches.look_through(request.user, _watch(request, pk), request.now)
    return watch_now(request, pk)
