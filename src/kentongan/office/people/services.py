"""The only code that makes and changes offices and people.

Every act checks the right of whoever does it, locks what it changes, and writes its line into the ledger in the same transaction. The
office's row is locked whenever administrators might become fewer: two of them cannot send each other away at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import TextChoices
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.errors import InputError, RefusedError
from kentongan.office import clock
from kentongan.office.people import sessions, signals, versions
from kentongan.office.people.models import Deputy, Office, Role, User
from kentongan.office.people.permissions import NOT_BY_DEPUTIES, may_give, need
from kentongan.office.people.recording import record

FIRST_OFFICE = "Kentongan"
_DJ = str.maketrans("đĐ", "dD")
"""The one Vietnamese letter that is not a letter with a mark."""
CHANGEABLE = ("first_name", "last_name", "email", "role", "more_roles", "agency", "place", "language")
"""What an administrator may change of a person; anything else is a mistake of ours and raises `ValueError`."""
LAST = (Role.ADMINISTRATOR, Role.AUDITOR)
"""Roles that an office which has them never loses by accident or by one person's will: whoever holds the last one keeps it."""


class WhyForgotten(TextChoices):
    """Why somebody's second factors are taken away: a word for the record, which holds no names and no stories."""

    LOST = "lost", gettext_lazy("The phone or key was lost or stolen")
    BROKEN = "broken", gettext_lazy("The phone or key is broken or was replaced")
    CODES = "codes", gettext_lazy("Codes are refused and the recovery codes are gone")


@transaction.atomic
def create_office(name: str, *, language: str = "id", time_zone: str = "Asia/Jakarta", country: str = "ID") -> Office:
    """A new office. Raises `InputError` where one of that name exists."""
    slug = slugify(name.translate(_DJ))[:50] or "office"
    if time_zone not in available_timezones():
        raise InputError(_("“%(zone)s” is not a time zone. Write it like Asia/Makassar.") % {"zone": time_zone}, subject="time_zone")
    if Office.objects.filter(slug=slug).exists():
        raise InputError(_("There is already an office called “%(name)s”.") % {"name": name}, subject="name")
    office = Office.objects.create(name=" ".join(name.split()), slug=slug, language=language, time_zone=time_zone, country=country)
    now = clock.now()
    record(None, "office.made", office, now)
    signals.office_made.send(sender=Office, office=office, now=now)
    return office


def first_office(name: str = FIRST_OFFICE, *, time_zone: str = "Asia/Jakarta") -> Office:
    """The first office of this installation, made when there is none."""
    with transaction.atomic():
        office = Office.objects.select_for_update().order_by("pk").first()
        return office or create_office(name, time_zone=time_zone)


@transaction.atomic
def create_user(
    name: str, password: str, *, office: Office, role: str, email: str = "", language: str = "", more_roles: tuple[str, ...] = ()
) -> User:
    """A person who may sign in, made at the terminal of the machine. Raises `InputError` with every complaint."""
    for one in (role, *more_roles):
        if one not in Role.values:
            raise InputError(
                _("A role is one of %(roles)s, not “%(given)s”.") % {"roles": ", ".join(Role.values), "given": one}, subject="role"
            )
    _apart({role, *more_roles})
    if User.objects.filter(username=name).exists():
        raise InputError(_("There is already somebody called “%(name)s”.") % {"name": name}, subject="name")
    user = User(username=name, email=email, office=office, role=role, more_roles=list(more_roles), language=language)
    set_password(user, password)
    user.save()
    record(None, "person.made", user, clock.now(), roles=sorted(user.roles))
    return user


def set_password(user: User, password: str) -> None:
    """Give a person about to be stored a password. Raises `InputError` where it or another field will not do."""
    try:
        validate_password(password, user)
        user.set_password(password)
        user.full_clean()
    except ValidationError as error:
        raise InputError(" ".join(error.messages), subject="password") from error


