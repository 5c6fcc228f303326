"""Every dialect of feed in the shapes found in the wild, invented by us: the whole reading of each, written down."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine import dates, feeds
from kentongan.engine.records import FeedReading, RawItem

URL = "https://kabar.example/rss/kota.xml"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def item(
    entry_id: str,
    link: str = "",
    title: str = "",
    *,
    summary: str = "",
    content: str = "",
    published: str = "",
    updated: str = "",
    language: str | None = None,
) -> RawItem:
    times = (at(published) if published else None, at(updated) if updated else None)
    return RawItem(entry_id, link, title, summary, content, *times, language)


def read(body: str, *, url: str = URL, content_type: str = "", offset: int = 0) -> FeedReading:
    return feeds.read(body.encode(), url=url, content_type=content_type, default_offset=offset)


def rss(items: str, version: str = "2.0", names: str = "") -> str:
    return f'<?xml version="1.0"?><rss version="{version}" {names}><channel><title>Kabar</title><link>https://kabar.example/</link>{items}</channel></rss>'


def atom(entries: str, more: str = "") -> str:
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" {more}><title>Kabar</title>{entries}</feed>'


# RSS

DIALECTS: dict[str, tuple[str, tuple[RawItem, ...]]] = {
    "rss 0.91": (
        '<rss version="0.91"><channel><title>Kabar</title><link>https://kabar.example/</link>'
        "<item><title>Air surut</title><link>https://kabar.example/1</link>"
        "<description>Di tiga titik.</description></item></channel></rss>",
        (item("https://kabar.example/1", "https://kabar.example/1", "Air surut", summary="Di tiga titik."),),
    ),
    "rss 0.92 with an enclosure": (
        rss(
            "<item><title>Suara warga</title><link>/2</link>"
            "<enclosure url='https://kabar.example/2.mp3' length='1' type='audio/mpeg'/></item>",
            "0.92",
        ),
        (item("https://kabar.example/2", "https://kabar.example/2", "Suara warga"),),
    ),
    "rss 2.0 with everything": (
        rss(
            "<item><title>Jembatan ditutup</title><link>https://kabar.example/3?a=1&amp;b=2</link><guid isPermaLink='false'>tag:3</guid>"
            "<pubDate>Thu, 13 Nov 2025 06:40:00 +0800</pubDate><description>Dua &lt;b&gt;hari&lt;/b&gt;.</description>"
            "<dc:language>ms</dc:language><category>Kota</category>"
            "<content:encoded><![CDATA[<p>Penuh &amp; panjang.</p>]]></content:encoded>"
            "<media:content url='https://kabar.example/3.jpg'><media:title>Foto jembatan</media:title>"
            "<media:description>Bukan ringkasan</media:description></media:content>"
            "<slash:comments>5</slash:comments></item>",
            names="xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:content='http://purl.org/rss/1.0/modules/content/' "
            "xmlns:media='http://search.yahoo.com/mrss/' xmlns:slash='http://purl.org/rss/1.0/modules/slash/'",
        ),
        (
            item(
                "tag:3",
                "https://kabar.example/3?a=1&b=2",
                "Jembatan ditutup",
                summary="Dua hari.",
                content="<p>Penuh &amp; panjang.</p>",
                published="2025-11-12T22:40",
                language="ms",
            ),
        ),
    ),
    "guid that is the address": (
        rss("<item><title>Pasar apung</title><guid>https://kabar.example/4</guid></item>"),
        (item("https://kabar.example/4", "https://kabar.example/4", "Pasar apung"),),
    ),
    "guid that says it is an address and is a relative one": (
        rss("<item><title>Pasar apung</title><link>/4</link><guid isPermaLink='true'>empat</guid></item>"),
        (item("https://kabar.example/rss/empat", "https://kabar.example/4", "Pasar apung"),),
    ),
    "old namespace prefix": (
        rss(
            "<item><title>Air surut</title><link>/5</link><tanggal:date>2025-11-13T06:40:00+07:00</tanggal:date></item>",
            names="xmlns:tanggal='http://purl.org/dc/elements/1.1/'",
        ),
        (item("https://kabar.example/5", "https://kabar.example/5", "Air surut", published="2025-11-12T23:40"),),
    ),
    "fields in capitals": (
        "<RSS VERSION='2.0'><CHANNEL><TITLE>Kabar</TITLE><LINK>https://kabar.example/</LINK>"
        "<ITEM><TITLE>Air surut</TITLE><LINK>https://kabar.example/6</LINK></ITEM></CHANNEL></RSS>",
        (item("https://kabar.example/6", "https://kabar.example/6", "Air surut"),),
    ),
    "summary without a title": (
        rss("<item><description>Air surut di Melati.</description><guid isPermaLink='false'>7</guid></item>"),
        (item("7", "", "", summary="Air surut di Melati."),),
    ),
    "title in CDATA with entities in it": (
        rss("<item><guid isPermaLink='false'>8</guid><title><![CDATA[Kerja &amp; untung &lt; rugi]]></title></item>"),
        (item("8", "", "Kerja & untung < rugi"),),
    ),
    "items outside the channel": (
        "<rss version='2.0'><channel><title>Kabar</title></channel><item><title>Air surut</title><link>https://kabar.example/9</link></item></rss>",
        (item("https://kabar.example/9", "https://kabar.example/9", "Air surut"),),
    ),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_shape_of_rss_gives_exactly_these_items(dialect: str) -> None:
    body, items = DIALECTS[dialect]
    reading = read(body)
    assert (reading.kind, reading.title, reading.items) == ("rss", "Kabar", items)


@pytest.mark.parametrize("version", ["0.91", "0.92", "2.0", "2", "", "9"])
def test_the_number_of_the_version_changes_nothing(version: str) -> None:
    reading = read(rss("<item><title>Air surut</title><link>/1</link></item>", version))
    assert reading.items == (item("https://kabar.example/1", "https://kabar.example/1", "Air surut"),)


RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="{ns}" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://kabar.example/"><title>Kabar</title><link>https://kabar.example/</link></channel>
<item rdf:about="https://kabar.example/1"><title>Air surut</title><link>https://kabar.example/1</link><dc:date>2025-11-13T06:40:00+07:00</dc:date>
<dc:creator>Seorang Wartawan</dc:creator><description>Di tiga titik.</description></item></rdf:RDF>"""


