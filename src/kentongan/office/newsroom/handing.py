"""Hands waiting letters to the mail server: taken in batches, each exactly once, however often the worker is killed meanwhile.

A batch is *taken* in one transaction, under the name of this installation's journal (`adapters.carrying`), given to the carrier, and what
the journal says came of it is written in one transaction; only then the journal is emptied. Whoever begins settles first what the journal
still says, and gives back what was taken and never got to the dot. So a killed worker loses and repeats nothing; what is left for a killed
carrier or machine stands in `adapters.carrying`, and the letter is marked `unsure`.

A server that is away costs no letter a try: the round ends and comes again later. A mailbox that is full or a server that asks to come
later (greylisting) delays that letter alone; after five days it is given up. A mailbox that does not exist sets its subscription aside,
also where a report says so later by mail (`bounces`). Letters that another machine took and did not settle within an hour are taken over:
should that machine have sent them, they come twice. The same holds for a database that was put back to an earlier hour.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from kentongan.adapters.carrying import Carrier, Journal, Outcome, Parcel, opened
from kentongan.errors import StateError
from kentongan.office import sealing
from kentongan.office.desk import answer_mailbox
from kentongan.office.desk.models import Statement
from kentongan.office.newsroom import letters, subscribing
from kentongan.office.newsroom.models import Letter, Mailing, Subscription
from kentongan.office.people.models import Office
from kentongan.office.retries import pause_s

BATCH = 200
LASTS_S = 120.0
"""A round gives way to other offices after so long."""
BUSY_S = 2.0
"""Until the next look where what a killed worker left is not at its end yet."""
PAUSES_S = (60, 300, 900, 3_600, 10_800, 21_600)
"""Seconds before each further try of a letter that the server did not want now."""
AWAY_PAUSES_S = (5, 15, 60, 120, 300)
"""Seconds until the next round where the server was away."""
MOST_TRIES = 24
"""Five days of these pauses."""
TAKEN_OVER_AFTER = timedelta(hours=1)
STATES = Letter.State


@dataclass(frozen=True, slots=True)
class Round:
    """How a round ended: letters the server took, and the seconds until the next (None: nothing waits); `away` where the server was."""

    sent: int = 0
    wait_s: float | None = None
    away: bool = False


def hand_over(office: Office, clock: Callable[[], datetime], failures: int = 0) -> Round:
    """One round of an office, in its scope and outside any transaction. `clock` is the real one; `failures` counts rounds before this one
    that found the server away."""
    if not settings.CONFIG["mail_url"]:
        return Round()
    folder = settings.CONFIG.data / "letters"
    with opened(folder / f"{office.pk}.journal") as journal:
        if journal is None:
            return Round(wait_s=BUSY_S)
        taker = _name(folder)
        settle(office, journal, taker, clock())
        return _round(office, journal, taker, clock, failures)


def _round(office: Office, journal: Journal, taker: str, clock: Callable[[], datetime], failures: int) -> Round:
    until, sent = time.monotonic() + LASTS_S, 0
    carrier: Carrier | None = None
    try:
        while time.monotonic() < until:
            batch = _take(office, taker, clock())
            if not batch:
                return Round(sent, _next_s(office, clock()))
            a_second = float(settings.CONFIG["mail_per_second"])
            carrier = carrier or Carrier(str(settings.CONFIG["mail_url"]), _envelope(office), journal, a_second)
            done = carrier.hand(_parcels(office, batch, clock()))
            if done < len(batch):
                carrier.close()
                carrier = None
            came = settle(office, journal, taker, clock())
            sent += sum(one.kind == "sent" for one in came.values())
            if any(one.kind == "away" for one in came.values()):
                return Round(sent, pause_s(failures + 1, None, AWAY_PAUSES_S), away=True)
        return Round(sent, 0.0)
    finally:
        if carrier is not None:
            carrier.close()


def _envelope(office: Office) -> str:
    """To whom letters come back: the mailbox for answers, where one is named, for there it is read."""
    box = answer_mailbox.get_mailbox(office.pk)
    return box.email if box is not None else settings.DEFAULT_FROM_EMAIL


def _name(folder: Path) -> str:
    """By what this installation's batches are known; made once."""
    path = folder / "name"
    if not path.is_file():
        path.write_text(secrets.token_hex(16), encoding="ascii")
    return path.read_text(encoding="ascii")


