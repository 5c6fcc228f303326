"""Ties articles to publications, a few at a time, behind the listener and never in its way.

Each publication is followed for `echo.Settings().window_days` and a day more, for what is heard late. The journal is read from the entry
before which nothing had come after the publication, as far as the listener is, so that vectors and copies are there. Where a run is broken
off, what it found is not written and neither is how far it came: the next begins there again. Ties are made once (`tied_once`).

What is looked at closely: what has the words of a quotation or a near vector (`echo_candidates`), and copies of what is tied. Texts are
compared by the office's own word counts: those of the articles before the publication, so that the same article is always judged alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from itertools import islice
from typing import Any, cast

import numpy as np
from django.db import transaction
from django.db.models import Min

from kentongan.engine import echo
from kentongan.engine.echo import Carried, Heard
from kentongan.engine.echo_match import LEAST_COSINE
from kentongan.engine.echo_reach import Passage, by_words, messages_through
from kentongan.engine.places import where_of
from kentongan.engine.records import Article as Told
from kentongan.engine.records import Language
from kentongan.engine.sentences import spans
from kentongan.engine.terms import LEAD, Counts, terms
from kentongan.engine.vectors import Centres, Embedder, FloatArray, clean, text_for, unit
from kentongan.office.desk import statement_queries
from kentongan.office.desk.echo_candidates import has_a_stretch, stretches_of
from kentongan.office.desk.echo_models import EchoMessage, EchoReading, EchoTie
from kentongan.office.desk.models import Publication, Sentence
from kentongan.office.listening import engine_files, gazetteers
from kentongan.office.listening.claims_reading import centres_for
from kentongan.office.listening.meaning import Asked, Bytes, Sent, compared, vector_of
from kentongan.office.listening.models import Article, JournalEntry, ListenerState
from kentongan.office.listening.outputs import reason_json
from kentongan.office.listening.stored import article_of
from kentongan.office.people.models import Office, Place

WINDOW = timedelta(days=echo.Settings().window_days)
GRACE = timedelta(days=1)
STEP, STEPS = 500, 20
"""Entries read at once, and how often in one run."""
TIES = 20
"""Ties written at once: their sentences are embedded, some hundredths of a second each."""
EMBEDDED = 400
"""Sentences after which a run ends: it has some ten seconds of the thread that it shares with other work."""
COUNTED = 2_000
"""Articles before the publication whose words are counted."""
MOST_MESSAGES, SENTENCES = 12, 14
NO_MESSAGE = frozenset({"headline", "dateline", "greeting", "next_update", "contact", "claim", "warning", "question", "ask"})
"""Sections whose sentences are no key messages; the claim of a clarification is least of all one."""
WARDS = (Place.Level.WARD, Place.Level.VILLAGE, Place.Level.COMMUNE)


@dataclass(frozen=True, slots=True)
class Read:
    """What a run did; `more` where it stopped before the end. `embedded` counts sentences of articles."""

    articles: int
    ties: int
    more: bool
    embedded: int = 0


def read(office: Office, embedder: Embedder, now: datetime) -> Read:
    """Follow every publication of the office that is still followed, as far as the listener is. One run at a time for an office."""
    end = ListenerState.objects.filter(office=office).values_list("offset", flat=True).first() or 0
    since = now - WINDOW - GRACE
    fresh = statement_queries.readable(Publication.objects.filter(office=office, echo=None), now).filter(since__gt=since)
    for publication in fresh.order_by("since", "pk").select_related("version").prefetch_related("version__sentences"):
        begin(publication, embedder, end, now)
    articles, ties, embedded, steps = 0, 0, 0, STEPS
    under_way = EchoReading.objects.filter(office=office, until__gt=now - GRACE, read_to__lt=end)
    for reading in under_way.select_related("publication__version"):
        while steps and embedded < EMBEDDED and reading.read_to < end:
            done = step(reading, embedder, end, now)
            articles, ties, embedded, steps = articles + done.articles, ties + done.ties, embedded + done.embedded, steps - 1
    return Read(articles, ties, not steps or embedded >= EMBEDDED, embedded)


@cache
def version_of(embedder: str) -> str:
    """The engine that judges: a digest of its files, and what makes the vectors."""
    digest = hashlib.sha256()
    for file in engine_files.read_by("echo_reach"):
        digest.update(file.relative_to(engine_files.ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return f"{digest.hexdigest()[:12]} {embedder}"[:40]


# Beginning


def begin(publication: Publication, embedder: Embedder, end: int, now: datetime) -> None:
    """Make ready what articles are held against. A second time it changes nothing."""
    sentences = list(publication.version.sentences.all())
    title = sentences[0].text[:1000] if sentences else publication.slug
    messages = [one for one in sentences if one.section not in NO_MESSAGE][:MOST_MESSAGES]
    language = cast(Language, publication.language)
    text = publication.version.text
    lead = text_for(Told("-", "publication:-", "-", "official", title, text.partition("\n")[2], language, publication.readable_from))
    vectors = embedder.embed([clean(lead), *(clean(one.text) for one in messages)])
    later = JournalEntry.objects.filter(office=publication.office_id, article__published__gt=publication.readable_from).aggregate(
        seq=Min("seq")
    )
    start = min((later["seq"] or end + 1) - 1, end)
    with transaction.atomic():
        reading, made = EchoReading.objects.get_or_create(
            publication=publication,
            defaults={
                "office_id": publication.office_id, "title": title, "read_to": start, "until": publication.readable_from + WINDOW,
                "version": version_of(embedder.name), "vector": vectors[0].tolist(), "begun": now, "updated": now,
                "stretches": stretches_of(text, language, counts_before(publication.office_id, publication.readable_from)),
            },
        )  # fmt: skip
        if made:
            EchoMessage.objects.bulk_create(_message(reading, one, vector) for one, vector in zip(messages, vectors[1:], strict=True))


def _message(reading: EchoReading, one: Sentence, vector: FloatArray) -> EchoMessage:
    return EchoMessage(
        office_id=reading.office_id, reading=reading, key=one.key, position=one.position, text=one.text, vector=vector.tolist()
    )


@lru_cache(maxsize=16)
def counts_before(office: int, before: datetime) -> Counts:
    """How common words were in the office's articles before a moment."""
    found = Counts()
    rows = Article.objects.filter(office=office, published__lte=before).order_by("-published", "-pk")
    for title, text, language in rows.values_list("title", "text", "language")[:COUNTED]:
        found.learn(terms(f"{title} \n {text[:LEAD]}", language))
    return found


