"""What the readers of public posts share: answers in JSON, refusals, voices, and remembering what was read.

A reader of posts gives no name of an author: not as a field, not in an address, not in the body of the answer it passes on. Of an author
only `voice` is left, a keyed hash made by whoever asked.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from html import escape
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from kentongan.engine import markup
from kentongan.engine.feed_items import gathered, short_language
from kentongan.engine.privacy import mark_text
from kentongan.engine.reasons import Remark, remark
from kentongan.engine.records import FeedReading, RawItem
from kentongan.ports import FetchOutcome, ReadRequest, SourceReading

JSON = "application/json"
LENGTHY = 600
"""Characters from which words are a text of their own and not a summary."""
PostKind = Literal["posts", "channel", "mailbox"]
Object = Mapping[str, Any]

_MENTION = re.compile(
    r"""<a\b[^<>]{0,2000}\bclass\s*=\s*["'][^"'<>]{0,200}\bu-url\b[^<>]{0,2000}>.{0,2000}?</a\s*>""", re.IGNORECASE | re.DOTALL
)
_PROFILE = re.compile(r"(?<![\w.-])(?:https?://)?[\w-]++(?:\.[\w-]++)++(?::\d++)?/(?:@|users/|profile/|u/)\S*", re.IGNORECASE)
"""From the beginning of a host and without going back: a long text without end costs one pass."""


def told(outcome: FetchOutcome, size: int = 0) -> FetchOutcome:
    """An outcome without the body, which may hold names; its length (or `size`) stays in the headers as `content-length`."""
    headers = {name: value for name, value in outcome.headers.items() if name not in ("location", "link")}
    return replace(outcome, body=b"", headers={**headers, "content-length": str(size or len(outcome.body))})


def keeps_secrets(server: str) -> bool:
    """Whether a secret may be sent to a server: over TLS, or to this very machine."""
    parts = urlsplit(server)
    host = parts.hostname or ""
    return parts.scheme == "https" or host in ("127.0.0.1", "localhost") or host.endswith(".localhost")


def refused(request: ReadRequest, why: str) -> SourceReading:
    """What a reader gives for an address it may not or cannot read."""
    return SourceReading(FetchOutcome("bad_address", request.address, detail=why), None, request.cursor)


def unreadable(*problems: str) -> FeedReading:
    """An answer that could not be understood, with the reason."""
    return FeedReading("unreadable", "", "", None, (), problems)


def json_of(body: bytes) -> tuple[object, Remark | None]:
    """The value of an answer in JSON, or why it is none. Never raises."""
    if not body.strip():
        return None, remark("feed.empty")
    try:
        return json.loads(body), None
    except (ValueError, RecursionError) as error:
        return None, remark("feed.json", fault=str(error)[:200])


def field(value: object, name: str) -> object:
    """One field of an object; None for anything that is no object or lacks it."""
    return cast("Object", value).get(name) if isinstance(value, Mapping) else None


def rows(value: object) -> list[object]:
    """A list as it is; anything else is empty."""
    return cast("list[object]", value) if isinstance(value, list) else []


def text(value: object, *names: str) -> str:
    """The text below `names`; "" where there is none. A half character (lone surrogate) cannot be stored and is replaced."""
    for name in names:
        value = field(value, name)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def heard(item: RawItem | None, voice: Callable[[str], str] | None, author: str) -> RawItem | None:
    """A post with the keyed hash that stands for its author, "" where nobody asked for one or no author is named. None for a post
    without words."""
    if item is None or not (item.title or item.summary):
        return None
    author = markup.squeezed(author).removeprefix("@").casefold()
    return lengthy(replace(item, summary=without_addresses(item.summary), voice=voice(author) if voice is not None and author else ""))


def lengthy(item: RawItem) -> RawItem:
    """An item whose many words are its text: they stand in `content` (as HTML, which that field is), and the first of them in `summary`."""
    if len(item.summary) < LENGTHY:
        return item
    first = item.summary[:LENGTHY].rpartition(" ")[0] or item.summary[:LENGTHY]
    return replace(item, content=escape(item.summary, quote=False), summary=first)


def without_mentions(html: str) -> str:
    """The HTML of a post with every link to a person replaced by a mark."""
    return _MENTION.sub(mark_text("handle"), html)


def without_addresses(plain: str) -> str:
    """Words with every address of a person's profile or post replaced by a mark: the name stands in it."""
    return _PROFILE.sub(mark_text("handle"), plain)


def key_of(identity: str) -> str:
    """A short name of one post that says nothing about who wrote it: 24 hex digits of SHA-256."""
    return hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:24]


def language_of(value: object) -> str | None:
    """The language a post claims, short; None for none."""
    return short_language(value) if isinstance(value, str) else None


class Answers:
    """The answers of one visit that takes several: the first one decides its outcome, a later failure is a problem beside what was read."""

    def __init__(self) -> None:
        self._first: FetchOutcome | None = None
        self._fault: Remark | None = None
        self._problems: list[str] = []
        self._wait_s: float | None = None
        self._asked = self._size = 0
        self.broken = False
        """Whether any answer failed or was not what was asked for."""

    def rows_of(self, outcome: FetchOutcome, name: str = "") -> list[object]:
        """The list an answer in JSON holds, or holds under `name`; empty where there is none."""
        value = self.value_of(outcome)
        found = field(value, name) if name else value
        kept = rows(found)
        if value is not None and not isinstance(found, list):
            self.unfit(remark("post.no_list"))
        return kept

    def value_of(self, outcome: FetchOutcome) -> object:
        """The value of an answer in JSON; None where it failed or is none."""
        if not self.fine(outcome):
            return None
        value, fault = json_of(outcome.body)
        if fault is not None:
            self.unfit(fault)
        return value

    def fine(self, outcome: FetchOutcome) -> bool:
        """Whether an answer came; what did not is remembered."""
        self._asked, self._size = self._asked + 1, self._size + len(outcome.body)
        self._first = self._first or outcome
        if outcome.kind != "ok":
            self.broken = True
            self._wait_s = outcome.retry_after_s
            if self._asked > 1:
                self._problems.append(remark("post.stopped", outcome=outcome.kind))
        return outcome.kind == "ok"

    def unfit(self, why: Remark) -> None:
        """An answer is not what was asked for: where it is the first, the whole reading is unreadable."""
        self.broken = True
        if self._asked == 1:
            self._fault = why
        else:
            self._problems.append(why)

    def given(
        self, items: Iterable[RawItem | None], problems: Iterable[str], request: ReadRequest, cursor: str, *, kind: PostKind = "posts",
        title: str = "",
    ) -> SourceReading:  # fmt: skip
        """What the visit gave; `cursor` is where the next one begins."""
        first = self._first
        if first is None or first.kind != "ok":
            return SourceReading(told(first or FetchOutcome("interrupted", request.address)), None, request.cursor)
        # where the service moved its door is nothing to write into the source's address, which is no address of the service
        outcome = replace(told(first, self._size), retry_after_s=self._wait_s, permanent_url="")
        if self._fault is not None:
            return SourceReading(outcome, unreadable(self._fault), request.cursor)
        kept, left_out = gathered(items, request.limit)
        reading = FeedReading(kind, title, "", None, kept, (*self._problems, *problems, *left_out))
        return SourceReading(outcome, reading, cursor)
