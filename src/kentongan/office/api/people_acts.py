"""What is decided about people: invitations, roles, who leaves; agencies, deputies, duties, office holders. By the services of the screens.

They stand on the router of `people`: an address belongs to one router, and `/agencies` is both read and written.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.utils.translation import gettext
from ninja import Status

from kentongan.errors import InputError, MailError, RefusedError
from kentongan.office.api import people_acts_schemas as given
from kentongan.office.api import people_schemas, schemas
from kentongan.office.api.entrance import door
from kentongan.office.api.people import agency, deputy, duty, holder, invitation, person, router
from kentongan.office.api.scopes import ADMINISTER, DECIDE
from kentongan.office.api.shapes import DONE, Shape, found, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.people import holders, inviting, queries, services, standing
from kentongan.office.people.models import Agency, Deputy, Duty, Invitation, OfficeHolder, Place, User
from kentongan.office.people.requests import OfficeRequest

__all__ = ["router"]


def _person(request: OfficeRequest, pk: int) -> User:
    return found(queries.get_person(office_of(request), pk))


def _named(request: OfficeRequest, pk: int, field: str) -> User:
    """A colleague whom a body names."""
    row = queries.get_person(office_of(request), pk)
    if row is None:
        raise InputError(gettext("There is no such thing in your office."), subject=field)
    return row


def _placed(request: OfficeRequest, agency: int | None, place: int | None) -> dict[str, Any]:
    """The agency and the place that a body names."""
    rows: dict[str, Any] = {"agency": None, "place": None}
    for name, kind, pk in (("agency", Agency, agency), ("place", Place, place)):
        if pk is not None:
            rows[name] = kind.objects.filter(office=office_of(request), pk=pk).first()
            if rows[name] is None:
                raise InputError(gettext("There is no such thing in your office."), subject=name)
    return rows


# Invitations


@router.post("/invitations", **door("invite_person", ADMINISTER, "people.change", people_schemas.Invitation, 409, 422, 503, status=201))
def invite_person(request: OfficeRequest, offer: given.InviteIn) -> Status[Shape]:
    """Offer somebody a place in the office. The link goes by e-mail alone: without a mail server, invite on the screen."""
    if not inviting.may_mail():
        raise RefusedError(gettext("No mail server is set. Invite on the page “People”, where the link is shown once."), subject="email")
    word = secrets.token_urlsafe(32)
    rows = _placed(request, offer.agency, offer.place)
    made = inviting.invite(request.user, inviting.Offer(offer.email, offer.role, tuple(offer.more_roles), **rows), word, request.now)
    try:
        inviting.mail(made, word)
    except MailError:
        inviting.withdraw(request.user, made, request.now)  # nobody has the link, and nobody is to be shown it
        raise
    return Status(201, invitation(made))


@router.post("/invitations/{pk}/withdraw", **door("withdraw_invitation", ADMINISTER, "people.change", schemas.Done, 404, 409, 422))
def withdraw_invitation(request: OfficeRequest, pk: Pk) -> Shape:
    """Take an invitation back; its link opens nothing any more."""
    row = found(Invitation.objects.filter(office=office_of(request), pk=pk).first())
    inviting.withdraw(request.user, row, request.now)
    return DONE


# People


@router.post("/people/{pk}/change", **door("change_person", ADMINISTER, "people.change", people_schemas.Person, 404, 409, 422))
def change_person(request: OfficeRequest, pk: Pk, change: given.PersonChange) -> Shape:
    """Another name, address, role, agency, place or language. Nobody gives themselves a role, nobody takes the last of one."""
    row = _person(request, pk)
    wanted = change.model_dump(exclude_unset=True, exclude={"version", "agency", "place"})
    changes = {name: value for name, value in wanted.items() if value is not None}
    rows = _placed(request, change.agency, change.place)
    changes |= {name: rows[name] for name in ("agency", "place") if name in change.model_fields_set}
    if "more_roles" in changes:
        first = changes.get("role", row.role)
        changes["more_roles"] = [role for role in dict.fromkeys(changes["more_roles"]) if role != first]
    services.change_person(request.user, row, changes, change.version, request.now)
    return person(_person(request, pk))


@router.post("/people/{pk}/leave", **door("person_leaves", ADMINISTER, "people.change", people_schemas.Person, 404, 409, 422))
def person_leaves(request: OfficeRequest, pk: Pk) -> Shape:
    """Somebody leaves, at once: every session, token and deputy of theirs ends. Their work stays theirs."""
    services.leave(request.user, _person(request, pk), request.now)
    return person(_person(request, pk))


@router.post("/people/{pk}/return", **door("person_returns", ADMINISTER, "people.change", people_schemas.Person, 404, 409, 422))
def person_returns(request: OfficeRequest, pk: Pk) -> Shape:
    """Somebody who left comes back, as a reader; roles are given anew."""
    services.come_back(request.user, _person(request, pk), request.now)
    return person(_person(request, pk))


# Agencies, deputies, duties


@router.post("/agencies", **door("make_agency", ADMINISTER, "people.change", people_schemas.Agency, 409, 422, status=201))
def make_agency(request: OfficeRequest, draft: given.AgencyIn) -> Status[Shape]:
    """A department of the office's government."""
    return Status(201, agency(standing.make_agency(request.user, draft.name, draft.short, draft.email, request.now)))


