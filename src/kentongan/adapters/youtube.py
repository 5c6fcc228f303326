"""YouTube: the videos of one channel by title and description, from the feed `videos.xml` that YouTube offers for every channel.

Needs no key. For the channels of institutions and outlets; a private person's channel is a person's timeline and must not be added, which
no program can tell from the address: the kind of voice can therefore never be "public". Where an address names a channel's page, the page
is asked once for the feed it names. Comments are not read.

The feed lists the newest 15 videos and repeats itself: no cursor.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from kentongan.adapters.posts import refused, told, unreadable
from kentongan.engine import feed_links, feeds, markup
from kentongan.engine.reasons import remark
from kentongan.ports import Fetcher, FetchRequest, ReadRequest, SourceReading

SITE = "https://www.youtube.com"
_CHANNEL = re.compile(r"UC[\w-]{22}")
_PAGE = re.compile(r"/(?:@[\w.·-]{3,60}|c/[^/]{1,100}|user/[\w.-]{1,60})(?:/(?:featured|videos|streams|about))?", re.IGNORECASE)
_LONGEST_PAGE = 4 * 1024 * 1024


def refusal(address: str) -> str:
    """Why an address is not read; "" for one that is."""
    return "" if _where(address, SITE) else remark("post.youtube_address")


class YouTubeReader:
    """`kentongan.ports.SourceReader` for one channel. Needs no credentials."""

    def __init__(self, site: str = SITE) -> None:
        self._site = site

    def read(self, request: ReadRequest, fetcher: Fetcher) -> SourceReading:
        """The feed of the channel, conditional where `etag` or `last_modified` are known."""
        channel, page = _where(request.address, self._site) or ("", "")
        if not channel and not page:
            return refused(request, remark("post.youtube_address"))
        if not channel:
            outcome = fetcher.fetch(FetchRequest(page, accept="text/html", max_bytes=_LONGEST_PAGE))
            if outcome.kind != "ok":
                return SourceReading(told(outcome), None, request.cursor)
            channel = _named(outcome.body, outcome.url)
            if not channel:
                return SourceReading(told(outcome), unreadable(remark("post.youtube_channel")), request.cursor)
        address = f"{self._site}/feeds/videos.xml?channel_id={channel}"
        outcome = fetcher.fetch(FetchRequest(address, request.etag, request.last_modified, accept="application/atom+xml, */*;q=0.1"))
        if outcome.kind != "ok":
            return SourceReading(told(outcome), None, request.cursor)
        kind = outcome.headers.get("content-type", "")
        reading = feeds.read(outcome.body, url=outcome.url, content_type=kind, limit=request.limit, default_offset=request.default_offset)
        if reading.kind != "unreadable":
            reading = replace(reading, kind="channel")
        return SourceReading(replace(told(outcome), permanent_url=""), reading, request.cursor)


def _where(address: str, site: str) -> tuple[str, str] | None:
    """The channel's id, or its page; None for an address that names neither."""
    address = markup.squeezed(address)
    if _CHANNEL.fullmatch(address):
        return address, ""
    parts = urlsplit(address if "://" in address else f"https://{address}")
    hosts = {"youtube.com", "m.youtube.com", urlsplit(site).netloc.removeprefix("www.")}
    if parts.scheme not in ("http", "https") or parts.netloc.lower().removeprefix("www.") not in hosts:
        return None
    named = (parse_qs(parts.query).get("channel_id") or [""])[0] if parts.path == "/feeds/videos.xml" else ""
    named = named or (parts.path.split("/")[2] if parts.path.startswith("/channel/") else "")
    if _CHANNEL.fullmatch(named):
        return named, ""
    return ("", f"{site}{parts.path}") if _PAGE.fullmatch(parts.path.rstrip("/")) else None


def _named(page: bytes, url: str) -> str:
    """The channel whose feed a page names; "" for none."""
    for link in feed_links.discover(page, url=url):
        known = _CHANNEL.fullmatch((parse_qs(urlsplit(link.url).query).get("channel_id") or [""])[0])
        if known:
            return known[0]
    return ""
