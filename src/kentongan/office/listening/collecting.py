"""Visits to sources and pages: ask, read, make safe, store, say what happened, plan the next visit.

A visit stores its articles, its record, the source's state and its next job in one transaction: after `kill -9` either all of it is there
or none, and the visit is made again. Whatever a host does is an outcome of this source and of no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from kentongan.adapters.http import PAGE_BYTES
from kentongan.adapters.sources import KINDS
from kentongan.config import Config
from kentongan.engine import pages, rhythm
from kentongan.engine.burst_settings import Settings as Rises
from kentongan.engine.names import NameTagger
from kentongan.engine.reasons import Remark, remark
from kentongan.office import outside
from kentongan.office.listening import credentials, intake, journal, notices, voices
from kentongan.office.listening.health import has_pages
from kentongan.office.listening.models import Article, Source, Visit
from kentongan.office.people import settings as office_settings
from kentongan.ports import Fetcher, FetchOutcome, FetchRequest, ReadRequest, SourceReading

PAGE_ACCEPT = "text/html, application/xhtml+xml, */*;q=0.1"
MOST_ITEMS = 50_000
MOST_PAGES = 200
"""Pages asked for after one visit, the newest; the rest of a huge feed is taken by its titles."""
PAGES_A_JOB = 40
PAGES_AT_ONCE = 2
PAGES_WITHIN_S = 900.0
"""What a host that asks for a pause between visits lets us read in this time is read, the newest first; the rest is taken by its titles:
news that waits for its page is not heard."""
GIVE_UP_AFTER = 3
"""Pages in a row that fail before the rest of the source's pages are taken by their titles."""
DETAIL = 500
CHUNK = 2_000
LONGEST_PAUSE_S = 86_400.0
LATE_HOURS = Rises().late_hours
"""Older items count for nothing when they come."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a visit gave: its record, the source's new rhythm, and whether pages are to be read."""

    visit: Visit
    rhythm: rhythm.Rhythm
    pages_due: bool


def visit(
    source: Source,
    fetcher: Fetcher,
    now: datetime,
    config: Config,
    names: NameTagger | None,
    plan: Callable[[Result], None] = lambda result: None,
) -> Result:
    """Visit a source once; what came of it, and what `plan` plans next, are stored in one transaction that begins after the asking."""
    said = look(source, fetcher, now)
    outcome, reading = said.outcome, said.reading
    problems = _observed(outcome) + list(reading.problems if reading else ())
    kind, detail = outcome.kind, outcome.detail
    taken = intake.Intake((), ())
    if reading is not None:
        if reading.kind == "unreadable":
            kind, detail = "unreadable", " ".join(reading.problems)
        address = outcome.url if outcome.url.startswith("http") else source.site_url
        about = intake.About(source.outlet, source.source_kind, address, source.language, reading.language)  # type: ignore[arg-type]
        taken = intake.take(reading.items, about, now, names)
        problems += taken.problems
    with transaction.atomic():
        fresh = store(source, taken.taken, now)
        notices.keep(source, said.notices, now)
        first = not source.backfilled
        problems += [] if first else _late(fresh, now)
        facts = rhythm.VisitFacts(
            kind,
            new_items=len(fresh),
            published=tuple(item.item.published for item in fresh if item.item.published_known),
            overflow=bool(fresh) and len(fresh) == len(taken.taken) and not first and not KINDS[source.kind].remembers,
            wish_s=rhythm.fresh_for_s(outcome.headers.get("cache-control", "")),
            feed_wish_s=reading.wish_s if reading is not None else None,
            retry_after_s=outcome.retry_after_s,
            pause_s=outcome.pause_s,
        )
        learned = rhythm.after_visit(known_rhythm(source, now), facts, now, rhythm_settings(config))
        if fresh:
            newest = max(item.item.published for item in fresh)
            learned = replace(learned, last_item=max(newest, learned.last_item or newest))
        record = Visit.objects.create(
            source=source,
            at=now,
            outcome=kind,
            detail="" if detail in problems or kind == "unreadable" else detail[:DETAIL],
            status=outcome.status,
            size=_size(outcome),
            elapsed_ms=int(outcome.elapsed_s * 1000),
            found=len(taken.taken),
            new=len(fresh),
            problems=[remark_json(problem) for problem in problems[:20]],
        )
        _remember(source, said, learned, kind, detail, now)
        if any(item.text or number >= MOST_PAGES for number, item in enumerate(fresh)) or first:
            journal.wake(source.office_id)
        result = Result(record, learned, bool(fresh))
        plan(result)
    return result


