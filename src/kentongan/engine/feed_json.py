"""JSON Feed 1.0 and 1.1 (jsonfeed.org) to RawItems. Names of authors are not carried (see `feeds.read`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, cast

from kentongan.engine import dates, markup
from kentongan.engine.feed_items import gathered, positive, raw_item, short_language
from kentongan.engine.reasons import remark
from kentongan.engine.records import FeedReading, RawItem

_NEVER_S = 31_536_000.0
"""A feed that says it is finished (`expired`); `ttl` in minutes is no part of the standard, but some write it as in RSS."""


def read(text: str, *, url: str, limit: int, offset: int, voice: Callable[[str], str] | None = None) -> FeedReading:
    """A JSON Feed as text. Kind "unreadable" with a problem for JSON that is broken, nested too deep or no feed."""
    try:
        feed: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        return FeedReading("unreadable", "", "", None, (), (remark("feed.json", fault=str(error)[:200]),))
    if not isinstance(feed, dict):
        return FeedReading("unreadable", "", "", None, (), (remark("feed.json_object"),))
    fields = cast("dict[str, Any]", feed)
    entries = fields.get("items")
    if not isinstance(entries, list):
        return FeedReading("unreadable", "", "", None, (), (remark("feed.json_items"),))
    problems: list[str] = []
    if "jsonfeed.org/version/" not in _text(fields, "version"):
        problems.append(remark("feed.json_version"))
    items, left_out = gathered(_items(cast("list[Any]", entries), url, offset, voice), limit)
    return FeedReading(
        kind="json",
        title=markup.plain(_text(fields, "title"), limit=500),
        link=_text(fields, "home_page_url"),
        language=short_language(_text(fields, "language")),
        items=items,
        problems=(*problems, *left_out),
        wish_s=_NEVER_S if fields.get("expired") is True else 60.0 * positive(_text(fields, "ttl"), 0.0),
    )


def _items(entries: list[Any], url: str, offset: int, voice: Callable[[str], str] | None) -> Iterator[RawItem | None]:
    for entry in entries:
        if not isinstance(entry, dict):
            yield None
            continue
        fields = cast("dict[str, Any]", entry)
        yield raw_item(
            base=url,
            entry_id=_text(fields, "id"),
            link=_text(fields, "url") or _text(fields, "external_url"),
            title=_text(fields, "title"),
            summary=_text(fields, "summary") or _text(fields, "content_text"),
            content=_text(fields, "content_html"),
            published=dates.read(_text(fields, "date_published"), default_offset=offset),
            updated=dates.read(_text(fields, "date_modified"), default_offset=offset),
            language=_text(fields, "language"),
            voice=voice(_author(fields)) if voice is not None and _author(fields) else "",
        )


def _author(fields: dict[str, Any]) -> str:
    """The first author: `authors` of version 1.1, `author` of 1.0."""
    listed = fields.get("authors")
    first: object = cast("list[Any]", listed)[0] if isinstance(listed, list) and listed else fields.get("author")
    return _text(cast("dict[str, Any]", first), "name").strip() if isinstance(first, dict) else ""


def _text(fields: dict[str, Any], name: str) -> str:
    """A field as text; numbers are allowed (ids often are), anything else is ""."""
    value = fields.get(name)
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # a lone surrogate (\ud800) cannot be stored
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() < 256 else ""
