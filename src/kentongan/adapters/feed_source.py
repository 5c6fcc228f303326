"""Feeds, news sitemaps and listing pages as a kind of source: ask, read, and for an index of sitemaps ask for the newest of them.

Where the host asks for a pause between two visits, the sitemaps of an index cannot be read along with it. They wait in the cursor, and
each later visit reads one of them; the index is asked again when none waits. Does not decide what is new: a feed repeats itself, and
whoever stores it knows what is stored.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, cast

from kentongan.adapters.posts import told
from kentongan.engine import feed_links, feeds
from kentongan.engine.reasons import remark
from kentongan.engine.records import FeedReading, RawItem
from kentongan.ports import Fetcher, FetchOutcome, FetchRequest, ReadRequest, SourceReading

ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/html;q=0.5, */*;q=0.1"
CHILD_SITEMAPS = 3
FeedKind = Literal["feed", "sitemap", "listing"]


class FeedSourceReader:
    """`kentongan.ports.SourceReader` for the three kinds a web site offers by itself. Needs no credentials."""

    def __init__(self, kind: FeedKind) -> None:
        self._kind = kind

    def read(self, request: ReadRequest, fetcher: Fetcher) -> SourceReading:
        """One visit: conditional where `etag` or `last_modified` are known."""
        waiting = _waiting(request.cursor)
        if waiting and self._kind != "listing":
            return _one_child(waiting, request, fetcher)
        outcome = fetcher.fetch(FetchRequest(request.address, request.etag, request.last_modified, accept=ACCEPT))
        if outcome.kind != "ok":
            return SourceReading(told(outcome), None, "")
        reading = self._reading(request, outcome)
        left: Sequence[str] = ()
        if reading.kind == "sitemap-index":
            reading, left = _children(reading, request, fetcher)
        return SourceReading(told(outcome), reading, _cursor(left))

    def _reading(self, request: ReadRequest, outcome: FetchOutcome) -> FeedReading:
        kind = outcome.headers.get("content-type", "")
        if self._kind == "listing":
            return feed_links.read_listing(outcome.body, url=outcome.url, pattern=request.pattern, content_type=kind)
        return feeds.read(
            outcome.body,
            url=outcome.url,
            content_type=kind,
            limit=request.limit,
            default_offset=request.default_offset,
            voice=request.voice,
        )


def _children(index: FeedReading, request: ReadRequest, fetcher: Fetcher) -> tuple[FeedReading, list[str]]:
    """The newest sitemaps of an index, read as one, and those for which the host had no turn free."""

    def age(item: RawItem) -> str:
        time = item.updated or item.published
        return time.isoformat() if time else ""

    items: list[RawItem] = []
    problems = list(index.problems)
    newest = [child.link for child in sorted(index.items, key=age, reverse=True)[:CHILD_SITEMAPS]]
    left: list[str] = []
    for place, address in enumerate(newest):
        outcome = fetcher.fetch(FetchRequest(address, accept=ACCEPT))
        if outcome.kind == "busy":
            left = newest[place:]
            break
        found = _child(address, outcome, request)
        items += found.items
        problems += found.problems
    return replace(index, kind="sitemap", items=tuple(items[: request.limit]), problems=tuple(problems)), left


def _child(address: str, outcome: FetchOutcome, request: ReadRequest) -> FeedReading:
    """One sitemap of an index. That it cannot be read is said and does not hold up the others."""
    if outcome.kind != "ok":
        return FeedReading("sitemap", "", "", None, (), (remark("feed.sitemap", address=address, outcome=outcome.kind),))
    reading = feeds.read(outcome.body, url=outcome.url, limit=request.limit, default_offset=request.default_offset)
    return reading if reading.kind == "sitemap" else replace(reading, kind="sitemap", items=())


def _one_child(waiting: Sequence[str], request: ReadRequest, fetcher: Fetcher) -> SourceReading:
    """A visit that reads the first sitemap that waits. What the host says of it (mark, new address) is not said of the source's address."""
    outcome = fetcher.fetch(FetchRequest(waiting[0], accept=ACCEPT))
    if outcome.kind == "busy":
        return SourceReading(told(outcome), None, request.cursor)
    reading = _child(waiting[0], outcome, request)
    headers = {name: value for name, value in outcome.headers.items() if name not in ("etag", "last-modified")}
    said = replace(told(replace(outcome, headers=headers)), kind="ok", permanent_url="", detail="")
    return SourceReading(said, reading, _cursor(waiting[1:]))


def _cursor(left: Sequence[str]) -> str:
    return json.dumps({"sitemaps": list(left)}, separators=(",", ":")) if left else ""


def _waiting(cursor: str) -> list[str]:
    """The sitemaps a cursor says to wait; an unreadable cursor says none."""
    try:
        row: Any = json.loads(cursor) if cursor else {}
    except (ValueError, RecursionError):
        return []
    named: Any = cast("dict[str, Any]", row).get("sitemaps") if isinstance(row, dict) else None
    found = cast("list[Any]", named) if isinstance(named, list) else []
    return [one for one in found if isinstance(one, str) and one.startswith(("http://", "https://"))][:CHILD_SITEMAPS]
