"""Feeds of every kind are read; what cannot be read is said in words."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict, fields
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine import feeds
from kentongan.engine.records import RawItem
from kentongan.measure import feeds_eval

GOLDEN = Path(__file__).parents[1] / "golden/feeds"
SHARED = Path(__file__).parents[2].parent / "shared/data/feeds"
URL = "https://kabarkotaraya.example/rss"


def read(body: bytes | str, **more: Any) -> feeds.FeedReading:
    return feeds.read(body.encode() if isinstance(body, str) else body, url=URL, **more)


def rss(items: str) -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Kabar</title>{items}</channel></rss>'


@pytest.mark.parametrize("path", sorted(p for p in GOLDEN.iterdir() if not p.name.endswith(".expected.json")), ids=lambda p: p.name)
def test_it_reads_the_golden_feeds_as_written_down(path: Path) -> None:
    reading = json.loads(json.dumps(asdict(feeds.read(path.read_bytes(), url=URL)), default=datetime.isoformat))
    assert reading == json.loads(path.with_name(f"{path.name}.expected.json").read_text(encoding="utf-8"))


def test_the_record_of_an_entry_has_no_place_for_an_author() -> None:
    assert not [field.name for field in fields(RawItem) if "author" in field.name or "creator" in field.name]
    for path in GOLDEN.glob("*.expected.json"):
        assert "Seorang" not in path.read_text(encoding="utf-8") and "Một người viết" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "The answer is empty."),
        (b"\xef\xbb\xbf \n", "The answer is empty."),
        (b"<!DOCTYPE html><html><body>404</body></html>", "This is a web page, not a feed."),
        (b"<!-- cache --><HTML lang=id>", "This is a web page, not a feed."),
        (b"halo dunia", "There is no feed in this answer."),
        (b"{", "This is not readable JSON"),
        (b'{"items": 3}', "it has no list of items"),
        (b"\x1f\x8b" + b"x" * 50, "cannot be unpacked"),
        (b"<rss><channel>" + b"<a>" * 3_000, "nested more than 2000 levels deep"),
        (b"<!DOCTYPE r [" + b'<!ENTITY a "b">' * 400 + b"]><rss/>", "declares hundreds of entities"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_reason(body: bytes, why: str) -> None:
    reading = read(body)
    assert (reading.kind, reading.items) == ("unreadable", ())
    assert why in reading.problems[-1]


def test_json_that_nests_a_hundred_thousand_levels_is_refused() -> None:
    assert read(b'{"items":[' * 100_000).kind == "unreadable"


def test_a_billion_laughs_stay_a_few_words() -> None:
    names = ["lol"] + [f"lol{n}" for n in range(1, 10)]
    bomb = "".join(f'<!ENTITY {name} "{f"&{last};" * 10}">' for last, name in pairwise(names))
    reading = read(f'<!DOCTYPE lolz [<!ENTITY lol "lol">{bomb}]><rss><channel><item><title>&lol9; banjir</title></item></channel></rss>')
    assert sum(len(item.title) for item in reading.items) < 1_000


def test_an_external_entity_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("rahasia")
    body = f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>' + rss("<item><title>a &x; b</title></item>").partition("?>")[2]
    assert "rahasia" not in repr(read(body))
    assert "rahasia" not in repr(read(body.replace("rss", "urlset")))


def test_an_address_in_place_of_a_feed_is_not_fetched() -> None:
    assert read(b"https://127.0.0.1:1/feed").kind == "unreadable"


@pytest.mark.soak
def test_fifty_thousand_items_are_read_and_the_rest_is_named() -> None:
    reading = read(rss("".join(f"<item><title>Berita {n}</title><link>https://a.example/{n}</link></item>" for n in range(50_010))))
    assert len(reading.items) == 50_000
    assert reading.problems == ("Only the first 50000 entries were read.",)


def test_as_many_items_are_read_as_there_may_be_and_the_rest_is_named() -> None:
    many = rss("".join(f"<item><title>Berita {n}</title><link>https://a.example/{n}</link></item>" for n in range(1_010)))
    assert len(read(many).items) == 1_010
    reading = read(many, limit=1_000)
    assert [item.title for item in reading.items] == [f"Berita {n}" for n in range(1_000)]
    assert reading.problems == ("Only the first 1000 entries were read.",)
    assert len(read(rss("<item><title>a</title></item><item><title>b</title></item>"), limit=1).items) == 1


def test_a_huge_title_is_cut_and_a_huge_body_too() -> None:
    reading = read(rss(f"<item><title>{'panjang ' * 100_000}</title><link>https://a.example/1</link></item>"))
    assert len(reading.items[0].title) <= 1_000
    packed = gzip.compress(rss("<item><title>satu</title></item>").encode() + b" " * (feeds.MAX_BYTES + 10))
    assert len(packed) < 100_000
    long = read(packed)
    assert long.items[0].title == "satu"
    assert long.problems[0] == "The answer is longer than 16 MB; only the beginning was read."


def test_line_breaks_that_a_writer_never_closes_are_not_depth() -> None:
    body = "<item><title>a</title><description><![CDATA[" + "x<br>" * 5_000 + "]]></description></item>"
    assert len(read(rss(body)).items) == 1
    assert len(read(rss("<item><title>a</title><description>" + "x<br>" * 3_000 + "</description></item>")).items) == 1


@pytest.mark.parametrize("mark", ["<!-- ", "<![CDATA[", "<", "&", '<a href="', "<!ENTITY ", "<a xml:base='x/'>"])
@pytest.mark.timeout(60)
def test_a_hundred_thousand_openings_without_an_end_do_not_hang(mark: str) -> None:
    reading = read("<rss><channel><item><title>" + mark * 100_000)
    assert len(reading.items) <= 1


@pytest.mark.parametrize(
    "head",
    [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<?xml version="1.0" encoding="windows-1252"?>',
        '<?xml version="1.0" encoding="tidak-ada"?>',
        "",
    ],
)
def test_a_wrong_or_missing_charset_still_gives_letters(head: str) -> None:
    body = (head + rss("<item><title>Cà phê ở chợ</title></item>").partition("?>")[2]).encode()
    assert read(body).items[0].title == "Cà phê ở chợ"
    assert read(body, content_type="text/xml; charset=iso-8859-1").items[0].title == "Cà phê ở chợ"
    old = (head + rss("<item><title>Café de Paris</title></item>").partition("?>")[2]).encode("cp1252")
    assert read(old).items[0].title == "Café de Paris"


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_wide_characters_are_read_with_and_without_a_mark(name: str) -> None:
    assert read(rss("<item><title>Banjir</title></item>").encode(name)).items[0].title == "Banjir"


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("&lt;b&gt;Banjir&lt;/b&gt; &amp;amp; longsor", "Banjir & longsor"),
        ("<![CDATA[Harga <i>beras</i>&nbsp;naik]]>", "Harga beras naik"),
        ("Suhu &lt; 20 &amp; hujan", "Suhu < 20 & hujan"),
        ("<![CDATA[<script>alert(1)</script>Aman]]>", "Aman"),
        ("Satu\n\t dua\u200b", "Satu dua"),
    ],
)
def test_titles_become_plain_text(written: str, plain: str) -> None:
    assert read(rss(f"<item><title>{written}</title></item>")).items[0].title == plain


def test_a_date_without_zone_is_read_in_the_offset_of_the_source() -> None:
    body = rss("<item><title>a</title><pubDate>18/06/2025 14:05</pubDate></item>")
    assert read(body, default_offset=420).items[0].published == datetime(2025, 6, 18, 7, 5, tzinfo=UTC)


def test_an_entry_without_id_and_link_is_known_by_its_words() -> None:
    first, second = read(rss("<item><title>a</title></item><item><title>b</title></item>")).items
    assert first.entry_id.startswith("words:") and first.entry_id != second.entry_id
    assert read(rss("<item><title>a</title></item>")).items[0].entry_id == first.entry_id


def test_only_web_addresses_are_links() -> None:
    reading = read(
        rss("<item><title>a</title><link>javascript:alert(1)</link></item><item><title>b</title><link>file:///etc/passwd</link></item>")
    )
    assert [item.link for item in reading.items] == ["", ""]


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"<rss><channel><item>", b'{"items":[', b"<feed xmlns='http://www.w3.org/2005/Atom'>", b"<urlset>"]),
)
@settings(deadline=None)
def test_it_never_raises(body: bytes, start: bytes) -> None:
    reading = feeds.read(start + body, url=URL)
    assert reading.kind != "unreadable" or reading.problems


@given(st.integers(0, 10_000), st.binary(max_size=8), st.sampled_from(sorted(p.name for p in GOLDEN.glob("*.xml"))))
@settings(deadline=None, max_examples=60)
def test_a_damaged_feed_is_read_or_refused_never_raised(place: int, noise: bytes, name: str) -> None:
    body = (GOLDEN / name).read_bytes()
    reading = feeds.read(body[: place % len(body)] + noise + body[place % len(body) + 3 :], url=URL)
    assert reading.kind != "unreadable" or reading.problems


def test_every_well_formed_document_of_feedparser_is_read() -> None:
    if not SHARED.exists():
        pytest.skip("the evaluation data ../shared/data/feeds is not here")
    well = feeds_eval.evaluate([SHARED / "wellformed"]).metrics
    assert (well["documents"], well["parsed"], well["crashed"], well["slow"]) == (1749, 1.0, 0.0, 0.0)
    odd = feeds_eval.evaluate([SHARED / "encoding"]).metrics
    assert (odd["crashed"], odd["slow"]) == (0.0, 0.0)


def test_the_measure_counts_what_is_read_and_what_is_explained(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(rss("<item><title>a</title></item>"))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/b.xml").write_text("<html></html>")
    result = feeds_eval.evaluate([tmp_path])
    assert result.metrics == {"documents": 2, "parsed": 0.5, "explained": 0.5, "crashed": 0.0, "slow": 0.0}
    with pytest.raises(feeds_eval.FileError, match="no folder"):
        feeds_eval.evaluate([tmp_path / "none"])


SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        (rss("<ttl>5</ttl>"), 300),
        (rss("<ttl> 60 </ttl>"), 3600),
        (rss("<ttl>soon</ttl>"), 0),
        (rss("<ttl>-5</ttl>"), 0),
        (rss("<ttl>0</ttl>"), 0),
        (rss(f"<ttl>{'9' * 40}</ttl>"), 0),
        (rss("<item><title>Banjir</title></item>"), 0),
        (rss("<sy:updatePeriod>hourly</sy:updatePeriod>").replace("<rss ", f"<rss {SY} "), 3600),
        (
            rss("<sy:updatePeriod>\n daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>").replace("<rss ", f"<rss {SY} "),
            21_600,
        ),
        (rss("<ttl>5</ttl><sy:updatePeriod>daily</sy:updatePeriod>").replace("<rss ", f"<rss {SY} "), 300),
        (rss("<sy:updatePeriod>often</sy:updatePeriod>").replace("<rss ", f"<rss {SY} "), 0),
        (f'<feed xmlns="http://www.w3.org/2005/Atom" {SY}><title>A</title><sy:updatePeriod>weekly</sy:updatePeriod></feed>', 604_800),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": [], "ttl": 15}', 900),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": [], "expired": true}', 31_536_000),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', 0),
    ],
)
def test_how_long_a_feed_asks_to_be_left_alone_is_read(body: str, seconds: float) -> None:
    assert read(body).wish_s == seconds
