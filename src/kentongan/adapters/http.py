"""The fetcher: asks a host for one address and says what came of it, whatever the host does.

The chain of redirects, robots.txt, slots and address checks runs in the caller's thread; only the single request runs
on an event loop of its own, so aiohttp stays in this file. Every hop of a redirect is judged from the beginning, as
if it were a new address.

A connection serves one request (`Connection: close`). Keeping idle connections would save a handshake but would break
the promise of at most two connections a host as soon as a second process holds the other two.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from concurrent.futures import CancelledError as FutureCancelled
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from kentongan import __version__
from kentongan.adapters.addresses_guard import (
    AddressGuard,
    GuardedResolver,
    Lookup,
    PrivateAddress,
    Refusal,
    host_key,
    system_lookup,
)
from kentongan.adapters.clock import SystemClock
from kentongan.adapters.decoding import BadEncoding, BodyReader, TooMuch
from kentongan.adapters.loop_thread import LoopThread
from kentongan.adapters.robots import ROBOTS_BYTES, RobotsCache
from kentongan.adapters.slots import LocalHostSlots
from kentongan.engine.outcomes import OutcomeKind
from kentongan.engine.reasons import remark
from kentongan.ports import Clock, FetchOutcome, FetchRequest, HostSlots

AGENT = "Kentongan"
"""The product token robots.txt files may name."""
FEED_BYTES = 8 * 1024 * 1024
PAGE_BYTES = 4 * 1024 * 1024
_LOOKUPS_AT_ONCE = 32
"""A dead name server holds a lookup for many seconds; with the usual six threads six dead names would stop
everybody."""
_SLACK_S = 5.0
"""A last limit behind the limits on headers and body, which name what was slow."""
_MAX_RETRY_AFTER_S = 7 * 86_400.0
_HEADERS_KEPT = (
    "etag",
    "last-modified",
    "content-type",
    "content-language",
    "cache-control",
    "date",
    "link",
    "location",
)
_STATUS_KINDS: Mapping[int, OutcomeKind] = {
    401: "unauthorized", 403: "forbidden", 404: "not_found", 407: "unauthorized", 410: "gone", 429: "too_many_requests",
    451: "forbidden",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How the fetcher behaves. `contact` is an address or e-mail a host's owner can write to; it goes out with every
    request.

    `min_rate` (bytes a second, judged over each `slow_window_s`) is what tells a slow host from a dead one.
    `allow_hosts` names hosts that may be private, with or without port; `robots_off_hosts` is for tests.
    `slot_wait_s` is how long one fetch waits for a free connection before it is "busy". A host's crawl-delay is kept
    in full up to `crawl_delay_cap_s`, but no fetch sleeps longer than `pause_wait_s` for it: it ends as "busy" and says
    in `retry_after_s` when to come again.
    """

    contact: str
    max_bytes: int = FEED_BYTES
    max_ratio: float = 200.0
    total_timeout_s: float = 60.0
    connect_timeout_s: float = 10.0
    answer_timeout_s: float = 20.0
    min_rate: float = 256.0
    slow_window_s: float = 8.0
    max_redirects: int = 5
    per_host: int = 2
    slot_wait_s: float = 120.0
    crawl_delay_cap_s: float = 86_400.0
    pause_wait_s: float = 2.0
    allow_hosts: frozenset[str] = frozenset()
    robots_off_hosts: frozenset[str] = frozenset()
    robots_keep_s: float = 86_400.0
    robots_keep_failure_s: float = 3_600.0
    trust_proxy_env: bool = False
    ca_file: str = ""

    def __post_init__(self) -> None:
        if not self.contact or not self.contact.isascii() or not self.contact.isprintable():
            raise ValueError("contact must be an address or e-mail in plain ASCII: hosts have a right to know who asks")
        for name in (
            "max_bytes",
            "total_timeout_s",
            "connect_timeout_s",
            "answer_timeout_s",
            "slow_window_s",
            "per_host",
        ):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be more than zero")

    @property
    def user_agent(self) -> str:
        """The honest User-Agent: who, which version, whom to write to."""
        return f"{AGENT}/{__version__} (+{self.contact})"


@dataclass(frozen=True, slots=True)
class _Hop:
    """One request of a chain: what to ask, what is sent along, what is kept of the answer, how long it may take."""

    url: URL
    headers: Mapping[str, str]
    conditional: bool
    limit: int
    cut: bool
    seconds: float
    body: bytes = b""


