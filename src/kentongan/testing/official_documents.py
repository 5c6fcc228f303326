"""Documents as agencies and fact-checkers publish them: CAP warnings, earthquakes, lists of warnings, ClaimReviews. Invented contents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any


@dataclass(frozen=True, slots=True)
class Info:
    """One info block of a CAP warning."""

    language: str = "id-ID"
    event: str = "Hujan Lebat dan Petir"
    headline: str = "Hujan lebat disertai petir di Kota Tirtaloka"
    description: str = "Hujan lebat dapat meluas ke Kecamatan Hulu dan Hilir."
    instruction: str = "Waspadai genangan dan pohon tumbang."
    urgency: str = "Immediate"
    severity: str = "Moderate"
    certainty: str = "Observed"
    onset: str = "2026-11-21T14:10:00+07:00"
    expires: str = "2026-11-21T16:10:00+07:00"
    areas: tuple[str, ...] = ("Kota Tirtaloka",)
    polygons: tuple[str, ...] = ("-7.1,110.1 -7.1,110.3 -7.3,110.3 -7.1,110.1",)
    circles: tuple[str, ...] = ()
    web: str = ""


def cap_alert(
    identifier: str = "CTK20261121001", *infos: Info, sent: str = "2026-11-21T14:05:00+07:00", status: str = "Actual", kind: str = "Alert",
    scope: str = "Public", references: str = "", note: str = "", sender: str = "cuaca@tirtaloka.example",
) -> str:  # fmt: skip
    """A CAP 1.2 document."""
    head = {"identifier": identifier, "sender": sender, "sent": sent, "status": status, "msgType": kind, "scope": scope, "note": note,
            "references": references}  # fmt: skip
    blocks = "".join(_info(info) for info in infos)
    return f'<?xml version="1.0" encoding="UTF-8"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">{_tags(head)}{blocks}</alert>'


def _info(info: Info) -> str:
    words = {"language": info.language, "category": "Met", "event": info.event, "urgency": info.urgency, "severity": info.severity,
             "certainty": info.certainty, "onset": info.onset, "expires": info.expires, "senderName": "Badan Cuaca",
             "headline": info.headline, "description": info.description, "instruction": info.instruction, "web": info.web}  # fmt: skip
    shapes = "".join(f"<polygon>{one}</polygon>" for one in info.polygons) + "".join(f"<circle>{one}</circle>" for one in info.circles)
    areas = "".join(f"<area><areaDesc>{escape(name)}</areaDesc>{shapes}</area>" for name in info.areas)
    return f"<info>{_tags(words)}{areas}</info>"


def quakes_xml(*quakes: Mapping[str, str]) -> str:
    """Earthquakes in BMKG's form."""
    rows = "".join(
        "<gempa>" + "".join(
            f"<point><coordinates>{value}</coordinates></point>" if name == "coordinates" else f"<{name}>{escape(value)}</{name}>"
            for name, value in quake.items()
        ) + "</gempa>"
        for quake in quakes
    )  # fmt: skip
    return f'<?xml version="1.0" encoding="UTF-8"?><Infogempa>{rows}</Infogempa>'


QUAKE: Mapping[str, str] = {
    "Tanggal": "21 Nov 2026",
    "Jam": "14:35:21 WIB",
    "DateTime": "2026-11-21T07:35:21+00:00",
    "coordinates": "-7.52,110.44",
    "Lintang": "7.52 LS",
    "Bujur": "110.44 BT",
    "Magnitude": "5.8",
    "Kedalaman": "10 km",
    "Wilayah": "Pusat gempa berada di darat 8 km barat daya Tirtaloka",
    "Potensi": "Tidak berpotensi tsunami",
    "Dirasakan": "IV Tirtaloka, II - III Hulu",
}


def rss(title: str, items: Iterable[tuple[str, str, str, str]], language: str = "id") -> str:
    """A feed of (link, title, description, RFC 822 time)."""
    rows = "".join(
        f"<item><title>{escape(name)}</title><link>{escape(link)}</link><guid>{escape(link)}</guid>"
        f"<description>{escape(words)}</description><pubDate>{time}</pubDate></item>"
        for link, name, words, time in items
    )
    return f'<rss version="2.0"><channel><title>{escape(title)}</title><language>{language}</language>{rows}</channel></rss>'


def claim_review(url: str, claim: str, rating: str, **more: Any) -> dict[str, Any]:
    """A ClaimReview as schema.org describes it."""
    return {
        "@context": "https://schema.org", "@type": "ClaimReview", "url": url, "claimReviewed": claim, "datePublished": "2026-11-20",
        "author": {"@type": "Organization", "name": "Cek Tirta"},
        "reviewRating": {"@type": "Rating", "ratingValue": 1, "bestRating": 5, "worstRating": 1, "alternateName": rating},
        "itemReviewed": {"@type": "Claim", "author": {"@type": "Person", "name": "Warga Biasa"}},
    } | more  # fmt: skip


def check_page(*reviews: Mapping[str, Any]) -> str:
    """A page that carries ClaimReviews as JSON-LD."""
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(one)}</script>' for one in reviews)
    return f"<html><head><title>Cek fakta</title>{scripts}</head><body><p>Penjelasan.</p></body></html>"


def _tags(words: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in words.items() if value)
