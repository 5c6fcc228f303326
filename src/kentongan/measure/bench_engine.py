"""Speed of the engine, as a library: no database, no network. Wall-clock seconds of this machine."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

from kentongan.engine import dates, language, pages, pipeline, privacy
from kentongan.engine.addresses import canonical
from kentongan.engine.records import Article, article_id
from kentongan.engine.vectors import CachedEmbedder, E5Embedder, Embedder, FloatArray
from kentongan.measure import assembled
from kentongan.measure.form import read_jsonl

BATCH = 64
Figure = tuple[str, float, str]


def _headline(row: dict[str, Any]) -> Article | None:
    when = dates.read(str(row["time"]))
    if when is None:
        return None
    url = canonical(str(row["url"]))
    return Article(article_id(url), url, row["outlet"], "press", row["title"], "", language.detect(row["title"]), when)


def _batches(articles: Iterable[Article]) -> Iterator[list[pipeline.Step]]:
    rest = iter(articles)
    while batch := [pipeline.Arrive(a) for a in islice(rest, BATCH)]:
        yield list(batch)


def _through(articles: list[Article], embedder: Embedder) -> list[float]:
    """Seconds of each batch."""
    settings = pipeline.Settings()
    state = pipeline.start(settings)
    seconds: list[float] = []
    for batch in _batches(articles):
        began = time.perf_counter()
        state, _ = pipeline.run(state, batch, embedder, settings)
        seconds.append(time.perf_counter() - began)
    return seconds


class _Rolled:
    """Vectors without the cost of a model: one computed vector for each different first word, so that only our own code is timed."""

    name = "rolled"
    dimension = 384

    def __init__(self, inner: Embedder, texts: list[str]) -> None:
        self._vectors = inner.embed(texts)

    def embed(self, texts: Any) -> FloatArray:
        picks = [int(article_id(t)[:8], 16) % len(self._vectors) for t in texts]
        return self._vectors[picks]


def headlines(data: Path, size: int) -> Iterator[Figure]:
    """Rate with the real model on `size` (3,000) headlines; then our own cost an item at 7,000 and at 70,000 without the model."""
    file = data / "stream" / "id-headlines.jsonl.gz"
    if not file.is_file():
        return
    size = size or 3000
    rows = [a for a in map(_headline, read_jsonl(file)) if a]
    seconds = _through(rows[:size], E5Embedder())
    yield "headlines a second, vectors included", size / sum(seconds), f"id-headlines, first {size}"
    rolled = _Rolled(E5Embedder(), [a.title for a in rows[:2000:2]])
    seconds = _through(rows[:70_000], rolled)
    near = seconds[(6000 // BATCH) : (8000 // BATCH)]
    late = seconds[(68_000 // BATCH) : (70_000 // BATCH)]
    early, end = (1000 * sum(part) / (len(part) * BATCH) for part in (near, late))
    yield "ms an item of our own code, at 7,000", early, "id-headlines, 6,000 to 8,000"
    yield "ms an item of our own code, at 70,000", end, "id-headlines, 68,000 to 70,000"
    model = 1000 * sum(_through(rows[:500], CachedEmbedder(E5Embedder(), {}))) / 500
    yield "cost at 70,000 over cost at 7,000, vectors included", (model + end) / (model + early), "id-headlines"


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