def _size(outcome: FetchOutcome) -> int:
    """Bytes that were read; a reader that has taken the body apart leaves the number behind."""
    said = outcome.headers.get("content-length", "")
    return len(outcome.body) or (min(int(said), 2**31 - 1) if said.isdecimal() else 0)


def _observed(outcome: FetchOutcome) -> list[str]:
    """What the fetcher observed in words of ours, and a pause longer than the longest we keep."""
    said: list[str] = [outcome.detail] if isinstance(outcome.detail, Remark) else []
    if outcome.pause_s > LONGEST_PAUSE_S:
        said.append(remark("visit.long_pause", host=urlsplit(outcome.url).hostname or "", hours=outcome.pause_s / 3600))
    return said


def _late(fresh: Sequence[intake.Taken], now: datetime) -> list[str]:
    """What is said of new items too old to be news: a source that returns after a week alarms nobody, and its page says why."""
    late = sum(one.item.published_known and one.item.published < now - timedelta(hours=LATE_HOURS) for one in fresh)
    return [remark("item.late", hours=LATE_HOURS, n=late)] if late else []


def remark_json(problem: str) -> str | dict[str, Any]:
    """A problem as it is stored: code and values where it is a sentence of ours, else the words as they are."""
    return {"code": problem.code, "values": dict(problem.values)} if isinstance(problem, Remark) else problem


def look(source: Source, fetcher: Fetcher, now: datetime) -> SourceReading:
    """Ask a source once and read the answer; nothing is stored."""
    request = ReadRequest(
        address=source.url,
        cursor=source.cursor,
        etag=source.etag,
        last_modified=source.last_modified,
        pattern=source.pattern,
        credentials=credentials.of(source),
        voice=voices.voice_of(source.office_id, now) if source.source_kind == Source.SourceKind.PUBLIC else None,
        default_offset=zone_offset(source.office.time_zone, now),
        limit=MOST_ITEMS,
    )
    return outside.reader(source.kind).read(request, fetcher)


def known_rhythm(source: Source, now: datetime) -> rhythm.Rhythm:
    """What was learned of a source; a new or unreadable rhythm starts afresh."""
    try:
        return rhythm.Rhythm.from_dict(source.rhythm)
    except (KeyError, ValueError, TypeError):
        return rhythm.new_rhythm(str(source.pk), now)


def rhythm_settings(config: Config) -> rhythm.RhythmSettings:
    """Bounds of the visits as the settings say."""
    longest = float(config["visit_max_s"])
    return rhythm.RhythmSettings(shortest_s=min(float(config["visit_min_s"]), longest), longest_s=longest)


def store(source: Source, taken: Sequence[intake.Taken], now: datetime) -> list[intake.Taken]:
    """Store items not seen before, newest first; gives those. Those that need their page do not enter the journal yet.

    A slow feed goes on listing what was deleted when its time was up: once a source is known, so old an item is not taken again.
    """
    fresh: list[intake.Taken] = []
    oldest = now - timedelta(days=int(office_settings.of(source.office_id)["keep_item_days"]))
    if source.backfilled:
        taken = [one for one in taken if one.item.published >= oldest]
    for part in _chunks(taken, CHUNK):
        keys = [one.item.id for one in part]
        known = dict(Article.objects.filter(office_id=source.office_id, key__in=keys).values_list("key", "updated"))
        fresh += [one for one in part if one.item.id not in known]
        _note_changes(source, part, known, now)
    fresh.sort(key=lambda one: (one.item.published, one.item.id), reverse=True)
    rows = [_row(source, one, place) for place, one in enumerate(fresh)]
    Article.objects.bulk_create(rows, ignore_conflicts=True, batch_size=CHUNK)
    return fresh


