"""Events that officers record: what happened, when it began, where; and whether a signal told it.

Who records gives the words a headline of it has; the first signal that showed one told it (`engine.proof`). An officer may say otherwise,
and then that counts. While an event is not over and nobody told it, it is open. An event is never changed; one that was recorded wrongly
is removed, which the ledger keeps, and recorded anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from kentongan.engine import proof, watching
from kentongan.engine.language import detect
from kentongan.engine.names import load_tagger
from kentongan.engine.query_names import judge
from kentongan.engine.watching import Unclear
from kentongan.errors import InputError, RefusedError
from kentongan.office.listening import ordinary, presenting, purposes, watches_looking
from kentongan.office.listening.events_models import RecordedEvent
from kentongan.office.listening.models import Signal
from kentongan.office.listening.watches_wording import said
from kentongan.office.people import holders
from kentongan.office.people.models import Office, Place, User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record

USUAL = timedelta(hours=48)
"""How long an event lasts of which nobody said when it was over."""
LONGEST = timedelta(days=60)
OFFERED = 40
"""Signals from which an officer chooses the one that told an event."""
MOST = 200
"""Events of one page."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An event as somebody wrote it; `place` is a code of the office's places or empty, `ended` None where it is not said."""

    what: str
    words: str
    began: datetime
    ended: datetime | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A recorded event and how it stands: `told`, `missed`, or `open` while it is not over. `judged` where an officer said so."""

    event: RecordedEvent
    state: str
    at: datetime | None
    signal: int | None

    @property
    def judged(self) -> bool:
        return bool(self.event.verdict)

    @property
    def delay(self) -> float | None:
        """Hours from its beginning to the signal; None where none told it."""
        return proof.hours(self.event.began, self.at) if self.at is not None else None


def _checked(user: User, draft: Draft, now: datetime) -> Draft:
    """The draft as it is kept. Raises where it cannot be read, says too little, or names a private person."""
    assert user.office is not None
    what, words = " ".join(draft.what.split()), draft.words.strip()
    ended = draft.ended or draft.began + USUAL
    if not what:
        raise InputError(gettext("Say what happened."), subject="what")
    try:
        sides = watching.groups(watching.parse(words))
    except Unclear as error:
        raise InputError(said(error), subject="words") from error
    if draft.began > now:
        raise InputError(gettext("This lies in the future. Record an event once it has begun."), subject="began")
    if not draft.began < ended <= draft.began + LONGEST:
        raise InputError(gettext("An event ends after it began, within %(n)s days.") % {"n": LONGEST.days}, subject="ended")
    tagger = load_tagger()
    purposes.need_no_identifiers(what, "what")
    known, wards, things = holders.known_names(user.office, now), holders.place_names(user.office), ordinary.heard_by(user.office, now)
    if not all(judge(one, tagger, known, wards, things).allowed for one in (words, *sides)):
        raise RefusedError(purposes.no_person(), subject="words")
    return Draft(what[:200], words, draft.began, ended, draft.place)


@transaction.atomic
def record_event(user: User, draft: Draft, now: datetime) -> RecordedEvent:
    """Record an event; the signal that told it is looked for at once."""
    need(user, "listening.decide")
    assert user.office is not None
    checked = _checked(user, draft, now)
    place = Place.objects.filter(office=user.office, code=checked.place).first() if checked.place else None
    if checked.place and place is None:
        raise InputError(gettext("Choose places of your office's list."), subject="place")
    row = RecordedEvent(
        office=user.office, what=checked.what, words=checked.words, place=place, began=checked.began,
        ended=checked.ended or checked.began + USUAL, by=user, at=now,
    )  # fmt: skip
    found = _find(user.office, [row])
    if row.pk in found:
        row.signal_id, row.told_at = found[row.pk]
    row.save()
    record(user, "event.recorded", row, now, state=_row(row, found, now).state, began=row.began.isoformat())
    return row


@transaction.atomic
def decide(user: User, event: RecordedEvent, signal: int | None, version: int, now: datetime) -> RecordedEvent:
    """Say which signal told an event, or (None) that it was missed."""
    need(user, "listening.decide", event)
    row = RecordedEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if row.version != version:
        raise InputError(gettext("Somebody else changed this while you wrote. Look at it again and repeat your change."), subject="version")
    named = Signal.objects.filter(office_id=row.office_id, pk=signal).only("raised").first() if signal is not None else None
    if signal is not None and named is None:
        raise InputError(gettext("Choose one of what is offered."), subject="signal")
    row.verdict = RecordedEvent.Verdict.MISSED if named is None else RecordedEvent.Verdict.TOLD
    row.signal, row.told_at = named, named.raised if named is not None else None
    row.decided_by, row.decided_at, row.version = user, now, row.version + 1
    row.save()
    record(user, "event.decided", row, now, state=row.verdict, signal=row.signal_id)
    return row


@transaction.atomic
def remove(user: User, event: RecordedEvent, now: datetime) -> None:
    """Take out an event that was recorded wrongly. That it was there, and how it stood, stays in the ledger."""
    need(user, "listening.decide", event)
    record(user, "event.removed", event, now, state=get_row(event, now).state)
    event.delete()


def get_event(office: Office, pk: int) -> RecordedEvent | None:
    """An event of the office."""
    return RecordedEvent.objects.filter(office=office, pk=pk).select_related("place", "by", "decided_by", "signal", "signal__story").first()


def get_row(event: RecordedEvent, now: datetime) -> Row:
    """How an event stands. One query at most."""
    return _row(event, _find(event.office, [event]), now)


def get_rows(office: Office, since: datetime, now: datetime) -> list[Row]:
    """Events that began since then, the latest first, and how they stand. Two queries at most."""
    return rows_of(office, list(get_events(office).filter(began__gte=since)[:MOST]), now)


def get_events(office: Office) -> QuerySet[RecordedEvent]:
    """Everything the office recorded, the latest first."""
    return RecordedEvent.objects.filter(office=office).select_related("place")


def rows_of(office: Office, events: Sequence[RecordedEvent], now: datetime) -> list[Row]:
    """How events of an office stand. One query at most."""
    found = _find(office, events)
    return [_row(event, found, now) for event in events]


def get_offered(event: RecordedEvent) -> list[Signal]:
    """Signals of the time of an event, the earliest first, from which an officer chooses. One query."""
    rows = Signal.objects.filter(office_id=event.office_id, raised__gte=event.began - proof.EARLY, raised__lte=event.ended)
    return list(rows.only("pk", "kind", "subject", "raised", "level").order_by("raised", "pk")[:OFFERED])


def known(events: Iterable[RecordedEvent]) -> list[proof.Event]:
    """Stored events as the engine reads them."""
    return [proof.Event(str(event.pk), event.began, event.ended, watches_looking.read(event.words)) for event in events]


def language_of(event: RecordedEvent) -> str:
    """The language in which an event was recorded."""
    words = " ".join(one.text for one in watching.words_of(watches_looking.read(event.words), barred=False))
    return detect(f"{event.what}. {words}")


def titles_of(signal: Signal) -> tuple[str, ...]:
    """The headlines a stored signal shows: its subject, its story's, and those that carry a group."""
    carried = [str(reason["values"].get("headlines", "")) for reason in signal.reasons if reason["code"] == "signal.carried"]
    story = signal.story.headline if signal.story is not None else ""
    own = presenting.subject(signal.kind, signal.subject)
    return tuple(dict.fromkeys(title for title in (own, signal.subject, story, *carried) if title))


