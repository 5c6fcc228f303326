"""`kentongan eval stories`: rows in stream order through duplicates and stories, against the gold story of each row.

Rows with times run with the settings of the product. Where a row has no time (News-T has an order only) nothing can
be said of days: `stories.TIMELESS` is used and rows are one second apart. No other setting depends on the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kentongan.engine import duplicates, stories
from kentongan.engine.records import Article
from kentongan.engine.vectors import E5Embedder, Embedder, text_for
from kentongan.errors import FileError
from kentongan.measure.clustering import article_from_row, clustering_metrics, time_of
from kentongan.measure.form import Evaluation, read_jsonl

_BATCH = 256


def evaluate(files: Sequence[Path], embedder: Embedder | None = None) -> Evaluation:
    """Read `{id, time?, lang, title, text, story}` rows of all files as one stream. Raises `FileError` for a row without a story."""
    rows = [row for path in files for row in read_jsonl(path)]
    for number, row in enumerate(rows, start=1):
        if not {"id", "title", "story"} <= row.keys():
            raise FileError("a row needs id, title and story", subject=str(files[0]), line=number)
    times = [time_of(row) for row in rows]
    timed = bool(rows) and all(times)
    articles = [article_from_row(row, place, when if timed else None) for place, (row, when) in enumerate(zip(rows, times, strict=True))]
    found = cluster(articles, embedder or E5Embedder(), stories.Settings() if timed else stories.TIMELESS)
    return Evaluation(len(rows), clustering_metrics([str(row["story"]) for row in rows], found))


def cluster(articles: Sequence[Article], embedder: Embedder, settings: stories.Settings) -> list[str]:
    """The story of each article after all have arrived. Shape as the input; story names are ids."""
    copies_state, state = duplicates.start(), stories.start()
    settings_for_copies = duplicates.Settings()
    last: dict[str, str] = {}
    for begin in range(0, len(articles), _BATCH):
        batch = articles[begin : begin + _BATCH]
        copies = []
        for article in batch:
            copies_state, copy = duplicates.step(copies_state, article, settings_for_copies)
            copies.append(copy)
        originals = [article for article, copy in zip(batch, copies, strict=True) if copy.kind == "original"]
        vectors = dict(zip((one.id for one in originals), embedder.embed([text_for(one) for one in originals]), strict=True))
        for article, copy in zip(batch, copies, strict=True):
            state, joined = stories.step(state, article, vectors.get(article.id), copy, settings)
            last[article.id] = joined.assignment.story
            for gone in joined.merged:
                for name in [name for name, story in last.items() if story == gone]:
                    last[name] = joined.story.id
            for parted in joined.parted:
                last.update(dict.fromkeys(parted.articles, parted.story.id))
    return [last[article.id] for article in articles]