def _note_changes(source: Source, listed: Sequence[intake.Taken], known: Mapping[str, datetime | None], now: datetime) -> None:
    """Note when the source says that it changed what we have. A feed that says "now" of everything, at every visit, says nothing."""
    told = {one.item.id: one.updated for one in listed if one.updated is not None and one.updated <= now - intake.EARLY}
    later = {key: at for key, at in told.items() if key in known and ((before := known[key]) is None or before < at)}
    if later:
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, [list(later), list(later.values()), source.office_id, source.pk])


_NOTE = """UPDATE listening_article SET updated = said.at FROM unnest(%s::text[], %s::timestamptz[]) AS said(key, at)
WHERE listening_article.key = said.key AND office_id = %s AND source_id = %s AND published < said.at"""


def _row(source: Source, taken: intake.Taken, place: int) -> Article:
    item = taken.item
    asked = place < MOST_PAGES and has_pages(source)
    state = "feed" if taken.text else "due" if asked else "skipped"
    return Article(
        office_id=source.office_id,
        source=source,
        key=item.id,
        url=item.url,
        outlet=item.outlet,
        source_kind=item.source_kind,
        title=item.title,
        summary=item.summary,
        text=taken.text,
        language=taken.language,
        voice=taken.voice,
        published=item.published,
        published_known=item.published_known,
        updated=taken.updated,
        seen=item.seen,
        page_state=state,
        waiting=state != "due",
    )


