"""Where a publication was given out: noted by name, channel by channel; and who has to hear of its correction or withdrawal.

The newsroom, its feeds and its readers by e-mail are told by themselves. Whatever else a text went through (the press list, a radio, wards,
a chat group) a person notes, so that a correction reaches the same ears: what is noted of a correction says that they were told. That they
were told of a withdrawal has no text of its own that was given out: it stands in the ledger's line alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext

from kentongan.errors import InputError, RefusedError
from kentongan.office.desk import queries, statement_queries
from kentongan.office.desk.given_out_models import LONGEST_NAME, GivenOut
from kentongan.office.desk.models import Publication, Statement
from kentongan.office.desk.recording import digest_of
from kentongan.office.desk.statement_pasting import decent_line
from kentongan.office.desk.statement_recording import record
from kentongan.office.desk.statement_services import held
from kentongan.office.ledger.models import Line
from kentongan.office.people.models import User

MOST = 50
SHORTEST = 3
TOLD = "statement.told"
_BEFORE = """WITH RECURSIVE before AS (
    SELECT corrects_id AS id FROM desk_statement WHERE id = %s AND corrects_id IS NOT NULL
    UNION SELECT s.corrects_id FROM desk_statement s JOIN before ON s.id = before.id WHERE s.corrects_id IS NOT NULL
) SELECT id FROM before"""


@dataclass(frozen=True, slots=True)
class Told:
    """By whom it was noted, and when, that somebody was told."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ear:
    """A way through which a wrong version was given out, and that its correction or withdrawal was told there, too; None: not yet."""

    wrong: GivenOut
    told: Told | None


def get_of(statement: Statement) -> list[GivenOut]:
    """Where its publication was given out, the first first. One query."""
    return list(GivenOut.objects.filter(publication__statement=statement).select_related("by")[:MOST])


def get_ears(statement: Statement, own: Sequence[GivenOut]) -> list[Ear]:
    """Who has to hear a correction: every way through which what it corrects went out, and what that corrected before. Of what was
    withdrawn also its `own` ways. One query; none where it corrects nothing, two more where it was withdrawn."""
    withdrawn = statement.state == Statement.State.WITHDRAWN
    rows = [*_before(statement), *(own if withdrawn else ())]
    if not rows:
        return []
    told = _told(statement, rows) if withdrawn else {one.way: Told(one.by.shown, one.at) for one in own}
    first: dict[tuple[str, str], GivenOut] = {}
    for one in sorted(rows, key=lambda row: (row.at, row.pk)):
        first.setdefault(one.way, one)
    return [Ear(one, told.get(way)) for way, one in first.items()]


def _before(statement: Statement) -> list[GivenOut]:
    if statement.corrects_id is None:
        return []
    rows = GivenOut.objects.filter(publication__statement__in=RawSQL(_BEFORE, [statement.pk])).select_related("by")  # noqa: S611  our own text
    return list(rows[: 2 * MOST])


def _told(statement: Statement, rows: Sequence[GivenOut]) -> dict[tuple[str, str], Told]:
    """Of a withdrawal, as the ledger has it: the ways whose ears were told, each with the first who noted it."""
    lines = list(Line.objects.filter(office=statement.office_id, subject=f"statement:{statement.pk}", act=TOLD).order_by("id"))
    names = queries.get_names(statement.office_id, {one.actor for one in lines})
    ways = {one.pk: one.way for one in rows}
    found: dict[tuple[str, str], Told] = {}
    for line in lines:
        for pk in json.loads(line.detail)["heard"]:
            if pk in ways:
                found.setdefault(ways[pk], Told(names.get(line.actor, ""), line.at))
    return found


@transaction.atomic
def note(by: User, statement: Statement, ways: Collection[tuple[str, str]], now: datetime) -> list[GivenOut]:
    """Note that its publication was given out in these ways (a channel, and what another way is called). What is noted already stays."""
    found, _last = held(by, "issues.change", statement)
    if found.kind not in statement_queries.FOR_EVERYBODY:
        raise RefusedError(gettext("This is a paper for colleagues. Only what is for everybody is given out."), subject="channels")
    made = Publication.objects.select_related("statement", "ending").filter(statement=found).first()
    if made is None or not made.was_readable(now):
        raise RefusedError(gettext("Only what everybody could read by now was given out."), subject="channels")
    wanted = list(dict.fromkeys(_clean(*way) for way in ways))
    if not wanted:
        raise InputError(gettext("Choose through what it was given out."), subject="channels")
    there = {one.way for one in GivenOut.objects.filter(publication=made)}
    fresh = [way for way in wanted if way not in there]
    if len(there) + len(fresh) > MOST:
        raise RefusedError(gettext("So many ways are noted already. That is enough."), subject="channels")
    if not fresh:
        return []
    rows = [GivenOut(office_id=found.office_id, publication=made, channel=channel, name=name, by=by, at=now) for channel, name in fresh]
    record(by, "statement.given_out", found, now, "", **_ways_recorded(fresh))
    return GivenOut.objects.bulk_create(rows)


@transaction.atomic
def tell(by: User, statement: Statement, heard: Collection[int], now: datetime) -> None:
    """Note that whom a wrong version reached (`heard`, numbers of where it was given out) was told: of a correction as where that was given
    out, of a withdrawal in the ledger. Who was told already stays as noted."""
    found, _last = held(by, "issues.change", statement)
    ears = {one.wrong.pk: one for one in get_ears(found, get_of(found))}
    ticked = [ears[pk] for pk in dict.fromkeys(heard) if pk in ears]
    if not ticked:
        raise InputError(gettext("Choose who was told."), subject="heard")
    if found.state != Statement.State.WITHDRAWN:
        note(by, found, [one.wrong.way for one in ticked], now)
        return
    fresh = [one.wrong for one in ticked if one.told is None]
    if fresh:
        record(by, TOLD, found, now, "", heard=[one.pk for one in fresh], **_ways_recorded([one.way for one in fresh]))


def _ways_recorded(ways: Sequence[tuple[str, str]]) -> dict[str, object]:
    """What a line of the ledger says of ways: the channels, and of a name its digest."""
    return {"channels": [channel for channel, _name in ways], "names": [digest_of(name) for _channel, name in ways if name] or None}


def _clean(channel: str, name: str) -> tuple[str, str]:
    if channel not in GivenOut.Channel.values:
        raise InputError(gettext("Choose through what it was given out."), subject="channels")
    if channel != GivenOut.Channel.OTHER:
        return channel, ""
    said = decent_line(name, gettext("What the other way is"), "name", longest=LONGEST_NAME)
    if len(said) < SHORTEST:
        raise InputError(gettext("Say what the other way is."), subject="name")
    return channel, said
