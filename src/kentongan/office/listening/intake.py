"""From what a feed said to what may be stored: canonical address, believable time, language known, personal data hidden. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kentongan.adapters.posts import without_addresses
from kentongan.engine import addresses, language, markup, privacy, unsigned
from kentongan.engine.names import NameTagger
from kentongan.engine.reasons import remark
from kentongan.engine.records import Item, Language, RawItem, SourceKind, article_id

EARLY = timedelta(minutes=15)
"""A clock that runs ahead by less is believed."""
OLD = timedelta(days=3650)
FULL_TEXT = 600
"""Characters from which a feed's own content is taken as the whole text and the page is not asked for."""
LONGEST_TEXT = 200_000
LONGEST_URL = 2_000
LONGEST_TITLE = 1_000
LONGEST_OUTLET = 200
NEAR = frozenset({"id", "ms"})


@dataclass(frozen=True, slots=True)
class About:
    """What is known about a source: `language` is what its officer said (or nothing), `claimed` what the feed says of itself."""

    outlet: str
    source_kind: SourceKind
    url: str
    language: str = ""
    claimed: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """An item ready to be stored. `text` is empty where the page must be asked.

    The id is that of the address that was read; the address of a public post is another where that one would name its author.
    """

    item: Item
    text: str
    language: Language
    voice: str = ""
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """What could be taken from a reading, each address once, and in words what could not."""

    taken: tuple[Taken, ...]
    problems: tuple[str, ...]


def take(raws: Iterable[RawItem], about: About, seen: datetime, names: NameTagger | None) -> Intake:
    """Make items safe. Items without an address or any words are counted in `problems`, never raised."""
    found: dict[str, Taken] = {}
    no_address = no_words = repeated = strange_time = 0
    for raw in raws:
        url = _address(raw, about.url)
        title = _title(raw)
        if not url:
            no_address += 1
        elif not title:
            no_words += 1
        elif article_id(url) in found:
            repeated += 1
        else:
            taken = _taken(raw, url, title, about, seen, names)
            found[taken.item.id] = taken
            strange_time += not taken.item.published_known and bool(raw.published or raw.updated)
    counts = (
        (no_address, "item.no_address"),
        (no_words, "item.no_words"),
        (repeated, "item.repeated"),
        (strange_time, "item.strange_time"),
    )
    problems = [remark(code, n=count) for count, code in counts if count]
    return Intake(tuple(found.values()), tuple(problems))


def believable(time: datetime | None, now: datetime) -> bool:
    """Whether a published time can be true at `now`."""
    return time is not None and now - OLD <= time <= now + EARLY


def event_time(published: datetime | None, updated: datetime | None, seen: datetime) -> tuple[datetime, bool]:
    """The time of an item and whether the source said it."""
    for time in (published, updated):
        if time is not None and believable(time, seen):
            return min(time, seen), True
    return seen, False


def change_time(published: datetime, updated: datetime | None, kind: SourceKind, seen: datetime) -> datetime | None:
    """When a source changed an item after publishing it, where that can be true. Of people's posts it is not kept."""
    if updated is None or kind == "public" or not believable(updated, seen):
        return None
    changed = min(updated, seen)
    return changed if changed > published else None


def _address(raw: RawItem, base: str) -> str:
    for link in (raw.link, raw.entry_id if raw.entry_id.startswith(("http://", "https://")) else ""):
        url = addresses.canonical(link, base=base) if link else ""
        if url and len(url) <= LONGEST_URL:
            return url
    return ""


def _title(raw: RawItem) -> str:
    """The title; a post without one is known by its first words."""
    title = raw.title.strip() or raw.summary.strip()[:140]
    return " ".join(title.replace("\0", "").split())[:LONGEST_TITLE]


def _taken(raw: RawItem, url: str, title: str, about: About, seen: datetime, names: NameTagger | None) -> Taken:
    text = markup.plain(raw.content, limit=LONGEST_TEXT) if raw.content else ""
    if len(text) < FULL_TEXT:
        text = ""
    published, known = event_time(raw.published, raw.updated, seen)
    public = about.source_kind == "public"
    item = Item(
        id=article_id(url),
        url=unsigned.of_post(url, about.url) if public else url,
        outlet=about.outlet if public else raw.outlet[:LONGEST_OUTLET] or about.outlet,
        source_kind=about.source_kind,
        title=hidden(title, about.source_kind, names)[:LONGEST_TITLE] or "…",
        summary=hidden(raw.summary, about.source_kind, names),
        published=published,
        published_known=known,
        seen=seen,
        language=about.language or raw.language or about.claimed,
    )
    said = language_of(f"{item.title} {item.summary[:500]}", about.language, item.language)
    updated = change_time(published, raw.updated, about.source_kind, seen)
    return Taken(item, hidden(text, about.source_kind, names), said, raw.voice if public else "", updated)


def language_of(text: str, told: str, claimed: str | None) -> Language:
    """The language of a text. What the officer `told` counts more than what feed or page `claimed`, often a template's "en-US".

    Indonesian and Malay headlines may be the same to the letter; an outlet writes one of them, so being told settles that pair.
    """
    found = language.detect(text, hint=told or claimed)
    return told if {found, told} == NEAR else found  # type: ignore[return-value]


def hidden(text: str, kind: SourceKind, names: NameTagger | None) -> str:
    """Text that may be stored. NUL, which PostgreSQL cannot store, is dropped; of public posts the addresses of people's pages, too."""
    text = without_addresses(text) if kind == "public" else text
    return privacy.hide(text.replace("\0", ""), source_kind=kind, names=names).text if text else ""
