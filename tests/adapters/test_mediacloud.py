"""Day files of addresses: read as a stream, day by day, by the hosts that are wanted, however large, cut or hostile."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.adapters import mediacloud
from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.adapters.mediacloud import MediaCloudReader, read_stream
from kentongan.ports import ReadRequest
from kentongan.testing.fake_files import FileServer
from kentongan.testing.official_documents import rss

URL = "https://awan.example/mc-2026-11-20.rss"
RFC = "Fri, 20 Nov 2026 03:00:00 GMT"


def day(*links):
    return rss("Media Cloud", [(link, "", "", RFC) for link in links], language="en").encode()


LINKS = [f"https://{host}/berita/{n}" for n in range(3) for host in ("www.kabar.co.id", "kota.go.id", "bao.vn")]


@pytest.fixture
def server():
    with FileServer() as running:
        yield running


@pytest.fixture
def read():
    fetcher = HttpFetcher(FetchSettings("desk@example.org", allow_hosts=frozenset({"127.0.0.1"})))
    yield lambda address, cursor="", pattern="": MediaCloudReader().read(ReadRequest(address, cursor, pattern=pattern), fetcher)
    fetcher.close()


@pytest.mark.parametrize("packed", [False, True])
def test_addresses_are_read_in_the_order_of_the_file(packed):
    body = gzip.compress(day(*LINKS)) if packed else day(*LINKS)
    reading = read_stream(body, url=URL)
    assert [item.link for item in reading.items] == LINKS
    assert reading.title == "Media Cloud"
    assert reading.items[0].published.isoformat() == "2026-11-20T03:00:00+00:00"
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("pattern", "count"),
    [("", 9), ("kabar.co.id", 3), ("www.kabar.co.id, bao.vn", 6), (".go.id", 3), (".go.id bao.vn", 6), ("abar.co.id", 0), (".example", 0)],
)
def test_only_wanted_hosts_are_taken(pattern, count):
    assert len(read_stream(day(*LINKS), url=URL, pattern=pattern).items) == count


def test_a_file_cut_off_gives_what_was_whole_and_says_so():
    body = gzip.compress(day(*[f"https://a.example/{n}" for n in range(2_000)]))
    reading = read_stream(body[: len(body) // 2], url=URL)
    assert 0 < len(reading.items) < 2_000
    assert [one.code for one in reading.problems] == ["file.cut"]


def test_nothing_whole_is_unreadable():
    for body in (b"", b"Masuk dulu", gzip.compress(day(*LINKS))[:20]):
        assert read_stream(body, url=URL).kind == "unreadable"


@pytest.mark.parametrize(
    "head",
    [b'<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>', b'<!DOCTYPE rss SYSTEM "http://evil.example/x.dtd">'],
)
def test_entities_and_document_types_are_refused(head):
    reading = read_stream(head + day(*LINKS), url=URL)
    assert reading.kind == "unreadable"
    assert "entities" in reading.problems[0]


def test_a_file_that_unpacks_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(mediacloud, "MAX_UNPACKED", 1_000_000)
    body = gzip.compress(b"<rss><channel><item><link>https://a.example/1</link></item>" + b" " * 5_000_000)
    reading = read_stream(body, url=URL)
    assert "unpacks to more" in reading.problems[0]
    assert len(reading.items) == 1


def test_memory_does_not_grow_with_the_file():
    body = gzip.compress(day(*[f"https://lain.example/{n}" for n in range(60_000)], "https://kota.go.id/1"))
    tracemalloc.start()
    reading = read_stream(body, url=URL, pattern=".go.id")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(reading.items) == 1
    assert peak < 6_000_000


def test_no_more_are_taken_than_asked_for():
    reading = read_stream(day(*LINKS), url=URL, limit=4)
    assert len(reading.items) == 4
    assert reading.problems[0].code == "feed.entry_over"


@given(st.binary(max_size=300))
def test_any_bytes_give_a_reading(body):
    assert read_stream(b"<rss><channel>" + body, url=URL).kind in ("rss", "unreadable")


def test_a_day_comes_after_the_other_and_a_missing_one_is_passed_over(server, read):
    for name in ("2026-11-01", "2026-11-02", "2026-11-05"):
        server.put(f"mc-{name}.rss", day(f"https://a.example/{name}"))
    address = server.url_for("mc-{date}.rss#2026-11-01")
    cursors, links, said = [], [], read(address)
    for _ in range(2):
        cursors.append(said.cursor)
        links += [item.link for item in said.reading.items]
        said = read(address, said.cursor)
    assert cursors == ["2026-11-01", "2026-11-02"]
    assert said.cursor == "2026-11-05"
    assert [one.values["day"] for one in said.reading.problems] == ["2026-11-03", "2026-11-04"]
    last = read(address, said.cursor)
    assert (last.outcome.kind, last.reading, last.cursor) == ("not_modified", None, "2026-11-05")


def test_a_first_day_that_is_not_there_is_said_as_it_is(server, read):
    said = read(server.url_for("mc-{date}.rss#2026-11-01"))
    assert (said.outcome.kind, said.cursor) == ("not_found", "")


def test_a_fault_in_the_middle_moves_nothing(server, read):
    server.put("mc-2026-11-01.rss", b"", status=503)
    said = read(server.url_for("mc-{date}.rss#2026-11-01"))
    assert (said.outcome.kind, said.cursor) == ("server_error", "")
    server.put("mc-2026-11-01.rss", b"<rss>broken")
    assert read(server.url_for("mc-{date}.rss#2026-11-01")).cursor == ""


@pytest.mark.parametrize("start", ["", "#", "#kemarin", "#9999-99-99"])
def test_a_date_without_a_first_day_is_refused_with_the_remedy(server, read, start):
    said = read(server.url_for("mc-{date}.rss") + start)
    assert said.outcome.kind == "bad_address"
    assert "first day" in said.outcome.detail


def test_an_address_without_a_date_is_read_each_time(server, read):
    said = read(server.put("all.rss", day(*LINKS)), pattern="bao.vn")
    assert len(said.reading.items) == 3
