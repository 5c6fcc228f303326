"""Agencies, deputies and the duty roster: who stands where, for whom, and when."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from kentongan.errors import InputError, RefusedError
from kentongan.office.people.models import Agency, Deputy, Duty, Office, Role, User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record

LONGEST_STANDING = timedelta(days=92)
LONGEST_DUTY = timedelta(days=7)


# Agencies


@transaction.atomic
def make_agency(by: User, name: str, short: str, email: str, now: datetime) -> Agency:
    """A department of the office's government."""
    need(by, "people.change")
    agency = Agency(office_id=by.office_id, name=" ".join(name.split()), short=short.strip(), email=email.strip())
    _clean(agency)
    agency.save()
    record(by, "agency.made", agency, now)
    return agency


@transaction.atomic
def change_agency(by: User, agency: Agency, name: str, short: str, email: str, ended: date | None, now: datetime) -> Agency:
    """Another name or address, or the day on which it ceased to be; its work stays its own."""
    need(by, "people.change", agency)
    found = Agency.objects.select_for_update().get(pk=agency.pk, office_id=by.office_id)
    found.name, found.short, found.email, found.ended = " ".join(name.split()), short.strip(), email.strip(), ended
    _clean(found)
    found.save()
    record(by, "agency.changed", found, now, **({"ended": ended} if ended else {}))
    return found


def _clean(thing: Agency | Deputy | Duty) -> None:
    try:
        thing.full_clean()
    except ValidationError as error:
        raise InputError(" ".join(error.messages), subject=type(thing).__name__.lower()) from error


# Deputies


@transaction.atomic
def name_deputy(by: User, person: User, deputy: User, since: datetime, until: datetime, now: datetime) -> Deputy:
    """`deputy` has the rights of `person` from `since` until `until`. Everybody names their own; administrators name any."""
    if by.pk == person.pk:
        need(by, "people.read", person)
    else:
        need(by, "people.change", person)
    Office.objects.select_for_update().get(pk=by.office_id)
    _check_deputy(by, person, deputy)
    if until <= since or until <= now:
        raise InputError(_("Standing in must end after it begins, and in the future."), subject="until")
    if until - since > LONGEST_STANDING:
        raise InputError(_("Somebody stands in for three months at most; name them again after that."), subject="until")
    if Deputy.objects.filter(person=person, deputy=deputy, ended=None, since__lt=until, until__gt=since).exists():
        raise InputError(_("They stand in for each other at that time already."), subject="since")
    made = Deputy.objects.create(office_id=by.office_id, person=person, deputy=deputy, since=since, until=until)
    detail: dict[str, object] = {"person": person.pk, "deputy": deputy.pk, "since": since.isoformat(), "until": until.isoformat()}
    record(by, "deputy.named", made, now, **detail)
    return made


def _check_deputy(by: User, person: User, deputy: User) -> None:
    if deputy.office_id != by.office_id or person.office_id != by.office_id:
        raise RefusedError(_("This belongs to another office."), subject="deputy")
    if person.pk == deputy.pk:
        raise InputError(_("Nobody stands in for themselves."), subject="deputy")
    if not deputy.is_active or not person.is_active:
        raise RefusedError(_("Somebody who has left does not stand in for anybody."), subject="deputy")
    both = person.roles | deputy.roles
    if {Role.ADMINISTRATOR, Role.AUDITOR} <= both:
        raise RefusedError(_("Whoever administers the office does not audit it, not even for a day."), subject="deputy")


@transaction.atomic
def end_deputy(by: User, deputy: Deputy, now: datetime) -> None:
    """Standing in ends now: by either of the two, or by an administrator."""
    need(by, "people.read" if by.pk in {deputy.person_id, deputy.deputy_id} else "people.change", deputy)
    if Deputy.objects.filter(pk=deputy.pk, office_id=by.office_id, ended=None).update(ended=now):
        record(by, "deputy.ended", deputy, now)


def with_standing(people: QuerySet[User], now: datetime) -> QuerySet[User]:
    """The same people, each read along with whom they stand in for and whether they have a second factor: no further query."""
    standing = Deputy.objects.filter(
        deputy=OuterRef("pk"), office=OuterRef("office_id"), ended=None, since__lte=now, until__gt=now, person__is_active=True
    ).order_by("pk")
    told = JSONObject(
        first="person__first_name", last="person__last_name", name="person__username", role="person__role",
        more="person__more_roles", until="until",
    )  # fmt: skip
    factors = Authenticator.objects.filter(user_id=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return people.annotate(told_standing=ArraySubquery(standing.values(told=told)), told_factor=Exists(factors))


def fill(person: User) -> User:
    """Put what `with_standing` read where permissions and templates look for it."""
    told: list[dict[str, Any]] = getattr(person, "told_standing", [])
    person.standing_in = frozenset(role for one in told for role in (one["role"], *one["more"]))
    person.stands_for = [
        {"name": f"{one['first']} {one['last']}".strip() or one["name"], "until": datetime.fromisoformat(one["until"])} for one in told
    ]
    person.has_factor = bool(getattr(person, "told_factor", False))
    return person


# Duty


@transaction.atomic
def plan_duty(by: User, person: User, role: str, start: datetime, end: datetime, now: datetime) -> Duty:
    """Put a person on duty. Raises `InputError` where they are on duty at that time already."""
    need(by, "roster.change", person)
    Office.objects.select_for_update().get(pk=by.office_id)
    if not person.is_active:
        raise RefusedError(_("This person has left already."), subject="person")
    if role not in person.roles:
        raise RefusedError(_("This person does not have the role they would be on duty for."), subject="role")
    if end <= start:
        raise InputError(_("The duty must end after it begins."), subject="end")
    if end - start > LONGEST_DUTY:
        raise InputError(_("A duty is a week at most."), subject="end")
    if Duty.objects.filter(person=person, start__lt=end, end__gt=start).exists():
        raise InputError(_("This person is on duty at that time already."), subject="person")
    duty = Duty.objects.create(office_id=by.office_id, person=person, role=role, start=start, end=end)
    detail: dict[str, object] = {"person": person.pk, "role": role, "start": start.isoformat(), "end": end.isoformat()}
    record(by, "duty.planned", duty, now, **detail)
    return duty


@transaction.atomic
def remove_duty(by: User, duty: Duty, now: datetime) -> None:
    """Take a duty off the roster. The ledger keeps that it was there."""
    need(by, "roster.change", duty)
    if Duty.objects.filter(pk=duty.pk, office_id=by.office_id).delete()[0]:
        detail: dict[str, object] = {"person": duty.person_id, "start": duty.start.isoformat(), "end": duty.end.isoformat()}
        record(by, "duty.removed", duty, now, **detail)
