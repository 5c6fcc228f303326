"""An index of sitemaps on a host that asks for a pause: its sitemaps are read one a visit, and none is forgotten."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.adapters.feed_source import CHILD_SITEMAPS, FeedSourceReader
from kentongan.ports import FetchOutcome, FetchRequest, ReadRequest

INDEX = "https://kabar.example/sitemap.xml"
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def child(number: int) -> str:
    return f"https://kabar.example/sitemap-{number}.xml"


def index_of(count: int) -> bytes:
    rows = "".join(f"<sitemap><loc>{child(n)}</loc><lastmod>2025-11-{n + 1:02d}</lastmod></sitemap>" for n in range(count))
    return f"<sitemapindex {SPACE}>{rows}</sitemapindex>".encode()


def page_of(number: int) -> bytes:
    return f"<urlset {SPACE}><url><loc>https://kabar.example/berita/{number}</loc></url></urlset>".encode()


class PausingHost:
    """Answers `turns` requests of a visit, then has no turn free, as the fetcher says of a host that asks for a pause."""

    def __init__(self, turns: int, count: int = 5, gone: frozenset[int] = frozenset()) -> None:
        self.turns, self.left, self.asked = turns, turns, []
        self.pages = {INDEX: index_of(count)} | {child(n): page_of(n) for n in range(count) if n not in gone}

    def visit(self) -> PausingHost:
        self.left = self.turns
        return self

    def fetch(self, request: FetchRequest) -> FetchOutcome:
        if not self.left:
            return FetchOutcome("busy", request.url, retry_after_s=30.0)
        self.left -= 1
        self.asked.append(request)
        if request.url not in self.pages:
            return FetchOutcome("not_found", request.url, 404)
        headers = {"content-type": "application/xml", "etag": f'"{request.url}"'}
        return FetchOutcome("ok", request.url, 200, self.pages[request.url], headers, permanent_url="https://elsewhere.example/")

    def close(self) -> None:
        """Nothing is open."""


def visits(host: PausingHost, times: int):
    reader, cursor, said = FeedSourceReader("sitemap"), "", []
    for _ in range(times):
        found = reader.read(ReadRequest(INDEX, cursor=cursor, etag='"old"'), host.visit())
        cursor = found.cursor
        said.append(found)
    return said


def links(said) -> list[list[str]]:
    return [[item.link for item in one.reading.items] if one.reading else [] for one in said]


def test_each_later_visit_reads_one_sitemap_the_newest_first_and_then_the_index_again():
    host = PausingHost(turns=1)
    said = visits(host, CHILD_SITEMAPS + 2)
    assert links(said) == [[], *[[f"https://kabar.example/berita/{n}"] for n in (4, 3, 2)], []]
    assert [one.url for one in host.asked] == [INDEX, child(4), child(3), child(2), INDEX]
    assert {one.outcome.kind for one in said} == {"ok"}


def test_a_host_without_a_pause_is_read_in_one_visit():
    (said,) = visits(PausingHost(turns=9), 1)
    assert (len(said.reading.items), said.cursor) == (CHILD_SITEMAPS, "")


def test_a_sitemap_that_is_gone_is_said_and_does_not_hold_up_the_next():
    said = visits(PausingHost(turns=1, gone=frozenset({4})), 3)
    assert links(said) == [[], [], ["https://kabar.example/berita/3"]]
    assert "sitemap-4.xml" in said[1].reading.problems[0]


def test_what_the_host_says_of_a_sitemap_is_not_kept_for_the_index():
    index, first = visits(PausingHost(turns=1), 2)
    assert index.outcome.headers["etag"] == f'"{INDEX}"'
    assert "etag" not in first.outcome.headers
    assert first.outcome.permanent_url == ""


def test_a_host_that_has_no_turn_at_all_keeps_what_waits():
    reader, host = FeedSourceReader("sitemap"), PausingHost(turns=0)
    waiting = json.dumps({"sitemaps": [child(1)]})
    said = reader.read(ReadRequest(INDEX, cursor=waiting), host)
    assert (said.outcome.kind, said.reading, said.cursor) == ("busy", None, waiting)


@pytest.mark.parametrize("kind", ["feed", "sitemap", "listing"])
@given(cursor=st.text(max_size=40) | st.just('{"sitemaps":[1,"file:///etc/passwd",null]}') | st.just('{"sitemaps":"x"}') | st.just("[1]"))
def test_an_unreadable_cursor_asks_for_the_sources_own_address(kind, cursor):
    host = PausingHost(turns=1)
    FeedSourceReader(kind).read(ReadRequest(INDEX, cursor=cursor), host)
    assert [one.url for one in host.asked] == [INDEX]
