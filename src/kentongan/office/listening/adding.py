"""Adding a source by its address: is it a feed, or a page that names feeds? The asking is done by the fetcher with all its guards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext

from kentongan.engine import feeds, opml
from kentongan.engine.feed_links import FeedLink
from kentongan.engine.reasons import Remark
from kentongan.engine.records import FeedReading
from kentongan.office.listening import presenting, services
from kentongan.office.listening.models import Source
from kentongan.office.people.models import Office
from kentongan.packs import Pack
from kentongan.ports import Fetcher, FetchRequest

MOST_GUESSES = 12
MAX_BYTES = 8_000_000
KINDS = {"rss": "feed", "rdf": "feed", "atom": "feed", "json": "feed", "sitemap": "sitemap", "sitemap-index": "sitemap"}


@dataclass(frozen=True, slots=True)
class Found:
    """What an address turned out to be: a feed with its reading, or links to choose from, or a problem in words."""

    url: str
    kind: str
    reading: FeedReading | None
    links: tuple[FeedLink, ...]
    problem: str


def tidy(address: str) -> str:
    """An address as people type it, with a scheme."""
    address = address.strip()
    return address if "://" in address else f"https://{address}"


def look_at(fetcher: Fetcher, address: str) -> Found:
    """Ask the address once and say what is there. Never raises for the host's fault."""
    outcome = fetcher.fetch(FetchRequest(tidy(address), max_bytes=MAX_BYTES))
    if outcome.kind != "ok":
        said = [presenting.outcome(outcome.kind)] if outcome.kind != "busy" else []
        said += [presenting.remark(outcome.detail)] if isinstance(outcome.detail, Remark) else []
        return Found(tidy(address), "", None, (), " ".join(said))
    content_type = outcome.headers.get("Content-Type", outcome.headers.get("content-type", ""))
    reading = feeds.read(outcome.body, url=outcome.url, content_type=content_type, limit=50)
    if reading.kind in KINDS:
        return Found(outcome.url, KINDS[reading.kind], reading, (), "")
    links = feeds.discover(outcome.body, url=outcome.url, content_type=content_type)
    declared = tuple(link for link in links if not link.guessed)
    if declared:
        return Found(outcome.url, "", None, declared, "")
    problem = gettext("The page names no feed. These are usual places; try one, or read the page itself as a listing.")
    return Found(outcome.url, "", None, links[:MOST_GUESSES], problem)


def name_for(found: Found) -> str:
    """The feed's own title, else the host's name."""
    host = (urlsplit(found.url).hostname or found.url).removeprefix("www.")
    return (found.reading.title if found.reading and found.reading.title else host)[:200]


def outlines(office: Office) -> list[opml.Outline]:
    """Every source of the office as OPML."""
    return [
        opml.Outline(
            source.name, source.url, source.site_url, source.language, source.kind, source.area, source.source_kind, source.pattern
        )
        for source in Source.objects.filter(office=office).order_by("name", "pk")
    ]


def source_from(office: Office, outline: opml.Outline) -> Source:
    """A source as an OPML file describes it, not yet saved."""
    kind = outline.kind if outline.kind in Source.Kind.values else Source.Kind.FEED
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


@transaction.atomic
def add_pack(office: Office, pack: Pack, now: datetime) -> int:
    """Add the sources of a starter pack that the office does not have; gives how many."""
    known = set(Source.objects.filter(office=office).values_list("url", flat=True))
    fresh = [entry for entry in pack.entries if entry.url not in known]
    for entry in fresh:
        source = Source(
            office=office,
            name=entry.name[:200],
            outlet=entry.name[:200],
            url=entry.url,
            site_url=entry.site,
            kind=entry.kind,
            source_kind=entry.source_kind,
            language=entry.language[:10],
            area=entry.area[:200],
            pattern=entry.pattern[:300],
        )
        services.new_source(source, now)
    return len(fresh)
