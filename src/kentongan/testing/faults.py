"""A web server on this machine that does everything wrong a host can do, one fault an address.

`FAULTS` says which outcome each address must come to, so that a test, the demo and a Sources page can be shown every
one of them. It speaks HTTP by hand over a socket: a proper server would not let us misbehave.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import struct
import threading
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

import brotli  # pyright: ignore[reportMissingTypeStubs]

from kentongan.adapters.loop_thread import LoopThread
from kentongan.engine.outcomes import OutcomeKind

FAULTS: dict[str, OutcomeKind] = {
    "one-byte-a-second": "too_slow",
    "drip-headers": "timeout",
    "mute": "timeout",
    "endless": "too_large",
    "announces-too-much": "too_large",
    "gzip-bomb": "too_large",
    "brotli-bomb": "too_large",
    "deflate-bomb": "too_large",
    "not-gzip": "bad_encoding",
    "half-gzip": "bad_encoding",
    "unknown-coding": "bad_encoding",
    "loop-here": "redirect_loop",
    "loop-there": "redirect_loop",
    "hops?n=9": "too_many_redirects",
    "nowhere": "moved",
    "to?url=http://127.0.0.1:9/": "private_address",
    "to?url=http://169.254.169.254/latest/": "private_address",
    "to?url=http://[::ffff:127.0.0.1]/": "private_address",
    "to?url=ftp://example.org/": "bad_address",
    "to?url=file:///etc/passwd": "bad_address",
    "reset": "interrupted",
    "short": "interrupted",
    "closes": "interrupted",
    "bad-chunks": "protocol_error",
    "not-http": "protocol_error",
    "huge-header": "protocol_error",
    "many-headers": "protocol_error",
    "unasked-304": "protocol_error",
    "too-long": "protocol_error",
    "status?code=400": "client_error",
    "status?code=401": "unauthorized",
    "status?code=403": "forbidden",
    "status?code=404": "not_found",
    "status?code=410": "gone",
    "status?code=429&retry=120": "too_many_requests",
    "status?code=500": "server_error",
    "status?code=503&retry=600": "server_error",
    "wrong-charset": "ok",
    "html-as-feed": "ok",
    "feed?n=50000": "ok",
    "duplicate-ids": "ok",
    "strange-dates": "ok",
}
"""Address below the server → outcome of the fetch. Those that come out "ok" are faults of the content, for the feed
reader."""


@dataclass(frozen=True, slots=True)
class _Visit:
    writer: asyncio.StreamWriter
    query: dict[str, str]
    base: str
    pause_s: float

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, body: bytes, status: str = "200 OK", **headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.send("\r\n".join([*lines, "", ""]).encode() + body)


Fault = Callable[[_Visit], Awaitable[None]]


class FaultServer:
    """Serves the faults while its context is open. `pause_s` is the second of "one byte a second".

    `robots` is the body of robots.txt (None: 404), `robots_status` its status. `peak` is the largest number of
    connections that were open at once, `hits` counts requests by path and `seen` keeps the headers of the latest
    request.
    """

    def __init__(
        self,
        *,
        pause_s: float = 1.0,
        robots: bytes | None = None,
        robots_status: str = "200 OK",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.robots = robots
        self.robots_status = robots_status
        self.port = 0
        self.peak = 0
        self.hits: Counter[str] = Counter()
        self.seen: dict[str, str] = {}
        self.raw = b""
        self._pause_s = pause_s
        self._tls = tls
        self._open = 0
        self._lock = threading.Lock()
        self._loop: LoopThread | None = None
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self._loop = LoopThread("fault-server")
        self._server = self._loop.submit(asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)).result()
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._loop and self._server:
            self._loop.submit(_stop(self._server)).result()
            self._loop.close()

    def url_for(self, path: str) -> str:
        """The address of a fault; `path` is a key of FAULTS or another route with its query."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with self._lock:
            self._open += 1
            self.peak = max(self.peak, self._open)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            await self._route(head, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # the visitor left, or the server is being stopped
        finally:
            with self._lock:
                self._open -= 1
            writer.close()

    async def _route(self, head: list[str], writer: asyncio.StreamWriter) -> None:
        target = urlsplit(head[0].split(" ")[1])
        self.seen = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:]) if name}
        name = target.path.lstrip("/")
        self.hits[name] += 1
        query = {key: values[0] for key, values in parse_qs(target.query).items()}
        visit = _Visit(writer, query, self.url_for(""), self._pause_s)
        if name == "robots.txt":
            status = self.robots_status if self.robots is not None else "404 Not Found"
            await visit.answer(self.robots or b"", status)
            return
        if name == "raw":
            await visit.send(self.raw)
            return
        await _ROUTES.get(name, _missing)(visit)


