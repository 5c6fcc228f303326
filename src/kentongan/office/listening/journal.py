"""The journal: the one order in which the engine reads. Everybody who appends takes the same lock, so numbers only grow; they
have gaps where retention deleted.

The order of articles is decided here once (by published time among those that wait) and never changes; replaying the journal gives
every state again. What an item is near to by its meaning is written to its entry once, by the listener that reads it first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from kentongan.office.listening import marking
from kentongan.office.listening.models import Article, JournalEntry, ListenerState

CHANNEL = "kentongan_journal"
LOCK_JOURNAL = 73_004
PILE = 5_000
"""Waiting articles that enter in one transaction."""


def wake(office: int) -> None:
    """Tell the office's listener, when this transaction commits, that there is something to read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(office)])


def _next(office: int) -> int:
    """The next number, under the journal's lock until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_JOURNAL, office])
    last: int | None = JournalEntry.objects.filter(office_id=office).aggregate(last=Max("seq"))["last"]
    read = ListenerState.objects.filter(office_id=office).values_list("offset", flat=True).first()
    return max(last or 0, read or 0) + 1


@transaction.atomic
def append(office: int, kind: JournalEntry.Kind, at: datetime, payload: dict[str, Any] | None = None) -> int:
    """Append one decision or tick; gives its number."""
    seq = _next(office)
    JournalEntry.objects.create(office_id=office, seq=seq, kind=kind, at=at, payload=payload or {})
    wake(office)
    return seq


@dataclass(frozen=True, slots=True)
class Line:
    """One step to append: an article by its primary key, or, where that is None, the time."""

    article: int | None
    at: datetime


@transaction.atomic
def append_lines(office: int, lines: Sequence[Line]) -> int:
    """Append articles, with their marks, and ticks in the given order; gives how many. The articles no longer wait."""
    if not lines:
        return 0
    marks = marking.marked(office, [line.article for line in lines if line.article is not None])  # nobody waits for the lock meanwhile
    first = _next(office)
    JournalEntry.objects.bulk_create(
        JournalEntry(
            office_id=office,
            seq=first + place,
            kind=JournalEntry.Kind.TICK if line.article is None else JournalEntry.Kind.ARTICLE,
            article_id=line.article,
            at=line.at,
            payload=marks[line.article].payload() if line.article in marks else {},
        )
        for place, line in enumerate(lines)
    )
    Article.objects.filter(pk__in=[line.article for line in lines if line.article is not None]).update(waiting=False)
    wake(office)
    return len(lines)


def settle(entries: Sequence[JournalEntry], near: Mapping[str, Sequence[str]]) -> None:
    """Write what these entries' items are near to by their meaning (marks by the article's key) in place of what they may be near to.

    Read again, they bring it, whatever is watched by then. Inside the transaction that moves the offset beyond them.
    """
    open_ = [entry for entry in entries if "perhaps" in entry.payload]
    for entry in open_:
        marks = [*entry.payload.get("marks", ()), *(near.get(entry.article.key, ()) if entry.article is not None else ())]
        entry.payload = marking.Marks(marks, []).payload()
    JournalEntry.objects.bulk_update(open_, ["payload"])


@transaction.atomic
def append_waiting(office: int, limit: int = PILE) -> int:
    """Append what waits, oldest published first; gives how many."""
    waiting = Article.objects.filter(office_id=office, waiting=True).order_by("published", "key")
    return append_lines(office, [Line(key, at) for key, at in waiting.values_list("pk", "published")[:limit]])
