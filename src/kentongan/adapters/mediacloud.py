"""Synthetic RSS of story addresses, one file a day, as Media Cloud publishes it: huge files with little in each item.

The address may hold `{date}` (each day has its file) with the first day after a `#`: `https://host/mc-{date}.rss.gz#2026-11-01`. A visit
reads the next day that is there; the cursor is the last day read. A day that is missing is passed over once a later one (up to
`LOOK_AHEAD` days on) exists. Without `{date}` the one address is read each time.

`pattern` chooses: words parted by spaces or commas, each a host (`detik.com`) or an ending (`.go.id`); empty takes all. Read as a stream
and never as a tree: memory does not grow with the file. Entities and document types are refused.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from xml.parsers import expat

from kentongan.adapters.posts import refused, told
from kentongan.engine import addresses, dates
from kentongan.engine.feed_items import raw_item
from kentongan.engine.reasons import remark
from kentongan.engine.records import FeedReading, RawItem
from kentongan.ports import Fetcher, FetchOutcome, FetchRequest, ReadRequest, SourceReading

ACCEPT = "application/rss+xml, application/xml, application/gzip;q=0.9, */*;q=0.1"
MAX_BYTES = 64_000_000
"""Of the answer as it comes; unpacked at most `MAX_UNPACKED`."""
MAX_UNPACKED = 512_000_000
MAX_FIELD = 4_000
LOOK_AHEAD = 7
_PIECE = 1 << 18
_HOST = re.compile(r"https?://([^/?#:@]+)", re.IGNORECASE)
_FIELDS = frozenset(("link", "title", "pubdate", "guid", "language", "description"))


class MediaCloudReader:
    """Reads a day's list of addresses. Keeps nothing but the day in the cursor."""

    def read(self, request: ReadRequest, fetcher: Fetcher) -> SourceReading:
        """Ask for the next day that is there, or for the one address."""
        address, _, start = request.address.partition("#")
        if "{date}" not in address:
            outcome = fetcher.fetch(FetchRequest(address, request.etag, request.last_modified, accept=ACCEPT, max_bytes=MAX_BYTES))
            return _read(outcome, request, request.cursor)
        day = _next_day(request.cursor, start)
        if day is None:
            return refused(request, remark("cloud.date"))
        first: FetchOutcome | None = None
        for one in (day + timedelta(days=number) for number in range(LOOK_AHEAD)):
            outcome = fetcher.fetch(FetchRequest(address.replace("{date}", one.isoformat()), accept=ACCEPT, max_bytes=MAX_BYTES))
            first = first or outcome
            if outcome.kind not in ("not_found", "gone", "forbidden"):
                passed = [remark("cloud.missing", day=(day + timedelta(days=n)).isoformat()) for n in range((one - day).days)]
                return _read(outcome, request, one.isoformat(), passed)
        assert first is not None
        if not request.cursor:
            return SourceReading(told(first), cursor="")
        nothing = FetchOutcome("not_modified", first.url, first.status, detail=remark("cloud.waiting"))
        return SourceReading(nothing, cursor=request.cursor)


def read_stream(body: bytes, *, url: str, pattern: str = "", limit: int = 50_000, default_offset: int = 0) -> FeedReading:
    """The items of a file in its order, at most `limit` of those chosen. Never raises; a file cut off gives what was whole."""
    wanted = _Wanted(pattern)
    collector = _Collector(url, wanted, limit, default_offset)
    problem = ""
    try:
        for piece in _unpacked(body):
            collector.feed(piece)
            if collector.full:
                break
        else:
            collector.end()
    except (expat.ExpatError, zlib.error, EOFError, _Refused) as error:
        problem = remark("file.cut", fault=str(error))
    problems: list[str] = [problem] if problem else []
    if collector.full:
        problems.append(remark("feed.entry_over", limit=limit))
    if collector.unusable:
        problems.append(remark("item.no_address", n=collector.unusable))
    kind = "unreadable" if problem and not collector.items else "rss"
    return FeedReading(kind, collector.title, url, None, tuple(collector.items.values()), tuple(problems))


def _read(outcome: FetchOutcome, request: ReadRequest, cursor: str, passed: Sequence[str] = ()) -> SourceReading:
    if outcome.kind != "ok":
        return SourceReading(told(outcome), cursor=request.cursor)
    reading = read_stream(
        outcome.body, url=outcome.url, pattern=request.pattern, limit=request.limit, default_offset=request.default_offset
    )  # fmt: skip
    if passed:
        reading = FeedReading(reading.kind, reading.title, reading.link, None, reading.items, (*passed, *reading.problems))
    return SourceReading(told(outcome), reading, cursor if reading.kind != "unreadable" else request.cursor)