@transaction.atomic
def change_person(by: User | None, person: User, changes: Mapping[str, Any], version: int, now: datetime) -> User:
    """Change a person of one's office (`by` None: at the terminal).

    Raises `RefusedError` for a role one may not give or take, `ConflictError` where somebody else was quicker.
    """
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise ValueError(f"a person's {sorted(unknown)[0]} is not changed here")
    if by is not None:
        need(by, "people.change", person)
    found = _locked(person)
    versions.same(found, version, {name: getattr(found, name) for name in CHANGEABLE})
    new = {name: value for name, value in changes.items() if getattr(found, name) != value}
    if not new:
        return found
    if {"role", "more_roles"} & set(new):
        wanted = {new.get("role", found.role), *new.get("more_roles", found.more_roles)}
        check_roles(by, found, wanted)
        _keep_the_last(found, wanted)
    for name in ("agency", "place"):
        if new.get(name) is not None and new[name].office_id != found.office_id:
            raise RefusedError(_("This belongs to another office."), subject=name)
    if new.get("email"):
        check_address(found.office_id, str(new["email"]), found)
    before = found.roles
    for name, value in new.items():
        setattr(found, name, value)
    found.version += 1
    _clean(found)
    found.save(update_fields=[*new, "version"])
    detail: dict[str, object] = {"fields": sorted(new)}
    if before != found.roles:
        detail |= {"given": sorted(found.roles - before), "taken": sorted(before - found.roles)}
    record(by, "person.changed", found, now, **detail)
    return found


def _clean(person: User) -> None:
    try:
        person.full_clean(exclude=["password", "username"])
    except ValidationError as error:
        raise InputError(" ".join(error.messages), subject="person") from error


def check_roles(by: User | None, person: User | None, wanted: set[str]) -> None:
    """Raise where `by` may not give `person` (None: somebody new) these roles, or they do not go together."""
    unknown = wanted - set(Role.values)
    if unknown:
        raise InputError(_("There is no role “%(role)s”. Choose one of the list.") % {"role": min(unknown)}, subject="role")
    _apart(wanted)
    if by is None:
        return
    held = person.roles if person is not None else frozenset()
    if person is not None and person.pk == by.pk and wanted - held - {Role.READER}:
        raise RefusedError(_("Nobody gives themselves a role. Ask another administrator."), subject="role")
    refused = sorted(role for role in wanted ^ held if not may_give(by, role))
    if refused:
        words = {"role": Role(refused[0]).label}
        raise RefusedError(_("You may not give or take the role “%(role)s”.") % words, subject="role")


def _apart(roles: set[str]) -> None:
    if {Role.ADMINISTRATOR, Role.AUDITOR} <= roles:
        raise RefusedError(_("Whoever administers the office does not audit it: give the two roles to two people."), subject="role")


def _keep_the_last(person: User, wanted: set[str]) -> None:
    """Raise where the person would give up a role that nobody else in the office holds."""
    for role in LAST:
        if role in person.roles and role not in wanted and not _others(person, role):
            words = {"role": Role(role).label}
            raise RefusedError(
                _("This is the last person with the role “%(role)s”. Give it to somebody else first.") % words, subject="role"
            )


def _others(person: User, role: str) -> bool:
    active = User.objects.filter(office_id=person.office_id, is_active=True).exclude(pk=person.pk)
    return active.filter(role=role).exists() or active.filter(more_roles__contains=[role]).exists()


def _locked(person: User) -> User:
    """The person as stored, with their office, locked against a second change."""
    Office.objects.select_for_update().get(pk=person.office_id)
    return User.objects.select_for_update(of=("self",)).select_related("office").get(pk=person.pk, office_id=person.office_id)


def check_address(office: int | None, address: str, person: User | None = None) -> None:
    """Raise `InputError` for an address that could carry more than an address, or that a colleague has."""
    if any(char.isspace() or char in "\"'<>,;:()\\" or not char.isprintable() for char in address):
        raise InputError(_("“%(address)s” is not an e-mail address.") % {"address": " ".join(address.split())}, subject="email")
    same = User.objects.filter(office_id=office, email__iexact=address, is_active=True)
    if same.exclude(pk=person.pk if person else None).exists():
        raise InputError(_("Somebody in the office has this e-mail address already."), subject="email")


