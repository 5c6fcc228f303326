"""Marks: which of the office's watches an item matches and which of its agencies it names, decided once, when it enters the journal.

The engine counts each mark as a series against its own past (`engine/burst_groups.py`), as it does topics and places. A mark stays in the
journal with the item: a watch that is changed later, or an agency that ends, changes nothing of what was heard, and the journal read again
gives the same signals. So a watch counts from the moment it is begun; a renamed one begins anew.

Words and places are looked for at once. An item's meaning is computed after it has entered: so of a watch by examples it is said that the
item may bear its mark, unless its words exclude it or it is of another place. Whether it does the engine says, when the listener reads it
(`journal.settle`). An end of the watch between the two is heeded. Places are those the office's list finds (`gazetteers`), with all above
them, so that a homonym elsewhere is none; a name with accents is looked for without them too. Agencies are known by name, and by their
short name from four letters on: "PU" stands in too many words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from kentongan.engine import lexicon, watching
from kentongan.engine.watching import Reading
from kentongan.errors import InputError
from kentongan.office.listening import gazetteers, watches, watches_looking
from kentongan.office.listening.gazetteers import Known
from kentongan.office.listening.models import Article
from kentongan.office.listening.watches_looking import Placed, Topic
from kentongan.office.people.models import Agency, Office

WATCH, AGENCY = "w", "a"
"""What a mark begins with, as the engine's series do; its name follows."""
SHORTEST = 4
"""Letters of a short name that is looked for."""
MOST_AGENCIES = 200
Matcher = Callable[[Article, Reading], bool]
Around = Callable[[Article], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark, whether an item bears it, and whether it may bear it by its meaning; None where that is never so."""

    key: str
    fits: Matcher | None
    may: Matcher | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks an item bears, and those it bears too if its meaning is near enough."""

    keys: list[str]
    perhaps: list[str]

    def payload(self) -> dict[str, list[str]]:
        """As it stands in the journal."""
        return {**({"marks": self.keys} if self.keys else {}), **({"perhaps": self.perhaps} if self.perhaps else {})}


def marks_of(office: Office, now: datetime) -> list[Mark]:
    """The marks of an office: its watches that run and its agencies. A few queries, however many there are."""
    found = watch_marks(office, now)
    living = Agency.objects.filter(Q(ended=None) | Q(ended__gt=now.date()), office=office)
    for name, short in living.values_list("name", "short")[:MOST_AGENCIES]:
        found.append(Mark(AGENCY + name, _names(names_of(name, short))))
    return found


def watch_marks(office: Office, now: datetime) -> list[Mark]:
    """The marks of the watches that run. A few queries, however many there are."""
    topics = watches.get_topics(office, now)
    known = gazetteers.of(office.pk) if any(topic.placed for _, topic in topics) else None
    around = _around(known) if known is not None else None
    return [_watch(name, topic, around) for name, topic in topics]


def names_of(name: str, short: str) -> list[str]:
    """What an agency is looked for by."""
    return [name, *([short] if len(short) >= SHORTEST else [])]


def marked(office: int, articles: Sequence[int]) -> dict[int, Marks]:
    """The marks of these items, by primary key; an item without any is left out. Nothing of the items is read where nothing is marked."""
    marks = marks_of(Office.objects.get(pk=office), settings.CLOCK.now()) if articles else []
    if not marks:
        return {}
    rows = Article.objects.filter(pk__in=articles).only("title", "text", "summary", "source_id", "source_kind")
    found: dict[int, Marks] = {}
    for row in rows.iterator(chunk_size=500):
        read = Reading(row.title, row.text or row.summary)
        keys = [mark.key for mark in marks if mark.fits is not None and mark.fits(row, read)]
        perhaps = [mark.key for mark in marks if mark.may is not None and mark.key not in keys and mark.may(row, read)]
        if keys or perhaps:
            found[row.pk] = Marks(keys, perhaps)
    return found


def _watch(name: str, topic: Topic, around: Around | None) -> Mark:
    def may(article: Article, read: Reading) -> bool:
        there = inside is None or inside(article, read)
        return there and not watching.excluded_in(topic.query, read)

    def fits(article: Article, read: Reading) -> bool:
        return (not topic.query.ways or watching.match_in(topic.query, read) is not None) and may(article, read)

    inside = _inside(topic.placed, around) if topic.placed else None
    by_examples = topic.centre is not None
    return Mark(WATCH + name, fits if topic.query.ways or not by_examples else None, may if by_examples else None)


def _around(known: Known) -> Around:
    """The places of an item with all above them, found once for all watches that ask for the same item."""
    last: dict[int, frozenset[int]] = {}

    def around(article: Article) -> frozenset[int]:
        if article.pk not in last:
            last.clear()
            text = f"{article.title}\n{article.text or article.summary}"
            last[article.pk] = known.around(text, public=article.source_kind == "public")
        return last[article.pk]

    return around


def _inside(placed: Placed, around: Around | None) -> Matcher:
    """Whether an item names one of the places or comes from a source of there."""
    plain = _names([name for name in placed.alone if watches_looking.same_name(name) != lexicon.folded(name)])
    sources = frozenset(placed.sources)

    def inside(article: Article, read: Reading) -> bool:
        if article.source_id in sources or (around is not None and placed.rows & around(article)):
            return True
        return plain(article, read)

    return inside


def _names(names: Sequence[str]) -> Matcher:
    """Whether an item says one of these names, whole and in order."""
    phrases = []
    for name in names:
        try:
            phrases.append(watches_looking.phrase(name))
        except InputError:  # a name without a letter
            continue
    return lambda _, read: any(watching.match_in(one, read) is not None for one in phrases)
