"""How the page reader does on pages with known text, title and time.

The 4-gram F1 is that of the article-extraction benchmark (Zyte, `evaluate.py`): texts are cut into word 4-grams, hits
and misses of a page are divided by their sum so that long pages weigh no more than short ones, precision and recall are
averaged over pages, and F1 is taken of the two averages.
"""

from __future__ import annotations

import gzip
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from kentongan.engine import markup, pages
from kentongan.errors import FileError
from kentongan.measure.form import Evaluation, read_jsonl

_WORD = re.compile(r"\w+")
Share = tuple[float, float, float]
"""True positives, false positives, false negatives of one page, summing to one (or all zero)."""


def evaluate(files: Sequence[Path]) -> Evaluation:
    """Extracts every page named in the files (`file` is relative to the JSON Lines file).

    f1: 4-gram F1; title: same words, letter case and punctuation aside; published: within a minute of the known time;
    the last two over the pages for which it is known, None where it is known for none. per_second: pages, extraction
    only. Raises `FileError`.
    """
    shares: list[Share] = []
    titles: list[bool] = []
    times: list[bool] = []
    seconds = 0.0
    for path in files:
        for number, row in enumerate(read_jsonl(path), start=1):
            body = _html(path, row, number)
            start = perf_counter()
            page = pages.extract(body, url=str(row.get("url") or "https://unknown.invalid/"))
            seconds += perf_counter() - start
            shares.append(share(str(row.get("text") or ""), page.text))
            if row.get("title"):
                titles.append(_words(str(row["title"])) == _words(page.title))
            if row.get("published"):
                times.append(same_minute(_known(path, str(row["published"]), number), page.published))
    if not shares:
        raise FileError("There is no page in these files.", subject=", ".join(map(str, files)))
    precision, recall, f1 = scores(shares)
    metrics: dict[str, object] = {"f1": f1, "precision": precision, "recall": recall}
    metrics |= {"title": _mean(titles), "published": _mean(times), "per_second": len(shares) / seconds}
    return Evaluation(len(shares), metrics)


def share(true: str, found: str) -> Share:
    """Hits, false alarms and misses of one page in word 4-grams, as shares of their sum."""
    wanted, given = _grams(true), _grams(found)
    hits = (wanted & given).total()
    extra, missing = given.total() - hits, wanted.total() - hits
    total = hits + extra + missing
    return (hits / total, extra / total, missing / total) if total else (0.0, 0.0, 0.0)


def scores(shares: Sequence[Share]) -> tuple[float, float, float]:
    """Mean precision (over pages with any output), mean recall (over pages with any text) and the F1 of the two."""
    precision = _mean_of([hits / (hits + extra) for hits, extra, _ in shares if hits + extra > 0])
    recall = _mean_of([hits / (hits + missing) for hits, _, missing in shares if hits + missing > 0])
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def same_minute(known: str, found: datetime | None) -> bool:
    """Whether a time is the known one (ISO 8601 with offset) to the minute."""
    return found is not None and abs((datetime.fromisoformat(known) - found).total_seconds()) < 60


def _known(path: Path, written: str, number: int) -> str:
    try:
        datetime.fromisoformat(written)
    except ValueError as error:
        raise FileError(f"{path.name}, line {number}: {written!r} is no ISO 8601 time", subject=str(path), line=number) from error
    return written


def _mean_of(values: Sequence[float]) -> float:
    return statistics.mean(values) if values else 0.0


def _mean(values: Sequence[bool]) -> float | None:
    return statistics.mean(map(float, values)) if values else None


def _grams(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    grams = (tuple(words[start : start + size]) for start in range(max(1, len(words) - size + 1)))
    return Counter(gram for gram in grams if gram)


def _words(text: str) -> list[str]:
    return _WORD.findall(markup.squeezed(text).casefold())


def _html(path: Path, row: dict[str, Any], number: int) -> bytes:
    name = str(row.get("file") or "")
    try:
        data = (path.parent / name).read_bytes()
        return gzip.decompress(data) if name.endswith(".gz") else data
    except (OSError, EOFError) as error:
        raise FileError(f"{path.name}, line {number}: the page {name!r} cannot be read: {error}", subject=name, line=number) from error
