"""Lists of issues for programs: narrowed as on the board, in its order, cut where the page before ended. One query each.

A page ends where its last row stands in the order of the list, so nothing shifts while issues come and go. An issue whose level or term
changes meanwhile may stand twice or not at all; who must have every one begins anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from kentongan.engine.records import LEVELS
from kentongan.office.desk import moves, queries
from kentongan.office.desk.models import Issue
from kentongan.office.listening import presenting
from kentongan.office.listening.queries import LEVEL_RANK
from kentongan.office.people.models import User

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FORM = r"^(?:([0-4])-([0-9]{0,17})-)?([0-9]{1,17})-([0-9]{1,18})$"
"""How it is written: `moved-number` of what is closed, `level-due-opened-number` of what is under way; times in microseconds."""


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """What a list is narrowed to; empty means all that is under way. `state` is a column of the board or "closed", `level` the lowest."""

    state: str = ""
    mine: bool = False
    level: str = ""
    kind: str = ""
    overdue: bool = False
    about: tuple[str, int] | None = None
    """A story, signal or claim: its kind and number."""


@dataclass(frozen=True, slots=True)
class PageEnd:
    """Where a page ended: `rank` and `due` only of what is under way; `at` is when it was opened, or when it was closed."""

    at: datetime
    pk: int
    rank: int | None = None
    due: datetime | None = None

    def text(self) -> str:
        """As it stands in an address."""
        front = "" if self.rank is None else f"{self.rank}-{'' if self.due is None else _stamp(self.due)}-"
        return f"{front}{_stamp(self.at)}-{self.pk}"


def end_from(text: str, closed: bool) -> PageEnd | None:
    """The end of a page as an address has it; None where it is none of this kind of list."""
    found = re.fullmatch(FORM, text)
    if found is None or (found[1] is None) is not closed:
        return None
    due = _moment(found[2]) if found[2] else None
    return PageEnd(_moment(found[3]), int(found[4]), None if found[1] is None else int(found[1]), due)


def _stamp(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def _moment(stamp: str) -> datetime:
    return EPOCH + timedelta(microseconds=int(stamp))


def get_issues(person: User, chosen: IssueFilter, after: PageEnd | None, now: datetime, size: int) -> tuple[list[Issue], PageEnd | None]:
    """Issues that a person may see, and where the next page begins. One query."""
    closed = chosen.state == "closed"
    rows = queries.get_seen(person).annotate(rank=LEVEL_RANK).filter(_narrowed(person, chosen, now))
    if after is not None:
        rows = rows.filter(_after(after))
    rows = rows.order_by("-moved", "pk") if closed else rows.order_by(*queries.URGENT)
    found = list(rows.select_related(*queries.SHOWN)[: size + 1])
    if len(found) <= size:
        return found, None
    last = found[size - 1]
    rank = None if closed else presenting.level_rank(last.level)
    return found[:size], PageEnd(last.moved if closed else last.opened, last.pk, rank, None if closed else last.due)


def _narrowed(person: User, chosen: IssueFilter, now: datetime) -> Q:
    states = ("closed",) if chosen.state == "closed" else queries.COLUMNS.get(chosen.state, ())
    wanted = Q(state__in=states) if states else ~Q(state__in=moves.OVER)
    if chosen.mine:
        wanted &= Q(lead=person)
    if chosen.level:
        wanted &= Q(level__in=LEVELS[presenting.level_rank(chosen.level) :])
    if chosen.kind:
        wanted &= Q(kind=chosen.kind)
    if chosen.overdue:
        wanted &= queries.overdue(now)
    if chosen.about is not None:
        wanted &= Q(**{f"links__{chosen.about[0]}": chosen.about[1]})
    return wanted


def _after(end: PageEnd) -> Q:
    """What comes behind the end of a page, in the order of `queries.URGENT`, or of what is closed."""
    if end.rank is None:
        return Q(moved__lt=end.at) | Q(moved=end.at, pk__gt=end.pk)
    later = Q(opened__gt=end.at) | Q(opened=end.at, pk__gt=end.pk)
    rest = Q(due=None) & later if end.due is None else Q(due=None) | Q(due__gt=end.due) | (Q(due=end.due) & later)
    return Q(rank__lt=end.rank) | (Q(rank=end.rank) & rest)
