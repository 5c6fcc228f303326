"""Every outside thing as a Protocol: who calls it, in what order, what it raises.

Grouped by topic. Each port has one adapter for production and a fake in `kentongan.testing`; both pass the same
contract suite.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kentongan.engine.notices import Notice as Notice
from kentongan.engine.outcomes import OutcomeKind as OutcomeKind
from kentongan.engine.records import FeedReading as FeedReading
from kentongan.engine.vectors import Embedder as Embedder

FloatArray = npt.NDArray[np.float32]


class Clock(Protocol):
    """Time. Called wherever "now" is needed; never raises. `replay` and the demo bring their own."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One GET, or a POST of JSON where `body` is given. `etag` and `last_modified` make it conditional. `max_bytes` limits the unpacked
    body; 0 means the setting's limit. `authorization` and `headers` (plain ASCII) are sent to this host only, never after a redirect to
    another. `robots` False is for an address that belongs to whoever asked us to post there: robots.txt is not about them."""

    url: str
    etag: str = ""
    last_modified: str = ""
    accept: str = "*/*"
    max_bytes: int = 0
    authorization: str = field(default="", repr=False)
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False, hash=False)
    robots: bool = True


@dataclass(frozen=True, slots=True)
class FetchOutcome:
    """What came of a fetch. Every failure is a value with a kind and a sentence; only a bug raises.

    `body` is decompressed and within the limit; empty unless kind is "ok". `url` is the final address after
    redirects; `permanent_url` is set where every redirect on the way was permanent (301, 308). `retry_after_s` is
    what the host asked for; with "busy", when the pause it asks for is over. `pause_s` is that pause (crawl-delay)
    as wished, however long; 0 where none is. `headers` has lower-case names and only what a reader of feeds and pages needs (etag,
    last-modified, content-type, …).
    """

    kind: OutcomeKind
    url: str
    status: int = 0
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    detail: str = ""
    permanent_url: str = ""
    retry_after_s: float | None = None
    elapsed_s: float = 0.0
    pause_s: float = 0.0


class HostSlots(Protocol):
    """At most two connections to one host, counted over every process that shares the slots. Called by the fetcher
    only."""

    def hold(self, host: str, wait_s: float, spacing_s: float | None = 0.0, pause_s: float = math.inf) -> AbstractContextManager[bool]:
        """Wait up to `wait_s` seconds for a slot of `host` and hold it while the context is open.

        Gives True when held, False when none came free in time. `spacing_s` is the pause the host asks for
        (crawl-delay): a visit starts at least so long after the start of the one before, over all holders; waiting
        for it counts into `wait_s`, and a longer pause than `pause_s` is not waited for at all; None is for what needs
        no turn of its own. Blocking, called from many threads. Raises `DatabaseError` where the slots live in a
        database that is away.
        """
        ...

    def rest_s(self, host: str) -> float:
        """Seconds until the pause `host` asked for is over; 0 where none is running. Raises like `hold`."""
        ...


class Fetcher(Protocol):
    """The network. Called by the collector's jobs from any thread; `close` once at the end. Never raises for a host's
    fault.

    Order inside: address check → robots → host slot (≤ 2 connections, crawl-delay) → request → limits → outcome.
    """

    def fetch(self, request: FetchRequest) -> FetchOutcome: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What a reader of one kind of source is asked.

    `address` is what the source's row says: a web address, `#hashtag@host`, words to search for, `imaps://host/folder`. `cursor` is what
    the reader gave last time, opaque to the caller. `credentials` are the opened secrets of this source (names as in the kind's
    `fields`). `voice` turns an author's public name into a keyed hash (see `kentongan.engine.privacy`): the name itself is never part of
    what a reader gives. `default_offset` is minutes east of Greenwich for times that name no zone.
    """

    address: str
    cursor: str = ""
    etag: str = ""
    last_modified: str = ""
    pattern: str = ""
    credentials: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    voice: Callable[[str], str] | None = None
    default_offset: int = 0
    limit: int = 50_000


@dataclass(frozen=True, slots=True)
class SourceReading:
    """What came of reading a source. `reading` is None where nothing new was answered; `notices` are what is not an item to read."""

    outcome: FetchOutcome
    reading: FeedReading | None = None
    cursor: str = ""
    notices: tuple[Notice, ...] = ()


class SourceReader(Protocol):
    """One kind of source. Called by the collector's jobs from any thread, one visit of a source at a time.

    Reads only what is public, or what the office itself owns (its mailbox, its exports). Never raises for the other side's fault: every
    failure is the outcome's kind. Keeps nothing between calls but what `cursor` says.
    """

    def read(self, request: ReadRequest, fetcher: Fetcher) -> SourceReading: ...


class Mailer(Protocol):
    """Mail out. Raises `MailError` (permanent or not). Messages with the same `key` have the same id: mailboxes know a repetition by it."""

    def send(
        self, to: Sequence[str], subject: str, text: str, html: str, attachments: Mapping[str, bytes], key: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None: ...  # fmt: skip
