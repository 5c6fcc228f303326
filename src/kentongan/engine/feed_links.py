"""Where a site keeps its feeds: links a page declares, sitemaps its robots.txt names, and stories on a plain listing
page.

A listing pattern is a glob over the address, not a regular expression, so that no pattern can hang: `*` stands for any
characters but `/`, `**` for any characters at all. `/berita/*` looks at path and query on the same registered host as
the page; `https://kota.example/**` looks at the whole address. Matching is linear in pattern × address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from kentongan.engine import addresses, markup
from kentongan.engine.feed_items import raw_item
from kentongan.engine.reasons import remark
from kentongan.engine.records import FeedReading, RawItem
from kentongan.engine.trees import Element, from_html, text_of

MAX_LINKS = 20_000
_FEED_TYPES = {
    "application/rss+xml": "rss", "application/atom+xml": "atom", "application/rdf+xml": "rss",
    "application/feed+json": "json",
}  # fmt: skip
_PLACES: tuple[tuple[str, Literal["feed", "sitemap"]], ...] = (
    ("/feed/", "feed"), ("/rss", "feed"), ("/rss.xml", "feed"), ("/feed.xml", "feed"), ("/atom.xml", "feed"),
    ("/index.xml", "feed"),
    ("/sitemap-news.xml", "sitemap"), ("/news-sitemap.xml", "sitemap"), ("/sitemap.xml", "sitemap"),
)  # fmt: skip
_FEED_WORD = re.compile(r"(?:^|[/.?=_-])(?:rss|feed|atom)s?(?:$|[/.?&=_-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A place where a feed may be. `guessed` is True where the page did not declare it: ask before believing."""

    url: str
    title: str
    kind: Literal["feed", "sitemap"]
    guessed: bool


def discover(body: bytes, *, url: str, content_type: str = "") -> tuple[FeedLink, ...]:
    """Feeds a page declares (`link rel=alternate`), then links that look like feeds, then usual places; the last two
    are guesses."""
    found: dict[str, FeedLink] = {}
    root, _ = from_html(body, content_type)
    base = _base(root, url)
    for link in root.iter("link") if root is not None else ():
        rel, mime = (link.get("rel") or "").lower().split(), (link.get("type") or "").lower().partition(";")[0].strip()
        address = addresses.resolve(link.get("href") or "", base)
        if address and "alternate" in rel and mime in _FEED_TYPES:
            found.setdefault(address, FeedLink(address, markup.plain(link.get("title") or "", limit=200), "feed", guessed=False))
    for address, text in _links(root, base):
        if addresses.registered_host(address) == addresses.registered_host(url) and _FEED_WORD.search(urlsplit(address).path):
            found.setdefault(address, FeedLink(address, text[:200], "feed", guessed=True))
    for place, kind in _PLACES:
        address = addresses.resolve(place, url)
        if address:
            found.setdefault(address, FeedLink(address, "", kind, guessed=True))
    return tuple(found.values())


def robots_sitemaps(text: str, *, url: str) -> tuple[FeedLink, ...]:
    """The sitemaps a robots.txt names, in its order, each once (RFC 9309 leaves the line to the sitemaps protocol)."""
    found: dict[str, FeedLink] = {}
    for line in text.lstrip("\ufeff").splitlines()[:10_000]:
        name, _, value = line.partition(":")
        address = addresses.resolve(value.partition(" #")[0].strip(), url) if name.strip().lower() == "sitemap" else ""
        if address:
            found.setdefault(address, FeedLink(address, "", "sitemap", guessed=False))
    return tuple(found.values())


def read_listing(body: bytes, *, url: str, pattern: str, content_type: str = "", limit: int = 1_000) -> FeedReading:
    """The links of a listing page whose address fits `pattern`; a title is the longest text that links there, dates are
    absent."""
    root, problems = from_html(body, content_type)
    if root is None:
        return FeedReading("unreadable", "", "", None, (), (*problems, remark("feed.no_page")))
    titles: dict[str, tuple[str, str]] = {}
    for address, text in _links(root, _base(root, url)):
        known = addresses.canonical(address)
        if known and matches(known, pattern, url=url) and (known in titles or len(titles) < limit):
            best = max(titles.get(known, ("", address))[0], text, key=len)
            titles[known] = (best, titles.get(known, ("", address))[1])
    items: list[RawItem] = []
    for known, (text, address) in titles.items():
        item = raw_item(base=url, entry_id=known, link=address, title=text)
        if item is not None and item.title:
            items.append(item)
    if not items:
        problems = (*problems, remark("feed.listing", pattern=repr(pattern)))
    title = next((text_of(element) for element in root.iter("title")), "")
    return FeedReading("listing", title[:500], url, root.get("lang"), tuple(items), problems)


def matches(address: str, pattern: str, *, url: str) -> bool:
    """Whether an address fits a listing pattern set for the page `url`."""
    if pattern.startswith(("http://", "https://")):
        return glob(address, pattern)
    if addresses.registered_host(address) != addresses.registered_host(url):
        return False
    parts = urlsplit(address)
    return glob(parts.path + (f"?{parts.query}" if parts.query else ""), "/" + pattern.lstrip("/"))


def glob(text: str, pattern: str) -> bool:
    """Whether the whole text fits: `*` any characters but `/`, `**` any characters, the rest itself."""
    states = {0}
    tokens = re.findall(r"\*\*+|\*|[^*]", pattern)
    tokens = ["**" if token.startswith("**") else token for token in tokens]

    def opened(places: set[int]) -> set[int]:
        done = set(places)
        for place in sorted(places):
            while place < len(tokens) and tokens[place] in ("*", "**"):
                place += 1
                done.add(place)
        return done

    states = opened(states)
    for character in text:
        ahead: set[int] = set()
        for place in states:
            if place < len(tokens):
                piece = tokens[place]
                if piece == "**" or (piece == "*" and character != "/"):
                    ahead.add(place)
                elif piece == character:
                    ahead.add(place + 1)
        states = opened(ahead)
        if not states:
            return False
    return len(tokens) in states


def _base(root: Element | None, url: str) -> str:
    declared = next((element.get("href") or "" for element in root.iter("base")), "") if root is not None else ""
    return (addresses.resolve(declared, url) if declared else "") or url


def _links(root: Element | None, base: str) -> Iterator[tuple[str, str]]:
    if root is None:
        return
    for number, element in enumerate(root.iter("a")):
        if number >= MAX_LINKS:
            return
        address = addresses.resolve(element.get("href") or "", base)
        if address:
            yield address, text_of(element) or markup.squeezed(element.get("title") or "")