@pytest.mark.parametrize("namespace", ["http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"])
def test_rdf_names_its_items_by_their_subject_and_has_one_date(namespace: str) -> None:
    reading = read(RDF.format(ns=namespace))
    wanted = item("https://kabar.example/1", "https://kabar.example/1", "Air surut", summary="Di tiga titik.", published="2025-11-12T23:40")
    assert reading == FeedReading("rdf", "Kabar", "https://kabar.example/", None, (wanted,), ())


# Atom

ENTRIES: dict[str, tuple[str, RawItem]] = {
    "text": ("<id>a:1</id><title>Air surut</title><link href='/1'/>", item("a:1", "https://kabar.example/1", "Air surut")),
    "html title": (
        "<id>a:2</id><title type='html'>Air &lt;i&gt;surut&lt;/i&gt; &amp;amp; keruh</title>",
        item("a:2", "", "Air surut & keruh"),
    ),
    "xhtml title": (
        "<id>a:3</id><title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>Air <b>surut</b></div></title>",
        item("a:3", "", "Air surut"),
    ),
    "several links": (
        "<id>a:4</id><title>Air surut</title><link rel='self' href='/self'/><link rel='replies' href='/komentar'/>"
        "<link rel='enclosure' href='/foto.jpg'/><link rel='alternate' type='text/html' href='/4'/>",
        item("a:4", "https://kabar.example/4", "Air surut"),
    ),
    "both times": (
        "<id>a:5</id><title>Air surut</title><published>2025-11-13T06:40:00+07:00</published><updated>2025-11-13T08:00:00Z</updated>",
        item("a:5", "", "Air surut", published="2025-11-12T23:40", updated="2025-11-13T08:00"),
    ),
    "only an update": (
        "<id>a:6</id><title>Air surut</title><updated>2025-11-13T08:00:00Z</updated>",
        item("a:6", "", "Air surut", updated="2025-11-13T08:00"),
    ),
    "content and summary": (
        "<id>a:7</id><title>Air surut</title><summary>Singkat.</summary><content type='html'>&lt;p&gt;Panjang sekali.&lt;/p&gt;</content>",
        item("a:7", "", "Air surut", summary="Singkat.", content="<p>Panjang sekali.</p>"),
    ),
    "language of its own": ("<id>a:8</id><title xml:lang='vi'>Nước rút</title>", item("a:8", "", "Nước rút", language="vi")),
    "author only in its own field": (
        "<id>a:9</id><title>Air surut</title><author><name>Seorang Wartawan</name><email>w@kabar.example</email></author>",
        item("a:9", "", "Air surut"),
    ),
    "id that is no address of its own": (
        "<id>11</id><title>Air surut</title><link href='/11'/>",
        item("https://kabar.example/rss/11", "https://kabar.example/11", "Air surut"),
    ),
    "no id": ("<title>Air surut</title><link href='/10'/>", item("https://kabar.example/10", "https://kabar.example/10", "Air surut")),
}


