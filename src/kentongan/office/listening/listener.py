"""The listener: reads an office's journal through the engine and keeps tables and state in step.

One at a time for each office, held by a session lock. Every batch commits outputs and offset in one transaction, and the transaction
checks that the offset is still the one this listener read from, so that even two listeners could never write the same work twice.
The engine's state is saved every `snapshot_entries` entries, in the same transaction; after `kill -9` it is loaded, the journal between
snapshot and offset is read again in silence (vectors are in the table), and the listener goes on. The result is the same, byte for byte.
A state of another version of the engine is not converted: the journal is read from the beginning. Meanwhile the old stories stay where
they are, under the same primary keys, so that links in signed briefings go on leading somewhere: what comes again under its key is
written over, what did not come again when the journal is read to its end goes.
"""

from __future__ import annotations

import hashlib
import logging
import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone
from psycopg import Cursor

from kentongan.adapters.memory import give_back
from kentongan.engine import pipeline, records
from kentongan.engine.steps import Arrive, Merge, Output, Placed, Split, Step, Tick
from kentongan.engine.vectors import Embedder
from kentongan.errors import StateError
from kentongan.office.listening import counting, engine_files, engine_settings, journal, levels, outputs
from kentongan.office.listening.held_models import HeldBack
from kentongan.office.listening.models import Article, Briefing, JournalEntry, ListenerState, Membership, Signal, Source, Story

LOG = logging.getLogger(__name__)
LOCK_LISTENER = 73_002
BATCH = 64
REREAD = 500
"""Entries read again at once; none of them computes a vector."""
OLD = -1
"""`change_seq` of what an older engine said and this one has not said again yet; the journal's numbers begin at 1."""


_KEEP = """UPDATE listening_listenerstate SET snapshot = %(snapshot)b, snapshot_offset = %(offset)s
    WHERE office_id = %(office)s AND "offset" = %(offset)s"""


class Overtaken(StateError):
    """Somebody else moved the offset: this listener's state is not the office's."""


def take_lock(office: int) -> bool:
    """Become the office's listener. Held by this thread's database session until it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_LISTENER, office])
        row = cursor.fetchone()
    return bool(row and row[0])


def give_lock_back(office: int) -> None:
    """Stop being the listener."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_LISTENER, office])


