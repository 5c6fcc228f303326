"""The lists by which an office's items have their topics: its own, or the one that comes with the program. Reads only; `topic_lists`
changes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import cast

from django.db.models import Value
from django.db.models.functions import Coalesce, Left, NullIf

from kentongan.engine.topics import KINDS, OPENING, Lists, shipped_lists
from kentongan.engine.topics_reading import lists_from, shipped_text
from kentongan.errors import InputError
from kentongan.office.kept import Kept
from kentongan.office.listening.topics_models import TopicList
from kentongan.office.people import scope
from kentongan.office.people.models import Office

LOG = logging.getLogger(__name__)
KEPT = 20
"""Versions that are listed."""
_MEMO = "topics"


def in_force(office: int) -> TopicList | None:
    """The office's own list, None where the list that comes with the program counts. One query."""
    return TopicList.objects.filter(office_id=office, ended_at=None).select_related("by").first()


def number_of(office: int) -> int:
    """The number of the list in force, 0 for the one that comes with the program: what changes when another one counts. One small query."""
    return TopicList.objects.filter(office_id=office, ended_at=None).values_list("number", flat=True).first() or 0


def lists_of(office: int) -> Lists | None:
    """The office's own lists, None where it has none. One query."""
    text = _in_force.first(office)
    return _read(text) if text is not None else None


_in_force = Kept(lambda office: TopicList.objects.filter(office=office, ended_at=None).values_list("text", flat=True)[:1])


def used_by(office: int) -> Lists:
    """The lists by which the office's items have their topics. One query."""
    return lists_of(office) or shipped_lists()


@lru_cache(maxsize=16)
def _read(text: str) -> Lists | None:
    """A list is asked at every look and changes a few times a year: it is read once. One that this version cannot read counts as none."""
    try:
        return lists_from(text)
    except InputError as error:
        LOG.warning("the office's list of topics cannot be read by this version, so that of the program counts: %s", error)
        return None


def here() -> Lists:
    """The lists of the office whose scope this is, looked up once while it lasts; outside any scope those of the program."""
    office, memo = scope.current(), scope.memo()
    if not office:
        return shipped_lists()
    if _MEMO not in memo:
        memo[_MEMO] = used_by(office)
    return cast(Lists, memo[_MEMO])


def opening(of: str = "") -> Left:
    """What the topics of an article are read from beside its title: the opening of its text, else of its summary."""
    return Left(Coalesce(NullIf(f"{of}text", Value("")), f"{of}summary"), OPENING)  # type: ignore[arg-type]


def get_versions(office: Office) -> Sequence[TopicList]:
    """The latest lists of the office, the newest first, without their text. One query."""
    return list(TopicList.objects.filter(office=office).select_related("by", "ended_by").defer("text")[:KEPT])


def get_text(office: Office, number: int | None = None) -> str | None:
    """A list as it was written: that of a number (0: of the program), or what is in force. None for a number nobody saved."""
    if number == 0:
        return shipped_text()
    rows = TopicList.objects.filter(office=office)
    rows = rows.filter(ended_at=None) if number is None else rows.filter(number=number)
    text = rows.values_list("text", flat=True).first()
    return shipped_text() if text is None and number is None else text


def counts_of(lists: Lists) -> tuple[int, int]:
    """How many service areas a list has, and how many words and phrases in all."""
    words = sum(len(words) for kind in KINDS for languages in lists.words(kind).values() for words in languages.values())
    return len(lists.topics("services")), words + sum(map(len, lists.hidden.values()))