@pytest.mark.parametrize("shape", ENTRIES)
def test_each_shape_of_atom_entry_gives_exactly_this_item(shape: str) -> None:
    entry, wanted = ENTRIES[shape]
    assert read(atom(f"<entry>{entry}</entry>")) == FeedReading("atom", "Kabar", "", None, (wanted,), ())


@pytest.mark.xfail(strict=True, reason="feedparser resolves a bare Atom id against the feed's address and then takes it for a link")
def test_a_bare_id_lends_no_link_to_an_entry_that_has_none() -> None:
    assert read(atom("<entry><id>11</id><title>Air surut</title></entry>")).items[0].link == ""


def test_all_shapes_of_atom_entries_together_keep_their_order() -> None:
    reading = read(atom("".join(f"<entry>{entry}</entry>" for entry, _ in ENTRIES.values())))
    assert reading.items == tuple(wanted for _, wanted in ENTRIES.values())


@pytest.mark.parametrize(
    ("feed_base", "entry_base", "href", "link"),
    [
        ("", "", "bai/7", "https://kabar.example/rss/bai/7"),
        ("", "", "//lain.example/7", "https://lain.example/7"),
        ("", "", "?id=7", "https://kabar.example/rss/kota.xml?id=7"),
        ("https://lain.example/a/", "", "b", "https://lain.example/a/b"),
        ("https://lain.example/a/", "c/", "b", "https://lain.example/a/c/b"),
        ("", "https://lain.example/x/", "b", "https://lain.example/x/b"),
    ],
)
def test_relative_links_follow_the_base_of_their_element(feed_base: str, entry_base: str, href: str, link: str) -> None:
    entry = f"<entry{f' xml:base={entry_base!r}' if entry_base else ''}><id>7</id><title>Air surut</title><link href='{href}'/></entry>"
    reading = read(atom(entry, f"xml:base='{feed_base}'" if feed_base else ""))
    assert reading.items[0].link == link


# dates


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00"),
        ("Thu, 31 Dec 2099 23:59:00 +0000", "2099-12-31T23:59"),
        ("13 Nov 2025 06:40 WITA", "2025-11-12T22:40"),
        ("Thu, 13 Nov 2025 06:40:00 +07:00", "2025-11-12T23:40"),
        ("Kamis, 13 November 2025 06:40", "2025-11-12T23:40"),
        ("2025-11-13", "2025-11-12T17:00"),
        ("Thứ Năm, 13/11/2025 06:40 (GMT+7)", "2025-11-12T23:40"),
        ("Thu, 13 Nov 25 06:40 GMT", "2025-11-13T06:40"),
    ],
)
def test_dates_near_and_far_are_read_as_they_stand(written: str, moment: str) -> None:
    reading = read(rss(f"<item><title>Air surut</title><pubDate>{written}</pubDate></item>"), offset=420)
    assert reading.items[0].published == at(moment)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "0",
        "kemarin",
        "1763000000",
        "Thu, 32 Nov 2025 06:40:00 GMT",
        "0000-00-00T00:00:00Z",
        "13 Nov 06:40",
        "Thu, 13 Nov 2025 06:40 IST",
        "99/99/9999",
    ],
)
def test_a_date_that_cannot_be_read_leaves_the_item_without_one(written: str) -> None:
    (found,) = read(rss(f"<item><title>Air surut</title><pubDate>{written}</pubDate></item>")).items
    assert (found.title, found.published) == ("Air surut", None)