def version(embedder: Embedder, settings: pipeline.Settings) -> str:
    """What a saved state must have been made by to be used again: the pipeline's files, the office's places and calendar, the embedder."""
    digest = hashlib.sha256()
    for file in engine_files.read_by("pipeline"):
        digest.update(file.relative_to(engine_files.ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    digest.update(engine_settings.digest(settings).encode())
    return f"{digest.hexdigest()[:12]} {embedder.name}"[:40]


RENEWED_AFTER = 5
"""Saved states after which a listener's process begins anew. The state itself stays small (77 megabytes after 38,900 headlines), but what
every batch and every saving leaves between living objects is never given back: the process had grown from 197 to 413 megabytes."""


def kept_form(state: pipeline.State) -> bytes:
    """The state as `ListenerState.snapshot` holds it."""
    return zlib.compress(pipeline.save(state), 1)


@dataclass(slots=True)
class Listener:
    """Holds the engine's state of one office in memory. `open` first; after any exception `open` again."""

    office: int
    embedder: Embedder
    settings: pipeline.Settings
    snapshot_entries: int = 2000
    state: pipeline.State | None = None
    offset: int = 0
    saved_at: int = 0
    opened_at: int = 0
    renewing: bool = False
    """Whether rows of an older engine may still be there."""

    def open(self) -> None:
        """Load the saved state and catch up in silence; start from the beginning where it does not fit."""
        row, _ = ListenerState.objects.get_or_create(office_id=self.office)
        wanted = version(self.embedder, self.settings)
        state = None
        if row.offset and row.version != wanted:
            LOG.warning("the engine changed from %s to %s: reading the journal again", row.version, wanted)
        elif row.snapshot is not None:
            try:
                state = pipeline.load(zlib.decompress(row.snapshot), self.settings)
            except (StateError, zlib.error) as error:
                LOG.warning("the saved state cannot be used (%s): reading the journal again", error)
        if state is None and row.offset and row.version != wanted:
            self._begin_again(row.version, wanted)
            row.refresh_from_db()
        self.state = state if state is not None else pipeline.start(self.settings)
        self.saved_at = row.snapshot_offset if state is not None else 0
        self.offset = self.saved_at
        while self.offset < row.offset:
            entries = self._entries(REREAD, row.offset)
            if not entries:  # the rest has been kept as long as was promised and is gone
                self.offset = row.offset
                break
            self._run([step_of(entry) for entry in entries])
            self.offset = entries[-1].seq
        self.opened_at = self.offset
        if row.version != wanted:
            ListenerState.objects.filter(pk=row.pk).update(version=wanted)
        self.renewing = Story.objects.filter(office_id=self.office, change_seq=OLD).exists()
        self.renewing |= Signal.objects.filter(office_id=self.office, change_seq=OLD).exists()

    @property
    def grown(self) -> bool:
        """Whether so much was read that this process should begin anew from the state it has just saved (see RENEWED_AFTER)."""
        return self.saved_at == self.offset and self.offset - self.opened_at >= RENEWED_AFTER * self.snapshot_entries

    def _begin_again(self, was: str, wanted: str) -> None:
        """Call everything that was derived old; marks and decisions stay with what comes again under the same key."""
        with transaction.atomic():
            if was.split(" ")[1:] != wanted.split(" ")[1:]:
                Article.objects.filter(office_id=self.office).exclude(embedding=None).update(embedding=None)
            ListenerState.objects.filter(office_id=self.office).update(offset=0, snapshot=None, snapshot_offset=0, version=wanted)
            Signal.objects.filter(office_id=self.office).update(change_seq=OLD)
            HeldBack.objects.filter(office_id=self.office).delete()
            Story.objects.filter(office_id=self.office).update(change_seq=OLD)

    def _drop_old(self, now: datetime) -> None:
        """Delete what did not come again, once everything has been read. What someone marked, set a level for, decided about or signed for
        stays; a story that is told under another key now leads there, as one that was merged does."""
        with transaction.atomic():
            Signal.objects.filter(office_id=self.office, change_seq=OLD, state=Signal.State.NEW).delete()
            Signal.objects.filter(office_id=self.office, change_seq=OLD).update(change_seq=0)
            old = Story.objects.filter(office_id=self.office, change_seq=OLD)
            named = {int(line["story"]) for lines in self._signed() for line in lines if line.get("story")}
            old.filter(marks=None, by_hand=None).exclude(pk__in=named).delete()
            moved: dict[int, int] = {}
            for story in old.filter(merged_into=None):
                place = Membership.objects.filter(article=story.headline_article_id).exclude(story=story).first()
                if place is not None:
                    Story.objects.filter(pk=story.pk).update(merged_into=place.story_id)
                    moved[story.pk] = place.story_id
            levels.drop(self.office, moved, now)
            old.update(change_seq=0)
        self.renewing = False

    def _signed(self) -> list[list[dict[str, Any]]]:
        return list(Briefing.objects.filter(office_id=self.office).values_list("content__lines", flat=True))

    def step(self, now: datetime, limit: int = BATCH) -> int:
        """Read one batch of the journal; gives how many entries. 0: nothing new."""
        if self.state is None:
            self.open()
        entries = self._entries(limit)
        if not entries:
            if self.renewing:
                self._drop_old(now)
            return 0
        if any("perhaps" in entry.payload for entry in entries):
            self.settings = replace(self.settings, likes=engine_settings.likes(self.office, self.embedder, now))
        said = self._run([step_of(entry) for entry in entries])
        last = entries[-1].seq
        try:
            self._commit(said, entries, now)
        except BaseException:
            self.state = None  # it has read on, the tables have not
            raise
        self.offset = last
        return len(entries)

    def _commit(self, said: list[Output], entries: list[JournalEntry], now: datetime) -> None:
        last = entries[-1].seq
        known = {entry.article.key: entry.article.pk for entry in entries if entry.article is not None}
        near = {one.copy.article: one.marks for one in said if isinstance(one, Placed)}
        snapshot = kept_form(self.state) if self.state is not None and last - self.saved_at >= self.snapshot_entries else None
        with transaction.atomic():
            row = ListenerState.objects.select_for_update().only("offset").get(office_id=self.office)
            if row.offset != self.offset:
                raise Overtaken(f"the journal was read to {row.offset} by another listener", subject=str(self.office))
            outputs.write(self.office, said, known, last, now)
            journal.settle(entries, near)
            counting.add(self.office, said, entries, self.settings.places)
            ListenerState.objects.filter(office_id=self.office).update(offset=last, updated=now, heard=now)
            if snapshot is not None:
                self._keep(snapshot, last)
        if snapshot is not None:
            self.saved_at = last
            del snapshot
            give_back()

    def save(self) -> None:
        """Save the state as it stands, so that the next start reads nothing again. For a clean stop."""
        if self.state is None or self.offset == self.saved_at:
            return
        snapshot = kept_form(self.state)
        with transaction.atomic():
            if self._keep(snapshot, self.offset):
                self.saved_at = self.offset

    def _keep(self, snapshot: bytes, offset: int) -> bool:
        """Store the state at this offset; False where another listener has read on. It goes to the database as the bytes they are: within
        the text of the query 21 megabytes took 300 for a moment, here and there."""
        cursor = Cursor(connection.connection)
        cursor.execute(_KEEP, {"snapshot": snapshot, "offset": offset, "office": self.office})
        return cursor.rowcount == 1

    def _entries(self, limit: int, until: int | None = None) -> list[JournalEntry]:
        """The next entries, up to number `until`. Numbers have gaps where retention deleted, so entries are counted, not numbers."""
        rows = JournalEntry.objects.filter(office_id=self.office, seq__gt=self.offset)
        rows = rows if until is None else rows.filter(seq__lte=until)
        return list(rows.select_related("article").defer("article__search").order_by("seq")[:limit])

    def _run(self, steps: list[Step]) -> list[Output]:
        assert self.state is not None
        state, self.state = self.state, None  # a run that fails leaves nothing usable behind
        self.state, said = pipeline.run(state, steps, self.embedder, self.settings)
        return said


def step_of(entry: JournalEntry) -> Step:
    """A journal entry as the engine's step."""
    match entry.kind:
        case JournalEntry.Kind.ARTICLE:
            assert entry.article is not None
            vector = entry.article.embedding
            known = None if vector is None else np.asarray(vector, dtype=np.float32)
            marks, perhaps = (tuple(entry.payload.get(name, ())) for name in ("marks", "perhaps"))
            return Arrive(article_record(entry.article), known, marks, perhaps)
        case JournalEntry.Kind.MERGE:
            return Merge(entry.payload["into"], entry.payload["other"], entry.at)
        case JournalEntry.Kind.SPLIT:
            return Split(entry.payload["story"], tuple(entry.payload["articles"]), entry.at)
        case _:
            return Tick(entry.at)


def article_record(row: Article) -> records.Article:
    """A stored article as the engine's record; a bare feed item brings its summary as text."""
    return records.Article(
        id=row.key,
        url=row.url,
        outlet=row.outlet,
        source_kind=row.source_kind,  # type: ignore[arg-type]
        title=row.title,
        text=row.text or row.summary,
        language=row.language,  # type: ignore[arg-type]
        published=row.published,
        section=row.section,
    )


def held(office: int, hold_s: float) -> bool:
    """Whether the first piles are still being gathered, so that history enters the journal in its own order.

    Only before the first entry, until every source was visited and its pages read, at most `hold_s` real seconds from its making.
    """
    if JournalEntry.objects.filter(office_id=office).exists():
        return False
    young = Source.objects.filter(office_id=office, paused=False, created__gt=timezone.now() - timedelta(seconds=hold_s))
    return young.filter(Q(backfilled=False) | Q(articles__page_state="due")).exists()


def tick_due(office: int, now: datetime, minutes: float) -> bool:
    """Whether the clock is to be told to the engine: something was heard, and not for `minutes`."""
    last: datetime | None = JournalEntry.objects.filter(office_id=office, kind=JournalEntry.Kind.TICK).aggregate(last=Max("at"))["last"]
    if last is None:
        return JournalEntry.objects.filter(office_id=office).exists()
    return now - last >= timedelta(minutes=minutes)


def append_tick(office: int, now: datetime) -> int:
    """Tell the engine what time it is."""
    return journal.append(office, JournalEntry.Kind.TICK, now)
