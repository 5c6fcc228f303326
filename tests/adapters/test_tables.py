"""Tables: every encoding and delimiter people use, columns in three languages, faults by line and column, formulas harmless."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.adapters.files import BadLine, GoodLine
from kentongan.adapters.streams import read_any
from kentongan.adapters.tables import BadRow, Row, decoded, fold, harmless, read_articles, read_rows
from kentongan.errors import FileError

HEAD = ("Judul", "Isi Berita", "Tautan", "Media", "Tanggal Terbit")
ROW = ("Banjir rendam Hulu", "Air masuk rumah warga.", "https://kabar.example/1", "Kabar Tirta", "21 November 2026 08:00 WIB")


def table(*rows, delimiter=","):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def file(folder, content, name="berita.csv"):
    path = folder / name
    body = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(gzip.compress(body) if name.endswith(".gz") else body)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["berita.csv", "berita.csv.gz", "berita.tsv"])
def test_a_row_becomes_an_article(tmp_path, delimiter, name):
    (line,) = read_any(file(tmp_path, table(HEAD, ROW, delimiter=delimiter), name))
    assert isinstance(line, GoodLine)
    assert (line.line, line.article.title, line.article.outlet) == (2, ROW[0], "Kabar Tirta")
    assert line.article.published == datetime(2026, 11, 21, 1, tzinfo=UTC)
    assert line.article.text == "Air masuk rumah warga."


VI_HEAD = ("Tiêu đề", "Nội dung", "Đường dẫn", "Nguồn", "Ngày đăng")
VI_ROW = (
    "Mưa lớn gây ngập ở phường Hưng Đạo",
    "Nước dâng cao, người dân phải sơ tán.",
    "https://bao.example/1",
    "Báo Tỉnh",
    "21/11/2026 08:00",
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_vietnamese_is_read_in_every_unicode(tmp_path, encoding):
    (line,) = read_articles(file(tmp_path, table(VI_HEAD, VI_ROW).encode(encoding)))
    assert (line.article.title, line.article.language) == (VI_ROW[0], "vi")


def in_1258(text):
    """As Vietnamese Windows wrote it: tones as characters of their own after the letter."""
    import unicodedata

    def letter(one):
        try:
            return one.encode("cp1258")
        except UnicodeEncodeError:
            base, *marks = unicodedata.normalize("NFD", one)
            tones = [mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"]
            rest = unicodedata.normalize("NFC", base + "".join(mark for mark in marks if mark not in tones))
            return (rest + "".join(tones)).encode("cp1258")

    return b"".join(map(letter, text))


def test_vietnamese_of_old_windows_is_read(tmp_path):
    (line,) = read_articles(file(tmp_path, in_1258(table(VI_HEAD, VI_ROW))))
    assert line.article.title == VI_ROW[0]
    assert line.article.text == VI_ROW[1]


def test_western_letters_of_old_windows_are_read(tmp_path):
    row = ("Café “Tirta” dibuka – ramai", *ROW[1:])
    (line,) = read_articles(file(tmp_path, table(HEAD, row).encode("cp1252")))
    assert line.article.title == row[0]


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ('=HYPERLINK("http://jahat.example","klik")', 'HYPERLINK("http://jahat.example","klik")'),
        ("=cmd|' /C calc'!A0", "cmd|' /C calc'!A0"),
        ("-2+3+cmd|' /C calc'!A0", "2+3+cmd|' /C calc'!A0"),
        ("+62 dan banjir", "62 dan banjir"),
        ("@SUM(A1)", "SUM(A1)"),
        ("\t=1+1", "1+1"),
        ("-5 derajat di puncak", "-5 derajat di puncak"),
        ("- Banjir", "Banjir"),
        ("Banjir = bencana", "Banjir = bencana"),
        ("a\x00b\x07", "ab"),
    ],
)
def test_a_cell_that_looks_like_a_formula_is_harmless(cell, kept):
    assert harmless(cell) == kept


@given(st.text(max_size=60))
def test_no_cell_begins_like_a_formula(cell):
    kept = harmless(cell)
    assert kept[:1] not in tuple("=+@\t\r")
    assert harmless(kept) == kept


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ((0, ""), "judul"),
        ((2, "bukan alamat"), "tautan"),
        ((3, " "), "media"),
        ((4, "kemarin"), "tanggal terbit"),
        ((4, ""), "tanggal terbit"),
    ],
)
def test_a_fault_is_named_by_line_and_column_and_stops_nothing(tmp_path, change, column):
    row = list(ROW)
    row[change[0]] = change[1]
    good, bad, after = read_articles(file(tmp_path, table(HEAD, ROW, row, ROW)))
    assert isinstance(bad, BadLine)
    assert bad.line == 3
    assert f"column “{column}”" in bad.reason
    assert isinstance(good, GoodLine)
    assert isinstance(after, GoodLine)


def test_a_row_with_too_many_cells_says_what_may_be_wrong(tmp_path):
    bad, good = read_articles(file(tmp_path, table(HEAD, (*ROW, "sisa"), ROW)))
    assert "6 cells and the heading 5" in bad.reason
    assert isinstance(good, GoodLine)


def test_a_short_row_and_empty_lines_do_no_harm(tmp_path):
    bad, good = read_articles(file(tmp_path, table(HEAD, ("Hanya judul",)) + "\r\n,,,,\r\n\r\n" + table(ROW)))
    assert "tautan" in bad.reason
    assert isinstance(good, GoodLine)


def test_a_cell_with_line_breaks_counts_its_lines(tmp_path):
    row = (ROW[0], "satu\ndua\ntiga", *ROW[2:])
    assert [line.line for line in read_articles(file(tmp_path, table(HEAD, row, ROW)))] == [2, 5]


def test_a_missing_column_is_named_with_what_it_may_be_called(tmp_path):
    with pytest.raises(FileError, match=r"outlet \(outlet, media, sumber"):
        list(read_articles(file(tmp_path, table(("Judul", "Tautan", "Tanggal"), ("a", "https://a.example/1", "2026-11-21")))))


def test_an_empty_table_is_an_error(tmp_path):
    with pytest.raises(FileError, match="empty"):
        list(read_articles(file(tmp_path, "\r\n\r\n")))


def test_excel_says_its_delimiter_in_the_first_line(tmp_path):
    (line,) = read_articles(file(tmp_path, "sep=;\r\n" + table(HEAD, ROW, delimiter=";")))
    assert line.line == 3


def test_reading_goes_on_after_the_line_it_stood_at(tmp_path):
    path = file(tmp_path, table(HEAD, *([ROW] * 5)))
    assert [line.line for line in read_articles(path, skip_lines=4)] == [5, 6]


def test_a_packed_table_that_is_cut_or_has_no_end_is_refused(tmp_path):
    path = file(tmp_path, table(HEAD, ROW), "a.csv.gz")
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(FileError, match="cut off"):
        list(read_articles(path))
    with pytest.raises(FileError, match="refused"):
        list(read_articles(file(tmp_path, b"a" * 60_000_000, "b.csv.gz")))


def test_json_lines_under_the_name_of_a_table_are_still_json_lines(tmp_path):
    line = '{"title": "Banjir", "url": "https://a.example/1", "outlet": "A", "time": "2026-11-21T00:00:00Z"}\n'
    (good,) = read_any(file(tmp_path, line, "x.csv"))
    assert good.article.title == "Banjir"


def test_a_heading_is_compared_without_marks_and_case():
    assert [fold(name) for name in ("Ngày đăng", "published_at", " URL ", "Kab./Kota")] == ["ngay dang", "published at", "url", "kab kota"]


@given(st.text(max_size=200))
def test_any_text_gives_rows_or_a_reason(text):
    try:
        assert all(isinstance(row, Row | BadRow) for row in read_rows(text))
    except ValueError as error:
        assert "empty" in str(error) or "heading" in str(error)


@given(st.binary(max_size=200))
def test_any_bytes_have_a_text(body):
    assert isinstance(decoded(body), str)


@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1, max_size=12), min_size=2, max_size=4))
)
def test_what_a_writer_wrote_is_read_again_but_for_what_is_harmful(rows):
    text = table(("satu", "dua", "tiga", "empat"), *rows)
    read = [row for row in read_rows(text) if isinstance(row, Row)]
    written = [row for row in rows if any(cell.strip() for cell in row)]
    assert [
        [row.cells[name] for name in ("satu", "dua", "tiga", "empat")][: len(cells)] for row, cells in zip(read, written, strict=True)
    ] == [[harmless(cell) for cell in cells] for cells in written]
