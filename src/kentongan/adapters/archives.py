"""Web archives (WARC 1.0 and 1.1, ISO 28500): the HTML pages they hold as articles, for `kentongan import`.

Only `response` and `resource` records of HTML pages answered with 200 are read; the text is taken out as from a page of the web. Packed
record by record (`.warc.gz`) or not. An archive cut in the middle gives every whole record and then a line that says where it stops; a
record that is damaged or too large is a line with its reason, and the next is read.

The time of an article is what its page says; else the time of the archive's visit.

Limits: a record's head `MAX_HEAD`, a page `MAX_PAGE` (a larger body is passed over unread), an archive that unpacks to more than
`files.MAX_RATIO` times its size is refused. A record is never held twice; memory does not grow with the archive.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

from kentongan.adapters.decoding import BadEncoding, BodyReader, TooMuch
from kentongan.adapters.files import MAX_RATIO, BadLine, GoodLine, article_from, file_size
from kentongan.engine import addresses, pages
from kentongan.errors import FileError

MAX_HEAD = 64_000
MAX_PAGE = 8_000_000
MAX_UNPACKED_PAGE = 16_000_000
_PIECE = 1 << 16
_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its number (the first is 1), where it ends in the unpacked archive, its named fields in lower case, and its block.

    `block` is empty and `problem` set where the block was not read.
    """

    number: int
    offset: int
    fields: Mapping[str, str]
    block: bytes
    problem: str = ""


def is_archive(path: Path) -> bool:
    """Whether a file begins like a WARC, packed or not. False for what cannot be read."""
    try:
        with _open(path) as stream:
            return stream.read(5) == b"WARC/"
    except (OSError, EOFError, zlib.error):
        return False


def read_articles(path: Path, *, skip_lines: int = 0) -> Iterator[GoodLine | BadLine]:
    """The articles of an archive in its order; `line` is the number of the record, `skip_lines` records are passed over.

    Records that hold no page (requests, metadata, images, redirects) give nothing. Raises `FileError` where the file itself fails.
    """
    for record in read_records(path, skip=skip_lines):
        if record.problem:
            yield BadLine(record.number, record.offset, record.problem)
            continue
        if record.fields.get("warc-type", "").lower() not in ("response", "resource") or not record.block:
            continue
        one = _article(record)
        if one is not None:
            yield one


def read_records(path: Path, *, skip: int = 0) -> Iterator[Record]:
    """Every record; the blocks of the first `skip` and of those without a page are passed over. Raises `FileError`."""
    number, offset = 0, 0
    try:
        size = file_size(path)
        with _open(path) as stream:
            while True:
                head = _head(stream)
                if head is None:
                    return
                block, problem = _block(stream, head, number + 1 > skip and _may_be_page(head.fields))
                number += 1
                offset += head.size + head.length
                yield Record(number, offset, head.fields, block, problem)
                if offset > 100_000_000 and offset > MAX_RATIO * size:
                    reason = f"{path} unpacks to more than {MAX_RATIO:,} times its size and is refused."
                    raise FileError(reason, subject=str(path), line=number)
    except (_Cut, EOFError, zlib.error, gzip.BadGzipFile) as error:
        reason = str(error) if isinstance(error, _Cut) else "the archive is cut off or damaged here; what was whole before was read"
        if 0 < number < skip:
            return
        if number == 0:
            raise FileError(f"{path} cannot be read: {reason}", subject=str(path)) from error
        yield Record(number + 1, offset, {}, b"", reason)
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}", subject=str(path), line=number) from error