@transaction.atomic
def _take(office: Office, taker: str, real_now: datetime) -> list[Letter]:
    """The next letters, questions first; afterwards nobody else takes them."""
    free = Q(state=STATES.WAITING) & (Q(due=None) | Q(due__lte=real_now))
    lost = Q(state=STATES.TAKEN, taken__lt=real_now - TAKEN_OVER_AFTER) & ~Q(taker=taker)
    rows = Letter.objects.select_for_update(skip_locked=True).filter(free | lost, office=office)
    batch = list(rows.order_by(F("mailing").asc(nulls_first=True), "pk")[:BATCH])
    numbers = [one.pk for one in batch]
    Letter.objects.filter(pk__in=numbers).update(state=STATES.TAKEN, taker=taker, taken=real_now)
    return batch


def _parcels(office: Office, batch: Sequence[Letter], real_now: datetime) -> Iterator[Parcel]:
    """The letters as messages; what has no reader any more is dropped on the way. Four queries and one for each mailing and language."""
    wanted = {one.mailing_id for one in batch if one.mailing_id}
    mailings = Mailing.objects.filter(pk__in=wanted).select_related("office", "publication__statement", "publication__version")
    known = {one.pk: one for one in mailings.prefetch_related("publication__version__sentences")}
    rows = Subscription.objects.filter(office=office, reader__in=[one.reader for one in batch]).exclude(state=Subscription.State.ASIDE)
    readers = {one.reader: one for one in rows}
    texts: dict[tuple[int, str], letters.Text] = {}
    for letter in batch:
        to = readers.get(letter.reader)
        mailing = known.get(letter.mailing_id or 0)
        if to is None or (mailing is None) != (to.state == Subscription.State.WAITING) or not _holds(mailing):
            _dropped(letter)
            continue
        try:
            words = sealing.opened(to.sealed)
        except StateError:
            _dropped(letter)
            continue
        letter.office = office
        text = None
        if mailing is not None:
            key = (mailing.pk, to.speech)
            text = texts[key] = texts.get(key) or letters.text_of(mailing, to.speech)
        yield Parcel(str(letter.pk), words["email"], letters.parcel_of(letter, to, words, text, real_now))


def _holds(mailing: Mailing | None) -> bool:
    """Whether what a letter would tell still holds: a version that was corrected or withdrawn meanwhile is not sent."""
    if mailing is None or mailing.act != Mailing.Act.PUBLISHED:
        return True
    return mailing.publication.statement.state == Statement.State.PUBLISHED


def _dropped(letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk, state=STATES.TAKEN).update(state=STATES.DROPPED, taker="", taken=None)


def settle(office: Office, journal: Journal, taker: str, real_now: datetime) -> dict[int, Outcome]:
    """Write what the journal says came of the letters taken under its name, give back the rest, and empty it."""
    came = {int(key): one for key, one in journal.outcomes().items() if key.isdecimal()}
    with transaction.atomic():
        rows = Letter.objects.select_for_update().filter(office=office, state=STATES.TAKEN, taker=taker)
        taken = {one.pk: one for one in rows}
        done = {number: one for number, one in came.items() if number in taken}
        sent = [number for number, one in done.items() if one.kind == "sent"]
        Letter.objects.filter(pk__in=sent).update(state=STATES.SENT, sent=real_now, code=250, taker="", taken=None)
        for number, one in done.items():
            if one.kind in {"later", "refused", "unsure"}:
                _apply(taken[number], one, real_now)
        Letter.objects.filter(office=office, state=STATES.TAKEN, taker=taker).update(state=STATES.WAITING, taker="", taken=None)
    journal.clear()
    return done


def _apply(letter: Letter, came: Outcome, real_now: datetime) -> None:
    """What the server did not take, or nobody knows whether it did."""
    letter.taker, letter.taken, letter.code, letter.state = "", None, came.code, STATES.WAITING
    if came.kind == "unsure":
        letter.unsure = True
    elif came.kind == "refused":
        letter.state = STATES.REFUSED
        set_aside(letter, real_now)
    else:
        letter.tries += 1
        letter.due = real_now + timedelta(seconds=pause_s(letter.tries, None, PAUSES_S))
        if letter.tries >= MOST_TRIES:
            letter.state = STATES.GIVEN_UP
    letter.save()


def set_aside(letter: Letter, real_now: datetime) -> None:
    """There is no such mailbox: no more letters there until somebody confirms it anew. One that nobody confirmed is deleted."""
    rows = Subscription.objects.filter(office=letter.office_id, reader=letter.reader)
    rows.filter(state=Subscription.State.WAITING).delete()
    rows.filter(state=Subscription.State.CONFIRMED).update(state=Subscription.State.ASIDE, aside=real_now)
    subscribing.drop_letters(letter.office_id, letter.reader)


def _next_s(office: Office, real_now: datetime) -> float | None:
    """Seconds until the next letter may be tried."""
    due = Letter.objects.filter(office=office, state=STATES.WAITING).order_by("due").values_list("due", flat=True).first()
    return None if due is None else max(1.0, (due - real_now).total_seconds())
