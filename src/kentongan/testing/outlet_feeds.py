"""The feeds of an invented outlet, in every form the engine reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from kentongan.testing.outlet_sites import FeedKind, OutletItem, OutletSite

Address = Callable[[OutletSite, str], str]
"""Site and path below it to the full address."""


def render_feed(kind: FeedKind, site: OutletSite, items: Sequence[OutletItem], address: Address) -> tuple[bytes, str]:
    """The feed as bytes and its Content-Type. `items` are newest first and already cut to what the feed lists."""
    return _RENDERERS[kind](site, items, address)


def _local(site: OutletSite, moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _summary(item: OutletItem) -> str:
    return item.summary or item.text.split("\n", 1)[0][:300]


def _paragraphs(item: OutletItem) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in item.text.split("\n") if line.strip())


def _rss(site: OutletSite, items: Sequence[OutletItem], address: Address) -> tuple[bytes, str]:
    entries: list[str] = []
    for item in items:
        link = address(site, item.path)
        date = f"<pubDate>{format_datetime(item.published.astimezone(UTC), usegmt=True)}</pubDate>" if item.dated else ""
        content = f"<content:encoded><![CDATA[{_paragraphs(item)}]]></content:encoded>" if site.full_text else ""
        section = f"<category>{escape(item.section)}</category>" if item.section else ""
        entries.append(
            f"<item><title>{escape(item.title)}</title><link>{escape(link)}</link>"
            f'<guid isPermaLink="false">{escape(item.guid or link)}</guid>{date}{section}'
            f"<description>{escape(_summary(item))}</description>{content}</item>"
        )
    ttl = f"<ttl>{site.ttl_minutes}</ttl>" if site.ttl_minutes is not None else ""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(site.title)}</title><link>{escape(address(site, ''))}</link>"
        f"<description>{escape(site.title)}</description><language>{site.language}</language>{ttl}\n"
        + "\n".join(entries)
        + "\n</channel></rss>\n"
    )
    return text.encode(), "application/rss+xml; charset=utf-8"


def _atom(site: OutletSite, items: Sequence[OutletItem], address: Address) -> tuple[bytes, str]:
    entries: list[str] = []
    for item in items:
        link = address(site, item.path)
        date = f"<published>{_local(site, item.published)}</published>" if item.dated else ""
        entries.append(
            f"<entry><title>{escape(item.title)}</title><id>{escape(item.guid or link)}</id>"
            f'<link rel="alternate" href="{escape(link)}"/>{date}<updated>{_local(site, item.changed)}</updated>'
            f"<summary>{escape(_summary(item))}</summary></entry>"
        )
    updated = _local(site, max((item.changed for item in items), default=datetime(2000, 1, 1, tzinfo=UTC)))
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{site.language}">'
        f"<title>{escape(site.title)}</title><id>{escape(address(site, ''))}</id><updated>{updated}</updated>\n"
        + "\n".join(entries)
        + "\n</feed>\n"
    )
    return text.encode(), "application/atom+xml; charset=utf-8"


def _json(site: OutletSite, items: Sequence[OutletItem], address: Address) -> tuple[bytes, str]:
    entries: list[dict[str, str]] = []
    for item in items:
        link = address(site, item.path)
        entry = {"id": item.guid or link, "url": link, "title": item.title, "summary": _summary(item)}
        if item.dated:
            entry["date_published"] = _local(site, item.published)
        entries.append(entry | {"content_html": _paragraphs(item)} if site.full_text else entry)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.title,
        "home_page_url": address(site, ""),
        "language": site.language,
        "items": entries,
    }
    return json.dumps(feed, ensure_ascii=False).encode(), "application/feed+json; charset=utf-8"


def _rdf(site: OutletSite, items: Sequence[OutletItem], address: Address) -> tuple[bytes, str]:
    entries: list[str] = []
    for item in items:
        link = escape(address(site, item.path))
        date = f"<dc:date>{_local(site, item.published)}</dc:date>" if item.dated else ""
        entries.append(
            f'<item rdf:about="{link}"><title>{escape(item.title)}</title><link>{link}</link>'
            f"<description>{escape(_summary(item))}</description>{date}</item>"
        )
    home = escape(address(site, ""))
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="{home}"><title>{escape(site.title)}</title><link>{home}</link>'
        f"<description>{escape(site.title)}</description><dc:language>{site.language}</dc:language></channel>\n"
        + "\n".join(entries)
        + "\n</rdf:RDF>\n"
    )
    return text.encode(), "application/rdf+xml; charset=utf-8"


def _sitemap(site: OutletSite, items: Sequence[OutletItem], address: Address) -> tuple[bytes, str]:
    entries: list[str] = []
    for item in items:
        entries.append(
            f"<url><loc>{escape(address(site, item.path))}</loc><news:news><news:publication>"
            f"<news:name>{escape(site.title)}</news:name><news:language>{site.language}</news:language></news:publication>"
            f"<news:publication_date>{_local(site, item.published)}</news:publication_date>"
            f"<news:title>{escape(item.title)}</news:title></news:news></url>"
        )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n' + "\n".join(entries) + "\n</urlset>\n"
    )
    return text.encode(), "application/xml; charset=utf-8"


def _listing(site: OutletSite, items: Sequence[OutletItem], address: Address) -> tuple[bytes, str]:
    entries = "\n".join(
        f'<article class="item"><h2><a href="{escape(address(site, item.path))}">{escape(item.title)}</a></h2>'
        f"<p>{escape(_summary(item))}</p></article>"
        for item in items
    )
    text = (
        f'<!doctype html><html lang="{site.language}"><head><meta charset="utf-8"><title>{escape(site.title)}</title>'
        f'<link rel="alternate" type="application/rss+xml" href="{escape(address(site, "feed.xml"))}">'
        f'</head><body><header><h1>{escape(site.title)}</h1><nav><a href="{escape(address(site, ""))}">'
        f"{escape(site.title)}</a></nav></header><main>\n{entries}\n</main></body></html>\n"
    )
    return text.encode(), "text/html; charset=utf-8"


_RENDERERS: dict[FeedKind, Callable[[OutletSite, Sequence[OutletItem], Address], tuple[bytes, str]]] = {
    "rss": _rss,
    "atom": _atom,
    "json": _json,
    "rdf": _rdf,
    "sitemap": _sitemap,
    "listing": _listing,
}
