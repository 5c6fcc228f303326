"""What the fields of a template say at first: what the office, the statement and the board of its issue know. Decides and stores nothing.

Every field can be written over, and nothing is made up: what is not known stays empty. Facts and the place come along where the statement
speaks the office's own language, in which they are written.
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from kentongan.engine.statement_records import Tongue
from kentongan.engine.statement_templates import LONGEST_VALUE
from kentongan.engine.statement_times import moment_said, promise_said
from kentongan.office.desk import evidence, statement_queries
from kentongan.office.desk.facts_models import Fact
from kentongan.office.desk.models import Statement

FACTS_AT_MOST = 3
"""Of the facts that are known, and of those that are not: the latest. A board of thirty is no first draft."""
_ENDS = ".!?…"


def first_words(statement: Statement, now: datetime) -> dict[str, str]:
    """What is known, by slot; slots that the template does not have among them. Five queries at most."""
    office, language = statement.office, cast(Tongue, statement.language)
    here = now.astimezone(statement_queries.zone_of(statement))
    said = {"office": office.name, "contact": statement.contact, "time": moment_said(here, language)}
    if statement.next_update is not None and statement.next_update > now:
        said["update_time"] = promise_said(statement.next_update.astimezone(here.tzinfo), here, language)
    place = statement.issue.place
    if place is not None and (language == office.language or language in place.names):
        said["place"] = str(place.names.get(language, place.name))
    if statement.issue.agency is not None:
        said["owner"] = statement.issue.agency.name
    if language == office.language:
        said |= _facts(evidence.get_facts(statement.issue, now))
    return {slot: words for slot, words in said.items() if words}


def _facts(usable: list[Fact]) -> dict[str, str]:
    """What is known as sentences, what is not yet as the rest of one. What would be too long for its field is left to a person."""
    latest = sorted(usable, key=lambda one: (one.as_of, one.added), reverse=True)
    known = [one for one in latest if one.kind == Fact.Kind.KNOWN][:FACTS_AT_MOST]
    unknown = [one for one in latest if one.kind == Fact.Kind.UNKNOWN][:FACTS_AT_MOST]
    said = {
        "known": " ".join(f"{evidence.words_of(one).rstrip(_ENDS)}." for one in reversed(known)),
        "unknown": "; ".join(one.text.rstrip(_ENDS) for one in reversed(unknown)),
    }
    return {slot: words for slot, words in said.items() if len(words) <= LONGEST_VALUE}