class HttpFetcher:
    """`Fetcher` over HTTP/1.1. `fetch` blocks and may be called from many threads; it never raises for a host's fault.

    `slots` shares the limit of connections with other processes, `lookup` replaces the resolver in tests.
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        slots: HostSlots | None = None,
        clock: Clock | None = None,
        lookup: Lookup = system_lookup,
    ) -> None:
        self._settings = settings
        self._slots = slots or LocalHostSlots(settings.per_host)
        self._clock = clock or SystemClock()
        self._guard = AddressGuard(settings.allow_hosts)
        self._robots = RobotsCache(
            self._ask_robots,
            AGENT,
            time.monotonic,
            keep_s=settings.robots_keep_s,
            keep_failure_s=settings.robots_keep_failure_s,
        )
        self._proxies = getproxies() if settings.trust_proxy_env else {}
        self._closed = False
        self._loop = LoopThread("kentongan-fetcher", threads=_LOOKUPS_AT_ONCE)
        self._session = self._loop.submit(_open_session(settings, self._guard, lookup, self._proxies)).result()

    def fetch(self, request: FetchRequest) -> FetchOutcome:
        """Ask for one address, following redirects. See `kentongan.ports.Fetcher`."""
        headers, conditional = _request_headers(request)
        limit = request.max_bytes or self._settings.max_bytes
        return self._follow(request.url, headers, conditional, limit, robots=request.robots, body=request.body, own=request.headers)

    def close(self) -> None:
        """Break off what still runs (those fetches end as "interrupted") and free the loop. A second call does
        nothing."""
        if self._closed:
            return
        self._closed = True
        self._loop.submit(self._session.close()).result()
        self._loop.close()

    def _ask_robots(self, address: str) -> FetchOutcome:
        return self._follow(address, {"Accept": "text/plain, */*;q=0.1"}, False, ROBOTS_BYTES, robots=False)

    def _follow(
        self, address: str, headers: Mapping[str, str], conditional: bool, limit: int, *, robots: bool, body: bytes = b"",
        own: Mapping[str, str] | None = None,
    ) -> FetchOutcome:  # fmt: skip
        started = time.monotonic()
        headers = {**headers, **{name: value for name, value in (own or {}).items() if _plain(name) and _plain(value)}}
        spent, named, permanent = 0.0, True, True
        visited: set[str] = set()
        hosts: set[str] = set()
        outcome = FetchOutcome("too_many_redirects", address)
        for hop in range(self._settings.max_redirects + 1):
            target = self._guard.check(address, came_from_named=named)
            if isinstance(target, Refusal):
                outcome = FetchOutcome(target.kind, address, detail=target.detail)
                break
            named = self._guard.allows_by_name(target.raw_host or "", target.port or 0)
            visited.add(str(target))
            seconds = self._settings.total_timeout_s - spent
            ask = _Hop(target, headers, conditional, limit, not robots, seconds, body)
            outcome = self._visit(ask, robots=robots, again=host_key(target) in hosts)
            hosts.add(host_key(target))
            spent += outcome.elapsed_s
            location = outcome.headers.get("location", "") if outcome.kind == "moved" else ""
            if not location:
                permanent_url = str(target) if hop and permanent and outcome.kind in ("ok", "not_modified") else ""
                outcome = replace(outcome, permanent_url=permanent_url)
                break
            permanent = permanent and outcome.status in (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT)
            address = _joined(target, location)
            if not _same_origin(target, address):
                headers = {name: value for name, value in headers.items() if name != "Authorization" and name not in (own or ())}
            if body and not _may_resend(target, address, outcome.status):
                outcome = FetchOutcome("moved", str(target), outcome.status, detail="what was sent is not sent on to another address")
                break
            if address in visited:
                outcome = FetchOutcome("redirect_loop", address, outcome.status, detail=remark("visit.loop", address=address[:200]))
                break
        else:
            detail = remark("visit.redirects", n=self._settings.max_redirects)
            outcome = FetchOutcome("too_many_redirects", address, outcome.status, detail=detail)
        return replace(outcome, elapsed_s=time.monotonic() - started)

    def _visit(self, ask: _Hop, *, robots: bool, again: bool) -> FetchOutcome:
        """Robots, slot, request: one hop. The host's pause lies between visits: a hop on a host that this visit has asked already
        (`again`), and robots.txt itself, need no turn of their own."""
        if ask.seconds <= 0:
            return FetchOutcome("too_slow", str(ask.url), detail=remark("visit.slow_redirects"))
        wished = 0.0
        host = host_key(ask.url)
        if robots and host not in self._settings.robots_off_hosts:
            permission = self._robots.permission(ask.url)
            if permission.refusal:
                return FetchOutcome(permission.refusal, str(ask.url), detail=permission.detail)
            wished = permission.delay_s
        settings = self._settings
        spacing = min(wished, settings.crawl_delay_cap_s) if robots and not again else None
        with self._slots.hold(host, settings.slot_wait_s, spacing, settings.pause_wait_s) as held:
            outcome = self._run(ask) if held else self._busy(ask.url, host, wished)
        return replace(outcome, pause_s=wished)

    def _busy(self, url: URL, host: str, wished: float) -> FetchOutcome:
        """No turn was free: because of the pause the host asks for, or of our own connections."""
        rest = self._slots.rest_s(host)
        if rest > self._settings.pause_wait_s:
            return FetchOutcome("busy", str(url), detail=remark("visit.pause", host=host, seconds=wished or rest), retry_after_s=rest)
        return FetchOutcome("busy", str(url), detail=remark("visit.waited", host=host, seconds=self._settings.slot_wait_s))

    def _run(self, ask: _Hop) -> FetchOutcome:
        """The request, on the loop's thread."""
        try:
            return self._loop.submit(self._get(ask)).result()
        except (FutureCancelled, RuntimeError):
            if not self._closed:
                raise
            return FetchOutcome("interrupted", str(ask.url), detail=remark("visit.closed"))

    async def _get(self, ask: _Hop) -> FetchOutcome:
        started = time.monotonic()
        url = str(ask.url)
        try:
            async with asyncio.timeout(ask.seconds + _SLACK_S):
                outcome = await self._exchange(ask, started + ask.seconds)
        except (TimeoutError, aiohttp.ServerTimeoutError):
            outcome = FetchOutcome("timeout", url, detail=remark("visit.no_answer", seconds=time.monotonic() - started))
        except PrivateAddress as error:
            outcome = FetchOutcome("private_address", url, detail=str(error))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            kind, detail = _kind_of(error)
            outcome = FetchOutcome(kind, url, detail=" ".join(detail.split())[:300])
        return replace(outcome, elapsed_s=time.monotonic() - started)

    async def _exchange(self, ask: _Hop, deadline: float) -> FetchOutcome:
        settings, url = self._settings, str(ask.url)
        async with asyncio.timeout(min(ask.seconds, settings.connect_timeout_s + settings.answer_timeout_s)):
            method, data, proxy = "POST" if ask.body else "GET", ask.body or None, self._proxy_for(ask.url)
            response = await self._session.request(method, ask.url, data=data, headers=ask.headers, allow_redirects=False, proxy=proxy)
        async with response:
            status = response.status
            kept = {name: _clean(response.headers[name]) for name in _HEADERS_KEPT if name in response.headers}
            kind = _kind_of_status(status, ask.conditional)
            if kind != "ok":
                wait = retry_after_s(response.headers.get("Retry-After", ""), self._clock.now())
                return FetchOutcome(kind, url, status, headers=kept, detail=_status_words(status), retry_after_s=wait)
            if not ask.cut and (response.content_length or 0) > ask.limit:
                detail = remark("visit.announced", bytes=response.content_length or 0, limit=ask.limit)
                return FetchOutcome("too_large", url, status, headers=kept, detail=detail)
            try:
                reader = BodyReader(response.headers.get("Content-Encoding", ""), ask.limit, settings.max_ratio, cut=ask.cut)
                slow = await _read(response, reader, deadline, settings)
                if slow:
                    return FetchOutcome("too_slow", url, status, headers=kept, detail=slow)
                return FetchOutcome("ok", url, status, body=reader.body(), headers=kept)
            except TooMuch as error:
                return FetchOutcome("too_large", url, status, headers=kept, detail=str(error))
            except BadEncoding as error:
                return FetchOutcome("bad_encoding", url, status, headers=kept, detail=str(error))

    def _proxy_for(self, url: URL) -> str | None:
        proxy = self._proxies.get(url.scheme)
        if not proxy or proxy_bypass(f"{url.host}:{url.port}"):
            return None
        return proxy


