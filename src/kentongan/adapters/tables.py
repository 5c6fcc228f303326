"""Tables as people have them: CSV of any usual encoding and delimiter, columns named in Indonesian, Vietnamese or English.

`read_rows` gives each row as a dict by column name with the number of its line; `read_articles` gives articles, as the JSON Lines reader
does, for `kentongan import`. A fault is named by line and column and stops nothing. Encodings: a byte order mark, UTF-8, UTF-16 by its
zeros, else Windows-1258 where its Vietnamese letters show, else Windows-1252. Delimiters: the one of `;`, `,`, tab and `|` that parts the
heading best.

A cell is text and nothing else. What a spreadsheet would take for a formula (`=`, `+`, `@`, `-` at the beginning) loses those signs, so
that it is harmless even where it is exported again.

Limits: `MAX_BYTES` unpacked, `MAX_CELL` characters, `MAX_COLUMNS` columns.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from kentongan.adapters.files import BadLine, GoodLine, article_from
from kentongan.engine import dates
from kentongan.errors import FileError

MAX_BYTES = 200_000_000
MAX_CELL = 131_072
MAX_COLUMNS = 200
MAX_RATIO = 200
"""Times a packed table may grow; real ones grow less than thirty times."""
DELIMITERS = (";", ",", "\t", "|")
_FORMULA = re.compile(r"^[\s=+@]+|^-(?!\s*\d+(?:[.,]\d+)?(?:\s|$))[-\s=+@]*")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_VIETNAMESE_1258 = re.compile(rb"[\xd5\xdd\xf5\xfd\xd0\xf0\xcc\xde\xd2\xec\xfe\xf2\xe3\xc3]")
"""Letters and tones that Windows-1258 has where 1252 has none a Western text uses often."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "judul", "judul berita", "headline", "tieu de", "tit", "ten bai", "ten bai viet"),
    "text": ("text", "isi", "isi berita", "teks", "konten", "content", "body", "noi dung", "van ban"),
    "url": ("url", "link", "tautan", "alamat", "duong dan", "lien ket", "dia chi", "address"),
    "outlet": ("outlet", "media", "sumber", "nama media", "source", "publisher", "nguon", "bao", "to bao", "co quan bao chi"),
    "time": ("time", "published", "published at", "date", "tanggal", "tanggal terbit", "tgl", "waktu", "ngay", "ngay dang", "thoi gian"),
    "lang": ("lang", "language", "bahasa", "ngon ngu"),
    "kind": ("kind", "jenis", "jenis sumber", "loai", "loai nguon"),
    "section": ("section", "rubrik", "kanal", "kategori", "category", "chuyen muc"),
}
"""The columns of an article and how they are called, folded: lower case, no marks, words parted by single spaces."""
_NEEDED = ("title", "url", "outlet", "time")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line of the file it begins at (1 is the heading) and its cells by folded column name."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read, and why."""

    line: int
    reason: str


def fold(name: str) -> str:
    """A column name to compare by: `Ngày đăng` → `ngay dang`, `published_at` → `published at`."""
    plain = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(letters.lower().split())


def decoded(body: bytes) -> str:
    """The text of a table. Never raises: bytes that fit nowhere are replaced."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if body.startswith(mark):
            return body.decode(name, "replace")
    sample = body[:4_000]
    if sample.count(b"\0") > len(sample) // 4:
        return body.decode("utf-16-be" if sample[:1] == b"\0" else "utf-16-le", "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    vietnamese = len(_VIETNAMESE_1258.findall(body[:200_000]))
    name = "cp1258" if vietnamese * 50 > len(body[:200_000].split()) else "cp1252"
    return unicodedata.normalize("NFC", body.decode(name, "replace"))


def harmless(cell: str) -> str:
    """A cell as text: signs that begin a formula are gone, controls too, white space at the ends."""
    return _FORMULA.sub("", _CONTROLS.sub("", cell[:MAX_CELL]).strip()).strip()


def heading_of(text: str) -> list[str]:
    """The folded names of a table's columns. Raises `ValueError` with a sentence where there is no heading."""
    return _heading(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False))