def test_the_date_of_the_channel_is_not_lent_to_its_items() -> None:
    body = rss(
        "<pubDate>Thu, 13 Nov 2025 06:40:00 GMT</pubDate><lastBuildDate>Thu, 13 Nov 2025 06:40:00 GMT</lastBuildDate>"
        "<item><title>Air</title></item>"
    )
    assert read(body).items[0].published is None


# ids


def test_an_id_that_returns_is_the_same_entry_unless_its_link_is_another() -> None:
    entries = [("1", "/a", "Satu"), ("1", "/a", "Satu lagi"), ("1", "/b", "Dua"), ("2", "/a", "Tiga"), ("", "/b", "Empat")]
    body = "".join(
        f"<item><guid isPermaLink='false'>{name}</guid><link>{link}</link><title>{title}</title></item>" for name, link, title in entries
    )
    reading = read(rss(body))
    assert [(one.entry_id, one.title) for one in reading.items] == [("1", "Satu"), ("https://kabar.example/b", "Dua"), ("2", "Tiga")]
    assert reading.problems == (
        "Entries that repeat another entry, left out: 2.",
        "Entries with the id of another entry, now known by their link: 1.",
    )


@given(st.permutations(range(6)))
@settings(deadline=None, max_examples=15)
def test_the_same_entries_in_another_order_are_the_same_items(order: list[int]) -> None:
    entries = [f"<item><guid isPermaLink='false'>{n}</guid><title>Berita {n}</title><link>/{n}</link></item>" for n in range(6)]
    assert set(read(rss("".join(entries[n] for n in order))).items) == set(read(rss("".join(entries))).items)


# JSON Feed


def json_feed(*entries: object, version: str = "https://jsonfeed.org/version/1.1", **more: object) -> str:
    return json.dumps({"version": version, "title": "Kabar", "home_page_url": "https://kabar.example/", "items": list(entries)} | more)


FULL_ENTRY = {
    "id": 12,
    "url": "/12",
    "external_url": "https://lain.example/12",
    "title": "Air <b>surut</b>",
    "summary": "Di tiga titik.",
    "content_html": "<p>Panjang.</p>",
    "content_text": "Panjang.",
    "date_published": "2025-11-13T06:40:00+07:00",
    "date_modified": "2025-11-13T08:00:00Z",
    "language": "id-ID",
    "authors": [{"name": "Seorang Wartawan"}],
    "tags": ["kota"],
    "attachments": [{"url": "https://kabar.example/12.mp3"}],
    "_own": {"x": 1},
}
FULL_ITEM = item(
    "12",
    "https://kabar.example/12",
    "Air surut",
    summary="Di tiga titik.",
    content="<p>Panjang.</p>",
    published="2025-11-12T23:40",
    updated="2025-11-13T08:00",
    language="id",
)


@pytest.mark.parametrize(
    "version", ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1", "http://www.jsonfeed.org/version/1.1"]
)
@pytest.mark.parametrize("content_type", ["application/feed+json", "application/json; charset=utf-8", "text/plain", ""])
def test_both_versions_of_json_feed_are_read_whole(version: str, content_type: str) -> None:
    reading = read(json_feed(FULL_ENTRY, version=version, language="in"), content_type=content_type)
    assert reading == FeedReading("json", "Kabar", "https://kabar.example/", "id", (FULL_ITEM,), ())


@pytest.mark.parametrize(
    ("entry", "wanted"),
    [
        ({"id": "1", "content_text": "Air surut."}, item("1", summary="Air surut.")),
        ({"id": "1", "external_url": "https://lain.example/1", "title": "Air"}, item("1", "https://lain.example/1", "Air")),
        ({"url": "/1", "title": "Air"}, item("https://kabar.example/1", "https://kabar.example/1", "Air")),
        ({"id": True, "title": "Air", "url": "/1"}, item("https://kabar.example/1", "https://kabar.example/1", "Air")),
        ({"id": "1", "title": ["Air"], "summary": "Surut", "date_published": 1763000000}, item("1", summary="Surut")),
        ({"id": "1", "title": None, "content_html": "<p>Air</p>"}, item("1", content="<p>Air</p>")),
    ],
)
def test_entries_of_a_json_feed_that_lack_or_mistake_fields_give_what_they_have(entry: dict[str, object], wanted: RawItem) -> None:
    assert read(json_feed(entry)).items == (wanted,)


