"""Sitemaps and sitemap indexes (sitemaps.org 0.9) with the news extension (sitemap-news/0.9) to RawItems.

A news sitemap is often the most complete list of an outlet's last two days, where its feed holds only the last twenty
items.
"""

from __future__ import annotations

from collections.abc import Iterator

from kentongan.engine import dates
from kentongan.engine.feed_items import gathered, raw_item
from kentongan.engine.reasons import remark
from kentongan.engine.records import FeedReading, RawItem
from kentongan.engine.trees import Element, from_xml, local_name


def read(body: bytes, *, url: str, limit: int, offset: int) -> FeedReading | None:
    """A sitemap or sitemap index; None when the root element is neither."""
    root, fault = from_xml(body)
    if root is None or local_name(root) not in ("urlset", "sitemapindex"):
        return None
    index = local_name(root) == "sitemapindex"
    items, problems = gathered(_items(root, "sitemap" if index else "url", url, offset), limit)
    if fault:
        problems.insert(0, remark("feed.malformed", fault=fault))
    return FeedReading("sitemap-index" if index else "sitemap", "", "", None, items, tuple(problems))


def _items(root: Element, entry: str, url: str, offset: int) -> Iterator[RawItem | None]:
    for element in root.iterchildren():
        if local_name(element) != entry:
            continue
        found: dict[str, str] = {}
        for child in element.iterdescendants():
            name, text = local_name(child), (child.text or "").strip()
            if name in ("loc", "lastmod", "title", "publication_date", "language") and text and not _inside_image(child):
                found.setdefault(name, text)
        link = found.get("loc", "")
        yield raw_item(
            base=url, link=link, title=found.get("title", ""),
            published=dates.read(found.get("publication_date", ""), default_offset=offset),
            updated=dates.read(found.get("lastmod", ""), default_offset=offset), language=found.get("language"),
        ) if link else None  # fmt: skip


def _inside_image(element: Element) -> bool:
    """Image and video extensions have a `title` and a `loc` of their own, which are not the article's."""
    parent = element.getparent()
    return parent is not None and local_name(parent) in ("image", "video")
