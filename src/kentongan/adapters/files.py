"""JSON Lines streams of headlines and articles: reading them line by line, gzipped or not, and writing answers.

A line is `{title, text?, url, outlet, time, lang?, kind?, section?}`; `published` is read in place of `time`, in any
form `engine.dates` knows. A line that cannot be read is a value (`BadLine` with its number and reason), because one
bad line in 70,000 must not stop an import; a file that cannot be read at all raises `FileError`. Personal data is
hidden here, before anything else sees the text; in rows of the kind "public" names of persons too.

Limits: a line of at most `MAX_LINE` bytes; a gzip that grows more than `MAX_RATIO` times is refused as a bomb.
"""

from __future__ import annotations

import gzip
import html
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from kentongan.adapters.posts import without_addresses
from kentongan.engine import dates
from kentongan.engine.addresses import canonical
from kentongan.engine.language import detect
from kentongan.engine.names import load_tagger
from kentongan.engine.privacy import hide
from kentongan.engine.records import Article, Language, SourceKind, article_id
from kentongan.errors import FileError

MAX_LINE = 4_000_000
MAX_TITLE, MAX_TEXT = 1_000, 200_000
MAX_RATIO = 2_000
_LANGUAGES: dict[str, Language] = {"id": "id", "ms": "ms", "jv": "jv", "su": "su", "vi": "vi", "en": "en", "other": "other"}
_KINDS: dict[str, SourceKind] = {"press": "press", "official": "official", "public": "public"}


@dataclass(frozen=True, slots=True)
class GoodLine:
    """An article of a stream.

    `offset` counts the bytes of the (unpacked) stream up to the end of the line: where a resumed read starts.
    """

    line: int
    offset: int
    article: Article


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be read, with its reason as a sentence."""

    line: int
    offset: int
    reason: str


def read_articles(path: Path, *, skip_lines: int = 0) -> Iterator[GoodLine | BadLine]:
    """The articles of a JSON Lines file in order; empty lines are passed over. Raises `FileError` where the file
    itself fails.

    `skip_lines` lines are passed over unread, for resuming.
    """
    line, offset = 0, 0
    try:
        with _open(path) as stream:
            while raw := stream.readline(MAX_LINE + 1):
                line += 1
                offset += len(raw)
                if len(raw) > MAX_LINE:
                    offset += _to_line_end(stream)
                    yield BadLine(line, offset, f"longer than {MAX_LINE:,} bytes")
                elif line > skip_lines and raw.strip():
                    yield _read_line(raw, line, offset)
                _refuse_bomb(path, offset, line)
    except (OSError, EOFError, zlib.error) as error:
        reason = "it is cut off or damaged" if isinstance(error, EOFError | zlib.error | gzip.BadGzipFile) else str(error)
        raise FileError(f"{path} cannot be read after line {line}: {reason}", subject=str(path), line=line) from error


def file_size(path: Path) -> int:
    """Bytes of the file as it lies on the disk. Raises `FileError` when there is none."""
    try:
        return path.stat().st_size
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}", subject=str(path)) from error


def article_from(row: dict[str, Any]) -> Article:
    """The article of one row, personal data hidden. Raises `ValueError` with a sentence that names the field."""
    title, text = html.unescape(_text(row, "title")), _text(row, "text")
    if not title:
        raise ValueError("“title” is missing or empty")
    url = canonical(_text(row, "url"))
    if not url:
        raise ValueError("“url” is missing or no http(s) address")
    outlet = _text(row, "outlet")
    if not outlet:
        raise ValueError("“outlet” is missing or empty")
    kind = _KINDS.get(_text(row, "kind") or "press")
    if kind is None:
        raise ValueError(f"“kind” must be one of {', '.join(_KINDS)}")
    title, text, section = (_safe(words, kind) for words in (title[:MAX_TITLE], text[:MAX_TEXT], _text(row, "section")[:MAX_TITLE]))
    language = _LANGUAGES.get(_text(row, "lang").lower()[:5]) or detect(f"{title}\n{text[:600]}".strip())
    return Article(article_id(url), url, outlet, kind, title, text, language, _time(row), section)


def _safe(text: str, kind: SourceKind) -> str:
    """Text that may be stored: personal data hidden, of public posts names and the addresses of people's pages, too."""
    if not text:
        return ""
    if kind != "public":
        return hide(text, source_kind=kind).text
    return hide(without_addresses(text), source_kind=kind, names=load_tagger()).text


def write_lines(path: Path) -> IO[str]:
    """Open a file for JSON Lines, its folder made if need be. Raises `FileError` when it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}", subject=str(path)) from error


def line_of(row: dict[str, Any]) -> str:
    """One JSON line, keys in the order given, letters as they are."""
    return json.dumps(row, ensure_ascii=False) + "\n"


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as probe:
        packed = probe.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


def _refuse_bomb(path: Path, offset: int, line: int) -> None:
    if offset > 100_000_000 and offset > MAX_RATIO * file_size(path):
        raise FileError(f"{path} unpacks to more than {MAX_RATIO:,} times its size and is refused.", subject=str(path), line=line)


def _to_line_end(stream: IO[bytes]) -> int:
    passed = 0
    while part := stream.readline(MAX_LINE):
        passed += len(part)
        if part.endswith(b"\n"):
            break
    return passed


def _read_line(raw: bytes, line: int, offset: int) -> GoodLine | BadLine:
    try:
        row = json.loads(raw)
        if not isinstance(row, dict):
            return BadLine(line, offset, "not a JSON object")
        return GoodLine(line, offset, article_from(row))  # type: ignore[arg-type]
    except json.JSONDecodeError as error:
        return BadLine(line, offset, f"not JSON: {error.msg} at character {error.pos + 1}")
    except UnicodeDecodeError:
        return BadLine(line, offset, "not UTF-8")
    except RecursionError:
        return BadLine(line, offset, "nested too deep")
    except ValueError as error:
        return BadLine(line, offset, str(error))


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"“{name}” must be text")
    value = value.encode("utf-8", "replace").decode("utf-8")  # JSON may spell half a character
    return " ".join(value.split()) if name != "text" else value.replace("\x00", "").strip()


def _time(row: dict[str, Any]) -> datetime:
    raw = _text(row, "time") or _text(row, "published")
    if not raw:
        raise ValueError("“time” is missing")
    try:
        moment = datetime.fromisoformat(raw)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    found = dates.read(raw)  # also a bare ISO time, taken as western Indonesian time like every time without zone
    if found is None:
        raise ValueError(f"“time” cannot be read: {raw[:60]}")
    return found