@pytest.mark.parametrize("entry", [None, 3, "teks", [], {}, {"id": "1"}, {"id": "1", "title": " "}])
def test_an_entry_of_a_json_feed_that_says_nothing_is_counted_and_left_out(entry: object) -> None:
    reading = read(json_feed(entry, FULL_ENTRY))
    assert (reading.items, reading.problems) == ((FULL_ITEM,), ("Entries that say nothing, left out: 1.",))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('{"items": {}}', "no list of items"),
        ('{"title": "x"}', "no list of items"),
        ('{"items": [}', "not readable JSON"),
        ('{"a": "b"', "not readable JSON"),
    ],
)
def test_json_that_is_no_feed_is_explained(body: str, why: str) -> None:
    reading = read(body, content_type="application/json")
    assert (reading.kind, reading.items) == ("unreadable", ())
    assert why in reading.problems[0]


def test_an_array_of_json_is_a_feed_only_by_its_label_and_then_none() -> None:
    assert "it is not an object" in read("[1, 2]", content_type="application/json").problems[0]
    assert read("[1, 2]").problems[-1] == "There is no feed in this answer."


# sitemaps

NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml">
<url><loc>https://kabar.example/a</loc><lastmod>2025-11-13T08:00:00Z</lastmod><changefreq>hourly</changefreq><priority>0.5</priority>
<news:news><news:publication><news:name>Kabar</news:name><news:language>id</news:language></news:publication>
<news:publication_date>2025-11-13T06:40:00+07:00</news:publication_date><news:title>Air surut &amp; keruh</news:title>
<news:keywords>air</news:keywords></news:news>
<image:image><image:loc>https://kabar.example/a.jpg</image:loc><image:title>Foto air</image:title></image:image></url>
<url><image:image><image:loc>https://kabar.example/b.jpg</image:loc><image:title>Foto saja</image:title></image:image></url>
<url><loc>https://kabar.example/c?x=1&amp;y=2</loc><xhtml:link rel="alternate" hreflang="en" href="https://kabar.example/en/c"/></url>
<url><loc>https://kabar.example/a</loc></url>
</urlset>"""


def test_a_news_sitemap_gives_headline_time_and_language_and_not_those_of_its_pictures() -> None:
    reading = read(NEWS, content_type="application/xml")
    assert reading == FeedReading(
        "sitemap",
        "",
        "",
        None,
        (
            item(
                "https://kabar.example/a",
                "https://kabar.example/a",
                "Air surut & keruh",
                published="2025-11-12T23:40",
                updated="2025-11-13T08:00",
                language="id",
            ),
            item("https://kabar.example/c?x=1&y=2", "https://kabar.example/c?x=1&y=2"),
        ),
        ("Entries that say nothing, left out: 1.", "Entries that repeat another entry, left out: 1."),
    )


INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://kabar.example/sitemap-1.xml.gz</loc>
<lastmod>2025-11-13</lastmod></sitemap><sitemap><loc>/sitemap-2.xml</loc></sitemap><url><loc>https://kabar.example/bukan</loc></url></sitemapindex>"""


def test_a_sitemap_index_lists_sitemaps_and_no_pages() -> None:
    reading = read(INDEX)
    assert (reading.kind, reading.problems) == ("sitemap-index", ())
    assert reading.items == (
        item("https://kabar.example/sitemap-1.xml.gz", "https://kabar.example/sitemap-1.xml.gz", updated="2025-11-13T00:00"),
        item("https://kabar.example/sitemap-2.xml", "https://kabar.example/sitemap-2.xml"),
    )


