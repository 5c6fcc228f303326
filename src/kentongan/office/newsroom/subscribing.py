"""Asking for letters, confirming it, leaving: the only code that changes subscriptions.

Whoever asks is answered the same whether the address is known or not: there is a new row each time, and a letter to the address with a
word that confirms it (good for two days, stored as a digest). Only what is confirmed gets letters; confirming again changes what is read.
Leaving deletes the row, address and all. No act of a reader stands in the ledger: it says what the office did, not what people read.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext

from kentongan.errors import InputError, RefusedError
from kentongan.office import sealing
from kentongan.office.newsroom.models import Letter, Subscription
from kentongan.office.people.inviting import digest_of
from kentongan.office.people.models import Office, Place

GOOD_FOR = timedelta(days=2)
MOST_ASKED = 3
"""Letters an address is sent in a day because somebody, perhaps not its owner, typed it."""
MOST_WAITING = 500
"""Such letters of an office in an hour: nobody sends mail to the world through us."""
LONGEST_ADDRESS = 254


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to read. `language` "" all; `topics` () all; `place` None everywhere; `speech` the language of the letters."""

    address: str
    language: str = ""
    speech: str = "en"
    topics: tuple[str, ...] = ()
    place: Place | None = None


def known_by(office: int, address: str) -> list[str]:
    """By which digests an address of an office's reader is known, the newest first. Case does not tell addresses apart."""
    return sealing.keyed_digests(f"{office} {address.strip().casefold()}", "subscription")


@transaction.atomic
def ask(office: Office, wish: Wish, now: datetime) -> None:
    """Somebody asks for letters to an address. Raises `InputError` for what is no address, `RefusedError` where too many ask."""
    address = wish.address.strip()
    if not address.isascii() or len(address) > LONGEST_ADDRESS:
        raise InputError(gettext("Letters go only to addresses in plain letters, such as name@example.org."), subject="email")
    waiting = Subscription.objects.filter(office=office, state=Subscription.State.WAITING)
    if waiting.filter(at__gt=now - timedelta(hours=1)).count() >= MOST_WAITING:
        raise RefusedError(gettext("Too many people ask just now. Try again in an hour."), subject="email")
    digests = known_by(office.pk, address)
    often = waiting.filter(digest__in=digests, at__gt=now - timedelta(days=1)).count() >= MOST_ASKED
    words = {"email": address, "confirm": secrets.token_urlsafe(32), "leave": secrets.token_urlsafe(32)}
    row = Subscription(
        office=office, reader=secrets.token_hex(16), digest=digests[0], sealed=sealing.seal(words), language=wish.language,
        confirm_digest=digest_of(words["confirm"]), leave_digest=digest_of(words["leave"]), speech=wish.speech,
        topics=sorted(set(wish.topics)), place=wish.place, at=now, expires=now + GOOD_FOR,
    )  # fmt: skip
    if not often:
        row.save(force_insert=True)
        Letter.objects.create(office=office, reader=row.reader, at=now)


def get_asked(office: Office, word: str, now: datetime) -> Subscription | None:
    """What a word would confirm. One query."""
    rows = Subscription.objects.filter(office=office, confirm_digest=digest_of(word), state=Subscription.State.WAITING, expires__gt=now)
    return rows.select_related("place").first()


@transaction.atomic
def confirm(office: Office, word: str, now: datetime) -> bool:
    """Somebody opened the letter and meant it: from now on there are letters. False where the word is none, old or used."""
    asked = Subscription.objects.select_for_update().filter(
        office=office, confirm_digest=digest_of(word), state=Subscription.State.WAITING, expires__gt=now
    ).first()  # fmt: skip
    if asked is None:
        return False
    words = sealing.opened(asked.sealed)
    digests = known_by(office.pk, words["email"])
    known = Subscription.objects.filter(office=office, digest__in=digests).exclude(pk=asked.pk)
    before = known.select_for_update().exclude(state=Subscription.State.WAITING).first()
    if before is not None:
        asked.reader, asked.leave_digest = before.reader, before.leave_digest
        words["leave"] = sealing.opened(before.sealed)["leave"]  # links of letters that were sent go on to work
    known.delete()
    asked.digest, asked.state, asked.confirmed = digests[0], Subscription.State.CONFIRMED, now
    asked.sealed = sealing.seal(words)
    asked.save()
    return True


@transaction.atomic
def leave(office: Office, word: str) -> None:
    """No more letters, and nothing is left of the address. What is unknown or left already needs nothing."""
    gone = Subscription.objects.select_for_update().filter(office=office, leave_digest=digest_of(word)).first()
    if gone is not None:
        drop_letters(office.pk, gone.reader)
        gone.delete()


def drop_letters(office: int, reader: str) -> None:
    """What waits for a reader is not sent. In the caller's transaction."""
    Letter.objects.filter(office=office, reader=reader, state=Letter.State.WAITING).update(state=Letter.State.DROPPED)
