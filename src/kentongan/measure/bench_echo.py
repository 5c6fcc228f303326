"""Figures of the echo at the size of an office: publications that are followed through 200,000 stored articles, and the page of one.

The filled office of `fill_office`, a copy of it. Every fourteen days something is published, and followed for its fourteen days as the
worker does it, so that each article is held against one publication. Its text is that of an article of the largest story of its day: what
that story tells repeats it, as in news that everybody copies. Sentences are embedded with the real model; the vectors of the filled office
are drawn, so they are not centred as the model's would be, and a publication's is drawn beside those of its story.
"""

from __future__ import annotations

import json
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from kentongan.engine.sentences import spans
from kentongan.engine.vectors import Embedder, FloatArray
from kentongan.measure.bench_desk import scans
from kentongan.measure.bench_newsroom import CONTACT, published
from kentongan.measure.bench_office import PASSWORD, Figure, inside, running
from kentongan.measure.bench_scale import ARTICLES, filled

SENTENCES = 10
PAGES = 40
GROWING = ("listening_article", "listening_journalentry", "listening_membership", "desk_echotie")
_TALKED_OF = """SELECT a.text, a.embedding::text FROM listening_article a JOIN listening_membership m ON m.article_id = a.id
JOIN listening_story s ON s.id = m.story_id WHERE a.office_id = %s AND a.language = 'id' AND a.embedding IS NOT NULL
AND a.published > %s AND a.published <= %s ORDER BY s.articles DESC, a.id LIMIT 1"""
_USUAL = "SELECT avg(embedding)::text FROM (SELECT embedding FROM listening_article WHERE language = 'id' LIMIT 2000) a"


@dataclass(frozen=True, slots=True)
class Bare:
    """A model whose vectors are taken as they are: those of the filled office stand around no centre of its own."""

    model: Embedder
    name: str = "bare"

    @property
    def dimension(self) -> int:
        return self.model.dimension

    def embed(self, texts: Sequence[str]) -> FloatArray:
        return self.model.embed(texts)


@dataclass(slots=True)
class Watch:
    """The queries of what is done inside: how many, how often a step was written, and one of each kind; and the processor's seconds."""

    queries: int = 0
    steps: int = 0
    spent: float = 0.0
    asked: dict[str, Any] = field(default_factory=dict)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.queries += 1
        self.steps += sql.startswith('UPDATE "desk_echoreading" SET "read_to"')
        if sql.startswith("SELECT"):
            self.asked.setdefault(sql, params)
        return execute(sql, params, many, context)


@dataclass(frozen=True, slots=True)
class Followed:
    """One publication followed to its end: its statement, the articles and ties, and the seconds of each run."""

    statement: int
    articles: int
    ties: int
    runs: tuple[float, ...]

    @property
    def took(self) -> float:
        return sum(self.runs)


def publish(office: int, name: str, at: datetime) -> Any:
    """Publish what the largest story of the day before tells; None where nothing was told. Inside Django."""
    from django.db import connection, transaction

    from kentongan.office.desk.models import Publication

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TALKED_OF, [office, at - timedelta(days=1), at])
        row = cursor.fetchone()
        if row is None:
            return None
        lines = [f"Kelurahan {number} mengungsi lebih dulu." for number in range(SENTENCES - 1)]
        _, slugs = published(["\n".join([*lines, f"Hubungi {CONTACT} untuk bantuan."])], name, at)
        made = Publication.objects.select_related("version").get(office=office, slug=slugs[0])
        said = [row[0][start:end].replace("\n", " ") for start, end in spans(row[0])][:SENTENCES]
        cursor.execute("SET LOCAL session_replication_role = replica")  # what is published is never changed
        for number, one in enumerate(made.version.sentences.order_by("position")):
            text = said[number] if number < len(said) else one.text
            cursor.execute("UPDATE desk_sentence SET text = %s WHERE id = %s", [text, one.pk])
        cursor.execute("UPDATE desk_statementversion SET text = %s WHERE id = %s", ["\n".join(said), made.version_id])
        cursor.execute("UPDATE desk_publication SET review_due = NULL WHERE id = %s", [made.pk])
    return Publication.objects.select_related("version").prefetch_related("version__sentences").get(pk=made.pk)


def follow(office: Any, made: Any, embedder: Embedder, vector: Sequence[float] | None = None) -> Followed:
    """Follow a publication to the end of its fourteen days, as the worker's runs do. Inside Django."""
    from kentongan.office.desk import echo_reading
    from kentongan.office.desk.echo_models import EchoReading
    from kentongan.office.listening.models import JournalEntry, ListenerState

    now = made.at + echo_reading.WINDOW - timedelta(seconds=1)
    told = JournalEntry.objects.filter(office=office, at__lte=now).order_by("-seq").values_list("seq", flat=True)
    end = told[0]
    ListenerState.objects.filter(office=office).update(offset=end)
    begun = time.monotonic()
    echo_reading.begin(made, embedder, end, now)
    first = time.monotonic() - begun
    if vector is not None:
        EchoReading.objects.filter(publication=made).update(vector=list(vector))
    runs, more = [first], True
    articles = ties = 0
    while more:
        begun = time.monotonic()
        done = echo_reading.read(office, embedder, now)
        runs.append(time.monotonic() - begun)
        articles, ties, more = articles + done.articles, ties + done.ties, done.more
    return Followed(made.statement_id, articles, ties, tuple(runs))


