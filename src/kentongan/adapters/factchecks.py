"""Fact-checks: a feed of pages that carry schema.org ClaimReview, or a JSON feed of ClaimReview (as Data Commons publishes it).

Of a feed's pages only those not read before are asked for, at most `MOST_PAGES` a visit. A page without ClaimReview whose headline begins
with the verdict in brackets (`[SALAH] …`, as Indonesian fact-checkers write) is a check by those words; any other page is only an item
to read. The verdict is the checker's own word: nothing here calls anything false. Who said or spread the claim is never read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast

from kentongan.adapters.posts import told
from kentongan.adapters.seen import Seen
from kentongan.engine import addresses, dates, feeds, markup, trees
from kentongan.engine.feed_items import raw_item, short_language
from kentongan.engine.notices import FactCheck
from kentongan.engine.outcomes import NATURE
from kentongan.engine.privacy import hide
from kentongan.engine.reasons import remark
from kentongan.engine.records import FeedReading, RawItem
from kentongan.ports import Fetcher, FetchOutcome, FetchRequest, ReadRequest, SourceReading

ACCEPT = "application/rss+xml, application/atom+xml, application/ld+json, application/json, application/xml;q=0.9, */*;q=0.1"
PAGE_ACCEPT = "text/html, application/xhtml+xml, */*;q=0.1"
PAGE_BYTES = 4_000_000
MOST_PAGES, MOST_LISTED, MOST_CHECKS = 25, 500, 20_000
MAX_NODES, MAX_LD_BYTES, MAX_CLAIM, MAX_RATING = 50_000, 1_000_000, 1_500, 120
_VERDICT = re.compile(r"^\s*[\[(【]\s*([^\[\]()【】]{2,40}?)\s*[\])】]\s*:?\s*(\S.*)$", re.DOTALL)
_NO_VERDICT = re.compile(r"^(?:video|foto|photo|ảnh|infografi\w*|breaking|update|live|opini|\d+)$", re.IGNORECASE)


class FactCheckReader:
    """Reads checked claims; each is a notice and an item to read. Keeps nothing but the cursor."""

    def read(self, request: ReadRequest, fetcher: Fetcher) -> SourceReading:
        """Ask once, then for each new page of a feed."""
        outcome = fetcher.fetch(FetchRequest(request.address, request.etag, request.last_modified, accept=ACCEPT))
        if outcome.kind != "ok":
            return SourceReading(told(outcome), cursor=request.cursor)
        content_type = outcome.headers.get("content-type", "")
        index = feeds.read(
            outcome.body, url=outcome.url, content_type=content_type, limit=min(request.limit, MOST_LISTED),
            default_offset=request.default_offset,
        )  # fmt: skip
        if index.kind != "unreadable" and index.items:
            return _pages(outcome, index, request, fetcher)
        checks, problems = read_json(outcome.body, url=outcome.url, default_offset=request.default_offset)
        if not checks and index.kind != "unreadable":
            return SourceReading(told(outcome), index, request.cursor)
        items = [item for check in checks[: request.limit] if (item := _item(check)) is not None]
        reading = FeedReading("checks" if checks else "unreadable", "", outcome.url, None, tuple(items), tuple(problems))
        return SourceReading(told(outcome), reading, request.cursor, checks)


def read_json(body: bytes, *, url: str, default_offset: int = 0) -> tuple[tuple[FactCheck, ...], list[str]]:
    """Every ClaimReview in a JSON document, each address and claim once, and in words what was left out. Never raises."""
    try:
        whole: Any = json.loads(markup.decoded(body, "application/json")[0])
    except (ValueError, RecursionError):
        return (), [remark("check.other")]
    return _checks(whole, url, default_offset)


def read_page(body: bytes, *, url: str, content_type: str = "", default_offset: int = 0) -> tuple[tuple[FactCheck, ...], list[str]]:
    """The ClaimReviews a page carries as JSON-LD. Never raises."""
    root, _ = trees.from_html(body, content_type)
    found: list[FactCheck] = []
    problems: list[str] = []
    for script in root.iter("script") if root is not None else ():
        text = script.text or ""
        if "ld+json" not in (script.get("type") or "").lower() or "ClaimReview" not in text or len(text) > MAX_LD_BYTES:
            continue
        try:
            whole: Any = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            problems.append(remark("check.json", address=url))
            continue
        checks, faults = _checks(whole, url, default_offset)
        found += [one for one in checks if one not in found]
        problems += faults
    return tuple(found), problems


def check_of_headline(item: RawItem, checker: str) -> FactCheck | None:
    """The check of a headline that begins with its verdict; None for any other headline."""
    match = _VERDICT.match(item.title)
    if match is None or not item.link or _NO_VERDICT.match(match[1]):
        return None
    return FactCheck(
        item.link, _safe(match[2][:MAX_CLAIM]), match[1].strip(), checker or addresses.host_of(item.link), item.published,
        language=item.language or "",
    )  # fmt: skip


def _pages(outcome: FetchOutcome, index: FeedReading, request: ReadRequest, fetcher: Fetcher) -> SourceReading:
    seen = Seen(request.cursor)
    due = [item for item in index.items if item.entry_id not in seen]
    later = {item.entry_id for item in due[MOST_PAGES:]}
    problems = [*index.problems, *([remark("check.later", n=len(later))] if later else [])]
    items: list[RawItem] = []
    checks: list[FactCheck] = []
    for item in due[:MOST_PAGES]:
        found, faults, again = _of_page(item, index.title, request, fetcher)
        problems += faults
        if again:
            later.add(item.entry_id)
            continue
        items.append(item)
        checks += found
    for item in reversed(index.items):
        if item.entry_id not in later:
            seen.add(item.entry_id)
    reading = FeedReading("checks", index.title, index.link, index.language, tuple(items), tuple(problems))
    return SourceReading(told(outcome), reading, seen.cursor(), tuple(checks))


def _of_page(item: RawItem, checker: str, request: ReadRequest, fetcher: Fetcher) -> tuple[list[FactCheck], list[str], bool]:
    """The checks of one entry, what went wrong, and whether to ask again at the next visit."""
    by_words = check_of_headline(item, checker)
    asked = [by_words] if by_words is not None else []
    if not item.link:
        return asked, [], False
    outcome = fetcher.fetch(FetchRequest(item.link, accept=PAGE_ACCEPT, max_bytes=PAGE_BYTES))
    if outcome.kind != "ok":
        again = NATURE[outcome.kind] in ("passing", "ours")
        return asked, [remark("check.page", address=item.link, outcome=outcome.kind)], again
    kind = outcome.headers.get("content-type", "")
    checks, problems = read_page(outcome.body, url=outcome.url, content_type=kind, default_offset=request.default_offset)
    return list(checks) or asked, problems, False


def _checks(whole: Any, url: str, offset: int) -> tuple[tuple[FactCheck, ...], list[str]]:
    found: dict[tuple[str, str], FactCheck] = {}
    without = over = 0
    for node in _reviews(whole):
        check = _check(node, url, offset)
        if check is None:
            without += 1
        elif len(found) >= MOST_CHECKS:
            over = 1
        else:
            found.setdefault((check.url, check.claim), check)
    problems: list[str] = [remark("check.empty", n=without)] if without else []
    if over:
        problems.append(remark("check.over", n=MOST_CHECKS))
    return tuple(found.values()), problems


def _reviews(whole: Any) -> Iterator[dict[str, Any]]:
    """The ClaimReview objects of a document, wherever they stand (list, @graph, DataFeed, `item` of a feed element)."""
    waiting: list[Any] = [whole]
    looked = 0
    while waiting and looked < MAX_NODES:
        one = waiting.pop()
        looked += 1
        if isinstance(one, list):
            waiting += reversed(cast("list[Any]", one)[:MAX_NODES])
        elif isinstance(one, dict):
            node = cast("dict[str, Any]", one)
            if "ClaimReview" in _names(node.get("@type")):
                yield node
            else:
                waiting += reversed(list(node.values()))


def _check(node: dict[str, Any], page: str, offset: int) -> FactCheck | None:
    """One check. `author` is the fact-checking house (schema.org puts it there); the author of the claim is not read."""
    claim = _text(node.get("claimReviewed"), MAX_CLAIM)
    rating_node = _object(node.get("reviewRating"))
    rating = _text(rating_node.get("alternateName"), MAX_RATING) or _number_rating(rating_node)
    reviewed = _object(node.get("itemReviewed"))
    url = addresses.canonical(_text(node.get("url"), 2_000), base=page) or page
    if not claim or not rating or not url:
        return None
    house = _object(node.get("author"))
    checker = _text(house.get("name"), 200) if "Person" not in _names(house.get("@type")) else ""
    publisher = _text(_object(node.get("publisher")).get("name"), 200)
    return FactCheck(
        url=url,
        claim=_safe(claim),
        rating=rating,
        checker=checker or publisher or addresses.host_of(url),
        checked=dates.read(_text(node.get("datePublished"), 60), default_offset=offset),
        claim_url=_first_address(reviewed.get("firstAppearance")) or _first_address(reviewed.get("appearance")),
        language=short_language(_text(node.get("inLanguage"), 20)) or "",
    )


def _number_rating(rating: dict[str, Any]) -> str:
    """`1 of 1–5`, where the checker gave a number and no word."""
    value, worst, best = (rating.get(name) for name in ("ratingValue", "worstRating", "bestRating"))
    if isinstance(value, bool) or not isinstance(value, int | float | str) or not str(value).strip() or str(value).strip() in ("-1", "0"):
        return ""
    bounds = f" ({worst}–{best})" if isinstance(worst, int | str) and isinstance(best, int | str) else ""
    return f"{value}{bounds}"[:MAX_RATING]


def _first_address(value: Any) -> str:
    """Where the claim stood, when that is a page of its own; an address on a network of people is not kept."""
    rows = cast("list[Any]", value)[:5] if isinstance(value, list) else [value]
    for row in rows:
        raw = row if isinstance(row, str) else _object(row).get("url")
        url = addresses.canonical(_text(raw, 2_000))
        if url and addresses.registered_host(url) not in _PEOPLES_PLACES:
            return url
    return ""


_PEOPLES_PLACES = frozenset(
    ("facebook.com", "fb.watch", "x.com", "twitter.com", "instagram.com", "tiktok.com", "threads.net", "threads.com", "youtube.com",
     "youtu.be", "t.me", "telegram.me", "zalo.me", "whatsapp.com", "wa.me", "reddit.com", "linkedin.com", "bsky.app")
)  # fmt: skip
"""There an address leads to a private person as a rule; a claim is watched here, not who spread it."""


def _item(check: FactCheck) -> RawItem | None:
    return raw_item(
        base=check.url, entry_id=check.url, link=check.url, title=f"[{check.rating}] {check.claim}", published=check.checked,
        language=check.language or None,
    )  # fmt: skip


def _object(value: Any) -> dict[str, Any]:
    """An object, or the first of a list of objects; {} for anything else."""
    rows = cast("list[Any]", value) if isinstance(value, list) else [value]
    first: Any = rows[0] if rows else None
    return cast("dict[str, Any]", first) if isinstance(first, dict) else {}


def _names(value: Any) -> list[str]:
    values = cast("list[Any]", value) if isinstance(value, list) else [value]
    return [one.rpartition("/")[2] for one in values if isinstance(one, str)]


def _text(value: Any, limit: int) -> str:
    return markup.plain(value, limit=limit) if isinstance(value, str) else ""


def _safe(words: str) -> str:
    return hide(words, source_kind="press").text
