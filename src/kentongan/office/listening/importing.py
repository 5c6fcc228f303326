"""Reading a file (JSON Lines, CSV or WARC) into the database: the same order, clock and engine as `replay`, but kept, and resumable.

Each pile of lines is stored, entered into the journal and counted (`ImportRun.lines`) in one transaction, so that an import that was
killed goes on after the last whole pile and ends exactly like one that was not. An hour of event time that passes enters the journal as a
tick. Where no listener runs, the import listens itself.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.db import transaction

from kentongan.adapters.files import BadLine, GoodLine
from kentongan.adapters.streams import read_any
from kentongan.engine import records, unsigned
from kentongan.errors import FileError
from kentongan.office.listening import journal
from kentongan.office.listening.listener import Listener
from kentongan.office.listening.models import Article, ImportRun, JournalEntry, ListenerState
from kentongan.office.people.recording import record

PILE = 512
KNOWN = "there already"
REPEATED = "repeated in the file"
OTHER = "cannot be read"
KINDS = 20
"""So many kinds of reasons are counted apart; a file can be made to have any number."""
TICK = timedelta(hours=1)
LEAP = timedelta(days=400)
"""A time that jumps further ahead than this is taken as a mistake and moves the clock no further."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is. `waiting` counts journal entries the listener has not read yet."""

    lines: int
    articles: int
    skipped: int
    waiting: int
    problem: str = ""


def digest_of(path: Path) -> str:
    """What tells the same file again, wherever it lies. Raises `FileError`."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}", subject=str(path)) from error


def begin(office: int, path: Path, now: datetime) -> ImportRun:
    """The run of this file in this office: a new one, or the one to go on with."""
    run, _ = ImportRun.objects.get_or_create(office_id=office, digest=digest_of(path), defaults={"name": path.name[:300], "started": now})
    return run


def import_file(run: ImportRun, path: Path, now: datetime, listener: Listener | None) -> Iterator[Progress]:
    """Go on with a run, giving the progress after every pile and batch. `listener` None: somebody else listens."""
    lines = read_any(path, skip_lines=run.lines)
    while pile := list(islice(lines, PILE)):
        problem = next((f"line {one.line}: {one.reason}" for one in pile if isinstance(one, BadLine)), "")
        _store(run, pile, now)
        yield _progress(run, problem)
        yield from _listen(run, listener, now)
    yield from _listen(run, listener, now)
    if listener is not None:
        listener.save()
    _finish(run, now)


@transaction.atomic
def _finish(run: ImportRun, now: datetime) -> None:
    ImportRun.objects.filter(pk=run.pk).update(finished=now)
    record(None, "file.imported", run, now, digest=run.digest, lines=run.lines, articles=run.articles, skipped=run.skipped)


def _listen(run: ImportRun, listener: Listener | None, now: datetime) -> Iterator[Progress]:
    while listener is not None and listener.step(now, PILE):
        yield _progress(run)


def _progress(run: ImportRun, problem: str = "") -> Progress:
    return Progress(run.lines, run.articles, run.skipped, waiting(run.office_id), problem)


def waiting(office: int) -> int:
    """Journal entries the office's listener has not read yet."""
    last = JournalEntry.objects.filter(office_id=office).order_by("-seq").values_list("seq", flat=True).first() or 0
    read = ListenerState.objects.filter(office_id=office).values_list("offset", flat=True).first() or 0
    return last - read


@transaction.atomic
def _store(run: ImportRun, pile: list[GoodLine | BadLine], now: datetime) -> None:
    """Store one pile and count it. What another run or source brought already is skipped."""
    articles: dict[str, records.Article] = {}
    for one in pile:
        if isinstance(one, GoodLine):
            articles.setdefault(one.article.id, one.article)
    there = Article.objects.filter(office_id=run.office_id, key__in=list(articles)).values_list("key", flat=True)
    known = set(there)
    fresh = [article for key, article in articles.items() if key not in known]
    reasons = Counter(run.left_out)
    reasons.update(_kind(one.reason, reasons) for one in pile if isinstance(one, BadLine))
    reasons[REPEATED] += sum(isinstance(one, GoodLine) for one in pile) - len(articles)
    reasons[KNOWN] += len(articles) - len(fresh)
    run.left_out = {reason: n for reason, n in reasons.items() if n}
    rows = Article.objects.bulk_create(_row(run, article, now) for article in fresh)
    lines, run.reached = _timed(rows, run.reached)
    journal.append_lines(run.office_id, lines)
    run.lines = pile[-1].line
    run.articles += len(fresh)
    run.skipped += len(pile) - len(fresh)
    run.save(update_fields=["lines", "articles", "skipped", "left_out", "reached"])


def _kind(reason: str, known: Mapping[str, int]) -> str:
    """The reason without what is peculiar to the line ("not JSON: … at character 7"), so that equal ones can be counted; few kinds."""
    parts = reason.split(": ")
    kind = ": ".join(parts[:2]) if reason.startswith("column") else parts[-1] if "://" in parts[0] else parts[0]
    kind = kind[:100] if "://" not in kind else OTHER
    return kind if kind in known or len(known) < KINDS else OTHER


def _timed(rows: Iterable[Article], reached: datetime | None) -> tuple[list[journal.Line], datetime | None]:
    """The rows as journal lines with a tick for every hour that passes; `reached` is the hour the clock stands at."""
    lines: list[journal.Line] = []
    for row in rows:
        at = min(row.published, reached + LEAP) if reached is not None else row.published
        if reached is not None and at - reached >= TICK:
            lines.append(journal.Line(None, _hour(at)))
        if reached is None or at - reached >= TICK:
            reached = _hour(at)
        lines.append(journal.Line(row.pk, row.published))
    return lines, reached


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _row(run: ImportRun, article: records.Article, now: datetime) -> Article:
    return Article(
        office_id=run.office_id,
        key=article.id,
        url=unsigned.of_post(article.url) if article.source_kind == "public" else article.url,
        outlet=article.outlet[:200],
        source_kind=article.source_kind,
        title=article.title,
        text=article.text,
        language=article.language,
        section=article.section[:200],
        published=article.published,
        seen=now,
        page_state="imported",
        waiting=False,
    )
