"""Signing in and out and second factors, written into the ledger. Listens to django-allauth; decides nothing.

Strangers leave no name: a refused sign-in under a name nobody has is a line of the installation without a subject. A refusal has no
actor: whoever typed was not known to be that person.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.core import context
from allauth.mfa import signals as factors
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth
from django.db import transaction
from django.db.models import signals as models
from django.http import HttpRequest

from kentongan.office import clock
from kentongan.office.ledger import services as ledger
from kentongan.office.people.models import User


def connect() -> None:
    """Listen. Called once, when the office starts."""
    auth.user_login_failed.connect(_refused, dispatch_uid="ledger")
    auth.user_logged_out.connect(_ended, dispatch_uid="ledger")
    for changed in (account.password_changed, account.password_set, account.password_reset):
        changed.connect(_password, dispatch_uid="ledger")
    models.post_save.connect(_factor_added, sender=Authenticator, dispatch_uid="ledger")
    models.post_delete.connect(_factor_removed, sender=Authenticator, dispatch_uid="ledger")
    factors.authentication_failed.connect(_factor_refused, dispatch_uid="ledger")


@transaction.atomic
def _line(act: str, person: User | None, by: User | None, **detail: object) -> None:
    """What happened to `person`, done by `by`."""
    ledger.write(
        act,
        office=person.office_id if person else None,
        actor=by.pk if by else None,
        role=by.role if by else "",
        at=clock.now(),
        subject=f"person:{person.pk}" if person else "",
        detail=detail,
    )


def begun(user: User) -> None:
    """The person is in, by whatever door. Called by `adapters` in the transaction that stores the session."""
    _line("session.begun", user, user)


def _refused(sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **rest: Any) -> None:
    name, address = str(credentials.get("username") or ""), str(credentials.get("email") or "")
    known = User.objects.filter(username__iexact=name) if name else User.objects.filter(email__iexact=address)
    people = list(known[:2]) if name or address else []
    _line("session.refused", people[0] if len(people) == 1 else None, None, kind="password")


def _ended(sender: object, user: User | None, **rest: Any) -> None:
    if user is not None:
        _line("session.ended", user, user)


def _password(sender: object, user: User, **rest: Any) -> None:
    _line("password.changed", user, user)


def _factor_added(sender: object, instance: Authenticator, created: bool, **rest: Any) -> None:
    if created:
        _factor("factor.added", instance)


def _factor_removed(sender: object, instance: Authenticator, **rest: Any) -> None:
    _factor("factor.removed", instance)


def _factor(act: str, factor: Authenticator) -> None:
    """In the transaction of the row itself: django-allauth tells of it only after the commit. Nobody acts where nobody asks (terminal)."""
    request = context.request
    asks = request.user if request is not None else None
    by = asks if isinstance(asks, User) else None
    _line(act, factor.user, by, kind=factor.type)


def _factor_refused(sender: object, user: User, authenticator: Any, **rest: Any) -> None:
    _line("session.refused", user, None, kind=authenticator.type)