def _find(office: Office, events: Sequence[RecordedEvent]) -> dict[int | None, tuple[int, datetime]]:
    """By its words the signal that told each event of which nobody said yet. One query; none where all are known."""
    wanted = [event for event in events if not event.verdict and event.told_at is None]
    if not wanted:
        return {}
    times = Q()
    for event in wanted:
        times |= Q(raised__gte=event.began - proof.EARLY, raised__lte=event.ended)
    rows = Signal.objects.filter(times, office=office).select_related("story")
    rows = rows.only("pk", "kind", "subject", "raised", "reasons", "story__headline")
    told = [proof.Told(str(row.pk), row.raised, titles_of(row)) for row in rows]
    found: dict[int | None, tuple[int, datetime]] = {}
    for event, one in zip(wanted, known(wanted), strict=True):
        first = proof.told_by(one, told)
        if first is not None:
            found[event.pk] = int(first.key), first.at
    return found


def _row(event: RecordedEvent, found: dict[int | None, tuple[int, datetime]], now: datetime) -> Row:
    signal, at = (event.signal_id, event.told_at) if event.told_at is not None else found.get(event.pk, (None, None))
    if event.verdict == RecordedEvent.Verdict.MISSED:
        return Row(event, "missed", None, None)
    if at is not None:
        return Row(event, "told", at, signal)
    return Row(event, "open" if event.ended > now else "missed", None, None)