def _next_day(cursor: str, start: str) -> date | None:
    for words, more in ((cursor, 1), (start, 0)):
        try:
            return date.fromisoformat(words) + timedelta(days=more)
        except (ValueError, OverflowError):
            continue
    return None


class _Refused(Exception):
    """What is in the file is not read on purpose."""


class _Wanted:
    """Which hosts are taken."""

    def __init__(self, pattern: str) -> None:
        words = [word.strip().lower().removeprefix("www.") for word in pattern.replace(",", " ").split()]
        self._hosts = frozenset(word for word in words if not word.startswith("."))
        self._endings = tuple(word for word in words if word.startswith("."))

    def takes(self, link: str) -> bool:
        if not self._hosts and not self._endings:
            return True
        found = _HOST.match(link)
        host = found[1].lower() if found else ""
        parts = host.split(".")
        return any(".".join(parts[n:]) in self._hosts for n in range(len(parts) - 1)) or host.endswith(self._endings or ("\0",))


@dataclass(slots=True)
class _Collector:
    """Gathers items while the file passes by."""

    url: str
    wanted: _Wanted
    limit: int
    offset: int
    items: dict[str, RawItem] = field(default_factory=dict[str, RawItem])
    title: str = ""
    unusable: int = 0
    full: bool = False
    _parser: Any = None
    _now: str = ""
    _fields: dict[str, str] | None = None
    _head: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        parser: Any = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        self._parser = parser

    def feed(self, piece: bytes) -> None:
        self._parser.Parse(piece, False)

    def end(self) -> None:
        self._parser.Parse(b"", True)

    def _refuse(self, *_: object) -> None:
        raise _Refused("it declares a document type or entities")

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2].lower()
        if name in ("item", "entry"):
            self._fields = {}
        self._now = name if self._fields is not None or name == "title" else ""

    def _characters(self, words: str) -> None:
        if self._fields is None:
            if self._now == "title" and len(self._head) < 50:
                self._head.append(words)
        elif self._now in _FIELDS:
            before = self._fields.get(self._now, "")
            if len(before) < MAX_FIELD:
                self._fields[self._now] = (before + words)[:MAX_FIELD]

    def _ended(self, tag: str) -> None:
        self._now = ""
        if tag.rpartition(" ")[2].lower() in ("item", "entry") and self._fields is not None:
            self._take(self._fields)
            self._fields = None
            self.title = self.title or "".join(self._head).strip()[:500]

    def _take(self, fields: dict[str, str]) -> None:
        if self.full:
            return
        given = fields.get("link", "").strip()
        if given.startswith("http") and not self.wanted.takes(given):
            return  # first, because most of a day's file is not wanted
        link = addresses.resolve(given, self.url)
        if not link:
            self.unusable += 1
            return
        if link in self.items or not self.wanted.takes(link):
            return
        if len(self.items) >= self.limit:
            self.full = True
            return
        item = raw_item(
            base=self.url, entry_id=link, link=link, title=fields.get("title", ""), summary=fields.get("description", ""),
            published=dates.read(fields.get("pubdate", "").strip(), default_offset=self.offset), language=fields.get("language"),
        )  # fmt: skip
        if item is not None:
            self.items[link] = item


def _unpacked(body: bytes) -> Iterator[bytes]:
    """The file in pieces, unpacked where it is gzip. Raises `zlib.error`, `EOFError`, `_Refused`."""
    if not body.startswith(b"\x1f\x8b"):
        for start in range(0, len(body), _PIECE):
            yield body[start : start + _PIECE]
        return
    inner = zlib.decompressobj(31)
    made = 0
    waiting = body
    while waiting:
        piece = inner.decompress(waiting, _PIECE)
        made += len(piece)
        if made > MAX_UNPACKED:
            raise _Refused(f"it unpacks to more than {MAX_UNPACKED:,} bytes")
        if piece:
            yield piece
        if inner.eof:
            waiting = inner.unused_data
            inner = zlib.decompressobj(31)
            if not waiting.startswith(b"\x1f\x8b"):
                return
        else:
            waiting = inner.unconsumed_tail
            if not waiting:
                rest = inner.flush()
                if rest:
                    yield rest
                if not inner.eof:
                    raise EOFError("the packed file stops before its end")
