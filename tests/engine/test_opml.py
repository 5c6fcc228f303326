"""The list of sources goes out and comes back unchanged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import opml
from kentongan.engine.opml import Outline

WORDS = st.text(max_size=40)
OUTLINES = st.builds(
    Outline,
    title=WORDS,
    url=st.integers(0, 10_000).map(lambda n: f"https://sumber{n}.example/rss?a=1&b={n}"),
    site=st.sampled_from(["", "https://kabar.example/"]),
    language=st.sampled_from(["", "id", "vi"]),
    kind=st.sampled_from(["", "rss", "sitemap", "listing"]),
    area=WORDS,
    source_kind=st.sampled_from(["", "press", "official", "public"]),
    pattern=st.sampled_from(["", "/berita/*", "/**-post*.html"]),
)


@given(st.lists(OUTLINES, max_size=20, unique_by=lambda outline: outline.url), WORDS)
def test_what_is_written_is_read_back(outlines: list[Outline], title: str) -> None:
    assert opml.read(opml.write(outlines, title)) == (tuple(outlines), ())


def test_it_reads_folders_of_other_programs_flat_and_in_order() -> None:
    body = b"""<?xml version="1.0"?><opml version="1.0"><head><title>Langganan</title></head><body>
      <outline text="Kota"><outline text="Kabar &amp; Kota" type="rss" xmlUrl="https://a.example/rss" htmlUrl="https://a.example/"/>
        <outline text="dalam"><outline text="B" xmlURL="https://b.example/f" language="vi"/></outline></outline>
      <outline text="C" xmlUrl="HTTPS://c.example/f" kind="listing"/></body></opml>"""
    outlines, problems = opml.read(body)
    assert outlines == (
        Outline("Kabar & Kota", "https://a.example/rss", site="https://a.example/"),
        Outline("B", "https://b.example/f", language="vi"),
        Outline("C", "https://c.example/f", kind="listing"),
    )
    assert problems == ()


def test_it_says_what_it_left_out() -> None:
    body = b"""<opml><body><outline xmlUrl="file:///etc/passwd"/><outline text="a" xmlUrl="http://a.example/"/>
      <outline xmlUrl="http://a.example/"/></body></opml>"""
    outlines, problems = opml.read(body)
    assert [outline.url for outline in outlines] == ["http://a.example/"]
    assert problems == (
        "Entries whose address is not http or https, left out: 1.",
        "Entries that repeat an address, left out: 1.",
    )


def test_it_reads_what_it_can_of_a_broken_file() -> None:
    outlines, problems = opml.read(b'<opml><body><outline text="A & B" xmlUrl="http://a.example/"><outline xmlUrl="http://b.example/">')
    assert [outline.url for outline in outlines] == ["http://a.example/", "http://b.example/"]
    assert problems and problems[0].startswith("Not quite well-formed:")


def test_it_stops_at_ten_thousand_sources() -> None:
    body = b"<opml><body>" + b"".join(b'<outline xmlUrl="http://a.example/%d"/>' % n for n in range(10_050)) + b"</body></opml>"
    outlines, problems = opml.read(body)
    assert len(outlines) == 10_000
    assert problems == ("Only the first 10000 entries were read, left out: 50.",)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "The file is not OPML"),
        (b"halo", "The file is not OPML"),
        (b"<rss/>", "The file is not OPML"),
        (b'<!DOCTYPE o [<!ENTITY a "b">]><opml><body><outline xmlUrl="http://a.example/&a;"/></body></opml>', "declares entities"),
        ('<!DOCTYPE o [<!entity a "b">]><opml/>'.encode("utf-16"), "declares entities"),
        (b"<opml>" + b" " * opml.MAX_BYTES, "longer than 8 MB"),
    ],
)
def test_it_refuses_with_a_reason(body: bytes, why: str) -> None:
    outlines, problems = opml.read(body)
    assert outlines == ()
    assert why in problems[0]


def test_an_outline_without_an_address_is_no_source() -> None:
    with pytest.raises(ValueError, match="url"):
        Outline("Kabar", "")


@given(st.binary(max_size=300))
def test_it_never_raises(body: bytes) -> None:
    outlines, problems = opml.read(b"<opml>" + body)
    assert isinstance(outlines, tuple)
    assert all(problems)
