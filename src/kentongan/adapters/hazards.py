"""Hazard feeds: one CAP warning, a list (RSS or Atom) of CAP warnings or of bulletins, or earthquakes in BMKG's form.

Where the source has a pattern, its address is a page that links to bulletins (as Vietnam's weather centre has it): each new bulletin is
asked for, and its own date, title and text are taken.

A list is asked on every visit; of its CAP files only those not read before, at most `MOST_ALERTS` a visit, the newest first. A warning
that cannot be had now is asked for again at the next visit; one that is gone or no CAP is taken by its headline. The address of a
source that changes under the same name (one alert file, one earthquake file) is told apart by what is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from kentongan.adapters import cap, quakes
from kentongan.adapters.cap import Warned
from kentongan.adapters.posts import told
from kentongan.adapters.seen import Seen
from kentongan.adapters.warned_words import hazard_of
from kentongan.engine import feed_links, feeds, pages
from kentongan.engine.notices import Hazard
from kentongan.engine.outcomes import NATURE
from kentongan.engine.reasons import remark
from kentongan.engine.records import FeedReading, RawItem
from kentongan.ports import Fetcher, FetchOutcome, FetchRequest, ReadRequest, SourceReading

ACCEPT = "application/cap+xml, application/rss+xml, application/atom+xml, application/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
MOST_ALERTS, MOST_LISTED = 40, 500
_CAP_ENDINGS = (".xml", ".cap")


class HazardReader:
    """Reads warnings; each is a notice and an item to read. Keeps nothing but the cursor."""

    def read(self, request: ReadRequest, fetcher: Fetcher) -> SourceReading:
        """Ask once, then for each new warning of a list."""
        outcome = fetcher.fetch(FetchRequest(request.address, request.etag, request.last_modified, accept=ACCEPT))
        if outcome.kind != "ok":
            return SourceReading(told(outcome), cursor=request.cursor)
        if cap.looks_like(outcome.body):
            warned = cap.read(outcome.body, url=outcome.url, default_offset=request.default_offset)
            return _reading(outcome, "", warned, request.cursor, request.limit)
        if quakes.looks_like(outcome.body):
            return _reading(outcome, "", quakes.read(outcome.body, url=outcome.url), request.cursor, request.limit)
        index = _index(outcome, request)
        if index.kind == "unreadable":
            return SourceReading(told(outcome), index, request.cursor)
        return _list(outcome, index, request, fetcher)


def _list(outcome: FetchOutcome, index: FeedReading, request: ReadRequest, fetcher: Fetcher) -> SourceReading:
    """A list of warnings: new CAP files are asked for, bulletins taken by their words."""
    seen = Seen(request.cursor)
    due = [item for item in index.items if _key(item) not in seen]
    asked = [_key(item) for item in due if request.pattern or _is_cap(item.link)]
    later, now = set(asked[MOST_ALERTS:]), frozenset(asked[:MOST_ALERTS])
    hazards: list[Hazard] = []
    items: list[RawItem] = []
    problems = [*index.problems, *([remark("warning.later", n=len(later))] if later else [])]
    for item in due:
        if _key(item) in later:
            continue
        warned, again = _asked(item, request, fetcher) if _key(item) in now else (_by_words(item), False)
        hazards += warned.hazards
        items += warned.items
        problems += warned.problems
        if again:
            later.add(_key(item))
    for item in reversed(index.items):  # the newest are remembered last, so that they are forgotten last
        if _key(item) not in later:
            seen.add(_key(item))
    return _reading(outcome, index.title, Warned(settled(hazards), tuple(items), tuple(problems)), seen.cursor(), request.limit)


def settled(hazards: Sequence[Hazard]) -> tuple[Hazard, ...]:
    """Each warning once: one that another of the same reading ends stands there as ended, with its own words, whichever came first."""
    ended = {one.identifier: one for one in hazards if one.ended}
    found: dict[str, Hazard] = {}
    for one in hazards:
        end = ended.get(one.identifier.partition("#")[0])
        if not one.ended and end is not None and end.sent >= one.sent:
            found[one.identifier] = replace(one, ended=True)
        elif not one.ended or one.identifier not in found:
            found[one.identifier] = one
    return tuple(found.values())


def _index(outcome: FetchOutcome, request: ReadRequest) -> FeedReading:
    kind = outcome.headers.get("content-type", "")
    if request.pattern:
        return feed_links.read_listing(outcome.body, url=outcome.url, pattern=request.pattern, content_type=kind, limit=MOST_LISTED)
    limit = min(request.limit, MOST_LISTED)
    return feeds.read(outcome.body, url=outcome.url, content_type=kind, limit=limit, default_offset=request.default_offset)


def _asked(item: RawItem, request: ReadRequest, fetcher: Fetcher) -> tuple[Warned, bool]:
    """One warning of a list, and whether to ask for it again at the next visit."""
    outcome = fetcher.fetch(FetchRequest(item.link, accept=ACCEPT, max_bytes=cap.MAX_BYTES))
    if outcome.kind != "ok":
        problem = remark("warning.failed", address=item.link, outcome=outcome.kind)
        if NATURE[outcome.kind] in ("passing", "ours"):
            return Warned(problems=(problem,)), True
        words = _by_words(item)
        return Warned(words.hazards, words.items, (problem,)), False
    if cap.looks_like(outcome.body):
        return cap.read(outcome.body, url=outcome.url, link=item.link, default_offset=request.default_offset), False
    return _by_words(_bulletin(item, outcome, request) if request.pattern else item), False


def _bulletin(item: RawItem, outcome: FetchOutcome, request: ReadRequest) -> RawItem:
    """A listed bulletin with what its page says; the title of the list stays where it is the longer one."""
    kind = outcome.headers.get("content-type", "")
    page = pages.extract(outcome.body, url=outcome.url, content_type=kind, default_offset=request.default_offset)
    title = max(item.title, page.title, key=len)
    return replace(item, title=title, summary=page.text[:8_000], published=page.published, language=page.language)


def _by_words(item: RawItem) -> Warned:
    hazard = hazard_of(item)
    return Warned((hazard,) if hazard is not None else (), (item,))


def _key(item: RawItem) -> str:
    """An entry that the agency writes anew under the same address is a new one."""
    time = item.updated or item.published
    return f"{item.entry_id} {time.isoformat() if time else ''}"


def _is_cap(link: str) -> bool:
    return urlsplit(link).path.lower().endswith(_CAP_ENDINGS)


def _reading(outcome: FetchOutcome, title: str, warned: Warned, cursor: str, limit: int) -> SourceReading:
    unreadable = not warned.items and not warned.hazards and bool(warned.problems) and not title
    kind = "unreadable" if unreadable else "warnings"
    reading = FeedReading(kind, title, outcome.url, None, warned.items[:limit], warned.problems)
    return SourceReading(told(outcome), reading, cursor, warned.hazards)
