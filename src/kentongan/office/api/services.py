"""Tokens of programs, and addresses that are told of events: made, changed, ended. Each act checks the right and writes its line.

A secret is shown once. Of a token only SHA-256 is kept (256 random bits need no slow hash); the secret of a webhook, which must be used
again, is sealed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from kentongan.adapters.addresses_guard import AddressGuard, Refusal
from kentongan.adapters.push import SHORTEST_SECRET
from kentongan.errors import InputError, RefusedError
from kentongan.office import sealing
from kentongan.office.api import events, scopes
from kentongan.office.api.models import Delivery, Hook, Token
from kentongan.office.listening import purposes
from kentongan.office.listening.models import Credential, Source
from kentongan.office.people import versions
from kentongan.office.people.models import Office, User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record

LONGEST_LIFE = timedelta(days=365)
MOST_TOKENS, MOST_HOOKS = 20, 20
PREFIX = "ktg_"
"""So that a token that was lost somewhere is recognised for what it is."""


def digest_of(secret: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


# Tokens


@transaction.atomic
def make_token(by: User, name: str, wanted: Collection[str], expires: datetime, secret: str, now: datetime) -> Token:
    """A token that acts as `by`. `secret` is what the program will send; it is not kept. Raises `InputError` naming the field."""
    need(by, "tokens.own")
    office = Office.objects.select_for_update().get(pk=by.office_id)
    name = " ".join(name.split())
    if not name:
        raise InputError(gettext("Give the token a name, so that you know later which program it is for."), subject="name")
    if not wanted:
        raise InputError(gettext("Choose at least one thing the token may do."), subject="scopes")
    strange = sorted(set(wanted) - set(scopes.scopes_of(by)))
    if strange:
        raise RefusedError(gettext("You may not give a token “%(scope)s”.") % {"scope": strange[0]}, subject="scopes")
    if not now < expires <= now + LONGEST_LIFE:
        raise InputError(gettext("A token ends on a day to come, a year from now at most."), subject="expires")
    if Token.objects.filter(person=by, revoked=None, expires__gt=now).count() >= MOST_TOKENS:
        raise RefusedError(gettext("You have %(n)s tokens. Revoke one that is no longer needed.") % {"n": MOST_TOKENS}, subject="name")
    token = Token.objects.create(
        office=office, person=by, name=name[:100], digest=digest_of(secret), scopes=sorted(set(wanted)), created=now, expires=expires
    )
    record(by, "token.made", token, now, scopes=token.scopes, expires=expires.isoformat())
    return token


def get_tokens(person: User, now: datetime) -> QuerySet[Token]:
    """One's own tokens that are good; for administrators those of colleagues, too. One query."""
    rows = Token.objects.filter(office=person.office_id, revoked=None, expires__gt=now).select_related("person")
    return rows if person.may("people.change") else rows.filter(person=person)


@transaction.atomic
def revoke_token(by: User, token: Token, now: datetime) -> None:
    """End a token at once: one's own, or as an administrator anybody's."""
    need(by, "tokens.own" if token.person_id == by.pk else "people.change", token)
    if Token.objects.filter(pk=token.pk, revoked=None).update(revoked=now):
        record(by, "token.revoked", token, now, person=token.person_id)


def person_left(sender: Any, person: User, now: datetime, **rest: Any) -> None:
    """Every token of somebody who leaves ends in the same transaction."""
    for token in Token.objects.filter(person=person, revoked=None):
        Token.objects.filter(pk=token.pk).update(revoked=now)
        record(None, "token.revoked", token, now, person=person.pk)


def spend(token: Token, minute: int, now: datetime) -> int:
    """Count a request of a token; gives how many it made in this minute. One statement, right with any number of web processes."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE api_token SET spent = CASE WHEN minute = %s THEN spent + 1 ELSE 1 END, minute = %s, used = %s
            WHERE id = %s RETURNING spent""",
            [minute, minute, now, token.pk],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


# Webhooks


@dataclass(frozen=True, slots=True)
class HookDraft:
    """What a person says of a webhook."""

    name: str
    url: str
    events: tuple[str, ...]


@transaction.atomic
def make_hook(by: User, draft: HookDraft, secret: str, now: datetime) -> Hook:
    """An address that is told of events from now on, signed with `secret`."""
    need(by, "hooks.change")
    office = Office.objects.select_for_update().get(pk=by.office_id)
    if Hook.objects.filter(office=office).count() >= MOST_HOOKS:
        raise RefusedError(gettext("%(n)s addresses are told already. Remove one first.") % {"n": MOST_HOOKS}, subject="name")
    _check_secret(secret)
    hook = Hook(office=office, by=by, created=now, sealed=sealing.seal({"secret": secret}), **_checked(draft))
    hook.told = events.standing(office.pk, hook.events, now)
    hook.save()
    record(by, "hook.made", hook, now, events=hook.events)
    return hook


