"""Where a site keeps its feeds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import feeds
from kentongan.engine.feed_links import glob, matches

URL = "https://kota.example/kabar/"

PAGE = """<html lang="id"><head><title>Kabar | Kota</title><base href="https://kota.example/">
<link rel="alternate" type="application/rss+xml" title="Kabar &amp; Kota" href="feed/kabar.xml">
<link rel="alternate" type="application/rss+xml" href="/feed/kabar.xml">
<link rel="alternate" hreflang="en" href="/en/"><link rel="stylesheet" href="/rss.css"></head><body>
<a href="/rss/ekonomi">RSS ekonomi</a> <a href="https://lain.example/rss">RSS lain</a>
<a href="/berita/banjir-surut?utm_source=depan"><img src="1.jpg" alt=""></a>
<a href="/berita/banjir-surut">Banjir surut</a> <a href="/berita/2025/pasar">Pasar</a>
<a href="/berita/rapat#komentar">Rapat <b>warga</b></a> <a href="/tentang">Tentang</a>
<a href="https://lain.example/berita/x">Lain</a> <a href="javascript:void(0)">Menu</a></body></html>"""


def test_it_finds_declared_feeds_first_and_marks_the_rest_as_guesses() -> None:
    found = feeds.discover(PAGE.encode(), url=URL)
    assert found[0] == feeds.FeedLink("https://kota.example/feed/kabar.xml", "Kabar & Kota", "feed", guessed=False)
    assert found[1] == feeds.FeedLink("https://kota.example/rss/ekonomi", "RSS ekonomi", "feed", guessed=True)
    assert all(link.guessed for link in found[1:])
    assert "https://kota.example/sitemap.xml" in [link.url for link in found if link.kind == "sitemap"]
    assert not [link for link in found if "lain.example" in link.url]


def test_a_page_that_declares_nothing_leaves_only_guesses() -> None:
    found = feeds.discover(b"", url=URL)
    assert found and all(link.guessed for link in found)
    assert feeds.discover(b"", url="bukan alamat") == ()


def test_it_reads_the_sitemaps_of_robots_txt() -> None:
    text = "\ufeffUser-agent: *\nDisallow: /x\nSITEMAP: https://kota.example/a.xml # utama\nSitemap: /b.xml\nSitemap: https://kota.example/a.xml\nSitemap:"
    found = feeds.robots_sitemaps(text, url="https://kota.example/robots.txt")
    assert [link.url for link in found] == ["https://kota.example/a.xml", "https://kota.example/b.xml"]


def test_it_reads_a_listing_page_by_pattern() -> None:
    reading = feeds.read_listing(PAGE.encode(), url=URL, pattern="/berita/*")
    assert (reading.kind, reading.title, reading.language) == ("listing", "Kabar | Kota", "id")
    assert [(item.entry_id, item.title) for item in reading.items] == [
        ("https://kota.example/berita/banjir-surut", "Banjir surut"),
        ("https://kota.example/berita/rapat", "Rapat warga"),
    ]
    assert all(item.published is None for item in reading.items)


def test_it_says_when_no_link_fits_and_when_there_is_no_page() -> None:
    assert "No link on this page fits" in feeds.read_listing(PAGE.encode(), url=URL, pattern="/warta/*").problems[0]
    assert feeds.read_listing(b"", url=URL, pattern="/*").kind == "unreadable"


def test_a_listing_is_cut_at_its_limit() -> None:
    body = "".join(f'<a href="/berita/{n}">Berita {n}</a>' for n in range(50)).encode()
    assert len(feeds.read_listing(body, url=URL, pattern="/berita/*", limit=10).items) == 10


@pytest.mark.parametrize(
    ("address", "pattern", "fits"),
    [
        ("https://kota.example/berita/a", "/berita/*", True),
        ("https://kota.example/berita/a", "berita/*", True),
        ("https://www.kota.example/berita/a", "/berita/*", True),
        ("https://kota.example/berita/a/b", "/berita/*", False),
        ("https://kota.example/berita/a/b", "/berita/**", True),
        ("https://kota.example/berita?id=3", "/berita?id=*", True),
        ("https://lain.example/berita/a", "/berita/*", False),
        ("https://lain.example/berita/a", "https://lain.example/**", True),
        ("https://kota.example/2025/06/a.html", "/*/*/*.html", True),
        ("https://kota.example/berita/", "/berita/*", True),
    ],
)
def test_patterns_are_globs_over_the_address(address: str, pattern: str, fits: bool) -> None:
    assert matches(address, pattern, url=URL) is fits


@given(st.text(alphabet="ab/", max_size=12))
def test_two_stars_fit_everything_and_one_star_all_but_slashes(text: str) -> None:
    assert glob(text, "**")
    assert glob(text, "*") is ("/" not in text)
    assert glob(text, text)


@given(st.text(alphabet="ab/", max_size=10), st.text(alphabet="ab/", max_size=10), st.text(alphabet="ab/", max_size=10))
def test_a_star_between_two_parts_fits_what_lies_between(first: str, middle: str, last: str) -> None:
    assert glob(first + middle + last, f"{first}**{last}")
    assert not glob(first + middle + "c", f"{first}**{last}a")


@pytest.mark.timeout(60)
def test_a_pattern_of_stars_cannot_hang() -> None:
    assert not glob("a" * 3_000 + "b", "*a" * 200 + "c")