# One step


@dataclass(frozen=True, slots=True)
class _Line:
    """An article that comes next, before its text is read. `close`: its words or its meaning are near."""

    seq: int
    article: int
    original: int | None
    close: bool


def step(reading: EchoReading, embedder: Embedder, end: int, now: datetime) -> Read:
    """Look at what comes next and write what was found, with how far it was read, in one transaction."""
    centres = centres_for(embedder)
    publication = publication_of(reading, centres)
    upto, lines = _ahead(reading, publication, centres, end)
    pairs = _judged(reading, publication, lines, centres)
    if len(pairs) > TIES:
        last = pairs[TIES - 1][0].pk
        upto, pairs = next(line.seq for line in lines if line.article == last), pairs[:TIES]
    seen = sum(line.seq <= upto for line in lines)
    ties, embedded = _ties(reading, publication, pairs, embedder, centres, now)
    with transaction.atomic():
        held = EchoReading.objects.select_for_update().get(pk=reading.pk)
        if held.read_to == reading.read_to:
            EchoTie.objects.bulk_create(ties, ignore_conflicts=True)
            held.read_to, held.articles, held.updated = upto, held.articles + seen, now
            held.save(update_fields=["read_to", "articles", "updated"])
    reading.read_to = held.read_to
    return Read(seen, len(ties), False, embedded)


def publication_of(reading: EchoReading, centres: Centres) -> echo.Publication:
    """A publication as articles are held against it."""
    made = reading.publication
    language = cast(Language, made.language)
    return echo.Publication(
        str(made.pk), reading.title, made.version.text, language, made.readable_from, _centred(reading.vector, language, centres)
    )


def _centred(stored: Any, language: Language, centres: Centres) -> FloatArray:
    return centres.centred(unit(np.asarray(stored, dtype=np.float32)), language)


def _ahead(reading: EchoReading, publication: echo.Publication, centres: Centres, end: int) -> tuple[int, list[_Line]]:
    """Up to which entry was looked, and the articles of the window in order. Two queries."""
    entries = JournalEntry.objects.filter(office=reading.office_id, seq__gt=reading.read_to, seq__lte=end).order_by("seq")
    heard = list(entries.values_list("seq", "article_id")[:STEP])
    upto = heard[-1][0] if len(heard) == STEP else end
    places = {article: seq for seq, article in heard if article is not None}
    rows = Article.objects.filter(pk__in=places, published__gt=publication.at, published__lte=publication.at + WINDOW)
    asked = has_a_stretch(reading.stretches, publication.language)
    found = list(rows.annotate(close=asked, sent=Sent("embedding")).values_list("pk", "language", "membership__original", "close", "sent"))
    near = _near([(pk, language, sent) for pk, language, _, _, sent in found if sent is not None], publication, centres)
    lines = [_Line(places[pk], pk, original, bool(close) or pk in near) for pk, _, original, close, _ in found]
    return upto, sorted(lines, key=lambda line: line.seq)


def _near(rows: Sequence[tuple[int, Language, Bytes]], publication: echo.Publication, centres: Centres) -> set[int]:
    """Those whose meaning is near enough for them to be judged."""
    if publication.vector is None:
        return set()
    return {pk for alike, pk in compared(rows, Asked(publication.vector, centres)) if alike >= LEAST_COSINE}


