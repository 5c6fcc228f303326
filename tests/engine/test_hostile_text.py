"""Nobody who writes a feed, a page or a post may hold a reader up: twenty thousand of anything, in every part that reads text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine import (
    addresses,
    dates,
    duplicates,
    feed_links,
    feeds,
    identifiers,
    language,
    markup,
    opml,
    page_lines,
    privacy,
    terms,
    words,
)
from kentongan.engine.harm import harm_of
from kentongan.engine.kinds import asks_something
from kentongan.engine.places import Gazetteer
from kentongan.engine.records import Article, article_id
from kentongan.engine.topics import topics_of
from kentongan.engine.vectors import text_for
from kentongan.measure.clustering import article_from_row

LENGTH = 20_000
PIECES = [
    "0",
    "08",
    "08 ",
    "1.",
    "+62 ",
    "12/",
    "a@b.",
    "a@b.co.",
    "-a@bb.cc",
    "@a",
    "B 1 ",
    "(",
    "- ",
    "NIK ",
    "⟦phone⟧",
    "https://a/",
    "http://",
    "<a href=/a>b",
    "<",
    "&amp;",
    "Sitemap: /",
    "?",
    "A. ",
    "Ông ",
    "đ",
    "\u0301",
    "\u200b",
    "\n",
    " ",
    "🌊",
    "\ud7ff",
    "ÅÅ",
    "Rp 1.",
    "18 juni 2025 ",
    "banjir ",
    "Baca juga: ",
]
URL = "https://kabar.example/1"


def article(text: str) -> Article:
    return article_from_row({"id": "1", "title": text[:5_000] or "x", "text": text, "lang": "id"}, 0)


READERS: dict[str, Callable[[str], object]] = {
    "identifiers": identifiers.find_identifiers,
    "hiding": lambda text: privacy.hide(text, source_kind="press"),
    "language": language.detect,
    "dates": dates.read,
    "date lines": dates.dateline,
    "plain text": markup.plain,
    "harm": harm_of,
    "questions": lambda text: asks_something("", text, "public"),
    "topics": topics_of,
    "places": Gazetteer({"Banjir": "b", "A": "a"}).places_in,
    "addresses": addresses.canonical,
    "robots": lambda text: feed_links.robots_sitemaps(text, url="https://a.id/robots.txt"),
    "discovery": lambda text: feeds.discover(text.encode("utf-8", "replace"), url="https://a.id/"),
    "listing": lambda text: feeds.read_listing(text.encode("utf-8", "replace"), url="https://a.id/", pattern="/**a*b*"),
    "feed": lambda text: feeds.read(text.encode("utf-8", "replace"), url="https://a.id/"),
    "opml": lambda text: opml.read(text.encode("utf-8", "replace")),
    "terms": lambda text: terms.terms(text, "vi"),
    "title terms": lambda text: words.title_terms(article(text)),
    "what is embedded": lambda text: text_for(article(text)),
    "duplicates": lambda text: duplicates.step(duplicates.start(), article(text), duplicates.Settings()),
    "squashing": page_lines.squashed,
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", PIECES, ids=ascii)
@pytest.mark.parametrize("reader", READERS)
def test_twenty_thousand_letters_of_anything_are_read(reader: str, piece: str) -> None:
    assert READERS[reader](piece * (LENGTH // len(piece))) is not None or reader == "dates"


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["@a ", "@a", "a@b.co ", "a@b.co.", "B 1234 XYZ ", "081234567890 "])
def test_a_hundred_thousand_letters_of_identifiers_are_hidden(piece: str) -> None:
    hidden = privacy.hide(piece * (100_000 // len(piece)), source_kind="press")
    assert not any(character.isdigit() or character == "@" for character in hidden.text)


@pytest.mark.parametrize("reader", [name for name in READERS if name not in ("duplicates", "discovery", "listing", "feed")])
@given(text=st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@settings(max_examples=25, deadline=None)
def test_any_mixture_is_read_and_read_alike_twice(reader: str, text: str) -> None:
    assert READERS[reader](text) == READERS[reader](text)


# hiding


IDENTIFIERS = {
    "phone": ("081234567890", "+62 812-3456-7890", "0912 345 678"),
    "email": ("warga.melati@surat.example", "a_b+c@kantor.example"),
    "NIK": ("3273014505900003",),
    "plate": ("B 1234 XYZ", "DK 4321 AB"),
}
FRAMES = ("{} tolong dihubungi", "Hubungi {}", "Laporan: {}, segera.", "({})", "“{}”", "data {} bocor", "{}; {}", "{}\n{}")


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize(("kind", "written"), [(kind, one) for kind, forms in IDENTIFIERS.items() for one in forms])
def test_an_identifier_leaves_its_mark_and_everything_else_stays(frame: str, kind: str, written: str) -> None:
    hidden = privacy.hide(frame.replace("{}", written), source_kind="press")
    assert hidden.text == frame.replace("{}", f"⟦{kind}⟧")
    assert hidden.counts == {kind: frame.count("{}")}
    assert [hidden.text[mark.start : mark.end] for mark in hidden.marks] == [f"⟦{kind}⟧"] * frame.count("{}")


@given(st.lists(st.sampled_from([one for forms in IDENTIFIERS.values() for one in forms]), min_size=1, max_size=5))
@settings(deadline=None)
def test_of_several_identifiers_in_a_list_none_is_left(written: list[str]) -> None:
    text = privacy.hide(" ; ".join(written), source_kind="official").text
    assert not [one for one in written if one in text]
    assert not any(character.isdigit() for character in text)


@pytest.mark.parametrize(
    "text",
    [
        "Rp 1.250.000.000 untuk 3.400 keluarga",
        "pukul 08.00-16.30 WIB tanggal 13-11-2025",
        "Perda Nomor 5 Tahun 2024 Pasal 12 ayat 3",
        "RT 03/RW 05",
        "hotline 119 dan 112",
        "skor 2-1 (45+2)",
        "naik 5,25 persen menjadi 14.700",
        "Nghị định 123/2025/NĐ-CP",
        "tổng đài 1022",
        "2025-2030",
    ],
)
@pytest.mark.parametrize("kind", ["press", "official", "public"])
def test_figures_of_public_life_are_not_hidden(text: str, kind: str) -> None:
    assert privacy.hide(text, source_kind=kind).text == text  # type: ignore[arg-type]


def test_the_id_of_an_article_is_not_made_from_what_is_hidden() -> None:
    assert article(" ").id == article_id("https://evaluation.invalid/id/1")
