"""The article pages of an invented outlet: four dresses, with the clutter around the text that real pages have."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from html import escape

from kentongan.testing.outlet_sites import Layout, OutletItem, OutletSite

_MONTHS = {
    "id": "Januari|Februari|Maret|April|Mei|Juni|Juli|Agustus|September|Oktober|November|Desember",
    "en": "January|February|March|April|May|June|July|August|September|October|November|December",
}
_DAYS = {
    "id": ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"],
    "vi": ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}
_WORDS = {
    "id": ("Beranda", "Terpopuler", "Bagikan", "Hak cipta dilindungi. Pedoman media siber.", "Diperbarui"),
    "vi": ("Trang chủ", "Đọc nhiều", "Chia sẻ", "Giữ bản quyền nội dung trên website này.", "Cập nhật"),
    "en": ("Home", "Most read", "Share", "All rights reserved. Terms of use.", "Updated"),
}


def render_page(site: OutletSite, item: OutletItem, url: str) -> bytes:
    """The page of one article, UTF-8. `url` is its own address unless the item brings another."""
    return item.html if item.html is not None else _LAYOUTS[site.layout](site, item, item.canonical or url).encode()


def date_line(site: OutletSite, moment: datetime) -> str:
    """The date as an outlet of this language writes it, in its local time."""
    local = moment.astimezone(timezone(timedelta(hours=site.utc_offset_h)))
    language = site.language if site.language in _DAYS else "id"
    day, clock = _DAYS[language][local.weekday()], f"{local:%H:%M}"
    if language == "vi":
        return f"{day}, {local:%d/%m/%Y} | {clock} (GMT+{site.utc_offset_h})"
    return f"{day}, {local.day} {_MONTHS[language].split('|')[local.month - 1]} {local.year} | {clock} {site.zone}"


def _words(site: OutletSite) -> tuple[str, str, str, str, str]:
    return _WORDS.get(site.language, _WORDS["id"])


def _iso(site: OutletSite, moment: datetime) -> str:
    return moment.astimezone(timezone(timedelta(hours=site.utc_offset_h))).isoformat(timespec="seconds")


def _paragraphs(item: OutletItem) -> str:
    return "\n".join(f"<p>{escape(line.strip())}</p>" for line in item.text.split("\n") if line.strip())


def _portal(site: OutletSite, item: OutletItem, url: str) -> str:
    home, popular, share, rights, updated = _words(site)
    data = json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": item.title,
            "url": url,
            "datePublished": _iso(site, item.published),
            "dateModified": _iso(site, item.changed),
            "publisher": {"@type": "Organization", "name": site.title},
        },
        ensure_ascii=False,
    ).replace("</", "<\\/")
    shown = item.date_line or date_line(site, item.published)
    change = f"<span>{updated} {date_line(site, item.updated)}</span>" if item.updated else ""
    return f"""<!doctype html><html lang="{site.language}"><head><meta charset="utf-8">
<title>{escape(item.title)} - {escape(site.title)}</title>
<link rel="canonical" href="{escape(url)}"><meta property="og:title" content="{escape(item.title)}">
<meta property="og:site_name" content="{escape(site.title)}"><meta property="og:url" content="{escape(url)}">
<meta property="article:published_time" content="{_iso(site, item.published)}">
<meta property="article:section" content="{escape(item.section)}">
<script type="application/ld+json">{data}</script></head>
<body><header><nav><ul><li><a href="./">{home}</a></li>
<li><a href="?sort=popular">{popular}</a></li></ul></nav></header>
<main><article><div class="breadcrumb">{home} › {escape(item.section)}</div><h1>{escape(item.title)}</h1>
<div class="read__time">{escape(site.title)} - {escape(shown)} {change}</div>
<div class="share"><a href="#">{share}</a></div>
<div class="read__content">
{_paragraphs(item)}
</div></article><aside><h3>{popular}</h3><ul><li><a href="./">{home}</a></li></ul></aside></main>
<footer><p>© {site.title}. {rights}</p></footer></body></html>
"""


def _koran(site: OutletSite, item: OutletItem, url: str) -> str:
    home, popular, _, rights, _ = _words(site)
    shown = item.date_line or date_line(site, item.published)
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>{escape(item.title)}</title>
<link rel="canonical" href="{escape(url)}"></head><body><div id="wrap">
<div id="menu"><a href="./">{home}</a> | <a href="?p=2">{popular}</a></div>
<div id="post"><h1 class="title">{escape(item.title)}</h1><div class="date">{escape(shown)}</div><div class="entry">
{_paragraphs(item)}
</div></div><div id="bottom">{escape(site.title)} {rights}</div></div></body></html>
"""


def _bao(site: OutletSite, item: OutletItem, url: str) -> str:
    home, popular, share, rights, _ = _words(site)
    shown = item.date_line or date_line(site, item.published)
    lines = [line for line in item.text.split("\n") if line.strip()]
    lead = escape(lines[0]) if lines else ""
    rest = "\n".join(f'<p class="Normal">{escape(line)}</p>' for line in lines[1:])
    return f"""<!DOCTYPE html><html lang="{site.language}"><head><meta charset="UTF-8">
<title>{escape(item.title)}</title>
<link rel="canonical" href="{escape(url)}"><meta property="og:type" content="article">
<meta property="og:title" content="{escape(item.title)}">
<meta property="og:site_name" content="{escape(site.title)}"></head><body>
<div class="menu"><a href="./">{home}</a><a href="?tin=moi">{popular}</a></div>
<section class="detail"><span class="date">{escape(shown)}</span><h1 class="title-detail">{escape(item.title)}</h1>
<p class="description"><strong>{lead}</strong></p><article class="fck_detail">
{rest}
</article><div class="social">{share}</div></section><footer>{escape(site.title)} - {rights}</footer></body></html>
"""


def _resmi(site: OutletSite, item: OutletItem, url: str) -> str:
    home, _, share, rights, _ = _words(site)
    shown = item.date_line or date_line(site, item.published)
    return f"""<!doctype html><html lang="{site.language}"><head><meta charset="utf-8">
<title>{escape(item.title)} | {escape(site.title)}</title>
<link rel="canonical" href="{escape(url)}"><meta name="description" content="{escape(item.summary)}"></head>
<body><div class="top"><a href="./">{home}</a></div><main id="content"><h1>{escape(item.title)}</h1>
<p class="meta"><time datetime="{_iso(site, item.published)}">{escape(shown)}</time></p><div class="body">
{_paragraphs(item)}
</div><p class="share">{share}</p></main><footer>{escape(site.title)}. {rights}</footer></body></html>
"""


_LAYOUTS: dict[Layout, Callable[[OutletSite, OutletItem, str], str]] = {
    "portal": _portal,
    "koran": _koran,
    "bao": _bao,
    "resmi": _resmi,
}