def _judged(reading: EchoReading, publication: echo.Publication, lines: Sequence[_Line], centres: Centres) -> list[tuple[Article, Carried]]:
    """What the engine says of those that have something of the publication, in the order of the journal. Two queries."""
    tied = EchoTie.objects.filter(reading=reading, article__in={line.original for line in lines if line.original is not None})
    wanted = {line.article for line in lines if line.close} | set(tied.values_list("article_id", flat=True))
    looked_at = {line.article: line for line in lines if line.close or line.original in wanted}
    if not looked_at:
        return []
    originals = {line.original for line in looked_at.values() if line.original is not None}
    rows = Article.objects.filter(pk__in={*looked_at, *originals}).annotate(sent=Sent("embedding"))
    found = {row.pk: row for row in rows.defer("embedding", "search", "summary")}
    heard = [_heard(row, found.get(_original(looked_at.get(row.pk))), centres) for row in found.values()]
    said = {one.article: one for one in echo.echo(publication, heard, counts_before(reading.office_id, publication.at))}
    judged = [(found[pk], said[found[pk].key]) for pk in looked_at if pk in found]
    return [(row, one) for row, one in judged if one.way != "none"]


def _original(line: _Line | None) -> int:
    return line.original or 0 if line is not None else 0


def _heard(row: Any, original: Article | None, centres: Centres) -> Heard:
    vector = centres.centred(unit(vector_of(row.sent)), row.language) if row.sent is not None else None
    return Heard(article_of(row), vector, original.key if original is not None else "")


# What is written


def _ties(
    reading: EchoReading, publication: echo.Publication, pairs: Sequence[tuple[Article, Carried]], embedder: Embedder, centres: Centres,
    now: datetime,
) -> tuple[list[EchoTie], int]:  # fmt: skip
    """The ties, and how many sentences were embedded for them."""
    if not pairs:
        return [], 0
    messages = list(EchoMessage.objects.filter(reading=reading))
    through, embedded = _through(publication, messages, pairs, embedder, centres)
    known = gazetteers.of(reading.office_id)
    wards = set(Place.objects.filter(office=reading.office_id, level__in=WARDS, until=None).values_list("pk", flat=True))
    made = []
    for row, one in pairs:
        named = known.around(where_of(row.title, row.text), public=row.source_kind == "public") & wards if known is not None else ()
        start, end = max(((q.there_start, q.there_end) for q in one.quotes), key=lambda place: place[1] - place[0], default=(-1, -1))
        made.append(
            EchoTie(
                office_id=reading.office_id, reading=reading, article=row, key=row.key, outlet=row.outlet, source_kind=row.source_kind,
                language=row.language, at=row.published, way=one.way, score=min(1.0, max(0.0, one.confidence)),
                reasons=[reason_json(reason) for reason in one.reasons], start=start, end=end,
                digest=hashlib.sha256(row.text[start:end].encode()).hexdigest() if start >= 0 else "",
                messages=through.get(row.key, {}), places=sorted(named), version=version_of(embedder.name), found=now,
            )
        )  # fmt: skip
    return made, embedded


def _through(
    publication: echo.Publication, messages: Sequence[EchoMessage], pairs: Sequence[tuple[Article, Carried]], embedder: Embedder,
    centres: Centres,
) -> tuple[dict[str, dict[str, str]], int]:  # fmt: skip
    """Article → key of each message that came through in it or is denied there; and how many sentences were embedded for that: those that
    words leave open, each once."""
    asked = passages_of(messages, publication.language, centres)
    open_in = [row for row, one in pairs if not all(by_words(publication, message.text, one) for message in asked)]
    parts = {row.key: [row.text[start:end] for start, end in islice(spans(row.text), SENTENCES)] for row in open_in}
    texts = list(dict.fromkeys(clean(text) for one in parts.values() for text in one))
    vectors = dict(zip(texts, embedder.embed(texts), strict=True)) if texts else {}
    passages: dict[str, list[Passage]] = {}
    for row in open_in:
        language = cast(Language, row.language)
        passages[row.key] = [Passage(text, language, centres.centred(vectors[clean(text)], language)) for text in parts[row.key]]
    found: dict[str, dict[str, str]] = {}
    told = messages_through(publication, asked, [(article_of(row), said) for row, said in pairs], passages)
    for message, one in zip(messages, told, strict=True):
        for word, articles in (("said", one.articles), ("denied", one.denied)):
            for article in articles:
                found.setdefault(article, {})[message.key] = word
    return found, len(texts)


def passages_of(messages: Sequence[EchoMessage], language: Language, centres: Centres) -> list[Passage]:
    """Key messages as the engine holds them against sentences and questions."""
    return [Passage(one.text, language, _centred(one.vector, language, centres)) for one in messages]