def read_rows(text: str) -> Iterator[Row | BadRow]:
    """The rows of a table under its heading, in order. Raises `ValueError` with a sentence where there is no heading."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    heading = _heading(reader)
    before = reader.line_num
    while True:
        line = before + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            before = reader.line_num
            yield BadRow(line, f"the row cannot be read: {error}")
            continue
        before = reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(heading) and any(cell.strip() for cell in cells[len(heading) :]):
            reason = f"the row has {len(cells)} cells and the heading {len(heading)}: is there a delimiter in a cell without quotes?"
            yield BadRow(line, reason)
            continue
        yield Row(line, {name: harmless(cell) for name, cell in zip_longest(heading, cells[: len(heading)], fillvalue="") if name})


def read_articles(path: Path, *, skip_lines: int = 0) -> Iterator[GoodLine | BadLine]:
    """The articles of a CSV file, gzipped or not; rows that begin at or before line `skip_lines` are passed over.

    Raises `FileError` where the file cannot be read or lacks a column.
    """
    text = decoded(_bytes_of(path))
    try:
        offset = 0
        for row in read_rows(text):
            offset = row.line
            if row.line <= skip_lines:
                continue
            if isinstance(row, BadRow):
                yield BadLine(row.line, offset, row.reason)
            else:
                yield _article(row, columns_of(row.cells, path))
    except ValueError as error:
        raise FileError(f"{path} cannot be read: {error}", subject=str(path), line=1) from error


def columns_of(names: Mapping[str, str] | Sequence[str], path: Path) -> dict[str, str]:
    """Which column of a table holds which field of an article. Raises `FileError` that names what is missing."""
    found = {field: next((name for name in known if name in names), "") for field, known in COLUMNS.items()}
    missing = [field for field in _NEEDED if not found[field]]
    if missing:
        wanted = "; ".join(f"{field} ({', '.join(COLUMNS[field][:4])})" for field in missing)
        raise FileError(f"{path} has no column for {wanted}. Name one in the heading.", subject=str(path), line=1)
    return {field: name for field, name in found.items() if name}


def _article(row: Row, columns: Mapping[str, str]) -> GoodLine | BadLine:
    fields: dict[str, Any] = {field: row.cells.get(name, "") for field, name in columns.items()}
    if fields["time"] and dates.read(fields["time"]) is None and not re.match(r"\d{4}-\d\d-\d\d", fields["time"]):
        return BadLine(row.line, row.line, f"column “{columns['time']}”: the time cannot be read: {fields['time'][:60]}")
    try:
        return GoodLine(row.line, row.line, article_from(fields))
    except ValueError as error:
        named = re.match(r"“(\w+)”", str(error))
        column = columns.get(named[1], named[1]) if named else ""
        return BadLine(row.line, row.line, f"column “{column}”: {error}" if column else str(error))


def _heading(reader: Iterator[list[str]]) -> list[str]:
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not cells[0].strip().lower().startswith("sep="):
                if len(cells) > MAX_COLUMNS:
                    raise ValueError(f"the heading has more than {MAX_COLUMNS} columns")
                return [fold(cell) for cell in cells]
    except csv.Error as error:
        raise ValueError(f"the heading cannot be read: {error}") from error
    raise ValueError("the table is empty")


def _delimiter(text: str) -> str:
    """The sign that parts the heading into most cells; `sep=;` in the first line, as Excel writes it, decides."""
    first = next((line for line in text[:20_000].splitlines() if line.strip()), "")
    told = re.match(r"^sep=(.)$", first.strip())
    if told:
        return told[1]
    outside = re.sub(r'"[^"]*"', "", first)
    return max(DELIMITERS, key=outside.count)


def _bytes_of(path: Path) -> bytes:
    """The file unpacked. Raises `FileError` for one that is cut, damaged, too long or a bomb."""
    try:
        raw = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}", subject=str(path)) from error
    if not raw and path.stat().st_size:
        raise FileError(f"{path} is longer than {MAX_BYTES:,} bytes; split it.", subject=str(path))
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    limit = min(MAX_BYTES, max(10_000_000, MAX_RATIO * len(raw)))
    inner = zlib.decompressobj(31)
    try:
        body = inner.decompress(raw, limit + 1)
    except zlib.error as error:
        raise FileError(f"{path} cannot be read: it is damaged.", subject=str(path)) from error
    if len(body) > limit:
        raise FileError(f"{path} unpacks to more than {limit:,} bytes and is refused.", subject=str(path))
    if not inner.eof:
        raise FileError(f"{path} cannot be read: it is cut off.", subject=str(path))
    return body
