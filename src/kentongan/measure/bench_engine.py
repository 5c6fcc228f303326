"""Speed of the engine, as a library: no database, no network. Wall-clock seconds of this machine."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

from kentongan.engine import dates, language, pages, pipeline, privacy
from kentongan.engine.addresses import canonical
from kentongan.engine.records import Article, article_id
from kentongan.engine.vectors import E5Embedder, Embedder
from kentongan.measure import assembled
from kentongan.measure.form import read_jsonl

BATCH = 64
Figure = tuple[str, float, str]


def headline(row: dict[str, Any]) -> Article | None:
    """A line of the stream as an article; None without a time."""
    when = dates.read(str(row["time"]))
    if when is None:
        return None
    url = canonical(str(row["url"]))
    return Article(article_id(url), url, row["outlet"], "press", row["title"], "", language.detect(row["title"]), when)


def batches(articles: Iterable[Article]) -> Iterator[list[pipeline.Step]]:
    """The arrivals, BATCH at a time."""
    rest = iter(articles)
    while batch := [pipeline.Arrive(a) for a in islice(rest, BATCH)]:
        yield list(batch)


@dataclass(frozen=True, slots=True)
class Spent:
    """What one batch took: seconds on the clock, and seconds of processor over all threads, which other work hardly moves."""

    clock: float
    processor: float


def _through(articles: list[Article], embedder: Embedder) -> list[Spent]:
    settings = pipeline.Settings()
    state = pipeline.start(settings)
    spent: list[Spent] = []
    for batch in batches(articles):
        began, used = time.perf_counter(), time.process_time()
        state, _ = pipeline.run(state, batch, embedder, settings)
        spent.append(Spent(time.perf_counter() - began, time.process_time() - used))
    return spent


def _cost(spent: list[Spent], first: int, last: int) -> float:
    """Milliseconds of processor an item, between two places of the stream."""
    part = spent[first // BATCH : last // BATCH]
    return 1000 * sum(one.processor for one in part) / (len(part) * BATCH)


def headlines(data: Path, size: int) -> Iterator[Figure]:
    """`size` (70,000) headlines through the engine with the real model: the rate, and what an item costs near 7,000 and at the end."""
    file = data / "stream" / "id-headlines.jsonl.gz"
    if not file.is_file():
        return
    rows = [a for a in map(headline, islice(read_jsonl(file), size or 70_000)) if a]
    spent = _through(rows, E5Embedder())
    yield "headlines a second, vectors included", len(rows) / sum(one.clock for one in spent), f"id-headlines, first {len(rows)}"
    if len(rows) < 12_000:
        return
    end = len(rows)
    early, late = _cost(spent, 5_000, 9_000), _cost(spent, end - 4_000, end)
    yield "ms of processor an item at 7,000, vectors included", early, "id-headlines, 5,000 to 9,000"
    yield f"the same at {end:,}", late, f"id-headlines, the last 4,000 of {end:,}"
    yield f"cost at {end:,} over cost at 7,000", late / early, "id-headlines"


def _page(row: dict[str, Any]) -> bytes:
    """The article as an outlet would serve it: navigation, heading, date line, paragraphs, pointers, footer."""
    body = "\n".join(f"<p>{escape(p)}</p>" for p in str(row["text"]).split("\n") if p.strip())
    links = "\n".join(f'<li><a href="/b/{i}">Berita lain nomor {i}</a></li>' for i in range(12))
    title = escape(str(row["title"]))
    return (
        f'<!doctype html><html lang="id"><head><title>{title} | {escape(row["outlet"])}</title>'
        f'<link rel="canonical" href="{escape(row["url"])}"></head><body><nav><ul>{links}</ul></nav><main><article><h1>{title}</h1>'
        f"<div class=date>{escape(str(row.get('published', '')))}</div>{body}</article></main><aside><ul>{links}</ul></aside>"
        f"<footer><p>Hak cipta {escape(row['outlet'])}</p></footer></body></html>"
    ).encode()


def _article(row: dict[str, Any], html: bytes) -> Article | None:
    """From HTML to what the engine takes, by the same stages as the collector."""
    page = pages.extract(html, url=str(row["url"]))
    when = page.published or dates.read(str(row.get("published", "")))
    if when is None or not page.title:
        return None
    text = privacy.hide(page.text, source_kind="press", names=None).text
    return Article(
        article_id(page.url), page.url, str(row["outlet"]), "press", page.title, text, language.detect(f"{page.title} {text[:500]}"), when
    )


def _ours(rows: list[dict[str, Any]], served: list[bytes]) -> float:
    began = time.perf_counter()
    articles = [a for a in map(_article, rows, served) if a]
    _through(articles, E5Embedder())
    return len(rows) / (time.perf_counter() - began)


def articles(data: Path, size: int) -> Iterator[Figure]:
    """HTML to story on `size` (600) real articles, wrapped in an outlet's page."""
    rows = _duplicates(data, size or 600)
    if rows:
        yield "articles a second from HTML to story", _ours(rows, [_page(r) for r in rows]), f"id-news, first {len(rows)}"


def versus(data: Path, size: int) -> Iterator[Figure]:
    """Ours, then the assembled pipeline, on the same `size` (300) pages; the assembled one is too slow for all of them."""
    rows = _duplicates(data, size or 300)
    if not rows:
        return
    served = [_page(r) for r in rows]
    ours = _ours(rows, served)
    yield "ours, items a second", ours, f"id-news, first {len(rows)}"
    began = time.perf_counter()
    assembled.run([(str(r["id"]), html) for r, html in zip(rows, served, strict=True)], E5Embedder())
    theirs = len(rows) / (time.perf_counter() - began)
    yield "assembled, items a second", theirs, f"id-news, first {len(rows)}"
    yield "ours over assembled", ours / theirs, "id-news"


def _duplicates(data: Path, size: int) -> list[dict[str, Any]]:
    file = data / "duplicates" / "id-news-2025-06-18.jsonl.gz"
    return list(islice(read_jsonl(file), size or None)) if file.is_file() else []