@pytest.mark.parametrize("prefix", ["", "sm:"])
def test_a_sitemap_under_a_prefix_or_without_a_namespace_is_read(prefix: str) -> None:
    names = f" xmlns:{prefix[:-1]}='http://www.sitemaps.org/schemas/sitemap/0.9'" if prefix else ""
    body = f"<{prefix}urlset{names}><{prefix}url><{prefix}loc>https://kabar.example/a</{prefix}loc></{prefix}url></{prefix}urlset>"
    assert read(body).items == (item("https://kabar.example/a", "https://kabar.example/a"),)


# packed, cut, mislabelled


@pytest.mark.parametrize(
    "body", [NEWS, INDEX, DIALECTS["rss 2.0 with everything"][0], atom(f"<entry>{ENTRIES['both times'][0]}</entry>"), json_feed(FULL_ENTRY)]
)
def test_a_gzipped_answer_reads_like_the_plain_one(body: str) -> None:
    assert feeds.read(gzip.compress(body.encode()), url=URL) == read(body)


def test_a_torn_gzip_gives_what_came_through() -> None:
    body = rss("".join(f"<item><title>Berita nomor {n}</title><link>/{n}</link></item>" for n in range(500)))
    packed = gzip.compress(body.encode())
    reading = feeds.read(packed[: len(packed) // 2], url=URL)
    assert 0 < len(reading.items) < 500
    assert reading.items == read(body).items[: len(reading.items)] or reading.items[:-1] == read(body).items[: len(reading.items) - 1]
    assert reading.problems


def test_what_is_packed_otherwise_is_refused_in_words() -> None:
    reading = feeds.read(b"\x1f\x8b\x08" + b"\0" * 40, url=URL)
    assert reading.kind == "unreadable"
    assert reading.problems[0].startswith("The answer is packed and cannot be unpacked")


@pytest.mark.parametrize("content_type", ["text/html", "text/plain", "application/octet-stream", "application/json", "image/png", "kacau"])
def test_a_feed_is_known_by_its_bytes_whatever_its_label(content_type: str) -> None:
    body = rss("<item><title>Air surut</title><link>/1</link></item>")
    assert read(body, content_type=content_type) == read(body)


@pytest.mark.parametrize("before", ["", "\n\n  ", "\ufeff", "\ufeff\n", "<!-- dibuat 0,2 detik -->\n"])
def test_what_stands_before_a_feed_does_not_hide_it(before: str) -> None:
    body = rss("<item><title>Air surut</title><link>/1</link></item>").partition("?>")[2]
    assert read(before + body).items == (item("https://kabar.example/1", "https://kabar.example/1", "Air surut"),)


@given(st.integers(1, 400))
@settings(deadline=None, max_examples=30)
def test_a_feed_cut_anywhere_never_invents_an_item(cut: int) -> None:
    body = rss("".join(f"<item><guid isPermaLink='false'>{n}</guid><title>Berita {n}</title></item>" for n in range(8)))
    whole = {one.entry_id for one in read(body).items}
    found = read(body[: min(cut, len(body))]).items
    assert {one.entry_id for one in found if one.entry_id in whole or one.entry_id.startswith("words:")} == {one.entry_id for one in found}
    assert len(found) <= len(whole)


@given(
    st.lists(
        st.builds(
            lambda n, title, when: (n, title, when.replace(microsecond=0, tzinfo=UTC)),
            st.integers(0, 999),
            st.text(alphabet="abc &<>\"'éế,.!", min_size=1, max_size=30).filter(lambda text: text.strip()),
            st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),
        ),
        max_size=8,
        unique_by=lambda row: row[0],
    )
)
@settings(deadline=None, max_examples=40)
def test_id_link_and_time_of_what_was_written_come_back_in_both_dialects(rows: list[tuple[int, str, datetime]]) -> None:
    as_rss = "".join(
        f"<item><guid isPermaLink='false'>tag:{n}</guid><link>/{n}</link><title>{escape(escape(title))}</title>"
        f"<pubDate>{when:%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>"
        for n, title, when in rows
    )
    as_atom = "".join(
        f"<entry><id>tag:{n}</id><link href='/{n}'/><title>{escape(title)}</title><published>{when.isoformat()}</published></entry>"
        for n, title, when in rows
    )
    wanted = [(f"tag:{n}", f"https://kabar.example/{n}", when) for n, _, when in rows]
    for reading in (read(rss(as_rss)), read(atom(as_atom))):
        assert [(one.entry_id, one.link, one.published) for one in reading.items] == wanted


def test_a_reading_of_a_reading_s_dates_is_in_utc() -> None:
    for body, _ in DIALECTS.values():
        for one in read(body).items:
            assert one.published is None or dates.read(one.published.isoformat()) == one.published


# listing pages and discovery

LISTING = """<html lang="vi"><head><title>Tin tức | Phường Sen Hồ</title></head><body>
<a href="/tin/nuoc-sach-3"><img src="a.jpg"></a><a href="/tin/nuoc-sach-3" title="Nước sạch có lại">Nước sạch có lại tối nay</a>
<a href="tin/hop-dan?ref=rss#top"><h3>Họp tổ dân phố</h3></a><a href="/tin/">Tất cả</a>
<a href="/tin/2025/11/lich-cup-dien.html">Lịch cúp điện</a>
<a href="https://khac.example/tin/x">Nơi khác</a><a href="/van-ban/12.pdf">Văn bản</a><a>Không có liên kết</a></body></html>"""
PHUONG = "https://phuong.example/trang-chu"


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("/tin/*", [("/tin/nuoc-sach-3", "Nước sạch có lại tối nay"), ("/tin/hop-dan", "Họp tổ dân phố"), ("/tin/", "Tất cả")]),
        ("/tin/**.html", [("/tin/2025/11/lich-cup-dien.html", "Lịch cúp điện")]),
        ("/tin/*-*", [("/tin/nuoc-sach-3", "Nước sạch có lại tối nay"), ("/tin/hop-dan", "Họp tổ dân phố")]),
        ("**.pdf", [("/van-ban/12.pdf", "Văn bản")]),
        ("https://phuong.example/van-ban/*", [("/van-ban/12.pdf", "Văn bản")]),
    ],
)
def test_a_listing_gives_the_longest_words_of_each_fitting_link(pattern: str, found: list[tuple[str, str]]) -> None:
    reading = feeds.read_listing(LISTING.encode(), url=PHUONG, pattern=pattern)
    assert [(one.entry_id.removeprefix("https://phuong.example"), one.title) for one in reading.items] == found
    assert (reading.kind, reading.title, reading.language) == ("listing", "Tin tức | Phường Sen Hồ", "vi")
    assert all(one == replace(one, summary="", content="", published=None, updated=None) for one in reading.items)