@router.post("/agencies/{pk}/change", **door("change_agency", ADMINISTER, "people.change", people_schemas.Agency, 404, 409, 422))
def change_agency(request: OfficeRequest, pk: Pk, draft: given.AgencyIn) -> Shape:
    """Another name or address, or the day on which it ceased to be; its work stays its own."""
    row = found(queries.get_agencies(office_of(request)).filter(pk=pk).first())
    return agency(standing.change_agency(request.user, row, draft.name, draft.short, draft.email, draft.ended, request.now))


@router.post("/deputies", **door("name_deputy", ADMINISTER, "people.read", people_schemas.Deputy, 409, 422, status=201))
def name_deputy(request: OfficeRequest, draft: given.DeputyIn) -> Status[Shape]:
    """Let somebody stand in for oneself; administrators name deputies of anybody."""
    rows = _named(request, draft.person, "person"), _named(request, draft.deputy, "deputy")
    return Status(201, deputy(standing.name_deputy(request.user, *rows, draft.since, draft.until, request.now)))


@router.post("/deputies/{pk}/end", **door("end_deputy", ADMINISTER, "people.read", schemas.Done, 404, 409, 422))
def end_deputy(request: OfficeRequest, pk: Pk) -> Shape:
    """Standing in ends now: by either of the two, or by an administrator."""
    standing.end_deputy(request.user, found(Deputy.objects.filter(office=office_of(request), pk=pk).first()), request.now)
    return DONE


@router.post("/roster", **door("plan_duty", ADMINISTER, "roster.change", people_schemas.Duty, 409, 422, status=201))
def plan_duty(request: OfficeRequest, draft: given.DutyIn) -> Status[Shape]:
    """Put somebody on duty."""
    who = _named(request, draft.person, "person")
    return Status(201, duty(standing.plan_duty(request.user, who, draft.role, draft.start, draft.end, request.now)))


@router.post("/roster/{pk}/remove", **door("remove_duty", ADMINISTER, "roster.change", schemas.Done, 404, 409, 422))
def remove_duty(request: OfficeRequest, pk: Pk) -> Shape:
    """Take a duty off the roster; the ledger keeps that it was there."""
    standing.remove_duty(request.user, found(Duty.objects.filter(office=office_of(request), pk=pk).first()), request.now)
    return DONE


# Who holds a public office


@router.post("/office-holders", **door("add_office_holder", DECIDE, "purposes.change", people_schemas.Holder, 409, 422, status=201))
def add_office_holder(request: OfficeRequest, draft: given.HolderIn) -> Status[Shape]:
    """List who holds a public office, so that a watch may name them; never a private person."""
    return Status(201, holder(holders.add(request.user, draft.name, draft.post, draft.last_day, request.now)))


@router.post("/office-holders/{pk}/remove", **door("remove_office_holder", DECIDE, "purposes.change", schemas.Done, 404, 409, 422))
def remove_office_holder(request: OfficeRequest, pk: Pk) -> Shape:
    """Take somebody out of the list: the name is a private person's again."""
    row = found(OfficeHolder.objects.filter(office=office_of(request), pk=pk).first())
    holders.take_out(request.user, row, request.now)
    return DONE
