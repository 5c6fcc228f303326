"""Every outside thing as a Protocol: who calls it, in what order, what it raises.

Grouped by topic. Each port has one adapter for production and a fake in `kentongan.testing`; both pass the same contract suite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from kentongan.engine.vectors import Embedder as Embedder

FloatArray = npt.NDArray[np.float32]


class Clock(Protocol):
    """Time. Called wherever "now" is needed; never raises. `replay` and the demo bring their own."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...


OutcomeKind = Literal[
    "ok", "not_modified", "moved", "not_found", "gone", "forbidden", "unauthorized", "client_error", "server_error",
    "too_many_requests", "robots_disallow", "robots_unreadable", "dns_failure", "refused", "tls_failure", "timeout", "too_slow",
    "too_large", "bad_encoding", "redirect_loop", "too_many_redirects", "private_address", "bad_address", "protocol_error",
    "unreadable", "interrupted",
]


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One GET. `etag` and `last_modified` make it conditional; `allow_hosts` names private hosts that may be asked."""

    url: str
    etag: str = ""
    last_modified: str = ""
    accept: str = "*/*"


@dataclass(frozen=True, slots=True)
class FetchOutcome:
    """What came of a fetch. Every failure is a value with a kind and a sentence; only a bug raises.

    `body` is decompressed and within the limit; empty unless kind is "ok". `url` is the final address after redirects;
    `permanent_url` is set where every redirect on the way was permanent (301, 308). `retry_after_s` is what the host asked for.
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


class Fetcher(Protocol):
    """The network. Called by the collector's jobs from any thread; `close` once at the end. Never raises for a host's fault.

    Order inside: address check → robots → host slot (≤ 2 connections, crawl-delay) → request → limits → outcome.
    """

    def fetch(self, request: FetchRequest) -> FetchOutcome: ...

    def close(self) -> None: ...


class Mailer(Protocol):
    """Mail out. Raises `MailError` (permanent or not)."""

    def send(self, to: Sequence[str], subject: str, text: str, html: str, attachments: Mapping[str, bytes]) -> None: ...
