"""Items that somebody sends to us: the signature of a webhook and its body. Pure: the address that receives it is the office's.

A sender signs `timestamp.body` with HMAC-SHA256 and a secret shared with one source:

    X-Kentongan-Timestamp: 1763769600            seconds since 1970
    X-Kentongan-Id: 3f0c…                        different for every push, at most 100 characters
    X-Kentongan-Signature: sha256=<hex>          of  timestamp + "." + id + "." + body

A push older or newer than `TOLERANCE` is refused, so `id` must be remembered for `2 × TOLERANCE` by whoever receives it: a second push
with the same id is a replay. The id is signed too; else a replay would only need a new one.

The body is JSON `{"items": [{"url", "title", "text"?, "time"?, "outlet"?, "language"?}]}`. Other fields are not read, names of authors
never. A push is taken whole or refused whole only for its form; an item that cannot be read is a line in `problems`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

from kentongan.engine import addresses, dates, markup
from kentongan.engine.feed_items import raw_item
from kentongan.engine.reasons import remark
from kentongan.engine.records import RawItem
from kentongan.errors import InputError

TOLERANCE = timedelta(minutes=5)
SHORTEST_SECRET = 16
MAX_BYTES, MAX_ITEMS = 4_000_000, 1_000
MAX_TEXT, MAX_OUTLET = 200_000, 200
TIMESTAMP, ID, SIGNATURE = "x-kentongan-timestamp", "x-kentongan-id", "x-kentongan-signature"
_ID = re.compile(r"[A-Za-z0-9._:-]{8,100}")

Verdict = Literal["ok", "no_signature", "bad_time", "stale", "bad_id", "bad_signature", "too_large"]


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a push is genuine and new enough. `id` is what to remember against replay, only where the verdict is "ok"."""

    verdict: Verdict
    id: str = ""


@dataclass(frozen=True, slots=True)
class PushedItem:
    """One item and the outlet the sender names for it ("" where it names none)."""

    item: RawItem
    outlet: str = ""


@dataclass(frozen=True, slots=True)
class Push:
    """The items of a push in its order, each address once, and in words what was left out."""

    items: tuple[PushedItem, ...]
    problems: tuple[str, ...]


def sign(secret: bytes, body: bytes, *, timestamp: int, push_id: str) -> str:
    """The signature header of a push, as a sender makes it. Raises ValueError for a secret shorter than `SHORTEST_SECRET` bytes."""
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"the secret must have at least {SHORTEST_SECRET} bytes")
    return "sha256=" + hmac.new(secret, f"{timestamp}.{push_id}.".encode() + body, hashlib.sha256).hexdigest()


def signed_headers(secret: bytes, body: bytes, *, timestamp: int, push_id: str) -> dict[str, str]:
    """The three headers a sender puts on a push. Raises ValueError as `sign` does."""
    return {
        "X-Kentongan-Timestamp": str(timestamp),
        "X-Kentongan-Id": push_id,
        "X-Kentongan-Signature": sign(secret, body, timestamp=timestamp, push_id=push_id),
    }


def verify(secret: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> Verified:
    """Whether a push was signed with `secret` not longer ago than `TOLERANCE`. Constant in time over the signature; never raises.

    Whether its id came before is not known here.
    """
    given = {name.lower(): value for name, value in headers.items()}
    stamp, push_id, signature = (given.get(name, "").strip() for name in (TIMESTAMP, ID, SIGNATURE))
    if len(body) > MAX_BYTES:
        return Verified("too_large")
    if not signature or not stamp or len(secret) < SHORTEST_SECRET:
        return Verified("no_signature")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):
        return Verified("bad_time")
    if not _ID.fullmatch(push_id):
        return Verified("bad_id")
    expected = sign(secret, body, timestamp=int(stamp), push_id=push_id)
    if stamp != str(int(stamp)) or not hmac.compare_digest(expected.encode(), signature.lower().encode("utf-8", "replace")):
        return Verified("bad_signature")
    if abs(now - datetime.fromtimestamp(int(stamp), UTC)) > TOLERANCE:
        return Verified("stale")
    return Verified("ok", push_id)


def read_push(body: bytes, *, default_offset: int = 0) -> Push:
    """The items of a push. Raises `InputError` naming the field where the body has not the form; `default_offset` is for times without
    zone."""
    if len(body) > MAX_BYTES:
        raise InputError(f"The push is longer than {MAX_BYTES:,} bytes; send fewer items at a time.", subject="body")
    try:
        whole: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InputError("The push is not JSON in UTF-8.", subject="body") from error
    rows: Any = cast("dict[str, Any]", whole).get("items") if isinstance(whole, dict) else None
    if not isinstance(rows, list):
        raise InputError("“items” is missing or no list.", subject="items")
    entries = cast("list[Any]", rows)
    if len(entries) > MAX_ITEMS:
        raise InputError(f"“items” has more than {MAX_ITEMS:,} entries; send fewer at a time.", subject="items")
    found: dict[str, PushedItem] = {}
    problems: list[str] = []
    for number, entry in enumerate(entries, 1):
        one = _item(cast("dict[str, Any]", entry), default_offset) if isinstance(entry, dict) else "items"
        if isinstance(one, str):
            problems.append(remark("push.item", n=number, field=one))
        elif one.item.link in found:
            problems.append(remark("push.again", n=number))
        else:
            found[one.item.link] = one
    return Push(tuple(found.values()), tuple(problems[:100]))


def _item(row: dict[str, Any], offset: int) -> PushedItem | str:
    """One item, or the name of the field that is wrong."""
    for name in ("url", "title", "text", "time", "outlet", "language"):
        if not isinstance(row.get(name), str | None):
            return name
    fields = {name: markup.plain(row.get(name) or "", limit=2_000) for name in ("url", "title", "time", "outlet", "language")}
    url = addresses.canonical(fields["url"])
    published = dates.read(fields["time"], default_offset=offset) if fields["time"] else None
    if not url:
        return "url"
    if not fields["title"]:
        return "title"
    if fields["time"] and published is None:
        return "time"
    item = raw_item(
        base=url, entry_id=url, link=url, title=fields["title"], content=(row.get("text") or "")[:MAX_TEXT], published=published,
        language=fields["language"] or None,
    )  # fmt: skip
    return PushedItem(item, fields["outlet"][:MAX_OUTLET]) if item is not None else "title"