async def play(fault: str, writer: asyncio.StreamWriter, base: str, *, pause_s: float = 1.0) -> None:
    """Answer one request with a fault (a key of FAULTS, or another route with its query): for fakes that turn faulty."""
    target = urlsplit(fault)
    query = {key: values[0] for key, values in parse_qs(target.query).items()}
    await _ROUTES[target.path](_Visit(writer, query, base, pause_s))


async def _stop(server: asyncio.Server) -> None:
    server.close()


def feed(items: list[tuple[str, str, str]], title: str = "Kabar") -> bytes:
    """A small RSS feed of (id, title, pubDate) with links below /page/."""
    entries = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{words}</title><link>http://127.0.0.1/page/{place}</link>"
        f"{f'<pubDate>{date}</pubDate>' if date else ''}</item>\n"
        for place, (guid, words, date) in enumerate(items)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>\n{entries}</channel></rss>'.encode()


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n"
_DATE = "Sat, 21 Nov 2026 08:00:00 GMT"


async def _missing(visit: _Visit) -> None:
    await visit.answer(b"404", "404 Not Found")


async def _fine(visit: _Visit) -> None:
    if "wait" in visit.query:
        await asyncio.sleep(float(visit.query["wait"]))
    await visit.answer(feed([("1", "Satu", _DATE)]), Content_Type="application/rss+xml")


async def _one_byte_a_second(visit: _Visit) -> None:
    await visit.send(_HEAD + b"\r\n")
    while True:
        await visit.send(b"<")
        await asyncio.sleep(visit.pause_s)


