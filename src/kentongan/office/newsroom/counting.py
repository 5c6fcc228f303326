"""How many read by e-mail, for the office: only counts that count ten or more (`engine.disclosure`), never who."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from kentongan.engine.disclosure import shown
from kentongan.office.listening import presenting
from kentongan.office.newsroom.models import Letter, Mailing, Subscription
from kentongan.office.newsroom.queries import item_of
from kentongan.office.people.models import Office

LATEST = 20


@dataclass(frozen=True, slots=True)
class Counts:
    """Readers in all, those who read everything, and those who chose a topic; None where fewer than ten would be told of."""

    readers: int | None
    all_topics: int | None
    topics: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a mailing, each a count or None."""

    publication: int
    title: str
    act: str
    correction: bool
    at: datetime
    sent: int | None
    waiting: int | None
    lost: int | None
    """Refused, given up, or dropped because the reader left."""
    delayed: int | None
    """Of those sent: reported as not delivered yet."""


def get_counts(office: Office) -> Counts:
    """Readers and their topics. One query."""
    rows = Subscription.objects.filter(office=office, state=Subscription.State.CONFIRMED).values_list("topics", flat=True)
    chosen: dict[str, int] = {}
    whole = total = 0
    for topics in rows.iterator():
        total += 1
        whole += not topics
        for one in topics:
            chosen[one] = chosen.get(one, 0) + 1
    told = sorted(((presenting.topic(code), count) for code, count in chosen.items() if shown(count) is not None), key=lambda one: -one[1])
    parts_hide = shown(whole) is None or shown(total - whole) is None
    return Counts(shown(total), None if parts_hide else whole, told)


def get_mailings(office: Office) -> list[Told]:
    """The latest mailings that had a reader. Two queries."""
    states = Letter.State
    open_ones = Q(letters__state__in=(states.WAITING, states.TAKEN))
    rows = Mailing.objects.filter(office=office).select_related("publication__statement", "publication__version")
    rows = rows.annotate(
        all=Count("letters"),
        sent=Count("letters", filter=Q(letters__state=states.SENT)),
        open=Count("letters", filter=open_ones),
        delayed=Count("letters", filter=Q(letters__state=states.SENT, letters__bounced__isnull=False)),
    )
    found = rows.filter(all__gt=0).prefetch_related("publication__version__sentences")[:LATEST]
    return [
        Told(
            one.publication.statement_id, item_of(one.publication).title, one.act, one.publication.statement.corrects_id is not None,
            one.at, shown(one.sent), shown(one.open), shown(one.all - one.sent - one.open), shown(one.delayed),
        )
        for one in found
    ]  # fmt: skip
