"""What the API says of the people who work in the office. Nothing says what a colleague did, or how much."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Schema


class Person(Schema):
    """Somebody who works in the office, or who did (`left`). `role` is what they mainly are, `roles` everything."""

    id: int
    name: str
    first_name: str
    last_name: str
    username: str
    email: str
    role: str
    roles: list[str]
    agency: int | None
    place: int | None
    language: str
    active: bool
    left: datetime | None
    version: int


class PersonPage(Schema):
    """A page of people in the order in which they came; `next` is the number after which to go on."""

    rows: list[Person]
    next: int | None


class Deputy(Schema):
    """Who stands in for whom, with their rights, in this time."""

    id: int
    person: int
    person_name: str
    deputy: int
    deputy_name: str
    since: datetime
    until: datetime


class DeputyList(Schema):
    """Who stands in now or will."""

    rows: list[Deputy]


class PersonDetail(Schema):
    """One person, and who stands in for them or for whom they do."""

    person: Person
    deputies: list[Deputy]


class Agency(Schema):
    """A department of the office's government; `ended` is the day on which it ceased to be."""

    id: int
    name: str
    short: str
    email: str
    ended: date | None


class AgencyPage(Schema):
    """A page of agencies; `next` is the number after which to go on."""

    rows: list[Agency]
    next: int | None


class Invitation(Schema):
    """A place in the office that is offered. The word of its link is not here: only its hash is kept."""

    id: int
    email: str
    roles: list[str]
    agency: int | None
    place: int | None
    by: str
    at: datetime
    expires: datetime


class InvitationList(Schema):
    """Invitations that can still be taken up: 200 at most."""

    rows: list[Invitation]


class Duty(Schema):
    """Who is on duty as what, from when to when."""

    id: int
    person: int
    person_name: str
    role: str
    start: datetime
    end: datetime


class Gap(Schema):
    """A stretch in which no duty officer is on duty."""

    start: datetime
    end: datetime


class Roster(Schema):
    """A week of duty from its Monday, in the office's time; `now` are the numbers of the duties that run."""

    monday: date
    duties: list[Duty]
    gaps: list[Gap]
    hours_uncovered: int
    now: list[int]


class Holder(Schema):
    """Who holds a public office, until the end of which moment: the only names that a watch may hold."""

    id: int
    name: str
    post: str
    until: datetime


class HolderList(Schema):
    """Those whose term runs: 200 at most."""

    rows: list[Holder]
