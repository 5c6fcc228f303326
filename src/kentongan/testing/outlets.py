"""A real web server on this machine that plays any number of outlets: feeds, sitemaps, listing and article pages,
robots.txt.

Its clock is given, so only items published up to "now" are visible. Used by the demo, by tests and by benches. Each
outlet has two addresses: `http://127.0.0.1:PORT/<key>/…` and `http://<key>.localhost:PORT/…` (a host of its own, with
a robots.txt of its own); `names` chooses which of them the server writes into its feeds. With `names="loopback"` each outlet has
a host of its own without any name: `http://127.64.x.y:PORT/<key>/…` (Linux, where all of 127/8 is this machine).
"""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from types import TracebackType
from typing import Literal, Self

from aiohttp import web

from kentongan.adapters.loop_thread import LoopThread
from kentongan.testing.outlet_feeds import render_feed
from kentongan.testing.outlet_pages import render_page
from kentongan.testing.outlet_sites import FEED_PATHS, FeedKind, OutletItem, OutletSite

_FEED_KINDS: dict[str, FeedKind] = {path: kind for kind, path in FEED_PATHS.items()}
_GZIP_FROM = 512
_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class _Answer:
    body: bytes
    packed: bytes
    content_type: str
    etag: str
    modified: datetime
    count: int


def loopback(number: int, block: int = 64) -> str:
    """An address of this machine that is a host of its own: the `number`th of a block."""
    return f"127.{block}.{number // 250}.{1 + number % 250}"


