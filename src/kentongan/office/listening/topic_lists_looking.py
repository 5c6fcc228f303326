"""What another list of topics would change, before it is saved: items of the last 30 days under both lists, as counts only.

Counted is the main topic of each item, as the series and the corrections have it: the service area with most words in the title, else in
the opening of the text. Every item counts, copies too. With more than LOOKED items the newest are looked through, and the screen says how
many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kentongan.engine.topics import Lists, main_topic
from kentongan.office.listening import topics_used
from kentongan.office.listening.models import Article
from kentongan.office.people.models import Office

PAST = timedelta(days=30)
LOOKED = 20_000
"""Items looked through at most: about two seconds of one core."""
MOVES = 30
"""Ways from one topic to another that are shown."""
WIDE = 1 / 3
"""A topic that more than this share of everything belongs to tells little."""
LEAST = 100
"""With fewer items than this a share says nothing."""


@dataclass(frozen=True, slots=True)
class Move:
    """So many items would leave one topic for another; "" is none."""

    before: str
    after: str
    n: int


@dataclass(frozen=True, slots=True)
class Holding:
    """So many items have a topic now and would have it then; `gone` where the new list has it no more, `new` where the old had not."""

    topic: str
    before: int
    after: int
    gone: bool
    new: bool
    wide: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change: items looked through since `since`, how many would move and from where to where, each topic's items."""

    since: datetime
    total: int
    looked: int
    moved: int
    moves: tuple[Move, ...]
    topics: tuple[Holding, ...]
    without: tuple[int, int]
    """Items without a topic, now and then."""

    @property
    def gone(self) -> tuple[str, ...]:
        """Topics the new list has no more: a route that asks for one of them alone tells nobody any more."""
        return tuple(one.topic for one in self.topics if one.gone)

    @property
    def wide(self) -> tuple[str, ...]:
        """Topics so wide that they tell little."""
        return tuple(one.topic for one in self.topics if one.wide)


def preview(office: Office, before: Lists, after: Lists, now: datetime) -> Preview:
    """Both lists over what was heard lately. Two queries."""
    rows = Article.objects.filter(office=office, published__gte=now - PAST, published__lte=now)
    total = rows.count()
    opening = topics_used.opening()
    told = list(rows.order_by("-published", "-pk").annotate(opening=opening).values_list("title", "opening")[:LOOKED])
    ways = Counter((main_topic(title, text, before), main_topic(title, text, after)) for title, text in told)
    moves = sorted((Move(old, new, n) for (old, new), n in ways.items() if old != new), key=lambda one: (-one.n, one.before, one.after))
    now_, then = Counter[str](), Counter[str]()
    for (old, new), n in ways.items():
        now_[old] += n
        then[new] += n
    return Preview(
        now - PAST, total, len(told), sum(one.n for one in moves), tuple(moves[:MOVES]),
        _holdings(before, after, now_, then, len(told)), (now_[""], then[""]),
    )  # fmt: skip


def _holdings(before: Lists, after: Lists, now: Counter[str], then: Counter[str], looked: int) -> tuple[Holding, ...]:
    """Each topic of either list, in the order of the new one, those that are gone at the end."""
    old, new = _topics(before), _topics(after)
    names = [*new, *(one for one in old if one not in new)]
    return tuple(
        Holding(one, now[one], then[one], one not in new, one not in old, looked >= LEAST and then[one] > WIDE * looked) for one in names
    )


def _topics(lists: Lists) -> Sequence[str]:
    return list(lists.words("services"))
