"""Records of the street. A name tells how much is known.

    RawItem   what a feed said                     Page      what an HTML page said
    Item      canonical address, aware UTC times, no personal data
    Article   an Item with text and language       Copy      which article it repeats, and why
    Assignment  the story it belongs to, and why   Story     one event told by many
    Signal    a story or term above its own past

All records are frozen and compared by value; a broken invariant raises `ValueError` at birth. Times are aware and in UTC.
Sentences for people are never stored as text: a `Reason` carries a code of `kentongan.engine.reasons.SENTENCES` and its values,
so that the same reason can be read in Indonesian, Vietnamese and English.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

Language = Literal["id", "ms", "jv", "su", "vi", "en", "other"]
SourceKind = Literal["press", "official", "public"]
"""`press`: registered outlets; `official`: an agency's own channel; `public`: posts by private people (names are hidden)."""
CopyKind = Literal["original", "exact", "near", "rewrite"]
SignalKind = Literal["story", "term", "topic", "place", "matter", "source", "kind", "watch", "agency"]
"""A `matter` is one topic in one place, `source` and `kind` are all reports of a kind of source or a kind of item, `watch` what matches a
watch of the office, `agency` what names one of its agencies."""
GROUPS: frozenset[SignalKind] = frozenset({"topic", "place", "matter", "source", "kind", "watch", "agency"})
"""Kinds of signal that many small stories carry, none of which is the event."""
FELL = ("signal.fell", "signal.fell.clock", "signal.fell.carried")
"""The reasons that say a signal is over: all was quiet, it was of a time that never was, or other signals carry its reports."""
Level = Literal["watch", "low", "medium", "high", "crisis"]
LEVELS: tuple[Level, ...] = ("watch", "low", "medium", "high", "crisis")
Value = str | int | float


def article_id(url: str) -> str:
    """The id of an article: the first 32 hex digits of SHA-256 over its canonical address."""
    return hashlib.sha256(url.encode()).hexdigest()[:32]


def need_utc(owner: object, *names: str) -> None:
    """Raise `ValueError` where one of the owner's times is given and not aware and in UTC."""
    for name in names:
        value: datetime | None = getattr(owner, name)
        if value is not None and (value.tzinfo is None or value.utcoffset() != UTC.utcoffset(None)):
            raise ValueError(f"{type(owner).__name__}.{name} must be an aware time in UTC, not {value!r}")


def _need_text(owner: object, *names: str) -> None:
    for name in names:
        if not getattr(owner, name):
            raise ValueError(f"{type(owner).__name__}.{name} must not be empty")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was decided: a code of `reasons.SENTENCES` and the values its sentence needs."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict[str, Value])


@dataclass(frozen=True, slots=True)
class RawItem:
    """What a feed said, nothing checked. `title` and `summary` are plain text, `content` is HTML or empty."""

    entry_id: str
    link: str
    title: str
    summary: str
    content: str
    published: datetime | None
    updated: datetime | None
    language: str | None
    voice: str = ""
    """A keyed hash that stands for the author of a public post, to count distinct voices; empty for everything else."""
    outlet: str = ""
    """Who says it, where one source carries many outlets (a mailbox of newsletters); empty where the source's own outlet says it."""

    def __post_init__(self) -> None:
        _need_text(self, "entry_id")
        need_utc(self, "published", "updated")


@dataclass(frozen=True, slots=True)
class FeedReading:
    """What could be read of a feed, sitemap or listing page, and in words what could not.

    `wish_s`: how long the feed asks to be left alone between two visits, 0 where it says nothing.
    """

    kind: Literal[
        "rss", "rdf", "atom", "json", "sitemap", "sitemap-index", "listing", "posts", "channel", "mailbox", "warnings", "checks", "table",
        "archive", "unreadable",
    ]  # fmt: skip
    title: str
    link: str
    language: str | None
    items: tuple[RawItem, ...]
    problems: tuple[str, ...]
    wish_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """What an HTML page said. A date that cannot be read is absent, never guessed."""

    url: str
    title: str
    text: str
    published: datetime | None
    updated: datetime | None
    outlet: str
    section: str
    language: str | None
    problems: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        need_utc(self, "published", "updated")


@dataclass(frozen=True, slots=True)
class Item:
    """A RawItem made safe: canonical address, aware times, personal data hidden.

    `published` is event time: what the source said where it is believable, else `seen` (then `published_known` is False).
    """

    id: str
    url: str
    outlet: str
    source_kind: SourceKind
    title: str
    summary: str
    published: datetime
    published_known: bool
    seen: datetime
    language: str | None

    def __post_init__(self) -> None:
        _need_text(self, "id", "url", "outlet", "title")
        need_utc(self, "published", "seen")


@dataclass(frozen=True, slots=True)
class Article:
    """What the engine works on: text and language known, personal data hidden. `text` is empty for a bare headline."""

    id: str
    url: str
    outlet: str
    source_kind: SourceKind
    title: str
    text: str
    language: Language
    published: datetime
    section: str = ""

    def __post_init__(self) -> None:
        _need_text(self, "id", "url", "outlet", "title")
        need_utc(self, "published")


@dataclass(frozen=True, slots=True)
class Copy:
    """The duplicate group of an article. `group` is the id of the group's original article (its own id if it is new)."""

    article: str
    group: str
    kind: CopyKind
    score: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Assignment:
    """The story an article belongs to, with score in 0..1 and the reasons in order of weight."""

    article: str
    story: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One event told by many, as it stands after the latest article.

    `headline` and `lead` are the words of one article (`headline_article`), chosen, not written.
    `articles` counts without copies, `copies` counts the copies.
    """

    id: str
    headline: str
    lead: str
    headline_article: str
    first: datetime
    last: datetime
    outlets: tuple[str, ...]
    languages: tuple[str, ...]
    articles: int
    copies: int

    def __post_init__(self) -> None:
        need_utc(self, "first", "last")


@dataclass(frozen=True, slots=True)
class Severity:
    """Severity of an issue: five factors 0..4, weighted sum 0..40, the range it may lie in, level and reasons."""

    harm: int
    velocity: int
    reach: int
    service_gap: int
    credibility: int
    score: int
    low: int
    high: int
    level: Level
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One hour of a series: what was counted and the band that is usual at that hour."""

    hour: datetime
    count: float
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Signal:
    """A story, term or group of stories that rises against its own past. One event is one signal, updated, not repeated."""

    id: str
    kind: SignalKind
    subject: str
    story: str
    raised: datetime
    updated: datetime
    since: datetime
    observed: float
    expected: float
    outlets: tuple[str, ...]
    articles: tuple[str, ...]
    severity: Severity
    series: tuple[SeriesPoint, ...]
    reasons: tuple[Reason, ...]
    again: str = ""
    """The last signal of the same event, which fell back before or was joined to this one; empty for none."""

    def __post_init__(self) -> None:
        _need_text(self, "id", "subject")
        need_utc(self, "raised", "updated", "since")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence taken from an article, with where it stands: `start` and `end` are offsets in the article's text."""

    text: str
    article: str
    url: str
    outlet: str
    published: datetime
    start: int
    end: int
