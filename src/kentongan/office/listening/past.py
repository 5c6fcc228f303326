"""The briefing as it stood at a past moment: the journal up to then, read through the engine again, into tables that vanish.

Temporary tables of the same names hide the real ones for one transaction (PostgreSQL looks for temporary tables first), so that the same
code composes the briefing, the running listener is not disturbed, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from kentongan.engine import pipeline
from kentongan.engine.steps import Output, StoryChanged
from kentongan.engine.vectors import Embedder
from kentongan.office.listening import briefing, engine_settings, outputs, silences
from kentongan.office.listening.listener import step_of
from kentongan.office.listening.models import JournalEntry, ListenerState
from kentongan.office.people.models import Office

HIDDEN = (
    *("listening_story", "listening_membership", "listening_signal", "listening_heldback", "listening_storymark"),
    *("listening_storylevel", "listening_listenerstate"),
)
PILE = 500


def is_past(office: Office, at: datetime) -> bool:
    """Whether the engine has read something that happened after `at`."""
    read = ListenerState.objects.filter(office=office).values_list("offset", flat=True).first() or 0
    return JournalEntry.objects.filter(office=office, seq__lte=read, at__gt=at).exclude(kind="tick").exists()


@transaction.atomic
def briefing_at(
    office: Office, since: datetime, at: datetime, language: str, embedder: Embedder, progress: Callable[[int], None]
) -> dict[str, Any]:
    """The briefing of what changed after `since`, as it stood at `at`. What a person marked is left out."""
    with connection.cursor() as cursor:
        for table in HIDDEN:
            cursor.execute(f'CREATE TEMP TABLE "{table}" (LIKE public."{table}" INCLUDING ALL) ON COMMIT DROP')
    said, last = _read(office.pk, at, embedder, progress)
    outputs.write(office.pk, said, {}, last, at)
    ListenerState.objects.create(office=office, offset=last, heard=at, updated=at)
    content = briefing.compose(office, since, at, language, silences.rows_at(office, at))
    with connection.cursor() as cursor:
        for table in HIDDEN:
            cursor.execute(f'DROP TABLE pg_temp."{table}"')
    return content


def _read(office: int, at: datetime, embedder: Embedder, progress: Callable[[int], None]) -> tuple[list[Output], int]:
    """Everything the engine says up to `at`; of each story only its last state."""
    settings = engine_settings.of(office)
    state = pipeline.start(settings)
    kept: list[Output] = []
    latest: dict[str, StoryChanged] = {}
    last = 0
    entries = JournalEntry.objects.filter(office_id=office).select_related("article").defer("article__search").order_by("seq")
    while pile := list(entries.filter(seq__gt=last)[:PILE]):
        steps = [step_of(entry) for entry in pile if entry.at <= at]
        state, said = pipeline.run(state, steps, embedder, settings)
        for output in said:
            if isinstance(output, StoryChanged):
                latest[output.story.id] = output
            else:
                kept.append(output)
        last = pile[-1].seq
        progress(last)
    return [*kept, *latest.values()], last
