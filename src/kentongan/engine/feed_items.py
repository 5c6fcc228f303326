"""One entry of any feed as a RawItem, within the limits that hold for all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from kentongan.engine import addresses, markup
from kentongan.engine.reasons import remark
from kentongan.engine.records import RawItem

MAX_ID, MAX_TITLE, MAX_SUMMARY, MAX_CONTENT = 2_000, 1_000, 20_000, 500_000
"""Characters."""


def raw_item(
    *, base: str, entry_id: str = "", link: str = "", title: str = "", summary: str = "", content: str = "",
    published: datetime | None = None, updated: datetime | None = None, language: str | None = None, voice: str = "",
) -> RawItem | None:  # fmt: skip
    """A RawItem of what an entry said; None for an entry that says nothing. `title` and `summary` may hold HTML.

    The id is what the feed gave, else the link, else a hash of the words; the link is absolute or "".
    """
    link = addresses.resolve(link, base) if link else ""
    title, summary = markup.plain(title, limit=MAX_TITLE), markup.plain(summary, limit=MAX_SUMMARY)
    content = content[:MAX_CONTENT]
    if not (link or title or summary or content.strip()):
        return None
    known = markup.squeezed(entry_id[:MAX_ID]) or link
    if not known:
        words = "\n".join((title, summary, content, published.isoformat() if published else ""))
        known = "words:" + hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:32]
    return RawItem(
        entry_id=known, link=link, title=title, summary=summary, content=content, published=published, updated=updated,
        language=short_language(language), voice=voice,
    )  # fmt: skip


def short_language(tag: str | None) -> str | None:
    """`id-ID`, `in_ID`, `VI` → `id`, `id`, `vi`; None for what is no language tag. `in` and `iw` are old names of `id`
    and `he`."""
    first = (tag or "").strip().lower().replace("_", "-").partition("-")[0]
    if not (2 <= len(first) <= 3 and first.isascii() and first.isalpha()) or first in ("und", "mul", "zxx"):
        return None
    return {"in": "id", "iw": "he", "ind": "id", "vie": "vi", "eng": "en", "jw": "jv"}.get(first, first)


def positive(text: str, otherwise: float) -> float:
    """A whole number above nought of at most eight digits as feeds write it; `otherwise` for anything else."""
    text = text.strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) <= 8 and int(text) else otherwise


def gathered(items: Iterable[RawItem | None], limit: int) -> tuple[tuple[RawItem, ...], list[str]]:
    """At most `limit` items with distinct ids, in the order of the feed, and in words what was left out.

    An id that returns with the same link is the same entry; with another link it is a feed that numbers badly, and the
    link is the id.
    """
    kept: dict[str, RawItem] = {}
    empty = again = renamed = over = 0
    for item in items:
        if item is None:
            empty += 1
        elif item.entry_id not in kept:
            if len(kept) >= limit:
                over = 1
                break
            kept[item.entry_id] = item
        elif item.link and item.link != kept[item.entry_id].link and item.link not in kept and len(kept) < limit:
            renamed += 1
            kept[item.link] = replace(item, entry_id=item.link)
        else:
            again += 1
    problems: list[str] = []
    counts = ((empty, "feed.entry_empty"), (again, "feed.entry_again"), (renamed, "feed.entry_renamed"))
    problems += [remark(code, n=n) for n, code in counts if n]
    problems += [remark("feed.entry_over", limit=limit)] * over
    return tuple(kept.values()), problems