class _Cut(Exception):
    """The archive ends, or stops making sense, inside a record. The message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class _Head:
    fields: dict[str, str]
    length: int
    size: int


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as probe:
        packed = probe.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(path, "rb") if packed else path.open("rb"))


def _head(stream: IO[bytes]) -> _Head | None:
    """The head of the next record, None at the end. Raises `_Cut`."""
    size = 0
    line = stream.readline(MAX_HEAD)
    while line in (b"\r\n", b"\n"):
        size += len(line)
        line = stream.readline(MAX_HEAD)
    if not line:
        return None
    if not line.startswith(b"WARC/"):
        raise _Cut("here the archive is no WARC any more; what was whole before was read")
    fields: dict[str, str] = {}
    name = ""
    size += len(line)
    while True:
        line = stream.readline(MAX_HEAD)
        size += len(line)
        if not line.endswith(b"\n") or size > MAX_HEAD:
            raise _Cut("the head of a record is cut off or too long; what was whole before was read")
        text = line.decode("utf-8", "replace").strip()
        if not text:
            break
        if line[:1] in b" \t" and name:
            fields[name] += f" {text}"
            continue
        name, _, value = (part.strip() for part in text.partition(":"))
        name = name.lower()
        fields.setdefault(name, value)
    length = fields.get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 16):
        raise _Cut("a record has no length; what was whole before was read")
    return _Head(fields, int(length), size)


def _may_be_page(fields: Mapping[str, str]) -> bool:
    kind, content = fields.get("warc-type", "").lower(), fields.get("content-type", "").lower()
    return (kind == "response" and "http" in content) or (kind == "resource" and content.startswith(_HTML))


def _block(stream: IO[bytes], head: _Head, wanted: bool) -> tuple[bytes, str]:
    """The block, or why it was not read; the stream stands behind it. Raises `_Cut`."""
    if wanted and head.length <= MAX_PAGE:
        block = stream.read(head.length)
        if len(block) < head.length:
            raise _Cut("the archive stops inside a record; what was whole before was read")
        return block, ""
    left = head.length
    while left:
        passed = len(stream.read(min(_PIECE, left)))
        if not passed:
            raise _Cut("the archive stops inside a record; what was whole before was read")
        left -= passed
    return b"", f"the page is longer than {MAX_PAGE:,} bytes" if wanted else ""


def _article(record: Record) -> GoodLine | BadLine | None:
    """The article of a record; None where it holds no page, a line with the reason where its page cannot be read."""
    url = addresses.canonical(record.fields.get("warc-target-uri", "").strip("<>"))
    if not url:
        return None
    if record.fields["warc-type"].lower() == "resource":
        content_type, body, problem = record.fields.get("content-type", ""), record.block, ""
    else:
        content_type, body, problem = _answer(record.block)
    if problem:
        return BadLine(record.number, record.offset, f"{url}: {problem}")
    if not body:
        return None
    page = pages.extract(body, url=url, content_type=content_type)
    if not page.text or not page.title:
        return None
    time = page.published or _visited(record.fields)
    row = {
        "title": page.title, "text": page.text, "url": page.url, "outlet": page.outlet or addresses.host_of(url),
        "time": time.isoformat() if time else "", "section": page.section,
    }  # fmt: skip
    try:
        return GoodLine(record.number, record.offset, article_from(row))
    except ValueError as error:
        return BadLine(record.number, record.offset, f"{url}: {error}")


def _answer(block: bytes) -> tuple[str, bytes, str]:
    """(content type, body, problem) of an HTTP answer; body empty for whatever is no HTML page answered with 200."""
    head, found, body = block.partition(b"\r\n\r\n")
    if not found:
        head, _, body = block.partition(b"\n\n")
    lines = head.decode("latin-1").splitlines()
    status = lines[0].split(maxsplit=2)[1:2] if lines else []
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    content_type = fields.get("content-type", "")
    if status != ["200"] or not content_type.lower().startswith(_HTML):
        return content_type, b"", ""
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    coding = fields.get("content-encoding", "")
    if not coding or coding.lower() == "identity" or body.lstrip()[:1] == b"<":
        return content_type, body, ""  # some archivers unpack the body and leave the head as it was
    try:
        reader = BodyReader(coding, MAX_UNPACKED_PAGE, float(MAX_RATIO))
        reader.feed(body)
        return content_type, reader.body(), ""
    except (BadEncoding, TooMuch) as error:
        return content_type, b"", str(error)


def _unchunked(body: bytes) -> bytes:
    """The body without its chunk sizes; as it is where there are none (many archivers take them out)."""
    parts: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\r\n", at, at + 40)
        size = body[at:end].partition(b";")[0].strip() if end >= 0 else b""
        try:
            length = int(size, 16) if size and b"_" not in size and size[:1] not in b"+-" else -1
        except ValueError:
            length = -1
        if length < 0:
            return b"".join(parts) if parts else body
        if length == 0:
            return b"".join(parts)
        parts.append(body[end + 2 : end + 2 + length])
        at = end + 2 + length + 2


def _visited(fields: Mapping[str, str]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(fields.get("warc-date", ""))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
