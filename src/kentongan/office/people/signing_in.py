"""Signing in and out and second factors, written into the ledger. Listens to django-allauth; decides nothing.

Strangers leave no name: a refused sign-in under a name nobody has is a line of the installation without actor or subject.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as factors
from django.contrib.auth import signals as auth
from django.db import transaction
from django.http import HttpRequest

from kentongan.office import clock
from kentongan.office.ledger import services as ledger
from kentongan.office.people.models import User


def connect() -> None:
    """Listen. Called once, when the office starts."""
    account.user_logged_in.connect(_begun, dispatch_uid="ledger")
    auth.user_login_failed.connect(_refused, dispatch_uid="ledger")
    auth.user_logged_out.connect(_ended, dispatch_uid="ledger")
    for changed in (account.password_changed, account.password_set, account.password_reset):
        changed.connect(_password, dispatch_uid="ledger")
    factors.authenticator_added.connect(_factor_added, dispatch_uid="ledger")
    factors.authenticator_reset.connect(_factor_added, dispatch_uid="ledger")
    factors.authenticator_removed.connect(_factor_removed, dispatch_uid="ledger")
    factors.authentication_failed.connect(_factor_refused, dispatch_uid="ledger")


@transaction.atomic
def _line(act: str, person: User | None, **detail: object) -> None:
    ledger.write(
        act,
        office=person.office_id if person else None,
        actor=person.pk if person else None,
        role=person.role if person else "",
        at=clock.now(),
        subject=f"person:{person.pk}" if person else "",
        detail=detail,
    )


def _begun(sender: object, user: User, **rest: Any) -> None:
    _line("session.begun", user)


def _refused(sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **rest: Any) -> None:
    name, address = str(credentials.get("username") or ""), str(credentials.get("email") or "")
    known = User.objects.filter(username__iexact=name) if name else User.objects.filter(email__iexact=address)
    people = list(known[:2]) if name or address else []
    _line("session.refused", people[0] if len(people) == 1 else None, by="password")


def _ended(sender: object, user: User | None, **rest: Any) -> None:
    if user is not None:
        _line("session.ended", user)


def _password(sender: object, user: User, **rest: Any) -> None:
    _line("password.changed", user)


def _factor_added(sender: object, user: User, authenticator: Any, **rest: Any) -> None:
    _line("factor.added", user, kind=authenticator.type)


def _factor_removed(sender: object, user: User, authenticator: Any, **rest: Any) -> None:
    _line("factor.removed", user, kind=authenticator.type)


def _factor_refused(sender: object, user: User, authenticator: Any, **rest: Any) -> None:
    _line("session.refused", user, by=authenticator.type)