class OutletServer:
    """Serves `sites` while its context is open. Thread-safe; the sites may grow by `publish` while it runs."""

    def __init__(
        self,
        sites: Sequence[OutletSite],
        now: Callable[[], datetime],
        *,
        port: int = 0,
        names: Literal["prefix", "host", "loopback"] = "prefix",
    ) -> None:
        self._sites = {site.key: site for site in sites}
        self._pages = {site.key: {item.path: item for item in site.items} for site in sites}
        self._now = now
        self._names: Literal["prefix", "host", "loopback"] = names
        self._hosts = {site.key: loopback(number) for number, site in enumerate(sites)} if names == "loopback" else {}
        self._lock = threading.Lock()
        self._memory: dict[tuple[str, str], _Answer] = {}
        self.hits: Counter[str] = Counter()
        self.told: dict[str, float] = {}
        """`key/path` of an item → `time.monotonic()` when a feed that lists it was first handed to a visitor."""
        self.port = port
        self._loop: LoopThread | None = None
        self._runner: web.AppRunner | None = None

    def __enter__(self) -> Self:
        self._loop = LoopThread("outlet-server")
        self._runner = self._loop.submit(self._start()).result()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._loop and self._runner:
            self._loop.submit(self._runner.cleanup()).result()
            self._loop.close()

    def url_for(self, key: str, path: str = "") -> str:
        """The address of `path` below an outlet. Raises KeyError for an outlet that does not exist."""
        site = self._sites[key]
        return self._address(site, path)

    def feed_url(self, key: str, kind: FeedKind | None = None) -> str:
        """The address of an outlet's feed; without `kind`, of the one it announces."""
        return self.url_for(key, FEED_PATHS[kind or self._sites[key].feed])

    def publish(self, key: str, item: OutletItem) -> str:
        """Add an item to a running outlet and give its address. Raises ValueError when the path is taken."""
        with self._lock:
            self._sites[key] = replace(self._sites[key], items=(*self._sites[key].items, item))
            self._pages[key][item.path] = item
        return self.url_for(key, item.path)

    def _address(self, site: OutletSite, path: str) -> str:
        if self._names == "host":
            return f"http://{site.key}.localhost:{self.port}/{path}"
        return f"http://{self._hosts.get(site.key, '127.0.0.1')}:{self.port}/{site.key}/{path}"

    async def _start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_route("GET", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        self.port = int(runner.addresses[0][1])
        for host in self._hosts.values():
            await web.TCPSite(runner, host, self.port).start()
        return runner

    async def _handle(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        label, _, rest = request.host.partition(".")
        if rest.startswith("localhost") and label in self._sites:
            path = f"{label}/{path}"
        self.hits[path] += 1
        key, _, below = path.partition("/")
        if key == "robots.txt" or below == "robots.txt":
            keys = [key] if key in self._sites else list(self._sites)
            return web.Response(text=self._robots(keys, prefix=key not in self._sites))
        if key not in self._sites:
            return web.Response(status=404, text="404")
        answer = self._answer(self._sites[key], below)
        if answer is None:
            return web.Response(status=404, text="404")
        response = _respond(request, answer)
        if response.status == 200 and below in _FEED_KINDS:
            self._note_told(self._sites[key])
        return response

    def _note_told(self, site: OutletSite) -> None:
        moment = time.monotonic()
        for item in site.visible(self._now())[: site.listed]:
            self.told.setdefault(f"{site.key}/{item.path}", moment)

    def _robots(self, keys: Sequence[str], *, prefix: bool) -> str:
        lines = ["User-agent: *"]
        for key in keys:
            site = self._sites[key]
            lines += [f"Disallow: /{key}/{path}" if prefix else f"Disallow: /{path}" for path in site.disallow]
            if site.crawl_delay_s is not None:
                lines.append(f"Crawl-delay: {site.crawl_delay_s:g}")
        return "\n".join([*lines, "Allow: /", ""])

    def _answer(self, site: OutletSite, below: str) -> _Answer | None:
        now = self._now()
        if below in _FEED_KINDS:
            shown = site.visible(now)
            count, kind = len(shown), _FEED_KINDS[below]
            newest = max((item.changed for item in shown), default=datetime(2000, 1, 1, tzinfo=UTC))
            items = shown[: site.listed]
            return self._remember((site.key, below), count, newest, lambda: render_feed(kind, site, items, self._address))
        item = self._pages[site.key].get(below)
        if item is None or item.published > now:
            return None
        page = item
        return self._remember(
            (site.key, below),
            1,
            item.changed,
            lambda: (
                render_page(site, page, self._address(site, page.path)),
                _PAGE_TYPE if page.html is None else "text/html",
            ),
        )

    def _remember(self, key: tuple[str, str], count: int, modified: datetime, render: Callable[[], tuple[bytes, str]]) -> _Answer:
        """The answer made before, as long as the number of visible items is still `count`."""
        known = self._memory.get(key)
        if known is None or known.count != count:
            body, content_type = render()
            packed = gzip.compress(body, compresslevel=6, mtime=0) if len(body) >= _GZIP_FROM else b""
            etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
            known = _Answer(body, packed, content_type, etag, modified.replace(microsecond=0), count)
            if len(self._memory) >= _REMEMBERED:
                self._memory.clear()
            self._memory[key] = known
        return known


_PAGE_TYPE = "text/html; charset=utf-8"


def _respond(request: web.Request, answer: _Answer) -> web.Response:
    headers = {
        "ETag": answer.etag,
        "Last-Modified": format_datetime(answer.modified, usegmt=True),
        "Vary": "Accept-Encoding",
    }
    if _unchanged(request, answer):
        return web.Response(status=304, headers=headers)
    headers["Content-Type"] = answer.content_type
    if answer.packed and "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=answer.packed, headers=headers | {"Content-Encoding": "gzip"})
    return web.Response(body=answer.body, headers=headers)


def _unchanged(request: web.Request, answer: _Answer) -> bool:
    """RFC 9110: If-None-Match decides alone where it is given."""
    wanted = request.headers.get("If-None-Match")
    if wanted is not None:
        return answer.etag in [tag.strip().removeprefix("W/") for tag in wanted.split(",")]
    since = request.headers.get("If-Modified-Since")
    if since is None:
        return False
    try:
        return answer.modified <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False
