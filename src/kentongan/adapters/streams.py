"""Any file `kentongan import` takes: JSON Lines, CSV or WARC, packed or not, told apart by what is in it, not by its name alone."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from kentongan.adapters import archives, files, tables
from kentongan.adapters.files import BadLine, GoodLine

_TABLE_NAMES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt")


def read_any(path: Path, *, skip_lines: int = 0) -> Iterator[GoodLine | BadLine]:
    """The articles of a file in its order. `line` counts lines or records, and `skip_lines` of them are passed over. Raises `FileError`."""
    if archives.is_archive(path):
        return archives.read_articles(path, skip_lines=skip_lines)
    if path.name.lower().endswith(_TABLE_NAMES) and _beginning(path).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return tables.read_articles(path, skip_lines=skip_lines)
    return files.read_articles(path, skip_lines=skip_lines)


def _beginning(path: Path) -> bytes:
    """The first bytes, unpacked; b"" where they cannot be read, which the reader will say better."""
    try:
        with path.open("rb") as probe:
            packed = probe.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else path.open("rb") as stream:
            return stream.read(200)
    except (OSError, EOFError, zlib.error):
        return b""
