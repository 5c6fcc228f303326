"""Invented (or borrowed) outlets as records: what a site publishes, when, and in which dress."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

FeedKind = Literal["rss", "atom", "json", "rdf", "sitemap", "listing"]
Layout = Literal["portal", "koran", "bao", "resmi"]
"""Four dresses of an article page: `portal` (JSON-LD, Open Graph, much around the text), `koran` (an older site:
nothing but a date line), `bao` (a Vietnamese outlet), `resmi` (an agency's site with a <time> element)."""
FEED_PATHS: dict[FeedKind, str] = {
    "rss": "feed.xml",
    "atom": "atom.xml",
    "json": "feed.json",
    "rdf": "rdf.xml",
    "sitemap": "news-sitemap.xml",
    "listing": "",
}


@dataclass(frozen=True, slots=True)
class OutletItem:
    """One article of an outlet, visible from `published` on.

    `path` is its address below the outlet, without leading slash. `text` has one paragraph a line. `dated` False
    leaves the date out of the feed. `date_line` replaces the visible date on the page, `html` replaces the whole
    page, `canonical` the address the page gives as its own. `guid` replaces the entry's id in the feed.
    """

    path: str
    title: str
    text: str
    published: datetime
    summary: str = ""
    section: str = ""
    updated: datetime | None = None
    dated: bool = True
    date_line: str = ""
    html: bytes | None = None
    canonical: str = ""
    guid: str = ""

    def __post_init__(self) -> None:
        if not self.path or self.path.startswith("/"):
            raise ValueError(f"OutletItem.path must be a path below the outlet, not {self.path!r}")
        if self.published.tzinfo is None or (self.updated and self.updated.tzinfo is None):
            raise ValueError("OutletItem times must be aware")

    @property
    def changed(self) -> datetime:
        """The moment of the last change, in UTC."""
        return (self.updated or self.published).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class OutletSite:
    """An outlet: `key` is its path prefix and host label (letters, digits, hyphens), `feed` the feed it announces.

    `listed` is how many of the newest items its feeds list. `utc_offset_h` and `zone` give the local time on its pages.
    """

    key: str
    title: str
    language: str
    items: tuple[OutletItem, ...]
    feed: FeedKind = "rss"
    layout: Layout = "portal"
    listed: int = 30
    full_text: bool = False
    ttl_minutes: int | None = None
    crawl_delay_s: float | None = None
    disallow: tuple[str, ...] = ()
    utc_offset_h: int = 7
    zone: str = "WIB"

    def __post_init__(self) -> None:
        if not self.key or not self.key.replace("-", "").isalnum() or not self.key.isascii() or self.key != self.key.lower():
            raise ValueError(f"OutletSite.key must be lower-case letters, digits and hyphens, not {self.key!r}")
        paths = [item.path for item in self.items]
        if len(paths) != len(set(paths)):
            raise ValueError(f"two items of {self.key} have the same path")

    def visible(self, now: datetime) -> tuple[OutletItem, ...]:
        """Items published up to `now`, newest first."""
        shown = [item for item in self.items if item.published <= now]
        return tuple(sorted(shown, key=lambda item: (item.published, item.path), reverse=True))