def test_a_listing_may_lead_to_another_host_only_when_the_pattern_names_it() -> None:
    assert [one.link for one in feeds.read_listing(LISTING.encode(), url=PHUONG, pattern="https://khac.example/**").items] == [
        "https://khac.example/tin/x"
    ]
    assert feeds.read_listing(LISTING.encode(), url=PHUONG, pattern="/x").items == ()


def test_a_page_that_declares_several_feeds_gives_them_in_its_order() -> None:
    body = """<head><link rel="alternate feed" type="application/atom+xml; charset=utf-8" href="/atom" title="Atom">
    <link rel="ALTERNATE" type="APPLICATION/RSS+XML" href="https://cdn.example/rss">
    <link rel="alternate" type="application/feed+json" href="/f.json">
    <link rel="alternate" type="text/html" href="/cetak"><link rel="alternate" type="application/rss+xml"></head>"""
    declared = [link for link in feeds.discover(body.encode(), url="https://kabar.example/a") if not link.guessed]
    assert [(link.url, link.title, link.kind) for link in declared] == [
        ("https://kabar.example/atom", "Atom", "feed"),
        ("https://cdn.example/rss", "", "feed"),
        ("https://kabar.example/f.json", "", "feed"),
    ]


@pytest.mark.parametrize(
    ("href", "guess"),
    [
        ("/rss", True),
        ("/kota/feed/", True),
        ("/feeds.php?x=1", True),
        ("/berita?rss=1", False),
        ("/berita/rss-kota", True),
        ("/umpan", False),
        ("/perss", False),
    ],
)
def test_a_link_is_a_guess_only_when_its_path_has_the_word(href: str, guess: bool) -> None:
    found = feeds.discover(f'<a href="{href}">Langganan</a>'.encode(), url="https://kabar.example/")
    assert (f"https://kabar.example{href}" in [link.url for link in found]) is guess
