"""What the readers of public posts share: answers in JSON, refusals, voices, and remembering what was read.

A reader of posts gives no name of an author: not as a field, not in an address, not in the body of the answer it passes on. Of an author
only `voice` is left, a keyed hash made by whoever asked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

from kentongan.engine import markup
from kentongan.engine.feed_items import gathered, short_language
from kentongan.engine.reasons import Remark, remark
from kentongan.engine.records import FeedReading, RawItem
from kentongan.ports import FetchOutcome, ReadRequest, SourceReading

JSON = "application/json"
Object = Mapping[str, Any]


def told(outcome: FetchOutcome, size: int = 0) -> FetchOutcome:
    """An outcome without the body, which may hold names; its length (or `size`) stays in the headers as `content-length`."""
    headers = {name: value for name, value in outcome.headers.items() if name not in ("location", "link")}
    return replace(outcome, body=b"", headers={**headers, "content-length": str(size or len(outcome.body))})


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


def voice_of(voice: Callable[[str], str] | None, name: str) -> str:
    """The keyed hash that stands for an author; "" where nobody asked for one or the author is not named."""
    name = markup.squeezed(name)
    return voice(name) if voice is not None and name.removeprefix("@") else ""


def key_of(identity: str) -> str:
    """A short name of one post that says nothing about who wrote it: 24 hex digits of SHA-256."""
    return hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:24]


def posts_reading(items: Iterable[RawItem | None], problems: Iterable[str], limit: int, *, title: str = "") -> FeedReading:
    """Posts as a reading, each once."""
    kept, left_out = gathered(items, limit)
    return FeedReading("posts", title, "", None, kept, (*problems, *left_out))


def language_of(value: object) -> str | None:
    """The language a post claims, short; None for none."""
    return short_language(value) if isinstance(value, str) else None
