"""Feeds: bytes to RawItems, whatever the bytes are.

Observed: feeds are RSS of every age, RDF, Atom, CDF, JSON Feed and news sitemaps; many are malformed somewhere, and an
HTML error page served as a feed is common. Method: feedparser for the XML dialects (it recovers what a strict parser
refuses), given bytes only, so that it can neither ask the network nor open a file; own small readers for JSON Feed and
sitemaps. Dates are read by `kentongan.engine.dates`, not by feedparser, which takes an unknown zone such as WIB for
Greenwich and fills in missing days.

Malformed input gives what can be read and says in `problems` what could not; nothing raises. Names of authors are never
carried.

Limits, because a parser's worst case belongs to whoever writes the feed: `MAX_BYTES` of body, `MAX_MARKS` opening
brackets and as many ampersands (feedparser needs 2 to 15 µs for each, even in garbage), `MAX_DEPTH` levels (nested
`xml:base` is quadratic in it), `limit` items.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal, cast

import feedparser  # pyright: ignore[reportMissingTypeStubs]

from kentongan.engine import dates, feed_json, markup, sitemaps
from kentongan.engine.feed_items import gathered, positive, raw_item, short_language
from kentongan.engine.feed_links import FeedLink as FeedLink
from kentongan.engine.feed_links import discover as discover
from kentongan.engine.feed_links import read_listing as read_listing
from kentongan.engine.feed_links import robots_sitemaps as robots_sitemaps
from kentongan.engine.reasons import remark
from kentongan.engine.records import FeedReading, RawItem

Voice = Callable[[str], str]
MAX_BYTES = 16_000_000
MAX_MARKS = 1_000_000
MAX_DEPTH = 2_000
_PERIODS = {"hourly": 3_600.0, "daily": 86_400.0, "weekly": 604_800.0, "monthly": 2_592_000.0, "yearly": 31_536_000.0}
"""RDF Site Summary 1.0, syndication module, in seconds."""

_FEEDPARSER = cast("Any", feedparser)
_TAG = re.compile(rb"<(?:(/)|([?!])|(?!(?:br|hr|img|p|li|input|embed|source)\b)[^\s<>/])[^<>]*?(/?)>", re.IGNORECASE)
"""Opening and closing tags; those that careless writers leave open are not counted as openings."""
_WEB_PAGE = re.compile(rb"^\W{0,20}(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_SITEMAP = re.compile(rb"<(?:[A-Za-z0-9_-]{1,20}:)?(?:urlset|sitemapindex)\b")
_ENTITY = re.compile(rb"<!ENTITY\b", re.IGNORECASE)


def read(
    body: bytes, *, url: str, content_type: str = "", limit: int = 50_000, default_offset: int = 0, voice: Voice | None = None
) -> FeedReading:
    """What a feed says, in the order of the feed. Never raises; kind "unreadable" comes with a problem in words.

    `url` is the address the body came from: relative links are resolved against it. `default_offset` (minutes east of
    Greenwich) is for dates that name no zone. `voice` turns an author's name into a keyed hash (public posts only); the name itself is
    not carried, and without `voice` no author is looked at.
    """
    body, problems = _within_limits(body)
    head = body[:4096]
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n"):
        return _unreadable((), problems[-1] if problems else remark("feed.empty"))
    if _is_json(head, content_type):
        text, problem = markup.decoded(body, content_type)
        reading = feed_json.read(text, url=url, limit=limit, offset=default_offset, voice=voice)
        return _with(reading, problems + [problem] * bool(problem))
    if _WEB_PAGE.match(head):
        return _unreadable(problems, remark("feed.page"))
    refusal = _refusal(body)
    if refusal:
        return _unreadable(problems, refusal)
    if _SITEMAP.search(head):
        reading = sitemaps.read(body, url=url, limit=limit, offset=default_offset)
        if reading is not None:
            return _with(reading, problems)
    return _with(_parsed(body, url, content_type, limit, default_offset, voice), problems)


def _with(reading: FeedReading, problems: Iterable[str]) -> FeedReading:
    return replace(reading, problems=(*problems, *reading.problems))


def _unreadable(problems: Iterable[str], why: str) -> FeedReading:
    return FeedReading("unreadable", "", "", None, (), (*problems, why))


def _within_limits(body: bytes) -> tuple[bytes, list[str]]:
    """The body unpacked (a `.xml.gz` sitemap is gzip inside, whatever the header says) and cut to the limits."""
    problems: list[str] = []
    if body.startswith(b"\x1f\x8b"):
        try:
            body = zlib.decompressobj(31).decompress(body, MAX_BYTES + 1)
        except zlib.error as error:
            return b"", [remark("feed.packed", fault=str(error))]
    if len(body) > MAX_BYTES:
        problems.append(remark("feed.long", mb=MAX_BYTES // 1_000_000))
        body = body[:MAX_BYTES]
    body = markup.as_utf8(body)
    for mark in (b"<", b"&"):
        if body.count(mark) > MAX_MARKS:
            problems.append(remark("feed.marks", n=MAX_MARKS))
            body = mark.join(body.split(mark, MAX_MARKS)[:MAX_MARKS])
    return body, problems


def _is_json(head: bytes, content_type: str) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1]
    return start == b"{" or (start == b"[" and "json" in content_type.lower())


def _refusal(body: bytes) -> str:
    """Why this XML is not given to a parser; "" when it is."""
    if len(_ENTITY.findall(body[:65_536])) > 300:
        return remark("feed.entities")
    depth = 0
    for tag in _TAG.finditer(_visible(body)):
        if tag[1]:
            depth = max(0, depth - 1)
        elif not tag[2] and not tag[3]:
            depth += 1
            if depth > MAX_DEPTH:
                return remark("feed.deep", n=MAX_DEPTH)
    return ""


def _visible(body: bytes) -> bytes:
    """The body without comments and CDATA. Not by a pattern: openings without an end would make that quadratic."""
    parts: list[bytes] = []
    start = 0
    for opening in re.finditer(rb"<!(?:--|\[CDATA\[)", body):
        if opening.start() < start:
            continue
        end = body.find(b"-->" if opening[0] == b"<!--" else b"]]>", opening.end())
        parts.append(body[start : opening.start()])
        start = end + 3
        if end < 0:
            return b"".join(parts)
    return b"".join((*parts, body[start:]))


def _parsed(body: bytes, url: str, content_type: str, limit: int, offset: int, voice: Voice | None) -> FeedReading:
    if not body.isascii() and markup.is_utf8(body):
        content_type = "application/xml; charset=utf-8"  # wrong labels are common, bytes that are UTF-8 by accident are not
    headers = {"content-location": url} | ({"content-type": content_type} if content_type else {})
    try:
        parsed: Mapping[str, Any] = _FEEDPARSER.parse(
            io.BytesIO(body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
        )
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, OverflowError) as error:
        # feedparser's recovering parser lets errors of its own through on rare garbage: an unreadable feed, not a bug
        return _unreadable((), remark("feed.failed", fault=type(error).__name__))
    feed = cast("Mapping[str, Any]", parsed.get("feed") or {})
    entries = cast("list[Mapping[str, Any]]", parsed.get("entries") or [])
    version = str(parsed.get("version") or "")
    problems = _bozo(parsed)
    if not version and not entries and not feed:
        return _unreadable(problems, remark("feed.none"))
    kind = _kind(version)
    items, left_out = gathered((_item(entry, url, offset, voice, atom=kind == "atom") for entry in entries), limit)
    return FeedReading(
        kind=kind,
        title=markup.plain(_text(feed, "title"), limit=500),
        link=_text(feed, "link"),
        language=short_language(_text(feed, "language") or _text(cast("Mapping[str, Any]", feed.get("title_detail") or {}), "language")),
        items=items,
        problems=(*problems, *left_out),
        wish_s=_wish(feed),
    )


def _wish(feed: Mapping[str, Any]) -> float:
    """Seconds between two visits that the feed asks for: RSS `ttl` (minutes), else the syndication module (`sy:`), which Atom uses too."""
    period = _PERIODS.get(_text(feed, "sy_updateperiod").strip().lower(), 0.0)
    return 60.0 * positive(_text(feed, "ttl"), 0.0) or period / positive(_text(feed, "sy_updatefrequency"), 1.0)


def _kind(version: str) -> Literal["rss", "rdf", "atom"]:
    if version.startswith("atom"):
        return "atom"
    return "rdf" if version in ("rss10", "rss090") else "rss"


def _bozo(parsed: Mapping[str, Any]) -> list[str]:
    if not parsed.get("bozo"):
        return []
    error = parsed.get("bozo_exception")
    if isinstance(error, _FEEDPARSER.NonXMLContentType):
        return []  # half of all feeds are served as text/html or as nothing at all, and read well
    words = " ".join(str(getattr(error, "getMessage", lambda: error)()).split())[:200]
    line = getattr(error, "getLineNumber", lambda: None)()
    return [remark("feed.malformed_at", fault=words, line=line) if line else remark("feed.malformed", fault=words)]


def _item(entry: Mapping[str, Any], url: str, offset: int, voice: Voice | None, *, atom: bool) -> RawItem | None:
    contents = [_text(content, "value") for content in cast("list[Mapping[str, Any]]", entry.get("content") or [])]
    detail = cast("Mapping[str, Any]", entry.get("title_detail") or {})
    published, updated = (dates.read(_text(entry, name), default_offset=offset) for name in ("published", "updated"))
    if not atom and published is None:
        published, updated = updated, None  # RSS 1.0 has one date, dc:date, which feedparser files under "updated"
    return raw_item(
        base=url,
        entry_id=_text(entry, "id"),
        link=_text(entry, "link"),
        title=_text(entry, "title"),
        summary=_text(entry, "summary"),
        content=max(contents, key=len, default=""),
        published=published,
        updated=updated,
        language=_text(entry, "language") or _text(detail, "language"),
        voice=voice(_text(entry, "author")) if voice is not None and _text(entry, "author").strip() else "",
    )


def _text(fields: Mapping[str, Any], name: str) -> str:
    """A field as text, "" when absent or of another type. Characters that cannot be stored (lone surrogates) become
    "?"."""
    value = cast("Any", dict).get(fields, name)  # FeedParserDict.get itself answers "updated" with "published"
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
