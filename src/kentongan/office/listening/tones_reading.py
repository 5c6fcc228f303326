"""Judges what is spoken of the office's agencies and watches, and keeps counts of it: by target, day, kind of source, language and tone.

Read is the journal, behind the listener, as far as that has come: only then is it known what is a copy. An item is judged toward each
target whose mark it bears (`marking`) and that still lives. Copies and official texts are left out: who repeats, or speaks of itself,
judges nothing. Counts and the place in the journal are written in one transaction: a run that is broken off counts nothing twice and
loses nothing.

Never toward a person. An agency is known by its names. A watch is known by its name and its words; where these name a person, or an
office that one person holds (`query_names.HELD`: the tone toward "the mayor" is the mayor's popularity), it has no tone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from kentongan.engine import watching
from kentongan.engine.language import detect
from kentongan.engine.names import ExceptPlaces, NameTagger, load_tagger
from kentongan.engine.query_names import names_a_holder
from kentongan.engine.tone import Head, Target, target_from, tone_of
from kentongan.engine.vectors import FloatArray, unit
from kentongan.errors import RefusedError
from kentongan.office.listening import queries, taught, watches
from kentongan.office.listening.marking import AGENCY, WATCH, names_of
from kentongan.office.listening.meaning import Sent, vector_of
from kentongan.office.listening.models import Article, JournalEntry, ListenerState, Source
from kentongan.office.listening.tones_models import ToneReading
from kentongan.office.people import settings as office_settings
from kentongan.office.people.models import Agency, Office

BATCH = 200
"""Marked items of one transaction: some seconds of one core."""
RUNS = 20
"""Batches of one job; the rest in the next minute."""
LOOKED_BACK = timedelta(weeks=13)
"""Nothing that was published before is ever shown."""
JUDGED = (Source.SourceKind.PRESS, Source.SourceKind.PUBLIC)
Key = tuple[str, date, str, str, str]
"""Target, day, kind of source, language, tone."""


@dataclass(frozen=True, slots=True)
class Targets:
    """What has a tone, by mark, and the marks that have none because they name a person."""

    by_mark: Mapping[str, Target]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What a batch did, and whether more waits."""

    items: int
    judged: int
    more: bool


@transaction.atomic
def read(office: Office, now: datetime, meaning: bool = False) -> Read:
    """Judge the next marked items of the journal. `meaning`: whether stored vectors are those the head was taught with."""
    ToneReading.objects.get_or_create(office=office)
    place = ToneReading.objects.select_for_update().get(office=office)
    end = ListenerState.objects.filter(office=office).values_list("offset", flat=True).first() or 0
    waiting = JournalEntry.objects.filter(office=office, seq__gt=place.seq, seq__lte=end, kind="article", payload__has_key="marks")
    entries = list(waiting.order_by("seq").values_list("seq", "article_id", "payload")[:BATCH])
    more = len(entries) == BATCH
    counts: Counter[Key] = Counter()
    if entries:
        targets = targets_of(office, now)
        marks = {int(article): payload["marks"] for _, article, payload in entries if article is not None}
        counts = _judged(office, marks, targets.by_mark, _since(office, now), meaning)
        _add(office, counts)
        place.refused = list(targets.refused)
    place.seq, place.at = (entries[-1][0] if more else max(end, place.seq)), now
    place.save()
    return Read(len(entries), counts.total(), more)


def targets_of(office: Office, now: datetime) -> Targets:
    """The agencies and running watches of an office as targets of tone. A few queries, however many there are."""
    tagger = ExceptPlaces(load_tagger(), queries.get_place_names(office.pk))
    found: dict[str, Target] = {}
    refused = []
    for name, short in Agency.objects.filter(office=office).values_list("name", "short"):
        _into(found, refused, AGENCY + name, names_of(name, short), tagger)
    for name, topic in watches.get_topics(office, now):
        if not topic.query.ways:
            continue
        words = [one.text for one in watching.words_of(topic.query, barred=False)]
        side_by_side = watching.groups(topic.query)
        if any(names_a_holder(one) for one in (name, *words, *side_by_side)):
            refused.append(WATCH + name)
        else:
            _into(found, refused, WATCH + name, [name, *words, *side_by_side], tagger)
    return Targets(found, tuple(refused))


def _into(found: dict[str, Target], refused: list[str], mark: str, names: Sequence[str], tagger: NameTagger) -> None:
    try:
        found[mark] = target_from(names, tagger)
    except RefusedError:
        refused.append(mark)


def toward(article: Article, now: datetime) -> tuple[str, Target] | None:
    """The first agency or watch whose mark an item bears and that has a tone: its mark, and what it is known by. None where there is none.

    The marks are those the item entered the journal with, as the counts have them. One query where it bears none, else a few.
    """
    entry = JournalEntry.objects.filter(office=article.office_id, article=article, kind="article", payload__has_key="marks").first()
    if entry is None:
        return None
    targets = targets_of(article.office, now).by_mark
    return next(((mark, targets[mark]) for mark in entry.payload["marks"] if mark in targets), None)


def _since(office: Office, now: datetime) -> datetime:
    """From when on items count: what is shown, and no longer than is promised."""
    return now - min(LOOKED_BACK, timedelta(days=int(office_settings.of(office.pk)["keep_item_days"])))


def _judged(
    office: Office, marks: Mapping[int, Sequence[str]], targets: Mapping[str, Target], since: datetime, meaning: bool
) -> Counter[Key]:
    """The judgements of these items, counted."""
    wanted = [pk for pk, keys in marks.items() if any(key in targets for key in keys)]
    rows = Article.objects.filter(pk__in=wanted, office=office, source_kind__in=JUDGED, membership__copy_kind="original")
    rows = rows.filter(published__gte=since).only("title", "text", "summary", "language", "source_kind", "published")
    if meaning:
        rows = rows.annotate(sent=Sent("embedding"))
    counts: Counter[Key] = Counter()
    zone, head = ZoneInfo(office.time_zone), taught.tone_head(taught.get_in_force(office.pk))
    for row in rows.iterator(chunk_size=BATCH):
        sent = getattr(row, "sent", None)
        vector = unit(vector_of(sent)) if sent is not None else None
        day = row.published.astimezone(zone).date()
        for mark in marks[row.pk]:
            if mark in targets:
                counts[mark, day, row.source_kind, row.language, tone_toward(row, targets[mark], vector, head)] += 1
    return counts


def tone_toward(row: Article, target: Target, vector: FloatArray | None, head: Head) -> str:
    """The tone of an item toward a target, as it is counted and as it is shown on the item's page. `vector` is the item's own, or None."""
    said = said_of(row.title, row.text or row.summary)
    language: Any = row.language or detect(said)
    kind: Any = row.source_kind
    return tone_of(said, vector, language, source_kind=kind, target=target, head=head).tone


def said_of(title: str, text: str) -> str:
    """Title and text as sentences, once where the title is only how the text begins."""
    begins = title.rstrip("…. ")
    return text if begins and text.startswith(begins) else f"{title}. {text}"


_ADD = """
INSERT INTO listening_tonecount (office_id, target, day, source_kind, language, tone, n)
SELECT %s, * FROM unnest(%s::text[], %s::date[], %s::text[], %s::text[], %s::text[], %s::int[])
ON CONFLICT (office_id, target, day, source_kind, language, tone) DO UPDATE SET n = listening_tonecount.n + EXCLUDED.n
"""


def _add(office: Office, counts: Counter[Key]) -> None:
    if not counts:
        return
    keys = sorted(counts)
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [office.pk, *(list(column) for column in zip(*keys, strict=True)), [counts[key] for key in keys]])
