"""Sessions: which there are, and ending them. An ended session opens nothing from the next request on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from kentongan.errors import RefusedError
from kentongan.office.people.models import User
from kentongan.office.people.recording import record


@dataclass(frozen=True, slots=True)
class Mine:
    """One session of a person; `browser` is what the browser says of itself."""

    pk: int
    begun: datetime
    address: str
    browser: str
    here: bool


def get_sessions(person: User, key: str | None, now: datetime) -> list[Mine]:
    """The person's living sessions, the latest first. Two queries."""
    rows = list(UserSession.objects.filter(user=person).order_by("-created_at"))
    living = set(
        Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=now).values_list("session_key", flat=True)
    )
    return [
        Mine(row.pk, row.created_at, row.ip, row.user_agent, row.session_key == key)
        for row in rows
        if row.session_key in living or row.session_key == key
    ]


def _end(rows: Iterable[UserSession]) -> int:
    found = list(rows)
    Session.objects.filter(session_key__in=[row.session_key for row in found]).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in found]).delete()
    return len(found)


def end_all(person: User) -> int:
    """Every session of the person; gives how many. Called inside the act that is written down."""
    return _end(UserSession.objects.filter(user=person))


@transaction.atomic
def end_one(person: User, pk: int, now: datetime) -> None:
    """One of one's own sessions: a lost phone, a stolen cookie."""
    row = UserSession.objects.filter(user=person, pk=pk).first()
    if row is None:
        raise RefusedError(_("There is no such session of yours; it may have ended already."), subject="session")
    _end([row])
    record(person, "session.revoked", person, now, sessions=1)


@transaction.atomic
def end_others(person: User, key: str | None, now: datetime) -> int:
    """All of one's sessions but the one whose key is `key`."""
    count = _end(UserSession.objects.filter(user=person).exclude(session_key=key or ""))
    record(person, "session.revoked", person, now, sessions=count)
    return count
