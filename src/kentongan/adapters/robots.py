"""What a host's robots.txt allows (RFC 9309), remembered per origin.

An answer 2xx is obeyed, for us and for `*`; 4xx and endless redirects mean there are no rules, everything is allowed;
429, 5xx and no answer mean the rules cannot be known, so nothing is asked for now, unless rules read earlier are
still at hand: then those stay in force. Only the first 500 KiB count. Feeds are not exempt.

Rules are kept 24 hours and a refusal by the host (429, 5xx) one hour. Where nothing was reached at all (no name, no
connection, no answer) the next try may come after a minute: five minutes without internet in the office must not
silence every source for an hour, and the rhythm of visits spaces the tries out anyway.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from protego import Protego
from yarl import URL

from kentongan.engine.outcomes import OutcomeKind
from kentongan.engine.reasons import remark
from kentongan.ports import FetchOutcome

ROBOTS_BYTES = 500 * 1024
_MOST_ORIGINS = 2_000
_LONGEST_DELAY_S = 3_650 * 86_400.0
_NO_RULES: frozenset[OutcomeKind] = frozenset(
    ("not_found", "gone", "forbidden", "unauthorized", "client_error", "redirect_loop", "too_many_redirects", "moved")
)


_UNREACHED: frozenset[OutcomeKind] = frozenset(
    (
        "dns_failure",
        "refused",
        "tls_failure",
        "timeout",
        "too_slow",
        "interrupted",
        "private_address",
        "bad_address",
        "busy",
    )
)
"""Failures of the host as a whole: told under their own name, since the page would have met the same."""
_KEEP_UNREACHED_S = 60.0


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether an address may be asked: `refusal` is None, or the outcome to give instead of asking.

    `delay_s` is the crawl-delay the host wishes, 0 for none; what is beyond ten years is ten years.
    """

    refusal: OutcomeKind | None = None
    delay_s: float = 0.0
    detail: str = ""


@dataclass(slots=True)
class _Origin:
    lock: threading.Lock = field(default_factory=threading.Lock)
    rules: Protego | None = None
    failure: Permission = field(default_factory=Permission)
    fresh_until: float = float("-inf")


class RobotsCache:
    """Asks each origin's robots.txt once and remembers the 2,000 origins used last. Threads that want the same origin
    wait for one request.

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
            entry = self._origins.pop(origin, None) or _Origin()
            self._origins[origin] = entry
            if len(self._origins) > _MOST_ORIGINS:
                del self._origins[next(iter(self._origins))]
        with entry.lock:
            if self._monotonic() >= entry.fresh_until:
                self._refresh(entry, origin)
            rules, failure = entry.rules, entry.failure
        if rules is None:
            return failure
        if rules.can_fetch(str(url), self._agent):
            return Permission(delay_s=min(max(0.0, float(rules.crawl_delay(self._agent) or 0.0)), _LONGEST_DELAY_S))
        return Permission("robots_disallow", detail=remark("visit.robots", host=url.host or "", path=url.path[:200]))

    def _refresh(self, entry: _Origin, origin: str) -> None:
        outcome = self._ask(f"{origin}/robots.txt")
        if outcome.kind == "ok" or outcome.kind in _NO_RULES:
            entry.rules = Protego.parse(outcome.body.decode("utf-8", "replace").lstrip("\ufeff"))
            keep = self._keep_s
        else:
            unreached = outcome.kind in _UNREACHED
            detail = f"{origin}/robots.txt: {outcome.detail or outcome.kind}"
            entry.failure = Permission(outcome.kind if unreached else "robots_unreadable", detail=detail)
            keep = min(_KEEP_UNREACHED_S, self._keep_failure_s) if unreached else self._keep_failure_s
        entry.fresh_until = self._monotonic() + (keep if outcome.kind != "busy" else 0.0)
