"""What the fact board reads: the facts of an issue and of its parts, which may not be used and why, and where they were used.

Whoever asks has the issue from `queries.get_seen` (through `queries.get_issue`); whoever sees an issue sees what was merged into it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from kentongan.office.desk import queries, usable
from kentongan.office.desk.facts_models import Fact, FactSettled, FactUse, FactVersion
from kentongan.office.desk.models import Issue
from kentongan.office.desk.queries import LINES
from kentongan.office.desk.usable import Ban
from kentongan.office.people.models import User


@dataclass(frozen=True, slots=True)
class Used:
    """What uses a fact, and whether the fact has changed, expired or been withdrawn since."""

    label: str
    key: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A fact on the board: why it may not be used (None: it may), against which others, who settled it, where it was used."""

    fact: Fact
    ban: Ban | None = None
    against: Sequence[Fact] = ()
    settled: FactSettled | None = None
    used: Sequence[Used] = ()

    @property
    def holds(self) -> bool:
        """Whether somebody decided that it holds against others."""
        return self.settled is not None and self.ban is None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Several figures of the same, none of which may be used."""

    about: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Board:
    """The facts of an issue: conflicts first; what is in none of them by kind; what was withdrawn."""

    conflicts: list[Conflict] = field(default_factory=list)
    known: list[Row] = field(default_factory=list)
    unknown: list[Row] = field(default_factory=list)
    assumed: list[Row] = field(default_factory=list)
    withdrawn: list[Row] = field(default_factory=list)

    @property
    def columns(self) -> list[tuple[str, list[Row]]]:
        """The three columns, each with its name."""
        names = (Fact.Kind.KNOWN, Fact.Kind.UNKNOWN, Fact.Kind.ASSUMED)
        return [(str(name.label), rows) for name, rows in zip(names, (self.known, self.unknown, self.assumed), strict=True)]

    @property
    def rows(self) -> list[Row]:
        """Every fact, in no order that means anything."""
        return [*(row for one in self.conflicts for row in one.rows), *self.known, *self.unknown, *self.assumed, *self.withdrawn]


def shown_with(issue: Issue) -> Q:
    """What belongs to an issue or to one of its parts."""
    return Q(issue=issue) | Q(issue__merged_into=issue)


def get_facts(issue: Issue) -> list[Fact]:
    """The facts of an issue and its parts, in the order in which they were added. One query."""
    rows = Fact.objects.filter(shown_with(issue), office=issue.office_id)
    return list(
        rows.select_related(
            "issue", "owner", "agency", "by", "link", "link__story", "link__story__merged_into", "link__signal", "link__claim"
        )
    )


def get_issue_of(person: User, fact: int) -> int | None:
    """The number of the issue a fact was added to, where the person may see it. One query."""
    return queries.get_seen(person).filter(facts=fact).values_list("pk", flat=True).first()


def get_settled(issue: Issue) -> list[FactSettled]:
    """What was settled in an issue and its parts, the latest last. One query."""
    return list(FactSettled.objects.filter(shown_with(issue), office=issue.office_id).select_related("by", "note"))


def get_uses(facts: Collection[Fact]) -> dict[int, list[FactUse]]:
    """Where facts are used, by fact. One query."""
    found: dict[int, list[FactUse]] = {}
    for one in FactUse.objects.filter(fact__in=[fact.pk for fact in facts]):
        found.setdefault(one.fact_id, []).append(one)
    return found


def get_versions(fact: Fact) -> list[FactVersion]:
    """Everything a fact has said, the latest first. One query."""
    return list(FactVersion.objects.filter(fact=fact).select_related("by", "owner", "agency").order_by("-version"))


def get_words(issues: Collection[Issue]) -> dict[tuple[int, int], FactVersion]:
    """What the facts of issues said, by fact and version, as far as a history shows it. One query."""
    rows = FactVersion.objects.filter(fact__issue__in=[one.pk for one in issues]).order_by("-pk")
    return {(one.fact_id, one.version): one for one in rows[: 2 * LINES]}


def plain(fact: Fact) -> usable.Fact:
    """A fact as the rule sees it."""
    return usable.Fact(fact.pk, fact.version, fact.about, fact.figure, fact.agency_id, fact.expires, fact.withdrawn)


def decided(one: FactSettled) -> usable.Settled:
    """What was settled, as the rule sees it."""
    return usable.Settled(one.about, one.holds_id, frozenset((pk, version) for pk, version in one.among))


def get_usable(issue: Issue, now: datetime) -> dict[int, tuple[Fact, Ban | None]]:
    """Every fact of an issue and its parts with its ban (None: it may be used), by number. Two queries.

    Of an issue that is part of another: those of the other.
    """
    facts, _, bans = _barred(issue.merged_into or issue, now)
    return {one.pk: (one, bans.get(one.pk)) for one in facts}


def _barred(issue: Issue, now: datetime) -> tuple[list[Fact], list[FactSettled], dict[int, Ban]]:
    facts, settled = get_facts(issue), get_settled(issue)
    return facts, settled, usable.banned([plain(one) for one in facts], [decided(one) for one in settled], now)


def get_board(issue: Issue, now: datetime) -> Board:
    """The board of an issue with its bans. Three queries, however many facts there are."""
    facts, settled, bans = _barred(issue, now)
    by_pk, uses = {one.pk: one for one in facts}, get_uses(facts) if facts else {}
    held = _held(facts, settled, bans)
    board, conflicts = Board(), dict[str, list[Row]]()
    for fact in facts:
        ban = bans.get(fact.pk)
        against = [by_pk[pk] for pk in ban.against] if ban is not None else []
        row = Row(fact, ban, against, held.get(fact.pk), [_used(one, fact, ban) for one in uses.get(fact.pk, ())])
        if ban is not None and ban.code == "conflict":
            conflicts.setdefault(usable.key_of(fact.about), []).append(row)
        elif fact.withdrawn:
            board.withdrawn.append(row)
        else:
            getattr(board, fact.kind).append(row)
    board.conflicts.extend(Conflict(rows[0].fact.about, rows) for rows in conflicts.values())
    return board


def _held(facts: Sequence[Fact], settled: Sequence[FactSettled], bans: Mapping[int, Ban]) -> dict[int, FactSettled]:
    """The decision that stands, for each fact it lets be used or bars."""
    latest = {usable.key_of(one.about): one for one in settled}
    keys = {usable.key_of(one.about) for one in facts if one.pk in bans and bans[one.pk].code == "other_holds"}
    return {
        one.pk: latest[usable.key_of(one.about)]
        for one in facts
        if usable.key_of(one.about) in keys and (one.pk not in bans or bans[one.pk].code == "other_holds") and one.figure
    }


def _used(use: FactUse, fact: Fact, ban: Ban | None) -> Used:
    over = ban is not None and ban.code in {"withdrawn", "expired"}
    return Used(use.label, use.key, over or use.version < fact.version)