@transaction.atomic
def change_hook(by: User, hook: Hook, draft: HookDraft, version: int, now: datetime) -> Hook:
    """Another name, address or choice of events. Raises `ConflictError` where somebody else was quicker."""
    found = _locked(by, hook)
    versions.same(found, version, {"name": found.name, "url": found.url, "events": found.events})
    added = set(draft.events) - set(found.events)
    for name, value in _checked(draft).items():
        setattr(found, name, value)
    found.told = {**events.standing(found.office_id, sorted(added), now), **found.told}
    found.version += 1
    found.save()
    record(by, "hook.changed", found, now, events=found.events)
    return found


@transaction.atomic
def pause_hook(by: User, hook: Hook, paused: bool, now: datetime) -> list[int]:
    """Tell nothing for now, or go on; gives the deliveries that wait. What changed in the meantime is told once, as it then stands."""
    found = _locked(by, hook)
    found.paused, found.failures = paused, 0
    found.save(update_fields=["paused", "failures"])
    record(by, "hook.changed", found, now, paused=paused)
    return [] if paused else list(found.deliveries.filter(state=Delivery.State.WAITING).values_list("pk", flat=True))


@transaction.atomic
def renew_secret(by: User, hook: Hook, secret: str, now: datetime) -> None:
    """Sign with another secret from now on."""
    found = _locked(by, hook)
    _check_secret(secret)
    found.sealed = sealing.seal({"secret": secret})
    found.save(update_fields=["sealed"])
    record(by, "hook.changed", found, now, fields=["secret"])


@transaction.atomic
def remove_hook(by: User, hook: Hook, now: datetime) -> None:
    """Tell this address nothing any more; what was on its way is dropped."""
    found = _locked(by, hook)
    record(by, "hook.removed", found, now)
    found.delete()


@transaction.atomic
def test_hook(by: User, hook: Hook, now: datetime) -> Delivery:
    """A delivery that says nothing but that it is a test."""
    found = _locked(by, hook)
    delivery = Delivery.objects.create(office_id=found.office_id, hook=found, event=events.TEST, payload={"by": by.pk}, at=now)
    record(by, "hook.changed", found, now, test=delivery.pk)
    return delivery


def _locked(by: User, hook: Hook) -> Hook:
    need(by, "hooks.change", hook)
    return Hook.objects.select_for_update().get(pk=hook.pk)


def _check_secret(secret: str) -> None:
    if len(secret.encode()) < SHORTEST_SECRET:
        raise InputError(gettext("The secret must have at least %(n)s characters.") % {"n": SHORTEST_SECRET}, subject="secret")


def _checked(draft: HookDraft) -> dict[str, Any]:
    name = " ".join(draft.name.split())
    if not name:
        raise InputError(gettext("Give it a name, so that everybody knows who is told."), subject="name")
    strange = sorted(set(draft.events) - set(events.EVENTS))
    if strange or not draft.events:
        raise InputError(gettext("Choose at least one event of the list."), subject="events")
    judged = AddressGuard(settings.CONFIG["allow_hosts"]).check(draft.url)
    if isinstance(judged, Refusal) or len(draft.url) > 1000:
        detail = judged.detail if isinstance(judged, Refusal) else ""
        said = gettext("This address may not be told: give a public one that begins with https://.")
        raise InputError(f"{said} {detail}".strip(), subject="url")
    return {"name": name[:100], "url": str(judged), "events": sorted(set(draft.events))}


# Pushes in

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When a source that is not visited is visited next."""


@transaction.atomic
def add_push_source(by: User, name: str, source_kind: str, secret: str, now: datetime) -> Source:
    """A source that sends to us by itself, signed with `secret`. Its address among the sources leads nowhere: nobody visits it."""
    need(by, "sources.change")
    name = " ".join(name.split())[:200]
    if not name or by.office is None:
        raise InputError(gettext("Give it a name, so that everybody knows who sends."), subject="name")
    if source_kind not in Source.SourceKind.values:
        raise InputError(gettext("Choose one of the list."), subject="source_kind")
    address = f"https://push.invalid/{hashlib.sha256(f'{by.office_id}:{name}:{now.isoformat()}'.encode()).hexdigest()[:16]}"
    source = Source(
        office=by.office, name=name, outlet=name, url=address, kind=Source.Kind.PUSH, source_kind=source_kind, next_visit=NEVER,
        purpose=purposes.first_for(by.office, now),
    )  # fmt: skip
    purposes.check_source(source, now)
    source.save()
    record(by, "source.added", source, now, kind="push")
    set_push_secret(by, source, secret, now)
    return source


@transaction.atomic
def set_push_secret(by: User, source: Source, secret: str, now: datetime) -> None:
    """The secret with which the sender of a push source signs. It is sealed and not shown again; an older one is good no more."""
    need(by, "credentials.change", source)
    if source.kind != Source.Kind.PUSH:
        raise RefusedError(gettext("Only a source of the kind “signed push” has such a secret."), subject="source")
    _check_secret(secret)
    Credential.objects.update_or_create(
        source=source,
        defaults={
            "office_id": source.office_id,
            "sealed": sealing.seal({"secret": secret}),
            "fields": ["secret"],
            "set_by": by,
            "set_at": now,
        },
    )
    record(by, "credential.set", source, now, fields=["secret"])
