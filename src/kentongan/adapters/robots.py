"""What a host's robots.txt allows (RFC 9309), remembered per origin.

An answer 2xx is obeyed, for us and for `*`; 4xx and endless redirects mean there are no rules, everything is allowed;
429, 5xx and no answer mean the rules cannot be known, so nothing is asked for now, unless rules read earlier are
still at hand: then those stay in force. Rules are kept 24 hours, a failure one hour. Only the first 500 KiB count.
Feeds are not exempt: they are obeyed too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from protego import Protego
from yarl import URL

from kentongan.engine.outcomes import OutcomeKind
from kentongan.ports import FetchOutcome

ROBOTS_BYTES = 500 * 1024
_NO_RULES: frozenset[OutcomeKind] = frozenset(
    ("not_found", "gone", "forbidden", "unauthorized", "client_error", "redirect_loop", "too_many_redirects", "moved")
)


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether an address may be asked. `delay_s` is the crawl-delay the host wishes, uncapped, 0 for none."""

    verdict: Literal["allowed", "disallowed", "unreadable"]
    delay_s: float = 0.0
    detail: str = ""


@dataclass(slots=True)
class _Origin:
    lock: threading.Lock = field(default_factory=threading.Lock)
    rules: Protego | None = None
    failure: str = ""
    fresh_until: float = float("-inf")


class RobotsCache:
    """Asks each origin's robots.txt once and remembers. Threads that want the same origin wait for one request.

    `ask` fetches an address under the fetcher's own guards, `monotonic` gives seconds; `agent` is the product token.
    """

    def __init__(
        self,
        ask: Callable[[str], FetchOutcome],
        agent: str,
        monotonic: Callable[[], float],
        *,
        keep_s: float = 86_400.0,
        keep_failure_s: float = 3_600.0,
    ) -> None:
        self._ask = ask
        self._agent = agent
        self._monotonic = monotonic
        self._keep_s = keep_s
        self._keep_failure_s = keep_failure_s
        self._origins: dict[str, _Origin] = {}
        self._lock = threading.Lock()

    def permission(self, url: URL) -> Permission:
        """What the host of `url` allows. May fetch robots.txt first."""
        origin = str(url.origin())
        with self._lock:
            entry = self._origins.setdefault(origin, _Origin())
        with entry.lock:
            if self._monotonic() >= entry.fresh_until:
                self._refresh(entry, origin)
            rules, failure = entry.rules, entry.failure
        if rules is None:
            return Permission("unreadable", detail=failure)
        delay = float(rules.crawl_delay(self._agent) or 0.0)
        if rules.can_fetch(str(url), self._agent):
            return Permission("allowed", delay_s=max(0.0, delay))
        return Permission("disallowed", detail=f"robots.txt of {url.host} asks us not to fetch {url.path}"[:300])

    def _refresh(self, entry: _Origin, origin: str) -> None:
        outcome = self._ask(f"{origin}/robots.txt")
        text = "" if outcome.kind in _NO_RULES else outcome.body.decode("utf-8", "replace").lstrip("\ufeff")
        if outcome.kind == "ok" or outcome.kind in _NO_RULES:
            entry.rules, entry.failure = Protego.parse(text), ""
            entry.fresh_until = self._monotonic() + self._keep_s
            return
        entry.failure = f"{origin}/robots.txt: {outcome.kind} {outcome.detail}".strip()
        wait = self._keep_failure_s if outcome.kind != "busy" else 0.0
        entry.fresh_until = self._monotonic() + wait
