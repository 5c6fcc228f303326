"""Web archives: pages become articles, whatever else is in them is passed over, and a cut gives what was whole."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.adapters import archives
from kentongan.adapters.archives import is_archive, read_articles, read_records
from kentongan.adapters.files import BadLine, GoodLine
from kentongan.adapters.streams import read_any
from kentongan.errors import FileError
from kentongan.testing.warc import page, record, response

TEXT = "Air masuk ke rumah warga di Kelurahan Hulu sejak subuh, kata kepala kelurahan di posko bencana pada hari Jumat.\n" * 4
PAGE = page("Banjir rendam Kelurahan Hulu", TEXT)
INFO = {"WARC_Type": "warcinfo", "Content_Type": "application/warc-fields"}


def archive(folder, *records, name="satu.warc.gz"):
    path = folder / name
    path.write_bytes(b"".join(records))
    return path


def url(number):
    return f"https://kabar.example/berita/{number}"


def whole(count, **more):
    return [record(b"software: uji", **INFO), *(response(url(n), page(f"Banjir hari {n}", TEXT), **more) for n in range(1, count + 1))]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("packed", [True, False])
def test_a_page_becomes_an_article(tmp_path, version, packed):
    path = archive(tmp_path, record(b"software: uji", packed=packed, **INFO), response(url(1), PAGE, version=version, packed=packed))
    assert is_archive(path)
    (line,) = read_any(path)
    assert isinstance(line, GoodLine)
    assert (line.line, line.article.url, line.article.outlet) == (2, url(1), "Kabar Tirta")
    assert line.article.title == "Banjir rendam Kelurahan Hulu"
    assert "posko bencana" in line.article.text
    assert line.article.published == datetime(2026, 11, 20, 1, tzinfo=UTC)


def test_a_page_without_a_time_has_the_time_of_the_visit(tmp_path):
    (line,) = read_articles(archive(tmp_path, response(url(1), page("Banjir", TEXT, published=""))))
    assert line.article.published == datetime(2026, 11, 20, 3, tzinfo=UTC)


def test_what_is_no_page_is_passed_over(tmp_path):
    request = record(
        b"GET / HTTP/1.1\r\n\r\n", WARC_Type="request", WARC_Target_URI=url(1), Content_Type="application/http; msgtype=request"
    )
    path = archive(
        tmp_path, request, response(url(2), b"\x89PNG", content_type="image/png"), response(url(3), PAGE, status="404 Not Found"),
        response("dns:kabar.example", PAGE), response(url(4), b"<html></html>"), response(url(5), PAGE),
    )  # fmt: skip
    assert [(line.line, line.article.url) for line in read_articles(path)] == [(6, url(5))]


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate"])
def test_a_packed_answer_is_unpacked(tmp_path, coding):
    import zlib

    import brotli

    body = {"gzip": gzip.compress, "br": brotli.compress, "deflate": zlib.compress}[coding](PAGE)
    (line,) = read_articles(archive(tmp_path, response(url(1), body, headers={"Content-Encoding": coding})))
    assert "posko" in line.article.text


def test_an_answer_in_chunks_is_put_together(tmp_path):
    chunks = b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in (PAGE[:100], PAGE[100:])) + b"0\r\n\r\n"
    (line,) = read_articles(archive(tmp_path, response(url(1), chunks, headers={"Transfer-Encoding": "chunked"})))
    assert line.article.title == "Banjir rendam Kelurahan Hulu"
    (line,) = read_articles(archive(tmp_path, response(url(1), PAGE, headers={"Transfer-Encoding": "chunked"})))
    assert line.article.title == "Banjir rendam Kelurahan Hulu"


def test_personal_data_is_hidden_on_the_way_in(tmp_path):
    (line,) = read_articles(archive(tmp_path, response(url(1), page("Banjir", TEXT + "Hubungi 0812-3456-7890 untuk bantuan."))))
    assert "0812" not in line.article.text


@settings(max_examples=60, deadline=None)
@given(st.floats(0.02, 0.999))
def test_an_archive_cut_in_the_middle_gives_what_was_whole_and_a_reason(tmp_path_factory, share):
    records = whole(6)
    body = b"".join(records)
    cut = int(len(body) * share)
    path = tmp_path_factory.mktemp("cut") / "a.warc.gz"
    path.write_bytes(body[:cut])
    kept = [n for n in range(1, len(records)) if sum(map(len, records[: n + 1])) <= cut]
    try:
        lines = list(read_any(path))
    except FileError as error:
        assert not kept
        assert "cannot be read" in str(error)
        return
    good = [line for line in lines if isinstance(line, GoodLine)]
    assert [line.article.url for line in good][: len(kept)] == [url(n) for n in kept]
    assert len(good) <= len(kept) + 1
    ends = {sum(map(len, records[:n])) for n in range(len(records) + 1)}
    if cut not in ends and len(good) == len(kept):
        assert isinstance(lines[-1], BadLine)
        assert "whole" in lines[-1].reason


def test_a_cut_archive_without_packing_says_where_it_stops(tmp_path):
    body = b"".join([response(url(1), PAGE, packed=False), response(url(2), PAGE, packed=False)])
    path = tmp_path / "a.warc"
    path.write_bytes(body[:-200])
    good, bad = read_articles(path)
    assert isinstance(good, GoodLine)
    assert bad.line == 2
    assert "stops inside a record" in bad.reason


def test_reading_goes_on_after_the_record_it_stood_at(tmp_path):
    path = archive(tmp_path, *whole(5))
    assert [line.line for line in read_articles(path)] == [2, 3, 4, 5, 6]
    assert [line.line for line in read_articles(path, skip_lines=4)] == [5, 6]
    assert list(read_articles(path, skip_lines=6)) == []


def test_a_cut_is_told_once_when_reading_goes_on(tmp_path):
    path = archive(tmp_path, *whole(2))
    path.write_bytes(path.read_bytes()[:-30])
    last = list(read_articles(path))[-1]
    assert isinstance(last, BadLine)
    assert list(read_articles(path, skip_lines=last.line)) == []


def test_a_page_too_large_is_said_and_the_next_is_read(tmp_path):
    path = archive(tmp_path, response(url(1), b"<html>" + b" " * archives.MAX_PAGE), response(url(2), PAGE))
    bad, good = read_articles(path)
    assert "longer than" in bad.reason
    assert good.article.url == url(2)


def test_a_page_that_unpacks_without_end_is_refused_and_the_next_is_read(tmp_path):
    bomb = gzip.compress(b"<html>" + b"\0" * 40_000_000)
    path = archive(tmp_path, response(url(1), bomb, headers={"Content-Encoding": "gzip"}), response(url(2), PAGE))
    bad, good = read_articles(path)
    assert isinstance(bad, BadLine)
    assert isinstance(good, GoodLine)


def test_an_archive_that_unpacks_without_end_is_refused(tmp_path):
    filler = record(b"\0" * 50_000_000, WARC_Type="metadata")
    path = archive(tmp_path, *([filler] * 5))
    ratio = 5 * 50_000_000 / path.stat().st_size
    if ratio > archives.MAX_RATIO:
        with pytest.raises(FileError, match="times its size"):
            list(read_records(path))
    else:
        assert len(list(read_records(path))) == 5


@pytest.mark.parametrize(
    "body",
    [
        b"WARC/1.0\r\n" + b"X: y\r\n" * 20_000,
        b"WARC/1.0\r\nWARC-Type: response\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: -5\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: 5",
        b"WARC/" + b"x" * 200_000,
    ],
)
def test_a_head_that_is_none_is_an_error_that_names_the_file(tmp_path, body):
    path = tmp_path / "a.warc"
    path.write_bytes(body)
    with pytest.raises(FileError, match=r"a\.warc"):
        list(read_articles(path))


@given(st.binary(max_size=300))
def test_any_bytes_after_a_whole_record_give_values(tmp_path_factory, rest):
    path = tmp_path_factory.mktemp("any") / "a.warc"
    path.write_bytes(response(url(1), PAGE, packed=False) + rest)
    lines = list(read_articles(path))
    assert isinstance(lines[0], GoodLine)
    assert all(isinstance(line, GoodLine | BadLine) for line in lines)