def beside(office: int, at: datetime) -> list[float]:
    """A vector near those of the largest story of the day before, and far from all others. Inside Django."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_TALKED_OF, [office, at - timedelta(days=1), at])
        one = cursor.fetchall()[0][1]
        cursor.execute(_USUAL)
        usual = cursor.fetchall()[0][0]
    mine, others = (np.array(json.loads(each), dtype=np.float32) for each in (one, usual))
    found: list[float] = ((mine - others) / np.linalg.norm(mine - others)).tolist()
    return found


def moments(office: int) -> list[datetime]:
    """When something is published: a day after the first article, and every fourteen days. Inside Django."""
    from django.db.models import Max, Min

    from kentongan.office.desk import echo_reading
    from kentongan.office.listening.models import Article

    told = Article.objects.filter(office=office).aggregate(first=Min("published"), last=Max("published"))
    at, found = told["first"] + timedelta(days=1), []
    while at < told["last"]:
        found.append(at)
        at += echo_reading.WINDOW
    return found


def plans(asked: dict[str, Any]) -> list[str]:
    """The growing tables that these questions read whole. Inside Django."""
    from django.db import connection

    found: set[str] = set()
    with connection.cursor() as cursor:
        for sql, params in asked.items():
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            plan = cursor.fetchall()[0][0]
            found |= set(scans((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"], GROWING))
    return sorted(found)


def echo(data: Path, size: int) -> Iterator[Figure]:
    """Following publications through `size` (0: 200,000) articles: articles a second, the longest run, queries, memory, and the page."""
    if not (data / "duplicates").is_dir():
        return
    articles = size or ARTICLES
    kept = filled(data, articles)
    with tempfile.TemporaryDirectory(prefix="kentongan-bench-") as place:
        folder = Path(place)
        subprocess.run(["cp", "-a", f"{kept}/.", str(folder)], check=True)
        with inside(folder):
            done, watch = _all_followed()
            yield from _told(articles, done, watch)
            again = _from_the_start(max(done, key=lambda one: one.ties))
            yield "seconds to read the whole journal for one publication", again, f"{articles:,} entries, from the first"
        most = max(done, key=lambda one: one.ties)
        with running(folder, ["run", "--port", "0", "--data", str(folder)], "bench0", PASSWORD) as office:
            took = []
            for _ in range(PAGES):
                begun = time.monotonic()
                office.page(f"statements/{most.statement}/echo/")
                took.append((time.monotonic() - begun) * 1000)
            for share in (50, 95):
                yield f"ms the page of an echo, p{share}", float(np.percentile(took[5:], share)), f"{most.ties} ties, one person"


def _all_followed() -> tuple[list[Followed], Watch]:
    from django.db import connection

    from kentongan.office import outside
    from kentongan.office.people.models import User

    office = User.objects.select_related("office").get(username="bench0").office
    assert office is not None
    watch, done = Watch(), []
    embedder = Bare(outside.embedder())
    embedder.embed(["The model is read at its first text."])
    for at in moments(office.pk):
        made = publish(office.pk, "bench0", at)
        if made is not None:
            vector = beside(office.pk, at)
            spent = time.process_time()
            with connection.execute_wrapper(watch):
                done.append(follow(office, made, embedder, vector))
            watch.spent += time.process_time() - spent
    return done, watch


def _told(articles: int, done: Sequence[Followed], watch: Watch) -> Iterator[Figure]:
    looked, took = sum(one.articles for one in done), sum(one.took for one in done)
    about = f"{articles:,} articles, {len(done)} publications one after another, each for 14 days; {looked:,} looked at"
    yield "articles looked at a second", looked / took, about
    yield "seconds of the processor, without the database's", watch.spent, about
    yield "ties", sum(one.ties for one in done), about
    yield "seconds for one publication, mean", took / len(done), about
    yield "seconds for one publication, longest", max(one.took for one in done), f"{max(one.ties for one in done)} ties"
    yield "seconds of one run of the worker, longest", max(max(one.runs) for one in done), about
    yield "queries a step, mean", watch.queries / watch.steps, f"{watch.steps} steps of at most 500 articles and 20 ties"
    yield "megabytes resident at most, the process that reads", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "model included"
    whole = plans(watch.asked)
    yield "growing tables read whole", len(whole), "; ".join(whole) or f"{len(watch.asked)} questions"


def _from_the_start(one: Followed) -> float:
    """Seconds to read the journal from its first entry for a publication; what was tied stays tied once."""
    from django.db.models import Max

    from kentongan.office import outside
    from kentongan.office.desk import echo_reading
    from kentongan.office.desk.echo_models import EchoReading
    from kentongan.office.listening.models import JournalEntry, ListenerState

    reading = EchoReading.objects.select_related("publication", "office").get(publication__statement=one.statement)
    end = JournalEntry.objects.filter(office=reading.office).aggregate(last=Max("seq"))["last"]
    ListenerState.objects.filter(office=reading.office).update(offset=end)
    EchoReading.objects.update(read_to=end)
    EchoReading.objects.filter(pk=reading.pk).update(read_to=0)
    embedder, begun = Bare(outside.embedder()), time.monotonic()
    while echo_reading.read(reading.office, embedder, reading.until).more:
        pass
    return time.monotonic() - begun