async def _drip_headers(visit: _Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\n")
    count = 0
    while True:
        count += 1
        await visit.send(f"X-{count}: 1\r\n".encode())
        await asyncio.sleep(visit.pause_s)


async def _mute(visit: _Visit) -> None:
    await asyncio.sleep(3600)


async def _endless(visit: _Visit) -> None:
    await visit.send(_HEAD + b"\r\n<rss><channel>")
    while True:
        await visit.send(b"<item><title>lagi</title></item>" * 2048)


async def _announces_too_much(visit: _Visit) -> None:
    await visit.send(_HEAD + b"Content-Length: 99999999999\r\n\r\n<rss>")
    await asyncio.sleep(3600)


@cache
def bomb(coding: str, megabytes: int) -> bytes:
    """Zeros that pack to almost nothing: about 1/1000 with gzip and deflate, far less with brotli."""
    block = bytes(1024 * 1024)
    if coding == "br":
        return bytes(brotli.compress(block * megabytes, quality=5))
    packer = zlib.compressobj(9, wbits=31 if coding == "gzip" else 15)
    return b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()


async def _gzip_bomb(visit: _Visit) -> None:
    await visit.answer(bomb("gzip", 32), Content_Encoding="gzip")


async def _brotli_bomb(visit: _Visit) -> None:
    await visit.answer(bomb("br", 32), Content_Encoding="br")


async def _deflate_bomb(visit: _Visit) -> None:
    await visit.answer(bomb("deflate", 32), Content_Encoding="deflate")


async def _not_gzip(visit: _Visit) -> None:
    await visit.answer(b"<rss></rss>", Content_Encoding="gzip")


async def _half_gzip(visit: _Visit) -> None:
    packed = gzip.compress(feed([(str(n), f"Judul {n}", _DATE) for n in range(200)]))
    await visit.answer(packed[: len(packed) // 2], Content_Encoding="gzip")


async def _unknown_coding(visit: _Visit) -> None:
    await visit.answer(b"?", Content_Encoding="zstd, gzip")


async def _loop_here(visit: _Visit) -> None:
    await visit.answer(b"", "302 Found", Location="/loop-here")


async def _loop_there(visit: _Visit) -> None:
    await visit.answer(b"", "302 Found", Location="/loop-back")


async def _loop_back(visit: _Visit) -> None:
    await visit.answer(b"", "307 Temporary Redirect", Location="/loop-there")


async def _hops(visit: _Visit) -> None:
    left = int(visit.query.get("n", "0"))
    status = visit.query.get("status", "302") + " Moved"
    await visit.answer(b"", status, Location=f"/hops?n={left - 1}&status={status[:3]}" if left else "/fine")


async def _nowhere(visit: _Visit) -> None:
    await visit.answer(b"", "302 Found")


async def _to(visit: _Visit) -> None:
    await visit.answer(b"", f"{visit.query.get('status', '302')} Moved", Location=visit.query["url"])


async def _reset(visit: _Visit) -> None:
    await visit.send(_HEAD + b"Content-Length: 5000\r\n\r\n<rss><channel>")
    endpoint: socket.socket = visit.writer.get_extra_info("socket")
    endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    visit.writer.transport.abort()


async def _short(visit: _Visit) -> None:
    await visit.send(_HEAD + b"Content-Length: 5000\r\n\r\n<rss><channel>")


async def _closes(visit: _Visit) -> None:
    visit.writer.close()


async def _bad_chunks(visit: _Visit) -> None:
    await visit.send(_HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n<rss>\r\n0\r\n\r\n")


async def _not_http(visit: _Visit) -> None:
    await visit.send(b"220 mail.example.org ESMTP\r\n\r\n")


async def _huge_header(visit: _Visit) -> None:
    await visit.send(_HEAD + b"X-Bomb: " + b"a" * 1_000_000 + b"\r\n\r\n")


async def _many_headers(visit: _Visit) -> None:
    await visit.send(_HEAD + b"".join(b"X-%d: 1\r\n" % number for number in range(20_000)) + b"\r\n")


async def _unasked_304(visit: _Visit) -> None:
    await visit.answer(b"", "304 Not Modified")


async def _status(visit: _Visit) -> None:
    extra = {"Retry_After": visit.query["retry"]} if "retry" in visit.query else {}
    await visit.answer(b"no", f"{int(visit.query['code'])} Said So", **extra)


async def _wrong_charset(visit: _Visit) -> None:
    body = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Tin</title><item><guid>1</guid>'
    body += "<title>Café – «à la carte»</title><link>http://127.0.0.1/page/1</link></item></channel></rss>"
    await visit.answer(body.encode("windows-1252"), Content_Type="application/rss+xml; charset=utf-8")


async def _html_as_feed(visit: _Visit) -> None:
    page = "<!doctype html><html><head><title>Beranda</title></head><body><p>Halaman ini bukan umpan.</p></body></html>"
    await visit.answer(page.encode(), Content_Type="application/rss+xml")


async def _feed(visit: _Visit) -> None:
    count = int(visit.query.get("n", "10"))
    await visit.answer(feed([(str(n), f"Judul {n}", _DATE) for n in range(count)]), Content_Type="application/rss+xml")


async def _duplicate_ids(visit: _Visit) -> None:
    await visit.answer(feed([("sama", f"Judul {n}", _DATE) for n in range(5)]), Content_Type="application/rss+xml")


async def _strange_dates(visit: _Visit) -> None:
    items = [("1", "Lama", "Thu, 01 Jan 1970 00:00:00 GMT"), ("2", "Nanti", "Thu, 01 Jan 2099 00:00:00 GMT")]
    await visit.answer(feed([*items, ("3", "Kini", _DATE)]), Content_Type="application/rss+xml")


async def _too_long(visit: _Visit) -> None:
    body = feed([("1", "Satu", _DATE)])
    await visit.send(_HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body + b"more than was announced")


_ROUTES: dict[str, Fault] = {
    "fine": _fine,
    "one-byte-a-second": _one_byte_a_second,
    "drip-headers": _drip_headers,
    "mute": _mute,
    "endless": _endless,
    "announces-too-much": _announces_too_much,
    "gzip-bomb": _gzip_bomb,
    "brotli-bomb": _brotli_bomb,
    "deflate-bomb": _deflate_bomb,
    "not-gzip": _not_gzip,
    "half-gzip": _half_gzip,
    "unknown-coding": _unknown_coding,
    "loop-here": _loop_here,
    "loop-there": _loop_there,
    "loop-back": _loop_back,
    "hops": _hops,
    "nowhere": _nowhere,
    "to": _to,
    "reset": _reset,
    "short": _short,
    "closes": _closes,
    "bad-chunks": _bad_chunks,
    "not-http": _not_http,
    "huge-header": _huge_header,
    "many-headers": _many_headers,
    "unasked-304": _unasked_304,
    "status": _status,
    "wrong-charset": _wrong_charset,
    "html-as-feed": _html_as_feed,
    "feed": _feed,
    "duplicate-ids": _duplicate_ids,
    "strange-dates": _strange_dates,
    "too-long": _too_long,
}
