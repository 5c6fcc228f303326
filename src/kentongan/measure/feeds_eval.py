"""How the feed reader does on folders of feed documents: read, refused with a reason, crashed, slow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

from kentongan.engine import feeds
from kentongan.errors import FileError
from kentongan.measure.form import Evaluation

SLOW_S = 2.0
_HEADER = re.compile(rb"^Header:\s*content-type:\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)
_ADDRESS = "http://127.0.0.1:8097/feed"


def evaluate(files: Sequence[Path]) -> Evaluation:
    """Reads every document under the folders. `documents` is a count, the others are shares of it.

    parsed: read as a feed; explained: refused with a reason in words; crashed: raised; slow: over
    `SLOW_S` seconds. The content type is the one named in the comment at the top of feedparser's test documents. Raises
    `FileError` for an empty folder.
    """
    documents = sorted(set(_documents(files)))
    if not documents:
        raise FileError("There is no feed document in these folders.", subject=", ".join(map(str, files)))
    parsed = explained = crashed = slow = 0
    for path in documents:
        body = path.read_bytes()
        header = _HEADER.search(body[:2048].replace(b"\0", b""))
        start = perf_counter()
        try:
            reading = feeds.read(body, url=_ADDRESS, content_type=header[1].decode("ascii", "replace") if header else "")
        except Exception:  # noqa: BLE001  counting crashes of any kind is what this measure is for
            crashed += 1
            continue
        slow += perf_counter() - start > SLOW_S
        parsed += reading.kind != "unreadable"
        explained += reading.kind == "unreadable" and bool(reading.problems)
    n = len(documents)
    shares = {"parsed": parsed / n, "explained": explained / n, "crashed": crashed / n, "slow": slow / n}
    return Evaluation(n, {"documents": n, **shares})


def _documents(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (found for found in path.rglob("*") if found.is_file() and not found.name.startswith("."))
        elif path.is_file():
            yield path
        else:
            raise FileError(f"There is no folder {path}.", subject=str(path))
