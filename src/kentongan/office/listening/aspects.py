"""What is being said of a story, an agency or a watch: how many of its items name each aspect of the matter (its cause, money, danger …).

Found by the words of the office's list (`engine.topics`) in the title and the opening of the text; an item may name several, or none.
Copies are left out. A share is given with n and Wilson's 95 % interval. Behind public posts of an agency or watch stand people: fewer than
ten are not counted, and an aspect that fewer than ten name, or all but fewer than ten, is left out, so that no small group comes out.

Known limits: a word list (`karena` is a cause in any sentence); posts are counted, not people. Nothing is stored: what retention deleted is
not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kentongan.engine.disclosure import K
from kentongan.engine.proof import Share
from kentongan.engine.topics import Lists, aspects_of_item
from kentongan.office.kept import Kept
from kentongan.office.listening import topics_used
from kentongan.office.listening.models import JournalEntry, Membership, Story
from kentongan.office.listening.tones_queries import PUBLIC
from kentongan.office.listening.tones_reading import JUDGED
from kentongan.office.people.models import Office

LOOKED = 300
"""Items of a story that are looked at, the newest."""
MOST = 2_000
"""Items of an agency or a watch that are looked at, the newest."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """How many items there were (None: fewer than may be told), and the aspects they name, those that most name first."""

    n: int | None
    aspects: tuple[tuple[str, Share], ...] = ()


def of_story(story: Story) -> Spoken:
    """What the items of a story say of it. Two queries."""
    return _spoken(_told(story.pk), topics_used.used_by(story.office_id))


def _newest(story: int) -> Any:
    rows = Membership.objects.filter(story=story, copy_kind="original").order_by("-article__published", "-pk")
    return rows.values_list("article__title", topics_used.opening("article__"))[:LOOKED]


_told = Kept(_newest)


def of_mark(office: Office, mark: str, first: date, last: date) -> tuple[Spoken, Spoken]:
    """What the press and public posts that bear a mark say of it, published from `first` to `last` where the office is. Two queries."""
    begin, end = (datetime.combine(day, time(), ZoneInfo(office.time_zone)) for day in (first, last + timedelta(days=1)))
    rows = JournalEntry.objects.filter(office=office, kind="article", payload__has_key="marks", payload__marks__contains=[mark])
    rows = rows.filter(at__gte=begin, at__lt=end, article__source_kind__in=JUDGED, article__membership__copy_kind="original")
    opening = topics_used.opening("article__")
    told = list(rows.order_by("-at", "-seq").values_list("article__source_kind", "article__title", opening)[:MOST])
    lists = topics_used.used_by(office.pk)
    press, public = ([(title, text) for kind, title, text in told if (kind == PUBLIC) == people] for people in (False, True))
    return _spoken(press, lists), _safe(_spoken(public, lists))


def _spoken(told: Iterable[tuple[str, str]], lists: Lists) -> Spoken:
    counts, n = Counter[str](), 0
    for title, text in told:
        n += 1
        counts.update(aspects_of_item(title, text, lists))
    return Spoken(n, tuple((aspect, Share(k, n)) for aspect, k in sorted(counts.items(), key=lambda one: (-one[1], one[0]))))


def _safe(spoken: Spoken) -> Spoken:
    """What may be said where people stand behind it."""
    if spoken.n is None or 0 < spoken.n < K:
        return Spoken(None)
    return Spoken(spoken.n, tuple(one for one in spoken.aspects if one[1].k >= K and not 0 < one[1].n - one[1].k < K))