async def _open_session(settings: FetchSettings, guard: AddressGuard, lookup: Lookup, proxies: Mapping[str, str]) -> aiohttp.ClientSession:
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    proxy_hosts = {URL(address).host or "" for address in proxies.values()} - {""}
    connector = aiohttp.TCPConnector(
        resolver=GuardedResolver(guard, lookup, also_private=proxy_hosts),
        use_dns_cache=False,
        limit=0,
        force_close=True,
        ssl=context,
    )
    return aiohttp.ClientSession(
        connector=connector,
        headers={"User-Agent": settings.user_agent, "Accept-Encoding": "gzip, br"},
        timeout=aiohttp.ClientTimeout(
            total=None,
            connect=settings.connect_timeout_s,
            sock_connect=settings.connect_timeout_s,
            sock_read=settings.answer_timeout_s,
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    )


async def _read(response: aiohttp.ClientResponse, reader: BodyReader, deadline: float, settings: FetchSettings) -> str:
    """Read the body into `reader`. Gives "" when complete, else in words (a `Remark`) why it was too slow."""
    window_start, window_bytes = time.monotonic(), 0
    while not reader.full:
        now = time.monotonic()
        if now >= deadline:
            return remark("visit.slow", bytes=reader.taken, seconds=settings.total_timeout_s)
        if now - window_start >= settings.slow_window_s:
            if window_bytes < settings.min_rate * (now - window_start):
                return remark("visit.slow", bytes=window_bytes, seconds=now - window_start)
            window_start, window_bytes = now, 0
        patience = min(deadline, window_start + settings.slow_window_s) - now
        try:
            async with asyncio.timeout(patience):
                chunk = await response.content.readany()
        except TimeoutError:
            continue
        if not chunk:
            return ""
        window_bytes += len(chunk)
        reader.feed(chunk)
    return ""


def _request_headers(request: FetchRequest) -> tuple[dict[str, str], bool]:
    """Headers of one request and whether it is conditional. A stored validator that is not a plain header value is
    left out."""
    headers = {"Accept": request.accept if _plain(request.accept) else "*/*"}
    if _plain(request.etag):
        headers["If-None-Match"] = request.etag
    if _plain(request.last_modified):
        headers["If-Modified-Since"] = request.last_modified
    conditional = len(headers) > 1
    if request.authorization and request.authorization.isascii() and request.authorization.isprintable():
        headers["Authorization"] = request.authorization
    if request.body:
        headers["Content-Type"] = "application/json"
    return headers, conditional


def _plain(value: str) -> bool:
    return bool(value) and value.isascii() and value.isprintable() and len(value) <= 512


def _clean(value: str) -> str:
    """A header's value that can be stored: without control characters and without bytes that are no UTF-8."""
    return "".join(char for char in value.encode("utf-8", "replace").decode() if char.isprintable())


def _joined(base: URL, location: str) -> str:
    """Where a Location leads, made absolute; the guard judges it afterwards, also when it cannot be joined."""
    try:
        return str(base.join(URL(location.strip())).with_fragment(None))
    except ValueError:
        return location


def _same_origin(here: URL, address: str) -> bool:
    """Whether an address is on the same scheme, host and port: only there a secret that was given for `here` may go."""
    try:
        there = URL(address)
        return here.origin() == there.origin()
    except ValueError:
        return False


def _may_resend(here: URL, address: str, status: int) -> bool:
    """Whether what was posted may be posted again there: only where the host says so by 307 or 308 and stays the same."""
    return status in (HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT) and _same_origin(here, address)


def _kind_of_status(status: int, conditional: bool) -> OutcomeKind:
    if status == HTTPStatus.NOT_MODIFIED:
        return "not_modified" if conditional else "protocol_error"
    if status in _STATUS_KINDS:
        return _STATUS_KINDS[status]
    if status == HTTPStatus.PARTIAL_CONTENT or not 200 <= status < 600:
        return "protocol_error"
    if status < 300:
        return "ok"
    if status < 400:
        return "moved"
    return "client_error" if status < 500 else "server_error"


def _status_words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def retry_after_s(value: str, now: datetime) -> float | None:
    """Seconds a Retry-After header asks for (RFC 9110: seconds or a date), at most a week; None if there is none to
    read."""
    value = value.strip()
    if not value or len(value) > 64:
        return None
    if value.isascii() and value.isdigit():
        return min(float(value), _MAX_RETRY_AFTER_S)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(0.0, (until - now).total_seconds()), _MAX_RETRY_AFTER_S)


