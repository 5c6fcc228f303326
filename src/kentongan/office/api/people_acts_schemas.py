"""What goes into the API of people: whole words and numbers of the office's own rows, never a password and never a word of a link."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kentongan.office.api import schemas

RoleName = Literal[
    "administrator", "officer", "analyst", "owner", "drafter", "legal", "approver", "spokesperson", "press", "reporter", "leader",
    "auditor", "reader",
]  # fmt: skip
Roles = Annotated[list[RoleName], Field(max_length=13)]
Mail = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^\x00-\x20]*$")]


class InviteIn(schemas.Strict):
    """Who is offered a place, as what; `agency` and `place` are numbers of the office's own."""

    email: Annotated[Mail, Field(min_length=3)]
    role: RoleName
    more_roles: Roles = []
    agency: schemas.Number | None = None
    place: schemas.Number | None = None


class PersonChange(schemas.Strict):
    """What shall be changed of a person, at the `version` that was read; what is left out stays, null takes agency or place away."""

    version: schemas.Version
    first_name: Annotated[schemas.Word, Field(max_length=150)] | None = None
    last_name: Annotated[schemas.Word, Field(max_length=150)] | None = None
    email: Mail | None = None
    language: Literal["", "id", "vi", "en"] | None = None
    role: RoleName | None = None
    more_roles: Roles | None = None
    agency: schemas.Number | None = None
    place: schemas.Number | None = None


class AgencyIn(schemas.Strict):
    """An agency as it shall be, whole; `ended` is the day on which it ceased to be."""

    name: Annotated[schemas.Word, Field(min_length=1)]
    short: Annotated[schemas.Word, Field(max_length=30)] = ""
    email: Mail = ""
    ended: schemas.Day | None = None


class DeputyIn(schemas.Strict):
    """Who has the rights of `person`, from when to when: three months at most."""

    person: schemas.Number
    deputy: schemas.Number
    since: schemas.Moment
    until: schemas.Moment


class DutyIn(schemas.Strict):
    """Who is on duty as what, from when to when: a week at most."""

    person: schemas.Number
    role: RoleName = "officer"
    start: schemas.Moment
    end: schemas.Moment


class HolderIn(schemas.Strict):
    """Who holds which public office, until which day: six years at most."""

    name: schemas.Word
    post: schemas.Word
    last_day: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]
