"""Adding a source by its address: is it a feed, or a page that names feeds? The asking is done by the fetcher with all its guards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext

from kentongan.adapters.sources import KINDS as READERS
from kentongan.engine import feeds, opml
from kentongan.engine.feed_links import FeedLink
from kentongan.engine.names import NameTagger
from kentongan.engine.notices import Notice
from kentongan.engine.reasons import Remark
from kentongan.engine.records import FeedReading, SourceKind
from kentongan.office.listening import intake, kinds, presenting
from kentongan.office.listening.models import Source
from kentongan.office.people.models import Office
from kentongan.ports import Fetcher, FetchRequest, ReadRequest, SourceReader

MOST_GUESSES = 12
SHOWN = 40
"""Items a look takes at most."""
TITLES = 5
Reader = Callable[[str], SourceReader]
MAX_BYTES = 8_000_000
KINDS = {"rss": "feed", "rdf": "feed", "atom": "feed", "json": "feed", "sitemap": "sitemap", "sitemap-index": "sitemap"}


@dataclass(frozen=True, slots=True)
class Found:
    """What an address turned out to be: something with its reading, or links to choose from, or a problem in words.

    `titles` are safe to show: where the public speaks, personal data is hidden as it is before anything is stored.
    """

    url: str
    kind: str
    reading: FeedReading | None
    links: tuple[FeedLink, ...]
    problem: str
    titles: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    locked: bool = False
    """Whether a password or key is needed before it can be asked."""

    @property
    def shown(self) -> str:
        """The address as it may stand on a screen."""
        return kinds.shown(self.url)


def look_at(fetcher: Fetcher, address: str) -> Found:
    """Ask the address once and say what is there. Never raises for the host's fault."""
    address = kinds.tidy(Source.Kind.FEED, address)
    outcome = fetcher.fetch(FetchRequest(address, max_bytes=MAX_BYTES))
    if outcome.kind != "ok":
        said = [presenting.outcome(outcome.kind)] if outcome.kind != "busy" else []
        said += [presenting.remark(outcome.detail)] if isinstance(outcome.detail, Remark) else []
        return Found(address, "", None, (), " ".join(said))
    content_type = outcome.headers.get("Content-Type", outcome.headers.get("content-type", ""))
    reading = feeds.read(outcome.body, url=outcome.url, content_type=content_type, limit=50)
    if reading.kind in KINDS:
        return Found(outcome.url, KINDS[reading.kind], reading, (), "", titles=_titles(reading, "press", None))
    links = feeds.discover(outcome.body, url=outcome.url, content_type=content_type)
    declared = tuple(link for link in links if not link.guessed)
    if declared:
        return Found(outcome.url, "", None, declared, "")
    problem = gettext("The page names no feed. These are usual places; try one, or read the page itself as a listing.")
    return Found(outcome.url, "", None, links[:MOST_GUESSES], problem)


def look_as(
    kind: str, address: str, pattern: str, fetcher: Fetcher, read: Reader, default_offset: int, names: NameTagger | None = None
) -> Found:
    """Ask an address once through the reader of its kind and say what is there; nothing is stored.

    Raises `InputError` or `RefusedError` for an address that is not read. A kind that needs a password is not asked: it is added first.
    """
    address = kinds.tidy(kind, address)
    kinds.check_address(kind, address)
    if kinds.card_of(kind).locked:
        return Found(address, kind, None, (), "", locked=True)
    said = read(kind).read(ReadRequest(address, pattern=pattern, default_offset=default_offset, limit=SHOWN), fetcher)
    if said.reading is None or said.reading.kind == "unreadable":
        remarks = said.reading.problems if said.reading is not None else ()
        words = [presenting.outcome("unreadable" if remarks else said.outcome.kind), *map(presenting.remark, remarks)]
        words += [presenting.remark(said.outcome.detail)] if isinstance(said.outcome.detail, Remark) else []
        return Found(address, kind, None, (), " ".join(dict.fromkeys(words)), notices=said.notices)
    voice = READERS[kind].source_kinds[0]
    return Found(address, kind, said.reading, (), "", titles=_titles(said.reading, voice, names), notices=said.notices)


def _titles(reading: FeedReading, voice: SourceKind, names: NameTagger | None) -> tuple[str, ...]:
    words = (item.title.strip() or item.summary.strip()[:140] for item in reading.items[:SHOWN])
    return tuple(said for one in words if (said := intake.hidden(one, voice, names).strip()))[:TITLES]


def name_for(found: Found) -> str:
    """The feed's own title, else the host's name."""
    host = (urlsplit(found.url).hostname if "://" in found.url else "") or found.url
    return (found.reading.title if found.reading and found.reading.title else host.removeprefix("www."))[:200]


def outlines(office: Office, *, secrets: bool = True) -> list[opml.Outline]:
    """Every source of the office as OPML; without `secrets`, keys in addresses are left out. Only web addresses fit into OPML."""
    return [
        opml.Outline(
            source.name, source.url if secrets else kinds.shown(source.url), source.site_url, source.language, source.kind, source.area,
            source.source_kind, source.pattern,
        )
        for source in Source.objects.filter(office=office).order_by("name", "pk")
    ]  # fmt: skip


def source_from(office: Office, outline: opml.Outline) -> Source:
    """A source as an OPML file describes it, not yet saved."""
    kind = outline.kind if outline.kind in READERS else Source.Kind.FEED
    source_kind = outline.source_kind if outline.source_kind in Source.SourceKind.values else Source.SourceKind.PRESS
    name = (outline.title or urlsplit(outline.url).hostname or outline.url)[:200]
    return Source(
        office=office,
        name=name,
        outlet=name,
        url=outline.url[:1000],
        site_url=outline.site[:1000],
        kind=kind,
        source_kind=source_kind,
        language=outline.language[:10],
        area=outline.area[:200],
        pattern=outline.pattern[:300],
    )
