"""Feeds, news sitemaps and listing pages as a kind of source: ask, read, and for an index of sitemaps ask for the newest of them.

Does not decide what is new: a feed repeats itself, and whoever stores it knows what is stored.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from kentongan.adapters.posts import told
from kentongan.engine import feed_links, feeds
from kentongan.engine.reasons import remark
from kentongan.engine.records import FeedReading, RawItem
from kentongan.ports import Fetcher, FetchOutcome, FetchRequest, ReadRequest, SourceReading

ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/html;q=0.5, */*;q=0.1"
CHILD_SITEMAPS = 3
FeedKind = Literal["feed", "sitemap", "listing"]


class FeedSourceReader:
    """`kentongan.ports.SourceReader` for the three kinds a web site offers by itself. Knows no cursor and needs no credentials."""

    def __init__(self, kind: FeedKind) -> None:
        self._kind = kind

    def read(self, request: ReadRequest, fetcher: Fetcher) -> SourceReading:
        """One visit: conditional where `etag` or `last_modified` are known."""
        outcome = fetcher.fetch(FetchRequest(request.address, request.etag, request.last_modified, accept=ACCEPT))
        reading = self._reading(request, outcome, fetcher) if outcome.kind == "ok" else None
        return SourceReading(told(outcome), reading, request.cursor)

    def _reading(self, request: ReadRequest, outcome: FetchOutcome, fetcher: Fetcher) -> FeedReading:
        kind = outcome.headers.get("content-type", "")
        if self._kind == "listing":
            return feed_links.read_listing(outcome.body, url=outcome.url, pattern=request.pattern, content_type=kind)
        reading = feeds.read(
            outcome.body,
            url=outcome.url,
            content_type=kind,
            limit=request.limit,
            default_offset=request.default_offset,
            voice=request.voice,
        )
        return _children(reading, request, fetcher) if reading.kind == "sitemap-index" else reading


def _children(index: FeedReading, request: ReadRequest, fetcher: Fetcher) -> FeedReading:
    """The newest sitemaps of an index, read as one."""

    def age(item: RawItem) -> str:
        time = item.updated or item.published
        return time.isoformat() if time else ""

    items: list[RawItem] = []
    problems = list(index.problems)
    for child in sorted(index.items, key=age, reverse=True)[:CHILD_SITEMAPS]:
        outcome = fetcher.fetch(FetchRequest(child.link, accept=ACCEPT))
        if outcome.kind != "ok":
            problems.append(remark("feed.sitemap", address=child.link, outcome=outcome.kind))
            continue
        reading = feeds.read(outcome.body, url=outcome.url, limit=request.limit, default_offset=request.default_offset)
        items += reading.items if reading.kind == "sitemap" else ()
        problems += reading.problems
    return replace(index, kind="sitemap", items=tuple(items[: request.limit]), problems=tuple(problems))
