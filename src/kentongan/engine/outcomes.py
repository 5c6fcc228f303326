"""What can come of asking a host, and what each outcome asks of us.

Every failure of a host is one of these kinds; the sentence a person reads is `fetch.<kind>` in
`kentongan.engine.reasons`. The `Nature` decides how the rhythm of visits answers (`kentongan.engine.rhythm`).
"""

from __future__ import annotations

from typing import Literal

OutcomeKind = Literal[
    "ok", "not_modified", "moved", "not_found", "gone", "forbidden", "unauthorized", "client_error",
    "server_error", "too_many_requests", "robots_disallow", "robots_unreadable", "dns_failure", "refused",
    "tls_failure", "timeout", "too_slow", "too_large", "bad_encoding", "redirect_loop", "too_many_redirects",
    "private_address", "bad_address", "protocol_error", "unreadable", "interrupted", "busy",
]  # fmt: skip

Nature = Literal["fine", "passing", "lasting", "final", "ours"]
"""`fine`: it answered. `passing`: likely to go away by itself; back off and come again. `lasting`: may come back,
more likely a person must look. `final`: the host or our own rules said no; one look a day. `ours`: nothing the host
did; come again soon."""

NATURE: dict[OutcomeKind, Nature] = {
    "ok": "fine",
    "not_modified": "fine",
    "moved": "lasting",
    "not_found": "lasting",
    "gone": "final",
    "forbidden": "lasting",
    "unauthorized": "lasting",
    "client_error": "lasting",
    "server_error": "passing",
    "too_many_requests": "passing",
    "robots_disallow": "final",
    "robots_unreadable": "passing",
    "dns_failure": "passing",
    "refused": "passing",
    "tls_failure": "lasting",
    "timeout": "passing",
    "too_slow": "passing",
    "too_large": "lasting",
    "bad_encoding": "passing",
    "redirect_loop": "lasting",
    "too_many_redirects": "lasting",
    "private_address": "final",
    "bad_address": "final",
    "protocol_error": "passing",
    "unreadable": "passing",
    "interrupted": "passing",
    "busy": "ours",
}