@transaction.atomic
def leave(by: User | None, person: User, now: datetime) -> User:
    """The person leaves: nothing of theirs opens a door any more, at once. What they did stays theirs.

    The password is made unusable, so that no session can come back to life when the person returns.
    """
    if by is not None:
        need(by, "people.change", person)
    found = _locked(person)
    if not found.is_active:
        raise RefusedError(_("This person has left already."), subject="person")
    _keep_the_last(found, set())
    if by is not None and Role.AUDITOR in found.roles and not may_give(by, Role.AUDITOR):
        raise RefusedError(_("You may not give or take the role “%(role)s”.") % {"role": Role.AUDITOR.label}, subject="role")
    found.is_active, found.left = False, now
    found.version += 1
    found.set_unusable_password()
    found.save(update_fields=["is_active", "left", "version", "password"])
    ended = sessions.end_all(found)
    Authenticator.objects.filter(user=found).delete()
    deputies = Deputy.objects.filter(ended=None, until__gt=now)
    stood = deputies.filter(person=found).update(ended=now) + deputies.filter(deputy=found).update(ended=now)
    signals.person_left.send(sender=User, person=found, now=now)
    record(by, "person.left", found, now, sessions=ended, deputies=stood)
    return found


@transaction.atomic
def come_back(by: User | None, person: User, now: datetime) -> User:
    """A person who left returns as a reader: roles are given anew, and a new password is chosen through the mail."""
    if by is not None:
        need(by, "people.change", person)
    found = _locked(person)
    if found.is_active:
        raise RefusedError(_("This person has not left."), subject="person")
    if found.email:
        check_address(found.office_id, found.email, found)
    found.is_active, found.left, found.role, found.more_roles = True, None, Role.READER, []
    found.version += 1
    found.save(update_fields=["is_active", "left", "role", "more_roles", "version"])
    record(by, "person.returned", found, now)
    return found


@transaction.atomic
def choose_language(person: User, language: str) -> None:
    """What a person reads in, on every device. Not an act of the office: no line."""
    User.objects.filter(pk=person.pk).update(language=language)
    person.language = language


@transaction.atomic
def forget_factors(by: User | None, person: User, why: str, now: datetime) -> int:
    """For somebody who lost phone and codes: the second factors go, and so do all sessions. Gives how many went.

    `by` None: at the terminal. `why` is one of `WhyForgotten`. Nobody does it for themselves: a stolen session would need no code any more.
    """
    if by is not None:
        need(by, "people.change", person)
        if by.pk == person.pk:
            raise RefusedError(_("Ask another administrator: nobody takes their own second factor away here."), subject="person")
    if why not in WhyForgotten.values:
        raise InputError(_("Choose why."), subject="why")
    found = _locked(person) if person.office_id is not None else person
    refused = sorted(role for role in NOT_BY_DEPUTIES & found.roles if by is not None and not may_give(by, role))
    if refused:
        words = {"role": Role(refused[0]).label}
        raise RefusedError(_("You may not give or take the role “%(role)s”.") % words, subject="role")
    count = Authenticator.objects.filter(user=found).delete()[0]
    if not count and by is not None:
        raise RefusedError(_("This person has no second factor."), subject="person")
    record(by, "factor.removed", found, now, factors=count, sessions=sessions.end_all(found), why=why)
    return count


@transaction.atomic
def require_factor(by: User, roles: set[str], version: int, now: datetime) -> Office:
    """Which roles need a second factor. Whoever holds one is led to set it up and to nothing else."""
    office = Office.objects.select_for_update().get(pk=by.office_id)
    need(by, "office.change", office)
    versions.same(office, version, {"second_factor_roles": office.second_factor_roles})
    unknown = roles - set(Role.values)
    if unknown:
        raise InputError(_("There is no role “%(role)s”. Choose one of the list.") % {"role": min(unknown)}, subject="role")
    office.second_factor_roles = sorted(roles)
    office.version += 1
    office.save(update_fields=["second_factor_roles", "version"])
    record(by, "office.changed", office, now, second_factor_roles=office.second_factor_roles)
    return office