def zone_offset(name: str, now: datetime) -> int:
    """Minutes east of Greenwich, for dates that name no zone."""
    shift = now.astimezone(ZoneInfo(name)).utcoffset()
    return int(shift.total_seconds() // 60) if shift is not None else 0


def _remember(source: Source, said: SourceReading, learned: rhythm.Rhythm, kind: str, detail: str, now: datetime) -> None:
    """The source's row after a visit. That we had no turn says nothing about the source."""
    outcome = said.outcome
    if kind == "busy":
        Source.objects.filter(pk=source.pk).update(rhythm=learned.to_dict(), next_visit=learned.next_visit)
        return
    fine = kind in {"ok", "not_modified"}
    change: dict[str, Any] = {
        "rhythm": learned.to_dict(),
        "next_visit": learned.next_visit,
        "last_visit": now,
        "last_item": learned.last_item,
        "failures": 0 if fine else source.failures + 1,
        "outcome": kind,
        "outcome_detail": detail[:DETAIL],
        "cursor": said.cursor,
        "backfilled": True,
    }
    if fine:
        change["last_success"] = now
    if kind == "ok":
        change["etag"] = outcome.headers.get("etag", "")[:300]
        change["last_modified"] = outcome.headers.get("last-modified", "")[:100]
    moved = outcome.permanent_url
    taken = moved and Source.objects.filter(office_id=source.office_id, url=moved).exclude(pk=source.pk).exists()
    if fine and moved and not taken and len(moved) <= 1000:
        change["url"] = moved
    Source.objects.filter(pk=source.pk).update(**change)


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page that was asked for: the outcome's name and, where it could be read, what it says."""

    key: int
    kind: str
    change: dict[str, Any]
    pause_s: float = 0.0
    again_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PagesRead:
    """How many articles were dealt with, and in how many seconds the host lets us ask for the next page (0: it says nothing)."""

    done: int
    again_s: float = 0.0


def read_pages(source: Source, fetcher: Fetcher, now: datetime, names: NameTagger | None) -> PagesRead:
    """Read the pages of a source's newest articles that wait for theirs.

    Where the host has no turn free for us ("busy") the rest stays due for another time: that says nothing about the pages. Where it
    asks for a pause between visits, as many stay due as fit into PAGES_WITHIN_S; nobody sleeps for the pause.
    """
    about = intake.About(source.outlet, source.source_kind, source.url, source.language)  # type: ignore[arg-type]
    offset = zone_offset(source.office.time_zone, now)
    due = list(Article.objects.filter(source=source, page_state="due").order_by("-published", "pk")[:PAGES_A_JOB])
    failed = done = 0
    pause_s = again_s = 0.0
    with ThreadPoolExecutor(PAGES_AT_ONCE, thread_name_prefix="pages") as pool:
        running = [pool.submit(_read_page, row, about, offset, fetcher, now, names) for row in due]
        for future in as_completed(running):
            if future.cancelled():
                continue
            read = future.result()
            pause_s, again_s = max(pause_s, read.pause_s), max(again_s, read.again_s)
            if read.kind != "busy":
                failed = 0 if read.change else failed + 1
                done += _store_page(source.office_id, read)
            if failed >= GIVE_UP_AFTER or read.kind == "busy":
                for waiting in running:
                    waiting.cancel()
    if failed >= GIVE_UP_AFTER:
        done += give_up_pages(source)
    elif pause_s:
        done += give_up_pages(source, keep=int(PAGES_WITHIN_S // pause_s))
    return PagesRead(done, again_s)


def _read_page(row: Article, about: intake.About, offset: int, fetcher: Fetcher, now: datetime, names: NameTagger | None) -> PageRead:
    """Ask for one page and read it. Runs in a thread of its own and does not touch the database."""
    outcome = fetcher.fetch(FetchRequest(row.url, accept=PAGE_ACCEPT, max_bytes=PAGE_BYTES))
    pause_s, again_s = outcome.pause_s, (outcome.retry_after_s or 0.0) if outcome.kind == "busy" else 0.0
    if outcome.kind != "ok":
        return PageRead(row.pk, outcome.kind, {}, pause_s, again_s)
    kind = outcome.headers.get("content-type", "")
    page = pages.extract(outcome.body, url=outcome.url, content_type=kind, default_offset=offset)
    text = intake.hidden(page.text[: intake.LONGEST_TEXT], row.source_kind, names)  # type: ignore[arg-type]
    if not text:
        return PageRead(row.pk, "unreadable", {}, pause_s)
    change: dict[str, Any] = {
        "text": text,
        "section": intake.hidden(page.section[:200], row.source_kind, names)[:200],  # type: ignore[arg-type]
        "language": intake.language_of(f"{row.title} {text[:1500]}", about.language, page.language or row.language),
    }
    if not row.published_known and intake.believable(page.published, now):
        change |= {"published": page.published, "published_known": True}
    if row.source_kind != Source.SourceKind.PUBLIC and len(page.url) <= intake.LONGEST_URL:
        change["url"] = page.url
    updated = intake.change_time(change.get("published", row.published), page.updated, row.source_kind, row.seen)  # type: ignore[arg-type]
    if updated is not None and (row.updated is None or row.updated < updated):
        change["updated"] = updated
    return PageRead(row.pk, "ok", change, pause_s)


@transaction.atomic
def _store_page(office: int, read: PageRead) -> int:
    """What the journal already has is not changed any more: replaying must give the same."""
    changed = Article.objects.filter(pk=read.key, page_state="due").update(page_state=read.kind, waiting=True, **read.change)
    journal.wake(office)
    return changed


@transaction.atomic
def give_up_pages(source: Source, keep: int = 0) -> int:
    """Take the articles that still wait for their page by title and summary, but the newest `keep`."""
    due = Article.objects.filter(source=source, page_state="due")
    kept = list(due.order_by("-published", "pk").values_list("pk", flat=True)[:keep])
    changed = due.exclude(pk__in=kept).update(page_state="given_up", waiting=True)
    journal.wake(source.office_id)
    return changed


def pages_are_due(source: int) -> bool:
    """Whether articles of a source wait for their page."""
    return Article.objects.filter(source_id=source, page_state="due").exists()


def _chunks(items: Sequence[intake.Taken], size: int) -> Iterator[Sequence[intake.Taken]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
