"""Who works in the office and when: people, agencies, who stands in, who is on duty, who is invited; and who holds a public office.

No operation says what a colleague did or how much: that would be a list of people by their work.
"""

from __future__ import annotations

from itertools import chain

from django.utils import timezone
from ninja import Router

from kentongan.office.api import people_schemas, schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import OFFICE, READ
from kentongan.office.api.shapes import Shape, found, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.people import holders, queries
from kentongan.office.people.models import Agency, Deputy, Duty, Invitation, OfficeHolder, User
from kentongan.office.people.requests import OfficeRequest

router = Router()
_PERSON = ("first_name", "last_name", "username", "email", "role", "language", "left", "version")


def person(row: User) -> Shape:
    """A person as colleagues read them."""
    return {
        "id": row.pk, "name": row.shown, **{name: getattr(row, name) for name in _PERSON}, "roles": sorted(row.roles),
        "agency": row.agency_id, "place": row.place_id, "active": row.is_active,
    }  # fmt: skip


@router.get("/people", **door("list_people", OFFICE, "people.read", people_schemas.PersonPage, 422))
def list_people(request: OfficeRequest, after: schemas.AfterNumber = 0, size: schemas.Size = 100) -> Shape:
    """Everybody who works in the office or did, in the order in which they came."""
    return shapes.numbered(queries.get_people(office_of(request)), after, size, person)


@router.get("/people/{pk}", **door("get_person", OFFICE, "people.read", people_schemas.PersonDetail, 404, 422))
def get_person(request: OfficeRequest, pk: Pk) -> Shape:
    """One person, who stands in for them, and for whom they do."""
    office = office_of(request)
    row = found(queries.get_person(office, pk))
    return {"person": person(row), "deputies": [deputy(one) for one in queries.get_deputies(office, request.now, row)]}


def deputy(row: Deputy) -> Shape:
    """Who stands in for whom."""
    return {
        "id": row.pk, "person": row.person_id, "person_name": row.person.shown, "deputy": row.deputy_id, "deputy_name": row.deputy.shown,
        "since": row.since, "until": row.until,
    }  # fmt: skip


@router.get("/deputies", **door("list_deputies", OFFICE, "people.read", people_schemas.DeputyList))
def list_deputies(request: OfficeRequest) -> Shape:
    """Who stands in for whom, now or later."""
    return {"rows": [deputy(one) for one in queries.get_deputies(office_of(request), request.now)]}


def agency(row: Agency) -> Shape:
    """An agency."""
    return {"id": row.pk, **{name: getattr(row, name) for name in ("name", "short", "email", "ended")}}


@router.get("/agencies", **door("list_agencies", OFFICE, "people.read", people_schemas.AgencyPage, 422))
def list_agencies(request: OfficeRequest, after: schemas.AfterNumber = 0, size: schemas.Size = 100) -> Shape:
    """Agencies, those that ceased to be with the day."""
    return shapes.numbered(queries.get_agencies(office_of(request)), after, size, agency)


def invitation(row: Invitation) -> Shape:
    """An invitation without its word, which nobody has but who was invited."""
    return {
        "id": row.pk, "email": row.email, "roles": sorted({row.role, *row.more_roles}), "agency": row.agency_id, "place": row.place_id,
        "by": row.by.shown, "at": row.at, "expires": row.expires,
    }  # fmt: skip


@router.get("/invitations", **door("list_invitations", OFFICE, "people.change", people_schemas.InvitationList))
def list_invitations(request: OfficeRequest) -> Shape:
    """Invitations that can still be taken up: who, as what, until when."""
    return {"rows": [invitation(one) for one in queries.get_open_invitations(office_of(request), request.now)]}


def duty(row: Duty) -> Shape:
    """A duty."""
    plain = {name: getattr(row, name) for name in ("role", "start", "end")}
    return {"id": row.pk, "person": row.person_id, "person_name": row.person.shown, **plain}


@router.get("/roster", **door("get_roster", OFFICE, "people.read", people_schemas.Roster, 422))
def get_roster(request: OfficeRequest, day: schemas.Day | None = None) -> Shape:
    """The week of duty in which a day lies (today, where none is given), with its gaps."""
    week = queries.get_week(office_of(request), day or timezone.localtime(request.now).date(), request.now)
    rows = {row.pk: row for one in week.days for row in one.duties}
    return {
        "monday": week.monday,
        "duties": [duty(row) for row in rows.values()],
        "gaps": [{"start": gap.start, "end": gap.end} for gap in chain.from_iterable(one.gaps for one in week.days)],
        "hours_uncovered": week.hours_uncovered,
        "now": [row.pk for row in week.on_duty],
    }


def holder(row: OfficeHolder) -> Shape:
    """Who holds a public office."""
    return {"id": row.pk, "name": row.name, "post": row.post, "until": row.until}


@router.get("/office-holders", **door("list_office_holders", READ, "purposes.read", people_schemas.HolderList))
def list_office_holders(request: OfficeRequest) -> Shape:
    """Who holds which public office: the only names that a watch may hold."""
    return {"rows": [holder(one) for one in holders.get_holders(office_of(request), request.now)]}
