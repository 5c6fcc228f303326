"""Where a publication was given out: noted by name, channel by channel; and who has to hear its correction.

The newsroom, its feeds and its readers by e-mail are told by themselves. Whatever else a text went through (the press list, a radio, wards,
a chat group) a person notes, so that a correction reaches the same ears: what is noted of a correction says that they were told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext

from kentongan.errors import InputError, RefusedError
from kentongan.office.desk.given_out_models import LONGEST_NAME, GivenOut
from kentongan.office.desk.models import Publication, Statement
from kentongan.office.desk.recording import digest_of
from kentongan.office.desk.statement_pasting import decent_line
from kentongan.office.desk.statement_recording import record
from kentongan.office.desk.statement_services import held
from kentongan.office.people.models import User

MOST = 50
SHORTEST = 3
_BEFORE = """WITH RECURSIVE before AS (
    SELECT corrects_id AS id FROM desk_statement WHERE id = %s AND corrects_id IS NOT NULL
    UNION SELECT s.corrects_id FROM desk_statement s JOIN before ON s.id = before.id WHERE s.corrects_id IS NOT NULL
) SELECT id FROM before"""


@dataclass(frozen=True, slots=True)
class Ear:
    """A way through which a wrong version was given out, and when the correction was given out through it, too; None: not yet."""

    wrong: GivenOut
    told: GivenOut | None


def get_of(statement: Statement) -> list[GivenOut]:
    """Where its publication was given out, the first first. One query."""
    return list(GivenOut.objects.filter(publication__statement=statement).select_related("by")[:MOST])


def get_ears(statement: Statement, own: Sequence[GivenOut]) -> list[Ear]:
    """Who has to hear a correction: every way through which what it corrects went out, and what that corrected before. One query; none
    where it corrects nothing."""
    if statement.corrects_id is None:
        return []
    rows = GivenOut.objects.filter(publication__statement__in=RawSQL(_BEFORE, [statement.pk])).select_related("by")  # noqa: S611  our own text
    told = {one.way: one for one in own}
    first: dict[tuple[str, str], GivenOut] = {}
    for one in rows[: 2 * MOST]:
        first.setdefault(one.way, one)
    return [Ear(one, told.get(way)) for way, one in first.items()]


@transaction.atomic
def note(by: User, statement: Statement, ways: Collection[tuple[str, str]], now: datetime) -> list[GivenOut]:
    """Note that its publication was given out in these ways (a channel, and what another way is called). What is noted already stays."""
    found, _last = held(by, "issues.change", statement)
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
    names = [digest_of(name) for _channel, name in fresh if name]
    record(by, "statement.given_out", found, now, "", channels=[channel for channel, _name in fresh], names=names or None)
    return GivenOut.objects.bulk_create(rows)


def _clean(channel: str, name: str) -> tuple[str, str]:
    if channel not in GivenOut.Channel.values:
        raise InputError(gettext("Choose through what it was given out."), subject="channels")
    if channel != GivenOut.Channel.OTHER:
        return channel, ""
    said = decent_line(name, gettext("What the other way is"), "name", longest=LONGEST_NAME)
    if len(said) < SHORTEST:
        raise InputError(gettext("Say what the other way is."), subject="name")
    return channel, said


def ways_of(channels: Collection[str], name: str, heard: Collection[int], ears: Sequence[Ear]) -> list[tuple[str, str]]:
    """What a form says: channels, the name of another way, and numbers of ways through which the wrong version went."""
    again = {one.wrong.pk: one.wrong.way for one in ears}
    return [*(again[pk] for pk in heard if pk in again), *((channel, name) for channel in channels)]
