"""The secrets of a source: typed once, sealed, tested with a button, never shown again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kentongan.adapters.sources import KINDS, CredentialField
from kentongan.errors import InputError, StateError
from kentongan.office import sealing
from kentongan.office.listening.models import Credential, Source
from kentongan.office.people.models import User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record

LONGEST = 1_000


def of(source: Source) -> dict[str, str]:
    """The opened secrets of a source, for its reader only; none where none are set or the key does not fit (the visit then says so)."""
    row = Credential.objects.filter(source=source).first()
    if row is None:
        return {}
    try:
        return sealing.opened(row.sealed)
    except StateError:
        return {}


def fields_of(source: Source) -> tuple[CredentialField, ...]:
    """What the kind of source takes."""
    return KINDS[source.kind].fields if source.kind in KINDS else ()


def plain_of(source: Source) -> dict[str, str]:
    """What is no secret of what is stored (a user's name, a server), to be shown in the form."""
    known = of(source)
    return {one.name: known[one.name] for one in fields_of(source) if not one.secret and one.name in known}


@transaction.atomic
def put(user: User, source: Source, given: Mapping[str, str], now: datetime) -> None:
    """Seal what was typed. A secret left empty stays as it was; raises `InputError` where a needed one is missing."""
    need(user, "credentials.change", source)
    known = of(source)
    secrets: dict[str, str] = {}
    for one in fields_of(source):
        value = given.get(one.name, "").strip() or (known.get(one.name, "") if one.secret else "")
        if len(value) > LONGEST:
            raise InputError(_("That is too long for a password or key."), subject=one.name)
        if one.required and not value:
            raise InputError(_("This field is needed to read the source."), subject=one.name)
        if value:
            secrets[one.name] = value
    fields = sorted(secrets)
    Credential.objects.update_or_create(
        source=source,
        defaults={
            "office_id": source.office_id, "sealed": sealing.seal(secrets), "fields": fields, "set_by": user, "set_at": now, "tested": None,
            "outcome": "",
        },
    )  # fmt: skip
    record(user, "credential.set", source, now, fields=fields)


@transaction.atomic
def remove(user: User, source: Source, now: datetime) -> None:
    """Forget the secrets of a source."""
    need(user, "credentials.change", source)
    Credential.objects.filter(source=source).delete()
    record(user, "credential.removed", source, now)


@transaction.atomic
def note_test(user: User, source: Source, outcome: str, now: datetime) -> None:
    """Keep what came of asking the source once with its secrets."""
    need(user, "credentials.change", source)
    Credential.objects.filter(source=source).update(tested=now, outcome=outcome)
    record(user, "credential.tested", source, now, outcome=outcome)