_KINDS: tuple[tuple[type[BaseException], OutcomeKind], ...] = (
    (aiohttp.ClientConnectorDNSError, "dns_failure"),
    (aiohttp.ClientConnectorCertificateError, "tls_failure"),
    (aiohttp.ClientSSLError, "tls_failure"),
    (ssl.SSLError, "tls_failure"),
    (aiohttp.ClientHttpProxyError, "refused"),
    (aiohttp.ClientConnectorError, "refused"),
    (aiohttp.InvalidURL, "bad_address"),
    (aiohttp.ServerDisconnectedError, "interrupted"),
    (aiohttp.ClientResponseError, "protocol_error"),
    (aiohttp.ClientOSError, "interrupted"),
    (aiohttp.ClientConnectionError, "interrupted"),
    (OSError, "interrupted"),
)


def _kind_of(error: Exception) -> tuple[OutcomeKind, str]:
    """What a failed exchange is called, most special first."""
    if isinstance(error, aiohttp.ClientPayloadError):
        broken_off = isinstance(error.__cause__, OSError) or "Not enough data" in str(error)
        return ("interrupted" if broken_off else "protocol_error"), str(error)
    for kind_of_error, kind in _KINDS:
        if isinstance(error, kind_of_error):
            return kind, str(error) or type(error).__name__
    return "protocol_error", f"{type(error).__name__}: {error}"
