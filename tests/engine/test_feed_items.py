"""Entries of any feed within the limits that hold for all of them; and sitemaps, whose entries have little to say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import sitemaps
from kentongan.engine.feed_items import MAX_CONTENT, gathered, raw_item, short_language
from kentongan.engine.records import RawItem

BASE = "https://kota.example/feed"


def item(entry_id: str, link: str = "", title: str = "Judul") -> RawItem:
    made = raw_item(base=BASE, entry_id=entry_id, link=link, title=title)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("tag", "known"),
    [("id-ID", "id"), ("in", "id"), ("IN_id", "id"), ("vi", "vi"), ("VIE", "vi"), ("en-us", "en"), ("jw", "jv"), ("ms-MY", "ms"),
     ("su", "su"), ("", None), (None, None), ("und", None), ("bahasa", None), ("12", None), ("i", None)],
)  # fmt: skip
def test_language_tags_in_old_and_long_forms_become_short(tag: str | None, known: str | None) -> None:
    assert short_language(tag) == known


def test_an_entry_that_says_nothing_is_no_item() -> None:
    assert raw_item(base=BASE, entry_id="1") is None
    assert raw_item(base=BASE, entry_id="1", link="javascript:alert(1)", title=" <p> </p> ", content="  ") is None


def test_an_entry_is_known_by_id_then_link_then_words() -> None:
    assert item("  7 ", "/a").entry_id == "7"
    assert item("", "/a").entry_id == "https://kota.example/a"
    assert item("", "", "Judul").entry_id == item("", "", "<b>Judul</b>").entry_id
    assert item("", "", "Judul").entry_id != item("", "", "Judul lain").entry_id


def test_a_content_is_cut_at_its_limit() -> None:
    made = raw_item(base=BASE, title="a", content="x" * (MAX_CONTENT + 1))
    assert made is not None and len(made.content) == MAX_CONTENT


def test_a_badly_numbered_feed_keeps_all_its_entries() -> None:
    kept, problems = gathered([item("0", "/a"), item("0", "/b"), item("0", "/b"), item("0", "/a"), None], 10)
    assert [one.entry_id for one in kept] == ["0", "https://kota.example/b"]
    assert problems == [
        "Entries that say nothing, left out: 1.",
        "Entries that repeat another entry, left out: 2.",
        "Entries with the id of another entry, now known by their link: 1.",
    ]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "/x", "/y"])), max_size=12), st.integers(1, 5))
def test_ids_are_distinct_and_the_limit_holds(entries: list[tuple[str, str]], limit: int) -> None:
    kept, _ = gathered([item(entry_id, link) for entry_id, link in entries], limit)
    assert len({one.entry_id for one in kept}) == len(kept) <= limit


def urlset(inner: str) -> bytes:
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">{inner}</urlset>'.encode()


def test_a_sitemap_tells_address_and_times() -> None:
    news = "<n:news><n:publication_date>2025-06-18</n:publication_date><n:title>Air surut</n:title></n:news>"
    reading = sitemaps.read(urlset(f"<url><loc> /a </loc><lastmod>2025-06-19T01:00Z</lastmod>{news}</url>"), url=BASE, limit=5, offset=420)
    assert reading is not None
    assert reading.items == (
        RawItem(
            "https://kota.example/a", "https://kota.example/a", "Air surut", "", "",
            datetime(2025, 6, 17, 17, tzinfo=UTC), datetime(2025, 6, 19, 1, tzinfo=UTC), None,
        ),
    )  # fmt: skip


def test_a_torn_sitemap_gives_what_is_whole() -> None:
    reading = sitemaps.read(
        urlset("<url><loc>https://kota.example/a</loc></url><url><loc>https://kota.exam")[:-9], url=BASE, limit=5, offset=0
    )
    assert reading is not None
    assert reading.items[0].link == "https://kota.example/a"
    assert reading.problems[0].startswith("Not quite well-formed")


@pytest.mark.parametrize("body", [b"", b"<rss/>", b"<html/>", b"urlset"])
def test_what_is_no_sitemap_is_left_to_other_readers(body: bytes) -> None:
    assert sitemaps.read(body, url=BASE, limit=5, offset=0) is None
