"""Marks: which of the office's watches an item matches and which of its agencies it names, decided once, when it enters the journal.

The engine counts each mark as a series against its own past (`engine/burst_groups.py`), as it does topics and places. A mark stays in the
journal with the item: a watch that is changed later, or an agency that ends, changes nothing of what was heard, and the journal read again
gives the same signals. So a watch counts from the moment it is begun; a renamed one begins anew.

Words and places are looked for; headlines like which it shall be are not: an item's meaning is computed after it has entered. A watch by
examples alone therefore has its page and raises no signal. Agencies are known by name, and by their short name from four letters on: "PU"
stands in too many words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from kentongan.engine import watching
from kentongan.engine.watching import Reading
from kentongan.errors import InputError
from kentongan.office.listening import watches, watches_looking
from kentongan.office.listening.models import Article
from kentongan.office.listening.watches_looking import Topic
from kentongan.office.people.models import Agency, Office

WATCH, AGENCY = "w", "a"
"""What a mark begins with, as the engine's series do; its name follows."""
SHORTEST = 4
"""Letters of a short name that is looked for."""
MOST_AGENCIES = 200
Matcher = Callable[[Article, Reading], bool]


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark and whether an item bears it."""

    key: str
    fits: Matcher


def marks_of(office: Office, now: datetime) -> list[Mark]:
    """The marks of an office: its watches that run and its agencies. A few queries, however many there are."""
    topics = watches.get_topics(office, now)
    found = [Mark(WATCH + name, _watch(topic)) for name, topic in topics if topic.query.ways or topic.placed]
    living = Agency.objects.filter(Q(ended=None) | Q(ended__gt=now.date()), office=office)
    for name, short in living.values_list("name", "short")[:MOST_AGENCIES]:
        found.append(Mark(AGENCY + name, _names(names_of(name, short))))
    return found


def names_of(name: str, short: str) -> list[str]:
    """What an agency is looked for by."""
    return [name, *([short] if len(short) >= SHORTEST else [])]


def marked(office: int, articles: Sequence[int]) -> dict[int, list[str]]:
    """The marks of these items, by primary key; an item without one is left out. Nothing of the items is read where nothing is marked."""
    marks = marks_of(Office.objects.get(pk=office), settings.CLOCK.now()) if articles else []
    if not marks:
        return {}
    rows = Article.objects.filter(pk__in=articles).only("title", "text", "summary", "source_id")
    found: dict[int, list[str]] = {}
    for row in rows.iterator(chunk_size=500):
        read = Reading(row.title, row.text or row.summary)
        keys = [mark.key for mark in marks if mark.fits(row, read)]
        if keys:
            found[row.pk] = keys
    return found


def _watch(topic: Topic) -> Matcher:
    places = _names(topic.placed.names) if topic.placed else None
    sources = frozenset(topic.placed.sources) if topic.placed else frozenset[int]()

    def fits(article: Article, read: Reading) -> bool:
        if topic.query.ways and watching.match_in(topic.query, read) is None:
            return False
        return places is None or article.source_id in sources or places(article, read)

    return fits


def _names(names: Sequence[str]) -> Matcher:
    """Whether an item says one of these names, whole and in order."""
    phrases = []
    for name in names:
        try:
            phrases.append(watches_looking.phrase(name))
        except InputError:  # a name without a letter
            continue
    return lambda _, read: any(watching.match_in(one, read) is not None for one in phrases)
