"""What the evidence gate is given of a statement: each sentence with what it points to, in words; and the office's own names of one thing.

The gate is `engine.evidence_gate`. Facts are in the language of the office, articles in their own. To a fact belongs when it was so: a
sentence that says "today", or the hour where the fact names none, is borne out by that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from kentongan.engine.evidence_gate import Held, Source, hold
from kentongan.engine.evidence_words import Aliases, known_tongue
from kentongan.engine.moments import moments
from kentongan.engine.records import Language
from kentongan.engine.statement_records import Paper
from kentongan.engine.statement_times import day_said, moment_said
from kentongan.office.desk import statement_queries
from kentongan.office.desk.evidence import Passage
from kentongan.office.desk.models import Statement
from kentongan.office.people.models import Agency, Place

Names = tuple[tuple[str, ...], ...]


def held_of(statement: Statement, paper: Paper, passages: Mapping[str, Passage], now: datetime) -> dict[str, Held]:
    """What the gate says of each sentence that points to something, by key. Two queries, none where nothing points to anything."""
    pointing = [line for line in paper.lines if line.evidence]
    if not pointing:
        return {}
    aliases = _aliases(get_names(statement.office_id))
    sources = {one.id: source_of(one, statement) for one in passages.values()}
    said = now.astimezone(statement_queries.zone_of(statement)).date()
    found = {
        line.id: hold(line, paper.language, [sources[proof] for proof in line.evidence], said=said, aliases=aliases) for line in pointing
    }
    return {key: held for key, held in found.items() if held is not None}


def source_of(one: Passage, statement: Statement) -> Source:
    """Something a sentence points to as the gate reads it."""
    at = one.at.astimezone(statement_queries.zone_of(statement))
    language: Language = one.language or statement.office.language  # type: ignore[assignment]
    tongue = known_tongue(language)
    if one.language or tongue is None:
        return Source(one.id, one.says, language, at.date())
    timed = any(moment.hour is not None for moment in moments(one.says, tongue, at.date()))
    when = day_said(at, tongue) if timed else moment_said(at, tongue)
    return Source(one.id, one.says, language, at.date(), when)


def get_names(office: int) -> Names:
    """Names of one thing, as the office's lists have them: agencies with their short names, places in several languages. Two queries."""
    agencies = Agency.objects.filter(office=office).exclude(short="").order_by("pk").values_list("name", "short")
    places = Place.objects.filter(office=office).exclude(names={}).order_by("pk").values_list("name", "names")
    return (*agencies, *((name, *map(str, names.values())) for name, names in places))


@lru_cache(maxsize=16)
def _aliases(names: Names) -> Aliases:
    """One for each list, so that a sentence that was read with it need not be read again."""
    return Aliases(names)
