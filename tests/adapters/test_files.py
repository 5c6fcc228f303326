"""Streams in files: what can be read is read, what cannot is said with its line, and personal data never passes."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.adapters import files
from kentongan.adapters.files import BadLine, GoodLine, line_of, read_articles, write_lines
from kentongan.adapters.vector_file import VectorFile
from kentongan.errors import FileError

ROW = {
    "title": "Banjir rendam kota",
    "url": "https://outlet.example/1?utm_source=rss",
    "outlet": "Harian",
    "time": "2026-03-02T08:00:00+07:00",
    "lang": "id",
}


def stream(folder: Path, *rows: object, name: str = "stream.jsonl") -> Path:
    path = folder / name
    lines = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    path.write_bytes(gzip.compress(lines.encode()) if name.endswith(".gz") else lines.encode())
    return path


@pytest.mark.parametrize("name", ["stream.jsonl", "stream.jsonl.gz", "no-ending.gz"])
def test_it_reads_a_line_gzipped_or_not(tmp_path: Path, name: str) -> None:
    (line,) = read_articles(stream(tmp_path, ROW, name=name))
    assert isinstance(line, GoodLine)
    assert line.article.url == "https://outlet.example/1"
    assert line.article.published == datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert (line.article.language, line.article.source_kind, line.article.text) == ("id", "press", "")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": ""}, "title"),
        ({"title": None}, "title"),
        ({"title": 7}, "title"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"outlet": " "}, "outlet"),
        ({"time": ""}, "time"),
        ({"time": "kemarin dulu"}, "kemarin dulu"),
        ({"time": "9999-12-31T23:59:59-23:00"}, "9999"),
        ({"kind": "private"}, "press, official, public"),
    ],
)
def test_a_line_that_cannot_be_read_says_which_field_and_why(tmp_path: Path, change: dict[str, object], words: str) -> None:
    bad, good = read_articles(stream(tmp_path, {**ROW, **change}, ROW))
    assert isinstance(bad, BadLine)
    assert bad.line == 1
    assert words in bad.reason
    assert isinstance(good, GoodLine)


@pytest.mark.parametrize("raw", ["{", "[1]", "nonsense", '{"title": "\\ud800"}', "[" * 100_000, '{"a": NaN, "b": 1e999}'])
def test_a_line_that_is_no_object_does_not_stop_the_next(tmp_path: Path, raw: str) -> None:
    first, second = read_articles(stream(tmp_path, raw, ROW))
    assert isinstance(first, BadLine)
    assert isinstance(second, GoodLine)
    assert second.line == 2


@given(st.binary(max_size=300))
def test_any_bytes_give_values_or_a_named_error(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "any.jsonl"
    path.write_bytes(raw)
    try:
        assert all(isinstance(line, BadLine | GoodLine) for line in read_articles(path))
    except FileError as error:
        assert error.subject == str(path)


def test_dates_as_outlets_write_them_are_read(tmp_path: Path) -> None:
    row = {**ROW, "time": None, "published": "Diperbarui 18 Jun 2025, 14:05 WIB"}
    (line,) = read_articles(stream(tmp_path, row))
    assert isinstance(line, GoodLine)
    assert line.article.published == datetime(2025, 6, 18, 7, 5, tzinfo=UTC)


def test_personal_data_is_hidden_and_entities_are_read(tmp_path: Path) -> None:
    row = {**ROW, "title": "Warga &quot;lapor&quot; ke 0812-3456-7890", "text": "Surel: sri@contoh.id"}
    (line,) = read_articles(stream(tmp_path, row))
    assert isinstance(line, GoodLine)
    assert "0812" not in line.article.title
    assert '"lapor"' in line.article.title
    assert "sri@" not in line.article.text


def test_half_a_character_is_replaced(tmp_path: Path) -> None:
    (line,) = read_articles(stream(tmp_path, json.dumps({**ROW, "title": "Banjir \ud800 kota"})))
    assert isinstance(line, GoodLine)
    assert line.article.title.encode()


def test_a_line_too_long_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_LINE", 500)
    long, good = read_articles(stream(tmp_path, {**ROW, "text": "x" * 2000}, ROW))
    assert isinstance(long, BadLine)
    assert isinstance(good, GoodLine)
    assert good.line == 2


def test_a_file_cut_off_names_file_and_line(tmp_path: Path) -> None:
    path = stream(tmp_path, *[{**ROW, "text": str(np.random.default_rng(n).random(50))} for n in range(200)], name="cut.gz")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(FileError, match="cut off or damaged") as found:
        list(read_articles(path))
    assert found.value.line > 0


def test_a_gzip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_RATIO", 20)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"\n" * 200 + b" " * 120_000_000, compresslevel=1))
    with pytest.raises(FileError, match="refused"):
        list(read_articles(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="nowhere"):
        list(read_articles(tmp_path / "nowhere.jsonl"))


def test_reading_can_go_on_after_a_line(tmp_path: Path) -> None:
    path = stream(tmp_path, *[{**ROW, "url": f"https://outlet.example/{n}"} for n in range(5)])
    assert [line.line for line in read_articles(path, skip_lines=3)] == [4, 5]


def test_answers_are_written_as_they_are_and_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    with write_lines(tmp_path / "new" / "out.jsonl") as out:
        out.write(line_of({"judul": "đường ngập"}))
    assert (tmp_path / "new" / "out.jsonl").read_text(encoding="utf-8") == '{"judul": "đường ngập"}\n'
    with pytest.raises(FileError, match="cannot be written"):
        write_lines(tmp_path / "new")


def test_vectors_are_kept_between_runs(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "vectors.npz"
    first = VectorFile(path)
    first["a"] = np.array([0.25, -0.5], dtype=np.float32)
    first.keep()
    second = VectorFile(path)
    assert second["a"].tolist() == [0.25, -0.5]
    second.keep()
    assert second.new == 0
    path.write_bytes(b"no archive")
    with pytest.raises(FileError, match="not a file of vectors"):
        VectorFile(path)


@pytest.mark.parametrize(("kind", "kept"), [("public", False), ("press", True), ("official", True)])
def test_names_are_hidden_in_posts_of_the_public_and_kept_in_articles(tmp_path: Path, kind: str, kept: bool) -> None:
    said = "Menurut Budi Santoso dan Siti Rahmawati, jalan di depan pasar rusak sejak Senin."
    (line,) = read_articles(stream(tmp_path, {**ROW, "title": said, "text": f"{said} Warga menunggu.", "kind": kind}))
    assert isinstance(line, GoodLine)
    for text in (line.article.title, line.article.text):
        assert ("Budi Santoso" in text) is kept
        assert ("Siti Rahmawati" in text) is kept
